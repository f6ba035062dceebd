package local_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/local"
)

type note struct {
	Text  string `json:"text"`
	Count int64  `json:"count,string"`
}

func open(t *testing.T, fs vfs.FS) *local.Local {
	t.Helper()
	l, err := local.Open("local", "test-net", store.Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func write(t *testing.T, l *local.Local, notes map[local.Key[note]]note) {
	t.Helper()
	b := l.NewBatch()
	for k, v := range notes {
		local.Put(b, k, &v)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
}

func texts(t *testing.T, scan func(visit func(local.Key[note], *note) (bool, error)) error) (list []string) {
	t.Helper()
	if err := scan(func(k local.Key[note], v *note) (bool, error) {
		list = append(list, string(k)+"="+v.Text)
		return len(list) < 3, nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatWasWrittenIsThereAfterTheNextStart(t *testing.T) {
	fs := vfs.NewMem()
	l := open(t, fs)
	write(t, l, map[local.Key[note]]note{
		"a/1": {Text: "one", Count: 1 << 60}, "a/2": {Text: "two"}, "a/3": {Text: "three"}, "a/4": {Text: "four"}, "b/1": {Text: "other"},
	})
	b := l.NewBatch()
	local.Delete(b, local.Key[note]("a/2"))
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	l = open(t, fs)
	defer func() { _ = l.Close() }()
	got, err := local.Get(l, local.Key[note]("a/1"))
	if err != nil || got == nil || *got != (note{Text: "one", Count: 1 << 60}) {
		t.Errorf("a/1 is %+v, %v", got, err)
	}
	if got, err := local.Get(l, local.Key[note]("a/2")); err != nil || got != nil {
		t.Errorf("the deleted a/2 is %+v, %v", got, err)
	}
	up := texts(t, func(v func(local.Key[note], *note) (bool, error)) error { return local.Scan(l, "a/", v) })
	down := texts(t, func(v func(local.Key[note], *note) (bool, error)) error { return local.ScanReverse(l, "a/", v) })
	slices.Reverse(down)
	if want := []string{"a/1=one", "a/3=three", "a/4=four"}; !slices.Equal(up, want) || !slices.Equal(down, want) {
		t.Errorf("scanned %v up and %v down", up, down)
	}
	if err := l.Err(); err != nil {
		t.Error(err)
	}
}

// A crash before Commit returns: the log of a strict file system has only what was
// synced.
func TestABatchIsThereWholeOrNotAtAll(t *testing.T) {
	fs := vfs.NewCrashableMem()
	l := open(t, fs)
	write(t, l, map[local.Key[note]]note{"a/1": {Text: "kept"}, "a/2": {Text: "kept too"}})
	lost := l.NewBatch()
	defer lost.Discard()
	local.Put(lost, local.Key[note]("a/3"), &note{Text: "lost"})
	crashed := open(t, fs.CrashClone(vfs.CrashCloneCfg{}))
	defer func() { _ = crashed.Close() }()
	if got := texts(t, func(v func(local.Key[note], *note) (bool, error)) error { return local.Scan(crashed, "a/", v) }); len(got) != 2 {
		t.Errorf("after the crash: %v", got)
	}
}

func TestARecordThatDoesNotEncodeRefusesItsBatch(t *testing.T) {
	l := open(t, vfs.NewMem())
	defer func() { _ = l.Close() }()
	b := l.NewBatch()
	local.Put(b, local.Key[note]("a/1"), &note{Text: "good"})
	local.Put(b, local.Key[chan int]("a/2"), new(chan int))
	if err := b.Commit(); err == nil || !strings.Contains(err.Error(), "write a/2") {
		t.Errorf("a channel is written: %v", err)
	}
	if got, err := local.Get(l, local.Key[note]("a/1")); got != nil || err != nil {
		t.Errorf("half of the batch is there: %+v, %v", got, err)
	}
}

// An older program must not write back a record of which it knows only a part.
func TestAFieldOfANewerProgramIsAnError(t *testing.T) {
	l := open(t, vfs.NewMem())
	defer func() { _ = l.Close() }()
	b := l.NewBatch()
	local.Put(b, local.Key[struct{ Text, More string }]("a/1"), &struct{ Text, More string }{"t", "m"})
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, err := local.Get(l, local.Key[note]("a/1")); err == nil || !strings.Contains(err.Error(), "read a/1") {
		t.Errorf("read as %+v, %v", got, err)
	}
	err := local.Scan(l, "a/", func(local.Key[note], *note) (bool, error) { return true, nil })
	if err == nil || !strings.Contains(err.Error(), "read a/1") {
		t.Errorf("scanned with %v", err)
	}
}

func TestTheDataOfAnotherNetworkIsRefused(t *testing.T) {
	fs := vfs.NewMem()
	l := open(t, fs)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open("local", "other-net", store.Options{FS: fs}); !errors.Is(err, store.ErrNetwork) {
		t.Errorf("opened with %v", err)
	}
	if _, err := local.Get(l, local.Key[note]("a/1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
