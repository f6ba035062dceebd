package report_test

import (
	"reflect"
	"testing"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/store"
)

// moment is the state space of a snapshot.
type moment struct{ *store.Snapshot }

func (s moment) Get(key string) ([]byte, error) { return s.Snapshot.Get(store.State, []byte(key)) }

func (s moment) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	return s.Snapshot.Scan(store.State, []byte(start), []byte(end), func(k, v []byte) (bool, error) { return visit(string(k), v) })
}

// fixed is the ledger as it is now and stays in the source.
func (d *desk) fixed() report.Source {
	d.Helper()
	s, err := d.Store.Snapshot()
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = s.Close() })
	return report.Source{State: moment{s}, Rows: s, Height: d.Store.Head().Height, Now: d.Now}
}

// tallied is a tally that goes along with a ledger.
type tallied struct {
	*desk
	tally *report.Tally
	at    report.Source
}

func newTallied(d *desk) *tallied {
	d.Helper()
	t := &tallied{desk: d, at: d.fixed()}
	var err error
	if t.tally, err = report.NewTally(t.at); err != nil {
		d.Fatal(err)
	}
	return t
}

// advance takes the tally to now. A tally that reads the whole ledger has the same.
func (t *tallied) advance() report.NetworkTotals {
	t.Helper()
	now := t.fixed()
	if err := t.tally.Advance(t.at, now); err != nil {
		t.Fatal(err)
	}
	t.at = now
	whole, err := report.NewTally(now)
	if err != nil {
		t.Fatal(err)
	}
	network, err := t.tally.Network(t.Now.Date())
	if err != nil {
		t.Fatal(err)
	}
	if want, err := whole.Network(t.Now.Date()); err != nil || !reflect.DeepEqual(network, want) {
		t.Errorf("the network has %+v, it is %+v; %v", network, want, err)
	}
	for alias, id := range t.IDs {
		got := t.member(alias)
		if want, err := whole.Member(id, t.Now.Date()); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %+v, it is %+v; %v", alias, got, want, err)
		}
		if got, want := t.tally.Claims(id), whole.Claims(id); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has claims %+v, they are %+v", alias, got, want)
		}
	}
	return network
}

func (t *tallied) member(alias string) report.MemberTotals {
	t.Helper()
	m, err := t.tally.Member(t.IDs[alias], t.Now.Date())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func flow(count int64, amount string) report.Flow {
	return report.Flow{Count: count, Amount: fen(amount)}
}

// From issue through offer, financing and a payment that falls short, the sums are what
// the certificates say, whether they were read at once or kept along.
func TestATallyGoesAlongWithTheLedger(t *testing.T) {
	d := newDesk(t)
	s := newTallied(d)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		d.Enrol(alias)
	}
	if n := s.advance(); n.Members != 9 || n.ByRole["debtor"] != 3 || n.ByRole["funder"] != 4 || n.ByRole["auditor"] != 1 {
		t.Errorf("members: %+v", n)
	}
	d.Accounts("bank1", "bank1", "core")
	d.Accounts("bank3", "tier1", "tier2")
	number := d.issue("core", "tier1", "1000.00")
	if n := s.advance(); n.Certificates != flow(1, "1000.00") || n.Open != flow(1, "1000.00") || n.Overdue != flow(0, "0.00") {
		t.Errorf("issued: %+v", n)
	}
	if core, tier1 := s.member("core"), s.member("tier1"); core.Owed != flow(1, "1000.00") || tier1.Held != flow(1, "1000.00") ||
		len(tier1.HeldByMonth) != 1 || tier1.HeldByMonth[0].Month != core.OwedByMonth[0].Month {
		t.Errorf("issued: core %+v, tier1 %+v", core, tier1)
	}
	offer := d.offer("tier1", "tier2", number, interval.Of(1, 30_000))
	s.advance()
	if from, to := s.member("tier1"), s.member("tier2"); from.OffersFromIt != flow(1, "300.00") || to.OffersToIt != flow(1, "300.00") {
		t.Errorf("offered: %+v, %+v", from, to)
	}
	d.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer})
	if n := s.advance(); n.Offers != flow(0, "0.00") || s.member("tier2").Held != flow(1, "300.00") {
		t.Errorf("accepted: %+v", n)
	}
	id := d.Request("tier2", d.holding("tier2", number, interval.Of(1, 10_000)))
	terms := ledgertest.Terms(record.SaleWithoutRecourse)
	terms.ValueDate = d.Now.Date()
	d.Quote("bank1", id, terms)
	d.Select("tier2", "bank1", id, terms)
	d.Register("bank1", id)
	d.Pay(id)
	if n := s.advance(); n.Financed != flow(1, "100.00") || s.member("bank1").Funded != flow(1, "100.00") ||
		s.member("tier2").Financed != flow(1, "100.00") || s.member("bank1").Held.Amount != fen("100.00") {
		t.Errorf("financed: %+v", n)
	}
	claims := s.tally.Claims(d.IDs["bank1"])
	if len(claims) != 1 || claims[0].Debtor != d.IDs["core"] || claims[0].Flow != flow(1, "100.00") {
		t.Errorf("the bank's claims: %+v", claims)
	}
	run := d.Mature(number)
	d.ConfirmFunds("bank1", run, fen("600.00"))
	s.advance()
	for _, leg := range d.Legs(run) {
		d.PayLeg(leg.ID)
	}
	d.pass(4)
	n := s.advance()
	if n.Redeemed != flow(1, "600.00") || n.Open != flow(1, "400.00") || n.Overdue != flow(1, "400.00") ||
		s.member("core").Overdue != flow(1, "400.00") || n.Certificates != flow(1, "1000.00") {
		t.Errorf("fallen short: %+v", n)
	}
}

// Of a certificate that was refused nothing is left in the sums.
func TestATallyForgetsWhatEnded(t *testing.T) {
	d := newDesk(t, "core", "tier1")
	s := newTallied(d)
	day := d.Now.Date()
	contract, invoice := d.Invoice("core", "tier1", "refused", "50.00")
	number := d.number("core", 7)
	d.Must("core/maker", "certificate:Issue", map[string]any{
		"number": number, "creditor": d.IDs["tier1"], "face": "50.00", "maturity": day.AddDays(90), "currency": "CNY",
		"reference": "refused", "contract": contract, "allocations": []map[string]any{{"invoice": invoice, "amount": "50.00"}},
	})
	if n := s.advance(); n.Awaiting != flow(1, "50.00") || s.member("tier1").ToAccept != flow(1, "50.00") ||
		s.member("core").Awaiting != flow(1, "50.00") || n.Certificates.Count != 0 {
		t.Errorf("issued: %+v", n)
	}
	d.Must("tier1/maker", "certificate:Reject", map[string]any{"certificate": number, "reason": "not ours"})
	if n := s.advance(); n.Awaiting != flow(0, "0.00") || n.Certificates.Count != 0 || s.member("tier1").ToAccept.Count != 0 {
		t.Errorf("refused: %+v", n)
	}
}
