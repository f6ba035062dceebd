package consensus

import (
	"slices"
	"sync"
)

// tip is the last committed height with its application hash, and who waits for more.
type tip struct {
	mu      sync.Mutex
	height  int64
	appHash []byte
	subs    map[uint64]chan int64
	next    uint64
	closed  bool
}

func newTip(height int64, appHash []byte) *tip {
	return &tip{height: height, appHash: slices.Clone(appHash), subs: make(map[uint64]chan int64)}
}

func (t *tip) get() (int64, []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.height, slices.Clone(t.appHash)
}

// set moves the tip and leaves in each channel only the newest height.
func (t *tip) set(height int64, appHash []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.height, t.appHash = height, slices.Clone(appHash)
	for _, ch := range t.subs {
		select {
		case <-ch:
		default:
		}
		ch <- height // room for one, just emptied, and only set writes
	}
}

func (t *tip) subscribe() (<-chan int64, func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	ch := make(chan int64, 1)
	if t.closed {
		close(ch)
		return ch, func() {}
	}
	id := t.next
	t.next++
	t.subs[id] = ch
	return ch, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if _, ok := t.subs[id]; ok {
			delete(t.subs, id)
			close(ch)
		}
	}
}

func (t *tip) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for id, ch := range t.subs {
		delete(t.subs, id)
		close(ch)
	}
}
