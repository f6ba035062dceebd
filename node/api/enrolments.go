package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/enrol"
)

// PersonKey is a key that one person made.
type PersonKey struct {
	Person     string             `json:"person" minLength:"1" maxLength:"32" doc:"Your own pseudonym for the person, never a name: it is on the ledger for ever"`
	Roles      record.PersonRoles `json:"roles" doc:"maker, checker or admin; an admin is neither maker nor checker"`
	PublicKey  []byte             `json:"publicKey" maxLength:"256" doc:"SubjectPublicKeyInfo, DER, in base64"`
	Possession []byte             `json:"possession" maxLength:"256" doc:"Proof of possession: the key's signature for network, member and person, in base64"`
	NotBefore  calendar.Instant   `json:"notBefore,omitempty" doc:"Today when left out"`
	NotAfter   calendar.Instant   `json:"notAfter,omitempty" doc:"730 days later when left out"`
	Attached   record.Digest      `json:"attached,omitempty" doc:"SHA-256 of a licensed authority's X.509 document"`
}

type applyInput struct {
	TokenPath
	Body struct {
		ID          string          `json:"id" maxLength:"18" doc:"Social credit code"`
		Name        string          `json:"name" minLength:"1" maxLength:"200" doc:"Registered name"`
		Class       record.Class    `json:"class"`
		LEI         string          `json:"lei,omitempty" maxLength:"20"`
		Contact     string          `json:"contact" minLength:"1" maxLength:"200" doc:"Whom the bank calls, and where; it stays at this node"`
		Credentials []PersonKey     `json:"credentials" minItems:"1" maxItems:"32" doc:"At least one admin"`
		Encryption  []byte          `json:"encryption,omitempty" maxLength:"3072" doc:"Public key for sealed documents, in base64"`
		Documents   []record.Digest `json:"documents,omitempty" maxItems:"20" doc:"SHA-256 of the documents that you send to the bank"`
	}
}

// TokenPath is tokenInput for inputs with a body.
type TokenPath struct {
	Token string `path:"token" maxLength:"64" doc:"From the link"`
}

// applied is what an enterprise keeps of its enrolment.
type applied struct {
	Reference string      `json:"reference"`
	Pairing   string      `json:"pairing" doc:"8 digits over the keys: make them from your own keys, and tell them to the bank when it calls"`
	State     enrol.State `json:"state" enum:"waiting,enrolled,refused"`
	Reason    string      `json:"reason,omitempty" doc:"Why it was refused"`
}

func (s *Server) apply(r *reading, in *applyInput) (*applied, error) {
	b := &in.Body
	a := enrol.Application{
		Member: b.ID, Name: b.Name, Class: b.Class, LEI: b.LEI, Contact: b.Contact, Encryption: b.Encryption, Documents: b.Documents,
	}
	for _, c := range b.Credentials {
		a.Credentials = append(a.Credentials, enrol.Person(c))
	}
	e, err := s.Joining.Apply(in.Token, a, r.Now)
	if err != nil {
		return nil, err
	}
	return viewApplied(r, e)
}

func viewApplied(r *reading, e *enrol.Enrolment) (*applied, error) {
	state, err := e.State(r.registered())
	v := &applied{Reference: e.Reference, Pairing: e.Pairing, State: state}
	if state == enrol.Refused {
		v.Reason = e.Refusal.Reason
	}
	return v, err
}

func (s *Server) applied(r *reading, in *tokenInput) (*applied, error) {
	i, err := s.Joining.ByToken(in.Token)
	if err != nil {
		return nil, err
	}
	if i.Enrolment == "" {
		return nil, code.NotFound.New("enrolment")
	}
	e, err := s.Joining.Enrolment(i.Enrolment)
	if err != nil {
		return nil, err
	}
	return viewApplied(r, e)
}

// EnrolmentRow is an enrolment in the bank's list.
type EnrolmentRow struct {
	Reference string           `json:"reference"`
	Member    string           `json:"member" doc:"Social credit code"`
	Name      string           `json:"name"`
	Inviter   *partner         `json:"inviter"`
	Invited   string           `json:"invited" doc:"The name by which the inviter knows the enterprise"`
	At        calendar.Instant `json:"at"`
	State     enrol.State      `json:"state" enum:"waiting,enrolled,refused"`
	Known     bool             `json:"known" doc:"The member is on the ledger; while the enrolment waits, with other keys than these"`
}

// enrolmentView is an enrolment with what the bank signs.
type enrolmentView struct {
	EnrolmentRow
	Contact   string               `json:"contact"`
	Documents []record.Digest      `json:"documents"`
	Pairing   string               `json:"pairing" doc:"8 digits over the keys, to be compared by telephone before signing"`
	Keys      []record.Digest      `json:"keys" doc:"Ids of the credentials' keys, in their order"`
	Function  string               `json:"function" doc:"What a maker of the bank signs"`
	Argument  member.EnrolArgument `json:"argument" doc:"Exactly what is signed"`
	Refusal   *enrol.Refusal       `json:"refusal,omitempty"`
}

func rowOfEnrolment(r *reading, e *enrol.Enrolment) (row EnrolmentRow, err error) {
	row = EnrolmentRow{Reference: e.Reference, Member: e.Argument.ID, Name: e.Argument.Name, Invited: e.Invited, At: e.At}
	if row.Inviter, err = r.partner(e.Inviter.Member); err != nil {
		return row, err
	}
	if row.State, err = e.State(r.registered()); err != nil {
		return row, err
	}
	row.Known, err = r.registered().Known(e.Argument.ID)
	return row, err
}

func viewEnrolment(r *reading, e *enrol.Enrolment) (*enrolmentView, error) {
	row, err := rowOfEnrolment(r, e)
	if err != nil {
		return nil, err
	}
	v := &enrolmentView{
		EnrolmentRow: row, Contact: e.Application.Contact, Documents: []record.Digest{}, Pairing: e.Pairing, Keys: e.Keys,
		Function: "member:Enrol", Argument: e.Argument, Refusal: e.Refusal,
	}
	v.Documents = append(v.Documents, e.Application.Documents...)
	return v, nil
}

type enrolmentsInput struct {
	StateFilter
	Cut
}

func (s *Server) enrolments(r *reading, in *enrolmentsInput) (view.Page[EnrolmentRow], error) {
	page := view.Page[EnrolmentRow]{Items: []EnrolmentRow{}}
	if _, err := s.ofTheBank(r, 0); err != nil {
		return page, err
	}
	list, more, err := s.Joining.Enrolments(r.registered(), in.Cursor, in.Limit, in.states()...)
	if err != nil {
		return page, err
	}
	for i := range list {
		row, err := rowOfEnrolment(r, &list[i])
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, row)
	}
	if more {
		page.Next = list[len(list)-1].Reference
	}
	return page, nil
}

type referenceOfRequest struct {
	ID string `path:"id" maxLength:"64" doc:"Reference of the request"`
}

func (s *Server) enrolment(r *reading, in *referenceOfRequest) (*enrolmentView, error) {
	if _, err := s.ofTheBank(r, 0); err != nil {
		return nil, err
	}
	e, err := s.Joining.Enrolment(in.ID)
	if err != nil {
		return nil, err
	}
	return viewEnrolment(r, e)
}

func (s *Server) refuseEnrolment(r *reading, in *refusalInput) (*enrolmentView, error) {
	if err := s.officer(r); err != nil {
		return nil, err
	}
	e, err := s.Joining.Refuse(in.ID, r.registered(), in.refusal(r))
	if err != nil {
		return nil, err
	}
	return viewEnrolment(r, e)
}

func (s *Server) enrolmentRoutes() {
	if s.Joining == nil {
		return
	}
	tags := []string{"joining"}
	const path = "/v1/invitations/by-token/{token}/enrolment"
	const own = "For people of the bank that runs this node."
	open(s, huma.Operation{
		OperationID: "enrol", Method: http.MethodPost, Path: path, Tags: tags, Errors: []int{http.StatusConflict},
		Summary: "Enrol by an invitation",
		Description: "Keys are made where their owners are; here come the public ones with proofs of possession, checked as the ledger will. " +
			"The same body again gets the same answer; another one is a CONFLICT.",
	}, true, s.apply)
	open(s, huma.Operation{
		OperationID: "getOwnEnrolment", Path: path, Tags: tags,
		Summary: "What became of your enrolment", Description: "enrolled: the member is on the ledger, and its keys sign from now on.",
	}, false, s.applied)
	read(s, huma.Operation{
		OperationID: "listEnrolments", Path: "/v1/enrolments", Tags: tags,
		Summary: "Enrolments, the latest first", Description: own,
	}, s.enrolments)
	read(s, huma.Operation{
		OperationID: "getEnrolment", Path: "/v1/enrolments/{id}", Tags: tags,
		Summary:     "An enrolment with what the bank signs",
		Description: own + " A maker signs the function with exactly this argument after the pairing code was compared; then the enrolment is enrolled.",
	}, s.enrolment)
	read(s, huma.Operation{
		OperationID: "refuseEnrolment", Method: http.MethodPost, Path: "/v1/enrolments/{id}/refusal", Tags: tags,
		Summary: "Refuse an enrolment", Description: own + " A maker or a reviewer; the enterprise is shown the reason.",
	}, s.refuseEnrolment)
}
