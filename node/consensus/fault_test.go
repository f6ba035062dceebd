package consensus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
)

var errDisk = errors.New("disk is gone")

// faulty is a Noop that has one fault, in one call, from the moment it is armed.
type faulty struct {
	*Noop
	call  string
	panic bool
	armed atomic.Bool
}

func (f *faulty) check(call string) error {
	if call != f.call || !f.armed.Load() {
		return nil
	}
	if f.panic {
		panic("a broken invariant")
	}
	return errDisk
}

func (f *faulty) CheckTx(ctx context.Context, req *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	if err := f.check("CheckTx"); err != nil {
		return nil, err
	}
	return f.Noop.CheckTx(ctx, req)
}

func (f *faulty) PrepareProposal(ctx context.Context, req *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	if err := f.check("PrepareProposal"); err != nil {
		return nil, err
	}
	return f.Noop.PrepareProposal(ctx, req)
}

func (f *faulty) ProcessProposal(ctx context.Context, req *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	if err := f.check("ProcessProposal"); err != nil {
		return nil, err
	}
	return f.Noop.ProcessProposal(ctx, req)
}

func (f *faulty) FinalizeBlock(ctx context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	if err := f.check("FinalizeBlock"); err != nil {
		return nil, err
	}
	return f.Noop.FinalizeBlock(ctx, req)
}

func (f *faulty) Commit(ctx context.Context, req *abci.RequestCommit) (*abci.ResponseCommit, error) {
	if err := f.check("Commit"); err != nil {
		return nil, err
	}
	return f.Noop.Commit(ctx, req)
}

// waitFailed waits for the engine's failure and for its end.
func waitFailed(t *testing.T, e *Engine) error {
	t.Helper()
	var err error
	select {
	case err = <-e.Failed():
	case <-time.After(patience):
		t.Fatalf("the fault is not told; status %+v", e.Status())
	}
	select {
	case <-e.Stopped():
	case <-time.After(patience):
		t.Fatal("the engine does not end after its fault")
	}
	if e.Err() == nil {
		t.Error("Err forgets the fault")
	}
	if _, err := e.Broadcast([]byte("anybody there")); !errors.Is(err, ErrStopped) {
		t.Errorf("broadcast after the fault: %v", err)
	}
	return err
}

// One bank's application has a fault: that node says so and stops, the others go on, and
// with the fault repaired it catches up to the same state.
func TestFaultOfTheApplicationStopsTheNodeLoudly(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"CheckTx", "PrepareProposal", "ProcessProposal", "FinalizeBlock", "Commit"} {
		for _, panics := range []bool{false, true} {
			if panics && call != "FinalizeBlock" && call != "Commit" {
				continue // the same path; CheckTx is in TestBroadcastSaysWhatHappened
			}
			t.Run(fmt.Sprintf("%s panics %t", call, panics), func(t *testing.T) {
				t.Parallel()
				net := newNetwork(t, 4, TransportTCP)
				sick, rest := net.nodes[3], net.nodes[:3]
				app := &faulty{Noop: NewNoop(), call: call, panic: panics}
				net.start(rest...)
				net.newApp = func() abci.Application { return app }
				net.start(sick)
				sick.send("all is well")
				app.armed.Store(true)
				height := rest[0].send("now it is not")

				err := waitFailed(t, sick.Engine)
				if panics && !strings.Contains(err.Error(), "a broken invariant") || !panics && !errors.Is(err, errDisk) {
					t.Errorf("failure is %v", err)
				}
				if !strings.Contains(err.Error(), call) {
					t.Errorf("failure does not name %s: %v", call, err)
				}
				height = max(height, rest[1].send("three go on"))
				net.waitHeight(height, rest...)

				net.newApp = func() abci.Application { return NewNoop() }
				net.start(sick)
				net.waitHeight(height, sick)
				sameHash(t, net.nodes...)
			})
		}
	}
}

// The same while the node catches up: block sync would take the whole process down.
func TestFaultDuringBlockSync(t *testing.T) {
	t.Parallel()
	for call, transport := range map[string]Transport{"FinalizeBlock": TransportTCP, "Commit": TransportLibp2p} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			net := newNetwork(t, 4, transport)
			late, rest := net.nodes[3], net.nodes[:3]
			net.start(rest...)
			var height int64
			for i := range 3 {
				height = rest[0].send(fmt.Sprintf("before the fourth comes %d", i))
			}
			app := &faulty{Noop: NewNoop(), call: call}
			app.armed.Store(true)
			net.newApp = func() abci.Application { return app }
			net.start(late)
			if err := waitFailed(t, late.Engine); !errors.Is(err, errDisk) {
				t.Errorf("failure is %v", err)
			}
			net.newApp = func() abci.Application { return NewNoop() }
			net.start(late)
			net.waitHeight(height, late)
			sameHash(t, net.nodes...)
		})
	}
}

// A write of the engine's own stores or of the signer fails: the k-th, for every k of some
// blocks, before it happens or after. The node says so, and goes on after a restart.
func TestFailedWriteStopsTheNodeLoudly(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("happened %t", after), func(t *testing.T) {
			t.Parallel()
			for k := int64(1); ; k++ {
				if !failAtWrite(t, k, after) {
					break
				}
			}
		})
	}
}

// failAtWrite runs a single validator whose k-th write fails, and reports whether there
// were so many before block 2.
func failAtWrite(t *testing.T, k int64, after bool) bool {
	t.Helper()
	net := newNetwork(t, 1, TransportTCP)
	node := net.nodes[0]
	var count atomic.Int64
	hook := func(store, op string, done bool) error {
		if done == after && count.Add(1) == k {
			return fmt.Errorf("%s %s: %w", store, op, errDisk)
		}
		return nil
	}
	config := node.config()
	config.Hook = hook
	node.signer.OnWrite(hook)
	e, err := Open(t.Context(), config)
	if err == nil {
		err = e.Start()
	}
	failed := err
	if err == nil {
		_ = sendAnyway(e, "first")
		heights, cancel := e.Subscribe()
		defer cancel()
		for failed == nil && e.Height() < 2 {
			select {
			case failed = <-e.Failed():
			case <-heights:
				_ = sendAnyway(e, fmt.Sprintf("more %d", e.Height()))
			case <-time.After(patience):
				t.Fatalf("write %d: neither a failure nor a block", k)
			}
		}
		must(t, e.Stop())
		select {
		case failed = <-e.Failed(): // it came after the last block that was waited for
		default:
		}
	}
	reached := count.Load() >= k
	if reached && failed == nil {
		t.Errorf("write %d failed and nobody heard of it", k)
	}
	if failed != nil && !strings.Contains(failed.Error(), errDisk.Error()) {
		t.Errorf("write %d: failure is %v", k, failed)
	}
	node.signer.OnWrite(nil)
	if node.signer, err = LoadSigner(node.signer.dir); err != nil {
		t.Fatal(err)
	}
	net.start(node)
	node.send("after the repair")
	net.stop(node)
	return reached
}

// sendAnyway sends to an engine that may be about to fail.
func sendAnyway(e *Engine, tx string) error {
	_, err := e.Broadcast([]byte(tx))
	return err
}
