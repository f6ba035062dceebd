package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Alert rules. An id never changes its meaning.
const (
	RuleOverdue       = "OVERDUE"        // a debt past the days of grace
	RuleVelocity      = "VELOCITY"       // the same fen went on very often
	RulePassThrough   = "PASS-THROUGH"   // a member passed on at once what it received
	RuleCircular      = "CIRCULAR"       // fen came back to a member by transfers
	RuleEvidenceReuse = "EVIDENCE-REUSE" // one trade background was used, or tried, more than once
	RuleTermJump      = "TERM-JUMP"      // a debtor promises to pay much later than before
	RuleConcentration = "CONCENTRATION"  // too much of one debtor, or to one supplier
)

// AlertRules are the ids of all rules, in alphabetical order.
func AlertRules() []string {
	return []string{
		RuleCircular, RuleConcentration, RuleEvidenceReuse, RuleOverdue, RulePassThrough, RuleTermJump, RuleVelocity,
	}
}

// The thresholds by default.
const (
	DefaultDayHops = 2  // VELOCITY: transfers of the same fen on one day that are ordinary
	DefaultHops    = 4  // VELOCITY: transfers of the same fen within DefaultHopDays that are ordinary
	DefaultHopDays = 10 // VELOCITY: days

	DefaultPassPercent             = 80          // PASS-THROUGH: share of what came in on a day
	DefaultPassFloor     money.Fen = 100_000_000 // PASS-THROUGH: less than this passed on a day, in fen, is no matter
	DefaultEvidenceTries           = 2           // EVIDENCE-REUSE: members that were refused for one invoice

	DefaultTermDays         = 30 // TERM-JUMP: days longer on average
	DefaultTermPercent      = 25 // TERM-JUMP: and this much longer than before
	DefaultTermMonths       = 3  // TERM-JUMP: months with which a month is compared
	DefaultTermCertificates = 3  // TERM-JUMP: fewer certificates, in the month or before, say nothing

	DefaultBankPercent             = 40            // CONCENTRATION: of what a bank has bought or lent on, owed by one debtor
	DefaultBankFloor     money.Fen = 1_000_000_000 // CONCENTRATION: a bank with less says nothing, in fen
	DefaultHolderPercent           = 90            // CONCENTRATION: of what another member holds
	DefaultHolderFloor   money.Fen = 1_000_000_000 // CONCENTRATION: a member with less says nothing, in fen
	DefaultIssuePercent            = 60            // CONCENTRATION: of what a debtor issued in a month, to one supplier
	DefaultIssueFloor    money.Fen = 1_000_000_000 // CONCENTRATION: a month with less says nothing, in fen
)

// Thresholds say from when on facts are an alert. Percentages and numbers are what is
// still ordinary: more raises it; floors are what is no matter.
type Thresholds struct {
	DayHops int
	Hops    int
	HopDays int

	PassPercent int64
	PassFloor   money.Fen

	EvidenceTries int

	TermDays         int64
	TermPercent      int64
	TermMonths       int
	TermCertificates int64

	BankPercent   int64
	BankFloor     money.Fen
	HolderPercent int64
	HolderFloor   money.Fen
	IssuePercent  int64
	IssueFloor    money.Fen
}

// DefaultThresholds are those of every node, so that all raise the same alerts. The
// days of grace are the rule pack's.
func DefaultThresholds() Thresholds {
	return Thresholds{
		DayHops: DefaultDayHops, Hops: DefaultHops, HopDays: DefaultHopDays,
		PassPercent: DefaultPassPercent, PassFloor: DefaultPassFloor, EvidenceTries: DefaultEvidenceTries,
		TermDays: DefaultTermDays, TermPercent: DefaultTermPercent, TermMonths: DefaultTermMonths,
		TermCertificates: DefaultTermCertificates,
		BankPercent:      DefaultBankPercent, BankFloor: DefaultBankFloor,
		HolderPercent: DefaultHolderPercent, HolderFloor: DefaultHolderFloor,
		IssuePercent: DefaultIssuePercent, IssueFloor: DefaultIssueFloor,
	}
}

// Fact is one fact of an alert. Facts name no members: see Alert.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Alert is something that a person should look at. It follows from the ledger alone;
// what people say to it is joined from their answers.
type Alert struct {
	ID      record.Digest        `json:"id" doc:"SHA-256 over rule, subject and facts"`
	Rule    string               `json:"rule" enum:"CIRCULAR,CONCENTRATION,EVIDENCE-REUSE,OVERDUE,PASS-THROUGH,TERM-JUMP,VELOCITY"`
	Subject string               `json:"subject" doc:"Certificate, run, member, contract, delivery or invoice"`
	Members []string             `json:"members" doc:"Whom it is about"`
	Others  []string             `json:"others" doc:"Members that are named besides"`
	Since   calendar.Instant     `json:"since" doc:"When the facts made it an alert"`
	Facts   []Fact               `json:"facts" doc:"By key"`
	State   record.AlertState    `json:"state"`
	Answers []record.AlertAnswer `json:"answers" doc:"In order"`
}

// AlertFilter selects alerts; zero fields select all.
type AlertFilter struct {
	ID     record.Digest
	Rule   string
	State  record.AlertState
	Member string // whom it is about
	Named  string // whom it is about, or who is named besides
	Days   Days   // on which they were raised
}

func (f *AlertFilter) wants(a *Alert) bool {
	return (f.ID.IsZero() || f.ID == a.ID) && (f.Rule == "" || f.Rule == a.Rule) && (f.State == 0 || f.State == a.State) &&
		(f.Member == "" || slices.Contains(a.Members, f.Member)) &&
		(f.Named == "" || slices.Contains(a.Members, f.Named) || slices.Contains(a.Others, f.Named)) &&
		f.Days.has(a.Since.Date())
}

// key orders alerts by the time at which they were raised.
func (a *Alert) key() string { return fmt.Sprintf("%015d/%s", int64(a.Since), a.ID) }

// AlertStream is the stream of a list of alerts, by time and id.
func AlertStream(list []Alert) Stream[Alert] { return sorted(list, (*Alert).key) }

// newAlert makes an alert out of its facts, given as keys and values.
func newAlert(rule, subject string, since calendar.Instant, members, others []string, facts ...string) Alert {
	a := Alert{Rule: rule, Subject: subject, Since: since, State: record.AlertOpen, Facts: []Fact{}, Answers: []record.AlertAnswer{}}
	for i := 0; i+1 < len(facts); i += 2 {
		a.Facts = append(a.Facts, Fact{facts[i], facts[i+1]})
	}
	slices.SortFunc(a.Facts, func(x, y Fact) int { return cmp.Compare(x.Key, y.Key) })
	a.Members = each(members)
	a.Others = slices.DeleteFunc(each(others), func(m string) bool { return slices.Contains(a.Members, m) })
	var b strings.Builder
	fmt.Fprintf(&b, "alert\n%s\n%s\n%s\n%s\n", rule, subject, strings.Join(a.Members, " "), strings.Join(a.Others, " "))
	for _, f := range a.Facts {
		fmt.Fprintf(&b, "%s=%s\n", f.Key, f.Value)
	}
	a.ID = sha256.Sum256([]byte(b.String()))
	return a
}

// each are the members of a list, each once and in order.
func each(list []string) []string {
	out := slices.DeleteFunc(append([]string{}, list...), func(m string) bool { return m == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

// answer joins the answers to alerts.
func (s *Source) answer(list []Alert) error {
	at := make(map[record.Digest]int, len(list))
	for i := range list {
		at[list[i].ID] = i
	}
	return record.Each(s.State, record.AlertsPrefix(record.Digest{}), func(a *record.AlertAnswer) bool {
		if i, ok := at[a.Alert]; ok {
			list[i].Answers, list[i].State = append(list[i].Answers, *a), a.State
		}
		return true
	})
}

// Columns are described at Row.
func (*Alert) Columns() []string {
	return []string{"id", "rule", "subject", "members", "others", "since", "facts", "state", "answers"}
}

// Cells are described at Row.
func (a *Alert) Cells() []string {
	facts, answers := make([]string, len(a.Facts)), make([]string, len(a.Answers))
	for i, f := range a.Facts {
		facts[i] = f.Key + "=" + f.Value
	}
	for i, w := range a.Answers {
		answers[i] = fmt.Sprintf("%s %s %s: %s", w.Signed.At, w.Signed.Member, w.State, w.Reason)
	}
	return []string{
		a.ID.String(), a.Rule, a.Subject, strings.Join(a.Members, " "), strings.Join(a.Others, " "), a.Since.String(),
		strings.Join(facts, "; "), a.State.String(), strings.Join(answers, "; "),
	}
}
