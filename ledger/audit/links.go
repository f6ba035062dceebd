package audit

import (
	"bytes"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
)

// links are what records say of each other.
type links struct {
	want, have map[string]string // markers by key, as what they mark says and as stored
	members    map[string]bool
	named      map[string]string // member -> a record that names it
	validators []record.Validator
}

func newLinks() links {
	return links{want: map[string]string{}, have: map[string]string{}, members: map[string]bool{}, named: map[string]string{}}
}

// name notes that a record speaks of members; empty ones are nobody.
func (l *links) name(subject string, members ...string) {
	for _, m := range members {
		if m != "" {
			l.named[m] = subject
		}
	}
}

// compareLinks reports markers without what they mark and the other way round,
// and members of whom records speak and who are not there.
func (c *check) compareLinks() {
	l := &c.links
	compareKeys(c.report, Links, l.want, l.have, "no record marks this", "it marks nothing")
	for _, id := range slices.Sorted(maps.Keys(l.named)) {
		if !l.members[id] {
			c.report.found(Links, l.named[id], "it names member %s, who is not on the ledger", id)
		}
	}
	active := 0
	for i, v := range l.validators {
		if !v.Active {
			continue
		}
		active++
		if v.Power != member.ValidatorPower {
			c.report.found(Validators, v.Bank, "power %d, not %d", v.Power, member.ValidatorPower)
		}
		for _, other := range l.validators[:i] {
			if bytes.Equal(v.Consensus, other.Consensus) || v.Peer == other.Peer {
				c.report.found(Validators, v.Bank, "key or peer id is also bank %s's", other.Bank)
			}
		}
	}
	if active == 0 {
		c.report.found(Validators, "network", "nobody takes part in consensus")
	}
}

// span is fen of a certificate with the owner that the moves so far give them.
type span struct {
	fen   interval.Interval
	owner string
}

// moved is the spans after fen came to another owner.
func moved(spans []span, fen interval.Interval, owner string) []span {
	out := []span{{fen, owner}}
	for _, s := range spans {
		shared, ok := s.fen.Intersect(fen)
		if !ok {
			out = append(out, s)
			continue
		}
		before, after, _ := s.fen.Cut(shared) // it lies inside
		for _, rest := range []interval.Interval{before, after} {
			if !rest.IsZero() {
				out = append(out, span{rest, s.owner})
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return interval.Compare(a.fen, b.fen) })
	return out
}

// history walks the outcomes: each is found by its transaction's id, and the
// moves they report, one after another, lead to the present owner of every fen.
func (c *check) history() error {
	owners, known := map[string][]span{}, 0
	err := outcome.Each(c.source, 0, func(o *record.Outcome) (bool, error) {
		c.report.Outcomes++
		if !o.TxID.IsZero() {
			known++
			place, err := c.source.Get(store.Transaction, o.TxID[:])
			if err != nil {
				return false, err
			}
			if !bytes.Equal(place, outcome.Place(o.Height, o.Index)) {
				c.report.found(Transactions, o.TxID.String(), "the outcome at %d/%d is not found by its id", o.Height, o.Index)
			}
		}
		if o.Code == 0 {
			for _, m := range o.Effects.Moves {
				owners[m.Certificate] = moved(owners[m.Certificate], m.Interval, m.To)
			}
		}
		return true, c.tick()
	})
	if err != nil {
		return err
	}
	indexed := 0
	err = c.source.Scan(store.Transaction, nil, nil, func(_, _ []byte) (bool, error) {
		indexed++
		return true, c.tick()
	})
	if err == nil && indexed != known {
		c.report.found(Transactions, "index", "%d ids, %d outcomes have one", indexed, known)
	}
	c.compareOwners(owners)
	return err
}

// compareOwners holds what the moves lead to against the holdings.
func (c *check) compareOwners(owners map[string][]span) {
	for key, row := range c.sums.pieces {
		spans := owners[row.Certificate]
		if len(spans) == 0 && row.State != record.Active && row.State != record.Void {
			continue // never accepted: nothing has moved
		}
		var owned []interval.Interval
		for _, s := range spans {
			if shared, ok := s.fen.Intersect(row.Interval); ok && s.owner == row.Owner {
				owned = append(owned, shared)
			}
		}
		if !slices.Equal(joined(owned), []interval.Interval{row.Interval}) {
			c.report.found(Lineage, key, "%s holds %s, the moves gave it %v of them", row.Owner, row.Interval, joined(owned))
		}
	}
}
