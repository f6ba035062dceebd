package banksim_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/iso20022"
)

var (
	maturity = calendar.Date(20_700)
	noon     = maturity.Start().Add(12 * 60 * 60 * 1_000_000_000)
)

func party(n int) iso20022.Party {
	return iso20022.Party{Name: fmt.Sprintf("企业 %d", n), Code: social(1_000 + n)}
}

func bank(n int) iso20022.Agent {
	return iso20022.Agent{Code: social(n), Name: fmt.Sprintf("银行 %d", n)}
}

func social(n int) string {
	whole, err := number.CompleteSocialCredit(fmt.Sprintf("913301%011d", n))
	if err != nil {
		panic(err)
	}
	return whole
}

func account(n int) iso20022.Account { return iso20022.Account(fmt.Sprintf("33001616783050%06d", n)) }

// run is a payment file of a debtor at bank 1 to suppliers at banks 1 to 3.
func run(id string, amounts ...money.Fen) iso20022.Initiation {
	group := iso20022.PaymentGroup{
		ID: id + "-1", Execution: maturity, Debtor: party(0), DebtorAccount: account(0), DebtorAgent: bank(1),
	}
	for i, amount := range amounts {
		group.Transfers = append(group.Transfers, iso20022.Transfer{
			EndToEndID: fmt.Sprintf("%s-E%d", id, i), InstructionID: fmt.Sprintf("%s-I%d", id, i), Amount: amount,
			Creditor: party(i + 1), CreditorAccount: account(i + 1), CreditorAgent: bank(i%3 + 1), Remittance: "兑付",
		})
	}
	return iso20022.Initiation{MessageID: id, Created: noon, Initiator: party(0), Payments: []iso20022.PaymentGroup{group}}
}

// clock is one that a test sets.
type clock struct{ now calendar.Instant }

func banks(t testing.TB, seed uint64, faults banksim.Faults) (*banksim.Simulator, *clock) {
	t.Helper()
	c := &clock{now: noon}
	s, err := banksim.New(banksim.Config{Seed: seed, Faults: faults, Now: func() calendar.Instant { return c.now }})
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

// tester is what rapid's and testing's share.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func pay(t tester, s *banksim.Simulator, in iso20022.Initiation) []banksim.File {
	t.Helper()
	var b bytes.Buffer
	if err := iso20022.WriteInitiation(&b, in); err != nil {
		t.Fatal(err)
	}
	files, err := s.Pay(&b)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func next(t tester, s *banksim.Simulator) []banksim.File {
	t.Helper()
	files, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// items reads the items of files of a kind. All can be used.
func items(t tester, files []banksim.File, kind iso20022.Kind) (all []iso20022.Item) {
	t.Helper()
	for _, file := range files {
		if file.Kind != kind {
			continue
		}
		header, err := iso20022.Read(bytes.NewReader(file.Bytes), iso20022.DefaultLimits(), func(i iso20022.Item) error {
			if i.Problem != "" || i.Servicer.Code != file.Bank {
				t.Fatalf("%s: %+v", file.Name, i)
			}
			all = append(all, i)
			return nil
		})
		if err != nil || header.Kind != kind {
			t.Fatalf("%s: %v in\n%s", file.Name, err, file.Bytes)
		}
		for _, a := range header.Accounts {
			if a.Problem != "" {
				t.Fatalf("%s: %+v", file.Name, a)
			}
		}
	}
	return all
}

// line is an item as a person would read it out.
func line(i iso20022.Item) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s %s", i.EndToEnd, i.Direction, i.Code, i.Status, i.Amount, i.Reason.Code)), " ")
}

func lines(all []iso20022.Item) (text []string) {
	for _, i := range all {
		text = append(text, line(i))
	}
	return text
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func kinds(files []banksim.File) (all []string) {
	for _, f := range files {
		all = append(all, string(f.Kind))
	}
	return all
}

func fails(id string, fault banksim.Fault) banksim.Faults {
	return banksim.Faults{Transactions: map[string]banksim.Fault{id: fault}}
}

func TestBanksWithoutFault(t *testing.T) {
	s, _ := banks(t, 1, banksim.Faults{})
	files := pay(t, s, run("R", 100, 200))
	expect(t, "files", kinds(files), "pain.002", "camt.054", "camt.054", "camt.054")
	expect(t, "status", lines(items(t, files, iso20022.Pain002)),
		"ACSC settled 0.00", "ACSC settled 0.00", "R-E0 ACSC settled 1.00", "R-E1 ACSC settled 2.00")
	told := items(t, files, iso20022.Camt054)
	expect(t, "notifications", lines(told),
		"R-E0 debit BOOK booked 1.00", "R-E1 debit BOOK booked 2.00", "R-E0 credit BOOK booked 1.00", "R-E1 credit BOOK booked 2.00")
	for i, want := range []struct {
		account   iso20022.Account
		servicer  string
		reference string
	}{
		{account(0), bank(1).Code, "20260904-000001"}, {account(0), bank(1).Code, "20260904-000003"},
		{account(1), bank(1).Code, "20260904-000002"}, {account(2), bank(2).Code, "20260904-000001"},
	} {
		if got := told[i]; got.Account != want.account || got.Servicer.Code != want.servicer || got.Reference != want.reference {
			t.Errorf("%s at %s under %s, want %+v", got.Account, got.Servicer.Code, got.Reference, want)
		}
	}
	if more := next(t, s); len(more) > 0 {
		t.Errorf("%d more files", len(more))
	}
	statements, err := s.Statement(maturity)
	if err != nil || len(statements) != 2 {
		t.Fatalf("%d statements, %v", len(statements), err)
	}
	expect(t, "statements", lines(items(t, statements, iso20022.Camt053)),
		"R-E0 debit BOOK booked 1.00", "R-E1 debit BOOK booked 2.00", "R-E0 credit BOOK booked 1.00", "R-E1 credit BOOK booked 2.00")
	if other, err := s.Statement(maturity + 1); err != nil || len(other) > 0 {
		t.Errorf("%d statements of a quiet day, %v", len(other), err)
	}
}

func TestLate(t *testing.T) {
	s, c := banks(t, 1, fails("R-E0", banksim.Late))
	files := pay(t, s, run("R", 100))
	expect(t, "status", lines(items(t, files, iso20022.Pain002)), "ACSP accepted 0.00", "ACSP accepted 0.00", "R-E0 ACSP accepted 1.00")
	expect(t, "today", lines(items(t, files, iso20022.Camt054)), "R-E0 debit BOOK booked 1.00")
	if s.InTransit() != 100 {
		t.Errorf("in transit %s", s.InTransit())
	}
	c.now = (maturity + 1).Start()
	told := items(t, next(t, s), iso20022.Camt054)
	expect(t, "tomorrow", lines(told), "R-E0 credit BOOK booked 1.00")
	if told[0].Booked != iso20022.At(c.now) || s.InTransit() != 0 {
		t.Errorf("booked %+v, in transit %s", told[0].Booked, s.InTransit())
	}
}

func TestPartialAndExcess(t *testing.T) {
	for fault, right := range map[banksim.Fault]func(credited money.Fen) bool{
		banksim.Partial: func(f money.Fen) bool { return f > 0 && f < 1_000_000 },
		banksim.Excess:  func(f money.Fen) bool { return f > 1_000_000 && f <= 2_000_000 },
	} {
		s, _ := banks(t, 7, fails("R-E0", fault))
		told := items(t, pay(t, s, run("R", 1_000_000)), iso20022.Camt054)
		if len(told) != 2 || told[0].Amount != 1_000_000 || !right(told[1].Amount) {
			t.Errorf("%s: %q", fault, lines(told))
		}
		statements, err := s.Statement(maturity)
		if err != nil {
			t.Fatal(err)
		}
		kept := items(t, statements, iso20022.Camt053)
		if n := slices.IndexFunc(kept, func(i iso20022.Item) bool { return i.Account == banksim.Differences }); n < 0 {
			t.Errorf("%s: the difference is nowhere: %q", fault, lines(kept))
		}
	}
	s, _ := banks(t, 7, fails("R-E0", banksim.Partial))
	expect(t, "of one fen there is no part", lines(items(t, pay(t, s, run("R", 1)), iso20022.Camt054)),
		"R-E0 debit BOOK booked 0.01", "R-E0 credit BOOK booked 0.01")
}

// A duplicate is the same file again, or the same entry in another; which, the seed
// decides.
func TestDuplicate(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(20) {
		s, _ := banks(t, seed, fails("R-E1", banksim.Duplicate))
		first := pay(t, s, run("R", 100, 200))
		again := next(t, s)
		if len(again) != 1 {
			t.Fatalf("%d files", len(again))
		}
		same := slices.ContainsFunc(first, func(f banksim.File) bool { return f.Name == again[0].Name && bytes.Equal(f.Bytes, again[0].Bytes) })
		seen[fmt.Sprint("same file: ", same)] = true
		told, repeated := items(t, first, iso20022.Camt054), items(t, again, iso20022.Camt054)
		expect(t, "again", lines(repeated), "R-E1 credit BOOK booked 2.00")
		if told[3].Reference != repeated[0].Reference || (told[3].Message == repeated[0].Message) != same {
			t.Errorf("told as %+v\nand %+v", told[3], repeated[0])
		}
		statements, err := s.Statement(maturity)
		if err != nil {
			t.Fatal(err)
		}
		if booked := items(t, statements, iso20022.Camt053); len(booked) != 4 {
			t.Errorf("booked %q", lines(booked))
		}
		if more := next(t, s); len(more) > 0 {
			t.Errorf("a third time: %d files", len(more))
		}
	}
	if len(seen) != 2 {
		t.Errorf("only %v", slices.Collect(maps.Keys(seen)))
	}
}

func TestReturned(t *testing.T) {
	s, _ := banks(t, 1, fails("R-E1", banksim.Returned))
	files := pay(t, s, run("R", 100, 200))
	expect(t, "first", lines(items(t, files, iso20022.Camt054)),
		"R-E0 debit BOOK booked 1.00", "R-E1 debit BOOK booked 2.00", "R-E0 credit BOOK booked 1.00", "R-E1 credit BOOK booked 2.00")
	back := items(t, next(t, s), iso20022.Camt054)
	expect(t, "then", lines(back), "R-E1 debit BOOK returned 2.00 AC04", "R-E1 credit BOOK returned 2.00 AC04")
	if back[0].Account != account(2) || back[1].Account != account(0) || back[0].Reference == back[1].Reference && back[0].Servicer == back[1].Servicer {
		t.Errorf("from %+v\nto %+v", back[0], back[1])
	}
}

func TestRejected(t *testing.T) {
	s, _ := banks(t, 1, fails("R-E0", banksim.Rejected))
	files := pay(t, s, run("R", 100, 200))
	expect(t, "status", lines(items(t, files, iso20022.Pain002)),
		"PART partly 0.00", "PART partly 0.00", "R-E0 RJCT rejected 1.00 AC01", "R-E1 ACSC settled 2.00")
	expect(t, "booked", lines(items(t, files, iso20022.Camt054)), "R-E1 debit BOOK booked 2.00", "R-E1 credit BOOK booked 2.00")
}

func TestNotEnoughMoney(t *testing.T) {
	s, err := banksim.New(banksim.Config{Now: func() calendar.Instant { return noon }, Opening: 250})
	if err != nil {
		t.Fatal(err)
	}
	files := pay(t, s, run("R", 100, 200, 150))
	expect(t, "status", lines(items(t, files, iso20022.Pain002)),
		"PART partly 0.00", "PART partly 0.00", "R-E0 ACSC settled 1.00", "R-E1 RJCT rejected 2.00 AM04", "R-E2 ACSC settled 1.50")
}

func TestWrongAccount(t *testing.T) {
	s, _ := banks(t, 1, fails("R-E0", banksim.WrongAccount))
	told := items(t, pay(t, s, run("R", 100)), iso20022.Camt054)
	expect(t, "notified", lines(told), "R-E0 debit BOOK booked 1.00", "R-E0 credit BOOK booked 1.00")
	if told[1].Account == account(1) || told[1].Account != told[1].CreditorAccount {
		t.Errorf("credited %s", told[1].Account)
	}
}

func TestUnknown(t *testing.T) {
	ends := map[bool]bool{}
	for seed := range uint64(20) {
		s, _ := banks(t, seed, fails("R-E0", banksim.Unknown))
		told := items(t, pay(t, s, run("R", 100)), iso20022.Camt054)
		if len(told) != 3 || told[2].Account != account(1) || told[2].Direction != iso20022.Credit || told[2].EndToEnd == "R-E0" {
			t.Fatalf("%q", lines(told))
		}
		ends[told[2].EndToEnd == ""] = true
	}
	if len(ends) != 2 {
		t.Error("with an identification always, or never")
	}
}

func TestReordered(t *testing.T) {
	amounts := []money.Fen{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	plain, _ := banks(t, 3, banksim.Faults{})
	s, _ := banks(t, 3, fails("R", banksim.Reordered))
	want, got := pay(t, plain, run("R", amounts...)), pay(t, s, run("R", amounts...))
	if got[len(got)-1].Kind != iso20022.Pain002 {
		t.Errorf("%q", kinds(got))
	}
	before, after := lines(items(t, want, iso20022.Camt054)), lines(items(t, got, iso20022.Camt054))
	if slices.Equal(before, after) {
		t.Error("the entries are in order")
	}
	slices.Sort(before)
	slices.Sort(after)
	expect(t, "the same entries", after, before...)
}

// A file that is sent again, after a crash for example, is paid once.
func TestTheSameFileIsPaidOnce(t *testing.T) {
	s, _ := banks(t, 1, banksim.Faults{})
	pay(t, s, run("R", 100))
	again := pay(t, s, run("R", 100))
	expect(t, "again", lines(items(t, again, iso20022.Pain002)), "RJCT rejected 0.00 DU01")
	if len(again) != 1 {
		t.Errorf("%q", kinds(again))
	}
}

func TestFilesThatAreNone(t *testing.T) {
	s, _ := banks(t, 1, banksim.Faults{})
	if _, err := s.Pay(strings.NewReader("<Document/>")); !code.BadFile.Is(err) {
		t.Errorf("%v", err)
	}
	clock := func() calendar.Instant { return noon }
	for name, config := range map[string]banksim.Config{
		"no clock":         {},
		"an unknown fault": {Now: clock, Faults: banksim.Faults{Permille: map[banksim.Fault]int{"lost": 1}}},
		"a named one":      {Now: clock, Faults: fails("E", "lost")},
		"too many":         {Now: clock, Faults: banksim.Faults{Permille: map[banksim.Fault]int{banksim.Late: 600, banksim.Unknown: 401}}},
		"less than none":   {Now: clock, Faults: banksim.Faults{Permille: map[banksim.Fault]int{banksim.Late: -1}}},
		"a debt":           {Now: clock, Opening: -1},
		"all the money":    {Now: clock, Opening: banksim.MaxOpening + 1},
	} {
		if _, err := banksim.New(config); !code.BadArgument.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// mix draws how often each fault happens.
func mix(t *rapid.T) banksim.Faults {
	faults := banksim.Faults{Permille: map[banksim.Fault]int{banksim.Reordered: rapid.IntRange(0, 1_000).Draw(t, "reordered")}}
	for _, fault := range []banksim.Fault{
		banksim.Late, banksim.Partial, banksim.Duplicate, banksim.Returned, banksim.Rejected, banksim.WrongAccount, banksim.Unknown, banksim.Excess,
	} {
		faults.Permille[fault] = rapid.IntRange(0, 125).Draw(t, string(fault))
	}
	return faults
}

// play plays a day of payment runs, and gives all the files.
func play(t *rapid.T, s *banksim.Simulator, runs []iso20022.Initiation) (files []banksim.File) {
	for _, in := range runs {
		files = append(files, pay(t, s, in)...)
		if rapid.Bool().Draw(t, "next") {
			files = append(files, next(t, s)...)
		}
	}
	return files
}

func drawRuns(t *rapid.T) (runs []iso20022.Initiation) {
	for i := range rapid.IntRange(1, 3).Draw(t, "runs") {
		var amounts []money.Fen
		for range rapid.IntRange(1, 12).Draw(t, "transfers") {
			amounts = append(amounts, money.Fen(rapid.OneOf(rapid.Int64Range(1, 3), rapid.Int64Range(1, 1e11)).Draw(t, "amount")))
		}
		runs = append(runs, run(fmt.Sprintf("R%d", i), amounts...))
	}
	return runs
}

// Whatever goes wrong, money is neither made nor lost: over all statements, what left
// accounts is what arrived and what is in transit, and in the end nothing is. References
// are unique at each bank. What was notified is what is in the statements, once what was
// told twice is counted once.
func TestNoMoneyIsMadeOrLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &clock{now: noon}
		s, err := banksim.New(banksim.Config{
			Seed: rapid.Uint64().Draw(t, "seed"), Faults: mix(t), Now: func() calendar.Instant { return c.now },
		})
		if err != nil {
			t.Fatal(err)
		}
		told := play(t, s, drawRuns(t))
		balanced(t, s, s.InTransit())
		for range 2 {
			told = append(told, next(t, s)...)
		}
		booked := balanced(t, s, 0)
		if s.InTransit() != 0 {
			t.Fatalf("%s never arrives", s.InTransit())
		}
		notified := map[string]string{}
		for _, i := range items(t, told, iso20022.Camt054) {
			if before, again := notified[key(i)]; again && before != line(i) {
				t.Fatalf("%s is told as %s and as %s", key(i), before, line(i))
			}
			notified[key(i)] = line(i)
		}
		for at, said := range booked {
			if i, ok := notified[at]; ok && i != said {
				t.Fatalf("%s is told as %s and in the statement as %s", at, i, said)
			}
			if _, ok := notified[at]; !ok && !strings.Contains(at, "BANK-") {
				t.Fatalf("%s %s is in the statement, and nobody was told", at, said)
			}
			delete(notified, at)
		}
		if len(notified) > 0 {
			t.Fatalf("told and not in a statement: %v", notified)
		}
	})
}

// key is what names a booking on the whole network.
func key(i iso20022.Item) string {
	return i.Servicer.Code + " " + i.Reference + " " + string(i.Account)
}

// balanced adds up the statements of the day, and gives their entries by reference.
func balanced(t *rapid.T, s *banksim.Simulator, transit money.Fen) map[string]string {
	statements, err := s.Statement(maturity)
	if err != nil {
		t.Fatal(err)
	}
	var debits, credits money.Fen
	booked, references := map[string]string{}, map[string]bool{}
	for _, i := range items(t, statements, iso20022.Camt053) {
		if i.Direction == iso20022.Debit {
			debits += i.Amount
		} else {
			credits += i.Amount
		}
		if reference := i.Servicer.Code + i.Reference; references[reference] {
			t.Fatalf("reference %s is given twice", reference)
		} else {
			references[reference] = true
		}
		booked[key(i)] = line(i)
	}
	if debits != credits+transit {
		t.Fatalf("debits %s, credits %s, in transit %s", debits, credits, transit)
	}
	return booked
}

// The same seed, faults, clock and files give the same answers.
func TestTheSameSeedGivesTheSameFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, faults, runs := rapid.Uint64().Draw(t, "seed"), mix(t), drawRuns(t)
		var all [2][]banksim.File
		for n := range all {
			s, err := banksim.New(banksim.Config{Seed: seed, Faults: faults, Now: func() calendar.Instant { return noon }})
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range runs {
				all[n] = append(all[n], pay(t, s, in)...)
			}
			all[n] = append(all[n], next(t, s)...)
		}
		same := slices.EqualFunc(all[0], all[1], func(a, b banksim.File) bool {
			return a.Name == b.Name && a.Bank == b.Bank && a.Kind == b.Kind && bytes.Equal(a.Bytes, b.Bytes)
		})
		if !same {
			t.Fatal("the second time it is otherwise")
		}
	})
}

// What becomes of a transaction does not depend on what else is in its file.
func TestFateDoesNotDependOnTheFile(t *testing.T) {
	faults := banksim.Faults{Permille: map[banksim.Fault]int{banksim.Rejected: 500}}
	whole, _ := banks(t, 11, faults)
	in := run("R", 1, 2, 3, 4, 5, 6, 7, 8)
	want := lines(items(t, pay(t, whole, in), iso20022.Pain002))[2:]
	one, _ := banks(t, 11, faults)
	var got []string
	for i, transfer := range in.Payments[0].Transfers {
		single := run("R", 1)
		single.MessageID = fmt.Sprintf("R%d", i)
		single.Payments[0].Transfers = []iso20022.Transfer{transfer}
		got = append(got, lines(items(t, pay(t, one, single), iso20022.Pain002))[2])
	}
	expect(t, "one by one", got, want...)
	if all := strings.Join(want, ""); !strings.Contains(all, "RJCT") || !strings.Contains(all, "ACSC") {
		t.Errorf("%q", want)
	}
}

// TestExportForSchemas writes the answers of a day on which everything goes wrong where
// .ci/iso20022 validates them against the published schemas, in the folder that
// ISO20022_EXPORT names.
func TestExportForSchemas(t *testing.T) {
	folder := cmp.Or(os.Getenv("ISO20022_EXPORT"), t.TempDir())
	faults := banksim.Faults{Transactions: map[string]banksim.Fault{
		"R-E0": banksim.Late, "R-E1": banksim.Partial, "R-E2": banksim.Duplicate, "R-E3": banksim.Returned, "R-E4": banksim.Rejected,
		"R-E5": banksim.WrongAccount, "R-E6": banksim.Unknown, "R-E7": banksim.Excess, "R": banksim.Reordered,
	}}
	s, _ := banks(t, 1, faults)
	in := run("R", 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000)
	files := slices.Concat(pay(t, s, in), pay(t, s, in), next(t, s))
	statements, err := s.Statement(maturity)
	if err != nil {
		t.Fatal(err)
	}
	versions := map[iso20022.Kind]string{
		iso20022.Pain002: "pain.002.001.11", iso20022.Camt053: "camt.053.001.08", iso20022.Camt054: "camt.054.001.08",
	}
	for _, file := range append(files, statements...) {
		path := filepath.Join(folder, versions[file.Kind]+"-"+file.Name)
		if err := os.WriteFile(path, file.Bytes, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
