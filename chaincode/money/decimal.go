package money

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// parseDecimal reads a decimal with exactly the given number of places as an
// integer of its last place. It accepts only what formatDecimal writes and
// refuses the rest with the given code.
func parseDecimal(refusal code.Code, what, s string, places int) (int64, error) {
	refuse := func(why string) (int64, error) {
		return 0, refusal.New("%s %s: %s", what, quote(s), why)
	}
	if len(s) > 32 {
		return refuse("too long")
	}
	whole, frac, ok := strings.Cut(s, ".")
	if !ok || len(frac) != places {
		return refuse(fmt.Sprintf("needs exactly %d decimal places", places))
	}
	digits := strings.TrimPrefix(whole, "-") + frac
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return refuse("not a decimal number")
		}
	}
	sign := whole[:len(whole)-(len(digits)-places)]
	v, err := strconv.ParseInt(sign+digits, 10, 64)
	if err != nil {
		return refuse("too large")
	}
	if formatDecimal(v, places) != s {
		return refuse("not in canonical form")
	}
	return v, nil
}

// formatDecimal writes v as a decimal whose last place has the given index.
func formatDecimal(v int64, places int) string {
	s := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) <= places {
		s = strings.Repeat("0", places+1-len(s)) + s
	}
	cut := len(s) - places
	return sign + s[:cut] + "." + s[cut:]
}

// padPlaces completes a decimal that people wrote with fewer places.
func padPlaces(s string, places int) string {
	whole, frac, ok := strings.Cut(s, ".")
	if ok && frac == "" || len(frac) > places {
		return s
	}
	return whole + "." + frac + strings.Repeat("0", places-len(frac))
}

// dropCommas removes thousands commas; ok is false if one is misplaced.
func dropCommas(s string) (plain string, ok bool) {
	whole, frac, point := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if len(groups) == 1 {
			break
		}
		first := len(strings.TrimPrefix(g, "-"))
		if i == 0 && (first < 1 || first > 3) || i > 0 && len(g) != 3 {
			return "", false
		}
	}
	plain = strings.Join(groups, "")
	if point {
		plain += "." + frac
	}
	return plain, true
}

// quote shows foreign text in a refusal, cut to a length a person can read.
func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return strconv.Quote(s)
}

func overflow(what string, a, b int64) error {
	return code.AmountOverflow.New("%s of %d and %d does not fit", what, a, b)
}
