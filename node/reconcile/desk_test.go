package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// saying is what a bank writes of one leg, and what becomes of each item.
type saying struct {
	name  string
	bank  string
	kind  iso20022.Kind
	items func(*record.Settlement) []iso20022.Item
	want  []string
}

const camt, pain = iso20022.Camt054, iso20022.Pain002

func one(make func(*record.Settlement) iso20022.Item) func(*record.Settlement) []iso20022.Item {
	return func(s *record.Settlement) []iso20022.Item { return []iso20022.Item{make(s)} }
}

func to(change func(*iso20022.Item)) func(*record.Settlement) []iso20022.Item {
	return one(func(s *record.Settlement) iso20022.Item { return credit(s, "C1", change) })
}

func of(word string, means iso20022.Status, change ...func(*iso20022.Item)) func(*record.Settlement) []iso20022.Item {
	return one(func(s *record.Settlement) iso20022.Item { return status(s, word, means, change...) })
}

func ofThePayeesBank() []saying {
	return []saying{
		{"credited", bankB, camt, to(func(*iso20022.Item) {}), []string{"paid"}},
		{"credited twice in one file", bankB, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{credit(s, "C1"), credit(s, "C1")}
		}, []string{"paid", "known"}},
		{"paid twice", bankB, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{credit(s, "C1"), credit(s, "C2")}
		}, []string{"paid", "again"}},
		{"less came", bankB, camt, to(func(i *iso20022.Item) { i.Amount-- }), []string{"paid"}},
		{"more came", bankB, camt, to(func(i *iso20022.Item) { i.Amount++ }), []string{"paid"}},
		{"no amount", bankB, camt, to(func(i *iso20022.Item) { i.Amount = 0 }), []string{"unusable"}},
		{"not booked yet", bankB, camt, to(func(i *iso20022.Item) { i.Status = iso20022.Pending }), []string{"nothing"}},
		{"a problem", bankB, camt, to(func(i *iso20022.Item) { i.Problem = "its amounts differ" }), []string{"unusable"}},
		{"a mistake taken back", bankB, camt, to(func(i *iso20022.Item) { i.Reversal = true }), []string{"unusable"}},
		{"no reference", bankB, camt, to(func(i *iso20022.Item) { i.Reference = "" }), []string{"unusable"}},
		{"no identification", bankB, camt, to(func(i *iso20022.Item) { i.EndToEnd = "" }), []string{"unknown"}},
		{"another identification", bankB, camt, to(func(i *iso20022.Item) { i.EndToEnd = "else" }), []string{"unknown"}},
		{"on another account", bankB, camt, to(func(i *iso20022.Item) { i.Account += "9" }), []string{"mismatch"}},
		{"meant for another account", bankB, camt, to(func(i *iso20022.Item) { i.CreditorAccount += "9" }), []string{"mismatch"}},
		{"from another account", bankB, camt, to(func(i *iso20022.Item) { i.DebtorAccount += "9" }), []string{"mismatch"}},
		{"from nobody", bankB, camt, to(func(i *iso20022.Item) { i.DebtorAccount = "" }), []string{"unusable"}},
		{"of another payer", bankB, camt, to(func(i *iso20022.Item) { i.Debtor.Code = bankB }), []string{"mismatch"}},
		{"the payee's account named by the entry only", bankB, camt, to(func(i *iso20022.Item) { i.CreditorAccount = "" }), []string{"paid"}},
		{"money leaves the payee", bankB, camt, to(func(i *iso20022.Item) { i.Direction = iso20022.Debit }), []string{"mismatch"}},
		{"credited and returned, in any order", bankB, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{
				credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit }), credit(s, "C1"),
			}
		}, []string{"paid", "returned"}},
		{"a part returned", bankB, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{
				credit(s, "C1"), credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit; i.Amount-- }),
			}
		}, []string{"paid", "mismatch"}},
		{"returned and never credited", bankB, camt, to(func(i *iso20022.Item) { back(i); i.Direction = iso20022.Debit }), []string{"state"}},
		{"the payer's bank's credit", bankA, camt, to(func(*iso20022.Item) {}), []string{"mismatch"}},
	}
}

func ofThePayersBank() []saying {
	return []saying{
		{"debited", bankA, camt, one(func(s *record.Settlement) iso20022.Item { return debit(s, "D1") }), []string{"accepted"}},
		{"another amount debited", bankA, camt, one(func(s *record.Settlement) iso20022.Item {
			return debit(s, "D1", func(i *iso20022.Item) { i.Amount++ })
		}), []string{"mismatch"}},
		{"debited and come back", bankA, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "D1"), debit(s, "B1", back, func(i *iso20022.Item) { i.Direction = iso20022.Credit })}
		}, []string{"accepted", "rejected"}},
		{"come back with the accounts the other way round", bankA, camt, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{debit(s, "B1", back, func(i *iso20022.Item) {
				i.Direction = iso20022.Credit
				i.DebtorAccount, i.CreditorAccount = i.CreditorAccount, i.DebtorAccount
				i.Debtor, i.Creditor = i.Creditor, i.Debtor
			})}
		}, []string{"rejected"}},
		{"money comes to the payer", bankA, camt, one(func(s *record.Settlement) iso20022.Item {
			return debit(s, "D1", func(i *iso20022.Item) { i.Direction = iso20022.Credit })
		}), []string{"mismatch"}},

		{"will be carried out", bankA, pain, of("ACSP", iso20022.Accepted), []string{"nothing"}},
		{"carried out", bankA, pain, of("ACSC", iso20022.Settled, func(i *iso20022.Item) { i.Reference = "D1" }), []string{"accepted"}},
		{"carried out, without a reference", bankA, pain, of("ACSC", iso20022.Settled), []string{"nothing"}},
		{"refused", bankA, pain, of("RJCT", iso20022.Rejected), []string{"rejected"}},
		{"refused, of another amount", bankA, pain, of("RJCT", iso20022.Rejected, func(i *iso20022.Item) { i.Amount = 7 }), []string{"mismatch"}},
		{"refused, to another account", bankA, pain, of("RJCT", iso20022.Rejected, func(i *iso20022.Item) { i.CreditorAccount = "x" }), []string{"mismatch"}},
		{"refused as a whole", bankA, pain, of("RJCT", iso20022.Rejected, func(i *iso20022.Item) { i.Scope = iso20022.OfMessage }), []string{"unusable"}},
		{"taken on as a whole", bankA, pain, of("ACCP", iso20022.Accepted, func(i *iso20022.Item) { i.Scope = iso20022.OfPayment }), []string{"nothing"}},
		{"the other bank's order", bankB, pain, of("RJCT", iso20022.Rejected), []string{"nothing"}},
		{"carried out, and then refused", bankA, pain, func(s *record.Settlement) []iso20022.Item {
			return []iso20022.Item{status(s, "RJCT", iso20022.Rejected), debit(s, "D1", func(i *iso20022.Item) { i.Direction = ""; i.Status = iso20022.Settled })}
		}, []string{"rejected", "state"}},
	}
}

// What banks write of one leg, and what becomes of it.
func TestWhatABankSaysOfALeg(t *testing.T) {
	for _, c := range append(ofThePayeesBank(), ofThePayersBank()...) {
		t.Run(c.name, func(t *testing.T) {
			s := leg(1, bankB, 10_000)
			b := newBooks(s)
			told := in(c.kind, c.items(s)...)
			all := b.ingest(c.bank, told)
			var got []string
			for _, d := range all {
				got = append(got, said(d))
				if d.Bucket == reconcile.Exception && d.Why == "" {
					t.Errorf("no reason for %s", said(d))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v: %+v", got, c.want, all[0].Why)
			}
			// The same file again tells the ledger nothing.
			before := *s
			for i, d := range b.ingest(c.bank, told) {
				if d.Bucket == reconcile.ToReport || all[i].Bucket == reconcile.ToReport && d.Bucket != reconcile.Known {
					t.Errorf("again, item %d is %s: %s", i+1, said(d), d.Why)
				}
				if d.ID() != all[i].ID() {
					t.Errorf("again, item %d is %s, before %s", i+1, d.ID(), all[i].ID())
				}
			}
			if before.State != s.State || before.Amount != s.Amount {
				t.Errorf("again, the leg went from %s to %s", before.State, s.State)
			}
		})
	}
}

// Both accounts at one bank: only the credit settles.
func TestBothAccountsAtOneBank(t *testing.T) {
	s := leg(1, bankA, 10_000)
	b := newBooks(s)
	var got []string
	for _, told := range [][]reconcile.Told{
		in(iso20022.Pain002, status(s, "ACSC", iso20022.Settled, func(i *iso20022.Item) { i.Reference = "D1" })),
		in(iso20022.Camt053, debit(s, "D1"), debit(s, "B1", back, func(i *iso20022.Item) { i.Direction = iso20022.Credit }),
			credit(s, "C1"), credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit })),
	} {
		for _, d := range b.ingest(bankA, told) {
			got = append(got, said(d))
		}
	}
	if want := []string{"nothing", "nothing", "paid", "returned", "nothing"}; !slices.Equal(got, want) || s.State != record.SettlementReturned {
		t.Errorf("%v, want %v; the leg is %s", got, want, s.State)
	}
}

// The payer's bank proves that a payment came back before the payee's bank tells of it.
func TestTheReturnIsToldByThePayersBankFirst(t *testing.T) {
	s := leg(1, bankB, 10_000)
	b := newBooks(s)
	b.ingest(bankA, in(iso20022.Camt054, debit(s, "B1", back, func(i *iso20022.Item) { i.Direction = iso20022.Credit })))
	both := b.ingest(bankB, in(iso20022.Camt054, credit(s, "C1"), credit(s, "R1", back, func(i *iso20022.Item) { i.Direction = iso20022.Debit })))
	if said(both[0]) != "known" || said(both[1]) != "known" {
		t.Errorf("credit %s, return %s", said(both[0]), said(both[1]))
	}
	if alone := b.ingest(bankB, in(iso20022.Camt054, credit(s, "C1"))); said(alone[0]) != "state" {
		t.Errorf("a credit of a leg that was not paid is %s", said(alone[0]))
	}
}

// A reference that stands for two payments is not guessed at, nor what another bank says.
func TestReferencesAndBanksAreNotGuessed(t *testing.T) {
	one, two := leg(1, bankB, 10_000), leg(2, bankB, 20_000)
	b := newBooks(one, two)
	got := b.ingest(bankB, in(iso20022.Camt054, credit(one, "C1"), credit(two, "C1")))
	if said(got[0]) != "paid" || said(got[1]) != "ambiguous" {
		t.Errorf("%s, %s", said(got[0]), said(got[1]))
	}
	desk := reconcile.NewDesk(debtor, reconcile.Numbers{})
	desk.Add(*two)
	if d := desk.Take(in(iso20022.Camt054, credit(two, "C2"))); said(d[0]) != "mismatch" || !desk.Has(two.ID) || desk.Has(one.ID) {
		t.Errorf("to a third bank it is %s", said(d[0]))
	}
	fresh := reconcile.NewDesk(bankB, reconcile.Numbers{})
	fresh.Add(*two)
	d := fresh.Take(in(iso20022.Camt054, credit(two, "C1")))[0]
	refusal := b.report(bankB, d.Report)
	if d = fresh.AfterRefusal(d, refusal, two); !code.AdviceUsed.Is(refusal) || said(d) != "refused" {
		t.Errorf("%v makes it %s", refusal, said(d))
	}
}

// Late interest has no fen: it is paid exactly, and what was refused is paid again.
func TestLateInterestIsPaidExactly(t *testing.T) {
	s := leg(1, bankB, 75)
	s.Purpose, s.Effect, s.Fen = record.PurposeLateInterest, 0, 0
	desk := reconcile.NewDesk(bankB, reconcile.Numbers{})
	desk.Add(*s)
	if d := desk.Take(in(iso20022.Camt054, credit(s, "C1", func(i *iso20022.Item) { i.Amount++ }))); said(d[0]) != "mismatch" {
		t.Errorf("another amount is %s", said(d[0]))
	}
	refused := in(iso20022.Pain002, status(s, "RJCT", iso20022.Rejected))
	payer := reconcile.NewDesk(bankA, reconcile.Numbers{})
	payer.Add(*s)
	if d := payer.Take(refused); said(d[0]) != "rejected" {
		t.Fatalf("the refusal is %s", said(d[0]))
	}
	s.Evidence, s.Instruction.At = record.Digest{1}, now()+1 // instructed again
	again := reconcile.NewDesk(bankA, reconcile.Numbers{})
	again.Add(*s)
	if d := again.Take(refused); said(d[0]) != "known" {
		t.Errorf("the old refusal is %s", said(d[0]))
	}
	refused[0].File.Hash = record.Digest{2}
	if d := again.Take(refused); said(d[0]) != "state" {
		t.Errorf("a copy of the old refusal is %s", said(d[0]))
	}
}

// Where banks write numbers, a bank does not know those of the other one: they are not
// held against a payment, but a number that is another account's is.
func TestTheOtherBanksNumbersAreNotKnown(t *testing.T) {
	s := leg(1, bankB, 10_000)
	var numbers reconcile.Numbers
	for member, number := range map[string]iso20022.Account{s.Payee: "6222", bankB: "6223"} {
		if err := numbers.Add(reconcile.Account{Member: member, ID: s.PayeeAccount}, number); err != nil {
			t.Fatal(err)
		}
	}
	for from, want := range map[iso20022.Account]string{
		"6288": "paid", "6223": "mismatch", "6222": "mismatch", iso20022.Account(bankB + "/main"): "mismatch",
		iso20022.Account(s.Payer + "/" + s.PayerAccount): "paid",
	} {
		desk := reconcile.NewDesk(bankB, numbers)
		desk.Add(*s)
		d := desk.Take(in(iso20022.Camt054, credit(s, "C1", func(i *iso20022.Item) {
			i.Account, i.CreditorAccount, i.DebtorAccount = "6222", "6222", from
		})))
		if said(d[0]) != want {
			t.Errorf("from %s it is %s, want %s: %s", from, said(d[0]), want, d[0].Why)
		}
	}
}

func TestAccountNumbers(t *testing.T) {
	n, err := reconcile.ReadNumbers(strings.NewReader("number,member,account\n6222,a,main\n6223,a,other\n"))
	if err != nil {
		t.Fatal(err)
	}
	for account, want := range map[reconcile.Account]iso20022.Account{
		{Member: "a", ID: "main"}: "6222", {Member: "a", ID: "other"}: "6223", {Member: "b", ID: "main"}: "b/main",
	} {
		if got := n.Of(account); got != want {
			t.Errorf("%v is %q, want %q", account, got, want)
		}
	}
	for _, wrong := range []string{
		"", "member,account\n", "member,account,number\na,main\n", "member,account,number\na,main,\n",
		"member,account,number\na,main,1\na,main,2\n", "member,account,number\na,main,1\nb,main,1\n",
	} {
		if _, err := reconcile.ReadNumbers(strings.NewReader(wrong)); !code.BadFile.Is(err) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
