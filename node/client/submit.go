package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// States of a transaction.
const (
	Received = "received" // it waits for a block
	Final    = "final"    // in a block, accepted
	Failed   = "failed"   // refused in a block, or expired outside of one
)

// Wait says how long Submit waits.
type Wait bool

// What Submit waits for.
const (
	WaitReceived Wait = false // until the node has the transaction
	WaitFinal    Wait = true  // until its outcome is durable, or ctx ends
)

// Transaction is what a node knows of a transaction.
type Transaction struct {
	ID      record.Digest `json:"id"`
	State   string        `json:"state"`
	Expires int64         `json:"expires"`
	Refusal *Refusal      `json:"refusal"`
	Outcome *Outcome      `json:"outcome"`
}

// Refusal is why a transaction failed.
type Refusal struct {
	Code   code.Code `json:"code"`
	Title  string    `json:"title"`
	Rule   string    `json:"rule"`
	Detail string    `json:"detail"`
	Next   string    `json:"next"`
}

// Outcome is what a transaction did or why it was refused.
type Outcome struct {
	TxID     record.Digest    `json:"txId"`
	Height   int64            `json:"height"`
	Index    uint32           `json:"index"`
	Time     calendar.Instant `json:"time"`
	Function string           `json:"function"`
	Member   string           `json:"member"`
	Key      record.Digest    `json:"key"`
	Code     code.Code        `json:"code"`
	Rule     string           `json:"rule"`
	Detail   string           `json:"detail"`
	Result   jsontext.Value   `json:"result"`
	Effects  record.Effects   `json:"effects"`
}

// Err is the refusal of a failed transaction as a *code.Error, and nil otherwise.
func (t *Transaction) Err() error {
	if t.State != Failed || t.Refusal == nil {
		return nil
	}
	return &code.Error{Code: t.Refusal.Code, Rule: t.Refusal.Rule, Detail: t.Refusal.Detail}
}

// Submit sends a signed transaction and may send it several times. With WaitFinal
// it returns when the outcome is known: a transaction that failed is not an error
// here, see Transaction.Err. When ctx ends first, the error has TIMED_OUT in it:
// the transaction may still become final, and the same bytes may be submitted
// again. A refusal of the node is a *Problem.
func (c *Client) Submit(ctx context.Context, compact []byte, wait Wait) (*Transaction, error) {
	body, err := json.Marshal(struct {
		Transaction string `json:"transaction"`
	}{string(compact)})
	if err != nil {
		return nil, fmt.Errorf("submit a transaction: %w", err)
	}
	k := call{method: http.MethodPost, uri: "/v1/transactions", body: body}
	if wait == WaitFinal {
		k.uri += "?wait=final"
	}
	for {
		t := new(Transaction)
		if err := c.do(ctx, k, t); err != nil {
			if ctx.Err() != nil {
				err = errors.Join(code.TimedOut.New(""), err)
			} else if code.Expired.Is(err) || code.ExpiresTooLate.Is(err) {
				c.forget()
			}
			return nil, fmt.Errorf("submit a transaction: %w", err)
		}
		if t.State != Received || wait == WaitReceived {
			return t, nil
		}
		// The node's wait is over and ours is not: the same bytes wait on.
	}
}

// Invoke signs a call of a contract function, waits until it is final and decodes
// what it returned into result, unless that is nil. A refusal, by the node or by
// the contract, is an error with a *code.Error in it; with a refused transaction
// its outcome is returned as well.
func (c *Client) Invoke(ctx context.Context, function string, argument, result any) (*Outcome, error) {
	signed, err := c.Sign(ctx, function, argument)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", function, err)
	}
	t, err := c.Submit(ctx, signed.Compact, WaitFinal)
	if err != nil {
		return nil, fmt.Errorf("%s, transaction %s: %w", function, signed.ID, err)
	}
	if err := t.Err(); err != nil {
		if code.Expired.Is(err) {
			c.forget()
		}
		return t.Outcome, fmt.Errorf("%s, transaction %s: %w", function, signed.ID, err)
	}
	if result != nil && t.Outcome != nil && len(t.Outcome.Result) > 0 {
		if err := json.Unmarshal(t.Outcome.Result, result); err != nil {
			return t.Outcome, fmt.Errorf("read the result of %s: %w", function, err)
		}
	}
	return t.Outcome, nil
}

// Transaction asks what became of a transaction.
func (c *Client) Transaction(ctx context.Context, id record.Digest) (*Transaction, error) {
	return get[Transaction](ctx, c, "/v1/transactions/"+id.String())
}
