// Package world is what a contract sees of the ledger: typed records, savepoints,
// the actor who signed, the block's time, and the effects to report.
//
// The logic packages of chaincode work on a World and know neither Fabric nor
// Pebble. A World buffers every write, so that a transaction reads its own
// writes on any backend and a refused part leaves nothing behind; Flush hands
// the writes over once, in order of key. It holds no clock and no randomness.
package world

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Backend is the state below: a Fabric stub, or memory.
type Backend interface {
	// Get returns nil when the key is absent.
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
	Delete(key string) error
	// Scan visits keys of [start, end) in order until visit returns false.
	Scan(start, end string, visit func(key string, value []byte) (bool, error)) error
}

// Person is one signer: a registered credential of a member.
type Person struct {
	Member string
	Person string
	Key    record.Digest
	Roles  record.PersonRoles
}

// Actor is on whose behalf an operation runs. Approvers are the other people
// who signed, when the operation runs from an approved proposal.
type Actor struct {
	Person
	Approvers []Person
	Quorum    record.Quorum // met by the approvers; 0 for a direct call
	System    bool          // the sweep: acts for nobody
}

// Call is what is fixed for one transaction.
type Call struct {
	Network string
	TxID    string
	Now     calendar.Instant // block time, with the devnet offset already added
	Actor   Actor
}

// World is the view of one transaction. It is not safe for concurrent use.
type World struct {
	backend Backend
	call    Call
	layers  []layer
	ordinal uint32
	pack    *record.Pack // in force, once it was asked for
	packs   bool         // this transaction wrote a pack: ask anew each time
	scanned int          // records read by scans
}

// layer is one savepoint: writes and effects since it was taken.
type layer struct {
	writes  map[string][]byte   // nil value: deleted
	groups  map[string][]string // their keys by group, see groupOf
	effects record.Effects
}

func newLayer() layer { return layer{writes: map[string][]byte{}, groups: map[string][]string{}} }

// set writes a value, nil to delete it.
func (l *layer) set(key string, value []byte) {
	if _, again := l.writes[key]; !again {
		group := groupOf(key)
		l.groups[group] = append(l.groups[group], key)
	}
	l.writes[key] = value
}

// groupOf is the first two segments of a key: most scans are within one group.
func groupOf(key string) string {
	kind := strings.IndexByte(key, '/') + 1
	if name := strings.IndexByte(key[kind:], '/'); name >= 0 {
		return key[:kind+name]
	}
	return key
}

// New opens a World for one transaction.
func New(backend Backend, call Call) *World {
	return &World{backend: backend, call: call, layers: []layer{newLayer()}}
}

// Network is the name of the network.
func (w *World) Network() string { return w.call.Network }

// TxID is the transaction's id, 64 hexadecimal digits.
func (w *World) TxID() string { return w.call.TxID }

// Now is the ledger's time: that of the block.
func (w *World) Now() calendar.Instant { return w.call.Now }

// Today is the day of Now in Asia/Shanghai.
func (w *World) Today() calendar.Date { return w.call.Now.Date() }

// Actor is on whose behalf the operation runs.
func (w *World) Actor() Actor { return w.call.Actor }

// As runs fn on behalf of another actor: an approved proposal runs as its maker
// with the approvers beside.
func (w *World) As(actor Actor, fn func() error) error {
	saved := w.call.Actor
	w.call.Actor = actor
	defer func() { w.call.Actor = saved }()
	return fn()
}

// idLength is the length of ids made by NewID: 80 bits in base 32.
const idLength = 16

// NewID makes an identifier that is the same on every validator: 16 characters
// from the transaction's id and a counter.
func (w *World) NewID() string {
	w.ordinal++
	seed := binary.BigEndian.AppendUint32([]byte("id:"+w.call.TxID), w.ordinal)
	sum := sha256.Sum256(seed)
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:10])
	return strings.ToLower(text[:idLength])
}

// Try runs fn at a savepoint: when fn fails, its writes and effects are dropped
// and its error is returned. What the rules decided is kept either way.
func (w *World) Try(fn func() error) error {
	w.push()
	kept := false
	defer func() {
		if !kept {
			w.drop()
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	w.merge()
	kept = true
	return nil
}

// Rehearse runs fn and drops what it wrote whether it fails or not. What the
// rules decided is kept.
func (w *World) Rehearse(fn func() error) error {
	w.push()
	defer w.drop()
	return fn()
}

func (w *World) push() {
	w.layers = append(w.layers, newLayer())
}

// drop leaves a savepoint without its writes.
func (w *World) drop() {
	decision := w.top().effects.Decision
	w.layers = w.layers[:len(w.layers)-1]
	mergeDecision(&w.top().effects.Decision, decision)
}

// merge leaves a savepoint and keeps its writes.
func (w *World) merge() {
	top := w.layers[len(w.layers)-1]
	w.layers = w.layers[:len(w.layers)-1]
	below := w.top()
	for key, value := range top.writes { //order: a map again; scans sort their keys
		below.set(key, value)
	}
	appendEffects(&below.effects, top.effects)
}

func (w *World) top() *layer { return &w.layers[len(w.layers)-1] }

func appendEffects(to *record.Effects, from record.Effects) {
	to.Certificates = append(to.Certificates, from.Certificates...)
	to.Holdings = append(to.Holdings, from.Holdings...)
	to.Moves = append(to.Moves, from.Moves...)
	to.Notices = append(to.Notices, from.Notices...)
	to.Financings = append(to.Financings, from.Financings...)
	to.Legs = append(to.Legs, from.Legs...)
	mergeDecision(&to.Decision, from.Decision)
}

// mergeDecision joins what was decided in two parts of one transaction: both
// ran at one instant and so under one pack.
func mergeDecision(to *record.Decision, from record.Decision) {
	to.Pack = max(to.Pack, from.Pack)
	to.Evaluated |= from.Evaluated
	to.Failed |= from.Failed
	to.Flagged |= from.Flagged
	to.Inputs = append(to.Inputs, from.Inputs...)
}

// Flush hands the buffered writes to the backend in order of key and returns
// the effects. It is called once, when the operation succeeded.
func (w *World) Flush() (record.Effects, error) {
	if len(w.layers) != 1 {
		panic(fmt.Sprintf("flush inside %d savepoints", len(w.layers)-1))
	}
	base := w.top()
	for _, key := range slices.Sorted(maps.Keys(base.writes)) {
		value := base.writes[key]
		var err error
		if value == nil {
			err = w.backend.Delete(key)
		} else {
			err = w.backend.Put(key, value)
		}
		if err != nil {
			return record.Effects{}, fmt.Errorf("write %s: %w", key, err)
		}
	}
	return base.effects, nil
}

// Decision is what was decided so far at all savepoints: also what a refused
// operation reports, since a refusal is explained by the rule that fired.
func (w *World) Decision() record.Decision {
	var d record.Decision
	for i := range w.layers {
		mergeDecision(&d, w.layers[i].effects.Decision)
	}
	return d
}

// Weight is how many records were scanned, keys written and rows reported so far, the
// same on every validator: what a caller looks at that divides its work.
func (w *World) Weight() int {
	n := w.scanned
	for i := range w.layers {
		n += len(w.layers[i].writes) + w.layers[i].effects.Rows()
	}
	return n
}

func (w *World) lookup(key string) (value []byte, found bool) {
	for _, l := range slices.Backward(w.layers) {
		if v, ok := l.writes[key]; ok {
			return v, true
		}
	}
	return nil, false
}

func (w *World) get(key string) ([]byte, error) {
	if v, ok := w.lookup(key); ok {
		return v, nil
	}
	v, err := w.backend.Get(key)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return v, nil
}

// Find returns the record, or nil when there is none.
func Find[T any](w *World, key record.Key[T]) (*T, error) {
	data, err := w.get(string(key))
	if err != nil || data == nil {
		return nil, err
	}
	v := new(T)
	if err := record.Read(data, v); err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return v, nil
}

// Load returns the record and refuses with NOT_FOUND, naming what and id, when
// there is none.
func Load[T any](w *World, key record.Key[T], what, id string) (*T, error) {
	v, err := Find(w, key)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, code.NotFound.New("%s %s", what, id)
	}
	return v, nil
}

// Exists reports whether a record is there, without decoding it.
func Exists[T any](w *World, key record.Key[T]) (bool, error) {
	data, err := w.get(string(key))
	return data != nil, err
}

// Put writes the record.
func Put[T any](w *World, key record.Key[T], v *T) {
	if strings.HasPrefix(string(key), record.PacksPrefix()) {
		w.packs = true
	}
	w.top().set(string(key), record.Encode(v))
}

// Delete removes the record.
func Delete[T any](w *World, key record.Key[T]) { w.top().set(string(key), nil) }

// Scan visits the records whose keys lie in [start, end), in order, with this
// transaction's own writes, until visit returns false.
func Scan[T any](w *World, start, end string, visit func(key string, v *T) (bool, error)) error {
	own := w.ownBetween(start, end)
	step := func(key string, data []byte) (bool, error) {
		if data == nil {
			return true, nil
		}
		v := new(T)
		w.scanned++
		if err := record.Read(data, v); err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		return visit(key, v)
	}
	going := true
	err := w.backend.Scan(start, end, func(key string, data []byte) (bool, error) {
		var err error
		for going && err == nil && len(own) > 0 && own[0] < key {
			going, err = step(own[0], w.own(own[0]))
			own = own[1:]
		}
		if going && err == nil {
			if len(own) > 0 && own[0] == key {
				data, own = w.own(key), own[1:]
			}
			going, err = step(key, data)
		}
		return going, err
	})
	for err == nil && going && len(own) > 0 {
		going, err = step(own[0], w.own(own[0]))
		own = own[1:]
	}
	return err
}

func (w *World) own(key string) []byte {
	v, _ := w.lookup(key)
	return v
}

// ownBetween lists this transaction's own keys of [start, end), in order. It looks at
// those of one group where the range lies in one: a large transaction scans small ranges
// often.
func (w *World) ownBetween(start, end string) []string {
	var keys []string
	take := func(key string) {
		if key >= start && (end == "" || key < end) {
			keys = append(keys, key)
		}
	}
	group := groupOf(start)
	within := group < start && end != "" && end <= group+"0" // the byte after the slash that ends a group
	for i := range w.layers {
		if within {
			for _, key := range w.layers[i].groups[group] {
				take(key)
			}
			continue
		}
		for key := range w.layers[i].writes { //order: sorted below
			take(key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
