package importer

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/node/client"
)

// Keys finds who signs by the name of a key, such as firm-7/maker.
type Keys func(name string) (client.Signer, error)

// operation is one item of a batch: a call of a contract function.
type operation struct {
	Function string          `json:"function"`
	Argument json.RawMessage `json:"argument"`
}

func call(function string, argument any) (operation, error) {
	text, err := json.Marshal(argument)
	if err != nil {
		return operation{}, fmt.Errorf("write the argument of %s: %w", function, err)
	}
	return operation{function, text}, nil
}

// batch is what one signer asks for in one transaction. Items says what each
// operation is for, by index in the import's own list.
type batch struct {
	stage      Stage
	signer     string // name of the key
	node       int    // to which node it goes first
	items      []int
	operations []operation
	propose    bool // as a proposal that a checker approves, not to be run at once
	alone      bool // sent or proposed as the one operation itself, not as a batch of it
}

// size is about how many bytes the batch takes in a transaction.
func (b *batch) size() int {
	n := 0
	for _, o := range b.operations {
		n += len(o.Function) + len(o.Argument) + len(`{"function":"","argument":},`)
	}
	return n
}

// Bounds of a batch, and of all that wait for their outcome. They lie well below
// what a transaction and a block can hold: every node sends every transaction to
// every other, and blocks of small parts keep coming while they do.
const (
	maxBatchBytes   = 96 << 10 // of operations; the transaction is a third longer
	maxBatchItems   = record.MaxBatchItems
	maxWaitingBytes = 2 << 20
)

// settled is called with the outcome of each transaction: the refusals of its
// operations by position, none when all were accepted. It may be called from
// several goroutines at a time. The note is kept in the journal.
type settled func(s *sent, refused map[int]*code.Error, result []byte) (note string)

// sender signs batches, keeps them in the journal, sends them with a bounded
// number in flight, and reports the outcomes.
type sender struct {
	network  string
	keys     Keys
	nodes    []Ledger
	journal  *journal
	progress Progress
	inFlight int
	room     *semaphore.Weighted // bytes that may wait for their outcome
	patience time.Duration       // for a node that does not answer

	counted sync.Mutex
	count   int   // transactions that were sent
	height  int64 // of the latest block with an outcome
}

// newSender makes a sender to the nodes of a network.
func newSender(network string, keys Keys, nodes []Ledger, j *journal, o Options) *sender {
	return &sender{
		network: network, keys: keys, nodes: nodes, journal: j, progress: o.Progress,
		inFlight: max(1, o.InFlight), room: semaphore.NewWeighted(maxWaitingBytes), patience: 2 * time.Minute,
	}
}

// life is how long a transaction may wait. One that a crash left behind is sent
// again until it has expired by the ledger's time, and can be signed anew only
// then.
const life = 2 * time.Hour

// run sends all batches and returns when each has an outcome.
func (s *sender) run(ctx context.Context, batches iter.Seq2[*batch, error], done settled) error {
	return s.each(ctx, func(do func(job) bool) error {
		for b, err := range batches {
			if err != nil {
				return err
			}
			if !do(func(ctx context.Context) error { return s.carry(ctx, b, done) }) {
				return nil
			}
		}
		return nil
	})
}

// resend sends again what was signed before a crash.
func (s *sender) resend(ctx context.Context, left []sent, done settled) error {
	return s.each(ctx, func(do func(job) bool) error {
		for i := range left {
			again := func(ctx context.Context) error {
				release, err := s.reserve(ctx, len(left[i].Tx))
				if err != nil {
					return err
				}
				defer release()
				_, err = s.settle(ctx, &left[i], done)
				return err
			}
			if !do(again) {
				return nil
			}
		}
		return nil
	})
}

// job is the work for one transaction.
type job func(context.Context) error

// each runs what list hands to do, with the usual number in flight. The first
// error ends it; do reports false from then on.
func (s *sender) each(ctx context.Context, list func(do func(job) bool) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan job)
	var all sync.WaitGroup
	for range s.inFlight {
		all.Go(func() {
			for j := range work {
				if err := j(ctx); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := list(func(j job) bool {
		select {
		case work <- j:
			return true
		case <-ctx.Done():
			return false
		}
	})
	close(work)
	all.Wait()
	if err != nil {
		return err
	}
	return context.Cause(ctx)
}

// carry brings one batch to its outcomes. What is too large for one transaction
// goes in two; what expired unexecuted is signed again.
func (s *sender) carry(ctx context.Context, b *batch, done settled) error {
	for {
		verdict, err := s.attempt(ctx, b, done)
		switch {
		case err != nil:
			return err
		case verdict == sendHalves:
			first, second := b.halves()
			if err := s.carry(ctx, first, done); err != nil {
				return err
			}
			b = second
		case verdict == signAgain:
		default:
			return nil
		}
	}
}

// attempt signs and sends a batch once.
func (s *sender) attempt(ctx context.Context, b *batch, done settled) (verdict, error) {
	release, err := s.reserve(ctx, b.size()*4/3)
	if err != nil {
		return 0, err
	}
	defer release()
	tx, err := s.sign(ctx, b)
	if err != nil {
		return 0, err
	}
	// The journal is synced before the first byte leaves: a crash from here on finds
	// the very same transaction and learns its fate by sending it again.
	if err := s.journal.append(entry{Sent: tx}, true); err != nil {
		return 0, err
	}
	return s.settle(ctx, tx, done)
}

// reserve waits for room for a transaction of about so many bytes.
func (s *sender) reserve(ctx context.Context, size int) (release func(), err error) {
	n := min(int64(size), maxWaitingBytes)
	if err := s.room.Acquire(ctx, n); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { s.room.Release(n) }, nil
}

// halves divides the items of a batch. The operations of one item stay together.
func (b *batch) halves() (first, second *batch) {
	cut := len(b.items) / 2
	for cut < len(b.items)-1 && b.items[cut] == b.items[cut-1] {
		cut++
	}
	one, two := *b, *b
	one.items, two.items = b.items[:cut], b.items[cut:]
	one.operations, two.operations = b.operations[:cut], b.operations[cut:]
	return &one, &two
}

func (s *sender) sign(ctx context.Context, b *batch) (*sent, error) {
	key, err := s.keys(b.signer)
	if err != nil {
		return nil, err
	}
	now, err := s.nodes[b.node].Now(ctx)
	if err != nil {
		return nil, err
	}
	nonce, err := jws.NewNonce(rand.Reader)
	if err != nil {
		return nil, err
	}
	function := "batch:Run"
	argument, err := json.Marshal(struct {
		Items []operation `json:"items"`
	}{b.operations})
	if b.alone {
		function, argument = b.operations[0].Function, b.operations[0].Argument
	}
	if err == nil && b.propose {
		argument, err = json.Marshal(operation{function, argument})
		function = "approval:Propose"
	}
	if err != nil {
		return nil, fmt.Errorf("write a batch of %s: %w", b.signer, err)
	}
	p := jws.Payload{
		Network: s.network, Function: function, Argument: argument, Nonce: nonce, Expires: int64(now.Add(life)) / 1000,
	}
	signed, err := client.SignTransaction(key, p)
	if err != nil {
		return nil, err
	}
	return &sent{
		Stage: b.stage, ID: signed.ID, Expires: p.Expires, Node: b.node, Items: b.items, Tx: string(signed.Compact),
	}, nil
}

// verdict is what becomes of the items of a transaction.
type verdict int

const (
	isSettled  verdict = iota
	signAgain          // it expired and can not be executed any more
	sendHalves         // it does not fit
)

// settle sends a transaction until its outcome is known, reports and records it.
func (s *sender) settle(ctx context.Context, tx *sent, done settled) (verdict, error) {
	outcome, err := s.send(ctx, tx)
	refusal := code.Of(err)
	if err != nil && refusal == nil {
		return 0, err
	}
	if refusal == nil {
		refusal = outcome.Refusal
	}
	record := final{ID: tx.ID}
	v := isSettled
	switch {
	case refusal == nil:
		s.counted.Lock()
		s.height = max(s.height, outcome.Height)
		s.counted.Unlock()
		record.Refused, err = refusedItems(outcome.Result, len(tx.Items))
		if err != nil {
			return 0, fmt.Errorf("read the outcome of %s: %w", tx.ID, err)
		}
	case refusal.Code == code.Expired && err != nil:
		record.Again, v = true, signAgain
	case (refusal.Code == code.LimitExceeded || refusal.Code == code.TooLarge) && len(tx.Items) > 1:
		record.Again, v = true, sendHalves
	default:
		record.Refused = make(map[int]*code.Error, len(tx.Items))
		for i := range tx.Items {
			record.Refused[i] = refusal
		}
	}
	if v == isSettled {
		record.Note = done(tx, record.Refused, outcome.Result)
		s.progress.Add(distinct(tx.Items))
	}
	return v, s.journal.append(entry{Final: &record}, false)
}

// distinct counts items; the operations of one stand together.
func distinct(items []int) int {
	n := 0
	for i, item := range items {
		if i == 0 || item != items[i-1] {
			n++
		}
	}
	return n
}

// refusedItems reads what became of each operation of a batch. A proposal, and an
// operation that was sent by itself, have one result for all.
func refusedItems(result []byte, items int) (map[int]*code.Error, error) {
	var read struct {
		ID    string `json:"id"` // of a proposal
		Items []struct {
			Code   code.Code `json:"code"`
			Rule   string    `json:"rule"`
			Detail string    `json:"detail"`
		} `json:"items"`
	}
	if err := json.Unmarshal(result, &read); err != nil {
		return nil, err
	}
	if read.ID != "" || read.Items == nil {
		return nil, nil
	}
	if len(read.Items) != items {
		return nil, fmt.Errorf("%d outcomes of %d operations", len(read.Items), items)
	}
	refused := map[int]*code.Error{}
	for i, o := range read.Items {
		if o.Code != code.OK {
			refused[i] = &code.Error{Code: o.Code, Rule: o.Rule, Detail: o.Detail}
		}
	}
	return refused, nil
}

// reach waits until a node has every block in which an outcome was seen, so that
// what is read there shows what was done.
func (s *sender) reach(ctx context.Context, node Ledger) error {
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); waited < s.patience; waited += pause {
		height, err := node.Height(ctx)
		if err != nil || height >= s.height {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
	return code.NodeCatchingUp.New("the node has not reached block %d", s.height)
}

// Pauses between attempts to send the same bytes.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 3 * time.Second
)

// send submits the same bytes until a node says what became of them. A node that
// is full is asked again; one that does not answer is left for the next.
func (s *sender) send(ctx context.Context, tx *sent) (Outcome, error) {
	s.counted.Lock()
	s.count++
	s.counted.Unlock()
	pause, node, silent := firstPause, tx.Node, time.Duration(0)
	for {
		outcome, err := s.nodes[node%len(s.nodes)].Submit(ctx, []byte(tx.Tx))
		refusal := code.Of(err)
		switch {
		case err == nil:
			return outcome, nil
		case ctx.Err() != nil:
			return Outcome{}, context.Cause(ctx)
		case code.MempoolFull.Is(err):
		case refusal != nil && !unanswered(refusal.Code):
			return Outcome{}, refusal
		default:
			if silent += pause; silent > s.patience {
				return Outcome{}, fmt.Errorf("send a transaction: %w", errors.Join(err, code.Unreachable.New("")))
			}
			node++
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		pause = min(2*pause, lastPause)
	}
}

// unanswered reports whether a refusal only says that the node did not look at
// the transaction.
func unanswered(c code.Code) bool {
	switch c {
	case code.Unreachable, code.TimedOut, code.NodeStopping, code.NodeCatchingUp, code.RateLimited, code.Internal:
		return true
	default:
		return false
	}
}
