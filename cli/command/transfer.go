package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

func (a *app) certificateTransfer() *cobra.Command {
	var to, reference string
	var amount amountFlag
	var invoices invoiceFlag
	var holding uint32
	return a.command(spec{
		use: "transfer NUMBER...", short: "Offer part of what you hold in payment; the receiver accepts",
		long: `Takes the amount from the low end of your unlocked fen of the certificates, in
the order they are named, and offers it to the receiver: all or nothing. The fen
stay yours and locked until the receiver accepts.`,
		example: `  scf certificate transfer 9133...14 --to supplier2 --amount 300,000.00 --reference PAY-7 --invoice 9be0... --as supplier1/maker`,
		args:    cobra.MinimumNArgs(1), needs: []string{"to", "amount", "reference", "invoice"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&to, "to", "", "the receiver")
			f.Var(&amount, "amount", "how much")
			f.StringVar(&reference, "reference", "", "your own payment reference")
			f.Var(&invoices, "invoice", "invoice of the receiver; without an amount as much as is needed; repeat")
			f.Uint32Var(&holding, "holding", 0, "take it from this holding only")
		},
		run: func(ctx context.Context, args []string) error {
			in := certificate.TransferArgument{Reference: reference}
			var err error
			if in.To, err = a.member(to); err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			if in.Legs, err = s.take(ctx, args, holding, amount.Fen); err != nil {
				return err
			}
			if in.Allocations, err = s.allocate(ctx, invoices, amount.Fen); err != nil {
				return err
			}
			var done certificate.TransferResult
			return s.act(ctx, "certificate:Transfer", in, &done, func() string {
				return fmt.Sprintf("offered %s as transfer %s; to be accepted until %s", yuan(done.Amount), done.ID, done.LapsesAt)
			})
		},
	})
}

// take chooses the fen of a payment out of the signer's holdings.
func (s *session) take(ctx context.Context, certificates []string, holding uint32, amount money.Fen) ([]record.Leg, error) {
	owner, err := s.self(ctx)
	if err != nil {
		return nil, err
	}
	return s.takeOf(ctx, owner, certificates, holding, amount)
}

// takeOf chooses the fen of a payment out of an owner's holdings.
func (s *session) takeOf(
	ctx context.Context, owner string, certificates []string, holding uint32, amount money.Fen,
) ([]record.Leg, error) {
	var all []record.Holding
	for _, number := range certificates {
		list, err := s.owned(ctx, number, owner)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			if holding == 0 || h.ID == holding {
				all = append(all, h)
			}
		}
	}
	if len(all) == 0 {
		return nil, code.NotOwner.New("%s owns no such holding of %s", owner, strings.Join(certificates, ", "))
	}
	return takeLow(all, amount)
}

func (a *app) acceptTransfer(ctx context.Context, id string) error {
	var done certificate.OfferResult
	return a.act(ctx, "certificate:AcceptTransfer", certificate.OfferArgument{ID: id}, &done,
		func() string { return piecesSaid("accepted; you hold", done.Pieces) })
}

func (a *app) rejectTransfer(ctx context.Context, id, reason string) error {
	return a.act(ctx, "certificate:RejectTransfer", certificate.RejectTransferArgument{ID: id, Reason: reason}, nil,
		func() string { return "rejected transfer " + id })
}

func (a *app) transferAccept() *cobra.Command {
	return a.command(spec{
		use: "accept-transfer TRANSFER", short: "Accept a transfer", example: `  scf certificate accept-transfer 6d09... --as supplier2/maker`,
		args: cobra.ExactArgs(1),
		run:  func(ctx context.Context, args []string) error { return a.acceptTransfer(ctx, args[0]) },
	})
}

func (a *app) transferReject() *cobra.Command {
	var reason string
	return a.command(spec{
		use: "reject-transfer TRANSFER", short: "Refuse a transfer",
		example: `  scf certificate reject-transfer 6d09... --reason "not our invoice" --as supplier2/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"reason"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&reason, "reason", "", "why, for the sender") },
		run:   func(ctx context.Context, args []string) error { return a.rejectTransfer(ctx, args[0], reason) },
	})
}

func (a *app) transferWithdraw() *cobra.Command {
	return a.command(spec{
		use: "withdraw-transfer TRANSFER", short: "Take a transfer back before it is accepted",
		example: `  scf certificate withdraw-transfer 6d09... --as supplier1/maker`, args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "certificate:WithdrawTransfer", certificate.OfferArgument{ID: args[0]}, nil,
				func() string { return "withdrew transfer " + args[0] })
		},
	})
}

func (a *app) certificatePledge() *cobra.Command {
	var to, registration string
	var amount, secured amountFlag
	var document documentFlag
	var holding uint32
	return a.command(spec{
		use: "pledge NUMBER", short: "Pledge fen to a bank; the bank approves",
		example: `  scf certificate pledge 9133...14 --to bank2 --amount 200,000.00 --secured 180,000.00 \
    --registration 0123456789 --document pledge.pdf --propose --as supplier1/maker`,
		args: cobra.ExactArgs(1), needs: []string{"to", "amount", "secured", "registration", "document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&to, "to", "", "the pledgee, a bank")
			f.Var(&amount, "amount", "how much, from the low end")
			f.Var(&secured, "secured", "amount secured")
			f.StringVar(&registration, "registration", "", "number in the unified registry (中登网)")
			f.Var(&document, "document", "the pledge contract: a file, or its SHA-256")
			f.Uint32Var(&holding, "holding", 0, "take it from this holding only")
		},
		run: func(ctx context.Context, args []string) error {
			in := certificate.PledgeArgument{Secured: secured.Fen, Registration: registration, Document: document.Digest}
			var err error
			if in.Pledgee, err = a.member(to); err != nil {
				return err
			}
			s, err := a.open(ctx)
			if err != nil {
				return err
			}
			legs, err := s.take(ctx, args, holding, amount.Fen)
			if err != nil {
				return err
			}
			if len(legs) != 1 {
				return code.HoldingChanged.New("the amount lies in %d places; pledge them one by one, or merge the holdings", len(legs))
			}
			in.Leg = legs[0]
			var done certificate.PledgeResult
			return s.act(ctx, "certificate:Pledge", in, &done, func() string { return "pledge " + done.ID })
		},
	})
}

func (a *app) certificateRelease() *cobra.Command {
	return a.command(spec{
		use: "release PLEDGE", short: "Release a pledge; the pledgee signs", example: `  scf certificate release 41c0... --as bank2/maker`,
		args: cobra.ExactArgs(1),
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "certificate:ReleasePledge", certificate.PledgeIDArgument{ID: args[0]}, nil,
				func() string { return "released pledge " + args[0] })
		},
	})
}

func (a *app) confirmationRequest() *cobra.Command {
	var debtor, contract string
	var amount amountFlag
	return a.command(spec{
		use: "request-confirmation", short: "Ask a debtor to confirm what it owes (确权); starts the 30-day clock",
		example: `  scf certificate request-confirmation --debtor core --contract 5ce1... --amount 600,000.00 --as supplier1/maker`,
		needs:   []string{"debtor", "contract", "amount"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&debtor, "debtor", "", "who owes it")
			f.StringVar(&contract, "contract", "", "id of the trade contract")
			f.Var(&amount, "amount", "how much")
		},
		run: func(ctx context.Context, _ []string) error {
			id, err := a.member(debtor)
			if err != nil {
				return err
			}
			var done certificate.ConfirmationResult
			in := certificate.ConfirmationArgument{Debtor: id, Contract: contract, Amount: amount.Fen}
			return a.act(ctx, "certificate:RequestConfirmation", in, &done, func() string {
				return fmt.Sprintf("request %s; the debtor answers until %s", done.ID, done.DueAt)
			})
		},
	})
}

func (a *app) confirmationAnswer() *cobra.Command {
	var refuse string
	return a.command(spec{
		use: "answer-confirmation REQUEST", short: "Confirm a debt, or say why not; the debtor signs",
		example: "  scf certificate answer-confirmation 8e55... --as core/maker\n" +
			`  scf certificate answer-confirmation 8e55... --refuse "goods were returned" --as core/maker`,
		args:  cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) { f.StringVar(&refuse, "refuse", "", "do not agree, for this reason") },
		run: func(ctx context.Context, args []string) error {
			var done certificate.ConfirmationResult
			in := certificate.AnswerArgument{ID: args[0], Agree: refuse == "", Reason: refuse}
			return a.act(ctx, "certificate:AnswerConfirmation", in, &done, func() string { return fmt.Sprintf("request %s: %s", done.ID, done.State) })
		},
	})
}
