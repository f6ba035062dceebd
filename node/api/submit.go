package api

import (
	"context"
	"crypto/sha256"
	stdjson "encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/outcome"
)

// States of a transaction as the API tells them.
const (
	stateReceived = "received" // it waits for a block on this node
	stateFinal    = "final"    // it is in a block and was accepted
	stateFailed   = "failed"   // it is in a block and was refused, or it expired outside of one
)

// transaction is what is known of a transaction.
type transaction struct {
	ID      record.Digest `json:"id"`
	State   string        `json:"state" enum:"received,final,failed" doc:"received: waits for a block. final: in a block and accepted. failed: refused in a block, or expired outside of one; nothing was changed"`
	Expires int64         `json:"expires,omitzero" doc:"Unix second of ledger time from which a received transaction can no longer take effect"`
	Refusal *refusal      `json:"refusal,omitempty" doc:"Why it failed"`
	Outcome *outcomeView  `json:"outcome,omitempty"`
}

// refusal is a code with its texts.
type refusal struct {
	Code   string `json:"code" example:"HOLDING_CHANGED"`
	Title  string `json:"title"`
	Rule   string `json:"rule,omitempty"`
	Detail string `json:"detail,omitempty"`
	Next   string `json:"next,omitempty"`
}

// outcomeView is record.Outcome with its code by name and its result as JSON.
type outcomeView struct {
	TxID     record.Digest      `json:"txId"`
	Height   int64              `json:"height"`
	Index    uint32             `json:"index" doc:"Within the block; 0 is the sweep"`
	Time     calendar.Instant   `json:"time"`
	Function string             `json:"function"`
	Member   string             `json:"member" doc:"Of the signer, empty for the sweep"`
	Key      record.Digest      `json:"key" doc:"Of the signer"`
	Code     string             `json:"code" doc:"OK, or why it was refused"`
	Rule     string             `json:"rule"`
	Detail   string             `json:"detail"`
	Result   stdjson.RawMessage `json:"result,omitempty" doc:"What the function returned"`
	Effects  record.Effects     `json:"effects"`
}

func viewOf(o *record.Outcome) *outcomeView {
	return &outcomeView{
		TxID: o.TxID, Height: o.Height, Index: o.Index, Time: o.Time, Function: o.Function, Member: o.Member, Key: o.Key,
		Code: code.Code(o.Code).String(), Rule: o.Rule, Detail: o.Detail, Result: o.Result, Effects: o.Effects,
	}
}

// settled is a transaction with an outcome.
func settled(f *facts, o *record.Outcome) *transaction {
	t := &transaction{ID: o.TxID, State: stateFinal, Outcome: viewOf(o)}
	if o.Code != 0 {
		t.State = stateFailed
		t.Refusal = refusalOf(f, &code.Error{Code: code.Code(o.Code), Rule: o.Rule, Detail: o.Detail})
	}
	return t
}

func refusalOf(f *facts, e *code.Error) *refusal {
	p := describe(f, e, 0)
	return &refusal{Code: p.Code, Title: p.Title, Rule: p.Rule, Detail: p.Detail, Next: p.Next}
}

// pending is a transaction without an outcome: once its expiry has passed it can
// never be in a block, because the time of blocks only rises.
func pending(f *facts, id record.Digest, expires int64, now calendar.Instant) *transaction {
	if expires <= int64(now)/1000 {
		return &transaction{ID: id, State: stateFailed, Refusal: refusalOf(f, code.Expired.New("expired at %d", expires))}
	}
	return &transaction{ID: id, State: stateReceived, Expires: expires}
}

// received remembers the transactions that the mempool took, the latest ones.
type received = lru.Cache[record.Digest, submission]

type submission struct {
	sum     [32]byte // SHA-256 of all bytes, the signature's too
	key     record.Digest
	expires int64
}

func newReceived(entries int) (*received, error) { return lru.New[record.Digest, submission](entries) }

type submitInput struct {
	Wait    string `query:"wait" enum:"received,final" default:"received" doc:"final: answer when the outcome is known"`
	Timeout string `query:"timeout" maxLength:"16" default:"30s" doc:"How long to wait for the outcome, at most 60s" example:"30s"`
	Body    struct {
		Transaction string `json:"transaction" maxLength:"524288" doc:"The transaction in JWS compact serialization, typ scf-tx+jws"`
	}
}

type submitOutput struct {
	Status int
	Body   *transaction
}

// submit takes a signed transaction. It is idempotent: the same bytes get the same
// answer, whether they are new, waiting or executed.
func (s *Server) submit(ctx context.Context, in *submitInput) (*submitOutput, error) {
	t, err := s.take(ctx, in)
	if err != nil {
		p := s.problem(ctx, err)
		s.metrics.submitted.WithLabelValues(p.Code).Inc()
		return nil, p
	}
	s.metrics.submitted.WithLabelValues(code.OK.String()).Inc()
	if t.State == stateReceived {
		return &submitOutput{http.StatusAccepted, t}, nil
	}
	return &submitOutput{http.StatusOK, t}, nil
}

func (s *Server) take(ctx context.Context, in *submitInput) (*transaction, error) {
	timeout, err := waitOf(in)
	if err != nil {
		return nil, err
	}
	raw := []byte(in.Body.Transaction)
	tx, err := jws.ParseTransaction(raw, record.MaxTransactionBytes)
	switch {
	case errors.Is(err, jws.ErrTooLarge):
		return nil, code.TooLarge.New("%d bytes, at most %d", len(raw), record.MaxTransactionBytes)
	case err != nil:
		return nil, code.BadForm.New("%s", kindOf(err, jws.ErrForm, jws.ErrEncoding, jws.ErrHeader, jws.ErrAlgorithm, jws.ErrPayload))
	case tx.Network != s.Network:
		return nil, code.WrongNetwork.New("made for %s, this is %s", tx.Network, s.Network)
	}
	id, sum := record.Digest(tx.ID), sha256.Sum256(raw)
	known, isKnown := s.received.Get(id)
	if isKnown && known.sum != sum {
		return nil, code.Conflict.New("%s has another signature", id)
	}
	// Waiting begins before the store is looked into, so that no outcome falls
	// between the two.
	published, cancel := s.Finals.wait(id)
	defer cancel()
	o, err := s.outcome(ctx, tx, isKnown)
	if err != nil {
		return nil, err
	}
	if o != nil {
		return settled(factsOf(ctx), o), nil
	}
	if err := s.Engine.Submit(ctx, raw); err != nil {
		if !code.Replayed.Is(err) {
			return nil, err
		}
		// It was executed between the two looks: its outcome is published or stored.
		if o, err = s.outcome(ctx, tx, false); err != nil {
			return nil, err
		}
		if o != nil {
			return settled(factsOf(ctx), o), nil
		}
	}
	s.received.Add(id, submission{sum, record.Digest(tx.KeyID), tx.Expires})
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case o = <-published:
			return settled(factsOf(ctx), o), nil
		case <-timer.C:
		case <-s.stop:
		case <-ctx.Done():
		}
	}
	return &transaction{ID: id, State: stateReceived, Expires: tx.Expires}, nil
}

// waitOf is how long a submission waits, 0 when it does not.
func waitOf(in *submitInput) (time.Duration, error) {
	if in.Wait != "final" {
		return 0, nil
	}
	d, err := time.ParseDuration(in.Timeout)
	if err != nil || d <= 0 || d > MaxWait {
		return 0, code.BadRequest.New("timeout is above 0 and at most %s, for example %s", MaxWait, DefaultWait)
	}
	return d, nil
}

// outcome finds the outcome of a submitted transaction, nil when there is none.
// Only who has the signed transaction gets it this way: unless these bytes are
// known, the signature is verified.
func (s *Server) outcome(ctx context.Context, tx *jws.Transaction, known bool) (*record.Outcome, error) {
	o, err := outcome.Find(s.Store, tx.ID)
	if err != nil || o == nil || known {
		return o, err
	}
	r, release, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	key, err := s.key(r.Moment, record.Digest(tx.KeyID))
	if err != nil {
		return nil, err
	}
	if err := tx.Verify(key); err != nil {
		return nil, code.BadSignature.New("%s", kindOf(err, jws.ErrAlgorithm, jws.ErrKey, jws.ErrSignature))
	}
	return o, nil
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

// transactionByID answers what became of a transaction.
func (s *Server) transactionByID(r *reading, in *idInput) (*transaction, error) {
	id, err := digest(in.ID)
	if err != nil {
		return nil, err
	}
	o, err := outcome.Find(r.View, id)
	if err != nil {
		return nil, err
	}
	if o == nil {
		if known, ok := s.received.Get(id); ok {
			signer, err := record.Find(r.State, record.CredentialKey(known.key))
			if err != nil {
				return nil, err
			}
			if r.SeesAll() || signer != nil && signer.Member == r.Member.ID {
				return pending(r.facts, id, known.expires, r.Now), nil
			}
		}
	}
	if o, err = r.Outcome(id, o); err != nil {
		return nil, err
	}
	return settled(r.facts, o), nil
}

func (s *Server) transactionRoutes() {
	const tag = "transactions"
	op := documented(s, huma.Operation{
		OperationID: "submitTransaction", Method: http.MethodPost, Path: "/v1/transactions", Tags: []string{tag},
		Summary: "Submit a signed transaction",
		Description: "Needs no login: the transaction is signed. The client makes and keeps the transaction before it sends it, and may send the " +
			"same bytes again at any time and gets the same answer. 202 says that it waits for a block; 200 that it is final or failed. " +
			"Another signature under a known id is a CONFLICT.",
		Responses: map[string]*huma.Response{"202": {Description: "Received: it waits for a block."}},
		Errors:    []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict},
	})
	huma.Register(s.api, op, s.submit)
	// The library documents one status with a body; both answers have the same.
	op.Responses["202"].Content = op.Responses["200"].Content
	read(s, huma.Operation{
		OperationID: "getTransaction", Path: "/v1/transactions/{id}", Tags: []string{tag},
		Summary:     "What became of a transaction",
		Description: "The signer's member and those who see all get the whole outcome; others whom it concerns get the effects that name them.",
	}, s.transactionByID)
}
