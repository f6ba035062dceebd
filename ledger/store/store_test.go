package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/tierledger/tierledger/ledger/store"
)

func options(fs vfs.FS) store.Options {
	return store.Options{
		FS: fs, Network: "test", Cache: 1 << 20, KeepVersions: 3,
		Logger:  slog.New(slog.DiscardHandler),
		OnFatal: func(error) { runtime.Goexit() }, // the store stays faulted, which is what the tests look at
	}
}

func open(t testing.TB, fs vfs.FS) *store.Store {
	t.Helper()
	s, err := store.Open("data", options(fs))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func set(t testing.TB, s *store.Store, space store.Space, pairs ...string) {
	t.Helper()
	b := s.NewBatch()
	for i := 0; i < len(pairs); i += 2 {
		b.Set(space, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
}

func list(t testing.TB, scan func(store.Space, []byte, []byte, store.Visit) error, space store.Space, start, end string) string {
	t.Helper()
	var upper []byte
	if end != "" {
		upper = []byte(end)
	}
	var out []string
	err := scan(space, []byte(start), upper, func(key, value []byte) (bool, error) {
		out = append(out, fmt.Sprintf("%s=%s", key, value))
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func want(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSpacesAreApart(t *testing.T) {
	s := open(t, vfs.NewMem())
	set(t, s, store.State, "a", "1", "b", "2", "c", "3")
	set(t, s, store.State+1, "a", "other")
	set(t, s, store.View, "", "empty key", "x", "")
	want(t, list(t, s.Scan, store.State, "", ""), "a=1 b=2 c=3")
	want(t, list(t, s.Scan, store.State, "b", ""), "b=2 c=3")
	want(t, list(t, s.ScanReverse, store.State, "", "c"), "b=2 a=1")
	want(t, list(t, s.Scan, store.View, "", ""), "=empty key x=")
	if v, err := s.Get(store.View, []byte("x")); v == nil || len(v) != 0 || err != nil {
		t.Errorf("an empty value reads as %v, %v", v, err)
	}
	if v, err := s.Get(store.View, []byte("y")); v != nil || err != nil {
		t.Errorf("an absent key reads as %v, %v", v, err)
	}
	b := s.NewBatch()
	b.DeleteRange(store.State, []byte("b"), nil)
	b.Delete(store.View, []byte("x"))
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	want(t, list(t, s.Scan, store.State, "", ""), "a=1")
	want(t, list(t, s.Scan, store.State+1, "", ""), "a=other")
	want(t, list(t, s.Scan, store.View, "", ""), "=empty key")
}

func TestScanStops(t *testing.T) {
	s := open(t, vfs.NewMem())
	set(t, s, store.State, "a", "1", "b", "2")
	mine := errors.New("mine")
	n := 0
	err := s.Scan(store.State, nil, nil, func(_, _ []byte) (bool, error) { n++; return true, mine })
	if !errors.Is(err, mine) || n != 1 {
		t.Errorf("%d visits, %v", n, err)
	}
	if err := s.Scan(store.State, nil, nil, func(_, _ []byte) (bool, error) { n++; return false, nil }); err != nil || n != 2 {
		t.Errorf("%d visits, %v", n, err)
	}
	if s.Err() != nil {
		t.Error("a visitor's error became a fault")
	}
}

func TestSnapshotStandsStill(t *testing.T) {
	s := open(t, vfs.NewMem())
	set(t, s, store.State, "a", "1")
	n, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	commitHeight(t, s, 1)
	set(t, s, store.State, "a", "2", "b", "2")
	want(t, list(t, n.Scan, store.State, "a", "c"), "a=1")
	want(t, list(t, n.ScanReverse, store.State, "a", "c"), "a=1")
	if h, err := n.Head(); h.Height != 0 || err != nil {
		t.Errorf("head of the snapshot is %d, %v", h.Height, err)
	}
	if v, err := n.Get(store.State, []byte("b")); v != nil || err != nil {
		t.Errorf("b is %q, %v", v, err)
	}
	if err := errors.Join(n.Close(), n.Close()); err != nil {
		t.Error(err)
	}
	if _, err := n.Get(store.State, []byte("a")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a closed snapshot answers %v", err)
	}
	want(t, list(t, s.Scan, store.State, "", "aa"), "a=2")
}

// TestReadersNeverGoBack: while blocks are committed, readers of the state see it advance with the head and never return, and
// in the end all see the last block.
func TestReadersNeverGoBack(t *testing.T) {
	s := open(t, vfs.NewMem())
	commitHeight(t, s, 1)
	const last = 300
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for seen := int64(0); seen < last; {
				head := s.Head().Height
				v, err := s.Get(store.State, []byte("height"))
				if err != nil {
					t.Error(err)
					return
				}
				height, err := strconv.ParseInt(string(v), 10, 64)
				if err != nil || height < seen || height < head {
					t.Errorf("height %q after %d, head %d, %v", v, seen, head, err)
					return
				}
				seen = height
			}
		})
	}
	for h := int64(2); h <= last; h++ {
		commitHeight(t, s, h)
	}
	readers.Wait()
}

// TestStateWithinOneBatch: of several writes of a key in one batch the last one counts, and a deleted range is gone.
func TestStateWithinOneBatch(t *testing.T) {
	s := open(t, vfs.NewMem())
	set(t, s, store.State, "a", "1", "b", "1", "c", "1")
	b := s.NewBatch()
	b.Set(store.State, []byte("a"), []byte("2"))
	b.Delete(store.State, []byte("a"))
	b.Delete(store.State, []byte("b"))
	b.Set(store.State, []byte("b"), []byte("2"))
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	get := func() string {
		var out []string
		for _, key := range []string{"a", "b", "c"} {
			v, err := s.Get(store.State, []byte(key))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(v))
			if len(v) > 0 {
				v[0] = 'x' // the caller's copy
			}
		}
		return strings.Join(out, " ")
	}
	want(t, get(), " 2 1")
	want(t, get(), " 2 1")
	b = s.NewBatch()
	b.DeleteRange(store.State, []byte("b"), []byte("c"))
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	want(t, get(), "  1")
}

func TestClosedStoreAnswersClosed(t *testing.T) {
	s := open(t, vfs.NewMem())
	n, err := s.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	b := s.NewBatch()
	b.Set(store.State, []byte("k"), nil)
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	_, get := s.Get(store.State, []byte("k"))
	_, old := n.Get(store.State, []byte("k"))
	_, snapshot := s.Snapshot()
	_, node := s.Node(1, []byte{0})
	for i, err := range []error{get, old, snapshot, node, s.Scan(store.State, nil, nil, nil), b.Commit(), s.Checkpoint("copy")} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("call %d answers %v", i, err)
		}
	}
	b.Discard()
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}

// commitHeight commits a block that leaves its height behind in the state.
func commitHeight(t testing.TB, s *store.Store, height int64) {
	t.Helper()
	if err := tryHeight(s, height); err != nil {
		t.Fatal(err)
	}
}

func tryHeight(s *store.Store, height int64) error {
	b := s.NewBatch()
	b.Set(store.State, []byte("height"), fmt.Append(nil, height))
	b.Set(store.Outcome, fmt.Appendf(nil, "%08d", height), bytes.Repeat([]byte{1}, 300))
	b.SetHead(store.Head{Height: height, AppHash: [32]byte{byte(height)}, Time: 1000 * height, TreeVersion: uint64(height), TreeRoot: [32]byte{1, byte(height)}})
	return b.Commit()
}

func TestHeadFollowsBlocks(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs)
	if s.Head() != (store.Head{}) {
		t.Error("a new store has a head")
	}
	for h := int64(1); h <= 6; h++ {
		commitHeight(t, s, h)
	}
	if err := tryHeight(s, 6); err == nil || s.Err() != nil {
		t.Errorf("a second block at height 6: %v, fault %v", err, s.Err())
	}
	head := s.Head()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, fs)
	if s.Head() != head || head.Height != 6 || head.Time != 6000 {
		t.Errorf("head %+v, after a restart %+v", head, s.Head())
	}
	for h := range int64(8) { // three versions are kept below the head
		version, root, found, err := s.RootAt(h)
		if err != nil || found != (h >= 3 && h <= 6) || found && (version != uint64(h) || root != [32]byte{1, byte(h)}) {
			t.Errorf("root at %d: %d %x %v %v", h, version, root, found, err)
		}
	}
}

func TestRefusedDirectories(t *testing.T) {
	fs := vfs.NewMem()
	first := open(t, fs)
	refuse := func(why error, change func(*store.Options)) {
		t.Helper()
		o := options(fs)
		change(&o)
		if s, err := store.Open("data", o); err == nil || why != nil && !errors.Is(err, why) {
			t.Errorf("opened: %v, %v; want %v", s != nil, err, why)
		}
	}
	refuse(nil, func(o *store.Options) { o.ReadOnly = true }) // first has it open
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	refuse(store.ErrNetwork, func(o *store.Options) { o.Network = "other" })
	refuse(nil, func(o *store.Options) { o.FS = vfs.NewMem(); o.Network = "" })
	refuse(nil, func(o *store.Options) { o.FS = vfs.NewMem(); o.Network = "two\nlines" })
	refuse(nil, func(o *store.Options) { o.FS = vfs.NewMem(); o.ReadOnly = true })
	writeFile(t, fs, "data/STORE", "tierledger store 2 test\nwhatever layout 2 adds")
	refuse(store.ErrNewer, func(*store.Options) {})
	for _, text := range []string{"", "hello", "tierledger store 0 test\n", "tierledger store 1 test", "tierledger store 1 \n", "tierledger store 01 test\n", "tierledger store 1 nested\n"} {
		writeFile(t, fs, "data/STORE", text)
		refuse(store.ErrForeign, func(o *store.Options) { o.Network = "" })
	}
	writeFile(t, fs, "data/STORE", "tierledger store 1 test\n")
	if err := fs.RemoveAll("data/db"); err != nil {
		t.Fatal(err)
	}
	refuse(store.ErrEmptied, func(*store.Options) {})
	refuse(store.ErrEmptied, func(o *store.Options) { o.ReadOnly = true })
}

func TestForeignDatabase(t *testing.T) {
	fs := vfs.NewMem()
	write := func(dir string, o pebble.Options) {
		o.FS, o.Logger = fs, quiet{}
		db, err := pebble.Open(dir, &o)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Set([]byte("k"), nil, pebble.Sync), db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	write("data/db", pebble.Options{FormatMajorVersion: pebble.FormatMinSupported})
	if _, err := store.Open("data", options(fs)); !errors.Is(err, store.ErrForeign) {
		t.Errorf("a database that is no store: %v", err)
	}
	write("newer/db", pebble.Options{FormatMajorVersion: pebble.FormatNewest})
	if _, err := store.Open("newer", options(fs)); !errors.Is(err, store.ErrNewer) {
		t.Errorf("a database of a newer format: %v", err)
	}
}

type quiet struct{}

func (quiet) Infof(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}
func (quiet) Fatalf(f string, a ...any) {
	panic(fmt.Sprintf(f, a...))
}

func writeFile(t testing.TB, fs vfs.FS, path, text string) {
	t.Helper()
	f, err := fs.Create(path, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.Write([]byte(text))
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointOfALiveStore(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs)
	commitHeight(t, s, 1)
	if err := s.Checkpoint("copy"); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint("copy"); err == nil || s.Err() != nil {
		t.Errorf("a checkpoint over another: %v, fault %v", err, s.Err())
	}
	commitHeight(t, s, 2)
	o := options(fs)
	o.ReadOnly, o.Network = true, ""
	c, err := store.Open("copy", o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Head().Height != 1 || s.Head().Height != 2 || c.Network() != "test" {
		t.Errorf("copy of %q at %d, store at %d", c.Network(), c.Head().Height, s.Head().Height)
	}
	if err := tryHeight(c, 2); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("written to a read-only store: %v", err)
	}
}

// TestReadFault: an error of the disk on a read becomes a fault, and stays.
func TestReadFault(t *testing.T) {
	mem := vfs.NewCrashableMem()
	s := open(t, mem)
	set(t, s, store.State, "a", "1")
	set(t, s, store.Tree, "\x00\x00\x00\x00\x00\x00\x00\x01\x00", "page")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(*store.Store) error{
		"get":  func(s *store.Store) error { _, err := s.Get(store.State, []byte("a")); return err },
		"node": func(s *store.Store) error { _, err := s.Node(1, []byte{0}); return err },
		"scan": func(s *store.Store) error {
			return s.Scan(store.State, nil, nil, func(_, _ []byte) (bool, error) { return true, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			fails := &errorfs.Toggle{Injector: errorfs.InjectorFunc(func(op errorfs.Op) error {
				if op.Kind == errorfs.OpFileReadAt {
					return errorfs.ErrInjected
				}
				return nil
			})}
			all := vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(1, 1))}
			s := open(t, errorfs.Wrap(mem.CrashClone(all), fails))
			fails.On()
			isFault(t, read(s))
			fails.Off()
			isFault(t, read(s)) // the disk is well again, the store is not
			isFault(t, tryHeight(s, 1))
			isFault(t, s.Err())
		})
	}
}

func isFault(t testing.TB, err error) {
	t.Helper()
	var f *store.Fault
	if !errors.As(err, &f) || !errors.Is(err, errorfs.ErrInjected) {
		t.Errorf("%v is no fault of the injected error", err)
	}
}

const crashHeights = 6

// run opens the store and commits blocks until something fails. It returns the last height that was acknowledged.
func run(fs vfs.FS) (acked int64, err error) {
	s, err := store.Open("data", options(fs))
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.Close() }()
	acked = s.Head().Height
	for acked < crashHeights {
		if err := tryHeight(s, acked+1); err != nil {
			return acked, err
		}
		acked++
	}
	return acked, nil
}

// recovered opens what a crash left and checks that it is a whole number of blocks: those acknowledged, and perhaps the one in
// flight. Then it goes on to the end.
func recovered(t *testing.T, what string, fs vfs.FS, acked int64) {
	t.Helper()
	s, err := store.Open("data", options(fs))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	head := s.Head().Height
	if head != acked && head != acked+1 {
		t.Errorf("%s: head %d, acknowledged %d", what, head, acked)
	}
	if v, err := s.Get(store.State, []byte("height")); err != nil || head > 0 && string(v) != fmt.Sprint(head) {
		t.Errorf("%s: head %d, state %q, %v", what, head, v, err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if end, err := run(fs); end != crashHeights || err != nil {
		t.Errorf("%s: went on to %d, %v", what, end, err)
	}
}

// TestCrashAtEveryWrite cuts the power before each write of a run, from the creation of the store to its closing, with none
// and with all of what was not synced on disk. (Entries of a directory that reach the disk out of order are not tried: Pebble
// relies on the file system's journal for that.)
func TestCrashAtEveryWrite(t *testing.T) {
	for _, unsynced := range []int{0, 100} {
		mem := vfs.NewCrashableMem()
		rng := rand.New(rand.NewPCG(7, uint64(unsynced)))
		type crash struct {
			what string
			fs   *vfs.MemFS
			head int64
		}
		var crashes []crash
		var acked int64
		var mu sync.Mutex // Pebble writes from goroutines of its own as well
		take := func(op errorfs.Op) error {
			if op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
				mu.Lock()
				defer mu.Unlock()
				clone := mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: unsynced, RNG: rng})
				crashes = append(crashes, crash{fmt.Sprintf("%d%% unsynced, write %d, %s", unsynced, len(crashes), op.Path), clone, acked})
			}
			return nil
		}
		o := options(errorfs.Wrap(mem, errorfs.InjectorFunc(take)))
		s, err := store.Open("data", o)
		if err != nil {
			t.Fatal(err)
		}
		for acked < crashHeights {
			commitHeight(t, s, acked+1)
			mu.Lock()
			acked++
			mu.Unlock()
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, c := range crashes {
			recovered(t, c.what, c.fs, c.head)
		}
	}
}

// TestEveryWriteFails lets each write of a run fail, alone or with all after it, as a disk does that is bad, full or gone. The
// store says so, by a fault once it is open; and whether what was written reached the disk or not, the next start finds whole
// blocks.
func TestEveryWriteFails(t *testing.T) {
	for _, gone := range []bool{false, true} {
		stopped := 0
		for k := int64(1); ; k++ {
			mem := vfs.NewCrashableMem()
			disk := &disk{from: k, gone: gone}
			acked, err := run(errorfs.Wrap(mem, disk))
			if !disk.failed() {
				if acked != crashHeights || err != nil {
					t.Fatalf("nothing failed and the run ended at %d, %v", acked, err)
				}
				break
			}
			what := fmt.Sprintf("write %d failed, gone %v", k, gone)
			none := mem.CrashClone(vfs.CrashCloneCfg{})
			all := mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(1, 1))})
			disk.repair()
			var f *store.Fault
			if acked > 0 && err != nil && !errors.As(err, &f) {
				t.Errorf("%s: %v is no fault", what, err)
			}
			if err != nil {
				stopped++
			}
			recovered(t, what+", is lost", none, acked)
			recovered(t, what+", is there", all, acked)
		}
		if stopped < 2*crashHeights {
			t.Errorf("only %d failed writes stopped the store", stopped)
		}
	}
}

// TestLogFails: without an OnFatal, a log that cannot be synced makes Commit return the fault; the process can still say why.
func TestLogFails(t *testing.T) {
	fails := &errorfs.Toggle{Injector: errorfs.InjectorFunc(func(op errorfs.Op) error {
		if strings.HasSuffix(op.Path, ".log") && op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return errorfs.ErrInjected
		}
		return nil
	})}
	o := options(errorfs.Wrap(vfs.NewMem(), fails))
	o.OnFatal = nil
	s, err := store.Open("data", o)
	if err != nil {
		t.Fatal(err)
	}
	commitHeight(t, s, 1)
	fails.On()
	isFault(t, tryHeight(s, 2))
	isFault(t, tryHeight(s, 2))
	isFault(t, s.Close())
	if s.Head().Height != 1 {
		t.Errorf("the head moved to %d", s.Head().Height)
	}
}

func TestOnDisk(t *testing.T) {
	dir := t.TempDir()
	o := options(nil)
	s, err := store.Open(dir+"/node/data", o)
	if err != nil {
		t.Fatal(err)
	}
	commitHeight(t, s, 1)
	if n, err := s.DiskUsage(); n == 0 || err != nil {
		t.Errorf("%d bytes on disk, %v", n, err)
	}
	if err := errors.Join(s.Checkpoint(dir+"/copy"), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir + "/node/data/db"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(dir+"/node/data", o); !errors.Is(err, store.ErrEmptied) {
		t.Errorf("an emptied directory: %v", err)
	}
	if c, err := store.Open(dir+"/copy", o); err != nil || c.Head().Height != 1 || c.Close() != nil {
		t.Errorf("the copy: %v", err)
	}
}

func TestGroup(t *testing.T) {
	for key, group := range map[string]string{"c/17/h/3": "c/17", "c/17": "c/17", "c": "c", "": "", "c/": "c/", "c//x": "c/", "m/a/b": "m/a"} {
		want(t, store.Group(key), group)
	}
}
