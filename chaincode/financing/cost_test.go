package financing_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// drawRate is a percentage of 0 to most, often a round one or an end.
func drawRate(t *rapid.T, most money.Rate, label string) money.Rate {
	if rapid.IntRange(0, 3).Draw(t, label+" is an end") == 0 {
		return rapid.SampledFrom([]money.Rate{0, 1, most - 1, most}).Draw(t, label)
	}
	return money.Rate(rapid.Int64Range(0, int64(most)).Draw(t, label))
}

// drawTerms are terms that CheckTerms allows.
func drawTerms(t *rapid.T, from calendar.Date) record.Terms {
	terms := record.Terms{
		Kind: rapid.SampledFrom([]record.FinancingKind{
			record.SaleWithRecourse, record.SaleWithoutRecourse, record.PledgeLoan,
		}).Draw(t, "kind"),
		Rate: drawRate(t, financing.Whole, "rate"), Basis: rapid.SampledFrom([]int32{360, 365}).Draw(t, "basis"),
		Interest: rapid.SampledFrom([]record.InterestMode{record.InterestPrepaid, record.InterestAtMaturity}).Draw(t, "interest"),
		Advance:  max(1, drawRate(t, financing.Whole, "advance")), Fee: drawFen(t, 10_000_000, "fee"),
		SupplierInterest: drawRate(t, financing.Whole, "supplier's interest"), SupplierFee: drawRate(t, financing.Whole, "supplier's fee"),
		ValueDate: from, Guarantor: membertest.ID("GUARD"), Guarantee: 1, GuaranteeFee: drawFen(t, 1_000_000, "guarantee's fee"),
		GuaranteeContract: digest("deed"), Contract: digest("contract"),
	}
	if terms.Interest == record.InterestAtMaturity { // only who is still there then pays it
		terms.SupplierInterest = financing.Whole
		if terms.Kind == record.SaleWithoutRecourse {
			terms.Kind = record.SaleWithRecourse
		}
	}
	return terms
}

// drawFen is an amount of 0 to most, often small, sometimes as large as it can be.
func drawFen(t *rapid.T, most int64, label string) money.Fen {
	switch rapid.IntRange(0, 9).Draw(t, label+" is") {
	case 0:
		return money.MaxFen - money.Fen(rapid.Int64Range(0, 3).Draw(t, label))
	case 1, 2, 3:
		return money.Fen(rapid.Int64Range(0, 100).Draw(t, label))
	default:
		return money.Fen(rapid.Int64Range(0, most).Draw(t, label))
	}
}

func drawParts(t *rapid.T, from calendar.Date) []financing.Part {
	parts := make([]financing.Part, rapid.IntRange(1, 4).Draw(t, "legs"))
	for i := range parts {
		parts[i].Amount = max(1, drawFen(t, 1_000_000_000_00, "fen"))
		parts[i].Payment = from.AddDays(rapid.IntRange(1, 400).Draw(t, "days"))
	}
	return parts
}

func wide(v money.Fen) *big.Int { return big.NewInt(int64(v)) }

// times is the product of the factors.
func times(factors ...int64) *big.Int {
	product := big.NewInt(1)
	for _, f := range factors {
		product.Mul(product, big.NewInt(f))
	}
	return product
}

// halfUp is a/b of what is not negative, rounded half up; down is a/b rounded down.
func halfUp(a, b *big.Int) *big.Int {
	return new(big.Int).Div(new(big.Int).Add(new(big.Int).Lsh(a, 1), b), new(big.Int).Lsh(b, 1))
}

func down(a, b *big.Int) *big.Int { return new(big.Int).Div(a, b) }

// costs is a cost computed with integers of any size, as product.md section 5 says.
type costs struct {
	advance, interest, supplierInterest, supplierFee, net, received *big.Int
	weight                                                          *big.Int // fen times days
	fits                                                            bool     // every number on the way is an int64
}

func costOf(t record.Terms, parts []financing.Part) costs {
	whole := new(big.Int)
	for _, p := range parts {
		whole.Add(whole, wide(p.Amount))
	}
	c := costs{
		interest: new(big.Int), weight: new(big.Int), fits: whole.IsInt64(),
		advance: down(new(big.Int).Mul(whole, times(int64(t.Advance))), times(int64(financing.Whole))),
	}
	left := new(big.Int).Set(c.advance)
	for i, p := range parts {
		part := down(new(big.Int).Mul(c.advance, wide(p.Amount)), whole)
		if i == len(parts)-1 {
			part = left // the remainder goes to the last part
		} else {
			left.Sub(left, part)
		}
		days := int64(calendar.DaysBetween(t.ValueDate, p.Payment))
		c.interest.Add(c.interest, halfUp(
			new(big.Int).Mul(part, times(int64(t.Rate), days)), times(int64(financing.Whole), int64(t.Basis))))
		c.weight.Add(c.weight, new(big.Int).Mul(part, times(days)))
	}
	share := func(of *big.Int, rate money.Rate) *big.Int {
		return halfUp(new(big.Int).Mul(of, times(int64(rate))), times(int64(financing.Whole)))
	}
	c.supplierInterest, c.supplierFee = share(c.interest, t.SupplierInterest), share(wide(t.Fee), t.SupplierFee)
	c.net = new(big.Int).Sub(c.advance, c.supplierFee)
	if t.Interest == record.InterestPrepaid {
		c.net.Sub(c.net, c.supplierInterest)
	}
	c.received = new(big.Int).Sub(c.net, wide(t.GuaranteeFee))
	c.fits = c.fits && c.interest.IsInt64() && c.weight.IsInt64()
	return c
}

// allIn is the supplier's whole cost over 365 days of a year as a fraction of what it
// receives, in ten thousandths of a percent, exactly.
func (c costs) allIn(t record.Terms) *big.Rat {
	paid := new(big.Int).Add(new(big.Int).Add(c.supplierInterest, c.supplierFee), wide(t.GuaranteeFee))
	over := new(big.Int).Mul(new(big.Int).Mul(paid, c.advance), times(365, int64(financing.Whole)))
	return new(big.Rat).SetFrac(over, new(big.Int).Mul(c.received, c.weight))
}

// TestCostIsWhatTheTermsSay: for any terms that there can be and any legs, net follows
// from advance, interest and fee, all shares sum to the whole, the all-in cost is what
// exact arithmetic gives, and whatever cannot be written or leaves the supplier nothing
// is refused.
func TestCostIsWhatTheTermsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t, membertest.Start.Date())
		if err := financing.CheckTerms(terms); err != nil {
			t.Fatal(err)
		}
		parts := drawParts(t, terms.ValueDate)
		want := costOf(terms, parts)
		c, err := financing.CostOf(terms, parts)
		if err != nil {
			nothing := want.advance.Sign() == 0 || want.received.Sign() <= 0 || want.net.Sign() <= 0
			if !(code.TermsInvalid.Is(err) && nothing) && !code.AmountOverflow.Is(err) {
				t.Fatalf("refused with %v: net %s, received %s", err, want.net, want.received)
			}
			if code.AmountOverflow.Is(err) && want.fits && small(terms, parts) {
				t.Fatalf("%v, and everything fits", err)
			}
			return
		}
		checkCost(t, terms, c, want)
	})
}

// small reports whether the amounts are those of real life, up to a thousand billion.
func small(t record.Terms, parts []financing.Part) bool {
	const most = 1_000_000_000_000_00
	for _, p := range parts {
		if p.Amount > most {
			return false
		}
	}
	return t.Fee <= most && t.GuaranteeFee <= most
}

func checkCost(t *rapid.T, terms record.Terms, c record.Cost, want costs) {
	t.Helper()
	for what, pair := range map[string]struct {
		got  money.Fen
		want *big.Int
	}{
		"advance": {c.Advance, want.advance}, "interest": {c.Interest, want.interest}, "net": {c.Net, want.net},
		"supplier's interest": {c.SupplierInterest, want.supplierInterest}, "supplier's fee": {c.SupplierFee, want.supplierFee},
	} {
		if wide(pair.got).Cmp(pair.want) != 0 {
			t.Fatalf("%s is %s, exactly %s", what, pair.got, pair.want)
		}
	}
	prepaid := money.Fen(0)
	if terms.Interest == record.InterestPrepaid {
		prepaid = c.SupplierInterest
	}
	switch {
	case c.SupplierInterest+c.DebtorInterest != c.Interest || c.DebtorInterest < 0:
		t.Fatalf("interest %s is shared %s and %s", c.Interest, c.SupplierInterest, c.DebtorInterest)
	case c.SupplierFee+c.DebtorFee != terms.Fee || c.DebtorFee < 0:
		t.Fatalf("fee %s is shared %s and %s", terms.Fee, c.SupplierFee, c.DebtorFee)
	case c.Net != c.Advance-prepaid-c.SupplierFee || c.Net <= c.GuaranteeFee:
		t.Fatalf("net %s of %+v", c.Net, c)
	}
	off := new(big.Rat).Sub(want.allIn(terms), new(big.Rat).SetInt64(int64(c.AllIn)))
	if off.Abs(off).Cmp(big.NewRat(502, 1000)) > 0 { // half a unit and what the divisions in between lose
		t.Fatalf("all in %s, exactly %s ten thousandths of a percent", c.AllIn, want.allIn(terms).FloatString(4))
	}
}

// TestPayoffIsFair: whoever repays on the payment date pays everything, on the value
// date none of the interest, and what it pays only grows in between. What supplier and
// debtor bear in the end is what was earned.
func TestPayoffIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t, membertest.Start.Date())
		parts := drawParts(t, terms.ValueDate)
		for i := range parts {
			parts[i].Amount = 1 + parts[i].Amount%1_000_000_000_00
		}
		terms.Fee, terms.GuaranteeFee, terms.GuaranteeContract = 0, 0, digest("deed")
		c, err := financing.CostOf(terms, parts)
		if err != nil {
			t.Skip("nothing is lent")
		}
		last := money.Fen(-1)
		end := terms.ValueDate
		for _, p := range parts {
			end = max(end, p.Payment)
		}
		for _, day := range []calendar.Date{terms.ValueDate, terms.ValueDate.AddDays(rapid.IntRange(0, 400).Draw(t, "day")), end} {
			off, err := financing.PayoffOf(terms, c, parts, day)
			if err != nil {
				t.Fatal(err)
			}
			if off.Amount < last && day == end {
				t.Fatalf("on %s %s, before that %s", day, off.Amount, last)
			}
			last = max(last, off.Amount)
			borne := off.Amount - c.Advance // by the supplier on that day
			if terms.Interest == record.InterestPrepaid {
				borne += c.SupplierInterest
			}
			if kept := c.DebtorInterest - off.DebtorRefund; borne+kept != off.Earned {
				t.Fatalf("on %s the supplier bears %s and the debtor %s, earned is %s", day, borne, kept, off.Earned)
			}
			if day == terms.ValueDate && off.Earned != 0 || day == end && off.Earned != c.Interest {
				t.Fatalf("earned on %s: %s of %s", day, off.Earned, c.Interest)
			}
		}
	})
}

// TestSealIsOfEveryTerm: a seal differs for any other financing, bank or salt, and when
// any one of the terms differs.
func TestSealIsOfEveryTerm(t *testing.T) {
	base := record.Terms{
		Kind: record.SaleWithRecourse, Rate: 1, Basis: 360, Interest: record.InterestPrepaid, Advance: 2, Fee: 3,
		SupplierInterest: 4, SupplierFee: 5, ValueDate: 6, Guarantor: "7", Guarantee: 8, GuaranteeFee: 9,
		GuaranteeContract: digest("10"), Contract: digest("11"),
	}
	seals := map[record.Digest]string{}
	add := func(what, id, bank string, salt financing.Salt, terms record.Terms) {
		seal := financing.SealOf(id, bank, salt, terms)
		if other, ok := seals[seal]; ok {
			t.Errorf("%s has the seal of %s", what, other)
		}
		seals[seal] = what
	}
	add("the quote", "f", "bank", financing.Salt{}, base)
	add("another financing", "g", "bank", financing.Salt{}, base)
	add("another bank", "f", "bink", financing.Salt{}, base)
	add("bank and financing the other way round", "bank", "f", financing.Salt{}, base)
	for i := range financing.SaltSize {
		salt := financing.Salt{}
		salt[i] = 1
		add(fmt.Sprint("salt ", i), "f", "bank", salt, base)
	}
	fields := reflect.TypeFor[record.Terms]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Name == "_" {
			continue
		}
		terms := base
		change(t, reflect.ValueOf(&terms).Elem().Field(i))
		add(field.Name, "f", "bank", financing.Salt{}, terms)
	}
	if len(seals) != 4+financing.SaltSize+fields.NumField()-1 {
		t.Errorf("%d seals", len(seals))
	}
}

// change gives a field of the terms another value.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch {
	case v.CanInt():
		v.SetInt(v.Int() + 1)
	case v.CanUint():
		v.SetUint(v.Uint() + 1)
	case v.Kind() == reflect.String:
		v.SetString(v.String() + "x")
	case v.Kind() == reflect.Array:
		v.Index(0).SetUint(v.Index(0).Uint() ^ 1)
	default:
		t.Fatalf("terms have a %s", v.Kind())
	}
}

// The text that is sealed is fixed: a bank's client in another language makes the same
// hash, and a quote of today is opened by a program of tomorrow.
func TestSealIsFixed(t *testing.T) {
	salt, err := hex.DecodeString("000102030405060708090a0b0c0d0e0f")
	if err != nil {
		t.Fatal(err)
	}
	terms := record.Terms{
		Kind: record.SaleWithoutRecourse, Rate: 26200, Basis: 360, Interest: record.InterestPrepaid, Advance: financing.Whole,
		Fee: 10000, SupplierInterest: financing.Whole, SupplierFee: 500000, ValueDate: membertest.Start.Date(),
		Contract: digest("contract"),
	}
	const want = "b909e698bf1e849e7e83b2092c46aa8343faa500dc55b7b47cf95b909a06ac30" // sha256sum says so too
	if got := financing.SealOf("f1", "b1", financing.Salt(salt), terms).String(); got != want {
		t.Errorf("the seal is %s, was %s", got, want)
	}
	if got := string(financing.SealContext("net", "f1", "b1")); got != "tierledger quote net/f1/b1" {
		t.Errorf("context %q", got)
	}
}

// A salt is read exactly as it is written.
func TestSaltText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var salt, again financing.Salt
		copy(salt[:], rapid.SliceOfN(rapid.Byte(), len(salt), len(salt)).Draw(t, "salt"))
		text, err := json.Marshal(salt)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &again); err != nil || again != salt {
			t.Fatalf("%s reads as %v, %v", text, again, err)
		}
	})
	for _, text := range []string{"", "00", "000102030405060708090A0B0C0D0E0F", "000102030405060708090a0b0c0d0e0f00", "zz0102030405060708090a0b0c0d0e0f"} {
		var salt financing.Salt
		if salt.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q was read", text)
		}
	}
}
