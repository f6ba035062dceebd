package money

import (
	"math"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Fen is an amount of Chinese yuan in fen, 1/100 of a yuan. Records hold only
// amounts of zero or more; a difference may be negative. Its text, and so its
// JSON, is a decimal string of yuan with two places ("300000.00"), because a JSON
// number is exact only up to 2^53.
type Fen int64

// MaxFen is the largest amount that can be written down.
const MaxFen Fen = math.MaxInt64

const fenPlaces = 2

// Parse reads the canonical text of an amount: yuan with exactly two places, no
// leading zeros, no thousands separators, "-" only before a non-zero amount.
// Anything String would not produce is refused with BAD_AMOUNT.
func Parse(s string) (Fen, error) {
	v, err := parseDecimal(code.BadAmount, "amount", s, fenPlaces)
	return Fen(v), err
}

// ParseHuman reads an amount as people write it in sheets and on the command
// line: spaces around it, a leading yuan sign, thousands commas in the right
// places, and no, one or two places ("300,000", "¥300000.5"). It never guesses: a
// misplaced comma is refused with BAD_AMOUNT. Records and JSON use Parse.
func ParseHuman(s string) (Fen, error) {
	t := strings.TrimSpace(s)
	for _, sign := range []string{"¥", "￥"} {
		if rest, ok := strings.CutPrefix(t, sign); ok {
			t = strings.TrimSpace(rest)
			break
		}
	}
	plain, ok := dropCommas(t)
	if !ok {
		return 0, code.BadAmount.New("amount %s: commas must separate groups of three digits", quote(s))
	}
	v, err := parseDecimal(code.BadAmount, "amount", padPlaces(plain, fenPlaces), fenPlaces)
	if err != nil {
		return 0, code.BadAmount.New("amount %s is not an amount of yuan such as 300,000.00", quote(s))
	}
	return Fen(v), nil
}

// String is the canonical text, "300000.00".
func (f Fen) String() string { return formatDecimal(int64(f), fenPlaces) }

// Human is the text for people, with thousands commas: "300,000.00".
func (f Fen) Human() string {
	s := f.String()
	sign := ""
	if f < 0 {
		sign, s = "-", s[1:]
	}
	whole, places, _ := strings.Cut(s, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(whole[i])
	}
	b.WriteByte('.')
	b.WriteString(places)
	return b.String()
}

// MarshalText gives the canonical text.
func (f Fen) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText is Parse.
func (f *Fen) UnmarshalText(text []byte) error {
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	*f = v
	return nil
}

// Add gives f + g, or AMOUNT_OVERFLOW.
func (f Fen) Add(g Fen) (Fen, error) {
	sum := f + g
	if (sum > f) != (g > 0) && g != 0 {
		return 0, overflow("the sum", int64(f), int64(g))
	}
	return sum, nil
}

// Sub gives f - g, which may be negative, or AMOUNT_OVERFLOW.
func (f Fen) Sub(g Fen) (Fen, error) {
	diff := f - g
	if (diff < f) != (g > 0) && g != 0 {
		return 0, overflow("the difference", int64(f), int64(g))
	}
	return diff, nil
}

// Mul gives f times n, or AMOUNT_OVERFLOW.
func (f Fen) Mul(n int64) (Fen, error) {
	v, err := MulDiv(int64(f), n, 1, Down)
	return Fen(v), err
}

// Sum adds all parts, or gives AMOUNT_OVERFLOW. The sum of nothing is zero.
func Sum(parts ...Fen) (Fen, error) {
	var total Fen
	for _, p := range parts {
		var err error
		if total, err = total.Add(p); err != nil {
			return 0, err
		}
	}
	return total, nil
}
