package evidence_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// TestScenarios runs the text files of testdata, which read as suppliers and banks
// would tell them.
func TestScenarios(t *testing.T) {
	datadriven.Walk(t, "testdata/scenarios", func(t *testing.T, path string) {
		b := &book{ledger: open(t), names: map[string]string{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return b.run(newStep(t, d))
		})
	})
}

// book is a ledger and the names by which a scenario calls what is on it: the ids
// that the ledger answers are replaced by them.
type book struct {
	*ledger
	names map[string]string // id to name
}

func (b *book) run(s membertest.Step) string {
	if !s.HasArg("by") && s.Cmd != "today" && s.Cmd != "epoch" && s.Cmd != "show" {
		return b.internal(s)
	}
	var out strings.Builder
	err := b.do(s.Text("by"), func(w *world.World) error {
		switch s.Cmd {
		case "today":
			b.Now = s.Date("is").Start()
		case "epoch":
			return setEpoch(w, s)
		case "show":
			return show(w, invoice(s.Text("invoice"), 1), &out)
		case "contract":
			return b.contract(w, s)
		case "delivery":
			return b.delivery(w, s)
		case "invoice":
			return b.invoice(w, s)
		case "verify":
			_, err := evidence.Verify(w, evidence.VerifyArgument{
				Invoice: invoice(s.Text("invoice"), 1), Kind: kind(s), Good: !s.HasArg("bad"), Document: document(s.Text("doc")),
			})
			return err
		case "red-letter":
			r, err := evidence.RedLetter(w, evidence.RedLetterArgument{
				Invoice: invoice(s.Text("invoice"), 1), Amount: s.Fen("amount"), Document: document(s.Text("doc")),
			})
			if err == nil {
				fmt.Fprintf(&out, "remaining %s, uncovered %s\n", r.Remaining, r.Uncovered)
			}
			return err
		default:
			s.TestData.Fatalf(s.T, "unknown command %s", s.Cmd)
		}
		return nil
	})
	return b.told(s, out.String(), err)
}

// internal runs what certificates call.
func (b *book) internal(s membertest.Step) string {
	err := b.do("", func(w *world.World) error {
		pack, err := rules.Current(w)
		if err != nil {
			return err
		}
		switch s.Cmd {
		case "reserve":
			return evidence.Reserve(w, pack, s.Member("payer"), s.Member("receiver"), s.Fen("amount"), allocations(s))
		case "release":
			return evidence.Release(w, allocations(s))
		case "hold":
			for _, hold := range evidence.Holds(allocations(s)) {
				if err := evidence.Hold(w, hold); err != nil {
					return err
				}
			}
		case "release-hold":
			for _, hold := range evidence.Holds(allocations(s)) {
				if err := evidence.ReleaseHold(w, hold); err != nil {
					return err
				}
			}
		case "terms":
			return flagTerms(w, pack, s)
		default:
			s.TestData.Fatalf(s.T, "unknown command %s", s.Cmd)
		}
		return nil
	})
	return b.told(s, "", err)
}

func (b *book) contract(w *world.World, s membertest.Step) error {
	r, err := evidence.RecordContract(w, evidence.ContractArgument{
		Buyer: s.Member("buyer"), Seller: s.Member("seller"), Document: document(s.Text("doc")),
		Signed: s.Date("signed"), Amount: s.Fen("amount"), TermDays: number(s, "term"), Agreed: s.HasArg("agreed"),
	})
	if err == nil {
		b.names[r.ID] = s.Text("doc")
		if s.HasArg("as") {
			b.names[r.ID] = s.Text("as")
		}
	}
	return err
}

func (b *book) delivery(w *world.World, s membertest.Step) error {
	r, err := evidence.RecordDelivery(w, evidence.DeliveryArgument{
		Contract: b.idOf(s.Text("contract")), Document: document(s.Text("doc")),
		Accepted: s.Date("accepted"), Amount: s.Fen("amount"),
	})
	if err == nil {
		b.names[r.ID] = s.Text("doc")
	}
	return err
}

func (b *book) invoice(w *world.World, s membertest.Step) error {
	in := evidence.InvoiceArgument{
		Scheme: evidence.SchemeHMAC, Epoch: 1,
		Seller: s.Member("seller"), Buyer: s.Member("buyer"),
		Contract: b.idOf(s.Text("contract")), Delivery: b.idOf(s.Text("delivery")),
		Amount: s.Fen("amount"), Date: s.Date("date"), Due: s.Date("due"),
	}
	if s.HasArg("scheme") {
		in.Scheme = uint8(number(s, "scheme"))
	}
	if s.HasArg("epoch") {
		in.Epoch = uint32(number(s, "epoch"))
	}
	in.Fingerprint = invoice(s.Text("nr"), in.Epoch)
	if s.HasArg("other") {
		in.OtherFingerprint = invoice(s.Text("nr"), uint32(number(s, "other")))
	}
	_, err := evidence.RecordInvoice(w, in)
	return err
}

// idOf is the id of what a scenario calls by a name; a text that is none is taken
// as it is.
func (b *book) idOf(name string) string {
	for id, n := range b.names {
		if n == name {
			return id
		}
	}
	return name
}

// told is what a step prints: its refusal or answer, what rules flagged, and who
// was told what.
func (b *book) told(s membertest.Step, answer string, err error) string {
	out := answer
	if err != nil {
		out = s.Refusal(err)
	}
	for _, in := range b.effects.Decision.Inputs {
		if b.effects.Decision.Flagged&(1<<in.Rule) != 0 {
			out += fmt.Sprintf("flagged %s: %s\n", in.Rule, in.Facts)
		}
	}
	for _, n := range b.effects.Notices {
		out += fmt.Sprintf("%s %s to %s: %s\n", n.Kind, n.Subject, strings.Join(n.Members, ", "), n.Amount)
	}
	if out == "" {
		return "ok\n"
	}
	for id, name := range b.names {
		out = strings.ReplaceAll(out, id, name)
	}
	out = strings.ReplaceAll(out, document(s.Text("doc")).String(), s.Text("doc"))
	for _, name := range invoiceNames {
		for epoch := range uint32(4) {
			out = strings.ReplaceAll(out, invoice(name, epoch).String(), name)
		}
	}
	return s.Named(out)
}

var invoiceNames = []string{"i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9"}

// invoice is the fingerprint of the invoice that a scenario calls by a name.
func invoice(name string, epoch uint32) record.Digest {
	if name == "" {
		return record.Digest{}
	}
	key := sha256.Sum256(fmt.Appendf(nil, "the banks' key of epoch %d", epoch))
	return evidence.Fingerprint(key[:], epoch, evidence.InvoiceFacts{Number: name})
}

func document(name string) record.Digest {
	if name == "" {
		return record.Digest{}
	}
	return sha256.Sum256([]byte(name))
}

func kind(s membertest.Step) record.VerificationKind {
	if !s.HasArg("kind") {
		return record.TaxCheck
	}
	return record.VerificationKind(number(s, "kind"))
}

func setEpoch(w *world.World, s membertest.Step) error {
	settings, err := world.Find(w, record.SettingsKey())
	if err != nil {
		return err
	}
	settings.FingerprintEpoch = uint32(number(s, "is"))
	world.Put(w, record.SettingsKey(), settings)
	return nil
}

// allocations reads lines of an invoice and an amount.
func allocations(s membertest.Step) []record.Allocation {
	var list []record.Allocation
	for line := range strings.Lines(s.Input) {
		name, amount, _ := strings.Cut(strings.TrimSpace(line), " ")
		fen, err := money.Parse(amount)
		if err != nil {
			s.TestData.Fatalf(s.T, "%q: %v", line, err)
		}
		list = append(list, record.Allocation{Invoice: invoice(name, 1), Amount: fen})
	}
	return list
}

func flagTerms(w *world.World, pack *record.Pack, s membertest.Step) error {
	debtor, err := member.Get(w, s.Member("debtor"))
	if err != nil {
		return err
	}
	creditor, err := member.Get(w, s.Member("creditor"))
	if err != nil {
		return err
	}
	contract := evidence.DocumentID(debtor.ID, creditor.ID, document(s.Text("contract")))
	return evidence.FlagTerms(w, pack, debtor, creditor, contract, allocations(s), s.Date("payment"))
}

func show(w *world.World, fingerprint record.Digest, out *strings.Builder) error {
	i, err := evidence.Find(w, fingerprint)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s to %s: %s, allocated %s, cancelled %s, remaining %s, uncovered %s\n",
		i.Seller, i.Buyer, i.Amount, i.Allocated, i.Cancelled, evidence.Remaining(i), evidence.Uncovered(i))
	return nil
}

func number(s membertest.Step, name string) int32 {
	var n int
	s.MaybeScanArgs(s.T, name, &n)
	return int32(n)
}

// Parties can name any fingerprint of the other epoch, and after two changes of
// the key none of the first: the bank that attests knows them all.
func TestInvoiceIsFoundUnderEveryEpoch(t *testing.T) {
	l := open(t)
	var contract string
	accept(t, l, "core/maker", func(w *world.World) error {
		r, err := evidence.RecordContract(w, evidence.ContractArgument{
			Buyer: membertest.ID("core"), Seller: membertest.ID("steel"), Document: document("frame"), Signed: l.Now.Date(),
		})
		contract = r.ID
		return err
	})
	register := func(epoch uint32, other record.Digest) {
		t.Helper()
		l.Now++
		accept(t, l, "steel/maker", func(w *world.World) error {
			_, err := evidence.RecordInvoice(w, evidence.InvoiceArgument{
				Fingerprint: invoice("i1", epoch), OtherFingerprint: other, Scheme: evidence.SchemeHMAC, Epoch: epoch,
				Seller: membertest.ID("steel"), Buyer: membertest.ID("core"), Contract: contract, Amount: 1000, Date: l.Now.Date(),
			})
			return err
		})
	}
	verify := func(epoch uint32, others ...record.Digest) error {
		return l.do("hangzhou-bank/reviewer", func(w *world.World) error {
			_, err := evidence.Verify(w, evidence.VerifyArgument{
				Invoice: invoice("i1", epoch), Kind: record.TaxCheck, Good: true, Document: document("answer"), Others: others,
			})
			return err
		})
	}
	register(1, record.Digest{})
	accept(t, l, "", func(w *world.World) error {
		settings, err := world.Load(w, record.SettingsKey(), "settings", "")
		if err == nil {
			settings.FingerprintEpoch = 3
			world.Put(w, record.SettingsKey(), settings)
		}
		return err
	})
	register(3, document("a fingerprint of nothing"))
	if err := verify(3); !code.EvidenceEpoch.Is(err) {
		t.Errorf("verified without the other fingerprints: %v", err)
	}
	if err := verify(3, invoice("i1", 1), invoice("i1", 2)); !code.EvidenceDuplicate.Is(err) {
		t.Errorf("the second registration is verified: %v", err)
	}
	if err := verify(1, invoice("i1", 2), invoice("i1", 3)); err != nil {
		t.Errorf("the first registration: %v", err)
	}
}
