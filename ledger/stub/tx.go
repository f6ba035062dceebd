package stub

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Call is what a transaction asks for.
type Call struct {
	TxID     string // hexadecimal
	Function string
	Params   []string
	// Creator is CallerPrefix and the caller's key id. SystemCaller, or none, makes the call the ledger's own.
	Creator []byte
}

// Tx is the stub of one transaction. Its reads see its own writes (on Fabric they do not), then those of the transactions kept
// before it in the block, then the committed state. It belongs to the goroutine of its Block and is good until the next Begin.
type Tx struct {
	block     *Block
	limits    *Limits
	call      Call
	unlimited bool

	keys   []string          // written, in the order of the first write
	values map[string][]byte // nil for deleted

	eventName    string
	eventPayload []byte

	reads, rows, bytes int // used of Limits
	limit              *LimitError
}

var _ shim.ChaincodeStubInterface = (*Tx)(nil)

// Errors of bad arguments. They are the contract's to handle; the transaction goes on.
var (
	ErrKey   = errors.New("a state key is valid UTF-8 and not empty")
	ErrValue = errors.New("a state value is not empty")
	ErrRange = errors.New("a range is of simple keys, which do not start with U+0000")
	ErrEvent = errors.New("an event has a name")
	// ErrUnsupported is what Fabric offers and this ledger does not.
	ErrUnsupported = errors.New("not offered by this ledger")
)

func (t *Tx) reset(b *Block, call Call) {
	values := t.values
	if values == nil {
		values = map[string][]byte{}
	}
	clear(values)
	b.spent += t.bytes + len(t.eventPayload)
	*t = Tx{block: b, limits: &b.limits, call: call, keys: t.keys[:0], values: values}
	if b.spent > b.limits.BlockBytes {
		t.limits = &b.tight
	}
	t.unlimited = len(call.Creator) == 0 || string(call.Creator) == SystemCaller
}

// Keep makes the writes part of the block. It panics after a limit or a fault: whoever decides what is kept must have looked.
func (t *Tx) Keep() {
	if err := t.stopped(); err != nil {
		panic(fmt.Sprintf("keep transaction %s, which was stopped: %v", t.call.TxID, err))
	}
	t.block.keep(t.keys, t.values)
	t.keys = t.keys[:0]
	clear(t.values)
}

// LimitExceeded is the limit that the transaction went beyond, or nil. The contract may have swallowed it.
func (t *Tx) LimitExceeded() *LimitError { return t.limit }

// Event is the payload of the event that was set last, or nil. A refused transaction may have one.
func (t *Tx) Event() []byte { return t.eventPayload }

// EventName is the name of the event that was set last.
func (t *Tx) EventName() string { return t.eventName }

// stopped is why the transaction can go no further, or nil.
func (t *Tx) stopped() error {
	if t.block.fault != nil {
		return t.block.fault
	}
	if t.limit != nil {
		return t.limit
	}
	return nil
}

// GetState returns a copy of the value of key, or nil if there is none.
func (t *Tx) GetState(key string) ([]byte, error) {
	if err := t.stopped(); err != nil {
		return nil, err
	}
	if err := t.checkKey(key); err != nil {
		return nil, err
	}
	t.reads++
	if err := t.charge("KeysRead", t.reads, t.limits.KeysRead); err != nil {
		return nil, err
	}
	value, ok := t.values[key]
	if !ok {
		var err error
		if value, err = t.block.get(key); err != nil {
			return nil, err
		}
	}
	return slices.Clone(value), nil
}

// PutState sets the value of key. The value is copied.
func (t *Tx) PutState(key string, value []byte) error {
	if err := t.stopped(); err != nil {
		return err
	}
	if len(value) == 0 {
		return fmt.Errorf("put %q: %w", key, ErrValue)
	}
	if err := t.charge("ValueBytes", len(value), t.limits.ValueBytes); err != nil {
		return err
	}
	return t.write(key, slices.Clone(value))
}

// DelState deletes key, whether or not it is there.
func (t *Tx) DelState(key string) error {
	if err := t.stopped(); err != nil {
		return err
	}
	return t.write(key, nil)
}

func (t *Tx) write(key string, value []byte) error {
	if err := t.checkKey(key); err != nil {
		return err
	}
	t.bytes += len(key) + len(value)
	if err := t.charge("BytesWritten", t.bytes, t.limits.BytesWritten); err != nil {
		return err
	}
	if _, again := t.values[key]; !again {
		if err := t.charge("KeysWritten", len(t.keys)+1, t.limits.KeysWritten); err != nil {
			return err
		}
		t.keys = append(t.keys, key)
	}
	t.values[key] = value
	return nil
}

func (t *Tx) checkKey(key string) error {
	if key == "" || !utf8.ValidString(key) {
		return fmt.Errorf("key %q: %w", key, ErrKey)
	}
	return t.charge("KeyBytes", len(key), t.limits.KeyBytes)
}

// GetStateByRange iterates over the keys of [start, end) in ascending order, with the state as it is now. As in Fabric an
// empty start is the first simple key, and an empty end is the end of all keys.
func (t *Tx) GetStateByRange(start, end string) (shim.StateQueryIteratorInterface, error) {
	if strings.HasPrefix(start, "\x00") || strings.HasPrefix(end, "\x00") {
		return nil, fmt.Errorf("range from %q to %q: %w", start, end, ErrRange)
	}
	if start == "" {
		start = "\x01"
	}
	return t.scan(start, end)
}

// GetStateByPartialCompositeKey iterates over the composite keys that start with the given type and attributes.
func (t *Tx) GetStateByPartialCompositeKey(objectType string, attributes []string) (shim.StateQueryIteratorInterface, error) {
	start, err := shim.CreateCompositeKey(objectType, attributes)
	if err != nil {
		return nil, err
	}
	return t.scan(start, start+string(utf8.MaxRune))
}

// CreateCompositeKey is Fabric's encoding of a type and attributes as one key.
func (t *Tx) CreateCompositeKey(objectType string, attributes []string) (string, error) {
	return shim.CreateCompositeKey(objectType, attributes)
}

// SplitCompositeKey is the inverse of CreateCompositeKey.
func (t *Tx) SplitCompositeKey(key string) (string, []string, error) {
	if len(key) < 2 || key[0] != 0 || key[len(key)-1] != 0 {
		return "", nil, fmt.Errorf("split %q: not a composite key", key)
	}
	parts := strings.Split(key[1:len(key)-1], "\x00")
	return parts[0], parts[1:], nil
}

// SetEvent sets the one event of the transaction; a later call replaces it.
func (t *Tx) SetEvent(name string, payload []byte) error {
	if name == "" {
		return ErrEvent
	}
	if err := t.charge("EventBytes", len(payload), t.limits.EventBytes); err != nil {
		return err
	}
	t.eventName, t.eventPayload = name, slices.Clone(payload)
	return nil
}

// GetArgs is the function and its parameters.
func (t *Tx) GetArgs() [][]byte {
	out := [][]byte{[]byte(t.call.Function)}
	for _, p := range t.call.Params {
		out = append(out, []byte(p))
	}
	return out
}

// GetStringArgs is the function and its parameters.
func (t *Tx) GetStringArgs() []string { return append([]string{t.call.Function}, t.call.Params...) }

// GetFunctionAndParameters is the function and its parameters.
func (t *Tx) GetFunctionAndParameters() (string, []string) {
	return t.call.Function, slices.Clone(t.call.Params)
}

// GetArgsSlice is the function and its parameters, one after the other.
func (t *Tx) GetArgsSlice() ([]byte, error) { return bytes.Join(t.GetArgs(), nil), nil }

// GetTxID is the transaction's id in hexadecimal.
func (t *Tx) GetTxID() string { return t.call.TxID }

// GetChannelID is the name of the network.
func (t *Tx) GetChannelID() string { return t.block.network }

// GetCreator is CallerPrefix and the caller's key id, or SystemCaller.
func (t *Tx) GetCreator() ([]byte, error) { return slices.Clone(t.call.Creator), nil }

// GetTxTimestamp is the time of the block. (On Fabric it is the client's.)
func (t *Tx) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	return timestamppb.New(time.UnixMilli(t.block.time).UTC()), nil
}
