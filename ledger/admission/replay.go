package admission

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// ReplayPrefix starts the state keys that commit to the replay set: one a
// bucket, so that the set is in the tree at the price of one key a block.
const ReplayPrefix = "replay/"

// bucketSeconds is the width of an expiry bucket of the replay set.
const bucketSeconds = 3600

// Bucket is the expiry bucket of a transaction.
func Bucket(expires int64) int64 { return expires / bucketSeconds }

// DroppedBefore is the first bucket that must be kept at an instant: all
// transactions of earlier ones have expired.
func DroppedBefore(now calendar.Instant) int64 { return int64(now) / 1000 / bucketSeconds }

// ReplayKey is the key of a transaction in the replay set.
func ReplayKey(bucket int64, txid record.Digest) []byte {
	return append(BucketKey(bucket), txid[:]...)
}

// BucketKey starts the keys of a bucket of the replay set.
func BucketKey(bucket int64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8+32), uint64(bucket))
}

// Executed returns the height in which a transaction was executed, 0 if it was
// not or has expired since.
func Executed(s interface {
	Get(space store.Space, key []byte) ([]byte, error)
}, txid record.Digest, expires int64) (int64, error) {
	value, err := s.Get(store.Replay, ReplayKey(Bucket(expires), txid))
	if err != nil {
		return 0, fmt.Errorf("read the replay set: %w", err)
	}
	if value == nil {
		return 0, nil
	}
	if len(value) != 8 {
		return 0, fmt.Errorf("read the replay set: an entry of %d bytes", len(value))
	}
	return int64(binary.BigEndian.Uint64(value)), nil
}

// ReplayStateKey is the state key that commits to a bucket of the replay set.
func ReplayStateKey(bucket int64) string { return fmt.Sprintf("%s%012d", ReplayPrefix, bucket) }

// ReplayDigest chains the ids that a block adds to a bucket of the replay set to
// the bucket's digest before it (nil for a new bucket).
func ReplayDigest(before []byte, height int64, ids []record.Digest) []byte {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b record.Digest) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	h.Write(before)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(height)))
	for _, id := range sorted {
		h.Write(id[:])
	}
	return h.Sum(nil)
}
