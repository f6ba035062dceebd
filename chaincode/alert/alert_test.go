package alert_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/alert"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		functions := membertest.Functions()
		functions["alert:Answer"] = membertest.Call(alert.Answer)
		s := &membertest.Scenario{Functions: functions}
		datadriven.RunTest(t, path, s.Run)
	})
}

// What is kept is the whole answer with its signature.
func TestAnAnswerIsKept(t *testing.T) {
	n := membertest.New(t, membertest.Banks(1)...)
	in := alert.AnswerArgument{Alert: record.Digest{1}, State: record.AlertExplained, Reason: "a framework contract"}
	_, err := n.Do("BANK-1/maker", func(w *world.World) error {
		_, err := alert.Answer(w, in)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := n.Memory.Get(string(record.AlertKey(in.Alert, 1)))
	if err != nil || data == nil {
		t.Fatal("nothing was kept", err)
	}
	var a record.AlertAnswer
	if err := record.Decode(data, &a); err != nil {
		t.Fatal(err)
	}
	if a.Alert != in.Alert || a.Number != 1 || a.State != in.State || a.Reason != in.Reason ||
		a.Signed.Member != membertest.ID("BANK-1") || a.Signed.Person != "maker" || a.Signed.At != n.Now || a.Signed.TxID.IsZero() {
		t.Errorf("kept was %+v", a)
	}
}

// Explanations are bounded; that an institution closes is not.
func TestAnswersAreBounded(t *testing.T) {
	n := membertest.New(t, membertest.Banks(1)...)
	answer := func(state record.AlertState) error {
		_, err := n.Do("BANK-1/maker", func(w *world.World) error {
			_, err := alert.Answer(w, alert.AnswerArgument{Alert: record.Digest{1}, State: state, Reason: "seen"})
			return err
		})
		return err
	}
	for i := range alert.MaxAnswers {
		if err := answer(record.AlertExplained); err != nil {
			t.Fatalf("answer %d: %v", i+1, err)
		}
	}
	if err := answer(record.AlertExplained); !code.LimitExceeded.Is(err) || !strings.Contains(err.Error(), "100 answers") {
		t.Errorf("one more: %v", err)
	}
	if err := answer(record.AlertClosed); err != nil {
		t.Errorf("closing: %v", err)
	}
	if err := answer(record.AlertClosed); !code.AlertState.Is(err) {
		t.Errorf("closing again: %v", err)
	}
}
