package importer

import (
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

// layout is where the fields of a format stand in a file, -1 for one it has not.
type layout map[string]int

// field is a column of a format.
type field struct {
	name     string
	required bool
}

// layout finds the fields in a header: BAD_FILE when a required or mapped one is
// missing or stands there twice, BAD_ARGUMENT when a mapped field is none of the
// format's.
func (c Columns) layout(fields []field, header []string) (layout, error) {
	for _, name := range sortedKeys(c) {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) {
			return nil, code.BadArgument.New("there is no field %s; the fields are %s", name, strings.Join(names(fields), ", "))
		}
	}
	at := layout{}
	for _, f := range fields {
		heading, mapped := c[f.name]
		if !mapped {
			heading = f.name
		}
		at[f.name] = slices.Index(header, heading)
		switch first := at[f.name]; {
		case first < 0 && (f.required || mapped):
			return nil, code.BadFile.New("no column %q for %s; the file has %s", heading, f.name, strings.Join(header, ", "))
		case first >= 0 && slices.Contains(header[first+1:], heading):
			return nil, code.BadFile.New("two columns are headed %q", heading)
		}
	}
	return at, nil
}

func names(fields []field) []string {
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = f.name
	}
	return list
}

// of is the text of a field in a row, empty for a column the file has not.
func (l layout) of(row Row, name string) string {
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

// amount reads an amount above zero: BAD_AMOUNT.
func (u Unit) amount(s string) (money.Fen, error) {
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

// date reads 2027-03-31, 2027/3/31, 20270331, or the serial number under which a
// spreadsheet stores a day: BAD_DATE.
func date(s string) (calendar.Date, error) {
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
