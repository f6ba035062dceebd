package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Lapse ends what time has ended, for the sweep: a certificate that was not
// accepted, a transfer, a request to confirm. The entry leaves the queue in any
// case. It does nothing to what was decided meanwhile or whose clock an order has
// stopped, so that running it again is harmless.
func Lapse(w *world.World, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	switch due.Kind {
	case record.DueIssue:
		return lapseIssue(w, due.ID)
	case record.DueTransfer:
		return lapseTransfer(w, due.ID)
	case record.DueConfirmation:
		return escalate(w, due.ID)
	default:
		return fmt.Errorf("lapse %s: kind %d is not of certificates", due.ID, due.Kind)
	}
}

func lapseIssue(w *world.World, number string) error {
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil || !acceptanceOver(b.cert, w.Now()) {
		return err
	}
	if err := b.endAwaiting(record.Lapsed); err != nil {
		return err
	}
	return d.close()
}

func lapseTransfer(w *world.World, id string) error {
	t, err := loadOffer(w, id)
	if err != nil || !t.over(w.Now()) {
		return err
	}
	_, err = endOffer(w, t, record.TransferLapsed)
	return err
}

// LockProposal holds the fen of a proposal's holds, all or none. It refuses as
// Transfer would: NOT_FOUND, CERTIFICATE_STATE, MATURED, BAD_INTERVAL, FROZEN or
// HOLDING_LOCKED, LIMIT_EXCEEDED. Versions of holdings stay.
func LockProposal(w *world.World, id string, holds []record.Hold) error {
	d := newDesk(w)
	for _, h := range holds {
		if err := d.hold(id, h); err != nil {
			return err
		}
	}
	return d.close()
}

func (d *desk) hold(id string, hold record.Hold) error {
	b, err := d.book(hold.Certificate)
	if err != nil {
		return err
	}
	if err := b.checkActive(); err != nil {
		return err
	}
	if err := hold.Interval.Valid(b.cert.Face); err != nil {
		return err
	}
	holdings, err := b.over(hold.Holding, hold.Interval)
	if err != nil {
		return err
	}
	for _, e := range holdings {
		if err := checkFree(&e.Holding, hold.Interval, OpHold, ""); err != nil {
			return err
		}
		if err := checkRoom(&e.Holding); err != nil {
			return err
		}
		shared, _ := e.Interval.Intersect(hold.Interval)
		e.lock(record.Lock{
			Kind: record.LockProposal, Interval: shared, Order: id, Counterpart: d.w.Actor().Member, At: d.w.Now(),
		})
	}
	return nil
}

// UnlockProposal ends the holds of a proposal on fen, wherever they are now.
// Where an order of a court has ended one already, there is nothing to do.
func UnlockProposal(w *world.World, id string, holds []record.Hold) error {
	d := newDesk(w)
	for _, h := range holds {
		b, err := d.book(h.Certificate)
		if err != nil {
			return err
		}
		match := func(lock record.Lock) bool {
			return isProposal(lock) && lock.Order == id && h.Interval.Contains(lock.Interval)
		}
		if err := b.unlock(h.Holding, h.Interval, match); err != nil {
			return err
		}
	}
	return d.close()
}
