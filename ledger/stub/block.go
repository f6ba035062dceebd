// Package stub lets a Fabric chaincode run over the ledger's own state: shim.ChaincodeStubInterface on an overlay of what a
// block has changed so far, over what is committed.
//
// A Block collects the writes of the transactions that were kept and gives them out as one sorted list. It writes nothing to
// disk, reads no clock, starts no goroutine and gives a contract nothing that two validators could see differently. A storage
// error is kept on the Block even if the contract swallows it: the node must stop then, and not record a refusal that other
// validators do not. ledger/execute is the caller.
package stub

import (
	"bytes"
	"slices"
	"strings"

	"github.com/google/btree"

	"github.com/tierledger/tierledger/ledger/store"
)

// What GetCreator returns starts with a byte that no Fabric identity starts with, so that the identity library gives up on it
// at once and no contract takes it for an MSP's word.
const (
	// CallerPrefix comes before the 32 bytes of a caller's key id.
	CallerPrefix = "\xffscf1"
	// SystemCaller is the creator of what a block runs of itself.
	SystemCaller = "\xffscf0"
)

// Reader is the committed state: a *store.Store, or a *store.Snapshot for a query as of a moment.
type Reader interface {
	Get(space store.Space, key []byte) ([]byte, error)
	Scan(space store.Space, start, end []byte, visit store.Visit) error
}

// Change is one key that a block leaves different.
type Change struct {
	Key   string
	Value []byte // nil: the key is deleted
}

// Block is the state as the transactions of one block see it. It belongs to one goroutine.
type Block struct {
	reader  Reader
	network string
	time    int64
	limits  Limits
	tight   Limits
	spent   int // bytes that the transactions so far wrote and reported, kept or not
	fault   error

	committed map[string][]byte // values read from the reader; nil for absent
	ranges    map[extent][]row  // rows read from the reader
	written   map[string][]byte // what was kept; nil for deleted
	order     *btree.BTreeG[string]
	tx        Tx // the one transaction at a time
}

// extent is the first n committed rows of a range.
type extent struct {
	start, end string
	n          int
}

// maxRanges bounds how many ranges a block remembers. Every transaction scans the same few: the rules' packs and policies.
const maxRanges = 1024

// NewBlock begins a block on what reader has. The time is the block's, in Unix milliseconds.
func NewBlock[Millis ~int64 | ~int](reader Reader, network string, time Millis) *Block {
	return &Block{
		reader: reader, network: network, time: int64(time), limits: DefaultLimits(), tight: TightLimits(),
		committed: map[string][]byte{}, ranges: map[extent][]row{}, written: map[string][]byte{}, order: btree.NewOrderedG[string](32),
	}
}

// SetLimits changes what the transactions begun from now on may use. Every validator must set the same.
func (b *Block) SetLimits(l Limits) { b.limits = l }

// Fault is the first error of the reader, or nil. After one, nothing that ran over this block counts.
func (b *Block) Fault() error { return b.fault }

// Begin begins a transaction. The one before it ends: what it wrote is dropped unless it was kept. The Tx is reused.
func (b *Block) Begin(call Call) *Tx {
	b.tx.reset(b, call)
	return &b.tx
}

// Changes is what the kept transactions changed, ascending by key. A key that ends as the block found it is left out if a
// transaction had looked at it before; one that was written without a look is listed, because to find out would cost a read.
// Either way the list follows from the state and the transactions alone. The values are the block's: they must not be changed.
func (b *Block) Changes() []Change {
	out := make([]Change, 0, len(b.written))
	b.order.Ascend(func(key string) bool {
		value := b.written[key]
		before, known := b.committed[key]
		same := known && (value == nil) == (before == nil) && bytes.Equal(value, before)
		if !same {
			out = append(out, Change{key, value})
		}
		return true
	})
	return out
}

// get is the value of key after the transactions kept so far; nil if there is none. It is not to be changed.
func (b *Block) get(key string) ([]byte, error) {
	if value, ok := b.written[key]; ok {
		return value, nil
	}
	if value, ok := b.committed[key]; ok {
		return value, nil
	}
	value, err := b.reader.Get(store.State, []byte(key))
	if err != nil {
		return nil, b.fail(err)
	}
	b.committed[key] = value
	return value, nil
}

// fail keeps the first fault and returns it.
func (b *Block) fail(err error) error {
	if b.fault == nil {
		b.fault = err
	}
	return b.fault
}

// keep takes over the writes of a transaction.
func (b *Block) keep(keys []string, values map[string][]byte) {
	for _, key := range keys {
		if _, again := b.written[key]; !again {
			b.order.ReplaceOrInsert(key)
		}
		b.written[key] = values[key]
	}
}

// keptRows are the first n kept writes from start on and before end ("" for no end), deletions among them.
func (b *Block) keptRows(start, end string, n int) []row {
	var out []row
	b.order.AscendGreaterOrEqual(start, func(key string) bool {
		if end != "" && key >= end || len(out) == n {
			return false
		}
		out = append(out, row{key, b.written[key]})
		return true
	})
	return out
}

// committedRows are the first n committed rows from start on and before end ("" for no end). They are not to be changed.
func (b *Block) committedRows(start, end string, n int) ([]row, error) {
	asked := extent{start, end, n}
	if known, ok := b.ranges[asked]; ok {
		return known, nil
	}
	var upper []byte
	if end != "" {
		upper = []byte(end)
	}
	var out []row
	err := b.reader.Scan(store.State, []byte(start), upper, func(key, value []byte) (bool, error) {
		out = append(out, row{string(key), append(make([]byte, 0, len(value)), value...)})
		return len(out) < n, nil
	})
	if err != nil {
		return nil, b.fail(err)
	}
	if len(b.ranges) < maxRanges {
		b.ranges[asked] = out
	}
	return out, nil
}

// writtenRows are the transaction's own writes from start on and before end, deletions among them, as they are now.
func (t *Tx) writtenRows(start, end string) []row {
	var out []row
	for _, key := range t.keys {
		if key >= start && (end == "" || key < end) {
			out = append(out, row{key, t.values[key]})
		}
	}
	slices.SortFunc(out, func(a, b row) int { return strings.Compare(a.key, b.key) })
	return out
}
