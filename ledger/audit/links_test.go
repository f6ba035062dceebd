package audit_test

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// linkFaults are faults of what records and outcomes say of each other.
func linkFaults() []fault {
	remove := func(space store.Space, prefix string) func(*testing.T, *ledgertest.Ledger, string) {
		return func(t *testing.T, l *ledgertest.Ledger, _ string) {
			key, _ := first(t, l, space, prefix)
			write(t, l, func(b *store.Batch) { b.Delete(space, key) })
		}
	}
	return []fault{
		{audit.Encoding, "a record under another's key", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			_, value := first(t, l, store.State, record.CredentialsPrefix())
			write(t, l, func(b *store.Batch) {
				b.Set(store.State, []byte(record.CredentialKey(ledgertest.Fingerprint("another"))), value)
			})
		}},
		{audit.Evidence, "a transfer that is not covered", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			key, _ := first(t, l, store.State, "transfer/")
			change(record.Key[record.Transfer](key), func(v *record.Transfer) { v.Amount++ })(t, l)
		}},
		{audit.Links, "a credential that its member does not list", remove(store.State, "member/")},
		{audit.Links, "a line without its slot", remove(store.State, "slot/")},
		{audit.Links, "an open proposal that its maker does not list", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			l.Approve("bank1/maker", "credit:SetGroup", map[string]any{"id": "more", "cap": "1.00"})
			remove(store.State, "maker/")(t, l, "")
		}},
		{audit.Links, "an owner who is no member", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Owner = "nobody" })(t, l)
		}},
		{audit.Validators, "two banks with one key", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			_, value := first(t, l, store.State, record.ValidatorsPrefix())
			var v record.Validator
			if err := record.Decode(value, &v); err != nil {
				t.Fatal(err)
			}
			v.Bank = "another"
			write(t, l, func(b *store.Batch) { b.Set(store.State, []byte(record.ValidatorKey(v.Bank)), record.Encode(&v)) })
		}},
		{audit.Transactions, "an outcome that its id does not find", remove(store.Transaction, "")},
		{audit.Lineage, "an owner to whom nothing moved", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Owner = l.IDs["tier2"] })(t, l)
		}},
	}
}

// The moves of a day, through cuts, merges and a way back, lead to the owners.
func TestLineageLeadsToTheOwners(t *testing.T) {
	l, certificate := busy(t)
	key, value := first(t, l, store.State, "transfer/")
	var transfer record.Transfer
	if err := record.Decode(value, &transfer); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": transfer.ID})
	_, invoice := l.Invoice("tier2", "tier1", "back", "100.00")
	l.Must("tier2/maker", "certificate:Transfer", map[string]any{
		"to": l.IDs["tier1"], "reference": "pay-2",
		"legs":        []map[string]any{{"certificate": certificate, "holding": 2, "version": 1, "interval": "10001-20000"}},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "100.00"}},
	}, &transfer)
	l.Must("tier1/maker", "certificate:AcceptTransfer", map[string]any{"id": transfer.ID})
	if r := check(t, l); !r.Clean() {
		t.Error(r.Findings)
	}
}
