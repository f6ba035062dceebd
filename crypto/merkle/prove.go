package merkle

import "fmt"

// Prove returns the proof of what the tree at root holds at path. Errors are the reader's, or ErrCorrupt.
func Prove(r Reader, root Root, path Hash) (*Proof, error) {
	steps, end, err := walkDown(r, root, &path, 8*HashSize)
	if err != nil {
		return nil, err
	}
	p := &Proof{Steps: steps}
	if end.kind == leaf {
		p.Leaf = &Leaf{end.path, end.value}
	}
	return p, nil
}

// ProveGroup returns the proof of all leaves that the tree at root holds under prefix. It reads every page of the group and
// is as long as the group. Errors are the reader's, or ErrCorrupt.
func ProveGroup(r Reader, root Root, prefix Prefix) (*GroupProof, error) {
	var path Hash
	copy(path[:], prefix[:])
	steps, end, err := walkDown(r, root, &path, prefixBits)
	if err != nil {
		return nil, err
	}
	p := &GroupProof{Prefix: prefix, Steps: steps}
	if end.kind == empty {
		return p, nil
	}
	if Prefix(end.path[:PrefixSize]) == prefix {
		err := walk(r, &end, func(l Leaf) error { p.Leaves = append(p.Leaves, l); return nil })
		return p, err
	}
	// The way along the prefix led into another group: one of its leaves shows that ours has none.
	if end.kind == inner {
		if steps, end, err = walkDown(r, root, &end.path, 8*HashSize); err != nil {
			return nil, err
		}
		p.Steps = steps
	}
	p.Other = &Leaf{end.path, end.value}
	return p, nil
}

// walkDown follows path from the root as long as the branches it meets are before bit length, and returns the branches and
// what it came to: nothing (an empty tree), a leaf, or a page whose every branch is at or after length. Where the tree parts
// from path, it goes the way its bits say, to what stands in place of it.
func walkDown(r Reader, root Root, path *Hash, length int) ([]Step, slot, error) {
	var steps []Step
	if root.Hash.IsZero() {
		return nil, slot{}, nil
	}
	at := slot{kind: inner, hash: root.Hash, version: root.Version}
	var p page
	for at.kind == inner && 4*int(at.depth) < length {
		depth := int(at.depth)
		if err := loadVerified(r, &at, &p); err != nil {
			return nil, slot{}, err
		}
		// Sixteen slots are four levels of branches: at each, one half holds what path leads to and the other the sibling.
		lo, hi := 0, 16
		for level := 0; hi-lo > 1; level++ {
			mid := (lo + hi) / 2
			left, right := p.foldRange(depth, lo, mid), p.foldRange(depth, mid, hi)
			goRight := path.bit(4*depth+level) == 1
			switch {
			case left.IsZero():
				lo = mid
			case right.IsZero():
				hi = mid
			case goRight:
				steps, lo = append(steps, Step{uint8(4*depth + level), left}), mid
			default:
				steps, hi = append(steps, Step{uint8(4*depth + level), right}), mid
			}
		}
		at = p.slots[lo]
	}
	return steps, at, nil
}

// foldRange is the hash of the slots lo to hi-1 of a page at the given depth; their number is a power of two.
func (p *page) foldRange(depth, lo, hi int) Hash {
	if hi-lo == 1 {
		return *p.slots[lo].sum()
	}
	level := 0
	for n := 16; n > hi-lo; n /= 2 {
		level++
	}
	mid := (lo + hi) / 2
	left, right := p.foldRange(depth, lo, mid), p.foldRange(depth, mid, hi)
	return innerHash(4*depth+level, &left, &right)
}

// loadVerified loads the page that s leads to and checks that it has the hash s says.
func loadVerified(r Reader, s *slot, p *page) error {
	depth := int(s.depth)
	if err := p.load(r, s.version, &s.path, depth); err != nil {
		return err
	}
	if got := p.fold(depth); got != s.hash {
		return fmt.Errorf("tree page %x of version %d has hash %v, not %v: %w", appendPath(nil, &s.path, depth), s.version, got, s.hash, ErrCorrupt)
	}
	return nil
}

// Walk visits every leaf of the tree at root in the order of paths and checks the hash of every page it reads. It stops at
// the first error: the reader's, ErrCorrupt, or visit's.
func Walk(r Reader, root Root, visit func(Leaf) error) error {
	if root.Hash.IsZero() {
		return nil
	}
	return walk(r, &slot{kind: inner, hash: root.Hash, version: root.Version}, visit)
}

func walk(r Reader, s *slot, visit func(Leaf) error) error {
	switch s.kind {
	case leaf:
		return visit(Leaf{s.path, s.value})
	case inner:
		var p page
		if err := loadVerified(r, s, &p); err != nil {
			return err
		}
		for i := range p.slots {
			if err := walk(r, &p.slots[i], visit); err != nil {
				return err
			}
		}
	case empty:
	}
	return nil
}
