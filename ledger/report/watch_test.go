package report_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/report"
)

// small are thresholds at which a planted case of some hundred yuan matters.
func small() report.Thresholds {
	t := report.DefaultThresholds()
	t.PassFloor, t.BankFloor, t.HolderFloor, t.IssueFloor = fen("100.00"), fen("500.00"), fen("500.00"), fen("500.00")
	t.HolderPercent = 100 // of one debtor: nobody is above
	return t
}

// alerts are those of one rule, told as a person reads them: subject, members, facts.
func alerts(t testing.TB, d *desk, limits report.Thresholds, rule string) []string {
	t.Helper()
	s, err := report.Alerts(d.source(), limits, report.AlertFilter{Rule: rule})
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, a := range all(t, s) {
		members, others := strings.Split(d.named(strings.Join(a.Members, " ")), " "), d.named(strings.Join(a.Others, " "))
		slices.Sort(members)
		text := d.named(a.Subject) + " of " + strings.Join(members, " ")
		if others != "" {
			text += " and " + others
		}
		for _, f := range a.Facts {
			text += " " + f.Key + "=" + f.Value
		}
		told = append(told, text)
	}
	return told
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("the alerts are\n%s\nwant %d", strings.Join(got, "\n"), len(want))
		return
	}
	for i, w := range want {
		for _, part := range strings.Split(w, "|") {
			if !strings.Contains(got[i], part) {
				t.Errorf("alert %d is %q, it lacks %q", i, got[i], part)
			}
		}
	}
}

func TestFenThatGoOnVeryOften(t *testing.T) {
	d := newDesk(t, "core", "a", "b", "c", "e")
	c := d.issue("core", "a", "1000.00")
	d.transfer("a", "b", c, interval.Of(1, 50_000))
	d.transfer("b", "c", c, interval.Of(20_001, 40_000))
	d.transfer("a", "e", c, interval.Of(50_001, 60_000)) // other fen
	expect(t, alerts(t, d, small(), report.RuleVelocity))
	d.transfer("c", "e", c, interval.Of(30_001, 35_000))
	expect(t, alerts(t, d, small(), report.RuleVelocity), d.named(c)+" of a b c e day=2026-01-05 fen=30001-35000 transfers=3")

	// Slowly, within ten days: the fifth time is too much, once.
	d.pass(1)
	d.transfer("e", "a", c, interval.Of(30_001, 34_000))
	d.pass(1)
	expect(t, alerts(t, d, small(), report.RuleVelocity), "transfers=3")
	d.transfer("a", "b", c, interval.Of(30_001, 33_000))
	d.transfer("b", "c", c, interval.Of(30_001, 32_000))
	expect(t, alerts(t, d, small(), report.RuleVelocity), "transfers=3", "days=10|fen=30001-33000|transfers=5")
}

func TestFenThatComeBack(t *testing.T) {
	d := newDesk(t, "core", "a", "b", "c")
	c := d.issue("core", "a", "1000.00")
	d.transfer("a", "b", c, interval.Of(1, 50_000))
	d.transfer("b", "c", c, interval.Of(10_001, 50_000))
	expect(t, alerts(t, d, small(), report.RuleCircular))
	d.transfer("c", "a", c, interval.Of(20_001, 30_000))
	expect(t, alerts(t, d, small(), report.RuleCircular), d.named(c)+" of a b c amount=100.00 fen=20001-30000 members=3")

	// What a seller buys back from its bank has not gone in a circle.
	d.Accounts("bank3", "a", "bank1")
	d.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithRecourse))
	id := d.Finance("a", "bank1", "sale", d.holding("a", c, interval.Of(60_001, 70_000)))
	d.Approve("bank1/maker", "financing:BuyBack", map[string]any{
		"financing": id, "legs": []record.Leg{d.holding("bank1", c, interval.Of(60_001, 70_000))}, "price": "100.00",
		"contract": ledgertest.Fingerprint("back"), "account": ledgertest.AccountID, "bankAccount": ledgertest.AccountID,
	}, "a/maker")
	back := ledgertest.Read(d.Ledger, record.FinancingKey(id)).Live
	d.Pay(back)
	if h := d.holding("a", c, interval.Of(60_001, 70_000)); h.Holding == 0 {
		t.Fatal("the fen are not back")
	}
	if got := alerts(t, d, small(), report.RuleCircular); len(got) != 1 {
		t.Errorf("after a buy-back: %s", strings.Join(got, "\n"))
	}
}

func TestWhoPassesOnAtOnceWhatCame(t *testing.T) {
	d := newDesk(t, "core", "a", "b", "c")
	first := d.issue("core", "a", "1000.00")
	d.transfer("a", "b", first, interval.Of(1, 80_000))
	d.transfer("b", "c", first, interval.Of(1, 50_000))
	second := d.issue("core", "b", "100.00")
	expect(t, alerts(t, d, small(), report.RulePassThrough)) // the day is not over
	d.transfer("b", "c", second, interval.Of(1, 10_000))
	d.transfer("b", "c", first, interval.Of(50_001, 75_000))
	d.pass(1)
	// Tier a passed on 80 percent exactly, which is ordinary; b 850.00 of 900.00.
	expect(t, alerts(t, d, small(), report.RulePassThrough), "b of b day=2026-01-05 passedOn=850.00 received=900.00")
	limits := small()
	limits.PassFloor = fen("900.00")
	expect(t, alerts(t, d, limits, report.RulePassThrough))

	// Financing on the day counts as well, by sale and by pledge.
	d.Accounts("bank3", "a", "b", "bank1")
	d.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithoutRecourse))
	d.PostRate("bank1", "loan", ledgertest.Terms(record.PledgeLoan))
	third, fourth := d.issue("core", "a", "200.00"), d.issue("core", "b", "300.00")
	d.Finance("a", "bank1", "sale", d.holding("a", third, interval.Of(1, 18_000)))
	d.Finance("b", "bank1", "loan", d.holding("b", fourth, interval.Of(1, 30_000)))
	d.pass(1)
	got := alerts(t, d, small(), report.RulePassThrough)
	slices.Sort(got)
	expect(t, got, "a of a day=2026-01-07 passedOn=180.00 received=200.00", "day=2026-01-05", "b of b day=2026-01-07 passedOn=300.00 received=300.00")
}

func TestTradeBackgroundThatIsUsedTwice(t *testing.T) {
	d := newDesk(t, "core", "a", "b")
	_, invoice := d.Invoice("core", "a", "one", "1000.00")

	// The buyer registers again what its supplier has registered; so does the supplier
	// itself. That two were refused is an alert, that one was is not.
	again := func(who string) {
		t.Helper()
		o := d.Do(who+"/maker", "evidence:RecordInvoice", map[string]any{
			"fingerprint": invoice, "scheme": 1, "epoch": 1, "seller": d.IDs["a"], "buyer": d.IDs["core"],
			"contract": ledgertest.Read(d.Ledger, record.InvoiceKey(invoice)).Contract, "amount": "1000.00", "date": d.Now.Date(),
		})
		if o.Code == 0 {
			t.Fatal("an invoice was registered twice")
		}
	}
	again("a")
	again("a")
	expect(t, alerts(t, d, small(), report.RuleEvidenceReuse))
	again("core")
	expect(t, alerts(t, d, small(), report.RuleEvidenceReuse), invoice.String()+" of a core cause=refused code=EVIDENCE_DUPLICATE members=2")

	// An invoice is cancelled though 700.00 of it is used.
	c := d.issue("core", "a", "700.00")
	used := ledgertest.Read(d.Ledger, record.CertificateKey(c)).Allocations[0].Invoice
	d.Must("a/maker", "evidence:RedLetter", map[string]any{"invoice": used, "amount": "200.00", "document": ledgertest.Fingerprint("red")})
	expect(t, alerts(t, d, small(), report.RuleEvidenceReuse), "cause=refused", used.String()+" of a core|cause=red-letter uncovered=200.00")
}

// A contract over 1,000.00 has invoices over more; it is an alert when more than it is
// about is used, and what was given back does not count.
func TestAContractThatIsUsedUp(t *testing.T) {
	d := newDesk(t, "core", "a")
	document := ledgertest.Fingerprint("contract")
	contract := evidence.DocumentID(d.IDs["core"], d.IDs["a"], document)
	today := d.Now.Date()
	d.Must("core/maker", "evidence:RecordContract", map[string]any{
		"buyer": d.IDs["core"], "seller": d.IDs["a"], "document": document, "signed": today, "amount": "1000.00", "termDays": 60, "agreed": true,
	})
	for i, text := range []string{"1", "2", "3"} {
		invoice := ledgertest.Fingerprint(text)
		d.Must("a/maker", "evidence:RecordInvoice", map[string]any{
			"fingerprint": invoice, "scheme": 1, "epoch": 1, "seller": d.IDs["a"], "buyer": d.IDs["core"],
			"contract": contract, "amount": "600.00", "date": today,
		})
		d.Must("bank1/reviewer", "evidence:Verify", map[string]any{
			"invoice": invoice, "kind": "tax-check", "good": true, "document": ledgertest.Fingerprint("answer " + text),
		})
		number := d.number("core", 10+i)
		d.Must("core/maker", "certificate:Issue", map[string]any{
			"number": number, "creditor": d.IDs["a"], "face": "600.00", "maturity": today.AddDays(90), "currency": "CNY",
			"reference": text, "contract": contract, "allocations": []map[string]any{{"invoice": invoice, "amount": "600.00"}},
		})
		if i == 0 {
			d.Must("a/maker", "certificate:Reject", map[string]any{"certificate": number, "reason": "wrong date"})
		}
		if i < 2 {
			expect(t, alerts(t, d, small(), report.RuleEvidenceReuse))
		}
	}
	expect(t, alerts(t, d, small(), report.RuleEvidenceReuse), contract+" of a core amount=1000.00 cause=contract used=1200.00")
}

func TestADebtorThatPromisesToPayMuchLater(t *testing.T) {
	d := newDesk(t, "core", "a")
	months := func(days ...int) {
		t.Helper()
		for _, term := range days {
			d.term("core", "a", "10.00", term)
			d.term("core", "a", "10.00", term)
			d.term("core", "a", "10.00", term)
			year, month, _ := d.Now.Date().Civil()
			next, err := calendar.NewDate(year, month+1, 2)
			if err != nil {
				t.Fatal(err)
			}
			d.pass(calendar.DaysBetween(d.Now.Date(), next))
		}
	}
	months(90, 80, 100)
	expect(t, alerts(t, d, small(), report.RuleTermJump))
	months(170)
	got := alerts(t, d, small(), report.RuleTermJump)
	if len(got) != 1 || !strings.Contains(got[0], "core of core averageDays=1") || !strings.Contains(got[0], "month=2026-04") {
		t.Errorf("the alerts are %q", got)
	}
}

func TestTooMuchOfOneDebtor(t *testing.T) {
	d := newDesk(t, "core", "other", "a", "b")
	limits := small()
	limits.HolderPercent = 70
	d.issue("core", "a", "400.00")
	d.issue("other", "a", "300.00")
	d.pass(1)
	expect(t, alerts(t, d, limits, report.RuleConcentration)) // 57 percent
	d.issue("core", "a", "400.00")
	expect(t, alerts(t, d, limits, report.RuleConcentration)) // the day is not over
	d.pass(1)
	expect(t, alerts(t, d, limits, report.RuleConcentration), "a of a and core cause=holder day=2026-01-06 exposure=1100.00 toOne=800.00")
	d.issue("core", "a", "100.00")
	d.pass(1) // it is still too much: told before
	expect(t, alerts(t, d, limits, report.RuleConcentration), "day=2026-01-06")

	// A bank counts what it bought and what is pledged to it.
	d.Accounts("bank3", "a", "b", "bank1")
	d.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithoutRecourse))
	d.PostRate("bank1", "loan", ledgertest.Terms(record.PledgeLoan))
	first, second := d.issue("core", "b", "500.00"), d.issue("other", "b", "300.00")
	d.Finance("b", "bank1", "sale", d.holding("b", first, interval.Of(1, 30_000)))
	d.Finance("b", "bank1", "loan", d.holding("b", second, interval.Of(1, 30_000)))
	d.pass(1)
	got := alerts(t, d, limits, report.RuleConcentration)
	if len(got) != 3 {
		t.Fatalf("the alerts are\n%s", strings.Join(got, "\n"))
	}
	for _, g := range got[1:] {
		if !strings.Contains(g, "bank1 of bank1 and ") || !strings.Contains(g, "cause=bank") || !strings.Contains(g, "exposure=600.00 toOne=300.00") {
			t.Errorf("the alert is %q", g)
		}
	}

	// And a debtor that issues most of a month to one supplier.
	d.pass(30)
	got = alerts(t, d, limits, report.RuleConcentration)
	expect(t, got[3:], "core of core and a cause=one-supplier issued=1400.00 month=2026-01 toOne=900.00")
}

// Reading block by block comes to the same as reading all at once; an answer changes
// the state and nothing else; pages go by time and id.
func TestAlertsAreTheSameHoweverTheyAreRead(t *testing.T) {
	d := newDesk(t, "core", "a", "b")
	watch := report.NewWatch(small())
	read := func() {
		t.Helper()
		if err := watch.Read(d.source()); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		c := d.issue("core", "a", "1000.00")
		read()
		d.transfer("a", "b", c, interval.Of(1, 90_000))
		read()
		d.transfer("b", "a", c, interval.Of(1, 50_000))
		d.pass(1)
		read()
	}
	d.pass(40)
	read()
	whole, err := report.Alerts(d.source(), small(), report.AlertFilter{})
	if err != nil {
		t.Fatal(err)
	}
	want, got := all(t, whole), all(t, watch.Alerts(d.source(), report.AlertFilter{}))
	if len(want) < 4 || !reflect.DeepEqual(got, want) {
		t.Errorf("read bit by bit: %d alerts, at once: %d", len(got), len(want))
	}
	if csv := table(t, whole); strings.Count(csv, "\n") != len(want)+1 {
		t.Errorf("as CSV:\n%s", csv)
	}
	for i := 1; i < len(want); i++ {
		if want[i].Since < want[i-1].Since {
			t.Errorf("alert %d is older than the one before", i)
		}
	}
	for name, c := range map[string]struct {
		filter report.AlertFilter
		some   bool
	}{
		"by id":      {report.AlertFilter{ID: want[0].ID}, true},
		"open":       {report.AlertFilter{State: record.AlertOpen}, true},
		"closed":     {report.AlertFilter{State: record.AlertClosed}, false},
		"of b":       {report.AlertFilter{Member: d.IDs["b"]}, true},
		"of bank 1":  {report.AlertFilter{Member: d.IDs["bank1"]}, false},
		"naming a":   {report.AlertFilter{Named: d.IDs["a"]}, true},
		"from later": {report.AlertFilter{Days: report.Days{From: d.Now.Date()}}, false},
	} {
		if list := all(t, watch.Alerts(d.source(), c.filter)); len(list) > 0 != c.some {
			t.Errorf("%s: %d alerts", name, len(list))
		}
	}
	src := d.source()
	answer := record.AlertAnswer{Alert: want[1].ID, Number: 1, State: record.AlertExplained, Reason: "a group of one owner"}
	src.State = overlay{state{d.Store}, map[string][]byte{string(record.AlertKey(answer.Alert, 1)): record.Encode(&answer)}}
	list := all(t, watch.Alerts(src, report.AlertFilter{State: record.AlertExplained}))
	if len(list) != 1 || list[0].ID != want[1].ID || !reflect.DeepEqual(list[0].Answers, []record.AlertAnswer{answer}) {
		t.Errorf("after an answer: %+v", list)
	}
}
