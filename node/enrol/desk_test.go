package enrol_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/enrol"
	"github.com/tierledger/tierledger/node/local"
)

const (
	network = "test-net"
	now     = calendar.Instant(1_767_579_200_000) // 2026-01-05 10:13:20 +08:00
)

// ledger is what is registered: keys by member.
type ledger map[string][]record.Digest

func (l ledger) Registered(member string, key record.Digest) (bool, error) {
	for _, k := range l[member] {
		if k == key {
			return true, nil
		}
	}
	return false, nil
}

func (l ledger) Known(member string) (bool, error) { return l[member] != nil, nil }

func open(t *testing.T, fs vfs.FS) *enrol.Desk {
	t.Helper()
	l, err := local.Open("local", network, store.Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	d, err := enrol.OpenDesk(l, network)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func codeOf(t *testing.T, seventeen string) string {
	t.Helper()
	id, err := number.CompleteSocialCredit(seventeen)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// person makes a key for a person of a member.
func person(t *testing.T, member, name string, roles record.PersonRoles) enrol.Person {
	t.Helper()
	key, err := credential.Generate(credential.ES256, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	possession, err := credential.SignPossession(key, network, member, name)
	if err != nil {
		t.Fatal(err)
	}
	return enrol.Person{Person: name, Roles: roles, PublicKey: key.Public().SPKI(), Possession: possession}
}

func application(t *testing.T, member string) enrol.Application {
	t.Helper()
	return enrol.Application{
		Member: member, Name: "广元电子", Class: record.SmallEnterprise, Contact: "+86 571 0000 0000",
		Credentials: []enrol.Person{person(t, member, "admin", record.Admin), person(t, member, "maker", record.Maker)},
	}
}

func invite(t *testing.T, d *enrol.Desk, in enrol.Invite) (enrol.Invitation, string) {
	t.Helper()
	if in.Name == "" {
		in.Name = "广元电子"
	}
	if in.Roles == 0 {
		in.Roles = record.Holder
	}
	in.Language = enrol.Chinese
	i, token, err := d.Invite(in, enrol.By{Member: "91330000MA27U00A0X", Person: "maker"}, now)
	if err != nil {
		t.Fatal(err)
	}
	return i, token
}

func TestAnInvitationIsUsedOnce(t *testing.T) {
	fs := vfs.NewMem()
	d, id := open(t, fs), codeOf(t, "91330100000000001")
	i, token := invite(t, d, enrol.Invite{})
	if len(token) < 26 || strings.Contains(token, "=") {
		t.Errorf("the token is %q", token)
	}
	a := application(t, id)
	e, err := d.Apply(token, a, now)
	if err != nil || len(e.Pairing) != 8 || e.Argument.ID != id || e.Argument.Roles != record.Holder || len(e.Keys) != 2 {
		t.Fatalf("enrolled as %+v, %v", e, err)
	}
	again, err := d.Apply(token, a, now.Add(time.Hour))
	if err != nil || again.Reference != e.Reference {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if _, err := d.Apply(token, application(t, id), now); !code.Conflict.Is(err) {
		t.Errorf("other keys under the same invitation: %v", err)
	}
	if _, err := d.Revoke(i.ID, i.By.Member, now); !code.InvitationClosed.Is(err) {
		t.Errorf("revoked after its use: %v", err)
	}
	l := ledger{}
	used, err := d.ByToken(token)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := d.State(used, l, now); s != enrol.Waiting || err != nil {
		t.Errorf("%s, %v", s, err)
	}
	l[id] = []record.Digest{e.Keys[1]}
	if s, err := d.State(used, l, now); s != enrol.Enrolled || err != nil {
		t.Errorf("%s, %v", s, err)
	}
	if _, err := d.Refuse(e.Reference, l, enrol.Refusal{Reason: "too late"}); !code.EnrolmentState.Is(err) {
		t.Errorf("refused after the enrolment: %v", err)
	}
	l[id] = []record.Digest{{1}}
	if s, err := d.State(used, l, now); s != enrol.Waiting || err != nil {
		t.Errorf("the member has other keys: %s, %v", s, err)
	}
}

func TestAnInvitationEnds(t *testing.T) {
	d, id := open(t, vfs.NewMem()), codeOf(t, "91330100000000001")
	i, token := invite(t, d, enrol.Invite{})
	if _, err := d.Apply(token, application(t, id), i.Expires); !code.InvitationClosed.Is(err) {
		t.Errorf("expired: %v", err)
	}
	if _, err := d.Revoke(i.ID, "91330000MA27U00B08", now); !code.NotFound.Is(err) {
		t.Errorf("another member revokes it: %v", err)
	}
	if _, err := d.Revoke(i.ID, i.By.Member, now); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Apply(token, application(t, id), now); !code.InvitationClosed.Is(err) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := d.Apply(token+"x", application(t, id), now); !code.NotFound.Is(err) {
		t.Errorf("no token: %v", err)
	}
	_, token = invite(t, d, enrol.Invite{Member: id})
	if _, err := d.Apply(token, application(t, codeOf(t, "91330100000000002")), now); !code.BadArgument.Is(err) {
		t.Errorf("somebody else's invitation: %v", err)
	}
}

func TestWhatTheLedgerWouldRefuseIsRefusedAtOnce(t *testing.T) {
	d, id := open(t, vfs.NewMem()), codeOf(t, "91330100000000001")
	_, token := invite(t, d, enrol.Invite{})
	for name, c := range map[string]struct {
		change func(*enrol.Application)
		want   code.Code
	}{
		"a code with a wrong check digit": {func(a *enrol.Application) { a.Member = "913301000000000010" }, code.BadNumber},
		"no name":                         {func(a *enrol.Application) { a.Name = "" }, code.BadArgument},
		"a name that turns around":        {func(a *enrol.Application) { a.Name = "a\u202Eb" }, code.BadArgument},
		"no contact":                      {func(a *enrol.Application) { a.Contact = "" }, code.BadArgument},
		"no keys":                         {func(a *enrol.Application) { a.Credentials = nil }, code.BadArgument},
		"no admin":                        {func(a *enrol.Application) { a.Credentials = a.Credentials[1:] }, code.LastAdmin},
		"one person for everything": {func(a *enrol.Application) {
			a.Credentials = append(a.Credentials, person(t, id, "admin", record.Maker))
		}, code.RoleConflict},
		"a reviewer": {func(a *enrol.Application) {
			a.Credentials = append(a.Credentials, person(t, id, "reviewer", record.Reviewer))
		}, code.RoleConflict},
		"the proof of another person": {func(a *enrol.Application) { a.Credentials[1].Person = "other" }, code.BadPossession},
		"the proof of another key": {func(a *enrol.Application) {
			a.Credentials[1].Possession = a.Credentials[0].Possession
		}, code.BadPossession},
		"the proof for another member": {func(a *enrol.Application) {
			a.Credentials[1] = person(t, "91330000MA27U00A0X", "maker", record.Maker)
		}, code.BadPossession},
		"no key":              {func(a *enrol.Application) { a.Credentials[1].PublicKey = []byte("key") }, code.BadKey},
		"one key twice":       {func(a *enrol.Application) { a.Credentials = append(a.Credentials, a.Credentials[1]) }, code.AlreadyExists},
		"a key of the past":   {func(a *enrol.Application) { a.Credentials[1].NotBefore, a.Credentials[1].NotAfter = now-2, now-1 }, code.CredentialExpired},
		"an LEI that is none": {func(a *enrol.Application) { a.LEI = "123" }, code.BadNumber},
		"a document without a digest": {func(a *enrol.Application) {
			a.Documents = []record.Digest{{}}
		}, code.BadArgument},
	} {
		a := application(t, id)
		c.change(&a)
		if _, err := d.Apply(token, a, now); !c.want.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := d.Apply(token, application(t, id), now); err != nil {
		t.Errorf("nothing of that used the invitation: %v", err)
	}
}

func TestInvitationsAreBounded(t *testing.T) {
	d := open(t, vfs.NewMem())
	in := enrol.Invite{Name: "广元电子", Roles: record.Holder, Language: enrol.Chinese}
	by := enrol.By{Member: "91330000MA27U00A0X"}
	for i := range enrol.MaxInvitations {
		if _, _, err := d.Invite(in, by, now.Add(time.Duration(i)*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := d.Invite(in, by, now); !code.LimitExceeded.Is(err) {
		t.Errorf("one too many: %v", err)
	}
	first, more, err := d.Invitations(by.Member, "", 150)
	if err != nil || len(first) != 150 || !more || first[0].At <= first[149].At {
		t.Fatalf("%d %v %v", len(first), more, err)
	}
	rest, more, err := d.Invitations(by.Member, first[149].ID, 150)
	if err != nil || len(rest) != 50 || more {
		t.Errorf("%d %v %v", len(rest), more, err)
	}
	if _, err := d.Revoke(first[0].ID, by.Member, now); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Invite(in, by, now); !code.LimitExceeded.Is(err) {
		t.Errorf("a revoked one, which is kept, makes room: %v", err)
	}
	if _, _, err := d.Invite(in, by, now.Add(2*enrol.InvitationLife)); err != nil {
		t.Errorf("after the others expired: %v", err)
	}
	for name, bad := range map[string]enrol.Invite{
		"no name":               {Roles: record.Holder, Language: "zh"},
		"a bank":                {Name: "x", Roles: record.Funder, Language: "zh"},
		"no role":               {Name: "x", Language: "zh"},
		"a language":            {Name: "x", Roles: record.Holder, Language: "fr"},
		"no address":            {Name: "x", Roles: record.Holder, Language: "zh", Email: "a@b, c@d"},
		"a name in the address": {Name: "x", Roles: record.Holder, Language: "zh", Email: "A <a@b.example>"},
	} {
		if _, _, err := d.Invite(bad, enrol.By{Member: "91330000MA27U00B08"}, now); !code.BadArgument.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func plea(t *testing.T, member string) enrol.Plea {
	t.Helper()
	return enrol.Plea{
		Member: member, Person: person(t, member, "admin3", record.Admin), Reason: "the laptop was stolen",
		Contact: "+86 571 0000 0000", Request: record.Digest{1},
	}
}

// Nobody finds out by asking which enterprises are on the network.
func TestEverybodyWhoLostAKeyIsAnsweredAlike(t *testing.T) {
	d := open(t, vfs.NewMem())
	known, unknown := codeOf(t, "91330100000000001"), codeOf(t, "91330100000000002")
	l := ledger{known: {{1}}}
	for _, member := range []string{known, unknown} {
		for i := range enrol.MaxRecoveries {
			p := plea(t, member)
			r, err := d.Plead(p, l, now.Add(time.Duration(i)*time.Second))
			if err != nil || len(r.Pairing) != 8 {
				t.Fatalf("%s: %+v %v", member, r, err)
			}
			again, err := d.Plead(p, l, now.Add(time.Hour))
			if err != nil || again.Reference != r.Reference {
				t.Errorf("%s: the same again: %+v %v", member, again, err)
			}
		}
		if _, err := d.Plead(plea(t, member), l, now); !code.RateLimited.Is(err) {
			t.Errorf("%s: one too many: %v", member, err)
		}
		if _, err := d.Plead(plea(t, member), l, now.Add(2*enrol.RecoveryLife)); err != nil {
			t.Errorf("%s: after the others expired: %v", member, err)
		}
	}
	maker := plea(t, known)
	maker.Roles = record.Maker
	if _, err := d.Plead(maker, l, now); !code.RoleConflict.Is(err) {
		t.Errorf("a maker's key: %v", err)
	}
	stolen := plea(t, known)
	stolen.PublicKey = plea(t, known).PublicKey
	if _, err := d.Plead(stolen, l, now); !code.BadPossession.Is(err) {
		t.Errorf("the proof of another key: %v", err)
	}
	unsigned := plea(t, known)
	unsigned.Request = record.Digest{}
	if _, err := d.Plead(unsigned, l, now); !code.BadArgument.Is(err) {
		t.Errorf("without the legal representative's request: %v", err)
	}
}

func TestARefusalIsFinal(t *testing.T) {
	d, id := open(t, vfs.NewMem()), codeOf(t, "91330100000000001")
	l := ledger{}
	_, token := invite(t, d, enrol.Invite{})
	e, err := d.Apply(token, application(t, id), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Refuse(e.Reference, l, enrol.Refusal{}); !code.BadArgument.Is(err) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := d.Refuse(e.Reference, l, enrol.Refusal{Reason: "the licence has lapsed"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Refuse(e.Reference, l, enrol.Refusal{Reason: "again"}); !code.EnrolmentState.Is(err) {
		t.Errorf("refused twice: %v", err)
	}
	for state, want := range map[enrol.State]int{enrol.Waiting: 0, enrol.Refused: 1, enrol.Enrolled: 0} {
		if list, more, err := d.Enrolments(l, "", 10, state); len(list) != want || more || err != nil {
			t.Errorf("%s: %d, %v", state, len(list), err)
		}
	}
	r, err := d.Plead(plea(t, id), l, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.RefuseRecovery(r.Reference, l, enrol.Refusal{Reason: "unknown caller", At: now}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.RefuseRecovery(r.Reference, l, enrol.Refusal{Reason: "again", At: now}); !code.EnrolmentState.Is(err) {
		t.Errorf("refused twice: %v", err)
	}
	if _, err := d.RefuseRecovery("none", l, enrol.Refusal{Reason: "none", At: now}); !code.NotFound.Is(err) {
		t.Errorf("none: %v", err)
	}
}
