package jws

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/crypto/credential"
)

// LoginType is the exact typ of a login token.
const LoginType = "scf-login+jws"

// Limits of a login token.
const (
	// MaxLoginLife is the longest life of a login token in seconds.
	MaxLoginLife = 120
	// MaxLoginSkew is by how many seconds the signer's clock may run ahead of the node's.
	MaxLoginSkew = 30
	// MaxLoginBytes is the longest login token in bytes.
	MaxLoginBytes = 8 << 10
	// MaxPath is the longest path with its query in bytes.
	MaxPath = 2048
)

// Request is the one HTTP request that a login token speaks for, at one node of one network.
type Request struct {
	// Network and Node are the audience: 1 to MaxNetwork of ASCII letters, digits and "-_.:" each.
	Network, Node string
	// Method is the HTTP method in capitals.
	Method string
	// Path is the path and query as sent, starting with a slash: "/v1/holdings?owner=...".
	Path string
	// BodySHA256 is BodyDigest of the body.
	BodySHA256 string
}

// BodyDigest is SHA-256 of a request's body in lowercase hexadecimal, and empty for an empty body.
func BodyDigest(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	digest := sha256.Sum256(body)
	return hex.EncodeToString(digest[:])
}

// Login is what a login token says.
type Login struct {
	Request
	// IssuedAt and Expires are unix seconds, at most MaxLoginLife apart.
	IssuedAt, Expires int64
	// TokenID is 16 random bytes in base64url, see NewNonce. A node accepts it once.
	TokenID string
}

// LoginToken is a parsed login token. It proves nothing before Verify.
type LoginToken struct {
	Login
	// KeyID names the key that the header says signed.
	KeyID credential.KeyID
	// Algorithm is what the header says; Verify accepts only the key's own.
	Algorithm credential.Algorithm

	signed signed
}

type wireLogin struct {
	Network    string `json:"network"`
	Node       string `json:"node"`
	Method     string `json:"method"`
	Path       string `json:"path"`
	BodySHA256 string `json:"body_sha256,omitempty"`
	IssuedAt   int64  `json:"iat"`
	Expires    int64  `json:"exp"`
	TokenID    string `json:"jti"`
}

// ParseLogin reads a login token. It checks form only. The token refers to compact, which must not change while it is
// in use.
func ParseLogin(compact []byte) (*LoginToken, error) {
	s, err := parse(compact, MaxLoginBytes, LoginType)
	if err != nil {
		return nil, err
	}
	login, err := parseLogin(s.payload)
	if err != nil {
		return nil, err
	}
	return &LoginToken{Login: login, KeyID: s.keyID, Algorithm: s.algorithm, signed: s}, nil
}

// parseLogin reads exactly {network, node, method, path, body_sha256?, iat, exp, jti}.
func parseLogin(data []byte) (Login, error) {
	var w wireLogin
	if err := decodeObject(data, &w); err != nil {
		return Login{}, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	if err := checkName("network", w.Network, MaxNetwork); err != nil {
		return Login{}, err
	}
	if err := checkName("node", w.Node, MaxNetwork); err != nil {
		return Login{}, err
	}
	switch w.Method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
	default:
		return Login{}, fmt.Errorf("%w: method %.16q", ErrPayload, w.Method)
	}
	if err := checkPath(w.Path); err != nil {
		return Login{}, err
	}
	if w.BodySHA256 != "" {
		// The text of a digest has the form of a key id.
		if _, err := credential.ParseKeyID(w.BodySHA256); err != nil {
			return Login{}, fmt.Errorf("%w: body_sha256 is not 64 lowercase hexadecimal digits", ErrPayload)
		}
	}
	if w.IssuedAt <= 0 || w.Expires <= 0 {
		return Login{}, fmt.Errorf("%w: iat %d, exp %d, want unix seconds", ErrPayload, w.IssuedAt, w.Expires)
	}
	if err := checkNonce("jti", w.TokenID); err != nil {
		return Login{}, err
	}
	request := Request{w.Network, w.Node, w.Method, w.Path, w.BodySHA256}
	return Login{request, w.IssuedAt, w.Expires, w.TokenID}, nil
}

// checkPath accepts printable ASCII that starts with a slash: a URL is percent-encoded before it is sent.
func checkPath(path string) error {
	if path == "" || path[0] != '/' || len(path) > MaxPath {
		return fmt.Errorf("%w: path %.40q, want 1 to %d characters from a slash", ErrPayload, path, MaxPath)
	}
	for i := range len(path) {
		if path[i] <= ' ' || path[i] > '~' {
			return fmt.Errorf("%w: path has character %q", ErrPayload, path[i])
		}
	}
	return nil
}

// Verify checks the token against the key registered for its KeyID, the request it came with and the node's clock in
// unix seconds. In this order: ErrAudience, ErrExpired, then ErrKey, ErrAlgorithm or ErrSignature. A token that passes
// must still be remembered, see Remembered.
func (l *LoginToken) Verify(key credential.PublicKey, want Request, now int64) error {
	for _, claim := range [...]struct{ name, got, want string }{
		{"network", l.Network, want.Network},
		{"node", l.Node, want.Node},
		{"method", l.Method, want.Method},
		{"path", l.Path, want.Path},
		{"body_sha256", l.BodySHA256, want.BodySHA256},
	} {
		if claim.got != claim.want {
			return fmt.Errorf("%w: %s is %q, want %q", ErrAudience, claim.name, claim.got, claim.want)
		}
	}
	if err := l.checkTime(now); err != nil {
		return err
	}
	return l.signed.verify(key)
}

func (l *LoginToken) checkTime(now int64) error {
	switch {
	case l.Expires <= l.IssuedAt || l.Expires-l.IssuedAt > MaxLoginLife:
		return fmt.Errorf("%w: it lives from %d to %d, at most %d seconds are allowed", ErrExpired, l.IssuedAt, l.Expires, MaxLoginLife)
	case l.IssuedAt > now+MaxLoginSkew:
		return fmt.Errorf("%w: issued at %d, the time is %d", ErrExpired, l.IssuedAt, now)
	case l.Expires <= now:
		return fmt.Errorf("%w: expired at %d, the time is %d", ErrExpired, l.Expires, now)
	}
	return nil
}

// SignLogin writes a login token that ParseLogin reads; a login that could not be read is ErrPayload.
func SignLogin(key credential.PrivateKey, l Login) ([]byte, error) {
	data, err := json.Marshal(wireLogin{
		l.Network, l.Node, l.Method, l.Path, l.BodySHA256, l.IssuedAt, l.Expires, l.TokenID,
	})
	if err != nil {
		return nil, fmt.Errorf("sign login: %w: %w", ErrPayload, err)
	}
	if _, err := parseLogin(data); err != nil {
		return nil, fmt.Errorf("sign login: %w", err)
	}
	compact, err := sign(key, LoginType, data)
	if err != nil {
		return nil, fmt.Errorf("sign login: %w", err)
	}
	return compact, nil
}
