// Package consensus runs the BFT engine (CometBFT) inside a node: it assembles the
// engine from its public packages over our own permissioned host, so that no stranger
// takes part, keeps the engine's stores on Pebble, signs with a signer that survives
// power loss, and turns every silent halt of the engine into a loud one.
//
// It decides nothing about transactions: that is the application's, given to Open. It
// starts no RPC server and no transaction index; clients are served by node/api.
// Package node opens it; `scf bench` opens it with Noop.
package consensus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/blocksync"
	cs "github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/evidence"
	mempl "github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/proxy"
	sm "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"

	"github.com/tierledger/tierledger/p2p/host"
)

var (
	// ErrMempoolFull says that too many transactions wait for a block. Nothing was
	// taken; send the transaction again later.
	ErrMempoolFull = errors.New("too many transactions are waiting; try again later")
	// ErrKnown says that this node has seen exactly these bytes lately: they wait for a
	// block or are in one.
	ErrKnown = errors.New("transaction is known already")
	// ErrTooLarge says that the transaction exceeds Mempool.TxBytes or the size of a block.
	ErrTooLarge = errors.New("transaction is too large")
	// ErrStopped says that the engine does not run.
	ErrStopped = errors.New("engine is not running")
)

// CheckResult is the application's answer to a transaction, CheckTx of ABCI.
type CheckResult struct {
	Code uint32 // 0: the transaction waits for a block
	Log  string
	Data []byte
}

// Validator is a member of the validator set.
type Validator struct {
	Address []byte // of the engine, 20 bytes
	PubKey  []byte // Ed25519
	Power   int64
}

// Status is a picture of the engine. Height and AppHash belong together.
type Status struct {
	Height     int64    // last committed block
	AppHash    []byte   // of the state after that block
	CatchingUp bool     // blocks come from block sync, not yet from consensus
	Peers      []string // IDs of the connected peers, sorted
	Validators []Validator
	Waiting    int // transactions in the mempool
}

// Engine is one running node of the engine. Open makes it, Start lets it go, Stop ends
// it for good. All methods are safe for concurrent use.
type Engine struct {
	cfg    Config
	log    engineLogger
	parts  parts
	links  *links
	failed chan error

	mu       sync.RWMutex // guards open against Stop
	open     bool         // stores may be read
	started  atomic.Bool
	stopping atomic.Bool
	stopOnce sync.Once
	stopped  chan struct{}
	stopErr  error

	fault atomic.Pointer[error]
	tip   *tip
}

// parts are what the engine is assembled from; see assemble.
type parts struct {
	host      *host.Host // nil with the classic transport
	classic   *p2p.MultiplexTransport
	sw        p2p.Switcher
	reactors  []namedReactor
	blocksync *blocksync.Reactor
	conR      *patientReactor
	conS      *cs.State
	mempool   *mempl.CListMempool
	bus       *types.EventBus
	proxy     proxy.AppConns
	blocks    *store.BlockStore
	states    sm.Store
	evidence  *evidence.Pool
	closers   []func() error // in the order of opening
}

// Start joins the network: the node catches up and then takes part in consensus.
func (e *Engine) Start() error {
	if e.stopping.Load() || !e.started.CompareAndSwap(false, true) {
		return fmt.Errorf("start engine: %w", ErrStopped)
	}
	if wait := time.Until(e.cfg.Genesis.GenesisTime); wait > 0 {
		e.started.Store(false)
		return fmt.Errorf("start engine: the network begins at %s, in %s", e.cfg.Genesis.GenesisTime, wait.Round(time.Second))
	}
	if err := e.startNetwork(); err != nil {
		return errors.Join(fmt.Errorf("start engine: %w", err), e.Stop())
	}
	go e.watch()
	e.links.start()
	return nil
}

// watch tells when the consensus goroutine ends without having been asked to.
func (e *Engine) watch() {
	select {
	case <-e.parts.conR.entered: // from here on Stop waits for consensus, so Wait ends
	case <-e.stopped:
		return
	}
	e.parts.conS.Wait()
	if !e.stopping.Load() {
		e.fail(errors.New("consensus has ended"))
	}
}

// fail records the first fault, tells it and stops the engine. It does not wait: it is
// called from inside the engine.
func (e *Engine) fail(err error) {
	if !e.fault.CompareAndSwap(nil, &err) {
		return
	}
	e.cfg.Logger.Error("node stops", "error", err, "height", e.Height())
	e.failed <- err // room for one, and this is the one
	if e.started.Load() {
		go func() { _ = e.Stop() }()
	}
}

// Err returns the fault that stopped the engine, nil when there was none.
func (e *Engine) Err() error {
	if err := e.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Failed yields one error when the engine stops by itself: a fault of the application,
// of the signer or of the engine. It yields nothing on Stop. Whoever runs the node must
// listen and end the process, or at least say so.
func (e *Engine) Failed() <-chan error { return e.failed }

// Stopped is closed when Stop, asked for or caused by a fault, has released everything.
func (e *Engine) Stopped() <-chan struct{} { return e.stopped }

// Broadcast gives a transaction to the application's CheckTx and, when that accepts it,
// to the mempool and the other nodes. A refusal is not an error: see CheckResult.Code.
// With a nil error and Code 0 the transaction waits for a block on this node.
func (e *Engine) Broadcast(tx []byte) (CheckResult, error) {
	if !e.started.Load() || e.stopping.Load() || e.Err() != nil {
		return CheckResult{}, ErrStopped
	}
	var result CheckResult
	err := e.parts.mempool.CheckTx(tx, func(r *abci.ResponseCheckTx) {
		result = CheckResult{Code: r.Code, Log: r.Log, Data: r.Data}
	}, mempl.TxInfo{SenderID: mempl.UnknownPeerID})
	if err != nil {
		return CheckResult{}, broadcastError(err)
	}
	if result.Code == abci.CodeTypeOK && e.dropped(tx) {
		return CheckResult{}, ErrMempoolFull
	}
	return result, nil
}

// dropped finds out whether the mempool became full during CheckTx: it then drops the
// transaction without a word, although CheckTx has said yes. Only a full pool is
// searched.
func (e *Engine) dropped(tx types.Tx) bool {
	mp, limit := e.parts.mempool, e.cfg.Mempool
	if mp.Size() < limit.Txs && mp.SizeBytes()+int64(len(tx)) <= limit.Bytes {
		return false
	}
	return !slices.ContainsFunc(mp.ReapMaxTxs(-1), func(t types.Tx) bool { return string(t) == string(tx) })
}

func broadcastError(err error) error {
	var full mempl.ErrMempoolIsFull
	var large mempl.ErrTxTooLarge
	var pre mempl.ErrPreCheck
	switch {
	case errors.As(err, &full), errors.Is(err, mempl.ErrRecheckFull):
		return ErrMempoolFull
	case errors.Is(err, mempl.ErrTxInCache):
		return ErrKnown
	case errors.As(err, &large):
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, large.Actual, large.Max)
	case errors.As(err, &pre): // the engine's only check before CheckTx is of the size
		return fmt.Errorf("%w: %w", ErrTooLarge, pre.Err)
	}
	return fmt.Errorf("broadcast transaction: %w", err)
}

// Height returns the last committed height, 0 before the first block.
func (e *Engine) Height() int64 {
	height, _ := e.tip.get()
	return height
}

// Status returns the engine's present state.
func (e *Engine) Status() Status {
	height, appHash := e.tip.get()
	s := Status{
		Height:     height,
		AppHash:    appHash,
		CatchingUp: e.parts.conR.WaitSync(),
		Waiting:    e.parts.mempool.Size(),
		Peers:      e.links.connected(),
	}
	for _, v := range e.parts.conS.GetState().Validators.Validators {
		s.Validators = append(s.Validators, Validator{Address: v.Address, PubKey: v.PubKey.Bytes(), Power: v.VotingPower})
	}
	return s
}

// BlockTxs returns the transactions of a block in order. The slices are the caller's.
func (e *Engine) BlockTxs(height int64) ([][]byte, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if !e.open {
		return nil, ErrStopped
	}
	block := e.parts.blocks.LoadBlock(height)
	if block == nil {
		return nil, fmt.Errorf("read block %d: this node has blocks %d to %d", height, e.parts.blocks.Base(), e.parts.blocks.Height())
	}
	return block.Txs.ToSliceOfBytes(), nil
}

// Subscribe returns a channel that yields the committed height. A slow reader misses
// heights in between, never the last; it reads what it needs from stored outcomes. The
// channel is closed by cancel and when the engine stops.
func (e *Engine) Subscribe() (heights <-chan int64, cancel func()) { return e.tip.subscribe() }

// WaitHeight returns when the block is committed here, or with an error when ctx ends or
// the engine stops before.
func (e *Engine) WaitHeight(ctx context.Context, height int64) error {
	heights, cancel := e.Subscribe()
	defer cancel()
	for e.Height() < height {
		select {
		case _, ok := <-heights:
			if !ok {
				return fmt.Errorf("wait for block %d: %w", height, errors.Join(ErrStopped, e.Err()))
			}
		case <-ctx.Done():
			return fmt.Errorf("wait for block %d, now at %d: %w", height, e.Height(), ctx.Err())
		}
	}
	return nil
}

// Host returns the permissioned libp2p host, for our own stream protocols. It is nil
// with the classic transport. The engine closes it.
func (e *Engine) Host() *host.Host { return e.parts.host }

// Addr returns "id@ip:port", which other nodes put into their Peers.
func (e *Engine) Addr() string { return e.links.addr }

// SetPeers replaces the peers to stay connected with. Connections with others that are
// members are kept.
func (e *Engine) SetPeers(peers []string) error { return e.links.set(peers) }

// Stop leaves the network, waits until nothing of the engine runs, and closes its
// stores. The second and later calls wait for the first and return its error.
func (e *Engine) Stop() error {
	e.stopOnce.Do(func() {
		e.stopping.Store(true)
		e.stopErr = e.shutdown()
		close(e.stopped)
	})
	return e.stopErr
}

// shutdown takes things down in an order that matters:
// block sync first, because it may be starting consensus; then consensus, so that no
// reactor blocks on handing it a message; then the network; the stores last.
func (e *Engine) shutdown() error {
	p := &e.parts
	e.links.stop()
	if e.started.Load() {
		e.stopNetwork()
	}
	if p.mempool != nil {
		// The engine updates the mempool after Commit in a goroutine that holds this
		// lock and may call the application.
		p.mempool.Lock()
		p.mempool.Unlock() //nolint:staticcheck // only to wait
	}
	e.mu.Lock()
	e.open = false
	e.mu.Unlock()
	err := closeAll(p.closers)
	e.tip.close()
	if err != nil {
		return fmt.Errorf("stop engine: %w", err)
	}
	return nil
}

// closeAll closes in reverse order of opening.
func closeAll(closers []func() error) error {
	var errs []error
	for _, c := range slices.Backward(closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}
