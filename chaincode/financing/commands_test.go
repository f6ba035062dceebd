package financing_test

import (
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

func (s *story) runMember(p step) (string, bool) {
	switch p.Cmd {
	case "account": // STEEL second at=SHANGHAI
		_, err := run(s.chain, membertest.Signer{Person: p.label() + "/maker", Quorum: record.QuorumChecker}, member.ProposeAccount,
			member.ProposeAccountArgument{
				ID: p.word(), Bank: p.Member("at", "HANGZHOU"), Commitment: digest(p.word()), Sealed: []byte("number"),
			})
		return p.report(err, "proposed"), true
	case "confirm-account":
		out, err := run(s.chain, p.By("HANGZHOU"), member.ConfirmAccount, member.AccountArgument{
			Member: membertest.MemberOf(p.label()), Account: p.word(),
		})
		return p.report(err, "usable from %s", out.UsableFrom), true
	case "close-account":
		_, err := run(s.chain, p.By("HANGZHOU"), member.CloseAccount, member.AccountArgument{
			Member: membertest.MemberOf(p.label()), Account: p.word(),
		})
		return p.report(err, "closed"), true
	case "suspend":
		by := membertest.Signer{Person: "HANGZHOU/maker", Quorum: record.QuorumBanks}
		_, err := run(s.chain, by, member.SuspendInstitution, member.StandingArgument{
			Member: membertest.MemberOf(p.label()), Reason: "arrears",
		})
		return p.report(err, "suspended"), true
	case "line":
		bank, line, _ := strings.Cut(p.label(), "/")
		return p.report(s.grant(bank, line, p.Text("debtor", "CORE"), p.Fen("limit", "")), ""), true
	case "group":
		out, err := run(s.chain, p.By("SHANGHAI"), credit.SetGroup, credit.GroupArgument{
			ID: p.label(), Parent: p.Text("in", ""), Cap: p.Fen("cap", ""),
		})
		return p.report(err, "available %s", out.Available), true
	case "limit":
		in := credit.LimitArgument{
			Of: record.LimitDebtor, Member: p.Member("debtor", ""), Group: p.Text("group", ""), Cap: p.Fen("cap", ""), Lift: p.HasArg("lift"),
		}
		if p.HasArg("supplier") {
			in.Of, in.Member = record.LimitSupplier, p.Member("supplier", "")
		}
		out, err := run(s.chain, p.By("SHANGHAI"), credit.SetLimit, in)
		return p.report(err, "available %s of %s", out.Available, out.Cap), true
	}
	return "", false
}

// runRequest is a request with its quotes.
func (s *story) runRequest(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "request":
		out, err := run(s.chain, p.By("STEEL"), financing.Request, financing.RequestArgument{
			Legs: p.legs("fen"), Account: p.Text("account", "main"), Invited: p.members("invited"),
			QuotesUntil: p.After(p.s.Now, "until", s.Now.Add(24*hour)), LapsesAt: p.After(p.s.Now, "lapses", 0), ReplyKey: p.bytes("key", "reply key"),
		})
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s of %s, quotes until %s, ends %s", out.ID, out.Amount, out.QuotesUntil, out.LapsesAt), true
	case "quote":
		return s.quote(p, id), true
	case "withdraw-quote":
		out, err := run(s.chain, p.By("SHANGHAI"), financing.WithdrawQuote, financing.Argument{ID: id})
		return p.report(err, "%s", out.State), true
	case "select":
		return s.choose(p, id), true
	case "cost":
		if err := financing.CheckTerms(p.terms()); err != nil {
			return p.report(err, ""), true
		}
		c, err := financing.CostOf(p.terms(), p.parts())
		return p.report(err, "%s", costText(&c)), true
	case "payoff":
		t := p.terms()
		c, err := financing.CostOf(t, p.parts())
		if err != nil {
			return p.report(err, ""), true
		}
		off, err := financing.PayoffOf(t, c, p.parts(), p.Date("on", 0))
		return p.report(err, "pays %s, interest earned %s, back to the debtor %s", off.Amount, off.Earned, off.DebtorRefund), true
	}
	return "", false
}

const hour = 3600 * 1_000_000_000

// parts reads "of=(1000000.00/2026-11-30)": fen and the day on which they are paid.
func (p step) parts() []financing.Part {
	var parts []financing.Part
	for _, text := range p.List("of") {
		amount, day, _ := strings.Cut(text, "/")
		fen, err := money.Parse(amount)
		if err != nil {
			p.T.Fatal(err)
		}
		parts = append(parts, financing.Part{Amount: fen, Payment: membertest.Day(p.T, day)})
	}
	return parts
}

// quote seals the terms as a bank's client does and remembers what is inside for the
// holder.
func (s *story) quote(p step, id string) string {
	bank := p.Text("by", "SHANGHAI")
	opened := financing.Opened{Salt: saltOf(id, bank), Terms: p.terms()}
	in := financing.QuoteArgument{
		Financing: id, Account: p.Text("account", "main"), Sealed: p.bytes("sealed", "sealed terms"),
		Seal: financing.SealOf(id, membertest.MemberOf(bank), opened.Salt, opened.Terms), Expires: p.After(p.s.Now, "expires", s.Now.Add(48*hour)),
	}
	if p.HasArg("seal") {
		in.Seal = p.Document("seal", "none")
	}
	out, err := run(s.chain, p.By("SHANGHAI"), financing.Quote, in)
	if err == nil {
		s.quotes[id+bank] = opened
	}
	return p.report(err, "%s", out.State)
}

// choose opens a bank's quote. Terms that the step names are altered, net= is what
// the holder saw; left out, its client has computed it.
func (s *story) choose(p step, id string) string {
	bank := p.Text("bank", "SHANGHAI")
	opened := s.quotes[id+bank]
	if opened.Terms.Kind == 0 {
		opened.Terms = p.terms()
	}
	if p.HasArg("rate") {
		opened.Terms.Rate = p.Percent("rate", 0)
	}
	if p.HasArg("kind") {
		opened.Terms.Kind = p.terms().Kind
	}
	if p.HasArg("salt") {
		opened.Salt = saltOf(p.Text("salt", ""), bank)
	}
	in := financing.SelectArgument{ID: id, Bank: membertest.MemberOf(bank), Salt: opened.Salt, Terms: opened.Terms, Net: p.Fen("net", "")}
	if !p.HasArg("net") {
		in.Net = s.netOf(id, opened.Terms)
	}
	out, err := run(s.chain, p.By("STEEL"), financing.Select, in)
	return p.report(err, "%s is to pay %s until %s\n%s", out.Funder, out.Cost.Net, out.LapsesAt, costText(&out.Cost))
}

// netOf is what the terms come to for the legs of a settlement, 0 if nothing.
func (s *story) netOf(id string, t record.Terms) money.Fen {
	if known := membertest.Find(s.chain, record.SettlementKey(id)); known != nil {
		return s.netOfLegs(known.Legs, t)
	}
	return 0
}

func (s *story) netOfLegs(legs []record.Leg, t record.Terms) money.Fen {
	cost, err := financing.CostOf(t, s.partsOf(legs))
	if err != nil {
		return 0
	}
	return cost.Net
}

// partsOf are legs with the days on which they are paid, without those of
// certificates that there are not.
func (c *chain) partsOf(legs []record.Leg) []financing.Part {
	var parts []financing.Part
	for _, leg := range legs {
		if cert := membertest.Find(c, record.CertificateKey(leg.Certificate)); cert != nil {
			parts = append(parts, financing.Part{Amount: leg.Interval.Amount(), Payment: cert.Payment})
		}
	}
	return parts
}

// runRate is posted rates and what consenting parties sign.
func (s *story) runRate(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "post-rate":
		t := p.terms()
		t.ValueDate = p.Date("value", 0)
		out, err := run(s.chain, p.By("SHANGHAI"), financing.PostRate, financing.RateArgument{
			ID: p.label(), Debtor: p.Member("debtor", ""), Tier: uint16(p.Number("tier", "0")), MinDays: int32(p.Number("min-days", "0")),
			MaxDays: int32(p.Number("max-days", "180")), Min: p.Fen("min", "1000.00"), Max: p.Fen("max", "1000000.00"),
			Volume: p.Fen("volume", ""), Terms: t, ValueDays: int32(p.Number("value-days", "0")), Account: p.Text("account", "main"),
			From: p.Date("from", s.Now.Date()), Until: p.Date("until", s.Now.Date().AddDays(90)),
		})
		return p.report(err, "%s of %s", out.ID, out.Bank), true
	case "close-rate":
		out, err := run(s.chain, p.By("SHANGHAI"), financing.CloseRate, financing.NameArgument{ID: p.label()})
		return p.report(err, "closed: %t", out.Closed), true
	case "take-rate":
		in := financing.TakeRateArgument{
			Bank: p.Member("bank", "SHANGHAI"), Rate: p.label(), Legs: p.legs("fen"), Account: p.Text("account", "main"), Net: p.Fen("net", ""),
		}
		if r := membertest.Find(s.chain, record.RateKey(in.Bank, in.Rate)); r != nil {
			in.Terms = r.Terms
			if !p.HasArg("net") {
				t := r.Terms
				t.ValueDate = s.Now.Date().AddDays(int(r.ValueDays))
				in.Net = s.netOfLegs(in.Legs, t)
			}
		}
		if p.HasArg("seen-rate") { // what was posted when the holder looked
			in.Terms.Rate = p.Percent("seen-rate", 0)
		}
		out, err := run(s.chain, p.By("STEEL"), financing.TakeRate, in)
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s: %s is to pay %s until %s\n%s", out.ID, out.Funder, out.Cost.Net, out.LapsesAt, costText(&out.Cost)), true
	case "guarantee":
		out, err := run(s.chain, p.By("GUARD"), financing.Guarantee, financing.ConsentArgument{ID: id, Account: p.Text("account", "main")})
		return p.report(err, "%s", out.State), true
	case "bear-share":
		out, err := run(s.chain, p.By("CORE"), financing.BearShare, financing.ConsentArgument{ID: id, Account: p.Text("account", "main")})
		return p.report(err, "%s", out.State), true
	}
	return "", false
}

// runFollowing is what happens with fen once a bank has financed them, and early
// payment.
func (s *story) runFollowing(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "resell":
		out, err := run(s.chain, p.By("SHANGHAI"), financing.Resell, financing.ResellArgument{
			Financing: id, Legs: p.legs("fen"), Buyer: p.Member("to", "BEIJING"), Price: p.Fen("price", ""), Recourse: p.HasArg("recourse"),
			Contract: p.Document("contract", "resale contract"), Account: p.Text("account", "main"), BuyerAccount: p.Text("buyer-account", "main"),
		})
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s: %s is to pay %s until %s", out.ID, out.Funder, out.Cost.Net, out.LapsesAt), true
	case "buy-back":
		out, err := run(s.chain, p.By("STEEL"), financing.BuyBack, financing.BuyBackArgument{
			Financing: id, Legs: p.legs("fen"), Price: p.Fen("price", ""), Contract: p.Document("contract", "buy-back contract"),
			Account: p.Text("account", "main"), BankAccount: p.Text("bank-account", "main"),
		})
		return p.report(err, "for %s", out.Amount), true
	case "repay":
		out, err := run(s.chain, p.By("STEEL"), financing.Repay, financing.RepayArgument{
			Financing: id, Account: p.Text("account", "main"), BankAccount: p.Text("bank-account", ""), ValueDate: p.Date("on", s.Now.Date()), Amount: p.Fen("amount", ""),
		})
		return p.report(err, "with %s", out.Amount), true
	case "post-discount":
		out, err := run(s.chain, p.By("CORE"), financing.PostDiscount, financing.DiscountArgument{
			ID: p.label(), Rate: p.Percent("rate", 0), Basis: int32(p.Number("basis", "360")), MinDays: int32(p.Number("min-days", "0")),
			Volume: p.Fen("volume", ""), Account: p.Text("account", "main"),
			From: p.Date("from", s.Now.Date()), Until: p.Date("until", s.Now.Date().AddDays(90)),
		})
		return p.report(err, "%s of %s", out.ID, out.Debtor), true
	case "close-discount":
		out, err := run(s.chain, p.By("CORE"), financing.CloseDiscount, financing.NameArgument{ID: p.label()})
		return p.report(err, "closed: %t", out.Closed), true
	case "take-discount":
		out, err := run(s.chain, p.By("STEEL"), financing.TakeDiscount, financing.TakeDiscountArgument{
			Debtor: p.Member("debtor", "CORE"), Offer: p.label(), Legs: p.legs("fen"), Account: p.Text("account", "main"),
			ValueDate: p.Date("on", s.Now.Date()), Amount: p.Fen("amount", ""),
		})
		return p.report(err, "for %s", out.Amount), true
	case "paid-outside":
		out, err := run(s.chain, p.By("CORE"), financing.PaidOutside, financing.PaidOutsideArgument{
			Debtor: p.Member("debtor", "CORE"), Holder: p.Member("holder", "STEEL"), Legs: p.legs("fen"),
			DebtorAccount: p.Text("debtor-account", "main"), HolderAccount: p.Text("holder-account", "main"),
			Document: p.Document("document", "receipt"),
		})
		return p.report(err, "of %s", out.Amount), true
	}
	return "", false
}

// runSettlement is the value flow and the registry before it. Who is left out is the
// party that is meant to act.
func (s *story) runSettlement(p step) (string, bool) {
	id := p.id(p.label())
	known := s.settlementOrNone(id)
	switch p.Cmd {
	case "register":
		return s.register(p, id), true
	case "instruct":
		out, err := run(s.chain, p.By(nameOf(known.PayerBank)), flow(settlement.Instruct), settlement.Argument{ID: id})
		return p.report(err, "%s", out.State), true
	case "advise":
		out, err := run(s.chain, p.By(nameOf(known.PayeeBank)), flow(settlement.Advise), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "confirm":
		out, err := run(s.chain, p.By(nameOf(known.Payee)), flow(settlement.Confirm), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "pay":
		return s.pay(p, id, known), true
	case "not-paid":
		out, err := run(s.chain, p.By(nameOf(known.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
			ID: id, Reason: p.Text("reason", "returned"), Evidence: p.Document("evidence", "return slip"),
		})
		return p.report(err, "%s", out.State), true
	case "dispute":
		out, err := run(s.chain, p.By(nameOf(known.Payee)), settlement.Dispute, settlement.EndArgument{ID: id, Reason: p.Text("reason", "nothing came")})
		return p.report(err, "%s", out.State), true
	case "cancel":
		out, err := run(s.chain, p.By(nameOf(known.Payee)), flow(settlement.Cancel), settlement.EndArgument{ID: id, Reason: p.Text("reason", "changed our mind")})
		return p.report(err, "%s", out.State), true
	}
	return "", false
}

// settlementOrNone is a settlement with the id, or one of the usual parties that
// is not there.
func (s *story) settlementOrNone(id string) *record.Settlement {
	if known := membertest.Find(s.chain, record.SettlementKey(id)); known != nil {
		return known
	}
	return &record.Settlement{
		ID: id, Payee: membertest.ID("STEEL"), PayerBank: membertest.ID("SHANGHAI"), PayeeBank: membertest.ID("HANGZHOU"), Amount: 1,
	}
}

func (p step) advice(t *record.Settlement) settlement.AdviceArgument {
	in := advice(t, p.Text("ref", "ref of "+p.label()), p.After(p.s.Now, "credited", p.s.Now))
	if p.HasArg("amount") {
		in.Amount = p.Fen("amount", "")
	}
	in.Payer, in.Payee = p.Member("payer", in.Payer), p.Member("payee", in.Payee)
	in.PayerAccount, in.PayeeAccount = p.Text("payer-account", in.PayerAccount), p.Text("payee-account", in.PayeeAccount)
	return in
}

// pay carries an agreed settlement through: searched and registered where it must
// be, instructed and advised.
func (s *story) pay(p step, id string, t *record.Settlement) string {
	if t.Purpose == record.PurposeFinancing || t.Purpose == record.PurposeResale {
		if err := s.registered(id); err != nil {
			return p.report(err, "")
		}
	}
	if _, err := run(s.chain, alone(nameOf(t.PayerBank)+"/maker"), flow(settlement.Instruct), settlement.Argument{ID: id}); err != nil {
		return p.report(err, "")
	}
	out, err := run(s.chain, alone(nameOf(t.PayeeBank)+"/maker"), flow(settlement.Advise), p.advice(t))
	return p.report(err, "%s", out.State)
}

// registered has the funder of a financing search the registry and register.
func (c *chain) registered(id string) error {
	f := c.financing(id)
	for _, kind := range []record.RegistrationKind{record.RegistrationSearch, record.RegistrationInitial} {
		if _, err := run(c, maker(nameOf(f.Funder)), registration.Record, c.entry(id, kind)); err != nil {
			return err
		}
	}
	return nil
}

// entry is an entry of the registry as it is right for a financing now.
func (c *chain) entry(id string, kind record.RegistrationKind) registration.Argument {
	in := registration.Argument{
		Financing: id, Kind: kind, Number: "R-" + kind.String(), Entered: c.Now, Proof: digest("proof"),
	}
	if kind == record.RegistrationInitial || kind == record.RegistrationChange {
		in.Until = c.Now.Date().AddMonths(12)
	}
	return in
}

func (s *story) register(p step, id string) string {
	in := s.entry(id, 0)
	if in.Kind.UnmarshalText([]byte(p.word())) != nil {
		in.Kind = 99
	}
	in.Until = s.entry(id, in.Kind).Until
	in.Number, in.Proof = p.Text("number", "R-"+p.word()), p.Document("proof", "proof")
	if in.Entered = 0; p.Text("entered", "") != "never" {
		in.Entered = p.After(p.s.Now, "entered", s.Now)
	}
	in.Until, in.Corrects = p.Date("until", in.Until), uint32(p.Number("corrects", "0"))
	if p.HasArg("no-until") {
		in.Until = 0
	}
	bank := "SHANGHAI"
	if f := membertest.Find(s.chain, record.FinancingKey(id)); f != nil && f.Funder != "" {
		bank = nameOf(f.Funder)
	}
	out, err := run(s.chain, p.By(bank), registration.Record, in)
	return p.report(err, "entry %d", out.Sequence)
}

func (s *story) runCertificate(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "issue":
		debtor := map[string]string{"C": "CORE", "Y": "CITY", "B": "BEIJING"}[p.label()[:1]]
		bank, line, _ := strings.Cut(p.Text("line", ""), "/")
		payment, err := s.issue(paper{
			number: id, debtor: debtor, holder: p.Text("to", "STEEL"), face: p.Fen("face", "1000000.00"),
			maturity: p.Date("maturity", calendar.Date(0)), bank: bank, line: line, unaccepted: p.HasArg("unaccepted"),
		})
		if err == nil {
			s.last = record.Effects{}
		}
		return p.report(err, "payable on %s", payment), true
	case "offer":
		from, to := p.Text("by", "STEEL"), p.Text("to", "BOLTS")
		legs := p.legs("fen")
		_, cover, err := s.trade(from, to, "invoice "+p.Pos, certificate.LegsAmount(legs))
		if err != nil {
			p.T.Fatal(err)
		}
		out, err := run(s.chain, p.By("STEEL"), certificate.Transfer, certificate.TransferArgument{
			To: membertest.MemberOf(to), Reference: "purchase", Legs: legs, Allocations: []record.Allocation{cover},
		})
		if err == nil {
			s.name("T", out.ID)
		}
		return p.report(err, "%s of %s", out.ID, out.Amount), true
	case "accept-offer":
		out, err := run(s.chain, p.By("BOLTS"), certificate.AcceptTransfer, certificate.OfferArgument{ID: id})
		return p.report(err, "%s", out.State), true
	case "split":
		amounts := []money.Fen{p.Fen("amount", "")}
		leg := s.leg(id, p.Interval(p.Text("fen", "0-0")))
		_, err := run(s.chain, p.By("STEEL"), certificate.Split, certificate.SplitArgument{
			Certificate: id, Holding: leg.Holding, Version: leg.Version, Interval: leg.Interval, Amounts: amounts,
		})
		return p.report(err, ""), true
	case "void":
		_, err := run(s.chain, p.By("CORE"), certificate.Void, certificate.VoidArgument{Certificate: id, Reason: "returned"})
		return p.report(err, ""), true
	case "pledge":
		out, err := run(s.chain, p.By("STEEL"), certificate.Pledge, certificate.PledgeArgument{
			Leg: p.legs("fen")[0], Pledgee: p.Member("to", "BEIJING"), Secured: p.Fen("secured", "1.00"), Registration: "R-9", Document: digest("pledge"),
		})
		if err == nil {
			s.name("P", out.ID)
		}
		return p.report(err, "%s", out.ID), true
	}
	return "", false
}

func (s *story) runOrder(p step) (string, bool) {
	id := p.id(p.label())
	var numbers []string
	for _, label := range p.List("of") {
		numbers = append(numbers, p.id(label))
	}
	switch p.Cmd {
	case "freeze":
		out, err := run(s.chain, p.ordered(), certificate.Freeze, certificate.FreezeArgument{
			Authority: "Hangzhou Court", Docket: "2026-77", Document: digest("ruling"), Target: p.Member("target", "STEEL"),
			Certificates: numbers, Amount: p.Fen("amount", "1000000.00"),
		})
		if err == nil {
			s.name("O", out.ID)
		}
		return p.report(err, "%s took %s, short of %s", out.ID, out.Taken, out.Shortfall), true
	case "unfreeze":
		out, err := run(s.chain, p.ordered(), certificate.Unfreeze, certificate.UnfreezeArgument{
			Authority: "Hangzhou Court", Docket: "2026-78", Document: digest("lifted"), Order: id,
		})
		return p.report(err, "%s", out.State), true
	case "court-transfer":
		out, err := run(s.chain, p.ordered(), ending(certificate.JudicialTransfer), certificate.JudicialTransferArgument{
			Authority: "Hangzhou Court", Docket: "2026-79", Document: digest("transfer"), Freeze: p.id(p.Text("under", "")),
			Target: p.Member("target", "STEEL"), Receiver: p.Member("to", "ORE"), Certificate: id, Interval: p.Interval(p.Text("fen", "0-0")),
		})
		if err == nil {
			s.name("O", out.ID)
		}
		return p.report(err, "%s took %s%s", out.ID, out.Taken, endedText(out.Ended)), true
	case "succession":
		out, err := run(s.chain, p.ordered(), ending(certificate.Succession), certificate.SuccessionArgument{
			Authority: "Registrar", Docket: "M-1", Document: digest("merger"), Target: p.Member("target", "STEEL"),
			Receiver: p.Member("to", "ORE"), Certificates: numbers,
		})
		if err == nil {
			s.name("O", out.ID)
		}
		return p.report(err, "%s took %s%s", out.ID, out.Taken, endedText(out.Ended)), true
	}
	return "", false
}

func endedText(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ", ended " + strings.Join(ids, " ")
}
