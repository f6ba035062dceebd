package access

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// State is the ledger's committed state at one moment, by state key.
type State = record.State

// Moment is one moment of the ledger. State and View are of the same snapshot.
type Moment struct {
	State State
	View  view.Source
	Now   calendar.Instant // the ledger's time
}

// Viewer is a person who asks, with the member for whom.
type Viewer struct {
	Member     record.Member
	Credential record.Credential
	Validator  bool // the member runs an active validator
}

// Identify finds the viewer who holds a key. A key that is not registered, or
// whose credential is revoked or not valid at the moment, is refused with
// UNAUTHENTICATED, CREDENTIAL_REVOKED or CREDENTIAL_EXPIRED. A suspended member
// may read: a suspended holder is still paid.
func Identify(m Moment, key record.Digest) (Viewer, error) {
	c, err := record.Find(m.State, record.CredentialKey(key))
	if err != nil {
		return Viewer{}, err
	}
	if c == nil {
		return Viewer{}, code.Unauthenticated.New("the key is not registered")
	}
	switch {
	case c.RevokedAt != 0 && m.Now >= c.RevokedAt:
		return Viewer{}, code.CredentialRevoked.New("")
	case m.Now < c.NotBefore || m.Now > c.NotAfter:
		return Viewer{}, code.CredentialExpired.New("valid from %s to %s", c.NotBefore, c.NotAfter)
	}
	member, err := record.Find(m.State, record.MemberKey(c.Member))
	if err != nil {
		return Viewer{}, err
	}
	if member == nil {
		return Viewer{}, fmt.Errorf("credential %s is of member %s, which does not exist", key, c.Member)
	}
	seat, err := record.Find(m.State, record.ValidatorKey(c.Member))
	if err != nil {
		return Viewer{}, err
	}
	return Viewer{Member: *member, Credential: *c, Validator: seat != nil && seat.Active}, nil
}

// SeesAll reports whether the viewer's member reads everything: an auditor, an
// operator, or a bank with an active validator, whose node has it all anyway.
func (v *Viewer) SeesAll() bool {
	return v.Validator || v.Member.Roles.Any(record.Operator|record.Auditor)
}

// Institution reports whether the viewer's member is one whose confirmation an
// order or a motion may need.
func (v *Viewer) Institution() bool {
	return v.SeesAll() || v.Member.Roles.Has(record.Funder)
}

// is reports whether the viewer's member is one of those named.
func (v *Viewer) is(members ...string) bool {
	for _, m := range members {
		if m == v.Member.ID {
			return true
		}
	}
	return false
}

// hidden is the one refusal for everything a viewer may not see.
func hidden() error { return code.NotAuthorised.New("") }
