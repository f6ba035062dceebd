package interval_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// TestScenarios runs the text files of testdata, which read as a banker would
// tell the story of a certificate's fen.
func TestScenarios(t *testing.T) {
	datadriven.RunTest(t, "testdata/intervals", func(t *testing.T, d *datadriven.TestData) string {
		text := func(name string) (i interval.Interval) {
			var s string
			d.ScanArgs(t, name, &s)
			if _, err := fmt.Sscanf(s, "%d-%d", &i.From, &i.To); err != nil {
				t.Fatalf("%s: %q: %v", d.Pos, s, err)
			}
			return i
		}
		amount := func() money.Fen {
			var n int64
			d.ScanArgs(t, "amount", &n)
			return money.Fen(n)
		}
		show := func(err error, parts ...interval.Interval) string {
			if err != nil {
				return err.Error() + "\n"
			}
			var b strings.Builder
			for _, p := range parts {
				fmt.Fprintf(&b, "[%s] %s\n", p, p.Amount())
			}
			return b.String()
		}
		switch d.Cmd {
		case "cut-low":
			piece, rest, err := text("of").CutLow(amount())
			return show(err, piece, rest)
		case "cut-high":
			piece, rest, err := text("of").CutHigh(amount())
			return show(err, piece, rest)
		case "cut":
			before, after, err := text("of").Cut(text("piece"))
			return show(err, before, after)
		case "join":
			whole, err := text("of").Join(text("with"))
			return show(err, whole)
		case "valid":
			if err := text("of").Valid(amount()); err != nil {
				return err.Error() + "\n"
			}
			return "valid\n"
		case "tile":
			var parts []interval.Interval
			for line := range strings.Lines(d.Input) {
				var i interval.Interval
				if _, err := fmt.Sscanf(line, "%d-%d", &i.From, &i.To); err != nil {
					t.Fatalf("%s: %q: %v", d.Pos, line, err)
				}
				parts = append(parts, i)
			}
			if err := interval.Tile(amount(), parts); err != nil {
				return err.Error() + "\n"
			}
			return "tiles\n"
		}
		t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
		return ""
	})
}

func draw(t *rapid.T, name string, within interval.Interval) interval.Interval {
	from := rapid.Int64Range(int64(within.From), int64(within.To)).Draw(t, name+" from")
	to := rapid.Int64Range(from, int64(within.To)).Draw(t, name+" to")
	return interval.Of(money.Fen(from), money.Fen(to))
}

func face(t *rapid.T) money.Fen {
	return money.Fen(rapid.OneOf(rapid.Int64Range(1, 20), rapid.Int64Range(1, math.MaxInt64), rapid.Just[int64](math.MaxInt64)).Draw(t, "face"))
}

func TestCutsKeepEveryFen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := face(t)
		holding := draw(t, "holding", interval.Whole(f))
		amount := money.Fen(rapid.Int64Range(1, int64(holding.Amount())).Draw(t, "amount"))

		low, rest, err := holding.CutLow(amount)
		together(t, holding, err, low, rest)
		if low.From != holding.From || low.Amount() != amount {
			t.Fatalf("%d from the low end of %s is %s", amount, holding, low)
		}
		high, rest, err := holding.CutHigh(amount)
		together(t, holding, err, high, rest)
		if high.To != holding.To || high.Amount() != amount {
			t.Fatalf("%d from the high end of %s is %s", amount, holding, high)
		}
		piece := draw(t, "piece", holding)
		before, after, err := holding.Cut(piece)
		together(t, holding, err, before, piece, after)
	})
}

// together checks that the parts, without the empty ones, join to the whole.
func together(t *rapid.T, whole interval.Interval, err error, parts ...interval.Interval) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	parts = slices.DeleteFunc(parts, interval.Interval.IsZero)
	slices.SortFunc(parts, interval.Compare)
	joined := parts[0]
	for _, p := range parts[1:] {
		if joined, err = p.Join(joined); err != nil {
			t.Fatal(err)
		}
	}
	if joined != whole {
		t.Fatalf("%v join to %s, want %s", parts, joined, whole)
	}
}

func TestRandomCutsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := face(t)
		parts := []interval.Interval{interval.Whole(f)}
		for range rapid.IntRange(0, 20).Draw(t, "cuts") {
			n := rapid.IntRange(0, len(parts)-1).Draw(t, "which")
			piece := draw(t, "piece", parts[n])
			before, after, err := parts[n].Cut(piece)
			if err != nil {
				t.Fatal(err)
			}
			parts[n] = piece
			for _, p := range []interval.Interval{before, after} {
				if !p.IsZero() {
					parts = append(parts, p)
				}
			}
		}
		if err := interval.Tile(f, parts); err != nil {
			t.Fatalf("%v: %v", parts, err)
		}
		// One part lost, or held twice, is always noticed.
		n := rapid.IntRange(0, len(parts)-1).Draw(t, "lost")
		if err := interval.Tile(f, slices.Delete(slices.Clone(parts), n, n+1)); !code.BadInterval.Is(err) {
			t.Fatalf("%v without %s: %v", parts, parts[n], err)
		}
		if err := interval.Tile(f, append(slices.Clone(parts), parts[n])); !code.BadInterval.Is(err) {
			t.Fatalf("%v with %s twice: %v", parts, parts[n], err)
		}
	})
}

func TestIntersectIsWhatBothContain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := face(t)
		a, b := draw(t, "a", interval.Whole(f)), draw(t, "b", interval.Whole(f))
		shared, ok := a.Intersect(b)
		back, backOK := b.Intersect(a)
		if shared != back || ok != backOK || ok != a.Overlaps(b) {
			t.Fatalf("%s and %s share %s (%t), the other way round %s (%t)", a, b, shared, ok, back, backOK)
		}
		if ok && (!a.Contains(shared) || !b.Contains(shared)) {
			t.Fatalf("%s and %s share %s, which is not in both", a, b, shared)
		}
		fen := interval.Of(a.From, a.From)
		if got := b.Contains(fen); got != (ok && shared.Contains(fen)) {
			t.Fatalf("fen %s of %s is in %s: %t, but they share %s", fen, a, b, got, shared)
		}
	})
}

// Numbers from outside can be anything; nothing wraps and nothing panics.
func TestMalformedIntervals(t *testing.T) {
	edge := rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, 2, math.MaxInt64 - 1, math.MaxInt64})
	rapid.Check(t, func(t *rapid.T) {
		any := func(name string) interval.Interval {
			return interval.Of(money.Fen(edge.Draw(t, name+" from")), money.Fen(edge.Draw(t, name+" to")))
		}
		a, b := any("a"), any("b")
		if a.WellFormed() {
			return
		}
		if a.Amount() != 0 || a.Overlaps(b) || b.Overlaps(a) || a.Contains(b) || b.Contains(a) {
			t.Fatalf("malformed %+v takes part", a)
		}
		_, _, lowErr := a.CutLow(1)
		_, _, highErr := a.CutHigh(1)
		_, _, cutErr := a.Cut(b)
		_, joinErr := b.Join(a)
		for _, err := range []error{lowErr, highErr, cutErr, joinErr, a.Valid(money.MaxFen), interval.Tile(money.MaxFen, []interval.Interval{a})} {
			if !code.BadInterval.Is(err) {
				t.Fatalf("malformed %+v: %v, want BAD_INTERVAL", a, err)
			}
		}
	})
}

func TestText(t *testing.T) {
	type piece struct {
		Interval interval.Interval `json:"interval"`
		Lock     interval.Interval `json:"lock"`
	}
	b, err := json.Marshal(piece{Interval: interval.Of(1, 30_000_000)})
	if err != nil || string(b) != `{"interval":"1-30000000","lock":""}` {
		t.Fatalf("%s, %v", b, err)
	}
	var back piece
	if err := json.Unmarshal(b, &back); err != nil || back != (piece{Interval: interval.Of(1, 30_000_000)}) {
		t.Fatalf("%+v, %v", back, err)
	}
	for _, s := range []string{
		"", "-", "1", "1-", "-1", "0-1", "2-1", "01-2", "1-02", "+1-2", "1-+2", " 1-2", "1-2 ", "1-2-3", "-1-2", "1--2",
		"1–2", "1_0-20", "0x1-2", "１-２", "1-9223372036854775808", strings.Repeat("9", 100) + "-1",
	} {
		if i, err := interval.Parse(s); !code.BadInterval.Is(err) {
			t.Errorf("Parse(%q) = %v, %v; want BAD_INTERVAL", s, i, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1-30000000", "1-1", "1-9223372036854775807", "0-0", "2-1", "--", "1-2-3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := interval.Parse(s)
		if err != nil {
			return
		}
		if !i.WellFormed() || i.String() != s {
			t.Errorf("Parse(%q) = %+v, written %q", s, i, i)
		}
	})
}
