package clearing_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// state is the ledger as it was read after a step.
type state struct {
	certificates []*record.Certificate
	holdings     map[string][]record.Holding // by certificate
	settlements  []*record.Settlement
	financings   []*record.Financing
	pledges      []*record.Pledge
	orders       []*record.Order
	runs         []*record.Run
	rounds       []*record.Round
}

// read takes all that the checks need from the ledger.
func (x *machine) read() state {
	s := state{
		holdings:    map[string][]record.Holding{},
		settlements: membertest.List[record.Settlement](x.chain, record.SettlementsPrefix()),
		financings:  membertest.List[record.Financing](x.chain, record.FinancingsPrefix()),
		pledges:     membertest.List[record.Pledge](x.chain, "pledge/"), orders: membertest.List[record.Order](x.chain, "order/"),
		runs: membertest.List[record.Run](x.chain, record.RunsPrefix("")), rounds: membertest.List[record.Round](x.chain, "round/"),
	}
	const prefix = "certificate/"
	err := x.Memory.Scan(prefix, record.PrefixEnd(prefix), func(key string, value []byte) (bool, error) {
		if strings.Count(key, "/") > 1 {
			return true, nil // a holding
		}
		c := new(record.Certificate)
		s.certificates = append(s.certificates, c)
		return true, record.Read(value, c)
	})
	if err != nil {
		panic(err)
	}
	for _, c := range s.certificates {
		s.holdings[c.Number] = x.chain.holdings(c.Number)
	}
	return s
}

func (s *state) certificate(number string) *record.Certificate {
	i := slices.IndexFunc(s.certificates, func(c *record.Certificate) bool { return c.Number == number })
	return s.certificates[i]
}

func (s *state) settlement(id string) *record.Settlement {
	i := slices.IndexFunc(s.settlements, func(t *record.Settlement) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return s.settlements[i]
}

// freezes are the orders in force.
func (s *state) freezes() []*record.Order {
	var list []*record.Order
	for _, o := range s.orders {
		if o.Kind == record.OrderFreeze && o.State == record.OrderInForce {
			list = append(list, o)
		}
	}
	return list
}

// rests reports whether an order rests on some fen of a settlement.
func (s *state) rests(order string, t *record.Settlement) bool {
	for _, leg := range t.Legs {
		for _, h := range s.holdings[leg.Certificate] {
			if slices.ContainsFunc(h.Locks, func(l record.Lock) bool { return l.Order == order && l.Interval.Overlaps(leg.Interval) }) {
				return true
			}
		}
	}
	return false
}

// check compares the books after every step.
func (x *machine) check(t *rapid.T) {
	x.seen = x.read()
	x.checkTiles(t)
	x.checkPaidOnce(t)
	x.checkInterest(t)
	x.checkLocks(t)
	x.checkHeld(t)
	x.checkRuns(t)
	x.checkRounds(t)
	x.checkFinancings(t)
	x.checkPledges(t)
	x.checkLines(t)
	x.checkFreezes(t)
}

// checkTiles: the holdings of a certificate are all of its fen, each once.
func (x *machine) checkTiles(t *rapid.T) {
	for _, c := range x.seen.certificates {
		var tiles []interval.Interval
		var extended money.Fen
		for _, h := range x.seen.holdings[c.Number] {
			tiles = append(tiles, h.Interval)
			if c.Entered != 0 && h.Redeemed == 0 && h.Claim.Payment > c.Entered {
				extended += h.Amount()
			}
		}
		if err := interval.Tile(c.Face, tiles); err != nil {
			t.Fatalf("certificate %s: %v", c.Number, err)
		}
		if int(c.Pieces) != len(tiles) || c.Extended != extended {
			t.Fatalf("certificate %s: %d pieces, %s extended; its holdings are %d and %s", c.Number, c.Pieces, c.Extended, len(tiles), extended)
		}
	}
}

// checkPaidOnce: fen are paid by one settlement, and none is paid without: what was paid
// and the discount are the fen that are redeemed.
func (x *machine) checkPaidOnce(t *rapid.T) {
	paid := map[string][]interval.Interval{}
	amounts := map[string]money.Fen{}
	for _, s := range x.seen.settlements {
		if s.State != record.SettlementSettled || s.Effect != record.EffectRedeem {
			continue
		}
		for i, leg := range s.Legs {
			paid[leg.Certificate] = append(paid[leg.Certificate], leg.Interval)
			if len(s.Shares) > 0 {
				amounts[leg.Certificate] += s.Shares[i]
			} else {
				amounts[leg.Certificate] += leg.Interval.Amount()
			}
		}
	}
	for _, c := range x.seen.certificates {
		var redeemed []interval.Interval
		for _, h := range x.seen.holdings[c.Number] {
			if h.Redeemed != 0 {
				redeemed = append(redeemed, h.Interval)
			}
		}
		once := paid[c.Number]
		slices.SortFunc(once, interval.Compare)
		for i := 1; i < len(once); i++ {
			if once[i].Overlaps(once[i-1]) {
				t.Fatalf("fen %s and %s of %s are paid twice", once[i-1], once[i], c.Number)
			}
		}
		if !slices.Equal(joined(once), joined(redeemed)) || sum(redeemed) != c.Redeemed {
			t.Fatalf("certificate %s: paid for %v, redeemed %v, says %s", c.Number, once, redeemed, c.Redeemed)
		}
		if amounts[c.Number]+c.Discount != c.Redeemed {
			t.Fatalf("certificate %s: %s paid and %s discount for %s", c.Number, amounts[c.Number], c.Discount, c.Redeemed)
		}
	}
}

// joined are the same fen as intervals that do not touch.
func joined(fen []interval.Interval) []interval.Interval {
	list := slices.SortedFunc(slices.Values(fen), interval.Compare)
	var out []interval.Interval
	for _, i := range list {
		if n := len(out); n > 0 && out[n-1].To+1 >= i.From {
			out[n-1].To = max(out[n-1].To, i.To)
			continue
		}
		out = append(out, i)
	}
	return out
}

func sum(fen []interval.Interval) (total money.Fen) {
	for _, i := range fen {
		total += i.Amount()
	}
	return total
}

// checkInterest: paid + discount + waived + open = face + accrued, for each certificate
// and so in total: what has accrued is paid, waived, or still owed in a settlement.
func (x *machine) checkInterest(t *rapid.T) {
	interest, owing, waived := map[string]money.Fen{}, map[string]money.Fen{}, map[string]money.Fen{}
	for _, s := range x.seen.settlements {
		if s.Purpose != record.PurposeLateInterest {
			continue
		}
		switch {
		case s.State == record.SettlementSettled:
			interest[s.Certificate] += s.Amount
		case s.State.Live():
			owing[s.Certificate] += s.Amount
		case s.State != record.SettlementCancelled:
			t.Fatalf("late interest %s is %s", s.ID, s.State)
		}
	}
	for _, v := range membertest.List[record.Waiver](x.chain, record.WaiversPrefix()) {
		if v.At != 0 {
			waived[v.Certificate] += v.Amount
		}
	}
	for _, c := range x.seen.certificates {
		n := c.Number
		if c.Interest != interest[n] || c.Waived != waived[n] || c.Accrued != interest[n]+waived[n]+owing[n] {
			t.Fatalf("certificate %s: accrued %s, paid %s, waived %s; its settlements %s paid, %s owed, waivers %s",
				n, c.Accrued, c.Interest, c.Waived, interest[n], owing[n], waived[n])
		}
		paid := c.Redeemed - c.Discount + c.Interest
		if paid+c.Discount+c.Waived+(c.Face-c.Redeemed)+owing[n] != c.Face+c.Accrued {
			t.Fatalf("certificate %s: %+v", n, c)
		}
	}
}

func paying(l record.Lock) bool {
	switch l.Kind {
	case record.LockDisbursing, record.LockClearing, record.LockRecourse, record.LockReturned:
		return true
	default:
		return false
	}
}

// checkLocks: fen are in one payment at most, and what stands behind a lock is alive.
func (x *machine) checkLocks(t *rapid.T) {
	for _, c := range x.seen.certificates {
		for _, h := range x.seen.holdings[c.Number] {
			var taken []interval.Interval
			for _, l := range h.Locks {
				if h.Redeemed != 0 && l.Kind != record.LockPledge {
					t.Fatalf("paid holding %d of %s has lock %+v", h.ID, c.Number, l)
				}
				if !paying(l) {
					continue
				}
				for _, other := range taken {
					if other.Overlaps(l.Interval) {
						t.Fatalf("fen %s of %s are in two payments: %+v", l.Interval, c.Number, h.Locks)
					}
				}
				taken = append(taken, l.Interval)
				if s := x.seen.settlement(l.Order); s == nil || kindOf(s) != l.Kind {
					t.Fatalf("lock %+v on holding %d of %s stands for nothing", l, h.ID, c.Number)
				}
			}
		}
	}
}

// kindOf is the lock of a settlement that holds its fen, 0 for none.
func kindOf(s *record.Settlement) record.LockKind {
	switch {
	case s.Kept:
		return record.LockReturned
	case !s.State.Live() || len(s.Legs) == 0:
		return 0
	case s.Purpose.Leg():
		return record.LockClearing
	case s.Purpose.AfterMaturity() || s.Purpose == record.PurposeOutside && s.Run != "":
		return record.LockRecourse
	case s.State.Instructed():
		return record.LockDisbursing
	default:
		return record.LockFinancing
	}
}

// checkHeld: a settlement that is under way, or kept, holds exactly its fen.
func (x *machine) checkHeld(t *rapid.T) {
	for _, s := range x.seen.settlements {
		var want, held []interval.Interval
		kind := kindOf(s)
		for _, leg := range s.Legs {
			if kind != 0 {
				want = append(want, leg.Interval)
			}
			for _, h := range x.seen.holdings[leg.Certificate] {
				for _, l := range h.Locks {
					if l.Order == s.ID && l.Kind != record.LockPledge && l.Interval.Overlaps(leg.Interval) {
						held = append(held, l.Interval)
					}
				}
			}
		}
		if !slices.Equal(joined(want), joined(held)) {
			t.Fatalf("settlement %s, %s, kept %t, of %v holds %v", s.ID, s.State, s.Kept, s.Legs, held)
		}
		if s.Kept && s.State != record.SettlementUnpaid && s.State != record.SettlementReturned {
			t.Fatalf("settlement %s is %s and kept", s.ID, s.State)
		}
	}
}

// checkRuns: a run's tally is the sum over the holdings, it is closed when nothing is
// owed, and its mark stands while the debtor has not provided for all.
func (x *machine) checkRuns(t *rapid.T) {
	tallies := map[string]record.Tally{}
	for _, c := range x.seen.certificates {
		for _, h := range x.seen.holdings[c.Number] {
			if h.Claim.Payment > c.Entered || h.Redeemed != 0 && h.Redeemed < h.Claim.Payment.Start() {
				continue
			}
			id := record.RunID(c.Debtor, h.Claim.Payment)
			tally := tallies[id]
			if h.Redeemed != 0 {
				tally.Paid += h.Amount()
				tallies[id] = tally
				continue
			}
			tally.Open += h.Amount()
			for _, l := range h.Locks {
				if !paying(l) {
					continue
				}
				tally.Open -= l.Interval.Amount()
				*map[record.LockKind]*money.Fen{
					record.LockDisbursing: &tally.Waiting, record.LockClearing: &tally.Live, record.LockReturned: &tally.Returned,
					record.LockRecourse: &tally.Aside,
				}[l.Kind] += l.Interval.Amount()
			}
			tallies[id] = tally
			if membertest.Find(x.chain, record.EntryKey(id, c.Number)) == nil {
				t.Fatalf("certificate %s is not in run %s", c.Number, id)
			}
		}
	}
	for _, r := range x.seen.runs {
		if r.Tally != tallies[r.ID] {
			t.Fatalf("run %s: %+v, its holdings %+v", r.ID, r.Tally, tallies[r.ID])
		}
		delete(tallies, r.ID)
		if closed := r.State == record.RunClosed; r.State != record.RunDividing && closed != (r.Tally.Owed() == 0) {
			t.Fatalf("run %s is %s: %+v", r.ID, r.State, r.Tally)
		}
		if marked := membertest.Find(x.chain, record.UnpaidKey(r.Debtor, r.Payment)) != nil; marked != (r.Tally.Wanted() > 0) {
			t.Fatalf("run %s is marked as unpaid: %t, %+v", r.ID, marked, r.Tally)
		}
		if r.State == record.RunDividing && !x.goesOn(r.ID) {
			t.Fatalf("run %s is being divided, and nobody does", r.ID)
		}
	}
	if len(tallies) > 0 {
		t.Fatalf("no runs for %+v", tallies)
	}
}

func (x *machine) goesOn(run string) bool {
	return slices.ContainsFunc(membertest.List[record.Due](x.chain, record.DuePrefix()), func(d *record.Due) bool {
		return d.Kind == record.DueRound && d.ID == run
	})
}

// checkRounds: the legs of a round sum to its funds, however they ended.
func (x *machine) checkRounds(t *rapid.T) {
	sums := map[string]map[uint32]money.Fen{}
	for _, s := range x.seen.settlements {
		if !s.Purpose.Leg() || s.Follows != "" {
			continue
		}
		if sums[s.Run] == nil {
			sums[s.Run] = map[uint32]money.Fen{}
		}
		sums[s.Run][s.Round] += max(s.Amount, s.Ordered)
	}
	for _, r := range x.seen.rounds {
		if got := sums[r.Run][r.Number]; got != r.Given || r.Done && (r.Given != r.Funds || r.Seen != r.Claims) {
			t.Fatalf("round %d of %s: legs of %s, %+v", r.Number, r.Run, got, r)
		}
	}
}

// counts reports whether money of a settlement has gone, or is to go, to its payee.
func counts(s *record.Settlement) bool {
	return s.Kept || s.State.Live() || s.State == record.SettlementSettled
}

// checkFinancings: what a bank gets is what its settlements say, and never more than it
// is owed.
func (x *machine) checkFinancings(t *rapid.T) {
	for _, f := range x.seen.financings {
		var cleared, fen, guaranteed money.Fen
		for _, s := range x.seen.settlements {
			if s.Financing != f.ID || !s.Purpose.AfterMaturity() {
				continue
			}
			own := s.For == f.Funder && (s.Payee == s.For || f.Terms.Kind != record.PledgeLoan)
			if counts(s) && (!s.Purpose.Leg() || own) {
				cleared += s.Amount
				if s.Purpose == record.PurposeGuarantee {
					guaranteed += s.Amount
				}
			}
			if s.State == record.SettlementSettled {
				fen += s.Fen
			}
		}
		if f.Cleared != cleared || f.ClearedFen != fen || f.Guaranteed != guaranteed {
			t.Fatalf("financing %s: cleared %s for %s, guaranteed %s; its settlements say %s for %s, %s",
				f.ID, f.Cleared, f.ClearedFen, f.Guaranteed, cleared, fen, guaranteed)
		}
		if f.Guaranteed > f.Terms.Guarantee {
			t.Fatalf("financing %s: the guarantor pays %s of %s", f.ID, f.Guaranteed, f.Terms.Guarantee)
		}
		whole := f.Cost.Advance
		if f.Terms.Interest == record.InterestAtMaturity {
			whole += f.Cost.SupplierInterest
		}
		if (f.Terms.Shared() || f.Terms.Kind == record.PledgeLoan) && f.Cleared > whole {
			t.Fatalf("financing %s: the bank gets %s of %s", f.ID, f.Cleared, whole)
		}
		x.checkOutstanding(t, f)
	}
}

// checkOutstanding: what is outstanding is the sum over the holdings.
func (x *machine) checkOutstanding(t *rapid.T, f *record.Financing) {
	var outstanding money.Fen
	for _, c := range x.seen.certificates {
		for _, h := range x.seen.holdings[c.Number] {
			if h.Claim.Financing == f.ID && h.Redeemed == 0 && (f.Terms.Kind == record.PledgeLoan || h.Owner == f.Funder) {
				outstanding += h.Amount()
			}
		}
	}
	if f.Outstanding != outstanding || (f.State == record.FinancingDisbursed) != (outstanding > 0) {
		t.Fatalf("financing %s, %s, has %s outstanding, its holdings are %s", f.ID, f.State, f.Outstanding, outstanding)
	}
	live := ""
	for _, s := range x.seen.settlements {
		if s.Financing == f.ID && s.State.Live() && s.Effect != 0 && (s.Purpose == record.PurposeRecourse || s.Purpose == record.PurposeGuarantee) {
			live += s.ID
		}
	}
	if f.Live != live {
		t.Fatalf("financing %s is followed by %q, knows of %q", f.ID, live, f.Live)
	}
}

// checkPledges: what a pledgee gets is what its legs say, and never more than is secured.
func (x *machine) checkPledges(t *rapid.T) {
	for _, p := range x.seen.pledges {
		var cleared money.Fen
		for _, s := range x.seen.settlements {
			if s.Pledge == p.ID && counts(s) && s.Payee == p.Pledgee {
				cleared += s.Amount
			}
		}
		if p.Cleared != cleared || p.Cleared > p.Secured {
			t.Fatalf("pledge %s of %s: cleared %s, its legs %s", p.ID, p.Secured, p.Cleared, cleared)
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

// checkFreezes: what a freeze has taken still rests there, or was moved on as a court said.
func (x *machine) checkFreezes(t *rapid.T) {
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
		if rests != o.Taken-o.Moved || o.Taken+o.Shortfall != o.Amount || o.State == record.OrderDone && rests != 0 {
			t.Fatalf("freeze %s, %s, rests on %s: took %s, moved %s, short of %s, of %s", o.ID, o.State, rests, o.Taken, o.Moved, o.Shortfall, o.Amount)
		}
	}
}
