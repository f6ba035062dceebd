// Package calendar counts days, months and working days, and writes times and
// dates. Days are those of Asia/Shanghai, a fixed UTC+8 without a time zone
// database. Contracts, codecs and the command line call it.
//
// It never reads a clock: what time it is comes from the block, and which days are
// worked comes as dated data.
package calendar

import (
	"fmt"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Date is a day, counted from 1970-01-01. Its text is "2027-03-31". A record that
// may have no date says so, and holds the zero Date then.
type Date int32

// LastDate is the last day that can be written, 9999-12-31. The first is the zero
// Date, 1970-01-01.
const LastDate Date = 2_932_896

const day = 24 * time.Hour

// NewDate gives the day of a year, month and day of month. A day that does not
// exist, or is outside 1970 to 9999, is refused with BAD_DATE.
func NewDate(year int, month time.Month, dayOfMonth int) (Date, error) {
	if 1970 <= year && year <= 9999 && time.January <= month && month <= time.December {
		d := civil(year, month, dayOfMonth)
		if y, m, back := d.Civil(); y == year && m == month && back == dayOfMonth {
			return d, nil
		}
	}
	return 0, code.BadDate.New("there is no day %04d-%02d-%02d", year, int(month), dayOfMonth)
}

// civil normalises an overflowing month or day as time.Date does.
func civil(year int, month time.Month, dayOfMonth int) Date {
	t := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC)
	return Date(t.Unix() / int64(day/time.Second))
}

// ParseDate reads "2027-03-31"; anything else is refused with BAD_DATE.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err == nil {
		var d Date
		if d, err = NewDate(t.Date()); err == nil && d.String() == s {
			return d, nil
		}
	}
	return 0, code.BadDate.New("%.40q is not a date such as 2027-03-31", s)
}

// ParseCompact reads "20270331"; anything else is refused with BAD_DATE.
func ParseCompact(s string) (Date, error) {
	if len(s) == 8 {
		if d, err := ParseDate(s[:4] + "-" + s[4:6] + "-" + s[6:]); err == nil {
			return d, nil
		}
	}
	return 0, code.BadDate.New("%.40q is not a date such as 20270331", s)
}

// Civil gives year, month and day of month.
func (d Date) Civil() (year int, month time.Month, dayOfMonth int) {
	return time.Unix(int64(d)*int64(day/time.Second), 0).UTC().Date()
}

// Year gives the year.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Unix(int64(d)*int64(day/time.Second), 0).UTC().Weekday()
}

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == 0 }

// Valid refuses with BAD_DATE a day outside 1970-01-01 to 9999-12-31.
func (d Date) Valid() error {
	if d < 0 || d > LastDate {
		return code.BadDate.New("day %d is outside 1970-01-01 to 9999-12-31", int32(d))
	}
	return nil
}

// Start is 00:00 of d in Asia/Shanghai, the record time of a payment date.
func (d Date) Start() Instant {
	return Instant(int64(d)*day.Milliseconds() - shanghaiOffset.Milliseconds())
}

// AddDays gives the day n days later, or earlier if n is negative. It stops at the
// first and the last date.
func (d Date) AddDays(n int) Date {
	const limit = int(LastDate)
	return clamp(int64(d) + int64(max(-limit, min(limit, n))))
}

// AddMonths gives the corresponding day n months later, or the last day of that
// month if it has no such day (Civil Code 202): 31 August and 6 months is the end
// of February. It stops at the first and the last date.
func (d Date) AddMonths(n int) Date {
	const limit = 12 * 10_000 // months, more than there are
	year, month, dayOfMonth := d.Civil()
	target := month + time.Month(max(-limit, min(limit, n)))
	last := civil(year, target+1, 0)
	_, _, length := last.Civil()
	return clamp(int64(last) - int64(length-min(dayOfMonth, length)))
}

// clamp keeps a day count within what can be written.
func clamp(days int64) Date { return Date(max(0, min(int64(LastDate), days))) }

// DaysBetween counts the days of a term, one end included: from a day to the next
// is 1. It is negative if to lies before from.
func DaysBetween(from, to Date) int { return int(to) - int(from) }

// WithinTerm reports whether maturity lies after issue and at most the given
// number of months later. Terms are judged on the nominal maturity, before it
// rolls to a working day.
func WithinTerm(issue, maturity Date, months int) bool {
	return issue < maturity && maturity <= issue.AddMonths(months)
}

// String is the text, "2027-03-31".
func (d Date) String() string {
	year, month, dayOfMonth := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", year, int(month), dayOfMonth)
}

// Compact is the text without hyphens, "20270331", as in certificate numbers.
func (d Date) Compact() string {
	year, month, dayOfMonth := d.Civil()
	return fmt.Sprintf("%04d%02d%02d", year, int(month), dayOfMonth)
}

// MarshalText gives the text.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate.
func (d *Date) UnmarshalText(text []byte) error {
	v, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
