package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
)

// due is a ledger on a payment date of core, after 400.00 of 1,000.00 were confirmed:
// 600.00 are with tier1, 400.00 with tier2, and pay a leg each.
type due struct {
	*node
	certificate, run string
}

func mature(t *testing.T) *due {
	t.Helper()
	d := &due{node: newNode(t)}
	for _, alias := range []string{"core", "tier1", "tier2", "outsider"} {
		d.Enrol(alias)
	}
	d.certificate = d.Issue("core", "tier1", "first", "1000.00", 1)
	_, invoice := d.Invoice("tier1", "tier2", "second", "400.00")
	var offer struct {
		ID string `json:"id"`
	}
	d.Must("tier1/maker", "certificate:Transfer", map[string]any{
		"to": d.IDs["tier2"], "reference": "second", "legs": []record.Leg{d.Leg(d.certificate, 1, interval.Of(1, 40_000))},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400.00"}},
	}, &offer)
	d.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	d.Accounts("bank1", "core")
	d.Accounts("bank2", "tier1")
	d.Accounts("bank3", "tier2")
	d.Approve("tier1/maker", "member:ChooseAccount", map[string]any{"account": ledgertest.AccountID}, "tier1/checker")
	d.run = d.Mature(d.certificate)
	d.ConfirmFunds("bank1", d.run, 40_000)
	return d
}

func TestTheDebtorSeesItsRun(t *testing.T) {
	d := mature(t)
	ctx, core := t.Context(), d.client("core/maker")
	run, err := core.Run(ctx, d.run)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Whole || run.Tally.Open != 60_000 || run.Tally.Live != 40_000 || len(run.Funds) != 1 || run.Funds[0].Funds != 40_000 ||
		len(run.Totals) != 2 {
		t.Errorf("the run is %+v", run)
	}
	for _, total := range run.Totals {
		if total.State != record.SettlementAgreed || total.PayerBank != d.IDs["bank1"] || total.Count != 1 {
			t.Errorf("the sum is %+v", total)
		}
	}
	legs, err := collect(core.RunLegs(ctx, d.run, client.LegFilter{}))
	if err != nil || len(legs) != 2 || legs[0].Amount+legs[1].Amount != 40_000 {
		t.Errorf("legs: %+v, %v", legs, err)
	}
	for _, c := range []struct {
		name   string
		filter client.LegFilter
		want   money.Fen
	}{
		{"to a bank", client.LegFilter{PayeeBank: d.IDs["bank3"]}, 16_000},
		{"to a payee", client.LegFilter{Payee: d.IDs["tier1"]}, 24_000},
		{"computed", client.LegFilter{State: record.SettlementAgreed, PayerBank: d.IDs["bank1"]}, 40_000},
		{"settled", client.LegFilter{State: record.SettlementSettled}, 0},
		{"late interest", client.LegFilter{Purpose: record.PurposeLateInterest}, 0},
	} {
		legs, err := collect(core.RunLegs(ctx, d.run, c.filter))
		var sum money.Fen
		for i := range legs {
			sum += legs[i].Amount
		}
		if err != nil || sum != c.want {
			t.Errorf("%s: %s, want %s; %v", c.name, sum, c.want, err)
		}
	}
	id := legs[0].ID
	d.PayLeg(id)
	leg, err := core.Leg(ctx, id)
	if err != nil || leg.Advice == nil || leg.Advice.Amount != leg.Amount || leg.Owner != leg.Payee || leg.State != record.SettlementSettled {
		t.Errorf("the leg is %+v, %v", leg, err)
	}
}

func TestRunsAreListed(t *testing.T) {
	d := mature(t)
	day := ledgertest.Read(d.Ledger, record.RunKey(d.run)).Payment
	for _, c := range []struct {
		name, who string
		filter    client.RunFilter
		sees      bool
		whole     bool
		refused   bool
	}{
		{name: "the debtor", who: "core", sees: true, whole: true},
		{name: "the debtor by a bank", who: "core", filter: client.RunFilter{Debtor: d.IDs["core"], Bank: d.IDs["bank3"]}, sees: true, whole: true},
		{name: "by a bank that has no part", who: "core", filter: client.RunFilter{Debtor: d.IDs["core"], Bank: d.IDs["bank4"]}},
		{name: "on the day", who: "auditor", filter: client.RunFilter{From: day, To: day}, sees: true, whole: true},
		{name: "before", who: "auditor", filter: client.RunFilter{To: day - 1}},
		{name: "after", who: "auditor", filter: client.RunFilter{From: day + 1}},
		{name: "open", who: "auditor", filter: client.RunFilter{State: record.RunOpen}, sees: true, whole: true},
		{name: "closed", who: "auditor", filter: client.RunFilter{State: record.RunClosed}},
		{name: "a holder", who: "tier2", sees: true},
		{name: "a holder by another's bank", who: "tier2", filter: client.RunFilter{Bank: d.IDs["bank2"]}, refused: true},
		{name: "an outsider", who: "outsider"},
	} {
		runs, err := collect(d.client(c.who+"/maker").Runs(t.Context(), c.filter))
		if code.NotAuthorised.Is(err) != c.refused || err != nil && !c.refused {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if (len(runs) == 1) != c.sees || len(runs) == 1 && (runs[0].Whole != c.whole || (runs[0].Tally.Open == 60_000) != c.whole) {
			t.Errorf("%s sees %+v", c.name, runs)
		}
	}
	for _, wrong := range []string{"/v1/runs?state=none", "/v1/runs?from=tomorrow", "/v1/runs?cursor=AAAA", "/v1/runs/" + d.run + "/legs?purpose=none"} {
		if a := d.ask("core/maker", http.MethodGet, wrong, ""); a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", wrong, a.status, a.body)
		}
	}
}

// Who has nothing to do with a run is told the same as for one that is not there.
func TestWhoSeesARun(t *testing.T) {
	d := mature(t)
	legs, err := collect(d.client("tier2/maker").RunLegs(t.Context(), d.run, client.LegFilter{}))
	if err != nil || len(legs) != 1 || legs[0].Payee != d.IDs["tier2"] {
		t.Fatalf("tier2 sees %+v, %v", legs, err)
	}
	late := d.IDs["core"] + "-20300101"
	for path, c := range map[string]struct {
		absent string
		see    []string
	}{
		"/v1/runs/" + d.run:           {"/v1/runs/" + late, []string{"core", "tier1", "tier2"}},
		"/v1/runs/" + d.run + "/legs": {"/v1/runs/" + late + "/legs", []string{"core", "tier1", "tier2"}},
		"/v1/legs/" + legs[0].ID:      {"/v1/legs/none", []string{"core", "tier2"}},
	} {
		for _, who := range []string{"auditor", "operator", "bank1", "core", "tier1", "tier2", "outsider"} {
			a := d.ask(who+"/maker", http.MethodGet, path, "")
			sees := slices.Contains(c.see, who) || slices.Contains([]string{"auditor", "operator", "bank1"}, who)
			if sees != (a.status == http.StatusOK) {
				t.Errorf("%s asks for %s: %d %s", who, path, a.status, a.body)
			}
			if b := d.ask(who+"/maker", http.MethodGet, c.absent, ""); !sees && (a.status != b.status || a.body != b.body) {
				t.Errorf("%s can tell what exists: %d %s, absent %d %s", who, a.status, a.body, b.status, b.body)
			}
		}
	}
}

func TestTheChosenAccountIsListed(t *testing.T) {
	d := mature(t)
	for who, sees := range map[string]bool{"tier1": true, "bank2": true, "auditor": true} {
		choice, err := d.client(who+"/maker").Payee(t.Context(), d.IDs["tier1"])
		if err != nil || (choice != nil && choice.Account == ledgertest.AccountID) != sees {
			t.Errorf("%s sees %+v, %v", who, choice, err)
		}
	}
	if choice, err := d.client("tier2/maker").Payee(t.Context(), d.IDs["tier2"]); choice != nil || err != nil {
		t.Errorf("tier2 chose %+v, %v", choice, err)
	}
}

// overdue lets days pass, has the debtor offer to pay later, the holder tier1 agree for
// some fen, and tier2 give up late interest.
func (d *due) overdue() (extension string) {
	d.Helper()
	for _, leg := range d.Legs(d.run) {
		d.PayLeg(leg.ID)
	}
	d.Now = d.Now.Date().AddDays(10).Start().Add(10 * time.Hour)
	var made clearing.ExtensionResult
	d.Must("core/maker", "clearing:OfferExtension", clearing.ExtendArgument{
		Certificate: d.certificate, Maturity: d.Now.Date().AddDays(30), Reason: "cash is late", Document: ledgertest.Fingerprint("extension"),
	}, &made)
	d.Must("tier1/maker", "clearing:AcceptExtension", clearing.AcceptExtensionArgument{ID: made.ID, Interval: interval.Of(90_001, 100_000)})
	d.Approve("tier2/maker", "clearing:Waive", clearing.WaiveArgument{
		Certificate: d.certificate, Interval: interval.Of(30_001, 40_000), Reason: record.WaiverGoodwill,
	}, "tier2/checker")
	return made.ID
}

func TestExtensionsAndWaiversAreListed(t *testing.T) {
	d := mature(t)
	id := d.overdue()
	ctx := t.Context()
	for who, parts := range map[string]int{"core": 1, "tier1": 1, "tier2": 0, "auditor": 1} {
		c := d.client(who + "/maker")
		list, err := collect(c.Extensions(ctx, client.ExtensionFilter{Certificate: d.certificate}))
		if err != nil || len(list) != 1 || list[0].ID != id || len(list[0].Parts) != parts {
			t.Errorf("%s sees the offers %+v, %v", who, list, err)
		}
		x, err := c.Extension(ctx, id)
		if err != nil || len(x.Parts) != parts {
			t.Errorf("%s sees the offer %+v, %v", who, x, err)
		}
	}
	if list, err := collect(d.client("outsider/maker").Extensions(ctx, client.ExtensionFilter{All: true})); err != nil || len(list) != 0 {
		t.Errorf("an outsider sees the offers %+v, %v", list, err)
	}
	for who, want := range map[string]int{"core": 1, "tier1": 0, "tier2": 1, "auditor": 1, "outsider": 0} {
		list, err := collect(d.client(who+"/maker").Waivers(ctx, client.WaiverFilter{Creditor: d.IDs["tier2"]}))
		if err != nil || len(list) != want {
			t.Errorf("%s sees the waivers %+v, %v", who, list, err)
		}
	}
	a := d.ask("core/maker", http.MethodGet, "/v1/waivers?debtor="+d.IDs["core"], "")
	if !strings.Contains(a.body, `"reason":"goodwill"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// answersOfClearing asks for all that belongs to the clearing.
func answersOfClearing(t *testing.T, answers map[string]any) {
	t.Helper()
	d := mature(t)
	legs := d.Legs(d.run)
	extension := d.overdue()
	for operation, uri := range map[string]string{
		"listRuns":       "/v1/runs",
		"getRun":         "/v1/runs/" + d.run,
		"listRunLegs":    "/v1/runs/" + d.run + "/legs?purpose=clearing&limit=1",
		"getLeg":         "/v1/legs/" + legs[0].ID,
		"listExtensions": "/v1/extensions",
		"getExtension":   "/v1/extensions/" + extension,
		"listWaivers":    "/v1/waivers",
	} {
		answers[operation] = decoded(t, d.ask("core/maker", http.MethodGet, uri, ""))
	}
}
