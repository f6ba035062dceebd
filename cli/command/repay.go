package command

import (
	"context"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// payoff is what repaying a loan on a day comes to.
type payoff struct {
	Financing    string        `json:"financing"`
	ValueDate    calendar.Date `json:"valueDate"`
	Principal    money.Fen     `json:"principal"`
	Earned       money.Fen     `json:"earned"` // interest from the loan's value date
	Amount       money.Fen     `json:"amount"` // what the borrower pays
	DebtorRefund money.Fen     `json:"debtorRefund"`
}

func (p *payoff) write(w io.Writer) {
	fields(w, "financing", p.Financing, "value date", p.ValueDate.String(), "principal", yuan(p.Principal),
		"interest until then", yuan(p.Earned), "the bank returns to the debtor", yuanSaid(p.DebtorRefund), "to be paid", yuan(p.Amount))
}

// payoff recalculates a loan to a day, today for none: FINANCING_STATE for what is
// no loan that was paid out.
func (s *session) payoff(ctx context.Context, f *client.Financing, day calendar.Date) (payoff, error) {
	if f.State != record.FinancingDisbursed || f.Terms.Kind != record.PledgeLoan {
		return payoff{}, code.FinancingState.New("financing %s, %s, is %s: no loan is outstanding", f.ID, f.Terms.Kind, f.State)
	}
	day, err := s.dayOr(ctx, day)
	if err != nil {
		return payoff{}, err
	}
	parts, err := s.parts(ctx, f.Settlement.Legs)
	if err != nil {
		return payoff{}, err
	}
	p, err := financing.PayoffOf(f.Terms, f.Cost, parts, day)
	if f.Cost.DebtorInterest == 0 {
		p.DebtorRefund = 0
	}
	return payoff{f.ID, day, f.Cost.Advance, p.Earned, p.Amount, p.DebtorRefund}, err
}

// dayOr is a day, or the ledger's today for none.
func (s *session) dayOr(ctx context.Context, day calendar.Date) (calendar.Date, error) {
	if !day.IsZero() {
		return day, nil
	}
	now, err := s.Time(ctx)
	return now.Date(), err
}

func (a *app) financePayoff() *cobra.Command {
	var day dateFlag
	return a.command(spec{
		use: "payoff FINANCING", short: "See what it costs to repay a loan early", args: cobra.ExactArgs(1),
		example: `  scf finance payoff 7a01... --value-date 2026-12-01 --as supplier1/maker`,
		flags:   func(f *pflag.FlagSet) { f.Var(&day, "value-date", "day of the repayment (default: today)") },
		run: func(ctx context.Context, args []string) error {
			s, f, err := a.financing(ctx, a.read, args[0])
			if err != nil {
				return err
			}
			p, err := s.payoff(ctx, f, day.Date)
			if err != nil {
				return err
			}
			return a.print(p, p.write)
		},
	})
}

func (a *app) financeRepay() *cobra.Command {
	var account, bankAccount string
	var day dateFlag
	return a.command(spec{
		use: "repay FINANCING", short: "Repay a whole loan early; its pledge ends when the bank is paid",
		long: `Works out the principal with the interest recalculated to the value date, shows it,
and agrees to pay it. The payment has to be instructed on the value date at the
latest.`,
		example: `  scf finance repay 7a01... --value-date 2026-12-01 --as supplier1/maker`, args: cobra.ExactArgs(1),
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&account, "account", "", "your account, from which you pay (default: that of the financing)")
			f.StringVar(&bankAccount, "bank-account", "", "the bank's account (default: that of the financing)")
			f.Var(&day, "value-date", "day of the repayment (default: today)")
		},
		run: func(ctx context.Context, args []string) error {
			s, f, err := a.financing(ctx, a.open, args[0])
			if err != nil {
				return err
			}
			p, err := s.payoff(ctx, f, day.Date)
			if err != nil {
				return err
			}
			if account == "" {
				account = f.Account
			}
			a.before(p.write)
			in := financing.RepayArgument{Financing: f.ID, Account: account, BankAccount: bankAccount, ValueDate: p.ValueDate, Amount: p.Amount}
			var done financing.SettlementResult
			return s.act(ctx, "financing:Repay", in, &done, func() string { return owedSaid("to be repaid", done) })
		},
	})
}
