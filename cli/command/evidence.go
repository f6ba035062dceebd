package command

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) evidenceCommand() *cobra.Command {
	commands := a.proposing(a.evidenceContract(), a.evidenceDelivery(), a.evidenceInvoice(), a.evidenceVerify(), a.evidenceRedLetter())
	return group("evidence", "Trade contracts, deliveries and invoices behind certificates",
		append(commands, a.evidenceFingerprint(), a.evidenceShow())...)
}

func (a *app) evidenceContract() *cobra.Command {
	var buyer, seller string
	var document documentFlag
	var signed dateFlag
	var amount amountFlag
	var late rateFlag
	var in evidence.ContractArgument
	return a.command(spec{
		use: "contract", short: "Record a trade contract",
		example: `  scf evidence contract --buyer core --seller supplier1 --document contract.pdf \
    --signed 2026-09-01 --amount 1,200,000.00 --term-days 90 --agreed --as core/maker`,
		needs: []string{"buyer", "seller", "document", "signed"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&buyer, "buyer", "", "who pays")
			f.StringVar(&seller, "seller", "", "who is paid")
			f.Var(&document, "document", "the contract: a file, of which only the SHA-256 is sent, or that")
			f.Var(&signed, "signed", "day of signing")
			f.Var(&amount, "amount", "tax-inclusive; left out for a framework contract")
			f.Int32Var(&in.TermDays, "term-days", 0, "agreed payment term after delivery, days")
			f.BoolVar(&in.Agreed, "agreed", false, "a clause agrees to payment by certificate")
			f.Var(&late, "late-rate", "agreed interest on what is paid late, percent a year, at least the LPR (default: the statutory rate)")
		},
		run: func(ctx context.Context, _ []string) (err error) {
			if in.Buyer, err = a.member(buyer); err != nil {
				return err
			}
			if in.Seller, err = a.member(seller); err != nil {
				return err
			}
			in.Document, in.Signed, in.Amount, in.LateRate = document.Digest, signed.Date, amount.Fen, late.Rate
			var done evidence.DocumentResult
			return a.act(ctx, "evidence:RecordContract", in, &done, func() string { return "contract " + done.ID })
		},
	})
}

func (a *app) evidenceDelivery() *cobra.Command {
	var document documentFlag
	var accepted dateFlag
	var amount amountFlag
	var contract string
	return a.command(spec{
		use: "delivery", short: "Record that goods or services were accepted",
		example: `  scf evidence delivery --contract 5ce1... --document receipt.pdf --accepted 2026-09-20 --amount 600,000.00 --as core/maker`,
		needs:   []string{"contract", "document", "accepted", "amount"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&contract, "contract", "", "id of the contract")
			f.Var(&document, "document", "the acceptance document: a file, or its SHA-256")
			f.Var(&accepted, "accepted", "day of acceptance")
			f.Var(&amount, "amount", "tax-inclusive worth of what was accepted")
		},
		run: func(ctx context.Context, _ []string) error {
			in := evidence.DeliveryArgument{Contract: contract, Document: document.Digest, Accepted: accepted.Date, Amount: amount.Fen}
			var done evidence.DocumentResult
			return a.act(ctx, "evidence:RecordDelivery", in, &done, func() string { return "delivery " + done.ID })
		},
	})
}

// invoiceFacts are the flags with which an invoice is described.
type invoiceFacts struct {
	number, paperCode, seller, buyer string
	date                             dateFlag
	amount                           amountFlag
}

func (i *invoiceFacts) flags(f *pflag.FlagSet) {
	f.StringVar(&i.number, "number", "", "发票号码: 20 digits, or 8 with --code")
	f.StringVar(&i.paperCode, "code", "", "发票代码: 10 or 12 digits, of a paper invoice")
	f.Var(&i.date, "date", "day of the invoice")
	f.StringVar(&i.seller, "seller", "", "who is paid")
	f.StringVar(&i.buyer, "buyer", "", "who pays")
	f.Var(&i.amount, "amount", "tax-inclusive")
}

func (i *invoiceFacts) needs() []string {
	return []string{"number", "date", "seller", "buyer", "amount"}
}

func (i *invoiceFacts) read(a *app) (client.InvoiceFacts, error) {
	facts := client.InvoiceFacts{Code: i.paperCode, Number: i.number, Date: i.date.Date, Amount: i.amount.Fen}
	var err error
	if facts.Seller, err = a.member(i.seller); err != nil {
		return facts, err
	}
	facts.Buyer, err = a.member(i.buyer)
	return facts, err
}

func (a *app) evidenceInvoice() *cobra.Command {
	var facts invoiceFacts
	var contract, delivery string
	var due dateFlag
	return a.command(spec{
		use: "invoice", short: "Register an invoice, once on the whole network",
		long: `Has the node of a bank make the invoice's keyed fingerprint and registers the
invoice under it. Number and code go to that node only; they are not on the
ledger.`,
		example: `  scf evidence invoice --number 26332000000000000009 --date 2026-09-21 --seller supplier1 --buyer core \
    --amount 600,000.00 --contract 5ce1... --delivery 77ab... --as supplier1/maker`,
		needs: append(facts.needs(), "contract"),
		flags: func(f *pflag.FlagSet) {
			facts.flags(f)
			f.StringVar(&contract, "contract", "", "id of the contract")
			f.StringVar(&delivery, "delivery", "", "id of the delivery")
			f.Var(&due, "due", "day on which the invoice says it is due")
		},
		run: func(ctx context.Context, _ []string) error {
			asked, err := facts.read(a)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			print, err := s.fingerprint(ctx, asked)
			if err != nil {
				return err
			}
			in := evidence.InvoiceArgument{
				Fingerprint: print.Fingerprints[0].Fingerprint, OtherFingerprint: print.Fingerprints[0].Other(),
				Scheme: print.Scheme, Epoch: print.Epoch,
				Seller: asked.Seller, Buyer: asked.Buyer, Contract: contract, Delivery: delivery,
				Amount: asked.Amount, Date: asked.Date, Due: due.Date,
			}
			var done evidence.InvoiceResult
			return s.act(ctx, "evidence:RecordInvoice", in, &done, func() string { return invoiceSaid(done) })
		},
	})
}

func invoiceSaid(i evidence.InvoiceResult) string {
	said := fmt.Sprintf("invoice %s: %s, remaining %s", i.Fingerprint, yuan(i.Amount), yuan(i.Remaining))
	if i.Uncovered > 0 {
		said += fmt.Sprintf(", %s is used and no longer covered", yuan(i.Uncovered))
	}
	return said
}

func (a *app) evidenceFingerprint() *cobra.Command {
	var facts invoiceFacts
	return a.command(spec{
		use: "fingerprint", short: "Have a bank's node make an invoice's fingerprint; nothing is registered",
		example: `  scf evidence fingerprint --number 26332000000000000009 --date 2026-09-21 --seller supplier1 --buyer core \
    --amount 600,000.00 --as supplier1/maker`,
		needs: facts.needs(), flags: facts.flags,
		run: func(ctx context.Context, _ []string) error {
			asked, err := facts.read(a)
			if err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			print, err := s.fingerprint(ctx, asked)
			if err != nil {
				return err
			}
			return a.print(print, func(w io.Writer) {
				fmt.Fprintf(w, "%s\nscheme %d, key of epoch %d\n", print.Fingerprints[0].Fingerprint, print.Scheme, print.Epoch)
				for i, earlier := range print.Fingerprints[0].Earlier {
					fmt.Fprintf(w, "%s\nscheme %d, key of epoch %d\n", earlier, print.Scheme, i+1)
				}
			})
		},
	})
}

// fingerprintArgument reads a fingerprint from the command line.
func fingerprintArgument(text string) (record.Digest, error) {
	d, err := record.ParseDigest(text)
	if err != nil {
		return d, code.BadArgument.New("%.70q is not a fingerprint: 64 lower-case hexadecimal digits", text)
	}
	return d, nil
}

func (a *app) evidenceVerify() *cobra.Command {
	var document documentFlag
	var bad, paper bool
	var number, paperCode string
	return a.command(spec{
		use: "verify FINGERPRINT", short: "Attest what a check of an invoice showed; a bank's reviewer signs",
		long: `Records what the tax service, or the paper, showed. With --number the invoice
that was checked is compared with the one that is registered, and its
fingerprints under the banks' earlier keys are looked up: once the banks have
changed their key a good attestation needs that. Number and code go to the
bank's own node only.`,
		example: `  scf evidence verify 9be0... --document taxcheck.pdf --number 26332000000000000009 --as bank2/reviewer`,
		args:    cobra.ExactArgs(1), needs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&number, "number", "", "number of the invoice that was checked")
			f.StringVar(&paperCode, "code", "", "code of a paper invoice, 10 or 12 digits")
			f.Var(&document, "document", "what was seen, for example the tax service's answer: a file, or its SHA-256")
			f.BoolVar(&bad, "bad", false, "what was seen does not agree with the invoice")
			f.BoolVar(&paper, "paper", false, "a check of the paper, not of the tax service")
		},
		run: func(ctx context.Context, args []string) error {
			print, err := fingerprintArgument(args[0])
			if err != nil {
				return err
			}
			in := evidence.VerifyArgument{Invoice: print, Kind: record.TaxCheck, Good: !bad, Document: document.Digest}
			if paper {
				in.Kind = record.PaperCheck
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if number != "" {
				if in.Others, err = s.otherFingerprints(ctx, print, paperCode, number); err != nil {
					return err
				}
			}
			var done evidence.InvoiceResult
			return s.act(ctx, "evidence:Verify", in, &done, func() string { return invoiceSaid(done) })
		},
	})
}

// otherFingerprints are those of a registered invoice under the other epochs. The
// code and number are of the invoice that the bank looked at; that it is another
// than the registered one is refused here.
func (s *session) otherFingerprints(ctx context.Context, registered record.Digest, paperCode, number string) ([]record.Digest, error) {
	i, err := s.Invoice(ctx, registered)
	if err != nil {
		return nil, err
	}
	made, err := s.fingerprint(ctx, client.InvoiceFacts{
		Code: paperCode, Number: number, Date: i.Date, Seller: i.Seller, Buyer: i.Buyer, Amount: i.Amount,
	})
	if err != nil {
		return nil, err
	}
	others, ok := made.Fingerprints[0].Others(registered)
	if !ok {
		return nil, code.EvidenceMissing.New("invoice %s with the date, parties and amount of %s is not that invoice", number, registered)
	}
	return others, nil
}

func (a *app) evidenceRedLetter() *cobra.Command {
	var document documentFlag
	var amount amountFlag
	return a.command(spec{
		use: "red-letter FINGERPRINT", short: "Record that an invoice was cancelled, in whole or in part",
		example: `  scf evidence red-letter 9be0... --document redletter.pdf --amount 50,000.00 --as supplier1/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&document, "document", "the red-letter invoice: a file, or its SHA-256")
			f.Var(&amount, "amount", "how much is cancelled (default: all)")
		},
		run: func(ctx context.Context, args []string) error {
			print, err := fingerprintArgument(args[0])
			if err != nil {
				return err
			}
			in := evidence.RedLetterArgument{Invoice: print, Amount: amount.Fen, Document: document.Digest}
			var done evidence.InvoiceResult
			return a.act(ctx, "evidence:RedLetter", in, &done, func() string { return invoiceSaid(done) })
		},
	})
}

func (a *app) evidenceShow() *cobra.Command {
	return a.command(spec{
		use: "show FINGERPRINT", short: "Show an invoice and what is left of it", example: `  scf evidence show 9be0...`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			print, err := fingerprintArgument(args[0])
			if err != nil {
				return err
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			i, err := s.Invoice(ctx, print)
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(i, func(w io.Writer) {
				fields(w, "invoice", i.Fingerprint.String(), "seller", names(i.Seller), "buyer", names(i.Buyer), "contract", i.Contract,
					"delivery", i.Delivery, "date", i.Date.String(), "amount", yuan(i.Amount), "used", yuan(i.Allocated),
					"cancelled", yuan(i.Cancelled), "remaining", yuan(evidence.Remaining(i)), "verified", verifiedSaid(i, names))
			})
		},
	})
}

func verifiedSaid(i *record.Invoice, names func(string) string) string {
	v := i.Verified
	if v.Bank == "" {
		return "no"
	}
	verdict := "good"
	if !v.Good {
		verdict = "bad"
	}
	return fmt.Sprintf("%s, %s by %s at %s", verdict, v.Kind, names(v.Bank), v.At)
}
