package view_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
)

// financed is a ledger with four financings, oldest first: two of tier 1 with bank 1
// (paid out; agreed), one of tier 1 with bank 2 (cancelled), and a request of tier 2.
func financed(t *testing.T) (l *ledgertest.Ledger, ids []string) {
	t.Helper()
	l = ledgertest.New(t)
	for _, alias := range []string{"core", "other", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	first := l.Issue("core", "tier1", "first", "1000.00", 1)
	second := l.Issue("other", "tier1", "second", "200.00", 2)
	third := l.Issue("core", "tier2", "third", "300.00", 3)
	l.Accounts("bank3", "core", "tier1", "tier2", "bank1", "bank2")
	l.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithRecourse))
	l.PostRate("bank2", "sale", ledgertest.Terms(record.SaleWithoutRecourse))
	ids = append(ids,
		l.Finance("tier1", "bank1", "sale", l.Leg(first, 1, interval.Of(1, 40_000))),
		l.TakeRate("tier1", "bank1", "sale", l.Leg(second, 1, interval.Of(1, 20_000))),
		l.TakeRate("tier1", "bank2", "sale", l.Leg(first, 1, interval.Of(40_001, 100_000))),
	)
	l.Must("tier1/maker", "settlement:Cancel", map[string]any{"id": ids[2], "reason": "too dear"})
	return l, append(ids, l.Request("tier2", l.Leg(third, 1, interval.Of(1, 30_000))))
}

func financings(t *testing.T, l *ledgertest.Ledger, f view.FinancingFilter, limit int) (ids []string) {
	t.Helper()
	cut := view.Cut{Limit: limit}
	for {
		page, err := view.Financings(l.Store, f, cut)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > limit {
			t.Fatalf("a page of %d, at most %d were asked for", len(page.Items), limit)
		}
		for _, row := range page.Items {
			ids = append(ids, row.ID)
		}
		if page.Next == "" {
			return ids
		}
		cut.Cursor = page.Next
	}
}

func TestFinancingsAreFoundByMemberAndState(t *testing.T) {
	l, ids := financed(t)
	all, disbursed, agreed, cancelled, requested := ids, ids[:1], ids[1:2], ids[2:3], ids[3:]
	cases := []struct {
		name   string
		filter view.FinancingFilter
		want   []string
	}{
		{"all", view.FinancingFilter{}, all},
		{"of the holder", view.FinancingFilter{Member: l.IDs["tier1"]}, all[:3]},
		{"of the other holder", view.FinancingFilter{Member: l.IDs["tier2"]}, requested},
		{"with bank 1", view.FinancingFilter{Member: l.IDs["bank1"]}, all[:2]},
		{"with bank 2", view.FinancingFilter{Member: l.IDs["bank2"]}, cancelled},
		{"owed by core", view.FinancingFilter{Member: l.IDs["core"]}, []string{all[0], all[2], all[3]}},
		{"owed by the other", view.FinancingFilter{Member: l.IDs["other"]}, agreed},
		{"requested", view.FinancingFilter{State: record.FinancingRequested}, requested},
		{"agreed", view.FinancingFilter{State: record.FinancingAgreed}, agreed},
		{"disbursed", view.FinancingFilter{State: record.FinancingDisbursed}, disbursed},
		{"lapsed", view.FinancingFilter{State: record.FinancingLapsed}, nil},
		{"cancelled, of the holder", view.FinancingFilter{Member: l.IDs["tier1"], State: record.FinancingCancelled}, cancelled},
		{"agreed, with bank 2", view.FinancingFilter{Member: l.IDs["bank2"], State: record.FinancingAgreed}, nil},
		{"of nobody", view.FinancingFilter{Member: "nobody"}, nil},
	}
	for _, c := range cases {
		for _, limit := range []int{1, 100} {
			if got := financings(t, l, c.filter, limit); !slices.Equal(got, c.want) {
				t.Errorf("%s, pages of %d: %v, want %v", c.name, limit, got, c.want)
			}
		}
	}
	for _, cursor := range []string{"!", "AAAA", "bm8"} {
		if _, err := view.Financings(l.Store, view.FinancingFilter{}, view.Cut{Cursor: cursor}); !code.BadCursor.Is(err) {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// A bank that is chosen finds the financing; what it was before is found no more.
func TestAFinancingMovesWithItsStateAndFunder(t *testing.T) {
	l, ids := financed(t)
	row, err := view.FindFinancing(l.Store, ids[0])
	if err != nil || row == nil {
		t.Fatal(row, err)
	}
	if row.Holder != l.IDs["tier1"] || row.Funder != l.IDs["bank1"] || row.Amount.String() != "400.00" ||
		row.Outstanding.String() != "400.00" || row.Net.String() == "0.00" || row.State != record.FinancingDisbursed {
		t.Errorf("the row is %+v", row)
	}
	if none, err := view.FindFinancing(l.Store, "nothing"); none != nil || err != nil {
		t.Error(none, err)
	}
	terms := ledgertest.Terms(record.SaleWithRecourse)
	terms.ValueDate = l.Now.Date()
	l.Quote("bank2", ids[3], terms)
	l.Select("tier2", "bank2", ids[3], terms)
	if got := financings(t, l, view.FinancingFilter{State: record.FinancingRequested}, 9); len(got) != 0 {
		t.Errorf("after the choice, requested are %v", got)
	}
	if got := financings(t, l, view.FinancingFilter{Member: l.IDs["bank2"]}, 9); !slices.Equal(got, ids[2:]) {
		t.Errorf("with the bank that was chosen are %v", got)
	}
	l.Must("tier2/maker", "settlement:Cancel", map[string]any{"id": ids[3], "reason": "not needed"})
	l.Register("bank1", ids[1])
	l.Pay(ids[1])
	if got := financings(t, l, view.FinancingFilter{State: record.FinancingAgreed}, 9); len(got) != 0 {
		t.Errorf("after all are paid, agreed are %v", got)
	}
	if got := financings(t, l, view.FinancingFilter{State: record.FinancingDisbursed}, 9); !slices.Equal(got, ids[:2]) {
		t.Errorf("disbursed are %v", got)
	}
	count := 0
	err = view.EachFinancing(l.Store, func(*record.FinancingRow) error {
		count++
		return nil
	})
	if err != nil || count != len(ids) {
		t.Errorf("%d rows, %v", count, err)
	}
}

// The rows derive from the outcomes alone.
func TestTheViewIsRebuiltWithItsFinancings(t *testing.T) {
	l, _ := financed(t)
	again := &rows{source: l.Store, stored: map[string][]byte{}}
	if err := view.Rebuild(l.Store, again); err != nil {
		t.Fatal(err)
	}
	count := 0
	err := view.Rows(l.Store, func(key, value []byte) error {
		count++
		if other, ok := again.stored[string(key)]; !ok || !bytes.Equal(other, value) {
			t.Errorf("row %q is %x, rebuilt %x", key, value, other)
		}
		return nil
	})
	if err != nil || count != len(again.stored) {
		t.Errorf("%d rows, rebuilt %d: %v", count, len(again.stored), err)
	}
}

// rows is a view in memory over the outcomes of a store.
type rows struct {
	source view.Source
	stored map[string][]byte
}

func (r *rows) Get(space store.Space, key []byte) ([]byte, error) {
	if space != store.View {
		return r.source.Get(space, key)
	}
	return r.stored[string(key)], nil
}

func (r *rows) Scan(space store.Space, start, end []byte, visit func(key, value []byte) (bool, error)) error {
	return r.source.Scan(space, start, end, visit)
}

func (r *rows) Set(_ store.Space, key, value []byte) { r.stored[string(key)] = bytes.Clone(value) }

func (r *rows) Delete(_ store.Space, key []byte) { delete(r.stored, string(key)) }
