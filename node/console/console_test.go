package console_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/node/console"
)

func serve(t *testing.T) http.Handler {
	t.Helper()
	h, err := console.Handler(http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(t *testing.T, h http.Handler, method, path string, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// The page loads only what the node itself has, under a policy that allows nothing else.
func TestThePageAndWhatItLoads(t *testing.T) {
	h := serve(t)
	page := get(t, h, http.MethodGet, "/", nil)
	if page.Code != http.StatusOK || !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("/: %d %s", page.Code, page.Header())
	}
	if p := page.Header().Get("Content-Security-Policy"); p != console.Policy || strings.Contains(p, "unsafe-eval") || strings.Contains(p, "script-src 'self' ") {
		t.Errorf("policy %q", p)
	}
	text := page.Body.String()
	if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(text) || strings.Contains(text, "<style") || strings.Contains(text, "//") {
		t.Errorf("the page has a script or style of its own, or loads from elsewhere:\n%s", text)
	}
	links := regexp.MustCompile(`(?:src|href)="\.?(/[^"]+)"`).FindAllStringSubmatch(text, -1)
	if len(links) < 2 {
		t.Errorf("the page loads %d files:\n%s", len(links), text)
	}
	for _, link := range links {
		file := get(t, h, http.MethodGet, link[1], nil)
		if file.Code != http.StatusOK || file.Body.Len() == 0 {
			t.Errorf("%s: %d", link[1], file.Code)
		}
		if kept := strings.Contains(file.Header().Get("Cache-Control"), "immutable"); kept != strings.HasPrefix(link[1], "/assets/") {
			t.Errorf("%s is kept: %t", link[1], kept)
		}
	}
}

func TestAFileIsSentOnceAndCompressed(t *testing.T) {
	h := serve(t)
	plain := get(t, h, http.MethodGet, "/", nil)
	small := get(t, h, http.MethodGet, "/", map[string]string{"Accept-Encoding": "br, gzip"})
	if small.Header().Get("Content-Encoding") != "gzip" || small.Header().Get("ETag") == plain.Header().Get("ETag") {
		t.Fatalf("headers %v", small.Header())
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(z); err != nil || string(text) != plain.Body.String() {
		t.Errorf("uncompressed it is %q, %v", text, err)
	}
	again := get(t, h, http.MethodGet, "/", map[string]string{"If-None-Match": plain.Header().Get("ETag")})
	if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("asked again: %d with %d bytes", again.Code, again.Body.Len())
	}
	for _, c := range []struct{ method, path string }{
		{http.MethodGet, "/none"}, {http.MethodPost, "/"}, {http.MethodGet, "/assets/"}, {http.MethodGet, "/assets/../../go.mod"},
	} {
		if w := get(t, h, c.method, c.path, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s %s: %d", c.method, c.path, w.Code)
		}
	}
}
