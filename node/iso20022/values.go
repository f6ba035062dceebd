package iso20022

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Kind is one of the messages that this package knows.
type Kind string

// The messages, by the part of their identifier that a version does not change.
const (
	Pain001 Kind = "pain.001" // payment initiation, from us to a bank
	Pain002 Kind = "pain.002" // payment status report, from a bank
	Camt053 Kind = "camt.053" // statement of an account, from a bank
	Camt054 Kind = "camt.054" // debit and credit notification, from a bank
)

// Party is a payer, a payee or who sends an instruction.
type Party struct {
	Name string // at most 140 characters
	Code string // unified social credit code
}

// Agent is a bank. A bank that writes to us may name itself and others by something
// else than its social credit code; that is kept apart, because it cannot be compared.
type Agent struct {
	Code   string // unified social credit code
	Member string // number in a clearing system, such as the 12 digits of CNAPS (联行号)
	BIC    string
	Name   string
}

// Account is the number of a bank account as its bank writes it, at most 34
// characters. It is compared whole and never taken apart.
type Account string

// Reason is why a bank refused or returned a payment: a code of ISO 20022's external
// code sets, such as AC01, and what the bank says besides.
type Reason struct {
	Code string
	Text string
}

// Moment is a day, and the time on it if the bank says one.
type Moment struct {
	Date calendar.Date
	Time calendar.Instant // zero if only the day is known
}

// On is the moment of a day without a time.
func On(d calendar.Date) Moment { return Moment{Date: d} }

// At is the moment of a point in time.
func At(i calendar.Instant) Moment { return Moment{Date: i.Date(), Time: i} }

// IsZero reports whether nothing is known.
func (m Moment) IsZero() bool { return m == Moment{} }

// Direction is the side of an account that an entry is booked on.
type Direction string

// The sides, seen by the owner of the account.
const (
	Credit Direction = "credit" // money came
	Debit  Direction = "debit"  // money went
)

// Status is what a bank says of a payment or an entry. Item.Code has its own word.
type Status string

// The states, and the codes that mean them.
const (
	Accepted Status = "accepted" // ACTC, ACCP, ACSP, ACWC, ACWP: will be carried out
	Settled  Status = "settled"  // ACSC: the payer's account is debited; ACCC: the payee's is credited
	Rejected Status = "rejected" // RJCT, CANC: not carried out
	Pending  Status = "pending"  // RCVD, PDNG, FUTR: nothing is decided or booked
	Partly   Status = "partly"   // PART: of a group, some transactions are accepted and some not
	Booked   Status = "booked"   // BOOK: on the account, final
	Returned Status = "returned" // BOOK, and the entry is the return of an earlier payment
)

// Scope is what an item speaks of.
type Scope string

// The scopes. Entries of an account always speak of one transaction.
const (
	OfTransaction Scope = "transaction"
	OfPayment     Scope = "payment" // all transactions of one payment group of a pain.001
	OfMessage     Scope = "message" // all of a pain.001
)

// Item is one statement of a bank about one transaction: a line of a pain.002, or one
// transaction of an entry of a camt.053 or camt.054. An entry that books several
// transactions gives one item for each.
//
// An item with a Problem cannot be used without a person: its amount, direction or
// status is missing, or does not fit the rest of its entry. Texts in an item can be
// shown: what cannot is replaced and is a Problem.
type Item struct {
	Message string // identification of the file's message
	Index   int    // position in the message, from 1: the same at each reading of the file
	Entry   int    // of a camt: number of the entry in the message, from 1
	Line    int    // in the file
	Scope   Scope

	Original    string // identification of the pain.001, as far as the bank says it
	Payment     string // identification of its payment group
	Instruction string
	EndToEnd    string // end-to-end identification; empty also if the bank writes NOTPROVIDED
	Transaction string // identification given by the first bank of the transfer

	Amount    money.Fen // zero if there is none or it has a Problem
	Direction Direction // empty in a pain.002
	Status    Status
	Code      string // the bank's own word for the status: ACSC, BOOK
	Reversal  bool   // the entry takes back an earlier one that was a mistake
	Reason    Reason

	// Reference is the bank's own for this booking: that of the transaction, or else of
	// the entry. It is unique at the bank if the bank keeps to the standard.
	Reference      string
	EntryReference string // of the whole entry

	// Account is the account that the money moved on, as its bank says. In a credit it
	// should be CreditorAccount, which is what the payer wrote.
	Account  Account
	Owner    Party
	Servicer Agent // the bank of the account; of a pain.002, the bank that answers

	Debtor          Party
	DebtorAccount   Account
	DebtorAgent     Agent
	Creditor        Party
	CreditorAccount Account
	CreditorAgent   Agent
	Remittance      string // at most 500 characters

	Booked   Moment
	Value    Moment
	Accepted calendar.Instant // of a pain.002: when the bank took the payment on

	Problem string // why the item cannot be used as it is
}

// Header is what a file says of itself.
type Header struct {
	Kind     Kind
	Version  string // the whole identifier, such as camt.054.001.08
	Message  string
	Created  calendar.Instant
	Original string    // of a pain.002: identification of the pain.001 that it answers
	Items    int       // how many were given
	Accounts []Summary // of a camt: each account reported, in order
}

// Summary is what a camt.053 or camt.054 says of one account, and whether it adds up.
type Summary struct {
	ID       string // of the statement or notification
	Account  Account
	Owner    Party
	Servicer Agent
	Entries  int
	// Booked entries only.
	Credits, Debits money.Fen
	// Balances of a statement; negative if overdrawn.
	Opening, Closing Balance
	// Problem says that the balances do not follow from the entries, or why that cannot
	// be said.
	Problem string
}

// Balance is a booked balance, if the statement has it.
type Balance struct {
	Amount money.Fen
	Known  bool
}

// BalanceOf is a known balance.
func BalanceOf(f money.Fen) Balance { return Balance{Amount: f, Known: true} }
