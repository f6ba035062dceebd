package money

import (
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Rate is a percentage with four decimals kept as an integer: 2.62 % is 26200.
// Whether it is per year or per day is said by whoever holds it. Its text is
// "2.6200".
type Rate int64

const ratePlaces = 4

// wholeRate is 100 % as a Rate: the divisor that turns rate times amount into an
// amount.
const wholeRate = 100 * 10_000

// ParseRate reads the canonical text of a rate: percent with exactly four places.
// Anything String would not produce is refused with BAD_RATE.
func ParseRate(s string) (Rate, error) {
	v, err := parseDecimal(code.BadRate, "rate", s, ratePlaces)
	return Rate(v), err
}

// ParseRateHuman reads a rate as people write it: up to four places and an
// optional percent sign ("2.62", "2.62 %"). Records and JSON use ParseRate.
func ParseRateHuman(s string) (Rate, error) {
	t := strings.TrimSpace(s)
	t = strings.TrimSpace(strings.TrimSuffix(t, "%"))
	r, err := ParseRate(padPlaces(t, ratePlaces))
	if err != nil {
		return 0, code.BadRate.New("rate %.60q is not a percentage such as 2.62", s)
	}
	return r, nil
}

// String is the canonical text, "2.6200".
func (r Rate) String() string { return formatDecimal(int64(r), ratePlaces) }

// MarshalText gives the canonical text.
func (r Rate) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText is ParseRate.
func (r *Rate) UnmarshalText(text []byte) error {
	v, err := ParseRate(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}
