package financing_test

import (
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
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
		_, err := run(s.chain, signer{person: p.label() + "/maker", quorum: record.QuorumChecker}, member.ProposeAccount,
			member.ProposeAccountArgument{
				ID: p.word(), Bank: p.member("at", "HANGZHOU"), Commitment: digest(p.word()), Sealed: []byte("number"),
			})
		return p.report(err, "proposed"), true
	case "confirm-account":
		out, err := run(s.chain, p.by("HANGZHOU"), member.ConfirmAccount, member.AccountArgument{
			Member: memberOf(p.label()), Account: p.word(),
		})
		return p.report(err, "usable from %s", out.UsableFrom), true
	case "close-account":
		_, err := run(s.chain, p.by("HANGZHOU"), member.CloseAccount, member.AccountArgument{
			Member: memberOf(p.label()), Account: p.word(),
		})
		return p.report(err, "closed"), true
	case "suspend":
		by := signer{person: "HANGZHOU/maker", quorum: record.QuorumBanks}
		_, err := run(s.chain, by, member.SuspendInstitution, member.StandingArgument{
			Member: memberOf(p.label()), Reason: "arrears",
		})
		return p.report(err, "suspended"), true
	case "line":
		bank, line, _ := strings.Cut(p.label(), "/")
		return p.report(s.grant(bank, line, p.text("debtor", "CORE"), p.fen("limit", "")), ""), true
	case "group":
		out, err := run(s.chain, p.by("SHANGHAI"), credit.SetGroup, credit.GroupArgument{
			ID: p.label(), Parent: p.text("in", ""), Cap: p.fen("cap", ""),
		})
		return p.report(err, "available %s", out.Available), true
	case "limit":
		in := credit.LimitArgument{
			Of: record.LimitDebtor, Member: p.member("debtor", ""), Group: p.text("group", ""), Cap: p.fen("cap", ""), Lift: p.HasArg("lift"),
		}
		if p.HasArg("supplier") {
			in.Of, in.Member = record.LimitSupplier, p.member("supplier", "")
		}
		out, err := run(s.chain, p.by("SHANGHAI"), credit.SetLimit, in)
		return p.report(err, "available %s of %s", out.Available, out.Cap), true
	}
	return "", false
}

// runRequest is a request with its quotes.
func (s *story) runRequest(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "request":
		out, err := run(s.chain, p.by("STEEL"), financing.Request, financing.RequestArgument{
			Legs: p.legs("fen"), Account: p.text("account", "main"), Invited: p.members("invited"),
			QuotesUntil: p.at("until", s.Now.Add(24*hour)), LapsesAt: p.at("lapses", 0), ReplyKey: p.bytes("key", "reply key"),
		})
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s of %s, quotes until %s, ends %s", out.ID, out.Amount, out.QuotesUntil, out.LapsesAt), true
	case "quote":
		return s.quote(p, id), true
	case "withdraw-quote":
		out, err := run(s.chain, p.by("SHANGHAI"), financing.WithdrawQuote, financing.Argument{ID: id})
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
		off, err := financing.PayoffOf(t, c, p.parts(), p.date("on", 0))
		return p.report(err, "pays %s, interest earned %s, back to the debtor %s", off.Amount, off.Earned, off.DebtorRefund), true
	}
	return "", false
}

const hour = 3600 * 1_000_000_000

// parts reads "of=(1000000.00/2026-11-30)": fen and the day on which they are paid.
func (p step) parts() []financing.Part {
	var parts []financing.Part
	for _, text := range p.list("of") {
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
	bank := p.text("by", "SHANGHAI")
	opened := financing.Opened{Salt: saltOf(id, bank), Terms: p.terms()}
	in := financing.QuoteArgument{
		Financing: id, Account: p.text("account", "main"), Sealed: p.bytes("sealed", "sealed terms"),
		Seal: financing.SealOf(id, memberOf(bank), opened.Salt, opened.Terms), Expires: p.at("expires", s.Now.Add(48*hour)),
	}
	if p.HasArg("seal") {
		in.Seal = p.digest("seal", "none")
	}
	out, err := run(s.chain, p.by("SHANGHAI"), financing.Quote, in)
	if err == nil {
		s.quotes[id+bank] = opened
	}
	return p.report(err, "%s", out.State)
}

// choose opens a bank's quote. Terms that the step names are altered, net= is what
// the holder saw; left out, its client has computed it.
func (s *story) choose(p step, id string) string {
	bank := p.text("bank", "SHANGHAI")
	opened := s.quotes[id+bank]
	if opened.Terms.Kind == 0 {
		opened.Terms = p.terms()
	}
	if p.HasArg("rate") {
		opened.Terms.Rate = p.percent("rate", 0)
	}
	if p.HasArg("kind") {
		opened.Terms.Kind = p.terms().Kind
	}
	if p.HasArg("salt") {
		opened.Salt = saltOf(p.text("salt", ""), bank)
	}
	in := financing.SelectArgument{ID: id, Bank: memberOf(bank), Salt: opened.Salt, Terms: opened.Terms, Net: p.fen("net", "")}
	if !p.HasArg("net") {
		in.Net = s.netOf(id, opened.Terms)
	}
	out, err := run(s.chain, p.by("STEEL"), financing.Select, in)
	return p.report(err, "%s is to pay %s until %s\n%s", out.Funder, out.Cost.Net, out.LapsesAt, costText(&out.Cost))
}

// netOf is what the terms come to for the legs of a settlement, 0 if nothing.
func (s *story) netOf(id string, t record.Terms) money.Fen {
	if known := find(s.chain, record.SettlementKey(id)); known != nil {
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
		if cert := find(c, record.CertificateKey(leg.Certificate)); cert != nil {
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
		t.ValueDate = p.date("value", 0)
		out, err := run(s.chain, p.by("SHANGHAI"), financing.PostRate, financing.RateArgument{
			ID: p.label(), Debtor: p.member("debtor", ""), Tier: uint16(p.number("tier", "0")), MinDays: int32(p.number("min-days", "0")),
			MaxDays: int32(p.number("max-days", "180")), Min: p.fen("min", "1000.00"), Max: p.fen("max", "1000000.00"),
			Volume: p.fen("volume", ""), Terms: t, ValueDays: int32(p.number("value-days", "0")), Account: p.text("account", "main"),
			From: p.date("from", s.Now.Date()), Until: p.date("until", s.Now.Date().AddDays(90)),
		})
		return p.report(err, "%s of %s", out.ID, out.Bank), true
	case "close-rate":
		out, err := run(s.chain, p.by("SHANGHAI"), financing.CloseRate, financing.NameArgument{ID: p.label()})
		return p.report(err, "closed: %t", out.Closed), true
	case "take-rate":
		in := financing.TakeRateArgument{
			Bank: p.member("bank", "SHANGHAI"), Rate: p.label(), Legs: p.legs("fen"), Account: p.text("account", "main"), Net: p.fen("net", ""),
		}
		if r := find(s.chain, record.RateKey(in.Bank, in.Rate)); r != nil {
			in.Terms = r.Terms
			if !p.HasArg("net") {
				t := r.Terms
				t.ValueDate = s.Now.Date().AddDays(int(r.ValueDays))
				in.Net = s.netOfLegs(in.Legs, t)
			}
		}
		if p.HasArg("seen-rate") { // what was posted when the holder looked
			in.Terms.Rate = p.percent("seen-rate", 0)
		}
		out, err := run(s.chain, p.by("STEEL"), financing.TakeRate, in)
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s: %s is to pay %s until %s\n%s", out.ID, out.Funder, out.Cost.Net, out.LapsesAt, costText(&out.Cost)), true
	case "guarantee":
		out, err := run(s.chain, p.by("GUARD"), financing.Guarantee, financing.ConsentArgument{ID: id, Account: p.text("account", "main")})
		return p.report(err, "%s", out.State), true
	case "bear-share":
		out, err := run(s.chain, p.by("CORE"), financing.BearShare, financing.ConsentArgument{ID: id, Account: p.text("account", "main")})
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
		out, err := run(s.chain, p.by("SHANGHAI"), financing.Resell, financing.ResellArgument{
			Financing: id, Legs: p.legs("fen"), Buyer: p.member("to", "BEIJING"), Price: p.fen("price", ""), Recourse: p.HasArg("recourse"),
			Contract: p.digest("contract", "resale contract"), Account: p.text("account", "main"), BuyerAccount: p.text("buyer-account", "main"),
		})
		if err == nil {
			s.name("F", out.ID)
		}
		return p.report(err, "%s: %s is to pay %s until %s", out.ID, out.Funder, out.Cost.Net, out.LapsesAt), true
	case "buy-back":
		out, err := run(s.chain, p.by("STEEL"), financing.BuyBack, financing.BuyBackArgument{
			Financing: id, Legs: p.legs("fen"), Price: p.fen("price", ""), Contract: p.digest("contract", "buy-back contract"),
			Account: p.text("account", "main"), BankAccount: p.text("bank-account", "main"),
		})
		return p.report(err, "for %s", out.Amount), true
	case "repay":
		out, err := run(s.chain, p.by("STEEL"), financing.Repay, financing.RepayArgument{
			Financing: id, Account: p.text("account", "main"), BankAccount: p.text("bank-account", ""), ValueDate: p.date("on", s.Now.Date()), Amount: p.fen("amount", ""),
		})
		return p.report(err, "with %s", out.Amount), true
	case "post-discount":
		out, err := run(s.chain, p.by("CORE"), financing.PostDiscount, financing.DiscountArgument{
			ID: p.label(), Rate: p.percent("rate", 0), Basis: int32(p.number("basis", "360")), MinDays: int32(p.number("min-days", "0")),
			Volume: p.fen("volume", ""), Account: p.text("account", "main"),
			From: p.date("from", s.Now.Date()), Until: p.date("until", s.Now.Date().AddDays(90)),
		})
		return p.report(err, "%s of %s", out.ID, out.Debtor), true
	case "close-discount":
		out, err := run(s.chain, p.by("CORE"), financing.CloseDiscount, financing.NameArgument{ID: p.label()})
		return p.report(err, "closed: %t", out.Closed), true
	case "take-discount":
		out, err := run(s.chain, p.by("STEEL"), financing.TakeDiscount, financing.TakeDiscountArgument{
			Debtor: p.member("debtor", "CORE"), Offer: p.label(), Legs: p.legs("fen"), Account: p.text("account", "main"),
			ValueDate: p.date("on", s.Now.Date()), Amount: p.fen("amount", ""),
		})
		return p.report(err, "for %s", out.Amount), true
	case "paid-outside":
		out, err := run(s.chain, p.by("CORE"), financing.PaidOutside, financing.PaidOutsideArgument{
			Debtor: p.member("debtor", "CORE"), Holder: p.member("holder", "STEEL"), Legs: p.legs("fen"),
			DebtorAccount: p.text("debtor-account", "main"), HolderAccount: p.text("holder-account", "main"),
			Document: p.digest("document", "receipt"),
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
		out, err := run(s.chain, p.by(nameOf(known.PayerBank)), flow(settlement.Instruct), settlement.Argument{ID: id})
		return p.report(err, "%s", out.State), true
	case "advise":
		out, err := run(s.chain, p.by(nameOf(known.PayeeBank)), flow(settlement.Advise), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "confirm":
		out, err := run(s.chain, p.by(nameOf(known.Payee)), flow(settlement.Confirm), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "pay":
		return s.pay(p, id, known), true
	case "not-paid":
		out, err := run(s.chain, p.by(nameOf(known.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
			ID: id, Reason: p.text("reason", "returned"), Evidence: p.digest("evidence", "return slip"),
		})
		return p.report(err, "%s", out.State), true
	case "dispute":
		out, err := run(s.chain, p.by(nameOf(known.Payee)), settlement.Dispute, settlement.EndArgument{ID: id, Reason: p.text("reason", "nothing came")})
		return p.report(err, "%s", out.State), true
	case "cancel":
		out, err := run(s.chain, p.by(nameOf(known.Payee)), flow(settlement.Cancel), settlement.EndArgument{ID: id, Reason: p.text("reason", "changed our mind")})
		return p.report(err, "%s", out.State), true
	}
	return "", false
}

// settlementOrNone is a settlement with the id, or one of the usual parties that
// is not there.
func (s *story) settlementOrNone(id string) *record.Settlement {
	if known := find(s.chain, record.SettlementKey(id)); known != nil {
		return known
	}
	return &record.Settlement{
		ID: id, Payee: membertest.ID("STEEL"), PayerBank: membertest.ID("SHANGHAI"), PayeeBank: membertest.ID("HANGZHOU"), Amount: 1,
	}
}

func (p step) advice(t *record.Settlement) settlement.AdviceArgument {
	in := advice(t, p.text("ref", "ref of "+p.label()), p.at("credited", p.s.Now))
	if p.HasArg("amount") {
		in.Amount = p.fen("amount", "")
	}
	in.Payer, in.Payee = p.member("payer", in.Payer), p.member("payee", in.Payee)
	in.PayerAccount, in.PayeeAccount = p.text("payer-account", in.PayerAccount), p.text("payee-account", in.PayeeAccount)
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
	in.Number, in.Proof = p.text("number", "R-"+p.word()), p.digest("proof", "proof")
	if in.Entered = 0; p.text("entered", "") != "never" {
		in.Entered = p.at("entered", s.Now)
	}
	in.Until, in.Corrects = p.date("until", in.Until), uint32(p.number("corrects", "0"))
	if p.HasArg("no-until") {
		in.Until = 0
	}
	bank := "SHANGHAI"
	if f := find(s.chain, record.FinancingKey(id)); f != nil && f.Funder != "" {
		bank = nameOf(f.Funder)
	}
	out, err := run(s.chain, p.by(bank), registration.Record, in)
	return p.report(err, "entry %d", out.Sequence)
}

func (s *story) runCertificate(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "issue":
		debtor := map[string]string{"C": "CORE", "Y": "CITY", "B": "BEIJING"}[p.label()[:1]]
		bank, line, _ := strings.Cut(p.text("line", ""), "/")
		payment, err := s.issue(paper{
			number: id, debtor: debtor, holder: p.text("to", "STEEL"), face: p.fen("face", "1000000.00"),
			maturity: p.date("maturity", calendar.Date(0)), bank: bank, line: line, unaccepted: p.HasArg("unaccepted"),
		})
		if err == nil {
			s.last = record.Effects{}
		}
		return p.report(err, "payable on %s", payment), true
	case "offer":
		from, to := p.text("by", "STEEL"), p.text("to", "BOLTS")
		legs := p.legs("fen")
		_, cover, err := s.trade(from, to, "invoice "+p.Pos, certificate.LegsAmount(legs))
		if err != nil {
			p.T.Fatal(err)
		}
		out, err := run(s.chain, p.by("STEEL"), certificate.Transfer, certificate.TransferArgument{
			To: memberOf(to), Reference: "purchase", Legs: legs, Allocations: []record.Allocation{cover},
		})
		if err == nil {
			s.name("T", out.ID)
		}
		return p.report(err, "%s of %s", out.ID, out.Amount), true
	case "accept-offer":
		out, err := run(s.chain, p.by("BOLTS"), certificate.AcceptTransfer, certificate.OfferArgument{ID: id})
		return p.report(err, "%s", out.State), true
	case "split":
		amounts := []money.Fen{p.fen("amount", "")}
		leg := s.leg(id, p.interval("fen"))
		_, err := run(s.chain, p.by("STEEL"), certificate.Split, certificate.SplitArgument{
			Certificate: id, Holding: leg.Holding, Version: leg.Version, Interval: leg.Interval, Amounts: amounts,
		})
		return p.report(err, ""), true
	case "void":
		_, err := run(s.chain, p.by("CORE"), certificate.Void, certificate.VoidArgument{Certificate: id, Reason: "returned"})
		return p.report(err, ""), true
	case "pledge":
		out, err := run(s.chain, p.by("STEEL"), certificate.Pledge, certificate.PledgeArgument{
			Leg: p.legs("fen")[0], Pledgee: p.member("to", "BEIJING"), Secured: p.fen("secured", "1.00"), Registration: "R-9", Document: digest("pledge"),
		})
		if err == nil {
			s.name("P", out.ID)
		}
		return p.report(err, "%s", out.ID), true
	}
	return "", false
}

func (p step) interval(name string) interval.Interval {
	from, to, _ := strings.Cut(p.text(name, "0-0"), "-")
	return interval.Of(p.count(from), p.count(to))
}

func (s *story) runOrder(p step) (string, bool) {
	id := p.id(p.label())
	var numbers []string
	for _, label := range p.list("of") {
		numbers = append(numbers, p.id(label))
	}
	switch p.Cmd {
	case "freeze":
		out, err := run(s.chain, p.ordered(), certificate.Freeze, certificate.FreezeArgument{
			Authority: "Hangzhou Court", Docket: "2026-77", Document: digest("ruling"), Target: p.member("target", "STEEL"),
			Certificates: numbers, Amount: p.fen("amount", "1000000.00"),
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
			Authority: "Hangzhou Court", Docket: "2026-79", Document: digest("transfer"), Freeze: p.id(p.text("under", "")),
			Target: p.member("target", "STEEL"), Receiver: p.member("to", "ORE"), Certificate: id, Interval: p.interval("fen"),
		})
		if err == nil {
			s.name("O", out.ID)
		}
		return p.report(err, "%s took %s%s", out.ID, out.Taken, endedText(out.Ended)), true
	case "succession":
		out, err := run(s.chain, p.ordered(), ending(certificate.Succession), certificate.SuccessionArgument{
			Authority: "Registrar", Docket: "M-1", Document: digest("merger"), Target: p.member("target", "STEEL"),
			Receiver: p.member("to", "ORE"), Certificates: numbers,
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
