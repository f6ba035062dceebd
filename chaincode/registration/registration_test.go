package registration_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/world"
)

func digest(text string) record.Digest { return sha256.Sum256([]byte(text)) }

func certNumber(t *testing.T, n int) string {
	t.Helper()
	s, err := number.NewCertificate(membertest.ID("CORE"), membertest.Start.Date(), n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subject is a financing of two pieces as the registry hears of it.
func subject(t *testing.T, kind record.FinancingKind) registration.Subject {
	t.Helper()
	s := registration.Subject{
		Financing: &record.Financing{
			ID: "f7kq2mzn4xw3b6ta", Holder: membertest.ID("STEEL"), Funder: membertest.ID("BANK"), Amount: 123_456_789,
			Terms: record.Terms{Kind: kind, Contract: digest("contract")}, Cost: record.Cost{Advance: 111_111_110},
		},
		Certificates: map[string]*record.Certificate{},
		Names: func(id string) string {
			return map[string]string{
				membertest.ID("STEEL"): "华东钢铁有限公司", membertest.ID("BANK"): "上海示范银行股份有限公司",
				membertest.ID("CORE"): "核心制造集团有限公司",
			}[id]
		},
	}
	for n, fen := range []interval.Interval{interval.Of(1, 100_000_000), interval.Of(250_001, 23_706_789)} {
		number := certNumber(t, n+1)
		s.Legs = append(s.Legs, record.Leg{Certificate: number, Holding: 1, Version: 1, Interval: fen})
		s.Certificates[number] = &record.Certificate{
			Number: number, Debtor: membertest.ID("CORE"), IssueDate: membertest.Start.Date(),
			Payment: membertest.Start.Date().AddDays(90 + n),
		}
	}
	return s
}

// TestText: the text for the registry's form is what people have read in testdata, word
// for word.
func TestText(t *testing.T) {
	datadriven.RunTest(t, "testdata/text", func(t *testing.T, d *datadriven.TestData) string {
		var kind record.FinancingKind
		if err := kind.UnmarshalText([]byte(d.Cmd)); err != nil {
			t.Fatal(err)
		}
		return registration.Text(subject(t, kind))
	})
}

// ledger is a network with a financing that BANK has agreed on with STEEL.
type ledger struct{ *membertest.Network }

const id = "f1"

func newLedger(t *testing.T, change func(*record.Financing)) *ledger {
	t.Helper()
	l := &ledger{membertest.New(t,
		membertest.Firm{Name: "BANK", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		membertest.Firm{Name: "CORE", Roles: record.Debtor, Class: record.LargeEnterprise, Sponsor: "BANK"},
		membertest.Firm{Name: "STEEL", Roles: record.Holder, Sponsor: "BANK"},
	)}
	f := subject(t, record.PledgeLoan).Financing
	f.ID, f.State, f.Amount = id, record.FinancingAgreed, 1000
	change(f)
	number := certNumber(t, 1)
	_, err := l.Do("", func(w *world.World) error {
		world.Put(w, record.CertificateKey(number), &record.Certificate{
			Number: number, Debtor: membertest.ID("CORE"), Face: 1000, Payment: l.Now.Date().AddDays(90), State: record.Active,
			Pieces: 1, NextHolding: 2,
		})
		world.Put(w, record.HoldingKey(number, 1), &record.Holding{
			Certificate: number, ID: 1, Version: 1, Owner: f.Holder, Interval: interval.Whole(1000),
			Tiers: []record.TierSpan{{To: 1000, Tier: 1}},
		})
		world.Put(w, record.FinancingKey(id), f)
		world.Put(w, record.SettlementKey(id), &record.Settlement{
			ID: id, Purpose: record.PurposeFinancing, Financing: id, State: record.SettlementAgreed,
			Legs: []record.Leg{{Certificate: number, Holding: 1, Version: 1, Interval: interval.Of(1, 600)}},
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// enter records an entry made an instant ago.
func (l *ledger) enter(kind record.RegistrationKind, ago calendar.Instant) error {
	in := registration.Argument{Financing: id, Kind: kind, Number: "R", Entered: l.Now - ago, Proof: digest("proof")}
	if kind == record.RegistrationInitial || kind == record.RegistrationChange {
		in.Until = l.Now.Date().AddDays(90)
	}
	_, err := l.Do("BANK/maker", func(w *world.World) error {
		_, err := registration.Record(w, in)
		return err
	})
	return err
}

func (l *ledger) financing(t *testing.T) *record.Financing {
	t.Helper()
	f, err := world.Find(l.World(world.Actor{}), record.FinancingKey(id))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const hour calendar.Instant = 3_600_000

// A search counts for the pack's 72 hours to the millisecond, for the registration and
// for the instruction.
func TestHowLongASearchCounts(t *testing.T) {
	for ago, good := range map[calendar.Instant]bool{0: true, 72 * hour: true, 72*hour + 1: false} {
		l := newLedger(t, func(*record.Financing) {})
		if err := l.enter(record.RegistrationSearch, 0); err != nil {
			t.Fatal(err)
		}
		l.Now += ago
		err := l.enter(record.RegistrationInitial, 0)
		if good && err != nil || !good && !code.RegistrationInvalid.Is(err) {
			t.Errorf("registered after %d ms: %v", ago, err)
		}
		w := l.World(world.Actor{})
		pack, err := w.Pack()
		if err != nil {
			t.Fatal(err)
		}
		f := l.financing(t)
		f.Registered = "R"
		err = registration.Check(w, pack, f)
		if good && err != nil || !good && !code.RegistrationMissing.Is(err) {
			t.Errorf("instructed after %d ms: %v", ago, err)
		}
		d := w.Decision()
		if evaluated := d.Evaluated&(1<<record.RegisterFirst) != 0; !evaluated || (d.Failed != 0) == good {
			t.Errorf("the decision is %+v", d)
		}
	}
}

// An older search that is recorded late does not take the place of the newer one.
func TestTheLatestSearchCounts(t *testing.T) {
	l := newLedger(t, func(*record.Financing) {})
	for _, ago := range []calendar.Instant{2 * hour, hour, 3 * hour} {
		if err := l.enter(record.RegistrationSearch, ago); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.financing(t).Searched; got != l.Now-hour {
		t.Errorf("searched at %s", got)
	}
}

// A pledge is effective with its registration, on exactly the fen of the loan; a sale has
// none.
func TestAPledgeBeginsWithItsRegistration(t *testing.T) {
	for _, kind := range []record.FinancingKind{record.PledgeLoan, record.SaleWithRecourse} {
		l := newLedger(t, func(f *record.Financing) { f.Terms.Kind = kind })
		for _, entry := range []record.RegistrationKind{record.RegistrationSearch, record.RegistrationInitial} {
			if err := l.enter(entry, 0); err != nil {
				t.Fatal(err)
			}
		}
		h, err := world.Find(l.World(world.Actor{}), record.HoldingKey(certNumber(t, 1), 1))
		if err != nil {
			t.Fatal(err)
		}
		var want []record.Lock
		if kind == record.PledgeLoan {
			want = []record.Lock{{
				Kind: record.LockPledge, Interval: interval.Of(1, 600), Order: id, Counterpart: membertest.ID("BANK"), At: l.Now,
			}}
		}
		if fmt.Sprint(h.Locks) != fmt.Sprint(want) {
			t.Errorf("%s: locks %v", kind, h.Locks)
		}
	}
}

// What is recorded about one financing is bounded, and listed in order.
func TestEntriesAreBounded(t *testing.T) {
	l := newLedger(t, func(f *record.Financing) { f.Registrations = registration.MaxEntries - 2 })
	for range 2 {
		if err := l.enter(record.RegistrationSearch, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.enter(record.RegistrationSearch, 0); !code.LimitExceeded.Is(err) {
		t.Errorf("one more: %v", err)
	}
	list, err := registration.Entries(l.World(world.Actor{}), id)
	if err != nil || len(list) != 2 || list[0].Sequence != registration.MaxEntries-1 || list[1].Sequence != registration.MaxEntries {
		t.Errorf("entries %v, %v", list, err)
	}
	if list[0].Signed.Member != membertest.ID("BANK") || list[0].Signed.At != l.Now || list[0].Signed.Key != membertest.KeyID("BANK/maker") {
		t.Errorf("signed %+v", list[0].Signed)
	}
}

// What the registry is to get is done by an entry of that kind, by no other and by no
// correction.
func TestADutyIsDoneByItsEntry(t *testing.T) {
	l := newLedger(t, func(f *record.Financing) {
		f.State, f.Registered, f.Duty, f.DutyBy = record.FinancingDisbursed, "R", record.RegistrationChange, membertest.Start+hour
	})
	if err := l.enter(record.RegistrationChange, 0); err != nil {
		t.Fatal(err)
	}
	if f := l.financing(t); f.Duty != 0 || f.DutyBy != 0 {
		t.Errorf("still owes a %s by %s", f.Duty, f.DutyBy)
	}
	for state, kinds := range map[record.FinancingState][]record.RegistrationKind{
		record.FinancingDisbursed: {record.RegistrationSearch, record.RegistrationInitial, record.RegistrationCancel},
		record.FinancingEnded:     {record.RegistrationSearch, record.RegistrationInitial, record.RegistrationChange},
	} {
		l := newLedger(t, func(f *record.Financing) { f.State, f.Registered = state, "R" })
		for _, kind := range kinds {
			err := l.enter(kind, 0)
			if !code.RegistrationInvalid.Is(err) && !code.FinancingState.Is(err) {
				t.Errorf("%s of a financing that is %s: %v", kind, state, err)
			}
		}
	}
}
