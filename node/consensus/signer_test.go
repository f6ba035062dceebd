package consensus

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"
)

const testChain = "tierledger-test"

func vote(height int64, round int32, kind cmtproto.SignedMsgType, block byte) *cmtproto.Vote {
	hash := make([]byte, 32)
	hash[0] = block
	return &cmtproto.Vote{
		Type: kind, Height: height, Round: round, Timestamp: time.Unix(1_760_000_000, 0).UTC(),
		BlockID: cmtproto.BlockID{Hash: hash, PartSetHeader: cmtproto.PartSetHeader{Total: 1, Hash: hash}},
	}
}

func TestSignerNeverSignsTwoThings(t *testing.T) {
	dir := t.TempDir()
	s, err := LoadOrCreateSigner(dir)
	must(t, err)
	first := vote(5, 1, cmtproto.PrevoteType, 1)
	must(t, s.SignVote(testChain, first))
	pub, err := s.GetPubKey()
	must(t, err)
	if !pub.VerifySignature(types.VoteSignBytes(testChain, first), first.Signature) {
		t.Fatal("the signature does not verify")
	}
	for _, reopened := range []bool{false, true} {
		if reopened {
			s, err = LoadSigner(dir)
			must(t, err)
		}
		same := vote(5, 1, cmtproto.PrevoteType, 1)
		same.Timestamp = same.Timestamp.Add(time.Second)
		must(t, s.SignVote(testChain, same))
		if string(same.Signature) != string(first.Signature) || !same.Timestamp.Equal(first.Timestamp) {
			t.Errorf("reopened %t: the same vote a second later gets another signature", reopened)
		}
		for name, bad := range map[string]*cmtproto.Vote{
			"another block":   vote(5, 1, cmtproto.PrevoteType, 2),
			"earlier round":   vote(5, 0, cmtproto.PrevoteType, 1),
			"earlier height":  vote(4, 9, cmtproto.PrecommitType, 1),
			"proposal's step": nil,
		} {
			if bad == nil {
				p := &cmtproto.Proposal{Type: cmtproto.ProposalType, Height: 5, Round: 1, BlockID: first.BlockID}
				if err := s.SignProposal(testChain, p); err == nil || p.Signature != nil {
					t.Errorf("reopened %t: signs a proposal after the prevote", reopened)
				}
				continue
			}
			if err := s.SignVote(testChain, bad); err == nil || bad.Signature != nil {
				t.Errorf("reopened %t: signs %s", reopened, name)
			}
		}
	}
	later := vote(5, 1, cmtproto.PrecommitType, 1)
	must(t, s.SignVote(testChain, later))
}

// No signature leaves when its record may not last, and what is signed after a restart
// does not contradict a signature that has left.
func TestSignerWithholdsWhatItCannotStore(t *testing.T) {
	boom := errors.New("disk is gone")
	for _, after := range []bool{false, true} {
		dir := t.TempDir()
		s, err := LoadOrCreateSigner(dir)
		must(t, err)
		s.OnWrite(func(_, _ string, done bool) error {
			if done == after {
				return boom
			}
			return nil
		})
		v := vote(1, 0, cmtproto.PrevoteType, 1)
		if err := s.SignVote(testChain, v); !errors.Is(err, ErrSignerStore) || !errors.Is(err, boom) || v.Signature != nil {
			t.Errorf("done %t: error %v, signature %x", after, err, v.Signature)
		}
		s, err = LoadSigner(dir)
		must(t, err)
		other := vote(1, 0, cmtproto.PrevoteType, 2)
		err = s.SignVote(testChain, other)
		// Before the write nothing is recorded, and another block may be voted for; after
		// it the first vote is recorded, although its signature never left.
		if after != (err != nil) {
			t.Errorf("done %t: voting for another block after a restart: %v", after, err)
		}
	}
}

// FilePV panics when it cannot write; the panic must become an error and no signature.
func TestSignerWithoutItsDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "signer")
	s, err := LoadOrCreateSigner(dir)
	must(t, err)
	must(t, os.Rename(dir, dir+".gone"))
	v := vote(1, 0, cmtproto.PrevoteType, 1)
	if err := s.SignVote(testChain, v); !errors.Is(err, ErrSignerStore) || v.Signature != nil {
		t.Errorf("error %v, signature %x", err, v.Signature)
	}
	must(t, os.Rename(dir+".gone", dir))
	must(t, s.SignVote(testChain, vote(1, 0, cmtproto.PrevoteType, 2)))
}

func TestSignerFiles(t *testing.T) {
	dir := t.TempDir()
	key := newKey()
	_, err := CreateSigner(dir, key)
	must(t, err)
	keyPath, lastPath := signerPaths(dir)
	for _, path := range []string{keyPath, lastPath} {
		info, err := os.Stat(path)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("mode of %s is %#o", path, info.Mode().Perm())
		}
	}
	refused := func(what, want string, open func() (*Signer, error)) {
		t.Helper()
		if _, err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	load := func() (*Signer, error) { return LoadSigner(dir) }
	refused("a second key", "exists already", func() (*Signer, error) { return CreateSigner(dir, key) })
	refused("half a key", "32 bytes", func() (*Signer, error) { return CreateSigner(t.TempDir(), key[:32]) })
	refused("an empty directory", "no such file", func() (*Signer, error) { return LoadSigner(t.TempDir()) })

	must(t, os.Chmod(keyPath, 0o644))
	refused("a key that others may read", "chmod 600", load)
	must(t, os.Chmod(keyPath, 0o600))

	last, err := os.ReadFile(lastPath)
	must(t, err)
	must(t, os.Remove(lastPath))
	refused("a lost record", "could sign twice", load)
	must(t, os.WriteFile(lastPath, []byte("{"), 0o600))
	refused("a torn record", "read "+lastPath, load)
	must(t, os.WriteFile(lastPath, last, 0o600))
	must(t, os.WriteFile(keyPath, []byte(`{"priv_key":null}`), 0o600))
	refused("a key file without a key", "Ed25519", load)

	// The key is gone and the record says that it was in use.
	must(t, os.Remove(keyPath))
	must(t, os.WriteFile(lastPath, []byte(`{"height":"9","round":0,"step":1}`), 0o600))
	refused("a new key over an old record", "restore the key", func() (*Signer, error) { return LoadOrCreateSigner(dir) })
}

func FuzzSignerFiles(f *testing.F) {
	f.Add([]byte(`{"height":"9","round":0,"step":1}`), true)
	f.Add([]byte(`{"priv_key":{"type":"tendermint/PrivKeyEd25519","value":"AAAA"}}`), false)
	f.Add([]byte(`{"height":"-1"}`), true)
	f.Fuzz(func(t *testing.T, data []byte, isRecord bool) {
		dir := t.TempDir()
		_, err := CreateSigner(dir, newKey())
		must(t, err)
		keyPath, lastPath := signerPaths(dir)
		path := keyPath
		if isRecord {
			path = lastPath
		}
		must(t, os.WriteFile(path, data, 0o600))
		_, _ = LoadSigner(dir) // an error or not, but no exit and no panic
	})
}
