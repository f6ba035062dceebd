package evidence_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// desk runs random operations on the invoices of one pair of parties beside the
// list of payments that they cover.
type desk struct {
	*ledger
	payments [][]record.Allocation
	letters  int
}

var deskInvoices = []string{"i1", "i2", "i3"}

// stocked is a ledger with verified invoices of 10.00 from Steel to Core.
func stocked(t *testing.T) *ledger {
	t.Helper()
	l := open(t)
	var contract string
	accept(t, l, "steel/maker", func(w *world.World) error {
		r, err := evidence.RecordContract(w, evidence.ContractArgument{
			Buyer: membertest.ID("core"), Seller: membertest.ID("steel"), Document: document("supply"), Signed: l.Now.Date(), Agreed: true,
		})
		contract = r.ID
		return err
	})
	for _, name := range deskInvoices {
		accept(t, l, "steel/maker", func(w *world.World) error {
			_, err := evidence.RecordInvoice(w, evidence.InvoiceArgument{
				Fingerprint: invoice(name, 1), Scheme: evidence.SchemeHMAC, Epoch: 1, Seller: membertest.ID("steel"), Buyer: membertest.ID("core"),
				Contract: contract, Amount: 1000, Date: l.Now.Date(),
			})
			return err
		})
		accept(t, l, "hangzhou-bank/reviewer", func(w *world.World) error {
			_, err := evidence.Verify(w, evidence.VerifyArgument{
				Invoice: invoice(name, 1), Kind: record.TaxCheck, Good: true, Document: document("answer"),
			})
			return err
		})
	}
	return l
}

func accept(t *testing.T, l *ledger, signer string, fn func(w *world.World) error) {
	t.Helper()
	if err := l.do(signer, fn); err != nil {
		t.Fatal(err)
	}
}

// TestAllocatedIsWhatPaymentsUse: whatever is covered, ended, held and cancelled, an
// invoice's allocated fen are the sum over the payments that it covers; a payment
// is covered exactly when every invoice has enough that is neither used nor
// cancelled; a refusal changes nothing; and when all payments have ended without
// being made nothing is allocated.
func TestAllocatedIsWhatPaymentsUse(t *testing.T) {
	start := stocked(t)
	rapid.Check(t, func(t *rapid.T) {
		d := &desk{ledger: &ledger{Network: &membertest.Network{Memory: start.Memory.Clone(), Now: start.Now}}}
		t.Repeat(map[string]func(*rapid.T){
			"reserve":    d.reserve,
			"hold":       d.hold,
			"release":    d.release,
			"red letter": d.redLetter,
			"":           d.check,
		})
		for len(d.payments) > 0 {
			d.release(t)
		}
		d.check(t)
	})
}

func (d *desk) reserve(t *rapid.T) {
	list, sum := drawAllocations(t)
	short := rapid.SampledFrom([]money.Fen{0, 0, 0, 0, 1, -1}).Draw(t, "short")
	covered := d.covers(t, list)
	before := d.Memory.Clone()
	err := d.do("", func(w *world.World) error {
		pack, err := rules.Current(w)
		if err != nil {
			return err
		}
		return evidence.Reserve(w, pack, membertest.ID("core"), membertest.ID("steel"), sum+short, list)
	})
	if want := covered && short == 0; (err == nil) != want {
		t.Fatalf("reserve %v for %s: %v, want covered %t", list, sum+short, err, want)
	}
	d.took(t, list, err, before)
	rule := uint32(1) << record.EvidenceCover
	if d.effects.Decision.Evaluated != rule || (d.effects.Decision.Failed == rule) != (err != nil) {
		t.Fatalf("decision %+v on %v", d.effects.Decision, err)
	}
}

func (d *desk) hold(t *rapid.T) {
	list, _ := drawAllocations(t)
	covered := d.covers(t, list)
	before := d.Memory.Clone()
	err := d.do("", func(w *world.World) error {
		for _, hold := range evidence.Holds(list) {
			if err := evidence.Hold(w, hold); err != nil {
				return err
			}
		}
		return nil
	})
	if (err == nil) != covered {
		t.Fatalf("hold %v: %v, want covered %t", list, err, covered)
	}
	d.took(t, list, err, before)
}

func (d *desk) took(t *rapid.T, list []record.Allocation, err error, before *world.Memory) {
	switch {
	case err == nil:
		d.payments = append(d.payments, list)
	case code.Of(err) == nil:
		t.Fatal(err)
	case !d.Memory.Equal(before):
		t.Fatalf("refused with %v, and the state changed", err)
	}
}

// release ends a payment that is not made.
func (d *desk) release(t *rapid.T) {
	if len(d.payments) == 0 {
		return
	}
	i := rapid.IntRange(0, len(d.payments)-1).Draw(t, "payment")
	if err := d.do("", func(w *world.World) error { return evidence.Release(w, d.payments[i]) }); err != nil {
		t.Fatal(err)
	}
	d.payments = append(d.payments[:i], d.payments[i+1:]...)
}

func (d *desk) redLetter(t *rapid.T) {
	name := rapid.SampledFrom(deskInvoices).Draw(t, "invoice")
	d.letters++
	in := evidence.RedLetterArgument{
		Invoice: invoice(name, 1), Amount: money.Fen(rapid.Int64Range(0, 400).Draw(t, "amount")),
		Document: document(fmt.Sprint("letter ", d.letters)),
	}
	was := d.find(t, in.Invoice)
	err := d.do("steel/maker", func(w *world.World) error {
		_, err := evidence.RedLetter(w, in)
		return err
	})
	open := was.Amount - was.Cancelled
	if want := open > 0 && in.Amount <= open; (err == nil) != want {
		t.Fatalf("red letter of %s on %+v: %v", in.Amount, was, err)
	}
	if err == nil && evidence.Remaining(d.find(t, in.Invoice)) > evidence.Remaining(was) {
		t.Fatalf("a red letter freed fen of %+v", was)
	}
}

func (d *desk) check(t *rapid.T) {
	used := map[record.Digest]money.Fen{}
	for _, list := range d.payments {
		for _, a := range list {
			used[a.Invoice] += a.Amount
		}
	}
	for _, name := range deskInvoices {
		i := d.find(t, invoice(name, 1))
		if i.Allocated != used[i.Fingerprint] {
			t.Fatalf("invoice %s has %s allocated, its payments use %s", name, i.Allocated, used[i.Fingerprint])
		}
		if i.Allocated > i.Amount || i.Cancelled > i.Amount {
			t.Fatalf("invoice %+v", i)
		}
		free := i.Amount - i.Allocated - i.Cancelled
		if evidence.Remaining(i) != max(0, free) || evidence.Uncovered(i) != max(0, -free) {
			t.Fatalf("invoice %+v: remaining %s, uncovered %s", i, evidence.Remaining(i), evidence.Uncovered(i))
		}
	}
}

// covers reports whether every invoice has enough left.
func (d *desk) covers(t *rapid.T, list []record.Allocation) bool {
	for _, a := range list {
		i := d.find(t, a.Invoice)
		if a.Amount > i.Amount-i.Allocated-i.Cancelled {
			return false
		}
	}
	return true
}

func (d *desk) find(t *rapid.T, fingerprint record.Digest) *record.Invoice {
	i, err := evidence.Find(world.New(d.Memory, world.Call{}), fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func drawAllocations(t *rapid.T) (list []record.Allocation, sum money.Fen) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom(deskInvoices), 1, len(deskInvoices), rapid.ID[string]).Draw(t, "invoices")
	for _, name := range names {
		amount := money.Fen(rapid.Int64Range(1, 500).Draw(t, "amount"))
		list = append(list, record.Allocation{Invoice: invoice(name, 1), Amount: amount})
		sum += amount
	}
	return list, sum
}

// TestReleasingMoreThanIsAllocatedPanics: a payment that gives back what it never
// used is a fault of the ledger, and both amounts are named.
func TestReleasingMoreThanIsAllocatedPanics(t *testing.T) {
	l := stocked(t)
	defer func() {
		want := fmt.Sprintf("invoice %s: 0.00 is allocated, less than the 0.01 to be released", invoice("i1", 1))
		if got := fmt.Sprint(recover()); got != want {
			t.Errorf("panic %q, want %q", got, want)
		}
	}()
	_ = l.do("", func(w *world.World) error {
		return evidence.Release(w, []record.Allocation{{Invoice: invoice("i1", 1), Amount: 1}})
	})
}

// TestLimits: one payment names at most 500 invoices, one invoice has at most 100
// red letters.
func TestLimits(t *testing.T) {
	l := stocked(t)
	err := l.do("", func(w *world.World) error {
		pack, err := rules.Current(w)
		if err != nil {
			return err
		}
		return evidence.Reserve(w, pack, membertest.ID("core"), membertest.ID("steel"), 1, make([]record.Allocation, evidence.MaxAllocations+1))
	})
	if !code.LimitExceeded.Is(err) {
		t.Errorf("%d allocations: %v", evidence.MaxAllocations+1, err)
	}
	letter := func(n int) error {
		return l.do("steel/maker", func(w *world.World) error {
			_, err := evidence.RedLetter(w, evidence.RedLetterArgument{
				Invoice: invoice("i1", 1), Amount: 1, Document: sha256.Sum256([]byte{byte(n)}),
			})
			return err
		})
	}
	for n := range evidence.MaxRedLetters {
		if err := letter(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := letter(evidence.MaxRedLetters); !code.LimitExceeded.Is(err) {
		t.Errorf("red letter %d: %v", evidence.MaxRedLetters+1, err)
	}
}

// TestVerificationIsNotAlwaysNeeded: a pack may do without.
func TestVerificationIsNotAlwaysNeeded(t *testing.T) {
	pack := rules.DefaultPack()
	unverified := &record.Invoice{}
	if evidence.Verified(unverified, &pack, 0) {
		t.Error("the default pack accepts an invoice that nobody verified")
	}
	pack.VerificationNeeded = false
	if !evidence.Verified(unverified, &pack, 0) {
		t.Error("a pack that needs no verification asks for one")
	}
}

// TestContractIsBetweenTheTwo: what a certificate asks before it names a contract.
func TestContractIsBetweenTheTwo(t *testing.T) {
	l := stocked(t)
	contract := evidence.DocumentID(membertest.ID("core"), membertest.ID("steel"), document("supply"))
	for _, c := range []struct {
		id, buyer, seller string
		want              code.Code
	}{
		{contract, "core", "steel", code.OK},
		{contract, "steel", "core", code.EvidenceParties},
		{contract, "core", "bolts", code.EvidenceParties},
		{"none", "core", "steel", code.EvidenceMissing},
	} {
		err := l.do("", func(w *world.World) error {
			_, err := evidence.Contract(w, c.id, membertest.ID(c.buyer), membertest.ID(c.seller))
			return err
		})
		if (err == nil) != (c.want == code.OK) || err != nil && !c.want.Is(err) {
			t.Errorf("contract %s between %s and %s: %v, want %s", c.id, c.buyer, c.seller, err, c.want)
		}
	}
}
