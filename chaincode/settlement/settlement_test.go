package settlement_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// behind is what lies behind the settlements of these tests: it writes down what it is
// asked and answers with its errors.
type behind struct {
	asked []string
	err   error
}

func (b *behind) hear(what string, w *world.World, s *record.Settlement) error {
	stored, err := settlement.Get(w, s.ID)
	if err != nil {
		return err
	}
	list, err := certificate.Holdings(w, s.Legs[0].Certificate)
	if err != nil {
		return err
	}
	locks := 0
	for _, h := range list {
		locks += len(h.Locks)
	}
	b.asked = append(b.asked, fmt.Sprintf("%s: %s, stored as %s; %s owns the first fen, %d locks",
		what, s.State, stored.State, name(list[0].Owner), locks))
	return b.err
}

func (b *behind) Ready(w *world.World, s *record.Settlement) error   { return b.hear("ready", w, s) }
func (b *behind) Settled(w *world.World, s *record.Settlement) error { return b.hear("settled", w, s) }
func (b *behind) Ended(w *world.World, s *record.Settlement) error   { return b.hear("ended", w, s) }

var names = []string{"BANK", "OTHER", "CORE", "STEEL"}

func name(id string) string {
	i := slices.IndexFunc(names, func(n string) bool { return membertest.ID(n) == id })
	return names[i]
}

// ledger is a network with one certificate of CORE that STEEL holds, and an account of
// everybody.
type ledger struct {
	*membertest.Network
	number string
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{Network: membertest.New(t,
		membertest.Firm{Name: "BANK", Roles: record.Funder, Class: record.LargeEnterprise, Validator: true},
		membertest.Firm{Name: "OTHER", Roles: record.Funder, Class: record.LargeEnterprise},
		membertest.Firm{Name: "CORE", Roles: record.Debtor, Class: record.LargeEnterprise, Sponsor: "BANK"},
		membertest.Firm{Name: "STEEL", Roles: record.Holder, Sponsor: "BANK"},
	)}
	var err error
	if l.number, err = number.NewCertificate(membertest.ID("CORE"), l.Now.Date(), 1); err != nil {
		t.Fatal(err)
	}
	l.do(t, "", func(w *world.World) error {
		cert := &record.Certificate{
			Number: l.number, Debtor: membertest.ID("CORE"), FirstHolder: membertest.ID("STEEL"), Face: 1000,
			Payment: l.Now.Date().AddDays(90), State: record.Active, Pieces: 1, NextHolding: 2,
		}
		world.Put(w, record.CertificateKey(l.number), cert)
		world.Put(w, record.HoldingKey(l.number, 1), &record.Holding{
			Certificate: l.number, ID: 1, Version: 1, Owner: membertest.ID("STEEL"), Interval: interval.Whole(1000),
			Tiers: []record.TierSpan{{To: 1000, Tier: 1}}, Claim: record.Claim{Payment: cert.Payment},
		})
		for firm, bank := range map[string]string{"BANK": "BANK", "STEEL": "OTHER", "CORE": "BANK"} {
			world.Put(w, record.AccountKey(membertest.ID(firm), "main"), &record.Account{
				Member: membertest.ID(firm), ID: "main", Bank: membertest.ID(bank), State: record.AccountConfirmed,
			})
		}
		world.Put(w, record.AccountKey(membertest.ID("STEEL"), "new"), &record.Account{
			Member: membertest.ID("STEEL"), ID: "new", Bank: membertest.ID("OTHER"), State: record.AccountProposed,
		})
		return nil
	})
	return l
}

// do runs a transaction that must not be refused.
func (l *ledger) do(t *testing.T, by string, fn func(*world.World) error) record.Effects {
	t.Helper()
	effects, err := l.Do(by, fn)
	if err != nil {
		t.Fatal(err)
	}
	return effects
}

// begin has BANK agree to buy the lower fen of STEEL's for the money.
func (l *ledger) begin(t *testing.T, purpose record.Purpose, effect record.Effect) string {
	t.Helper()
	return l.beginOn(t, purpose, effect, record.Leg{Certificate: l.number, Holding: 1, Version: 1, Interval: interval.Of(1, 400)})
}

func (l *ledger) beginOn(t *testing.T, purpose record.Purpose, effect record.Effect, leg record.Leg) string {
	t.Helper()
	var id string
	l.do(t, "STEEL/maker", func(w *world.World) error {
		id = w.NewID()
		s := &record.Settlement{
			ID: id, Purpose: purpose, Amount: 390, Effect: effect, LapsesAt: settlement.Deadline(w, 5),
		}
		err := settlement.SetAccounts(w, s, settlement.Account{Member: membertest.ID("BANK"), ID: "main"},
			settlement.Account{Member: membertest.ID("STEEL"), ID: "main"})
		if err != nil {
			return err
		}
		_, err = settlement.Begin(w, s, certificate.Engagement{
			Owner: s.Payee, Counterpart: s.Payer, Operation: certificate.OpFinance, Legs: []record.Leg{leg},
		})
		return err
	})
	return id
}

func (l *ledger) settlement(t *testing.T, id string) *record.Settlement {
	t.Helper()
	s, err := settlement.Get(l.World(world.Actor{System: true}), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (l *ledger) instruct(t *testing.T, b settlement.Agreements, id string) {
	t.Helper()
	l.do(t, "BANK/maker", func(w *world.World) error {
		_, err := settlement.Instruct(w, b, settlement.Argument{ID: id})
		return err
	})
}

func (l *ledger) advise(b settlement.Agreements, s *record.Settlement, by string) error {
	_, err := l.Do(by+"/maker", func(w *world.World) error {
		_, err := settlement.Advise(w, b, settlement.AdviceArgument{
			Settlement: s.ID, Reference: "R-1", Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
			Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: l.Now,
		})
		return err
	})
	return err
}

// What lies behind a settlement is asked before anything is bound, and told when the fen
// have done what they were to do and the settlement says so.
func TestAgreementsAreAskedInTime(t *testing.T) {
	l, b := newLedger(t), &behind{}
	id := l.begin(t, record.PurposeResale, record.EffectMove)
	l.instruct(t, b, id)
	if err := l.advise(b, l.settlement(t, id), "BANK"); err != nil {
		t.Fatal(err)
	}
	if err := l.advise(b, l.settlement(t, id), "OTHER"); err != nil {
		t.Fatal(err)
	}
	rest := record.Leg{Certificate: l.number, Holding: 1, Version: 2, Interval: interval.Of(401, 1000)}
	other := l.beginOn(t, record.PurposeResale, record.EffectMove, rest)
	l.do(t, "STEEL/maker", func(w *world.World) error {
		_, err := settlement.Cancel(w, b, settlement.EndArgument{ID: other, Reason: "changed our mind"})
		return err
	})
	want := []string{
		"ready: agreed, stored as agreed; STEEL owns the first fen, 1 locks",
		"settled: settled, stored as settled; BANK owns the first fen, 0 locks",
		"ended: cancelled, stored as cancelled; BANK owns the first fen, 0 locks",
	}
	if !slices.Equal(b.asked, want) {
		t.Errorf("asked %q", b.asked)
	}
}

// A refusal of what lies behind leaves the ledger as it was.
func TestARefusalOfAgreementsLeavesNothing(t *testing.T) {
	l, refusal := newLedger(t), errors.New("not ready")
	id := l.begin(t, record.PurposeResale, record.EffectMove)
	before := l.Memory.Clone()
	_, err := l.Do("BANK/maker", func(w *world.World) error {
		_, err := settlement.Instruct(w, &behind{err: refusal}, settlement.Argument{ID: id})
		return err
	})
	if !errors.Is(err, refusal) || !l.Memory.Equal(before) {
		t.Errorf("instruct: %v", err)
	}
	l.instruct(t, &behind{}, id)
	before = l.Memory.Clone()
	if err := l.advise(&behind{err: refusal}, l.settlement(t, id), "OTHER"); !errors.Is(err, refusal) || !l.Memory.Equal(before) {
		t.Errorf("advise: %v", err)
	}
	if err := l.advise(&behind{}, l.settlement(t, id), "OTHER"); err != nil {
		t.Errorf("the reference of an advice that came to nothing is used up: %v", err)
	}
}

// The payer's account is looked at first, then the payee's.
func TestSetAccountsInOrder(t *testing.T) {
	l := newLedger(t)
	bank, steel := membertest.ID("BANK"), membertest.ID("STEEL")
	for _, c := range []struct {
		payer, payee string
		want         code.Code
	}{
		{"none", "new", code.NotFound}, {"main", "none", code.NotFound}, {"main", "new", code.AccountUnconfirmed},
	} {
		s := &record.Settlement{}
		err := settlement.SetAccounts(l.World(world.Actor{}), s, settlement.Account{Member: bank, ID: c.payer},
			settlement.Account{Member: steel, ID: c.payee})
		if !c.want.Is(err) || s.Payer != "" {
			t.Errorf("%s to %s: %v, payer %q", c.payer, c.payee, err, s.Payer)
		}
	}
}

// Until when a settlement can be changed: the state decides, and the hour.
func TestUndecided(t *testing.T) {
	w := newLedger(t).World(world.Actor{})
	for state, want := range map[record.SettlementState]code.Code{
		record.SettlementOpen: 0, record.SettlementAgreed: 0, record.SettlementInstructed: code.Instructed,
		record.SettlementAccepted: code.Instructed, record.SettlementSettled: code.SettlementState,
		record.SettlementUnpaid: code.SettlementState, record.SettlementCancelled: code.SettlementState,
		record.SettlementLapsed: code.SettlementLapsed,
	} {
		for _, lapses := range []calendar.Instant{0, w.Now() - 1, w.Now(), w.Now() + 1} {
			s := &record.Settlement{State: state, LapsesAt: lapses}
			over := lapses != 0 && lapses <= w.Now()
			expect := want
			if want == 0 && over {
				expect = code.SettlementLapsed
			}
			err := settlement.CheckUndecided(w, s)
			if expect == 0 && err != nil || expect != 0 && !expect.Is(err) {
				t.Errorf("%s until %s: %v, want %s", state, lapses, err, expect)
			}
			if got := settlement.Over(w, s); got != (over && want == 0) {
				t.Errorf("%s until %s is over: %t", state, lapses, got)
			}
		}
	}
}

// The sweep ends what is due, shows what is stale, and leaves alone what was decided
// meanwhile or is not due any more.
func TestLapse(t *testing.T) {
	l, b := newLedger(t), &behind{}
	id := l.begin(t, record.PurposeResale, record.EffectMove)
	due := record.Due{At: l.settlement(t, id).LapsesAt, Kind: record.DueSettlement, ID: id}
	lapse := func(d record.Due) record.Effects {
		t.Helper()
		return l.do(t, "", func(w *world.World) error { return settlement.Lapse(w, b, d) })
	}
	if e := lapse(due); len(e.Notices) > 0 || l.settlement(t, id).State != record.SettlementAgreed {
		t.Errorf("it lapsed before its time: %v", e.Notices)
	}
	l.instruct(t, b, id)
	l.Now = due.At + 1
	if e := lapse(due); len(e.Notices) > 0 || l.settlement(t, id).State != record.SettlementInstructed {
		t.Errorf("it lapsed after its instruction: %v", e.Notices)
	}
	stale := record.Due{At: l.settlement(t, id).StaleAt, Kind: record.DueStale, ID: id}
	if e := lapse(stale); len(e.Notices) != 1 || e.Notices[0].Kind != record.SettlementIsStale {
		t.Errorf("not shown as stale: %v", e.Notices)
	}
	if err := l.advise(b, l.settlement(t, id), "OTHER"); err != nil {
		t.Fatal(err)
	}
	if e := lapse(stale); len(e.Notices) > 0 {
		t.Errorf("shown as stale after its end: %v", e.Notices)
	}
	for _, d := range []record.Due{{Kind: record.DueTransfer, ID: id}, {Kind: record.DueSettlement, ID: "none"}} {
		if _, err := l.Do("", func(w *world.World) error { return settlement.Lapse(w, b, d) }); err == nil {
			t.Errorf("lapsed %+v", d)
		}
	}
}

// What a policy compares with its limit: the money.
func TestAmountOf(t *testing.T) {
	l := newLedger(t)
	id := l.begin(t, record.PurposeResale, record.EffectMove)
	for id, want := range map[string]money.Fen{id: 390, "none": 0, "?": 0, "": 0} {
		got, err := settlement.AmountOf(l.World(world.Actor{}), settlement.Argument{ID: id})
		if err != nil || got != want {
			t.Errorf("%q: %s, %v", id, got, err)
		}
	}
}

// Fen that move by a settlement move as a sale, a resale or a buy-back: another purpose
// is a fault of the ledger.
func TestFenMoveForAPurpose(t *testing.T) {
	for purpose := record.PurposeFinancing; purpose <= record.PurposeGuaranteeFee; purpose++ {
		if purpose == record.PurposeOutside {
			continue // nobody instructs it
		}
		t.Run(purpose.String(), func(t *testing.T) {
			l, b := newLedger(t), &behind{}
			id := l.begin(t, purpose, record.EffectMove)
			l.instruct(t, b, id)
			want := map[record.Purpose]record.MoveKind{
				record.PurposeFinancing: record.MoveSale, record.PurposeResale: record.MoveResale, record.PurposeBuyBack: record.MoveBuyBack,
			}[purpose]
			defer func() {
				if r := recover(); (r == nil) != (want != 0) {
					t.Errorf("panic %v", r)
				}
			}()
			if err := l.advise(b, l.settlement(t, id), "OTHER"); err != nil {
				t.Error(err)
			}
		})
	}
}

// Money that is owed apart from fen never ends unpaid: it is owed until it is paid.
func TestOwedMoneyStaysOwed(t *testing.T) {
	l := newLedger(t)
	var id string
	l.do(t, "STEEL/maker", func(w *world.World) error {
		s := &record.Settlement{
			Purpose: record.PurposeDebtorShare, Amount: 5, Payer: membertest.ID("CORE"), PayerAccount: "main", PayerBank: membertest.ID("BANK"),
			Payee: membertest.ID("BANK"), PayeeAccount: "main", PayeeBank: membertest.ID("BANK"),
		}
		settlement.Owe(w, s)
		id = s.ID
		return nil
	})
	for range 2 {
		l.instruct(t, quiet{}, id)
		l.do(t, "BANK/maker", func(w *world.World) error {
			r, err := settlement.NotPaid(w, quiet{}, settlement.NotPaidArgument{ID: id, Reason: "no cover", Evidence: digest("slip")})
			if r.State != record.SettlementAgreed {
				t.Errorf("it is %s", r.State)
			}
			return err
		})
	}
	if s := l.settlement(t, id); s.Instruction.Member != "" || s.StaleAt != 0 || s.EndedAt != 0 {
		t.Errorf("still instructed: %+v", s)
	}
	l.instruct(t, quiet{}, id)
	if err := l.advise(quiet{}, l.settlement(t, id), "BANK"); err != nil {
		t.Error(err)
	}
	if s := l.settlement(t, id); s.State != record.SettlementSettled {
		t.Errorf("it is %s", s.State)
	}
}

func digest(text string) record.Digest { return sha256.Sum256([]byte(text)) }

// quiet is what lies behind money without fen: nothing.
type quiet struct{}

func (quiet) Ready(*world.World, *record.Settlement) error   { return nil }
func (quiet) Settled(*world.World, *record.Settlement) error { return nil }
func (quiet) Ended(*world.World, *record.Settlement) error   { return nil }
