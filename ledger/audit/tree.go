package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/merkle"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/store"
)

// leaves are the leaves a tree over the state must have.
type leaves []merkle.Leaf

func (l *leaves) add(key string, value []byte) {
	*l = append(*l, merkle.Leaf{Path: merkle.LeafPath(store.Group(key), key), Value: merkle.ValueHash(value)})
}

// pages reads the tree as it is stored, past the cache of a running node.
type pages struct{ source Source }

func (p pages) Node(version uint64, path []byte) ([]byte, error) {
	return p.source.Get(store.Tree, merkle.PageKey(version, path))
}

// tree builds the root anew from the state, walks the stored tree page by page,
// and compares both with the head.
func (c *check) tree() error {
	slices.SortFunc(c.leaves, func(a, b merkle.Leaf) int { return bytes.Compare(a.Path[:], b.Path[:]) })
	if root := merkle.RootOf(c.leaves); root != merkle.Hash(c.head.TreeRoot) {
		c.report.found(Tree, "state", "the state's root is %s, the head says %s", root, merkle.Hash(c.head.TreeRoot))
	}
	if c.head.AppHash != c.head.TreeRoot {
		c.report.found(Root, "head", "the app hash is %x, the tree's root %x", c.head.AppHash, c.head.TreeRoot)
	}
	i := 0
	root := merkle.Root{Version: c.head.TreeVersion, Hash: c.head.TreeRoot}
	err := merkle.Walk(pages{c.source}, root, func(leaf merkle.Leaf) error {
		if i >= len(c.leaves) || c.leaves[i] != leaf {
			return fmt.Errorf("leaf %s is not that of the state: %w", leaf.Path, errDiffers)
		}
		i++
		return c.tick()
	})
	if errIsOfTree(err) {
		c.report.found(Tree, "pages", "%v", err)
		return nil
	}
	if err == nil && i != len(c.leaves) {
		c.report.found(Tree, "pages", "%d leaves, the state has %d", i, len(c.leaves))
	}
	return err
}

// replay chains the stored replay set bucket by bucket and compares with the
// digests in the state.
func (c *check) replay() error {
	type bucket struct {
		id     int64
		blocks map[int64][]record.Digest
	}
	var current *bucket
	compare := func() error {
		if current == nil {
			return nil
		}
		var digest []byte
		for _, height := range sortedKeys(current.blocks) {
			digest = admission.ReplayDigest(digest, height, current.blocks[height])
		}
		key := admission.ReplayStateKey(current.id)
		stored, err := c.source.Get(store.State, []byte(key))
		if err == nil && !bytes.Equal(stored, digest) {
			c.report.found(Replay, key, "the replay set has digest %x, the state says %x", digest, stored)
		}
		return err
	}
	found := map[int64]bool{}
	err := c.source.Scan(store.Replay, nil, nil, func(k, value []byte) (bool, error) {
		if err := c.tick(); err != nil {
			return false, err
		}
		if len(k) != 40 || len(value) != 8 {
			c.report.found(Replay, fmt.Sprintf("%x", k), "not an entry of the replay set")
			return true, nil
		}
		id := int64(binary.BigEndian.Uint64(k))
		if current == nil || current.id != id {
			if err := compare(); err != nil {
				return false, err
			}
			current = &bucket{id: id, blocks: map[int64][]record.Digest{}}
			found[id] = true
		}
		height := int64(binary.BigEndian.Uint64(value))
		current.blocks[height] = append(current.blocks[height], record.Digest(k[8:]))
		return true, nil
	})
	if err == nil {
		err = compare()
	}
	if err != nil {
		return err
	}
	prefix := admission.ReplayPrefix
	return c.source.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(k, _ []byte) (bool, error) {
		id, err := strconv.ParseInt(strings.TrimPrefix(string(k), prefix), 10, 64)
		if err != nil || !found[id] {
			c.report.found(Replay, string(k), "the state commits to transactions that are not in the replay set")
		}
		return true, nil
	})
}
