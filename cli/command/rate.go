package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) rateList() *cobra.Command {
	var bank, debtor string
	var filter client.RateFilter
	return a.command(spec{
		use: "rates", short: "List the rates that banks have posted",
		example: "  scf bank rates --as supplier1/maker\n  scf bank rates --bank bank2 --all --as bank2/maker",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&bank, "bank", "", "only this bank's")
			f.StringVar(&debtor, "debtor", "", "only those for fen of this debtor")
			f.BoolVar(&filter.All, "all", false, "also those that are closed or over")
		},
		run: func(ctx context.Context, _ []string) (err error) {
			if filter.Bank, err = a.optionalMember(bank); err != nil {
				return err
			}
			if filter.Debtor, err = a.optionalMember(debtor); err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Rates(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeRates(w, list, names) })
		},
	})
}

func writeRates(w io.Writer, list []record.PostedRate, names func(string) string) {
	t := columns("BANK", "RATE", "KIND", ">RATE %", "INTEREST", "DEBTOR", "TIERS", "DAYS", ">FROM", ">TO", ">LEFT", "UNTIL", "")
	for _, p := range list {
		debtor, tiers := "any", "any"
		if p.Debtor != "" {
			debtor = names(p.Debtor)
		}
		if p.Tier != 0 {
			tiers = fmt.Sprintf("1-%d", p.Tier)
		}
		t.add(names(p.Bank), p.ID, p.Terms.Kind.String(), p.Terms.Rate.String(), p.Terms.Interest.String(), debtor, tiers,
			fmt.Sprintf("%d-%d", p.MinDays, p.MaxDays), p.Min.Human(), p.Max.Human(), leftSaid(p.Volume, p.Taken), p.Until.String(),
			closedSaid(p.Closed))
	}
	t.write(w, "no rates")
}

// posted are the flags of a posted rate.
type posted struct {
	terms               terms
	debtor, account     string
	smallest, most, all amountFlag
	from, until         dateFlag
	tier                uint16
	shortest, longest   int32
	valueDays           int32
}

func (p *posted) flags(f *pflag.FlagSet) {
	const aYear = 366
	p.terms.flags(f)
	f.StringVar(&p.debtor, "debtor", "", "only fen of this debtor (default: of any)")
	f.Uint16Var(&p.tier, "tier", 0, "only fen down to this tier (default: of any)")
	f.Int32Var(&p.shortest, "min-days", 0, "only fen that are payable so many days later or more")
	f.Int32Var(&p.longest, "max-days", aYear, "only fen that are payable so many days later or less")
	f.Var(&p.smallest, "min", "smallest amount of one financing")
	f.Var(&p.most, "max", "largest amount of one financing")
	f.Var(&p.all, "volume", "most of all financings together (default: no bound but the limits)")
	f.StringVar(&p.account, "account", "", "your bank's account, from which it pays (default: the only one)")
	f.Int32Var(&p.valueDays, "value-days", 1, "days from the day on which it is taken to the value date, until which it is to be instructed")
	f.Var(&p.from, "from", "first day (default: today)")
	f.Var(&p.until, "until", "last day")
}

func (p *posted) argument(ctx context.Context, s *session, id string) (financing.RateArgument, error) {
	in := financing.RateArgument{
		ID: id, Tier: p.tier, MinDays: p.shortest, MaxDays: p.longest, Min: p.smallest.Fen, Max: p.most.Fen, Volume: p.all.Fen,
		ValueDays: p.valueDays, Until: p.until.Date,
	}
	var err error
	if in.Debtor, err = s.app.optionalMember(p.debtor); err != nil {
		return in, err
	}
	if in.Terms, err = p.terms.read(s.app, calendar.Date(0)); err != nil {
		return in, err
	}
	if in.From, err = s.dayOr(ctx, p.from.Date); err != nil {
		return in, err
	}
	in.Account, err = s.account(ctx, p.account)
	return in, err
}

func (a *app) ratePost() *cobra.Command {
	var p posted
	return a.command(spec{
		use: "post-rate RATE", short: "Post a rate at which whoever takes it is financed at once, or change it",
		long: `RATE is your bank's own word for it. Interest runs from the value date. Whoever
takes it signs its terms: a change meets nobody who has seen the old ones. What was
taken before a change stays counted.`,
		example: `  scf bank post-rate R1 --rate 2.9 --contract contract.pdf --debtor core --min 10,000.00 --max 500,000.00 \
    --volume 5,000,000.00 --until 2026-12-31 --as bank2/maker`,
		args: cobra.ExactArgs(1), flags: p.flags, needs: []string{"rate", "contract", "min", "max", "until"},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in, err := p.argument(ctx, s, args[0])
			if err != nil {
				return err
			}
			var done financing.RateResult
			return s.act(ctx, "financing:PostRate", in, &done, func() string { return "rate " + done.ID + " is posted" })
		},
	})
}

func (a *app) rateClose() *cobra.Command {
	return a.command(spec{
		use: "close-rate RATE", short: "End a posted rate; what was taken stays agreed", args: cobra.ExactArgs(1),
		example: `  scf bank close-rate R1 --as bank2/maker`,
		run: func(ctx context.Context, args []string) error {
			var done financing.RateResult
			return a.act(ctx, "financing:CloseRate", financing.NameArgument{ID: args[0]}, &done,
				func() string { return "rate " + done.ID + " is closed" })
		},
	})
}
