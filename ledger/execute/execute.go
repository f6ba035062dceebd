// Package execute turns a block into outcomes, a new state and its root.
//
// Transactions run one after the other, in order, each over an overlay that is
// kept when it succeeds and dropped when it is refused. Execute builds the
// whole block in memory, Commit writes it in one synced batch. The package has
// no clock, no randomness and no goroutine: every validator computes the same
// bytes. It is called by node/consensus, by the audit's replay and by benches.
package execute

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/crypto/merkle"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/stub"
	"github.com/tierledger/tierledger/ledger/view"
)

// What the block itself calls before its transactions. So many entries take a few tenths
// of a second: see BenchmarkClearing.
const (
	sweepFunction = "sweep:Run"
	sweepArgument = `{"limit":2000}`
	initFunction  = "init"
)

// Config is what an Executor works with.
type Config struct {
	Network   string
	Store     *store.Store
	Gate      *admission.Gate
	Chaincode shim.Chaincode
	// Genesis is the argument of the chaincode's Init, run within block 1.
	Genesis []byte
}

// Executor executes the blocks of one store in order. It is not safe for
// concurrent use.
type Executor struct {
	config Config
}

// New makes an Executor.
func New(c Config) *Executor { return &Executor{config: c} }

// Block is a decided block.
type Block struct {
	Height int64
	Time   calendar.Instant // of the block, without a devnet's offset
	Txs    [][]byte
}

// ValidatorChange is a validator to be added, changed, or removed (Power 0).
type ValidatorChange struct {
	Bank      string
	Consensus []byte // Ed25519 public key
	Power     int64
}

// Result is an executed block that is not committed yet.
type Result struct {
	Height     int64
	AppHash    [32]byte
	Outcomes   []record.Outcome // of the transactions, in order
	Digests    []record.Digest  // of the outcomes' bytes
	Sweep      *record.Outcome  // nil when nothing was due
	Validators []ValidatorChange
	batch      *store.Batch
}

// Execute runs a block and builds its batch in memory. An error is a fault of
// the store or of the caller, never of a transaction: the node must stop.
func (e *Executor) Execute(b Block) (*Result, error) {
	head := e.config.Store.Head()
	if b.Height != head.Height+1 {
		return nil, fmt.Errorf("execute block %d: the head is at %d", b.Height, head.Height)
	}
	now, err := e.config.Gate.LedgerTime(b.Time)
	if err != nil {
		return nil, fmt.Errorf("execute block %d: %w", b.Height, err)
	}
	r := &run{
		Executor: e,
		block:    b,
		now:      now,
		overlay:  stub.NewBlock(e.config.Store, e.config.Network, b.Time),
		result:   &Result{Height: b.Height, batch: e.config.Store.NewBatch()},
		rows:     view.NewUpdate(),
		seen:     admission.Seen{},
		replay:   map[int64][]record.Digest{},
	}
	if err := r.all(); err != nil {
		r.result.batch.Discard()
		return nil, fmt.Errorf("execute block %d: %w", b.Height, err)
	}
	return r.result, nil
}

// GenesisHash runs only the genesis and returns the root of the state it makes.
// Nothing is kept: block 1 runs it again.
func (e *Executor) GenesisHash(at calendar.Instant) ([32]byte, []ValidatorChange, error) {
	r := &run{Executor: e, block: Block{Height: 1, Time: at}, overlay: stub.NewBlock(e.config.Store, e.config.Network, at)}
	if _, err := r.genesis(); err != nil {
		return [32]byte{}, nil, err
	}
	changes := r.overlay.Changes()
	root, _, err := merkle.Update(e.config.Store, merkle.Root{}, 1, treeChanges(changes))
	if err != nil {
		return [32]byte{}, nil, fmt.Errorf("hash the genesis: %w", err)
	}
	validators, err := e.validatorChanges(changes)
	return root.Hash, validators, err
}

// Commit writes an executed block in one synced batch. A crash before it leaves
// the block to be executed again; a crash after it leaves nothing to do. After
// an error it is not known which: the node must stop and start again.
func (e *Executor) Commit(r *Result) error {
	if err := r.batch.Commit(); err != nil {
		return fmt.Errorf("commit block %d: %w", r.Height, err)
	}
	return nil
}

// Discard gives up an executed block.
func (e *Executor) Discard(r *Result) { r.batch.Discard() }

// run is the execution of one block.
type run struct {
	*Executor
	block   Block
	now     calendar.Instant // the ledger's time: the block's, with a devnet's offset
	overlay *stub.Block
	result  *Result
	rows    *view.Update
	seen    admission.Seen
	replay  map[int64][]record.Digest // expiry bucket -> ids executed in this block
}

func (r *run) all() error {
	if r.block.Height == 1 {
		o, err := r.genesis()
		if err != nil {
			return err
		}
		r.note(o)
	} else if err := r.sweep(); err != nil {
		return err
	}
	for i, raw := range r.block.Txs {
		if err := r.transaction(uint32(i)+record.SweepIndex+1, raw); err != nil {
			return err
		}
	}
	return r.finish()
}

// genesis takes the place of the sweep in block 1.
func (r *run) genesis() (*record.Outcome, error) {
	id := blockID(initFunction, r.config.Network, 1)
	o := &record.Outcome{TxID: id, Function: initFunction, Index: record.SweepIndex}
	tx := r.overlay.Begin(stub.Call{TxID: id.String(), Function: initFunction, Params: []string{string(r.config.Genesis)}})
	if err := r.conclude(tx, r.config.Chaincode.Init(tx), o); err != nil {
		return nil, err
	}
	if o.Code != 0 {
		return nil, fmt.Errorf("the genesis was refused: %s %s", code.Code(o.Code), o.Detail)
	}
	return o, nil
}

// sweep ends what time has ended. It belongs to no transaction: its id derives
// from the height, and its outcome is stored only when something was due.
func (r *run) sweep() error {
	id := blockID("sweep", r.config.Network, r.block.Height)
	tx := r.overlay.Begin(stub.Call{
		TxID: id.String(), Function: sweepFunction, Params: []string{sweepArgument}, Creator: []byte(stub.SystemCaller),
	})
	o := record.Outcome{TxID: id, Function: sweepFunction, Index: record.SweepIndex}
	if err := r.conclude(tx, r.config.Chaincode.Invoke(tx), &o); err != nil {
		return err
	}
	if o.Code != 0 {
		return fmt.Errorf("sweep was refused: %s %s", code.Code(o.Code), o.Detail)
	}
	if !o.Effects.Empty() {
		r.note(&o)
		r.result.Sweep = &o
	}
	return nil
}

// transaction runs one transaction. One that does not pass admission is in the
// block only if more than a third of the validators are faulty; it is recorded
// as refused, without an id, and not run.
func (r *run) transaction(index uint32, raw []byte) error {
	o := record.Outcome{Index: index}
	tx, err := r.config.Gate.Admit(raw, r.block.Time, r.seen)
	if refusal := code.Of(err); refusal != nil {
		refuse(&o, refusal)
	} else if err != nil {
		return err
	} else {
		if err := r.admitted(tx, &o); err != nil {
			return err
		}
	}
	digest := r.note(&o)
	r.result.Outcomes = append(r.result.Outcomes, o)
	r.result.Digests = append(r.result.Digests, digest)
	return nil
}

func (r *run) admitted(tx *jws.Transaction, o *record.Outcome) error {
	o.TxID, o.Key, o.Function = tx.ID, record.Digest(tx.KeyID), tx.Function
	bucket := admission.Bucket(tx.Expires)
	r.replay[bucket] = append(r.replay[bucket], o.TxID)
	member, err := r.config.Gate.MemberOf(o.Key)
	if err != nil {
		return err
	}
	o.Member = member
	call := r.overlay.Begin(stub.Call{
		TxID:     o.TxID.String(),
		Function: tx.Function,
		Params:   []string{string(tx.Argument)},
		Creator:  append([]byte(stub.CallerPrefix), tx.KeyID[:]...),
	})
	return r.conclude(call, r.config.Chaincode.Invoke(call), o)
}

// conclude fills in the outcome of a call and keeps or drops what it wrote. A
// storage fault is an error even if the contract swallowed it.
func (r *run) conclude(tx *stub.Tx, response *peer.Response, o *record.Outcome) error {
	if err := r.overlay.Fault(); err != nil {
		return err
	}
	limit := tx.LimitExceeded()
	switch {
	case limit != nil:
		refuse(o, code.LimitExceeded.New("%s: at most %d", limit.Name, limit.Limit))
	case response.GetStatus() != shim.OK:
		refuse(o, code.ParseMessage(response.GetMessage()))
	}
	if payload := tx.Event(); payload != nil && limit == nil {
		if err := record.Read(payload, &o.Effects); err != nil {
			return fmt.Errorf("read the effects of %s: %w", o.TxID, err)
		}
	}
	if o.Code == 0 {
		o.Result = result(response)
		tx.Keep()
	}
	return nil
}

func result(response *peer.Response) []byte {
	if len(response.GetPayload()) == 0 {
		return nil
	}
	return response.GetPayload()
}

func refuse(o *record.Outcome, refusal *code.Error) {
	o.Code, o.Rule, o.Detail = uint16(refusal.Code), refusal.Rule, refusal.Detail
}

// note stores an outcome in the batch and feeds the view.
func (r *run) note(o *record.Outcome) record.Digest {
	o.Height, o.Time = r.block.Height, r.now
	r.rows.Add(o)
	return outcome.Write(r.result.batch, o)
}

// blockID is the id of what a block runs of itself.
func blockID(what, network string, height int64) record.Digest {
	seed := binary.BigEndian.AppendUint64([]byte(what+"\x00"+network+"\x00"), uint64(height))
	return sha256.Sum256(seed)
}
