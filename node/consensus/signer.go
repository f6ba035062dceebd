package consensus

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/cometbft/cometbft/crypto"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/privval"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

// Names of the signer's files inside its directory, both 0600.
const (
	signerKeyFile  = "validator_key.json"
	signerLastFile = "validator_last_signed.json"
)

// ErrSignerStore says that what was signed could not be made to last. The engine
// stops on it: a validator that no longer votes must not look alive.
var ErrSignerStore = errors.New("validator's last signature cannot be stored")

// Signer signs a validator's proposals and votes, and never two different ones for
// the same height, round and step: it remembers on disk what it signed last.
//
// The rules are privval.FilePV's. What FilePV lacks is added here: its file appears
// by rename, and until the directory is synced a power cut may bring the older file
// back, with which the validator could sign twice. So no signature leaves before
// the directory is on disk.
type Signer struct {
	mu   sync.Mutex
	pv   *privval.FilePV
	dir  string
	hook WriteHook
}

var _ types.PrivValidator = (*Signer)(nil)

// CreateSigner writes a new signer with the given key into dir, which must not hold
// one. The file of the last signature comes first: a crash in between leaves no key,
// and CreateSigner can be called again.
func CreateSigner(dir string, key ed25519.PrivateKey) (*Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("create signer: key has %d bytes, not %d", len(key), ed25519.PrivateKeySize)
	}
	if err := makeHome(dir); err != nil {
		return nil, fmt.Errorf("create signer: %w", err)
	}
	keyPath, lastPath := signerPaths(dir)
	if _, err := os.Stat(keyPath); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("create signer: %s exists already", keyPath)
	}
	if last, err := readLastSigned(lastPath); err == nil && last.Height != 0 {
		return nil, fmt.Errorf("create signer: %s says that height %d was signed, but the key %s is missing; restore the key from your backup", lastPath, last.Height, keyPath)
	}
	pv := privval.NewFilePV(cmted25519.PrivKey(key), keyPath, lastPath)
	if err := savePanics(pv.LastSignState.Save); err != nil {
		return nil, fmt.Errorf("create signer: %w", err)
	}
	if err := savePanics(pv.Key.Save); err != nil {
		return nil, fmt.Errorf("create signer: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return nil, fmt.Errorf("create signer: %w", err)
	}
	return LoadSigner(dir)
}

// LoadSigner opens the signer in dir. A key without its last-signed file is refused:
// who has lost that file no longer knows what the validator has signed.
func LoadSigner(dir string) (*Signer, error) {
	keyPath, lastPath := signerPaths(dir)
	for _, path := range []string{keyPath, lastPath} {
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) && path == lastPath {
			return nil, fmt.Errorf("load signer: %s is missing; without it the validator could sign twice. Restore it, or wait until the network has passed every height this validator may have signed and retire the key: %w", path, err)
		}
		if err != nil {
			return nil, fmt.Errorf("load signer: %w", err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			return nil, fmt.Errorf("load signer: mode of %s is %#o and others could use it; run chmod 600", path, info.Mode().Perm())
		}
	}
	if err := checkSignerKey(keyPath); err != nil {
		return nil, fmt.Errorf("load signer: %w", err)
	}
	if _, err := readLastSigned(lastPath); err != nil {
		return nil, fmt.Errorf("load signer: %w", err)
	}
	// What was read may have been renamed in a moment before a crash: make it last
	// before it is relied on.
	if err := syncDir(dir); err != nil {
		return nil, fmt.Errorf("load signer: %w", err)
	}
	// Both files have just been decoded: LoadFilePV, which exits the process on a bad
	// file, does not.
	return &Signer{pv: privval.LoadFilePV(keyPath, lastPath), dir: dir}, nil
}

// LoadOrCreateSigner opens the signer in dir and makes one with a new key when the
// directory holds none.
func LoadOrCreateSigner(dir string) (*Signer, error) {
	keyPath, _ := signerPaths(dir)
	if _, err := os.Stat(keyPath); !errors.Is(err, fs.ErrNotExist) {
		return LoadSigner(dir)
	}
	return CreateSigner(dir, ed25519.PrivateKey(cmted25519.GenPrivKey()))
}

// OnWrite sets the hook called around each write of the last-signed file, with store
// "signer" and op "sign-sync". Call it before the signer is in use.
func (s *Signer) OnWrite(hook WriteHook) { s.hook = hook }

// GetPubKey returns the validator's public key.
func (s *Signer) GetPubKey() (crypto.PubKey, error) { return s.pv.Key.PubKey, nil }

// SignVote signs a vote in place, or refuses it as a second signature.
func (s *Signer) SignVote(chainID string, vote *cmtproto.Vote) error {
	err := s.sign(func() error { return s.pv.SignVote(chainID, vote) })
	if err != nil {
		vote.Signature = nil
	}
	return err
}

// SignProposal signs a proposal in place, or refuses it as a second signature.
func (s *Signer) SignProposal(chainID string, proposal *cmtproto.Proposal) error {
	err := s.sign(func() error { return s.pv.SignProposal(chainID, proposal) })
	if err != nil {
		proposal.Signature = nil
	}
	return err
}

func (s *Signer) sign(sign func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.around(false); err != nil {
		return err
	}
	before := s.pv.LastSignState
	// FilePV writes and syncs a temporary file and renames it. A crash before the
	// rename: the older file is there, no signature has left, the vote is signed
	// again. It panics when it cannot write, with its memory ahead of the disk.
	var refused error
	if err := savePanics(func() { refused = sign() }); err != nil {
		s.pv.LastSignState = before
		return fmt.Errorf("%w: %w", ErrSignerStore, err)
	}
	if refused != nil {
		return refused
	}
	// A crash after the rename and before this sync: either file may be there, and no
	// signature has left. After it, the newer file is there and repeats its signature.
	if err := syncDir(s.dir); err != nil {
		return fmt.Errorf("%w: sync %s: %w", ErrSignerStore, s.dir, err)
	}
	return s.around(true)
}

func (s *Signer) around(done bool) error {
	if s.hook == nil {
		return nil
	}
	if err := s.hook("signer", "sign-sync", done); err != nil {
		return fmt.Errorf("%w: %w", ErrSignerStore, err)
	}
	return nil
}

func signerPaths(dir string) (key, last string) {
	return filepath.Join(dir, signerKeyFile), filepath.Join(dir, signerLastFile)
}

func checkSignerKey(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var key privval.FilePVKey
	if err := cmtjson.Unmarshal(data, &key); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	private, ok := key.PrivKey.(cmted25519.PrivKey)
	if !ok {
		return fmt.Errorf("read %s: key is %T; validators sign with Ed25519", path, key.PrivKey)
	}
	if len(private) != ed25519.PrivateKeySize {
		return fmt.Errorf("read %s: key has %d bytes, not %d", path, len(private), ed25519.PrivateKeySize)
	}
	return nil
}

func readLastSigned(path string) (privval.FilePVLastSignState, error) {
	var last privval.FilePVLastSignState
	data, err := os.ReadFile(path)
	if err != nil {
		return last, err
	}
	if err := cmtjson.Unmarshal(data, &last); err != nil {
		return last, fmt.Errorf("read %s: %w", path, err)
	}
	if last.Height < 0 || last.Round < 0 || (last.SignBytes == nil) != (last.Signature == nil) {
		return last, fmt.Errorf("read %s: it is no record of a signature", path)
	}
	return last, nil
}

// savePanics turns the panic with which FilePV reports a failed write into an error.
func savePanics(save func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("write signer file: %v", r)
		}
	}()
	save()
	return nil
}

// syncDir makes the names in a directory survive power loss.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
