package credential

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Parameters of a pairing code.
const (
	pairingDomain     = "tierledger/pairing/1"
	pairingIterations = 100_000
	pairingDigits     = 100_000_000 // codes there are: 8 decimal digits
)

// Pairing is a code of 8 digits over the keys with which people sign up for a member. Who made the keys and who is to
// register them compare it by voice, each from what he has, so that keys exchanged on the way are found out. It is
// PBKDF2-HMAC-SHA256 of the key ids one after the other, then SHA-256 of the member's key for documents if it has one,
// salted with "domain|network|member": its first 8 bytes, big-endian, modulo 10^8. The iterations make it dear to look
// for other keys with the same code.
func Pairing(network, member string, keys []KeyID, encryption []byte) (string, error) {
	var secret []byte
	for _, id := range keys {
		secret = append(secret, id[:]...)
	}
	if len(encryption) > 0 {
		sum := sha256.Sum256(encryption)
		secret = append(secret, sum[:]...)
	}
	salt := []byte(pairingDomain + "|" + network + "|" + member)
	out, err := pbkdf2.Key(sha256.New, string(secret), salt, pairingIterations, 8)
	if err != nil {
		return "", fmt.Errorf("make a pairing code: %w", err)
	}
	return fmt.Sprintf("%08d", binary.BigEndian.Uint64(out)%pairingDigits), nil
}
