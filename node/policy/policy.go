package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Limits of a policy file.
const (
	MaxFile       = 256 << 10 // bytes
	MaxRules      = 200
	MaxValidHours = 30 * 24
)

// maxKeys is how many fields a mapping of the file may have: more than any has. The
// search for keys given twice takes the square of it.
const maxKeys = 32

// Dimension is what a rule looks at.
type Dimension string

// Dimensions of a decision.
const (
	OfOwner       Dimension = "owner"       // who asks
	OfEnterprise  Dimension = "enterprise"  // who owes
	OfTrade       Dimension = "trade"       // the background of the debt
	OfEnhancement Dimension = "enhancement" // what stands behind it
	OfScenario    Dimension = "scenario"    // the request itself, and the bank's own limits
)

// file is a policy file. The comments in docs/samples/policy.yaml are its manual.
type file struct {
	Name    string   `yaml:"name"`
	Rules   []entry  `yaml:"rules"`
	Pricing *pricing `yaml:"pricing"`
}

type entry struct {
	ID        string `yaml:"id"`
	Dimension string `yaml:"dimension"`
	When      string `yaml:"when"`
	Then      string `yaml:"then"`
	Reason    string `yaml:"reason"`
	ReasonZH  string `yaml:"reasonZh"`
}

type pricing struct {
	Kind       string `yaml:"kind"`
	Basis      int32  `yaml:"basis"`
	Interest   string `yaml:"interest"`
	Rate       string `yaml:"rate"`
	Advance    string `yaml:"advance"`
	Fee        string `yaml:"fee"`
	ValidHours int32  `yaml:"validHours"`
}

// Policy is a compiled policy file. It never changes and may be used from several
// goroutines.
type Policy struct {
	name  string
	rules []rule
	price price
}

type rule struct {
	id               string
	dimension        Dimension
	when             *expression
	then             Outcome
	reason, reasonZH string
}

type price struct {
	terms              Terms // what is fixed
	rate, advance, fee *expression
}

// Name is the name that the file gives itself.
func (p *Policy) Name() string { return p.name }

// Rules are the ids of the rules, in order of the file.
func (p *Policy) Rules() []string {
	ids := make([]string, 0, len(p.rules))
	for _, r := range p.rules {
		ids = append(ids, r.id)
	}
	return ids
}

// Parse reads and compiles a policy file. Every refusal is BAD_CONFIG. In order: more
// than MaxFile bytes, not UTF-8; not YAML of one document, an unknown field, a key
// given twice, an alias, anchor or tag; the name; no rules or more than MaxRules; then
// rule by rule, named by its id: its id, an id given before, dimension, then, reason,
// reasonZh, and its expression; at last the pricing field by field. Of an expression
// the refusal says line and character in it: it is empty or longer than MaxExpression,
// it is not CEL, it uses what rules may not use, above all decimals, it does not give
// what the field needs, or it could cost more than MaxCost.
func Parse(text []byte) (*Policy, error) {
	f, err := readFile(text)
	if err != nil {
		return nil, code.BadConfig.New("%s", shown(err.Error()))
	}
	l, err := newLanguage()
	if err != nil {
		return nil, err
	}
	p := &Policy{name: f.Name}
	for i, e := range f.Rules {
		r, err := l.rule(e)
		if err == nil && slices.Contains(p.Rules(), e.ID) {
			err = errors.New("this id is given twice")
		}
		if err != nil {
			return nil, code.BadConfig.New("rule %s: %s", nameOf(e, i), said(err))
		}
		p.rules = append(p.rules, *r)
	}
	if f.Pricing == nil {
		return nil, code.BadConfig.New("pricing is missing")
	}
	if p.price, err = l.price(f.Pricing); err != nil {
		return nil, code.BadConfig.New("pricing: %s", said(err))
	}
	return p, nil
}

// nameOf is how a refusal names a rule: its id, or its place while the id is no id.
func nameOf(e entry, i int) string {
	if member.CheckIdentifier("id", e.ID) != nil {
		return fmt.Sprintf("%d of the file", i+1)
	}
	return e.ID
}

// said is the text of an error without the code of a refusal.
func said(err error) string {
	if refusal := code.Of(err); refusal != nil {
		return refusal.Detail
	}
	return err.Error()
}

func readFile(text []byte) (*file, error) {
	if len(text) > MaxFile {
		return nil, fmt.Errorf("%d bytes, at most %d", len(text), MaxFile)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the file is not UTF-8")
	}
	if err := checkNodes(text); err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	f := new(file)
	if err := decoder.Decode(f); err != nil {
		return nil, firstMistake(err)
	}
	if err := member.CheckText("name", f.Name, member.MaxName); err != nil {
		return nil, errors.New(said(err))
	}
	if len(f.Rules) == 0 || len(f.Rules) > MaxRules {
		return nil, fmt.Errorf("%d rules, not 1 to %d", len(f.Rules), MaxRules)
	}
	return f, nil
}

// firstMistake is the first thing that the YAML library has to say, without the names
// of Go types.
func firstMistake(err error) error {
	var list *yaml.TypeError
	if !errors.As(err, &list) || len(list.Errors) == 0 {
		return err
	}
	first, _, _ := strings.Cut(list.Errors[0], " in type ")
	first, _, _ = strings.Cut(first, " into policy.")
	return errors.New(first)
}

// checkNodes accepts one document that says everything where it stands: what an
// alias or a tag makes of a text is not what its reader sees.
func checkNodes(text []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document, more yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the file is empty")
		}
		return err
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New("the file has more than one document")
	}
	return checkNode(&document)
}

func checkNode(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return fmt.Errorf("line %d: no anchors and aliases", n.Line)
	}
	if n.Style&yaml.TaggedStyle != 0 || n.Tag == "!!merge" {
		return fmt.Errorf("line %d: no tags and merge keys", n.Line)
	}
	if n.Kind == yaml.MappingNode && len(n.Content) > 2*maxKeys {
		return fmt.Errorf("line %d: %d fields, at most %d", n.Line, len(n.Content)/2, maxKeys)
	}
	for _, c := range n.Content {
		if err := checkNode(c); err != nil {
			return err
		}
	}
	return nil
}

// rule checks and compiles one rule.
func (l *language) rule(e entry) (*rule, error) {
	if err := member.CheckIdentifier("id", e.ID); err != nil {
		return nil, err
	}
	r := &rule{id: e.ID, dimension: Dimension(e.Dimension), then: Outcome(e.Then), reason: e.Reason, reasonZH: e.ReasonZH}
	switch r.dimension {
	case OfOwner, OfEnterprise, OfTrade, OfEnhancement, OfScenario:
	default:
		return nil, fmt.Errorf("dimension is owner, enterprise, trade, enhancement or scenario, not %.40q", e.Dimension)
	}
	if r.then != Refuse && r.then != Refer {
		return nil, fmt.Errorf("then is refuse or refer, not %.40q", e.Then)
	}
	if err := member.CheckText("reason", e.Reason, member.MaxReason); err != nil {
		return nil, err
	}
	if err := member.CheckText("reasonZh", e.ReasonZH, member.MaxReason); err != nil {
		return nil, err
	}
	var err error
	if r.when, err = l.compile(e.When, cel.BoolType); err != nil {
		return nil, fmt.Errorf("when: %w", err)
	}
	return r, nil
}

// price checks and compiles the pricing.
func (l *language) price(in *pricing) (price, error) {
	p := price{terms: Terms{Basis: in.Basis, ValidHours: in.ValidHours}}
	if err := p.terms.Kind.UnmarshalText([]byte(in.Kind)); err != nil {
		return p, fmt.Errorf("kind: %s", shown(err.Error()))
	}
	if in.Basis != money.Basis360 && in.Basis != money.Basis365 {
		return p, fmt.Errorf("basis is %d or %d days, not %d", money.Basis360, money.Basis365, in.Basis)
	}
	if err := p.terms.Interest.UnmarshalText([]byte(in.Interest)); err != nil {
		return p, fmt.Errorf("interest: %s", shown(err.Error()))
	}
	var err error
	for _, field := range []struct {
		name, text string
		to         **expression
	}{{"rate", in.Rate, &p.rate}, {"advance", in.Advance, &p.advance}, {"fee", in.Fee, &p.fee}} {
		if *field.to, err = l.compile(field.text, cel.IntType); err != nil {
			return p, fmt.Errorf("%s: %w", field.name, err)
		}
	}
	if in.ValidHours < 0 || in.ValidHours > MaxValidHours {
		return p, fmt.Errorf("validHours is 0 to %d, not %d", MaxValidHours, in.ValidHours)
	}
	return p, nil
}

// Terms are what a policy quotes. The rest of a quote is for a person: accounts,
// value date, who bears interest and fee.
type Terms struct {
	Kind       record.FinancingKind `json:"kind"`
	Basis      int32                `json:"basis"` // days in the year that the rate is divided by
	Interest   record.InterestMode  `json:"interest"`
	Rate       money.Rate           `json:"rate"`       // percent a year
	Advance    money.Rate           `json:"advance"`    // percent of the amount that is paid out before deductions
	Fee        money.Fen            `json:"fee"`        // of the whole financing
	ValidHours int32                `json:"validHours"` // how long the quote should stand, 0 when the policy does not say
}
