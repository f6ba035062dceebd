package api

import (
	"errors"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/node/access"
)

// keyCache keeps parsed public keys; a key never changes under its id.
type keyCache = lru.Cache[record.Digest, credential.PublicKey]

func newKeyCache(entries int) (*keyCache, error) {
	return lru.New[record.Digest, credential.PublicKey](entries)
}

// login finds out who asks, by the login token or without one by the client's
// certificate, and counts the request.
func (s *Server) login(m access.Moment, f *facts) (access.Viewer, error) {
	identify := s.tokenLogin
	if f.bearer == "" && f.certified != nil {
		identify = s.certifiedLogin
	}
	viewer, err := identify(m, f)
	if err := s.count(viewer, err, f); err != nil {
		return access.Viewer{}, err
	}
	return viewer, nil
}

// tokenLogin finds out who signed the login token. In this order: the token's form, its
// key on the ledger, its audience, time and signature, and that it was not used before;
// then whether its credential is in force.
func (s *Server) tokenLogin(m access.Moment, f *facts) (access.Viewer, error) {
	text, ok := strings.CutPrefix(f.bearer, "Bearer ")
	if !ok {
		return access.Viewer{}, code.Unauthenticated.New("no login token")
	}
	token, err := jws.ParseLogin([]byte(text))
	if err != nil {
		return access.Viewer{}, unauthenticated(err)
	}
	id := record.Digest(token.KeyID)
	viewer, inForce := access.Identify(m, id)
	if refusal := code.Of(inForce); inForce != nil && (refusal == nil || refusal.Code == code.Unauthenticated) {
		return access.Viewer{}, inForce
	}
	key, err := s.key(m, id)
	if err != nil {
		return access.Viewer{}, err
	}
	now := s.Now().Unix()
	want := jws.Request{
		Network: s.Network, Node: s.Node, Method: f.method, Path: f.uri, BodySHA256: f.bodyDigest(),
	}
	if err := token.Verify(key, want, now); err != nil {
		return access.Viewer{}, unauthenticated(err)
	}
	if err := s.remembered.Use(token, now); err != nil {
		if errors.Is(err, jws.ErrBusy) {
			return access.Viewer{}, code.RateLimited.New("too many live login tokens")
		}
		return access.Viewer{}, unauthenticated(err)
	}
	if inForce != nil {
		return access.Viewer{}, inForce
	}
	f.viewer = viewer.Member.ID
	return viewer, nil
}

// key is the parsed key of a registered credential, whether it is in force or not.
func (s *Server) key(m access.Moment, id record.Digest) (credential.PublicKey, error) {
	if key, ok := s.keys.Get(id); ok {
		return key, nil
	}
	c, err := record.Find(m.State, record.CredentialKey(id))
	if err != nil {
		return credential.PublicKey{}, err
	}
	if c == nil {
		return credential.PublicKey{}, code.UnknownCredential.New("%s", id)
	}
	key, err := credential.ParsePublicKey(c.PublicKey)
	if err != nil {
		return credential.PublicKey{}, code.BadKey.New("%s", id) // enrolment refuses such keys
	}
	s.keys.Add(id, key)
	return key, nil
}

// unauthenticated names what is wrong with a token, without quoting it.
func unauthenticated(err error) error {
	return code.Unauthenticated.New("%s", kindOf(err, jws.ErrTooLarge, jws.ErrForm, jws.ErrEncoding, jws.ErrHeader,
		jws.ErrAlgorithm, jws.ErrPayload, jws.ErrAudience, jws.ErrExpired, jws.ErrKey, jws.ErrSignature, jws.ErrReplayed))
}

// kindOf names which of the kinds err is.
func kindOf(err error, kinds ...error) string {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "not acceptable"
}
