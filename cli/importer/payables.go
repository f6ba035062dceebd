package importer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Payables is a file of one debtor's payables, read and checked by its form: each
// row one certificate to be issued.
type Payables struct {
	Path    string
	Rows    int       // below the header, the refused ones too
	Total   money.Fen // of the rows that were not refused
	Refused []Refusal
	Digest  record.Digest // of the rows that were not refused

	limits Limits
	items  []payable
}

// payable is one row.
type payable struct {
	line       int
	reference  string // the debtor's own, unique for ever
	creditor   string // social credit code
	amount     money.Fen
	maturity   calendar.Date // or 0, then
	days       int           // from the issue
	contract   string
	bank, from string // credit line and its bank, or neither
	cover      []record.Allocation
	invoice    evidence.InvoiceFacts // of the one invoice that covers all, when there is no cover

	certificate string // its number, once chosen
	issued      bool   // as the ledger says
	proposal    string // that waits for a checker
	refusal     *code.Error
}

// payableFields are the columns of a file of payables.
func payableFields() []field {
	return []field{
		{"reference", true}, {"creditor", true}, {"amount", true}, {"maturity", false}, {"days", false},
		{"contract", true}, {"invoices", false}, {"invoice_code", false}, {"invoice_number", false},
		{"invoice_date", false}, {"bank", false}, {"line", false},
	}
}

// maxReference bounds a payment reference as the ledger does, in bytes.
const maxReference = 64

// ReadPayables reads and checks a file of a debtor's payables. A row without a
// maturity and days of its own falls due so many days after the issue. Rows that
// cannot be imported are in Refused; an error says that the file as a whole cannot
// be read.
func ReadPayables(path, debtor string, columns Columns, unit Unit, days int, limits Limits) (_ *Payables, err error) {
	sheet, err := OpenSheet(path, limits)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, sheet.Close()) }()
	at, err := columns.layout(payableFields(), sheet.Header)
	if err != nil {
		return nil, err
	}
	r := payableReader{
		Payables: &Payables{Path: path, limits: limits}, at: at, unit: unit, debtor: debtor, days: days,
		lineOf: map[string]int{},
	}
	return r.read(sheet)
}

type payableReader struct {
	*Payables
	at     layout
	unit   Unit
	debtor string
	days   int
	lineOf map[string]int // of a reference
}

func (r *payableReader) read(sheet *Sheet) (*Payables, error) {
	digest := sha256.New()
	for {
		row, err := sheet.Next()
		if errors.Is(err, io.EOF) {
			r.Digest = record.Digest(digest.Sum(nil))
			return r.Payables, nil
		}
		if err != nil && isFatal(err) {
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

// add checks a row in the order of the fields.
func (r *payableReader) add(row Row) error {
	p := payable{
		line: row.Line, reference: r.at.of(row, "reference"), creditor: r.at.of(row, "creditor"),
		contract: r.at.of(row, "contract"), bank: r.at.of(row, "bank"), from: r.at.of(row, "line"),
	}
	if err := member.CheckText("the payment reference", p.reference, maxReference); err != nil {
		return err
	}
	if first, twice := r.lineOf[p.reference]; twice {
		return code.ReferenceUsed.New("line %d has the payment reference %q", first, p.reference)
	}
	if err := number.CheckSocialCredit(p.creditor); err != nil {
		return err
	}
	if p.creditor == r.debtor {
		return code.TransferToDebtor.New("member %s cannot owe itself", r.debtor)
	}
	var err error
	if p.amount, err = r.unit.amount(r.at.of(row, "amount")); err != nil {
		return err
	}
	if err := r.due(row, &p); err != nil {
		return err
	}
	if err := member.CheckIdentifier("the contract", p.contract); err != nil {
		return err
	}
	if (p.bank == "") != (p.from == "") {
		return code.BadArgument.New("a credit line is named by its bank and its id, or not at all")
	}
	if err := r.covered(row, &p); err != nil {
		return err
	}
	total, err := r.Total.Add(p.amount)
	if err != nil {
		return err
	}
	r.Total = total
	r.lineOf[p.reference] = p.line
	r.items = append(r.items, p)
	return nil
}

// due reads when a row falls due.
func (r *payableReader) due(row Row, p *payable) (err error) {
	maturity, days := r.at.of(row, "maturity"), r.at.of(row, "days")
	switch {
	case maturity != "" && days != "":
		return code.BadDate.New("a row has a maturity or days, not both")
	case maturity != "":
		p.maturity, err = date(maturity)
		return err
	case days != "":
		if p.days, err = strconv.Atoi(days); err != nil || p.days < 1 {
			return code.BadDate.New("%.20q is not a number of days", days)
		}
	default:
		if p.days = r.days; p.days < 1 {
			return code.BadDate.New("the row has neither a maturity nor days")
		}
	}
	return nil
}

// covered reads which invoices cover a row: fingerprints, each with its amount
// unless there is one for all ("3f…:100.00;9a…:200.00"), or the facts of one
// invoice, of which a bank's node makes the fingerprint.
func (r *payableReader) covered(row Row, p *payable) error {
	text, invoice := r.at.of(row, "invoices"), r.at.of(row, "invoice_number")
	switch {
	case text == "" && invoice == "":
		return code.EvidenceMissing.New("the row names no invoice")
	case text != "" && invoice != "":
		return code.BadArgument.New("a row names fingerprints of invoices or the facts of one, not both")
	case text == "":
		day, err := date(r.at.of(row, "invoice_date"))
		if err != nil {
			return err
		}
		p.invoice = evidence.InvoiceFacts{
			Code: r.at.of(row, "invoice_code"), Number: invoice, Date: day, Seller: p.creditor, Buyer: r.debtor, Amount: p.amount,
		}
		return p.invoice.Check()
	}
	var sum money.Fen
	for part := range strings.SplitSeq(text, ";") {
		name, amount, has := strings.Cut(strings.TrimSpace(part), ":")
		fingerprint, err := record.ParseDigest(name)
		if err != nil {
			return code.BadArgument.New("%.80q is not the fingerprint of an invoice", name)
		}
		a := record.Allocation{Invoice: fingerprint, Amount: p.amount}
		if has {
			if a.Amount, err = money.ParseHuman(amount); err != nil {
				return err
			}
		}
		if sum, err = sum.Add(a.Amount); err != nil {
			return err
		}
		p.cover = append(p.cover, a)
	}
	if sum != p.amount {
		return code.EvidenceInsufficient.New("the invoices add up to %s, the row is %s", sum, p.amount)
	}
	return nil
}

// maturityOn is the nominal maturity of a certificate issued on a day.
func (p *payable) maturityOn(day calendar.Date) calendar.Date {
	if p.maturity != 0 {
		return p.maturity
	}
	return day.AddDays(p.days)
}

// WriteTemplate writes an empty file of payables to fill in, as CSV or XLSX.
func WriteTemplate(w io.Writer, xlsx bool) error {
	var t table
	var err error
	if xlsx {
		t, err = newXLSX(w)
	} else {
		t, err = newCSV(w)
	}
	if err != nil {
		return err
	}
	if err := t.row(names(payableFields())); err != nil {
		return errors.Join(fmt.Errorf("write the template: %w", err), t.close())
	}
	return t.close()
}
