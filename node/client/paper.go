package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// CertificatePaper is a certificate as PDF.
func (c *Client) CertificatePaper(ctx context.Context, number string) ([]byte, error) {
	return c.file(ctx, "/v1/certificates/"+url.PathEscape(number)+"/paper")
}

// HoldingPaper is one holding of a certificate as PDF.
func (c *Client) HoldingPaper(ctx context.Context, number string, holding uint32) ([]byte, error) {
	return c.file(ctx, fmt.Sprintf("/v1/certificates/%s/holdings/%d/paper", url.PathEscape(number), holding))
}

// file reads an answer that is not JSON.
func (c *Client) file(ctx context.Context, uri string) ([]byte, error) {
	var answer document
	if err := c.do(ctx, call{method: http.MethodGet, uri: uri, login: true, accept: "*/*"}, &answer); err != nil {
		return nil, fmt.Errorf("read %s: %w", uri, err)
	}
	return answer.text, nil
}

// Paper is what a paper's QR code says.
type Paper struct {
	Origin      string // of the node that printed it, such as https://node.bank.example
	Certificate string
	Holding     uint32 // 0: the certificate itself
	Mark        record.Digest
}

// ParsePaper reads the link in a paper's QR code, ORIGIN/#/verify?c=...&h=...&t=...:
// BAD_ARGUMENT.
func ParsePaper(link string) (Paper, error) {
	bad := code.BadArgument.New("%.200q is not the link of a paper", link)
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Paper{}, bad
	}
	path, query, ok := strings.Cut(u.Fragment, "?")
	values, err := url.ParseQuery(query)
	if !ok || err != nil || path != "/verify" || values.Get("c") == "" {
		return Paper{}, bad
	}
	p := Paper{Origin: u.Scheme + "://" + u.Host, Certificate: values.Get("c")}
	if p.Mark, err = record.ParseDigest(values.Get("t")); err != nil {
		return Paper{}, bad
	}
	if text := values.Get("h"); text != "" {
		h, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return Paper{}, bad
		}
		p.Holding = uint32(h)
	}
	return p, nil
}

// PaperRecord is what the ledger says of a paper.
type PaperRecord struct {
	Network     string                  `json:"network"`
	AsOf        AsOf                    `json:"asOf"`
	Certificate string                  `json:"certificate"`
	Holding     uint32                  `json:"holding"` // 0: the certificate itself
	Debtor      string                  `json:"debtor"`
	DebtorName  string                  `json:"debtorName"`
	Holder      string                  `json:"holder"` // of a certificate: the first
	HolderName  string                  `json:"holderName"`
	Interval    interval.Interval       `json:"interval"`
	Amount      money.Fen               `json:"amount"`
	Redeemed    money.Fen               `json:"redeemed"`
	Issued      calendar.Date           `json:"issued"`
	Payment     calendar.Date           `json:"payment"`
	State       record.CertificateState `json:"state"`
	Locks       []record.LockKind       `json:"locks"`
	Recorded    calendar.Instant        `json:"recorded"`
	Current     bool                    `json:"current"` // nothing signed has changed it since
}

// VerifyPaper asks what the ledger says of a paper. It needs no login and no paper of
// one's own; NOT_FOUND when anything does not fit together.
func (c *Client) VerifyPaper(ctx context.Context, p Paper) (*PaperRecord, error) {
	query := url.Values{"certificate": {p.Certificate}, "holding": {strconv.FormatUint(uint64(p.Holding), 10)}}
	answer := new(PaperRecord)
	err := c.do(ctx, call{method: http.MethodGet, uri: "/v1/verifications/" + p.Mark.String() + "?" + query.Encode()}, answer)
	if err != nil {
		return nil, fmt.Errorf("verify the paper: %w", err)
	}
	return answer, nil
}

// StatementForm is in which form a statement is wanted.
type StatementForm string

// Forms of statements and vouchers.
const (
	FormJSON StatementForm = "json"
	FormPDF  StatementForm = "pdf"
	FormXLSX StatementForm = "xlsx"
	FormCSV  StatementForm = "csv"
)

// Statement is a member's statement of a month such as 2026-11, as JSON, PDF or XLSX.
// An empty member is the client's own.
func (c *Client) Statement(ctx context.Context, month, member string, form StatementForm) ([]byte, error) {
	part, ok := map[StatementForm]string{FormJSON: "", FormPDF: "/paper", FormXLSX: "/sheet"}[form]
	if !ok {
		return nil, code.BadArgument.New("a statement is json, pdf or xlsx, not %.20q", string(form))
	}
	return c.file(ctx, "/v1/statements/"+url.PathEscape(month)+part+ofMember(url.Values{}, member))
}

// Vouchers are the voucher lines of a month for a member's accountant, as XLSX, CSV or
// JSON. The model is collect-and-sell or collect; empty is the former.
func (c *Client) Vouchers(ctx context.Context, month, member, model string, form StatementForm) ([]byte, error) {
	query := url.Values{"format": {string(form)}}
	if model != "" {
		query.Set("model", model)
	}
	return c.file(ctx, "/v1/accounting/"+url.PathEscape(month)+ofMember(query, member))
}

func ofMember(query url.Values, member string) string {
	if member != "" {
		query.Set("member", member)
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + query.Encode()
}

// PreviewBatch has a file of payables checked row by row, as the node's JSON. The media
// type is that of the file: XLSX, CSV, or JSON rows. Nothing is stored.
func (c *Client) PreviewBatch(ctx context.Context, media string, file []byte, query url.Values) ([]byte, error) {
	uri := "/v1/batches/preview"
	if len(query) > 0 {
		uri += "?" + query.Encode()
	}
	var answer document
	if err := c.do(ctx, call{method: http.MethodPost, uri: uri, body: file, media: media, login: true}, &answer); err != nil {
		return nil, fmt.Errorf("preview the batch: %w", err)
	}
	return answer.text, nil
}
