package financing

import (
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

// RepayArgument repays a loan on pledged fen.
type RepayArgument struct {
	Financing   string        `json:"financing"`
	Account     string        `json:"account"`                                   // from which the borrower pays
	BankAccount string        `json:"bankAccount,omitzero" metadata:",optional"` // account of the bank; that from which it paid when left out
	ValueDate   calendar.Date `json:"valueDate"`                                 // to which interest is calculated, and the last day on which it can be instructed
	Amount      money.Fen     `json:"amount"`                                    // what the borrower saw that it pays: see PayoffOf
}

// RepaidAmount is what the borrower's own policy compares: what it pays.
func (in RepayArgument) RepaidAmount() money.Fen { return in.Amount }

// Repay has the borrower repay a whole loan early, with the interest recalculated to
// the value date. When the bank is paid, the pledge on the fen ends. A freeze on them
// does not stop it.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_DATE, BAD_AMOUNT); the actor is a maker
// of a holder (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED; FINANCING_STATE unless it is
// a loan that was paid out and nothing else is under way with it; BAD_DATE;
// TERMS_INVALID when it comes to another amount; the accounts (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg MATURED, HOLDING_LOCKED by a clearing.
func Repay(w *world.World, in RepayArgument) (SettlementResult, error) {
	if err := in.form(); err != nil {
		return SettlementResult{}, err
	}
	borrower, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return SettlementResult{}, err
	}
	f, err := loan(w, in.Financing, borrower.ID)
	if err != nil {
		return SettlementResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return SettlementResult{}, err
	}
	if err := checkValueDate(w, pack, in.ValueDate); err != nil {
		return SettlementResult{}, err
	}
	first, err := settlement.Get(w, f.ID)
	if err != nil {
		return SettlementResult{}, err
	}
	off, err := payoff(w, f, first, in.ValueDate)
	if err != nil {
		return SettlementResult{}, err
	}
	if off.Amount != in.Amount {
		return SettlementResult{}, code.TermsInvalid.New("on %s the loan is repaid with %s, not %s", in.ValueDate, off.Amount, in.Amount)
	}
	to := in.BankAccount
	if to == "" {
		to = f.FunderAccount
	}
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeRepayment, Financing: f.ID, Amount: off.Amount, Effect: record.EffectAcquit,
		ValueDate: in.ValueDate, LapsesAt: in.ValueDate.AddDays(1).Start(),
	}
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: borrower.ID, ID: in.Account},
		settlement.Account{Member: f.Funder, ID: to}); err != nil {
		return SettlementResult{}, err
	}
	_, err = settlement.Begin(w, s, certificate.Engagement{
		Owner: borrower.ID, Legs: first.Legs, Counterpart: f.Funder, Operation: certificate.OpRelease, Pledge: f.ID,
	})
	if err != nil {
		return SettlementResult{}, err
	}
	f.Live = s.ID
	certificate.PutFinancing(w, f)
	return SettlementResult{s.ID, s.Amount}, nil
}

func (in *RepayArgument) form() error {
	if err := member.CheckIdentifier("financing", in.Financing); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if in.BankAccount != "" {
		if err := member.CheckIdentifier("account of the bank", in.BankAccount); err != nil {
			return err
		}
	}
	if in.Amount <= 0 {
		return code.BadAmount.New("a repayment of %s", in.Amount)
	}
	return in.ValueDate.Valid()
}

// checkValueDate refuses a day that has passed or is further ahead than an agreement
// may wait: BAD_DATE.
func checkValueDate(w *world.World, pack *record.Pack, day calendar.Date) error {
	if day < w.Today() || day > w.Today().AddDays(int(pack.InstructDays)) {
		return code.BadDate.New("value date %s is not within %d days from today, %s", day, pack.InstructDays, w.Today())
	}
	return nil
}

// loan returns a loan of the borrower that was paid out and is not being repaid.
func loan(w *world.World, id, borrower string) (*record.Financing, error) {
	f, err := Get(w, id)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Holder != borrower:
		return nil, code.NotAuthorised.New("financing %s is of another holder", f.ID)
	case f.State != record.FinancingDisbursed || f.Terms.Kind != record.PledgeLoan:
		return nil, code.FinancingState.New("financing %s, %s, is %s: no loan is outstanding", f.ID, f.Terms.Kind, f.State)
	case f.Live != "":
		return nil, code.FinancingState.New("settlement %s of financing %s is under way", f.Live, f.ID)
	}
	return f, nil
}

func payoff(w *world.World, f *record.Financing, first *record.Settlement, day calendar.Date) (Payoff, error) {
	parts, err := partsOfLegs(w, first.Legs)
	if err != nil {
		return Payoff{}, err
	}
	return PayoffOf(f.Terms, f.Cost, parts, day)
}

// partsOfLegs are the legs of a loan as they were paid out, whatever became of their
// holdings since.
func partsOfLegs(w *world.World, legs []record.Leg) ([]Part, error) {
	parts := make([]Part, len(legs))
	for i, leg := range legs {
		c, err := certificate.Get(w, leg.Certificate)
		if err != nil {
			return nil, err
		}
		parts[i] = Part{leg.Interval.Amount(), c.Payment}
	}
	return parts, nil
}

// refundDebtor has the bank give back what the debtor bore of interest that was not
// earned, once a loan is repaid early.
func refundDebtor(w *world.World, f *record.Financing, s *record.Settlement) error {
	first, err := settlement.Get(w, f.ID)
	if err != nil {
		return err
	}
	off, err := payoff(w, f, first, s.ValueDate)
	if err != nil || off.DebtorRefund == 0 || f.Cost.DebtorInterest == 0 {
		return err
	}
	return owe(w, f, record.PurposeDebtorShare, settlement.Account{Member: f.Funder, ID: f.FunderAccount},
		settlement.Account{Member: f.Debtors[0], ID: f.DebtorPays}, &record.Settlement{Amount: off.DebtorRefund})
}
