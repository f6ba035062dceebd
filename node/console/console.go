// Package console serves the web console: the files under dist, which are built from the
// sources in web and committed, so that a node needs nothing else to show it.
//
// It knows nothing of the ledger. What the console shows comes from the same API that
// everybody has, and what it signs it signs in the browser; no page, file or cookie of
// it carries a secret. node/api mounts the handler.
package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var dist embed.FS

// Policy is the Content-Security-Policy of the console: scripts, styles, fonts and
// answers come from the node itself and from nowhere else, and no page may frame it.
// Style attributes are allowed, because charts set them; they can load nothing.
const Policy = "default-src 'none'; script-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; " +
	"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// file is one file of the console, ready to be sent.
type file struct {
	name string
	data []byte
	kind string // media type
	etag string
	kept bool // its name changes with its content

	gzipped func() []byte // made when it is first asked for; nil when the file does not shrink
}

// Handler serves the console: index.html at "/", everything else by name. Files whose
// name has the hash of their content are kept by browsers for good, others are asked for
// each time. What is not there is for the handler given.
func Handler(absent http.Handler) (http.Handler, error) {
	files := map[string]*file{}
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f, err := read(name)
		if err == nil {
			files[strings.TrimPrefix(name, "dist")] = f
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the console: %w", err)
	}
	if files["/"] = files["/index.html"]; files["/"] == nil {
		return nil, fmt.Errorf("read the console: %w: index.html", fs.ErrNotExist)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := files[r.URL.Path]
		if f == nil || r.Method != http.MethodGet && r.Method != http.MethodHead {
			absent.ServeHTTP(w, r)
			return
		}
		f.serve(w, r)
	}), nil
}

func read(name string) (*file, error) {
	data, err := dist.ReadFile(name)
	if err != nil {
		return nil, err
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	sum := sha256.Sum256(data)
	f := &file{
		name: path.Base(name), data: data, kind: kind, kept: strings.HasPrefix(name, "dist/assets/"),
		etag: base64.RawURLEncoding.EncodeToString(sum[:18]),
	}
	f.gzipped = sync.OnceValue(f.compress)
	return f, nil
}

// compress gives the file compressed, or nil when that saves nothing.
func (f *file) compress() []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(f.data); err != nil || w.Close() != nil || out.Len() >= len(f.data) {
		return nil
	}
	return out.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Content-Security-Policy", Policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if f.kept {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	data, etag := f.data, f.etag
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && !strings.HasPrefix(f.kind, "font/") {
		if smaller := f.gzipped(); smaller != nil {
			h.Set("Content-Encoding", "gzip")
			data, etag = smaller, etag+"-gzip"
		}
	}
	h.Set("ETag", `"`+etag+`"`)
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(data))
}
