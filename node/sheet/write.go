package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/tierledger/tierledger/chaincode/money"
)

// Writer writes a file of rows of text. A cell is never a formula, whatever it
// begins with.
type Writer interface {
	Row(cells []string) error
	// Close ends the file; the writer under it stays open.
	Close() error
}

// csvTable writes CSV with a byte order mark, without which spreadsheets take
// UTF-8 for something else.
type csvTable struct {
	w       *csv.Writer
	amounts []int
}

// NewCSV begins a CSV file. The columns named, counted from 0, have amounts.
func NewCSV(w io.Writer, amounts ...int) (Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return &csvTable{csv.NewWriter(w), amounts}, nil
}

func (t *csvTable) Row(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		if safe[i] = inert(cell); slices.Contains(t.amounts, i) {
			if _, err := money.Parse(cell); err == nil {
				safe[i] = cell
			}
		}
	}
	return t.w.Write(safe)
}

func (t *csvTable) Close() error {
	t.w.Flush()
	return t.w.Error()
}

// inert keeps a spreadsheet from taking a text for a formula.
func inert(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return cell
	}
	return "'" + cell
}

// xlsxTable writes one sheet, in a stream.
type xlsxTable struct {
	to      io.Writer
	file    *excelize.File
	rows    *excelize.StreamWriter
	line    int
	amounts []int
	style   int // of amounts
}

// NewXLSX begins a workbook of one sheet. The columns named, counted from 0, have
// amounts, which a spreadsheet can add up.
func NewXLSX(w io.Writer, amounts ...int) (Writer, error) {
	file := excelize.NewFile()
	rows, err := file.NewStreamWriter(file.GetSheetName(0))
	if err != nil {
		return nil, fmt.Errorf("write XLSX: %w", err)
	}
	const thousands = 4 // the built-in form #,##0.00
	style, err := file.NewStyle(&excelize.Style{NumFmt: thousands})
	if err != nil {
		return nil, fmt.Errorf("write XLSX: %w", err)
	}
	return &xlsxTable{to: w, file: file, rows: rows, amounts: amounts, style: style}, nil
}

func (t *xlsxTable) Row(cells []string) error {
	t.line++
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = cell // a string is written as text, never as a formula
		if slices.Contains(t.amounts, i) {
			values[i] = t.amount(cell)
		}
	}
	at, err := excelize.CoordinatesToCellName(1, t.line)
	if err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return t.rows.SetRow(at, values)
}

// amount is an amount as a spreadsheet's number, which is a floating one and so exact
// for as many fen as it has digits for; a larger amount stays text.
func (t *xlsxTable) amount(cell string) any {
	const exact = 1 << 49 // fen; then the quotient still prints as two decimals
	f, err := money.Parse(cell)
	if err != nil || f >= exact || f <= -exact {
		return cell
	}
	return excelize.Cell{StyleID: t.style, Value: float64(f) / 100}
}

func (t *xlsxTable) Close() error {
	if err := t.rows.Flush(); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	if _, err := t.file.WriteTo(t.to); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return t.file.Close()
}
