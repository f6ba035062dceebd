package stub

import "fmt"

// Limits bound what one transaction may use. They are part of the rules: a transaction refused for a limit is refused by
// every validator. The ledger's own calls, those whose creator is nobody's key, have none.
type Limits struct {
	KeysRead     int // calls of GetState and ranges begun
	KeysWritten  int // different keys set or deleted
	RowsScanned  int // rows that ranges return
	BytesWritten int // keys and values of all writes, in bytes
	KeyBytes     int // one key, in bytes
	ValueBytes   int // one value, in bytes
	EventBytes   int // the event's payload, in bytes

	// BlockBytes is what the transactions of a block write and report, in bytes, after which the rest of them have
	// TightLimits: a block is built in memory, and must be however small the transactions are that ask for so much.
	BlockBytes int
}

// DefaultLimits leave a batch of 500 operations room several times over.
func DefaultLimits() Limits {
	return Limits{
		KeysRead:     50_000,
		KeysWritten:  50_000,
		RowsScanned:  50_000,
		BytesWritten: 16 << 20,
		KeyBytes:     512,
		ValueBytes:   1 << 20,
		EventBytes:   8 << 20,
		BlockBytes:   128 << 20,
	}
}

// TightLimits leave room for what people do one by one, so that nobody who fills a block keeps others out of it.
func TightLimits() Limits {
	return Limits{
		KeysRead:     2_000,
		KeysWritten:  1_000,
		RowsScanned:  5_000,
		BytesWritten: 128 << 10,
		KeyBytes:     512,
		ValueBytes:   128 << 10,
		EventBytes:   128 << 10,
	}
}

// LimitError says which limit a transaction went beyond. Once it has, every later call of the transaction returns it.
type LimitError struct {
	Name  string // the field of Limits
	Limit int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the transaction goes beyond the limit %s = %d", e.Name, e.Limit)
}

// charge fails if used is more than limit.
func (t *Tx) charge(name string, used, limit int) error {
	if t.unlimited || used <= limit {
		return nil
	}
	t.limit = &LimitError{name, limit}
	return t.limit
}
