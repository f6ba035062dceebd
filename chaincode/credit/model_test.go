package credit_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// backed is a certificate as a credit desk sees it: what of one line it takes.
type backed struct {
	line, debtor string
	amount       money.Fen
	used         bool
}

// desk runs random operations of one bank beside the list of certificates that
// its lines back.
type desk struct {
	*ledger
	bank     string
	backed   []backed
	financed []financed
}

var (
	lineIDs  = []string{"one", "two", "three", "four"}
	groupIDs = []string{"", "a", "b", "c", "d"}
	debtors  = map[string]string{"one": "core", "two": "core", "three": "core-south", "four": "city"}
)

// TestSumsAreThoseOfTheCertificates: whatever a bank does with its lines, limits and
// groups, a line's reserved and used fen are the sums over the certificates that
// it backs, a limit's those over what is financed, a group's are the sums over the
// lines and limits below it, a refusal changes nothing, a reservation is allowed
// exactly when everything leaves room for it, and when all certificates and
// financings have ended nothing is taken.
func TestSumsAreThoseOfTheCertificates(t *testing.T) {
	start := open(t)
	rapid.Check(t, func(t *rapid.T) {
		d := &desk{ledger: &ledger{Network: &membertest.Network{Memory: start.Memory.Clone(), Now: start.Now}}, bank: membertest.ID("hangzhou-bank")}
		t.Repeat(map[string]func(*rapid.T){
			"grant":   d.grant,
			"group":   d.group,
			"freeze":  d.freeze,
			"reserve": d.reserve,
			"use":     d.use,
			"end":     d.end,
			"limit":   d.limit, "finance": d.finance, "finance again": d.finance, "disburse": d.disburse, "return": d.giveBack,
			"": d.check,
		})
		for len(d.backed) > 0 {
			d.end(t)
		}
		for len(d.financed) > 0 {
			d.giveBack(t)
		}
		d.check(t)
		for _, l := range d.lines(t) {
			if l.Reserved != 0 || l.Used != 0 {
				t.Fatalf("every certificate has ended, line %s has %s reserved and %s used", l.ID, l.Reserved, l.Used)
			}
		}
	})
}

// attempt runs fn and checks that a refusal changed nothing.
func (d *desk) attempt(t *rapid.T, signer string, fn func(w *world.World) error) error {
	before := d.Memory.Clone()
	err := d.do(signer, fn)
	if err != nil && code.Of(err) == nil {
		t.Fatal(err)
	}
	if err != nil && !d.Memory.Equal(before) {
		t.Fatalf("refused with %v, and the state changed", err)
	}
	return err
}

func (d *desk) grant(t *rapid.T) {
	line := rapid.SampledFrom(lineIDs).Draw(t, "line")
	in := credit.GrantArgument{
		ID: line, Debtor: membertest.ID(debtors[line]), Group: rapid.SampledFrom(groupIDs).Draw(t, "group"),
		Limit: drawFen(t, "limit"), From: d.Now.Date(), To: d.Now.Date(),
	}
	err := d.attempt(t, "hangzhou-bank/maker", func(w *world.World) error {
		_, err := credit.Grant(w, in)
		return err
	})
	t.Logf("grant %s in %q of %s: %v", line, in.Group, in.Limit, err)
}

func (d *desk) group(t *rapid.T) {
	in := credit.GroupArgument{
		ID:     rapid.SampledFrom(groupIDs[1:]).Draw(t, "group"),
		Parent: rapid.SampledFrom(groupIDs).Draw(t, "parent"),
		Cap:    drawFen(t, "cap"),
	}
	err := d.attempt(t, "hangzhou-bank/maker", func(w *world.World) error {
		_, err := credit.SetGroup(w, in)
		return err
	})
	t.Logf("group %s in %q of %s: %v", in.ID, in.Parent, in.Cap, err)
}

func (d *desk) freeze(t *rapid.T) {
	in := credit.LineArgument{ID: rapid.SampledFrom(lineIDs).Draw(t, "line"), Reason: "drawn"}
	change := credit.UnfreezeLine
	if rapid.IntRange(0, 3).Draw(t, "freeze") == 0 {
		change = credit.FreezeLine
	}
	_ = d.attempt(t, "hangzhou-bank/maker", func(w *world.World) error {
		_, err := change(w, in)
		return err
	})
}

func (d *desk) reserve(t *rapid.T) {
	line := rapid.SampledFrom(lineIDs).Draw(t, "line")
	c := backed{line: line, debtor: membertest.ID(debtors[line]), amount: drawFen(t, "amount") + 1}
	room := d.room(t, line)
	err := d.attempt(t, "", func(w *world.World) error {
		return credit.Reserve(w, d.bank, line, c.debtor, c.amount)
	})
	if (err == nil) != (c.amount <= room) {
		t.Fatalf("reserve %s on line %s with room for %s: %v", c.amount, line, room, err)
	}
	if err == nil {
		d.backed = append(d.backed, c)
	}
}

func (d *desk) use(t *rapid.T) {
	for i, c := range d.backed {
		if c.used || rapid.Bool().Draw(t, "another") {
			continue
		}
		d.must(t, func(w *world.World) error { return credit.Use(w, d.bank, c.line, c.debtor, c.amount) })
		d.backed[i].used = true
		return
	}
}

// end releases what a certificate takes: all of what is reserved, or some of what
// is used, as it is paid.
func (d *desk) end(t *rapid.T) {
	if len(d.backed) == 0 {
		return
	}
	i := rapid.IntRange(0, len(d.backed)-1).Draw(t, "certificate")
	c, paid := &d.backed[i], d.backed[i].amount
	if c.used {
		paid = money.Fen(rapid.Int64Range(int64(c.amount+1)/2, int64(c.amount)).Draw(t, "paid"))
		d.must(t, func(w *world.World) error { return credit.ReleaseUsed(w, d.bank, c.line, c.debtor, paid) })
	} else {
		d.must(t, func(w *world.World) error { return credit.ReleaseReserved(w, d.bank, c.line, c.debtor, paid) })
	}
	if c.amount -= paid; c.amount == 0 {
		d.backed = append(d.backed[:i], d.backed[i+1:]...)
	}
}

func (d *desk) must(t *rapid.T, fn func(w *world.World) error) {
	if err := d.do("", fn); err != nil {
		t.Fatal(err)
	}
}

// check compares the sums of lines and groups with the certificates.
func (d *desk) check(t *rapid.T) {
	reserved, used := map[string]money.Fen{}, map[string]money.Fen{}
	for _, c := range d.backed {
		if c.used {
			used[c.line] += c.amount
		} else {
			reserved[c.line] += c.amount
		}
	}
	groups := d.groups(t)
	groupReserved, groupUsed := map[string]money.Fen{}, map[string]money.Fen{}
	for _, l := range d.lines(t) {
		if l.Reserved != reserved[l.ID] || l.Used != used[l.ID] {
			t.Fatalf("line %s has %s reserved and %s used, its certificates %s and %s",
				l.ID, l.Reserved, l.Used, reserved[l.ID], used[l.ID])
		}
		if credit.OverLimit(l) != (l.Limit < l.Reserved+l.Used) || credit.Available(l) != max(0, l.Limit-l.Reserved-l.Used) {
			t.Fatalf("line %+v: available %s", l, credit.Available(l))
		}
		for g := l.Group; g != ""; g = groups[g].Parent {
			groupReserved[g] += l.Reserved
			groupUsed[g] += l.Used
		}
	}
	d.checkLimits(t, func(group string, reserved, used money.Fen) {
		for g := group; g != ""; g = groups[g].Parent {
			groupReserved[g] += reserved
			groupUsed[g] += used
		}
	})
	for _, g := range groups {
		if g.Reserved != groupReserved[g.ID] || g.Used != groupUsed[g.ID] {
			t.Fatalf("group %s has %s reserved and %s used, its lines %s and %s",
				g.ID, g.Reserved, g.Used, groupReserved[g.ID], groupUsed[g.ID])
		}
	}
}

// room is how much can be reserved on a line now.
func (d *desk) room(t *rapid.T, line string) money.Fen {
	groups := d.groups(t)
	for _, l := range d.lines(t) {
		if l.ID != line || l.Frozen {
			continue
		}
		room := l.Limit - l.Reserved - l.Used
		for g := l.Group; g != ""; g = groups[g].Parent {
			room = min(room, groups[g].Cap-groups[g].Reserved-groups[g].Used)
		}
		return room
	}
	return 0
}

func (d *desk) lines(t *rapid.T) []*record.Line {
	var list []*record.Line
	prefix := record.LinesPrefix(d.bank)
	err := world.Scan(d.view(), prefix, record.PrefixEnd(prefix), func(_ string, l *record.Line) (bool, error) {
		list = append(list, l)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (d *desk) groups(t *rapid.T) map[string]*record.Group {
	found := map[string]*record.Group{}
	prefix := record.GroupsPrefix(d.bank)
	err := world.Scan(d.view(), prefix, record.PrefixEnd(prefix), func(_ string, g *record.Group) (bool, error) {
		found[g.ID] = g
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (d *desk) view() *world.World { return world.New(d.Memory, world.Call{Now: d.Now}) }

func drawFen(t *rapid.T, label string) money.Fen {
	return money.Fen(rapid.Int64Range(0, 1000).Draw(t, label))
}

// TestReleasingMoreThanIsTakenPanics: a certificate that gives back what it never
// took is a fault of the ledger, and both amounts are named.
func TestReleasingMoreThanIsTakenPanics(t *testing.T) {
	l := open(t)
	err := l.do("hangzhou-bank/maker", func(w *world.World) error {
		_, err := credit.Grant(w, credit.GrantArgument{
			ID: "line", Debtor: membertest.ID("core"), Limit: 1000, From: l.Now.Date(), To: l.Now.Date(),
		})
		if err != nil {
			return err
		}
		return credit.Reserve(w, membertest.ID("hangzhou-bank"), "line", membertest.ID("core"), 500)
	})
	if err != nil {
		t.Fatal(err)
	}
	type operation func(*world.World, string, string, string, money.Fen) error
	for name, c := range map[string]struct {
		run  operation
		want string
	}{
		"use":              {credit.Use, "reserved on line line: 5.00 is less than the 5.01 to be taken from it"},
		"release reserved": {credit.ReleaseReserved, "reserved on line line: 5.00 is less than the 5.01 to be taken from it"},
		"release used":     {credit.ReleaseUsed, "used on line line: 0.00 is less than the 5.01 to be taken from it"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); got != c.want {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			_ = l.do("", func(w *world.World) error {
				return c.run(w, membertest.ID("hangzhou-bank"), "line", membertest.ID("core"), 501)
			})
		})
	}
}
