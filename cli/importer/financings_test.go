package importer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/ledger/audit"
)

// town is a file of so many debts between a few firms.
func town(debts int) string {
	var b strings.Builder
	b.WriteString("debtor,creditor,amount\n")
	for i := range debts {
		debtor := i % 7
		fmt.Fprintf(&b, "%d,%d,%d\n", debtor, (debtor+1+i%5)%7, 1+i*i*7919%4_000_000)
	}
	return b.String()
}

// withDebts is a devnet with the debts of a file in force, on which accounts can be
// used at once.
func withDebts(t *testing.T, text string) *world {
	t.Helper()
	w := newWorld(t)
	if s, err := w.obligations(t, file(t, text), 4); err != nil || !s.Complete() {
		t.Fatal(s, err)
	}
	pack := rules.DefaultPack()
	pack.Ordinal, pack.Effective, pack.CoolingOffHours = 2, w.ledger.Now.Date(), 0
	o := w.ledger.Approve("bank1/maker", "rules:AdoptPack", rules.AdoptPackArgument{Pack: pack}, "bank2/maker", "bank3/maker")
	if o.Code != 0 {
		t.Fatalf("adopt a pack: %s %s", code.Code(o.Code), o.Detail)
	}
	w.sent = 0
	return w
}

// sealing is the network with keys to which account numbers are sealed.
func (w *world) sealing(t *testing.T) *importer.Network {
	t.Helper()
	net := w.network()
	key, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	bank, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	net.Encryption = func(alias string) (envelope.PublicKey, error) {
		if strings.HasPrefix(alias, "bank") {
			return bank.Public(), nil
		}
		return key.Public(), nil
	}
	return net
}

// financings makes financings, unless the import is killed.
func (w *world) financings(t *testing.T, count int, seed uint32, inFlight int) (*importer.FinancingsSummary, error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	w.kill = cancel
	net := w.sealing(t)
	return importer.ImportFinancings(ctx, net, importer.Financings{Count: count, Seed: seed}, importer.Options{
		State: w.state, InFlight: inFlight, Progress: &progress{},
	})
}

// mustFinance makes financings and wants all of them, reconciled.
func (w *world) mustFinance(t *testing.T, count int, seed uint32, inFlight int) *importer.FinancingsSummary {
	t.Helper()
	s, err := w.financings(t, count, seed, inFlight)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Complete() {
		t.Fatalf("%+v", s)
	}
	return s
}

// stateOf counts the ledger's financings by state.
func (w *world) stateOf(t *testing.T) map[record.FinancingState]int {
	t.Helper()
	count := map[record.FinancingState]int{}
	for row, err := range w.Financings(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		count[row.State]++
	}
	return count
}

// audited proves the ledger.
func (w *world) audited(t *testing.T) {
	t.Helper()
	r, err := audit.Check(t.Context(), w.ledger.Store, w.ledger.Store.Network(), w.ledger.Store.Head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("%s: %s: %s", f.Invariant, f.Subject, f.Detail)
	}
}

func TestFinancingsArePaidOutAndReconcileAndASecondRunSendsNothing(t *testing.T) {
	w := withDebts(t, town(90))
	s := w.mustFinance(t, 60, 7, 8)
	if s.PaidOut.Count != 60 || s.Open != 0 || len(s.Refused) != 0 {
		t.Fatalf("%+v", s)
	}
	if got := w.stateOf(t); got[record.FinancingDisbursed] != 60 || len(got) != 1 {
		t.Fatalf("the ledger has %v", got)
	}
	w.moneyAdds(t, s)
	w.audited(t)

	before := w.ledger.State()
	again := w.mustFinance(t, 60, 7, 8)
	if again.Transactions != 0 || w.ledger.State() != before || again.PaidOut != s.PaidOut {
		t.Fatalf("the second run sent %d transactions: %+v", again.Transactions, again)
	}
	if left, err := os.ReadDir(w.state); err != nil || len(left) != 0 {
		t.Fatalf("journals are left: %v %v", left, err)
	}

	// A larger count adds to what is there; another seed makes its own.
	if more := w.mustFinance(t, 70, 7, 8); more.PaidOut.Count != 70 {
		t.Fatalf("%+v", more)
	}
	if other := w.mustFinance(t, 5, 8, 8); other.PaidOut.Count != 5 {
		t.Fatalf("%+v", other)
	}
	if got := w.stateOf(t); got[record.FinancingDisbursed] != 75 || len(got) != 1 {
		t.Fatalf("the ledger has %v", got)
	}
	w.audited(t)
}

// moneyAdds compares the summary with the records themselves, and looks for the
// variety that was asked for.
func (w *world) moneyAdds(t *testing.T, s *importer.FinancingsSummary) {
	t.Helper()
	kinds, funders, legs := map[record.FinancingKind]int{}, map[string]int{}, map[int]int{}
	var owned, pledged, bought, lent money.Fen
	for p, err := range w.Settlements(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.Financing(t.Context(), p.ID)
		if err != nil || f == nil {
			t.Fatal(f, err)
		}
		kinds[f.Terms.Kind]++
		funders[f.Funder]++
		legs[len(p.Legs)]++
		if f.Cost.Net != p.Amount || f.Amount != p.Fen || f.Outstanding != f.Amount {
			t.Errorf("financing %s of %s pays %s of %s", f.ID, f.Amount, p.Amount, f.Cost.Net)
		}
		if f.Terms.Kind == record.PledgeLoan {
			lent += f.Amount
		} else {
			bought += f.Amount
		}
	}
	for h, err := range w.Holdings(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if funders[h.Owner] > 0 {
			owned += h.Interval.Amount()
		}
		if h.Locks != 0 {
			pledged += h.Locked
		}
	}
	if owned != bought || pledged != lent || bought+lent != s.PaidOut.Fen {
		t.Errorf("banks bought %s and own %s, lent on %s and have %s pledged, in all %s", bought, owned, lent, pledged, s.PaidOut.Fen)
	}
	if len(kinds) != 3 || len(funders) != 4 || legs[1] == 0 || legs[2] == 0 || legs[3] == 0 {
		t.Errorf("kinds %v, banks %v, legs %v", kinds, funders, legs)
	}
}

func TestASeedChoosesTheSame(t *testing.T) {
	rows := func() (list []string) {
		w := withDebts(t, town(40))
		w.mustFinance(t, 12, 3, 1)
		for row, err := range w.Financings(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			row.ID, row.At = "", 0 // of transactions whose nonces are random
			list = append(list, fmt.Sprint(row))
		}
		slices.Sort(list)
		return list
	}
	if a, b := rows(), rows(); !slices.Equal(a, b) {
		t.Errorf("two runs differ:\n%s\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}

// What is left of a holding is financed in a later round, until nothing is left
// that can be: a run ends and says so.
func TestMoreThanThereAreFenFor(t *testing.T) {
	w := withDebts(t, town(10))
	s, err := w.financings(t, 5000, 1, 8)
	if err != nil {
		t.Fatal(err)
	}
	if s.Complete() || s.PaidOut.Count <= 10 || s.Open != 0 || !s.Reconciled() {
		t.Fatalf("%+v", s)
	}
	for h, err := range w.Holdings(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if h.Locks == 0 && h.Interval.Amount() >= 100 && !strings.Contains(fmt.Sprint(w.ledger.IDs), h.Owner) {
			t.Errorf("%s of certificate %s is still with %s", h.Interval, h.Certificate, h.Owner)
		}
	}
	w.audited(t)
}

// A killed run is started again, with its journal or without: the count is reached
// and not exceeded, wherever the kill fell, and whether the transaction then under
// way was executed or not.
func TestFinancingsKilledAtAnyTransactionGoOn(t *testing.T) {
	const count = 6
	first := 0 // another one in each of the four ways, which is enough of them all together
	for _, executed := range []bool{false, true} {
		for _, lost := range []bool{false, true} {
			first++
			t.Run(fmt.Sprintf("executed=%t journal lost=%t", executed, lost), func(t *testing.T) {
				kills := 0
				for kill := first; ; kill += 5 {
					w := withDebts(t, village)
					w.killAt, w.execute = kill, executed
					_, err := w.financings(t, count, 5, 1)
					if err == nil {
						break
					}
					if kills++; !errors.Is(err, errKilled) {
						t.Fatalf("killed at %d: %v", kill, err)
					}
					w.killAt = 0
					if lost {
						w.state = t.TempDir()
					}
					s := w.mustFinance(t, count, 5, 1)
					if got := w.stateOf(t); s.PaidOut.Count != count || got[record.FinancingDisbursed] != count || len(got) != 1 {
						t.Fatalf("killed at %d: %v, %+v", kill, got, s)
					}
				}
				if kills < 8 {
					t.Fatalf("there were only %d transactions to be killed at", 5*kills)
				}
			})
		}
	}
}

// The ledger's day ends in the middle of a run: what was agreed on it and not
// instructed lapses, is taken out of the registry, and is made up for on the next.
func TestFinancingsOfADayThatIsOverAreMadeUpFor(t *testing.T) {
	w := withDebts(t, town(40))
	probe := withDebts(t, town(40))
	total := probe.mustFinance(t, 10, 2, 1).Transactions
	lapsed := 0
	for back := 3; back < 24; back += 4 {
		w = withDebts(t, town(40))
		w.at = map[int]func(){total - back: func() {
			w.ledger.Now = w.ledger.Now.Date().AddDays(1).Start()
		}}
		s := w.mustFinance(t, 10, 2, 1)
		got := w.stateOf(t)
		if s.PaidOut.Count != 10 || got[record.FinancingDisbursed] != 10 || s.Ended != got[record.FinancingLapsed] {
			t.Fatalf("%d from the end: %v, %+v", back, got, s)
		}
		lapsed += s.Ended
		for row, err := range w.Financings(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			f, err := w.Financing(t.Context(), row.ID)
			if err != nil || f.State == record.FinancingLapsed && (f.Registered != "" || f.Duty != 0) {
				t.Fatalf("%d from the end: lapsed and registered as %q: %v", back, f.Registered, err)
			}
		}
		w.audited(t)
	}
	if lapsed == 0 {
		t.Error("no day was over in time")
	}
}

func TestAccountsThatCoolOffAreWaitedFor(t *testing.T) {
	w := newWorld(t)
	if s, err := w.obligations(t, file(t, village), 1); err != nil || !s.Complete() {
		t.Fatal(s, err)
	}
	if _, err := w.financings(t, 2, 1, 1); !code.CoolingOff.Is(err) {
		t.Fatalf("%v, not %s", err, code.CoolingOff)
	}
	w.ledger.Now = w.ledger.Now.Date().AddDays(2).Start()
	w.mustFinance(t, 2, 1, 1)
}
