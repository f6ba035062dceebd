package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
)

// States of an invitation, an enrolment or a request to recover a key.
const (
	JoinOpen      = "open"
	JoinWaiting   = "waiting"
	JoinEnrolled  = "enrolled"
	JoinRecovered = "recovered"
	JoinRefused   = "refused"
	JoinRevoked   = "revoked"
	JoinExpired   = "expired"
)

// Partner is a member by code and name.
type Partner struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Invite is what an inviter says of the enterprise; all but the name may be left out.
type Invite struct {
	Name     string       `json:"name"`
	ID       string       `json:"id,omitempty"`
	Roles    record.Roles `json:"roles,omitzero"`
	Email    string       `json:"email,omitempty"`
	Note     string       `json:"note,omitempty"`
	Language string       `json:"language,omitempty"`
}

// InvitationMade is a new invitation. The node does not keep the token.
type InvitationMade struct {
	ID      string           `json:"id"`
	Token   string           `json:"token"`
	Link    string           `json:"link"`
	Expires calendar.Instant `json:"expires"`
}

// Invitation is an invitation as its inviter sees it.
type Invitation struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Member   string           `json:"member,omitempty"`
	Roles    record.Roles     `json:"roles"`
	Email    string           `json:"email,omitempty"`
	Note     string           `json:"note,omitempty"`
	Language string           `json:"language"`
	Person   string           `json:"person"`
	At       calendar.Instant `json:"at"`
	Expires  calendar.Instant `json:"expires"`
	State    string           `json:"state"`
}

// Invited is an invitation as the enterprise that has its link sees it.
type Invited struct {
	Inviter  *Partner         `json:"inviter"`
	Name     string           `json:"name"`
	Member   string           `json:"member,omitempty"`
	Roles    record.Roles     `json:"roles"`
	Note     string           `json:"note,omitempty"`
	Language string           `json:"language"`
	Network  string           `json:"network"`
	Bank     *Partner         `json:"bank"`
	Expires  calendar.Instant `json:"expires"`
	State    string           `json:"state"`
}

// PersonKey is a key that one person made, with the proof of possession.
type PersonKey struct {
	Person     string             `json:"person"`
	Roles      record.PersonRoles `json:"roles"`
	PublicKey  []byte             `json:"publicKey"`
	Possession []byte             `json:"possession"`
	NotBefore  calendar.Instant   `json:"notBefore,omitzero"`
	NotAfter   calendar.Instant   `json:"notAfter,omitzero"`
	Attached   record.Digest      `json:"attached,omitzero"`
}

// Application is what an enterprise says of itself to enrol.
type Application struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Class       record.Class    `json:"class"`
	LEI         string          `json:"lei,omitempty"`
	Contact     string          `json:"contact"`
	Credentials []PersonKey     `json:"credentials"`
	Encryption  []byte          `json:"encryption,omitempty"`
	Documents   []record.Digest `json:"documents,omitempty"`
}

// Asked is what became of an enrolment or of a request to recover a key, for who sent
// it.
type Asked struct {
	Reference string `json:"reference"`
	Pairing   string `json:"pairing"`
	State     string `json:"state"`
	Reason    string `json:"reason,omitempty"`
}

// JoinRefusal is why a request was turned down.
type JoinRefusal struct {
	By struct {
		Member string        `json:"member"`
		Person string        `json:"person"`
		Key    record.Digest `json:"key"`
	} `json:"by"`
	At     calendar.Instant `json:"at"`
	Reason string           `json:"reason"`
}

// Enrolment is an enrolment as the bank sees it; contact to argument are there only
// where one is read.
type Enrolment struct {
	Reference string           `json:"reference"`
	Member    string           `json:"member"`
	Name      string           `json:"name"`
	Inviter   *Partner         `json:"inviter"`
	Invited   string           `json:"invited"`
	At        calendar.Instant `json:"at"`
	State     string           `json:"state"`
	Known     bool             `json:"known"` // the member is on the ledger
	Contact   string           `json:"contact,omitempty"`
	Documents []record.Digest  `json:"documents,omitempty"`
	Pairing   string           `json:"pairing,omitempty"`
	Keys      []record.Digest  `json:"keys,omitempty"`
	Function  string           `json:"function,omitempty"`
	Argument  jsontext.Value   `json:"argument,omitempty"` // of the function, as it is signed
	Refusal   *JoinRefusal     `json:"refusal,omitempty"`
}

// Plea is a request to recover an admin's key.
type Plea struct {
	Member string `json:"member"`
	PersonKey
	Reason    string          `json:"reason"`
	Contact   string          `json:"contact"`
	Request   record.Digest   `json:"request"`
	Documents []record.Digest `json:"documents,omitempty"`
}

// Recovery is a request to recover a key as the bank sees it; contact to argument are
// there only where one is read.
type Recovery struct {
	Reference string           `json:"reference"`
	Member    *Partner         `json:"member"`
	Known     bool             `json:"known"`
	Sponsored bool             `json:"sponsored"`
	Person    string           `json:"person"`
	Reason    string           `json:"reason"`
	At        calendar.Instant `json:"at"`
	State     string           `json:"state"`
	Contact   string           `json:"contact,omitempty"`
	Documents []record.Digest  `json:"documents,omitempty"`
	Pairing   string           `json:"pairing,omitempty"`
	Key       record.Digest    `json:"key,omitzero"`
	Function  string           `json:"function,omitempty"`
	Argument  jsontext.Value   `json:"argument,omitempty"` // of the function, as it is proposed
	ApproveBy calendar.Instant `json:"approveBy,omitzero"`
	Refusal   *JoinRefusal     `json:"refusal,omitempty"`
}

// Invite invites an enterprise; a maker asks.
func (c *Client) Invite(ctx context.Context, in Invite) (*InvitationMade, error) {
	return ask[InvitationMade](ctx, c, "/v1/invitations", in)
}

// Invitations lists the invitations of the signer's member, the latest first.
func (c *Client) Invitations(ctx context.Context) iter.Seq2[Invitation, error] {
	return list[Invitation](ctx, c, "/v1/invitations", nil)
}

// RevokeInvitation takes an invitation back that nobody used yet.
func (c *Client) RevokeInvitation(ctx context.Context, id string) (*Invitation, error) {
	v, uri := new(Invitation), "/v1/invitations/"+url.PathEscape(id)
	if err := c.do(ctx, call{method: http.MethodDelete, uri: uri, login: true}, v); err != nil {
		return nil, fmt.Errorf("revoke an invitation: %w", err)
	}
	return v, nil
}

// byToken is where an invitation lies for who has its link.
func byToken(token string) string { return "/v1/invitations/by-token/" + url.PathEscape(token) }

// openCall sends a request that needs no key; a body makes it a POST.
func openCall[T any](ctx context.Context, c *Client, what, uri string, body any) (*T, error) {
	k := call{method: http.MethodGet, uri: uri}
	if body != nil {
		var err error
		k.method = http.MethodPost
		if k.body, err = json.Marshal(body); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
	}
	v := new(T)
	// The address may hold a token, so it is not in the error.
	if err := c.do(ctx, k, v); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return v, nil
}

// Invited reads the invitation of a token. It needs no key.
func (c *Client) Invited(ctx context.Context, token string) (*Invited, error) {
	return openCall[Invited](ctx, c, "read the invitation", byToken(token), nil)
}

// Enrol uses an invitation. It needs no key of the network. The same application again
// gets the same answer.
func (c *Client) Enrol(ctx context.Context, token string, a Application) (*Asked, error) {
	return openCall[Asked](ctx, c, "enrol", byToken(token)+"/enrolment", a)
}

// OwnEnrolment reads what became of the enrolment that used a token.
func (c *Client) OwnEnrolment(ctx context.Context, token string) (*Asked, error) {
	return openCall[Asked](ctx, c, "read the enrolment", byToken(token)+"/enrolment", nil)
}

// Enrolments lists enrolments in a state, or all, for the bank that runs the node.
func (c *Client) Enrolments(ctx context.Context, state string) iter.Seq2[Enrolment, error] {
	return list[Enrolment](ctx, c, "/v1/enrolments", url.Values{"state": {state}})
}

// Enrolment reads an enrolment with what the bank signs.
func (c *Client) Enrolment(ctx context.Context, reference string) (*Enrolment, error) {
	return get[Enrolment](ctx, c, "/v1/enrolments/"+url.PathEscape(reference))
}

// joinReason is the body that turns a request down.
type joinReason struct {
	Reason string `json:"reason"`
}

// RefuseEnrolment turns an enrolment down; the enterprise is shown the reason.
func (c *Client) RefuseEnrolment(ctx context.Context, reference, reason string) (*Enrolment, error) {
	return ask[Enrolment](ctx, c, "/v1/enrolments/"+url.PathEscape(reference)+"/refusal", joinReason{reason})
}

// AskRecovery asks for a new admin's key. It needs no key of the network.
func (c *Client) AskRecovery(ctx context.Context, p Plea) (*Asked, error) {
	return openCall[Asked](ctx, c, "ask to recover a key", "/v1/recoveries", p)
}

// OwnRecovery reads what became of a request by its reference.
func (c *Client) OwnRecovery(ctx context.Context, reference string) (*Asked, error) {
	uri := "/v1/recoveries/by-reference/" + url.PathEscape(reference)
	return openCall[Asked](ctx, c, "read the request to recover a key", uri, nil)
}

// Recoveries lists requests to recover keys in a state, or all, for the bank that runs
// the node.
func (c *Client) Recoveries(ctx context.Context, state string) iter.Seq2[Recovery, error] {
	return list[Recovery](ctx, c, "/v1/recoveries", url.Values{"state": {state}})
}

// Recovery reads a request to recover a key with what the bank proposes.
func (c *Client) Recovery(ctx context.Context, reference string) (*Recovery, error) {
	return get[Recovery](ctx, c, "/v1/recoveries/"+url.PathEscape(reference))
}

// RefuseRecovery turns a request down; who asked is shown the reason.
func (c *Client) RefuseRecovery(ctx context.Context, reference, reason string) (*Recovery, error) {
	return ask[Recovery](ctx, c, "/v1/recoveries/"+url.PathEscape(reference)+"/refusal", joinReason{reason})
}
