package client

import (
	"context"
	"iter"
	"net/url"

	"github.com/tierledger/tierledger/chaincode/record"
)

// Financing is a financing with its settlement, the quotes that the viewer may see
// and the entries of the registry. What a viewer does not see is zero: see the
// node's API. The counts of the record (Financing.Quotes, Financing.Registrations)
// are not served, the lists are.
type Financing struct {
	record.Financing
	Settlement    record.Settlement     `json:"settlement"`
	Quotes        []record.Quote        `json:"quotes"`
	Registrations []record.Registration `json:"registrations"`
}

// FinancingFilter selects financings; a zero field selects all that the signer may
// list.
type FinancingFilter struct {
	Member string // holder, funder or debtor
	State  record.FinancingState
}

// RateFilter selects posted rates; a zero field selects all.
type RateFilter struct {
	Bank   string
	Debtor string // of the fen: rates for it and for any debtor
	All    bool   // also those that are closed or over
}

// SettlementFilter selects settlements; a zero field selects all that the signer
// may list.
type SettlementFilter struct {
	Member  string // payer, payee or bank of one side
	State   record.SettlementState
	Purpose record.Purpose
}

// Financings lists financings: of the member named, with none the signer's own, or
// all for those who see all. A bank that asks for the requested ones and names no
// member gets the open requests for which it may quote.
func (c *Client) Financings(ctx context.Context, f FinancingFilter) iter.Seq2[record.FinancingRow, error] {
	return list[record.FinancingRow](ctx, c, "/v1/financings", url.Values{"member": {f.Member}, "state": {f.State.String()}})
}

// Financing reads a financing.
func (c *Client) Financing(ctx context.Context, id string) (*Financing, error) {
	return get[Financing](ctx, c, "/v1/financings/"+url.PathEscape(id))
}

// RegistryText reads the description of a financing's property for the form of the
// unified registry, for its holder and its bank once it is agreed.
func (c *Client) RegistryText(ctx context.Context, id string) (string, error) {
	v, err := get[struct {
		Text string `json:"text"`
	}](ctx, c, "/v1/financings/"+url.PathEscape(id)+"/registry-text")
	if err != nil {
		return "", err
	}
	return v.Text, nil
}

// Rates lists posted rates that are neither closed nor over, by bank and id.
func (c *Client) Rates(ctx context.Context, f RateFilter) iter.Seq2[record.PostedRate, error] {
	return list[record.PostedRate](ctx, c, "/v1/rates", url.Values{"bank": {f.Bank}, "debtor": {f.Debtor}, "all": {yes(f.All)}})
}

// Discounts lists offers to pay early that are neither closed nor over: of a debtor,
// or with none named of all.
func (c *Client) Discounts(ctx context.Context, debtor string) iter.Seq2[record.DiscountOffer, error] {
	return list[record.DiscountOffer](ctx, c, "/v1/discounts", url.Values{"debtor": {debtor}})
}

// Limits lists the limits of a bank; with none named the signer's own, or all for
// those who see all.
func (c *Client) Limits(ctx context.Context, bank string) iter.Seq2[record.Limit, error] {
	return list[record.Limit](ctx, c, "/v1/limits", url.Values{"bank": {bank}})
}

// Settlements lists settlements: of the member named, with none the signer's own,
// or all for those who see all.
func (c *Client) Settlements(ctx context.Context, f SettlementFilter) iter.Seq2[record.Settlement, error] {
	return list[record.Settlement](ctx, c, "/v1/settlements", url.Values{
		"member": {f.Member}, "state": {f.State.String()}, "purpose": {f.Purpose.String()},
	})
}

// Settlement reads a settlement.
func (c *Client) Settlement(ctx context.Context, id string) (*record.Settlement, error) {
	return get[record.Settlement](ctx, c, "/v1/settlements/"+url.PathEscape(id))
}

// Accounts lists the bank accounts of a member that the signer may see.
func (c *Client) Accounts(ctx context.Context, member string) iter.Seq2[record.Account, error] {
	return list[record.Account](ctx, c, "/v1/members/"+url.PathEscape(member)+"/accounts", nil)
}

// yes is a switch as a query parameter; off is not sent.
func yes(on bool) string {
	if on {
		return "true"
	}
	return ""
}
