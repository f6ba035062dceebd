package certificate_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// check compares the whole ledger with the model after every step.
func (x *machine) check(t *rapid.T) {
	x.m.now = x.Now
	due := map[string]calendar.Instant{}
	tasks := map[string]string{}
	for _, p := range x.m.papers {
		x.checkPaper(t, p)
		if p.state == record.Issued {
			tasks[p.number] = membertest.ID(p.first)
			if !p.clock.stopped {
				due[p.number] = p.clock.until
			}
		}
	}
	for _, d := range x.m.deals {
		stored := look(x.chain, func(w *world.World) (*record.Transfer, error) {
			return world.Load(w, record.TransferKey(d.id), "transfer", d.id)
		})
		if stored.State != d.state {
			t.Fatalf("transfer %s is %s, in the model %s", d.id, stored.State, d.state)
		}
		if left := d.clock.leftWhile(d.state == record.TransferOffered); stored.LeftMillis != left {
			t.Fatalf("transfer %s has %d ms left, in the model %d", d.id, stored.LeftMillis, left)
		}
		if d.state == record.TransferOffered {
			tasks[d.id] = membertest.ID(d.to)
			if !d.clock.stopped {
				due[d.id] = d.clock.until
			}
		}
	}
	x.checkLines(t)
	x.checkInvoices(t)
	x.checkQueue(t, due)
	if len(tasks) != len(x.tasks) {
		t.Fatalf("worklists have %v, in the model %v", x.tasks, tasks)
	}
	for subject, who := range tasks {
		if x.tasks[subject] != who {
			t.Fatalf("%s is not open with %s", subject, who)
		}
	}
}

// checkPaper: the holdings tile the face, and every fen has the owner, the tier
// and the locks of the model; what was reported says the same.
func (x *machine) checkPaper(t *rapid.T, p *paper) {
	cert := look(x.chain, func(w *world.World) (*record.Certificate, error) { return certificate.Get(w, p.number) })
	if cert.State != p.state {
		t.Fatalf("certificate %s is %s, in the model %s", p.number, cert.State, p.state)
	}
	if left := p.clock.leftWhile(p.state == record.Issued); cert.LeftMillis != left {
		t.Fatalf("certificate %s has %d ms left, in the model %d", p.number, cert.LeftMillis, left)
	}
	list := x.holdings(p.number)
	var tiles []interval.Interval
	for _, h := range list {
		tiles = append(tiles, h.Interval)
		x.checkHolding(t, p, &h)
		x.checkRow(t, p, &h)
	}
	if err := interval.Tile(cert.Face, tiles); err != nil {
		t.Fatalf("certificate %s: %v", p.number, err)
	}
	if int(cert.Pieces) != len(list) || len(x.rows[p.number]) != len(list) {
		t.Fatalf("certificate %s counts %d pieces, reported %d, has %d", p.number, cert.Pieces, len(x.rows[p.number]), len(list))
	}
	if p.state != record.Active {
		return
	}
	for n, owner := range x.lines[p.number] {
		if owner != membertest.ID(p.fens[n].owner) {
			t.Fatalf("fen %d of %s is with %s by its lineage, in the model with %s", n+1, p.number, owner, p.fens[n].owner)
		}
	}
}

func (x *machine) checkHolding(t *rapid.T, p *paper, h *record.Holding) {
	for _, l := range h.Locks {
		if !h.Interval.Contains(l.Interval) {
			t.Fatalf("lock %v lies outside holding %d on %s", l, h.ID, h.Interval)
		}
	}
	span := 0
	for n := h.Interval.From; n <= h.Interval.To; n++ {
		f := &p.fens[n-1]
		for h.Tiers[span].To < n {
			span++
		}
		if h.Owner != membertest.ID(f.owner) || h.Tiers[span].Tier != f.tier {
			t.Fatalf("fen %d of %s: holding %v, in the model %v", n, p.number, h, *f)
		}
		var locks []claim
		for _, l := range h.Locks {
			if l.Interval.Contains(interval.Of(n, n)) {
				locks = append(locks, claim{l.Kind, l.Order})
			}
		}
		if !slices.Equal(locks, f.locks) {
			t.Fatalf("fen %d of %s has locks %v, in the model %v", n, p.number, locks, f.locks)
		}
	}
}

// checkRow: the read model can be built from the reported rows alone.
func (x *machine) checkRow(t *rapid.T, p *paper, h *record.Holding) {
	var locked money.Fen
	var kinds uint16
	for _, f := range p.on(h.Interval) {
		if len(f.locks) > 0 {
			locked++
		}
		for _, l := range f.locks {
			kinds |= 1 << l.kind
		}
	}
	want := record.HoldingRow{
		Certificate: p.number, ID: h.ID, Version: h.Version, Owner: h.Owner, Debtor: membertest.ID(p.debtor),
		Interval: h.Interval, Payment: p.payment, State: p.state, Tier: h.MaxTier(), Locks: kinds, Locked: locked,
	}
	if got := x.rows[p.number][h.ID]; got != want {
		t.Fatalf("reported %+v, want %+v", got, want)
	}
}

// checkLines: the use of a line is the sum over the certificates it backs.
func (x *machine) checkLines(t *rapid.T) {
	for _, debtor := range []string{"CORE", "CITY"} {
		line := look(x.chain, func(w *world.World) (*record.Line, error) {
			return credit.Find(w, membertest.ID("HANGZHOU"), debtor+"-LINE")
		})
		if reserved, used := x.m.lineSums(debtor); line.Reserved != reserved || line.Used != used {
			t.Fatalf("line of %s has %d reserved and %d used, in the model %d and %d",
				debtor, line.Reserved, line.Used, reserved, used)
		}
	}
}

// checkInvoices: what is allocated is the sum over live certificates and over
// transfers on their way or done.
func (x *machine) checkInvoices(t *rapid.T) {
	want := map[string]money.Fen{}
	for _, p := range x.m.papers {
		if p.state.Live() {
			want[pairInvoice(p.debtor, p.first)] += money.Fen(len(p.fens))
		}
	}
	for _, d := range x.m.deals {
		if d.state == record.TransferOffered || d.state == record.TransferAccepted {
			for _, leg := range d.legs {
				want[pairInvoice(d.from, d.to)] += leg.fen.Amount()
			}
		}
	}
	for _, buyer := range buyers {
		for _, seller := range suppliers {
			if buyer == seller {
				continue
			}
			name := pairInvoice(buyer, seller)
			invoice := look(x.chain, func(w *world.World) (*record.Invoice, error) { return evidence.Find(w, digest(name)) })
			if invoice.Allocated != want[name] {
				t.Fatalf("%s: %d fen allocated, in the model %d", name, invoice.Allocated, want[name])
			}
		}
	}
}

// checkQueue: exactly what runs against a clock is in the queue, at its time, besides
// payment dates.
func (x *machine) checkQueue(t *rapid.T, want map[string]calendar.Instant) {
	got := look(x.chain, func(w *world.World) (map[string]calendar.Instant, error) {
		found := map[string]calendar.Instant{}
		prefix := record.DuePrefix()
		err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, d *record.Due) (bool, error) {
			if !ofClearing(d) {
				found[d.ID] = d.At
			}
			return true, nil
		})
		return found, err
	})
	if len(got) != len(want) {
		t.Fatalf("queue has %v, in the model %v", got, want)
	}
	for id, at := range want {
		if got[id] != at {
			t.Fatalf("%s is due at %s, in the model at %s", id, got[id], at)
		}
	}
}
