// Package keystore keeps the private keys of people at rest: a key file sealed with a passphrase, which a browser's
// WebCrypto opens as well, and the keyring of a development network, whose keys are not sealed at all.
//
// It runs where a person signs, never in a node, and it never prints a key. A sealed key file is for real use; a
// Keyring is for a development network on the loopback address, which its callers enforce.
package keystore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrFormat says that bytes are not a key file of a version this program reads.
	ErrFormat = errors.New("not a readable key file")
	// ErrPassphrase says that the passphrase is wrong. A damaged key file cannot be told from that.
	ErrPassphrase = errors.New("wrong passphrase, or the key file is damaged")
	// ErrWeakPassphrase says that a passphrase is too short to seal with.
	ErrWeakPassphrase = errors.New("passphrase too short")
	// ErrMode says that others than the owner may read or write a key file.
	ErrMode = errors.New("key file is open to other users")
	// ErrExists says that a file or a name is taken. Keys are never replaced.
	ErrExists = errors.New("key already exists")
	// ErrNotFound says that a keyring has no key of that name.
	ErrNotFound = errors.New("no such key")
	// ErrNotKeyring says that a directory is not a development keyring.
	ErrNotKeyring = errors.New("not a development keyring")
	// ErrName says that a key's name is not of the form member/person.
	ErrName = errors.New("malformed key name")
)

// Limits of a sealed key file.
const (
	// Iterations is how many rounds of PBKDF2 Seal takes; files with fewer are refused.
	Iterations = 600_000
	// MaxIterations is how many rounds Open takes at most, so that a hostile file cannot keep it busy for long.
	MaxIterations = 10_000_000
	// MinPassphrase is the shortest passphrase that Seal accepts, in characters.
	MinPassphrase = 8
	// MaxFile is the longest sealed key file in bytes.
	MaxFile = 16 << 10
)

const (
	format    = "tierledger-key"
	encFormat = "tierledger-encryption-key"
	version   = 1
	saltSize  = 16
	nonceSize = 12
	keySize   = 32
)

var encoding = base64.RawURLEncoding.Strict()

// document is the sealed key file. To open it elsewhere: derive 32 bytes with PBKDF2-HMAC-SHA-256 from the passphrase in
// UTF-8, the salt and the iterations; open "sealed" (ciphertext, then a tag of 16 bytes) with AES-256-GCM under the iv
// and the additional data format + "/1:" + kid; the result is a signing key in PKCS #8, or the seed of an encryption key,
// as the format says. Bytes are base64url, unpadded.
type document struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	KeyID   string `json:"kid"`
	Public  string `json:"public"` // SubjectPublicKeyInfo, or the public encryption key: it can be named without the passphrase
	KDF     struct {
		Name       string `json:"name"`
		Hash       string `json:"hash"`
		Iterations int    `json:"iterations"`
		Salt       string `json:"salt"`
	} `json:"kdf"`
	Cipher struct {
		Name   string `json:"name"`
		Length int    `json:"length"`
		IV     string `json:"iv"`
	} `json:"cipher"`
	Sealed string `json:"sealed"`
}

// Seal writes a key file: a JSON document that only the passphrase opens. The passphrase must be UTF-8 of at least
// MinPassphrase characters (ErrWeakPassphrase).
func Seal(key credential.PrivateKey, passphrase string) ([]byte, error) {
	secret, err := key.MarshalPKCS8()
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	defer clear(secret)
	return sealDocument(format, key.Public().ID().String(), key.Public().SPKI(), secret, passphrase)
}

// SealEncryption is Seal for the key with which a member reads what is sealed to it.
func SealEncryption(key envelope.PrivateKey, passphrase string) ([]byte, error) {
	secret, err := key.Bytes()
	if err != nil {
		return nil, fmt.Errorf("seal encryption key: %w", err)
	}
	defer clear(secret)
	return sealDocument(encFormat, key.Public().ID().String(), key.Public().Bytes(), secret, passphrase)
}

func sealDocument(format, id string, public, secret []byte, passphrase string) ([]byte, error) {
	if !utf8.ValidString(passphrase) || utf8.RuneCountInString(passphrase) < MinPassphrase {
		return nil, fmt.Errorf("seal key: %w: at least %d characters of UTF-8", ErrWeakPassphrase, MinPassphrase)
	}
	var salt [saltSize]byte
	var nonce [nonceSize]byte
	_, _ = rand.Read(salt[:]) // never fails: the program stops instead
	_, _ = rand.Read(nonce[:])
	aead, err := passphraseCipher(passphrase, salt[:], Iterations)
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	var d document
	d.Format, d.Version = format, version
	d.KeyID, d.Public = id, encoding.EncodeToString(public)
	d.KDF.Name, d.KDF.Hash, d.KDF.Iterations = "PBKDF2", "SHA-256", Iterations
	d.KDF.Salt = encoding.EncodeToString(salt[:])
	d.Cipher.Name, d.Cipher.Length, d.Cipher.IV = "AES-GCM", 8*keySize, encoding.EncodeToString(nonce[:])
	d.Sealed = encoding.EncodeToString(aead.Seal(nil, nonce[:], secret, d.additionalData()))
	data, err := json.Marshal(d, jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("seal key: %w", err)
	}
	return append(data, '\n'), nil
}

// Open opens a key file. A file that is none is ErrFormat, a wrong passphrase ErrPassphrase. It takes a good part of a
// second on purpose, and 17 times that for a hostile file.
func Open(data []byte, passphrase string) (credential.PrivateKey, error) {
	var none credential.PrivateKey
	d, public, err := read(data)
	if err != nil {
		return none, fmt.Errorf("open key file: %w", err)
	}
	secret, err := d.open(passphrase)
	if err != nil {
		return none, fmt.Errorf("open key file of %s: %w", public, err)
	}
	defer clear(secret)
	key, err := credential.ParsePrivateKey(secret)
	if err != nil {
		return none, fmt.Errorf("open key file: %w: %w", ErrFormat, err)
	}
	if !key.Public().Equal(public) {
		return none, fmt.Errorf("open key file: %w: it says %s and holds %s", ErrFormat, public, key.Public())
	}
	return key, nil
}

// OpenEncryption is Open for the file of an encryption key.
func OpenEncryption(data []byte, passphrase string) (envelope.PrivateKey, error) {
	var none envelope.PrivateKey
	d, raw, err := readDocument(data, encFormat)
	if err != nil {
		return none, fmt.Errorf("open encryption key file: %w", err)
	}
	public, err := envelope.ParsePublicKey(raw)
	if err != nil || public.ID().String() != d.KeyID {
		return none, fmt.Errorf("open encryption key file: %w: the public key is not that of kid %.64q", ErrFormat, d.KeyID)
	}
	secret, err := d.open(passphrase)
	if err != nil {
		return none, fmt.Errorf("open file of %s: %w", public, err)
	}
	defer clear(secret)
	key, err := envelope.ParsePrivateKey(secret)
	if err != nil {
		return none, fmt.Errorf("open encryption key file: %w: %w", ErrFormat, err)
	}
	if key.Public().ID() != public.ID() {
		return none, fmt.Errorf("open encryption key file: %w: it says %s and holds %s", ErrFormat, public, key.Public())
	}
	return key, nil
}

// open gives the sealed secret; the caller clears it.
func (d *document) open(passphrase string) ([]byte, error) {
	salt, err := decode("salt", d.KDF.Salt, saltSize)
	if err != nil {
		return nil, err
	}
	nonce, err := decode("iv", d.Cipher.IV, nonceSize)
	if err != nil {
		return nil, err
	}
	sealed, err := decode("sealed", d.Sealed, -1)
	if err != nil {
		return nil, err
	}
	aead, err := passphraseCipher(passphrase, salt, d.KDF.Iterations)
	if err != nil {
		return nil, err
	}
	secret, err := aead.Open(nil, nonce, sealed, d.additionalData())
	if err != nil {
		return nil, ErrPassphrase
	}
	return secret, nil
}

// Public reads the public key of a key file without its passphrase. The file says so; only Open proves it.
func Public(data []byte) (credential.PublicKey, error) {
	_, public, err := read(data)
	if err != nil {
		return credential.PublicKey{}, fmt.Errorf("read key file: %w", err)
	}
	return public, nil
}

// read checks everything about a signing key's file that the passphrase is not needed for, cheapest first.
func read(data []byte) (document, credential.PublicKey, error) {
	var none credential.PublicKey
	d, spki, err := readDocument(data, format)
	if err != nil {
		return d, none, err
	}
	public, err := credential.ParsePublicKey(spki)
	if err != nil {
		return d, none, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if public.ID().String() != d.KeyID {
		return d, none, fmt.Errorf("%w: kid %.64q, the public key has %s", ErrFormat, d.KeyID, public.ID())
	}
	return d, public, nil
}

// readDocument reads a document of the wanted format and its public key.
func readDocument(data []byte, want string) (document, []byte, error) {
	var d document
	if len(data) > MaxFile {
		return d, nil, fmt.Errorf("%w: %d bytes, at most %d", ErrFormat, len(data), MaxFile)
	}
	if err := json.Unmarshal(data, &d, json.RejectUnknownMembers(true)); err != nil {
		return d, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	switch {
	case d.Format != want:
		return d, nil, fmt.Errorf("%w: format %.32q, want %q", ErrFormat, d.Format, want)
	case d.Version != version:
		return d, nil, fmt.Errorf("%w: version %d, this program reads %d", ErrFormat, d.Version, version)
	case d.KDF.Name != "PBKDF2" || d.KDF.Hash != "SHA-256":
		return d, nil, fmt.Errorf("%w: derivation %.32q with %.32q", ErrFormat, d.KDF.Name, d.KDF.Hash)
	case d.KDF.Iterations < Iterations || d.KDF.Iterations > MaxIterations:
		return d, nil, fmt.Errorf("%w: %d iterations, want %d to %d", ErrFormat, d.KDF.Iterations, Iterations, MaxIterations)
	case d.Cipher.Name != "AES-GCM" || d.Cipher.Length != 8*keySize:
		return d, nil, fmt.Errorf("%w: cipher %.32q of %d bits", ErrFormat, d.Cipher.Name, d.Cipher.Length)
	}
	public, err := decode("public", d.Public, -1)
	return d, public, err
}

// decode reads base64url that encodes back to itself; size < 0 accepts any length.
func decode(name, text string, size int) ([]byte, error) {
	b, err := encoding.DecodeString(text)
	if err != nil || encoding.EncodeToString(b) != text {
		return nil, fmt.Errorf("%w: %s is not strict base64url", ErrFormat, name)
	}
	if size >= 0 && len(b) != size {
		return nil, fmt.Errorf("%w: %s has %d bytes, want %d", ErrFormat, name, len(b), size)
	}
	return b, nil
}

func (d *document) additionalData() []byte {
	return fmt.Appendf(nil, "%s/%d:%s", d.Format, d.Version, d.KeyID)
}

func passphraseCipher(passphrase string, salt []byte, iterations int) (cipher.AEAD, error) {
	key, err := pbkdf2.Key(sha256.New, passphrase, salt, iterations, keySize)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
