package stub_test

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/stub"
)

func open(t testing.TB, fs vfs.FS) *store.Store {
	t.Helper()
	s, err := store.Open("data", store.Options{FS: fs, Network: "test", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// seeded is a store with the given state: key, value, key, value.
func seeded(t testing.TB, pairs ...string) *store.Store {
	t.Helper()
	s := open(t, vfs.NewMem())
	b := s.NewBatch()
	for i := 0; i < len(pairs); i += 2 {
		b.Set(store.State, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	return s
}

var someone = []byte(stub.CallerPrefix + strings.Repeat("k", 32))

func call() stub.Call {
	return stub.Call{TxID: "ab01", Function: "certificate:Issue", Params: []string{`{"face":"1.00"}`}, Creator: someone}
}

func listed(changes []stub.Change) string {
	var out []string
	for _, c := range changes {
		if c.Value == nil {
			out = append(out, "-"+c.Key)
		} else {
			out = append(out, fmt.Sprintf("%s=%s", c.Key, c.Value))
		}
	}
	return strings.Join(out, " ")
}

// ranged reads a range to its end.
func ranged(tx *stub.Tx, start, end string) (string, error) {
	rows, err := tx.GetStateByRange(start, end)
	if err != nil {
		return "", err
	}
	return drained(rows)
}

func drained(rows shim.StateQueryIteratorInterface) (string, error) {
	var out []string
	for rows.HasNext() {
		kv, err := rows.Next()
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprintf("%s=%s", kv.GetKey(), kv.GetValue()))
	}
	return strings.Join(out, " "), rows.Close()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLayers: a transaction sees its own writes over the kept ones over the committed ones; what is not kept is gone.
func TestLayers(t *testing.T) {
	b := stub.NewBlock(seeded(t, "a", "committed", "b", "committed", "c", "committed"), "test", 0)
	first := b.Begin(call())
	must(t, first.PutState("b", []byte("kept")), first.DelState("c"), first.PutState("d", []byte("kept")))
	first.Keep()
	second := b.Begin(call())
	must(t, second.PutState("a", []byte("dropped")), second.DelState("d"), second.PutState("e", []byte("dropped")))
	got, err := ranged(second, "", "")
	must(t, err)
	want(t, got, "a=dropped b=kept e=dropped")
	third := b.Begin(call())
	must(t, third.PutState("bb", []byte("own")))
	got, err = ranged(third, "b", "d")
	must(t, err)
	want(t, got, "b=kept bb=own")
	for key, value := range map[string]string{"a": "committed", "b": "kept", "c": "", "bb": "own", "e": ""} {
		v, err := third.GetState(key)
		must(t, err)
		want(t, string(v), value)
		if value == "" && v != nil {
			t.Errorf("%s is absent and reads as %v", key, v)
		}
	}
	want(t, listed(b.Changes()), "b=kept -c d=kept")
}

// TestChangesAreNet: what ends as a transaction found it is no change.
func TestChangesAreNet(t *testing.T) {
	b := stub.NewBlock(seeded(t, "same", "1", "back", "1", "blind", "1"), "test", 0)
	tx := b.Begin(call())
	for _, key := range []string{"same", "back", "new"} {
		_, err := tx.GetState(key)
		must(t, err)
	}
	must(t, tx.PutState("same", []byte("1")), tx.PutState("back", []byte("2")), tx.PutState("new", []byte("1")), tx.PutState("blind", []byte("1")))
	tx.Keep()
	tx = b.Begin(call())
	must(t, tx.PutState("back", []byte("1")), tx.DelState("new"))
	tx.Keep()
	want(t, listed(b.Changes()), "blind=1")
}

// TestIteratorStandsStill: a range is the state as of its beginning, over more rows than are read at once.
func TestIteratorStandsStill(t *testing.T) {
	var pairs, all []string
	for i := range 1000 {
		pairs = append(pairs, fmt.Sprintf("k%04d", i), "v")
		all = append(all, fmt.Sprintf("k%04d=v", i))
	}
	b := stub.NewBlock(seeded(t, pairs...), "test", 0)
	tx := b.Begin(call())
	rows, err := tx.GetStateByRange("k", "l")
	must(t, err)
	for i := range 1000 {
		must(t, tx.DelState(fmt.Sprintf("k%04d", i)))
	}
	got, err := drained(rows)
	must(t, err)
	want(t, got, strings.Join(all, " "))
	if _, err := rows.Next(); err == nil || rows.HasNext() {
		t.Error("a closed range goes on")
	}
	got, err = ranged(tx, "k", "l")
	must(t, err)
	want(t, got, "")
}

// TestOwnCopies: a contract that changes what it got or gave changes nothing else.
func TestOwnCopies(t *testing.T) {
	b := stub.NewBlock(seeded(t, "a", "1"), "test", 0)
	tx := b.Begin(call())
	mine := []byte("2")
	must(t, tx.PutState("b", mine))
	mine[0] = 'x'
	for key, value := range map[string]string{"a": "1", "b": "2"} {
		for range 2 {
			v, err := tx.GetState(key)
			must(t, err)
			want(t, string(v), value)
			v[0] = 'x'
		}
	}
	rows, err := tx.GetStateByRange("", "")
	must(t, err)
	kv, err := rows.Next()
	must(t, err)
	kv.Value[0] = 'x'
	got, err := ranged(tx, "", "")
	must(t, err)
	want(t, got, "a=1 b=2")
	creator, err := tx.GetCreator()
	must(t, err)
	creator[0] = 'x'
	again, _ := tx.GetCreator()
	want(t, string(again), string(someone))
}

func TestCompositeKeys(t *testing.T) {
	b := stub.NewBlock(seeded(t, "plain", "1"), "test", 0)
	tx := b.Begin(call())
	for _, attributes := range [][]string{{"x", "1"}, {"x", "2"}, {"y", "1"}, {"xx", "1"}} {
		key, err := tx.CreateCompositeKey("t", attributes)
		must(t, err, tx.PutState(key, []byte(strings.Join(attributes, "."))))
		kind, parts, err := tx.SplitCompositeKey(key)
		must(t, err)
		if kind != "t" || !slices.Equal(parts, attributes) {
			t.Errorf("%q splits into %q, %q", key, kind, parts)
		}
	}
	rows, err := tx.GetStateByPartialCompositeKey("t", []string{"x"})
	must(t, err)
	got, err := drained(rows)
	must(t, err)
	want(t, got, "\x00t\x00x\x001\x00=x.1 \x00t\x00x\x002\x00=x.2")
	got, err = ranged(tx, "", "")
	must(t, err)
	want(t, got, "plain=1") // as on Fabric, simple ranges do not reach composite keys
	for _, key := range []string{"", "\x00", "plain", "\x00a", "a\x00"} {
		if _, _, err := tx.SplitCompositeKey(key); err == nil {
			t.Errorf("%q splits", key)
		}
	}
	if _, err := tx.GetStateByPartialCompositeKey("t", []string{"\xff"}); err == nil {
		t.Error("an attribute that is no text is taken")
	}
}

func TestBadArguments(t *testing.T) {
	b := stub.NewBlock(seeded(t), "test", 0)
	tx := b.Begin(call())
	for _, key := range []string{"", "\xff", "a\xc3"} {
		_, get := tx.GetState(key)
		for i, err := range []error{get, tx.PutState(key, []byte("v")), tx.DelState(key)} {
			if !errors.Is(err, stub.ErrKey) {
				t.Errorf("call %d with key %q: %v", i, key, err)
			}
		}
	}
	_, low := tx.GetStateByRange("\x00a", "b")
	_, high := tx.GetStateByRange("a", "\x00b")
	_, text := tx.GetStateByRange("a", "\xff")
	for got, want := range map[error]error{
		tx.PutState("k", nil): stub.ErrValue, tx.SetEvent("", nil): stub.ErrEvent, low: stub.ErrRange, high: stub.ErrRange, text: stub.ErrKey,
	} {
		if !errors.Is(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	if got, err := ranged(tx, "b", "a"); got != "" || err != nil {
		t.Errorf("a range that ends before it begins: %q, %v", got, err)
	}
	if b.Fault() != nil || tx.LimitExceeded() != nil {
		t.Error("bad arguments stopped the transaction")
	}
	tx.Keep()
	want(t, listed(b.Changes()), "")
}

// TestLimits: whatever limit a transaction goes beyond, the contract cannot hide it.
// A block that has much to write has little room left for each further
// transaction, and none too little for what people do one by one.
func TestFullBlockHasTightLimits(t *testing.T) {
	b := stub.NewBlock(seeded(t), "test", 0)
	limits := stub.DefaultLimits()
	limits.BlockBytes = 1 << 20
	b.SetLimits(limits)
	large := make([]byte, 600<<10)
	for i := range 2 {
		tx := b.Begin(call())
		if err := tx.PutState(fmt.Sprint("large", i), large); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			tx.Keep() // what is dropped was work too
		}
	}
	tx := b.Begin(call())
	var limit *stub.LimitError
	if err := tx.PutState("large", large); !errors.As(err, &limit) || limit.Name != "ValueBytes" {
		t.Errorf("a large transaction in a full block: %v", err)
	}
	if tx = b.Begin(call()); tx.PutState("small", make([]byte, 1<<10)) != nil || tx.SetEvent("scf", large[:1<<10]) != nil {
		t.Error("a small transaction in a full block is refused")
	}
	system := b.Begin(stub.Call{TxID: "ab02", Creator: []byte(stub.SystemCaller)})
	if err := system.PutState("large", large); err != nil {
		t.Errorf("the block's own call: %v", err)
	}
}

func TestLimits(t *testing.T) {
	limits := stub.Limits{KeysRead: 3, KeysWritten: 2, RowsScanned: 2, BytesWritten: 20, KeyBytes: 8, ValueBytes: 10, EventBytes: 5, BlockBytes: 1 << 20}
	for name, beyond := range map[string]func(*stub.Tx) error{
		"KeysRead": func(tx *stub.Tx) error {
			for range 4 {
				if _, err := tx.GetState("a"); err != nil {
					return err
				}
			}
			return nil
		},
		"KeysWritten": func(tx *stub.Tx) error {
			return errors.Join(tx.PutState("a", []byte("1")), tx.PutState("a", []byte("2")), tx.DelState("b"), tx.DelState("c"))
		},
		"RowsScanned": func(tx *stub.Tx) error { _, err := ranged(tx, "", ""); return err },
		"BytesWritten": func(tx *stub.Tx) error {
			return errors.Join(tx.PutState("a", make([]byte, 10)), tx.PutState("a", make([]byte, 9)))
		},
		"KeyBytes":   func(tx *stub.Tx) error { return tx.DelState("123456789") },
		"ValueBytes": func(tx *stub.Tx) error { return tx.PutState("a", make([]byte, 11)) },
		"EventBytes": func(tx *stub.Tx) error { return tx.SetEvent("scf", make([]byte, 6)) },
	} {
		t.Run(name, func(t *testing.T) {
			b := stub.NewBlock(seeded(t, "a", "1", "b", "1", "c", "1"), "test", 0)
			b.SetLimits(limits)
			tx := b.Begin(call())
			var limit *stub.LimitError
			if err := beyond(tx); !errors.As(err, &limit) || limit.Name != name {
				t.Fatalf("got %v", err)
			}
			_, get := tx.GetState("a")
			_, scan := tx.GetStateByRange("", "")
			for _, err := range []error{get, scan, tx.PutState("a", []byte("1")), tx.DelState("a")} {
				if !errors.Is(err, limit) {
					t.Errorf("after the limit: %v", err)
				}
			}
			if tx.LimitExceeded() != limit || b.Fault() != nil {
				t.Errorf("limit %v, fault %v", tx.LimitExceeded(), b.Fault())
			}
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the transaction was kept")
					}
				}()
				tx.Keep()
			}()
			own := b.Begin(stub.Call{Creator: []byte(stub.SystemCaller)}) // the ledger's own calls have no limits
			must(t, beyond(own))
			if got := b.Begin(call()).LimitExceeded(); got != nil {
				t.Errorf("the limit reaches the next transaction: %v", got)
			}
		})
	}
}

// TestSwallowedFault: a contract that ignores an error of the disk does not hide it.
func TestSwallowedFault(t *testing.T) {
	for name, read := range map[string]func(*stub.Tx){
		"get":   func(tx *stub.Tx) { _, _ = tx.GetState("a") },
		"range": func(tx *stub.Tx) { _, _ = ranged(tx, "a", "b") },
	} {
		t.Run(name, func(t *testing.T) {
			mem := vfs.NewMem()
			s := open(t, mem)
			batch := s.NewBatch()
			batch.Set(store.State, []byte("a"), []byte("1"))
			must(t, batch.Commit(), s.Close())
			fails := &errorfs.Toggle{Injector: errorfs.InjectorFunc(func(op errorfs.Op) error {
				if op.Kind == errorfs.OpFileReadAt {
					return errorfs.ErrInjected
				}
				return nil
			})}
			b := stub.NewBlock(open(t, errorfs.Wrap(mem, fails)), "test", 0)
			fails.On()
			tx := b.Begin(call())
			read(tx)
			fails.Off()
			var fault *store.Fault
			if !errors.As(b.Fault(), &fault) {
				t.Fatalf("the block's fault is %v", b.Fault())
			}
			if err := b.Begin(call()).PutState("a", []byte("2")); !errors.As(err, &fault) {
				t.Errorf("the next transaction goes on: %v", err)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	b := stub.NewBlock(seeded(t), "test-net", 1_764_000_000_123)
	tx := b.Begin(call())
	function, params := tx.GetFunctionAndParameters()
	at, err := tx.GetTxTimestamp()
	must(t, err)
	slice, err := tx.GetArgsSlice()
	must(t, err)
	want(t, fmt.Sprint(function, params, tx.GetStringArgs(), len(tx.GetArgs()), string(slice)),
		`certificate:Issue[{"face":"1.00"}] [certificate:Issue {"face":"1.00"}] 2certificate:Issue{"face":"1.00"}`)
	want(t, tx.GetTxID()+" "+tx.GetChannelID(), "ab01 test-net")
	want(t, at.AsTime().Format("2006-01-02T15:04:05.000Z"), "2025-11-24T16:00:00.123Z")
	must(t, tx.SetEvent("scf", []byte("one")), tx.SetEvent("scf", []byte("two")))
	want(t, tx.EventName()+" "+string(tx.Event()), "scf two")
	if next := b.Begin(call()); next.Event() != nil || next.EventName() != "" {
		t.Error("an event reaches the next transaction")
	}
}

// TestNoFabricIdentity: the identity library gives up on our creator with an error, so that nothing takes it for a member of
// an MSP.
func TestNoFabricIdentity(t *testing.T) {
	b := stub.NewBlock(seeded(t), "test", 0)
	for _, creator := range [][]byte{someone, []byte(stub.SystemCaller)} {
		if id, err := cid.New(b.Begin(stub.Call{Creator: creator})); err == nil {
			t.Errorf("%q is taken for %+v", creator, id)
		}
	}
}

func TestUnsupported(t *testing.T) {
	tx := stub.NewBlock(seeded(t), "test", 0).Begin(call())
	second := func(_ any, err error) error { return err }
	third := func(_, _ any, err error) error { return err }
	for i, err := range []error{
		second(tx.GetStateValidationParameter("k")), tx.SetStateValidationParameter("k", nil), second(tx.GetQueryResult("q")),
		second(tx.GetHistoryForKey("k")), second(tx.GetBinding()), second(tx.GetSignedProposal()),
		second(tx.GetPrivateData("c", "k")), second(tx.GetPrivateDataHash("c", "k")), tx.PutPrivateData("c", "k", nil),
		tx.DelPrivateData("c", "k"), tx.PurgePrivateData("c", "k"), tx.SetPrivateDataValidationParameter("c", "k", nil),
		second(tx.GetPrivateDataValidationParameter("c", "k")), second(tx.GetPrivateDataByRange("c", "a", "b")),
		second(tx.GetPrivateDataByPartialCompositeKey("c", "o", nil)), second(tx.GetPrivateDataQueryResult("c", "q")),
		third(tx.GetStateByRangeWithPagination("a", "b", 1, "")), third(tx.GetQueryResultWithPagination("q", 1, "")),
		third(tx.GetStateByPartialCompositeKeyWithPagination("o", nil, 1, "")),
	} {
		if !errors.Is(err, stub.ErrUnsupported) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if r := tx.InvokeChaincode("other", nil, ""); r.GetStatus() == shim.OK {
		t.Error("another chaincode was invoked")
	}
	transient, err := tx.GetTransient()
	if len(transient) != 0 || err != nil || len(tx.GetDecorations()) != 0 {
		t.Error("there are transient fields or decorations")
	}
}

// TestAgainstMap runs random blocks and compares what transactions read, and what is committed, with plain maps.
func TestAgainstMap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t, vfs.NewMem())
		committed := map[string]string{}
		for range rapid.IntRange(1, 3).Draw(rt, "blocks") {
			b := stub.NewBlock(s, "test", 0)
			kept := maps.Clone(committed)
			for range rapid.IntRange(0, 4).Draw(rt, "transactions") {
				tx, own := b.Begin(call()), maps.Clone(kept)
				for range rapid.IntRange(0, 12).Draw(rt, "operations") {
					step(rt, tx, own)
				}
				if rapid.Bool().Draw(rt, "keep") {
					tx.Keep()
					kept = own
				}
			}
			commit(rt, s, b.Changes())
			committed = kept
			got, err := ranged(stub.NewBlock(s, "test", 0).Begin(call()), "", "")
			if err != nil || got != listing(committed, "", "") {
				rt.Fatalf("committed %q, want %q, %v", got, listing(committed, "", ""), err)
			}
		}
		must(t, s.Close())
	})
}

func step(t *rapid.T, tx *stub.Tx, own map[string]string) {
	key := func(label string) string { return fmt.Sprintf("k%02d", rapid.IntRange(0, 29).Draw(t, label)) }
	var err error
	switch k := key("key"); rapid.IntRange(0, 3).Draw(t, "operation") {
	case 0:
		var v []byte
		if v, err = tx.GetState(k); string(v) != own[k] {
			t.Fatalf("%s is %q, want %q", k, v, own[k])
		}
	case 1:
		own[k] = fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "value"))
		err = tx.PutState(k, []byte(own[k]))
	case 2:
		delete(own, k)
		err = tx.DelState(k)
	case 3:
		end := key("end")
		var got string
		if got, err = ranged(tx, k, end); got != listing(own, k, end) {
			t.Fatalf("from %s to %s: %q, want %q", k, end, got, listing(own, k, end))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func listing(m map[string]string, start, end string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k >= start && (end == "" || k < end) {
			out = append(out, k+"="+m[k])
		}
	}
	return strings.Join(out, " ")
}

func commit(t *rapid.T, s *store.Store, changes []stub.Change) {
	if !slices.IsSortedFunc(changes, func(a, b stub.Change) int { return strings.Compare(a.Key, b.Key) }) {
		t.Fatalf("changes are out of order: %s", listed(changes))
	}
	b := s.NewBatch()
	for _, c := range changes {
		if c.Value == nil {
			b.Delete(store.State, []byte(c.Key))
		} else {
			b.Set(store.State, []byte(c.Key), c.Value)
		}
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkTransaction is one transaction of five reads and five writes, kept, in blocks of 500 of a state of 1e5 keys.
func BenchmarkTransaction(b *testing.B) {
	var pairs []string
	for i := range 100_000 {
		pairs = append(pairs, fmt.Sprintf("c/%06d/h", i), strings.Repeat("v", 90))
	}
	s := seeded(b, pairs...)
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = pairs[2*i]
	}
	value := make([]byte, 90)
	var block *stub.Block
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		if n%500 == 0 {
			block = stub.NewBlock(s, "test", 0)
		}
		tx := block.Begin(stub.Call{TxID: "ab", Function: "f", Creator: someone})
		for i := range 5 {
			key := keys[(n*5+i)*7919%len(keys)]
			if _, err := tx.GetState(key); err != nil {
				b.Fatal(err)
			}
			if err := tx.PutState(key, value); err != nil {
				b.Fatal(err)
			}
		}
		tx.Keep()
		if n%500 == 499 {
			_ = block.Changes()
		}
	}
}
