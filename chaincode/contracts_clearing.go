package chaincode

import (
	"github.com/tierledger/tierledger/chaincode/alert"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// ConfirmFunds is clearing.ConfirmFunds.
func (*clearingContract) ConfirmFunds(ctx *Context, in clearing.ConfirmFundsArgument) (*clearing.FundsResult, error) {
	return submit[clearing.FundsResult](ctx, in)
}

// Report is clearing.Take.
func (*clearingContract) Report(ctx *Context, in clearing.ReportArgument) (*settlement.Result, error) {
	return submit[settlement.Result](ctx, in)
}

// Replace is clearing.Replace.
func (*clearingContract) Replace(ctx *Context, in clearing.LegArgument) (*clearing.LegResult, error) {
	return submit[clearing.LegResult](ctx, in)
}

// Drop is clearing.Drop.
func (*clearingContract) Drop(ctx *Context, in clearing.DropArgument) (*clearing.LegResult, error) {
	return submit[clearing.LegResult](ctx, in)
}

// Direct is clearing.Direct.
func (*clearingContract) Direct(ctx *Context, in clearing.DirectArgument) (*clearing.LegResult, error) {
	return submit[clearing.LegResult](ctx, in)
}

// Recourse is clearing.Recourse.
func (*clearingContract) Recourse(ctx *Context, in clearing.RecoverArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// CallGuarantee is clearing.CallGuarantee.
func (*clearingContract) CallGuarantee(ctx *Context, in clearing.RecoverArgument) (*financing.SettlementResult, error) {
	return submit[financing.SettlementResult](ctx, in)
}

// OfferExtension is clearing.OfferExtension.
func (*clearingContract) OfferExtension(ctx *Context, in clearing.ExtendArgument) (*clearing.ExtensionResult, error) {
	return submit[clearing.ExtensionResult](ctx, in)
}

// AcceptExtension is clearing.AcceptExtension.
func (*clearingContract) AcceptExtension(ctx *Context, in clearing.AcceptExtensionArgument) (*clearing.ExtensionResult, error) {
	return submit[clearing.ExtensionResult](ctx, in)
}

// ConsentToExtension is clearing.ConsentToExtension.
func (*clearingContract) ConsentToExtension(ctx *Context, in clearing.ExtensionArgument) (*clearing.ExtensionResult, error) {
	return submit[clearing.ExtensionResult](ctx, in)
}

// WithdrawExtension is clearing.WithdrawExtension.
func (*clearingContract) WithdrawExtension(ctx *Context, in clearing.ExtensionArgument) (*clearing.ExtensionResult, error) {
	return submit[clearing.ExtensionResult](ctx, in)
}

// Waive is clearing.Waive.
func (*clearingContract) Waive(ctx *Context, in clearing.WaiveArgument) (*clearing.WaiverResult, error) {
	return submit[clearing.WaiverResult](ctx, in)
}

// ConsentToWaiver is clearing.ConsentToWaiver.
func (*clearingContract) ConsentToWaiver(ctx *Context, in clearing.WaiverArgument) (*clearing.WaiverResult, error) {
	return submit[clearing.WaiverResult](ctx, in)
}

// Answer is alert.Answer.
func (*alertContract) Answer(ctx *Context, in alert.AnswerArgument) (*alert.AnswerResult, error) {
	return submit[alert.AnswerResult](ctx, in)
}
