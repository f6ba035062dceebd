package audit

import (
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// deals are the financings and settlements, and the sums over them. Like sums they
// are filled while the state is read, in any order of records, and compared at the
// end.
type deals struct {
	financings  map[string]*financed
	quotes      map[string]*quoted  // by financing
	entries     map[string]*entered // in the registry, by financing
	settlements map[string]*settled
	advices     []advised
	stakes      map[stake]money.Fen
	limits      map[string]use                  // as stored, less what quotes, agreements and holdings say
	taken       map[string]money.Fen            // of posted rates and discounts by key, as stored, less what was agreed
	pledged     map[string][]record.Leg         // by loan: the fen that are to be pledged
	under       map[string][]record.Leg         // by financing: the fen whose claims name it, paid or not
	due         map[payment][]interval.Interval // fen that settled settlements have moved or redeemed
	made        map[payment][]interval.Interval // fen that did, by the moves in the outcomes
	stale       []staleAt
	rows        map[string]record.FinancingRow
}

// staleAt is the queue's entry of an instruction without an advice.
type staleAt struct {
	at  calendar.Instant
	key string
}

func newDeals() *deals {
	return &deals{
		financings: map[string]*financed{}, quotes: map[string]*quoted{}, entries: map[string]*entered{},
		settlements: map[string]*settled{}, stakes: map[stake]money.Fen{}, limits: map[string]use{},
		taken: map[string]money.Fen{}, pledged: map[string][]record.Leg{}, under: map[string][]record.Leg{}, due: map[payment][]interval.Interval{},
		made: map[payment][]interval.Interval{}, rows: map[string]record.FinancingRow{},
	}
}

// financed is what must be known of a financing when all records were read.
type financed struct {
	holder, funder, origin, rate, live, registered string
	kind                                           record.FinancingKind
	state                                          record.FinancingState
	duty                                           record.RegistrationKind
	quotes, registrations                          uint32
	amount, net, outstanding                       money.Fen
	cleared, clearedFen, guaranteed                money.Fen
	bound                                          bool // holder and bank have signed
	consented                                      bool // and so have guarantor and debtor, as far as the terms need them
}

// nothing reports whether the financing came to nothing.
func (f *financed) nothing() bool { return f.state >= record.FinancingCancelled }

// quoted counts the quotes for a financing.
type quoted struct {
	count, sealed uint32
	chosen        []string
}

// entered follows the registry's entries about a financing.
type entered struct {
	count      uint32
	registered string
}

// stake is what fen under a financing have in common.
type stake struct{ financing, owner, debtor, lineBank string }

// holding adds fen to the financing that their claim names.
func (d *deals) holding(cert *record.Certificate, h *record.Holding) {
	if h.Claim.Financing != "" && h.Redeemed == 0 {
		d.stakes[stake{h.Claim.Financing, h.Owner, cert.Debtor, cert.Bank}] += h.Amount()
	}
	if h.Claim.Financing != "" {
		d.under[h.Claim.Financing] = append(d.under[h.Claim.Financing], record.Leg{Certificate: cert.Number, Interval: h.Interval})
	}
}

func (c *check) financing(f *record.Financing) {
	c.report.Financings++
	if f.State == record.FinancingDisbursed || f.State == record.FinancingEnded {
		c.report.Disbursed += f.Cost.Net
	}
	share := f.Cost.DebtorInterest + f.Cost.DebtorFee
	d := c.deals
	d.financings[f.ID] = &financed{
		holder: f.Holder, funder: f.Funder, origin: f.Origin, rate: f.Rate, live: f.Live, registered: f.Registered,
		kind: f.Terms.Kind, state: f.State, duty: f.Duty, quotes: f.Quotes, registrations: f.Registrations,
		amount: f.Amount, net: f.Cost.Net, outstanding: f.Outstanding,
		cleared: f.Cleared, clearedFen: f.ClearedFen, guaranteed: f.Guaranteed,
		bound: f.HolderSigned.Member == f.Holder && f.FunderSigned.Member == f.Funder,
		consented: f.GuarantorSigned.Member == f.Terms.Guarantor &&
			(share == 0 || len(f.Debtors) == 1 && f.DebtorSigned.Member == f.Debtors[0]),
	}
	d.rows[f.ID] = record.FinancingRow{
		ID: f.ID, Holder: f.Holder, Funder: f.Funder, Debtors: f.Debtors, Amount: f.Amount, Net: f.Cost.Net,
		Outstanding: f.Outstanding, State: f.State, At: f.RequestedAt,
	}
	bank := f.Funder
	if f.State == record.FinancingDisbursed || f.State == record.FinancingEnded {
		bank = f.Holder // which takes back what it had resold
	}
	d.reserve(bank, f.Reserved)
	if f.Rate != "" && !d.financings[f.ID].nothing() {
		d.taken[string(record.RateKey(f.Funder, f.Rate))] -= f.Amount
	}
	c.links.name(f.ID, f.Holder, f.Funder, f.Terms.Guarantor)
	c.links.name(f.ID, f.Debtors...)
	c.links.name(f.ID, f.Invited...)
	c.links.pays(f.ID, f.Holder, f.Account, "")
	c.links.pays(f.ID, f.Funder, f.FunderAccount, "")
}

// reserve takes reservations off a bank's limits.
func (d *deals) reserve(bank string, list []record.Reservation) {
	for _, r := range list {
		key := string(record.LimitKey(bank, r.Of, r.Member))
		u := d.limits[key]
		d.limits[key] = use{u.used, u.reserved - r.Amount}
	}
}

func (c *check) quote(q *record.Quote) {
	d := c.deals
	list := d.quotes[q.Financing]
	if list == nil {
		list = &quoted{}
		d.quotes[q.Financing] = list
	}
	list.count++
	switch q.State {
	case record.QuoteSealed:
		list.sealed++
		c.sums.lapsing[string(record.DueKey(q.Expires, record.DueQuote, q.Financing+"/"+q.Bank))] = true
	case record.QuoteChosen:
		list.chosen = append(list.chosen, q.Bank)
	default: // ended, and nothing hangs on it
	}
	if q.Signed.Member != q.Bank {
		c.report.found(Agreements, q.Financing, "the quote of bank %s is signed by %q", q.Bank, q.Signed.Member)
	}
	d.reserve(q.Bank, q.Reserved)
	c.links.name(q.Financing, q.Bank)
	c.links.pays(q.Financing, q.Bank, q.Account, "")
}

func (c *check) rate(p *record.PostedRate) {
	key := string(record.RateKey(p.Bank, p.ID))
	c.deals.taken[key] += p.Taken
	c.links.name(key, p.Bank, p.Debtor, p.Terms.Guarantor)
	c.links.pays(key, p.Bank, p.Account, "")
}

func (c *check) discount(o *record.DiscountOffer) {
	key := string(record.DiscountKey(o.Debtor, o.ID))
	c.deals.taken[key] += o.Taken
	c.links.name(key, o.Debtor)
	c.links.pays(key, o.Debtor, o.Account, "")
}

func (c *check) limit(l *record.Limit) {
	key := string(record.LimitKey(l.Bank, l.Of, l.Member))
	if l.Used < 0 || l.Reserved < 0 || l.Cap < 0 {
		c.report.found(Limits, key, "cap %s, used %s, reserved %s", l.Cap, l.Used, l.Reserved)
	}
	u := c.deals.limits[key]
	c.deals.limits[key] = use{u.used + l.Used, u.reserved + l.Reserved}
	c.sums.below(l.Bank, l.Group, l.Used, l.Reserved)
	c.links.name(key, l.Bank, l.Member)
}

// registration follows the entries about a financing, which come in order of their
// sequence.
func (c *check) registration(r *record.Registration) {
	e := c.deals.entries[r.Financing]
	if e == nil {
		e = &entered{}
		c.deals.entries[r.Financing] = e
	}
	if e.count++; r.Sequence != e.count {
		c.report.found(Registrations, r.Financing, "entry %d is recorded as %d", e.count, r.Sequence)
	}
	switch {
	case r.Kind == record.RegistrationInitial:
		e.registered = r.Number
	case r.Kind == record.RegistrationCancel && r.Corrects == 0:
		e.registered = ""
	}
	key := string(record.RegistrationKey(r.Financing, r.Sequence))
	if r.Corrected != 0 {
		c.links.want[string(record.RegistrationKey(r.Financing, r.Corrected))] = key
	}
	if r.Corrects != 0 {
		c.links.have[key] = string(record.RegistrationKey(r.Financing, r.Corrects))
	}
	c.links.name(key, r.Signed.Member)
}

// compareDeals reports what does not fit between financings, settlements and what
// hangs on them.
func (c *check) compareDeals() {
	d, r := c.deals, c.report
	c.addStakes()
	for _, id := range slices.Sorted(maps.Keys(d.financings)) {
		c.compareFinancing(id, d.financings[id])
	}
	for _, id := range slices.Sorted(maps.Keys(d.quotes)) {
		if d.financings[id] == nil {
			r.found(Agreements, id, "%d quotes are for a financing that is not there", d.quotes[id].count)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.entries)) {
		if d.financings[id] == nil {
			r.found(Registrations, id, "%d entries are about a financing that is not there", d.entries[id].count)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.limits)) {
		if u := d.limits[key]; u != (use{}) {
			r.found(Limits, key, "used %s and reserved %s more than quotes, agreements and holdings say", u.used, u.reserved)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(d.taken)) {
		if d.taken[key] != 0 {
			r.found(Offers, key, "taken %s more than what was agreed under it", d.taken[key])
		}
	}
	c.compareSettlements()
	// The stages to come need no more, and what they need is large.
	*d = deals{due: d.due, made: d.made, rows: d.rows}
}

// addStakes adds the fen under each financing up: those of a sale while its bank
// owns them, those of a loan while they are pledged. Fen that the bank's own credit
// line backs do not count on its limit on the debtor.
func (c *check) addStakes() {
	d := c.deals
	for s, fen := range d.stakes {
		f := d.financings[s.financing]
		if f == nil {
			c.report.found(Outstanding, s.financing, "%s of fen owed by %s are under a financing that is not there", fen, s.debtor)
			continue
		}
		if f.kind != record.PledgeLoan && s.owner != f.funder {
			continue
		}
		f.outstanding -= fen
		exposed := func(of record.LimitKind, member string) {
			key := string(record.LimitKey(f.funder, of, member))
			u := d.limits[key]
			d.limits[key] = use{u.used - fen, u.reserved}
		}
		if s.lineBank != f.funder {
			exposed(record.LimitDebtor, s.debtor)
		}
		exposed(record.LimitSupplier, f.holder)
	}
}

// compareFinancing holds a financing against its quotes, its entries in the registry
// and the fen under it. Its settlement is compared with it elsewhere.
func (c *check) compareFinancing(id string, f *financed) {
	d, r := c.deals, c.report
	if f.outstanding != 0 {
		r.found(Outstanding, id, "outstanding %s more than what is with its bank", f.outstanding)
	}
	e := d.entries[id]
	if e == nil {
		e = &entered{}
	}
	if e.count != f.registrations || e.registered != f.registered {
		r.found(Registrations, id, "%d entries register it as %q; it says %d and %q", e.count, e.registered, f.registrations, f.registered)
	}
	if !f.canBeDone() {
		r.found(Registrations, id, "it is %s and registered as %q, and the registry is to get a %s", f.state, f.registered, f.duty)
	}
	q := d.quotes[id]
	if q == nil {
		q = &quoted{}
	}
	var chosen []string
	if f.funder != "" && f.rate == "" && f.origin == "" {
		chosen = []string{f.funder}
	}
	if q.count != f.quotes || !slices.Equal(q.chosen, chosen) || q.sealed > 0 && f.state != record.FinancingRequested {
		r.found(Agreements, id, "%s with %d quotes and the bank %q; there are %d, chosen %q, sealed %d",
			f.state, f.quotes, chosen, q.count, q.chosen, q.sealed)
	}
	if f.funder != "" && !f.bound {
		r.found(Agreements, id, "holder or bank has not signed it")
	}
	if f.kind == record.PledgeLoan {
		pledged := d.under[id]
		if f.state == record.FinancingAgreed && f.registered != "" {
			pledged = d.pledged[id]
		}
		for _, leg := range pledged {
			c.sums.claim(record.LockPledge, id, leg.Certificate, leg.Interval)
		}
	}
	c.compareCleared(id, f)
	s := d.settlements[id]
	if s == nil {
		r.found(Agreements, id, "a financing without its settlement")
		return
	}
	c.compareOwn(id, f, s)
}

// canBeDone reports whether the entry that the registry must get next can be made.
func (f *financed) canBeDone() bool {
	switch f.duty {
	case 0:
		return true
	case record.RegistrationInitial:
		return f.state == record.FinancingDisbursed && f.registered == ""
	case record.RegistrationChange:
		return f.state == record.FinancingDisbursed && f.registered != ""
	case record.RegistrationCancel:
		return f.state >= record.FinancingEnded && f.registered != ""
	default:
		return false
	}
}

// compareOwn holds a financing against the settlement of the same id.
func (c *check) compareOwn(id string, f *financed, s *settled) {
	r := c.report
	purpose := record.PurposeFinancing
	if f.origin != "" {
		purpose = record.PurposeResale
	}
	if s.purpose != purpose || s.financing != id || s.payee != f.holder || s.payer != f.funder || s.fen != f.amount || s.amount != f.net {
		r.found(Agreements, id, "%s of %s by %q to %s for %s; its settlement is a %s of %s by %q to %s for %s",
			purpose, f.amount, f.funder, f.holder, f.net, s.purpose, s.fen, s.payer, s.payee, s.amount)
	}
	if !fits(f.state, s.state) {
		r.found(Agreements, id, "it is %s, its settlement %s", f.state, s.state)
	}
	if (s.state.Instructed() || s.state == record.SettlementSettled) && !f.consented {
		r.found(Agreements, id, "it was instructed without the word of guarantor or debtor")
	}
}

// fits reports whether a financing can be in a state while its settlement is in
// another.
func fits(f record.FinancingState, s record.SettlementState) bool {
	switch f {
	case record.FinancingRequested:
		return s == record.SettlementOpen
	case record.FinancingAgreed:
		return s == record.SettlementAgreed || s.Instructed()
	case record.FinancingDisbursed, record.FinancingEnded:
		return s == record.SettlementSettled
	case record.FinancingCancelled:
		return s == record.SettlementCancelled
	case record.FinancingLapsed:
		return s == record.SettlementLapsed
	case record.FinancingUnpaid:
		return s == record.SettlementUnpaid
	}
	return false
}
