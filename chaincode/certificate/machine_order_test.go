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

func (x *machine) pledge(t *rapid.T) {
	p := x.drawPaper(t)
	h := x.drawHolding(t, p)
	part := drawInterval(t, h.Interval)
	want := p.active(x.Now)
	if want == nil {
		want = stopped(p.on(part), certificate.OpPledge, "")
	}
	in := certificate.PledgeArgument{
		Leg:     record.Leg{Certificate: p.number, Holding: h.ID, Version: h.Version, Interval: part},
		Pledgee: membertest.ID("HANGZHOU"), Secured: 1, Registration: "R1", Document: digest("pledge"),
	}
	out, err := run(x.chain, x.agreed(nameOf(h.Owner), "HANGZHOU"), certificate.Pledge, in)
	after := x.m.clone()
	pl := &pledged{out.ID, "HANGZHOU", piece{p.number, part}}
	for _, f := range after.on(pl.piece) {
		f.locks = append(slices.Clone(f.locks), claim{record.LockPledge, pl.id})
	}
	after.pledges = append(after.pledges, pl)
	x.settle(t, err, want, after)
}

func (x *machine) release(t *rapid.T) {
	if len(x.m.pledges) == 0 {
		t.Skip("no pledge")
	}
	pl := rapid.SampledFrom(x.m.pledges).Draw(t, "pledge")
	_, err := run(x.chain, x.by("HANGZHOU"), certificate.ReleasePledge, certificate.PledgeIDArgument{ID: pl.id})
	after := x.m.clone()
	for _, f := range after.on(pl.piece) {
		f.drop(ofOrder(pl.id))
	}
	after.pledges = slices.DeleteFunc(after.pledges, func(o *pledged) bool { return o.id == pl.id })
	x.settle(t, err, nil, after)
}

func (x *machine) freeze(t *rapid.T) {
	if len(x.m.papers) == 0 {
		t.Skip("no certificate yet")
	}
	target := rapid.SampledFrom(owners).Draw(t, "target")
	amount := rapid.IntRange(1, 50).Draw(t, "amount")
	var numbers []string
	for _, p := range rapid.Permutation(x.m.papers).Draw(t, "certificates")[:rapid.IntRange(1, len(x.m.papers)).Draw(t, "n")] {
		numbers = append(numbers, p.number)
	}
	out, err := run(x.chain, x.institution(), certificate.Freeze, certificate.FreezeArgument{
		Authority: "Court", Docket: "2026-1", Document: digest("order"), Target: membertest.ID(target),
		Certificates: numbers, Amount: money.Fen(amount),
	})
	after := x.m.clone()
	taken := after.freeze(&seizure{out.ID, target, numbers}, amount)
	if err == nil && (out.Taken != money.Fen(taken) || out.Shortfall != money.Fen(amount-taken)) {
		t.Fatalf("took %d fen, short of %d; the model took %d of %d", out.Taken, out.Shortfall, taken, amount)
	}
	x.settle(t, err, nil, after)
}

func (x *machine) unfreeze(t *rapid.T) {
	if len(x.m.freezes) == 0 {
		t.Skip("no freeze")
	}
	s := rapid.SampledFrom(x.m.freezes).Draw(t, "freeze")
	_, err := run(x.chain, x.institution(), certificate.Unfreeze, certificate.UnfreezeArgument{
		Authority: "Court", Docket: "2026-2", Document: digest("lift"), Order: s.id,
	})
	after := x.m.clone()
	after.unfreeze(s.id)
	x.settle(t, err, nil, after)
}

func (x *machine) courtTransfer(t *rapid.T) {
	p := x.drawPaper(t)
	target := rapid.SampledFrom(owners).Draw(t, "target")
	receiver := rapid.SampledFrom(owners).Draw(t, "receiver")
	if target == receiver {
		t.Skip("to itself")
	}
	in := certificate.JudicialTransferArgument{
		Authority: "Court", Docket: "2026-3", Document: digest("transfer"), Target: membertest.ID(target),
		Receiver: membertest.ID(receiver), Certificate: p.number,
	}
	if len(x.m.freezes) > 0 && rapid.IntRange(0, 2).Draw(t, "under") > 0 {
		in.Freeze = rapid.SampledFrom(x.m.freezes).Draw(t, "freeze").id
	}
	after := x.m.clone()
	want, fens := x.wantOrdered(t, after.paper(p.number), &in, target, receiver)
	_, err := run(x.chain, x.institution(), certificate.JudicialTransfer, in)
	if want == nil {
		after.move(fens, receiver, true)
		after.finish(in.Freeze)
	}
	x.settle(t, err, want, after)
}

func (x *machine) wantOrdered(
	t *rapid.T, p *paper, in *certificate.JudicialTransferArgument, target, receiver string,
) (want []code.Code, fens []*fen) {
	byAmount := rapid.Bool().Draw(t, "by amount")
	if byAmount {
		in.Amount = money.Fen(rapid.IntRange(1, 40).Draw(t, "amount"))
	} else {
		in.Interval = drawInterval(t, interval.Whole(money.Fen(len(p.fens))))
	}
	switch {
	case p.state != record.Active:
		return []code.Code{code.CertificateState}, nil
	case receiver == p.debtor:
		return []code.Code{code.TransferToDebtor}, nil
	}
	if !byAmount {
		for _, f := range p.on(in.Interval) {
			_, stopped := f.orderable(in.Freeze)
			if f.owner != target && want == nil {
				want = append(want, code.NotOwner)
			}
			if f.owner == target && stopped && !slices.Contains(want, code.Frozen) {
				want = append(want, code.Frozen)
			}
		}
		return want, p.on(in.Interval)
	}
	for _, under := range []bool{true, false} {
		for i := range p.fens {
			f := &p.fens[i]
			own, stopped := f.orderable(in.Freeze)
			if f.owner == target && own == under && !stopped && len(fens) < int(in.Amount) {
				fens = append(fens, f)
			}
		}
	}
	if len(fens) == 0 {
		return []code.Code{code.NotOwner}, nil
	}
	return nil, fens
}

// finish ends a freeze that rests on nothing any more.
func (m *model) finish(id string) {
	for _, p := range m.papers {
		if slices.ContainsFunc(p.fens, func(f fen) bool { return f.has(ofOrder(id)) }) {
			return
		}
	}
	m.freezes = slices.DeleteFunc(m.freezes, func(s *seizure) bool { return s.id == id })
}

func (x *machine) succession(t *rapid.T) {
	p := x.drawPaper(t)
	target := rapid.SampledFrom(owners).Draw(t, "target")
	receiver := rapid.SampledFrom(owners).Draw(t, "receiver")
	after := x.m.clone()
	q := after.paper(p.number)
	var fens []*fen
	for i := range q.fens {
		if q.fens[i].owner == target {
			fens = append(fens, &q.fens[i])
		}
	}
	var want []code.Code
	switch {
	case target == receiver:
		want = []code.Code{code.SelfTransfer}
	case p.state != record.Active:
		want = []code.Code{code.CertificateState}
	case receiver == p.debtor:
		want = []code.Code{code.TransferToDebtor}
	case len(fens) == 0:
		want = []code.Code{code.NotOwner}
	default:
		after.move(fens, receiver, false)
	}
	_, err := run(x.chain, x.institution(), certificate.Succession, certificate.SuccessionArgument{
		Authority: "Registrar", Docket: "M-1", Document: digest("merger"), Target: membertest.ID(target),
		Receiver: membertest.ID(receiver), Certificates: []string{p.number},
	})
	x.settle(t, err, want, after)
}
