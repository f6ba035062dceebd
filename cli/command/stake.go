package command

import (
	"context"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// stakes reads what stands behind legs from their certificates, each read once. The
// tier is 0 when the leg's holding has no such fen any more.
func (s *session) stakes(ctx context.Context, legs []record.Leg) ([]certificate.Stake, error) {
	read := map[string]*client.Certificate{}
	list := make([]certificate.Stake, len(legs))
	for i, leg := range legs {
		c := read[leg.Certificate]
		if c == nil {
			var err error
			if c, err = s.Certificate(ctx, leg.Certificate); err != nil {
				return nil, err
			}
			read[leg.Certificate] = c
		}
		list[i] = certificate.Stake{Leg: leg, Debtor: c.Debtor, Payment: c.Payment}
		for j := range c.Holdings {
			if c.Holdings[j].ID == leg.Holding {
				list[i].Tier = tierOn(&c.Holdings[j], leg.Interval)
			}
		}
	}
	return list, nil
}

// tierOn is the deepest tier of some fen of a holding.
func tierOn(h *record.Holding, fen interval.Interval) uint16 {
	var deepest uint16
	low := h.Interval.From
	for _, span := range h.Tiers {
		if interval.Of(low, span.To).Overlaps(fen) {
			deepest = max(deepest, span.Tier)
		}
		low = span.To + 1
	}
	return deepest
}

// partsOf are stakes as the arithmetic of a financing takes them.
func partsOf(stakes []certificate.Stake) []financing.Part {
	parts := make([]financing.Part, len(stakes))
	for i, s := range stakes {
		parts[i] = financing.Part{Amount: s.Interval.Amount(), Payment: s.Payment}
	}
	return parts
}

// parts reads the legs of a settlement as the arithmetic takes them.
func (s *session) parts(ctx context.Context, legs []record.Leg) ([]financing.Part, error) {
	stakes, err := s.stakes(ctx, legs)
	return partsOf(stakes), err
}

// fenOf chooses fen that a bank bought under a financing, from the low end; all of
// them for no amount.
func (s *session) fenOf(ctx context.Context, f *client.Financing, amount money.Fen) ([]record.Leg, error) {
	var all []record.Holding
	var sum money.Fen
	seen := map[string]bool{}
	for _, leg := range f.Settlement.Legs {
		if seen[leg.Certificate] {
			continue
		}
		seen[leg.Certificate] = true
		list, err := s.owned(ctx, leg.Certificate, f.Funder)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			if h.Claim.Financing == f.ID && h.Redeemed.IsZero() {
				all, sum = append(all, h), sum+h.Amount()
			}
		}
	}
	if sum == 0 {
		return nil, code.NotOwner.New("no fen of financing %s are with %s", f.ID, f.Funder)
	}
	if amount == 0 {
		amount = sum
	}
	return takeLow(all, amount)
}
