package certificate

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// drawHolding is any holding without locks: some fen, in spans of different tiers.
func drawHolding(t *rapid.T) record.Holding {
	from := money.Fen(rapid.Int64Range(1, 50).Draw(t, "from"))
	h := record.Holding{ID: 1, Version: 1, Interval: interval.Of(from, from-1)}
	for range rapid.IntRange(1, 4).Draw(t, "spans") {
		h.Interval.To += money.Fen(rapid.Int64Range(1, 20).Draw(t, "length"))
		tier := uint16(rapid.IntRange(1, 5).Draw(t, "tier"))
		if n := len(h.Tiers); n > 0 && h.Tiers[n-1].Tier == tier {
			tier += 5
		}
		h.Tiers = append(h.Tiers, record.TierSpan{To: h.Interval.To, Tier: tier})
	}
	return h
}

// TestJoinBettersNothing: a merge counts the hops of the later day, the larger
// number of them, and the later time since when the owner has the fen.
func TestJoinBettersNothing(t *testing.T) {
	for _, c := range []struct{ lowDay, lowHops, highDay, highHops, wantDay, wantHops int }{
		{5, 3, 5, 1, 5, 3}, {5, 1, 5, 3, 5, 3}, {5, 1, 4, 3, 5, 1}, {4, 3, 5, 1, 5, 1},
	} {
		low := record.Holding{
			Interval: interval.Of(1, 10), Tiers: []record.TierSpan{{To: 10, Tier: 1}},
			HopDay: calendar.Date(c.lowDay), Hops: uint16(c.lowHops), Since: calendar.Instant(c.lowDay),
		}
		high := record.Holding{
			Interval: interval.Of(11, 20), Tiers: []record.TierSpan{{To: 20, Tier: 2}},
			HopDay: calendar.Date(c.highDay), Hops: uint16(c.highHops), Since: calendar.Instant(c.highDay),
		}
		one := joined(&low, &high)
		if int(one.HopDay) != c.wantDay || int(one.Hops) != c.wantHops || int(one.Since) != max(c.lowDay, c.highDay) {
			t.Errorf("%+v: day %d, %d hops, since %d", c, one.HopDay, one.Hops, one.Since)
		}
	}
}

func drawPart(t *rapid.T, within interval.Interval) interval.Interval {
	from := money.Fen(rapid.Int64Range(int64(within.From), int64(within.To)).Draw(t, "part from"))
	return interval.Of(from, money.Fen(rapid.Int64Range(int64(from), int64(within.To)).Draw(t, "part to")))
}

// TestJoinUndoesCut: what was cut and joined again is the same, tier by tier.
func TestJoinUndoesCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHolding(t)
		if h.Amount() < 2 {
			t.Skip("one fen")
		}
		at := money.Fen(rapid.Int64Range(int64(h.Interval.From), int64(h.Interval.To-1)).Draw(t, "cut"))
		low, high := part(&h, interval.Of(h.Interval.From, at)), part(&h, interval.Of(at+1, h.Interval.To))
		if got := joined(&low, &high); !reflect.DeepEqual(got, h) {
			t.Fatalf("%v cut behind %d and joined is %v", h, at, got)
		}
	})
}

// TestPartKeepsEveryFen: a piece has on each of its fen the tier and the locks, in
// order, that the whole has there.
func TestPartKeepsEveryFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHolding(t)
		for kind := range rapid.IntRange(0, 5).Draw(t, "locks") {
			addLock(&h, record.Lock{Kind: record.LockKind(kind + 1), Interval: drawPart(t, h.Interval)})
		}
		piece := part(&h, drawPart(t, h.Interval))
		for n := piece.Interval.From; n <= piece.Interval.To; n++ {
			fen := interval.Of(n, n)
			one, other := part(&h, fen), part(&piece, fen)
			if !reflect.DeepEqual(one, other) {
				t.Fatalf("fen %d is %v in the whole and %v in the piece", n, one, other)
			}
		}
	})
}

// TestGapsAndCovered: on every fen there is a lock or a gap, never both.
func TestGapsAndCovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHolding(t)
		for range rapid.IntRange(0, 6).Draw(t, "locks") {
			addLock(&h, record.Lock{Kind: record.LockPledge, Interval: drawPart(t, h.Interval)})
		}
		covered := coveredBy(&h, h.Interval, anyLock)
		if err := interval.Tile(h.Interval.To, append(append(covered, gaps(h.Interval, covered)...), before(h.Interval)...)); err != nil {
			t.Fatalf("locks %v: %v", h.Locks, err)
		}
		for n := h.Interval.From; n <= h.Interval.To; n++ {
			locked := len(part(&h, interval.Of(n, n)).Locks) > 0
			if in := len(inside(covered, interval.Of(n, n))) > 0; in != locked {
				t.Fatalf("fen %d: locked %v, covered %v by %v", n, locked, in, covered)
			}
		}
	})
}

// before are the fen of a certificate below those of a holding.
func before(i interval.Interval) []interval.Interval {
	if i.From == 1 {
		return nil
	}
	return []interval.Interval{interval.Of(1, i.From-1)}
}

// TestStatusText: every status has a text that reads back.
func TestStatusText(t *testing.T) {
	for s := StatusIssued; s <= StatusVoid; s++ {
		text, err := s.MarshalText()
		if err != nil || len(text) == 0 {
			t.Fatalf("status %d: %q, %v", s, text, err)
		}
		var back Status
		if err := back.UnmarshalText(text); err != nil || back != s {
			t.Errorf("%q reads back as %v, %v", text, back, err)
		}
	}
	var s Status
	if err := s.UnmarshalText([]byte("paid")); err == nil {
		t.Error("an unknown status was read")
	}
	if Status(0).String() != "" || Status(99).String() != "" {
		t.Error("no status has a text")
	}
}
