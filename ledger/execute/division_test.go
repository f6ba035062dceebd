package execute_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// many is a ledger on which the payment date of certificates in many pieces has come.
func many(t *testing.T, fs vfs.FS, certificates, pieces int) (l *ledgertest.Ledger, run string) {
	t.Helper()
	l = ledgertest.On(t, fs)
	l.Enrol("core")
	l.Enrol("tier1")
	l.Accounts("bank2", "core")
	l.Accounts("bank3", "tier1")
	var last string
	for i := range certificates {
		last = l.Issue("core", "tier1", fmt.Sprint("many ", i), "50000.00", i+1)
		for done := 1; done < pieces; {
			more := min(pieces-done, 99)
			whole := ledgertest.Read(l, record.HoldingKey(last, 1))
			l.Must("tier1/maker", "certificate:Split", fields{
				"certificate": last, "holding": 1, "version": whole.Version, "interval": whole.Interval,
				"amounts": slices.Repeat([]money.Fen{1_000}, more),
			})
			done += more
		}
	}
	return l, l.Mature(last)
}

// state is the committed state without the replay set, of which every transaction is a
// part.
func state(l *ledgertest.Ledger) string {
	lines := strings.Split(l.State(), "\n")
	return strings.Join(slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "replay/") }), "\n")
}

// A run with thousands of pieces is divided over several blocks. A node that stops after
// any of them, or in the middle of one, comes to the same legs; and nobody who calls the
// sweep himself changes anything.
func TestADivisionTakesSeveralBlocksAndSurvivesRestarts(t *testing.T) {
	const certificates, pieces, funds = 3, 800, 7_777_777
	fs := vfs.NewCrashableMem()
	l, run := many(t, fs, certificates, pieces)
	of := func() *record.Run { return ledgertest.Read(l, record.RunKey(run)) }
	l.Must("bank2/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{Run: run, Account: ledgertest.AccountID, Amount: funds})
	var stops []*vfs.MemFS // the disk after each block of the division
	begun := len(l.Blocks)
	for of().State == record.RunDividing {
		stops = append(stops, fs.CrashClone(vfs.CrashCloneCfg{}))
		l.Block()
		checkClean(t, l)
	}
	if blocks := len(l.Blocks) - begun; blocks < 2 {
		t.Fatalf("%d pieces were divided in %d blocks after the first", certificates*pieces, blocks)
	}
	round := ledgertest.Read(l, record.RoundKey(run, 1))
	if r := of(); !round.Done || round.Given != funds || r.Tally.Live != funds || r.Tally.Open != certificates*5_000_000-funds {
		t.Errorf("the round is %+v, the run %+v", round, r.Tally)
	}
	before := state(l)
	l.Must("core/maker", "sweep:Run", fields{"limit": 100})
	l.Block()
	if state(l) != before {
		t.Error("a sweep after the division has changed something")
	}
	for i, stop := range stops {
		s, _, restarted := ledgertest.Open(t, stop, l.Genesis)
		rest := l.Blocks[begun+i:]
		if r, err := restarted.Execute(rest[0]); err != nil { // and stopped again before it was committed
			t.Fatal(err)
		} else {
			restarted.Discard(r)
		}
		for _, b := range rest {
			commit(t, restarted, b)
		}
		if got, want := s.Head(), l.Store.Head(); got != want {
			t.Errorf("restarted after block %d it ends at %x, not at %x", begun+i, got.AppHash, want.AppHash)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// While funds are divided nothing else takes from the run or adds to it.
func TestNothingElseTouchesARunThatIsBeingDivided(t *testing.T) {
	l, run := many(t, vfs.NewMem(), 1, 400)
	certificate := strings.TrimPrefix(l.FirstKey(record.EntriesPrefix(run)), record.EntriesPrefix(run))
	var offer struct{ ID string }
	l.Must("core/maker", "clearing:OfferExtension", clearing.ExtendArgument{
		Certificate: certificate, Maturity: l.Now.Date().AddDays(20), Reason: "season", Document: ledgertest.Fingerprint("later"),
	}, &offer)
	funds := clearing.ConfirmFundsArgument{Run: run, Account: ledgertest.AccountID, Amount: 100_000}
	accept := clearing.AcceptExtensionArgument{ID: offer.ID, Interval: interval.Of(4_990_000, 5_000_000)}
	outcomes := l.Block(
		l.Sign("bank2/maker", "clearing:ConfirmFunds", funds), l.Sign("bank2/maker", "clearing:ConfirmFunds", funds),
		l.Sign("tier1/maker", "clearing:AcceptExtension", accept),
	).Outcomes
	for i, want := range []code.Code{code.OK, code.RunDividing, code.RunDividing} {
		if got := code.Code(outcomes[i].Code); got != want {
			t.Errorf("%s: %s %s, want %s", outcomes[i].Function, got, outcomes[i].Detail, want)
		}
	}
	l.Block()
	checkClean(t, l)
}

func checkClean(t *testing.T, l *ledgertest.Ledger) {
	t.Helper()
	r, err := audit.Check(t.Context(), l.Store, ledgertest.Network, l.Store.Head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("block %d: %s: %s: %s", r.Height, f.Invariant, f.Subject, f.Detail)
	}
}
