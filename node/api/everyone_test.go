package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
)

// visit is how an operation is asked for in the test of all operations, and who is
// answered.
type visit struct {
	on      *node
	uri     string
	body    string
	absent  string   // the same of what does not exist; empty where nothing is named
	anybody bool     // every member is answered
	see     []string // who else are answered, besides those who see all
	only    bool     // those who see all are not answered for it
	open    bool     // it needs no login
	own     bool     // it is about what the viewer itself keeps at this node: the tests of it say who is answered what
}

// everyone are people of every role: a debtor, holders, a stranger, a validator's bank, a
// bank that runs no validator any more, operator and auditor.
func everyone() []string {
	return []string{
		"core/maker", "tier1/checker", "tier2/admin1", "tier3/maker", "outsider/maker", "bank1/maker", "bank1/reviewer", "bank1/admin1",
		"bank4/maker", "operator/maker", "auditor/maker",
	}
}

// seeAll are those of everyone who see all.
func seeAll(who string) bool {
	return strings.HasPrefix(who, "bank1/") || who == "operator/maker" || who == "auditor/maker"
}

// visits says of every operation how it is asked for. Whoever adds an operation adds it
// here, by a function of its own.
func visits(t *testing.T) map[string]visit {
	t.Helper()
	all := map[string]visit{}
	s := tellAll(t)
	s.withoutSeat("bank4")
	id := s.financed()
	s.serve(whole(s.node)...)
	for _, more := range []map[string]visit{
		visitsOfTheNode(t, s), visitsOfCertificates(s), visitsOfMembers(s), visitsOfEvidence(s), visitsOfFinancings(s, id), visitsOfPolicy(s),
		visitsOfReports(s), visitsOfClearing(t), visitsOfPapers(s), visitsOfNotices(s), visitsOfJoining(s), visitsOfTheDesk(s),
	} {
		maps.Copy(all, more)
	}
	return all
}

// whole has a node serve everything that it can.
func whole(n *node) []func(*api.Config) {
	n.Helper()
	return []func(*api.Config){policies(n), desks(n), notices(n.Ledger), joining(n), func(c *api.Config) {
		c.Functions, c.Fingerprint, c.Version = allFunctions(), fingerprint, "1.0.0"
		c.Checkpoints = func() (*api.Checkpoint, error) { return &api.Checkpoint{Directory: "data/checkpoint", Height: 1}, nil }
	}}
}

// withoutSeat takes a bank's validator away: what it sees from then on is its own.
func (n *node) withoutSeat(bank string) {
	n.Helper()
	o := n.Approve("bank1/maker", "member:RemoveValidator", map[string]any{"bank": n.IDs[bank]}, "bank2/maker", "bank3/maker")
	if o.Code != 0 {
		n.Fatalf("remove the validator of %s: %s", bank, o.Detail)
	}
}

// financed has tier2 financed by bank4.
func (s *trade) financed() (id string) {
	s.Helper()
	s.Accounts("bank1", "bank4", "core", "tier2")
	id = s.Request("tier2", s.Leg(s.certificate, 2, interval.Of(20_000_001, 30_000_000)))
	terms := ledgertest.Terms(record.SaleWithRecourse)
	terms.ValueDate = s.Now.Date()
	s.Quote("bank4", id, terms)
	s.Select("tier2", "bank4", id, terms)
	s.Register("bank4", id)
	s.Pay(id)
	return id
}

const nobody = "91330100000000000X" // no member's code

func visitsOfTheNode(t *testing.T, s *trade) map[string]visit {
	t.Helper()
	n := s.node
	return map[string]visit{
		"getStatus":         {on: n, uri: "/v1/status", open: true},
		"listFunctions":     {on: n, uri: "/v1/functions", open: true},
		"live":              {on: n, uri: "/health/live", open: true},
		"ready":             {on: n, uri: "/health/ready", open: true},
		"submitTransaction": {on: n, uri: "/v1/transactions", body: submission(t, n.Sign("bank1/maker", "sweep:Run", sweep)), open: true},
		"makeCheckpoint":    {on: n, uri: "/v1/checkpoints", only: true, see: []string{"bank1/admin1"}},
		"getRulePack":       {on: n, uri: "/v1/rules/pack", anybody: true},
		"getViewer":         {on: n, uri: "/v1/viewer", anybody: true},
		"search":            {on: n, uri: "/v1/search?q=" + s.certificate, anybody: true},
		"getTransaction": {
			on: n, uri: "/v1/transactions/" + s.issue.String(), absent: "/v1/transactions/" + strings.Repeat("0", 64),
			see: []string{"core/maker", "tier1/checker"},
		},
	}
}

func visitsOfCertificates(s *trade) map[string]visit {
	n := s.node
	parties := []string{"core/maker", "tier1/checker", "tier2/admin1", "tier3/maker", "bank4/maker"}
	of := func(rest string) visit {
		path := "/v1/certificates/"
		return visit{
			on: n, uri: path + s.certificate + rest, absent: path + s.certificate[:len(s.certificate)-3] + "000" + rest, see: parties,
		}
	}
	return map[string]visit{
		"getCertificate":        of(""),
		"getCertificateTree":    of("/tree"),
		"getCertificateHistory": of("/history"),
		"getCertificateLineage": of("/lineage"),
		"getCertificateRules":   of("/rules"),
		"listCertificates": {
			on: n, uri: "/v1/certificates?debtor=" + s.IDs["core"], absent: "/v1/certificates?debtor=" + nobody, see: []string{"core/maker"},
		},
		"listHoldings": {
			on: n, uri: "/v1/holdings?owner=" + s.IDs["tier2"], absent: "/v1/holdings?owner=" + nobody, see: []string{"tier2/admin1"},
		},
		"getReference": {
			on: n, uri: "/v1/references/" + s.IDs["core"] + "/ref-first", absent: "/v1/references/" + nobody + "/none", see: []string{"core/maker"},
		},
	}
}

func visitsOfMembers(s *trade) map[string]visit {
	n := s.node
	of := func(list string, see ...string) visit {
		return visit{on: n, uri: list + "?member=" + s.IDs["tier2"], absent: list + "?member=" + nobody, see: see}
	}
	one := func(list, id string, see ...string) visit {
		return visit{on: n, uri: list + "/" + id, absent: list + "/none", see: see}
	}
	member := "/v1/members/"
	return map[string]visit{
		"getMember":   {on: n, uri: member + s.IDs["tier2"], anybody: true},
		"listMembers": {on: n, uri: "/v1/members", see: []string{"bank4/maker"}},
		"getCredential": {
			on: n, uri: "/v1/credentials/" + record.Digest(s.Keys["tier1/maker"].Public().ID()).String(),
			absent: "/v1/credentials/" + strings.Repeat("0", 64), see: []string{"tier1/checker"},
		},
		"listCredentials": {on: n, uri: member + s.IDs["tier1"] + "/credentials", absent: member + nobody + "/credentials", see: []string{"tier1/checker"}},
		"getMemberPolicy": {on: n, uri: member + s.IDs["tier1"] + "/policy", absent: member + nobody + "/policy", see: []string{"tier1/checker"}},
		"listAccounts":    {on: n, uri: member + s.IDs["tier2"] + "/accounts", absent: member + nobody + "/accounts", see: []string{"tier2/admin1", "bank4/maker"}},
		"listWorklist":    of("/v1/worklist", "tier2/admin1"),
		"listTransfers":   of("/v1/transfers", "tier2/admin1"),
		"getTransfer":     one("/v1/transfers", s.offer, "tier1/checker", "tier3/maker"),
		"listProposals":   of("/v1/proposals", "tier2/admin1"),
		"getProposal":     one("/v1/proposals", s.proposal, "core/maker"),
		"listPledges":     of("/v1/pledges", "tier2/admin1"),
		"getPledge":       one("/v1/pledges", s.pledge, "tier2/admin1", "core/maker"),
		"listOrders":      of("/v1/orders", "tier2/admin1"),
		"getOrder":        one("/v1/orders", s.order, "tier1/checker", "core/maker"),
		"getTotals":       of("/v1/totals", "tier2/admin1"),
	}
}

func visitsOfEvidence(s *trade) map[string]visit {
	n := s.node
	sides := []string{"tier1/checker", "tier2/admin1"}
	of := func(list string) visit {
		return visit{on: n, uri: list + "?member=" + s.IDs["tier2"], absent: list + "?member=" + nobody, see: []string{"tier2/admin1"}}
	}
	one := func(list, id string) visit {
		return visit{on: n, uri: list + "/" + id, absent: list + "/none", see: sides}
	}
	return map[string]visit{
		"listInvoices":      of("/v1/invoices"),
		"getInvoice":        {on: n, uri: "/v1/invoices/" + s.invoice.String(), absent: "/v1/invoices/" + strings.Repeat("0", 64), see: sides},
		"listContracts":     of("/v1/contracts"),
		"getContract":       one("/v1/contracts", s.contract),
		"listDeliveries":    of("/v1/deliveries"),
		"getDelivery":       one("/v1/deliveries", s.delivery),
		"listConfirmations": of("/v1/confirmations"),
		"getConfirmation":   one("/v1/confirmations", s.confirmation),
		"makeFingerprints": {
			on: n, uri: "/v1/evidence/fingerprints", body: facts(n, n.IDs["tier1"], n.IDs["core"], 1),
			see: []string{"core/maker", "tier1/checker", "bank4/maker"},
		},
	}
}

func visitsOfFinancings(s *trade, id string) map[string]visit {
	n := s.node
	of := func(list, name, who string, see ...string) visit {
		return visit{on: n, uri: list + "?" + name + "=" + s.IDs[who], absent: list + "?" + name + "=" + nobody, see: see}
	}
	financing := "/v1/financings/"
	return map[string]visit{
		"listFinancings": of("/v1/financings", "member", "tier2", "tier2/admin1"),
		"getFinancing":   {on: n, uri: financing + id, absent: financing + "none", see: []string{"tier2/admin1", "bank4/maker", "core/maker"}},
		"getRegistryText": {
			on: n, uri: financing + id + "/registry-text", absent: financing + "none/registry-text", see: []string{"tier2/admin1", "bank4/maker"},
		},
		"getSettlement":   {on: n, uri: "/v1/settlements/" + id, absent: "/v1/settlements/none", see: []string{"tier2/admin1", "bank4/maker"}},
		"listSettlements": of("/v1/settlements", "member", "bank4", "bank4/maker"),
		"listRates":       {on: n, uri: "/v1/rates", anybody: true},
		"listDiscounts":   {on: n, uri: "/v1/discounts", anybody: true},
		"listLimits":      of("/v1/limits", "bank", "bank4", "bank4/maker"),
		"listLines":       {on: n, uri: "/v1/lines", anybody: true},
		"listGroups":      of("/v1/groups", "bank", "bank4", "bank4/maker"),
		"listStops":       of("/v1/stops", "debtor", "core", "core/maker", "bank4/maker"),
		"listReviews":     of("/v1/reviews", "debtor", "core", "core/maker", "bank4/maker"),
		"getExposure":     of("/v1/exposure", "bank", "bank4", "bank4/maker"),
	}
}

func visitsOfPolicy(s *trade) map[string]visit {
	own := []string{"bank1/maker", "bank1/reviewer", "bank1/admin1"}
	of := func(path, body string, see ...string) visit {
		return visit{on: s.node, uri: "/v1/policy/" + path, body: body, only: true, see: see}
	}
	request := s.Request("tier2", s.Leg(s.certificate, 2, interval.Of(30_000_001, 40_000_000)))
	adopt, err := json.Marshal(map[string]string{"text": string(policyText("26200"))})
	if err != nil {
		s.Fatal(err)
	}
	text, decide := string(adopt), `{"financing":"`+request+`"}`
	for path, body := range map[string]string{"versions": text, "test": text} {
		if a := s.ask("bank1/reviewer", http.MethodPost, "/v1/policy/"+path, body); a.status != http.StatusOK {
			s.Fatalf("%s: %d %s", path, a.status, a.body)
		}
	}
	if a := s.ask("bank1/maker", http.MethodPost, "/v1/policy/decisions", decide); a.status != http.StatusOK {
		s.Fatalf("decide: %d %s", a.status, a.body)
	}
	return map[string]visit{
		"adoptPolicy":        of("versions", text, "bank1/reviewer"),
		"listPolicyVersions": of("versions", "", own...),
		"getPolicyVersion":   of("versions/0", "", own...),
		"decideFinancing":    of("decisions", decide, "bank1/maker", "bank1/reviewer"),
		"listDecisions":      of("decisions", "", own...),
		"replayDecision":     of("decisions/1", "", own...),
		"testPolicy":         of("test", text, own...),
	}
}

func visitsOfReports(s *trade) map[string]visit {
	of := func(path, name, who, person string) visit {
		return visit{on: s.node, uri: path + "?" + name + "=" + s.IDs[who], absent: path + "?" + name + "=" + nobody, see: []string{person}}
	}
	return map[string]visit{
		"reportDaily":      of("/v1/reports/daily", "debtor", "core", "core/maker"),
		"reportFinancings": of("/v1/reports/financings", "member", "tier2", "tier2/admin1"),
		"reportLegs":       of("/v1/reports/legs", "member", "tier2", "tier2/admin1"),
		"reportOverdue":    of("/v1/reports/overdue", "debtor", "core", "core/maker"),
		"reportNoPooling":  {on: s.node, uri: "/v1/reports/no-pooling"},
		"listAlerts":       of("/v1/alerts", "member", "core", "core/maker"),
		"listClearingWork": of("/v1/clearing/worklist", "member", "core", "core/maker"),
		"getLadder": {
			on: s.node, uri: "/v1/debtors/" + s.IDs["core"] + "/ladder", absent: "/v1/debtors/" + nobody + "/ladder", see: []string{"core/maker"},
		},
	}
}

// visitsOfClearing are on a ledger of their own, on which a debt is overdue.
func visitsOfClearing(t *testing.T) map[string]visit {
	t.Helper()
	d := mature(t)
	d.withoutSeat("bank4")
	legs := d.Legs(d.run)
	payees := map[string]string{d.IDs["tier1"]: "tier1/checker", d.IDs["tier2"]: "tier2/admin1"}
	extension := d.overdue()
	parties := []string{"core/maker", "tier1/checker", "tier2/admin1"}
	return map[string]visit{
		"listRuns":       {on: d.node, uri: "/v1/runs?bank=" + d.IDs["bank4"], absent: "/v1/runs?bank=" + d.IDs["bank4"], see: []string{"bank4/maker"}},
		"getRun":         {on: d.node, uri: "/v1/runs/" + d.run, absent: "/v1/runs/none", see: parties},
		"listRunLegs":    {on: d.node, uri: "/v1/runs/" + d.run + "/legs", absent: "/v1/runs/none/legs", see: parties},
		"getLeg":         {on: d.node, uri: "/v1/legs/" + legs[0].ID, absent: "/v1/legs/none", see: []string{"core/maker", payees[legs[0].Payee]}},
		"listExtensions": {on: d.node, uri: "/v1/extensions", anybody: true},
		"getExtension":   {on: d.node, uri: "/v1/extensions/" + extension, absent: "/v1/extensions/none", see: parties},
		"listWaivers":    {on: d.node, uri: "/v1/waivers", anybody: true},
	}
}

func visitsOfPapers(s *trade) map[string]visit {
	n := s.node
	certificate, absent := "/v1/certificates/"+s.certificate, "/v1/certificates/"+s.certificate[:len(s.certificate)-3]+"000"
	of := func(path string) visit {
		return visit{on: n, uri: path + "?member=" + s.IDs["tier2"], absent: path + "?member=" + nobody, see: []string{"tier2/admin1"}}
	}
	return map[string]visit{
		"printCertificate": {
			on: n, uri: certificate + "/paper", absent: absent + "/paper",
			see: []string{"core/maker", "tier1/checker", "tier2/admin1", "tier3/maker", "bank4/maker"},
		},
		"printHolding": {
			on: n, uri: certificate + "/holdings/1/paper", absent: absent + "/holdings/1/paper", see: []string{"core/maker", "tier1/checker", "tier3/maker"},
		},
		"verifyPaper":      {on: n, uri: "/v1/verifications/" + strings.Repeat("0", 64) + "?certificate=" + s.certificate, open: true},
		"getStatement":     of("/v1/statements/2026-01"),
		"printStatement":   of("/v1/statements/2026-01/paper"),
		"writeStatement":   of("/v1/statements/2026-01/sheet"),
		"writeVouchers":    of("/v1/accounting/2026-01"),
		"getBatchTemplate": {on: n, uri: "/v1/batches/template?format=csv", anybody: true},
		"previewBatch":     {on: n, uri: "/v1/batches/preview", body: `{"rows":[]}`, own: true},
	}
}

func visitsOfNotices(s *trade) map[string]visit {
	of := func(path, body string) visit { return visit{on: s.node, uri: "/v1/" + path, body: body, own: true} }
	return map[string]visit{
		"listEvents":            {on: s.node, uri: "/v1/events", anybody: true},
		"streamEvents":          of("events/stream?cursor=none", ""), // a good cursor would not end
		"addWebhook":            of("webhooks", `{"url":"https://erp.example/hook"}`),
		"listWebhooks":          of("webhooks", ""),
		"getWebhook":            of("webhooks/none", ""),
		"confirmWebhook":        of("webhooks/none/confirmation", ""),
		"deleteWebhook":         of("webhooks/none", ""),
		"testWebhook":           of("webhooks/none/test", ""),
		"listWebhookDeliveries": of("webhooks/none/deliveries", ""),
		"retryWebhookDelivery":  of("webhooks/none/deliveries/1/retry", ""),
		"getContact":            of("contacts", ""),
		"setContact":            of("contacts", `{"email":"","language":"zh"}`),
		"listMessages":          of("messages", ""),
		"retryMessage":          of("messages/1/retry", ""),
	}
}

func visitsOfJoining(s *trade) map[string]visit {
	of := func(path, body string) visit { return visit{on: s.node, uri: "/v1/" + path, body: body, own: true} }
	open := func(path, body string) visit { return visit{on: s.node, uri: "/v1/" + path, body: body, open: true} }
	none := strings.Repeat("0", 64)
	return map[string]visit{
		"makeInvitation":   of("invitations", `{"name":"a supplier"}`),
		"listInvitations":  of("invitations", ""),
		"revokeInvitation": of("invitations/none", ""),
		"getInvitation":    open("invitations/by-token/none", ""),
		"enrol":            open("invitations/by-token/none/enrolment", `{}`),
		"getOwnEnrolment":  open("invitations/by-token/none/enrolment", ""),
		"listEnrolments":   of("enrolments", ""),
		"getEnrolment":     of("enrolments/none", ""),
		"refuseEnrolment":  of("enrolments/none/refusal", `{"reason":"unknown"}`),
		"askRecovery":      open("recoveries", `{}`),
		"getOwnRecovery":   open("recoveries/by-reference/none", ""),
		"listRecoveries":   of("recoveries", ""),
		"getRecovery":      of("recoveries/none", ""),
		"refuseRecovery":   of("recoveries/none/refusal", `{"reason":"unknown"}`),
		"putAttachment":    of("attachments/"+none, `{}`),
		"putAttachments":   of("attachments/bulk", `{}`),
		"linkAttachment":   of("attachments/"+none+"/links", `{"kind":"contract","id":"none","name":"a.pdf"}`),
		"listAttachments":  of("attachments", ""),
		"getAttachment":    of("attachments/"+none, ""),
	}
}

func visitsOfTheDesk(s *trade) map[string]visit {
	of := func(path, body string) visit { return visit{on: s.node, uri: "/v1/" + path, body: body, own: true} }
	return map[string]visit{
		"writePaymentOrder":   of("runs/none/payment-order", `{}`),
		"listPaymentOrders":   of("runs/none/payment-orders", ""),
		"listSealedAccounts":  of("runs/none/sealed-accounts", ""),
		"readBankMessages":    of("bank-messages/reading", `{}`),
		"reconcileRun":        of("runs/none/reconciliation", `{}`),
		"listBankExceptions":  of("bank-messages/exceptions", ""),
		"answerBankException": of("bank-messages/exceptions/none/answer", `{"note":"seen"}`),
	}
}

// Every operation of the description by everybody: who may not see a thing gets the very
// same refusal for one that does not exist, and whoever has no login learns nothing.
func TestEveryOperationByEveryone(t *testing.T) {
	all := visits(t)
	n := newNode(t)
	n.serve(whole(n)...)
	doc := description(t, n)
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for method, op := range doc.Paths[path] {
			v, ok := all[op.ID]
			if !ok {
				t.Errorf("%s %s: operation %s has no entry in visits (everyone_test.go): add one that says how its path is filled and who is answered",
					strings.ToUpper(method), path, op.ID)
				continue
			}
			delete(all, op.ID)
			t.Run(op.ID, func(t *testing.T) {
				if v.open != (len(op.Security) == 0) {
					t.Fatalf("the description says that it needs these logins: %v", op.Security)
				}
				v.try(t, strings.ToUpper(method))
			})
		}
	}
	for id := range all {
		t.Errorf("no operation is called %s", id)
	}
}

// try asks as everybody.
func (v visit) try(t *testing.T, method string) {
	t.Helper()
	bare := v.on.ask("", method, v.uri, v.body)
	if v.open {
		if bare.status >= http.StatusInternalServerError || bare.status == http.StatusUnauthorized || bare.status == http.StatusForbidden {
			t.Errorf("without a login: %d %s", bare.status, bare.body)
		}
		return
	}
	if bare.status != http.StatusUnauthorized || bare.code(t) != "UNAUTHENTICATED" {
		t.Errorf("without a login: %d %s", bare.status, bare.body)
	}
	stranger := http.Header{"Authorization": {loginAs(t, newKey(t), method, v.uri, []byte(v.body))}}
	if a := v.on.send(method, v.uri, v.body, stranger); a.status != http.StatusUnauthorized {
		t.Errorf("a key of nobody's: %d %s", a.status, a.body)
	}
	for _, who := range everyone() {
		if _, here := v.on.Keys[who]; !here {
			continue
		}
		a := v.on.ask(who, method, v.uri, v.body)
		if v.own {
			if a.status >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s", who, a.status, a.body)
			}
			continue
		}
		if v.anybody || slices.Contains(v.see, who) || seeAll(who) && !v.only {
			if a.status != http.StatusOK {
				t.Errorf("%s is refused: %d %s", who, a.status, a.body)
			}
			continue
		}
		if a.status != http.StatusForbidden || a.code(t) != "NOT_AUTHORISED" {
			t.Errorf("%s: %d %.300s", who, a.status, a.body)
		}
		if v.absent == "" {
			continue
		}
		if b := v.on.ask(who, method, v.absent, v.body); a.status != b.status || a.body != b.body {
			t.Errorf("%s can tell what exists: %d %s, absent %d %s", who, a.status, a.body, b.status, b.body)
		}
	}
}

// document is what the tests read of the description.
type document struct {
	Paths map[string]map[string]struct {
		ID       string                `json:"operationId"`
		Security []map[string][]string `json:"security"`
	} `json:"paths"`
}

func description(t *testing.T, n *node) document {
	t.Helper()
	var doc document
	read(t, n.ask("", http.MethodGet, "/openapi.json", ""), &doc)
	return doc
}
