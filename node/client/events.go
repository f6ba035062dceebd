package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Latest is the cursor behind everything that has happened.
const Latest = "latest"

// Event is one notice of the ledger that names the signer's member.
type Event struct {
	Cursor   string            `json:"cursor"` // reading goes on behind the event with it
	Height   int64             `json:"height"`
	Time     calendar.Instant  `json:"time"`
	Kind     record.NoticeKind `json:"kind"`
	Subject  string            `json:"subject"`
	TxID     record.Digest     `json:"txId"`
	Function string            `json:"function"`
	Member   string            `json:"member"` // who did it; empty when time did
	Amount   money.Fen         `json:"amount"`
	Until    calendar.Instant  `json:"until"`
	Opens    bool              `json:"opens"`  // it waits for the signer's member from now on
	Closes   bool              `json:"closes"` // it no longer does
}

// Events is a page of events, oldest first. Next is where to go on, also when nothing
// is there yet.
type Events struct {
	Items []Event `json:"items"`
	Next  string  `json:"next"`
}

// Events reads a page of at most limit events behind a cursor: empty for the beginning,
// Latest for none yet.
func (c *Client) Events(ctx context.Context, cursor string, limit int) (*Events, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return get[Events](ctx, c, "/v1/events?"+q.Encode())
}

// quiet is how long a stream may say nothing before it is taken for dead: a node says
// every 15 seconds that it is there.
const quiet = time.Minute

// Follow yields the events behind a cursor as they happen, each once, until ctx ends or
// the node refuses: then it yields the error last. When the connection or the node goes
// away it comes back where it was.
func (c *Client) Follow(ctx context.Context, cursor string) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if cursor == Latest { // which moves: what it is now is where to come back
			now, err := c.Events(ctx, Latest, 1)
			if err != nil {
				yield(Event{}, err)
				return
			}
			cursor = now.Next
		}
		pause, failed := firstPause, 0
		for ctx.Err() == nil {
			stop, err := c.stream(ctx, cursor, func(e Event) bool {
				cursor, pause, failed = e.Cursor, firstPause, 0
				return yield(e, nil)
			})
			if stop || ctx.Err() != nil {
				return
			}
			if failed++; err != nil && (!passing(err) || failed >= c.attempts) {
				yield(Event{}, fmt.Errorf("follow the events: %w", err))
				return
			}
			timer := time.NewTimer(pause/2 + rand.N(pause/2))
			select {
			case <-timer.C:
			case <-ctx.Done():
				timer.Stop()
			}
			pause = min(2*pause, lastPause)
		}
	}
}

// stream reads one stream to its end; stop says that visit wants no more.
func (c *Client) stream(ctx context.Context, cursor string, visit func(Event) bool) (stop bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	k := call{method: http.MethodGet, uri: "/v1/events/stream", accept: "text/event-stream", login: true}
	if cursor != "" {
		k.uri += "?" + url.Values{"cursor": {cursor}}.Encode()
	}
	r, err := c.request(ctx, k)
	if err != nil {
		return false, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return false, unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= http.StatusMultipleChoices {
		text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
		if err != nil {
			return false, unreachable(err)
		}
		return false, problemOf(response, text)
	}
	watch := time.AfterFunc(quiet, cancel)
	defer watch.Stop()
	const longest = 1 << 20 // bytes of a line
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, longest)
	name := ""
	for lines.Scan() {
		watch.Reset(quiet)
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			name = value
		case "data":
			if name == "end" {
				return false, ended(value)
			}
			var e Event
			if err := json.Unmarshal([]byte(value), &e, decoding()); err != nil {
				return false, fmt.Errorf("read an event: %w", err)
			}
			if !visit(e) {
				return true, nil
			}
		}
	}
	if err := lines.Err(); err != nil {
		return false, unreachable(err)
	}
	return false, nil
}

// ended is why a node ended a stream.
func ended(text string) error {
	var p struct {
		Status int    `json:"status"`
		Title  string `json:"title"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Next   string `json:"next"`
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return errors.Join(code.Unreachable.New(""), fmt.Errorf("read why the events end: %w", err))
	}
	return &Problem{Status: p.Status, Title: p.Title, Next: p.Next, Refusal: &code.Error{Code: codeOf(p.Code), Detail: p.Detail}}
}

// WebhookAuthor is who made or confirmed a webhook.
type WebhookAuthor struct {
	Person string        `json:"person"`
	Key    record.Digest `json:"key"`
}

// Webhook is where a node posts the events of the signer's member.
type Webhook struct {
	ID          string              `json:"id"`
	Member      string              `json:"member"`
	URL         string              `json:"url"`
	Kinds       []record.NoticeKind `json:"kinds"` // empty for all
	State       string              `json:"state"` // unconfirmed, in-force
	CreatedBy   WebhookAuthor       `json:"createdBy"`
	CreatedAt   calendar.Instant    `json:"createdAt"`
	ConfirmedBy *WebhookAuthor      `json:"confirmedBy,omitempty"`
	ConfirmedAt calendar.Instant    `json:"confirmedAt,omitzero"`
	Secret      string              `json:"secret,omitempty"` // where it was just made, and never again
}

// WebhookDelivery is an event on its way to a webhook.
type WebhookDelivery struct {
	Number   uint64           `json:"number"`
	Event    Event            `json:"event"`
	State    string           `json:"state"` // waiting, delivered, dead
	Attempts int              `json:"attempts"`
	At       calendar.Instant `json:"at"`
	LastAt   calendar.Instant `json:"lastAt,omitzero"`
	NextAt   calendar.Instant `json:"nextAt,omitzero"`
	Status   int              `json:"status,omitzero"`
	Fault    string           `json:"fault,omitempty"`
}

// WebhookTrial is what came of a test.
type WebhookTrial struct {
	Delivered bool   `json:"delivered"`
	Status    int    `json:"status,omitzero"`
	Fault     string `json:"fault,omitempty"`
}

// AddWebhook registers a webhook; another person of the member confirms it. It is sent
// once: when the answer is lost, the list shows whether a webhook without its secret was
// made.
func (c *Client) AddWebhook(ctx context.Context, target string, kinds ...string) (*Webhook, error) {
	body, err := json.Marshal(struct {
		URL   string   `json:"url"`
		Kinds []string `json:"kinds,omitempty"`
	}{target, kinds})
	if err != nil {
		return nil, fmt.Errorf("add a webhook: %w", err)
	}
	v := new(Webhook)
	if err := c.once(ctx, call{method: http.MethodPost, uri: "/v1/webhooks", body: body, login: true}, v); err != nil {
		return nil, fmt.Errorf("add a webhook: %w", err)
	}
	return v, nil
}

// Webhooks lists the webhooks of the signer's member.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	v, err := get[struct {
		Items []Webhook `json:"items"`
	}](ctx, c, "/v1/webhooks")
	if err != nil {
		return nil, err
	}
	return v.Items, nil
}

// Webhook reads a webhook.
func (c *Client) Webhook(ctx context.Context, id string) (*Webhook, error) {
	return get[Webhook](ctx, c, "/v1/webhooks/"+url.PathEscape(id))
}

// ConfirmWebhook puts a webhook in force that another person made.
func (c *Client) ConfirmWebhook(ctx context.Context, id string) (*Webhook, error) {
	return ask[Webhook](ctx, c, "/v1/webhooks/"+url.PathEscape(id)+"/confirmation", struct{}{})
}

// DeleteWebhook removes a webhook.
func (c *Client) DeleteWebhook(ctx context.Context, id string) error {
	var v struct{}
	uri := "/v1/webhooks/" + url.PathEscape(id)
	if err := c.do(ctx, call{method: http.MethodDelete, uri: uri, login: true}, &v); err != nil {
		return fmt.Errorf("remove a webhook: %w", err)
	}
	return nil
}

// TestWebhook has the node post a test now.
func (c *Client) TestWebhook(ctx context.Context, id string) (*WebhookTrial, error) {
	return ask[WebhookTrial](ctx, c, "/v1/webhooks/"+url.PathEscape(id)+"/test", struct{}{})
}

// WebhookDeliveries lists the deliveries of a webhook, the latest first; state is empty
// for all.
func (c *Client) WebhookDeliveries(ctx context.Context, id, state string) iter.Seq2[WebhookDelivery, error] {
	return list[WebhookDelivery](ctx, c, "/v1/webhooks/"+url.PathEscape(id)+"/deliveries", url.Values{"state": {state}})
}

// RetryWebhookDelivery has a dead delivery tried again.
func (c *Client) RetryWebhookDelivery(ctx context.Context, id string, number uint64) (*WebhookDelivery, error) {
	uri := "/v1/webhooks/" + url.PathEscape(id) + "/deliveries/" + strconv.FormatUint(number, 10) + "/retry"
	return ask[WebhookDelivery](ctx, c, uri, struct{}{})
}

// Contact is how the signer is told of events, at this node.
type Contact struct {
	Email    string   `json:"email,omitempty"`
	Phone    string   `json:"phone,omitempty"`
	WeCom    string   `json:"wecom,omitempty"`
	Language string   `json:"language"`
	Kinds    []string `json:"kinds"`              // empty for all
	Channels []string `json:"channels,omitempty"` // on which the node can send
}

// Message is one message to the signer.
type Message struct {
	Number   uint64           `json:"number"`
	Topic    string           `json:"topic"`
	Channel  string           `json:"channel"`
	To       string           `json:"to"`
	Language string           `json:"language"`
	Title    string           `json:"title"`
	Text     string           `json:"text"`
	Link     string           `json:"link"`
	Event    string           `json:"event"`
	State    string           `json:"state"` // waiting, delivered, dead
	Attempts int              `json:"attempts"`
	At       calendar.Instant `json:"at"`
	LastAt   calendar.Instant `json:"lastAt,omitzero"`
	NextAt   calendar.Instant `json:"nextAt,omitzero"`
	Fault    string           `json:"fault,omitempty"`
}

// Contact reads the signer's own contact.
func (c *Client) Contact(ctx context.Context) (*Contact, error) {
	return get[Contact](ctx, c, "/v1/contacts")
}

// SetContact sets the signer's own contact; without any address it is removed.
func (c *Client) SetContact(ctx context.Context, in Contact) (*Contact, error) {
	in.Channels = nil
	if in.Kinds == nil {
		in.Kinds = []string{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("set the contact: %w", err)
	}
	v := new(Contact)
	if err := c.do(ctx, call{method: http.MethodPut, uri: "/v1/contacts", body: body, login: true}, v); err != nil {
		return nil, fmt.Errorf("set the contact: %w", err)
	}
	return v, nil
}

// Messages lists the messages to the signer, the latest first; state is empty for all.
func (c *Client) Messages(ctx context.Context, state string) iter.Seq2[Message, error] {
	return list[Message](ctx, c, "/v1/messages", url.Values{"state": {state}})
}

// RetryMessage has a dead message sent again.
func (c *Client) RetryMessage(ctx context.Context, number uint64) (*Message, error) {
	return ask[Message](ctx, c, "/v1/messages/"+strconv.FormatUint(number, 10)+"/retry", struct{}{})
}
