package policy

import (
	"github.com/tierledger/tierledger/node/local"
)

// MaxDifferences is how many differences a comparison lists; all are counted.
const MaxDifferences = 1_000

// Side is what a decision says, or would say.
type Side struct {
	Outcome Outcome  `json:"outcome"`
	Rules   []string `json:"rules"` // that fired, in order of the file
	Terms   *Terms   `json:"terms,omitzero"`
}

// Difference is a stored decision that another policy would have made otherwise.
type Difference struct {
	Decision  uint64 `json:"decision"`
	Financing string `json:"financing"`
	Version   uint32 `json:"version"` // under which it was made
	Old       Side   `json:"old"`
	New       Side   `json:"new"`
}

// Count counts decisions by outcome.
type Count struct {
	Quote  int `json:"quote"`
	Refer  int `json:"refer"`
	Refuse int `json:"refuse"`
}

func (c *Count) add(o Outcome) {
	switch o {
	case Quote:
		c.Quote++
	case Refer:
		c.Refer++
	case Refuse:
		c.Refuse++
	}
}

// Comparison is what another policy would have made of all stored decisions.
type Comparison struct {
	Decisions   int          `json:"decisions"`
	Different   int          `json:"different"` // outcome or terms differ
	Old         Count        `json:"old"`
	New         Count        `json:"new"`
	Differences []Difference `json:"differences"` // the first MaxDifferences, in order of number
}

// Test asks a policy about the facts of every stored decision and compares. A decision
// on which only other rules fired, to the same outcome and terms, is no difference. A
// fact that did not exist when a decision was made is 0, false or empty in it. Nothing
// is stored.
func (b *Book) Test(p *Policy) (Comparison, error) {
	c := Comparison{Differences: []Difference{}}
	err := local.Scan(b.local, prefixDecision, func(_ local.Key[Decision], old *Decision) (bool, error) {
		changed := p.Decide(old.Facts)
		c.Decisions++
		c.Old.add(old.Outcome)
		c.New.add(changed.Outcome)
		if old.Outcome == changed.Outcome && sameTerms(old.Terms, changed.Terms) {
			return true, nil
		}
		c.Different++
		if len(c.Differences) < MaxDifferences {
			c.Differences = append(c.Differences, Difference{
				Decision: old.Number, Financing: old.Financing, Version: old.Version, Old: old.side(), New: changed.side(),
			})
		}
		return true, nil
	})
	return c, err
}

func (d *Decision) side() Side { return Side{Outcome: d.Outcome, Rules: d.fired(), Terms: d.Terms} }
