package execute_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// nextPayment is the time at which the next payment date begins on which a certificate
// in force is due, or fen that were extended; false when none is.
func (x *life) nextPayment() (at calendar.Instant, ok bool) {
	for _, d := range all[record.Due](x, record.DuePrefix()) {
		if d.Kind == record.DueClearing && d.At > x.now() {
			return d.At, true
		}
	}
	return 0, false
}

// untilPayment lets the next payment date come, or the time right before it.
func (x *life) untilPayment(t *rapid.T) {
	at, ok := x.nextPayment()
	if !ok {
		return
	}
	wait := time.Duration(at-x.now()) * time.Millisecond
	x.Now = x.Now.Add(max(0, wait+time.Duration(between(t, "hours after", -2, 20))*time.Hour))
}

func (x *life) drawRun(t *rapid.T, fits func(*record.Run) bool) (*record.Run, bool) {
	return mostly(t, "run", all[record.Run](x, record.RunsPrefix("")), fits)
}

func owing(r *record.Run) bool { return r.State == record.RunOpen && r.Tally.Open > 0 }

// confirmFunds is the debtor's bank's word for all, for a part, now and then for too much.
func (x *life) confirmFunds(t *rapid.T) call {
	r, ok := x.drawRun(t, owing)
	if !ok {
		return call{}
	}
	in := clearing.ConfirmFundsArgument{Run: r.ID, Account: x.accountOf(t, x.names[r.Debtor]), Amount: r.Tally.Open}
	switch between(t, "funds", 0, 9) {
	case 0, 1, 2, 3:
		in.Amount = fen(t, "part", 1, max(1, int64(r.Tally.Open)))
	case 4:
		in.Amount = fen(t, "little", 1, 100)
	case 5:
		in.Amount++
	}
	bank := "bank1"
	if a := find(x, record.AccountKey(r.Debtor, in.Account)); a != nil && !chance(t, "another bank", 15) {
		bank = x.names[a.Bank]
	}
	return x.either(t, call{who: x.maker(bank), function: "clearing:ConfirmFunds", argument: in})
}

// drawClearing picks a certificate with legs that fit, and one of them.
func (x *life) drawClearing(t *rapid.T, fits func(*record.Settlement) bool) (*record.Settlement, bool) {
	var certificates []string
	legs := map[string][]*record.Settlement{}
	for _, s := range x.settlements() {
		if !s.Purpose.Leg() || !fits(s) {
			continue
		}
		certificate := s.Legs[0].Certificate
		if legs[certificate] == nil {
			certificates = append(certificates, certificate)
		}
		legs[certificate] = append(legs[certificate], s)
	}
	if len(certificates) == 0 {
		return nil, false
	}
	slices.Sort(certificates)
	return pick(t, "leg", legs[pick(t, "of", certificates)]), true
}

// payLeg does what a leg waits for: it is instructed, or reported on.
func (x *life) payLeg(t *rapid.T) call {
	s, ok := x.drawClearing(t, func(s *record.Settlement) bool { return s.State.Live() })
	if !ok {
		return call{}
	}
	if s.State == record.SettlementAgreed {
		return x.instruction(t, s)
	}
	return x.reportOn(t, s, oneOf(t, "says", "accepted", "paid", "paid", "paid", "paid", "rejected"))
}

// misreport is a report on any leg: late, of another state, again.
func (x *life) misreport(t *rapid.T) call {
	s, ok := x.drawClearing(t, func(*record.Settlement) bool { return true })
	if !ok {
		return call{}
	}
	return x.reportOn(t, s, oneOf(t, "says", "accepted", "paid", "rejected", "returned", "returned"))
}

// takeBack returns a leg that was paid.
func (x *life) takeBack(t *rapid.T) call {
	s, ok := x.drawClearing(t, func(s *record.Settlement) bool { return s.State == record.SettlementSettled })
	if !ok {
		return call{}
	}
	return x.reportOn(t, s, "returned")
}

// reportOn is a bank's message about a leg, now and then of less or more money, of other
// accounts, of another time, under a reference that was used, or from another bank.
func (x *life) reportOn(t *rapid.T, s *record.Settlement, says string) call {
	var kind clearing.Report
	if err := kind.UnmarshalText([]byte(says)); err != nil {
		t.Fatal(err)
	}
	in, bank := x.ReportOf(s.ID, kind)
	x.serial++
	in.Reference = fmt.Sprint("report ", x.serial)
	if bank == "" {
		bank = "bank1"
	}
	if in.At != 0 {
		in.At = x.now()
	}
	switch between(t, "fault", 0, 15) {
	case 0:
		in.Amount = fen(t, "less", 1, max(1, int64(s.Amount)))
	case 1:
		in.Amount += fen(t, "more", 1, 500)
	case 2:
		in.Reference = fmt.Sprint("report ", x.serial-1)
	case 3:
		in.PayeeAccount = "another"
	case 4:
		in.At = x.now().Add(time.Duration(between(t, "hours", -72, 72)) * time.Hour)
	case 5:
		bank = oneOf(t, "bank", "bank1", "bank2", "bank3", "bank4")
	}
	return x.either(t, call{who: x.maker(bank), function: "clearing:Report", argument: in})
}

// makeAnew replaces or drops a leg that was not paid or came back, now and then another.
func (x *life) makeAnew(t *rapid.T) call {
	s, ok := x.drawClearing(t, func(s *record.Settlement) bool { return s.Kept })
	if !ok || chance(t, "any leg", 8) {
		if s, ok = x.drawClearing(t, func(*record.Settlement) bool { return true }); !ok {
			return call{}
		}
	}
	if rapid.Bool().Draw(t, "replace") {
		return x.either(t, call{who: x.maker(x.names[s.PayerBank]), function: "clearing:Replace", argument: clearing.LegArgument{Leg: s.ID}})
	}
	by := x.names[s.PayerBank]
	if chance(t, "the payee", 4) {
		by = x.names[s.Payee]
	}
	return x.either(t, call{who: x.maker(by), function: "clearing:Drop", argument: clearing.DropArgument{Leg: s.ID, Reason: "the money is gone"}})
}

// redirect gives money without fen other accounts, when it needs any.
func (x *life) redirect(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool {
		return s.Purpose == record.PurposeLateInterest && s.State == record.SettlementAgreed
	})
	if !ok || s.PayerBank == "" {
		return call{}
	}
	return call{who: x.maker(x.names[s.PayerBank]), function: "clearing:Replace", argument: clearing.LegArgument{Leg: s.ID}}
}

// direct is a court's order about a leg on whose fen a freeze rests.
func (x *life) direct(t *rapid.T) call {
	s, ok := x.drawClearing(t, func(s *record.Settlement) bool {
		return (s.State == record.SettlementAgreed || s.Kept) && x.frozenBy(s) != ""
	})
	if !ok {
		return call{}
	}
	in := x.instrument(fields{"freeze": x.frozenBy(s), "leg": s.ID, "receiver": x.IDs[oneOf(t, "receiver", append(x.firms, "bank2")...)]})
	return x.propose(call{who: "bank1/maker", function: "clearing:Direct", argument: in})
}

// frozenBy is the first freeze on fen of a settlement, or nothing.
func (x *life) frozenBy(s *record.Settlement) string {
	for _, leg := range s.Legs {
		for _, h := range x.holdings(leg.Certificate) {
			for _, lock := range h.Locks {
				if lock.Kind == record.LockFreeze && lock.Interval.Overlaps(leg.Interval) {
					return lock.Order
				}
			}
		}
	}
	return ""
}

// recover calls on who stands behind fen that the debtor did not pay.
func (x *life) recover(t *rapid.T) call {
	guaranteed := rapid.Bool().Draw(t, "guarantor")
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.State == record.FinancingDisbursed && f.Live == "" && x.overdue(f) && (!guaranteed || f.GuarantorSigned.Member != "")
	})
	if !ok || f.Funder == "" {
		return call{}
	}
	in := clearing.RecoverArgument{Financing: f.ID}
	if leg, ok := x.boughtLeg(t, f); ok && chance(t, "some fen", 3) {
		in.Legs = []record.Leg{leg}
	}
	if chance(t, "an account", 4) {
		in.Account = x.accountOf(t, x.names[f.Funder])
	}
	function := "clearing:Recourse"
	if guaranteed {
		function = "clearing:CallGuarantee"
	}
	return x.either(t, call{who: x.maker(x.names[f.Funder]), function: function, argument: in})
}

// overdue reports whether fen of a financing are in a run.
func (x *life) overdue(f *record.Financing) bool {
	return slices.ContainsFunc(find(x, record.SettlementKey(f.ID)).Legs, func(leg record.Leg) bool {
		return find(x, record.CertificateKey(leg.Certificate)).Entered != 0
	})
}

// openFen picks fen of a certificate in a run that are owed, mostly free ones.
func (x *life) openFen(t *rapid.T, certificate string) (h record.Holding, free interval.Interval, ok bool) {
	list := x.holdings(certificate)
	if !chance(t, "any of them", 8) {
		list = slices.DeleteFunc(list, func(h record.Holding) bool { return h.Redeemed != 0 || freeFrom(&h) > h.Interval.To })
	}
	if len(list) == 0 {
		return h, free, false
	}
	h = pick(t, "holding", list)
	return h, drawInterval(t, interval.Of(min(freeFrom(&h), h.Interval.To), h.Interval.To)), true
}

// freeFrom is the first fen of a holding above all that are in a payment.
func freeFrom(h *record.Holding) money.Fen {
	from := h.Interval.From
	for _, lock := range h.Locks {
		if lock.Kind != record.LockPledge && lock.Kind != record.LockFreeze {
			from = max(from, lock.Interval.To+1)
		}
	}
	return from
}

func (x *life) drawUnpaid(t *rapid.T) (certificate string, ok bool) {
	return mostly(t, "certificate", x.certificates, x.unpaid)
}

// unpaid reports whether fen of a certificate are in a run and owed.
func (x *life) unpaid(certificate string) bool {
	c := find(x, record.CertificateKey(certificate))
	return c.Entered != 0 && c.Redeemed < c.Face
}

func (x *life) offerExtension(t *rapid.T) call {
	id, ok := x.drawUnpaid(t)
	if !ok {
		return call{}
	}
	in := clearing.ExtendArgument{
		Certificate: id, Maturity: x.today().AddDays(between(t, "days", -2, 40)), Reason: "season", Document: x.document(),
	}
	return x.either(t, call{who: x.maker(x.names[find(x, record.CertificateKey(id)).Debtor]), function: "clearing:OfferExtension", argument: in})
}

func (x *life) drawExtension(t *rapid.T) (*record.Extension, bool) {
	list := all[record.Extension](x, record.ExtensionsPrefix())
	slices.SortFunc(list, func(a, b *record.Extension) int { return int(a.Signed.At - b.Signed.At) })
	return mostly(t, "extension", list, func(e *record.Extension) bool { return !e.Closed && e.Until > x.now() })
}

// extension is what somebody does about a debtor's offer to pay later.
func (x *life) extension(t *rapid.T) call {
	e, ok := x.drawExtension(t)
	if !ok {
		return call{}
	}
	in := clearing.ExtensionArgument{ID: e.ID}
	switch between(t, "extension", 0, 11) {
	case 0:
		return call{who: x.maker(x.names[e.Debtor]), function: "clearing:WithdrawExtension", argument: in}
	case 1, 2, 3, 4, 5:
		if m := x.missingConsent(e); m != "" {
			return call{who: x.maker(x.names[m]), function: "clearing:ConsentToExtension", argument: in}
		}
		return call{who: "bank1/maker", function: "clearing:ConsentToExtension", argument: in}
	}
	h, free, ok := x.openFen(t, e.Certificate)
	if !ok {
		return call{}
	}
	return x.either(t, call{who: x.maker(x.names[h.Owner]), function: "clearing:AcceptExtension", argument: clearing.AcceptExtensionArgument{
		ID: e.ID, Interval: free,
	}})
}

// missingConsent is somebody whose word an extension waits for, or nobody.
func (x *life) missingConsent(e *record.Extension) string {
	if e.Line.Member != "" && e.Line.Signed.Member == "" {
		return e.Line.Member
	}
	for _, p := range e.Parts {
		for _, c := range p.Others {
			if p.Made == 0 && c.Signed.Member == "" {
				return c.Member
			}
		}
	}
	return ""
}

// waive gives up interest on fen, or interest that is owed already.
func (x *life) waive(t *rapid.T) call {
	in := clearing.WaiveArgument{Reason: record.WaiverGoodwill}
	var creditor string
	if rapid.Bool().Draw(t, "owed already") {
		s, ok := x.drawSettlement(t, func(s *record.Settlement) bool {
			return s.Purpose == record.PurposeLateInterest && s.State == record.SettlementAgreed
		})
		if !ok {
			return call{}
		}
		in.Settlement, creditor = s.ID, s.Payee
	} else {
		id, ok := x.drawUnpaid(t)
		if !ok {
			return call{}
		}
		h, free, ok := x.openFen(t, id)
		if !ok {
			return call{}
		}
		if i := slices.IndexFunc(h.Locks, func(l record.Lock) bool { return l.Kind == record.LockPledge }); i >= 0 {
			free = drawInterval(t, h.Locks[i].Interval)
		}
		in.Certificate, in.Interval, creditor = h.Certificate, free, h.Owner
	}
	return x.propose(call{who: x.maker(x.names[creditor]), function: "clearing:Waive", argument: in})
}

func (x *life) consentToWaiver(t *rapid.T) call {
	v, ok := mostly(t, "waiver", all[record.Waiver](x, record.WaiversPrefix()), func(v *record.Waiver) bool { return v.At == 0 })
	if !ok {
		return call{}
	}
	by := v.Pledgee
	if by == "" {
		by = v.Creditor
	}
	return call{who: x.maker(x.names[by]), function: "clearing:ConsentToWaiver", argument: clearing.WaiverArgument{ID: v.ID}}
}

// chooseAccount has somebody's clearings paid elsewhere.
func (x *life) chooseAccount(t *rapid.T) call {
	member, account := oneOf(t, "member", append(x.firms, "bank1")...), ledgertest.AccountID
	if a, ok := recent(t, "account", x.accounts); ok && !chance(t, "the first", 4) {
		member, account = a.member, a.id
	}
	return x.propose(call{who: x.maker(member), function: "member:ChooseAccount", argument: fields{"account": account}})
}

func (x *life) answerAlert(t *rapid.T) call {
	return call{
		who: oneOf(t, "by", x.maker("core"), "bank1/maker", "operator/maker"), function: "alert:Answer",
		argument: fields{
			"alert":  ledgertest.Fingerprint(fmt.Sprint("alert ", between(t, "alert", 1, 3))),
			"state":  oneOf(t, "state", "explained", "explained", "closed"),
			"reason": "known",
		},
	}
}

// mature is the stage's share of what makes a payment date rich: a guaranteed sale, a
// loan whose guarantor signed, a pledge, a line, all due on the day of the first
// certificates.
func (s *stage) mature() {
	l := s.ledger
	for i, p := range []pair{{"core", "ore"}, {"city", "bolts"}} {
		s.issued = append(s.issued, l.IssueBacked("bank1", p.buyer, p.buyer, p.seller, fmt.Sprint("backed ", i), "200.00", 10+i))
	}
	guaranteed := ledgertest.Terms(record.SaleWithRecourse)
	guaranteed.Interest, guaranteed.Basis, guaranteed.Advance = record.InterestAtMaturity, money.Basis365, 800_000
	guaranteed.Guarantor, guaranteed.Guarantee = l.IDs["bank4"], 9_000
	guaranteed.GuaranteeContract = ledgertest.Fingerprint("guarantee")
	l.PostRate("bank2", "two", guaranteed)
	loan := guaranteed
	loan.Kind = record.PledgeLoan
	l.PostRate("bank3", "two", loan)
	for _, take := range []struct {
		holder, bank, certificate string
		fen                       interval.Interval
	}{
		{"ore", "bank2", s.issued[3], interval.Of(1, 8_000)},
		{"bolts", "bank3", s.issued[4], interval.Of(1, 8_000)},
	} {
		id := l.TakeRate(take.holder, take.bank, "two", l.Leg(take.certificate, 1, take.fen))
		l.Must("bank4/maker", "financing:Guarantee", fields{"id": id, "account": ledgertest.AccountID})
		l.Register(take.bank, id)
		l.Pay(id)
	}
	l.Approve("steel/maker", "certificate:Pledge", fields{
		"leg": l.Leg(s.issued[2], 1, interval.Of(1, 10_000)), "pledgee": l.IDs["bank1"], "secured": "60.00",
		"registration": "registration 1", "document": ledgertest.Fingerprint("pledge"),
	}, "bank1/checker")
}

// shatter makes a certificate in so many pieces.
func (s *stage) shatter(pieces int) {
	l := s.ledger
	id := l.Issue("city", "ore", "pieces", "400.00", 20)
	for done := 1; done < pieces; {
		more := min(pieces-done, 99)
		whole := ledgertest.Read(l, record.HoldingKey(id, 1))
		l.Must("ore/maker", "certificate:Split", fields{
			"certificate": id, "holding": 1, "version": whole.Version, "interval": whole.Interval,
			"amounts": slices.Repeat([]money.Fen{100}, more),
		})
		done += more
	}
	s.issued = append(s.issued, id)
}
