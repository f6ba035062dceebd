package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/ledger/ledgertest"
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
