package store

import "encoding/binary"

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
	page, commits := s.tree.get(key)
	if page != nil {
		return page, nil
	}
	page, err := s.get(s.db, Tree, key)
	if page != nil {
		s.tree.offer(string(key), page, commits)
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
	if page, _ := n.s.tree.get(key); page != nil { // a key never stands for another page
		return page, nil
	}
	return n.s.get(n.snapshot, Tree, key)
}

// SetPage stores a new tree page. The batch keeps page until it is committed; it must not change.
func (b *Batch) SetPage(key, page []byte) {
	b.Set(Tree, key, page)
	resident := len(key) > pageDepthByte && key[pageDepthByte] <= residentDepth
	b.pages = append(b.pages, entry{string(key), page, resident})
}

// RetirePage marks a page as unused from version on. It is dropped KeepVersions later, by SetHead.
func (b *Batch) RetirePage(version uint64, key []byte) {
	b.Set(TreeStale, append(be64(version), key...), nil)
	b.pages = append(b.pages, entry{key: string(key)})
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
