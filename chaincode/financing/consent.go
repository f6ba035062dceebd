package financing

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// ConsentArgument is the word of a party that the terms name: its guarantee, or its
// share of the cost.
type ConsentArgument struct {
	ID      string `json:"id"`
	Account string `json:"account"` // a guarantor's, to be paid its fee; a debtor's, to pay its share
}

// Guarantee signs the guarantee that the agreed terms name: amount, fee and the hash
// of its contract.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker of a guarantor
// (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for another guarantor; FINANCING_STATE;
// SETTLEMENT_LAPSED, INSTRUCTED; ALREADY_EXISTS; the account (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF).
func Guarantee(w *world.World, in ConsentArgument) (Result, error) {
	f, err := consented(w, in, record.Guarantor, func(f *record.Financing) (string, *record.Signature) {
		return f.Terms.Guarantor, &f.GuarantorSigned
	})
	if err != nil {
		return Result{}, err
	}
	f.GuarantorPaid = in.Account
	return consent(w, f), nil
}

// BearShare is the debtor's word that it bears its share of interest and fee. Its
// refusals are those of Guarantee, for a maker of the debtor.
func BearShare(w *world.World, in ConsentArgument) (Result, error) {
	f, err := consented(w, in, record.Debtor, func(f *record.Financing) (string, *record.Signature) {
		if f.Cost.DebtorInterest+f.Cost.DebtorFee == 0 {
			return "", &f.DebtorSigned
		}
		return f.Debtors[0], &f.DebtorSigned
	})
	if err != nil {
		return Result{}, err
	}
	f.DebtorPays = in.Account
	return consent(w, f), nil
}

func consented(
	w *world.World, in ConsentArgument, role record.Roles, party func(*record.Financing) (string, *record.Signature),
) (*record.Financing, error) {
	if err := member.CheckIdentifier("financing", in.ID); err != nil {
		return nil, err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return nil, err
	}
	by, err := member.Require(w, record.Maker, role)
	if err != nil {
		return nil, err
	}
	f, err := Get(w, in.ID)
	if err != nil {
		return nil, err
	}
	who, signed := party(f)
	switch {
	case who != by.ID:
		return nil, code.NotAuthorised.New("financing %s does not name %s", f.ID, by.ID)
	case f.State != record.FinancingAgreed:
		return nil, code.FinancingState.New("financing %s is %s", f.ID, f.State)
	}
	s, err := settlement.Get(w, f.ID)
	if err != nil {
		return nil, err
	}
	if err := settlement.CheckUndecided(w, s); err != nil {
		return nil, err
	}
	if signed.Member != "" {
		return nil, code.AlreadyExists.New("%s signed financing %s at %s", who, f.ID, signed.At)
	}
	if _, err := member.UsableAccount(w, by.ID, in.Account); err != nil {
		return nil, err
	}
	*signed = member.Signed(w)
	return f, nil
}

func consent(w *world.World, f *record.Financing) Result {
	by := w.Actor().Member
	certificate.PutFinancing(w, f)
	w.Notify(record.NoticeOf{
		Kind: record.FinancingConsent, Subject: f.ID, Members: with([]string{f.Holder, f.Funder}, by), Amount: f.Amount,
		Closes: []string{by},
	})
	return Result{f.ID, f.State}
}
