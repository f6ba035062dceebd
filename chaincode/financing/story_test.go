package financing_test

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// story is a scenario in progress. People write labels: C1 for a certificate of
// CORE, Y1 for one of CITY and B1 for one of BEIJING; F1 for the first financing
// and the settlement that pays it out, S1 for the first other settlement, T1 for a
// transfer, P1 for a pledge, O1 for an order. Amounts are yuan, intervals are fen:
// C1/1-100 is the lowest yuan of C1, in whatever holding it is.
type story struct {
	*chain
	ids    map[string]string           // label to id
	quotes map[string]financing.Opened // by financing id and bank's name
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &story{chain: newChain(t), ids: map[string]string{}, quotes: map[string]financing.Opened{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return s.shorten(s.run(step{t, d, s}))
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
func (p step) label() string {
	if len(p.CmdArgs) == 0 || len(p.CmdArgs[0].Vals) > 0 {
		return ""
	}
	return p.CmdArgs[0].Key
}

// word is the second argument without a name.
func (p step) word() string {
	if len(p.CmdArgs) < 2 || len(p.CmdArgs[1].Vals) > 0 {
		return ""
	}
	return p.CmdArgs[1].Key
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
	for letter, debtor := range map[string]string{"C": "CORE", "Y": "CITY", "B": "BEIJING"} {
		if n, err := strconv.Atoi(strings.TrimPrefix(label, letter)); err == nil && n > 0 && strings.HasPrefix(label, letter) {
			p.s.ids[label] = certNumber(debtor, p.s.Now.Date(), n)
			return p.s.ids[label]
		}
	}
	return label
}

var firmName = regexp.MustCompile(`^[A-Z]{3,}$`)

func (p step) member(name, otherwise string) string { return memberOf(p.text(name, otherwise)) }

// memberOf is the id of a firm; a text that is no name is taken as it is.
func memberOf(text string) string {
	if firmName.MatchString(text) {
		return membertest.ID(text)
	}
	return text
}

func (p step) members(name string) []string {
	var ids []string
	for _, text := range p.list(name) {
		ids = append(ids, memberOf(text))
	}
	return ids
}

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
	negative := strings.HasPrefix(text, "-")
	v, err := money.ParseRateHuman(strings.TrimPrefix(text, "-"))
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	if negative {
		return -v
	}
	return v
}

func (p step) number(name, otherwise string) int64 {
	n, err := strconv.ParseInt(p.text(name, otherwise), 10, 64)
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return n
}

func (p step) date(name string, otherwise calendar.Date) calendar.Date {
	if !p.HasArg(name) {
		return otherwise
	}
	d, err := calendar.ParseDate(p.text(name, ""))
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
	return d
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

// bytes is a text as bytes; "none" is no bytes, and a number that many.
func (p step) bytes(name, otherwise string) []byte {
	text := p.text(name, otherwise)
	if n, err := strconv.Atoi(text); err == nil {
		return make([]byte, n)
	}
	if text == "none" {
		return nil
	}
	return []byte(text)
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

// ordered is by for an order of a court.
func (p step) ordered() signer {
	by := p.by("HANGZHOU")
	if by.quorum == 0 {
		by.quorum, by.approvers = record.QuorumInstitution, []string{"AUDIT"}
	}
	return by
}

// legs reads "C1/1-30000", or "C1/2.1/1-30000" with holding and version.
func (p step) legs(name string) []record.Leg {
	var list []record.Leg
	for _, text := range p.list(name) {
		if text == "" {
			continue
		}
		parts := strings.Split(text, "/")
		from, to, _ := strings.Cut(parts[len(parts)-1], "-")
		leg := p.s.leg(p.id(parts[0]), interval.Of(p.count(from), p.count(to)))
		if len(parts) == 3 {
			holding, version, _ := strings.Cut(parts[1], ".")
			leg.Holding, leg.Version = uint32(p.count(holding)), uint32(p.count(version))
		}
		list = append(list, leg)
	}
	return list
}

func (p step) count(text string) money.Fen {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.T.Fatalf("%s: %v", p.Pos, err)
	}
	return money.Fen(n)
}

// terms reads what a bank offers. Left out: a sale without recourse at 3 % a year
// over 360 days, all interest prepaid by the supplier, no fee, valued today.
func (p step) terms() record.Terms {
	t := record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: p.percent("rate", 3*10_000), Basis: int32(p.number("basis", "360")),
		Interest: record.InterestPrepaid, Advance: p.percent("advance", financing.Whole), Fee: p.fen("fee", ""),
		SupplierInterest: p.percent("supplier-interest", financing.Whole),
		SupplierFee:      p.percent("supplier-fee", financing.Whole),
		ValueDate:        p.date("value", p.s.Now.Date()),
		Guarantor:        p.member("guarantor", ""), Guarantee: p.fen("guarantee", ""), GuaranteeFee: p.fen("guarantee-fee", ""),
		GuaranteeContract: p.digest("guarantee-contract", "none"),
		Contract:          p.digest("contract", "financing contract"),
	}
	if kind := p.text("kind", ""); kind == "none" {
		t.Kind = 0
	} else if kind != "" && t.Kind.UnmarshalText([]byte(kind)) != nil {
		p.T.Fatalf("%s: kind %s", p.Pos, kind)
	}
	if mode := p.text("interest", ""); mode == "none" {
		t.Interest = 0
	} else if mode != "" && t.Interest.UnmarshalText([]byte(mode)) != nil {
		p.T.Fatalf("%s: interest %s", p.Pos, mode)
	}
	return t
}

// report is what came of an operation: refusal or outcome, moves, settlements that
// were made besides, and notices when told stands in the command.
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
	b.WriteString(p.s.discover())
	if !p.HasArg("told") {
		return b.String()
	}
	for _, n := range p.s.last.Notices {
		fmt.Fprintf(&b, "told %s: %s", strings.Join(n.Members, " "), n.Kind)
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

// discover gives labels to the financings and settlements that are new, and tells of
// the settlements that are no financing's.
func (s *story) discover() string {
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
	all := list[record.Settlement](s.chain, record.SettlementsPrefix())
	slices.SortStableFunc(all, func(x, y *record.Settlement) int { return cmp.Compare(x.Purpose, y.Purpose) })
	var b strings.Builder
	for _, t := range all {
		if !known[t.ID] {
			fmt.Fprintf(&b, "%s: %s of %s from %s/%s to %s/%s\n",
				s.name("S", t.ID), t.Purpose, t.Amount, t.Payer, t.PayerAccount, t.Payee, t.PayeeAccount)
		}
	}
	return b.String()
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
	for _, f := range firms() {
		text = strings.ReplaceAll(text, membertest.ID(f.Name), f.Name)
	}
	return strings.ReplaceAll(text, ":00.000+08:00", "")
}

func (s *story) run(p step) string {
	for _, commands := range []func(step) (string, bool){
		s.runNetwork, s.runRequest, s.runRate, s.runFollowing, s.runSettlement, s.runCertificate, s.runOrder,
	} {
		if out, ok := commands(p); ok {
			return out
		}
	}
	p.T.Fatalf("%s: unknown command %s", p.Pos, p.Cmd)
	return ""
}

// runNetwork is what members, banks' lines and time do.
func (s *story) runNetwork(p step) (string, bool) {
	switch p.Cmd {
	case "wait":
		length, err := time.ParseDuration(p.label())
		if err != nil {
			p.T.Fatal(err)
		}
		s.Now = s.Now.Add(length)
		return s.Now.String() + "\n", true
	case "sweep":
		ended, err := s.sweep()
		return p.report(err, "%s", strings.Join(ended, " ")), true
	case "show":
		return s.show(p), true
	case "pack":
		s.pack(p.T, func(pack *record.Pack) {
			pack.CoolingOffHours = int32(p.number("cooling", "0"))
			pack.SmallestPiece = p.fen("smallest", "1.00")
			pack.MaxPieces = uint32(p.number("pieces", "1000"))
			pack.StaleHours = int32(p.number("stale", "48"))
			pack.InstructDays = int32(p.number("instruct", "5"))
		})
		return "ok\n", true
	}
	return s.runMember(p)
}
