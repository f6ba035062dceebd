package command

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/cli/importer"
)

func (a *app) importFinancingsCommand() *cobra.Command {
	f := &importFlags{app: a}
	var want importer.Financings
	return a.command(spec{
		use: "financings", short: "Make many financings of random amounts on a devnet, to show that the ledger stays sound",
		long: `Has the firms of a devnet finance random fen of what they hold, at random banks:
accounts are registered and confirmed, the banks post rates for sales with and
without recourse and for loans on pledged fen, the holders take them, the banks
register and instruct, and the payees' banks advise. All is signed by the party
whose step it is and goes through its bank's node. No rule is skipped.

The financings of a seed are known by the rates they took, random-SEED-recourse and
so on. The same command goes on where a stopped one ended; when the count is
reached it sends nothing. A larger count adds to it, and so does another seed.

In the end the totals of every bank are added up from the agreements, from the read
model's list, from the settlements and from the advices, and compared. The exit
code is 1 when they differ or when fewer are paid out than asked for.`,
		example: `  scf import financings --devnet data/quickstart --count 10000
  scf import financings --devnet data/quickstart --count 500 --seed 2 --json
  scf check --home data/quickstart`,
		flags: func(p *pflag.FlagSet) {
			p.StringVar(&f.devnet, "devnet", "", "directory of a running devnet into which debts were imported")
			p.IntVar(&want.Count, "count", 10_000, "financings of the seed that are to be paid out in the end")
			p.Uint32Var(&want.Seed, "seed", 1, "of all choices: the same one chooses the same of the same ledger")
			p.StringVar(&f.state, "state", "", "directory of the journals of unfinished imports (default: in the devnet)")
			p.IntVar(&f.inFlight, "in-flight", 256, "transactions that wait for their outcome at a time")
		},
		needs: []string{"devnet"},
		run: func(ctx context.Context, _ []string) error {
			return play(ctx, f, importer.ImportFinancings, want, f.financed, judgeFinancings)
		},
	})
}

// financed shows the summary.
func (f *importFlags) financed(w io.Writer, s *importer.FinancingsSummary) {
	fmt.Fprintf(w, "%d financings of seed %d paid out, %s, net %s; %d under way, %d ended before\n",
		s.PaidOut.Count, s.Seed, yuan(s.PaidOut.Fen), yuan(s.PaidOut.Net), s.Open, s.Ended)
	t := columns("BANK", ">FINANCINGS", ">FINANCED", ">PAID OUT", ">DIFFERENCES")
	for _, b := range s.Banks {
		difference := "0"
		if d := b.Difference; d != (importer.Tally{}) {
			difference = fmt.Sprintf("%d, %s, %s", d.Count, yuan(d.Fen), yuan(d.Net))
		}
		t.add(b.Alias, strconv.Itoa(b.Agreements.Count), yuan(b.Agreements.Fen), yuan(b.Agreements.Net), difference)
	}
	t.write(w, "no banks")
	f.spent(s.Stages, s.Transactions, s.Elapsed, s.Memory)
	for _, r := range s.Refused[:min(shown, len(s.Refused))] {
		fmt.Fprintf(w, "  %s %s: %s: %s\n", r.Stage, r.Subject, r.Code, r.Reason)
	}
	if len(s.Refused) > shown {
		fmt.Fprintf(w, "  and %d more\n", len(s.Refused)-shown)
	}
}

// judgeFinancings fails when totals differ or financings are missing.
func judgeFinancings(s *importer.FinancingsSummary) error {
	switch {
	case !s.Reconciled():
		return code.Internal.New("the banks' totals differ; run scf check, and keep the data as it is")
	case s.Complete():
		return nil
	case len(s.Refused) > 0:
		first := s.Refused[0]
		return first.Code.New("%d of %d financings are paid out; %d steps were refused, the first is to %s: %s",
			s.PaidOut.Count, s.Wanted, len(s.Refused), first.Stage, first.Reason).Under(first.Rule)
	default:
		return code.BadArgument.New("%d of %d financings are paid out: the firms whose maker and checker sign here hold no more free fen",
			s.PaidOut.Count, s.Wanted)
	}
}
