package command

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// appIn is a run of the command line with an empty home.
func appIn(t *testing.T) *app {
	t.Helper()
	a := newApp()
	a.home, a.Out, a.Err = t.TempDir(), io.Discard, io.Discard
	return a
}

// A line that a crash cut off is gone; the lines before and after it stay.
func TestNotesSurviveACrash(t *testing.T) {
	n := notesIn[map[string]int](appIn(t), "some.jsonl")
	if list, err := n.all(); err != nil || len(list) != 0 {
		t.Fatalf("at first %v, %v", list, err)
	}
	add := func(list ...map[string]int) {
		t.Helper()
		if err := n.add(list...); err != nil {
			t.Fatal(err)
		}
	}
	add(map[string]int{"a": 1}, map[string]int{"a": 2})
	whole, err := os.ReadFile(n.path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole) / 2; cut < len(whole); cut++ {
		if err := os.WriteFile(n.path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if list, err := n.all(); err != nil || len(list) < 1 || list[0]["a"] != 1 {
			t.Errorf("cut at byte %d: %v, %v", cut, list, err)
		}
		add(map[string]int{"a": 3})
		list, err := n.all()
		if err != nil || len(list) != 2 || list[0]["a"] != 1 || list[1]["a"] != 3 {
			t.Errorf("cut at byte %d, and added to: %v, %v", cut, list, err)
		}
	}
	if err := os.WriteFile(n.path, []byte("{\n"+string(whole)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := n.all(); !code.BadFile.Is(err) {
		t.Errorf("a line in the middle that is no JSON: %v", err)
	}
}

func TestBatchesAreCut(t *testing.T) {
	for _, c := range []struct {
		count, size, limit int
		want               [][2]int
	}{
		{0, 10, 5, nil},
		{3, 10, 5, [][2]int{{0, 3}}},
		{5, 10, 2, [][2]int{{0, 2}, {2, 4}, {4, 5}}},
		{2, 10, 0, [][2]int{{0, 1}, {1, 2}}},
		{3, reconcile.BatchBytes / 2, 5, [][2]int{{0, 1}, {1, 2}, {2, 3}}},
		{2, 2 * reconcile.BatchBytes, 5, [][2]int{{0, 1}, {1, 2}}},
	} {
		work := items{limit: c.limit}
		for range c.count {
			work.list = append(work.list, chaincode.BatchItem{Function: "f", Argument: bytes.Repeat([]byte("x"), c.size)})
		}
		if got := work.cut(); !slices.Equal(got, c.want) {
			t.Errorf("%d of %d bytes by %d: %v, want %v", c.count, c.size, c.limit, got, c.want)
		}
	}
	many := items{limit: 10_000, list: make([]chaincode.BatchItem, 1_001)}
	if got := many.cut(); len(got) != 3 || got[0][1] != record.MaxBatchItems {
		t.Errorf("a thousand small ones: %v", got)
	}
}

// A leg is written once under its instruction: as computed or as instructed. Late interest
// that a bank refused is written again when it is instructed again.
func TestWhatWasExportedIsNotExportedAgain(t *testing.T) {
	computed := record.Settlement{ID: "a"}
	ordered := record.Settlement{ID: "a", Instruction: record.Signature{Member: "bank", TxID: record.Digest{1}}}
	again := ordered
	again.Instruction.TxID, again.Evidence = record.Digest{2}, record.Digest{9}
	for _, c := range []struct {
		name          string
		written, next record.Settlement
		known         int
	}{
		{"computed, twice", computed, computed, 1},
		{"computed, then instructed", computed, ordered, 1},
		{"instructed, twice", ordered, ordered, 1},
		{"refused, and instructed again", ordered, again, 0},
		{"refused after it was written as computed", computed, again, 0},
		{"another", computed, record.Settlement{ID: "b"}, 0},
	} {
		fresh, known := unexported([]record.Settlement{c.next}, []exported{{Legs: []string{reconcile.OrderKey(&c.written)}}})
		if known != c.known || len(fresh) != 1-c.known {
			t.Errorf("%s: %d known, %d to write", c.name, known, len(fresh))
		}
	}
}

// An exception is listed once, ends when its item is used, and is resolved once.
func TestExceptionsAreListedOnce(t *testing.T) {
	a := appIn(t)
	a.as = "bank1/maker"
	one, two := exception{ID: "1", Fault: reconcile.Unknown}, exception{ID: "2", Fault: reconcile.State}
	for i, want := range []int{2, 0} {
		fresh, err := a.noteExceptions([]exception{one, two, one}, nil)
		if err != nil || fresh != want {
			t.Fatalf("time %d: %d new, %v", i+1, fresh, err)
		}
	}
	if _, err := a.noteExceptions(nil, map[string]bool{"2": true, "3": true}); err != nil {
		t.Fatal(err)
	}
	list, err := a.exceptions()
	if err != nil || len(list) != 2 || list[0].Resolved != nil || list[1].Resolved == nil || list[1].Resolved.By != "bank1/maker" {
		t.Errorf("%+v, %v", list, err)
	}
	if fresh, err := a.noteExceptions([]exception{two}, nil); err != nil || fresh != 0 {
		t.Errorf("one that was resolved is new: %d, %v", fresh, err)
	}
}

func TestIdsOfTheLedgerAreTold(t *testing.T) {
	for id, want := range map[string]bool{
		"q7dk3vsxk2mq5be2": true, "q7dk3vsxk2mq5be": false, "q7dk3vsxk2mq5be22": false, "Q7dk3vsxk2mq5be2": false,
		"q7dk3vsxk2mq5be8": false, "UNASKED-00000000": false, "": false,
	} {
		if reconcile.LegID(id) != want {
			t.Errorf("%q: %t", id, !want)
		}
	}
}

func TestRunsAreNamed(t *testing.T) {
	debtor, err := number.CompleteSocialCredit("91330100000000001")
	if err != nil {
		t.Fatal(err)
	}
	a := appIn(t)
	if id, err := a.runID(debtor + "-20270331"); err != nil || id != record.RunID(debtor, mustDay(t, "2027-03-31")) {
		t.Errorf("%q, %v", id, err)
	}
	for _, wrong := range []string{"", debtor, debtor + "-2027", debtor + "-20270332", "core-20270331", "-20270331"} {
		if _, err := a.runID(wrong); err == nil {
			t.Errorf("%q is a run", wrong)
		}
	}
}

func mustDay(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// payment is a payment file of one leg.
func payment(t *testing.T, leg string, amount money.Fen, at calendar.Instant) string {
	t.Helper()
	bank, err := number.CompleteSocialCredit("91330100000000002")
	if err != nil {
		t.Fatal(err)
	}
	order := reconcile.Order{Message: "M-" + leg, Created: at, Bank: bank, Legs: []record.Settlement{{
		ID: leg, Purpose: record.PurposeClearing, Payer: bank, PayerAccount: "main", PayerBank: bank, Payee: bank, PayeeAccount: "other",
		PayeeBank: bank, Amount: amount,
	}}}
	path := filepath.Join(t.TempDir(), "pay.xml")
	err = create(path, func(w io.Writer) error {
		return iso20022.WriteInitiation(w, order.Initiation(reconcile.Numbers{}, func(string) string { return "somebody" }))
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// The simulated banks go on from what they were given before: no reference is given
// twice, and the faults of a devnet stay.
func TestSimulatedBanksGoOn(t *testing.T) {
	a := appIn(t)
	now := mustDay(t, "2027-03-31").Start()
	seen := map[string]string{}
	for n, faults := range []string{"late=100", "", "q7dk3vsxk2mq5be2=rejected"} {
		leg := fmt.Sprintf("q7dk3vsxk2mq5be%d", n)
		if n == 2 {
			leg = "q7dk3vsxk2mq5be2"
		}
		p, err := a.playBanks(faults, 1, now)
		if err != nil {
			t.Fatal(err)
		}
		files, err := p.pay([]string{payment(t, leg, 100, now)}, []string{"today"})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if _, twice := seen[f.Name]; twice && f.Kind != iso20022.Camt053 {
				t.Errorf("%s is written twice", f.Name)
			}
			seen[f.Name] = leg
			text := string(f.Bytes)
			if f.Kind == iso20022.Pain002 && strings.Contains(text, "RJCT") != (n == 2) {
				t.Errorf("leg %s: %s", leg, text)
			}
			if f.Kind == iso20022.Camt053 && strings.Count(text, "<Ntry>") != 2*min(n+1, 2) {
				t.Errorf("after %d payments the statement is %s", n+1, text)
			}
		}
		now += 1000
	}
	if _, err := a.playBanks("late=5", 1, now); !code.BadArgument.Is(err) {
		t.Errorf("other faults: %v", err)
	}
	for _, wrong := range []string{"late", "late=x", "never=5", "q7dk3vsxk2mq5be2=never"} {
		if _, err := appIn(t).playBanks(wrong, 1, now); !code.BadArgument.Is(err) {
			t.Errorf("faults %q: %v", wrong, err)
		}
	}
}

// Each item of an ingestion is counted once.
func TestItemsAreCounted(t *testing.T) {
	var in ingested
	for _, d := range []reconcile.Decision{
		{Bucket: reconcile.Known}, {Bucket: reconcile.Nothing}, {Bucket: reconcile.Exception},
		{Bucket: reconcile.ToReport, Report: clearing.ReportArgument{Says: clearing.ReportAccepted}},
		{Bucket: reconcile.ToReport, Report: clearing.ReportArgument{Says: clearing.ReportPaid}},
		{Bucket: reconcile.ToReport, Report: clearing.ReportArgument{Says: clearing.ReportRejected}},
		{Bucket: reconcile.ToReport, Report: clearing.ReportArgument{Says: clearing.ReportReturned}},
	} {
		in.count(&d)
	}
	if want := (ingested{Known: 1, Nothing: 1, Exceptions: 1, Accepted: 1, Paid: 1, Rejected: 1, Returned: 1}); fmt.Sprint(in) != fmt.Sprint(want) {
		t.Errorf("%+v", in)
	}
}
