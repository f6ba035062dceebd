package keystore_test

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/keystore"
)

const passphrase = "正确 horse 电池 staple"

// seeded is an endless source of bytes that depend on a seed only.
type seeded struct{ state [32]byte }

func (s *seeded) Read(p []byte) (int, error) {
	for i := range p {
		s.state = sha256.Sum256(s.state[:])
		p[i] = s.state[0]
	}
	return len(p), nil
}

func newKey(t testing.TB, algorithm credential.Algorithm, seed string) credential.PrivateKey {
	t.Helper()
	key, err := credential.Generate(algorithm, &seeded{sha256.Sum256([]byte(seed))})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestSealedKeyOpens: a sealed key survives the disk, opens with its passphrase only, and is named without it.
func TestSealedKeyOpens(t *testing.T) {
	for _, algorithm := range []credential.Algorithm{credential.ES256, credential.EdDSA} {
		key := newKey(t, algorithm, "maker")
		sealed, err := keystore.Seal(key, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "maker.key")
		if err := keystore.Save(path, sealed); err != nil {
			t.Fatal(err)
		}
		loaded, err := keystore.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := keystore.Open(loaded, passphrase)
		if err != nil {
			t.Fatal(err)
		}
		if !opened.Public().Equal(key.Public()) {
			t.Errorf("sealed %s, opened %s", key, opened)
		}
		public, err := keystore.Public(loaded)
		if err != nil || !public.Equal(key.Public()) {
			t.Errorf("named %s, %v", public, err)
		}
		if _, err := keystore.Open(loaded, passphrase+" "); !errors.Is(err, keystore.ErrPassphrase) {
			t.Errorf("a wrong passphrase: %v", err)
		}
	}
}

// TestSealedEncryptionKeyOpens: and neither kind of file passes for the other.
func TestSealedEncryptionKeyOpens(t *testing.T) {
	key, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := keystore.SealEncryption(key, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := keystore.OpenEncryption(sealed, passphrase)
	if err != nil || opened.Public().ID() != key.Public().ID() {
		t.Errorf("sealed %s, opened %s, %v", key, opened, err)
	}
	if _, err := keystore.OpenEncryption(sealed, passphrase+" "); !errors.Is(err, keystore.ErrPassphrase) {
		t.Errorf("a wrong passphrase: %v", err)
	}
	if _, err := keystore.SealEncryption(key, "short"); !errors.Is(err, keystore.ErrWeakPassphrase) {
		t.Errorf("a short passphrase: %v", err)
	}
	if _, err := keystore.Open(sealed, passphrase); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("opened as a signing key: %v", err)
	}
	signing, err := keystore.Seal(newKey(t, credential.ES256, "maker"), passphrase)
	if err != nil {
		t.Fatal(err)
	}
	other, err := envelope.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	swapped := strings.Replace(string(sealed), key.Public().ID().String(), other.Public().ID().String(), 1)
	for what, file := range map[string]string{"a signing key": string(signing), "another kid": swapped, "half a file": string(sealed[:len(sealed)/2])} {
		if _, err := keystore.OpenEncryption([]byte(file), passphrase); !errors.Is(err, keystore.ErrFormat) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestPublishedKeyFileOpens: key files of version 1 open for ever. This one was opened with WebCrypto too.
func TestPublishedKeyFileOpens(t *testing.T) {
	data, err := os.ReadFile("testdata/version1.key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := keystore.Open(data, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	if want := newKey(t, credential.ES256, "maker"); !key.Public().Equal(want.Public()) {
		t.Errorf("opened %s, want %s", key, want)
	}
}

func TestPoorPassphrasesAreRefused(t *testing.T) {
	key := newKey(t, credential.EdDSA, "maker")
	for _, poor := range []string{"", "short", "七个字的密码啊", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if _, err := keystore.Seal(key, poor); !errors.Is(err, keystore.ErrWeakPassphrase) {
			t.Errorf("%q: %v", poor, err)
		}
	}
	if _, err := keystore.Seal(credential.PrivateKey{}, passphrase); err == nil {
		t.Error("no key was sealed")
	}
}

// TestForeignKeyFilesAreRefused changes one thing at a time in a good file. Whatever is authenticated or derived from
// answers as a wrong passphrase, the rest as no key file; the hostile ones answer before any derivation.
func TestForeignKeyFilesAreRefused(t *testing.T) {
	data, err := os.ReadFile("testdata/version1.key")
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	field := func(name string) string { // its value as it stands
		_, rest, ok := strings.Cut(good, `"`+name+`": `)
		if !ok {
			t.Fatalf("no field %s in %s", name, good)
		}
		return strings.TrimRight(rest[:strings.IndexByte(rest, '\n')], ",")
	}
	replace := func(name, value string) string {
		return strings.Replace(good, `"`+name+`": `+field(name), `"`+name+`": `+value, 1)
	}
	other := newKey(t, credential.ES256, "other").Public()
	for _, c := range []struct {
		name, text string
		want       error
	}{
		{"nothing", "", keystore.ErrFormat},
		{"no JSON", "-----BEGIN PRIVATE KEY-----", keystore.ErrFormat},
		{"huge", strings.Repeat(" ", keystore.MaxFile) + good, keystore.ErrFormat},
		{"trailing bytes", good + "x", keystore.ErrFormat},
		{"cut", good[:len(good)/2], keystore.ErrFormat},
		{"unknown field", strings.Replace(good, "{", `{"hint":"dog",`, 1), keystore.ErrFormat},
		{"duplicate field", strings.Replace(good, "{", `{"version":1,`, 1), keystore.ErrFormat},
		{"folded field", strings.Replace(good, `"sealed"`, `"Sealed"`, 1), keystore.ErrFormat},
		{"another format", replace("format", `"pgp"`), keystore.ErrFormat},
		{"a later version", replace("version", "2"), keystore.ErrFormat},
		{"one iteration", replace("iterations", "1"), keystore.ErrFormat},
		{"no iterations", replace("iterations", "0"), keystore.ErrFormat},
		{"negative iterations", replace("iterations", "-600000"), keystore.ErrFormat},
		{"endless iterations", replace("iterations", "9223372036854775807"), keystore.ErrFormat},
		{"too many iterations", replace("iterations", "10000001"), keystore.ErrFormat},
		{"another hash", replace("hash", `"SHA-1"`), keystore.ErrFormat},
		{"short salt", replace("salt", `"AAAA"`), keystore.ErrFormat},
		{"salt with a line break", replace("salt", `"\n`+field("salt")[1:]), keystore.ErrFormat},
		{"padded salt", replace("salt", strings.TrimSuffix(field("salt"), `"`)+`=="`), keystore.ErrFormat},
		{"short iv", replace("iv", `"AAAA"`), keystore.ErrFormat},
		{"half a cipher", replace("length", "128"), keystore.ErrFormat},
		{"another key id", replace("kid", `"`+other.ID().String()+`"`), keystore.ErrFormat},
		{"no public key", replace("public", `""`), keystore.ErrFormat},
		{"another salt", replace("salt", `"AAAAAAAAAAAAAAAAAAAAAA"`), keystore.ErrPassphrase},
		{"another iv", replace("iv", `"AAAAAAAAAAAAAAAA"`), keystore.ErrPassphrase},
		{"more iterations", replace("iterations", "600001"), keystore.ErrPassphrase},
		{"nothing sealed", replace("sealed", `""`), keystore.ErrPassphrase},
		{"a changed seal", replace("sealed", strings.Replace(field("sealed"), field("sealed")[1:5], "AAAA", 1)), keystore.ErrPassphrase},
	} {
		if c.text == good {
			t.Errorf("%s: nothing was changed", c.name)
		}
		if _, err := keystore.Open([]byte(c.text), passphrase); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("no mode bits here")
		return
	}
	path := filepath.Join(t.TempDir(), "maker.key")
	if err := keystore.Save(path, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o620, 0o604, 0o602, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := keystore.Load(path); !errors.Is(err, keystore.ErrMode) {
			t.Errorf("mode %#o: %v", mode, err)
		}
	}
}

func TestSaveNeverReplaces(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "maker.key")
	if err := keystore.Save(path, []byte("first")); err != nil {
		t.Fatal(err)
	}
	if err := keystore.Save(path, []byte("second")); !errors.Is(err, keystore.ErrExists) {
		t.Errorf("a second save: %v", err)
	}
	data, err := keystore.Load(path)
	if err != nil || string(data) != "first" {
		t.Errorf("holds %q, %v", data, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if err := keystore.Save(filepath.Join(dir, "absent", "x"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in an absent directory: %v", err)
	}
}

func TestLoadRefusesWhatIsNoKeyFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := keystore.Load(filepath.Join(dir, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an absent file: %v", err)
	}
	if _, err := keystore.Load(dir); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("a directory: %v", err)
	}
	path := filepath.Join(dir, "huge")
	if err := os.WriteFile(path, make([]byte, keystore.MaxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.Load(path); !errors.Is(err, keystore.ErrFormat) {
		t.Errorf("a huge file: %v", err)
	}
}

// FuzzPublic reads key files without the derivation, which takes too long to fuzz.
func FuzzPublic(f *testing.F) {
	data, err := os.ReadFile("testdata/version1.key")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"format":"tierledger-key","version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		public, err := keystore.Public(data)
		if err != nil {
			if !errors.Is(err, keystore.ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		if !strings.Contains(string(data), public.ID().String()) {
			t.Fatalf("%s is not in %q", public, data)
		}
	})
}

func ExampleSeal() {
	key, err := credential.Generate(credential.ES256, rand.Reader)
	if err != nil {
		panic(err)
	}
	sealed, err := keystore.Seal(key, "a long enough passphrase")
	if err != nil {
		panic(err)
	}
	_, err = keystore.Open(sealed, "another passphrase")
	fmt.Println(errors.Is(err, keystore.ErrPassphrase))
	// Output: true
}
