package financing_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// state is the ledger as it was read after a step.
type state struct {
	certificates []*record.Certificate
	holdings     map[string][]record.Holding // by certificate
	financings   []*record.Financing
	settlements  []*record.Settlement
	quotes       []*record.Quote
	orders       []*record.Order
	due          []*record.Due
}

func (s *state) financing(id string) *record.Financing {
	i := slices.IndexFunc(s.financings, func(f *record.Financing) bool { return f.ID == id })
	if i < 0 {
		return nil
	}
	return s.financings[i]
}

func (s *state) settlement(id string) *record.Settlement {
	i := slices.IndexFunc(s.settlements, func(t *record.Settlement) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return s.settlements[i]
}

// check compares the books after every step.
func (x *machine) check(t *rapid.T) {
	was := x.seen
	x.seen = x.read()
	x.checkTiles(t)
	x.checkLocks(t)
	x.checkHeld(t)
	x.checkLimits(t)
	x.checkClaims(t)
	x.checkOutstanding(t)
	x.checkLines(t)
	x.checkOffers(t)
	x.checkAdvices(t)
	x.checkMoved(t, &was)
	x.checkStates(t)
	x.checkQueue(t)
	x.checkFreezes(t, &was)
	x.checkTasks(t)
	x.moves = nil
}

// checkTiles: the holdings of a certificate are all of its fen, each once, and the paid
// ones are what it says was paid.
func (x *machine) checkTiles(t *rapid.T) {
	for _, c := range x.seen.certificates {
		var tiles []interval.Interval
		var paid money.Fen
		for _, h := range x.seen.holdings[c.Number] {
			tiles = append(tiles, h.Interval)
			if h.Redeemed != 0 {
				paid += h.Amount()
				if len(h.Locks) > 0 {
					t.Fatalf("paid holding %d of %s has locks %v", h.ID, c.Number, h.Locks)
				}
			}
		}
		if err := interval.Tile(c.Face, tiles); err != nil {
			t.Fatalf("certificate %s: %v", c.Number, err)
		}
		if paid != c.Redeemed || int(c.Pieces) != len(tiles) {
			t.Fatalf("certificate %s: %s paid of %s, %d pieces of %d", c.Number, c.Redeemed, paid, c.Pieces, len(tiles))
		}
	}
}

// checkLocks: what stands behind every lock is alive.
func (x *machine) checkLocks(t *rapid.T) {
	for _, c := range x.seen.certificates {
		for _, h := range x.seen.holdings[c.Number] {
			for _, l := range h.Locks {
				if !x.alive(l) {
					t.Fatalf("lock %+v on holding %d of %s stands for nothing", l, h.ID, c.Number)
				}
			}
		}
	}
}

func (x *machine) alive(l record.Lock) bool {
	switch l.Kind {
	case record.LockFinancing:
		s := x.seen.settlement(l.Order)
		return s != nil && (s.State == record.SettlementOpen || s.State == record.SettlementAgreed)
	case record.LockDisbursing:
		s := x.seen.settlement(l.Order)
		return s != nil && s.State.Instructed()
	case record.LockPledge:
		f := x.seen.financing(l.Order)
		return f != nil && f.Terms.Kind == record.PledgeLoan && f.Registered != "" &&
			(f.State == record.FinancingAgreed || f.State == record.FinancingDisbursed)
	case record.LockOffer:
		o := membertest.Find(x.chain, record.TransferKey(l.Order))
		return o != nil && o.State == record.TransferOffered
	case record.LockFreeze:
		return slices.ContainsFunc(x.seen.orders, func(o *record.Order) bool { return o.ID == l.Order && o.State == record.OrderInForce })
	default:
		return false
	}
}

// checkHeld: a settlement that is under way holds exactly its fen, each once, and those
// of an instructed payment are with who is paid or, for a loan that is repaid, pledged.
func (x *machine) checkHeld(t *rapid.T) {
	for _, s := range x.seen.settlements {
		kind := record.LockFinancing
		if s.State.Instructed() {
			kind = record.LockDisbursing
		}
		var held money.Fen
		for _, c := range x.seen.certificates {
			for _, h := range x.seen.holdings[c.Number] {
				for _, l := range h.Locks {
					if l.Order != s.ID || l.Kind != kind {
						continue
					}
					held += l.Interval.Amount()
					if h.Owner != s.Payee && s.Effect != record.EffectAcquit {
						t.Fatalf("settlement %s pays %s for fen of %s", s.ID, nameOf(s.Payee), nameOf(h.Owner))
					}
				}
			}
		}
		want := s.Fen
		if !s.State.Live() {
			want = 0
		}
		if held != want {
			t.Fatalf("settlement %s, %s, holds %s of %s", s.ID, s.State, held, want)
		}
	}
}

// limitOf names a limit.
type limitOf struct {
	bank   string
	of     record.LimitKind
	member string
}

// checkLimits: reserved is the sum of sealed quotes, agreed financings and buy-backs by
// banks, used the sum over the holdings that are with a bank, and a group's are the sums
// of its limits.
func (x *machine) checkLimits(t *rapid.T) {
	reserved, used := map[limitOf]money.Fen{}, map[limitOf]money.Fen{}
	reserve := func(bank string, list []record.Reservation) {
		for _, r := range list {
			reserved[limitOf{bank, r.Of, r.Member}] += r.Amount
		}
	}
	for _, q := range x.seen.quotes {
		if q.State != record.QuoteSealed && len(q.Reserved) > 0 {
			t.Fatalf("quote of %s, %s, reserves %v", nameOf(q.Bank), q.State, q.Reserved)
		}
		reserve(q.Bank, q.Reserved)
	}
	for _, f := range x.seen.financings {
		back := f.State == record.FinancingDisbursed && f.Origin != "" && f.Live != "" &&
			x.seen.settlement(f.Live).Purpose == record.PurposeBuyBack
		if (f.State == record.FinancingAgreed || back) != (len(f.Reserved) > 0) {
			t.Fatalf("financing %s, %s, reserves %v", f.ID, f.State, f.Reserved)
		}
		if back { // of the bank that takes back what it had resold
			reserve(f.Holder, f.Reserved)
		} else {
			reserve(f.Funder, f.Reserved)
		}
	}
	x.eachFinanced(func(f *record.Financing, c *record.Certificate, h *record.Holding) {
		if c.Bank != f.Funder {
			used[limitOf{f.Funder, record.LimitDebtor, c.Debtor}] += h.Amount()
		}
		used[limitOf{f.Funder, record.LimitSupplier, f.Holder}] += h.Amount()
	})
	groups := map[string][2]money.Fen{}
	parents := map[string]string{}
	all := membertest.List[record.Group](x.chain, record.GroupsPrefix(""))
	for _, g := range all {
		parents[g.ID] = g.Parent
	}
	for _, l := range membertest.List[record.Limit](x.chain, record.LimitsPrefix("")) {
		key := limitOf{l.Bank, l.Of, l.Member}
		if l.Reserved != reserved[key] || l.Used != used[key] {
			t.Fatalf("limit of %s on %s %s: reserved %s and used %s, by quotes and holdings %s and %s",
				nameOf(l.Bank), l.Of, nameOf(l.Member), l.Reserved, l.Used, reserved[key], used[key])
		}
		delete(reserved, key)
		delete(used, key)
		for id := l.Group; id != ""; id = parents[id] {
			sums := groups[id]
			groups[id] = [2]money.Fen{sums[0] + l.Reserved, sums[1] + l.Used}
		}
	}
	for _, counted := range []map[limitOf]money.Fen{reserved, used} {
		for key, amount := range counted {
			if amount != 0 {
				t.Fatalf("%s of %+v is counted nowhere", amount, key)
			}
		}
	}
	for _, g := range all {
		if sums := groups[g.ID]; g.Reserved != sums[0] || g.Used != sums[1] {
			t.Fatalf("group %s: reserved %s and used %s, its limits %v", g.ID, g.Reserved, g.Used, sums)
		}
	}
}

// eachFinanced visits the holdings that are with a bank under a financing, or pledged to
// it and paid out.
func (x *machine) eachFinanced(visit func(*record.Financing, *record.Certificate, *record.Holding)) {
	for _, c := range x.seen.certificates {
		for i := range x.seen.holdings[c.Number] {
			h := &x.seen.holdings[c.Number][i]
			f := x.seen.financing(h.Claim.Financing)
			if f == nil || h.Redeemed != 0 || f.Terms.Kind != record.PledgeLoan && h.Owner != f.Funder {
				continue
			}
			visit(f, c, h)
		}
	}
}

// checkClaims: fen keep their maturity whoever has them; whoever is not the bank of a
// sale, or its successor, holds them without its right against who sold them.
func (x *machine) checkClaims(t *rapid.T) {
	for _, c := range x.seen.certificates {
		number := c.Number
		for _, h := range x.seen.holdings[number] {
			if h.Claim.Payment != c.Payment {
				t.Fatalf("fen %s of %s mature on %s, the certificate on %s", h.Interval, number, h.Claim.Payment, c.Payment)
			}
			f := x.seen.financing(h.Claim.Financing)
			if f == nil || x.merged {
				continue
			}
			if f.Terms.Kind != record.PledgeLoan && h.Owner != f.Funder {
				t.Fatalf("%s has fen %s of %s under financing %s of %s", nameOf(h.Owner), h.Interval, number, f.ID, nameOf(f.Funder))
			}
		}
	}
}

// checkOutstanding: what is outstanding under a financing is the sum over its holdings,
// and those of a loan are pledged to its bank.
func (x *machine) checkOutstanding(t *rapid.T) {
	sums := map[string]money.Fen{}
	x.eachFinanced(func(f *record.Financing, c *record.Certificate, h *record.Holding) {
		sums[f.ID] += h.Amount()
		pledged := slices.ContainsFunc(h.Locks, func(l record.Lock) bool {
			return l.Kind == record.LockPledge && l.Order == f.ID && l.Interval == h.Interval && l.Counterpart == f.Funder
		})
		if pledged != (f.Terms.Kind == record.PledgeLoan) {
			t.Fatalf("holding %d of %s under financing %s is pledged: %t", h.ID, c.Number, f.ID, pledged)
		}
	})
	for _, f := range x.seen.financings {
		if f.Outstanding != sums[f.ID] {
			t.Fatalf("financing %s has %s outstanding, its holdings are %s", f.ID, f.Outstanding, sums[f.ID])
		}
		if live := f.State == record.FinancingDisbursed; live != (f.Outstanding > 0) {
			t.Fatalf("financing %s is %s with %s outstanding", f.ID, f.State, f.Outstanding)
		}
	}
}

// checkLines: a credit line is used by what its certificates still owe.
func (x *machine) checkLines(t *rapid.T) {
	for _, l := range membertest.List[record.Line](x.chain, record.LinesPrefix("")) {
		var used money.Fen
		for _, c := range x.seen.certificates {
			if c.Bank == l.Bank && c.Line == l.ID {
				used += c.Face - c.Redeemed
			}
		}
		if l.Used != used || l.Reserved != 0 {
			t.Fatalf("line %s has %s used, its certificates owe %s", l.ID, l.Used, used)
		}
	}
}

// checkOffers: posted rates and offers to pay early count what was taken and came to
// something, or still may.
func (x *machine) checkOffers(t *rapid.T) {
	for _, r := range membertest.List[record.PostedRate](x.chain, record.RatesPrefix("")) {
		var taken money.Fen
		for _, f := range x.seen.financings {
			on := f.State == record.FinancingAgreed || f.State == record.FinancingDisbursed || f.State == record.FinancingEnded
			if f.Funder == r.Bank && f.Rate == r.ID && on {
				taken += f.Amount
			}
		}
		if r.Taken != taken {
			t.Fatalf("rate %s of %s: taken %s, by financings %s", r.ID, nameOf(r.Bank), r.Taken, taken)
		}
	}
	for _, o := range membertest.List[record.DiscountOffer](x.chain, record.DiscountsPrefix("")) {
		var taken money.Fen
		for _, s := range x.seen.settlements {
			if s.Payer == o.Debtor && s.Offer == o.ID && (s.State.Live() || s.State == record.SettlementSettled) {
				taken += s.Fen
			}
		}
		if o.Taken != taken {
			t.Fatalf("offer %s: taken %s, by settlements %s", o.ID, o.Taken, taken)
		}
	}
}

// checkAdvices: what is settled was advised, by one advice that is of no other.
func (x *machine) checkAdvices(t *rapid.T) {
	used := map[[2]string]string{}
	for _, s := range x.seen.settlements {
		if (s.State == record.SettlementSettled) != (s.AdviceRef != "") {
			t.Fatalf("settlement %s is %s by the advice %q", s.ID, s.State, s.AdviceRef)
		}
		if s.State != record.SettlementSettled {
			continue
		}
		a := membertest.Find(x.chain, record.AdviceKey(s.AdviceBank, s.AdviceRef))
		if a == nil || a.Settlement != s.ID || a.Amount != s.Amount || a.Bank != s.PayeeBank {
			t.Fatalf("settlement %s of %s is settled by %+v", s.ID, s.Amount, a)
		}
		key := [2]string{a.Bank, a.Reference}
		if used[key] != "" {
			t.Fatalf("advice %s settles %s and %s", a.Reference, used[key], s.ID)
		}
		used[key] = s.ID
		if s.Purpose != record.PurposeOutside && (s.Instruction.Member != s.PayerBank || s.Instruction.At > s.EndedAt) {
			t.Fatalf("settlement %s settled at %s, instructed by %+v", s.ID, s.EndedAt, s.Instruction)
		}
	}
}

// cells of all certificates with their owner, and whether they were paid.
func (s *state) cells() map[string][]string {
	all := map[string][]string{}
	for _, c := range s.certificates {
		for _, h := range s.holdings[c.Number] {
			who := h.Owner
			if h.Redeemed != 0 {
				who += " paid"
			}
			for range int64(h.Amount()) / cell {
				all[c.Number] = append(all[c.Number], who)
			}
		}
	}
	return all
}

// checkMoved: fen change their owner, or are paid, in the very step in which a
// settlement settles that was to move or redeem them, from who was paid to who paid, or
// as a transfer or an order said; and in no other.
func (x *machine) checkMoved(t *rapid.T, was *state) {
	want := was.cells()
	for _, s := range x.seen.settlements {
		if before := was.settlement(s.ID); s.State != record.SettlementSettled || before != nil && before.State == s.State {
			continue
		}
		if s.Effect != record.EffectMove && s.Effect != record.EffectRedeem {
			continue
		}
		for _, leg := range s.Legs {
			for n := int64(leg.Interval.From-1) / cell; n < int64(leg.Interval.To)/cell; n++ {
				if want[leg.Certificate][n] != s.Payee {
					t.Fatalf("settlement %s pays %s for a cell of %s", s.ID, nameOf(s.Payee), nameOf(want[leg.Certificate][n]))
				}
				if want[leg.Certificate][n] = s.Payer; s.Effect == record.EffectRedeem {
					want[leg.Certificate][n] = s.Payee + " paid"
				}
			}
			x.checkClaim(t, s, leg)
		}
	}
	for _, m := range x.moves {
		for n := int64(m.Interval.From-1) / cell; n < int64(m.Interval.To)/cell; n++ {
			switch m.Kind {
			case record.MoveTransfer, record.MoveJudicial, record.MoveSuccession:
				if want[m.Certificate][n] != m.From {
					t.Fatalf("a %s takes a cell of %s from %s", m.Kind, nameOf(want[m.Certificate][n]), nameOf(m.From))
				}
				want[m.Certificate][n] = m.To
			default: // by a settlement, above
			}
		}
	}
	for number, is := range x.seen.cells() {
		for n := range is {
			if is[n] != want[number][n] {
				t.Fatalf("cell %d of %s is with %s, should be with %s", n, number, nameOf(is[n]), nameOf(want[number][n]))
			}
		}
	}
}

// checkClaim: fen that were sold are under their financing, those that were bought back
// under the one before, or none.
func (x *machine) checkClaim(t *rapid.T, s *record.Settlement, leg record.Leg) {
	if s.Effect != record.EffectMove {
		return
	}
	want := s.Financing
	if s.Purpose == record.PurposeBuyBack {
		want = x.seen.financing(s.Financing).Origin
	}
	for _, h := range x.seen.holdings[leg.Certificate] {
		if h.Interval.Overlaps(leg.Interval) && h.Claim.Financing != want {
			t.Fatalf("settlement %s left fen %s of %s under %q, not %q", s.ID, h.Interval, leg.Certificate, h.Claim.Financing, want)
		}
		if h.Claim.Financing == "" && h.Claim.Recourse+h.Claim.Guarantor != "" {
			t.Fatalf("fen %s of %s are under no financing: %+v", h.Interval, leg.Certificate, h.Claim)
		}
	}
}

// checkStates: a financing is where its settlement is, and knows what follows it.
func (x *machine) checkStates(t *rapid.T) {
	follows := map[string]string{}
	for _, s := range x.seen.settlements {
		origin := s.Financing
		switch s.Purpose {
		case record.PurposeResale:
			origin = x.seen.financing(s.Financing).Origin
		case record.PurposeBuyBack, record.PurposeRepayment:
		default:
			continue
		}
		if s.State.Live() {
			if follows[origin] != "" {
				t.Fatalf("%s and %s follow financing %s", follows[origin], s.ID, origin)
			}
			follows[origin] = s.ID
		}
	}
	for _, f := range x.seen.financings {
		if f.Live != follows[f.ID] {
			t.Fatalf("financing %s is followed by %q, knows of %q", f.ID, follows[f.ID], f.Live)
		}
		ok := false
		switch s := x.seen.settlement(f.ID); f.State {
		case record.FinancingRequested:
			ok = s.State == record.SettlementOpen
		case record.FinancingAgreed:
			ok = s.State == record.SettlementAgreed || s.State.Instructed()
		case record.FinancingDisbursed, record.FinancingEnded:
			ok = s.State == record.SettlementSettled
		case record.FinancingCancelled:
			ok = s.State == record.SettlementCancelled
		case record.FinancingLapsed:
			ok = s.State == record.SettlementLapsed
		case record.FinancingUnpaid:
			ok = s.State == record.SettlementUnpaid
		}
		if !ok {
			t.Fatalf("financing %s is %s, its settlement %s", f.ID, f.State, x.seen.settlement(f.ID).State)
		}
		if f.Duty == record.RegistrationCancel && f.State == record.FinancingDisbursed ||
			f.Duty == record.RegistrationChange && f.State != record.FinancingDisbursed || f.Duty != 0 && f.DutyBy == 0 {
			t.Fatalf("financing %s is %s and owes a %s", f.ID, f.State, f.Duty)
		}
	}
}

// checkQueue: exactly what runs against a clock is in the queue, at its time.
func (x *machine) checkQueue(t *rapid.T) {
	type entry struct {
		kind record.DueKind
		id   string
	}
	want := map[entry]calendar.Instant{}
	for _, s := range x.seen.settlements {
		switch {
		case s.State.Instructed():
			want[entry{record.DueStale, s.ID}] = s.StaleAt
		case s.State.Live() && s.LapsesAt != 0:
			if x.stopped(s) {
				t.Fatalf("settlement %s lapses at %s, and a freeze rests on its fen", s.ID, s.LapsesAt)
			}
			want[entry{record.DueSettlement, s.ID}] = s.LapsesAt
		case s.State.Live() && s.Fen > 0 && !x.standing(s):
			t.Fatalf("the clock of settlement %s stands, and no freeze rests on its fen", s.ID)
		}
	}
	for _, q := range x.seen.quotes {
		if q.State == record.QuoteSealed {
			want[entry{record.DueQuote, q.Financing + "/" + q.Bank}] = q.Expires
		}
	}
	for _, d := range x.seen.due {
		if d.Kind != record.DueQuote && d.Kind != record.DueSettlement && d.Kind != record.DueStale {
			continue
		}
		key := entry{d.Kind, d.ID}
		if want[key] != d.At {
			t.Fatalf("%s is due at %s for kind %d, should be at %s", d.ID, d.At, d.Kind, want[key])
		}
		delete(want, key)
	}
	for key, at := range want {
		if key.kind != record.DueStale || at > x.Now { // an instruction is shown once
			t.Fatalf("%v should be due at %s", key, at)
		}
	}
}

// stopped reports whether a freeze came to the fen of a settlement while its clock ran.
// A repayment may begin under a freeze.
func (x *machine) stopped(s *record.Settlement) bool {
	return s.Purpose != record.PurposeRepayment && slices.ContainsFunc(x.seen.orders, func(o *record.Order) bool {
		return o.At < s.LapsesAt && x.rests(s, func(l record.Lock) bool { return l.Order == o.ID })
	})
}

// standing reports whether a freeze rests on some fen of a settlement.
func (x *machine) standing(s *record.Settlement) bool {
	return x.rests(s, func(l record.Lock) bool { return l.Kind == record.LockFreeze })
}

func (x *machine) rests(s *record.Settlement, match func(record.Lock) bool) bool {
	for _, leg := range s.Legs {
		for _, h := range x.seen.holdings[leg.Certificate] {
			if slices.ContainsFunc(h.Locks, func(l record.Lock) bool { return match(l) && l.Interval.Overlaps(leg.Interval) }) {
				return true
			}
		}
	}
	return false
}

// checkFreezes: what a freeze has taken still rests there, or courts have moved it on. It
// loses fen only to a payment that was instructed before it came.
func (x *machine) checkFreezes(t *rapid.T, was *state) {
	for _, before := range was.orders {
		i := slices.IndexFunc(x.seen.orders, func(o *record.Order) bool { return o.ID == before.ID })
		lost := before.Kind == record.OrderFreeze && x.seen.orders[i].Taken < before.Taken
		if lost && !slices.ContainsFunc(x.seen.settlements, func(s *record.Settlement) bool {
			paid := s.State == record.SettlementSettled && was.settlement(s.ID).State.Instructed()
			return paid && s.Instruction.At <= before.At
		}) {
			t.Fatalf("freeze %s of %s had %s, has %s", before.ID, before.At, before.Taken, x.seen.orders[i].Taken)
		}
	}
	for _, o := range x.seen.orders {
		if o.Kind != record.OrderFreeze || o.State == record.OrderLifted {
			continue
		}
		var rests money.Fen
		for _, c := range x.seen.certificates {
			for _, h := range x.seen.holdings[c.Number] {
				for _, l := range h.Locks {
					if l.Order == o.ID {
						rests += l.Interval.Amount()
					}
				}
			}
		}
		if rests != o.Taken-o.Moved || o.Taken+o.Shortfall != o.Amount {
			t.Fatalf("freeze %s rests on %s: took %s, moved %s, short of %s, of %s", o.ID, rests, o.Taken, o.Moved, o.Shortfall, o.Amount)
		}
	}
}

// checkTasks: nobody has a financing or a settlement in its worklist that is over, and
// the bank has what the registry is to get.
func (x *machine) checkTasks(t *rapid.T) {
	for _, f := range x.seen.financings {
		if f.Duty != 0 && !x.tasks[task{f.ID, f.Funder}] {
			t.Fatalf("financing %s owes a %s, and its bank has it not to do", f.ID, f.Duty)
		}
	}
	for open := range x.tasks {
		f, s := x.seen.financing(open.subject), x.seen.settlement(open.subject)
		if s == nil || s.State.Live() || f != nil && f.Duty != 0 && open.member == f.Funder {
			continue
		}
		t.Fatalf("%s still has %s to do, which is %s", nameOf(open.member), open.subject, s.State)
	}
}
