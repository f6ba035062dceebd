package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// table writes rows of text.
type table interface {
	row(cells []string) error
	close() error
}

// csvTable writes CSV with a byte order mark, without which spreadsheets take
// UTF-8 for something else.
type csvTable struct{ w *csv.Writer }

func newCSV(w io.Writer) (*csvTable, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return &csvTable{csv.NewWriter(w)}, nil
}

func (t *csvTable) row(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = inert(cell)
	}
	return t.w.Write(safe)
}

func (t *csvTable) close() error {
	t.w.Flush()
	return t.w.Error()
}

// inert keeps a spreadsheet from taking a text for a formula. A number keeps its
// sign; what is refused here anyway can be read again after the quote is removed.
func inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@", rune(cell[0])) {
		return cell
	}
	return "'" + cell
}

// xlsxTable writes one sheet of text cells, in a stream.
type xlsxTable struct {
	to   io.Writer
	file *excelize.File
	rows *excelize.StreamWriter
	line int
}

func newXLSX(w io.Writer) (*xlsxTable, error) {
	file := excelize.NewFile()
	rows, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("write XLSX: %w", err)
	}
	return &xlsxTable{to: w, file: file, rows: rows}, nil
}

func (t *xlsxTable) row(cells []string) error {
	t.line++
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = cell // a string is written as text, never as a formula
	}
	at, err := excelize.CoordinatesToCellName(1, t.line)
	if err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return t.rows.SetRow(at, values)
}

func (t *xlsxTable) close() error {
	if err := t.rows.Flush(); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	if _, err := t.file.WriteTo(t.to); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return t.file.Close()
}
