package member

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
)

// CheckEnrolment tells, before anybody signs, what Enrol would refuse of an argument
// on a ledger of this network that knows neither the member nor its keys. now is the
// ledger's time. The refusals and their order are those of Enrol; a key that is in
// the argument twice is ALREADY_EXISTS. No contract calls it.
func CheckEnrolment(network string, now calendar.Instant, in EnrolArgument) error {
	if err := in.form(); err != nil {
		return err
	}
	if in.Roles.Any(Institutions) {
		return code.NotAuthorised.New("only the banks together admit a funder, operator or auditor")
	}
	keys, roles, admins := map[credential.KeyID]bool{}, map[string]record.PersonRoles{}, 0
	for i := range in.Credentials {
		c := &in.Credentials[i]
		if c.NotAfter < now {
			return code.CredentialExpired.New("person %s: validity ends at %s, which has passed", c.Person, c.NotAfter)
		}
		if c.Roles.Has(record.Reviewer) {
			return code.RoleConflict.New("person %s: only an institution has reviewers", c.Person)
		}
		roles[c.Person] |= c.Roles
		if err := adminAlone(c.Person, roles[c.Person]); err != nil {
			return err
		}
		key, err := openKey(network, in.ID, c)
		if err != nil {
			return err
		}
		if keys[key.ID()] {
			return code.AlreadyExists.New("credential %s", key.ID())
		}
		keys[key.ID()] = true
		if c.Roles.Has(record.Admin) {
			admins++
		}
	}
	if admins == 0 {
		return code.LastAdmin.New("member %s has no credential of an admin", in.ID)
	}
	return nil
}

// CheckRecovery tells, before anybody signs, what Recover would refuse of an argument
// whoever the member is: form, ROLE_CONFLICT for another role than admin alone,
// CREDENTIAL_EXPIRED, BAD_KEY, BAD_POSSESSION. The cooling-off time is not looked at:
// it counts from the approval. No contract calls it.
func CheckRecovery(network string, now calendar.Instant, in RecoverArgument) error {
	if err := in.form(); err != nil {
		return err
	}
	c := &in.Credential
	if c.Roles != record.Admin {
		return code.RoleConflict.New("only the key of an admin is recovered")
	}
	if c.NotAfter < now {
		return code.CredentialExpired.New("person %s: validity ends at %s, which has passed", c.Person, c.NotAfter)
	}
	_, err := openKey(network, in.Member, c)
	return err
}
