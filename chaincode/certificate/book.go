package certificate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// desk is the certificates that one operation has open. What it changes is
// written and reported once, by close; an operation that fails never closes.
type desk struct {
	w     *world.World
	open  []*book
	ended []string // settlements that an order of a court has ended
}

// book is one certificate with those of its holdings that the operation read.
type book struct {
	w        *world.World
	cert     *record.Certificate
	state    record.CertificateState // when it was opened, 0 for a new one
	redeemed money.Fen               // when it was opened
	entered  calendar.Date           // when it was opened
	dirty    bool                    // the certificate's own record changed
	complete bool                    // every holding was read
	entries  []*entry
}

// entry is a holding with what happened to it since it was read.
type entry struct {
	record.Holding
	was     interval.Interval // when it was read, zero for a new piece
	had     position          // when it was read
	due     place             // when it was read
	changed bool              // fen, owner or terms: the version rises
	locked  bool              // only locks
	gone    bool              // merged into a neighbour
}

func newDesk(w *world.World) *desk { return &desk{w: w} }

// found is a holding as it was read.
func (b *book) found(h *record.Holding) *entry {
	return &entry{Holding: *h, was: h.Interval, had: positionOf(h), due: placeOf(h, b.entered)}
}

// book opens a certificate, or refuses with NOT_FOUND.
func (d *desk) book(number string) (*book, error) {
	for _, b := range d.open {
		if b.cert.Number == number {
			return b, nil
		}
	}
	cert, err := world.Load(d.w, record.CertificateKey(number), "certificate", number)
	if err != nil {
		return nil, err
	}
	b := &book{w: d.w, cert: cert, state: cert.State, redeemed: cert.Redeemed, entered: cert.Entered}
	d.open = append(d.open, b)
	return b, nil
}

// create opens a new certificate with one holding.
func (d *desk) create(cert *record.Certificate, first record.Holding) {
	b := &book{w: d.w, cert: cert, dirty: true, complete: true}
	b.entries = []*entry{{Holding: first, was: first.Interval, changed: true}}
	d.open = append(d.open, b)
}

// holding returns the holding with the id, or nil when there is none.
func (b *book) holding(id uint32) (*entry, error) {
	for _, e := range b.entries {
		if e.ID == id {
			if e.gone {
				return nil, nil
			}
			return e, nil
		}
	}
	if b.complete {
		return nil, nil
	}
	h, err := world.Find(b.w, record.HoldingKey(b.cert.Number, id))
	if err != nil || h == nil {
		return nil, err
	}
	e := b.found(h)
	b.entries = append(b.entries, e)
	return e, nil
}

// all returns every live holding in order of its fen.
func (b *book) all() ([]*entry, error) {
	if !b.complete {
		known := b.entries
		prefix := record.HoldingsPrefix(b.cert.Number)
		err := world.Scan(b.w, prefix, record.PrefixEnd(prefix), func(_ string, h *record.Holding) (bool, error) {
			if !slices.ContainsFunc(known, func(e *entry) bool { return e.ID == h.ID }) {
				b.entries = append(b.entries, b.found(h))
			}
			return true, nil
		})
		if err != nil {
			return nil, fmt.Errorf("list holdings of %s: %w", b.cert.Number, err)
		}
		b.complete = true
	}
	live := make([]*entry, 0, len(b.entries))
	for _, e := range b.entries {
		if !e.gone {
			live = append(live, e)
		}
	}
	slices.SortFunc(live, func(x, y *entry) int { return interval.Compare(x.Interval, y.Interval) })
	return live, nil
}

// over returns the holdings that have some of the fen, in order of fen. The hint
// is the id of the holding that probably has them all, or 0.
func (b *book) over(hint uint32, fen interval.Interval) ([]*entry, error) {
	if hint != 0 {
		e, err := b.holding(hint)
		if err != nil {
			return nil, err
		}
		if e != nil && e.Interval.Contains(fen) {
			return []*entry{e}, nil
		}
	}
	all, err := b.all()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(e *entry) bool { return !e.Interval.Overlaps(fen) }), nil
}

// containing returns the one holding that has all of the fen, or nil.
func (b *book) containing(hint uint32, fen interval.Interval) (*entry, error) {
	found, err := b.over(hint, fen)
	if err != nil || len(found) != 1 || !found[0].Interval.Contains(fen) {
		return nil, err
	}
	return found[0], nil
}

// take makes the fen a holding of their own and returns it. A whole holding
// keeps its id. Else the piece gets a new id, and what is left keeps the old one:
// the part above the piece if there is one, otherwise the part below; when there
// are both, the part below gets a new id too. Locks and tiers are cut with the
// fen.
func (b *book) take(e *entry, fen interval.Interval) *entry {
	before, after, err := e.Interval.Cut(fen)
	if err != nil {
		panic(fmt.Sprintf("take %s out of holding %d on %s", fen, e.ID, e.Interval))
	}
	if before.IsZero() && after.IsZero() {
		return e
	}
	whole := e.Holding
	piece := b.add(part(&whole, fen))
	rest := after
	if after.IsZero() {
		rest = before
	} else if !before.IsZero() {
		b.add(part(&whole, before))
	}
	e.Holding = part(&whole, rest)
	e.changed = true
	return piece
}

// add gives a new piece its id.
func (b *book) add(piece record.Holding) *entry {
	piece.ID, piece.Version = b.cert.NextHolding, 0
	b.cert.NextHolding++
	b.cert.Pieces++
	b.dirty = true
	e := &entry{Holding: piece, changed: true}
	b.entries = append(b.entries, e)
	return e
}

// merge joins two neighbours into low; high is gone.
func (b *book) merge(low, high *entry) {
	low.Holding = joined(&low.Holding, &high.Holding)
	low.changed, high.gone = true, true
	b.cert.Pieces--
	b.dirty = true
}

// lock puts a lock on the part of the holding inside the lock's interval.
func (e *entry) lock(lock record.Lock) {
	addLock(&e.Holding, lock)
	e.locked = true
}

// unlock takes matching locks away.
func (e *entry) unlock(match func(record.Lock) bool) {
	if dropLocks(&e.Holding, match) {
		e.locked = true
	}
}

// close writes and reports what changed, in order of opening. It is the only
// place that writes certificates and holdings, and where the banks' exposure
// follows them.
func (d *desk) close() error {
	if err := d.expose(); err != nil {
		return err
	}
	if err := d.tally(); err != nil {
		return err
	}
	for _, b := range d.open {
		if err := b.close(); err != nil {
			return err
		}
	}
	d.open = nil
	return nil
}

func (b *book) close() error {
	b.checkTiling()
	moved := b.cert.State != b.state // every row shows the certificate's state
	if moved {
		if _, err := b.all(); err != nil {
			return err
		}
	}
	slices.SortFunc(b.entries, func(x, y *entry) int { return cmp.Compare(x.ID, y.ID) })
	for _, e := range b.entries {
		b.save(e, moved)
	}
	if b.dirty {
		world.Put(b.w, record.CertificateKey(b.cert.Number), b.cert)
	}
	if moved || b.cert.Redeemed != b.redeemed {
		b.w.ReportCertificate(record.CertificateRow{
			Number: b.cert.Number, Debtor: b.cert.Debtor, FirstHolder: b.cert.FirstHolder,
			Face: b.cert.Face, IssueDate: b.cert.IssueDate, Payment: b.cert.Payment,
			Reference: b.cert.Reference, State: b.cert.State, Redeemed: b.cert.Redeemed,
		})
	}
	return nil
}

// save writes one holding and reports its row.
func (b *book) save(e *entry, report bool) {
	key := record.HoldingKey(b.cert.Number, e.ID)
	switch {
	case e.gone:
		world.Delete(b.w, key)
		e.Version++
	case e.changed:
		e.Version++
		world.Put(b.w, key, &e.Holding)
	case e.locked:
		world.Put(b.w, key, &e.Holding)
	case !report:
		return
	}
	row := record.HoldingRow{
		Certificate: b.cert.Number, ID: e.ID, Version: e.Version, Owner: e.Owner, Debtor: b.cert.Debtor,
		Interval: e.Interval, Payment: e.Claim.Payment, State: b.cert.State, Tier: e.MaxTier(), Gone: e.gone,
		Redeemed: e.Redeemed != 0,
	}
	for _, lock := range e.Locks {
		row.Locks |= 1 << lock.Kind
	}
	row.Locked = total(coveredBy(&e.Holding, e.Interval, anyLock))
	b.w.ReportHolding(row)
}

// checkTiling holds the invariant of the model where it is committed: the
// holdings that changed cover the same fen as before, each fen once, and the
// tiers and locks of each lie inside it.
func (b *book) checkTiling() {
	var before, after []interval.Interval
	for _, e := range b.entries {
		if !e.was.IsZero() {
			before = append(before, e.was)
		}
		if e.gone {
			continue
		}
		after = append(after, e.Interval)
		if last := e.Tiers[len(e.Tiers)-1].To; last != e.Interval.To {
			panic(fmt.Sprintf("certificate %s holding %d: tiers end at %d, fen at %d",
				b.cert.Number, e.ID, last, e.Interval.To))
		}
		for _, lock := range e.Locks {
			if !e.Interval.Contains(lock.Interval) {
				panic(fmt.Sprintf("certificate %s holding %d: lock on %s outside %s",
					b.cert.Number, e.ID, lock.Interval, e.Interval))
			}
		}
	}
	if total(before) != total(after) || !slices.Equal(coalesced(before), coalesced(after)) {
		panic(fmt.Sprintf("certificate %s: holdings on %v became %v", b.cert.Number, before, after))
	}
}

// checkActive refuses with CERTIFICATE_STATE unless the certificate is accepted
// and in force, and with MATURED from the start of its payment date on.
func (b *book) checkActive() error {
	if b.cert.State != record.Active {
		return code.CertificateState.New("certificate %s is %s", b.cert.Number, StatusOf(b.cert, b.w.Now()))
	}
	if b.w.Today() >= b.cert.Payment {
		return code.Matured.New("certificate %s was payable on %s", b.cert.Number, b.cert.Payment)
	}
	return nil
}

// checkTime is checkActive, and for what is done from the payment date on
// CERTIFICATE_STATE, NOT_OVERDUE before fen of the certificate are in a run.
func (b *book) checkTime(operation Operation) error {
	switch {
	case operation != OpClear && operation != OpRecover:
		return b.checkActive()
	case b.cert.State != record.Active:
		return code.CertificateState.New("certificate %s is %s", b.cert.Number, StatusOf(b.cert, b.w.Now()))
	case b.cert.Entered == 0:
		return code.NotOverdue.New("certificate %s is payable on %s", b.cert.Number, b.cert.Payment)
	}
	return nil
}

// checkDue refuses with NOT_OVERDUE fen that are not in a run yet: their date is
// to come.
func (b *book) checkDue(e *entry) error {
	if e.Claim.Payment > b.cert.Entered {
		return code.NotOverdue.New("fen %s of certificate %s are payable on %s", e.Interval, b.cert.Number, e.Claim.Payment)
	}
	return nil
}
