package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/attach"
)

// Paths with bodies that are not held in memory.
const (
	uploadPath = "/v1/attachments/"
	bulkPath   = uploadPath + "bulk"
)

const (
	uploadTimeout = 60 * time.Second // to read a file from the client
	uploadsAtOnce = 8
)

// uploadLimit is the size of the largest body of a request that brings a file, in
// bytes; 0 for all other requests.
func (s *Server) uploadLimit(r *http.Request) int64 {
	switch {
	case s.Attachments == nil:
		return 0
	case r.Method == http.MethodPost && r.URL.Path == bulkPath:
		return attach.MaxArchive
	case r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, uploadPath):
		return attach.MaxFile
	default:
		return 0
	}
}

// spoolBody writes a file that a client brings to disk before anything else looks at
// it: a login token is bound to its bytes. A stranger's file is not read at all.
func (s *Server) spoolBody(w http.ResponseWriter, r *http.Request, f *facts, limit int64) error {
	if r.ContentLength == 0 || r.Body == nil {
		return nil
	}
	if r.ContentLength > limit {
		return code.TooLarge.New("at most %d bytes", limit)
	}
	if err := s.mayUpload(r, f); err != nil {
		return err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return code.RateLimited.New("too many files at once")
	}
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(uploadTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("bound the time to read a file: %w", err)
	}
	part, err := s.Attachments.Spool(r.Body, limit)
	if err != nil {
		return err
	}
	f.part, r.Body = part, http.NoBody
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("unbound the time to read: %w", err)
	}
	return nil
}

// mayUpload lets only those bring a file whose token is good for a body with the
// digest that it names; that the body has it is seen by login.
func (s *Server) mayUpload(r *http.Request, f *facts) error {
	reading, release, err := s.open(r.Context())
	if err != nil {
		return err
	}
	defer release()
	if f.bearer == "" && f.certified != nil {
		_, err := s.certifiedLogin(reading.Moment, f)
		return err
	}
	text, ok := strings.CutPrefix(f.bearer, "Bearer ")
	if !ok {
		return code.Unauthenticated.New("no login token")
	}
	token, err := jws.ParseLogin([]byte(text))
	if err != nil {
		return unauthenticated(err)
	}
	id := record.Digest(token.KeyID)
	if _, err := access.Identify(reading.Moment, id); err != nil {
		return err
	}
	key, err := s.key(reading.Moment, id)
	if err != nil {
		return err
	}
	want := jws.Request{Network: s.Network, Node: s.Node, Method: f.method, Path: f.uri, BodySHA256: token.BodySHA256}
	if err := token.Verify(key, want, s.Now().Unix()); err != nil {
		return unauthenticated(err)
	}
	return nil
}

// bodyDigest is the digest of the request's body, as a login token has it.
func (f *facts) bodyDigest() string {
	if f.part != nil && f.part.Size > 0 {
		return f.part.Digest.String()
	}
	return jws.BodyDigest(f.body)
}

// dropPart removes a file that was not kept.
func (f *facts) dropPart() {
	if f.part != nil {
		f.part.Drop()
	}
}
