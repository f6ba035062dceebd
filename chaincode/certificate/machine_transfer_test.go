package certificate_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

func (x *machine) offer(t *rapid.T) {
	from := nameOf(x.drawHolding(t, x.drawPaper(t)).Owner)
	to := rapid.SampledFrom(slices.DeleteFunc(slices.Clone(suppliers), func(s string) bool { return s == from })).Draw(t, "to")
	legs, sum := x.drawLegs(t, from)
	x.transfer(t, x.by(from), from, to, legs, sum)
}

// transfer offers the legs, directly or as an approved proposal.
func (x *machine) transfer(t *rapid.T, by signer, from, to string, legs []record.Leg, sum money.Fen) {
	after := x.m.clone()
	d := &deal{from: from, to: to, state: record.TransferOffered}
	want := x.wantOffer(after, d, legs, len(by.approvers) > 0)
	in := certificate.TransferArgument{
		To: membertest.ID(to), Reference: "invoice", Legs: legs,
		Allocations: []record.Allocation{{Invoice: digest(pairInvoice(from, to)), Amount: sum}},
	}
	out, err := run(x.chain, by, certificate.Transfer, in)
	d.id, d.clock = out.ID, clock{until: out.LapsesAt}
	for _, leg := range d.legs {
		for _, f := range after.on(leg) {
			for i, l := range f.locks {
				if l.kind == record.LockOffer && l.order == "" {
					f.locks[i].order = d.id
				}
			}
		}
	}
	after.deals = append(after.deals, d)
	x.settle(t, err, want, after)
}

// execute lets an approved proposal to transfer run: what it held is released,
// and its fen are found although it names a holding as it was long ago.
func (x *machine) execute(t *rapid.T) {
	h, to := x.releaseHold(t), rapid.SampledFrom(suppliers).Draw(t, "to")
	if h.by == to {
		t.Skip("to itself")
	}
	by := signer{person: h.by + "/maker", quorum: record.QuorumChecker, approvers: []string{h.by}}
	leg := record.Leg{Certificate: h.number, Holding: 77, Version: 77, Interval: h.fen}
	x.transfer(t, by, h.by, to, []record.Leg{leg}, h.fen.Amount())
}

// drawLegs picks one to three legs, mostly of the sender's own holdings.
func (x *machine) drawLegs(t *rapid.T, from string) (legs []record.Leg, sum money.Fen) {
	var own []record.Holding
	for _, p := range x.m.papers {
		for _, h := range x.holdings(p.number) {
			if h.Owner == membertest.ID(from) {
				own = append(own, h)
			}
		}
	}
	for range rapid.IntRange(1, 3).Draw(t, "legs") {
		h := rapid.SampledFrom(own).Draw(t, "holding")
		leg := record.Leg{Certificate: h.Certificate, Holding: h.ID, Version: h.Version, Interval: drawInterval(t, h.Interval)}
		if rapid.IntRange(0, 9).Draw(t, "stale") == 0 {
			leg.Version++
		}
		if !slices.ContainsFunc(legs, func(o record.Leg) bool {
			return o.Certificate == leg.Certificate && o.Interval.Overlaps(leg.Interval)
		}) {
			legs = append(legs, leg)
			sum += leg.Interval.Amount()
		}
	}
	return legs, sum
}

// wantOffer places the offer's locks leg by leg, without an id yet, and says what
// may refuse it.
func (x *machine) wantOffer(after *model, d *deal, legs []record.Leg, byFen bool) []code.Code {
	for _, leg := range legs {
		p := after.paper(leg.Certificate)
		list := x.holdings(p.number)
		i := slices.IndexFunc(list, func(h record.Holding) bool {
			return !byFen && h.ID == leg.Holding || byFen && h.Interval.Contains(leg.Interval)
		})
		if want := p.active(x.Now); want != nil {
			return want
		}
		if d.to == p.debtor {
			return []code.Code{code.TransferToDebtor}
		}
		if i < 0 {
			return []code.Code{code.HoldingChanged}
		}
		h := list[i]
		switch {
		case h.Owner != membertest.ID(d.from):
			return []code.Code{code.NotOwner}
		case !byFen && h.Version != leg.Version:
			return []code.Code{code.HoldingChanged}
		}
		if want := stopped(p.on(leg.Interval), certificate.OpOffer, "none"); want != nil {
			return want
		}
		part := piece{p.number, leg.Interval}
		if want := after.limits(part, h.Interval, len(list)); want != nil {
			return want
		}
		for _, f := range p.on(leg.Interval) {
			f.locks = append(slices.Clone(f.locks), claim{record.LockOffer, ""})
		}
		d.legs = append(d.legs, part)
	}
	return nil
}

func (x *machine) drawDeal(t *rapid.T) *deal {
	if len(x.m.deals) == 0 {
		t.Skip("no transfer yet")
	}
	// The latest ones are those that may still be open.
	return rapid.SampledFrom(x.m.deals[max(0, len(x.m.deals)-4):]).Draw(t, "transfer")
}

func (x *machine) acceptOffer(t *rapid.T) {
	d := x.drawDeal(t)
	by := rapid.SampledFrom([]string{d.to, d.to, d.to, d.from}).Draw(t, "by")
	after := x.m.clone()
	want := x.wantAccept(after, d, by)
	_, err := run(x.chain, x.by(by), certificate.AcceptTransfer, certificate.OfferArgument{ID: d.id})
	after.deal(d.id).state = record.TransferAccepted
	x.settle(t, err, want, after)
}

func (x *machine) wantAccept(after *model, d *deal, by string) []code.Code {
	if want := d.open(x.Now); want != nil {
		return want
	}
	if by != d.to {
		return []code.Code{code.NotReceiver}
	}
	// Holdings are cut leg by leg: follow their edges and their number.
	edges, today := map[string][]interval.Interval{}, x.Now.Date()
	for _, leg := range d.legs {
		p := after.paper(leg.number)
		if edges[leg.number] == nil {
			for _, h := range x.holdings(leg.number) {
				edges[leg.number] = append(edges[leg.number], h.Interval)
			}
		}
		if want := p.active(x.Now); want != nil {
			return want
		}
		if want := stopped(p.on(leg.fen), certificate.OpAccept, d.id); want != nil {
			return want
		}
		list := edges[leg.number]
		i := slices.IndexFunc(list, func(h interval.Interval) bool { return h.Contains(leg.fen) })
		whole := list[i]
		if want := after.limits(leg, whole, len(list)); want != nil {
			return want
		}
		list = slices.Delete(list, i, i+1)
		before, behind, err := whole.Cut(leg.fen)
		if err != nil {
			panic(err)
		}
		for _, part := range []interval.Interval{before, leg.fen, behind} {
			if !part.IsZero() {
				list = append(list, part)
			}
		}
		edges[leg.number] = list
		hops := uint16(0)
		for _, f := range p.on(whole) {
			hops = max(hops, f.hopsOn(today))
		}
		for _, f := range p.on(leg.fen) {
			f.drop(ofOrder(d.id))
			f.owner, f.tier, f.hopDay, f.hops = d.to, f.tier+1, today, hops+1
		}
	}
	return nil
}

func (x *machine) refuseOffer(t *rapid.T) {
	d := x.drawDeal(t)
	want := d.open(x.Now)
	after := x.m.clone()
	var err error
	if rapid.Bool().Draw(t, "reject") {
		in := certificate.RejectTransferArgument{ID: d.id, Reason: "not ours"}
		_, err = run(x.chain, x.by(d.to), certificate.RejectTransfer, in)
		after.endDeal(after.deal(d.id), record.TransferRejected)
	} else {
		_, err = run(x.chain, x.by(d.from), certificate.WithdrawTransfer, certificate.OfferArgument{ID: d.id})
		after.endDeal(after.deal(d.id), record.TransferWithdrawn)
	}
	x.settle(t, err, want, after)
}
