package certificate_test

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
)

// The model knows every single fen: who owns it, its tier, and the locks on it in
// order. It knows no holdings, ids or intervals, so it cannot share a mistake
// about cutting and joining with the contract.

// claim is one lock on one fen.
type claim struct {
	kind  record.LockKind
	order string
}

// fen is one fen of a certificate.
type fen struct {
	owner  string
	tier   uint16
	hopDay calendar.Date
	hops   uint16
	locks  []claim
}

func (f *fen) has(match func(claim) bool) bool { return slices.ContainsFunc(f.locks, match) }

func (f *fen) drop(match func(claim) bool) {
	f.locks = slices.DeleteFunc(slices.Clone(f.locks), match)
}

func (f *fen) hopsOn(day calendar.Date) uint16 {
	if f.hopDay != day {
		return 0
	}
	return f.hops
}

func frozen(c claim) bool { return c.kind == record.LockFreeze }

func offered(c claim) bool { return c.kind == record.LockOffer }

func ofOrder(id string) func(claim) bool { return func(c claim) bool { return c.order == id } }

// leftWhile is the time left on a clock that stands still and is still of use.
func (c clock) leftWhile(open bool) int64 {
	if open && c.stopped {
		return int64(c.left)
	}
	return 0
}

// paper is a certificate in the model. fens[0] is fen 1.
type paper struct {
	number, debtor, first string
	line                  bool
	state                 record.CertificateState
	payment               calendar.Date
	clock                 clock
	fens                  []fen
}

// clock is a time that runs, or stands still with what was left.
type clock struct {
	until   calendar.Instant
	stopped bool
	left    calendar.Instant
}

func (c clock) over(now calendar.Instant) bool { return !c.stopped && now >= c.until }

func (c *clock) stop(now calendar.Instant) {
	if !c.stopped {
		c.stopped, c.left = true, c.until-now
	}
}

func (c *clock) resume(now, last calendar.Instant) {
	if c.stopped {
		c.until, c.stopped = max(now, min(now+c.left, last)), false
	}
}

func (p *paper) on(i interval.Interval) []*fen {
	var list []*fen
	for n := i.From; n <= i.To; n++ {
		list = append(list, &p.fens[n-1])
	}
	return list
}

// piece is some fen of one certificate.
type piece struct {
	number string
	fen    interval.Interval
}

// deal is a transfer in the model.
type deal struct {
	id, from, to string
	legs         []piece
	state        record.TransferState
	clock        clock
}

// seizure is a freeze in force in the model.
type seizure struct {
	id, target string
	numbers    []string
}

// model is what the ledger should be.
type model struct {
	now     calendar.Instant
	papers  []*paper
	deals   []*deal
	pledges []*pledged
	freezes []*seizure
	holds   []*held
}

// pledged is a pledge in force in the model.
type pledged struct {
	id, pledgee string
	piece
}

// held is a hold of a proposal in the model.
type held struct {
	id, by string
	piece
}

func (m *model) clone() *model {
	c := &model{now: m.now}
	for _, p := range m.papers {
		q := *p
		q.fens = slices.Clone(p.fens)
		c.papers = append(c.papers, &q)
	}
	for _, d := range m.deals {
		e := *d
		c.deals = append(c.deals, &e)
	}
	c.pledges, c.freezes, c.holds = slices.Clone(m.pledges), slices.Clone(m.freezes), slices.Clone(m.holds)
	return c
}

func (m *model) paper(number string) *paper {
	i := slices.IndexFunc(m.papers, func(p *paper) bool { return p.number == number })
	return m.papers[i]
}

func (m *model) deal(id string) *deal {
	i := slices.IndexFunc(m.deals, func(d *deal) bool { return d.id == id })
	return m.deals[i]
}

func (m *model) on(p piece) []*fen { return m.paper(p.number).on(p.fen) }

// stopped are the refusals that locks on the fen may give: the first lock of a
// holding decides, which the model cannot know when there are both kinds.
func stopped(fens []*fen, operation certOperation, own string) []code.Code {
	var codes []code.Code
	for _, f := range fens {
		for _, l := range f.locks {
			if l.order == own || !stops(l.kind, operation) {
				continue
			}
			why := code.HoldingLocked
			if frozen(l) {
				why = code.Frozen
			}
			if !slices.Contains(codes, why) {
				codes = append(codes, why)
			}
		}
	}
	return codes
}

// active is what an operation on an accepted certificate may answer.
func (p *paper) active(now calendar.Instant) []code.Code {
	switch {
	case p.state != record.Active:
		return []code.Code{code.CertificateState}
	case now.Date() >= p.payment:
		return []code.Code{code.Matured}
	}
	return nil
}

// awaiting is what an answer to an issued certificate may answer.
func (p *paper) awaiting(now calendar.Instant) []code.Code {
	switch {
	case p.state == record.Lapsed || p.state == record.Issued && p.clock.over(now):
		return []code.Code{code.OfferLapsed}
	case p.state != record.Issued:
		return []code.Code{code.CertificateState}
	}
	return nil
}

// open is what an answer to an offer may answer.
func (d *deal) open(now calendar.Instant) []code.Code {
	switch {
	case d.state == record.TransferLapsed || d.state == record.TransferOffered && d.clock.over(now):
		return []code.Code{code.OfferLapsed}
	case d.state != record.TransferOffered:
		return []code.Code{code.OfferClosed}
	}
	return nil
}

// limits is SPLIT-LIMIT for moving a piece out of a holding on the given fen.
func (m *model) limits(p piece, holding interval.Interval, pieces int) []code.Code {
	cert, today := m.paper(p.number), m.now.Date()
	for _, f := range cert.on(p.fen) {
		if f.tier+1 > testPack.MaxTier {
			return []code.Code{code.TierTooDeep}
		}
	}
	hops, later := uint16(0), calendar.Date(0)
	for _, f := range cert.on(holding) { // a merge keeps the larger count of the later day
		if f.hopDay > later {
			later, hops = f.hopDay, 0
		}
		if f.hopDay == later {
			hops = max(hops, f.hops)
		}
	}
	if later == today && hops+1 > testPack.MaxHopsPerDay {
		return []code.Code{code.TooFast}
	}
	below, above := 0, 0
	for n := p.fen.From - 1; n >= holding.From && !cert.fens[n-1].has(offered); n-- {
		below++
	}
	for n := p.fen.To + 1; n <= holding.To && !cert.fens[n-1].has(offered); n++ {
		above++
	}
	smallest := int(testPack.SmallestPiece)
	for _, rest := range []int{below, above} {
		if rest > 0 && (rest < smallest || p.fen.Amount() < testPack.SmallestPiece) {
			return []code.Code{code.PieceTooSmall}
		}
	}
	if holding.From < p.fen.From {
		pieces++
	}
	if holding.To > p.fen.To {
		pieces++
	}
	if pieces > int(testPack.MaxPieces) {
		return []code.Code{code.TooManyPieces}
	}
	return nil
}

// endDeal takes an offer's locks away.
func (m *model) endDeal(d *deal, state record.TransferState) {
	for _, leg := range d.legs {
		for _, f := range m.on(leg) {
			f.drop(ofOrder(d.id))
		}
	}
	d.state = state
}

// freeze places a freeze fen by fen and returns how many it took.
func (m *model) freeze(s *seizure, amount int) (taken int) {
	var targets []*fen
	for _, number := range s.numbers {
		p := m.paper(number)
		if p.state == record.Issued && p.clock.over(m.now) {
			p.state = record.Lapsed
		}
		if !p.state.Live() {
			continue
		}
		for i := range p.fens {
			if p.fens[i].owner == s.target {
				targets = append(targets, &p.fens[i])
			}
		}
	}
	var chosen []*fen
	for _, queue := range []bool{false, true} {
		for _, f := range targets {
			if len(chosen) < amount && f.has(frozen) == queue {
				chosen = append(chosen, f)
			}
		}
	}
	for _, f := range chosen {
		f.locks = append(slices.Clone(f.locks), claim{record.LockFreeze, s.id})
	}
	m.freezes = append(m.freezes, s)
	m.stopClocks()
	return len(chosen)
}

// frozenDeal reports whether a freeze rests on a leg.
func (m *model) frozenDeal(d *deal) bool {
	return slices.ContainsFunc(d.legs, func(leg piece) bool {
		return slices.ContainsFunc(m.on(leg), func(f *fen) bool { return f.has(frozen) })
	})
}

func (p *paper) frozen() bool {
	return slices.ContainsFunc(p.fens, func(f fen) bool { return f.has(frozen) })
}

// stopClocks stops what a freeze rests on; what is over already has lapsed.
func (m *model) stopClocks() {
	for _, d := range m.deals {
		if d.state != record.TransferOffered || !m.frozenDeal(d) {
			continue
		}
		if d.clock.over(m.now) {
			m.endDeal(d, record.TransferLapsed)
		} else {
			d.clock.stop(m.now)
		}
	}
	for _, p := range m.papers {
		if p.state == record.Issued && p.frozen() {
			p.clock.stop(m.now)
		}
	}
}

// unfreeze lifts a freeze and lets clocks go on.
func (m *model) unfreeze(id string) {
	m.freezes = slices.DeleteFunc(slices.Clone(m.freezes), func(s *seizure) bool { return s.id == id })
	for _, p := range m.papers {
		for i := range p.fens {
			p.fens[i].drop(ofOrder(id))
		}
		if p.state == record.Issued && !p.frozen() {
			p.clock.resume(m.now, p.payment.Start())
		}
	}
	for _, d := range m.deals {
		if d.state != record.TransferOffered || m.frozenDeal(d) {
			continue
		}
		last := calendar.Instant(1 << 62)
		for _, leg := range d.legs {
			last = min(last, m.paper(leg.number).payment.Start())
		}
		d.clock.resume(m.now, last)
	}
}

// orderable says what a court's transfer finds on a fen: its own freeze in front,
// nothing in its way, or something.
func (f *fen) orderable(freeze string) (own, stopped bool) {
	for _, l := range f.locks {
		if !frozen(l) {
			continue
		}
		if l.order == freeze {
			return true, false
		}
		return false, true
	}
	return false, false
}

// move gives fen to another by order: offers on them end, proposals let go.
func (m *model) move(fens []*fen, to string, judicial bool) {
	for _, f := range fens {
		for _, l := range slices.Clone(f.locks) {
			if offered(l) {
				m.endDeal(m.deal(l.order), record.TransferWithdrawn)
			}
		}
		f.drop(func(c claim) bool { return c.kind == record.LockProposal || judicial && frozen(c) })
		f.owner = to
	}
}

// lapse ends what time has ended.
func (m *model) lapse() {
	for _, p := range m.papers {
		if p.state == record.Issued && p.clock.over(m.now) {
			p.state = record.Lapsed
		}
	}
	for _, d := range m.deals {
		if d.state == record.TransferOffered && d.clock.over(m.now) {
			m.endDeal(d, record.TransferLapsed)
		}
	}
}
