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
	accounts   map[string]string // key of an account -> its bank
	paying     map[paying]string // account that a record names -> the record
	validators []record.Validator
}

// paying is the key of an account with the bank that a record says it is at, empty
// when it does not say.
type paying struct{ account, bank string }

func newLinks() links {
	return links{
		want: map[string]string{}, have: map[string]string{}, members: map[string]bool{}, named: map[string]string{},
		accounts: map[string]string{}, paying: map[paying]string{},
	}
}

// name notes that a record speaks of members; empty ones are nobody.
func (l *links) name(subject string, members ...string) {
	for _, m := range members {
		if m != "" {
			l.named[m] = subject
		}
	}
}

// pays notes that a record speaks of an account, empty for none, at a bank, empty
// when it does not say at which.
func (l *links) pays(subject, member, account, bank string) {
	if account == "" {
		return
	}
	l.paying[paying{string(record.AccountKey(member, account)), bank}] = subject
}

// compareLinks reports markers without what they mark and the other way round,
// and members and accounts of which records speak and that are not there.
func (c *check) compareLinks() {
	l := &c.links
	compareKeys(c.report, Links, l.want, l.have, "no record marks this", "it marks nothing")
	for _, id := range slices.Sorted(maps.Keys(l.named)) {
		if !l.members[id] {
			c.report.found(Links, l.named[id], "it names member %s, who is not on the ledger", id)
		}
	}
	for p, subject := range l.paying {
		if bank, ok := l.accounts[p.account]; !ok || p.bank != "" && p.bank != bank {
			c.report.found(Links, subject, "it names %s at bank %q, the account is at %q", p.account, p.bank, bank)
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
	paid  bool // redeemed: they stay with the owner who was paid
}

// moved is the spans after a move.
func moved(spans []span, m *record.Move) []span {
	out := []span{{m.Interval, m.To, false}} // of an unredemption too: the owner has them again
	if m.Kind == record.MoveRedeem {
		out[0].owner, out[0].paid = m.From, true
	}
	for _, s := range spans {
		shared, ok := s.fen.Intersect(m.Interval)
		if !ok {
			out = append(out, s)
			continue
		}
		before, after, _ := s.fen.Cut(shared) // it lies inside
		for _, rest := range []interval.Interval{before, after} {
			if !rest.IsZero() {
				out = append(out, span{rest, s.owner, s.paid})
			}
		}
	}
	slices.SortFunc(out, func(a, b span) int { return interval.Compare(a.fen, b.fen) })
	return out
}

// history walks the outcomes: each is found by its transaction's id, and the
// moves they report, one after another, lead to the present owner of every fen, and
// those for money are of settlements.
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
			for i := range o.Effects.Moves {
				m := &o.Effects.Moves[i]
				c.moveOn(owners[m.Certificate], m)
				owners[m.Certificate] = moved(owners[m.Certificate], m)
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
	c.comparePayments()
	return err
}

// moveOn notes a move for money, and reports a move of fen that were paid or are
// not with whom they leave.
func (c *check) moveOn(spans []span, m *record.Move) {
	c.deals.moved(m)
	for _, s := range spans {
		shared, ok := s.fen.Intersect(m.Interval)
		switch {
		case !ok:
		case m.Kind == record.MoveUnredeem:
			if !s.paid || s.owner != m.To {
				c.report.found(Redemption, m.Certificate, "the payment for fen %s came back from %s by %s, who had not been paid for them", shared, m.To, m.Order)
			}
		case s.paid:
			c.report.found(Redemption, m.Certificate, "fen %s were paid, and went from %s to %s by %s", shared, m.From, m.To, m.Order)
		case s.owner != m.From:
			c.report.found(Lineage, m.Certificate, "fen %s went from %s by %s, who did not have them", shared, m.From, m.Order)
		}
	}
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
			shared, ok := s.fen.Intersect(row.Interval)
			if ok && s.owner == row.Owner {
				owned = append(owned, shared)
			}
			if ok && s.paid != row.Redeemed {
				c.report.found(Redemption, key, "paid: %t; by the moves, of fen %s: %t", row.Redeemed, shared, s.paid)
			}
		}
		if !slices.Equal(joined(owned), []interval.Interval{row.Interval}) {
			c.report.found(Lineage, key, "%s holds %s, the moves gave it %v of them", row.Owner, row.Interval, joined(owned))
		}
	}
}
