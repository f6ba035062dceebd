package notify_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/notify"
)

// clock is a clock that jumps to the end of every pause somebody waits for.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	pauses []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	c.pauses = append(c.pauses, d)
	fired := make(chan time.Time, 1)
	fired <- c.now
	return fired
}

// office is a ledger with a desk beside it.
type office struct {
	*ledgertest.Ledger
	dir   string
	local *local.Local
	desk  *notify.Desk
	clock *clock
}

func newOffice(t *testing.T, settings notify.Settings, change ...func(*notify.Config)) *office {
	t.Helper()
	o := &office{Ledger: ledgertest.New(t), dir: filepath.Join(t.TempDir(), "local")}
	o.clock = &clock{now: o.Now.Time()}
	for _, alias := range []string{"core", "tier1", "tier2"} {
		o.Enrol(alias)
	}
	o.open(settings, change...)
	t.Cleanup(o.close)
	return o
}

// open opens and starts the desk, as a node does that starts.
func (o *office) open(settings notify.Settings, change ...func(*notify.Config)) {
	o.Helper()
	var err error
	if o.local, err = local.Open(o.dir, ledgertest.Network, store.Options{}); err != nil {
		o.Fatal(err)
	}
	c := notify.Config{
		Store: o.Store, Local: o.local, Settings: settings, PublicURL: "https://node.bank.example",
		Now: o.clock.Now, After: o.clock.After,
	}
	for _, f := range change {
		f(&c)
	}
	if o.desk, err = notify.Open(c); err != nil {
		o.Fatal(err)
	}
	o.desk.Start()
}

// close stops the desk, as a node does that stops.
func (o *office) close() {
	o.Helper()
	if o.desk == nil {
		return
	}
	o.desk.Stop()
	if err := o.local.Close(); err != nil {
		o.Error(err)
	}
	o.desk = nil
}

// viewer is a person as the API knows it after its login.
func (o *office) viewer(who string) *access.Viewer {
	o.Helper()
	snapshot, err := o.Store.Snapshot()
	if err != nil {
		o.Fatal(err)
	}
	defer func() { _ = snapshot.Close() }()
	m, _, _, err := access.At(snapshot)
	if err != nil {
		o.Fatal(err)
	}
	v, err := access.Identify(m, record.Digest(o.Keys[who].Public().ID()))
	if err != nil {
		o.Fatal(err)
	}
	return &v
}

// does commits a transaction of which the desk is told.
func (o *office) does(who, function string, argument any, into ...any) record.Outcome {
	o.Helper()
	out := o.Must(who, function, argument, into...)
	if o.desk != nil {
		o.desk.Committed([]record.Outcome{out}, nil)
	}
	return out
}

// proposes makes a proposal of core, which is an event for core, and gives its id.
func (o *office) proposes(from string) string {
	o.Helper()
	var made struct {
		ID string `json:"id"`
	}
	o.does("core/admin1", "approval:Propose", map[string]any{
		"function": "member:SetPolicy", "argument": map[string]any{
			"rules": []map[string]any{{"function": "certificate:Issue", "from": from}},
		},
	}, &made)
	return made.ID
}

// hook registers and confirms a webhook of core.
func (o *office) hook(url string, kinds ...record.NoticeKind) (id, secret string) {
	o.Helper()
	w, secret, err := o.desk.AddWebhook(o.viewer("core/maker"), url, kinds)
	if err != nil {
		o.Fatal(err)
	}
	if w, err = o.desk.ConfirmWebhook(o.viewer("core/checker"), w.ID); err != nil || w.State != notify.InForce {
		o.Fatalf("confirmed: %+v %v", w, err)
	}
	return w.ID, secret
}

// received is a request as a target got it.
type received struct {
	header http.Header
	body   []byte
	envelope
}

type envelope struct {
	ID      string `json:"id"`
	Webhook string `json:"webhook"`
	Test    bool   `json:"test"`
	Event   struct {
		Cursor  string `json:"cursor"`
		Kind    string `json:"kind"`
		Subject string `json:"subject"`
		Amount  string `json:"amount"`
		Opens   bool   `json:"opens"`
	} `json:"event"`
}

// target is a real HTTP server that shows what it gets and answers as told.
type target struct {
	*httptest.Server
	got chan received
}

func newTarget(t *testing.T, answer func(n int, w http.ResponseWriter, r *http.Request)) *target {
	t.Helper()
	s := &target{got: make(chan received, 1024)}
	var mu sync.Mutex
	n := 0
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		in := received{header: r.Header, body: body}
		if err := json.Unmarshal(body, &in.envelope); err != nil {
			t.Errorf("not JSON: %s", body)
		}
		mu.Lock()
		n++
		number := n
		mu.Unlock()
		s.got <- in
		if answer != nil {
			answer(number, w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *target) next(t *testing.T) received {
	t.Helper()
	select {
	case in := <-s.got:
		return in
	case <-t.Context().Done():
		t.Fatal("the test ended before a delivery came")
		return received{}
	}
}
