package financing_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// In the properties fen come in cells of 10.00, so that intervals are few and interest
// is not nothing.
const (
	cell  = 1000
	cells = 60
)

var (
	banks     = []string{"HANGZHOU", "SHANGHAI", "BEIJING"}
	suppliers = []string{"STEEL", "BOLTS", "BEIJING"}
)

// ratesOf are the posted rates of the stage, by the name of the bank and the id.
func ratesOf() map[string]record.Terms {
	plain := record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: 30_000, Basis: 360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		SupplierInterest: financing.Whole, SupplierFee: financing.Whole, Contract: digest("contract"),
	}
	with := func(change func(*record.Terms)) record.Terms {
		t := plain
		change(&t)
		return t
	}
	guarded := func(t *record.Terms) {
		t.Guarantor, t.Guarantee, t.GuaranteeFee, t.GuaranteeContract = membertest.ID("GUARD"), 1000, 7, digest("deed")
	}
	return map[string]record.Terms{
		"SHANGHAI/outright": plain,
		"SHANGHAI/recourse": with(func(t *record.Terms) { t.Kind = record.SaleWithRecourse }),
		"SHANGHAI/ninety":   with(func(t *record.Terms) { t.Kind, t.Advance = record.SaleWithRecourse, 900_000 }),
		"BEIJING/loan":      with(func(t *record.Terms) { t.Kind, t.Advance, t.Basis = record.PledgeLoan, 900_000, 365 }),
		"HANGZHOU/recourse": with(func(t *record.Terms) { t.Kind, t.SupplierInterest, t.Fee = record.SaleWithRecourse, 600_000, 101 }),
		"HANGZHOU/loan": with(func(t *record.Terms) {
			t.Kind, t.Interest, t.SupplierFee, t.Fee = record.PledgeLoan, record.InterestAtMaturity, 0, 50
			guarded(t)
		}),
	}
}

// newStage is the ledger on which the properties begin: four certificates, of which one
// is backed by a line of Hangzhou's, limits of Shanghai's in two groups, posted rates, a
// debtor's offer to pay early, and a financing that was paid out.
func newStage(t testing.TB) *chain {
	t.Helper()
	c := newChain(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.grant("HANGZHOU", "L1", "CORE", 100_000_000))
	for i, p := range []paper{
		{debtor: "CORE", holder: "STEEL", bank: "HANGZHOU", line: "L1"}, {debtor: "CORE", holder: "STEEL"},
		{debtor: "CITY", holder: "STEEL"}, {debtor: "CORE", holder: "BOLTS"},
	} {
		p.number, p.face, p.maturity = certNumber(p.debtor, c.Now.Date(), i+1), cells*cell, c.Now.Date().AddDays(90+15*i)
		_, err := c.issue(p)
		must(err)
	}
	for _, g := range []credit.GroupArgument{{ID: "big", Cap: 1_000_000}, {ID: "small", Parent: "big", Cap: 500_000}} {
		_, err := run(c, maker("SHANGHAI"), credit.SetGroup, g)
		must(err)
	}
	for _, l := range []credit.LimitArgument{
		{Of: record.LimitDebtor, Member: membertest.ID("CORE"), Cap: 150_000, Group: "small"},
		{Of: record.LimitSupplier, Member: membertest.ID("STEEL"), Cap: 120_000, Group: "big"},
		{Of: record.LimitDebtor, Member: membertest.ID("CITY"), Lift: true, Group: "big"},
	} {
		_, err := run(c, maker("SHANGHAI"), credit.SetLimit, l)
		must(err)
	}
	for name, terms := range ratesOf() {
		must(c.postRate(name, terms))
	}
	_, err := run(c, maker("CORE"), financing.PostDiscount, financing.DiscountArgument{
		ID: "early", Rate: 40_000, Basis: 360, Volume: 200_000, Account: "main", From: c.Now.Date(), Until: c.Now.Date().AddDays(60),
	})
	must(err)
	f, err := c.takeRate("STEEL", "SHANGHAI/recourse", []record.Leg{c.leg(certNumber("CORE", c.Now.Date(), 2), interval.Of(1, 10*cell))})
	must(err)
	must(c.carry(f))
	return c
}

func (c *chain) postRate(name string, terms record.Terms) error {
	bank, id := parted(name)
	_, err := run(c, maker(bank), financing.PostRate, financing.RateArgument{
		ID: id, MaxDays: 200, Min: cell, Max: 10 * cells * cell, Volume: 200_000, Terms: terms, ValueDays: int32(len(id) % 3), Account: "main",
		From: c.Now.Date(), Until: c.Now.Date().AddDays(60),
	})
	return err
}

// parted are the two parts of BANK/id.
func parted(name string) (bank, id string) {
	for i := range name {
		if name[i] == '/' {
			return name[:i], name[i+1:]
		}
	}
	panic(name)
}

// takeRate takes a posted rate and sees what it comes to.
func (c *chain) takeRate(holder, rate string, legs []record.Leg) (string, error) {
	bank, id := parted(rate)
	posted := membertest.Find(c, record.RateKey(membertest.ID(bank), id))
	terms := posted.Terms
	terms.ValueDate = c.Now.Date().AddDays(int(posted.ValueDays))
	cost, err := financing.CostOf(terms, c.partsOf(legs))
	if err != nil {
		return "", err
	}
	out, err := run(c, maker(holder), financing.TakeRate, financing.TakeRateArgument{
		Bank: membertest.ID(bank), Rate: id, Terms: posted.Terms, Legs: legs, Account: "main", Net: cost.Net,
	})
	return out.ID, err
}

// consents has everybody sign whom the terms of an agreed financing name.
func (c *chain) consents(id string) error {
	f := c.financing(id)
	if f.Terms.Guarantor != "" && f.GuarantorSigned.Member == "" {
		in := financing.ConsentArgument{ID: id, Account: "main"}
		if _, err := run(c, maker(nameOf(f.Terms.Guarantor)), financing.Guarantee, in); err != nil {
			return err
		}
	}
	if f.Cost.DebtorInterest+f.Cost.DebtorFee > 0 && f.DebtorSigned.Member == "" {
		in := financing.ConsentArgument{ID: id, Account: "main"}
		if _, err := run(c, maker(nameOf(f.Debtors[0])), financing.BearShare, in); err != nil {
			return err
		}
	}
	return nil
}

// instruct has the payer's bank instruct a settlement.
func (c *chain) instruct(id string) error {
	bank := nameOf(c.settlement(id).PayerBank)
	_, err := run(c, maker(bank), flow(settlement.Instruct), settlement.Argument{ID: id})
	return err
}

// carry carries an agreed financing through to its payment.
func (c *chain) carry(id string) error {
	if err := c.consents(id); err != nil {
		return err
	}
	if err := c.registered(id); err != nil {
		return err
	}
	if err := c.instruct(id); err != nil {
		return err
	}
	s := c.settlement(id)
	_, err := run(c, maker(nameOf(s.PayeeBank)), flow(settlement.Advise), advice(s, "carried "+id, c.Now))
	return err
}

// certificates are all of the ledger's, in order of their number.
func (c *chain) certificates() []*record.Certificate {
	var all []*record.Certificate
	const prefix = "certificate/"
	err := c.Memory.Scan(prefix, record.PrefixEnd(prefix), func(key string, value []byte) (bool, error) {
		if strings.Count(key, "/") > 1 {
			return true, nil // a holding
		}
		cert := new(record.Certificate)
		all = append(all, cert)
		return true, record.Read(value, cert)
	})
	if err != nil {
		panic(err)
	}
	return all
}

// drawLegs are cells of one to three certificates that the owner has, with nothing on
// them that stops a financing.
func (c *chain) drawLegs(t *rapid.T, owner string, accept func(*record.Holding) bool) []record.Leg {
	var legs []record.Leg
	for _, cert := range drawOrder(t, c.certificates()) {
		var owned []record.Holding
		for _, h := range c.holdings(cert.Number) {
			if h.Owner == membertest.ID(owner) && accept(&h) {
				owned = append(owned, h)
			}
		}
		if len(owned) == 0 {
			continue
		}
		h := pick(t, owned, "holding")
		legs = append(legs, record.Leg{
			Certificate: cert.Number, Holding: h.ID, Version: h.Version, Interval: drawCells(t, h.Interval),
		})
		if len(legs) == 3 || rapid.Bool().Draw(t, "enough") {
			break
		}
	}
	return legs
}

// drawOrder is a list in another order: it begins elsewhere.
func drawOrder[T any](t *rapid.T, all []T) []T {
	n := rapid.IntRange(0, len(all)-1).Draw(t, "first")
	return slices.Concat(all[n:], all[:n])
}

// pick is one of a list; what is drawn, and printed of a failure, is its place.
func pick[T any](t *rapid.T, all []T, label string) T {
	return all[rapid.IntRange(0, len(all)-1).Draw(t, label)]
}

// drawCells is a run of whole cells of an interval.
func drawCells(t *rapid.T, within interval.Interval) interval.Interval {
	first, last := int64(within.From-1)/cell, int64(within.To)/cell-1
	if rapid.IntRange(0, 2).Draw(t, "whole") == 0 {
		return within
	}
	from := rapid.Int64Range(first, last).Draw(t, "from")
	to := rapid.Int64Range(from, last).Draw(t, "to")
	return interval.Of(money.Fen(from*cell+1), money.Fen((to+1)*cell))
}

// drawQuote are terms that a bank may quote.
func (c *chain) drawQuote(t *rapid.T) record.Terms {
	rates := ratesOf()
	names := []string{"SHANGHAI/outright", "SHANGHAI/recourse", "BEIJING/loan", "HANGZHOU/recourse", "HANGZHOU/loan"}
	terms := rates[rapid.SampledFrom(names).Draw(t, "terms")]
	terms.Rate = money.Rate(rapid.Int64Range(0, 200_000).Draw(t, "rate"))
	terms.ValueDate = c.Now.Date().AddDays(rapid.IntRange(0, 4).Draw(t, "value date"))
	return terms
}

// quote makes a bank's sealed quote.
func (c *chain) quote(id, bank string, terms record.Terms, expires calendar.Instant) error {
	_, err := run(c, maker(bank), financing.Quote, financing.QuoteArgument{
		Financing: id, Account: "main", Seal: financing.SealOf(id, membertest.ID(bank), saltOf(id, bank), terms),
		Sealed: []byte("sealed"), Expires: expires,
	})
	return err
}

// choose takes a bank's quote as its holder's client does.
func (c *chain) choose(holder, id, bank string, terms record.Terms) error {
	cost, err := financing.CostOf(terms, c.partsOf(c.settlement(id).Legs))
	if err != nil {
		return err
	}
	_, err = run(c, maker(holder), financing.Select, financing.SelectArgument{
		ID: id, Bank: membertest.ID(bank), Salt: saltOf(id, bank), Terms: terms, Net: cost.Net,
	})
	return err
}

// request asks all banks for quotes.
func (c *chain) request(holder string, legs []record.Leg, until, lapses calendar.Instant) (string, error) {
	out, err := run(c, maker(holder), financing.Request, financing.RequestArgument{
		Legs: legs, Account: "main", QuotesUntil: until, LapsesAt: lapses, ReplyKey: []byte("key"),
	})
	return out.ID, err
}

// refused fails the test on an error that is no refusal and reports whether there is one.
func refused(t *rapid.T, err error) bool {
	t.Helper()
	if err != nil && code.Of(err) == nil {
		t.Fatal(err)
	}
	return err != nil
}

// certainly is for what must not be refused.
func certainly(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// courtTransfer is a court's order with the financings that it ends, as the dispatcher has it.
func (c *chain) courtTransfer(in certificate.JudicialTransferArgument) (certificate.OrderResult, error) {
	in.Authority, in.Docket, in.Document = "Court", "2026-1", digest("order")
	return run(c, court(), ending(certificate.JudicialTransfer), in)
}

func (c *chain) freeze(target string, numbers []string, amount money.Fen) (certificate.OrderResult, error) {
	return run(c, court(), certificate.Freeze, certificate.FreezeArgument{
		Authority: "Court", Docket: "2026-2", Document: digest("freeze"), Target: membertest.ID(target),
		Certificates: numbers, Amount: amount,
	})
}

func (c *chain) unfreeze(id string) error {
	_, err := run(c, court(), certificate.Unfreeze, certificate.UnfreezeArgument{
		Authority: "Court", Docket: "2026-3", Document: digest("lifted"), Order: id,
	})
	return err
}
