package credential_test

import (
	"testing"

	"github.com/tierledger/tierledger/crypto/credential"
)

// The code is the same everywhere, and another one for other keys, another order,
// another member, another network or another key for documents.
func TestPairingDependsOnEverythingThatIsRegistered(t *testing.T) {
	one, two := credential.KeyID{1}, credential.KeyID{2}
	seen := map[string]string{}
	for name, c := range map[string]struct {
		network, member string
		keys            []credential.KeyID
		encryption      []byte
	}{
		"two keys":            {"test-net", "91330000MA27U00A0X", []credential.KeyID{one, two}, nil},
		"the other order":     {"test-net", "91330000MA27U00A0X", []credential.KeyID{two, one}, nil},
		"one key":             {"test-net", "91330000MA27U00A0X", []credential.KeyID{one}, nil},
		"another member":      {"test-net", "91330000MA27U00B08", []credential.KeyID{one, two}, nil},
		"another network":     {"prod-net", "91330000MA27U00A0X", []credential.KeyID{one, two}, nil},
		"a key for documents": {"test-net", "91330000MA27U00A0X", []credential.KeyID{one, two}, []byte("key")},
	} {
		code, err := credential.Pairing(c.network, c.member, c.keys, c.encryption)
		if err != nil || len(code) != 8 {
			t.Fatalf("%s: %q %v", name, code, err)
		}
		if other, taken := seen[code]; taken {
			t.Errorf("%s has the code of %s", name, other)
		}
		seen[code] = name
	}
	const fixed = "12365459" // an independent implementation gives the same
	if code, err := credential.Pairing("test-net", "91330000MA27U00A0X", []credential.KeyID{one, two}, nil); code != fixed || err != nil {
		t.Errorf("the code is %s, %v; want %s", code, err, fixed)
	}
}
