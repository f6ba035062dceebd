package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/policy"
)

const sample = "../../docs/samples/policy.yaml"

// story is a scenario in progress: a bank's book of policies, and the facts of a plain
// request that every policy of a sane bank would quote. Steps say what is different.
type story struct {
	fs    vfs.FS
	local *local.Local
	book  *policy.Book
	now   calendar.Instant
}

func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		s := &story{fs: vfs.NewMem(), now: calendar.Instant(1_788_224_400_000)}
		s.open(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.run(t, d) })
		if err := s.local.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func (s *story) open(t *testing.T) {
	t.Helper()
	var err error
	if s.local, err = local.Open("local", "test-net", store.Options{FS: s.fs}); err != nil {
		t.Fatal(err)
	}
	if s.book, err = policy.OpenBook(s.local); err != nil {
		t.Fatal(err)
	}
}

func (s *story) run(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	switch d.Cmd {
	case "adopt":
		by := policy.Author{Member: "BANK", Person: "admin1", Key: record.Digest{1}}
		v, err := s.book.Adopt(text(t, d), by, s.now)
		if err != nil {
			return err.Error() + "\n"
		}
		p, err := policy.Parse([]byte(v.Text))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("version %d of %s by %s: %s, %d rules\n", v.Number, v.At.Date(), v.By.Person, v.Name, len(p.Rules()))
	case "try":
		return s.try(t, d)
	case "wait":
		length, err := time.ParseDuration(d.CmdArgs[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(length)
		return s.now.Date().String() + "\n"
	case "decide":
		return s.decide(t, d)
	case "restart":
		if err := s.local.Close(); err != nil {
			t.Fatal(err)
		}
		s.open(t)
		return "ok\n"
	case "show":
		list, err := s.book.Decisions(d.CmdArgs[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, known := range list {
			b.WriteString(told(known))
		}
		return b.String()
	case "replay":
		n, err := strconv.ParseUint(d.CmdArgs[0].Key, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		known, err := s.book.Decision(n)
		if err != nil {
			return err.Error() + "\n"
		}
		if len(d.CmdArgs) > 1 { // as if somebody had changed what is stored
			known.Outcome = policy.Outcome(d.CmdArgs[1].Key)
		}
		again, err := s.book.Replay(known)
		if err != nil {
			return err.Error() + "\n"
		}
		return told(again)
	}
	t.Fatalf("%s: unknown command %s", d.Pos, d.Cmd)
	return ""
}

// text is the policy file of a step: its input, or the sample.
func text(t *testing.T, d *datadriven.TestData) []byte {
	t.Helper()
	if !d.HasArg("sample") {
		return []byte(d.Input)
	}
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decide asks about a financing: "decide F1 owner.tier=6", with the facts of a plain
// request but for those named. A line of input is another debtor of the same request.
func (s *story) decide(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	changes := map[string]string{}
	for _, a := range d.CmdArgs[1:] {
		changes[a.Key] = strings.Join(a.Vals, " ")
	}
	facts := []policy.Facts{changed(t, plain(), changes)}
	for line := range strings.Lines(d.Input) {
		more := map[string]string{}
		for _, field := range strings.Fields(line) {
			name, v, _ := strings.Cut(field, "=")
			more[name] = v
		}
		facts = append(facts, changed(t, facts[0], more))
	}
	if d.HasArg("nothing") {
		facts = nil
	}
	decision, err := s.book.Decide(d.CmdArgs[0].Key, facts, s.now)
	if err != nil {
		return err.Error() + "\n"
	}
	return told(decision)
}

// plain are the facts of a request about which there is nothing to say.
func plain() policy.Facts {
	return policy.Facts{
		Owner:       policy.Owner{ID: "STEEL", Class: "small", Sponsor: "BANK", SponsoredByUs: true, DaysOnLedger: 400, Financings: 7, Tier: 1},
		Enterprise:  policy.Enterprise{ID: "CORE", Class: "large", Asked: 100_000_000, Issued: 210, Settled: 190, PaidLate: 2, Owed: 5_000_000_000, HistoryDays: 700},
		Trade:       policy.Trade{VerifiedCover: 10_000, OldestVerificationDays: 12, Invoices: 3},
		Enhancement: policy.Enhancement{LineBank: "OTHER"},
		Scenario:    policy.Scenario{Amount: 100_000_000, MaxDays: 75, MinDays: 75, AgeDays: 15, Legs: 1, Certificates: 1},
		Bank: policy.Bank{
			ID: "BANK", DebtorUsed: 800_000_000, DebtorAvailable: 900_000_000, SupplierAvailable: policy.Uncapped, DebtorShareBp: 1_200,
		},
	}
}

// changed replaces facts by the names that rules use.
func changed(t *testing.T, f policy.Facts, changes map[string]string) policy.Facts {
	t.Helper()
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	for name, v := range changes {
		if name == "nothing" {
			continue
		}
		group, field, _ := strings.Cut(name, ".")
		switch before := tree[group][field].(type) {
		case bool:
			tree[group][field] = v == "true"
		case float64:
			tree[group][field] = json.Number(v)
		case string:
			tree[group][field] = v
		default:
			t.Fatalf("fact %s is %v", name, before)
		}
	}
	if data, err = json.Marshal(tree); err == nil {
		f = policy.Facts{}
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// told is a decision as a person would be told.
func told(d policy.Decision) string {
	var b strings.Builder
	fmt.Fprintf(&b, "decision %d on %s under version %d, %s: %s\n", d.Number, d.Financing, d.Version, d.At.Date(), said(d.Outcome, d.Terms))
	for _, f := range d.Fired {
		fmt.Fprintf(&b, "%s", f.Then)
		if f.Dimension != "" {
			fmt.Fprintf(&b, " for the %s", f.Dimension)
		}
		fmt.Fprintf(&b, ", %s %v: %s %s\n", f.Rule, f.Debtors, f.Reason, f.ReasonZH)
	}
	return b.String()
}

func said(o policy.Outcome, terms *policy.Terms) string {
	if terms == nil {
		return string(o)
	}
	return fmt.Sprintf("%s %s at %s %%/%d %s, advance %s %%, fee %s, %d hours", o, terms.Kind, terms.Rate, terms.Basis, terms.Interest,
		terms.Advance, terms.Fee, terms.ValidHours)
}

// try runs all stored decisions' facts under a policy that is not adopted.
func (s *story) try(t *testing.T, d *datadriven.TestData) string {
	t.Helper()
	p, err := policy.Parse(text(t, d))
	if err != nil {
		return err.Error() + "\n"
	}
	c, err := s.book.Test(p)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d decisions differ\nbefore: %+v\nafter: %+v\n", c.Different, c.Decisions, c.Old, c.New)
	for _, x := range c.Differences {
		fmt.Fprintf(&b, "decision %d on %s under version %d: %s %v\n", x.Decision, x.Financing, x.Version, said(x.Old.Outcome, x.Old.Terms), x.Old.Rules)
		fmt.Fprintf(&b, "  now %s %v\n", said(x.New.Outcome, x.New.Terms), x.New.Rules)
	}
	return b.String()
}
