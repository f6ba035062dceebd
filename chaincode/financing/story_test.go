package financing_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
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
			return s.shorten(s.run(step{membertest.Words{T: t, TestData: d}, s}))
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
	for letter, debtor := range map[string]string{"C": "CORE", "Y": "CITY", "B": "BEIJING"} {
		if n, err := strconv.Atoi(strings.TrimPrefix(label, letter)); err == nil && n > 0 && strings.HasPrefix(label, letter) {
			p.s.ids[label] = certNumber(debtor, p.s.Now.Date(), n)
			return p.s.ids[label]
		}
	}
	return label
}

func (p step) members(name string) []string {
	var ids []string
	for _, text := range p.List(name) {
		ids = append(ids, membertest.MemberOf(text))
	}
	return ids
}

// bytes is a text as bytes; "none" is no bytes, and a number that many.
func (p step) bytes(name, otherwise string) []byte {
	text := p.Text(name, otherwise)
	if n, err := strconv.Atoi(text); err == nil {
		return make([]byte, n)
	}
	if text == "none" {
		return nil
	}
	return []byte(text)
}

// ordered is by for an order of a court.
func (p step) ordered() membertest.Signer {
	by := p.By("HANGZHOU")
	if by.Quorum == 0 {
		by.Quorum, by.Approvers = record.QuorumInstitution, []string{"AUDIT"}
	}
	return by
}

// legs reads "C1/1-30000", or "C1/2.1/1-30000" with holding and version.
func (p step) legs(name string) []record.Leg {
	var list []record.Leg
	for _, text := range p.List(name) {
		if text == "" {
			continue
		}
		parts := strings.Split(text, "/")
		from, to, _ := strings.Cut(parts[len(parts)-1], "-")
		leg := p.s.leg(p.id(parts[0]), interval.Of(p.Count(from), p.Count(to)))
		if len(parts) == 3 {
			holding, version, _ := strings.Cut(parts[1], ".")
			leg.Holding, leg.Version = uint32(p.Count(holding)), uint32(p.Count(version))
		}
		list = append(list, leg)
	}
	return list
}

// terms reads what a bank offers. Left out: a sale without recourse at 3 % a year
// over 360 days, all interest prepaid by the supplier, no fee, valued today.
func (p step) terms() record.Terms {
	t := record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: p.Percent("rate", 3*10_000), Basis: int32(p.Number("basis", "360")),
		Interest: record.InterestPrepaid, Advance: p.Percent("advance", financing.Whole), Fee: p.Fen("fee", ""),
		SupplierInterest: p.Percent("supplier-interest", financing.Whole),
		SupplierFee:      p.Percent("supplier-fee", financing.Whole),
		ValueDate:        p.Date("value", p.s.Now.Date()),
		Guarantor:        p.Member("guarantor", ""), Guarantee: p.Fen("guarantee", ""), GuaranteeFee: p.Fen("guarantee-fee", ""),
		GuaranteeContract: p.Document("guarantee-contract", "none"),
		Contract:          p.Document("contract", "financing contract"),
	}
	if kind := p.Text("kind", ""); kind == "none" {
		t.Kind = 0
	} else if kind != "" && t.Kind.UnmarshalText([]byte(kind)) != nil {
		p.T.Fatalf("%s: kind %s", p.Pos, kind)
	}
	if mode := p.Text("interest", ""); mode == "none" {
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
	for _, f := range membertest.List[record.Financing](s.chain, record.FinancingsPrefix()) {
		if !known[f.ID] {
			s.name("F", f.ID)
			known[f.ID] = true
		}
	}
	all := membertest.List[record.Settlement](s.chain, record.SettlementsPrefix())
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
			pack.CoolingOffHours = int32(p.Number("cooling", "0"))
			pack.SmallestPiece = p.Fen("smallest", "1.00")
			pack.MaxPieces = uint32(p.Number("pieces", "1000"))
			pack.StaleHours = int32(p.Number("stale", "48"))
			pack.InstructDays = int32(p.Number("instruct", "5"))
		})
		return "ok\n", true
	}
	return s.runMember(p)
}
