package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) creditCommand() *cobra.Command {
	commands := a.proposing(a.creditGroup(), a.creditGrant(),
		a.creditFreeze("freeze", "credit:FreezeLine", "Stop new reservations on a line"),
		a.creditFreeze("unfreeze", "credit:UnfreezeLine", "Allow reservations again"))
	return group("credit", "A bank's credit lines for debtors", append(commands, a.creditList(), a.creditShow(), a.groupList())...)
}

func (a *app) creditGroup() *cobra.Command {
	var cap amountFlag
	var parent string
	return a.command(spec{
		use: "group ID", short: "Set a cap over several lines",
		example: `  scf credit group HEAVY --cap 20,000,000.00 --as bank1/maker`, args: cobra.ExactArgs(1), needs: []string{"cap"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&cap, "cap", "most that may be taken on all lines below it")
			f.StringVar(&parent, "parent", "", "id of the wider group")
		},
		run: func(ctx context.Context, args []string) error {
			var done credit.GroupResult
			return a.act(ctx, "credit:SetGroup", credit.GroupArgument{ID: args[0], Parent: parent, Cap: cap.Fen}, &done, func() string {
				return fmt.Sprintf("group %s: cap %s, available %s", done.ID, yuan(done.Cap), yuan(done.Available))
			})
		},
	})
}

func (a *app) groupList() *cobra.Command {
	var bank string
	return a.command(spec{
		use: "groups", short: "List a bank's caps over several lines with what is left of them", example: `  scf credit groups --as bank1/maker`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&bank, "bank", "", "whose (default: your own; all for those who see all)")
		},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.optionalMember(bank)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Groups(ctx, id))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("BANK", "GROUP", "IN", ">CAP", ">USED", ">RESERVED", ">AVAILABLE", "")
				for i := range list {
					g := &list[i]
					remark := ""
					if g.Reserved+g.Used > g.Cap {
						remark = "over limit"
					}
					t.add(names(g.Bank), g.ID, g.Parent, g.Cap.Human(), g.Used.Human(), g.Reserved.Human(), credit.AvailableInGroup(g).Human(), remark)
				}
				t.write(w, "no groups")
			})
		},
	})
}

func (a *app) creditGrant() *cobra.Command {
	var limit amountFlag
	var from, to dateFlag
	var debtor, under string
	return a.command(spec{
		use: "grant ID", short: "Grant a line, or change one",
		long: `Grants a credit line of the signing bank, or changes the one of this id. A limit
below what is taken is allowed: then nothing is available.`,
		example: `  scf credit grant L2 --debtor core --limit 3,000,000.00 --as bank2/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"debtor", "limit"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "who may issue on it")
			f.Var(&limit, "limit", "the line's limit")
			f.Var(&from, "from", "first day (default: today)")
			f.Var(&to, "until", "last day on which it can be reserved (default: a year after)")
			f.StringVar(&under, "group", "", "id of the group whose cap applies")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(debtor)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if from.IsZero() {
				now, err := s.Time(ctx)
				if err != nil {
					return err
				}
				from.Date = now.Date()
			}
			if to.IsZero() {
				to.Date = from.AddMonths(12)
			}
			in := credit.GrantArgument{ID: args[0], Debtor: id, Group: under, Limit: limit.Fen, From: from.Date, To: to.Date}
			var done credit.LineResult
			return s.act(ctx, "credit:Grant", in, &done, func() string { return lineSaid(done) })
		},
	})
}

func lineSaid(l credit.LineResult) string {
	said := fmt.Sprintf("line %s: limit %s, available %s", l.ID, yuan(l.Limit), yuan(l.Available))
	if l.OverLimit {
		said += ", over its limit"
	}
	if l.Frozen {
		said += ", frozen"
	}
	return said
}

func (a *app) creditFreeze(name, function, short string) *cobra.Command {
	var reason string
	return a.command(spec{
		use: name + " ID", short: short,
		example: fmt.Sprintf(`  scf credit %s L1 --reason "annual review" --as bank1/maker`, name),
		args:    cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			var done credit.LineResult
			return a.act(ctx, function, credit.LineArgument{ID: args[0], Reason: reason}, &done, func() string { return lineSaid(done) })
		},
	})
}

// lines are the credit lines of a bank, or all that the reader may see.
func (a *app) lines(ctx context.Context, bank string) (*session, []record.Line, error) {
	if bank != "" {
		var err error
		if bank, err = a.member(bank); err != nil {
			return nil, nil, err
		}
	}
	s, err := a.read(ctx)
	if err != nil {
		return nil, nil, err
	}
	list, err := client.All(s.Lines(ctx, bank))
	return s, list, err
}

func (a *app) creditList() *cobra.Command {
	var bank string
	return a.command(spec{
		use: "list", short: "List credit lines with what is left of them", example: `  scf credit list --bank bank1`,
		flags: func(f *pflag.FlagSet) { f.StringVar(&bank, "bank", "", "only this bank's") },
		run: func(ctx context.Context, _ []string) error {
			s, list, err := a.lines(ctx, bank)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("BANK", "LINE", "DEBTOR", ">LIMIT", ">USED", ">RESERVED", ">AVAILABLE", "UNTIL", "")
				for _, l := range list {
					t.add(names(l.Bank), l.ID, names(l.Debtor), l.Limit.Human(), l.Used.Human(), l.Reserved.Human(),
						credit.Available(&l).Human(), l.To.String(), lineFlags(&l))
				}
				t.write(w, "no lines")
			})
		},
	})
}

func lineFlags(l *record.Line) string {
	var flags []string
	if l.Frozen {
		flags = append(flags, "frozen")
	}
	if credit.OverLimit(l) {
		flags = append(flags, "over limit")
	}
	return strings.Join(flags, ", ")
}

func (a *app) creditShow() *cobra.Command {
	return a.command(spec{
		use: "show BANK/ID", short: "Show a credit line", example: `  scf credit show bank1/L1`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			bank, id, found := strings.Cut(args[0], "/")
			if !found {
				return code.BadArgument.New("%.60q is not BANK/ID", args[0])
			}
			s, list, err := a.lines(ctx, bank)
			if err != nil {
				return err
			}
			for _, l := range list {
				if l.ID != id {
					continue
				}
				names := s.names(ctx)
				return a.print(l, func(w io.Writer) {
					fields(w, "line", l.ID, "bank", names(l.Bank), "debtor", names(l.Debtor), "group", l.Group,
						"limit", yuan(l.Limit), "used", yuan(l.Used), "reserved", yuan(l.Reserved),
						"available", yuan(credit.Available(&l)), "from", l.From.String(), "until", l.To.String(), "state", lineFlags(&l))
				})
			}
			return code.LineUnknown.New("%s of %s", id, bank)
		},
	})
}
