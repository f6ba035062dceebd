package iso20022

import (
	"strconv"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// currency is the only one that the ledger keeps.
const currency = "CNY"

// maxAmount is the largest that the messages can carry: 18 digits.
const maxAmount money.Fen = 999_999_999_999_999_999

// parseAmount reads a decimal number of yuan exactly, in any form that XML Schema
// allows for one that is not negative: "123", "123.4", "123.40", "0123.400". why says
// what is wrong and is empty if nothing is.
func parseAmount(text string) (amount money.Fen, why string) {
	whole, frac, _ := strings.Cut(strings.TrimPrefix(text, "+"), ".")
	switch {
	case strings.HasPrefix(text, "-"):
		return 0, "is negative"
	case whole+frac == "" || strings.Trim(whole+frac, "0123456789") != "":
		return 0, "is not a decimal number"
	}
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if len(frac) > 2 {
		return 0, "is finer than 0.01"
	}
	if len(whole) > 16 {
		return 0, "is too large"
	}
	digits := whole + frac + "00"[len(frac):]
	fen, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, "is not a decimal number" // not reached: at most 18 digits
	}
	return money.Fen(fen), ""
}

// parseTime reads an ISODateTime. A time without an offset is in Asia/Shanghai; what
// is finer than a millisecond is cut off.
func parseTime(text string) (calendar.Instant, bool) {
	if strings.Contains(text, ",") || len(text) > 40 { // time.Parse takes a decimal comma, the standard does not
		return 0, false
	}
	shanghai := time.FixedZone("", 8*60*60)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, shanghai); err == nil {
			i := calendar.FromTime(t)
			return i, i.Valid() == nil
		}
	}
	return 0, false
}

// parseDay reads an ISODate. An offset after the day, which the standard allows, does
// not move it.
func parseDay(text string) (calendar.Date, bool) {
	const length = len("2006-01-02")
	if len(text) > length {
		if _, err := time.Parse("Z07:00", text[length:]); err != nil {
			return 0, false
		}
		text = text[:length]
	}
	d, err := calendar.ParseDate(text)
	return d, err == nil
}
