package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"strings"
)

// tagged gives a good JSON answer to a GET an ETag, and answers 304 without a body to a
// client that has it. It holds such an answer back until it is whole; anything else goes
// through as it is written.
type tagged struct {
	http.ResponseWriter
	known string // the If-None-Match of the request
	begun bool
	held  *bytes.Buffer // nil: goes through
}

// serveTagged serves a request with ETags where they apply.
func (s *Server) serveTagged(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		s.mux.ServeHTTP(w, r)
		return
	}
	t := &tagged{ResponseWriter: w, known: r.Header.Get("If-None-Match")}
	s.mux.ServeHTTP(t, r)
	t.finish()
}

func (t *tagged) WriteHeader(status int) {
	if t.begun {
		return
	}
	t.begun = true
	if status == http.StatusOK && t.Header().Get("ETag") == "" && isJSON(t.Header().Get("Content-Type")) {
		t.held = new(bytes.Buffer)
		return
	}
	t.ResponseWriter.WriteHeader(status)
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == mediaJSON || strings.HasSuffix(kind, "+json"))
}

func (t *tagged) Write(b []byte) (int, error) {
	if !t.begun {
		t.WriteHeader(http.StatusOK)
	}
	if t.held != nil {
		return t.held.Write(b)
	}
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (t *tagged) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// finish sends what was held back.
func (t *tagged) finish() {
	if t.held == nil {
		return
	}
	sum := sha256.Sum256(t.held.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	t.Header().Set("ETag", tag)
	if has(t.known, tag) {
		t.Header().Del("Content-Type")
		t.Header().Del("Content-Length")
		t.ResponseWriter.WriteHeader(http.StatusNotModified)
		return
	}
	t.ResponseWriter.WriteHeader(http.StatusOK)
	_, _ = t.ResponseWriter.Write(t.held.Bytes()) // the client may be gone
}

// has reports whether an If-None-Match names a tag (RFC 9110, 13.1.2).
func has(known, tag string) bool {
	for _, one := range strings.Split(known, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
