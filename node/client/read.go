package client

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Status is what a node says of itself.
type Status struct {
	Network    string           `json:"network"`
	Node       string           `json:"node"`
	Version    string           `json:"version"`
	Devnet     bool             `json:"devnet"`
	Height     int64            `json:"height"`
	LedgerTime calendar.Instant `json:"ledgerTime"`
	AppHash    record.Digest    `json:"appHash"`
	Root       record.Digest    `json:"root"`
	Peers      int              `json:"peers"`
	CatchingUp bool             `json:"catchingUp"`
	Waiting    int              `json:"waiting"`
	Validators []Validator      `json:"validators"`
	At         *Committed       `json:"at,omitempty"` // the height that StatusAt asked for
}

// Committed is what a node had at a height.
type Committed struct {
	Height  int64         `json:"height"`
	AppHash record.Digest `json:"appHash"`
}

// Validator is a bank's seat in consensus.
type Validator struct {
	Bank  string `json:"bank"`
	Name  string `json:"name"`
	Peer  string `json:"peer"`
	Power int64  `json:"power"`
}

// Certificate is a certificate with what a reader should notice and its holdings.
type Certificate struct {
	record.Certificate
	Flags    []string         `json:"flags"`
	Holdings []record.Holding `json:"holdings"`
}

// Tree is what a picture of a certificate is drawn from.
type Tree struct {
	Number    string                  `json:"number"`
	Debtor    string                  `json:"debtor"`
	Face      money.Fen               `json:"face"`
	Payment   calendar.Date           `json:"payment"`
	State     record.CertificateState `json:"state"`
	Edges     []Edge                  `json:"edges"` // oldest first, then by interval
	Holdings  []record.Holding        `json:"holdings"`
	Names     map[string]string       `json:"names"` // registered names by member
	Truncated bool                    `json:"truncated"`
}

// Edge is how some fen came to an owner.
type Edge struct {
	Kind     record.MoveKind   `json:"kind"`
	From     string            `json:"from"`
	To       string            `json:"to"`
	Interval interval.Interval `json:"interval"`
	Amount   money.Fen         `json:"amount"`
	Tier     uint16            `json:"tier"`
	Order    string            `json:"order"`
	Time     calendar.Instant  `json:"time"`
	TxID     record.Digest     `json:"txId"`
	Height   int64             `json:"height"`
}

// Passage is an entry of the lineage.
type Passage struct {
	record.Move
	TxID   record.Digest    `json:"txId"`
	Height int64            `json:"height"`
	Time   calendar.Instant `json:"time"`
}

// Work is something that waits for a member.
type Work struct {
	Member  string            `json:"member"`
	Subject string            `json:"subject"`
	Kind    record.NoticeKind `json:"kind"`
	Amount  money.Fen         `json:"amount"`
	Until   calendar.Instant  `json:"until"`
	Since   calendar.Instant  `json:"since"`
}

// Proposal is a proposal with its argument as text.
type Proposal struct {
	record.Proposal
	Argument string `json:"argument"`
}

// HoldingFilter selects holdings; a zero field selects all.
type HoldingFilter struct {
	Owner, Debtor, Certificate string
	State                      record.CertificateState
	Tier                       uint16
	PaymentFrom, PaymentTo     calendar.Date
}

// get reads one thing that needs a login.
func get[T any](ctx context.Context, c *Client, uri string) (*T, error) {
	v := new(T)
	if err := c.do(ctx, call{method: http.MethodGet, uri: uri, login: true}, v); err != nil {
		return nil, fmt.Errorf("read %s: %w", uri, err)
	}
	return v, nil
}

// list reads a list page by page. It yields an error last, when there is one.
func list[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	const most = "500" // what a node gives at once; a query may ask for less
	return func(yield func(T, error) bool) {
		q := url.Values{"limit": {most}}
		for name, values := range query {
			if values[0] != "" {
				q[name] = values
			}
		}
		for {
			page, err := get[struct {
				Items []T    `json:"items"`
				Next  string `json:"next"`
			}](ctx, c, path+"?"+q.Encode())
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Set("cursor", page.Next)
		}
	}
}

// All collects a list.
func All[T any](seq iter.Seq2[T, error]) ([]T, error) {
	items := []T{}
	for item, err := range seq {
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// Status asks the node for its status. It needs no key.
func (c *Client) Status(ctx context.Context) (*Status, error) {
	return c.status(ctx, "/v1/status")
}

// StatusAt is Status with the node's app hash of a recent height; a height that the
// node does not have, or no longer, is NOT_FOUND.
func (c *Client) StatusAt(ctx context.Context, height int64) (*Status, error) {
	return c.status(ctx, "/v1/status?height="+strconv.FormatInt(height, 10))
}

func (c *Client) status(ctx context.Context, uri string) (*Status, error) {
	asked := time.Now()
	s := new(Status)
	if err := c.do(ctx, call{method: http.MethodGet, uri: uri}, s); err != nil {
		return nil, fmt.Errorf("read the node's status: %w", err)
	}
	return s, c.learn(s, asked)
}

// Functions asks for the description of the contract functions, as JSON. It needs
// no key.
func (c *Client) Functions(ctx context.Context) (jsontext.Value, error) {
	var v jsontext.Value
	if err := c.do(ctx, call{method: http.MethodGet, uri: "/v1/functions"}, &v); err != nil {
		return nil, fmt.Errorf("read the contract functions: %w", err)
	}
	return v, nil
}

// Certificate reads a certificate.
func (c *Client) Certificate(ctx context.Context, number string) (*Certificate, error) {
	return get[Certificate](ctx, c, "/v1/certificates/"+url.PathEscape(number))
}

// Tree reads what to draw of a certificate.
func (c *Client) Tree(ctx context.Context, number string) (*Tree, error) {
	return get[Tree](ctx, c, "/v1/certificates/"+url.PathEscape(number)+"/tree")
}

// History lists what happened to a certificate, oldest first.
func (c *Client) History(ctx context.Context, number string) iter.Seq2[Outcome, error] {
	return list[Outcome](ctx, c, "/v1/certificates/"+url.PathEscape(number)+"/history", url.Values{"limit": {"100"}})
}

// Lineage lists how the fen of a certificate moved; with fen above zero only that
// one.
func (c *Client) Lineage(ctx context.Context, number string, fen money.Fen) iter.Seq2[Passage, error] {
	q := url.Values{}
	if fen > 0 {
		q.Set("fen", strconv.FormatInt(int64(fen), 10))
	}
	return list[Passage](ctx, c, "/v1/certificates/"+url.PathEscape(number)+"/lineage", q)
}

// Certificates lists a debtor's certificates by payment date; with no debtor the
// signer's own, or all for those who see all.
func (c *Client) Certificates(ctx context.Context, debtor string) iter.Seq2[record.CertificateRow, error] {
	return list[record.CertificateRow](ctx, c, "/v1/certificates", url.Values{"debtor": {debtor}})
}

// Holdings lists holdings by payment date.
func (c *Client) Holdings(ctx context.Context, f HoldingFilter) iter.Seq2[record.HoldingRow, error] {
	q := url.Values{"owner": {f.Owner}, "debtor": {f.Debtor}, "certificate": {f.Certificate}, "state": {f.State.String()}}
	if f.Tier > 0 {
		q.Set("tier", strconv.Itoa(int(f.Tier)))
	}
	if f.PaymentFrom > 0 {
		q.Set("paymentFrom", f.PaymentFrom.String())
	}
	if f.PaymentTo > 0 {
		q.Set("paymentTo", f.PaymentTo.String())
	}
	return list[record.HoldingRow](ctx, c, "/v1/holdings", q)
}

// Member reads a member.
func (c *Client) Member(ctx context.Context, id string) (*record.Member, error) {
	return get[record.Member](ctx, c, "/v1/members/"+url.PathEscape(id))
}

// Members lists all members, for institutions.
func (c *Client) Members(ctx context.Context) iter.Seq2[record.Member, error] {
	return list[record.Member](ctx, c, "/v1/members", nil)
}

// Credential reads a credential.
func (c *Client) Credential(ctx context.Context, key record.Digest) (*record.Credential, error) {
	return get[record.Credential](ctx, c, "/v1/credentials/"+key.String())
}

// Lines lists credit lines of a bank, or of all banks.
func (c *Client) Lines(ctx context.Context, bank string) iter.Seq2[record.Line, error] {
	return list[record.Line](ctx, c, "/v1/lines", url.Values{"bank": {bank}})
}

// Groups lists the caps of a bank over several lines and limits; with none named the
// signer's own, or all for those who see all.
func (c *Client) Groups(ctx context.Context, bank string) iter.Seq2[record.Group, error] {
	return list[record.Group](ctx, c, "/v1/groups", url.Values{"bank": {bank}})
}

// Invoice reads an invoice.
func (c *Client) Invoice(ctx context.Context, fingerprint record.Digest) (*record.Invoice, error) {
	return get[record.Invoice](ctx, c, "/v1/invoices/"+fingerprint.String())
}

// Proposal reads a proposal.
func (c *Client) Proposal(ctx context.Context, id string) (*Proposal, error) {
	return get[Proposal](ctx, c, "/v1/proposals/"+url.PathEscape(id))
}

// Transfer reads a transfer.
func (c *Client) Transfer(ctx context.Context, id string) (*record.Transfer, error) {
	return get[record.Transfer](ctx, c, "/v1/transfers/"+url.PathEscape(id))
}

// Worklist lists what waits for a member, the signer's own when none is named.
func (c *Client) Worklist(ctx context.Context, member string) iter.Seq2[Work, error] {
	return list[Work](ctx, c, "/v1/worklist", url.Values{"member": {member}})
}

// Pack reads the rule pack in force on a day, today's when it is zero.
func (c *Client) Pack(ctx context.Context, day calendar.Date) (*record.Pack, error) {
	uri := "/v1/rules/pack"
	if day > 0 {
		uri += "?date=" + day.String()
	}
	return get[record.Pack](ctx, c, uri)
}

// Reference reads which certificate a debtor's payment reference issued.
func (c *Client) Reference(ctx context.Context, debtor, reference string) (*record.Reference, error) {
	return get[record.Reference](ctx, c, "/v1/references/"+url.PathEscape(debtor)+"/"+url.PathEscape(reference))
}

// InvoiceFacts are what tells one tax invoice from every other.
type InvoiceFacts struct {
	Code   string        `json:"code"` // 发票代码, empty for a fully digital invoice
	Number string        `json:"number"`
	Date   calendar.Date `json:"date"`
	Seller string        `json:"seller"`
	Buyer  string        `json:"buyer"`
	Amount money.Fen     `json:"amount"`
}

// Fingerprints are keyed fingerprints in the order of the facts asked for.
type Fingerprints struct {
	Scheme       uint8         `json:"scheme"`
	Epoch        uint32        `json:"epoch"` // the present one
	Fingerprints []Fingerprint `json:"fingerprints"`
}

// Fingerprint is one invoice's under the key of the present epoch and under those
// of the epochs before, the first one's first; or why there is none.
type Fingerprint struct {
	Fingerprint record.Digest   `json:"fingerprint"`
	Earlier     []record.Digest `json:"earlier,omitempty"`
	Refusal     *Refusal        `json:"refusal,omitempty"`
}

// Other is the fingerprint that evidence:RecordInvoice takes beside the present
// one, zero in the first epoch.
func (f Fingerprint) Other() record.Digest {
	if len(f.Earlier) == 0 {
		return record.Digest{}
	}
	return f.Earlier[len(f.Earlier)-1]
}

// Others are the fingerprints that evidence:Verify takes beside the one under which
// the invoice is registered, in order of epoch. That it is none of this invoice's
// makes ok false.
func (f Fingerprint) Others(registered record.Digest) (others []record.Digest, ok bool) {
	for _, print := range append(slices.Clip(f.Earlier), f.Fingerprint) {
		if print == registered {
			ok = true
			continue
		}
		others = append(others, print)
	}
	return others, ok
}

// Fingerprints has a bank's node make fingerprints of at most 500 invoices. It
// uses the member's quota of the day, each time it is sent.
func (c *Client) Fingerprints(ctx context.Context, facts []InvoiceFacts) (*Fingerprints, error) {
	body, err := json.Marshal(struct {
		Facts []InvoiceFacts `json:"facts"`
	}{facts})
	if err != nil {
		return nil, fmt.Errorf("ask for fingerprints: %w", err)
	}
	v := new(Fingerprints)
	k := call{method: http.MethodPost, uri: "/v1/evidence/fingerprints", body: body, login: true}
	if err := c.do(ctx, k, v); err != nil {
		return nil, fmt.Errorf("ask for fingerprints: %w", err)
	}
	return v, nil
}

// Checkpoint is a copy of a node's ledger on the node's own disk.
type Checkpoint struct {
	Directory string `json:"directory"`
	Height    int64  `json:"height"`
}

// Checkpoint has the node copy its ledger, for an admin of the bank that runs it.
func (c *Client) Checkpoint(ctx context.Context) (*Checkpoint, error) {
	v := new(Checkpoint)
	if err := c.do(ctx, call{method: http.MethodPost, uri: "/v1/checkpoints", login: true}, v); err != nil {
		return nil, fmt.Errorf("ask for a checkpoint: %w", err)
	}
	return v, nil
}
