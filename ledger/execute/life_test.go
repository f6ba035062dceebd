package execute_test

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

func TestACertificatesLifeAndItsReplay(t *testing.T) {
	l := ledgertest.New(t)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	certificate := l.Issue("core", "tier1", "first", "1000000.00", 1)
	_, invoice := l.Invoice("tier1", "tier2", "second", "400000.00")
	var offer struct {
		ID string `json:"id"`
	}
	l.Must("tier1/maker", "certificate:Transfer", map[string]any{
		"to": l.IDs["tier2"], "reference": "pay-2",
		"legs":        []map[string]any{{"certificate": certificate, "holding": 1, "version": 1, "interval": "1-40000000"}},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400000.00"}},
	}, &offer)
	l.Must("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	again := l.Do("tier2/maker", "certificate:AcceptTransfer", map[string]any{"id": offer.ID})
	if code.Code(again.Code) != code.OfferClosed {
		t.Errorf("the second acceptance: %s", code.Code(again.Code))
	}
	head := l.Store.Head()

	s, _, fresh := ledgertest.Open(t, vfs.NewMem(), l.Genesis)
	for _, b := range l.Blocks {
		r, err := fresh.Execute(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := fresh.Commit(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Head(); got != head {
		t.Errorf("replay ends at %x, not at %x", got.AppHash, head.AppHash)
	}
}
