package api_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
)

// answersOfReports asks for each report once: of a ledger on which some fen went in a
// circle, and four days after a payment date to which nobody has brought money.
func (s *story) answersOfReports(answers map[string]any) {
	s.Helper()
	run := s.Mature(s.circle())
	_, payment, _ := record.ParseRunID(run)
	s.Now = payment.AddDays(4).Start().Add(10 * time.Hour)
	s.Block()
	for operation, c := range map[string]struct{ who, uri string }{
		"reportDaily":      {"core/maker", "/v1/reports/daily?limit=1"},
		"reportFinancings": {"bank1/maker", "/v1/reports/financings"},
		"reportLegs":       {"tier2/maker", "/v1/reports/legs?purpose=financing"},
		"reportOverdue":    {"core/maker", "/v1/reports/overdue"},
		"reportNoPooling":  {"auditor/maker", "/v1/reports/no-pooling"},
		"listAlerts":       {"auditor/maker", "/v1/alerts?limit=1"},
		"listClearingWork": {"core/maker", "/v1/clearing/worklist?limit=1"},
		"getLadder":        {"core/maker", "/v1/debtors/" + s.IDs["core"] + "/ladder"},
	} {
		answers[operation] = decoded(s, s.ask(c.who, http.MethodGet, c.uri, ""))
	}
}

// circle is a certificate of which tier2 pays tier1, and is paid with the same fen.
func (s *story) circle() (certificate string) {
	s.Helper()
	const sequence = 77
	certificate = s.Issue("core", "tier2", "circle", "80000.00", sequence)
	for i, step := range []struct{ from, to string }{{"tier2", "tier1"}, {"tier1", "tier2"}} {
		_, invoice := s.Invoice(step.from, step.to, "circle "+step.to, "50000.00")
		var offer struct {
			ID string `json:"id"`
		}
		s.Must(step.from+"/maker", "certificate:Transfer", map[string]any{
			"to": s.IDs[step.to], "reference": "circle",
			"legs":        []record.Leg{s.Leg(certificate, uint32(i+1), interval.Of(1, 5_000_000))},
			"allocations": []map[string]any{{"invoice": invoice, "amount": "50000.00"}},
		}, &offer)
		s.Must(step.to+"/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	}
	return certificate
}

// Every report, by everybody: whose it is, and that others are refused the same
// whoever they name.
func TestWhoSeesWhichReport(t *testing.T) {
	s := tell(t)
	s.circle()
	allSee := map[string]bool{"auditor/maker": true, "operator/maker": true, "bank1/maker": true}
	core := s.IDs["core"]
	for uri, see := range map[string]string{
		"/v1/reports/daily?debtor=" + core:                 "core/maker",
		"/v1/reports/overdue?debtor=" + core:               "core/maker",
		"/v1/debtors/" + core + "/ladder?days=100":         "core/maker",
		"/v1/reports/financings?member=" + s.IDs["tier1"]:  "tier1/maker",
		"/v1/reports/legs?member=" + s.IDs["tier1"]:        "tier1/maker",
		"/v1/alerts?member=" + s.IDs["tier1"]:              "tier1/maker",
		"/v1/clearing/worklist?member=" + s.IDs["tier1"]:   "tier1/maker",
		"/v1/reports/no-pooling":                           "",
		"/v1/reports/daily?debtor=91330100000000000X":      "",
		"/v1/debtors/91330100000000000X/ladder":            "",
		"/v1/reports/legs?member=91330100000000000X":       "",
		"/v1/reports/financings?member=91330100000000000X": "",
	} {
		if a := s.ask("", http.MethodGet, uri, ""); a.status != http.StatusUnauthorized {
			t.Errorf("%s without a login: %d %s", uri, a.status, a.body)
		}
		for _, who := range []string{"auditor/maker", "operator/maker", "bank1/maker", "core/maker", "tier1/maker", "tier2/maker", "outsider/maker"} {
			a := s.ask(who, http.MethodGet, uri, "")
			if allSee[who] || who == see {
				if a.status != http.StatusOK {
					t.Errorf("%s asks for %s: %d %s", who, uri, a.status, a.body)
				}
			} else if a.status != http.StatusForbidden || a.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s asks for %s: %d %s", who, uri, a.status, a.body)
			}
		}
	}
	for _, uri := range []string{
		"/v1/reports/daily", "/v1/reports/financings", "/v1/reports/legs", "/v1/reports/overdue", "/v1/alerts", "/v1/clearing/worklist",
	} {
		for _, who := range []string{"auditor/maker", "core/maker", "tier1/maker", "outsider/maker"} {
			if a := s.ask(who, http.MethodGet, uri, ""); a.status != http.StatusOK {
				t.Errorf("%s asks for %s: %d %s", who, uri, a.status, a.body)
			}
		}
	}
}

func TestReportsInBothForms(t *testing.T) {
	s := tell(t)
	var page struct {
		AsOf struct {
			Height int64  `json:"height"`
			Time   string `json:"time"`
		} `json:"asOf"`
		Items []struct {
			Day    string `json:"day"`
			Issued struct {
				Count  int64  `json:"count"`
				Amount string `json:"amount"`
			} `json:"issued"`
		} `json:"items"`
		Next string `json:"next"`
	}
	a := s.ask("core/maker", http.MethodGet, "/v1/reports/daily", "")
	if err := json.Unmarshal([]byte(a.body), &page); err != nil {
		t.Fatal(err)
	}
	if page.AsOf.Height != s.Store.Head().Height || page.AsOf.Time == "" || len(page.Items) != 1 || page.Items[0].Day != "2026-01-05" ||
		page.Items[0].Issued.Count != 1 || page.Items[0].Issued.Amount != "1000000.00" || page.Next != "" {
		t.Errorf("the report is %s", a.body)
	}
	b := s.askAs("auditor/maker", "/v1/reports/daily?limit=1", "text/csv")
	if b.status != http.StatusOK || !strings.HasPrefix(b.header.Get("Content-Type"), "text/csv") || b.header.Get("Next-Cursor") != "" {
		t.Errorf("as CSV: %d %v", b.status, b.header)
	}
	lines, err := csv.NewReader(strings.NewReader(b.body)).ReadAll()
	if err != nil || len(lines) != 2 || lines[0][0] != "day" || lines[1][3] != "1000000.00" || !strings.HasSuffix(b.body, "\r\n") {
		t.Errorf("as CSV: %q, %v", b.body, err)
	}
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "application/json, text/csv": "application/json",
		"text/csv;q=0, */*": "application/json", "text/html, text/csv": "text/csv", "text/csv; header=present": "text/csv",
	} {
		if got := s.askAs("core/maker", "/v1/reports/overdue", accept); !strings.HasPrefix(got.header.Get("Content-Type"), want) {
			t.Errorf("accepting %q: %s", accept, got.header.Get("Content-Type"))
		}
	}
	if got := s.askAs("outsider/maker", "/v1/reports/no-pooling", "text/csv"); got.status != http.StatusForbidden || got.code(t) != "NOT_AUTHORISED" {
		t.Errorf("a refusal, accepting CSV: %d %s", got.status, got.body)
	}
	s.circle()
	for name, c := range map[string]struct{ who, uri, want string }{
		"the alert of its own":  {"tier1/maker", "/v1/alerts?rule=CIRCULAR", `"members":["` + s.IDs["tier1"] + `"]`},
		"the alert for all":     {"auditor/maker", "/v1/alerts?rule=CIRCULAR&state=open", s.IDs["tier2"]},
		"a rung":                {"core/maker", "/v1/debtors/" + s.IDs["core"] + "/ladder", `"amount":"1080000.00"`},
		"nothing waits":         {"core/maker", "/v1/clearing/worklist?kind=overdue", `"items":[]`},
		"the proof":             {"auditor/maker", "/v1/reports/no-pooling", `"holds":true`},
		"a day that is none":    {"core/maker", "/v1/reports/daily?from=2026-13-01", `"code":"BAD_DATE"`},
		"a purpose that is no":  {"core/maker", "/v1/reports/legs?purpose=gift", `"code":"BAD_REQUEST"`},
		"a rule that is none":   {"core/maker", "/v1/alerts?rule=LUCK", `"code":"BAD_REQUEST"`},
		"a state that is none":  {"core/maker", "/v1/alerts?state=lost", `"code":"BAD_REQUEST"`},
		"an id that is none":    {"core/maker", "/v1/alerts?id=abc", `"code":"BAD_REQUEST"`},
		"work that is none":     {"core/maker", "/v1/clearing/worklist?kind=rest", `"code":"BAD_REQUEST"`},
		"a ladder without days": {"core/maker", "/v1/debtors/" + s.IDs["core"] + "/ladder?days=0", `"code":"BAD_REQUEST"`},
		"a cursor of others":    {"core/maker", "/v1/reports/legs?cursor=AAAA", `"code":"BAD_CURSOR"`},
	} {
		if a := s.ask(c.who, http.MethodGet, c.uri, ""); !strings.Contains(a.body, c.want) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// askAs asks for something in a form.
func (n *node) askAs(who, uri, accept string) answer {
	n.Helper()
	h := http.Header{"Authorization": {n.login(who, http.MethodGet, uri, nil)}}
	if accept != "" {
		h.Set("Accept", accept)
	}
	return n.send(http.MethodGet, uri, "", h)
}
