package importer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/payables"
	"github.com/tierledger/tierledger/node/sheet"
)

// Payables is a file of one debtor's payables, read and checked by its form: each
// row one certificate to be issued.
type Payables struct {
	Path    string
	Rows    int       // below the header, the refused ones too
	Total   money.Fen // of the rows that were not refused
	Refused []Refusal
	Digest  record.Digest // of the rows that were not refused

	limits sheet.Limits
	items  []payable
}

// payable is one row.
type payable struct {
	payables.Payable

	certificate string // its number, once chosen
	issued      bool   // as the ledger says
	proposal    string // that waits for a checker
	refusal     *code.Error
}

// ReadPayables reads and checks a file of a debtor's payables. A row without a
// maturity and days of its own falls due so many days after the issue. Rows that
// cannot be imported are in Refused; an error says that the file as a whole cannot
// be read.
func ReadPayables(path, debtor string, columns sheet.Columns, unit sheet.Unit, days int, limits sheet.Limits) (_ *Payables, err error) {
	in, err := sheet.Open(path, limits)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	at, err := columns.Layout(payables.Fields(), in.Header)
	if err != nil {
		return nil, err
	}
	r := payableReader{
		Payables: &Payables{Path: path, limits: limits}, at: at, form: payables.Form{Debtor: debtor, Unit: unit, Days: days},
	}
	return r.read(in)
}

type payableReader struct {
	*Payables
	at   sheet.Layout
	form payables.Form
}

func (r *payableReader) read(in *sheet.Reader) (*Payables, error) {
	digest := sha256.New()
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			r.Digest = record.Digest(digest.Sum(nil))
			return r.Payables, nil
		}
		if err != nil && sheet.Fatal(err) {
			return nil, err
		}
		r.Rows++
		if err == nil {
			err = r.add(row)
		}
		if refused := code.Of(err); refused != nil {
			r.Refused = append(r.Refused, refusal(row.Line, refused))
			continue
		}
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(digest, "%q\n", row.Cells)
	}
}

// add checks the form of a row; the first thing that is wrong is why it is refused.
func (r *payableReader) add(row sheet.Row) error {
	p, faults := r.form.Read(row.Line, func(field string) string { return r.at.Of(row, field) })
	if len(faults) > 0 {
		return faults[0].Refusal
	}
	total, err := r.Total.Add(p.Amount)
	if err != nil {
		return err
	}
	r.Total = total
	r.items = append(r.items, payable{Payable: p})
	return nil
}

// WriteTemplate writes an empty file of payables to fill in, as CSV or XLSX.
func WriteTemplate(w io.Writer, xlsx bool) error {
	if err := payables.WriteTemplate(w, xlsx, false); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	return nil
}
