// Package credential holds the keys of people: the algorithms a member's credential may use, the name of a key, how a
// key is read, how it signs and verifies, and how its owner proves possession of it when it is enrolled.
//
// It never decides who may do what (the registry on the ledger does) and never stores a key. Verifying and parsing take
// no randomness and no clock, so contracts and every validator may call them and get the same answer. It alone knows
// which Ed25519 implementation the network uses.
package credential

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/oasisprotocol/curve25519-voi/curve"
	voi "github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
)

// Errors that callers tell apart with errors.Is and map to their own codes.
var (
	// ErrAlgorithm says that the algorithm is not one a credential may use.
	ErrAlgorithm = errors.New("unsupported key algorithm")
	// ErrKey says that bytes are not one key in its one accepted encoding.
	ErrKey = errors.New("malformed key")
	// ErrWeakKey says that a key is well formed but everybody could sign for it (a point of small order).
	ErrWeakKey = errors.New("weak key")
	// ErrKeyID says that a text is not a key id.
	ErrKeyID = errors.New("malformed key id")
	// ErrPossession says that a proof of possession does not verify.
	ErrPossession = errors.New("proof of possession does not verify")
)

// MaxSPKI is the longest accepted public key in bytes. A P-256 key takes 91, an Ed25519 key 44.
const MaxSPKI = 128

// SignatureSize is the length in bytes of a signature of either algorithm.
const SignatureSize = 64

// Algorithm is the signature algorithm that a key is registered with. The list is append-only: numbers are stored.
type Algorithm uint8

// The algorithms. Number 3 is reserved for the composite of ML-DSA-65 with a classic algorithm.
const (
	// ES256 is ECDSA on P-256 with SHA-256, signature r||s (RFC 7518 section 3.4).
	ES256 Algorithm = 1
	// EdDSA is Ed25519 (RFC 8037 section 3.1).
	EdDSA Algorithm = 2
)

// String is the name of the algorithm in JOSE, or "Algorithm(n)" for a number that is none.
func (a Algorithm) String() string {
	switch a {
	case ES256:
		return "ES256"
	case EdDSA:
		return "EdDSA"
	}
	return "Algorithm(" + strconv.Itoa(int(a)) + ")"
}

// ParseAlgorithm reads the exact JOSE name. Anything else is ErrAlgorithm.
func ParseAlgorithm(name string) (Algorithm, error) {
	switch name {
	case "ES256":
		return ES256, nil
	case "EdDSA":
		return EdDSA, nil
	}
	return 0, fmt.Errorf("%w: %.32q", ErrAlgorithm, name)
}

// KeyID names a key: SHA-256 of its SubjectPublicKeyInfo in DER. Its text is 64 lowercase hexadecimal digits.
type KeyID [32]byte

// String is the text of the id.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// IsZero reports whether the id names no key.
func (id KeyID) IsZero() bool { return id == KeyID{} }

// MarshalText gives the text of the id.
func (id KeyID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText reads exactly 64 lowercase hexadecimal digits. Anything else is ErrKeyID and leaves id as it was.
func (id *KeyID) UnmarshalText(text []byte) error {
	if len(text) != 2*len(id) {
		return fmt.Errorf("%w: %d characters, want %d", ErrKeyID, len(text), 2*len(id))
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return fmt.Errorf("%w: character %q", ErrKeyID, c)
		}
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// ParseKeyID reads the text of a key id, as UnmarshalText does.
func ParseKeyID(text string) (KeyID, error) {
	var id KeyID
	err := id.UnmarshalText([]byte(text))
	return id, err
}

// PublicKey is the public half of a credential. It is immutable, safe for concurrent use and cheap to copy. It carries
// what verification can prepare ahead (about 1.5 KiB for Ed25519), so a caller that verifies often keeps it.
// The zero value is no key: it verifies nothing.
type PublicKey struct{ parsed *parsedKey }

type parsedKey struct {
	algorithm Algorithm
	id        KeyID
	spki      []byte
	ecdsa     *ecdsa.PublicKey
	ed25519   *voi.ExpandedPublicKey
}

// ParsePublicKey reads a SubjectPublicKeyInfo in DER. It accepts P-256 and Ed25519 keys only, and of each key only the
// one encoding that it would itself produce. It refuses points off the curve (ErrKey), Ed25519 points of small order
// (ErrWeakKey) and points in non-canonical form (ErrKey). The caller keeps ownership of spki.
func ParsePublicKey(spki []byte) (PublicKey, error) {
	if len(spki) > MaxSPKI {
		return PublicKey{}, fmt.Errorf("%w: %d bytes, at most %d", ErrKey, len(spki), MaxSPKI)
	}
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	public, err := fromCrypto(key)
	if err != nil {
		return PublicKey{}, err
	}
	if !bytes.Equal(public.parsed.spki, spki) {
		return PublicKey{}, fmt.Errorf("%w: not the canonical DER of this key", ErrKey)
	}
	return public, nil
}

// fromCrypto takes a key as the standard library's parsers return it.
func fromCrypto(key any) (PublicKey, error) {
	p := &parsedKey{}
	switch key := key.(type) {
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() {
			return PublicKey{}, fmt.Errorf("%w: curve %s", ErrAlgorithm, key.Params().Name)
		}
		p.algorithm, p.ecdsa = ES256, key
	case ed25519.PublicKey:
		expanded, err := expand(key)
		if err != nil {
			return PublicKey{}, err
		}
		p.algorithm, p.ed25519 = EdDSA, expanded
	default:
		return PublicKey{}, fmt.Errorf("%w: %T", ErrAlgorithm, key)
	}
	spki, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	p.spki, p.id = spki, sha256.Sum256(spki)
	return PublicKey{p}, nil
}

// expand checks an Ed25519 point and prepares it for verification. RFC 8032 section 5.1.3 asks decoders to refuse the
// non-canonical encodings; for a point of small order signatures exist that fit any message.
func expand(key ed25519.PublicKey) (*voi.ExpandedPublicKey, error) {
	compressed, err := curve.NewCompressedEdwardsYFromBytes(key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if !compressed.IsCanonicalVartime() {
		return nil, fmt.Errorf("%w: non-canonical Ed25519 point", ErrKey)
	}
	point, err := new(curve.EdwardsPoint).SetCompressedY(compressed)
	if err != nil {
		return nil, fmt.Errorf("%w: not a point of Ed25519: %w", ErrKey, err)
	}
	if point.IsSmallOrder() {
		return nil, fmt.Errorf("%w: Ed25519 point of small order", ErrWeakKey)
	}
	expanded, err := voi.NewExpandedPublicKey(voi.PublicKey(key))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return expanded, nil
}

// IsZero reports whether this is no key.
func (k PublicKey) IsZero() bool { return k.parsed == nil }

// Algorithm is the only algorithm this key verifies with, 0 for no key.
func (k PublicKey) Algorithm() Algorithm {
	if k.parsed == nil {
		return 0
	}
	return k.parsed.algorithm
}

// ID names the key, the zero id for no key.
func (k PublicKey) ID() KeyID {
	if k.parsed == nil {
		return KeyID{}
	}
	return k.parsed.id
}

// SPKI is a copy of the key's SubjectPublicKeyInfo in DER, nil for no key.
func (k PublicKey) SPKI() []byte {
	if k.parsed == nil {
		return nil
	}
	return bytes.Clone(k.parsed.spki)
}

// Equal reports whether both are the same key.
func (k PublicKey) Equal(other PublicKey) bool { return k.ID() == other.ID() }

// String is the key's algorithm and id, for people.
func (k PublicKey) String() string {
	if k.parsed == nil {
		return "no key"
	}
	return k.parsed.algorithm.String() + " " + k.parsed.id.String()
}

// Verify reports whether signature is this key's over message. An ES256 signature is the 64 bytes r||s and both of its
// forms (s and n-s) verify, as RFC 7518 has it; who counts signatures must not count them by their bytes. An Ed25519
// signature verifies by the rules of the Go standard library, which are those of browsers: no cofactor, canonical s.
func (k PublicKey) Verify(message, signature []byte) bool {
	if k.parsed == nil || len(signature) != SignatureSize {
		return false
	}
	switch k.parsed.algorithm {
	case ES256:
		digest := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		return ecdsa.Verify(k.parsed.ecdsa, digest[:], r, s)
	case EdDSA:
		options := voi.Options{Verify: voi.VerifyOptionsStdLib}
		return voi.VerifyExpandedWithOptions(k.parsed.ed25519, message, signature, &options)
	}
	panic(fmt.Sprintf("credential: key %s was parsed with %s", k.parsed.id, k.parsed.algorithm))
}
