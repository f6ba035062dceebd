package command

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) txCommand() *cobra.Command {
	return group("tx", "Transactions", a.txShow(), a.txSend())
}

func (a *app) txShow() *cobra.Command {
	return a.command(spec{
		use: "show TRANSACTION", short: "Show what became of a transaction", example: `  scf tx show 41d2...`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			id, err := record.ParseDigest(args[0])
			if err != nil {
				return code.BadArgument.New("%.70q is not a transaction's id: 64 lower-case hexadecimal digits", args[0])
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			t, err := s.Transaction(ctx, id)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(t, func(w io.Writer) { writeTransaction(w, t, names) })
		},
	})
}

func writeTransaction(w io.Writer, t *client.Transaction, names func(string) string) {
	fields(w, "transaction", t.ID.String(), "state", t.State)
	if r := t.Refusal; r != nil {
		fields(w, "code", r.Code.String(), "rule", r.Rule, "what", r.Title, "detail", r.Detail, "next", r.Next)
	}
	o := t.Outcome
	if o == nil {
		return
	}
	fields(w, "function", o.Function, "signed by", names(o.Member), "height", strconv.FormatInt(o.Height, 10), "time", o.Time.String())
	if len(o.Result) > 0 {
		fmt.Fprintf(w, "result      %s\n", o.Result)
	}
	for _, m := range o.Effects.Moves {
		fmt.Fprintf(w, "moved       %s of %s from %s to %s\n", yuan(m.Interval.Amount()), m.Certificate, names(m.From), names(m.To))
	}
	for _, n := range o.Effects.Notices {
		fmt.Fprintf(w, "notice      %s %s\n", n.Kind, n.Subject)
	}
}

func (a *app) txSend() *cobra.Command {
	return a.command(spec{
		use: "send FUNCTION ARGUMENT", short: "Sign and send any contract function", long: argumentHelp,
		example: "  scf tx send certificate:Accept '{\"certificate\":\"9133...14\"}' --as supplier1/maker\n" +
			"  scf tx send batch:Run @batch.json --as core/maker",
		args: cobra.ExactArgs(2), complete: completeFunctions,
		run: func(ctx context.Context, args []string) error {
			text, err := a.argument(args[1])
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			outcome, err := s.invoke(ctx, args[0], text, nil)
			if err != nil {
				return err
			}
			said := args[0] + ": done"
			if len(outcome.Result) > 0 {
				said = string(outcome.Result)
			}
			return a.printActed(args[0], outcome, said)
		},
	})
}

func (a *app) rulesCommand() *cobra.Command {
	commands := a.proposing(a.rulesAdopt(),
		a.rulesStop("stop", "rules:StopDebtor", "Attest that a debtor may not issue; a bank's reviewer signs"),
		a.rulesStop("lift", "rules:LiftStop", "Attest that the reason of a stop has ended"))
	return group("rules", "The rule pack in force, and stops of debtors", append(commands, a.rulesShow(), a.stopList())...)
}

func (a *app) rulesShow() *cobra.Command {
	var day dateFlag
	return a.command(spec{
		use: "show", short: "Show the rule pack in force", example: "  scf rules show\n  scf rules show --date 2026-09-01 --json",
		flags: func(f *pflag.FlagSet) {
			f.Var(&day, "date", "the day for which it is in force (default: the ledger's today)")
		},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			p, err := s.Pack(ctx, day.Date)
			if err != nil {
				return err
			}
			return a.print(p, func(w io.Writer) { writePack(w, p) })
		},
	})
}

func writePack(w io.Writer, p *record.Pack) {
	days := func(n int32) string { return strconv.Itoa(int(n)) + " days" }
	months := func(n int32) string { return strconv.Itoa(int(n)) + " months" }
	verification := "not needed"
	if p.VerificationNeeded {
		verification = "needed, not older than " + days(p.VerificationDays)
	}
	fields(w, "pack", strconv.Itoa(int(p.Ordinal)), "in force from", p.Effective.String(), "source", p.Source,
		"ordinary term", months(p.TermOrdinary), "term cap", months(p.TermCap), "deepest tier", strconv.Itoa(int(p.MaxTier)),
		"most pieces", strconv.Itoa(int(p.MaxPieces)), "smallest piece", yuan(p.SmallestPiece),
		"transfers of a fen a day", strconv.Itoa(int(p.MaxHopsPerDay)), "time to accept", days(p.AcceptDays),
		"time to approve", days(p.ProposalDays), "time to confirm", days(p.ConfirmDays), "invoice verification", verification,
		"public bodies pay within", days(p.PublicBodyDays), "large firms pay SMEs within", days(p.LargeToSMEDays),
		"grace", days(p.GraceDays), "cooling-off", strconv.Itoa(int(p.CoolingOffHours))+" hours",
		"late interest a day", p.LateDaily.String()+" %")
}

func (a *app) rulesAdopt() *cobra.Command {
	return a.command(spec{
		use: "adopt FILE", short: "Propose a new rule pack; more than two thirds of the banks approve",
		long: "FILE holds the pack as scf rules show --json writes it, changed.", example: `  scf rules adopt pack.json --as bank1/maker`,
		args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			text, err := a.input("@" + args[0])
			if err != nil {
				return err
			}
			var in rules.AdoptPackArgument
			if err := json.Unmarshal(text, &in.Pack, json.RejectUnknownMembers(true)); err != nil {
				return code.BadFile.New("%s is not a rule pack in JSON: %v", args[0], err)
			}
			return a.act(ctx, "rules:AdoptPack", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) rulesStop(name, function, short string) *cobra.Command {
	var reason string
	var document documentFlag
	return a.command(spec{
		use: name + " DEBTOR", short: short,
		example: fmt.Sprintf(`  scf rules %s core --reason "on the exchange's list" --document list.pdf --as bank1/reviewer`, name),
		args:    cobra.ExactArgs(1), complete: a.completeMembers, needs: []string{"reason", "document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&reason, "reason", "", "why, for the record")
			f.Var(&document, "document", "what the bank saw: a file, or its SHA-256")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(args[0])
			if err != nil {
				return err
			}
			var done rules.StopResult
			return a.act(ctx, function, rules.StopArgument{Debtor: id, Reason: reason, Document: document.Digest}, &done, func() string {
				return strings.TrimSpace(fmt.Sprintf("%s: %s", done.Debtor, stopped(done.Stopped)))
			})
		},
	})
}

func (a *app) stopList() *cobra.Command {
	var debtor, bank string
	var filter client.StopFilter
	return a.command(spec{
		use: "stops", short: "List the attestations that stop debtors from issuing",
		example: "  scf rules stops --as core/maker\n  scf rules stops --debtor core --all --as bank1/reviewer",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "about whom (default: you; all for banks)")
			f.StringVar(&bank, "bank", "", "only what this bank attested")
			f.BoolVar(&filter.All, "all", false, "also those that were lifted")
		},
		run: func(ctx context.Context, _ []string) (err error) {
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
			list, err := client.All(s.Stops(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("DEBTOR", "BANK", "SINCE", "LIFTED", "REASON")
				for _, v := range list {
					lifted := ""
					if !v.Lifted.IsZero() {
						lifted = v.Lifted.String()
					}
					t.add(names(v.Debtor), names(v.Bank), v.Since.String(), lifted, v.Reason)
				}
				t.write(w, "no stops")
			})
		},
	})
}

func stopped(is bool) string {
	if is {
		return "may not issue"
	}
	return "may issue"
}
