package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Problem is a refusal as RFC 9457 writes it. Code never changes its meaning; the
// texts are for people, in the language the client prefers.
type Problem struct {
	Type      string  `json:"type" doc:"urn:tierledger:problem: and the code" example:"urn:tierledger:problem:NOT_FOUND"`
	Title     string  `json:"title" doc:"What happened, English or Chinese by Accept-Language"`
	Status    int     `json:"status" doc:"The HTTP status"`
	Code      string  `json:"code" doc:"Stable code; see docs for the list" example:"NOT_FOUND"`
	Rule      string  `json:"rule,omitempty" doc:"The rule that refused, for example TERM-MAX"`
	Detail    string  `json:"detail,omitempty" doc:"The facts of this case"`
	Next      string  `json:"next,omitempty" doc:"What to do next"`
	RequestID string  `json:"requestId" doc:"To be quoted to the node's operator"`
	Fields    []Field `json:"fields,omitempty" doc:"Which parts of the request are wrong"`

	retryAfter string
}

// Field is one part of a request that is wrong.
type Field struct {
	At      string `json:"at" doc:"Where: path.x, query.x or body.x"`
	Message string `json:"message"`
}

// Error is the code and the facts.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders gives the headers that go with the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter != "" {
		h.Set("Retry-After", p.retryAfter)
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// ContentType is that of a problem document.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the HTTP status of a code; codes of the ledger's own rules are 422.
func statusOf(c code.Code) int {
	switch c {
	case code.Internal, code.ContractFault:
		return http.StatusInternalServerError
	case code.BadForm, code.BadRequest, code.BadCursor:
		return http.StatusBadRequest
	case code.TooLarge:
		return http.StatusRequestEntityTooLarge
	case code.Unauthenticated, code.CredentialRevoked, code.CredentialExpired:
		return http.StatusUnauthorized
	case code.NotAuthorised:
		return http.StatusForbidden
	case code.NotFound:
		return http.StatusNotFound
	case code.Conflict:
		return http.StatusConflict
	case code.RateLimited, code.QuotaExceeded:
		return http.StatusTooManyRequests
	case code.MempoolFull, code.NodeStopping, code.NodeCatchingUp:
		return http.StatusServiceUnavailable
	default:
		return http.StatusUnprocessableEntity
	}
}

// problem turns any error into a problem document. An error that is no refusal is
// logged here, once, and shows only the request's id.
func (s *Server) problem(ctx context.Context, err error) *Problem {
	known, facts := new(Problem), factsOf(ctx)
	if errors.As(err, &known) {
		return known
	}
	refusal := code.Of(err)
	if refusal == nil {
		if !errors.Is(err, context.Canceled) {
			s.Logger.Error("request", "requestId", facts.id, "error", err)
		}
		refusal = &code.Error{Code: code.Internal}
	}
	return describe(facts, refusal, statusOf(refusal.Code))
}

func describe(f *facts, e *code.Error, status int) *Problem {
	entry := e.Code.Entry()
	p := &Problem{
		Type:  "urn:tierledger:problem:" + entry.Name,
		Title: entry.English, Next: entry.Next,
		Status: status, Code: entry.Name, Rule: e.Rule, Detail: e.Detail, RequestID: f.id,
	}
	if f.chinese {
		p.Title, p.Next = entry.Chinese, entry.NextZH
	}
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests && e.Code == code.RateLimited {
		p.retryAfter = "1"
	}
	return p
}

// translate makes problem documents of the library's own errors: a body that is
// no JSON, a parameter that is missing or malformed.
func (s *Server) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	refusal := code.BadRequest.New("")
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		refusal = code.TooLarge.New("a request has at most %d bytes", MaxBody)
	case m.Status >= http.StatusInternalServerError:
		refusal = code.Internal.New("")
	}
	if refusal.Code == code.BadRequest && len(m.Errors) == 0 {
		refusal = code.BadRequest.New("%s", m.Detail) // no part of the request is wrong, but the whole
	}
	p := describe(factsOf(ctx.Context()), refusal, m.Status)
	if refusal.Code != code.Internal {
		for _, e := range m.Errors {
			p.Fields = append(p.Fields, Field{At: e.Location, Message: e.Message})
		}
	}
	return p, nil
}
