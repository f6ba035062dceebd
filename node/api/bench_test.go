package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/api"
)

// What the API adds to a submission: everything but the network and the block.
func BenchmarkSubmission(b *testing.B) {
	n := &node{Ledger: ledgertest.New(b), finals: api.NewFinals(), waiting: make(chan struct{}, 1<<20)}
	n.serve()
	body := submission(b, n.Sign("bank1/maker", "sweep:Run", sweep))
	h := n.server.Handler()
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/v1/transactions", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusAccepted {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

// A read with its login: one signature, one snapshot, one page.
func BenchmarkHoldings(b *testing.B) {
	n := &node{Ledger: ledgertest.New(b), finals: api.NewFinals()}
	n.serve()
	h := n.server.Handler()
	const uri = "/v1/holdings"
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodGet, uri, nil)
		r.Header.Set("Authorization", loginAs(b, n.Keys["bank1/maker"], http.MethodGet, uri, nil))
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatalf("%d %s", w.Code, w.Body)
		}
	}
}

// The first page of a list, its last one, and what is due in one month of many, over a
// thousand holdings of one owner and over a million.
func BenchmarkListHoldings(b *testing.B) {
	for _, count := range []int{1_000, 1_000_000} {
		b.Run(fmt.Sprintf("of=%d", count), func(b *testing.B) {
			n := &node{Ledger: ledgertest.New(b), finals: api.NewFinals()}
			n.serve()
			hold(b, n, n.IDs["bank2"], count)
			h := n.server.Handler()
			last := lastPage(b, n, n.IDs["bank2"], count)
			for _, page := range []struct{ name, query string }{
				{"first", ""}, {"last", "&cursor=" + last}, {"month", "&paymentFrom=2026-05-01&paymentTo=2026-07-31"},
			} {
				uri := "/v1/holdings?limit=50&owner=" + n.IDs["bank2"] + page.query
				b.Run(page.name, func(b *testing.B) {
					for b.Loop() {
						r := httptest.NewRequest(http.MethodGet, uri, nil)
						r.Header.Set("Authorization", loginAs(b, n.Keys["bank1/maker"], http.MethodGet, uri, nil))
						w := httptest.NewRecorder()
						if h.ServeHTTP(w, r); w.Code != http.StatusOK || strings.Count(w.Body.String(), `"certificate"`) != 50 {
							b.Fatalf("%d %s", w.Code, w.Body)
						}
					}
				})
			}
		})
	}
}

// hold writes rows of holdings of one owner into the read model, as blocks would, due on
// the days of ten years.
func hold(b *testing.B, n *node, owner string, count int) {
	b.Helper()
	const chunk, days = 10_000, 3650
	first := n.Now.Date()
	for from := 0; from < count; from += chunk {
		u := view.NewUpdate()
		o := record.Outcome{Height: int64(from), Member: owner}
		for i := from; i < min(from+chunk, count); i++ {
			o.Effects.Holdings = append(o.Effects.Holdings, record.HoldingRow{
				Certificate: fmt.Sprintf("%s%016d", n.IDs["bank1"], i), ID: 1, Version: 1, Owner: owner, Debtor: n.IDs["bank1"],
				Interval: interval.Of(1, money.Fen(1+i)), Payment: first.AddDays(i % days), State: record.Active, Tier: 1,
			})
		}
		u.Add(&o)
		batch := n.Store.NewBatch()
		if err := u.Write(n.Store, batch); err != nil {
			b.Fatal(err)
		}
		if err := batch.Commit(); err != nil {
			b.Fatal(err)
		}
	}
}

// lastPage is the cursor of the last fifty holdings.
func lastPage(b *testing.B, n *node, owner string, count int) (cursor string) {
	b.Helper()
	for left := count - 50; left > 0; left -= view.MaxPage {
		page, err := view.Holdings(n.Store, view.HoldingFilter{Owner: owner}, view.Cut{Cursor: cursor, Limit: min(left, view.MaxPage)})
		if err != nil {
			b.Fatal(err)
		}
		cursor = page.Next
	}
	return cursor
}
