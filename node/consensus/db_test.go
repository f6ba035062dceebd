package consensus

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	dbm "github.com/cometbft/cometbft-db"
	"pgregory.net/rapid"
)

func openMem(t testing.TB, fs vfs.FS, hook WriteHook) *DB {
	t.Helper()
	db, err := OpenDB("/home/engine", "test", StoreOptions{FS: fs, Hook: hook})
	must(t, err)
	return db
}

// The store does what a sorted map does, whatever the order of calls, and still after it
// is opened again.
func TestStoreIsASortedMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		fs := vfs.NewMem()
		db := openMem(t, fs, nil)
		defer func() { must(t, db.Close()) }()
		model := map[string][]byte{}
		key := rapid.SliceOfN(rapid.ByteRange('a', 'c'), 1, 3)
		value := rapid.SliceOfN(rapid.Byte(), 0, 4)
		rt.Repeat(map[string]func(*rapid.T){
			"set": func(rt *rapid.T) {
				k, v, sync := key.Draw(rt, "key"), value.Draw(rt, "value"), rapid.Bool().Draw(rt, "sync")
				set := db.Set
				if sync {
					set = db.SetSync
				}
				must(t, set(k, v))
				model[string(k)] = v
			},
			"delete": func(rt *rapid.T) {
				k := key.Draw(rt, "key")
				must(t, db.DeleteSync(k))
				delete(model, string(k))
			},
			"batch": func(rt *rapid.T) {
				b := db.NewBatch()
				for range rapid.IntRange(0, 4).Draw(rt, "size") {
					k := key.Draw(rt, "key")
					if rapid.Bool().Draw(rt, "delete") {
						must(t, b.Delete(k))
						delete(model, string(k))
						continue
					}
					v := value.Draw(rt, "value")
					must(t, b.Set(k, v))
					model[string(k)] = v
				}
				must(t, b.WriteSync())
			},
			"reopen": func(*rapid.T) {
				must(t, db.Close())
				db = openMem(t, fs, nil)
			},
			"get": func(rt *rapid.T) {
				k := key.Draw(rt, "key")
				got, err := db.Get(k)
				must(t, err)
				want, there := model[string(k)]
				if !bytes.Equal(got, want) || (got == nil) == there {
					rt.Fatalf("get %q: %v, want %v, there %v", k, got, want, there)
				}
			},
			"iterate": func(rt *rapid.T) {
				var start, end []byte
				if rapid.Bool().Draw(rt, "has start") {
					start = key.Draw(rt, "start")
				}
				if rapid.Bool().Draw(rt, "has end") {
					end = key.Draw(rt, "end")
				}
				var want []string
				for k, v := range model {
					if (start == nil || k >= string(start)) && (end == nil || k < string(end)) {
						want = append(want, fmt.Sprintf("%s=%x", k, v))
					}
				}
				slices.Sort(want)
				up, err := db.Iterator(start, end)
				must(t, err)
				if got := drain(t, up); !slices.Equal(got, want) {
					rt.Fatalf("iterate [%q,%q): %v, want %v", start, end, got, want)
				}
				slices.Reverse(want)
				down, err := db.ReverseIterator(start, end)
				must(t, err)
				if got := drain(t, down); !slices.Equal(got, want) {
					rt.Fatalf("iterate down [%q,%q): %v, want %v", start, end, got, want)
				}
			},
		})
		must(t, db.Compact(nil, nil))
	})
}

func drain(t testing.TB, it dbm.Iterator) []string {
	t.Helper()
	var out []string
	for ; it.Valid(); it.Next() {
		out = append(out, fmt.Sprintf("%s=%x", it.Key(), it.Value()))
	}
	must(t, it.Error())
	must(t, it.Close())
	return out
}

func TestStoreRefusesBadInput(t *testing.T) {
	db := openMem(t, vfs.NewMem(), nil)
	defer func() { must(t, db.Close()) }()
	batch := db.NewBatch()
	must(t, batch.Set([]byte("k"), []byte("v")))
	must(t, batch.Write())
	_, getErr := db.Get(nil)
	_, hasErr := db.Has([]byte{})
	_, iterErr := db.Iterator([]byte{}, nil)
	_, reverseErr := db.ReverseIterator(nil, []byte{})
	for name, err := range map[string]error{
		"get without key":        getErr,
		"has without key":        hasErr,
		"set without key":        db.Set(nil, []byte("v")),
		"set without value":      db.SetSync([]byte("k"), nil),
		"delete without key":     db.Delete(nil),
		"iterate from empty key": iterErr,
		"iterate to empty key":   reverseErr,
		"batch without key":      db.NewBatch().Set(nil, []byte("v")),
		"batch without value":    db.NewBatch().Set([]byte("k"), nil),
		"batch deletes no key":   db.NewBatch().Delete(nil),
		"written batch again":    batch.Write(),
		"written batch set":      batch.Set([]byte("k"), []byte("v")),
		"written batch delete":   batch.Delete([]byte("k")),
	} {
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if err := batch.Close(); err != nil {
		t.Errorf("closing a written batch: %v", err)
	}
}

// Pebble panics when it is used after Close; gossip goroutines of the engine do that.
func TestClosedStoreAnswers(t *testing.T) {
	db := openMem(t, vfs.NewMem(), nil)
	must(t, db.Set([]byte("k"), []byte("v")))
	batch := db.NewBatch()
	must(t, batch.Set([]byte("k"), []byte("w")))
	must(t, db.Close())
	must(t, db.Close())
	_, getErr := db.Get([]byte("k"))
	_, hasErr := db.Has([]byte("k"))
	_, iterErr := db.Iterator(nil, nil)
	for name, err := range map[string]error{
		"get": getErr, "has": hasErr, "iterate": iterErr,
		"set": db.Set([]byte("k"), []byte("v")), "delete": db.Delete([]byte("k")),
		"batch": batch.Write(), "compact": db.Compact(nil, nil),
	} {
		if !errors.Is(err, ErrStoreClosed) {
			t.Errorf("%s on a closed store: %v", name, err)
		}
	}
	if len(db.Stats()) != 0 {
		t.Error("a closed store has statistics")
	}
	late := lateReads{db}
	if v, err := late.Get([]byte("k")); v != nil || err != nil {
		t.Errorf("late read: %q, %v", v, err)
	}
	if ok, err := late.Has([]byte("k")); ok || err != nil {
		t.Errorf("late has: %v, %v", ok, err)
	}
}

func TestHookFailsWrites(t *testing.T) {
	boom := errors.New("disk is gone")
	for _, after := range []bool{false, true} {
		var seen []string
		armed := false
		db := openMem(t, vfs.NewMem(), func(store, op string, done bool) error {
			seen = append(seen, fmt.Sprintf("%s %s %t", store, op, done))
			if armed && done == after {
				return boom
			}
			return nil
		})
		must(t, db.Set([]byte("k"), []byte("old")))
		if want := []string{"test set false", "test set true"}; !slices.Equal(seen, want) {
			t.Fatalf("hook saw %v, want %v", seen, want)
		}
		armed = true
		if err := db.SetSync([]byte("k"), []byte("new")); !errors.Is(err, boom) {
			t.Fatalf("failing write: %v", err)
		}
		want := "old"
		if after {
			want = "new" // it happened and is said to have failed
		}
		got, err := db.Get([]byte("k"))
		must(t, err)
		if string(got) != want {
			t.Errorf("after a write that fails with done %t: %q, want %q", after, got, want)
		}
		armed = false
		must(t, db.Close())
	}
}

// What was synced survives a power cut, what follows may not.
func TestSyncedWritesSurvivePowerLoss(t *testing.T) {
	fs := vfs.NewCrashableMem()
	db := openMem(t, fs, nil)
	must(t, db.SetSync([]byte("synced"), []byte("1")))
	batch := db.NewBatch()
	must(t, batch.Set([]byte("batch"), []byte("2")))
	must(t, batch.WriteSync())
	cut := fs.CrashClone(vfs.CrashCloneCfg{})
	must(t, db.Close())
	db = openMem(t, cut, nil)
	defer func() { must(t, db.Close()) }()
	for key, want := range map[string]string{"synced": "1", "batch": "2"} {
		got, err := db.Get([]byte(key))
		must(t, err)
		if string(got) != want {
			t.Errorf("%s is %q after the power cut, want %q", key, got, want)
		}
	}
}
