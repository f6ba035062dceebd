package host

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestKeyIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "node", "peer_key.pem")
	if _, err := LoadKey(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("loading an absent key: %v", err)
	}
	keys := make([]ed25519.PrivateKey, 8)
	var together sync.WaitGroup
	for i := range keys {
		together.Go(func() {
			key, err := LoadOrCreateKey(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	together.Wait()
	for _, key := range keys {
		if !bytes.Equal(key, keys[0]) {
			t.Fatal("two keys were made for one file")
		}
	}
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %#o", info.Mode().Perm())
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("%d files are left, want the key alone", len(entries))
	}
}

func TestKeyFileIsRefused(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.pem")
	_, err := LoadOrCreateKey(good)
	must(t, err)
	data, err := os.ReadFile(good)
	must(t, err)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(other)
	must(t, err)
	for name, file := range map[string]struct {
		data []byte
		mode os.FileMode
	}{
		"readable by others": {data, 0o644},
		"empty":              {nil, 0o600},
		"cut off":            {data[:len(data)/2], 0o600},
		"two keys":           {append(bytes.Clone(data), data...), 0o600},
		"P-256":              {pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}), 0o600},
		"public":             {pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600},
	} {
		path := filepath.Join(t.TempDir(), "key.pem")
		must(t, os.WriteFile(path, file.data, file.mode))
		must(t, os.Chmod(path, file.mode))
		if _, err := LoadOrCreateKey(path); err == nil {
			t.Errorf("%s: accepted", name)
		}
		after, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(after, file.data) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestPeerIDHoldsTheKey(t *testing.T) {
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	id, err := PeerID(pub)
	must(t, err)
	back, err := PublicKey(id)
	must(t, err)
	if !back.Equal(pub) {
		t.Errorf("key %x, back %x", pub, back)
	}
	if _, err := PeerID(pub[:5]); err == nil {
		t.Error("five bytes are a key")
	}
	// The ID of an RSA or ECDSA peer is a hash and holds no key.
	if _, err := PublicKey("Qmbogus"); err == nil {
		t.Error("an ID without a key is accepted")
	}
}

func FuzzParseKey(f *testing.F) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(f, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	must(f, err)
	f.Add(pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: der}))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := parseKey(data)
		if err == nil && len(key) != ed25519.PrivateKeySize {
			t.Errorf("key of %d bytes", len(key))
		}
	})
}
