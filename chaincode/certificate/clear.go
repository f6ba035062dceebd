package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// What clearing does with fen. Only chaincode/clearing and chaincode/settlement call
// these.

// Reminders are how many working days before a payment date its debtor is told.
//
//nolint:gochecknoglobals // read-only
var Reminders = []int{5, 1}

// awaitPayment queues what happens at a payment date: the reminders of the debtor before
// it and on the day after it, which all certificates of one date share, and the entry
// into the run.
func (b *book) awaitPayment(pack *record.Pack, payment calendar.Date) {
	run := record.RunID(b.cert.Debtor, payment)
	days := rules.WorkingDays(pack)
	for _, before := range Reminders {
		if day := days.Before(payment, before); day.Start() > b.w.Now() {
			b.w.AddDue(day.Start(), record.DueReminder, run)
		}
	}
	b.w.AddDue(payment.Start(), record.DueClearing, b.cert.Number)
	b.w.AddDue(payment.AddDays(1).Start(), record.DueReminder, run)
}

// Enter puts the fen of a certificate whose payment date has come by a day into the runs
// of its debtor and those dates, as a payment date begins; later, when nobody could do
// it before. What was not decided by then lapses: offers and settlements on the fen,
// also those whose clock an order had stopped, and the holds of proposals. The ids are
// of the settlements that ended with it. Entering again changes nothing.
func Enter(w *world.World, number string, day calendar.Date) ([]string, error) {
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil {
		return nil, err
	}
	if b.cert.State != record.Active || day <= b.cert.Entered {
		return nil, nil
	}
	holdings, err := b.all()
	if err != nil {
		return nil, err
	}
	var payments []calendar.Date
	for _, e := range holdings {
		if e.Claim.Payment <= b.cert.Entered || e.Claim.Payment > day || e.Redeemed != 0 {
			continue
		}
		if !slices.Contains(payments, e.Claim.Payment) {
			payments = append(payments, e.Claim.Payment)
		}
		if err := d.lapseAll(e); err != nil {
			return nil, err
		}
	}
	b.cert.Entered, b.dirty = day, true
	slices.Sort(payments)
	for _, payment := range payments {
		if err := d.enter(b, payment); err != nil {
			return nil, err
		}
	}
	return d.ended, d.close()
}

// lapseAll ends what rests on a holding and was not decided before its payment date.
func (d *desk) lapseAll(e *entry) error {
	whole := []interval.Interval{e.Interval}
	for _, id := range ordersOn(&e.Holding, record.LockOffer, whole) {
		t, err := loadOffer(d.w, id)
		if err != nil {
			return err
		}
		if err := d.endOffer(t, record.TransferLapsed); err != nil {
			return err
		}
	}
	for _, id := range ordersOn(&e.Holding, record.LockFinancing, whole) {
		if err := d.lapseSettlement(id); err != nil {
			return err
		}
	}
	e.unlock(isProposal)
	return nil
}

// lapseSettlement ends a settlement that was not instructed before the payment date of
// some of its fen. What was agreed besides is ended by the dispatcher, which is told.
func (d *desk) lapseSettlement(id string) error {
	s, err := world.Load(d.w, record.SettlementKey(id), "settlement", id)
	if err != nil {
		return err
	}
	err = d.each(s.Legs, func(_ *book, e *entry, _ interval.Interval) error {
		e.unlock(ofOrder(id))
		return nil
	})
	if err != nil {
		return err
	}
	if s.LapsesAt != 0 {
		d.w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
	}
	s.State, s.EndedAt, s.LeftMillis = record.SettlementLapsed, d.w.Now(), 0
	d.tellEnded(s)
	return nil
}

// enter makes the run, when this is its first certificate, and marks the certificate in
// it. Its tally follows when the desk closes.
func (d *desk) enter(b *book, payment calendar.Date) error {
	id := record.RunID(b.cert.Debtor, payment)
	run, err := world.Find(d.w, record.RunKey(id))
	if err != nil {
		return err
	}
	if run == nil {
		run = &record.Run{ID: id, Debtor: b.cert.Debtor, Payment: payment, State: record.RunOpen, OpenedAt: d.w.Now()}
		d.w.Notify(record.NoticeOf{
			Kind: record.RunWasOpened, Subject: id, Members: []string{b.cert.Debtor}, Opens: []string{b.cert.Debtor},
		})
	}
	run.Certificates++
	world.Put(d.w, record.RunKey(id), run)
	world.Put(d.w, record.EntryKey(id, b.cert.Number), &record.Marker{})
	return nil
}

// Claim is open fen of one holding to which the same people have a right: what a run
// divides its funds over.
type Claim struct {
	record.Leg
	Owner    string
	Claim    record.Claim
	Frozen   bool          // an order of a court rests on the fen
	Pledges  []record.Lock // on the fen, the first has priority
	Accrues  calendar.Date // from when they bear late interest
	Payment  calendar.Date
	LateRate money.Rate
}

// Claims are the open fen of a certificate in the run of a date, in order of the fen.
func Claims(w *world.World, number string, payment calendar.Date) ([]Claim, error) {
	b, err := newDesk(w).book(number)
	if err != nil {
		return nil, err
	}
	holdings, err := b.all()
	if err != nil {
		return nil, err
	}
	var claims []Claim
	for _, e := range holdings {
		if e.Claim.Payment != payment || payment > b.cert.Entered || e.Redeemed != 0 {
			continue
		}
		claims = append(claims, b.claimsOf(e)...)
	}
	return claims, nil
}

// claimsOf cuts the open fen of a holding where a freeze or a pledge begins or ends.
func (b *book) claimsOf(e *entry) []Claim {
	taken := coveredBy(&e.Holding, e.Interval, func(l record.Lock) bool { return inPayment(l.Kind) })
	var claims []Claim
	for _, open := range gaps(e.Interval, taken) {
		for from := open.From; from <= open.To; {
			to := open.To
			for _, l := range e.Locks {
				if l.Kind != record.LockFreeze && l.Kind != record.LockPledge {
					continue
				}
				if l.Interval.From > from {
					to = min(to, l.Interval.From-1)
				} else if l.Interval.To >= from {
					to = min(to, l.Interval.To)
				}
			}
			claims = append(claims, b.claimOn(e, interval.Of(from, to)))
			from = to + 1
		}
	}
	return claims
}

func (b *book) claimOn(e *entry, fen interval.Interval) Claim {
	c := Claim{
		Leg:   record.Leg{Certificate: b.cert.Number, Holding: e.ID, Version: e.Version, Interval: fen},
		Owner: e.Owner, Claim: e.Claim, Accrues: accruesFrom(&e.Holding), Payment: e.Claim.Payment, LateRate: b.cert.LateRate,
	}
	for _, l := range e.Locks {
		if !l.Interval.Overlaps(fen) {
			continue
		}
		switch l.Kind {
		case record.LockFreeze:
			c.Frozen = true
		case record.LockPledge:
			c.Pledges = append(c.Pledges, l)
		default:
		}
	}
	return c
}

// accruesFrom is the day from which overdue fen bear late interest.
func accruesFrom(h *record.Holding) calendar.Date {
	if h.Accrues != 0 {
		return h.Accrues
	}
	return h.Claim.Payment
}

// LateInterest is what fen of a certificate bear for so many days after their payment
// date, rounded half up to a fen once: the rate that the contract agrees, percent a
// year over 360 days, else the statutory rate a day (LATE-INTEREST, Order 802 art.
// 17). No days, or days before, bear none.
func LateInterest(pack *record.Pack, lateRate money.Rate, fen money.Fen, days int) (money.Fen, error) {
	switch {
	case days <= 0:
		return 0, nil
	case lateRate > 0:
		return money.DiscountInterest(fen, lateRate, days, money.Basis360, money.HalfUp)
	default:
		return money.LateInterest(fen, pack.LateDaily, days, money.HalfUp)
	}
}

// Keep holds the fen of a leg that was not paid for the payee whose it is: other funds
// of the run are not divided over them.
func Keep(w *world.World, legs []record.Leg, order string) error {
	d := newDesk(w)
	err := d.each(legs, func(_ *book, e *entry, _ interval.Interval) error {
		e.relock(order, record.LockClearing, record.LockReturned)
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Narrow takes the order's lock off the fen of a leg but those given.
func Narrow(w *world.World, leg record.Leg, order string, to interval.Interval) error {
	d := newDesk(w)
	err := d.each([]record.Leg{leg}, func(_ *book, e *entry, _ interval.Interval) error {
		var kept []record.Lock
		for _, lock := range e.Locks {
			if lock.Order == order && inPayment(lock.Kind) {
				shared, ok := lock.Interval.Intersect(to)
				if !ok {
					continue
				}
				lock.Interval = shared
			}
			kept = append(kept, lock)
		}
		e.Locks, e.locked = kept, true
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// CheckDirected refuses with FROZEN a leg that an order directs while another order comes
// first on some of its fen.
func CheckDirected(w *world.World, legs []record.Leg, order string) error {
	return newDesk(w).each(legs, func(_ *book, e *entry, fen interval.Interval) error {
		var own []interval.Interval
		for _, l := range e.Locks {
			shared, ok := l.Interval.Intersect(fen)
			if !ok || !isFreeze(l) {
				continue
			}
			if l.Order == order {
				own = coalesced(append(own, shared))
			} else if len(gaps(shared, inside(own, shared))) > 0 {
				return lockRefusal(&e.Holding, l, shared)
			}
		}
		return nil
	})
}

// CheckFrozenBy refuses with ORDER_CLOSED unless the freeze is the first order of a court
// on all fen of the legs.
func CheckFrozenBy(w *world.World, legs []record.Leg, freeze string) error {
	if _, err := freezeInForce(w, freeze); err != nil {
		return err
	}
	return newDesk(w).each(legs, func(b *book, e *entry, fen interval.Interval) error {
		for _, l := range e.Locks {
			if !isFreeze(l) || !l.Interval.Overlaps(fen) {
				continue
			}
			if l.Order == freeze && l.Interval.Contains(fen) {
				return nil
			}
			break
		}
		return code.OrderClosed.New("freeze %s does not come first on fen %s of certificate %s", freeze, fen, b.cert.Number)
	})
}

// Unredeem makes the debtor owe fen again whose payment came back, and holds them for
// the payee.
func Unredeem(w *world.World, legs []record.Leg, order string) error {
	d := newDesk(w)
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		w.ReportMove(record.Move{
			Kind: record.MoveUnredeem, Certificate: b.cert.Number, Interval: e.Interval, From: b.cert.Debtor, To: e.Owner,
			Order: order, Tier: e.MaxTier(),
		})
		e.Redeemed, e.changed = 0, true
		e.lock(record.Lock{Kind: record.LockReturned, Interval: fen, Order: order, At: w.Now()})
		b.cert.Redeemed, b.dirty = b.cert.Redeemed-e.Amount(), true
		if b.cert.Line == "" {
			return nil
		}
		return credit.UseAgain(w, b.cert.Bank, b.cert.Line, b.cert.Debtor, e.Amount())
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Overdue is open overdue fen of one holding.
type Overdue struct {
	Claim
	Debtor string
	Bank   string // whose line backs the certificate, or empty
	Issued calendar.Date
}

// OverdueFen describes fen of one certificate that are in a run, wherever they are now.
// Refusals: NOT_FOUND, CERTIFICATE_STATE, NOT_OVERDUE, BAD_INTERVAL, REDEEMED,
// HOLDING_LOCKED while money for some of them is on its way.
func OverdueFen(w *world.World, number string, fen interval.Interval) ([]Overdue, error) {
	b, err := newDesk(w).book(number)
	if err != nil {
		return nil, err
	}
	if err := b.checkTime(OpClear); err != nil {
		return nil, err
	}
	if err := fen.Valid(b.cert.Face); err != nil {
		return nil, err
	}
	holdings, err := b.over(0, fen)
	if err != nil {
		return nil, err
	}
	var list []Overdue
	for _, e := range holdings {
		shared, _ := e.Interval.Intersect(fen)
		if err := b.checkDue(e); err != nil {
			return nil, err
		}
		if err := checkFree(&e.Holding, shared, OpClear, ""); err != nil {
			return nil, err
		}
		list = append(list, Overdue{b.claimOn(e, shared), b.cert.Debtor, b.cert.Bank, b.cert.IssueDate})
	}
	return list, nil
}

// CheckCut is SPLIT-LIMIT for fen of one holding that their owner has cut out of it by
// what it agrees to: PIECE_TOO_SMALL, TOO_MANY_PIECES. A whole holding is always one.
func CheckCut(w *world.World, leg record.Leg) error {
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	b, err := newDesk(w).book(leg.Certificate)
	if err != nil {
		return err
	}
	e, err := b.containing(leg.Holding, leg.Interval)
	if err != nil || e == nil || e.Interval == leg.Interval {
		return err
	}
	return b.checkPieces(pack, e, leg.Interval)
}

// Extend makes overdue fen of one holding payable on a later day: they leave their run
// and enter the one of that day.
func Extend(w *world.World, number string, fen interval.Interval, to calendar.Date) error {
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil {
		return err
	}
	e, err := b.containing(0, fen)
	if err != nil {
		return err
	}
	if e == nil {
		return code.HoldingChanged.New("fen %s of certificate %s are not with one owner", fen, number)
	}
	piece := b.take(e, fen)
	piece.Claim.Payment, piece.Accrues, piece.changed = to, 0, true
	b.cert.ExtendedTo, b.dirty = max(b.cert.ExtendedTo, to), true
	b.awaitPayment(pack, to)
	return d.close()
}

// Settled late interest: what became owed, was paid and was given up of a certificate.

// Accrue records late interest that became owed.
func Accrue(w *world.World, number string, amount money.Fen) error {
	return interestOf(w, number, func(c *record.Certificate) { c.Accrued += amount })
}

// PayInterest records late interest that was paid.
func PayInterest(w *world.World, number string, amount money.Fen) error {
	return interestOf(w, number, func(c *record.Certificate) { c.Interest += amount })
}

// WaiveInterest records late interest that its creditor gave up.
func WaiveInterest(w *world.World, number string, amount money.Fen) error {
	return interestOf(w, number, func(c *record.Certificate) { c.Waived += amount })
}

func interestOf(w *world.World, number string, change func(*record.Certificate)) error {
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil {
		return err
	}
	change(b.cert)
	b.dirty = true
	return d.close()
}

// AccrueFrom lets overdue fen bear late interest from a day on only: what had accrued
// before became owed, or was given up.
func AccrueFrom(w *world.World, number string, fen interval.Interval, day calendar.Date) error {
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil {
		return err
	}
	holdings, err := b.over(0, fen)
	if err != nil {
		return err
	}
	for _, e := range holdings {
		shared, _ := e.Interval.Intersect(fen)
		piece := b.take(e, shared)
		piece.Accrues, piece.changed = day, true
	}
	return d.close()
}
