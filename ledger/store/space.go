package store

import "strings"

// Space is a keyspace: the first byte of every key in the database. Numbers are on disk; new ones are added at the end.
type Space byte

// The keyspaces. What the keys and values of each look like is the business of the package that writes it.
const (
	_           Space = iota
	Meta              // what the store and its users keep once: layout, head, cursors
	State             // the ledger's state: state key -> record
	Tree              // pages of the state tree: version, position -> page
	TreeStale         // pages to be dropped: version that retired it, page key -> nothing
	TreeRoot          // height -> root of the tree
	Outcome           // height, index -> what a transaction did
	Transaction       // transaction id -> where it is
	Replay            // transactions seen, by expiry
	View              // the read model
	Local             // what only this node knows; in a store of node/local, never in the ledger's
)

// Names of what this package keeps in Meta. Other users of Meta choose other names.
const (
	metaLayout = "store/layout"
	metaHead   = "store/head"
	metaPruned = "store/pruned"
)

// Group is the part of a state key that says which records lie together in the tree: its first two segments. The group of
// "certificate/<number>/holding/3" is "certificate/<number>"; a key with fewer segments is its own group.
func Group(key string) string {
	first := strings.IndexByte(key, '/')
	if first < 0 {
		return key
	}
	if second := strings.IndexByte(key[first+1:], '/'); second >= 0 {
		return key[:first+1+second]
	}
	return key
}

// physical is the key in the database.
func physical(space Space, key []byte) []byte {
	b := make([]byte, 1+len(key))
	b[0] = byte(space)
	copy(b[1:], key)
	return b
}

// bounds are the physical bounds of a range; a nil end is the end of the space.
func bounds(space Space, start, end []byte) (lower, upper []byte) {
	if end == nil {
		return physical(space, start), []byte{byte(space) + 1}
	}
	return physical(space, start), physical(space, end)
}
