package report_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/report"
)

func (d *desk) statement(alias, month string) *report.Statement {
	d.Helper()
	s, err := report.StatementOf(d.source(), d.IDs[alias], month)
	if err != nil {
		d.Fatal(err)
	}
	return s
}

func (d *desk) vouchers(alias, month string) []report.VoucherLine {
	d.Helper()
	lines, err := report.Vouchers(d.source(), d.IDs[alias], month, report.CollectAndSell)
	if err != nil {
		d.Fatal(err)
	}
	return lines
}

// booked sums what a month's vouchers do to an account: debits less credits.
func booked(lines []report.VoucherLine, account string) (sum money.Fen) {
	for _, l := range lines {
		if l.Account == account {
			sum += l.Debit - l.Credit
		}
	}
	return sum
}

// lived is a certificate of 1,000.00 from core to steel, accepted on 5 January: 300.00
// were passed on to paint, and at the payment date all is with four owners.
//   - steel sold 200.00 without and 100.00 with recourse to bank1, borrowed on 150.00;
//   - paint took core's offer to be paid early for 50.00 of its 300.00.
func lived(t *testing.T) (d *desk, certificate string) {
	t.Helper()
	d = newDesk(t, "core", "steel", "paint")
	d.Accounts("bank1", "bank1", "core", "steel", "paint")
	certificate = d.issue("core", "steel", "1000.00")
	d.transfer("steel", "paint", certificate, interval.Of(1, 30_000))
	for i, kind := range []record.FinancingKind{record.SaleWithoutRecourse, record.SaleWithRecourse, record.PledgeLoan} {
		rate := fmt.Sprint("rate", i)
		terms := ledgertest.Terms(kind)
		terms.Fee = 100
		d.PostRate("bank1", rate, terms)
		fen := []interval.Interval{interval.Of(30_001, 50_000), interval.Of(50_001, 60_000), interval.Of(60_001, 75_000)}[i]
		d.Finance("steel", "bank1", rate, d.holding("steel", certificate, fen))
	}
	day := d.Now.Date()
	d.Must("core/maker", "financing:PostDiscount", financing.DiscountArgument{
		ID: "early", Rate: 30_000, Basis: 360, Account: ledgertest.AccountID, From: day, Until: day.AddDays(60),
	})
	d.takeDiscount("paint", "core", d.holding("paint", certificate, interval.Of(1, 5_000)))
	return d, certificate
}

func (d *desk) clear(certificate string, amount money.Fen) {
	d.Helper()
	run := d.Mature(certificate)
	d.ConfirmFunds("bank1", run, amount)
	for _, leg := range d.Legs(run) {
		if leg.State == record.SettlementAgreed {
			d.PayLeg(leg.ID)
		}
	}
}

// What a member held, what came and what went come to what it holds, month by month.
func TestAStatementBalances(t *testing.T) {
	d, certificate := lived(t)
	s := d.statement("steel", "2026-01")
	if s.Final || s.Held.Opening != 0 || s.Held.In != fen("1000.00") || s.Held.Out != fen("600.00") || s.Held.Closing != fen("400.00") {
		t.Errorf("January of steel: %+v", s.Held)
	}
	if s.Received.Count != 3 || s.Paid.Count != 0 {
		t.Errorf("steel received %+v and paid %+v", s.Received, s.Paid)
	}
	if s = d.statement("core", "2026-01"); s.Owed.In != fen("1000.00") || s.Owed.Out != fen("50.00") || s.Held.Closing != 0 {
		t.Errorf("January of core: %+v", s.Owed)
	}
	if s = d.statement("bank1", "2026-01"); s.Held.Closing != fen("300.00") {
		t.Errorf("January of bank1: %+v", s.Held)
	}
	d.clear(certificate, fen("950.00"))
	month := d.Now.Date().String()[:len("2026-04")]
	for alias, want := range map[string]struct{ opening, out string }{
		"steel": {"400.00", "400.00"}, "paint": {"250.00", "250.00"}, "bank1": {"300.00", "300.00"},
	} {
		s := d.statement(alias, month)
		if s.Held.Opening != fen(want.opening) || s.Held.Out != fen(want.out) || s.Held.Closing != 0 || len(s.Held.Balances) != 0 {
			t.Errorf("%s of %s: %+v", month, alias, s.Held)
		}
		quiet := d.statement(alias, "2026-02")
		if !quiet.Final || quiet.Held.Opening != fen(want.opening) || quiet.Held.Closing != quiet.Held.Opening || len(quiet.Held.Entries) != 0 {
			t.Errorf("a quiet month of %s: %+v", alias, quiet.Held)
		}
	}
	if s = d.statement("core", month); s.Owed.Out != fen("950.00") || s.Owed.Closing != 0 || s.Paid.Amount != fen("950.00") {
		t.Errorf("%s of core: %+v %+v", month, s.Owed, s.Paid)
	}
}

// A payment that came back is shown as what it is, and the debt is there again.
func TestAReturnedPaymentStandsInTheStatement(t *testing.T) {
	d, certificate := lived(t)
	d.clear(certificate, fen("950.00"))
	for _, leg := range d.Legs(record.RunID(d.IDs["core"], d.Now.Date())) {
		if leg.Payee == d.IDs["paint"] {
			d.Report(leg.ID, clearing.ReportReturned)
		}
	}
	month := d.Now.Date().String()[:7]
	s := d.statement("paint", month)
	if s.Held.In != fen("250.00") || s.Held.Out != fen("250.00") || s.Held.Closing != fen("250.00") || s.Received != (report.Flow{}) {
		t.Errorf("%+v %+v", s.Held, s.Received)
	}
	if len(s.Payments) != 2 || !s.Payments[1].Returned {
		t.Errorf("payments %+v", s.Payments)
	}
	if cash := booked(d.vouchers("paint", month), "银行存款"); cash != 0 {
		t.Errorf("the vouchers leave %s of cash", cash)
	}
}

// The vouchers of a life say in the end that everything was paid and nothing is left.
func TestVouchersCloseWhenEverythingIsPaid(t *testing.T) {
	d, certificate := lived(t)
	d.clear(certificate, fen("950.00"))
	last := d.Now.Date().String()[:7]
	var steel, core []report.VoucherLine
	for _, month := range []string{"2026-01", "2026-02", "2026-03", last} {
		steel = append(steel, d.vouchers("steel", month)...)
		core = append(core, d.vouchers("core", month)...)
	}
	for account, want := range map[string]string{
		"应收款项融资": "0.00", "短期借款": "0.00", "应收账款": "-1000.00", "应付账款": "300.00",
	} {
		if got := booked(steel, account); got != fen(want) {
			t.Errorf("%s of steel: %s", account, got)
		}
	}
	cash, cost := booked(steel, "银行存款"), booked(steel, "财务费用")
	if cash+cost != fen("700.00") || cost <= fen("3.00") {
		t.Errorf("steel received %s at a cost of %s", cash, cost)
	}
	if owed := booked(core, "应付账款—电子债权凭证"); owed != 0 {
		t.Errorf("core still owes %s", owed)
	}
	if saved := booked(core, "财务费用"); saved >= 0 || booked(core, "银行存款") != -fen("1000.00")-saved {
		t.Errorf("core saved %s and paid %s", saved, booked(core, "银行存款"))
	}
}

// takeDiscount has a holder take a debtor's offer to be paid early, and paid.
func (d *desk) takeDiscount(holder, debtor string, leg record.Leg) {
	d.Helper()
	offer := ledgertest.Read(d.Ledger, record.DiscountKey(d.IDs[debtor], "early"))
	day := d.Now.Date()
	c := ledgertest.Read(d.Ledger, record.CertificateKey(leg.Certificate))
	interest, err := money.DiscountInterest(leg.Interval.Amount(), offer.Rate, int(c.Payment-day), int(offer.Basis), money.HalfUp)
	if err != nil {
		d.Fatal(err)
	}
	var made struct {
		ID string `json:"id"`
	}
	d.Must(holder+"/maker", "financing:TakeDiscount", map[string]any{
		"debtor": d.IDs[debtor], "offer": "early", "legs": []record.Leg{leg}, "account": ledgertest.AccountID,
		"valueDate": day, "amount": leg.Interval.Amount() - interest,
	}, &made)
	d.Pay(made.ID)
}

func TestAMonthThatCannotBe(t *testing.T) {
	d := newDesk(t, "core")
	for _, month := range []string{"", "2026", "2026-13", "2026-1", "2026-01-01", "2026-02", "9999-12", "x"} {
		if _, err := report.StatementOf(d.source(), d.IDs["core"], month); !code.BadDate.Is(err) {
			t.Errorf("month %q: %v", month, err)
		}
	}
	if _, err := report.Vouchers(d.source(), d.IDs["core"], "2026-01", "fair-value"); !code.BadArgument.Is(err) {
		t.Errorf("an unknown model: %v", err)
	}
	if s := d.statement("core", "2026-01"); s.Held.Closing != 0 || len(s.Payments) != 0 || s.Names[d.IDs["core"]] != "core" {
		t.Errorf("of nothing: %+v", s)
	}
}

// Whatever firms and a bank do with their certificates, every statement and every voucher
// balances, and what one month ends with the next begins with.
func TestStatementsAndVouchersAlwaysBalance(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := newDesk(t, "core", "steel", "paint")
		d.Accounts("bank1", "bank1", "core", "steel", "paint")
		kinds := []record.FinancingKind{record.SaleWithoutRecourse, record.SaleWithRecourse, record.PledgeLoan}
		for _, kind := range kinds {
			terms := ledgertest.Terms(kind)
			terms.Advance, terms.Fee = money.Rate(rapid.IntRange(500_000, 1_000_000).Draw(r, "advance")), 7
			if kind == record.SaleWithoutRecourse {
				terms.Advance = financing.Whole
			} else if rapid.Bool().Draw(r, "at maturity") {
				terms.Interest = record.InterestAtMaturity
			}
			d.PostRate("bank1", kind.String(), terms)
		}
		face := money.Fen(rapid.IntRange(30_000, 5_000_000).Draw(r, "face"))
		certificate := d.issue("core", "steel", face.String())
		passed := money.Fen(rapid.IntRange(100, int(face)/3).Draw(r, "passed on"))
		d.transfer("steel", "paint", certificate, interval.Of(1, passed))
		from := passed + 1
		for _, kind := range rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 3).Draw(r, "financed") {
			size := money.Fen(rapid.IntRange(1_000, int(face)/6).Draw(r, "size"))
			d.Finance("steel", "bank1", kind.String(), d.holding("steel", certificate, interval.Of(from, from+size-1)))
			from += size
		}
		if rapid.Bool().Draw(r, "cleared") {
			d.clear(certificate, money.Fen(rapid.IntRange(int(face)/20, int(face)).Draw(r, "funds")))
		}
		d.Now = d.Now.Add(time.Second)
		for _, alias := range []string{"core", "steel", "paint", "bank1"} {
			before := money.Fen(0)
			for month := 1; month <= int(d.Now.Date().String()[6]-'0'); month++ {
				text := fmt.Sprintf("2026-%02d", month)
				s := d.statement(alias, text)
				if s.Held.Opening != before {
					r.Fatalf("%s of %s begins with %s after %s", text, alias, s.Held.Opening, before)
				}
				before = s.Held.Closing
				var debit, credit, cash money.Fen
				for _, l := range d.vouchers(alias, text) {
					debit, credit = debit+l.Debit, credit+l.Credit
					if l.Account == "银行存款" || l.Account == "存放中央银行款项" {
						cash += l.Debit - l.Credit
					}
				}
				if debit != credit || cash != s.Received.Amount-s.Paid.Amount {
					r.Fatalf("%s of %s: debits %s, credits %s, cash %s of %s - %s", text, alias, debit, credit, cash, s.Received.Amount, s.Paid.Amount)
				}
			}
		}
	})
}
