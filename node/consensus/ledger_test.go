package consensus

import (
	"bytes"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// replica is one validator's application without an engine.
type replica struct {
	*Ledger
	store *store.Store
}

// newReplicas makes four applications with the blocks of a ledger. The first has
// the ledger's own gate with all it has cached, the others have seen nothing yet.
func newReplicas(t *testing.T, l *ledgertest.Ledger) []replica {
	t.Helper()
	list := []replica{{NewLedger(LedgerConfig{Store: l.Store, Gate: l.Gate, Executor: l.Executor}), l.Store}}
	for range 3 {
		s, gate, executor := ledgertest.Open(t, vfs.NewMem(), l.Genesis)
		for _, b := range l.Blocks {
			r, err := executor.Execute(b)
			must(t, err)
			must(t, executor.Commit(r))
		}
		list = append(list, replica{NewLedger(LedgerConfig{Store: s, Gate: gate, Executor: executor}), s})
	}
	return list
}

// decide lets all replicas execute and commit a block, as block sync would: without
// having judged it. They must agree; the results are those of the first.
func decide(t *testing.T, l *ledgertest.Ledger, list []replica, txs ...[]byte) []*abci.ExecTxResult {
	t.Helper()
	request := &abci.RequestFinalizeBlock{Height: l.Store.Head().Height + 1, Time: l.Now.Time(), Txs: txs}
	var first *abci.ResponseFinalizeBlock
	for i, r := range list {
		response, err := r.FinalizeBlock(t.Context(), request)
		must(t, err)
		_, err = r.Commit(t.Context(), &abci.RequestCommit{})
		must(t, err)
		if first == nil {
			first = response
		}
		if !bytes.Equal(response.AppHash, first.AppHash) || r.store.Head() != l.Store.Head() {
			t.Errorf("replica %d has app hash %x, the first %x", i, response.AppHash, first.AppHash)
		}
		for k, result := range response.TxResults {
			if want := first.TxResults[k]; result.Code != want.Code || !bytes.Equal(result.Data, want.Data) {
				t.Errorf("replica %d: transaction %d gave %d %x, at the first %d %x", i, k, result.Code, result.Data, want.Code, want.Data)
			}
		}
	}
	l.Now = l.Now.Add(time.Second)
	return first.TxResults
}

// proposed is what an honest proposer makes of the transactions it has.
func proposed(t *testing.T, l *ledgertest.Ledger, r replica, txs ...[]byte) [][]byte {
	t.Helper()
	response, err := r.PrepareProposal(t.Context(), &abci.RequestPrepareProposal{
		Height: l.Store.Head().Height + 1, Time: l.Now.Time(), Txs: txs, MaxTxBytes: 1 << 22,
	})
	must(t, err)
	return response.Txs
}

// judged fails unless every replica judges a proposal the same way.
func judged(t *testing.T, l *ledgertest.Ledger, list []replica, accept bool, txs ...[]byte) {
	t.Helper()
	want := abci.ResponseProcessProposal_REJECT
	if accept {
		want = abci.ResponseProcessProposal_ACCEPT
	}
	for i, r := range list {
		response, err := r.ProcessProposal(t.Context(), &abci.RequestProcessProposal{
			Height: l.Store.Head().Height + 1, Time: l.Now.Time(), Txs: txs,
		})
		must(t, err)
		if response.Status != want {
			t.Errorf("replica %d says %s, want %s", i, response.Status, want)
		}
	}
}

func same(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// Each transaction of the corpus, with a good one behind it, at every door of the
// application: the mempool refuses it, an honest proposer leaves it out, a proposal
// with it is rejected, and a block that holds it all the same records a refusal, the
// same on all validators.
func TestHostileTransactionsAtEveryDoor(t *testing.T) {
	l := ledgertest.New(t)
	corpus := l.Hostile()
	list := newReplicas(t, l)
	for _, h := range corpus {
		t.Run(h.Name, func(t *testing.T) {
			good := l.Sign("bank2/maker", "sweep:Run", map[string]any{"limit": 1})
			for i, r := range list {
				check, err := r.CheckTx(t.Context(), &abci.RequestCheckTx{Tx: h.Raw})
				must(t, err)
				if want := h.Want; !h.Admitted && check.Code != uint32(want) || h.Admitted && check.Code != 0 {
					t.Errorf("replica %d: the mempool says %s", i, code.Code(check.Code))
				}
				want := [][]byte{good}
				if h.Admitted {
					want = [][]byte{h.Raw, good}
				}
				if got := proposed(t, l, r, h.Raw, good); !same(got, want) {
					t.Errorf("replica %d proposes %d transactions, want %d", i, len(got), len(want))
				}
			}
			judged(t, l, list, h.Admitted, h.Raw, good)
			judged(t, l, list, true, good)
			results := decide(t, l, list, h.Raw, good)
			if got := code.Code(results[0].Code); got != h.Want {
				t.Errorf("the outcome is %s, want %s", got, h.Want)
			}
			if got := code.Code(results[1].Code); got != code.OK {
				t.Errorf("the transaction after it: %s", got)
			}
		})
	}
}

// The other form of an ECDSA signature is a repetition: nobody proposes both, and a
// block with both executes one.
func TestBothFormsOfASignatureAtEveryDoor(t *testing.T) {
	l := ledgertest.New(t)
	first := l.SignES256("sweep:Run", map[string]any{"limit": 1})
	second := ledgertest.OtherForm(first)
	list := newReplicas(t, l)
	if got := proposed(t, l, list[1], first, second); !same(got, [][]byte{first}) {
		t.Errorf("an honest proposer takes %d of both forms", len(got))
	}
	judged(t, l, list, false, first, second)
	judged(t, l, list, true, second)
	results := decide(t, l, list, second, first)
	if a, b := code.Code(results[0].Code), code.Code(results[1].Code); a != code.OK || b != code.Replayed {
		t.Errorf("in one block: %s and %s", a, b)
	}
	judged(t, l, list, false, first)
}

// A credential revoked earlier in the block makes a refused outcome. Were it judged
// by what the block has done so far, an honest proposal could be rejected.
func TestRevokedInTheBlockIsNoReasonToRejectIt(t *testing.T) {
	l := ledgertest.New(t)
	l.Enrol("firm")
	list := newReplicas(t, l)
	revoke := l.Sign("firm/admin1", "member:RevokeCredential", map[string]any{
		"key": l.Keys["firm/maker"].Public().ID(), "reason": "lost",
	})
	use := l.Sign("firm/maker", "sweep:Run", map[string]any{"limit": 1})
	judged(t, l, list, true, revoke, use)
	results := decide(t, l, list, revoke, use)
	if a, b := code.Code(results[0].Code), code.Code(results[1].Code); a != code.OK || b != code.CredentialRevoked {
		t.Errorf("revocation %s, use after it %s", a, b)
	}
	judged(t, l, list, false, l.Sign("firm/maker", "sweep:Run", map[string]any{"limit": 1}))
}

// The engine executes a block again when a crash came before Commit, and may ask
// for the genesis several times. Neither leaves anything behind.
func TestExecutedAndNotCommittedLeavesNothing(t *testing.T) {
	l := ledgertest.New(t)
	list := newReplicas(t, l)
	before := l.State()
	tx := l.Sign("bank2/maker", "sweep:Run", map[string]any{"limit": 1})
	request := &abci.RequestFinalizeBlock{Height: l.Store.Head().Height + 1, Time: l.Now.Time(), Txs: [][]byte{tx}}
	for range 3 {
		if _, err := list[0].FinalizeBlock(t.Context(), request); err != nil {
			t.Fatal(err)
		}
	}
	if l.State() != before {
		t.Error("FinalizeBlock alone changed the state")
	}
	decide(t, l, list, tx)

	s, gate, executor := ledgertest.Open(t, vfs.NewMem(), l.Genesis)
	fresh := NewLedger(LedgerConfig{Store: s, Gate: gate, Executor: executor})
	var hashes [2][]byte
	for i := range hashes {
		response, err := fresh.InitChain(t.Context(), &abci.RequestInitChain{Time: ledgertest.Start.Time()})
		must(t, err)
		hashes[i] = response.AppHash
		if len(response.Validators) != 4 {
			t.Errorf("the genesis has %d validators, want 4", len(response.Validators))
		}
	}
	if !bytes.Equal(hashes[0], hashes[1]) || s.Head().Height != 0 {
		t.Errorf("InitChain gives %x and then %x, and the height is %d", hashes[0], hashes[1], s.Head().Height)
	}
	if _, err := fresh.Commit(t.Context(), &abci.RequestCommit{}); err == nil {
		t.Error("nothing was executed, and Commit accepts it")
	}
}
