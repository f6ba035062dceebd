package api

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/payables"
	"github.com/tierledger/tierledger/node/sheet"
)

const (
	previewPath = "/v1/batches/preview"
	maxSheet    = 10 << 20 // bytes of a file of payables
)

// sheetLimits bound what is read of a file that a browser sends.
func sheetLimits() sheet.Limits {
	return sheet.Limits{Rows: 5_000, Bytes: 64 << 20, Row: 16 << 10, Cell: 4 << 10, Columns: 50}
}

// sheetBodyLimit is the size of the largest body of a request to preview a batch, in
// bytes; 0 for all other requests.
func sheetBodyLimit(r *http.Request) int64 {
	if r.Method == http.MethodPost && r.URL.Path == previewPath {
		return maxSheet
	}
	return 0
}

type previewInput struct {
	ContentType string `header:"Content-Type" maxLength:"128"`
	RawBody     []byte `contentType:"application/octet-stream"`
	Days        int    `query:"days" minimum:"0" maximum:"366" doc:"A row without a maturity or days of its own falls due so many days after the issue"`
	Unit        string `query:"unit" enum:"yuan,fen" default:"yuan" doc:"What an amount in the file counts"`
	Columns     string `query:"columns" maxLength:"1000" doc:"Headings of the file by field, where they are others than the template's" example:"creditor=供应商代码,amount=应付金额"`
}

// previewRows is a batch as JSON.
type previewRows struct {
	Rows []map[string]string `json:"rows" maxItems:"5000" doc:"Each a row, by field"`
}

// preview is what would become of a batch if it were issued now.
type preview struct {
	Rows   []previewRow   `json:"rows" doc:"In the file's order"`
	Faults []previewFault `json:"faults" doc:"What stands in the way of every row"`
	Totals previewTotals  `json:"totals" doc:"Of the good rows"`
	Days   int            `json:"days"`
	AsOf   calendar.Date  `json:"asOf" doc:"The day on which they would be issued"`
}

// previewRow is one row with what is wrong with it, or what the maker signs for it.
type previewRow struct {
	Row      int                `json:"row" doc:"Line in the file; its heading is 1"`
	Values   map[string]string  `json:"values" doc:"As they stand in the file, by field"`
	Faults   []previewFault     `json:"faults"`
	Argument *payables.Argument `json:"argument,omitempty" doc:"The argument of certificate:Issue, of a good row"`
}

// previewFault is one thing that is wrong.
type previewFault struct {
	Column  string `json:"column" doc:"The field; empty: the row as a whole"`
	Code    string `json:"code"`
	Message string `json:"message" doc:"English or Chinese by Accept-Language"`
	Rule    string `json:"rule,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Next    string `json:"next,omitempty"`
}

// previewTotals sums good rows.
type previewTotals struct {
	Rows       int          `json:"rows" doc:"All rows, good or not"`
	Good       int          `json:"good"`
	Amount     money.Fen    `json:"amount"`
	Capital    string       `json:"capital" doc:"The amount in Chinese capital numerals"`
	BySupplier []previewSum `json:"bySupplier" doc:"The largest first"`
	ByMaturity []previewSum `json:"byMaturity" doc:"The earliest first"`
	ByLine     []previewSum `json:"byLine" doc:"With what is left of the line after them"`
}

// previewSum is the good rows of one supplier, one maturity or one line.
type previewSum struct {
	Key    string    `json:"key" doc:"Social credit code, day, or bank and line"`
	Name   string    `json:"name" doc:"Registered name of the supplier or bank"`
	Count  int       `json:"count"`
	Amount money.Fen `json:"amount"`
	Left   money.Fen `json:"left" doc:"Of the line"`
}

// previewer builds a preview.
type previewer struct {
	*reading
	form  payables.Form
	check payables.Check
	out   preview
	sums  [3]map[string]*previewSum
}

func (s *Server) preview(r *reading, in *previewInput) (*preview, error) {
	leave, err := s.heavy.enter(r.Member.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	pack, err := s.pack(r, &packInput{})
	if err != nil {
		return nil, err
	}
	unit, err := sheet.ParseUnit(in.Unit)
	if err != nil {
		return nil, err
	}
	p := &previewer{
		reading: r, form: payables.Form{Debtor: r.Member.ID, Unit: unit, Days: in.Days},
		check: payables.Check{State: r.State, Debtor: &r.Member, Pack: pack, Today: r.Now.Date(), Registered: s.registeredInvoice(r)},
		out:   preview{Rows: []previewRow{}, Days: in.Days, AsOf: r.Now.Date()},
	}
	for i := range p.sums {
		p.sums[i] = map[string]*previewSum{}
	}
	whole, err := p.check.Whole()
	if err != nil {
		return nil, err
	}
	p.out.Faults = p.faults(whole)
	kind, _, err := mime.ParseMediaType(in.ContentType)
	switch {
	case err != nil:
		return nil, code.BadRequest.New("no Content-Type")
	case len(in.RawBody) == 0:
		return nil, code.BadFile.New("the file is empty")
	case kind == mediaJSON:
		err = p.readJSON(in.RawBody)
	default:
		err = p.readFile(bytes.NewReader(in.RawBody), in.Columns)
	}
	if err != nil {
		return nil, err
	}
	return &p.out, p.total()
}

// registeredInvoice finds invoices that are named by what stands on them; nil at a node
// that cannot.
func (s *Server) registeredInvoice(r *reading) func(payables.InvoiceFacts) (record.Digest, error) {
	if s.Fingerprint == nil {
		return nil
	}
	return func(f payables.InvoiceFacts) (record.Digest, error) {
		if err := r.Fingerprint(f.Seller, f.Buyer); err != nil {
			return record.Digest{}, err
		}
		if err := s.quota.take(r.Member.ID, r.Now.Date(), 1); err != nil {
			return record.Digest{}, err
		}
		made, err := s.allFingerprints(r.settings.FingerprintEpoch, InvoiceFacts(f))
		if err != nil {
			return record.Digest{}, err
		}
		for _, print := range made.Earlier {
			if known, err := record.Find(r.State, record.InvoiceKey(print)); known != nil || err != nil {
				return print, err
			}
		}
		return made.Fingerprint, nil
	}
}

// readFile reads a file in whichever format it is.
func (p *previewer) readFile(from io.Reader, headings string) (err error) {
	columns, err := sheet.ParseColumns(headings)
	if err != nil {
		return err
	}
	in, err := sheet.Read(from, sheetLimits())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	at, err := columns.Layout(payables.Fields(), in.Header)
	if err != nil {
		return err
	}
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && (sheet.Fatal(err) || row.Cells == nil) {
			return err
		}
		of := func(field string) string {
			if i := at[field]; i >= 0 && i < len(row.Cells) {
				return row.Cells[i]
			}
			return ""
		}
		if err != nil {
			p.add(row.Line, of, []payables.Fault{{Refusal: code.Of(err)}}, nil)
			continue
		}
		if err := p.row(row.Line, of); err != nil {
			return err
		}
	}
}

func (p *previewer) readJSON(body []byte) error {
	var in previewRows
	if err := json.Unmarshal(body, &in, json.RejectUnknownMembers(true)); err != nil {
		return code.BadRequest.New("%s", complaint(err))
	}
	limits := sheetLimits()
	if len(in.Rows) > limits.Rows {
		return code.TooLarge.New("more than %d rows; divide the batch", limits.Rows)
	}
	for i, cells := range in.Rows {
		for _, field := range slices.Sorted(maps.Keys(cells)) {
			if !slices.Contains(payables.Headings(false), field) {
				return code.BadRequest.New("row %d: there is no field %.40q", i+1, field)
			}
			if err := limits.CheckCell(cells[field]); err != nil {
				return err
			}
		}
		if err := p.row(i+1, func(field string) string { return cells[field] }); err != nil {
			return err
		}
	}
	return nil
}

// row checks one row and counts it.
func (p *previewer) row(line int, of func(string) string) error {
	read, faults := p.form.Read(line, of)
	if len(faults) == 0 {
		var err error
		if faults, err = p.check.Row(&read); err != nil {
			return fmt.Errorf("check row %d: %w", line, err)
		}
	}
	if len(faults) > 0 {
		p.add(line, of, faults, nil)
		return nil
	}
	argument, err := p.check.Argument(&read)
	if err != nil {
		return err
	}
	p.add(line, of, nil, &argument)
	return p.count(&read)
}

func (p *previewer) add(line int, of func(string) string, faults []payables.Fault, argument *payables.Argument) {
	values := map[string]string{}
	for _, field := range payables.Headings(false) {
		if text := of(field); text != "" {
			values[field] = text
		}
	}
	p.out.Totals.Rows++
	p.out.Rows = append(p.out.Rows, previewRow{Row: line, Values: values, Faults: p.faults(faults), Argument: argument})
}

func (p *previewer) faults(list []payables.Fault) []previewFault {
	out := make([]previewFault, len(list))
	for i, f := range list {
		said := refusalOf(p.facts, f.Refusal)
		out[i] = previewFault{Column: f.Column, Code: said.Code, Message: said.Title, Rule: said.Rule, Detail: said.Detail, Next: said.Next}
	}
	return out
}

func (p *previewer) count(good *payables.Payable) (err error) {
	t := &p.out.Totals
	t.Good++
	if t.Amount, err = t.Amount.Add(good.Amount); err != nil {
		return err
	}
	for i, key := range []string{good.Creditor, good.MaturityOn(p.out.AsOf).String(), good.Bank + " " + good.From} {
		if i == 2 && good.From == "" {
			continue
		}
		sum := p.sums[i][key]
		if sum == nil {
			sum = &previewSum{Key: key}
			p.sums[i][key] = sum
		}
		sum.Count++
		sum.Amount += good.Amount // at most the whole
		if i == 2 {
			sum.Left, _ = p.check.Left(good.Bank, good.From)
		}
	}
	return nil
}

func (p *previewer) total() error {
	t := &p.out.Totals
	t.Capital = t.Amount.Capital()
	for i, to := range []*[]previewSum{&t.BySupplier, &t.ByMaturity, &t.ByLine} {
		*to = []previewSum{}
		for _, key := range slices.Sorted(maps.Keys(p.sums[i])) {
			sum := p.sums[i][key]
			if id := key[:min(len(key), len("91330100000869877P"))]; i != 1 {
				m, err := record.Find(p.State, record.MemberKey(id))
				if err != nil {
					return err
				}
				if m != nil {
					sum.Name = m.Name
				}
			}
			*to = append(*to, *sum)
		}
	}
	slices.SortStableFunc(t.BySupplier, func(a, b previewSum) int { return cmp.Compare(b.Amount, a.Amount) })
	return nil
}

type templateInput struct {
	Format   string `query:"format" enum:"xlsx,csv" default:"xlsx"`
	Language string `query:"language" enum:"zh,en" default:"zh" doc:"Of the headings; a file is read with either"`
}

// template writes a file to fill in, with one row as an example that nothing can come
// of.
func (s *Server) template(r *reading, in *templateInput) (*file, error) {
	day := r.Now.Date()
	example := []string{
		"AP-0001", "91330100000869877P", "300000.00", day.AddMonths(3).String(), "", "0000000000000000", "", "", "25332000000000000001",
		day.AddDays(-7).String(), "", "",
	}
	var b bytes.Buffer
	if err := payables.WriteTemplate(&b, in.Format == "xlsx", in.Language == "zh", example); err != nil {
		return nil, fmt.Errorf("write the template: %w", err)
	}
	media := mediaXLSX
	if in.Format != "xlsx" {
		media = mediaCSV + "; charset=utf-8; header=present"
	}
	return newFile(media, "payables."+in.Format, b.Bytes()), nil
}

func (s *Server) sheetRoutes() {
	tags := []string{"batches"}
	read(s, huma.Operation{
		OperationID: "previewBatch", Method: http.MethodPost, Path: previewPath, Tags: tags, MaxBodyBytes: maxSheet, SkipValidateBody: true,
		Summary: "Check a list of payables before it is issued, row by row",
		Description: "The body is the file itself, XLSX or CSV of at most 10 MB and 5,000 rows, or rows as JSON. Each row is held against the ledger " +
			"as the contract will: supplier, dates, TERM-MAX, references, contract, what is left of invoices and credit lines after the rows " +
			"above it. Nothing is stored. A good row comes with the argument that your maker signs. A workbook has values, no formulas.",
		RequestBody: &huma.RequestBody{Required: true, Content: previewBody(s)},
	}, s.preview)
	readFile(s, huma.Operation{
		OperationID: "getBatchTemplate", Path: "/v1/batches/template", Tags: tags,
		Summary: "A file of payables to fill in", Description: "With its headings and an example row.",
	}, s.template, mediaXLSX, mediaCSV)
}

// previewBody describes the forms of a batch.
func previewBody(s *Server) map[string]*huma.MediaType {
	content := binary(mediaXLSX, mediaCSV, "application/gzip", "application/octet-stream")
	content[mediaJSON] = &huma.MediaType{Schema: s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[previewRows](), true, "PreviewRows")}
	return content
}
