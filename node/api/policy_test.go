package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/policy"
)

// policies opens an empty book for a node.
func policies(t testing.TB) func(*api.Config) {
	t.Helper()
	book, err := policy.OpenBook(ownData(t))
	if err != nil {
		t.Fatal(err)
	}
	return func(c *api.Config) { c.Policies = book }
}

// policyText quotes for everybody up to 200,000.00 at the given rate, and refers
// what is above.
func policyText(rate string) []byte {
	return []byte(strings.ReplaceAll(`name: test
rules:
  - id: large
    dimension: scenario
    when: scenario.amount > 20000000
    then: refer
    reason: It is large.
    reasonZh: 金额较大。
pricing:
  kind: sale-without-recourse
  basis: 360
  interest: prepaid
  rate: RATE
  advance: 1000000
  fee: 2000
  validHours: 4
`, "RATE", rate))
}

// The policy of the bank that runs the node, from the first file to the test of the
// next.
func TestABanksPolicy(t *testing.T) {
	n := newNode(t, policies(t))
	ctx := t.Context()
	for _, alias := range []string{"core", "tier1"} {
		n.Enrol(alias)
	}
	n.Accounts("bank1", "bank1", "core", "tier1")
	certificate := n.Issue("core", "tier1", "first", "1000000.00", 1)
	small := n.Request("tier1", n.Leg(certificate, 1, interval.Of(1, 10_000_000)))
	large := n.Request("tier1", n.Leg(certificate, 1, interval.Of(10_000_001, 40_000_000)))
	maker, reviewer := n.client("bank1/maker"), n.client("bank1/reviewer")

	if list, err := maker.PolicyVersions(ctx); err != nil || len(list) != 0 {
		t.Errorf("before the first one: %+v %v", list, err)
	}
	if _, err := maker.Decide(ctx, small); !code.NotFound.Is(err) {
		t.Errorf("a decision without a policy: %v", err)
	}
	if _, err := maker.AdoptPolicy(ctx, policyText("26200")); !code.NotAuthorised.Is(err) {
		t.Errorf("a maker adopts a policy: %v", err)
	}
	if _, err := reviewer.AdoptPolicy(ctx, []byte("name: nothing")); !code.BadConfig.Is(err) {
		t.Errorf("a policy without rules: %v", err)
	}
	for range 2 { // the same file is the same version
		v, err := reviewer.AdoptPolicy(ctx, policyText("26200"))
		if err != nil || v.Number != 1 || v.By.Person != "reviewer" {
			t.Fatalf("adopted: %+v %v", v, err)
		}
	}
	if v, err := maker.PolicyVersion(ctx, 0); err != nil || v.Number != 1 || v.Text != string(policyText("26200")) {
		t.Errorf("the active version: %+v %v", v, err)
	}
	n.decides(maker, small, large)

	c, err := maker.TestPolicy(ctx, policyText("30000"))
	if err != nil || c.Decisions != 2 || c.Different != 1 || c.Differences[0].Old.Terms.Rate != 2_6200 || c.Differences[0].New.Terms.Rate != 3_0000 {
		t.Errorf("another rate: %+v %v", c, err)
	}
	if list, err := maker.PolicyVersions(ctx); err != nil || len(list) != 1 || !list[0].Active {
		t.Errorf("a test adopts nothing: %+v %v", list, err)
	}
}

// decides checks the decisions on a small and a large request, their list, page by
// page, and their replay.
func (n *node) decides(maker *client.Client, small, large string) {
	n.Helper()
	ctx := n.Context()
	for range 2 { // equal facts, the same decision
		d, err := maker.Decide(ctx, small)
		if err != nil || d.Number != 1 || d.Outcome != client.OutcomeQuote || d.Terms == nil || d.Terms.Rate != 2_6200 {
			n.Fatalf("a small request: %+v %v", d, err)
		}
	}
	d, err := maker.Decide(ctx, large)
	if err != nil || d.Outcome != client.OutcomeRefer || len(d.Fired) != 1 || d.Fired[0].Rule != "large" {
		n.Fatalf("a large request: %+v %v", d, err)
	}
	if _, err := maker.Decide(ctx, "none"); !code.NotFound.Is(err) {
		n.Errorf("a request that is none: %v", err)
	}
	all, err := collect(maker.Decisions(ctx, ""))
	if err != nil || len(all) != 2 || all[0].Financing != small || all[1].Financing != large {
		n.Errorf("all decisions: %+v %v", all, err)
	}
	if own, err := collect(maker.Decisions(ctx, large)); err != nil || len(own) != 1 || own[0].Number != 2 {
		n.Errorf("decisions on one: %+v %v", own, err)
	}
	var page struct {
		Items []client.Decision `json:"items"`
		Next  string            `json:"next"`
	}
	read(n, n.ask("bank1/maker", http.MethodGet, "/v1/policy/decisions?limit=1", ""), &page)
	if len(page.Items) != 1 || page.Next != "1" {
		n.Errorf("the first page: %+v", page)
	}
	if a := n.ask("bank1/maker", http.MethodGet, "/v1/policy/decisions?cursor=x", ""); a.code(n) != "BAD_CURSOR" {
		n.Errorf("a cursor that is none: %d %s", a.status, a.body)
	}
	r, err := maker.Replay(ctx, 2)
	if err != nil || !r.Same || r.Again.Outcome != client.OutcomeRefer {
		n.Errorf("replayed: %+v %v", r, err)
	}
	if _, err := maker.Replay(ctx, 3); !code.NotFound.Is(err) {
		n.Errorf("a decision that was not made: %v", err)
	}
}

// A bank's policy is its own: nobody else is told what exists, not even those who
// see all of the ledger.
func TestNobodyElseSeesABanksPolicy(t *testing.T) {
	n := newNode(t, policies(t))
	n.Enrol("core")
	text, err := json.Marshal(map[string]string{"text": string(policyText("26200"))})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ method, uri, body string }{
		{http.MethodPost, "/v1/policy/versions", string(text)},
		{http.MethodGet, "/v1/policy/versions", ""},
		{http.MethodGet, "/v1/policy/versions/0", ""},
		{http.MethodPost, "/v1/policy/decisions", `{"financing":"f1"}`},
		{http.MethodGet, "/v1/policy/decisions", ""},
		{http.MethodGet, "/v1/policy/decisions/1", ""},
		{http.MethodPost, "/v1/policy/test", string(text)},
	} {
		for _, who := range []string{"bank2/reviewer", "bank2/maker", "operator/maker", "auditor/maker", "core/maker"} {
			if a := n.ask(who, c.method, c.uri, c.body); a.status != http.StatusForbidden || a.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s: %s %s: %d %s", who, c.method, c.uri, a.status, a.body)
			}
		}
		if a := n.ask("", c.method, c.uri, c.body); a.status != http.StatusUnauthorized {
			t.Errorf("nobody: %s %s: %d %s", c.method, c.uri, a.status, a.body)
		}
	}
}

// answersOfPolicy has bank1 adopt a policy and decide on a request.
func (s *story) answersOfPolicy(answers map[string]any) {
	s.Helper()
	id := s.Request("tier2", s.Leg(s.certificate, 2, interval.Of(20_000_001, 30_000_000)))
	adopt, err := json.Marshal(map[string]string{"text": string(policyText("26200"))})
	if err != nil {
		s.Fatal(err)
	}
	for _, c := range []struct{ operation, who, method, uri, body string }{
		{"adoptPolicy", "bank1/reviewer", http.MethodPost, "/v1/policy/versions", string(adopt)},
		{"listPolicyVersions", "bank1/maker", http.MethodGet, "/v1/policy/versions", ""},
		{"getPolicyVersion", "bank1/maker", http.MethodGet, "/v1/policy/versions/0", ""},
		{"decideFinancing", "bank1/maker", http.MethodPost, "/v1/policy/decisions", `{"financing":"` + id + `"}`},
		{"listDecisions", "bank1/maker", http.MethodGet, "/v1/policy/decisions", ""},
		{"replayDecision", "bank1/maker", http.MethodGet, "/v1/policy/decisions/1", ""},
		{"testPolicy", "bank1/maker", http.MethodPost, "/v1/policy/test", strings.Replace(string(adopt), "26200", "30000", 1)},
	} {
		answers[c.operation] = decoded(s, s.ask(c.who, c.method, c.uri, c.body))
	}
}
