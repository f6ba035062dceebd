package financing_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// machine runs operations in any order and checks after each that the ledger's books
// agree with each other. An operation may be refused; what it may not do is to break
// something.
type machine struct {
	*chain
	seen   state
	quotes map[string]record.Terms // by financing and bank
	tasks  map[task]bool           // open in worklists
	moves  []record.Move           // reported since the last check
	count  int                     // references and invoices given
	merged bool                    // a registrar has made a member another's
}

// task is a subject in a member's worklist.
type task struct{ subject, member string }

func TestMachine(t *testing.T) {
	base := newStage(t)
	rapid.Check(t, func(t *rapid.T) {
		x := &machine{chain: base.clone(), quotes: map[string]record.Terms{}, tasks: map[task]bool{}}
		x.seen, x.heard = x.read(), x.follow
		actions := x.actions()
		for range 3 { // begin with something to work on
			x.posted(t)
			x.check(t)
		}
		for range 2 { // a story is long
			t.Repeat(actions)
		}
	})
}

func (x *machine) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"request": x.ask, "quote": x.sealed, "quote again": x.sealed, "withdraw quote": x.withdraw, "select": x.choice,
		"take rate": x.posted, "take rate again": x.posted, "carry": x.through, "carry again": x.through, "carry on": x.through,
		"consent": x.sign, "register": x.enter, "instruct": x.instructed, "instruct again": x.instructed,
		"advise": x.advised, "advise again": x.advised, "advise once more": x.advised,
		"not paid": x.unpaid, "cancel": x.cancelled, "dispute": x.disputed,
		"resell": x.resold, "resell again": x.resold, "buy back": x.boughtBack, "buy back again": x.boughtBack, "repay": x.repaid,
		"repay again": x.repaid, "discount": x.discounted, "outside": x.outside,
		"offer": x.offered, "accept": x.accepted, "freeze": x.frozen, "unfreeze": x.unfrozen,
		"court": x.ordered, "succession": x.succeeded, "limit": x.limited, "wait": x.waited, "sweep": x.swept, "": x.check,
	}
}

// follow keeps the worklists up to date from the reported effects.
func (x *machine) follow(e record.Effects) {
	x.moves = append(x.moves, e.Moves...)
	for _, n := range e.Notices {
		for _, who := range n.Closes {
			delete(x.tasks, task{n.Subject, who})
		}
		for _, who := range n.Opens {
			x.tasks[task{n.Subject, who}] = true
		}
	}
}

// drawFinancing is one of the financings in a state.
func (x *machine) drawFinancing(t *rapid.T, states ...record.FinancingState) *record.Financing {
	var some []*record.Financing
	for _, f := range x.seen.financings {
		if slices.Contains(states, f.State) {
			some = append(some, f)
		}
	}
	if len(some) == 0 {
		t.Skip("no such financing")
	}
	return pick(t, some, "financing")
}

// drawSettlement is one of the settlements that are under way, or rarely any.
func (x *machine) drawSettlement(t *rapid.T, states ...record.SettlementState) *record.Settlement {
	whatever := rapid.IntRange(0, 19).Draw(t, "any") == 0
	var some []*record.Settlement
	for _, s := range x.seen.settlements {
		if whatever || slices.Contains(states, s.State) {
			some = append(some, s)
		}
	}
	if len(some) == 0 {
		t.Skip("no such settlement")
	}
	return pick(t, some, "settlement")
}

// free is a holding of which nothing is known that would stop a financing.
func free(h *record.Holding) bool {
	return h.Claim.Financing == "" && len(h.Locks) == 0 && h.Redeemed == 0
}

// owed is any holding that is still owed.
func owed(h *record.Holding) bool { return h.Redeemed == 0 }

func under(financingID string) func(*record.Holding) bool {
	return func(h *record.Holding) bool { return h.Claim.Financing == financingID && h.Redeemed == 0 }
}

// legs are some fen of an owner, free ones or rarely any.
func (x *machine) legs(t *rapid.T, owner string) []record.Leg {
	accept := free
	if rapid.IntRange(0, 9).Draw(t, "any fen") == 0 {
		accept = owed
	}
	legs := x.drawLegs(t, owner, accept)
	if len(legs) == 0 {
		t.Skip("no such fen")
	}
	return legs
}

func (x *machine) ask(t *rapid.T) {
	owner := rapid.SampledFrom(suppliers).Draw(t, "holder")
	hours := calendar.Instant(rapid.IntRange(24, 240).Draw(t, "hours"))
	_, err := x.request(owner, x.legs(t, owner), x.Now+24*anHour, x.Now+hours*anHour)
	refused(t, err)
}

func (x *machine) sealed(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingRequested)
	bank := rapid.SampledFrom(banks).Draw(t, "bank")
	terms := x.drawQuote(t)
	expires := x.Now + calendar.Instant(rapid.IntRange(1, 48).Draw(t, "expires"))*anHour
	if !refused(t, x.quote(f.ID, bank, terms, expires)) {
		x.quotes[f.ID+bank] = terms
	}
}

func (x *machine) withdraw(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingRequested)
	bank := rapid.SampledFrom(banks).Draw(t, "bank")
	_, err := run(x.chain, maker(bank), financing.WithdrawQuote, financing.Argument{ID: f.ID})
	refused(t, err)
}

func (x *machine) choice(t *rapid.T) {
	var some []*record.Quote
	for _, q := range x.seen.quotes {
		if q.State == record.QuoteSealed || rapid.IntRange(0, 9).Draw(t, "any") == 0 {
			some = append(some, q)
		}
	}
	if len(some) == 0 {
		t.Skip("no quote")
	}
	q := pick(t, some, "quote")
	holder := nameOf(x.seen.financing(q.Financing).Holder)
	refused(t, x.choose(holder, q.Financing, nameOf(q.Bank), x.quotes[q.Financing+nameOf(q.Bank)]))
}

func (x *machine) posted(t *rapid.T) {
	owner := rapid.SampledFrom(suppliers).Draw(t, "holder")
	rate := rapid.SampledFrom([]string{
		"SHANGHAI/outright", "SHANGHAI/recourse", "SHANGHAI/ninety", "BEIJING/loan", "HANGZHOU/recourse", "HANGZHOU/loan",
	}).Draw(t, "rate")
	_, err := x.takeRate(owner, rate, x.legs(t, owner))
	refused(t, err)
}

// through carries an agreed financing to its instruction, or all of the way.
func (x *machine) through(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingAgreed)
	if x.settlement(f.ID).State != record.SettlementAgreed {
		t.Skip("instructed")
	}
	for _, step := range []func() error{
		func() error { return x.consents(f.ID) },
		func() error { return x.registered(f.ID) },
		func() error { return x.instruct(f.ID) },
		func() error {
			if rapid.Bool().Draw(t, "not yet") {
				return nil
			}
			s := x.settlement(f.ID)
			_, err := run(x.chain, maker(nameOf(s.PayeeBank)), flow(settlement.Advise), advice(s, x.reference(), x.Now))
			return err
		},
	} {
		if refused(t, step()) {
			return
		}
		x.check(t)
	}
}

func (x *machine) reference() string {
	x.count++
	return fmt.Sprint("reference ", x.count)
}

func (x *machine) sign(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingAgreed)
	refused(t, x.consents(f.ID))
}

func (x *machine) enter(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingAgreed, record.FinancingDisbursed, record.FinancingEnded, record.FinancingLapsed,
		record.FinancingCancelled, record.FinancingUnpaid)
	kind := f.Duty
	if kind == 0 || rapid.IntRange(0, 3).Draw(t, "another") == 0 {
		kind = record.RegistrationKind(rapid.IntRange(1, 4).Draw(t, "kind"))
	}
	if f.Funder == "" {
		t.Skip("no bank")
	}
	in := x.entry(f.ID, kind)
	if rapid.IntRange(0, 4).Draw(t, "correct") == 0 && f.Registrations > 0 {
		in.Corrects = uint32(rapid.IntRange(1, int(f.Registrations)).Draw(t, "corrects"))
	}
	in.Entered -= calendar.Instant(rapid.IntRange(0, 3).Draw(t, "ago")) * anHour
	_, err := run(x.chain, maker(nameOf(f.Funder)), registration.Record, in)
	refused(t, err)
}

func (x *machine) instructed(t *rapid.T) {
	s := x.drawSettlement(t, record.SettlementAgreed)
	if s.PayerBank == "" {
		t.Skip("no bank")
	}
	refused(t, x.instruct(s.ID))
}

// advised presents an advice: mostly the right one, sometimes one that was used, of
// another sum, by another bank, or the payee's own word.
func (x *machine) advised(t *rapid.T) {
	s := x.drawSettlement(t, record.SettlementInstructed, record.SettlementAccepted, record.SettlementAgreed)
	if s.PayerBank == "" {
		t.Skip("no bank")
	}
	in := advice(s, x.reference(), x.Now)
	by, fn := nameOf(s.PayeeBank), flow(settlement.Advise)
	switch rapid.IntRange(0, 9).Draw(t, "which") {
	case 0:
		in.Reference = fmt.Sprint("reference ", rapid.IntRange(1, x.count).Draw(t, "used"))
	case 1:
		in.Amount++
	case 2:
		by = nameOf(s.PayerBank)
	case 3:
		by, fn = nameOf(s.Payee), flow(settlement.Confirm)
	case 4:
		in.Credited = s.At - 48*anHour
	}
	_, err := run(x.chain, maker(by), fn, in)
	refused(t, err)
}

func (x *machine) unpaid(t *rapid.T) {
	s := x.drawSettlement(t, record.SettlementInstructed, record.SettlementAccepted)
	if s.PayerBank == "" {
		t.Skip("no bank")
	}
	_, err := run(x.chain, maker(nameOf(s.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
		ID: s.ID, Reason: "returned", Evidence: digest("slip"),
	})
	refused(t, err)
}

func (x *machine) cancelled(t *rapid.T) {
	s := x.drawSettlement(t, record.SettlementOpen, record.SettlementAgreed)
	by := s.Payee
	if s.Payer != "" && rapid.Bool().Draw(t, "by the payer") {
		by = s.Payer
	}
	_, err := run(x.chain, maker(nameOf(by)), flow(settlement.Cancel), settlement.EndArgument{ID: s.ID, Reason: "changed our mind"})
	refused(t, err)
}

func (x *machine) disputed(t *rapid.T) {
	s := x.drawSettlement(t, record.SettlementInstructed, record.SettlementAccepted)
	if !s.State.Instructed() {
		t.Skip("a dispute after the end stays with the banks' people")
	}
	_, err := run(x.chain, maker(nameOf(s.Payee)), settlement.Dispute, settlement.EndArgument{ID: s.ID, Reason: "nothing came"})
	refused(t, err)
}

func (x *machine) resold(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingDisbursed)
	legs := x.drawLegs(t, nameOf(f.Funder), under(f.ID))
	if len(legs) == 0 {
		t.Skip("nothing is left")
	}
	buyer := rapid.SampledFrom(banks).Draw(t, "buyer")
	_, err := run(x.chain, agreed(nameOf(f.Funder), buyer), financing.Resell, financing.ResellArgument{
		Financing: f.ID, Legs: legs, Buyer: membertest.ID(buyer), Price: certificate.LegsAmount(legs) - 1,
		Recourse: rapid.Bool().Draw(t, "recourse"), Contract: digest("resale"), Account: "main", BuyerAccount: "main",
	})
	refused(t, err)
}

func (x *machine) boughtBack(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingDisbursed)
	legs := x.drawLegs(t, nameOf(f.Funder), under(f.ID))
	if len(legs) == 0 {
		t.Skip("nothing is left")
	}
	by, other := nameOf(f.Funder), nameOf(f.Holder)
	if rapid.Bool().Draw(t, "the seller proposes") {
		by, other = other, by
	}
	_, err := run(x.chain, agreed(by, other), financing.BuyBack, financing.BuyBackArgument{
		Financing: f.ID, Legs: legs, Price: certificate.LegsAmount(legs), Contract: digest("buy-back"), Account: "main", BankAccount: "main",
	})
	refused(t, err)
}

func (x *machine) repaid(t *rapid.T) {
	f := x.drawFinancing(t, record.FinancingDisbursed)
	if f.Terms.Kind != record.PledgeLoan && rapid.IntRange(0, 5).Draw(t, "no loan") > 0 {
		t.Skip("no loan")
	}
	day := x.Now.Date().AddDays(rapid.IntRange(0, 3).Draw(t, "days"))
	off, err := financing.PayoffOf(f.Terms, f.Cost, x.partsOf(x.settlement(f.ID).Legs), day)
	if err != nil {
		t.Skip("no loan")
	}
	_, err = run(x.chain, maker(nameOf(f.Holder)), financing.Repay, financing.RepayArgument{
		Financing: f.ID, Account: "main", ValueDate: day, Amount: off.Amount,
	})
	refused(t, err)
}

func (x *machine) discounted(t *rapid.T) {
	owner := rapid.SampledFrom([]string{"STEEL", "BOLTS", "SHANGHAI", "HANGZHOU"}).Draw(t, "holder")
	legs := x.drawLegs(t, owner, owed)
	if len(legs) == 0 {
		t.Skip("no fen")
	}
	day := x.Now.Date().AddDays(rapid.IntRange(0, 3).Draw(t, "days"))
	amount, err := financing.DiscountedOf(40_000, 360, day, x.partsOf(legs))
	if err != nil {
		t.Skip("nothing is left")
	}
	_, err = run(x.chain, maker(owner), financing.TakeDiscount, financing.TakeDiscountArgument{
		Debtor: membertest.ID("CORE"), Offer: "early", Legs: legs, Account: "main", ValueDate: day, Amount: amount,
	})
	refused(t, err)
}

func (x *machine) outside(t *rapid.T) {
	owner := rapid.SampledFrom([]string{"STEEL", "BOLTS", "SHANGHAI"}).Draw(t, "holder")
	legs := x.drawLegs(t, owner, owed)
	if len(legs) == 0 {
		t.Skip("no fen")
	}
	_, err := run(x.chain, agreed(owner, "CORE"), financing.PaidOutside, financing.PaidOutsideArgument{
		Debtor: membertest.ID("CORE"), Holder: membertest.ID(owner), Legs: legs, DebtorAccount: "main", HolderAccount: "main",
		Document: digest("receipt"),
	})
	refused(t, err)
}

func (x *machine) offered(t *rapid.T) {
	from := rapid.SampledFrom([]string{"STEEL", "BOLTS"}).Draw(t, "from")
	to := rapid.SampledFrom([]string{"STEEL", "BOLTS", "ORE"}).Draw(t, "to")
	if from == to {
		t.Skip("to itself")
	}
	legs := x.legs(t, from)
	x.count++
	_, cover, err := x.trade(from, to, fmt.Sprint("invoice ", x.count), certificate.LegsAmount(legs))
	certainly(t, err)
	_, err = run(x.chain, maker(from), certificate.Transfer, certificate.TransferArgument{
		To: membertest.ID(to), Reference: "purchase", Legs: legs, Allocations: []record.Allocation{cover},
	})
	refused(t, err)
}

func (x *machine) accepted(t *rapid.T) {
	var offers []*record.Transfer
	for _, o := range membertest.List[record.Transfer](x.chain, "transfer/") {
		if o.State == record.TransferOffered {
			offers = append(offers, o)
		}
	}
	if len(offers) == 0 {
		t.Skip("no offer")
	}
	o := pick(t, offers, "offer")
	_, err := run(x.chain, maker(nameOf(o.To)), certificate.AcceptTransfer, certificate.OfferArgument{ID: o.ID})
	refused(t, err)
}

var targets = []string{"STEEL", "BOLTS", "ORE", "SHANGHAI", "HANGZHOU", "BEIJING"}

func (x *machine) frozen(t *rapid.T) {
	var numbers []string
	for _, cert := range drawOrder(t, x.seen.certificates)[:rapid.IntRange(1, 3).Draw(t, "n")] {
		numbers = append(numbers, cert.Number)
	}
	amount := money.Fen(rapid.IntRange(1, 2*cells).Draw(t, "cells")) * cell
	_, err := x.freeze(rapid.SampledFrom(targets).Draw(t, "target"), numbers, amount)
	refused(t, err)
}

func (x *machine) drawFreeze(t *rapid.T) *record.Order {
	var orders []*record.Order
	for _, o := range x.seen.orders {
		if o.Kind == record.OrderFreeze && o.State == record.OrderInForce {
			orders = append(orders, o)
		}
	}
	if len(orders) == 0 {
		t.Skip("no freeze")
	}
	return pick(t, orders, "freeze")
}

func (x *machine) unfrozen(t *rapid.T) { refused(t, x.unfreeze(x.drawFreeze(t).ID)) }

func (x *machine) ordered(t *rapid.T) {
	cert := pick(t, x.seen.certificates, "certificate")
	in := certificate.JudicialTransferArgument{
		Target:   membertest.ID(rapid.SampledFrom(targets).Draw(t, "target")),
		Receiver: membertest.ID(rapid.SampledFrom(targets).Draw(t, "receiver")), Certificate: cert.Number,
		Amount: money.Fen(rapid.IntRange(1, cells).Draw(t, "cells")) * cell,
	}
	if rapid.Bool().Draw(t, "under a freeze") {
		o := x.drawFreeze(t)
		in.Freeze, in.Target = o.ID, o.Target
	}
	_, err := x.courtTransfer(in)
	refused(t, err)
}

func (x *machine) succeeded(t *rapid.T) {
	if rapid.IntRange(0, 2).Draw(t, "merger") > 0 {
		t.Skip("rare")
	}
	cert := pick(t, x.seen.certificates, "certificate")
	_, err := run(x.chain, court(), ending(certificate.Succession), certificate.SuccessionArgument{
		Authority: "Registrar", Docket: "M-1", Document: digest("merger"),
		Target:   membertest.ID(rapid.SampledFrom(targets).Draw(t, "target")),
		Receiver: membertest.ID(rapid.SampledFrom(targets).Draw(t, "receiver")), Certificates: []string{cert.Number},
	})
	x.merged = !refused(t, err) || x.merged
}

func (x *machine) limited(t *rapid.T) {
	in := credit.LimitArgument{
		Of: record.LimitDebtor, Member: membertest.ID(rapid.SampledFrom([]string{"CORE", "CITY"}).Draw(t, "debtor")),
		Group: rapid.SampledFrom([]string{"", "big", "small"}).Draw(t, "group"), Lift: rapid.Bool().Draw(t, "lift"),
	}
	if rapid.Bool().Draw(t, "supplier") {
		in.Of, in.Member = record.LimitSupplier, membertest.ID(rapid.SampledFrom([]string{"STEEL", "BOLTS"}).Draw(t, "holder"))
	}
	if !in.Lift {
		in.Cap = money.Fen(rapid.IntRange(0, 300_000).Draw(t, "cap"))
	}
	_, err := run(x.chain, maker("SHANGHAI"), credit.SetLimit, in)
	refused(t, err)
}

func (x *machine) waited(t *rapid.T) {
	x.Now += calendar.Instant(rapid.SampledFrom([]int{1, 5, 12, 24, 24, 72, 240}).Draw(t, "hours")) * anHour
}

func (x *machine) swept(t *rapid.T) {
	_, err := x.sweep()
	certainly(t, err)
}

// read takes all that the checks need from the ledger.
func (x *machine) read() state {
	s := state{
		certificates: x.certificates(), holdings: map[string][]record.Holding{},
		financings:  membertest.List[record.Financing](x.chain, record.FinancingsPrefix()),
		settlements: membertest.List[record.Settlement](x.chain, record.SettlementsPrefix()),
		quotes:      membertest.List[record.Quote](x.chain, "quote/"), orders: membertest.List[record.Order](x.chain, "order/"),
		due: membertest.List[record.Due](x.chain, record.DuePrefix()),
	}
	for _, c := range s.certificates {
		s.holdings[c.Number] = membertest.Look(x.chain, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, c.Number) })
	}
	return s
}
