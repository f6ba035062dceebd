package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// dealings are a ledger on which money moves, and what is under way there.
type dealings struct {
	*ledgertest.Ledger
	first, second string // certificates: of tier 1, backed by bank 2's line; of tier 2
	sold          string // a sale with recourse of tier 1 to bank 1, paid out
	backed        string // a sale of tier 1 to bank 2, whose own line is behind the fen
	agreed        string // a sale of tier 1 to bank 1, registered and not instructed
	instructed    string // a sale of tier 2 to bank 1 that was instructed and accepted
	loan          string // of bank 2 to tier 2 on pledged fen, paid out
	request       string // of tier 2, with quotes of banks 1 and 3
	resale        string // of part of what bank 1 bought, to bank 3
	early         string // payment by core to tier 1 that was made
	waiting       string // payment by core to tier 1 that was agreed
}

// dealing is a ledger in the middle of a day of financings.
func dealing(t *testing.T) *dealings {
	t.Helper()
	l := ledgertest.New(t)
	d := &dealings{Ledger: l}
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	day := l.Now.Date()
	l.Must("bank1/maker", "credit:SetGroup", map[string]any{"id": "all", "cap": "9000.00"})
	l.Must("bank1/maker", "credit:SetLimit", map[string]any{"of": "debtor", "member": l.IDs["core"], "group": "all", "cap": "5000.00"})
	l.Must("bank2/maker", "credit:Grant", map[string]any{
		"id": "line1", "debtor": l.IDs["core"], "limit": "5000.00", "from": day, "to": day.AddDays(300),
	})
	d.first = l.IssueBacked("bank2", "line1", "core", "tier1", "first", "1000.00", 1)
	d.second = l.Issue("core", "tier2", "second", "500.00", 2)
	l.Accounts("bank3", "core", "tier1", "tier2")
	l.Accounts("bank4", "bank1", "bank2", "bank3")
	l.PostRate("bank1", "sale", ledgertest.Terms(record.SaleWithRecourse))
	l.PostRate("bank2", "sale", ledgertest.Terms(record.SaleWithoutRecourse))
	l.PostRate("bank2", "loan", ledgertest.Terms(record.PledgeLoan))
	d.sold = l.Finance("tier1", "bank1", "sale", d.fen(d.first, 1, 40_000))
	d.backed = l.Finance("tier1", "bank2", "sale", d.fen(d.first, 80_001, 90_000))
	d.agreed = l.TakeRate("tier1", "bank1", "sale", d.fen(d.first, 40_001, 60_000))
	l.Register("bank1", d.agreed)
	d.loan = l.Finance("tier2", "bank2", "loan", d.fen(d.second, 1, 20_000))
	d.instructed = l.TakeRate("tier2", "bank1", "sale", d.fen(d.second, 20_001, 30_000))
	l.Register("bank1", d.instructed)
	l.Must("bank4/maker", "settlement:Instruct", map[string]any{"id": d.instructed})
	l.Must("bank4/maker", "settlement:Advise", l.AdviceOf(d.instructed, "left "+d.instructed))
	d.request = l.Request("tier2", d.fen(d.second, 30_001, 40_000))
	l.Quote("bank1", d.request, d.terms())
	l.Quote("bank3", d.request, d.terms())
	d.discounts()
	d.resale = d.resell("300.00", d.fen(d.first, 1, 30_000))
	return d
}

// fen is some fen of a certificate, in the holding that has them.
func (d *dealings) fen(certificate string, from, to money.Fen) record.Leg {
	d.Helper()
	for id := uint32(1); ; id++ {
		h := ledgertest.Read(d.Ledger, record.HoldingKey(certificate, id))
		if fen := interval.Of(from, to); h == nil || h.Interval.Contains(fen) {
			return d.Leg(certificate, id, fen)
		}
	}
}

// holding is the key of the holding that has a fen.
func (d *dealings) holding(certificate string, fen money.Fen) record.Key[record.Holding] {
	return record.HoldingKey(certificate, d.fen(certificate, fen, fen).Holding)
}

func (d *dealings) terms() record.Terms {
	terms := ledgertest.Terms(record.SaleWithoutRecourse)
	terms.ValueDate = d.Now.Date()
	return terms
}

// discounts has core offer to pay early, and tier 1 take the offer twice.
func (d *dealings) discounts() {
	d.Helper()
	day := d.Now.Date()
	d.Must("core/maker", "financing:PostDiscount", financing.DiscountArgument{
		ID: "early", Rate: 40_000, Basis: money.Basis365, Account: ledgertest.AccountID, From: day, Until: day.AddDays(30),
	})
	take := func(from, to money.Fen) string {
		legs := []record.Leg{d.fen(d.first, from, to)}
		amount, err := financing.DiscountedOf(40_000, money.Basis365, day, d.PartsOf(legs))
		if err != nil {
			d.Fatal(err)
		}
		var made financing.SettlementResult
		d.Must("tier1/maker", "financing:TakeDiscount", financing.TakeDiscountArgument{
			Debtor: d.IDs["core"], Offer: "early", Legs: legs, Account: ledgertest.AccountID, ValueDate: day, Amount: amount,
		}, &made)
		return made.ID
	}
	d.early = take(60_001, 70_000)
	d.Pay(d.early)
	d.waiting = take(70_001, 80_000)
}

// resell has bank 1 sell fen that it bought to bank 3.
func (d *dealings) resell(price string, leg record.Leg) string {
	d.Helper()
	d.Approve("bank1/maker", "financing:Resell", map[string]any{
		"financing": d.sold, "legs": []record.Leg{leg}, "buyer": d.IDs["bank3"], "price": price,
		"contract": ledgertest.Fingerprint("resale"), "account": ledgertest.AccountID, "buyerAccount": ledgertest.AccountID,
	}, "bank3/checker")
	return ledgertest.Read(d.Ledger, record.FinancingKey(d.sold)).Live
}

func clean(t *testing.T, l *ledgertest.Ledger, when string) *audit.Report {
	t.Helper()
	r := check(t, l)
	for _, f := range r.Findings {
		t.Errorf("%s: %s: %s: %s", when, f.Invariant, f.Subject, f.Detail)
	}
	return r
}

func TestADayOfFinancingsIsClean(t *testing.T) {
	d := dealing(t)
	r := clean(t, d.Ledger, "in the middle of the day")
	var paid money.Fen
	for _, id := range []string{d.sold, d.backed, d.loan} {
		paid += ledgertest.Read(d.Ledger, record.FinancingKey(id)).Cost.Net
	}
	if r.Financings != 7 || r.Settlements != 9 || r.Advices != 5 || r.Disbursed != paid {
		t.Errorf("the report counts %+v", r)
	}
	if limit := ledgertest.Read(d.Ledger, record.LimitKey(d.IDs["bank2"], record.LimitDebtor, d.IDs["core"])); limit.Used.String() != "200.00" {
		t.Errorf("beside what its own line backs, bank 2 has %s of core", limit.Used)
	}

	d.Must("bank3/maker", "settlement:Advise", d.AdviceOf(d.instructed, "arrived"))
	clean(t, d.Ledger, "after the accepted payment arrived")
	d.Select("tier2", "bank3", d.request, d.terms())
	clean(t, d.Ledger, "after a quote was chosen")
	d.Register("bank3", d.resale)
	d.Pay(d.resale)
	clean(t, d.Ledger, "after the resale")
	d.repay()
	clean(t, d.Ledger, "after the loan was repaid")
	d.buyBack()
	clean(t, d.Ledger, "after the fen were bought back")
	d.Must("bank4/maker", "settlement:Instruct", map[string]any{"id": d.agreed})
	d.Now = d.Now.Add(60 * time.Hour)
	d.Block()
	clean(t, d.Ledger, "when an instruction went stale")
	d.Must("bank4/maker", "settlement:NotPaid", map[string]any{
		"id": d.agreed, "reason": "returned", "evidence": ledgertest.Fingerprint("returned"),
	})
	clean(t, d.Ledger, "after the evidence that it was not paid")
	d.Now = d.Now.Add(10 * 24 * time.Hour)
	d.Block()
	clean(t, d.Ledger, "after the rest has lapsed")
}

// repay has tier 2 repay its loan today.
func (d *dealings) repay() {
	d.Helper()
	f, s := ledgertest.Read(d.Ledger, record.FinancingKey(d.loan)), ledgertest.Read(d.Ledger, record.SettlementKey(d.loan))
	off, err := financing.PayoffOf(f.Terms, f.Cost, d.PartsOf(s.Legs), d.Now.Date())
	if err != nil {
		d.Fatal(err)
	}
	var made financing.SettlementResult
	d.Must("tier2/maker", "financing:Repay", financing.RepayArgument{
		Financing: d.loan, Account: ledgertest.AccountID, ValueDate: d.Now.Date(), Amount: off.Amount,
	}, &made)
	d.Pay(made.ID)
}

// buyBack has tier 1 take back what bank 1 still has of its sale.
func (d *dealings) buyBack() {
	d.Helper()
	d.Approve("bank1/maker", "financing:BuyBack", map[string]any{
		"financing": d.sold, "legs": []record.Leg{d.fen(d.first, 30_001, 40_000)}, "price": "100.00",
		"contract": ledgertest.Fingerprint("back"), "account": ledgertest.AccountID, "bankAccount": ledgertest.AccountID,
	}, "tier1/checker")
	d.Pay(ledgertest.Read(d.Ledger, record.FinancingKey(d.sold)).Live)
}

// Courts take fen from under what is agreed, and from banks.
func TestOrdersOfCourtsAmongFinancingsAreClean(t *testing.T) {
	d := dealing(t)
	order := func(target, certificate string, from, to money.Fen) {
		d.Approve("bank1/maker", "certificate:JudicialTransfer", map[string]any{
			"authority": "Court", "docket": "D-1", "document": ledgertest.Fingerprint("order"), "target": d.IDs[target],
			"receiver": d.IDs["bank4"], "certificate": certificate, "interval": interval.Of(from, to),
		}, "bank2/checker")
	}
	order("tier1", d.first, 50_001, 50_100)
	clean(t, d.Ledger, "after an order about what was agreed")
	order("tier2", d.second, 1, 100)
	clean(t, d.Ledger, "after an order about what is pledged")
	order("bank1", d.first, 1, 40_000)
	clean(t, d.Ledger, "after an order about what a bank bought and resells")
	order("tier2", d.second, 30_001, 30_100)
	clean(t, d.Ledger, "after an order about what is asked for")
	d.repay()
	clean(t, d.Ledger, "after the loan on what the order moved was repaid")
}

// Freezes stop the time of what was agreed until the last of them is lifted.
func TestTimeStandsUnderAFreeze(t *testing.T) {
	d := dealing(t)
	paper := func(more map[string]any) map[string]any {
		more["authority"], more["docket"], more["document"] = "Court", "D-1", ledgertest.Fingerprint("order")
		return more
	}
	var orders []string
	for range 2 {
		approved := d.Approve("bank1/maker", "certificate:Freeze", paper(map[string]any{
			"target": d.IDs["tier1"], "certificates": []string{d.first}, "amount": "500.00",
		}), "bank2/checker")
		var result struct{ Outcome struct{ ID string } }
		if err := json.Unmarshal(approved.Result, &result); err != nil {
			t.Fatal(err)
		}
		orders = append(orders, result.Outcome.ID)
		clean(t, d.Ledger, "under a freeze")
	}
	lift := func(order string) {
		d.Approve("bank1/maker", "certificate:Unfreeze", paper(map[string]any{"order": order}), "bank2/checker")
	}
	lift(orders[0])
	clean(t, d.Ledger, "under the second freeze")
	stands := ledgertest.Read(d.Ledger, record.SettlementKey(d.agreed))
	if stands.LapsesAt != 0 || stands.LeftMillis == 0 {
		t.Errorf("the agreement lapses at %s", stands.LapsesAt)
	}
	change(record.SettlementKey(d.agreed), func(s *record.Settlement) { s.LapsesAt = d.Now.Add(time.Hour) })(t, d.Ledger)
	foundClock(t, d, "a freeze rests on its fen")
	change(record.SettlementKey(d.agreed), func(s *record.Settlement) { *s = *stands })(t, d.Ledger)
	lift(orders[1])
	clean(t, d.Ledger, "without a freeze")
	change(record.SettlementKey(d.agreed), func(s *record.Settlement) { s.LapsesAt = 0 })(t, d.Ledger)
	foundClock(t, d, "no freeze rests on its fen")
}

func foundClock(t *testing.T, d *dealings, detail string) {
	t.Helper()
	r := check(t, d.Ledger)
	if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool {
		return f.Invariant == audit.Queue && f.Subject == d.agreed && strings.Contains(f.Detail, detail)
	}) {
		t.Errorf("not found that %s; the report has %+v", detail, r.Findings)
	}
}

// Of payments outside of the ledger one arrived and one came to nothing; an owed fee
// was advised, was not paid after all, and is paid again.
func TestPaymentsWithoutInstructionAndMoneyWithoutFenAreClean(t *testing.T) {
	d := dealing(t)
	outside := func(from, to money.Fen) (id string) {
		approved := d.Approve("tier2/maker", "financing:PaidOutside", map[string]any{
			"debtor": d.IDs["core"], "holder": d.IDs["tier2"], "legs": []record.Leg{d.fen(d.second, from, to)},
			"debtorAccount": ledgertest.AccountID, "holderAccount": ledgertest.AccountID, "document": ledgertest.Fingerprint("both"),
		}, "core/checker")
		var result struct{ Outcome struct{ ID string } }
		if err := json.Unmarshal(approved.Result, &result); err != nil {
			t.Fatal(err)
		}
		return result.Outcome.ID
	}
	arrives := outside(40_001, 45_000)
	outside(45_001, 50_000)
	clean(t, d.Ledger, "when both sides have signed")
	d.Must("bank3/maker", "settlement:Advise", d.AdviceOf(arrives, "arrived"))
	clean(t, d.Ledger, "when one arrived")
	d.Now = d.Now.Add(8 * 24 * time.Hour)
	d.Block()
	clean(t, d.Ledger, "when the other has lapsed")

	fee := d.guaranteed()
	d.Must("bank3/maker", "settlement:Instruct", map[string]any{"id": fee})
	d.Must("bank3/maker", "settlement:Advise", d.AdviceOf(fee, "left"))
	clean(t, d.Ledger, "when the fee left")
	d.Must("bank3/maker", "settlement:NotPaid", map[string]any{
		"id": fee, "reason": "returned", "evidence": ledgertest.Fingerprint("returned"),
	})
	clean(t, d.Ledger, "when the fee came back")
	d.Pay(fee)
	clean(t, d.Ledger, "when the fee was paid")
}

// guaranteed has tier 1 sell fen to bank 1 with a guarantee of bank 2, and returns the
// settlement of the guarantor's fee.
func (d *dealings) guaranteed() string {
	d.Helper()
	terms := ledgertest.Terms(record.SaleWithRecourse)
	terms.Guarantor, terms.Guarantee, terms.GuaranteeFee = d.IDs["bank2"], 1000, 10
	terms.GuaranteeContract = ledgertest.Fingerprint("guarantee")
	d.PostRate("bank1", "guaranteed", terms)
	id := d.TakeRate("tier1", "bank1", "guaranteed", d.fen(d.first, 90_001, 95_000))
	d.Must("bank2/maker", "financing:Guarantee", map[string]any{"id": id, "account": ledgertest.AccountID})
	d.Register("bank1", id)
	d.Pay(id)
	var fee string
	err := d.Store.Scan(store.State, []byte(record.SettlementsPrefix()), []byte(record.PrefixEnd(record.SettlementsPrefix())), func(_, v []byte) (bool, error) {
		var s record.Settlement
		err := record.Decode(v, &s)
		if s.Purpose == record.PurposeGuaranteeFee {
			fee = s.ID
		}
		return true, err
	})
	if err != nil || fee == "" {
		d.Fatal("no fee is owed", err)
	}
	return fee
}

type moneyFault struct {
	invariant audit.Invariant
	name      string
	plant     func(t *testing.T, d *dealings)
}

// edit makes a fault of a change to one record.
func edit[T any](key func(*dealings) record.Key[T], change1 func(*T)) func(*testing.T, *dealings) {
	return func(t *testing.T, d *dealings) {
		t.Helper()
		change(key(d), change1)(t, d.Ledger)
	}
}

// drop makes a fault of the first record under a prefix that is gone.
func drop(space store.Space, prefix func(*dealings) string) func(*testing.T, *dealings) {
	return func(t *testing.T, d *dealings) {
		t.Helper()
		key, _ := first(t, d.Ledger, space, prefix(d))
		write(t, d.Ledger, func(b *store.Batch) { b.Delete(space, key) })
	}
}

func financingOf(id func(*dealings) string) func(*dealings) record.Key[record.Financing] {
	return func(d *dealings) record.Key[record.Financing] { return record.FinancingKey(id(d)) }
}

func settlementOf(id func(*dealings) string) func(*dealings) record.Key[record.Settlement] {
	return func(d *dealings) record.Key[record.Settlement] { return record.SettlementKey(id(d)) }
}

func (d *dealings) ofSold() string       { return d.sold }
func (d *dealings) ofAgreed() string     { return d.agreed }
func (d *dealings) ofInstructed() string { return d.instructed }
func (d *dealings) ofRequest() string    { return d.request }
func (d *dealings) ofResale() string     { return d.resale }
func (d *dealings) ofEarly() string      { return d.early }

// firstOf is the first key of a kind, for records that one cannot name.
func firstOf[T any](prefix string) func(*dealings) record.Key[T] {
	return func(d *dealings) record.Key[T] {
		var found record.Key[T]
		err := d.Store.Scan(store.State, []byte(prefix), nil, func(k, _ []byte) (bool, error) {
			found = record.Key[T](k)
			return false, nil
		})
		if err != nil {
			d.Fatal(err)
		}
		return found
	}
}

func holdingAt(fen money.Fen) func(*dealings) record.Key[record.Holding] {
	return func(d *dealings) record.Key[record.Holding] { return d.holding(d.first, fen) }
}

func prefixed(prefix string) func(*dealings) string { return func(*dealings) string { return prefix } }

// due starts the keys of a kind in the queue: of the first one there.
func due(kind record.DueKind) func(*testing.T, *dealings) {
	return func(t *testing.T, d *dealings) {
		t.Helper()
		var found []byte
		err := d.Store.Scan(store.State, []byte(record.DuePrefix()), nil, func(k, v []byte) (bool, error) {
			var entry record.Due
			if record.Decode(v, &entry) == nil && entry.Kind == kind && found == nil {
				found = slices.Clone(k)
			}
			return true, nil
		})
		if err != nil || found == nil {
			t.Fatalf("nothing of kind %d is queued: %v", kind, err)
		}
		write(t, d.Ledger, func(b *store.Batch) { b.Delete(store.State, found) })
	}
}

// fenFaults are faults of the fen themselves.
func fenFaults() []moneyFault {
	return []moneyFault{
		{audit.Redemption, "a certificate that was paid less", edit(func(d *dealings) record.Key[record.Certificate] {
			return record.CertificateKey(d.first)
		}, func(c *record.Certificate) { c.Redeemed-- })},
		{audit.Redemption, "fen that are owed again", edit(holdingAt(60_001), func(h *record.Holding) { h.Redeemed = 0 })},
		{audit.Redemption, "fen that nobody paid", edit(holdingAt(90_001), func(h *record.Holding) { h.Redeemed = 1 })},
		{audit.Redemption, "a lock on fen that were paid", edit(holdingAt(60_001), func(h *record.Holding) {
			h.Locks = []record.Lock{{Kind: record.LockOffer, Interval: h.Interval, Order: "nobody"}}
		})},
		{audit.LineUse, "a line that did not get back what was paid", edit(func(d *dealings) record.Key[record.Line] {
			return record.LineKey(d.IDs["bank2"], "line1")
		}, func(l *record.Line) { l.Used += 10_000 })},
		{audit.Outstanding, "more with the bank than it has", edit(financingOf((*dealings).ofSold), func(f *record.Financing) { f.Outstanding++ })},
		{audit.Outstanding, "fen of a bank under no financing", edit(holdingAt(1), func(h *record.Holding) { h.Claim.Financing = "" })},
		{audit.Outstanding, "fen under a financing that is not there", edit(holdingAt(1), func(h *record.Holding) { h.Claim.Financing = "none" })},
		{audit.Locks, "an agreement whose fen are free", edit(holdingAt(50_000), func(h *record.Holding) { h.Locks = nil })},
		{audit.Locks, "an instruction that was taken back", edit(func(d *dealings) record.Key[record.Holding] {
			return d.holding(d.second, 25_000)
		}, func(h *record.Holding) {
			for i := range h.Locks {
				if h.Locks[i].Kind == record.LockDisbursing {
					h.Locks[i].Kind = record.LockFinancing
				}
			}
		})},
		{audit.Locks, "a loan whose pledge is gone", edit(func(d *dealings) record.Key[record.Holding] {
			return d.holding(d.second, 1)
		}, func(h *record.Holding) { h.Locks = nil })},
		{audit.Lineage, "fen that were bought twice", edit(holdingAt(1), func(h *record.Holding) { h.Owner = h.Claim.Recourse })},
		{audit.Payments, "a payment that moved other fen", edit(settlementOf((*dealings).ofSold), func(s *record.Settlement) {
			s.Legs[0].Interval.To--
		})},
		{audit.Payments, "fen that moved without a payment", edit(settlementOf((*dealings).ofEarly), func(s *record.Settlement) {
			s.State = record.SettlementCancelled
		})},
		{audit.Payments, "a payment from somebody else", edit(settlementOf((*dealings).ofSold), func(s *record.Settlement) {
			s.Payer = s.PayeeBank
		})},
	}
}

// wordFaults are faults of what was agreed, said and registered.
func wordFaults() []moneyFault {
	return []moneyFault{
		{audit.Agreements, "a financing that ended while it is being paid", edit(financingOf((*dealings).ofInstructed), func(f *record.Financing) {
			f.State = record.FinancingLapsed
		})},
		{audit.Agreements, "a financing that its holder did not sign", edit(financingOf((*dealings).ofAgreed), func(f *record.Financing) {
			f.HolderSigned = record.Signature{}
		})},
		{audit.Agreements, "an instruction without the guarantor's word", edit(financingOf((*dealings).ofInstructed), func(f *record.Financing) {
			f.Terms.Guarantor = f.Funder
		})},
		{audit.Agreements, "a payment that the payer's bank did not instruct", edit(settlementOf((*dealings).ofSold), func(s *record.Settlement) {
			s.Instruction = record.Signature{}
		})},
		{audit.Agreements, "a resale of which the financing does not know", edit(financingOf((*dealings).ofSold), func(f *record.Financing) { f.Live = "" })},
		{audit.Agreements, "a settlement under way that is another's", edit(financingOf((*dealings).ofAgreed), func(f *record.Financing) { f.Live = f.ID })},
		{audit.Agreements, "a settlement of other fen than its legs", edit(settlementOf((*dealings).ofResale), func(s *record.Settlement) { s.Fen-- })},
		{audit.Agreements, "a settlement of other money", edit(settlementOf((*dealings).ofAgreed), func(s *record.Settlement) { s.Amount-- })},
		{audit.Agreements, "a financing without its settlement", drop(store.State, func(d *dealings) string { return string(record.SettlementKey(d.agreed)) })},
		{audit.Agreements, "a quote that is gone", drop(store.State, func(d *dealings) string { return record.QuotesPrefix(d.request) })},
		{audit.Agreements, "a quote for nothing", drop(store.State, func(d *dealings) string { return string(record.FinancingKey(d.request)) })},
		{audit.Limits, "a limit that has used more", edit(firstOf[record.Limit](record.LimitsPrefix("")), func(l *record.Limit) { l.Used++ })},
		{audit.Limits, "a limit that is gone", drop(store.State, prefixed(record.LimitsPrefix("")))},
		{audit.Limits, "a quote that reserves nothing", edit(firstOf[record.Quote]("quote/"), func(q *record.Quote) { q.Reserved = nil })},
		{audit.LineUse, "a group that is not the sum of its limits", edit(func(d *dealings) record.Key[record.Group] {
			return record.GroupKey(d.IDs["bank1"], "all")
		}, func(g *record.Group) { g.Used++ })},
		{audit.Offers, "a rate that was taken less", edit(firstOf[record.PostedRate](record.RatesPrefix("")), func(p *record.PostedRate) { p.Taken-- })},
		{audit.Offers, "an offer that was taken more", edit(firstOf[record.DiscountOffer](record.DiscountsPrefix("")), func(o *record.DiscountOffer) { o.Taken++ })},
		{audit.Advices, "an advice of another amount", edit(firstOf[record.Advice]("advice/"), func(a *record.Advice) { a.Amount++ })},
		{audit.Advices, "a payment without its advice", drop(store.State, prefixed("advice/"))},
		{audit.Advices, "a settlement that names another advice", edit(settlementOf((*dealings).ofSold), func(s *record.Settlement) { s.AdviceRef = "other" })},
		{audit.Advices, "an advice of nothing", edit(firstOf[record.Advice]("advice/"), func(a *record.Advice) { a.Settlement = "none" })},
		{audit.Registrations, "an entry that is gone", drop(store.State, func(d *dealings) string { return record.RegistrationsPrefix(d.agreed) })},
		{audit.Registrations, "another number than was registered", edit(financingOf((*dealings).ofSold), func(f *record.Financing) { f.Registered = "other" })},
		{audit.Registrations, "an entry to be made that cannot be", edit(financingOf((*dealings).ofAgreed), func(f *record.Financing) {
			f.Duty = record.RegistrationCancel
		})},
		{audit.Registrations, "entries about nothing", drop(store.State, func(d *dealings) string { return string(record.FinancingKey(d.agreed)) })},
		{audit.Queue, "a request that would never lapse", due(record.DueSettlement)},
		{audit.Queue, "a quote that would never expire", due(record.DueQuote)},
		{audit.Queue, "an instruction of which nobody would be told", due(record.DueStale)},
		{audit.Links, "an account that is not there", drop(store.State, func(d *dealings) string { return record.AccountsPrefix(d.IDs["bank1"]) })},
		{audit.Links, "an account at another bank", edit(settlementOf((*dealings).ofAgreed), func(s *record.Settlement) { s.PayerBank = s.Payee })},
		{audit.Links, "a debtor who is no member", edit(financingOf((*dealings).ofRequest), func(f *record.Financing) { f.Debtors = []string{"nobody"} })},
		{audit.Links, "a correction of which the entry does not know", edit(firstOf[record.Registration]("registration/"), func(r *record.Registration) { r.Corrected = 2 })},
		{audit.View, "a financing without its row", drop(store.View, prefixed("f"))},
		{audit.Encoding, "a settlement under another's key", func(t *testing.T, d *dealings) {
			t.Helper()
			_, value := first(t, d.Ledger, store.State, record.SettlementsPrefix())
			write(t, d.Ledger, func(b *store.Batch) { b.Set(store.State, []byte(record.SettlementKey("other")), value) })
		}},
	}
}

// Each fault is planted alone, as in TestEachInvariantFindsItsFault.
func TestEachInvariantOfMoneyFindsItsFault(t *testing.T) {
	for _, f := range slices.Concat(fenFaults(), wordFaults()) {
		t.Run(string(f.invariant)+"/"+f.name, func(t *testing.T) {
			d := dealing(t)
			f.plant(t, d)
			r := check(t, d.Ledger)
			if !slices.ContainsFunc(r.Findings, func(g audit.Finding) bool { return g.Invariant == f.invariant }) {
				t.Errorf("not found; the report has %+v", r.Findings)
			}
		})
	}
}
