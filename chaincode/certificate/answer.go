package certificate

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// OfferArgument names one transfer.
type OfferArgument struct {
	ID string `json:"id"`
}

// RejectTransferArgument names one transfer and says why it is refused.
type RejectTransferArgument struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// OfferResult is the state to which an operation brought a transfer.
type OfferResult struct {
	ID     string               `json:"id"`
	State  record.TransferState `json:"state"`
	Pieces []record.Leg         `json:"pieces,omitempty" metadata:",optional"` // of the receiver, after acceptance
}

// AcceptTransfer makes the receiver the owner of all legs, one tier deeper. Its
// time is the arrival of the notice of assignment at the debtor (NOTICE, Civil
// Code 546).
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker of a holder or bank
// (MEMBER_SUSPENDED, ROLE_MISSING); NOT_FOUND; OFFER_CLOSED, OFFER_LAPSED;
// NOT_RECEIVER; then leg by leg CERTIFICATE_STATE, MATURED, FROZEN or
// HOLDING_LOCKED, rule SPLIT-LIMIT as in Transfer.
func AcceptTransfer(w *world.World, in OfferArgument) (OfferResult, error) {
	t, err := offerFor(w, in.ID)
	if err != nil {
		return OfferResult{}, err
	}
	if w.Actor().Member != t.To {
		return OfferResult{}, code.NotReceiver.New("transfer %s is for %s", t.ID, t.To)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return OfferResult{}, err
	}
	d := newDesk(w)
	var taken []*entry
	for _, leg := range t.Legs {
		piece, err := d.acceptLeg(pack, t, leg)
		if err != nil {
			return OfferResult{}, err
		}
		taken = append(taken, piece)
	}
	w.Passed(pack.Ordinal, record.Notice)
	t.endClock(w, record.TransferAccepted)
	w.Notify(record.NoticeOf{
		Kind: record.TransferWasAccepted, Subject: t.ID, Members: d.concerned(t.From, t.To), Amount: t.Amount,
		Closes: []string{t.To},
	})
	if err := d.close(); err != nil {
		return OfferResult{}, err
	}
	return OfferResult{ID: t.ID, State: t.State, Pieces: piecesOf(taken...).Pieces}, nil
}

// acceptLeg checks one leg again, cuts it out and gives it to the receiver.
func (d *desk) acceptLeg(pack *record.Pack, t *offer, leg record.Leg) (*entry, error) {
	b, err := d.book(leg.Certificate)
	if err != nil {
		return nil, err
	}
	if err := b.checkActive(); err != nil {
		return nil, err
	}
	e, err := b.containing(leg.Holding, leg.Interval)
	if err != nil {
		return nil, err
	}
	if e == nil || e.Owner != t.From {
		panic(fmt.Sprintf("transfer %s of %s: fen %s are held by %v", t.ID, t.From, leg.Interval, e))
	}
	if err := checkFree(&e.Holding, leg.Interval, OpAccept, t.ID); err != nil {
		return nil, err
	}
	if err := b.checkMove(pack, e, leg.Interval); err != nil {
		return nil, err
	}
	piece := b.take(e, leg.Interval)
	piece.unlock(ofOrder(t.ID))
	piece.Hops = hopsOn(&piece.Holding, d.w.Today()) + 1
	piece.HopDay = d.w.Today()
	piece.Tiers = deeper(piece.Tiers)
	b.give(piece, record.MoveTransfer, t.To, t.ID)
	return piece, nil
}

// give makes a whole holding another's and reports the move. When a court takes fen
// from a bank that bought them, its right against who sold them does not go along:
// whoever has them then holds them like anybody.
func (b *book) give(e *entry, kind record.MoveKind, to, order string) {
	b.w.ReportMove(record.Move{
		Kind: kind, Certificate: b.cert.Number, Interval: e.Interval, From: e.Owner, To: to, Order: order,
		Tier: e.MaxTier(),
	})
	if kind == record.MoveJudicial {
		e.forgetSale()
	}
	e.Owner, e.Since, e.changed = to, b.w.Now(), true
}

// forgetSale ends the claim of a sale; that of a loan rests on the pledge, which goes
// with the fen.
func (e *entry) forgetSale() {
	pledged := slices.ContainsFunc(e.Locks, func(l record.Lock) bool { return l.Kind == record.LockPledge && l.Order == e.Claim.Financing })
	if e.Claim.Financing != "" && !pledged {
		e.Claim = record.Claim{Payment: e.Claim.Payment}
	}
}

// concerned are the given members and the debtors of all open certificates,
// each once: a debtor is told who its creditors are.
func (d *desk) concerned(members ...string) []string {
	for _, b := range d.open {
		members = appendOnce(members, b.cert.Debtor)
	}
	return members
}

// RejectTransfer refuses an offer on behalf of its receiver. Fen, owners, locks,
// versions and invoices are as they were before the offer. A freeze does not stop
// it.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker of a holder or bank
// (ROLE_MISSING); NOT_FOUND; OFFER_CLOSED, OFFER_LAPSED; NOT_RECEIVER.
func RejectTransfer(w *world.World, in RejectTransferArgument) (OfferResult, error) {
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return OfferResult{}, err
	}
	t, err := offerFor(w, in.ID)
	if err != nil {
		return OfferResult{}, err
	}
	if w.Actor().Member != t.To {
		return OfferResult{}, code.NotReceiver.New("transfer %s is for %s", t.ID, t.To)
	}
	return endOffer(w, t, record.TransferRejected)
}

// WithdrawTransfer takes an offer back before it is accepted. Its effects and
// refusals are those of RejectTransfer, except that the actor is the sender (else
// NOT_OWNER).
func WithdrawTransfer(w *world.World, in OfferArgument) (OfferResult, error) {
	t, err := offerFor(w, in.ID)
	if err != nil {
		return OfferResult{}, err
	}
	if w.Actor().Member != t.From {
		return OfferResult{}, code.NotOwner.New("transfer %s is from %s", t.ID, t.From)
	}
	return endOffer(w, t, record.TransferWithdrawn)
}

func endOffer(w *world.World, t *offer, state record.TransferState) (OfferResult, error) {
	d := newDesk(w)
	if err := d.endOffer(t, state); err != nil {
		return OfferResult{}, err
	}
	return OfferResult{ID: t.ID, State: state}, d.close()
}

// offer is a transfer on its way.
type offer struct{ record.Transfer }

// offerFor returns an offer that can still be answered: NOT_FOUND, OFFER_CLOSED,
// or OFFER_LAPSED when its time has passed, swept or not.
func offerFor(w *world.World, id string) (*offer, error) {
	if err := checkID("transfer", id); err != nil {
		return nil, err
	}
	if _, err := member.Require(w, record.Maker, holders); err != nil {
		return nil, err
	}
	t, err := loadOffer(w, id)
	if err != nil {
		return nil, err
	}
	switch {
	case t.State == record.TransferLapsed || t.over(w.Now()):
		return nil, code.OfferLapsed.New("transfer %s was to be accepted until %s", t.ID, t.LapsesAt)
	case t.State != record.TransferOffered:
		return nil, code.OfferClosed.New("transfer %s is %s", t.ID, t.State)
	}
	return t, nil
}

func loadOffer(w *world.World, id string) (*offer, error) {
	t, err := world.Load(w, record.TransferKey(id), "transfer", id)
	if err != nil {
		return nil, err
	}
	return &offer{*t}, nil
}

// over reports whether the time to answer has passed.
func (t *offer) over(now calendar.Instant) bool {
	return t.State == record.TransferOffered && t.LapsesAt != 0 && now >= t.LapsesAt
}

// endClock ends the offer. LapsesAt keeps the deadline as a fact.
func (t *offer) endClock(w *world.World, state record.TransferState) {
	if t.LapsesAt != 0 {
		w.RemoveDue(t.LapsesAt, record.DueTransfer, t.ID)
	}
	t.State, t.EndedAt, t.LeftMillis = state, w.Now(), 0
	world.Put(w, record.TransferKey(t.ID), &t.Transfer)
}

// endOffer ends an offer without a change of owner: the locks go and the
// invoices are free again.
func (d *desk) endOffer(t *offer, state record.TransferState) error {
	for _, leg := range t.Legs {
		b, err := d.book(leg.Certificate)
		if err != nil {
			return err
		}
		if err := b.unlock(leg.Holding, leg.Interval, ofOrder(t.ID)); err != nil {
			return err
		}
	}
	if err := evidence.Release(d.w, t.Allocations); err != nil {
		return err
	}
	t.endClock(d.w, state)
	kind := record.TransferHasLapsed
	switch state {
	case record.TransferRejected:
		kind = record.TransferWasRejected
	case record.TransferWithdrawn:
		kind = record.TransferWasWithdrawn
	default: // lapsed
	}
	d.w.Notify(record.NoticeOf{
		Kind: kind, Subject: t.ID, Members: []string{t.From, t.To}, Amount: t.Amount, Closes: []string{t.To},
	})
	return nil
}

// unlock takes matching locks off the holdings that have the fen.
func (b *book) unlock(hint uint32, fen interval.Interval, match func(record.Lock) bool) error {
	holdings, err := b.over(hint, fen)
	if err != nil {
		return err
	}
	for _, e := range holdings {
		e.unlock(match)
	}
	return nil
}
