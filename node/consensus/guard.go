package consensus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

// CodeInternal is the CheckTx code of a transaction that the application could not
// judge because of a fault of its own. The transaction is neither accepted nor refused.
const CodeInternal uint32 = math.MaxUint32

// guard stands between the engine and the application. It makes every fault of the
// application stop the node, loudly and at once, because the engine does not:
// an error of PrepareProposal is logged and the node goes on, an error of
// FinalizeBlock ends only the consensus goroutine while the rest keeps running,
// and during block sync it takes the whole process down.
//
// After the first fault every call is answered with that fault.
type guard struct {
	abci.Application

	fail      func(error)               // tells the Engine; the first call counts
	fault     func() error              // the fault that was told, nil while all is well
	committed func(int64, []byte)       // tells the Engine of a committed block
	unlock    func()                    // releases the mempool, see end
	syncing   func() bool               // whether blocks are applied by block sync
	pending   atomic.Pointer[finalized] // what Commit will make final
}

type finalized struct {
	height  int64
	appHash []byte
}

// errHalted wraps the fault for every call after the first.
var errHalted = errors.New("node has stopped after a fault")

// call runs one call of the application and turns a panic into an error.
func call[Req, Resp any](ctx context.Context, g *guard, what string, f func(context.Context, Req) (Resp, error), req Req) (resp Resp, err error) {
	if fault := g.fault(); fault != nil {
		return resp, fmt.Errorf("%w: %w", errHalted, fault)
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("application %s: panic: %v\n%s", what, r, debug.Stack())
			g.fail(err)
		}
	}()
	resp, err = f(ctx, req)
	if err != nil {
		err = fmt.Errorf("application %s: %w", what, err)
		g.fail(err)
	}
	return resp, err
}

// CheckTx never returns an error: the engine would panic in the goroutine of whoever
// sent the transaction. A panic is a defect that one hostile transaction may find, so
// it refuses that transaction and the node stays up; an error is a fault of the node.
func (g *guard) CheckTx(ctx context.Context, req *abci.RequestCheckTx) (resp *abci.ResponseCheckTx, err error) {
	defer func() {
		if r := recover(); r != nil {
			resp, err = &abci.ResponseCheckTx{Code: CodeInternal, Codespace: "engine", Log: fmt.Sprintf("check panicked: %v", r)}, nil
		}
	}()
	fault := g.fault()
	if fault == nil {
		resp, fault = g.Application.CheckTx(ctx, req)
		if fault == nil {
			return resp, nil
		}
		g.fail(fmt.Errorf("application CheckTx: %w", fault))
	}
	return &abci.ResponseCheckTx{Code: CodeInternal, Codespace: "engine", Log: "the node has stopped after a fault"}, nil
}

func (g *guard) InitChain(ctx context.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	return call(ctx, g, "InitChain", g.Application.InitChain, req)
}

func (g *guard) PrepareProposal(ctx context.Context, req *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	return call(ctx, g, "PrepareProposal", g.Application.PrepareProposal, req)
}

func (g *guard) ProcessProposal(ctx context.Context, req *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	return call(ctx, g, "ProcessProposal", g.Application.ProcessProposal, req)
}

func (g *guard) FinalizeBlock(ctx context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	resp, err := call(ctx, g, "FinalizeBlock", g.Application.FinalizeBlock, req)
	if err != nil {
		g.end(false)
		return nil, err
	}
	g.pending.Store(&finalized{height: req.Height, appHash: resp.AppHash})
	return resp, nil
}

func (g *guard) Commit(ctx context.Context, req *abci.RequestCommit) (*abci.ResponseCommit, error) {
	resp, err := call(ctx, g, "Commit", g.Application.Commit, req)
	if err != nil {
		g.end(true)
		return nil, err
	}
	if p := g.pending.Swap(nil); p != nil {
		g.committed(p.height, p.appHash)
	}
	return resp, nil
}

// end ends the goroutine that applies blocks when that is block sync's, because on an
// error it panics with nobody to recover it, and other nodes may live in the process.
// Its deferred calls run, so whoever waits for it goes on. Consensus gets the error:
// it panics too, recovers, closes its log and ends.
//
// During Commit the engine holds the mempool's lock and releases it only when Commit
// returns, so it is released here first.
func (g *guard) end(inCommit bool) {
	if !g.syncing() {
		return
	}
	if inCommit {
		g.unlock()
	}
	runtime.Goexit()
}

// guardSigner makes a failed write of the signer stop the node: the engine would log
// it and go on without voting.
type guardSigner struct {
	types.PrivValidator
	fail func(error)
}

func (s guardSigner) SignVote(chainID string, vote *cmtproto.Vote) error {
	return s.check(s.PrivValidator.SignVote(chainID, vote))
}

func (s guardSigner) SignProposal(chainID string, proposal *cmtproto.Proposal) error {
	return s.check(s.PrivValidator.SignProposal(chainID, proposal))
}

func (s guardSigner) check(err error) error {
	if errors.Is(err, ErrSignerStore) {
		s.fail(err)
	}
	return err
}
