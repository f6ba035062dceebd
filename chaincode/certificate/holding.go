package certificate

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// part is the piece of h on the given fen: same owner and claim, tiers and locks
// cut to the piece. The fen must lie inside h. h is not changed.
func part(h *record.Holding, fen interval.Interval) record.Holding {
	if !h.Interval.Contains(fen) {
		panic(fmt.Sprintf("part %s of holding %d on %s", fen, h.ID, h.Interval))
	}
	piece := *h
	piece.Interval = fen
	piece.Tiers = tiersOn(h, fen)
	piece.Locks = nil
	for _, lock := range h.Locks {
		if shared, ok := lock.Interval.Intersect(fen); ok {
			lock.Interval = shared
			piece.Locks = append(piece.Locks, lock)
		}
	}
	return piece
}

// tiersOn are the tier spans of h cut to the given fen.
func tiersOn(h *record.Holding, fen interval.Interval) []record.TierSpan {
	var spans []record.TierSpan
	from := h.Interval.From
	for _, span := range h.Tiers {
		if shared, ok := interval.Of(from, span.To).Intersect(fen); ok {
			spans = append(spans, record.TierSpan{To: shared.To, Tier: span.Tier})
		}
		from = span.To + 1
	}
	return spans
}

// joined is low and high as one holding with the id and version of low. They are
// neighbours with one owner and equal claims, and carry no locks. Every fen keeps
// its tier; the count of hops is the larger one of the later day, and the time
// since when the owner has them the later one, so that a merge never betters
// anything.
func joined(low, high *record.Holding) record.Holding {
	whole, err := low.Interval.Join(high.Interval)
	if err != nil || low.Interval.From > high.Interval.From {
		panic(fmt.Sprintf("join holdings on %s and %s", low.Interval, high.Interval))
	}
	if len(low.Locks)+len(high.Locks) > 0 {
		panic(fmt.Sprintf("join holdings with locks %v and %v", low.Locks, high.Locks))
	}
	one := *low
	one.Interval = whole
	one.Tiers = slices.Clone(low.Tiers)
	for _, span := range high.Tiers {
		if last := &one.Tiers[len(one.Tiers)-1]; last.Tier == span.Tier {
			last.To = span.To
		} else {
			one.Tiers = append(one.Tiers, span)
		}
	}
	switch {
	case high.HopDay > low.HopDay:
		one.HopDay, one.Hops = high.HopDay, high.Hops
	case high.HopDay == low.HopDay:
		one.Hops = max(low.Hops, high.Hops)
	}
	one.Since = max(low.Since, high.Since)
	return one
}

// deeper are the spans one tier further from the debtor.
func deeper(spans []record.TierSpan) []record.TierSpan {
	next := slices.Clone(spans)
	for i := range next {
		next[i].Tier++
	}
	return next
}

// addLock puts a lock behind those that rest on h already.
func addLock(h *record.Holding, lock record.Lock) {
	if !h.Interval.Contains(lock.Interval) {
		panic(fmt.Sprintf("lock %s on holding %d of %s", lock.Interval, h.ID, h.Interval))
	}
	h.Locks = append(slices.Clone(h.Locks), lock)
}

// dropLocks takes away the locks that match and reports whether there were any.
// What lies below them is in force again.
func dropLocks(h *record.Holding, match func(record.Lock) bool) bool {
	kept := slices.DeleteFunc(slices.Clone(h.Locks), match)
	dropped := len(kept) < len(h.Locks)
	if len(kept) == 0 {
		kept = nil
	}
	h.Locks = kept
	return dropped
}

// coveredBy are the fen of within on which a matching lock of h rests, as
// ascending intervals that do not touch.
func coveredBy(h *record.Holding, within interval.Interval, match func(record.Lock) bool) []interval.Interval {
	var found []interval.Interval
	for _, lock := range h.Locks {
		if shared, ok := lock.Interval.Intersect(within); ok && match(lock) {
			found = append(found, shared)
		}
	}
	return coalesced(found)
}

// coalesced are the same fen as ascending intervals that do not touch. The
// intervals given may overlap.
func coalesced(fen []interval.Interval) []interval.Interval {
	slices.SortFunc(fen, interval.Compare)
	var out []interval.Interval
	for _, next := range fen {
		if n := len(out); n > 0 && next.From-1 <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, next.To)
			continue
		}
		out = append(out, next)
	}
	return out
}

// inside are the parts of the intervals that lie in within.
func inside(fen []interval.Interval, within interval.Interval) []interval.Interval {
	var out []interval.Interval
	for _, i := range fen {
		if shared, ok := i.Intersect(within); ok {
			out = append(out, shared)
		}
	}
	return out
}

// gaps are the fen of within that the ascending intervals leave free.
func gaps(within interval.Interval, taken []interval.Interval) []interval.Interval {
	var free []interval.Interval
	from := within.From
	for _, t := range taken {
		if t.From > from {
			free = append(free, interval.Of(from, t.From-1))
		}
		from = t.To + 1
	}
	if from <= within.To {
		free = append(free, interval.Of(from, within.To))
	}
	return free
}

func anyLock(record.Lock) bool { return true }

func isFreeze(lock record.Lock) bool { return lock.Kind == record.LockFreeze }

func isProposal(lock record.Lock) bool { return lock.Kind == record.LockProposal }

func ofOrder(order string) func(record.Lock) bool {
	return func(lock record.Lock) bool { return lock.Order == order }
}

// total is the number of fen in intervals that do not overlap.
func total(fen []interval.Interval) money.Fen {
	var sum money.Fen
	for _, i := range fen {
		sum += i.Amount() // parts of one certificate: never beyond its face
	}
	return sum
}

// isClaim reports whether the fen under the lock may be cut out and leave.
func isClaim(lock record.Lock) bool {
	return lock.Kind == record.LockOffer || lock.Kind == record.LockFinancing || lock.Kind == record.LockDisbursing
}
