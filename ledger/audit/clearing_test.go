package audit_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// maturity is a ledger in the days after a payment date on which the money fell short,
// and what is under way there.
type maturity struct {
	*dealings
	run       string
	legs      []*record.Settlement // of the first round, as they were computed
	settled   string               // legs: paid
	excessive string               // paid too much
	less      string               // paid in part
	returned  string               // whose money came back, and replaced: by
	replaced  string
	kept      string // whose money came back, and that waits
	accepted  string // that the payer's bank has paid
	live      string // that was instructed
	recourse  string // of bank 1, for what tier 1 sold to it
	late      string // interest that is owed
	extension string
	waiver    string
}

// matures has the payment date come and go: funds for 60 percent, all that banks can say
// of a payment, a call on the seller, an offer to pay later, a waiver.
func matures(t *testing.T) *maturity {
	t.Helper()
	d := dealing(t)
	d.Register("bank3", d.resale)
	d.Pay(d.resale)
	m := &maturity{dealings: d}
	m.run = d.Mature(d.first)
	d.ConfirmFunds("bank3", m.run, 60_000)
	m.legs = d.Legs(m.run)
	for _, s := range m.legs {
		d.Must("bank3/maker", "settlement:Instruct", map[string]any{"id": s.ID})
	}
	m.accepted, m.live, m.settled = m.legs[0].ID, m.legs[1].ID, m.legs[2].ID
	m.excessive, m.less, m.returned, m.kept = m.legs[3].ID, m.legs[4].ID, m.legs[5].ID, m.legs[6].ID
	d.Report(m.accepted, clearing.ReportAccepted)
	d.Report(m.settled, clearing.ReportPaid)
	m.paid(m.excessive, 50)
	m.paid(m.less, -50)
	for _, id := range []string{m.returned, m.kept} {
		d.Report(id, clearing.ReportPaid)
		d.Report(id, clearing.ReportReturned)
	}
	var made clearing.LegResult
	d.Must("bank3/maker", "clearing:Replace", clearing.LegArgument{Leg: m.returned}, &made)
	m.replaced = made.Leg
	d.Now = d.Now.Add(5 * 24 * time.Hour)
	d.later(m)
	return m
}

// paid has the payee's bank say that other money arrived than was to be paid.
func (m *maturity) paid(leg string, more money.Fen) {
	m.Helper()
	in, bank := m.ReportOf(leg, clearing.ReportPaid)
	in.Amount += more
	m.Must(bank+"/maker", "clearing:Report", in)
}

// later is what people do about what the debtor did not provide for.
func (d *dealings) later(m *maturity) {
	d.Helper()
	var called struct{ ID string }
	d.Must("bank1/maker", "clearing:Recourse", clearing.RecoverArgument{Financing: d.sold}, &called)
	m.recourse = called.ID
	var offered struct{ ID string }
	d.Must("core/maker", "clearing:OfferExtension", clearing.ExtendArgument{
		Certificate: d.second, Maturity: d.Now.Date().AddDays(30), Reason: "season", Document: ledgertest.Fingerprint("later"),
	}, &offered)
	m.extension = offered.ID
	open := d.openFen(d.second, "tier2")
	approved := d.Approve("tier2/maker", "clearing:Waive", clearing.WaiveArgument{
		Certificate: d.second, Interval: open, Reason: record.WaiverGoodwill,
	}, "tier2/checker")
	var result struct{ Outcome struct{ ID string } }
	if err := json.Unmarshal(approved.Result, &result); err != nil {
		d.Fatal(err)
	}
	m.waiver = result.Outcome.ID
	d.ConfirmFunds("bank3", m.run, 2_000)
	for _, s := range d.Legs(m.run) {
		if s.Round == 2 {
			d.PayLeg(s.ID)
			m.late = ledgertest.Read(d.Ledger, record.SettlementKey(s.ID)).Then
			return
		}
	}
	d.Fatal("the second round has no legs")
}

// openFen are the last fen of a holding of an owner's that are owed, and free.
func (d *dealings) openFen(certificate, owner string) (open interval.Interval) {
	d.Helper()
	prefix := record.HoldingsPrefix(certificate)
	err := d.Store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, v []byte) (bool, error) {
		var h record.Holding
		err := record.Decode(v, &h)
		from := h.Interval.From
		for _, lock := range h.Locks {
			from = max(from, lock.Interval.To+1)
		}
		if h.Owner == d.IDs[owner] && h.Redeemed == 0 && from <= h.Interval.To {
			open = interval.Of(from, h.Interval.To)
		}
		return open.IsZero(), err
	})
	if err != nil || open.IsZero() {
		d.Fatalf("nothing of %s is owed to %s: %v", certificate, owner, err)
	}
	return open
}

func TestDaysOfClearingAreClean(t *testing.T) {
	m := matures(t)
	r := clean(t, m.Ledger, "after the money fell short")
	run := ledgertest.Read(m.Ledger, record.RunKey(m.run))
	if r.Runs != 1 || r.Legs != len(m.Legs(m.run)) || r.Paid != run.Tally.Paid || r.Overdue != run.Tally.Wanted() || r.Overpaid != 50 {
		t.Errorf("the report counts %+v, the run is %+v", r, run)
	}
	m.Must("bank3/maker", "clearing:Drop", clearing.DropArgument{Leg: m.kept, Reason: "the account has gone"})
	clean(t, m.Ledger, "after a payment that came back was given up")
	m.Pay(m.recourse)
	clean(t, m.Ledger, "after the seller paid")
	m.Must("tier2/maker", "clearing:AcceptExtension", clearing.AcceptExtensionArgument{ID: m.extension, Interval: m.openFen(m.second, "tier2")})
	clean(t, m.Ledger, "after fen were extended")
	m.Must("bank3/maker", "clearing:Report", m.rejected(m.live))
	m.Must("bank3/maker", "clearing:Replace", clearing.LegArgument{Leg: m.live})
	m.Must("bank3/maker", "clearing:Report", m.rejected(m.accepted))
	clean(t, m.Ledger, "after payments were rejected")
	m.Must("bank3/maker", "settlement:Advise", m.AdviceOf(m.instructed, "arrived"))
	clean(t, m.Ledger, "after a bank paid for fen that were due meanwhile")
	m.Pay(m.late)
	m.payAll(t)
	clean(t, m.Ledger, "after all that can be paid now was paid")
	m.Mature(m.second)
	m.Now = m.Now.Add(40 * 24 * time.Hour)
	m.Block()
	clean(t, m.Ledger, "when the extended day has passed")
}

func (m *maturity) rejected(leg string) clearing.ReportArgument {
	in, _ := m.ReportOf(leg, clearing.ReportRejected)
	in.Reference = ""
	return in
}

// payAll has the debtor provide for all of its run, and pays every leg.
func (m *maturity) payAll(t *testing.T) {
	t.Helper()
	if open := ledgertest.Read(m.Ledger, record.RunKey(m.run)).Tally.Open; open > 0 {
		m.ConfirmFunds("bank3", m.run, open)
	}
	for _, s := range m.Legs(m.run) {
		if s.Kept {
			m.Must("bank3/maker", "clearing:Replace", clearing.LegArgument{Leg: s.ID})
		}
	}
	for _, s := range m.Legs(m.run) {
		switch s.State {
		case record.SettlementAgreed:
			m.PayLeg(s.ID)
		case record.SettlementInstructed, record.SettlementAccepted:
			m.Report(s.ID, clearing.ReportPaid)
		default: // over
		}
	}
	if run := ledgertest.Read(m.Ledger, record.RunKey(m.run)); run.State != record.RunClosed {
		t.Errorf("the run is %s: %+v", run.State, run.Tally)
	}
}

// A run of one certificate in many pieces is divided over several blocks; in between
// the check knows how far it has come.
func TestADivisionUnderWayIsClean(t *testing.T) {
	l, run := pieces(t)
	l.Must("bank3/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{Run: run, Account: ledgertest.AccountID, Amount: 333_333})
	if r := ledgertest.Read(l, record.RunKey(run)); r.State != record.RunDividing {
		t.Fatalf("the run is %s after its first step", r.State)
	}
	clean(t, l, "while funds are divided")
	change(record.RunKey(run), func(r *record.Run) { r.State = record.RunOpen })(t, l)
	for _, i := range []audit.Invariant{audit.Clearing, audit.Queue} {
		if r := check(t, l); !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return f.Invariant == i }) {
			t.Errorf("%s: not found that a division under way is not continued: %v", i, r.Findings)
		}
	}
}

// pieces is a ledger with a run of three certificates in 150 pieces each.
func pieces(t *testing.T) (*ledgertest.Ledger, string) {
	t.Helper()
	l := ledgertest.New(t)
	l.Enrol("core")
	l.Enrol("tier1")
	l.Accounts("bank3", "core", "tier1")
	var certificate string
	for i := range 3 {
		certificate = l.Issue("core", "tier1", strings.Repeat("many", i+1), "2000.00", i+1)
		for j := range 2 {
			whole := ledgertest.Read(l, record.HoldingKey(certificate, 1))
			l.Must("tier1/maker", "certificate:Split", map[string]any{
				"certificate": certificate, "holding": 1, "version": j + 1, "interval": whole.Interval,
				"amounts": slices.Repeat([]money.Fen{1_000}, 75),
			})
		}
	}
	return l, l.Mature(certificate)
}

type clearingFault struct {
	invariant audit.Invariant
	name      string
	plant     func(t *testing.T, m *maturity)
}

// alter makes a fault of a change to one record.
func alter[T any](key func(*maturity) record.Key[T], change1 func(*T)) func(*testing.T, *maturity) {
	return func(t *testing.T, m *maturity) {
		t.Helper()
		change(key(m), change1)(t, m.Ledger)
	}
}

// lose makes a fault of the first record under a prefix that is gone.
func lose(prefix func(*maturity) string) func(*testing.T, *maturity) {
	return func(t *testing.T, m *maturity) {
		t.Helper()
		key, _ := first(t, m.Ledger, store.State, prefix(m))
		write(t, m.Ledger, func(b *store.Batch) { b.Delete(store.State, key) })
	}
}

func theRun(m *maturity) record.Key[record.Run] { return record.RunKey(m.run) }

func theFirst(m *maturity) record.Key[record.Certificate] { return record.CertificateKey(m.first) }

func theRound(m *maturity) record.Key[record.Round] { return record.RoundKey(m.run, 1) }

func theSold(m *maturity) record.Key[record.Financing] { return record.FinancingKey(m.sold) }

func a(id func(*maturity) string) func(*maturity) record.Key[record.Settlement] {
	return func(m *maturity) record.Key[record.Settlement] { return record.SettlementKey(id(m)) }
}

// under is the first holding on which a lock of a kind rests.
func under(kind record.LockKind) func(*maturity) record.Key[record.Holding] {
	return func(m *maturity) (found record.Key[record.Holding]) {
		err := m.Store.Scan(store.State, []byte("certificate/"), []byte("certificate0"), func(k, v []byte) (bool, error) {
			var h record.Holding
			if strings.Contains(string(k), "/holding/") && record.Decode(v, &h) == nil &&
				slices.ContainsFunc(h.Locks, func(l record.Lock) bool { return l.Kind == kind }) {
				found = record.Key[record.Holding](k)
				return false, nil
			}
			return true, nil
		})
		if err != nil || found == "" {
			m.Fatalf("no lock %s: %v", kind, err)
		}
		return found
	}
}

func clearingFaults() []clearingFault {
	settled := a(func(m *maturity) string { return m.settled })
	less := a(func(m *maturity) string { return m.less })
	return []clearingFault{
		{audit.Clearing, "a run that owes less", alter(theRun, func(r *record.Run) { r.Tally.Open-- })},
		{audit.Clearing, "a payment that a run counts as kept", alter(theRun, func(r *record.Run) {
			r.Tally.Live, r.Tally.Returned = r.Tally.Live-1, r.Tally.Returned+1
		})},
		{audit.Clearing, "a run that is closed too early", alter(theRun, func(r *record.Run) { r.State, r.ClosedAt = record.RunClosed, 1 })},
		{audit.Clearing, "a run that is gone", lose(func(m *maturity) string { return string(theRun(m)) })},
		{audit.Clearing, "a certificate that its run does not clear", lose(func(m *maturity) string { return record.EntriesPrefix(m.run) })},
		{audit.Clearing, "a certificate that is not due", func(t *testing.T, m *maturity) {
			t.Helper()
			write(t, m.Ledger, func(b *store.Batch) {
				b.Set(store.State, []byte(record.EntryKey(m.run, "other")), record.Encode(&record.Marker{}))
			})
		}},
		{audit.Clearing, "a debtor who could issue again", lose(func(m *maturity) string { return record.UnpaidPrefix(m.IDs["core"]) })},
		{audit.Clearing, "a debtor stopped for nothing", func(t *testing.T, m *maturity) {
			t.Helper()
			write(t, m.Ledger, func(b *store.Batch) {
				b.Set(store.State, []byte(record.UnpaidKey(m.IDs["core"], m.Now.Date())), record.Encode(&record.Marker{}))
			})
		}},
		{audit.Clearing, "a round that gave more than its legs", alter(theRound, func(r *record.Round) { r.Given++ })},
		{audit.Clearing, "a round of more funds than it gave", alter(theRound, func(r *record.Round) { r.Funds++ })},
		{audit.Clearing, "a round that is not done", alter(theRound, func(r *record.Round) { r.Done = false })},
		{audit.Clearing, "a round that is gone", lose(func(m *maturity) string { return record.RoundsPrefix(m.run) })},
		{audit.Clearing, "a leg of another round", alter(settled, func(s *record.Settlement) { s.Round = 9 })},
		{audit.Clearing, "fen that wait for a later day", alter(theFirst, func(c *record.Certificate) { c.Extended++ })},
		{audit.Clearing, "a leg whose fen are free", alter(under(record.LockClearing), func(h *record.Holding) { h.Locks = nil })},
		{audit.Locks, "a leg that holds no fen", alter(under(record.LockClearing), func(h *record.Holding) { h.Locks = nil })},
		{audit.Locks, "a payment that came back, whose fen are free", alter(under(record.LockReturned), func(h *record.Holding) { h.Locks = nil })},
		{audit.Locks, "a recourse that holds no fen", alter(under(record.LockRecourse), func(h *record.Holding) { h.Locks = nil })},
		{audit.Locks, "a leg that was given up, whose fen are kept", alter(a(func(m *maturity) string { return m.kept }), func(s *record.Settlement) { s.Kept = false })},
		{audit.Identity, "a discount that nobody gave", alter(theFirst, func(c *record.Certificate) { c.Discount++ })},
		{audit.Identity, "a payment that a certificate does not know", alter(a(func(m *maturity) string { return m.live }), func(s *record.Settlement) {
			s.State = record.SettlementSettled
		})},
		{audit.Identity, "interest that did not accrue", alter(a(func(m *maturity) string { return m.late }), func(s *record.Settlement) { s.Amount++ })},
		{audit.Identity, "interest that was not paid", alter(theFirst, func(c *record.Certificate) { c.Interest++ })},
		{audit.Identity, "a waiver of more", alter(func(m *maturity) record.Key[record.Waiver] { return record.WaiverKey(m.waiver) }, func(v *record.Waiver) { v.Amount++ })},
		{audit.Identity, "an excess that nobody gives back", alter(a(func(m *maturity) string { return m.excessive }), func(s *record.Settlement) { s.Excess++ })},
		{audit.Cleared, "a bank that got more", alter(theSold, func(f *record.Financing) { f.Cleared++ })},
		{audit.Cleared, "fen of a bank that were not paid", alter(theSold, func(f *record.Financing) { f.ClearedFen++ })},
		{audit.Cleared, "a guarantee that nobody called", alter(theSold, func(f *record.Financing) { f.Guaranteed++ })},
		{audit.Cleared, "a pledgee that got more", func(t *testing.T, m *maturity) {
			t.Helper()
			write(t, m.Ledger, func(b *store.Batch) {
				p := &record.Pledge{ID: "p", State: record.PledgeReleased, Cleared: 1}
				b.Set(store.State, []byte(record.PledgeKey("p")), record.Encode(p))
			})
		}},
		{audit.Pooling, "a payment to the payer", alter(settled, func(s *record.Settlement) {
			s.Payee, s.PayeeAccount, s.PayeeBank = s.Payer, s.PayerAccount, s.PayerBank
		})},
		{audit.Pooling, "a payment to no account", alter(settled, func(s *record.Settlement) { s.PayeeAccount = "" })},
		{audit.Pooling, "a payment through another bank", alter(settled, func(s *record.Settlement) { s.PayerBank = s.Payee })},
		{audit.Advices, "more that arrived than the bank said", alter(a(func(m *maturity) string { return m.excessive }), func(s *record.Settlement) { s.Excess-- })},
		{audit.Advices, "a payment that came back without a word", alter(settled, func(s *record.Settlement) {
			s.State, s.Kept = record.SettlementReturned, true
		})},
		{audit.Advices, "a payment of which more was instructed", alter(a(func(m *maturity) string { return m.accepted }), func(s *record.Settlement) { s.Ordered = s.Amount + 1 })},
		{audit.Payments, "a leg that redeemed other fen", alter(less, func(s *record.Settlement) { s.Legs[0].Interval.To-- })},
		{audit.Payments, "a payment that did not come back", alter(a(func(m *maturity) string { return m.returned }), func(s *record.Settlement) {
			s.State = record.SettlementSettled
		})},
		{audit.Redemption, "fen that are owed after they were paid", alter(under(record.LockReturned), func(h *record.Holding) { h.Redeemed = 1 })},
		{audit.Queue, "an offer to pay later without an end", func(t *testing.T, m *maturity) {
			t.Helper()
			due(record.DueExtension)(t, m.dealings)
		}},
		{audit.Queue, "a step of a division that is none", func(t *testing.T, m *maturity) {
			t.Helper()
			entry := &record.Due{At: m.Now, Kind: record.DueRound, ID: m.run}
			write(t, m.Ledger, func(b *store.Batch) {
				b.Set(store.State, []byte(record.DueKey(entry.At, entry.Kind, entry.ID)), record.Encode(entry))
			})
		}},
		{audit.Agreements, "a waiver that the creditor did not sign", alter(func(m *maturity) record.Key[record.Waiver] {
			return record.WaiverKey(m.waiver)
		}, func(v *record.Waiver) { v.Signed.Member = v.Debtor })},
		{audit.Agreements, "fen extended without the owner's word", alter(func(m *maturity) record.Key[record.Extension] {
			return record.ExtensionKey(m.extension)
		}, func(x *record.Extension) {
			x.Parts = append(x.Parts, record.ExtensionPart{Made: 1, Owner: record.Consent{Member: x.Debtor}})
		})},
		{audit.Agreements, "a recourse of which the financing does not know", alter(theSold, func(f *record.Financing) { f.Live = "" })},
		{audit.Encoding, "a run of another day", alter(theRun, func(r *record.Run) { r.Payment++ })},
		{audit.Links, "a round from an account that is not there", alter(theRound, func(r *record.Round) { r.Account = "none" })},
		{audit.Links, "a waiver by nobody", alter(func(m *maturity) record.Key[record.Waiver] { return record.WaiverKey(m.waiver) }, func(v *record.Waiver) {
			v.Creditor, v.Signed.Member = "nobody", "nobody"
		})},
		{audit.Links, "an answer that is gone", func(t *testing.T, m *maturity) {
			t.Helper()
			alert := ledgertest.Fingerprint("alert")
			for range 2 {
				m.Must("bank1/maker", "alert:Answer", map[string]any{"alert": alert, "state": "explained", "reason": "known"})
			}
			clean(t, m.Ledger, "after two answers")
			lose(func(*maturity) string { return record.AlertsPrefix(alert) })(t, m)
		}},
		{audit.Links, "a chosen account that is not there", func(t *testing.T, m *maturity) {
			t.Helper()
			m.Account("tier1", "other", "bank1")
			m.Approve("tier1/maker", "member:ChooseAccount", map[string]any{"account": "other"}, "tier1/checker")
			clean(t, m.Ledger, "after an account was chosen")
			change(record.PayeeKey(m.IDs["tier1"]), func(p *record.PayeeChoice) { p.Account = "none" })(t, m.Ledger)
		}},
	}
}

// Each fault is planted alone, as in TestEachInvariantFindsItsFault.
func TestEachInvariantOfClearingFindsItsFault(t *testing.T) {
	for _, f := range clearingFaults() {
		t.Run(string(f.invariant)+"/"+f.name, func(t *testing.T) {
			m := matures(t)
			f.plant(t, m)
			r := check(t, m.Ledger)
			if !slices.ContainsFunc(r.Findings, func(g audit.Finding) bool { return g.Invariant == f.invariant }) {
				t.Errorf("not found; the report has %+v", r.Findings)
			}
		})
	}
}

// Before the day, every certificate in force is to enter its run and its debtor to be
// told twice.
func TestWhatWaitsForItsDayIsQueued(t *testing.T) {
	for _, kind := range []record.DueKind{record.DueClearing, record.DueReminder} {
		d := dealing(t)
		due(kind)(t, d)
		if r := check(t, d.Ledger); !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return f.Invariant == audit.Queue }) {
			t.Errorf("kind %d: not found; the report has %+v", kind, r.Findings)
		}
	}
}
