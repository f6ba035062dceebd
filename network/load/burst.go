package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/consensus"
)

// signed is one transaction, ready to be sent.
type signed struct {
	raw []byte
	id  record.Digest
}

// patience bounds the wait for a network that commits nothing.
const patience = time.Minute

// errStalled says that a network takes transactions and commits none.
var errStalled = errors.New("no transaction was committed for a minute")

// field is a running network of validators, with or without a ledger.
type field struct {
	engines []*consensus.Engine
	// committed is the number of transactions in the first validator's blocks up to a
	// height. It only grows, and one goroutine calls it.
	committed func() (count uint64, height int64, err error)
}

// burst is one measurement: all transactions as fast as the validators take them.
type burst struct {
	*field
	txs      []signed
	inFlight int

	mu      sync.Mutex
	moved   *sync.Cond
	sent    int // taken by a validator
	final   int // in a block of the first validator
	refused map[string]int
	err     error
}

// burst sends the transactions to the validators in turn and returns when every
// validator has committed all that were taken. After limit nothing more is sent.
func (f *field) burst(ctx context.Context, txs []signed, inFlight int, limit time.Duration) (Sample, error) {
	b := &burst{field: f, txs: txs, inFlight: inFlight, refused: map[string]int{}}
	b.moved = sync.NewCond(&b.mu)
	before, first, err := f.committed()
	if err != nil {
		return Sample{}, err
	}
	used, begun := processorTime(), time.Now()
	defer context.AfterFunc(ctx, func() { _ = b.fail(ctx.Err()) })()
	var senders sync.WaitGroup
	for i, e := range f.engines {
		senders.Go(func() { b.feed(e, i, begun.Add(limit)) })
	}
	fed := make(chan struct{})
	go func() {
		senders.Wait()
		close(fed)
	}()
	last, err := b.follow(ctx, before, fed)
	<-fed
	if err != nil {
		return Sample{}, err
	}
	for _, e := range f.engines {
		if err := e.WaitHeight(ctx, last); err != nil {
			return Sample{}, err
		}
	}
	took := time.Since(begun)
	return Sample{
		Transactions: b.final, Operations: b.final, Seconds: took.Seconds(),
		CPU: (processorTime() - used).Seconds(), Blocks: last - first, First: first + 1, Last: last,
		Refused: b.refused,
	}, nil
}

// feed sends every len(engines)-th transaction to one validator.
func (b *burst) feed(e *consensus.Engine, first int, deadline time.Time) {
	for i := first; i < len(b.txs) && time.Now().Before(deadline); i += len(b.engines) {
		for {
			if !b.room() {
				return
			}
			result, err := e.Broadcast(b.txs[i].raw)
			if errors.Is(err, consensus.ErrMempoolFull) {
				b.wait()
				continue
			}
			if err != nil && !errors.Is(err, consensus.ErrKnown) {
				_ = b.fail(fmt.Errorf("send transaction %d: %w", i, err)) // follow returns it
				return
			}
			b.took(result)
			break
		}
	}
}

// room waits until fewer than the limit are in flight; false ends the sender.
func (b *burst) room() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.err == nil && b.sent-b.final >= b.inFlight {
		b.moved.Wait()
	}
	return b.err == nil
}

// wait waits for the next block, which is never far: empty ones come as well.
func (b *burst) wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.moved.Wait()
	}
}

func (b *burst) took(result consensus.CheckResult) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if result.Code == 0 {
		b.sent++
	} else {
		b.refused[code.Code(result.Code).String()]++
	}
}

// fail ends the burst with the first error and returns err.
func (b *burst) fail(err error) error {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
	}
	b.mu.Unlock()
	b.moved.Broadcast()
	return err
}

// follow counts what the first validator commits until everything sent is there,
// and returns that height. Fed is closed when everything was sent.
func (b *burst) follow(ctx context.Context, before uint64, fed <-chan struct{}) (int64, error) {
	engine := b.engines[0]
	heights, cancel := engine.Subscribe()
	defer cancel()
	stalled := time.NewTimer(patience)
	defer stalled.Stop()
	for sending := true; ; {
		now, height, err := b.committed()
		if err != nil {
			return 0, b.fail(err)
		}
		done, grown, err := b.count(int(now-before), sending)
		if done || err != nil {
			return height, err
		}
		if grown {
			stalled.Reset(patience)
		}
		select {
		case <-fed:
			sending, fed = false, nil
		case _, ok := <-heights:
			if !ok {
				return 0, b.fail(errors.Join(consensus.ErrStopped, engine.Err()))
			}
		case <-stalled.C:
			return 0, b.fail(errStalled)
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (b *burst) count(final int, sending bool) (done, grown bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	grown, b.final = final > b.final, final
	b.moved.Broadcast()
	return !sending && b.final >= b.sent, grown, b.err
}
