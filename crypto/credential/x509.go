package credential

import (
	"bytes"
	"crypto/x509"
	"fmt"
)

// MaxX509 is the longest accepted X.509 credential in bytes.
const MaxX509 = 16 << 10

// Validity is the time in which an X.509 credential says it holds, in unix seconds, both ends included (RFC 5280
// section 4.1.2.5).
type Validity struct{ NotBefore, NotAfter int64 }

// Contains reports whether the unix second lies in the validity.
func (v Validity) Contains(unix int64) bool { return v.NotBefore <= unix && unix <= v.NotAfter }

// FromX509 takes the key and the validity out of an X.509 credential of a licensed authority, in DER. It checks neither
// the authority's signature nor revocation: on the ledger the registry decides, and the X.509 credential is evidence.
// The key must be one that ParsePublicKey accepts.
func FromX509(der []byte) (PublicKey, Validity, error) {
	if len(der) > MaxX509 {
		return PublicKey{}, Validity{}, fmt.Errorf("read X.509 credential: %w: %d bytes, at most %d", ErrKey, len(der), MaxX509)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return PublicKey{}, Validity{}, fmt.Errorf("read X.509 credential: %w: %w", ErrKey, err)
	}
	key, err := ParsePublicKey(bytes.Clone(parsed.RawSubjectPublicKeyInfo))
	if err != nil {
		return PublicKey{}, Validity{}, fmt.Errorf("read X.509 credential: %w", err)
	}
	return key, Validity{NotBefore: parsed.NotBefore.Unix(), NotAfter: parsed.NotAfter.Unix()}, nil
}
