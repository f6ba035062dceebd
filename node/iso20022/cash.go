package iso20022

import (
	"fmt"
	"io"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Statement is a camt.053: what was booked on accounts in a time, with the balances
// before and after.
type Statement struct {
	ID       string
	Created  calendar.Instant
	Accounts []AccountReport
}

// Notification is a camt.054: entries that a bank tells of when they are booked.
type Notification struct {
	ID       string
	Created  calendar.Instant
	Accounts []AccountReport
}

// AccountReport is the part of a statement or notification that is about one account.
type AccountReport struct {
	ID       string
	Account  Account
	Owner    Party
	Servicer Agent // the bank of the account
	// From and To bound the time reported; both or neither.
	From, To calendar.Instant
	// Opening and Closing are the booked balances, of a statement only. They are negative
	// if overdrawn, and their difference is the sum of the booked entries.
	Opening, Closing money.Fen
	Entries          []Entry
}

// Entry is one booking on an account, of one or of several transactions. Several come
// to its amount.
type Entry struct {
	Reference string // the bank's
	Amount    money.Fen
	Direction Direction
	Status    Status // Booked or Pending
	Reversal  bool   // takes back an earlier entry that was a mistake
	Booked    Moment
	Value     Moment
	Details   []Detail
}

// Detail is one transaction of an entry, booked on the same side.
type Detail struct {
	Original        string // identification of the pain.001
	Payment         string // of its payment group
	InstructionID   string
	EndToEndID      string // NOTPROVIDED is written if it is empty
	TransactionID   string
	Reference       string // the bank's
	Amount          money.Fen
	Debtor          Party
	DebtorAccount   Account
	DebtorAgent     Agent
	Creditor        Party
	CreditorAccount Account
	CreditorAgent   Agent
	Remittance      string
	// Return says that the transaction brings an earlier payment back, and why.
	Return *Reason
}

// Check refuses with BAD_ARGUMENT or BAD_AMOUNT a statement that WriteStatement would
// not write, such as one whose entries do not lead from balance to balance.
func (s Statement) Check() error {
	if err := checkReport(s.ID, s.Created, s.Accounts); err != nil {
		return err
	}
	for _, a := range s.Accounts {
		expected := a.Opening
		for _, e := range a.Entries {
			change := e.Amount
			if e.Direction == Debit {
				change = -change
			}
			if e.Status != Booked {
				change = 0
			}
			var err error
			if expected, err = expected.Add(change); err != nil {
				return code.BadAmount.New("account report %.40q: the entries sum to more than can be written", a.ID)
			}
		}
		if expected != a.Closing || min(a.Opening, a.Closing) < -maxAmount || max(a.Opening, a.Closing) > maxAmount {
			return code.BadAmount.New("account report %.40q: opening balance %s and entries come to %s, closing balance %s",
				a.ID, a.Opening, expected, a.Closing)
		}
	}
	return nil
}

// Check refuses with BAD_ARGUMENT or BAD_AMOUNT a notification that WriteNotification
// would not write.
func (n Notification) Check() error {
	for _, a := range n.Accounts {
		if a.Opening != 0 || a.Closing != 0 {
			return code.BadArgument.New("account report %.40q: a notification has no balances", a.ID)
		}
	}
	return checkReport(n.ID, n.Created, n.Accounts)
}

func checkReport(id string, created calendar.Instant, accounts []AccountReport) error {
	if err := checkID("message", id); err != nil {
		return err
	}
	if err := checkInstant("creation time", created); err != nil {
		return err
	}
	if len(accounts) == 0 {
		return code.BadArgument.New("the message is about no account")
	}
	for _, a := range accounts {
		if err := a.check(); err != nil {
			return fmt.Errorf("account report %.40q: %w", a.ID, err)
		}
	}
	return nil
}

func (a AccountReport) check() error {
	for _, err := range []error{
		checkID("report", a.ID), checkAccount("account", a.Account), checkParty("owner", a.Owner),
		checkAgent("bank of the account", a.Servicer), a.From.Valid(), a.To.Valid(),
	} {
		if err != nil {
			return err
		}
	}
	if a.From.IsZero() != a.To.IsZero() || a.From > a.To {
		return code.BadArgument.New("the time reported is from %s to %s", a.From, a.To)
	}
	for i, e := range a.Entries {
		if err := e.check(); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return nil
}

func (e Entry) check() error {
	for _, err := range []error{
		checkOptionalID("reference", e.Reference), checkPositive(e.Amount),
		checkMoment("booking date", e.Booked), checkMoment("value date", e.Value),
	} {
		if err != nil {
			return err
		}
	}
	if e.Direction != Credit && e.Direction != Debit || e.Status != Booked && e.Status != Pending {
		return code.BadArgument.New("an entry is %s or %s, and %s or %s", Credit, Debit, Booked, Pending)
	}
	var sum money.Fen
	for i, d := range e.Details {
		if err := d.check(); err != nil {
			return fmt.Errorf("transaction %d: %w", i+1, err)
		}
		var err error
		if sum, err = sum.Add(d.Amount); err != nil {
			return code.BadAmount.New("the transactions sum to more than can be written")
		}
	}
	if len(e.Details) > 0 && sum != e.Amount {
		return code.BadAmount.New("the transactions come to %s, and the entry is of %s", sum, e.Amount)
	}
	return nil
}

func (d Detail) check() error {
	for _, err := range []error{
		checkOptionalID("original message", d.Original), checkOptionalID("payment group", d.Payment),
		checkOptionalID("instruction identification", d.InstructionID),
		checkOptionalID("end-to-end identification", d.EndToEndID),
		checkOptionalID("transaction identification", d.TransactionID),
		checkOptionalID("reference", d.Reference), checkPositive(d.Amount),
		checkText("remittance", d.Remittance, maxRemittance),
		related{d.Debtor, d.DebtorAccount, d.DebtorAgent, d.Creditor, d.CreditorAccount, d.CreditorAgent}.check(),
	} {
		if err != nil {
			return err
		}
	}
	if d.Return != nil {
		return checkReason(*d.Return)
	}
	return nil
}

// WriteStatement writes a camt.053.001.08. What Check refuses is refused before a byte
// is written; any other error is the stream's.
func WriteStatement(w io.Writer, s Statement) error {
	if err := s.Check(); err != nil {
		return err
	}
	return writeReport(w, Camt053, s.ID, s.Created, s.Accounts)
}

// WriteNotification writes a camt.054.001.08. What Check refuses is refused before a
// byte is written; any other error is the stream's.
func WriteNotification(w io.Writer, n Notification) error {
	if err := n.Check(); err != nil {
		return err
	}
	return writeReport(w, Camt054, n.ID, n.Created, n.Accounts)
}

func writeReport(w io.Writer, kind Kind, id string, created calendar.Instant, accounts []AccountReport) error {
	out := begin(w, kind)
	out.groupHeader(id, created, func() {})
	for _, a := range accounts {
		out.in(accountElement(kind), func() { out.accountReport(kind, created, a) })
		if out.err != nil {
			return out.err
		}
	}
	return out.end(kind)
}

func (w *writer) accountReport(kind Kind, created calendar.Instant, a AccountReport) {
	w.leaf("Id", a.ID)
	w.time("CreDtTm", created)
	if !a.From.IsZero() {
		w.line("FrToDt", func() {
			w.time("FrDtTm", a.From)
			w.time("ToDtTm", a.To)
		})
	}
	w.in("Acct", func() {
		w.within(string(a.Account), "Id", "Othr", "Id")
		w.leaf("Ccy", currency)
		w.party("Ownr", a.Owner)
		w.agent("Svcr", a.Servicer)
	})
	if kind == Camt053 {
		day := created
		if !a.To.IsZero() {
			day = a.To
		}
		w.balance("OPBD", a.Opening, day.Date())
		w.balance("CLBD", a.Closing, day.Date())
	}
	for _, e := range a.Entries {
		w.entry(e)
	}
}

func (w *writer) balance(kind string, f money.Fen, day calendar.Date) {
	side := Credit
	if f < 0 {
		f, side = -f, Debit
	}
	w.in("Bal", func() {
		w.within(kind, "Tp", "CdOrPrtry", "Cd")
		w.amount("Amt", f)
		w.side(side)
		w.within(day.String(), "Dt", "Dt")
	})
}

// side writes a checked direction.
func (w *writer) side(d Direction) {
	if d == Credit {
		w.leaf("CdtDbtInd", "CRDT")
	} else {
		w.leaf("CdtDbtInd", "DBIT")
	}
}

func (w *writer) entry(e Entry) {
	back := len(e.Details) > 0
	for _, d := range e.Details {
		back = back && d.Return != nil
	}
	w.in("Ntry", func() {
		w.amount("Amt", e.Amount)
		w.side(e.Direction)
		if e.Reversal {
			w.leaf("RvslInd", "true")
		}
		if e.Status == Booked {
			w.within("BOOK", "Sts", "Cd")
		} else {
			w.within("PDNG", "Sts", "Cd")
		}
		w.moment("BookgDt", e.Booked)
		w.moment("ValDt", e.Value)
		w.leaf("AcctSvcrRef", e.Reference)
		w.transactionCode(e.Direction, back)
		if len(e.Details) == 0 {
			return
		}
		w.in("NtryDtls", func() {
			if len(e.Details) > 1 {
				w.line("Btch", func() { w.number("NbOfTxs", len(e.Details)) })
			}
			for _, d := range e.Details {
				w.detail(e.Direction, d)
			}
		})
	})
}

// transactionCode writes the bank transaction code: a domestic credit transfer that was
// received or issued, or the return of one.
func (w *writer) transactionCode(d Direction, back bool) {
	family, kind := "ICDT", "DMCT"
	if back {
		kind = "RRTN"
	}
	if (d == Credit) != back { // a return is booked against the earlier transfer
		family = "RCDT"
	}
	w.line("BkTxCd", func() {
		w.in("Domn", func() {
			w.leaf("Cd", "PMNT")
			w.in("Fmly", func() {
				w.leaf("Cd", family)
				w.leaf("SubFmlyCd", kind)
			})
		})
	})
}

func (w *writer) detail(side Direction, d Detail) {
	endToEnd := d.EndToEndID
	if endToEnd == "" {
		endToEnd = notProvided
	}
	w.in("TxDtls", func() {
		w.in("Refs", func() {
			w.leaf("MsgId", d.Original)
			w.leaf("AcctSvcrRef", d.Reference)
			w.leaf("PmtInfId", d.Payment)
			w.leaf("InstrId", d.InstructionID)
			w.leaf("EndToEndId", endToEnd)
			w.leaf("TxId", d.TransactionID)
		})
		w.amount("Amt", d.Amount)
		w.side(side)
		if d.Return != nil {
			w.transactionCode(side, true)
		}
		w.sides(d)
		w.within(d.Remittance, "RmtInf", "Ustrd")
		if d.Return != nil {
			w.reason("RtrInf", *d.Return)
		}
	})
}

// sides writes the parties and banks of a transaction, as far as they are known.
func (w *writer) sides(d Detail) {
	if d.Debtor != (Party{}) || d.DebtorAccount != "" || d.Creditor != (Party{}) || d.CreditorAccount != "" {
		w.in("RltdPties", func() {
			w.partyChoice("Dbtr", d.Debtor)
			w.account("DbtrAcct", d.DebtorAccount)
			w.partyChoice("Cdtr", d.Creditor)
			w.account("CdtrAcct", d.CreditorAccount)
		})
	}
	if d.DebtorAgent != (Agent{}) || d.CreditorAgent != (Agent{}) {
		w.in("RltdAgts", func() {
			w.agent("DbtrAgt", d.DebtorAgent)
			w.agent("CdtrAgt", d.CreditorAgent)
		})
	}
}
