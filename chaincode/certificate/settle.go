package certificate

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// What settlements do with fen. Only chaincode/settlement and the contracts that
// agree on settlements call these; each opens certificates of its own and closes
// them.

// Engagement is fen that a settlement is to hold.
type Engagement struct {
	Owner       string
	Legs        []record.Leg
	Order       string    // id of the settlement
	Counterpart string    // the other side, empty while it is not known
	Operation   Operation // that the locks on the fen may stop: OpFinance, or OpRelease for fen that are pledged
	Pledge      string    // for OpRelease: the financing to which they are pledged
}

// Stake is one leg of an engagement as it was found.
type Stake struct {
	record.Leg
	Debtor   string
	Face     money.Fen
	LineBank string // bank whose line backs the certificate, or empty
	Issued   calendar.Date
	Payment  calendar.Date
	Tier     uint16 // deepest of the fen
	Claim    record.Claim
	Green    bool
}

// Engage locks the fen of all legs for a settlement, or none. Nothing is cut.
// Refusals, leg by leg: NOT_FOUND, CERTIFICATE_STATE, MATURED, HOLDING_CHANGED,
// NOT_OWNER, REDEEMED, FROZEN or HOLDING_LOCKED, rule SPLIT-LIMIT (PIECE_TOO_SMALL,
// TOO_MANY_PIECES), LIMIT_EXCEEDED.
func Engage(w *world.World, in Engagement) ([]Stake, error) {
	pack, err := rules.Current(w)
	if err != nil {
		return nil, err
	}
	d := newDesk(w)
	stakes := make([]Stake, 0, len(in.Legs))
	for _, leg := range in.Legs {
		found, err := d.engage(pack, in, leg)
		if err != nil {
			return nil, err
		}
		stakes = append(stakes, found...)
	}
	return stakes, d.close()
}

// engage locks one leg: in the holding that its owner named, or wherever the fen
// are when they are pledged.
func (d *desk) engage(pack *record.Pack, in Engagement, leg record.Leg) ([]Stake, error) {
	b, err := d.book(leg.Certificate)
	if err != nil {
		return nil, err
	}
	if err := b.checkActive(); err != nil {
		return nil, err
	}
	var holdings []*entry
	if in.Operation == OpRelease {
		holdings, err = b.over(leg.Holding, leg.Interval)
	} else {
		var e *entry
		e, err = b.named(in.Owner, leg)
		holdings = []*entry{e}
	}
	if err != nil {
		return nil, err
	}
	var stakes []Stake
	for _, e := range holdings {
		fen, _ := e.Interval.Intersect(leg.Interval)
		if err := checkFree(&e.Holding, fen, in.Operation, in.Pledge); err != nil {
			return nil, err
		}
		if in.Operation != OpRelease {
			if err := b.checkPieces(pack, e, fen); err != nil {
				return nil, err
			}
		}
		if err := checkRoom(&e.Holding); err != nil {
			return nil, err
		}
		e.lock(record.Lock{
			Kind: record.LockFinancing, Interval: fen, Order: in.Order, Counterpart: in.Counterpart, At: d.w.Now(),
		})
		stakes = append(stakes, b.stakeOf(e, fen))
	}
	return stakes, nil
}

func (b *book) stakeOf(e *entry, fen interval.Interval) Stake {
	s := Stake{
		Leg:    record.Leg{Certificate: b.cert.Number, Holding: e.ID, Version: e.Version, Interval: fen},
		Debtor: b.cert.Debtor, Face: b.cert.Face, LineBank: b.cert.Bank, Issued: b.cert.IssueDate, Payment: b.cert.Payment,
		Claim: e.Claim, Green: b.cert.Green,
	}
	for _, span := range tiersOn(&e.Holding, fen) {
		s.Tier = max(s.Tier, span.Tier)
	}
	return s
}

// Stakes describes legs that a settlement holds, wherever the fen are now.
func Stakes(w *world.World, legs []record.Leg) ([]Stake, error) {
	d := newDesk(w)
	var stakes []Stake
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		stakes = append(stakes, b.stakeOf(e, fen))
		return nil
	})
	return stakes, err
}

// each visits the holdings that have fen of the legs, with those fen.
func (d *desk) each(legs []record.Leg, visit func(*book, *entry, interval.Interval) error) error {
	for _, leg := range legs {
		b, err := d.book(leg.Certificate)
		if err != nil {
			return err
		}
		holdings, err := b.over(leg.Holding, leg.Interval)
		if err != nil {
			return err
		}
		for _, e := range holdings {
			shared, _ := e.Interval.Intersect(leg.Interval)
			if err := visit(b, e, shared); err != nil {
				return err
			}
		}
	}
	return nil
}

// Disengage takes all locks of a settlement off its fen. What lies below is in
// force again.
func Disengage(w *world.World, legs []record.Leg, order string) error {
	d := newDesk(w)
	err := d.each(legs, func(_ *book, e *entry, _ interval.Interval) error {
		e.unlock(ofOrder(order))
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Assign names the other side of a settlement in its locks, once it is known.
// Refusals, leg by leg: CERTIFICATE_STATE, MATURED, FROZEN.
func Assign(w *world.World, legs []record.Leg, order, counterpart string) error {
	d := newDesk(w)
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		if err := b.checkActive(); err != nil {
			return err
		}
		if err := checkFree(&e.Holding, fen, OpFinance, order); err != nil {
			return err
		}
		e.assign(order, counterpart)
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Encumber pledges the fen that a settlement holds: the lock of the pledge has
// priority over what came later.
func Encumber(w *world.World, legs []record.Leg, order, pledgee string) error {
	d := newDesk(w)
	err := d.each(legs, func(_ *book, e *entry, fen interval.Interval) error {
		e.lock(record.Lock{Kind: record.LockPledge, Interval: fen, Order: order, Counterpart: pledgee, At: d.w.Now()})
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Bind turns the locks of a settlement into those of a payment that was
// instructed, in their place. Refusals, leg by leg: CERTIFICATE_STATE, MATURED,
// FROZEN or HOLDING_LOCKED as the operation says.
func Bind(w *world.World, legs []record.Leg, order string, operation Operation, pledge string) error {
	d := newDesk(w)
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		if err := b.checkActive(); err != nil {
			return err
		}
		for _, lock := range e.Locks {
			shared, ok := lock.Interval.Intersect(fen)
			if ok && lock.Order != order && (pledge == "" || lock.Order != pledge) && Stops(lock.Kind, operation) {
				return lockRefusal(&e.Holding, lock, shared)
			}
		}
		e.relock(order, record.LockFinancing, record.LockDisbursing)
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// relock turns the order's locks of one kind into another in their place.
func (e *entry) relock(order string, from, to record.LockKind) {
	e.eachLock(order, func(lock *record.Lock) {
		if lock.Kind == from {
			lock.Kind = to
		}
	})
}

// assign names the other side in the order's locks.
func (e *entry) assign(order, counterpart string) {
	e.eachLock(order, func(lock *record.Lock) { lock.Counterpart = counterpart })
}

func (e *entry) eachLock(order string, change func(*record.Lock)) {
	e.Locks, e.locked = slices.Clone(e.Locks), true
	for i := range e.Locks {
		if e.Locks[i].Order == order {
			change(&e.Locks[i])
		}
	}
}

// Deliver moves the fen that were paid for to their buyer. A freeze that came
// after the instruction loses them: its order records the shortfall. The claim says
// who stands behind the fen from now on; its maturity stays each holding's own.
func Deliver(w *world.World, legs []record.Leg, order, to string, claim record.Claim, kind record.MoveKind) error {
	d := newDesk(w)
	err := d.paid(legs, order, func(b *book, piece *entry) error {
		claim.Maturity = piece.Claim.Maturity
		piece.Claim = claim
		b.give(piece, kind, to, order)
		return d.outrun(piece)
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Redeem ends the fen that the debtor has paid: they stay with the owner who was
// paid and can do nothing more, and the credit line gets them back.
func Redeem(w *world.World, legs []record.Leg, order string) error {
	d := newDesk(w)
	err := d.paid(legs, order, func(b *book, piece *entry) error {
		if err := d.outrun(piece); err != nil {
			return err
		}
		w.ReportMove(record.Move{
			Kind: record.MoveRedeem, Certificate: b.cert.Number, Interval: piece.Interval, From: piece.Owner, To: b.cert.Debtor,
			Order: order, Tier: piece.MaxTier(),
		})
		piece.Redeemed, piece.changed = w.Now(), true
		b.cert.Redeemed, b.dirty = b.cert.Redeemed+piece.Amount(), true
		w.Notify(record.NoticeOf{
			Kind: record.HoldingRedeemed, Subject: b.cert.Number, Members: []string{b.cert.Debtor, piece.Owner}, Amount: piece.Amount(),
		})
		if b.cert.Line == "" {
			return nil
		}
		return credit.ReleaseUsed(w, b.cert.Bank, b.cert.Line, b.cert.Debtor, piece.Amount())
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Acquit frees the fen of a loan that was repaid, wherever they are now. Orders of
// courts stay on them.
func Acquit(w *world.World, legs []record.Leg, order, pledge string) error {
	d := newDesk(w)
	err := d.each(legs, func(_ *book, e *entry, _ interval.Interval) error {
		e.unlock(ofOrder(order))
		e.unlock(ofOrder(pledge))
		if e.Claim.Financing == pledge {
			e.Claim.Financing, e.Claim.Guarantor, e.changed = "", "", true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Mortgage marks the fen of a loan that was paid out: the claim names it, so that
// they merge with no others and the bank's exposure counts them.
func Mortgage(w *world.World, legs []record.Leg, order string, claim record.Claim) error {
	d := newDesk(w)
	err := d.paid(legs, order, func(_ *book, piece *entry) error {
		claim.Maturity = piece.Claim.Maturity
		piece.Claim, piece.changed = claim, true
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// paid cuts the fen of an instructed payment out of their holdings, takes its lock
// off them, and hands each piece over. After the instruction nothing refuses.
func (d *desk) paid(legs []record.Leg, order string, then func(*book, *entry) error) error {
	return d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		piece := b.take(e, fen)
		if !d.holdsLock(piece, order) {
			panic(fmt.Sprintf("settlement %s pays for fen %s of certificate %s, which it does not hold", order, fen, b.cert.Number))
		}
		piece.unlock(func(lock record.Lock) bool { return lock.Order == order && lock.Kind != record.LockPledge })
		return then(b, piece)
	})
}

// holdsLock reports whether the order's own lock rests on all of a piece.
func (d *desk) holdsLock(piece *entry, order string) bool {
	own := coveredBy(&piece.Holding, piece.Interval, func(lock record.Lock) bool {
		return lock.Order == order && (lock.Kind == record.LockDisbursing || lock.Kind == record.LockFinancing)
	})
	return total(own) == piece.Amount()
}

// outrun takes the freezes off a piece whose payment was instructed before they
// came: what they took is less by it, and their shortfall more.
func (d *desk) outrun(piece *entry) error {
	for _, id := range ordersOn(&piece.Holding, record.LockFreeze, []interval.Interval{piece.Interval}) {
		o, err := world.Load(d.w, record.OrderKey(id), "order", id)
		if err != nil {
			return err
		}
		lost := total(coveredBy(&piece.Holding, piece.Interval, ofOrder(id)))
		o.Taken, o.Shortfall = o.Taken-lost, o.Shortfall+lost
		if o.Moved == o.Taken {
			o.State, o.EndedAt = record.OrderDone, d.w.Now()
		}
		world.Put(d.w, record.OrderKey(id), o)
		d.w.Notify(record.NoticeOf{
			Kind: record.FreezeReduced, Subject: o.ID, Members: institutionsOf(o), Amount: lost,
		})
	}
	piece.unlock(isFreeze)
	return nil
}

func institutionsOf(o *record.Order) []string {
	members := []string{o.EnteredBy}
	if o.ConfirmedBy != "" {
		members = append(members, o.ConfirmedBy)
	}
	return members
}

// suspendSettlements stops the clocks of settlements on the fen that were not
// instructed. One whose time has passed lapses by itself.
func (d *desk) suspendSettlements(e *entry, fen []interval.Interval) error {
	for _, id := range ordersOn(&e.Holding, record.LockFinancing, fen) {
		s, err := world.Load(d.w, record.SettlementKey(id), "settlement", id)
		if err != nil {
			return err
		}
		if s.LapsesAt == 0 || d.w.Now() >= s.LapsesAt {
			continue
		}
		d.w.RemoveDue(s.LapsesAt, record.DueSettlement, s.ID)
		s.LeftMillis, s.LapsesAt = int64(s.LapsesAt-d.w.Now()), 0
		world.Put(d.w, record.SettlementKey(s.ID), s)
	}
	return nil
}

// resumeSettlement lets a settlement's clock go on when no freeze rests on its fen.
func (d *desk) resumeSettlement(id string) error {
	s, err := world.Load(d.w, record.SettlementKey(id), "settlement", id)
	if err != nil || !s.State.Live() || s.State.Instructed() || s.LapsesAt != 0 {
		return err
	}
	until, frozen, err := d.clockOf(s.Legs, s.LeftMillis)
	if err != nil || frozen {
		return err
	}
	s.LapsesAt, s.LeftMillis = until, 0
	d.w.AddDue(s.LapsesAt, record.DueSettlement, s.ID)
	world.Put(d.w, record.SettlementKey(s.ID), s)
	return nil
}

// endByOrder cancels a settlement that was not instructed, because a court moves
// some of its fen. What was agreed besides is ended by the dispatcher, which is
// told of it.
func (d *desk) endByOrder(id, order string) error {
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
	s.State, s.Reason, s.EndedAt, s.LeftMillis = record.SettlementCancelled, "order "+order, d.w.Now(), 0
	world.Put(d.w, record.SettlementKey(s.ID), s)
	d.w.Notify(record.NoticeOf{
		Kind: record.SettlementHasEnded, Subject: s.ID, Members: known(s.Payer, s.Payee, s.PayerBank, s.PayeeBank),
		Amount: s.Amount, Closes: known(s.PayerBank, s.PayeeBank),
	})
	d.ended = appendOnce(d.ended, s.ID)
	return nil
}

// known are the members that are known, each once.
func known(members ...string) []string {
	var list []string
	for _, m := range members {
		if m != "" {
			list = appendOnce(list, m)
		}
	}
	return list
}
