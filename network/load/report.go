package load

import (
	"maps"
	"runtime"
	"slices"
	"time"
)

// Report is what a run measured. Rates are per second, times in the unit that the
// name ends in.
type Report struct {
	Started      time.Time     `json:"started"`
	Machine      Machine       `json:"machine"`
	Validators   int           `json:"validators"`
	Transport    string        `json:"transport"`
	Transactions int           `json:"transactions"` // signed, of each workload and round
	Rounds       int           `json:"rounds"`
	InFlight     int           `json:"inFlight"`
	Suites       []SuiteReport `json:"suites"`
	Seconds      float64       `json:"seconds"` // of the whole run, with setup
	PeakMemory   int64         `json:"peakMemoryBytes"`
}

// Machine is where the run took place. All validators share it.
type Machine struct {
	Cores int    `json:"cores"`
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Go    string `json:"go"`
}

// SuiteReport is one signature suite.
type SuiteReport struct {
	Suite         string `json:"suite"`
	TransferBytes int    `json:"transferBytes"` // mean of an offer and its acceptance, signed

	Engine        *Result        `json:"engine,omitempty"`
	EngineLatency *LatencyResult `json:"engineLatency,omitempty"`
	Transfers     *Result        `json:"transfers,omitempty"`
	// TransfersPerSecond are completed ones: each is two signed transactions.
	TransfersPerSecond float64        `json:"transfersPerSecond,omitempty"`
	RatioToEngine      float64        `json:"ratioToEngine,omitempty"` // of signed transactions a second
	BulkIssue          *Result        `json:"bulkIssue,omitempty"`
	BulkAccept         *Result        `json:"bulkAccept,omitempty"`
	Batches            *Result        `json:"batches,omitempty"` // bulk issue and bulk accept together
	OneLine            *Result        `json:"issuesOneLine,omitempty"`
	ManyLines          *Result        `json:"issuesUnrelatedLines,omitempty"`
	LineRatio          float64        `json:"oneLineToUnrelated,omitempty"`
	Latency            *LatencyResult `json:"latency,omitempty"`
	Ledger             *LedgerResult  `json:"ledger,omitempty"`
	SignMicros         float64        `json:"signMicros,omitempty"` // of the client, one transaction
	Disk               *DiskResult    `json:"disk,omitempty"`
	Setup              SetupResult    `json:"setup"`
}

// Sample is one burst.
type Sample struct {
	Transactions int     `json:"transactions"` // signed, committed
	Operations   int     `json:"operations"`   // those, or the items of batches
	Seconds      float64 `json:"seconds"`      // from the first sent to the last committed by every validator
	CPU          float64 `json:"cpuSeconds"`   // of the whole process: all validators, and sending
	Blocks       int64   `json:"blocks"`
	First        int64   `json:"firstHeight"`
	Last         int64   `json:"lastHeight"`
	// Refused are the transactions or items that were refused, by code.
	Refused map[string]int `json:"refused,omitempty"`
}

// Result is the median of a workload's rounds.
type Result struct {
	TransactionsPerSecond float64        `json:"transactionsPerSecond"`
	OperationsPerSecond   float64        `json:"operationsPerSecond"`
	CPUMicros             float64        `json:"cpuMicrosPerTransactionPerNode"`
	TransactionsPerBlock  float64        `json:"transactionsPerBlock"`
	Aborts                int            `json:"aborts"` // in all rounds
	AbortsByCode          map[string]int `json:"abortsByCode,omitempty"`
	Samples               []Sample       `json:"samples"`
}

// LatencyResult is the time from Broadcast until the validator that took the
// transaction has it in a synced block, at light load.
type LatencyResult struct {
	P50Millis float64 `json:"p50Millis"`
	P99Millis float64 `json:"p99Millis"`
	MaxMillis float64 `json:"maxMillis"`
	Samples   int     `json:"samples"`
}

// LedgerResult is the ledger alone: the transfers' blocks executed again on an
// empty store of one node.
type LedgerResult struct {
	TransactionsPerSecond float64 `json:"transactionsPerSecond"`
	CPUMicros             float64 `json:"cpuMicrosPerTransaction"`
	// Times of the parts for one transaction. Verification runs beside execution.
	VerifyMicros  float64 `json:"verifyMicros"`
	ExecuteMicros float64 `json:"executeMicros"`
	CommitMicros  float64 `json:"commitMicros"`
	Transactions  int     `json:"transactions"`
	SameRoot      bool    `json:"sameRoot"` // the replay ended at the network's app hash
}

// DiskResult is what the transfers' transactions added to a node's directory, in
// bytes for each. Unused room of files made ahead of time is not counted.
type DiskResult struct {
	LedgerBytes float64 `json:"ledgerBytesPerTransaction"`
	EngineBytes float64 `json:"engineBytesPerTransaction"`
}

// SetupResult is how much was done before and between the measurements.
type SetupResult struct {
	Members      int     `json:"members"`
	Certificates int     `json:"certificates"`
	Seconds      float64 `json:"seconds"`
}

func newReport(o Options) *Report {
	return &Report{
		Started:    time.Now(),
		Machine:    Machine{Cores: runtime.GOMAXPROCS(0), OS: runtime.GOOS, Arch: runtime.GOARCH, Go: runtime.Version()},
		Validators: o.Validators, Transport: o.Transport, Transactions: o.Transactions,
		Rounds: o.Rounds, InFlight: o.InFlight,
	}
}

// finish computes what needs all parts.
func (r *Report) finish() {
	r.Seconds = time.Since(r.Started).Seconds()
	r.PeakMemory = peakMemory()
	for i := range r.Suites {
		s := &r.Suites[i]
		if s.Transfers != nil {
			s.TransfersPerSecond = s.Transfers.TransactionsPerSecond / 2
		}
		s.RatioToEngine = ratio(s.Transfers, s.Engine)
		s.LineRatio = ratio(s.OneLine, s.ManyLines)
	}
}

func ratio(a, b *Result) float64 {
	if a == nil || b == nil || b.TransactionsPerSecond == 0 {
		return 0
	}
	return a.TransactionsPerSecond / b.TransactionsPerSecond
}

// add takes a round into a result and computes the medians again.
func add(r *Result, validators int, s Sample) *Result {
	if r == nil {
		r = &Result{AbortsByCode: map[string]int{}}
	}
	r.Samples = append(r.Samples, s)
	r.TransactionsPerSecond = medianOf(r.Samples, func(s Sample) float64 { return over(float64(s.Transactions), s.Seconds) })
	r.OperationsPerSecond = medianOf(r.Samples, func(s Sample) float64 { return over(float64(s.Operations), s.Seconds) })
	r.CPUMicros = medianOf(r.Samples, func(s Sample) float64 {
		return over(1e6*s.CPU/float64(validators), float64(s.Transactions))
	})
	r.TransactionsPerBlock = medianOf(r.Samples, func(s Sample) float64 { return over(float64(s.Transactions), float64(s.Blocks)) })
	for code, n := range s.Refused {
		r.Aborts += n
		r.AbortsByCode[code] += n
	}
	return r
}

// joined is two bursts of one round as one.
func joined(a, b Sample) Sample {
	refused := maps.Clone(a.Refused)
	for code, n := range b.Refused {
		if refused == nil {
			refused = map[string]int{}
		}
		refused[code] += n
	}
	return Sample{
		Transactions: a.Transactions + b.Transactions, Operations: a.Operations + b.Operations,
		Seconds: a.Seconds + b.Seconds, CPU: a.CPU + b.CPU, Blocks: a.Blocks + b.Blocks,
		First: a.First, Last: b.Last, Refused: refused,
	}
}

func over(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func medianOf(samples []Sample, figure func(Sample) float64) float64 {
	list := make([]float64, len(samples))
	for i, s := range samples {
		list[i] = figure(s)
	}
	return quantile(list, 0.5)
}

// quantile is the q-th quantile of values, linear between two of them; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 == len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// latencies summarises times.
func latencies(took []time.Duration) *LatencyResult {
	millis := make([]float64, len(took))
	for i, t := range took {
		millis[i] = float64(t.Microseconds()) / 1000
	}
	return &LatencyResult{
		P50Millis: quantile(millis, 0.5), P99Millis: quantile(millis, 0.99), MaxMillis: quantile(millis, 1), Samples: len(took),
	}
}
