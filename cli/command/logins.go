package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/network/devnet"
)

// loginDir holds the key files with which people of a devnet log in to the console.
const loginDir = "console"

// loginPassphrase seals them. It is no secret: a devnet's keys lie unsealed beside them.
const loginPassphrase = "tierledger"

// login is one person's key file, and what it is for.
type login struct {
	alias, person string
	purpose       string // what the person does in the console
}

// file is the name of the key file.
func (l login) file() string { return l.alias + "-" + l.person + ".key" }

// logins are the people of the story who have something to do in the console: one of
// each role, and those who approve what the first ones propose.
func logins() []login {
	list := []login{
		{"core", "maker", "issues certificates"},
		{"core", "checker", "approves what the maker proposes"},
		{"core", "admin1", "people and keys"},
		{"supplier1", "maker", "tier 1: accepts, splits, transfers, finances"},
		{"supplier1", "checker", "approves accounts"},
		{"supplier2", "maker", "tier 2"},
		{"supplier3", "maker", "tier 3"},
		{"bank1", "maker", "credit and clearing desk, bank of the core enterprise"},
		{"bank1", "checker", "approves for the bank"},
		{"bank1", "reviewer", "verifies invoices, reviews terms, sets the policy"},
	}
	for _, bank := range []string{"bank2", "bank3", "bank4"} {
		list = append(list, login{bank, "maker", "credit and clearing desk"}, login{bank, "reviewer", "verifies invoices"})
	}
	return append(list, login{"operator", "maker", "operator"}, login{"auditor", "maker", "reads everything"})
}

// writeLogins seals the key files of those people, and the encryption keys of their
// members, into the devnet's directory. What is there already stays.
func writeLogins(ctx context.Context, d *devnet.Devnet) (dir string, err error) {
	dir = filepath.Join(d.Dir, loginDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("write the login keys: %w", err)
	}
	err = each(ctx, logins(), func(_ context.Context, _ int, l login) error {
		return sealOnce(filepath.Join(dir, l.file()), func() ([]byte, error) {
			key, err := d.Keyring.Get(l.alias + "/" + l.person)
			if err != nil {
				return nil, err
			}
			return keystore.Seal(key, loginPassphrase)
		})
	})
	if err != nil {
		return "", err
	}
	var members []string
	for _, l := range logins() {
		if l.person == "maker" {
			members = append(members, l.alias)
		}
	}
	return dir, each(ctx, members, func(_ context.Context, _ int, alias string) error {
		return sealOnce(filepath.Join(dir, alias+"-encryption.key"), func() ([]byte, error) {
			key, err := d.Encryption(alias)
			if err != nil {
				return nil, err
			}
			return keystore.SealEncryption(key, loginPassphrase)
		})
	})
}

// sealOnce writes a sealed key file, unless it is there.
func sealOnce(path string, seal func() ([]byte, error)) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	sealed, err := seal()
	if err != nil {
		return fmt.Errorf("write the login key %s: %w", filepath.Base(path), err)
	}
	if err := keystore.Save(path, sealed); err != nil && !errors.Is(err, keystore.ErrExists) {
		return fmt.Errorf("write the login key %s: %w", filepath.Base(path), err)
	}
	return nil
}
