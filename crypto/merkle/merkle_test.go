package merkle_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/crypto/merkle"
)

// pages is a Reader over a map, and applies deltas as ledger/store does.
type pages map[string][]byte

func (p pages) Node(version uint64, path []byte) ([]byte, error) {
	return p[string(merkle.PageKey(version, path))], nil
}

// store adds the new pages and, when prune is set, drops the stale ones. It reports a delta that contradicts what is stored.
func (p pages) store(d merkle.Delta, prune bool) error {
	for _, n := range d.Pages {
		if _, ok := p[string(n.Key)]; ok {
			return fmt.Errorf("page %x is written twice", n.Key)
		}
		p[string(n.Key)] = n.Bytes
	}
	for _, k := range d.Stale {
		if _, ok := p[string(k)]; !ok {
			return fmt.Errorf("page %x is stale but not stored", k)
		}
		if prune {
			delete(p, string(k))
		}
	}
	return nil
}

// model is the same map as the tree, without the tree.
type model map[merkle.Hash]merkle.Hash

func (m model) apply(changes []merkle.Change) {
	for _, c := range changes {
		if c.Value.IsZero() {
			delete(m, c.Path)
		} else {
			m[c.Path] = c.Value
		}
	}
}

func (m model) leaves() []merkle.Leaf {
	paths := slices.SortedFunc(maps.Keys(m), func(a, b merkle.Hash) int { return bytes.Compare(a[:], b[:]) })
	var out []merkle.Leaf
	for _, p := range paths {
		out = append(out, merkle.Leaf{Path: p, Value: m[p]})
	}
	return out
}

// drawPath draws from few groups, and from paths that differ only late, so that splits and merges happen at every depth.
func drawPath(t *rapid.T) merkle.Hash {
	group := fmt.Sprint("c/", rapid.IntRange(0, 5).Draw(t, "group"))
	path := merkle.LeafPath(group, fmt.Sprint("key", rapid.IntRange(0, 7).Draw(t, "key")))
	if rapid.Bool().Draw(t, "close") {
		i := rapid.IntRange(0, 255).Draw(t, "bit")
		path = merkle.LeafPath("c/0", "key0")
		path[i/8] ^= 1 << (7 - i%8)
	}
	return path
}

func drawChanges(t *rapid.T) []merkle.Change {
	var out []merkle.Change
	seen := map[merkle.Hash]bool{}
	for range rapid.IntRange(0, 12).Draw(t, "changes") {
		c := merkle.Change{Path: drawPath(t)}
		if v := rapid.IntRange(0, 3).Draw(t, "value"); v > 0 {
			c.Value = merkle.ValueHash([]byte{byte(v)})
		}
		if !seen[c.Path] {
			seen[c.Path] = true
			out = append(out, c)
		}
	}
	return out
}

// TestUpdateEqualsRebuild: after any updates the root is that of the content alone, whatever the order of the changes; every
// page that is in use is stored and every stored page is in use; and every proof holds.
func TestUpdateEqualsRebuild(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored, content, root := pages{}, model{}, merkle.Root{}
		version := uint64(0)
		for range rapid.IntRange(1, 8).Draw(t, "blocks") {
			version += rapid.Uint64Range(1, 300).Draw(t, "step")
			changes := drawChanges(t)
			next, delta, err := merkle.Update(stored, root, version, changes)
			if err != nil {
				t.Fatal(err)
			}
			shuffled := rapid.Permutation(changes).Draw(t, "order")
			again, other, err := merkle.Update(stored, root, version, shuffled)
			if err != nil || again != next || !slices.EqualFunc(delta.Pages, other.Pages, samePage) {
				t.Fatalf("order of changes shows: %v and %v, %v", next, again, err)
			}
			if err := stored.store(delta, true); err != nil {
				t.Fatal(err)
			}
			if next == root && len(delta.Pages)+len(delta.Stale) > 0 {
				t.Fatal("pages written for nothing")
			}
			before := maps.Clone(content)
			content.apply(changes)
			if maps.Equal(before, content) != (next == root) {
				t.Fatalf("content changed: %v, root changed: %v", !maps.Equal(before, content), next != root)
			}
			root = next
			checkTree(t, stored, root, content)
		}
		for range 10 {
			checkProofs(t, stored, root, content, drawPath(t))
		}
	})
}

func samePage(a, b merkle.Page) bool {
	return bytes.Equal(a.Key, b.Key) && bytes.Equal(a.Bytes, b.Bytes)
}

// reads counts the pages that a walk reads.
type reads struct {
	pages
	n int
}

func (r *reads) Node(version uint64, path []byte) ([]byte, error) {
	r.n++
	return r.pages.Node(version, path)
}

func checkTree(t *rapid.T, stored pages, root merkle.Root, content model) {
	want := content.leaves()
	if got := merkle.RootOf(want); got != root.Hash {
		t.Fatalf("root %v, rebuilt %v", root.Hash, got)
	}
	var walked []merkle.Leaf
	r := &reads{pages: stored}
	err := merkle.Walk(r, root, func(l merkle.Leaf) error { walked = append(walked, l); return nil })
	if err != nil || !slices.Equal(walked, want) {
		t.Fatalf("walk: %d leaves of %d, %v", len(walked), len(want), err)
	}
	if r.n != len(stored) {
		t.Fatalf("%d pages stored, %d in use", len(stored), r.n)
	}
}

func checkProofs(t *rapid.T, stored pages, root merkle.Root, content model, path merkle.Hash) {
	proof, err := merkle.Prove(stored, root, path)
	if err != nil {
		t.Fatal(err)
	}
	if proof, err = merkle.DecodeProof(proof.Encode()); err != nil {
		t.Fatal(err)
	}
	value, present := content[path]
	presence := merkle.VerifyPresence(root.Hash, path, value, proof)
	absence := merkle.VerifyAbsence(root.Hash, path, proof)
	if (presence == nil) != present || (absence == nil) == present {
		t.Fatalf("present is %v: presence %v, absence %v", present, presence, absence)
	}
	if present {
		if err := merkle.VerifyPresence(root.Hash, path, merkle.ValueHash([]byte("other")), proof); !errors.Is(err, merkle.ErrProof) {
			t.Fatal("a proof of another value holds")
		}
	}
	prefix := merkle.Prefix(path[:merkle.PrefixSize])
	group, err := merkle.ProveGroup(stored, root, prefix)
	if err != nil {
		t.Fatal(err)
	}
	if group, err = merkle.DecodeGroupProof(group.Encode()); err != nil {
		t.Fatal(err)
	}
	if err := merkle.VerifyGroup(root.Hash, prefix, group); err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(content.leaves(), func(l merkle.Leaf) bool { return merkle.Prefix(l.Path[:8]) != prefix })
	if !slices.Equal(want, group.Leaves) {
		t.Fatalf("%d leaves of the group shown, it has %d", len(group.Leaves), len(want))
	}
	if len(want) > 0 { // one piece is kept back
		i := rapid.IntRange(0, len(want)-1).Draw(t, "hidden")
		group.Leaves = slices.Delete(group.Leaves, i, i+1)
		if err := merkle.VerifyGroup(root.Hash, prefix, group); !errors.Is(err, merkle.ErrProof) {
			t.Fatalf("a proof without piece %d holds", i)
		}
	}
}

// TestVectors pins the hashes: a change here changes the app hash of every network. The values were computed apart from this
// package, from the formulas in its comments.
func TestVectors(t *testing.T) {
	leaf := func(group, key, value string) merkle.Leaf {
		return merkle.Leaf{Path: merkle.LeafPath(group, key), Value: merkle.ValueHash([]byte(value))}
	}
	leaves := []merkle.Leaf{leaf("c/1", "c/1", "one"), leaf("c/1", "c/1/h/1", "piece"), leaf("m/a", "m/a", "member")}
	slices.SortFunc(leaves, func(a, b merkle.Leaf) int { return bytes.Compare(a.Path[:], b.Path[:]) })
	for what, pair := range map[string][2]string{
		"path":       {merkle.LeafPath("c/1", "c/1/h/1").String(), "ae6e2995699b9c3aec535825740db3ce4de498cccfcedec5f6e7bac338ec2303"},
		"one leaf":   {merkle.RootOf(leaves[:1]).String(), "f6e5eca95789b83cc020268d4408717b6bb366fd15f4063c166d4a078338c202"},
		"three":      {merkle.RootOf(leaves).String(), "7e31b41a71a5e32d9bb7dc41b8ef70296539f73ed8341889fe5683c32eadd3fc"},
		"empty tree": {merkle.RootOf(nil).String(), strings.Repeat("0", 64)},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", what, pair[0], pair[1])
		}
	}
}

// TestForgedProofs: whatever single byte of a proof is altered, it is refused or still says the same.
func TestForgedProofs(t *testing.T) {
	stored, root, content := grown(t, 400)
	present := content.leaves()[123]
	absent := merkle.LeafPath("c/1", "nowhere")
	noGroup := merkle.GroupPrefix("c/none")
	prefix := merkle.Prefix(present.Path[:8])
	forge := func(good []byte, holds func([]byte) bool) {
		t.Helper()
		if !holds(good) {
			t.Fatal("the true proof does not hold")
		}
		for i := range good {
			for _, bit := range []byte{1, 0x80} {
				bad := bytes.Clone(good)
				bad[i] ^= bit
				if holds(bad) {
					t.Errorf("holds with byte %d altered", i)
				}
			}
			if holds(good[:i]) {
				t.Errorf("holds when cut to %d bytes", i)
			}
		}
		if holds(append(bytes.Clone(good), 0)) {
			t.Error("holds with a byte appended")
		}
	}
	single := func(path merkle.Hash) []byte {
		p, err := merkle.Prove(stored, root, path)
		if err != nil {
			t.Fatal(err)
		}
		return p.Encode()
	}
	group := func(prefix merkle.Prefix) []byte {
		p, err := merkle.ProveGroup(stored, root, prefix)
		if err != nil {
			t.Fatal(err)
		}
		return p.Encode()
	}
	forge(single(present.Path), func(b []byte) bool {
		p, err := merkle.DecodeProof(b)
		return err == nil && merkle.VerifyPresence(root.Hash, present.Path, present.Value, p) == nil
	})
	forge(single(absent), func(b []byte) bool {
		p, err := merkle.DecodeProof(b)
		return err == nil && merkle.VerifyAbsence(root.Hash, absent, p) == nil
	})
	for _, g := range []merkle.Prefix{prefix, noGroup} {
		forge(group(g), func(b []byte) bool {
			p, err := merkle.DecodeGroupProof(b)
			return err == nil && merkle.VerifyGroup(root.Hash, g, p) == nil
		})
	}
}

// grown is a tree of n keys, five to a group.
func grown(t testing.TB, n int) (pages, merkle.Root, model) {
	t.Helper()
	stored, content := pages{}, model{}
	var changes []merkle.Change
	for i := range n {
		changes = append(changes, merkle.Change{Path: path(i), Value: merkle.ValueHash([]byte{1})})
	}
	root, delta, err := merkle.Update(stored, merkle.Root{}, 1, changes)
	if err == nil {
		err = stored.store(delta, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	content.apply(changes)
	return stored, root, content
}

func path(i int) merkle.Hash {
	return merkle.LeafPath(fmt.Sprint("c/", i/5), fmt.Sprint("c/", i/5, "/h/", i%5))
}

// TestOldVersions: until its stale pages are dropped, an older version can still be proven.
func TestOldVersions(t *testing.T) {
	stored, root, content := grown(t, 200)
	next, delta, err := merkle.Update(stored, root, 2, []merkle.Change{{Path: path(7)}, {Path: path(8), Value: merkle.ValueHash([]byte("new"))}})
	if err == nil {
		err = stored.store(delta, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range []merkle.Root{root, next} {
		proof, err := merkle.Prove(stored, r, path(7))
		if err != nil {
			t.Fatal(err)
		}
		if err := merkle.VerifyPresence(r.Hash, path(7), content[path(7)], proof); (err == nil) != (i == 0) {
			t.Errorf("version %d: %v", r.Version, err)
		}
	}
}

func TestBadUpdates(t *testing.T) {
	stored, root, _ := grown(t, 20)
	if _, _, err := merkle.Update(stored, root, root.Version, nil); err == nil {
		t.Error("a version that does not ascend is taken")
	}
	twice := []merkle.Change{{Path: path(1)}, {Path: path(2)}, {Path: path(1)}}
	if _, _, err := merkle.Update(stored, root, 2, twice); !errors.Is(err, merkle.ErrDuplicate) {
		t.Errorf("two changes of one path: %v", err)
	}
	if _, _, err := merkle.Update(pages{}, root, 2, twice[:1]); !errors.Is(err, merkle.ErrCorrupt) {
		t.Errorf("no pages stored: %v", err)
	}
}

// TestCorruptPages: with any byte of any page altered or cut off, a walk reports it, and an update reports it or returns.
func TestCorruptPages(t *testing.T) {
	stored, root, _ := grown(t, 40)
	quiet := func(merkle.Leaf) error { return nil }
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		good := stored[key]
		for i := range good {
			for _, bad := range [][]byte{flipped(good, i), good[:i]} {
				stored[key] = bad
				if err := merkle.Walk(stored, root, quiet); !errors.Is(err, merkle.ErrCorrupt) {
					t.Fatalf("page %x, byte %d: walk says %v", key, i, err)
				}
				for j := range 3 {
					_, _, err := merkle.Update(stored, root, 2, []merkle.Change{{Path: path(j)}})
					if err != nil && !errors.Is(err, merkle.ErrCorrupt) {
						t.Fatalf("page %x, byte %d: update says %v", key, i, err)
					}
				}
			}
		}
		stored[key] = good
	}
}

func flipped(b []byte, i int) []byte {
	out := bytes.Clone(b)
	out[i] ^= 0x11
	return out
}

// onePage answers every read with the same bytes.
type onePage []byte

func (p onePage) Node(uint64, []byte) ([]byte, error) { return p, nil }

// FuzzPage: no bytes in place of a page make an update or a proof do more than return an error.
func FuzzPage(f *testing.F) {
	stored, root, _ := grown(f, 30)
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		f.Add(stored[key])
	}
	f.Add([]byte{0, 1, 0, 0, 1, 40})
	f.Fuzz(func(t *testing.T, b []byte) {
		changes := []merkle.Change{{Path: path(1)}, {Path: path(29), Value: merkle.ValueHash(nil)}}
		_, _, _ = merkle.Update(onePage(b), root, 2, changes)
		if p, err := merkle.Prove(onePage(b), root, path(3)); err == nil && len(p.Steps) == 0 {
			t.Error("a proof without steps of a tree with many leaves")
		}
	})
}

// FuzzDecodeProof: what is decoded encodes to the same bytes, and verifying it does not panic.
func FuzzDecodeProof(f *testing.F) {
	stored, root, _ := grown(f, 30)
	for _, path := range []merkle.Hash{path(3), path(99)} {
		p, err := merkle.Prove(stored, root, path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.Encode())
	}
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := merkle.DecodeProof(b)
		if err != nil {
			if !errors.Is(err, merkle.ErrEncoding) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(p.Encode(), b) {
			t.Fatal("encodes to other bytes")
		}
		_ = merkle.VerifyAbsence(root.Hash, path(3), p)
		_ = merkle.VerifyPresence(root.Hash, path(3), merkle.ValueHash([]byte{1}), p)
	})
}

// FuzzDecodeGroupProof: as FuzzDecodeProof.
func FuzzDecodeGroupProof(f *testing.F) {
	stored, root, _ := grown(f, 30)
	for _, path := range []merkle.Hash{path(3), path(99)} {
		p, err := merkle.ProveGroup(stored, root, merkle.Prefix(path[:8]))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(p.Encode())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := merkle.DecodeGroupProof(b)
		if err != nil {
			if !errors.Is(err, merkle.ErrEncoding) {
				t.Fatal(err)
			}
			return
		}
		if !bytes.Equal(p.Encode(), b) {
			t.Fatal("encodes to other bytes")
		}
		_ = merkle.VerifyGroup(root.Hash, p.Prefix, p)
	})
}

// BenchmarkUpdate measures one changed key, in blocks of 300 keys in 100 groups of a tree of 1e5 keys, pages in memory.
func BenchmarkUpdate(b *testing.B) {
	for _, c := range []struct {
		name  string
		keys  int
		group int
	}{{"grouped", 100_000, 5}, {"alone", 100_000, 1}} {
		b.Run(c.name, func(b *testing.B) {
			at := func(i int) merkle.Hash { return merkle.LeafPath(fmt.Sprint(i/c.group), fmt.Sprint(i)) }
			stored, root, version := pages{}, merkle.Root{}, uint64(0)
			step := func(changes []merkle.Change) {
				version++
				next, delta, err := merkle.Update(stored, root, version, changes)
				if err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				if err := stored.store(delta, true); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				root = next
			}
			var all []merkle.Change
			for i := range c.keys {
				all = append(all, merkle.Change{Path: at(i), Value: merkle.ValueHash([]byte{1})})
			}
			step(all)
			rng := rand.New(rand.NewPCG(1, 2))
			const block = 300
			b.ResetTimer()
			for n := 0; n < b.N; n += block {
				b.StopTimer()
				changes := make([]merkle.Change, 0, block)
				seen := map[int]bool{}
				for len(changes) < block {
					first := rng.IntN(c.keys/c.group) * c.group
					for k := range min(3, c.group) {
						if i := first + k; !seen[i] {
							seen[i] = true
							value := merkle.ValueHash(binary.BigEndian.AppendUint64(nil, version<<32|uint64(i)))
							changes = append(changes, merkle.Change{Path: at(i), Value: value})
						}
					}
				}
				b.StartTimer()
				step(changes)
			}
		})
	}
}
