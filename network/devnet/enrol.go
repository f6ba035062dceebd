package devnet

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/keystore"
)

// codeAlphabet is the alphabet of a social credit code (GB 32100-2015).
const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// base9 is nine characters of the alphabet made of a hash.
func base9(network, alias string) string {
	sum := sha256.Sum256([]byte(network + "\x00" + alias))
	var text [9]byte
	for i := range text {
		text[i] = codeAlphabet[int(sum[i])%len(codeAlphabet)]
	}
	return string(text[:])
}

// NewEnrolment makes keys for a member's people and the argument that enrols
// them, with a proof of possession for each key.
func NewEnrolment(network string, m Member, roles record.Roles, algorithm credential.Algorithm, from calendar.Instant, persons []Person) (member.EnrolArgument, []keystore.NamedKey, error) {
	enrol := member.EnrolArgument{ID: m.ID, Name: m.Name, Class: m.Class, Roles: roles}
	var keys []keystore.NamedKey
	for _, p := range persons {
		key, err := credential.Generate(algorithm, rand.Reader)
		if err != nil {
			return enrol, nil, fmt.Errorf("make a key for %s: %w", m.Alias, err)
		}
		possession, err := credential.SignPossession(key, network, m.ID, p.Name)
		if err != nil {
			return enrol, nil, fmt.Errorf("prove possession for %s: %w", m.Alias, err)
		}
		enrol.Credentials = append(enrol.Credentials, member.CredentialArgument{
			Person: p.Name, Roles: p.Roles, PublicKey: key.Public().SPKI(), Possession: possession,
			NotBefore: from, NotAfter: from.Add(CredentialLife),
		})
		keys = append(keys, keystore.NamedKey{Name: m.Alias + "/" + p.Name, Key: key})
	}
	return enrol, keys, nil
}

// Enrolment makes a member of the devnet and the argument that enrols it: people
// with the usual roles, a bank's with a reviewer, whose keys and whose short name
// are kept in the devnet.
// Keys that are kept already are used again, so that what a crash interrupted can
// be done once more. It must not run twice at once.
func (d *Devnet) Enrolment(m Member, roles record.Roles, from calendar.Instant) (member.EnrolArgument, error) {
	enrol := member.EnrolArgument{ID: m.ID, Name: m.Name, Class: m.Class, Roles: roles}
	persons := people()
	if roles.Has(record.Funder) {
		persons = append(persons, reviewer)
	}
	var fresh []keystore.NamedKey
	for _, p := range persons {
		name := m.Alias + "/" + p.Name
		key, err := d.Keyring.Get(name)
		if errors.Is(err, keystore.ErrNotFound) {
			if key, err = credential.Generate(credential.ES256, rand.Reader); err == nil {
				fresh = append(fresh, keystore.NamedKey{Name: name, Key: key})
			}
		}
		if err != nil {
			return enrol, fmt.Errorf("make a key for %s: %w", name, err)
		}
		possession, err := credential.SignPossession(key, d.Genesis.Network, m.ID, p.Name)
		if err != nil {
			return enrol, fmt.Errorf("prove possession for %s: %w", name, err)
		}
		enrol.Credentials = append(enrol.Credentials, member.CredentialArgument{
			Person: p.Name, Roles: p.Roles, PublicKey: key.Public().SPKI(), Possession: possession,
			NotBefore: from, NotAfter: from.Add(CredentialLife),
		})
	}
	var err error
	if enrol.Encryption, err = d.registeredEncryption(m.Alias); err != nil {
		return enrol, err
	}
	if _, known := d.Member(m.Alias); known {
		return enrol, d.AddMembers(nil, fresh)
	}
	return enrol, d.AddMembers([]Member{m}, fresh)
}
