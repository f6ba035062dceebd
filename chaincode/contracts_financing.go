package chaincode

import (
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// SetLimit is credit.SetLimit.
func (*creditContract) SetLimit(ctx *Context, in credit.LimitArgument) (*credit.LimitResult, error) {
	return submit[credit.LimitResult](ctx, in)
}

// Request is financing.Request.
func (*financingContract) Request(ctx *Context, in financing.RequestArgument) (*financing.RequestResult, error) {
	return submit[financing.RequestResult](ctx, in)
}

// Quote is financing.Quote.
func (*financingContract) Quote(ctx *Context, in financing.QuoteArgument) (*financing.QuoteResult, error) {
	return submit[financing.QuoteResult](ctx, in)
}

// WithdrawQuote is financing.WithdrawQuote.
func (*financingContract) WithdrawQuote(ctx *Context, in financing.Argument) (*financing.QuoteResult, error) {
	return submit[financing.QuoteResult](ctx, in)
}

// Select is financing.Select.
func (*financingContract) Select(ctx *Context, in financing.SelectArgument) (*financing.AgreedResult, error) {
	return submit[financing.AgreedResult](ctx, in)
}

// PostRate is financing.PostRate.
func (*financingContract) PostRate(ctx *Context, in financing.RateArgument) (*financing.RateResult, error) {
	return submit[financing.RateResult](ctx, in)
}

// CloseRate is financing.CloseRate.
func (*financingContract) CloseRate(ctx *Context, in financing.NameArgument) (*financing.RateResult, error) {
	return submit[financing.RateResult](ctx, in)
}

// TakeRate is financing.TakeRate.
func (*financingContract) TakeRate(ctx *Context, in financing.TakeRateArgument) (*financing.AgreedResult, error) {
	return submit[financing.AgreedResult](ctx, in)
}

// Guarantee is financing.Guarantee.
func (*financingContract) Guarantee(ctx *Context, in financing.ConsentArgument) (*financing.Result, error) {
	return submit[financing.Result](ctx, in)
}

// BearShare is financing.BearShare.
func (*financingContract) BearShare(ctx *Context, in financing.ConsentArgument) (*financing.Result, error) {
	return submit[financing.Result](ctx, in)
}

// Resell is financing.Resell.
func (*financingContract) Resell(ctx *Context, in financing.ResellArgument) (*financing.AgreedResult, error) {
	return submit[financing.AgreedResult](ctx, in)
}

// BuyBack is financing.BuyBack.
func (*financingContract) BuyBack(ctx *Context, in financing.BuyBackArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// Repay is financing.Repay.
func (*financingContract) Repay(ctx *Context, in financing.RepayArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// PostDiscount is financing.PostDiscount.
func (*financingContract) PostDiscount(ctx *Context, in financing.DiscountArgument) (*financing.DiscountResult, error) {
	return submit[financing.DiscountResult](ctx, in)
}

// CloseDiscount is financing.CloseDiscount.
func (*financingContract) CloseDiscount(ctx *Context, in financing.NameArgument) (*financing.DiscountResult, error) {
	return submit[financing.DiscountResult](ctx, in)
}

// TakeDiscount is financing.TakeDiscount.
func (*financingContract) TakeDiscount(ctx *Context, in financing.TakeDiscountArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// PaidOutside is financing.PaidOutside.
func (*financingContract) PaidOutside(ctx *Context, in financing.PaidOutsideArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// Record is registration.Record.
func (*registrationContract) Record(ctx *Context, in registration.Argument) (*registration.Result, error) {
	return submit[registration.Result](ctx, in)
}

// Instruct is settlement.Instruct.
func (*settlementContract) Instruct(ctx *Context, in settlement.Argument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// Advise is settlement.Advise.
func (*settlementContract) Advise(ctx *Context, in settlement.AdviceArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// Confirm is settlement.Confirm.
func (*settlementContract) Confirm(ctx *Context, in settlement.AdviceArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// Dispute is settlement.Dispute.
func (*settlementContract) Dispute(ctx *Context, in settlement.EndArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// NotPaid is settlement.NotPaid.
func (*settlementContract) NotPaid(ctx *Context, in settlement.NotPaidArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// Cancel is settlement.Cancel.
func (*settlementContract) Cancel(ctx *Context, in settlement.EndArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}
