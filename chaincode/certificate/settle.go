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
	Operation   Operation // that the locks on the fen may stop: OpFinance, OpRelease for fen that are pledged, OpClear, OpRecover
	Pledge      string    // for OpRelease and OpRecover: the financing to which they are pledged
}

// lockKind is the lock that an engagement places.
func (in *Engagement) lockKind() record.LockKind {
	switch in.Operation {
	case OpClear:
		return record.LockClearing
	case OpRecover:
		return record.LockRecourse
	default:
		return record.LockFinancing
	}
}

// named reports whether the legs are found in the holding that the owner named, of
// which they are a part that may become a piece; else wherever the fen are.
func (in *Engagement) named() bool {
	return in.Operation == OpFinance || in.Operation == OpRecover && in.Pledge == ""
}

// Stake is one leg of an engagement as it was found.
type Stake struct {
	record.Leg
	Owner    string
	Debtor   string
	Face     money.Fen
	LineBank string // bank whose line backs the certificate, or empty
	Issued   calendar.Date
	Payment  calendar.Date
	Tier     uint16 // deepest of the fen
	Claim    record.Claim
	Green    bool
	Accrues  calendar.Date // from when overdue fen bear late interest
}

// Engage locks the fen of all legs for a settlement, or none. Nothing is cut.
// Refusals, leg by leg: NOT_FOUND, CERTIFICATE_STATE, MATURED (NOT_OVERDUE for a
// clearing or recovery of fen that are not in a run), HOLDING_CHANGED, NOT_OWNER,
// REDEEMED, FROZEN or HOLDING_LOCKED, rule SPLIT-LIMIT (PIECE_TOO_SMALL,
// TOO_MANY_PIECES) before maturity, LIMIT_EXCEEDED.
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
	if err := b.checkTime(in.Operation); err != nil {
		return nil, err
	}
	var holdings []*entry
	if in.named() {
		var e *entry
		e, err = b.named(in.Owner, leg)
		holdings = []*entry{e}
	} else {
		holdings, err = b.over(leg.Holding, leg.Interval)
	}
	if err != nil {
		return nil, err
	}
	var stakes []Stake
	for _, e := range holdings {
		fen, _ := e.Interval.Intersect(leg.Interval)
		if in.Operation == OpClear || in.Operation == OpRecover {
			if err := b.checkDue(e); err != nil {
				return nil, err
			}
		}
		if err := checkFree(&e.Holding, fen, in.Operation, in.Pledge); err != nil {
			return nil, err
		}
		if in.Operation == OpFinance {
			if err := b.checkPieces(pack, e, fen); err != nil {
				return nil, err
			}
		}
		if in.Operation != OpClear { // what is due is paid, however much rests on it
			if err := checkRoom(&e.Holding); err != nil {
				return nil, err
			}
		}
		e.lock(record.Lock{
			Kind: in.lockKind(), Interval: fen, Order: in.Order, Counterpart: in.Counterpart, At: d.w.Now(),
		})
		stakes = append(stakes, b.stakeOf(e, fen))
	}
	return stakes, nil
}

func (b *book) stakeOf(e *entry, fen interval.Interval) Stake {
	s := Stake{
		Leg:    record.Leg{Certificate: b.cert.Number, Holding: e.ID, Version: e.Version, Interval: fen},
		Owner:  e.Owner,
		Debtor: b.cert.Debtor, Face: b.cert.Face, LineBank: b.cert.Bank, Issued: b.cert.IssueDate, Payment: e.Claim.Payment,
		Claim: e.Claim, Green: b.cert.Green, Accrues: accruesFrom(&e.Holding),
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
// instructed, in their place; those of a clearing or a recovery are that from the
// first. Refusals, leg by leg: CERTIFICATE_STATE, MATURED, FROZEN or HOLDING_LOCKED
// as the operation says; FROZEN for a clearing, whose payment waits for the order.
func Bind(w *world.World, legs []record.Leg, order string, operation Operation, pledge string) error {
	d := newDesk(w)
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		if operation == OpClear {
			return checkThawed(&e.Holding, fen)
		}
		if err := b.checkTime(operation); err != nil {
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

// CheckThawed refuses with FROZEN while a court's order rests on fen of the legs.
func CheckThawed(w *world.World, legs []record.Leg) error {
	return newDesk(w).each(legs, func(_ *book, e *entry, fen interval.Interval) error { return checkThawed(&e.Holding, fen) })
}

// checkThawed refuses with FROZEN when a court's order rests on some of the fen.
func checkThawed(h *record.Holding, fen interval.Interval) error {
	for _, lock := range h.Locks {
		if shared, ok := lock.Interval.Intersect(fen); ok && isFreeze(lock) {
			return lockRefusal(h, lock, shared)
		}
	}
	return nil
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
		claim.Payment = piece.Claim.Payment
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
// paid and can do nothing more, and the credit line gets them back. The shares are
// the money for each leg; none means the fen themselves, more fen than money is an
// early payment's discount. An order of a court that directed the payment to
// another is carried out with it.
func Redeem(w *world.World, legs []record.Leg, shares []money.Fen, order string, directed bool) error {
	d := newDesk(w)
	for i, share := range shares {
		b, err := d.book(legs[i].Certificate)
		if err != nil {
			return err
		}
		b.cert.Discount, b.dirty = b.cert.Discount+legs[i].Interval.Amount()-share, true
	}
	err := d.paid(legs, order, func(b *book, piece *entry) error {
		freed := d.outrun
		if directed {
			freed = d.thaw
		}
		if err := freed(piece); err != nil {
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
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		piece := b.take(e, fen)
		piece.unlock(ofOrder(order))
		piece.unlock(ofOrder(pledge))
		if piece.Claim.Financing == pledge {
			piece.Claim.Financing, piece.Claim.Guarantor, piece.changed = "", "", true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Subrogate passes the pledge of a loan on to the guarantor who paid for its borrower
// (Civil Code 700 †): for each leg a pledge of its own. They secure what it paid, in
// proportion to the fen. Orders of courts stay on them.
func Subrogate(w *world.World, s *record.Settlement) error {
	pledge, guarantor := s.Financing, s.Payer
	f, err := world.Load(w, record.FinancingKey(pledge), "financing", pledge)
	if err != nil {
		return err
	}
	var seen, given money.Fen
	d := newDesk(w)
	err = d.each(s.Legs, func(b *book, e *entry, fen interval.Interval) error {
		seen += fen.Amount()
		until, err := money.MulDiv(int64(s.Amount), int64(seen), int64(s.Fen), money.Down)
		if err != nil {
			return err
		}
		secured := money.Fen(until) - given
		given = money.Fen(until)
		p := &record.Pledge{
			ID: w.NewID(), Pledgor: e.Owner, Pledgee: guarantor, Secured: secured, Registration: f.Registered,
			Document: f.Terms.GuaranteeContract, State: record.PledgeActive, At: w.Now(),
			Leg: record.Leg{Certificate: b.cert.Number, Holding: e.ID, Version: e.Version, Interval: fen},
		}
		piece := b.take(e, fen)
		p.Leg.Holding, p.Leg.Version = piece.ID, piece.Version
		world.Put(w, record.PledgeKey(p.ID), p)
		piece.unlock(ofOrder(s.ID))
		piece.eachLock(pledge, func(lock *record.Lock) { lock.Order, lock.Counterpart = p.ID, guarantor })
		piece.Claim.Financing, piece.Claim.Guarantor, piece.changed = "", "", true
		w.Notify(record.NoticeOf{
			Kind: record.PledgeMade, Subject: p.ID, Members: d.concerned(p.Pledgor, p.Pledgee), Amount: fen.Amount(),
		})
		return nil
	})
	if err != nil {
		return err
	}
	return d.close()
}

// Under are the fen of legs that are still owed under a financing and in no payment,
// wherever they are now.
func Under(w *world.World, legs []record.Leg, financing string) ([]record.Leg, error) {
	d := newDesk(w)
	var list []record.Leg
	err := d.each(legs, func(b *book, e *entry, fen interval.Interval) error {
		if e.Claim.Financing != financing || e.Redeemed != 0 {
			return nil
		}
		paying := coveredBy(&e.Holding, fen, func(l record.Lock) bool { return inPayment(l.Kind) })
		for _, open := range gaps(fen, paying) {
			list = append(list, record.Leg{Certificate: b.cert.Number, Holding: e.ID, Version: e.Version, Interval: open})
		}
		return nil
	})
	return list, err
}

// Mortgage marks the fen of a loan that was paid out: the claim names it, so that
// they merge with no others and the bank's exposure counts them.
func Mortgage(w *world.World, legs []record.Leg, order string, claim record.Claim) error {
	d := newDesk(w)
	err := d.paid(legs, order, func(_ *book, piece *entry) error {
		claim.Payment = piece.Claim.Payment
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
		return lock.Order == order && (inPayment(lock.Kind) || lock.Kind == record.LockFinancing)
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
	d.tellEnded(s)
	return nil
}

// tellEnded writes a settlement that ended with the fen it held and has the dispatcher
// told of it.
func (d *desk) tellEnded(s *record.Settlement) {
	world.Put(d.w, record.SettlementKey(s.ID), s)
	d.w.Notify(record.NoticeOf{
		Kind: record.SettlementHasEnded, Subject: s.ID, Members: known(s.Payer, s.Payee, s.PayerBank, s.PayeeBank),
		Amount: s.Amount, Closes: known(s.PayerBank, s.PayeeBank),
	})
	d.ended = appendOnce(d.ended, s.ID)
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
