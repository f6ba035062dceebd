package jws

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/crypto/credential"
)

// TransactionType is the exact typ of a transaction.
const TransactionType = "scf-tx+jws"

// Payload is what the signer of a transaction asks for.
type Payload struct {
	// Network is the name of the network that may execute it: 1 to MaxNetwork of ASCII letters, digits and "-_.:".
	Network string
	// Function is the contract function, spelt exactly: 1 to MaxFunction of the same characters.
	Function string
	// Argument is the one argument of the function: the JSON object as it stands in the payload. Whoever reads it
	// must be strict about its members; here only its syntax is checked: UTF-8, no duplicate names, MaxDepth.
	Argument []byte
	// Nonce is 16 random bytes in base64url, see NewNonce.
	Nonce string
	// Expires is the unix second of ledger time from which it is not executed any more; positive.
	Expires int64
}

// Transaction is a parsed transaction. Whether its signer may do what it asks, and whether its signature verifies, is
// not known until Verify and admission said so.
type Transaction struct {
	Payload
	// ID is SHA-256 of the signing input. The signature has no part in it, so that the two forms of an ECDSA
	// signature are one transaction. A cache of verified transactions must therefore use all bytes, not the ID.
	ID [32]byte
	// KeyID names the key that the header says signed.
	KeyID credential.KeyID
	// Algorithm is what the header says; Verify accepts only the key's own.
	Algorithm credential.Algorithm
	// Signature is the 64 bytes of the signature.
	Signature []byte

	signed signed
}

// wirePayload is the payload in JSON. A name left out, or null, leaves a zero value, and no zero value is accepted.
type wirePayload struct {
	Network  string         `json:"network"`
	Function string         `json:"function"`
	Argument jsontext.Value `json:"argument"`
	Nonce    string         `json:"nonce"`
	Expires  int64          `json:"expires"`
}

// ParseTransaction reads a transaction of at most maxBytes bytes. It checks form only, never the signature. The
// transaction refers to compact, which must not change while it is in use. The errors are ErrTooLarge, ErrForm,
// ErrEncoding, ErrHeader, ErrAlgorithm and ErrPayload.
func ParseTransaction(compact []byte, maxBytes int) (*Transaction, error) {
	s, err := parse(compact, maxBytes, TransactionType)
	if err != nil {
		return nil, err
	}
	payload, err := parsePayload(s.payload)
	if err != nil {
		return nil, err
	}
	return &Transaction{
		Payload:   payload,
		ID:        sha256.Sum256(s.input),
		KeyID:     s.keyID,
		Algorithm: s.algorithm,
		Signature: s.signature,
		signed:    s,
	}, nil
}

// parsePayload reads exactly {network, function, argument, nonce, expires}; its nesting was checked before.
func parsePayload(data []byte) (Payload, error) {
	var w wirePayload
	if err := decodeObject(data, &w); err != nil {
		return Payload{}, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	if err := checkName("network", w.Network, MaxNetwork); err != nil {
		return Payload{}, err
	}
	if err := checkName("function", w.Function, MaxFunction); err != nil {
		return Payload{}, err
	}
	if len(w.Argument) == 0 || w.Argument[0] != '{' {
		return Payload{}, fmt.Errorf("%w: argument is not an object", ErrPayload)
	}
	if err := checkNonce("nonce", w.Nonce); err != nil {
		return Payload{}, err
	}
	if w.Expires <= 0 {
		return Payload{}, fmt.Errorf("%w: expires is %d, want a unix second", ErrPayload, w.Expires)
	}
	return Payload{w.Network, w.Function, w.Argument, w.Nonce, w.Expires}, nil
}

// Verify checks that the transaction was signed with key, whose algorithm and id the header must name: ErrKey,
// ErrAlgorithm or ErrSignature.
func (t *Transaction) Verify(key credential.PublicKey) error { return t.signed.verify(key) }

// Compact is the text that the transaction was parsed from, as a copy.
func (t *Transaction) Compact() []byte { return t.signed.compact() }

// SigningInput is the signed part of the text, as a copy: SHA-256 of it is the ID.
func (t *Transaction) SigningInput() []byte { return append([]byte(nil), t.signed.input...) }

// SignTransaction writes the transaction and its ID; the argument goes in as it is, byte by byte, so it must have no
// space around it. What it returns, ParseTransaction reads; a payload that could not
// be read is ErrPayload. The caller stores the text before it sends it.
func SignTransaction(key credential.PrivateKey, p Payload) (compact []byte, id [32]byte, err error) {
	data := fmt.Appendf(nil, `{"network":"%s","function":"%s","argument":%s,"nonce":"%s","expires":%d}`,
		p.Network, p.Function, p.Argument, p.Nonce, p.Expires)
	if err := checkNesting(data); err != nil {
		return nil, id, fmt.Errorf("sign transaction: %w", err)
	}
	read, err := parsePayload(data)
	if err != nil {
		return nil, id, fmt.Errorf("sign transaction: %w", err)
	}
	if read.Network != p.Network || read.Function != p.Function || !bytes.Equal(read.Argument, p.Argument) {
		return nil, id, fmt.Errorf("sign transaction: %w: it would read as %s of %s", ErrPayload, read.Function, read.Network)
	}
	if compact, err = sign(key, TransactionType, data); err != nil {
		return nil, id, fmt.Errorf("sign transaction: %w", err)
	}
	return compact, sha256.Sum256(compact[:len(compact)-1-signatureText]), nil
}
