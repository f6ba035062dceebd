package payables

import (
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
	"github.com/tierledger/tierledger/node/sheet"
)

// Fields are the columns of a file of payables, each also under its Chinese heading.
func Fields() []sheet.Field {
	return []sheet.Field{
		{Name: "reference", Required: true, Also: []string{"付款编号"}},
		{Name: "creditor", Required: true, Also: []string{"供应商统一社会信用代码"}},
		{Name: "amount", Required: true, Also: []string{"金额"}},
		{Name: "maturity", Also: []string{"到期日"}},
		{Name: "days", Also: []string{"期限天数"}},
		{Name: "contract", Required: true, Also: []string{"合同编号"}},
		{Name: "invoices", Also: []string{"发票指纹"}},
		{Name: "invoice_code", Also: []string{"发票代码"}},
		{Name: "invoice_number", Also: []string{"发票号码"}},
		{Name: "invoice_date", Also: []string{"开票日期"}},
		{Name: "bank", Also: []string{"授信银行"}},
		{Name: "line", Also: []string{"授信额度编号"}},
	}
}

// Headings are the headings of the fields in a language.
func Headings(chinese bool) []string {
	fields := Fields()
	list := sheet.Names(fields)
	for i := range fields {
		if chinese {
			list[i] = fields[i].Also[0]
		}
	}
	return list
}

// WriteTemplate writes a file of payables to fill in: its headings and the rows
// given, which are examples.
func WriteTemplate(to io.Writer, xlsx, chinese bool, rows ...[]string) error {
	begin := sheet.NewCSV
	if xlsx {
		begin = sheet.NewXLSX
	}
	const amount = 2 // column
	w, err := begin(to, amount)
	if err != nil {
		return err
	}
	for _, row := range append([][]string{Headings(chinese)}, rows...) {
		if err := w.Row(row); err != nil {
			return err
		}
	}
	return w.Close()
}

// MaxReference bounds a payment reference as the ledger does, in bytes.
const MaxReference = 64

// Fault is what is wrong with a row, and in which column; the column is empty when it
// is about the row as a whole.
type Fault struct {
	Column  string
	Refusal *code.Error
}

// Payable is one row: a certificate to be issued.
type Payable struct {
	Line       int           // in the file
	Reference  string        // the debtor's own, unique for ever
	Creditor   string        // social credit code
	Amount     money.Fen     // 0 when it could not be read
	Maturity   calendar.Date // or 0, then
	Days       int           // from the issue
	Contract   string
	Bank, From string                // credit line and its bank, or neither
	Cover      []record.Allocation   // invoices by fingerprint, or none, then
	Invoice    evidence.InvoiceFacts // the one invoice that covers all
}

// MaturityOn is the nominal maturity of a certificate issued on a day.
func (p *Payable) MaturityOn(day calendar.Date) calendar.Date {
	if p.Maturity != 0 {
		return p.Maturity
	}
	return day.AddDays(p.Days)
}

// Form reads the rows of one file. It remembers the references that good rows have.
type Form struct {
	Debtor string // social credit code
	Unit   sheet.Unit
	Days   int // a row without a maturity or days of its own falls due so many days after the issue; 0: it must have one

	lineOf map[string]int // of a reference
}

// Read reads a row and says all that is wrong with its form, in the order of the
// fields. A column that was wrong leaves its part of the payable empty.
func (f *Form) Read(line int, of func(field string) string) (Payable, []Fault) {
	r := rowReader{Form: f, of: of, Payable: Payable{
		Line: line, Reference: of("reference"), Creditor: of("creditor"), Contract: of("contract"), Bank: of("bank"), From: of("line"),
	}}
	r.refuse("reference", r.reference())
	r.refuse("creditor", r.creditor())
	var err error
	r.Amount, err = f.Unit.Amount(of("amount"))
	r.refuse("amount", err)
	r.due()
	r.refuse("contract", member.CheckIdentifier("the contract", r.Contract))
	if (r.Bank == "") != (r.From == "") {
		r.refuse("line", code.BadArgument.New("a credit line is named by its bank and its id, or not at all"))
	}
	r.covered()
	if len(r.faults) == 0 {
		if f.lineOf == nil {
			f.lineOf = map[string]int{}
		}
		f.lineOf[r.Reference] = line
	}
	return r.Payable, r.faults
}

// rowReader reads one row.
type rowReader struct {
	*Form
	Payable
	of     func(string) string
	faults []Fault
}

// refuse notes what is wrong with a column. All that can be wrong has a code.
func (r *rowReader) refuse(column string, err error) {
	if refusal := code.Of(err); refusal != nil {
		r.faults = append(r.faults, Fault{column, refusal})
	}
}

func (r *rowReader) reference() error {
	if err := member.CheckText("the payment reference", r.Reference, MaxReference); err != nil {
		return err
	}
	if first, twice := r.lineOf[r.Reference]; twice {
		return code.ReferenceUsed.New("line %d has the payment reference %q", first, r.Reference)
	}
	return nil
}

func (r *rowReader) creditor() error {
	if err := number.CheckSocialCredit(r.Creditor); err != nil {
		return err
	}
	if r.Creditor == r.Debtor {
		return code.TransferToDebtor.New("member %s cannot owe itself", r.Debtor)
	}
	return nil
}

// due reads when a row falls due.
func (r *rowReader) due() {
	maturity, days := r.of("maturity"), r.of("days")
	var err error
	switch {
	case maturity != "" && days != "":
		r.refuse("maturity", code.BadDate.New("a row has a maturity or days, not both"))
	case maturity != "":
		r.Maturity, err = sheet.Date(maturity)
		r.refuse("maturity", err)
	case days != "":
		const longest = 3660 // far beyond every cap
		if r.Payable.Days, err = strconv.Atoi(days); err != nil || r.Payable.Days < 1 || r.Payable.Days > longest {
			r.Payable.Days = 0
			r.refuse("days", code.BadDate.New("%.20q is not a number of days", days))
		}
	default:
		if r.Payable.Days = r.Form.Days; r.Payable.Days < 1 {
			r.refuse("maturity", code.BadDate.New("the row has neither a maturity nor days"))
		}
	}
}

// covered reads which invoices cover a row: fingerprints, each with its amount
// unless there is one for all ("3f…:100.00;9a…:200.00"), or the facts of one
// invoice, of which a bank's node makes the fingerprint.
func (r *rowReader) covered() {
	text, invoice := r.of("invoices"), r.of("invoice_number")
	switch {
	case text == "" && invoice == "":
		r.refuse("invoices", code.EvidenceMissing.New("the row names no invoice"))
	case text != "" && invoice != "":
		r.refuse("invoices", code.BadArgument.New("a row names fingerprints of invoices or the facts of one, not both"))
	case text == "":
		day, err := sheet.Date(r.of("invoice_date"))
		if err != nil {
			r.refuse("invoice_date", err)
			return
		}
		r.Invoice = evidence.InvoiceFacts{
			Code: r.of("invoice_code"), Number: invoice, Date: day, Seller: r.Creditor, Buyer: r.Debtor, Amount: r.Amount,
		}
		if len(r.faults) == 0 { // the facts of another column are refused there
			r.refuse("invoice_number", r.Invoice.Check())
		}
	default:
		cover, err := r.allocations(text)
		if err != nil {
			r.refuse("invoices", err)
			return
		}
		r.Cover = cover
	}
}

func (r *rowReader) allocations(text string) ([]record.Allocation, error) {
	var cover []record.Allocation
	var sum money.Fen
	for part := range strings.SplitSeq(text, ";") {
		name, amount, has := strings.Cut(strings.TrimSpace(part), ":")
		fingerprint, err := record.ParseDigest(name)
		if err != nil {
			return nil, code.BadArgument.New("%.80q is not the fingerprint of an invoice", name)
		}
		a := record.Allocation{Invoice: fingerprint, Amount: r.Amount}
		if has {
			if a.Amount, err = money.ParseHuman(amount); err != nil {
				return nil, err
			}
		}
		if sum, err = sum.Add(a.Amount); err != nil {
			return nil, err
		}
		cover = append(cover, a)
	}
	if sum != r.Amount && r.Amount != 0 { // an amount that cannot be read is refused there
		return nil, code.EvidenceInsufficient.New("the invoices add up to %s, the row is %s", sum, r.Amount)
	}
	return cover, nil
}
