package clearing_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
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
	"github.com/tierledger/tierledger/chaincode/money"
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
			return s.shorten(s.step(step{t, d, s}))
		})
	})
}

// step reads the arguments of one command.
type step struct {
	*testing.T
	*datadriven.TestData
	s *story
}

// label is the first argument, which stands without a name.
func (p step) label() string { return p.bare(0) }

// word is the second argument without a name.
func (p step) word() string { return p.bare(1) }

func (p step) bare(n int) string {
	if len(p.CmdArgs) <= n || len(p.CmdArgs[n].Vals) > 0 {
		return ""
	}
	return p.CmdArgs[n].Key
}

func (p step) list(name string) []string {
	for _, a := range p.CmdArgs {
		if a.Key == name {
			return a.Vals
		}
	}
	return nil
}

func (p step) text(name, otherwise string) string {
	if list := p.list(name); len(list) > 0 {
		return list[0]
	}
	return otherwise
}

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
		return memberOf(debtor) + "-" + day
	}
	return label
}

var firmName = regexp.MustCompile(`^[A-Z]{3,}[0-9]*$`)

// memberOf is the id of a firm; a text that is no name is taken as it is.
func memberOf(text string) string {
	if firmName.MatchString(text) {
		return membertest.ID(text)
	}
	return text
}

func (p step) member(name, otherwise string) string { return memberOf(p.text(name, otherwise)) }

func (p step) fen(name, otherwise string) money.Fen {
	text := p.text(name, otherwise)
	if text == "" {
		return 0
	}
	v, err := money.Parse(text)
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return v
}

// percent is a rate as people write it: 3 or 2.62.
func (p step) percent(name string, otherwise money.Rate) money.Rate {
	text := p.text(name, "")
	if text == "" {
		return otherwise
	}
	v, err := money.ParseRateHuman(text)
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return v
}

func (p step) number(name, otherwise string) int {
	n, err := strconv.Atoi(p.text(name, otherwise))
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return n
}

func (p step) date(name string, otherwise calendar.Date) calendar.Date {
	if !p.HasArg(name) {
		return otherwise
	}
	return membertest.Day(p.T, p.text(name, ""))
}

// days reads runs of days: 2027-02-06..2027-02-12.
func (p step) days(name string) []calendar.Date {
	var all []calendar.Date
	for _, text := range p.list(name) {
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

// at is a time so long from now: 72h, or -1h for an hour ago.
func (p step) at(name string, otherwise calendar.Instant) calendar.Instant {
	if !p.HasArg(name) {
		return otherwise
	}
	length, err := time.ParseDuration(p.text(name, ""))
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return p.s.Now.Add(length)
}

// digest is the hash of a document with the argument's name; "none" is no hash.
func (p step) digest(name, otherwise string) record.Digest {
	if text := p.text(name, otherwise); text != "none" {
		return digest(text)
	}
	return record.Digest{}
}

// by is who signs: "STEEL" is its maker. with= are the firms that have approved the
// proposal, of the quorum=, a counterparty's when it is left out.
func (p step) by(otherwise string) signer {
	person := p.text("by", otherwise)
	if !strings.Contains(person, "/") {
		person += "/maker"
	}
	by := signer{person: person, quorum: membertest.Quorum(p.text("quorum", "")), approvers: p.list("with")}
	if by.quorum == 0 && len(by.approvers) > 0 {
		by.quorum = record.QuorumCounterparty
	}
	return by
}

// under is by for what needs a quorum in any case; alone= leaves it out.
func (p step) under(otherwise string, quorum record.Quorum, approvers ...string) signer {
	by := p.by(otherwise)
	if by.quorum == 0 && !p.HasArg("alone") {
		by.quorum, by.approvers = quorum, approvers
	}
	return by
}

// ordered is by for an order of a court.
func (p step) ordered() signer { return p.under("HANGZHOU", record.QuorumInstitution, "AUDIT") }

// legs reads "C1/1-30000", or "C1/2.1/1-30000" with holding and version.
func (p step) legs(name string) []record.Leg {
	var list []record.Leg
	for _, text := range p.list(name) {
		if text != "" {
			list = append(list, p.leg(text))
		}
	}
	return list
}

func (p step) leg(text string) record.Leg {
	parts := strings.Split(text, "/")
	leg := p.s.leg(p.id(parts[0]), p.interval(parts[len(parts)-1]))
	if len(parts) == 3 {
		holding, version, _ := strings.Cut(parts[1], ".")
		leg.Holding, leg.Version = uint32(p.count(holding)), uint32(p.count(version))
	}
	return leg
}

func (p step) interval(text string) interval.Interval {
	from, to, _ := strings.Cut(text, "-")
	return interval.Of(p.count(from), p.count(to))
}

func (p step) count(text string) money.Fen {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.T.Fatalf("%s: %v", p.Pos, err)
	}
	return money.Fen(n)
}

// terms reads what a bank offers: a sale without recourse where nothing else is said.
func (p step) terms() record.Terms {
	t := plain()
	t.Rate, t.Advance = p.percent("rate", t.Rate), p.percent("advance", t.Advance)
	if kind := p.text("kind", ""); kind != "" && t.Kind.UnmarshalText([]byte(kind)) != nil {
		p.T.Fatalf("%s: kind %s", p.Pos, kind)
	}
	if mode := p.text("interest", ""); mode != "" && t.Interest.UnmarshalText([]byte(mode)) != nil {
		p.T.Fatalf("%s: interest %s", p.Pos, mode)
	}
	if p.HasArg("guarantor") {
		t.Guarantor, t.Guarantee, t.GuaranteeContract = p.member("guarantor", ""), p.fen("guarantee", ""), digest("deed")
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
	for _, f := range list[record.Financing](s.chain, record.FinancingsPrefix()) {
		if !known[f.ID] {
			s.name("F", f.ID)
			known[f.ID] = true
		}
	}
	for _, p := range list[record.Pledge](s.chain, "pledge/") {
		if !known[p.ID] {
			s.name("P", p.ID)
		}
	}
	all := list[record.Settlement](s.chain, record.SettlementsPrefix())
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
			pack.CoolingOffHours = int32(p.number("cooling", "0"))
			pack.GraceDays = int32(p.number("grace", "0"))
			pack.Holidays, pack.Workdays = p.days("off"), p.days("on")
		})
		return "ok\n", true
	}
	return "", false
}
