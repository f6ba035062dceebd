package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/api"
)

// verified is what the node says of a paper.
type verified struct {
	Certificate string                  `json:"certificate"`
	Holding     uint32                  `json:"holding"`
	DebtorName  string                  `json:"debtorName"`
	Holder      string                  `json:"holder"`
	Amount      string                  `json:"amount"`
	Redeemed    string                  `json:"redeemed"`
	State       record.CertificateState `json:"state"`
	Locks       []string                `json:"locks"`
	Current     bool                    `json:"current"`
}

// linkOf is the path under which a paper is verified.
func (s *story) linkOf(certificate string, holding uint32) string {
	s.Helper()
	snapshot, err := s.Store.Snapshot()
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = snapshot.Close() }()
	m, _, _, err := access.At(snapshot)
	if err != nil {
		s.Fatal(err)
	}
	latest, err := access.LatestChange(m, certificate, holding)
	if err != nil {
		s.Fatal(err)
	}
	return fmt.Sprintf("/v1/verifications/%s?certificate=%s&holding=%d", latest.Mark, certificate, holding)
}

func (s *story) verified(link string) (v verified) {
	s.Helper()
	read(s, s.ask("", http.MethodGet, link, ""), &v)
	return v
}

func TestPapersAreGivenToThoseWhoSeeWhatIsOnThem(t *testing.T) {
	s := tell(t)
	whole := "/v1/certificates/" + s.certificate + "/paper"
	holding := func(id string) string { return "/v1/certificates/" + s.certificate + "/holdings/" + id + "/paper" }
	for path, sees := range map[string][]string{
		whole:        {"core/maker", "tier1/maker", "tier2/maker", "tier3/maker", "bank1/maker", "auditor/maker"},
		holding("2"): {"core/maker", "tier2/maker", "bank1/maker", "auditor/maker"},
		holding("1"): {"core/maker", "tier1/maker", "tier3/maker", "bank1/maker", "auditor/maker"}, // part of it is offered to tier3
	} {
		for _, who := range []string{"core/maker", "tier1/maker", "tier2/maker", "tier3/maker", "outsider/maker", "bank1/maker", "auditor/maker"} {
			a := s.ask(who, http.MethodGet, path, "")
			allowed := false
			for _, w := range sees {
				allowed = allowed || w == who
			}
			if allowed && (a.status != http.StatusOK || !strings.HasPrefix(a.body, "%PDF-") ||
				a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment")) {
				t.Errorf("%s gets %d %.60q of %s", who, a.status, a.body, path)
			}
			if !allowed && a.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s gets %d of %s", who, a.status, path)
			}
		}
		if again := s.ask("core/maker", http.MethodGet, path, ""); again.body != s.ask("tier1/maker", http.MethodGet, path, "").body && path == whole {
			t.Errorf("%s is not the same paper for everybody", path)
		}
	}
	for _, path := range []string{holding("99"), strings.Replace(whole, s.certificate, s.certificate[:33]+"9", 1)} {
		if a := s.ask("tier2/maker", http.MethodGet, path, ""); a.code(t) != "NOT_AUTHORISED" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
		if a := s.ask("auditor/maker", http.MethodGet, path, ""); a.code(t) != "NOT_FOUND" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// Whoever has a paper sees what the ledger says of it, and when it is out of date; who
// has none finds out nothing.
func TestAPaperIsVerifiedByAnybody(t *testing.T) {
	s := tell(t)
	link := s.linkOf(s.certificate, 2)
	v := s.verified(link)
	if v.Certificate != s.certificate || v.Holding != 2 || v.DebtorName != "core" || v.Holder != s.IDs["tier2"] || v.Amount != "400000.00" ||
		v.State != record.Active || len(v.Locks) != 0 || !v.Current {
		t.Errorf("%+v", v)
	}
	certificate := s.linkOf(s.certificate, 0)
	if v := s.verified(certificate); v.Amount != "1000000.00" || v.Holder != s.IDs["tier1"] || !v.Current {
		t.Errorf("%+v", v)
	}
	// tier2 passes a part on: the paper of before tells so, and still what it was of.
	_, invoice := s.Invoice("tier2", "outsider", "fourth", "1000.00")
	s.Must("tier2/maker", "certificate:Transfer", map[string]any{
		"to": s.IDs["outsider"], "reference": "fourth", "legs": []record.Leg{s.Leg(s.certificate, 2, interval.Of(1, 100_000))},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "1000.00"}},
	})
	if v := s.verified(link); v.Current || v.Amount != "400000.00" || len(v.Locks) != 0 {
		t.Errorf("of before: %+v", v)
	}
	if v := s.verified(certificate); v.Current {
		t.Errorf("the certificate's paper of before: %+v", v)
	}
	if v := s.verified(s.linkOf(s.certificate, 2)); !v.Current || len(v.Locks) != 1 || v.Locks[0] != "offer" {
		t.Errorf("of now: %+v", v)
	}
	none := s.ask("", http.MethodGet, "/v1/verifications/"+strings.Repeat("0", 64)+"?certificate="+s.certificate, "")
	if none.status != http.StatusNotFound || strings.Contains(none.body, "detail") {
		t.Errorf("%d %s", none.status, none.body)
	}
	other := s.Issue("tier1", "tier2", "other", "10.00", 7)
	for name, uri := range map[string]string{
		"another holding":      strings.Replace(link, "holding=2", "holding=1", 1),
		"no such holding":      strings.Replace(link, "holding=2", "holding=77", 1),
		"another certificate":  strings.Replace(link, s.certificate, other, 1),
		"no certificate":       strings.Replace(link, s.certificate, "x", 1),
		"a slash":              strings.Replace(link, s.certificate, url.QueryEscape(s.certificate+"/holding/00000001"), 1),
		"the transaction":      "/v1/verifications/" + s.issue.String() + "?certificate=" + s.certificate,
		"not a digest":         "/v1/verifications/abc?certificate=" + s.certificate,
		"an unrelated outcome": "/v1/verifications/" + s.linkOf(other, 0)[len("/v1/verifications/"):][:64] + "?certificate=" + s.certificate,
	} {
		if a := s.ask("", http.MethodGet, uri, ""); a.body != none.body {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// Two suppliers' certificates are issued in one transaction: what one of them knows, the
// transaction's id and how numbers are made, opens nothing of the other's, before it is
// accepted and after.
func TestAMarkIsNotMadeFromTheTransactionAlone(t *testing.T) {
	n := newNode(t)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		n.Enrol(alias)
	}
	var items []map[string]any
	numbers := map[string]string{}
	for sequence, creditor := range []string{"tier1", "tier2"} {
		contract, invoice := n.Invoice("core", creditor, "of "+creditor, "1000.00")
		day := n.Now.Date()
		certificate, err := number.NewCertificate(n.IDs["core"], day, sequence+1)
		if err != nil {
			t.Fatal(err)
		}
		numbers[creditor] = certificate
		items = append(items, map[string]any{"function": "certificate:Issue", "argument": map[string]any{
			"number": certificate, "creditor": n.IDs[creditor], "face": "1000.00", "maturity": day.AddDays(90), "currency": "CNY",
			"reference": "ref-" + creditor, "contract": contract,
			"allocations": []map[string]any{{"invoice": invoice, "amount": "1000.00"}},
		}})
	}
	batch := n.Must("core/maker", "batch:Run", map[string]any{"items": items})
	own := n.Must("tier1/maker", "certificate:Accept", map[string]any{"certificate": numbers["tier1"]})
	guess := func(when string) {
		for holding := range 2 {
			for _, known := range []string{batch.TxID.String(), own.TxID.String(), batch.TxID.String() + own.TxID.String()} {
				mark := sha256.Sum256(fmt.Appendf(nil, "tierledger paper\x00%s\x00%s\x00%d", known, numbers["tier2"], holding))
				uri := fmt.Sprintf("/v1/verifications/%x?certificate=%s&holding=%d", mark, numbers["tier2"], holding)
				if a := n.ask("", http.MethodGet, uri, ""); a.status != http.StatusNotFound {
					t.Errorf("%s: tier1 learns of tier2's certificate: %s", when, a.body)
				}
			}
		}
	}
	guess("before it is accepted")
	for _, path := range []string{"/paper", "/holdings/1/paper"} {
		if a := n.ask("core/maker", http.MethodGet, "/v1/certificates/"+numbers["tier2"]+path, ""); a.code(t) != "CERTIFICATE_STATE" {
			t.Errorf("a paper of what nobody accepted: %d %.80q", a.status, a.body)
		}
	}
	n.Must("tier2/maker", "certificate:Accept", map[string]any{"certificate": numbers["tier2"]})
	guess("after it was accepted")
	if a := n.ask("tier2/maker", http.MethodGet, "/v1/certificates/"+numbers["tier2"]+"/paper", ""); a.status != http.StatusOK {
		t.Errorf("the paper of an accepted certificate: %d %s", a.status, a.body)
	}
}

// The link on a paper is the one that verifies it.
func TestTheLinkOnAPaperIsThePublicAddress(t *testing.T) {
	s := tell(t)
	s.serve(func(c *api.Config) { c.PublicURL = "https://node.bank.example" })
	a := s.ask("tier2/maker", http.MethodGet, "/v1/certificates/"+s.certificate+"/holdings/2/paper", "")
	b := s.ask("core/maker", http.MethodGet, "/v1/certificates/"+s.certificate+"/holdings/2/paper", "")
	if a.status != http.StatusOK || a.body != b.body {
		t.Errorf("two readers of one height get %d and %d bytes", len(a.body), len(b.body))
	}
}

// financed has tier2 sell half of what it holds.
func (s *story) financed() {
	s.Helper()
	s.Accounts("bank1", "bank1", "core", "tier2")
	s.PostRate("bank1", "plain", ledgertest.Terms(record.SaleWithoutRecourse))
	s.Finance("tier2", "bank1", "plain", s.Leg(s.certificate, 2, interval.Of(1, 20_000_000)))
}

func TestStatementsAreGivenInEveryForm(t *testing.T) {
	s := tell(t)
	s.financed()
	var st struct {
		Held struct {
			Opening string `json:"opening"`
			In      string `json:"in"`
			Out     string `json:"out"`
			Closing string `json:"closing"`
			Entries []struct {
				Kind string `json:"kind"`
				In   bool   `json:"in"`
			} `json:"entries"`
		} `json:"held"`
		Payments []struct {
			Purpose  string `json:"purpose"`
			Amount   string `json:"amount"`
			Interest string `json:"interest"`
		} `json:"payments"`
	}
	read(t, s.ask("tier2/checker", http.MethodGet, "/v1/statements/2026-01", ""), &st)
	if st.Held.Opening != "0.00" || st.Held.In != "400000.00" || st.Held.Out != "200000.00" || st.Held.Closing != "200000.00" ||
		len(st.Held.Entries) != 2 || len(st.Payments) != 1 || st.Payments[0].Purpose != "financing" {
		t.Errorf("%+v", st)
	}
	pdf := s.ask("tier2/maker", http.MethodGet, "/v1/statements/2026-01/paper", "")
	if pdf.status != http.StatusOK || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("%d %.80s", pdf.status, pdf.body)
	}
	xlsx := s.ask("tier2/maker", http.MethodGet, "/v1/statements/2026-01/sheet", "")
	book, err := excelize.OpenReader(strings.NewReader(xlsx.body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || len(rows) < 6 || rows[1][2] != "期初余额" {
		t.Fatalf("%v %v", rows, err)
	}
	if balance, err := book.GetCellValue(book.GetSheetName(0), "H5"); err != nil || balance != "200,000.00" {
		t.Errorf("the closing balance reads %q %v: %v", balance, err, rows)
	}
	// A member's months are its own.
	for uri, want := range map[string]string{
		"/v1/statements/2026-01?member=" + s.IDs["tier1"]: "NOT_AUTHORISED",
		"/v1/statements/2026-01?member=nobody":            "NOT_AUTHORISED",
		"/v1/statements/2026-13":                          "BAD_DATE",
		"/v1/statements/2099-01/paper":                    "BAD_DATE",
		"/v1/accounting/2026-01?member=" + s.IDs["core"]:  "NOT_AUTHORISED",
		"/v1/accounting/2026-01?format=exe":               "BAD_REQUEST",
		"/v1/accounting/2026-01?model=fair":               "BAD_REQUEST",
	} {
		if a := s.ask("tier2/maker", http.MethodGet, uri, ""); a.code(t) != want {
			t.Errorf("%s: %d %s", uri, a.status, a.body)
		}
	}
	if a := s.ask("auditor/maker", http.MethodGet, "/v1/statements/2026-01?member="+s.IDs["tier1"], ""); a.status != http.StatusOK {
		t.Errorf("the auditor gets %d %s", a.status, a.body)
	}
	if a := s.ask("auditor/maker", http.MethodGet, "/v1/statements/2026-01?member=nobody", ""); a.code(t) != "NOT_FOUND" {
		t.Errorf("the auditor gets %d %s", a.status, a.body)
	}
}

func TestVouchersAreGivenAsAFile(t *testing.T) {
	s := tell(t)
	s.financed()
	a := s.ask("tier2/maker", http.MethodGet, "/v1/accounting/2026-01?format=csv", "")
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("%v %v", rows, err)
	}
	accounts := map[string]bool{}
	for _, row := range rows[1:] {
		accounts[row[3]] = true
	}
	for _, want := range []string{"应收款项融资", "应收账款", "银行存款", "财务费用"} {
		if !accounts[want] {
			t.Errorf("no line of %s in %v", want, rows)
		}
	}
	collect := s.ask("tier2/maker", http.MethodGet, "/v1/accounting/2026-01?format=csv&model=collect", "")
	if strings.Contains(collect.body, "应收款项融资") || !strings.Contains(collect.body, "应收账款—电子债权凭证") {
		t.Errorf("held to be collected: %s", collect.body)
	}
	if book := s.ask("tier2/maker", http.MethodGet, "/v1/accounting/2026-01", ""); !bytes.HasPrefix([]byte(book.body), []byte("PK")) {
		t.Errorf("%d %.60q", book.status, book.body)
	}
}

// The capability in a path is not for the log.
func TestTheLogHasNoPapersTransaction(t *testing.T) {
	s := tell(t)
	var log bytes.Buffer
	s.serve(func(c *api.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	link := s.linkOf(s.certificate, 2)
	s.verified(link)
	if secret := regexp.MustCompile(`[0-9a-f]{64}`).FindString(link); secret == "" || strings.Contains(log.String(), secret) {
		t.Errorf("the log has %q", log.String())
	}
}

// answersOfPaper asks for what the documents answer as JSON.
func answersOfPaper(t *testing.T, answers map[string]any) {
	t.Helper()
	s := tell(t)
	s.financed()
	answers["verifyPaper"] = decoded(t, s.ask("", http.MethodGet, s.linkOf(s.certificate, 2), ""))
	answers["getStatement"] = decoded(t, s.ask("tier2/maker", http.MethodGet, "/v1/statements/2026-01", ""))
	answers["writeVouchers"] = decoded(t, s.ask("tier2/maker", http.MethodGet, "/v1/accounting/2026-01?format=json", ""))
	answers["previewBatch"] = decoded(t, s.ask("core/maker", http.MethodPost, "/v1/batches/preview?days=60",
		`{"rows":[{"reference":"AP-1","creditor":"`+s.IDs["tier1"]+`","amount":"12.5","contract":"none","invoices":"none"}]}`))
}
