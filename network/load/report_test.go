package load

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheMedianOfRoundsIsReported(t *testing.T) {
	var r *Result
	for _, s := range []Sample{
		{Transactions: 100, Operations: 100, Seconds: 1, CPU: 0.4, Blocks: 2},
		{Transactions: 100, Operations: 100, Seconds: 10, CPU: 4, Blocks: 2, Refused: map[string]int{"FROZEN": 2}},
		{Transactions: 100, Operations: 100, Seconds: 2, CPU: 0.8, Blocks: 4, Refused: map[string]int{"FROZEN": 1}},
	} {
		r = add(r, 4, s)
	}
	if r.TransactionsPerSecond != 50 || r.OperationsPerSecond != 50 {
		t.Errorf("%v transactions and %v operations a second, want 50", r.TransactionsPerSecond, r.OperationsPerSecond)
	}
	if r.CPUMicros != 2000 {
		t.Errorf("%v µs a transaction and node, want 2000", r.CPUMicros)
	}
	if r.TransactionsPerBlock != 50 {
		t.Errorf("%v transactions a block, want 50", r.TransactionsPerBlock)
	}
	if r.Aborts != 3 || r.AbortsByCode["FROZEN"] != 3 {
		t.Errorf("aborts %d %v, want 3", r.Aborts, r.AbortsByCode)
	}
}

func TestJoinedBurstsAreTheirSum(t *testing.T) {
	a := Sample{Transactions: 2, Operations: 1000, Seconds: 1, CPU: 3, Blocks: 2, First: 5, Last: 6, Refused: map[string]int{"X": 1}}
	b := Sample{Transactions: 1, Operations: 500, Seconds: 2, CPU: 1, Blocks: 1, First: 7, Last: 7, Refused: map[string]int{"X": 2, "Y": 1}}
	s := joined(a, b)
	if s.Transactions != 3 || s.Operations != 1500 || s.Seconds != 3 || s.CPU != 4 || s.Blocks != 3 || s.First != 5 || s.Last != 7 {
		t.Errorf("joined: %+v", s)
	}
	if s.Refused["X"] != 3 || s.Refused["Y"] != 1 {
		t.Errorf("refused: %v", s.Refused)
	}
	if a.Refused["X"] != 1 || len(a.Refused) != 1 {
		t.Errorf("a part was changed: %v", a.Refused)
	}
}

func TestNothingMeasuredIsZero(t *testing.T) {
	r := add(nil, 4, Sample{})
	if r.TransactionsPerSecond != 0 || r.CPUMicros != 0 || r.TransactionsPerBlock != 0 {
		t.Errorf("an empty burst: %+v", r)
	}
	if got := ratio(r, nil); got != 0 {
		t.Errorf("a ratio to nothing: %v", got)
	}
}

func TestLatencies(t *testing.T) {
	took := make([]time.Duration, 100)
	for i := range took {
		took[i] = time.Duration(100-i) * time.Millisecond // 1 to 100, not in order
	}
	l := latencies(took)
	if l.P50Millis != 50.5 || l.P99Millis < 99 || l.P99Millis > 100 || l.MaxMillis != 100 || l.Samples != 100 {
		t.Errorf("latencies: %+v", l)
	}
}

func TestAQuantileLiesAmongTheValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1e9), 1, 50).Draw(t, "values")
		q, p := rapid.Float64Range(0, 1).Draw(t, "q"), rapid.Float64Range(0, 1).Draw(t, "p")
		a, b := quantile(values, min(p, q)), quantile(values, max(p, q))
		if a > b {
			t.Fatalf("quantile %v is %v, quantile %v is %v", min(p, q), a, max(p, q), b)
		}
		if a < quantile(values, 0) || b > quantile(values, 1) {
			t.Fatalf("%v or %v lies outside %v", a, b, values)
		}
	})
}

func TestWrongOptionsAreRefused(t *testing.T) {
	for name, o := range map[string]Options{
		"a workload nobody knows":   {Workloads: []Workload{"mining"}},
		"one transaction":           {Transactions: 1},
		"rounds below zero":         {Rounds: -1},
		"duration below zero":       {Duration: -time.Second},
		"more than can be numbered": {Transactions: 10_000_000},
	} {
		if _, err := Run(t.Context(), o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
