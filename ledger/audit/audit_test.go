package audit_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// busy is a ledger in the middle of a day: certificates active and waiting, an
// offer, a line in use, an open proposal.
func busy(t *testing.T) (*ledgertest.Ledger, string) {
	t.Helper()
	l := ledgertest.New(t)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	certificate := l.Issue("core", "tier1", "first", "1000.00", 1)
	l.Issue("core", "tier2", "second", "500.00", 2)
	_, invoice := l.Invoice("tier1", "tier2", "third", "400.00")
	l.Must("tier1/maker", "certificate:Transfer", map[string]any{
		"to": l.IDs["tier2"], "reference": "pay-1",
		"legs":        []map[string]any{{"certificate": certificate, "holding": 1, "version": 1, "interval": "1-40000"}},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400.00"}},
	})
	l.Must("bank1/maker", "credit:SetGroup", map[string]any{"id": "all", "cap": "9000.00"})
	day := l.Now.Date()
	l.Must("bank1/maker", "credit:Grant", map[string]any{
		"id": "line1", "debtor": l.IDs["core"], "group": "all", "limit": "5000.00", "from": day, "to": day.AddDays(300),
	})
	return l, certificate
}

func check(t *testing.T, l *ledgertest.Ledger) *audit.Report {
	t.Helper()
	r, err := audit.Check(t.Context(), l.Store, ledgertest.Network, l.Store.Head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestABusyLedgerIsClean(t *testing.T) {
	l, _ := busy(t)
	r := check(t, l)
	for _, f := range r.Findings {
		t.Errorf("%s: %s: %s", f.Invariant, f.Subject, f.Detail)
	}
	if r.Certificates != 2 || r.Active != 2 || r.Face.String() != "1500.00" || r.Outcomes == 0 {
		t.Errorf("the report counts %+v", r)
	}
}

// change rewrites one record behind the ledger's back.
func change[T any](key record.Key[T], edit func(*T)) func(*testing.T, *ledgertest.Ledger) {
	return func(t *testing.T, l *ledgertest.Ledger) {
		t.Helper()
		data, err := l.Store.Get(store.State, []byte(key))
		if err != nil || data == nil {
			t.Fatalf("%s: %v", key, err)
		}
		v := new(T)
		if err := record.Decode(data, v); err != nil {
			t.Fatal(err)
		}
		edit(v)
		write(t, l, func(b *store.Batch) { b.Set(store.State, []byte(key), record.Encode(v)) })
	}
}

func write(t *testing.T, l *ledgertest.Ledger, edit func(*store.Batch)) {
	t.Helper()
	b := l.Store.NewBatch()
	edit(b)
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
}

// first is a key of a space that starts with prefix.
func first(t *testing.T, l *ledgertest.Ledger, space store.Space, prefix string) (key, value []byte) {
	t.Helper()
	err := l.Store.Scan(space, []byte(prefix), nil, func(k, v []byte) (bool, error) {
		key, value = slices.Clone(k), slices.Clone(v)
		return false, nil
	})
	if err != nil || !strings.HasPrefix(string(key), prefix) {
		t.Fatalf("nothing under %q in space %d: %v", prefix, space, err)
	}
	return key, value
}

type fault struct {
	invariant audit.Invariant
	name      string
	plant     func(t *testing.T, l *ledgertest.Ledger, certificate string)
}

// Each fault is planted alone; the check must name its invariant and, for
// records, must also see that the tree no longer commits to the state.
func TestEachInvariantFindsItsFault(t *testing.T) {
	invoiceOf := func(text string) record.Key[record.Invoice] {
		return record.InvoiceKey(ledgertest.Fingerprint(text))
	}
	faults := []fault{
		{audit.Encoding, "bytes that are no record", func(t *testing.T, l *ledgertest.Ledger, c string) {
			write(t, l, func(b *store.Batch) { b.Set(store.State, []byte(record.CertificateKey(c)), []byte{1, 2, 3}) })
		}},
		{audit.Encoding, "a key of no record", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			write(t, l, func(b *store.Batch) { b.Set(store.State, []byte("balance/somebody"), []byte{1}) })
		}},
		{audit.Tiling, "a gap", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Interval.From++ })(t, l)
		}},
		{audit.Tiling, "two holdings on the same fen", func(t *testing.T, l *ledgertest.Ledger, c string) {
			write(t, l, func(b *store.Batch) {
				twin := record.Holding{Certificate: c, ID: 2, Version: 1, Owner: l.IDs["tier2"], Interval: interval.Interval{From: 1, To: 5}, Tiers: []record.TierSpan{{To: 5, Tier: 1}}}
				b.Set(store.State, []byte(record.HoldingKey(c, 2)), record.Encode(&twin))
			})
		}},
		{audit.Conserved, "fen out of nothing", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Interval.To += 100 })(t, l)
		}},
		{audit.Locks, "a lock outside its holding", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Locks[0].Interval.To = h.Interval.To + 1 })(t, l)
		}},
		{audit.Locks, "an offer whose lock is gone", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Locks = nil })(t, l)
		}},
		{audit.Locks, "a lock of nothing open", func(t *testing.T, l *ledgertest.Ledger, c string) {
			change(record.HoldingKey(c, 1), func(h *record.Holding) { h.Locks[0].Order = "nobody" })(t, l)
		}},
		{audit.LineUse, "use that nothing backs", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			change(record.LineKey(l.IDs["bank1"], "line1"), func(v *record.Line) { v.Used++ })(t, l)
		}},
		{audit.LineUse, "a group that is not the sum of its lines", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			change(record.GroupKey(l.IDs["bank1"], "all"), func(v *record.Group) { v.Reserved++ })(t, l)
		}},
		{audit.Evidence, "an invoice used for less than it covers", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			change(invoiceOf("first"), func(v *record.Invoice) { v.Allocated-- })(t, l)
		}},
		{audit.References, "a reference of no certificate", func(t *testing.T, l *ledgertest.Ledger, c string) {
			write(t, l, func(b *store.Batch) {
				b.Set(store.State, []byte(record.ReferenceKey(l.IDs["core"], "never")), record.Encode(&record.Reference{Certificate: c}))
			})
		}},
		{audit.Queue, "an offer that would never lapse", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			key, _ := first(t, l, store.State, record.DuePrefix())
			write(t, l, func(b *store.Batch) { b.Delete(store.State, key) })
		}},
		{audit.Credentials, "an admin too many", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			change(record.MemberKey(l.IDs["core"]), func(m *record.Member) { m.Admins++ })(t, l)
		}},
		{audit.View, "a row under another owner", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			key, _ := first(t, l, store.View, "o")
			write(t, l, func(b *store.Batch) {
				b.Delete(store.View, key)
				key[1] = 'X'
				b.Set(store.View, key, nil)
			})
		}},
		{audit.View, "an outcome that is gone", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			write(t, l, func(b *store.Batch) { b.DeleteRange(store.Outcome, []byte{0, 0, 0, 0, 0, 0, 0, 8}, nil) })
		}},
		{audit.Tree, "a value that the tree does not have", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			change(record.MemberKey(l.IDs["core"]), func(m *record.Member) { m.Name += "!" })(t, l)
		}},
		{audit.Tree, "a page that was overwritten", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			// Keys of pages start with their version: the last one is of the present tree.
			err := l.Store.ScanReverse(store.Tree, nil, nil, func(k, _ []byte) (bool, error) {
				key := slices.Clone(k)
				write(t, l, func(b *store.Batch) { b.Set(store.Tree, key, []byte{9, 9}) })
				return false, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}},
		{audit.Root, "an app hash that is not the root", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			write(t, l, func(b *store.Batch) {
				head := l.Store.Head()
				head.Height++
				head.AppHash[0] ^= 1
				b.SetHead(head)
			})
		}},
		{audit.Replay, "a transaction forgotten too early", func(t *testing.T, l *ledgertest.Ledger, _ string) {
			key, _ := first(t, l, store.Replay, "")
			write(t, l, func(b *store.Batch) { b.Delete(store.Replay, key) })
		}},
	}
	faults = append(faults, linkFaults()...)
	covered := map[audit.Invariant]bool{}
	for _, f := range faults {
		covered[f.invariant] = true
		t.Run(string(f.invariant)+"/"+f.name, func(t *testing.T) {
			l, certificate := busy(t)
			f.plant(t, l, certificate)
			r := check(t, l)
			if !slices.ContainsFunc(r.Findings, func(g audit.Finding) bool { return g.Invariant == f.invariant }) {
				t.Errorf("not found; the report has %+v", r.Findings)
			}
		})
	}
	for _, f := range slices.Concat(fenFaults(), wordFaults()) { // TestEachInvariantOfMoneyFindsItsFault
		covered[f.invariant] = true
	}
	for _, f := range clearingFaults() { // TestEachInvariantOfClearingFindsItsFault
		covered[f.invariant] = true
	}
	for _, i := range audit.Invariants() {
		if !covered[i] {
			t.Errorf("no fault was planted for %s", i)
		}
	}
}

// A court takes part of what it froze: the freeze says so, and the check agrees.
func TestAFreezeCarriedOutInPartIsClean(t *testing.T) {
	l, certificate := busy(t)
	paper := map[string]any{
		"authority": "Court", "docket": "D-1", "document": ledgertest.Fingerprint("order"), "target": l.IDs["tier1"],
	}
	with := func(more map[string]any) map[string]any {
		all := maps.Clone(paper)
		maps.Copy(all, more)
		return all
	}
	var result struct{ Outcome struct{ ID string } }
	for range 2 { // the second queues behind the first
		o := l.Approve("bank1/maker", "certificate:Freeze", with(map[string]any{"certificates": []string{certificate}, "amount": "1000.00"}), "bank2/checker")
		if result.Outcome.ID == "" {
			if err := json.Unmarshal(o.Result, &result); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, amount := range []string{"700.00", "300.00"} {
		l.Approve("bank1/maker", "certificate:JudicialTransfer", with(map[string]any{
			"receiver": l.IDs["tier2"], "certificate": certificate, "amount": amount, "freeze": result.Outcome.ID,
		}), "bank2/checker")
		if r := check(t, l); !r.Clean() {
			t.Errorf("after %s: %v", amount, r.Findings)
		}
	}
	err := l.Store.Scan(store.State, []byte("order/"), []byte("order0"), func(k, v []byte) (bool, error) {
		var o record.Order
		err := record.Decode(v, &o)
		if err == nil && o.Kind == record.OrderFreeze && (o.State != record.OrderDone || o.Moved != 100_000) {
			t.Errorf("%s is %s, %s of it moved", k, o.State, o.Moved)
		}
		return true, err
	})
	if err != nil {
		t.Error(err)
	}
}
