package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) certificateCommand() *cobra.Command {
	commands := a.proposing(
		a.certificateIssue(), a.certificateReview(),
		a.certificateAccept(), a.certificateReject(), a.certificateWithdraw(), a.certificateVoid(),
		a.certificateSplit(), a.certificateMerge(),
		a.certificateTransfer(), a.transferAccept(), a.transferReject(), a.transferWithdraw(),
		a.certificatePledge(), a.certificateRelease(),
		a.certificateFreeze(), a.certificateUnfreeze(), a.certificateJudicial(), a.certificateSuccession(),
		a.confirmationRequest(), a.confirmationAnswer(),
	)
	commands = append(commands, a.certificateShow(), a.certificateTree(), a.certificateHistory(), a.certificateLineage(), a.certificateList(), a.reviewList(), a.certificatePaper())
	return group("certificate", "Certificates: issue, accept, split, merge, transfer, and see", commands...)
}

// issue are the flags of a certificate to be issued.
type issue struct {
	to, number, reference, contract, line string
	amount                                amountFlag
	maturity                              dateFlag
	days                                  int
	invoices                              invoiceFlag
	green                                 documentFlag
}

func (i *issue) flags(f *pflag.FlagSet) {
	f.StringVar(&i.to, "to", "", "the creditor, who becomes the first holder")
	f.Var(&i.amount, "amount", "the face")
	f.Var(&i.maturity, "maturity", "nominal date of payment")
	f.IntVar(&i.days, "days", 0, "days from today to the maturity, instead of --maturity")
	f.StringVar(&i.reference, "reference", "", "your own payment reference, usable once for ever")
	f.StringVar(&i.contract, "contract", "", "id of the trade contract with the creditor")
	f.Var(&i.invoices, "invoice", "invoice of the creditor; without an amount as much as is needed; repeat")
	f.StringVar(&i.line, "line", "", "credit line that backs it, BANK/ID")
	f.StringVar(&i.number, "number", "", "certificate number (default: the debtor's next of today)")
	f.Var(&i.green, "green", "evidence for the green tag: a file, or its SHA-256")
}

func (a *app) certificateIssue() *cobra.Command {
	var i issue
	return a.command(spec{
		use: "issue", short: "Issue a certificate to a creditor, who may then accept it",
		example: `  scf certificate issue --to supplier1 --amount 300,000.00 --days 90 --reference AP-0002 \
    --contract 5ce1... --invoice 9be0... --line bank1/L1 --as core/maker`,
		flags: i.flags, needs: []string{"to", "amount", "reference", "contract", "invoice"},
		run: func(ctx context.Context, _ []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			in, err := i.argument(ctx, s)
			if err != nil {
				return err
			}
			var done certificate.IssueResult
			return s.act(ctx, "certificate:Issue", in, &done, func() string {
				return fmt.Sprintf("issued %s, %s, payable on %s; to be accepted until %s", done.Certificate, yuan(in.Face), done.Payment, done.AcceptBy)
			})
		},
	})
}

func (i *issue) argument(ctx context.Context, s *session) (certificate.IssueArgument, error) {
	in := certificate.IssueArgument{
		Number: i.number, Face: i.amount.Fen, Maturity: i.maturity.Date, Currency: "CNY", Reference: i.reference,
		Contract: i.contract, Green: !i.green.IsZero(), GreenProof: i.green.Digest,
	}
	var err error
	if in.Creditor, err = s.app.member(i.to); err != nil {
		return in, err
	}
	if i.line != "" {
		bank, id, found := strings.Cut(i.line, "/")
		if !found {
			return in, code.BadArgument.New("--line is BANK/ID, not %.60q", i.line)
		}
		if in.Bank, err = s.app.member(bank); err != nil {
			return in, err
		}
		in.Line = id
	}
	now, err := s.Time(ctx)
	if err != nil {
		return in, err
	}
	switch {
	case i.days > 0 && in.Maturity.IsZero():
		in.Maturity = now.Date().AddDays(i.days)
	case i.days != 0 || in.Maturity.IsZero():
		return in, code.BadDate.New("give --maturity, or --days above 0")
	}
	if in.Number == "" {
		if in.Number, err = s.nextNumber(ctx, now.Date()); err != nil {
			return in, err
		}
	}
	in.Allocations, err = s.allocate(ctx, i.invoices, in.Face)
	return in, err
}

// nextNumber is the debtor's next certificate number of a day.
func (s *session) nextNumber(ctx context.Context, day calendar.Date) (string, error) {
	debtor, err := s.self(ctx)
	if err != nil {
		return "", err
	}
	last := 0
	for row, err := range s.Certificates(ctx, debtor) {
		if err != nil {
			return "", err
		}
		if row.IssueDate != day {
			continue
		}
		known, err := number.ParseCertificate(row.Number)
		if err != nil {
			return "", fmt.Errorf("read certificate number %s: %w", row.Number, err)
		}
		last = max(last, known.Sequence)
	}
	return number.NewCertificate(debtor, day, last+1)
}

// allocate covers an amount by invoices in the order given: those with an amount
// give that, the others what is left of them as far as it is needed.
func (s *session) allocate(ctx context.Context, invoices []record.Allocation, amount money.Fen) ([]record.Allocation, error) {
	left := amount
	for _, a := range invoices {
		left -= min(left, a.Amount)
	}
	var list []record.Allocation
	for _, a := range invoices {
		if a.Amount == 0 {
			if left == 0 {
				continue
			}
			invoice, err := s.Invoice(ctx, a.Invoice)
			if err != nil {
				return nil, err
			}
			if a.Amount = min(left, evidence.Remaining(invoice)); a.Amount == 0 {
				continue
			}
			left -= a.Amount
		}
		list = append(list, a)
	}
	if left > 0 {
		return nil, code.EvidenceInsufficient.New("%s of %s is not covered", left.Human(), amount.Human())
	}
	return list, nil
}

func (a *app) certificateReview() *cobra.Command {
	var debtor, reason string
	var face amountFlag
	var maturity dateFlag
	return a.command(spec{
		use: "review NUMBER", short: "Review a term above the ordinary cap, before the issue; a bank's reviewer signs",
		example: `  scf certificate review 9133...14 --debtor core --amount 300,000.00 --maturity 2027-08-31 \
    --reason "seasonal production" --as bank1/reviewer`,
		args: cobra.ExactArgs(1), needs: []string{"debtor", "amount", "maturity", "reason"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "who will issue it")
			f.Var(&face, "amount", "its face")
			f.Var(&maturity, "maturity", "its nominal date of payment")
			f.StringVar(&reason, "reason", "", "why the term is justified")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(debtor)
			if err != nil {
				return err
			}
			in := certificate.ReviewArgument{Number: args[0], Debtor: id, Face: face.Fen, Maturity: maturity.Date, Reason: reason}
			return a.act(ctx, "certificate:ReviewTerm", in, nil, func() string { return "reviewed " + args[0] })
		},
	})
}

func (a *app) reviewList() *cobra.Command {
	var debtor, bank string
	var filter client.ReviewFilter
	return a.command(spec{
		use: "reviews", short: "List the long terms that banks have reviewed and that can still be issued",
		example: "  scf certificate reviews --as core/maker\n  scf certificate reviews --debtor core --all --as bank1/reviewer",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "of whom (default: you; all for banks)")
			f.StringVar(&bank, "bank", "", "only what this bank signed")
			f.BoolVar(&filter.All, "all", false, "also those that are issued or whose day is over")
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
			list, err := client.All(s.Reviews(ctx, filter))
			if err != nil {
				return err
			}
			names := s.names(ctx)
			return a.print(list, func(w io.Writer) {
				t := columns("CERTIFICATE", "DEBTOR", ">FACE", "MATURITY", "BANK", "SIGNED", "REASON", "")
				for _, v := range list {
					remark := ""
					if v.Issued {
						remark = "issued"
					}
					t.add(v.Certificate, names(v.Debtor), v.Face.Human(), v.Maturity.String(), names(v.Bank), v.At.String(), v.Reason, remark)
				}
				t.write(w, "no reviews")
			})
		},
	})
}

// isNumber reports whether a text is a certificate number, not an id.
func isNumber(text string) bool { return len(text) == number.CertificateLength }

func (a *app) certificateAccept() *cobra.Command {
	return a.command(spec{
		use: "accept NUMBER-OR-TRANSFER", short: "Accept an issued certificate, or a transfer",
		example: "  scf certificate accept 9133...14 --as supplier1/maker\n  scf certificate accept 6d09... --as supplier2/maker",
		args:    cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			if !isNumber(args[0]) {
				return a.acceptTransfer(ctx, args[0])
			}
			return a.act(ctx, "certificate:Accept", certificate.CertificateArgument{Certificate: args[0]}, nil,
				func() string { return "accepted " + args[0] })
		},
	})
}

func (a *app) certificateReject() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "reject NUMBER-OR-TRANSFER", short: "Refuse an issued certificate, or a transfer",
		example: `  scf certificate reject 9133...14 --reason "wrong amount" --as supplier1/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the other side") },
		run: func(ctx context.Context, args []string) error {
			if !isNumber(args[0]) {
				return a.rejectTransfer(ctx, args[0], reason)
			}
			return a.act(ctx, "certificate:Reject", certificate.RejectArgument{Certificate: args[0], Reason: reason}, nil,
				func() string { return "rejected " + args[0] })
		},
	})
}

func (a *app) certificateWithdraw() *cobra.Command {
	return a.command(spec{
		use: "withdraw NUMBER", short: "Take an issued certificate back before it is accepted",
		example: `  scf certificate withdraw 9133...14 --as core/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "certificate:Withdraw", certificate.CertificateArgument{Certificate: args[0]}, nil,
				func() string { return "withdrew " + args[0] })
		},
	})
}

func (a *app) certificateVoid() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "void NUMBER", short: "Propose to cancel a whole certificate; the other side approves",
		example: `  scf certificate void 9133...14 --reason "goods returned" --as core/maker`, args: cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the record") },
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "certificate:Void", certificate.VoidArgument{Certificate: args[0], Reason: reason}, nil,
				func() string { return "void: " + args[0] })
		},
	})
}

// one finds the signer's holding of a certificate: the one of the id, or the only
// one.
func (s *session) one(ctx context.Context, certificate string, id uint32) (record.Holding, error) {
	owner, err := s.self(ctx)
	if err != nil {
		return record.Holding{}, err
	}
	list, err := s.owned(ctx, certificate, owner)
	if err != nil {
		return record.Holding{}, err
	}
	for _, h := range list {
		if h.ID == id || id == 0 && len(list) == 1 {
			return h, nil
		}
	}
	if len(list) == 0 || id != 0 {
		return record.Holding{}, code.NotOwner.New("%s owns no such holding of %s", owner, certificate)
	}
	ids := make([]string, len(list))
	for i, h := range list {
		ids[i] = fmt.Sprintf("%d (%s)", h.ID, yuan(h.Amount()))
	}
	return record.Holding{}, code.BadArgument.New("there are %d holdings; say which with --holding: %s", len(list), strings.Join(ids, ", "))
}

func (a *app) certificateSplit() *cobra.Command {
	var take amountsFlag
	var holding uint32
	return a.command(spec{
		use: "split NUMBER", short: "Cut pieces off the low end of a holding",
		example: `  scf certificate split 9133...14 --take 300,000.00 --as supplier1/maker`, args: cobra.ExactArgs(1), needs: []string{"take"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&take, "take", "amount of a piece; repeat for several")
			f.Uint32Var(&holding, "holding", 0, "id of the holding, if there are several")
		},
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			h, err := s.one(ctx, args[0], holding)
			if err != nil {
				return err
			}
			in := certificate.SplitArgument{Certificate: args[0], Holding: h.ID, Version: h.Version, Interval: h.Interval, Amounts: take}
			var done certificate.PiecesResult
			return s.act(ctx, "certificate:Split", in, &done, func() string { return piecesSaid("split into", done.Pieces) })
		},
	})
}

func piecesSaid(verb string, pieces []record.Leg) string {
	var b strings.Builder
	b.WriteString(verb)
	for _, p := range pieces {
		fmt.Fprintf(&b, "\n  holding %d  %s  [%s]", p.Holding, yuan(p.Interval.Amount()), p.Interval)
	}
	return b.String()
}

func (a *app) certificateMerge() *cobra.Command {
	var holdings []uint
	return a.command(spec{
		use: "merge NUMBER", short: "Join neighbouring holdings into one",
		long:    "Joins the holdings named, or all of yours when none is named. They must be\nneighbours, with equal terms and no locks.",
		example: `  scf certificate merge 9133...14 --holding 1 --holding 2 --as supplier1/maker`, args: cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) { f.UintSliceVar(&holdings, "holding", nil, "id of a holding; repeat") },
		run: func(ctx context.Context, args []string) error {
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			owner, err := s.self(ctx)
			if err != nil {
				return err
			}
			list, err := s.owned(ctx, args[0], owner)
			if err != nil {
				return err
			}
			in := certificate.MergeArgument{Certificate: args[0]}
			for _, h := range list {
				if len(holdings) == 0 || containsID(holdings, h.ID) {
					in.Holdings = append(in.Holdings, certificate.HoldingVersion{Holding: h.ID, Version: h.Version})
				}
			}
			if len(in.Holdings) < max(2, len(holdings)) {
				return code.NotOwner.New("%d of your holdings of %s match, 2 or more are merged", len(in.Holdings), args[0])
			}
			var done certificate.PiecesResult
			return s.act(ctx, "certificate:Merge", in, &done, func() string { return piecesSaid("merged into", done.Pieces) })
		},
	})
}

func containsID(ids []uint, id uint32) bool {
	for _, i := range ids {
		if i == uint(id) {
			return true
		}
	}
	return false
}
