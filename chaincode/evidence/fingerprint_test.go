package evidence_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
)

// facts are those of an invoice of Steel to Core.
func facts(t testing.TB) evidence.InvoiceFacts {
	t.Helper()
	return evidence.InvoiceFacts{
		Number: "26332000001234567890", Date: membertest.Day(t, "2026-08-21"),
		Seller: membertest.ID("steel"), Buyer: membertest.ID("core"), Amount: 50_000_000,
	}
}

// TestNormalForm: what is fingerprinted, byte by byte.
func TestNormalForm(t *testing.T) {
	want := "\n26332000001234567890\n20260821\n" + membertest.ID("steel") + "\n" + membertest.ID("core") + "\n500000.00"
	if got := string(evidence.Normalise(facts(t))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFingerprintVector is computed outside this program: openssl dgst -sha256
// -mac HMAC over "tierledger invoice 1\n", the epoch in four bytes, big endian, and
// the normal form. Changing it makes every registered invoice registrable again.
func TestFingerprintVector(t *testing.T) {
	key, err := hex.DecodeString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if err != nil {
		t.Fatal(err)
	}
	f := evidence.InvoiceFacts{
		Code: "3300251130", Number: "01234567", Date: membertest.Day(t, "2026-08-21"),
		Seller: "91330100MA27XW1G0A", Buyer: "913100001322077606", Amount: 123_456,
	}
	const want = "65448fb2b078923e7861ff00bfc51e7c3e328cee4fa2e33f36f423c40e83cca4"
	if got := evidence.Fingerprint(key, 7, f).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOneInvoiceOneFingerprint: however an invoice is typed or scanned, its
// fingerprint is the same; under another key or epoch, or with any fact changed, it
// is another.
func TestOneInvoiceOneFingerprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := []byte("thirty-two bytes of a shared key")
		f := evidence.InvoiceFacts{
			Code:   rapid.StringMatching(`([0-9]{10})?`).Draw(t, "code"),
			Number: rapid.StringMatching(`[0-9]{8}`).Draw(t, "number"),
			Date:   calendar.Date(rapid.Int32Range(0, int32(calendar.LastDate)-1).Draw(t, "date")),
			Seller: "9133" + rapid.StringMatching(`[0-9A-Z]{14}`).Draw(t, "seller"),
			Buyer:  "9131" + rapid.StringMatching(`[0-9A-Z]{14}`).Draw(t, "buyer"),
			Amount: money.Fen(rapid.Int64Range(0, 1<<50).Draw(t, "amount")),
		}
		want := evidence.Fingerprint(key, 1, f)
		typed := f
		typed.Code, typed.Number = retype(t, f.Code), retype(t, f.Number)
		typed.Seller, typed.Buyer = retype(t, strings.ToLower(f.Seller)), retype(t, f.Buyer)
		if evidence.Fingerprint(key, 1, typed) != want {
			t.Fatalf("%+v and %+v differ", f, typed)
		}
		others := []evidence.InvoiceFacts{f, f, f, f, f, f, f}
		others[0].Code += "0"
		others[1].Number = "0" + others[1].Number
		others[2].Date++
		others[3].Seller, others[3].Buyer = f.Buyer, f.Seller
		others[4].Amount++
		others[5].Buyer += "0"
		others[6].Code, others[6].Number = f.Number, f.Code
		for _, other := range others {
			if evidence.Fingerprint(key, 1, other) == want {
				t.Fatalf("%+v and %+v are the same", f, other)
			}
		}
		if evidence.Fingerprint(key, 2, f) == want || evidence.Fingerprint(key[1:], 1, f) == want {
			t.Fatal("another epoch or key, the same fingerprint")
		}
	})
}

// retype writes a text as people and scanners do.
func retype(t *rapid.T, s string) string {
	var b strings.Builder
	for _, c := range s {
		switch rapid.IntRange(0, 5).Draw(t, "how") {
		case 0:
			c += '！' - '!' // full width
		case 1:
			b.WriteByte(' ')
		case 2:
			b.WriteRune('　')
		case 3:
			b.WriteByte('-')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// TestFactsOfNoInvoice: what Check refuses.
func TestFactsOfNoInvoice(t *testing.T) {
	good := facts(t)
	paper := good
	paper.Code, paper.Number = "３３００-2511 30", "01234567"
	for _, f := range []evidence.InvoiceFacts{good, paper} {
		if err := f.Check(); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for name, c := range map[string]struct {
		change func(f *evidence.InvoiceFacts)
		want   code.Code
	}{
		"letters in the number":     {func(f *evidence.InvoiceFacts) { f.Number = "2633200000123456789O" }, code.BadArgument},
		"letters in the code":       {func(f *evidence.InvoiceFacts) { f.Code = "33002511E0" }, code.BadArgument},
		"no number":                 {func(f *evidence.InvoiceFacts) { f.Number = "" }, code.BadArgument},
		"a short number":            {func(f *evidence.InvoiceFacts) { f.Number = "01234567" }, code.BadArgument},
		"a code and a long number":  {func(f *evidence.InvoiceFacts) { f.Code = "3300251130" }, code.BadArgument},
		"a wrong seller":            {func(f *evidence.InvoiceFacts) { f.Seller = "steel" }, code.BadNumber},
		"a wrong buyer":             {func(f *evidence.InvoiceFacts) { f.Buyer = "core" }, code.BadNumber},
		"one party on both sides":   {func(f *evidence.InvoiceFacts) { f.Buyer = f.Seller }, code.BadArgument},
		"a date that is not one":    {func(f *evidence.InvoiceFacts) { f.Date = -1 }, code.BadDate},
		"an amount of nothing":      {func(f *evidence.InvoiceFacts) { f.Amount = 0 }, code.BadAmount},
		"an amount below nothing":   {func(f *evidence.InvoiceFacts) { f.Amount = -1 }, code.BadAmount},
		"a line feed in the number": {func(f *evidence.InvoiceFacts) { f.Number = "263320000\n123456789" }, code.BadArgument},
	} {
		f := good
		c.change(&f)
		if err := f.Check(); !c.want.Is(err) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// FuzzNormalise: any text gives five line ends, so that no two invoices share a
// form, and writing the form of a form changes nothing.
func FuzzNormalise(f *testing.F) {
	f.Add("3300251130", "01234567", "91330100MA27XW1G0A", "core", int32(20_000), int64(1))
	f.Add("１２\n", "\x00-　", "ß", "\xff", int32(-1), int64(-1))
	f.Fuzz(func(t *testing.T, number, invoiceCode, seller, buyer string, date int32, amount int64) {
		in := evidence.InvoiceFacts{
			Code: invoiceCode, Number: number, Date: calendar.Date(date), Seller: seller, Buyer: buyer, Amount: money.Fen(amount),
		}
		once := evidence.Normalise(in)
		parts := strings.Split(string(once), "\n")
		if len(parts) != 6 {
			t.Fatalf("%+v has the form %q", in, once)
		}
		in.Code, in.Number, in.Seller, in.Buyer = parts[0], parts[1], parts[3], parts[4]
		if again := evidence.Normalise(in); !bytes.Equal(again, once) {
			t.Fatalf("the form of %q is %q", once, again)
		}
	})
}
