package money

import (
	"fmt"
	"math"
	"math/bits"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Rounding says what happens to the part of a quotient below its last place. The
// zero value is no rounding: every call names one.
type Rounding int

const (
	// Down cuts towards zero.
	Down Rounding = iota + 1
	// Up goes away from zero if anything is left.
	Up
	// HalfUp goes to the nearest, and away from zero from one half on (四舍五入).
	HalfUp
)

// Day bases of interest: days in the year that an annual rate is divided by.
const (
	Basis360 = 360
	Basis365 = 365
)

// MulDiv gives a*b/c, rounded once, with a 128-bit product in between. A divisor
// that is not positive is refused with BAD_AMOUNT, a result beyond int64 with
// AMOUNT_OVERFLOW. A rounding that does not exist is a fault of the caller and panics.
func MulDiv(a, b, c int64, r Rounding) (int64, error) {
	if c <= 0 {
		return 0, code.BadAmount.New("divisor %d is not positive", c)
	}
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	d := uint64(c)
	if hi >= d {
		return 0, overflow(fmt.Sprintf("the product over %d", c), a, b)
	}
	q, rem := bits.Div64(hi, lo, d)
	switch r {
	case Down:
		rem = 0
	case Up:
	case HalfUp:
		if rem < d-rem {
			rem = 0
		}
	default:
		panic(fmt.Sprintf("rounding %d does not exist; known are %d to %d", r, Down, HalfUp))
	}
	if rem > 0 {
		var carry uint64
		if q, carry = bits.Add64(q, 1, 0); carry != 0 {
			return 0, overflow(fmt.Sprintf("the product over %d", c), a, b)
		}
	}
	negative := (a < 0) != (b < 0)
	switch {
	case q <= math.MaxInt64 && negative:
		return -int64(q), nil
	case q <= math.MaxInt64:
		return int64(q), nil
	case q == 1<<63 && negative:
		return math.MinInt64, nil
	}
	return 0, overflow(fmt.Sprintf("the product over %d", c), a, b)
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

// Share gives the given percentage of an amount: an advance ratio, a fee share.
func Share(amount Fen, percent Rate, r Rounding) (Fen, error) {
	v, err := MulDiv(int64(amount), int64(percent), wholeRate, r)
	return Fen(v), err
}

// DiscountInterest is principal x annual rate / basis x days, rounded once. Days
// count one end of the term; the basis is Basis360 or Basis365. Market practice
// rounds HalfUp: 1,000,000.00 at 2.6200 % for 75 days over 360 is 5,458.33.
func DiscountInterest(principal Fen, annual Rate, days, basis int, r Rounding) (Fen, error) {
	if basis != Basis360 && basis != Basis365 {
		return 0, code.BadAmount.New("day basis %d is neither 360 nor 365", basis)
	}
	return interest(principal, annual, days, int64(basis), r)
}

// LateInterest is principal x daily rate x days, rounded once. State Council
// Order 802 article 17 sets 0.0500 % a day where nothing else was agreed:
// 1,000,000.00 for 30 days is 15,000.00.
func LateInterest(principal Fen, daily Rate, days int, r Rounding) (Fen, error) {
	return interest(principal, daily, days, 1, r)
}

func interest(principal Fen, rate Rate, days int, basis int64, r Rounding) (Fen, error) {
	if principal < 0 || rate < 0 || days < 0 {
		return 0, code.BadAmount.New("interest on %s at %s %% for %d days: nothing may be negative", principal, rate, days)
	}
	ratePerTerm, err := MulDiv(int64(rate), int64(days), 1, Down)
	if err != nil {
		return 0, err
	}
	v, err := MulDiv(int64(principal), ratePerTerm, wholeRate*basis, r)
	return Fen(v), err
}

// ProRata divides total in proportion to the weights. Each part is rounded down
// and the last part with a weight takes the remainder, so that the parts always sum
// to the whole. The remainder is smaller, in fen, than the number of weights; the last part
// can exceed its exact share by that much. A negative total or weight, or weights
// that sum to nothing, are refused with BAD_AMOUNT.
func ProRata(total Fen, weights []Fen) ([]Fen, error) {
	last := -1
	for i, w := range weights {
		if w < 0 {
			return nil, code.BadAmount.New("weight %d of %d is negative: %s", i+1, len(weights), w)
		}
		if w > 0 {
			last = i
		}
	}
	if total < 0 || last < 0 {
		return nil, code.BadAmount.New("%s cannot be divided over %d weights that sum to nothing or less", total, len(weights))
	}
	sum, err := Sum(weights...)
	if err != nil {
		return nil, err
	}
	parts := make([]Fen, len(weights))
	left := total
	for i, w := range weights {
		v, err := MulDiv(int64(total), int64(w), int64(sum), Down)
		if err != nil {
			return nil, err
		}
		parts[i] = Fen(v)
		left -= parts[i]
	}
	parts[last] += left
	return parts, nil
}
