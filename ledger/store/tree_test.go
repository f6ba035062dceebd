package store_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/crypto/merkle"
	"github.com/tierledger/tierledger/ledger/store"
)

// commitTree commits changes as the block at height.
func commitTree(t testing.TB, s *store.Store, height int64, changes []merkle.Change) {
	t.Helper()
	head := s.Head()
	root, delta, err := merkle.Update(s, merkle.Root{Version: head.TreeVersion, Hash: head.TreeRoot}, uint64(height), changes)
	if err != nil {
		t.Fatal(err)
	}
	b := s.NewBatch()
	for _, p := range delta.Pages {
		b.SetPage(p.Key, p.Bytes)
	}
	for _, key := range delta.Stale {
		b.RetirePage(uint64(height), key)
	}
	b.SetHead(store.Head{Height: height, TreeVersion: root.Version, TreeRoot: root.Hash})
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
}

func rootAt(t testing.TB, s *store.Store, height int64) merkle.Root {
	t.Helper()
	version, hash, found, err := s.RootAt(height)
	if err != nil || !found {
		t.Fatalf("root at %d: %v, %v", height, found, err)
	}
	return merkle.Root{Version: version, Hash: hash}
}

func count(t testing.TB, s *store.Store, space store.Space) int {
	t.Helper()
	n := 0
	if err := s.Scan(space, nil, nil, func(_, _ []byte) (bool, error) { n++; return true, nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func treeKey(i int) merkle.Hash {
	return merkle.LeafPath(fmt.Sprint("c/", i/4), fmt.Sprint("c/", i/4, "/", i%4))
}

// TestTreeVersions: the tree can be read at the head and at KeepVersions heights below, through a snapshot as well; what is
// older goes; and with the state gone nothing of the tree is left.
func TestTreeVersions(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs)
	const keys, heights = 300, 12
	at := func(height int64) []merkle.Change {
		var out []merkle.Change
		for i := range keys {
			if (i+int(height))%3 == 0 {
				out = append(out, merkle.Change{Path: treeKey(i), Value: merkle.ValueHash(fmt.Append(nil, height))})
			}
		}
		return out
	}
	var early *store.Snapshot
	for h := int64(1); h <= heights; h++ {
		commitTree(t, s, h, at(h))
		if h == 3 {
			var err error
			if early, err = s.Snapshot(); err != nil {
				t.Fatal(err)
			}
		}
		if h%5 == 0 { // with a cold cache as well
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s, early = open(t, fs), nil
		}
		for old := max(1, h-3); old <= h; old++ {
			prove(t, s, rootAt(t, s, old), old)
		}
		if early != nil {
			prove(t, early, rootAt(t, s, 3), 3)
		}
	}
	if _, _, found, err := s.RootAt(heights - 4); found || err != nil {
		t.Errorf("a root older than kept: %v, %v", found, err)
	}
	var all []merkle.Change
	for i := range keys {
		all = append(all, merkle.Change{Path: treeKey(i)})
	}
	commitTree(t, s, heights+1, all)
	for h := int64(heights + 2); h <= heights+5; h++ {
		commitTree(t, s, h, nil)
	}
	if n, stale := count(t, s, store.Tree), count(t, s, store.TreeStale); n != 0 || stale != 0 {
		t.Errorf("%d pages and %d stale entries of an empty tree", n, stale)
	}
	if n := count(t, s, store.TreeRoot); n != 4 {
		t.Errorf("%d roots kept", n)
	}
}

// prove checks a key that the block at height wrote.
func prove(t testing.TB, r merkle.Reader, root merkle.Root, height int64) {
	t.Helper()
	path := treeKey(int(3*height-height) % 3)
	if (int(3*height-height)%3+int(height))%3 != 0 {
		t.Fatal("the test asks for a key of another block")
	}
	proof, err := merkle.Prove(r, root, path)
	if err == nil {
		err = merkle.VerifyPresence(root.Hash, path, merkle.ValueHash(fmt.Append(nil, height)), proof)
	}
	if err != nil {
		t.Errorf("height %d: %v", height, err)
	}
}

// TestPruneIsBounded: a block drops no more than a fixed number of pages; the next ones go on.
func TestPruneIsBounded(t *testing.T) {
	s := open(t, vfs.NewMem())
	b := s.NewBatch()
	const pages = 10_000
	for i := range pages {
		key := merkle.PageKey(1, fmt.Appendf([]byte{9}, "%08d", i))
		b.SetPage(key, []byte("page"))
		b.RetirePage(2, key)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	left := pages
	for h := int64(5); h <= 8; h++ {
		commitTree(t, s, h, nil)
		n := count(t, s, store.Tree)
		if stale := count(t, s, store.TreeStale); stale != n {
			t.Errorf("%d pages, %d stale entries", n, stale)
		}
		if left-n > 4096 {
			t.Errorf("%d pages dropped at once", left-n)
		}
		left = n
	}
	if left != 0 {
		t.Errorf("%d pages left", left)
	}
}

// TestDroppedBatch: pages of a batch that is never committed are not read back.
func TestDroppedBatch(t *testing.T) {
	s := open(t, vfs.NewMem())
	b := s.NewBatch()
	b.SetPage(merkle.PageKey(1, []byte{0}), []byte("page"))
	b.Discard()
	b.Discard()
	if page, err := s.Node(1, []byte{0}); page != nil || err != nil {
		t.Errorf("page %q, %v", page, err)
	}
}

// TestCorruptTree: a page damaged on disk is an error of the tree, not a panic.
func TestCorruptTree(t *testing.T) {
	fs := vfs.NewMem()
	s := open(t, fs)
	commitTree(t, s, 1, []merkle.Change{{Path: treeKey(1), Value: merkle.ValueHash(nil)}, {Path: treeKey(9), Value: merkle.ValueHash(nil)}})
	root := rootAt(t, s, 1)
	set(t, s, store.Tree, string(merkle.PageKey(1, []byte{0})), "damage")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, fs)
	if _, _, err := merkle.Update(s, root, 2, []merkle.Change{{Path: treeKey(1)}}); !errors.Is(err, merkle.ErrCorrupt) {
		t.Errorf("update: %v", err)
	}
}

// BenchmarkTree measures one changed key of a tree of 1e5 keys on disk: update, batch and synced commit, blocks of 300 keys.
func BenchmarkTree(b *testing.B) {
	o := options(nil)
	o.Cache, o.KeepVersions = store.DefaultCache, store.DefaultKeepVersions
	s, err := store.Open(b.TempDir(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const keys, block = 100_000, 300
	var all []merkle.Change
	for i := range keys {
		all = append(all, merkle.Change{Path: treeKey(i), Value: merkle.ValueHash(nil)})
	}
	commitTree(b, s, 1, all)
	b.ResetTimer()
	for height, n := int64(2), 0; n < b.N; height, n = height+1, n+block {
		b.StopTimer()
		changes := make([]merkle.Change, 0, block)
		for i := range block {
			key := (int(height)*7919 + i*331) % keys
			changes = append(changes, merkle.Change{Path: treeKey(key), Value: merkle.ValueHash(fmt.Append(nil, height))})
		}
		b.StartTimer()
		commitTree(b, s, height, changes)
	}
}
