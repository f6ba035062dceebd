package command

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) reportCommand() *cobra.Command {
	return group("report", "Records for treasurers, auditors and regulators, the same bytes on every node",
		a.reportDaily(), a.reportFinancings(), a.reportLegs(), a.reportOverdue(), a.reportNoPooling())
}

// reportFlags are the flags of reports; each report has some of them.
type reportFlags struct {
	debtor, bank, member, run string
	purpose                   record.Purpose
	from, until               dateFlag
	csv                       bool
	out                       string
}

func (f *reportFlags) days(flags *pflag.FlagSet, what string) {
	flags.Var(&f.from, "from", "first "+what)
	flags.Var(&f.until, "until", "last "+what)
}

func (f *reportFlags) ofDebtor(flags *pflag.FlagSet) {
	flags.StringVar(&f.debtor, "debtor", "", "whose (default: your own; all for those who see all)")
}

func (f *reportFlags) ofParty(flags *pflag.FlagSet) {
	flags.StringVar(&f.debtor, "debtor", "", "only fen of this debtor")
	flags.StringVar(&f.bank, "bank", "", "only of this bank")
	flags.StringVar(&f.member, "member", "", "whose (default: your own; all for those who see all)")
}

// filter reads the flags for the node.
func (a *app) filter(f *reportFlags) (client.ReportFilter, error) {
	filter := client.ReportFilter{Run: f.run, Purpose: f.purpose, From: f.from.Date, To: f.until.Date}
	var err error
	for _, member := range []struct {
		text string
		id   *string
	}{{f.debtor, &filter.Debtor}, {f.bank, &filter.Bank}, {f.member, &filter.Member}} {
		if *member.id, err = a.optionalMember(member.text); err != nil {
			return filter, err
		}
	}
	return filter, nil
}

// reportSpec describes a report that is a list.
type reportSpec[T any] struct {
	kind        client.ReportKind
	short, long string
	example     string
	flags       func(*reportFlags, *pflag.FlagSet)
	rows        func(context.Context, *session, client.ReportFilter) iter.Seq2[T, error]
	write       func(io.Writer, []T, func(string) string)
}

// reportOf makes the command of a report.
func reportOf[T any](a *app, r reportSpec[T]) *cobra.Command {
	var f reportFlags
	return a.command(spec{
		use: string(r.kind), short: r.short, long: r.long, example: r.example,
		flags: func(flags *pflag.FlagSet) {
			r.flags(&f, flags)
			a.fileFlags(&f, flags)
		},
		run: func(ctx context.Context, _ []string) error {
			filter, err := a.filter(&f)
			if err != nil {
				return err
			}
			if f.csv && a.json {
				return code.BadArgument.New("--csv and --json: choose one")
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			if f.csv || f.out != "" && !a.json {
				return a.into(f.out, func(w io.Writer) error { return s.WriteReport(ctx, w, r.kind, filter) })
			}
			rows, err := client.All(r.rows(ctx, s, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.into(f.out, func(w io.Writer) error {
				to := *a
				to.Out = w
				return to.print(rows, func(w io.Writer) { r.write(w, rows, names) })
			})
		},
	})
}

func (a *app) fileFlags(f *reportFlags, flags *pflag.FlagSet) {
	flags.BoolVar(&f.csv, "csv", false, "as a comma-separated file, with members by their codes")
	flags.StringVar(&f.out, "out", "", "write it to this new file: comma-separated, or with --json as JSON")
}

// into has something written to a new file, or to where records go. A file that is
// there is not replaced; what could not be written whole does not stay.
func (a *app) into(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(a.Out)
	}
	if err := create(path, write); err != nil {
		return err
	}
	a.before(func(w io.Writer) { fmt.Fprintf(w, "wrote %s\n", path) })
	return nil
}

func (a *app) reportDaily() *cobra.Command {
	return reportOf(a, reportSpec[client.DayRow]{
		kind: client.ReportDaily, short: "Count by day and debtor what was issued, accepted, transferred, financed, paid, and became overdue",
		example: `  scf report daily --from 2026-11-01 --until 2026-11-30
  scf report daily --debtor core --from 2026-11-01 --out november.csv
  scf report daily --as core/maker --json`,
		flags: func(f *reportFlags, flags *pflag.FlagSet) {
			f.ofDebtor(flags)
			f.days(flags, "day")
		},
		rows: func(ctx context.Context, s *session, f client.ReportFilter) iter.Seq2[client.DayRow, error] {
			return s.DailyReport(ctx, f)
		},
		write: func(w io.Writer, rows []client.DayRow, names func(string) string) {
			t := columns("DAY", "DEBTOR", ">ISSUED", ">ACCEPTED", ">TRANSFERRED", ">FINANCED", ">PAID", ">RETURNED", ">OVERDUE")
			for _, r := range rows {
				t.add(r.Day.String(), names(r.Debtor), flowSaid(r.Issued), flowSaid(r.Accepted), flowSaid(r.Transferred), flowSaid(r.Financed),
					flowSaid(r.Redeemed), flowSaid(r.Returned), flowSaid(r.Overdue))
			}
			t.write(w, "nothing happened")
		},
	})
}

// flowSaid is an amount with the number in brackets; nothing for none.
func flowSaid(f client.Flow) string {
	if f.Count == 0 && f.Amount == 0 {
		return ""
	}
	return fmt.Sprintf("%s (%d)", f.Amount.Human(), f.Count)
}

func (a *app) reportFinancings() *cobra.Command {
	return reportOf(a, reportSpec[client.FinancingsRow]{
		kind: client.ReportFinancings, short: "Count by month and bank what was paid out to holders, and at what price",
		example: `  scf report financings --from 2026-01-01
  scf report financings --bank bank2 --csv --as bank2/maker`,
		flags: func(f *reportFlags, flags *pflag.FlagSet) {
			f.ofParty(flags)
			f.days(flags, "day on which it was paid out")
		},
		rows: func(ctx context.Context, s *session, f client.ReportFilter) iter.Seq2[client.FinancingsRow, error] {
			return s.FinancingsReport(ctx, f)
		},
		write: func(w io.Writer, rows []client.FinancingsRow, names func(string) string) {
			t := columns("MONTH", "BANK", ">NUMBER", ">FEN", ">PAID OUT", ">INTEREST", ">FEES", ">ALL-IN % MIN", ">AVERAGE", ">MAX")
			for _, r := range rows {
				t.add(r.Month, names(r.Bank), strconv.FormatInt(r.Count, 10), r.Amount.Human(), r.PaidOut.Human(), r.Interest.Human(),
					r.Fees.Human(), r.AllInMin.String(), r.AllInAvg.String(), r.AllInMax.String())
			}
			t.write(w, "no financings")
		},
	})
}

func (a *app) reportLegs() *cobra.Command {
	return reportOf(a, reportSpec[client.LegRow]{
		kind: client.ReportLegs, short: "List payments with their two accounts and bank advices",
		long: `Lists the payments that have to do with the clearing: legs, and the recourse,
guarantees, late interest and refunds that follow from them. With --purpose those of
one purpose, of the clearing or not.`,
		example: `  scf report legs --from 2026-11-01 --out legs.csv
  scf report legs --run 91330100000869877P-20261130
  scf report legs --purpose financing --as bank2/maker`,
		flags: func(f *reportFlags, flags *pflag.FlagSet) {
			f.ofParty(flags)
			f.days(flags, "day on which they were made")
			flags.StringVar(&f.run, "run", "", "only of this run")
			purposes := choice("purpose", &f.purpose)
			flags.Var(purposes, "purpose", "only these: "+purposes.of())
		},
		rows: func(ctx context.Context, s *session, f client.ReportFilter) iter.Seq2[client.LegRow, error] {
			return s.LegsReport(ctx, f)
		},
		write: func(w io.Writer, rows []client.LegRow, names func(string) string) {
			t := columns("LEG", "PURPOSE", "PAYER", "AT", "PAYEE", "AT", ">AMOUNT", "STATE", "ADVICE", "CREDITED", "")
			for i := range rows {
				r := &rows[i]
				remark := r.Reason
				if r.Disputed != 0 {
					remark = "disputed: " + r.Dispute
				}
				t.add(r.ID, r.Purpose.String(), names(r.Payer), names(r.PayerBank), names(r.Payee), names(r.PayeeBank), r.Amount.Human(),
					r.State.String(), r.Reference, when(r.Credited), remark)
			}
			t.write(w, "no payments")
		},
	})
}

func (a *app) reportOverdue() *cobra.Command {
	return reportOf(a, reportSpec[client.OverdueRow]{
		kind: client.ReportOverdue, short: "Disclose by debtor what is overdue and was paid late",
		example: `  scf report overdue
  scf report overdue --debtor core --csv`,
		flags: func(f *reportFlags, flags *pflag.FlagSet) {
			f.ofDebtor(flags)
			f.days(flags, "payment date")
		},
		rows: func(ctx context.Context, s *session, f client.ReportFilter) iter.Seq2[client.OverdueRow, error] {
			return s.OverdueReport(ctx, f)
		},
		write: func(w io.Writer, rows []client.OverdueRow, names func(string) string) {
			t := columns("DEBTOR", ">OVERDUE", ">OPEN", "SINCE", ">DAYS", ">CERTIFICATES", ">ACCRUING", ">INTEREST OWED", ">WAIVED", ">EXTENDED", ">PAID LATE")
			for _, r := range rows {
				t.add(names(r.Debtor), r.Amount.Human(), r.Open.Human(), dayOf(r.Since), strconv.Itoa(r.Days), strconv.FormatInt(r.Certificates, 10),
					r.Accruing.Human(), (r.Accrued - r.InterestPaid - r.Waived).Human(), r.Waived.Human(), r.Extended.Human(), r.PaidLate.Human())
			}
			t.write(w, "nothing is overdue, and nothing was paid late")
		},
	})
}

func (a *app) reportNoPooling() *cobra.Command {
	var out string
	return a.command(spec{
		use: "no-pooling", short: "Prove from the ledger alone that it holds no money",
		long: `Asks a node to read every record and to check that every payment that was ever
instructed names two registered accounts of two members at named banks, that what
settled did so on a bank's advice of the same accounts and amount, that no account is
the operator's, and that no record is a balance. The exit code is 4 when anything
speaks against it. It is for those who see all.`,
		example: `  scf report no-pooling
  scf report no-pooling --json --out proof.json --as auditor/maker`,
		flags: func(f *pflag.FlagSet) { f.StringVar(&out, "out", "", "write it to this new file") },
		run: func(ctx context.Context, _ []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			text, err := s.NoPooling(ctx)
			if err != nil {
				return err
			}
			var proof report.NoPooling
			if err := json.Unmarshal(text, &proof); err != nil {
				return fmt.Errorf("read the proof: %w", err)
			}
			err = a.into(out, func(w io.Writer) error {
				if !a.json {
					return proof.Text(w)
				}
				to := *a
				to.Out = w
				return to.print(text, nil)
			})
			if err == nil && !proof.Holds {
				err = &disagreement{fmt.Sprintf("%d findings against the proof", len(proof.Findings))}
			}
			return err
		},
	})
}
