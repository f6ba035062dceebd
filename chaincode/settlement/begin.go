package settlement

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Agreements is what lies behind settlements. chaincode/financing is one.
type Agreements interface {
	// Ready refuses while something must be done before the payment is instructed.
	Ready(w *world.World, s *record.Settlement) error
	// Settled follows a settlement whose fen have done what they were to do.
	Settled(w *world.World, s *record.Settlement) error
	// Ended follows a settlement that was cancelled, lapsed or proven unpaid.
	Ended(w *world.World, s *record.Settlement) error
}

// Account is one side of a payment.
type Account struct {
	Member string
	ID     string
}

const millisPerDay = 24 * 60 * 60 * 1000

// Begin locks the fen of a settlement and writes it: open when it has no payer yet,
// else agreed. The caller has set id, purpose, financing, payer and payee, amount,
// effect, claim and the time at which it lapses, which before maturity is never
// behind the record time of the earliest payment date; 0 for a leg, which does not
// lapse. The stakes are the legs as they were found.
//
// Refusals: those of certificate.Engage; LIMIT_EXCEEDED and BAD_ARGUMENT for the
// legs are the caller's.
func Begin(w *world.World, s *record.Settlement, in certificate.Engagement) ([]certificate.Stake, error) {
	in.Order = s.ID
	stakes, err := certificate.Engage(w, in)
	if err != nil {
		return nil, err
	}
	s.At, s.State = w.Now(), record.SettlementAgreed
	if s.Payer == "" {
		s.State = record.SettlementOpen
	}
	s.Legs = nil
	for _, stake := range stakes {
		s.Legs = append(s.Legs, stake.Leg)
		if in.Operation == certificate.OpFinance || in.Operation == certificate.OpRelease {
			s.LapsesAt = min(s.LapsesAt, stake.Payment.Start())
		}
		if s.Fen, err = s.Fen.Add(stake.Interval.Amount()); err != nil {
			return nil, err
		}
	}
	if s.Purpose.Leg() && s.PayeeAccount == "" {
		return stakes, keep(w, s, stakes[0].Owner)
	}
	if s.LapsesAt != 0 {
		w.AddDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	putOwned(w, s, stakes[0].Owner)
	if s.State == record.SettlementAgreed && !s.Purpose.Leg() { // of legs the bank is told once, by round
		tellAgreed(w, s)
	}
	return stakes, nil
}

// NoAccount is why a leg is kept whose payee has no account to which it can be paid.
const NoAccount = "the payee has no usable account"

// keep makes a leg that nobody can pay yet: its fen are held for the payee.
func keep(w *world.World, s *record.Settlement, owner string) error {
	s.State, s.Reason, s.EndedAt, s.Kept = record.SettlementUnpaid, NoAccount, w.Now(), true
	putOwned(w, s, owner)
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasUnpaid, Subject: s.ID, Members: parties(s), Amount: s.Amount, Opens: []string{s.Payee},
	})
	return certificate.Keep(w, s.Legs, s.ID)
}

// Put writes a settlement. Every change of a leg or of late interest is reported.
func Put(w *world.World, s *record.Settlement) { putOwned(w, s, "") }

// putOwned is Put of a leg that is computed, with the owner of its fen.
func putOwned(w *world.World, s *record.Settlement, owner string) {
	world.Put(w, record.SettlementKey(s.ID), s)
	if row, ok := record.RowOfLeg(s); ok {
		row.Owner = owner
		w.ReportLeg(row)
	}
}

// Amend writes a settlement of money without fen whose payee has an account now.
func Amend(w *world.World, s *record.Settlement) {
	Put(w, s)
	tellAgreed(w, s)
}

// Agree fixes who pays an open settlement and what; the caller has set payer,
// accounts, amount, effect and claim. It lapses anew when it is not instructed by
// until, or by the record time of the earliest payment date. Refusals:
// CERTIFICATE_STATE, MATURED, FROZEN.
func Agree(w *world.World, s *record.Settlement, until calendar.Instant) error {
	if err := certificate.Assign(w, s.Legs, s.ID, s.Payer); err != nil {
		return err
	}
	stakes, err := certificate.Stakes(w, s.Legs)
	if err != nil {
		return err
	}
	for _, stake := range stakes {
		until = min(until, stake.Payment.Start())
	}
	if s.LapsesAt != 0 {
		w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	s.State, s.At, s.LapsesAt, s.LeftMillis = record.SettlementAgreed, w.Now(), until, 0
	w.AddDue(s.LapsesAt, record.DueSettlement, s.ID)
	Put(w, s)
	tellAgreed(w, s)
	return nil
}

// Owe makes a settlement of money without fen: a share, a fee. It does not lapse.
func Owe(w *world.World, s *record.Settlement) {
	s.ID, s.At, s.State = w.NewID(), w.Now(), record.SettlementAgreed
	Put(w, s)
	tellAgreed(w, s)
}

// tellAgreed puts an agreement before the bank that acts next: the payer's, which
// instructs, or for a payment outside of the ledger the payee's, which advises.
func tellAgreed(w *world.World, s *record.Settlement) {
	next := s.PayerBank
	if s.Purpose == record.PurposeOutside {
		next = s.PayeeBank
	}
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasAgreed, Subject: s.ID, Members: parties(s), Amount: s.Amount,
		Opens: []string{next}, Until: s.LapsesAt,
	})
}

// parties are the members a settlement concerns, each once.
func parties(s *record.Settlement) []string {
	var list []string
	for _, m := range []string{s.Payer, s.Payee, s.PayerBank, s.PayeeBank} {
		known := m == ""
		for _, other := range list {
			known = known || other == m
		}
		if !known {
			list = append(list, m)
		}
	}
	return list
}

// SetAccounts names the accounts of both sides: SELF_TRANSFER when they are one
// member's; NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF, the payer's first.
func SetAccounts(w *world.World, s *record.Settlement, payer, payee Account) error {
	if payer.Member == payee.Member {
		return code.SelfTransfer.New("member %s", payer.Member)
	}
	from, err := member.UsableAccount(w, payer.Member, payer.ID)
	if err != nil {
		return err
	}
	to, err := member.UsableAccount(w, payee.Member, payee.ID)
	if err != nil {
		return err
	}
	s.Payer, s.PayerAccount, s.PayerBank = from.Member, from.ID, from.Bank
	s.Payee, s.PayeeAccount, s.PayeeBank = to.Member, to.ID, to.Bank
	return nil
}

// CheckLegs refuses legs that a settlement cannot hold: BAD_ARGUMENT, BAD_NUMBER,
// BAD_INTERVAL, AMOUNT_OVERFLOW.
func CheckLegs(legs []record.Leg) error { return certificate.CheckLegs(legs) }

// Deadline is so many days from now.
func Deadline(w *world.World, days int32) calendar.Instant {
	return w.Now() + calendar.Instant(days)*millisPerDay
}

// Get returns a settlement or refuses with NOT_FOUND.
func Get(w *world.World, id string) (*record.Settlement, error) {
	return world.Load(w, record.SettlementKey(id), "settlement", id)
}

// Over reports whether the time to instruct has passed, swept or not.
func Over(w *world.World, s *record.Settlement) bool {
	return s.State.Live() && !s.State.Instructed() && s.LapsesAt != 0 && w.Now() >= s.LapsesAt
}

// CheckUndecided refuses what can no longer be changed: SETTLEMENT_LAPSED,
// INSTRUCTED, SETTLEMENT_STATE.
func CheckUndecided(w *world.World, s *record.Settlement) error {
	switch {
	case s.State == record.SettlementLapsed || Over(w, s):
		return code.SettlementLapsed.New("settlement %s was to be instructed until %s", s.ID, s.LapsesAt)
	case s.State.Instructed():
		return code.Instructed.New("settlement %s, at %s", s.ID, s.Instruction.At)
	case !s.State.Live():
		return code.SettlementState.New("settlement %s is %s", s.ID, s.State)
	}
	return nil
}

// AmountOf and UnpaidAmount are what a member's policy compares: the money of a
// settlement, 0 when there is none with the id.
func AmountOf(w *world.World, in Argument) (money.Fen, error) { return amountOf(w, in.ID) }

// UnpaidAmount is described at AmountOf.
func UnpaidAmount(w *world.World, in NotPaidArgument) (money.Fen, error) { return amountOf(w, in.ID) }

func amountOf(w *world.World, id string) (money.Fen, error) {
	if member.CheckIdentifier("settlement", id) != nil {
		return 0, nil
	}
	s, err := world.Find(w, record.SettlementKey(id))
	if err != nil || s == nil {
		return 0, err
	}
	return s.Amount, nil
}
