package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"io"
	"log/slog"
	"math/big"
)

// PrivateKey is the secret half of a credential. It stays with the person who signs; a node never holds one. No way of
// printing or logging it shows the secret. It is safe for concurrent use. The zero value is no key.
type PrivateKey struct {
	signer crypto.Signer // *ecdsa.PrivateKey on P-256 or ed25519.PrivateKey
	public PublicKey
}

// drawAttempts bounds the search for a P-256 scalar. A good source needs a second draw once in 2^32 times.
const drawAttempts = 64

// Generate makes a key from the random source; the same bytes give the same key. Everything but a test passes
// crypto/rand.Reader. An unknown algorithm is ErrAlgorithm.
func Generate(algorithm Algorithm, random io.Reader) (PrivateKey, error) {
	var secret [32]byte
	switch algorithm {
	case ES256:
		for range drawAttempts {
			if _, err := io.ReadFull(random, secret[:]); err != nil {
				return PrivateKey{}, fmt.Errorf("generate key: %w", err)
			}
			if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), secret[:]); err == nil {
				return fromSigner(key)
			}
		}
		return PrivateKey{}, fmt.Errorf("generate key: no P-256 scalar in %d draws from the random source", drawAttempts)
	case EdDSA:
		if _, err := io.ReadFull(random, secret[:]); err != nil {
			return PrivateKey{}, fmt.Errorf("generate key: %w", err)
		}
		return fromSigner(ed25519.NewKeyFromSeed(secret[:]))
	}
	return PrivateKey{}, fmt.Errorf("generate key: %w: %s", ErrAlgorithm, algorithm)
}

// ParsePrivateKey reads a PKCS #8 key in DER as MarshalPKCS8, browsers and OpenSSL write it: P-256 or Ed25519.
func ParsePrivateKey(der []byte) (PrivateKey, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("parse private key: %w", ErrKey) // the cause may quote the secret
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return PrivateKey{}, fmt.Errorf("parse private key: %w: %T", ErrAlgorithm, key)
	}
	return fromSigner(signer)
}

func fromSigner(signer crypto.Signer) (PrivateKey, error) {
	public, err := fromCrypto(signer.Public())
	if err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{signer: signer, public: public}, nil
}

// Public is the public half.
func (k PrivateKey) Public() PublicKey { return k.public }

// Sign signs message with the key's own algorithm. Both algorithms are deterministic (RFC 6979, RFC 8032): the same
// message gives the same 64 bytes.
func (k PrivateKey) Sign(message []byte) ([]byte, error) {
	switch k.public.Algorithm() {
	case ES256:
		digest := sha256.Sum256(message)
		der, err := k.signer.Sign(nil, digest[:], crypto.SHA256)
		if err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		var pair struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &pair); err != nil {
			return nil, fmt.Errorf("sign: read the pair back: %w", err)
		}
		signature := make([]byte, SignatureSize)
		pair.R.FillBytes(signature[:32])
		pair.S.FillBytes(signature[32:])
		return signature, nil
	case EdDSA:
		return k.signer.Sign(nil, message, crypto.Hash(0))
	}
	return nil, fmt.Errorf("sign: %w: no key", ErrKey)
}

// MarshalPKCS8 gives the secret in PKCS #8, DER. It is the only way to get it out; the caller must seal it.
func (k PrivateKey) MarshalPKCS8() ([]byte, error) {
	if k.signer == nil {
		return nil, fmt.Errorf("marshal private key: %w: no key", ErrKey)
	}
	return x509.MarshalPKCS8PrivateKey(k.signer)
}

// String names the key without showing it.
func (k PrivateKey) String() string { return "private key of " + k.public.String() }

// Format writes String for every verb, so that no verb reaches the fields.
func (k PrivateKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }

// LogValue names the key without showing it.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }
