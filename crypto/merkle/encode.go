package merkle

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrEncoding marks bytes that are not the canonical encoding of a proof.
var ErrEncoding = errors.New("not a canonical proof")

// The first byte of an encoded proof says what it is; a new form gets a new number.
const (
	formProof = 1
	formGroup = 2
)

// What follows the steps.
const (
	endNothing = 0 // the tree is empty
	endLeaf    = 1
	endGroup   = 2
)

const (
	stepSize   = 1 + HashSize
	leafSize   = 2 * HashSize
	memberSize = HashSize - PrefixSize + HashSize
	maxSteps   = 8 * HashSize
)

// Encode is the canonical encoding: the form, the number of steps in two bytes, each step as depth and sibling, then one
// byte that says what ends it and, unless the tree is empty, the path and the value of the leaf. Integers are big-endian.
func (p *Proof) Encode() []byte {
	b := appendSteps([]byte{formProof}, p.Steps)
	return appendEnd(b, p.Leaf)
}

// DecodeProof is the inverse of Encode. It refuses, with ErrEncoding, whatever Encode would not have made of a proof that
// Prove can return.
func DecodeProof(b []byte) (*Proof, error) {
	b, err := decodeForm(b, formProof)
	if err != nil {
		return nil, err
	}
	var p Proof
	if p.Steps, b, err = decodeSteps(b); err != nil {
		return nil, err
	}
	if p.Leaf, err = decodeEnd(b, len(p.Steps)); err != nil {
		return nil, err
	}
	return &p, nil
}

// Encode is the canonical encoding: the form, the prefix, the steps as in a Proof, then one byte that says what ends it:
// nothing, the leaf of another group, or the group: the number of its leaves in four bytes and, for each, the part of the
// path after the prefix and the value.
func (p *GroupProof) Encode() []byte {
	b := appendSteps(append([]byte{formGroup}, p.Prefix[:]...), p.Steps)
	if len(p.Leaves) == 0 {
		return appendEnd(b, p.Other)
	}
	b = binary.BigEndian.AppendUint32(append(b, endGroup), uint32(len(p.Leaves)))
	for i := range p.Leaves {
		b = append(b, p.Leaves[i].Path[PrefixSize:]...)
		b = append(b, p.Leaves[i].Value[:]...)
	}
	return b
}

// DecodeGroupProof is the inverse of Encode. It refuses, with ErrEncoding, whatever Encode would not have made of a proof
// that ProveGroup can return.
func DecodeGroupProof(b []byte) (*GroupProof, error) {
	b, err := decodeForm(b, formGroup)
	if err != nil {
		return nil, err
	}
	var p GroupProof
	if len(b) < PrefixSize {
		return nil, fmt.Errorf("prefix is cut off: %w", ErrEncoding)
	}
	copy(p.Prefix[:], b)
	if p.Steps, b, err = decodeSteps(b[PrefixSize:]); err != nil {
		return nil, err
	}
	if len(b) > 0 && b[0] == endGroup {
		if n := len(p.Steps); n > 0 && p.Steps[n-1].Depth >= prefixBits {
			return nil, fmt.Errorf("step at depth %d lies inside the group: %w", p.Steps[n-1].Depth, ErrEncoding)
		}
		p.Leaves, err = decodeGroup(b[1:], p.Prefix)
		return &p, err
	}
	if p.Other, err = decodeEnd(b, len(p.Steps)); err != nil {
		return nil, err
	}
	if p.Other != nil && Prefix(p.Other.Path[:PrefixSize]) == p.Prefix {
		return nil, fmt.Errorf("leaf %v is of the group: %w", p.Other.Path, ErrEncoding)
	}
	return &p, nil
}

func appendSteps(b []byte, steps []Step) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(len(steps)))
	for i := range steps {
		b = append(append(b, steps[i].Depth), steps[i].Sibling[:]...)
	}
	return b
}

func appendEnd(b []byte, l *Leaf) []byte {
	if l == nil {
		return append(b, endNothing)
	}
	b = append(append(b, endLeaf), l.Path[:]...)
	return append(b, l.Value[:]...)
}

func decodeForm(b []byte, form byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("no bytes: %w", ErrEncoding)
	}
	if b[0] != form {
		return nil, fmt.Errorf("form %d, not %d: %w", b[0], form, ErrEncoding)
	}
	return b[1:], nil
}

func decodeSteps(b []byte) ([]Step, []byte, error) {
	if len(b) < 2 {
		return nil, nil, fmt.Errorf("number of steps is cut off: %w", ErrEncoding)
	}
	n := int(binary.BigEndian.Uint16(b))
	b = b[2:]
	if n > maxSteps || len(b) < n*stepSize {
		return nil, nil, fmt.Errorf("%d steps in %d bytes: %w", n, len(b), ErrEncoding)
	}
	if n == 0 {
		return nil, b, nil
	}
	steps := make([]Step, n)
	for i := range steps {
		steps[i] = Step{b[0], Hash(b[1:stepSize])}
		b = b[stepSize:]
	}
	if err := checkSteps(steps); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", err, ErrEncoding)
	}
	return steps, b, nil
}

func decodeEnd(b []byte, steps int) (*Leaf, error) {
	if len(b) == 1 && b[0] == endNothing && steps == 0 {
		return nil, nil
	}
	if len(b) != 1+leafSize || b[0] != endLeaf {
		return nil, fmt.Errorf("%d bytes after %d steps: %w", len(b), steps, ErrEncoding)
	}
	l := &Leaf{Hash(b[1 : 1+HashSize]), Hash(b[1+HashSize:])}
	if l.Value.IsZero() {
		return nil, fmt.Errorf("leaf %v has no value: %w", l.Path, ErrEncoding)
	}
	return l, nil
}

func decodeGroup(b []byte, prefix Prefix) ([]Leaf, error) {
	if len(b) < 4 {
		return nil, fmt.Errorf("number of leaves is cut off: %w", ErrEncoding)
	}
	n := uint64(binary.BigEndian.Uint32(b))
	b = b[4:]
	if n == 0 || uint64(len(b)) != n*memberSize {
		return nil, fmt.Errorf("%d leaves in %d bytes: %w", n, len(b), ErrEncoding)
	}
	leaves := make([]Leaf, n)
	for i := range leaves {
		l := &leaves[i]
		copy(l.Path[:], prefix[:])
		copy(l.Path[PrefixSize:], b)
		copy(l.Value[:], b[HashSize-PrefixSize:])
		b = b[memberSize:]
		if l.Value.IsZero() || i > 0 && leaves[i-1].Path.compare(&l.Path) >= 0 {
			return nil, fmt.Errorf("leaf %v has no value or is out of order: %w", l.Path, ErrEncoding)
		}
	}
	return leaves, nil
}
