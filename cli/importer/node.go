package importer

import (
	"context"
	"fmt"
	"iter"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// Node is a Ledger over a node's REST API. The client's signer is who reads; it
// signs no transaction here.
type Node struct{ Client *client.Client }

// Submit is Ledger's.
func (n Node) Submit(ctx context.Context, compact []byte) (Outcome, error) {
	t, err := n.Client.Submit(ctx, compact, client.WaitFinal)
	if err != nil {
		return Outcome{}, err
	}
	if t.Outcome == nil {
		if err := t.Err(); err != nil {
			return Outcome{}, err // it expired outside of a block
		}
		return Outcome{}, fmt.Errorf("transaction %s is %s and has no outcome", t.ID, t.State)
	}
	return Outcome{Refusal: refused(t.Outcome.Code, t.Outcome.Rule, t.Outcome.Detail), Result: t.Outcome.Result, Height: t.Outcome.Height}, nil
}

func refused(c code.Code, rule, detail string) *code.Error {
	if c == code.OK {
		return nil
	}
	return &code.Error{Code: c, Rule: rule, Detail: detail}
}

// Now is Ledger's.
func (n Node) Now(ctx context.Context) (calendar.Instant, error) { return n.Client.Time(ctx) }

// Height is Ledger's.
func (n Node) Height(ctx context.Context) (int64, error) {
	s, err := n.Client.Status(ctx)
	if err != nil {
		return 0, err
	}
	return s.Height, nil
}

// Certificates is Ledger's.
func (n Node) Certificates(ctx context.Context, debtor string) iter.Seq2[record.CertificateRow, error] {
	return n.Client.Certificates(ctx, debtor)
}

// Lines is Ledger's.
func (n Node) Lines(ctx context.Context, bank string) iter.Seq2[record.Line, error] {
	return n.Client.Lines(ctx, bank)
}

// Fingerprints is Ledger's.
func (n Node) Fingerprints(ctx context.Context, facts []evidence.InvoiceFacts) ([]Fingerprint, uint32, error) {
	ask := make([]client.InvoiceFacts, len(facts))
	for i, f := range facts {
		ask[i] = client.InvoiceFacts(f)
	}
	made, err := n.Client.Fingerprints(ctx, ask)
	if err != nil {
		return nil, 0, err
	}
	if len(made.Fingerprints) != len(facts) {
		return nil, 0, fmt.Errorf("the node made %d fingerprints of %d invoices", len(made.Fingerprints), len(facts))
	}
	list := make([]Fingerprint, len(facts))
	for i, f := range made.Fingerprints {
		if r := f.Refusal; r != nil {
			return nil, 0, fmt.Errorf("fingerprint invoice %s: %w", facts[i].Number, refused(r.Code, r.Rule, r.Detail))
		}
		list[i] = Fingerprint{f.Fingerprint, f.Earlier}
	}
	return list, made.Epoch, nil
}

// Member is Ledger's.
func (n Node) Member(ctx context.Context, id string) (*record.Member, error) {
	return absent(n.Client.Member(ctx, id))
}

// Invoice is Ledger's.
func (n Node) Invoice(ctx context.Context, fingerprint record.Digest) (*record.Invoice, error) {
	return absent(n.Client.Invoice(ctx, fingerprint))
}

// Proposal is Ledger's.
func (n Node) Proposal(ctx context.Context, id string) (*record.Proposal, error) {
	p, err := absent(n.Client.Proposal(ctx, id))
	if p == nil {
		return nil, err
	}
	return &p.Proposal, nil
}

// Pack is Ledger's.
func (n Node) Pack(ctx context.Context) (*record.Pack, error) { return n.Client.Pack(ctx, 0) }

// Holdings is Ledger's.
func (n Node) Holdings(ctx context.Context) iter.Seq2[record.HoldingRow, error] {
	return n.Client.Holdings(ctx, client.HoldingFilter{State: record.Active})
}

// Accounts is Ledger's.
func (n Node) Accounts(ctx context.Context, member string) iter.Seq2[record.Account, error] {
	return n.Client.Accounts(ctx, member)
}

// Rates is Ledger's.
func (n Node) Rates(ctx context.Context, bank string) iter.Seq2[record.PostedRate, error] {
	return n.Client.Rates(ctx, client.RateFilter{Bank: bank, All: true})
}

// Limits is Ledger's.
func (n Node) Limits(ctx context.Context, bank string) iter.Seq2[record.Limit, error] {
	return n.Client.Limits(ctx, bank)
}

// Financings is Ledger's.
func (n Node) Financings(ctx context.Context) iter.Seq2[record.FinancingRow, error] {
	return n.Client.Financings(ctx, client.FinancingFilter{})
}

// Financing is Ledger's.
func (n Node) Financing(ctx context.Context, id string) (*record.Financing, error) {
	f, err := n.Client.Financing(ctx, id)
	if err != nil {
		return nil, err
	}
	return &f.Financing, nil
}

// Runs is Ledger's.
func (n Node) Runs(ctx context.Context, day calendar.Date) iter.Seq2[record.Run, error] {
	return func(yield func(record.Run, error) bool) {
		for r, err := range n.Client.Runs(ctx, client.RunFilter{From: day, To: day}) {
			if !yield(r.Run, err) {
				return
			}
		}
	}
}

// Legs is Ledger's.
func (n Node) Legs(ctx context.Context, run string) iter.Seq2[record.Settlement, error] {
	return n.Client.RunLegs(ctx, run, client.LegFilter{Purpose: record.PurposeClearing})
}

// Settlements is Ledger's.
func (n Node) Settlements(ctx context.Context) iter.Seq2[record.Settlement, error] {
	return n.Client.Settlements(ctx, client.SettlementFilter{Purpose: record.PurposeFinancing})
}

// absent makes nil of what is not there, or not for the reader to see.
func absent[T any](v *T, err error) (*T, error) {
	if code.NotFound.Is(err) || code.MemberUnknown.Is(err) || code.NotAuthorised.Is(err) {
		return nil, nil
	}
	return v, err
}
