package command

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// takeLow chooses which fen make up an amount: from the holdings in the order
// given, from the low end of each, passing over fen that a lock rests on and
// holdings that were paid. A leg is fen without a gap of one holding. Less unlocked
// fen than the amount is HOLDING_LOCKED when locks are why, REDEEMED when that they
// were paid is, else BAD_AMOUNT.
func takeLow(holdings []record.Holding, amount money.Fen) ([]record.Leg, error) {
	if amount <= 0 {
		return nil, code.BadAmount.New("%s is not above zero", amount)
	}
	var legs []record.Leg
	var owned, free, paid money.Fen
	for i := range holdings {
		h := &holdings[i]
		if !h.Redeemed.IsZero() {
			paid += h.Amount()
			continue
		}
		owned += h.Amount()
		for _, part := range unlocked(h) {
			free += part.Amount()
			want := min(amount, part.Amount())
			if want == 0 {
				continue
			}
			taken, _, err := part.CutLow(want)
			if err != nil {
				return nil, err
			}
			amount -= want
			legs = append(legs, record.Leg{Certificate: h.Certificate, Holding: h.ID, Version: h.Version, Interval: taken})
		}
	}
	switch {
	case amount == 0:
		return legs, nil
	case free < owned:
		return nil, code.HoldingLocked.New("%s owned, of which %s is unlocked", owned.Human(), free.Human())
	case paid > 0:
		return nil, code.Redeemed.New("%s was paid, and only %s is still owed", paid.Human(), owned.Human())
	default:
		return nil, code.BadAmount.New("only %s is owned", owned.Human())
	}
}

func sortHoldings(list []record.Holding) {
	slices.SortFunc(list, func(x, y record.Holding) int { return interval.Compare(x.Interval, y.Interval) })
}

// unlocked are the fen of a holding on which no lock rests, ascending.
func unlocked(h *record.Holding) []interval.Interval {
	locked := make([]interval.Interval, len(h.Locks))
	for i, l := range h.Locks {
		locked[i] = l.Interval
	}
	slices.SortFunc(locked, interval.Compare)
	var free []interval.Interval
	next := h.Interval.From
	for _, l := range locked {
		if l.From > next {
			free = append(free, interval.Of(next, l.From-1))
		}
		next = max(next, l.To+1)
	}
	if next <= h.Interval.To {
		free = append(free, interval.Of(next, h.Interval.To))
	}
	return free
}
