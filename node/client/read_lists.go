package client

import (
	"context"
	"iter"
	"net/url"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Viewer is who the signer is to the node.
type Viewer struct {
	Member      record.Member       `json:"member"`
	Credential  record.Credential   `json:"credential"`
	Person      string              `json:"person"`
	SponsorName string              `json:"sponsorName"`
	Validator   bool                `json:"validator"`
	OwnNode     bool                `json:"ownNode"` // the member runs the node
	SeesAll     bool                `json:"seesAll"`
	Institution bool                `json:"institution"`
	Policy      []record.PolicyRule `json:"policy"` // which functions need a checker, and from which amount
}

// TransferFilter selects transfers; a zero field selects all that the signer may list.
type TransferFilter struct {
	Member    string // one side
	Direction string // sent or received, of the member or else the signer
	State     record.TransferState
}

// ProposalFilter selects proposals; a zero field selects all that the signer may list.
type ProposalFilter struct {
	Member   string // whose they are, or who may decide them
	State    record.ProposalState
	Function string
}

// InvoiceFilter selects invoices; a zero field selects all that the signer may list.
type InvoiceFilter struct {
	Member       string
	Role         string // buyer or seller: the member's, or else the signer's
	Counterparty string
	Open         bool // something can still be allocated
}

// DocumentFilter selects contracts and deliveries; a zero field selects all that the
// signer may list.
type DocumentFilter struct {
	Member       string
	Counterparty string
	Contract     string // of deliveries
}

// StopFilter selects attestations that stop debtors; a zero field selects all that the
// signer may list.
type StopFilter struct {
	Debtor string
	Bank   string // which attested it
	All    bool   // also those that were lifted
}

// ReviewFilter selects reviews of long terms; a zero field selects all that the signer may
// list.
type ReviewFilter struct {
	Debtor string
	Bank   string // which signed it
	All    bool   // also those that cannot be used any more
}

// Review is a bank's word for a long term, with the number for which it is given.
type Review struct {
	Certificate string `json:"certificate"`
	Issued      bool   `json:"issued"` // a certificate has the number
	record.Review
}

// Finding is something that a search found.
type Finding struct {
	Kind  string `json:"kind"` // certificate, member, transfer, financing, transaction, run or proposal
	ID    string `json:"id"`
	Title string `json:"title"`
	Note  string `json:"note"`
}

// MonthFlow is how many and how much in a month.
type MonthFlow struct {
	Month string `json:"month"` // 2026-12
	Flow
}

// Totals are the sums of a member, or of the network.
type Totals struct {
	AsOf    AsOf           `json:"asOf"`
	Member  string         `json:"member"` // empty for the network
	Totals  *MemberTotals  `json:"totals,omitempty"`
	Network *NetworkTotals `json:"network,omitempty"`
}

// MemberTotals are the sums of one member.
type MemberTotals struct {
	Held         Flow        `json:"held"`
	HeldByMonth  []MonthFlow `json:"heldByMonth"`
	ToAccept     Flow        `json:"toAccept"` // certificates issued to it
	Owed         Flow        `json:"owed"`
	OwedByMonth  []MonthFlow `json:"owedByMonth"`
	Overdue      Flow        `json:"overdue"`  // of what it owes
	Awaiting     Flow        `json:"awaiting"` // certificates that it issued and that are not accepted
	Funded       Flow        `json:"funded"`   // outstanding financings of which it is the bank
	Financed     Flow        `json:"financed"` // outstanding financings of which it was the holder
	OffersToIt   Flow        `json:"offersToIt"`
	OffersFromIt Flow        `json:"offersFromIt"`
}

// NetworkTotals are the sums of a whole ledger.
type NetworkTotals struct {
	Certificates Flow             `json:"certificates"` // accepted and not void
	Awaiting     Flow             `json:"awaiting"`
	Open         Flow             `json:"open"`
	Redeemed     Flow             `json:"redeemed"`
	Overdue      Flow             `json:"overdue"`
	Extended     Flow             `json:"extended"`
	Financed     Flow             `json:"financed"`
	Offers       Flow             `json:"offers"`
	Members      int64            `json:"members"`
	ByRole       map[string]int64 `json:"byRole"`
}

// Exposure is what one debtor owes a bank and may owe it.
type Exposure struct {
	Debtor  string      `json:"debtor"`
	Name    string      `json:"name"`
	Lines   LinesTotal  `json:"lines"`
	Limit   *LimitTotal `json:"limit,omitempty"` // nil when the bank has none on the debtor
	Held    Flow        `json:"held"`
	ByMonth []MonthFlow `json:"byMonth"`
}

// LinesTotal are a bank's credit lines for one debtor together.
type LinesTotal struct {
	Count     int       `json:"count"`
	Limit     money.Fen `json:"limit"`
	Used      money.Fen `json:"used"`
	Reserved  money.Fen `json:"reserved"`
	Available money.Fen `json:"available"`
}

// LimitTotal is a bank's limit on one debtor.
type LimitTotal struct {
	Capped   bool      `json:"capped"`
	Cap      money.Fen `json:"cap"`
	Used     money.Fen `json:"used"`
	Reserved money.Fen `json:"reserved"`
}

// Ruled is one decision in the history of a certificate, rule by rule.
type Ruled struct {
	TxID     record.Digest    `json:"txId"`
	Height   int64            `json:"height"`
	Function string           `json:"function"`
	Member   string           `json:"member"`
	Time     calendar.Instant `json:"time"`
	Pack     uint32           `json:"pack"`
	Rules    []RuleResult     `json:"rules"`
}

// RuleResult is what one rule said.
type RuleResult struct {
	Rule   string   `json:"rule"`
	Clause string   `json:"clause"`
	Title  string   `json:"title"`
	Result string   `json:"result"` // passed, flagged or refused
	Facts  []string `json:"facts"`
}

// Viewer reads who the signer is.
func (c *Client) Viewer(ctx context.Context) (*Viewer, error) {
	return get[Viewer](ctx, c, "/v1/viewer")
}

// Credentials lists a member's credentials, for itself and its sponsor.
func (c *Client) Credentials(ctx context.Context, member string) iter.Seq2[record.Credential, error] {
	return list[record.Credential](ctx, c, "/v1/members/"+url.PathEscape(member)+"/credentials", nil)
}

// MemberPolicy reads which functions of a member need a checker.
func (c *Client) MemberPolicy(ctx context.Context, member string) ([]record.PolicyRule, error) {
	p, err := get[record.Policy](ctx, c, "/v1/members/"+url.PathEscape(member)+"/policy")
	if err != nil {
		return nil, err
	}
	return p.Rules, nil
}

// Transfers lists transfers, the latest first.
func (c *Client) Transfers(ctx context.Context, f TransferFilter) iter.Seq2[record.Transfer, error] {
	return list[record.Transfer](ctx, c, "/v1/transfers", url.Values{
		"member": {f.Member}, "direction": {f.Direction}, "state": {f.State.String()},
	})
}

// Proposals lists proposals without their arguments, the latest first.
func (c *Client) Proposals(ctx context.Context, f ProposalFilter) iter.Seq2[Proposal, error] {
	return list[Proposal](ctx, c, "/v1/proposals", url.Values{
		"member": {f.Member}, "state": {f.State.String()}, "function": {f.Function},
	})
}

// Invoices lists invoices, the latest first.
func (c *Client) Invoices(ctx context.Context, f InvoiceFilter) iter.Seq2[record.Invoice, error] {
	return list[record.Invoice](ctx, c, "/v1/invoices", url.Values{
		"member": {f.Member}, "role": {f.Role}, "counterparty": {f.Counterparty}, "open": {yes(f.Open)},
	})
}

// Contracts lists trade contracts, the latest first.
func (c *Client) Contracts(ctx context.Context, f DocumentFilter) iter.Seq2[record.TradeContract, error] {
	return list[record.TradeContract](ctx, c, "/v1/contracts", url.Values{
		"member": {f.Member}, "counterparty": {f.Counterparty},
	})
}

// Contract reads a trade contract.
func (c *Client) Contract(ctx context.Context, id string) (*record.TradeContract, error) {
	return get[record.TradeContract](ctx, c, "/v1/contracts/"+url.PathEscape(id))
}

// Deliveries lists what buyers accepted, the latest first.
func (c *Client) Deliveries(ctx context.Context, f DocumentFilter) iter.Seq2[record.Delivery, error] {
	return list[record.Delivery](ctx, c, "/v1/deliveries", url.Values{
		"member": {f.Member}, "counterparty": {f.Counterparty}, "contract": {f.Contract},
	})
}

// Delivery reads what a buyer accepted.
func (c *Client) Delivery(ctx context.Context, id string) (*record.Delivery, error) {
	return get[record.Delivery](ctx, c, "/v1/deliveries/"+url.PathEscape(id))
}

// Confirmations lists requests to confirm a debt, the latest first; with no member the
// signer's own, or all for those who see all. A zero state is any.
func (c *Client) Confirmations(ctx context.Context, member string, state record.ConfirmationState) iter.Seq2[record.Confirmation, error] {
	return list[record.Confirmation](ctx, c, "/v1/confirmations", url.Values{"member": {member}, "state": {state.String()}})
}

// Confirmation reads a request to confirm a debt.
func (c *Client) Confirmation(ctx context.Context, id string) (*record.Confirmation, error) {
	return get[record.Confirmation](ctx, c, "/v1/confirmations/"+url.PathEscape(id))
}

// Stops lists the attestations that stop debtors from issuing, by debtor and bank.
func (c *Client) Stops(ctx context.Context, f StopFilter) iter.Seq2[record.Stop, error] {
	return list[record.Stop](ctx, c, "/v1/stops", url.Values{"debtor": {f.Debtor}, "bank": {f.Bank}, "all": {yes(f.All)}})
}

// Reviews lists banks' reviews of long terms, in order of the certificate's number.
func (c *Client) Reviews(ctx context.Context, f ReviewFilter) iter.Seq2[Review, error] {
	return list[Review](ctx, c, "/v1/reviews", url.Values{"debtor": {f.Debtor}, "bank": {f.Bank}, "all": {yes(f.All)}})
}

// Pledges lists pledges as Confirmations lists requests.
func (c *Client) Pledges(ctx context.Context, member string, state record.PledgeState) iter.Seq2[record.Pledge, error] {
	return list[record.Pledge](ctx, c, "/v1/pledges", url.Values{"member": {member}, "state": {state.String()}})
}

// Pledge reads a pledge.
func (c *Client) Pledge(ctx context.Context, id string) (*record.Pledge, error) {
	return get[record.Pledge](ctx, c, "/v1/pledges/"+url.PathEscape(id))
}

// Orders lists orders of courts and authorities as Confirmations lists requests.
func (c *Client) Orders(ctx context.Context, member string, state record.OrderState) iter.Seq2[record.Order, error] {
	return list[record.Order](ctx, c, "/v1/orders", url.Values{"member": {member}, "state": {state.String()}})
}

// Order reads an order of a court or authority.
func (c *Client) Order(ctx context.Context, id string) (*record.Order, error) {
	return get[record.Order](ctx, c, "/v1/orders/"+url.PathEscape(id))
}

// Search finds what the signer may see by its number, code, id or name.
func (c *Client) Search(ctx context.Context, text string) ([]Finding, error) {
	found, err := get[struct {
		Items []Finding `json:"items"`
	}](ctx, c, "/v1/search?"+url.Values{"q": {text}}.Encode())
	if err != nil {
		return nil, err
	}
	return found.Items, nil
}

// Totals reads the sums of a member; with none the signer's own, or the network's for
// those who see all.
func (c *Client) Totals(ctx context.Context, member string) (*Totals, error) {
	uri := "/v1/totals"
	if member != "" {
		uri += "?" + url.Values{"member": {member}}.Encode()
	}
	return get[Totals](ctx, c, uri)
}

// Exposure lists what debtors owe a bank and may owe it; with no bank the signer's own.
func (c *Client) Exposure(ctx context.Context, bank string) iter.Seq2[Exposure, error] {
	return list[Exposure](ctx, c, "/v1/exposure", url.Values{"bank": {bank}})
}

// Rules lists what the rules said on a certificate, oldest first.
func (c *Client) Rules(ctx context.Context, certificate string) iter.Seq2[Ruled, error] {
	return list[Ruled](ctx, c, "/v1/certificates/"+url.PathEscape(certificate)+"/rules", nil)
}
