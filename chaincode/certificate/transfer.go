package certificate

import (
	"math"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// TransferArgument offers parts of one or more certificates in payment.
type TransferArgument struct {
	To          string              `json:"to"`
	Reference   string              `json:"reference"` // the sender's payment reference
	Legs        []record.Leg        `json:"legs"`
	Allocations []record.Allocation `json:"allocations"` // cover the sum by invoices of the receiver
}

// Amount is what the sender's own policy compares: the sum of the legs.
func (in TransferArgument) Amount() money.Fen { return LegsAmount(in.Legs) }

// TransferResult is the offer that now awaits its receiver.
type TransferResult struct {
	ID       string           `json:"id"`
	Amount   money.Fen        `json:"amount"`
	LapsesAt calendar.Instant `json:"lapsesAt"`
}

// Transfer offers fen to a receiver, all legs or none. The fen stay with the
// sender and locked until the receiver accepts; nothing is cut before. A leg
// names holding, version and fen exactly as the sender saw them; a transfer that
// runs from an approved proposal finds the fen wherever they lie now, since the
// proposal held them.
//
// Refusals, in order: form (BAD_NUMBER, BAD_ARGUMENT, BAD_INTERVAL,
// AMOUNT_OVERFLOW); the actor is a maker of a holder or bank (ROLE_MISSING); the
// receiver (SELF_TRANSFER, MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING: a bank
// buys by financing, which is registered); then leg by leg NOT_FOUND,
// CERTIFICATE_STATE, MATURED, TRANSFER_TO_DEBTOR (Civil Code 576), HOLDING_CHANGED,
// NOT_OWNER, FROZEN or HOLDING_LOCKED, ALREADY_FINANCED, rule SPLIT-LIMIT
// (TIER_TOO_DEEP, TOO_FAST, PIECE_TOO_SMALL, TOO_MANY_PIECES); at last EVIDENCE-COVER
// as evidence.Reserve.
func Transfer(w *world.World, in TransferArgument) (TransferResult, error) {
	if err := checkTransferForm(in); err != nil {
		return TransferResult{}, err
	}
	sender, err := member.Require(w, record.Maker, holders)
	if err != nil {
		return TransferResult{}, err
	}
	if in.To == sender.ID {
		return TransferResult{}, code.SelfTransfer.New("member %s", sender.ID)
	}
	if _, err := member.GetActive(w, in.To, record.Holder); err != nil {
		return TransferResult{}, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return TransferResult{}, err
	}
	t := &record.Transfer{
		ID: w.NewID(), From: sender.ID, To: in.To, Reference: in.Reference, Allocations: in.Allocations,
		Amount: in.Amount(), State: record.TransferOffered, OfferedAt: w.Now(), LapsesAt: math.MaxInt64,
	}
	d := newDesk(w)
	for _, leg := range in.Legs {
		if err := d.offer(pack, t, leg); err != nil {
			return TransferResult{}, err
		}
	}
	if err := evidence.Reserve(w, pack, t.From, t.To, t.Amount, t.Allocations); err != nil {
		return TransferResult{}, err
	}
	w.Passed(pack.Ordinal, record.FreeChoice) // the receiver accepts or not
	world.Put(w, record.TransferKey(t.ID), t)
	w.AddDue(t.LapsesAt, record.DueTransfer, t.ID)
	w.Notify(record.NoticeOf{
		Kind: record.TransferWasOffered, Subject: t.ID, Members: []string{t.From, t.To}, Amount: t.Amount,
		Opens: []string{t.To}, Until: t.LapsesAt,
	})
	return TransferResult{ID: t.ID, Amount: t.Amount, LapsesAt: t.LapsesAt}, d.close()
}

func checkTransferForm(in TransferArgument) error {
	if err := checkMember(in.To); err != nil {
		return err
	}
	if err := member.CheckText("the payment reference", in.Reference, MaxReference); err != nil {
		return err
	}
	return CheckLegs(in.Legs)
}

// TransferHolds is what a proposal to transfer sets aside: the fen and the
// invoices.
func TransferHolds(_ *world.World, in TransferArgument) ([]record.Hold, error) {
	return append(IntervalHolds(in.Legs), evidence.Holds(in.Allocations)...), nil
}

// offer locks one leg for the transfer and records it there as it was found.
func (d *desk) offer(pack *record.Pack, t *record.Transfer, leg record.Leg) error {
	b, err := d.book(leg.Certificate)
	if err != nil {
		return err
	}
	if err := b.checkActive(); err != nil {
		return err
	}
	if b.cert.Debtor == t.To {
		return code.TransferToDebtor.New("member %s is the debtor of certificate %s", t.To, b.cert.Number)
	}
	e, err := b.named(t.From, leg)
	if err != nil {
		return err
	}
	if err := checkFree(&e.Holding, leg.Interval, OpOffer, ""); err != nil {
		return err
	}
	if e.Claim.Financing != "" { // its seller's rights would be lost: see financing.Resell
		return code.AlreadyFinanced.New("fen %s of certificate %s under financing %s: a bank resells them", leg.Interval, leg.Certificate, e.Claim.Financing)
	}
	if err := b.checkMove(pack, e, leg.Interval); err != nil {
		return err
	}
	if err := checkRoom(&e.Holding); err != nil {
		return err
	}
	e.lock(record.Lock{
		Kind: record.LockOffer, Interval: leg.Interval, Order: t.ID, Counterpart: t.To, At: d.w.Now(),
	})
	t.Legs = append(t.Legs, record.Leg{
		Certificate: leg.Certificate, Holding: e.ID, Version: e.Version, Interval: leg.Interval,
	})
	t.LapsesAt = min(t.LapsesAt, deadline(t.OfferedAt, pack.AcceptDays, b.cert.Payment))
	return nil
}

// named returns the holding of the owner that has the leg's fen. A direct call
// must know id and version; when an approved proposal runs, the fen it held are
// found by their place.
func (b *book) named(owner string, leg record.Leg) (*entry, error) {
	if len(b.w.Actor().Approvers) == 0 {
		e, err := b.owned(owner, leg.Holding, leg.Version)
		if err != nil {
			return nil, err
		}
		if !e.Interval.Contains(leg.Interval) {
			return nil, code.HoldingChanged.New("holding %d of certificate %s is %s and has not all of %s",
				e.ID, b.cert.Number, e.Interval, leg.Interval)
		}
		return e, nil
	}
	e, err := b.containing(leg.Holding, leg.Interval)
	if err != nil {
		return nil, err
	}
	switch {
	case e == nil:
		return nil, code.HoldingChanged.New("no one holding of certificate %s has all of %s", b.cert.Number, leg.Interval)
	case e.Owner != owner:
		return nil, code.NotOwner.New("fen %s of certificate %s", leg.Interval, b.cert.Number)
	}
	return e, nil
}

// checkMove is SPLIT-LIMIT for moving the fen on: depth, velocity, sizes, count.
func (b *book) checkMove(pack *record.Pack, e *entry, fen interval.Interval) error {
	deepest := uint16(0)
	for _, span := range tiersOn(&e.Holding, fen) {
		deepest = max(deepest, span.Tier)
	}
	if err := rules.CheckTier(b.w, pack, deepest+1); err != nil {
		return err
	}
	if err := rules.CheckHops(b.w, pack, hopsOn(&e.Holding, b.w.Today())+1); err != nil {
		return err
	}
	return b.checkPieces(pack, e, fen)
}

// checkPieces is SPLIT-LIMIT for cutting the fen out of their holding.
func (b *book) checkPieces(pack *record.Pack, e *entry, fen interval.Interval) error {
	below, above := leftovers(&e.Holding, fen)
	for _, rest := range []money.Fen{below, above} {
		if err := rules.CheckPiece(b.w, pack, fen.Amount(), rest); err != nil {
			return err
		}
	}
	pieces := b.cert.Pieces
	if fen.From > e.Interval.From {
		pieces++
	}
	if fen.To < e.Interval.To {
		pieces++
	}
	return rules.CheckPieces(b.w, pack, pieces)
}

// leftovers are the fen that would remain below and above a piece if every other
// offer and financing on the holding were carried out too: a remainder that is too
// small must not come about by two of them that are fine one by one.
func leftovers(h *record.Holding, piece interval.Interval) (below, above money.Fen) {
	offered := coveredBy(h, h.Interval, func(lock record.Lock) bool {
		return isClaim(lock) && !lock.Interval.Overlaps(piece)
	})
	for _, free := range gaps(h.Interval, offered) {
		before, after, err := free.Cut(piece)
		if err != nil {
			continue // the piece lies in another gap
		}
		return before.Amount(), after.Amount()
	}
	return 0, 0
}

// hopsOn is how often the fen were transferred on the day.
func hopsOn(h *record.Holding, day calendar.Date) uint16 {
	if h.HopDay != day {
		return 0
	}
	return h.Hops
}
