// Package merkle is the mathematics of the state commitment: an authenticated map from 256-bit paths to value hashes whose
// root is the same for the same content, whatever the order of the changes that led there.
//
// The hash is that of a compact binary trie: an inner node exists only where two leaves part, and it commits to the bit at
// which they do. The storage is that of a Jellyfish Merkle tree: radix-16 pages, each kept under (version, position), never
// overwritten, and listed as stale by the update that replaces them. A run of levels with one child costs neither a hash nor
// a page, so the records of one group, which share their first 64 bits, are cheap neighbours.
//
// The package reads pages through a Reader and returns what is to be written; it keeps nothing, holds no state and never
// touches a disk. ledger/execute calls Update once a block, the read side calls Prove and ProveGroup, and whoever holds a
// root from a commit calls the Verify functions, which need no storage. A proof is worth as much as the root it is checked
// against: the argument that a path is absent rests on the root having been computed by Update.
package merkle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math/bits"
)

// HashSize is the length of a Hash in bytes.
const HashSize = sha256.Size

// PrefixSize is the length in bytes of the part of a path that its group decides.
const PrefixSize = 8

// prefixBits is PrefixSize in bits: a branch at or after this bit is inside one group.
const prefixBits = 8 * PrefixSize

// Hash is a SHA-256 value: a path, the hash of a value, or the hash of a subtree. The zero Hash stands for "nothing": the
// root of an empty tree, or, as the value of a Change, a deletion.
type Hash [HashSize]byte

// IsZero reports whether h is the zero Hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// String is h in lower-case hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// compare orders hashes as byte strings.
func (h *Hash) compare(o *Hash) int { return bytes.Compare(h[:], o[:]) }

// bit is the value of bit i, counted from the most significant bit of the first byte.
func (h *Hash) bit(i int) int { return int(h[i>>3]>>(7-i&7)) & 1 }

// nibble is the value of half byte i, counted from the start.
func (h *Hash) nibble(i int) int {
	if i&1 == 0 {
		return int(h[i>>1] >> 4)
	}
	return int(h[i>>1] & 15)
}

// Prefix is the part of a path that its group decides.
type Prefix [PrefixSize]byte

// Domains of the hash function. Each input starts with its domain, so no input of one kind can be passed off as another.
const (
	domainLeaf  = 0
	domainInner = 1
	domainGroup = 2
	domainKey   = 3
)

// GroupPrefix is the first eight bytes of SHA-256(0x02, group): where all keys of the group are found.
func GroupPrefix(group string) Prefix {
	h := hashString(domainGroup, group)
	return Prefix(h[:PrefixSize])
}

// LeafPath is where the value of key lives: GroupPrefix(group), then the first 24 bytes of SHA-256(0x03, key). The same key
// must always come with the same group.
func LeafPath(group, key string) Hash {
	var path Hash
	prefix := GroupPrefix(group)
	copy(path[:], prefix[:])
	h := hashString(domainKey, key)
	copy(path[PrefixSize:], h[:])
	return path
}

// ValueHash is SHA-256(value).
func ValueHash(value []byte) Hash { return sha256.Sum256(value) }

// Leaf is one entry of the map.
type Leaf struct {
	Path  Hash
	Value Hash // ValueHash of what is stored; never zero
}

// Hash is SHA-256(0x00, path, value).
func (l *Leaf) Hash() Hash {
	var b [1 + 2*HashSize]byte
	b[0] = domainLeaf
	copy(b[1:], l.Path[:])
	copy(b[1+HashSize:], l.Value[:])
	return sha256.Sum256(b[:])
}

// innerHash is SHA-256(0x01, depth, left, right), depth being the bit at which the two sides part. A side that is empty makes
// no node: the other side is lifted as it is.
func innerHash(depth int, left, right *Hash) Hash {
	switch {
	case left.IsZero():
		return *right
	case right.IsZero():
		return *left
	}
	var b [2 + 2*HashSize]byte
	b[0], b[1] = domainInner, byte(depth)
	copy(b[2:], left[:])
	copy(b[2+HashSize:], right[:])
	return sha256.Sum256(b[:])
}

// RootOf is the root of a tree that holds exactly leaves, which must ascend strictly by path. It is how a verifier rebuilds a
// subtree from its content, and what every sequence of updates is tested against.
func RootOf(leaves []Leaf) Hash {
	switch len(leaves) {
	case 0:
		return Hash{}
	case 1:
		return leaves[0].Hash()
	}
	depth := firstDifference(&leaves[0].Path, &leaves[len(leaves)-1].Path)
	cut, end := 0, len(leaves)
	for cut < end {
		if mid := (cut + end) / 2; leaves[mid].Path.bit(depth) == 0 {
			cut = mid + 1
		} else {
			end = mid
		}
	}
	left, right := RootOf(leaves[:cut]), RootOf(leaves[cut:])
	return innerHash(depth, &left, &right)
}

// firstDifference is the first bit at which a and b differ, or 256 when they are equal.
func firstDifference(a, b *Hash) int {
	for i := range a {
		if x := a[i] ^ b[i]; x != 0 {
			return 8*i + bits.LeadingZeros8(x)
		}
	}
	return 8 * HashSize
}

func hashString(domain byte, s string) Hash {
	var small [128]byte
	b := append(small[:0], domain)
	return sha256.Sum256(append(b, s...))
}
