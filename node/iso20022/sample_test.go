package iso20022_test

import (
	"bytes"
	"cmp"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/node/iso20022"
)

var update = flag.Bool("update", false, "write the golden files anew") //nolint:gochecknoglobals // a flag

// social completes a social credit code.
func social(first17 string) string {
	whole, err := number.CompleteSocialCredit(first17)
	if err != nil {
		panic(err)
	}
	return whole
}

func instant(text string) calendar.Instant {
	i, err := calendar.ParseInstant(text)
	if err != nil {
		panic(err)
	}
	return i
}

func day(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func yuan(text string) money.Fen {
	f, err := money.ParseHuman(text)
	if err != nil {
		panic(err)
	}
	return f
}

// The cast: a debtor pays two suppliers, one of them at another bank.
var (
	debtor   = iso20022.Party{Name: "之江整车制造有限公司", Code: social("91330100000000001")}
	supplier = iso20022.Party{Name: "钱塘齿轮有限公司", Code: social("91330100000000002")}
	foundry  = iso20022.Party{Name: "Foundry & Sons <Ltd>", Code: social("91330100000000003")}
	bankA    = iso20022.Agent{Code: social("91330100000000004"), Name: "甲银行"}
	bankB    = iso20022.Agent{Code: social("91330100000000005"), Member: "102331000017"}
	morning  = instant("2026-09-01T09:00:00.000+08:00")
)

func sampleInitiation() iso20022.Initiation {
	return iso20022.Initiation{
		MessageID: "RUN-20260901-0001", Created: morning, Initiator: debtor,
		Payments: []iso20022.PaymentGroup{{
			ID: "RUN-20260901-0001-1", Execution: day("2026-09-01"),
			Debtor: debtor, DebtorAccount: "33001616783050000001", DebtorAgent: bankA,
			Transfers: []iso20022.Transfer{
				{
					EndToEndID: "LEG-0001", InstructionID: "I-1", Amount: yuan("300,000.00"), Creditor: supplier,
					CreditorAccount: "33001616783050000002", CreditorAgent: bankB, Remittance: "凭证到期兑付 0001",
				},
				{
					EndToEndID: "LEG-0002", Amount: 1, Creditor: foundry,
					CreditorAccount: "6222 0000 1234 5678", CreditorAgent: bankA,
				},
			},
		}},
	}
}

func sampleStatus() iso20022.StatusReport {
	return iso20022.StatusReport{
		ID: "A-0001", Created: morning.Add(1_000_000_000), Bank: bankA, Original: "RUN-20260901-0001", Code: "PART",
		Payments: []iso20022.PaymentStatus{{
			ID: "RUN-20260901-0001-1", Code: "PART",
			Transactions: []iso20022.TransactionStatus{
				{
					EndToEndID: "LEG-0001", InstructionID: "I-1", Code: "ACSC", Accepted: morning, Reference: "A20260901-1",
					Amount: yuan("300,000.00"), Execution: day("2026-09-01"), Debtor: debtor, DebtorAccount: "33001616783050000001",
					DebtorAgent: bankA, Creditor: supplier, CreditorAccount: "33001616783050000002", CreditorAgent: bankB,
				},
				{EndToEndID: "LEG-0002", Code: "RJCT", Reason: iso20022.Reason{Code: "AC01", Text: "账号有误"}},
			},
		}},
	}
}

func sampleEntries() []iso20022.Entry {
	legs := iso20022.Detail{
		Original: "RUN-20260901-0001", Payment: "RUN-20260901-0001-1", EndToEndID: "LEG-0001", Reference: "B20260901-7-1",
		Amount: yuan("300,000.00"), Debtor: debtor, DebtorAccount: "33001616783050000001", DebtorAgent: bankA,
		Creditor: supplier, CreditorAccount: "33001616783050000002", CreditorAgent: bankB, Remittance: "凭证到期兑付 0001",
	}
	other := legs
	other.EndToEndID, other.Reference, other.Amount, other.TransactionID = "", "B20260901-7-2", yuan("0.05"), "TX-77"
	back := legs
	back.Reference, back.Return = "B20260901-9", &iso20022.Reason{Code: "AC04", Text: "账户已销户"}
	return []iso20022.Entry{
		{
			Reference: "B20260901-7", Amount: yuan("300,000.05"), Direction: iso20022.Credit, Status: iso20022.Booked,
			Booked: iso20022.At(morning), Value: iso20022.On(day("2026-09-01")), Details: []iso20022.Detail{legs, other},
		},
		{Reference: "B20260901-8", Amount: 30, Direction: iso20022.Debit, Status: iso20022.Pending, Reversal: true},
		{
			Reference: "B20260901-9", Amount: yuan("300,000.00"), Direction: iso20022.Debit, Status: iso20022.Booked,
			Booked: iso20022.At(morning), Details: []iso20022.Detail{back},
		},
	}
}

func sampleNotification() iso20022.Notification {
	return iso20022.Notification{ID: "B-0001", Created: morning, Accounts: []iso20022.AccountReport{
		{ID: "B-0001-1", Account: "33001616783050000002", Owner: supplier, Servicer: bankB, Entries: sampleEntries()},
		{ID: "B-0001-2", Account: "33001616783050000003", Servicer: bankB},
	}}
}

func sampleStatement() iso20022.Statement {
	return iso20022.Statement{ID: "B-0002", Created: morning, Accounts: []iso20022.AccountReport{{
		ID: "B-0002-1", Account: "33001616783050000002", Owner: supplier, Servicer: bankB,
		From: day("2026-09-01").Start(), To: day("2026-09-02").Start() - 1,
		Opening: yuan("-1.00"), Closing: yuan("-0.95"), Entries: sampleEntries(),
	}}}
}

// written gives the samples by the name of their file.
func written(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{
		"pain.001.001.10.xml": func(w io.Writer) error { return iso20022.WriteInitiation(w, sampleInitiation()) },
		"pain.002.001.11.xml": func(w io.Writer) error { return iso20022.WriteStatusReport(w, sampleStatus()) },
		"camt.053.001.08.xml": func(w io.Writer) error { return iso20022.WriteStatement(w, sampleStatement()) },
		"camt.054.001.08.xml": func(w io.Writer) error { return iso20022.WriteNotification(w, sampleNotification()) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		files[name] = b.Bytes()
	}
	return files
}

// read reads a bank's message whole.
func read(text []byte, limits iso20022.Limits) (header iso20022.Header, items []iso20022.Item, err error) {
	header, err = iso20022.Read(bytes.NewReader(text), limits, func(item iso20022.Item) error {
		items = append(items, item)
		return nil
	})
	return header, items, err
}

// The golden files are what a bank's staff would see. A change of one is a change of
// what banks receive.
func TestFilesAreWrittenAsBefore(t *testing.T) {
	for name, text := range written(t) {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(golden, text) {
			t.Errorf("%s is written otherwise than in %s:\n%s", name, path, text)
		}
	}
}

// TestExportForSchemas writes the samples where .ci/iso20022 validates them against the
// published schemas, in the folder that ISO20022_EXPORT names.
func TestExportForSchemas(t *testing.T) {
	folder := cmp.Or(os.Getenv("ISO20022_EXPORT"), t.TempDir())
	for name, text := range written(t) {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
