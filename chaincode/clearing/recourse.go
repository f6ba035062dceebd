package clearing

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// RecoverArgument is a bank's call on who stands behind fen that the debtor did not pay.
type RecoverArgument struct {
	Financing string       `json:"financing"`                             // under which the bank has the fen
	Legs      []record.Leg `json:"legs,omitzero" metadata:",optional"`    // left out: all fen of it that are overdue and in no payment
	Account   string       `json:"account,omitzero" metadata:",optional"` // of the bank, to be paid to; left out: where its clearings are paid
}

// Recourse asks the seller with recourse, or the borrower of a loan, to pay for overdue
// fen (Civil Code 766). Who pays for bought fen has them; of a loan the pledge ends. It
// opens only when no leg of the fen is under way, and until it is closed no funds of the
// run are divided over them: seller, guarantor and debtor never all pay for one fen. The
// amount is what the bank is owed at maturity, in proportion to the fen.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, AMOUNT_OVERFLOW);
// the actor is a bank's maker (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for another
// bank's financing; FINANCING_STATE unless fen of it are outstanding and nothing else is
// under way with it; NOT_OVERDUE when none of them are open, LIMIT_EXCEEDED when they are
// in too many pieces to be called for together; TERMS_INVALID for a part of a loan; leg
// by leg CERTIFICATE_STATE, NOT_OVERDUE, BAD_INTERVAL, REDEEMED, HOLDING_LOCKED while
// they are in a payment, NOT_OVERDUE on the payment date itself, which is the debtor's,
// TERMS_INVALID for fen of another financing or behind which
// others stand; RECOURSE_MISSING without recourse, or when nothing is owed; the accounts
// (PAYEE_MISSING, SELF_TRANSFER, NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg
// HOLDING_CHANGED, NOT_OWNER, FROZEN, LIMIT_EXCEEDED; RUN_DIVIDING.
func Recourse(w *world.World, in RecoverArgument) (financing.SettlementResult, error) {
	r, err := recovered(w, in)
	if err != nil {
		return financing.SettlementResult{}, err
	}
	s := &record.Settlement{
		Purpose: record.PurposeRecourse, Effect: record.EffectMove, Payee: r.f.Funder,
	}
	if r.f.Terms.Kind == record.PledgeLoan {
		s.Effect, s.Payer = record.EffectAcquit, r.f.Holder
		if in.Legs != nil {
			return financing.SettlementResult{}, code.TermsInvalid.New("financing %s is a loan: it is called for as a whole", r.f.ID)
		}
	}
	return r.call(w, in.Account, s)
}

// CallGuarantee asks the guarantor of a financing to pay for overdue fen, up to what it
// guarantees. It has the fen then, or of a loan the pledge (Civil Code 700 †).
//
// Refusals: those of Recourse, where a part of a loan is allowed and RECOURSE_MISSING is
// for want of a guarantor who signed, before the legs; GUARANTEE_USED after what is owed.
func CallGuarantee(w *world.World, in RecoverArgument) (financing.SettlementResult, error) {
	r, err := recovered(w, in)
	if err != nil {
		return financing.SettlementResult{}, err
	}
	f := r.f
	if f.Terms.Guarantor == "" || f.GuarantorSigned.Member == "" {
		return financing.SettlementResult{}, code.RecourseMissing.New("financing %s has no guarantor", f.ID)
	}
	s := &record.Settlement{
		Purpose: record.PurposeGuarantee, Effect: record.EffectMove, Payer: f.Terms.Guarantor, Payee: f.Funder,
	}
	if f.Terms.Kind == record.PledgeLoan {
		s.Effect = record.EffectSubrogate
	}
	return r.call(w, in.Account, s)
}

// recovery is what a bank calls for.
type recovery struct {
	f    *record.Financing
	legs []record.Leg
	fen  money.Fen // of the legs
	open money.Fen // of the financing's fen: owed, and in no payment
}

// recovered returns the financing of the bank that calls, and the fen.
func recovered(w *world.World, in RecoverArgument) (*recovery, error) {
	if err := member.CheckIdentifier("financing", in.Financing); err != nil {
		return nil, err
	}
	if in.Account != "" {
		if err := member.CheckIdentifier("account", in.Account); err != nil {
			return nil, err
		}
	}
	if in.Legs != nil {
		if err := settlement.CheckLegs(in.Legs); err != nil {
			return nil, err
		}
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return nil, err
	}
	f, err := financing.Get(w, in.Financing)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Funder != bank.ID:
		return nil, code.NotAuthorised.New("financing %s is with another bank", f.ID)
	case f.State != record.FinancingDisbursed:
		return nil, code.FinancingState.New("financing %s is %s", f.ID, f.State)
	case f.Live != "":
		return nil, code.FinancingState.New("settlement %s of financing %s is under way", f.Live, f.ID)
	}
	first, err := settlement.Get(w, f.ID)
	if err != nil {
		return nil, err
	}
	r := &recovery{f: f, legs: in.Legs}
	open, err := certificate.Under(w, first.Legs, f.ID)
	if err != nil {
		return nil, err
	}
	for _, leg := range open {
		r.open += leg.Interval.Amount()
	}
	if in.Legs == nil {
		r.legs = open
	}
	switch {
	case len(r.legs) == 0:
		return nil, code.NotOverdue.New("no fen of financing %s are open", f.ID)
	case len(r.legs) > certificate.MaxLegs && in.Legs == nil && f.Terms.Kind != record.PledgeLoan:
		return nil, code.LimitExceeded.New("fen of financing %s are in %d pieces: name at most %d", f.ID, len(r.legs), certificate.MaxLegs)
	}
	return r, nil
}

// call agrees on the payment: the stakes say who stands behind the fen, and the
// financing what they come to.
func (r *recovery) call(w *world.World, account string, s *record.Settlement) (financing.SettlementResult, error) {
	f := r.f
	if err := r.check(w, s); err != nil {
		return financing.SettlementResult{}, err
	}
	var err error
	if s.Amount, err = r.calledFor(); err != nil {
		return financing.SettlementResult{}, err
	}
	if left := f.Terms.Guarantee - f.Guaranteed; s.Purpose == record.PurposeGuarantee && s.Amount > left {
		return financing.SettlementResult{}, code.GuaranteeUsed.New("%s is left of the guarantee, %s is called for", left, s.Amount)
	}
	if err := setAccounts(w, s, account); err != nil {
		return financing.SettlementResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return financing.SettlementResult{}, err
	}
	w.Passed(pack.Ordinal, record.Recourse)
	s.ID, s.Financing, s.LapsesAt = w.NewID(), f.ID, settlement.Deadline(w, pack.InstructDays)
	if s.Purpose == record.PurposeRecourse && s.Effect == record.EffectMove && s.Payer == f.Holder {
		if s.Claim, err = financing.ClaimBefore(w, f); err != nil {
			return financing.SettlementResult{}, err
		}
	}
	engagement := certificate.Engagement{
		Owner: f.Funder, Legs: r.legs, Counterpart: s.Payer, Operation: certificate.OpRecover,
	}
	if f.Terms.Kind == record.PledgeLoan {
		engagement.Pledge = f.ID
	}
	if _, err := settlement.Begin(w, s, engagement); err != nil {
		return financing.SettlementResult{}, err
	}
	f.Live = s.ID
	certificate.PutFinancing(w, f)
	return financing.SettlementResult{ID: s.ID, Amount: s.Amount}, recovering(w, s, s.Amount)
}

// check finds who stands behind the fen, where that is not known from the financing, and
// sums them.
func (r *recovery) check(w *world.World, s *record.Settlement) error {
	f := r.f
	for _, leg := range r.legs {
		found, err := certificate.OverdueFen(w, leg.Certificate, leg.Interval)
		if err != nil {
			return err
		}
		for _, o := range found {
			if w.Today() <= o.Payment {
				return code.NotOverdue.New("fen %s of certificate %s are payable on %s, and overdue after it", o.Interval, o.Certificate, o.Payment)
			}
			if o.Claim.Claim.Financing != f.ID {
				return code.TermsInvalid.New("fen %s of certificate %s are not of financing %s", o.Interval, o.Certificate, f.ID)
			}
			if s.Payer == "" {
				s.Payer = o.Claim.Claim.Recourse
			}
			if s.Purpose == record.PurposeRecourse && f.Terms.Kind != record.PledgeLoan && o.Claim.Claim.Recourse != s.Payer {
				return code.TermsInvalid.New("others stand behind fen %s of certificate %s", o.Interval, o.Certificate)
			}
			r.fen += o.Interval.Amount() // the legs sum to an amount
		}
	}
	if s.Payer == "" {
		return code.RecourseMissing.New("financing %s is a %s", f.ID, f.Terms.Kind)
	}
	return nil
}

// calledFor is what the bank is owed for the fen: of all that it has still to get, in
// proportion to the fen that are open. What is in legs, or kept, is on its way to it.
func (r *recovery) calledFor() (money.Fen, error) {
	owed, all, err := owedTo(r.f)
	switch {
	case err != nil:
		return 0, err
	case all:
		return r.fen, nil
	}
	part, err := money.MulDiv(int64(owed), int64(r.fen), int64(r.open), money.HalfUp)
	if err == nil && part == 0 {
		err = code.RecourseMissing.New("nothing is owed to the bank under financing %s", r.f.ID)
	}
	return money.Fen(part), err
}

// setAccounts names the accounts of a recovery: the payer's is where its own clearings
// are paid, because the bank knows no other.
func setAccounts(w *world.World, s *record.Settlement, to string) error {
	from, err := member.PayeeAccount(w, s.Payer)
	if err != nil {
		return err
	}
	if from == nil {
		return code.PayeeMissing.New("member %s has no account from which it can pay", s.Payer)
	}
	if to == "" {
		account, err := member.PayeeAccount(w, s.Payee)
		if err != nil {
			return err
		}
		if account == nil {
			return code.PayeeMissing.New("member %s", s.Payee)
		}
		to = account.ID
	}
	return settlement.SetAccounts(w, s, settlement.Account{Member: s.Payer, ID: from.ID}, settlement.Account{Member: s.Payee, ID: to})
}
