package api

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

func (s *Server) member(r *reading, in *memberInput) (*record.Member, error) {
	return r.FindMember(in.ID)
}

type memberInput struct {
	ID string `path:"id" maxLength:"18" doc:"Social credit code" example:"91330000MA27U00A0X"`
}

type membersInput struct {
	Cut
}

func (s *Server) members(r *reading, in *membersInput) (view.Page[record.Member], error) {
	if err := r.Members(); err != nil {
		return view.Page[record.Member]{}, err
	}
	const segments = 2 // member/<code>
	return pageOfState(r.State, record.MembersPrefix(), segments, in.Cut, func(*record.Member) bool { return true })
}

type keyInput struct {
	Key string `path:"key" maxLength:"64" doc:"SHA-256 of the public key, 64 lower-case hexadecimal digits"`
}

func (s *Server) credential(r *reading, in *keyInput) (*record.Credential, error) {
	id, err := digest(in.Key)
	if err != nil {
		return nil, err
	}
	return r.FindCredential(id)
}

type linesInput struct {
	Bank string `query:"bank" maxLength:"18" doc:"Social credit code of the bank; all banks when left out"`
	Cut
}

func (s *Server) lines(r *reading, in *linesInput) (view.Page[record.Line], error) {
	const segments = 3 // line/<bank>/<id>
	return pageOfState(r.State, record.LinesPrefix(in.Bank), segments, in.Cut, r.Line)
}

type groupsInput struct {
	Bank string `query:"bank" maxLength:"18" doc:"Social credit code of the bank; you when left out, all banks for those who see all"`
	Cut
}

func (s *Server) groups(r *reading, in *groupsInput) (view.Page[record.Group], error) {
	bank, err := r.Groups(in.Bank)
	if err != nil {
		return view.Page[record.Group]{}, err
	}
	const segments = 3 // group/<bank>/<id>
	return pageOfState(r.State, record.GroupsPrefix(bank), segments, in.Cut, func(*record.Group) bool { return true })
}

type fingerprintInput struct {
	Fingerprint string `path:"fingerprint" maxLength:"64" doc:"Keyed fingerprint, 64 lower-case hexadecimal digits"`
}

func (s *Server) invoice(r *reading, in *fingerprintInput) (*record.Invoice, error) {
	id, err := digest(in.Fingerprint)
	if err != nil {
		return nil, err
	}
	return r.Invoice(id)
}

// recordInput is the id of a record that its maker chose, or a transaction's id.
type recordInput struct {
	ID string `path:"id" maxLength:"128"`
}

// proposal is a proposal with its argument as text.
type proposal struct {
	record.Proposal
	Argument string `json:"argument" doc:"Canonical JSON of the argument, whose SHA-256 is the manifest; empty once decided"`
}

func (s *Server) proposal(r *reading, in *recordInput) (*proposal, error) {
	p, err := r.Proposal(in.ID)
	if err != nil {
		return nil, err
	}
	return &proposal{Proposal: *p, Argument: string(p.Argument)}, nil
}

func (s *Server) transfer(r *reading, in *recordInput) (*record.Transfer, error) {
	return r.Transfer(in.ID)
}

type worklistInput struct {
	Member string `query:"member" maxLength:"18" doc:"Whose worklist; your own when left out"`
	Cut
}

func (s *Server) worklist(r *reading, in *worklistInput) (view.Page[view.Work], error) {
	member, err := r.Worklist(in.Member)
	if err != nil {
		return view.Page[view.Work]{}, err
	}
	return view.Worklist(r.View, member, in.view())
}

type packInput struct {
	Date string `query:"date" maxLength:"10" doc:"The day for which it is in force; the ledger's today when left out" example:"2026-09-01"`
}

// pack is the rule pack in force on a day: the last adopted of those that are
// effective by then.
func (s *Server) pack(r *reading, in *packInput) (*record.Pack, error) {
	day, err := dateOf(in.Date)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		day = r.Now.Date()
	}
	var found *record.Pack
	prefix := record.PacksPrefix()
	err = r.State.Scan(prefix, record.PrefixEnd(prefix), func(_ string, value []byte) (bool, error) {
		p := new(record.Pack)
		if err := record.Decode(value, p); err != nil {
			return false, err
		}
		if p.Effective <= day && (found == nil || p.Effective >= found.Effective) {
			found = p
		}
		return true, nil
	})
	if err == nil && found == nil {
		err = code.RulePackUnknown.New("%s", day)
	}
	return found, err
}

type referenceInput struct {
	Debtor    string `path:"debtor" maxLength:"18" doc:"Social credit code"`
	Reference string `path:"reference" maxLength:"256" doc:"The debtor's own payment reference, percent-encoded"`
}

func (s *Server) reference(r *reading, in *referenceInput) (*record.Reference, error) {
	return r.Reference(in.Debtor, in.Reference)
}

func (s *Server) registryRoutes() {
	members := []string{"members"}
	read(s, huma.Operation{
		OperationID: "getMember", Path: "/v1/members/{id}", Tags: members,
		Summary: "A member by its social credit code", Description: "For every member: who pays must know whether the receiver is on the network.",
	}, s.member)
	read(s, huma.Operation{
		OperationID: "listMembers", Path: "/v1/members", Tags: members,
		Summary: "All members", Description: "For banks, operators and auditors.",
	}, s.members)
	read(s, huma.Operation{
		OperationID: "getCredential", Path: "/v1/credentials/{key}", Tags: members,
		Summary: "A registered credential", Description: "For its member and that member's sponsor.",
	}, s.credential)
	read(s, huma.Operation{
		OperationID: "listLines", Path: "/v1/lines", Tags: []string{"credit"},
		Summary: "Credit lines", Description: "A bank sees those it grants, a debtor those granted to it.",
	}, s.lines)
	read(s, huma.Operation{
		OperationID: "listGroups", Path: "/v1/groups", Tags: []string{"credit"},
		Summary:     "A bank's caps over several lines and limits",
		Description: "A bank sees its own. What is used and reserved is the sum over all that lies in a group, and in the groups in it.",
	}, s.groups)
	read(s, huma.Operation{
		OperationID: "getInvoice", Path: "/v1/invoices/{fingerprint}", Tags: []string{"evidence"},
		Summary: "An invoice by its fingerprint", Description: "For its buyer, its seller and the bank that attested it.",
	}, s.invoice)
	read(s, huma.Operation{
		OperationID: "getProposal", Path: "/v1/proposals/{id}", Tags: []string{"approvals"},
		Summary: "A proposal", Description: "For its member and whoever may have to approve it.",
	}, s.proposal)
	read(s, huma.Operation{
		OperationID: "getTransfer", Path: "/v1/transfers/{id}", Tags: []string{"transfers"},
		Summary: "A transfer", Description: "For its sender and its receiver.",
	}, s.transfer)
	read(s, huma.Operation{
		OperationID: "listWorklist", Path: "/v1/worklist", Tags: []string{"worklist"},
		Summary: "What waits for a member", Description: "Offers to accept, proposals to approve, requests to answer.",
	}, s.worklist)
	read(s, huma.Operation{
		OperationID: "getRulePack", Path: "/v1/rules/pack", Tags: []string{"rules"},
		Summary: "The rule pack in force on a day", Description: "The parameters of the rules, as adopted by the banks.",
	}, s.pack)
	read(s, huma.Operation{
		OperationID: "getReference", Path: "/v1/references/{debtor}/{reference}", Tags: []string{"certificates"},
		Summary: "The certificate that a payment reference issued", Description: "For the debtor: a reference issues once, for ever.",
	}, s.reference)
}
