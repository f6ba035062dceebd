package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/keystore"
)

// replyKeys are the keys to which banks seal their quotes, one a request, each in a
// file that only its owner reads. Whoever has one can read the quotes for its
// request; it signs nothing and moves nothing.
type replyKeys struct{ dir string }

// repliesDir is where they are in the directory that --home names.
const repliesDir = "replies"

func (a *app) replyKeys() replyKeys { return replyKeys{filepath.Join(a.home, repliesDir)} }

func (r replyKeys) path(id envelope.KeyID) string { return filepath.Join(r.dir, id.String()) }

// make makes the key of a new request. Its private half is on disk when make
// returns: a request that is signed afterwards never takes quotes that nobody can
// open. A crash in between leaves a key without a request.
func (r replyKeys) make() (envelope.PublicKey, error) {
	key, err := envelope.GenerateKey()
	if err != nil {
		return envelope.PublicKey{}, err
	}
	seed, err := key.Bytes()
	if err != nil {
		return envelope.PublicKey{}, err
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return envelope.PublicKey{}, err
	}
	return key.Public(), keystore.Save(r.path(key.Public().ID()), seed)
}

// find reads the private half of a request's key. BAD_KEY says that the request was
// made elsewhere, or with something that is no key of this program.
func (r replyKeys) find(public []byte) (envelope.PrivateKey, error) {
	key, err := envelope.ParsePublicKey(public)
	if err != nil {
		return envelope.PrivateKey{}, code.BadKey.New("the request's key for replies: %v", err)
	}
	seed, err := keystore.Load(r.path(key.ID()))
	if errors.Is(err, fs.ErrNotExist) {
		return envelope.PrivateKey{}, code.BadKey.New("the request was not made here: %s does not have its key %s", r.dir, key.ID())
	}
	if err != nil {
		return envelope.PrivateKey{}, code.BadKey.New("%v", err)
	}
	private, err := envelope.ParsePrivateKey(seed)
	if err != nil {
		return private, code.BadKey.New("%s: %v", r.path(key.ID()), err)
	}
	if private.Public().ID() != key.ID() {
		return private, code.BadKey.New("%s holds another key", r.path(key.ID()))
	}
	return private, nil
}
