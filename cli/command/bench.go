package command

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/network/load"
)

func (a *app) benchCommand() *cobra.Command {
	var o load.Options
	var suite string
	var workloads []string
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure a network of validators in this process",
		Long: `Runs validators in this process, in a temporary directory, fills them with
members, evidence and certificates, and measures with real signed transactions:

  transfers  offers and acceptances of unrelated holdings
  batches    issues and acceptances, 500 under a signature
  issues     issues on one credit line, and on a line for each debtor
  latency    from submission to final, one transaction at a time
  ledger     the same blocks on one node without consensus
  engine     the consensus engine alone, with an application that does nothing

The engine runs in the same process on transactions of the same size and the same
settings, so that the ratio of the two means something on a busy machine too.
docs/benchmarks.md explains every figure.`,
		Example: `  scf bench
  scf bench --suite eddsa --workload transfers,engine
  scf bench --transactions 200 --rounds 1 --json`,
		Args: cobra.NoArgs,
		RunE: a.do(func(ctx context.Context, _ []string) error {
			for _, w := range workloads {
				o.Workloads = append(o.Workloads, load.Workload(w))
			}
			var err error
			if o.Suites, err = suites(suite); err != nil {
				return err
			}
			return a.bench(ctx, o)
		}),
	}
	f := c.Flags()
	f.IntVar(&o.Validators, "validators", 4, "validators in this process, 1 to 7")
	f.StringVar(&suite, "suite", "both", "signatures: es256, eddsa or both")
	f.StringSliceVar(&workloads, "workload", nil, "what to measure (default: all)")
	f.IntVar(&o.Transactions, "transactions", 8000, "signed transactions of each workload in a round")
	f.IntVar(&o.Rounds, "rounds", 3, "rounds, of which the median counts")
	f.DurationVar(&o.Duration, "duration", 0, "send no longer than this in a round of a workload (default: 1m)")
	f.IntVar(&o.InFlight, "in-flight", 3000, "transactions sent and not yet final")
	f.IntVar(&o.Samples, "samples", 100, "transactions of the latency workload")
	f.StringVar(&o.Transport, "transport", "libp2p", "libp2p or tcp")
	f.StringVar(&o.Dir, "dir", "", "directory for the networks (default: a temporary one)")
	return c
}

func suites(text string) ([]credential.Algorithm, error) {
	switch strings.ToLower(text) {
	case "both":
		return []credential.Algorithm{credential.ES256, credential.EdDSA}, nil
	case "es256":
		return []credential.Algorithm{credential.ES256}, nil
	case "eddsa":
		return []credential.Algorithm{credential.EdDSA}, nil
	default:
		return nil, code.BadConfig.New("--suite is es256, eddsa or both, not %.20q", text)
	}
}

func (a *app) bench(ctx context.Context, o load.Options) error {
	if !a.quiet {
		o.Progress = a.benchProgress()
	}
	report, err := load.Run(ctx, o)
	if err != nil {
		return err
	}
	return a.print(report, func(w io.Writer) { showBench(w, report) })
}

// benchProgress draws a bar for each step.
func (a *app) benchProgress() func(step string, done, total int) {
	var bar *progressbar.ProgressBar
	var current string
	return func(step string, done, total int) {
		if bar == nil || step != current || done == 0 {
			current = step
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(a.Err),
				progressbar.OptionSetDescription(pad(step, 32)), progressbar.OptionSetWidth(24), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // it only draws
	}
}

func showBench(w io.Writer, r *load.Report) {
	fmt.Fprintf(w, "%d validators in one process on %d cores, %s/%s, %s, %s; %d rounds of %d transactions, medians\n",
		r.Validators, r.Machine.Cores, r.Machine.OS, r.Machine.Arch, r.Machine.Go, r.Transport, r.Rounds, r.Transactions)
	for i := range r.Suites {
		showSuite(w, &r.Suites[i])
	}
	fmt.Fprintf(w, "\n%.0f s in all, at most %d MiB resident\n", r.Seconds, r.PeakMemory>>20)
}

func showSuite(w io.Writer, s *load.SuiteReport) {
	fmt.Fprintf(w, "\n%s, transactions of %d bytes\n", s.Suite, s.TransferBytes)
	t := columns("workload", ">signed tx/s", ">operations/s", ">CPU µs/tx/node", ">tx/block", ">aborts")
	row := func(name string, r *load.Result) {
		if r != nil {
			t.add(name, fmt.Sprintf("%.0f", r.TransactionsPerSecond), fmt.Sprintf("%.0f", r.OperationsPerSecond),
				fmt.Sprintf("%.0f", r.CPUMicros), fmt.Sprintf("%.0f", r.TransactionsPerBlock), aborts(r))
		}
	}
	row("bare engine", s.Engine)
	row("transfers: offer, accept", s.Transfers)
	row("batches: issue", s.BulkIssue)
	row("batches: accept", s.BulkAccept)
	row("batches together", s.Batches)
	row("issues on one line", s.OneLine)
	row("issues on unrelated lines", s.ManyLines)
	if l := s.Ledger; l != nil {
		t.add("ledger alone", fmt.Sprintf("%.0f", l.TransactionsPerSecond), "", fmt.Sprintf("%.0f", l.CPUMicros), "", "")
	}
	t.write(w, "")
	showRatios(w, s)
}

func showRatios(w io.Writer, s *load.SuiteReport) {
	if s.RatioToEngine > 0 {
		fmt.Fprintf(w, "transfers: %.0f %% of the bare engine; %.0f completed a second\n", 100*s.RatioToEngine, s.TransfersPerSecond)
	}
	if s.LineRatio > 0 {
		fmt.Fprintf(w, "one credit line: %.0f %% of unrelated lines\n", 100*s.LineRatio)
	}
	for _, l := range []struct {
		name string
		r    *load.LatencyResult
	}{{"submit to final", s.Latency}, {"the same on the bare engine", s.EngineLatency}} {
		if l.r != nil {
			fmt.Fprintf(w, "%s: p50 %.0f ms, p99 %.0f ms (%d samples)\n", l.name, l.r.P50Millis, l.r.P99Millis, l.r.Samples)
		}
	}
	if l := s.Ledger; l != nil {
		same := "the same app hash"
		if !l.SameRoot {
			same = "ANOTHER app hash"
		}
		fmt.Fprintf(w, "ledger alone: verify %.0f, execute %.0f, commit %.0f µs a transaction; %s\n",
			l.VerifyMicros, l.ExecuteMicros, l.CommitMicros, same)
	}
	if s.SignMicros > 0 {
		fmt.Fprintf(w, "signing, at the client: %.0f µs a transaction\n", s.SignMicros)
	}
	if d := s.Disk; d != nil {
		fmt.Fprintf(w, "disk a transaction and node: ledger %.0f bytes, engine %.0f bytes\n", d.LedgerBytes, d.EngineBytes)
	}
	fmt.Fprintf(w, "setup: %d members, %d certificates\n", s.Setup.Members, s.Setup.Certificates)
}

// aborts are the refusals of all rounds, by code.
func aborts(r *load.Result) string {
	text := fmt.Sprint(r.Aborts)
	for _, name := range slices.Sorted(maps.Keys(r.AbortsByCode)) {
		text += fmt.Sprintf(" %s:%d", name, r.AbortsByCode[name])
	}
	return text
}
