package financing

import (
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// ResellArgument sells fen that a bank bought to another bank.
type ResellArgument struct {
	Financing    string        `json:"financing"` // under which the seller bought them
	Legs         []record.Leg  `json:"legs"`
	Buyer        string        `json:"buyer"`
	Price        money.Fen     `json:"price"`
	Recourse     bool          `json:"recourse,omitzero" metadata:",optional"` // to the selling bank
	Contract     record.Digest `json:"contract"`
	Account      string        `json:"account"`      // of the seller, to be paid to
	BuyerAccount string        `json:"buyerAccount"` // from which the buyer pays
}

// Amount is what the seller's own policy compares: the sum of the legs.
func (in ResellArgument) Amount() money.Fen { return certificate.LegsAmount(in.Legs) }

// ResellHolds is what a proposal to resell sets aside: the fen.
func ResellHolds(_ *world.World, in ResellArgument) ([]record.Hold, error) {
	return certificate.IntervalHolds(in.Legs), nil
}

// ResellCounterparty is who has to approve a proposal to resell: the buyer.
func ResellCounterparty(_ *world.World, in ResellArgument) (string, error) { return in.Buyer, nil }

// Resell agrees that a bank sells fen it financed to another bank: the seller
// proposes, the buyer approves. It becomes a financing of its own, with the selling
// bank as its holder, which the buyer registers and pays like any other. Without
// recourse to the seller, the right against the first seller goes along.
//
// Fen of a sale with recourse of which the seller has a part to come, because not
// all was advanced or the interest is due at maturity, stay with the bank until they
// are cleared: nothing else would give the seller its surplus (RECOURSE, Civil Code
// 766).
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, BAD_AMOUNT,
// AMOUNT_OVERFLOW); NOT_SUBMITTABLE; the actor is a bank's maker (ROLE_MISSING); the
// buyer (SELF_TRANSFER, MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING) and its
// approval (QUORUM_MISSING); NOT_FOUND; FINANCING_STATE unless the seller holds fen
// of it and nothing else is under way with them; the accounts (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg as Request; TERMS_INVALID for other
// fen, a price above them, or a part that is still the seller's; TRANSFER_TO_DEBTOR; LIMIT_REACHED, GROUP_EXCEEDED.
func Resell(w *world.World, in ResellArgument) (AgreedResult, error) {
	if err := in.form(); err != nil {
		return AgreedResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumCounterparty); err != nil {
		return AgreedResult{}, err
	}
	seller, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return AgreedResult{}, err
	}
	if in.Buyer == seller.ID {
		return AgreedResult{}, code.SelfTransfer.New("bank %s", seller.ID)
	}
	if _, err := member.GetActive(w, in.Buyer, record.Funder); err != nil {
		return AgreedResult{}, err
	}
	if err := certificate.CheckApprovedBy(w, in.Buyer); err != nil {
		return AgreedResult{}, err
	}
	old, err := outstanding(w, in.Financing, seller.ID)
	if err != nil {
		return AgreedResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return AgreedResult{}, err
	}
	f := &record.Financing{
		ID: w.NewID(), Holder: seller.ID, Amount: in.Amount(), Origin: old.ID, Account: in.Account, Funder: in.Buyer,
		FunderAccount: in.BuyerAccount, HolderSigned: member.Signed(w), FunderSigned: approval(w, in.Buyer),
		Cost:        record.Cost{Advance: in.Price, Net: in.Price},
		RequestedAt: w.Now(), AgreedAt: w.Now(), State: record.FinancingAgreed,
	}
	s := &record.Settlement{
		ID: f.ID, Purpose: record.PurposeResale, Financing: f.ID, Amount: in.Price, Effect: record.EffectMove,
		LapsesAt: settlement.Deadline(w, pack.InstructDays),
	}
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: in.Buyer, ID: in.BuyerAccount},
		settlement.Account{Member: seller.ID, ID: in.Account}); err != nil {
		return AgreedResult{}, err
	}
	f.Terms = record.Terms{
		Kind: record.SaleWithoutRecourse, Basis: money.Basis360, Interest: record.InterestPrepaid, Advance: Whole,
		SupplierInterest: Whole, SupplierFee: Whole, ValueDate: w.Today().AddDays(int(pack.InstructDays)), Contract: in.Contract,
	}
	if in.Recourse {
		f.Terms.Kind = record.SaleWithRecourse
	}
	w.Passed(pack.Ordinal, record.Recourse)
	return resell(w, in, old, f, s)
}

func (in *ResellArgument) form() error {
	if err := member.CheckID(in.Buyer); err != nil {
		return err
	}
	return saleOf{in.Financing, in.Account, "account of the buyer", in.BuyerAccount, in.Legs, in.Price, in.Contract}.form()
}

// saleOf is what a resale and a buy-back name alike.
type saleOf struct {
	financing, account string
	what, other        string // the other side's account, and what it is
	legs               []record.Leg
	price              money.Fen
	contract           record.Digest
}

func (in saleOf) form() error {
	if err := member.CheckIdentifier("financing", in.financing); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.account); err != nil {
		return err
	}
	if err := member.CheckIdentifier(in.what, in.other); err != nil {
		return err
	}
	if err := settlement.CheckLegs(in.legs); err != nil {
		return err
	}
	if in.price <= 0 {
		return code.BadAmount.New("a price of %s", in.price)
	}
	if in.contract.IsZero() {
		return code.BadArgument.New("the hash of the contract is missing")
	}
	return nil
}

// outstanding returns a sale of which the bank still holds fen that nothing else is
// under way with.
func outstanding(w *world.World, id, bank string) (*record.Financing, error) {
	f, err := Get(w, id)
	if err != nil {
		return nil, err
	}
	switch {
	case f.Funder != bank:
		return nil, code.NotAuthorised.New("financing %s is with another bank", f.ID)
	case f.State != record.FinancingDisbursed || f.Terms.Kind == record.PledgeLoan:
		return nil, code.FinancingState.New("financing %s, %s, is %s: no fen of a sale are with the bank", f.ID, f.Terms.Kind, f.State)
	case f.Live != "":
		return nil, code.FinancingState.New("settlement %s of financing %s is under way", f.Live, f.ID)
	}
	return f, nil
}

// resell locks the fen and makes the agreement.
func resell(w *world.World, in ResellArgument, old, f *record.Financing, s *record.Settlement) (AgreedResult, error) {
	stakes, err := settlement.Begin(w, s, certificate.Engagement{
		Owner: f.Holder, Legs: in.Legs, Counterpart: f.Funder, Operation: certificate.OpFinance,
	})
	if err != nil {
		return AgreedResult{}, err
	}
	if err := checkOf(old, stakes, in.Price); err != nil {
		return AgreedResult{}, err
	}
	if err := checkWhole(w, stakes); err != nil {
		return AgreedResult{}, err
	}
	f.Debtors = debtorsOf(stakes)
	for _, debtor := range f.Debtors {
		if debtor == f.Funder {
			return AgreedResult{}, code.TransferToDebtor.New("bank %s owes some of the fen", debtor)
		}
	}
	s.Claim = record.Claim{Recourse: stakes[0].Claim.Recourse, Guarantor: stakes[0].Claim.Guarantor, Financing: f.ID}
	if in.Recourse {
		s.Claim.Recourse = f.Holder
	}
	world.Put(w, record.SettlementKey(s.ID), s)
	f.Reserved = exposureOf(f.Funder, f.Holder, stakes)
	if err := credit.ReserveLimits(w, f.Funder, f.Reserved); err != nil {
		return AgreedResult{}, err
	}
	old.Live = f.ID
	certificate.PutFinancing(w, old)
	certificate.PutFinancing(w, f)
	w.Notify(record.NoticeOf{
		Kind: record.FinancingWasAgreed, Subject: f.ID, Members: []string{f.Holder, f.Funder}, Amount: f.Amount,
		Opens: []string{f.Funder}, Until: s.LapsesAt,
	})
	return AgreedResult{f.ID, f.Funder, f.Cost, s.LapsesAt}, nil
}

// checkOf refuses with TERMS_INVALID fen of another financing, and a price above
// the fen.
func checkOf(f *record.Financing, stakes []certificate.Stake, price money.Fen) error {
	var sum money.Fen
	for _, s := range stakes {
		if s.Claim.Financing != f.ID {
			return code.TermsInvalid.New("fen %s of certificate %s are not of financing %s", s.Interval, s.Certificate, f.ID)
		}
		sum += s.Interval.Amount()
	}
	if price > sum {
		return code.TermsInvalid.New("a price of %s for %s", price, sum)
	}
	return nil
}

// checkWhole refuses with TERMS_INVALID fen that are not wholly their owner's: the
// seller with recourse has what was not advanced, and owes what is due at maturity.
func checkWhole(w *world.World, stakes []certificate.Stake) error {
	for _, s := range stakes {
		if s.Claim.Financing == "" {
			continue
		}
		f, err := Get(w, s.Claim.Financing)
		if err != nil {
			return err
		}
		if f.Terms.Shared() {
			return code.TermsInvalid.New("fen %s of certificate %s under financing %s: a part is the seller's until they are cleared",
				s.Interval, s.Certificate, f.ID)
		}
	}
	return nil
}

// approval is the other party's signature under the proposal that runs now.
func approval(w *world.World, of string) record.Signature {
	s := member.Signed(w)
	for _, p := range w.Actor().Approvers {
		if p.Member == of {
			s.Member, s.Person, s.Key = p.Member, p.Person, p.Key
			return s
		}
	}
	return record.Signature{} // a rehearsal: nobody has approved yet
}

// BuyBackArgument is that a seller with recourse takes its fen back.
type BuyBackArgument struct {
	Financing   string        `json:"financing"`
	Legs        []record.Leg  `json:"legs"`
	Price       money.Fen     `json:"price"`
	Contract    record.Digest `json:"contract"`
	Account     string        `json:"account"`     // of the seller, who pays
	BankAccount string        `json:"bankAccount"` // to be paid to
}

// Amount is what the proposer's own policy compares: the price.
func (in BuyBackArgument) Amount() money.Fen { return in.Price }

// BuyBackCounterparty is the side that has to approve: the seller when the bank
// proposes, and the other way round.
func BuyBackCounterparty(w *world.World, in BuyBackArgument) (string, error) {
	f, err := find(w, in.Financing)
	if err != nil {
		return "", err
	}
	switch w.Actor().Member {
	case f.Funder:
		return f.Holder, nil
	case f.Holder:
		return f.Funder, nil
	}
	return "", code.NotAuthorised.New("financing %s is of others", f.ID)
}

// SettlementResult is a settlement that was agreed.
type SettlementResult struct {
	ID     string    `json:"id"`
	Amount money.Fen `json:"amount"`
}

// BuyBack agrees that the seller of a sale with recourse buys fen back. One of bank
// and seller proposes, the other approves; the seller pays, and then the fen are its
// own again.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, BAD_AMOUNT,
// AMOUNT_OVERFLOW); NOT_SUBMITTABLE; the actor is a maker of a holder or bank
// (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for anybody else, QUORUM_MISSING when the
// other side has not approved; FINANCING_STATE; TERMS_INVALID without recourse; the
// accounts (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg as Request;
// TERMS_INVALID for other fen or a price above them; LIMIT_REACHED, GROUP_EXCEEDED of
// a bank that takes back what it had resold.
func BuyBack(w *world.World, in BuyBackArgument) (SettlementResult, error) {
	if err := in.form(); err != nil {
		return SettlementResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumCounterparty); err != nil {
		return SettlementResult{}, err
	}
	if _, err := member.Require(w, record.Maker, record.Holder|record.Funder); err != nil {
		return SettlementResult{}, err
	}
	other, err := BuyBackCounterparty(w, in)
	if err != nil {
		return SettlementResult{}, err
	}
	if err := certificate.CheckApprovedBy(w, other); err != nil {
		return SettlementResult{}, err
	}
	f, err := Get(w, in.Financing)
	if err != nil {
		return SettlementResult{}, err
	}
	if f, err = outstanding(w, f.ID, f.Funder); err != nil {
		return SettlementResult{}, err
	}
	if f.Terms.Kind != record.SaleWithRecourse {
		return SettlementResult{}, code.TermsInvalid.New("financing %s is a %s", f.ID, f.Terms.Kind)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return SettlementResult{}, err
	}
	w.Passed(pack.Ordinal, record.Recourse)
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeBuyBack, Financing: f.ID, Amount: in.Price, Effect: record.EffectMove,
		LapsesAt: settlement.Deadline(w, pack.InstructDays),
	}
	if s.Claim, err = ClaimBefore(w, f); err != nil {
		return SettlementResult{}, err
	}
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: f.Holder, ID: in.Account},
		settlement.Account{Member: f.Funder, ID: in.BankAccount}); err != nil {
		return SettlementResult{}, err
	}
	return buyBack(w, in, f, s)
}

func (in *BuyBackArgument) form() error {
	return saleOf{in.Financing, in.Account, "account of the bank", in.BankAccount, in.Legs, in.Price, in.Contract}.form()
}

func buyBack(w *world.World, in BuyBackArgument, f *record.Financing, s *record.Settlement) (SettlementResult, error) {
	stakes, err := settlement.Begin(w, s, certificate.Engagement{
		Owner: f.Funder, Legs: in.Legs, Counterpart: f.Holder, Operation: certificate.OpFinance,
	})
	if err != nil {
		return SettlementResult{}, err
	}
	if err := checkOf(f, stakes, in.Price); err != nil {
		return SettlementResult{}, err
	}
	f.Live = s.ID
	if f.Origin != "" { // a bank takes fen back that it had resold: they count on its own limits again
		origin, err := Get(w, f.Origin)
		if err != nil {
			return SettlementResult{}, err
		}
		f.Reserved = exposureOf(origin.Funder, origin.Holder, stakes)
		if err := credit.ReserveLimits(w, origin.Funder, f.Reserved); err != nil {
			return SettlementResult{}, err
		}
	}
	certificate.PutFinancing(w, f)
	return SettlementResult{s.ID, s.Amount}, nil
}

// freeBuyBack gives back what a buy-back reserved of the limits of a bank that takes
// back what it had resold.
func freeBuyBack(w *world.World, f *record.Financing) error {
	if f.Origin == "" {
		return nil
	}
	if err := credit.ReleaseLimits(w, f.Holder, f.Reserved); err != nil {
		return err
	}
	f.Reserved = nil
	return nil
}

// ClaimBefore is the claim that fen had before they were sold under a financing:
// none of a supplier's, and that of the earlier financing of a bank that resold
// them.
func ClaimBefore(w *world.World, f *record.Financing) (record.Claim, error) {
	if f.Origin == "" {
		return record.Claim{}, nil
	}
	s, err := settlement.Get(w, f.Origin)
	if err != nil {
		return record.Claim{}, err
	}
	return s.Claim, nil
}
