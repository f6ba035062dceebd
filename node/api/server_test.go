package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func randomReader() io.Reader { return rand.Reader }

// allFunctions is what package node hands over.
func allFunctions() []api.Function {
	var list []api.Function
	for _, f := range chaincode.Functions() {
		list = append(list, api.Function{
			Name: f.Name, Roles: f.Roles, Quorum: f.Quorum, Argument: f.Argument, Result: f.Result,
			Proposable: f.Proposable, Batchable: f.Batchable, HasAmount: f.HasAmount,
		})
	}
	return list
}

// fingerprint is as package node makes it of the banks' key.
func fingerprint(epoch uint32, f api.InvoiceFacts) (record.Digest, error) {
	facts := evidence.InvoiceFacts(f)
	if err := facts.Check(); err != nil {
		return record.Digest{}, err
	}
	if epoch != 1 && epoch != 2 {
		return record.Digest{}, code.EvidenceEpoch.New("epoch %d", epoch)
	}
	return evidence.Fingerprint(bytes.Repeat([]byte{6 + byte(epoch)}, 32), epoch, facts), nil
}

func TestProblemsSpeakTheReadersLanguage(t *testing.T) {
	n := newNode(t)
	for header, want := range map[string]string{
		"":                           "The request carries no valid login.",
		"en":                         "The request carries no valid login.",
		"fr, en;q=0.5":               "The request carries no valid login.",
		"zh-CN":                      "请求未通过身份验证。",
		"zh-Hant-TW;q=0.9, en;q=0.2": "请求未通过身份验证。",
		"en, zh;q=0.9":               "The request carries no valid login.",
		",,;;q=":                     "The request carries no valid login.",
	} {
		a := n.send(http.MethodGet, "/v1/worklist", "", http.Header{"Accept-Language": {header}})
		if !strings.Contains(a.body, want) {
			t.Errorf("%q: %s", header, a.body)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	n := newNode(t)
	for sent, kept := range map[string]bool{"erp-2026.09_1": true, "": false, strings.Repeat("a", 65): false, "a b": false, "a\tb": false} {
		a := n.send(http.MethodGet, "/v1/worklist", "", http.Header{"X-Request-Id": {sent}})
		got := a.header.Get("X-Request-Id")
		if kept != (got == sent) || got == "" || !strings.Contains(a.body, `"requestId":"`+got+`"`) {
			t.Errorf("sent %q, got %q in %s", sent, got, a.body)
		}
	}
}

// A fault inside shows nothing but the request's id, and the next request is
// answered.
func TestAPanicIsOneProblemOnly(t *testing.T) {
	var log safeBuffer
	n := newNode(t, func(c *api.Config) {
		c.Fingerprint = func(uint32, api.InvoiceFacts) (record.Digest, error) { panic("secret of the house") }
		c.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	a := n.ask("bank1/maker", http.MethodPost, "/v1/evidence/fingerprints", facts(n, n.IDs["bank1"], n.IDs["bank2"], 1))
	if a.status != http.StatusInternalServerError || a.code(t) != "INTERNAL" || strings.Contains(a.body, "secret") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if !strings.Contains(log.String(), "secret of the house") || !strings.Contains(log.String(), "requestId=same") {
		t.Errorf("the log does not tell: %s", log.String())
	}
	if a := n.ask("", http.MethodGet, "/v1/status", ""); a.status != http.StatusOK {
		t.Errorf("afterwards: %d", a.status)
	}
}

// The access log holds neither tokens nor queries nor bodies.
func TestTheAccessLogKeepsSecrets(t *testing.T) {
	var log safeBuffer
	n := newNode(t, func(c *api.Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	uri := "/v1/holdings?owner=" + n.IDs["bank1"]
	token := n.login("bank1/maker", http.MethodGet, uri, nil)
	n.send(http.MethodGet, uri, "", http.Header{"Authorization": {token}})
	raw := n.Sign("bank1/maker", "sweep:Run", sweep)
	n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	for _, secret := range []string{token, "owner=", string(raw), "Bearer"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
	}
	if !strings.Contains(log.String(), "path=/v1/holdings status=200") || !strings.Contains(log.String(), "member="+n.IDs["bank1"]) {
		t.Errorf("the log: %s", log.String())
	}
}

func TestHealthAndMetrics(t *testing.T) {
	n := newNode(t)
	for path, want := range map[string]string{"/health/live": `"ok":true`, "/health/ready": `"ok":true`, "/metrics": "scf_height 1"} {
		if a := n.ask("", http.MethodGet, path, ""); a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	n.ask("", http.MethodPost, "/v1/transactions", "{}")
	if a := n.ask("", http.MethodGet, "/metrics", ""); !strings.Contains(a.body, `route="POST /v1/transactions",status="422"`) {
		t.Errorf("metrics: %s", a.body)
	}
	if err := n.server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := n.ask("", http.MethodGet, "/v1/status", ""); a.status != http.StatusServiceUnavailable || a.code(t) != "NODE_STOPPING" {
		t.Errorf("while stopping: %d %s", a.status, a.body)
	}
}

// Every operation is described, every reference resolves, and nothing is fetched
// from elsewhere.
func TestTheAPIDescribesItself(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Functions = allFunctions() })
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID          string                `json:"operationId"`
			Summary     string                `json:"summary"`
			Description string                `json:"description"`
			Tags        []string              `json:"tags"`
			Security    []map[string][]string `json:"security"`
			Responses   map[string]struct {
				Content map[string]struct {
					Example any `json:"example"`
				} `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	a := n.ask("", http.MethodGet, "/openapi.json", "")
	read(t, a, &doc)
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) < 20 {
		t.Errorf("OpenAPI %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.ID == "" || op.Summary == "" || op.Description == "" || len(op.Tags) == 0 {
				t.Errorf("%s %s is not described", method, path)
			}
			if _, ok := op.Responses["default"].Content["application/problem+json"]; !ok {
				t.Errorf("%s %s does not describe its refusals", method, path)
			}
			if media, ok := op.Responses["200"].Content["application/json"]; ok && media.Example == nil {
				t.Errorf("%s %s has no example", method, path)
			}
		}
	}
	for rest := a.body; ; {
		_, after, found := strings.Cut(rest, `"$ref":"#/components/schemas/`)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, `"`)
		if _, ok := doc.Components.Schemas[name]; !ok {
			t.Errorf("no schema %s", name)
		}
		rest = tail
	}
	for _, outside := range []string{"http://", "https://"} {
		if strings.Contains(a.body, outside) {
			t.Errorf("the description names %s", outside)
		}
	}
	if a := n.ask("", http.MethodGet, "/openapi.yaml", ""); a.status != http.StatusOK || !strings.HasPrefix(a.body, "components:") {
		t.Errorf("YAML: %d %.80s", a.status, a.body)
	}
	if a := n.ask("", http.MethodGet, "/docs", ""); a.status != http.StatusNotFound {
		t.Errorf("/docs: %d", a.status)
	}
}

func TestTheContractFunctionsAreDescribed(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Functions = allFunctions() })
	var got struct {
		Functions []struct {
			Name     string         `json:"name"`
			Argument map[string]any `json:"argument"`
		} `json:"functions"`
		Schemas map[string]struct {
			Properties map[string]struct {
				Type    any    `json:"type"`
				Pattern string `json:"pattern"`
			} `json:"properties"`
		} `json:"schemas"`
	}
	read(t, n.ask("", http.MethodGet, "/v1/functions", ""), &got)
	if len(got.Functions) != len(chaincode.Functions()) {
		t.Errorf("%d functions, want %d", len(got.Functions), len(chaincode.Functions()))
	}
	i := slices.IndexFunc(got.Functions, func(f struct {
		Name     string         `json:"name"`
		Argument map[string]any `json:"argument"`
	}) bool {
		return f.Name == "certificate:Issue"
	})
	ref, _ := got.Functions[i].Argument["$ref"].(string)
	face := got.Schemas[strings.TrimPrefix(ref, "#/schemas/")].Properties["face"]
	if face.Type != "string" || face.Pattern == "" {
		t.Errorf("the face of an issue is described as %+v", face)
	}
}

// facts is the body that asks for fingerprints of count invoices.
func facts(t testing.TB, seller, buyer string, count int) string {
	t.Helper()
	list := make([]client.InvoiceFacts, count)
	for i := range list {
		list[i] = client.InvoiceFacts{Number: "25332000000000000001", Date: 20_000, Seller: seller, Buyer: buyer, Amount: money.Fen(100 + i)}
	}
	text, err := json.Marshal(map[string]any{"facts": list})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFingerprints(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Fingerprint, c.Quota = fingerprint, 10 })
	for _, alias := range []string{"buyer", "seller", "outsider"} {
		n.Enrol(alias)
	}
	const uri = "/v1/evidence/fingerprints"
	seller := n.client("seller/maker")
	list := []client.InvoiceFacts{
		{Number: "25332000000000000001", Date: 20_000, Seller: n.IDs["seller"], Buyer: n.IDs["buyer"], Amount: 100},
		{Number: "12", Date: 20_000, Seller: n.IDs["seller"], Buyer: n.IDs["buyer"], Amount: 100},
	}
	got, err := seller.Fingerprints(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	if got.Scheme != evidence.SchemeHMAC || got.Epoch != 1 || got.Fingerprints[0].Fingerprint.IsZero() || got.Fingerprints[0].Refusal != nil {
		t.Errorf("%+v", got)
	}
	if r := got.Fingerprints[1].Refusal; r == nil || r.Code != code.BadArgument || !got.Fingerprints[1].Fingerprint.IsZero() {
		t.Errorf("facts that no invoice has: %+v", got.Fingerprints[1])
	}
	if a := n.ask("outsider/maker", http.MethodPost, uri, facts(t, n.IDs["seller"], n.IDs["buyer"], 1)); a.code(t) != "NOT_AUTHORISED" {
		t.Errorf("others' invoices: %d %s", a.status, a.body)
	}
	if a := n.ask("buyer/maker", http.MethodPost, uri, facts(t, n.IDs["seller"], n.IDs["buyer"], 10)); a.status != http.StatusOK {
		t.Errorf("the buyer's: %d %s", a.status, a.body)
	}
	over := n.ask("buyer/checker", http.MethodPost, uri, facts(t, n.IDs["seller"], n.IDs["buyer"], 1))
	if over.status != http.StatusTooManyRequests || over.code(t) != "QUOTA_EXCEEDED" {
		t.Errorf("over the quota of the member: %d %s", over.status, over.body)
	}
	n.Now = n.Now.Add(24 * time.Hour)
	n.Commit()
	if a := n.ask("buyer/maker", http.MethodPost, uri, facts(t, n.IDs["seller"], n.IDs["buyer"], 1)); a.status != http.StatusOK {
		t.Errorf("the day after: %d %s", a.status, a.body)
	}
	for name, body := range map[string]string{
		"none": `{"facts":[]}`, "too many": facts(t, n.IDs["seller"], n.IDs["buyer"], 501), "no facts": `{}`,
		"a number as amount": strings.Replace(facts(t, n.IDs["seller"], n.IDs["buyer"], 1), `"1.00"`, `1.00`, 1),
		"three decimals":     strings.Replace(facts(t, n.IDs["seller"], n.IDs["buyer"], 1), `"1.00"`, `"1.000"`, 1),
	} {
		if a := n.ask("seller/maker", http.MethodPost, uri, body); a.code(t) != "BAD_REQUEST" || a.status >= 500 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	n.serve()
	if a := n.ask("seller/maker", http.MethodPost, uri, facts(t, n.IDs["seller"], n.IDs["buyer"], 1)); a.code(t) != "NOT_FOUND" {
		t.Errorf("a node without the key: %d %s", a.status, a.body)
	}
}

// The banks change their key: an invoice registered under the old one is the same
// invoice under the new one, to those who record it and to the bank that attests
// it. A node that was not given the key of an epoch makes no fingerprints.
func TestAnInvoiceIsKnownAfterTheBanksChangeTheirKey(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Fingerprint = fingerprint })
	n.Enrol("buyer")
	n.Enrol("seller")
	contract, _ := n.Ledger.Invoice("buyer", "seller", "an invoice", "1.00")
	seller := n.client("seller/maker")
	facts := []client.InvoiceFacts{
		{Number: "25332000000000000001", Date: n.Now.Date(), Seller: n.IDs["seller"], Buyer: n.IDs["buyer"], Amount: 100},
		{Number: "25332000000000000002", Date: n.Now.Date(), Seller: n.IDs["seller"], Buyer: n.IDs["buyer"], Amount: 200},
	}
	ask := func() *client.Fingerprints {
		t.Helper()
		made, err := seller.Fingerprints(t.Context(), facts)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	register := func(made *client.Fingerprints, i int) code.Code {
		t.Helper()
		f := facts[i]
		o := n.Do("seller/maker", "evidence:RecordInvoice", evidence.InvoiceArgument{
			Fingerprint: made.Fingerprints[i].Fingerprint, OtherFingerprint: made.Fingerprints[i].Other(),
			Scheme: made.Scheme, Epoch: made.Epoch, Seller: f.Seller, Buyer: f.Buyer, Contract: contract,
			Amount: f.Amount, Date: f.Date,
		})
		return code.Code(o.Code)
	}
	first := ask()
	if len(first.Fingerprints[0].Earlier) != 0 || !first.Fingerprints[0].Other().IsZero() {
		t.Errorf("in the first epoch there is no other key: %+v", first)
	}
	if got := register(first, 0); got != code.OK {
		t.Fatalf("in the first epoch: %s", got)
	}
	rotate := func(epoch uint32) {
		t.Helper()
		o := n.Approve("bank1/maker", "member:SetFingerprintEpoch", map[string]any{"epoch": epoch}, "bank2/maker", "bank3/maker")
		if o.Code != 0 {
			t.Fatalf("epoch %d: %s %s", epoch, code.Code(o.Code), o.Detail)
		}
	}
	rotate(2)
	second := ask()
	if second.Epoch != 2 || second.Fingerprints[0].Other() != first.Fingerprints[0].Fingerprint {
		t.Errorf("in the second epoch the other fingerprint is the first one's: %+v", second)
	}
	if got := register(second, 0); got != code.EvidenceDuplicate {
		t.Errorf("the invoice of the first epoch again: %s", got)
	}
	if got := register(second, 1); got != code.OK {
		t.Errorf("a new invoice: %s", got)
	}
	for i, registered := range []*client.Fingerprints{first, second} {
		others, ok := second.Fingerprints[i].Others(registered.Fingerprints[i].Fingerprint)
		if !ok || len(others) != 1 {
			t.Fatalf("invoice %d: others %v", i, others)
		}
		n.Must("bank1/reviewer", "evidence:Verify", evidence.VerifyArgument{
			Invoice: registered.Fingerprints[i].Fingerprint, Kind: record.TaxCheck, Good: true,
			Document: registered.Fingerprints[i].Fingerprint, Others: others,
		})
	}
	if _, ok := second.Fingerprints[0].Others(second.Fingerprints[1].Fingerprint); ok {
		t.Error("another invoice's fingerprint is taken for this one's")
	}
	rotate(3)
	if r := ask().Fingerprints[0].Refusal; r == nil || r.Code != code.EvidenceEpoch {
		t.Errorf("a node without the key of the third epoch: %+v", r)
	}
}

// Nodes that are not at the same height are compared at one that both have.
func TestTheAppHashOfARecentHeight(t *testing.T) {
	n := newNode(t)
	seen := map[int64]record.Digest{}
	for range 3 {
		n.Enrol(fmt.Sprintf("firm%d", len(seen)))
		head := n.Store.Head()
		seen[head.Height] = head.AppHash
	}
	c := n.client("bank1/maker")
	for height, hash := range seen {
		s, err := c.StatusAt(t.Context(), height)
		if err != nil {
			t.Fatal(err)
		}
		if s.At == nil || s.At.Height != height || s.At.AppHash != hash || s.Height != n.Store.Head().Height {
			t.Errorf("at %d: %+v", height, s)
		}
	}
	if s, err := c.Status(t.Context()); err != nil || s.At != nil {
		t.Errorf("no height was asked for: %+v %v", s, err)
	}
	if _, err := c.StatusAt(t.Context(), n.Store.Head().Height+1); !code.NotFound.Is(err) {
		t.Errorf("a height to come: %v", err)
	}
	for _, height := range []string{"-1", "x", "99999999999999999999"} {
		if a := n.ask("", http.MethodGet, "/v1/status?height="+height, ""); a.code(t) != "BAD_REQUEST" {
			t.Errorf("height %s: %d %s", height, a.status, a.body)
		}
	}
}

// A disk that fails is INTERNAL to the client and unready to the load balancer.
func TestAStoreThatIsGone(t *testing.T) {
	n := newNode(t)
	if err := n.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if a := n.ask("bank1/maker", http.MethodGet, "/v1/worklist", ""); a.status != http.StatusInternalServerError || a.code(t) != "INTERNAL" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// Whatever stands in a query is answered, and never as a fault of the node.
func FuzzHoldingsQuery(f *testing.F) {
	f.Add("limit=3&cursor=AAAA")
	f.Add("owner=%00&paymentFrom=2026-01-01")
	f.Add("tier=1&state=active&debtor=%E4%BB%98")
	f.Add("cursor=" + encode([]byte("o91330100000000000X\x00")))
	n := fuzzed(f)
	f.Fuzz(func(t *testing.T, query string) {
		u := url.URL{Path: "/v1/holdings", RawQuery: query}
		uri := u.RequestURI()
		r := httptest.NewRequest(http.MethodGet, "/v1/holdings", nil)
		r.URL, r.RequestURI = &u, uri
		if len(uri) <= 2000 && printable(uri) {
			r.Header.Set("Authorization", loginAs(t, n.Keys["bank1/maker"], http.MethodGet, uri, nil))
		}
		answered(t, n, r)
	})
}

// Whatever is submitted is answered, and never as a fault of the node.
func FuzzSubmission(f *testing.F) {
	n := fuzzed(f)
	f.Add(submission(f, n.Sign("bank1/maker", "sweep:Run", sweep)))
	f.Add(`{"transaction":"a.b.c"}`)
	f.Add(`{"transaction":null}`)
	f.Add("[[[[[[[[")
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/v1/transactions", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		answered(t, n, r)
	})
}

func fuzzed(f *testing.F) *node {
	f.Helper()
	n := &node{Ledger: ledgertest.New(f), finals: api.NewFinals(), waiting: make(chan struct{}, 1<<20)}
	n.serve()
	return n
}

func answered(t *testing.T, n *node, r *http.Request) {
	t.Helper()
	w := httptest.NewRecorder()
	n.server.Handler().ServeHTTP(w, r)
	if w.Code >= http.StatusInternalServerError || !jsontext.Value(w.Body.Bytes()).IsValid() {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' })
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// Where nothing is sent at all, the answer says so rather than that something is wrong.
func TestAnEmptyBodyIsNamed(t *testing.T) {
	n := newNode(t)
	const uri = "/v1/batches/preview"
	h := http.Header{"Authorization": {n.login("bank1/maker", http.MethodPost, uri, nil)}, "Content-Type": {"text/csv"}}
	if a := n.send(http.MethodPost, uri, "", h); a.code(t) != "BAD_REQUEST" || !strings.Contains(a.body, `"detail":"request body is required"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
