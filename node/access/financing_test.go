package access_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

// putFinancing writes a financing of fen 1-60 of certificate c, owed by debtor, and
// of fen 1-40 of certificate d, owed by other, with its settlement and its row.
func (b *book) putFinancing(f record.Financing) {
	f.Holder, f.Amount, f.Debtors, f.Account, f.ReplyKey = "now", 100, []string{"debtor", "other"}, "main", []byte("key")
	f.RequestedAt, f.Quotes, f.Rate = now, 2, "r"
	s := record.Settlement{
		ID: f.ID, Purpose: record.PurposeFinancing, Financing: f.ID, Payee: "now", PayeeAccount: "main", PayeeBank: "house", Fen: 100,
		Legs:  []record.Leg{{Certificate: "c", Interval: interval.Of(1, 60)}, {Certificate: "d", Interval: interval.Of(1, 40)}},
		State: record.SettlementOpen, At: now,
	}
	if f.Funder != "" {
		f.Terms.Rate, f.Cost.Net, f.FunderAccount, f.AgreedAt = 36_000, 97, "pay", now
		f.FunderSigned, f.Reserved = record.Signature{Member: f.Funder}, []record.Reservation{{Member: "debtor", Amount: 100}}
		s.Payer, s.PayerAccount, s.PayerBank, s.Amount, s.State = f.Funder, "pay", f.Funder, 97, record.SettlementAgreed
	}
	put(b, record.FinancingKey(f.ID), f)
	put(b, record.SettlementKey(s.ID), s)
	for _, bank := range []string{"bank", "former"} {
		put(b, record.QuoteKey(f.ID, bank), record.Quote{Financing: f.ID, Bank: bank, State: record.QuoteSealed})
	}
	put(b, record.RegistrationKey(f.ID, 1), record.Registration{Financing: f.ID, Sequence: 1, Kind: record.RegistrationSearch})
	b.financings++
	b.note(record.Outcome{Height: 1, Index: b.financings, TxID: digest(f.ID), Effects: record.Effects{Financings: []record.FinancingRow{{
		ID: f.ID, Holder: f.Holder, Funder: f.Funder, Debtors: f.Debtors, Amount: f.Amount, Net: f.Cost.Net, State: f.State, At: now,
	}}}})
}

// newFinancings has one financing of each kind of openness.
func newFinancings(t *testing.T) (*book, access.Moment) {
	t.Helper()
	b := newBook(t)
	put(b, record.MemberKey("house"), record.Member{ID: "house", Roles: record.Funder})
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", FirstHolder: "first", Face: 100})
	put(b, record.CertificateKey("d"), record.Certificate{Number: "d", Debtor: "other", FirstHolder: "first", Face: 100})
	asked := []string{"bank", "former", "validator"}
	b.putFinancing(record.Financing{ID: "open", State: record.FinancingRequested, Asked: []string{"validator"}})
	b.putFinancing(record.Financing{ID: "invited", State: record.FinancingRequested, Invited: asked[:1], Asked: asked[:1]})
	b.putFinancing(record.Financing{ID: "lapsed", State: record.FinancingLapsed, Asked: asked})
	b.putFinancing(record.Financing{
		ID: "agreed", State: record.FinancingAgreed, Invited: asked, Asked: asked, Funder: "former",
		Terms: record.Terms{Guarantor: "guarantor"},
	})
	b.putFinancing(record.Financing{
		ID: "shared", State: record.FinancingDisbursed, Asked: asked, Funder: "bank", Cost: record.Cost{DebtorInterest: 1},
	})
	b.putFinancing(record.Financing{ID: "unpaid", State: record.FinancingUnpaid, Funder: "bank"})
	return b, b.write()
}

func TestAFinancingIsSeenByItsParties(t *testing.T) {
	b, m := newFinancings(t)
	read := func(id string) func(*access.Reader) error {
		return func(r *access.Reader) error { _, err := r.Financing(id); return err }
	}
	seenBy(b, m, read("open"), "now", "bank", "former")
	seenBy(b, m, read("invited"), "now", "bank")
	seenBy(b, m, read("lapsed"), "now")
	seenBy(b, m, read("agreed"), "now", "former", "guarantor", "debtor", "other")
	seenBy(b, m, read("shared"), "now", "bank", "debtor", "other")
	seenBy(b, m, read("unpaid"), "now", "bank", "debtor", "other")
	text := func(id string) func(*access.Reader) error {
		return func(r *access.Reader) error { _, _, err := r.Registry(id); return err }
	}
	seenBy(b, m, text("agreed"), "now", "former")
	for _, who := range everybody {
		r := b.reader(m, who)
		want := code.NotAuthorised
		if r.SeesAll() || who == "now" {
			want = code.FinancingState
		}
		if err := text("open")(r); !want.Is(err) {
			t.Errorf("the text of a request, to %s: %v", who, err)
		}
		absent := code.NotAuthorised
		if r.SeesAll() {
			absent = code.NotFound
		}
		for _, id := range []string{"none", "", "open/x"} {
			_, _, noText := r.Registry(id)
			_, noSettlement := r.Settlement(id)
			if err := read(id)(r); !absent.Is(err) || !absent.Is(noText) || !absent.Is(noSettlement) {
				t.Errorf("%s asks for %q: %v, %v, %v", who, id, err, noText, noSettlement)
			}
		}
	}
}

// Whoever sees a financing sees its part of it.
func TestWhatEachSeesOfAFinancing(t *testing.T) {
	b, m := newFinancings(t)
	for _, c := range []struct {
		id, who                 string
		terms, money            bool
		asked, invited, debtors []string
		quotes                  []string
		fen                     int64
	}{
		{id: "open", who: "now", asked: []string{"validator"}, debtors: []string{"debtor", "other"}, quotes: []string{"bank", "former"}, fen: 100},
		{id: "open", who: "bank", debtors: []string{"debtor", "other"}, quotes: []string{"bank"}, fen: 100},
		{id: "invited", who: "bank", asked: []string{"bank"}, invited: []string{"bank"}, debtors: []string{"debtor", "other"}, quotes: []string{"bank"}, fen: 100},
		{
			id: "agreed", who: "now", terms: true, money: true, asked: []string{"bank", "former", "validator"},
			invited: []string{"bank", "former", "validator"}, debtors: []string{"debtor", "other"}, quotes: []string{"bank", "former"}, fen: 100,
		},
		{
			id: "agreed", who: "auditor", terms: true, money: true, asked: []string{"bank", "former", "validator"},
			invited: []string{"bank", "former", "validator"}, debtors: []string{"debtor", "other"}, quotes: []string{"bank", "former"}, fen: 100,
		},
		{
			id: "agreed", who: "former", terms: true, money: true, asked: []string{"former"}, invited: []string{"former"},
			debtors: []string{"debtor", "other"}, quotes: []string{"former"}, fen: 100,
		},
		{id: "agreed", who: "guarantor", terms: true, money: true, debtors: []string{"debtor", "other"}, fen: 100},
		{id: "agreed", who: "debtor", debtors: []string{"debtor"}, fen: 60},
		{id: "agreed", who: "other", debtors: []string{"other"}, fen: 40},
		{id: "shared", who: "debtor", terms: true, money: true, debtors: []string{"debtor", "other"}, fen: 100},
	} {
		f, err := b.reader(m, c.who).Financing(c.id)
		if err != nil {
			t.Errorf("%s of %s: %v", c.id, c.who, err)
			continue
		}
		var quotes []string
		for _, q := range f.Quotes {
			quotes = append(quotes, q.Bank)
		}
		if c.terms != (f.Record.Terms.Rate != 0) || c.terms != (f.Record.Cost.Net != 0) || c.money != (f.Settlement.Amount != 0) {
			t.Errorf("terms of %s to %s: %+v, %+v, %s", c.id, c.who, f.Record.Terms, f.Record.Cost, f.Settlement.Amount)
		}
		if !slices.Equal(f.Record.Asked, c.asked) || !slices.Equal(f.Record.Invited, c.invited) || !slices.Equal(quotes, c.quotes) {
			t.Errorf("banks of %s to %s: asked %q, invited %q, quotes of %q", c.id, c.who, f.Record.Asked, f.Record.Invited, quotes)
		}
		if !slices.Equal(f.Record.Debtors, c.debtors) || int64(f.Settlement.Fen) != c.fen || len(f.Registrations) != 1 {
			t.Errorf("%s to %s: debtors %q, fen %s, %d entries", c.id, c.who, f.Record.Debtors, f.Settlement.Fen, len(f.Registrations))
		}
	}
	f, err := b.reader(m, "debtor").Financing("agreed")
	if err != nil {
		t.Fatal(err)
	}
	want := record.Financing{
		ID: "agreed", Holder: "now", Funder: "former", Amount: 100, Debtors: []string{"debtor"}, State: record.FinancingAgreed,
		RequestedAt: now, AgreedAt: now,
	}
	if !reflect.DeepEqual(f.Record, want) {
		t.Errorf("a debtor sees %+v", f.Record)
	}
	if s := f.Settlement; s.PayeeBank+s.PayeeAccount+s.PayerAccount != "" || len(s.Legs) != 1 || s.Legs[0].Certificate != "c" {
		t.Errorf("a debtor sees %+v", s)
	}
}

func TestTheListOfFinancings(t *testing.T) {
	b, m := newFinancings(t)
	all := []string{"agreed", "invited", "lapsed", "open", "shared", "unpaid"}
	for _, c := range []struct {
		who     string
		ask     view.FinancingFilter
		want    []string
		refused bool
		blind   bool // to what the holder is paid
	}{
		{who: "auditor", want: all},
		{who: "validator", ask: view.FinancingFilter{State: record.FinancingRequested}, want: []string{"invited", "open"}},
		{who: "operator", ask: view.FinancingFilter{Member: "debtor", State: record.FinancingAgreed}, want: []string{"agreed"}},
		{who: "now", want: all},
		{who: "now", ask: view.FinancingFilter{Member: "now", State: record.FinancingRequested}, want: []string{"invited", "open"}},
		{who: "bank", want: []string{"shared", "unpaid"}},
		{who: "bank", ask: view.FinancingFilter{State: record.FinancingRequested}, want: []string{"invited", "open"}},
		{who: "former", ask: view.FinancingFilter{State: record.FinancingRequested}, want: []string{"open"}},
		{who: "former", ask: view.FinancingFilter{Member: "bank"}, refused: true},
		{who: "debtor", want: []string{"agreed", "shared", "unpaid"}, blind: true},
		{who: "debtor", ask: view.FinancingFilter{State: record.FinancingRequested}},
		{who: "debtor", ask: view.FinancingFilter{Member: "now"}, refused: true},
		{who: "guarantor"},
		{who: "past"},
		{who: "past", ask: view.FinancingFilter{State: record.FinancingRequested}},
		{who: "past", ask: view.FinancingFilter{Member: "nobody"}, refused: true},
	} {
		r := b.reader(m, c.who)
		f, err := r.Financings(c.ask)
		if c.refused {
			if !code.NotAuthorised.Is(err) {
				t.Errorf("%s asks for %+v: %v", c.who, c.ask, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		page, err := view.Financings(m.View, f, view.Cut{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range page.Items {
			shown, err := r.FinancingRow(row)
			if err != nil {
				t.Fatal(err)
			}
			if shown == nil {
				continue
			}
			got = append(got, shown.ID)
			if c.blind != (shown.Net == 0) && shown.Funder != "" || c.blind != (len(shown.Debtors) == 1) {
				t.Errorf("%s sees %+v", c.who, shown)
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s asks for %+v: %q, want %q", c.who, c.ask, got, c.want)
		}
	}
}

// A bank that owes fen of a request cannot quote for it, and learns of it only once
// it is agreed.
func TestABankThatOwesTheFen(t *testing.T) {
	b, m := newFinancings(t)
	r := b.reader(m, "debtor")
	r.Member.Roles |= record.Funder
	if _, err := r.Financing("open"); !code.NotAuthorised.Is(err) {
		t.Errorf("a request for what it owes: %v", err)
	}
	if _, err := r.Financing("agreed"); err != nil {
		t.Errorf("once it is agreed: %v", err)
	}
	if row, err := r.FinancingRow(record.FinancingRow{ID: "open", Debtors: []string{"debtor"}, State: record.FinancingRequested}); row != nil || err != nil {
		t.Errorf("in the list of open requests: %+v, %v", row, err)
	}
}

func TestSettlementsLimitsAndAccounts(t *testing.T) {
	b := newBook(t)
	put(b, record.SettlementKey("s"), record.Settlement{ID: "s", Payer: "former", PayerBank: "bank", Payee: "now", PayeeBank: "guarantor"})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Settlement("s"); return err }, "former", "bank", "now", "guarantor")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Settlements("past"); return err }, "past")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Limits("bank"); return err }, "bank")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Groups("bank"); return err }, "bank")
	seenBy(b, m, func(r *access.Reader) error { return r.Accounts("now") }, "now", "bank", "former")
	seenBy(b, m, func(r *access.Reader) error {
		if !r.Account(&record.Account{Member: "now", Bank: "bank"}) {
			return code.NotAuthorised.New("")
		}
		return nil
	}, "now", "bank")
	for _, who := range everybody {
		r := b.reader(m, who)
		mine := who
		if r.SeesAll() {
			mine = ""
		}
		got, err := r.Settlements("")
		limits, other := r.Limits("")
		if err != nil || other != nil || got != mine || limits != mine {
			t.Errorf("%s lists settlements of %q, %v, limits of %q, %v", who, got, err, limits, other)
		}
		if err := r.Accounts("now/account/main"); err == nil {
			t.Errorf("%s lists the accounts of a key", who)
		}
	}
	s := &record.Settlement{Payee: "now"}
	if !access.PartyTo(s, "now") || !access.PartyTo(s, "") || access.PartyTo(s, "past") {
		t.Error("parties of an open settlement")
	}
}

// Rates and offers are for everybody; how much business somebody does with them is
// not.
func TestRatesAndDiscounts(t *testing.T) {
	b := newBook(t)
	m := b.write()
	for _, who := range everybody {
		r := b.reader(m, who)
		all := r.SeesAll()
		if got := r.Rate(record.PostedRate{Bank: "bank", Taken: 1}); got.Taken != 0 != (all || who == "bank") {
			t.Errorf("%s sees %s taken of the bank's rate", who, got.Taken)
		}
		if got := r.Discount(record.DiscountOffer{Debtor: "debtor", Taken: 1}); got.Taken != 0 != (all || who == "debtor") {
			t.Errorf("%s sees %s taken of the debtor's offer", who, got.Taken)
		}
		if r.Rate(record.PostedRate{Taken: 1, Volume: 2}).Taken != 1 || r.Discount(record.DiscountOffer{Taken: 1, Volume: 2}).Taken != 1 {
			t.Errorf("%s does not see what is left of a volume", who)
		}
	}
}

// A bank judges what it may quote for, a guarantor what it stands behind, and the
// other side of a proposal what it gets.
func TestWhoDecidesSeesTheCertificate(t *testing.T) {
	b, m := newFinancings(t)
	lock := func(kind record.LockKind, order, counterpart string) []record.Lock {
		return []record.Lock{{Kind: kind, Interval: interval.Of(1, 60), Order: order, Counterpart: counterpart}}
	}
	for _, c := range []struct {
		holding record.Holding
		see     []string // besides those who always do
	}{
		{record.Holding{Locks: lock(record.LockFinancing, "open", "")}, []string{"bank", "former"}},
		{record.Holding{Locks: lock(record.LockFinancing, "invited", "")}, []string{"bank"}},
		{record.Holding{Locks: lock(record.LockFinancing, "lapsed", "")}, nil},
		{record.Holding{Locks: lock(record.LockFinancing, "buy-back", "bank")}, []string{"bank"}},
		{record.Holding{Locks: lock(record.LockDisbursing, "agreed", "former")}, []string{"former", "guarantor"}},
		{record.Holding{Claim: record.Claim{Guarantor: "guarantor", Financing: "agreed"}}, []string{"guarantor"}},
		{record.Holding{Locks: lock(record.LockOffer, "open", "")}, nil},
		{record.Holding{Locks: lock(record.LockProposal, "resale", "now")}, []string{"past"}},
	} {
		c.holding.Certificate, c.holding.ID, c.holding.Owner, c.holding.Interval = "c", 1, "now", interval.Of(1, 100)
		b.batch = b.store.NewBatch()
		put(b, record.HoldingKey("c", 1), c.holding)
		put(b, record.ProposalKey("resale"), record.Proposal{ID: "resale", Member: "now", Counterparty: "past"})
		if err := b.batch.Commit(); err != nil {
			t.Fatal(err)
		}
		// The financing's other debtor has nothing to do with this certificate.
		see := append([]string{"debtor", "first", "now"}, c.see...)
		seenBy(b, m, func(r *access.Reader) error { _, _, err := r.Certificate("c"); return err }, see...)
	}
}

// A transaction of a financing shows no bank which others were asked, and no debtor
// what the holder is paid.
func TestAnOutcomeOfAFinancingShowsEachItsPart(t *testing.T) {
	b := newBook(t)
	m := b.write()
	asked := []string{"bank", "former", "now"}
	requested := record.Outcome{Member: "now", Effects: record.Effects{
		Financings: []record.FinancingRow{{ID: "f", Holder: "now", Debtors: []string{"debtor"}, State: record.FinancingRequested}},
		Notices:    []record.NoticeOf{{Kind: record.FinancingWasRequested, Subject: "f", Members: asked, Opens: asked[:2]}},
	}}
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Outcome(digest("x"), &requested); return err }, asked...)
	part, err := b.reader(m, "bank").Outcome(digest("x"), &requested)
	if err != nil {
		t.Fatal(err)
	}
	own := []string{"bank"}
	if n := part.Effects.Notices[0]; !slices.Equal(n.Members, own) || !slices.Equal(n.Opens, own) || len(part.Effects.Financings) != 0 {
		t.Errorf("a bank sees %+v", part.Effects)
	}
	if !slices.Equal(requested.Effects.Notices[0].Members, asked) {
		t.Errorf("the outcome itself was changed: %+v", requested.Effects)
	}
	agreed := record.Outcome{Member: "now", Effects: record.Effects{Financings: []record.FinancingRow{
		{ID: "f", Holder: "now", Funder: "bank", Debtors: []string{"debtor", "other"}, Net: 97, State: record.FinancingAgreed},
	}}}
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Outcome(digest("x"), &agreed); return err }, "now", "bank", "debtor", "other")
	for who, net := range map[string]int64{"bank": 97, "debtor": 0} {
		part, err := b.reader(m, who).Outcome(digest("x"), &agreed)
		if err != nil {
			t.Fatal(err)
		}
		if row := part.Effects.Financings[0]; int64(row.Net) != net || (len(row.Debtors) == 1) != (net == 0) {
			t.Errorf("%s sees %+v", who, row)
		}
	}
}
