package chaincode

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// sweepRun is the one function that the system may call.
const sweepRun = "sweep:Run"

// allFunctions builds the table of all operations: members and rules first, as a
// network is set up, then what a certificate needs, the certificate, and what
// carries other operations. Within a contract the order is that of a life.
func allFunctions() *functions {
	f := &functions{}
	f.fill(slices.Concat(
		memberFunctions(),
		rulesFunctions(),
		creditFunctions(),
		evidenceFunctions(),
		f.carriers(),
	))
	return f
}

func memberFunctions() []operation {
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
		define("member:RevokeCredential", "admin of the member; maker or reviewer of the sponsor", member.RevokeCredential),
		define("member:Recover", "maker of the sponsor", member.Recover, checker),
		define("member:RecoverAdmin", "maker of a validator bank", member.RecoverAdmin, banks),
		define("member:SetPolicy", "admin of the member", member.SetPolicy, admins),
		define("member:ProposeAccount", "maker", member.ProposeAccount, checker),
		define("member:ConfirmAccount", "maker of the account's bank", member.ConfirmAccount),
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
		define("credit:SetGroup", "maker of a funder", credit.SetGroup),
		define("credit:Grant", "maker of a funder", credit.Grant),
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

// carriers are the operations that run other operations.
func (f *functions) carriers() []operation {
	return []operation{
		define("batch:Run", "anybody; each item as it says itself",
			func(w *world.World, in BatchArgument) (BatchResult, error) { return f.batch(w, in) },
			onItsOwn, holding(f.holdsOfBatch), canonically(f.canonicalBatch)),
	}
}
