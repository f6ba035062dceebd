package reconcile_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/network/banksim"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// fataler is a test or a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// compare holds legs against entries of both banks.
func compare(t fataler, legs []record.Settlement, entries ...iso20022.Item) *reconcile.Comparison {
	t.Helper()
	b := reconcile.NewBooks(reconcile.Numbers{}, legs, func(id string) bool { return id == "elsewhere" })
	b.Covers(bankA)
	b.Covers(bankB)
	for _, e := range entries {
		if err := b.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	c, err := b.Compare()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheLedgerAgainstStatements(t *testing.T) {
	for _, c := range []struct {
		name    string
		state   record.SettlementState
		entries func(*record.Settlement) []iso20022.Item
		want    []string
	}{
		{"paid", record.SettlementSettled, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), credit(s, "C1")}
		}, nil},
		{"paid, told twice", record.SettlementSettled, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), credit(s, "C1"), debit(s, "D1"), credit(s, "C1")}
		}, nil},
		{"paid twice", record.SettlementSettled, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), credit(s, "C1"), credit(s, "C2")}
		}, []string{"amount differs receiving 100.00 200.00"}},
		{"never credited", record.SettlementSettled, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1")}
		}, []string{"missing at bank receiving 100.00 0.00"}},
		{"not on the ledger", record.SettlementAccepted, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), credit(s, "C1")}
		}, []string{"missing on ledger receiving 0.00 100.00"}},
		{"on its way", record.SettlementAccepted, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1")}
		}, nil},
		{"not booked", record.SettlementInstructed, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1", func(i *iso20022.Item) { i.Status = iso20022.Pending })}
		}, nil},
		{"returned", record.SettlementReturned, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{
				debit(s, "D1"), credit(s, "C1"), credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit }),
				debit(s, "B1", back, func(i *iso20022.Item) { i.Direction = iso20022.Credit }),
			}
		}, nil},
		{"returned, and not back yet", record.SettlementReturned, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{
				debit(s, "D1"), credit(s, "C1"), credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit }),
			}
		}, []string{"missing on ledger paying 0.00 100.00"}},
		{"to another account", record.SettlementAccepted, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), credit(s, "C1", func(i *iso20022.Item) { i.Account += "9" })}
		}, []string{"unknown entry  0.00 100.00"}},
		{"of no leg", record.SettlementInstructed, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{
				credit(s, "C1", func(i *iso20022.Item) { i.EndToEnd = "nobodysleg" }),
				credit(s, "C2", func(i *iso20022.Item) { i.EndToEnd = "elsewhere" }),
				credit(s, "C3", func(i *iso20022.Item) { i.EndToEnd = "" }),
			}
		}, []string{"unknown entry  0.00 100.00"}},
	} {
		s := leg(1, bankB, 10_000)
		s.State = c.state
		found := compare(t, []record.Settlement{*s}, c.entries(s)...)
		var got []string
		for _, d := range found.Differences {
			got = append(got, fmt.Sprintf("%s %s %s %s", d.Gap, d.Side, d.Ledger, d.AtBank))
		}
		if !slices.Equal(got, c.want) || found.Zero() != (len(c.want) == 0) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if c.name == "of no leg" && (found.Other != 2 || found.OtherAmount != 20_000) {
			t.Errorf("%d other entries of %s", found.Other, found.OtherAmount)
		}
	}
}

// Less and more than was instructed is right when the ledger says so.
func TestWhatArrivedIsCompared(t *testing.T) {
	less, more := leg(1, bankB, 9_000), leg(2, bankB, 10_000)
	less.Ordered, less.State = 10_000, record.SettlementSettled
	more.Excess, more.State = 500, record.SettlementSettled
	found := compare(t, []record.Settlement{*less, *more},
		debit(less, "D1", func(i *iso20022.Item) { i.Amount = 10_000 }), credit(less, "C1"),
		debit(more, "D2"), credit(more, "C2", func(i *iso20022.Item) { i.Amount = 10_500 }))
	if !found.Zero() || len(found.Banks) != 2 || found.Banks[0].Ledger != 20_000 || found.Banks[1].AtBank != 19_500 || found.Banks[1].Legs != 2 {
		t.Errorf("%+v", found)
	}
}

// Without statements the ledger tells what no bank has advised yet.
func TestTheLedgerAgainstItself(t *testing.T) {
	paid, live, computed := leg(1, bankB, 100), leg(2, bankB, 200), leg(3, bankB, 400)
	paid.State, computed.State = record.SettlementSettled, record.SettlementAgreed
	found, err := reconcile.Advised([]record.Settlement{*paid, *live, *computed})
	if err != nil || len(found.Banks) != 1 || found.Banks[0].Ledger != 300 || found.Banks[0].AtBank != 100 {
		t.Fatalf("%+v, %v", found, err)
	}
	if d := found.Differences; len(d) != 1 || d[0].Leg != live.ID || d[0].Gap != reconcile.MissingAtBank {
		t.Errorf("%+v", d)
	}
}

// Banks make the mistakes that banks make; the ledger is told what they say. Each item is
// in one bucket, and the same again changes nothing. The legs of which nothing went wrong
// are paid, and the statements name exactly the others.
func TestRandomFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, sim := newBooks(), newSimulator(t)
		legs := rapid.IntRange(1, 40).Draw(t, "legs")
		for n := range legs {
			bank := rapid.SampledFrom([]string{bankA, bankB}).Draw(t, "bank")
			s := leg(n, bank, money.Fen(rapid.Int64Range(1, 1_000_000).Draw(t, "amount")))
			b.legs[s.ID] = s
		}
		var files []banksim.File
		for _, s := range b.list() {
			files = append(files, pay(t, sim, s)...)
		}
		for {
			more, err := sim.Next()
			if err != nil {
				t.Fatal(err)
			}
			if len(more) == 0 {
				break
			}
			files = append(files, more...)
		}
		passes := 1
		if rapid.Bool().Draw(t, "shuffled") {
			shuffle(t, files)
			passes = 3 // what went back before it came is told when it is read again
		}
		for range passes {
			for _, file := range files {
				inOneBucket(t, b, file)
			}
		}
		before := b.list()
		for _, file := range files {
			for _, d := range b.ingest(file.Bank, items(t, file)) {
				if d.Bucket == reconcile.ToReport {
					t.Fatalf("again, %s of leg %s is told: %+v", said(d), d.Leg, d.Item)
				}
			}
		}
		after := b.list()
		for i := range before {
			if before[i].State != after[i].State || before[i].Amount != after[i].Amount || before[i].AdviceRef != after[i].AdviceRef {
				t.Fatalf("again, leg %s went from %s to %s", before[i].ID, before[i].State, after[i].State)
			}
		}
		checkStatements(t, b, sim)
	})
}

func shuffle(t *rapid.T, files []banksim.File) {
	for i := range files {
		j := rapid.IntRange(0, i).Draw(t, "place")
		files[i], files[j] = files[j], files[i]
	}
}

// inOneBucket ingests a file and counts: reports are as many as the ledger took.
func inOneBucket(t *rapid.T, b *books, file banksim.File) {
	told := items(t, file)
	all := b.ingest(file.Bank, told)
	if len(all) != len(told) {
		t.Fatalf("%d items, %d decisions", len(told), len(all))
	}
	for _, d := range all {
		switch d.Bucket {
		case reconcile.ToReport, reconcile.Known, reconcile.Nothing:
			if d.Fault != "" {
				t.Fatalf("%s with a fault: %+v", d.Bucket, d)
			}
		case reconcile.Exception:
			if d.Fault == "" || d.Why == "" {
				t.Fatalf("an exception without a reason: %+v", d)
			}
		default:
			t.Fatalf("bucket %q", d.Bucket)
		}
	}
}

// checkStatements compares the ledger with the statements of all days.
func checkStatements(t *rapid.T, b *books, sim *banksim.Simulator) {
	statements, err := sim.Statement(day)
	if err != nil {
		t.Fatal(err)
	}
	var entries []iso20022.Item
	for _, file := range statements {
		for _, told := range items(t, file) {
			entries = append(entries, told.Item)
		}
	}
	found := compare(t, b.list(), entries...)
	named := map[string]bool{}
	for _, d := range found.Differences {
		named[d.Leg] = true
	}
	strayed := map[string]bool{} // legs with an entry on an account that is not theirs
	for _, e := range entries {
		if s := b.legs[e.EndToEnd]; s != nil && e.Account != numberOf(s.Payer, s.PayerAccount) && e.Account != numberOf(s.Payee, s.PayeeAccount) {
			strayed[s.ID] = true
		}
	}
	for _, s := range b.list() {
		if named[s.ID] != strayed[s.ID] {
			t.Fatalf("leg %s is %s, ordered %s, of %s and %s more; named %t, astray %t: %+v",
				s.ID, s.State, ordered(&s), s.Amount, s.Excess, named[s.ID], strayed[s.ID], found.Differences)
		}
	}
}

func newSimulator(t *rapid.T) *banksim.Simulator {
	faults := banksim.Faults{Permille: map[banksim.Fault]int{}}
	for _, f := range []banksim.Fault{
		banksim.Late, banksim.Partial, banksim.Duplicate, banksim.Returned, banksim.Rejected, banksim.WrongAccount, banksim.Unknown,
		banksim.Excess,
	} {
		faults.Permille[f] = 80
	}
	faults.Permille[banksim.Reordered] = 500
	sim, err := banksim.New(banksim.Config{
		Seed: rapid.Uint64().Draw(t, "seed"), Faults: faults, Now: func() calendar.Instant { return now() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return sim
}

// pay sends a leg to the banks in a message of its own.
func pay(t *rapid.T, sim *banksim.Simulator, s record.Settlement) []banksim.File {
	var text bytes.Buffer
	err := iso20022.WriteInitiation(&text, iso20022.Initiation{
		MessageID: s.ID, Created: now(), Initiator: iso20022.Party{Name: "bank", Code: bankA},
		Payments: []iso20022.PaymentGroup{{
			ID: "P1", Execution: day, Debtor: iso20022.Party{Name: "debtor", Code: s.Payer}, DebtorAccount: numberOf(s.Payer, s.PayerAccount),
			DebtorAgent: iso20022.Agent{Code: s.PayerBank},
			Transfers: []iso20022.Transfer{{
				EndToEndID: s.ID, Amount: s.Amount, Creditor: iso20022.Party{Name: "payee", Code: s.Payee},
				CreditorAccount: numberOf(s.Payee, s.PayeeAccount), CreditorAgent: iso20022.Agent{Code: s.PayeeBank},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	files, err := sim.Pay(&text)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// items reads an answer.
func items(t *rapid.T, file banksim.File) (told []reconcile.Told) {
	f := reconcile.File{Kind: file.Kind, Hash: sha256.Sum256(file.Bytes), Created: now()}
	_, err := iso20022.Read(bytes.NewReader(file.Bytes), iso20022.DefaultLimits(), func(i iso20022.Item) error {
		told = append(told, reconcile.Told{File: f, Item: i})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return told
}
