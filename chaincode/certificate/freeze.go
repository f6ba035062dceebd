package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// instrument is the paper on which a court or regulator orders something.
type instrument struct {
	authority, docket string
	document          record.Digest
}

func (i instrument) form() error {
	if err := member.CheckText("the authority", i.authority, MaxDocument); err != nil {
		return err
	}
	if err := member.CheckText("the docket", i.docket, MaxDocument); err != nil {
		return err
	}
	return checkDigest("instrument", i.document)
}

// FreezeArgument is an order to freeze what a member owns.
type FreezeArgument struct {
	Authority    string        `json:"authority"` // name of the court or authority
	Docket       string        `json:"docket"`    // number of the instrument
	Document     record.Digest `json:"document"`  // hash of the instrument
	Target       string        `json:"target"`
	Certificates []string      `json:"certificates"` // in the order in which fen are taken
	Amount       money.Fen     `json:"amount"`       // at most so many fen
}

// OrderResult is an order with what it found.
type OrderResult struct {
	ID        string            `json:"id"`
	State     record.OrderState `json:"state"`
	Taken     money.Fen         `json:"taken"`
	Shortfall money.Fen         `json:"shortfall"`
	Ended     []string          `json:"ended,omitempty" metadata:",optional"` // settlements that ended with the fen they held
}

// Freeze puts a court's or regulator's lock on fen that the target owns now, up
// to the amount. One institution enters it and another confirms.
//
// A freeze never loses a race: it takes fen that are offered, pledged, or held by
// a proposal too, and rests behind the locks that are there. It first takes fen
// on which no freeze rests, certificate by certificate as listed and from the low
// end; if those are too few it queues behind earlier freezes in the same order.
// What the target no longer owns is the shortfall, which is recorded and no
// refusal. The clocks of offers and of a certificate's acceptance stop while a
// freeze rests on their fen.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_AMOUNT);
// NOT_SUBMITTABLE; the actor is an institution's maker (ROLE_MISSING);
// MEMBER_UNKNOWN; NOT_FOUND for a certificate.
func Freeze(w *world.World, in FreezeArgument) (OrderResult, error) {
	paper := instrument{in.Authority, in.Docket, in.Document}
	if err := paper.form(); err != nil {
		return OrderResult{}, err
	}
	if err := checkMember(in.Target); err != nil {
		return OrderResult{}, err
	}
	if err := checkNumbers(in.Certificates); err != nil {
		return OrderResult{}, err
	}
	if err := checkAmount("a freeze", in.Amount); err != nil {
		return OrderResult{}, err
	}
	o, err := newOrder(w, record.OrderFreeze, paper, in.Target)
	if err != nil {
		return OrderResult{}, err
	}
	o.Certificates, o.Amount, o.State = in.Certificates, in.Amount, record.OrderInForce
	d := newDesk(w)
	if err := d.openAll(in.Certificates); err != nil {
		return OrderResult{}, err
	}
	if err := d.freeze(o); err != nil {
		return OrderResult{}, err
	}
	o.Shortfall = o.Amount - o.Taken
	return o.put(w, record.FreezeMade, d.concerned(o.Target, o.EnteredBy, o.ConfirmedBy)), d.close()
}

// newOrder begins an order entered by the actor and confirmed by who approved.
func newOrder(w *world.World, kind record.OrderKind, paper instrument, target string) (*order, error) {
	if err := member.RequireQuorum(w, record.QuorumInstitution); err != nil {
		return nil, err
	}
	by, err := member.Require(w, record.Maker, member.Institutions)
	if err != nil {
		return nil, err
	}
	if _, err := member.Get(w, target); err != nil {
		return nil, err
	}
	o := &order{record.Order{
		ID: w.NewID(), Kind: kind, Authority: paper.authority, Docket: paper.docket, Document: paper.document,
		Target: target, EnteredBy: by.ID, At: w.Now(),
	}}
	for _, a := range w.Actor().Approvers {
		if a.Member != by.ID { // the institution's own checker confirms nothing
			o.ConfirmedBy = a.Member
			break
		}
	}
	return o, nil
}

// order is an order being executed.
type order struct{ record.Order }

// put writes the order and tells the members.
func (o *order) put(w *world.World, kind record.NoticeKind, members []string) OrderResult {
	world.Put(w, record.OrderKey(o.ID), &o.Order)
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: o.ID, Amount: o.Taken,
		Members: slices.DeleteFunc(members, func(m string) bool { return m == "" }),
	})
	return OrderResult{ID: o.ID, State: o.State, Taken: o.Taken, Shortfall: o.Shortfall}
}

// openAll opens the certificates in the order given.
func (d *desk) openAll(numbers []string) error {
	for _, n := range numbers {
		if _, err := d.book(n); err != nil {
			return err
		}
	}
	return nil
}

// freeze takes fen for the order, unfrozen ones first.
func (d *desk) freeze(o *order) error {
	var targets []*entry
	for _, number := range o.Certificates {
		b, err := d.book(number)
		if err != nil {
			return err
		}
		if acceptanceOver(b.cert, d.w.Now()) {
			if err := b.endAwaiting(record.Lapsed); err != nil {
				return err
			}
		}
		if !b.cert.State.Live() {
			continue // nobody owns a claim
		}
		holdings, err := b.all()
		if err != nil {
			return err
		}
		for _, e := range holdings {
			if e.Owner == o.Target && e.Redeemed == 0 {
				targets = append(targets, e)
			}
		}
	}
	for _, e := range takeFor(o, targets) {
		if err := d.suspendClocks(e.entry, e.fen); err != nil {
			return err
		}
	}
	return nil
}

// frozenPart is what a freeze took of one holding.
type frozenPart struct {
	*entry
	fen []interval.Interval
}

// takeFor places the order's locks until its amount is reached: a first pass
// takes fen without a freeze, a second one queues behind other freezes.
func takeFor(o *order, targets []*entry) []frozenPart {
	taken := make([]frozenPart, len(targets))
	for i, e := range targets {
		taken[i].entry = e
		free := gaps(e.Interval, coveredBy(&e.Holding, e.Interval, isFreeze))
		taken[i].fen = o.upTo(free)
	}
	for i, e := range targets {
		queued := coveredBy(&e.Holding, e.Interval, isFreeze)
		taken[i].fen = coalesced(append(taken[i].fen, o.upTo(queued)...))
	}
	for _, part := range taken {
		for _, fen := range part.fen {
			part.lock(record.Lock{Kind: record.LockFreeze, Interval: fen, Order: o.ID, Counterpart: o.Target, At: o.At})
		}
	}
	return taken
}

// upTo are the lowest of the fen that the order still has to take, now counted as
// taken.
func (o *order) upTo(fen []interval.Interval) []interval.Interval {
	var some []interval.Interval
	for _, i := range fen {
		want := min(o.Amount-o.Taken, i.Amount())
		if want == 0 {
			break
		}
		low, _, err := i.CutLow(want)
		if err != nil {
			panic(err) // want is between 1 and all of it
		}
		some = append(some, low)
		o.Taken += want
	}
	return some
}

// suspendClocks stops the time of everything that would lapse and rests on the
// fen: the certificate's acceptance and transfers. An offer whose time has passed
// already has lapsed, swept or not.
func (d *desk) suspendClocks(e *entry, fen []interval.Interval) error {
	if len(fen) == 0 {
		return nil
	}
	b, err := d.book(e.Certificate)
	if err != nil {
		return err
	}
	now := d.w.Now()
	if cert := b.cert; cert.State == record.Issued && cert.AcceptBy != 0 {
		d.w.RemoveDue(cert.AcceptBy, record.DueIssue, cert.Number)
		cert.LeftMillis, cert.AcceptBy, b.dirty = int64(cert.AcceptBy-now), 0, true
	}
	if err := d.suspendSettlements(e, fen); err != nil {
		return err
	}
	for _, id := range ordersOn(&e.Holding, record.LockOffer, fen) {
		t, err := loadOffer(d.w, id)
		if err != nil {
			return err
		}
		switch {
		case t.over(now):
			err = d.endOffer(t, record.TransferLapsed)
		case t.LapsesAt != 0:
			d.w.RemoveDue(t.LapsesAt, record.DueTransfer, t.ID)
			t.LeftMillis, t.LapsesAt = int64(t.LapsesAt-now), 0
			world.Put(d.w, record.TransferKey(t.ID), &t.Transfer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ordersOn are the ids behind the locks of a kind on some of the fen, in order of
// the locks: transfers that await acceptance, settlements that await instruction.
func ordersOn(h *record.Holding, kind record.LockKind, fen []interval.Interval) []string {
	var ids []string
	for _, lock := range h.Locks {
		if lock.Kind == kind && slices.ContainsFunc(fen, lock.Interval.Overlaps) {
			ids = appendOnce(ids, lock.Order)
		}
	}
	return ids
}

// UnfreezeArgument lifts a freeze on the authority's paper.
type UnfreezeArgument struct {
	Authority string        `json:"authority"` // name of the court or authority
	Docket    string        `json:"docket"`    // number of the instrument
	Document  record.Digest `json:"document"`  // hash of the instrument
	Order     string        `json:"order"`     // id of the freeze
}

// Unfreeze takes a freeze off all fen on which it still rests. What lies below
// and behind it stays: earlier locks, and freezes that queue. The clocks it had
// stopped go on with the time that was left, unless another freeze rests there.
//
// Refusals, in order: form (BAD_ARGUMENT); NOT_SUBMITTABLE; the actor is an
// institution's maker (ROLE_MISSING); NOT_FOUND for the order; ORDER_CLOSED when
// it is no freeze in force.
func Unfreeze(w *world.World, in UnfreezeArgument) (OrderResult, error) {
	if err := (instrument{in.Authority, in.Docket, in.Document}).form(); err != nil {
		return OrderResult{}, err
	}
	if err := checkID("order", in.Order); err != nil {
		return OrderResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumInstitution); err != nil {
		return OrderResult{}, err
	}
	by, err := member.Require(w, record.Maker, member.Institutions)
	if err != nil {
		return OrderResult{}, err
	}
	o, err := freezeInForce(w, in.Order)
	if err != nil {
		return OrderResult{}, err
	}
	d := newDesk(w)
	for _, number := range o.Certificates {
		if err := d.unfreeze(number, o.ID); err != nil {
			return OrderResult{}, err
		}
	}
	o.State, o.EndedAt = record.OrderLifted, w.Now()
	return o.put(w, record.FreezeLifted, appendOnce(d.concerned(o.Target, o.EnteredBy, o.ConfirmedBy), by.ID)), d.close()
}

// freezeInForce returns the order, NOT_FOUND or ORDER_CLOSED.
func freezeInForce(w *world.World, id string) (*order, error) {
	o, err := world.Load(w, record.OrderKey(id), "order", id)
	if err != nil {
		return nil, err
	}
	if o.Kind != record.OrderFreeze || o.State != record.OrderInForce {
		return nil, code.OrderClosed.New("order %s is a %s, %s", o.ID, o.Kind, o.State)
	}
	return &order{*o}, nil
}

// unfreeze lifts the order's locks of one certificate and lets clocks go on.
func (d *desk) unfreeze(number, order string) error {
	b, err := d.book(number)
	if err != nil {
		return err
	}
	holdings, err := b.all()
	if err != nil {
		return err
	}
	var offers, settlements []string
	for _, e := range holdings {
		lifted := coveredBy(&e.Holding, e.Interval, ofOrder(order))
		e.unlock(ofOrder(order))
		for _, id := range ordersOn(&e.Holding, record.LockOffer, lifted) {
			offers = appendOnce(offers, id)
		}
		for _, id := range ordersOn(&e.Holding, record.LockFinancing, lifted) {
			settlements = appendOnce(settlements, id)
		}
	}
	for _, id := range settlements {
		if err := d.resumeSettlement(id); err != nil {
			return err
		}
	}
	for _, id := range offers {
		if err := d.resumeOffer(id); err != nil {
			return err
		}
	}
	return b.resumeAcceptance()
}

// resumeOffer lets a transfer's clock go on when no freeze rests on its fen.
func (d *desk) resumeOffer(id string) error {
	t, err := loadOffer(d.w, id)
	if err != nil || t.State != record.TransferOffered || t.LapsesAt != 0 {
		return err
	}
	until, frozen, err := d.clockOf(t.Legs, t.LeftMillis)
	if err != nil || frozen {
		return err
	}
	t.LapsesAt, t.LeftMillis = until, 0
	d.w.AddDue(t.LapsesAt, record.DueTransfer, t.ID)
	world.Put(d.w, record.TransferKey(t.ID), &t.Transfer)
	return nil
}

// clockOf says until when a clock runs on with the time that was left, at most to
// the first record time of the legs' payment dates, and whether a freeze still
// rests on some of their fen.
func (d *desk) clockOf(legs []record.Leg, leftMillis int64) (until calendar.Instant, frozen bool, err error) {
	until = d.w.Now() + calendar.Instant(leftMillis)
	for _, leg := range legs {
		b, err := d.book(leg.Certificate)
		if err != nil {
			return 0, false, err
		}
		holdings, err := b.over(leg.Holding, leg.Interval)
		if err != nil {
			return 0, false, err
		}
		for _, e := range holdings {
			if len(coveredBy(&e.Holding, leg.Interval, isFreeze)) > 0 {
				return 0, true, nil
			}
		}
		until = min(until, b.cert.Payment.Start())
	}
	return max(until, d.w.Now()), false, nil
}

// resumeAcceptance lets the time to accept a certificate go on when no freeze
// rests on it.
func (b *book) resumeAcceptance() error {
	cert := b.cert
	if cert.State != record.Issued || cert.AcceptBy != 0 {
		return nil
	}
	holdings, err := b.all()
	if err != nil {
		return err
	}
	for _, e := range holdings {
		if slices.ContainsFunc(e.Locks, isFreeze) {
			return nil
		}
	}
	until := min(b.w.Now()+calendar.Instant(cert.LeftMillis), cert.Payment.Start())
	cert.AcceptBy, cert.LeftMillis, b.dirty = max(until, b.w.Now()), 0, true
	b.w.AddDue(cert.AcceptBy, record.DueIssue, cert.Number)
	return nil
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
