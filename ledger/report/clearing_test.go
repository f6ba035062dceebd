package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/view"
)

const (
	debtor = "91330100000869877P"
	holder = "91330100MA27XF8M19"
	bank   = "91330100000000001B"
	other  = "91330100000000002C"
)

// debts is a ledger on Thursday 16 April 2026, on which a debtor
//   - owes 1,000.00 since the 10th: 300.00 of them were paid on the day, 100.00 two days
//     late, 200.00 are in a leg, 50.00 are kept for a payee, 350.00 are open; the
//     contract agrees 3.6 percent a year;
//   - has paid another 500.00 of that day, in time, and 80.00 before it;
//   - is to pay 400.00 on the day itself, 700.00 on the 17th, 600.00 on the 21st, 900.00
//     on 30 June; 120.00 of the 30th are not accepted yet.
func debts(t *testing.T) *book {
	t.Helper()
	b := newBook(t, day(t, "2026-04-16").Start()+36_000_000)
	b.run(t, "2026-04-10", record.RunOpen, record.Tally{Open: 35_000, Live: 20_000, Returned: 5_000, Paid: 90_000}, "1", "2")
	at := func(text string) calendar.Instant { return day(t, text).Start() + 40_000_000 }
	locked := func(kind record.LockKind, order string, from, to money.Fen) record.Lock {
		return record.Lock{Kind: kind, Order: order, Interval: interval.Of(from, to)}
	}
	c := b.certificate(t, "1", "2026-04-10", "1000.00")
	c.LateRate, c.Redeemed, c.Accrued, c.Interest, c.Waived, c.Extended = 36_000, 40_000, 900, 500, 100, 0
	put(b, record.CertificateKey(c.Number), c)
	b.holding(t, c, 1, 1, 30_000, func(h *record.Holding) { h.Redeemed = at("2026-04-10") })
	b.holding(t, c, 2, 30_001, 40_000, func(h *record.Holding) { h.Redeemed = at("2026-04-12") })
	b.holding(t, c, 3, 40_001, 100_000, func(h *record.Holding) {
		h.Locks = []record.Lock{locked(record.LockClearing, "leg1", 40_001, 60_000), locked(record.LockReturned, "leg2", 60_001, 65_000)}
	})
	c = b.certificate(t, "2", "2026-04-10", "580.00")
	c.Redeemed = 58_000
	put(b, record.CertificateKey(c.Number), c)
	b.holding(t, c, 1, 1, 8_000, func(h *record.Holding) { h.Redeemed = at("2026-03-10") })
	b.holding(t, c, 2, 8_001, 58_000, func(h *record.Holding) { h.Redeemed = at("2026-04-10") })
	b.run(t, "2026-04-16", record.RunOpen, record.Tally{Open: 40_000}, "3")
	for i, next := range []struct{ date, amount string }{
		{"2026-04-16", "400.00"}, {"2026-04-17", "700.00"}, {"2026-04-21", "600.00"}, {"2026-06-30", "900.00"},
	} {
		c := b.certificate(t, fmt.Sprint(3+i), next.date, next.amount)
		put(b, record.CertificateKey(c.Number), c)
		b.holding(t, c, 1, 1, c.Face, nil)
	}
	c = b.certificate(t, "7", "2026-04-30", "120.00")
	c.State = record.Issued
	put(b, record.CertificateKey(c.Number), c)
	b.holding(t, c, 1, 1, c.Face, nil)
	for _, m := range []struct{ id, bank string }{{debtor, bank}, {holder, other}} {
		put(b, record.AccountKey(m.id, "main"), record.Account{Member: m.id, ID: "main", Bank: m.bank, State: record.AccountConfirmed})
	}
	return b
}

func (b *book) run(t *testing.T, payment string, state record.RunState, tally record.Tally, certificates ...string) {
	t.Helper()
	date := day(t, payment)
	id := record.RunID(debtor, date)
	put(b, record.RunKey(id), record.Run{
		ID: id, Debtor: debtor, Payment: date, State: state, Tally: tally, Certificates: uint32(len(certificates)), OpenedAt: date.Start(),
	})
	for _, c := range certificates {
		put(b, record.EntryKey(id, b.name(t, c)), record.Marker{Present: true})
	}
	b.note(date.Start(), record.Effects{Notices: []record.NoticeOf{{Kind: record.RunWasOpened, Subject: id, Members: []string{debtor}}}})
}

// name is the number of the certificate with a sequence.
func (b *book) name(t *testing.T, sequence string) string {
	t.Helper()
	var n int
	if _, err := fmt.Sscan(sequence, &n); err != nil {
		t.Fatal(err)
	}
	text, err := number.NewCertificate(debtor, day(t, "2026-01-05"), n)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (b *book) certificate(t *testing.T, sequence, payment, face string) record.Certificate {
	t.Helper()
	return record.Certificate{
		Number: b.name(t, sequence), Debtor: debtor, FirstHolder: holder, Face: fen(face), IssueDate: day(t, "2026-01-05"),
		Maturity: day(t, payment), Payment: day(t, payment), State: record.Active, Entered: day(t, "2026-04-16"),
	}
}

func (b *book) holding(t *testing.T, c record.Certificate, id uint32, from, to money.Fen, change func(*record.Holding)) {
	t.Helper()
	h := record.Holding{
		Certificate: c.Number, ID: id, Owner: holder, Interval: interval.Of(from, to), Claim: record.Claim{Payment: c.Payment},
	}
	if change != nil {
		change(&h)
	}
	put(b, record.HoldingKey(c.Number, id), h)
	b.note(day(t, "2026-01-05").Start(), record.Effects{Holdings: []record.HoldingRow{{
		Certificate: c.Number, ID: id, Owner: h.Owner, Debtor: debtor, Interval: h.Interval, Payment: h.Claim.Payment, State: c.State,
		Redeemed: h.Redeemed != 0,
	}}})
}

// payment puts a leg of the run of 10 April.
func (b *book) payment(t *testing.T, id string, change func(*record.Settlement)) {
	t.Helper()
	s := record.Settlement{
		ID: id, Purpose: record.PurposeClearing, Payer: debtor, PayerAccount: "main", PayerBank: bank, Payee: holder,
		PayeeAccount: "main", PayeeBank: other, Amount: 20_000, Fen: 20_000, Effect: record.EffectRedeem,
		State: record.SettlementAgreed, At: day(t, "2026-04-13").Start(), Run: record.RunID(debtor, day(t, "2026-04-10")), Round: 1,
	}
	change(&s)
	put(b, record.SettlementKey(id), s)
}

func TestOverdueIsDisclosed(t *testing.T) {
	b := debts(t)
	got := all(t, report.OverdueDisclosure(b.source(), report.OverdueFilter{}))
	want := report.Overdue{
		Debtor: debtor, Runs: 1, Certificates: 1, Amount: 60_000, Open: 35_000, Since: day(t, "2026-04-10"), Days: 6,
		Accruing: 21, Accrued: 900, InterestPaid: 500, Waived: 100, PaidLate: 10_000, // 350.00 at 3.6 % for 6 days of 360
	}
	if len(got) != 1 || got[0] != want {
		t.Errorf("disclosed is %+v, want %+v", got, want)
	}
	if csv := table(t, report.OverdueDisclosure(b.source(), report.OverdueFilter{Debtor: debtor})); !strings.HasPrefix(csv, "debtor,runs,") ||
		!strings.Contains(csv, "\n"+debtor+",1,1,600.00,350.00,2026-04-10,6,0.21,9.00,5.00,1.00,0.00,100.00\n") {
		t.Errorf("as CSV:\n%s", csv)
	}
	for name, f := range map[string]report.OverdueFilter{
		"of another": {Debtor: holder}, "of other dates": {Days: report.Days{From: day(t, "2026-04-11")}},
	} {
		if rows := all(t, report.OverdueDisclosure(b.source(), f)); len(rows) != 0 {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

// What was not paid on its date is counted on the next day, in its place among the days.
func TestDailyCountsWhatBecameOverdue(t *testing.T) {
	b := debts(t)
	id := b.name(t, "1")
	b.note(day(t, "2026-04-10").Start()+40_000_000, record.Effects{Moves: []record.Move{
		{Kind: record.MoveRedeem, Certificate: id, Interval: interval.Of(1, 30_000), From: holder, To: debtor, Order: "x"},
	}})
	b.note(day(t, "2026-04-12").Start()+40_000_000, record.Effects{Moves: []record.Move{
		{Kind: record.MoveRedeem, Certificate: id, Interval: interval.Of(30_001, 35_000), From: holder, To: debtor, Order: "y"},
		{Kind: record.MoveRedeem, Certificate: id, Interval: interval.Of(35_001, 40_000), From: holder, To: debtor, Order: "y"},
		{Kind: record.MoveUnredeem, Certificate: id, Interval: interval.Of(1, 100), From: debtor, To: holder, Order: "x"},
	}})
	put(b, record.ExtensionKey("e"), record.Extension{
		ID: "e", Certificate: b.name(t, "2"), Debtor: debtor, From: day(t, "2026-04-10"), Closed: true,
		Parts: []record.ExtensionPart{{Interval: interval.Of(1, 1_000), Made: day(t, "2026-04-14").Start()}},
	})
	days := all(t, report.Daily(b.source(), report.DailyFilter{Days: report.Days{From: day(t, "2026-04-01")}}))
	if len(days) != 3 {
		t.Fatalf("%d days: %+v", len(days), days)
	}
	for i, want := range []report.Day{
		{Day: day(t, "2026-04-10"), Redeemed: report.Flow{Count: 1, Amount: 30_000}},
		{Day: day(t, "2026-04-11"), Overdue: report.Flow{Count: 2, Amount: 71_000}},
		{Day: day(t, "2026-04-12"), Redeemed: report.Flow{Count: 1, Amount: 10_000}, Returned: report.Flow{Count: 1, Amount: 100}},
	} {
		if want.Debtor = debtor; days[i] != want {
			t.Errorf("day %d is %+v, want %+v", i, days[i], want)
		}
	}
	table(t, report.Daily(b.source(), report.DailyFilter{}))
	late := all(t, report.Daily(b.source(), report.DailyFilter{Days: report.Days{From: day(t, "2026-04-11"), To: day(t, "2026-04-11")}}))
	if len(late) != 1 || late[0] != days[1] {
		t.Errorf("of the one day: %+v", late)
	}
}

func TestTheLadderBeginsWithWhatIsOverdue(t *testing.T) {
	b := debts(t)
	rungs, err := report.Ladder(b.source(), debtor, report.DefaultLadder)
	if err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	for _, r := range rungs {
		fmt.Fprintf(&told, "%s %q %d days, %d working: %d of %s, interest %s, awaiting %s, sum %s\n",
			r.Day, r.Mark, r.Days, r.WorkingDays, r.Certificates, r.Amount, r.Interest, r.Awaiting, r.Sum)
	}
	const want = `2026-04-10 "overdue" -6 days, 0 working: 1 of 600.00, interest 0.21, awaiting 0.00, sum 600.00
2026-04-16 "T" 0 days, 0 working: 1 of 400.00, interest 0.00, awaiting 0.00, sum 1000.00
2026-04-17 "T-1" 1 days, 1 working: 1 of 700.00, interest 0.00, awaiting 0.00, sum 1700.00
2026-04-21 "T-5" 5 days, 3 working: 1 of 600.00, interest 0.00, awaiting 0.00, sum 2300.00
2026-04-30 "" 14 days, 10 working: 0 of 0.00, interest 0.00, awaiting 120.00, sum 2300.00
2026-06-30 "" 75 days, 50 working: 1 of 900.00, interest 0.00, awaiting 0.00, sum 3200.00
`
	if told.String() != want {
		t.Errorf("the ladder is\n%s", &told)
	}
	if short, err := report.Ladder(b.source(), debtor, 1); err != nil || len(short) != 3 {
		t.Errorf("of a day: %+v, %v", short, err)
	}
	if none, err := report.Ladder(b.source(), holder, 30); err != nil || len(none) != 0 {
		t.Errorf("of who owes nothing: %+v, %v", none, err)
	}
	for _, days := range []int{0, -1, report.MaxLadder + 1} {
		if _, err := report.Ladder(b.source(), debtor, days); !code.BadRequest.Is(err) {
			t.Errorf("of %d days: %v", days, err)
		}
	}
}

// plant puts one of everything that can wait, and some that do not.
func (b *book) plant(t *testing.T) {
	t.Helper()
	at := day(t, "2026-04-14").Start()
	signed := record.Signature{Member: bank, At: at}
	b.payment(t, "agreed1", func(*record.Settlement) {})
	b.payment(t, "agreed2", func(s *record.Settlement) { s.Amount = 5_000 })
	b.payment(t, "stale", func(s *record.Settlement) {
		s.State, s.Instruction, s.StaleAt = record.SettlementInstructed, signed, at+1
	})
	b.payment(t, "fresh", func(s *record.Settlement) {
		s.State, s.Instruction, s.StaleAt = record.SettlementInstructed, signed, b.now+1
	})
	b.payment(t, "disputed", func(s *record.Settlement) {
		s.State, s.Instruction, s.StaleAt, s.DisputedAt = record.SettlementAccepted, signed, at+1, at
	})
	b.payment(t, "leg2", func(s *record.Settlement) { s.State, s.EndedAt, s.Kept = record.SettlementReturned, at, true })
	b.payment(t, "leg3", func(s *record.Settlement) {
		s.State, s.EndedAt, s.Kept, s.PayeeAccount, s.PayeeBank = record.SettlementUnpaid, at, true, "", ""
	})
	b.payment(t, "again", func(s *record.Settlement) { s.State, s.EndedAt = record.SettlementUnpaid, at })
	b.payment(t, "interest", func(s *record.Settlement) { s.Purpose, s.Amount = record.PurposeLateInterest, 21 })
	b.payment(t, "done", func(s *record.Settlement) { s.State = record.SettlementSettled })
	b.payment(t, "loan", func(s *record.Settlement) { s.Purpose, s.Run = record.PurposeRepayment, "" })
	put(b, record.ExtensionKey("later"), record.Extension{
		ID: "later", Certificate: b.name(t, "1"), Debtor: debtor, From: day(t, "2026-04-10"), Signed: record.Signature{Member: debtor, At: at},
		Line: record.Consent{Member: bank, Signed: signed}, Until: b.now + 1,
		Parts: []record.ExtensionPart{
			{Interval: interval.Of(65_001, 70_000), Owner: record.Consent{Member: holder, Signed: signed}, Others: []record.Consent{{Member: other}}},
			{Interval: interval.Of(70_001, 71_000), Owner: record.Consent{Member: holder, Signed: signed}, Made: at},
		},
	})
}

// Everything that can wait, each with whose turn it is.
func TestWhatWaitsInTheClearing(t *testing.T) {
	b := debts(t)
	b.plant(t)
	src := b.source()
	name := strings.NewReplacer(debtor, "debtor", holder, "holder", bank, "bank", other, "other").Replace
	told := func(f report.WorkFilter) string {
		t.Helper()
		var text strings.Builder
		for _, w := range all(t, report.Worklist(src, f)) {
			fmt.Fprintf(&text, "%s %s: %s's turn for %d days, %d of %s\n", w.Kind, w.Subject, w.Member, w.Days, w.Count, w.Amount)
			if w.Next == "" || w.NextZH == "" || len(w.Members) == 0 || w.Debtor != debtor {
				t.Errorf("work %+v", w)
			}
		}
		return name(text.String())
	}
	const want = `overdue debtor-20260410: bank's turn for 6 days, 1 of 350.00
funds debtor-20260416: bank's turn for 0 days, 1 of 400.00
instruct debtor-20260410: bank's turn for 3 days, 2 of 250.00
stale stale: other's turn for 2 days, 1 of 200.00
dispute disputed: bank's turn for 2 days, 1 of 200.00
returned leg2: bank's turn for 2 days, 1 of 200.00
account leg3: holder's turn for 3 days, 1 of 200.00
interest interest: bank's turn for 3 days, 1 of 0.21
extension later: other's turn for 2 days, 1 of 50.00
extension later: holder's turn for 2 days, 1 of 300.00
`
	if got := told(report.WorkFilter{}); got != want {
		t.Errorf("what waits is\n%s", got)
	}
	if got := told(report.WorkFilter{Turn: holder}); strings.Count(got, "\n") != 2 {
		t.Errorf("the holder's turn is\n%s", got)
	}
	if got := told(report.WorkFilter{Member: other, Kind: report.WorkStale}); !strings.HasPrefix(got, "stale stale: ") {
		t.Errorf("the other bank's stale payments are\n%s", got)
	}
	if got := told(report.WorkFilter{Debtor: holder}); got != "" {
		t.Errorf("of another debtor waits\n%s", got)
	}
	overdue := all(t, report.Worklist(src, report.WorkFilter{Kind: report.WorkOverdue}))
	if len(overdue) != 1 || overdue[0].Interest != 21 {
		t.Errorf("the overdue debts are %+v", overdue)
	}
	page, err := report.Worklist(src, report.WorkFilter{}).Page(view.Cut{Limit: 3})
	if err != nil || len(page.Items) != 3 || page.Next == "" {
		t.Errorf("a page is %+v, %v", page, err)
	}
}

// A debt is an alert when the days of grace are over, and stays one when it was paid; a
// payment that came back can make one of a run that was closed.
func TestADebtPastGraceIsAnAlert(t *testing.T) {
	b := newBook(t, day(t, "2026-04-16").Start())
	b.run(t, "2026-04-10", record.RunOpen, record.Tally{Open: 35_000})
	on := func(text string) []report.Alert {
		t.Helper()
		src := b.source()
		src.Now = day(t, text).Start()
		s, err := report.Alerts(src, report.DefaultThresholds(), report.AlertFilter{Rule: report.RuleOverdue})
		if err != nil {
			t.Fatal(err)
		}
		return all(t, s)
	}
	if got := on("2026-04-13"); len(got) != 0 {
		t.Errorf("within grace: %+v", got)
	}
	got := on("2026-04-16")
	if len(got) != 1 || got[0].Subject != record.RunID(debtor, day(t, "2026-04-10")) || got[0].Since != day(t, "2026-04-14").Start() ||
		got[0].Members[0] != debtor || got[0].State != record.AlertOpen {
		t.Fatalf("past grace: %+v", got)
	}
	b.run(t, "2026-04-16", record.RunOpen, record.Tally{Open: 40_000})
	id := record.RunID(debtor, day(t, "2026-04-10"))
	second := record.RunID(debtor, day(t, "2026-04-16"))
	for _, run := range []string{id, second} {
		b.note(day(t, "2026-04-16").Start()+80_000_000, record.Effects{Notices: []record.NoticeOf{{Kind: record.RunWasClosed, Subject: run}}})
	}
	later := on("2026-05-06")
	if len(later) != 1 || later[0].ID != got[0].ID {
		t.Errorf("after both were paid: %+v", later)
	}
	b.payment(t, "leg9", func(s *record.Settlement) { s.Run = second })
	b.note(day(t, "2026-05-06").Start(), record.Effects{Moves: []record.Move{{
		Kind: record.MoveUnredeem, Certificate: b.name(t, "3"), Interval: interval.Of(1, 40_000), From: debtor, To: holder, Order: "leg9",
	}}})
	if later = on("2026-05-07"); len(later) != 2 || later[1].Subject != second || later[1].Since != day(t, "2026-05-07").Start() {
		t.Errorf("after a payment came back: %+v", later)
	}
}
