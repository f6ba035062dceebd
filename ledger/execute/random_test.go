package execute_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
)

// Blocks of random operations by everybody, every function of the contracts among
// them, hostile transactions mixed in, hours and days passing. After it the audit
// finds nothing, nobody's worklist has what is over, and the blocks executed on an empty store give the same outcomes
// and the same app hash. A long run: -rapid.checks=2000.
func TestRandomLife(t *testing.T) {
	base, tally := newStage(t, 1), newTally()
	rapid.Check(t, func(rt *rapid.T) {
		x := base.begin(t, tally)
		defer x.end()
		if chance(rt, "near maturity", 3) {
			x.Now = x.Now.Add(83 * 24 * time.Hour)
		}
		x.live(rt, between(rt, "blocks", 15, 60))
	})
	tally.report(t, func(function string) bool { return !isClearing(function) })
}

// The days around payment dates, with mostly those operations that belong there: funds in
// full and short, legs and all that banks can say of them, recourse and guarantees,
// extensions and waivers, orders of courts at any stage.
func TestRandomClearing(t *testing.T) {
	base, tally := newStage(t, 190), newTally() // so many pieces are left to the sweep to divide
	rapid.Check(t, func(rt *rapid.T) {
		x := base.begin(t, tally)
		defer x.end()
		x.actions = clearingActions()
		x.Now = x.Now.Add(83 * 24 * time.Hour)
		x.live(rt, between(rt, "blocks", 20, 50))
	})
	tally.report(t, isClearing)
}

func isClearing(function string) bool { return strings.HasPrefix(function, "clearing:") }

// live lets blocks pass, checks the ledger, and executes it anew.
func (x *life) live(t *rapid.T, blocks int) {
	for range blocks {
		x.block(t)
		if between(t, "audit now", 0, 15) == 0 {
			x.audit(t)
		}
	}
	x.audit(t)
	x.replay(t)
}

// stage is the ledger on which every life begins, closed and ready to be cloned.
type stage struct {
	ledger  *ledgertest.Ledger
	fs      *vfs.MemFS
	trade   map[pair][]record.Digest
	hostile [][]byte
	issued  []string // certificates in force
}

// pair is a buyer and a seller by their short names.
type pair struct{ buyer, seller string }

func firms() []string { return []string{"core", "city", "steel", "bolts", "ore"} }

// newStage is a ledger of four banks and five firms, each of which has invoiced
// each other. One certificate is in so many pieces.
func newStage(t *testing.T, pieces int) *stage {
	t.Helper()
	s := &stage{fs: vfs.NewCrashableMem(), trade: map[pair][]record.Digest{}}
	s.ledger = ledgertest.On(t, s.fs)
	l := s.ledger
	for _, firm := range firms() {
		l.Enrol(firm)
	}
	l.Accounts("bank1", "core", "city") // at three banks, so that most payments have one on each side
	l.Accounts("bank4", "steel", "bolts", "ore")
	l.Accounts("bank2", "bank1", "bank2", "bank3", "bank4")
	for _, buyer := range firms() {
		for _, seller := range firms() {
			if buyer != seller {
				_, invoice := l.Invoice(buyer, seller, buyer+" from "+seller, "5000.00")
				s.trade[pair{buyer, seller}] = []record.Digest{invoice}
			}
		}
		day := l.Now.Date()
		l.Must("bank1/maker", "credit:SetGroup", map[string]any{"id": "group", "cap": "3000.00"})
		l.Must("bank1/maker", "credit:Grant", map[string]any{
			"id": buyer, "debtor": l.IDs[buyer], "group": "group", "limit": "1500.00", "from": day, "to": day.AddDays(300),
		})
	}
	for i, p := range []pair{{"core", "steel"}, {"core", "bolts"}, {"city", "steel"}} {
		s.issued = append(s.issued, l.Issue(p.buyer, p.seller, fmt.Sprint("first ", i), "300.00", i+1))
	}
	s.financed()
	s.mature()
	s.shatter(pieces)
	for _, h := range l.Hostile() {
		if len(h.Raw) < 10_000 { // the large ones cost time and are tried elsewhere
			s.hostile = append(s.hostile, h.Raw)
		}
	}
	if err := l.Store.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

// begin opens a copy of the stage.
func (s *stage) begin(t *testing.T, tally *tally) *life {
	t.Helper()
	l := &ledgertest.Ledger{
		TB: t, Genesis: s.ledger.Genesis, Now: s.ledger.Now, Blocks: slices.Clone(s.ledger.Blocks),
		Keys: maps.Clone(s.ledger.Keys), IDs: maps.Clone(s.ledger.IDs),
	}
	l.Store, l.Gate, l.Executor = ledgertest.Open(t, s.fs.CrashClone(vfs.CrashCloneCfg{}), l.Genesis)
	x := &life{
		Ledger: l, tally: tally, firms: firms(), actions: actions(), names: map[string]string{}, makers: map[string]string{},
		trade: map[pair][]record.Digest{}, opened: map[quoteOf]opened{}, read: map[string]any{}, hostile: s.hostile, serial: 100, certificates: slices.Clone(s.issued), first: len(l.Blocks),
	}
	for alias, id := range l.IDs {
		if alias != "stranger" { // of the hostile corpus: claims to be a bank
			x.names[id] = alias
		}
	}
	for p, list := range s.trade {
		x.trade[p] = slices.Clone(list)
	}
	return x
}

// life is one run: the ledger and what its people know.
type life struct {
	*ledgertest.Ledger
	tally   *tally
	first   int // blocks of the stage
	digests [][]record.Digest
	hostile [][]byte
	sent    [][]byte
	actions []action
	read    map[string]any // lists of records by prefix, as of the last block

	names  map[string]string // short names by member id
	firms  []string
	makers map[string]string // who signs as maker, when not "maker"
	serial int
	trade  map[pair][]record.Digest

	certificates, transfers, pledges, orders, confirmations []string
	references, newcomers                                   []string
	accounts                                                []accountAt
	proposals                                               []proposal
	reviewed                                                []fields           // terms of certificates to be issued
	opened                                                  map[quoteOf]opened // what banks have sealed
}

// end closes the store before the test ends: there are many lives.
func (x *life) end() {
	if err := x.Store.Close(); err != nil {
		x.Error(err)
	}
}

// call is one operation that somebody wants. learn is told its result when it was
// accepted, at once or by a proposal.
type call struct {
	who, function string
	argument      any
	learn         func(result []byte)
}

func (x *life) now() calendar.Instant {
	now, err := x.Gate.LedgerTime(x.Now)
	if err != nil {
		x.Fatal(err)
	}
	return now
}

func (x *life) today() calendar.Date { return x.now().Date() }

// sign makes a transaction that is valid at the ledger's time, which a devnet may
// have moved.
func (x *life) sign(who, function string, argument any) []byte {
	text, err := json.Marshal(argument)
	if err != nil {
		x.Fatal(err)
	}
	return x.SignPayload(who, jws.Payload{
		Network: ledgertest.Network, Function: function, Argument: text, Expires: int64(x.now())/1000 + 600,
	})
}

// block commits a block of a few operations. All are made from the state before
// it, so that some find it changed.
func (x *life) block(t *rapid.T) {
	switch between(t, "time", 0, 11) {
	case 0:
		x.Now = x.Now.Add(time.Duration(between(t, "days", 1, 14)) * 24 * time.Hour)
	case 1, 2:
		x.Now = x.Now.Add(time.Duration(between(t, "hours", 1, 30)) * time.Hour)
	case 3:
		x.untilPayment(t)
	}
	var calls []call
	var txs [][]byte
	for range between(t, "operations", 0, 9) {
		if between(t, "harm", 0, 19) == 0 {
			calls, txs = append(calls, call{function: "hostile"}), append(txs, x.harm(t))
			continue
		}
		c := pick(t, "action", x.actions)(x, t)
		if c.function == "" {
			continue
		}
		raw := x.sign(c.who, c.function, c.argument)
		calls, txs, x.sent = append(calls, c), append(txs, raw), append(x.sent, raw)
	}
	r := x.Block(txs...)
	clear(x.read)
	x.digests = append(x.digests, r.Digests)
	for i, o := range r.Outcomes {
		c := calls[i]
		x.tally.add(c.function, code.Code(o.Code))
		switch code.Code(o.Code) {
		case code.OK:
			if c.learn != nil {
				c.learn(o.Result)
			}
		case code.Internal, code.ContractFault:
			t.Fatalf("%s by %s: %s %s", c.function, c.who, code.Code(o.Code), o.Detail)
		default: // refused
		}
	}
}

// harm is a transaction of the hostile corpus, or one that was sent before.
func (x *life) harm(t *rapid.T) []byte {
	if len(x.sent) > 0 && rapid.Bool().Draw(t, "again") {
		return pick(t, "sent", x.sent)
	}
	return pick(t, "hostile", x.hostile)
}

func (x *life) audit(t *rapid.T) {
	r, err := audit.Check(x.Context(), x.Store, ledgertest.Network, x.Store.Head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		t.Errorf("block %d: %s: %s: %s", r.Height, f.Invariant, f.Subject, f.Detail)
	}
	for _, id := range slices.Sorted(maps.Keys(x.names)) {
		page, err := view.Worklist(x.Store, id, view.Cut{Limit: view.MaxPage})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range page.Items {
			if !x.waits(w) {
				t.Errorf("block %d: %s of %s still waits for %s", r.Height, w.Kind, w.Subject, x.names[id])
			}
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// waits reports whether what an entry of a worklist speaks of is still open.
func (x *life) waits(w view.Work) bool {
	if v := find(x, record.SettlementKey(w.Subject)); v != nil {
		f := find(x, record.FinancingKey(w.Subject))
		return v.State.Live() || v.Kept || v.DisputedAt != 0 || f != nil && f.Duty != 0 && f.Funder == w.Member
	}
	if v := find(x, record.RunKey(w.Subject)); v != nil {
		return v.State != record.RunClosed
	}
	if v := find(x, record.ExtensionKey(w.Subject)); v != nil {
		return !v.Closed
	}
	if v := find(x, record.WaiverKey(w.Subject)); v != nil {
		return v.At == 0
	}
	if v := find(x, record.CertificateKey(w.Subject)); v != nil {
		return v.State == record.Issued
	}
	if v := find(x, record.TransferKey(w.Subject)); v != nil {
		return v.State == record.TransferOffered
	}
	if v := find(x, record.ProposalKey(w.Subject)); v != nil {
		return v.State == record.ProposalOpen
	}
	if v := find(x, record.ConfirmationKey(w.Subject)); v != nil {
		return v.State == record.ConfirmationOpen || v.State == record.ConfirmationOverdue
	}
	member, account, _ := strings.Cut(w.Subject, "/")
	v := find(x, record.AccountKey(member, account))
	return v != nil && v.State == record.AccountProposed
}

// replay executes all blocks on an empty store.
func (x *life) replay(t *rapid.T) {
	s, _, fresh := ledgertest.Open(x.TB, vfs.NewMem(), x.Genesis)
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, b := range x.Blocks {
		r := commit(t, fresh, b)
		if i >= x.first && !slices.Equal(r.Digests, x.digests[i-x.first]) {
			t.Fatalf("block %d has other outcomes when it is executed again", b.Height)
		}
	}
	if got, want := s.Head(), x.Store.Head(); got != want {
		t.Fatalf("replay ends at %d with %x, not at %d with %x", got.Height, got.AppHash, want.Height, want.AppHash)
	}
}

func commit(t rapid.TB, e *execute.Executor, b execute.Block) *execute.Result {
	r, err := e.Execute(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Commit(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// find reads a record of the committed state, nil when there is none.
func find[T any](x *life, key record.Key[T]) *T {
	data, err := x.Store.Get(store.State, []byte(key))
	if err != nil {
		x.Fatal(err)
	}
	if data == nil {
		return nil
	}
	v := new(T)
	if err := record.Decode(data, v); err != nil {
		x.Fatal(err)
	}
	return v
}

// holdings are the live pieces of a certificate.
func (x *life) holdings(certificate string) []record.Holding {
	pieces := all[record.Holding](x, record.HoldingsPrefix(certificate))
	list := make([]record.Holding, len(pieces))
	for i, h := range pieces {
		list[i] = *h
	}
	return list
}

// tally counts what was done over all lives.
type tally struct {
	accepted map[string]int
	refused  map[string]map[code.Code]int
	failed   map[string]int // approved proposals that could not be executed, by code
}

func newTally() *tally {
	return &tally{accepted: map[string]int{}, refused: map[string]map[code.Code]int{}, failed: map[string]int{}}
}

func (y *tally) add(function string, c code.Code) {
	if c == code.OK {
		y.accepted[function]++
		return
	}
	if y.refused[function] == nil {
		y.refused[function] = map[code.Code]int{}
	}
	y.refused[function][c]++
}

// proposed counts what became of the operation that a proposal carried.
func (y *tally) proposed(function string, state record.ProposalState, refusal string) {
	if state == record.ProposalExecuted {
		y.accepted[function]++
	} else if refusal != "" {
		y.failed[refusal]++
	}
}

// report logs the mix and fails when it means little: a run of the usual length
// accepts a good part of the operations, and of the functions that it is about all but a
// few.
func (y *tally) report(t *testing.T, about func(function string) bool) {
	t.Helper()
	all, accepted, codes := 0, 0, map[code.Code]int{}
	var never []string
	for _, f := range chaincode.Functions() {
		sum := y.accepted[f.Name]
		var refused []string
		for _, c := range slices.Sorted(maps.Keys(y.refused[f.Name])) {
			n := y.refused[f.Name][c]
			sum += n
			codes[c] += n
			refused = append(refused, fmt.Sprintf("%s %d", c, n))
		}
		all, accepted = all+sum, accepted+y.accepted[f.Name]
		if y.accepted[f.Name] == 0 && about(f.Name) {
			never = append(never, f.Name)
		}
		t.Logf("%-32s %5d accepted; %s", f.Name, y.accepted[f.Name], strings.Join(refused, ", "))
	}
	t.Logf("%d operations, %d accepted; %d codes of refusal; approved and not executed: %v; hostile: %v", all, accepted, len(codes), y.failed, y.refused["hostile"])
	const meaningful = 5000 // operations; a short run (-short, few checks) says nothing of the mix
	if all < meaningful {
		return
	}
	if accepted*3 < all || len(codes) < 30 {
		t.Errorf("only %d of %d operations were accepted, with %d codes: the mix means little", accepted, all, len(codes))
	}
	const rare = 10 // functions that a run's luck may leave out; more are a fault of the mix
	if len(never) > rare {
		t.Errorf("never accepted: %v", never)
	}
}
