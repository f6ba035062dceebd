package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// PolicyAuthor is who adopted a version of a policy.
type PolicyAuthor struct {
	Member string        `json:"member"`
	Person string        `json:"person"`
	Key    record.Digest `json:"key"`
}

// PolicyVersion is a version of a bank's policy; its text is there only where one
// version is read.
type PolicyVersion struct {
	Number uint32           `json:"number"`
	Name   string           `json:"name"`
	Hash   record.Digest    `json:"hash"`
	By     PolicyAuthor     `json:"by"`
	At     calendar.Instant `json:"at"`
	Active bool             `json:"active"`
	Text   string           `json:"text,omitempty"`
}

// What a policy says about a request.
const (
	OutcomeQuote  = "quote"
	OutcomeRefer  = "refer"
	OutcomeRefuse = "refuse"
)

// Decision is what a bank's policy made of a request for financing.
type Decision struct {
	Number    uint64           `json:"number"`
	Financing string           `json:"financing"`
	Version   uint32           `json:"version"`
	Facts     jsontext.Value   `json:"facts"` // a list, one for each debtor
	Outcome   string           `json:"outcome"`
	Fired     []FiredRule      `json:"fired"`
	Terms     *PolicyTerms     `json:"terms,omitempty"` // of a quote
	At        calendar.Instant `json:"at"`
}

// FiredRule is a rule that spoke against a plain quote.
type FiredRule struct {
	Rule      string   `json:"rule"`
	About     string   `json:"about,omitempty"`
	Dimension string   `json:"dimension,omitempty"`
	Then      string   `json:"then"`
	Reason    string   `json:"reason"`
	ReasonZH  string   `json:"reasonZh"`
	Debtors   []string `json:"debtors"`
}

// PolicyTerms is the price that a policy puts on a request.
type PolicyTerms struct {
	Kind       record.FinancingKind `json:"kind"`
	Basis      int32                `json:"basis"`
	Interest   record.InterestMode  `json:"interest"`
	Rate       money.Rate           `json:"rate"`
	Advance    money.Rate           `json:"advance"`
	Fee        money.Fen            `json:"fee"`
	ValidHours int32                `json:"validHours"`
}

// Replayed is a decision made again under its own version of the policy.
type Replayed struct {
	Decision Decision `json:"decision"`
	Again    Decision `json:"again"`
	Same     bool     `json:"same"`
}

// PolicySide is what a decision says, or would say.
type PolicySide struct {
	Outcome string       `json:"outcome"`
	Rules   []string     `json:"rules"`
	Terms   *PolicyTerms `json:"terms,omitempty"`
}

// PolicyDifference is a past decision that another policy would have made otherwise.
type PolicyDifference struct {
	Decision  uint64     `json:"decision"`
	Financing string     `json:"financing"`
	Version   uint32     `json:"version"`
	Old       PolicySide `json:"old"`
	New       PolicySide `json:"new"`
}

// PolicyCount counts decisions by outcome.
type PolicyCount struct {
	Quote  int `json:"quote"`
	Refer  int `json:"refer"`
	Refuse int `json:"refuse"`
}

// PolicyComparison is what another policy would have made of all past decisions.
type PolicyComparison struct {
	Decisions   int                `json:"decisions"`
	Different   int                `json:"different"`
	Old         PolicyCount        `json:"old"`
	New         PolicyCount        `json:"new"`
	Differences []PolicyDifference `json:"differences"` // not all where there are very many
}

// ask posts a body that needs a login.
func ask[T any](ctx context.Context, c *Client, uri string, body any) (*T, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", uri, err)
	}
	v := new(T)
	if err := c.do(ctx, call{method: http.MethodPost, uri: uri, body: text, login: true}, v); err != nil {
		return nil, fmt.Errorf("ask %s: %w", uri, err)
	}
	return v, nil
}

type policyText struct {
	Text string `json:"text"`
}

// AdoptPolicy makes a file the policy of the bank that runs the node; a reviewer of
// the bank asks.
func (c *Client) AdoptPolicy(ctx context.Context, text []byte) (*PolicyVersion, error) {
	return ask[PolicyVersion](ctx, c, "/v1/policy/versions", policyText{string(text)})
}

// PolicyVersions lists the versions of the bank's policy, the first one first.
func (c *Client) PolicyVersions(ctx context.Context) ([]PolicyVersion, error) {
	v, err := get[struct {
		Versions []PolicyVersion `json:"versions"`
	}](ctx, c, "/v1/policy/versions")
	if err != nil {
		return nil, err
	}
	return v.Versions, nil
}

// PolicyVersion reads a version with its text; 0 is the active one.
func (c *Client) PolicyVersion(ctx context.Context, number uint32) (*PolicyVersion, error) {
	return get[PolicyVersion](ctx, c, "/v1/policy/versions/"+strconv.FormatUint(uint64(number), 10))
}

// Decide has the bank's policy decide on a financing by the facts of this moment.
func (c *Client) Decide(ctx context.Context, financing string) (*Decision, error) {
	return ask[Decision](ctx, c, "/v1/policy/decisions", struct {
		Financing string `json:"financing"`
	}{financing})
}

// Decisions lists what the bank's policy decided, on one financing or on all.
func (c *Client) Decisions(ctx context.Context, financing string) iter.Seq2[Decision, error] {
	return list[Decision](ctx, c, "/v1/policy/decisions", url.Values{"financing": {financing}})
}

// Replay has a decision made again under its own version of the policy.
func (c *Client) Replay(ctx context.Context, decision uint64) (*Replayed, error) {
	return get[Replayed](ctx, c, "/v1/policy/decisions/"+strconv.FormatUint(decision, 10))
}

// TestPolicy asks what a changed policy would have decided on all past requests.
func (c *Client) TestPolicy(ctx context.Context, text []byte) (*PolicyComparison, error) {
	return ask[PolicyComparison](ctx, c, "/v1/policy/test", policyText{string(text)})
}
