package consensus

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// ledgerNetwork is four banks whose engines run the ledger, each over a disk of its
// own in memory.
type ledgerNetwork struct {
	*testNetwork
	people *ledgertest.Ledger
	disks  []*disk
	stores []*store.Store // of the running nodes
	// wrap may put something between an engine and its application.
	wrap func(i int, app *Ledger) abci.Application
}

// disk is a file system whose reads fail once it is broken.
type disk struct {
	vfs.FS
	broken atomic.Bool
}

func newDisk() *disk {
	d := &disk{}
	d.FS = errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if d.broken.Load() && (op.Kind == errorfs.OpFileReadAt || op.Kind == errorfs.OpFileRead) {
			return errDisk
		}
		return nil
	}))
	return d
}

// newLedgerNetwork makes the four banks, none of them running.
func newLedgerNetwork(t *testing.T) *ledgerNetwork {
	t.Helper()
	net := &ledgerNetwork{testNetwork: newNetwork(t, 4, TransportLibp2p), stores: make([]*store.Store, 4)}
	var seats []ledgertest.Seat
	for i, n := range net.nodes {
		seats = append(seats, ledgertest.Seat{Consensus: net.genesis.Validators[i].PubKey.Bytes(), Peer: n.id.String()})
		net.disks = append(net.disks, newDisk())
	}
	net.people = ledgertest.Prepare(t, credential.ES256, seats...)
	net.genesis.Validators = nil // the ledger's genesis names them
	net.genesis.ChainID = ledgertest.Network
	return net
}

// run opens and starts nodes, and waits until the ledger's time is today's: the
// first block has the genesis' time.
func (net *ledgerNetwork) run(which ...int) {
	net.t.Helper()
	for _, i := range which {
		app := net.application(i)
		net.newApp = func() abci.Application { return app }
		net.nodes[i].open()
	}
	net.introduce()
	for _, i := range which {
		must(net.t, net.nodes[i].Start())
	}
	for _, i := range which {
		net.waitHeight(2, net.nodes[i])
	}
	net.people.Now = calendar.FromTime(time.Now())
}

// application opens a node's store, with next to no cache, so that reads reach the
// disk.
func (net *ledgerNetwork) application(i int) abci.Application {
	net.t.Helper()
	s, err := store.Open("ledger", store.Options{FS: net.disks[i], Network: ledgertest.Network, Cache: 4, Logger: slog.New(slog.DiscardHandler)})
	must(net.t, err)
	net.t.Cleanup(func() { _ = s.Close() }) // a second time when the test has closed it
	gate, err := admission.New(s, ledgertest.Network)
	must(net.t, err)
	contracts, err := chaincode.New()
	must(net.t, err)
	net.stores[i] = s
	app := NewLedger(LedgerConfig{Store: s, Gate: gate, Executor: execute.New(execute.Config{
		Network: ledgertest.Network, Store: s, Gate: gate, Chaincode: contracts, Genesis: net.people.Genesis,
	})})
	if net.wrap != nil {
		return net.wrap(i, app)
	}
	return app
}

// halt stops nodes and closes their stores.
func (net *ledgerNetwork) halt(which ...int) {
	net.t.Helper()
	for _, i := range which {
		net.stop(net.nodes[i])
		_ = net.stores[i].Close() // what a broken disk says is no matter here
	}
}

// contract is a transaction that succeeds and leaves a record.
func (net *ledgerNetwork) contract(text string) []byte {
	net.t.Helper()
	l := net.people
	return l.Sign("bank1/maker", "evidence:RecordContract", map[string]any{
		"buyer": l.IDs["bank1"], "seller": l.IDs["bank2"], "document": ledgertest.Fingerprint(text),
		"signed": l.Now.Date(), "amount": "0.00", "termDays": 30, "agreed": true,
	})
}

// blocks counts the transactions in a node's blocks so far, by their bytes.
func (net *ledgerNetwork) blocks(n *testNode) map[string]int {
	net.t.Helper()
	count := map[string]int{}
	for height := int64(1); height <= n.Height(); height++ {
		txs, err := n.BlockTxs(height)
		must(net.t, err)
		for _, tx := range txs {
			count[string(tx)]++
		}
	}
	return count
}

// agree fails unless the nodes have the same state at the same height and the audit
// finds nothing on any of them. It stops them.
func (net *ledgerNetwork) agree(which ...int) {
	net.t.Helper()
	var nodes []*testNode
	for _, i := range which {
		nodes = append(nodes, net.nodes[i])
	}
	sameHash(net.t.(*testing.T), nodes...)
	for _, i := range which {
		net.stop(net.nodes[i])
		r, err := audit.Check(context.Background(), net.stores[i], ledgertest.Network, net.stores[i].Head(), nil)
		must(net.t, err)
		for _, f := range r.Findings {
			net.t.Errorf("bank%d: %s: %s: %s", i+1, f.Invariant, f.Subject, f.Detail)
		}
	}
}

// hostileProposer puts a transaction into each of its proposals that must not be
// there.
type hostileProposer struct {
	*Ledger
	harm     atomic.Pointer[[]byte]
	proposed atomic.Int64
}

func (h *hostileProposer) PrepareProposal(ctx context.Context, req *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	response, err := h.Ledger.PrepareProposal(ctx, req)
	if harm := h.harm.Load(); err == nil && harm != nil {
		response.Txs = append([][]byte{*harm}, response.Txs...)
		h.proposed.Add(1)
	}
	return response, err
}

func TestHostileProposerIsOutvoted(t *testing.T) {
	t.Parallel()
	net := newLedgerNetwork(t)
	var hostile *hostileProposer
	net.wrap = func(i int, app *Ledger) abci.Application {
		if i != 3 {
			return app
		}
		hostile = &hostileProposer{Ledger: app}
		return hostile
	}
	net.run(0, 1, 2, 3)
	executed := net.contract("executed once")
	net.nodes[0].send(string(executed))
	garbled := bytes.Clone(net.contract("never"))
	if i := bytes.LastIndexByte(garbled, '.') + 9; garbled[i] == 'A' {
		garbled[i] = 'B'
	} else {
		garbled[i] = 'A'
	}
	for name, harm := range map[string][]byte{
		"noise": bytes.Repeat([]byte{0xff}, 300), "executed before": executed, "garbage signature": garbled,
	} {
		hostile.harm.Store(&harm)
		before := hostile.proposed.Load()
		eventually(t, name+" is proposed", func() bool { return hostile.proposed.Load() > before })
		net.waitHeight(net.nodes[3].Height()+1, net.nodes...)
	}
	hostile.harm.Store(nil)
	height := net.nodes[3].send(string(net.contract("the honest side of it")))
	net.waitHeight(height, net.nodes...)
	for _, n := range net.nodes {
		for tx, times := range net.blocks(n) {
			if times != 1 {
				t.Errorf("%s has %.20q in %d blocks", filepath.Base(n.home), tx, times)
			}
			if tx == string(garbled) || tx[0] == 0xff {
				t.Errorf("%s has %.20q in a block", filepath.Base(n.home), tx)
			}
		}
		if err := n.Err(); err != nil {
			t.Errorf("%s has failed: %v", filepath.Base(n.home), err)
		}
	}
	net.agree(0, 1, 2, 3)
}

// Two nodes are given the two forms of one signature at the same time.
func TestBothFormsOfASignatureAreExecutedOnce(t *testing.T) {
	t.Parallel()
	net := newLedgerNetwork(t)
	net.run(0, 1, 2, 3)
	forms := [][]byte{net.contract("one intention"), nil}
	forms[1] = ledgertest.OtherForm(forms[0])
	for i, raw := range forms {
		result, err := net.nodes[i].Broadcast(raw)
		late := i == 1 && result.Code == uint32(code.Replayed) // the first form was in a block already
		if err != nil || result.Code != 0 && !late {
			t.Fatalf("form %d at bank%d: %+v, %v", i+1, i+1, result, err)
		}
	}
	count := func(n *testNode) int {
		have := net.blocks(n)
		return have[string(forms[0])] + have[string(forms[1])]
	}
	eventually(t, "one of both is in a block", func() bool { return count(net.nodes[2]) > 0 })
	height := net.nodes[2].send(string(net.contract("something else")))
	net.waitHeight(height+1, net.nodes...)
	for i, n := range net.nodes {
		if got := count(n); got != 1 {
			t.Errorf("bank%d has %d of the two forms in its blocks", i+1, got)
		}
		if waiting := n.Status().Waiting; waiting != 0 {
			t.Errorf("bank%d still has %d transactions waiting", i+1, waiting)
		}
	}
	for i, raw := range forms {
		if result, err := net.nodes[3].Broadcast(raw); err == nil && result.Code != uint32(code.Replayed) {
			t.Errorf("form %d afterwards: %s", i+1, code.Code(result.Code))
		} else if err != nil && !errors.Is(err, ErrKnown) {
			t.Errorf("form %d afterwards: %v", i+1, err)
		}
	}
	net.agree(0, 1, 2, 3)
}

// A read error of one bank's disk stops that bank's node loudly. The others go on,
// and with the disk repaired the node has the same state as they.
func TestReadErrorStopsTheNodeLoudly(t *testing.T) {
	t.Parallel()
	net := newLedgerNetwork(t)
	net.run(0, 1, 2, 3)
	sick, rest := net.nodes[3], net.nodes[:3]
	height := net.nodes[0].send(string(net.contract("before")))
	net.waitHeight(height, sick)
	// What was just written is read from memory; after a restart it is on disk.
	net.halt(3)
	net.run(3)
	height = rest[0].send(string(net.contract("all is well")))
	net.waitHeight(height, sick)

	net.disks[3].broken.Store(true)
	height = rest[0].send(string(net.contract("now it is not")))
	err := waitFailed(t, sick.Engine)
	var fault *store.Fault
	if !errors.As(err, &fault) || !errors.Is(err, errDisk) {
		t.Errorf("the failure is %v, not a fault of the store", err)
	}
	if net.stores[3].Err() == nil {
		t.Error("the store forgets its fault")
	}
	height = max(height, rest[1].send(string(net.contract("three go on"))))
	net.waitHeight(height, rest...)
	if sick.Height() >= height {
		t.Errorf("the node with the broken disk has block %d", sick.Height())
	}

	net.disks[3].broken.Store(false)
	net.halt(3)
	net.run(3)
	net.waitHeight(height, sick)
	net.agree(0, 1, 2, 3)
}

// The height at which the ledgers of a network are is the engine's, on every node,
// after the validators were stopped at different times.
func TestTheLedgerResumesWhereItWas(t *testing.T) {
	t.Parallel()
	net := newLedgerNetwork(t)
	net.run(0, 1, 2, 3)
	for i, text := range []string{"first", "second", "third"} {
		height := net.nodes[i].send(string(net.contract(text)))
		net.waitHeight(height, net.nodes[i:]...)
	}
	for _, i := range []int{2, 0, 3, 1} {
		net.halt(i)
	}
	heads := make([]int64, 4)
	for i := range heads {
		net.application(i)
		heads[i] = net.stores[i].Head().Height
		must(t, net.stores[i].Close())
	}
	net.run(0, 1, 2, 3)
	net.waitHeight(slices.Max(heads)+1, net.nodes...)
	for i, text := range []string{"first", "second", "third"} {
		for k, s := range net.stores {
			id := evidence.DocumentID(net.people.IDs["bank1"], net.people.IDs["bank2"], ledgertest.Fingerprint(text))
			if data, err := s.Get(store.State, []byte(record.ContractKey(id))); err != nil || data == nil {
				t.Errorf("bank%d has not contract %d: %v", k+1, i+1, err)
			}
		}
	}
	net.agree(0, 1, 2, 3)
}
