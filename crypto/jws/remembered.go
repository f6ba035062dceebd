package jws

import (
	"container/heap"
	"fmt"
	"sync"

	"github.com/tierledger/tierledger/crypto/credential"
)

// Remembered keeps the ids of login tokens in use until they expire, so that each is accepted once. It is bounded, safe
// for concurrent use, and takes the time from its caller. It must see a token only after Verify passed: anybody can
// write an unverified one and fill it.
type Remembered struct {
	capacity int

	mu    sync.Mutex
	known map[tokenName]struct{}
	queue expiryQueue
}

type tokenName struct {
	key credential.KeyID
	id  string
}

// NewRemembered keeps at most capacity live tokens, about 150 bytes each.
func NewRemembered(capacity int) *Remembered {
	return &Remembered{capacity: capacity, known: make(map[tokenName]struct{})}
}

// Use remembers the token at the unix second now. It answers ErrReplayed for one it remembers, ErrExpired for one whose
// time is over, and ErrBusy when it is full of live ones.
func (r *Remembered) Use(l *LoginToken, now int64) error {
	if l.Expires <= now {
		return fmt.Errorf("%w: expired at %d, the time is %d", ErrExpired, l.Expires, now)
	}
	name := tokenName{l.KeyID, l.TokenID}
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) > 0 && r.queue[0].expires <= now {
		oldest, _ := heap.Pop(&r.queue).(expiry)
		delete(r.known, oldest.name)
	}
	if _, ok := r.known[name]; ok {
		return fmt.Errorf("%w: %s", ErrReplayed, l.TokenID)
	}
	if len(r.known) >= r.capacity {
		return fmt.Errorf("%w: %d", ErrBusy, r.capacity)
	}
	r.known[name] = struct{}{}
	heap.Push(&r.queue, expiry{name, l.Expires})
	return nil
}

type expiry struct {
	name    tokenName
	expires int64
}

// expiryQueue is a container/heap with the token that expires first on top.
type expiryQueue []expiry

func (q expiryQueue) Len() int           { return len(q) }
func (q expiryQueue) Less(i, j int) bool { return q[i].expires < q[j].expires }
func (q expiryQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

func (q *expiryQueue) Push(x any) {
	e, _ := x.(expiry)
	*q = append(*q, e)
}

func (q *expiryQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}
