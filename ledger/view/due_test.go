package view_test

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/view"
)

// What a debtor owes in a time is found by its dates.
func TestWhatIsDueIsFoundByDate(t *testing.T) {
	l := ledgertest.New(t)
	for _, alias := range []string{"core", "other", "tier1"} {
		l.Enrol(alias)
	}
	first := ledgertest.Read(l, record.CertificateKey(l.Issue("core", "tier1", "first", "1000.00", 1))).Payment
	l.Now = l.Now.Date().AddDays(5).Start()
	second := ledgertest.Read(l, record.CertificateKey(l.Issue("core", "tier1", "second", "200.00", 2))).Payment
	l.Issue("other", "tier1", "third", "300.00", 3)
	if second <= first {
		t.Fatalf("payable on %s and %s", first, second)
	}
	for _, c := range []struct {
		name, debtor string
		from, to     calendar.Date
		want         string
	}{
		{"all", "core", 0, calendar.LastDate, "1200.00"},
		{"the first day", "core", first, first, "1000.00"},
		{"from the first day on", "core", first, second, "1200.00"},
		{"between the two", "core", first + 1, second - 1, "0.00"},
		{"from the day after the first", "core", first + 1, second, "200.00"},
		{"of the other", "other", 0, calendar.LastDate, "300.00"},
		{"of nobody", "bank1", 0, calendar.LastDate, "0.00"},
	} {
		var sum money.Fen
		err := view.EachDue(l.Store, l.IDs[c.debtor], c.from, c.to, func(r *record.HoldingRow) error {
			sum += r.Interval.Amount()
			return nil
		})
		if err != nil || sum.String() != c.want {
			t.Errorf("%s: %s, want %s; %v", c.name, sum, c.want, err)
		}
	}
}
