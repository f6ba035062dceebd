package execute_test

import (
	"bytes"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// What the gate remembers of a transaction and of its signer must not outlive the
// block that changes it.
func TestTheGateForgetsWhatABlockChanges(t *testing.T) {
	l := ledgertest.New(t)
	l.Enrol("firm")
	sweep := map[string]any{"limit": 1}
	executed, waiting := l.Sign("firm/maker", "sweep:Run", sweep), l.Sign("firm/maker", "sweep:Run", sweep)
	for range 3 {
		for _, raw := range [][]byte{executed, waiting} {
			if _, err := l.Gate.Admit(raw, l.Now, nil); err != nil {
				t.Fatalf("not admitted: %v", err)
			}
		}
	}
	l.Block(executed)
	if _, err := l.Gate.Admit(executed, l.Now, nil); !code.Replayed.Is(err) {
		t.Errorf("after it was executed: %v", err)
	}
	if err := l.Gate.Recheck(executed, l.Now); !code.Replayed.Is(err) {
		t.Errorf("rechecked after it was executed: %v", err)
	}
	if _, err := l.Gate.Admit(waiting, l.Now, nil); err != nil {
		t.Errorf("the other one: %v", err)
	}
	l.Must("firm/admin1", "member:RevokeCredential", map[string]any{
		"key": l.Keys["firm/maker"].Public().ID(), "reason": "lost",
	})
	if _, err := l.Gate.Admit(waiting, l.Now, nil); !code.CredentialRevoked.Is(err) {
		t.Errorf("after its key was revoked: %v", err)
	}
	if err := l.Gate.Recheck(waiting, l.Now); !code.CredentialRevoked.Is(err) {
		t.Errorf("rechecked after its key was revoked: %v", err)
	}
}

// The bytes are remembered, not the signing input: a good transaction lends nothing
// to the same one with another signature. And the caller's buffer is its own.
func TestTheGateRemembersAllBytes(t *testing.T) {
	l := ledgertest.New(t)
	good := l.Sign("bank1/maker", "sweep:Run", map[string]any{"limit": 1})
	if _, err := l.Gate.Admit(good, l.Now, nil); err != nil {
		t.Fatal(err)
	}
	forged := bytes.Clone(good)
	at := bytes.LastIndexByte(forged, '.') + 5
	if forged[at] == 'A' {
		forged[at] = 'B'
	} else {
		forged[at] = 'A'
	}
	if _, err := l.Gate.Admit(forged, l.Now, nil); !code.BadSignature.Is(err) {
		t.Errorf("with another signature: %v", err)
	}
	buffer := bytes.Clone(good)
	tx, err := l.Gate.Admit(buffer, l.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	clear(buffer)
	if again, err := l.Gate.Admit(good, l.Now, nil); err != nil || again.ID != tx.ID || string(again.Argument) != `{"limit":1}` {
		t.Errorf("after the buffer was used again: %v, %s", err, again.Argument)
	}
}
