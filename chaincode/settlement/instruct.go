package settlement

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Argument names a settlement.
type Argument struct {
	ID string `json:"id"`
}

// EndArgument names a settlement and says why it ends, or what is wrong with it.
type EndArgument struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// NotPaidArgument is a bank's evidence that an instructed payment was not made.
type NotPaidArgument struct {
	ID       string        `json:"id"`
	Reason   string        `json:"reason"`
	Evidence record.Digest `json:"evidence"` // hash of the bank's record
}

// Result is the state to which an operation brought a settlement.
type Result struct {
	ID    string                 `json:"id"`
	State record.SettlementState `json:"state"`
}

// Instruct is the payer's bank's word that it pays now (DisbursementInstructed):
// the point of no return.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a bank's maker (ROLE_MISSING);
// NOT_FOUND; NOT_AUTHORISED for any bank but that of the payer's account;
// SETTLEMENT_LAPSED, INSTRUCTED, SETTLEMENT_STATE; ACCOUNT_UNCONFIRMED or
// COOLING_OFF for the accounts; what lies behind it (CONSENT_MISSING,
// REGISTRATION_MISSING, TERMS_INVALID); leg by leg CERTIFICATE_STATE, MATURED,
// FROZEN or HOLDING_LOCKED.
func Instruct(w *world.World, a Agreements, in Argument) (Result, error) {
	s, err := ofBank(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	if w.Actor().Member != s.PayerBank && s.State != record.SettlementOpen {
		return Result{}, code.NotAuthorised.New("settlement %s is paid through bank %s", s.ID, s.PayerBank)
	}
	if err := CheckUndecided(w, s); err != nil {
		return Result{}, err
	}
	if s.State != record.SettlementAgreed || s.Purpose == record.PurposeOutside {
		return Result{}, code.SettlementState.New("settlement %s of purpose %s is %s", s.ID, s.Purpose, s.State)
	}
	for _, side := range []Account{{s.Payer, s.PayerAccount}, {s.Payee, s.PayeeAccount}} {
		if _, err := member.UsableAccount(w, side.Member, side.ID); err != nil {
			return Result{}, err
		}
	}
	if err := a.Ready(w, s); err != nil {
		return Result{}, err
	}
	if err := bind(w, s); err != nil {
		return Result{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return Result{}, err
	}
	w.Passed(pack.Ordinal, record.NoPooling)
	if s.LapsesAt != 0 {
		w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	s.State, s.Instruction, s.LeftMillis = record.SettlementInstructed, member.Signed(w), 0
	s.StaleAt = w.Now() + calendar.Instant(pack.StaleHours)*60*60*1000
	w.AddDue(s.StaleAt, record.DueStale, s.ID)
	Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasInstructed, Subject: s.ID, Members: parties(s), Amount: s.Amount,
		Closes: []string{s.PayerBank}, Opens: []string{s.PayeeBank},
	})
	return Result{s.ID, s.State}, nil
}

// bind makes the locks on the fen those of a payment that was instructed.
func bind(w *world.World, s *record.Settlement) error {
	operation, pledge := certificate.OpDisburse, ""
	switch {
	case s.Directed != "": // the order that rests on the fen is what is carried out
		return certificate.CheckDirected(w, s.Legs, s.Directed)
	case s.Purpose.Leg():
		operation = certificate.OpClear
	case s.Purpose.AfterMaturity():
		operation, pledge = certificate.OpRecover, s.Financing
	case s.Effect == record.EffectAcquit:
		operation, pledge = certificate.OpRelease, s.Financing
	}
	return certificate.Bind(w, s.Legs, s.ID, operation, pledge)
}

// ofBank returns a settlement on which a bank's maker acts.
func ofBank(w *world.World, id string) (*record.Settlement, error) {
	if err := member.CheckIdentifier("settlement", id); err != nil {
		return nil, err
	}
	if _, err := member.Require(w, record.Maker, record.Funder); err != nil {
		return nil, err
	}
	return Get(w, id)
}

// Cancel ends a settlement before it is instructed, on behalf of its payer or its
// payee, and gives free exactly what it locked.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker (ROLE_MISSING); NOT_FOUND;
// NOT_AUTHORISED for anybody else, and for the payer of money that is owed apart from
// fen, which only the payee can waive; SETTLEMENT_LAPSED, INSTRUCTED,
// SETTLEMENT_STATE, also for a leg of a run and for late interest, which is waived.
func Cancel(w *world.World, a Agreements, in EndArgument) (Result, error) {
	s, err := ofParty(w, in)
	if err != nil {
		return Result{}, err
	}
	if by := w.Actor().Member; by != s.Payer && by != s.Payee {
		return Result{}, code.NotAuthorised.New("settlement %s is of others", s.ID)
	}
	if s.Purpose.Leg() || s.Purpose == record.PurposeLateInterest {
		return Result{}, code.SettlementState.New("settlement %s of purpose %s is not cancelled", s.ID, s.Purpose)
	}
	owed := s.Effect == 0 && s.State != record.SettlementOpen || s.Purpose.AfterMaturity()
	if w.Actor().Member != s.Payee && owed {
		return Result{}, code.NotAuthorised.New("settlement %s is owed: only %s can waive it", s.ID, s.Payee)
	}
	if err := CheckUndecided(w, s); err != nil {
		return Result{}, err
	}
	s.Reason = in.Reason
	return end(w, a, s, record.SettlementCancelled)
}

func ofParty(w *world.World, in EndArgument) (*record.Settlement, error) {
	if err := member.CheckIdentifier("settlement", in.ID); err != nil {
		return nil, err
	}
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return nil, err
	}
	if _, err := member.Require(w, record.Maker, 0); err != nil {
		return nil, err
	}
	return Get(w, in.ID)
}

// end closes a settlement that did not settle.
func end(w *world.World, a Agreements, s *record.Settlement, state record.SettlementState) (Result, error) {
	free := certificate.Disengage
	if s.Purpose.Leg() && s.State.Instructed() {
		free = certificate.Keep
	}
	if err := free(w, s.Legs, s.ID); err != nil {
		return Result{}, err
	}
	kind := record.SettlementHasEnded
	if s.State.Instructed() {
		w.RemoveDue(s.StaleAt, record.DueStale, s.ID)
		kind = record.SettlementWasUnpaid
	} else if s.LapsesAt != 0 {
		w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	s.Kept = s.Purpose.Leg() && s.State.Instructed()
	s.State, s.EndedAt, s.LeftMillis = state, w.Now(), 0
	Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: s.ID, Members: parties(s), Amount: s.Amount, Closes: banks(s),
	})
	return Result{s.ID, state}, a.Ended(w, s)
}

// banks are the banks of both accounts, each once, as far as they are known.
func banks(s *record.Settlement) []string {
	var list []string
	for _, b := range []string{s.PayerBank, s.PayeeBank} {
		if b != "" && !slices.Contains(list, b) {
			list = append(list, b)
		}
	}
	return list
}

// Withdraw ends a settlement that was not instructed, on behalf of what lies behind it:
// its fen come free. A settlement that is under way is a fault of the caller.
func Withdraw(w *world.World, a Agreements, s *record.Settlement, reason string) error {
	if s.State != record.SettlementAgreed {
		panic(fmt.Sprintf("settlement %s is %s", s.ID, s.State))
	}
	s.Reason = reason
	_, err := end(w, a, s, record.SettlementCancelled)
	return err
}

// Returned is the payee's bank's word that money it had credited went back: the debtor
// owes the fen of the leg again, which are kept for the payee. The bank names its own
// reference of the return, usable once like an advice's.
//
// Refusals, in order: the reason (BAD_ARGUMENT); the actor is a bank's maker
// (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for any bank but the payee's;
// SETTLEMENT_STATE unless it is a leg that was settled; ADVICE_USED.
func Returned(w *world.World, a Agreements, in NotPaidArgument, reference string) (Result, error) {
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return Result{}, err
	}
	if err := member.CheckText("the reference", reference, MaxReference); err != nil {
		return Result{}, err
	}
	s, err := ofBank(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	bank := w.Actor().Member
	switch {
	case bank != s.PayeeBank:
		return Result{}, code.NotAuthorised.New("settlement %s was paid to bank %s", s.ID, s.PayeeBank)
	case s.State != record.SettlementSettled || !s.Purpose.Leg():
		return Result{}, code.SettlementState.New("settlement %s of purpose %s is %s", s.ID, s.Purpose, s.State)
	}
	key := record.AdviceKey(bank, reference)
	if used, err := world.Exists(w, key); err != nil || used {
		if err == nil {
			err = code.AdviceUsed.New("reference %q of bank %s", reference, bank)
		}
		return Result{}, err
	}
	world.Put(w, key, &record.Advice{
		Bank: bank, Reference: reference, Amount: s.Amount, Payer: s.Payee, PayerAccount: s.PayeeAccount,
		Payee: s.Payer, PayeeAccount: s.PayerAccount, Credited: w.Now(), Settlement: s.ID, Signed: member.Signed(w),
	})
	if err := certificate.Unredeem(w, s.Legs, s.ID); err != nil {
		return Result{}, err
	}
	s.State, s.Reason, s.Evidence, s.EndedAt, s.Kept = record.SettlementReturned, in.Reason, in.Evidence, w.Now(), true
	Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.LegReturned, Subject: s.ID, Members: parties(s), Amount: s.Amount, Opens: []string{s.PayerBank},
	})
	return Result{s.ID, s.State}, a.Ended(w, s)
}

// NotPaid is the payer's bank's evidence that what it instructed was not paid: the
// fen come free and stay with their owner. Money that is owed apart from fen is still
// owed, and is instructed again.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a bank's maker (ROLE_MISSING);
// NOT_FOUND; NOT_AUTHORISED; SETTLEMENT_STATE unless a payment is under way.
func NotPaid(w *world.World, a Agreements, in NotPaidArgument) (Result, error) {
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return Result{}, err
	}
	if in.Evidence.IsZero() {
		return Result{}, code.BadArgument.New("the hash of the evidence is missing")
	}
	s, err := ofBank(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	if w.Actor().Member != s.PayerBank {
		return Result{}, code.NotAuthorised.New("settlement %s is paid through bank %s", s.ID, s.PayerBank)
	}
	if !s.State.Instructed() {
		return Result{}, code.SettlementState.New("settlement %s is %s", s.ID, s.State)
	}
	s.Reason, s.Evidence = in.Reason, in.Evidence
	if s.Effect == 0 {
		return stillOwed(w, s), nil
	}
	return end(w, a, s, record.SettlementUnpaid)
}

// stillOwed takes the instruction for money without fen back: who owes it pays again.
func stillOwed(w *world.World, s *record.Settlement) Result {
	w.RemoveDue(s.StaleAt, record.DueStale, s.ID)
	s.State, s.Instruction, s.Acceptance, s.StaleAt = record.SettlementAgreed, record.Signature{}, record.Signature{}, 0
	Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasUnpaid, Subject: s.ID, Members: parties(s), Amount: s.Amount,
		Closes: banks(s), Opens: []string{s.PayerBank},
	})
	return Result{s.ID, s.State}
}

// Dispute is the payee's word that it did not get what a bank says it paid, or the
// payer's that it was debited for what its bank says was not paid. It changes nothing
// but tells both banks' people, and stands in their worklists while the payment is
// under way.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker (ROLE_MISSING); NOT_FOUND;
// NOT_AUTHORISED for anybody else; SETTLEMENT_STATE for the payee before it was
// instructed or after it ended unpaid, for the payer unless it ended unpaid;
// ALREADY_EXISTS.
func Dispute(w *world.World, in EndArgument) (Result, error) {
	s, err := ofParty(w, in)
	if err != nil {
		return Result{}, err
	}
	by := w.Actor().Member
	switch {
	case by != s.Payee && by != s.Payer:
		return Result{}, code.NotAuthorised.New("settlement %s is of others", s.ID)
	case by == s.Payee && !s.State.Instructed() && s.State != record.SettlementSettled,
		by == s.Payer && s.State != record.SettlementUnpaid:
		return Result{}, code.SettlementState.New("settlement %s is %s", s.ID, s.State)
	case s.DisputedAt != 0:
		return Result{}, code.AlreadyExists.New("settlement %s was disputed at %s", s.ID, s.DisputedAt)
	}
	s.DisputedAt, s.Dispute = w.Now(), in.Reason
	Put(w, s)
	var opens []string
	if s.State.Instructed() { // else it is over, and nothing would close the entry
		opens = banks(s)
	}
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasDisputed, Subject: s.ID, Members: parties(s), Amount: s.Amount, Opens: opens,
	})
	return Result{s.ID, s.State}, nil
}

// Lapse ends what time has ended, for the sweep: a settlement that was not
// instructed; an instruction without an advice goes to the banks' worklists. It
// does nothing to what was decided meanwhile or whose clock an order has stopped.
func Lapse(w *world.World, a Agreements, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	s, err := Get(w, due.ID)
	if err != nil {
		return err
	}
	switch {
	case due.Kind == record.DueSettlement && Over(w, s):
		_, err := end(w, a, s, record.SettlementLapsed)
		return err
	case due.Kind == record.DueStale && s.State.Instructed():
		w.Notify(record.NoticeOf{
			Kind: record.SettlementIsStale, Subject: s.ID, Members: parties(s), Amount: s.Amount, Opens: banks(s),
		})
	case due.Kind != record.DueSettlement && due.Kind != record.DueStale:
		return fmt.Errorf("lapse %s: kind %d is not of settlements", due.ID, due.Kind)
	}
	return nil
}
