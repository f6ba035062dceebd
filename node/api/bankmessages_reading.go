package api

import (
	stdjson "encoding/json"
	"strconv"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// messageDesk reads banks' messages, a few requests at a time: each may hold a lot.
type messageDesk struct{ places chan struct{} }

// enter takes a place, to be left when the request is answered.
func (d *messageDesk) enter() (leave func(), err error) {
	select {
	case d.places <- struct{}{}:
		return func() { <-d.places }, nil
	default:
		return nil, code.RateLimited.New("other messages are being read")
	}
}

type bankMessagesInput struct {
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"application/xml"`
}

// readMessage is what a message says of itself.
type readMessage struct {
	File    string           `json:"file"`
	Kind    iso20022.Kind    `json:"kind" example:"camt.054"`
	ID      string           `json:"id" doc:"Identification of the message"`
	Created calendar.Instant `json:"created"`
	SHA256  record.Digest    `json:"sha256" doc:"Of the file: the evidence that a report names"`
	Items   int              `json:"items"`
}

// because is why something came of an item.
type because struct {
	Code   string `json:"code" doc:"Of a report accepted, paid, rejected or returned; known; nothing; of an exception unusable, unknown, mismatch, ambiguous, again, state or refused"`
	Text   string `json:"text" doc:"English"`
	TextZH string `json:"textZh" doc:"Chinese"`
}

// bankReason is why a bank refused or returned a payment, in its words.
type bankReason struct {
	Code string `json:"code" doc:"Of ISO 20022's external code sets" example:"AC04"`
	Text string `json:"text"`
}

// readItem is one item of a message, and what comes of it.
type readItem struct {
	File       string             `json:"file"`
	Index      int                `json:"index" doc:"In the message, from 1"`
	Line       int                `json:"line" doc:"In the file"`
	Leg        string             `json:"leg" doc:"Whose payment it is, empty when it is none's"`
	EndToEnd   string             `json:"endToEnd"`
	Result     reconcile.Bucket   `json:"result" enum:"report,known,nothing,exception" doc:"report: tell the ledger. known: it has it. nothing: not for this bank to tell, or nothing happened yet. exception: a person has to look"`
	Function   string             `json:"function,omitempty" example:"clearing:Report"`
	Argument   stdjson.RawMessage `json:"argument,omitempty" doc:"Of the function"`
	Reason     because            `json:"reason"`
	BankReason *bankReason        `json:"bankReason,omitempty"`
	Status     string             `json:"status" doc:"The bank's own word" example:"BOOK"`
	Direction  string             `json:"direction" doc:"credit, debit, or empty in a status report"`
	Amount     money.Fen          `json:"amount" doc:"Zero if the bank does not say it"`
	Reference  string             `json:"reference" doc:"The bank's own"`
	Date       calendar.Date      `json:"date" doc:"When it was booked, or answered"`
	Exception  string             `json:"exception,omitempty" doc:"Id of the exception that is kept"`
}

// readyBatch is a transaction of reports, ready to be signed.
type readyBatch struct {
	Turn     int                `json:"turn" doc:"From 1. Batches of a turn are signed in any order, after those of the turn before have their outcomes"`
	Function string             `json:"function" example:"batch:Run"`
	Argument stdjson.RawMessage `json:"argument" doc:"Of the function: at most 500 items"`
	Items    []int              `json:"items" doc:"Which items of the answer they are, from 0, in order"`
}

// readTotals counts items by what comes of them.
type readTotals struct {
	Items         int `json:"items"`
	Accepted      int `json:"accepted"`
	Paid          int `json:"paid"`
	Rejected      int `json:"rejected"`
	Returned      int `json:"returned"`
	Known         int `json:"known"`
	Nothing       int `json:"nothing"`
	Exceptions    int `json:"exceptions"`
	NewExceptions int `json:"newExceptions" doc:"That were not kept before"`
}

// messageReading is what messages say of legs.
type messageReading struct {
	Messages []readMessage `json:"messages"`
	Items    []readItem    `json:"items" doc:"In the order in which the ledger is to be told"`
	Batches  []readyBatch  `json:"batches"`
	Totals   readTotals    `json:"totals"`
}

const (
	reportFunction = "clearing:Report"
	batchFunction  = "batch:Run"
)

// read decides on the items of a bank's messages by the legs of this moment.
func (d *messageDesk) read(s *Server, r *reading, in *bankMessagesInput) (*messageReading, error) {
	bank, err := s.deskOf(r, record.Maker)
	if err != nil {
		return nil, err
	}
	leave, err := d.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	messages, numbers, err := r.posted(bank, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	out := &messageReading{Messages: []readMessage{}, Items: []readItem{}, Batches: []readyBatch{}}
	names := map[record.Digest]string{}
	var told []reconcile.Told
	for i := range messages {
		m := &messages[i]
		out.Messages = append(out.Messages, readMessage{m.name, m.Header.Kind, m.Header.Message, m.Header.Created, m.Hash, len(m.Items)})
		if names[m.Hash] != "" {
			continue // the same file twice
		}
		names[m.Hash] = m.name
		told = append(told, m.Items...)
	}
	desk := reconcile.NewDesk(bank, numbers)
	if err := r.loadLegs(desk, told); err != nil {
		return nil, err
	}
	decisions := desk.Take(told)
	if err := out.keep(s, r, bank, decisions, names); err != nil {
		return nil, err
	}
	if err := out.show(decisions, names); err != nil {
		return nil, err
	}
	return out, out.batch(decisions)
}

// posted takes a body apart and reads its messages, and the numbers that are with them.
func (r *reading) posted(bank, contentType string, body []byte) ([]bankMessage, reconcile.Numbers, error) {
	p, err := filesOf(contentType, body)
	if err != nil {
		return nil, reconcile.Numbers{}, err
	}
	numbers, err := r.numbers(p.accounts)
	if err != nil {
		return nil, numbers, err
	}
	messages, err := p.messages(bank)
	return messages, numbers, err
}

// loadLegs gives a desk the legs that items name. One that is not there, or is not shown
// to this bank, stays unknown.
func (r *reading) loadLegs(desk *reconcile.Desk, told []reconcile.Told) error {
	for i := range told {
		id := told[i].Item.EndToEnd
		if !reconcile.LegID(id) || desk.Has(id) {
			continue
		}
		leg, err := r.Leg(id)
		if code.NotFound.Is(err) || code.NotAuthorised.Is(err) {
			continue
		}
		if err != nil {
			return err
		}
		desk.Add(leg.Settlement)
	}
	return nil
}

// keep has the exceptions kept, and ends those whose items the ledger has by now.
func (out *messageReading) keep(s *Server, r *reading, bank string, decisions []reconcile.Decision, names map[record.Digest]string) error {
	var found []bankdesk.Exception
	var used []string
	for i := range decisions {
		d := &decisions[i]
		switch d.Bucket {
		case reconcile.Exception:
			found = append(found, bankdesk.ExceptionOf(d, names[d.File.Hash]))
		case reconcile.Known, reconcile.Nothing:
			used = append(used, d.ID())
		case reconcile.ToReport: // it ends when the ledger has it, and the item is read again
		}
	}
	if len(found)+len(used) == 0 {
		return nil
	}
	var err error
	out.Totals.NewExceptions, err = s.BankDesk.Note(bank, found, used, personOf(r), r.Now)
	return err
}

// show lists the decisions and counts them.
func (out *messageReading) show(decisions []reconcile.Decision, names map[record.Digest]string) error {
	for i := range decisions {
		d := &decisions[i]
		item := &d.Item
		row := readItem{
			File: names[d.File.Hash], Index: item.Index, Line: item.Line, Leg: d.Leg, EndToEnd: item.EndToEnd, Result: d.Bucket,
			Reason: because{string(d.Bucket), d.Why, d.WhyZH}, Status: item.Code, Direction: string(item.Direction),
			Amount: item.Amount, Reference: item.Reference, Date: d.Date(),
		}
		if item.Reason != (iso20022.Reason{}) {
			row.BankReason = &bankReason{item.Reason.Code, item.Reason.Text}
		}
		out.Totals.Items++
		switch d.Bucket {
		case reconcile.Exception:
			out.Totals.Exceptions++
			row.Reason.Code, row.Exception = string(d.Fault), d.ID()
		case reconcile.Known:
			out.Totals.Known++
		case reconcile.Nothing:
			out.Totals.Nothing++
		case reconcile.ToReport:
			var err error
			if row.Argument, err = argumentOf(d.Report); err != nil {
				return err
			}
			row.Function, row.Reason = reportFunction, out.Totals.report(d.Report.Says)
		}
		out.Items = append(out.Items, row)
	}
	return nil
}

// report counts a report, and says what it tells.
func (t *readTotals) report(says clearing.Report) because {
	out := because{Code: says.String()}
	switch says {
	case clearing.ReportAccepted:
		t.Accepted++
		out.Text, out.TextZH = "the money left the payer's account", "款项已从付款账户划出"
	case clearing.ReportPaid:
		t.Paid++
		out.Text, out.TextZH = "the money was credited to the payee's account", "款项已记入收款账户"
	case clearing.ReportRejected:
		t.Rejected++
		out.Text, out.TextZH = "the payment was not carried out, or came back to the payer", "付款未执行，或已退回付款方"
	case clearing.ReportReturned:
		t.Returned++
		out.Text, out.TextZH = "what was credited went back", "已入账款项被退回"
	}
	return out
}

// argumentOf writes an argument as contracts read it: what has no value is left out.
func argumentOf(argument any) (stdjson.RawMessage, error) {
	return json.Marshal(argument, json.Deterministic(true), json.OmitZeroStructFields(true))
}

// batch makes ready what is to be signed.
func (out *messageReading) batch(decisions []reconcile.Decision) error {
	type item struct {
		Function string             `json:"function"`
		Argument stdjson.RawMessage `json:"argument"`
	}
	for turn, list := range reconcile.Turns(decisions) {
		sizes := make([]int, len(list))
		for n, i := range list {
			sizes[n] = len(reportFunction) + len(out.Items[i].Argument)
		}
		for _, cut := range reconcile.Cut(sizes, record.MaxBatchItems) {
			of := list[cut[0]:cut[1]]
			var argument struct {
				Items []item `json:"items"`
			}
			for _, i := range of {
				argument.Items = append(argument.Items, item{reportFunction, out.Items[i].Argument})
			}
			text, err := json.Marshal(argument)
			if err != nil {
				return err
			}
			out.Batches = append(out.Batches, readyBatch{turn + 1, batchFunction, text, of})
		}
	}
	return nil
}

// reconciliationInput is a run, and statements or nothing.
type reconciliationInput struct {
	ID          string `path:"id" maxLength:"32" doc:"The debtor's code, a hyphen and the payment date"`
	ContentType string `header:"Content-Type"`
	RawBody     []byte `contentType:"application/xml"`
}

// readStatement is what a statement or notification says of one account.
type readStatement struct {
	File    string        `json:"file"`
	Kind    iso20022.Kind `json:"kind" example:"camt.053"`
	ID      string        `json:"id" doc:"Of the statement"`
	Account string        `json:"account" doc:"Of a number the last digits"`
	Entries int           `json:"entries"`
	Credits money.Fen     `json:"credits" doc:"Booked"`
	Debits  money.Fen     `json:"debits" doc:"Booked"`
	Problem string        `json:"problem,omitempty" doc:"Why its balances do not follow from its entries, or why that cannot be said"`
}

// reconciliation is a run against statements.
type reconciliation struct {
	Same       bool            `json:"same" doc:"Whether nothing differs"`
	Difference money.Fen       `json:"difference" doc:"Sum of the banks' differences without their signs"`
	Statements []readStatement `json:"statements"`
	reconcile.Comparison
}

// reconcile compares the legs of a run that go through the viewer's bank with its
// statements, or without any with what banks have advised.
func (d *messageDesk) reconcile(s *Server, r *reading, in *reconciliationInput) (*reconciliation, error) {
	bank, err := s.deskOf(r, 0)
	if err != nil {
		return nil, err
	}
	legs, err := r.DeskLegs(in.ID, bank, 0, true)
	if err != nil {
		return nil, err
	}
	leave, err := d.enter()
	if err != nil {
		return nil, err
	}
	defer leave()
	out := &reconciliation{Statements: []readStatement{}}
	compared, err := out.compare(r, bank, legs, in)
	if err != nil {
		return nil, err
	}
	out.Comparison, out.Same = *compared, compared.Zero()
	if out.Banks == nil {
		out.Banks = []reconcile.Balance{}
	}
	if out.Differences == nil {
		out.Differences = []reconcile.Difference{}
	}
	for i := range out.Banks {
		if out.Difference, err = out.Difference.Add(max(out.Banks[i].Difference, -out.Banks[i].Difference)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (out *reconciliation) compare(r *reading, bank string, legs []record.Settlement, in *reconciliationInput) (*reconcile.Comparison, error) {
	if len(in.RawBody) == 0 {
		return reconcile.Advised(legs)
	}
	messages, numbers, err := r.posted(bank, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	var failed error
	books := reconcile.NewBooks(numbers, legs, func(id string) bool {
		if !reconcile.LegID(id) {
			return true
		}
		_, err := r.Settlement(id)
		if code.Of(err) == nil {
			failed = keepFirst(failed, err)
		}
		return err == nil
	})
	for i := range messages {
		m := &messages[i]
		if m.Header.Kind == iso20022.Pain002 {
			return nil, code.BadFile.New("%s: a %s is no statement", m.name, m.Header.Kind)
		}
		if err := keepFirst(books.Take(&m.Message, bank), failed); err != nil {
			return nil, err
		}
		for j := range m.Header.Accounts {
			a := &m.Header.Accounts[j]
			out.Statements = append(out.Statements, readStatement{
				m.name, m.Header.Kind, a.ID, bankdesk.Masked(a.Account), a.Entries, a.Credits, a.Debits, a.Problem,
			})
		}
	}
	return books.Compare()
}

type bankExceptionsInput struct {
	State string `query:"state" enum:"open,done" default:"open" doc:"open: they wait for a person"`
	Cut
}

func (s *Server) bankExceptions(r *reading, in *bankExceptionsInput) (view.Page[bankdesk.Exception], error) {
	page := view.Page[bankdesk.Exception]{Items: []bankdesk.Exception{}}
	bank, err := s.deskOf(r, 0)
	if err != nil {
		return page, err
	}
	before := uint64(0)
	if in.Cursor != "" {
		if before, err = strconv.ParseUint(in.Cursor, 10, 64); err != nil || before == 0 {
			return page, code.BadCursor.New("")
		}
	}
	var more bool
	page.Items, more, err = s.BankDesk.Exceptions(bank, in.State == "done", before, in.Limit)
	if more {
		page.Next = strconv.FormatUint(page.Items[len(page.Items)-1].Number, 10)
	}
	return page, err
}

type bankAnswerInput struct {
	ID   string `path:"id" maxLength:"32"`
	Body struct {
		Note string `json:"note" minLength:"1" maxLength:"1000" doc:"What was done"`
	}
}

func (s *Server) answerException(r *reading, in *bankAnswerInput) (*bankdesk.Exception, error) {
	bank, err := s.deskOf(r, record.Maker|record.Checker)
	if err != nil {
		return nil, err
	}
	return s.BankDesk.Answer(bank, in.ID, bankdesk.Resolution{At: r.Now, By: personOf(r), Note: in.Body.Note})
}
