package command

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) certificatePaper() *cobra.Command {
	var out string
	return a.command(spec{
		use: "paper NUMBER", short: "Write a certificate as PDF", args: cobra.ExactArgs(1),
		long: `Writes a PDF for people: the certificate with its holdings in Chinese and English,
and a QR code under which anyone who has the paper can see what the ledger says of it.`,
		example: `  scf certificate paper 9133...14 --out certificate.pdf`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&out, "out", "", "write it to this new file (default: NUMBER.pdf)")
		},
		run: func(ctx context.Context, args []string) error {
			return a.keep(ctx, out, args[0]+".pdf", func(s *session) ([]byte, error) { return s.CertificatePaper(ctx, args[0]) })
		},
	})
}

func (a *app) holdingPaper() *cobra.Command {
	var out string
	return a.command(spec{
		use: "paper NUMBER HOLDING", short: "Write one holding of a certificate as PDF", args: cobra.ExactArgs(2),
		long: `Writes a PDF that proves to others, a tax adviser or an auditor, what its owner
holds. Its QR code leads to what the ledger says of this holding, and of no other.`,
		example: `  scf holding paper 9133...14 3 --out holding.pdf --as steel/maker`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&out, "out", "", "write it to this new file (default: NUMBER-HOLDING.pdf)")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := strconv.ParseUint(args[1], 10, 32)
			if err != nil || id == 0 {
				return code.BadArgument.New("%.20q is not the id of a holding", args[1])
			}
			return a.keep(ctx, out, fmt.Sprintf("%s-%d.pdf", args[0], id), func(s *session) ([]byte, error) {
				return s.HoldingPaper(ctx, args[0], uint32(id))
			})
		},
	})
}

// keep writes a file that the node made to a new file, or prints it when that has no name.
func (a *app) keep(ctx context.Context, out, otherwise string, ask func(*session) ([]byte, error)) error {
	s, err := a.read(ctx)
	if err != nil {
		return err
	}
	made, err := ask(s)
	if err != nil {
		return err
	}
	if out == "" {
		out = otherwise
	}
	return a.into(out, func(w io.Writer) error {
		_, err := w.Write(made)
		return err
	})
}

func (a *app) statementCommand() *cobra.Command {
	var form, member, out string
	return a.command(spec{
		use: "statement MONTH", short: "Draw up a member's statement of a month", args: cobra.ExactArgs(1),
		long: `Shows what a member held and owed when a month began, what came and went, what was
there at its end, and the payments that banks advised. It balances to the fen, or the
node gives none.`,
		example: `  scf statement 2026-11 --as steel/maker
  scf statement 2026-11 --format pdf --as steel/maker
  scf statement 2026-11 --format xlsx --out november.xlsx --as core/maker`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&form, "format", "", "json, pdf or xlsx (default: for reading here)")
			f.StringVar(&member, "member", "", "whose (default: your own)")
			f.StringVar(&out, "out", "", "write it to this new file (default: statement-MONTH and the format)")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.optionalMember(member)
			if err != nil {
				return err
			}
			switch client.StatementForm(form) {
			case "", client.FormJSON:
				return a.showStatement(ctx, args[0], id, form, out)
			case client.FormPDF, client.FormXLSX:
				return a.keep(ctx, out, "statement-"+args[0]+"."+form, func(s *session) ([]byte, error) {
					return s.Statement(ctx, args[0], id, client.StatementForm(form))
				})
			default:
				return code.BadArgument.New("--format is json, pdf or xlsx, not %.20q", form)
			}
		},
	})
}

func (a *app) showStatement(ctx context.Context, month, member, form, out string) error {
	s, err := a.read(ctx)
	if err != nil {
		return err
	}
	text, err := s.Statement(ctx, month, member, client.FormJSON)
	if err != nil {
		return err
	}
	var st report.Statement
	if err := json.Unmarshal(text, &st); err != nil {
		return fmt.Errorf("read the statement: %w", err)
	}
	return a.into(out, func(w io.Writer) error {
		to := *a
		to.Out, to.json = w, a.json || form != ""
		return to.print(jsontext.Value(text), func(w io.Writer) { writeStatement(w, &st) })
	})
}

func writeStatement(w io.Writer, s *report.Statement) {
	name := func(id string) string {
		if n := s.Names[id]; n != "" {
			return n
		}
		return id
	}
	final := "over"
	if !s.Final {
		final = "not over"
	}
	fields(w, "member", name(s.Member), "code", s.Member, "month", s.Month, "the month is", final, "as of", s.AsOf.Time.String())
	for _, side := range []struct {
		title string
		of    *report.Side
	}{{"held", &s.Held}, {"owed", &s.Owed}} {
		fmt.Fprintln(w)
		t := columns(strings.ToUpper(side.title), "", "", "WITH", ">IN", ">OUT")
		t.add("opening", "", "", "", side.of.Opening.Human(), "")
		for i := range side.of.Entries {
			e := &side.of.Entries[i]
			in, out := e.Amount.Human(), ""
			if !e.In {
				in, out = out, in
			}
			t.add(e.Time.Date().String(), e.Kind, e.Certificate, name(e.Counterpart), in, out)
		}
		t.add("closing", "", "", "", side.of.Closing.Human(), "")
		t.write(w, "")
	}
	if len(s.Payments) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := columns("PAYMENTS", "", "REFERENCE", "WITH", ">RECEIVED", ">PAID", ">INTEREST, FEES")
	for i := range s.Payments {
		p := &s.Payments[i]
		amount := p.Amount
		if p.Returned {
			amount = -amount
		}
		in, out := amount.Human(), ""
		if !p.In {
			in, out = out, in
		}
		t.add(p.Time.Date().String(), p.Purpose.String(), p.Reference, name(p.Counterpart), in, out, amountSaid(p.Interest+p.Fee))
	}
	t.add("sum", "", "", "", s.Received.Amount.Human(), s.Paid.Amount.Human(), "")
	t.write(w, "")
}

func (a *app) accountingCommand() *cobra.Command {
	var form, member, model, out string
	return a.command(spec{
		use: "accounting MONTH", short: "Write the voucher lines of a month for the accountant", args: cobra.ExactArgs(1),
		long: `Writes what the ledger says happened as vouchers in the accounts of Chinese practice;
debits and credits are equal in each. It is a proposal: what the ledger cannot know is
the accountant's to judge.`,
		example: `  scf accounting 2026-11 --as steel/maker
  scf accounting 2026-11 --format csv --out november.csv --model collect --as steel/maker`,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&form, "format", "xlsx", "xlsx, csv or json")
			f.StringVar(&member, "member", "", "whose (default: your own)")
			f.StringVar(&model, "model", "", "how certificates are held: collect-and-sell (应收款项融资, the default) or collect (应收账款)")
			f.StringVar(&out, "out", "", "write it to this new file (default: vouchers-MONTH and the format)")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.optionalMember(member)
			if err != nil {
				return err
			}
			otherwise := "vouchers-" + args[0] + "." + form
			if a.json { // printed, as all commands do with --json
				form, otherwise = string(client.FormJSON), ""
			}
			return a.keep(ctx, out, otherwise, func(s *session) ([]byte, error) {
				return s.Vouchers(ctx, args[0], id, model, client.StatementForm(form))
			})
		},
	})
}

func (a *app) verifyCommand() *cobra.Command {
	return a.command(spec{
		use: "verify LINK", short: "See what the ledger says of a paper, by the link in its QR code", args: cobra.ExactArgs(1),
		long: `Asks the node that printed the paper, or with --node another one, what the ledger
recorded of the certificate or the holding, and whether that is still so. The exit code
is 4 when the paper is out of date.`,
		example: `  scf verify 'https://node.bank.example/#/verify?c=9133...14&h=3&t=8f14...32'`,
		run: func(ctx context.Context, args []string) error {
			p, err := client.ParsePaper(args[0])
			if err != nil {
				return err
			}
			if a.node == "" {
				a.node = p.Origin
			}
			c, err := a.stranger(ctx)
			if err != nil {
				return err
			}
			defer c.Close()
			r, err := c.VerifyPaper(ctx, p)
			if err != nil {
				return err
			}
			if err := a.print(r, func(w io.Writer) { writePaperRecord(w, r) }); err != nil {
				return err
			}
			if !r.Current {
				return &disagreement{"the paper is out of date; ask the holder for a new one"}
			}
			return nil
		},
	})
}

func writePaperRecord(w io.Writer, r *client.PaperRecord) {
	holding, holder, still := "", "first holder", "no: it has changed since"
	if r.Holding != 0 {
		holding, holder = strconv.FormatUint(uint64(r.Holding), 10), "holder"
	}
	if r.Current {
		still = "yes"
	}
	locks := make([]string, len(r.Locks))
	for i, k := range r.Locks {
		locks[i] = k.String()
	}
	state := r.State.String()
	if r.State == record.Active && r.Redeemed == r.Amount {
		state = "paid"
	}
	fields(w, "certificate", r.Certificate, "holding", holding, "debtor", r.DebtorName+" "+r.Debtor, holder, r.HolderName+" "+r.Holder,
		"amount", yuan(r.Amount), "fen", r.Interval.String(), "paid of it", r.Redeemed.Human(), "payable on", r.Payment.String(), "state", state,
		"claims on it", strings.Join(locks, ", "), "recorded", r.Recorded.String(), "still so", still,
		"as of", fmt.Sprintf("height %d, %s", r.AsOf.Height, r.AsOf.Time))
}
