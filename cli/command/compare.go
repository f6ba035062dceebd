package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/client"
)

// comparison is a bank's quote as the holder sees it beside the others.
type comparison struct {
	Bank    string            `json:"bank"`
	State   record.QuoteState `json:"state"`
	Expires calendar.Instant  `json:"expires"`
	Terms   record.Terms      `json:"terms"`  // zero when the quote did not open or does not fit its seal
	Cost    record.Cost       `json:"cost"`   // zero when the terms do not work out
	Reason  string            `json:"reason"` // why it cannot be chosen; empty when it can

	salt    financing.Salt
	refusal error // Reason, as an error
}

// compare opens the quotes for a request of the session's member and works out what
// each comes to: those that can be chosen first, by the cost of a year and then by
// what the holder gets. A quote that cannot be chosen is listed with the reason.
func (s *session) compare(ctx context.Context, f *client.Financing, keys replyKeys) ([]comparison, error) {
	if len(f.Quotes) == 0 {
		return []comparison{}, nil
	}
	parts, err := s.parts(ctx, f.Settlement.Legs)
	if err != nil {
		return nil, err
	}
	now, err := s.Time(ctx)
	if err != nil {
		return nil, err
	}
	c := comparer{network: s.Network(), request: &f.Financing, parts: parts, now: now}
	c.key, c.keyless = keys.find(f.ReplyKey)
	return c.compare(f.Quotes), nil
}

// comparer works out what quotes come to. It asks nobody.
type comparer struct {
	network string
	request *record.Financing
	parts   []financing.Part // of the request's legs
	key     envelope.PrivateKey
	keyless error // why there is no key
	now     calendar.Instant
}

// compare makes a row of each quote and puts the best first.
func (c *comparer) compare(quotes []record.Quote) []comparison {
	list := make([]comparison, len(quotes))
	for i := range quotes {
		list[i] = c.row(&quotes[i])
	}
	slices.SortFunc(list, func(x, y comparison) int {
		return cmp.Or(cmp.Compare(x.rank(), y.rank()), cmp.Compare(x.Cost.AllIn, y.Cost.AllIn),
			cmp.Compare(y.Cost.Net, x.Cost.Net), cmp.Compare(x.Bank, y.Bank))
	})
	return list
}

// rank is 0 for the chosen quote and those that can be chosen, 1 for those that
// were worked out, 2 for those that say nothing.
func (c *comparison) rank() int {
	switch {
	case c.refusal == nil || c.State == record.QuoteChosen:
		return 0
	case c.Cost.Net > 0:
		return 1
	default:
		return 2
	}
}

// said is why a quote cannot be chosen, in a word where its state says it.
func (c *comparison) said() string {
	if c.State != record.QuoteSealed {
		return c.State.String()
	}
	return c.Reason
}

// row opens one quote, checks it against the ledger's seal and computes its cost.
func (c *comparer) row(q *record.Quote) comparison {
	row := comparison{Bank: q.Bank, State: q.State, Expires: q.Expires}
	opened, err := c.open(q)
	if err == nil {
		row.Terms, row.salt = opened.Terms, opened.Salt
		row.Cost, err = c.cost(q.Bank, opened.Terms)
	}
	if err == nil {
		err = c.choosable(q)
	}
	if err != nil {
		row.refusal, row.Reason = err, err.Error()
	}
	return row
}

// open decrypts a quote and compares it with its seal: BAD_KEY when it is not for
// the holder's key, QUOTE_ALTERED when it is not what the bank sealed.
func (c *comparer) open(q *record.Quote) (financing.Opened, error) {
	var opened financing.Opened
	if c.keyless != nil {
		return opened, c.keyless
	}
	text, err := envelope.Open(q.Sealed, financing.SealContext(c.network, c.request.ID, q.Bank), c.key)
	switch {
	case errors.Is(err, envelope.ErrNotRecipient):
		return opened, code.BadKey.New("it is sealed to another key")
	case err != nil:
		return opened, code.QuoteAltered.New("%v", err)
	}
	if err := json.Unmarshal(text, &opened, json.RejectUnknownMembers(true)); err != nil {
		return financing.Opened{}, code.QuoteAltered.New("it opens and is no quote: %v", err)
	}
	if financing.SealOf(c.request.ID, q.Bank, opened.Salt, opened.Terms) != q.Seal {
		return financing.Opened{}, code.QuoteAltered.New("its terms do not fit the bank's seal on the ledger")
	}
	return opened, nil
}

// cost refuses what the ledger would refuse of the terms when they are chosen:
// TERMS_INVALID.
func (c *comparer) cost(bank string, t record.Terms) (record.Cost, error) {
	if err := financing.CheckTerms(t); err != nil {
		return record.Cost{}, err
	}
	cost, err := financing.CostOf(t, c.parts)
	switch {
	case err != nil:
		return record.Cost{}, err
	case c.request.State == record.FinancingRequested && t.ValueDate < c.now.Date():
		return cost, code.TermsInvalid.New("value date %s has passed", t.ValueDate)
	}
	agreed := *c.request
	agreed.Funder, agreed.Terms, agreed.Cost = bank, t, cost
	return cost, financing.CheckParties(&agreed)
}

// choosable refuses a quote that has ended.
func (c *comparer) choosable(q *record.Quote) error {
	switch {
	case q.State == record.QuoteSealed && c.now >= q.Expires:
		return code.QuoteExpired.New("at %s", q.Expires)
	case q.State == record.QuoteExpired:
		return code.QuoteExpired.New("at %s", q.Expires)
	case q.State != record.QuoteSealed:
		return code.QuoteMissing.New("it is %s", q.State)
	case c.request.State != record.FinancingRequested:
		return code.FinancingState.New("the financing is %s", c.request.State)
	}
	return nil
}

// choose finds a bank's quote, or says why it cannot be chosen: QUOTE_MISSING, or
// the row's own reason.
func choose(list []comparison, bank, financing string) (comparison, error) {
	for _, c := range list {
		if c.Bank == bank {
			return c, c.refusal
		}
	}
	return comparison{}, code.QuoteMissing.New("bank %s has made none for financing %s", bank, financing)
}

// kindSaid takes a kind apart for people: what happens to the fen, and whether the
// supplier still answers for them.
func kindSaid(k record.FinancingKind) (kind, recourse string) {
	switch k {
	case record.SaleWithRecourse:
		return "sale", "yes"
	case record.SaleWithoutRecourse:
		return "sale", "no"
	case record.PledgeLoan:
		return "loan", "yes" // the supplier owes it
	default:
		return "", ""
	}
}

// writeComparison writes quotes side by side.
func writeComparison(w io.Writer, list []comparison, names func(string) string) {
	t := columns("BANK", "KIND", "RECOURSE", ">RATE %", "INTEREST", ">ADVANCE %", ">FEES", ">YOU GET", ">ALL-IN %", "EXPIRES", "")
	for _, c := range list {
		if c.Terms.Kind == 0 {
			t.add(names(c.Bank), "", "", "", "", "", "", "", "", c.Expires.String(), c.Reason)
			continue
		}
		kind, recourse := kindSaid(c.Terms.Kind)
		t.add(names(c.Bank), kind, recourse, c.Terms.Rate.String(), c.Terms.Interest.String(), c.Terms.Advance.String(),
			(c.Cost.SupplierFee + c.Cost.GuaranteeFee).Human(), c.Cost.Net.Human(), c.Cost.AllIn.String(), c.Expires.String(),
			remarks(c.Terms, c.Cost, c.said(), names))
	}
	t.write(w, "no quotes")
}

// remarks say what the columns of a comparison do not.
func remarks(t record.Terms, c record.Cost, reason string, names func(string) string) string {
	var list []string
	if reason != "" {
		list = append(list, reason)
	}
	if t.Guarantor != "" {
		list = append(list, fmt.Sprintf("%s guarantees %s", names(t.Guarantor), yuan(t.Guarantee)))
	}
	if share := c.DebtorInterest + c.DebtorFee; share > 0 {
		list = append(list, "the debtor bears "+yuan(share))
	}
	return strings.Join(list, "; ")
}
