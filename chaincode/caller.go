package chaincode

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"google.golang.org/protobuf/proto"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Creators that the ledger's own stub hands over. The first byte is no valid
// start of a protobuf message, so no Fabric identity is ever mistaken for one.
const (
	keyCreator    = "\xffscf1" // then the 32 bytes of the key id
	systemCreator = "\xffscf0" // the block's own call of the sweep
)

// caller is who sent a transaction, before the registry was asked.
type caller struct {
	key    record.Digest // SHA-256 of the key's SubjectPublicKeyInfo
	system bool
}

// maxCreator is more than any identity of Fabric needs, in bytes.
const maxCreator = 64 << 10

// parseCreator reads the creator of a transaction: the ledger's own tagged form,
// or Fabric's SerializedIdentity with a certificate or public key in PEM. Only
// the key matters; whom it belongs to is for the registry to say.
func parseCreator(creator []byte) (caller, error) {
	text := string(creator)
	if text == systemCreator {
		return caller{system: true}, nil
	}
	if id, ok := strings.CutPrefix(text, keyCreator); ok {
		if len(id) != sha256.Size {
			return caller{}, code.UnknownCredential.New("a key id has %d bytes, not %d", sha256.Size, len(id))
		}
		return caller{key: record.Digest([]byte(id))}, nil
	}
	if len(creator) == 0 || len(creator) > maxCreator {
		return caller{}, code.UnknownCredential.New("the transaction names no creator")
	}
	var identity msp.SerializedIdentity
	if err := proto.Unmarshal(creator, &identity); err != nil {
		return caller{}, code.UnknownCredential.New("the creator is not an identity")
	}
	return fromPEM(identity.GetIdBytes())
}

func fromPEM(text []byte) (caller, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return caller{}, code.UnknownCredential.New("the creator's identity is not PEM")
	}
	switch block.Type {
	case "PUBLIC KEY":
		return caller{key: sha256.Sum256(block.Bytes)}, nil
	case "CERTIFICATE":
		parsed, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return caller{}, code.UnknownCredential.New("the creator's X.509 credential cannot be read")
		}
		return caller{key: sha256.Sum256(parsed.RawSubjectPublicKeyInfo)}, nil
	default:
		return caller{}, code.UnknownCredential.New("the creator's identity is neither a credential nor a key")
	}
}
