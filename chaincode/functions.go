package chaincode

import (
	"slices"
	"sync"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// sweepRun is the one function that the system may call.
const sweepRun = "sweep:Run"

// batchRun carries other operations.
const batchRun = "batch:Run"

// standard is the table, built once in a process.
var standard = sync.OnceValue(allFunctions)

// allFunctions builds the table of all operations: members and rules first, as a
// network is set up, then what a certificate needs, the certificate, and what
// carries other operations. Within a contract the order is that of a life.
func allFunctions() *functions {
	f := &functions{}
	f.fill(slices.Concat(
		f.memberFunctions(),
		rulesFunctions(),
		creditFunctions(),
		evidenceFunctions(),
		certificateFunctions(),
		financingFunctions(),
		settlementFunctions(),
		clearingFunctions(),
		f.carriers(),
	))
	return f
}

func (f *functions) memberFunctions() []operation {
	checker, admins, banks := byQuorum(record.QuorumChecker), byQuorum(record.QuorumAdmins), byQuorum(record.QuorumBanks)
	return []operation{
		define("member:Enrol", "maker of a funder, who becomes the sponsor", member.Enrol),
		define("member:AdmitInstitution", "maker of a validator bank", member.AdmitInstitution, banks),
		define("member:Update", "maker of the sponsor", member.Update),
		define("member:UpdateInstitution", "maker of a validator bank", member.UpdateInstitution, banks),
		define("member:Suspend", "maker of the sponsor or of an operator", member.Suspend),
		define("member:Resume", "maker of the sponsor or of an operator", member.Resume),
		define("member:SuspendInstitution", "maker of a validator bank", member.SuspendInstitution, banks),
		define("member:ResumeInstitution", "maker of a validator bank", member.ResumeInstitution, banks),
		define("member:AddCredential", "admin of the member", member.AddCredential, admins),
		define("member:RenewCredential", "admin of the member", member.RenewCredential, admins),
		define("member:RevokeCredential", "admin of the member; maker or reviewer of the sponsor", f.revoke),
		define("member:Recover", "maker of the sponsor", member.Recover, checker),
		define("member:RecoverAdmin", "maker of a validator bank", member.RecoverAdmin, banks),
		define("member:SetPolicy", "admin of the member", f.setPolicy, admins),
		define("member:ProposeAccount", "maker", member.ProposeAccount, checker),
		define("member:ConfirmAccount", "maker of the account's bank", member.ConfirmAccount),
		define("member:ChooseAccount", "maker", member.ChooseAccount, checker),
		define("member:CloseAccount", "maker of the member or of the account's bank", member.CloseAccount),
		define("member:AdmitValidator", "maker of a validator bank", member.AdmitValidator, banks),
		define("member:RemoveValidator", "maker of a validator bank", member.RemoveValidator, banks),
		define("member:SetFingerprintEpoch", "maker of a validator bank", member.SetFingerprintEpoch, banks),
	}
}

func rulesFunctions() []operation {
	return []operation{
		define("rules:AdoptPack", "maker of a validator bank", rules.AdoptPack, byQuorum(record.QuorumBanks)),
		define("rules:StopDebtor", "reviewer of a funder", rules.StopDebtor),
		define("rules:LiftStop", "reviewer of the bank that attested", rules.LiftStop),
	}
}

func creditFunctions() []operation {
	return []operation{
		define("credit:SetGroup", "maker of a funder", credit.SetGroup,
			ofAmount(func(in credit.GroupArgument) money.Fen { return in.Cap })),
		define("credit:SetLimit", "maker of a funder", credit.SetLimit,
			ofAmount(func(in credit.LimitArgument) money.Fen { return in.Cap })),
		define("credit:Grant", "maker of a funder", credit.Grant,
			ofAmount(func(in credit.GrantArgument) money.Fen { return in.Limit })),
		define("credit:FreezeLine", "maker of the line's bank", credit.FreezeLine),
		define("credit:UnfreezeLine", "maker of the line's bank", credit.UnfreezeLine),
	}
}

func evidenceFunctions() []operation {
	return []operation{
		define("evidence:RecordContract", "maker of the buyer or of the seller", evidence.RecordContract),
		define("evidence:RecordDelivery", "maker of the buyer", evidence.RecordDelivery),
		define("evidence:RecordInvoice", "maker of the buyer or of the seller", evidence.RecordInvoice),
		define("evidence:Verify", "reviewer of a funder", evidence.Verify),
		define("evidence:RedLetter", "maker of the seller; reviewer of a funder", evidence.RedLetter),
	}
}

func certificateFunctions() []operation {
	institution := byQuorum(record.QuorumInstitution)
	return []operation{
		define("certificate:ReviewTerm", "reviewer of a funder", certificate.ReviewTerm),
		define("certificate:Issue", "maker of a debtor", certificate.Issue,
			ofAmount(certificate.IssueArgument.Amount), holding(certificate.IssueHolds)),
		define("certificate:Accept", "maker of the first holder", certificate.Accept,
			worth(certificate.FaceOf)),
		define("certificate:Reject", "maker of the first holder", certificate.Reject),
		define("certificate:Withdraw", "maker of the debtor", certificate.Withdraw),
		define("certificate:Void", "maker of the debtor or of the first holder", certificate.Void,
			worth(certificate.VoidAmount), byCounterparty(certificate.VoidCounterparty)),
		define("certificate:RequestConfirmation", "maker of a supplier", certificate.RequestConfirmation),
		define("certificate:AnswerConfirmation", "maker of the debtor", certificate.AnswerConfirmation),
		define("certificate:Split", "maker of the owner", certificate.Split),
		define("certificate:Merge", "maker of the owner", certificate.Merge),
		define("certificate:Transfer", "maker of the owner", certificate.Transfer,
			ofAmount(certificate.TransferArgument.Amount), holding(certificate.TransferHolds)),
		define("certificate:AcceptTransfer", "maker of the receiver", certificate.AcceptTransfer,
			worth(certificate.OfferAmount)),
		define("certificate:RejectTransfer", "maker of the receiver", certificate.RejectTransfer),
		define("certificate:WithdrawTransfer", "maker of the sender", certificate.WithdrawTransfer),
		define("certificate:Pledge", "maker of the owner", certificate.Pledge,
			ofAmount(certificate.PledgeArgument.Amount), holding(certificate.PledgeHolds),
			byCounterparty(certificate.PledgeCounterparty)),
		define("certificate:ReleasePledge", "maker of the pledgee", certificate.ReleasePledge,
			worth(certificate.PledgedAmount)),
		define("certificate:Freeze", "maker of an institution", certificate.Freeze, institution),
		define("certificate:Unfreeze", "maker of an institution", certificate.Unfreeze, institution),
		define("certificate:JudicialTransfer", "maker of an institution", endingSettlements(certificate.JudicialTransfer), institution),
		define("certificate:Succession", "maker of an institution", endingSettlements(certificate.Succession), institution),
	}
}

// carriers are the operations that run other operations, and the clock's.
func (f *functions) carriers() []operation {
	x := executor{f}
	return []operation{
		define("approval:Propose", "anybody who could send the function itself",
			func(w *world.World, in approval.ProposeArgument) (approval.ProposeResult, error) {
				return approval.Propose(w, x, in)
			}, onItsOwn, notProposed),
		define("approval:Approve", "checker, admin, officer of another member or bank, as the proposal's quorum says",
			func(w *world.World, in approval.ApproveArgument) (approval.Result, error) {
				return approval.Approve(w, x, in)
			}, notProposed),
		define("approval:Refuse", "whoever could approve",
			func(w *world.World, in approval.RefuseArgument) (approval.Result, error) {
				return approval.Refuse(w, x, in)
			}, onItsOwn, notProposed),
		define("approval:Withdraw", "maker of the proposal; maker or admin of its member",
			func(w *world.World, in approval.ProposalArgument) (approval.Result, error) {
				return approval.Withdraw(w, x, in)
			}, onItsOwn, notProposed),
		define(batchRun, "anybody; each item as its function says", f.batch,
			onItsOwn, holding(f.holdsOfBatch), canonically(f.canonicalBatch)),
		define(sweepRun, "the ledger at the start of a block; anybody", f.sweep, onItsOwn, notProposed),
		define("devnet:Advance", "anybody, on a development network", advance, onItsOwn, notProposed),
	}
}
