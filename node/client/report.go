package client

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Flow is how many and how much.
type Flow struct {
	Count  int64     `json:"count"`
	Amount money.Fen `json:"amount"`
}

// DayRow is what happened on one day to what one debtor owes.
type DayRow struct {
	Day         calendar.Date `json:"day"`
	Debtor      string        `json:"debtor"`
	Issued      Flow          `json:"issued"`
	Accepted    Flow          `json:"accepted"`
	Transferred Flow          `json:"transferred"`
	Financed    Flow          `json:"financed"`
	Redeemed    Flow          `json:"redeemed"`
	Returned    Flow          `json:"returned"` // had redeemed, and came back
	Overdue     Flow          `json:"overdue"`  // certificates of which fen were not paid the day before, their date
}

// FinancingsRow is what one bank paid out to holders in one month, and at what
// price.
type FinancingsRow struct {
	Month    string     `json:"month"` // 2026-11
	Bank     string     `json:"bank"`
	Count    int64      `json:"count"`
	Amount   money.Fen  `json:"amount"` // fen that were sold or pledged
	PaidOut  money.Fen  `json:"paidOut"`
	Interest money.Fen  `json:"interest"`
	Fees     money.Fen  `json:"fees"`
	AllInMin money.Rate `json:"allInMin"` // percent a year
	AllInAvg money.Rate `json:"allInAvg"` // weighted by what was paid out
	AllInMax money.Rate `json:"allInMax"`
}

// LegRow is a payment with its two accounts and what the banks said of it.
type LegRow struct {
	ID           string                 `json:"id"`
	Purpose      record.Purpose         `json:"purpose"`
	Run          string                 `json:"run"`
	Round        uint32                 `json:"round"`
	Follows      string                 `json:"follows"`
	Payer        string                 `json:"payer"`
	PayerAccount string                 `json:"payerAccount"`
	PayerBank    string                 `json:"payerBank"`
	Payee        string                 `json:"payee"`
	PayeeAccount string                 `json:"payeeAccount"`
	PayeeBank    string                 `json:"payeeBank"`
	Amount       money.Fen              `json:"amount"`
	Fen          money.Fen              `json:"fen"`
	State        record.SettlementState `json:"state"`
	Made         calendar.Instant       `json:"made"`
	Instructed   calendar.Instant       `json:"instructed"`
	AdviceBank   string                 `json:"adviceBank"`
	Reference    string                 `json:"reference"` // of the advice
	Credited     calendar.Instant       `json:"credited"`
	Ended        calendar.Instant       `json:"ended"`
	Disputed     calendar.Instant       `json:"disputed"`
	Dispute      string                 `json:"dispute"`
	Reason       string                 `json:"reason"`
}

// OverdueRow is what a debtor pays or has paid late.
type OverdueRow struct {
	Debtor       string        `json:"debtor"`
	Runs         int64         `json:"runs"`
	Certificates int64         `json:"certificates"`
	Amount       money.Fen     `json:"amount"`
	Open         money.Fen     `json:"open"` // of the amount: in no payment
	Since        calendar.Date `json:"since"`
	Days         int           `json:"days"`
	Accruing     money.Fen     `json:"accruing"` // late interest until today, not yet owed
	Accrued      money.Fen     `json:"accrued"`  // late interest that became owed
	InterestPaid money.Fen     `json:"interestPaid"`
	Waived       money.Fen     `json:"waived"`
	Extended     money.Fen     `json:"extended"`
	PaidLate     money.Fen     `json:"paidLate"`
}

// Fact is one fact of an alert.
type Fact struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Alert is something that a person should look at, with what people said to it.
type Alert struct {
	ID      record.Digest        `json:"id"`
	Rule    string               `json:"rule"`
	Subject string               `json:"subject"`
	Members []string             `json:"members"` // whom it is about
	Others  []string             `json:"others"`  // named besides
	Since   calendar.Instant     `json:"since"`
	Facts   []Fact               `json:"facts"`
	State   record.AlertState    `json:"state"`
	Answers []record.AlertAnswer `json:"answers"`
}

// ClearingWork is something of the clearing that waits for a member.
type ClearingWork struct {
	Kind     string           `json:"kind"` // overdue, funds, instruct, stale, dispute, returned, account, interest, extension
	Subject  string           `json:"subject"`
	Run      string           `json:"run"`
	Debtor   string           `json:"debtor"`
	Member   string           `json:"member"`  // whose turn it is
	Members  []string         `json:"members"` // all whom it concerns
	Since    calendar.Instant `json:"since"`
	Days     int              `json:"days"`
	Count    int64            `json:"count"`
	Amount   money.Fen        `json:"amount"`
	Interest money.Fen        `json:"interest"`
	Next     string           `json:"next"`
	NextZH   string           `json:"nextZh"`
}

// Rung is what a debtor is to pay on one day.
type Rung struct {
	Day          calendar.Date `json:"day"`
	Mark         string        `json:"mark"` // overdue, T, T-1, T-5 or empty
	Days         int           `json:"days"`
	WorkingDays  int           `json:"workingDays"`
	Certificates int64         `json:"certificates"`
	Amount       money.Fen     `json:"amount"`
	Interest     money.Fen     `json:"interest"`
	Awaiting     money.Fen     `json:"awaiting"`
	Sum          money.Fen     `json:"sum"`
}

// AsOf says of which moment of the ledger a report is.
type AsOf struct {
	Height int64            `json:"height"`
	Time   calendar.Instant `json:"time"`
}

// Ladder is what a debtor is to pay on which day, what is overdue first.
type Ladder struct {
	AsOf   AsOf   `json:"asOf"`
	Debtor string `json:"debtor"`
	Rungs  []Rung `json:"rungs"`
}

// ReportKind is a report that is also there as a comma-separated file.
type ReportKind string

// Reports.
const (
	ReportDaily      ReportKind = "daily"
	ReportFinancings ReportKind = "financings"
	ReportLegs       ReportKind = "legs"
	ReportOverdue    ReportKind = "overdue"
)

// ReportFilter selects rows of a report; a zero field selects all that the signer may
// see. Not every report has every field; a node refuses one that it does not have.
type ReportFilter struct {
	Debtor  string
	Bank    string         // financings, legs
	Member  string         // financings, legs: who is a party
	Run     string         // legs
	Purpose record.Purpose // legs
	From    calendar.Date  // overdue: payment dates
	To      calendar.Date
}

func (f *ReportFilter) query() url.Values {
	return url.Values{
		"debtor": {f.Debtor}, "bank": {f.Bank}, "member": {f.Member}, "run": {f.Run}, "purpose": {f.Purpose.String()},
		"from": {dateText(f.From)}, "to": {dateText(f.To)},
	}
}

func dateText(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// DailyReport counts by day and debtor what happened.
func (c *Client) DailyReport(ctx context.Context, f ReportFilter) iter.Seq2[DayRow, error] {
	return list[DayRow](ctx, c, ReportDaily.path(), f.query())
}

// FinancingsReport counts by month and bank what was paid out to holders.
func (c *Client) FinancingsReport(ctx context.Context, f ReportFilter) iter.Seq2[FinancingsRow, error] {
	return list[FinancingsRow](ctx, c, ReportFinancings.path(), f.query())
}

// LegsReport lists payments that have to do with a run, or those of a purpose, with their
// advices.
func (c *Client) LegsReport(ctx context.Context, f ReportFilter) iter.Seq2[LegRow, error] {
	return list[LegRow](ctx, c, ReportLegs.path(), f.query())
}

// OverdueReport lists by debtor what is overdue and was paid late.
func (c *Client) OverdueReport(ctx context.Context, f ReportFilter) iter.Seq2[OverdueRow, error] {
	return list[OverdueRow](ctx, c, ReportOverdue.path(), f.query())
}

func (k ReportKind) path() string { return "/v1/reports/" + url.PathEscape(string(k)) }

// WriteReport writes a report as a comma-separated file (RFC 4180): the names of the
// columns, then every row, read from the node page by page.
func (c *Client) WriteReport(ctx context.Context, w io.Writer, k ReportKind, f ReportFilter) error {
	q := url.Values{"limit": {"500"}}
	for name, values := range f.query() {
		if values[0] != "" {
			q[name] = values
		}
	}
	for first := true; ; first = false {
		var page document
		uri := k.path() + "?" + q.Encode()
		if err := c.do(ctx, call{method: http.MethodGet, uri: uri, login: true, accept: "text/csv"}, &page); err != nil {
			return fmt.Errorf("read %s: %w", uri, err)
		}
		rows := page.text
		if !first {
			_, rows, _ = bytes.Cut(rows, []byte("\n")) // the names of the columns, which have no line breaks
		}
		if _, err := w.Write(rows); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
		next := page.header.Get("Next-Cursor")
		if next == "" {
			return nil
		}
		q.Set("cursor", next)
	}
}

// NoPooling asks for the proof that the ledger holds no money, as JSON: for those who
// see all.
func (c *Client) NoPooling(ctx context.Context) (jsontext.Value, error) {
	v, err := get[jsontext.Value](ctx, c, "/v1/reports/no-pooling")
	if err != nil {
		return nil, err
	}
	return *v, nil
}

// AlertFilter selects alerts; a zero field selects all that the signer may see.
type AlertFilter struct {
	ID     record.Digest
	Rule   string
	State  record.AlertState
	Member string // whom it is about
	From   calendar.Date
	To     calendar.Date
}

// Alerts lists alerts, oldest first.
func (c *Client) Alerts(ctx context.Context, f AlertFilter) iter.Seq2[Alert, error] {
	q := url.Values{
		"rule": {f.Rule}, "state": {f.State.String()}, "member": {f.Member}, "from": {dateText(f.From)}, "to": {dateText(f.To)},
	}
	if !f.ID.IsZero() {
		q.Set("id", f.ID.String())
	}
	return list[Alert](ctx, c, "/v1/alerts", q)
}

// ClearingFilter selects what waits in the clearing; a zero field selects all that the
// signer may see.
type ClearingFilter struct {
	Member string // whom it concerns
	Turn   string // whose turn it is
	Debtor string
	Kind   string
}

// ClearingWorklist lists what waits in the clearing, by kind and time.
func (c *Client) ClearingWorklist(ctx context.Context, f ClearingFilter) iter.Seq2[ClearingWork, error] {
	return list[ClearingWork](ctx, c, "/v1/clearing/worklist", url.Values{
		"member": {f.Member}, "turn": {f.Turn}, "debtor": {f.Debtor}, "kind": {f.Kind},
	})
}

// Ladder reads what a debtor is to pay on each of the next days; 0 days are as many as
// the node takes by default.
func (c *Client) Ladder(ctx context.Context, debtor string, days int) (*Ladder, error) {
	uri := "/v1/debtors/" + url.PathEscape(debtor) + "/ladder"
	if days != 0 {
		uri += "?days=" + strconv.Itoa(days)
	}
	return get[Ladder](ctx, c, uri)
}
