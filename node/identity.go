package node

import (
	"crypto/ed25519"
	"fmt"
	"path/filepath"

	"github.com/tierledger/tierledger/node/consensus"
	"github.com/tierledger/tierledger/p2p/host"
)

// Identity is what a bank tells the others about its node: it goes into the
// consortium file or a motion to admit a validator.
type Identity struct {
	Peer      string            `json:"peer"`      // libp2p peer id
	Consensus ed25519.PublicKey `json:"consensus"` // 32 bytes
}

// Prepare makes the node's two keys in its home, if they are not there, and
// returns their public parts. The private parts never leave the home.
func Prepare(home string) (Identity, error) {
	key, err := host.LoadOrCreateKey(filepath.Join(home, peerKeyFile))
	if err != nil {
		return Identity{}, err
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return Identity{}, fmt.Errorf("prepare %s: the peer key is not Ed25519", home)
	}
	id, err := host.PeerID(public)
	if err != nil {
		return Identity{}, err
	}
	signer, err := consensus.LoadOrCreateSigner(filepath.Join(home, signerDir))
	if err != nil {
		return Identity{}, err
	}
	validator, err := signer.GetPubKey()
	if err != nil {
		return Identity{}, fmt.Errorf("prepare %s: %w", home, err)
	}
	return Identity{Peer: id.String(), Consensus: validator.Bytes()}, nil
}
