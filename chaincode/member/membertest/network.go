// Package membertest builds small networks in memory for tests of contracts, and
// runs scenarios on them from readable text files. Its keys follow from names, so
// that a scenario's output is always the same. Only tests import it.
package membertest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
	"github.com/tierledger/tierledger/crypto/credential"
)

// Name is the name of the test network.
const Name = "membertest"

// Start is when every network begins.
var Start = calendar.FromTime(time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC)) // 09:00 in Shanghai

// Firm describes a member of the genesis. Its people are maker, checker, admin
// and admin2; an institution also has reviewer.
type Firm struct {
	Name      string
	Roles     record.Roles
	Class     record.Class
	Sponsor   string // name of a bank, or empty
	Validator bool
}

// Network is a ledger in memory with a clock that only tests move.
type Network struct {
	Memory *world.Memory
	Now    calendar.Instant
	calls  int
}

// New writes a genesis with these firms and the default rule pack.
func New(t testing.TB, firms ...Firm) *Network {
	t.Helper()
	n := &Network{Memory: world.NewMemory(), Now: Start}
	in := member.GenesisArgument{Network: Name, Devnet: true, FingerprintEpoch: 1}
	for _, f := range firms {
		m := member.GenesisMember{EnrolArgument: Enrolment(f)}
		if f.Sponsor != "" {
			m.Sponsor = ID(f.Sponsor)
		}
		in.Members = append(in.Members, m)
		if f.Validator {
			in.Validators = append(in.Validators, ValidatorOf(f.Name))
		}
	}
	w := n.World(world.Actor{System: true})
	if err := member.Genesis(w, in); err != nil {
		t.Fatalf("genesis: %v", err)
	}
	if err := rules.Genesis(w, rules.DefaultPack()); err != nil {
		t.Fatalf("genesis: %v", err)
	}
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return n
}

// Clone is the same ledger, from which the original stays apart. Its next transaction
// has the id that the original's would have.
func (n *Network) Clone() *Network {
	return &Network{Memory: n.Memory.Clone(), Now: n.Now, calls: n.calls}
}

// Banks are n validator banks named BANK-1 and so on.
func Banks(n int) []Firm {
	var firms []Firm
	for i := range n {
		firms = append(firms, Firm{
			Name: fmt.Sprintf("BANK-%d", i+1), Roles: record.Funder, Class: record.LargeEnterprise, Validator: true,
		})
	}
	return firms
}

// World opens a World for the next transaction.
func (n *Network) World(actor world.Actor) *world.World {
	n.calls++
	txid := sha256.Sum256(fmt.Appendf(nil, "transaction %d", n.calls))
	return world.New(n.Memory, world.Call{Network: Name, TxID: record.Digest(txid).String(), Now: n.Now, Actor: actor})
}

// Do runs fn as one transaction signed by a person such as "BANK-1/maker", and
// keeps its writes when it succeeds.
func (n *Network) Do(signer string, fn func(w *world.World) error) (record.Effects, error) {
	w := n.World(world.Actor{})
	actor := world.Actor{System: signer == ""}
	if !actor.System {
		person, err := member.Authenticate(w, KeyID(signer))
		if err != nil {
			return record.Effects{}, err
		}
		actor.Person = person
	}
	if err := w.As(actor, func() error { return w.Try(func() error { return fn(w) }) }); err != nil {
		return record.Effects{Decision: w.Decision()}, err
	}
	return w.Flush()
}

// ID is the social credit code of the firm with this name.
func ID(name string) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	sum := sha256.Sum256([]byte("firm " + name))
	code := []byte("91310000")
	for _, b := range sum[:9] {
		code = append(code, alphabet[int(b)%len(alphabet)])
	}
	whole, err := number.CompleteSocialCredit(string(code))
	if err != nil {
		panic(err) // the characters are of the alphabet
	}
	return whole
}

// Key is the private key of a person such as "BANK-1/maker": P-256, or Ed25519
// for reviewers.
func Key(signer string) credential.PrivateKey {
	sum := sha256.Sum256([]byte("key " + signer))
	algorithm := credential.ES256
	if strings.HasSuffix(signer, "/reviewer") {
		algorithm = credential.EdDSA
	}
	key, err := credential.Generate(algorithm, bytes.NewReader(bytes.Repeat(sum[:], 4)))
	if err != nil {
		panic(err) // the source is long enough
	}
	return key
}

// KeyID is the id of the person's public key.
func KeyID(signer string) record.Digest { return record.Digest(Key(signer).Public().ID()) }

// Credential is a request to register the person's key, valid for two years from
// an instant.
func Credential(signer string, roles record.PersonRoles, from calendar.Instant) member.CredentialArgument {
	_, person, _ := strings.Cut(signer, "/")
	return member.CredentialArgument{
		Person: person, Roles: roles, PublicKey: Key(signer).Public().SPKI(), Possession: possession(signer, person),
		NotBefore: from, NotAfter: from.Add(2 * 365 * 24 * time.Hour),
	}
}

// possession proves that a person of the signer's firm holds the signer's key.
func possession(signer, person string) []byte {
	firm, _, _ := strings.Cut(signer, "/")
	proof, err := credential.SignPossession(Key(signer), Name, ID(firm), person)
	if err != nil {
		panic(err) // the key is whole
	}
	return proof
}

// Enrolment is a request to enrol the firm with its people.
func Enrolment(f Firm) member.EnrolArgument {
	people := []string{"maker", "checker", "admin", "admin2"}
	roles := []record.PersonRoles{record.Maker, record.Checker, record.Admin, record.Admin}
	if f.Roles.Any(member.Institutions) {
		people, roles = append(people, "reviewer"), append(roles, record.Reviewer)
	}
	in := member.EnrolArgument{ID: ID(f.Name), Name: f.Name + " Co., Ltd.", Class: f.Class, Roles: f.Roles}
	if in.Class == 0 {
		in.Class = record.SmallEnterprise
	}
	for i, p := range people {
		in.Credentials = append(in.Credentials, Credential(f.Name+"/"+p, roles[i], Start))
	}
	return in
}

// ValidatorOf describes the node of a bank.
func ValidatorOf(bank string) member.ValidatorArgument {
	spki := Key(bank + "/reviewer").Public().SPKI()
	return member.ValidatorArgument{
		Bank: ID(bank), Consensus: spki[len(spki)-32:], Peer: strings.ReplaceAll(bank, "-", ""),
		Address: strings.ToLower(bank) + ".example:26656",
	}
}

// Function is a contract function behind its JSON argument.
type Function func(w *world.World, argument []byte) (any, error)

// Call makes a Function of a contract function.
func Call[In, Out any](fn func(*world.World, In) (Out, error)) Function {
	return func(w *world.World, argument []byte) (any, error) {
		var in In
		if err := json.Unmarshal(argument, &in); err != nil {
			return nil, fmt.Errorf("argument: %w", err)
		}
		return fn(w, in)
	}
}

// Functions are the functions of member and rules by their names on the wire.
func Functions() map[string]Function {
	return map[string]Function{
		"member:Enrol":               Call(member.Enrol),
		"member:AdmitInstitution":    Call(member.AdmitInstitution),
		"member:Update":              Call(member.Update),
		"member:UpdateInstitution":   Call(member.UpdateInstitution),
		"member:Suspend":             Call(member.Suspend),
		"member:Resume":              Call(member.Resume),
		"member:SuspendInstitution":  Call(member.SuspendInstitution),
		"member:ResumeInstitution":   Call(member.ResumeInstitution),
		"member:AddCredential":       Call(member.AddCredential),
		"member:RenewCredential":     Call(member.RenewCredential),
		"member:RevokeCredential":    Call(member.RevokeCredential),
		"member:Recover":             Call(member.Recover),
		"member:RecoverAdmin":        Call(member.RecoverAdmin),
		"member:ProposeAccount":      Call(member.ProposeAccount),
		"member:ConfirmAccount":      Call(member.ConfirmAccount),
		"member:CloseAccount":        Call(member.CloseAccount),
		"member:SetPolicy":           Call(member.SetPolicy),
		"member:AdmitValidator":      Call(member.AdmitValidator),
		"member:RemoveValidator":     Call(member.RemoveValidator),
		"member:SetFingerprintEpoch": Call(member.SetFingerprintEpoch),
		"rules:AdoptPack":            Call(rules.AdoptPack),
		"rules:StopDebtor":           Call(rules.StopDebtor),
		"rules:LiftStop":             Call(rules.LiftStop),
	}
}
