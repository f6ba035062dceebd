package store_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/ledger/store"
)

// What is remembered as absent must be seen as soon as it is there: a transaction
// that goes on being absent could be executed twice.
func TestAnAbsentReplayKeyIsSeenOnceItIsThere(t *testing.T) {
	s := open(t, vfs.NewMem())
	for i := range 100 {
		key := fmt.Sprintf("tx%d", i)
		for range 3 {
			if value, err := s.Get(store.Replay, []byte(key)); err != nil || value != nil {
				t.Fatalf("%s before it was set: %q, %v", key, value, err)
			}
		}
		set(t, s, store.Replay, key, "5")
		if value, err := s.Get(store.Replay, []byte(key)); err != nil || string(value) != "5" {
			t.Fatalf("%s after it was set: %q, %v", key, value, err)
		}
	}
	b := s.NewBatch()
	b.DeleteRange(store.Replay, []byte("tx"), []byte("ty"))
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	if value, err := s.Get(store.Replay, []byte("tx7")); err != nil || value != nil {
		t.Fatalf("after its range was deleted: %q, %v", value, err)
	}
	set(t, s, store.Replay, "tx7", "6")
	if value, err := s.Get(store.Replay, []byte("tx7")); err != nil || string(value) != "6" {
		t.Fatalf("set again: %q, %v", value, err)
	}
}

// Readers ask all the time, also while the batch is being committed.
func TestReadersDoNotRememberAnAbsentReplayKeyTooLong(t *testing.T) {
	s := open(t, vfs.NewMem())
	var readers sync.WaitGroup
	stop := make(chan struct{})
	const keys = 200
	for range 4 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Get(store.Replay, fmt.Appendf(nil, "tx%d", i%keys)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range keys {
		key := fmt.Sprintf("tx%d", i)
		set(t, s, store.Replay, key, "1")
		if value, err := s.Get(store.Replay, []byte(key)); err != nil || value == nil {
			t.Errorf("%s is absent after its commit: %v", key, err)
		}
	}
	close(stop)
	readers.Wait()
	for i := range keys {
		if value, err := s.Get(store.Replay, fmt.Appendf(nil, "tx%d", i)); err != nil || value == nil {
			t.Errorf("tx%d is absent in the end: %v", i, err)
		}
	}
}
