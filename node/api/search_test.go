package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/node/client"
)

// A search finds what its viewer may see and nothing else.
func TestSearch(t *testing.T) {
	s := tell(t)
	for name, c := range map[string]struct {
		who, text string
		want      []string // kind and id
	}{
		"a number, by a holder":                {"tier2/maker", s.certificate, []string{"certificate " + s.certificate}},
		"a number, by a stranger":              {"outsider/maker", s.certificate, nil},
		"the beginning, by the debtor":         {"core/maker", s.certificate[:20], []string{"certificate " + s.certificate}},
		"the end, by a holder":                 {"tier1/maker", s.certificate[24:], []string{"certificate " + s.certificate}},
		"the end, by a bank":                   {"bank1/maker", s.certificate[24:], nil},
		"the beginning, by a bank":             {"bank1/maker", strings.ToLower(s.certificate[:19]), []string{"certificate " + s.certificate}},
		"the beginning, by an asked":           {"tier3/maker", s.certificate[:20], nil},
		"the number, by an asked":              {"tier3/maker", s.certificate, []string{"certificate " + s.certificate}},
		"a code, by anybody":                   {"outsider/maker", s.IDs["tier1"], []string{"member " + s.IDs["tier1"]}},
		"a part of a code, by a firm":          {"outsider/maker", s.IDs["tier1"][:12], nil},
		"a name, by a firm":                    {"outsider/maker", "tier1", nil},
		"a name, by a bank":                    {"bank1/maker", "IER1", []string{"member " + s.IDs["tier1"]}},
		"the beginning of a code":              {"auditor/maker", s.IDs["tier1"][:16], []string{"member " + s.IDs["tier1"]}},
		"a transfer, by its receiver":          {"tier3/maker", s.offer, []string{"transfer " + s.offer}},
		"a transfer, by another":               {"tier2/maker", s.offer, nil},
		"a proposal, by its member":            {"core/maker", s.proposal, []string{"proposal " + s.proposal}},
		"a proposal, by another":               {"tier1/maker", s.proposal, nil},
		"a transaction, by its signer's":       {"core/maker", s.issue.String(), []string{"transaction " + s.issue.String()}},
		"a transaction, by a stranger":         {"outsider/maker", s.issue.String(), nil},
		"spaces around":                        {"core/maker", " " + s.proposal + " ", []string{"proposal " + s.proposal}},
		"what is nothing":                      {"bank1/maker", strings.Repeat("0", 64), nil},
		"another kind's key":                   {"core/maker", s.certificate + "/holding/00000001", nil},
		"another kind's key, of those who all": {"bank1/maker", s.certificate + "/holding/00000001", nil},
	} {
		found, err := s.client(c.who).Search(t.Context(), c.text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := []string{}
		for _, f := range found {
			if f.Title == "" {
				t.Errorf("%s: no title: %+v", name, f)
			}
			got = append(got, f.Kind+" "+f.ID)
		}
		if !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for _, text := range []string{"", "a", "%20%20", strings.Repeat("a", 65)} {
		if a := s.ask("bank1/maker", http.MethodGet, "/v1/search?q="+text, ""); a.code(t) != "BAD_REQUEST" {
			t.Errorf("%q: %d %s", text, a.status, a.body)
		}
	}
	if a := s.ask("bank1/maker", http.MethodGet, "/v1/search", ""); a.code(t) != "BAD_REQUEST" {
		t.Errorf("nothing: %d %s", a.status, a.body)
	}
}

// A run and a financing are found by their ids, by those whom they concern.
func TestSearchFindsRuns(t *testing.T) {
	d := mature(t)
	for who, want := range map[string]int{"core/maker": 1, "tier1/maker": 1, "outsider/maker": 0, "bank1/maker": 1} {
		found, err := d.client(who).Search(t.Context(), d.run)
		if err != nil || len(found) != want || want > 0 && (found[0].Kind != "run" || found[0].ID != d.run) {
			t.Errorf("%s finds %+v, %v", who, found, err)
		}
	}
}

func TestWhatTheRulesSaid(t *testing.T) {
	s := tell(t)
	for who, facts := range map[string]bool{"core/maker": true, "tier2/maker": false, "auditor/maker": true} {
		got, err := collect(s.client(who).Rules(t.Context(), s.certificate))
		if err != nil || len(got) < 3 || got[0].Function != "certificate:Issue" || got[0].TxID != s.issue || got[0].Pack == 0 {
			t.Fatalf("%s: %+v, %v", who, got, err)
		}
		i := slices.IndexFunc(got[0].Rules, func(r client.RuleResult) bool { return r.Rule == "TERM-MAX" })
		if i < 0 || got[0].Rules[i].Result != "passed" || !strings.Contains(got[0].Rules[i].Clause, "art. 11") || got[0].Rules[i].Title == "" {
			t.Errorf("%s: the issue's rules are %+v", who, got[0].Rules)
		}
		flagged := false
		for _, d := range got {
			for _, r := range d.Rules {
				flagged = flagged || r.Result == "flagged" && d.Member == s.IDs["core"] && len(r.Facts) > 0
				if r.Result == "refused" {
					t.Errorf("%s: an accepted transaction was refused: %+v", who, d)
				}
			}
		}
		if flagged != facts && flagged {
			t.Errorf("%s sees facts that are another's", who)
		}
	}
	uri := "/v1/certificates/" + s.certificate + "/rules"
	a := s.send(http.MethodGet, uri, "", http.Header{
		"Authorization": {s.login("core/maker", http.MethodGet, uri, nil)}, "Accept-Language": {"zh-CN"},
	})
	if a.status != http.StatusOK || !strings.Contains(a.body, "第十一条") {
		t.Errorf("in Chinese: %d %s", a.status, a.body)
	}
	absent := "/v1/certificates/" + url.PathEscape(s.certificate[:30]+"0000") + "/rules"
	for _, path := range []string{uri, absent} {
		if a := s.ask("outsider/maker", http.MethodGet, path, ""); a.code(t) != "NOT_AUTHORISED" {
			t.Errorf("an outsider asks for %s: %d %s", path, a.status, a.body)
		}
	}
}
