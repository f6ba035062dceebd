package clearing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// right is who is paid how much for fen of a claim, and under what.
type right struct {
	payee     string
	amount    money.Fen
	financing string // of a bank that financed the fen
	pledge    string // of another pledgee
}

// rightsTo divides the money for fen of one claim: a pledgee has up to what is secured,
// the first pledge first; a bank that bought with recourse up to what it financed with
// interest; the rest is the owner's, or the seller's with recourse. The parts sum to
// the whole. An order of a court changes nobody's right: it holds the payment of all of
// them, until it is lifted or directs it.
func rightsTo(w *world.World, c *certificate.Claim, amount money.Fen) ([]right, error) {
	var rights []right
	take := func(r right) {
		if r.amount = min(r.amount, amount); r.amount > 0 {
			amount -= r.amount
			rights = append(rights, r)
		}
	}
	for _, lock := range c.Pledges {
		r, err := pledgeeOf(w, lock)
		if err != nil {
			return nil, err
		}
		take(r)
	}
	if c.Claim.Financing == "" || amount == 0 {
		take(right{payee: c.Owner, amount: amount})
		return rights, nil
	}
	f, err := financing.Get(w, c.Claim.Financing)
	if err != nil {
		return nil, err
	}
	if f.Terms.Shared() {
		own, err := bankOf(f, c.Owner, amount)
		if err != nil {
			return nil, err
		}
		take(own)
		take(right{payee: f.Holder, amount: amount, financing: own.financing})
	}
	rest := right{payee: c.Owner, amount: amount, financing: f.ID}
	if f.Terms.Kind == record.PledgeLoan && c.Owner == f.Funder {
		rest.financing = "" // its own fen: not of what it lent
	}
	take(rest)
	return rights, nil
}

// bankOf is the right of the bank that bought fen of which a part is still the seller's.
// A successor of the bank has the proportion of the fen themselves.
func bankOf(f *record.Financing, owner string, fen money.Fen) (right, error) {
	if owner == f.Funder {
		owed, _, err := owedTo(f)
		return right{payee: owner, amount: owed, financing: f.ID}, err
	}
	whole, err := dueAtMaturity(f)
	if err != nil {
		return right{}, err
	}
	part, err := money.MulDiv(int64(whole), int64(fen), int64(f.Amount), money.HalfUp)
	return right{payee: owner, amount: money.Fen(part)}, err
}

// pledgeeOf is the right of a pledge: of the loan that the fen secure, or of another.
func pledgeeOf(w *world.World, lock record.Lock) (right, error) {
	f, err := world.Find(w, record.FinancingKey(lock.Order))
	if err != nil {
		return right{}, err
	}
	if f != nil {
		owed, _, err := owedTo(f)
		return right{payee: f.Funder, amount: owed, financing: f.ID}, err
	}
	p, err := world.Load(w, record.PledgeKey(lock.Order), "pledge", lock.Order)
	if err != nil {
		return right{}, err
	}
	return right{payee: p.Pledgee, amount: max(0, p.Secured-p.Cleared), pledge: p.ID}, nil
}

// owedTo is what a bank has still to get for what it financed, at maturity: the
// principal, and the interest where it was not prepaid, in proportion to the fen that
// are still its own, less what was or is being paid. All reports that the fen are
// wholly the bank's.
func owedTo(f *record.Financing) (owed money.Fen, all bool, err error) {
	if f.Terms.Kind != record.PledgeLoan && !f.Terms.Shared() {
		return 0, true, nil
	}
	whole, err := dueAtMaturity(f)
	if err != nil {
		return 0, false, err
	}
	share, err := money.MulDiv(int64(whole), int64(f.Outstanding+f.ClearedFen), int64(f.Amount), money.HalfUp)
	return max(0, money.Fen(share)-f.Cleared), false, err
}

// dueAtMaturity is what a bank gets at maturity for all that it financed.
func dueAtMaturity(f *record.Financing) (money.Fen, error) {
	if f.Terms.Interest == record.InterestAtMaturity {
		return f.Cost.Advance.Add(f.Cost.SupplierInterest)
	}
	return f.Cost.Advance, nil
}

// makeLeg computes one leg. Where the payee has no account, the fen are kept for it.
func makeLeg(w *world.World, from source, c *certificate.Claim, fen interval.Interval, r right) error {
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeClearing, Financing: r.financing, Pledge: r.pledge,
		Payer: from.run.Debtor, PayerAccount: from.account, PayerBank: from.bank, Payee: r.payee, For: r.payee, Amount: fen.Amount(),
		Effect: record.EffectRedeem, Claim: c.Claim, Run: from.run.ID, Round: from.round, ValueDate: from.day,
		LateDays: int32(max(0, calendar.DaysBetween(c.Accrues, from.day))),
	}
	return beginLeg(w, s, record.Leg{Certificate: c.Certificate, Holding: c.Holding, Version: c.Version, Interval: fen})
}

// beginLeg names the payee's account of now and takes the fen.
func beginLeg(w *world.World, s *record.Settlement, leg record.Leg) error {
	account, err := member.PayeeAccount(w, s.Payee)
	if err != nil {
		return err
	}
	if account != nil {
		s.PayeeAccount, s.PayeeBank = account.ID, account.Bank
	}
	if err := count(w, s, s.Amount); err != nil {
		return err
	}
	_, err = settlement.Begin(w, s, certificate.Engagement{
		Legs: []record.Leg{leg}, Counterpart: s.Payee, Operation: certificate.OpClear,
	})
	return err
}

// count adds money of a leg to what its bank or pledgee gets, and takes it off again
// when the leg is given up. What is kept for them counts: nobody else has it. What a
// court takes from a pledgee does not, but what it takes from a bank that owns the fen:
// that has been paid through the receiver.
func count(w *world.World, s *record.Settlement, by money.Fen) error {
	switch {
	case s.Pledge != "":
		p, err := world.Load(w, record.PledgeKey(s.Pledge), "pledge", s.Pledge)
		if err != nil {
			return err
		}
		if s.Payee == p.Pledgee {
			p.Cleared += by
			world.Put(w, record.PledgeKey(p.ID), p)
		}
	case s.Financing != "":
		f, err := financing.Get(w, s.Financing)
		if err != nil {
			return err
		}
		if s.For == f.Funder && (s.Payee == s.For || f.Terms.Kind != record.PledgeLoan) {
			f.Cleared += by
			certificate.PutFinancing(w, f)
		}
	}
	return nil
}
