package clearing

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Report is what a bank's message says of a leg.
type Report uint8

// Reports.
const (
	ReportAccepted Report = iota + 1 // the payer's bank has paid it
	ReportPaid                       // the payee's bank has credited it
	ReportRejected                   // the payer's bank could not pay it
	ReportReturned                   // the payee's bank had credited it, and the money went back
)

// String is the text form.
func (r Report) String() string {
	names := [...]string{"", "accepted", "paid", "rejected", "returned"}
	if int(r) >= len(names) {
		return ""
	}
	return names[r]
}

// MarshalText writes the text form.
func (r Report) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form.
func (r *Report) UnmarshalText(text []byte) error {
	for candidate := ReportAccepted; candidate <= ReportReturned; candidate++ {
		if candidate.String() == string(text) {
			*r = candidate
			return nil
		}
	}
	return fmt.Errorf("%q is not a report on a leg", text)
}

// ReportArgument is one bank message about one leg. Accounts are the members' own words
// for them, as the leg has them.
type ReportArgument struct {
	Leg          string           `json:"leg"` // its id, which is the payment's end-to-end id
	Says         Report           `json:"says"`
	Reference    string           `json:"reference,omitzero" metadata:",optional"` // the bank's own, usable once; left out: of a rejection
	Amount       money.Fen        `json:"amount,omitzero" metadata:",optional"`    // that was paid or credited; left out: of a rejection or return
	Payer        string           `json:"payer,omitzero" metadata:",optional"`
	PayerAccount string           `json:"payerAccount,omitzero" metadata:",optional"`
	Payee        string           `json:"payee,omitzero" metadata:",optional"`
	PayeeAccount string           `json:"payeeAccount,omitzero" metadata:",optional"`
	At           calendar.Instant `json:"at,omitzero" metadata:",optional"`       // when the money arrived, or left
	Reason       string           `json:"reason,omitzero" metadata:",optional"`   // of a rejection or return
	Evidence     record.Digest    `json:"evidence,omitzero" metadata:",optional"` // hash of the bank's message
}

// Reported is what the bank's own policy compares.
func (in ReportArgument) Reported() money.Fen { return in.Amount }

// Take records what a bank's message says of a leg: its refusals are those of
// settlement.Advise, settlement.NotPaid and settlement.Returned; NOT_AUTHORISED also
// for the payer's bank that says a leg was credited, and the other way round;
// SETTLEMENT_STATE for a settlement that is no leg. The same message again is refused
// and changes nothing.
func Take(w *world.World, a settlement.Agreements, in ReportArgument) (settlement.Result, error) {
	if err := member.CheckIdentifier("leg", in.Leg); err != nil {
		return settlement.Result{}, err
	}
	if in.Says < ReportAccepted || in.Says > ReportReturned {
		return settlement.Result{}, code.BadArgument.New("a bank says that a leg was accepted, paid, rejected or returned")
	}
	if _, err := member.Require(w, record.Maker, record.Funder); err != nil {
		return settlement.Result{}, err
	}
	s, err := settlement.Get(w, in.Leg)
	if err != nil {
		return settlement.Result{}, err
	}
	side := s.PayeeBank
	if in.Says == ReportAccepted || in.Says == ReportRejected {
		side = s.PayerBank
	}
	switch {
	case w.Actor().Member != side:
		return settlement.Result{}, code.NotAuthorised.New("that leg %s was %s is for bank %s to say", s.ID, in.Says, side)
	case !s.Purpose.Leg() && !apart(s):
		return settlement.Result{}, code.SettlementState.New("settlement %s of purpose %s is no leg", s.ID, s.Purpose)
	case in.Says == ReportAccepted && s.PayerBank == s.PayeeBank:
		return settlement.Result{}, code.SettlementState.New("both accounts of leg %s are at one bank: it is paid or not", s.ID)
	}
	switch in.Says {
	case ReportRejected:
		return settlement.NotPaid(w, a, settlement.NotPaidArgument{ID: in.Leg, Reason: in.Reason, Evidence: in.Evidence})
	case ReportReturned:
		no := settlement.NotPaidArgument{ID: in.Leg, Reason: in.Reason, Evidence: in.Evidence}
		return settlement.Returned(w, a, no, in.Reference)
	default:
		return settlement.Advise(w, a, settlement.AdviceArgument{
			Settlement: in.Leg, Reference: in.Reference, Amount: in.Amount, Payer: in.Payer, PayerAccount: in.PayerAccount,
			Payee: in.Payee, PayeeAccount: in.PayeeAccount, Credited: in.At,
		})
	}
}

// LegArgument names a leg.
type LegArgument struct {
	Leg string `json:"leg"`
}

// LegResult is a leg that was computed, or is given up.
type LegResult struct {
	Leg   string                 `json:"leg"`
	State record.SettlementState `json:"state"`
}

// Replace makes a leg anew that was not paid or came back, to the account that the
// payee has now: it is instructed again only after the proof of return that ended the
// first one. A leg whose account was closed before it was instructed is replaced too.
// Late interest is not counted further: the debtor's money was there. Money that is owed
// without fen (late interest, a refund, what a seller owes beyond its fen) keeps its id
// and gets accounts that can be used.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a bank's maker (ROLE_MISSING);
// NOT_FOUND; NOT_AUTHORISED for any bank but the payer's, see standsFor; LEG_STATE unless
// its fen are kept, or an account of it cannot be used; PAYEE_MISSING.
func Replace(w *world.World, a settlement.Agreements, in LegArgument) (LegResult, error) {
	old, bank, err := legOf(w, in.Leg)
	if err != nil {
		return LegResult{}, err
	}
	if !old.Purpose.Leg() {
		return redirect(w, old, bank)
	}
	if bank != old.PayerBank {
		return LegResult{}, code.NotAuthorised.New("leg %s is paid through bank %s", old.ID, old.PayerBank)
	}
	account, err := member.PayeeAccount(w, old.Payee)
	if err != nil {
		return LegResult{}, err
	}
	unusable := old.State == record.SettlementAgreed && !usable(w, old.Payee, old.PayeeAccount)
	switch {
	case !old.Kept && !unusable:
		return LegResult{}, code.LegState.New("leg %s is %s and needs no other", old.ID, old.State)
	case account == nil:
		return LegResult{}, code.PayeeMissing.New("member %s", old.Payee)
	}
	days := old.LateDays
	if old.Then != "" { // the interest on these fen is owed already
		days = 0
	}
	if err := letGo(w, a, old, "replaced"); err != nil {
		return LegResult{}, err
	}
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeClearing, Financing: old.Financing, Pledge: old.Pledge, Payer: old.Payer,
		PayerAccount: old.PayerAccount, PayerBank: old.PayerBank, Payee: old.Payee, Amount: old.Amount, Effect: record.EffectRedeem,
		Claim: old.Claim, Run: old.Run, Round: old.Round, ValueDate: old.ValueDate, LateDays: days, Follows: old.ID,
		Directed: old.Directed, For: old.For,
	}
	if err := beginLeg(w, s, old.Legs[0]); err != nil {
		return LegResult{}, err
	}
	w.Notify(record.NoticeOf{
		Kind: record.SettlementWasAgreed, Subject: s.ID, Members: []string{s.Payee, s.PayerBank}, Amount: s.Amount,
		Closes: []string{s.PayerBank, s.Payee}, Opens: []string{s.PayerBank},
	})
	return LegResult{s.ID, s.State}, nil
}

// redirect gives money that is owed without fen accounts that can be used: the payer's at
// the bank that acts, and the payee's of now.
func redirect(w *world.World, s *record.Settlement, bank string) (LegResult, error) {
	closed := !usable(w, s.Payer, s.PayerAccount) || bank != s.PayerBank
	if s.State != record.SettlementAgreed || !closed && usable(w, s.Payee, s.PayeeAccount) {
		return LegResult{}, code.LegState.New("settlement %s is %s and needs no other accounts", s.ID, s.State)
	}
	if closed {
		from, err := member.PayeeAccount(w, s.Payer)
		if err != nil {
			return LegResult{}, err
		}
		if from == nil {
			return LegResult{}, code.PayeeMissing.New("member %s has no account from which it can pay", s.Payer)
		}
		s.PayerAccount, s.PayerBank = from.ID, from.Bank
	}
	if !usable(w, s.Payee, s.PayeeAccount) {
		to, err := member.PayeeAccount(w, s.Payee)
		if err != nil {
			return LegResult{}, err
		}
		if to == nil {
			return LegResult{}, code.PayeeMissing.New("member %s", s.Payee)
		}
		s.PayeeAccount, s.PayeeBank = to.ID, to.Bank
	}
	settlement.Amend(w, s)
	return LegResult{s.ID, s.State}, nil
}

// usable reports whether an account can still be paid from or to.
func usable(w *world.World, of, account string) bool {
	_, err := member.UsableAccount(w, of, account)
	return err == nil
}

// letGo takes the fen off a leg that is not to be paid: one that waits for its
// instruction ends. Late interest on them that became owed already is counted no second
// time: from the day to which it was counted on, they bear it anew.
func letGo(w *world.World, a settlement.Agreements, s *record.Settlement, reason string) error {
	if !s.Kept {
		return settlement.Withdraw(w, a, s, reason)
	}
	s.Kept = false
	settlement.Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.SettlementHasEnded, Subject: s.ID, Members: with(nil, s.Payer, s.Payee, s.PayerBank, s.PayeeBank),
		Amount: s.Amount, Closes: with(nil, s.PayerBank, s.Payee),
	})
	if err := count(w, s, -s.Amount); err != nil {
		return err
	}
	if err := certificate.Disengage(w, s.Legs, s.ID); err != nil || s.Then == "" {
		return err
	}
	return certificate.AccrueFrom(w, s.Legs[0].Certificate, s.Legs[0].Interval, s.ValueDate)
}

// DropArgument names a leg whose money is gone.
type DropArgument struct {
	Leg    string `json:"leg"`
	Reason string `json:"reason"`
}

// Drop gives up a leg that was not paid or came back, because the debtor's funds for it
// are gone, or one that waits for its instruction: its fen are owed as any other, and
// overdue. The payer's bank does it. The payee can do it when the bank has let the time
// to instruct pass (InstructDays of the pack): a bank that confirms funds and then does
// not pay holds nobody up.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker (ROLE_MISSING); NOT_FOUND;
// NOT_AUTHORISED for anybody but the payer's bank, see standsFor, and the payee;
// LEG_STATE unless its fen are kept, or it waits for its instruction, and for the payee
// before that time, or while it has no account; FROZEN for the payee while a court holds
// the fen; RUN_DIVIDING.
func Drop(w *world.World, a settlement.Agreements, in DropArgument) (LegResult, error) {
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return LegResult{}, err
	}
	if err := member.CheckIdentifier("leg", in.Leg); err != nil {
		return LegResult{}, err
	}
	by, err := member.Require(w, record.Maker, 0)
	if err != nil {
		return LegResult{}, err
	}
	s, err := settlement.Get(w, in.Leg)
	if err != nil {
		return LegResult{}, err
	}
	pays, err := standsFor(w, by.ID, s)
	switch {
	case err != nil:
		return LegResult{}, err
	case !pays && by.ID != s.Payee:
		return LegResult{}, code.NotAuthorised.New("leg %s is paid through bank %s", s.ID, s.PayerBank)
	case !s.Kept && s.State != record.SettlementAgreed || !s.Purpose.Leg():
		return LegResult{}, code.LegState.New("leg %s of purpose %s is %s", s.ID, s.Purpose, s.State)
	case !pays:
		if err := checkWaited(w, s); err != nil {
			return LegResult{}, err
		}
	}
	if err := letGo(w, a, s, in.Reason); err != nil {
		return LegResult{}, err
	}
	s.Reason = in.Reason
	settlement.Put(w, s)
	w.Notify(record.NoticeOf{
		Kind: record.DebtIsOverdue, Subject: s.Run, Members: []string{s.Payer, s.Payee, s.PayerBank}, Amount: s.Amount,
	})
	return LegResult{s.ID, s.State}, nil
}

// checkWaited refuses a payee who has not waited for its payment long enough: LEG_STATE,
// FROZEN.
func checkWaited(w *world.World, s *record.Settlement) error {
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	until := max(s.At, s.EndedAt) + calendar.Instant(pack.InstructDays)*millisPerDay
	switch {
	case w.Now() < until:
		return code.LegState.New("bank %s has until %s to pay leg %s", s.PayerBank, until, s.ID)
	case s.Kept && s.Reason == settlement.NoAccount:
		return code.LegState.New("leg %s waits for an account of member %s", s.ID, s.Payee)
	}
	return certificate.CheckThawed(w, s.Legs)
}

const millisPerDay = 24 * 60 * 60 * 1000

// legOf returns a leg, or money that is owed without fen after maturity, and the bank
// that acts for its payer.
func legOf(w *world.World, id string) (*record.Settlement, string, error) {
	if err := member.CheckIdentifier("leg", id); err != nil {
		return nil, "", err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return nil, "", err
	}
	s, err := settlement.Get(w, id)
	if err != nil {
		return nil, "", err
	}
	pays, err := standsFor(w, bank.ID, s)
	switch {
	case err != nil:
		return nil, "", err
	case !pays:
		return nil, "", code.NotAuthorised.New("leg %s is paid through bank %s", s.ID, s.PayerBank)
	case !s.Purpose.Leg() && !apart(s):
		return nil, "", code.LegState.New("settlement %s of purpose %s is no leg", s.ID, s.Purpose)
	}
	return s, bank.ID, nil
}

// apart reports whether a settlement is of money that clearing makes owed without fen.
func apart(s *record.Settlement) bool {
	return s.Purpose == record.PurposeLateInterest || s.Purpose == record.PurposeRefund ||
		s.Purpose == record.PurposeRecourse && s.Effect == 0
}

// standsFor reports whether a bank acts for the payer of a settlement: the bank of its
// account; another one where the payer is paid now, when that bank is suspended, or the
// account of money without fen was closed or is not known. Nobody waits for a bank that
// is gone.
func standsFor(w *world.World, bank string, s *record.Settlement) (bool, error) {
	if bank == s.PayerBank {
		return true, nil
	}
	account, err := member.PayeeAccount(w, s.Payer)
	if err != nil || account == nil || account.Bank != bank {
		return false, err
	}
	if apart(s) && !usable(w, s.Payer, s.PayerAccount) {
		return true, nil
	}
	m, err := member.Find(w, s.PayerBank)
	return err == nil && m != nil && m.State != record.MemberActive, err
}

// DirectArgument is a court's order to pay the frozen share of a leg to another than the
// owner.
type DirectArgument struct {
	Authority string        `json:"authority"` // name of the court or authority
	Docket    string        `json:"docket"`    // number of the instrument
	Document  record.Digest `json:"document"`  // hash of the instrument
	Freeze    string        `json:"freeze"`    // id of the freeze that this order carries out
	Leg       string        `json:"leg"`
	Receiver  string        `json:"receiver"`
}

// Direct sends a leg whose fen are frozen where the court orders: a frozen share is paid
// only so, to whom it is due or to another, or after the freeze is lifted. One
// institution enters it and another confirms. When it is paid, the freeze has what it
// was for. A pledgee from whom a court takes the money is still owed what is secured;
// a bank that bought the fen is not: it is paid through the receiver.
//
// Refusals, in order: form (BAD_ARGUMENT); NOT_SUBMITTABLE; the actor is an
// institution's maker (ROLE_MISSING); NOT_FOUND for the leg; LEG_STATE unless it waits
// for its instruction or is kept; NOT_FOUND, ORDER_CLOSED for a freeze that is over or
// does not come first on its fen; MEMBER_UNKNOWN, TRANSFER_TO_DEBTOR for the receiver;
// PAYEE_MISSING.
func Direct(w *world.World, in DirectArgument) (LegResult, error) {
	if err := in.form(); err != nil {
		return LegResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumInstitution); err != nil {
		return LegResult{}, err
	}
	by, err := member.Require(w, record.Maker, member.Institutions)
	if err != nil {
		return LegResult{}, err
	}
	s, err := settlement.Get(w, in.Leg)
	if err != nil {
		return LegResult{}, err
	}
	if !s.Purpose.Leg() || s.State != record.SettlementAgreed && !s.Kept {
		return LegResult{}, code.LegState.New("leg %s of purpose %s is %s", s.ID, s.Purpose, s.State)
	}
	if err := certificate.CheckFrozenBy(w, s.Legs, in.Freeze); err != nil {
		return LegResult{}, err
	}
	if _, err := member.Get(w, in.Receiver); err != nil {
		return LegResult{}, err
	}
	if in.Receiver == s.Payer {
		return LegResult{}, code.TransferToDebtor.New("member %s owes the fen", in.Receiver)
	}
	account, err := member.PayeeAccount(w, in.Receiver)
	if err != nil {
		return LegResult{}, err
	}
	if account == nil {
		return LegResult{}, code.PayeeMissing.New("member %s", in.Receiver)
	}
	before := s.Payee
	if err := send(w, s, in, account); err != nil {
		return LegResult{}, err
	}
	w.Notify(record.NoticeOf{
		Kind: record.OwnershipOrdered, Subject: s.ID, Members: with([]string{before}, s.Payee, s.Payer, s.PayerBank, by.ID),
		Amount: s.Amount,
	})
	return LegResult{s.ID, s.State}, nil
}

// send makes the receiver of a court's order the payee of a leg.
func send(w *world.World, s *record.Settlement, in DirectArgument, account *record.Account) error {
	if err := count(w, s, -s.Amount); err != nil {
		return err
	}
	s.Payee, s.PayeeAccount, s.PayeeBank = in.Receiver, account.ID, account.Bank
	s.Directed, s.Reason, s.Evidence = in.Freeze, in.Authority+", "+in.Docket, in.Document
	settlement.Put(w, s)
	return count(w, s, s.Amount)
}

func (in *DirectArgument) form() error {
	if err := member.CheckText("the authority", in.Authority, certificate.MaxDocument); err != nil {
		return err
	}
	if err := member.CheckText("the docket", in.Docket, certificate.MaxDocument); err != nil {
		return err
	}
	if in.Document.IsZero() {
		return code.BadArgument.New("the hash of the instrument is missing")
	}
	if err := member.CheckIdentifier("freeze", in.Freeze); err != nil {
		return err
	}
	if err := member.CheckIdentifier("leg", in.Leg); err != nil {
		return err
	}
	return member.CheckID(in.Receiver)
}
