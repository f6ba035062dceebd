package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

// reading is one request on one snapshot, by a known viewer where the operation
// needs a login.
type reading struct {
	access.Reader
	head     store.Head
	settings record.Settings
	facts    *facts
}

// open takes a snapshot for a request; the caller closes it.
func (s *Server) open(ctx context.Context) (*reading, func(), error) {
	snapshot, err := s.Store.Snapshot()
	if err != nil {
		return nil, nil, err
	}
	release := func() { _ = snapshot.Close() } // a fault of the store shows at the next call
	r := &reading{facts: factsOf(ctx)}
	if r.Moment, r.head, r.settings, err = access.At(snapshot); err != nil {
		release()
		return nil, nil, err
	}
	return r, release, nil
}

// read registers an operation that needs a login and answers in JSON.
func read[I, O any](s *Server, op huma.Operation, answer func(*reading, *I) (O, error)) {
	type output struct{ Body O }
	known(s, op, func(r *reading, in *I) (*output, error) {
		body, err := answer(r, in)
		return &output{body}, err
	})
}

// known registers an operation that needs a login, whatever the form of its answer.
func known[I, O any](s *Server, op huma.Operation, answer func(*reading, *I) (*O, error)) {
	op.Security = []map[string][]string{{"login": {}}}
	answering(s, op, func(r *reading, in *I) (out *O, err error) {
		if r.Viewer, err = s.login(r.Moment, r.facts); err != nil {
			return nil, err
		}
		return answer(r, in)
	})
}

// answering registers an operation that reads one moment of the ledger. Its errors
// become problem documents here.
func answering[I, O any](s *Server, op huma.Operation, answer func(*reading, *I) (*O, error)) {
	huma.Register(s.api, documented(s, op), func(ctx context.Context, in *I) (*O, error) {
		r, release, err := s.open(ctx)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		defer release()
		out, err := answer(r, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// documented adds what every operation has in common: its bounds and the problem
// documents. Errors are the refusals of its own rules, beside those of its form.
func documented(s *Server, op huma.Operation) huma.Operation {
	op.MaxBodyBytes, op.BodyReadTimeout = max(op.MaxBodyBytes, MaxBody), -1 // both are the middleware's
	if op.Method == "" {
		op.Method = http.MethodGet
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = s.problemResponse("A refusal or a fault: a problem document with a stable code.")
	for _, status := range op.Errors {
		refer(&op, status)
	}
	op.Errors = []int{} // all are described
	return op
}

// Cut is where a page starts and how long it may be, as query parameters.
type Cut struct {
	Cursor string `query:"cursor" maxLength:"1024" doc:"The next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

func (c Cut) view() view.Cut { return view.Cut{Cursor: c.Cursor, Limit: c.Limit} }

// maxScanned is how many records are looked at for one page before it ends early.
const maxScanned = 20 * view.MaxPage

// cursorAfter is the cursor of a page that starts behind a key of state.
func cursorAfter(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// start is where in the keys of state under a prefix the page starts.
func (c Cut) start(prefix string) (string, error) {
	if c.Cursor == "" {
		return prefix, nil
	}
	after, err := base64.RawURLEncoding.Strict().DecodeString(c.Cursor)
	if err != nil || !strings.HasPrefix(string(after), prefix) {
		return "", code.BadCursor.New("")
	}
	return string(after) + "\x00", nil
}

// pageOfState lists the records of state under a prefix that keep wants, in order
// of key. Keys with another number of segments (a member's accounts) are passed
// over. The cursor is the last key looked at.
func pageOfState[T any](s access.State, prefix string, segments int, c Cut, keep func(*T) bool) (view.Page[T], error) {
	page := view.Page[T]{Items: []T{}}
	start, err := c.start(prefix)
	if err != nil {
		return page, err
	}
	scanned, last := 0, ""
	err = s.Scan(start, record.PrefixEnd(prefix), func(key string, value []byte) (bool, error) {
		if len(page.Items) == c.Limit || scanned == maxScanned {
			page.Next = cursorAfter(last)
			return false, nil
		}
		scanned, last = scanned+1, key
		if strings.Count(key, "/")+1 != segments {
			return true, nil
		}
		var v T
		if err := record.Decode(value, &v); err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		if keep(&v) {
			page.Items = append(page.Items, v)
		}
		return true, nil
	})
	return page, err
}

// digest reads a digest from a path.
func digest(text string) (record.Digest, error) {
	d, err := record.ParseDigest(text)
	if err != nil {
		return d, code.BadRequest.New("%s", err)
	}
	return d, nil
}
