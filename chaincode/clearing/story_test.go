package clearing_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/record"
)

// story is a scenario in progress. People write labels: C1 for a certificate of CORE and
// Y1 for one of CITY, F1 for the first financing and the settlement that pays it out, L1
// for the first leg of a run, S1 for the first other settlement, T1 for a transfer, P1 for
// a pledge, O1 for an order, X1 for an offer to pay later, W1 for a waiver. A run is
// CORE-20261130. Amounts are yuan, intervals are fen: C1/1-100 is the lowest yuan of C1, in
// whatever holding it is.
type story struct {
	*chain
	ids map[string]string // label to id
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		var more []membertest.Firm
		if filepath.Base(path) == "forty" {
			more = smalls(39)
		}
		s := &story{chain: newChain(t, more...), ids: map[string]string{}}
		s.small = filepath.Base(path) == "dividing"
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return s.shorten(s.step(step{membertest.Words{T: t, TestData: d}, s}))
		})
	})
}

// step reads the arguments of one command.
type step struct {
	membertest.Words
	s *story
}

// label is the first argument, which stands without a name.
func (p step) label() string { return p.Bare(0) }

// word is the second argument without a name.
func (p step) word() string { return p.Bare(1) }

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
	if debtor, day, ok := strings.Cut(label, "-"); ok {
		return membertest.MemberOf(debtor) + "-" + day
	}
	return label
}

// days reads runs of days: 2027-02-06..2027-02-12.
func (p step) days(name string) []calendar.Date {
	var all []calendar.Date
	for _, text := range p.List(name) {
		from, to, ok := strings.Cut(text, "..")
		if !ok {
			to = from
		}
		for d := membertest.Day(p.T, from); d <= membertest.Day(p.T, to); d++ {
			all = append(all, d)
		}
	}
	return all
}

// under is by for what needs a quorum in any case; alone= leaves it out.
func (p step) under(otherwise string, quorum record.Quorum, approvers ...string) membertest.Signer {
	by := p.By(otherwise)
	if by.Quorum == 0 && !p.HasArg("alone") {
		by.Quorum, by.Approvers = quorum, approvers
	}
	return by
}

// ordered is by for an order of a court.
func (p step) ordered() membertest.Signer {
	return p.under("HANGZHOU", record.QuorumInstitution, "AUDIT")
}

// legs reads "C1/1-30000", or "C1/2.1/1-30000" with holding and version.
func (p step) legs(name string) []record.Leg {
	var list []record.Leg
	for _, text := range p.List(name) {
		if text != "" {
			list = append(list, p.leg(text))
		}
	}
	return list
}

func (p step) leg(text string) record.Leg {
	parts := strings.Split(text, "/")
	leg := p.s.leg(p.id(parts[0]), p.Interval(parts[len(parts)-1]))
	if len(parts) == 3 {
		holding, version, _ := strings.Cut(parts[1], ".")
		leg.Holding, leg.Version = uint32(p.Count(holding)), uint32(p.Count(version))
	}
	return leg
}

// terms reads what a bank offers: a sale without recourse where nothing else is said.
func (p step) terms() record.Terms {
	t := plain()
	t.Rate, t.Advance = p.Percent("rate", t.Rate), p.Percent("advance", t.Advance)
	if kind := p.Text("kind", ""); kind != "" && t.Kind.UnmarshalText([]byte(kind)) != nil {
		p.T.Fatalf("%s: kind %s", p.Pos, kind)
	}
	if mode := p.Text("interest", ""); mode != "" && t.Interest.UnmarshalText([]byte(mode)) != nil {
		p.T.Fatalf("%s: interest %s", p.Pos, mode)
	}
	if p.HasArg("guarantor") {
		t.Guarantor, t.Guarantee, t.GuaranteeContract = p.Member("guarantor", ""), p.Fen("guarantee", ""), digest("deed")
	}
	return t
}

// report is what came of an operation: refusal or outcome, moves, settlements that were
// made besides, and notices when told stands in the command.
func (p step) report(err error, format string, args ...any) string {
	if err != nil {
		if code.Of(err) == nil {
			return "error " + err.Error()
		}
		return err.Error() + "\n"
	}
	var b strings.Builder
	b.WriteString(strings.TrimRight(fmt.Sprintf("ok "+format, args...), " ") + "\n")
	for _, m := range p.s.last.Moves {
		fmt.Fprintf(&b, "moved by %s: %s of %s from %s to %s\n", m.Kind, m.Interval, m.Certificate, m.From, m.To)
	}
	b.WriteString(p.s.discover(!p.HasArg("quiet")))
	if !p.HasArg("told") {
		return b.String()
	}
	for _, n := range p.s.last.Notices {
		fmt.Fprintf(&b, "told %s: %s of %s", strings.Join(n.Members, " "), n.Kind, n.Subject)
		if len(n.Closes) > 0 {
			fmt.Fprintf(&b, ", done for %s", strings.Join(n.Closes, " "))
		}
		if len(n.Opens) > 0 {
			fmt.Fprintf(&b, ", to do for %s", strings.Join(n.Opens, " "))
		}
		b.WriteByte('\n')
	}
	for _, in := range p.s.last.Decision.Inputs {
		fmt.Fprintf(&b, "noted under %s: %s\n", in.Rule, in.Facts)
	}
	return b.String()
}

// discover gives labels to what is new, and tells of new settlements that are no
// financing's.
func (s *story) discover(tell bool) string {
	known := map[string]bool{}
	for _, id := range s.ids {
		known[id] = true
	}
	for _, f := range membertest.List[record.Financing](s.chain, record.FinancingsPrefix()) {
		if !known[f.ID] {
			s.name("F", f.ID)
			known[f.ID] = true
		}
	}
	for _, p := range membertest.List[record.Pledge](s.chain, "pledge/") {
		if !known[p.ID] {
			s.name("P", p.ID)
		}
	}
	all := membertest.List[record.Settlement](s.chain, record.SettlementsPrefix())
	slices.SortStableFunc(all, byFen)
	var b strings.Builder
	for _, t := range all {
		if known[t.ID] {
			continue
		}
		letter := "S"
		if t.Purpose.Leg() {
			letter = "L"
		}
		if label := s.name(letter, t.ID); tell {
			fmt.Fprintf(&b, "%s: %s\n", label, s.settlementText(t))
		}
	}
	return b.String()
}

// byFen sorts settlements by purpose, and by the fen that they are for.
func byFen(x, y *record.Settlement) int {
	at := func(s *record.Settlement) record.Leg {
		if len(s.Legs) == 0 {
			return record.Leg{Certificate: s.Certificate}
		}
		return s.Legs[0]
	}
	return cmp.Or(cmp.Compare(x.Purpose, y.Purpose), cmp.Compare(at(x).Certificate, at(y).Certificate),
		interval.Compare(at(x).Interval, at(y).Interval), cmp.Compare(x.Amount, y.Amount))
}

// name gives the next label of a letter to an id.
func (s *story) name(letter, id string) string {
	n := 1
	for s.ids[letter+strconv.Itoa(n)] != "" {
		n++
	}
	s.ids[letter+strconv.Itoa(n)] = id
	return letter + strconv.Itoa(n)
}

func (s *story) shorten(text string) string {
	labels := slices.SortedFunc(maps.Keys(s.ids), func(x, y string) int { return cmp.Compare(y, x) })
	for _, l := range labels {
		text = strings.ReplaceAll(text, s.ids[l], l)
	}
	for _, f := range s.firms {
		text = strings.ReplaceAll(text, membertest.ID(f.Name), f.Name)
	}
	return strings.ReplaceAll(text, ":00.000+08:00", "")
}

func (s *story) step(p step) string {
	for _, commands := range []func(step) (string, bool){
		s.runNetwork, s.runMember, s.runCertificate, s.runFinancing, s.runSettlement, s.runClearing, s.runRecovery, s.runExtension, s.runOrder,
	} {
		if out, ok := commands(p); ok {
			return out
		}
	}
	p.T.Fatalf("%s: unknown command %s", p.Pos, p.Cmd)
	return ""
}

// runNetwork is what time and the rule pack do.
func (s *story) runNetwork(p step) (string, bool) {
	switch p.Cmd {
	case "wait":
		length, err := time.ParseDuration(p.label())
		if err != nil {
			p.T.Fatal(err)
		}
		s.Now = s.Now.Add(length)
		return s.Now.String() + "\n", true
	case "on": // a day, at midnight or later on it
		day, clock, _ := strings.Cut(p.label(), "T")
		s.Now = membertest.Day(p.T, day).Start()
		if clock != "" {
			length, err := time.ParseDuration(strings.Replace(clock, ":", "h", 1) + "m")
			if err != nil {
				p.T.Fatal(err)
			}
			s.Now = s.Now.Add(length)
		}
		return s.Now.String() + "\n", true
	case "sweep":
		ended, err := s.sweep()
		return p.report(err, "%s", strings.Join(ended, " ")), true
	case "show":
		return s.show(p), true
	case "pack":
		s.pack(p.T, func(pack *record.Pack) {
			pack.CoolingOffHours = int32(p.Number("cooling", "0"))
			pack.GraceDays = int32(p.Number("grace", "0"))
			pack.Holidays, pack.Workdays = p.days("off"), p.days("on")
		})
		return "ok\n", true
	}
	return "", false
}
