package audit

import (
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// moneyMove is money on its way: both sides with their accounts, and how much. Advice and
// settlement must agree on all of it.
type moneyMove struct {
	payer, payerAccount, payee, payeeAccount string
	amount                                   money.Fen
}

// settled is what must be known of a settlement when all records were read.
type settled struct {
	moneyMove
	purpose               record.Purpose
	state                 record.SettlementState
	financing             string
	payerBank, payeeBank  string
	fen                   money.Fen
	adviceBank, adviceRef string
	acceptance            record.Digest // transaction of the payer's bank's advice, or zero
	owed                  bool          // money without fen: what was not paid is instructed again
	excess, ordered       money.Fen     // of a leg: what arrived beyond the amount, what was instructed
	instructed            bool          // at some time, or paid without
}

// advised is an advice of a bank.
type advised struct {
	moneyMove
	bank, reference, settlement string
	by                          record.Digest // transaction
}

// payment is why fen of a certificate moved for money, or were redeemed.
type payment struct {
	kind                              record.MoveKind
	settlement, certificate, from, to string
}

func (c *check) settlement(s *record.Settlement) {
	c.report.Settlements++
	d := c.deals
	c.books.settlement(s)
	c.report.Overpaid += s.Excess
	onItsWay := s.State.Instructed() || paid(s) && s.Purpose != record.PurposeOutside
	d.settlements[s.ID] = &settled{
		moneyMove: moneyMove{s.Payer, s.PayerAccount, s.Payee, s.PayeeAccount, s.Amount},
		purpose:   s.Purpose, state: s.State, financing: s.Financing, payerBank: s.PayerBank, payeeBank: s.PayeeBank, fen: s.Fen,
		adviceBank: s.AdviceBank, adviceRef: s.AdviceRef, acceptance: s.Acceptance.TxID,
		owed: s.Effect == 0 && s.State != record.SettlementOpen, excess: s.Excess, ordered: ordered(s),
		instructed: s.Instruction.Member != "" || onItsWay || paid(s),
	}
	var fen money.Fen
	for _, leg := range s.Legs {
		fen += leg.Interval.Amount()
	}
	if fen != s.Fen {
		c.report.found(Agreements, s.ID, "legs of %s, the settlement says %s", fen, s.Fen)
	}
	if s.Purpose == record.PurposeDiscount && (s.State.Live() || s.State == record.SettlementSettled) {
		d.taken[string(record.DiscountKey(s.Payer, s.Offer))] -= s.Fen
	}
	if s.Effect == record.EffectPledge {
		d.pledged[s.ID] = s.Legs
	}
	c.engaged(s)
	if s.Purpose.Leg() {
		c.leg(s)
	}
	if paid(s) {
		d.paid(s)
	}
	if onItsWay && s.Instruction.Member != s.PayerBank {
		c.report.found(Agreements, s.ID, "it is %s and was instructed by %q, not by the payer's bank", s.State, s.Instruction.Member)
	}
	c.links.name(s.ID, s.Payer, s.Payee, s.PayerBank, s.PayeeBank)
	c.links.pays(s.ID, s.Payer, s.PayerAccount, s.PayerBank)
	c.links.pays(s.ID, s.Payee, s.PayeeAccount, s.PayeeBank)
}

// paid reports whether a settlement was paid, also when the money came back later.
func paid(s *record.Settlement) bool {
	return s.State == record.SettlementSettled || s.State == record.SettlementReturned
}

// lockOf is the lock that a settlement has on its fen.
func lockOf(s *record.Settlement) record.LockKind {
	switch {
	case s.Kept:
		return record.LockReturned
	case s.Purpose.Leg():
		return record.LockClearing
	case s.Purpose.AfterMaturity() || s.Purpose == record.PurposeOutside && s.Run != "":
		return record.LockRecourse
	case s.State.Instructed():
		return record.LockDisbursing
	default:
		return record.LockFinancing
	}
}

// engaged notes what a settlement locks and waits for while it is live, or kept. An
// instruction whose time has come leaves the queue with nothing but a notice.
func (c *check) engaged(s *record.Settlement) {
	if !s.State.Live() && !s.Kept {
		return
	}
	kind := lockOf(s)
	for _, leg := range s.Legs {
		c.sums.claim(kind, s.ID, leg.Certificate, leg.Interval)
	}
	if !s.State.Instructed() && len(s.Legs) > 0 && !s.Purpose.Leg() { // a leg has no time
		spite := s.Effect == record.EffectAcquit || lockOf(s) == record.LockRecourse
		c.sums.clocks = append(c.sums.clocks, clock{s.ID, s.Legs, s.LapsesAt, spite})
	}
	switch {
	case s.State.Instructed():
		key := string(record.DueKey(s.StaleAt, record.DueStale, s.ID))
		c.deals.stale = append(c.deals.stale, staleAt{s.StaleAt, key})
	case s.LapsesAt != 0:
		c.sums.lapsing[string(record.DueKey(s.LapsesAt, record.DueSettlement, s.ID))] = true
	}
}

// paid notes which fen a settlement has moved or redeemed, and made owed again when the
// money came back. A leg is not always paid to the owner: who that is, the moves say.
func (d *deals) paid(s *record.Settlement) {
	kind, moves := moveOf(s)
	if !moves {
		return
	}
	note := func(p payment, fen interval.Interval) { d.due[p] = append(d.due[p], fen) }
	for _, leg := range s.Legs {
		p := payment{kind, s.ID, leg.Certificate, s.Payee, s.Payer}
		if s.Purpose.Leg() {
			p.from = ""
		}
		note(p, leg.Interval)
		if s.State == record.SettlementReturned {
			note(payment{record.MoveUnredeem, s.ID, leg.Certificate, s.Payer, ""}, leg.Interval)
		}
	}
}

// moveOf is the kind of move with which a settlement's fen follow the money; false
// when they stay where they are.
func moveOf(s *record.Settlement) (record.MoveKind, bool) {
	switch s.Effect {
	case record.EffectRedeem:
		return record.MoveRedeem, true
	case record.EffectMove:
		switch s.Purpose {
		case record.PurposeResale:
			return record.MoveResale, true
		case record.PurposeBuyBack:
			return record.MoveBuyBack, true
		case record.PurposeRecourse, record.PurposeGuarantee:
			return record.MoveRecourse, true
		default:
			return record.MoveSale, true
		}
	default:
		return 0, false
	}
}

// moved notes a move for money, or a redemption.
func (d *deals) moved(m *record.Move) {
	switch m.Kind {
	case record.MoveSale, record.MoveResale, record.MoveBuyBack, record.MoveRedeem, record.MoveRecourse, record.MoveUnredeem:
		p := payment{m.Kind, m.Order, m.Certificate, m.From, m.To}
		d.made[p] = append(d.made[p], m.Interval)
	default: // not for money on the ledger
	}
}

// comparePayments holds the moves in the outcomes against the settlements: each for
// exactly the fen of the other.
func (c *check) comparePayments() {
	d, r := c.deals, c.report
	for p, fen := range d.made { // what a settlement does not say is not compared: whose the fen of a leg were
		other := p
		switch p.kind {
		case record.MoveRedeem:
			other.from = ""
		case record.MoveUnredeem:
			other.to = ""
		default:
		}
		if other != p && d.due[p] == nil && d.due[other] != nil {
			delete(d.made, p)
			d.made[other] = append(d.made[other], fen...)
		}
	}
	for p, fen := range d.due {
		if got := joined(d.made[p]); !slices.Equal(joined(fen), got) || sum(fen) != sum(d.made[p]) {
			r.found(Payments, p.settlement, "it settled fen %v of %s from %s to %s; by a %s went %v", joined(fen), p.certificate, p.from, p.to, p.kind, got)
		}
	}
	for p, fen := range d.made {
		if d.due[p] == nil {
			r.found(Payments, p.settlement, "a %s of fen %v of %s from %s to %s, which it did not settle", p.kind, joined(fen), p.certificate, p.from, p.to)
		}
	}
	d.due, d.made = nil, nil
}

func sum(fen []interval.Interval) (all money.Fen) {
	for _, i := range fen {
		all += i.Amount()
	}
	return all
}

func (c *check) advice(a *record.Advice) {
	c.report.Advices++
	c.deals.advices = append(c.deals.advices, advised{
		moneyMove{a.Payer, a.PayerAccount, a.Payee, a.PayeeAccount, a.Amount}, a.Bank, a.Reference, a.Settlement, a.Signed.TxID,
	})
	c.links.name(a.Reference, a.Bank, a.Payer, a.Payee, a.Signed.Member)
}

// compareSettlements holds settlements against advices, the financings that they
// belong to, and the queue.
func (c *check) compareSettlements() {
	d := c.deals
	advices := map[string]int{}
	for i := range d.advices {
		c.compareAdvice(&d.advices[i])
		advices[d.advices[i].settlement]++
	}
	for _, id := range slices.Sorted(maps.Keys(d.settlements)) {
		s, want := d.settlements[id], 0
		switch s.state {
		case record.SettlementSettled:
			want = 1
		case record.SettlementReturned:
			want = 2
		default: // no money arrived
		}
		if !s.acceptance.IsZero() {
			want++
		}
		if advices[id] < want || advices[id] > want && !s.owed {
			c.report.found(Advices, id, "%s with %d advices, not %d", s.state, advices[id], want)
		}
		c.compareParent(id, s)
		c.comparePooled(id, s)
	}
	for _, id := range slices.Sorted(maps.Keys(d.financings)) {
		c.compareLive(id, d.financings[id])
	}
	for _, s := range d.stale {
		if s.at > c.now() {
			c.sums.lapsing[s.key] = true
		} else {
			c.sums.told[s.key] = true
		}
	}
}

// compareAdvice holds an advice against the settlement that it names.
func (c *check) compareAdvice(a *advised) {
	s := c.deals.settlements[a.settlement]
	if s == nil {
		c.report.found(Advices, a.reference, "bank %s advises of settlement %s, which is not there", a.bank, a.settlement)
		return
	}
	want, ok := s.advisedBy(a)
	if !ok {
		c.report.found(Advices, a.settlement, "it names advice %q of bank %q, and not %q of bank %s", s.adviceRef, s.adviceBank, a.reference, a.bank)
		return
	}
	if a.moneyMove != want {
		c.report.found(Advices, a.settlement, "bank %s advises of %+v, it is of %+v", a.bank, a.moneyMove, want)
	}
}

// advisedBy is the money of which an advice has to speak: the one that settled it, with
// what arrived beyond; the one with which the payer's bank said that it paid what was
// instructed; the one with which money went back. Of money that is owed, the payer's bank
// may have said so before and been wrong, and interest is then paid to another account.
func (s *settled) advisedBy(a *advised) (moneyMove, bool) {
	m := s.moneyMove
	arrived := s.state == record.SettlementSettled || s.state == record.SettlementReturned
	switch {
	case arrived && a.bank == s.payeeBank && s.adviceBank == a.bank && s.adviceRef == a.reference:
		m.amount += s.excess
	case a.bank == s.payerBank && a.by == s.acceptance:
		m.amount = s.ordered
	case a.bank == s.payeeBank && s.state == record.SettlementReturned:
		m = moneyMove{m.payee, m.payeeAccount, m.payer, m.payerAccount, m.amount}
	case a.bank == s.payerBank && s.owed:
		if s.purpose == record.PurposeLateInterest {
			m.payeeAccount = a.payeeAccount
		}
	default:
		return m, false
	}
	return m, true
}

// compareParent reports a settlement whose financing is not there or does not name
// it while it is under way.
func (c *check) compareParent(id string, s *settled) {
	if s.financing == "" {
		switch s.purpose {
		case record.PurposeDiscount, record.PurposeOutside, record.PurposeClearing, record.PurposeLateInterest, record.PurposeRefund:
		default:
			c.report.found(Agreements, id, "a %s without a financing", s.purpose)
		}
		return
	}
	f := c.deals.financings[s.financing]
	if f == nil {
		c.report.found(Agreements, id, "a %s of financing %s, which is not there", s.purpose, s.financing)
		return
	}
	if s.purpose == record.PurposeResale {
		f = c.deals.financings[f.origin]
	}
	if s.follows() && s.state.Live() && (f == nil || f.live != id) {
		c.report.found(Agreements, id, "a %s is under way, of which the financing does not know", s.purpose)
	}
}

// follows reports whether a settlement is one that its financing names while it is under
// way. What is asked for apart from fen is not.
func (s *settled) follows() bool {
	switch s.purpose {
	case record.PurposeResale, record.PurposeBuyBack, record.PurposeRepayment:
		return true
	case record.PurposeRecourse, record.PurposeGuarantee:
		return s.fen > 0
	default:
		return false
	}
}

// compareLive reports a financing that names a settlement as under way that is not,
// or is none of its own.
func (c *check) compareLive(id string, f *financed) {
	if f.live == "" {
		return
	}
	s := c.deals.settlements[f.live]
	own := s != nil && s.state.Live() && s.follows()
	if own && s.purpose == record.PurposeResale {
		other := c.deals.financings[f.live]
		own = other != nil && other.origin == id
	} else if own {
		own = s.financing == id
	}
	if !own {
		c.report.found(Agreements, id, "settlement %s is not under way with it", f.live)
	}
}
