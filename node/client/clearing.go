package client

import (
	"context"
	"iter"
	"net/url"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Run is what a debtor owes on a payment date. Who does not see the whole has its
// number of certificates, its tally and its rounds as zero. Lists have neither funds
// nor totals.
type Run struct {
	record.Run
	Whole  bool           `json:"whole"`
	Funds  []record.Round `json:"funds,omitempty"`  // what the debtor's bank confirmed, round by round
	Totals []LegTotal     `json:"totals,omitempty"` // over the legs that the signer sees
}

// LegTotal sums the legs of a run, or the late interest on them, that go from one bank
// to another and are in one state.
type LegTotal struct {
	Purpose   record.Purpose         `json:"purpose"`
	PayerBank string                 `json:"payerBank"`
	PayeeBank string                 `json:"payeeBank"` // empty where the payee has no account
	State     record.SettlementState `json:"state"`
	Kept      bool                   `json:"kept"` // not paid, and its fen are kept for the payee
	Count     int64                  `json:"count"`
	Amount    money.Fen              `json:"amount"`
}

// Leg is a leg of a run, or late interest on one, with the advice that settled it.
type Leg struct {
	record.Settlement
	Owner  string         `json:"owner"` // of the fen when the leg was computed
	Advice *record.Advice `json:"advice"`
}

// RunFilter selects runs; a zero field selects all that the signer sees.
type RunFilter struct {
	Debtor   string
	State    record.RunState
	From, To calendar.Date // payment dates, both included
	Bank     string        // of an account that is paid from or to
}

// LegFilter selects legs of a run; a zero field selects all that the signer sees.
type LegFilter struct {
	Purpose   record.Purpose // clearing, or late-interest
	State     record.SettlementState
	Payee     string
	PayeeBank string
	PayerBank string
}

// ExtensionFilter selects offers to pay later; a zero field selects all.
type ExtensionFilter struct {
	Certificate string
	Debtor      string
	All         bool // also those that are closed or over
}

// WaiverFilter selects waivers; a zero field selects all.
type WaiverFilter struct {
	Certificate string
	Creditor    string
	Debtor      string
}

// Runs lists runs by debtor and payment date.
func (c *Client) Runs(ctx context.Context, f RunFilter) iter.Seq2[Run, error] {
	q := url.Values{"debtor": {f.Debtor}, "state": {f.State.String()}, "bank": {f.Bank}}
	if f.From > 0 {
		q.Set("from", f.From.String())
	}
	if f.To > 0 {
		q.Set("to", f.To.String())
	}
	return list[Run](ctx, c, "/v1/runs", q)
}

// Run reads a run.
func (c *Client) Run(ctx context.Context, id string) (*Run, error) {
	return get[Run](ctx, c, "/v1/runs/"+url.PathEscape(id))
}

// RunLegs lists the legs of a run and the late interest on them, in order of id.
func (c *Client) RunLegs(ctx context.Context, run string, f LegFilter) iter.Seq2[record.Settlement, error] {
	return list[record.Settlement](ctx, c, "/v1/runs/"+url.PathEscape(run)+"/legs", url.Values{
		"purpose": {f.Purpose.String()}, "state": {f.State.String()}, "payee": {f.Payee}, "payeeBank": {f.PayeeBank},
		"payerBank": {f.PayerBank},
	})
}

// Leg reads a leg.
func (c *Client) Leg(ctx context.Context, id string) (*Leg, error) {
	return get[Leg](ctx, c, "/v1/legs/"+url.PathEscape(id))
}

// Extensions lists offers to pay later that are open.
func (c *Client) Extensions(ctx context.Context, f ExtensionFilter) iter.Seq2[record.Extension, error] {
	return list[record.Extension](ctx, c, "/v1/extensions", url.Values{
		"certificate": {f.Certificate}, "debtor": {f.Debtor}, "all": {yes(f.All)},
	})
}

// Extension reads an offer to pay later.
func (c *Client) Extension(ctx context.Context, id string) (*record.Extension, error) {
	return get[record.Extension](ctx, c, "/v1/extensions/"+url.PathEscape(id))
}

// Waivers lists late interest that creditors gave up.
func (c *Client) Waivers(ctx context.Context, f WaiverFilter) iter.Seq2[record.Waiver, error] {
	return list[record.Waiver](ctx, c, "/v1/waivers", url.Values{
		"certificate": {f.Certificate}, "creditor": {f.Creditor}, "debtor": {f.Debtor},
	})
}

// Payee reads to which account a member's clearings are paid: nil when it has not
// chosen, or when the choice is not the signer's to see.
func (c *Client) Payee(ctx context.Context, member string) (*record.PayeeChoice, error) {
	v, err := get[struct {
		Payee *record.PayeeChoice `json:"payee"`
	}](ctx, c, "/v1/members/"+url.PathEscape(member)+"/accounts?limit=1")
	if err != nil {
		return nil, err
	}
	return v.Payee, nil
}
