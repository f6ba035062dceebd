// Package outcome stores what every transaction did or why it was refused, and
// finds it by place or by transaction id.
//
// Outcomes are the ledger's record for people: the read model, the history and
// every notice derive from them. They are written by ledger/execute within the
// block's batch and never change.
package outcome

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// Source is where outcomes are read: the store or a snapshot of it.
type Source interface {
	Get(space store.Space, key []byte) ([]byte, error)
	Scan(space store.Space, start, end []byte, visit func(key, value []byte) (bool, error)) error
}

// Sink takes rows: a batch of the store.
type Sink interface {
	Set(space store.Space, key, value []byte)
}

const placeSize = 12

// Place is the key of an outcome: height, then index, big-endian.
func Place(height int64, index uint32) []byte {
	k := binary.BigEndian.AppendUint64(make([]byte, 0, placeSize), uint64(height))
	return binary.BigEndian.AppendUint32(k, index)
}

// Write puts an outcome and its transaction id into the sink and returns the
// digest of its bytes, which the block's results carry. An outcome whose id is
// zero is of something that was never admitted and can be found only by place.
func Write(sink Sink, o *record.Outcome) record.Digest {
	data := record.Encode(o)
	place := Place(o.Height, o.Index)
	sink.Set(store.Outcome, place, data)
	if !o.TxID.IsZero() {
		sink.Set(store.Transaction, o.TxID[:], place)
	}
	return sha256.Sum256(data)
}

// At returns the outcome at a place, or nil.
func At(source Source, height int64, index uint32) (*record.Outcome, error) {
	data, err := source.Get(store.Outcome, Place(height, index))
	if err != nil || data == nil {
		return nil, err
	}
	return decode(data)
}

// Find returns the outcome of a transaction, or nil when it has none yet.
func Find(source Source, txid record.Digest) (*record.Outcome, error) {
	place, err := source.Get(store.Transaction, txid[:])
	if err != nil || place == nil {
		return nil, err
	}
	if len(place) != placeSize {
		return nil, fmt.Errorf("find outcome of %s: a place of %d bytes", txid, len(place))
	}
	return At(source, int64(binary.BigEndian.Uint64(place)), binary.BigEndian.Uint32(place[8:]))
}

// Each visits the outcomes from a height on, in the order in which they came
// about, until visit returns false.
func Each(source Source, from int64, visit func(*record.Outcome) (bool, error)) error {
	return source.Scan(store.Outcome, Place(from, 0), Place(math.MaxInt64, math.MaxUint32), func(_, data []byte) (bool, error) {
		o, err := decode(data)
		if err != nil {
			return false, err
		}
		return visit(o)
	})
}

func decode(data []byte) (*record.Outcome, error) {
	o := new(record.Outcome)
	if err := record.Decode(data, o); err != nil {
		return nil, err
	}
	return o, nil
}
