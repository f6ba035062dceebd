package world_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

var errRefused = errors.New("refused")

func key(name string) record.Key[record.Reference] {
	return record.Key[record.Reference]("reference/" + name)
}

// model is what a World should be: a map, copied at each savepoint.
type model map[string]string

func (m model) between(start, end string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k >= start && (end == "" || k < end) {
			out = append(out, k+"="+m[k])
		}
	}
	return out
}

// step does random writes, reads and savepoints on both and compares.
func step(t *rapid.T, w *world.World, m model, depth int) {
	names := rapid.StringMatching(`[a-e]{1,2}`)
	for range rapid.IntRange(0, 8).Draw(t, "steps") {
		name := names.Draw(t, "name")
		k := string(key(name))
		switch rapid.IntRange(0, 6).Draw(t, "step") {
		case 0, 1:
			value := rapid.StringMatching(`[x-z]`).Draw(t, "value")
			world.Put(w, key(name), &record.Reference{Certificate: value})
			m[k] = value
		case 2:
			world.Delete(w, key(name))
			delete(m, k)
		case 3:
			compareFind(t, w, m, name)
		case 4:
			compareScan(t, w, m, string(key(names.Draw(t, "start"))), string(key(names.Draw(t, "end"))))
		case 5, 6:
			if depth < 3 {
				savepoint(t, w, m, depth)
			}
		}
	}
}

func savepoint(t *rapid.T, w *world.World, m model, depth int) {
	before := maps.Clone(m)
	inside := maps.Clone(m)
	fails := rapid.Bool().Draw(t, "fails")
	run := func() error {
		step(t, w, inside, depth+1)
		if fails {
			return errRefused
		}
		return nil
	}
	rehearse := rapid.Bool().Draw(t, "rehearse")
	var err error
	if rehearse {
		err = w.Rehearse(run)
	} else {
		err = w.Try(run)
	}
	if (err != nil) != fails {
		t.Fatalf("a savepoint that fails %t gave %v", fails, err)
	}
	maps.DeleteFunc(m, func(string, string) bool { return true })
	if fails || rehearse {
		maps.Copy(m, before)
	} else {
		maps.Copy(m, inside)
	}
}

func compareFind(t *rapid.T, w *world.World, m model, name string) {
	got, err := world.Find(w, key(name))
	if err != nil {
		t.Fatal(err)
	}
	want, ok := m[string(key(name))]
	if ok != (got != nil) || ok && got.Certificate != want {
		t.Fatalf("%s is %v, want %q", name, got, want)
	}
	if exists, err := world.Exists(w, key(name)); err != nil || exists != ok {
		t.Fatalf("%s exists %t, %v, want %t", name, exists, err, ok)
	}
	if _, err := world.Load(w, key(name), "reference", name); ok != (err == nil) || !ok && !code.NotFound.Is(err) {
		t.Fatalf("load %s: %v", name, err)
	}
}

func compareScan(t *rapid.T, w *world.World, m model, start, end string) {
	want := m.between(start, end)
	most := rapid.IntRange(1, 6).Draw(t, "most")
	if len(want) > most {
		want = want[:most]
	}
	var got []string
	err := world.Scan(w, start, end, func(k string, v *record.Reference) (bool, error) {
		got = append(got, k+"="+v.Certificate)
		return len(got) < most, nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("scan [%s, %s) gave %v, %v, want %v", start, end, got, err, want)
	}
}

// A World reads its own writes through any nesting of savepoints, and flushes
// exactly what the model holds.
func TestWorldIsAMapWithSavepoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		backend, m := world.NewMemory(), model{}
		for range rapid.IntRange(1, 4).Draw(t, "transactions") {
			w := world.New(backend, world.Call{})
			step(t, w, m, 0)
			compareScan(t, w, m, "reference/", "")
			if _, err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			var got []string
			err := backend.Scan("", "", func(k string, data []byte) (bool, error) {
				var v record.Reference
				if err := record.Decode(data, &v); err != nil {
					return false, err
				}
				got = append(got, k+"="+v.Certificate)
				return true, nil
			})
			if err != nil || !slices.Equal(got, m.between("", "")) {
				t.Fatalf("flushed %v, %v, want %v", got, err, m.between("", ""))
			}
		}
	})
}

// What the rules said survives a refusal; what was written and told does not.
func TestARefusalIsExplained(t *testing.T) {
	w := world.New(world.NewMemory(), world.Call{})
	err := w.Try(func() error {
		w.Notify(record.NoticeOf{Kind: record.CertificateIssued})
		w.ReportMove(record.Move{})
		w.Passed(3, record.DefaultStop)
		return w.Refused(3, record.TermMax, code.TermTooLong.New("13 months"))
	})
	if refusal := code.Of(err); refusal == nil || refusal.Rule != "TERM-MAX" {
		t.Fatalf("%v", err)
	}
	err = w.Rehearse(func() error { w.Flagged(3, record.Days60, "paid %d days late", 4); return nil })
	if err != nil {
		t.Fatal(err)
	}
	want := record.Decision{
		Pack: 3, Evaluated: 1<<record.DefaultStop | 1<<record.TermMax | 1<<record.Days60, Failed: 1 << record.TermMax, Flagged: 1 << record.Days60,
		Inputs: []record.RuleInput{{Rule: record.TermMax, Facts: "13 months"}, {Rule: record.Days60, Facts: "paid 4 days late"}},
	}
	if got := w.Decision(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("decision %v, want %v", got, want)
	}
	effects, err := w.Flush()
	if err != nil || len(effects.Notices)+len(effects.Moves) != 0 || effects.Decision.Failed != 1<<record.TermMax {
		t.Errorf("effects %+v, %v", effects, err)
	}
}

func TestEffectsComeInOrder(t *testing.T) {
	w := world.New(world.NewMemory(), world.Call{})
	tell := func(subject string) { w.Notify(record.NoticeOf{Subject: subject}) }
	tell("1")
	_ = w.Try(func() error {
		tell("2")
		_ = w.Try(func() error { tell("no"); return errRefused })
		tell("3")
		return nil
	})
	w.ReportCertificate(record.CertificateRow{Number: "C"})
	w.ReportHolding(record.HoldingRow{ID: 1})
	effects, err := w.Flush()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range effects.Notices {
		got = append(got, n.Subject)
	}
	if strings.Join(got, "") != "123" || len(effects.Certificates) != 1 || len(effects.Holdings) != 1 {
		t.Errorf("effects %+v", effects)
	}
}

func TestIdsFollowFromTheTransaction(t *testing.T) {
	a := world.New(world.NewMemory(), world.Call{TxID: "a"})
	again := world.New(world.NewMemory(), world.Call{TxID: "a"})
	b := world.New(world.NewMemory(), world.Call{TxID: "b"})
	seen := map[string]bool{}
	for range 100 {
		id := a.NewID()
		if len(id) != 16 || id != again.NewID() || seen[id] || id == b.NewID() {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

func TestActorIsRestored(t *testing.T) {
	maker := world.Actor{Person: world.Person{Member: "M", Person: "maker"}}
	w := world.New(world.NewMemory(), world.Call{Actor: maker})
	err := w.As(world.Actor{System: true}, func() error {
		if !w.Actor().System {
			t.Error("not the other actor")
		}
		return errRefused
	})
	if !errors.Is(err, errRefused) || w.Actor().System || w.Actor().Person.Person != "maker" {
		t.Errorf("%v, actor %+v", err, w.Actor())
	}
}

func TestPackInForce(t *testing.T) {
	backend := world.NewMemory()
	at := func(day calendar.Date) *world.World { return world.New(backend, world.Call{Now: day.Start()}) }
	w := at(100)
	if _, err := w.Pack(); !code.RulePackUnknown.Is(err) {
		t.Errorf("no pack: %v", err)
	}
	for i, day := range []calendar.Date{90, 100, 110, 110} {
		world.Put(w, record.PackKey(uint32(i+1)), &record.Pack{Ordinal: uint32(i + 1), Effective: day})
	}
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	for day, want := range map[calendar.Date]uint32{90: 1, 99: 1, 100: 2, 109: 2, 110: 4, 5000: 4} {
		if p, err := at(day).Pack(); err != nil || p.Ordinal != want {
			t.Errorf("on day %d pack %+v, %v, want %d", day, p, err, want)
		}
	}
	if _, err := at(89).Pack(); !code.RulePackUnknown.Is(err) {
		t.Errorf("before the first pack: %v", err)
	}
}

func TestTheDueQueueIsInOrderOfTime(t *testing.T) {
	w := world.New(world.NewMemory(), world.Call{})
	for _, at := range []calendar.Instant{5, 1, 1000, 999, 20} {
		w.AddDue(at, record.DueTransfer, "x")
	}
	w.RemoveDue(5, record.DueTransfer, "x")
	var got []calendar.Instant
	err := world.Scan(w, record.DuePrefix(), record.DueEnd(999), func(_ string, d *record.Due) (bool, error) {
		got = append(got, d.At)
		return true, nil
	})
	if err != nil || !slices.Equal(got, []calendar.Instant{1, 20, 999}) {
		t.Errorf("due by 999: %v, %v", got, err)
	}
}

// failing is a backend whose disk is broken.
type failing struct{ *world.Memory }

func (failing) Get(string) ([]byte, error) { return nil, errRefused }
func (failing) Put(string, []byte) error   { return errRefused }
func (failing) Scan(string, string, func(string, []byte) (bool, error)) error {
	return errRefused
}

func TestAFaultOfStorageIsNoRefusal(t *testing.T) {
	w := world.New(failing{world.NewMemory()}, world.Call{})
	_, find := world.Find(w, key("a"))
	_, load := world.Load(w, key("a"), "reference", "a")
	_, exists := world.Exists(w, key("a"))
	scan := world.Scan(w, "", "", func(string, *record.Reference) (bool, error) { return true, nil })
	world.Put(w, key("a"), &record.Reference{})
	_, flush := w.Flush()
	for _, err := range []error{find, load, exists, scan, flush} {
		if !errors.Is(err, errRefused) || code.Of(err) != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestBadBytesAreAFault(t *testing.T) {
	backend := world.NewMemory()
	_ = backend.Put(string(key("a")), []byte("rubbish"))
	w := world.New(backend, world.Call{})
	if _, err := world.Find(w, key("a")); err == nil || code.Of(err) != nil {
		t.Errorf("find: %v", err)
	}
	err := world.Scan(w, "", "", func(string, *record.Reference) (bool, error) { return true, nil })
	if err == nil || code.Of(err) != nil {
		t.Errorf("scan: %v", err)
	}
}

func TestFlushInsideASavepointPanics(t *testing.T) {
	w := world.New(world.NewMemory(), world.Call{})
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	_ = w.Try(func() error { _, err := w.Flush(); return err })
}
