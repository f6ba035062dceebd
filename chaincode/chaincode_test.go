package chaincode

import (
	"crypto/sha256"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

const network = "tier-test"

func morning() time.Time { return time.Date(2026, 9, 1, 1, 0, 0, 0, time.UTC) }

// newState is a network that one bank, alpha, has begun.
func newState(t testing.TB) *world.Memory {
	t.Helper()
	c, state := newChain(t), world.NewMemory()
	if _, err := Genesis(state, c.genesisOf("alpha"), calendar.FromTime(morning())); err != nil {
		t.Fatal(err)
	}
	return state
}

func newChaincode(t testing.TB) *Chaincode {
	t.Helper()
	cc, err := New(ReportFaults(func(f Fault) { t.Errorf("fault in %s: %v\n%s", f.Function, f.Cause, f.Stack) }))
	if err != nil {
		t.Fatal(err)
	}
	return cc
}

// newStub is a call by a person of alpha.
func newStub(t testing.TB, state *world.Memory, person, function string, params ...string) *memoryStub {
	t.Helper()
	key := privateKey(t, "alpha/"+person)
	return &memoryStub{
		state: state, network: network, function: function, params: params,
		creator: creatorOf(record.Digest(key.Public().ID())), txID: strings.Repeat("ab", 32), now: morning(),
	}
}

func TestEveryMethodIsInTheTableAndTheOtherWayRound(t *testing.T) {
	methods := map[string]bool{}
	for _, c := range allContracts() {
		typ := reflect.TypeOf(c)
		embedded := reflect.PointerTo(typ.Elem().Field(0).Type)
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			if _, inherited := embedded.MethodByName(m.Name); inherited {
				continue
			}
			name := c.GetName() + ":" + m.Name
			methods[name] = true
			op, err := allFunctions().find(name)
			if err != nil {
				t.Errorf("method %s has no entry in the table", name)
				continue
			}
			if got := m.Type.In(2); got != op.argument {
				t.Errorf("%s takes %v, its method %v", name, op.argument, got)
			}
			if got := m.Type.Out(0).Elem(); got != op.result {
				t.Errorf("%s returns %v, its method %v", name, op.result, got)
			}
		}
	}
	for _, f := range Functions() {
		if !methods[f.Name] {
			t.Errorf("function %s has no method", f.Name)
		}
	}
}

func TestHostileCalls(t *testing.T) {
	cc := newChaincode(t)
	deep := strings.Repeat(`[`, 100_000)
	for _, test := range []struct {
		name     string
		function string
		params   []string
		want     code.Code
	}{
		{"unknown contract", "nothing:Run", []string{`{}`}, code.UnknownFunction},
		{"no contract", "Run", []string{`{}`}, code.UnknownFunction},
		{"lower-case function", "batch:run", []string{`{"items":[]}`}, code.UnknownFunction},
		{"the library's own contract", "org.hyperledger.fabric:GetMetadata", []string{`{}`}, code.UnknownFunction},
		{"a method of the library", "batch:GetName", []string{`{}`}, code.UnknownFunction},
		{"no parameter", "batch:Run", nil, code.BadArgument},
		{"two parameters", "batch:Run", []string{`{}`, `{}`}, code.BadArgument},
		{"not a number", "batch:Run", []string{`NaN`}, code.BadArgument},
		{"null", "batch:Run", []string{`null`}, code.BadArgument},
		{"array", "batch:Run", []string{`[]`}, code.BadArgument},
		{"empty", "batch:Run", []string{``}, code.BadArgument},
		{"trailing bytes", "batch:Run", []string{`{"items":[]} {}`}, code.BadArgument},
		{"not UTF-8", "batch:Run", []string{"{\"items\":[{\"function\":\"\xff\"}]}"}, code.BadArgument},
		{"lone surrogate", "batch:Run", []string{`{"items":[{"function":"\ud800"}]}`}, code.BadArgument},
		{"unknown member", "batch:Run", []string{`{"items":[],"zz":1,"yy":2}`}, code.BadArgument},
		{"another case of a member", "batch:Run", []string{`{"Items":[]}`}, code.BadArgument},
		{"repeated member", "batch:Run", []string{`{"items":[],"items":[]}`}, code.BadArgument},
		{"deep", "batch:Run", []string{`{"items":` + deep}, code.BadArgument},
		{"huge", "batch:Run", []string{`{"items":"` + strings.Repeat("x", record.MaxTransactionBytes)}, code.TooLarge},
		{"number for an amount", "credit:Grant", []string{`{"limit":1.5}`}, code.BadArgument},
		{"NaN for an amount", "credit:Grant", []string{`{"limit":NaN}`}, code.BadArgument},
		{"text NaN for an amount", "credit:Grant", []string{`{"limit":"NaN"}`}, code.BadAmount},
		{"empty batch", "batch:Run", []string{`{"items":[]}`}, code.BadArgument},
	} {
		t.Run(test.name, func(t *testing.T) {
			stub := newStub(t, newState(t), "maker", test.function, test.params...)
			first := cc.Invoke(stub)
			for range 5 {
				if again := cc.Invoke(stub); again.Message != first.Message {
					t.Fatalf("one call, two answers: %q, %q", first.Message, again.Message)
				}
			}
			if got := code.ParseMessage(first.Message); first.Status == 200 || got.Code != test.want {
				t.Errorf("status %d, %q; want %s", first.Status, first.Message, test.want)
			}
			if stub.writes != 0 {
				t.Errorf("a refused call wrote %d times", stub.writes)
			}
		})
	}
}

func TestCreators(t *testing.T) {
	cc := newChaincode(t)
	stranger := record.Digest{1, 2, 3}
	for _, test := range []struct {
		name    string
		creator []byte
		want    code.Code
	}{
		{"missing", nil, code.UnknownCredential},
		{"empty tag", []byte(keyCreator), code.UnknownCredential},
		{"short key id", creatorOf(stranger)[:20], code.UnknownCredential},
		{"long key id", append(creatorOf(stranger), 0), code.UnknownCredential},
		{"unregistered key", creatorOf(stranger), code.UnknownCredential},
		{"not an identity", []byte("\x08\x01garbage"), code.UnknownCredential},
		{"identity without PEM", []byte("\x0a\x03Org\x12\x03abc"), code.UnknownCredential},
		{"the system", []byte(systemCreator), code.NotAuthorised},
		{"the system and more", []byte(systemCreator + "x"), code.UnknownCredential},
	} {
		t.Run(test.name, func(t *testing.T) {
			stub := newStub(t, newState(t), "maker", "batch:Run", `{"items":[{"function":"batch:Run","argument":{}}]}`)
			stub.creator = test.creator
			if got := code.ParseMessage(cc.Invoke(stub).Message); got.Code != test.want {
				t.Errorf("%v, want %s", got, test.want)
			}
		})
	}
}

func TestBatchOutcomesPerItem(t *testing.T) {
	state := newState(t)
	stub := newStub(t, state, "maker", "batch:Run", `{"items":[
		{"function":"credit:SetGroup","argument":{"id":"G1","cap":"100.00"}},
		{"function":"credit:SetGroup","argument":{"id":"G2","parent":"G1","cap":"50.00"}},
		{"function":"credit:SetGroup","argument":{"id":"G3","parent":"nowhere","cap":"50.00"}},
		{"function":"batch:Run","argument":{"items":[]}},
		{"function":"credit:setGroup","argument":{}}
	]}`)
	r := newChaincode(t).Invoke(stub)
	if r.Status != 200 {
		t.Fatal(r.Message)
	}
	want := []code.Code{code.OK, code.OK, code.NotFound, code.BatchItem, code.UnknownFunction}
	var got BatchResult
	if err := json.Unmarshal(r.Payload, &got); err != nil {
		t.Fatal(err)
	}
	for i, item := range got.Items {
		if item.Code != want[i] || (item.Result == nil) == (want[i] == code.OK) {
			t.Errorf("item %d: %+v, want %s", i+1, item, want[i])
		}
	}
	if e, ok := stub.effects(); !ok || len(e.Notices) != 2 {
		t.Errorf("one event with two notices wanted, got %+v", e)
	}
}

func TestQuorumsAreThoseTheContractsAskFor(t *testing.T) {
	for _, f := range Functions() {
		if q, always := member.QuorumOf(f.Name); always && q != f.Quorum {
			t.Errorf("%s needs %v, the table says %v", f.Name, q, f.Quorum)
		}
		if f.Roles == "" || f.Argument == nil || f.Result == nil {
			t.Errorf("%s is not described", f.Name)
		}
	}
}

func TestManifestIsOfTheCanonicalText(t *testing.T) {
	same := []string{
		`{"id":"G1","cap":"100.00"}`,
		` {"cap":"100.00","id":"G1"}`,
		`{"id":"\u0047\u0031","parent":"","cap":"100.00"}`,
	}
	for i, text := range same {
		got, manifest, err := Canonical("credit:SetGroup", []byte(text))
		if err != nil || string(got) != same[0] || manifest != sha256.Sum256(got) {
			t.Errorf("form %d: %s, %v", i+1, got, err)
		}
	}
	if _, _, err := Canonical("credit:SetGroup", []byte(`{"ID":"G1"}`)); !code.BadArgument.Is(err) {
		t.Errorf("another case: %v", err)
	}
	if _, _, err := Canonical("credit:setGroup", []byte(`{}`)); !code.UnknownFunction.Is(err) {
		t.Errorf("another name: %v", err)
	}
}
