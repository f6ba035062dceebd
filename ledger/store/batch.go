package store

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Batch collects writes that take effect together or not at all. It belongs to one goroutine.
type Batch struct {
	s      *Store
	batch  *pebble.Batch // nil after Commit or Discard
	head   *Head
	pages  []entry // tree pages set and retired
	state  []entry // of State, set and deleted
	wiped  bool    // a range of State was deleted
	replay []entry // of Replay, set
	err    error   // the first misuse or failed read while the batch was built
}

// NewBatch begins a batch. It ends with Commit or Discard.
func (s *Store) NewBatch() *Batch { return &Batch{s: s, batch: s.db.NewBatch()} }

// Set writes value at key. The slices are copied.
func (b *Batch) Set(space Space, key, value []byte) {
	op := b.batch.SetDeferred(1+len(key), len(value))
	op.Key[0] = byte(space)
	copy(op.Key[1:], key)
	copy(op.Value, value)
	b.note(op.Finish())
	switch space {
	case Replay:
		b.replay = append(b.replay, entry{key: string(key)}) // no longer absent
	case State:
		b.state = append(b.state, entry{key: string(key), value: append(make([]byte, 0, len(value)), value...)})
	default: // nothing in memory follows it
	}
}

// Delete removes key, if it is there.
func (b *Batch) Delete(space Space, key []byte) {
	op := b.batch.DeleteDeferred(1 + len(key))
	op.Key[0] = byte(space)
	copy(op.Key[1:], key)
	b.note(op.Finish())
	if space == State {
		b.state = append(b.state, entry{key: string(key)})
	}
}

// DeleteRange removes the keys of [start, end); a nil end is the end of the space.
func (b *Batch) DeleteRange(space Space, start, end []byte) {
	lower, upper := bounds(space, start, end)
	b.note(b.batch.DeleteRange(lower, upper, nil))
	b.wiped = b.wiped || space == State
}

// Len is the size of the batch in bytes.
func (b *Batch) Len() int { return b.batch.Len() }

func (b *Batch) note(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Commit writes the batch and returns when it is on disk. A batch refused for what is in it, an error that is neither *Fault
// nor ErrClosed, has changed nothing. After a *Fault nobody knows whether the batch is on disk: the process stops, and its
// next start finds it there whole or not at all. The batch is of no further use.
func (b *Batch) Commit() error {
	s := b.s
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	defer func() { b.batch = nil }() // Pebble reuses it
	if err := b.check(); err != nil {
		return errors.Join(err, b.batch.Close())
	}
	// A crash before this line loses the batch, one after it does not; in between, the log holds the batch with its checksum
	// or ends before it.
	if err := b.write(); err != nil {
		return err
	}
	s.tree.apply(b.pages, false)
	s.state.apply(b.state, b.wiped)
	s.replay.apply(b.replay, false)
	if b.head != nil {
		s.head.Store(b.head) // last: who sees the new head must see the new state
	}
	if err := b.batch.Close(); err != nil {
		return s.fail("commit", err)
	}
	return nil
}

func (b *Batch) check() error {
	switch {
	case b.err != nil:
		return fmt.Errorf("commit batch: %w", b.err)
	case b.s.options.ReadOnly:
		return fmt.Errorf("commit batch: %w", ErrReadOnly)
	case b.head != nil && b.head.Height <= b.s.Head().Height:
		return fmt.Errorf("commit batch: height %d does not follow the head at %d", b.head.Height, b.s.Head().Height)
	}
	return nil
}

// write commits to Pebble, which tells its logger rather than its caller what went wrong with the log. Whatever it is, nobody
// knows now what is on disk, and Pebble is not to write any more.
func (b *Batch) write() error {
	batch := b.batch
	if err := b.s.attempt("commit", func() error { return batch.Commit(pebble.Sync) }); err != nil {
		b.s.fatal.Store(true)
		return b.s.fail("commit", err)
	}
	return nil
}

// Discard drops the batch unwritten. After Commit it does nothing.
func (b *Batch) Discard() {
	if b.batch != nil {
		_ = b.batch.Close() // it was in memory only
		b.batch = nil
	}
}
