package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
)

func TestTotalsFollowTheLedger(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	core, bank := s.client("core/maker"), s.client("bank1/maker")
	own, err := core.Totals(ctx, "")
	if err != nil || own.Totals == nil || own.Network != nil || own.Member != s.IDs["core"] || own.Totals.Owed.Amount != 100_000_000 ||
		len(own.Totals.OwedByMonth) != 1 || own.AsOf.Height != s.Store.Head().Height {
		t.Fatalf("core's: %+v, %v", own, err)
	}
	network, err := bank.Totals(ctx, "")
	if err != nil || network.Network == nil || network.Totals != nil || network.Network.Certificates != (client.Flow{Count: 1, Amount: 100_000_000}) ||
		network.Network.Offers.Amount != 10_000_000 || network.Network.ByRole["funder"] != 4 {
		t.Fatalf("the network's: %+v, %v", network, err)
	}
	s.Must("tier3/maker", "certificate:AcceptTransfer", map[string]any{"id": s.offer})
	s.Issue("core", "tier2", "another", "500.00", 2)
	of, err := bank.Totals(ctx, s.IDs["tier3"])
	if err != nil || of.Totals.Held.Amount != 10_000_000 || of.Totals.OffersToIt.Count != 0 {
		t.Errorf("tier3's, after it accepted: %+v, %v", of, err)
	}
	if network, err = bank.Totals(ctx, ""); err != nil || network.Network.Open.Amount != 100_050_000 || network.Network.Offers.Count != 0 {
		t.Errorf("the network's, after that: %+v, %v", network, err)
	}
	for _, who := range []string{"tier1/maker", "outsider/maker"} {
		for _, whose := range []string{s.IDs["core"], "91330100000000000X"} {
			if a := s.ask(who, http.MethodGet, "/v1/totals?member="+whose, ""); a.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s asks for %s: %d %s", who, whose, a.status, a.body)
			}
		}
	}
	if a := s.ask("outsider/maker", http.MethodGet, "/v1/totals", ""); a.status != http.StatusOK || strings.Contains(a.body, "network") {
		t.Errorf("who has nothing: %d %s", a.status, a.body)
	}
	if err := s.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestABanksExposure(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	bank := s.client("bank1/maker")
	if got, err := collect(bank.Exposure(ctx, "")); err != nil || len(got) != 0 {
		t.Errorf("before anything: %+v, %v", got, err)
	}
	day := s.Now.Date()
	for line, debtor := range map[string]string{"line-1": "core", "line-2": "outsider"} {
		s.Must("bank1/maker", "credit:Grant", map[string]any{
			"id": line, "debtor": s.IDs[debtor], "limit": "5000000.00", "from": day, "to": day.AddDays(300),
		})
	}
	s.Must("bank1/maker", "credit:FreezeLine", map[string]any{"id": "line-2", "reason": "watched"})
	s.Must("bank1/maker", "credit:SetLimit", map[string]any{"of": "debtor", "member": s.IDs["core"], "cap": "3000000.00"})
	s.IssueBacked("bank1", "line-1", "core", "tier1", "backed", "1000.00", 2)
	s.Accounts("bank1", "bank1", "core", "tier2")
	id := s.Request("tier2", s.Leg(s.certificate, 2, interval.Of(1, 20_000_000)))
	terms := ledgertest.Terms(record.SaleWithoutRecourse)
	terms.ValueDate = s.Now.Date()
	s.Quote("bank1", id, terms)
	s.Select("tier2", "bank1", id, terms)
	s.Register("bank1", id)
	s.Pay(id)
	got, err := collect(bank.Exposure(ctx, ""))
	if err != nil || len(got) != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, e := range got {
		switch e.Debtor {
		case s.IDs["core"]:
			if e.Name != "core" || e.Lines.Used != 100_000 || e.Lines.Available != 499_900_000 || e.Limit == nil || e.Limit.Cap != 300_000_000 ||
				e.Limit.Used == 0 || e.Held != (client.Flow{Count: 1, Amount: 20_000_000}) || len(e.ByMonth) != 1 {
				t.Errorf("core: %+v", e)
			}
		case s.IDs["outsider"]:
			if e.Lines.Count != 1 || e.Lines.Limit != 500_000_000 || e.Lines.Available != 0 || e.Limit != nil || e.Held.Count != 0 {
				t.Errorf("a line that is frozen: %+v", e)
			}
		default:
			t.Errorf("another debtor: %+v", e)
		}
	}
	if got, err = collect(s.client("auditor/maker").Exposure(ctx, s.IDs["bank1"])); err != nil || len(got) != 2 {
		t.Errorf("for the auditor: %+v, %v", got, err)
	}
	for who, want := range map[string]string{"auditor/maker": "BAD_REQUEST", "core/maker": "NOT_AUTHORISED"} {
		if a := s.ask(who, http.MethodGet, "/v1/exposure", ""); a.code(t) != want {
			t.Errorf("%s asks for its own: %d %s", who, a.status, a.body)
		}
	}
	for _, whose := range []string{s.IDs["bank1"], s.IDs["core"], "91330100000000000X"} {
		if a := s.ask("core/maker", http.MethodGet, "/v1/exposure?bank="+whose, ""); a.code(t) != "NOT_AUTHORISED" {
			t.Errorf("core asks for %s: %d %s", whose, a.status, a.body)
		}
	}
	if a := s.ask("bank1/maker", http.MethodGet, "/v1/exposure?cursor=AAAA", ""); a.code(t) != "BAD_CURSOR" {
		t.Errorf("a bad cursor: %d %s", a.status, a.body)
	}
}
