package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// place says where the fen of a holding are in the run of their payment date.
type place struct {
	payment  calendar.Date // 0: in no run
	tally    record.Tally
	extended money.Fen
}

// placeOf puts the fen of a holding where its locks say that they are. Fen are in a run
// from their payment date on; those that were paid before never are.
func placeOf(h *record.Holding, entered calendar.Date) place {
	if h.Claim.Payment > entered {
		if h.Redeemed == 0 && entered != 0 {
			return place{extended: h.Amount()}
		}
		return place{}
	}
	p := place{payment: h.Claim.Payment}
	if h.Redeemed != 0 {
		if h.Redeemed < h.Claim.Payment.Start() {
			return place{}
		}
		p.tally.Paid = h.Amount()
		return p
	}
	under := func(kind record.LockKind) money.Fen {
		return total(coveredBy(h, h.Interval, func(l record.Lock) bool { return l.Kind == kind }))
	}
	p.tally.Waiting, p.tally.Live = under(record.LockDisbursing), under(record.LockClearing)
	p.tally.Returned, p.tally.Aside = under(record.LockReturned), under(record.LockRecourse)
	p.tally.Open = h.Amount() - p.tally.Waiting - p.tally.Live - p.tally.Returned - p.tally.Aside
	return p
}

// tally has every run follow its fen: however they are paid, locked, moved or
// extended, what a run says of them is the sum over the holdings.
func (d *desk) tally() error {
	for _, b := range d.open {
		if b.cert.Entered == 0 {
			continue
		}
		var changes []change
		of := func(payment calendar.Date) *record.Tally {
			for i := range changes {
				if changes[i].payment == payment {
					return &changes[i].by
				}
			}
			changes = append(changes, change{payment: payment})
			return &changes[len(changes)-1].by
		}
		for _, e := range b.entries {
			if !e.was.IsZero() {
				b.cert.Extended -= e.due.extended
				if e.due.payment != 0 {
					add(of(e.due.payment), &e.due.tally, -1)
				}
			}
			if e.gone {
				continue
			}
			now := placeOf(&e.Holding, b.cert.Entered)
			b.cert.Extended += now.extended
			if now.payment != 0 {
				add(of(now.payment), &now.tally, 1)
			}
		}
		for _, c := range changes {
			if err := c.apply(d.w, b.cert.Debtor); err != nil {
				return err
			}
		}
	}
	return nil
}

// change is what an operation did to one run.
type change struct {
	payment calendar.Date
	by      record.Tally
}

func add(to, by *record.Tally, sign money.Fen) {
	to.Open += sign * by.Open
	to.Waiting += sign * by.Waiting
	to.Live += sign * by.Live
	to.Returned += sign * by.Returned
	to.Aside += sign * by.Aside
	to.Paid += sign * by.Paid
}

// ofDivision reports whether the open fen of a run stay as they are, or go into legs:
// while funds are divided over them nothing else may add to them or take from them.
func (c *change) ofDivision() bool {
	return c.by.Open == 0 || c.by.Open < 0 && c.by.Open+c.by.Live+c.by.Returned == 0
}

// apply changes a run's tally, and with its last fen closes it. While the debtor has
// not provided for all of it, its mark stands in the way of new certificates
// (DEFAULT-STOP). RUN_DIVIDING.
func (c *change) apply(w *world.World, debtor string) error {
	if c.by == (record.Tally{}) {
		return nil
	}
	run, err := world.Load(w, record.RunKey(record.RunID(debtor, c.payment)), "run", record.RunID(debtor, c.payment))
	if err != nil {
		return err
	}
	if run.State == record.RunDividing && !c.ofDivision() {
		return code.RunDividing.New("run %s", run.ID)
	}
	wanted := run.Tally.Wanted() > 0
	add(&run.Tally, &c.by, 1)
	if t := run.Tally; min(t.Open, t.Waiting, t.Live, t.Returned, t.Aside, t.Paid) < 0 {
		panic(fmt.Sprintf("run %s: %+v", run.ID, t))
	}
	closeRun(w, run)
	if wants := run.Tally.Wanted() > 0; wants && !wanted {
		world.Put(w, record.UnpaidKey(debtor, c.payment), &record.Marker{})
	} else if !wants && wanted {
		world.Delete(w, record.UnpaidKey(debtor, c.payment))
	}
	world.Put(w, record.RunKey(run.ID), run)
	return nil
}

// closeRun closes a run of which nothing is owed any more, and opens one again of which
// something is. While funds are divided it stays as it is.
func closeRun(w *world.World, run *record.Run) {
	switch owed := run.Tally.Owed(); {
	case owed == 0 && run.State == record.RunOpen:
		run.State, run.ClosedAt = record.RunClosed, w.Now()
		w.Notify(record.NoticeOf{
			Kind: record.RunWasClosed, Subject: run.ID, Members: []string{run.Debtor}, Amount: run.Tally.Paid,
			Closes: known(append([]string{run.Debtor}, run.Banks...)...),
		})
	case owed > 0 && run.State == record.RunClosed:
		run.State, run.ClosedAt = record.RunOpen, 0
	}
}

// Divided ends the division of a run's funds. The run is returned as it is then: open, or
// closed when its legs were paid as fast as they were computed.
func Divided(w *world.World, id string) (*record.Run, error) {
	run, err := world.Load(w, record.RunKey(id), "run", id)
	if err != nil {
		return nil, err
	}
	run.State = record.RunOpen
	closeRun(w, run)
	world.Put(w, record.RunKey(id), run)
	return run, nil
}
