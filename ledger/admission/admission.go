// Package admission decides whether a transaction may be in a block.
//
// Admit is one pure function of the transaction's bytes, the committed state,
// the block's time and what the block already holds. The same call answers
// CheckTx, PrepareProposal, ProcessProposal and FinalizeBlock, on every node
// alike. What is admitted may still be refused by its contract: that makes an
// outcome, never a rejected block.
package admission

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync/atomic"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/store"
)

// Sizes of the caches, in entries.
const (
	verifiedEntries   = 1 << 17
	credentialEntries = 1 << 16
	parsedEntries     = 1 << 15 // more than the mempool holds
)

// parsedBytes is the largest transaction kept in its parsed form. Most are far
// smaller; the work of a large one is not in parsing it.
const parsedBytes = 2 << 10

// Gate admits transactions against the committed state of one store. It is safe
// for concurrent use.
type Gate struct {
	store   *store.Store
	network string
	// verified holds the hash of ALL bytes of transactions whose signature was
	// found good. The transaction id would not do: it leaves the signature out,
	// and a cached id would let a garbage signature pass on some nodes only.
	verified *lru.Cache[[32]byte, struct{}]
	// parsed holds transactions by the hash of all their bytes, because each passes
	// here several times on its way into a block. A transaction never changes.
	parsed      *lru.Cache[[32]byte, *jws.Transaction]
	credentials *lru.Cache[record.Digest, *registered]
	settings    atomic.Pointer[settingsAt]
}

// registered is a credential as it was in the state of a height.
type registered struct {
	height     int64
	credential *record.Credential
	key        credential.PublicKey
}

type settingsAt struct {
	height int64
	offset int64
}

// New makes the gate of a network over its store.
func New(s *store.Store, network string) (*Gate, error) {
	verified, err := lru.New[[32]byte, struct{}](verifiedEntries)
	if err != nil {
		return nil, fmt.Errorf("make the cache of verified transactions: %w", err)
	}
	parsed, err := lru.New[[32]byte, *jws.Transaction](parsedEntries)
	if err != nil {
		return nil, fmt.Errorf("make the cache of parsed transactions: %w", err)
	}
	credentials, err := lru.New[record.Digest, *registered](credentialEntries)
	if err != nil {
		return nil, fmt.Errorf("make the cache of credentials: %w", err)
	}
	return &Gate{store: s, network: network, verified: verified, parsed: parsed, credentials: credentials}, nil
}

// Seen are the transactions a block holds so far.
type Seen map[record.Digest]struct{}

// Admit checks in this order, the cheapest first: size, form, network, expiry,
// registered credential, replay, signature. A refusal is a *code.Error; any
// other error is a fault of the store, on which the node must stop. On success
// the transaction's id is added to seen, unless seen is nil.
func (g *Gate) Admit(raw []byte, at calendar.Instant, seen Seen) (*jws.Transaction, error) {
	sum := sha256.Sum256(raw)
	tx, key, err := g.examine(raw, sum, at, seen)
	if err != nil {
		return nil, err
	}
	if err := g.verify(tx, key, sum); err != nil {
		return nil, err
	}
	if seen != nil {
		seen[tx.ID] = struct{}{}
	}
	return tx, nil
}

// Recheck repeats everything but the signature, for a transaction that already
// waits in the mempool: its bytes are those that were admitted.
func (g *Gate) Recheck(raw []byte, at calendar.Instant) error {
	_, _, err := g.examine(raw, sha256.Sum256(raw), at, nil)
	return err
}

// Warm verifies the signature of a transaction ahead of Admit, so that several
// processors can share the work. It decides nothing.
func (g *Gate) Warm(raw []byte) {
	sum := sha256.Sum256(raw)
	if g.verified.Contains(sum) {
		return
	}
	tx, err := g.parse(raw, sum)
	if err != nil {
		return
	}
	if r, err := g.credential(record.Digest(tx.KeyID)); err == nil {
		_ = g.verify(tx, r.key, sum) // Admit asks again and reports
	}
}

// examine makes every check but that of the signature and returns the key with
// which to verify it.
func (g *Gate) examine(raw []byte, sum [32]byte, at calendar.Instant, seen Seen) (*jws.Transaction, credential.PublicKey, error) {
	var none credential.PublicKey
	tx, err := g.parse(raw, sum)
	if err != nil {
		return nil, none, err
	}
	if tx.Network != g.network {
		return nil, none, code.WrongNetwork.New("made for %s, this is %s", tx.Network, g.network)
	}
	now, err := g.LedgerTime(at)
	if err != nil {
		return nil, none, err
	}
	if err := checkExpiry(tx.Expires, now); err != nil {
		return nil, none, err
	}
	r, err := g.credential(record.Digest(tx.KeyID))
	if err != nil {
		return nil, none, err
	}
	if err := checkValidity(r.credential, now); err != nil {
		return nil, none, err
	}
	return tx, r.key, g.checkReplay(tx, seen)
}

// parse reads a transaction, once for the same bytes unless they are many.
func (g *Gate) parse(raw []byte, sum [32]byte) (*jws.Transaction, error) {
	if tx, ok := g.parsed.Get(sum); ok {
		return tx, nil
	}
	if len(raw) > parsedBytes {
		return parse(raw)
	}
	tx, err := parse(bytes.Clone(raw)) // what is kept refers to it
	if err == nil {
		g.parsed.Add(sum, tx)
	}
	return tx, err
}

func parse(raw []byte) (*jws.Transaction, error) {
	tx, err := jws.ParseTransaction(raw, record.MaxTransactionBytes)
	switch {
	case errors.Is(err, jws.ErrTooLarge):
		return nil, code.TooLarge.New("%d bytes, at most %d", len(raw), record.MaxTransactionBytes)
	case err != nil:
		return nil, code.BadForm.New("%s", kindOf(err, jws.ErrForm, jws.ErrEncoding, jws.ErrHeader, jws.ErrAlgorithm, jws.ErrPayload))
	default:
		return tx, nil
	}
}

// kindOf names which of the kinds err is. The full text may quote a library
// whose wording is not the same in every process, and a detail must be.
func kindOf(err error, kinds ...error) string {
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "not acceptable"
}

// LedgerTime is the block's time, moved by the offset a devnet may have set.
func (g *Gate) LedgerTime(at calendar.Instant) (calendar.Instant, error) {
	height := g.store.Head().Height
	known := g.settings.Load()
	if known == nil || known.height != height {
		data, err := g.store.Get(store.State, []byte(record.SettingsKey()))
		if err != nil {
			return 0, fmt.Errorf("read the network's settings: %w", err)
		}
		var s record.Settings
		if data != nil {
			if err := record.Read(data, &s); err != nil {
				return 0, fmt.Errorf("read the network's settings: %w", err)
			}
		}
		known = &settingsAt{height, s.OffsetMillis}
		g.settings.Store(known)
	}
	return at + calendar.Instant(known.offset), nil
}

func checkExpiry(expires int64, now calendar.Instant) error {
	seconds := int64(now) / 1000
	if expires <= seconds {
		return code.Expired.New("expired at %d, the ledger's time is %d", expires, seconds)
	}
	if expires-seconds > record.MaxExpiryMillis/1000 {
		return code.ExpiresTooLate.New("expires at %d, the ledger's time is %d", expires, seconds)
	}
	return nil
}

// credential reads a registered credential and its key, once for each height: what
// a block revokes counts from the next one on. Keys never change under their id.
func (g *Gate) credential(id record.Digest) (*registered, error) {
	height := g.store.Head().Height // before the credential: it may be newer, never older
	known, ok := g.credentials.Get(id)
	if ok && known.height == height {
		return known, nil
	}
	data, err := g.store.Get(store.State, []byte(record.CredentialKey(id)))
	if err != nil {
		return nil, fmt.Errorf("read credential %s: %w", id, err)
	}
	if data == nil {
		return nil, code.UnknownCredential.New("%s", id)
	}
	r := &registered{height: height, credential: new(record.Credential)}
	if err := record.Read(data, r.credential); err != nil {
		return nil, fmt.Errorf("read credential %s: %w", id, err)
	}
	if ok {
		r.key = known.key
	} else if r.key, err = credential.ParsePublicKey(r.credential.PublicKey); err != nil {
		return nil, code.BadKey.New("%s", id) // enrolment refuses such keys
	}
	g.credentials.Add(id, r)
	return r, nil
}

// MemberOf is the member of a registered credential.
func (g *Gate) MemberOf(key record.Digest) (string, error) {
	r, err := g.credential(key)
	if err != nil {
		return "", err
	}
	return r.credential.Member, nil
}

func checkValidity(c *record.Credential, now calendar.Instant) error {
	switch {
	case c.RevokedAt != 0 && now >= c.RevokedAt:
		return code.CredentialRevoked.New("%s", c.ID)
	case now < c.NotBefore || now > c.NotAfter:
		return code.CredentialExpired.New("%s is valid from %s to %s", c.ID, c.NotBefore, c.NotAfter)
	default:
		return nil
	}
}

func (g *Gate) checkReplay(tx *jws.Transaction, seen Seen) error {
	if _, ok := seen[tx.ID]; ok {
		return code.Replayed.New("%x is in this block already", tx.ID)
	}
	height, err := Executed(g.store, tx.ID, tx.Expires)
	if err != nil {
		return err
	}
	if height != 0 {
		return code.Replayed.New("%x was executed in block %d", tx.ID, height)
	}
	return nil
}

// verify checks the signature, once per node for the same bytes.
func (g *Gate) verify(tx *jws.Transaction, key credential.PublicKey, sum [32]byte) error {
	if g.verified.Contains(sum) {
		return nil
	}
	if err := tx.Verify(key); err != nil {
		return code.BadSignature.New("%s", kindOf(err, jws.ErrAlgorithm, jws.ErrKey, jws.ErrSignature))
	}
	g.verified.Add(sum, struct{}{})
	return nil
}
