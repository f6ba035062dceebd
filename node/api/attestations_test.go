package api_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
)

// stop has a bank attest that a debtor may not issue.
func (n *node) stop(bank, debtor string) {
	n.Helper()
	n.Must(bank+"/reviewer", "rules:StopDebtor", map[string]any{
		"debtor": n.IDs[debtor], "reason": "on the exchange's list", "document": ledgertest.Fingerprint("list"),
	})
}

// review has a bank review a term of ten months for a certificate of today that is not
// issued yet, of 200,000.00.
func (n *node) review(bank, debtor string, sequence int) (certificate string) {
	n.Helper()
	certificate, err := number.NewCertificate(n.IDs[debtor], n.Now.Date(), sequence)
	if err != nil {
		n.Fatal(err)
	}
	n.Must(bank+"/reviewer", "certificate:ReviewTerm", map[string]any{
		"number": certificate, "debtor": n.IDs[debtor], "face": "200000.00", "maturity": n.Now.Date().AddMonths(10),
		"reason": "seasonal production",
	})
	return certificate
}

// A debtor reads on whose word it may not issue; so does every bank, whose lines the stop
// holds up, and nobody else.
func TestStopsAreSeenByTheDebtorAndByBanks(t *testing.T) {
	s := tell(t)
	s.withoutSeat("bank4")
	s.stop("bank1", "core")
	s.stop("bank4", "core")
	s.stop("bank4", "tier1")
	s.Must("bank1/reviewer", "rules:LiftStop", map[string]any{
		"debtor": s.IDs["core"], "reason": "paid", "document": ledgertest.Fingerprint("receipt"),
	})
	list := func(who string, f client.StopFilter) (got []string) {
		t.Helper()
		stops, err := collect(s.client(who).Stops(t.Context(), f))
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		for _, v := range stops {
			text := s.AliasOf(v.Bank) + " stops " + s.AliasOf(v.Debtor)
			if !v.Lifted.IsZero() {
				text += ", lifted"
			}
			got = append(got, text)
		}
		slices.Sort(got) // the codes are drawn anew in each run
		return got
	}
	core := client.StopFilter{Debtor: s.IDs["core"]}
	for _, c := range []struct {
		who    string
		filter client.StopFilter
		want   []string
	}{
		{"core/maker", client.StopFilter{}, []string{"bank4 stops core"}},
		{"core/maker", client.StopFilter{All: true}, []string{"bank1 stops core, lifted", "bank4 stops core"}},
		{"core/maker", client.StopFilter{All: true, Bank: s.IDs["bank1"]}, []string{"bank1 stops core, lifted"}},
		{"tier2/maker", client.StopFilter{}, nil},
		{"bank4/maker", client.StopFilter{}, []string{"bank4 stops core", "bank4 stops tier1"}},
		{"bank4/maker", core, []string{"bank4 stops core"}},
		{"auditor/maker", client.StopFilter{All: true}, []string{"bank1 stops core, lifted", "bank4 stops core", "bank4 stops tier1"}},
	} {
		if got := list(c.who, c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s lists %+v: %q, want %q", c.who, c.filter, got, c.want)
		}
	}
	_, err := collect(s.client("tier2/maker").Stops(t.Context(), core))
	if !code.NotAuthorised.Is(err) {
		t.Errorf("a supplier asks about core: %v", err)
	}
}

// What a bank signed for is listed until it is used or its day is over, to the debtor and
// to the bank that signed it.
func TestReviewsOfLongTerms(t *testing.T) {
	s := tell(t)
	s.withoutSeat("bank4")
	first, second := s.review("bank4", "core", 2), s.review("bank1", "core", 3)
	other := s.review("bank4", "tier1", 1)
	issue := func(reviewed string) {
		t.Helper()
		contract, invoice := s.Invoice("core", "tier1", "long", "200000.00")
		s.Must("core/maker", "certificate:Issue", map[string]any{
			"number": reviewed, "creditor": s.IDs["tier1"], "face": "200000.00", "maturity": s.Now.Date().AddMonths(10), "currency": "CNY",
			"reference": "ref-long", "contract": contract, "allocations": []map[string]any{{"invoice": invoice, "amount": "200000.00"}},
		})
	}
	list := func(who string, f client.ReviewFilter, want ...string) {
		t.Helper()
		reviews, err := collect(s.client(who).Reviews(t.Context(), f))
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
		got := []string{}
		for _, v := range reviews {
			got = append(got, v.Certificate)
			if v.Face != 20_000_000 || v.Reason != "seasonal production" || v.Certificate[:number.SocialCreditLength] != v.Debtor ||
				v.Issued != (f.All && v.Certificate == first) {
				t.Errorf("%s reads %+v", who, v)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s lists %+v: %q, want %q", who, f, got, want)
		}
	}
	issue(first)
	all := client.ReviewFilter{All: true}
	list("core/maker", client.ReviewFilter{}, second)
	list("core/maker", all, first, second)
	list("core/maker", client.ReviewFilter{All: true, Bank: s.IDs["bank4"]}, first)
	list("bank4/reviewer", client.ReviewFilter{}, other)
	list("bank4/reviewer", all, first, other)
	list("bank4/reviewer", client.ReviewFilter{All: true, Debtor: s.IDs["core"]}, first)
	list("bank2/maker", client.ReviewFilter{}, second, other)
	list("auditor/maker", all, first, second, other)
	list("auditor/maker", client.ReviewFilter{All: true, Debtor: s.IDs["core"][:9]})
	list("tier2/maker", all)
	for who, f := range map[string]client.ReviewFilter{
		"tier2/maker": {Debtor: s.IDs["core"]}, "core/maker": {Debtor: s.IDs["tier1"]},
		"bank4/maker": {Debtor: s.IDs["core"], Bank: s.IDs["bank1"]},
	} {
		if _, err := collect(s.client(who).Reviews(t.Context(), f)); !code.NotAuthorised.Is(err) {
			t.Errorf("%s asks for %+v: %v", who, f, err)
		}
	}
	s.Now = s.Now.Add(24 * time.Hour)
	s.Commit()
	list("auditor/maker", client.ReviewFilter{})
	list("core/maker", all, first, second)
	list("core/maker", client.ReviewFilter{})
	today := s.review("bank4", "core", 1)
	list("core/maker", client.ReviewFilter{}, today)
	list("auditor/maker", client.ReviewFilter{}, today)
}

// Pages of one hold together what one page holds.
func TestPagesOfAttestationsAndGroups(t *testing.T) {
	s := tell(t)
	for i := range 3 {
		s.Must("bank1/maker", "credit:SetGroup", map[string]any{"id": "group-" + strconv.Itoa(i), "cap": "1000000.00"})
		s.stop("bank1", []string{"core", "tier1", "tier2"}[i])
		s.review("bank1", []string{"core", "core", "tier1"}[i], 2+i)
	}
	type page struct {
		Items []struct {
			ID          string `json:"id"`
			Debtor      string `json:"debtor"`
			Certificate string `json:"certificate"`
		} `json:"items"`
		Next string `json:"next"`
	}
	for list, who := range map[string]string{
		"/v1/groups?": "bank1/maker", "/v1/stops?": "bank1/maker", "/v1/reviews?": "bank1/maker", "/v1/reviews?all=true&": "auditor/maker",
	} {
		var whole, parts page
		read(t, s.ask(who, http.MethodGet, list+"limit=3", ""), &whole)
		if len(whole.Items) != 3 {
			t.Errorf("%s: %+v", list, whole)
		}
		for uri := list + "limit=1"; uri != ""; {
			var one page
			read(t, s.ask(who, http.MethodGet, uri, ""), &one)
			if len(one.Items) > 1 || len(parts.Items) > 3 {
				t.Fatalf("%s: a page of %d after %d", uri, len(one.Items), len(parts.Items))
			}
			parts.Items = append(parts.Items, one.Items...)
			if uri = ""; one.Next != "" {
				uri = list + "limit=1&cursor=" + one.Next
			}
		}
		if !slices.Equal(parts.Items, whole.Items) {
			t.Errorf("%s in pages of one: %+v, in one: %+v", list, parts.Items, whole.Items)
		}
		for uri, want := range map[string]string{list + "cursor=AAAA": "BAD_CURSOR", list + "limit=501": "BAD_REQUEST"} {
			if a := s.ask(who, http.MethodGet, uri, ""); a.code(t) != want {
				t.Errorf("%s: %d %s, want %s", uri, a.status, a.body, want)
			}
		}
	}
}

// A bank reads its groups with what is taken of them; a debtor on one of its lines does not.
func TestABankReadsItsGroups(t *testing.T) {
	s := tell(t)
	s.withoutSeat("bank4")
	day := s.Now.Date()
	s.Must("bank4/maker", "credit:SetGroup", map[string]any{"id": "wide", "cap": "3000000.00"})
	s.Must("bank4/maker", "credit:SetGroup", map[string]any{"id": "heavy", "cap": "2000000.00", "parent": "wide"})
	s.Must("bank4/maker", "credit:Grant", map[string]any{
		"id": "line-1", "debtor": s.IDs["core"], "group": "heavy", "limit": "900000.00", "from": day, "to": day.AddDays(300),
	})
	s.IssueBacked("bank4", "line-1", "core", "tier1", "backed", "300000.00", 2)
	for who, want := range map[string]int{"bank4/maker": 2, "bank1/maker": 2, "auditor/maker": 2, "core/maker": 0, "tier1/maker": 0} {
		groups, err := collect(s.client(who).Groups(t.Context(), ""))
		if err != nil || len(groups) != want {
			t.Errorf("%s lists %+v, %v", who, groups, err)
			continue
		}
		for i, id := range []string{"heavy", "wide"}[:want] {
			if g := groups[i]; g.ID != id || g.Bank != s.IDs["bank4"] || g.Used != 30_000_000 || g.Reserved != 0 {
				t.Errorf("%s reads %+v", who, g)
			}
		}
	}
	if _, err := collect(s.client("core/maker").Groups(t.Context(), s.IDs["bank4"])); !code.NotAuthorised.Is(err) {
		t.Errorf("core asks for bank4's: %v", err)
	}
}
