package certificate_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// TestLockTable: the table that people read and the answer that contracts ask for
// are the same for every kind of lock and every operation.
func TestLockTable(t *testing.T) {
	table := certificate.LockTable()
	for kind := record.LockProposal; kind <= record.LockReturned; kind++ {
		rule := table[kind-1]
		if rule.Kind != kind {
			t.Fatalf("row %d is of %s", kind, rule.Kind)
		}
		for _, operation := range certificate.Operations() {
			if operation.String() == "" {
				t.Errorf("operation %d has no name", operation)
			}
			if got := certificate.Stops(kind, operation); got != slices.Contains(rule.Stops, operation) {
				t.Errorf("%s stops %s: %v, the table says otherwise", kind, operation, got)
			}
		}
	}
	if len(table) != int(record.LockReturned) || certificate.Operation(200).String() != "" {
		t.Error("the table has more rows than there are kinds")
	}
}

// TestEveryLockStopsWhatItShould places each kind of lock on a holding as another
// package would, and tries every operation on it.
func TestEveryLockStopsWhatItShould(t *testing.T) {
	c := newChain(t)
	c.trade(t, "CORE", "STEEL", "i1", 1<<40)
	c.trade(t, "STEEL", "BOLTS", "b1", 1<<40)
	number := issueTo(t, c, 1, 1000)
	for kind := record.LockProposal; kind <= record.LockReturned; kind++ {
		for _, operation := range certificate.Operations() {
			switch operation {
			case certificate.OpAccept, certificate.OpRelease, certificate.OpDisburse, certificate.OpClear, certificate.OpRecover:
				continue // below
			default:
			}
			try := &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
			place(t, try, number, kind)
			checkStopped(t, kind, operation, operate(try, number, operation))
		}
		try := &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
		offer, err := offerTo(try, number)
		if err != nil {
			t.Fatal(err)
		}
		place(t, try, number, kind)
		_, err = run(try, alone("BOLTS/maker"), certificate.AcceptTransfer, certificate.OfferArgument{ID: offer})
		checkStopped(t, kind, certificate.OpAccept, err)

		try = &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
		pledge, err := pledgeTo(try, number)
		if err != nil {
			t.Fatal(err)
		}
		place(t, try, number, kind)
		_, err = run(try, alone("HANGZHOU/maker"), certificate.ReleasePledge, certificate.PledgeIDArgument{ID: pledge})
		checkStopped(t, kind, certificate.OpRelease, err)

		try = &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
		if err := engage(try, number); err != nil {
			t.Fatal(err)
		}
		place(t, try, number, kind)
		_, err = run(try, alone("HANGZHOU/maker"), func(w *world.World, legs []record.Leg) (struct{}, error) {
			return struct{}{}, certificate.Bind(w, legs, "mine", certificate.OpDisburse, "")
		}, engaged(number))
		checkStopped(t, kind, certificate.OpDisburse, err)

		for _, operation := range []certificate.Operation{certificate.OpClear, certificate.OpRecover} {
			try = &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
			mature(t, try, number)
			place(t, try, number, kind)
			_, err := run(try, alone("HANGZHOU/maker"), certificate.Engage, certificate.Engagement{
				Owner: membertest.ID("STEEL"), Legs: engaged(number), Order: "mine", Operation: operation,
			})
			checkStopped(t, kind, operation, err)
		}
	}
}

// mature begins the payment date of a certificate and enters it into its run.
func mature(t *testing.T, c *chain, number string) {
	t.Helper()
	payment := look(c, func(w *world.World) (*record.Certificate, error) { return certificate.Get(w, number) }).Payment
	c.Now = payment.Start()
	if _, err := c.Do("", func(w *world.World) error {
		_, err := certificate.Enter(w, number, payment)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// engage locks fen for a financing of STEEL's.
func engage(c *chain, number string) error {
	_, err := run(c, alone("STEEL/maker"), certificate.Engage, certificate.Engagement{
		Owner: membertest.ID("STEEL"), Legs: engaged(number), Order: "mine", Operation: certificate.OpFinance,
	})
	return err
}

func engaged(number string) []record.Leg {
	return []record.Leg{{Certificate: number, Holding: 1, Version: 1, Interval: firstLeg}}
}

// TestACourtEndsAFinancing: a financing of which nothing was instructed stops
// neither a court's transfer nor a succession. They end it whole, also on the fen
// that they do not move, and say so.
func TestACourtEndsAFinancing(t *testing.T) {
	c := newChain(t)
	c.trade(t, "CORE", "STEEL", "i1", 1<<40)
	number := issueTo(t, c, 1, 1000)
	place(t, c, number, record.LockFinancing)
	order := signer{person: "HANGZHOU/maker", quorum: record.QuorumInstitution, approvers: []string{"AUDIT"}}
	for name, move := range map[string]func(*chain) (certificate.OrderResult, error){
		"court": func(c *chain) (certificate.OrderResult, error) {
			return run(c, order, certificate.JudicialTransfer, certificate.JudicialTransferArgument{
				Authority: "a", Docket: "d", Document: digest("d"), Target: membertest.ID("STEEL"),
				Receiver: membertest.ID("ORE"), Certificate: number, Interval: firstLeg,
			})
		},
		"succession": func(c *chain) (certificate.OrderResult, error) {
			return run(c, order, certificate.Succession, certificate.SuccessionArgument{
				Authority: "a", Docket: "d", Document: digest("d"), Target: membertest.ID("STEEL"),
				Receiver: membertest.ID("ORE"), Certificates: []string{number},
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			try := &chain{Network: &membertest.Network{Memory: c.Memory.Clone(), Now: c.Now}}
			out, err := move(try)
			if err != nil || !slices.Equal(out.Ended, []string{"other"}) {
				t.Fatalf("ended %v, %v", out.Ended, err)
			}
			s := look(try, func(w *world.World) (*record.Settlement, error) {
				return world.Load(w, record.SettlementKey("other"), "settlement", "other")
			})
			if s.State != record.SettlementCancelled || s.EndedAt != try.Now || s.Reason != "order "+out.ID {
				t.Errorf("the settlement is %s since %s, because of %q", s.State, s.EndedAt, s.Reason)
			}
			list := look(try, func(w *world.World) ([]record.Holding, error) { return certificate.Holdings(w, number) })
			for _, h := range list {
				if len(h.Locks) > 0 {
					t.Errorf("holding %d on %s still has %v", h.ID, h.Interval, h.Locks)
				}
			}
			due := look(try, func(w *world.World) (bool, error) {
				return world.Exists(w, record.DueKey(c.Now+1000, record.DueSettlement, "other"))
			})
			if due {
				t.Error("it still waits to lapse")
			}
		})
	}
}

func checkStopped(t *testing.T, kind record.LockKind, operation certificate.Operation, err error) {
	t.Helper()
	want := code.HoldingLocked
	if kind == record.LockFreeze {
		want = code.Frozen
	}
	switch {
	case !certificate.Stops(kind, operation) && err != nil:
		t.Errorf("%s under %s: %v", operation, kind, err)
	case certificate.Stops(kind, operation) && !want.Is(err):
		t.Errorf("%s under %s: got %v, want %s", operation, kind, err, want)
	}
}

// issueTo issues CORE's n-th certificate to STEEL, who accepts it.
func issueTo(t testing.TB, c *chain, n int, face money.Fen) string {
	t.Helper()
	in := certificate.IssueArgument{
		Number: certNumber("CORE", c.Now.Date(), n), Creditor: membertest.ID("STEEL"), Face: face,
		Maturity: c.Now.Date().AddMonths(6), Currency: "CNY", Reference: certNumber("CORE", c.Now.Date(), n),
		Contract:    contractOf("CORE", "STEEL"),
		Allocations: []record.Allocation{{Invoice: digest("i1"), Amount: face}},
	}
	if _, err := run(c, alone("CORE/maker"), certificate.Issue, in); err != nil {
		t.Fatal(err)
	}
	accept := certificate.CertificateArgument{Certificate: in.Number}
	if _, err := run(c, alone("STEEL/maker"), certificate.Accept, accept); err != nil {
		t.Fatal(err)
	}
	return in.Number
}

// place puts a lock of the kind on fen 1-500 of holding 1.
func place(t *testing.T, c *chain, number string, kind record.LockKind) {
	t.Helper()
	w := c.World(world.Actor{System: true})
	h, err := world.Find(w, record.HoldingKey(number, 1))
	if err != nil {
		t.Fatal(err)
	}
	h.Locks = append(h.Locks, record.Lock{Kind: kind, Interval: interval.Of(1, 500), Order: behind(t, c, number, kind)})
	world.Put(w, record.HoldingKey(number, 1), h)
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// behind is the id of what a lock of the kind stands for. An offer and a
// settlement are looked up by orders, so that there must be one.
func behind(t *testing.T, c *chain, number string, kind record.LockKind) string {
	t.Helper()
	w := c.World(world.Actor{System: true})
	switch kind {
	case record.LockOffer:
		world.Put(w, record.TransferKey("other"), &record.Transfer{
			ID: "other", From: membertest.ID("STEEL"), To: membertest.ID("ORE"), State: record.TransferOffered,
			LapsesAt: c.Now + 1000,
		})
	case record.LockFinancing:
		legs := engaged(number)
		legs[0].Interval = interval.Of(1, 500)
		world.Put(w, record.SettlementKey("other"), &record.Settlement{
			ID: "other", Purpose: record.PurposeFinancing, State: record.SettlementOpen, Legs: legs, LapsesAt: c.Now + 1000,
		})
		w.AddDue(c.Now+1000, record.DueSettlement, "other")
	default: // nobody looks it up
	}
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return "other"
}

var firstLeg = interval.Of(101, 300)

func offerTo(c *chain, number string) (string, error) {
	out, err := run(c, alone("STEEL/maker"), certificate.Transfer, certificate.TransferArgument{
		To: membertest.ID("BOLTS"), Reference: "r",
		Legs:        []record.Leg{{Certificate: number, Holding: 1, Version: 1, Interval: firstLeg}},
		Allocations: []record.Allocation{{Invoice: digest("b1"), Amount: firstLeg.Amount()}},
	})
	return out.ID, err
}

func pledgeTo(c *chain, number string) (string, error) {
	by := signer{person: "STEEL/maker", quorum: record.QuorumCounterparty, approvers: []string{"HANGZHOU"}}
	out, err := run(c, by, certificate.Pledge, certificate.PledgeArgument{
		Leg:     record.Leg{Certificate: number, Holding: 1, Version: 1, Interval: firstLeg},
		Pledgee: membertest.ID("HANGZHOU"), Secured: 1, Registration: "R", Document: digest("d"),
	})
	return out.ID, err
}

// operate tries one operation on fen of holding 1 and returns its refusal.
func operate(c *chain, number string, operation certificate.Operation) error {
	order := signer{person: "HANGZHOU/maker", quorum: record.QuorumInstitution, approvers: []string{"AUDIT"}}
	var err error
	switch operation {
	case certificate.OpSplit:
		_, err = run(c, alone("STEEL/maker"), certificate.Split, certificate.SplitArgument{
			Certificate: number, Holding: 1, Version: 1, Interval: interval.Whole(1000), Amounts: []money.Fen{200},
		})
	case certificate.OpMerge:
		if _, err = run(c, alone("STEEL/maker"), certificate.Split, certificate.SplitArgument{
			Certificate: number, Holding: 1, Version: 1, Interval: interval.Whole(1000), Amounts: []money.Fen{500},
		}); err != nil {
			return err
		}
		_, err = run(c, alone("STEEL/maker"), certificate.Merge, certificate.MergeArgument{
			Certificate: number, Holdings: []certificate.HoldingVersion{{Holding: 1, Version: 2}, {Holding: 2, Version: 1}},
		})
	case certificate.OpOffer:
		_, err = offerTo(c, number)
	case certificate.OpPledge:
		_, err = pledgeTo(c, number)
	case certificate.OpHold:
		_, err = run(c, alone("STEEL/maker"), func(w *world.World, fen interval.Interval) (struct{}, error) {
			return struct{}{}, certificate.LockProposal(w, "mine", []record.Hold{{Kind: record.HoldInterval, Certificate: number, Interval: fen}})
		}, firstLeg)
	case certificate.OpEnd:
		by := signer{person: "CORE/maker", quorum: record.QuorumCounterparty, approvers: []string{"STEEL"}}
		_, err = run(c, by, certificate.Void, certificate.VoidArgument{Certificate: number, Reason: "r"})
	case certificate.OpFinance:
		err = engage(c, number)
	case certificate.OpFreeze:
		_, err = run(c, order, certificate.Freeze, certificate.FreezeArgument{
			Authority: "a", Docket: "d", Document: digest("d"), Target: membertest.ID("STEEL"),
			Certificates: []string{number}, Amount: 300,
		})
	case certificate.OpJudicial:
		_, err = run(c, order, certificate.JudicialTransfer, certificate.JudicialTransferArgument{
			Authority: "a", Docket: "d", Document: digest("d"), Target: membertest.ID("STEEL"),
			Receiver: membertest.ID("ORE"), Certificate: number, Interval: firstLeg,
		})
	case certificate.OpSuccession:
		_, err = run(c, order, certificate.Succession, certificate.SuccessionArgument{
			Authority: "a", Docket: "d", Document: digest("d"), Target: membertest.ID("STEEL"),
			Receiver: membertest.ID("ORE"), Certificates: []string{number},
		})
	default:
		panic(fmt.Sprintf("no test tries operation %d", operation))
	}
	return err
}

// TestMergeKeepsClaims: holdings whose terms differ stay apart.
func TestMergeKeepsClaims(t *testing.T) {
	c := newChain(t)
	c.trade(t, "CORE", "STEEL", "i1", 1<<40)
	number := issueTo(t, c, 1, 1000)
	_, err := run(c, alone("STEEL/maker"), certificate.Split, certificate.SplitArgument{
		Certificate: number, Holding: 1, Version: 1, Interval: interval.Whole(1000), Amounts: []money.Fen{500},
	})
	if err != nil {
		t.Fatal(err)
	}
	w := c.World(world.Actor{System: true})
	h, err := world.Find(w, record.HoldingKey(number, 2))
	if err != nil {
		t.Fatal(err)
	}
	h.Claim.Recourse = membertest.ID("BOLTS")
	world.Put(w, record.HoldingKey(number, 2), h)
	if _, err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	_, err = run(c, alone("STEEL/maker"), certificate.Merge, certificate.MergeArgument{
		Certificate: number, Holdings: []certificate.HoldingVersion{{Holding: 1, Version: 2}, {Holding: 2, Version: 1}},
	})
	if !code.NotMergeable.Is(err) {
		t.Errorf("merged what a seller stands behind with what nobody does: %v", err)
	}
}

// BenchmarkTransfer is an offer and its acceptance, which cuts the holding. It is
// the contract alone, over memory.
func BenchmarkTransfer(b *testing.B) {
	c := newChain(b)
	c.trade(b, "CORE", "STEEL", "i1", 1<<40)
	c.trade(b, "STEEL", "BOLTS", "b1", 1<<40)
	number := issueTo(b, c, 1, 1_000_000)
	steel := world.Actor{Person: world.Person{Member: membertest.ID("STEEL"), Person: "maker", Roles: record.Maker}}
	bolts := world.Actor{Person: world.Person{Member: membertest.ID("BOLTS"), Person: "maker", Roles: record.Maker}}
	in := certificate.TransferArgument{
		To: membertest.ID("BOLTS"), Reference: "r",
		Legs:        []record.Leg{{Certificate: number, Holding: 1, Version: 1, Interval: interval.Of(1, 1000)}},
		Allocations: []record.Allocation{{Invoice: digest("b1"), Amount: 1000}},
	}
	b.ReportAllocs()
	for b.Loop() {
		memory := c.Memory // every round sees the same state: nothing is flushed
		w := world.New(memory, world.Call{Network: membertest.Name, TxID: "tx", Now: c.Now, Actor: steel})
		out, err := certificate.Transfer(w, in)
		if err != nil {
			b.Fatal(err)
		}
		err = w.As(bolts, func() error {
			_, err := certificate.AcceptTransfer(w, certificate.OfferArgument{ID: out.ID})
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// A holding carries a bounded number of locks, since every operation on it reads
// them all; a freeze is never refused for that.
func TestLocksOfAHoldingAreBounded(t *testing.T) {
	c := newChain(t)
	c.trade(t, "CORE", "STEEL", "i1", 1<<40)
	number := issueTo(t, c, 1, 1_000_000)
	var holds []record.Hold
	for i := range certificate.MaxLocks {
		at := money.Fen(2*i + 1)
		holds = append(holds, record.Hold{Kind: record.HoldInterval, Certificate: number, Holding: 1, Interval: interval.Of(at, at)})
	}
	lock := func(id string, holds ...record.Hold) error {
		_, err := run(c, alone("STEEL/maker"), func(w *world.World, holds []record.Hold) (struct{}, error) {
			return struct{}{}, certificate.LockProposal(w, id, holds)
		}, holds)
		return err
	}
	if err := lock("many", holds...); err != nil {
		t.Fatal(err)
	}
	if err := lock("one", record.Hold{Kind: record.HoldInterval, Certificate: number, Interval: interval.Of(900_000, 900_000)}); !code.LimitExceeded.Is(err) {
		t.Errorf("one lock more: %v", err)
	}
	if err := operate(c, number, certificate.OpFreeze); err != nil {
		t.Errorf("freeze: %v", err)
	}
}
