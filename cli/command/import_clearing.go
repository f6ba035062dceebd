package command

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/reconcile"
)

func (a *app) importClearingCommand() *cobra.Command {
	f := &importFlags{app: a}
	var want importer.Clearing
	var day, faults string
	return a.command(spec{
		use: "clearing", short: "Clear what is payable on a day on a devnet, everybody's part played",
		long: `Clears a payment date on a devnet: debtors and holders without a bank account
register one, the devnet's clock goes to the day, the ledger enters the
certificates into their runs, the debtors' banks confirm the funds, the ledger
computes the legs, the banks are instructed by pain.001, simulated banks answer
with pain.002 and camt.054, and every bank tells the ledger what it was told. All
is signed by the party whose step it is and goes through its bank's node. No rule
is skipped.

With --faults the simulated banks make mistakes, in so many of a thousand
payments: late, partial, duplicate, returned, rejected, excess, unknown,
wrong-account, and reordered for whole files. What came back is paid again; what
went to a wrong account stays and is named.

The same command goes on where a stopped one ended. In the end what was owed, what
the runs say was paid, the legs and the banks' sums are compared; the exit code is
1 when they differ or something is still owed.`,
		example: `  scf import clearing --devnet data/quickstart
  scf import clearing --devnet data/quickstart --day 2027-03-31
  scf import clearing --devnet data/quickstart --faults late=50,partial=20,returned=20`,
		flags: func(p *pflag.FlagSet) {
			p.StringVar(&f.devnet, "devnet", "", "directory of a running devnet")
			p.StringVar(&day, "day", "", "payment date (default: the next on which something is payable)")
			p.StringVar(&faults, "faults", "", "what the simulated banks do wrong: fault=permille,...")
			p.Uint32Var(&want.Seed, "seed", 1, "of what the simulated banks do wrong, and of where accounts are")
			p.StringVar(&f.state, "state", "", "directory of the journals of unfinished imports (default: in the devnet)")
			p.IntVar(&f.inFlight, "in-flight", 256, "transactions that wait for their outcome at a time")
		},
		needs: []string{"devnet"},
		run: func(ctx context.Context, _ []string) (err error) {
			if day != "" {
				if want.Day, err = calendar.ParseDate(day); err != nil {
					return err
				}
			}
			if want.Faults, err = parseFaults(faults); err != nil {
				return err
			}
			return play(ctx, f, importer.ImportClearing, want, f.cleared, judgeClearing)
		},
	})
}

// parseFaults reads what simulated banks do wrong, such as late=50,partial=20.
func parseFaults(text string) (banksim.Faults, error) {
	var faults banksim.Faults
	if text == "" {
		return faults, nil
	}
	faults.Permille = map[banksim.Fault]int{}
	for part := range strings.SplitSeq(text, ",") {
		name, share, ok := strings.Cut(part, "=")
		permille, err := strconv.Atoi(share)
		if !ok || err != nil {
			return faults, code.BadArgument.New("fault %q is not a name, =, and how many of a thousand", part)
		}
		faults.Permille[banksim.Fault(strings.TrimSpace(name))] = permille
	}
	return faults, nil
}

// cleared shows the summary.
func (f *importFlags) cleared(w io.Writer, s *importer.ClearingSummary) {
	fmt.Fprintf(w, "%s: %s of %s paid in %d legs; %d of %d runs are closed\n", s.Day, yuan(s.Paid), yuan(s.Due), s.LegsPaid, s.Closed, s.Runs)
	fmt.Fprintf(w, "%d orders to banks, %d answers with %d entries, %d reports to the ledger, %d exceptions\n",
		s.Messages.Orders, s.Messages.Answers, s.Messages.Items, s.Messages.Reported, s.Messages.Exceptions)
	t := columns("BANK", ">PAID", ">CREDITED")
	for _, b := range s.Banks {
		t.add(b.Alias, b.Paid.Human(), b.Credited.Human())
	}
	t.write(w, "no banks")
	writeCompared(w, s.Compared)
	f.spent(s.Stages, s.Transactions, s.Elapsed, s.Memory)
	for _, r := range s.Refused[:min(shown, len(s.Refused))] {
		fmt.Fprintf(w, "  %s %s: %s: %s\n", r.Stage, r.Subject, r.Code, r.Reason)
	}
	if len(s.Refused) > shown {
		fmt.Fprintf(w, "  and %d more\n", len(s.Refused)-shown)
	}
}

// judgeClearing fails when something of the day is owed, or sums differ.
func judgeClearing(s *importer.ClearingSummary) error {
	switch {
	case s.Complete():
		return nil
	case len(s.Refused) > 0:
		first := s.Refused[0]
		return first.Code.New("%s of %s is paid; %d steps were refused, the first is to %s: %s",
			s.Paid, s.Due, len(s.Refused), first.Stage, first.Reason).Under(first.Rule)
	case s.LegsSum != s.Paid:
		return code.Internal.New("the legs sum to %s, the runs to %s; run scf check, and keep the data as it is", s.LegsSum, s.Paid)
	default:
		return code.AdviceMismatch.New("%s of %s is paid; %d entries of banks wait for a person", s.Paid, s.Due, s.Messages.Exceptions)
	}
}

// writeCompared says how the ledger and the banks' statements compare.
func writeCompared(w io.Writer, c *reconcile.Comparison) {
	if c == nil {
		return
	}
	var ledger, bank money.Fen
	for _, b := range c.Banks {
		ledger, bank = ledger+b.Ledger, bank+b.AtBank
	}
	fmt.Fprintf(w, "the banks' statements (camt.053): %s against %s on the ledger, difference %s, %d to look at\n",
		yuan(bank), yuan(ledger), (ledger - bank).Human(), len(c.Differences))
}
