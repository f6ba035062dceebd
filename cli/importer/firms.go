package importer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/node/client"
)

// Firm is a firm about to be enrolled.
type Firm struct {
	Alias, ID, Name string
	Class           record.Class
}

// The people of a firm, by the last part of the name of their keys.
const (
	adminName   = "admin1"
	makerName   = "maker"
	checkerName = "checker"
)

// keysOf are the keys of a keyring as signers.
func keysOf(ring *keystore.Keyring) Keys {
	return func(name string) (client.Signer, error) { return ring.Get(name) }
}

// person is one of a firm's people.
type person struct {
	name  string
	roles record.PersonRoles
}

// people of every firm: two sign what needs four eyes, such as a new bank account.
func people() []person {
	return []person{{adminName, record.Admin}, {makerName, record.Maker}, {checkerName, record.Checker}}
}

// firmAt is a firm as the network knows it.
func (im *obligationImport) firmAt(i int) Firm {
	f := &im.firms[i]
	return Firm{Alias: f.key, ID: f.id, Name: f.fullName(), Class: f.class()}
}

// makeKeys makes the keys of all firms that have none and keeps them before the
// first enrolment: a firm whose key was lost could never sign.
func (im *obligationImport) makeKeys(ctx context.Context) (int, error) {
	known, err := im.net.Keyring.List()
	if err != nil {
		return 0, err
	}
	has := make(map[string]bool, len(known))
	for _, name := range known {
		has[name] = true
	}
	var firms []Firm
	var missing []string
	for _, f := range im.needed() {
		before := len(missing)
		for _, p := range people() {
			if name := im.firms[f].key + "/" + p.name; !has[name] {
				missing = append(missing, name)
			}
		}
		if len(missing) > before {
			firms = append(firms, im.firmAt(f))
		}
	}
	if len(missing) == 0 {
		return 0, nil
	}
	im.Progress.Stage(string(StageKeys), len(missing))
	keys, err := im.generate(ctx, missing)
	if err != nil {
		return 0, err
	}
	return len(missing), im.net.Remember(firms, keys)
}

// generate makes keys on all processors.
func (im *obligationImport) generate(ctx context.Context, names []string) ([]keystore.NamedKey, error) {
	keys := make([]keystore.NamedKey, len(names))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for w := range errs {
		all.Go(func() {
			for i := w; i < len(names) && errs[w] == nil && ctx.Err() == nil; i += len(errs) {
				keys[i].Name = names[i]
				keys[i].Key, errs[w] = credential.Generate(im.net.Algorithm, rand.Reader)
				im.Progress.Add(1)
			}
		})
	}
	all.Wait()
	return keys, errors.Join(append(errs, ctx.Err())...)
}

// enrolment is what a firm's sponsor signs, with a proof of possession by each of
// its people.
func (im *obligationImport) enrolment(f Firm) (member.EnrolArgument, error) {
	in := member.EnrolArgument{ID: f.ID, Name: f.Name, Class: f.Class, Roles: record.Debtor | record.Holder}
	for _, p := range people() {
		key, err := im.net.Keyring.Get(f.Alias + "/" + p.name)
		if err != nil {
			return in, err
		}
		possession, err := credential.SignPossession(key, im.net.Name, f.ID, p.name)
		if err != nil {
			return in, fmt.Errorf("prove possession for %s: %w", f.Alias, err)
		}
		in.Credentials = append(in.Credentials, member.CredentialArgument{
			Person: p.name, Roles: p.roles, PublicKey: key.Public().SPKI(), Possession: possession,
			NotBefore: im.net.Began, NotAfter: im.net.Began.Add(im.net.Life),
		})
	}
	return in, nil
}

// enrol enrols the firms, each by its sponsor bank's maker.
func (im *obligationImport) enrol(ctx context.Context) (int, error) {
	var firms []int
	for _, f := range im.needed() {
		if !im.firms[f].enrolled {
			firms = append(firms, f)
		}
	}
	return im.send(ctx, StageEnrol, firms, im.byBank(StageEnrol, makerName, firms,
		func(f int) int { return im.firms[f].bank },
		func(f int) (operation, error) {
			argument, err := im.enrolment(im.firmAt(f))
			if err != nil {
				return operation{}, err
			}
			return call("member:Enrol", argument)
		}))
}
