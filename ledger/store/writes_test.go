package store_test

import (
	"path"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// disk fails one write, and if it is gone every later one, until it is repaired.
type disk struct {
	from int64 // which write, counted from 1
	gone bool

	mu       sync.Mutex
	n        int64
	repaired bool
}

func (d *disk) MaybeError(op errorfs.Op) error {
	// Pebble does not expect the closing of a file to fail, and when a directory cannot be synced it ends the process from a
	// goroutine of its own, which is what the store would have asked for.
	syncDir := op.Kind == errorfs.OpFileSync && strings.HasPrefix(path.Base(op.Path), "db")
	if op.Kind.ReadOrWrite() != errorfs.OpIsWrite || op.Kind == errorfs.OpFileClose || syncDir {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	if !d.repaired && (d.n == d.from || d.gone && d.n > d.from) {
		return errorfs.ErrInjected
	}
	return nil
}

func (d *disk) String() string { return "disk" }

func (d *disk) failed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n >= d.from
}

func (d *disk) repair() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.repaired = true
}
