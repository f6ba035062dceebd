package certificate_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// story is a scenario in progress. People write labels: C1 for a certificate of
// CORE and Y1 for one of CITY, T1 for the first transfer, P1 for a pledge, O1 for an order, Q1 for a
// request to confirm. Amounts are yuan, intervals are fen.
type story struct {
	*chain
	ids    map[string]string // label to id
	counts map[string]int    // labels given by letter
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &story{chain: newChain(t), ids: map[string]string{}, counts: map[string]int{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return s.shorten(s.run(step{membertest.Words{T: t, TestData: d}, s}))
		})
	})
}

// step reads the arguments of one command.
type step struct {
	membertest.Words
	s *story
}

func (p step) label() string { return p.Bare(0) }

// id is what a label stands for, or the text itself.
func (p step) id(label string) string {
	if id, ok := p.s.ids[label]; ok {
		return id
	}
	for letter, debtor := range map[string]string{"C": "CORE", "Y": "CITY"} {
		if n, err := strconv.Atoi(strings.TrimPrefix(label, letter)); err == nil && n > 0 && strings.HasPrefix(label, letter) {
			p.s.ids[label] = certNumber(debtor, p.s.Now.Date(), n)
			return p.s.ids[label]
		}
	}
	return label
}

func (p step) fen(text string) money.Fen {
	v, err := money.Parse(text)
	if err != nil {
		p.T.Fatal(err)
	}
	return v
}

func (p step) fens(name string) []money.Fen {
	var list []money.Fen
	for _, text := range p.List(name) {
		list = append(list, p.fen(text))
	}
	return list
}

func (p step) interval(name string) interval.Interval {
	from, to, _ := strings.Cut(p.Text(name, "0-0"), "-")
	return interval.Of(money.Fen(p.number(from)), money.Fen(p.number(to)))
}

func (p step) number(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		p.T.Fatal(err)
	}
	return n
}

func (p step) date(name string) calendar.Date {
	if p.Text(name, "") == "" {
		return 0
	}
	d, err := calendar.ParseDate(p.Text(name, ""))
	if err != nil {
		p.T.Fatal(err)
	}
	return d
}

// contract is the contract between two members, named BUYER-SELLER.
func (p step) contract(buyer, seller string) string {
	text := p.Text("contract", buyer+"-"+seller)
	if buyer, seller, ok := strings.Cut(text, "-"); ok {
		return contractOf(buyer, seller)
	}
	return text
}

// by is who signs: "STEEL" is its maker; with= are the approvers of the proposal
// whose quorum= was met.
func (p step) by(otherwise string) signer {
	person := p.Text("by", otherwise)
	if !strings.Contains(person, "/") {
		person += "/maker"
	}
	by := signer{person: person, quorum: membertest.Quorum(p.Text("quorum", "")), approvers: p.List("with")}
	if by.quorum == 0 && len(by.approvers) > 0 {
		by.quorum = record.QuorumChecker
	}
	return by
}

// cover reads invoices "i1:1000.00".
func (p step) cover() []record.Allocation {
	var list []record.Allocation
	for _, text := range p.List("cover") {
		name, amount, _ := strings.Cut(text, ":")
		list = append(list, record.Allocation{Invoice: digest(name), Amount: p.fen(amount)})
	}
	return list
}

// legs reads "C1/2.1/1-30000": certificate, holding and version, fen.
func (p step) legs(name string) []record.Leg {
	var list []record.Leg
	for _, text := range p.List(name) {
		parts := strings.Split(text, "/")
		holding, version, _ := strings.Cut(parts[1], ".")
		from, to, _ := strings.Cut(parts[2], "-")
		list = append(list, record.Leg{
			Certificate: p.id(parts[0]), Holding: uint32(p.number(holding)), Version: uint32(p.number(version)),
			Interval: interval.Of(money.Fen(p.number(from)), money.Fen(p.number(to))),
		})
	}
	return list
}

// report is what came of an operation: refusal or the given outcome, then moves,
// notices and what the rules recorded.
func (s *story) report(err error, format string, args ...any) string {
	var b strings.Builder
	if err != nil {
		if code.Of(err) == nil {
			return "error " + err.Error()
		}
		return err.Error() + "\n"
	}
	b.WriteString(strings.TrimRight(fmt.Sprintf("ok "+format, args...), " ") + "\n")
	for _, m := range s.last.Moves {
		fmt.Fprintf(&b, "moved by %s: %s of %s from %s to %s, tier %d\n", m.Kind, m.Interval, m.Certificate, m.From, m.To, m.Tier)
	}
	for _, n := range s.last.Notices {
		fmt.Fprintf(&b, "told %s: %s", strings.Join(n.Members, " "), n.Kind)
		if len(n.Opens) > 0 {
			fmt.Fprintf(&b, ", to do for %s", n.Opens[0])
			if n.Until != 0 {
				fmt.Fprintf(&b, " until %s", n.Until)
			}
		}
		if len(n.Closes) > 0 {
			fmt.Fprintf(&b, ", done for %s", n.Closes[0])
		}
		b.WriteByte('\n')
	}
	for _, in := range s.last.Decision.Inputs {
		fmt.Fprintf(&b, "noted under %s: %s\n", in.Rule, in.Facts)
	}
	return b.String()
}

// name gives the next label of a letter to an id.
func (s *story) name(letter, id string) string {
	if id == "" {
		return ""
	}
	s.counts[letter]++
	label := letter + strconv.Itoa(s.counts[letter])
	s.ids[label] = id
	return label
}

func (s *story) shorten(text string) string {
	for _, f := range firms() {
		for _, l := range slices.Sorted(maps.Keys(s.ids)) {
			text = strings.ReplaceAll(text, s.ids[l], l)
		}
		text = strings.ReplaceAll(text, membertest.ID(f.Name), f.Name)
	}
	return strings.ReplaceAll(text, ":00.000+08:00", "")
}

func (s *story) run(p step) string {
	switch p.Cmd {
	case "invoice":
		s.trade(p.T, p.Text("buyer", "CORE"), p.Text("seller", "STEEL"), p.label(), p.fen(p.Text("amount", "")))
		return "ok\n"
	case "line":
		s.grant(p.T, "HANGZHOU", p.label(), "CORE", p.fen(p.Text("limit", "")))
		return "ok\n"
	case "pack":
		return s.pack(p)
	case "wait":
		length, err := time.ParseDuration(p.label())
		if err != nil {
			p.T.Fatal(err)
		}
		s.Now = s.Now.Add(length)
		return s.Now.String() + "\n"
	case "sweep":
		lapsed, err := s.sweep()
		return s.report(err, "%s", strings.Join(lapsed, " "))
	case "show":
		return s.show(p)
	case "suspend":
		_, err := run(s.chain, alone("HANGZHOU/maker"), member.Suspend, member.StandingArgument{
			Member: membertest.ID(p.label()), Reason: "arrears",
		})
		return s.report(err, "suspended")
	case "stop", "lift":
		fn := rules.StopDebtor
		if p.Cmd == "lift" {
			fn = rules.LiftStop
		}
		_, err := run(s.chain, alone("HANGZHOU/reviewer"), fn, rules.StopArgument{
			Debtor: membertest.ID(p.label()), Reason: "on the list of overdue acceptors", Document: digest("list"),
		})
		return s.report(err, "")
	}
	if out, ok := s.runCertificate(p); ok {
		return out
	}
	if out, ok := s.runTransfer(p); ok {
		return out
	}
	if out, ok := s.runOrder(p); ok {
		return out
	}
	p.T.Fatalf("%s: unknown command %s", p.Pos, p.Cmd)
	return ""
}

// pack makes the limits of the rule pack smaller, so that a scenario reaches them.
func (s *story) pack(p step) string {
	w := s.World(world.Actor{System: true})
	pack, err := world.Find(w, record.PackKey(1))
	if err != nil {
		p.T.Fatal(err)
	}
	pack.MaxTier = uint16(p.number(p.Text("tiers", "10")))
	pack.MaxPieces = uint32(p.number(p.Text("pieces", "1000")))
	pack.MaxHopsPerDay = uint16(p.number(p.Text("hops", "5")))
	world.Put(w, record.PackKey(1), pack)
	if _, err := w.Flush(); err != nil {
		p.T.Fatal(err)
	}
	return "ok\n"
}

func (s *story) runCertificate(p step) (string, bool) {
	switch p.Cmd {
	case "issue":
		bank, line, _ := strings.Cut(p.Text("line", ""), "/")
		if bank == "HANGZHOU" {
			bank = membertest.ID(bank)
		}
		out, err := run(s.chain, p.by("CORE"), certificate.Issue, certificate.IssueArgument{
			Number: p.id(p.label()), Creditor: p.Member("to", "STEEL"), Face: p.fen(p.Text("face", "1000.00")),
			IssueDate: p.date("date"), Maturity: p.date("maturity"), Currency: p.Text("currency", "CNY"),
			Reference: p.Text("ref", "PO-"+p.label()),
			Contract:  p.contract(p.Text("by", "CORE"), p.Text("to", "STEEL")),
			Bank:      bank, Line: line, Green: p.HasArg("green"), GreenProof: p.Document("proof", "none"), Allocations: p.cover(),
		})
		return s.report(err, "payable on %s", out.Payment), true
	case "review":
		_, err := run(s.chain, p.by("HANGZHOU/reviewer"), certificate.ReviewTerm, certificate.ReviewArgument{
			Number: p.id(p.label()), Debtor: p.Member("debtor", "CORE"), Face: p.fen(p.Text("face", "1000.00")),
			Maturity: p.date("maturity"), Reason: p.Text("reason", ""),
		})
		return s.report(err, "reviewed"), true
	case "accept":
		out, err := run(s.chain, p.by("STEEL"), certificate.Accept, certificate.CertificateArgument{Certificate: p.id(p.label())})
		return s.report(err, "%s", out.State), true
	case "reject":
		in := certificate.RejectArgument{Certificate: p.id(p.label()), Reason: p.Text("reason", "wrong amount")}
		out, err := run(s.chain, p.by("STEEL"), certificate.Reject, in)
		return s.report(err, "%s", out.State), true
	case "withdraw":
		out, err := run(s.chain, p.by("CORE"), certificate.Withdraw, certificate.CertificateArgument{Certificate: p.id(p.label())})
		return s.report(err, "%s", out.State), true
	case "void":
		in := certificate.VoidArgument{Certificate: p.id(p.label()), Reason: p.Text("reason", "goods returned")}
		out, err := run(s.chain, p.by("CORE"), certificate.Void, in)
		return s.report(err, "%s", out.State), true
	case "split":
		out, err := run(s.chain, p.by("STEEL"), certificate.Split, certificate.SplitArgument{
			Certificate: p.id(p.label()), Holding: uint32(p.number(p.Text("holding", "1"))),
			Version: uint32(p.number(p.Text("version", "1"))), Interval: p.interval("fen"), Amounts: p.fens("amounts"),
		})
		return s.report(err, "%s", legsText(out.Pieces)), true
	case "merge":
		in := certificate.MergeArgument{Certificate: p.id(p.label())}
		for _, text := range p.List("holdings") {
			holding, version, _ := strings.Cut(text, ".")
			in.Holdings = append(in.Holdings, certificate.HoldingVersion{
				Holding: uint32(p.number(holding)), Version: uint32(p.number(version)),
			})
		}
		out, err := run(s.chain, p.by("STEEL"), certificate.Merge, in)
		return s.report(err, "%s", legsText(out.Pieces)), true
	case "ask":
		out, err := run(s.chain, p.by("STEEL"), certificate.RequestConfirmation, certificate.ConfirmationArgument{
			Debtor: p.Member("debtor", "CORE"), Amount: p.fen(p.Text("amount", "")),
			Contract: p.contract("CORE", "STEEL"),
		})
		return s.report(err, "%s due %s", s.name("Q", out.ID), out.DueAt), true
	case "answer":
		out, err := run(s.chain, p.by("CORE"), certificate.AnswerConfirmation, certificate.AnswerArgument{
			ID: p.id(p.label()), Agree: p.HasArg("agree"), Reason: p.Text("reason", ""),
		})
		return s.report(err, "%s", out.State), true
	}
	return "", false
}

func (s *story) runTransfer(p step) (string, bool) {
	switch p.Cmd {
	case "offer":
		out, err := run(s.chain, p.by("STEEL"), certificate.Transfer, certificate.TransferArgument{
			To: p.Member("to", "BOLTS"), Reference: p.Text("ref", "invoice"), Legs: p.legs("legs"), Allocations: p.cover(),
		})
		return s.report(err, "%s of %s", s.name("T", out.ID), out.Amount), true
	case "accept-offer":
		out, err := run(s.chain, p.by("BOLTS"), certificate.AcceptTransfer, certificate.OfferArgument{ID: p.id(p.label())})
		return s.report(err, "%s, receiver has %s", out.State, legsText(out.Pieces)), true
	case "reject-offer":
		in := certificate.RejectTransferArgument{ID: p.id(p.label()), Reason: p.Text("reason", "not ours")}
		out, err := run(s.chain, p.by("BOLTS"), certificate.RejectTransfer, in)
		return s.report(err, "%s", out.State), true
	case "withdraw-offer":
		out, err := run(s.chain, p.by("STEEL"), certificate.WithdrawTransfer, certificate.OfferArgument{ID: p.id(p.label())})
		return s.report(err, "%s", out.State), true
	case "pledge":
		in := certificate.PledgeArgument{
			Pledgee: p.Member("to", "SHANGHAI"), Secured: p.fen(p.Text("secured", "200.00")),
			Registration: p.Text("registration", "R-1"), Document: p.Document("document", "pledge contract"),
		}
		if legs := p.legs("leg"); len(legs) > 0 {
			in.Leg = legs[0]
		}
		out, err := run(s.chain, p.by("STEEL"), certificate.Pledge, in)
		return s.report(err, "%s", s.name("P", out.ID)), true
	case "release":
		out, err := run(s.chain, p.by("SHANGHAI"), certificate.ReleasePledge, certificate.PledgeIDArgument{ID: p.id(p.label())})
		return s.report(err, "%s", out.State), true
	case "hold", "let-go":
		_, err := run(s.chain, p.by("STEEL"), func(w *world.World, fen interval.Interval) (struct{}, error) {
			holds := []record.Hold{{Kind: record.HoldInterval, Certificate: p.id(p.label()), Interval: fen}}
			if p.Cmd == "hold" {
				return struct{}{}, certificate.LockProposal(w, p.Text("proposal", "proposal1"), holds)
			}
			return struct{}{}, certificate.UnlockProposal(w, p.Text("proposal", "proposal1"), holds)
		}, p.interval("fen"))
		return s.report(err, ""), true
	}
	return "", false
}

func (s *story) runOrder(p step) (string, bool) {
	authority, docket, document := p.Text("authority", "Hangzhou Court"), p.Text("docket", "2026-77"), p.Document("document", "ruling")
	var numbers []string
	for _, label := range p.List("certificates") {
		numbers = append(numbers, p.id(label))
	}
	switch p.Cmd {
	case "freeze":
		out, err := run(s.chain, p.by("HANGZHOU"), certificate.Freeze, certificate.FreezeArgument{
			Authority: authority, Docket: docket, Document: document, Target: p.Member("target", "STEEL"),
			Certificates: numbers, Amount: p.fen(p.Text("amount", "1000.00")),
		})
		return s.report(err, "%s took %s, short of %s", s.name("O", out.ID), out.Taken, out.Shortfall), true
	case "unfreeze":
		out, err := run(s.chain, p.by("HANGZHOU"), certificate.Unfreeze, certificate.UnfreezeArgument{
			Authority: authority, Docket: docket, Document: document, Order: p.id(p.label()),
		})
		return s.report(err, "%s", out.State), true
	case "court-transfer":
		out, err := run(s.chain, p.by("HANGZHOU"), certificate.JudicialTransfer, certificate.JudicialTransferArgument{
			Authority: authority, Docket: docket, Document: document, Freeze: p.id(p.Text("under", "")),
			Target: p.Member("target", "STEEL"), Receiver: p.Member("to", "ORE"), Certificate: p.id(p.label()),
			Interval: p.interval("fen"), Amount: p.fen(p.Text("amount", "0.00")),
		})
		return s.report(err, "%s took %s, short of %s", s.name("O", out.ID), out.Taken, out.Shortfall), true
	case "succession":
		out, err := run(s.chain, p.by("HANGZHOU"), certificate.Succession, certificate.SuccessionArgument{
			Authority: authority, Docket: docket, Document: document, Target: p.Member("target", "STEEL"),
			Receiver: p.Member("to", "ORE"), Certificates: numbers,
		})
		return s.report(err, "%s took %s", s.name("O", out.ID), out.Taken), true
	}
	return "", false
}

func legsText(legs []record.Leg) string {
	var parts []string
	for _, l := range legs {
		parts = append(parts, fmt.Sprintf("%s/%d.%d/%s", l.Certificate, l.Holding, l.Version, l.Interval))
	}
	return strings.Join(parts, " ")
}

// show prints a certificate with its holdings, a transfer, a line or an invoice.
func (s *story) show(p step) string {
	label := p.label()
	switch {
	case p.HasArg("line"):
		l := look(s.chain, func(w *world.World) (*record.Line, error) { return credit.Find(w, membertest.ID("HANGZHOU"), label) })
		return fmt.Sprintf("reserved %s, used %s\n", l.Reserved, l.Used)
	case p.HasArg("invoice"):
		i := look(s.chain, func(w *world.World) (*record.Invoice, error) { return evidence.Find(w, digest(label)) })
		return fmt.Sprintf("allocated %s of %s\n", i.Allocated, i.Amount)
	case label[0] == 'T':
		t := look(s.chain, func(w *world.World) (*record.Transfer, error) {
			return world.Load(w, record.TransferKey(p.id(label)), "transfer", label)
		})
		return fmt.Sprintf("%s %s of %s from %s to %s, lapses %s\n", label, t.State, t.Amount, t.From, t.To, instantText(t.LapsesAt))
	}
	cert := look(s.chain, func(w *world.World) (*record.Certificate, error) { return certificate.Get(w, p.id(label)) })
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s, %s owes %s %s, accept by %s\n", label, certificate.StatusOf(cert, s.Now), cert.Debtor,
		cert.FirstHolder, cert.Face, instantText(cert.AcceptBy))
	list := look(s.chain, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, cert.Number) })
	for _, h := range list {
		fmt.Fprintf(&b, "%d.%d %s has %s", h.ID, h.Version, h.Owner, h.Interval)
		for _, span := range h.Tiers {
			fmt.Fprintf(&b, ", tier %d to %d", span.Tier, span.To)
		}
		for _, l := range h.Locks {
			fmt.Fprintf(&b, "; %s %s on %s", l.Kind, l.Order, l.Interval)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func instantText(i calendar.Instant) string {
	if i == 0 {
		return "none, the clock stands"
	}
	return i.String()
}
