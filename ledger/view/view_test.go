package view_test

import (
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/view"
)

// chain issues three certificates and passes part of the first one down a tier.
func chain(t *testing.T) (l *ledgertest.Ledger, certificate, offer string) {
	t.Helper()
	l = ledgertest.New(t)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	certificate = l.Issue("core", "tier1", "first", "1000.00", 1)
	l.Issue("core", "tier1", "second", "200.00", 2)
	l.Issue("core", "tier2", "third", "300.00", 3)
	_, invoice := l.Invoice("tier1", "tier2", "fourth", "400.00")
	var made struct {
		ID string `json:"id"`
	}
	l.Must("tier1/maker", "certificate:Transfer", map[string]any{
		"to": l.IDs["tier2"], "reference": "pay-1",
		"legs":        []map[string]any{{"certificate": certificate, "holding": 1, "version": 1, "interval": "1-40000"}},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400.00"}},
	}, &made)
	return l, certificate, made.ID
}

func holdings(t *testing.T, l *ledgertest.Ledger, f view.HoldingFilter, limit int) []record.HoldingRow {
	t.Helper()
	var all []record.HoldingRow
	cut := view.Cut{Limit: limit}
	for {
		page, err := view.Holdings(l.Store, f, cut)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		if len(page.Items) > limit {
			t.Fatalf("a page of %d, at most %d were asked for", len(page.Items), limit)
		}
		cut.Cursor = page.Next
	}
}

func TestHoldingsAreFoundByOwnerDebtorStateAndTier(t *testing.T) {
	l, certificate, offer := chain(t)
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer})
	sum := func(f view.HoldingFilter) (fen string, count int) {
		t.Helper()
		rows := holdings(t, l, f, 1)
		if whole := holdings(t, l, f, 100); len(whole) != len(rows) {
			t.Fatalf("%d rows on pages of one, %d on one page", len(rows), len(whole))
		}
		var total money.Fen
		for _, r := range rows {
			total += r.Interval.Amount()
		}
		return total.String(), len(rows)
	}
	payment := l.Now.Date().AddDays(90)
	cases := []struct {
		name   string
		filter view.HoldingFilter
		fen    string
		count  int
	}{
		{"all", view.HoldingFilter{}, "1500.00", 4},
		{"of tier 1", view.HoldingFilter{Owner: l.IDs["tier1"]}, "800.00", 2},
		{"of tier 2", view.HoldingFilter{Owner: l.IDs["tier2"]}, "700.00", 2},
		{"owed by core", view.HoldingFilter{Debtor: l.IDs["core"]}, "1500.00", 4},
		{"owed by core to tier 2", view.HoldingFilter{Debtor: l.IDs["core"], Owner: l.IDs["tier2"]}, "700.00", 2},
		{"two tiers down", view.HoldingFilter{Tier: 2}, "400.00", 1},
		{"active", view.HoldingFilter{State: record.Active}, "1500.00", 4},
		{"issued", view.HoldingFilter{State: record.Issued}, "0.00", 0},
		{"of one certificate", view.HoldingFilter{Certificate: certificate}, "1000.00", 2},
		{"due in time", view.HoldingFilter{PaymentFrom: payment, PaymentTo: payment.AddDays(10)}, "1500.00", 4},
		{"due before", view.HoldingFilter{Debtor: l.IDs["core"], PaymentTo: payment.AddDays(-1)}, "0.00", 0},
		{"of nobody", view.HoldingFilter{Owner: "nobody"}, "0.00", 0},
	}
	for _, c := range cases {
		if fen, count := sum(c.filter); fen != c.fen || count != c.count {
			t.Errorf("%s: %d holdings of %s, want %d of %s", c.name, count, fen, c.count, c.fen)
		}
	}
}

func TestAnOfferWaitsForItsReceiverUntilItIsAnswered(t *testing.T) {
	l, certificate, offer := chain(t)
	waiting := func() []view.Work {
		page, err := view.Worklist(l.Store, l.IDs["tier2"], view.Cut{})
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	if w := waiting(); len(w) != 1 || w[0].Subject != offer || w[0].Amount.String() != "400.00" || w[0].Until == 0 {
		t.Errorf("the worklist is %+v", w)
	}
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer})
	if w := waiting(); len(w) != 0 {
		t.Errorf("after acceptance the worklist is %+v", w)
	}

	history, err := view.History(l.Store, certificate, view.Cut{})
	if err != nil {
		t.Fatal(err)
	}
	var functions []string
	for _, o := range history.Items {
		functions = append(functions, o.Function)
	}
	want := []string{"certificate:Issue", "certificate:Accept", "certificate:Transfer", "certificate:AcceptTransfer"}
	if len(functions) != len(want) {
		t.Fatalf("the history is %v, want %v", functions, want)
	}
	for i := range want {
		if functions[i] != want[i] {
			t.Errorf("the history is %v, want %v", functions, want)
			break
		}
	}
}

func TestLineageAnswersForEveryFen(t *testing.T) {
	l, certificate, offer := chain(t)
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer})
	owners := func(fen money.Fen) (way []string) {
		page, err := view.Lineage(l.Store, certificate, fen, view.Cut{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Items {
			way = append(way, p.To)
		}
		return way
	}
	if way := owners(1); len(way) != 2 {
		t.Errorf("fen 1 passed through %v", way)
	}
	if way := owners(40001); len(way) != 1 || way[0] != l.IDs["tier1"] {
		t.Errorf("fen 40001 passed through %v", way)
	}
}

// The receiver of an offer learns of it once, and of what became of it.
func TestAFeedTellsAMemberWhatConcernsIt(t *testing.T) {
	l, _, offer := chain(t)
	id := l.IDs["tier2"]
	feed := func(cut view.Cut) (functions []string, last record.Outcome) {
		t.Helper()
		page, err := view.Feed(l.Store, id, cut)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Items {
			functions = append(functions, o.Function)
			last = o
		}
		return functions, last
	}
	before, last := feed(view.Cut{Limit: 100})
	if last.Function != "certificate:Transfer" || !slices.Contains(before, "certificate:Issue") {
		t.Fatalf("before the answer: %v", before)
	}
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer})
	after, _ := feed(view.FeedAfter(id, last.Height, last.Index, 100))
	if !slices.Equal(after, []string{"certificate:AcceptTransfer"}) {
		t.Errorf("after the answer: %v", after)
	}
	for member, want := range map[string]int{"tier1": 1, "tier2": 1, "core": 1, "bank1": 0} {
		page, err := view.Subjects(l.Store, l.IDs[member], view.Transfers, view.Cut{})
		// The debtor is told to whom it owes.
		if err != nil || len(page.Items) != want || want == 1 && page.Items[0] != offer {
			t.Errorf("transfers of %s: %v, %v", member, page.Items, err)
		}
	}
	invoices, err := view.Subjects(l.Store, id, view.Invoices, view.Cut{Limit: 1})
	if err != nil || len(invoices.Items) != 1 || invoices.Next == "" {
		t.Fatalf("invoices: %+v, %v", invoices, err)
	}
	earlier, err := view.Subjects(l.Store, id, view.Invoices, view.Cut{Cursor: invoices.Next})
	if err != nil || len(earlier.Items) != 1 || earlier.Items[0] == invoices.Items[0] {
		t.Errorf("earlier invoices: %+v, %v", earlier, err)
	}
}

func TestBadCursorsAreRefused(t *testing.T) {
	l, _, _ := chain(t)
	for _, cursor := range []string{"!", "AAAA", "bm8", "====", "\x00"} {
		if _, err := view.Holdings(l.Store, view.HoldingFilter{Owner: l.IDs["tier1"]}, view.Cut{Cursor: cursor}); !code.BadCursor.Is(err) {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}
