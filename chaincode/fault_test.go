package chaincode

import (
	"runtime"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// withRun is the chaincode with one function replaced.
func withRun(
	t *testing.T, name string, run func(*world.World, any) (any, error), faults *[]Fault,
) *Chaincode {
	t.Helper()
	table := allFunctions()
	op, err := table.find(name)
	if err != nil {
		t.Fatal(err)
	}
	op.run = run
	cc, err := build(table, ReportFaults(func(f Fault) { *faults = append(*faults, f) }))
	if err != nil {
		t.Fatal(err)
	}
	return cc
}

func TestPanicIsAFailedOutcome(t *testing.T) {
	var faults []Fault
	cc := withRun(t, "credit:SetGroup", func(w *world.World, _ any) (any, error) {
		world.Put(w, record.GroupKey("bank", "G1"), &record.Group{})
		panic("broken invariant: 1 is not 2")
	}, &faults)
	for _, call := range []struct{ function, argument string }{
		{"credit:SetGroup", `{"id":"G1","cap":"1.00"}`},
		{"batch:Run", `{"items":[{"function":"credit:SetGroup","argument":{"id":"G1","cap":"1.00"}}]}`},
	} {
		stub := newStub(t, newState(t), "maker", call.function, call.argument)
		r := cc.Invoke(stub)
		if got := code.ParseMessage(r.Message); got.Code != code.ContractFault || strings.Contains(r.Message, "invariant") {
			t.Errorf("%s: %q, want CONTRACT_FAULT without the panic's text", call.function, r.Message)
		}
		if stub.writes != 0 {
			t.Errorf("%s wrote %d times", call.function, stub.writes)
		}
	}
	if len(faults) != 2 || faults[0].Stack == nil {
		t.Errorf("the operator learns of %v", faults)
	}
}

func TestPanicWhileReadingTheArgument(t *testing.T) {
	var faults []Fault
	cc := withRun(t, "credit:SetGroup", nil, &faults)
	op, _ := cc.table.find("credit:SetGroup")
	op.decode = func([]byte) (any, error) { panic("on the library's goroutine") }
	r := cc.Invoke(newStub(t, newState(t), "maker", "credit:SetGroup", `{"id":"G1","cap":"1.00"}`))
	if got := code.ParseMessage(r.Message); got.Code != code.ContractFault || len(faults) != 1 {
		t.Errorf("%q with %d faults reported", r.Message, len(faults))
	}
}

// A record that cannot be read is no refusal of the signer: the ledger stops on
// it.
func TestCorruptRecordIsInternal(t *testing.T) {
	var faults []Fault
	cc := withRun(t, "credit:SetGroup", nil, &faults)
	state := newState(t)
	if err := state.Put(string(record.SettingsKey()), []byte("not a record")); err != nil {
		t.Fatal(err)
	}
	stub := newStub(t, state, "maker", "credit:Grant", `{}`)
	r := cc.Invoke(stub)
	if got := code.ParseMessage(r.Message); got.Code != code.Internal || got.Detail != "" || len(faults) != 1 {
		t.Errorf("%q with %d faults reported", r.Message, len(faults))
	}
	if stub.event != nil {
		t.Error("a fault emitted an event")
	}
}

func TestEntryThatCannotBeEndedDoesNotBlockTheQueue(t *testing.T) {
	state := newState(t)
	due := calendar.FromTime(morning()) - 1
	w := world.New(state, world.Call{Network: network, Now: due})
	w.AddDue(due, record.DueKind(99), "broken") // its end panics
	w.AddDue(due, record.DueProposal, "missing")
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	cc := newChaincode(t)
	stub := newStub(t, state, "maker", sweepRun, `{}`)
	r := cc.Invoke(stub)
	const want = `{"lapsed":0,"failed":[` +
		`{"kind":"proposal","id":"missing","code":"NOT_FOUND","detail":"proposal missing"},` +
		`{"kind":"kind 99","id":"broken","code":"CONTRACT_FAULT"}],"more":false}`
	if string(r.Payload) != want {
		t.Errorf("%d %s %s", r.Status, r.Payload, r.Message)
	}
	if r := cc.Invoke(stub); string(r.Payload) != `{"lapsed":0,"failed":[],"more":false}` {
		t.Errorf("swept again: %s %s", r.Payload, r.Message)
	}
}

func TestHostileCallsLeaveNoGoroutine(t *testing.T) {
	cc := newChaincode(t)
	state := newState(t)
	before := runtime.NumGoroutine()
	for range 1000 {
		cc.Invoke(newStub(t, state, "maker", "credit:Grant", `{"limit":NaN}`, `x`))
		cc.Invoke(newStub(t, state, "maker", "credit:Grant", `{"limit":NaN}`))
		cc.Invoke(newStub(t, state, "maker", "credit:Grant"))
	}
	// One goroutine a call would make thousands. A few may be on their way out, or the
	// runtime's own.
	if after := runtime.NumGoroutine(); after > before+100 {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

func FuzzInvoke(f *testing.F) {
	maker := newStub(f, nil, "maker", "").creator
	for _, fn := range Functions() {
		f.Add(fn.Name, `{}`, maker)
	}
	f.Add("batch:Run", `{"items":[{"function":"credit:SetGroup","argument":{"id":"G1","cap":"1.00"}}]}`, maker)
	f.Add("batch:run", `{"items":[]}`, []byte(nil))
	f.Add("credit:Grant", `{"limit":NaN}`, []byte(systemCreator))
	f.Add("credit:Grant", `{"id":"L1","limit":"1.00","from":"2026-09-01","to":"2026-09-02","x":[[[]]]}`, []byte("\x0a\x03Org\x12\x03abc"))
	cc, err := New(ReportFaults(func(fault Fault) { panic(fault.Cause) }))
	if err != nil {
		f.Fatal(err)
	}
	begun := newState(f)
	f.Fuzz(func(t *testing.T, function, argument string, creator []byte) {
		stub := newStub(t, begun.Clone(), "maker", function, argument)
		stub.creator = creator
		r := cc.Invoke(stub)
		if r.Status != 200 && (code.ParseMessage(r.Message).Code == code.Internal || stub.writes != 0) {
			t.Errorf("%d %q after %d writes", r.Status, r.Message, stub.writes)
		}
	})
}
