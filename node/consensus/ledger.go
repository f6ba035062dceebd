package consensus

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cryptoenc "github.com/cometbft/cometbft/crypto/encoding"
	"github.com/cometbft/cometbft/types"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/store"
)

// appVersion is the version of the state machine that the engine puts into
// every header.
const appVersion = 1

// Ledger is the engine's application over the ledger.
//
// One function, admission, answers whether a transaction may be in a block: at
// the mempool's door, when proposing, when judging a proposal, and again when
// executing, since replay and block sync skip the judging. FinalizeBlock builds
// the block in memory; only Commit persists. A fault of the store is returned
// as an error, on which the engine stops.
type Ledger struct {
	abci.BaseApplication
	store    *store.Store
	gate     *admission.Gate
	executor *execute.Executor
	logger   *slog.Logger
	onCommit func(*execute.Result)

	mu      sync.Mutex
	pending *execute.Result // executed, waits for Commit
}

// LedgerConfig is what the application works with.
type LedgerConfig struct {
	Store    *store.Store
	Gate     *admission.Gate
	Executor *execute.Executor
	Logger   *slog.Logger
	// OnCommit is called after each block is durable, in order; it must be quick.
	OnCommit func(*execute.Result)
}

// NewLedger makes the application.
func NewLedger(c LedgerConfig) *Ledger {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.OnCommit == nil {
		c.OnCommit = func(*execute.Result) {}
	}
	return &Ledger{store: c.Store, gate: c.Gate, executor: c.Executor, logger: c.Logger, onCommit: c.OnCommit}
}

// Info tells the engine what is committed, so that it replays the rest.
func (l *Ledger) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	head := l.store.Head()
	response := &abci.ResponseInfo{AppVersion: appVersion, LastBlockHeight: head.Height}
	if head.Height > 0 {
		response.LastBlockAppHash = head.AppHash[:]
	}
	return response, nil
}

// InitChain answers the genesis' validators and root. It persists nothing: the
// engine calls it again as long as no block is committed, and block 1 runs the
// genesis itself.
func (l *Ledger) InitChain(_ context.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	hash, validators, err := l.executor.GenesisHash(calendar.FromTime(req.Time))
	if err != nil {
		return nil, fmt.Errorf("run the genesis: %w", err)
	}
	updates, err := validatorUpdates(validators)
	if err != nil {
		return nil, err
	}
	return &abci.ResponseInitChain{AppHash: hash[:], Validators: updates}, nil
}

// CheckTx admits a transaction to the mempool. Its time is that of the last
// block.
func (l *Ledger) CheckTx(_ context.Context, req *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	at := calendar.Instant(l.store.Head().Time)
	var err error
	if req.Type == abci.CheckTxType_Recheck {
		err = l.gate.Recheck(req.Tx, at)
	} else {
		_, err = l.gate.Admit(req.Tx, at, nil)
	}
	if refusal := code.Of(err); refusal != nil {
		return &abci.ResponseCheckTx{Code: uint32(refusal.Code), Log: refusal.Message()}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("admit a transaction: %w", err)
	}
	return &abci.ResponseCheckTx{}, nil
}

// PrepareProposal drops what does not pass admission, so that an honest
// proposal is never rejected.
func (l *Ledger) PrepareProposal(_ context.Context, req *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	at, seen := calendar.FromTime(req.Time), admission.Seen{}
	chosen := make([][]byte, 0, len(req.Txs))
	for _, raw := range req.Txs {
		_, err := l.gate.Admit(raw, at, seen)
		if code.Of(err) != nil {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("prepare a proposal: %w", err)
		}
		chosen = append(chosen, raw)
	}
	return &abci.ResponsePrepareProposal{Txs: chosen}, nil
}

// ProcessProposal rejects a proposal that holds anything inadmissible.
// Signatures this node has not seen are verified on all processors first.
func (l *Ledger) ProcessProposal(_ context.Context, req *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	l.warm(req.Txs)
	at, seen := calendar.FromTime(req.Time), admission.Seen{}
	for i, raw := range req.Txs {
		_, err := l.gate.Admit(raw, at, seen)
		if refusal := code.Of(err); refusal != nil {
			l.logger.Warn("proposal rejected", "height", req.Height, "transaction", i, "code", refusal.Code.String())
			return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("judge a proposal: %w", err)
		}
	}
	return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}, nil
}

// warm verifies signatures in parallel. It changes only a cache.
func (l *Ledger) warm(txs [][]byte) {
	workers := min(runtime.GOMAXPROCS(0), len(txs))
	if workers < 2 {
		return
	}
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(txs); i += workers {
				l.gate.Warm(txs[i])
			}
		})
	}
	all.Wait()
}

// FinalizeBlock executes a decided block in memory. A crash after it and before
// Commit leaves the block to be executed again, with the same result.
func (l *Ledger) FinalizeBlock(_ context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	l.warm(req.Txs)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending != nil {
		l.executor.Discard(l.pending)
		l.pending = nil
	}
	result, err := l.executor.Execute(execute.Block{Height: req.Height, Time: calendar.FromTime(req.Time), Txs: req.Txs})
	if err != nil {
		return nil, err
	}
	updates, err := validatorUpdates(changesAfterGenesis(req.Height, result.Validators))
	if err != nil {
		return nil, err
	}
	l.pending = result
	response := &abci.ResponseFinalizeBlock{
		AppHash:          result.AppHash[:],
		ValidatorUpdates: updates,
		TxResults:        make([]*abci.ExecTxResult, len(req.Txs)),
	}
	for i, o := range result.Outcomes {
		response.TxResults[i] = &abci.ExecTxResult{
			Code: uint32(o.Code),
			Data: result.Digests[i][:],
			Log:  (&code.Error{Code: code.Code(o.Code), Rule: o.Rule, Detail: o.Detail}).Error(),
		}
	}
	return response, nil
}

// Commit makes the executed block durable in one synced batch and tells whoever
// follows. A crash before the batch is written leaves the engine one block
// ahead; it replays that block into FinalizeBlock when it starts again.
func (l *Ledger) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending == nil {
		return nil, fmt.Errorf("commit: no block was executed")
	}
	result := l.pending
	l.pending = nil
	if err := l.executor.Commit(result); err != nil {
		return nil, err
	}
	l.onCommit(result)
	return &abci.ResponseCommit{}, nil
}

// changesAfterGenesis leaves out the validators of the genesis, which InitChain
// has given to the engine already.
func changesAfterGenesis(height int64, changes []execute.ValidatorChange) []execute.ValidatorChange {
	if height == 1 {
		return nil
	}
	return changes
}

func validatorUpdates(changes []execute.ValidatorChange) ([]abci.ValidatorUpdate, error) {
	updates := make([]abci.ValidatorUpdate, 0, len(changes))
	for _, c := range changes {
		if len(c.Consensus) != ed25519.PubKeySize {
			return nil, fmt.Errorf("validator key of %s has %d bytes", c.Bank, len(c.Consensus))
		}
		key, err := cryptoenc.PubKeyToProto(ed25519.PubKey(c.Consensus))
		if err != nil {
			return nil, fmt.Errorf("validator key of %s: %w", c.Bank, err)
		}
		updates = append(updates, abci.ValidatorUpdate{PubKey: key, Power: c.Power})
	}
	return updates, nil
}

// NewGenesis is the engine's view of a network's genesis. Its validators come
// from the ledger's own genesis, through InitChain, so that there is one list.
func NewGenesis(network string, at time.Time, maxBlockBytes int64) *types.GenesisDoc {
	params := types.DefaultConsensusParams()
	params.Block.MaxBytes = maxBlockBytes
	params.Block.MaxGas = -1
	params.Validator.PubKeyTypes = []string{types.ABCIPubKeyTypeEd25519}
	return &types.GenesisDoc{ChainID: network, GenesisTime: at, InitialHeight: 1, ConsensusParams: params}
}
