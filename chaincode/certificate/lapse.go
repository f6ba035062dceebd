package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/interval"
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

// LockProposal holds fen for a proposal. It refuses as Transfer would: NOT_FOUND,
// CERTIFICATE_STATE, MATURED, BAD_INTERVAL, FROZEN or HOLDING_LOCKED. Versions of holdings stay.
func LockProposal(w *world.World, id, certificate string, fen interval.Interval) error {
	d := newDesk(w)
	b, err := d.book(certificate)
	if err != nil {
		return err
	}
	if err := b.checkActive(); err != nil {
		return err
	}
	if err := fen.Valid(b.cert.Face); err != nil {
		return err
	}
	holdings, err := b.over(0, fen)
	if err != nil {
		return err
	}
	for _, e := range holdings {
		if err := checkFree(&e.Holding, fen, OpHold, ""); err != nil {
			return err
		}
		shared, _ := e.Interval.Intersect(fen)
		e.lock(record.Lock{
			Kind: record.LockProposal, Interval: shared, Order: id, Counterpart: w.Actor().Member, At: w.Now(),
		})
	}
	return d.close()
}

// UnlockProposal ends the hold of a proposal on the fen, wherever they are now.
// Where an order of a court has ended it already, there is nothing to do.
func UnlockProposal(w *world.World, id, certificate string, fen interval.Interval) error {
	d := newDesk(w)
	b, err := d.book(certificate)
	if err != nil {
		return err
	}
	match := func(lock record.Lock) bool {
		return isProposal(lock) && lock.Order == id && fen.Contains(lock.Interval)
	}
	if err := b.unlock(0, fen, match); err != nil {
		return err
	}
	return d.close()
}
