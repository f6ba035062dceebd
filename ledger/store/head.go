package store

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Head says what the store holds: everything up to and including one block. It is written in that block's batch.
type Head struct {
	Height      int64    // of the last block committed; 0 before the first
	AppHash     [32]byte // what this node answered for the block
	Time        int64    // of the block, Unix milliseconds
	TreeVersion uint64   // version of the root of the state tree
	TreeRoot    [32]byte // hash of the root; zero when the state is empty
}

const (
	headForm = 1
	headSize = 1 + 8 + 32 + 8 + 8 + 32
	rootSize = 8 + 32
)

var errMalformed = errors.New("malformed record")

func (h *Head) encode() []byte {
	b := binary.BigEndian.AppendUint64([]byte{headForm}, uint64(h.Height))
	b = append(b, h.AppHash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(h.Time))
	b = binary.BigEndian.AppendUint64(b, h.TreeVersion)
	return append(b, h.TreeRoot[:]...)
}

func decodeHead(b []byte) (Head, error) {
	if len(b) != headSize || b[0] != headForm {
		return Head{}, fmt.Errorf("head of %d bytes: %w", len(b), errMalformed)
	}
	h := Head{
		Height:      int64(binary.BigEndian.Uint64(b[1:])),
		AppHash:     [32]byte(b[9:41]),
		Time:        int64(binary.BigEndian.Uint64(b[41:])),
		TreeVersion: binary.BigEndian.Uint64(b[49:]),
		TreeRoot:    [32]byte(b[57:]),
	}
	if h.Height <= 0 {
		return Head{}, fmt.Errorf("head at height %d: %w", h.Height, errMalformed)
	}
	return h, nil
}

// Head is the last block committed; the zero Head before the first.
func (s *Store) Head() Head {
	if h := s.head.Load(); h != nil {
		return *h
	}
	return Head{}
}

// Head is the last block committed as of the snapshot.
func (n *Snapshot) Head() (Head, error) {
	b, err := n.Get(Meta, []byte(metaHead))
	if b == nil || err != nil {
		return Head{}, err
	}
	h, err := decodeHead(b)
	if err != nil {
		return Head{}, n.s.fail("read head", err)
	}
	return h, nil
}

func (s *Store) loadHead() error {
	b, err := s.get(s.db, Meta, []byte(metaHead))
	if b == nil || err != nil {
		return err
	}
	h, err := decodeHead(b)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	s.head.Store(&h)
	return nil
}

// SetHead makes h the head when the batch is committed, keeps its tree root under its height, and drops a bounded number of
// the tree pages and roots that have fallen KeepVersions behind. Commit refuses a height that does not ascend.
func (b *Batch) SetHead(h Head) {
	b.head = &h
	b.Set(Meta, []byte(metaHead), h.encode())
	b.Set(TreeRoot, be64(uint64(h.Height)), append(be64(h.TreeVersion), h.TreeRoot[:]...))
	if old := h.Height - b.s.options.KeepVersions - 1; old > 0 {
		b.Delete(TreeRoot, be64(uint64(old)))
	}
	b.note(b.pruneTree(h.Height))
}

// RootAt is the tree as it was after the block at height: the version and the hash of its root. It answers for the head and
// KeepVersions heights below it; found is false for every other height.
func (s *Store) RootAt(height int64) (version uint64, hash [32]byte, found bool, err error) {
	head := s.Head().Height
	if height <= 0 || height > head || height < head-s.options.KeepVersions {
		return 0, hash, false, nil
	}
	b, err := s.Get(TreeRoot, be64(uint64(height)))
	if b == nil || err != nil {
		return 0, hash, false, err
	}
	if len(b) != rootSize {
		return 0, hash, false, s.fail("read tree root", fmt.Errorf("height %d, %d bytes: %w", height, len(b), errMalformed))
	}
	return binary.BigEndian.Uint64(b), [32]byte(b[8:]), true, nil
}

func be64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
