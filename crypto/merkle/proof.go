package merkle

import (
	"errors"
	"fmt"
)

// ErrProof marks a proof that does not show what it is said to show.
var ErrProof = errors.New("proof does not hold")

// Step is one inner node on the way from the root down: the bit at which its sides part, and the hash of the side not taken.
type Step struct {
	Depth   uint8
	Sibling Hash
}

// Proof shows what stands at one path: the leaf that a walk along the path ends at. If it is the leaf of that path, the proof
// is of presence; if it is another, of absence, because a leaf of that path would have stood there.
type Proof struct {
	Steps []Step // from the root down, depths ascending
	Leaf  *Leaf  // nil in an empty tree, and only there
}

// GroupProof shows every leaf of a group, or that the group has none.
type GroupProof struct {
	Prefix Prefix
	Steps  []Step // from the root down, depths ascending
	Leaves []Leaf // all leaves of the group, ascending by path; none when the group is absent
	Other  *Leaf  // group absent: the leaf of another group that a walk along the prefix ends at; nil in an empty tree
}

// VerifyPresence checks that the tree with this root holds value (a ValueHash) at path. The error is ErrProof.
func VerifyPresence(root, path, value Hash, p *Proof) error {
	switch {
	case p.Leaf == nil:
		return fmt.Errorf("presence of %v: the proof has no leaf: %w", path, ErrProof)
	case p.Leaf.Path != path:
		return fmt.Errorf("presence of %v: the proof is about %v: %w", path, p.Leaf.Path, ErrProof)
	case p.Leaf.Value != value || value.IsZero():
		return fmt.Errorf("presence of %v: value hash %v, the proof has %v: %w", path, value, p.Leaf.Value, ErrProof)
	}
	if err := verifySteps(root, &p.Leaf.Path, p.Leaf.Hash(), p.Steps); err != nil {
		return fmt.Errorf("presence of %v: %w", path, err)
	}
	return nil
}

// VerifyAbsence checks that the tree with this root holds nothing at path. The error is ErrProof.
func VerifyAbsence(root, path Hash, p *Proof) error {
	if err := verifyNothing(root, &path, 8*HashSize, p.Steps, p.Leaf); err != nil {
		return fmt.Errorf("absence of %v: %w", path, err)
	}
	return nil
}

// VerifyGroup checks that p.Leaves are all the leaves that the tree with this root holds under prefix. The error is ErrProof.
func VerifyGroup(root Hash, prefix Prefix, p *GroupProof) error {
	if err := verifyGroup(root, prefix, p); err != nil {
		return fmt.Errorf("all of group %x: %w", prefix, err)
	}
	return nil
}

func verifyGroup(root Hash, prefix Prefix, p *GroupProof) error {
	var path Hash
	copy(path[:], prefix[:])
	if p.Prefix != prefix {
		return fmt.Errorf("the proof is about group %x: %w", p.Prefix, ErrProof)
	}
	if len(p.Leaves) == 0 {
		return verifyNothing(root, &path, prefixBits, p.Steps, p.Other)
	}
	if p.Other != nil {
		return fmt.Errorf("a leaf of another group beside the group's own: %w", ErrProof)
	}
	for i := range p.Leaves {
		l := &p.Leaves[i]
		if Prefix(l.Path[:PrefixSize]) != prefix || l.Value.IsZero() {
			return fmt.Errorf("leaf %v is no leaf of the group: %w", l.Path, ErrProof)
		}
		if i > 0 && p.Leaves[i-1].Path.compare(&l.Path) >= 0 {
			return fmt.Errorf("leaf %v is out of order: %w", l.Path, ErrProof)
		}
	}
	// A step inside the group would be a sibling with leaves of the group that are not shown.
	if n := len(p.Steps); n > 0 && p.Steps[n-1].Depth >= prefixBits {
		return fmt.Errorf("step at depth %d lies inside the group: %w", p.Steps[n-1].Depth, ErrProof)
	}
	return verifySteps(root, &path, RootOf(p.Leaves), p.Steps)
}

// verifyNothing checks that a walk along the first length bits of path ends at another leaf, or in an empty tree.
func verifyNothing(root Hash, path *Hash, length int, steps []Step, other *Leaf) error {
	if other == nil {
		if len(steps) != 0 || !root.IsZero() {
			return fmt.Errorf("no leaf shown, and the tree is not empty: %w", ErrProof)
		}
		return nil
	}
	if firstDifference(&other.Path, path) >= length {
		return fmt.Errorf("leaf %v is there: %w", other.Path, ErrProof)
	}
	if other.Value.IsZero() {
		return fmt.Errorf("leaf %v has no value: %w", other.Path, ErrProof)
	}
	for _, s := range steps {
		if d := int(s.Depth); d < length && other.Path.bit(d) != path.bit(d) {
			return fmt.Errorf("leaf %v is off the way at depth %d: %w", other.Path, d, ErrProof)
		}
	}
	return verifySteps(root, &other.Path, other.Hash(), steps)
}

// verifySteps checks that a subtree with hash sum, reached along path by steps, hangs under root.
func verifySteps(root Hash, path *Hash, sum Hash, steps []Step) error {
	if err := checkSteps(steps); err != nil {
		return err
	}
	for i := len(steps) - 1; i >= 0; i-- {
		s := &steps[i]
		if path.bit(int(s.Depth)) == 0 {
			sum = innerHash(int(s.Depth), &sum, &s.Sibling)
		} else {
			sum = innerHash(int(s.Depth), &s.Sibling, &sum)
		}
	}
	if sum != root {
		return fmt.Errorf("it leads to root %v, not %v: %w", sum, root, ErrProof)
	}
	return nil
}

func checkSteps(steps []Step) error {
	for i, s := range steps {
		if i > 0 && s.Depth <= steps[i-1].Depth {
			return fmt.Errorf("step at depth %d after one at %d: %w", s.Depth, steps[i-1].Depth, ErrProof)
		}
		if s.Sibling.IsZero() {
			return fmt.Errorf("step at depth %d has no sibling: %w", s.Depth, ErrProof)
		}
	}
	return nil
}
