package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

func (a *app) clearingReconcile() *cobra.Command {
	var day dateFlag
	var statements []string
	var accounts string
	return a.command(spec{
		use: "reconcile [RUN]", short: "Compare the ledger with banks' statements, to the fen, and name the legs that differ",
		long: `Compares the legs of a run, or of all runs of a payment date with --day, and the
late interest on them, with what the statements say: at each bank whose statements
are given, what left the payers' accounts and what arrived at the payees'. With the
exit code 1 something differs, and the legs are named:
  missing at bank    the ledger has it, and no entry says so
  missing on ledger  an entry says so, and the ledger does not have it
  amount differs     both have it, with different amounts
  unknown entry      it bears the id of no leg, or is booked on another account

Without statements the ledger is compared with itself: what was instructed with
what banks have advised. For FILE a directory stands for all .xml files in it.`,
		example: "  scf clearing reconcile core-20270331 --statement answers --as bank1/maker\n" +
			"  scf clearing reconcile --day 2027-03-31 --statement bank1.xml --statement bank2.xml",
		args: cobra.MaximumNArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.Var(&day, "day", "all runs of this payment date")
			f.StringArrayVar(&statements, "statement", nil, "camt.053 or camt.054 of a bank, or a directory; repeat")
			f.StringVar(&accounts, "accounts", "", "CSV file of account numbers: member, account, number")
		},
		run: func(ctx context.Context, args []string) error {
			if (len(args) == 1) == !day.IsZero() {
				return code.BadArgument.New("name a run, or a payment date with --day")
			}
			numbers, err := readNumbers(accounts)
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			legs, err := s.legsOf(ctx, args, day)
			if err != nil {
				return err
			}
			compared, err := s.compareLegs(ctx, legs, statements, numbers)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			if err := a.print(compared, func(w io.Writer) { writeComparisonOfLegs(w, compared, names) }); err != nil {
				return err
			}
			return judgeComparison(compared)
		},
	})
}

// legsOf are the legs of a run, or of all runs of a day.
func (s *session) legsOf(ctx context.Context, args []string, day dateFlag) ([]record.Settlement, error) {
	var runs []string
	if len(args) == 1 {
		id, err := s.app.runID(args[0])
		if err != nil {
			return nil, err
		}
		runs = append(runs, id)
	} else {
		for run, err := range s.Runs(ctx, client.RunFilter{From: day.Date, To: day.Date}) {
			if err != nil {
				return nil, err
			}
			runs = append(runs, run.ID)
		}
	}
	var legs []record.Settlement
	for _, run := range runs {
		list, err := client.All(s.RunLegs(ctx, run, client.LegFilter{}))
		if err != nil {
			return nil, err
		}
		legs = append(legs, list...)
	}
	return legs, nil
}

// compareLegs holds legs against statements, or without any against what banks advised.
func (s *session) compareLegs(ctx context.Context, legs []record.Settlement, statements []string, numbers reconcile.Numbers) (*reconcile.Comparison, error) {
	if len(statements) == 0 {
		return reconcile.Advised(legs)
	}
	paths, err := expand(statements)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, code.BadFile.New("there are no statements in %v", statements)
	}
	books := reconcile.NewBooks(numbers, legs, func(id string) bool { return s.elsewhere(ctx, id) })
	for _, path := range paths {
		f, err := readBankFile(path)
		if err != nil {
			return nil, err
		}
		unnamed := ""
		if slices.ContainsFunc(f.Header.Accounts, func(a iso20022.Summary) bool { return a.Servicer.Code == "" }) {
			if unnamed, err = s.self(ctx); err != nil {
				return nil, err
			}
		}
		if err := books.Take(&f.Message, unnamed); err != nil {
			return nil, err
		}
	}
	return books.Compare()
}

// elsewhere reports whether an end-to-end identification is none of a leg of these runs by
// right: it is not of the ledger's form, or that of another payment on it.
func (s *session) elsewhere(ctx context.Context, id string) bool {
	if !reconcile.LegID(id) {
		return true
	}
	_, err := s.Settlement(ctx, id)
	return err == nil
}

func writeComparisonOfLegs(w io.Writer, c *reconcile.Comparison, names func(string) string) {
	t := columns("BANK", "SIDE", ">LEGS", ">LEDGER", ">ENTRIES", ">AT BANK", ">DIFFERENCE")
	for _, b := range c.Banks {
		t.add(names(b.Bank), string(b.Side), strconv.Itoa(b.Legs), b.Ledger.Human(), strconv.Itoa(b.Entries), b.AtBank.Human(), b.Difference.Human())
	}
	t.write(w, "no legs at these banks")
	if c.Other > 0 {
		fmt.Fprintf(w, "%d entries of %s are none of these runs\n", c.Other, yuan(c.OtherAmount))
	}
	if c.Zero() {
		fmt.Fprintln(w, "nothing differs")
		return
	}
	fmt.Fprintln(w)
	t = columns("DIFFERENCE", "BANK", "SIDE", "LEG", "STATE", ">LEDGER", ">AT BANK", "")
	for _, d := range c.Differences {
		t.add(string(d.Gap), names(d.Bank), string(d.Side), d.Leg, d.State.String(), d.Ledger.Human(), d.AtBank.Human(), d.Why)
	}
	t.write(w, "")
}

// judgeComparison fails when something differs.
func judgeComparison(c *reconcile.Comparison) error {
	if c.Zero() {
		return nil
	}
	first := c.Differences[0]
	return code.AdviceMismatch.New("%d differences; the first is leg %s: %s", len(c.Differences), first.Leg, first.Gap)
}
