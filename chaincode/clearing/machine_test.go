package clearing_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

// machine clears the certificates of two debtors: it runs operations and banks' faults in
// any order, on two ledgers at once, and checks after each that the books agree. An
// operation may be refused; what it may not do is to break something.
type machine struct {
	*chain
	twin  *chain
	seen  state
	count int // references and accounts given
}

var (
	banks   = []string{"HANGZHOU", "SHANGHAI", "BEIJING"}
	holders = []string{"STEEL", "BOLTS", "ORE", "NEW", "SHANGHAI", "BEIJING", "HANGZHOU", "GUARD"}
)

// newStage is the ledger on which the property begins, at 00:00 of a payment date: four
// certificates with all that can rest on fen of them.
func newStage(t *testing.T) *chain {
	t.Helper()
	c := newChain(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.grant("HANGZHOU", "L1", "CORE", 100_000_000))
	day := c.Now.Date()
	due, next := membertest.Day(t, "2026-11-30"), membertest.Day(t, "2026-12-01")
	c1, c2, c3, y1 := certNumber("CORE", day, 1), certNumber("CORE", day, 2), certNumber("CORE", day, 3), certNumber("CITY", day, 1)
	for _, p := range []paper{
		{number: c1, debtor: "CORE", holder: "STEEL", maturity: due, bank: "HANGZHOU", line: "L1"},
		{number: c2, debtor: "CORE", holder: "STEEL", maturity: due, late: 50_000}, {number: c3, debtor: "CORE", holder: "BOLTS", maturity: next},
		{number: y1, debtor: "CITY", holder: "STEEL", maturity: due},
	} {
		p.face = 60_000
		_, err := c.issue(p)
		must(err)
	}
	give := func(number, from, to string, fen interval.Interval) {
		t.Helper()
		_, err := c.transfer(from, to, number+to, []record.Leg{c.leg(number, fen)}, true)
		must(err)
	}
	give(c1, "STEEL", "NEW", interval.Of(1, 10_000))
	give(c1, "STEEL", "BOLTS", interval.Of(10_001, 20_000))
	give(c3, "BOLTS", "ORE", interval.Of(1, 20_001))
	finance := func(bank, number string, fen interval.Interval, stage string, change func(*record.Terms)) {
		t.Helper()
		terms := plain()
		change(&terms)
		_, err := c.finance("STEEL", bank, terms, []record.Leg{c.leg(number, fen)}, stage)
		must(err)
	}
	guarded := func(t *record.Terms, amount money.Fen) {
		t.Guarantor, t.Guarantee, t.GuaranteeContract = membertest.ID("GUARD"), amount, digest("deed")
	}
	finance("SHANGHAI", c1, interval.Of(20_001, 40_000), stagePaid, func(t *record.Terms) {
		t.Kind, t.Advance, t.Interest = record.SaleWithRecourse, 800_000, record.InterestAtMaturity
	})
	finance("BEIJING", c2, interval.Of(1, 20_000), stagePaid, func(t *record.Terms) {
		t.Kind = record.SaleWithRecourse
		guarded(t, 15_000)
	})
	finance("SHANGHAI", c2, interval.Of(20_001, 40_000), stagePaid, func(t *record.Terms) {
		t.Kind, t.Advance, t.Interest = record.PledgeLoan, 800_000, record.InterestAtMaturity
		guarded(t, 12_000)
	})
	finance("HANGZHOU", c2, interval.Of(40_001, 50_000), stageInstructed, func(*record.Terms) {})
	finance("HANGZHOU", y1, interval.Of(30_001, 60_000), stagePaid, func(t *record.Terms) { t.Kind, t.Advance = record.PledgeLoan, 900_000 })
	_, err := run(c, agreed("STEEL", "BEIJING"), certificate.Pledge, certificate.PledgeArgument{
		Leg: c.leg(y1, interval.Of(1, 30_000)), Pledgee: membertest.ID("BEIJING"), Secured: 12_345, Registration: "R", Document: digest("pledge"),
	})
	must(err)
	must(c.open("STEEL", "spare", "SHANGHAI"))
	must(c.open("CORE", "spare", "SHANGHAI"))
	c.Now = due.Start()
	_, err = c.sweep()
	must(err)
	return c
}

func TestMachine(t *testing.T) {
	base := newStage(t)
	rapid.Check(t, func(t *rapid.T) {
		x := &machine{chain: base.clone(), twin: base.clone()}
		x.small, x.twin.small = true, true
		x.seen = x.read()
		actions := x.actions()
		for range 2 { // a story is long
			t.Repeat(actions)
		}
		if !x.Memory.Equal(x.twin.Memory) {
			t.Fatal("the same steps end in two states")
		}
	})
}

func (x *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"funds": x.funds, "funds again": x.funds, "some funds": x.funds, "instruct": x.instructed, "instruct again": x.instructed,
		"instruct more": x.instructed, "paid": x.paid, "paid again": x.paid, "paid more": x.paid, "paid once more": x.paid,
		"rejected": x.rejected, "returned": x.returned, "replace": x.replaced, "drop": x.dropped, "direct": x.directed,
		"recourse": x.recovered, "guarantee": x.recovered, "cancel": x.cancelled, "waive": x.waived, "consent to waiver": x.waiverConsent,
		"offer extension": x.offered, "accept extension": x.accepted, "consent to extension": x.consented, "outside": x.outside,
		"freeze": x.frozen, "unfreeze": x.unfrozen, "court": x.moved, "succession": x.succeeded, "account": x.account, "close": x.closed,
		"wait": x.waited, "sweep": x.swept, "": x.check,
	}
}

// do runs one operation on both ledgers and reports whether it was refused. Who repeats
// it gets a refusal, where once is enough.
func (x *machine) do(t *rapid.T, once bool, op func(*chain) error) bool {
	t.Helper()
	err, other := op(x.chain), op(x.twin)
	if err != nil && code.Of(err) == nil {
		t.Fatal(err)
	}
	if fmt.Sprint(err) != fmt.Sprint(other) {
		t.Fatalf("one ledger says %v, the other %v", err, other)
	}
	if err == nil && once {
		before := x.Memory.Clone()
		if op(x.chain) == nil || op(x.twin) == nil {
			t.Fatal("it went through twice")
		}
		if !x.Memory.Equal(before) {
			t.Fatal("a refusal has changed something")
		}
	}
	x.check(t)
	return err != nil
}

// pick is one of a list; what is drawn, and printed of a failure, is its place.
func pick[T any](t *rapid.T, all []T, label string) T {
	if len(all) == 0 {
		t.Skip("no " + label)
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, label)]
}

// settlements are those that match, or rarely any.
func (x *machine) settlements(t *rapid.T, match func(*record.Settlement) bool) *record.Settlement {
	whatever := rapid.IntRange(0, 19).Draw(t, "any") == 0
	var some []*record.Settlement
	for _, s := range x.seen.settlements {
		if (whatever || match(s)) && s.PayerBank != "" && s.PayeeBank != "" {
			some = append(some, s)
		}
	}
	return pick(t, some, "settlement")
}

// fen are some of a holding that matches: mostly all of it.
func (x *machine) fen(t *rapid.T, match func(*record.Holding) bool) (*record.Holding, record.Leg) {
	var some []*record.Holding
	for _, c := range x.seen.certificates {
		for i := range x.seen.holdings[c.Number] {
			if h := &x.seen.holdings[c.Number][i]; match(h) {
				some = append(some, h)
			}
		}
	}
	h := pick(t, some, "holding")
	fen := h.Interval
	if rapid.Bool().Draw(t, "a part") {
		fen.From = money.Fen(rapid.Int64Range(int64(h.Interval.From), int64(h.Interval.To)).Draw(t, "from"))
		fen.To = money.Fen(rapid.Int64Range(int64(fen.From), int64(h.Interval.To)).Draw(t, "to"))
	}
	return h, record.Leg{Certificate: h.Certificate, Holding: h.ID, Version: h.Version, Interval: fen}
}

// owed is any holding that is still owed.
func owed(h *record.Holding) bool { return h.Redeemed == 0 }

func (x *machine) reference() string {
	x.count++
	return fmt.Sprint("reference ", x.count)
}

func (x *machine) funds(t *rapid.T) {
	r := pick(t, x.seen.runs, "run")
	amount := r.Tally.Open
	if amount > 0 && rapid.IntRange(0, 2).Draw(t, "short") > 0 {
		amount = money.Fen(rapid.Int64Range(max(1, int64(amount)/100), int64(amount)).Draw(t, "amount"))
	}
	account := rapid.SampledFrom([]string{"main", "main", "spare"}).Draw(t, "account")
	bank := bankOf(x.nameOf(r.Debtor))
	if account == "spare" {
		bank = "SHANGHAI"
	}
	x.do(t, false, func(c *chain) error {
		_, err := run(c, maker(bank), clearing.ConfirmFunds, clearing.ConfirmFundsArgument{Run: r.ID, Account: account, Amount: amount})
		return err
	})
}

func (x *machine) instructed(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool { return s.State == record.SettlementAgreed })
	x.do(t, true, func(c *chain) error { return c.instruct(s.ID) })
}

// paid presents an advice: mostly the right one, sometimes one that was used, of another
// sum, of another day, of the payer's bank, or the payee's own word.
func (x *machine) paid(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool {
		return s.State.Instructed() || s.Purpose == record.PurposeOutside && s.State == record.SettlementAgreed
	})
	in := settlement.AdviceArgument{
		Settlement: s.ID, Reference: x.reference(), Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: x.Now,
	}
	by, fn := x.nameOf(s.PayeeBank), settlement.Advise
	switch rapid.IntRange(0, 11).Draw(t, "which") {
	case 0:
		in.Reference = fmt.Sprint("reference ", rapid.IntRange(1, x.count).Draw(t, "used"))
	case 1:
		in.Amount += money.Fen(rapid.IntRange(1, 1000).Draw(t, "more"))
	case 2, 3:
		in.Amount = money.Fen(rapid.Int64Range(1, int64(s.Amount)).Draw(t, "less"))
	case 4:
		by = x.nameOf(s.PayerBank)
	case 5:
		by, fn = x.nameOf(s.Payee), settlement.Confirm
	case 6:
		in.Credited -= calendar.Instant(rapid.IntRange(1, 72).Draw(t, "hours ago")) * 3_600_000
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(by), flow(fn), in)
		return err
	})
}

func (x *machine) report(t *rapid.T, s *record.Settlement, says clearing.Report, by string) {
	in := clearing.ReportArgument{Leg: s.ID, Says: says, Reference: x.reference(), Reason: "AC04", Evidence: digest("message")}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(by), flow(clearing.Take), in)
		return err
	})
}

func (x *machine) rejected(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool { return s.State.Instructed() })
	if s.Purpose.Leg() {
		x.report(t, s, clearing.ReportRejected, x.nameOf(s.PayerBank))
		return
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(s.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
			ID: s.ID, Reason: "returned", Evidence: digest("slip"),
		})
		return err
	})
}

func (x *machine) returned(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool { return s.State == record.SettlementSettled && s.Purpose.Leg() })
	x.report(t, s, clearing.ReportReturned, x.nameOf(s.PayeeBank))
}

func (x *machine) replaced(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool { return s.Kept })
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(s.PayerBank)), flow(clearing.Replace), clearing.LegArgument{Leg: s.ID})
		return err
	})
}

func (x *machine) dropped(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool {
		return s.Kept || s.Purpose.Leg() && s.State == record.SettlementAgreed
	})
	by := s.PayerBank
	if rapid.Bool().Draw(t, "by the payee") {
		by = s.Payee
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(by)), flow(clearing.Drop), clearing.DropArgument{Leg: s.ID, Reason: "the funds are gone"})
		return err
	})
}

func (x *machine) directed(t *rapid.T) {
	o := pick(t, x.seen.freezes(), "freeze")
	s := x.settlements(t, func(s *record.Settlement) bool {
		return s.Purpose.Leg() && (s.State == record.SettlementAgreed || s.Kept) && x.seen.rests(o.ID, s)
	})
	in := clearing.DirectArgument{
		Authority: "Court", Docket: "2026-1", Document: digest("order"), Freeze: o.ID, Leg: s.ID,
		Receiver: membertest.ID(rapid.SampledFrom(holders).Draw(t, "receiver")),
	}
	x.do(t, false, func(c *chain) error {
		_, err := run(c, court(), clearing.Direct, in)
		return err
	})
}

func (x *machine) recovered(t *rapid.T) {
	var some []*record.Financing
	for _, f := range x.seen.financings {
		if f.State == record.FinancingDisbursed {
			some = append(some, f)
		}
	}
	f := pick(t, some, "financing")
	in := clearing.RecoverArgument{Financing: f.ID}
	if rapid.Bool().Draw(t, "a part") {
		_, leg := x.fen(t, func(h *record.Holding) bool { return h.Claim.Financing == f.ID && owed(h) })
		in.Legs = []record.Leg{leg}
	}
	fn := clearing.Recourse
	if f.Terms.Guarantor != "" && rapid.Bool().Draw(t, "of the guarantor") {
		fn = clearing.CallGuarantee
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(f.Funder)), fn, in)
		return err
	})
}

func (x *machine) cancelled(t *rapid.T) {
	s := x.settlements(t, func(s *record.Settlement) bool {
		return s.State == record.SettlementAgreed && (s.Purpose == record.PurposeRecourse || s.Purpose == record.PurposeGuarantee || s.Purpose == record.PurposeOutside)
	})
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(s.Payee)), flow(settlement.Cancel), settlement.EndArgument{ID: s.ID, Reason: "changed our mind"})
		return err
	})
}

func (x *machine) waived(t *rapid.T) {
	in := clearing.WaiveArgument{Reason: record.WaiverGoodwill}
	by := ""
	if rapid.Bool().Draw(t, "owed already") {
		s := x.settlements(t, func(s *record.Settlement) bool {
			return s.Purpose == record.PurposeLateInterest && s.State == record.SettlementAgreed
		})
		in.Settlement, by = s.ID, s.Payee
	} else {
		h, leg := x.fen(t, owed)
		in.Certificate, in.Interval, by = leg.Certificate, leg.Interval, h.Owner
	}
	x.do(t, true, func(c *chain) error {
		out, err := run(c, checked(c.nameOf(by)), flow(clearing.Waive), in)
		if err == nil && out.Pledgee != "" {
			return code.NotFound.New("it waits for a pledgee") // and can be asked for again
		}
		return err
	})
}

func (x *machine) waiverConsent(t *rapid.T) {
	v := pick(t, membertest.List[record.Waiver](x.chain, record.WaiversPrefix()), "waiver")
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(v.Pledgee)), clearing.ConsentToWaiver, clearing.WaiverArgument{ID: v.ID})
		return err
	})
}

func (x *machine) offered(t *rapid.T) {
	cert := pick(t, x.seen.certificates, "certificate")
	in := clearing.ExtendArgument{
		Certificate: cert.Number, Maturity: x.Now.Date().AddDays(rapid.IntRange(1, 40).Draw(t, "days")), Reason: "later", Document: digest("agreement"),
	}
	x.do(t, false, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(cert.Debtor)), clearing.OfferExtension, in)
		return err
	})
}

func (x *machine) accepted(t *rapid.T) {
	e := pick(t, membertest.List[record.Extension](x.chain, record.ExtensionsPrefix()), "extension")
	h, leg := x.fen(t, func(h *record.Holding) bool { return h.Certificate == e.Certificate && owed(h) })
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(c.nameOf(h.Owner)), clearing.AcceptExtension, clearing.AcceptExtensionArgument{ID: e.ID, Interval: leg.Interval})
		return err
	})
}

func (x *machine) consented(t *rapid.T) {
	e := pick(t, membertest.List[record.Extension](x.chain, record.ExtensionsPrefix()), "extension")
	who := []string{"HANGZHOU"}
	for _, p := range e.Parts {
		for _, other := range p.Others {
			who = append(who, x.nameOf(other.Member))
		}
	}
	by := pick(t, who, "who")
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(by), clearing.ConsentToExtension, clearing.ExtensionArgument{ID: e.ID})
		return err
	})
}

func (x *machine) outside(t *rapid.T) {
	h, leg := x.fen(t, owed)
	debtor := x.nameOf(x.seen.certificate(h.Certificate).Debtor)
	x.do(t, true, func(c *chain) error {
		_, err := run(c, agreed(debtor, c.nameOf(h.Owner)), financing.PaidOutside, financing.PaidOutsideArgument{
			Debtor: membertest.ID(debtor), Holder: h.Owner, Legs: []record.Leg{leg}, DebtorAccount: "main", HolderAccount: "main", Document: digest("receipt"),
		})
		return err
	})
}

func (x *machine) frozen(t *rapid.T) {
	cert := pick(t, x.seen.certificates, "certificate")
	in := certificate.FreezeArgument{
		Authority: "Court", Docket: "2026-2", Document: digest("freeze"), Certificates: []string{cert.Number},
		Target: membertest.ID(rapid.SampledFrom(holders).Draw(t, "target")), Amount: money.Fen(rapid.IntRange(1, 30_000).Draw(t, "amount")),
	}
	x.do(t, false, func(c *chain) error {
		_, err := run(c, court(), certificate.Freeze, in)
		return err
	})
}

func (x *machine) unfrozen(t *rapid.T) {
	o := pick(t, x.seen.freezes(), "freeze")
	x.do(t, true, func(c *chain) error {
		_, err := run(c, court(), certificate.Unfreeze, certificate.UnfreezeArgument{
			Authority: "Court", Docket: "2026-3", Document: digest("lifted"), Order: o.ID,
		})
		return err
	})
}

func (x *machine) moved(t *rapid.T) {
	h, leg := x.fen(t, owed)
	in := certificate.JudicialTransferArgument{
		Authority: "Court", Docket: "2026-4", Document: digest("transfer"), Target: h.Owner, Certificate: h.Certificate,
		Receiver: membertest.ID(rapid.SampledFrom(holders[:6]).Draw(t, "receiver")), Interval: leg.Interval,
	}
	if frozen := x.seen.freezes(); len(frozen) > 0 && rapid.Bool().Draw(t, "under a freeze") {
		in.Freeze = pick(t, frozen, "freeze").ID
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, court(), ending(certificate.JudicialTransfer), in)
		return err
	})
}

func (x *machine) succeeded(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "merger") > 0 {
		t.Skip("rare")
	}
	cert := pick(t, x.seen.certificates, "certificate")
	in := certificate.SuccessionArgument{
		Authority: "Registrar", Docket: "M-1", Document: digest("merger"), Certificates: []string{cert.Number},
		Target: membertest.ID(rapid.SampledFrom(holders).Draw(t, "target")), Receiver: membertest.ID(rapid.SampledFrom(holders[:6]).Draw(t, "receiver")),
	}
	x.do(t, true, func(c *chain) error {
		_, err := run(c, court(), ending(certificate.Succession), in)
		return err
	})
}

// account opens another account of a member, or chooses one for clearings.
func (x *machine) account(t *rapid.T) {
	firm := rapid.SampledFrom([]string{"NEW", "STEEL", "BOLTS", "CORE"}).Draw(t, "firm")
	if rapid.Bool().Draw(t, "choose") {
		x.do(t, true, func(c *chain) error {
			_, err := run(c, checked(firm), member.ChooseAccount, member.ChooseAccountArgument{Account: "spare"})
			return err
		})
		return
	}
	x.count++
	id, bank := fmt.Sprint("account-", x.count), pick(t, banks, "bank")
	x.do(t, true, func(c *chain) error { return c.open(firm, id, bank) })
}

func (x *machine) closed(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "close") > 0 {
		t.Skip("rare")
	}
	firm := rapid.SampledFrom([]string{"STEEL", "BOLTS", "ORE", "CITY", "SHANGHAI"}).Draw(t, "firm")
	x.do(t, true, func(c *chain) error {
		_, err := run(c, maker(firm), member.CloseAccount, member.AccountArgument{Member: membertest.ID(firm), Account: "main"})
		return err
	})
}

func (x *machine) waited(t *rapid.T) {
	x.Now += calendar.Instant(rapid.SampledFrom([]int{1, 5, 12, 24, 24, 72, 240}).Draw(t, "hours")) * 3_600_000
	x.twin.Now = x.Now
	x.swept(t) // a block begins with it
}

// swept runs the sweep, twice: the second time it does nothing.
func (x *machine) swept(t *rapid.T) {
	x.Now++
	x.twin.Now++
	sweep := func(c *chain) error {
		_, err := c.sweep()
		return err
	}
	if x.do(t, false, sweep) {
		t.Fatal("the sweep was refused")
	}
	before := x.Memory.Clone()
	if x.do(t, false, sweep); !x.Memory.Equal(before) {
		t.Fatal("a second sweep has changed something")
	}
}
