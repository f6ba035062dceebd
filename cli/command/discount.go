package command

import (
	"context"
	"fmt"
	"io"
	"strconv"

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

func (a *app) discountList() *cobra.Command {
	var debtor string
	return a.command(spec{
		use: "discounts", short: "List debtors' offers to pay early for less", example: `  scf finance discounts --debtor core --as supplier1/maker`,
		flags: func(f *pflag.FlagSet) { f.StringVar(&debtor, "debtor", "", "only this debtor's") },
		run: func(ctx context.Context, _ []string) error {
			id, err := a.optionalMember(debtor)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Discounts(ctx, id))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("DEBTOR", "OFFER", ">RATE %", ">BASIS", ">FROM DAYS", ">LEFT", "FROM", "UNTIL", "")
				for _, o := range list {
					t.add(names(o.Debtor), o.ID, o.Rate.String(), strconv.Itoa(int(o.Basis)), strconv.Itoa(int(o.MinDays)),
						leftSaid(o.Volume, o.Taken), o.From.String(), o.Until.String(), closedSaid(o.Closed))
				}
				t.write(w, "no offers")
			})
		},
	})
}

// leftSaid is what is left of the volume of a standing offer.
func leftSaid(volume, taken money.Fen) string {
	if volume == 0 {
		return "no bound"
	}
	return max(0, volume-taken).Human()
}

func closedSaid(closed bool) string {
	if closed {
		return "closed"
	}
	return ""
}

func (a *app) discountPost() *cobra.Command {
	var rate rateFlag
	var volume amountFlag
	var from, until dateFlag
	var in financing.DiscountArgument
	return a.command(spec{
		use: "post-discount OFFER", short: "Offer to pay your certificates early for less, or change the offer; the debtor signs",
		example: `  scf finance post-discount D1 --rate 3.2 --min-days 30 --volume 2,000,000.00 --until 2026-12-31 --as core/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"rate", "until"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&rate, "rate", "the discount, percent a year")
			f.Int32Var(&in.Basis, "basis", money.Basis360, "days in the year that the rate is divided by: 360 or 365")
			f.Int32Var(&in.MinDays, "min-days", 0, "only fen that are payable so many days later or more")
			f.Var(&volume, "volume", "most that is paid early in all (default: no bound)")
			f.StringVar(&in.Account, "account", "", "your account, from which you pay (default: the only one)")
			f.Var(&from, "from", "first day (default: today)")
			f.Var(&until, "until", "last day")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if in.From, err = s.dayOr(ctx, from.Date); err != nil {
				return err
			}
			if in.Account, err = s.account(ctx, in.Account); err != nil {
				return err
			}
			in.ID, in.Rate, in.Volume, in.Until = args[0], rate.Rate, volume.Fen, until.Date
			var done financing.DiscountResult
			return s.act(ctx, "financing:PostDiscount", in, &done, func() string { return "offer " + done.ID + " is open" })
		},
	})
}

func (a *app) discountClose() *cobra.Command {
	return a.command(spec{
		use: "close-discount OFFER", short: "End an offer to pay early; what was taken stays agreed",
		example: `  scf finance close-discount D1 --as core/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			var done financing.DiscountResult
			return a.act(ctx, "financing:CloseDiscount", financing.NameArgument{ID: args[0]}, &done,
				func() string { return "offer " + done.ID + " is closed" })
		},
	})
}

// discounted is what an offer to pay early comes to for some fen.
type discounted struct {
	fen, amount money.Fen
	rate        money.Rate
	valueDate   calendar.Date
}

func (d *discounted) write(w io.Writer) {
	fields(w, "amount", yuan(d.fen), "rate", d.rate.String()+" % a year", "value date", d.valueDate.String(),
		"discount", yuan(d.fen-d.amount), "you get", yuan(d.amount))
}

// discountFor works out an offer for stakes on a day: NOT_FOUND, RATE_CLOSED and
// RATE_UNFIT as the ledger would refuse.
func (s *session) discountFor(ctx context.Context, debtor, offer string, stakes []certificate.Stake, day calendar.Date) (discounted, error) {
	now, err := s.Time(ctx)
	if err != nil {
		return discounted{}, err
	}
	for o, err := range s.Discounts(ctx, debtor) {
		if err != nil {
			return discounted{}, err
		}
		if o.Debtor == debtor && o.ID == offer {
			return discount(&o, stakes, now.Date(), day)
		}
	}
	return discounted{}, code.NotFound.New("offer %.60q of %s", offer, debtor)
}

// discount works out an offer that is taken today for a payment on a day.
func discount(o *record.DiscountOffer, stakes []certificate.Stake, today, day calendar.Date) (discounted, error) {
	d := discounted{fen: sumOf(stakes), rate: o.Rate, valueDate: day}
	if err := financing.CheckOffer(o, d.fen, today); err != nil {
		return d, err
	}
	if err := financing.CheckDiscounted(o, stakes, day); err != nil {
		return d, err
	}
	var err error
	d.amount, err = financing.DiscountedOf(o.Rate, o.Basis, day, partsOf(stakes))
	return d, err
}

func (a *app) discountTake() *cobra.Command {
	var debtor, account string
	var amount amountFlag
	var day dateFlag
	var holding uint32
	var in financing.TakeDiscountArgument
	return a.command(spec{
		use: "take-discount NUMBER...", short: "Take a debtor's offer to pay early: the fen are redeemed when it has paid",
		example: `  scf finance take-discount 9133...14 --debtor core --offer D1 --amount 50,000.00 --as supplier1/maker`,
		args:    cobra.MinimumNArgs(1), needs: []string{"debtor", "offer", "amount"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "whose offer")
			f.StringVar(&in.Offer, "offer", "", "the debtor's id for it")
			f.Var(&amount, "amount", "how much, from the low end")
			f.StringVar(&account, "account", "", "your account, to be paid to (default: the only one)")
			f.Var(&day, "value-date", "day of the payment (default: today)")
			f.Uint32Var(&holding, "holding", 0, "take it from this holding only")
		},
		run: func(ctx context.Context, args []string) (err error) {
			if in.Debtor, err = a.member(debtor); err != nil {
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
			if in.ValueDate, err = s.dayOr(ctx, day.Date); err != nil {
				return err
			}
			d, err := s.discountFor(ctx, in.Debtor, in.Offer, stakes, in.ValueDate)
			if err != nil {
				return err
			}
			if in.Account, err = s.account(ctx, account); err != nil {
				return err
			}
			in.Legs, in.Amount = legs, d.amount
			a.before(d.write)
			var done financing.SettlementResult
			return s.act(ctx, "financing:TakeDiscount", in, &done, func() string { return owedSaid("to be paid early", done) })
		},
	})
}

// outside are the flags of a payment outside of the ledger.
type outside struct {
	debtor, holder, debtorAccount, holderAccount string
	amount                                       amountFlag
	document                                     documentFlag
	holding                                      uint32
}

func (a *app) financePaidOutside() *cobra.Command {
	var o outside
	return a.command(spec{
		use: "paid-outside NUMBER...", short: "Propose that fen were paid outside of the ledger; the other side approves",
		long: `Debtor or holder proposes, the other approves, and then the advice of the bank
that credited the payment redeems the fen: they are never paid twice.`,
		example: `  scf finance paid-outside 9133...14 --debtor core --debtor-account main --amount 20,000.00 --document receipt.pdf --as supplier1/maker`,
		args:    cobra.MinimumNArgs(1), needs: []string{"amount", "document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&o.debtor, "debtor", "", "who paid (default: your member)")
			f.StringVar(&o.holder, "holder", "", "who owns the fen and was paid (default: your member)")
			f.Var(&o.amount, "amount", "how much, from the low end")
			f.StringVar(&o.debtorAccount, "debtor-account", "", "from which it was paid (default for your own: the only one)")
			f.StringVar(&o.holderAccount, "holder-account", "", "to which it was paid (default for your own: the only one)")
			f.Var(&o.document, "document", "what both signed: a file, or its SHA-256")
			f.Uint32Var(&o.holding, "holding", 0, "take it from this holding only")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in, err := o.argument(ctx, s, args)
			if err != nil {
				return err
			}
			var done financing.SettlementResult
			return s.act(ctx, "financing:PaidOutside", in, &done, func() string { return owedSaid("paid outside of the ledger", done) })
		},
	})
}

func (o *outside) argument(ctx context.Context, s *session, numbers []string) (financing.PaidOutsideArgument, error) {
	in := financing.PaidOutsideArgument{DebtorAccount: o.debtorAccount, HolderAccount: o.holderAccount, Document: o.document.Digest}
	self, err := s.self(ctx)
	if err != nil {
		return in, err
	}
	in.Debtor, in.Holder = self, self
	if o.debtor != "" {
		if in.Debtor, err = s.app.member(o.debtor); err != nil {
			return in, err
		}
	}
	if o.holder != "" {
		if in.Holder, err = s.app.member(o.holder); err != nil {
			return in, err
		}
	}
	for _, side := range []struct {
		member  string
		account *string
		flag    string
	}{{in.Debtor, &in.DebtorAccount, "--debtor-account"}, {in.Holder, &in.HolderAccount, "--holder-account"}} {
		switch {
		case *side.account != "":
		case side.member != self:
			return in, code.BadArgument.New("name the other side's account with %s", side.flag)
		default:
			if *side.account, err = s.account(ctx, ""); err != nil {
				return in, fmt.Errorf("%s: %w", side.flag, err)
			}
		}
	}
	in.Legs, err = s.takeOf(ctx, in.Holder, numbers, o.holding, o.amount.Fen)
	return in, err
}
