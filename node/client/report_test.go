package client_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/node/client"
)

// A file is read page by page, with one heading; the client asks for it as a node has
// it, with what was selected and nothing else.
func TestAReportIsWrittenAsOneFile(t *testing.T) {
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept"); got != "text/csv" {
			t.Errorf("it accepts %q", got)
		}
		switch r.URL.RequestURI() {
		case "/v1/reports/legs?from=2026-11-01&limit=500&purpose=clearing":
			w.Header().Set("Next-Cursor", "c1")
			_, _ = io.WriteString(w, "id,amount\r\na,1.00\r\n")
		case "/v1/reports/legs?cursor=c1&from=2026-11-01&limit=500&purpose=clearing":
			_, _ = io.WriteString(w, "id,amount\r\nb,2.00\r\n")
		default:
			t.Errorf("it asks for %s", r.URL.RequestURI())
		}
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	from, err := calendar.ParseDate("2026-11-01")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = c.WriteReport(t.Context(), &out, client.ReportLegs, client.ReportFilter{Purpose: record.PurposeClearing, From: from})
	if err != nil || out.String() != "id,amount\r\na,1.00\r\nb,2.00\r\n" {
		t.Errorf("%v: %q", err, &out)
	}
}

func TestReportsAreRead(t *testing.T) {
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := map[string]string{
			"/v1/reports/daily?debtor=D&limit=500&to=2026-11-30": `{"asOf":{},"items":[{"day":"2026-11-02","issued":{"count":2,"amount":"3.00"}}]}`,
			"/v1/reports/financings?bank=B&limit=500":            `{"items":[{"month":"2026-11","allInAvg":"3.1000"}]}`,
			"/v1/reports/legs?limit=500&run=R":                   `{"items":[{"id":"a","state":"settled","credited":null}]}`,
			"/v1/reports/overdue?limit=500":                      `{"items":[{"debtor":"D","since":null,"amount":"0.01"}]}`,
			"/v1/reports/no-pooling":                             `{"holds":true}`,
			"/v1/alerts?limit=500&rule=OVERDUE&state=open":       `{"items":[{"rule":"OVERDUE","state":"open"}]}`,
			"/v1/clearing/worklist?kind=stale&limit=500":         `{"items":[{"kind":"stale","days":3}]}`,
			"/v1/debtors/D/ladder?days=30":                       `{"debtor":"D","rungs":[{"day":"2026-11-02","mark":"T-1"}]}`,
		}[r.URL.RequestURI()]
		if !ok {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprintf(w, `{"code":"NOT_AUTHORISED","detail":%q}`, r.URL.RequestURI())
			return
		}
		_, _ = io.WriteString(w, body)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	ctx := t.Context()
	to, err := calendar.ParseDate("2026-11-30")
	if err != nil {
		t.Fatal(err)
	}
	days, err := client.All(c.DailyReport(ctx, client.ReportFilter{Debtor: "D", To: to}))
	if err != nil || len(days) != 1 || days[0].Issued.Count != 2 || days[0].Issued.Amount.String() != "3.00" {
		t.Errorf("days: %+v, %v", days, err)
	}
	results, err := client.All(c.FinancingsReport(ctx, client.ReportFilter{Bank: "B"}))
	if err != nil || len(results) != 1 || results[0].AllInAvg.String() != "3.1000" {
		t.Errorf("results: %+v, %v", results, err)
	}
	legs, err := client.All(c.LegsReport(ctx, client.ReportFilter{Run: "R"}))
	if err != nil || len(legs) != 1 || legs[0].State != record.SettlementSettled || legs[0].Credited != 0 {
		t.Errorf("legs: %+v, %v", legs, err)
	}
	overdue, err := client.All(c.OverdueReport(ctx, client.ReportFilter{}))
	if err != nil || len(overdue) != 1 || overdue[0].Amount != 1 {
		t.Errorf("overdue: %+v, %v", overdue, err)
	}
	if proof, err := c.NoPooling(ctx); err != nil || string(proof) != `{"holds":true}` {
		t.Errorf("the proof: %s, %v", proof, err)
	}
	alerts, err := client.All(c.Alerts(ctx, client.AlertFilter{Rule: "OVERDUE", State: record.AlertOpen}))
	if err != nil || len(alerts) != 1 || alerts[0].State != record.AlertOpen {
		t.Errorf("alerts: %+v, %v", alerts, err)
	}
	work, err := client.All(c.ClearingWorklist(ctx, client.ClearingFilter{Kind: "stale"}))
	if err != nil || len(work) != 1 || work[0].Days != 3 {
		t.Errorf("work: %+v, %v", work, err)
	}
	ladder, err := c.Ladder(ctx, "D", 30)
	if err != nil || len(ladder.Rungs) != 1 || ladder.Rungs[0].Mark != "T-1" {
		t.Errorf("the ladder: %+v, %v", ladder, err)
	}
	if _, err := c.Ladder(ctx, "other", 0); !code.NotAuthorised.Is(err) {
		t.Errorf("a refusal: %v", err)
	}
	if err := c.WriteReport(ctx, io.Discard, client.ReportOverdue, client.ReportFilter{Bank: "B"}); !code.NotAuthorised.Is(err) {
		t.Errorf("a refused file: %v", err)
	}
}
