package sheet

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Columns says under which heading of a file a field stands, by the name of the
// field. A field that is not named stands under its own name.
type Columns map[string]string

// ParseColumns reads "debtor=付款方,creditor=供应商".
func ParseColumns(text string) (Columns, error) {
	columns := Columns{}
	if text == "" {
		return columns, nil
	}
	for pair := range strings.SplitSeq(text, ",") {
		field, heading, ok := strings.Cut(pair, "=")
		field, heading = strings.TrimSpace(field), strings.TrimSpace(heading)
		if !ok || field == "" || heading == "" {
			return nil, code.BadArgument.New("%.60q is not field=heading", pair)
		}
		if _, twice := columns[field]; twice {
			return nil, code.BadArgument.New("field %s is mapped twice", field)
		}
		columns[field] = heading
	}
	return columns, nil
}

// Layout is where the fields of a format stand in a file, -1 for one it has not.
type Layout map[string]int

// Field is a column of a format.
type Field struct {
	Name     string
	Required bool
	Also     []string // other headings by which it is known
}

// Layout finds the fields in a header: BAD_FILE when a required or mapped one is
// missing or stands there twice, BAD_ARGUMENT when a mapped field is none of the
// format's.
func (c Columns) Layout(fields []Field, header []string) (Layout, error) {
	for _, name := range slices.Sorted(maps.Keys(c)) {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			return nil, code.BadArgument.New("there is no field %s; the fields are %s", name, strings.Join(Names(fields), ", "))
		}
	}
	at := Layout{}
	for _, f := range fields {
		heading, mapped := c[f.Name]
		if !mapped {
			heading = f.heading(header)
		}
		at[f.Name] = slices.Index(header, heading)
		switch first := at[f.Name]; {
		case first < 0 && (f.Required || mapped):
			return nil, code.BadFile.New("no column %q for %s; the file has %.200s", heading, f.Name, strings.Join(header, ", "))
		case first >= 0 && slices.Contains(header[first+1:], heading):
			return nil, code.BadFile.New("two columns are headed %q", heading)
		}
	}
	return at, nil
}

// heading is under what a field stands in a header: its name, or another heading by
// which it is known.
func (f *Field) heading(header []string) string {
	if !slices.Contains(header, f.Name) {
		for _, other := range f.Also {
			if slices.Contains(header, other) {
				return other
			}
		}
	}
	return f.Name
}

// Names are the names of the fields, in their order.
func Names(fields []Field) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.Name
	}
	return list
}

// Of is the text of a field in a row, empty for a column the file has not.
func (l Layout) Of(row Row, name string) string {
	if i := l[name]; i >= 0 {
		return row.Cells[i]
	}
	return ""
}

// Unit is what a number in an amount column counts.
type Unit uint8

// Units of amounts.
const (
	Yuan Unit = iota // up to two decimals, thousands commas allowed
	Fen              // whole numbers
)

// ParseUnit reads "yuan" or "fen".
func ParseUnit(s string) (Unit, error) {
	switch s {
	case "yuan":
		return Yuan, nil
	case "fen":
		return Fen, nil
	}
	return 0, code.BadArgument.New("the unit of amounts is yuan or fen, not %.20q", s)
}

// Amount reads an amount above zero: BAD_AMOUNT.
func (u Unit) Amount(s string) (money.Fen, error) {
	var amount money.Fen
	if u == Fen {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != s {
			return 0, code.BadAmount.New("%.40q is not a whole number of fen", s)
		}
		amount = money.Fen(n)
	} else {
		var err error
		if amount, err = money.ParseHuman(s); err != nil {
			return 0, err
		}
	}
	if amount <= 0 {
		return 0, code.BadAmount.New("an amount of %s", amount)
	}
	return amount, nil
}

// spreadsheetDay0 is the day before day 1 of spreadsheets, which count a 29
// February 1900 that never was; the days they can count here all come after it.
const spreadsheetDay0 = 25569 // serial number of 1970-01-01

// Date reads 2027-03-31, 2027/3/31, 20270331, or the serial number under which a
// spreadsheet stores a day: BAD_DATE.
func Date(s string) (calendar.Date, error) {
	if serial, err := strconv.Atoi(s); err == nil && len(s) == 5 && serial > spreadsheetDay0 {
		return calendar.Date(serial - spreadsheetDay0), nil
	}
	if len(s) == 8 {
		return calendar.ParseCompact(s)
	}
	parts := strings.Split(s, "/")
	if len(parts) == 3 {
		for i := range parts {
			if len(parts[i]) == 1 {
				parts[i] = "0" + parts[i]
			}
		}
		s = strings.Join(parts, "-")
	}
	return calendar.ParseDate(s)
}
