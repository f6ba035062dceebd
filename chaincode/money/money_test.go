package money_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

func TestTextOfAmounts(t *testing.T) {
	for _, c := range []struct {
		text, human string
		fen         money.Fen
	}{
		{"300000.00", "300,000.00", 30_000_000},
		{"0.00", "0.00", 0},
		{"0.01", "0.01", 1},
		{"999.99", "999.99", 99_999},
		{"1000.00", "1,000.00", 100_000},
		{"-1234567.05", "-1,234,567.05", -123_456_705},
		{"92233720368547758.07", "92,233,720,368,547,758.07", money.MaxFen},
		{"-92233720368547758.08", "-92,233,720,368,547,758.08", math.MinInt64},
	} {
		got, err := money.Parse(c.text)
		if err != nil || got != c.fen {
			t.Errorf("Parse(%q) = %d, %v; want %d", c.text, got, err, c.fen)
		}
		if c.fen.String() != c.text || c.fen.Human() != c.human {
			t.Errorf("%d is written %q and %q; want %q and %q", c.fen, c.fen, c.fen.Human(), c.text, c.human)
		}
		if back, err := money.ParseHuman(c.human); err != nil || back != c.fen {
			t.Errorf("ParseHuman(%q) = %d, %v; want %d", c.human, back, err, c.fen)
		}
	}
}

func TestParseRefusesWhatStringWouldNotWrite(t *testing.T) {
	for _, s := range []string{
		"", ".", "1", "1.", "1.0", "1.000", ".50", "01.00", "00.50", "+1.00", "-0.00", "--1.00", "1-.00", "- 1.00",
		"1,000.00", " 1.00", "1.00 ", "1e3.00", "１.00", "NaN", "0x1.00", "1.-5", "1_000.00",
		"92233720368547758.08", "99999999999999999999999999999999999.00",
	} {
		if v, err := money.Parse(s); !code.BadAmount.Is(err) {
			t.Errorf("Parse(%q) = %d, %v; want BAD_AMOUNT", s, v, err)
		}
	}
}

func TestParseHuman(t *testing.T) {
	for s, want := range map[string]money.Fen{
		"300000": 30_000_000, "300,000": 30_000_000, " 300,000.5 ": 30_000_050, "¥300,000.00": 30_000_000,
		"￥ 1.2": 120, "-1,000": -100_000,
	} {
		if got, err := money.ParseHuman(s); err != nil || got != want {
			t.Errorf("ParseHuman(%q) = %d, %v; want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "¥", "30,00", "3,0000", ",300", "300,", "1000,000", "1.2,3", "1.234", "1.", "1e6", "-,100", "3万", "¥¥1"} {
		if v, err := money.ParseHuman(s); !code.BadAmount.Is(err) {
			t.Errorf("ParseHuman(%q) = %d, %v; want BAD_AMOUNT", s, v, err)
		}
	}
}

func TestRates(t *testing.T) {
	r, err := money.ParseRate("2.6200")
	if err != nil || r != 26_200 || r.String() != "2.6200" {
		t.Fatalf("2.6200 read as %d (%v), written %q", r, err, r)
	}
	for _, s := range []string{"2.62", "2.62 %", "2.62%", " 2.6200 "} {
		if got, err := money.ParseRateHuman(s); err != nil || got != r {
			t.Errorf("ParseRateHuman(%q) = %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "2.62", "2", "02.6200", "2.62000", "-0.0000", "2.6200%"} {
		if v, err := money.ParseRate(s); !code.BadRate.Is(err) {
			t.Errorf("ParseRate(%q) = %d, %v; want BAD_RATE", s, v, err)
		}
	}
	for _, s := range []string{"", "%", "2.62001", "1,000", "2.%"} {
		if v, err := money.ParseRateHuman(s); !code.BadRate.Is(err) {
			t.Errorf("ParseRateHuman(%q) = %d, %v; want BAD_RATE", s, v, err)
		}
	}
}

func TestJSONShowsDecimalStrings(t *testing.T) {
	type quote struct {
		Amount money.Fen  `json:"amount"`
		Rate   money.Rate `json:"rate"`
	}
	b, err := json.Marshal(quote{30_000_000, 26_200})
	if err != nil || string(b) != `{"amount":"300000.00","rate":"2.6200"}` {
		t.Fatalf("%s, %v", b, err)
	}
	var back quote
	if err := json.Unmarshal(b, &back); err != nil || back != (quote{30_000_000, 26_200}) {
		t.Fatalf("%+v, %v", back, err)
	}
	for _, bad := range []string{`{"amount":300000}`, `{"amount":"300000"}`, `{"amount":"NaN"}`, `{"rate":2.62}`, `{"rate":"2.62"}`} {
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was read as %+v", bad, back)
		}
	}
}

// The vectors of the product's money rules.
func TestInterest(t *testing.T) {
	million := money.Fen(100_000_000)
	for _, c := range []struct {
		rate, want string
		days       int
	}{
		{"2.6200", "5458.33", 75},
		{"3.0000", "7500.00", 90},
		{"3.0000", "0.00", 0},
	} {
		rate, _ := money.ParseRate(c.rate)
		got, err := money.DiscountInterest(million, rate, c.days, money.Basis360, money.HalfUp)
		if err != nil || got.String() != c.want {
			t.Errorf("1,000,000.00 at %s %% for %d days: %s, %v; want %s", c.rate, c.days, got, err, c.want)
		}
	}
	late, err := money.LateInterest(million, 500, 30, money.HalfUp)
	if err != nil || late.String() != "15000.00" {
		t.Errorf("late interest at 0.05 %% a day for 30 days: %s, %v; want 15000.00", late, err)
	}
	share, err := money.Share(million, 800_000, money.Down)
	if err != nil || share.String() != "800000.00" {
		t.Errorf("80 %% of 1,000,000.00: %s, %v", share, err)
	}
}

func TestInterestRefusals(t *testing.T) {
	for _, c := range []struct {
		principal   money.Fen
		rate        money.Rate
		days, basis int
		want        code.Code
	}{
		{-1, 1, 1, 360, code.BadAmount},
		{1, -1, 1, 360, code.BadAmount},
		{1, 1, -1, 360, code.BadAmount},
		{1, 1, 1, 0, code.BadAmount},
		{1, 1, 1, 366, code.BadAmount},
		{1, math.MaxInt64, 2, 360, code.AmountOverflow},
		{money.MaxFen, wholeRate * 1000, 3650, 360, code.AmountOverflow},
	} {
		if v, err := money.DiscountInterest(c.principal, c.rate, c.days, c.basis, money.HalfUp); !c.want.Is(err) {
			t.Errorf("interest %+v = %s, %v; want %s", c, v, err, c.want)
		}
	}
}

const wholeRate = 1_000_000

func TestRoundingIsNamed(t *testing.T) {
	for _, c := range []struct {
		a                int64
		down, up, halfUp int64
	}{
		{10, 3, 4, 3}, {11, 3, 4, 4}, {9, 3, 3, 3}, {-10, -3, -4, -3}, {-11, -3, -4, -4}, {0, 0, 0, 0},
	} {
		for r, want := range map[money.Rounding]int64{money.Down: c.down, money.Up: c.up, money.HalfUp: c.halfUp} {
			if got, err := money.MulDiv(c.a, 1, 3, r); err != nil || got != want {
				t.Errorf("%d/3 rounded %d = %d, %v; want %d", c.a, r, got, err, want)
			}
		}
	}
	if got, _ := money.MulDiv(1, 1, 2, money.HalfUp); got != 1 {
		t.Errorf("one half rounds to %d, want 1", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unnamed rounding was accepted")
		}
	}()
	_, _ = money.MulDiv(1, 1, 3, 0)
}

func TestArithmeticNeverWraps(t *testing.T) {
	edge := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := edge.Draw(t, "a"), edge.Draw(t, "b")
		c := rapid.OneOf(rapid.Int64Range(1, math.MaxInt64), rapid.Int64Range(1, 100)).Draw(t, "c")
		x, y, z := big.NewInt(a), big.NewInt(b), big.NewInt(c)

		sum, err := money.Fen(a).Add(money.Fen(b))
		agree(t, "add", int64(sum), err, new(big.Int).Add(x, y))
		diff, err := money.Fen(a).Sub(money.Fen(b))
		agree(t, "sub", int64(diff), err, new(big.Int).Sub(x, y))
		product, err := money.Fen(a).Mul(b)
		agree(t, "mul", int64(product), err, new(big.Int).Mul(x, y))

		q, rem := new(big.Int).QuoRem(new(big.Int).Mul(x, y), z, new(big.Int))
		away := big.NewInt(int64(rem.Sign()))
		down, err := money.MulDiv(a, b, c, money.Down)
		agree(t, "down", down, err, q)
		up, err := money.MulDiv(a, b, c, money.Up)
		agree(t, "up", up, err, new(big.Int).Add(q, away))
		half := q
		if new(big.Int).Lsh(new(big.Int).Abs(rem), 1).Cmp(z) >= 0 {
			half = new(big.Int).Add(q, away)
		}
		got, err := money.MulDiv(a, b, c, money.HalfUp)
		agree(t, "half up", got, err, half)
	})
}

func agree(t *rapid.T, what string, got int64, err error, want *big.Int) {
	t.Helper()
	if !want.IsInt64() {
		if !code.AmountOverflow.Is(err) {
			t.Fatalf("%s = %d, %v; want AMOUNT_OVERFLOW for %s", what, got, err, want)
		}
		return
	}
	if err != nil || got != want.Int64() {
		t.Fatalf("%s = %d, %v; want %s", what, got, err, want)
	}
}

func TestMulDivRefusesDivisor(t *testing.T) {
	for _, c := range []int64{0, -1, math.MinInt64} {
		if _, err := money.MulDiv(1, 1, c, money.Down); !code.BadAmount.Is(err) {
			t.Errorf("divisor %d: %v", c, err)
		}
	}
}

func TestSum(t *testing.T) {
	if got, err := money.Sum(1, 2, 3); err != nil || got != 6 {
		t.Errorf("1+2+3 = %d, %v", got, err)
	}
	if got, err := money.Sum(); err != nil || got != 0 {
		t.Errorf("empty sum = %d, %v", got, err)
	}
	if _, err := money.Sum(money.MaxFen, 1); !code.AmountOverflow.Is(err) {
		t.Errorf("overflow: %v", err)
	}
}

func TestProRataSumsToTheWhole(t *testing.T) {
	parts, err := money.ProRata(100, []money.Fen{1, 1, 1, 0})
	if err != nil || len(parts) != 4 || parts[0] != 33 || parts[1] != 33 || parts[2] != 34 || parts[3] != 0 {
		t.Fatalf("1.00 over three equal claims and an empty one: %v, %v", parts, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		total := money.Fen(rapid.Int64Range(0, 1<<60).Draw(t, "total"))
		weights := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 1<<50), func(v int64) money.Fen { return money.Fen(v) }), 1, 50).Draw(t, "weights")
		whole, _ := money.Sum(weights...)
		parts, err := money.ProRata(total, weights)
		if whole == 0 {
			if !code.BadAmount.Is(err) {
				t.Fatalf("weights of nothing: %v", err)
			}
			return
		}
		if sum, sumErr := money.Sum(parts...); err != nil || sumErr != nil || sum != total {
			t.Fatalf("parts of %s sum to %s (%v, %v)", total, sum, err, sumErr)
		}
		for i, p := range parts {
			exact, _ := money.MulDiv(int64(total), int64(weights[i]), int64(whole), money.Down)
			if p < money.Fen(exact) || p > money.Fen(exact)+money.Fen(len(weights)) {
				t.Fatalf("part %d is %s, exact share %d", i, p, exact)
			}
		}
	})
	for _, c := range []struct {
		total   money.Fen
		weights []money.Fen
		want    code.Code
	}{
		{1, nil, code.BadAmount},
		{1, []money.Fen{0}, code.BadAmount},
		{-1, []money.Fen{1}, code.BadAmount},
		{1, []money.Fen{2, -1}, code.BadAmount},
		{1, []money.Fen{money.MaxFen, 1}, code.AmountOverflow},
	} {
		if v, err := money.ProRata(c.total, c.weights); !c.want.Is(err) {
			t.Errorf("ProRata(%d, %v) = %v, %v; want %s", c.total, c.weights, v, err, c.want)
		}
	}
}

func TestRefusalIsACodeError(t *testing.T) {
	_, err := money.Parse("abc")
	var e *code.Error
	if !errors.As(err, &e) || e.Detail == "" {
		t.Errorf("%#v is not a refusal with a detail", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"300000.00", "-0.01", "0.00", "92233720368547758.07", "1,000.00", "-", "-.", "-.00", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := money.Parse(s); err == nil && v.String() != s {
			t.Errorf("Parse(%q) accepts what it writes as %q", s, v)
		}
		if v, err := money.ParseRate(s); err == nil && v.String() != s {
			t.Errorf("ParseRate(%q) accepts what it writes as %q", s, v)
		}
		if v, err := money.ParseHuman(s); err == nil {
			if back, err := money.ParseHuman(v.Human()); err != nil || back != v {
				t.Errorf("ParseHuman(%q) = %s, which reads back as %s (%v)", s, v, back, err)
			}
		}
		_, _ = money.ParseRateHuman(s)
	})
}
