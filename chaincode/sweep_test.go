package chaincode

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// What cannot be ended leaves the queue, so that it keeps nothing behind it; a run alone
// comes back to it, since nothing else pays for its fen.
func TestOnlyARunIsTriedAgain(t *testing.T) {
	now := calendar.FromTime(morning())
	w := world.New(world.NewMemory(), world.Call{Network: network, Now: now, Actor: world.Actor{System: true}})
	for _, kind := range []record.DueKind{record.DueSettlement, record.DueClearing, record.DueRound, record.DueExtension} {
		w.AddDue(now, kind, "nothing")
	}
	result, err := standard().sweep(w, SweepArgument{})
	if err != nil || len(result.Failed) != 4 {
		t.Fatalf("%+v, %v", result, err)
	}
	for _, out := range result.Failed {
		if out.Code != code.NotFound {
			t.Errorf("%s: %s", out.Kind, out.Code)
		}
	}
	var left []record.DueKind
	err = world.Scan(w, record.DuePrefix(), record.PrefixEnd(record.DuePrefix()), func(_ string, d *record.Due) (bool, error) {
		if d.At != now+retried {
			t.Errorf("kind %d is due at %s", d.Kind, d.At)
		}
		left = append(left, d.Kind)
		return true, nil
	})
	if err != nil || len(left) != 2 || left[0] != record.DueClearing || left[1] != record.DueRound {
		t.Fatalf("the queue has kinds %v, %v", left, err)
	}
}
