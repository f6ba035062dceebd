// Package jws reads and writes the two signed texts of the network in JWS compact serialization (RFC 7515): the
// transaction and the login token. Each has its own exact "typ", so that neither passes for the other.
//
// It accepts of every text exactly one form: base64url as the encoder writes it, JSON without duplicate or unknown
// names, no depth beyond MaxDepth. It never consults the registry, a clock or a random source of its own: admission and
// the API hand it the registered key and the time. Parsing and verifying give the same answer on every validator.
package jws

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/crypto/credential"
)

// What can be wrong with a signed text. Callers tell them apart with errors.Is and map each to a stable code. The first
// check that fails is returned; parsing checks size, form, encoding, header (its unknown algorithm last) and payload,
// verifying checks a login token's audience and time, then key, algorithm and signature.
var (
	// ErrTooLarge says that the text is longer than the caller allows.
	ErrTooLarge = errors.New("signed text too large")
	// ErrForm says that the text is not three parts of possible lengths parted by two dots.
	ErrForm = errors.New("not a JWS in compact form")
	// ErrEncoding says that a part is not base64url in its one accepted form (RFC 7515 section 2, no padding).
	ErrEncoding = errors.New("not strict base64url")
	// ErrHeader says that the header is not exactly {alg, kid, typ} with the typ expected.
	ErrHeader = errors.New("malformed JWS header")
	// ErrPayload says that the payload is not the strict JSON object expected.
	ErrPayload = errors.New("malformed JWS payload")
	// ErrAlgorithm says that the header's algorithm is unknown or not the one the key is registered with.
	ErrAlgorithm = errors.New("wrong algorithm")
	// ErrKey says that the header names another key than the one it is verified with.
	ErrKey = errors.New("wrong key")
	// ErrSignature says that the signature does not verify.
	ErrSignature = errors.New("signature does not verify")
	// ErrAudience says that a login token is for another network, node, method, path or body.
	ErrAudience = errors.New("login token is for another request")
	// ErrExpired says that a login token's time is over, has not come, or is longer than allowed.
	ErrExpired = errors.New("login token is not valid at this time")
	// ErrReplayed says that a login token was used before.
	ErrReplayed = errors.New("login token was used before")
	// ErrBusy says that no more login tokens can be remembered until some expire.
	ErrBusy = errors.New("too many live login tokens")
)

// Limits of a signed text.
const (
	// MaxDepth is how deep objects and arrays may nest in a payload, the payload itself counted.
	MaxDepth = 32
	// NonceSize is the length of a nonce in bytes; its text has 22 characters of base64url.
	NonceSize = 16
	// MaxNetwork is the longest name of a network or node in bytes.
	MaxNetwork = 64
	// MaxFunction is the longest name of a contract function in bytes.
	MaxFunction = 128
)

// maxHeader bounds a header in base64url characters; the ones written here have 158 to 166.
const maxHeader = 512

// signatureText is the length of a signature in base64url characters.
const signatureText = (credential.SignatureSize*8 + 5) / 6

var encoding = base64.RawURLEncoding.Strict()

// signed is a compact serialization taken apart: its form is right, the rest is unverified.
type signed struct {
	keyID     credential.KeyID
	algorithm credential.Algorithm
	input     []byte // what is signed: header, dot, payload, as they stand in the text
	payload   []byte // decoded
	signature []byte
}

// parse takes a compact serialization of the given typ apart. The result refers to compact.
func parse(compact []byte, maxBytes int, typ string) (signed, error) {
	var s signed
	if len(compact) > maxBytes {
		return s, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(compact), maxBytes)
	}
	first := bytes.IndexByte(compact, '.')
	if first < 0 {
		return s, fmt.Errorf("%w: no dot", ErrForm)
	}
	second := bytes.IndexByte(compact[first+1:], '.')
	if second < 0 {
		return s, fmt.Errorf("%w: one dot, want two", ErrForm)
	}
	second += first + 1
	if bytes.IndexByte(compact[second+1:], '.') >= 0 {
		return s, fmt.Errorf("%w: more than two dots", ErrForm)
	}
	if first > maxHeader {
		return s, fmt.Errorf("%w: header of %d characters, at most %d", ErrForm, first, maxHeader)
	}
	if n := len(compact) - second - 1; n != signatureText {
		return s, fmt.Errorf("%w: signature of %d characters, want %d", ErrForm, n, signatureText)
	}
	// One allocation holds the three decoded parts.
	decoded := make([]byte, 0, len(compact)*3/4)
	header, rest, err := decode(decoded, compact[:first], "header")
	if err != nil {
		return s, err
	}
	if s.payload, rest, err = decode(rest, compact[first+1:second], "payload"); err != nil {
		return s, err
	}
	if s.signature, _, err = decode(rest, compact[second+1:], "signature"); err != nil {
		return s, err
	}
	if s.algorithm, s.keyID, err = parseHeader(header, typ); err != nil {
		return s, err
	}
	if err := checkNesting(s.payload); err != nil {
		return s, err
	}
	s.input = compact[:second:second]
	return s, nil
}

// decode appends what part says to space and returns it with the space left. The decoder of the standard library, even
// when strict, skips line breaks; they are refused here first.
func decode(space, part []byte, name string) (decoded, rest []byte, err error) {
	if bytes.IndexByte(part, '\n') >= 0 || bytes.IndexByte(part, '\r') >= 0 {
		return nil, nil, fmt.Errorf("%w: line break in %s", ErrEncoding, name)
	}
	out, err := encoding.AppendDecode(space, part)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrEncoding, name, err)
	}
	return out[:len(out):len(out)], out[len(out):], nil
}

// parseHeader reads exactly {alg, kid, typ}. The form that writeHeader writes is recognised without a JSON decoder.
func parseHeader(header []byte, typ string) (credential.Algorithm, credential.KeyID, error) {
	var id credential.KeyID
	for _, algorithm := range [...]credential.Algorithm{credential.ES256, credential.EdDSA} {
		var written [192]byte
		kid := len(`{"alg":"`) + len(algorithm.String()) + len(`","kid":"`)
		if len(header) < kid+64 || id.UnmarshalText(header[kid:kid+64]) != nil {
			continue
		}
		if bytes.Equal(appendHeader(written[:0], algorithm, id, typ), header) {
			return algorithm, id, nil
		}
	}
	var h struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
		Type      string `json:"typ"`
	}
	if err := decodeObject(header, &h); err != nil {
		return 0, id, fmt.Errorf("%w: %w", ErrHeader, err)
	}
	if h.Type != typ {
		return 0, id, fmt.Errorf("%w: typ is %.40q, want %q", ErrHeader, h.Type, typ)
	}
	algorithm, err := credential.ParseAlgorithm(h.Algorithm)
	if err != nil {
		return 0, id, fmt.Errorf("%w: %w", ErrAlgorithm, err)
	}
	if id, err = credential.ParseKeyID(h.KeyID); err != nil {
		return 0, id, fmt.Errorf("%w: kid: %w", ErrHeader, err)
	}
	return algorithm, id, nil
}

// appendHeader writes the header: its names in this order, no space.
func appendHeader(b []byte, algorithm credential.Algorithm, id credential.KeyID, typ string) []byte {
	b = append(b, `{"alg":"`...)
	b = append(b, algorithm.String()...)
	b = append(b, `","kid":"`...)
	b = hex.AppendEncode(b, id[:])
	b = append(b, `","typ":"`...)
	b = append(b, typ...)
	return append(b, `"}`...)
}

// decodeObject reads one JSON object with nothing around it into a struct whose fields are all it may have. Names are
// compared exactly and may come once; text must be UTF-8. A name left out leaves its field zero, which callers refuse.
func decodeObject(data []byte, into any) error {
	if len(data) < 2 || data[0] != '{' || data[len(data)-1] != '}' {
		return errors.New("not a JSON object, or something around it")
	}
	return json.Unmarshal(data, into, json.RejectUnknownMembers(true))
}

// checkNesting refuses JSON deeper than MaxDepth before a decoder sees it. It counts brackets outside strings, which is
// right for JSON and bounds everything else too.
func checkNesting(data []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString:
			if c == '\\' {
				i++
			} else if c == '"' {
				inString = false
			}
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return fmt.Errorf("%w: nested deeper than %d", ErrPayload, MaxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// verify checks header and signature against the registered key.
func (s *signed) verify(key credential.PublicKey) error {
	if s.keyID != key.ID() {
		return fmt.Errorf("%w: signed with %s, registered is %s", ErrKey, s.keyID, key.ID())
	}
	if s.algorithm != key.Algorithm() {
		return fmt.Errorf("%w: header says %s, the key is registered with %s", ErrAlgorithm, s.algorithm, key.Algorithm())
	}
	if !key.Verify(s.input, s.signature) {
		return fmt.Errorf("%w: key %s", ErrSignature, s.keyID)
	}
	return nil
}

// compact writes the text again: the bytes it was parsed from.
func (s *signed) compact() []byte {
	out := make([]byte, 0, len(s.input)+1+signatureText)
	out = append(append(out, s.input...), '.')
	return encoding.AppendEncode(out, s.signature)
}

// sign writes a compact serialization over payload.
func sign(key credential.PrivateKey, typ string, payload []byte) ([]byte, error) {
	public := key.Public()
	header := appendHeader(nil, public.Algorithm(), public.ID(), typ)
	size := encoding.EncodedLen(len(header)) + 1 + encoding.EncodedLen(len(payload)) + 1 + signatureText
	out := encoding.AppendEncode(make([]byte, 0, size), header)
	out = append(out, '.')
	out = encoding.AppendEncode(out, payload)
	signature, err := key.Sign(out)
	if err != nil {
		return nil, err
	}
	out = append(out, '.')
	return encoding.AppendEncode(out, signature), nil
}

// NewNonce draws a nonce from the random source, which is crypto/rand.Reader everywhere but in tests. The caller keeps
// the nonce with its request: the same request signed again under it is the same transaction.
func NewNonce(random io.Reader) (string, error) {
	var nonce [NonceSize]byte
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return "", fmt.Errorf("draw nonce: %w", err)
	}
	return encoding.EncodeToString(nonce[:]), nil
}

// checkNonce accepts the one text of NonceSize bytes.
func checkNonce(name, text string) error {
	var nonce [NonceSize + 2]byte
	if len(text) != encoding.EncodedLen(NonceSize) {
		return fmt.Errorf("%w: %s has %d characters, want %d", ErrPayload, name, len(text), encoding.EncodedLen(NonceSize))
	}
	for i := range len(text) {
		if text[i] == '\n' || text[i] == '\r' {
			return fmt.Errorf("%w: line break in %s", ErrPayload, name)
		}
	}
	if n, err := encoding.Decode(nonce[:], []byte(text)); err != nil || n != NonceSize {
		return fmt.Errorf("%w: %s is not strict base64url", ErrPayload, name)
	}
	return nil
}

// checkName accepts 1 to limit characters of ASCII letters, digits and "-_.:".
func checkName(name, text string, limit int) error {
	if text == "" || len(text) > limit {
		return fmt.Errorf("%w: %s has %d characters, want 1 to %d", ErrPayload, name, len(text), limit)
	}
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return fmt.Errorf("%w: %s has character %q", ErrPayload, name, c)
		}
	}
	return nil
}
