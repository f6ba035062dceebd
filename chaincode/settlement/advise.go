package settlement

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxReference is the longest reference of a bank, in bytes.
const MaxReference = 64

// AdviceArgument is a bank's record that money moved, for one settlement. The
// accounts are the members' own words for them, as the settlement has them.
type AdviceArgument struct {
	Settlement   string           `json:"settlement"`
	Reference    string           `json:"reference"` // the bank's own, usable once
	Amount       money.Fen        `json:"amount"`    // to the fen
	Payer        string           `json:"payer"`
	PayerAccount string           `json:"payerAccount"`
	Payee        string           `json:"payee"`
	PayeeAccount string           `json:"payeeAccount"`
	Credited     calendar.Instant `json:"credited"` // when the money arrived; of the payer's bank: when it left
}

// Paid is what a member's own policy compares.
func (in AdviceArgument) Paid() money.Fen { return in.Amount }

func (in *AdviceArgument) form() error {
	if err := member.CheckIdentifier("settlement", in.Settlement); err != nil {
		return err
	}
	if err := member.CheckText("the reference", in.Reference, MaxReference); err != nil {
		return err
	}
	if in.Amount <= 0 {
		return code.BadAmount.New("an advice of %s", in.Amount)
	}
	return in.Credited.Valid()
}

// Advise records a bank's advice. From the bank of the payee's account it settles:
// the fen do now what was agreed. From the bank of the payer's account alone it only
// says that the money left.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_AMOUNT, BAD_DATE); the actor is a
// bank's maker (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for a third bank, and for a
// payment outside of the ledger, which nobody instructed, for any but the payee's;
// ADVICE_USED; SETTLEMENT_STATE unless a payment is under way; ADVICE_MISMATCH; for a
// payment outside of the ledger also CERTIFICATE_STATE, MATURED, FROZEN. Of a leg of a
// run less or more may arrive: it settles the fen that were paid, and what is too much
// is given back.
func Advise(w *world.World, a Agreements, in AdviceArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	s, err := ofBank(w, in.Settlement)
	if err != nil {
		return Result{}, err
	}
	bank := w.Actor().Member
	if bank != s.PayeeBank && bank != s.PayerBank {
		return Result{}, code.NotAuthorised.New("settlement %s is between banks %s and %s", s.ID, s.PayerBank, s.PayeeBank)
	}
	if bank != s.PayeeBank && s.Purpose == record.PurposeOutside {
		return Result{}, code.NotAuthorised.New("settlement %s: only bank %s can say that a payment outside of the ledger arrived", s.ID, s.PayeeBank)
	}
	if err := use(w, s, bank, in); err != nil {
		return Result{}, err
	}
	if bank == s.PayeeBank {
		if err := adjust(w, s, in.Amount); err != nil {
			return Result{}, err
		}
		return settle(w, a, s, bank, in.Reference)
	}
	if s.State == record.SettlementAccepted {
		return Result{}, code.SettlementState.New("settlement %s is %s", s.ID, s.State)
	}
	s.State, s.Acceptance = record.SettlementAccepted, member.Signed(w)
	Put(w, s)
	w.Notify(record.NoticeOf{Kind: record.SettlementWasAccepted, Subject: s.ID, Members: parties(s), Amount: s.Amount})
	return Result{s.ID, s.State}, nil
}

// Confirm is the payee's own word that it was paid, with the reference under which
// its bank credited it. It settles as the bank's advice would. Its refusals are
// those of Advise, except that the actor is a maker of the payee (NOT_AUTHORISED), and
// ADVICE_MISMATCH for less than the whole amount.
func Confirm(w *world.World, a Agreements, in AdviceArgument) (Result, error) {
	if err := in.form(); err != nil {
		return Result{}, err
	}
	if _, err := member.Require(w, record.Maker, 0); err != nil {
		return Result{}, err
	}
	s, err := Get(w, in.Settlement)
	if err != nil {
		return Result{}, err
	}
	if w.Actor().Member != s.Payee {
		return Result{}, code.NotAuthorised.New("settlement %s is not paid to %s", s.ID, w.Actor().Member)
	}
	if s.Purpose == record.PurposeOutside {
		return Result{}, code.SettlementState.New("settlement %s: a payment outside of the ledger needs the bank's own advice", s.ID)
	}
	if err := use(w, s, s.PayeeBank, in); err != nil {
		return Result{}, err
	}
	if in.Amount < s.Amount { // in its own favour: that less arrived is for the bank to say
		return Result{}, code.AdviceMismatch.New("settlement %s is of %s: only bank %s can say that less arrived", s.ID, s.Amount, s.PayeeBank)
	}
	if err := adjust(w, s, in.Amount); err != nil {
		return Result{}, err
	}
	return settle(w, a, s, s.PayeeBank, in.Reference)
}

// use matches an advice with its settlement and uses its reference up.
func use(w *world.World, s *record.Settlement, bank string, in AdviceArgument) error {
	key := record.AdviceKey(bank, in.Reference)
	used, err := world.Find(w, key)
	if err != nil {
		return err
	}
	if used != nil {
		return code.AdviceUsed.New("reference %q of bank %s was used for settlement %s", in.Reference, bank, used.Settlement)
	}
	underway := s.State.Instructed() || s.Purpose == record.PurposeOutside && s.State == record.SettlementAgreed && !Over(w, s)
	if !underway {
		return code.SettlementState.New("settlement %s is %s: no payment is under way", s.ID, s.State)
	}
	if err := match(w, s, bank, in); err != nil {
		return err
	}
	world.Put(w, key, &record.Advice{
		Bank: bank, Reference: in.Reference, Amount: in.Amount, Payer: in.Payer, PayerAccount: in.PayerAccount,
		Payee: in.Payee, PayeeAccount: in.PayeeAccount, Credited: in.Credited, Settlement: s.ID, Signed: member.Signed(w),
	})
	return nil
}

// match refuses with ADVICE_MISMATCH an advice of another amount, of other
// accounts, of the future, or of a day before the settlement was agreed, which only
// a payment outside of the ledger may be. Of a leg, the payee's side may say that
// less or more arrived: see adjust.
func match(w *world.World, s *record.Settlement, bank string, in AdviceArgument) error {
	switch {
	case in.Amount != s.Amount && (!s.Purpose.Leg() || bank != s.PayeeBank):
		return code.AdviceMismatch.New("the advice is of %s, settlement %s of %s", in.Amount, s.ID, s.Amount)
	case in.Payer != s.Payer || in.PayerAccount != s.PayerAccount:
		return code.AdviceMismatch.New("settlement %s is paid from account %s of %s", s.ID, s.PayerAccount, s.Payer)
	case in.Payee != s.Payee || in.PayeeAccount != s.PayeeAccount:
		return code.AdviceMismatch.New("settlement %s is paid to account %s of %s", s.ID, s.PayeeAccount, s.Payee)
	case in.Credited > w.Now():
		return code.AdviceMismatch.New("the advice is of %s, now is %s", in.Credited, w.Now())
	case s.Purpose != record.PurposeOutside && in.Credited < s.At.Date().Start():
		return code.AdviceMismatch.New("the advice is of %s, settlement %s of %s", in.Credited, s.ID, s.At)
	}
	return nil
}

// adjust takes a leg of which less arrived back to the fen that were paid, from the low
// end: the others are owed as before. What arrived beyond the leg is its excess.
func adjust(w *world.World, s *record.Settlement, arrived money.Fen) error {
	if arrived >= s.Amount {
		s.Excess = arrived - s.Amount
		return nil
	}
	low, _, err := s.Legs[0].Interval.CutLow(arrived)
	if err != nil {
		return err
	}
	if err := certificate.Narrow(w, s.Legs[0], s.ID, low); err != nil {
		return err
	}
	s.Ordered, s.Amount, s.Fen, s.Legs[0].Interval = s.Amount, arrived, low.Amount(), low
	return nil
}

// settle lets the fen do what was agreed, once.
func settle(w *world.World, a Agreements, s *record.Settlement, bank, reference string) (Result, error) {
	if !s.State.Instructed() { // paid outside of the ledger: an order of a court may have come first
		operation := certificate.OpDisburse
		if s.Run != "" {
			operation = certificate.OpRecover
		}
		if err := certificate.Bind(w, s.Legs, s.ID, operation, ""); err != nil {
			return Result{}, err
		}
	}
	if err := effect(w, s); err != nil {
		return Result{}, err
	}
	if s.State.Instructed() {
		w.RemoveDue(s.StaleAt, record.DueStale, s.ID)
	} else if s.LapsesAt != 0 {
		w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	s.State, s.AdviceBank, s.AdviceRef, s.EndedAt, s.LeftMillis = record.SettlementSettled, bank, reference, w.Now(), 0
	Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasSettled, Subject: s.ID, Members: parties(s), Amount: s.Amount, Closes: banks(s),
	})
	return Result{s.ID, s.State}, a.Settled(w, s)
}

func effect(w *world.World, s *record.Settlement) error {
	switch s.Effect {
	case record.EffectMove:
		return certificate.Deliver(w, s.Legs, s.ID, s.Payer, s.Claim, moveOf(s.Purpose))
	case record.EffectRedeem:
		return certificate.Redeem(w, s.Legs, s.Shares, s.ID, s.Directed != "")
	case record.EffectPledge:
		return certificate.Mortgage(w, s.Legs, s.ID, s.Claim)
	case record.EffectSubrogate:
		return certificate.Subrogate(w, s)
	case record.EffectAcquit:
		return certificate.Acquit(w, s.Legs, s.ID, s.Financing)
	}
	return nil
}

func moveOf(p record.Purpose) record.MoveKind {
	switch p {
	case record.PurposeFinancing:
		return record.MoveSale
	case record.PurposeResale:
		return record.MoveResale
	case record.PurposeBuyBack:
		return record.MoveBuyBack
	case record.PurposeRecourse, record.PurposeGuarantee:
		return record.MoveRecourse
	default:
		panic(fmt.Sprintf("a settlement of purpose %s moves fen", p))
	}
}
