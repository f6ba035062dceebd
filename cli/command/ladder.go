package command

import (
	"context"
	"io"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) ladderCommand() *cobra.Command {
	var days int
	return a.command(spec{
		use: "ladder [DEBTOR]", short: "See what a debtor is to pay on which day: what is overdue first",
		example: "  scf ladder --as core/maker\n  scf ladder core --days 30", args: cobra.MaximumNArgs(1), complete: a.completeMembers,
		flags: func(f *pflag.FlagSet) {
			f.IntVar(&days, "days", report.DefaultLadder, "how many days from today, at most "+strconv.Itoa(report.MaxLadder))
		},
		run: func(ctx context.Context, args []string) error {
			debtor := ""
			if len(args) > 0 {
				var err error
				if debtor, err = a.member(args[0]); err != nil {
					return err
				}
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			if debtor == "" {
				if a.as == "" {
					return code.BadArgument.New("name a debtor, or say with --as who you are")
				}
				if debtor, err = s.self(ctx); err != nil {
					return err
				}
			}
			l, err := s.Ladder(ctx, debtor, days)
			if err != nil {
				return err
			}
			return a.print(l, func(w io.Writer) { writeLadder(w, l) })
		},
	})
}

func writeLadder(w io.Writer, l *client.Ladder) {
	t := columns("DAY", "", ">DAYS", ">WORKING DAYS", ">CERTIFICATES", ">TO PAY", ">SUM", ">LATE INTEREST", ">NOT ACCEPTED")
	for _, r := range l.Rungs {
		t.add(r.Day.String(), r.Mark, strconv.Itoa(r.Days), strconv.Itoa(r.WorkingDays), strconv.FormatInt(r.Certificates, 10),
			r.Amount.Human(), r.Sum.Human(), amountSaid(r.Interest), amountSaid(r.Awaiting))
	}
	t.write(w, "nothing to pay")
}

// amountSaid is an amount in a column of amounts, nothing for none.
func amountSaid(f money.Fen) string {
	if f == 0 {
		return ""
	}
	return f.Human()
}
