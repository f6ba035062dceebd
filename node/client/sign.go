package client

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
)

// Signer holds a key: credential.PrivateKey is one, an HSM another.
type Signer interface {
	Public() credential.PublicKey
	// Sign signs message with the key's own algorithm: 64 bytes.
	Sign(message []byte) ([]byte, error)
}

// DefaultLife is how long after the ledger's present time a transaction expires.
const DefaultLife = 10 * time.Minute

// loginLife is how long a login token lives, in seconds.
const loginLife = 60

// Signed is a signed transaction. It should be stored before it is submitted: the
// same bytes can be submitted again and take effect once.
type Signed struct {
	Compact []byte        // JWS compact serialization
	ID      record.Digest // SHA-256 of the signing input
	Expires int64         // unix second of ledger time
}

// Argument writes the argument of a contract function as the contracts write it:
// members in the order of the struct, those without a value left out. A
// jsontext.Value or json.RawMessage is only checked and compacted.
func Argument(argument any) ([]byte, error) {
	text, err := json.Marshal(argument, json.Deterministic(true), json.OmitZeroStructFields(true))
	if err != nil {
		return nil, fmt.Errorf("write the argument: %w", err)
	}
	value := jsontext.Value(text)
	if err := value.Compact(); err != nil {
		return nil, fmt.Errorf("write the argument: %w", err)
	}
	return value, nil
}

// Sign makes a transaction that calls a contract function, with a fresh nonce. It
// asks the node for the ledger's time when it does not know it.
func (c *Client) Sign(ctx context.Context, function string, argument any) (Signed, error) {
	now, err := c.Time(ctx)
	if err != nil {
		return Signed{}, err
	}
	text, err := Argument(argument)
	if err != nil {
		return Signed{}, err
	}
	nonce, err := jws.NewNonce(rand.Reader)
	if err != nil {
		return Signed{}, err
	}
	return SignTransaction(c.signer, jws.Payload{
		Network: c.network, Function: function, Argument: text, Nonce: nonce,
		Expires: int64(now.Add(c.life)) / 1000,
	})
}

// SignTransaction signs a payload with any Signer. What could not be read again
// as the same payload is refused.
func SignTransaction(signer Signer, p jws.Payload) (Signed, error) {
	payload := fmt.Appendf(nil, `{"network":%q,"function":%q,"argument":%s,"nonce":%q,"expires":%d}`,
		p.Network, p.Function, p.Argument, p.Nonce, p.Expires)
	compact, err := sign(signer, jws.TransactionType, payload)
	if err != nil {
		return Signed{}, fmt.Errorf("sign transaction: %w", err)
	}
	tx, err := jws.ParseTransaction(compact, record.MaxTransactionBytes)
	if err != nil {
		return Signed{}, fmt.Errorf("sign transaction: %w", err)
	}
	if tx.Function != p.Function || tx.Network != p.Network || string(tx.Argument) != string(p.Argument) {
		return Signed{}, fmt.Errorf("sign transaction: %w: it would read as %s of %s", jws.ErrPayload, tx.Function, tx.Network)
	}
	return Signed{Compact: compact, ID: tx.ID, Expires: tx.Expires}, nil
}

// login makes the token of one request.
func (c *Client) login(node, method, uri string, body []byte) (string, error) {
	id, err := jws.NewNonce(rand.Reader)
	if err != nil {
		return "", err
	}
	now := c.now().Unix()
	payload, err := json.Marshal(struct {
		Network string `json:"network"`
		Node    string `json:"node"`
		Method  string `json:"method"`
		Path    string `json:"path"`
		Body    string `json:"body_sha256,omitzero"`
		Issued  int64  `json:"iat"`
		Expires int64  `json:"exp"`
		ID      string `json:"jti"`
	}{c.network, node, method, uri, jws.BodyDigest(body), now, now + loginLife, id})
	if err != nil {
		return "", fmt.Errorf("sign login: %w", err)
	}
	compact, err := sign(c.signer, jws.LoginType, payload)
	if err != nil {
		return "", fmt.Errorf("sign login: %w", err)
	}
	if _, err := jws.ParseLogin(compact); err != nil {
		return "", fmt.Errorf("sign login: %w", err)
	}
	return string(compact), nil
}

// sign writes a JWS compact serialization (RFC 7515) in the form crypto/jws reads.
func sign(signer Signer, typ string, payload []byte) ([]byte, error) {
	if signer == nil {
		return nil, ErrNoSigner
	}
	key := signer.Public()
	header := fmt.Sprintf(`{"alg":%q,"kid":%q,"typ":%q}`, key.Algorithm(), key.ID(), typ)
	out := base64.RawURLEncoding.AppendEncode(nil, []byte(header))
	out = base64.RawURLEncoding.AppendEncode(append(out, '.'), payload)
	signature, err := signer.Sign(out)
	if err != nil {
		return nil, err
	}
	return base64.RawURLEncoding.AppendEncode(append(out, '.'), signature), nil
}
