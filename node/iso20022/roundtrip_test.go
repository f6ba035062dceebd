package iso20022_test

import (
	"bytes"
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Generators of what may be written.

func genID() *rapid.Generator[string] {
	return rapid.StringMatching(`[A-Za-z0-9/?:().,'+-]([A-Za-z0-9/?:().,'+ -]{0,33}[A-Za-z0-9/?:().,'+-])?`)
}

func genText(most int) *rapid.Generator[string] {
	characters := []rune("钱塘齿轮有限公司AZaz09 &<>\"'{}é　😀")
	return rapid.Map(rapid.StringOfN(rapid.SampledFrom(characters), 0, most, -1), strings.TrimSpace)
}

func genAmount(most money.Fen) *rapid.Generator[money.Fen] {
	return rapid.Map(rapid.OneOf(rapid.Int64Range(1, 200), rapid.Int64Range(1, int64(most))), func(f int64) money.Fen { return money.Fen(f) })
}

func genCode() *rapid.Generator[string] {
	return rapid.Map(rapid.StringMatching(`9133[0-9]{13}`), social)
}

func genInstant() *rapid.Generator[calendar.Instant] {
	return rapid.Map(rapid.Int64Range(1, 4e12), func(ms int64) calendar.Instant { return calendar.Instant(ms) })
}

func genDay() *rapid.Generator[calendar.Date] {
	return rapid.Map(rapid.Int32Range(1, 40_000), func(d int32) calendar.Date { return calendar.Date(d) })
}

func genMoment() *rapid.Generator[iso20022.Moment] {
	return rapid.OneOf(rapid.Just(iso20022.Moment{}), rapid.Map(genInstant(), iso20022.At), rapid.Map(genDay(), iso20022.On))
}

func genParty() *rapid.Generator[iso20022.Party] {
	return rapid.Custom(func(t *rapid.T) iso20022.Party {
		name := cmp.Or(genText(140).Draw(t, "name"), "甲")
		return iso20022.Party{Name: name, Code: genCode().Draw(t, "code")}
	})
}

func genAgent() *rapid.Generator[iso20022.Agent] {
	return rapid.Custom(func(t *rapid.T) iso20022.Agent {
		return iso20022.Agent{
			Code: genCode().Draw(t, "code"), Name: genText(140).Draw(t, "name"),
			Member: optional(genID()).Draw(t, "member"),
		}
	})
}

func genAccount() *rapid.Generator[iso20022.Account] {
	return rapid.Map(genText(34), func(s string) iso20022.Account { return iso20022.Account(cmp.Or(s, "1")) })
}

func optional[T any](of *rapid.Generator[T]) *rapid.Generator[T] {
	var none T
	return rapid.OneOf(rapid.Just(none), of)
}

func genReason() *rapid.Generator[iso20022.Reason] {
	return rapid.Custom(func(t *rapid.T) iso20022.Reason {
		return iso20022.Reason{Code: optional(rapid.StringMatching(`[A-Z]{2}[0-9]{2}`)).Draw(t, "reason"), Text: genText(105).Draw(t, "text")}
	})
}

func genInitiation() *rapid.Generator[iso20022.Initiation] {
	return rapid.Custom(func(t *rapid.T) iso20022.Initiation {
		in := iso20022.Initiation{MessageID: genID().Draw(t, "id"), Created: genInstant().Draw(t, "created"), Initiator: genParty().Draw(t, "initiator")}
		for i := range rapid.IntRange(1, 3).Draw(t, "groups") {
			p := iso20022.PaymentGroup{
				ID: fmt.Sprintf("G%d", i), Execution: genDay().Draw(t, "execution"), Debtor: genParty().Draw(t, "debtor"),
				DebtorAccount: genAccount().Draw(t, "account"), DebtorAgent: genAgent().Draw(t, "agent"),
			}
			for j := range rapid.IntRange(1, 3).Draw(t, "transfers") {
				p.Transfers = append(p.Transfers, iso20022.Transfer{
					EndToEndID:    fmt.Sprintf("E%d-%d %s", i, j, rapid.StringMatching(`[a-z]{1,20}`).Draw(t, "end")),
					InstructionID: optional(genID()).Draw(t, "instruction"),
					Amount:        genAmount(99_999_999_999_999_999).Draw(t, "amount"), Creditor: genParty().Draw(t, "creditor"),
					CreditorAccount: genAccount().Draw(t, "account"), CreditorAgent: genAgent().Draw(t, "agent"),
					Remittance: genText(140).Draw(t, "remittance"),
				})
			}
			in.Payments = append(in.Payments, p)
		}
		return in
	})
}

// What is written of a payment run is what a bank reads of it.
func TestInitiationReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genInitiation().Draw(t, "initiation")
		var b bytes.Buffer
		if err := iso20022.WriteInitiation(&b, want); err != nil {
			t.Fatal(err)
		}
		got, err := iso20022.ReadInitiation(bytes.NewReader(b.Bytes()), iso20022.DefaultLimits())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("read\n%+v\nwritten\n%+v", got, want)
		}
	})
}

func genStatus() *rapid.Generator[iso20022.StatusReport] {
	return rapid.Custom(func(t *rapid.T) iso20022.StatusReport {
		words := rapid.SampledFrom([]string{"ACCP", "ACSP", "ACSC", "ACCC", "RJCT", "PDNG"})
		r := iso20022.StatusReport{
			ID: genID().Draw(t, "id"), Created: genInstant().Draw(t, "created"), Bank: genAgent().Draw(t, "bank"),
			Original: genID().Draw(t, "original"), Code: optional(words).Draw(t, "status"), Reason: genReason().Draw(t, "reason"),
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "groups") {
			p := iso20022.PaymentStatus{ID: fmt.Sprintf("G%d", i), Code: optional(words).Draw(t, "status"), Reason: genReason().Draw(t, "reason")}
			for range rapid.IntRange(0, 3).Draw(t, "transactions") {
				p.Transactions = append(p.Transactions, iso20022.TransactionStatus{
					EndToEndID: genID().Draw(t, "end"), InstructionID: optional(genID()).Draw(t, "instruction"),
					Code: words.Draw(t, "status"), Reason: genReason().Draw(t, "reason"), Accepted: optional(genInstant()).Draw(t, "accepted"),
					Reference: optional(genID()).Draw(t, "reference"), Amount: optional(genAmount(1e17)).Draw(t, "amount"),
					Execution: optional(genDay()).Draw(t, "execution"), Debtor: optional(genParty()).Draw(t, "debtor"),
					DebtorAccount: optional(genAccount()).Draw(t, "account"), DebtorAgent: optional(genAgent()).Draw(t, "agent"),
					Creditor: optional(genParty()).Draw(t, "creditor"), CreditorAccount: optional(genAccount()).Draw(t, "account"),
					CreditorAgent: optional(genAgent()).Draw(t, "agent"),
				})
			}
			r.Payments = append(r.Payments, p)
		}
		return r
	})
}

func meaning(word string) iso20022.Status {
	return map[string]iso20022.Status{
		"ACCP": iso20022.Accepted, "ACSP": iso20022.Accepted, "ACSC": iso20022.Settled, "ACCC": iso20022.Settled,
		"RJCT": iso20022.Rejected, "PDNG": iso20022.Pending,
	}[word]
}

// expectStatus says which items a status report should give.
func expectStatus(r iso20022.StatusReport) (items []iso20022.Item) {
	give := func(scope iso20022.Scope, payment, word string, why iso20022.Reason) *iso20022.Item {
		items = append(items, iso20022.Item{
			Message: r.ID, Index: len(items) + 1, Scope: scope, Original: r.Original, Payment: payment,
			Code: word, Status: meaning(word), Reason: why, Servicer: r.Bank,
		})
		return &items[len(items)-1]
	}
	if r.Code != "" {
		give(iso20022.OfMessage, "", r.Code, r.Reason)
	}
	entry := 0
	for _, p := range r.Payments {
		if p.Code != "" {
			give(iso20022.OfPayment, p.ID, p.Code, p.Reason)
		}
		for _, tx := range p.Transactions {
			entry++
			i := give(iso20022.OfTransaction, p.ID, tx.Code, tx.Reason)
			i.Entry, i.EndToEnd, i.Instruction, i.Reference, i.Accepted = entry, tx.EndToEndID, tx.InstructionID, tx.Reference, tx.Accepted
			i.Amount = tx.Amount
			i.Debtor, i.DebtorAccount, i.DebtorAgent = tx.Debtor, tx.DebtorAccount, tx.DebtorAgent
			i.Creditor, i.CreditorAccount, i.CreditorAgent = tx.Creditor, tx.CreditorAccount, tx.CreditorAgent
		}
	}
	return items
}

// sameItems compares items without their lines.
func sameItems(t *rapid.T, text []byte, want []iso20022.Item) iso20022.Header {
	header, got, err := read(text, iso20022.DefaultLimits())
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for i := range got {
		got[i].Line = 0
	}
	if !slices.Equal(got, want) || header.Items != len(want) {
		t.Fatalf("read\n%+v\nwritten\n%+v\nin\n%s", got, want, text)
	}
	return header
}

func TestStatusReportReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := genStatus().Draw(t, "report")
		var b bytes.Buffer
		if err := iso20022.WriteStatusReport(&b, r); err != nil {
			t.Fatal(err)
		}
		header := sameItems(t, b.Bytes(), expectStatus(r))
		if header.Kind != iso20022.Pain002 || header.Message != r.ID || header.Created != r.Created || header.Original != r.Original {
			t.Fatalf("header %+v", header)
		}
	})
}

func genDetail() *rapid.Generator[iso20022.Detail] {
	return rapid.Custom(func(t *rapid.T) iso20022.Detail {
		d := iso20022.Detail{
			Original: optional(genID()).Draw(t, "original"), Payment: optional(genID()).Draw(t, "payment"),
			InstructionID: optional(genID()).Draw(t, "instruction"), EndToEndID: optional(genID()).Draw(t, "end"),
			TransactionID: optional(genID()).Draw(t, "transaction"), Reference: optional(genID()).Draw(t, "reference"),
			Amount: genAmount(1e12).Draw(t, "amount"), Debtor: optional(genParty()).Draw(t, "debtor"),
			DebtorAccount: optional(genAccount()).Draw(t, "account"), DebtorAgent: optional(genAgent()).Draw(t, "agent"),
			Creditor: optional(genParty()).Draw(t, "creditor"), CreditorAccount: optional(genAccount()).Draw(t, "account"),
			CreditorAgent: optional(genAgent()).Draw(t, "agent"), Remittance: genText(140).Draw(t, "remittance"),
		}
		if rapid.Bool().Draw(t, "returned") {
			why := genReason().Draw(t, "reason")
			d.Return = &why
		}
		return d
	})
}

func genEntry() *rapid.Generator[iso20022.Entry] {
	return rapid.Custom(func(t *rapid.T) iso20022.Entry {
		e := iso20022.Entry{
			Reference: optional(genID()).Draw(t, "reference"), Amount: genAmount(1e12).Draw(t, "amount"),
			Direction: rapid.SampledFrom([]iso20022.Direction{iso20022.Credit, iso20022.Debit}).Draw(t, "direction"),
			Status:    rapid.SampledFrom([]iso20022.Status{iso20022.Booked, iso20022.Pending}).Draw(t, "status"),
			Reversal:  rapid.Bool().Draw(t, "reversal"), Booked: genMoment().Draw(t, "booked"), Value: genMoment().Draw(t, "value"),
			Details: rapid.SliceOfN(genDetail(), 0, 3).Draw(t, "details"),
		}
		if len(e.Details) > 0 {
			e.Amount = 0
			for _, d := range e.Details {
				e.Amount += d.Amount
			}
		}
		return e
	})
}

func genReport(balances bool) *rapid.Generator[iso20022.AccountReport] {
	return rapid.Custom(func(t *rapid.T) iso20022.AccountReport {
		a := iso20022.AccountReport{
			ID: genID().Draw(t, "id"), Account: genAccount().Draw(t, "account"), Owner: optional(genParty()).Draw(t, "owner"),
			Servicer: genAgent().Draw(t, "servicer"), Entries: rapid.SliceOfN(genEntry(), 0, 3).Draw(t, "entries"),
		}
		if balances {
			a.Opening = money.Fen(rapid.Int64Range(-1e15, 1e15).Draw(t, "opening"))
			credits, debits := sums(a.Entries)
			a.Closing = a.Opening + credits - debits
			a.From, a.To = day("2026-09-01").Start(), day("2026-09-02").Start()
		}
		return a
	})
}

func sums(entries []iso20022.Entry) (credits, debits money.Fen) {
	for _, e := range entries {
		switch {
		case e.Status != iso20022.Booked:
		case e.Direction == iso20022.Credit:
			credits += e.Amount
		default:
			debits += e.Amount
		}
	}
	return credits, debits
}

// expectCash says which items a statement or notification should give, and expectEntry
// which its entry does.
func expectCash(message string, accounts []iso20022.AccountReport) (items []iso20022.Item) {
	entry := 0
	for _, a := range accounts {
		for _, e := range a.Entries {
			entry++
			for _, i := range expectEntry(e) {
				i.Message, i.Index, i.Entry, i.Scope = message, len(items)+1, entry, iso20022.OfTransaction
				i.Account, i.Owner, i.Servicer = a.Account, a.Owner, a.Servicer
				items = append(items, i)
			}
		}
	}
	return items
}

func expectEntry(e iso20022.Entry) (items []iso20022.Item) {
	whole := iso20022.Item{
		Amount: e.Amount, Direction: e.Direction, Status: e.Status, Code: "BOOK", Reversal: e.Reversal,
		Reference: e.Reference, EntryReference: e.Reference, Booked: e.Booked, Value: e.Value,
	}
	if e.Status == iso20022.Pending {
		whole.Code = "PDNG"
	}
	if len(e.Details) == 0 {
		return []iso20022.Item{whole}
	}
	for _, d := range e.Details {
		i := whole
		i.Original, i.Payment, i.Instruction, i.EndToEnd, i.Transaction = d.Original, d.Payment, d.InstructionID, d.EndToEndID, d.TransactionID
		i.Amount, i.Reference = d.Amount, cmp.Or(d.Reference, e.Reference)
		i.Debtor, i.DebtorAccount, i.DebtorAgent = d.Debtor, d.DebtorAccount, d.DebtorAgent
		i.Creditor, i.CreditorAccount, i.CreditorAgent = d.Creditor, d.CreditorAccount, d.CreditorAgent
		i.Remittance = d.Remittance
		if d.Return != nil {
			i.Reason = *d.Return
			if e.Status == iso20022.Booked {
				i.Status = iso20022.Returned
			}
		}
		items = append(items, i)
	}
	return items
}

// Statements and notifications give one item for each transaction, with its own amount,
// and add up.
func TestStatementsAndNotificationsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		statement := rapid.Bool().Draw(t, "statement")
		accounts := rapid.SliceOfN(genReport(statement), 1, 3).Draw(t, "accounts")
		id, created := genID().Draw(t, "id"), genInstant().Draw(t, "created")
		var b bytes.Buffer
		var err error
		if statement {
			err = iso20022.WriteStatement(&b, iso20022.Statement{ID: id, Created: created, Accounts: accounts})
		} else {
			err = iso20022.WriteNotification(&b, iso20022.Notification{ID: id, Created: created, Accounts: accounts})
		}
		if err != nil {
			t.Fatal(err)
		}
		header := sameItems(t, b.Bytes(), expectCash(id, accounts))
		for i, got := range header.Accounts {
			a := accounts[i]
			want := iso20022.Summary{ID: a.ID, Account: a.Account, Owner: a.Owner, Servicer: a.Servicer, Entries: len(a.Entries)}
			want.Credits, want.Debits = sums(a.Entries)
			if statement {
				want.Opening, want.Closing = iso20022.BalanceOf(a.Opening), iso20022.BalanceOf(a.Closing)
			}
			if got != want {
				t.Fatalf("account %+v, want %+v", got, want)
			}
		}
	})
}

func TestTheSameMessageIsTheSameBytes(t *testing.T) {
	first, again := written(t), written(t)
	for name := range first {
		if !bytes.Equal(first[name], again[name]) {
			t.Errorf("%s is written in two ways", name)
		}
	}
}
