package store

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Visit sees one key and value of a scan and says whether to go on. The slices are the database's: they are valid until
// Visit returns and must not be changed.
type Visit = func(key, value []byte) (more bool, err error)

// Get returns a copy of the value at key, or nil if there is none. An error is a *Fault or ErrClosed.
func (s *Store) Get(space Space, key []byte) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.calls.Done()
	switch space {
	case State:
	case Replay:
		return s.getReplay(key)
	default:
		return s.get(s.db, space, key)
	}
	value, commits := s.state.get(key)
	if value != nil {
		return append(make([]byte, 0, len(value)), value...), nil
	}
	value, err := s.get(s.db, space, key)
	if value != nil {
		s.state.offer(string(key), append(make([]byte, 0, len(value)), value...), commits)
	}
	return value, err
}

// absent stands in a cache for a key that is known not to be there.
const absent = "-"

// getReplay is Get of Replay. The same absent keys are asked for again and again, while a transaction is on its way into a
// block; they are remembered.
func (s *Store) getReplay(key []byte) ([]byte, error) {
	known, commits := s.replay.get(key)
	if known != nil {
		return nil, nil
	}
	value, err := s.get(s.db, Replay, key)
	if err == nil && value == nil {
		s.replay.offer(string(key), []byte(absent), commits)
	}
	return value, err
}

// Scan visits the keys of [start, end) in ascending order; a nil end is the end of the space. It sees the store as of its
// start. An error is a *Fault, ErrClosed, or visit's own.
func (s *Store) Scan(space Space, start, end []byte, visit Visit) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	return s.scan(s.db, space, start, end, visit)
}

// ScanReverse is Scan in descending order, from the last key before end down to start.
func (s *Store) ScanReverse(space Space, start, end []byte, visit Visit) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	return s.scanReverse(s.db, space, start, end, visit)
}

func (s *Store) get(r pebble.Reader, space Space, key []byte) ([]byte, error) {
	value, closer, err := r.Get(physical(space, key))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, s.fail(fmt.Sprintf("get %x of space %d", key, space), err)
	}
	out := append(make([]byte, 0, len(value)), value...)
	if err := closer.Close(); err != nil {
		return nil, s.fail(fmt.Sprintf("get %x of space %d", key, space), err)
	}
	return out, nil
}

func (s *Store) scan(r pebble.Reader, space Space, start, end []byte, visit Visit) error {
	return s.iterate(r, space, start, end, visit, (*pebble.Iterator).First, (*pebble.Iterator).Next)
}

func (s *Store) scanReverse(r pebble.Reader, space Space, start, end []byte, visit Visit) error {
	return s.iterate(r, space, start, end, visit, (*pebble.Iterator).Last, (*pebble.Iterator).Prev)
}

func (s *Store) iterate(r pebble.Reader, space Space, start, end []byte, visit Visit, first, next func(*pebble.Iterator) bool) error {
	lower, upper := bounds(space, start, end)
	i, err := r.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return s.fail(fmt.Sprintf("scan space %d", space), err)
	}
	// A read that fails ends the loop like the end of the range does; only Close tells the two apart.
	more := first(i)
	var refused error
	for more && refused == nil {
		var value []byte
		if value, err = i.ValueAndErr(); err != nil {
			break
		}
		if more, refused = visit(i.Key()[1:], value); more && refused == nil {
			more = next(i)
		}
	}
	if err := errors.Join(err, i.Close()); err != nil {
		return s.fail(fmt.Sprintf("scan space %d", space), err)
	}
	return refused
}

// Snapshot is the store as of one moment: what is committed later does not show. Its methods may be called from several
// goroutines. It holds back space on disk and is closed after use.
type Snapshot struct {
	s        *Store
	snapshot *pebble.Snapshot
}

// Snapshot fixes the present content of the store.
func (s *Store) Snapshot() (*Snapshot, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.calls.Done()
	n := &Snapshot{s: s, snapshot: s.db.NewSnapshot()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snapshots[n] = struct{}{}
	return n, nil
}

// enter begins a call on the snapshot as Store.enter does; the caller ends it with s.calls.Done.
func (n *Snapshot) enter() error {
	if err := n.s.enter(); err != nil {
		return err
	}
	n.s.mu.RLock()
	_, open := n.s.snapshots[n]
	n.s.mu.RUnlock()
	if !open {
		n.s.calls.Done()
		return fmt.Errorf("read snapshot: %w", ErrClosed)
	}
	return nil
}

// Get is Store.Get as of the snapshot.
func (n *Snapshot) Get(space Space, key []byte) ([]byte, error) {
	if err := n.enter(); err != nil {
		return nil, err
	}
	defer n.s.calls.Done()
	return n.s.get(n.snapshot, space, key)
}

// Scan is Store.Scan as of the snapshot.
func (n *Snapshot) Scan(space Space, start, end []byte, visit Visit) error {
	if err := n.enter(); err != nil {
		return err
	}
	defer n.s.calls.Done()
	return n.s.scan(n.snapshot, space, start, end, visit)
}

// ScanReverse is Store.ScanReverse as of the snapshot.
func (n *Snapshot) ScanReverse(space Space, start, end []byte, visit Visit) error {
	if err := n.enter(); err != nil {
		return err
	}
	defer n.s.calls.Done()
	return n.s.scanReverse(n.snapshot, space, start, end, visit)
}

// Close releases the snapshot. Calls on it must have returned. Closing it twice, or after the store, does nothing.
func (n *Snapshot) Close() error {
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	if _, open := n.s.snapshots[n]; !open || n.s.closed {
		return nil // Store.Close closes the snapshots that are left
	}
	delete(n.s.snapshots, n)
	if err := n.snapshot.Close(); err != nil {
		return n.s.fail("close snapshot", err)
	}
	return nil
}
