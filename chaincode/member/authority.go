package member

import (
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Institutions are the roles that answer for others on the network. They are
// given and taken by the banks together.
const Institutions = record.Funder | record.Operator | record.Auditor

// Authenticate finds who owns a credential at the present time. It refuses with
// UNKNOWN_CREDENTIAL, CREDENTIAL_REVOKED, CREDENTIAL_EXPIRED (also before its
// first day) or MEMBER_UNKNOWN. Whether the member is suspended is asked by
// Require: a suspended member is still told so in those words.
func Authenticate(w *world.World, key record.Digest) (world.Person, error) {
	c, err := world.Find(w, record.CredentialKey(key))
	if err != nil {
		return world.Person{}, err
	}
	if c == nil {
		return world.Person{}, code.UnknownCredential.New("credential %s", key)
	}
	switch now := w.Now(); {
	case c.RevokedAt != 0:
		return world.Person{}, code.CredentialRevoked.New("credential %s was revoked at %s", key, c.RevokedAt)
	case now < c.NotBefore:
		return world.Person{}, code.CredentialExpired.New("credential %s is valid from %s", key, c.NotBefore)
	case now > c.NotAfter:
		return world.Person{}, code.CredentialExpired.New("credential %s was valid until %s", key, c.NotAfter)
	}
	if _, err := Get(w, c.Member); err != nil {
		return world.Person{}, err
	}
	return world.Person{Member: c.Member, Person: c.Person, Key: c.ID, Roles: c.Roles}, nil
}

// Find returns the member, or nil when there is none.
func Find(w *world.World, id string) (*record.Member, error) {
	return world.Find(w, record.MemberKey(id))
}

// Get returns the member or refuses with MEMBER_UNKNOWN.
func Get(w *world.World, id string) (*record.Member, error) {
	m, err := Find(w, id)
	if err == nil && m == nil {
		err = code.MemberUnknown.New("member %.40q", id)
	}
	return m, err
}

// GetActive returns a member that may act: MEMBER_UNKNOWN, MEMBER_SUSPENDED, or
// ROLE_MISSING when it has none of the roles (0: any member will do).
func GetActive(w *world.World, id string, roles record.Roles) (*record.Member, error) {
	m, err := Get(w, id)
	if err != nil {
		return nil, err
	}
	if m.State != record.MemberActive {
		return nil, code.MemberSuspended.New("member %s", id)
	}
	if roles != 0 && !m.Roles.Any(roles) {
		return nil, code.RoleMissing.New("member %s is not %s", id, oneOf(roles.Names()))
	}
	return m, nil
}

// Require returns the actor's member when the actor has one of the person roles
// and the member is active and has one of the member roles; 0 asks for no role.
// It refuses with NOT_AUTHORISED (the sweep acts for nobody), MEMBER_UNKNOWN,
// MEMBER_SUSPENDED or ROLE_MISSING, in this order.
func Require(w *world.World, person record.PersonRoles, roles record.Roles) (*record.Member, error) {
	actor := w.Actor()
	if actor.System {
		return nil, code.NotAuthorised.New("the sweep acts for no member")
	}
	m, err := GetActive(w, actor.Member, 0)
	if err != nil {
		return nil, err
	}
	if person != 0 && actor.Roles&person == 0 {
		return nil, code.RoleMissing.New("person %s is not %s", actor.Person.Person, oneOf(person.Names()))
	}
	if roles != 0 && !m.Roles.Any(roles) {
		return nil, code.RoleMissing.New("member %s is not %s", m.ID, oneOf(roles.Names()))
	}
	return m, nil
}

// RequireQuorum refuses with NOT_SUBMITTABLE unless the operation runs from a
// proposal that this quorum approved.
func RequireQuorum(w *world.World, q record.Quorum) error {
	if got := w.Actor().Quorum; got != q {
		return code.NotSubmittable.New("needs a proposal approved by: %s", q)
	}
	return nil
}

// Signed is the actor's signature under the present transaction, for a record in
// which it matters later.
func Signed(w *world.World) record.Signature {
	p := w.Actor().Person
	s := record.Signature{Member: p.Member, Person: p.Person, Key: p.Key, At: w.Now()}
	if id, err := record.ParseDigest(w.TxID()); err == nil {
		s.TxID = id
	}
	return s
}

func oneOf(names []string) string { return strings.Join(names, " or ") }

// QuorumOf says which quorum a function of this package always needs, as a
// direct call of it is refused; ok is false when it may be called directly.
func QuorumOf(function string) (q record.Quorum, ok bool) {
	switch function {
	case "member:AddCredential", "member:RenewCredential", "member:SetPolicy":
		return record.QuorumAdmins, true
	case "member:AdmitInstitution", "member:UpdateInstitution", "member:SuspendInstitution",
		"member:ResumeInstitution", "member:RecoverAdmin", "member:AdmitValidator",
		"member:RemoveValidator", "member:SetFingerprintEpoch":
		return record.QuorumBanks, true
	case "member:Recover", "member:ProposeAccount", "member:ChooseAccount":
		return record.QuorumChecker, true
	}
	return 0, false
}

// AnyFunction stands in a policy for every function that has no rule of its own.
const AnyFunction = "*"

// RequiredChecker reports whether the member's own policy asks for a checker
// when its maker calls the function with this amount (0 for a function that
// moves none).
func RequiredChecker(w *world.World, member, function string, amount money.Fen) (bool, error) {
	from, ruled, err := CheckerFrom(w, member, function)
	return ruled && amount >= from, err
}

// CheckerFrom is the amount from which the member's own policy asks for a checker
// of the function, 0 when it always does; ruled is false when it never does.
// Deciding on proposals and revoking a credential never need one.
func CheckerFrom(w *world.World, member, function string) (from money.Fen, ruled bool, err error) {
	if !checkable(function) {
		return 0, false, nil
	}
	p, err := world.Find(w, record.PolicyKey(member))
	if err != nil || p == nil {
		return 0, false, err
	}
	for _, name := range []string{function, AnyFunction} {
		i := slices.IndexFunc(p.Rules, func(r record.PolicyRule) bool { return r.Function == name })
		if i < 0 {
			continue
		}
		if from = p.Rules[i].From; from <= 1 {
			from = 0
		}
		return from, true, nil
	}
	return 0, false, nil
}

// checkable reports whether a policy may ask for a checker of the function.
func checkable(function string) bool {
	if _, always := QuorumOf(function); always {
		return false
	}
	return !strings.HasPrefix(function, "approval:") && function != "member:RevokeCredential"
}
