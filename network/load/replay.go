package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node"
)

// replay measures the ledger alone: it runs all blocks of the first validator
// again on an empty store and takes the time of those with the transfers. That the
// root comes out the same is checked by the way.
func (r *run) replay(ctx context.Context) (err error) {
	dir := filepath.Join(r.devnet.Dir, "replay")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	p, err := r.openReplay(dir)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	defer func() { err = errors.Join(err, p.store.Close(), os.RemoveAll(dir)) }()
	for i, m := range r.moved {
		r.options.Progress("ledger alone", i, len(r.moved))
		for p.store.Head().Height+1 < m.first {
			if _, err := p.run(ctx, p.store.Head().Height+1, p.store.Head().Height+1); err != nil {
				return fmt.Errorf("replay: %w", err)
			}
		}
		part, err := p.run(ctx, m.first, m.last)
		if err != nil {
			return fmt.Errorf("replay: %w", err)
		}
		p.measured = append(p.measured, part)
		p.differs = p.differs || p.store.Head().TreeRoot != m.appHash
	}
	r.options.Progress("ledger alone", len(r.moved), len(r.moved))
	r.report.Ledger = p.result()
	return nil
}

// player runs blocks on a ledger of its own.
type player struct {
	source   *node.Node
	store    *store.Store
	gate     *admission.Gate
	executor *execute.Executor
	last     calendar.Instant
	measured []played
	differs  bool // a range did not end at the network's app hash
}

// played is what a range of blocks took.
type played struct {
	txs                     int
	wall, cpu               time.Duration
	verify, execute, commit time.Duration
}

func (r *run) openReplay(dir string) (*player, error) {
	network := r.devnet.Genesis.Network
	s, err := store.Open(dir, store.Options{Network: network})
	if err != nil {
		return nil, err
	}
	gate, err := admission.New(s, network)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	contracts, err := chaincode.New()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &player{
		source: r.devnet.Nodes()[0], store: s, gate: gate, last: r.devnet.Genesis.Time,
		executor: execute.New(execute.Config{
			Network: network, Store: s, Gate: gate, Chaincode: contracts, Genesis: r.devnet.Genesis.StateArgument(),
		}),
	}, nil
}

// block reads a block back. The time of one that did nothing is not stored
// anywhere, and nothing depends on it: that of the block before will do.
func (p *player) block(height int64) (execute.Block, error) {
	txs, err := p.source.Engine().BlockTxs(height)
	if err != nil {
		return execute.Block{}, err
	}
	err = outcome.Each(p.source.Store(), height, func(o *record.Outcome) (bool, error) {
		if o.Height == height {
			p.last = o.Time
		}
		return false, nil
	})
	return execute.Block{Height: height, Time: p.last, Txs: txs}, err
}

// run executes a range of blocks. Signatures are verified ahead of execution, by
// all processors, as a node does when transactions and proposals come in.
func (p *player) run(ctx context.Context, first, last int64) (played, error) {
	var blocks []execute.Block
	var out played
	for h := first; h <= last; h++ {
		b, err := p.block(h)
		if err != nil {
			return out, err
		}
		blocks = append(blocks, b)
		out.txs += len(b.Txs)
	}
	begun, used := time.Now(), processorTime()
	ready := make(chan struct{}, len(blocks))
	go func() {
		defer close(ready)
		for _, b := range blocks {
			at := time.Now()
			p.verify(b.Txs)
			out.verify += time.Since(at)
			ready <- struct{}{}
		}
	}()
	var failed error
	for _, b := range blocks {
		<-ready
		if failed = ctx.Err(); failed == nil {
			failed = p.one(b, &out)
		}
		if failed != nil {
			break
		}
	}
	for range ready { // until the verifier has ended
	}
	out.wall, out.cpu = time.Since(begun), processorTime()-used
	return out, failed
}

func (p *player) one(b execute.Block, out *played) error {
	at := time.Now()
	result, err := p.executor.Execute(b)
	if err != nil {
		return err
	}
	executed := time.Now()
	if err := p.executor.Commit(result); err != nil {
		return err
	}
	out.execute += executed.Sub(at)
	out.commit += time.Since(executed)
	return nil
}

func (p *player) verify(txs [][]byte) {
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(txs); i += workers {
				p.gate.Warm(txs[i])
			}
		})
	}
	all.Wait()
}

// result is the median over the ranges.
func (p *player) result() *LedgerResult {
	median := func(figure func(played) time.Duration) float64 {
		list := make([]float64, len(p.measured))
		for i, m := range p.measured {
			list[i] = over(float64(figure(m))/1e3, float64(m.txs))
		}
		return quantile(list, 0.5)
	}
	result := &LedgerResult{
		CPUMicros:     median(func(m played) time.Duration { return m.cpu }),
		VerifyMicros:  median(func(m played) time.Duration { return m.verify }),
		ExecuteMicros: median(func(m played) time.Duration { return m.execute }),
		CommitMicros:  median(func(m played) time.Duration { return m.commit }),
		SameRoot:      !p.differs,
	}
	result.TransactionsPerSecond = over(1e6, median(func(m played) time.Duration { return m.wall }))
	for _, m := range p.measured {
		result.Transactions += m.txs
	}
	return result
}
