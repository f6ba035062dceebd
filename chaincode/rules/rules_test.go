package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		s := &membertest.Scenario{Functions: membertest.Functions()}
		datadriven.RunTest(t, path, s.Run)
	})
}

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func empty() *world.World { return world.New(world.NewMemory(), world.Call{Now: membertest.Start}) }

// expect compares a check's answer and what it left in the decision.
func expect(t *testing.T, what string, w *world.World, err error, rule record.Rule, want code.Code, flagged bool) {
	t.Helper()
	d := w.Decision()
	bit := uint32(1) << rule
	switch {
	case want == code.OK && err != nil, want != code.OK && !want.Is(err):
		t.Errorf("%s: %v, want %s", what, err, want)
	case want != code.OK && code.Of(err).Rule != rule.String():
		t.Errorf("%s: refused under %q", what, code.Of(err).Rule)
	case d.Evaluated != bit || d.Pack != 1 || (d.Failed == bit) != (want != code.OK) || (d.Flagged == bit) != flagged:
		t.Errorf("%s: decision %+v", what, d)
	case len(d.Inputs) == 1 != (flagged || want != code.OK):
		t.Errorf("%s: inputs %+v", what, d.Inputs)
	}
}

func TestTermMax(t *testing.T) {
	p := rules.DefaultPack()
	for _, c := range []struct {
		issue, maturity string
		reviewed        bool
		want            code.Code
		flagged         bool
	}{
		{"2026-08-31", "2027-02-28", false, code.OK, false}, // six months by Civil Code 202
		{"2026-08-31", "2027-03-01", false, code.ReviewMissing, false},
		{"2026-08-31", "2027-03-01", true, code.OK, true},
		{"2026-08-31", "2027-08-31", true, code.OK, true},
		{"2026-08-31", "2027-09-01", true, code.TermTooLong, false},
		{"2026-08-31", "2027-09-01", false, code.TermTooLong, false},
	} {
		w := empty()
		err := rules.CheckTerm(w, &p, day(t, c.issue), day(t, c.maturity), c.reviewed)
		expect(t, c.maturity, w, err, record.TermMax, c.want, c.flagged)
	}
	if err := rules.CheckTerm(empty(), &p, day(t, "2026-08-31"), day(t, "2026-08-31"), true); !code.BadDate.Is(err) {
		t.Errorf("due on the day of issue: %v", err)
	}
}

func TestSplitLimit(t *testing.T) {
	p := rules.DefaultPack()
	fen := func(piece, rest money.Fen) func(*world.World) error {
		return func(w *world.World) error { return rules.CheckPiece(w, &p, piece, rest) }
	}
	for what, c := range map[string]struct {
		check func(*world.World) error
		want  code.Code
	}{
		"tier 10":                  {func(w *world.World) error { return rules.CheckTier(w, &p, 10) }, code.OK},
		"tier 11":                  {func(w *world.World) error { return rules.CheckTier(w, &p, 11) }, code.TierTooDeep},
		"1000 pieces":              {func(w *world.World) error { return rules.CheckPieces(w, &p, 1000) }, code.OK},
		"1001 pieces":              {func(w *world.World) error { return rules.CheckPieces(w, &p, 1001) }, code.TooManyPieces},
		"5 transfers a day":        {func(w *world.World) error { return rules.CheckHops(w, &p, 5) }, code.OK},
		"6 transfers a day":        {func(w *world.World) error { return rules.CheckHops(w, &p, 6) }, code.TooFast},
		"one yuan each":            {fen(100, 100), code.OK},
		"99 fen":                   {fen(99, 100), code.PieceTooSmall},
		"99 fen left":              {fen(100, 99), code.PieceTooSmall},
		"a small holding, all":     {fen(1, 0), code.OK},
		"a large holding in whole": {fen(money.MaxFen, 0), code.OK},
	} {
		w := empty()
		expect(t, what, w, c.check(w), record.SplitLimit, c.want, false)
	}
}

func TestDefaultStop(t *testing.T) {
	p := rules.DefaultPack()
	for what, c := range map[string]struct {
		stop *record.Stop
		want code.Code
	}{
		"no stop":     {nil, code.OK},
		"a stop":      {&record.Stop{Debtor: "D", Since: 5}, code.DebtorStopped},
		"lifted stop": {&record.Stop{Debtor: "D", Since: 5, Lifted: 6}, code.OK},
	} {
		w := empty()
		if c.stop != nil {
			world.Put(w, record.StopKey("D", "B"), c.stop)
		}
		expect(t, what, w, rules.CheckDebtorStop(w, &p, "D"), record.DefaultStop, c.want, false)
	}
}

// Order 802 art. 9: days from delivery within which small suppliers are paid.
func TestDays60(t *testing.T) {
	p := rules.DefaultPack()
	for what, c := range map[string]struct {
		debtor, creditor record.Class
		days             int
		agreed           int32
		flagged          bool
	}{
		"public body, 30 days":                   {record.PublicBody, record.SmallEnterprise, 30, 0, false},
		"public body, 31 days":                   {record.PublicBody, record.SmallEnterprise, 31, 0, true},
		"public body, 45 days agreed":            {record.PublicBody, record.MicroEnterprise, 45, 45, false},
		"public body, 20 days agreed, 21 taken":  {record.PublicBody, record.MicroEnterprise, 21, 20, true},
		"public body, 90 days agreed, 61 taken":  {record.PublicBody, record.MediumEnterprise, 61, 90, true},
		"large firm, 60 days":                    {record.LargeEnterprise, record.SmallEnterprise, 60, 0, false},
		"large firm, 61 days":                    {record.LargeEnterprise, record.SmallEnterprise, 61, 0, true},
		"large firm, 90 days agreed":             {record.LargeEnterprise, record.SmallEnterprise, 90, 90, true},
		"large firm towards large firm, 90 days": {record.LargeEnterprise, record.LargeEnterprise, 90, 0, false},
		"small firm, 90 days":                    {record.SmallEnterprise, record.MicroEnterprise, 90, 0, false},
	} {
		w := empty()
		from := day(t, "2026-09-01")
		rules.FlagDays60(w, &p, rules.Payable{
			Debtor: c.debtor, Creditor: c.creditor, Delivered: from, Payment: from.AddDays(c.days), TermDays: c.agreed,
		})
		expect(t, what, w, nil, record.Days60, code.OK, c.flagged)
	}
}

func TestNoDisguisedExtension(t *testing.T) {
	p := rules.DefaultPack()
	for what, c := range map[string]struct {
		maturity, due string
		agreed        bool
		flagged       bool
	}{
		"on the invoice's due date": {"2026-12-01", "2026-12-01", true, false},
		"a day later":               {"2026-12-02", "2026-12-01", true, true},
		"no due date":               {"2026-12-02", "1970-01-01", true, false},
		"no clause":                 {"2026-12-01", "2026-12-01", false, true},
	} {
		w := empty()
		rules.FlagDisguisedExtension(w, &p, day(t, c.maturity), day(t, c.due), c.agreed)
		expect(t, what, w, nil, record.NoDisguisedExtension, code.OK, c.flagged)
	}
}

func TestTheDefaultPackIsValidAndSurvivesJSON(t *testing.T) {
	p := rules.DefaultPack()
	if err := rules.Validate(&p); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back record.Pack
	if err := json.Unmarshal(text, &back); err != nil || rules.Hash(&back) != rules.Hash(&p) {
		t.Errorf("%s came back as %+v, %v", text, back, err)
	}
	if p.LateDaily.String() != "0.0500" || p.SmallestPiece.String() != "1.00" || p.Effective.String() != "2020-01-01" {
		t.Errorf("late %s, smallest %s, from %s", p.LateDaily, p.SmallestPiece, p.Effective)
	}
}

func TestPackRefusals(t *testing.T) {
	for field, change := range map[string]func(*record.Pack){
		"ordinal":             func(p *record.Pack) { p.Ordinal = 0 },
		"effective":           func(p *record.Pack) { p.Effective = -1 },
		"termOrdinaryMonths":  func(p *record.Pack) { p.TermOrdinary = 0 },
		"termCapMonths":       func(p *record.Pack) { p.TermCap = 5 },
		"maxTier":             func(p *record.Pack) { p.MaxTier = 0 },
		"maxPieces":           func(p *record.Pack) { p.MaxPieces = 0 },
		"smallestPiece":       func(p *record.Pack) { p.SmallestPiece = 0 },
		"maxHopsPerDay":       func(p *record.Pack) { p.MaxHopsPerDay = 0 },
		"acceptDays":          func(p *record.Pack) { p.AcceptDays = 0 },
		"proposalDays":        func(p *record.Pack) { p.ProposalDays = -5 },
		"confirmDays":         func(p *record.Pack) { p.ConfirmDays = 1 << 30 },
		"verificationDays":    func(p *record.Pack) { p.VerificationDays = 0 },
		"publicBodyDays":      func(p *record.Pack) { p.PublicBodyDays = 0 },
		"largeToSmeDays":      func(p *record.Pack) { p.LargeToSMEDays = 29 },
		"graceDays":           func(p *record.Pack) { p.GraceDays = -1 },
		"coolingOffHours":     func(p *record.Pack) { p.CoolingOffHours = -1 },
		"lateDaily":           func(p *record.Pack) { p.LateDaily = 0 },
		"source":              func(p *record.Pack) { p.Source = "" },
		"holidays":            func(p *record.Pack) { p.Holidays = []calendar.Date{5, 5} },
		"workdays":            func(p *record.Pack) { p.Workdays = []calendar.Date{5} }, // a Tuesday
		"lpr entry 2":         func(p *record.Pack) { p.Lpr[1].From = p.Lpr[0].From },
		"lpr entry 1":         func(p *record.Pack) { p.Lpr[0].Rate = 0 },
		"holidays, workdays ": func(p *record.Pack) { p.Holidays = make([]calendar.Date, 5000) },
	} {
		p := rules.DefaultPack()
		change(&p)
		err := rules.Validate(&p)
		if !code.RulePackInvalid.Is(err) || !strings.Contains(code.Of(err).Detail, strings.TrimSpace(field)) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func adopt(n *membertest.Network, signer string, quorum record.Quorum, p record.Pack) error {
	_, err := n.Do(signer, func(w *world.World) error {
		actor := w.Actor()
		actor.Quorum = quorum
		return w.As(actor, func() error {
			_, err := rules.AdoptPack(w, rules.AdoptPackArgument{Pack: p})
			return err
		})
	})
	return err
}

// The press reported a cut of the term's cap to six months: a pack with its own
// first day brings it, and until then the old one holds.
func TestAPackTakesEffectOnItsDay(t *testing.T) {
	n := membertest.New(t, membertest.Banks(4)...)
	next := rules.DefaultPack()
	next.Ordinal, next.TermCap, next.Effective = 2, 6, n.Now.Date().AddDays(10)
	past := next
	past.Effective = n.Now.Date().AddDays(-1)
	skipped := next
	skipped.Ordinal = 3
	broken := next
	broken.MaxTier = 0
	for _, c := range []struct {
		what   string
		signer string
		quorum record.Quorum
		pack   record.Pack
		want   code.Code
	}{
		{"without a motion", "BANK-1/maker", 0, next, code.NotSubmittable},
		{"a checker's motion", "BANK-1/checker", record.QuorumBanks, next, code.RoleMissing},
		{"from a past day", "BANK-1/maker", record.QuorumBanks, past, code.RulePackInvalid},
		{"an ordinal left out", "BANK-1/maker", record.QuorumBanks, skipped, code.RulePackInvalid},
		{"a broken pack", "BANK-1/maker", record.QuorumBanks, broken, code.RulePackInvalid},
		{"a good pack", "BANK-1/maker", record.QuorumBanks, next, code.OK},
		{"the same ordinal again", "BANK-1/maker", record.QuorumBanks, next, code.RulePackInvalid},
	} {
		if err := adopt(n, c.signer, c.quorum, c.pack); c.want == code.OK && err != nil || c.want != code.OK && !c.want.Is(err) {
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
	earlier := next
	earlier.Ordinal, earlier.Effective = 3, n.Now.Date().AddDays(9)
	if err := adopt(n, "BANK-2/maker", record.QuorumBanks, earlier); !code.RulePackInvalid.Is(err) {
		t.Errorf("a pack before the one it follows: %v", err)
	}
	for _, c := range []struct {
		days int
		want uint32
	}{{0, 1}, {9, 1}, {10, 2}, {500, 2}} {
		n.Now = membertest.Start.Date().AddDays(c.days).Start()
		if p, err := rules.Current(n.World(world.Actor{})); err != nil || p.Ordinal != c.want {
			t.Errorf("after %d days pack %+v, %v, want %d", c.days, p, err, c.want)
		}
	}
	if p, err := rules.Find(n.World(world.Actor{}), 1); err != nil || p == nil || p.TermCap != 12 {
		t.Errorf("the old pack is kept for replay: %+v, %v", p, err)
	}
}

func TestGenesisPack(t *testing.T) {
	second, future := rules.DefaultPack(), rules.DefaultPack()
	second.Ordinal = 2
	future.Effective = membertest.Start.Date().AddDays(1)
	for _, p := range []record.Pack{second, future, {Ordinal: 1}} {
		if err := rules.Genesis(empty(), p); !code.RulePackInvalid.Is(err) {
			t.Errorf("pack %d of %s: %v", p.Ordinal, p.Effective, err)
		}
	}
	w := empty()
	if err := rules.Genesis(w, rules.DefaultPack()); err != nil {
		t.Fatal(err)
	}
	if err := rules.Genesis(w, rules.DefaultPack()); !code.AlreadyExists.Is(err) {
		t.Errorf("twice: %v", err)
	}
}

func TestWorkingDaysOfAPack(t *testing.T) {
	p := rules.DefaultPack()
	newYear := day(t, "2027-01-01")
	if days := rules.WorkingDays(&p); days.IsWorking(day(t, "2026-10-01")) || !days.IsWorking(newYear) {
		t.Error("the built-in calendar knows National Day 2026 and nothing of 2027")
	}
	p.Holidays, p.Workdays = []calendar.Date{newYear}, []calendar.Date{day(t, "2027-01-02")}
	if err := rules.Validate(&p); err != nil {
		t.Fatal(err)
	}
	days := rules.WorkingDays(&p)
	if days.IsWorking(newYear) || !days.IsWorking(day(t, "2027-01-02")) || days.IsWorking(day(t, "2026-10-01")) {
		t.Error("the pack's 2027 is not joined to the built-in 2026")
	}
}

func TestLPROfADay(t *testing.T) {
	p := rules.DefaultPack()
	for on, want := range map[string]string{"2020-01-01": "4.1500", "2020-02-19": "4.1500", "2020-02-20": "4.0500", "2026-09-01": "3.0000"} {
		if rate, ok := rules.LPR(&p, day(t, on)); !ok || rate.String() != want {
			t.Errorf("on %s %s, want %s", on, rate, want)
		}
	}
	if _, ok := rules.LPR(&p, day(t, "2019-12-31")); ok {
		t.Error("the pack has no rate for 2019")
	}
}

func TestEveryRuleHasAClause(t *testing.T) {
	list := rules.Clauses()
	if len(list) != int(record.OneHead)+1 {
		t.Fatalf("%d clauses", len(list))
	}
	for i, c := range list {
		if c.Rule != record.Rule(i) || c.Source == "" || c.SourceZH == "" || c.English == "" || c.Chinese == "" {
			t.Errorf("clause %d is %+v", i, c)
		}
	}
	if _, ok := rules.ClauseOf(200); ok {
		t.Error("rule 200 has a clause")
	}
}

func TestExplain(t *testing.T) {
	p := rules.DefaultPack()
	w := empty()
	w.Passed(1, record.DefaultStop)
	_ = rules.CheckTerm(w, &p, day(t, "2026-08-31"), day(t, "2027-03-01"), false)
	rules.FlagDisguisedExtension(w, &p, day(t, "2026-12-02"), day(t, "2026-12-01"), true)
	want := "Rule pack 1, in force from 2020-01-01, hash " + rules.Hash(&p).String() + `.
TERM-MAX refused (notice 银发〔2025〕77号 art. 11)
  The term is in principle at most six months and never more than a year; above six months a reviewing bank signs with a reason.
  - 2026-08-31 to 2027-03-01 is more than 6 months
DEFAULT-STOP allowed (notice 银发〔2025〕77号 art. 15)
  A debtor with an overdue debt, or named in a bank's attestation, may not issue until that is cleared.
NO-DISGUISED-EXTENSION allowed and flagged (State Council Order 802 art. 11)
  A certificate does not lengthen the time to pay in disguise, and is used only as the contract agrees.
  - matures on 2026-12-02, the invoice was due on 2026-12-01; clause agreed: true
`
	if got := rules.Explain(w.Decision(), &p, rules.English); got != want {
		t.Errorf("explained:\n%s\nwant:\n%s", got, want)
	}
	chinese := rules.Explain(w.Decision(), nil, rules.Chinese)
	for _, part := range []string{"规则包第1号。\n", "TERM-MAX 拒绝 (银发〔2025〕77号第十一条)", "DEFAULT-STOP 允许 (", "允许，已标注"} {
		if !strings.Contains(chinese, part) {
			t.Errorf("%q is missing in:\n%s", part, chinese)
		}
	}
	if got := rules.Explain(record.Decision{}, nil, rules.English); got != "No rule was asked.\n" {
		t.Errorf("%q", got)
	}
}
