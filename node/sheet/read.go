package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Limits bound what is read of a file.
type Limits struct {
	Rows    int   // rows below the header
	Bytes   int64 // of the whole file once unpacked
	Row     int   // bytes of one row
	Cell    int   // bytes of one cell
	Columns int
}

// DefaultLimits are those of the command line.
func DefaultLimits() Limits {
	return Limits{Rows: 1_000_000, Bytes: 200 << 20, Row: 64 << 10, Cell: 4 << 10, Columns: 100}
}

// Row is one row of a file. Cells are trimmed of spaces and as many as the header
// has, or more in a row that is refused for that.
type Row struct {
	Line  int // in the file, the header's is 1
	Cells []string
}

// Reader reads a CSV file, a gzipped CSV file or the first sheet of an XLSX file,
// row by row. The format is told by the first bytes, not by the name. Text is
// UTF-8, with or without a byte order mark; anything else is refused with
// BAD_FILE, and what is larger than the limits with TOO_LARGE.
type Reader struct {
	Header []string

	limits Limits
	rows   int
	next   func() (cells []string, line int, err error)
	close  []io.Closer
}

// Open opens a file and reads its header.
func Open(path string, limits Limits) (*Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	s, err := Read(file, limits)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s.close = append(s.close, file)
	return s, nil
}

// Read reads a file from a stream. The caller closes the stream after the
// sheet.
func Read(r io.Reader, limits Limits) (*Reader, error) {
	s := &Reader{limits: limits}
	buffered := bufio.NewReader(r)
	start, err := buffered.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, code.BadFile.New("the gzip header cannot be read")
		}
		s.next = s.csv(unpacked)
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		if s.next, err = s.xlsx(buffered); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, code.BadFile.New("the file is UTF-16; save it as CSV UTF-8")
	default:
		s.next = s.csv(buffered)
	}
	if err := s.readHeader(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Reader) readHeader() error {
	cells, _, err := s.next()
	if errors.Is(err, io.EOF) {
		return code.BadFile.New("the file is empty")
	}
	if err != nil {
		return err
	}
	if len(cells) > s.limits.Columns {
		return code.TooLarge.New("%d columns, at most %d", len(cells), s.limits.Columns)
	}
	for i, cell := range cells {
		cells[i] = strings.TrimSpace(cell)
		if err := s.limits.CheckCell(cells[i]); err != nil {
			return err
		}
	}
	s.Header = cells
	return nil
}

// Next gives the next row that is not empty, and io.EOF after the last. A row that
// is refused is given together with a *code.Error, and the reading may go on; an
// error without the cells of a row ends it.
func (s *Reader) Next() (Row, error) {
	for {
		cells, line, err := s.next()
		if err != nil {
			return Row{Line: line}, err
		}
		empty, over := true, false
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			empty = empty && cells[i] == ""
			over = over || i >= len(s.Header) && cells[i] != ""
		}
		if empty {
			continue
		}
		if s.rows++; s.rows > s.limits.Rows {
			return Row{Line: line}, fatal{code.TooLarge.New("more than %d rows; divide the file", s.limits.Rows)}
		}
		row := Row{Line: line, Cells: append(cells, make([]string, max(0, len(s.Header)-len(cells)))...)[:len(s.Header)]}
		if over {
			row.Cells = cells
			return row, code.BadFile.New("more cells than the header has")
		}
		for _, cell := range cells {
			if err := s.limits.CheckCell(cell); err != nil {
				if Fatal(err) {
					row.Cells = nil
				}
				return row, err
			}
		}
		return row, nil
	}
}

// Close releases what the sheet holds.
func (s *Reader) Close() error {
	var errs []error
	for _, c := range s.close {
		errs = append(errs, c.Close())
	}
	s.close = nil
	return errors.Join(errs...)
}

// fatal is a refusal after which nothing more can be read.
type fatal struct{ refusal *code.Error }

func (f fatal) Error() string { return f.refusal.Error() }
func (f fatal) Unwrap() error { return f.refusal }

// Fatal reports whether an error of Next ends the reading: it is no refusal of one row.
func Fatal(err error) bool {
	var f fatal
	return code.Of(err) == nil || errors.As(err, &f)
}

// CheckCell accepts printable UTF-8, as it must be in a file: what a person approves
// must look the same to everybody.
func (l *Limits) CheckCell(cell string) error {
	if len(cell) > l.Cell {
		return code.BadFile.New("a cell of %d bytes, at most %d", len(cell), l.Cell)
	}
	if !utf8.ValidString(cell) {
		return fatal{code.BadFile.New("the file is not UTF-8; save it as CSV UTF-8 (GB18030 is not accepted)")}
	}
	for _, c := range cell {
		if c != ' ' && !unicode.IsGraphic(c) || unicode.Is(unicode.Bidi_Control, c) {
			return code.BadFile.New("a cell has the character %U, which cannot be shown", c)
		}
	}
	return nil
}

// metered counts what is read, in all and since the last row began, so that
// neither a bomb nor one endless cell fills the memory.
type metered struct {
	from   io.Reader
	left   int64 // of the whole file
	row    int   // since the row began
	maxRow int
}

// readAhead is what the CSV reader may read beyond the row it is asked for.
const readAhead = 2 * 4096

func (m *metered) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, fatal{code.TooLarge.New("the unpacked file is larger than allowed")}
	}
	if m.row > m.maxRow+readAhead {
		return 0, fatal{code.TooLarge.New("a row of more than %d bytes; is a quotation mark missing?", m.maxRow)}
	}
	n, err := m.from.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	m.row += n
	return n, err
}

func (s *Reader) csv(r io.Reader) func() ([]string, int, error) {
	m := &metered{from: r, left: s.limits.Bytes, maxRow: s.limits.Row}
	buffered := bufio.NewReader(m)
	if bom, err := buffered.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = buffered.Discard(3) // they were just seen
	}
	reader := csv.NewReader(buffered)
	reader.FieldsPerRecord = -1
	return func() ([]string, int, error) {
		m.row = 0
		cells, err := reader.Read()
		line := 0
		if len(cells) > 0 {
			line, _ = reader.FieldPos(0)
		}
		var parse *csv.ParseError
		switch {
		case err == nil || errors.Is(err, io.EOF) || code.Of(err) != nil:
			return cells, line, err
		case errors.As(err, &parse):
			return nil, parse.StartLine, fatal{code.BadFile.New("line %d: %s", parse.StartLine, parse.Err)}
		case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, line, fatal{code.BadFile.New("the gzip file is damaged")}
		default:
			return nil, line, fatal{code.BadFile.New("the file cannot be read to its end")}
		}
	}
}

// xlsx reads the first sheet. Cells are read raw: an amount as it is stored, a
// date as its serial number.
func (s *Reader) xlsx(r io.Reader) (func() ([]string, int, error), error) {
	const inMemory = 16 << 20 // larger parts go to a temporary file
	archive, err := io.ReadAll(io.LimitReader(r, s.limits.Bytes))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	file, err := excelize.OpenReader(bytes.NewReader(archive), excelize.Options{
		UnzipSizeLimit: s.limits.Bytes, UnzipXMLSizeLimit: min(inMemory, s.limits.Bytes), RawCellValue: true,
	})
	if err != nil {
		return nil, code.BadFile.New("the XLSX file cannot be read, is protected, or unpacks to more than %d bytes", s.limits.Bytes)
	}
	s.close = append(s.close, file)
	if err := checkValues(archive, s.limits.Bytes); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	sheets := file.GetSheetList()
	if len(sheets) == 0 {
		return nil, code.BadFile.New("the XLSX file has no sheet")
	}
	rows, err := file.Rows(sheets[0])
	if err != nil {
		return nil, code.BadFile.New("the first sheet cannot be read")
	}
	s.close = append([]io.Closer{rows}, s.close...)
	line := 0
	return func() ([]string, int, error) {
		if !rows.Next() {
			if rows.Error() != nil {
				return nil, line, fatal{code.BadFile.New("the sheet cannot be read beyond row %d", line)}
			}
			return nil, line, io.EOF
		}
		line++
		cells, err := rows.Columns()
		if err != nil {
			return nil, line, fatal{code.BadFile.New("row %d cannot be read", line)}
		}
		return cells, line, nil
	}, nil
}
