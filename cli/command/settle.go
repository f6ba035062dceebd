package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) settlementCommand() *cobra.Command {
	commands := a.proposing(a.settlementEnd("cancel", "SETTLEMENT", "settlement:Cancel",
		"Take an agreed payment back before it is instructed; payer or payee signs",
		`  scf settlement cancel 52be... --reason "agreed otherwise" --as bank2/maker`))
	return group("settlement", "Payments against fen: who pays whom what, and how far it is", append(commands, a.settlementList(), a.settlementShow())...)
}

func (a *app) settlementList() *cobra.Command {
	var member string
	var state record.SettlementState
	var purpose record.Purpose
	var stale bool
	return a.command(spec{
		use: "list", short: "List payments", example: "  scf settlement list --as bank2/maker\n  scf settlement list --state agreed --purpose financing\n  scf settlement list --stale",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&member, "member", "", "whose (default: your own; all for those who see all)")
			states, purposes := choice("state", &state), choice("purpose", &purpose)
			f.Var(states, "state", "only these: "+states.of())
			f.Var(purposes, "purpose", "only these: "+purposes.of())
			f.BoolVar(&stale, "stale", false, "only those that were instructed and wait for an advice too long")
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
			now, err := s.Time(ctx)
			if err != nil {
				return err
			}
			list := []record.Settlement{}
			for one, err := range s.Settlements(ctx, client.SettlementFilter{Member: id, State: state, Purpose: purpose}) {
				if err != nil {
					return err
				}
				if !stale || isStale(&one, now) {
					list = append(list, one)
				}
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeSettlements(w, list, now, names) })
		},
	})
}

// isStale reports whether an instruction waits for an advice longer than the rules
// allow.
func isStale(s *record.Settlement, now calendar.Instant) bool {
	return s.State.Instructed() && !s.StaleAt.IsZero() && now >= s.StaleAt
}

func writeSettlements(w io.Writer, list []record.Settlement, now calendar.Instant, names func(string) string) {
	t := columns("SETTLEMENT", "PURPOSE", "PAYER", "PAYEE", ">AMOUNT", ">FOR", "STATE", "SINCE", "")
	for i := range list {
		s := &list[i]
		remark := ""
		switch {
		case s.DisputedAt != 0:
			remark = "disputed"
		case isStale(s, now):
			remark = "stale since " + s.StaleAt.String()
		case s.State.Live() && !s.State.Instructed() && s.LapsesAt != 0:
			remark = "lapses " + s.LapsesAt.String()
		}
		t.add(s.ID, s.Purpose.String(), names(s.Payer), names(s.Payee), s.Amount.Human(), s.Fen.Human(), s.State.String(), s.At.String(), remark)
	}
	t.write(w, "no settlements")
}

func (a *app) settlementShow() *cobra.Command {
	return a.command(spec{
		use: "show SETTLEMENT", short: "Show a payment with its fen", example: `  scf settlement show 52be... --as bank2/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			one, err := s.Settlement(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(one, func(w io.Writer) { writeSettlement(w, one, names) })
		},
	})
}

// settlementEnd makes a command that ends or disputes a settlement, with a reason.
// A financing's id is that of its settlement.
func (a *app) settlementEnd(use, what, function, short, example string) *cobra.Command {
	var reason string
	return a.command(spec{
		use: use + " " + what, short: short, example: example, args: cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			var done settlement.Result
			return a.act(ctx, function, settlement.EndArgument{ID: args[0], Reason: reason}, &done, func() string { return settledSaid(done) })
		},
	})
}

func settledSaid(done settlement.Result) string {
	return fmt.Sprintf("settlement %s: %s", done.ID, done.State)
}

// settlementAdvice makes a command that says that money has moved: a bank's advice,
// or the payee's own word.
func (a *app) settlementAdvice(use, function, short, example string) *cobra.Command {
	var references []string
	var amounts amountsFlag
	var credited instantFlag
	needs := []string{"reference"}
	if function == "settlement:Advise" {
		needs = append(needs, "amount")
	}
	return a.command(spec{
		use: use + " SETTLEMENT...", short: short,
		long: `The accounts are those of the settlement, which a financing shares its id with; the
amount that was seen has to be its amount. A bank's reference counts once on the whole network; with several settlements
each has its own, in the same order. They are signed one by one, and the first
refusal ends the command.`,
		example: example, args: cobra.MinimumNArgs(1), needs: needs,
		flags: func(f *pflag.FlagSet) {
			f.Var(&amounts, "amount", "how much arrived, for the payer's bank how much left; repeat for each settlement")
			f.StringArrayVar(&references, "reference", nil, "the bank's own reference of the payment; repeat for each settlement")
			f.Var(&credited, "credited", "when the money arrived, for the payer's bank when it left (default: now)")
		},
		run: func(ctx context.Context, args []string) error {
			if len(references) != len(args) {
				return code.BadArgument.New("%d references for %d settlements", len(references), len(args))
			}
			if len(amounts) != len(args) && len(amounts) > 0 {
				return code.BadArgument.New("%d amounts for %d settlements", len(amounts), len(args))
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			for i, id := range args {
				seen := money.Fen(0)
				if len(amounts) > 0 {
					seen = amounts[i]
				}
				if err := s.advise(ctx, function, id, references[i], seen, credited.Instant); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// advise signs that a settlement was paid; seen is the amount, 0 for that of the
// settlement.
func (s *session) advise(ctx context.Context, function, id, reference string, seen money.Fen, credited calendar.Instant) error {
	one, err := s.Settlement(ctx, id)
	if err != nil {
		return err
	}
	if credited.IsZero() {
		if credited, err = s.lastBlock(ctx); err != nil {
			return err
		}
	}
	in := adviceOf(one, reference, credited)
	if seen != 0 {
		in.Amount = seen
	}
	names := s.names(ctx)
	s.app.before(func(w io.Writer) {
		fields(w, "from", names(one.Payer)+", account "+one.PayerAccount+" at "+names(one.PayerBank),
			"to", names(one.Payee)+", account "+one.PayeeAccount+" at "+names(one.PayeeBank), "amount", yuan(in.Amount),
			"reference", reference, "at", credited.String())
	})
	var done settlement.Result
	return s.act(ctx, function, in, &done, func() string { return settledSaid(done) })
}

// adviceOf is an advice that a settlement was paid as it was agreed.
func adviceOf(s *record.Settlement, reference string, credited calendar.Instant) settlement.AdviceArgument {
	return settlement.AdviceArgument{
		Settlement: s.ID, Reference: reference, Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: credited,
	}
}

// lastBlock is the time of the node's latest block: what a person means by now, and
// never in the future of the ledger.
func (s *session) lastBlock(ctx context.Context) (calendar.Instant, error) {
	status, err := s.Status(ctx)
	if err != nil {
		return 0, err
	}
	return status.LedgerTime, nil
}
