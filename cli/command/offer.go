package command

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// offer is what a posted rate pays for some fen today.
type offer struct {
	Bank   string        `json:"bank"`
	Rate   string        `json:"rate"` // the bank's id for it
	Terms  record.Terms  `json:"terms"`
	Cost   record.Cost   `json:"cost"` // zero when it does not fit
	Until  calendar.Date `json:"until"`
	Reason string        `json:"reason"` // why it cannot be taken; empty when it can

	refusal error
}

// offerOf works out what a posted rate pays to a holder for stakes on a day.
func offerOf(p *record.PostedRate, holder string, stakes []certificate.Stake, today calendar.Date) offer {
	o := offer{Bank: p.Bank, Rate: p.ID, Terms: p.Terms, Until: p.Until}
	o.Terms.ValueDate = today.AddDays(int(p.ValueDays))
	err := financing.CheckOpen(p, sumOf(stakes), today)
	if err == nil {
		err = financing.CheckFit(p, stakes, today)
	}
	if err == nil {
		c := comparer{
			request: &record.Financing{Holder: holder, Debtors: debtorsOf(stakes), State: record.FinancingRequested},
			parts:   partsOf(stakes), now: today.Start(),
		}
		o.Cost, err = c.cost(p.Bank, o.Terms)
	}
	if err != nil {
		o.Cost, o.Reason, o.refusal = record.Cost{}, err.Error(), err
	}
	return o
}

// posted are the terms as the bank posted them.
func (o *offer) posted() record.Terms {
	t := o.Terms
	t.ValueDate = 0
	return t
}

func debtorsOf(stakes []certificate.Stake) []string {
	var list []string
	for _, s := range stakes {
		if !slices.Contains(list, s.Debtor) {
			list = append(list, s.Debtor)
		}
	}
	return list
}

func sumOf(stakes []certificate.Stake) money.Fen {
	var sum money.Fen
	for _, s := range stakes {
		sum += s.Interval.Amount() // of one member's holdings: it cannot overflow
	}
	return sum
}

// rank orders offers: those that can be taken, the cheapest year first.
func rankOffers(list []offer) {
	slices.SortFunc(list, func(x, y offer) int {
		fit := func(o *offer) int { return min(len(o.Reason), 1) }
		return cmp.Or(cmp.Compare(fit(&x), fit(&y)), cmp.Compare(x.Cost.AllIn, y.Cost.AllIn), cmp.Compare(y.Cost.Net, x.Cost.Net),
			cmp.Compare(x.Bank, y.Bank), cmp.Compare(x.Rate, y.Rate))
	})
}

// offers works out what the posted rates of a bank, or of all, pay for stakes today.
func (s *session) offers(ctx context.Context, stakes []certificate.Stake, bank string) ([]offer, error) {
	holder, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.Time(ctx)
	if err != nil {
		return nil, err
	}
	list := []offer{}
	for p, err := range s.Rates(ctx, client.RateFilter{Bank: bank}) {
		if err != nil {
			return nil, err
		}
		list = append(list, offerOf(&p, holder, stakes, now.Date()))
	}
	rankOffers(list)
	return list, nil
}

// staked chooses the signer's fen and reads what stands behind them.
func (s *session) staked(ctx context.Context, numbers []string, holding uint32, amount money.Fen) ([]record.Leg, []certificate.Stake, error) {
	legs, err := s.take(ctx, numbers, holding, amount)
	if err != nil {
		return nil, nil, err
	}
	stakes, err := s.stakes(ctx, legs)
	return legs, stakes, err
}

func (a *app) financeOffers() *cobra.Command {
	var amount amountFlag
	var bank string
	var holding uint32
	var unfit bool
	return a.command(spec{
		use: "offers NUMBER...", short: "See what the banks' posted rates pay for your fen now",
		example: "  scf finance offers 9133...14 --amount 120,000.00 --as supplier1/maker\n" +
			"  scf finance offers 9133...14 --amount 120,000.00 --unfit --as supplier1/maker",
		args: cobra.MinimumNArgs(1), needs: []string{"amount"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&amount, "amount", "how much, from the low end")
			f.StringVar(&bank, "bank", "", "only this bank's")
			f.Uint32Var(&holding, "holding", 0, "take it from this holding only")
			f.BoolVar(&unfit, "unfit", false, "also the rates that are not for these fen, with the reason")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.optionalMember(bank)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			_, stakes, err := s.staked(ctx, args, holding, amount.Fen)
			if err != nil {
				return err
			}
			list, err := s.offers(ctx, stakes, id)
			if err != nil {
				return err
			}
			if !unfit {
				list = slices.DeleteFunc(list, func(o offer) bool { return o.refusal != nil })
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeOffers(w, list, names) })
		},
	})
}

func writeOffers(w io.Writer, list []offer, names func(string) string) {
	t := columns("BANK", "RATE", "KIND", "RECOURSE", ">RATE %", "INTEREST", ">YOU GET", ">ALL-IN %", "UNTIL", "")
	for _, o := range list {
		kind, recourse := kindSaid(o.Terms.Kind)
		net, allIn := "", ""
		if o.refusal == nil {
			net, allIn = o.Cost.Net.Human(), o.Cost.AllIn.String()
		}
		t.add(names(o.Bank), o.Rate, kind, recourse, o.Terms.Rate.String(), o.Terms.Interest.String(), net, allIn, o.Until.String(),
			remarks(o.Terms, o.Cost, o.Reason, names))
	}
	t.write(w, "no posted rate is for these fen; ask for quotes with scf finance request")
}

func (a *app) financeTake() *cobra.Command {
	var amount amountFlag
	var bank, rate, account string
	var holding uint32
	return a.command(spec{
		use: "take NUMBER...", short: "Take a bank's posted rate: the financing is agreed at once",
		long: `Takes the amount from the low end of your unlocked fen of the certificates, in
the order they are named. The bank has signed its rate; its terms and what you get
are part of what you sign.`,
		example: `  scf finance take 9133...14 --amount 120,000.00 --bank bank2 --rate R1 --as supplier1/maker`,
		args:    cobra.MinimumNArgs(1), needs: []string{"amount", "bank", "rate"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&amount, "amount", "how much, from the low end")
			f.StringVar(&bank, "bank", "", "whose rate")
			f.StringVar(&rate, "rate", "", "the bank's id for it")
			f.StringVar(&account, "account", "", "your account, to be paid to (default: the only one)")
			f.Uint32Var(&holding, "holding", 0, "take it from this holding only")
		},
		run: func(ctx context.Context, args []string) error {
			in := financing.TakeRateArgument{Rate: rate}
			var err error
			if in.Bank, err = a.member(bank); err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			legs, stakes, err := s.staked(ctx, args, holding, amount.Fen)
			if err != nil {
				return err
			}
			o, err := s.offer(ctx, stakes, in.Bank, rate)
			if err != nil {
				return err
			}
			if in.Account, err = s.account(ctx, account); err != nil {
				return err
			}
			in.Terms, in.Legs, in.Net = o.posted(), legs, o.Cost.Net
			names := s.names(ctx)
			a.before(func(w io.Writer) { writeBargain(w, amount.Fen, in.Bank, o.Terms, o.Cost, names) })
			var done financing.AgreedResult
			return s.act(ctx, "financing:TakeRate", in, &done, func() string { return agreedSaid(done, names) })
		},
	})
}

// offer works out one posted rate, and refuses as the ledger would.
func (s *session) offer(ctx context.Context, stakes []certificate.Stake, bank, rate string) (offer, error) {
	list, err := s.offers(ctx, stakes, bank)
	if err != nil {
		return offer{}, err
	}
	for _, o := range list {
		if o.Bank == bank && o.Rate == rate {
			return o, o.refusal
		}
	}
	return offer{}, code.NotFound.New("bank %s has no open rate %.60q", bank, rate)
}
