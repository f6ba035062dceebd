package access_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

// payment is the day of the run of newRuns.
const payment = calendar.Date(20_600)

// newRuns has a run of debtor, whose bank is former: a leg to first through house, one
// for fen of now that goes to the pledgee guarantor through bank, and fen of past that are
// in no leg yet.
func newRuns(t *testing.T) (b *book, m access.Moment, run string) {
	t.Helper()
	b, run = newBook(t), record.RunID("debtor", payment)
	put(b, record.MemberKey("house"), record.Member{ID: "house", Roles: record.Funder})
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", Face: 100, Entered: payment})
	put(b, record.RunKey(run), record.Run{
		ID: run, Debtor: "debtor", Payment: payment, State: record.RunOpen, Certificates: 1, Rounds: 1, OpenedAt: now,
		Tally: record.Tally{Open: 20, Live: 80},
	})
	put(b, record.RoundKey(run, 1), record.Round{Run: run, Number: 1, Funds: 80, Claims: 100, Bank: "former"})
	put(b, record.AccountKey("debtor", "main"), record.Account{Member: "debtor", ID: "main", Bank: "former", State: record.AccountConfirmed})
	put(b, record.AccountKey("debtor", "new"), record.Account{Member: "debtor", ID: "new", Bank: "house", State: record.AccountProposed})
	for i, account := range []string{"old", "new"} {
		put(b, record.AccountKey("first", account), record.Account{
			Member: "first", ID: account, Bank: []string{"bank", "house"}[i], State: record.AccountConfirmed,
		})
	}
	put(b, record.PayeeKey("first"), record.PayeeChoice{Member: "first", Account: "new", From: now + 1, Former: "old"})
	b.leg(run, "a", "first", "house", "first", 1, 50)
	b.leg(run, "b", "guarantor", "bank", "now", 51, 80)
	b.note(record.Outcome{Height: 1, Index: 9, TxID: digest("past"), Effects: record.Effects{Holdings: []record.HoldingRow{{
		Certificate: fmt.Sprintf("%034d", 0), ID: 7, Owner: "past", Debtor: "debtor", Interval: interval.Of(81, 100), Payment: payment,
	}}}})
	return b, b.write(), run
}

func (b *book) leg(run, id, payee, bank, owner string, from, to int64) {
	fen := interval.Of(money.Fen(from), money.Fen(to))
	s := record.Settlement{
		ID: id, Purpose: record.PurposeClearing, Payer: "debtor", PayerAccount: "main", PayerBank: "former", Payee: payee, PayeeAccount: "main",
		PayeeBank: bank, Amount: fen.Amount(), Fen: fen.Amount(), Effect: record.EffectRedeem, State: record.SettlementSettled, At: now,
		Legs: []record.Leg{{Certificate: "c", Holding: 1, Version: 1, Interval: fen}}, Run: run, Round: 1, AdviceBank: bank, AdviceRef: "ref-" + id,
	}
	put(b, record.SettlementKey(id), s)
	put(b, record.AdviceKey(bank, s.AdviceRef), record.Advice{Bank: bank, Reference: s.AdviceRef, Amount: s.Amount, Settlement: id})
	row, _ := record.RowOfLeg(&s)
	row.Owner = owner
	b.financings++
	b.note(record.Outcome{Height: 1, Index: b.financings, TxID: digest(id), Effects: record.Effects{Legs: []record.LegRow{row}}})
}

func TestARunIsSeenByWhomItConcerns(t *testing.T) {
	b, m, run := newRuns(t)
	concerned := []string{"debtor", "former", "first", "guarantor", "now", "past", "bank"}
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Run(run); return err }, concerned...)
	seenBy(b, m, func(r *access.Reader) error { _, err := r.RunLegs(view.LegFilter{Run: run}); return err }, concerned...)
	seenBy(b, m, func(r *access.Reader) error { return r.Runs("", "former") }, "former")
	seenBy(b, m, func(r *access.Reader) error { return r.Runs("debtor", "former") }, "former", "debtor")
	for _, who := range append(slices.Clone(everybody), "house") {
		r := b.reader(m, who)
		row, err := r.RunRow(record.Run{ID: run, Debtor: "debtor", Payment: payment, State: record.RunOpen, Rounds: 1, Tally: record.Tally{Open: 9}})
		whole := r.SeesAll() || who == "debtor" || who == "former"
		sees := whole || slices.Contains(concerned, who) || who == "house"
		if err != nil || (row != nil) != sees || row != nil && (row.Whole != whole || (row.Record.Tally.Open == 9) != whole) {
			t.Errorf("%s sees the run as %+v, %v", who, row, err)
		}
		absent := code.NotAuthorised
		if r.SeesAll() {
			absent = code.NotFound
		}
		for _, id := range []string{"none", "", run + "/1"} {
			_, noRun := r.Run(id)
			_, noLeg := r.Leg(id)
			_, noExtension := r.Extension(id)
			if !absent.Is(noRun) || !absent.Is(noLeg) || !absent.Is(noExtension) {
				t.Errorf("%s asks for %q: %v, %v, %v", who, id, noRun, noLeg, noExtension)
			}
		}
	}
}

// Whoever sees a part of a run sees its own legs and their sum.
func TestWhatEachSeesOfARun(t *testing.T) {
	b, m, run := newRuns(t)
	for who, c := range map[string]struct {
		legs   []string
		rounds int
	}{
		"auditor": {[]string{"a", "b"}, 1}, "debtor": {[]string{"a", "b"}, 1}, "former": {[]string{"a", "b"}, 1},
		"first": {[]string{"a"}, 0}, "house": {[]string{"a"}, 0}, "bank": {[]string{"b"}, 0}, "guarantor": {[]string{"b"}, 0},
		"now": {[]string{"b"}, 0}, "past": {nil, 0},
	} {
		r := b.reader(m, who)
		seen, err := r.Run(run)
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		f, err := r.RunLegs(view.LegFilter{Run: run})
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		page, err := view.Legs(m.View, f, view.Cut{})
		if err != nil {
			t.Fatal(err)
		}
		var legs []string
		var sum, shown money.Fen
		for _, row := range page.Items {
			s, err := r.RunLeg(row)
			if err != nil {
				t.Fatal(err)
			}
			if s != nil {
				legs, sum = append(legs, s.ID), sum+s.Amount
			}
		}
		for _, total := range seen.Totals {
			shown += total.Amount
		}
		if !slices.Equal(legs, c.legs) || len(seen.Funds) != c.rounds || sum != shown {
			t.Errorf("%s sees the legs %v of %s, sums of %s, %d rounds", who, legs, sum, shown, len(seen.Funds))
		}
	}
	read := func(id string) func(*access.Reader) error {
		return func(r *access.Reader) error {
			leg, err := r.Leg(id)
			if err == nil && (leg.Settlement.ID != id || leg.Advice == nil || leg.Advice.Settlement != id) {
				t.Errorf("leg %s is %+v", id, leg)
			}
			return err
		}
	}
	seenBy(b, m, read("a"), "debtor", "former", "first")
	seenBy(b, m, read("b"), "debtor", "former", "guarantor", "bank", "now")
}

func TestExtensionsWaiversAndChoicesAreSeenByWhomTheyConcern(t *testing.T) {
	b := newBook(t)
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", Face: 100})
	put(b, record.HoldingKey("c", 1), record.Holding{ID: 1, Owner: "first", Interval: interval.Of(1, 50)})
	put(b, record.HoldingKey("c", 2), record.Holding{ID: 2, Owner: "past", Interval: interval.Of(51, 60), Redeemed: now})
	put(b, record.HoldingKey("c", 3), record.Holding{ID: 3, Owner: "now", Interval: interval.Of(61, 100)})
	put(b, record.ExtensionKey("x"), record.Extension{
		ID: "x", Certificate: "c", Debtor: "debtor", Line: record.Consent{Member: "former"}, Asked: []string{"first", "now", "former"},
		Parts: []record.ExtensionPart{{
			Holding: 3, Interval: interval.Of(61, 70), Owner: record.Consent{Member: "now"}, Others: []record.Consent{{Member: "guarantor"}},
		}},
	})
	m := b.write()
	parts := map[string]int{"first": 0}
	seenBy(b, m, func(r *access.Reader) error {
		x, err := r.Extension("x")
		want, ok := parts[r.Member.ID]
		if !ok {
			want = 1
		}
		whole := r.SeesAll() || r.Member.ID == "debtor" || r.Member.ID == "former"
		if err == nil && (len(x.Parts) != want || (len(x.Asked) == 3) != whole) {
			t.Errorf("%s sees %d parts, asked %v", r.Member.ID, len(x.Parts), x.Asked)
		}
		return err
	}, "debtor", "former", "first", "now", "guarantor")

	w := record.Waiver{ID: "w", Creditor: "now", Debtor: "debtor", Pledgee: "bank"}
	for _, who := range everybody {
		r := b.reader(m, who)
		if want := r.SeesAll() || slices.Contains([]string{"now", "debtor", "bank"}, who); r.Waiver(&w) != want {
			t.Errorf("%s sees the waiver: %t", who, !want)
		}
	}

	b, m, _ = newRuns(t)
	for _, who := range append(slices.Clone(everybody), "house") {
		r := b.reader(m, who)
		choice, err := r.PayeeChoice("first")
		want := r.SeesAll() || slices.Contains([]string{"first", "bank", "house"}, who)
		if err != nil || (choice != nil) != want {
			t.Errorf("%s sees the choice %+v, %v", who, choice, err)
		}
		if none, err := r.PayeeChoice("now"); none != nil || err != nil {
			t.Errorf("nothing was chosen: %+v, %v", none, err)
		}
	}
}
