package calendar

import (
	"math"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Instant is a point in time in milliseconds since 1970-01-01 00:00 UTC. Its text
// is RFC 3339 with milliseconds at UTC+8: "2026-09-01T09:00:00.000+08:00". Earlier
// and later are the operators < and >.
type Instant int64

const (
	shanghaiOffset = 8 * time.Hour
	instantLayout  = "2006-01-02T15:04:05.000-07:00"
	lastInstant    = (Instant(LastDate)+1)*86_400_000 - 28_800_000 - 1
)

// FromTime gives the instant of t, cut to milliseconds. A block's time comes in
// this way.
func FromTime(t time.Time) Instant { return Instant(t.UnixMilli()) }

// ParseInstant reads the text of an instant. Only what String writes for the years
// 1970 to 9999 is accepted; else BAD_DATE.
func ParseInstant(s string) (Instant, error) {
	if len(s) == len(instantLayout) {
		t, err := time.Parse(instantLayout, s)
		if i := FromTime(t); err == nil && i.Valid() == nil && i.String() == s {
			return i, nil
		}
	}
	return 0, code.BadDate.New("%.40q is not a time such as 2026-09-01T09:00:00.000+08:00", s)
}

// Valid refuses with BAD_DATE an instant outside the years 1970 (from 00:00 UTC) to
// 9999.
func (i Instant) Valid() error {
	if i < 0 || i > lastInstant {
		return code.BadDate.New("time %d ms is outside the years 1970 to 9999", int64(i))
	}
	return nil
}

// Time gives the same instant as a time.Time in UTC.
func (i Instant) Time() time.Time { return time.UnixMilli(int64(i)).UTC() }

// Date gives the day in Asia/Shanghai. It stops at the first and the last date.
func (i Instant) Date() Date {
	local := int64(i.Add(shanghaiOffset))
	days, rest := local/day.Milliseconds(), local%day.Milliseconds()
	if rest < 0 {
		days--
	}
	return clamp(days)
}

// Add gives the instant d later, d cut to milliseconds. It stops at the ends of
// int64.
func (i Instant) Add(d time.Duration) Instant {
	ms := Instant(d.Milliseconds())
	switch {
	case ms > 0 && i > math.MaxInt64-ms:
		return math.MaxInt64
	case ms < 0 && i < math.MinInt64-ms:
		return math.MinInt64
	}
	return i + ms
}

// Sub gives the time from j to i. It stops at the ends of time.Duration, about 292
// years.
func (i Instant) Sub(j Instant) time.Duration { return i.Time().Sub(j.Time()) }

// IsZero reports whether i is the zero Instant, which records use for "never".
func (i Instant) IsZero() bool { return i == 0 }

// String is the text.
func (i Instant) String() string {
	return i.Time().In(time.FixedZone("", int(shanghaiOffset/time.Second))).Format(instantLayout)
}

// MarshalText gives the text.
func (i Instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText is ParseInstant.
func (i *Instant) UnmarshalText(text []byte) error {
	v, err := ParseInstant(string(text))
	if err != nil {
		return err
	}
	*i = v
	return nil
}
