package keystore

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/crypto/credential"
)

const (
	markerName = "DEVELOPMENT-KEYS-NOT-SEALED"
	markerText = "The private keys in this directory are not sealed. They are for a development network on this machine only.\n"
	keysName   = "keys.jsonl"
	// maxLine bounds one line of the file of keys in bytes.
	maxLine = 4 << 10
	// maxNamePart bounds member and person in bytes each.
	maxNamePart = 64
)

// NamedKey is a key in a keyring. Name is member/person: 1 to 64 of ASCII letters, digits and "-_." each.
type NamedKey struct {
	Name string
	Key  credential.PrivateKey
}

// Keyring holds the unsealed keys of a development network: one file, one line a key, only ever appended to. It is made
// for some 60,000 keys: a batch costs one write and one sync. It is safe for concurrent use, also by several processes
// where the system has file locks (not on Windows).
type Keyring struct {
	dir string

	mu     sync.Mutex
	pkcs8  map[string][]byte // name -> key
	offset int64             // up to where the file was read: a multiple of whole lines
}

// line is one key in the file.
type line struct {
	Name  string `json:"name"`
	PKCS8 string `json:"pkcs8"`
}

// CreateKeyring makes a keyring in a directory that is absent or empty, and opens the one that is there.
func CreateKeyring(dir string) (*Keyring, error) {
	if err := createKeyring(dir); err != nil {
		return nil, fmt.Errorf("create keyring: %w", err)
	}
	return OpenKeyring(dir)
}

// createKeyring writes the marker last. A crash before it leaves a directory with an empty file of keys, which the next
// call takes for absent.
func createKeyring(dir string) error {
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, markerName)); err == nil {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if entry.Name() != keysName || info.Size() != 0 {
			return fmt.Errorf("%w: %s holds %s", ErrNotKeyring, dir, entry.Name())
		}
	}
	for _, file := range [...]struct{ name, text string }{{keysName, ""}, {markerName, markerText}} {
		f, err := os.OpenFile(filepath.Join(dir, file.name), os.O_CREATE|os.O_WRONLY, fileMode)
		if err != nil {
			return err
		}
		_, err = f.WriteString(file.text)
		if err == nil {
			err = f.Sync()
		}
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		// Each name is durable before the next is made, so that the marker never stands alone.
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}

// OpenKeyring opens a keyring and reads its names. A directory without the marker is ErrNotKeyring, a file of keys that
// other users may read ErrMode.
func OpenKeyring(dir string) (*Keyring, error) {
	if _, err := os.Stat(filepath.Join(dir, markerName)); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open keyring: %w: %s", ErrNotKeyring, dir)
		}
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	k := &Keyring{dir: dir, pkcs8: make(map[string][]byte)}
	if err := k.reload(); err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	return k, nil
}

// Dir is the keyring's directory.
func (k *Keyring) Dir() string { return k.dir }

// Len is the number of keys known.
func (k *Keyring) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.pkcs8)
}

// List gives the names of all keys in order. It sees what other processes added before the call.
func (k *Keyring) List() ([]string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.reload(); err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return slices.Sorted(maps.Keys(k.pkcs8)), nil
}

// Get gives the key of that name, or ErrNotFound. It parses the key each time, some 30 microseconds.
func (k *Keyring) Get(name string) (credential.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	der, ok := k.pkcs8[name]
	if !ok {
		if err := k.reload(); err != nil {
			return credential.PrivateKey{}, fmt.Errorf("get key %s: %w", name, err)
		}
		if der, ok = k.pkcs8[name]; !ok {
			return credential.PrivateKey{}, fmt.Errorf("%w: %.140q in %s", ErrNotFound, name, k.dir)
		}
	}
	key, err := credential.ParsePrivateKey(der)
	if err != nil {
		return credential.PrivateKey{}, fmt.Errorf("get key %s: %w", name, err)
	}
	return key, nil
}

// Add adds one key, as AddAll does.
func (k *Keyring) Add(name string, key credential.PrivateKey) error {
	return k.AddAll([]NamedKey{{name, key}})
}

// AddAll adds keys and returns when they are on disk. A name that already has this very key is passed over, so that a
// batch can be repeated; a name with another key is ErrExists and nothing is added. A crash may leave a first part of
// the batch.
func (k *Keyring) AddAll(keys []NamedKey) error {
	if err := k.addAll(keys); err != nil {
		return fmt.Errorf("add keys: %w", err)
	}
	return nil
}

func (k *Keyring) addAll(keys []NamedKey) (err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	file, err := openPrivate(filepath.Join(k.dir, keysName), os.O_RDWR)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }() // closing gives the lock back
	if err := lockFile(file); err != nil {
		return err
	}
	if err := k.readFrom(file); err != nil {
		return err
	}
	fresh, text, err := k.encode(keys)
	if err != nil {
		return err
	}
	// A crash in an earlier batch may have left half a line behind the last whole one. It was never answered for.
	if err := file.Truncate(k.offset); err != nil {
		return err
	}
	if _, err := file.WriteAt(text, k.offset); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	maps.Copy(k.pkcs8, fresh)
	k.offset += int64(len(text))
	return nil
}

// encode gives the keys that are new, by name and as lines of the file.
func (k *Keyring) encode(keys []NamedKey) (map[string][]byte, []byte, error) {
	fresh := make(map[string][]byte, len(keys))
	var text bytes.Buffer
	for _, named := range keys {
		if err := checkName(named.Name); err != nil {
			return nil, nil, err
		}
		der, err := named.Key.MarshalPKCS8()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", named.Name, err)
		}
		known, ok := k.pkcs8[named.Name]
		if !ok {
			known, ok = fresh[named.Name]
		}
		if ok {
			if !bytes.Equal(known, der) {
				return nil, nil, fmt.Errorf("%w: %s", ErrExists, named.Name)
			}
			continue
		}
		fresh[named.Name] = der
		if err := json.MarshalWrite(&text, line{named.Name, encoding.EncodeToString(der)}); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", named.Name, err)
		}
		text.WriteByte('\n')
	}
	return fresh, text.Bytes(), nil
}

func (k *Keyring) reload() error {
	file, err := openPrivate(filepath.Join(k.dir, keysName), os.O_RDONLY)
	if err != nil {
		return err
	}
	defer file.Close()
	return k.readFrom(file)
}

// readFrom reads the whole lines that were added since it last ran. Half a line at the end is being written, or was when
// the machine stopped: it is left alone.
func (k *Keyring) readFrom(file *os.File) error {
	if _, err := file.Seek(k.offset, io.SeekStart); err != nil {
		return err
	}
	reader := bufio.NewReaderSize(file, maxLine)
	for {
		text, err := reader.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			err = fmt.Errorf("%w: a line of more than %d bytes", ErrFormat, maxLine)
		}
		if err != nil {
			return fmt.Errorf("%s at byte %d: %w", keysName, k.offset, err)
		}
		name, der, err := parseLine(text)
		if err != nil {
			return fmt.Errorf("%s at byte %d: %w", keysName, k.offset, err)
		}
		if _, ok := k.pkcs8[name]; ok {
			return fmt.Errorf("%s at byte %d: %w: a second key of %s", keysName, k.offset, ErrFormat, name)
		}
		k.pkcs8[name] = der
		k.offset += int64(len(text))
	}
}

// parseLine reads one line of the file of keys. The key itself is parsed when it is asked for.
func parseLine(text []byte) (name string, der []byte, err error) {
	var l line
	if err := json.Unmarshal(text, &l, json.RejectUnknownMembers(true)); err != nil {
		return "", nil, fmt.Errorf("%w: not a line of a keyring", ErrFormat) // the cause may quote the secret
	}
	if err := checkName(l.Name); err != nil {
		return "", nil, err
	}
	der, err = decode("pkcs8", l.PKCS8, -1)
	return l.Name, der, err
}

// checkName accepts member/person.
func checkName(name string) error {
	member, person, ok := strings.Cut(name, "/")
	if !ok || !isNamePart(member) || !isNamePart(person) {
		return fmt.Errorf("%w: %.140q, want member/person", ErrName, name)
	}
	return nil
}

func isNamePart(part string) bool {
	if part == "" || len(part) > maxNamePart {
		return false
	}
	for i := range len(part) {
		switch c := part[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}
