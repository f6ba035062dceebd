package financing_test

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// put changes a record behind the contracts' back.
func put[T any](t *testing.T, c *chain, key record.Key[T], change func(*T)) {
	t.Helper()
	_, err := c.Do("", func(w *world.World) error {
		v, err := world.Find(w, key)
		if err == nil {
			change(v)
			world.Put(w, key, v)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *chain) first() string { return certNumber("CORE", membertest.Start.Date(), 1) }

// requested is a request of STEEL's for ten cells.
func (c *chain) requested(t *testing.T) string {
	t.Helper()
	id, err := c.request("STEEL", []record.Leg{c.leg(c.first(), interval.Of(1, 10*cell))}, c.Now+24*anHour, 0)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A request takes a bounded number of quotes; a bank that is among them may make a new
// one.
func TestQuotesAreBounded(t *testing.T) {
	c := newStage(t)
	id := c.requested(t)
	terms := ratesOf()["SHANGHAI/outright"]
	terms.ValueDate = c.Now.Date()
	if err := c.quote(id, "SHANGHAI", terms, c.Now+anHour); err != nil {
		t.Fatal(err)
	}
	put(t, c, record.FinancingKey(id), func(f *record.Financing) { f.Quotes = financing.MaxQuotes })
	if err := c.quote(id, "BEIJING", terms, c.Now+anHour); !code.LimitExceeded.Is(err) {
		t.Errorf("another bank: %v", err)
	}
	c.Now += anHour
	if err := c.quote(id, "SHANGHAI", terms, c.Now+anHour); err != nil {
		t.Errorf("the same bank: %v", err)
	}
	if n := c.financing(id).Quotes; n != financing.MaxQuotes {
		t.Errorf("%d quotes", n)
	}
}

// A request invites a bounded number of banks and names a bounded number of legs.
func TestRequestsAreBounded(t *testing.T) {
	c := newStage(t)
	in := financing.RequestArgument{
		Legs: []record.Leg{c.leg(c.first(), interval.Of(1, cell))}, Account: "main", QuotesUntil: c.Now + anHour, ReplyKey: []byte("key"),
		Invited: make([]string, financing.MaxInvited+1),
	}
	if _, err := run(c, maker("STEEL"), financing.Request, in); !code.BadArgument.Is(err) {
		t.Errorf("too many banks: %v", err)
	}
	in.Invited = nil
	in.Legs = make([]record.Leg, certificate.MaxLegs+1)
	if _, err := run(c, maker("STEEL"), financing.Request, in); !code.BadArgument.Is(err) {
		t.Errorf("too many legs: %v", err)
	}
	in.Legs = []record.Leg{
		{Certificate: c.first(), Holding: 1, Version: 1, Interval: interval.Of(1, money.MaxFen)},
		{Certificate: certNumber("CORE", c.Now.Date(), 2), Holding: 1, Version: 1, Interval: interval.Of(1, 1)},
	}
	if _, err := run(c, maker("STEEL"), financing.Request, in); !code.AmountOverflow.Is(err) {
		t.Errorf("more than can be written: %v", err)
	}
}

// A financing cuts no certificate into more pieces than the pack allows, and puts no
// lock on a holding that has too many.
func TestPiecesAndLocksAreBounded(t *testing.T) {
	c := newStage(t)
	c.pack(t, func(p *record.Pack) { p.MaxPieces = 1 })
	legs := []record.Leg{c.leg(c.first(), interval.Of(1, cell))}
	if _, err := c.request("STEEL", legs, c.Now+anHour, 0); !code.TooManyPieces.Is(err) {
		t.Errorf("one more piece: %v", err)
	}
	c.pack(t, func(p *record.Pack) { p.MaxPieces = 1000 })
	put(t, c, record.HoldingKey(c.first(), 1), func(h *record.Holding) {
		for range certificate.MaxLocks {
			h.Locks = append(h.Locks, record.Lock{Kind: record.LockOffer, Interval: interval.Of(59*cell+1, 60*cell), Order: "offer"})
		}
	})
	if _, err := c.request("STEEL", legs, c.Now+anHour, 0); !code.LimitExceeded.Is(err) {
		t.Errorf("one lock more: %v", err)
	}
}

// Everybody's signature is that under the transaction in which it was given: the bank's
// under its quote, its rate or its approval, the holder's under its choice.
func TestWhoHasSigned(t *testing.T) {
	c := newStage(t)
	signedBy := func(what string, s record.Signature, firm string, at record.Digest) {
		t.Helper()
		if s.Member != membertest.ID(firm) || s.Person != "maker" || at != (record.Digest{}) && s.TxID != at {
			t.Errorf("%s: %s/%s in %s", what, nameOf(s.Member), s.Person, s.TxID)
		}
	}
	id := c.requested(t)
	terms := ratesOf()["HANGZHOU/loan"]
	terms.ValueDate = c.Now.Date()
	if err := c.quote(id, "HANGZHOU", terms, c.Now+anHour); err != nil {
		t.Fatal(err)
	}
	sealed := membertest.Find(c, record.QuoteKey(id, membertest.ID("HANGZHOU"))).Signed
	signedBy("the quote", sealed, "HANGZHOU", record.Digest{})
	asked := c.financing(id).HolderSigned
	if err := c.choose("STEEL", id, "HANGZHOU", terms); err != nil {
		t.Fatal(err)
	}
	if err := c.consents(id); err != nil {
		t.Fatal(err)
	}
	f := c.financing(id)
	signedBy("the bank", f.FunderSigned, "HANGZHOU", sealed.TxID)
	signedBy("the holder", f.HolderSigned, "STEEL", record.Digest{})
	signedBy("the guarantor", f.GuarantorSigned, "GUARD", record.Digest{})
	signedBy("the debtor", f.DebtorSigned, "CORE", record.Digest{})
	if f.HolderSigned.TxID == asked.TxID {
		t.Error("the holder has signed its request only")
	}
	old := membertest.List[record.Financing](c, record.FinancingsPrefix())
	for _, f := range old {
		if f.Rate != "recourse" {
			continue
		}
		rate := membertest.Find(c, record.RateKey(f.Funder, f.Rate))
		signedBy("the bank of a posted rate", f.FunderSigned, "SHANGHAI", rate.Signed.TxID)
		leg := c.leg(certNumber("CORE", c.Now.Date(), 2), interval.Of(1, cell))
		out, err := run(c, agreed("SHANGHAI", "BEIJING"), financing.Resell, financing.ResellArgument{
			Financing: f.ID, Legs: []record.Leg{leg}, Buyer: membertest.ID("BEIJING"), Price: 900, Contract: digest("resale"),
			Account: "main", BuyerAccount: "main",
		})
		if err != nil {
			t.Fatal(err)
		}
		resale := c.financing(out.ID)
		signedBy("the buyer", resale.FunderSigned, "BEIJING", resale.HolderSigned.TxID)
		signedBy("the seller", resale.HolderSigned, "SHANGHAI", record.Digest{})
	}
}

// What a policy compares with its limit: the fen that are financed, what is guaranteed,
// what a debtor bears, and nothing about what there is not.
func TestAmounts(t *testing.T) {
	c := newStage(t)
	agreed := c.requested(t)
	terms := ratesOf()["HANGZHOU/loan"]
	terms.ValueDate = c.Now.Date()
	if err := c.quote(agreed, "HANGZHOU", terms, c.Now+anHour); err != nil {
		t.Fatal(err)
	}
	if err := c.choose("STEEL", agreed, "HANGZHOU", terms); err != nil {
		t.Fatal(err)
	}
	type amount func(*world.World, string) (money.Fen, error)
	choice := func(w *world.World, id string) (money.Fen, error) {
		return financing.AmountOf(w, financing.SelectArgument{ID: id})
	}
	quote := func(w *world.World, id string) (money.Fen, error) {
		return financing.QuotedAmount(w, financing.QuoteArgument{Financing: id})
	}
	guarantee := func(w *world.World, id string) (money.Fen, error) {
		return financing.GuaranteedAmount(w, financing.ConsentArgument{ID: id})
	}
	share := func(w *world.World, id string) (money.Fen, error) {
		return financing.ShareAmount(w, financing.ConsentArgument{ID: id})
	}
	for i, of := range []amount{choice, quote, guarantee, share} {
		for id, want := range map[string]money.Fen{agreed: []money.Fen{10 * cell, 10 * cell, 1000, 50}[i], "none": 0, "?": 0} {
			if got := membertest.Look(c, func(w *world.World) (money.Fen, error) { return of(w, id) }); got != want {
				t.Errorf("amount %d of %q: %s, want %s", i, id, got, want)
			}
		}
	}
	legs := []record.Leg{{Interval: interval.Of(1, 300)}, {Interval: interval.Of(11, 20)}}
	for what, got := range map[string]money.Fen{
		"request": financing.RequestArgument{Legs: legs}.Amount(), "rate": financing.TakeRateArgument{Legs: legs}.Amount(),
		"resale": financing.ResellArgument{Legs: legs, Price: 1}.Amount(), "discount": financing.TakeDiscountArgument{Legs: legs, Amount: 1}.Fen(),
		"outside": financing.PaidOutsideArgument{Legs: legs}.Amount(), "buy-back": financing.BuyBackArgument{Legs: legs, Price: 310}.Amount(),
		"repayment":   financing.RepayArgument{Amount: 310}.RepaidAmount(),
		"posted rate": financing.RateArgument{Max: 5, Volume: 310}.Bound(), "offer": financing.DiscountArgument{Volume: 310}.Bound(),
		"posted rate without bound": financing.RateArgument{Max: 5}.Bound() - money.MaxFen + 310,
	} {
		if got != 310 {
			t.Errorf("%s: %s", what, got)
		}
	}
}
