package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/report"
)

// due is a certificate of core over 1,000.00, of which tier 2 has 300.00, on and after its
// payment date: on the real contracts.
type due struct {
	*desk
	number  string
	run     string
	payment calendar.Date
	legs    []*record.Settlement
}

func newDue(t *testing.T) *due {
	t.Helper()
	d := &due{desk: newDesk(t, "core", "tier1", "tier2")}
	d.Accounts("bank1", "core")
	d.Accounts("bank3", "tier1", "tier2")
	d.number = d.issue("core", "tier1", "1000.00")
	d.transfer("tier1", "tier2", d.number, interval.Of(1, 30_000))
	return d
}

// fallShort lets the date come with 600.00 of 1,000.00: tier 2 gets its part, the payment
// to tier 1 is on its way, and four days pass.
func (d *due) fallShort() {
	d.Helper()
	d.run = d.Mature(d.number)
	d.payment = d.Now.Date()
	d.ConfirmFunds("bank1", d.run, fen("600.00"))
	if d.legs = d.Legs(d.run); len(d.legs) != 2 {
		d.Fatalf("%d legs", len(d.legs))
	}
	d.PayLeg(d.legs[0].ID)
	d.Must("bank1/maker", "settlement:Instruct", map[string]any{"id": d.legs[1].ID})
	d.pass(4)
}

// ladder tells core's ladder in a line.
func (d *due) ladder() string {
	d.Helper()
	rungs, err := report.Ladder(d.source(), d.IDs["core"], report.DefaultLadder)
	if err != nil {
		d.Fatal(err)
	}
	var told []string
	for _, r := range rungs {
		told = append(told, fmt.Sprintf("%q %s", r.Mark, r.Amount))
	}
	return strings.Join(told, ", ")
}

// waits tells in a line what waits for whom.
func (d *due) waits() string {
	d.Helper()
	var told []string
	for _, w := range all(d, report.Worklist(d.source(), report.WorkFilter{})) {
		told = append(told, fmt.Sprintf("%s %s by %s", w.Kind, w.Amount, d.AliasOf(w.Member)))
	}
	return strings.Join(told, ", ")
}

func (d *due) overdue() report.Overdue {
	d.Helper()
	list := all(d, report.OverdueDisclosure(d.source(), report.OverdueFilter{}))
	if len(list) != 1 || list[0].Debtor != d.IDs["core"] {
		d.Fatalf("overdue is %+v", list)
	}
	return list[0]
}

func (d *due) days() []report.Day {
	d.Helper()
	return all(d, report.Daily(d.source(), report.DailyFilter{Days: report.Days{From: d.payment}}))
}

func TestAPaymentDateComes(t *testing.T) {
	d := newDue(t)
	if got := d.ladder(); got != `"" 1000.00` {
		t.Errorf("long before, the ladder is %s", got)
	}
	run := d.Mature(d.number)
	if got := d.ladder(); got != `"T" 1000.00` {
		t.Errorf("on the day, the ladder is %s", got)
	}
	if got := d.waits(); got != "funds 1000.00 by bank1" {
		t.Errorf("on the day waits %s", got)
	}
	d.ConfirmFunds("bank1", run, fen("600.00"))
	if got := d.waits(); got != "funds 400.00 by bank1, instruct 600.00 by bank1" {
		t.Errorf("after the funds waits %s", got)
	}
}

func TestWhatFundsDoNotReachIsReported(t *testing.T) {
	d := newDue(t)
	d.fallShort()
	if got := d.waits(); !strings.HasPrefix(got, "overdue 400.00 by bank1, stale ") || !strings.HasSuffix(got, " by bank3") {
		t.Errorf("four days later waits %s", got)
	}
	paid, overdue := d.legs[0].Amount, d.overdue()
	if overdue.Amount != fen("1,000.00")-paid || overdue.Open != fen("400.00") || overdue.Days != 4 || overdue.Accruing != fen("0.80") ||
		overdue.Certificates != 1 {
		t.Errorf("overdue is %+v", overdue)
	}
	days := d.days()
	if len(days) != 2 || days[0].Redeemed != (report.Flow{Count: 1, Amount: paid}) || days[1].Day != d.payment+1 ||
		days[1].Overdue != (report.Flow{Count: 1, Amount: overdue.Amount}) {
		t.Errorf("the days are %+v", days)
	}
	states := map[record.SettlementState]int{}
	for _, l := range all(t, report.Legs(d.source(), report.LegsFilter{Run: d.run})) {
		states[l.State]++
		if l.State == record.SettlementSettled && (l.Reference == "" || l.Credited == 0 || l.PayeeBank != d.IDs["bank3"]) {
			t.Errorf("leg %+v", l)
		}
	}
	if len(states) != 2 || states[record.SettlementSettled] != 1 || states[record.SettlementInstructed] != 1 {
		t.Errorf("the legs are %v", states)
	}
	proof, err := report.ProveNoPooling(d.source())
	if err != nil || !proof.Holds || proof.Settled.Amount != paid || proof.Instructed != 2 {
		t.Errorf("the proof is %+v, %v", proof, err)
	}
}

func TestAnOverdueDebtIsAnswered(t *testing.T) {
	d := newDue(t)
	d.fallShort()
	raised := func(f report.AlertFilter) []report.Alert {
		t.Helper()
		s, err := report.Alerts(d.source(), report.DefaultThresholds(), f)
		if err != nil {
			t.Fatal(err)
		}
		return all(t, s)
	}
	list := raised(report.AlertFilter{Rule: report.RuleOverdue})
	if len(list) != 1 || list[0].Subject != d.run || list[0].Since != d.payment.AddDays(4).Start() {
		t.Fatalf("the alerts are %+v", list)
	}
	d.Must("core/maker", "alert:Answer", map[string]any{"alert": list[0].ID, "state": "explained", "reason": "a customer is late"})
	d.Must("auditor/maker", "alert:Answer", map[string]any{"alert": list[0].ID, "state": "closed", "reason": "seen"})
	if again := raised(report.AlertFilter{ID: list[0].ID}); len(again) != 1 || again[0].State != record.AlertClosed || len(again[0].Answers) != 2 {
		t.Errorf("after the answers the alert is %+v", again)
	}

	// Tier 2 agrees to be paid later: what became overdue on the day does not change.
	became := d.days()[1]
	open := d.openFen("tier2", d.number)
	offer := d.offerExtension(d.number, d.payment)
	if got := d.waits(); !strings.Contains(got, "extension "+open.Amount().String()+" by tier2") || strings.Count(got, "extension ") != 2 {
		t.Errorf("with an offer waits %s", got)
	}
	d.Must("tier2/maker", "clearing:AcceptExtension", map[string]any{"id": offer, "interval": open})
	if got := d.ladder(); !strings.HasPrefix(got, `"overdue" `) || !strings.HasSuffix(got, `, "" `+open.Amount().String()) {
		t.Errorf("after the extension of %s the ladder is %s", open.Amount(), got)
	}
	if overdue := d.overdue(); overdue.Extended != open.Amount() {
		t.Errorf("after the extension overdue is %+v", overdue)
	}
	if again := d.days(); len(again) < 2 || again[1] != became {
		t.Errorf("after the extension the days are %+v, it was %+v", again, became)
	}
}

// openFen are fen of an owner that are in no payment.
func (d *desk) openFen(owner, certificate string) (fen interval.Interval) {
	d.Helper()
	err := record.Each(state{d.Store}, record.HoldingsPrefix(certificate), func(h *record.Holding) bool {
		if h.Owner == d.IDs[owner] && h.Redeemed == 0 && len(h.Locks) == 0 {
			fen = h.Interval
		}
		return true
	})
	if err != nil || fen.IsZero() {
		d.Fatalf("%s has no open fen of %s: %v", owner, certificate, err)
	}
	return fen
}

// offerExtension has core offer to pay fen thirty days later.
func (d *desk) offerExtension(certificate string, payment calendar.Date) string {
	d.Helper()
	var made struct {
		ID string `json:"id"`
	}
	d.Must("core/maker", "clearing:OfferExtension", map[string]any{
		"certificate": certificate, "maturity": payment.AddDays(30), "reason": "a customer is late",
		"document": ledgertest.Fingerprint("extension"),
	}, &made)
	return made.ID
}
