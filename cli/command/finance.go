package command

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) financeCommand() *cobra.Command {
	commands := a.proposing(
		a.financeRequest(), a.financeSelect(), a.financeTake(),
		a.settlementEnd("cancel", "FINANCING", "settlement:Cancel", "Take a request or an agreement back before the payment is instructed",
			`  scf finance cancel 7a01... --reason "no longer needed" --as supplier1/maker`),
		a.financeConsent("guarantee", "financing:Guarantee", "Sign the guarantee that agreed terms name; the guarantor signs",
			"to which the fee is paid", "guarantor1/maker"),
		a.financeConsent("bear-share", "financing:BearShare", "Agree to bear the share of interest and fee that terms name; the debtor signs",
			"from which the share is paid", "core/maker"),
		a.settlementAdvice("confirm", "settlement:Confirm", "Confirm that you were paid; the payee signs",
			"  scf finance confirm 7a01... --reference CR20261102-0007 --as supplier1/maker"),
		a.settlementEnd("dispute", "SETTLEMENT", "settlement:Dispute", "Say that you did not get what a bank says it paid; the payee signs",
			`  scf finance dispute 7a01... --reason "nothing has arrived" --as supplier1/maker`),
		a.financeResell(), a.financeBuyBack(), a.financeRepay(),
		a.financeRecover("recourse", "clearing:Recourse",
			"Call on the seller with recourse, or the borrower, to pay for fen that the debtor did not; the bank signs",
			"Who pays for bought fen has them then; of a loan the pledge ends. It opens only when\nno payment of the fen is under way, and until it ends no funds are divided over them.",
			"  scf finance recourse 7a01... --as bank3/maker\n  scf finance recourse 7a01... --certificate 9133...14 --fen 1-5000000 --as bank3/maker"),
		a.financeRecover("call-guarantee", "clearing:CallGuarantee",
			"Call on the guarantor to pay for fen that the debtor did not, up to what it guarantees; the bank signs",
			"The guarantor has the fen then, or of a loan the pledge on them.", "  scf finance call-guarantee 7a01... --as bank3/maker"),
		a.discountPost(), a.discountClose(), a.discountTake(), a.financePaidOutside(),
	)
	commands = append(commands, a.financeQuotes(), a.financeOffers(), a.financeList(), a.financeShow(), a.financePayoff(), a.discountList())
	return group("finance", "Turn certificates into cash: ask banks, compare, choose, repay", commands...)
}

// request are the flags of a request for quotes.
type request struct {
	amount    amountFlag
	account   string
	invite    []string
	quotesFor time.Duration
	open      time.Duration
	holding   uint32
}

func (r *request) flags(f *pflag.FlagSet) {
	const aDay = 24 * time.Hour
	f.Var(&r.amount, "amount", "how much, from the low end")
	f.StringVar(&r.account, "account", "", "your account, to be paid to (default: the only one)")
	f.StringArrayVar(&r.invite, "invite", nil, "bank that may quote; repeat for several (default: every bank)")
	f.DurationVar(&r.quotesFor, "quotes-for", aDay, "how long quotes are taken")
	f.DurationVar(&r.open, "for", 0, "when the request ends without a choice (default: as the rules say)")
	f.Uint32Var(&r.holding, "holding", 0, "take it from this holding only")
}

func (a *app) financeRequest() *cobra.Command {
	var r request
	return a.command(spec{
		use: "request NUMBER...", short: "Ask banks to quote for fen that you hold",
		long: `Takes the amount from the low end of your unlocked fen of the certificates, in
the order they are named, and asks the banks to quote for them. The fen stay yours
and locked until you choose a quote or the request ends.

Quotes are sealed to a key that is made here and kept in the directory replies of
--home: only where the request was made they can be read.`,
		example: `  scf finance request 9133...14 --amount 120,000.00 --as supplier1/maker
  scf finance request 9133...14 9133...15 --amount 300,000.00 --account main --invite bank2 --invite bank3 \
    --quotes-for 2h --as supplier1/maker`,
		args: cobra.MinimumNArgs(1), flags: r.flags, needs: []string{"amount"},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in, err := r.argument(ctx, s, args)
			if err != nil {
				return err
			}
			// A crash from here on leaves a key too many, never quotes that nobody can open.
			key, err := a.replyKeys().make()
			if err != nil {
				return fmt.Errorf("keep the key for the quotes: %w", err)
			}
			in.ReplyKey = key.Bytes()
			var done financing.RequestResult
			return s.act(ctx, "financing:Request", in, &done, func() string {
				return fmt.Sprintf("asked for quotes for %s as financing %s\nquotes until %s, to be chosen until %s:\n  scf finance quotes %s --as %s",
					yuan(done.Amount), done.ID, done.QuotesUntil, done.LapsesAt, done.ID, a.as)
			})
		},
	})
}

// argument is the request without the key for its replies.
func (r *request) argument(ctx context.Context, s *session, numbers []string) (financing.RequestArgument, error) {
	var in financing.RequestArgument
	if r.quotesFor <= 0 || r.open < 0 {
		return in, code.BadDate.New("--quotes-for and --for are above 0")
	}
	for _, bank := range r.invite {
		id, err := s.app.member(bank)
		if err != nil {
			return in, err
		}
		in.Invited = append(in.Invited, id)
	}
	var err error
	if in.Legs, err = s.take(ctx, numbers, r.holding, r.amount.Fen); err != nil {
		return in, err
	}
	if in.Account, err = s.account(ctx, r.account); err != nil {
		return in, err
	}
	now, err := s.Time(ctx)
	if err != nil {
		return in, err
	}
	in.QuotesUntil = now.Add(r.quotesFor)
	if r.open > 0 {
		in.LapsesAt = now.Add(r.open)
	}
	return in, nil
}

func (a *app) financeQuotes() *cobra.Command {
	return a.command(spec{
		use: "quotes FINANCING", short: "Open the banks' quotes for your request and compare them",
		long: `Opens every quote with the key of the request, checks it against the bank's seal on
the ledger, and works out what it comes to. "You get" is what the bank pays to you;
"all-in" is your whole cost, percent a year of what you receive. The cheapest year
comes first. A quote that does not open or does not fit its seal is listed with the
reason.`,
		example: `  scf finance quotes 7a01... --as supplier1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, f, err := a.financing(ctx, a.read, args[0])
			if err != nil {
				return err
			}
			list, err := s.compare(ctx, f, a.replyKeys())
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				writeComparison(w, list, names)
				if f.State == record.FinancingRequested {
					fmt.Fprintf(w, "quotes until %s, to be chosen until %s\n", f.QuotesUntil, lapseSaid(&f.Settlement))
				}
			})
		},
	})
}

// lapseSaid is when a settlement lapses.
func lapseSaid(s *record.Settlement) string {
	if s.LapsesAt.IsZero() {
		return "an order on the fen is lifted"
	}
	return s.LapsesAt.String()
}

func (a *app) financeSelect() *cobra.Command {
	var bank string
	return a.command(spec{
		use: "select FINANCING", short: "Choose a bank's quote: the financing is agreed",
		long: `Opens the bank's quote on the ledger: the bank has signed its terms with the quote,
you sign them here. What you get is part of what you sign. The other quotes are
never opened.`,
		example: `  scf finance select 7a01... --bank bank2 --as supplier1/maker`, args: cobra.ExactArgs(1), needs: []string{"bank"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&bank, "bank", "", "whose quote") },
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(bank)
			if err != nil {
				return err
			}
			s, f, err := a.financing(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			list, err := s.compare(ctx, f, a.replyKeys())
			if err != nil {
				return err
			}
			chosen, err := choose(list, id, f.ID)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			a.before(func(w io.Writer) { writeBargain(w, f.Amount, id, chosen.Terms, chosen.Cost, names) })
			in := financing.SelectArgument{ID: f.ID, Bank: id, Salt: chosen.salt, Terms: chosen.Terms, Net: chosen.Cost.Net}
			var done financing.AgreedResult
			return s.act(ctx, "financing:Select", in, &done, func() string { return agreedSaid(done, names) })
		},
	})
}

func agreedSaid(done financing.AgreedResult, names func(string) string) string {
	return fmt.Sprintf("agreed with %s as financing %s: you get %s, all-in %s %% a year\nto be registered and instructed until %s",
		names(done.Funder), done.ID, yuan(done.Cost.Net), done.Cost.AllIn, done.LapsesAt)
}

func (a *app) financeConsent(use, function, short, account, as string) *cobra.Command {
	var in financing.ConsentArgument
	return a.command(spec{
		use: use + " FINANCING", short: short, example: "  scf finance " + use + " 7a01... --account main --as " + as, args: cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&in.Account, "account", "", "your account, "+account+" (default: the only one)")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in.ID = args[0]
			if in.Account, err = s.account(ctx, in.Account); err != nil {
				return err
			}
			var done financing.Result
			return s.act(ctx, function, in, &done, func() string { return "signed financing " + done.ID })
		},
	})
}

func (a *app) financeList() *cobra.Command {
	var member string
	var state record.FinancingState
	return a.command(spec{
		use: "list", short: "List financings of a holder, a bank or a debtor",
		example: "  scf finance list --as supplier1/maker\n  scf finance list --member bank2 --state disbursed",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&member, "member", "", "whose (default: your own; all for those who see all)")
			states := choice("state", &state)
			f.Var(states, "state", "only these: "+states.of())
		},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.optionalMember(member)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Financings(ctx, client.FinancingFilter{Member: id, State: state}))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("FINANCING", "HOLDER", "BANK", "DEBTORS", ">AMOUNT", ">NET", ">OUTSTANDING", "STATE", "SINCE")
				for _, f := range list {
					t.add(f.ID, names(f.Holder), names(f.Funder), nameAll(f.Debtors, names), f.Amount.Human(), f.Net.Human(),
						f.Outstanding.Human(), f.State.String(), f.At.String())
				}
				t.write(w, "no financings")
			})
		},
	})
}

func (a *app) financeShow() *cobra.Command {
	return a.command(spec{
		use: "show FINANCING", short: "Show a financing: parties, terms, cost, signatures, registrations, payment", args: cobra.ExactArgs(1),
		example: `  scf finance show 7a01... --as supplier1/maker`,
		run: func(ctx context.Context, args []string) error {
			s, f, err := a.financing(ctx, a.read, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(f, func(w io.Writer) { writeFinancing(w, f, names) })
		},
	})
}
