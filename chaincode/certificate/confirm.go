package certificate

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// ConfirmationArgument asks a debtor to confirm what it owes under a contract.
type ConfirmationArgument struct {
	Debtor   string    `json:"debtor"`
	Contract string    `json:"contract"`
	Amount   money.Fen `json:"amount"`
}

// ConfirmationResult is the state of a request to confirm.
type ConfirmationResult struct {
	ID    string                   `json:"id"`
	State record.ConfirmationState `json:"state"`
	DueAt calendar.Instant         `json:"dueAt"`
}

// RequestConfirmation asks a debtor to confirm a debt (确权) and starts the clock
// of Order 802 art. 16 (CONFIRM-30).
//
// Refusals, in order: form (BAD_NUMBER, BAD_AMOUNT, BAD_ARGUMENT); the actor is a
// holder's maker (ROLE_MISSING); the debtor (MEMBER_UNKNOWN, ROLE_MISSING); the
// contract (EVIDENCE_MISSING, EVIDENCE_PARTIES).
func RequestConfirmation(w *world.World, in ConfirmationArgument) (ConfirmationResult, error) {
	if err := checkMember(in.Debtor); err != nil {
		return ConfirmationResult{}, err
	}
	if err := checkAmount("a debt", in.Amount); err != nil {
		return ConfirmationResult{}, err
	}
	if err := checkID("contract", in.Contract); err != nil {
		return ConfirmationResult{}, err
	}
	creditor, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return ConfirmationResult{}, err
	}
	debtor, err := member.Get(w, in.Debtor)
	if err != nil {
		return ConfirmationResult{}, err
	}
	if !debtor.Roles.Has(record.Debtor) {
		return ConfirmationResult{}, code.RoleMissing.New("member %s is not a debtor", debtor.ID)
	}
	if _, err := evidence.Contract(w, in.Contract, debtor.ID, creditor.ID); err != nil {
		return ConfirmationResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return ConfirmationResult{}, err
	}
	c := &record.Confirmation{
		ID: w.NewID(), Creditor: creditor.ID, Debtor: debtor.ID, Contract: in.Contract, Amount: in.Amount,
		AskedAt: w.Now(), DueAt: w.Now() + calendar.Instant(pack.ConfirmDays)*millisPerDay,
		State: record.ConfirmationOpen,
	}
	world.Put(w, record.ConfirmationKey(c.ID), c)
	w.AddDue(c.DueAt, record.DueConfirmation, c.ID)
	w.Passed(pack.Ordinal, record.Confirm30)
	w.Notify(record.NoticeOf{
		Kind: record.ConfirmationAsked, Subject: c.ID, Members: []string{c.Creditor, c.Debtor}, Amount: c.Amount,
		Opens: []string{c.Debtor}, Until: c.DueAt,
	})
	return ConfirmationResult{c.ID, c.State, c.DueAt}, nil
}

// AnswerArgument is a debtor's answer to a request to confirm.
type AnswerArgument struct {
	ID     string `json:"id"`
	Agree  bool   `json:"agree"`
	Reason string `json:"reason,omitzero" metadata:",optional"` // needed when the debtor does not agree
}

// AnswerConfirmation is the debtor's answer. A late one is taken too, and
// flagged.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a debtor's maker (ROLE_MISSING);
// NOT_FOUND; CONFIRMATION_CLOSED; NOT_AUTHORISED when another debtor was asked.
func AnswerConfirmation(w *world.World, in AnswerArgument) (ConfirmationResult, error) {
	if err := checkID("confirmation", in.ID); err != nil {
		return ConfirmationResult{}, err
	}
	if !in.Agree || in.Reason != "" {
		if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
			return ConfirmationResult{}, err
		}
	}
	debtor, err := member.Require(w, record.Maker, record.Debtor)
	if err != nil {
		return ConfirmationResult{}, err
	}
	c, err := world.Load(w, record.ConfirmationKey(in.ID), "confirmation", in.ID)
	if err != nil {
		return ConfirmationResult{}, err
	}
	if c.State != record.ConfirmationOpen && c.State != record.ConfirmationOverdue {
		return ConfirmationResult{}, code.ConfirmationClosed.New("confirmation %s was %s", c.ID, c.State)
	}
	if debtor.ID != c.Debtor {
		return ConfirmationResult{}, code.NotAuthorised.New("confirmation %s was asked of %s", c.ID, c.Debtor)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return ConfirmationResult{}, err
	}
	if w.Now() >= c.DueAt {
		w.Flagged(pack.Ordinal, record.Confirm30, "asked at %s, due at %s, answered at %s", c.AskedAt, c.DueAt, w.Now())
	} else {
		w.Passed(pack.Ordinal, record.Confirm30)
	}
	if c.State == record.ConfirmationOpen {
		w.RemoveDue(c.DueAt, record.DueConfirmation, c.ID)
	}
	c.State, c.Reason, c.EndedAt = record.ConfirmationRefused, in.Reason, w.Now()
	if in.Agree {
		c.State = record.ConfirmationGiven
	}
	world.Put(w, record.ConfirmationKey(c.ID), c)
	w.Notify(record.NoticeOf{
		Kind: record.ConfirmationAnswered, Subject: c.ID, Members: []string{c.Creditor, c.Debtor}, Amount: c.Amount,
		Closes: []string{c.Debtor},
	})
	return ConfirmationResult{c.ID, c.State, c.DueAt}, nil
}

// escalate tells both sides, and the debtor's sponsor bank, that a request was
// not answered in time. It stays open to an answer.
func escalate(w *world.World, id string) error {
	c, err := world.Load(w, record.ConfirmationKey(id), "confirmation", id)
	if err != nil || c.State != record.ConfirmationOpen || w.Now() < c.DueAt {
		return err
	}
	debtor, err := member.Get(w, c.Debtor)
	if err != nil {
		return err
	}
	members := []string{c.Creditor, c.Debtor}
	if debtor.Sponsor != "" {
		members = append(members, debtor.Sponsor)
	}
	c.State = record.ConfirmationOverdue
	world.Put(w, record.ConfirmationKey(c.ID), c)
	w.Notify(record.NoticeOf{
		Kind: record.ConfirmationEscalated, Subject: c.ID, Members: members, Amount: c.Amount,
	})
	return nil
}
