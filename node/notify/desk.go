package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// Limits of a node.
const (
	// Kept is how many deliveries of a webhook, and how many messages to a person, are
	// kept: the latest.
	Kept = 1000
	// MaxRunning is how many targets are called at one time.
	MaxRunning = 16
	// faultPause is how long a lane rests after a fault of the node's own.
	faultPause = time.Minute
	graceTime  = 3 * time.Second
)

// Config is what a Desk works with. Store and Local must be given.
type Config struct {
	Store    *store.Store
	Local    *local.Local
	Settings Settings
	// PublicURL is where people reach the console, for links; without a slash at its end.
	PublicURL string
	// Logger is where faults are logged; nil logs nothing.
	Logger *slog.Logger
	// Timeout is how long a target may take to answer; 0 means ten seconds.
	Timeout time.Duration
	// Grace is how long Stop waits for what is being sent; 0 means three seconds.
	Grace time.Duration
	// Now and After are the node's clock; nil for the machine's.
	Now   func() time.Time
	After func(time.Duration) <-chan time.Time
}

// Desk keeps webhooks, contacts and what is to be sent, and sends it between Start and
// Stop. It is the only writer of its keys in the node's own data. Its methods may be
// called from several goroutines.
type Desk struct {
	Config
	caller   *http.Client       // of webhooks
	channels map[string]channel // of messages, by name

	kept    uint64     // deliveries of a webhook, and messages to a person
	writing sync.Mutex // held while a record is read and written again

	mu      sync.Mutex // guards what follows
	lanes   map[string]*lane
	changed map[string]bool // members with new notices; nil stands for all of them
	running int
	people  map[string]int  // contacts of a member
	tests   map[string]bool // webhooks of which a test is under way

	day      calendar.Date // for which payments that are near were looked up
	wake     chan struct{}
	stopping chan struct{}      // closed by Stop
	cancel   context.CancelFunc // ends what is being sent; nil before Start
	done     sync.WaitGroup
}

// lane is what is sent one after the other: the deliveries of one webhook, or the
// messages of one channel.
type lane struct {
	member string // whose notices wake it; empty for a channel
	// step sends what is due and says when more is: zero for not before it is woken.
	step  func(context.Context) (time.Time, error)
	busy  bool
	again bool // woken while it was busy
	due   time.Time
}

// Open opens the desk that the node's own data holds, and reads the secret files of its
// settings. Nothing is sent before Start.
func Open(c Config) (*Desk, error) {
	if c.Store == nil || c.Local == nil {
		return nil, errors.New("open the notifications: no store or no data of the node's own")
	}
	if err := c.Settings.Check(); err != nil {
		return nil, fmt.Errorf("open the notifications: %w", err)
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Timeout == 0 {
		c.Timeout = callTimeout
	}
	if c.Grace == 0 {
		c.Grace = graceTime
	}
	d := &Desk{
		Config: c, caller: newCaller(c.Settings.AllowPrivate, c.Timeout), lanes: map[string]*lane{}, people: map[string]int{}, tests: map[string]bool{},
		kept: Kept, wake: make(chan struct{}, 1), stopping: make(chan struct{}),
	}
	var err error
	if d.channels, err = openChannels(&c.Settings); err == nil {
		err = d.openLanes()
	}
	if err != nil {
		return nil, fmt.Errorf("open the notifications: %w", err)
	}
	return d, nil
}

// openLanes makes the lanes of all channels and of the webhooks in force, and counts
// contacts.
func (d *Desk) openLanes() error {
	for name := range d.channels {
		d.lanes[channelLane(name)] = &lane{due: d.Now(), step: func(ctx context.Context) (time.Time, error) {
			return d.sendMessages(ctx, name)
		}}
	}
	err := local.Scan(d.Local, prefixWebhook, func(_ local.Key[hook], h *hook) (bool, error) {
		if h.State == InForce {
			d.lanes[h.ID] = d.webhookLane(h)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	return local.Scan(d.Local, prefixContact, func(_ local.Key[contact], c *contact) (bool, error) {
		d.people[c.Member]++
		return true, nil
	})
}

func channelLane(name string) string { return "channel " + name }

// Start begins to send.
func (d *Desk) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	d.done.Go(func() { d.run(ctx) })
}

// Stop begins nothing new, waits a little for what is being sent, and ends the rest,
// which is sent again after the next start. It returns when nothing runs any more, and is
// called once.
func (d *Desk) Stop() {
	if d.cancel == nil {
		return
	}
	close(d.stopping)
	idle := make(chan struct{})
	go func() {
		d.done.Wait()
		close(idle)
	}()
	timer := time.NewTimer(d.Grace)
	defer timer.Stop()
	select {
	case <-idle:
	case <-timer.C:
	}
	d.cancel()
	<-idle
	d.caller.CloseIdleConnections()
}

// stopped reports whether Stop was called.
func (d *Desk) stopped() bool {
	select {
	case <-d.stopping:
		return true
	default:
		return false
	}
}

// Committed tells of a block that is durable: the outcomes of its transactions, and of
// the sweep before them, nil when nothing was due. It never blocks.
func (d *Desk) Committed(outcomes []record.Outcome, sweep *record.Outcome) {
	d.mu.Lock()
	for i := range outcomes {
		d.touch(&outcomes[i])
	}
	if sweep != nil {
		d.touch(sweep)
	}
	d.mu.Unlock()
	d.nudge()
}

// touch notes the members whom an outcome tells something. The caller holds mu. Before
// the first round all members are looked at anyway.
func (d *Desk) touch(o *record.Outcome) {
	if d.changed == nil {
		return
	}
	for _, n := range o.Effects.Notices {
		for _, list := range [][]string{n.Members, n.Opens, n.Closes} {
			for _, member := range list {
				d.changed[member] = true
			}
		}
	}
}

// nudge has the loop look around.
func (d *Desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default: // it will
	}
}

// run hands out work until Stop; ctx is of what is sent.
func (d *Desk) run(ctx context.Context) {
	for {
		if err := d.gather(); err != nil {
			d.Logger.Error("gather messages", "error", err)
		}
		var timer <-chan time.Time
		if wait, any := d.dispatch(ctx); any {
			timer = d.After(wait)
		}
		select {
		case <-d.stopping:
			return
		case <-d.wake:
		case <-timer:
		}
	}
}

// dispatch starts the lanes that are due, as many as may run at once, and says after what
// time the next one is. Those that find no slot are started when another lane ends.
func (d *Desk) dispatch(ctx context.Context) (wait time.Duration, waits bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.Now()
	for _, l := range d.lanes {
		switch {
		case l.busy || l.due.IsZero():
		case !l.due.After(now) && d.running < MaxRunning:
			l.busy, l.again = true, false
			d.running++
			d.done.Go(func() { d.serve(ctx, l) })
		case l.due.After(now):
			if left := l.due.Sub(now); !waits || left < wait {
				wait, waits = left, true
			}
		}
	}
	return wait, waits
}

// serve runs one lane until it has nothing due.
func (d *Desk) serve(ctx context.Context, l *lane) {
	due, err := l.step(ctx)
	if err != nil && ctx.Err() == nil {
		d.Logger.Error("send notifications", "error", err)
		due = d.Now().Add(faultPause)
	}
	d.mu.Lock()
	if l.again {
		due = d.Now()
	}
	l.busy, l.due = false, due
	d.running--
	d.mu.Unlock()
	d.nudge()
}

// wakeLane makes a lane due now, if it is there.
func (d *Desk) wakeLane(name string) {
	d.mu.Lock()
	if l := d.lanes[name]; l != nil {
		l.rouse(d.Now())
	}
	d.mu.Unlock()
	d.nudge()
}

// rouse makes the lane due. The caller holds the desk's mu.
func (l *lane) rouse(now time.Time) {
	l.due, l.again = now, l.busy
}

// moment reads the ledger as it is now; the caller releases it.
func (d *Desk) moment() (m access.Moment, head store.Head, release func(), err error) {
	snapshot, err := d.Store.Snapshot()
	if err != nil {
		return m, head, nil, err
	}
	m, head, _, err = access.At(snapshot)
	if err != nil {
		return m, head, nil, errors.Join(err, snapshot.Close())
	}
	return m, head, func() { _ = snapshot.Close() }, nil // a fault shows at the next call
}

// instant is the node's clock as records have it.
func (d *Desk) instant() calendar.Instant { return calendar.FromTime(d.Now()) }
