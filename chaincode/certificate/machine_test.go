package certificate_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

type certOperation = certificate.Operation

var stops = certificate.Stops

// testPack has limits that a few operations reach.
var testPack = func() record.Pack {
	p := rules.DefaultPack()
	p.MaxTier, p.MaxPieces, p.SmallestPiece, p.MaxHopsPerDay, p.AcceptDays = 4, 9, 3, 3, 10
	return p
}()

var (
	buyers    = []string{"CORE", "CITY", "STEEL", "BOLTS", "ORE", "SHANGHAI"}
	suppliers = []string{"STEEL", "BOLTS", "ORE", "CITY"}
	owners    = []string{"STEEL", "BOLTS", "ORE", "CITY", "SHANGHAI"}
)

const (
	lineLimit = 150 // fen: a few certificates use it up
	invoiced  = 1 << 40
	maxPapers = 4
)

func pairInvoice(buyer, seller string) string { return buyer + " invoiced by " + seller }

// newStage is the ledger on which every run of the machine begins.
func newStage(t testing.TB) *chain {
	t.Helper()
	c := newChain(t)
	w := c.World(world.Actor{System: true})
	world.Put(w, record.PackKey(1), &testPack)
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, buyer := range buyers {
		for _, seller := range suppliers {
			if buyer != seller {
				c.trade(t, buyer, seller, pairInvoice(buyer, seller), invoiced)
			}
		}
	}
	for _, debtor := range []string{"CORE", "CITY"} {
		c.grant(t, "HANGZHOU", debtor+"-LINE", debtor, lineLimit)
	}
	return c
}

// machine runs operations on the contract and on the model.
type machine struct {
	*chain
	m     *model
	count int // certificates and proposals made
	rows  map[string]map[uint32]record.HoldingRow
	lines map[string][]string // lineage: owner of each fen by the moves reported
	tasks map[string]string   // worklist: subject to the member who has it open
}

func newMachine(base *chain) *machine {
	c := &chain{Network: &membertest.Network{Memory: base.Memory.Clone(), Now: base.Now}}
	return &machine{
		chain: c, m: &model{now: c.Now}, rows: map[string]map[uint32]record.HoldingRow{},
		lines: map[string][]string{}, tasks: map[string]string{},
	}
}

// settle compares what the contract answered with what the model allows: nil for
// success, or the codes that may refuse. On success the model after the operation
// becomes the model.
func (x *machine) settle(t *rapid.T, err error, want []code.Code, after *model) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Fatalf("refused, but the model allows it: %v", err)
		}
		x.m = after
		x.follow(t)
		return
	}
	if refusal := code.Of(err); refusal == nil || !slices.Contains(want, refusal.Code) {
		t.Fatalf("got %v, want one of %v", err, want)
	}
}

// follow keeps the read model up to date from the reported effects alone.
func (x *machine) follow(t *rapid.T) {
	for _, row := range x.last.Certificates {
		if x.lines[row.Number] == nil {
			x.lines[row.Number], x.rows[row.Number] = make([]string, row.Face), map[uint32]record.HoldingRow{}
		}
	}
	for _, row := range x.last.Holdings {
		known, ok := x.rows[row.Certificate][row.ID]
		if ok && row.Version < known.Version {
			t.Fatalf("holding %d of %s went from version %d to %d", row.ID, row.Certificate, known.Version, row.Version)
		}
		if ok && row.Version == known.Version && (row.Interval != known.Interval || row.Owner != known.Owner || row.Gone) {
			t.Fatalf("holding %d of %s changed from %v to %v within a version", row.ID, row.Certificate, known, row)
		}
		x.rows[row.Certificate][row.ID] = row
		if row.Gone {
			delete(x.rows[row.Certificate], row.ID)
		}
	}
	for _, move := range x.last.Moves {
		for n := move.Interval.From; n <= move.Interval.To; n++ {
			if had := x.lines[move.Certificate][n-1]; had != "" && had != move.From {
				t.Fatalf("fen %d of %s moved from %s, but was with %s", n, move.Certificate, move.From, had)
			}
			x.lines[move.Certificate][n-1] = move.To
		}
	}
	for _, n := range x.last.Notices {
		for _, who := range n.Closes {
			if x.tasks[n.Subject] != who {
				t.Fatalf("%s closes %s for %s, who has it not open", n.Kind, n.Subject, who)
			}
			delete(x.tasks, n.Subject)
		}
		for _, who := range n.Opens {
			x.tasks[n.Subject] = who
		}
	}
}

func (x *machine) by(name string) signer { return alone(name + "/maker") }

func (x *machine) institution() signer {
	return signer{person: "HANGZHOU/maker", quorum: record.QuorumInstitution, approvers: []string{"AUDIT"}}
}

func (x *machine) agreed(maker, other string) signer {
	return signer{person: maker + "/maker", quorum: record.QuorumCounterparty, approvers: []string{other}}
}

// holdings are the live holdings as the ledger lists them.
func (x *machine) holdings(number string) []record.Holding {
	return look(x.chain, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, number) })
}

func (x *machine) drawPaper(t *rapid.T) *paper {
	if len(x.m.papers) == 0 {
		t.Skip("no certificate yet")
	}
	return rapid.SampledFrom(x.m.papers).Draw(t, "certificate")
}

func (x *machine) drawHolding(t *rapid.T, p *paper) record.Holding {
	return rapid.SampledFrom(x.holdings(p.number)).Draw(t, "holding")
}

// drawInterval picks the whole, a low end, or anything within.
func drawInterval(t *rapid.T, within interval.Interval) interval.Interval {
	switch rapid.IntRange(0, 3).Draw(t, "part") {
	case 0:
		return within
	case 1:
		return interval.Of(within.From, within.From+(within.To-within.From)/2)
	}
	from := rapid.Int64Range(int64(within.From), int64(within.To)).Draw(t, "from")
	to := rapid.Int64Range(from, int64(within.To)).Draw(t, "to")
	return interval.Of(money.Fen(from), money.Fen(to))
}

func (x *machine) issue(t *rapid.T) {
	if len(x.m.papers) == maxPapers {
		t.Skip("enough certificates")
	}
	debtor := rapid.SampledFrom([]string{"CORE", "CITY"}).Draw(t, "debtor")
	first := rapid.SampledFrom(suppliers[:3]).Draw(t, "creditor")
	face := money.Fen(rapid.IntRange(6, 60).Draw(t, "face"))
	days := rapid.SampledFrom([]int{5, 30, 120, 120, 120}).Draw(t, "days")
	withLine := rapid.Bool().Draw(t, "line")
	x.count++
	in := certificate.IssueArgument{
		Number: certNumber(debtor, x.Now.Date(), x.count), Creditor: membertest.ID(first), Face: face,
		Maturity: x.Now.Date().AddDays(days), Currency: "CNY", Reference: fmt.Sprint("payment ", x.count),
		Contract:    contractOf(debtor, first),
		Allocations: []record.Allocation{{Invoice: digest(pairInvoice(debtor, first)), Amount: face}},
	}
	var want []code.Code
	if withLine {
		in.Bank, in.Line = membertest.ID("HANGZHOU"), debtor+"-LINE"
		if reserved, used := x.m.lineSums(debtor); reserved+used+face > lineLimit {
			want = []code.Code{code.LineInsufficient}
		}
	}
	out, err := run(x.chain, x.by(debtor), certificate.Issue, in)
	after := x.m.clone()
	p := &paper{
		number: in.Number, debtor: debtor, first: first, line: withLine, state: record.Issued,
		payment: out.Payment, clock: clock{until: out.AcceptBy}, fens: make([]fen, face),
	}
	for i := range p.fens {
		p.fens[i] = fen{owner: first, tier: 1}
	}
	after.papers = append(after.papers, p)
	x.settle(t, err, want, after)
	if err == nil && out.AcceptBy != min(x.Now+10*24*60*60*1000, out.Payment.Start()) {
		t.Fatalf("to be accepted by %s, payment on %s", out.AcceptBy, out.Payment)
	}
}

func (m *model) lineSums(debtor string) (reserved, used money.Fen) {
	for _, p := range m.papers {
		if p.line && p.debtor == debtor && p.state == record.Issued {
			reserved += money.Fen(len(p.fens))
		}
		if p.line && p.debtor == debtor && p.state == record.Active {
			used += money.Fen(len(p.fens))
		}
	}
	return reserved, used
}

func (x *machine) accept(t *rapid.T) {
	p := x.drawPaper(t)
	by := rapid.SampledFrom([]string{p.first, p.first, p.first, "ORE"}).Draw(t, "by")
	want := p.awaiting(x.Now)
	switch {
	case want != nil:
	case x.Now.Date() >= p.payment:
		want = []code.Code{code.Matured}
	case by != p.first:
		want = []code.Code{code.NotReceiver}
	}
	_, err := run(x.chain, x.by(by), certificate.Accept, certificate.CertificateArgument{Certificate: p.number})
	after := x.m.clone()
	after.paper(p.number).state = record.Active
	x.settle(t, err, want, after)
}

// acceptFirst accepts a certificate that was just issued.
func (x *machine) acceptFirst(t *rapid.T, p *paper) {
	_, err := run(x.chain, x.by(p.first), certificate.Accept, certificate.CertificateArgument{Certificate: p.number})
	after := x.m.clone()
	after.paper(p.number).state = record.Active
	x.settle(t, err, nil, after)
}

func (x *machine) refuse(t *rapid.T) {
	p := x.drawPaper(t)
	want := p.awaiting(x.Now)
	if want == nil && p.frozen() {
		want = []code.Code{code.Frozen}
	}
	after := x.m.clone()
	var err error
	if rapid.Bool().Draw(t, "reject") {
		in := certificate.RejectArgument{Certificate: p.number, Reason: "wrong amount"}
		_, err = run(x.chain, x.by(p.first), certificate.Reject, in)
		after.paper(p.number).state = record.Rejected
	} else {
		in := certificate.CertificateArgument{Certificate: p.number}
		_, err = run(x.chain, x.by(p.debtor), certificate.Withdraw, in)
		after.paper(p.number).state = record.Withdrawn
	}
	x.settle(t, err, want, after)
}

func (x *machine) void(t *rapid.T) {
	p := x.drawPaper(t)
	want := p.active(x.Now)
	all := p.on(interval.Whole(money.Fen(len(p.fens))))
	if want == nil && slices.ContainsFunc(all, func(f *fen) bool { return f.owner != p.first }) {
		want = []code.Code{code.NotOwner}
	}
	if want == nil {
		want = stopped(all, certificate.OpEnd, "")
	}
	in := certificate.VoidArgument{Certificate: p.number, Reason: "goods returned"}
	_, err := run(x.chain, x.agreed(p.debtor, p.first), certificate.Void, in)
	after := x.m.clone()
	after.paper(p.number).state = record.Void
	x.settle(t, err, want, after)
}

func (x *machine) split(t *rapid.T) {
	p := x.drawPaper(t)
	h := x.drawHolding(t, p)
	if h.Amount() < 2 {
		t.Skip("one fen")
	}
	amount := money.Fen(rapid.Int64Range(1, int64(h.Amount()-1)).Draw(t, "amount"))
	cut := interval.Of(h.Interval.From+amount-1, h.Interval.From+amount) // the fen on both sides
	want := p.active(x.Now)
	if want == nil {
		low, high := p.on(cut)[0], p.on(cut)[1]
		for _, l := range low.locks {
			if high.has(func(c claim) bool { return c == l }) {
				want = append(want, stopped([]*fen{{locks: []claim{l}}}, certificate.OpSplit, "")...)
			}
		}
	}
	if want == nil && min(amount, h.Amount()-amount) < testPack.SmallestPiece {
		want = []code.Code{code.PieceTooSmall}
	}
	if want == nil && len(x.holdings(p.number)) == int(testPack.MaxPieces) {
		want = []code.Code{code.TooManyPieces}
	}
	_, err := run(x.chain, x.byID(h.Owner), certificate.Split, certificate.SplitArgument{
		Certificate: p.number, Holding: h.ID, Version: h.Version, Interval: h.Interval, Amounts: []money.Fen{amount},
	})
	x.settle(t, err, want, x.m.clone())
}

// byID is the maker of a member given by its id.
func (x *machine) byID(id string) signer { return x.by(nameOf(id)) }

func nameOf(id string) string {
	for _, f := range firms() {
		if membertest.ID(f.Name) == id {
			return f.Name
		}
	}
	panic("no firm " + id)
}

func (x *machine) merge(t *rapid.T) {
	p := x.drawPaper(t)
	list := x.holdings(p.number)
	if len(list) < 2 {
		t.Skip("one holding")
	}
	i := rapid.IntRange(0, len(list)-2).Draw(t, "low")
	low, high := list[i], list[i+1]
	want := p.active(x.Now)
	if want == nil {
		want = stopped(p.on(low.Interval), certificate.OpMerge, "")
	}
	if want == nil && low.Owner != high.Owner {
		want = []code.Code{code.NotOwner}
	}
	if want == nil {
		want = stopped(p.on(high.Interval), certificate.OpMerge, "")
	}
	_, err := run(x.chain, x.byID(low.Owner), certificate.Merge, certificate.MergeArgument{
		Certificate: p.number, Holdings: []certificate.HoldingVersion{{Holding: low.ID, Version: low.Version}, {Holding: high.ID, Version: high.Version}},
	})
	x.settle(t, err, want, x.m.clone())
}

func (x *machine) hold(t *rapid.T) {
	p := x.drawPaper(t)
	owned := x.drawHolding(t, p)
	part := drawInterval(t, owned.Interval)
	x.count++
	h := &held{fmt.Sprint("proposal", x.count), nameOf(owned.Owner), piece{p.number, part}}
	want := p.active(x.Now)
	if want == nil {
		want = stopped(p.on(part), certificate.OpHold, "")
	}
	_, err := run(x.chain, x.by("STEEL"), func(w *world.World, h *held) (struct{}, error) {
		return struct{}{}, certificate.LockProposal(w, h.id, h.holds())
	}, h)
	after := x.m.clone()
	for _, f := range after.on(h.piece) {
		f.locks = append(slices.Clone(f.locks), claim{record.LockProposal, h.id})
	}
	after.holds = append(after.holds, h)
	x.settle(t, err, want, after)
}

// holds are the fen as a proposal names them.
func (h *held) holds() []record.Hold {
	return []record.Hold{{Kind: record.HoldInterval, Certificate: h.number, Interval: h.fen}}
}

func (x *machine) letGo(t *rapid.T) { x.releaseHold(t) }

// releaseHold ends the hold of a proposal and returns it.
func (x *machine) releaseHold(t *rapid.T) *held {
	if len(x.m.holds) == 0 {
		t.Skip("no proposal")
	}
	h := rapid.SampledFrom(x.m.holds).Draw(t, "proposal")
	_, err := run(x.chain, x.by("STEEL"), func(w *world.World, h *held) (struct{}, error) {
		return struct{}{}, certificate.UnlockProposal(w, h.id, h.holds())
	}, h)
	after := x.m.clone()
	for _, f := range after.on(h.piece) {
		f.drop(ofOrder(h.id))
	}
	after.holds = slices.DeleteFunc(after.holds, func(o *held) bool { return o.id == h.id })
	x.settle(t, err, nil, after)
	return h
}

func (x *machine) wait(t *rapid.T) {
	hours := rapid.SampledFrom([]int{1, 12, 12, 24, 24 * 4, 24 * 11}).Draw(t, "hours")
	x.Now += calendar.Instant(hours) * 60 * 60 * 1000
	x.m.now = x.Now
}

func (x *machine) lapse(t *rapid.T) {
	_, err := x.sweep()
	after := x.m.clone()
	after.lapse()
	x.settle(t, err, nil, after)
}

func TestMachine(t *testing.T) {
	base := newStage(t)
	rapid.Check(t, func(t *rapid.T) {
		x := newMachine(base)
		for range 2 { // begin with something to work on
			x.issue(t)
			x.acceptFirst(t, x.m.papers[len(x.m.papers)-1])
		}
		t.Repeat(map[string]func(*rapid.T){
			"issue": x.issue, "accept": x.accept, "accept again": x.accept, "refuse": x.refuse, "void": x.void,
			"split": x.split, "merge": x.merge, "offer": x.offer, "offer again": x.offer, "offer once more": x.offer, "accept offer": x.acceptOffer,
			"accept offer again": x.acceptOffer, "refuse offer": x.refuseOffer, "pledge": x.pledge, "release": x.release,
			"freeze": x.freeze, "unfreeze": x.unfreeze, "court transfer": x.courtTransfer, "succession": x.succession,
			"hold": x.hold, "hold again": x.hold, "let go": x.letGo, "execute": x.execute, "wait": x.wait, "sweep": x.lapse, "": x.check,
		})
	})
}
