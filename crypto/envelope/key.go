package envelope

import (
	"bytes"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
)

// Sizes of keys in bytes. The kem is X-Wing, HPKE number 0x647a: ML-KEM-768 and X25519 together.
const (
	// PublicKeySize is the length of a public key.
	PublicKeySize = 1216
	// PrivateKeySize is the length of a private key: a seed.
	PrivateKeySize = 32
)

// keyIDDomain keeps the id of an encryption key apart from every other digest.
const keyIDDomain = "tierledger/envelope-key/1\x00"

// KeyID names an encryption key: SHA-256 of a domain and the public key.
type KeyID [32]byte

// String is the id in lowercase hexadecimal.
func (id KeyID) String() string { return hex.EncodeToString(id[:]) }

// PublicKey is the key a document is sealed to. It is immutable; the zero value is no key.
type PublicKey struct {
	key hpke.PublicKey
	id  KeyID
}

// PrivateKey opens what was sealed to its public key. No way of printing or logging it shows the secret. The zero value
// is no key.
type PrivateKey struct {
	key    hpke.PrivateKey
	public PublicKey
}

// GenerateKey makes a key from the system's random source.
func GenerateKey() (PrivateKey, error) {
	key, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return PrivateKey{}, fmt.Errorf("generate encryption key: %w", err)
	}
	return newPrivateKey(key)
}

// ParsePrivateKey reads what PrivateKey.Bytes wrote.
func ParsePrivateKey(seed []byte) (PrivateKey, error) {
	if len(seed) != PrivateKeySize {
		return PrivateKey{}, fmt.Errorf("%w: private key of %d bytes, want %d", ErrKey, len(seed), PrivateKeySize)
	}
	key, err := hpke.MLKEM768X25519().NewPrivateKey(seed)
	if err != nil {
		return PrivateKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return newPrivateKey(key)
}

func newPrivateKey(key hpke.PrivateKey) (PrivateKey, error) {
	public, err := ParsePublicKey(key.PublicKey().Bytes())
	if err != nil {
		return PrivateKey{}, err
	}
	return PrivateKey{key, public}, nil
}

// ParsePublicKey reads what PublicKey.Bytes wrote, and nothing that would not be written so.
func ParsePublicKey(data []byte) (PublicKey, error) {
	if len(data) != PublicKeySize {
		return PublicKey{}, fmt.Errorf("%w: public key of %d bytes, want %d", ErrKey, len(data), PublicKeySize)
	}
	key, err := hpke.MLKEM768X25519().NewPublicKey(data)
	if err != nil {
		return PublicKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if !bytes.Equal(key.Bytes(), data) {
		return PublicKey{}, fmt.Errorf("%w: not the canonical form of this public key", ErrKey)
	}
	return PublicKey{key, sha256.Sum256(append([]byte(keyIDDomain), data...))}, nil
}

// Bytes is the key in the form ParsePublicKey reads, nil for no key.
func (k PublicKey) Bytes() []byte {
	if k.key == nil {
		return nil
	}
	return bytes.Clone(k.key.Bytes())
}

// ID names the key, the zero id for no key.
func (k PublicKey) ID() KeyID { return k.id }

// String names the key for people.
func (k PublicKey) String() string { return "encryption key " + k.id.String() }

// Public is the key to seal to.
func (k PrivateKey) Public() PublicKey { return k.public }

// Bytes is the secret seed. The caller must keep it as it keeps a signing key.
func (k PrivateKey) Bytes() ([]byte, error) {
	if k.key == nil {
		return nil, fmt.Errorf("marshal private key: %w: no key", ErrKey)
	}
	return k.key.Bytes()
}

// String names the key without showing it.
func (k PrivateKey) String() string { return "private half of " + k.public.String() }

// Format writes String for every verb, so that no verb reaches the fields.
func (k PrivateKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }

// LogValue names the key without showing it.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(k.String()) }
