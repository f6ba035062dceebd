package merkle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Root names a tree: its hash, and the version that last changed it, under which its first page is stored. The zero Root is
// the empty tree.
type Root struct {
	Version uint64
	Hash    Hash
}

// Change sets the value at Path, or removes it when Value is zero. Removing what is not there changes nothing.
type Change struct {
	Path  Hash
	Value Hash
}

// Page is a page to be stored.
type Page struct {
	Key   []byte // PageKey of the new version
	Bytes []byte
}

// Delta is what an update writes.
type Delta struct {
	Pages []Page   // new pages; no key occurs twice, and none was stored before
	Stale [][]byte // keys of pages that the new version no longer uses; older versions still do
}

// ErrDuplicate marks two changes of one path in one update.
var ErrDuplicate = errors.New("two changes of one path")

// Update applies changes, in any order, to the tree at root and returns the new tree as of version, which must be greater
// than root.Version. It reads pages from r and writes nothing: the caller stores Delta, and only then is the new root of use.
// Changes that alter nothing cost no page; if none alters anything the root is returned as it was. Two changes of one path
// are ErrDuplicate; a page that cannot be read or decoded is the reader's error or ErrCorrupt.
func Update(r Reader, root Root, version uint64, changes []Change) (Root, Delta, error) {
	if version <= root.Version {
		return Root{}, Delta{}, fmt.Errorf("update tree of version %d to version %d: versions must ascend", root.Version, version)
	}
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b Change) int { return a.Path.compare(&b.Path) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Path == sorted[i-1].Path {
			return Root{}, Delta{}, fmt.Errorf("update tree at %v: %w", sorted[i].Path, ErrDuplicate)
		}
	}
	u := updater{reader: r, version: version}
	top := u.push()
	var none Hash
	if !root.Hash.IsZero() {
		if err := top.load(r, root.Version, &none, 0); err != nil {
			return Root{}, Delta{}, err
		}
	}
	changed, err := u.slots(top, 0, sorted)
	if err != nil {
		return Root{}, Delta{}, err
	}
	if !changed {
		return root, Delta{}, nil
	}
	if !root.Hash.IsZero() {
		u.retire(root.Version, &none, 0)
	}
	// The first page is stored even if it branches nowhere, so that a root needs no more than a version to be found.
	next := Root{Version: version}
	if n, _ := top.occupied(); n > 0 {
		next.Hash = u.store(top, &none, 0)
	}
	return next, u.delta, nil
}

// updater carries one Update.
type updater struct {
	reader  Reader
	version uint64
	delta   Delta

	pages []*page // one for each level of the recursion, reused
	used  int
	items []slot // scratch of join
	arena []byte // where keys and pages are encoded; a full one is left to its slices
}

func (u *updater) push() *page {
	if u.used == len(u.pages) {
		u.pages = append(u.pages, new(page))
	}
	p := u.pages[u.used]
	u.used++
	return p
}

func (u *updater) pop() { u.used-- }

// slots applies changes, which share the first depth nibbles, to the slots of a page at that depth.
func (u *updater) slots(p *page, depth int, changes []Change) (changed bool, err error) {
	for i := 0; i < len(changes); {
		x, j := changes[i].Path.nibble(depth), i+1
		for j < len(changes) && changes[j].Path.nibble(depth) == x {
			j++
		}
		c, err := u.apply(&p.slots[x], changes[i:j])
		if err != nil {
			return false, err
		}
		changed = changed || c
		i = j
	}
	return changed, nil
}

// apply applies changes to the subtree in s, all of them to paths that lead to s. Changes that belong below the prefix of
// what is there are applied to it; the others part from it higher up and become its siblings.
func (u *updater) apply(s *slot, changes []Change) (changed bool, err error) {
	lo, hi := inside(s, changes)
	switch {
	case lo == hi:
	case s.kind == leaf:
		changed = s.value != changes[lo].Value
		if changes[lo].Value.IsZero() {
			*s = slot{}
		} else if changed {
			s.value, s.hash = changes[lo].Value, Hash{}
		}
	case s.kind == inner:
		if changed, err = u.descend(s, changes[lo:hi]); err != nil {
			return false, err
		}
	}
	items := appendLive(u.items[:0], changes[:lo])
	if s.kind != empty {
		items = append(items, *s)
	}
	items = appendLive(items, changes[hi:])
	u.items = items[:0]
	if len(items) == 0 || len(items) == 1 && s.kind != empty {
		return changed, nil
	}
	*s = u.join(items)
	return true, nil
}

// inside is the range of the sorted changes that lie below the prefix of what is in s.
func inside(s *slot, changes []Change) (lo, hi int) {
	depth := 2 * HashSize
	switch s.kind {
	case empty:
		return 0, 0
	case inner:
		depth = int(s.depth)
	case leaf:
	}
	for lo < len(changes) && changes[lo].Path.compare(&s.path) < 0 {
		lo++
	}
	hi = lo
	for hi < len(changes) && samePrefix(&changes[hi].Path, &s.path, depth) {
		hi++
	}
	return lo, hi
}

// appendLive appends the changes that set something, as leaves.
func appendLive(items []slot, changes []Change) []slot {
	for i := range changes {
		if c := &changes[i]; !c.Value.IsZero() {
			items = append(items, slot{kind: leaf, path: c.Path, value: c.Value})
		}
	}
	return items
}

// descend applies changes to the page that s leads to. A page left with one slot vanishes, and what was in it takes its place.
func (u *updater) descend(s *slot, changes []Change) (changed bool, err error) {
	p := u.push()
	defer u.pop()
	depth := int(s.depth)
	if err := p.load(u.reader, s.version, &s.path, depth); err != nil {
		return false, err
	}
	if changed, err = u.slots(p, depth, changes); err != nil || !changed {
		return false, err
	}
	u.retire(s.version, &s.path, depth)
	switch n, last := p.occupied(); n {
	case 0:
		*s = slot{}
	case 1:
		*s = p.slots[last]
	default:
		s.hash, s.version = u.store(p, &s.path, depth), u.version
	}
	return true, nil
}

// join makes one subtree of items, which ascend by path and lie apart.
func (u *updater) join(items []slot) slot {
	if len(items) == 1 {
		return items[0]
	}
	first := &items[0]
	depth := firstDifference(&first.path, &items[len(items)-1].path) / 4
	p := u.push()
	defer u.pop()
	*p = page{}
	for i := 0; i < len(items); {
		x, j := items[i].path.nibble(depth), i+1
		for j < len(items) && items[j].path.nibble(depth) == x {
			j++
		}
		p.slots[x] = u.join(items[i:j])
		i = j
	}
	s := slot{kind: inner, depth: uint8(depth), path: truncated(&first.path, depth), version: u.version}
	s.hash = u.store(p, &s.path, depth)
	return s
}

// store adds the page to the delta and returns its hash.
func (u *updater) store(p *page, prefix *Hash, depth int) Hash {
	key := u.key(u.version, prefix, depth)
	from := u.room(16 * (2 + 2*HashSize + binary.MaxVarintLen64))
	u.arena = p.append(u.arena, depth)
	u.delta.Pages = append(u.delta.Pages, Page{key, slices.Clip(u.arena[from:])})
	return p.fold(depth)
}

// retire lists the page as stale.
func (u *updater) retire(version uint64, prefix *Hash, depth int) {
	u.delta.Stale = append(u.delta.Stale, u.key(version, prefix, depth))
}

func (u *updater) key(version uint64, prefix *Hash, depth int) []byte {
	from := u.room(8 + MaxPathSize)
	u.arena = binary.BigEndian.AppendUint64(u.arena, version)
	u.arena = appendPath(u.arena, prefix, depth)
	return slices.Clip(u.arena[from:])
}

// room makes sure that n more bytes fit, and returns where they start.
func (u *updater) room(n int) int {
	if cap(u.arena)-len(u.arena) < n {
		u.arena = make([]byte, 0, max(n, 1<<16))
	}
	return len(u.arena)
}
