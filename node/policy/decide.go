package policy

import (
	"fmt"
	"math"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Outcome is what a policy says about a request.
type Outcome string

// Outcomes, from the best to the worst. The worst of several counts.
const (
	Quote  Outcome = "quote"  // at the terms of the decision
	Refer  Outcome = "refer"  // to a person
	Refuse Outcome = "refuse" // no quote
)

// worse gives the worse of two outcomes.
func (o Outcome) worse(other Outcome) Outcome {
	switch {
	case o == Refuse || other == Refuse:
		return Refuse
	case o == Refer || other == Refer:
		return Refer
	}
	return Quote
}

// Built-in rules. No rule of a file can have such an id.
const (
	NotEvaluated = "engine/not-evaluated" // a rule's expression failed
	NoPrice      = "engine/no-price"      // a pricing expression failed, or its value cannot be quoted
	NoFacts      = "engine/no-facts"      // there was nothing to decide on
)

// Bounds of what can be quoted. A rate below minRate is taken for a slip, such as a
// division that came to nothing.
const (
	minRate    = 1
	maxRate    = 100 * 10_000 // 100 %
	minAdvance = 1
	maxAdvance = 100 * 10_000
)

// Fired is a rule that spoke against a plain quote.
type Fired struct {
	Rule      string    `json:"rule"`               // id, or a built-in rule
	About     string    `json:"about,omitzero"`     // of a built-in rule: the rule or pricing field that failed
	Dimension Dimension `json:"dimension,omitzero"` // empty for pricing
	Then      Outcome   `json:"then"`
	Reason    string    `json:"reason"`
	ReasonZH  string    `json:"reasonZh"`
	Debtors   []string  `json:"debtors"` // for whose fen it fired
}

// Decision is what a policy made of a request. Financing, Version, Number and At are
// the Book's; the rest follows from the policy and the facts alone.
type Decision struct {
	Number    uint64           `json:"number"` // in the Book, from 1
	Financing string           `json:"financing"`
	Version   uint32           `json:"version"` // of the policy
	Facts     []Facts          `json:"facts"`   // one per debtor
	Outcome   Outcome          `json:"outcome"`
	Fired     []Fired          `json:"fired"`          // in order of the file
	Terms     *Terms           `json:"terms,omitzero"` // of a quote
	At        calendar.Instant `json:"at"`
}

// Decide applies the policy to the facts of one request, one Facts for each debtor.
// Every rule is asked about every debtor, and all that are true fire. The outcome is
// the worst: refuse if a rule that refuses fired, else refer if any other fired, else
// quote, at the highest rate, the lowest advance and the highest fee of any debtor; a
// price is asked for only then. An expression that fails fires a built-in rule that
// refers, as do no facts at all. The same facts always give the same decision.
func (p *Policy) Decide(facts []Facts) Decision {
	d := Decision{Facts: slices.Clone(facts), Outcome: Quote}
	if len(facts) == 0 {
		d.fire(Fired{Rule: NoFacts, Then: Refer, Reason: "there is nothing to decide on", ReasonZH: "没有可供决策的事实"})
		return d
	}
	variables := make([]map[string]any, len(facts))
	for i := range facts {
		variables[i] = map[string]any{}
		for _, v := range facts[i].values() {
			variables[i][v.name] = v.of
		}
	}
	for _, r := range p.rules {
		p.ask(&d, &r, variables)
	}
	if d.Outcome != Quote {
		return d
	}
	if terms := p.price.of(&d, variables); d.Outcome == Quote {
		d.Terms = &terms
	}
	return d
}

func (d *Decision) fire(f Fired) {
	d.Fired = append(d.Fired, f)
	d.Outcome = d.Outcome.worse(f.Then)
}

// ask puts one rule to all debtors.
func (p *Policy) ask(d *Decision, r *rule, variables []map[string]any) {
	fired := Fired{Rule: r.id, Dimension: r.dimension, Then: r.then, Reason: r.reason, ReasonZH: r.reasonZH}
	var failed []Fired
	for i, v := range variables {
		yes, c := r.when.truth(v)
		if c != nil {
			failed = failure(failed, Fired{Rule: NotEvaluated, About: r.id, Dimension: r.dimension}, c, d.Facts[i].Enterprise.ID)
		} else if yes {
			fired.Debtors = append(fired.Debtors, d.Facts[i].Enterprise.ID)
		}
	}
	if len(fired.Debtors) > 0 {
		d.fire(fired)
	}
	for _, f := range failed {
		d.fire(f)
	}
}

// failure adds that something failed for a debtor: to the entry with the same cause,
// or as a new one.
func failure(list []Fired, f Fired, c *cause, debtor string) []Fired {
	f.Then = Refer
	f.Reason, f.ReasonZH = fmt.Sprintf("%s: %s", f.About, c.english), fmt.Sprintf("%s：%s", f.About, c.chinese)
	i := slices.IndexFunc(list, func(o Fired) bool { return o.Reason == f.Reason })
	if i < 0 {
		i, list = len(list), append(list, f)
	}
	list[i].Debtors = append(list[i].Debtors, debtor)
	return list
}

// of prices the request for every debtor. What cannot be quoted fires NoPrice.
func (p *price) of(d *Decision, variables []map[string]any) Terms {
	terms := p.terms
	var failed []Fired
	for i, v := range variables {
		fail := func(field string, c *cause) {
			failed = failure(failed, Fired{Rule: NoPrice, About: field}, c, d.Facts[i].Enterprise.ID)
		}
		rate, c := p.rate.number(v, minRate, maxRate)
		if c != nil {
			fail("rate", c)
		}
		advance, c := p.advance.number(v, minAdvance, maxAdvance)
		if c != nil {
			fail("advance", c)
		}
		fee, c := p.fee.number(v, 0, math.MaxInt64)
		if c != nil {
			fail("fee", c)
		}
		terms.Rate, terms.Fee = max(terms.Rate, money.Rate(rate)), max(terms.Fee, money.Fen(fee))
		if i == 0 || money.Rate(advance) < terms.Advance {
			terms.Advance = money.Rate(advance)
		}
	}
	if c := beyond(terms, d.Facts[0].Scenario.Amount); len(failed) == 0 && c != nil {
		for i := range d.Facts {
			failed = failure(failed, Fired{Rule: NoPrice, About: "fee"}, c, d.Facts[i].Enterprise.ID)
		}
	}
	for _, f := range failed {
		d.fire(f)
	}
	return terms
}

// beyond is the cause when the fee takes all that would be paid out.
func beyond(t Terms, amount money.Fen) *cause {
	principal, err := money.Share(amount, t.Advance, money.Down)
	if err != nil || t.Fee >= principal {
		return &cause{"it is not less than what is paid out", "不小于放款金额"}
	}
	return nil
}
