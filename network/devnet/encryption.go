package devnet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/keystore"
)

// encryptionDir holds the members' encryption keys, unsealed like all of a devnet's.
const encryptionDir = "encryption"

// Encryption is the key with which a member of the devnet reads what is sealed to
// it; it is made the first time it is asked for.
func (d *Devnet) Encryption(alias string) (envelope.PrivateKey, error) {
	path := filepath.Join(d.Dir, encryptionDir, alias+".key")
	seed, err := os.ReadFile(path)
	if err == nil {
		return envelope.ParsePrivateKey(seed)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return envelope.PrivateKey{}, fmt.Errorf("read the encryption key of %s: %w", alias, err)
	}
	key, err := envelope.GenerateKey()
	if err != nil {
		return envelope.PrivateKey{}, fmt.Errorf("make an encryption key for %s: %w", alias, err)
	}
	if seed, err = key.Bytes(); err != nil {
		return envelope.PrivateKey{}, fmt.Errorf("make an encryption key for %s: %w", alias, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return envelope.PrivateKey{}, fmt.Errorf("keep the encryption key of %s: %w", alias, err)
	}
	switch err := keystore.Save(path, seed); {
	case errors.Is(err, keystore.ErrExists): // somebody else made it at the same time
		return d.Encryption(alias)
	case err != nil:
		return envelope.PrivateKey{}, fmt.Errorf("keep the encryption key of %s: %w", alias, err)
	}
	return key, nil
}

// registeredEncryption is the public half, as it is registered when the member is
// enrolled.
func (d *Devnet) registeredEncryption(alias string) ([]byte, error) {
	key, err := d.Encryption(alias)
	if err != nil {
		return nil, err
	}
	return key.Public().Bytes(), nil
}
