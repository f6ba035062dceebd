package host

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/peer"
)

// keyBlock is the PEM type of a PKCS #8 private key (RFC 7468 section 10).
const keyBlock = "PRIVATE KEY"

// PeerID returns the peer ID of a public key.
func PeerID(key ed25519.PublicKey) (peer.ID, error) {
	pub, err := crypto.UnmarshalEd25519PublicKey(key)
	if err != nil {
		return "", fmt.Errorf("peer id: %w", err)
	}
	return peer.IDFromPublicKey(pub)
}

// PublicKey returns the Ed25519 key that a peer ID embeds. IDs of other key kinds
// are refused: no member has one.
func PublicKey(id peer.ID) (ed25519.PublicKey, error) {
	pub, err := id.ExtractPublicKey()
	if err != nil {
		return nil, fmt.Errorf("peer id %q holds no key: %w", id.String(), err)
	}
	if pub.Type() != crypto.Ed25519 {
		return nil, fmt.Errorf("peer id %q: key is %s, not Ed25519", id.String(), pub.Type())
	}
	raw, err := pub.Raw()
	if err != nil {
		return nil, fmt.Errorf("peer id %q: %w", id.String(), err)
	}
	return raw, nil
}

// LoadOrCreateKey reads the node's peer key (PEM, PKCS #8) and makes one when the
// file is absent. A file that group or others may read is refused.
func LoadOrCreateKey(path string) (ed25519.PrivateKey, error) {
	key, err := LoadKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	_, key, err = ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("create peer key: %w", err)
	}
	if err := writeKey(path, key); err != nil {
		return nil, fmt.Errorf("create peer key %s: %w", path, err)
	}
	// Read it back: two processes that start together end up with one key.
	return LoadKey(path)
}

// LoadKey reads a peer key. The error is fs.ErrNotExist when there is none.
func LoadKey(path string) (ed25519.PrivateKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("load peer key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("load peer key %s: mode is %#o and others could read it; run chmod 600", path, info.Mode().Perm())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load peer key: %w", err)
	}
	key, err := parseKey(data)
	if err != nil {
		return nil, fmt.Errorf("load peer key %s: %w", path, err)
	}
	return key, nil
}

func parseKey(data []byte) (ed25519.PrivateKey, error) {
	block, rest := pem.Decode(data)
	if block == nil || block.Type != keyBlock || len(rest) != 0 {
		return nil, errors.New("not one PEM block PRIVATE KEY")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("key is %T, not Ed25519", parsed)
	}
	return key, nil
}

// writeKey makes the file appear whole or not at all, and never replaces one.
func writeKey(path string, key ed25519.PrivateKey) (err error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".peer-key-*") // CreateTemp makes it 0600
	if err != nil {
		return err
	}
	// A crash before this removal leaves a stray temporary file and no key.
	defer func() { _ = os.Remove(tmp.Name()) }()
	if err := errors.Join(pem.Encode(tmp, &pem.Block{Type: keyBlock, Bytes: der}), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	// Link, unlike rename, fails when the file exists: the first writer wins.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in the directory survive power loss.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
