package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/language"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/attach"
)

// facts are what is known of a request apart from its parameters.
type facts struct {
	id      string // request id
	chinese bool
	method  string
	uri     string // path and query as sent
	bearer  string // Authorization header
	body    []byte
	part    *attach.Part // the body of a request that brings a file; nil for others
	viewer  string       // member who asked, once known

	remote    string            // address that it comes from
	certified *x509.Certificate // of the client, shown over TLS; nil without
	foreign   bool              // it changes something, and a page of another site sent it
}

type factsKey struct{}

// factsOf gives the facts of the request that ctx belongs to.
func factsOf(ctx context.Context) *facts {
	if f, ok := ctx.Value(factsKey{}).(*facts); ok {
		return f
	}
	return &facts{}
}

// Handler is the whole API as an http.Handler: routes within request ids, bounds,
// the access log and a net for panics.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.Now()
		f := &facts{
			id: requestID(r), chinese: s.prefersChinese(r), method: r.Method, uri: r.RequestURI,
			bearer: r.Header.Get("Authorization"), remote: s.sourceOf(r), certified: certified(r), foreign: foreign(r),
		}
		if f.uri == "" {
			f.uri = r.URL.RequestURI()
		}
		r = r.WithContext(context.WithValue(r.Context(), factsKey{}, f))
		seen := &response{ResponseWriter: w}
		h := w.Header()
		h.Set("X-Request-Id", f.id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		defer s.logRequest(r, f, seen, start)
		defer s.recovered(r, seen)
		if s.stopping.Load() {
			s.refuse(seen, r, code.NodeStopping.New(""))
			return
		}
		if err := s.admit(r, f); err != nil {
			s.refuse(seen, r, err)
			return
		}
		defer f.dropPart()
		if err := s.readBody(w, r, f); err != nil {
			s.refuse(seen, r, err)
			return
		}
		s.serveTagged(seen, r)
	})
}

// readBody reads a request's body whole and within bounds before anything else
// looks at it: a login token is bound to its bytes.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, f *facts) error {
	if limit := s.uploadLimit(r); limit > 0 {
		return s.spoolBody(w, r, f, limit)
	}
	if r.ContentLength == 0 || r.Body == nil {
		return nil
	}
	limit, timeout := int64(MaxBody), bodyTimeout
	if larger := max(s.deskBodyLimit(r), sheetBodyLimit(r)); larger > 0 {
		leave, err := s.enterLarge(r, f, larger)
		if err != nil {
			return err
		}
		defer leave()
		limit, timeout = larger, uploadTimeout
	}
	control := http.NewResponseController(w)
	// A recorder in a test has no deadlines; a connection has.
	if err := control.SetReadDeadline(time.Now().Add(timeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("bound the time to read a body: %w", err)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return code.TooLarge.New("a request has at most %d bytes", limit)
	case err != nil:
		return code.BadRequest.New("the body cannot be read")
	}
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("unbound the time to read: %w", err)
	}
	f.body = body
	r.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// requestID takes the client's id when it is one a log can hold, and makes one
// otherwise.
func requestID(r *http.Request) string {
	const most = 64
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > most {
		return rand.Text()
	}
	for _, c := range []byte(id) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return rand.Text()
		}
	}
	return id
}

func (s *Server) prefersChinese(r *http.Request) bool {
	header := r.Header.Get("Accept-Language")
	if header == "" {
		return false
	}
	wanted, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return false
	}
	_, index, _ := s.languages.Match(wanted...)
	return index > 0
}

// refuse writes a problem document outside of a route.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problem(r.Context(), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.MarshalWrite(w, p, jsontext.AllowInvalidUTF8(true)) // the client may be gone
}

// recovered answers INTERNAL when a handler panicked and logs where.
func (s *Server) recovered(r *http.Request, w *response) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http panics with this very value
		panic(cause)
	}
	s.Logger.Error("request panicked", "requestId", factsOf(r.Context()).id, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if w.status == 0 {
		s.refuse(w, r, code.Internal.New(""))
	}
}

// logRequest writes the access log: never a query, a header or a body.
func (s *Server) logRequest(r *http.Request, f *facts, w *response, start time.Time) {
	took := s.Now().Sub(start)
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	s.metrics.requests.WithLabelValues(route, strconv.Itoa(w.status)).Observe(took.Seconds())
	level := slog.LevelInfo
	if w.status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Logger.Log(r.Context(), level, "request",
		"requestId", f.id, "method", r.Method, "path", loggable(r.URL.Path), "status", w.status, "bytes", w.bytes,
		"took", took, "remote", r.RemoteAddr, "member", f.viewer)
}

// response counts what is written.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }
