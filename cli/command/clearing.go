package command

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) clearingCommand() *cobra.Command {
	commands := a.proposing(
		a.clearingConfirm(), a.clearingInstruct(), a.clearingIngest(), a.clearingReplace(), a.clearingDrop(), a.clearingDirect(),
	)
	commands = append(commands,
		a.clearingRun(), a.clearingStatus(), a.clearingLeg(), a.clearingExport(), a.clearingReconcile(), a.clearingWorklist(),
		a.clearingExceptions(), a.extensionCommand(), a.waiveCommand(),
	)
	return group("clearing", "The payment date: funds, legs, banks' messages, what is overdue", commands...)
}

// runID reads a run: a debtor, short name or code, a hyphen and the payment date.
func (a *app) runID(text string) (string, error) {
	debtor, date, ok := cutLast(text, "-")
	if !ok {
		return "", code.BadArgument.New("%.40q is no run: write a debtor, a hyphen and a date such as core-20270331", text)
	}
	id, err := a.member(debtor)
	if err != nil {
		return "", err
	}
	run := id + "-" + date
	if _, _, ok := record.ParseRunID(run); !ok {
		return "", code.BadArgument.New("%.40q is no run: the date is written as 20270331", text)
	}
	return run, nil
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// ofRun gives a command's session and the run that is its first argument.
func (a *app) ofRun(
	ctx context.Context, session func(context.Context) (*session, error), arg string,
) (*session, *client.Run, error) {
	id, err := a.runID(arg)
	if err != nil {
		return nil, nil, err
	}
	s, err := session(ctx)
	if err != nil {
		return nil, nil, err
	}
	run, err := s.Run(ctx, id)
	return s, run, err
}

func (a *app) clearingRun() *cobra.Command {
	return group("run", "Runs: what a debtor owes on a payment date", a.runList(), a.runShow())
}

func (a *app) runList() *cobra.Command {
	var debtor, bank string
	var state record.RunState
	var from, to dateFlag
	return a.command(spec{
		use: "list", short: "List runs by debtor and payment date",
		example: "  scf clearing run list --as core/maker\n  scf clearing run list --state open --bank bank1 --from 2026-12-01 --until 2026-12-31",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "only this debtor's")
			f.StringVar(&bank, "bank", "", "only those in which this bank has an account that is paid from or to")
			states := choice("state", &state)
			f.Var(states, "state", "only these: "+states.of())
			f.Var(&from, "from", "first payment date")
			f.Var(&to, "until", "last payment date")
		},
		run: func(ctx context.Context, _ []string) error {
			filter := client.RunFilter{State: state, From: from.Date, To: to.Date}
			var err error
			if filter.Debtor, err = a.optionalMember(debtor); err != nil {
				return err
			}
			if filter.Bank, err = a.optionalMember(bank); err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Runs(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeRuns(w, list, names) })
		},
	})
}

func writeRuns(w io.Writer, list []client.Run, names func(string) string) {
	t := columns("RUN", "DEBTOR", "PAYABLE", "STATE", ">CERTIFICATES", ">OPEN", ">IN LEGS", ">KEPT", ">PAID", "")
	for _, r := range list {
		row := []string{r.ID, names(r.Debtor), r.Payment.String(), r.State.String()}
		if !r.Whole {
			t.add(append(row, "", "", "", "", "", "your own legs only")...)
			continue
		}
		remark := ""
		if r.Tally.Waiting > 0 {
			remark = "waits for a financing ¥" + r.Tally.Waiting.Human()
		}
		if r.Tally.Aside > 0 {
			remark = strings.TrimPrefix(remark+", in recourse ¥"+r.Tally.Aside.Human(), ", ")
		}
		t.add(append(row, strconv.Itoa(int(r.Certificates)), r.Tally.Open.Human(), r.Tally.Live.Human(), r.Tally.Returned.Human(),
			r.Tally.Paid.Human(), remark)...)
	}
	t.write(w, "no runs")
}

func (a *app) runShow() *cobra.Command {
	var filter client.LegFilter
	var payee, payeeBank, payerBank string
	return a.command(spec{
		use: "show RUN", short: "Show the legs of a run one by one",
		long: `RUN is the debtor, its short name or code, a hyphen and the payment date. Who is
not the debtor or its bank sees its own legs.`,
		example: "  scf clearing run show core-20270331 --as core/maker\n  scf clearing run show core-20270331 --state agreed --payee-bank bank3",
		args:    cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			states, purposes := choice("state", &filter.State), choice("purpose", &filter.Purpose)
			f.Var(states, "state", "only these: "+states.of())
			f.Var(purposes, "purpose", "only these: clearing or late-interest")
			f.StringVar(&payee, "payee", "", "only those to this member")
			f.StringVar(&payeeBank, "payee-bank", "", "only those to accounts at this bank")
			f.StringVar(&payerBank, "payer-bank", "", "only those from accounts at this bank")
		},
		run: func(ctx context.Context, args []string) error {
			for _, m := range []struct {
				into *string
				text string
			}{{&filter.Payee, payee}, {&filter.PayeeBank, payeeBank}, {&filter.PayerBank, payerBank}} {
				var err error
				if *m.into, err = a.optionalMember(m.text); err != nil {
					return err
				}
			}
			id, err := a.runID(args[0])
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.RunLegs(ctx, id, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeLegs(w, list, names) })
		},
	})
}

func writeLegs(w io.Writer, list []record.Settlement, names func(string) string) {
	slices.SortFunc(list, func(x, y record.Settlement) int {
		return cmp.Or(cmp.Compare(x.Round, y.Round), cmp.Compare(x.Purpose, y.Purpose), cmp.Compare(x.Payee, y.Payee), cmp.Compare(x.ID, y.ID))
	})
	t := columns("LEG", ">ROUND", "FOR", "PAYEE", "ACCOUNT", "AT", ">AMOUNT", "STATE", "")
	for i := range list {
		s := &list[i]
		remark := s.Reason
		if s.Kept {
			remark = "kept for the payee: " + s.Reason
		}
		t.add(s.ID, roundSaid(s.Round), s.Purpose.String(), names(s.Payee), s.PayeeAccount, names(s.PayeeBank), s.Amount.Human(), s.State.String(), remark)
	}
	t.write(w, "no legs")
}

func roundSaid(n uint32) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(int(n))
}

func (a *app) clearingStatus() *cobra.Command {
	return a.command(spec{
		use: "status RUN", short: "Show how far a run is: where its fen are, the rounds, the legs by bank and state",
		long:    "Each fen of a run is in one place; what is in all of them is what the debtor owed\non the day.",
		example: `  scf clearing status core-20270331 --as bank1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, run, err := a.ofRun(ctx, a.read, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(run, func(w io.Writer) { writeRun(w, run, names) })
		},
	})
}

func writeRun(w io.Writer, r *client.Run, names func(string) string) {
	fields(w, "run", r.ID, "debtor", names(r.Debtor), "payable on", r.Payment.String(), "state", r.State.String(),
		"opened", when(r.OpenedAt), "closed", when(r.ClosedAt))
	if r.Whole {
		fmt.Fprintln(w)
		t := columns(">OWED", ">OPEN", ">WAITING", ">IN LEGS", ">KEPT", ">IN RECOURSE", ">PAID")
		t.add(r.Tally.Owed().Human(), r.Tally.Open.Human(), r.Tally.Waiting.Human(), r.Tally.Live.Human(), r.Tally.Returned.Human(),
			r.Tally.Aside.Human(), r.Tally.Paid.Human())
		t.write(w, "")
		fmt.Fprintln(w)
		t = columns(">ROUND", "DAY", "BANK", "ACCOUNT", ">FUNDS", ">FOR", ">DIVIDED", ">LEGS", "CONFIRMED")
		for _, f := range r.Funds {
			t.add(strconv.Itoa(int(f.Number)), f.Day.String(), names(f.Bank), f.Account, f.Funds.Human(), f.Claims.Human(), f.Given.Human(),
				strconv.Itoa(int(f.Legs)), signedSaid(f.Signed, names))
		}
		t.write(w, "no funds were confirmed")
	}
	fmt.Fprintln(w)
	writeTotals(w, r.Totals, names)
}

func writeTotals(w io.Writer, totals []client.LegTotal, names func(string) string) {
	t := columns("FOR", "PAYEE'S BANK", "STATE", ">LEGS", ">AMOUNT", "")
	for _, total := range totals {
		bank, remark := names(total.PayeeBank), ""
		if bank == "" {
			bank = "no account"
		}
		if total.Kept {
			remark = "kept for the payees"
		}
		t.add(total.Purpose.String(), bank, total.State.String(), strconv.FormatInt(total.Count, 10), total.Amount.Human(), remark)
	}
	t.write(w, "no legs")
}

func (a *app) clearingLeg() *cobra.Command {
	return a.command(spec{
		use: "leg LEG", short: "Show a leg with the bank's advice", example: `  scf clearing leg q7dk3... --as supplier1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			leg, err := s.Leg(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(leg, func(w io.Writer) { writeLeg(w, leg, names) })
		},
	})
}

func writeLeg(w io.Writer, l *client.Leg, names func(string) string) {
	writeSettlement(w, &l.Settlement, names)
	owner, advice := "", ""
	if l.Owner != l.Payee {
		owner = names(l.Owner)
	}
	if l.Advice != nil {
		advice = fmt.Sprintf("%s of %s, %s at %s", l.Advice.Reference, names(l.Advice.Bank), yuan(l.Advice.Amount), l.Advice.Credited)
	}
	kept := ""
	if l.Kept {
		kept = "for the payee"
	}
	days := ""
	if l.LateDays > 0 {
		days = fmt.Sprintf("%d days, settlement %s", l.LateDays, cmp.Or(l.Then, "not yet"))
	}
	fields(w, "run", l.Run, "round", roundSaid(l.Round), "owner of the fen", owner, "credited", advice, "instructed were", yuanSaid(l.Ordered),
		"more than that came", yuanSaid(l.Excess), "late interest", days, "kept", kept, "follows", l.Follows, "by order", l.Directed)
}

func (a *app) clearingConfirm() *cobra.Command {
	var account string
	var amount amountFlag
	var all bool
	return a.command(spec{
		use: "confirm RUN", short: "Confirm what your bank has of the debtor's money for a run; it is divided into legs",
		long: `The bank of the debtor's account signs. The ledger divides the amount over all fen
that are open in the run, to the fen and each in proportion, and computes the legs.
With less than is open the rest is overdue, and is paid from what is confirmed later.`,
		example: "  scf clearing confirm core-20270331 --all --as bank1/maker\n  scf clearing confirm core-20270331 --amount 2,000,000.00 --account main --as bank1/maker",
		args:    cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&account, "account", "", "the debtor's account at your bank (default: the only one)")
			f.Var(&amount, "amount", "how much there is")
			f.BoolVar(&all, "all", false, "as much as is open in the run")
		},
		run: func(ctx context.Context, args []string) error {
			if all == (amount.Fen != 0) {
				return code.BadArgument.New("say how much there is, with --amount or with --all")
			}
			s, run, err := a.ofRun(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			in := clearing.ConfirmFundsArgument{Run: run.ID, Account: account, Amount: amount.Fen}
			if all {
				in.Amount = run.Tally.Open
			}
			switch { // the ledger says the same, but only after the picture below
			case in.Amount <= 0:
				return code.BadAmount.New("funds of %s for %s", in.Amount, run.Tally.Open)
			case in.Amount > run.Tally.Open:
				return code.FundsExceed.New("%s for %s", in.Amount, run.Tally.Open)
			}
			if in.Account == "" {
				if in.Account, err = s.accountHere(ctx, run.Debtor); err != nil {
					return err
				}
			}
			names := s.names(ctx)
			a.before(func(w io.Writer) {
				fields(w, "debtor", names(run.Debtor), "payable on", run.Payment.String(), "open", yuan(run.Tally.Open), "confirmed", yuan(in.Amount),
					"overdue remains", yuanSaid(max(0, run.Tally.Open-in.Amount)))
			})
			var done clearing.FundsResult
			return s.act(ctx, "clearing:ConfirmFunds", in, &done, func() string { return fundsSaid(done) })
		},
	})
}

func fundsSaid(done clearing.FundsResult) string {
	said := fmt.Sprintf("round %d of run %s: %s for %s", done.Round, done.Run, yuan(done.Funds), yuan(done.Claims))
	if done.State == record.RunDividing {
		return said + fmt.Sprintf(", %d legs so far; the ledger goes on computing them", done.Legs)
	}
	return said + fmt.Sprintf(", %d legs", done.Legs)
}

// accountHere is the only confirmed account of a member at the session's bank.
func (s *session) accountHere(ctx context.Context, member string) (string, error) {
	bank, err := s.self(ctx)
	if err != nil {
		return "", err
	}
	var here []string
	for account, err := range s.Accounts(ctx, member) {
		if err != nil {
			return "", err
		}
		if account.Bank == bank && account.State == record.AccountConfirmed {
			here = append(here, account.ID)
		}
	}
	switch len(here) {
	case 1:
		return here[0], nil
	case 0:
		return "", code.NotFound.New("%s has no confirmed account at your bank", member)
	default:
		return "", code.BadArgument.New("%s has %d accounts at your bank; say which: %s", member, len(here), strings.Join(here, ", "))
	}
}

func (a *app) clearingReplace() *cobra.Command {
	return a.command(spec{
		use: "replace LEG", short: "Make a leg anew that was not paid or came back, to the account that the payee has now",
		long: `The payer's bank signs. The new leg has an id of its own and is instructed as any
other. Late interest is not counted further.`,
		example: `  scf clearing replace q7dk3... --as bank1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			var done clearing.LegResult
			return a.act(ctx, "clearing:Replace", clearing.LegArgument{Leg: args[0]}, &done, func() string {
				return fmt.Sprintf("leg %s: %s", done.Leg, done.State)
			})
		},
	})
}

func (a *app) clearingDrop() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "drop LEG", short: "Give a leg up whose money is gone: its fen are owed and overdue again; the payer's bank signs, or the payee that has waited",
		example: `  scf clearing drop q7dk3... --reason "the debtor took its funds back" --as bank1/maker`, args: cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			var done clearing.LegResult
			return a.act(ctx, "clearing:Drop", clearing.DropArgument{Leg: args[0], Reason: reason}, &done, func() string {
				return fmt.Sprintf("leg %s: %s; its fen are open again", done.Leg, done.State)
			})
		},
	})
}

func (a *app) clearingDirect() *cobra.Command {
	var i instrument
	var receiver, freeze string
	return a.command(spec{
		use: "direct LEG", short: "Enter a court's order to pay a frozen leg to somebody else", long: enteredAndConfirmed,
		example: `  scf clearing direct q7dk3... --freeze 77aa... --receiver supplier3 --authority 杭州市中级人民法院 \
    --docket "(2026)浙01执4号" --document order.pdf --as bank1/maker`,
		args: cobra.ExactArgs(1), needs: i.needs("receiver", "freeze"),
		flags: func(f *pflag.FlagSet) {
			i.flags(f)
			f.StringVar(&receiver, "receiver", "", "who is paid")
			f.StringVar(&freeze, "freeze", "", "id of the freeze that this carries out")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(receiver)
			if err != nil {
				return err
			}
			return a.act(ctx, "clearing:Direct", clearing.DirectArgument{
				Authority: i.authority, Docket: i.docket, Document: i.document.Digest, Freeze: freeze, Leg: args[0], Receiver: id,
			}, nil, func() string { return "done" })
		},
	})
}

func (a *app) clearingWorklist() *cobra.Command {
	var filter client.ClearingFilter
	var mine bool
	return a.command(spec{
		use: "worklist", short: "List what waits in the clearing, and what to do",
		example: "  scf clearing worklist --as bank1/maker\n  scf clearing worklist --mine --as bank1/maker\n  scf clearing worklist --debtor core --kind overdue",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&filter.Debtor, "debtor", "", "only this debtor's")
			f.StringVar(&filter.Kind, "kind", "", "only overdue, funds, instruct, stale, dispute, returned, account, interest or extension")
			f.BoolVar(&mine, "mine", false, "only where it is your turn")
		},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			if filter.Debtor, err = a.optionalMember(filter.Debtor); err != nil {
				return err
			}
			if mine {
				if filter.Turn, err = s.self(ctx); err != nil {
					return err
				}
			}
			list, err := client.All(s.ClearingWorklist(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { a.writeClearingWork(w, list, names) })
		},
	})
}

func (a *app) writeClearingWork(w io.Writer, list []client.ClearingWork, names func(string) string) {
	t := columns("WHAT", "OF", "DEBTOR", "WHOSE TURN", ">COUNT", ">AMOUNT", ">LATE INTEREST", "SINCE", "NEXT")
	for _, k := range list {
		next := k.Next
		if a.language == "zh" {
			next = k.NextZH
		}
		t.add(k.Kind, k.Subject, names(k.Debtor), names(k.Member), strconv.FormatInt(k.Count, 10), k.Amount.Human(), amountSaid(k.Interest), daySaid(k.Since), next)
	}
	t.write(w, "nothing waits")
}

func daySaid(i calendar.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.Date().String()
}
