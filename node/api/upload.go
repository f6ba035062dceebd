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

	uploadsOfMember, uploadsOfAll = 4, 8 // that are read at a time
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
	leave, err := s.mayUpload(r, f)
	if err != nil {
		return err
	}
	defer leave()
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
// digest that it names; that the body has it is seen by login. A login that fails is
// counted here, a good one there. It takes a place while the body is read.
func (s *Server) mayUpload(r *http.Request, f *facts) (leave func(), err error) {
	viewer, err := s.bringer(r, f)
	if err != nil {
		return nil, s.count(viewer, err, f)
	}
	return s.uploads.enter(viewer.Member.ID)
}

// bringer is who brings a file.
func (s *Server) bringer(r *http.Request, f *facts) (viewer access.Viewer, err error) {
	reading, release, err := s.open(r.Context())
	if err != nil {
		return viewer, err
	}
	defer release()
	if f.bearer == "" && f.certified != nil {
		return s.certifiedLogin(reading.Moment, f)
	}
	text, ok := strings.CutPrefix(f.bearer, "Bearer ")
	if !ok {
		return viewer, code.Unauthenticated.New("no login token")
	}
	token, err := jws.ParseLogin([]byte(text))
	if err != nil {
		return viewer, unauthenticated(err)
	}
	id := record.Digest(token.KeyID)
	if viewer, err = access.Identify(reading.Moment, id); err != nil {
		return viewer, err
	}
	key, err := s.key(reading.Moment, id)
	if err != nil {
		return viewer, err
	}
	want := jws.Request{Network: s.Network, Node: s.Node, Method: f.method, Path: f.uri, BodySHA256: token.BodySHA256}
	if err := token.Verify(key, want, s.Now().Unix()); err != nil {
		return viewer, unauthenticated(err)
	}
	return viewer, nil
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
