package member

import (
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
	"github.com/tierledger/tierledger/crypto/credential"
)

// MaxLive is how many credentials a member may have at one time that are neither
// revoked nor past their last day.
const MaxLive = 256

// CredentialArgument is a public key that one person of a member asks to be
// registered.
type CredentialArgument struct {
	Person     string             `json:"person"` // the member's own pseudonym for the person, never a name
	Roles      record.PersonRoles `json:"roles"`
	PublicKey  []byte             `json:"publicKey"`  // SubjectPublicKeyInfo, DER
	Possession []byte             `json:"possession"` // see crypto/credential.SignPossession
	NotBefore  calendar.Instant   `json:"notBefore"`
	NotAfter   calendar.Instant   `json:"notAfter"`          // last instant of validity
	Attached   record.Digest      `json:"attached,omitzero"` // SHA-256 of a licensed authority's X.509 document
}

func (c *CredentialArgument) form() error {
	if err := CheckIdentifier("person", c.Person); err != nil {
		return err
	}
	const known = record.Maker | record.Checker | record.Admin | record.Reviewer
	if c.Roles == 0 || c.Roles&^known != 0 {
		return code.BadArgument.New("person %s has no role, or an unknown one", c.Person)
	}
	if err := c.NotBefore.Valid(); err != nil {
		return err
	}
	if err := c.NotAfter.Valid(); err != nil {
		return err
	}
	if c.NotAfter <= c.NotBefore {
		return code.BadDate.New("person %s: validity ends at %s, before it begins at %s", c.Person, c.NotAfter, c.NotBefore)
	}
	return nil
}

// register writes a credential of the member, which may itself be about to be
// written, and counts it in m.Admins; the caller writes m. The credential's
// first day must not lie before earliest (COOLING_OFF). Further refusals:
// ROLE_CONFLICT, CREDENTIAL_EXPIRED, BAD_KEY, BAD_POSSESSION, ALREADY_EXISTS for
// a key that was ever registered by anybody, LIMIT_EXCEEDED.
func register(w *world.World, m *record.Member, in CredentialArgument, earliest calendar.Instant) (*record.Credential, error) {
	if in.NotAfter < w.Now() {
		return nil, code.CredentialExpired.New("person %s: validity ends at %s, which has passed", in.Person, in.NotAfter)
	}
	if in.NotBefore < earliest {
		return nil, code.CoolingOff.New("person %s: validity begins at %s, not before %s", in.Person, in.NotBefore, earliest)
	}
	if in.Roles.Has(record.Reviewer) && !m.Roles.Any(Institutions) {
		return nil, code.RoleConflict.New("person %s: only an institution has reviewers", in.Person)
	}
	if err := checkPerson(w, m.ID, in); err != nil {
		return nil, err
	}
	key, err := openKey(w.Network(), m.ID, &in)
	if err != nil {
		return nil, err
	}
	c := &record.Credential{
		ID: record.Digest(key.ID()), Member: m.ID, Person: in.Person, Roles: in.Roles,
		Algorithm: uint8(key.Algorithm()), PublicKey: key.SPKI(), Attached: in.Attached,
		NotBefore: in.NotBefore, NotAfter: in.NotAfter,
	}
	if used, err := world.Exists(w, record.CredentialKey(c.ID)); err != nil || used {
		if err == nil {
			err = code.AlreadyExists.New("credential %s", c.ID)
		}
		return nil, err
	}
	world.Put(w, record.CredentialKey(c.ID), c)
	world.Put(w, record.MemberCredentialKey(m.ID, c.ID), &record.Marker{Present: true})
	if c.Roles.Has(record.Admin) {
		m.Admins++
	}
	return c, nil
}

// openKey reads a credential's key and checks that its owner signed up as this
// person: BAD_KEY, BAD_POSSESSION.
func openKey(network, member string, in *CredentialArgument) (credential.PublicKey, error) {
	key, err := credential.ParsePublicKey(in.PublicKey)
	if err != nil {
		return key, code.BadKey.New("key of person %s", in.Person)
	}
	if err := credential.VerifyPossession(key, network, member, in.Person, in.Possession); err != nil {
		return key, code.BadPossession.New("key %s of person %s", key.ID(), in.Person)
	}
	return key, nil
}

// adminAlone refuses with ROLE_CONFLICT a person who is admin and maker or checker.
func adminAlone(person string, roles record.PersonRoles) error {
	if roles.Has(record.Admin) && roles&(record.Maker|record.Checker) != 0 {
		return code.RoleConflict.New("person %s would be an admin and %s", person, oneOf((roles &^ record.Admin).Names()))
	}
	return nil
}

// checkPerson refuses with ROLE_CONFLICT when one person would be both admin and
// maker or checker, counting all of the person's live keys.
func checkPerson(w *world.World, member string, in CredentialArgument) error {
	roles, live := in.Roles, 0
	err := eachLive(w, member, func(c *record.Credential) {
		live++
		if c.Person == in.Person {
			roles |= c.Roles
		}
	})
	if err != nil {
		return err
	}
	if err := adminAlone(in.Person, roles); err != nil {
		return err
	}
	if live >= MaxLive {
		return code.LimitExceeded.New("member %s has %d live credentials", member, live)
	}
	return nil
}

// Credentials lists all credentials a member ever had, in order of id.
func Credentials(w *world.World, member string) ([]record.Credential, error) {
	var list []record.Credential
	prefix := record.MemberCredentialsPrefix(member)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(key string, _ *record.Marker) (bool, error) {
		id, err := record.ParseDigest(key[len(prefix):])
		if err != nil {
			return false, err
		}
		c, err := world.Load(w, record.CredentialKey(id), "credential", id.String())
		if err != nil {
			return false, err
		}
		list = append(list, *c)
		return true, nil
	})
	return list, err
}

// eachLive visits the member's credentials that are neither revoked nor past
// their last instant.
func eachLive(w *world.World, member string, visit func(*record.Credential)) error {
	list, err := Credentials(w, member)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].RevokedAt == 0 && w.Now() <= list[i].NotAfter {
			visit(&list[i])
		}
	}
	return nil
}

// AddCredentialArgument registers one more key.
type AddCredentialArgument struct {
	Member     string             `json:"member"`
	Credential CredentialArgument `json:"credential"`
}

// CredentialResult names the credential that was written.
type CredentialResult struct {
	Key       record.Digest    `json:"key"`
	NotBefore calendar.Instant `json:"notBefore"`
}

func (in *AddCredentialArgument) form() error {
	if err := CheckID(in.Member); err != nil {
		return err
	}
	return in.Credential.form()
}

// AddCredential registers a further key of the admin's own member. Another admin
// or the sponsor bank approves. The key is valid after the cooling-off time of
// the rule pack, within which any admin can still revoke it.
func AddCredential(w *world.World, in AddCredentialArgument) (CredentialResult, error) {
	if err := in.form(); err != nil {
		return CredentialResult{}, err
	}
	m, err := Require(w, record.Admin, 0)
	if err != nil {
		return CredentialResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumAdmins); err != nil {
		return CredentialResult{}, err
	}
	if m.ID != in.Member {
		return CredentialResult{}, code.NotAuthorised.New("an admin of %s cannot register people of %s", m.ID, in.Member)
	}
	return addCooled(w, m, in.Credential)
}

// addCooled registers a key whose validity begins after the cooling-off time.
func addCooled(w *world.World, m *record.Member, in CredentialArgument) (CredentialResult, error) {
	earliest, err := cooledOff(w)
	if err != nil {
		return CredentialResult{}, err
	}
	c, err := register(w, m, in, earliest)
	if err != nil {
		return CredentialResult{}, err
	}
	return registered(w, m, c), nil
}

// cooledOff is when a cooling-off time that begins now ends.
func cooledOff(w *world.World) (calendar.Instant, error) {
	pack, err := w.Pack()
	if err != nil {
		return 0, err
	}
	return w.Now().Add(time.Duration(pack.CoolingOffHours) * time.Hour), nil
}

func registered(w *world.World, m *record.Member, c *record.Credential) CredentialResult {
	world.Put(w, record.MemberKey(m.ID), m)
	notify(w, record.CredentialChanged, c.ID.String(), m.ID, m.Sponsor)
	return CredentialResult{Key: c.ID, NotBefore: c.NotBefore}
}

// RenewCredentialArgument registers a new key for the person of an old one.
type RenewCredentialArgument struct {
	Key        record.Digest      `json:"key"` // the old key's id
	Credential CredentialArgument `json:"credential"`
}

// RenewCredential registers a new key of the same person with the same roles, so
// that it needs no cooling-off. Another admin or the sponsor bank approves. The
// old key stays valid to its own last day, or until it is revoked: what its
// owner has proposed does not fall. A revoked key cannot be renewed
// (CREDENTIAL_REVOKED); another person or other roles are ROLE_CONFLICT.
func RenewCredential(w *world.World, in RenewCredentialArgument) (CredentialResult, error) {
	if err := in.Credential.form(); err != nil {
		return CredentialResult{}, err
	}
	m, err := Require(w, record.Admin, 0)
	if err != nil {
		return CredentialResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumAdmins); err != nil {
		return CredentialResult{}, err
	}
	old, err := world.Load(w, record.CredentialKey(in.Key), "credential", in.Key.String())
	if err != nil {
		return CredentialResult{}, err
	}
	switch {
	case old.RevokedAt != 0:
		return CredentialResult{}, code.CredentialRevoked.New("credential %s was revoked at %s", old.ID, old.RevokedAt)
	case old.Member != m.ID:
		return CredentialResult{}, code.NotAuthorised.New("an admin of %s cannot renew a key of %s", m.ID, old.Member)
	case old.Person != in.Credential.Person || old.Roles != in.Credential.Roles:
		return CredentialResult{}, code.RoleConflict.New("a renewal keeps the person %s and its roles", old.Person)
	}
	// A key that is still cooling off does not become usable through its renewal.
	var earliest calendar.Instant
	if old.NotBefore > w.Now() {
		earliest = old.NotBefore
	}
	c, err := register(w, m, in.Credential, earliest)
	if err != nil {
		return CredentialResult{}, err
	}
	return registered(w, m, c), nil
}

// RevokeCredentialArgument ends a key.
type RevokeCredentialArgument struct {
	Key    record.Digest `json:"key"`
	Reason string        `json:"reason"`
}

// RevokeResult says whose key ended and when.
type RevokeResult struct {
	Member    string           `json:"member"`
	Person    string           `json:"person"`
	RevokedAt calendar.Instant `json:"revokedAt"`
}

// RevokeCredential ends a key at once and for ever. An admin of its member signs,
// or a maker or reviewer of the sponsor bank. An admin cannot leave the member
// without a live admin (LAST_ADMIN); the sponsor bank can, and then recovers one.
// What the key has proposed falls: the dispatcher calls approval.FallOf.
func RevokeCredential(w *world.World, in RevokeCredentialArgument) (RevokeResult, error) {
	if err := CheckText("reason", in.Reason, MaxReason); err != nil {
		return RevokeResult{}, err
	}
	signer, err := Require(w, record.Admin|record.Maker|record.Reviewer, 0)
	if err != nil {
		return RevokeResult{}, err
	}
	c, err := world.Load(w, record.CredentialKey(in.Key), "credential", in.Key.String())
	if err != nil {
		return RevokeResult{}, err
	}
	m, err := Get(w, c.Member)
	if err != nil {
		return RevokeResult{}, err
	}
	roles := w.Actor().Roles
	own := signer.ID == m.ID && roles.Has(record.Admin)
	sponsor := signer.ID == m.Sponsor && roles&(record.Maker|record.Reviewer) != 0
	if !own && !sponsor {
		return RevokeResult{}, code.NotAuthorised.New("only an admin of %s or its sponsor revokes this key", m.ID)
	}
	if c.RevokedAt != 0 {
		return RevokeResult{}, code.CredentialRevoked.New("credential %s was revoked at %s", c.ID, c.RevokedAt)
	}
	if own && c.Roles.Has(record.Admin) {
		if err := leavesAdmin(w, m.ID, c.ID); err != nil {
			return RevokeResult{}, err
		}
	}
	c.RevokedAt = w.Now()
	world.Put(w, record.CredentialKey(c.ID), c)
	if c.Roles.Has(record.Admin) {
		m.Admins--
		world.Put(w, record.MemberKey(m.ID), m)
	}
	notify(w, record.CredentialChanged, c.ID.String(), m.ID, m.Sponsor)
	return RevokeResult{Member: m.ID, Person: c.Person, RevokedAt: c.RevokedAt}, nil
}

// leavesAdmin refuses with LAST_ADMIN when no admin's key besides the given one
// can sign now.
func leavesAdmin(w *world.World, member string, without record.Digest) error {
	others := 0
	err := eachLive(w, member, func(c *record.Credential) {
		if c.ID != without && c.Roles.Has(record.Admin) && c.NotBefore <= w.Now() {
			others++
		}
	})
	if err == nil && others == 0 {
		err = code.LastAdmin.New("member %s has no other admin who can sign", member)
	}
	return err
}

// RecoverArgument registers a new admin's key for a member that lost its own.
type RecoverArgument struct {
	Member     string             `json:"member"`
	Credential CredentialArgument `json:"credential"`
	Request    record.Digest      `json:"request"` // SHA-256 of the legal representative's signed request
}

func (in *RecoverArgument) form() error {
	if err := CheckID(in.Member); err != nil {
		return err
	}
	if in.Request.IsZero() {
		return code.BadArgument.New("the legal representative's request is missing")
	}
	return in.Credential.form()
}

// Recover registers a new admin's key for a member that lost its own. The legal
// representative asks for it in a signed document, whose hash stays with the
// credential; a maker of the sponsor bank proposes and a checker approves. The
// key is valid after the cooling-off time, and the member's present admins are
// told and can revoke it.
func Recover(w *world.World, in RecoverArgument) (CredentialResult, error) {
	if err := in.form(); err != nil {
		return CredentialResult{}, err
	}
	m, err := sponsored(w, record.Maker, in.Member)
	if err != nil {
		return CredentialResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumChecker); err != nil {
		return CredentialResult{}, err
	}
	return recoverAdmin(w, m, in)
}

// RecoverAdmin is Recover by more than two thirds of the validator banks, for a
// bank or any other member.
func RecoverAdmin(w *world.World, in RecoverArgument) (CredentialResult, error) {
	if err := in.form(); err != nil {
		return CredentialResult{}, err
	}
	if err := requireBanks(w); err != nil {
		return CredentialResult{}, err
	}
	m, err := Get(w, in.Member)
	if err != nil {
		return CredentialResult{}, err
	}
	return recoverAdmin(w, m, in)
}

func recoverAdmin(w *world.World, m *record.Member, in RecoverArgument) (CredentialResult, error) {
	if in.Credential.Roles != record.Admin {
		return CredentialResult{}, code.RoleConflict.New("only the key of an admin is recovered")
	}
	made, err := addCooled(w, m, in.Credential)
	if err != nil {
		return CredentialResult{}, err
	}
	c, err := world.Load(w, record.CredentialKey(made.Key), "credential", made.Key.String())
	if err != nil {
		return CredentialResult{}, err
	}
	c.Request = in.Request
	world.Put(w, record.CredentialKey(c.ID), c)
	return made, nil
}
