package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/policy"
)

// ofTheBank refuses whoever is not a person of the bank that runs this node: its
// policy is nobody else's business. role is what the person must be besides; 0 for
// anybody.
func (s *Server) ofTheBank(r *reading, role record.PersonRoles) (bank string, err error) {
	own, err := s.ownBank(r)
	if err != nil {
		return "", err
	}
	if own == "" || r.Member.ID != own || role != 0 && r.Credential.Roles&role == 0 {
		return "", code.NotAuthorised.New("")
	}
	return own, nil
}

// versionView is a version of the bank's policy without its text.
type versionView struct {
	Number uint32           `json:"number"`
	Name   string           `json:"name"`
	Hash   record.Digest    `json:"hash" doc:"SHA-256 of the file"`
	By     policy.Author    `json:"by"`
	At     calendar.Instant `json:"at"`
	Active bool             `json:"active"`
}

type policyTextInput struct {
	Body struct {
		Text string `json:"text" maxLength:"262144" doc:"The policy file, YAML"`
	}
}

func (s *Server) adoptPolicy(r *reading, in *policyTextInput) (*versionView, error) {
	if _, err := s.ofTheBank(r, record.Reviewer); err != nil {
		return nil, err
	}
	by := policy.Author{Member: r.Member.ID, Person: r.Credential.Person, Key: r.Credential.ID}
	v, err := s.Policies.Adopt([]byte(in.Body.Text), by, r.Now)
	if err != nil {
		return nil, err
	}
	return &versionView{v.Number, v.Name, v.Hash, v.By, v.At, true}, nil
}

type versionsView struct {
	Versions []versionView `json:"versions" doc:"The first one first; the last one is active"`
}

func (s *Server) policyVersions(r *reading, _ *struct{}) (*versionsView, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	all, err := s.Policies.Versions()
	if err != nil {
		return nil, err
	}
	list := &versionsView{Versions: []versionView{}}
	for i, v := range all {
		list.Versions = append(list.Versions, versionView{v.Number, v.Name, v.Hash, v.By, v.At, i == len(all)-1})
	}
	return list, nil
}

type versionInput struct {
	Number uint32 `path:"number" minimum:"0" doc:"0 is the active one"`
}

func (s *Server) policyVersion(r *reading, in *versionInput) (*policy.Version, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	v, err := s.Policies.Active()
	if in.Number != 0 {
		v, err = s.Policies.Version(in.Number)
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

type decideInput struct {
	Body struct {
		Financing string `json:"financing" maxLength:"32"`
	}
}

// decide has the bank's policy decide on a financing by the facts of this moment.
func (s *Server) decide(r *reading, in *decideInput) (*policy.Decision, error) {
	bank, err := s.ofTheBank(r, record.Maker|record.Reviewer)
	if err != nil {
		return nil, err
	}
	if _, err := r.Financing(in.Body.Financing); err != nil {
		return nil, err
	}
	facts, err := policy.Gather(r.State, r.View, in.Body.Financing, bank, r.Now)
	if err != nil {
		return nil, err
	}
	d, err := s.Policies.Decide(in.Body.Financing, facts, r.Now)
	if err != nil {
		return nil, err
	}
	return &d, nil
}

type decisionsInput struct {
	Financing string `query:"financing" maxLength:"32" doc:"Only those on this financing"`
	Cut
}

func (s *Server) decisions(r *reading, in *decisionsInput) (view.Page[policy.Decision], error) {
	page := view.Page[policy.Decision]{Items: []policy.Decision{}}
	if _, err := s.ofTheBank(r, 0); err != nil {
		return page, err
	}
	var err error
	if in.Financing != "" {
		page.Items, err = s.Policies.Decisions(in.Financing)
		return page, err
	}
	after := uint64(0)
	if in.Cursor != "" {
		if after, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil {
			return page, code.BadCursor.New("")
		}
	}
	var more bool
	page.Items, more, err = s.Policies.Page(after, in.Limit)
	if more {
		page.Next = strconv.FormatUint(page.Items[len(page.Items)-1].Number, 10)
	}
	return page, err
}

type decisionInput struct {
	Number uint64 `path:"number"`
}

// replayed is a decision made again under its own version of the policy.
type replayed struct {
	Decision policy.Decision `json:"decision" doc:"As it was stored"`
	Again    policy.Decision `json:"again" doc:"As its version decides on its facts now"`
	Same     bool            `json:"same"`
}

func (s *Server) replay(r *reading, in *decisionInput) (*replayed, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	d, err := s.Policies.Decision(in.Number)
	if err != nil {
		return nil, err
	}
	again, err := s.Policies.Replay(d)
	if err != nil && !errors.Is(err, policy.ErrReplay) {
		return nil, err
	}
	return &replayed{Decision: d, Again: again, Same: err == nil}, nil
}

func (s *Server) testPolicy(r *reading, in *policyTextInput) (*policy.Comparison, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	p, err := policy.Parse([]byte(in.Body.Text))
	if err != nil {
		return nil, err
	}
	c, err := s.Policies.Test(p)
	if err != nil {
		return nil, err
	}
	return &c, nil
}

func (s *Server) policyRoutes() {
	if s.Policies == nil {
		return
	}
	tags := []string{"policy"}
	const own = "For people of the bank that runs this node. It stays at this node and is no part of consensus."
	read(s, huma.Operation{
		OperationID: "adoptPolicy", Method: http.MethodPost, Path: "/v1/policy/versions", Tags: tags,
		Summary: "Make a file the bank's policy for financings", Description: own + " A reviewer signs the login.",
	}, s.adoptPolicy)
	read(s, huma.Operation{
		OperationID: "listPolicyVersions", Path: "/v1/policy/versions", Tags: tags,
		Summary: "Versions of the bank's policy", Description: own,
	}, s.policyVersions)
	read(s, huma.Operation{
		OperationID: "getPolicyVersion", Path: "/v1/policy/versions/{number}", Tags: tags,
		Summary: "A version of the bank's policy with its file", Description: own,
	}, s.policyVersion)
	read(s, huma.Operation{
		OperationID: "decideFinancing", Method: http.MethodPost, Path: "/v1/policy/decisions", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary:     "Have the policy decide on a financing",
		Description: own + " The facts are gathered now; asked again with equal facts, it gives the stored decision.",
	}, s.decide)
	read(s, huma.Operation{
		OperationID: "listDecisions", Path: "/v1/policy/decisions", Tags: tags,
		Summary: "Decisions of the bank's policy", Description: own,
	}, s.decisions)
	read(s, huma.Operation{
		OperationID: "replayDecision", Path: "/v1/policy/decisions/{number}", Tags: tags,
		Summary: "A decision, and what its version of the policy decides on the same facts now", Description: own,
	}, s.replay)
	read(s, huma.Operation{
		OperationID: "testPolicy", Method: http.MethodPost, Path: "/v1/policy/test", Tags: tags, Errors: []int{http.StatusNotFound},
		Summary: "What a changed policy would have decided on all past requests", Description: own + " Nothing is adopted.",
	}, s.testPolicy)
}
