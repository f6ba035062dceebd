package audit

import (
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// use is what a line or group says it carries, less what was added up.
type use struct{ used, reserved money.Fen }

// claim is why a fen is locked.
type claim struct {
	kind        record.LockKind
	order       string
	certificate string
}

// sums are added up while the state is read, in any order of records, and
// compared at the end.
type sums struct {
	fen        int64 // of holdings less faces
	line       map[string]use
	group      map[string]use
	invoice    map[record.Digest]money.Fen
	locked     map[claim][]interval.Interval  // as rests on holdings
	claimed    map[claim][]interval.Interval  // as open transfers, pledges, proposals, settlements say
	proposed   map[string]calendar.Instant    // open proposal -> when it was made
	ordered    map[string]calendar.Instant    // certificate -> latest order that moved fen of it
	frozen     map[string]money.Fen           // order -> taken and not moved less locked, for freezes in force
	freezes    map[string][]interval.Interval // certificate -> fen on which a freeze rests
	clocks     []clock
	references map[string]string // key -> certificate, as stored
	issued     map[string]string // key -> certificate, as certificates say
	entered    map[string]bool   // certificates that have entered a run
	queued     map[string]bool
	lapsing    map[string]bool // keys that open things should have in the queue
	told       map[string]bool // keys in the queue that the sweep may have taken out already, with nothing ended
	admins     map[string]int64
	rows       map[string]record.CertificateRow
	pieces     map[string]record.HoldingRow
}

func newSums() *sums {
	return &sums{
		line: map[string]use{}, group: map[string]use{},
		invoice: map[record.Digest]money.Fen{},
		locked:  map[claim][]interval.Interval{}, claimed: map[claim][]interval.Interval{},
		proposed: map[string]calendar.Instant{}, ordered: map[string]calendar.Instant{},
		frozen: map[string]money.Fen{}, freezes: map[string][]interval.Interval{},
		references: map[string]string{}, issued: map[string]string{}, entered: map[string]bool{},
		queued: map[string]bool{}, lapsing: map[string]bool{}, told: map[string]bool{}, admins: map[string]int64{},
		rows: map[string]record.CertificateRow{}, pieces: map[string]record.HoldingRow{},
	}
}

func (s *sums) allocate(allocations []record.Allocation) {
	for _, a := range allocations {
		s.invoice[a.Invoice] -= a.Amount
	}
}

func (s *sums) certificate(cert *record.Certificate) {
	s.issued[string(record.ReferenceKey(cert.Debtor, cert.Reference))] = cert.Number
	s.rows[cert.Number] = record.CertificateRow{
		Number: cert.Number, Debtor: cert.Debtor, FirstHolder: cert.FirstHolder, Face: cert.Face,
		IssueDate: cert.IssueDate, Payment: cert.Payment, Reference: cert.Reference, State: cert.State, Redeemed: cert.Redeemed,
	}
	if cert.Entered != 0 {
		s.entered[cert.Number] = true
	}
	if !cert.State.Live() {
		return
	}
	s.allocate(cert.Allocations)
	if cert.Line != "" {
		key := string(record.LineKey(cert.Bank, cert.Line))
		u := s.line[key]
		if cert.State == record.Active {
			u.used -= cert.Face - cert.Redeemed
		} else {
			u.reserved -= cert.Face
		}
		s.line[key] = u
	}
	if cert.State == record.Issued && cert.AcceptBy != 0 {
		s.lapsing[string(record.DueKey(cert.AcceptBy, record.DueIssue, cert.Number))] = true
	}
}

func (s *sums) holding(cert *record.Certificate, h *record.Holding) {
	row := record.HoldingRow{
		Certificate: h.Certificate, ID: h.ID, Version: h.Version, Owner: h.Owner, Debtor: cert.Debtor,
		Interval: h.Interval, Payment: h.Claim.Payment, State: cert.State, Tier: h.MaxTier(), Redeemed: h.Redeemed != 0,
	}
	var locked []interval.Interval
	for _, lock := range h.Locks {
		row.Locks |= 1 << lock.Kind
		locked = append(locked, lock.Interval)
	}
	for _, part := range joined(locked) {
		row.Locked += part.Amount()
	}
	s.pieces[string(record.HoldingKey(h.Certificate, h.ID))] = row
}

func (s *sums) lock(lock record.Lock, certificate string) {
	if lock.Kind == record.LockFreeze {
		s.frozen[lock.Order] -= lock.Interval.Amount()
		s.freezes[certificate] = append(s.freezes[certificate], lock.Interval)
		return
	}
	k := claim{lock.Kind, lock.Order, certificate}
	s.locked[k] = append(s.locked[k], lock.Interval)
}

func (s *sums) claim(kind record.LockKind, order, certificate string, fen interval.Interval) {
	k := claim{kind, order, certificate}
	s.claimed[k] = append(s.claimed[k], fen)
}

func (c *check) proposal(p *record.Proposal) {
	if p.State != record.ProposalOpen {
		return
	}
	s := c.sums
	s.lapsing[string(record.DueKey(p.Expires, record.DueProposal, p.ID))] = true
	s.proposed[p.ID] = p.Proposed
	c.links.want[string(record.MakerProposalKey(p.Maker.Key, p.ID))] = ""
	for _, h := range p.Holds {
		switch h.Kind {
		case record.HoldInterval:
			s.claim(record.LockProposal, p.ID, h.Certificate, h.Interval)
		case record.HoldLine:
			key := string(record.LineKey(h.Bank, h.Line))
			u := s.line[key]
			u.reserved -= h.Amount
			s.line[key] = u
		case record.HoldInvoice:
			s.invoice[h.Invoice] -= h.Amount
		default:
			c.report.found(Encoding, p.ID, "hold of kind %d", h.Kind)
		}
	}
}

func (c *check) transfer(t *record.Transfer) {
	s := c.sums
	c.covered(t.ID, t.Amount, t.Allocations)
	c.links.name(t.ID, t.From, t.To)
	if t.State == record.TransferOffered || t.State == record.TransferAccepted {
		s.allocate(t.Allocations)
	}
	if t.State != record.TransferOffered {
		return
	}
	for _, leg := range t.Legs {
		s.claim(record.LockOffer, t.ID, leg.Certificate, leg.Interval)
	}
	s.clocks = append(s.clocks, clock{subject: t.ID, legs: t.Legs, until: t.LapsesAt})
	if t.LapsesAt != 0 {
		s.lapsing[string(record.DueKey(t.LapsesAt, record.DueTransfer, t.ID))] = true
	}
}

// clock is the time that something on fen has left. It stands while a freeze rests on
// them, unless it began to run in spite of the freeze.
type clock struct {
	subject string
	legs    []record.Leg
	until   calendar.Instant // 0: it stands
	spite   bool
}

// compareClocks reports clocks that run under a freeze and those that stand without
// one. A freeze that comes when the time is over stops nothing.
func (c *check) compareClocks() {
	for _, k := range c.sums.clocks {
		frozen := slices.ContainsFunc(k.legs, func(leg record.Leg) bool {
			return slices.ContainsFunc(c.sums.freezes[leg.Certificate], leg.Interval.Overlaps)
		})
		switch {
		case k.until == 0 && !frozen:
			c.report.found(Queue, k.subject, "its time stands, though no freeze rests on its fen")
		case k.until > c.now() && frozen && !k.spite:
			c.report.found(Queue, k.subject, "its time runs until %s, though a freeze rests on its fen", k.until)
		}
	}
}

func (c *check) pledge(p *record.Pledge) {
	c.books.pledges[p.ID] = pledged{p.Pledgee, p.Cleared}
	if p.State == record.PledgeActive {
		c.sums.claim(record.LockPledge, p.ID, p.Leg.Certificate, p.Leg.Interval)
	}
}

func (c *check) order(o *record.Order) {
	if o.Kind != record.OrderFreeze {
		for _, number := range o.Certificates {
			c.sums.ordered[number] = max(c.sums.ordered[number], o.At)
		}
		return
	}
	if o.Taken+o.Shortfall != o.Amount {
		c.report.found(Locks, o.ID, "taken %s and short %s are not the ordered %s", o.Taken, o.Shortfall, o.Amount)
	}
	if o.State == record.OrderInForce {
		c.sums.frozen[o.ID] += o.Taken - o.Moved
	}
}

func (c *check) confirmation(v *record.Confirmation) {
	if v.State == record.ConfirmationOpen {
		c.sums.lapsing[string(record.DueKey(v.DueAt, record.DueConfirmation, v.ID))] = true
	}
}

func (c *check) line(l *record.Line) {
	if l.Used < 0 || l.Reserved < 0 || l.Limit < 0 {
		c.report.found(LineUse, l.ID, "limit %s, used %s, reserved %s", l.Limit, l.Used, l.Reserved)
	}
	c.links.want[string(record.SlotKey(l.Bank, l.Debtor, l.Group))] = l.ID
	c.links.name(l.ID, l.Bank, l.Debtor)
	key := string(record.LineKey(l.Bank, l.ID))
	u := c.sums.line[key]
	c.sums.line[key] = use{u.used + l.Used, u.reserved + l.Reserved}
	c.sums.below(l.Bank, l.Group, l.Used, l.Reserved)
}

func (c *check) group(g *record.Group) {
	key := string(record.GroupKey(g.Bank, g.ID))
	u := c.sums.group[key]
	c.sums.group[key] = use{u.used + g.Used, u.reserved + g.Reserved}
	c.sums.below(g.Bank, g.Parent, g.Used, g.Reserved)
}

// below takes what a line, limit or group carries off the group right above it: a
// group's own sum is that of what lies directly below.
func (s *sums) below(bank, parent string, used, reserved money.Fen) {
	if parent == "" {
		return
	}
	key := string(record.GroupKey(bank, parent))
	u := s.group[key]
	s.group[key] = use{u.used - used, u.reserved - reserved}
}

func (c *check) invoice(v *record.Invoice) {
	c.sums.invoice[v.Fingerprint] += v.Allocated
	if v.Allocated < 0 || v.Cancelled < 0 || v.Allocated > v.Amount || v.Cancelled > v.Amount {
		c.report.found(Evidence, v.Fingerprint.String(), "allocated %s and cancelled %s of %s", v.Allocated, v.Cancelled, v.Amount)
	}
}

// covered reports a payment that its allocations do not cover exactly.
func (c *check) covered(subject string, amount money.Fen, allocations []record.Allocation) {
	var sum money.Fen
	for _, a := range allocations {
		sum += a.Amount
	}
	if sum != amount {
		c.report.found(Evidence, subject, "allocations of %s cover %s", sum, amount)
	}
}

// compareSums reports every sum that does not come out at zero.
func (c *check) compareSums() error {
	s, r := c.sums, c.report
	if s.fen != 0 {
		r.found(Conserved, "all certificates", "holdings have %d fen more than the faces", s.fen)
	}
	for _, list := range []map[string]use{s.line, s.group} {
		for _, key := range slices.Sorted(maps.Keys(list)) {
			if u := list[key]; u != (use{}) {
				r.found(LineUse, key, "used %s and reserved %s more than what it backs", u.used, u.reserved)
			}
		}
	}
	for id, left := range s.invoice {
		if left != 0 {
			r.found(Evidence, id.String(), "allocated %s more than what it covers", left)
		}
	}
	for id, left := range s.frozen {
		if left != 0 {
			r.found(Locks, id, "a freeze in force took %s more than is locked for it", left)
		}
	}
	for member, left := range s.admins {
		if left != 0 {
			r.found(Credentials, member, "%d admins more than the member says", left)
		}
	}
	c.compareDeals()
	c.compareBooks()
	c.compareClaims()
	c.compareClocks()
	c.compareLinks()
	for key := range s.told {
		delete(s.queued, key)
	}
	c.compareRuns()
	compareKeys(r, References, s.issued, s.references, "the certificate's payment reference", "a payment reference of no certificate")
	c.deferred()
	compareKeys(r, Queue, s.lapsing, s.queued, "open, but not in the queue of what lapses", "queued, but nothing open lapses then")
	return nil
}

// compareClaims holds the locks on fen against what is open: both must name the
// same fen, however holdings were cut since.
func (c *check) compareClaims() {
	s := c.sums
	for k, fen := range s.claimed {
		if !slices.Equal(joined(fen), joined(s.locked[k])) && !s.takenByOrder(k) && !c.endedByMaturity(k) {
			c.report.found(Locks, k.order, "%s claims %v of %s, locked is %v", k.kind, joined(fen), k.certificate, joined(s.locked[k]))
		}
	}
	for k, fen := range s.locked {
		if _, ok := s.claimed[k]; !ok {
			c.report.found(Locks, k.order, "%v of %s are locked by a %s that is not open", joined(fen), k.certificate, k.kind)
		}
	}
}

// endedByMaturity tells whether what a proposal held of a certificate came free because
// the certificate entered its run.
func (c *check) endedByMaturity(k claim) bool {
	return k.kind == record.LockProposal && c.sums.entered[k.certificate] && len(c.sums.locked[k]) == 0
}

// takenByOrder tells whether an order of a court may have ended part of what a
// proposal holds: it moved fen of the certificate after the proposal was made, and
// what is locked still is among what the proposal claims.
func (s *sums) takenByOrder(k claim) bool {
	at, ok := s.ordered[k.certificate]
	if !ok || k.kind != record.LockProposal || at < s.proposed[k.order] {
		return false
	}
	claimed := joined(s.claimed[k])
	for _, fen := range joined(s.locked[k]) {
		if !slices.ContainsFunc(claimed, func(i interval.Interval) bool { return i.Contains(fen) }) {
			return false
		}
	}
	return true
}

func compareKeys[V comparable](r *Report, i Invariant, want, have map[string]V, missing, surplus string) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if v, ok := have[key]; !ok || v != want[key] {
			r.found(i, key, "%s", missing)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(have)) {
		if _, ok := want[key]; !ok {
			r.found(i, key, "%s", surplus)
		}
	}
}

// joined sorts intervals and joins those that touch or overlap.
func joined(list []interval.Interval) []interval.Interval {
	sorted := slices.SortedFunc(slices.Values(list), interval.Compare)
	var out []interval.Interval
	for _, next := range sorted {
		if last := len(out) - 1; last >= 0 && next.From <= out[last].To+1 {
			out[last].To = max(out[last].To, next.To)
			continue
		}
		out = append(out, next)
	}
	return out
}
