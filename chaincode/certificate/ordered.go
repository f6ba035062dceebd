package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// JudicialTransferArgument is a court's order that fen become another's. Either
// Interval names them, or Amount how many: then those under the named freeze are
// taken first, from the low end, and afterwards those under no freeze.
type JudicialTransferArgument struct {
	Authority   string            `json:"authority"`                            // name of the court or authority
	Docket      string            `json:"docket"`                               // number of the instrument
	Document    record.Digest     `json:"document"`                             // hash of the instrument
	Freeze      string            `json:"freeze,omitzero" metadata:",optional"` // id of the freeze that this order carries out
	Target      string            `json:"target"`
	Receiver    string            `json:"receiver"`
	Certificate string            `json:"certificate"`
	Interval    interval.Interval `json:"interval,omitzero" metadata:",optional"`
	Amount      money.Fen         `json:"amount,omitzero" metadata:",optional"`
}

// SuccessionArgument is a registrar's or court's order that a member's holdings
// become its successor's.
type SuccessionArgument struct {
	Authority    string        `json:"authority"` // name of the court, registrar or authority
	Docket       string        `json:"docket"`    // number of the instrument
	Document     record.Digest `json:"document"`  // hash of the instrument
	Target       string        `json:"target"`
	Receiver     string        `json:"receiver"`
	Certificates []string      `json:"certificates"`
}

// JudicialTransfer moves fen of the target to the receiver. One institution
// enters it and another confirms. Neither offers nor proposals nor limits on
// pieces stop it: an offer on the fen is withdrawn whole and its invoices are free
// again, a financing that was not instructed is cancelled whole, a proposal's hold
// on them ends. The freeze it carries out and those that
// queue behind it end on the fen moved, which are the target's no more; a pledge
// goes with the fen. The tier stays: the receiver steps into the target's place.
//
// By amount, what cannot be had is recorded as the shortfall.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, BAD_AMOUNT);
// NOT_SUBMITTABLE; the actor is an institution's maker (ROLE_MISSING);
// MEMBER_UNKNOWN, SELF_TRANSFER, ROLE_MISSING for the receiver; NOT_FOUND for
// freeze or certificate; ORDER_CLOSED, CERTIFICATE_STATE, TRANSFER_TO_DEBTOR,
// BAD_INTERVAL; NOT_OWNER when some of the fen, or all by amount, are not to be
// had; REDEEMED; FROZEN by an earlier freeze, HOLDING_LOCKED by a payment that was
// instructed, a clearing or a recourse under way.
func JudicialTransfer(w *world.World, in JudicialTransferArgument) (OrderResult, error) {
	if err := checkJudicialForm(in); err != nil {
		return OrderResult{}, err
	}
	o, err := newOrder(w, record.OrderJudicialTransfer, instrument{in.Authority, in.Docket, in.Document}, in.Target)
	if err != nil {
		return OrderResult{}, err
	}
	if err := o.setReceiver(w, in.Receiver); err != nil {
		return OrderResult{}, err
	}
	if in.Freeze != "" {
		if _, err := freezeInForce(w, in.Freeze); err != nil {
			return OrderResult{}, err
		}
	}
	d := newDesk(w)
	b, err := d.book(in.Certificate)
	if err != nil {
		return OrderResult{}, err
	}
	if err := b.checkOrdered(in.Receiver); err != nil {
		return OrderResult{}, err
	}
	o.Certificates = []string{in.Certificate}
	o.Amount = max(in.Amount, in.Interval.Amount())
	fen, err := b.orderedFen(o, in)
	if err != nil {
		return OrderResult{}, err
	}
	for _, i := range fen {
		if err := d.moveOrdered(b, o, i, record.MoveJudicial); err != nil {
			return OrderResult{}, err
		}
	}
	o.State, o.EndedAt, o.Shortfall = record.OrderDone, w.Now(), o.Amount-o.Taken
	result := o.put(w, record.OwnershipOrdered, d.concerned(o.Target, o.Receiver, o.EnteredBy, o.ConfirmedBy))
	result.Ended = d.ended
	return result, d.close()
}

func checkJudicialForm(in JudicialTransferArgument) error {
	if err := (instrument{in.Authority, in.Docket, in.Document}).form(); err != nil {
		return err
	}
	if in.Freeze != "" {
		if err := checkID("freeze", in.Freeze); err != nil {
			return err
		}
	}
	if err := checkMember(in.Target); err != nil {
		return err
	}
	if err := checkMember(in.Receiver); err != nil {
		return err
	}
	if err := checkNumber(in.Certificate); err != nil {
		return err
	}
	switch {
	case in.Interval.IsZero() == (in.Amount == 0):
		return code.BadArgument.New("the order names an interval or an amount, one of them")
	case in.Interval.IsZero():
		return checkAmount("an order", in.Amount)
	case !in.Interval.WellFormed():
		return code.BadInterval.New("the order names no fen")
	}
	return nil
}

// setReceiver refuses with MEMBER_UNKNOWN, SELF_TRANSFER or ROLE_MISSING. A
// suspended receiver is no obstacle: it is still an owner.
func (o *order) setReceiver(w *world.World, receiver string) error {
	if receiver == o.Target {
		return code.SelfTransfer.New("member %s", receiver)
	}
	m, err := member.Get(w, receiver)
	if err != nil {
		return err
	}
	if !m.Roles.Any(holders) {
		return code.RoleMissing.New("member %s cannot own holdings", receiver)
	}
	o.Receiver = receiver
	return nil
}

// checkOrdered refuses to move fen of a certificate that is no debt, or to its
// debtor, where the debt would extinguish.
func (b *book) checkOrdered(receiver string) error {
	if b.cert.State != record.Active {
		return code.CertificateState.New("certificate %s is %s", b.cert.Number, StatusOf(b.cert, b.w.Now()))
	}
	if b.cert.Debtor == receiver {
		return code.TransferToDebtor.New("member %s is the debtor of certificate %s", receiver, b.cert.Number)
	}
	return nil
}

// orderedFen are the fen that the order moves, each interval inside one holding.
func (b *book) orderedFen(o *order, in JudicialTransferArgument) ([]interval.Interval, error) {
	if !in.Interval.IsZero() {
		if err := in.Interval.Valid(b.cert.Face); err != nil {
			return nil, err
		}
	}
	holdings, err := b.all()
	if err != nil {
		return nil, err
	}
	var fen []interval.Interval
	if in.Interval.IsZero() {
		fen = fenByAmount(o, in.Freeze, holdings)
		if len(fen) == 0 {
			return nil, code.NotOwner.New("member %s has no fen of certificate %s to be had", o.Target, b.cert.Number)
		}
		return fen, nil
	}
	for _, e := range holdings {
		shared, ok := e.Interval.Intersect(in.Interval)
		if !ok {
			continue
		}
		if e.Owner != o.Target {
			return nil, code.NotOwner.New("fen %s of certificate %s are not with %s", shared, b.cert.Number, o.Target)
		}
		if err := checkOwed(&e.Holding); err != nil {
			return nil, err
		}
		if err := checkOrderedLocks(&e.Holding, shared, in.Freeze); err != nil {
			return nil, err
		}
		fen = append(fen, shared)
	}
	o.Taken = total(fen)
	return fen, nil
}

// fenByAmount picks fen of the target that nothing stops: first those under the
// order's own freeze, then those under none.
func fenByAmount(o *order, freeze string, holdings []*entry) []interval.Interval {
	var first, second []interval.Interval
	for _, e := range holdings {
		if e.Owner != o.Target || e.Redeemed != 0 {
			continue
		}
		own, stops := judicialStops(&e.Holding, e.Interval, freeze)
		var stopped []interval.Interval
		for _, lock := range stops {
			stopped = append(stopped, lock.Interval)
		}
		stopped = coalesced(stopped)
		for _, i := range own {
			first = append(first, gaps(i, inside(stopped, i))...)
		}
		second = append(second, gaps(e.Interval, coalesced(slices.Concat(own, stopped)))...)
	}
	return append(o.upTo(first), o.upTo(second)...)
}

// checkOrderedLocks refuses when a lock stops a court's transfer of the fen.
func checkOrderedLocks(h *record.Holding, fen interval.Interval, freeze string) error {
	if _, stops := judicialStops(h, fen, freeze); len(stops) > 0 {
		return lockRefusal(h, stops[0], stops[0].Interval)
	}
	return nil
}

// judicialStops tells on which of the fen the order's own freeze rests, and which
// locks, cut to the fen, stop a court's transfer. A freeze that rests behind the
// order's own stops nothing.
func judicialStops(h *record.Holding, fen interval.Interval, freeze string) (own []interval.Interval, stops []record.Lock) {
	for _, lock := range h.Locks {
		shared, ok := lock.Interval.Intersect(fen)
		switch {
		case !ok || !Stops(lock.Kind, OpJudicial):
		case isFreeze(lock) && lock.Order == freeze:
			own = coalesced(append(own, shared))
		case isFreeze(lock):
			for _, ahead := range gaps(shared, inside(own, shared)) {
				lock.Interval = ahead
				stops = append(stops, lock)
			}
		default:
			lock.Interval = shared
			stops = append(stops, lock)
		}
	}
	return own, stops
}

// moveOrdered gives fen of one holding to the order's receiver. A judicial
// transfer ends the freezes on them, a succession leaves them.
func (d *desk) moveOrdered(b *book, o *order, fen interval.Interval, kind record.MoveKind) error {
	e, err := b.containing(0, fen)
	if err != nil {
		return err
	}
	for _, id := range ordersOn(&e.Holding, record.LockFinancing, []interval.Interval{fen}) {
		if err := d.endByOrder(id, o.ID); err != nil {
			return err
		}
	}
	for _, id := range ordersOn(&e.Holding, record.LockOffer, []interval.Interval{fen}) {
		t, err := loadOffer(d.w, id)
		if err != nil {
			return err
		}
		if err := d.endOffer(t, record.TransferWithdrawn); err != nil {
			return err
		}
	}
	piece := b.take(e, fen)
	piece.unlock(isProposal)
	if kind == record.MoveJudicial {
		if err := d.thaw(piece); err != nil {
			return err
		}
	}
	b.give(piece, kind, o.Receiver, o.ID)
	return nil
}

// thaw ends the freezes on a piece that a court's transfer moves, and with its
// last fen the freeze itself.
func (d *desk) thaw(piece *entry) error {
	var orders []string
	for _, lock := range piece.Locks {
		if isFreeze(lock) {
			orders = appendOnce(orders, lock.Order)
		}
	}
	for _, id := range orders {
		o, err := world.Load(d.w, record.OrderKey(id), "order", id)
		if err != nil {
			return err
		}
		o.Moved += total(coveredBy(&piece.Holding, piece.Interval, ofOrder(id)))
		if o.Moved == o.Taken {
			o.State, o.EndedAt = record.OrderDone, d.w.Now()
		}
		world.Put(d.w, record.OrderKey(id), o)
	}
	piece.unlock(isFreeze)
	return nil
}

// Succession moves all that the target owns in the certificates to its
// successor, with every freeze and pledge on it. Offers of the target are
// withdrawn and holds of its proposals end, as in JudicialTransfer.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER); NOT_SUBMITTABLE; the actor
// is an institution's maker (ROLE_MISSING); MEMBER_UNKNOWN, SELF_TRANSFER,
// ROLE_MISSING for the receiver; then certificate by certificate NOT_FOUND,
// CERTIFICATE_STATE, TRANSFER_TO_DEBTOR, HOLDING_LOCKED by a payment that was
// instructed, a clearing or a recourse under way; at last NOT_OWNER when nothing is the target's.
func Succession(w *world.World, in SuccessionArgument) (OrderResult, error) {
	if err := checkSuccessionForm(in); err != nil {
		return OrderResult{}, err
	}
	o, err := newOrder(w, record.OrderSuccession, instrument{in.Authority, in.Docket, in.Document}, in.Target)
	if err != nil {
		return OrderResult{}, err
	}
	if err := o.setReceiver(w, in.Receiver); err != nil {
		return OrderResult{}, err
	}
	o.Certificates = in.Certificates
	d := newDesk(w)
	for _, number := range in.Certificates {
		if err := d.succeed(o, number); err != nil {
			return OrderResult{}, err
		}
	}
	if o.Taken == 0 {
		return OrderResult{}, code.NotOwner.New("member %s owns nothing of these certificates", o.Target)
	}
	o.State, o.EndedAt, o.Amount = record.OrderDone, w.Now(), o.Taken
	result := o.put(w, record.OwnershipOrdered, d.concerned(o.Target, o.Receiver, o.EnteredBy, o.ConfirmedBy))
	result.Ended = d.ended
	return result, d.close()
}

func checkSuccessionForm(in SuccessionArgument) error {
	if err := (instrument{in.Authority, in.Docket, in.Document}).form(); err != nil {
		return err
	}
	if err := checkMember(in.Target); err != nil {
		return err
	}
	if err := checkMember(in.Receiver); err != nil {
		return err
	}
	return checkNumbers(in.Certificates)
}

// succeed moves the target's holdings of one certificate.
func (d *desk) succeed(o *order, number string) error {
	b, err := d.book(number)
	if err != nil {
		return err
	}
	if err := b.checkOrdered(o.Receiver); err != nil {
		return err
	}
	holdings, err := b.all()
	if err != nil {
		return err
	}
	for _, e := range holdings {
		if e.Owner != o.Target || e.Redeemed != 0 {
			continue
		}
		if err := checkFree(&e.Holding, e.Interval, OpSuccession, ""); err != nil {
			return err
		}
		if o.Taken, err = o.Taken.Add(e.Amount()); err != nil {
			return err
		}
		if err := d.moveOrdered(b, o, e.Interval, record.MoveSuccession); err != nil {
			return err
		}
	}
	return nil
}
