package chaincode

import (
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/rules"
)

// The contracts as the contract library reflects them. A method's name and types
// are those of the function's entry in the table; a test compares them. What a
// method does is in the table too.
type (
	memberContract       struct{ contractapi.Contract }
	rulesContract        struct{ contractapi.Contract }
	creditContract       struct{ contractapi.Contract }
	evidenceContract     struct{ contractapi.Contract }
	certificateContract  struct{ contractapi.Contract }
	settlementContract   struct{ contractapi.Contract }
	clearingContract     struct{ contractapi.Contract }
	alertContract        struct{ contractapi.Contract }
	registrationContract struct{ contractapi.Contract }
	financingContract    struct{ contractapi.Contract }
	approvalContract     struct{ contractapi.Contract }
	batchContract        struct{ contractapi.Contract }
	sweepContract        struct{ contractapi.Contract }
	devnetContract       struct{ contractapi.Contract }
)

func allContracts() []contractapi.ContractInterface {
	return []contractapi.ContractInterface{
		&memberContract{contract("member")},
		&rulesContract{contract("rules")},
		&creditContract{contract("credit")},
		&evidenceContract{contract("evidence")},
		&certificateContract{contract("certificate")},
		&financingContract{contract("financing")},
		&registrationContract{contract("registration")},
		&settlementContract{contract("settlement")},
		&clearingContract{contract("clearing")},
		&alertContract{contract("alert")},
		&approvalContract{contract("approval")},
		&batchContract{contract("batch")},
		&sweepContract{contract("sweep")},
		&devnetContract{contract("devnet")},
	}
}

func contract(name string) contractapi.Contract {
	return contractapi.Contract{Name: name, TransactionContextHandler: new(Context)}
}

// Enrol is member.Enrol.
func (*memberContract) Enrol(ctx *Context, in member.EnrolArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// AdmitInstitution is member.AdmitInstitution.
func (*memberContract) AdmitInstitution(ctx *Context, in member.EnrolArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// Update is member.Update.
func (*memberContract) Update(ctx *Context, in member.UpdateArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// UpdateInstitution is member.UpdateInstitution.
func (*memberContract) UpdateInstitution(ctx *Context, in member.UpdateArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// Suspend is member.Suspend.
func (*memberContract) Suspend(ctx *Context, in member.StandingArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// Resume is member.Resume.
func (*memberContract) Resume(ctx *Context, in member.StandingArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// SuspendInstitution is member.SuspendInstitution.
func (*memberContract) SuspendInstitution(ctx *Context, in member.StandingArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// ResumeInstitution is member.ResumeInstitution.
func (*memberContract) ResumeInstitution(ctx *Context, in member.StandingArgument) (*member.Result, error) {
	return submit[member.Result](ctx, in)
}

// AddCredential is member.AddCredential.
func (*memberContract) AddCredential(ctx *Context, in member.AddCredentialArgument) (*member.CredentialResult, error) {
	return submit[member.CredentialResult](ctx, in)
}

// RenewCredential is member.RenewCredential.
func (*memberContract) RenewCredential(ctx *Context, in member.RenewCredentialArgument) (*member.CredentialResult, error) {
	return submit[member.CredentialResult](ctx, in)
}

// RevokeCredential is member.RevokeCredential, with the proposals that fall.
func (*memberContract) RevokeCredential(ctx *Context, in member.RevokeCredentialArgument) (*RevokeResult, error) {
	return submit[RevokeResult](ctx, in)
}

// Recover is member.Recover.
func (*memberContract) Recover(ctx *Context, in member.RecoverArgument) (*member.CredentialResult, error) {
	return submit[member.CredentialResult](ctx, in)
}

// RecoverAdmin is member.RecoverAdmin.
func (*memberContract) RecoverAdmin(ctx *Context, in member.RecoverArgument) (*member.CredentialResult, error) {
	return submit[member.CredentialResult](ctx, in)
}

// SetPolicy is member.SetPolicy.
func (*memberContract) SetPolicy(ctx *Context, in member.SetPolicyArgument) (*member.PolicyResult, error) {
	return submit[member.PolicyResult](ctx, in)
}

// ProposeAccount is member.ProposeAccount.
func (*memberContract) ProposeAccount(ctx *Context, in member.ProposeAccountArgument) (*member.AccountResult, error) {
	return submit[member.AccountResult](ctx, in)
}

// ConfirmAccount is member.ConfirmAccount.
func (*memberContract) ConfirmAccount(ctx *Context, in member.AccountArgument) (*member.AccountResult, error) {
	return submit[member.AccountResult](ctx, in)
}

// ChooseAccount is member.ChooseAccount.
func (*memberContract) ChooseAccount(ctx *Context, in member.ChooseAccountArgument) (*member.AccountResult, error) {
	return submit[member.AccountResult](ctx, in)
}

// CloseAccount is member.CloseAccount.
func (*memberContract) CloseAccount(ctx *Context, in member.AccountArgument) (*member.AccountResult, error) {
	return submit[member.AccountResult](ctx, in)
}

// AdmitValidator is member.AdmitValidator.
func (*memberContract) AdmitValidator(ctx *Context, in member.ValidatorArgument) (*member.ValidatorResult, error) {
	return submit[member.ValidatorResult](ctx, in)
}

// RemoveValidator is member.RemoveValidator.
func (*memberContract) RemoveValidator(ctx *Context, in member.BankArgument) (*member.ValidatorResult, error) {
	return submit[member.ValidatorResult](ctx, in)
}

// SetFingerprintEpoch is member.SetFingerprintEpoch.
func (*memberContract) SetFingerprintEpoch(ctx *Context, in member.EpochArgument) (*member.EpochArgument, error) {
	return submit[member.EpochArgument](ctx, in)
}

// AdoptPack is rules.AdoptPack.
func (*rulesContract) AdoptPack(ctx *Context, in rules.AdoptPackArgument) (*rules.AdoptPackResult, error) {
	return submit[rules.AdoptPackResult](ctx, in)
}

// StopDebtor is rules.StopDebtor.
func (*rulesContract) StopDebtor(ctx *Context, in rules.StopArgument) (*rules.StopResult, error) {
	return submit[rules.StopResult](ctx, in)
}

// LiftStop is rules.LiftStop.
func (*rulesContract) LiftStop(ctx *Context, in rules.StopArgument) (*rules.StopResult, error) {
	return submit[rules.StopResult](ctx, in)
}

// SetGroup is credit.SetGroup.
func (*creditContract) SetGroup(ctx *Context, in credit.GroupArgument) (*credit.GroupResult, error) {
	return submit[credit.GroupResult](ctx, in)
}

// Grant is credit.Grant.
func (*creditContract) Grant(ctx *Context, in credit.GrantArgument) (*credit.LineResult, error) {
	return submit[credit.LineResult](ctx, in)
}

// FreezeLine is credit.FreezeLine.
func (*creditContract) FreezeLine(ctx *Context, in credit.LineArgument) (*credit.LineResult, error) {
	return submit[credit.LineResult](ctx, in)
}

// UnfreezeLine is credit.UnfreezeLine.
func (*creditContract) UnfreezeLine(ctx *Context, in credit.LineArgument) (*credit.LineResult, error) {
	return submit[credit.LineResult](ctx, in)
}

// RecordContract is evidence.RecordContract.
func (*evidenceContract) RecordContract(ctx *Context, in evidence.ContractArgument) (*evidence.DocumentResult, error) {
	return submit[evidence.DocumentResult](ctx, in)
}

// RecordDelivery is evidence.RecordDelivery.
func (*evidenceContract) RecordDelivery(ctx *Context, in evidence.DeliveryArgument) (*evidence.DocumentResult, error) {
	return submit[evidence.DocumentResult](ctx, in)
}

// RecordInvoice is evidence.RecordInvoice.
func (*evidenceContract) RecordInvoice(ctx *Context, in evidence.InvoiceArgument) (*evidence.InvoiceResult, error) {
	return submit[evidence.InvoiceResult](ctx, in)
}

// Verify is evidence.Verify.
func (*evidenceContract) Verify(ctx *Context, in evidence.VerifyArgument) (*evidence.InvoiceResult, error) {
	return submit[evidence.InvoiceResult](ctx, in)
}

// RedLetter is evidence.RedLetter.
func (*evidenceContract) RedLetter(ctx *Context, in evidence.RedLetterArgument) (*evidence.InvoiceResult, error) {
	return submit[evidence.InvoiceResult](ctx, in)
}

// ReviewTerm is certificate.ReviewTerm.
func (*certificateContract) ReviewTerm(ctx *Context, in certificate.ReviewArgument) (*certificate.ReviewResult, error) {
	return submit[certificate.ReviewResult](ctx, in)
}

// Issue is certificate.Issue.
func (*certificateContract) Issue(ctx *Context, in certificate.IssueArgument) (*certificate.IssueResult, error) {
	return submit[certificate.IssueResult](ctx, in)
}

// Accept is certificate.Accept.
func (*certificateContract) Accept(ctx *Context, in certificate.CertificateArgument) (*certificate.CertificateResult, error) {
	return submit[certificate.CertificateResult](ctx, in)
}

// Reject is certificate.Reject.
func (*certificateContract) Reject(ctx *Context, in certificate.RejectArgument) (*certificate.CertificateResult, error) {
	return submit[certificate.CertificateResult](ctx, in)
}

// Withdraw is certificate.Withdraw.
func (*certificateContract) Withdraw(ctx *Context, in certificate.CertificateArgument) (*certificate.CertificateResult, error) {
	return submit[certificate.CertificateResult](ctx, in)
}

// Void is certificate.Void.
func (*certificateContract) Void(ctx *Context, in certificate.VoidArgument) (*certificate.CertificateResult, error) {
	return submit[certificate.CertificateResult](ctx, in)
}

// RequestConfirmation is certificate.RequestConfirmation.
func (*certificateContract) RequestConfirmation(ctx *Context, in certificate.ConfirmationArgument) (*certificate.ConfirmationResult, error) {
	return submit[certificate.ConfirmationResult](ctx, in)
}

// AnswerConfirmation is certificate.AnswerConfirmation.
func (*certificateContract) AnswerConfirmation(ctx *Context, in certificate.AnswerArgument) (*certificate.ConfirmationResult, error) {
	return submit[certificate.ConfirmationResult](ctx, in)
}

// Split is certificate.Split.
func (*certificateContract) Split(ctx *Context, in certificate.SplitArgument) (*certificate.PiecesResult, error) {
	return submit[certificate.PiecesResult](ctx, in)
}

// Merge is certificate.Merge.
func (*certificateContract) Merge(ctx *Context, in certificate.MergeArgument) (*certificate.PiecesResult, error) {
	return submit[certificate.PiecesResult](ctx, in)
}

// Transfer is certificate.Transfer.
func (*certificateContract) Transfer(ctx *Context, in certificate.TransferArgument) (*certificate.TransferResult, error) {
	return submit[certificate.TransferResult](ctx, in)
}

// AcceptTransfer is certificate.AcceptTransfer.
func (*certificateContract) AcceptTransfer(ctx *Context, in certificate.OfferArgument) (*certificate.OfferResult, error) {
	return submit[certificate.OfferResult](ctx, in)
}

// RejectTransfer is certificate.RejectTransfer.
func (*certificateContract) RejectTransfer(ctx *Context, in certificate.RejectTransferArgument) (*certificate.OfferResult, error) {
	return submit[certificate.OfferResult](ctx, in)
}

// WithdrawTransfer is certificate.WithdrawTransfer.
func (*certificateContract) WithdrawTransfer(ctx *Context, in certificate.OfferArgument) (*certificate.OfferResult, error) {
	return submit[certificate.OfferResult](ctx, in)
}

// Pledge is certificate.Pledge.
func (*certificateContract) Pledge(ctx *Context, in certificate.PledgeArgument) (*certificate.PledgeResult, error) {
	return submit[certificate.PledgeResult](ctx, in)
}

// ReleasePledge is certificate.ReleasePledge.
func (*certificateContract) ReleasePledge(ctx *Context, in certificate.PledgeIDArgument) (*certificate.PledgeResult, error) {
	return submit[certificate.PledgeResult](ctx, in)
}

// Freeze is certificate.Freeze.
func (*certificateContract) Freeze(ctx *Context, in certificate.FreezeArgument) (*certificate.OrderResult, error) {
	return submit[certificate.OrderResult](ctx, in)
}

// Unfreeze is certificate.Unfreeze.
func (*certificateContract) Unfreeze(ctx *Context, in certificate.UnfreezeArgument) (*certificate.OrderResult, error) {
	return submit[certificate.OrderResult](ctx, in)
}

// JudicialTransfer is certificate.JudicialTransfer.
func (*certificateContract) JudicialTransfer(ctx *Context, in certificate.JudicialTransferArgument) (*certificate.OrderResult, error) {
	return submit[certificate.OrderResult](ctx, in)
}

// Succession is certificate.Succession.
func (*certificateContract) Succession(ctx *Context, in certificate.SuccessionArgument) (*certificate.OrderResult, error) {
	return submit[certificate.OrderResult](ctx, in)
}

// Propose is approval.Propose.
func (*approvalContract) Propose(ctx *Context, in approval.ProposeArgument) (*approval.ProposeResult, error) {
	return submit[approval.ProposeResult](ctx, in)
}

// Approve is approval.Approve.
func (*approvalContract) Approve(ctx *Context, in approval.ApproveArgument) (*approval.Result, error) {
	return submit[approval.Result](ctx, in)
}

// Refuse is approval.Refuse.
func (*approvalContract) Refuse(ctx *Context, in approval.RefuseArgument) (*approval.Result, error) {
	return submit[approval.Result](ctx, in)
}

// Withdraw is approval.Withdraw.
func (*approvalContract) Withdraw(ctx *Context, in approval.ProposalArgument) (*approval.Result, error) {
	return submit[approval.Result](ctx, in)
}

// Run runs a batch.
func (*batchContract) Run(ctx *Context, in BatchArgument) (*BatchResult, error) {
	return submit[BatchResult](ctx, in)
}

// Run ends what time has ended.
func (*sweepContract) Run(ctx *Context, in SweepArgument) (*SweepResult, error) {
	return submit[SweepResult](ctx, in)
}

// Advance moves the clock of a development network.
func (*devnetContract) Advance(ctx *Context, in AdvanceArgument) (*AdvanceResult, error) {
	return submit[AdvanceResult](ctx, in)
}
