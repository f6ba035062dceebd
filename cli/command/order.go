package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/certificate"
)

// instrument are the flags that every order of a court or authority has.
type instrument struct {
	authority, docket string
	document          documentFlag
}

func (i *instrument) flags(f *pflag.FlagSet) {
	f.StringVar(&i.authority, "authority", "", "name of the court or authority")
	f.StringVar(&i.docket, "docket", "", "number of the instrument")
	f.Var(&i.document, "document", "the instrument: a file, or its SHA-256")
}

func (i *instrument) needs(more ...string) []string {
	return append([]string{"authority", "docket", "document"}, more...)
}

const enteredAndConfirmed = "One institution enters the order, another confirms it with scf approval approve."

func (a *app) certificateFreeze() *cobra.Command {
	var i instrument
	var target string
	var amount amountFlag
	return a.command(spec{
		use: "freeze NUMBER...", short: "Enter an order to freeze what a member owns", long: enteredAndConfirmed,
		example: `  scf certificate freeze 9133...14 --target supplier2 --amount 100,000.00 --authority 杭州市中级人民法院 \
    --docket "(2026)浙01执1号" --document order.pdf --as bank1/maker`,
		args: cobra.MinimumNArgs(1), needs: i.needs("target", "amount"),
		flags: func(f *pflag.FlagSet) {
			i.flags(f)
			f.StringVar(&target, "target", "", "whose fen")
			f.Var(&amount, "amount", "at most so much, certificate by certificate as named")
		},
		run: func(ctx context.Context, args []string) error {
			id, err := a.member(target)
			if err != nil {
				return err
			}
			return a.act(ctx, "certificate:Freeze", certificate.FreezeArgument{
				Authority: i.authority, Docket: i.docket, Document: i.document.Digest, Target: id, Certificates: args, Amount: amount.Fen,
			}, nil, func() string { return "done" })
		},
	})
}

func (a *app) certificateUnfreeze() *cobra.Command {
	var i instrument
	return a.command(spec{
		use: "unfreeze ORDER", short: "Enter an order to lift a freeze", long: enteredAndConfirmed,
		example: `  scf certificate unfreeze 77aa... --authority 杭州市中级人民法院 --docket "(2026)浙01执2号" --document order.pdf --as bank1/maker`,
		args:    cobra.ExactArgs(1), needs: i.needs(), flags: i.flags,
		run: func(ctx context.Context, args []string) error {
			return a.act(ctx, "certificate:Unfreeze", certificate.UnfreezeArgument{
				Authority: i.authority, Docket: i.docket, Document: i.document.Digest, Order: args[0],
			}, nil, func() string { return "done" })
		},
	})
}

func (a *app) certificateJudicial() *cobra.Command {
	var i instrument
	var target, receiver, freeze string
	var amount amountFlag
	return a.command(spec{
		use: "judicial-transfer NUMBER", short: "Enter a court's order to move fen to another owner", long: enteredAndConfirmed,
		example: `  scf certificate judicial-transfer 9133...14 --target supplier2 --receiver supplier1 --amount 100,000.00 \
    --freeze 77aa... --authority 杭州市中级人民法院 --docket "(2026)浙01执3号" --document order.pdf --as bank1/maker`,
		args: cobra.ExactArgs(1), needs: i.needs("target", "receiver"),
		flags: func(f *pflag.FlagSet) {
			i.flags(f)
			f.StringVar(&target, "target", "", "whose fen")
			f.StringVar(&receiver, "receiver", "", "who owns them then")
			f.StringVar(&freeze, "freeze", "", "id of the freeze that this carries out")
			f.Var(&amount, "amount", "how much")
		},
		run: func(ctx context.Context, args []string) error {
			in := certificate.JudicialTransferArgument{
				Authority: i.authority, Docket: i.docket, Document: i.document.Digest, Freeze: freeze, Certificate: args[0], Amount: amount.Fen,
			}
			var err error
			if in.Target, in.Receiver, err = a.pair(target, receiver); err != nil {
				return err
			}
			return a.act(ctx, "certificate:JudicialTransfer", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) certificateSuccession() *cobra.Command {
	var i instrument
	var target, receiver string
	return a.command(spec{
		use: "succession NUMBER...", short: "Enter that a member's holdings pass to its successor", long: enteredAndConfirmed,
		example: `  scf certificate succession 9133...14 --target supplier2 --receiver supplier1 --authority 市场监督管理局 \
    --docket "合并登记1号" --document merger.pdf --as bank1/maker`,
		args: cobra.MinimumNArgs(1), needs: i.needs("target", "receiver"),
		flags: func(f *pflag.FlagSet) {
			i.flags(f)
			f.StringVar(&target, "target", "", "whose holdings")
			f.StringVar(&receiver, "receiver", "", "the successor")
		},
		run: func(ctx context.Context, args []string) error {
			in := certificate.SuccessionArgument{Authority: i.authority, Docket: i.docket, Document: i.document.Digest, Certificates: args}
			var err error
			if in.Target, in.Receiver, err = a.pair(target, receiver); err != nil {
				return err
			}
			return a.act(ctx, "certificate:Succession", in, nil, func() string { return "done" })
		},
	})
}

func (a *app) pair(target, receiver string) (from, to string, err error) {
	if from, err = a.member(target); err != nil {
		return "", "", fmt.Errorf("--target: %w", err)
	}
	if to, err = a.member(receiver); err != nil {
		return "", "", fmt.Errorf("--receiver: %w", err)
	}
	return from, to, nil
}
