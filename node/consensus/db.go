package consensus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
	dbm "github.com/cometbft/cometbft-db"
)

// storeFormat pins the on-disk format of the engine's stores. A newer Pebble keeps
// it until this line changes, so that a node can go back to the older program.
const storeFormat = pebble.FormatValueSeparation

// storeMemTable is the size of a memory table in bytes. The engine writes every
// block once and reads back the recent ones. Pebble allocates a tenth more on disk
// for the log of each table, used or not.
const storeMemTable = 4 << 20

// storeCache is the size of each store's block cache in bytes.
const storeCache = 8 << 20

// ErrStoreClosed is what a read or write of a closed store returns.
var ErrStoreClosed = errors.New("engine store is closed")

var (
	errEmptyKey    = errors.New("engine store: key is empty")
	errNilValue    = errors.New("engine store: value is nil")
	errBatchClosed = errors.New("engine store: batch has been written or closed")
)

// WriteHook is called around every write of the engine's stores and of the signer,
// once before it (done false) and once after it is in the store (done true). An
// error goes back to the engine in place of the write's own answer: before, the
// write does not happen; after, it happened and is said to have failed. Tests use
// it to fail at the k-th write or to leave the process there.
//
// store is "blockstore", "state", "evidence" or "signer"; op is "set", "delete",
// "batch" or "sign", with "-sync" appended when the write waits for the disk.
type WriteHook func(store, op string, done bool) error

// DB is the engine's key-value interface (cometbft-db) over one Pebble store. After
// Close every call answers ErrStoreClosed where Pebble itself would panic.
type DB struct {
	name string
	hook WriteHook

	mu     sync.RWMutex // held for reading during each call, for writing by Close
	closed bool
	pebble *pebble.DB
	cache  *pebble.Cache
}

var _ dbm.DB = (*DB)(nil)

// StoreOptions are the parts of a store that differ between production and tests.
type StoreOptions struct {
	FS     vfs.FS       // nil means the operating system's
	Hook   WriteHook    // may be nil
	Logger *slog.Logger // hears of Pebble's errors; nil is silent
}

// OpenDB opens the store name inside dir and creates it when absent.
func OpenDB(dir, name string, opts StoreOptions) (*DB, error) {
	if opts.FS == nil {
		opts.FS = vfs.Default
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	path := filepath.Join(dir, name+".pebble")
	if err := makeDirs(opts.FS, path); err != nil {
		return nil, fmt.Errorf("open engine store %s: %w", name, err)
	}
	cache := pebble.NewCache(storeCache)
	po := &pebble.Options{
		FS:                 opts.FS,
		FormatMajorVersion: storeFormat,
		Cache:              cache,
		MemTableSize:       storeMemTable,
		Logger:             storeLogger{opts.Logger.With("store", name)},
	}
	for i := range po.Levels {
		po.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
	}
	db, err := pebble.Open(path, po)
	if err != nil {
		cache.Unref()
		return nil, fmt.Errorf("open engine store %s: %w", name, err)
	}
	return &DB{name: name, hook: opts.Hook, pebble: db, cache: cache}, nil
}

// write runs one write between the two calls of the hook.
func (d *DB) write(op string, do func() error) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return ErrStoreClosed
	}
	if d.hook == nil {
		return do()
	}
	if err := d.hook(d.name, op, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return d.hook(d.name, op, true)
}

// Get returns the value of a key, nil when there is none.
func (d *DB) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, errEmptyKey
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, ErrStoreClosed
	}
	value, closer, err := d.pebble.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read engine store %s: %w", d.name, err)
	}
	// An empty value is not an absent one: Clone of it must not be nil.
	out := append(make([]byte, 0, len(value)), value...)
	return out, closer.Close()
}

// Has reports whether the key is there.
func (d *DB) Has(key []byte) (bool, error) {
	value, err := d.Get(key)
	return value != nil, err
}

// Set writes a pair; it survives a crash of the process only after a later sync.
func (d *DB) Set(key, value []byte) error { return d.set("set", key, value, pebble.NoSync) }

// SetSync writes a pair and waits for the disk.
func (d *DB) SetSync(key, value []byte) error { return d.set("set-sync", key, value, pebble.Sync) }

func (d *DB) set(op string, key, value []byte, how *pebble.WriteOptions) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	if value == nil {
		return errNilValue
	}
	return d.write(op, func() error { return d.pebble.Set(key, value, how) })
}

// Delete removes a key; a key that is not there is no error.
func (d *DB) Delete(key []byte) error { return d.delete("delete", key, pebble.NoSync) }

// DeleteSync removes a key and waits for the disk.
func (d *DB) DeleteSync(key []byte) error { return d.delete("delete-sync", key, pebble.Sync) }

func (d *DB) delete(op string, key []byte, how *pebble.WriteOptions) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	return d.write(op, func() error { return d.pebble.Delete(key, how) })
}

// Iterator walks [start, end) upwards; nil bounds are open. It must be closed
// before the store is.
func (d *DB) Iterator(start, end []byte) (dbm.Iterator, error) {
	return d.iterate(start, end, false)
}

// ReverseIterator walks [start, end) downwards.
func (d *DB) ReverseIterator(start, end []byte) (dbm.Iterator, error) {
	return d.iterate(start, end, true)
}

func (d *DB) iterate(start, end []byte, reverse bool) (dbm.Iterator, error) {
	if (start != nil && len(start) == 0) || (end != nil && len(end) == 0) {
		return nil, errEmptyKey
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return nil, ErrStoreClosed
	}
	it, err := d.pebble.NewIter(&pebble.IterOptions{LowerBound: start, UpperBound: end})
	if err != nil {
		return nil, fmt.Errorf("iterate engine store %s: %w", d.name, err)
	}
	if reverse {
		it.Last()
	} else {
		it.First()
	}
	return &iterator{it: it, start: start, end: end, reverse: reverse}, nil
}

// Close waits for the calls in progress and closes the store. A second Close does nothing.
func (d *DB) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	err := d.pebble.Close()
	d.cache.Unref()
	if err != nil {
		return fmt.Errorf("close engine store %s: %w", d.name, err)
	}
	return nil
}

// NewBatch starts a batch: nothing of it is visible before Write, then all of it.
func (d *DB) NewBatch() dbm.Batch {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return &batch{db: d}
	}
	return &batch{db: d, b: d.pebble.NewBatch()}
}

// Print is part of the interface; the engine's stores are inspected with Pebble's tool.
func (d *DB) Print() error { return nil }

// Stats returns Pebble's metrics as text.
func (d *DB) Stats() map[string]string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return map[string]string{}
	}
	return map[string]string{"pebble": d.pebble.Metrics().String()}
}

// Compact rewrites [start, end); a nil bound is the first or last key.
func (d *DB) Compact(start, end []byte) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if d.closed {
		return ErrStoreClosed
	}
	if start == nil || end == nil {
		first, last, err := d.bounds()
		if err != nil || first == nil {
			return err
		}
		if start == nil {
			start = first
		}
		if end == nil {
			end = append(last, 0)
		}
	}
	if bytes.Compare(start, end) >= 0 {
		return nil
	}
	return d.pebble.Compact(context.Background(), start, end, false)
}

func (d *DB) bounds() (first, last []byte, err error) {
	it, err := d.pebble.NewIter(nil)
	if err != nil {
		return nil, nil, err
	}
	if it.First() {
		first = bytes.Clone(it.Key())
	}
	if it.Last() {
		last = bytes.Clone(it.Key())
	}
	return first, last, it.Close()
}

type batch struct {
	db *DB
	b  *pebble.Batch // nil once written or closed
}

func (b *batch) Set(key, value []byte) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	if value == nil {
		return errNilValue
	}
	if b.b == nil {
		return errBatchClosed
	}
	return b.b.Set(key, value, nil)
}

func (b *batch) Delete(key []byte) error {
	if len(key) == 0 {
		return errEmptyKey
	}
	if b.b == nil {
		return errBatchClosed
	}
	return b.b.Delete(key, nil)
}

func (b *batch) Write() error     { return b.commit("batch", pebble.NoSync) }
func (b *batch) WriteSync() error { return b.commit("batch-sync", pebble.Sync) }

func (b *batch) commit(op string, how *pebble.WriteOptions) error {
	if b.b == nil {
		return errBatchClosed
	}
	if err := b.db.write(op, func() error { return b.b.Commit(how) }); err != nil {
		return err
	}
	return b.Close()
}

func (b *batch) Close() error {
	if b.b == nil {
		return nil
	}
	err := b.b.Close()
	b.b = nil
	return err
}

type iterator struct {
	it         *pebble.Iterator
	start, end []byte
	reverse    bool
}

func (i *iterator) Domain() (start, end []byte) { return i.start, i.end }
func (i *iterator) Valid() bool                 { return i.it.Valid() }
func (i *iterator) Error() error                { return i.it.Error() }
func (i *iterator) Close() error                { return i.it.Close() }

func (i *iterator) Next() {
	i.mustBeValid()
	if i.reverse {
		i.it.Prev()
	} else {
		i.it.Next()
	}
}

func (i *iterator) Key() []byte {
	i.mustBeValid()
	return bytes.Clone(i.it.Key())
}

func (i *iterator) Value() []byte {
	i.mustBeValid()
	return append([]byte{}, i.it.Value()...)
}

// mustBeValid keeps the contract of dbm.Iterator: a call beyond the end is a
// mistake of the caller and panics.
func (i *iterator) mustBeValid() {
	if !i.it.Valid() {
		panic("engine store: iterator is used beyond its end")
	}
}

// lateReads serves a store whose last writer is gone to the engine's gossip
// goroutines, which nobody can wait for: the block store panics on a read error,
// and a panic there takes the whole process down. After Close it answers "no such
// block", for which gossip has nothing to send. Nothing is decided from it: the
// consensus goroutine has ended before the store is closed.
type lateReads struct{ *DB }

func (l lateReads) Get(key []byte) ([]byte, error) {
	value, err := l.DB.Get(key)
	if errors.Is(err, ErrStoreClosed) {
		return nil, nil
	}
	return value, err
}

func (l lateReads) Has(key []byte) (bool, error) {
	value, err := l.Get(key)
	return value != nil, err
}

// storeLogger passes Pebble's errors on. Fatalf must not return: Pebble calls it
// when a write's fate is unknown, and the node stops rather than guess.
type storeLogger struct{ log *slog.Logger }

func (l storeLogger) Infof(string, ...any) {}
func (l storeLogger) Errorf(format string, args ...any) {
	l.log.Error("pebble", "message", fmt.Sprintf(format, args...))
}

func (l storeLogger) Fatalf(format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	l.log.Error("pebble", "message", message)
	panic("engine store: " + message)
}

// makeDirs creates a directory and its missing ancestors for the owner alone, and makes
// their names last: Pebble syncs what is inside its directory, and a power cut would
// still lose the directory as a whole.
func makeDirs(fs vfs.FS, path string) error {
	var made []string
	for p := path; ; p = fs.PathDir(p) {
		if _, err := fs.Stat(p); err == nil || fs.PathDir(p) == p {
			break
		}
		made = append(made, p)
	}
	if err := fs.MkdirAll(path, 0o700); err != nil {
		return err
	}
	for _, p := range made {
		parent, err := fs.OpenDir(fs.PathDir(p))
		if err != nil {
			return err
		}
		if err := errors.Join(parent.Sync(), parent.Close()); err != nil {
			return err
		}
	}
	return nil
}

// makeHome creates the engine's directory.
func makeHome(dir string) error {
	if err := makeDirs(vfs.Default, dir); err != nil {
		return fmt.Errorf("create engine directory: %w", err)
	}
	return nil
}
