package sheet_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/sheet"
)

// small are limits that a test can reach.
func small() sheet.Limits {
	return sheet.Limits{Rows: 3, Bytes: 1 << 16, Row: 200, Cell: 50, Columns: 4}
}

// readAll reads rows until the end or an error that ends the reading.
func readAll(text []byte, limits sheet.Limits) (rows []sheet.Row, refused []error, err error) {
	in, err := sheet.Read(bytes.NewReader(text), limits)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	for range 100_000 {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return rows, refused, nil
		}
		if err != nil && row.Cells == nil {
			return rows, refused, err
		}
		if err != nil {
			refused = append(refused, err)
		}
		rows = append(rows, row)
	}
	return rows, refused, errors.New("the file does not end")
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t *testing.T, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheSameTableIsReadFromEveryFormat(t *testing.T) {
	const text = "name, amount\n甲,\"1,000.50\"\n\n乙, 2 \n"
	want := [][]string{{"甲", "1,000.50"}, {"乙", "2"}}
	for name, data := range map[string][]byte{
		"csv":          []byte(text),
		"csv with BOM": []byte("\ufeff" + text),
		"CRLF":         []byte(strings.ReplaceAll(text, "\n", "\r\n")),
		"gzip":         zipped(t, text),
		"xlsx":         workbook(t, []any{"name", "amount"}, []any{"甲", "1,000.50"}, []any{}, []any{"乙", 2}),
	} {
		rows, refused, err := readAll(data, small())
		if err != nil || len(refused) > 0 {
			t.Errorf("%s: %v %v", name, err, refused)
			continue
		}
		var got [][]string
		for _, r := range rows {
			got = append(got, r.Cells)
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %q", name, got)
		}
		if rows[0].Line != 2 || rows[1].Line != 4 {
			t.Errorf("%s: lines %d and %d", name, rows[0].Line, rows[1].Line)
		}
	}
}

func TestBadFilesAreRefusedWithACode(t *testing.T) {
	long := strings.Repeat("x", 60)
	for _, c := range []struct {
		name string
		data []byte
		want code.Code
	}{
		{"empty", nil, code.BadFile},
		{"UTF-16", []byte("\xff\xfea\x00"), code.BadFile},
		{"GB18030", []byte("a,b\n\xbc\xd7,1\n"), code.BadFile},
		{"an open quotation mark", []byte("a,b\n\"1,2\n3,4\n"), code.BadFile},
		{"a stray quotation mark", []byte("a,b\n1\"2,3\n"), code.BadFile},
		{"gzip of nothing", []byte("\x1f\x8b\x08"), code.BadFile},
		{"a cut gzip", zipped(t, "a,b\n"+strings.Repeat("1,2\n", 3))[:20], code.BadFile},
		{"a gzip bomb", zipped(t, "a,b\n"+strings.Repeat("\n", 1<<17)), code.TooLarge},
		{"an endless cell", []byte("a,b\n\"" + strings.Repeat("x", 60_000)), code.TooLarge},
		{"too many rows", []byte("a,b\n1,2\n1,2\n1,2\n1,2\n"), code.TooLarge},
		{"too many columns", []byte("a,b,c,d,e\n"), code.TooLarge},
		{"a heading too long", []byte(long + ",b\n"), code.BadFile},
		{"not a workbook", []byte("PK\x03\x04 and so on"), code.BadFile},
		{"a cut workbook", workbook(t, []any{"a"}, []any{1})[:2000], code.BadFile},
	} {
		if _, _, err := readAll(c.data, small()); !c.want.Is(err) {
			t.Errorf("%s: %v, not %s", c.name, err, c.want)
		}
	}
	for name, cell := range map[string]string{"a long cell": long, "a bell": "\a", "a bidi control": "a\u202eb", "a line break": "\"a\nb\""} {
		rows, refused, err := readAll([]byte("a,b\n"+cell+",2\n1,2\n"), small())
		if err != nil || len(refused) != 1 || len(rows) != 2 {
			t.Errorf("%s: %d rows, %v %v", name, len(rows), refused, err)
		}
	}
}

func FuzzSheet(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"))
	f.Add([]byte("\ufeffa;b\r\n\"x\"\"y\",\n"))
	f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("a\n\"\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := small()
		rows, _, err := readAll(data, limits)
		if err != nil && code.Of(err) == nil {
			t.Fatalf("an error without a code: %v", err)
		}
		if len(rows) > limits.Rows {
			t.Fatalf("%d rows", len(rows))
		}
	})
}
