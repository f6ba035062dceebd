package credential

import (
	"encoding/binary"
	"fmt"
)

// possessionDomain opens every possession message. It has characters that base64url has not, so that the message is
// never the signing input of a transaction or a login token.
const possessionDomain = "tierledger/proof-of-possession/1"

// PossessionMessage is what the owner of a key signs to be enrolled: the domain, then key id, network, member (18
// characters of social credit code) and person, each after its length as four bytes, big-endian. The key is named in
// the message because a signature alone fits other public keys too.
func PossessionMessage(key KeyID, network, member, person string) []byte {
	message := make([]byte, 0, len(possessionDomain)+5*4+len(key)+len(network)+len(member)+len(person))
	for _, part := range []string{possessionDomain, string(key[:]), network, member, person} {
		message = binary.BigEndian.AppendUint32(message, uint32(len(part)))
		message = append(message, part...)
	}
	return message
}

// SignPossession signs the possession message for the key itself.
func SignPossession(key PrivateKey, network, member, person string) ([]byte, error) {
	return key.Sign(PossessionMessage(key.Public().ID(), network, member, person))
}

// VerifyPossession checks that the owner of key signed up for this network, member and person. A failure is
// ErrPossession.
func VerifyPossession(key PublicKey, network, member, person string, signature []byte) error {
	if !key.Verify(PossessionMessage(key.ID(), network, member, person), signature) {
		return fmt.Errorf("%w: key %s, network %q, member %q, person %q", ErrPossession, key.ID(), network, member, person)
	}
	return nil
}
