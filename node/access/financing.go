package access

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Financing is a financing as a viewer sees it. What it does not see is zero.
type Financing struct {
	Record        record.Financing
	Settlement    record.Settlement
	Quotes        []record.Quote // in order of bank
	Registrations []record.Registration
}

// party is as what a viewer sees a financing.
type party uint8

// Parties, from who sees nothing to who sees all.
const (
	partyNone   party = iota
	partyDebtor       // owes fen, and bears no share of the cost
	partyAsked        // a bank that may quote
	partyCost         // the guarantor that the terms name, or the debtor that bears a share
	partyFunder
	partyHolder // and those who see all
)

// partyOf says as what the viewer sees a financing.
func (r *Reader) partyOf(f *record.Financing) party {
	agreed := f.Funder != ""
	owes := agreed && r.is(f.Debtors...)
	switch {
	case r.SeesAll() || r.is(f.Holder):
		return partyHolder
	case r.is(f.Funder):
		return partyFunder
	case r.is(f.Terms.Guarantor), owes && f.Cost.DebtorInterest+f.Cost.DebtorFee > 0:
		return partyCost
	case owes:
		return partyDebtor
	case r.mayQuote(f):
		return partyAsked
	default:
		return partyNone
	}
}

// mayQuote reports whether the viewer is a bank that may quote for a request: one
// that is invited, or any bank when none is, but none that owes fen of it.
func (r *Reader) mayQuote(f *record.Financing) bool {
	return f.State == record.FinancingRequested && r.Member.Roles.Has(record.Funder) && !r.is(f.Debtors...) &&
		(len(f.Invited) == 0 || r.is(f.Invited...))
}

// Financings narrows a filter to what the viewer may list: its own as holder,
// funder or debtor, and to those who see all everybody's. A bank that names no
// member and asks for the requested ones gets those for which it may quote. Every
// row is then shown by FinancingRow.
func (r *Reader) Financings(f view.FinancingFilter) (view.FinancingFilter, error) {
	switch {
	case r.SeesAll() || r.is(f.Member):
		return f, nil
	case f.Member != "":
		return f, hidden()
	case f.State == record.FinancingRequested && r.Member.Roles.Has(record.Funder):
		return f, nil
	default:
		f.Member = r.Member.ID
		return f, nil
	}
}

// FinancingRow shows a row of the list, nil when the viewer does not see it. A bank
// sees a request for which it may quote. A debtor sees a row once the financing is
// agreed, without what the holder is paid and without other debtors.
func (r *Reader) FinancingRow(row record.FinancingRow) (*record.FinancingRow, error) {
	if r.SeesAll() || r.is(row.Holder, row.Funder) {
		return &row, nil
	}
	if row.State == record.FinancingRequested {
		f, err := record.Find(r.State, record.FinancingKey(row.ID))
		if err != nil || f == nil || !r.mayQuote(f) {
			return nil, err
		}
		return &row, nil
	}
	return r.rowOfDebt(row), nil
}

// rowOfDebt shows a row to a debtor of a financing that was agreed, nil to others.
func (r *Reader) rowOfDebt(row record.FinancingRow) *record.FinancingRow {
	if row.Funder == "" || !r.is(row.Debtors...) {
		return nil
	}
	row.Net, row.Debtors = 0, []string{r.Member.ID}
	return &row
}

// Financing reads a financing. The holder and those who see all see the whole, the
// funder all but the quotes of other banks and which were asked. The guarantor that
// the terms name, and a debtor that bears a share of the cost, see the terms and no
// quotes. Another debtor sees, once it is agreed, who sold or pledged what it owes
// and to whom, its own certificates only, and neither terms nor money. A bank that
// may quote sees the request while it takes quotes, with the bank's own quote.
func (r *Reader) Financing(id string) (*Financing, error) {
	f, s, err := r.financing(id)
	if err != nil {
		return nil, err
	}
	as := r.partyOf(f)
	if as == partyNone {
		return nil, hidden()
	}
	v := &Financing{Record: *f, Settlement: *s}
	if v.Quotes, err = r.quotes(f.ID, as); err != nil {
		return nil, err
	}
	v.Registrations = []record.Registration{}
	err = record.Each(r.State, record.RegistrationsPrefix(f.ID), func(e *record.Registration) bool {
		v.Registrations = append(v.Registrations, *e)
		return true
	})
	if err != nil {
		return nil, err
	}
	switch as {
	case partyDebtor:
		return v, r.narrowToDebt(v)
	case partyAsked, partyFunder:
		v.Record.Invited, v.Record.Asked = r.only(f.Invited), r.only(f.Asked)
		if as == partyAsked { // how many others quote, and where the holder banks, is the holder's
			v.Record.Quotes, v.Record.Account = 0, ""
		}
	case partyCost:
		v.Record.Invited, v.Record.Asked = nil, nil
	case partyNone, partyHolder:
	}
	return v, nil
}

// financing reads a financing with its settlement, without a decision.
func (r *Reader) financing(id string) (*record.Financing, *record.Settlement, error) {
	if !segment(id) {
		return nil, nil, r.absent("financing", id)
	}
	f, err := record.Find(r.State, record.FinancingKey(id))
	if err != nil {
		return nil, nil, err
	}
	if f == nil {
		return nil, nil, r.absent("financing", id)
	}
	s, err := record.Find(r.State, record.SettlementKey(id))
	if err != nil {
		return nil, nil, err
	}
	if s == nil {
		return nil, nil, fmt.Errorf("financing %s has no settlement", id)
	}
	return f, s, nil
}

// quotes are all quotes to the holder and the bank's own to a bank.
func (r *Reader) quotes(financing string, as party) ([]record.Quote, error) {
	list := []record.Quote{}
	if as < partyAsked {
		return list, nil
	}
	err := record.Each(r.State, record.QuotesPrefix(financing), func(q *record.Quote) bool {
		if as == partyHolder || r.is(q.Bank) {
			list = append(list, *q)
		}
		return true
	})
	return list, err
}

// only is the viewer's own name, where the list has it.
func (r *Reader) only(list []string) []string {
	if r.is(list...) {
		return []string{r.Member.ID}
	}
	return nil
}

// narrowToDebt leaves what a debtor without a share may know: from whom to whom
// which of its certificates went, when, and how they are registered. The bank's
// signature is left out, because it tells which posted rate was taken.
func (r *Reader) narrowToDebt(v *Financing) error {
	f, s := v.Record, v.Settlement
	v.Record = record.Financing{
		ID: f.ID, Holder: f.Holder, Amount: f.Amount, Debtors: []string{r.Member.ID}, Funder: f.Funder,
		HolderSigned: f.HolderSigned, Searched: f.Searched, Registered: f.Registered, Outstanding: f.Outstanding,
		State: f.State, RequestedAt: f.RequestedAt, AgreedAt: f.AgreedAt, NoticeAt: f.NoticeAt, EndedAt: f.EndedAt,
	}
	v.Settlement = record.Settlement{
		ID: s.ID, Purpose: s.Purpose, Financing: s.Financing, Payer: s.Payer, Payee: s.Payee, Effect: s.Effect,
		Legs: []record.Leg{}, State: s.State, At: s.At, EndedAt: s.EndedAt,
	}
	for _, leg := range s.Legs {
		c, err := record.Find(r.State, record.CertificateKey(leg.Certificate))
		if err != nil {
			return err
		}
		if c != nil && r.is(c.Debtor) {
			v.Settlement.Legs = append(v.Settlement.Legs, leg)
			v.Settlement.Fen += leg.Interval.Amount() // a part of the settlement's own sum
		}
	}
	return nil
}

// Registry reads what the text for the unified registry is written from: for the
// holder, the funder and those who see all. Before it is agreed there is nothing to
// register: FINANCING_STATE.
func (r *Reader) Registry(id string) (*record.Financing, *record.Settlement, error) {
	f, s, err := r.financing(id)
	if err != nil {
		return nil, nil, err
	}
	if r.partyOf(f) < partyFunder {
		return nil, nil, hidden()
	}
	if f.Funder == "" {
		return nil, nil, code.FinancingState.New("financing %s is %s and was not agreed", f.ID, f.State)
	}
	return f, s, nil
}

// Rate gives a bank's posted rate as the viewer sees it. Every member sees every
// posted rate: anybody may take one. How much was taken of one without a volume is
// the bank's own, besides those who see all.
func (r *Reader) Rate(p record.PostedRate) record.PostedRate {
	if p.Volume == 0 && !r.SeesAll() && !r.is(p.Bank) {
		p.Taken = 0
	}
	return p
}

// Discount gives a debtor's offer to pay early as the viewer sees it: as Rate, with
// the debtor for the bank.
func (r *Reader) Discount(o record.DiscountOffer) record.DiscountOffer {
	if o.Volume == 0 && !r.SeesAll() && !r.is(o.Debtor) {
		o.Taken = 0
	}
	return o
}

// Limits says which bank's limits may be listed: a bank its own, those who see all
// everybody's (empty: all).
func (r *Reader) Limits(bank string) (string, error) { return r.own(bank) }

// Groups says which bank's group caps may be listed: a bank its own, those who see all
// everybody's (empty: all). A debtor sees on its line that it lies in a group, not how
// far the cap is taken: that is what others owe.
func (r *Reader) Groups(bank string) (string, error) { return r.own(bank) }

// Settlements says whose settlements may be listed: a member's own, and to those
// who see all everybody's (empty: all). Every row is then asked for with PartyTo.
func (r *Reader) Settlements(member string) (string, error) { return r.own(member) }

// own is the viewer when nobody is named, and whoever is named to those who see
// all.
func (r *Reader) own(member string) (string, error) {
	switch {
	case r.SeesAll() || r.is(member):
		return member, nil
	case member == "":
		return r.Member.ID, nil
	default:
		return "", hidden()
	}
}

// PartyTo reports whether a member is payer, payee or the bank of one side of a
// settlement; everybody is when none is named.
func PartyTo(s *record.Settlement, member string) bool {
	return member == "" || slices.Contains([]string{s.Payer, s.Payee, s.PayerBank, s.PayeeBank}, member)
}

// Settlement reads a settlement: for its payer, its payee and the banks of both
// accounts.
func (r *Reader) Settlement(id string) (*record.Settlement, error) {
	if !segment(id) {
		return nil, r.absent("settlement", id)
	}
	return open(r, record.SettlementKey(id), "settlement", id, func(s *record.Settlement) (bool, error) {
		return PartyTo(s, r.Member.ID), nil
	})
}

// Accounts decides on the list of a member's bank accounts: for the member, for
// banks, which see those that are kept with them, see Account, and for those who
// see all.
func (r *Reader) Accounts(member string) error {
	if !segment(member) {
		return r.absent("member", member)
	}
	if r.is(member) || r.Institution() {
		return nil
	}
	return hidden()
}

// Account reports whether the viewer sees a bank account: its member, its bank, and
// those who see all.
func (r *Reader) Account(a *record.Account) bool { return r.SeesAll() || r.is(a.Member, a.Bank) }

// judges reports whether the viewer is to decide on fen of these holdings: a bank
// that may quote for them, the guarantor that the terms of a financing name, or the
// other side of a proposal that holds them (a pledgee, the buyer of a resale). Once
// it is decided, locks and claims name whom it concerns.
func (r *Reader) judges(holdings []record.Holding) (bool, error) {
	asked := ""
	for i := range holdings {
		if r.is(holdings[i].Claim.Guarantor) {
			return true, nil
		}
		for _, lock := range holdings[i].Locks {
			if lock.Order == asked {
				continue
			}
			asked = lock.Order
			if ok, err := r.decides(lock); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}

// decides reports whether the viewer is to decide on what a lock is for.
func (r *Reader) decides(lock record.Lock) (bool, error) {
	switch lock.Kind {
	case record.LockProposal:
		p, err := record.Find(r.State, record.ProposalKey(lock.Order))
		return p != nil && r.is(p.Counterparty), err
	case record.LockFinancing, record.LockDisbursing:
		f, err := record.Find(r.State, record.FinancingKey(lock.Order)) // none for a buy-back or an early payment
		return f != nil && r.partyOf(f) > partyDebtor, err
	default:
		return false, nil
	}
}
