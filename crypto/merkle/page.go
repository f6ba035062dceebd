package merkle

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrCorrupt marks a stored page that this package could not have written, or that is missing. It is wrapped with the page's
// version and position.
var ErrCorrupt = errors.New("tree page is corrupt")

// Reader gives Update and the provers the stored pages.
type Reader interface {
	// Node returns the page that was stored under PageKey(version, path). A nil page without an error means that there is
	// none, which the caller reports as corruption. The slice is read before the next call and never changed.
	Node(version uint64, path []byte) ([]byte, error)
}

// Positions count in nibbles: a page at depth d tells apart what follows the first d nibbles of its paths.
const maxDepth = 2*HashSize - 1

// MaxPathSize is the length in bytes of the longest page path: one byte of depth and the nibbles packed two to a byte.
const MaxPathSize = 1 + HashSize

// appendPath appends the page path of the first depth nibbles of prefix: the depth, then the nibbles, high half first, the
// unused half of an odd last byte zero.
func appendPath(b []byte, prefix *Hash, depth int) []byte {
	b = append(b, byte(depth))
	return append(b, prefix[:(depth+1)/2]...)
}

// PageKey is the key under which the page of a position is stored: the version in eight bytes, big-endian, then the path.
func PageKey(version uint64, path []byte) []byte {
	b := make([]byte, 8, 8+len(path))
	binary.BigEndian.PutUint64(b, version)
	return append(b, path...)
}

// kind says what hangs in a slot.
type kind uint8

const (
	empty kind = iota
	leaf
	inner // a page further down
)

// slot is one of the sixteen places of a page, or a subtree on its way into one.
type slot struct {
	kind    kind
	depth   uint8  // inner: of the page it leads to, in nibbles
	hash    Hash   // of the subtree; zero on a leaf until someone asks
	path    Hash   // leaf: its path; inner: the first depth nibbles, the rest zero
	value   Hash   // leaf only
	version uint64 // inner only
}

// sum is the hash of the subtree.
func (s *slot) sum() *Hash {
	if s.kind == leaf && s.hash.IsZero() {
		l := Leaf{s.path, s.value}
		s.hash = l.Hash()
	}
	return &s.hash
}

// page is one radix-16 node in memory.
type page struct {
	slots [16]slot
}

// fold is the hash of the page at the given depth: the sixteen slots as a binary trie of four levels.
func (p *page) fold(depth int) Hash {
	var h [16]Hash
	for i := range p.slots {
		h[i] = *p.slots[i].sum()
	}
	for level, n := 3, 8; level >= 0; level, n = level-1, n/2 {
		for i := range n {
			h[i] = innerHash(4*depth+level, &h[2*i], &h[2*i+1])
		}
	}
	return h[0]
}

// occupied counts the slots in use and returns the index of the last.
func (p *page) occupied() (n, last int) {
	for i := range p.slots {
		if p.slots[i].kind != empty {
			n, last = n+1, i
		}
	}
	return n, last
}

// truncated is path with everything after the first depth nibbles cleared.
func truncated(path *Hash, depth int) Hash {
	var out Hash
	copy(out[:depth/2], path[:])
	if depth&1 == 1 {
		out[depth/2] = path[depth/2] & 0xf0
	}
	return out
}

// samePrefix reports whether a and b agree in their first depth nibbles.
func samePrefix(a, b *Hash, depth int) bool { return firstDifference(a, b) >= 4*depth }

// append encodes the page at the given depth: a bit map of the slots in use and one of those that are leaves (16 bits each,
// bit i for slot i, big-endian), then the slots in order. A leaf is its path from byte depth/2 on and its value. An inner slot
// is the version as a uvarint, the depth of the page it leads to, that page's prefix from byte depth/2 on if it is not simply
// the next nibble, and the hash.
func (p *page) append(b []byte, depth int) []byte {
	var used, leaves uint16
	head := len(b)
	b = append(b, 0, 0, 0, 0)
	for i := range p.slots {
		s := &p.slots[i]
		switch s.kind {
		case leaf:
			used, leaves = used|1<<i, leaves|1<<i
			b = append(b, s.path[depth/2:]...)
			b = append(b, s.value[:]...)
		case inner:
			used |= 1 << i
			b = binary.AppendUvarint(b, s.version)
			b = append(b, s.depth)
			if int(s.depth) > depth+1 {
				b = append(b, s.path[depth/2:(s.depth+1)/2]...)
			}
			b = append(b, s.hash[:]...)
		case empty:
		}
	}
	binary.BigEndian.PutUint16(b[head:], used)
	binary.BigEndian.PutUint16(b[head+2:], leaves)
	return b
}

// decode fills p from what append wrote for a page of this version, prefix and depth, and refuses everything else.
func (p *page) decode(b []byte, version uint64, prefix *Hash, depth int) error {
	*p = page{}
	if len(b) < 4 {
		return fmt.Errorf("%d bytes is too short: %w", len(b), ErrCorrupt)
	}
	used, leaves := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	b = b[4:]
	if leaves&^used != 0 {
		return fmt.Errorf("leaf bits %016b outside the used bits %016b: %w", leaves, used, ErrCorrupt)
	}
	if used == 0 || depth > 0 && used&(used-1) == 0 {
		return fmt.Errorf("used bits %016b branch nowhere: %w", used, ErrCorrupt)
	}
	for i := range p.slots {
		if used&(1<<i) == 0 {
			continue
		}
		s := &p.slots[i]
		s.path = *prefix
		var err error
		if leaves&(1<<i) != 0 {
			b, err = s.decodeLeaf(b, depth)
		} else {
			b, err = s.decodeInner(b, version, depth, i)
		}
		if err != nil {
			return fmt.Errorf("slot %d: %w", i, err)
		}
		if s.path.nibble(depth) != i || !samePrefix(&s.path, prefix, depth) {
			return fmt.Errorf("slot %d: path %v lies outside the page: %w", i, s.path, ErrCorrupt)
		}
	}
	if len(b) != 0 {
		return fmt.Errorf("%d bytes after the last slot: %w", len(b), ErrCorrupt)
	}
	return nil
}

func (s *slot) decodeLeaf(b []byte, depth int) ([]byte, error) {
	rest := HashSize - depth/2
	if len(b) < rest+HashSize {
		return nil, fmt.Errorf("leaf is cut off: %w", ErrCorrupt)
	}
	s.kind = leaf
	copy(s.path[depth/2:], b[:rest])
	copy(s.value[:], b[rest:])
	if s.value.IsZero() {
		return nil, fmt.Errorf("leaf without a value: %w", ErrCorrupt)
	}
	return b[rest+HashSize:], nil
}

func (s *slot) decodeInner(b []byte, version uint64, depth, nibble int) ([]byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 || n > 1 && b[n-1] == 0 {
		return nil, fmt.Errorf("malformed version: %w", ErrCorrupt)
	}
	if v == 0 || v > version {
		return nil, fmt.Errorf("page of version %d below one of version %d: %w", v, version, ErrCorrupt)
	}
	b = b[n:]
	if len(b) == 0 {
		return nil, fmt.Errorf("inner slot is cut off: %w", ErrCorrupt)
	}
	below := int(b[0])
	b = b[1:]
	if below <= depth || below > maxDepth {
		return nil, fmt.Errorf("page at depth %d below one at depth %d: %w", below, depth, ErrCorrupt)
	}
	s.kind, s.version, s.depth = inner, v, uint8(below)
	if below == depth+1 {
		s.path[depth/2] |= byte(nibble << (4 * (1 - depth&1)))
	} else {
		from, to := depth/2, (below+1)/2
		if len(b) < to-from {
			return nil, fmt.Errorf("prefix is cut off: %w", ErrCorrupt)
		}
		copy(s.path[from:to], b)
		if s.path != truncated(&s.path, below) {
			return nil, fmt.Errorf("prefix longer than depth %d: %w", below, ErrCorrupt)
		}
		b = b[to-from:]
	}
	if len(b) < HashSize {
		return nil, fmt.Errorf("hash is cut off: %w", ErrCorrupt)
	}
	copy(s.hash[:], b)
	if s.hash.IsZero() {
		return nil, fmt.Errorf("inner slot without a hash: %w", ErrCorrupt)
	}
	return b[HashSize:], nil
}

// load reads and decodes the page of the given version and position.
func (p *page) load(r Reader, version uint64, prefix *Hash, depth int) error {
	var buf [MaxPathSize]byte
	path := appendPath(buf[:0], prefix, depth)
	b, err := r.Node(version, path)
	if err == nil && b == nil {
		err = fmt.Errorf("page is missing: %w", ErrCorrupt)
	}
	if err == nil {
		err = p.decode(b, version, prefix, depth)
	}
	if err != nil {
		return fmt.Errorf("read tree page %x of version %d: %w", path, version, err)
	}
	return nil
}
