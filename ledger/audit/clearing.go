package audit

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
)

// clearings are the runs, and the sums over holdings and legs that they must be. Like
// sums they are filled while the state is read and compared at the end.
type clearings struct {
	runs     map[string]*ran
	marked   map[inRun]bool              // as stored: certificates that runs clear
	within   map[inRun]bool              // certificates with fen in a run
	extended map[string]bool             // certificates of which fen were extended, and so may have left a run
	unpaid   map[string]bool             // keys, as stored
	reminded map[string]bool             // runs of whose day a certificate speaks
	waiting  map[string]calendar.Instant // runs whose certificates are still to enter: since when the first does
	queued   map[string][]calendar.Instant
	packs    []record.Pack
	alerts   map[record.Digest]uint32 // answers read
}

// ran is one run: as stored, and as holdings, rounds and legs say.
type ran struct {
	run     *record.Run
	tally   record.Tally
	entries uint32
	steps   int // entries in the queue
	rounds  []record.Round
	legs    map[uint32]legs // by round
}

// legs are the legs that the ledger computed for a round.
type legs struct {
	sum   money.Fen
	count uint32
}

// inRun is a certificate of a run.
type inRun struct{ run, certificate string }

func newClearings() *clearings {
	return &clearings{
		runs: map[string]*ran{}, marked: map[inRun]bool{}, within: map[inRun]bool{}, extended: map[string]bool{},
		unpaid: map[string]bool{}, reminded: map[string]bool{}, waiting: map[string]calendar.Instant{},
		queued: map[string][]calendar.Instant{}, alerts: map[record.Digest]uint32{},
	}
}

func (r *clearings) of(id string) *ran {
	if r.runs[id] == nil {
		r.runs[id] = &ran{legs: map[uint32]legs{}}
	}
	return r.runs[id]
}

// awaits notes what a certificate waits for: its day, and the day of fen that were
// extended.
func (c *check) awaits(cert *record.Certificate, holdings []record.Holding) {
	r := c.runs
	run := record.RunID(cert.Debtor, cert.Payment)
	if cert.State == record.Active || cert.State == record.Void {
		r.reminded[run] = true
	}
	entering := string(record.DueKey(cert.Payment.Start(), record.DueClearing, cert.Number))
	switch {
	case cert.State == record.Active && cert.Entered < cert.Payment:
		c.sums.lapsing[entering] = true
		if first, ok := r.waiting[run]; !ok || cert.EndedAt < first {
			r.waiting[run] = cert.EndedAt
		}
	case cert.State == record.Void:
		c.sums.told[entering] = true
	}
	if cert.ExtendedTo != 0 {
		r.extended[cert.Number] = true
	}
	var extended money.Fen
	for i := range holdings {
		h := &holdings[i]
		if cert.Entered != 0 {
			r.reminded[record.RunID(cert.Debtor, h.Claim.Payment)] = true
		}
		if cert.Entered == 0 || h.Claim.Payment <= cert.Entered {
			c.place(cert, h)
			continue
		}
		if h.Redeemed == 0 {
			extended += h.Amount()
		}
		if h.Claim.Payment > cert.ExtendedTo {
			c.report.found(Clearing, cert.Number, "fen %s are due on %s, extended to %s at most", h.Interval, h.Claim.Payment, cert.ExtendedTo)
		}
		c.sums.lapsing[string(record.DueKey(h.Claim.Payment.Start(), record.DueClearing, cert.Number))] = true
	}
	if extended != cert.Extended {
		c.report.found(Clearing, cert.Number, "fen of %s wait for a later day, the certificate says %s", extended, cert.Extended)
	}
}

// place adds the fen of a holding to the run of their day, where their locks say that
// they are. Fen that were paid before the day are in no run.
func (c *check) place(cert *record.Certificate, h *record.Holding) {
	if cert.Entered == 0 || h.Redeemed != 0 && h.Redeemed < h.Claim.Payment.Start() {
		return
	}
	id := record.RunID(cert.Debtor, h.Claim.Payment)
	t := &c.runs.of(id).tally
	c.runs.within[inRun{id, cert.Number}] = true
	if h.Redeemed != 0 {
		t.Paid += h.Amount()
		return
	}
	open := h.Amount()
	under := func(kind record.LockKind, place *money.Fen) {
		var fen []interval.Interval
		for _, lock := range h.Locks {
			if lock.Kind == kind {
				fen = append(fen, lock.Interval)
			}
		}
		for _, i := range joined(fen) {
			*place += i.Amount()
			open -= i.Amount()
		}
	}
	under(record.LockDisbursing, &t.Waiting)
	under(record.LockClearing, &t.Live)
	under(record.LockReturned, &t.Returned)
	under(record.LockRecourse, &t.Aside)
	if open < 0 {
		c.report.found(Clearing, cert.Number, "some of the fen %s are in two payments", h.Interval)
	}
	t.Open += open
}

// runKey dispatches the records of clearing.
func (c *check) runKey(kind, key string, value []byte) {
	switch kind {
	case "run":
		own(c, key, value, func(r *record.Run) record.Key[record.Run] {
			return record.RunKey(record.RunID(r.Debtor, r.Payment))
		}, func(r *record.Run) {
			c.runs.of(r.ID).run = r
			c.links.name(key, r.Debtor)
		})
	case "round":
		own(c, key, value, func(r *record.Round) record.Key[record.Round] { return record.RoundKey(r.Run, r.Number) }, func(r *record.Round) {
			run := c.runs.of(r.Run)
			run.rounds = append(run.rounds, *r)
			debtor, _, _ := record.ParseRunID(r.Run)
			c.links.name(key, r.Bank)
			c.links.pays(key, debtor, r.Account, r.Bank)
		})
	case "entry":
		read(c, key, value, func(*record.Marker) { c.mark(key) })
	case "unpaid":
		read(c, key, value, func(*record.Marker) { c.runs.unpaid[key] = true })
	case "extension":
		own(c, key, value, func(x *record.Extension) record.Key[record.Extension] { return record.ExtensionKey(x.ID) }, c.extension)
	case "waiver":
		own(c, key, value, func(v *record.Waiver) record.Key[record.Waiver] { return record.WaiverKey(v.ID) }, c.waiver)
	case "alert":
		own(c, key, value, func(a *record.AlertAnswer) record.Key[record.AlertAnswer] {
			return record.AlertKey(a.Alert, a.Number)
		}, func(a *record.AlertAnswer) {
			if c.runs.alerts[a.Alert]++; c.runs.alerts[a.Alert] != a.Number {
				c.report.found(Links, key, "answer %d is the %dth that is there", a.Number, c.runs.alerts[a.Alert])
			}
			c.links.name(key, a.Signed.Member)
		})
	default:
		c.networkKey(kind, key, value)
	}
}

// mark notes that a run clears a certificate.
func (c *check) mark(key string) {
	run, number, ok := strings.Cut(strings.TrimPrefix(key, record.EntriesPrefix("")[:len("entry/")]), "/")
	if !ok {
		c.report.found(Encoding, key, "no record has such a key")
		return
	}
	c.runs.marked[inRun{run, number}] = true
	c.runs.of(run).entries++
}

// due notes an entry of the queue of what time ends.
func (c *check) due(d *record.Due, key string) {
	switch d.Kind {
	case record.DueFall: // of a credential, which may have nothing open any more
	case record.DueReminder:
		c.runs.queued[d.ID] = append(c.runs.queued[d.ID], d.At)
	case record.DueRound:
		c.runs.of(d.ID).steps++
	default:
		c.sums.queued[key] = true
	}
}

// again is how long an entry waits at most that the sweep could not end, milliseconds.
const again = 60 * 60 * 1000

// deferred passes over the entries that the sweep has put back, because funds were being
// divided or a certificate could not enter its run: their time has come, and they are in
// the queue under a later one.
func (c *check) deferred() {
	kinds := []record.DueKind{record.DueSettlement, record.DueClearing}
	missing := map[string]string{} // key without its time -> key
	for key := range c.sums.lapsing {
		if at, what := cutDue(key); !c.sums.queued[key] && at <= c.now() {
			missing[what] = key
		}
	}
	for key := range c.sums.queued {
		at, what := cutDue(key)
		late := at <= c.now()+again && slices.ContainsFunc(kinds, func(k record.DueKind) bool {
			return strings.HasPrefix(what, string(record.DueKey(0, k, ""))[len(record.DuePrefix())+16:])
		})
		if c.sums.lapsing[key] || !late {
			continue
		}
		delete(c.sums.queued, key) // or it was ended since, and the entry ends nothing
		delete(c.sums.lapsing, missing[what])
	}
}

// cutDue is the time of a key of the queue, and the rest of the key.
func cutDue(key string) (calendar.Instant, string) {
	text, what, _ := strings.Cut(strings.TrimPrefix(key, record.DuePrefix()), "/")
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, what
	}
	return calendar.Instant(at), what
}

// extension checks that fen were extended with everybody's word only.
func (c *check) extension(x *record.Extension) {
	c.links.name(x.ID, x.Debtor, x.Line.Member)
	if !x.Closed {
		c.sums.lapsing[string(record.DueKey(x.Until, record.DueExtension, x.ID))] = true
	}
	if x.Signed.Member != x.Debtor {
		c.report.found(Agreements, x.ID, "an extension by %s is signed by %q", x.Debtor, x.Signed.Member)
	}
	for i := range x.Parts {
		p := &x.Parts[i]
		for _, w := range append([]record.Consent{x.Line, p.Owner}, p.Others...) {
			c.links.name(x.ID, w.Member)
			if p.Made != 0 && w.Signed.Member != w.Member {
				c.report.found(Agreements, x.ID, "fen %s were extended without the word of %s", p.Interval, w.Member)
			}
		}
	}
}

func (c *check) waiver(v *record.Waiver) {
	c.links.name(v.ID, v.Creditor, v.Debtor, v.Pledgee)
	if v.Signed.Member != v.Creditor || v.At != 0 && v.Consent.Member != v.Pledgee {
		c.report.found(Agreements, v.ID, "a waiver by %s and %q is signed by %q and %q", v.Creditor, v.Pledgee, v.Signed.Member, v.Consent.Member)
	}
	if v.At != 0 {
		c.books.of(v.Certificate).waived += v.Amount
	}
}

// leg notes a leg of a run: what the ledger computed for a round. One that takes the
// place of another is of no round anew.
func (c *check) leg(s *record.Settlement) {
	c.report.Legs++
	if s.Follows == "" {
		r := c.runs.of(s.Run)
		l := r.legs[s.Round]
		r.legs[s.Round] = legs{l.sum + ordered(s), l.count + 1}
	}
	if s.Kept && s.State != record.SettlementUnpaid && s.State != record.SettlementReturned {
		c.report.found(Clearing, s.ID, "the fen of a leg that is %s are kept", s.State)
	}
	if !s.State.Live() && !s.Kept && s.State != record.SettlementSettled {
		return
	}
	for _, leg := range s.Legs {
		if run := (inRun{s.Run, leg.Certificate}); !c.runs.within[run] {
			c.report.found(Clearing, s.ID, "a leg of run %s pays for certificate %s, which has nothing in it", s.Run, leg.Certificate)
		}
	}
}

// ordered is the money of a leg as it was instructed, whatever arrived.
func ordered(s *record.Settlement) money.Fen {
	if s.Ordered != 0 {
		return s.Ordered
	}
	return s.Amount
}

// compareRuns holds runs against the holdings, their rounds against the legs.
func (c *check) compareRuns() {
	r := c.runs
	for _, id := range slices.Sorted(maps.Keys(r.runs)) {
		c.compareRun(id, r.runs[id])
		r.runs[id].rounds = nil
	}
	for _, key := range slices.Sorted(maps.Keys(r.unpaid)) {
		c.report.found(Clearing, key, "nothing of such a run is unpaid")
	}
	for m := range r.marked {
		if !r.within[m] && !r.extended[m.certificate] {
			c.report.found(Clearing, m.run, "it clears certificate %s, of which no fen are in it", m.certificate)
		}
	}
	for m := range r.within {
		if !r.marked[m] {
			c.report.found(Clearing, m.run, "it does not clear certificate %s, of which fen are in it", m.certificate)
		}
	}
	c.compareReminders()
	c.runs = nil // the stages to come need it no more
}

func (c *check) compareRun(id string, r *ran) {
	found := func(format string, args ...any) { c.report.found(Clearing, id, format, args...) }
	if r.run == nil {
		found("a run that is not there has %+v, %d entries, %d rounds", r.tally, r.entries, len(r.rounds))
		return
	}
	run, owed := r.run, r.tally.Owed()
	c.report.Runs++
	c.report.Paid += r.tally.Paid
	c.report.Overdue += r.tally.Wanted()
	if run.Tally != r.tally {
		found("it says %+v, its holdings %+v", run.Tally, r.tally)
	}
	if run.Certificates != r.entries {
		found("%d certificates, marked are %d", run.Certificates, r.entries)
	}
	closed := run.State == record.RunClosed
	if closed != (run.ClosedAt != 0) || run.State != record.RunDividing && closed != (owed == 0) {
		found("it is %s, closed at %s, and %s are owed", run.State, run.ClosedAt, owed)
	}
	if run.Payment.Start() > c.now() {
		found("it began before its day")
	}
	key := string(record.UnpaidKey(run.Debtor, run.Payment))
	if r.tally.Wanted() > 0 != c.runs.unpaid[key] {
		found("%s are not provided for; marked as unpaid: %t", r.tally.Wanted(), c.runs.unpaid[key])
	}
	delete(c.runs.unpaid, key)
	steps := 0
	if run.State == record.RunDividing {
		steps = 1
	}
	if r.steps != steps {
		c.report.found(Queue, id, "it is %s, and the next step is in the queue %d times", run.State, r.steps)
	}
	c.compareRounds(id, r)
}

// compareRounds holds what a round has given against its legs, and the state of the run
// against its last round.
func (c *check) compareRounds(id string, r *ran) {
	found := func(format string, args ...any) { c.report.found(Clearing, id, format, args...) }
	if len(r.rounds) != int(r.run.Rounds) {
		found("%d rounds, it says %d", len(r.rounds), r.run.Rounds)
	}
	for i := range r.rounds {
		d := &r.rounds[i]
		given, err := money.MulDiv(int64(d.Funds), int64(d.Seen), max(1, int64(d.Claims)), money.Down)
		whole := d.Seen == d.Claims && d.Given == d.Funds
		if err != nil || d.Funds <= 0 || d.Funds > d.Claims || d.Seen > d.Claims || money.Fen(given) != d.Given || d.Done && !whole {
			found("round %d has given %s of %s for %s of %s, done: %t", d.Number, d.Given, d.Funds, d.Seen, d.Claims, d.Done)
		}
		if l := r.legs[d.Number]; l.sum != d.Given || l.count != d.Legs {
			found("round %d has given %s in %d legs; there are %d of %s", d.Number, d.Given, d.Legs, l.count, l.sum)
		}
		last := i == len(r.rounds)-1
		if dividing := last && r.run.State == record.RunDividing; d.Done == dividing || d.Number != uint32(i+1) {
			found("it is %s, round %d of %d is done: %t", r.run.State, d.Number, len(r.rounds), d.Done)
		}
		delete(r.legs, d.Number)
	}
	for number, l := range r.legs {
		found("%d legs of %s are of round %d, which is not there", l.count, l.sum, number)
	}
	if r.run.State == record.RunDividing && len(r.rounds) == 0 {
		found("it is dividing nothing")
	}
}

// compareReminders holds the queued reminders against the certificates whose day is
// still to come: there is one on the day after it and, for each reminder before, on one
// of the days that a rule pack gives. A certificate that was accepted after the day has
// none.
func (c *check) compareReminders() {
	r := c.runs
	for _, id := range slices.Sorted(maps.Keys(r.queued)) {
		if !r.reminded[id] {
			c.report.found(Queue, id, "a reminder of a day on which no certificate is due")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.reminded)) {
		_, payment, _ := record.ParseRunID(id)
		if after := payment.AddDays(1).Start(); after > c.now() && !slices.Contains(r.queued[id], after) {
			c.report.found(Queue, id, "no reminder is queued for the day after it")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(r.waiting)) {
		_, payment, _ := record.ParseRunID(id)
		for _, before := range certificate.Reminders {
			at, sure := c.reminderAt(payment, before, r.waiting[id])
			if sure && !slices.ContainsFunc(r.queued[id], func(q calendar.Instant) bool { return slices.Contains(at, q) }) {
				c.report.found(Queue, id, "no reminder is queued %d working days before it", before)
			}
		}
	}
}

// reminderAt are the times that rule packs give a reminder; sure when it is still to come
// and was after the acceptance by all of them.
func (c *check) reminderAt(payment calendar.Date, before int, accepted calendar.Instant) (at []calendar.Instant, sure bool) {
	for i := range c.runs.packs {
		days := rules.WorkingDays(&c.runs.packs[i])
		at = append(at, days.Before(payment, before).Start())
	}
	return at, len(at) > 0 && slices.Min(at) > max(accepted, c.now())
}
