package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
)

// Row is a row of a report as a line of a table.
type Row interface {
	// Columns are the names of the cells; they do not depend on the row.
	Columns() []string
	// Cells are the values, in order of the columns: amounts in yuan with two
	// decimals, dates and times as in JSON, nothing for none.
	Cells() []string
}

// WriteCSV writes rows as CSV (RFC 4180: commas, CRLF, UTF-8), below the names of
// the columns if there is to be a heading. A cell that a spreadsheet would take for a
// formula gets an apostrophe before it.
func WriteCSV[T any, P interface {
	*T
	Row
}](w io.Writer, heading bool, rows func(visit func(*T) error) error) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if heading {
		if err := out.Write(P(new(T)).Columns()); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	err := rows(func(row *T) error {
		cells := P(row).Cells()
		for i := range cells {
			cells[i] = harmless(cells[i])
		}
		return out.Write(cells)
	})
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// harmless keeps a cell from being run as a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

func number[T ~int | ~int64 | ~uint32](n T) string { return strconv.FormatInt(int64(n), 10) }

func dateCell(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func timeCell(i calendar.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.String()
}

func (f Flow) cells() []string { return []string{number(f.Count), f.Amount.String()} }
