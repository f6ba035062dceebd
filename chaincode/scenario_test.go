package chaincode

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/stub"
)

// chain is a network whose people call contract functions one after another.
type chain struct {
	t     testing.TB
	cc    *Chaincode
	state *store.Store
	now   time.Time
	calls int
	event []byte // of the last call

	ids    map[string]string // member's name -> its social credit code
	people map[string]credential.PrivateKey
	saved  map[string]map[string]any // name -> result of a call
	shown  map[string]string         // value -> how the scenario writes it
}

func newChain(t testing.TB) *chain {
	t.Helper()
	return &chain{
		t: t, now: morning(),
		ids: map[string]string{}, people: map[string]credential.PrivateKey{},
		saved: map[string]map[string]any{}, shown: map[string]string{},
	}
}

// id is the social credit code of a member of this name, the same in every run.
func (c *chain) id(name string) string {
	if id, ok := c.ids[name]; ok {
		return id
	}
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91110000%09d", len(c.ids)+1))
	if err != nil {
		c.t.Fatal(err)
	}
	c.ids[name], c.shown[id] = id, "$"+name
	return id
}

// key is the private key of a person such as steel/maker.
func (c *chain) key(person string) credential.PrivateKey {
	if key, ok := c.people[person]; ok {
		return key
	}
	key := privateKey(c.t, person)
	c.people[person] = key
	c.shown[key.Public().ID().String()] = "$key(" + person + ")"
	return key
}

// privateKey is made from the person's name.
func privateKey(t testing.TB, person string) credential.PrivateKey {
	t.Helper()
	seed := sha256.Sum256([]byte(person))
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.ParsePrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// credential asks for a person's key to be registered. The person's name says
// the role: maker, maker2, checker, admin1, reviewer.
func (c *chain) credential(person string, from time.Time) member.CredentialArgument {
	of, name, _ := strings.Cut(person, "/")
	var roles record.PersonRoles
	if err := json.Unmarshal([]byte(`["`+strings.TrimRight(name, "0123456789")+`"]`), &roles); err != nil {
		c.t.Fatal(err)
	}
	key := c.key(person)
	proof, err := credential.SignPossession(key, network, c.id(of), name)
	if err != nil {
		c.t.Fatal(err)
	}
	return member.CredentialArgument{
		Person: name, Roles: roles, PublicKey: key.Public().SPKI(), Possession: proof,
		NotBefore: calendar.FromTime(from), NotAfter: calendar.FromTime(from.AddDate(2, 0, 0)),
	}
}

// genesisOf is a network of banks; each has the usual people and a validator.
func (c *chain) genesisOf(banks ...string) GenesisState {
	state := GenesisState{GenesisArgument: member.GenesisArgument{Network: network, Devnet: true, FingerprintEpoch: 1}}
	for _, bank := range banks {
		m := member.GenesisMember{EnrolArgument: member.EnrolArgument{
			ID: c.id(bank), Name: "Bank " + bank, Class: record.LargeEnterprise, Roles: record.Funder | record.Holder,
		}}
		for _, person := range []string{"maker", "checker", "admin1", "admin2", "reviewer"} {
			m.Credentials = append(m.Credentials, c.credential(bank+"/"+person, c.now.Add(-time.Hour)))
		}
		seed := sha256.Sum256([]byte("validator of " + bank))
		state.Members = append(state.Members, m)
		state.Validators = append(state.Validators, member.ValidatorArgument{
			Bank: c.id(bank), Consensus: ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey),
			Peer: "peer" + bank, Address: bank + ".example:26656",
		})
	}
	return state
}

// genesis begins the network through Init.
func (c *chain) genesis(banks ...string) {
	state, err := store.Open("ledger", store.Options{FS: vfs.NewMem(), Network: network})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() {
		if err := state.Close(); err != nil {
			c.t.Error(err)
		}
	})
	c.state, c.cc = state, newChaincode(c.t)
	r := c.block("init", string(c.genesisOf(banks...).Encode()), nil, c.cc.Init)
	if r.GetStatus() != shim.OK {
		c.t.Fatal(r.GetMessage())
	}
}

// block runs one call as a block of its own on the ledger's stub.
func (c *chain) block(
	function, argument string, creator []byte, run func(shim.ChaincodeStubInterface) *peer.Response,
) *peer.Response {
	c.calls++
	block := stub.NewBlock(c.state, network, calendar.FromTime(c.now))
	tx := block.Begin(stub.Call{
		TxID:     fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "call %d", c.calls))),
		Function: function, Params: []string{argument}, Creator: creator,
	})
	r := run(tx)
	c.event = tx.Event()
	if r.GetStatus() != shim.OK {
		return r
	}
	tx.Keep()
	batch := c.state.NewBatch()
	for _, change := range block.Changes() {
		if change.Value == nil {
			batch.Delete(store.State, []byte(change.Key))
		} else {
			batch.Set(store.State, []byte(change.Key), change.Value)
		}
	}
	if err := batch.Commit(); err != nil {
		c.t.Fatal(err)
	}
	return r
}

// call sends an argument signed by a person, or by the system.
func (c *chain) call(person, function, argument string) (result string, refusal *code.Error) {
	creator := []byte(stub.SystemCaller)
	if person != "system" {
		id := c.key(person).Public().ID()
		creator = append([]byte(stub.CallerPrefix), id[:]...)
	}
	if once, _, err := Canonical(function, []byte(argument)); err == nil {
		if twice, _, err := Canonical(function, once); err != nil || string(twice) != string(once) {
			c.t.Errorf("%s: canonical %s, again %s, %v", function, once, twice, err)
		}
	}
	r := c.block(function, argument, creator, c.cc.Invoke)
	if r.GetStatus() == shim.OK {
		return string(r.GetPayload()), nil
	}
	return "", code.ParseMessage(r.GetMessage())
}

// effects are those of the last call.
func (c *chain) effects() record.Effects {
	var e record.Effects
	if c.event != nil {
		if err := record.Decode(c.event, &e); err != nil {
			c.t.Fatal(err)
		}
	}
	return e
}

var macro = regexp.MustCompile(`\$([a-z]\w*)(?:\(([^()]*)\)|\.(\w+(?:\.\w+)*))?`)

// expand writes out what a scenario abbreviates: $steel is a member's code,
// $key(steel/maker) a key id, $person(steel/maker) a credential to register,
// $doc(text) a document's hash, $number(steel,1) a certificate number,
// $contract(buyer,seller,text) a contract's id, $name.field a part of a saved
// result.
func (c *chain) expand(text string) string {
	return macro.ReplaceAllStringFunc(text, func(m string) string {
		parts := macro.FindStringSubmatch(m)
		args := strings.Split(parts[2], ",")
		var value string
		switch name := parts[1]; {
		case parts[3] != "":
			value = c.field(name, parts[3])
		case name == "key":
			return c.key(args[0]).Public().ID().String()
		case name == "person":
			return string(encode(c.credential(args[0], c.now)))
		case name == "later":
			return string(encode(c.credential(args[0], c.now.Add(25*time.Hour))))
		case name == "doc":
			value = record.Digest(sha256.Sum256([]byte(args[0]))).String()
		case name == "number":
			value = c.number(args[0], args[1])
		case name == "contract":
			value = evidence.DocumentID(c.id(args[0]), c.id(args[1]), sha256.Sum256([]byte(args[2])))
		default:
			return c.id(name)
		}
		if len(value) >= 16 {
			c.shown[value] = m
		}
		return value
	})
}

func (c *chain) number(debtor, sequence string) string {
	var n int
	if _, err := fmt.Sscan(sequence, &n); err != nil {
		c.t.Fatal(err)
	}
	s, err := number.NewCertificate(c.id(debtor), calendar.FromTime(c.now).Date(), n)
	if err != nil {
		c.t.Fatal(err)
	}
	return s
}

func (c *chain) field(name, path string) string {
	var v any = c.saved[name]
	for _, part := range strings.Split(path, ".") {
		of, ok := v.(map[string]any)
		if !ok {
			c.t.Fatalf("%s has no %s", name, path)
		}
		if v, ok = of[part]; !ok {
			c.t.Fatalf("%s has no %s", name, path)
		}
	}
	return fmt.Sprint(v)
}

// abbreviate is expand the other way round, for what the scenario shows.
func (c *chain) abbreviate(text string) string {
	values := make([]string, 0, len(c.shown))
	for v := range c.shown {
		values = append(values, v)
	}
	slices.SortFunc(values, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for _, v := range values {
		text = strings.ReplaceAll(text, v, c.shown[v])
	}
	return text
}

func (c *chain) save(name, result string) {
	var v map[string]any
	if err := json.Unmarshal([]byte(result), &v); err != nil {
		c.t.Fatal(err)
	}
	c.saved[name] = v
	if id, ok := v["id"].(string); ok && len(id) >= 16 {
		c.shown[id] = "$" + name + ".id"
	}
}

// run carries out one step of a scenario.
func (c *chain) run(d *datadriven.TestData) string {
	switch d.Cmd {
	case "genesis":
		var banks []string
		for _, a := range d.CmdArgs {
			banks = append(banks, a.Key)
		}
		c.genesis(banks...)
		return "ok"
	case "days":
		var n int
		if _, err := fmt.Sscan(d.CmdArgs[0].Key, &n); err != nil {
			d.Fatalf(c.t, "%v", err)
		}
		c.now = c.now.AddDate(0, 0, n)
		return calendar.FromTime(c.now).String()
	case "notices":
		effects := c.effects()
		var b strings.Builder
		for _, n := range effects.Notices {
			fmt.Fprintf(&b, "%s %s to %s", n.Kind, n.Subject, strings.Join(n.Members, " "))
			if len(n.Opens) > 0 {
				fmt.Fprintf(&b, ", opens %s", strings.Join(n.Opens, " "))
			}
			if len(n.Closes) > 0 {
				fmt.Fprintf(&b, ", closes %s", strings.Join(n.Closes, " "))
			}
			b.WriteByte('\n')
		}
		return c.abbreviate(b.String())
	case "rules":
		var b strings.Builder
		for _, input := range c.effects().Decision.Inputs {
			fmt.Fprintf(&b, "%s: %s\n", input.Rule, input.Facts)
		}
		return c.abbreviate(b.String())
	case "call":
		person, function := d.CmdArgs[0].Key, d.CmdArgs[1].Key
		result, refusal := c.call(person, function, c.expand(d.Input))
		if refusal != nil {
			return c.abbreviate(refusal.Error())
		}
		for _, a := range d.CmdArgs[2:] {
			if a.Key == "save" {
				c.save(a.Vals[0], result)
			}
		}
		return "ok " + c.abbreviate(result)
	}
	d.Fatalf(c.t, "unknown step %s", d.Cmd)
	return ""
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		c := newChain(t)
		datadriven.RunTest(t, path, func(_ *testing.T, d *datadriven.TestData) string { return c.run(d) })
	})
}
