package financing

import (
	"slices"

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

// SelectArgument opens the chosen quote on the ledger.
type SelectArgument struct {
	ID    string       `json:"id"`
	Bank  string       `json:"bank"`
	Salt  Salt         `json:"salt"`
	Terms record.Terms `json:"terms"`
	Net   money.Fen    `json:"net"` // what the holder saw that it will be paid
}

// AgreedResult is a financing that was agreed.
type AgreedResult struct {
	ID       string           `json:"id"`
	Funder   string           `json:"funder"`
	Cost     record.Cost      `json:"cost"`
	LapsesAt calendar.Instant `json:"lapsesAt"` // when it ends without an instruction
}

// Select takes a bank's quote: the seal must fit what is opened, and the terms must
// come to what the holder saw. Both have signed now: the bank with its quote, the
// holder here. The other quotes end unopened, and their banks' limits come free.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, TERMS_INVALID); the actor is a
// maker of a holder (ROLE_MISSING); NOT_FOUND; NOT_AUTHORISED for another holder;
// FINANCING_STATE; SETTLEMENT_LAPSED; the bank (MEMBER_UNKNOWN, MEMBER_SUSPENDED,
// ROLE_MISSING); QUOTE_MISSING, QUOTE_EXPIRED, QUOTE_ALTERED;
// TERMS_INVALID (value date, net, debtor's share, guarantor); the guarantor
// (MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING); the accounts (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg CERTIFICATE_STATE, MATURED, FROZEN.
func Select(w *world.World, in SelectArgument) (AgreedResult, error) {
	if err := member.CheckIdentifier("financing", in.ID); err != nil {
		return AgreedResult{}, err
	}
	if err := member.CheckID(in.Bank); err != nil {
		return AgreedResult{}, err
	}
	if err := CheckTerms(in.Terms); err != nil {
		return AgreedResult{}, err
	}
	holder, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return AgreedResult{}, err
	}
	f, s, err := open(w, in.ID, holder.ID)
	if err != nil {
		return AgreedResult{}, err
	}
	if _, err := member.GetActive(w, in.Bank, record.Funder); err != nil {
		return AgreedResult{}, err
	}
	q, err := sealed(w, f, in.Bank)
	if err != nil {
		return AgreedResult{}, err
	}
	if SealOf(f.ID, q.Bank, in.Salt, in.Terms) != q.Seal {
		return AgreedResult{}, code.QuoteAltered.New("financing %s, bank %s", f.ID, q.Bank)
	}
	f.Funder, f.FunderAccount, f.FunderSigned, f.HolderSigned = q.Bank, q.Account, q.Signed, member.Signed(w)
	f.Reserved = q.Reserved
	if err := price(w, f, s, in.Terms, in.Net); err != nil {
		return AgreedResult{}, err
	}
	if err := endQuote(w, q, record.QuoteChosen); err != nil {
		return AgreedResult{}, err
	}
	if err := endQuotes(w, f, q.Bank); err != nil {
		return AgreedResult{}, err
	}
	return agree(w, f, s)
}

// open returns a request of the holder that can still be decided on.
func open(w *world.World, id, holder string) (*record.Financing, *record.Settlement, error) {
	f, err := Get(w, id)
	if err != nil {
		return nil, nil, err
	}
	if f.Holder != holder {
		return nil, nil, code.NotAuthorised.New("financing %s is of another holder", f.ID)
	}
	if f.State != record.FinancingRequested {
		return nil, nil, code.FinancingState.New("financing %s is %s", f.ID, f.State)
	}
	s, err := settlement.Get(w, f.ID)
	if err != nil {
		return nil, nil, err
	}
	return f, s, settlement.CheckUndecided(w, s)
}

// price computes what the terms come to and refuses with TERMS_INVALID what does
// not hold: see Select.
func price(w *world.World, f *record.Financing, s *record.Settlement, t record.Terms, net money.Fen) error {
	stakes, err := certificate.Stakes(w, s.Legs)
	if err != nil {
		return err
	}
	if t.ValueDate < w.Today() {
		return code.TermsInvalid.New("value date %s has passed", t.ValueDate)
	}
	if f.Cost, err = CostOf(t, partsOf(stakes)); err != nil {
		return err
	}
	f.Terms = t
	if f.Cost.Net != net {
		return code.TermsInvalid.New("the terms come to %s net, not %s", f.Cost.Net, net)
	}
	if err := CheckParties(f); err != nil {
		return err
	}
	if t.Guarantor != "" {
		if _, err := member.GetActive(w, t.Guarantor, record.Guarantor); err != nil {
			return err
		}
	}
	return nil
}

// CheckParties refuses with TERMS_INVALID terms that do not fit who is to agree on
// them: a debtor's share needs one debtor, and a guarantor is nobody of them.
func CheckParties(f *record.Financing) error {
	switch {
	case f.Cost.DebtorInterest+f.Cost.DebtorFee > 0 && len(f.Debtors) > 1:
		return code.TermsInvalid.New("a debtor's share with %d debtors", len(f.Debtors))
	case f.Terms.Guarantor != "" && slices.Contains(with(f.Debtors, f.Holder, f.Funder), f.Terms.Guarantor):
		return code.TermsInvalid.New("guarantor %s is a party itself", f.Terms.Guarantor)
	}
	return nil
}

// agree makes an agreement of a priced financing: its settlement is now between two
// accounts and lapses when it is not instructed in time.
func agree(w *world.World, f *record.Financing, s *record.Settlement) (AgreedResult, error) {
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: f.Funder, ID: f.FunderAccount},
		settlement.Account{Member: f.Holder, ID: f.Account}); err != nil {
		return AgreedResult{}, err
	}
	s.Amount, s.Effect, s.Claim = f.Cost.Net, record.EffectMove, claimOf(f)
	if f.Terms.Kind == record.PledgeLoan {
		s.Effect = record.EffectPledge
	}
	pack, err := rules.Current(w)
	if err != nil {
		return AgreedResult{}, err
	}
	until := min(settlement.Deadline(w, pack.InstructDays), f.Terms.ValueDate.AddDays(1).Start())
	if err := settlement.Agree(w, s, until); err != nil {
		return AgreedResult{}, err
	}
	w.Passed(pack.Ordinal, record.FreeChoice)
	if f.Terms.Kind != record.PledgeLoan {
		w.Passed(pack.Ordinal, record.Recourse)
	}
	f.State, f.AgreedAt = record.FinancingAgreed, w.Now()
	certificate.PutFinancing(w, f)
	w.Notify(record.NoticeOf{
		Kind: record.FinancingWasAgreed, Subject: f.ID, Members: with([]string{f.Holder, f.Funder}, consenting(f)...),
		Amount: f.Amount, Closes: with(f.Asked, f.Holder), Opens: with(consenting(f), f.Funder, s.PayerBank), Until: s.LapsesAt,
	})
	return AgreedResult{f.ID, f.Funder, f.Cost, s.LapsesAt}, nil
}

// claimOf is who stands behind the fen once the financing is paid out.
func claimOf(f *record.Financing) record.Claim {
	c := record.Claim{Guarantor: f.Terms.Guarantor, Financing: f.ID}
	if f.Terms.Kind == record.SaleWithRecourse {
		c.Recourse = f.Holder
	}
	return c
}

// consenting are the others who must sign before the payment is instructed.
func consenting(f *record.Financing) []string {
	var list []string
	if f.Terms.Guarantor != "" && f.GuarantorSigned.Member == "" {
		list = append(list, f.Terms.Guarantor)
	}
	if f.Cost.DebtorInterest+f.Cost.DebtorFee > 0 && f.DebtorSigned.Member == "" {
		list = append(list, f.Debtors[0])
	}
	return list
}

// AmountOf is what the holder's policy compares when it takes a quote, and
// QuotedAmount the bank's when it makes one: the fen financed, 0 when there is no such
// request.
func AmountOf(w *world.World, in SelectArgument) (money.Fen, error) {
	return amountOf(w, in.ID, func(f *record.Financing) money.Fen { return f.Amount })
}

// QuotedAmount is described at AmountOf.
func QuotedAmount(w *world.World, in QuoteArgument) (money.Fen, error) {
	return amountOf(w, in.Financing, func(f *record.Financing) money.Fen { return f.Amount })
}

// GuaranteedAmount is what a guarantor's policy compares: how much it guarantees.
func GuaranteedAmount(w *world.World, in ConsentArgument) (money.Fen, error) {
	return amountOf(w, in.ID, func(f *record.Financing) money.Fen { return f.Terms.Guarantee })
}

// ShareAmount is what a debtor's policy compares: the share that it bears.
func ShareAmount(w *world.World, in ConsentArgument) (money.Fen, error) {
	return amountOf(w, in.ID, func(f *record.Financing) money.Fen { return f.Cost.DebtorInterest + f.Cost.DebtorFee })
}

// amountOf is an amount of a financing that an argument names, 0 when there is none.
func amountOf(w *world.World, id string, of func(*record.Financing) money.Fen) (money.Fen, error) {
	if member.CheckIdentifier("financing", id) != nil {
		return 0, nil
	}
	f, err := world.Find(w, record.FinancingKey(id))
	if err != nil || f == nil {
		return 0, err
	}
	return of(f), nil
}
