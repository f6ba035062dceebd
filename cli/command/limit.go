package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) limitList() *cobra.Command {
	var bank string
	return a.command(spec{
		use: "limits", short: "List a bank's limits on debtors and suppliers with what is left of them", example: `  scf bank limits --as bank2/maker`,
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
			list, err := client.All(s.Limits(ctx, id))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("BANK", "ON", "MEMBER", "GROUP", ">CAP", ">RESERVED", ">USED", ">AVAILABLE", "")
				for i := range list {
					l := &list[i]
					most, available, remark := "none", "", ""
					if l.Capped {
						most, available = l.Cap.Human(), credit.AvailableLimit(l).Human()
						if l.Reserved+l.Used > l.Cap {
							remark = "over limit"
						}
					}
					t.add(names(l.Bank), l.Of.String(), names(l.Member), l.Group, most, l.Reserved.Human(), l.Used.Human(), available, remark)
				}
				t.write(w, "no limits")
			})
		},
	})
}

// limit are the flags of a limit, and which of them were given.
type limit struct {
	of     record.LimitKind
	member string
	cap    amountFlag
	group  string
	lift   bool
	set    *pflag.FlagSet
}

func (l *limit) flags(f *pflag.FlagSet) {
	of := choice("kind", &l.of)
	f.Var(of, "of", "on whom: "+of.of())
	f.StringVar(&l.member, "member", "", "the debtor or the supplier")
	f.Var(&l.cap, "cap", "most that your bank finances of the debtor's fen, or for the supplier")
	f.StringVar(&l.group, "group", "", "id of the group whose cap applies too, see scf credit group; empty for none")
	f.BoolVar(&l.lift, "lift", false, "no cap from now on; what is taken is still counted")
	l.set = f
}

func (a *app) limitSet() *cobra.Command {
	var l limit
	return a.command(spec{
		use: "set-limit", short: "Set how much your bank finances of a debtor's fen, or for a supplier",
		long: `Sets, changes or lifts a limit of the signing bank; what is not given stays. A cap
below what is taken is allowed: then nothing is available.`,
		example: `  scf bank set-limit --of debtor --member core --cap 5,000,000.00 --as bank2/maker
  scf bank set-limit --of supplier --member supplier1 --lift --as bank2/maker`,
		flags: l.flags, needs: []string{"of", "member"},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.member(l.member)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			bank, err := s.self(ctx)
			if err != nil {
				return err
			}
			old := record.Limit{Bank: bank, Of: l.of, Member: id}
			for known, err := range s.Limits(ctx, bank) {
				if err != nil {
					return err
				}
				if known.Bank == bank && known.Of == l.of && known.Member == id {
					old = known
				}
			}
			in, err := l.argument(old, l.set.Changed("cap"), l.set.Changed("group"))
			if err != nil {
				return err
			}
			var done credit.LimitResult
			return s.act(ctx, "credit:SetLimit", in, &done, func() string { return limitSaid(done) })
		},
	})
}

// argument changes an old limit by what was given.
func (l *limit) argument(old record.Limit, capped, grouped bool) (credit.LimitArgument, error) {
	in := credit.LimitArgument{Of: old.Of, Member: old.Member, Group: old.Group, Cap: old.Cap, Lift: l.lift || !old.Capped}
	if grouped {
		in.Group = l.group
	}
	switch {
	case capped && l.lift:
		return in, code.BadArgument.New("--cap and --lift exclude each other")
	case capped:
		in.Cap, in.Lift = l.cap.Fen, false
	case !l.lift && !grouped:
		return in, code.BadArgument.New("give --cap, --lift or --group")
	}
	if in.Lift {
		in.Cap = 0
	}
	return in, nil
}

func limitSaid(l credit.LimitResult) string {
	if !l.Capped {
		return fmt.Sprintf("limit on %s %s: no cap, used %s, reserved %s", l.Of, l.Member, yuan(l.Used), yuan(l.Reserved))
	}
	said := fmt.Sprintf("limit on %s %s: cap %s, available %s", l.Of, l.Member, yuan(l.Cap), yuan(l.Available))
	if l.OverLimit {
		said += ", over its limit"
	}
	return said
}
