package calendar_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
)

func date(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Civil Code article 202: the corresponding day, or the last of the month.
func TestAddMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-08-31", 6, "2027-02-28"},
		{"2027-08-31", 6, "2028-02-29"},
		{"2026-08-28", 6, "2027-02-28"},
		{"2026-02-28", 6, "2026-08-28"},
		{"2026-01-31", 1, "2026-02-28"},
		{"2026-03-31", 1, "2026-04-30"},
		{"2026-12-15", 1, "2027-01-15"},
		{"2026-12-31", 12, "2027-12-31"},
		{"2028-02-29", 12, "2029-02-28"},
		{"2028-02-29", 48, "2032-02-29"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-05-05", 0, "2026-05-05"},
		{"9999-12-31", 1, "9999-12-31"},
		{"2026-05-05", math.MaxInt, "9999-12-31"},
		{"2026-05-05", math.MinInt, "1970-01-01"},
	} {
		if got := date(t, c.from).AddMonths(c.months); got.String() != c.want {
			t.Errorf("%s and %d months is %s, want %s", c.from, c.months, got, c.want)
		}
	}
}

func TestTerm(t *testing.T) {
	issue := date(t, "2026-08-31")
	for s, want := range map[string]bool{"2026-08-30": false, "2026-08-31": false, "2026-09-01": true, "2027-02-28": true, "2027-03-01": false} {
		if got := calendar.WithinTerm(issue, date(t, s), 6); got != want {
			t.Errorf("maturity %s within six months of 2026-08-31: %t, want %t", s, got, want)
		}
	}
	if n := calendar.DaysBetween(issue, date(t, "2026-11-14")); n != 75 {
		t.Errorf("31 August to 14 November is %d days, want 75", n)
	}
}

func TestDatesAgreeWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.Date(rapid.Int32Range(0, int32(calendar.LastDate)).Draw(t, "date"))
		want := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(d))
		if d.String() != want.Format(time.DateOnly) || d.Weekday() != want.Weekday() || d.Compact() != want.Format("20060102") {
			t.Fatalf("day %d is %s %s, want %s", int32(d), d, d.Weekday(), want)
		}
		back, err := calendar.ParseDate(d.String())
		if err != nil || back != d {
			t.Fatalf("%s reads back as %s, %v", d, back, err)
		}
		if d.Start().Date() != d || d.Start().Add(-time.Millisecond).Date() != max(d, 1)-1 {
			t.Fatalf("%s does not start at %s", d, d.Start())
		}
		n := rapid.IntRange(-5000, 5000).Draw(t, "n")
		if e := d.AddDays(n); e > 0 && e < calendar.LastDate && calendar.DaysBetween(d, e) != n {
			t.Fatalf("%s and %d days is %s", d, n, e)
		}
		months := rapid.IntRange(0, 24).Draw(t, "months")
		y, m, dd := d.Civil()
		e := d.AddMonths(months)
		y2, m2, dd2 := e.Civil()
		if e < calendar.LastDate && ((y2*12+int(m2))-(y*12+int(m)) != months || dd2 > dd) {
			t.Fatalf("%s and %d months is %s", d, months, e)
		}
	})
}

func TestInstant(t *testing.T) {
	i, err := calendar.ParseInstant("2026-09-01T09:00:00.123+08:00")
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 9, 1, 1, 0, 0, 123e6, time.UTC); !i.Time().Equal(want) || calendar.FromTime(want) != i {
		t.Errorf("%s is %s, want %s", i, i.Time(), want)
	}
	if i.String() != "2026-09-01T09:00:00.123+08:00" || i.Date().String() != "2026-09-01" {
		t.Errorf("written %s, on %s", i, i.Date())
	}
	// Eight in the evening UTC is already the next day in Shanghai.
	if d := calendar.FromTime(time.Date(2026, 8, 31, 16, 0, 0, 0, time.UTC)).Date(); d.String() != "2026-09-01" {
		t.Errorf("16:00 UTC of 31 August is %s in Shanghai", d)
	}
	if d := calendar.FromTime(time.Date(2026, 8, 31, 15, 59, 59, 999e6, time.UTC)).Date(); d.String() != "2026-08-31" {
		t.Errorf("15:59:59.999 UTC of 31 August is %s in Shanghai", d)
	}
	if got := i.Add(time.Hour).Sub(i); got != time.Hour {
		t.Errorf("an hour later is %s later", got)
	}
	if calendar.Instant(math.MaxInt64).Add(time.Hour) != math.MaxInt64 || calendar.Instant(math.MinInt64).Add(-time.Hour) != math.MinInt64 {
		t.Error("adding beyond the ends wraps")
	}
	for _, i := range []calendar.Instant{math.MinInt64, -1, math.MaxInt64} {
		if err := i.Valid(); !code.BadDate.Is(err) {
			t.Errorf("time %d: %v, want BAD_DATE", int64(i), err)
		}
		_ = i.Date().String() + i.String() // must not panic
	}
}

func TestParseRefusals(t *testing.T) {
	for _, s := range []string{"", "2026-1-1", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31", "10000-01-01", "20260101", "2026/01/01", " 2026-01-01", "2026-01-01 ", "２026-01-01", "-2026-01-01"} {
		if d, err := calendar.ParseDate(s); !code.BadDate.Is(err) {
			t.Errorf("ParseDate(%q) = %v, %v; want BAD_DATE", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-01-01", "2026010", "20260230", "2026-1-1", "+2026011"} {
		if d, err := calendar.ParseCompact(s); !code.BadDate.Is(err) {
			t.Errorf("ParseCompact(%q) = %v, %v; want BAD_DATE", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2026-09-01", "2026-09-01T09:00:00+08:00", "2026-09-01T01:00:00.000Z", "2026-09-01T01:00:00.000+00:00",
		"2026-09-01T09:00:00,000+08:00", "2026-09-01T24:00:00.000+08:00", "2026-09-01T09:00:60.000+08:00",
		"2026-02-29T09:00:00.000+08:00", "1969-12-31T09:00:00.000+08:00", "2026-09-01t09:00:00.000+08:00",
	} {
		if i, err := calendar.ParseInstant(s); !code.BadDate.Is(err) {
			t.Errorf("ParseInstant(%q) = %v, %v; want BAD_DATE", s, i, err)
		}
	}
	for _, c := range [][3]int{{2026, 2, 30}, {2026, 13, 1}, {2026, 0, 1}, {1969, 1, 1}, {10000, 1, 1}, {2026, 4, 31}, {2026, 1, -5}} {
		if d, err := calendar.NewDate(c[0], time.Month(c[1]), c[2]); !code.BadDate.Is(err) {
			t.Errorf("NewDate%v = %s, %v; want BAD_DATE", c, d, err)
		}
	}
}

func TestJSON(t *testing.T) {
	type row struct {
		Maturity calendar.Date    `json:"maturity"`
		At       calendar.Instant `json:"at"`
		Closed   calendar.Instant `json:"closed,omitzero"`
	}
	want := `{"maturity":"2027-03-31","at":"2026-09-01T09:00:00.000+08:00"}`
	var r row
	if err := json.Unmarshal([]byte(want), &r); err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(r); err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
	for _, bad := range []string{`{"maturity":20270331}`, `{"maturity":"2027-02-31"}`, `{"at":0}`, `{"at":"2027-03-31"}`} {
		if err := json.Unmarshal([]byte(bad), &r); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// The data's own consistency, and counts that fit the notices: 10 to 13 statutory days a
// year grow to 22 to 33 with the weekends joined to them, and every day moved is
// made up for.
func TestMainlandDataIsPlausible(t *testing.T) {
	w := calendar.Mainland()
	if err := w.Valid(); err != nil {
		t.Fatal(err)
	}
	if n := len(w.Years); n != 23 || w.Years[0] != 2004 || w.Years[n-1] != 2026 {
		t.Errorf("years %v", w.Years)
	}
	if len(w.Holidays) != 619 || len(w.MakeUp) != 150 {
		t.Errorf("%d days off and %d make-up days, want 619 and 150", len(w.Holidays), len(w.MakeUp))
	}
	for _, year := range w.Years {
		working := 0
		first, last := date(t, calendar.Date(0).AddMonths(12*int(year-1970)).String()), date(t, calendar.Date(0).AddMonths(12*int(year-1969)).String())
		for d := first; d < last; d++ {
			if w.IsWorking(d) {
				working++
			}
		}
		if working < 247 || working > 253 {
			t.Errorf("%d has %d working days", year, working)
		}
	}
}

func TestWorkingDays2026(t *testing.T) {
	w := calendar.Mainland()
	for _, c := range []struct{ due, paid, why string }{
		{"2026-02-13", "2026-02-13", "a Friday before Spring Festival"},
		{"2026-02-14", "2026-02-14", "a Saturday worked to make up for Spring Festival"},
		{"2026-02-15", "2026-02-24", "Spring Festival, first day"},
		{"2026-02-17", "2026-02-24", "Spring Festival, new year's day"},
		{"2026-02-23", "2026-02-24", "Spring Festival, last day, a Monday"},
		{"2026-02-28", "2026-02-28", "a Saturday worked to make up"},
		{"2026-03-07", "2026-03-09", "an ordinary Saturday"},
		{"2026-10-01", "2026-10-08", "National Day"},
		{"2026-10-10", "2026-10-10", "a Saturday worked to make up for National Day"},
	} {
		if got := w.RollForward(date(t, c.due)); got.String() != c.paid {
			t.Errorf("due %s (%s) is paid %s, want %s", c.due, c.why, got, c.paid)
		}
	}
	if got := w.Next(date(t, "2026-02-13")); got.String() != "2026-02-14" {
		t.Errorf("the working day after Friday 13 February 2026 is %s", got)
	}
	if w.Known(date(t, "2027-01-01")) || !w.Known(date(t, "2026-12-31")) || w.Known(date(t, "2003-12-31")) {
		t.Error("the data covers 2004 to 2026")
	}
	// Beyond the data only weekends are off.
	if got := w.RollForward(date(t, "2027-01-01")); got.String() != "2027-01-01" {
		t.Errorf("Friday 2027-01-01 rolls to %s without data", got)
	}
	if got := w.Next(calendar.LastDate); got != calendar.LastDate {
		t.Errorf("the working day after the last date is %s", got)
	}
}

// A rule pack that brings 2027 and corrects 2026.
func TestMerge(t *testing.T) {
	newer := calendar.WorkingDays{
		Years:    []int32{2026, 2027},
		Holidays: []calendar.Date{date(t, "2026-01-01"), date(t, "2027-01-01")},
		MakeUp:   []calendar.Date{date(t, "2027-01-02")},
	}
	if err := newer.Valid(); err != nil {
		t.Fatal(err)
	}
	old := calendar.Mainland()
	w := old.Merge(newer)
	if err := w.Valid(); err != nil {
		t.Fatal(err)
	}
	for s, want := range map[string]bool{
		"2027-01-01": false, "2027-01-02": true, "2026-02-17": true, "2026-01-01": false, "2026-02-14": false,
		"2025-10-01": false, "2025-10-11": true,
	} {
		if got := w.IsWorking(date(t, s)); got != want {
			t.Errorf("after the merge %s is worked: %t, want %t", s, got, want)
		}
	}
	if old.IsWorking(date(t, "2026-02-17")) || old.Known(date(t, "2027-01-01")) {
		t.Error("the merge changed the older data")
	}
}

func TestWorkingDaysRefusals(t *testing.T) {
	d := func(s string) calendar.Date { return date(t, s) }
	for name, w := range map[string]calendar.WorkingDays{
		"years out of order":    {Years: []int32{2027, 2026}},
		"year twice":            {Years: []int32{2026, 2026}},
		"year out of range":     {Years: []int32{1}},
		"day outside years":     {Years: []int32{2026}, Holidays: []calendar.Date{d("2027-01-01")}},
		"days out of order":     {Years: []int32{2026}, Holidays: []calendar.Date{d("2026-01-02"), d("2026-01-01")}},
		"day twice":             {Years: []int32{2026}, Holidays: []calendar.Date{d("2026-01-01"), d("2026-01-01")}},
		"make-up day a Monday":  {Years: []int32{2026}, MakeUp: []calendar.Date{d("2026-03-09")}},
		"both off and worked":   {Years: []int32{2026}, Holidays: []calendar.Date{d("2026-03-07")}, MakeUp: []calendar.Date{d("2026-03-07")}},
		"day that is no date":   {Years: []int32{2026}, Holidays: []calendar.Date{-1}},
		"day beyond all digits": {Years: []int32{2026}, Holidays: []calendar.Date{math.MaxInt32}},
	} {
		if err := w.Valid(); !code.BadDate.Is(err) {
			t.Errorf("%s: %v, want BAD_DATE", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2027-03-31", "20270331", "2026-09-01T09:00:00.123+08:00", "0000-00-00", "", strings.Repeat("9", 29)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := calendar.ParseDate(s); err == nil && (d.String() != s || d.Valid() != nil) {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
		if d, err := calendar.ParseCompact(s); err == nil && (d.Compact() != s || d.Valid() != nil) {
			t.Errorf("ParseCompact(%q) = %s", s, d)
		}
		if i, err := calendar.ParseInstant(s); err == nil && (i.String() != s || i.Valid() != nil) {
			t.Errorf("ParseInstant(%q) = %s", s, i)
		}
	})
}
