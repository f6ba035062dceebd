package report_test

import (
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/view"
)

// traded is a ledger on which, on 5 January, core owes tier 1 1,000.00 of which tier 2
// got 300.00, and other 200.00; on 7 January bank 1 finances 400.00 of the first, and
// bank 2 the whole of the second at another price.
func traded(t *testing.T) (d *desk, ids []string) {
	t.Helper()
	d = newDesk(t, "core", "other", "tier1", "tier2")
	first := d.issue("core", "tier1", "1000.00")
	second := d.issue("other", "tier1", "200.00")
	d.transfer("tier1", "tier2", first, interval.Of(1, 30_000))
	d.Accounts("bank3", "core", "other", "tier1", "tier2")
	d.Accounts("bank3", "bank1", "bank2")
	dear := ledgertest.Terms(record.SaleWithoutRecourse)
	dear.Rate = 60_000
	d.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithRecourse))
	d.PostRate("bank2", "sale", dear)
	ids = []string{
		d.Finance("tier1", "bank1", "sale", d.holding("tier1", first, interval.Of(30_001, 70_000))),
		d.Finance("tier1", "bank2", "sale", d.holding("tier1", second, interval.Of(1, 20_000))),
	}
	return d, ids
}

func TestDailyCountsWhatHappened(t *testing.T) {
	d, _ := traded(t)
	got := d.named(table(t, report.Daily(d.source(), report.DailyFilter{})))
	const want = `day,debtor,issuedCount,issuedAmount,acceptedCount,acceptedAmount,transferredCount,transferredAmount,financedCount,financedAmount,redeemedCount,redeemedAmount,returnedCount,returnedAmount,overdueCount,overdueAmount
2026-01-05,core,1,1000.00,1,1000.00,1,300.00,0,0.00,0,0.00,0,0.00,0,0.00
2026-01-05,other,1,200.00,1,200.00,0,0.00,0,0.00,0,0.00,0,0.00,0,0.00
2026-01-07,core,0,0.00,0,0.00,0,0.00,1,400.00,0,0.00,0,0.00,0,0.00
2026-01-07,other,0,0.00,0,0.00,0,0.00,1,200.00,0,0.00,0,0.00,0,0.00
`
	if sortedLines(got) != sortedLines(want) {
		t.Errorf("the days are\n%s", got)
	}
	for name, c := range map[string]struct {
		filter report.DailyFilter
		rows   int
	}{
		"of core":             {report.DailyFilter{Debtor: d.IDs["core"]}, 2},
		"from the second day": {report.DailyFilter{Days: report.Days{From: day(t, "2026-01-06")}}, 2},
		"the first day":       {report.DailyFilter{Days: report.Days{From: day(t, "2026-01-05"), To: day(t, "2026-01-05")}}, 2},
		"a day of nothing":    {report.DailyFilter{Days: report.Days{From: day(t, "2026-01-06"), To: day(t, "2026-01-06")}}, 0},
		"of nobody":           {report.DailyFilter{Debtor: "nobody"}, 0},
	} {
		if got := all(t, report.Daily(d.source(), c.filter)); len(got) != c.rows {
			t.Errorf("%s: %d rows, want %d: %+v", name, len(got), c.rows, got)
		}
	}
}

// sortedLines leaves the order of debtors' codes out of a comparison by short names.
func sortedLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i := range lines {
		for j := i + 1; j < len(lines); j++ {
			if lines[j] < lines[i] {
				lines[i], lines[j] = lines[j], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}

func TestFinancingResultsByMonthAndBank(t *testing.T) {
	d, ids := traded(t)
	first, second := ledgertest.Read(d.Ledger, record.FinancingKey(ids[0])), ledgertest.Read(d.Ledger, record.FinancingKey(ids[1]))
	results := all(t, report.FinancingResults(d.source(), report.FinancingsFilter{}))
	if len(results) != 2 {
		t.Fatalf("%d rows: %+v", len(results), results)
	}
	for _, r := range results {
		f := first
		if r.Bank == d.IDs["bank2"] {
			f = second
		}
		if r.Month != "2026-01" || r.Count != 1 || r.Amount != f.Amount || r.PaidOut != f.Cost.Net || r.Interest != f.Cost.Interest ||
			r.AllInMin != f.Cost.AllIn || r.AllInAvg != f.Cost.AllIn || r.AllInMax != f.Cost.AllIn {
			t.Errorf("the row is %+v, the financing %+v", r, f.Cost)
		}
	}

	// One more of bank 1, three times as large and dearer: the average leans to it.
	dear := ledgertest.Terms(record.SaleWithoutRecourse)
	dear.Rate = 72_000
	d.PostRate("bank1", "dear", dear)
	third := d.issue("core", "tier1", "1200.00")
	id := d.Finance("tier1", "bank1", "dear", d.holding("tier1", third, interval.Of(1, 120_000)))
	f := ledgertest.Read(d.Ledger, record.FinancingKey(id))
	results = all(t, report.FinancingResults(d.source(), report.FinancingsFilter{Bank: d.IDs["bank1"]}))
	want := (int64(first.Cost.AllIn)*int64(first.Cost.Net) + int64(f.Cost.AllIn)*int64(f.Cost.Net)) / int64(first.Cost.Net+f.Cost.Net)
	if len(results) != 1 || results[0].Count != 2 || results[0].Amount != fen("1,600.00") || results[0].AllInMin != first.Cost.AllIn ||
		results[0].AllInMax != f.Cost.AllIn || int64(results[0].AllInAvg)-want > 1 || int64(results[0].AllInAvg) < want {
		t.Errorf("the rows are %+v, the average %d", results, want)
	}
	for name, c := range map[string]struct {
		filter report.FinancingsFilter
		rows   int
	}{
		"of the holder":  {report.FinancingsFilter{Member: d.IDs["tier1"]}, 2},
		"of the bank":    {report.FinancingsFilter{Member: d.IDs["bank2"]}, 1},
		"owed by core":   {report.FinancingsFilter{Debtor: d.IDs["core"]}, 1},
		"of a day":       {report.FinancingsFilter{Days: report.Days{From: day(t, "2026-01-07"), To: day(t, "2026-01-07")}}, 2},
		"of a day later": {report.FinancingsFilter{Days: report.Days{From: day(t, "2026-01-08")}}, 0},
		"of nobody":      {report.FinancingsFilter{Member: d.IDs["tier2"]}, 0},
	} {
		if got := all(t, report.FinancingResults(d.source(), c.filter)); len(got) != c.rows {
			t.Errorf("%s: %d rows, want %d: %+v", name, len(got), c.rows, got)
		}
	}
	if csv := table(t, report.FinancingResults(d.source(), report.FinancingsFilter{})); strings.Count(csv, "\n") != 3 {
		t.Errorf("as CSV:\n%s", csv)
	}
}

func TestLegsComeWithTheirAdvices(t *testing.T) {
	d, ids := traded(t)
	none := all(t, report.Legs(d.source(), report.LegsFilter{}))
	if len(none) != 0 {
		t.Errorf("legs of runs before any: %+v", none)
	}
	legs := all(t, report.Legs(d.source(), report.LegsFilter{Purpose: record.PurposeFinancing}))
	if len(legs) != 2 {
		t.Fatalf("%d legs: %+v", len(legs), legs)
	}
	for _, l := range legs {
		if l.State != record.SettlementSettled || l.AdviceBank != d.IDs["bank3"] || l.Reference != "advice "+l.ID || l.Credited == 0 ||
			l.Instructed == 0 || l.Payee != d.IDs["tier1"] || l.PayeeAccount != ledgertest.AccountID || l.PayerBank != d.IDs["bank3"] {
			t.Errorf("leg %+v", l)
		}
	}
	for name, c := range map[string]struct {
		filter report.LegsFilter
		rows   int
	}{
		"of bank 1":     {report.LegsFilter{Purpose: record.PurposeFinancing, Member: d.IDs["bank1"]}, 1},
		"through bank3": {report.LegsFilter{Purpose: record.PurposeFinancing, Bank: d.IDs["bank3"]}, 2},
		"through bank4": {report.LegsFilter{Purpose: record.PurposeFinancing, Bank: d.IDs["bank4"]}, 0},
		"of a payer":    {report.LegsFilter{Purpose: record.PurposeFinancing, Debtor: d.IDs["bank2"]}, 1},
		"of later":      {report.LegsFilter{Purpose: record.PurposeFinancing, Days: report.Days{From: day(t, "2026-01-08")}}, 0},
	} {
		if got := all(t, report.Legs(d.source(), c.filter)); len(got) != c.rows {
			t.Errorf("%s: %d legs, want %d", name, len(got), c.rows)
		}
	}
	csv := table(t, report.Legs(d.source(), report.LegsFilter{Purpose: record.PurposeFinancing}))
	if !strings.Contains(csv, ids[0]+",financing,") || !strings.Contains(csv, ",settled,") {
		t.Errorf("as CSV:\n%s", csv)
	}
}

func TestBadCursors(t *testing.T) {
	d, _ := traded(t)
	for _, cursor := range []string{"!", "AAAA", "bm8", "===="} {
		if _, err := report.Daily(d.source(), report.DailyFilter{}).Page(view.Cut{Cursor: cursor}); !code.BadCursor.Is(err) {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
}

// The proof stands on a real ledger, and falls with every way of breaking it.
func TestNoPoolingIsProven(t *testing.T) {
	d, ids := traded(t)
	proof, err := report.ProveNoPooling(d.source())
	if err != nil {
		t.Fatal(err)
	}
	if !proof.Holds || len(proof.Findings) != 0 || proof.Instructed != 2 || proof.Settled.Count != 2 || proof.Advices != 2 ||
		proof.Accounts != 6 || proof.Operators != 1 || len(proof.Purposes) != 1 || proof.Purposes[0].Purpose != record.PurposeFinancing {
		t.Errorf("the proof is %+v", proof)
	}
	var text strings.Builder
	if err := proof.Text(&text); err != nil || !strings.Contains(text.String(), "Nothing was found against it") ||
		!strings.Contains(text.String(), "2 settled, together "+"¥") {
		t.Errorf("%v\n%s", err, &text)
	}
	s := ledgertest.Read(d.Ledger, record.SettlementKey(ids[0]))
	advice := record.AdviceKey(s.AdviceBank, s.AdviceRef)
	for _, c := range []struct {
		name, want string
		put        func(set func(key string, v any))
	}{
		{"another amount", "the advice is of", func(set func(string, any)) {
			a := *ledgertest.Read(d.Ledger, advice)
			a.Amount++
			set(string(advice), &a)
		}},
		{"another account", "the advice is of a payment from account", func(set func(string, any)) {
			a := *ledgertest.Read(d.Ledger, advice)
			a.PayeeAccount = "other"
			set(string(advice), &a)
		}},
		{"no account", "has no account", func(set func(string, any)) {
			one := *s
			one.PayerAccount = "pool"
			set(string(record.SettlementKey(s.ID)), &one)
		}},
		{"to itself", "payer and payee are both", func(set func(string, any)) {
			one := *s
			one.Payee, one.PayeeAccount = one.Payer, one.PayerAccount
			set(string(record.SettlementKey(s.ID)), &one)
		}},
		{"of the operator", "operates the network and does nothing else", func(set func(string, any)) {
			a := record.Account{Member: d.IDs["operator"], ID: "pool", Bank: d.IDs["bank1"], State: record.AccountConfirmed}
			set(string(record.AccountKey(a.Member, a.ID)), &a)
		}},
		{"a balance", "records of a kind that is not in the list", func(set func(string, any)) {
			set("balance/"+d.IDs["core"], &record.Marker{})
		}},
	} {
		copied := overlay{state: state{d.Store}, with: map[string][]byte{}}
		c.put(func(key string, v any) { copied.with[key] = record.Encode(v) })
		src := d.source()
		src.State = copied
		proof, err := report.ProveNoPooling(src)
		if err != nil || proof.Holds || !strings.Contains(proof.Findings[0].Text, c.want) {
			t.Errorf("%s: %v %+v", c.name, err, proof.Findings)
			continue
		}
		var text strings.Builder
		if err := proof.Text(&text); err != nil || !strings.Contains(text.String(), "findings\n") {
			t.Errorf("%s: %v\n%s", c.name, err, &text)
		}
	}
}

// overlay is state with some records changed.
type overlay struct {
	state
	with map[string][]byte
}

func (o overlay) Get(key string) ([]byte, error) {
	if v, ok := o.with[key]; ok {
		return v, nil
	}
	return o.state.Get(key)
}

func (o overlay) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	seen := map[string]bool{}
	err := o.state.Scan(start, end, func(k string, v []byte) (bool, error) {
		if with, ok := o.with[k]; ok {
			seen[k], v = true, with
		}
		return visit(k, v)
	})
	for k, v := range o.with {
		if err == nil && !seen[k] && k >= start && k < end {
			_, err = visit(k, v)
		}
	}
	return err
}

func TestCellsAreNoFormulas(t *testing.T) {
	legs := []report.Leg{{ID: "=1+1", Reason: "+86 571", Dispute: "@home", Reference: "-1", Payee: "say \"no\", twice"}}
	var b strings.Builder
	err := report.WriteCSV(&b, false, func(visit func(*report.Leg) error) error { return visit(&legs[0]) })
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{"'=1+1,", ",'+86 571\r\n", ",'@home,", ",'-1,", `,"say ""no"", twice",`} {
		if !strings.Contains(b.String(), cell) {
			t.Errorf("no cell %q in %q", cell, b.String())
		}
	}
}
