package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/policy"
)

// ledger is a small ledger written record by record.
type ledger struct {
	*testing.T
	store *store.Store
	batch *store.Batch
	rows  record.Effects
	today calendar.Date
}

type state struct{ *store.Store }

func (s state) Get(key string) ([]byte, error) { return s.Store.Get(store.State, []byte(key)) }

func (s state) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	return s.Store.Scan(store.State, []byte(start), []byte(end), func(k, v []byte) (bool, error) { return visit(string(k), v) })
}

func put[T any](l *ledger, key record.Key[T], v T) {
	l.batch.Set(store.State, []byte(key), record.Encode(&v))
}

func digest(text string) (d record.Digest) {
	copy(d[:], text)
	return d
}

// newLedger has STEEL, who asks for money on fen of CORE's certificate c1 (two pieces)
// and CITY's d1, and the banks OURS, which vouched for STEEL, and OTHER.
func newLedger(t *testing.T) *ledger {
	t.Helper()
	s, err := store.Open("ledger", store.Options{FS: vfs.NewMem(), Network: "test-net"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	today, err := calendar.ParseDate("2026-09-01")
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{T: t, store: s, batch: s.NewBatch(), today: today}
	for id, class := range map[string]record.Class{
		"STEEL": record.SmallEnterprise, "CORE": record.LargeEnterprise, "CITY": record.PublicBody, "OURS": record.LargeEnterprise,
	} {
		put(l, record.MemberKey(id), record.Member{
			ID: id, Name: id, Class: class, State: record.MemberActive, Sponsor: "OURS", Enrolled: today.AddDays(-400).Start(),
		})
	}
	for name, v := range map[string]record.Verification{
		"i1": {Bank: "OTHER", Good: true, At: today.AddDays(-30).Start()}, "i2": {Bank: "OURS", Good: false, At: today.Start()}, "i3": {},
	} {
		put(l, record.InvoiceKey(digest(name)), record.Invoice{Fingerprint: digest(name), Amount: 1000, Allocated: 1000, Verified: v})
	}
	l.certificate(record.Certificate{
		Number: "c1", Debtor: "CORE", Face: 1000, IssueDate: today.AddDays(-20), Payment: today.AddDays(75), Bank: "OURS", Line: "L1",
		Green: true, Allocations: []record.Allocation{{Invoice: digest("i1"), Amount: 700}, {Invoice: digest("i2"), Amount: 300}},
	})
	l.certificate(record.Certificate{
		Number: "d1", Debtor: "CITY", Face: 500, IssueDate: today.AddDays(-3), Payment: today.AddDays(160),
		Allocations: []record.Allocation{{Invoice: digest("i3"), Amount: 500}},
	})
	l.holding("c1", 1, interval.Of(1, 400), "", record.TierSpan{To: 100, Tier: 9}, record.TierSpan{To: 400, Tier: 2})
	l.holding("c1", 2, interval.Of(401, 700), "G1", record.TierSpan{To: 600, Tier: 3}, record.TierSpan{To: 700, Tier: 8})
	l.holding("c1", 3, interval.Of(701, 1000), "", record.TierSpan{To: 1000, Tier: 7})
	l.holding("d1", 1, interval.Of(1, 200), "G1", record.TierSpan{To: 200, Tier: 1})
	l.holding("d1", 2, interval.Of(201, 500), "G2", record.TierSpan{To: 500, Tier: 1})
	put(l, record.FinancingKey("F"), record.Financing{
		ID: "F", Holder: "STEEL", Amount: 900, Debtors: []string{"CORE", "CITY"}, State: record.FinancingRequested,
	})
	put(l, record.SettlementKey("F"), record.Settlement{ID: "F", Purpose: record.PurposeFinancing, Legs: []record.Leg{
		{Certificate: "c1", Holding: 1, Version: 1, Interval: interval.Of(101, 400)},
		{Certificate: "d1", Holding: 1, Version: 1, Interval: interval.Of(1, 500)}, // cut since
		{Certificate: "c1", Holding: 2, Version: 1, Interval: interval.Of(501, 600)},
	}})
	return l
}

// certificate writes an active certificate, unless it says otherwise, and its row.
func (l *ledger) certificate(c record.Certificate) {
	if c.State == 0 {
		c.State = record.Active
	}
	put(l, record.CertificateKey(c.Number), c)
	l.rows.Certificates = append(l.rows.Certificates, record.CertificateRow{
		Number: c.Number, Debtor: c.Debtor, Face: c.Face, IssueDate: c.IssueDate, Payment: c.Payment, State: c.State, Redeemed: c.Redeemed,
	})
}

// settled writes a certificate of CORE that was paid in full so many days after its
// payment date.
func (l *ledger) settled(number string, payment calendar.Date, late int) {
	l.certificate(record.Certificate{
		Number: number, Debtor: "CORE", Face: 10, Redeemed: 10, IssueDate: payment.AddDays(-90), Payment: payment,
	})
	put(l, record.HoldingKey(number, 1), record.Holding{
		Certificate: number, ID: 1, Interval: interval.Of(1, 10), Redeemed: payment.AddDays(late).Start() + 1,
	})
}

func (l *ledger) holding(certificate string, id uint32, fen interval.Interval, guarantor string, tiers ...record.TierSpan) {
	put(l, record.HoldingKey(certificate, id), record.Holding{
		Certificate: certificate, ID: id, Version: 1, Owner: "STEEL", Interval: fen, Tiers: tiers, Claim: record.Claim{Guarantor: guarantor},
	})
}

// gather writes what was put and gathers the facts of a financing for OURS.
func (l *ledger) gather(financing string) ([]policy.Facts, error) {
	l.Helper()
	rows := view.NewUpdate()
	rows.Add(&record.Outcome{Height: 1, Index: 1, Effects: l.rows})
	if err := rows.Write(l.store, l.batch); err != nil {
		l.Fatal(err)
	}
	if err := l.batch.Commit(); err != nil {
		l.Fatal(err)
	}
	l.batch = l.store.NewBatch()
	return policy.Gather(state{l.store}, l.store, financing, "OURS", l.today.Start()+1)
}

func (l *ledger) facts() []policy.Facts {
	l.Helper()
	list, err := l.gather("F")
	if err != nil {
		l.Fatal(err)
	}
	return list
}

func TestTheFactsOfARequest(t *testing.T) {
	owner := policy.Owner{ID: "STEEL", Class: "small", Sponsor: "OURS", SponsoredByUs: true, DaysOnLedger: 400, Tier: 3}
	scenario := policy.Scenario{Amount: 900, MaxDays: 160, MinDays: 75, AgeDays: 3, Legs: 3, Certificates: 2}
	bank := policy.Bank{ID: "OURS", DebtorAvailable: policy.Uncapped, SupplierAvailable: policy.Uncapped}
	want := []policy.Facts{
		{
			Owner: owner, Scenario: scenario, Bank: bank,
			Enterprise:  policy.Enterprise{ID: "CORE", Class: "large", Asked: 400, Issued: 1, Owed: 1000, HistoryDays: 20},
			Trade:       policy.Trade{VerifiedCover: 7000, OldestVerificationDays: 30, Invoices: 2},
			Enhancement: policy.Enhancement{LineBank: "OURS", OwnLine: true, Green: true},
		},
		{
			Owner: owner, Scenario: scenario, Bank: bank,
			Enterprise:  policy.Enterprise{ID: "CITY", Class: "public-body", Asked: 500, Issued: 1, Owed: 500, HistoryDays: 3},
			Trade:       policy.Trade{OldestVerificationDays: -1, Invoices: 1},
			Enhancement: policy.Enhancement{Guarantor: true},
		},
	}
	if got := newLedger(t).facts(); !slices.Equal(got, want) {
		t.Errorf("gathered\n%+v\nnot\n%+v", got, want)
	}
}

func TestWhoAsks(t *testing.T) {
	l := newLedger(t)
	for id, f := range map[string]record.Financing{
		"a": {State: record.FinancingDisbursed}, "b": {State: record.FinancingEnded}, "c": {State: record.FinancingAgreed},
		"d": {State: record.FinancingUnpaid}, "e": {State: record.FinancingCancelled}, "f": {State: record.FinancingLapsed},
		"g": {State: record.FinancingDisbursed, Funder: "OTHER"}, "h": {State: record.FinancingUnpaid, Holder: "BOLTS"},
		"F": {State: record.FinancingAgreed, Rate: "R1", Amount: 900, Terms: record.Terms{Guarantor: "G1"}}, // the one asked about, from a posted rate
	} {
		f.ID = id
		if f.Funder == "" {
			f.Funder = "OURS"
		}
		if f.Holder == "" {
			f.Holder = "STEEL"
		}
		put(l, record.FinancingKey(id), f)
		l.rows.Financings = append(l.rows.Financings, record.FinancingRow{ID: id, Holder: f.Holder, Funder: f.Funder, State: f.State})
	}
	l.rows.Financings = append(l.rows.Financings, record.FinancingRow{ // STEEL as the debtor
		ID: "i", Holder: "BOLTS", Funder: "OURS", Debtors: []string{"STEEL"}, State: record.FinancingDisbursed,
	})
	put(l, record.MemberKey("STEEL"), record.Member{
		ID: "STEEL", Class: record.MicroEnterprise, State: record.MemberSuspended, Sponsor: "OTHER", Enrolled: l.today.Start() + 2,
	})
	f := l.facts()[0]
	if want := (policy.Owner{
		ID: "STEEL", Class: "micro", Sponsor: "OTHER", Suspended: true, Financings: 4, Unpaid: 1, Tier: 3,
	}); f.Owner != want {
		t.Errorf("the owner is %+v, not %+v", f.Owner, want)
	}
	if !f.Enhancement.Guarantor {
		t.Error("the guarantor of the terms is not seen")
	}
	if !f.Scenario.Posted {
		t.Error("the posted rate is not seen")
	}
}

func TestHowADebtorPays(t *testing.T) {
	l := newLedger(t)
	put(l, record.StopKey("CORE", "OTHER"), record.Stop{Debtor: "CORE", Bank: "OTHER", Since: 1, Lifted: 2})
	l.settled("s1", l.today.AddDays(-300), 0)
	l.settled("s2", l.today.AddDays(-200), 1)
	l.settled("s3", l.today.AddDays(-1), 0)
	for number, c := range map[string]record.Certificate{
		"late":    {Face: 70, Redeemed: 30, Payment: l.today.AddDays(-1)},
		"today":   {Face: 5, Payment: l.today},
		"offered": {Face: 1_000_000, Payment: l.today.AddDays(9), State: record.Issued},
		"void":    {Face: 1_000_000, Payment: l.today.AddDays(-9), State: record.Void},
		"refused": {Face: 1_000_000, Payment: l.today.AddDays(-9), State: record.Rejected},
		"others":  {Face: 1_000_000, Payment: l.today.AddDays(-9), Debtor: "MINE"},
	} {
		c.Number, c.IssueDate = number, l.today.AddDays(-30)
		if c.Debtor == "" {
			c.Debtor = "CORE"
		}
		l.certificate(c)
	}
	want := policy.Enterprise{
		ID: "CORE", Class: "large", Asked: 400, Issued: 6, Settled: 3, Overdue: 1, PaidLate: 1, Owed: 1045, HistoryDays: 390,
	}
	if got := l.facts()[0].Enterprise; got != want {
		t.Errorf("the debtor is\n%+v, not\n%+v", got, want)
	}
	put(l, record.StopKey("CORE", "OURS"), record.Stop{Debtor: "CORE", Bank: "OURS", Since: 1})
	if list := l.facts(); !list[0].Enterprise.Stopped || list[1].Enterprise.Stopped {
		t.Error("OURS has stopped CORE and nobody else")
	}
}

// Of a debtor with very many settled certificates the latest are looked at for late
// payment.
func TestLatePaymentsAreThoseOfLate(t *testing.T) {
	l := newLedger(t)
	for i := range policy.MaxSettled + 10 {
		late := 0
		if i < 9 || i == policy.MaxSettled {
			late = 2
		}
		l.settled(fmt.Sprintf("s%05d", i), l.today.AddDays(i-2*policy.MaxSettled), late)
	}
	e := l.facts()[0].Enterprise
	if e.Settled != policy.MaxSettled+10 || e.PaidLate != 1 || e.Partial || e.Issued != policy.MaxSettled+11 {
		t.Errorf("the debtor is %+v", e)
	}
}

// Counting stops somewhere, and says so.
func TestADebtorWithVeryManyCertificates(t *testing.T) {
	l := newLedger(t)
	for i := range policy.MaxCertificates {
		l.rows.Certificates = append(l.rows.Certificates, record.CertificateRow{
			Number: fmt.Sprintf("n%05d", i), Debtor: "CORE", Face: 1, State: record.Active, IssueDate: l.today, Payment: l.today.AddDays(-1),
		})
	}
	for i := range policy.MaxFinancings + 5 {
		id := fmt.Sprintf("n%05d", i)
		l.rows.Financings = append(l.rows.Financings, record.FinancingRow{ID: id, Holder: "STEEL", Funder: "OURS", State: record.FinancingEnded})
	}
	f := l.facts()[0]
	if e := f.Enterprise; e.Issued != policy.MaxCertificates || e.Overdue != policy.MaxCertificates || !e.Partial {
		t.Errorf("the debtor is %+v", e)
	}
	if f.Owner.Financings != policy.MaxFinancings {
		t.Errorf("the owner is %+v", f.Owner)
	}
}

// Nine red-lettered fen beyond what was free may all be these: they do not count.
func TestARedLetterTakesFromTheCover(t *testing.T) {
	l := newLedger(t)
	put(l, record.InvoiceKey(digest("i1")), record.Invoice{
		Amount: 1000, Allocated: 950, Cancelled: 59, RedLetters: []record.Digest{{1}, {2}},
		Verified: record.Verification{Bank: "OTHER", Good: true, At: l.today.Start()},
	})
	want := policy.Trade{VerifiedCover: 6910, OldestVerificationDays: 0, Invoices: 2, RedLetters: 2}
	if got := l.facts()[0].Trade; got != want {
		t.Errorf("the trade is %+v, not %+v", got, want)
	}
}

// Two certificates of one debtor: what does not hold for both holds for none.
func TestEnhancementIsThatOfAllCertificates(t *testing.T) {
	l := newLedger(t)
	l.certificate(record.Certificate{
		Number: "d1", Debtor: "CORE", Face: 500, IssueDate: l.today, Payment: l.today.AddDays(10), Bank: "OTHER", Line: "L2", Green: true,
		Allocations: []record.Allocation{{Invoice: digest("i1"), Amount: 300}, {Invoice: digest("i3"), Amount: 200}},
	})
	list := l.facts()
	if len(list) != 1 || list[0].Enterprise.Asked != 900 || list[0].Enhancement != (policy.Enhancement{Green: true}) {
		t.Errorf("gathered %+v", list)
	}
	if want := (policy.Trade{VerifiedCover: 6666, OldestVerificationDays: 30, Invoices: 3}); list[0].Trade != want {
		t.Errorf("the trade is %+v, not %+v", list[0].Trade, want)
	}
}

func TestTheBanksLimits(t *testing.T) {
	l := newLedger(t)
	limit := func(bank string, of record.LimitKind, member, group string, maximum, reserved, used money.Fen) {
		put(l, record.LimitKey(bank, of, member), record.Limit{
			Bank: bank, Of: of, Member: member, Group: group, Capped: maximum > 0, Cap: maximum, Reserved: reserved, Used: used,
		})
	}
	limit("OURS", record.LimitDebtor, "CORE", "", 1000, 100, 200)
	limit("OURS", record.LimitDebtor, "CITY", "inner", 0, 0, 50)
	limit("OURS", record.LimitDebtor, "MINE", "", 0, 50, 500)
	limit("OURS", record.LimitSupplier, "STEEL", "", 300, 0, 400)
	limit("OTHER", record.LimitDebtor, "CORE", "", 1, 1_000_000, 0)
	put(l, record.GroupKey("OURS", "inner"), record.Group{Bank: "OURS", ID: "inner", Parent: "outer", Cap: 900, Used: 50})
	put(l, record.GroupKey("OURS", "outer"), record.Group{Bank: "OURS", ID: "outer", Cap: 700, Used: 50, Reserved: 20})
	list := l.facts()
	for i, want := range []policy.Bank{
		{ID: "OURS", DebtorUsed: 300, DebtorAvailable: 700, SupplierUsed: 400, SupplierAvailable: 0, DebtorShareBp: 3333},
		{ID: "OURS", DebtorUsed: 50, DebtorAvailable: 630, SupplierUsed: 400, SupplierAvailable: 0, DebtorShareBp: 555},
	} {
		if list[i].Bank != want {
			t.Errorf("limits on %s are %+v, not %+v", list[i].Enterprise.ID, list[i].Bank, want)
		}
	}
	put(l, record.GroupKey("OURS", "outer"), record.Group{Bank: "OURS", ID: "outer", Parent: "inner", Cap: 700})
	if _, err := l.gather("F"); err == nil || !strings.Contains(err.Error(), "group caps around the limit on CITY") {
		t.Errorf("groups in a circle: %v", err)
	}
}

func TestALedgerThatContradictsItselfIsNoFacts(t *testing.T) {
	l := newLedger(t)
	if _, err := l.gather("none"); !code.NotFound.Is(err) {
		t.Errorf("no such financing: %v", err)
	}
	put(l, record.FinancingKey("G"), record.Financing{ID: "G", Holder: "STEEL"})
	if _, err := l.gather("G"); err == nil || code.Of(err) != nil {
		t.Errorf("a financing without a settlement: %v", err)
	}
	put(l, record.SettlementKey("G"), record.Settlement{ID: "G"})
	if _, err := l.gather("G"); err == nil || code.Of(err) != nil {
		t.Errorf("a settlement without legs: %v", err)
	}
	for key, of := range map[string]string{
		string(record.CertificateKey("c1")): "c1", string(record.MemberKey("STEEL")): "STEEL", string(record.MemberKey("CITY")): "CITY",
		string(record.InvoiceKey(digest("i2"))): digest("i2").String(),
	} {
		l := newLedger(t)
		l.facts()
		l.batch.Delete(store.State, []byte(key))
		if _, err := l.gather("F"); err == nil || code.Of(err) != nil || !strings.Contains(err.Error(), of) {
			t.Errorf("without %s: %v", key, err)
		}
	}
	l = newLedger(t)
	l.facts()
	l.batch.Set(store.State, []byte(record.LimitKey("OURS", record.LimitDebtor, "A")), []byte("no record"))
	if _, err := l.gather("F"); err == nil || !strings.Contains(err.Error(), "limit/OURS/debtor/A") {
		t.Errorf("a limit that is none: %v", err)
	}
	broken := errors.New("disk")
	if _, err := policy.Gather(failing{broken}, l.store, "F", "OURS", 1); !errors.Is(err, broken) {
		t.Errorf("a state that cannot be read: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Get(string) ([]byte, error) { return nil, f.err }

func (f failing) Scan(string, string, func(string, []byte) (bool, error)) error { return f.err }
