package clearing_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
)

func (s *story) runMember(p step) (string, bool) {
	switch p.Cmd {
	case "account": // STEEL second at=SHANGHAI: proposed, and confirmed by its bank
		return p.report(s.open(p.label(), p.word(), p.Text("at", "HANGZHOU")), "confirmed"), true
	case "close-account":
		_, err := run(s.chain, p.By(p.label()), member.CloseAccount, member.AccountArgument{Member: membertest.MemberOf(p.label()), Account: p.word()})
		return p.report(err, "closed"), true
	case "choose-account":
		out, err := run(s.chain, p.under(p.label(), record.QuorumChecker), member.ChooseAccount, member.ChooseAccountArgument{Account: p.word()})
		return p.report(err, "from %s", out.UsableFrom), true
	case "suspend":
		fn, by := member.Suspend, p.By("HANGZHOU")
		if p.HasArg("institution") {
			fn, by = member.SuspendInstitution, membertest.Signer{Person: "SHANGHAI/maker", Quorum: record.QuorumBanks}
		}
		_, err := run(s.chain, by, fn, member.StandingArgument{Member: membertest.MemberOf(p.label()), Reason: "arrears"})
		return p.report(err, "suspended"), true
	case "line":
		bank, line, _ := strings.Cut(p.label(), "/")
		return p.report(s.grant(bank, line, p.Text("debtor", "CORE"), p.Fen("limit", "")), ""), true
	}
	return "", false
}

func (s *story) runCertificate(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "issue":
		debtor := map[string]string{"C": "CORE", "Y": "CITY"}[p.label()[:1]]
		bank, line, _ := strings.Cut(p.Text("line", ""), "/")
		payment, err := s.issue(paper{
			number: id, debtor: debtor, holder: p.Text("to", "STEEL"), face: p.Fen("face", "1000000.00"),
			maturity: p.Date("maturity", 0), bank: bank, line: line, late: p.Percent("late", 0), unaccepted: p.HasArg("unaccepted"),
		})
		if err == nil {
			s.last = record.Effects{}
		}
		return p.report(err, "payable on %s", payment), true
	case "transfer", "offer":
		from, to := p.Text("by", "STEEL"), p.Text("to", "BOLTS")
		id, err := s.transfer(from, to, "invoice "+p.Pos, p.legs("fen"), p.Cmd == "transfer")
		if err == nil {
			s.name("T", id)
		}
		return p.report(err, "%s", id), true
	case "accept-offer":
		out, err := run(s.chain, p.By("BOLTS"), certificate.AcceptTransfer, certificate.OfferArgument{ID: id})
		return p.report(err, "%s", out.State), true
	case "spread": // over the small suppliers, each one fen more than the one before
		return s.spread(p, id), true
	case "split":
		leg := s.leg(id, p.Interval(p.Text("fen", "")))
		_, err := run(s.chain, p.By("STEEL"), certificate.Split, certificate.SplitArgument{
			Certificate: id, Holding: leg.Holding, Version: leg.Version, Interval: leg.Interval, Amounts: s.parts(p),
		})
		return p.report(err, ""), true
	case "pledge":
		by := agreed(p.Text("by", "STEEL"), p.Text("to", "BEIJING"))
		out, err := run(s.chain, by, certificate.Pledge, certificate.PledgeArgument{
			Leg: p.legs("fen")[0], Pledgee: p.Member("to", "BEIJING"), Secured: p.Fen("secured", ""), Registration: "R-9", Document: digest("pledge"),
		})
		return p.report(err, "%s", out.State), true
	case "release-pledge":
		out, err := run(s.chain, p.By("BEIJING"), certificate.ReleasePledge, certificate.PledgeIDArgument{ID: id})
		return p.report(err, "%s", out.State), true
	}
	return "", false
}

// parts are so many pieces of the same size.
func (s *story) parts(p step) []money.Fen {
	list := make([]money.Fen, p.Number("pieces", "1"))
	for i := range list {
		list[i] = p.Fen("each", "")
	}
	return list
}

// spread gives every small supplier some fen of a certificate, 1,000.00 and as many fen
// as its number, and leaves STEEL the rest.
func (s *story) spread(p step, id string) string {
	from := money.Fen(1)
	for i, f := range smalls(39) {
		amount := money.Fen(100_000 + i + 1)
		leg := s.leg(id, interval.Of(from, from+amount-1))
		if _, err := s.transfer("STEEL", f.Name, fmt.Sprint(p.Pos, i), []record.Leg{leg}, true); err != nil {
			return p.report(err, "")
		}
		from += amount
	}
	return fmt.Sprintf("ok, STEEL has the rest from fen %d on\n", from)
}

func (s *story) runFinancing(p step) (string, bool) {
	switch p.Cmd {
	case "finance":
		_, err := s.finance(p.Text("by", "STEEL"), p.Text("bank", "SHANGHAI"), p.terms(), p.legs("fen"), p.Text("until", stagePaid))
		return p.report(err, ""), true
	case "request":
		out, err := run(s.chain, p.By("STEEL"), financing.Request, financing.RequestArgument{
			Legs: p.legs("fen"), Account: "main", QuotesUntil: p.After(p.s.Now, "until", 0), LapsesAt: p.After(p.s.Now, "lapses", 0), ReplyKey: []byte("key"),
		})
		return p.report(err, "until %s", out.LapsesAt), true
	case "paid-outside":
		holder := p.Text("holder", "STEEL")
		out, err := run(s.chain, agreed(p.Text("by", "CORE"), holder), financing.PaidOutside, financing.PaidOutsideArgument{
			Debtor: p.Member("debtor", "CORE"), Holder: membertest.MemberOf(holder), Legs: p.legs("fen"),
			DebtorAccount: "main", HolderAccount: "main", Document: digest("receipt"),
		})
		return p.report(err, "of %s", out.Amount), true
	case "holds-of-paid-outside":
		holds := membertest.Look(s.chain, ignoring(financing.PaidOutsideHolds, financing.PaidOutsideArgument{Legs: p.legs("fen")}))
		return fmt.Sprintf("%d\n", len(holds)), true
	case "discount": // pays early, by an offer of the debtor's
		_, err := run(s.chain, maker("CORE"), financing.PostDiscount, financing.DiscountArgument{
			ID: "early", Rate: p.Percent("rate", 4*10_000), Basis: 360, Account: "main", From: s.Now.Date(), Until: s.Now.Date().AddDays(60),
		})
		if err != nil {
			return p.report(err, ""), true
		}
		out, err := run(s.chain, p.By("STEEL"), financing.TakeDiscount, financing.TakeDiscountArgument{
			Debtor: membertest.MemberOf("CORE"), Offer: "early", Legs: p.legs("fen"), Account: "main",
			ValueDate: s.Now.Date(), Amount: p.Fen("amount", ""),
		})
		return p.report(err, "for %s", out.Amount), true
	}
	return "", false
}

// runSettlement is the value flow. Who is left out is the party that is meant to act.
func (s *story) runSettlement(p step) (string, bool) {
	id := p.id(p.label())
	known := membertest.Find(s.chain, record.SettlementKey(id))
	if known == nil {
		known = &record.Settlement{PayerBank: membertest.MemberOf("HANGZHOU"), PayeeBank: membertest.MemberOf("HANGZHOU"), Payee: membertest.MemberOf("STEEL")}
	}
	switch p.Cmd {
	case "instruct":
		out, err := run(s.chain, p.By(s.nameOf(known.PayerBank)), flow(settlement.Instruct), settlement.Argument{ID: id})
		return p.report(err, "%s", out.State), true
	case "advise":
		out, err := run(s.chain, p.By(s.nameOf(known.PayeeBank)), flow(settlement.Advise), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "confirm":
		out, err := run(s.chain, p.By(s.nameOf(known.Payee)), flow(settlement.Confirm), p.advice(known))
		return p.report(err, "%s", out.State), true
	case "not-paid":
		out, err := run(s.chain, p.By(s.nameOf(known.PayerBank)), flow(settlement.NotPaid), settlement.NotPaidArgument{
			ID: id, Reason: "returned", Evidence: digest("slip"),
		})
		return p.report(err, "%s", out.State), true
	case "cancel":
		out, err := run(s.chain, p.By(s.nameOf(known.Payee)), flow(settlement.Cancel), settlement.EndArgument{ID: id, Reason: "changed our mind"})
		return p.report(err, "%s", out.State), true
	case "pay": // instructs and credits settlements, or all that wait
		return s.pay(p), true
	}
	return "", false
}

func (p step) advice(t *record.Settlement) settlement.AdviceArgument {
	in := settlement.AdviceArgument{
		Settlement: t.ID, Reference: p.Text("ref", "ref of "+p.label()), Amount: t.Amount, Payer: t.Payer, PayerAccount: t.PayerAccount,
		Payee: t.Payee, PayeeAccount: t.PayeeAccount, Credited: p.After(p.s.Now, "at", p.s.Now),
	}
	if p.HasArg("amount") {
		in.Amount = p.Fen("amount", "")
	}
	return in
}

func (s *story) pay(p step) string {
	var ids []string
	for _, a := range p.CmdArgs {
		if len(a.Vals) == 0 && a.Key != "quiet" && a.Key != "all" && a.Key != "told" {
			ids = append(ids, p.id(a.Key))
		}
	}
	if p.HasArg("all") {
		waiting := membertest.List[record.Settlement](s.chain, record.SettlementsPrefix())
		slices.SortStableFunc(waiting, byFen)
		for _, t := range waiting {
			if t.State == record.SettlementAgreed && t.Run != "" && t.PayerBank != "" {
				ids = append(ids, t.ID)
			}
		}
	}
	var paid money.Fen
	var moves []record.Move
	for _, id := range ids {
		if membertest.Find(s.chain, record.SettlementKey(id)) == nil {
			return "no settlement " + id + "\n"
		}
		if err := s.instruct(id); err != nil {
			return p.report(err, "")
		}
		if err := s.credit(id, "ref of "+id); err != nil {
			return p.report(err, "")
		}
		moves = append(moves, s.last.Moves...)
		paid += s.settlement(id).Amount
	}
	if s.last.Moves = moves; p.HasArg("quiet") {
		s.last.Moves = nil
	}
	return p.report(nil, "%d payments of %s", len(ids), paid)
}

// runClearing is funds, their division, and what banks say of legs.
func (s *story) runClearing(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "funds":
		out, err := run(s.chain, p.By("HANGZHOU"), clearing.ConfirmFunds, clearing.ConfirmFundsArgument{
			Run: id, Account: p.Text("account", "main"), Amount: p.Fen("amount", ""),
		})
		return p.report(err, "round %d of %s: %s for %s, %s, %d legs", out.Round, out.Run, out.Funds, out.Claims, out.State, out.Legs), true
	case "report":
		return s.bankSays(p, id), true
	case "replace":
		out, err := run(s.chain, p.By(s.payerBankOf(id)), flow(clearing.Replace), clearing.LegArgument{Leg: id})
		return p.report(err, "%s", out.State), true
	case "drop":
		out, err := run(s.chain, p.By(s.payerBankOf(id)), flow(clearing.Drop), clearing.DropArgument{Leg: id, Reason: p.Text("reason", "the funds are gone")})
		return p.report(err, "%s", out.State), true
	case "direct":
		out, err := run(s.chain, p.ordered(), clearing.Direct, clearing.DirectArgument{
			Authority: p.Text("authority", "Hangzhou Court"), Docket: p.Text("docket", "2026-99"), Document: p.Document("document", "order"),
			Freeze: p.id(p.Text("freeze", "O1")), Leg: id, Receiver: p.Member("to", "ORE"),
		})
		return p.report(err, "%s", out.State), true
	}
	return "", false
}

func (s *story) payerBankOf(id string) string {
	if known := membertest.Find(s.chain, record.SettlementKey(id)); known != nil && known.PayerBank != "" {
		return s.nameOf(known.PayerBank)
	}
	return "HANGZHOU"
}

// bankSays is a bank's message about a leg, by the bank whose word it is.
func (s *story) bankSays(p step, id string) string {
	in := clearing.ReportArgument{Leg: id}
	if in.Says.UnmarshalText([]byte(p.word())) != nil {
		in.Says = 9
	}
	by := "HANGZHOU"
	if t := membertest.Find(s.chain, record.SettlementKey(id)); t != nil {
		full := p.advice(t)
		in.Amount, in.Payer, in.PayerAccount, in.Payee, in.PayeeAccount, in.At = full.Amount, t.Payer, t.PayerAccount, t.Payee, t.PayeeAccount, full.Credited
		if by = s.nameOf(t.PayeeBank); in.Says == clearing.ReportAccepted || in.Says == clearing.ReportRejected {
			by = s.nameOf(t.PayerBank)
		}
	}
	in.PayeeAccount = p.Text("payee-account", in.PayeeAccount)
	if in.Reference = p.Text("ref", p.word()+" "+p.label()); in.Reference == "none" {
		in.Reference = ""
	}
	if in.Says == clearing.ReportRejected || in.Says == clearing.ReportReturned {
		in.Amount, in.Payer, in.PayerAccount, in.Payee, in.PayeeAccount, in.At = 0, "", "", "", "", 0
		in.Reason, in.Evidence = p.Text("reason", "AC04 account closed"), p.Document("evidence", "message")
	}
	out, err := run(s.chain, p.By(by), flow(clearing.Take), in)
	return p.report(err, "%s", out.State)
}

// runRecovery is recourse, guarantees and waivers.
func (s *story) runRecovery(p step) (string, bool) {
	id := p.id(p.label())
	switch p.Cmd {
	case "recourse", "call-guarantee":
		in := clearing.RecoverArgument{Financing: id, Account: p.Text("account", "")}
		if p.HasArg("fen") {
			in.Legs = append([]record.Leg{}, p.legs("fen")...)
		}
		fn := clearing.Recourse
		if p.Cmd == "call-guarantee" {
			fn = clearing.CallGuarantee
		}
		out, err := run(s.chain, p.By("SHANGHAI"), fn, in)
		return p.report(err, "for %s", out.Amount), true
	case "waive":
		return s.waive(p, id), true
	case "consent-waiver":
		out, err := run(s.chain, p.By("BEIJING"), clearing.ConsentToWaiver, clearing.WaiverArgument{ID: id})
		return p.report(err, "%s", out.Amount), true
	}
	return "", false
}

func (s *story) waive(p step, id string) string {
	in := clearing.WaiveArgument{Settlement: id}
	if p.HasArg("fen") {
		in.Settlement = ""
		leg := p.legs("fen")[0]
		in.Certificate, in.Interval = leg.Certificate, leg.Interval
	}
	if reason := p.Text("reason", "goodwill"); in.Reason.UnmarshalText([]byte(reason)) != nil {
		in.Reason = 0
	}
	out, err := run(s.chain, p.under("STEEL", record.QuorumChecker), flow(clearing.Waive), in)
	if err != nil {
		return p.report(err, "")
	}
	s.name("W", out.ID)
	return p.report(nil, "%s of %s; waits for %s", out.ID, out.Amount, cmp.Or(out.Pledgee, "nobody"))
}

// runExtension is offers to pay later.
func (s *story) runExtension(p step) (string, bool) {
	id := p.id(p.label())
	said := func(out clearing.ExtensionResult, err error) string {
		if err == nil && p.Cmd == "offer-extension" {
			s.name("X", out.ID)
		}
		missing := slices.Clone(out.Missing)
		for i := range missing {
			missing[i] = s.nameOf(missing[i])
		}
		return p.report(err, "%s to %s: %s extended, missing %v", out.ID, out.Payment, out.Extended, missing)
	}
	switch p.Cmd {
	case "offer-extension":
		return said(run(s.chain, p.By("CORE"), clearing.OfferExtension, clearing.ExtendArgument{
			Certificate: id, Maturity: p.Date("maturity", 0), Reason: p.Text("reason", "a buyer pays late"), Document: p.Document("document", "agreement"),
		})), true
	case "accept-extension":
		in := clearing.AcceptExtensionArgument{ID: id}
		if p.HasArg("fen") {
			in.Interval = p.legs("fen")[0].Interval
		}
		return said(run(s.chain, p.By("STEEL"), clearing.AcceptExtension, in)), true
	case "consent-extension":
		return said(run(s.chain, p.By("HANGZHOU"), clearing.ConsentToExtension, clearing.ExtensionArgument{ID: id})), true
	case "withdraw-extension":
		return said(run(s.chain, p.By("CORE"), clearing.WithdrawExtension, clearing.ExtensionArgument{ID: id})), true
	}
	return "", false
}

func (s *story) runOrder(p step) (string, bool) {
	id := p.id(p.label())
	var numbers []string
	for _, label := range p.List("of") {
		numbers = append(numbers, p.id(label))
	}
	ordered := func(out certificate.OrderResult, err error, format string) string {
		if err == nil {
			s.name("O", out.ID)
		}
		return p.report(err, format, out.ID, out.Taken)
	}
	switch p.Cmd {
	case "freeze":
		out, err := run(s.chain, p.ordered(), certificate.Freeze, certificate.FreezeArgument{
			Authority: "Hangzhou Court", Docket: "2026-77", Document: digest("ruling"), Target: p.Member("target", "STEEL"),
			Certificates: numbers, Amount: p.Fen("amount", "1000000.00"),
		})
		return ordered(out, err, "%s took %s"), true
	case "unfreeze":
		out, err := run(s.chain, p.ordered(), certificate.Unfreeze, certificate.UnfreezeArgument{
			Authority: "Hangzhou Court", Docket: "2026-78", Document: digest("lifted"), Order: id,
		})
		return p.report(err, "%s", out.State), true
	case "court-transfer":
		out, err := run(s.chain, p.ordered(), ending(certificate.JudicialTransfer), certificate.JudicialTransferArgument{
			Authority: "Hangzhou Court", Docket: "2026-79", Document: digest("transfer"), Freeze: p.id(p.Text("under", "")),
			Target: p.Member("target", "STEEL"), Receiver: p.Member("to", "ORE"), Certificate: id, Interval: p.Interval(p.Text("fen", "")),
		})
		return ordered(out, err, "%s took %s"), true
	case "succession":
		out, err := run(s.chain, p.ordered(), ending(certificate.Succession), certificate.SuccessionArgument{
			Authority: "Registrar", Docket: "M-1", Document: digest("merger"), Target: membertest.ID(p.Text("target", "STEEL")),
			Receiver: p.Member("to", "ORE"), Certificates: numbers,
		})
		return ordered(out, err, "%s took %s"), true
	}
	return "", false
}
