// Package local keeps what only this node knows: a bank's own rules and what came of
// them, later the cursors of its webhooks.
//
// It is a small typed store in a directory of its own, beside the ledger's and never
// part of it: other nodes do not have it, no block changes it, and the ledger is
// rebuilt without it. Values are JSON, so that a record may gain a field without
// making what is stored unreadable; a field that this program does not know is an
// error, because writing the record again would lose it. node/policy reads and writes
// through it.
package local

import (
	"fmt"

	jsonx "github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/ledger/store"
)

// cache is the memory for a store that is small and seldom read.
const cache = 4 << 20

// Key is where a record of type T lies. The first segment names the package whose
// record it is, as in "policy/version/00000001".
type Key[T any] string

// Local is an open store of node-private data. Its methods may be called from
// several goroutines; batches are committed by one at a time.
type Local struct {
	store *store.Store
}

// Open opens the store in dir, creating it if there is none. The data belongs to one
// network, as the ledger's does. Of the options Network is ignored; a Cache of 0 is
// 4 MiB. It refuses what store.Open refuses.
func Open(dir, network string, o store.Options) (*Local, error) {
	o.Network = network
	if o.Cache == 0 {
		o.Cache = cache
	}
	s, err := store.Open(dir, o)
	if err != nil {
		return nil, fmt.Errorf("open the node's own data: %w", err)
	}
	return &Local{s}, nil
}

// Close closes the store after the calls in progress.
func (l *Local) Close() error { return l.store.Close() }

// Err is the fault after which the store answers nothing any more, or nil.
func (l *Local) Err() error { return l.store.Err() }

// Get reads a record, nil when there is none.
func Get[T any](l *Local, key Key[T]) (*T, error) {
	data, err := l.store.Get(store.Local, []byte(key))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	if data == nil {
		return nil, nil
	}
	return decode(key, data)
}

// Scan visits the records whose keys start with prefix, in order of key, until visit
// returns false. All of them are of type T.
func Scan[T any](l *Local, prefix string, visit func(Key[T], *T) (more bool, err error)) error {
	return l.store.Scan(store.Local, []byte(prefix), end(prefix), visitor(visit))
}

// ScanReverse is Scan from the last key to the first.
func ScanReverse[T any](l *Local, prefix string, visit func(Key[T], *T) (more bool, err error)) error {
	return l.store.ScanReverse(store.Local, []byte(prefix), end(prefix), visitor(visit))
}

func visitor[T any](visit func(Key[T], *T) (bool, error)) store.Visit {
	return func(k, data []byte) (bool, error) {
		key := Key[T](k)
		v, err := decode(key, data)
		if err != nil {
			return false, err
		}
		return visit(key, v)
	}
}

// end is the first key after all that start with prefix, nil if there is none.
func end(prefix string) []byte {
	e := []byte(prefix)
	for i := len(e) - 1; i >= 0; i-- {
		if e[i]++; e[i] != 0 {
			return e[:i+1]
		}
	}
	return nil
}

func decode[T any](key Key[T], data []byte) (*T, error) {
	v := new(T)
	if err := jsonx.Unmarshal(data, v, jsonx.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return v, nil
}

// Batch collects records that are written together or not at all. It belongs to one
// goroutine and ends with Commit or Discard.
type Batch struct {
	batch *store.Batch
	err   error // the first record that does not encode
}

// NewBatch begins a batch.
func (l *Local) NewBatch() *Batch { return &Batch{batch: l.store.NewBatch()} }

// Put writes a record in place of what the key had.
func Put[T any](b *Batch, key Key[T], v *T) {
	data, err := jsonx.Marshal(v, jsonx.Deterministic(true))
	if err != nil {
		if b.err == nil {
			b.err = fmt.Errorf("write %s: %w", key, err)
		}
		return
	}
	b.batch.Set(store.Local, []byte(key), data)
}

// Delete removes a record, if it is there.
func Delete[T any](b *Batch, key Key[T]) { b.batch.Delete(store.Local, []byte(key)) }

// Commit writes the batch and returns when it is on disk. A record that does not
// encode refuses the whole batch. A crash before the return leaves all of the batch
// or nothing; after a *store.Fault the process stops, and its next start finds out
// which.
func (b *Batch) Commit() error {
	if b.err != nil {
		b.batch.Discard()
		return b.err
	}
	if err := b.batch.Commit(); err != nil {
		return fmt.Errorf("write the node's own data: %w", err)
	}
	return nil
}

// Discard drops the batch unwritten. After Commit it does nothing.
func (b *Batch) Discard() { b.batch.Discard() }
