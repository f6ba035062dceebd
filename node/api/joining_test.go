package api_test

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/attach"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/enrol"
)

const testQuota = 1 << 20 // bytes of files a member may keep

// joining opens an empty desk of enrolments and an empty store of files for a node.
func joining(t testing.TB) func(*api.Config) {
	t.Helper()
	l := ownData(t)
	desk, err := enrol.OpenDesk(l, ledgertest.Network)
	if err != nil {
		t.Fatal(err)
	}
	files, err := attach.Open(filepath.Join(t.TempDir(), "attachments"), l, testQuota)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *api.Config) { c.Joining, c.Attachments, c.PublicURL = desk, files, "https://node.bank.example" }
}

// stranger is a client without a key.
func (n *node) stranger() *client.Client {
	n.Helper()
	c, err := client.New(n.http.URL, ledgertest.Network, nil, client.WithNode(nodeName), client.WithAttempts(1))
	if err != nil {
		n.Fatal(err)
	}
	n.Cleanup(c.Close)
	return c
}

// newcomer makes keys for the people of an enterprise that is not on the network, as
// they would in a browser, and what it says of itself.
func (n *node) newcomer(alias string) client.Application {
	n.Helper()
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91330100%09d", len(alias)*7+int(alias[len(alias)-1])))
	if err != nil {
		n.Fatal(err)
	}
	n.IDs[alias] = id
	return client.Application{
		ID: id, Name: alias + " 电子", Class: record.MicroEnterprise, Contact: "+86 571 0000 0000",
		Credentials: []client.PersonKey{
			n.newKey(alias, "admin1", record.Admin), n.newKey(alias, "admin2", record.Admin), n.newKey(alias, "maker", record.Maker),
		},
	}
}

func (n *node) newKey(alias, person string, roles record.PersonRoles) client.PersonKey {
	n.Helper()
	key, err := credential.Generate(credential.ES256, randomReader())
	if err != nil {
		n.Fatal(err)
	}
	possession, err := credential.SignPossession(key, ledgertest.Network, n.IDs[alias], person)
	if err != nil {
		n.Fatal(err)
	}
	n.Keys[alias+"/"+person] = key
	return client.PersonKey{Person: person, Roles: roles, PublicKey: key.Public().SPKI(), Possession: possession}
}

// pairing is what an enterprise makes of its own keys.
func (n *node) pairing(alias string, people ...string) string {
	n.Helper()
	var ids []credential.KeyID
	for _, p := range people {
		ids = append(ids, n.Keys[alias+"/"+p].Public().ID())
	}
	digits, err := credential.Pairing(ledgertest.Network, n.IDs[alias], ids, nil)
	if err != nil {
		n.Fatal(err)
	}
	return digits
}

func tokenOf(link string) string {
	_, token, _ := strings.Cut(link, "/#/join?i=")
	return token
}

// A supplier of the fourth tier is invited by its customer, enrols by the link with
// keys of its own, and is on the network once the bank's maker has signed.
func TestASupplierComesToTheNetwork(t *testing.T) {
	var log bytes.Buffer
	n := newNode(t, joining(t), func(c *api.Config) { c.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	n.Enrol("tier3")
	ctx := t.Context()
	inviter, bank, stranger := n.client("tier3/maker"), n.client("bank1/maker"), n.stranger()
	made, err := inviter.Invite(ctx, client.Invite{Name: "广元电子", Email: "cfo@supplier.example", Note: "请入网"})
	if err != nil || !strings.HasPrefix(made.Link, "https://node.bank.example/#/join?i=") || tokenOf(made.Link) != made.Token {
		t.Fatalf("invited: %+v %v", made, err)
	}
	seen, err := stranger.Invited(ctx, made.Token)
	if err != nil || seen.Inviter.Name != "tier3" || seen.Bank.ID != n.IDs["bank1"] || seen.State != client.JoinOpen ||
		seen.Network != ledgertest.Network || seen.Roles != record.Holder || seen.Language != "zh" {
		t.Fatalf("the link shows %+v %v", seen, err)
	}
	if _, err := stranger.OwnEnrolment(ctx, made.Token); !code.NotFound.Is(err) {
		t.Errorf("before the enrolment: %v", err)
	}
	a := n.newcomer("tier4")
	asked, err := stranger.Enrol(ctx, made.Token, a)
	if err != nil || asked.State != client.JoinWaiting || asked.Pairing != n.pairing("tier4", "admin1", "admin2", "maker") {
		t.Fatalf("enrolled: %+v %v", asked, err)
	}
	if again, err := stranger.Enrol(ctx, made.Token, a); err != nil || again.Reference != asked.Reference {
		t.Errorf("the same again: %+v %v", again, err)
	}
	if _, err := stranger.Enrol(ctx, made.Token, n.newcomer("tier5")); !code.Conflict.Is(err) {
		t.Errorf("the link used for somebody else: %v", err)
	}

	waiting, err := collect(bank.Enrolments(ctx, client.JoinWaiting))
	if err != nil || len(waiting) != 1 || waiting[0].Reference != asked.Reference || waiting[0].Known || waiting[0].Inviter.ID != n.IDs["tier3"] {
		t.Fatalf("the bank's list: %+v %v", waiting, err)
	}
	e, err := bank.Enrolment(ctx, asked.Reference)
	if err != nil || e.Function != "member:Enrol" || e.Pairing != asked.Pairing || e.Contact != a.Contact || len(e.Keys) != 3 {
		t.Fatalf("the bank sees %+v %v", e, err)
	}
	n.Must("bank1/maker", e.Function, stdjson.RawMessage(e.Argument))
	if own, err := stranger.OwnEnrolment(ctx, made.Token); err != nil || own.State != client.JoinEnrolled {
		t.Errorf("after the bank signed: %+v %v", own, err)
	}
	if list, err := collect(inviter.Invitations(ctx)); err != nil || len(list) != 1 || list[0].State != client.JoinEnrolled {
		t.Errorf("the inviter sees %+v %v", list, err)
	}
	if m, err := n.client("tier4/maker").Member(ctx, n.IDs["tier4"]); err != nil || m.Sponsor != n.IDs["bank1"] || m.Roles != record.Holder {
		t.Errorf("the new member reads %+v %v", m, err)
	}
	if _, err := bank.RefuseEnrolment(ctx, asked.Reference, "too late"); !code.EnrolmentState.Is(err) {
		t.Errorf("refused after the enrolment: %v", err)
	}
	if strings.Contains(log.String(), made.Token) {
		t.Error("the token is in the log")
	}
}

func TestAnEnrolmentIsRefused(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier3")
	ctx, stranger := t.Context(), n.stranger()
	made, err := n.client("tier3/maker").Invite(ctx, client.Invite{Name: "广元电子"})
	if err != nil {
		t.Fatal(err)
	}
	asked, err := stranger.Enrol(ctx, made.Token, n.newcomer("tier4"))
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]code.Code{
		"bank1/checker": code.NotAuthorised, "bank2/maker": code.NotAuthorised, "tier3/maker": code.NotAuthorised,
		"operator/maker": code.NotAuthorised, "bank1/reviewer": code.OK,
	} {
		if want == code.OK {
			continue
		}
		if _, err := n.client(who).RefuseEnrolment(ctx, asked.Reference, "no"); !want.Is(err) {
			t.Errorf("%s refuses: %v", who, err)
		}
	}
	e, err := n.client("bank1/reviewer").RefuseEnrolment(ctx, asked.Reference, "the licence has lapsed")
	if err != nil || e.State != client.JoinRefused || e.Refusal.By.Person != "reviewer" {
		t.Fatalf("refused: %+v %v", e, err)
	}
	if own, err := stranger.OwnEnrolment(ctx, made.Token); err != nil || own.State != client.JoinRefused || own.Reason != "the licence has lapsed" {
		t.Errorf("the enterprise sees %+v %v", own, err)
	}
	if list, err := collect(n.client("tier3/maker").Invitations(ctx)); err != nil || list[0].State != client.JoinRefused {
		t.Errorf("the inviter sees %+v %v", list, err)
	}
}

func TestALinkEnds(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier3")
	n.Enrol("other")
	ctx, stranger, inviter := t.Context(), n.stranger(), n.client("tier3/maker")
	invite := func(in client.Invite) *client.InvitationMade {
		made, err := inviter.Invite(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	revoked := invite(client.Invite{Name: "广元电子"})
	if _, err := n.client("other/maker").RevokeInvitation(ctx, revoked.ID); !code.NotAuthorised.Is(err) {
		t.Errorf("another member revokes: %v", err)
	}
	if v, err := inviter.RevokeInvitation(ctx, revoked.ID); err != nil || v.State != client.JoinRevoked {
		t.Errorf("revoked: %+v %v", v, err)
	}
	a := n.newcomer("tier4")
	if _, err := stranger.Enrol(ctx, revoked.Token, a); !code.InvitationClosed.Is(err) {
		t.Errorf("a revoked link: %v", err)
	}
	bound := invite(client.Invite{Name: "广元电子", ID: n.IDs["other"]})
	if _, err := stranger.Enrol(ctx, bound.Token, a); !code.BadArgument.Is(err) {
		t.Errorf("somebody else's link: %v", err)
	}
	old := invite(client.Invite{Name: "广元电子"})
	wrong := a
	wrong.Credentials = append([]client.PersonKey{}, a.Credentials...)
	wrong.Credentials[2].Possession = a.Credentials[1].Possession
	if _, err := stranger.Enrol(ctx, old.Token, wrong); !code.BadPossession.Is(err) {
		t.Errorf("a wrong proof of possession: %v", err)
	}
	n.Now = n.Now.Add(enrol.InvitationLife)
	n.Block()
	if _, err := stranger.Enrol(ctx, old.Token, a); !code.InvitationClosed.Is(err) {
		t.Errorf("an expired link: %v", err)
	}
	if seen, err := stranger.Invited(ctx, old.Token); err != nil || seen.State != client.JoinExpired {
		t.Errorf("an expired link shows %+v %v", seen, err)
	}
	for _, who := range []string{"tier3/checker", "tier3/admin1"} {
		if _, err := n.client(who).Invite(ctx, client.Invite{Name: "x"}); !code.NotAuthorised.Is(err) {
			t.Errorf("%s invites: %v", who, err)
		}
	}
	if _, err := inviter.Invite(ctx, client.Invite{Name: "x", Roles: record.Funder}); !code.BadArgument.Is(err) {
		t.Errorf("a bank is invited: %v", err)
	}
	n.Must("bank1/maker", "member:Suspend", map[string]any{"member": n.IDs["tier3"], "reason": "test"})
	if _, err := inviter.Invite(ctx, client.Invite{Name: "x"}); !code.MemberSuspended.Is(err) {
		t.Errorf("a suspended member invites: %v", err)
	}
}

// Whoever has no token, and whoever is not of the bank, learns nothing.
func TestStrangersLearnNothingOfEnrolments(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier3")
	made, err := n.client("tier3/maker").Invite(t.Context(), client.Invite{Name: "广元电子"})
	if err != nil {
		t.Fatal(err)
	}
	// The code of an enterprise that is on the network gets the answer of any other.
	taken := n.newcomer("tier4")
	taken.ID = n.IDs["tier3"]
	for i := range taken.Credentials {
		taken.Credentials[i] = n.newKey("tier3", "newcomer"+taken.Credentials[i].Person, taken.Credentials[i].Roles)
	}
	asked, err := n.stranger().Enrol(t.Context(), made.Token, taken)
	if err != nil || asked.State != client.JoinWaiting {
		t.Errorf("enrolled under another's code: %+v %v", asked, err)
	}
	e, err := n.client("bank1/maker").Enrolment(t.Context(), asked.Reference)
	if err != nil || !e.Known {
		t.Errorf("the bank is not told that the member exists: %+v %v", e, err)
	}
	for _, uri := range []string{"/v1/invitations/by-token/AAAA", "/v1/invitations/by-token/AAAA/enrolment", "/v1/invitations/by-token/" + made.ID} {
		if a := n.ask("", http.MethodGet, uri, ""); a.status != http.StatusNotFound || strings.Contains(a.body, "tier3") {
			t.Errorf("%s: %d %s", uri, a.status, a.body)
		}
	}
	for _, c := range []struct{ method, uri, body string }{
		{http.MethodGet, "/v1/enrolments", ""},
		{http.MethodGet, "/v1/enrolments/" + asked.Reference, ""},
		{http.MethodGet, "/v1/enrolments/none", ""},
		{http.MethodPost, "/v1/enrolments/" + asked.Reference + "/refusal", `{"reason":"x"}`},
		{http.MethodGet, "/v1/recoveries", ""},
		{http.MethodGet, "/v1/recoveries/none", ""},
		{http.MethodPost, "/v1/recoveries/none/refusal", `{"reason":"x"}`},
	} {
		for _, who := range []string{"bank2/maker", "operator/maker", "auditor/maker", "tier3/maker"} {
			if a := n.ask(who, c.method, c.uri, c.body); a.status != http.StatusForbidden || a.code(t) != "NOT_AUTHORISED" {
				t.Errorf("%s: %s %s: %d %s", who, c.method, c.uri, a.status, a.body)
			}
		}
		if a := n.ask("", c.method, c.uri, c.body); a.status != http.StatusUnauthorized {
			t.Errorf("nobody: %s %s: %d %s", c.method, c.uri, a.status, a.body)
		}
	}
	if list, err := collect(n.client("bank1/maker").Invitations(t.Context())); err != nil || len(list) != 0 {
		t.Errorf("the bank reads another's invitations: %+v %v", list, err)
	}
}

func (n *node) plea(alias string) client.Plea {
	n.Helper()
	return client.Plea{
		Member: n.IDs[alias], PersonKey: n.newKey(alias, "admin3", record.Admin), Reason: "电脑被盗",
		Contact: "+86 571 0000 0000", Request: ledgertest.Fingerprint("letter"),
	}
}

// A supplier whose admins lost their keys gets a new admin's: its bank's maker
// proposes, a checker approves, and the key signs after the cooling-off time.
func TestALostKeyComesBack(t *testing.T) {
	n := newNode(t, joining(t))
	n.Enrol("tier3")
	ctx, stranger, bank := t.Context(), n.stranger(), n.client("bank1/maker")
	p := n.plea("tier3")
	asked, err := stranger.AskRecovery(ctx, p)
	if err != nil || asked.State != client.JoinWaiting || asked.Pairing != n.pairing("tier3", "admin3") {
		t.Fatalf("asked: %+v %v", asked, err)
	}
	waiting, err := collect(bank.Recoveries(ctx, client.JoinWaiting))
	if err != nil || len(waiting) != 1 || !waiting[0].Known || !waiting[0].Sponsored || waiting[0].Member.Name != "tier3" {
		t.Fatalf("the bank's list: %+v %v", waiting, err)
	}
	r, err := bank.Recovery(ctx, asked.Reference)
	if err != nil || r.Function != "member:Recover" || r.Pairing != asked.Pairing || r.Contact != p.Contact {
		t.Fatalf("the bank sees %+v %v", r, err)
	}
	n.Now = r.ApproveBy.Add(time.Hour) // too late for this argument
	late := n.Do("bank1/maker", "approval:Propose", map[string]any{"function": r.Function, "argument": stdjson.RawMessage(r.Argument)})
	if code.Code(late.Code) != code.CoolingOff {
		t.Errorf("proposed too late: %s %s", code.Code(late.Code), late.Detail)
	}
	if own, err := stranger.OwnRecovery(ctx, asked.Reference); err != nil || own.State != client.JoinWaiting {
		t.Errorf("proposed too late: %+v %v", own, err)
	}
	if r, err = bank.Recovery(ctx, asked.Reference); err != nil {
		t.Fatal(err)
	}
	n.Approve("bank1/maker", r.Function, stdjson.RawMessage(r.Argument), "bank1/checker")
	if own, err := stranger.OwnRecovery(ctx, asked.Reference); err != nil || own.State != client.JoinRecovered {
		t.Fatalf("after the approval: %+v %v", own, err)
	}
	admin := n.client("tier3/admin3")
	if _, err := admin.Member(ctx, n.IDs["tier3"]); !code.CredentialExpired.Is(err) {
		t.Errorf("before the cooling-off time has passed: %v", err)
	}
	c, err := n.client("tier3/maker").Credential(ctx, r.Key)
	if err != nil || c.Request != p.Request || c.NotBefore < n.Now.Add(24*time.Hour) {
		t.Fatalf("the credential is %+v %v", c, err)
	}
	n.Now = c.NotBefore
	n.Block()
	if _, err := admin.Member(ctx, n.IDs["tier3"]); err != nil {
		t.Errorf("after the cooling-off time: %v", err)
	}
	if _, err := bank.RefuseRecovery(ctx, asked.Reference, "too late"); !code.EnrolmentState.Is(err) {
		t.Errorf("refused after the recovery: %v", err)
	}
}

// The answer to who lost a key does not tell whether the enterprise is on the network;
// only the bank's people see it. A bank's own key comes back by all banks.
func TestARecoveryTellsNothingOfItsMember(t *testing.T) {
	n := newNode(t, joining(t))
	ctx, stranger, bank := t.Context(), n.stranger(), n.client("bank1/maker")
	n.newcomer("nowhere")
	for _, c := range []struct {
		alias, function string
		known           bool
	}{{"bank2", "member:RecoverAdmin", true}, {"nowhere", "", false}} {
		asked, err := stranger.AskRecovery(ctx, n.plea(c.alias))
		if err != nil || asked.State != client.JoinWaiting || len(asked.Pairing) != 8 {
			t.Fatalf("%s: %+v %v", c.alias, asked, err)
		}
		r, err := bank.Recovery(ctx, asked.Reference)
		if err != nil || r.Known != c.known || r.Function != c.function || r.Sponsored || (len(r.Argument) > 0) != c.known {
			t.Errorf("%s: the bank sees %+v %v", c.alias, r, err)
		}
		if _, err := n.client("bank1/reviewer").RefuseRecovery(ctx, asked.Reference, "nobody called back"); err != nil {
			t.Error(err)
		}
		if own, err := stranger.OwnRecovery(ctx, asked.Reference); err != nil || own.State != client.JoinRefused || own.Reason != "nobody called back" {
			t.Errorf("%s: refused as %+v %v", c.alias, own, err)
		}
	}
	if _, err := stranger.OwnRecovery(ctx, "none"); !code.NotFound.Is(err) {
		t.Errorf("a reference that is none: %v", err)
	}
	maker := n.plea("bank2")
	maker.PersonKey = n.newKey("bank2", "maker9", record.Maker)
	if _, err := stranger.AskRecovery(ctx, maker); !code.RoleConflict.Is(err) {
		t.Errorf("a maker's key: %v", err)
	}
}

// What anybody may write is limited strictly: a flood ends after a few.
func TestStrangersWriteSlowly(t *testing.T) {
	n := newNode(t, joining(t), func(c *api.Config) {
		fixed := time.Now()
		c.Now = func() time.Time { return fixed }
	})
	n.newcomer("nowhere")
	p := n.plea("nowhere")
	p.Possession = []byte("none")
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	limited := 0
	for range 30 {
		switch a := n.ask("", http.MethodPost, "/v1/recoveries", string(body)); a.status {
		case http.StatusTooManyRequests:
			limited++
		case http.StatusUnprocessableEntity:
		default:
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	if limited != 10 {
		t.Errorf("%d of 30 were limited", limited)
	}
}

// answersOfJoining asks a node for all that belongs to joining and to files.
func (s *story) answersOfJoining(answers map[string]any) {
	s.Helper()
	ask := func(operation, who, method, uri string, body any) map[string]any {
		text := ""
		if body != nil {
			raw, err := json.Marshal(body)
			if err != nil {
				s.Fatal(err)
			}
			text = string(raw)
		}
		answers[operation] = decoded(s, s.ask(who, method, uri, text))
		v, ok := answers[operation].(map[string]any)
		if !ok {
			s.Fatalf("%s answers %v", operation, answers[operation])
		}
		return v
	}
	text := func(v any) string { t, _ := v.(string); return t }
	made := ask("makeInvitation", "tier2/maker", http.MethodPost, "/v1/invitations", client.Invite{Name: "广元电子"})
	link := "/v1/invitations/by-token/" + text(made["token"])
	ask("getInvitation", "", http.MethodGet, link, nil)
	enrolled := ask("enrol", "", http.MethodPost, link+"/enrolment", s.newcomer("newcomer"))
	ask("getOwnEnrolment", "", http.MethodGet, link+"/enrolment", nil)
	ask("listInvitations", "tier2/maker", http.MethodGet, "/v1/invitations", nil)
	ask("listEnrolments", "bank1/maker", http.MethodGet, "/v1/enrolments", nil)
	enrolment := "/v1/enrolments/" + text(enrolled["reference"])
	ask("getEnrolment", "bank1/maker", http.MethodGet, enrolment, nil)
	ask("refuseEnrolment", "bank1/maker", http.MethodPost, enrolment+"/refusal", map[string]string{"reason": "the licence has lapsed"})
	other := ask("makeInvitation", "tier2/maker", http.MethodPost, "/v1/invitations", client.Invite{Name: "广元电子"})
	ask("revokeInvitation", "tier2/maker", http.MethodDelete, "/v1/invitations/"+text(other["id"]), nil)
	plea := ask("askRecovery", "", http.MethodPost, "/v1/recoveries", s.plea("tier2"))
	ask("getOwnRecovery", "", http.MethodGet, "/v1/recoveries/by-reference/"+text(plea["reference"]), nil)
	ask("listRecoveries", "bank1/maker", http.MethodGet, "/v1/recoveries", nil)
	recovery := "/v1/recoveries/" + text(plea["reference"])
	ask("getRecovery", "bank1/maker", http.MethodGet, recovery, nil)
	ask("refuseRecovery", "bank1/maker", http.MethodPost, recovery+"/refusal", map[string]string{"reason": "nobody called back"})
	s.answersOfAttachments(answers)
}
