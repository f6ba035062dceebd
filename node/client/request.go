package client

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Problem is a refusal by the node. Its code.Error is found by code.Of.
type Problem struct {
	Status    int
	Title     string // what happened, as the node says it
	Next      string // what to do next
	RequestID string
	Refusal   *code.Error
	Fields    []Field
}

// Field is one part of a request that is wrong.
type Field struct {
	At      string `json:"at"`
	Message string `json:"message"`
}

// Error is the code, the facts and the fields.
func (p *Problem) Error() string {
	text := p.Refusal.Error()
	for _, f := range p.Fields {
		text += fmt.Sprintf("; %s: %s", f.At, f.Message)
	}
	if p.Refusal.Code == code.Internal {
		text += " (request " + p.RequestID + ")"
	}
	return text
}

// Unwrap is the refusal.
func (p *Problem) Unwrap() error { return p.Refusal }

// call is one request; it may be sent several times.
type call struct {
	method string
	uri    string // path and query
	body   []byte
	login  bool
	accept string // media type of the answer; JSON when empty
	media  string // media type of the body; JSON when empty
}

// document is an answer that is not JSON, as it came.
type document struct {
	header http.Header
	text   []byte
}

// Waits between attempts.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 2 * time.Second
)

// do sends a call until it is answered, and decodes the answer into result, or keeps it
// in a *document as it is. What
// the network, or a node that is full, stopping or catching up fails to answer is
// sent again: every call is a read or idempotent. It ends with the last error,
// which has UNREACHABLE in it when no node answered.
func (c *Client) do(ctx context.Context, k call, result any) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		err := c.once(ctx, k, result)
		if err == nil || ctx.Err() != nil || attempt >= c.attempts || !passing(err) {
			return err
		}
		// Half fixed, half random: a thousand clients do not come back at once.
		timer := time.NewTimer(pause/2 + rand.N(pause/2))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		pause = min(2*pause, lastPause)
	}
}

// passing reports whether an error may be gone at the next attempt.
func passing(err error) bool {
	var p *Problem
	if errors.As(err, &p) {
		return p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests && p.Refusal.Code != code.QuotaExceeded
	}
	return code.Unreachable.Is(err)
}

// request makes the HTTP request of a call, with a login token of its own.
func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, k.method, c.base+k.uri, bytes.NewReader(k.body))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", k.uri, err)
	}
	r.Header.Set("Accept", cmp.Or(k.accept, "application/json"))
	if k.body != nil {
		r.Header.Set("Content-Type", cmp.Or(k.media, "application/json"))
	}
	if k.login {
		known, err := c.hear(ctx)
		if err != nil {
			return nil, err
		}
		// The path that is signed is the path as sent, with the base's own before it.
		token, err := c.login(known.node, k.method, r.URL.RequestURI(), k.body)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}

func (c *Client) once(ctx context.Context, k call, result any) error {
	r, err := c.request(ctx, k)
	if err != nil {
		return err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return unreachable(err)
	case len(text) > maxAnswer:
		return fmt.Errorf("ask %s: the answer is longer than %d bytes", k.uri, maxAnswer)
	case response.StatusCode >= http.StatusMultipleChoices:
		return problemOf(response, text)
	}
	if d, ok := result.(*document); ok {
		d.header, d.text = response.Header, text
		return nil
	}
	if err := json.Unmarshal(text, result, decoding()); err != nil {
		return fmt.Errorf("read the answer to %s: %w", k.uri, err)
	}
	return nil
}

func unreachable(err error) error {
	return errors.Join(code.Unreachable.New(""), fmt.Errorf("ask the node: %w", err))
}

// problemOf reads a problem document. Something else in between, a proxy say,
// answers without one.
func problemOf(response *http.Response, text []byte) error {
	var p struct {
		Title     string  `json:"title"`
		Code      string  `json:"code"`
		Rule      string  `json:"rule"`
		Detail    string  `json:"detail"`
		Next      string  `json:"next"`
		RequestID string  `json:"requestId"`
		Fields    []Field `json:"fields"`
	}
	if !strings.HasPrefix(response.Header.Get("Content-Type"), "application/problem+json") || json.Unmarshal(text, &p) != nil {
		if response.StatusCode >= http.StatusInternalServerError {
			return unreachable(errors.New("HTTP status " + strconv.Itoa(response.StatusCode)))
		}
		return fmt.Errorf("the node answered HTTP status %d without a problem document", response.StatusCode)
	}
	return &Problem{
		Status: response.StatusCode, Title: p.Title, Next: p.Next, RequestID: p.RequestID, Fields: p.Fields,
		Refusal: &code.Error{Code: codeOf(p.Code), Rule: p.Rule, Detail: p.Detail},
	}
}

// codeOf finds a code by name; one that this client does not know yet is INTERNAL.
func codeOf(name string) code.Code {
	if c, ok := code.ByName(name); ok {
		return c
	}
	return code.Internal
}

// decoding reads rows as the API writes them: bit sets by the names in them.
func decoding() json.Options {
	return json.WithUnmarshalers(json.JoinUnmarshalers(
		json.UnmarshalFromFunc(func(d *jsontext.Decoder, to *code.Code) error {
			var name string
			if err := json.UnmarshalDecode(d, &name); err != nil {
				return err
			}
			*to = codeOf(name)
			return nil
		}),
		json.UnmarshalFromFunc(readHolding),
		json.UnmarshalFromFunc(readDecision),
	))
}

func readHolding(d *jsontext.Decoder, to *record.HoldingRow) error {
	type plain record.HoldingRow // without this function
	row := struct {
		plain
		Kinds []record.LockKind `json:"locks"`
	}{}
	if err := json.UnmarshalDecode(d, &row); err != nil {
		return err
	}
	*to = record.HoldingRow(row.plain)
	for _, k := range row.Kinds {
		to.Locks |= 1 << k
	}
	return nil
}

func readDecision(d *jsontext.Decoder, to *record.Decision) error {
	var row struct {
		Pack      uint32   `json:"pack"`
		Evaluated []string `json:"evaluated"`
		Failed    []string `json:"failed"`
		Flagged   []string `json:"flagged"`
		Inputs    []struct {
			Rule  string `json:"rule"`
			Facts string `json:"facts"`
		} `json:"inputs"`
	}
	if err := json.UnmarshalDecode(d, &row); err != nil {
		return err
	}
	*to = record.Decision{Pack: row.Pack, Evaluated: bits(row.Evaluated), Failed: bits(row.Failed), Flagged: bits(row.Flagged)}
	for _, i := range row.Inputs {
		to.Inputs = append(to.Inputs, record.RuleInput{Rule: ruleOf(i.Rule), Facts: i.Facts})
	}
	return nil
}

// maxRules is how many rules fit the bit sets of a decision.
const maxRules = 32

func bits(ids []string) (set uint32) {
	for _, id := range ids {
		if r := ruleOf(id); r < maxRules {
			set |= 1 << r
		}
	}
	return set
}

// ruleOf finds a rule by id; one that this client does not know is maxRules.
func ruleOf(id string) record.Rule {
	for r := range record.Rule(maxRules) {
		if r.String() == id {
			return r
		}
	}
	return maxRules
}
