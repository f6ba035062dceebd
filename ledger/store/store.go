// Package store keeps a node's data: one Pebble database of named keyspaces, written by one synced batch a block and read by
// many.
//
// It knows keys, bytes and durability, and nothing of what they mean. It never repairs, guesses or retries: the first error
// of the disk becomes a Fault that every later call returns, so that a node with a bad disk stops and does not carry on with
// half of its state. ledger/execute and node/consensus write through Batch; ledger/stub, ledger/view, ledger/audit and the
// API read through Store or Snapshot; node/local opens a store of its own for what only this node knows.
package store

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Defaults of Options.
const (
	DefaultCache        = 64 << 20
	DefaultKeepVersions = 100
)

// format pins the files Pebble writes. A new Pebble does not move it; raising it is a new layout (see marker.go), because an
// older program cannot read the result.
const format = pebble.FormatTableFormatV6

const (
	memTableBytes = 32 << 20
	memTables     = 2  // one is filled while another is written out
	bloomBits     = 10 // per key: about one false answer in a hundred
)

// ErrClosed is returned by every call after Close.
var ErrClosed = errors.New("store is closed")

// ErrReadOnly is returned by Commit of a store opened with ReadOnly.
var ErrReadOnly = errors.New("store is open for reading only")

// Options of Open. The zero value of each field but Network is usable.
type Options struct {
	// FS is where the directory lies; nil is the disk.
	FS vfs.FS
	// ReadOnly opens an existing store and refuses to write. Pebble locks a directory for one process even so: to look into
	// the data of a running node, take a Checkpoint from it and open that.
	ReadOnly bool
	// Cache is the memory, in bytes, for blocks of the database (half), tree pages and state (a quarter each), and an
	// eighth on top for what Replay does not have; 0 is DefaultCache. Write buffers come on top.
	Cache int64
	// Network is the name of the network the data belongs to. Open refuses the data of another one. It is required to create
	// a store; to open one that exists, empty means any.
	Network string
	// KeepVersions is how many heights below the head the tree can be read at; 0 is DefaultKeepVersions.
	KeepVersions int64
	// Logger is where Pebble's messages go; nil is slog.Default().
	Logger *slog.Logger
	// OnFatal is called when Pebble says that it cannot go on, from the goroutine that must not: files may no longer be written
	// in order. It does not return: it ends the process, or that goroutine (runtime.Goexit) where a test wants to look at what
	// is left. nil panics, which ends the process unless it happens in Open or Commit, which return the fault.
	OnFatal func(error)
}

// Store is one open database. Its methods may be called from several goroutines; batches are committed by one at a time.
type Store struct {
	db      *pebble.DB
	fs      vfs.FS
	dir     string
	options Options
	network string
	tree    cache // pages of Tree
	state   cache // values of State
	replay  cache // keys that Replay does not have

	head    atomic.Pointer[Head]
	fault   atomic.Pointer[Fault]
	faulted chan struct{} // closed by the first fault
	fatal   atomic.Bool   // Pebble is in no state to be closed

	mu        sync.RWMutex // closed, and the start of every call
	closed    bool
	calls     sync.WaitGroup
	snapshots map[*Snapshot]struct{}
}

// Open opens the store in dir, creating it unless ReadOnly is set. It refuses a directory that held a store and holds none
// now (a disk that is not mounted, files that were deleted), a store of another network, one written by a newer program, and
// one that another process has open.
func Open(dir string, o Options) (*Store, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Cache == 0 {
		o.Cache = DefaultCache
	}
	if o.KeepVersions == 0 {
		o.KeepVersions = DefaultKeepVersions
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	s := &Store{fs: o.FS, dir: dir, options: o, faulted: make(chan struct{}), snapshots: map[*Snapshot]struct{}{}}
	s.tree.init(o.Cache / 4)
	s.state.init(o.Cache / 4)
	s.replay.init(o.Cache / 8)
	if err := s.open(); err != nil {
		if s.db != nil && !s.fatal.Load() {
			err = errors.Join(err, s.db.Close())
		}
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	return s, nil
}

func (s *Store) open() error {
	known, err := s.readMarker()
	if err != nil {
		return err
	}
	if err := s.checkFormat(); err != nil {
		return err
	}
	if known == nil && !s.options.ReadOnly {
		if err := s.create(); err != nil {
			return err
		}
	}
	s.db, err = s.openPebble(databaseDir, s.pebbleOptions())
	switch {
	case errors.Is(err, pebble.ErrDBDoesNotExist) && known != nil:
		return fmt.Errorf("%w: %s names network %q", ErrEmptied, markerFile, known.network)
	case err != nil:
		return err
	}
	if err := s.settleMarker(known); err != nil {
		return err
	}
	return s.loadHead()
}

// openPebble opens the database in a directory of the store.
func (s *Store) openPebble(dir string, o *pebble.Options) (*pebble.DB, error) {
	var db *pebble.DB
	err := s.attempt("open", func() error {
		opened, err := pebble.Open(s.fs.PathJoin(s.dir, dir), o)
		if err == nil && s.Err() != nil {
			return opened.Close() // the disk came back after the caller had gone: unlock the directory
		}
		db = opened
		return err
	})
	if err != nil {
		return nil, err
	}
	return db, nil
}

// blockCache is the size of Pebble's cache. Pebble takes its write buffers out of it, as far as they are in use: without room
// for them nothing would be left for blocks. Who asks for less than one write buffer wants no blocks kept.
func (s *Store) blockCache() int64 {
	if s.options.Cache < memTableBytes {
		return s.options.Cache / 2
	}
	return s.options.Cache/2 + memTables*memTableBytes
}

func (s *Store) pebbleOptions() *pebble.Options {
	o := &pebble.Options{
		FS:                 s.fs,
		CacheSize:          s.blockCache(),
		FormatMajorVersion: format,
		ReadOnly:           s.options.ReadOnly,
		ErrorIfNotExists:   true,
		MemTableSize:       memTableBytes,

		MemTableStopWritesThreshold: memTables,
		Logger:                      logger{s},
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) {
				s.fatal.Store(true)
				_ = s.fail("write in the background", err) // nobody called; Err has it
			},
			DataCorruption: func(i pebble.DataCorruptionInfo) {
				_ = s.fail("read "+i.Path, i.Details) // the reader gets its own error
			},
			DiskSlow: func(i pebble.DiskSlowInfo) { s.options.Logger.Warn("disk is slow", "store", s.dir, "info", i.String()) },
		},
	}
	for i := range o.Levels {
		o.Levels[i].FilterPolicy = bloom.FilterPolicy(bloomBits)
	}
	return o
}

// Network is the name of the network that the data belongs to.
func (s *Store) Network() string { return s.network }

// DiskUsage is the number of bytes that the database takes on disk.
func (s *Store) DiskUsage() (uint64, error) {
	if err := s.enter(); err != nil {
		return 0, err
	}
	defer s.calls.Done()
	return s.db.Metrics().DiskSpaceUsage(), nil
}

// enter begins a call that uses the database. The caller ends it with s.calls.Done.
func (s *Store) enter() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	if f := s.fault.Load(); f != nil {
		return f
	}
	s.calls.Add(1)
	return nil
}

// Close waits for the calls in progress, closes the snapshots left open and then the database. After a failed write the files
// are left as they are, as by a crash; the directory stays locked until the process ends.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.calls.Wait()
	if s.fatal.Load() {
		return s.Err()
	}
	var errs []error
	for snapshot := range s.snapshots {
		errs = append(errs, snapshot.snapshot.Close())
	}
	clear(s.snapshots)
	if err := errors.Join(append(errs, s.db.Close())...); err != nil {
		return fmt.Errorf("close store %s: %w", s.dir, err)
	}
	return nil
}

// Checkpoint writes a copy of the store as of now into dir, which must not exist, while the store goes on. Files that never
// change are linked where the file system can, so dir belongs on the same one. The copy is opened with Open.
func (s *Store) Checkpoint(dir string) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.calls.Done()
	if _, err := s.fs.Stat(dir); err == nil {
		return fmt.Errorf("checkpoint store %s: %s exists", s.dir, dir)
	}
	// A crash in here leaves a directory without a marker, or one that is complete.
	if err := s.db.Checkpoint(s.fs.PathJoin(dir, databaseDir), pebble.WithFlushedWAL()); err != nil {
		return s.fail("checkpoint", err)
	}
	if err := writeMarker(s.fs, dir, marker{layout, s.network}); err != nil {
		return s.fail("checkpoint", err)
	}
	return nil
}
