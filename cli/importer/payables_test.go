package importer_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/sheet"
)

// newTreasury enrols a core enterprise and two suppliers, whose invoices are on
// the ledger.
func newTreasury(t *testing.T) (w *world, who importer.Treasury, contract, invoice map[string]string) {
	t.Helper()
	w = newWorld(t)
	contract, invoice = map[string]string{}, map[string]string{}
	for _, name := range []string{"core", "steel", "paint"} {
		w.ledger.Enrol(name)
	}
	for _, seller := range []string{"steel", "paint"} {
		id, fingerprint := w.ledger.Invoice("core", seller, "bill of "+seller, "500.00")
		contract[seller], invoice[seller] = id, fingerprint.String()
	}
	return w, importer.Treasury{
		Network: ledgertest.Network, Debtor: w.ledger.IDs["core"], Maker: "core/maker", Node: w.memory,
		Keys: func(name string) (client.Signer, error) { return w.ledger.Keys[name], nil },
	}, contract, invoice
}

func (w *world) payables(t *testing.T, who importer.Treasury, path string) *importer.PayablesSummary {
	t.Helper()
	s, err := importer.ImportPayables(t.Context(), who, read(t, who, path), w.options())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (w *world) options() importer.Options {
	return importer.Options{Days: 90, State: w.state, InFlight: 4, Progress: &progress{}}
}

func read(t *testing.T, who importer.Treasury, path string) *importer.Payables {
	t.Helper()
	p, err := importer.ReadPayables(path, who.Debtor, nil, sheet.Yuan, 90, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const heading = "reference,creditor,amount,maturity,contract,invoices\n"

func TestADebtorsPayablesAreIssuedOnceHoweverOftenTheyAreImported(t *testing.T) {
	w, who, contract, invoice := newTreasury(t)
	row := func(reference, seller, amount string) string {
		return fmt.Sprintf("%s,%s,%q,,%s,%s\n", reference, w.ledger.IDs[seller], amount, contract[seller], invoice[seller])
	}
	path := file(t, heading+row("AP-1", "steel", "300.00")+row("AP-2", "paint", "120.5")+row("AP-3", "steel", "200"))
	s := w.payables(t, who, path)
	if !s.Complete() || s.Issued != 3 || s.IssuedTotal != 62050 || s.Transactions != 1 {
		t.Fatalf("%+v", s)
	}
	before := w.ledger.State()
	if s = w.payables(t, who, path); !s.Complete() || s.Issued != 3 || s.Transactions != 0 || w.ledger.State() != before {
		t.Fatalf("the second time: %+v", s)
	}
	// The export of the next week has two old rows and a new one, on the same day.
	path = file(t, heading+row("AP-2", "paint", "120.5")+row("AP-3", "steel", "200")+row("AP-4", "paint", "1"))
	if s = w.payables(t, who, path); !s.Complete() || s.Issued != 3 || s.Transactions != 1 {
		t.Fatalf("a later file: %+v", s)
	}
	if _, issued, _ := w.certificates(t); issued != 4 {
		t.Fatalf("%d certificates wait for acceptance", issued)
	}
}

// Payables name their invoices by what stands on them: one that was registered
// before the banks changed their key is found.
func TestAnInvoiceOfAnEarlierKeyIsFoundByItsFacts(t *testing.T) {
	w, who, contract, _ := newTreasury(t)
	day := w.ledger.Now.Date()
	facts := evidence.InvoiceFacts{
		Number: "25332000000000000001", Date: day, Seller: w.ledger.IDs["steel"], Buyer: who.Debtor, Amount: 12_000,
	}
	made, epoch, err := w.Fingerprints(t.Context(), []evidence.InvoiceFacts{facts})
	if err != nil {
		t.Fatal(err)
	}
	w.ledger.Must("steel/maker", "evidence:RecordInvoice", evidence.InvoiceArgument{
		Fingerprint: made[0].Use, Scheme: evidence.SchemeHMAC, Epoch: epoch, Seller: facts.Seller, Buyer: facts.Buyer,
		Contract: contract["steel"], Amount: facts.Amount, Date: day,
	})
	w.ledger.Must("bank1/reviewer", "evidence:Verify", evidence.VerifyArgument{
		Invoice: made[0].Use, Kind: record.TaxCheck, Good: true, Document: made[0].Use,
	})
	w.rotate(t, 2)
	path := file(t, "reference,creditor,amount,contract,invoice_number,invoice_date\n"+
		fmt.Sprintf("AP-1,%s,120.00,%s,%s,%s\n", facts.Seller, contract["steel"], facts.Number, day))
	if s := w.payables(t, who, path); !s.Complete() || s.Issued != 1 {
		t.Fatalf("%+v", s)
	}
}

// What the ledger would refuse is told before anything is sent.
func TestRowsAreCheckedAgainstTheLedger(t *testing.T) {
	w, who, contract, invoice := newTreasury(t)
	steel := w.ledger.IDs["steel"]
	stranger, err := number.CompleteSocialCredit("91330106MA27XTWC3")
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{
		"R1," + steel + ",100.00,," + contract["steel"] + "," + invoice["steel"],
		"R1," + steel + ",100.00,," + contract["steel"] + "," + invoice["steel"],
		"R2," + stranger + ",100.00,," + contract["steel"] + "," + invoice["steel"],
		"R3," + steel + ",450.00,," + contract["steel"] + "," + invoice["steel"],
		"R4," + steel + ",1.00,2030-01-01," + contract["steel"] + "," + invoice["steel"],
		"R5," + steel + ",1.00,2026-10-01," + contract["steel"] + "," + invoice["steel"],
		"R6," + steel + ",1.00,2025-10-01," + contract["steel"] + "," + invoice["steel"],
		"R7," + steel + ",1.00,," + contract["steel"] + "," + invoice["paint"],
		"R8," + steel + ",1.00,," + contract["steel"] + "," + strings.Repeat("0f", 32),
		"R9," + steel + ",1.00,," + contract["steel"] + "," + invoice["steel"] + ":0.40",
		"R10," + steel + ",abc,," + contract["steel"] + "," + invoice["steel"],
		"R11," + who.Debtor + ",1.00,," + contract["steel"] + "," + invoice["steel"],
		"R12," + steel + ",1.00,," + contract["steel"] + ",",
	}
	p := read(t, who, file(t, heading+strings.Join(lines, "\n")))
	if err := importer.CheckPayables(t.Context(), who, p, w.options()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range p.Refused {
		got = append(got, fmt.Sprintf("%d %s", r.Line, r.Code))
	}
	want := []string{
		"3 REFERENCE_USED", "4 MEMBER_UNKNOWN", "5 EVIDENCE_INSUFFICIENT", "6 TERM_TOO_LONG", "7 REVIEW_MISSING",
		"8 BAD_DATE", "9 EVIDENCE_PARTIES", "10 EVIDENCE_MISSING", "11 EVIDENCE_INSUFFICIENT", "12 BAD_AMOUNT",
		"13 TRANSFER_TO_DEBTOR", "14 EVIDENCE_MISSING",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("refused:\n%s", strings.Join(got, "\n"))
	}
	if w.sent != 0 {
		t.Errorf("%d transactions were sent", w.sent)
	}
}

func TestWhatAPolicyGivesToACheckerIsProposedOnce(t *testing.T) {
	w, who, contract, invoice := newTreasury(t)
	o := w.ledger.Approve("core/admin1", "member:SetPolicy", member.SetPolicyArgument{
		Rules: []record.PolicyRule{{Function: "certificate:Issue", From: money.Fen(20000)}},
	}, "core/admin2")
	if o.Code != 0 {
		t.Fatalf("set the policy: %s %s", code.Code(o.Code), o.Detail)
	}
	row := func(reference, amount string) string {
		return fmt.Sprintf("%s,%s,%s,,%s,%s\n", reference, w.ledger.IDs["steel"], amount, contract["steel"], invoice["steel"])
	}
	path := file(t, heading+row("AP-1", "199.99")+row("AP-2", "200.00"))
	s := w.payables(t, who, path)
	if !s.Complete() || s.Issued != 1 || s.Proposed != 1 || len(s.Proposals) != 1 {
		t.Fatalf("%+v", s)
	}
	again := w.payables(t, who, path)
	if again.Proposed != 1 || again.Transactions != 0 || again.Proposals[0] != s.Proposals[0] {
		t.Fatalf("the second time: %+v", again)
	}
	proposal, err := w.Proposal(context.Background(), s.Proposals[0])
	if err != nil || proposal == nil {
		t.Fatal(proposal, err)
	}
	w.ledger.Must("core/checker", "approval:Approve", map[string]any{"id": proposal.ID, "manifest": proposal.Manifest})
	if s = w.payables(t, who, path); s.Issued != 2 || s.Proposed != 0 || s.Transactions != 0 || !s.Complete() {
		t.Fatalf("after the approval: %+v", s)
	}
}
