package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) bankCommand() *cobra.Command {
	commands := a.proposing(
		a.bankQuote(), a.bankWithdrawQuote(), a.ratePost(), a.rateClose(),
		a.registryEntry(record.RegistrationSearch, "search", "Record a search of the registry, which comes before everything else",
			"--number 01234567 --proof search.pdf"),
		a.registryEntry(record.RegistrationInitial, "register", "Record the initial registration, which comes before the payment",
			"--number 09876543210 --proof registered.pdf --until 2027-12-31"),
		a.registryEntry(record.RegistrationChange, "change", "Record a change in the registry, after a resale or an extension",
			"--number 09876543211 --proof changed.pdf --until 2028-12-31"),
		a.registryEntry(record.RegistrationCancel, "deregister", "Record the cancellation in the registry, after the end",
			"--number 09876543212 --proof cancelled.pdf"),
		a.bankInstruct(),
		a.settlementAdvice("advise", "settlement:Advise", "Record your bank's advice that a payment was made",
			"  scf bank advise 7a01... --amount 119,085.00 --reference CR20261102-0007 --as bank2/maker\n"+
				`  scf bank advise 7a01... --amount 119,085.00 --reference CR20261102-0007 --credited "2026-11-02 14:30" --as bank2/maker`),
		a.bankNotPaid(), a.limitSet(),
	)
	commands = append(commands, a.bankRequests(), a.rateList(), a.registryText(), a.limitList())
	return group("bank", "A bank's financing desk: quote, post rates, register, pay, limits", commands...)
}

// asked is a request for which a bank may quote.
type asked struct {
	record.FinancingRow
	Invited     []string         `json:"invited"`
	QuotesUntil calendar.Instant `json:"quotesUntil"`
	LapsesAt    calendar.Instant `json:"lapsesAt"`
	Own         record.Quote     `json:"own"` // the bank's quote so far
}

func (a *app) bankRequests() *cobra.Command {
	return a.command(spec{
		use: "requests", short: "List the open requests for which your bank may quote", example: `  scf bank requests --as bank2/maker`,
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			list, err := s.requests(ctx)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("FINANCING", "HOLDER", "DEBTORS", ">AMOUNT", "QUOTES UNTIL", "YOUR QUOTE")
				for _, r := range list {
					own := r.Own.State.String()
					if r.Own.State == record.QuoteSealed {
						own += ", until " + r.Own.Expires.String()
					}
					t.add(r.ID, names(r.Holder), nameAll(r.Debtors, names), r.Amount.Human(), r.QuotesUntil.String(), own)
				}
				t.write(w, "no open requests")
			})
		},
	})
}

// requests are those for which the session's bank may quote now.
func (s *session) requests(ctx context.Context) ([]asked, error) {
	bank, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	now, err := s.Time(ctx)
	if err != nil {
		return nil, err
	}
	list := []asked{}
	for row, err := range s.Financings(ctx, client.FinancingFilter{State: record.FinancingRequested}) {
		if err != nil {
			return nil, err
		}
		f, err := s.Financing(ctx, row.ID)
		if code.NotAuthorised.Is(err) {
			continue // it was decided on since it was listed
		}
		if err != nil {
			return nil, err
		}
		if mayQuote(f, bank, now) {
			r := asked{FinancingRow: row, Invited: f.Invited, QuotesUntil: f.QuotesUntil, LapsesAt: f.Settlement.LapsesAt}
			if i := slices.IndexFunc(f.Quotes, func(q record.Quote) bool { return q.Bank == bank }); i >= 0 {
				r.Own = f.Quotes[i]
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// mayQuote reports whether a request takes quotes of a bank now.
func mayQuote(f *client.Financing, bank string, now calendar.Instant) bool {
	return f.State == record.FinancingRequested && now < f.QuotesUntil && bank != f.Holder && !slices.Contains(f.Debtors, bank) &&
		(len(f.Invited) == 0 || slices.Contains(f.Invited, bank))
}

func (a *app) bankQuote() *cobra.Command {
	var t terms
	var valueDate dateFlag
	var account string
	var validFor time.Duration
	var auto bool
	var rate *pflag.Flag
	return a.command(spec{
		use: "quote FINANCING...", short: "Quote for a request, sealed to its holder",
		long: `Seals the terms to the key of the request: until the holder chooses the quote only
it reads them, and the ledger keeps their salted hash. The bank's limits on debtors
and supplier are reserved until the quote ends. A new quote follows the withdrawal
of the old one.

With --auto your bank's policy decides on each request named, or on all that are
open and have no quote of yours. Where it says quote, its price is quoted; what it
refers to a person or refuses is listed with the reasons.`,
		example: `  scf bank quote 7a01... --rate 2.8 --contract contract.pdf --as bank2/maker
  scf bank quote 7a01... --kind sale-with-recourse --rate 2.65 --fee 100.00 --contract contract.pdf --valid-for 4h --as bank3/maker
  scf bank quote --auto --contract contract.pdf --as bank2/maker`,
		args: cobra.ArbitraryArgs, needs: []string{"contract"},
		flags: func(f *pflag.FlagSet) {
			const aDay = 24 * time.Hour
			t.flags(f)
			rate = f.Lookup("rate")
			f.Var(&valueDate, "value-date", "from which interest runs, and the last day on which the payment can be instructed (default: the day after the quote ends)")
			f.StringVar(&account, "account", "", "your bank's account, from which it pays (default: the only one)")
			f.DurationVar(&validFor, "valid-for", aDay, "how long it can be chosen, at most as long as the request is open")
			f.BoolVar(&auto, "auto", false, "let your bank's policy decide and price")
		},
		run: func(ctx context.Context, args []string) error {
			if err := checkAuto(auto, args, rate.Changed); err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if auto {
				return s.answerAll(ctx, args, automatic{t.contract.Digest, account, validFor, valueDate.Date})
			}
			day, err := s.valueDate(ctx, valueDate.Date, validFor)
			if err != nil {
				return err
			}
			offered, err := t.read(a, day)
			if err != nil {
				return err
			}
			f, err := s.Financing(ctx, args[0])
			if err != nil {
				return err
			}
			return s.quote(ctx, f, offered, account, validFor)
		},
	})
}

// valueDate is the day that was given, else the day after that on which a quote ends:
// whoever chooses it at the last moment still leaves a day to register and pay.
func (s *session) valueDate(ctx context.Context, given calendar.Date, validFor time.Duration) (calendar.Date, error) {
	if given != 0 {
		return given, nil
	}
	now, err := s.Time(ctx)
	return now.Add(validFor).Date().AddDays(1), err
}

// quote makes a quote of these terms for a request.
func (s *session) quote(ctx context.Context, f *client.Financing, t record.Terms, account string, validFor time.Duration) error {
	in, cost, err := s.quoteFor(ctx, f, t, account, validFor)
	if err != nil {
		return err
	}
	bank, err := s.self(ctx)
	if err != nil {
		return err
	}
	names := s.names(ctx)
	s.app.before(func(w io.Writer) {
		writeBargain(w, f.Amount, bank, t, cost, names)
		if cost.Net == 0 {
			fmt.Fprintln(w, "your bank cannot see the certificates yet: what the terms come to is not worked out")
		}
	})
	var done financing.QuoteResult
	return s.act(ctx, "financing:Quote", in, &done, func() string {
		return fmt.Sprintf("quoted for financing %s, to be chosen until %s\nseal %s", done.Financing, in.Expires, in.Seal)
	})
}

// quoteFor seals a quote of these terms, wherever they come from, for a request. What
// the ledger could refuse only after the holder has opened it is refused here:
// TERMS_INVALID. A bank that cannot see the certificates before it has bought them
// does not learn what the terms come to.
func (s *session) quoteFor(
	ctx context.Context, f *client.Financing, t record.Terms, account string, validFor time.Duration,
) (in financing.QuoteArgument, cost record.Cost, err error) {
	bank, err := s.self(ctx)
	if err != nil {
		return in, cost, err
	}
	now, err := s.Time(ctx)
	if err != nil {
		return in, cost, err
	}
	parts, err := s.parts(ctx, f.Settlement.Legs)
	if err == nil {
		c := comparer{request: &f.Financing, parts: parts, now: now}
		cost, err = c.cost(bank, t)
	} else if code.NotAuthorised.Is(err) {
		err = nil
	}
	if err != nil {
		return in, cost, err
	}
	if account, err = s.account(ctx, account); err != nil {
		return in, cost, err
	}
	in, err = sealQuote(s.Network(), &f.Financing, bank, t)
	in.Account, in.Expires = account, now.Add(validFor)
	if ends := f.Settlement.LapsesAt; !ends.IsZero() {
		in.Expires = min(in.Expires, ends)
	}
	return in, cost, err
}

// sealQuote seals terms to the holder of a request under a fresh salt, and makes the
// seal that goes on the ledger. Account and expiry are the caller's to set. BAD_KEY
// says that the request's key is none, TERMS_INVALID that no financing has such
// terms.
func sealQuote(network string, f *record.Financing, bank string, t record.Terms) (financing.QuoteArgument, error) {
	in := financing.QuoteArgument{Financing: f.ID}
	if err := financing.CheckTerms(t); err != nil {
		return in, err
	}
	holder, err := envelope.ParsePublicKey(f.ReplyKey)
	if err != nil {
		return in, code.BadKey.New("the request's key for replies: %v", err)
	}
	opened := financing.Opened{Salt: financing.Salt(envelope.NewSalt()), Terms: t}
	text, err := json.Marshal(opened, json.Deterministic(true))
	if err != nil {
		return in, fmt.Errorf("write the quote: %w", err)
	}
	in.Seal = financing.SealOf(f.ID, bank, opened.Salt, t)
	in.Sealed, err = envelope.Seal(text, financing.SealContext(network, f.ID, bank), []envelope.PublicKey{holder})
	if err != nil {
		return in, fmt.Errorf("seal the quote: %w", err)
	}
	return in, nil
}

func (a *app) bankWithdrawQuote() *cobra.Command {
	return a.command(spec{
		use: "withdraw-quote FINANCING", short: "Take your quote back before it is chosen", args: cobra.ExactArgs(1),
		example: `  scf bank withdraw-quote 7a01... --as bank2/maker`,
		run: func(ctx context.Context, args []string) error {
			var done financing.QuoteResult
			return a.act(ctx, "financing:WithdrawQuote", financing.Argument{ID: args[0]}, &done,
				func() string { return "withdrew the quote for financing " + done.Financing })
		},
	})
}

func (a *app) bankInstruct() *cobra.Command {
	return a.command(spec{
		use: "instruct SETTLEMENT", short: "Sign that your bank pays now: the point of no return",
		long: `The bank of the payer's account signs. From then on nothing touches the fen until a
bank's advice or evidence that nothing was paid. A financing is searched for and
registered before; its id is that of its settlement.`,
		example: `  scf bank instruct 7a01... --as bank2/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			one, err := s.Settlement(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			a.before(func(w io.Writer) {
				fields(w, "from", names(one.Payer)+", account "+one.PayerAccount,
					"to", names(one.Payee)+", account "+one.PayeeAccount+" at "+names(one.PayeeBank), "amount", yuan(one.Amount))
			})
			var done settlement.Result
			return s.act(ctx, "settlement:Instruct", settlement.Argument{ID: one.ID}, &done, func() string {
				return fmt.Sprintf("%s; pay %s now", settledSaid(done), yuan(one.Amount))
			})
		},
	})
}

func (a *app) bankNotPaid() *cobra.Command {
	var reason string
	var evidence documentFlag
	return a.command(spec{
		use: "not-paid SETTLEMENT", short: "Record evidence that an instructed payment was not made; the payer's bank signs",
		example: `  scf bank not-paid 7a01... --reason "returned: account closed" --evidence return.xml --as bank2/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"reason", "evidence"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&reason, "reason", "", "why, for the record")
			f.Var(&evidence, "evidence", "the bank's record: a file, or its SHA-256")
		},
		run: func(ctx context.Context, args []string) error {
			in := settlement.NotPaidArgument{ID: args[0], Reason: reason, Evidence: evidence.Digest}
			var done settlement.Result
			return a.act(ctx, "settlement:NotPaid", in, &done, func() string { return settledSaid(done) })
		},
	})
}
