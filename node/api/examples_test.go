package api_test

import (
	"flag"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
)

var update = flag.Bool("update", false, "write the examples of the API's description anew") //nolint:gochecknoglobals // a flag

const examplesFile = "examples.json"

// The examples in the description are answers of a real node: what a node answers
// today has the same members.
func TestTheExamplesAreRealAnswers(t *testing.T) {
	answers := answersOfEveryKind(t)
	if *update {
		text, err := json.Marshal(answers, json.Deterministic(true), jsontext.WithIndent("  "))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(examplesFile, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(examplesFile)
	if err != nil {
		t.Fatal(err)
	}
	var written map[string]any
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		if want, got := shape(answers[id]), shape(written[id]); !reflect.DeepEqual(want, got) {
			t.Errorf("%s answers %v, the example has %v; run this test with -update", id, want, got)
		}
	}
	if len(written) != len(answers) {
		t.Errorf("%d examples for %d operations", len(written), len(answers))
	}
}

// shape is a value without its texts and numbers.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, member := range v {
			out[name] = shape(member)
		}
		return out
	case []any:
		if len(v) == 0 {
			return []any{}
		}
		return []any{shape(v[0])}
	default:
		return nil
	}
}

// answersOfEveryKind asks a node for everything once.
func answersOfEveryKind(t *testing.T) map[string]any {
	t.Helper()
	s := tell(t)
	s.serve(func(c *api.Config) { c.Functions, c.Fingerprint, c.Version = allFunctions(), fingerprint, "1.0.0" }, policies(t), notices(s.Ledger), joining(t))
	s.Must("bank1/maker", "credit:Grant", map[string]any{
		"id": "line-1", "debtor": s.IDs["core"], "limit": "5000000.00", "from": s.Now.Date(), "to": s.Now.Date().AddDays(300),
	})
	certificate := "/v1/certificates/" + s.certificate
	answers := map[string]any{}
	for id, c := range map[string]struct{ who, uri string }{
		"getStatus":             {"", "/v1/status"},
		"live":                  {"", "/health/live"},
		"ready":                 {"", "/health/ready"},
		"listFunctions":         {"", "/v1/functions"},
		"getTransaction":        {"core/maker", "/v1/transactions/" + s.issue.String()},
		"getCertificate":        {"core/maker", certificate},
		"getCertificateTree":    {"core/maker", certificate + "/tree"},
		"getCertificateHistory": {"core/maker", certificate + "/history?limit=1"},
		"getCertificateLineage": {"core/maker", certificate + "/lineage?limit=1"},
		"listCertificates":      {"core/maker", "/v1/certificates"},
		"listHoldings":          {"tier2/maker", "/v1/holdings"},
		"getMember":             {"core/maker", "/v1/members/" + s.IDs["tier1"]},
		"listMembers":           {"bank1/maker", "/v1/members?limit=1"},
		"getCredential":         {"core/maker", "/v1/credentials/" + record.Digest(s.Keys["core/maker"].Public().ID()).String()},
		"listLines":             {"bank1/maker", "/v1/lines"},
		"getInvoice":            {"tier2/maker", "/v1/invoices/" + s.invoice.String()},
		"getProposal":           {"core/admin2", "/v1/proposals/" + s.proposal},
		"getTransfer":           {"tier3/maker", "/v1/transfers/" + s.offer},
		"listWorklist":          {"tier3/maker", "/v1/worklist"},
		"getRulePack":           {"core/maker", "/v1/rules/pack"},
		"getReference":          {"core/maker", "/v1/references/" + s.IDs["core"] + "/ref-first"},
	} {
		answers[id] = decoded(t, s.ask(c.who, http.MethodGet, c.uri, ""))
	}
	s.answersOfFinancing(answers)
	s.answersOfPolicy(answers)
	s.answersOfEvents(answers)
	s.answersOfReports(answers)
	s.answersOfJoining(answers)
	answersOfClearing(t, answers)
	answersOfBankMessages(t, answers)
	answersOfPaper(t, answers)
	answersOfLists(t, answers)
	answers["makeFingerprints"] = decoded(t, s.ask("bank1/maker", http.MethodPost, "/v1/evidence/fingerprints",
		facts(t, s.IDs["tier1"], s.IDs["core"], 1)))
	raw := s.Sign("bank1/maker", "sweep:Run", sweep)
	s.Block(raw)
	answers["submitTransaction"] = decoded(t, s.ask("", http.MethodPost, "/v1/transactions?wait=final", submission(t, raw)))
	// All functions would be half of the description: one stands for them.
	if functions, ok := answers["listFunctions"].(map[string]any); ok {
		list, _ := functions["functions"].([]any)
		functions["functions"], functions["schemas"] = list[:1], map[string]any{}
	}
	return answers
}

// answersOfFinancing has tier2 financed by bank1 and asks for all that belongs to it.
func (s *story) answersOfFinancing(answers map[string]any) {
	s.Helper()
	s.Accounts("bank1", "bank1", "core", "tier2")
	s.PostRate("bank1", "standard", ledgertest.Terms(record.SaleWithoutRecourse))
	day := s.Now.Date()
	s.Must("core/maker", "financing:PostDiscount", map[string]any{
		"id": "early", "rate": "3.0000", "basis": 360, "account": ledgertest.AccountID, "from": day, "until": day.AddDays(90),
	})
	s.Must("bank1/maker", "credit:SetLimit", map[string]any{"of": "debtor", "member": s.IDs["core"], "cap": "5000000.00"})
	id := s.Request("tier2", s.Leg(s.certificate, 2, interval.Of(1, 20_000_000)))
	terms := ledgertest.Terms(record.SaleWithRecourse)
	terms.ValueDate = day
	s.Quote("bank1", id, terms)
	s.Select("tier2", "bank1", id, terms)
	s.Register("bank1", id)
	s.Pay(id)
	for operation, c := range map[string]struct{ who, uri string }{
		"listFinancings":  {"tier2/maker", "/v1/financings"},
		"getFinancing":    {"tier2/maker", "/v1/financings/" + id},
		"getRegistryText": {"tier2/maker", "/v1/financings/" + id + "/registry-text"},
		"listRates":       {"tier2/maker", "/v1/rates"},
		"listDiscounts":   {"tier2/maker", "/v1/discounts"},
		"listLimits":      {"bank1/maker", "/v1/limits?limit=1"},
		"listSettlements": {"tier2/maker", "/v1/settlements"},
		"getSettlement":   {"tier2/maker", "/v1/settlements/" + id},
		"listAccounts":    {"tier2/maker", "/v1/members/" + s.IDs["tier2"] + "/accounts"},
	} {
		answers[operation] = decoded(s, s.ask(c.who, http.MethodGet, c.uri, ""))
	}
}

func decoded(t testing.TB, a answer) any {
	t.Helper()
	var v any
	read(t, a, &v)
	return v
}
