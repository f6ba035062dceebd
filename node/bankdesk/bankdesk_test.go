package bankdesk_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/reconcile"
)

const (
	bank  = "91330100100000001A"
	other = "91330100100000002B"
	at    = calendar.Instant(1_767_579_200_000)
)

var maker = bankdesk.Clerk{Member: bank, Person: "maker"} //nolint:gochecknoglobals // the tests' person

// open opens the desks in a directory.
func open(t *testing.T, dir string) (*bankdesk.Desk, *local.Local) {
	t.Helper()
	l, err := local.Open(dir, "test-net", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := bankdesk.Open(l)
	if err != nil {
		t.Fatal(err)
	}
	return d, l
}

func opened(t *testing.T) *bankdesk.Desk {
	t.Helper()
	d, l := open(t, filepath.Join(t.TempDir(), "local"))
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func exception(id string) bankdesk.Exception {
	return bankdesk.Exception{ID: id, Fault: reconcile.Unknown, Amount: 100}
}

// ids are those of a list of exceptions.
func ids(t *testing.T, d *bankdesk.Desk, of string, done bool) (list []string) {
	t.Helper()
	before := uint64(0)
	for {
		page, more, err := d.Exceptions(of, done, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		for i := range page {
			list = append(list, page[i].ID)
			before = page[i].Number
		}
		if !more {
			return list
		}
	}
}

// An exception is listed once, ends when its item is used or a person has answered, and
// is there after a restart.
func TestExceptions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "local")
	d, l := open(t, dir)
	note := func(want int, found []bankdesk.Exception, used ...string) {
		t.Helper()
		if fresh, err := d.Note(bank, found, used, maker, at); err != nil || fresh != want {
			t.Errorf("%d new, want %d; %v", fresh, want, err)
		}
	}
	all := []bankdesk.Exception{exception("a"), exception("b"), exception("a"), exception("c")}
	note(3, all)
	note(0, all)
	note(0, nil, "b", "b", "none")
	note(0, []bankdesk.Exception{exception("b")}) // it was used, and is no new one
	if got := ids(t, d, bank, false); !slices.Equal(got, []string{"c", "a"}) {
		t.Errorf("open %v", got)
	}
	if got := ids(t, d, other, false); len(got) != 0 {
		t.Errorf("of another bank %v", got)
	}
	answer := bankdesk.Resolution{At: at + 1, By: maker, Note: "done"}
	for id, want := range map[string]code.Code{"none": code.NotFound, "": code.NotFound, "a/b": code.NotFound, "b": code.AlreadyExists} {
		if _, err := d.Answer(bank, id, answer); !want.Is(err) {
			t.Errorf("answer %q: %v", id, err)
		}
	}
	if _, err := d.Answer(other, "a", answer); !code.NotFound.Is(err) {
		t.Errorf("another bank answers: %v", err)
	}
	if e, err := d.Answer(bank, "a", answer); err != nil || *e.Answer != answer || e.Number != 1 || e.At != at || e.By != maker {
		t.Errorf("answered %+v, %v", e, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	d, l = open(t, dir)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	if got := ids(t, d, bank, false); !slices.Equal(got, []string{"c"}) {
		t.Errorf("open after a restart %v", got)
	}
	if got := ids(t, d, bank, true); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("done after a restart %v", got)
	}
	note(1, []bankdesk.Exception{exception("d")})
	if got := ids(t, d, bank, false); !slices.Equal(got, []string{"d", "c"}) {
		t.Errorf("open in the end %v", got)
	}
}

// So many may wait; then nothing more is added until some are answered.
func TestExceptionsAreBounded(t *testing.T) {
	d := opened(t)
	var all []bankdesk.Exception
	for i := range bankdesk.MaxOpen {
		all = append(all, exception(fmt.Sprint(i)))
	}
	if _, err := d.Note(bank, all, nil, maker, at); err != nil {
		t.Fatal(err)
	}
	more := []bankdesk.Exception{exception("more")}
	if _, err := d.Note(bank, more, nil, maker, at); !code.LimitExceeded.Is(err) {
		t.Errorf("one more: %v", err)
	}
	if fresh, err := d.Note(bank, more, []string{"7"}, maker, at); err != nil || fresh != 1 {
		t.Errorf("one more for one that ends: %d, %v", fresh, err)
	}
	if fresh, err := d.Note(other, more, nil, maker, at); err != nil || fresh != 1 {
		t.Errorf("another bank's: %d, %v", fresh, err)
	}
}

// What is kept of an item has the last digits of account numbers, and no more.
func TestNumbersAreNotKept(t *testing.T) {
	d := reconcile.Decision{
		File: reconcile.File{Kind: iso20022.Camt054, Created: at},
		Item: iso20022.Item{
			Message: "M1", EndToEnd: "e", Account: "6222020200112233445", DebtorAccount: "6222020200118887777", CreditorAccount: "m/main",
			Booked: iso20022.At(at), Amount: 100,
		},
		Bucket: reconcile.Exception, Fault: reconcile.Mismatch,
		Why:   `it is booked on account "6222020200112233445", from "6222020200118887777" to "m/main"`,
		WhyZH: `记账账户是 "6222020200112233445"`,
	}
	e := bankdesk.ExceptionOf(&d, "a.xml")
	text := fmt.Sprint(e)
	if strings.Contains(text, "62220202") || e.Account != "…3445" || !strings.Contains(e.Why, `"…7777" to "m/main"`) || e.ID != d.ID() ||
		e.Date != at.Date() || e.File != "a.xml" {
		t.Errorf("kept %s", text)
	}
	for number, want := range map[iso20022.Account]string{"": "", "1234": "1234", "12345": "…2345", "m/main": "m/main"} {
		if got := bankdesk.Masked(number); got != want {
			t.Errorf("%q is shown as %q", number, got)
		}
	}
}

func leg(id string, tx byte, amount money.Fen) record.Settlement {
	return record.Settlement{ID: id, Amount: amount, Instruction: record.Signature{Member: bank, TxID: record.Digest{tx}}}
}

// A leg is in one order under its instruction, also when two ask at once.
func TestOrders(t *testing.T) {
	d := opened(t)
	const run = "91330100100000003C-20261231"
	order := func(legs ...record.Settlement) *reconcile.Order {
		o := reconcile.NewOrder(bank, at, legs)
		return &o
	}
	first := order(leg("a", 1, 5), leg("b", 1, 7))
	for range 2 { // the same order is written once
		if err := d.Write(run, first, maker); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Write(run, order(leg("b", 1, 7), leg("c", 1, 1)), maker); !code.AlreadyExists.Is(err) {
		t.Errorf("a leg in two orders: %v", err)
	}
	again := leg("b", 2, 7) // late interest that was refused, and instructed again
	again.Evidence = record.Digest{9}
	if err := d.Write(run, order(again), maker); err != nil {
		t.Error(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	good := 0
	for i := range 8 {
		all.Go(func() {
			err := d.Write(run, order(leg("d", 1, 1), leg(fmt.Sprint(i), 1, 1)), maker)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				good++
			case !code.AlreadyExists.Is(err):
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := d.Orders(bank, run)
	if err != nil || len(list) != 3 || good != 1 {
		t.Errorf("%d good, orders %+v, %v", good, list, err)
	}
	at1 := slices.IndexFunc(list, func(o bankdesk.PaymentOrder) bool { return o.Message == first.Message })
	if at1 < 0 || list[at1].Amount != 12 || list[at1].Count != 2 || list[at1].By != maker || len(list[at1].Legs) != 2 {
		t.Errorf("the first order is %+v", list)
	}
	for _, none := range [][2]string{{other, run}, {bank, "none"}, {bank, "../" + run}, {bank, ""}} {
		if list, err := d.Orders(none[0], none[1]); err != nil || len(list) != 0 {
			t.Errorf("orders of %v: %+v, %v", none, list, err)
		}
	}
}
