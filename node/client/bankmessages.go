package client

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// SealedAccount is an account whose number is sealed.
type SealedAccount struct {
	Member     string        `json:"member"`
	Account    string        `json:"account"`
	Bank       string        `json:"bank"`
	Sealed     []byte        `json:"sealed"`
	Commitment record.Digest `json:"commitment"`
	Context    string        `json:"context"`  // with which it is opened
	Readable   bool          `json:"readable"` // sealed to the encryption key that the signer's bank has registered
}

// SealedLeg is a leg to be ordered, with the account that it is paid to.
type SealedLeg struct {
	Leg   string `json:"leg"`
	Payee string `json:"payee"`
	SealedAccount
}

// OpenedAccount is the number of an account as it was opened, with the salt before it.
type OpenedAccount struct {
	Member  string `json:"member"`
	Account string `json:"account"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	Salt    []byte `json:"salt"`
}

// DeskPerson is who did something at a bank's clearing desk.
type DeskPerson struct {
	Member string        `json:"member"`
	Person string        `json:"person"`
	Key    record.Digest `json:"key"`
}

// PaymentOrder is a pain.001 that was written.
type PaymentOrder struct {
	Message string           `json:"message"`
	Run     string           `json:"run"`
	Created calendar.Instant `json:"created"`
	By      DeskPerson       `json:"by"`
	Count   int              `json:"count"`
	Amount  money.Fen        `json:"amount"`
	Legs    []string         `json:"legs"` // each with the transaction of its instruction
}

// BankFile is a message of a bank as it came.
type BankFile struct {
	Name string
	Text []byte
}

// BankMessage is what a message says of itself.
type BankMessage struct {
	File    string           `json:"file"`
	Kind    string           `json:"kind"`
	ID      string           `json:"id"`
	Created calendar.Instant `json:"created"`
	SHA256  record.Digest    `json:"sha256"`
	Items   int              `json:"items"`
}

// Because is why something came of an item.
type Because struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	TextZH string `json:"textZh"`
}

// BankReason is why a bank refused or returned a payment, in its words.
type BankReason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// BankItem is one item of a message, and what comes of it: result is report, known,
// nothing or exception.
type BankItem struct {
	File       string         `json:"file"`
	Index      int            `json:"index"`
	Line       int            `json:"line"`
	Leg        string         `json:"leg"`
	EndToEnd   string         `json:"endToEnd"`
	Result     string         `json:"result"`
	Function   string         `json:"function,omitempty"`
	Argument   jsontext.Value `json:"argument,omitempty"`
	Reason     Because        `json:"reason"`
	BankReason *BankReason    `json:"bankReason,omitempty"`
	Status     string         `json:"status"`
	Direction  string         `json:"direction"`
	Amount     money.Fen      `json:"amount"`
	Reference  string         `json:"reference"`
	Date       calendar.Date  `json:"date"`
	Exception  string         `json:"exception,omitempty"`
}

// ReadyBatch is a transaction of reports that is to be signed, after those of the turn
// before have their outcomes.
type ReadyBatch struct {
	Turn     int            `json:"turn"`
	Function string         `json:"function"`
	Argument jsontext.Value `json:"argument"`
	Items    []int          `json:"items"`
}

// BankTotals counts items by what comes of them.
type BankTotals struct {
	Items         int `json:"items"`
	Accepted      int `json:"accepted"`
	Paid          int `json:"paid"`
	Rejected      int `json:"rejected"`
	Returned      int `json:"returned"`
	Known         int `json:"known"`
	Nothing       int `json:"nothing"`
	Exceptions    int `json:"exceptions"`
	NewExceptions int `json:"newExceptions"`
}

// BankReading is what messages say of legs.
type BankReading struct {
	Messages []BankMessage `json:"messages"`
	Items    []BankItem    `json:"items"`
	Batches  []ReadyBatch  `json:"batches"`
	Totals   BankTotals    `json:"totals"`
}

// BankException is an item that nothing was done with: a person decides.
type BankException struct {
	ID        string           `json:"id"`
	Number    uint64           `json:"number"`
	At        calendar.Instant `json:"at"`
	By        DeskPerson       `json:"by"`
	File      string           `json:"file"`
	Kind      string           `json:"kind"`
	Message   string           `json:"message"`
	Line      int              `json:"line"`
	Leg       string           `json:"leg"`
	EndToEnd  string           `json:"endToEnd"`
	Amount    money.Fen        `json:"amount"`
	Direction string           `json:"direction"`
	Account   string           `json:"account"` // of a number the last digits
	Reference string           `json:"reference"`
	Date      calendar.Date    `json:"date"`
	Fault     string           `json:"fault"`
	Why       string           `json:"why"`
	WhyZH     string           `json:"whyZh"`
	Answer    *ExceptionAnswer `json:"answer,omitempty"`
}

// ExceptionAnswer is how an exception ended.
type ExceptionAnswer struct {
	At   calendar.Instant `json:"at"`
	By   DeskPerson       `json:"by"`
	Note string           `json:"note"`
}

// BankStatement is what a statement or notification says of one account.
type BankStatement struct {
	File    string    `json:"file"`
	Kind    string    `json:"kind"`
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Entries int       `json:"entries"`
	Credits money.Fen `json:"credits"`
	Debits  money.Fen `json:"debits"`
	Problem string    `json:"problem,omitempty"`
}

// BankBalance is what went through one bank on one side: paying or receiving.
type BankBalance struct {
	Bank       string    `json:"bank"`
	Side       string    `json:"side"`
	Legs       int       `json:"legs"`
	Ledger     money.Fen `json:"ledger"`
	Entries    int       `json:"entries"`
	AtBank     money.Fen `json:"atBank"`
	Difference money.Fen `json:"difference"`
}

// LegDifference names one leg, or one entry of no leg, that does not fit.
type LegDifference struct {
	Gap    string                 `json:"gap"`
	Bank   string                 `json:"bank"`
	Side   string                 `json:"side,omitempty"`
	Leg    string                 `json:"leg"`
	State  record.SettlementState `json:"state,omitzero"`
	Ledger money.Fen              `json:"ledger"`
	AtBank money.Fen              `json:"atBank"`
	Why    string                 `json:"why,omitempty"`
	WhyZH  string                 `json:"whyZh,omitempty"`
}

// Reconciliation is a run against a bank's statements.
type Reconciliation struct {
	Same        bool            `json:"same"`
	Difference  money.Fen       `json:"difference"` // sum of the banks' without their signs
	Statements  []BankStatement `json:"statements"`
	Banks       []BankBalance   `json:"banks"`
	Differences []LegDifference `json:"differences"`
	Other       int             `json:"other"` // entries that are none of these legs'
	OtherAmount money.Fen       `json:"otherAmount"`
}

func runPath(run, what string) string { return "/v1/runs/" + url.PathEscape(run) + what }

// SealedAccounts lists the accounts of the legs of a run that the signer's bank has
// instructed; round 0 is all rounds. It yields an error last, when there is one.
func (c *Client) SealedAccounts(ctx context.Context, run string, round uint32) iter.Seq2[SealedLeg, error] {
	query := url.Values{}
	if round != 0 {
		query.Set("round", strconv.FormatUint(uint64(round), 10))
	}
	return list[SealedLeg](ctx, c, runPath(run, "/sealed-accounts"), query)
}

// WritePaymentOrder gives the pain.001 for the legs of a run that the signer's bank has
// instructed and that are in no order yet; round 0 is all rounds. When the answer is
// lost, PaymentOrders has the message, and WritePaymentOrderAgain gives it.
func (c *Client) WritePaymentOrder(ctx context.Context, run string, round uint32, accounts []OpenedAccount) ([]byte, error) {
	return c.order(ctx, run, map[string]any{"round": round, "accounts": accounts})
}

// WritePaymentOrderAgain gives a pain.001 that was written, as long as none of its legs
// has moved on.
func (c *Client) WritePaymentOrderAgain(ctx context.Context, run, message string, accounts []OpenedAccount) ([]byte, error) {
	return c.order(ctx, run, map[string]any{"message": message, "accounts": accounts})
}

func (c *Client) order(ctx context.Context, run string, body map[string]any) ([]byte, error) {
	uri := runPath(run, "/payment-order")
	text, err := json.Marshal(body, json.FormatNilSliceAsNull(false))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", uri, err)
	}
	var got document
	if err := c.do(ctx, call{method: http.MethodPost, uri: uri, body: text, login: true, accept: "application/xml"}, &got); err != nil {
		return nil, fmt.Errorf("ask %s: %w", uri, err)
	}
	return got.text, nil
}

// PaymentOrders lists the orders of a run that the signer's bank has had written.
func (c *Client) PaymentOrders(ctx context.Context, run string) ([]PaymentOrder, error) {
	v, err := get[struct {
		Items []PaymentOrder `json:"items"`
	}](ctx, c, runPath(run, "/payment-orders"))
	if err != nil {
		return nil, err
	}
	return v.Items, nil
}

// ReadBankMessages has messages of the signer's bank read. Accounts are the numbers under
// which they may name accounts.
func (c *Client) ReadBankMessages(ctx context.Context, files []BankFile, accounts []OpenedAccount) (*BankReading, error) {
	return post[BankReading](ctx, c, "/v1/bank-messages/reading", files, accounts)
}

// ReconcileRun compares a run with statements of the signer's bank, or without any with
// what banks have advised.
func (c *Client) ReconcileRun(ctx context.Context, run string, files []BankFile, accounts []OpenedAccount) (*Reconciliation, error) {
	return post[Reconciliation](ctx, c, runPath(run, "/reconciliation"), files, accounts)
}

// post sends files of a bank.
func post[T any](ctx context.Context, c *Client, uri string, files []BankFile, accounts []OpenedAccount) (*T, error) {
	k := call{method: http.MethodPost, uri: uri, login: true}
	if len(files) > 0 {
		var err error
		if k.body, k.media, err = form(files, accounts); err != nil {
			return nil, fmt.Errorf("ask %s: %w", uri, err)
		}
	}
	v := new(T)
	if err := c.do(ctx, k, v); err != nil {
		return nil, fmt.Errorf("ask %s: %w", uri, err)
	}
	return v, nil
}

// form is a form of files, with the numbers of accounts.
func form(files []BankFile, accounts []OpenedAccount) (body []byte, media string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if len(accounts) > 0 {
		text, err := json.Marshal(accounts)
		if err != nil {
			return nil, "", err
		}
		if err := w.WriteField("accounts", string(text)); err != nil {
			return nil, "", err
		}
	}
	for i := range files {
		part, err := w.CreateFormFile("message", files[i].Name)
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(files[i].Text); err != nil {
			return nil, "", err
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// BankExceptions lists what the signer's bank's messages say that nothing was done with,
// the latest first: what waits for a person, or what is done.
func (c *Client) BankExceptions(ctx context.Context, done bool) iter.Seq2[BankException, error] {
	state := "open"
	if done {
		state = "done"
	}
	return list[BankException](ctx, c, "/v1/bank-messages/exceptions", url.Values{"state": {state}})
}

// AnswerBankException notes what was done about an exception.
func (c *Client) AnswerBankException(ctx context.Context, id, note string) (*BankException, error) {
	return ask[BankException](ctx, c, "/v1/bank-messages/exceptions/"+url.PathEscape(id)+"/answer", struct {
		Note string `json:"note"`
	}{note})
}
