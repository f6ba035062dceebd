package reconcile_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// notification is a camt.054 of a bank with one entry.
func notification(t *testing.T, bank string) []byte {
	t.Helper()
	s := leg(1, bankB, 10_000)
	payer, payee := iso20022.Party{Name: "debtor", Code: s.Payer}, iso20022.Party{Name: "payee", Code: s.Payee}
	here := iso20022.Agent{Code: bank}
	var b bytes.Buffer
	err := iso20022.WriteNotification(&b, iso20022.Notification{
		ID: "M1", Created: now(), Accounts: []iso20022.AccountReport{{
			ID: "N1", Account: numberOf(s.Payee, "main"), Owner: payee, Servicer: here, Entries: []iso20022.Entry{{
				Reference: "R1", Amount: s.Amount, Direction: iso20022.Credit, Status: iso20022.Booked,
				Booked: iso20022.At(now()), Value: iso20022.On(day), Details: []iso20022.Detail{{
					EndToEndID: s.ID, Amount: s.Amount, Reference: "R1", Debtor: payer, DebtorAccount: numberOf(s.Payer, "main"),
					DebtorAgent: iso20022.Agent{Code: bankA}, Creditor: payee, CreditorAccount: numberOf(s.Payee, "main"), CreditorAgent: here,
				}},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A message has the hash of its bytes, and is of the bank that it names.
func TestAMessageIsRead(t *testing.T) {
	text := notification(t, bankB)
	m, err := reconcile.ReadMessage(bytes.NewReader(text), iso20022.DefaultLimits())
	if err != nil || len(m.Items) != 1 || m.Hash != sha256.Sum256(text) || m.Items[0].File.Hash != m.Hash || m.Items[0].File.Kind != iso20022.Camt054 {
		t.Fatalf("read %+v, %v", m, err)
	}
	if err := m.Of(bankB); err != nil {
		t.Error(err)
	}
	if err := m.Of(bankA); !code.BadFile.Is(err) {
		t.Errorf("another bank's: %v", err)
	}
	if _, err := reconcile.ReadMessage(bytes.NewReader(text[:len(text)/2]), iso20022.DefaultLimits()); !code.BadFile.Is(err) {
		t.Errorf("half a message: %v", err)
	}
}

// Bounds are the limits of a batch: its number of items, and its bytes.
func TestOperationsAreCut(t *testing.T) {
	for _, c := range []struct {
		count, size, limit int
		want               [][2]int
	}{
		{0, 10, 5, nil},
		{3, 10, 5, [][2]int{{0, 3}}},
		{5, 10, 2, [][2]int{{0, 2}, {2, 4}, {4, 5}}},
		{2, 10, 0, [][2]int{{0, 1}, {1, 2}}},
		{3, reconcile.BatchBytes / 2, 5, [][2]int{{0, 2}, {2, 3}}},
		{2, 2 * reconcile.BatchBytes, 5, [][2]int{{0, 1}, {1, 2}}},
	} {
		if got := reconcile.Cut(slices.Repeat([]int{c.size}, c.count), c.limit); !slices.Equal(got, c.want) {
			t.Errorf("%d of %d bytes by %d: %v, want %v", c.count, c.size, c.limit, got, c.want)
		}
	}
	if got := reconcile.Cut(make([]int, 1_001), 10_000); len(got) != 3 || got[0][1] != record.MaxBatchItems {
		t.Errorf("a thousand small ones: %v", got)
	}
}

// A report of a leg waits for the one before it.
func TestTurns(t *testing.T) {
	all := []reconcile.Decision{
		{Leg: "a", Bucket: reconcile.ToReport}, {Leg: "a", Bucket: reconcile.Known}, {Leg: "b", Bucket: reconcile.ToReport},
		{Leg: "a", Bucket: reconcile.ToReport}, {Leg: "c", Bucket: reconcile.Exception}, {Leg: "a", Bucket: reconcile.ToReport},
	}
	got := reconcile.Turns(all)
	if len(got) != 3 || !slices.Equal(got[0], []int{0, 2}) || !slices.Equal(got[1], []int{3}) || !slices.Equal(got[2], []int{5}) {
		t.Errorf("turns %v", got)
	}
}

// A number is the ledger's only with its name, its salt and to the byte.
func TestAccountsAreChecked(t *testing.T) {
	account := reconcile.BankAccount{Number: "6222020200112233445", Name: "华光 & <sons>"}
	text, err := account.Text()
	if err != nil || string(text) != `{"number":"6222020200112233445","name":"华光 & <sons>"}` {
		t.Fatalf("sealed is %s, %v", text, err)
	}
	salt := envelope.Salt{1, 2, 3}
	r := &record.Account{Member: debtor, ID: "main", Commitment: envelope.Commit(salt, text)}
	if err := reconcile.CheckAccount(r, salt, account); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]struct {
		salt    envelope.Salt
		account reconcile.BankAccount
	}{
		"number": {salt, reconcile.BankAccount{Number: "6222020200112233446", Name: account.Name}},
		"name":   {salt, reconcile.BankAccount{Number: account.Number, Name: "华光"}},
		"salt":   {envelope.Salt{1, 2, 4}, account},
		"text":   {salt, reconcile.BankAccount{Number: "\xff", Name: account.Name}},
	} {
		err := reconcile.CheckAccount(r, bad.salt, bad.account)
		if !code.BadArgument.Is(err) || strings.Contains(err.Error(), "62220202") {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if got := string(reconcile.AccountContext("m", "a")); got != "tierledger account m/a" {
		t.Errorf("the context is %q", got)
	}
}

// Reasons are said in both languages.
func TestEveryDecisionIsSaidInChinese(t *testing.T) {
	paid := leg(1, bankB, 10_000)
	items := in(iso20022.Camt054,
		credit(paid, "R1"), credit(paid, "R2"), credit(paid, ""), credit(leg(9, bankB, 1), "R3"), debit(paid, "R4"),
		credit(leg(2, bankA, 5), "R5", back), credit(paid, "R6", func(i *iso20022.Item) { i.Problem = "no amount" }))
	for _, d := range newBooks(paid, leg(2, bankA, 5)).ingest(bankB, items) {
		if d.Bucket != reconcile.ToReport && (d.Why == "" || !strings.ContainsFunc(d.WhyZH, func(c rune) bool { return c > 0x3000 })) {
			t.Errorf("%s: %q, %q", said(d), d.Why, d.WhyZH)
		}
		if d.Date() != day {
			t.Errorf("%s is of %s", said(d), d.Date())
		}
	}
}
