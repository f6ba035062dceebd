package execute_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// Whoever sends these gets a code. None changes anything but the set of what
// was executed, and the ledger goes on.
func TestHostileTransactionsAreRefusedWithACode(t *testing.T) {
	l := ledgertest.New(t)
	for _, h := range l.Hostile() {
		t.Run(h.Name, func(t *testing.T) {
			_, err := l.Gate.Admit(h.Raw, l.Now, admission.Seen{})
			if h.Admitted {
				if err != nil {
					t.Fatalf("not admitted: %v", err)
				}
			} else if refusal := code.Of(err); refusal == nil || refusal.Code != h.Want {
				t.Fatalf("admission says %v, want %s", err, h.Want)
			}
			r := l.Block(h.Raw, l.Sign("bank2/maker", "sweep:Run", map[string]any{"limit": 1}))
			if got := code.Code(r.Outcomes[0].Code); got != h.Want {
				t.Errorf("the outcome is %s %s, want %s", got, r.Outcomes[0].Detail, h.Want)
			}
			if got := code.Code(r.Outcomes[1].Code); got != code.OK {
				t.Errorf("the transaction after it: %s %s", got, r.Outcomes[1].Detail)
			}
		})
	}
}

// The two valid ECDSA signatures of one signing input are one transaction.
func TestBothFormsOfAnECDSASignatureAreOneTransaction(t *testing.T) {
	l := ledgertest.New(t)
	first := l.SignES256("sweep:Run", map[string]any{"limit": 1})
	second := ledgertest.OtherForm(first)
	for _, raw := range [][]byte{first, second} {
		if _, err := l.Gate.Admit(raw, l.Now, nil); err != nil {
			t.Fatalf("a form alone is refused: %v", err)
		}
	}
	r := l.Block(first, second)
	if a, b := code.Code(r.Outcomes[0].Code), code.Code(r.Outcomes[1].Code); a != code.OK || b != code.Replayed {
		t.Errorf("in one block: %s and %s", a, b)
	}
	if _, err := l.Gate.Admit(second, l.Now, nil); !code.Replayed.Is(err) {
		t.Errorf("in a later block: %v", err)
	}
}

// Admission judges by the committed state: a credential revoked earlier in the
// same block makes a refused outcome, not a block that nobody would accept.
func TestRevokedInTheSameBlock(t *testing.T) {
	l := ledgertest.New(t)
	l.Enrol("firm")
	document := ledgertest.Fingerprint("document")
	use := l.Sign("firm/maker", "evidence:RecordContract", map[string]any{
		"buyer": l.IDs["firm"], "seller": l.IDs["bank2"], "document": document, "signed": l.Now.Date(),
		"amount": "0.00", "termDays": 0, "agreed": false,
	})
	revoke := l.Sign("firm/admin1", "member:RevokeCredential", map[string]any{
		"key": l.Keys["firm/maker"].Public().ID(), "reason": "lost",
	})
	seen := admission.Seen{}
	for _, raw := range [][]byte{revoke, use} {
		if _, err := l.Gate.Admit(raw, l.Now, seen); err != nil {
			t.Fatalf("not admitted: %v", err)
		}
	}
	r := l.Block(revoke, use)
	if a, b := code.Code(r.Outcomes[0].Code), code.Code(r.Outcomes[1].Code); a != code.OK || b != code.CredentialRevoked {
		t.Errorf("revocation %s, use after it %s", a, b)
	}
}

// The replay set forgets what has expired, and what it forgets is refused as
// expired.
func TestTheReplaySetForgetsOnlyWhatHasExpired(t *testing.T) {
	l := ledgertest.New(t)
	raw := l.Sign("bank1/maker", "sweep:Run", map[string]any{"limit": 1})
	l.Block(raw)
	replayed := l.State()
	l.Now = l.Now.Add(3 * time.Hour)
	if _, err := l.Gate.Admit(raw, l.Now, nil); !code.Expired.Is(err) {
		t.Errorf("after its expiry: %v", err)
	}
	l.Block()
	if strings.Contains(l.State(), admission.ReplayPrefix) || !strings.Contains(replayed, admission.ReplayPrefix) {
		t.Error("the state still commits to a bucket that has expired")
	}
}
