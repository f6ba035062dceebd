package enrol

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/node/local"
)

// Limits of what is kept.
const (
	// InvitationLife is how long an invitation can be used, by the ledger's time.
	InvitationLife = 30 * 24 * time.Hour
	// RecoveryLife is how long a request to recover a key waits to be dealt with.
	RecoveryLife = 30 * 24 * time.Hour
	// MaxInvitations is how many invitations of one member may be open at a time; one
	// that was revoked takes its place until it would have expired.
	MaxInvitations = 200
	// MaxRecoveries is how many requests to recover keys of one member may wait.
	MaxRecoveries = 3
	// MaxWaiting is how many requests to recover keys may be kept in all.
	MaxWaiting = 2000
	// KeyLife is how long a key is valid when its owner does not say.
	KeyLife = 730 * 24 * time.Hour

	maxDocuments = 20
	maxNote      = 400 // bytes
	maxContact   = 200
	maxEmail     = 254 // RFC 5321
)

// Languages of people.
const (
	Chinese = "zh"
	English = "en"
)

// State of an invitation, an enrolment or a request to recover a key. What became of
// the last two is read from the ledger: see Ledger.
type State string

// States.
const (
	Open     State = "open"     // an invitation that nobody used yet
	Waiting  State = "waiting"  // for the bank's people
	Enrolled State = "enrolled" // the member is on the ledger with one of these keys
	Refused  State = "refused"  // by the bank
	Revoked  State = "revoked"  // by who invited
	Expired  State = "expired"
	// Recovered is a key that is on the ledger.
	Recovered State = "recovered"
)

// Ledger answers what a moment of the ledger says of keys.
type Ledger interface {
	// Registered reports whether a key is registered for the member.
	Registered(member string, key record.Digest) (bool, error)
	// Known reports whether the member is on the ledger.
	Known(member string) (bool, error)
}

// By is who does something for which member.
type By struct {
	Member string        `json:"member"`
	Person string        `json:"person"` // the member's own pseudonym for the person
	Key    record.Digest `json:"key"`    // credential with which the person logged in
}

// Refusal is why the bank's people turned a request down.
type Refusal struct {
	By     By               `json:"by"`
	At     calendar.Instant `json:"at"`
	Reason string           `json:"reason"`
}

// Desk keeps invitations, enrolments and requests to recover a key. It is the only
// writer of its keys; its methods may be called from several goroutines.
type Desk struct {
	network string
	local   *local.Local

	mu sync.Mutex // held while something is changed
}

// OpenDesk opens the desk that the node's own data holds.
func OpenDesk(l *local.Local, network string) (*Desk, error) {
	if network == "" {
		return nil, errors.New("open the desk of enrolments: no network is named")
	}
	return &Desk{network: network, local: l}, nil
}

// hashOf is under which name something is kept of which only its owner has the token.
func hashOf(token string) record.Digest { return sha256.Sum256([]byte("tierledger/enrol/1|" + token)) }

// Person is a key that one person of an enterprise made.
type Person struct {
	Person     string             `json:"person"` // the enterprise's own pseudonym for the person, never a name
	Roles      record.PersonRoles `json:"roles"`
	PublicKey  []byte             `json:"publicKey"`  // SubjectPublicKeyInfo, DER
	Possession []byte             `json:"possession"` // see crypto/credential.SignPossession
	NotBefore  calendar.Instant   `json:"notBefore,omitzero"`
	NotAfter   calendar.Instant   `json:"notAfter,omitzero"`
	Attached   record.Digest      `json:"attached,omitzero"`
}

// argument is the credential as a contract takes it. A key whose owner does not say is
// valid from the day of now on, for KeyLife.
func (p *Person) argument(now calendar.Instant) member.CredentialArgument {
	c := member.CredentialArgument{
		Person: p.Person, Roles: p.Roles, PublicKey: p.PublicKey, Possession: p.Possession,
		NotBefore: p.NotBefore, NotAfter: p.NotAfter, Attached: p.Attached,
	}
	if c.NotBefore == 0 {
		c.NotBefore = now.Date().Start()
	}
	if c.NotAfter == 0 {
		c.NotAfter = c.NotBefore.Add(KeyLife)
	}
	return c
}

// keysOf are the ids of the keys of credentials that were checked.
func keysOf(list []member.CredentialArgument) ([]credential.KeyID, error) {
	ids := make([]credential.KeyID, len(list))
	for i := range list {
		key, err := credential.ParsePublicKey(list[i].PublicKey)
		if err != nil {
			return nil, fmt.Errorf("read the key of person %s: %w", list[i].Person, err)
		}
		ids[i] = key.ID()
	}
	return ids, nil
}

// registered reports whether one of the keys is on the ledger for the member.
func registered(l Ledger, member string, keys []record.Digest) (bool, error) {
	for _, k := range keys {
		if ok, err := l.Registered(member, k); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func digests(keys []credential.KeyID) []record.Digest {
	list := make([]record.Digest, len(keys))
	for i, k := range keys {
		list[i] = record.Digest(k)
	}
	return list
}

// checkDocuments accepts the digests of documents that are sent to the bank.
func checkDocuments(list []record.Digest) error {
	if len(list) > maxDocuments {
		return code.BadArgument.New("%d documents, at most %d", len(list), maxDocuments)
	}
	for _, d := range list {
		if d.IsZero() {
			return code.BadArgument.New("a document's digest is missing")
		}
	}
	return nil
}

// optional checks a text that may be left out.
func optional(what, text string, limit int) error {
	if text == "" {
		return nil
	}
	return member.CheckText(what, text, limit)
}
