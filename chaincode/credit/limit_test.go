package credit_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// financed is a financing as a credit desk sees it: what it takes of the limits on
// its debtor and its supplier.
type financed struct {
	list      []record.Reservation
	disbursed bool
}

// limited are the limits of the property: two debtors, two suppliers.
func limited() []record.Reservation {
	return []record.Reservation{
		{Of: record.LimitDebtor, Member: membertest.ID("core")}, {Of: record.LimitDebtor, Member: membertest.ID("city")},
		{Of: record.LimitSupplier, Member: membertest.ID("steel")}, {Of: record.LimitSupplier, Member: membertest.ID("city")},
	}
}

func (d *desk) limit(t *rapid.T) {
	of := rapid.SampledFrom(limited()).Draw(t, "limit")
	in := credit.LimitArgument{
		Of: of.Of, Member: of.Member, Group: rapid.SampledFrom(groupIDs).Draw(t, "group"), Lift: rapid.IntRange(0, 3).Draw(t, "lift") == 0,
	}
	if !in.Lift {
		in.Cap = drawFen(t, "cap")
	}
	_ = d.attempt(t, "hangzhou-bank/maker", func(w *world.World) error {
		_, err := credit.SetLimit(w, in)
		return err
	})
}

// finance reserves on a debtor and a supplier, all or nothing.
func (d *desk) finance(t *rapid.T) {
	amount := drawFen(t, "amount") + 1
	of := limited()
	list := []record.Reservation{of[rapid.IntRange(0, 1).Draw(t, "debtor")], of[rapid.IntRange(2, 3).Draw(t, "supplier")]}
	fits := true
	taken := map[string]money.Fen{} // of groups, by the first of the two
	for i := range list {
		list[i].Amount = amount
		fits = fits && d.fits(t, list[i], taken)
	}
	err := d.attempt(t, "", func(w *world.World) error { return credit.ReserveLimits(w, d.bank, list) })
	if (err == nil) != fits {
		t.Fatalf("reserve %v, which fits: %t: %v", list, fits, err)
	}
	if err == nil {
		d.financed = append(d.financed, financed{list: list})
	}
}

// fits reports whether a limit and all groups around it have room, besides what was
// taken of them a moment ago, and counts itself there.
func (d *desk) fits(t *rapid.T, r record.Reservation, taken map[string]money.Fen) bool {
	groups := d.groups(t)
	for _, l := range d.limits(t) {
		if l.Of != r.Of || l.Member != r.Member {
			continue
		}
		if l.Capped && l.Reserved+l.Used+r.Amount > l.Cap {
			return false
		}
		for g := l.Group; g != ""; g = groups[g].Parent {
			if groups[g].Reserved+groups[g].Used+taken[g]+r.Amount > groups[g].Cap {
				return false
			}
			taken[g] += r.Amount
		}
	}
	return true
}

// disburse turns what was reserved into what is used.
func (d *desk) disburse(t *rapid.T) {
	for i, f := range d.financed {
		if f.disbursed || rapid.Bool().Draw(t, "another") {
			continue
		}
		d.must(t, func(w *world.World) error { return credit.ReleaseLimits(w, d.bank, f.list) })
		d.expose(t, f.list, 1)
		d.financed[i].disbursed = true
		return
	}
}

// giveBack ends a financing.
func (d *desk) giveBack(t *rapid.T) {
	if len(d.financed) == 0 {
		return
	}
	i := rapid.IntRange(0, len(d.financed)-1).Draw(t, "financing")
	if f := d.financed[i]; f.disbursed {
		d.expose(t, f.list, -1)
	} else {
		d.must(t, func(w *world.World) error { return credit.ReleaseLimits(w, d.bank, f.list) })
	}
	d.financed = append(d.financed[:i:i], d.financed[i+1:]...)
}

func (d *desk) expose(t *rapid.T, list []record.Reservation, sign money.Fen) {
	for _, r := range list {
		d.must(t, func(w *world.World) error { return credit.Expose(w, d.bank, r.Of, r.Member, sign*r.Amount) })
	}
}

func (d *desk) limits(t *rapid.T) []*record.Limit {
	var list []*record.Limit
	prefix := record.LimitsPrefix(d.bank)
	err := world.Scan(d.view(), prefix, record.PrefixEnd(prefix), func(_ string, l *record.Limit) (bool, error) {
		list = append(list, l)
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// checkLimits compares the limits with what is financed, and hands over what each has
// to be counted with in its groups.
func (d *desk) checkLimits(t *rapid.T, count func(group string, reserved, used money.Fen)) {
	type key struct {
		of     record.LimitKind
		member string
	}
	reserved, used := map[key]money.Fen{}, map[key]money.Fen{}
	for _, f := range d.financed {
		for _, r := range f.list {
			if f.disbursed {
				used[key{r.Of, r.Member}] += r.Amount
			} else {
				reserved[key{r.Of, r.Member}] += r.Amount
			}
		}
	}
	for _, l := range d.limits(t) {
		k := key{l.Of, l.Member}
		if l.Reserved != reserved[k] || l.Used != used[k] {
			t.Fatalf("limit on %s %s has %s reserved and %s used, its financings %s and %s",
				l.Of, l.Member, l.Reserved, l.Used, reserved[k], used[k])
		}
		if !l.Capped && l.Group == "" && l.Reserved+l.Used == 0 {
			t.Fatalf("limit on %s %s caps nothing and counts nothing", l.Of, l.Member)
		}
		delete(reserved, k)
		delete(used, k)
		count(l.Group, l.Reserved, l.Used)
	}
	if len(reserved)+len(used) > 0 {
		t.Fatalf("nowhere counted: %v reserved, %v used", reserved, used)
	}
}

// A financing that gives back what it never took is a fault of the ledger, and both
// amounts are named.
func TestReturningMoreThanIsTakenPanics(t *testing.T) {
	bank, core := membertest.ID("hangzhou-bank"), membertest.ID("core")
	list := []record.Reservation{{Of: record.LimitDebtor, Member: core, Amount: 501}}
	for name, c := range map[string]struct {
		run  func(*world.World) error
		want string
	}{
		"release": {
			func(w *world.World) error { return credit.ReleaseLimits(w, bank, list) },
			"reserved on the limit on " + core + ": 5.00 is less than the 5.01 to be taken from it",
		},
		"expose": {
			func(w *world.World) error { return credit.Expose(w, bank, record.LimitDebtor, core, -1) },
			"used on the limit on " + core + ": 0.00 is less than the 0.01 to be taken from it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			err := l.do("", func(w *world.World) error {
				return credit.ReserveLimits(w, bank, []record.Reservation{{Of: record.LimitDebtor, Member: core, Amount: 500}})
			})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if got := fmt.Sprint(recover()); got != c.want {
					t.Errorf("panic %q, want %q", got, c.want)
				}
			}()
			_ = l.do("", c.run)
		})
	}
}
