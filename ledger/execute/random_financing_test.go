package execute_test

import (
	"cmp"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// banks are those that finance; bank 4 keeps accounts and guarantees.
func banks() []string { return []string{"bank1", "bank2", "bank3"} }

// opened is a quote as its bank made it.
type opened struct {
	salt  financing.Salt
	terms record.Terms
}

type quoteOf struct{ financing, bank string }

// all are the records of a kind, read once a block.
func all[T any](x *life, prefix string) []*T {
	if list, ok := x.read[prefix].([]*T); ok {
		return slices.Clone(list)
	}
	var list []*T
	err := x.Store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, data []byte) (bool, error) {
		v := new(T)
		err := record.Decode(data, v)
		list = append(list, v)
		return true, err
	})
	if err != nil {
		x.Fatal(err)
	}
	x.read[prefix] = list
	return slices.Clone(list)
}

// financings are all financings, oldest first: their ids are another in every run.
func (x *life) financings() []*record.Financing {
	list := all[record.Financing](x, record.FinancingsPrefix())
	slices.SortFunc(list, func(a, b *record.Financing) int {
		return cmp.Or(cmp.Compare(a.RequestedAt, b.RequestedAt), cmp.Compare(a.Holder, b.Holder), cmp.Compare(a.Amount, b.Amount))
	})
	return list
}

func (x *life) drawFinancing(t *rapid.T, fits func(*record.Financing) bool) (*record.Financing, bool) {
	return mostly(t, "financing", x.financings(), fits)
}

func inState(states ...record.FinancingState) func(*record.Financing) bool {
	return func(f *record.Financing) bool { return slices.Contains(states, f.State) }
}

// drawOwned picks a piece of somebody who can sell it, mostly one that is owed, free
// and, unless that does not matter, under no financing, with a leg of it and now and
// then more legs of the same owner.
func (x *life) drawOwned(t *rapid.T, financed bool) (owner string, legs []record.Leg, ok bool) {
	h, ok := x.drawHolding(t)
	if !ok || (h.Redeemed != 0 || h.Claim.Financing != "" && !financed || len(h.Locks) > 0) && !chance(t, "whatever it is", 6) {
		return "", nil, false
	}
	legs = []record.Leg{drawLeg(t, h)}
	for range between(t, "more legs", 0, 1) {
		if more, ok := x.drawHolding(t); ok && more.Owner == h.Owner && more.Certificate != h.Certificate {
			legs = append(legs, drawLeg(t, more))
		}
	}
	return x.names[h.Owner], legs, true
}

func drawLeg(t *rapid.T, h record.Holding) record.Leg {
	leg := record.Leg{Certificate: h.Certificate, Holding: h.ID, Version: h.Version, Interval: drawInterval(t, h.Interval)}
	if chance(t, "stale", 12) {
		leg.Version++
	}
	return leg
}

// accountOf is an account of a member: the one it began with, or another.
func (x *life) accountOf(t *rapid.T, alias string) string {
	if chance(t, "another account", 15) {
		if a, ok := recent(t, "account", x.accounts); ok {
			return a.id
		}
	}
	return ledgertest.AccountID
}

func (x *life) drawTerms(t *rapid.T) record.Terms {
	terms := ledgertest.Terms([]record.FinancingKind{
		record.SaleWithRecourse, record.SaleWithRecourse, record.SaleWithoutRecourse, record.PledgeLoan, record.PledgeLoan,
	}[between(t, "kind", 0, 4)])
	terms.Rate = money.Rate(between(t, "rate", 0, 90_000))
	if terms.Kind != record.SaleWithoutRecourse && chance(t, "at maturity", 3) {
		terms.Interest, terms.Basis = record.InterestAtMaturity, money.Basis365
	}
	if chance(t, "less", 3) {
		terms.Advance = money.Rate(between(t, "advance", 700_000, 1_000_000))
	}
	if chance(t, "fee", 3) {
		terms.Fee = fen(t, "fee", 1, 20)
	}
	if terms.Interest == record.InterestPrepaid && chance(t, "shared", 2) {
		terms.SupplierInterest, terms.SupplierFee = money.Rate(between(t, "share", 0, 1_000_000)), 500_000
	}
	if chance(t, "guaranteed", 4) {
		terms.Guarantor, terms.Guarantee = x.IDs["bank4"], fen(t, "guarantee", 1, 50_000)
		terms.GuaranteeFee, terms.GuaranteeContract = fen(t, "guarantee fee", 0, 10), x.document()
	}
	terms.Contract = x.document()
	return terms
}

// netOf is what a holder is paid for legs under terms; 1 where it cannot be paid.
func (x *life) netOf(terms record.Terms, legs []record.Leg) money.Fen {
	cost, err := financing.CostOf(terms, x.PartsOf(legs))
	if err != nil {
		return 1
	}
	return cost.Net
}

func (x *life) request(t *rapid.T) call {
	owner, legs, ok := x.drawOwned(t, false)
	if !ok {
		return call{}
	}
	in := financing.RequestArgument{
		Legs: legs, Account: x.accountOf(t, owner), QuotesUntil: x.now().Add(time.Duration(between(t, "hours", 0, 90)) * time.Hour),
		ReplyKey: []byte("key"),
	}
	if chance(t, "invited", 4) {
		in.Invited = []string{x.IDs["bank1"], x.IDs["bank2"]}
	}
	if chance(t, "ends", 3) {
		in.LapsesAt = in.QuotesUntil.Add(time.Duration(between(t, "later", 0, 72)) * time.Hour)
	}
	return x.either(t, call{who: x.maker(owner), function: "financing:Request", argument: in})
}

func (x *life) quote(t *rapid.T) call {
	f, ok := x.drawFinancing(t, inState(record.FinancingRequested))
	if !ok {
		return call{}
	}
	return x.quoteFor(t, f)
}

func (x *life) quoteFor(t *rapid.T, f *record.Financing) call {
	bank, o := oneOf(t, "bank", banks()...), opened{terms: x.drawTerms(t)}
	o.salt[0] = byte(between(t, "salt", 0, 255))
	o.terms.ValueDate = x.today().AddDays(between(t, "value date", 0, 4))
	in := financing.QuoteArgument{
		Financing: f.ID, Account: x.accountOf(t, bank), Seal: financing.SealOf(f.ID, x.IDs[bank], o.salt, o.terms),
		Sealed: []byte("sealed"), Expires: x.now().Add(time.Duration(between(t, "hours", 1, 60)) * time.Hour),
	}
	if s := find(x, record.SettlementKey(f.ID)); s.LapsesAt != 0 {
		in.Expires = min(in.Expires, s.LapsesAt)
	}
	return x.either(t, call{who: x.maker(bank), function: "financing:Quote", argument: in, learn: func([]byte) {
		x.opened[quoteOf{f.ID, x.IDs[bank]}] = o
	}})
}

func (x *life) withdrawQuote(t *rapid.T) call {
	q, ok := x.drawQuote(t)
	if !ok {
		return call{}
	}
	return call{who: x.maker(x.names[q.Bank]), function: "financing:WithdrawQuote", argument: financing.Argument{ID: q.Financing}}
}

func (x *life) drawQuote(t *rapid.T) (*record.Quote, bool) {
	list := all[record.Quote](x, record.QuotesPrefix("")[:len("quote/")])
	slices.SortFunc(list, func(a, b *record.Quote) int {
		return cmp.Or(cmp.Compare(a.Signed.At, b.Signed.At), cmp.Compare(a.Bank, b.Bank), cmp.Compare(a.Expires, b.Expires))
	})
	return mostly(t, "quote", list, func(q *record.Quote) bool { return q.State == record.QuoteSealed })
}

func (x *life) choose(t *rapid.T) call {
	q, ok := x.drawQuote(t)
	if !ok {
		return call{}
	}
	return x.chooseQuote(t, q)
}

// chooseQuote opens a quote, now and then with terms that it does not have.
func (x *life) chooseQuote(t *rapid.T, q *record.Quote) call {
	f, o := find(x, record.FinancingKey(q.Financing)), x.opened[quoteOf{q.Financing, q.Bank}]
	if chance(t, "altered", 10) {
		o.terms.Rate++
	}
	in := financing.SelectArgument{
		ID: f.ID, Bank: q.Bank, Salt: o.salt, Terms: o.terms, Net: x.netOf(o.terms, find(x, record.SettlementKey(f.ID)).Legs),
	}
	return x.either(t, call{who: x.maker(x.names[f.Holder]), function: "financing:Select", argument: in})
}

func (x *life) postRate(t *rapid.T) call {
	bank := oneOf(t, "bank", banks()...)
	in := financing.RateArgument{
		ID: oneOf(t, "rate", "one", "two"), MinDays: int32(between(t, "min days", 0, 10)), MaxDays: 400,
		Min: 1, Max: fen(t, "max", 1_000, 100_000), Terms: x.drawTerms(t), Account: x.accountOf(t, bank),
		ValueDays: int32(between(t, "value date", 0, 3)), From: x.today(), Until: x.today().AddDays(between(t, "days", 0, 60)),
	}
	if chance(t, "for a debtor", 3) {
		in.Debtor = x.IDs[oneOf(t, "debtor", x.firms...)]
	}
	if chance(t, "for a tier", 4) {
		in.Tier = 1
	}
	if chance(t, "bounded", 3) {
		in.Volume = fen(t, "volume", 10_000, 200_000)
	}
	return x.either(t, call{who: x.maker(bank), function: "financing:PostRate", argument: in})
}

func (x *life) drawRate(t *rapid.T) (*record.PostedRate, bool) {
	return mostly(t, "rate", all[record.PostedRate](x, record.RatesPrefix("")), func(p *record.PostedRate) bool {
		return !p.Closed && p.Until >= x.today()
	})
}

func (x *life) closeRate(t *rapid.T) call {
	p, ok := x.drawRate(t)
	if !ok {
		return call{}
	}
	return call{who: x.maker(x.names[p.Bank]), function: "financing:CloseRate", argument: financing.NameArgument{ID: p.ID}}
}

func (x *life) takeRate(t *rapid.T) call {
	owner, legs, ok := x.drawOwned(t, false)
	if !ok {
		return call{}
	}
	p, ok := x.drawRate(t)
	if !ok {
		return call{}
	}
	terms, posted := p.Terms, p.Terms
	terms.ValueDate = x.today().AddDays(int(p.ValueDays))
	if chance(t, "as they were", 15) {
		posted.Rate++
	}
	return x.either(t, call{who: x.maker(owner), function: "financing:TakeRate", argument: financing.TakeRateArgument{
		Bank: p.Bank, Rate: p.ID, Terms: posted, Legs: legs, Account: x.accountOf(t, owner), Net: x.netOf(terms, legs),
	}})
}

// consent is the word of a guarantor or of a debtor; of the one that is missing, if
// one is.
func (x *life) consent(t *rapid.T) call {
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.State == record.FinancingAgreed && x.missing(f).function != ""
	})
	if !ok {
		return call{}
	}
	if c := x.missing(f); c.function != "" && !chance(t, "again", 8) {
		return c
	}
	in := financing.ConsentArgument{ID: f.ID, Account: ledgertest.AccountID}
	if rapid.Bool().Draw(t, "guarantor") {
		return call{who: x.maker("bank4"), function: "financing:Guarantee", argument: in}
	}
	return call{who: x.maker(x.names[f.Debtors[0]]), function: "financing:BearShare", argument: in}
}

func (x *life) missing(f *record.Financing) call {
	in := financing.ConsentArgument{ID: f.ID, Account: ledgertest.AccountID}
	switch {
	case f.Terms.Guarantor != "" && f.GuarantorSigned.Member == "":
		return call{who: x.maker(x.names[f.Terms.Guarantor]), function: "financing:Guarantee", argument: in}
	case f.Cost.DebtorInterest+f.Cost.DebtorFee > 0 && f.DebtorSigned.Member == "":
		return call{who: x.maker(x.names[f.Debtors[0]]), function: "financing:BearShare", argument: in}
	}
	return call{}
}

// boughtLeg picks fen that a bank bought under a financing and still has.
func (x *life) boughtLeg(t *rapid.T, f *record.Financing) (record.Leg, bool) {
	var list []record.Holding
	for _, leg := range find(x, record.SettlementKey(f.ID)).Legs {
		for _, h := range x.holdings(leg.Certificate) {
			if h.Owner == f.Funder && h.Claim.Financing == f.ID && h.Redeemed == 0 && !slices.ContainsFunc(list, func(o record.Holding) bool {
				return o.Certificate == h.Certificate && o.ID == h.ID
			}) {
				list = append(list, h)
			}
		}
	}
	if len(list) == 0 {
		return record.Leg{}, false
	}
	return drawLeg(t, pick(t, "bought", list)), true
}

func (x *life) resell(t *rapid.T) call {
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.State == record.FinancingDisbursed && f.Terms.Kind != record.PledgeLoan && f.Live == ""
	})
	if !ok || f.Funder == "" {
		return call{}
	}
	leg, ok := x.boughtLeg(t, f)
	if !ok {
		return call{}
	}
	return x.propose(call{who: x.maker(x.names[f.Funder]), function: "financing:Resell", argument: financing.ResellArgument{
		Financing: f.ID, Legs: []record.Leg{leg}, Buyer: x.IDs[oneOf(t, "buyer", banks()...)],
		Price: fen(t, "price", 1, int64(leg.Interval.Amount())), Recourse: rapid.Bool().Draw(t, "recourse"), Contract: x.document(),
		Account: ledgertest.AccountID, BuyerAccount: ledgertest.AccountID,
	}})
}

func (x *life) buyBack(t *rapid.T) call {
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.State == record.FinancingDisbursed && f.Terms.Kind == record.SaleWithRecourse && f.Live == ""
	})
	if !ok || f.Funder == "" {
		return call{}
	}
	leg, ok := x.boughtLeg(t, f)
	if !ok {
		return call{}
	}
	by := oneOf(t, "by", x.names[f.Funder], x.names[f.Holder])
	return x.propose(call{who: x.maker(by), function: "financing:BuyBack", argument: financing.BuyBackArgument{
		Financing: f.ID, Legs: []record.Leg{leg}, Price: fen(t, "price", 1, int64(leg.Interval.Amount())), Contract: x.document(),
		Account: ledgertest.AccountID, BankAccount: ledgertest.AccountID,
	}})
}

func (x *life) repay(t *rapid.T) call {
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.State == record.FinancingDisbursed && f.Terms.Kind == record.PledgeLoan && f.Live == ""
	})
	if !ok {
		return call{}
	}
	day, amount := x.today().AddDays(between(t, "in days", 0, 4)), money.Fen(1)
	if off, err := financing.PayoffOf(f.Terms, f.Cost, x.PartsOf(find(x, record.SettlementKey(f.ID)).Legs), day); err == nil {
		amount = off.Amount
	}
	return x.either(t, call{who: x.maker(x.names[f.Holder]), function: "financing:Repay", argument: financing.RepayArgument{
		Financing: f.ID, Account: ledgertest.AccountID, ValueDate: day, Amount: amount,
	}})
}

func (x *life) postDiscount(t *rapid.T) call {
	debtor := oneOf(t, "debtor", x.firms...)
	in := financing.DiscountArgument{
		ID: oneOf(t, "offer", "early", "sooner"), Rate: money.Rate(between(t, "rate", 1, 90_000)), Basis: money.Basis360,
		MinDays: int32(between(t, "days before", 0, 10)), Account: x.accountOf(t, debtor), From: x.today(),
		Until: x.today().AddDays(between(t, "days", 0, 60)),
	}
	if chance(t, "bounded", 3) {
		in.Volume = fen(t, "volume", 10_000, 200_000)
	}
	return x.either(t, call{who: x.maker(debtor), function: "financing:PostDiscount", argument: in})
}

func (x *life) closeDiscount(t *rapid.T) call {
	o, ok := mostly(t, "offer", all[record.DiscountOffer](x, record.DiscountsPrefix("")), func(o *record.DiscountOffer) bool { return !o.Closed })
	if !ok {
		return call{}
	}
	return call{who: x.maker(x.names[o.Debtor]), function: "financing:CloseDiscount", argument: financing.NameArgument{ID: o.ID}}
}

func (x *life) takeDiscount(t *rapid.T) call {
	owner, legs, ok := x.drawOwned(t, true)
	if !ok {
		return call{}
	}
	debtor := find(x, record.CertificateKey(legs[0].Certificate)).Debtor
	o, ok := mostly(t, "offer", all[record.DiscountOffer](x, record.DiscountsPrefix("")), func(o *record.DiscountOffer) bool {
		return o.Debtor == debtor && !o.Closed
	})
	if !ok {
		return call{}
	}
	day := x.today().AddDays(between(t, "in days", 0, 4))
	amount, err := financing.DiscountedOf(o.Rate, o.Basis, day, x.PartsOf(legs))
	if err != nil {
		amount = 1
	}
	return x.either(t, call{who: x.maker(owner), function: "financing:TakeDiscount", argument: financing.TakeDiscountArgument{
		Debtor: o.Debtor, Offer: o.ID, Legs: legs, Account: x.accountOf(t, owner), ValueDate: day, Amount: amount,
	}})
}

func (x *life) paidOutside(t *rapid.T) call {
	owner, legs, ok := x.drawOwned(t, true)
	if !ok {
		return call{}
	}
	debtor := find(x, record.CertificateKey(legs[0].Certificate)).Debtor
	by := oneOf(t, "by", owner, x.names[debtor])
	return x.propose(call{who: x.maker(by), function: "financing:PaidOutside", argument: financing.PaidOutsideArgument{
		Debtor: debtor, Holder: x.IDs[owner], Legs: legs, DebtorAccount: ledgertest.AccountID, HolderAccount: ledgertest.AccountID,
		Document: x.document(),
	}})
}

func (x *life) limit(t *rapid.T) call {
	in := fields{
		"of": oneOf(t, "of", "debtor", "supplier"), "member": x.IDs[oneOf(t, "member", x.firms...)],
		"cap": fen(t, "cap", 0, 200_000),
	}
	bank := oneOf(t, "bank", banks()...)
	if bank == "bank1" && rapid.Bool().Draw(t, "in a group") {
		in["group"] = oneOf(t, "group", "group", "wider")
	}
	if chance(t, "lift", 3) {
		delete(in, "cap")
		in["lift"] = true
	}
	return x.either(t, call{who: x.maker(bank), function: "credit:SetLimit", argument: in})
}

// financed is the stage's share of money: rates and an offer that are open, a sale
// and a loan that were paid out, and a resale of part of the sale.
func (s *stage) financed() {
	l := s.ledger
	l.PostRate("bank1", "one", ledgertest.Terms(record.SaleWithRecourse))
	l.PostRate("bank2", "one", ledgertest.Terms(record.PledgeLoan))
	consents := ledgertest.Terms(record.SaleWithRecourse) // need the word of guarantor and debtor
	consents.Guarantor, consents.Guarantee, consents.GuaranteeFee = l.IDs["bank4"], 10_000, 5
	consents.GuaranteeContract, consents.SupplierInterest = ledgertest.Fingerprint("guarantee"), 500_000
	l.PostRate("bank3", "one", consents)
	sale := l.Finance("steel", "bank1", "one", l.Leg(s.issued[0], 1, interval.Of(1, 12_000)))
	l.Finance("bolts", "bank2", "one", l.Leg(s.issued[1], 1, interval.Of(5_001, 15_000)))
	l.Approve("bank1/maker", "financing:Resell", financing.ResellArgument{
		Financing: sale, Legs: []record.Leg{l.Leg(s.issued[0], 2, interval.Of(1, 6_000))}, Buyer: l.IDs["bank3"], Price: 5_900, Recourse: true,
		Contract: ledgertest.Fingerprint("resale"), Account: ledgertest.AccountID, BuyerAccount: ledgertest.AccountID,
	}, "bank3/checker")
	resale := ledgertest.Read(l, record.FinancingKey(sale)).Live
	l.Register("bank3", resale)
	l.Pay(resale)
	day := l.Now.Date()
	l.Must("core/maker", "financing:PostDiscount", financing.DiscountArgument{
		ID: "early", Rate: 40_000, Basis: money.Basis365, Account: ledgertest.AccountID, From: day, Until: day.AddDays(60),
	})
	l.Must("bank2/maker", "credit:SetLimit", fields{"of": "debtor", "member": l.IDs["core"], "cap": "2000.00"})
}
