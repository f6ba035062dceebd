package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/financing"
)

func (a *app) financeResell() *cobra.Command {
	var to string
	var amount, price amountFlag
	var contract documentFlag
	var in financing.ResellArgument
	return a.command(spec{
		use: "resell FINANCING", short: "Propose to sell fen that your bank bought to another bank; the buyer approves",
		long: `Takes the amount from the low end of the fen that the bank still holds under the
financing, or all of them. It becomes a financing of its own, which the buyer
registers and pays like any other.`,
		example: `  scf finance resell 7a01... --to bank3 --amount 100,000.00 --price 99,000.00 --contract resale.pdf \
    --account nostro --buyer-account nostro --as bank2/maker`,
		args: cobra.ExactArgs(1), needs: []string{"to", "price", "contract", "buyer-account"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&to, "to", "", "the bank that buys")
			f.Var(&amount, "amount", "how much, from the low end (default: all)")
			f.Var(&price, "price", "what the buyer pays")
			f.BoolVar(&in.Recourse, "recourse", false, "your bank stands behind them")
			f.Var(&contract, "contract", "the contract between the banks: a file, or its SHA-256")
			f.StringVar(&in.Account, "account", "", "your bank's account, to be paid to (default: the only one)")
			f.StringVar(&in.BuyerAccount, "buyer-account", "", "the buyer's account, from which it pays")
		},
		run: func(ctx context.Context, args []string) (err error) {
			if in.Buyer, err = a.member(to); err != nil {
				return err
			}
			s, f, err := a.financing(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			if in.Legs, err = s.fenOf(ctx, f, amount.Fen); err != nil {
				return err
			}
			if in.Account, err = s.account(ctx, in.Account); err != nil {
				return err
			}
			in.Financing, in.Price, in.Contract = f.ID, price.Fen, contract.Digest
			var done financing.AgreedResult
			return s.act(ctx, "financing:Resell", in, &done, func() string { return "resold as financing " + done.ID })
		},
	})
}

func (a *app) financeBuyBack() *cobra.Command {
	var amount, price amountFlag
	var contract documentFlag
	var in financing.BuyBackArgument
	return a.command(spec{
		use: "buy-back FINANCING", short: "Propose that the seller with recourse takes its fen back; the other side approves",
		long: `Bank or seller proposes, the other approves; the seller pays, and then the fen are
its own again. Without an amount it is about all fen that are still with the bank.`,
		example: `  scf finance buy-back 7a01... --price 119,000.00 --contract buyback.pdf --as bank2/maker`,
		args:    cobra.ExactArgs(1), needs: []string{"price", "contract"},
		flags: func(f *pflag.FlagSet) {
			f.Var(&amount, "amount", "how much, from the low end (default: all)")
			f.Var(&price, "price", "what the seller pays")
			f.Var(&contract, "contract", "what both agreed: a file, or its SHA-256")
			f.StringVar(&in.Account, "account", "", "the seller's account, from which it pays (default: that of the financing)")
			f.StringVar(&in.BankAccount, "bank-account", "", "the bank's account (default: that of the financing)")
		},
		run: func(ctx context.Context, args []string) error {
			s, f, err := a.financing(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			if in.Legs, err = s.fenOf(ctx, f, amount.Fen); err != nil {
				return err
			}
			if in.Account == "" {
				in.Account = f.Account
			}
			if in.BankAccount == "" {
				in.BankAccount = f.FunderAccount
			}
			in.Financing, in.Price, in.Contract = f.ID, price.Fen, contract.Digest
			var done financing.SettlementResult
			return s.act(ctx, "financing:BuyBack", in, &done, func() string { return owedSaid("bought back", done) })
		},
	})
}

func owedSaid(verb string, done financing.SettlementResult) string {
	return fmt.Sprintf("%s: settlement %s over %s", verb, done.ID, yuan(done.Amount))
}
