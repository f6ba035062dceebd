package importer_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/node/sheet"
)

// village is a small network: 0 owes 1 the same amount twice, which is two debts.
const village = `debtor,creditor,amount
0,1,53070
0,1,53070
0,2,209901
1,2,1111823
2,0,100
`

// certificates counts the ledger's certificates in force, and the others.
func (w *world) certificates(t *testing.T) (active, others int, total money.Fen) {
	t.Helper()
	for row, err := range w.Certificates(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if row.State == record.Active {
			active++
			total += row.Face
		} else {
			others++
		}
	}
	return active, others, total
}

func TestAllDebtsOfAFileAreInForceAndASecondImportSendsNothing(t *testing.T) {
	w := newWorld(t)
	path := file(t, village)
	s, err := w.obligations(t, path, 8)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Complete() || s.Active != 5 || s.ActiveTotal != 1427964 || s.Total != 1427964 {
		t.Fatalf("%+v", s)
	}
	if active, others, total := w.certificates(t); active != 5 || others != 0 || total != 1427964 {
		t.Fatalf("the ledger has %d in force and %d others, %s in force", active, others, total)
	}
	before := w.ledger.State()
	again, err := w.obligations(t, path, 8)
	if err != nil {
		t.Fatal(err)
	}
	if !again.Complete() || again.Transactions != 0 || w.ledger.State() != before {
		t.Fatalf("the second import sent %d transactions: %+v", again.Transactions, again)
	}
	left, err := os.ReadDir(w.state)
	if err != nil || len(left) != 0 {
		t.Fatalf("journals are left: %v %v", left, err)
	}
}

func TestAFileWithMoreDebtsOfTheSameFirmsAddsThem(t *testing.T) {
	w := newWorld(t)
	if _, err := w.obligations(t, file(t, village), 8); err != nil {
		t.Fatal(err)
	}
	s, err := w.obligations(t, file(t, village+"0,1,53070\n0,3,77\n"), 8)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Complete() || s.Active != 7 {
		t.Fatalf("%+v", s)
	}
	if active, others, _ := w.certificates(t); active != 7 || others != 0 {
		t.Fatalf("the ledger has %d in force and %d others", active, others)
	}
}

// A killed import is started again, with its journal or without: each debt has one
// certificate in the end, wherever the kill fell, and whether the transaction then
// under way was executed or not.
func TestAnImportKilledAtAnyTransactionGoesOn(t *testing.T) {
	for _, executed := range []bool{false, true} {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("executed=%t journal lost=%t", executed, lost), func(t *testing.T) {
				for kill := 1; ; kill++ {
					if !killedAt(t, kill, executed, lost) {
						if kill < 8 {
							t.Fatalf("the import sent only %d transactions", kill-1)
						}
						return
					}
				}
			})
		}
	}
}

// killedAt reports whether there was a transaction to be killed at.
func killedAt(t *testing.T, kill int, executed, lost bool) bool {
	t.Helper()
	w := newWorld(t)
	w.killAt, w.execute = kill, executed
	path := file(t, village)
	_, err := w.obligations(t, path, 1)
	if err == nil {
		return false
	}
	if !errors.Is(err, errKilled) {
		t.Fatalf("killed at %d: %v", kill, err)
	}
	w.killAt = 0
	if lost {
		journals, err := filepath.Glob(filepath.Join(w.state, "*"))
		if err != nil || len(journals) != 1 {
			t.Fatalf("killed at %d: journals %v, %v", kill, journals, err)
		}
		if err := os.Remove(journals[0]); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.obligations(t, path, 1)
	if err != nil {
		t.Fatalf("killed at %d: %v", kill, err)
	}
	if active, others, _ := w.certificates(t); !s.Complete() || active != 5 || others != 0 {
		t.Fatalf("killed at %d: %d in force, %d others; %+v", kill, active, others, s)
	}
	return true
}

// The banks change their key in the middle of an import: what was registered under
// the old one is found, with the journal or without.
func TestAnImportGoesOnAfterTheBanksChangeTheirKey(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(fmt.Sprintf("journal lost=%t", lost), func(t *testing.T) {
			for kill := 1; ; kill++ {
				w := newWorld(t)
				w.killAt, w.execute = kill, true
				path := file(t, village)
				if _, err := w.obligations(t, path, 1); err == nil {
					return
				}
				w.killAt = 0
				if lost {
					w.state = t.TempDir()
				}
				for epoch := 2; epoch <= 3; epoch++ {
					w.rotate(t, epoch)
				}
				s, err := w.obligations(t, path, 1)
				if err != nil {
					t.Fatalf("killed at %d: %v", kill, err)
				}
				if active, others, _ := w.certificates(t); !s.Complete() || active != 5 || others != 0 {
					t.Fatalf("killed at %d: %d in force, %d others; %+v", kill, active, others, s)
				}
			}
		})
	}
}

// rotate has the banks take the next fingerprint key.
func (w *world) rotate(t *testing.T, epoch int) {
	t.Helper()
	o := w.ledger.Approve("bank1/maker", "member:SetFingerprintEpoch", map[string]any{"epoch": epoch}, "bank2/maker", "bank3/maker")
	if o.Code != 0 {
		t.Fatalf("epoch %d: %s %s", epoch, code.Code(o.Code), o.Detail)
	}
}

func TestAJournalCutInTheMiddleOfALineIsGoodUpToThere(t *testing.T) {
	w := newWorld(t)
	w.killAt, w.execute = 6, true
	path := file(t, village)
	if _, err := w.obligations(t, path, 1); !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	w.killAt = 0
	journals, err := filepath.Glob(filepath.Join(w.state, "*"))
	if err != nil || len(journals) != 1 {
		t.Fatal(journals, err)
	}
	text, err := os.ReadFile(journals[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(journals[0], text[:len(text)-20], 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := w.obligations(t, path, 1)
	if err != nil || !s.Complete() {
		t.Fatal(s, err)
	}
}

func TestRowsThatCannotBeDebtsAreReportedAndCanBeCorrected(t *testing.T) {
	path := file(t, "\ufeff付款方,creditor,备注,amount\n"+
		"甲,乙,好,100\n"+
		"甲,甲,欠自己,100\n"+
		",乙,没有付款方,100\n"+
		"甲,乙,零,0\n"+
		"甲,乙,小数,1.5\n"+
		"\n"+
		"甲,乙,=2+3,-5\n"+
		"甲,乙,a\u202eb,7\n"+
		"甲,乙,长,99999999999999999999\n"+
		"甲,乙,多,1,2\n")
	columns, err := sheet.ParseColumns("debtor=付款方")
	if err != nil {
		t.Fatal(err)
	}
	o, err := importer.ReadObligations(path, columns, sheet.Fen, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range o.Refused {
		fmt.Fprintf(&b, "%d %s: %s\n", r.Line, r.Code, r.Reason)
	}
	const want = `3 TRANSFER_TO_DEBTOR: "甲" would owe itself
4 BAD_ARGUMENT: the debtor has 0 bytes, not 1 to 100
5 BAD_AMOUNT: an amount of 0.00
6 BAD_AMOUNT: "1.5" is not a whole number of fen
8 BAD_AMOUNT: an amount of -0.05
9 BAD_FILE: a cell has the character U+202E, which cannot be shown
10 BAD_AMOUNT: "99999999999999999999" is not a whole number of fen
11 BAD_FILE: more cells than the header has
`
	if b.String() != want {
		t.Errorf("refused:\n%s", b.String())
	}
	if o.Rows != 9 || o.Debts() != 1 || o.Firms() != 2 || o.Total != 100 {
		t.Errorf("%d rows, %d debts, %d firms, %s", o.Rows, o.Debts(), o.Firms(), o.Total)
	}
	to := filepath.Join(t.TempDir(), "refused.csv")
	if err := importer.WriteRefused(to, path, sheet.DefaultLimits(), o.Refused); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "甲,乙,'=2+3,'-5,BAD_AMOUNT,an amount of -0.05\n") {
		t.Errorf("the refused rows are\n%s", text)
	}
	again, err := importer.ReadObligations(to, columns, sheet.Fen, sheet.DefaultLimits())
	if err != nil || len(again.Refused) != 8 {
		t.Errorf("the refused rows read again: %v %v", again, err)
	}
}

func TestATermThatNoRowCouldHaveIsRefusedBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t)
	o, err := importer.ReadObligations(file(t, village), nil, sheet.Fen, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]code.Code{0: code.BadDate, 200: code.ReviewMissing, 400: code.TermTooLong} {
		_, err := importer.ImportObligations(t.Context(), w.network(), o, importer.Options{
			Days: days, State: w.state, InFlight: 1, Progress: &progress{},
		})
		if !want.Is(err) {
			t.Errorf("%d days: %v, not %s", days, err, want)
		}
	}
	if w.sent != 0 {
		t.Errorf("%d transactions were sent", w.sent)
	}
}
