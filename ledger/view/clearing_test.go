package view_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/view"
)

// cleared is a ledger on a payment date of core: 600.00 of 1,000.00 are with tier1,
// pledged to bank3 on a loan, 400.00 with tier2, which has no account; 300.00 more are
// with tier1. Bank 1 has 650.00 for the 1,300.00. The legs are computed.
func cleared(t *testing.T) (l *ledgertest.Ledger, run string) {
	t.Helper()
	l = ledgertest.New(t)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	first := l.Issue("core", "tier1", "first", "600.00", 1)
	l.Issue("core", "tier2", "second", "400.00", 2)
	l.Issue("core", "tier1", "third", "300.00", 3)
	l.Accounts("bank1", "core")
	l.Accounts("bank2", "tier1")
	l.Accounts("bank3", "bank3")
	l.PostRate("bank3", "loan", ledgertest.Terms(record.PledgeLoan))
	l.Finance("tier1", "bank3", "loan", l.Leg(first, 1, interval.Of(1, 60_000)))
	payment := ledgertest.Read(l, record.CertificateKey(first)).Payment
	l.Now = payment.Start()
	l.Block()
	run = record.RunID(l.IDs["core"], payment)
	l.Must("bank1/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{Run: run, Account: ledgertest.AccountID, Amount: 65_000})
	return l, run
}

func legs(t *testing.T, l *ledgertest.Ledger, f view.LegFilter) (rows []record.LegRow) {
	t.Helper()
	cut := view.Cut{Limit: 1}
	for {
		page, err := view.Legs(l.Store, f, cut)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, page.Items...)
		if page.Next == "" {
			return rows
		}
		cut.Cursor = page.Next
	}
}

// totals are the sums of a run as text, in order.
func totals(t *testing.T, l *ledgertest.Ledger, run string) (list []string) {
	t.Helper()
	sums, err := view.LegTotals(l.Store, run)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sums {
		to := "none"
		if s.PayeeBank != "" {
			to = l.AliasOf(s.PayeeBank)
		}
		list = append(list, fmt.Sprintf("%s %s-%s %s %t: %d, %s", s.Purpose, l.AliasOf(s.PayerBank), to, s.State, s.Kept, s.Count, s.Amount))
	}
	slices.Sort(list)
	return list
}

func TestLegsAreFoundByRunAndClaimant(t *testing.T) {
	l, run := cleared(t)
	for _, c := range []struct {
		name   string
		filter view.LegFilter
		want   []string // payee and amount
	}{
		{"all", view.LegFilter{Run: run}, []string{"bank3 300.00", "tier1 150.00", "tier2 200.00"}},
		{"of nothing", view.LegFilter{Run: run + "0"}, nil},
		{"of the payee", view.LegFilter{Run: run, Party: l.IDs["bank3"]}, []string{"bank3 300.00"}},
		{"of the owner of pledged fen too", view.LegFilter{Run: run, Party: l.IDs["tier1"]}, []string{"bank3 300.00", "tier1 150.00"}},
		{"of the debtor, who owns none", view.LegFilter{Run: run, Party: l.IDs["core"]}, nil},
		{"computed", view.LegFilter{Run: run, State: record.SettlementAgreed}, []string{"bank3 300.00", "tier1 150.00"}},
		{"kept for who has no account", view.LegFilter{Run: run, State: record.SettlementUnpaid}, []string{"tier2 200.00"}},
		{"by the payee's bank", view.LegFilter{Run: run, PayeeBank: l.IDs["bank2"]}, []string{"tier1 150.00"}},
		{"by the payer's bank", view.LegFilter{Run: run, PayerBank: l.IDs["bank2"]}, nil},
		{"to one payee", view.LegFilter{Run: run, Payee: l.IDs["tier2"]}, []string{"tier2 200.00"}},
		{"late interest", view.LegFilter{Run: run, Purpose: record.PurposeLateInterest}, nil},
	} {
		var got []string
		for _, r := range legs(t, l, c.filter) {
			got = append(got, l.AliasOf(r.Payee)+" "+r.Amount.String())
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for who, want := range map[string]bool{"tier1": true, "tier2": true, "bank3": true, "bank2": false, "core": false} {
		if claims, err := view.ClaimsIn(l.Store, l.IDs[who], run); err != nil || claims != want {
			t.Errorf("%s has a claim: %t, %v", who, claims, err)
		}
	}
}

// What a leg went through is found; where it was, is found no more.
func TestLegsMoveWithTheirState(t *testing.T) {
	l, run := cleared(t)
	want := []string{
		"clearing bank1-bank2 agreed false: 1, 150.00", "clearing bank1-bank3 agreed false: 1, 300.00",
		"clearing bank1-none unpaid true: 1, 200.00",
	}
	if got := totals(t, l, run); !slices.Equal(got, want) {
		t.Errorf("computed: %v, want %v", got, want)
	}
	leg := legs(t, l, view.LegFilter{Run: run, PayeeBank: l.IDs["bank2"]})[0].ID
	l.Pay(leg)
	l.Now = l.Now.Date().AddDays(10).Start()
	l.Block()
	l.Must("bank1/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{Run: run, Account: ledgertest.AccountID, Amount: 65_000})
	second := legs(t, l, view.LegFilter{Run: run, PayeeBank: l.IDs["bank2"], State: record.SettlementAgreed})[0]
	l.Pay(second.ID)
	want = []string{
		"clearing bank1-bank2 settled false: 2, 300.00", "clearing bank1-bank3 agreed false: 2, 600.00",
		"clearing bank1-none unpaid true: 2, 400.00", "late-interest bank1-bank2 agreed false: 1, 0.75",
	}
	if got := totals(t, l, run); !slices.Equal(got, want) {
		t.Errorf("after the second funds: %v, want %v", got, want)
	}
	row, err := view.FindLeg(l.Store, second.ID)
	if err != nil || row.State != record.SettlementSettled || row.Owner != l.IDs["tier1"] || row.Round != 2 {
		t.Errorf("the leg's row is %+v, %v", row, err)
	}
	interest := legs(t, l, view.LegFilter{Run: run, Purpose: record.PurposeLateInterest})
	if len(interest) != 1 || interest[0].Payee != l.IDs["tier1"] || interest[0].Certificate == "" {
		t.Errorf("the late interest is %+v", interest)
	}

	again := &rows{source: l.Store, stored: map[string][]byte{}}
	if err := view.Rebuild(l.Store, again); err != nil {
		t.Fatal(err)
	}
	count := 0
	err = view.Rows(l.Store, func(key, value []byte) error {
		count++
		if !bytes.Equal(again.stored[string(key)], value) {
			t.Errorf("row %q is %x, rebuilt %x", key, value, again.stored[string(key)])
		}
		return nil
	})
	if err != nil || count != len(again.stored) {
		t.Errorf("%d rows, rebuilt %d: %v", count, len(again.stored), err)
	}
}
