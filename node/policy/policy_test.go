package policy_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"golang.org/x/sync/errgroup"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/policy"
)

// ruleText and priceText are a policy with one rule or one price of interest.
func ruleText(when string) string {
	return fmt.Sprintf(`name: n
rules: [{id: r1, dimension: owner, when: %q, then: refer, reason: r, reasonZh: z}]
pricing: {kind: pledge, basis: 360, interest: prepaid, rate: 26200, advance: 1000000, fee: 0}
`, when)
}

func priceText(rate string) string {
	return fmt.Sprintf(`name: n
rules: [{id: r1, dimension: owner, when: owner.suspended, then: refer, reason: r, reasonZh: z}]
pricing: {kind: pledge, basis: 360, interest: prepaid, rate: %q, advance: 1000000, fee: 0}
`, rate)
}

// refused checks that a policy is refused with BAD_CONFIG in these words.
func refused(t *testing.T, text, words string) {
	t.Helper()
	_, err := policy.Parse([]byte(text))
	if e := code.Of(err); e == nil || e.Code != code.BadConfig || !strings.Contains(e.Error(), words) {
		t.Errorf("%.200s\nis refused with %v\nnot because of %s", text, err, words)
	}
}

func TestAFileIsRefused(t *testing.T) {
	const good = `name: n
rules: [{id: r1, dimension: owner, when: owner.suspended, then: refer, reason: r, reasonZh: z}]
pricing: {kind: pledge, basis: 360, interest: prepaid, rate: 26200, advance: 1000000, fee: 0}
`
	if _, err := policy.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, changed, words string }{
		{"name: n\n", "name: n\n#" + strings.Repeat(" ", policy.MaxFile) + "\n", "at most 262144"},
		{"name: n", "name: \xff", "not UTF-8"},
		{good, "", "the file is empty"},
		{good, "# nothing\n", "the file is empty"},
		{good, "[", "did not find expected"},
		{good, "- a\n", "BAD_CONFIG: line 1: cannot unmarshal !!seq"},
		{good, good + "---\n" + good, "more than one document"},
		{"name: n", "name: n\nNAME: m", "BAD_CONFIG: line 2: field NAME not found"},
		{"fee: 0", "fee: 0, extra: 1", "field extra not found"},
		{"id: r1,", "id: r1, why: x,", "field why not found"},
		{"name: n", "name: n\nname: m", `mapping key "name" already defined`},
		{"fee: 0", "fee: 0, fee: 1", `mapping key "fee" already defined`},
		{"name: n", "name: n\n" + strings.Repeat("x: y\n", 40_000), "line 1: 40003 fields, at most 32"},
		{"name: n", "name: &a n", "line 1: no anchors"},
		{"name: n", "name: !!str n", "line 1: no tags"},
		{"rules: [{", "rules: [{<<: {id: r2}, ", "line 2: no tags and merge keys"},
		{"name: n", "name: ''", "name has 0 bytes"},
		{"name: n", "name: " + strings.Repeat("长", 67), "name has 201 bytes"},
		{"name: n", "name: \"a\\u202eb\"", "U+202E"},
		{"rules: [{id: r1, dimension: owner, when: owner.suspended, then: refer, reason: r, reasonZh: z}]", "rules: []", "0 rules"},
		{"id: r1,", "id: '',", "rule 1 of the file: id"},
		{"id: r1,", "id: a/b,", "rule 1 of the file: id"},
		{"id: r1,", "id: " + strings.Repeat("x", 33) + ",", "rule 1 of the file: id"},
		{"reasonZh: z}", "reasonZh: z}, {id: r1, dimension: owner, when: owner.suspended, then: refer, reason: r, reasonZh: z}", "rule r1: this id is given twice"},
		{"dimension: owner", "dimension: Owner", "rule r1: dimension is owner, enterprise"},
		{"then: refer", "then: quote", "rule r1: then is refuse or refer, not \"quote\""},
		{"reason: r,", "reason: '',", "rule r1: reason has 0 bytes"},
		{"reason: r,", "reason: \"a\\nb\",", "rule r1: reason has the character U+000A"},
		{"reasonZh: z", "reasonZh: " + strings.Repeat("z", 401), "rule r1: reasonZh has 401 bytes"},
		{"reasonZh: z", "", "rule r1: reasonZh has 0 bytes"},
		{"when: owner.suspended", "when: ''", "rule r1: when: 0 bytes"},
		{"pricing: {kind: pledge, basis: 360, interest: prepaid, rate: 26200, advance: 1000000, fee: 0}\n", "", "pricing is missing"},
		{"kind: pledge", "kind: loan", `pricing: kind: "loan" is not a kind of financing`},
		{"kind: pledge", "kind: " + strings.Repeat("x", 9_000), "xxx..."},
		{"basis: 360", "basis: 364", "pricing: basis is 360 or 365 days, not 364"},
		{"basis: 360", "basis: 99999999999", "cannot unmarshal"},
		{"interest: prepaid", "interest: monthly", `pricing: interest: "monthly" is not a mode of interest`},
		{"rate: 26200", "rate: ''", "pricing: rate: 0 bytes"},
		{"advance: 1000000", "advance: owner.class", "pricing: advance: gives string, not int"},
		{"fee: 0", "fee: owner.suspended", "pricing: fee: gives bool, not int"},
		{"fee: 0", "fee: 0, validHours: 721", "pricing: validHours is 0 to 720, not 721"},
		{"fee: 0", "fee: 0, validHours: -1", "pricing: validHours is 0 to 720, not -1"},
	} {
		refused(t, strings.Replace(good, c.old, c.changed, 1), c.words)
	}
	many := "name: n\nrules:\n"
	for i := range policy.MaxRules + 1 {
		many += fmt.Sprintf("- {id: r%d, dimension: owner, when: owner.suspended, then: refer, reason: r, reasonZh: z}\n", i)
	}
	refused(t, many, "201 rules, not 1 to 200")
}

func TestAnExpressionIsRefused(t *testing.T) {
	for when, words := range map[string]string{
		"owner.suspendd":                   "rule r1: when: 1:6: undeclared reference to 'owner.suspendd'",
		"owner.tier":                       "rule r1: when: gives int, not bool",
		"\n  owner.tier > 'a'":             "when: 2:14: found no matching overload",
		"owner.tier >":                     "when: 1:13: Syntax error",
		"owner":                            "undeclared reference to 'owner'",
		"owner.tier > 9223372036854775808": "invalid int literal",
		"owner.class.matches('a')":         "undeclared reference to 'matches'",
		"now() > 1":                        "undeclared reference to 'now'",
		"timestamp('2026-01-01T00:00:00Z').getHours() > 1":     "undeclared reference to 'timestamp'",
		"duration('1h') == duration('1h')":                     "undeclared reference to 'duration'",
		"has(owner.tier)":                                      "undeclared reference to 'has'",
		"[1, 2].exists(x, x == owner.tier)":                    "undeclared reference to 'exists'",
		"size(owner.id) > 1":                                   "undeclared reference to 'size'",
		"string(owner.tier) == '1'":                            "undeclared reference to 'string'",
		"owner.id + owner.id == ''":                            "found no matching overload",
		"[owner.tier][0] == 1":                                 "undeclared reference",
		"owner.tier == null":                                   "1:15: a constant is a whole number, a text, true or false, not null_type",
		"b'a' == b'a'":                                         "not bytes",
		"1u == 1u":                                             "not uint",
		"{1: 2} == {1: 2}":                                     "only facts, constants, lists",
		"owner.tier in {1: true}":                              "only facts, constants, lists",
		"google.protobuf.Struct{} == google.protobuf.Struct{}": "only facts, constants, lists",
		"int == int":                                           "type(int) has no place in a rule",
		"[owner.tier, 'a'] == []":                              "list(dyn) has no place in a rule",
		"[[1]] == [[1]]":                                       "list(list(int)) has no place in a rule",
		strings.Repeat("(", 99) + "true" + strings.Repeat(")", 99):                            "recursion limit",
		"true" + strings.Repeat(" || owner.suspended", 700):                                   "13304 bytes, not 1 to 8192",
		"owner.tier" + strings.Repeat(" + 1", 80) + " == 81":                                  "recursion depth",
		"owner.tier in [" + strings.Repeat("1,", 1_100) + "1]":                                "exceeds limit",
		"'a' == '" + strings.Repeat("a", policy.MaxExpression) + "'":                          "8201 bytes, not 1 to 8192",
		"'" + strings.Repeat("a", 3_000) + "'.contains('" + strings.Repeat("b", 3_000) + "')": "units, at most 5000",
	} {
		refused(t, ruleText(when), words)
	}
}

func TestDecimalsAreRefusedInEveryGuise(t *testing.T) {
	for _, when := range []string{
		"1.5 == 1.5", "owner.tier < 1.5", "owner.tier == 1.0", "1e3 == 1e3", "owner.tier * 1.0 > 2", "-1.5 < 0.0", ".5 > .1",
		"owner.tier in [1, 1.5]", "owner.tier in [1.5]", "[] == [1.5]", "[[1.5]] == []", "true ? 1.5 == 2.5 : false", "1.5 > 1 || true",
		"double(owner.tier) > 2", "double == double", "double != int", "type(1.5) == double", "dyn(1.5) == 1", "dyn(owner.tier) / 2 > 1",
		"{1: 1.5} == {}", "{1.5: 1} == {}", "google.protobuf.DoubleValue{value: 1.5} == 1.5", "google.protobuf.FloatValue{} == 0.0",
		"google.protobuf.Value{number_value: 1.5} == 1", "int(1.5) == 1", "int('1.5') == 1", "min(1, 1.5) == 1", "max(owner.tier, 2.0) == 2",
		"math.ceil(1.5) == 2.0", "owner.id.startsWith(1.5)", "[1.5].exists(x, x > 1.0)", "1.7976931348623157e309 > 1", "(1.5)==(1.5)",
		"owner.tier / 2.0 > 1", "owner.tier % 2.5 == 1", "(owner.suspended ? 1 : 1.5) == 1", "google.protobuf.DoubleValue == google.protobuf.DoubleValue",
	} {
		refused(t, ruleText(when), "rule r1: when: 1:")
	}
	for _, rate := range []string{"2.62", "26200.0", "26200 * 1.1", "scenario.maxDays * 0.5", "owner.suspended ? 1 : 1.5", "double(26200)", "int(2.62)", "1e4"} {
		refused(t, priceText(rate), "pricing: rate: 1:")
	}
	refused(t, strings.Replace(priceText("1"), `rate: "1"`, "rate: 2.62", 1), "a rate of 2.62 % is 26200")
}

func TestWhatARuleMayUse(t *testing.T) {
	for when, want := range map[string]policy.Outcome{
		"owner.class in ['small', 'micro'] && owner.tier == 1": policy.Refer,
		"owner.class in []": policy.Quote,
		"owner.id.startsWith('ST') && owner.id.endsWith('EL') && owner.id.contains('TEE')":       policy.Refer,
		"min(owner.tier, 5) == 1 && max(owner.tier, 5) == 5 && min(-9223372036854775808, 0) < 0": policy.Refer,
		"(enterprise.asked - 1) % 10 == 9 && -owner.tier == -1 && 7 / 2 == 3":                    policy.Refer,
		"owner.suspended ? true : enterprise.class >= 'm'":                                       policy.Quote,
		"!(bank.debtorAvailable == -1) && bank.supplierAvailable == -1 // nothing caps it":       policy.Refer,
		// && and || look at both sides before they fail, as CEL says.
		"trade.redLetters > 0 && 1 / trade.redLetters > 1":        policy.Quote,
		"1 / trade.redLetters > 1 && trade.redLetters > 0":        policy.Quote,
		"1 / trade.redLetters > 1 || trade.redLetters == 0":       policy.Refer,
		strings.Repeat("!", 3_000) + "true":                       policy.Refer,
		"owner.tier" + strings.Repeat(" + 1", 60) + " == 61":      policy.Refer,
		"true" + strings.Repeat(" && true", 400):                  policy.Refer,
		"owner.id in ['" + strings.Join(codes(350), "','") + "']": policy.Quote,
	} {
		p, err := policy.Parse([]byte(ruleText(when)))
		if err != nil {
			t.Errorf("%.80s: %v", when, err)
			continue
		}
		if d := p.Decide([]policy.Facts{plain()}); d.Outcome != want || len(d.Fired) > 0 && d.Fired[0].Rule != "r1" {
			t.Errorf("%.80s: %s %v", when, d.Outcome, d.Fired)
		}
	}
}

func codes(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("91330100MA%08d", i))
	}
	return list
}

// The estimate takes facts for short, as the ledger's are; what is longer runs into
// the limit when it is evaluated.
func TestAnExpressionThatCostsTooMuchIsReferred(t *testing.T) {
	p, err := policy.Parse([]byte(ruleText("owner.id.contains(enterprise.id)")))
	if err != nil {
		t.Fatal(err)
	}
	f := plain()
	if d := p.Decide([]policy.Facts{f}); d.Outcome != policy.Quote {
		t.Errorf("short texts: %s %v", d.Outcome, d.Fired)
	}
	f.Owner.ID, f.Enterprise.ID = strings.Repeat("a", 100_000), strings.Repeat("b", 100_000)
	d := p.Decide([]policy.Facts{f})
	if d.Outcome != policy.Refer || len(d.Fired) != 1 || d.Fired[0].Rule != policy.NotEvaluated || d.Fired[0].Reason != "r1: it costs too much" {
		t.Errorf("long texts: %s %.100v", d.Outcome, d.Fired)
	}
}

// factNames are the facts as a rule names them, from the types themselves.
func factNames() (names []string) {
	all := reflect.TypeFor[policy.Facts]()
	for g := range all.NumField() {
		group := all.Field(g)
		for i := range group.Type.NumField() {
			names = append(names, group.Tag.Get("json")+"."+group.Type.Field(i).Tag.Get("json"))
		}
	}
	return names
}

func TestTheSampleIsAManualOfAllFacts(t *testing.T) {
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	p, err := policy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Rules()) < 15 {
		t.Errorf("the sample has only the rules %v", p.Rules())
	}
	for _, name := range factNames() {
		if !strings.Contains(string(text), "#   "+name+" ") {
			t.Errorf("the sample does not explain %s", name)
		}
		_, isBool := policy.Parse([]byte(ruleText(name)))
		_, isInt := policy.Parse([]byte(ruleText(name + " == 0")))
		_, isText := policy.Parse([]byte(ruleText(name + " == ''")))
		if isBool != nil && isInt != nil && isText != nil {
			t.Errorf("no rule can use %s: %v", name, isInt)
		}
	}
	for _, d := range []policy.Dimension{policy.OfOwner, policy.OfEnterprise, policy.OfTrade, policy.OfEnhancement, policy.OfScenario} {
		if !strings.Contains(string(text), "dimension: "+string(d)) {
			t.Errorf("the sample has no rule about the %s", d)
		}
	}
}

// A book takes what it has decided for given: nothing in it changes afterwards.
func TestABookOfItsOwnWords(t *testing.T) {
	l, err := local.Open("local", "test-net", store.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	b, err := policy.OpenBook(l)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Active(); !code.NotFound.Is(err) {
		t.Errorf("active before any: %v", err)
	}
	if _, err := b.Version(1); !code.NotFound.Is(err) {
		t.Errorf("version before any: %v", err)
	}
	text := ruleText("owner.tier > 1")
	v, err := b.Adopt([]byte(text), policy.Author{Member: "BANK"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	facts := []policy.Facts{plain()}
	d, err := b.Decide("F1", facts, 2)
	if err != nil {
		t.Fatal(err)
	}
	facts[0].Owner.Tier = 2 // the caller's own
	again, err := b.Decision(d.Number)
	if err != nil || again.Facts[0].Owner.Tier != 1 || d.Facts[0].Owner.Tier != 1 {
		t.Errorf("stored: %+v, %v", again.Facts, err)
	}
	if _, err := b.Replay(again); err != nil {
		t.Error(err)
	}
	list, err := b.Versions()
	if err != nil || len(list) != 1 || list[0] != v || v.Text != text || v.Hash.String() == "" {
		t.Errorf("versions: %+v, %v", list, err)
	}
	if active, err := b.Active(); err != nil || active != v {
		t.Errorf("active: %+v, %v", active, err)
	}
	facts[0].Owner.ID = "\xff"
	if _, err := b.Decide("F2", facts, 3); err == nil {
		t.Error("facts that cannot be written were decided on")
	}
	if list, err := b.Decisions("F2"); err != nil || len(list) != 0 {
		t.Errorf("half a decision: %v, %v", list, err)
	}
	if list, err := b.Decisions("F1/"); err != nil || len(list) != 0 {
		t.Errorf("decisions on no id: %v, %v", list, err)
	}
}

func TestManyAskAtOnce(t *testing.T) {
	l, err := local.Open("local", "test-net", store.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	b, err := policy.OpenBook(l)
	if err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	for i := range 8 {
		group.Go(func() error {
			text := ruleText(fmt.Sprintf("owner.tier > %d", i%2))
			if _, err := b.Adopt([]byte(text), policy.Author{}, 1); err != nil {
				return err
			}
			d, err := b.Decide(fmt.Sprintf("F%d", i%3), []policy.Facts{plain()}, 2)
			if err != nil {
				return err
			}
			_, err = b.Replay(d)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	versions, err := b.Versions()
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range versions {
		if int(v.Number) != i+1 || i > 0 && v.Text == versions[i-1].Text {
			t.Errorf("version %d is number %d, of %s", i+1, v.Number, v.Text)
		}
	}
	for _, id := range []string{"F0", "F1", "F2"} {
		list, err := b.Decisions(id)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[uint32]bool{}
		for _, d := range list {
			if seen[d.Version] {
				t.Errorf("%s is decided twice under version %d", id, d.Version)
			}
			seen[d.Version] = true
		}
	}
}

// Whatever an expression is, it is refused or gives a decision.
func FuzzExpression(f *testing.F) {
	for _, when := range []string{
		"owner.tier > 1 && owner.class in ['small', 'micro']", "min(owner.tier, 2) * -9223372036854775808 / -1 % 0 == 7", "1.5 == dyn(2u)",
		"owner.suspended ? enterprise.id.contains('a') : !(\"\\u00e9\" == r'\\n')", "[1, 2][0] == {1: [b'x', null]}.a.?b", "((((((1))))))",
		"[].map(x, x).all(y, y)", "\n\t// nothing\n@#", "owner.tier - - - 1 < 0x7f",
	} {
		f.Add(when, int64(3))
	}
	f.Fuzz(func(t *testing.T, when string, n int64) {
		p, err := policy.Parse([]byte(ruleText(when)))
		if err != nil {
			if e := code.Of(err); e == nil || e.Code != code.BadConfig || strings.ContainsAny(e.Detail, "\n\x00") || len(e.Detail) > 400 {
				t.Errorf("refused with %q", err)
			}
			return
		}
		facts := make([]policy.Facts, 1)
		fill(reflect.ValueOf(&facts[0]).Elem(), "STEEL", n)
		if d := p.Decide(facts); d.Outcome != policy.Quote && d.Outcome != policy.Refer {
			t.Errorf("decided %+v", d)
		}
	})
}

// Whatever is in a policy and in facts, a decision comes out, it is the same the
// second time, and it quotes only what can be quoted.
func FuzzPolicy(f *testing.F) {
	text, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text, "91330100MA0000010D", int64(1))
	f.Add([]byte(ruleText("owner.tier / trade.invoices > 1")), "", int64(0))
	f.Add([]byte(ruleText("owner.tier * owner.tier > -owner.tier")), "\xff", int64(-1<<63))
	f.Add([]byte(ruleText("owner.id in [owner.class, 'a'] ? owner.suspended : 1 % owner.tier == 0")), "a", int64(1<<63-1))
	f.Add([]byte(priceText("26200 + scenario.maxDays")), "a", int64(1<<63-1))
	f.Add([]byte("name: [\n"), "a", int64(7))
	f.Add([]byte("a: &a [*a]\n"), "a", int64(7))
	f.Fuzz(func(t *testing.T, text []byte, id string, n int64) {
		p, err := policy.Parse(text)
		if err != nil {
			if !code.BadConfig.Is(err) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		facts := []policy.Facts{plain(), {}}
		fill(reflect.ValueOf(&facts[1]).Elem(), id, n)
		d := p.Decide(facts)
		if again := p.Decide(facts); !reflect.DeepEqual(d, again) {
			t.Errorf("decided %+v, then %+v", d, again)
		}
		if (d.Outcome == policy.Quote) != (d.Terms != nil) || (d.Outcome == policy.Quote) != (len(d.Fired) == 0) {
			t.Errorf("decided %+v", d)
		}
		if x := d.Terms; x != nil && (x.Rate < 1 || x.Rate > 1_000_000 || x.Advance < 1 || x.Advance > 1_000_000 || x.Fee < 0) {
			t.Errorf("quotes %+v", x)
		}
	})
}

// fill gives every fact of a kind the same value.
func fill(v reflect.Value, id string, n int64) {
	for i := range v.NumField() {
		switch field := v.Field(i); field.Kind() {
		case reflect.Struct:
			fill(field, id, n)
		case reflect.String:
			field.SetString(id)
		case reflect.Bool:
			field.SetBool(n%2 == 0)
		default:
			field.SetInt(n)
		}
	}
}
