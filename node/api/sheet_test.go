package api_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/api"
)

const previewPath = "/v1/batches/preview"

// previewed is what the node says of a batch.
type previewed struct {
	Rows []struct {
		Row    int               `json:"row"`
		Values map[string]string `json:"values"`
		Faults []struct {
			Column  string `json:"column"`
			Code    string `json:"code"`
			Message string `json:"message"`
			Rule    string `json:"rule"`
		} `json:"faults"`
		Argument *certificate.IssueArgument `json:"argument"`
	} `json:"rows"`
	Faults []struct {
		Code string `json:"code"`
	} `json:"faults"`
	Totals struct {
		Rows       int      `json:"rows"`
		Good       int      `json:"good"`
		Amount     string   `json:"amount"`
		Capital    string   `json:"capital"`
		BySupplier []summed `json:"bySupplier"`
		ByMaturity []summed `json:"byMaturity"`
		ByLine     []summed `json:"byLine"`
	} `json:"totals"`
}

type summed struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Amount string `json:"amount"`
	Left   string `json:"left"`
}

// post sends a file of a media type.
func (n *node) post(who, uri, media string, body []byte, more ...string) answer {
	n.Helper()
	r, err := http.NewRequestWithContext(n.Context(), http.MethodPost, n.http.URL+uri, bytes.NewReader(body))
	if err != nil {
		n.Fatal(err)
	}
	r.Header.Set("Content-Type", media)
	r.Header.Set("X-Request-Id", "same")
	for i := 0; i+1 < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	if who != "" {
		r.Header.Set("Authorization", n.login(who, http.MethodPost, uri, body))
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		n.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		n.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// bought is a ledger on which core has bought from steel and paint: a contract and an
// invoice of 1,000,000.00 with each, and a line of 50,000.00 at bank1.
type bought struct {
	*node
	contract, invoice map[string]string
}

func buy(t *testing.T) *bought {
	t.Helper()
	b := &bought{node: newNode(t), contract: map[string]string{}, invoice: map[string]string{}}
	for _, alias := range []string{"core", "steel", "paint"} {
		b.Enrol(alias)
	}
	for _, seller := range []string{"steel", "paint"} {
		contract, invoice := b.Invoice("core", seller, "bill of "+seller, "1000000.00")
		b.contract[seller], b.invoice[seller] = contract, invoice.String()
	}
	b.Must("bank1/maker", "credit:Grant", map[string]any{
		"id": "line-1", "debtor": b.IDs["core"], "limit": "50000.00", "from": b.Now.Date(), "to": b.Now.Date().AddDays(300),
	})
	return b
}

// row is a row of the template.
func (b *bought) row(reference, seller, amount, maturity string) []string {
	return []string{reference, b.IDs[seller], amount, maturity, "", b.contract[seller], b.invoice[seller], "", "", "", "", ""}
}

func workbookOf(t *testing.T, heading []string, rows [][]string) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range append([][]string{heading}, rows...) {
		cells := make([]any, len(row))
		for k, cell := range row {
			cells[k] = cell
		}
		if err := w.SetRow(fmt.Sprint("A", i+1), cells); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func chineseHeading() []string {
	return strings.Split("付款编号,供应商统一社会信用代码,金额,到期日,期限天数,合同编号,发票指纹,发票代码,发票号码,开票日期,授信银行,授信额度编号", ",")
}

// A preview holds much in memory: of one member only two are under way, and others have
// their turn.
func TestPreviewsAreFewAtATime(t *testing.T) {
	b := buy(t)
	within, goOn := make(chan bool, 8), make(chan bool)
	b.serve(func(c *api.Config) {
		c.Fingerprint = func(epoch uint32, f api.InvoiceFacts) (record.Digest, error) {
			within <- true
			<-goOn
			return fingerprint(epoch, f)
		}
	})
	row := b.row("AP-1", "steel", "100.00", b.Now.Date().AddDays(90).String())
	row[6], row[8], row[9] = "", "25332000000000000001", b.Now.Date().AddDays(-1).String()
	body := workbookOf(t, chineseHeading(), [][]string{row})
	ask := func() answer { return b.post("core/maker", previewPath, mediaXLSX, body) }
	answers := make(chan answer, 2)
	for range 2 {
		go func() { answers <- ask() }()
		<-within
	}
	if a := ask(); a.status != http.StatusTooManyRequests || a.code(t) != "RATE_LIMITED" {
		t.Errorf("a third: %d %s", a.status, a.body)
	}
	if a := b.ask("core/maker", http.MethodGet, "/v1/statements/2026-01", ""); a.status != http.StatusTooManyRequests {
		t.Errorf("a statement besides: %d %s", a.status, a.body)
	}
	if a := b.ask("steel/maker", http.MethodGet, "/v1/statements/2026-01", ""); a.status == http.StatusTooManyRequests {
		t.Errorf("another member's statement: %d %s", a.status, a.body)
	}
	close(goOn)
	for range 2 {
		if a := <-answers; a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if a := ask(); a.status != http.StatusOK {
		t.Errorf("afterwards: %d %s", a.status, a.body)
	}
}

// The clerk's month end: 800 rows, eleven of which are wrong, each marked in its column.
func TestABatchOfEightHundredRowsIsCheckedInPlace(t *testing.T) {
	b := buy(t)
	b.Issue("core", "steel", "used", "10.00", 41) // its reference is ref-used, its number today's 41st
	stranger, err := number.CompleteSocialCredit("91330106MA27XTWC3")
	if err != nil {
		t.Fatal(err)
	}
	day := b.Now.Date()
	good := day.AddDays(90).String()
	rows := make([][]string, 800)
	for i := range rows {
		rows[i] = b.row(fmt.Sprintf("AP-%04d", i+1), []string{"steel", "paint"}[i%2], "1,000.00", good)
		if i >= 700 && i < 750 {
			rows[i][2], rows[i][10], rows[i][11] = "1000", b.IDs["bank1"], "line-1"
		}
	}
	set := func(line, cell int, text string) { rows[line-2][cell] = text }
	planted := map[int]string{
		10: "creditor MEMBER_UNKNOWN", 50: "amount BAD_AMOUNT", 99: "maturity BAD_DATE", 100: "maturity TERM_TOO_LONG",
		150: "maturity REVIEW_MISSING", 200: "reference REFERENCE_USED", 250: "reference REFERENCE_USED", 300: "invoices EVIDENCE_MISSING",
		350: "contract EVIDENCE_PARTIES", 752: "line LINE_INSUFFICIENT", 801: "invoices EVIDENCE_INSUFFICIENT",
	}
	set(10, 1, stranger)
	set(50, 2, "1.000,00")
	set(99, 3, "31.12.2026")
	set(100, 3, day.AddDays(400).String())
	set(150, 3, day.AddDays(300).String())
	set(200, 0, "ref-used")
	set(250, 0, "AP-0001")
	set(300, 6, strings.Repeat("0f", 32))
	set(350, 5, b.contract["paint"])
	set(752, 2, "1000.00")
	set(752, 10, b.IDs["bank1"])
	set(752, 11, "line-1")
	set(801, 2, "900000.00")
	// Row 350 is steel's, and has paint's contract; row 752 is the one row too many on the line.
	a := b.post("core/maker", previewPath, mediaXLSX, workbookOf(t, chineseHeading(), rows), "Accept-Language", "zh-CN")
	var out previewed
	read(t, a, &out)
	if len(out.Rows) != 800 || out.Totals.Rows != 800 || out.Totals.Good != 789 || len(out.Faults) != 0 {
		t.Fatalf("%d rows, %+v", len(out.Rows), out.Totals)
	}
	last := 41
	for _, r := range out.Rows {
		var got []string
		for _, f := range r.Faults {
			got = append(got, f.Column+" "+f.Code)
			if f.Message == "" || strings.ContainsAny(f.Message, "abcdefgh") {
				t.Errorf("row %d is told %q", r.Row, f.Message)
			}
			if strings.HasPrefix(f.Code, "TERM") && f.Rule != "TERM-MAX" {
				t.Errorf("row %d names rule %q", r.Row, f.Rule)
			}
		}
		if want := planted[r.Row]; strings.Join(got, ", ") != want {
			t.Errorf("row %d: %v, not %q", r.Row, got, want)
		}
		if (r.Argument != nil) != (planted[r.Row] == "") {
			t.Errorf("row %d: argument %v", r.Row, r.Argument)
		}
		if r.Argument == nil {
			continue
		}
		if last++; mustParse(t, r.Argument.Number).Sequence != last {
			t.Errorf("row %d has number %s after %d", r.Row, r.Argument.Number, last)
		}
	}
	if out.Totals.Amount != "789000.00" || out.Totals.Capital != "人民币柒拾捌万玖仟元整" || len(out.Totals.BySupplier) != 2 || out.Totals.BySupplier[0].Name != "paint" {
		t.Errorf("%+v", out.Totals)
	}
	if line := out.Totals.ByLine; len(line) != 1 || line[0].Amount != "50000.00" || line[0].Left != "0.00" {
		t.Errorf("by line: %+v", line)
	}
	// What came out is what the ledger takes.
	for _, i := range []int{0, 702} {
		if o := b.Do("core/maker", "certificate:Issue", out.Rows[i].Argument); o.Code != 0 {
			t.Errorf("row %d: %s", out.Rows[i].Row, o.Detail)
		}
	}
	if before := b.ask("core/maker", http.MethodGet, "/v1/certificates", ""); strings.Count(before.body, `"number"`) != 3 {
		t.Errorf("a preview has issued something: %s", before.body)
	}
}

func mustParse(t *testing.T, text string) number.Certificate {
	t.Helper()
	n, err := number.ParseCertificate(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The template is read as it comes, in both forms and languages, and CSV and JSON are the
// same batch.
func TestTheTemplateAndAllFormsAreRead(t *testing.T) {
	b := buy(t)
	for _, query := range []string{"format=xlsx&language=zh", "format=xlsx&language=en", "format=csv&language=zh", "format=csv&language=en"} {
		a := b.ask("core/maker", http.MethodGet, "/v1/batches/template?"+query, "")
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.status, a.body)
		}
		var out previewed
		read(t, b.post("core/maker", previewPath, a.header.Get("Content-Type"), []byte(a.body)), &out)
		if len(out.Rows) != 1 || out.Totals.Good != 0 || out.Rows[0].Faults[0].Column == "" {
			t.Errorf("%s: %+v", query, out)
		}
	}
	row := b.row("AP-1", "steel", "12.50", b.Now.Date().AddDays(60).String())
	text := "reference,creditor,amount,maturity,contract,invoices\n" + strings.Join([]string{row[0], row[1], row[2], row[3], row[5], row[6]}, ",") + "\n"
	asJSON := fmt.Sprintf(`{"rows":[{"reference":%q,"creditor":%q,"amount":%q,"maturity":%q,"contract":%q,"invoices":%q}]}`,
		row[0], row[1], row[2], row[3], row[5], row[6])
	for media, body := range map[string]string{"text/csv": text, "application/json": asJSON} {
		var out previewed
		read(t, b.post("core/maker", previewPath, media, []byte(body)), &out)
		if out.Totals.Good != 1 || out.Totals.Amount != "12.50" {
			t.Errorf("%s: %+v", media, out)
		}
	}
	var out previewed
	read(t, b.post("steel/maker", previewPath, "text/csv", []byte(text)), &out)
	if out.Totals.Good != 0 || out.Rows[0].Argument != nil {
		t.Errorf("another member's payables: %+v", out)
	}
}

// Whoever asks about the invoice or the contract of others learns nothing of them.
func TestAPreviewTellsNothingOfOthers(t *testing.T) {
	b := buy(t)
	ask := func(contract, invoice string) string {
		body := fmt.Sprintf(`{"rows":[{"reference":"x","creditor":%q,"amount":"1.00","days":"30","contract":%q,"invoices":%q}]}`, b.IDs["steel"], contract, invoice)
		a := b.post("paint/maker", previewPath, "application/json", []byte(body))
		text := strings.NewReplacer(contract, "C", invoice, "I").Replace(a.body)
		return text
	}
	real, made := ask(b.contract["steel"], b.invoice["steel"]), ask(strings.Repeat("0", len(b.contract["steel"])), strings.Repeat("1", 64))
	if real != made {
		t.Errorf("of others: %s\nof nobody: %s", real, made)
	}
}

// bomb is an archive in which a worksheet unpacks to very much.
func bomb(t *testing.T, book []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(to, from); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "xl/worksheets/") {
			for range 1024 {
				if _, err := to.Write(bytes.Repeat([]byte(" "), 128<<10)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func formula(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "reference", "B1": "creditor", "C1": "amount", "F1": "contract"} {
		if err := f.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellFormula("Sheet1", "C2", "=1+1"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestHostileSheetsAreRefusedWithACode(t *testing.T) {
	b := buy(t)
	good := []byte("reference,creditor,amount,contract,invoices\n")
	for name, c := range map[string]struct {
		media, body, want string
	}{
		"nothing":           {"text/csv", "", "BAD_REQUEST"},
		"a zip bomb":        {mediaXLSX, string(bomb(t, workbookOf(t, chineseHeading(), nil))), "BAD_FILE"},
		"a million columns": {"text/csv", strings.Repeat("a,", 1_000_000) + "\n", "TOO_LARGE"},
		"a wide row":        {"text/csv", string(good) + strings.Repeat(",", 1_000_000) + "x\n", "TOO_LARGE"},
		"many rows":         {"text/csv", string(good) + strings.Repeat("a,b,1,c,d\n", 5_001), "TOO_LARGE"},
		"a formula":         {mediaXLSX, string(formula(t)), "BAD_FILE"},
		"not a workbook":    {mediaXLSX, "PK\x03\x04 nothing", "BAD_FILE"},
		"UTF-16":            {"text/csv", "\xff\xfea\x00", "BAD_FILE"},
		"GB18030":           {"text/csv", "\xb8\xb6\xbf\xee,b\n1,2\n", "BAD_FILE"},
		"no columns":        {"text/csv", "a,b,c\n1,2,3\n", "BAD_FILE"},
		"more than 10 MB":   {"text/csv", string(good) + strings.Repeat("a", 11<<20), "TOO_LARGE"},
		"no media type":     {"", string(good), "BAD_REQUEST"},
		"bad JSON":          {"application/json", `{"rows":[{"reference":1}]}`, "BAD_REQUEST"},
		"an unknown field":  {"application/json", `{"rows":[{"colour":"red"}]}`, "BAD_REQUEST"},
		"a control in JSON": {"application/json", `{"rows":[{"reference":"a\u0007"}]}`, "BAD_FILE"},
	} {
		a := b.post("core/maker", previewPath, c.media, []byte(c.body))
		if a.status < 400 || a.code(t) != c.want {
			t.Errorf("%s: %d %.200s", name, a.status, a.body)
		}
	}
	// A bad row is marked, and those after it are read.
	for name, cell := range map[string]string{"a bell": "\a", "a bidi control": "a\u202eb", "a long cell": strings.Repeat("x", 5_000)} {
		var out previewed
		read(t, b.post("core/maker", previewPath, "text/csv", []byte(string(good)+cell+",b,1,c,d\nAP-2,b,1,c,d\n")), &out)
		if len(out.Rows) != 2 || len(out.Rows[0].Faults) != 1 || out.Rows[0].Faults[0].Code != "BAD_FILE" {
			t.Errorf("%s: %+v", name, out)
		}
	}
	// A text that would be a formula is only ever text, and comes back as it was.
	var out previewed
	read(t, b.post("core/maker", previewPath, "text/csv", []byte(string(good)+"\"=HYPERLINK(1)\",b,=1+1,c,d\n")), &out)
	if out.Rows[0].Values["reference"] != "=HYPERLINK(1)" || out.Rows[0].Argument != nil {
		t.Errorf("%+v", out)
	}
	if a := b.post("", previewPath, "text/csv", good); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("without a login: %d %s", a.status, a.body)
	}
}

// A node that has the banks' key finds an invoice by what stands on it.
func TestAnInvoiceIsFoundByWhatStandsOnIt(t *testing.T) {
	b := buy(t)
	body := []byte(fmt.Sprintf(`{"rows":[{"reference":"x","creditor":%q,"amount":"1.00","days":"30","contract":%q,"invoice_number":"25332000000000000001","invoice_date":"2026-01-04"}]}`,
		b.IDs["steel"], b.contract["steel"]))
	for name, change := range map[string]func(*api.Config){"no key": func(*api.Config) {}, "a key": func(c *api.Config) { c.Fingerprint = fingerprint }} {
		b.serve(change)
		var out previewed
		read(t, b.post("core/maker", previewPath, "application/json", body), &out)
		if len(out.Rows[0].Faults) != 1 || out.Rows[0].Faults[0].Column != "invoice_number" || out.Rows[0].Faults[0].Code != "EVIDENCE_MISSING" {
			t.Errorf("%s: %+v", name, out.Rows[0])
		}
	}
}
