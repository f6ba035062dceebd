package importer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/sheet"
)

// Refusal is why a row of the file was not imported.
type Refusal struct {
	Line   int       `json:"line"` // in the file
	Code   code.Code `json:"code"`
	Rule   string    `json:"rule,omitempty"`
	Reason string    `json:"reason"`
}

func refusal(line int, e *code.Error) Refusal {
	reason := e.Detail
	if reason == "" {
		reason = e.Code.Entry().English
	}
	return Refusal{Line: line, Code: e.Code, Rule: e.Rule, Reason: reason}
}

func sortRefusals(list []Refusal) {
	slices.SortStableFunc(list, func(a, b Refusal) int { return cmp.Compare(a.Line, b.Line) })
}

// The columns that WriteRefused adds.
const (
	codeColumn   = "code"
	reasonColumn = "reason"
)

// WriteRefused copies the refused rows of a file, in its own columns followed by
// the code and the reason, as CSV. The copy can be corrected and imported: the
// added columns mean nothing to an import. It replaces what is at path.
func WriteRefused(path, source string, limits sheet.Limits, refused []Refusal) (err error) {
	in, err := sheet.Open(source, limits)
	if err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return copyRefused(file, in, refused)
}

func copyRefused(w io.Writer, in *sheet.Reader, refused []Refusal) error {
	out, err := sheet.NewCSV(w)
	if err != nil {
		return err
	}
	var keep []int // columns of the file that are not of an earlier report
	for i, heading := range in.Header {
		if heading != codeColumn && heading != reasonColumn {
			keep = append(keep, i)
		}
	}
	line := func(cells []string, more ...string) error {
		kept := make([]string, 0, len(keep)+len(more))
		for _, i := range keep {
			kept = append(kept, cells[i])
		}
		return out.Row(append(kept, more...))
	}
	if err := line(in.Header, codeColumn, reasonColumn); err != nil {
		return fmt.Errorf("write refused rows: %w", err)
	}
	why := make(map[int]Refusal, len(refused))
	for _, r := range refused {
		why[r.Line] = r
	}
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil && sheet.Fatal(err) {
			return errors.Join(fmt.Errorf("write refused rows: %w", err), out.Close())
		}
		r, ok := why[row.Line]
		if !ok {
			continue
		}
		// Cells too many stay too many.
		more := append([]string{r.Code.String(), r.Reason}, row.Cells[len(in.Header):]...)
		if err := line(row.Cells, more...); err != nil {
			return fmt.Errorf("write refused rows: %w", err)
		}
	}
}
