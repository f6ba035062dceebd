package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
	"github.com/tierledger/tierledger/crypto/credential"
)

// The members of the scenarios. Each has an admin, a maker and a checker; a bank
// also has a reviewer.
var cast = []struct {
	name  string
	class record.Class
	roles record.Roles
}{
	{"hangzhou-bank", record.LargeEnterprise, record.Funder},
	{"shanghai-bank", record.LargeEnterprise, record.Funder},
	{"core", record.LargeEnterprise, record.Debtor},
	{"core-south", record.LargeEnterprise, record.Debtor},
	{"city", record.PublicBody, record.Debtor | record.Holder},
	{"steel", record.SmallEnterprise, record.Holder},
	{"bolts", record.MicroEnterprise, record.Holder},
}

// stranger is an enterprise that is no member.
const stranger = "stranger"

const network = "scenario"

// ledger is a network in memory and the day on which it is looked at.
type ledger struct {
	state    *world.Memory
	now      calendar.Instant
	calls    int
	decision record.Decision   // of the last transaction
	notices  []record.NoticeOf // of the last accepted transaction
}

func open(t testing.TB) *ledger {
	t.Helper()
	l := &ledger{state: world.NewMemory(), now: day(t, "2026-09-01").Start()}
	genesis := member.GenesisArgument{Network: network, FingerprintEpoch: 1}
	for _, c := range cast {
		people := []member.CredentialArgument{
			person(t, c.name, "admin", record.Admin),
			person(t, c.name, "maker", record.Maker),
			person(t, c.name, "checker", record.Checker),
		}
		if c.roles.Has(record.Funder) {
			people = append(people, person(t, c.name, "reviewer", record.Reviewer))
			genesis.Validators = append(genesis.Validators, member.ValidatorArgument{
				Bank: id(c.name), Consensus: spki(t, c.name+" node")[12:], Peer: "Qm" + c.name[:4], Address: c.name + ":26656",
			})
		}
		genesis.Members = append(genesis.Members, member.GenesisMember{EnrolArgument: member.EnrolArgument{
			ID: id(c.name), Name: c.name, Class: c.class, Roles: c.roles, Credentials: people,
		}})
	}
	err := l.do("", func(w *world.World) error {
		if err := rules.Genesis(w, rules.DefaultPack()); err != nil {
			return err
		}
		return member.Genesis(w, genesis)
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// do runs one transaction signed by a person, such as "core.maker", or by nobody.
// What it writes is kept when it succeeds.
func (l *ledger) do(signer string, fn func(w *world.World) error) error {
	l.calls++
	txID := record.Digest(sha256.Sum256(fmt.Appendf(nil, "transaction %d", l.calls)))
	call := world.Call{Network: network, TxID: txID.String(), Now: l.now, Actor: world.Actor{System: true}}
	if signer != "" {
		key := credential.KeyID(sha256.Sum256(spki(nil, signer)))
		found, err := member.Authenticate(world.New(l.state, call), record.Digest(key))
		if err != nil {
			return err
		}
		call.Actor = world.Actor{Person: found}
	}
	w := world.New(l.state, call)
	err := fn(w)
	l.decision, l.notices = w.Decision(), nil
	if err != nil {
		return err
	}
	effects, err := w.Flush()
	l.notices = effects.Notices
	return err
}

// id makes the social credit code of a member of the scenarios.
func id(name string) string {
	sum := sha256.Sum256([]byte(name))
	whole, err := number.CompleteSocialCredit(fmt.Sprintf("91330100%09d", int(sum[0])<<16|int(sum[1])<<8|int(sum[2])))
	if err != nil {
		panic(err)
	}
	return whole
}

// named replaces social credit codes by the names of their members.
func named(text string) string {
	for _, c := range cast {
		text = strings.ReplaceAll(text, id(c.name), c.name)
	}
	return strings.ReplaceAll(text, id(stranger), stranger)
}

func key(t testing.TB, owner string) credential.PrivateKey {
	seed := sha256.Sum256([]byte(owner))
	k, err := credential.Generate(credential.EdDSA, bytes.NewReader(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func spki(t testing.TB, owner string) []byte { return key(t, owner).Public().SPKI() }

func person(t testing.TB, of, name string, roles record.PersonRoles) member.CredentialArgument {
	k := key(t, of+"."+name)
	possession, err := credential.SignPossession(k, network, id(of), name)
	if err != nil {
		t.Fatal(err)
	}
	return member.CredentialArgument{
		Person: name, Roles: roles, PublicKey: k.Public().SPKI(), Possession: possession,
		NotBefore: day(t, "2026-01-01").Start(), NotAfter: day(t, "2036-01-01").Start(),
	}
}

func day(t testing.TB, text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// step reads the arguments of one command of a scenario.
type step struct {
	*testing.T
	*datadriven.TestData
}

func (s step) text(name string) string {
	var v string
	s.MaybeScanArgs(s.T, name, &v)
	return v
}

// member reads a member's name; a text that is none is taken as it is.
func (s step) member(name string) string {
	v := s.text(name)
	for _, c := range cast {
		if c.name == v || stranger == v {
			return id(v)
		}
	}
	return v
}

func (s step) fen(name string) money.Fen {
	if !s.HasArg(name) {
		return 0
	}
	v, err := money.Parse(s.text(name))
	if err != nil {
		s.Fatalf(s.T, "%s: %v", name, err)
	}
	return v
}

func (s step) date(name string) calendar.Date {
	if !s.HasArg(name) {
		return 0
	}
	return day(s.T, s.text(name))
}

// refusal is what a refused step prints.
func refusal(t *testing.T, err error) string {
	if code.Of(err) == nil {
		t.Fatalf("not a refusal: %v", err)
	}
	return named(err.Error()) + "\n"
}
