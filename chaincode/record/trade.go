package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Line is a bank's credit line for a debtor. Available is Limit less Used less
// Reserved, or 0 when a cut left less than that (OverLimit).
type Line struct {
	_        struct{} `cbor:",toarray"`
	Bank     string
	ID       string
	Debtor   string
	Group    string // id of the bank's group cap, or empty
	Limit    money.Fen
	Used     money.Fen
	Reserved money.Fen
	From     calendar.Date
	To       calendar.Date // last day on which it can be reserved
	Frozen   bool
}

// Group is a bank's cap over several lines, which may lie inside a wider cap.
type Group struct {
	_        struct{} `cbor:",toarray"`
	Bank     string
	ID       string
	Parent   string // wider group, or empty
	Cap      money.Fen
	Used     money.Fen // sum over all lines below it
	Reserved money.Fen
}

// TradeContract is the sale or service contract behind invoices.
type TradeContract struct {
	_         struct{} `cbor:",toarray"`
	ID        string
	Buyer     string
	Seller    string
	Document  Digest // hash of the document
	Signed    calendar.Date
	Amount    money.Fen // tax-inclusive, or 0 for a framework contract
	TermDays  int32     // agreed payment term after delivery, days
	Agreed    bool      // a clause agrees to payment by certificate
	SellerSME Class     // the seller's class at the contract date
	Recorded  calendar.Instant
}

// Delivery is the buyer's acceptance of goods or services.
type Delivery struct {
	_        struct{} `cbor:",toarray"`
	ID       string
	Contract string
	Buyer    string
	Seller   string
	Document Digest
	Accepted calendar.Date
	Amount   money.Fen
	Recorded calendar.Instant
}

// Invoice is a tax invoice, known on the ledger only by a keyed fingerprint.
// What can still be allocated is Amount less Allocated less Cancelled.
type Invoice struct {
	_           struct{} `cbor:",toarray"`
	Fingerprint Digest   // HMAC-SHA256 under the banks' shared key
	Scheme      uint8    // 1: HMAC-SHA256 over the normalised invoice facts
	Epoch       uint32   // of the key
	Seller      string
	Buyer       string
	Contract    string
	Delivery    string    // or empty
	Amount      money.Fen // tax-inclusive
	Date        calendar.Date
	Due         calendar.Date // 0 when the invoice names none
	Allocated   money.Fen
	Cancelled   money.Fen // by red-letter invoices
	RedLetter   bool
	Verified    Verification
	RecordedBy  string
	Recorded    calendar.Instant
}

// Verification is the latest signed attestation about an invoice.
type Verification struct {
	_        struct{} `cbor:",toarray"`
	Bank     string   // the attesting bank, empty when there is none
	Kind     VerificationKind
	Good     bool
	Document Digest // hash of what was seen, for example the tax service's answer
	At       calendar.Instant
}

// VerificationKind is what was checked.
type VerificationKind uint8

// Kinds of verification.
const (
	TaxCheck VerificationKind = iota + 1 // against the tax authority's invoice service
	PaperCheck
)

// Allocation is the part of an invoice that covers a payment.
type Allocation struct {
	_       struct{}  `cbor:",toarray"`
	Invoice Digest    `json:"invoice"`
	Amount  money.Fen `json:"amount"`
}
