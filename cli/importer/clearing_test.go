package importer_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/network/banksim"
)

// clear clears a day, unless the import is killed.
func (w *world) clear(t *testing.T, faults banksim.Faults) (*importer.ClearingSummary, error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	w.kill = cancel
	net := w.sealing(t)
	net.Reader = w.memory
	return importer.ImportClearing(ctx, net, importer.Clearing{Day: w.day, Seed: 3, Faults: faults}, importer.Options{
		State: w.state, InFlight: 8, Progress: &progress{},
	})
}

// matured is a ledger whose debts are all payable today.
func matured(t *testing.T, text string) *world {
	t.Helper()
	w := withDebts(t, text)
	for h, err := range w.Holdings(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		w.day = h.Payment
	}
	w.ledger.Now = w.day.Start() + calendar.Instant(10*60*60*1000)
	return w
}

func TestClearingPaysWhatIsDueAndASecondRunSendsNothing(t *testing.T) {
	w := matured(t, town(90))
	s, err := w.clear(t, banksim.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Complete() || s.Runs != 7 || s.LegsPaid != s.Legs || s.Messages.Exceptions != 0 || len(s.Refused) != 0 {
		t.Fatalf("%+v", s)
	}
	w.audited(t)
	before := w.ledger.State()
	again, err := w.clear(t, banksim.Faults{})
	if err != nil || again.Transactions != 0 || again.Paid != s.Paid {
		t.Fatalf("the second run: %v, %+v", err, again)
	}
	if w.ledger.State() != before {
		t.Error("the second run changed the ledger")
	}
}

// Whatever banks do wrong, what they paid is paid once, and what is left is named.
func TestClearingWithBanksThatMakeMistakes(t *testing.T) {
	w := matured(t, town(120))
	s, err := w.clear(t, banksim.Faults{Permille: map[banksim.Fault]int{
		banksim.Late: 100, banksim.Partial: 100, banksim.Duplicate: 100, banksim.Returned: 100, banksim.Rejected: 100,
		banksim.Excess: 100, banksim.Unknown: 50, banksim.Reordered: 500,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Complete() || len(s.Refused) != 0 {
		t.Errorf("%+v", s)
	}
	if s.Messages.Exceptions == 0 {
		t.Error("entries that nobody asked for are no exceptions")
	}
	w.audited(t)

	w = matured(t, town(60))
	if s, err = w.clear(t, banksim.Faults{Permille: map[banksim.Fault]int{banksim.WrongAccount: 200}}); err != nil {
		t.Fatal(err)
	}
	if s.Complete() || s.Messages.Exceptions == 0 || s.LegsSum != s.Paid {
		t.Errorf("credits to other accounts settle nothing and stand before a person: %+v", s)
	}
	w.audited(t)
}

// A clearing that is killed at any of its transactions, before or after it was executed,
// goes on where it was: everybody is paid once.
func TestClearingGoesOnAfterAKill(t *testing.T) {
	for _, executed := range []bool{false, true} {
		kills := 0
		for kill := 1; ; kill += 7 {
			w := matured(t, town(12))
			w.killAt, w.execute = kill, executed
			_, err := w.clear(t, banksim.Faults{})
			if err == nil {
				break
			}
			if kills++; !errors.Is(err, errKilled) {
				t.Fatalf("killed at %d: %v", kill, err)
			}
			w.killAt = 0
			s, err := w.clear(t, banksim.Faults{})
			if err != nil || !s.Complete() || s.LegsPaid != s.Legs {
				t.Fatalf("killed at %d: %v, %+v", kill, err, s)
			}
			w.audited(t)
		}
		if kills < 4 {
			t.Fatalf("there were only %d transactions to be killed at", 7*kills)
		}
	}
}
