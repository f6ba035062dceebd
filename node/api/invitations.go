package api

import (
	"cmp"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/enrol"
)

// localOrigin stands for the node's own address where it has no public one.
const localOrigin = "http://127.0.0.1"

type inviteInput struct {
	Body struct {
		Name     string       `json:"name" minLength:"1" maxLength:"200" doc:"Of the enterprise, as you know it"`
		ID       string       `json:"id,omitempty" maxLength:"18" doc:"Its social credit code; then nobody else can use the invitation"`
		Roles    record.Roles `json:"roles,omitempty" doc:"debtor, holder or guarantor; holder when left out"`
		Email    string       `json:"email,omitempty" maxLength:"254" doc:"For your own list; nothing is sent"`
		Note     string       `json:"note,omitempty" maxLength:"400" doc:"Shown to the enterprise"`
		Language string       `json:"language,omitempty" enum:"zh,en" doc:"Of the enterprise; zh when left out"`
	}
}

// invitationMade is a new invitation with its token, which is not kept.
type invitationMade struct {
	ID      string           `json:"id"`
	Token   string           `json:"token" doc:"Given this once"`
	Link    string           `json:"link" doc:"To be sent to the enterprise: whoever has it may use the invitation"`
	Expires calendar.Instant `json:"expires"`
}

func (s *Server) invite(r *reading, in *inviteInput) (*invitationMade, error) {
	switch {
	case !r.Credential.Roles.Has(record.Maker):
		return nil, code.NotAuthorised.New("")
	case r.Member.State != record.MemberActive:
		return nil, code.MemberSuspended.New("member %s", r.Member.ID)
	}
	b := &in.Body
	if b.Roles == 0 {
		b.Roles = record.Holder
	}
	i, token, err := s.Joining.Invite(enrol.Invite{
		Name: b.Name, Member: b.ID, Roles: b.Roles, Email: b.Email, Note: b.Note, Language: cmp.Or(b.Language, enrol.Chinese),
	}, r.by(), r.Now)
	if err != nil {
		return nil, err
	}
	link := cmp.Or(s.PublicURL, localOrigin) + "/#/join?i=" + token
	return &invitationMade{ID: i.ID, Token: token, Link: link, Expires: i.Expires}, nil
}

// invitationView is an invitation as its inviter sees it.
type invitationView struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Member   string           `json:"member,omitempty" doc:"Social credit code, where the inviter said it"`
	Roles    record.Roles     `json:"roles"`
	Email    string           `json:"email,omitempty"`
	Note     string           `json:"note,omitempty"`
	Language string           `json:"language"`
	Person   string           `json:"person" doc:"Who of your member invited"`
	At       calendar.Instant `json:"at"`
	Expires  calendar.Instant `json:"expires"`
	State    enrol.State      `json:"state" enum:"open,waiting,enrolled,refused,revoked,expired" doc:"waiting: it was used, and the bank has not decided yet"`
}

func (s *Server) viewInvitation(r *reading, i *enrol.Invitation) (*invitationView, error) {
	state, err := s.Joining.State(i, r.registered(), r.Now)
	if err != nil {
		return nil, err
	}
	return &invitationView{
		ID: i.ID, Name: i.Name, Member: i.Member, Roles: i.Roles, Email: i.Email, Note: i.Note, Language: i.Language,
		Person: i.By.Person, At: i.At, Expires: i.Expires, State: state,
	}, nil
}

type invitationsInput struct {
	Cut
}

func (s *Server) invitations(r *reading, in *invitationsInput) (view.Page[invitationView], error) {
	page := view.Page[invitationView]{Items: []invitationView{}}
	list, more, err := s.Joining.Invitations(r.Member.ID, in.Cursor, in.Limit)
	if err != nil {
		return page, err
	}
	for i := range list {
		v, err := s.viewInvitation(r, &list[i])
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, *v)
	}
	if more {
		page.Next = list[len(list)-1].ID
	}
	return page, nil
}

type invitationInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) revokeInvitation(r *reading, in *invitationInput) (*invitationView, error) {
	if !r.Credential.Roles.Has(record.Maker) {
		return nil, code.NotAuthorised.New("")
	}
	i, err := s.Joining.Revoke(in.ID, r.Member.ID, r.Now)
	if code.NotFound.Is(err) {
		return nil, code.NotAuthorised.New("") // another member's, or none
	}
	if err != nil {
		return nil, err
	}
	return s.viewInvitation(r, i)
}

type tokenInput struct {
	Token string `path:"token" maxLength:"64" doc:"From the link"`
}

// invitedView is an invitation as the enterprise that has its link sees it.
type invitedView struct {
	Inviter  *partner         `json:"inviter"`
	Name     string           `json:"name" doc:"By which the inviter knows you"`
	Member   string           `json:"member,omitempty" doc:"Social credit code for which the invitation is, where the inviter said it"`
	Roles    record.Roles     `json:"roles"`
	Note     string           `json:"note,omitempty"`
	Language string           `json:"language"`
	Network  string           `json:"network" doc:"Signed in the proofs of possession"`
	Bank     *partner         `json:"bank" doc:"Whose people decide: the bank that runs this node"`
	Expires  calendar.Instant `json:"expires"`
	State    enrol.State      `json:"state" enum:"open,waiting,enrolled,refused,revoked,expired"`
}

func (s *Server) invited(r *reading, in *tokenInput) (*invitedView, error) {
	i, err := s.Joining.ByToken(in.Token)
	if err != nil {
		return nil, err
	}
	state, err := s.Joining.State(i, r.registered(), r.Now)
	if err != nil {
		return nil, err
	}
	v := &invitedView{
		Name: i.Name, Member: i.Member, Roles: i.Roles, Note: i.Note, Language: i.Language, Network: s.Network,
		Expires: i.Expires, State: state,
	}
	if v.Inviter, err = r.partner(i.By.Member); err != nil {
		return nil, err
	}
	bank, err := s.ownBank(r)
	if err != nil {
		return nil, err
	}
	v.Bank, err = r.partner(bank)
	return v, err
}

func (s *Server) invitationRoutes() {
	if s.Joining == nil {
		return
	}
	tags := []string{"joining"}
	read(s, huma.Operation{
		OperationID: "makeInvitation", Method: http.MethodPost, Path: "/v1/invitations", Tags: tags,
		Summary: "Invite an enterprise to the network",
		Description: "A maker of any member. The link is sent to the enterprise by the inviter's own means; with it the enterprise enrols, " +
			"once, within 30 days. It stays at this node.",
	}, s.invite)
	read(s, huma.Operation{
		OperationID: "listInvitations", Path: "/v1/invitations", Tags: tags,
		Summary: "Your member's invitations, the latest first", Description: "With what became of them.",
	}, s.invitations)
	read(s, huma.Operation{
		OperationID: "revokeInvitation", Method: http.MethodDelete, Path: "/v1/invitations/{id}", Tags: tags,
		Summary: "Take an invitation back", Description: "A maker of the member that invited; only while it is not used.",
	}, s.revokeInvitation)
	open(s, huma.Operation{
		OperationID: "getInvitation", Path: "/v1/invitations/by-token/{token}", Tags: tags,
		Summary: "The invitation of a link", Description: "Who invites, and which bank decides. A token that is none is NOT_FOUND.",
	}, false, s.invited)
}
