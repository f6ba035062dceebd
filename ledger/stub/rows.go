package stub

import (
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/queryresult"
)

// row is a key and its value; nil for deleted.
type row struct {
	key   string
	value []byte
}

// Rows are read ahead in pieces that grow, so that a contract that stops early costs little and one that forgets to close an
// iterator leaves nothing open.
const (
	firstPiece = 8
	lastPiece  = 256
)

// feed is one layer of the state as an ascending list of rows.
type feed struct {
	rows  []row
	from  string // where the next piece begins
	piece int    // its size; 0 when there is none
	read  func(from string, n int) ([]row, error)
}

// head is the next row; ok is false at the end.
func (f *feed) head() (r row, ok bool, err error) {
	if len(f.rows) == 0 && f.piece > 0 {
		if f.rows, err = f.read(f.from, f.piece); err != nil {
			return row{}, false, err
		}
		if len(f.rows) < f.piece {
			f.piece = 0
		} else {
			f.from = f.rows[len(f.rows)-1].key + "\x00"
			f.piece = min(2*f.piece, lastPiece)
		}
	}
	if len(f.rows) == 0 {
		return row{}, false, nil
	}
	return f.rows[0], true, nil
}

// rows is a Fabric iterator over the layers of the state: what the transaction wrote, what the block kept, what is committed.
// In that order they hide each other.
type rows struct {
	tx     *Tx
	feeds  [3]feed
	next   row
	more   bool
	err    error // to be returned by Next
	closed bool
}

var (
	errEnd    = errors.New("the range has no more rows")
	errClosed = errors.New("the range is closed")
)

// scan iterates from start on and before end ("" for no end).
func (t *Tx) scan(start, end string) (shim.StateQueryIteratorInterface, error) {
	if err := t.stopped(); err != nil {
		return nil, err
	}
	t.reads++
	if err := t.charge("KeysRead", t.reads, t.limits.KeysRead); err != nil {
		return nil, err
	}
	if err := t.checkKey(start); err != nil {
		return nil, err
	}
	if end != "" {
		if err := t.checkKey(end); err != nil {
			return nil, err
		}
		if end <= start {
			return &rows{tx: t}, nil
		}
	}
	b := t.block
	r := &rows{tx: t, feeds: [3]feed{
		{rows: t.writtenRows(start, end)},
		{from: start, piece: firstPiece, read: func(from string, n int) ([]row, error) { return b.keptRows(from, end, n), nil }},
		{from: start, piece: firstPiece, read: func(from string, n int) ([]row, error) { return b.committedRows(from, end, n) }},
	}}
	r.advance()
	return r, nil
}

// advance finds the next row that is not deleted.
func (r *rows) advance() {
	for {
		var least row
		found := false
		for i := range r.feeds {
			head, ok, err := r.feeds[i].head()
			if err != nil {
				r.more, r.err = true, err
				return
			}
			if ok && (!found || head.key < least.key) {
				least, found = head, true // of equal keys the first layer counts
			}
		}
		if !found {
			r.more = false
			return
		}
		for i := range r.feeds {
			if f := &r.feeds[i]; len(f.rows) > 0 && f.rows[0].key == least.key {
				f.rows = f.rows[1:]
			}
		}
		if least.value != nil {
			r.next, r.more = least, true
			return
		}
	}
}

// HasNext reports whether Next has a row, or an error, to return.
func (r *rows) HasNext() bool { return !r.closed && r.more }

// Next returns the next row. The value is the caller's.
func (r *rows) Next() (*queryresult.KV, error) {
	if err := r.tx.stopped(); err != nil {
		return nil, err
	}
	switch {
	case r.closed:
		return nil, errClosed
	case r.err != nil:
		return nil, fmt.Errorf("read the next row: %w", r.err)
	case !r.more:
		return nil, errEnd
	}
	r.tx.rows++
	if err := r.tx.charge("RowsScanned", r.tx.rows, r.tx.limits.RowsScanned); err != nil {
		return nil, err
	}
	kv := &queryresult.KV{Key: r.next.key, Value: append(make([]byte, 0, len(r.next.value)), r.next.value...)}
	r.advance()
	return kv, nil
}

// Close ends the iteration.
func (r *rows) Close() error {
	r.closed = true
	return nil
}
