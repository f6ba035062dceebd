package api

import (
	"sync"

	"github.com/tierledger/tierledger/chaincode/record"
)

// Finals hands the outcomes of committed blocks to those who wait for them. It
// costs one look-up an outcome however many wait. It is safe for concurrent use.
type Finals struct {
	mu      sync.Mutex
	waiting map[record.Digest]map[chan *record.Outcome]struct{}
	next    chan struct{} // closed at the next block
}

// NewFinals makes a Finals for which nobody waits.
func NewFinals() *Finals {
	return &Finals{waiting: map[record.Digest]map[chan *record.Outcome]struct{}{}, next: make(chan struct{})}
}

// Publish tells of the outcomes of a block. The node calls it after each block is
// durable, in order; the outcomes must not change afterwards. It never blocks.
func (f *Finals) Publish(outcomes []record.Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.next)
	f.next = make(chan struct{})
	if len(f.waiting) == 0 {
		return
	}
	for i := range outcomes {
		id := outcomes[i].TxID
		for c := range f.waiting[id] {
			c <- &outcomes[i] // has room for the one outcome it will ever get
		}
		delete(f.waiting, id)
	}
}

// block returns a channel that is closed when the next block is published. The caller
// reads the store after this call for what was published before.
func (f *Finals) block() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next
}

// wait returns a channel that gets the outcome of a transaction published from
// now on. The caller looks into the store after this call for one published
// before, and calls cancel in the end.
func (f *Finals) wait(id record.Digest) (outcome <-chan *record.Outcome, cancel func()) {
	c := make(chan *record.Outcome, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting[id] == nil {
		f.waiting[id] = map[chan *record.Outcome]struct{}{}
	}
	f.waiting[id][c] = struct{}{}
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if delete(f.waiting[id], c); len(f.waiting[id]) == 0 {
			delete(f.waiting, id)
		}
	}
}

// Waiting is the number of transactions that are waited for.
func (f *Finals) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waiting)
}
