package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
)

// trade is the story with all that can be listed: a delivery under the contract between
// tier1 and tier2, tier2's request that tier1 confirm a debt, a pledge of tier2 to bank2,
// and a court's freeze on tier1.
type trade struct {
	*story
	contract, delivery, confirmation, pledge, order string
}

func tellAll(t *testing.T) *trade {
	t.Helper()
	s := &trade{story: tell(t)}
	var made struct {
		ID string `json:"id"`
	}
	contracts, err := collect(s.client("tier2/maker").Contracts(t.Context(), client.DocumentFilter{}))
	if err != nil || len(contracts) != 1 {
		t.Fatalf("%d contracts, %v", len(contracts), err)
	}
	s.contract = contracts[0].ID
	s.Must("tier1/maker", "evidence:RecordDelivery", map[string]any{
		"contract": s.contract, "document": ledgertest.Fingerprint("delivery"), "accepted": s.Now.Date(), "amount": "400000.00",
	}, &made)
	s.delivery = made.ID
	s.Must("tier2/maker", "certificate:RequestConfirmation", map[string]any{
		"debtor": s.IDs["tier1"], "contract": s.contract, "amount": "50000.00",
	}, &made)
	s.confirmation = made.ID
	pledged := s.Approve("tier2/maker", "certificate:Pledge", map[string]any{
		"leg": s.Leg(s.certificate, 2, interval.Of(1, 10_000_000)), "pledgee": s.IDs["bank2"], "secured": "100000.00",
		"registration": "REG-1", "document": ledgertest.Fingerprint("pledge"),
	}, "bank2/maker")
	s.pledge = subjectOf(t, pledged, record.PledgeMade)
	frozen := s.Approve("bank1/maker", "certificate:Freeze", map[string]any{
		"authority": "示例法院", "docket": "1", "document": ledgertest.Fingerprint("order"), "target": s.IDs["tier1"],
		"certificates": []string{s.certificate}, "amount": "200000.00",
	}, "bank2/maker")
	s.order = subjectOf(t, frozen, record.FreezeMade)
	return s
}

// A debtor is told of a court's order on fen that it owes, and not of the sum: part of it
// may be on fen that others owe.
func TestADebtorIsToldOfAnOrderWithoutItsSum(t *testing.T) {
	s := tellAll(t)
	events, err := s.client("core/maker").Events(t.Context(), "", 500)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(events.Items, func(e client.Event) bool { return e.Kind == record.FreezeMade })
	if i < 0 {
		t.Fatal("core is not told")
	}
	told := events.Items[i]
	if told.Subject != s.order || told.Amount != 0 {
		t.Errorf("%+v", told)
	}
	var seen struct {
		Outcome struct {
			Effects struct {
				Notices []struct {
					Kind    record.NoticeKind `json:"kind"`
					Members []string          `json:"members"`
					Amount  string            `json:"amount"`
				} `json:"notices"`
			} `json:"effects"`
		} `json:"outcome"`
	}
	read(t, s.ask("core/maker", http.MethodGet, "/v1/transactions/"+told.TxID.String(), ""), &seen)
	for _, n := range seen.Outcome.Effects.Notices {
		if n.Kind == record.FreezeMade && (n.Amount != "0.00" || len(n.Members) != 1 || n.Members[0] != s.IDs["core"]) {
			t.Errorf("%+v", n)
		}
	}
	if len(seen.Outcome.Effects.Notices) == 0 {
		t.Error("the transaction shows no notices")
	}
}

// subjectOf is what a notice of a kind in an outcome is about.
func subjectOf(t *testing.T, o record.Outcome, kind record.NoticeKind) string {
	t.Helper()
	i := slices.IndexFunc(o.Effects.Notices, func(n record.NoticeOf) bool { return n.Kind == kind })
	if o.Code != 0 || i < 0 {
		t.Fatalf("%s %s: no notice %s", code.Code(o.Code), o.Detail, kind)
	}
	return o.Effects.Notices[i].Subject
}

// Who finds a record in its list also reads it by its id, and nobody else does either.
func TestListsShowWhatCanBeRead(t *testing.T) {
	s := tellAll(t)
	everybody := []string{"core/maker", "tier1/maker", "tier2/maker", "tier3/maker", "outsider/maker", "bank1/maker", "bank2/maker"}
	institutions := []string{"bank1/maker", "bank2/maker"}
	for list, c := range map[string]struct {
		id    string
		sides []string // besides those who see all
	}{
		"/v1/transfers":     {s.offer, []string{"tier1/maker", "tier3/maker"}},
		"/v1/proposals":     {s.proposal, []string{"core/maker"}},
		"/v1/invoices":      {s.invoice.String(), []string{"tier1/maker", "tier2/maker"}},
		"/v1/contracts":     {s.contract, []string{"tier1/maker", "tier2/maker"}},
		"/v1/deliveries":    {s.delivery, []string{"tier1/maker", "tier2/maker"}},
		"/v1/confirmations": {s.confirmation, []string{"tier1/maker", "tier2/maker"}},
		"/v1/pledges":       {s.pledge, []string{"tier2/maker", "core/maker"}},
		"/v1/orders":        {s.order, []string{"tier1/maker", "core/maker"}},
	} {
		for _, who := range everybody {
			sees := slices.Contains(c.sides, who) || slices.Contains(institutions, who)
			one := s.ask(who, http.MethodGet, list+"/"+c.id, "")
			if sees != (one.status == http.StatusOK) || !sees && one.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s asks for %s/%s: %d %s", who, list, c.id, one.status, one.body)
			}
			all := s.ask(who, http.MethodGet, list, "")
			if all.status != http.StatusOK || strings.Contains(all.body, c.id) != sees {
				t.Errorf("%s lists %s: %d %s", who, list, all.status, all.body)
			}
			others := s.ask(who, http.MethodGet, list+"?member="+s.IDs["tier2"], "")
			if want := slices.Contains(institutions, who) || who == "tier2/maker"; want != (others.status == http.StatusOK) {
				t.Errorf("%s lists tier2's %s: %d %s", who, list, others.status, others.body)
			}
			if b := s.ask(who, http.MethodGet, list+"?cursor=AAAA", ""); b.code(t) != "BAD_CURSOR" {
				t.Errorf("%s lists %s from a bad cursor: %d %s", who, list, b.status, b.body)
			}
		}
		if b := s.ask("tier1/maker", http.MethodGet, list+"?limit=501", ""); b.code(t) != "BAD_REQUEST" {
			t.Errorf("%s with a limit of 501: %d %s", list, b.status, b.body)
		}
		if a := s.ask("", http.MethodGet, list, ""); a.code(t) != "UNAUTHENTICATED" {
			t.Errorf("%s without a login: %d %s", list, a.status, a.body)
		}
	}
}

func TestListsAreNarrowed(t *testing.T) {
	s := tellAll(t)
	ctx := t.Context()
	tier1, tier2, bank := s.client("tier1/maker"), s.client("tier2/maker"), s.client("bank1/maker")
	for name, c := range map[string]struct {
		filter client.TransferFilter
		want   int
	}{
		"all": {want: 2}, "sent": {client.TransferFilter{Direction: "sent"}, 2}, "received": {client.TransferFilter{Direction: "received"}, 0},
		"open": {client.TransferFilter{State: record.TransferOffered}, 1},
	} {
		if got, err := collect(tier1.Transfers(ctx, c.filter)); err != nil || len(got) != c.want {
			t.Errorf("transfers %s: %+v, %v", name, got, err)
		}
	}
	if got, err := collect(tier1.Transfers(ctx, client.TransferFilter{})); err != nil || got[0].ID != s.offer {
		t.Errorf("the latest is not first: %+v, %v", got, err)
	}
	received := client.TransferFilter{Member: s.IDs["tier2"], Direction: "received"}
	if got, err := collect(bank.Transfers(ctx, received)); err != nil || len(got) != 1 || got[0].State != record.TransferAccepted {
		t.Errorf("tier2's, for a validator: %+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		filter client.InvoiceFilter
		want   int
	}{
		"all": {want: 3}, "bought": {client.InvoiceFilter{Role: "buyer"}, 2}, "sold": {client.InvoiceFilter{Role: "seller"}, 1},
		"with tier2": {client.InvoiceFilter{Counterparty: s.IDs["tier2"]}, 1}, "open": {client.InvoiceFilter{Open: true}, 0},
	} {
		if got, err := collect(tier1.Invoices(ctx, c.filter)); err != nil || len(got) != c.want {
			t.Errorf("invoices %s: %d, %v", name, len(got), err)
		}
	}
	proposals, err := collect(s.client("core/admin2").Proposals(ctx, client.ProposalFilter{State: record.ProposalOpen}))
	if err != nil || len(proposals) != 1 || proposals[0].ID != s.proposal || proposals[0].Argument != "" || proposals[0].Manifest.IsZero() {
		t.Errorf("proposals: %+v, %v", proposals, err)
	}
	if got, err := collect(s.client("bank3/maker").Proposals(ctx, client.ProposalFilter{Member: s.IDs["bank3"], Function: "certificate:Freeze"})); err != nil || len(got) != 1 {
		t.Errorf("a freeze that bank3 might have confirmed: %+v, %v", got, err)
	}
	if got, err := collect(tier2.Deliveries(ctx, client.DocumentFilter{Contract: "another"})); err != nil || len(got) != 0 {
		t.Errorf("deliveries under another contract: %+v, %v", got, err)
	}
	if got, err := collect(tier2.Confirmations(ctx, "", record.ConfirmationOpen)); err != nil || len(got) != 1 || got[0].Debtor != s.IDs["tier1"] {
		t.Errorf("confirmations: %+v, %v", got, err)
	}
	if got, err := collect(tier2.Pledges(ctx, "", record.PledgeReleased)); err != nil || len(got) != 0 {
		t.Errorf("released pledges: %+v, %v", got, err)
	}
	whole, err := s.client("tier1/maker").Order(ctx, s.order)
	if err != nil || whole.Amount != 20_000_000 {
		t.Errorf("the target's order: %+v, %v", whole, err)
	}
	part, err := s.client("core/maker").Order(ctx, s.order)
	if err != nil || part.Amount != 0 || len(part.Certificates) != 1 {
		t.Errorf("the debtor's order: %+v, %v", part, err)
	}
	for uri, want := range map[string]string{
		"/v1/transfers?state=gone": "BAD_REQUEST", "/v1/transfers?direction=up": "BAD_REQUEST", "/v1/proposals?state=lost": "BAD_REQUEST",
		"/v1/invoices?role=agent": "BAD_REQUEST", "/v1/invoices?open=perhaps": "BAD_REQUEST", "/v1/pledges?state=1": "BAD_REQUEST",
		"/v1/confirmations?state=x": "BAD_REQUEST", "/v1/orders?state=x": "BAD_REQUEST", "/v1/contracts?buyer=x": "BAD_REQUEST",
	} {
		if a := s.ask("bank1/maker", http.MethodGet, uri, ""); a.code(t) != want {
			t.Errorf("%s: %d %s", uri, a.status, a.body)
		}
	}
}

// A page is as long as was asked for though records between its rows are another's.
func TestListsComeInPages(t *testing.T) {
	s := tellAll(t)
	for _, who := range []string{"tier1/maker", "bank1/maker"} {
		var got []string
		for uri := "/v1/invoices?limit=1"; uri != ""; {
			var page struct {
				Items []struct {
					Fingerprint string `json:"fingerprint"`
				} `json:"items"`
				Next string `json:"next"`
			}
			read(t, s.ask(who, http.MethodGet, uri, ""), &page)
			if len(page.Items) > 1 || len(got) > 10 {
				t.Fatalf("%s: a page of %d after %d", who, len(page.Items), len(got))
			}
			for _, i := range page.Items {
				got = append(got, i.Fingerprint)
			}
			if uri = ""; page.Next != "" {
				uri = "/v1/invoices?limit=1&cursor=" + page.Next
			}
		}
		slices.Sort(got)
		if len(got) != 3 || len(slices.Compact(got)) != 3 {
			t.Errorf("%s gets %v", who, got)
		}
	}
}

func TestWhoIAm(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	v, err := s.client("core/checker").Viewer(ctx)
	if err != nil || v.Member.ID != s.IDs["core"] || v.Person != "checker" || v.SponsorName != "bank1" || v.SeesAll || v.Validator ||
		v.OwnNode || v.Institution || len(v.Policy) != 0 || !v.Credential.Roles.Has(record.Checker) {
		t.Errorf("core's checker: %+v, %v", v, err)
	}
	v, err = s.client("bank1/admin1").Viewer(ctx)
	if err != nil || !v.Validator || !v.OwnNode || !v.SeesAll || !v.Institution || v.SponsorName != "" {
		t.Errorf("an admin of the node's bank: %+v, %v", v, err)
	}
	if v, err = s.client("bank2/maker").Viewer(ctx); err != nil || !v.Validator || v.OwnNode {
		t.Errorf("another bank: %+v, %v", v, err)
	}
	s.Approve("tier1/admin1", "member:SetPolicy", map[string]any{
		"rules": []map[string]any{{"function": "certificate:Issue", "from": "50000.00"}},
	}, "tier1/admin2")
	if v, err = s.client("tier1/maker").Viewer(ctx); err != nil || len(v.Policy) != 1 || v.Policy[0].From != 5_000_000 {
		t.Errorf("with a policy: %+v, %v", v, err)
	}
	rules, err := s.client("tier1/maker").MemberPolicy(ctx, s.IDs["tier1"])
	if err != nil || len(rules) != 1 {
		t.Errorf("the policy: %+v, %v", rules, err)
	}
}

func TestAMembersCredentials(t *testing.T) {
	s := tell(t)
	for who, want := range map[string]int{"tier1/maker": 4, "bank1/maker": 4} {
		got, err := collect(s.client(who).Credentials(t.Context(), s.IDs["tier1"]))
		if err != nil || len(got) != want || got[0].Member != s.IDs["tier1"] {
			t.Errorf("%s sees %d, %v", who, len(got), err)
		}
	}
	type credentials struct {
		Items []record.Credential `json:"items"`
		Next  string              `json:"next"`
	}
	var page, last credentials
	path := "/v1/members/" + s.IDs["tier1"] + "/credentials?limit=3"
	read(t, s.ask("tier1/maker", http.MethodGet, path, ""), &page)
	if len(page.Items) != 3 || page.Next == "" {
		t.Errorf("the first page: %d, %q", len(page.Items), page.Next)
	}
	read(t, s.ask("tier1/maker", http.MethodGet, path+"&cursor="+page.Next, ""), &last)
	if len(last.Items) != 1 || last.Next != "" {
		t.Errorf("the last page: %d, %q", len(last.Items), last.Next)
	}
	if a := s.ask("core/maker", http.MethodGet, path, ""); a.code(t) != "NOT_AUTHORISED" {
		t.Errorf("core asks: %d %s", a.status, a.body)
	}
}

// answersOfLists asks for all that can be listed. It needs a story of its own: the freeze
// is in the way of the other examples.
func answersOfLists(t *testing.T, answers map[string]any) {
	t.Helper()
	s := tellAll(t)
	s.Must("bank1/maker", "credit:Grant", map[string]any{
		"id": "line-1", "debtor": s.IDs["core"], "limit": "5000000.00", "from": s.Now.Date(), "to": s.Now.Date().AddDays(300),
	})
	s.Must("bank1/maker", "credit:SetLimit", map[string]any{"of": "debtor", "member": s.IDs["core"], "cap": "5000000.00"})
	s.Must("bank1/maker", "credit:SetGroup", map[string]any{"id": "heavy", "cap": "20000000.00"})
	s.stop("bank1", "tier3")
	s.review("bank1", "core", 2)
	member := "/v1/members/" + s.IDs["core"]
	for id, c := range map[string]struct{ who, uri string }{
		"getViewer":           {"core/maker", "/v1/viewer"},
		"listCredentials":     {"core/maker", member + "/credentials?limit=1"},
		"getMemberPolicy":     {"core/maker", member + "/policy"},
		"listTransfers":       {"tier1/maker", "/v1/transfers?limit=1"},
		"listProposals":       {"core/maker", "/v1/proposals"},
		"listInvoices":        {"tier2/maker", "/v1/invoices?limit=1"},
		"listContracts":       {"tier2/maker", "/v1/contracts"},
		"getContract":         {"tier2/maker", "/v1/contracts/" + s.contract},
		"listDeliveries":      {"tier2/maker", "/v1/deliveries"},
		"getDelivery":         {"tier2/maker", "/v1/deliveries/" + s.delivery},
		"listConfirmations":   {"tier2/maker", "/v1/confirmations"},
		"getConfirmation":     {"tier2/maker", "/v1/confirmations/" + s.confirmation},
		"listPledges":         {"tier2/maker", "/v1/pledges"},
		"getPledge":           {"tier2/maker", "/v1/pledges/" + s.pledge},
		"listOrders":          {"tier1/maker", "/v1/orders"},
		"getOrder":            {"tier1/maker", "/v1/orders/" + s.order},
		"search":              {"core/maker", "/v1/search?q=" + s.certificate[:20]},
		"getTotals":           {"tier2/maker", "/v1/totals"},
		"getExposure":         {"bank1/maker", "/v1/exposure"},
		"listGroups":          {"bank1/maker", "/v1/groups"},
		"listStops":           {"tier3/maker", "/v1/stops"},
		"listReviews":         {"core/maker", "/v1/reviews"},
		"getCertificateRules": {"core/maker", "/v1/certificates/" + s.certificate + "/rules?limit=1"},
	} {
		answers[id] = decoded(t, s.ask(c.who, http.MethodGet, c.uri, ""))
	}
}
