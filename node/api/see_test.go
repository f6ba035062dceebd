package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// story is a certificate of core to tier1, of which 400,000.00 went to tier2 and
// 100,000.00 are offered to tier3. The outsider has nothing to do with it.
type story struct {
	*node
	certificate string
	invoice     record.Digest // between tier1 and tier2
	offer       string        // open, to tier3
	proposal    string        // of core, open
	issue       record.Digest // transaction
}

func tell(t *testing.T) *story {
	t.Helper()
	s := &story{node: newNode(t)}
	for _, alias := range []string{"core", "tier1", "tier2", "tier3", "outsider"} {
		s.Enrol(alias)
	}
	s.certificate = s.Issue("core", "tier1", "first", "1000000.00", 1)
	s.issue = idOf(t, s.Blocks[len(s.Blocks)-2].Txs[0])
	var offer struct {
		ID string `json:"id"`
	}
	transfer := func(to, text, amount, interval string, version int) {
		_, s.invoice = s.Invoice("tier1", to, text, amount)
		s.Must("tier1/maker", "certificate:Transfer", map[string]any{
			"to": s.IDs[to], "reference": text,
			"legs":        []map[string]any{{"certificate": s.certificate, "holding": 1, "version": version, "interval": interval}},
			"allocations": []map[string]any{{"invoice": s.invoice, "amount": amount}},
		}, &offer)
	}
	transfer("tier2", "second", "400000.00", "1-40000000", 1)
	s.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	invoice := s.invoice
	transfer("tier3", "third", "100000.00", "40000001-50000000", 2)
	s.invoice, s.offer = invoice, offer.ID
	var made struct {
		ID string `json:"id"`
	}
	s.Must("core/admin1", "approval:Propose", map[string]any{
		"function": "member:SetPolicy", "argument": map[string]any{
			"rules": []map[string]any{{"function": "certificate:Issue", "from": "50000.00"}},
		},
	}, &made)
	s.proposal = made.ID
	return s
}

// Everything that can be read, by everybody: who sees it, and that the others get
// the very same answer as for what does not exist.
func TestWhoSeesWhat(t *testing.T) {
	s := tell(t)
	allSee := []string{"auditor/maker", "operator/maker", "bank1/maker"}
	parties := []string{"core/maker", "tier1/checker", "tier2/admin1", "tier3/maker"}
	everybody := slices.Concat(allSee, parties, []string{"outsider/maker"})
	none := strings.Repeat("0", 64)
	absent := s.certificate[:len(s.certificate)-3] + "000"
	key := s.Keys["tier1/maker"].Public().ID().String()
	certificate := "/v1/certificates/"
	for path, c := range map[string]struct {
		absent string
		see    []string // besides those who see all
	}{
		certificate + s.certificate:                                           {certificate + absent, parties},
		certificate + s.certificate + "/tree":                                 {certificate + absent + "/tree", parties},
		certificate + s.certificate + "/history":                              {certificate + absent + "/history", parties},
		certificate + s.certificate + "/lineage?fen=1":                        {certificate + absent + "/lineage?fen=1", parties},
		"/v1/certificates?debtor=" + s.IDs["core"]:                            {"/v1/certificates?debtor=91330100000000000X", []string{"core/maker"}},
		"/v1/holdings?owner=" + s.IDs["tier2"]:                                {"/v1/holdings?owner=91330100000000000X", []string{"tier2/admin1"}},
		"/v1/holdings?certificate=" + s.certificate:                           {"/v1/holdings?certificate=" + absent, parties},
		"/v1/holdings?owner=" + s.IDs["tier1"] + "&debtor=" + s.IDs["core"]:   {"/v1/holdings?owner=91330100000000000X&debtor=91330100000000000X", []string{"core/maker", "tier1/checker"}},
		"/v1/transactions/" + s.issue.String():                                {"/v1/transactions/" + none, []string{"core/maker", "tier1/checker"}},
		"/v1/credentials/" + key:                                              {"/v1/credentials/" + none, []string{"tier1/checker"}},
		"/v1/invoices/" + s.invoice.String():                                  {"/v1/invoices/" + none, []string{"tier1/checker", "tier2/admin1"}},
		"/v1/proposals/" + s.proposal:                                         {"/v1/proposals/" + none, []string{"core/maker"}},
		"/v1/transfers/" + s.offer:                                            {"/v1/transfers/" + none, []string{"tier1/checker", "tier3/maker"}},
		"/v1/worklist?member=" + s.IDs["tier3"]:                               {"/v1/worklist?member=91330100000000000X", []string{"tier3/maker"}},
		"/v1/references/" + s.IDs["core"] + "/" + url.PathEscape("ref-first"): {"/v1/references/" + s.IDs["core"] + "/none", []string{"core/maker"}},
		"/v1/members": {"", nil},
	} {
		t.Run(path, func(t *testing.T) {
			if a := s.ask("", http.MethodGet, path, ""); a.status != http.StatusUnauthorized || a.code(t) != "UNAUTHENTICATED" {
				t.Errorf("without a login: %d %s", a.status, a.body)
			}
			for _, who := range everybody {
				a := s.ask(who, http.MethodGet, path, "")
				if slices.Contains(allSee, who) || slices.Contains(c.see, who) {
					if a.status != http.StatusOK {
						t.Errorf("%s: %d %s", who, a.status, a.body)
					}
					continue
				}
				if a.status != http.StatusForbidden || a.code(t) != "NOT_AUTHORISED" {
					t.Errorf("%s: %d %s", who, a.status, a.body)
				}
				if c.absent == "" || strings.HasPrefix(path, "/v1/references/") && who == "core/maker" {
					continue
				}
				if b := s.ask(who, http.MethodGet, c.absent, ""); a.status != b.status || a.body != b.body {
					t.Errorf("%s can tell what exists: %d %s, absent %d %s", who, a.status, a.body, b.status, b.body)
				}
			}
		})
	}
	for _, path := range []string{"/v1/members/" + s.IDs["tier2"], "/v1/rules/pack", "/v1/worklist", "/v1/holdings", "/v1/certificates", "/v1/lines"} {
		for _, who := range everybody {
			if a := s.ask(who, http.MethodGet, path, ""); a.status != http.StatusOK {
				t.Errorf("%s asks for %s: %d %s", who, path, a.status, a.body)
			}
		}
	}
}

// The first holder of a batch's certificate learns nothing of the others in it.
func TestAPartySeesItsPartOfATransaction(t *testing.T) {
	s := tell(t)
	whole, err := s.client("core/checker").Transaction(t.Context(), s.issue)
	if err != nil {
		t.Fatal(err)
	}
	part, err := s.client("tier1/maker").Transaction(t.Context(), s.issue)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Outcome.Result) == 0 || len(part.Outcome.Result) != 0 {
		t.Errorf("result: the signer has %q, the other side %q", whole.Outcome.Result, part.Outcome.Result)
	}
	if len(part.Outcome.Effects.Certificates) != 1 || part.Outcome.Effects.Decision.Inputs != nil {
		t.Errorf("effects: %+v", part.Outcome.Effects)
	}
}

func TestACertificateAsItsHoldersSeeIt(t *testing.T) {
	s := tell(t)
	c := s.client("tier2/maker")
	got, err := c.Certificate(t.Context(), s.certificate)
	if err != nil {
		t.Fatal(err)
	}
	if got.Face != 100_000_000 || got.State != record.Active || len(got.Holdings) != 2 || !slices.Contains(got.Flags, "offered") {
		t.Errorf("%+v", got)
	}
	if got.Holdings[0].Locks[0].Kind != record.LockOffer || got.Holdings[0].Locks[0].Counterpart != s.IDs["tier3"] {
		t.Errorf("locks: %+v", got.Holdings[0].Locks)
	}
	tree, err := c.Tree(t.Context(), s.certificate)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Edges) != 2 || tree.Edges[0].Kind != record.MoveIssue || tree.Edges[1].To != s.IDs["tier2"] || tree.Edges[1].Tier != 2 {
		t.Errorf("edges: %+v", tree.Edges)
	}
	if tree.Edges[1].Amount != 40_000_000 || tree.Names[s.IDs["tier2"]] != "tier2" {
		t.Errorf("tree: %+v", tree)
	}
	rows, err := collect(c.Holdings(t.Context(), holdingsOf(s.certificate)))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%+v, %v", rows, err)
	}
	for _, row := range rows {
		if row.Owner == s.IDs["tier1"] && (row.Locks != 1<<record.LockOffer || row.Locked != 10_000_000) {
			t.Errorf("locks of %+v", row)
		}
	}
	for o, err := range c.History(t.Context(), s.certificate) {
		if err != nil || o.Code != code.OK {
			t.Errorf("%+v, %v", o, err)
		}
	}
	passages, err := collect(c.Lineage(t.Context(), s.certificate, 40_000_001))
	if err != nil || len(passages) != 1 {
		t.Errorf("fen that stayed moved %d times, %v", len(passages), err)
	}
	work, err := collect(s.client("tier3/maker").Worklist(t.Context(), ""))
	if err != nil || len(work) != 1 || work[0].Subject != s.offer || work[0].Kind != record.TransferWasOffered {
		t.Errorf("worklist: %+v, %v", work, err)
	}
}

func TestEveryTypedRead(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	core, bank := s.client("core/maker"), s.client("bank1/maker")
	ref, err := core.Reference(ctx, s.IDs["core"], "ref-first")
	if err != nil || ref.Certificate != s.certificate {
		t.Errorf("reference: %+v, %v", ref, err)
	}
	p, err := core.Proposal(ctx, s.proposal)
	if err != nil || p.State != record.ProposalOpen || !strings.Contains(p.Argument, "50000.00") {
		t.Errorf("proposal: %+v, %v", p, err)
	}
	m, err := core.Member(ctx, s.IDs["tier2"])
	if err != nil || m.Name != "tier2" || !m.Roles.Has(record.Holder) {
		t.Errorf("member: %+v, %v", m, err)
	}
	if _, err := core.Member(ctx, "91330100000000000X"); !code.NotFound.Is(err) {
		t.Errorf("no member: %v", err)
	}
	members, err := collect(bank.Members(ctx))
	if err != nil || len(members) != len(s.IDs) {
		t.Errorf("%d members, want %d; %v", len(members), len(s.IDs), err)
	}
	cred, err := core.Credential(ctx, record.Digest(s.Keys["core/checker"].Public().ID()))
	if err != nil || cred.Person != "checker" || cred.RevokedAt != 0 || !cred.Attached.IsZero() {
		t.Errorf("credential: %+v, %v", cred, err)
	}
	inv, err := s.client("tier2/maker").Invoice(ctx, s.invoice)
	if err != nil || inv.Allocated != 40_000_000 || inv.Verified.Kind != record.TaxCheck {
		t.Errorf("invoice: %+v, %v", inv, err)
	}
	offer, err := s.client("tier3/maker").Transfer(ctx, s.offer)
	if err != nil || offer.State != record.TransferOffered || offer.EndedAt != 0 {
		t.Errorf("transfer: %+v, %v", offer, err)
	}
	pack, err := core.Pack(ctx, 0)
	if err != nil || pack.Ordinal == 0 {
		t.Errorf("pack: %+v, %v", pack, err)
	}
	if _, err := core.Pack(ctx, 1); !code.RulePackUnknown.Is(err) {
		t.Errorf("a pack for 1970: %v", err)
	}
	rows, err := collect(core.Certificates(ctx, ""))
	if err != nil || len(rows) != 1 || rows[0].Number != s.certificate {
		t.Errorf("certificates: %+v, %v", rows, err)
	}
	st, err := core.Status(ctx)
	head := s.Store.Head()
	if err != nil || st.Height != head.Height || st.AppHash != head.AppHash || len(st.Validators) != 4 || st.Node != nodeName || !st.Devnet {
		t.Errorf("status: %+v, %v", st, err)
	}
}

// A credit line is seen by its bank and its debtor only, besides those who see all.
func TestLines(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	n.Enrol("outsider")
	n.Must("bank1/maker", "credit:Grant", map[string]any{
		"id": "line-1", "debtor": n.IDs["core"], "limit": "5000000.00",
		"from": n.Now.Date(), "to": n.Now.Date().AddDays(300),
	})
	for who, want := range map[string]int{"core/maker": 1, "bank2/maker": 1, "outsider/maker": 0} {
		got, err := collect(n.client(who).Lines(t.Context(), ""))
		if err != nil || len(got) != want {
			t.Errorf("%s sees %+v, %v", who, got, err)
		}
		if got, err = collect(n.client(who).Lines(t.Context(), n.IDs["bank1"])); err != nil || len(got) != want {
			t.Errorf("%s sees of bank1 %+v, %v", who, got, err)
		}
	}
}

func TestPages(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	n.Enrol("tier1")
	var want []string
	for i := range 7 {
		want = append(want, n.Issue("core", "tier1", string(rune('a'+i)), "1000.00", i+1))
	}
	slices.Sort(want)
	var got []string
	uri := "/v1/certificates?limit=2"
	for pages := 0; uri != ""; pages++ {
		if pages > 4 {
			t.Fatal("the pages do not end")
		}
		var page struct {
			Items []struct {
				Number string `json:"number"`
			} `json:"items"`
			Next string `json:"next"`
		}
		read(t, n.ask("core/maker", http.MethodGet, uri, ""), &page)
		for _, i := range page.Items {
			got = append(got, i.Number)
		}
		uri = ""
		if page.Next != "" {
			uri = "/v1/certificates?limit=2&cursor=" + page.Next
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("pages give %v, want %v", got, want)
	}
}

func TestBadQueries(t *testing.T) {
	s := tell(t)
	for uri, want := range map[string]string{
		"/v1/holdings?limit=0":                                  "BAD_REQUEST",
		"/v1/holdings?limit=501":                                "BAD_REQUEST",
		"/v1/holdings?limit=ten":                                "BAD_REQUEST",
		"/v1/holdings?cursor=%2B%2B":                            "BAD_CURSOR",
		"/v1/holdings?cursor=AAAA":                              "BAD_CURSOR",
		"/v1/members?cursor=AAAA":                               "BAD_CURSOR",
		"/v1/holdings?state=gone":                               "BAD_REQUEST",
		"/v1/holdings?tier=-1":                                  "BAD_REQUEST",
		"/v1/holdings?tier=70000":                               "BAD_REQUEST",
		"/v1/holdings?paymentFrom=1.9.2026":                     "BAD_DATE",
		"/v1/holdings?paymentTo=2026-02-30":                     "BAD_DATE",
		"/v1/holdings?ownr=x":                                   "BAD_REQUEST",
		"/v1/certificates/" + s.certificate + "/lineage?fen=0":  "BAD_REQUEST",
		"/v1/certificates/" + s.certificate + "/lineage?fen=x":  "BAD_REQUEST",
		"/v1/certificates/" + s.certificate + "/lineage?fen=01": "BAD_REQUEST",
		"/v1/transactions/xyz":                                  "BAD_REQUEST",
		"/v1/transactions/" + strings.Repeat("A", 64):           "BAD_REQUEST",
		"/v1/credentials/1":                                     "BAD_REQUEST",
		"/v1/nothing":                                           "NOT_FOUND",
		"/":                                                     "NOT_FOUND",
	} {
		if a := s.ask("bank1/maker", http.MethodGet, uri, ""); a.code(t) != want || a.status >= 500 {
			t.Errorf("%s: %d %s, want %s", uri, a.status, a.body, want)
		}
	}
	// An identifier with a slash does not reach a record of another kind.
	holding := url.PathEscape(s.certificate + "/holding/00000001")
	for _, path := range []string{
		"/v1/certificates/" + holding, "/v1/certificates/" + holding + "/tree", "/v1/transfers/" + url.PathEscape(s.offer+"/x"),
		"/v1/proposals/" + url.PathEscape("../"+s.proposal), "/v1/references/" + url.PathEscape("a/b") + "/c",
	} {
		for who, want := range map[string]int{"bank1/maker": http.StatusNotFound, "core/maker": http.StatusForbidden} {
			if a := s.ask(who, http.MethodGet, path, ""); a.status != want {
				t.Errorf("%s asks for %s: %d %s", who, path, a.status, a.body)
			}
		}
	}
	policy := "/v1/members/" + url.PathEscape(s.IDs["core"][:9]+"/policy")
	if a := s.ask("core/maker", http.MethodGet, policy, ""); a.status != http.StatusNotFound {
		t.Errorf("a policy as a member: %d %s", a.status, a.body)
	}
	if a := s.ask("", http.MethodDelete, "/v1/status", ""); a.status != http.StatusNotFound {
		t.Errorf("DELETE: %d %s", a.status, a.body)
	}
}
