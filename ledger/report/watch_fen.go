package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// openRun is a run of which something is owed (OVERDUE).
type openRun struct {
	payment calendar.Date
	closed  bool
	raised  bool
}

func (w *Watch) opened(id string) {
	if _, payment, ok := record.ParseRunID(id); ok {
		w.runs[id] = &openRun{payment: payment}
	}
}

func (w *Watch) closed(id string) {
	if run := w.runs[id]; run != nil {
		run.closed = true
	}
}

// reopened follows a payment that came back: its run is owed again.
func (w *Watch) reopened(src *Source, settlement string) error {
	s, err := record.Find(src.State, record.SettlementKey(settlement))
	if err != nil || s == nil {
		return err
	}
	if run := w.runs[s.Run]; run != nil {
		run.closed = false
	}
	return nil
}

// overdue raises, at the end of a day, each run that is past the days of grace.
func (w *Watch) overdue(src *Source) error {
	var pack *record.Pack
	for _, id := range slices.Sorted(maps.Keys(w.runs)) {
		run := w.runs[id]
		if run.closed || run.raised || w.day < run.payment {
			continue
		}
		if pack == nil {
			var err error
			if pack, err = src.packOn(w.day); err != nil {
				return err
			}
		}
		if calendar.DaysBetween(run.payment, w.day) < int(pack.GraceDays) {
			continue
		}
		run.raised = true
		debtor, _, _ := record.ParseRunID(id)
		w.raise(newAlert(RuleOverdue, id, w.dayEnd(), []string{debtor}, nil,
			"payment", run.payment.String(), "graceDays", strconv.Itoa(int(pack.GraceDays))))
	}
	return nil
}

// hop is how fen came to a member by issue or transfer.
type hop struct {
	at       calendar.Instant
	transfer bool
	fen      interval.Interval
	from, to string
}

// trail are the hops of a certificate, in order, and what was raised of it.
type trail struct {
	hops    []hop
	dayRush calendar.Date    // latest day that was raised
	rush    calendar.Instant // latest time that was raised
}

// follow adds a move to the trail of its certificate and compares it with those before
// (VELOCITY, CIRCULAR).
func (w *Watch) follow(o *record.Outcome, m *record.Move) {
	t := w.trails[m.Certificate]
	if t == nil {
		t = &trail{}
		w.trails[m.Certificate] = t
	}
	t.hops = append(t.hops, hop{at: o.Time, transfer: m.Kind == record.MoveTransfer, fen: m.Interval, from: m.From, to: m.To})
	if m.Kind != record.MoveTransfer {
		return
	}
	w.rushed(o, t, m)
	w.circled(o, t, m)
}

// rushed compares how often the same fen went on, on one day and within some days.
func (w *Watch) rushed(o *record.Outcome, t *trail, m *record.Move) {
	day, since := o.Time.Date(), o.Time.Add(-time.Duration(w.limits.HopDays)*24*time.Hour)
	if n, members := t.depth(m.Interval, day.Start()); n > w.limits.DayHops && t.dayRush != day {
		t.dayRush = day
		w.raise(newAlert(RuleVelocity, m.Certificate, o.Time, members, nil,
			"day", day.String(), "fen", m.Interval.String(), "transfers", strconv.Itoa(n)))
	}
	if n, members := t.depth(m.Interval, since); n > w.limits.Hops && (t.rush == 0 || t.rush < since) {
		t.rush = o.Time
		w.raise(newAlert(RuleVelocity, m.Certificate, o.Time, members, nil, "days", strconv.Itoa(w.limits.HopDays),
			"fen", m.Interval.String(), "transfers", strconv.Itoa(n), "at", o.Time.String()))
	}
}

// depth is how often, since a time, one fen of those given was transferred: the most of
// any, with the members between which such fen went.
func (t *trail) depth(fen interval.Interval, since calendar.Instant) (most int, members []string) {
	type edge struct {
		at   money.Fen
		step int
	}
	var edges []edge
	for i := len(t.hops) - 1; i >= 0 && t.hops[i].at >= since; i-- {
		h := &t.hops[i]
		shared, ok := h.fen.Intersect(fen)
		if !ok || !h.transfer {
			continue
		}
		edges = append(edges, edge{shared.From, 1}, edge{shared.To + 1, -1})
		members = append(members, h.from, h.to)
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.step, b.step)) })
	depth := 0
	for _, e := range edges {
		depth += e.step
		most = max(most, depth)
	}
	return most, members
}

// circled raises fen that come by transfer to a member which had them before.
func (w *Watch) circled(o *record.Outcome, t *trail, m *record.Move) {
	var back []interval.Interval
	first := -1
	for i := range t.hops[:len(t.hops)-1] {
		h := &t.hops[i]
		if shared, ok := h.fen.Intersect(m.Interval); ok && h.to == m.To {
			back = append(back, shared)
			if first < 0 {
				first = i
			}
		}
	}
	if first < 0 {
		return
	}
	members := []string{m.To}
	for i := first + 1; i < len(t.hops); i++ {
		if h := &t.hops[i]; h.transfer && h.fen.Overlaps(m.Interval) {
			members = append(members, h.from, h.to)
		}
	}
	w.raise(newAlert(RuleCircular, m.Certificate, o.Time, members, nil,
		"fen", m.Interval.String(), "amount", union(back).String(), "transfer", m.Order, "members", strconv.Itoa(len(each(members)))))
}

// union is how many fen lie in at least one of the intervals.
func union(parts []interval.Interval) (fen money.Fen) {
	slices.SortFunc(parts, interval.Compare)
	last := money.Fen(0)
	for _, p := range parts {
		if p.To > last {
			fen += p.To - max(p.From-1, last)
			last = p.To
		}
	}
	return fen
}

// through is what came to a member and went on from it on the present day
// (PASS-THROUGH). Sums that overflow would be more than all fen there are.
type through struct {
	came money.Fen
	went money.Fen
	has  map[string][]interval.Interval // of what came, by certificate: what is still there
}

func (w *Watch) received(m *record.Move) {
	f := w.flows[m.To]
	if f == nil {
		f = &through{has: map[string][]interval.Interval{}}
		w.flows[m.To] = f
	}
	f.came = saturate(f.came, m.Interval.Amount())
	f.has[m.Certificate] = append(f.has[m.Certificate], m.Interval)
}

// passed follows fen that a member transferred, sold or pledged.
func (w *Watch) passed(from, certificate string, fen interval.Interval) {
	f := w.flows[from]
	if f == nil {
		return
	}
	var left []interval.Interval
	for _, part := range f.has[certificate] {
		shared, ok := part.Intersect(fen)
		if !ok {
			left = append(left, part)
			continue
		}
		f.went = saturate(f.went, shared.Amount())
		if shared.From > part.From {
			left = append(left, interval.Of(part.From, shared.From-1))
		}
		if shared.To < part.To {
			left = append(left, interval.Of(shared.To+1, part.To))
		}
	}
	f.has[certificate] = left
}

// passedThrough raises, at the end of a day, who passed on most of what came.
func (w *Watch) passedThrough() {
	for _, member := range slices.Sorted(maps.Keys(w.flows)) {
		f := w.flows[member]
		if f.went >= w.limits.PassFloor && beyond(f.went, f.came, w.limits.PassPercent) {
			w.raise(newAlert(RulePassThrough, member, w.dayEnd(), []string{member}, nil,
				"day", w.day.String(), "received", f.came.String(), "passedOn", f.went.String()))
		}
	}
	clear(w.flows)
}

// saturate adds amounts that are not negative, up to the most there can be.
func saturate(a, b money.Fen) money.Fen {
	if s, err := a.Add(b); err == nil {
		return s
	}
	return money.MaxFen
}

// beyond reports whether a part is more than so many percent of the whole.
func beyond(part, whole money.Fen, percent int64) bool {
	const hundred = 100
	bound, err := money.MulDiv(int64(whole), percent, hundred, money.Down)
	return err == nil && whole > 0 && int64(part) > bound
}
