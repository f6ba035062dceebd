package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// A store is a directory with a marker file, STORE, and the database beside it. The marker says that there was a database
// here, of which layout and for which network; the database says the same in Meta. The marker is written last and never
// removed, so a marker without a database means that data was lost, and a database without a marker that the very first
// start was cut short.
const (
	markerFile  = "STORE"
	databaseDir = "db"
	draftDir    = "db.new"
	// layout is the number of the arrangement of files and keys. An older program refuses a newer one.
	layout = 1
)

// Errors of Open.
var (
	ErrEmptied = errors.New("the directory held a store, and its database is gone: is the disk mounted? restore a backup, or remove the directory to start anew")
	ErrNewer   = errors.New("the store was written by a newer program: use that program or a later one")
	ErrNetwork = errors.New("the store belongs to another network")
	ErrForeign = errors.New("the directory holds something other than a store")
)

type marker struct {
	layout  int
	network string
}

func (m marker) String() string { return fmt.Sprintf("tierledger store %d %s\n", m.layout, m.network) }

// parseMarker reads what String writes. The layout is looked at first: what follows it is that layout's business.
func parseMarker(text string) (marker, error) {
	var m marker
	if _, err := fmt.Sscanf(text, "tierledger store %d", &m.layout); err != nil || m.layout < 1 {
		return m, fmt.Errorf("marker %q: %w", text, ErrForeign)
	}
	if m.layout > layout {
		return m, fmt.Errorf("layout %d, this program knows %d: %w", m.layout, layout, ErrNewer)
	}
	m.network = strings.TrimSuffix(strings.TrimPrefix(text, fmt.Sprintf("tierledger store %d ", m.layout)), "\n")
	if m.network == "" || m.String() != text {
		return m, fmt.Errorf("marker %q: %w", text, ErrForeign)
	}
	return m, nil
}

// readMarker is nil without an error when there is none.
func (s *Store) readMarker() (*marker, error) {
	f, err := s.fs.Open(s.fs.PathJoin(s.dir, markerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, 1<<10))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read %s: %w", markerFile, err)
	}
	m, err := parseMarker(string(text))
	if err != nil {
		return nil, err
	}
	return &m, s.checkNetwork(m)
}

func (s *Store) checkNetwork(m marker) error {
	if want := s.options.Network; want != "" && want != m.network {
		return fmt.Errorf("it is of %q, not %q: %w", m.network, want, ErrNetwork)
	}
	return nil
}

// checkFormat refuses, before Pebble touches them, files that a newer program's Pebble wrote.
func (s *Store) checkFormat() error {
	d, err := pebble.Peek(s.fs.PathJoin(s.dir, databaseDir), s.fs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if d.Exists && d.FormatMajorVersion > format {
		return fmt.Errorf("database format %d, this program writes %d: %w", d.FormatMajorVersion, format, ErrNewer)
	}
	return nil
}

// settleMarker compares the marker with what the database says, and writes the marker if the first start did not come to it.
func (s *Store) settleMarker(known *marker) error {
	text, err := s.get(s.db, Meta, []byte(metaLayout))
	if err != nil {
		return err
	}
	if text == nil {
		return fmt.Errorf("the database has no layout record: %w", ErrForeign)
	}
	m, err := parseMarker(string(text))
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if known != nil && *known != m {
		return fmt.Errorf("%s says %q, the database %q: %w", markerFile, known, m, ErrForeign)
	}
	s.network = m.network
	if err := s.checkNetwork(m); err != nil || known != nil || s.options.ReadOnly {
		return err
	}
	return writeMarker(s.fs, s.dir, m)
}

// create makes the database of a new store, unless there is one. It comes to stand in its place whole: a crash before the
// renaming leaves a directory that the next start throws away, one after it a database that knows what it is.
func (s *Store) create() error {
	path, draft := s.fs.PathJoin(s.dir, databaseDir), s.fs.PathJoin(s.dir, draftDir)
	if _, err := s.fs.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	m := marker{layout, s.options.Network}
	if m.network == "" || strings.ContainsAny(m.network, "\r\n") {
		return fmt.Errorf("create a store: network name %q is empty or has line breaks", m.network)
	}
	if err := s.fs.RemoveAll(draft); err != nil {
		return fmt.Errorf("create a store: %w", err)
	}
	o := s.pebbleOptions()
	o.ErrorIfNotExists = false
	db, err := s.openPebble(draftDir, o)
	if err != nil {
		return fmt.Errorf("create a store: %w", err)
	}
	if err := s.attempt("create", func() error {
		return db.Set(physical(Meta, []byte(metaLayout)), []byte(m.String()), pebble.Sync)
	}); err != nil {
		return fmt.Errorf("create a store: %w", err) // Pebble is in no state to be closed
	}
	if err = db.Close(); err == nil {
		err = syncDir(s.fs, draft)
	}
	if err == nil {
		err = s.fs.Rename(draft, path)
	}
	if err == nil {
		err = syncDir(s.fs, s.dir)
	}
	if err != nil {
		return fmt.Errorf("create a store: %w", err)
	}
	return nil
}

// writeMarker puts the file in place whole: a crash leaves no marker, or this one.
func writeMarker(files vfs.FS, dir string, m marker) error {
	path := files.PathJoin(dir, markerFile)
	f, err := files.Create(path+".tmp", vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("write %s: %w", markerFile, err)
	}
	_, err = f.Write([]byte(m.String()))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = files.Rename(path+".tmp", path)
	}
	if err == nil {
		err = syncDir(files, dir)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", markerFile, err)
	}
	return nil
}

func syncDir(files vfs.FS, dir string) error {
	d, err := files.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
