// Package load measures what a network of this product does in a second, and
// what the consensus engine alone would do in its place.
//
// It makes a devnet of its own in a directory of its own, fills it with real
// members, evidence and certificates, and sends real signed transactions straight
// to the validators' engines. Nothing is switched off for it: every validator
// checks every signature and syncs every block. Beside it runs the bare engine with
// an application that does nothing, on the same settings and transactions of the
// same size, so that a figure from a slow or busy machine still means something as
// a ratio. `scf bench` prints what Run reports; nothing else calls the package.
package load

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tierledger/tierledger/crypto/credential"
)

// Workload names one thing to measure.
type Workload string

// The workloads.
const (
	Engine    Workload = "engine"    // the bare engine with the no-op application
	Transfers Workload = "transfers" // offers and acceptances of unrelated holdings
	Batches   Workload = "batches"   // issues and acceptances, up to 500 under a signature
	Issues    Workload = "issues"    // issues on one credit line and on unrelated ones
	Latency   Workload = "latency"   // from Broadcast to final, one transaction at a time
	Ledger    Workload = "ledger"    // the transfers' blocks again, without consensus
)

// Workloads are all of them, in the order in which they are reported.
func Workloads() []Workload {
	return []Workload{Engine, Transfers, Batches, Issues, Latency, Ledger}
}

// Options say what to measure. The zero value of a field means its default.
type Options struct {
	Validators   int                    // 4; up to 7
	Suites       []credential.Algorithm // both
	Workloads    []Workload             // all
	Transactions int                    // signed transactions a workload and round; 8000
	Rounds       int                    // 3; the median is reported
	Duration     time.Duration          // no round is fed for longer; 60 s
	InFlight     int                    // transactions sent and not final; 3000
	Samples      int                    // transactions of the latency workload; 100
	Transport    string                 // libp2p or tcp; libp2p
	// Dir is where the networks live; a new temporary directory, removed at the
	// end, when empty.
	Dir string
	// Logger hears the nodes; nil is silent.
	Logger *slog.Logger
	// Progress is told how far a step is. Steps follow one another.
	Progress func(step string, done, total int)
}

const (
	batchItems = 500 // operations under one signature
	groupCount = 16  // of a debtor, a supplier and its supplier

	maxTransactions = 2_000_000 // of a workload in all rounds
)

func (o Options) complete() (Options, error) {
	if len(o.Suites) == 0 {
		o.Suites = []credential.Algorithm{credential.ES256, credential.EdDSA}
	}
	if len(o.Workloads) == 0 {
		o.Workloads = Workloads()
	}
	setDefault(&o.Validators, 4)
	setDefault(&o.Transactions, 8000)
	setDefault(&o.Rounds, 3)
	setDefault(&o.Duration, time.Minute)
	setDefault(&o.InFlight, 3000)
	setDefault(&o.Samples, 100)
	setDefault(&o.Transport, "libp2p")
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	if o.Transactions < 2 || o.Rounds < 1 || o.InFlight < 1 || o.Samples < 1 || o.Duration < 0 {
		return o, errors.New("transactions, rounds, in-flight, samples and duration must be positive")
	}
	if o.Transactions > maxTransactions/o.Rounds {
		return o, fmt.Errorf("%d rounds of %d transactions: at most %d in all, for a debtor can number no more certificates in a day",
			o.Rounds, o.Transactions, maxTransactions)
	}
	for _, w := range o.Workloads {
		if !slices.Contains(Workloads(), w) {
			return o, fmt.Errorf("workload %q: they are %v", w, Workloads())
		}
	}
	return o, nil
}

func setDefault[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}

func (o *Options) wants(w ...Workload) bool {
	return slices.ContainsFunc(w, func(one Workload) bool { return slices.Contains(o.Workloads, one) })
}

// Run measures and reports. When ctx ends it stops everything, removes its
// directory and returns the error of ctx with what was measured so far.
func Run(ctx context.Context, o Options) (report *Report, err error) {
	o, err = o.complete()
	if err != nil {
		return nil, fmt.Errorf("bench: %w", err)
	}
	if o.Dir == "" {
		if o.Dir, err = os.MkdirTemp("", "scf-bench-"); err != nil {
			return nil, fmt.Errorf("bench: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	}
	report = newReport(o)
	for _, suite := range o.Suites {
		s, err := runSuite(ctx, o, suite)
		if s != nil {
			report.Suites = append(report.Suites, *s)
		}
		if err != nil {
			return report, fmt.Errorf("bench %s: %w", suite, err)
		}
	}
	report.finish()
	return report, nil
}

// runSuite measures one signature suite. The bare engine runs before and after
// the network, with the transactions of the network's sizes.
func runSuite(ctx context.Context, o Options, suite credential.Algorithm) (*SuiteReport, error) {
	report := &SuiteReport{Suite: suite.String()}
	dir := filepath.Join(o.Dir, suite.String())
	sizes, err := transferSizes(suite)
	if err != nil {
		return nil, err
	}
	report.TransferBytes = (sizes[0] + sizes[1]) / 2
	bare := &bareRun{options: o, sizes: sizes, report: report}
	if o.wants(Engine) {
		if err := bare.run(ctx, filepath.Join(dir, "engine-before")); err != nil {
			return report, err
		}
	}
	if o.wants(Transfers, Batches, Issues, Latency, Ledger) {
		if err := runNetwork(ctx, o, suite, filepath.Join(dir, "network"), report); err != nil {
			return report, err
		}
	}
	if o.wants(Engine) {
		if err := bare.run(ctx, filepath.Join(dir, "engine-after")); err != nil {
			return report, err
		}
	}
	return report, nil
}
