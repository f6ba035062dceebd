package command

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// fenFlag is an interval of fen, such as 1-30000000.
func fenFlag(into *interval.Interval) *textFlag {
	return &textFlag{kind: "from-to", read: into.UnmarshalText}
}

func (a *app) extensionCommand() *cobra.Command {
	commands := a.proposing(a.extensionOffer(), a.extensionAccept(),
		a.extensionAct("consent", "clearing:ConsentToExtension",
			"Consent to an offer to pay later: the line's bank, a pledgee, the guarantor, a seller with recourse", "bank1/maker"),
		a.extensionAct("withdraw", "clearing:WithdrawExtension",
			"Take your offer to pay later back; what was extended stays so", "core/maker"))
	return group("extension", "Overdue fen that are paid on a later day, by who agrees to it", append(commands, a.extensionList(), a.extensionShow())...)
}

func extensionSaid(done clearing.ExtensionResult, names func(string) string) string {
	said := fmt.Sprintf("extension %s to %s: %s extended", done.ID, done.Payment, yuan(done.Extended))
	if len(done.Missing) > 0 {
		said += "; awaited: " + nameAll(done.Missing, names)
	}
	return said
}

func (a *app) extensionOffer() *cobra.Command {
	var maturity dateFlag
	var reason string
	var document documentFlag
	return a.command(spec{
		use: "offer NUMBER", short: "Offer the holders of a certificate's overdue fen to pay on a later day; the debtor signs",
		long: `Each holder accepts for its own fen or not: who does not stays overdue. The bank of
the credit line consents, and of fen also a pledgee, the guarantor and a seller
with recourse.`,
		example: `  scf clearing extension offer 9133...14 --maturity 2027-06-30 --reason "the plant is being rebuilt" --document agreement.pdf --as core/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"maturity", "reason", "document"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&maturity, "maturity", "the new day; it moves to the next working day")
			f.StringVar(&reason, "reason", "", "why, for the record")
			f.Var(&document, "document", "the agreement: a file, or its SHA-256")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			in := clearing.ExtendArgument{Certificate: args[0], Maturity: maturity.Date, Reason: reason, Document: document.Digest}
			var done clearing.ExtensionResult
			return s.act(ctx, "clearing:OfferExtension", in, &done, func() string { return extensionSaid(done, names) })
		},
	})
}

func (a *app) extensionAccept() *cobra.Command {
	var fen interval.Interval
	return a.command(spec{
		use: "accept EXTENSION", short: "Agree to be paid later for fen that you hold",
		long: `Late interest until today is owed then. With --fen only for these, of one holding;
without for all that you hold of the certificate, signed holding by holding.`,
		example: "  scf clearing extension accept k2vs... --as supplier1/maker\n  scf clearing extension accept k2vs... --fen 1-30000000 --as supplier1/maker",
		args:    cobra.ExactArgs(1),
		flags:   func(f *pflag.FlagSet) { f.Var(fenFlag(&fen), "fen", "first and last fen, counted from 1") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			parts := []interval.Interval{fen}
			if fen.IsZero() {
				if parts, err = s.overdueOf(ctx, args[0]); err != nil {
					return err
				}
			}
			names := s.names(ctx)
			for _, part := range parts {
				in := clearing.AcceptExtensionArgument{ID: args[0], Interval: part}
				var done clearing.ExtensionResult
				if err := s.act(ctx, "clearing:AcceptExtension", in, &done, func() string { return extensionSaid(done, names) }); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// overdueOf are the session's fen of an extension's certificate that are owed since its
// payment date, holding by holding.
func (s *session) overdueOf(ctx context.Context, extension string) ([]interval.Interval, error) {
	x, err := s.Extension(ctx, extension)
	if err != nil {
		return nil, err
	}
	owner, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	holdings, err := s.owned(ctx, x.Certificate, owner)
	if err != nil {
		return nil, err
	}
	var parts []interval.Interval
	for i := range holdings {
		if h := &holdings[i]; h.Redeemed == 0 && h.Claim.Payment <= x.From {
			parts = append(parts, h.Interval)
		}
	}
	if len(parts) == 0 {
		return nil, code.NotOverdue.New("you hold no overdue fen of certificate %s", x.Certificate)
	}
	return parts, nil
}

func (a *app) extensionAct(use, function, short, as string) *cobra.Command {
	return a.command(spec{
		use: use + " EXTENSION", short: short, example: "  scf clearing extension " + use + " k2vs... --as " + as, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			var done clearing.ExtensionResult
			return s.act(ctx, function, clearing.ExtensionArgument{ID: args[0]}, &done, func() string { return extensionSaid(done, names) })
		},
	})
}

func (a *app) extensionList() *cobra.Command {
	var filter client.ExtensionFilter
	return a.command(spec{
		use: "list", short: "List offers to pay later", example: "  scf clearing extension list --as supplier1/maker\n  scf clearing extension list --debtor core --all",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&filter.Certificate, "certificate", "", "only of this certificate")
			f.StringVar(&filter.Debtor, "debtor", "", "only this debtor's")
			f.BoolVar(&filter.All, "all", false, "also those that are closed or over")
		},
		run: func(ctx context.Context, _ []string) error {
			var err error
			if filter.Debtor, err = a.optionalMember(filter.Debtor); err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Extensions(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("EXTENSION", "CERTIFICATE", "DEBTOR", "FROM", "TO", ">EXTENDED", ">AWAITING CONSENT", "UNTIL", "")
				for i := range list {
					x := &list[i]
					made, awaiting := extendedOf(x)
					remark := x.Reason
					if x.Closed {
						remark = "closed"
					}
					t.add(x.ID, x.Certificate, names(x.Debtor), x.From.String(), x.Payment.String(), made.Human(), awaiting.Human(), x.Until.String(), remark)
				}
				t.write(w, "no offers")
			})
		},
	})
}

// extendedOf sums the fen that were extended and those that wait for a consent.
func extendedOf(x *record.Extension) (made, awaiting money.Fen) {
	for i := range x.Parts {
		if x.Parts[i].Made != 0 {
			made += x.Parts[i].Interval.Amount()
		} else {
			awaiting += x.Parts[i].Interval.Amount()
		}
	}
	return made, awaiting
}

func (a *app) extensionShow() *cobra.Command {
	return a.command(spec{
		use: "show EXTENSION", short: "Show an offer to pay later with its consents", example: `  scf clearing extension show k2vs... --as core/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			x, err := s.Extension(ctx, args[0])
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(x, func(w io.Writer) { writeExtension(w, x, names) })
		},
	})
}

func writeExtension(w io.Writer, x *record.Extension, names func(string) string) {
	closed := ""
	if x.Closed {
		closed = "yes"
	}
	fields(w, "extension", x.ID, "certificate", x.Certificate, "debtor", names(x.Debtor), "payable on", x.From.String(), "then on", x.Payment.String(),
		"reason", x.Reason, "agreement", hashSaid(x.Document), "offered", signedSaid(x.Signed, names), "line's bank", consentSaid(&x.Line, names),
		"consents until", x.Until.String(), "closed", closed)
	t := columns("FEN", ">AMOUNT", "OWNER", "OTHERS", "EXTENDED")
	for i := range x.Parts {
		p := &x.Parts[i]
		var others []string
		for j := range p.Others {
			others = append(others, consentSaid(&p.Others[j], names))
		}
		t.add(p.Interval.String(), p.Interval.Amount().Human(), names(p.Owner.Member), strings.Join(others, "; "), when(p.Made))
	}
	fmt.Fprintln(w)
	t.write(w, "nobody has accepted")
}

func consentSaid(c *record.Consent, names func(string) string) string {
	switch {
	case c.Member == "":
		return ""
	case c.Signed.Member == "":
		return names(c.Member) + ": awaited"
	default:
		return signedSaid(c.Signed, names)
	}
}

func (a *app) waiveCommand() *cobra.Command {
	var fen interval.Interval
	var in clearing.WaiveArgument
	in.Reason = record.WaiverGoodwill
	waive := a.proposing(a.command(spec{
		use: "waive [NUMBER]", short: "Give up late interest of your own: of overdue fen until today, or a settlement of it",
		long: `Proposed by a maker and approved by a checker of the same member, with a reason. Of
pledged fen the pledgee consents. NUMBER is the certificate of fen that are still
owed; interest that is owed already is named with --settlement.`,
		example: "  scf clearing waive 9133...14 --fen 1-30000000 --reason goodwill --as supplier1/maker\n" +
			"  scf clearing waive --settlement q7dk... --reason trifle --as supplier1/maker",
		args: cobra.MaximumNArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.Var(fenFlag(&fen), "fen", "first and last fen, counted from 1, of one holding")
			f.StringVar(&in.Settlement, "settlement", "", "late interest that is owed already")
			reasons := choice("reason", &in.Reason)
			f.Var(reasons, "reason", "why: "+reasons.of())
		},
		run: func(ctx context.Context, args []string) error {
			if (len(args) == 1 && !fen.IsZero()) == (in.Settlement != "") {
				return code.BadArgument.New("name a certificate and its fen, or late interest with --settlement")
			}
			if len(args) == 1 {
				in.Certificate, in.Interval = args[0], fen
			}
			return a.act(ctx, "clearing:Waive", in, nil, func() string { return "done" })
		},
	}))[0]
	waive.AddCommand(append(a.proposing(a.waiverConsent()), a.waiverList())...)
	return waive
}

func (a *app) waiverConsent() *cobra.Command {
	return a.command(spec{
		use: "consent WAIVER", short: "Consent, as the pledgee, that late interest on pledged fen is given up", args: cobra.ExactArgs(1),
		example: `  scf clearing waive consent m3qa... --as bank3/maker`,
		run: func(ctx context.Context, args []string) error {
			var done clearing.WaiverResult
			return a.act(ctx, "clearing:ConsentToWaiver", clearing.WaiverArgument{ID: args[0]}, &done, func() string {
				return fmt.Sprintf("waiver %s: %s given up", done.ID, yuan(done.Amount))
			})
		},
	})
}

func (a *app) waiverList() *cobra.Command {
	var filter client.WaiverFilter
	return a.command(spec{
		use: "list", short: "List late interest that creditors gave up", example: "  scf clearing waive list --as core/maker\n  scf clearing waive list --creditor supplier1",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&filter.Certificate, "certificate", "", "only of this certificate")
			f.StringVar(&filter.Creditor, "creditor", "", "only by this creditor")
			f.StringVar(&filter.Debtor, "debtor", "", "only to this debtor")
		},
		run: func(ctx context.Context, _ []string) error {
			var err error
			if filter.Creditor, err = a.optionalMember(filter.Creditor); err != nil {
				return err
			}
			if filter.Debtor, err = a.optionalMember(filter.Debtor); err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			list, err := client.All(s.Waivers(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) { writeWaivers(w, list, names) })
		},
	})
}

func writeWaivers(w io.Writer, list []record.Waiver, names func(string) string) {
	t := columns("WAIVER", "CERTIFICATE", "CREDITOR", "DEBTOR", ">FOR", ">GIVEN UP", "REASON", "SINCE")
	for i := range list {
		v := &list[i]
		since := when(v.At)
		if v.At == calendar.Instant(0) {
			since = "awaits " + names(v.Pledgee)
		}
		t.add(v.ID, v.Certificate, names(v.Creditor), names(v.Debtor), amountSaid(v.Fen), v.Amount.Human(), v.Reason.String(), since)
	}
	t.write(w, "no waivers")
}

// financeRecover makes a command with which a bank calls on who stands behind overdue fen.
func (a *app) financeRecover(use, function, short, long, example string) *cobra.Command {
	var in clearing.RecoverArgument
	var certificate string
	var fen interval.Interval
	var holding uint32
	return a.command(spec{
		use: use + " FINANCING", short: short, long: long, example: example, args: cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&certificate, "certificate", "", "only for fen of this certificate, with --fen (default: all that are overdue)")
			f.Var(fenFlag(&fen), "fen", "first and last fen, counted from 1")
			f.Uint32Var(&holding, "holding", 0, "of this holding of yours (default: the one that has them)")
			f.StringVar(&in.Account, "account", "", "your bank's account, to be paid to (default: where its clearings are paid)")
		},
		run: func(ctx context.Context, args []string) error {
			if (certificate == "") != fen.IsZero() {
				return code.BadArgument.New("--certificate and --fen belong together")
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in.Financing = args[0]
			if certificate != "" {
				leg, err := s.legOf(ctx, certificate, holding, fen)
				if err != nil {
					return err
				}
				in.Legs = []record.Leg{leg}
			}
			var done struct {
				ID     string    `json:"id"`
				Amount money.Fen `json:"amount"`
			}
			return s.act(ctx, function, in, &done, func() string {
				return fmt.Sprintf("settlement %s over %s, to be instructed by the payer's bank", done.ID, yuan(done.Amount))
			})
		},
	})
}

// legOf names fen of one of the session's holdings.
func (s *session) legOf(ctx context.Context, certificate string, holding uint32, fen interval.Interval) (record.Leg, error) {
	c, err := s.Certificate(ctx, certificate)
	if err != nil {
		return record.Leg{}, err
	}
	for i := range c.Holdings {
		if h := &c.Holdings[i]; h.Interval.Contains(fen) && (holding == 0 || h.ID == holding) {
			return record.Leg{Certificate: certificate, Holding: h.ID, Version: h.Version, Interval: fen}, nil
		}
	}
	return record.Leg{}, code.HoldingChanged.New("fen %s of certificate %s are not in one holding%s", fen, certificate, ofHolding(holding))
}

func ofHolding(id uint32) string {
	if id == 0 {
		return ""
	}
	return " " + strconv.Itoa(int(id))
}
