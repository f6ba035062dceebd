package financing

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Flow is what lies behind the settlements of this package.
type Flow struct{}

var _ settlement.Agreements = Flow{}

// Ready refuses to instruct a financing or a resale before everybody has signed
// (CONSENT_MISSING), it is searched for and registered (REGISTRATION_MISSING), and
// when its value date has passed (TERMS_INVALID). Others need nothing more.
func (Flow) Ready(w *world.World, s *record.Settlement) error {
	if s.ValueDate != 0 && w.Today() > s.ValueDate {
		return code.TermsInvalid.New("value date %s has passed", s.ValueDate)
	}
	if s.Purpose != record.PurposeFinancing && s.Purpose != record.PurposeResale {
		return nil
	}
	f, err := Get(w, s.Financing)
	if err != nil {
		return err
	}
	if w.Today() > f.Terms.ValueDate {
		return code.TermsInvalid.New("value date %s has passed", f.Terms.ValueDate)
	}
	if missing := consenting(f); len(missing) > 0 {
		return code.ConsentMissing.New("member %s has not signed financing %s", missing[0], f.ID)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	return registration.Check(w, pack, f)
}

// Settled follows a payment that arrived.
func (Flow) Settled(w *world.World, s *record.Settlement) error {
	switch s.Purpose {
	case record.PurposeFinancing, record.PurposeResale:
		return disbursed(w, s)
	case record.PurposeBuyBack, record.PurposeRepayment, record.PurposeRecourse, record.PurposeGuarantee:
		return concluded(w, s.Financing, s)
	case record.PurposeDiscount, record.PurposeOutside, record.PurposeDebtorShare, record.PurposeGuaranteeFee,
		record.PurposeClearing, record.PurposeLateInterest, record.PurposeRefund:
	}
	return nil
}

// disbursed is a financing that was paid out. What it had reserved of the bank's
// limits is used by the fen themselves now, and the debtors have notice of the
// assignment (NOTICE, Civil Code 546: arrival is the block's time).
func disbursed(w *world.World, s *record.Settlement) error {
	f, err := Get(w, s.Financing)
	if err != nil {
		return err
	}
	if err := credit.ReleaseLimits(w, f.Funder, f.Reserved); err != nil {
		return err
	}
	f.Reserved, f.State, f.NoticeAt = nil, record.FinancingDisbursed, w.Now()
	certificate.PutFinancing(w, f)
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	w.Passed(pack.Ordinal, record.Notice)
	w.Notify(record.NoticeOf{
		Kind: record.FinancingWasDisbursed, Subject: f.ID, Members: with([]string{f.Holder, f.Funder}, f.Debtors...),
		Amount: f.Amount, Closes: []string{f.Funder},
	})
	if share := f.Cost.DebtorInterest + f.Cost.DebtorFee; share > 0 {
		err := owe(w, f, record.PurposeDebtorShare, settlement.Account{Member: f.Debtors[0], ID: f.DebtorPays},
			settlement.Account{Member: f.Funder, ID: f.FunderAccount}, &record.Settlement{Amount: share})
		if err != nil {
			return err
		}
	}
	if f.Cost.GuaranteeFee > 0 {
		err := owe(w, f, record.PurposeGuaranteeFee, settlement.Account{Member: f.Holder, ID: f.Account},
			settlement.Account{Member: f.Terms.Guarantor, ID: f.GuarantorPaid}, &record.Settlement{Amount: f.Cost.GuaranteeFee})
		if err != nil {
			return err
		}
	}
	if f.Origin == "" {
		return nil
	}
	return concluded(w, f.Origin, s)
}

// owe makes a settlement of money apart from the fen. Its accounts were usable when
// they were named; one that was closed meanwhile refuses the instruction only.
func owe(
	w *world.World, f *record.Financing, purpose record.Purpose, payer, payee settlement.Account, s *record.Settlement,
) error {
	from, err := world.Load(w, record.AccountKey(payer.Member, payer.ID), "account", payer.ID)
	if err != nil {
		return err
	}
	to, err := world.Load(w, record.AccountKey(payee.Member, payee.ID), "account", payee.ID)
	if err != nil {
		return err
	}
	s.Purpose, s.Financing = purpose, f.ID
	s.Payer, s.PayerAccount, s.PayerBank = from.Member, from.ID, from.Bank
	s.Payee, s.PayeeAccount, s.PayeeBank = to.Member, to.ID, to.Bank
	settlement.Owe(w, s)
	return nil
}

// concluded follows a resale, buy-back or repayment on the financing out of which
// the fen went: what is left of it stays, and its registration follows.
func concluded(w *world.World, id string, s *record.Settlement) error {
	f, err := Get(w, id)
	if err != nil {
		return err
	}
	f.Live = ""
	if s.Purpose == record.PurposeBuyBack {
		if err := freeBuyBack(w, f); err != nil {
			return err
		}
	}
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	if f.Outstanding > 0 {
		certificate.Owe(w, pack, f, record.RegistrationChange)
	}
	certificate.PutFinancing(w, f)
	if s.Purpose != record.PurposeRepayment {
		return nil
	}
	return refundDebtor(w, f, s)
}

// Ended follows a settlement that came to nothing: the financing ends as it did, and
// what was reserved comes free.
func (Flow) Ended(w *world.World, s *record.Settlement) error {
	switch s.Purpose {
	case record.PurposeFinancing, record.PurposeResale:
		return abandoned(w, s)
	case record.PurposeBuyBack, record.PurposeRepayment, record.PurposeRecourse, record.PurposeGuarantee:
		return clearLive(w, s)
	case record.PurposeDiscount:
		return untakeDiscount(w, s)
	case record.PurposeOutside, record.PurposeDebtorShare, record.PurposeGuaranteeFee,
		record.PurposeClearing, record.PurposeLateInterest, record.PurposeRefund:
	}
	return nil
}

func clearLive(w *world.World, s *record.Settlement) error {
	f, err := Get(w, s.Financing)
	if err != nil {
		return err
	}
	f.Live = ""
	if s.Purpose == record.PurposeBuyBack {
		if err := freeBuyBack(w, f); err != nil {
			return err
		}
	}
	certificate.PutFinancing(w, f)
	return nil
}

func abandoned(w *world.World, s *record.Settlement) error {
	f, err := Get(w, s.Financing)
	if err != nil {
		return err
	}
	if f.State == record.FinancingRequested {
		if err := endQuotes(w, f, ""); err != nil {
			return err
		}
	}
	if err := credit.ReleaseLimits(w, f.Funder, f.Reserved); err != nil {
		return err
	}
	if f.Rate != "" {
		if err := untakeRate(w, f); err != nil {
			return err
		}
	}
	asked := with(f.Asked, f.Holder, f.Funder)
	kind := record.FinancingWasCancelled
	f.State = record.FinancingCancelled
	switch s.State {
	case record.SettlementLapsed:
		f.State, kind = record.FinancingLapsed, record.FinancingHasLapsed
	case record.SettlementUnpaid:
		f.State, kind = record.FinancingUnpaid, record.FinancingWasUnpaid
	default: // cancelled
	}
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	f.Reserved, f.EndedAt = nil, w.Now()
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: f.ID, Members: with(asked, consenting(f)...), Amount: f.Amount, Closes: with(asked, consenting(f)...),
	})
	certificate.Owe(w, pack, f, record.RegistrationCancel)
	certificate.PutFinancing(w, f)
	if f.Origin == "" {
		return nil
	}
	origin, err := Get(w, f.Origin)
	if err != nil {
		return err
	}
	origin.Live = ""
	certificate.PutFinancing(w, origin)
	return nil
}
