package calendar

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
)

// WorkingDays is dated data: which days are worked in the years it covers. Outside
// them, Monday to Friday are. The rule pack carries newer data than the program.
type WorkingDays struct {
	_        struct{} `cbor:",toarray"`
	Years    []int32  `json:"years"`    // years covered, ascending
	Holidays []Date   `json:"holidays"` // days off, ascending; weekends may be among them
	MakeUp   []Date   `json:"makeUp"`   // Saturdays and Sundays that are worked, ascending
}

//go:embed mainland.txt
var mainland string

// Mainland gives the working days of mainland China for 2004 to 2026, from the
// file mainland.txt, which names its source. It reads the file at each call: keep
// the result.
func Mainland() WorkingDays {
	w, err := parseWorkingDays(mainland)
	if err != nil {
		panic(fmt.Sprintf("mainland.txt: %v", err))
	}
	return w
}

// parseWorkingDays reads lines "year off|on days" in ascending order; see the head
// of mainland.txt.
func parseWorkingDays(text string) (WorkingDays, error) {
	var w WorkingDays
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) < 2 {
			return WorkingDays{}, code.BadDate.New("line %.40q has no kind", line)
		}
		year, err := strconv.ParseInt(fields[0], 10, 32)
		if err != nil {
			return WorkingDays{}, code.BadDate.New("line %.40q has no year", line)
		}
		if n := len(w.Years); n == 0 || w.Years[n-1] != int32(year) {
			w.Years = append(w.Years, int32(year))
		}
		days, err := parseRuns(fields[0], fields[2:])
		if err != nil {
			return WorkingDays{}, err
		}
		switch fields[1] {
		case "off":
			w.Holidays = append(w.Holidays, days...)
		case "on":
			w.MakeUp = append(w.MakeUp, days...)
		default:
			return WorkingDays{}, code.BadDate.New("line %.40q is neither off nor on", line)
		}
	}
	return w, w.Valid()
}

// parseRuns reads days "02-14" and runs of days "02-15..02-23" of one year.
func parseRuns(year string, runs []string) ([]Date, error) {
	var days []Date
	for _, run := range runs {
		first, last, ok := strings.Cut(run, "..")
		if !ok {
			last = first
		}
		from, err := ParseDate(year + "-" + first)
		if err != nil {
			return nil, err
		}
		to, err := ParseDate(year + "-" + last)
		if err != nil {
			return nil, err
		}
		for d := from; d <= to; d++ {
			days = append(days, d)
		}
	}
	return days, nil
}

// Valid refuses with BAD_DATE data whose lists are not ascending, or that has a day
// outside its years, a day both off and worked, or a make-up day that is no weekend.
func (w WorkingDays) Valid() error {
	for n, year := range w.Years {
		if year < 1970 || year > 9999 || n > 0 && w.Years[n-1] >= year {
			return code.BadDate.New("working days: year %d is out of order or range", year)
		}
	}
	for _, list := range [][]Date{w.Holidays, w.MakeUp} {
		for n, d := range list {
			if err := d.Valid(); err != nil {
				return err
			}
			if n > 0 && list[n-1] >= d {
				return code.BadDate.New("working days: %s follows %s", d, list[n-1])
			}
			if !w.Known(d) {
				return code.BadDate.New("working days: %s is not in a year covered", d)
			}
		}
	}
	for _, d := range w.MakeUp {
		if !weekend(d) || holds(w.Holidays, d) {
			return code.BadDate.New("working days: make-up day %s is no weekend, or is off too", d)
		}
	}
	return nil
}

// Known reports whether the data covers the year of d. Where it does not, only
// weekends are off, and a caller that promises a date should say so.
func (w WorkingDays) Known(d Date) bool {
	_, ok := slices.BinarySearch(w.Years, int32(d.Year()))
	return ok
}

// IsWorking reports whether d is a working day.
func (w WorkingDays) IsWorking(d Date) bool {
	if weekend(d) {
		return holds(w.MakeUp, d)
	}
	return !holds(w.Holidays, d)
}

// RollForward gives d if it is a working day, else the next one: a maturity on a
// day off is paid then. It stops at the last date.
func (w WorkingDays) RollForward(d Date) Date {
	for d < LastDate && !w.IsWorking(d) {
		d++
	}
	return d
}

// Next gives the first working day after d. It stops at the last date.
func (w WorkingDays) Next(d Date) Date { return w.RollForward(d.AddDays(1)) }

// Before gives the working day that lies n working days before d: with n of 1 the last
// one before it. It stops at the first date.
func (w WorkingDays) Before(d Date, n int) Date {
	for ; n > 0 && d > 0; n-- {
		for d = d.AddDays(-1); d > 0 && !w.IsWorking(d); d = d.AddDays(-1) {
		}
	}
	return d
}

// Merge gives the data of w with the years of newer replaced or added as newer has
// them. Both must be valid; neither is changed.
func (w WorkingDays) Merge(newer WorkingDays) WorkingDays {
	days := func(old, fresh []Date) []Date {
		kept := slices.DeleteFunc(slices.Clone(old), newer.Known)
		return slices.Sorted(slices.Values(append(kept, fresh...)))
	}
	years := slices.Concat(w.Years, newer.Years)
	slices.Sort(years)
	return WorkingDays{
		Years:    slices.Compact(years),
		Holidays: days(w.Holidays, newer.Holidays),
		MakeUp:   days(w.MakeUp, newer.MakeUp),
	}
}

func weekend(d Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

func holds(sorted []Date, d Date) bool {
	_, ok := slices.BinarySearch(sorted, d)
	return ok
}
