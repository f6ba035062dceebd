// Package envelope seals a document for several recipients, and commits to it: what personal data, account numbers and
// contacts become before they go on the ledger, where everything stays for ever.
//
// A sealed document names its recipients by key and says nothing else but its length. Who is named, and who sealed it, is
// for the signed transaction around it to say: anybody can seal to a public key. Encryption keys are not signing keys,
// and a lost one is not recovered. Clients seal and open; contracts only check sizes and, when a document is disclosed,
// its commitment. Commit and Recipients are deterministic; Seal draws from the system's random source.
package envelope

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrKey says that bytes are not an encryption key.
	ErrKey = errors.New("malformed encryption key")
	// ErrRecipients says that a list of recipients is empty, too long, or names one twice.
	ErrRecipients = errors.New("unusable list of recipients")
	// ErrTooLarge says that a document or its context is too long.
	ErrTooLarge = errors.New("document too large")
	// ErrFormat says that bytes are not a sealed document of a version this program reads.
	ErrFormat = errors.New("not a sealed document")
	// ErrNotRecipient says that a document is not sealed to the key it is opened with.
	ErrNotRecipient = errors.New("not a recipient of this document")
	// ErrOpen says that a document, its list of recipients or its context was changed.
	ErrOpen = errors.New("sealed document does not open")
	// ErrCommitment says that an opened document is not the one that was committed to.
	ErrCommitment = errors.New("document does not match its commitment")
)

// Limits of a sealed document.
const (
	// MaxRecipients is how many keys one document is sealed to at most. Each costs 1,200 bytes.
	MaxRecipients = 32
	// MaxPlaintext is the longest document in bytes.
	MaxPlaintext = 64 << 10
	// MaxContext is the longest context in bytes.
	MaxContext = 1 << 10
	// SaltSize is the length of a commitment's salt in bytes.
	SaltSize = 16
	// MaxSealed is the longest sealed document in bytes.
	MaxSealed = headerSize + MaxRecipients*entrySize + nonceSize + MaxPlaintext + tagSize
)

// The encoding of a sealed document, all of it bytes in this order: version, suite, number of recipients; for each, in
// ascending order of key id, the id, the encapsulated secret and the wrapped content key; then the nonce and the
// ciphertext with its tag, to the end. Every byte before the nonce, and the context, is authenticated with the content.
const (
	version = 1
	// suite 1 is HPKE base mode (RFC 9180) with X-Wing 0x647a, HKDF-SHA-256 0x0001 and AES-256-GCM 0x0002 to wrap a
	// content key, and AES-256-GCM under the content key.
	suite = 1

	headerSize     = 3
	idSize         = 32
	encapsulated   = 1120
	contentKeySize = 32
	tagSize        = 16
	wrappedSize    = encapsulated + contentKeySize + tagSize
	entrySize      = idSize + wrappedSize
	nonceSize      = 12
)

const (
	wrapDomain    = "tierledger/envelope-wrap/1\x00"
	contentDomain = "tierledger/envelope-content/1\x00"
	commitDomain  = "tierledger/envelope-commitment/1\x00"
)

// Salt makes a commitment say nothing to who does not know it, however few documents are possible.
type Salt [SaltSize]byte

// NewSalt draws a salt from the system's random source.
func NewSalt() Salt {
	var salt Salt
	_, _ = rand.Read(salt[:]) // never fails: the program stops instead
	return salt
}

// Commit is the commitment to a document: HMAC-SHA-256 under the salt over a domain and the document. It is on the
// ledger for all to see; salt and document together open it.
func Commit(salt Salt, plaintext []byte) [32]byte {
	mac := hmac.New(sha256.New, salt[:])
	mac.Write([]byte(commitDomain))
	mac.Write(plaintext)
	return [32]byte(mac.Sum(nil))
}

// Seal seals a document to its recipients. The context says what the document is and where it belongs, for example
// network, member and field; it is not in the result, and Open needs the same. The order of recipients does not matter.
func Seal(plaintext, context []byte, recipients []PublicKey) ([]byte, error) {
	if len(plaintext) > MaxPlaintext || len(context) > MaxContext {
		return nil, fmt.Errorf("seal document: %w: %d bytes with a context of %d, at most %d and %d",
			ErrTooLarge, len(plaintext), len(context), MaxPlaintext, MaxContext)
	}
	ordered, err := order(recipients)
	if err != nil {
		return nil, fmt.Errorf("seal document: %w", err)
	}
	var contentKey [contentKeySize]byte
	var nonce [nonceSize]byte
	_, _ = rand.Read(contentKey[:]) // never fails: the program stops instead
	_, _ = rand.Read(nonce[:])
	defer clear(contentKey[:])

	out := make([]byte, 0, headerSize+len(ordered)*entrySize+nonceSize+len(plaintext)+tagSize)
	out = append(out, version, suite, byte(len(ordered)))
	for _, recipient := range ordered {
		wrapped, err := hpke.Seal(recipient.key, hpke.HKDFSHA256(), hpke.AES256GCM(), wrapInfo(recipient.id, context), contentKey[:])
		if err != nil {
			return nil, fmt.Errorf("seal document to %s: %w", recipient, err)
		}
		if len(wrapped) != wrappedSize {
			panic(fmt.Sprintf("envelope: a wrapped key has %d bytes, want %d", len(wrapped), wrappedSize))
		}
		out = append(append(out, recipient.id[:]...), wrapped...)
	}
	aead, err := contentCipher(contentKey[:])
	if err != nil {
		return nil, fmt.Errorf("seal document: %w", err)
	}
	authenticated := contentInfo(out, context)
	out = append(out, nonce[:]...)
	return aead.Seal(out, nonce[:], plaintext, authenticated), nil
}

// Open opens a sealed document with the key of one recipient and the context it was sealed with. Bytes that are no
// sealed document are ErrFormat, another's document is ErrNotRecipient, a changed one ErrOpen. A dishonest sealer could
// make two recipients read two documents; OpenCommitted notices that.
func Open(sealed, context []byte, key PrivateKey) ([]byte, error) {
	if key.key == nil {
		return nil, fmt.Errorf("open document: %w: no key", ErrKey)
	}
	p, err := parse(sealed)
	if err != nil {
		return nil, fmt.Errorf("open document: %w", err)
	}
	wrapped := p.find(key.public.id)
	if wrapped == nil {
		return nil, fmt.Errorf("open document: %w: %s", ErrNotRecipient, key.public)
	}
	contentKey, err := hpke.Open(key.key, hpke.HKDFSHA256(), hpke.AES256GCM(), wrapInfo(key.public.id, context), wrapped)
	if err != nil || len(contentKey) != contentKeySize {
		return nil, fmt.Errorf("open document: %w: content key", ErrOpen)
	}
	defer clear(contentKey)
	aead, err := contentCipher(contentKey)
	if err != nil {
		return nil, fmt.Errorf("open document: %w", err)
	}
	plaintext, err := aead.Open(nil, p.nonce, p.ciphertext, contentInfo(p.head, context))
	if err != nil {
		return nil, fmt.Errorf("open document: %w: content", ErrOpen)
	}
	return plaintext, nil
}

// SealCommitted seals a document together with a fresh salt and gives the commitment that goes on the ledger beside it.
func SealCommitted(plaintext, context []byte, recipients []PublicKey) (commitment [32]byte, sealed []byte, err error) {
	if len(plaintext) > MaxPlaintext-SaltSize {
		return commitment, nil, fmt.Errorf("seal document: %w: %d bytes, at most %d", ErrTooLarge, len(plaintext), MaxPlaintext-SaltSize)
	}
	salt := NewSalt()
	sealed, err = Seal(slices.Concat(salt[:], plaintext), context, recipients)
	return Commit(salt, plaintext), sealed, err
}

// OpenCommitted opens what SealCommitted sealed and checks it against the commitment on the ledger. The salt it gives
// back lets the recipient disclose the document to others, who check it with Commit.
func OpenCommitted(sealed, context []byte, key PrivateKey, commitment [32]byte) (plaintext []byte, salt Salt, err error) {
	opened, err := Open(sealed, context, key)
	if err != nil {
		return nil, salt, err
	}
	if len(opened) < SaltSize {
		return nil, salt, fmt.Errorf("open document: %w: no salt in it", ErrCommitment)
	}
	salt, plaintext = Salt(opened[:SaltSize]), opened[SaltSize:]
	if actual := Commit(salt, plaintext); !hmac.Equal(actual[:], commitment[:]) {
		return nil, Salt{}, fmt.Errorf("open document: %w", ErrCommitment)
	}
	return plaintext, salt, nil
}

// Recipients names the keys that a sealed document says it is sealed to, in ascending order. It checks form only and
// needs no key: a contract may ask it whether an auditor is among them, as far as the sealer is honest.
func Recipients(sealed []byte) ([]KeyID, error) {
	p, err := parse(sealed)
	if err != nil {
		return nil, fmt.Errorf("read recipients: %w", err)
	}
	ids := make([]KeyID, 0, len(p.entries)/entrySize)
	for entry := range slices.Chunk(p.entries, entrySize) {
		ids = append(ids, KeyID(entry[:idSize]))
	}
	return ids, nil
}

// parsed is a sealed document taken apart; it refers to the bytes it was parsed from.
type parsed struct {
	head       []byte // everything before the nonce
	entries    []byte // the part of head that lists recipients
	nonce      []byte
	ciphertext []byte
}

func parse(sealed []byte) (parsed, error) {
	if len(sealed) < headerSize || len(sealed) > MaxSealed {
		return parsed{}, fmt.Errorf("%w: %d bytes", ErrFormat, len(sealed))
	}
	if sealed[0] != version || sealed[1] != suite {
		return parsed{}, fmt.Errorf("%w: version %d suite %d, this program reads %d and %d", ErrFormat, sealed[0], sealed[1], version, suite)
	}
	count := int(sealed[2])
	if count == 0 || count > MaxRecipients {
		return parsed{}, fmt.Errorf("%w: %d recipients, want 1 to %d", ErrFormat, count, MaxRecipients)
	}
	end := headerSize + count*entrySize
	if content := len(sealed) - end - nonceSize - tagSize; content < 0 || content > MaxPlaintext {
		return parsed{}, fmt.Errorf("%w: %d bytes for %d recipients", ErrFormat, len(sealed), count)
	}
	p := parsed{
		head: sealed[:end:end], entries: sealed[headerSize:end:end],
		nonce: sealed[end : end+nonceSize], ciphertext: sealed[end+nonceSize:],
	}
	for i := entrySize; i < len(p.entries); i += entrySize {
		if bytes.Compare(p.entries[i-entrySize:i-entrySize+idSize], p.entries[i:i+idSize]) >= 0 {
			return parsed{}, fmt.Errorf("%w: recipients are not in ascending order", ErrFormat)
		}
	}
	return p, nil
}

// find gives the wrapped key of one recipient, nil if the document is not for it.
func (p parsed) find(id KeyID) []byte {
	for entry := range slices.Chunk(p.entries, entrySize) {
		if bytes.Equal(entry[:idSize], id[:]) {
			return entry[idSize:]
		}
	}
	return nil
}

// order sorts recipients by key id and refuses what has no canonical order.
func order(recipients []PublicKey) ([]PublicKey, error) {
	if len(recipients) == 0 || len(recipients) > MaxRecipients {
		return nil, fmt.Errorf("%w: %d recipients, want 1 to %d", ErrRecipients, len(recipients), MaxRecipients)
	}
	ordered := slices.SortedFunc(slices.Values(recipients), func(a, b PublicKey) int { return bytes.Compare(a.id[:], b.id[:]) })
	for i, recipient := range ordered {
		if recipient.key == nil {
			return nil, fmt.Errorf("%w: no key", ErrRecipients)
		}
		if i > 0 && recipient.id == ordered[i-1].id {
			return nil, fmt.Errorf("%w: %s twice", ErrRecipients, recipient)
		}
	}
	return ordered, nil
}

// wrapInfo binds a wrapped content key to its recipient and to the context.
func wrapInfo(id KeyID, context []byte) []byte {
	return slices.Concat([]byte(wrapDomain), id[:], context)
}

// contentInfo is what is authenticated with the content. The length keeps head and context apart.
func contentInfo(head, context []byte) []byte {
	info := binary.BigEndian.AppendUint32([]byte(contentDomain), uint32(len(head)))
	return slices.Concat(info, head, context)
}

func contentCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
