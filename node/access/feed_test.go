package access_test

import (
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/access"
)

func TestPlaces(t *testing.T) {
	for _, p := range []access.Place{{}, {Height: 1}, {Height: 1200, Index: 3, Notice: 1}, access.PlaceAfter(99), {Height: 1<<63 - 1, Index: 1<<32 - 1, Notice: 1<<32 - 1}} {
		if got, err := access.ParsePlace(p.String()); err != nil || got != p {
			t.Errorf("%s reads as %+v, %v", p, got, err)
		}
	}
	if p, err := access.ParsePlace(""); err != nil || p != (access.Place{}) {
		t.Errorf("the beginning is %+v, %v", p, err)
	}
	for _, text := range []string{"0", "1-2", "1-2-3-4", "-1-0-0", "+1-0-0", "01-0-0", "1--0", "1-0-4294967296", "9223372036854775808-0-0", "1-0-0 "} {
		if _, err := access.ParsePlace(text); !code.BadCursor.Is(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A batch that tells one member of many things is one transaction and many events; they
// come once each, however long the pages are.
func TestAFeedIsCutWithinATransaction(t *testing.T) {
	l := ledgertest.New(t)
	l.Enrol("core")
	l.Enrol("tier1")
	contract := func(text string) map[string]any {
		return map[string]any{"function": "evidence:RecordContract", "argument": map[string]any{
			"buyer": l.IDs["core"], "seller": l.IDs["tier1"], "document": ledgertest.Fingerprint(text), "signed": l.Now.Date(),
			"amount": "0.00", "termDays": 60, "agreed": true,
		}}
	}
	batch := l.Must("core/maker", "batch:Run", map[string]any{"items": []map[string]any{contract("a"), contract("b"), contract("c"), contract("d"), contract("e")}})
	last := l.Must("core/maker", contract("f")["function"].(string), contract("f")["argument"])
	for limit := 1; limit <= 7; limit++ {
		var got []access.Event
		from := access.Place{Height: batch.Height}
		for {
			feed, err := access.FeedOf(l.Store, l.IDs["tier1"], from, limit)
			if err != nil {
				t.Fatal(err)
			}
			if len(feed.Items) > limit || feed.More && feed.Next == from {
				t.Fatalf("a page of %d from %s to %s", len(feed.Items), from, feed.Next)
			}
			for i, e := range feed.Items {
				// Whoever stops within a page goes on behind the last event that was taken.
				behind, err := access.ParsePlace(e.Cursor)
				if err != nil {
					t.Fatal(err)
				}
				rest, err := access.FeedOf(l.Store, l.IDs["tier1"], behind, limit)
				if err != nil || i+1 < len(feed.Items) && (len(rest.Items) == 0 || rest.Items[0] != feed.Items[i+1]) {
					t.Errorf("behind %s: %+v %v", e.Cursor, rest.Items, err)
				}
			}
			got, from = append(got, feed.Items...), feed.Next
			if !feed.More {
				break
			}
		}
		seen := map[string]bool{}
		for _, e := range got {
			seen[e.Subject] = true
			if e.Kind != record.ContractRecorded || e.Member != l.IDs["core"] {
				t.Errorf("%+v", e)
			}
		}
		if len(got) != 6 || len(seen) != 6 || got[0].TxID != batch.TxID || got[5].TxID != last.TxID {
			t.Errorf("in pages of %d: %d events of %d contracts", limit, len(got), len(seen))
		}
	}
	for _, stranger := range []string{l.IDs["bank2"], "nobody", ""} {
		if feed, err := access.FeedOf(l.Store, stranger, access.Place{Height: batch.Height}, 10); err != nil || len(feed.Items) != 0 || feed.More {
			t.Errorf("%q is told: %+v %v", stranger, feed, err)
		}
	}
}
