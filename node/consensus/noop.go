package consensus

import (
	"context"
	"encoding/binary"
	"sync"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/tierledger/tierledger/ledger/execute"
)

// Noop is the application that does nothing: it accepts every transaction and counts
// them. `scf bench` runs it to know what the engine alone costs, and the tests of the
// engine run it. It keeps nothing on disk; after a restart the engine replays the
// blocks into it.
type Noop struct {
	abci.BaseApplication
	validators []execute.ValidatorChange

	mu        sync.Mutex
	height    int64
	count     uint64 // transactions in committed blocks
	finalized uint64 // count, once the finalized block is committed
}

// NewNoop returns a Noop at height 0. The validators begin the network; without any
// those of the engine's genesis do.
func NewNoop(validators ...execute.ValidatorChange) *Noop { return &Noop{validators: validators} }

// Height returns the last committed height.
func (n *Noop) Height() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.height
}

// Count returns the number of committed transactions.
func (n *Noop) Count() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.count
}

// Info tells the engine where the application stands.
func (n *Noop) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return &abci.ResponseInfo{LastBlockHeight: n.height, LastBlockAppHash: n.hash(n.count)}, nil
}

// InitChain answers with the hash of the empty state, and the validators if it was
// given any.
func (n *Noop) InitChain(context.Context, *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	updates, err := validatorUpdates(n.validators)
	if err != nil {
		return nil, err
	}
	return &abci.ResponseInitChain{AppHash: n.hash(0), Validators: updates}, nil
}

// FinalizeBlock counts the block's transactions; the application hash is the count,
// so an empty block leaves it as it is.
func (n *Noop) FinalizeBlock(_ context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.finalized = n.count + uint64(len(req.Txs))
	n.height = req.Height
	results := make([]*abci.ExecTxResult, len(req.Txs))
	for i := range results {
		results[i] = &abci.ExecTxResult{}
	}
	return &abci.ResponseFinalizeBlock{TxResults: results, AppHash: n.hash(n.finalized)}, nil
}

// Commit makes the finalized count the count.
func (n *Noop) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count = n.finalized
	return &abci.ResponseCommit{}, nil
}

func (n *Noop) hash(count uint64) []byte { return binary.BigEndian.AppendUint64(nil, count) }
