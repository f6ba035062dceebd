package store

import (
	"encoding/binary"
	"sync"
)

// Tree pages are kept as the tree names them: eight bytes of version, one byte of depth, the packed nibbles. This file needs
// no more of crypto/merkle than that.
const (
	pageDepthByte = 8
	residentDepth = 2 // pages down to this depth, 273 at most, stay in memory
	pruneLimit    = 4096
)

// Node returns the tree page stored for version and path, or nil. The slice is shared and must not be changed. With Node a
// Store is a merkle.Reader.
func (s *Store) Node(version uint64, path []byte) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.calls.Done()
	var buf [64]byte
	key := append(binary.BigEndian.AppendUint64(buf[:0], version), path...)
	if page := s.tree.get(key); page != nil {
		return page, nil
	}
	page, err := s.get(s.db, Tree, key)
	if page != nil {
		s.tree.add(key, page)
	}
	return page, err
}

// Node is Store.Node as of the snapshot: pages that were dropped since can still be read.
func (n *Snapshot) Node(version uint64, path []byte) ([]byte, error) {
	if err := n.enter(); err != nil {
		return nil, err
	}
	defer n.s.calls.Done()
	key := append(be64(version), path...)
	if page := n.s.tree.get(key); page != nil {
		return page, nil
	}
	return n.s.get(n.snapshot, Tree, key)
}

// SetPage stores a new tree page. The batch keeps page until it is committed; it must not change.
func (b *Batch) SetPage(key, page []byte) {
	b.Set(Tree, key, page)
	b.pages = append(b.pages, cached{string(key), page})
}

// RetirePage marks a page as unused from version on. It is dropped KeepVersions later, by SetHead.
func (b *Batch) RetirePage(version uint64, key []byte) {
	b.Set(TreeStale, append(be64(version), key...), nil)
	b.stale = append(b.stale, string(key))
}

// pruneTree drops pages that were retired KeepVersions before height or earlier, at most pruneLimit of them. It starts where
// the last one ended, so as not to wade through what is deleted already.
func (b *Batch) pruneTree(height int64) error {
	last := height - b.s.options.KeepVersions
	if last <= 0 {
		return nil
	}
	from, err := b.s.Get(Meta, []byte(metaPruned))
	if err != nil {
		return err
	}
	var end []byte
	dropped := 0
	err = b.s.Scan(TreeStale, append(from, 0), be64(uint64(last)+1), func(key, _ []byte) (bool, error) {
		b.Delete(Tree, key[8:])
		b.Delete(TreeStale, key)
		end = append(end[:0], key...)
		dropped++
		return dropped < pruneLimit, nil
	})
	if err == nil && end != nil {
		b.Set(Meta, []byte(metaPruned), end)
	}
	return err
}

// cached is a tree page and its key.
type cached struct {
	key  string
	page []byte
}

// pageCache holds committed tree pages: the top of the tree for good, the rest in two generations, of which the older is
// dropped when the younger has filled its half.
type pageCache struct {
	mu         sync.Mutex
	half       int64
	resident   map[string][]byte
	young, old map[string][]byte
	youngBytes int64
}

func (c *pageCache) init(limit int64) {
	c.half = limit / 2
	c.resident, c.young, c.old = map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
}

func (c *pageCache) get(key []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if page := c.resident[string(key)]; page != nil {
		return page
	}
	if page := c.young[string(key)]; page != nil {
		return page
	}
	page := c.old[string(key)]
	if page != nil {
		c.insert(string(key), page)
	}
	return page
}

func (c *pageCache) add(key, page []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.insert(string(key), page)
}

// apply follows a committed batch.
func (c *pageCache) apply(pages []cached, stale []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range stale {
		delete(c.resident, key)
		delete(c.young, key)
		delete(c.old, key)
	}
	for _, p := range pages {
		if len(p.key) > pageDepthByte && p.key[pageDepthByte] <= residentDepth {
			c.resident[p.key] = p.page
		} else {
			c.insert(p.key, p.page)
		}
	}
}

// insert adds to the younger generation. Pages read back go there wherever they lie: they may be of an old version, which
// nothing would ever take out of the resident ones.
func (c *pageCache) insert(key string, page []byte) {
	// What a page costs beside its bytes is the map's slot and the key.
	if c.youngBytes += int64(len(page)+len(key)) + 64; c.youngBytes > c.half {
		c.old, c.young = c.young, map[string][]byte{}
		c.youngBytes = 0
	}
	c.young[key] = page
}
