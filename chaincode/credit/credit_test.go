package credit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// TestScenarios runs the text files of testdata, which read as a bank's credit
// desk would tell them.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		l := open(t)
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return run(l, newStep(t, d))
		})
	})
}

func run(l *ledger, s membertest.Step) string {
	var out strings.Builder
	err := l.do(s.Text("by"), func(w *world.World) error {
		switch s.Cmd {
		case "today":
			l.Now = s.Date("is").Start()
		case "grant":
			return lineTo(&out)(credit.Grant(w, credit.GrantArgument{
				ID: s.Text("line"), Debtor: s.Member("debtor"), Group: s.Text("group"),
				Limit: s.Fen("limit"), From: s.Date("from"), To: s.Date("to"),
			}))
		case "group":
			result, err := credit.SetGroup(w, credit.GroupArgument{
				ID: s.Text("id"), Parent: s.Text("in"), Cap: s.Fen("cap"),
			})
			if err == nil {
				fmt.Fprintf(&out, "cap %s, available %s%s\n", result.Cap, result.Available, mark(result.OverLimit, ", over the cap"))
			}
			return err
		case "freeze":
			return lineTo(&out)(credit.FreezeLine(w, credit.LineArgument{ID: s.Text("line"), Reason: s.Text("reason")}))
		case "unfreeze":
			return lineTo(&out)(credit.UnfreezeLine(w, credit.LineArgument{ID: s.Text("line"), Reason: s.Text("reason")}))
		case "limit":
			return limitTo(&out)(credit.SetLimit(w, limitOf(s)))
		case "reserve-limits":
			return credit.ReserveLimits(w, s.Member("bank"), reservations(s))
		case "release-limits":
			return credit.ReleaseLimits(w, s.Member("bank"), reservations(s))
		case "expose":
			r := reservations(s)[0]
			if s.HasArg("back") {
				r.Amount = -r.Amount
			}
			return credit.Expose(w, s.Member("bank"), r.Of, r.Member, r.Amount)
		case "reserve", "use", "release-reserved", "release-used":
			return take(w, s.Cmd, s)
		case "hold":
			return credit.Hold(w, holdOf(s))
		case "release-hold":
			return credit.ReleaseHold(w, holdOf(s))
		case "show":
			return show(w, &out)
		default:
			s.TestData.Fatalf(s.T, "unknown command %s", s.Cmd)
		}
		return nil
	})
	if err != nil {
		return s.Refusal(err)
	}
	if out.Len() == 0 {
		return "ok\n"
	}
	return s.Named(out.String())
}

func take(w *world.World, how string, s membertest.Step) error {
	operation := map[string]func(*world.World, string, string, string, money.Fen) error{
		"reserve": credit.Reserve, "use": credit.Use,
		"release-reserved": credit.ReleaseReserved, "release-used": credit.ReleaseUsed,
	}[how]
	return operation(w, s.Member("bank"), s.Text("line"), s.Member("debtor"), s.Fen("amount"))
}

func holdOf(s membertest.Step) record.Hold {
	return record.Hold{Kind: record.HoldLine, Bank: s.Member("bank"), Line: s.Text("line"), Amount: s.Fen("amount")}
}

func lineTo(out *strings.Builder) func(credit.LineResult, error) error {
	return func(r credit.LineResult, err error) error {
		if err == nil {
			fmt.Fprintf(out, "limit %s, available %s%s%s\n",
				r.Limit, r.Available, mark(r.OverLimit, ", over the limit"), mark(r.Frozen, ", frozen"))
		}
		return err
	}
}

// limitOf reads the limit on a debtor= or a supplier=.
func limitOf(s membertest.Step) credit.LimitArgument {
	in := credit.LimitArgument{
		Of: record.LimitDebtor, Member: s.Member("debtor"), Group: s.Text("group"), Cap: s.Fen("cap"), Lift: s.HasArg("lift"),
	}
	if s.HasArg("supplier") {
		in.Of, in.Member = record.LimitSupplier, s.Member("supplier")
	}
	if s.HasArg("of-nobody") {
		in.Of = 0
	}
	return in
}

// reservations reads what is set aside of the limits on a debtor= and a supplier=.
func reservations(s membertest.Step) []record.Reservation {
	var list []record.Reservation
	if s.HasArg("debtor") {
		list = append(list, record.Reservation{Of: record.LimitDebtor, Member: s.Member("debtor"), Amount: s.Fen("amount")})
	}
	if s.HasArg("supplier") {
		list = append(list, record.Reservation{Of: record.LimitSupplier, Member: s.Member("supplier"), Amount: s.Fen("amount")})
	}
	return list
}

func limitTo(out *strings.Builder) func(credit.LimitResult, error) error {
	return func(r credit.LimitResult, err error) error {
		if err == nil {
			fmt.Fprintf(out, "%s %s: available %s%s%s\n",
				r.Of, r.Member, r.Available, mark(!r.Capped, ", without a cap"), mark(r.OverLimit, ", over the cap"))
		}
		return err
	}
}

func mark(on bool, text string) string {
	if on {
		return text
	}
	return ""
}

func show(w *world.World, out *strings.Builder) error {
	prefix := record.LinesPrefix("")
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, l *record.Line) (bool, error) {
		fmt.Fprintf(out, "line %s of %s for %s in %q: limit %s, reserved %s, used %s, available %s%s\n",
			l.ID, l.Bank, l.Debtor, l.Group, l.Limit, l.Reserved, l.Used, credit.Available(l),
			mark(credit.OverLimit(l), ", over the limit"))
		return true, nil
	})
	if err != nil {
		return err
	}
	prefix = record.LimitsPrefix("")
	err = world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, l *record.Limit) (bool, error) {
		fmt.Fprintf(out, "limit of %s on %s %s in %q: reserved %s, used %s, %s\n", l.Bank, l.Of, l.Member, l.Group, l.Reserved, l.Used,
			map[bool]string{true: fmt.Sprintf("cap %s, available %s", l.Cap, credit.AvailableLimit(l)), false: "no cap"}[l.Capped])
		return true, nil
	})
	if err != nil {
		return err
	}
	prefix = record.GroupsPrefix("")
	return world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, g *record.Group) (bool, error) {
		fmt.Fprintf(out, "group %s of %s in %q: cap %s, reserved %s, used %s, available %s\n",
			g.ID, g.Bank, g.Parent, g.Cap, g.Reserved, g.Used, credit.AvailableInGroup(g))
		return true, nil
	})
}

// unscanned is a state whose lines cannot be scanned.
type unscanned struct{ *world.Memory }

func (s unscanned) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	if strings.HasPrefix(start, record.LinesPrefix("")) {
		return errors.New("a bank has thousands of lines")
	}
	return s.Memory.Scan(start, end, visit)
}

// Granting a line costs the same however many lines the bank has.
func TestGrantReadsNoOtherLines(t *testing.T) {
	l := open(t)
	err := l.do("hangzhou-bank/maker", func(w *world.World) error {
		call := world.Call{Network: membertest.Name, TxID: w.TxID(), Now: w.Now(), Actor: w.Actor()}
		_, err := credit.Grant(world.New(unscanned{l.Memory}, call), credit.GrantArgument{
			ID: "L1", Debtor: membertest.ID("core"), Limit: 100, From: w.Today(), To: w.Today(),
		})
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
