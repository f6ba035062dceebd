package keystore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/keystore"
)

func newKeyring(t testing.TB) *keystore.Keyring {
	t.Helper()
	ring, err := keystore.CreateKeyring(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func keysFile(ring *keystore.Keyring) string { return filepath.Join(ring.Dir(), "keys.jsonl") }

func named(t testing.TB, names ...string) []keystore.NamedKey {
	t.Helper()
	var keys []keystore.NamedKey
	for i, name := range names {
		keys = append(keys, keystore.NamedKey{Name: name, Key: newKey(t, credential.Algorithm(1+i%2), name)})
	}
	return keys
}

// TestKeyringKeepsItsKeys: what was added is there after reopening, in order of names, and is the same key.
func TestKeyringKeepsItsKeys(t *testing.T) {
	ring := newKeyring(t)
	keys := named(t, "91330000MA27XL0J4Q/maker", "91330000MA27XL0J4Q/checker", "bank1/admin")
	if err := ring.AddAll(keys[:2]); err != nil {
		t.Fatal(err)
	}
	if err := ring.Add(keys[2].Name, keys[2].Key); err != nil {
		t.Fatal(err)
	}
	again, err := keystore.CreateKeyring(ring.Dir())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*keystore.Keyring{ring, again} {
		list, err := r.List()
		if want := []string{keys[1].Name, keys[0].Name, keys[2].Name}; err != nil || !slices.Equal(list, want) {
			t.Errorf("list %v, %v", list, err)
		}
		for _, k := range keys {
			got, err := r.Get(k.Name)
			if err != nil || !got.Public().Equal(k.Key.Public()) {
				t.Errorf("%s: %s, %v", k.Name, got, err)
			}
		}
		if _, err := r.Get("bank1/maker"); !errors.Is(err, keystore.ErrNotFound) {
			t.Errorf("an unknown name: %v", err)
		}
	}
}

// TestAKeyIsNeverReplaced: a batch may be repeated, but a name keeps its first key, and a refused batch adds nothing.
func TestAKeyIsNeverReplaced(t *testing.T) {
	ring := newKeyring(t)
	keys := named(t, "a/maker", "b/maker")
	if err := ring.AddAll(keys[:1]); err != nil {
		t.Fatal(err)
	}
	if err := ring.AddAll(keys); err != nil {
		t.Fatal(err)
	}
	other := newKey(t, credential.ES256, "other")
	for name, batch := range map[string][]keystore.NamedKey{
		"replaces a key":       append(named(t, "c/maker"), keystore.NamedKey{Name: "a/maker", Key: other}),
		"two keys of one name": append(named(t, "c/maker"), keystore.NamedKey{Name: "c/maker", Key: other}),
	} {
		if err := ring.AddAll(batch); !errors.Is(err, keystore.ErrExists) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if ring.Len() != 2 {
		t.Errorf("%d keys, want 2", ring.Len())
	}
}

func TestNamesOfKeys(t *testing.T) {
	ring := newKeyring(t)
	for _, bad := range []string{
		"", "/", "maker", "a/", "/maker", "a/b/c", "a b/maker", "../etc/passwd", "a/maker\n", "a/付", strings.Repeat("a", 65) + "/maker",
	} {
		if err := ring.Add(bad, newKey(t, credential.EdDSA, "k")); !errors.Is(err, keystore.ErrName) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := ring.Add("a/maker", credential.PrivateKey{}); !errors.Is(err, credential.ErrKey) {
		t.Errorf("no key: %v", err)
	}
}

// TestPowerLossAtEveryByte cuts the file at each length a crash could leave. The keyring opens with the whole lines, and
// repeating the batch completes it.
func TestPowerLossAtEveryByte(t *testing.T) {
	ring := newKeyring(t)
	keys := named(t, "a/maker", "a/checker", "b/maker")
	if err := ring.AddAll(keys); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(keysFile(ring))
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if err := os.WriteFile(keysFile(ring), whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		crashed, err := keystore.OpenKeyring(ring.Dir())
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if want := strings.Count(string(whole[:cut]), "\n"); crashed.Len() != want {
			t.Fatalf("cut at %d: %d keys, want %d", cut, crashed.Len(), want)
		}
		if err := crashed.AddAll(keys); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if after, err := os.ReadFile(keysFile(ring)); err != nil || string(after) != string(whole) {
			t.Fatalf("cut at %d: the file is not what it was, %v", cut, err)
		}
	}
}

// TestSeveralWriters: several openings of one keyring add at once and see each other's keys.
func TestSeveralWriters(t *testing.T) {
	ring := newKeyring(t)
	var group sync.WaitGroup
	for writer := range 4 {
		other, err := keystore.OpenKeyring(ring.Dir())
		if err != nil {
			t.Fatal(err)
		}
		keys := named(t, fmt.Sprintf("w%d/a", writer), fmt.Sprintf("w%d/b", writer), "shared/a")
		group.Go(func() {
			for i := range keys {
				if err := other.AddAll(keys[i : i+1]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if _, err := ring.Get("w3/b"); err != nil {
		t.Error(err)
	}
	if list, err := ring.List(); err != nil || len(list) != 9 {
		t.Errorf("%d keys, want 9: %v, %v", len(list), list, err)
	}
}

func TestOnlyAKeyringIsOpened(t *testing.T) {
	dir := t.TempDir()
	if _, err := keystore.OpenKeyring(dir); !errors.Is(err, keystore.ErrNotKeyring) {
		t.Errorf("an empty directory: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "payroll.xlsx"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.CreateKeyring(dir); !errors.Is(err, keystore.ErrNotKeyring) {
		t.Errorf("a directory in use: %v", err)
	}
	// A crash while it was made: the empty file is there, the marker is not.
	dir = filepath.Join(dir, "keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys.jsonl"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.CreateKeyring(dir); err != nil {
		t.Errorf("a keyring half made: %v", err)
	}
}

func TestDamagedKeyringsAreRefused(t *testing.T) {
	ring := newKeyring(t)
	if err := ring.AddAll(named(t, "a/maker")); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(keysFile(ring))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"the same line twice": string(whole) + string(whole),
		"an empty line":       string(whole) + "\n",
		"no JSON":             "key\n",
		"an unknown field":    `{"name":"a/maker","pkcs8":"AA","note":1}` + "\n",
		"foreign base64":      `{"name":"a/maker","pkcs8":"AA=="}` + "\n",
		"an endless line":     strings.Repeat("a", 5000) + "\n",
	} {
		if err := os.WriteFile(keysFile(ring), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := keystore.OpenKeyring(ring.Dir()); !errors.Is(err, keystore.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Chmod(keysFile(ring), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.OpenKeyring(ring.Dir()); !errors.Is(err, keystore.ErrMode) {
		t.Errorf("open to others: %v", err)
	}
}

// FuzzKeyring opens any file of keys: it never panics and never reads a key that is not there.
func FuzzKeyring(f *testing.F) {
	f.Add([]byte(`{"name":"a/maker","pkcs8":"AA"}` + "\n"))
	f.Add([]byte("{}\n{"))
	f.Add([]byte{})
	ring := newKeyring(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(keysFile(ring), text, 0o600); err != nil {
			t.Fatal(err)
		}
		opened, err := keystore.OpenKeyring(ring.Dir())
		if err != nil {
			return
		}
		if lines := strings.Count(string(text), "\n"); opened.Len() != lines {
			t.Fatalf("%d keys in %d lines", opened.Len(), lines)
		}
		list, err := opened.List()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range list {
			_, _ = opened.Get(name)
		}
	})
}

// BenchmarkKeyring60000 is a development network of 30,000 firms with two keys each.
func BenchmarkKeyring60000(b *testing.B) {
	keys := make([]keystore.NamedKey, 0, 60_000)
	for i := range cap(keys) {
		keys = append(keys, keystore.NamedKey{
			Name: fmt.Sprintf("firm%d/%d", i/2, i%2), Key: newKey(b, credential.EdDSA, fmt.Sprint(i)),
		})
	}
	b.Run("AddAll", func(b *testing.B) {
		for b.Loop() {
			if err := newKeyring(b).AddAll(keys); err != nil {
				b.Fatal(err)
			}
		}
	})
	ring := newKeyring(b)
	if err := ring.AddAll(keys); err != nil {
		b.Fatal(err)
	}
	b.Run("Open", func(b *testing.B) {
		for b.Loop() {
			if _, err := keystore.OpenKeyring(ring.Dir()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
