package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Line is a bank's credit line for a debtor. Available is Limit less Used less
// Reserved, or 0 when a cut left less than that (OverLimit).
type Line struct {
	_        struct{}      `cbor:",toarray"`
	Bank     string        `json:"bank"`
	ID       string        `json:"id"`
	Debtor   string        `json:"debtor"`
	Group    string        `json:"group"` // id of the bank's group cap, or empty
	Limit    money.Fen     `json:"limit"`
	Used     money.Fen     `json:"used"`
	Reserved money.Fen     `json:"reserved"`
	From     calendar.Date `json:"from"`
	To       calendar.Date `json:"to"` // last day on which it can be reserved
	Frozen   bool          `json:"frozen"`
}

// Slot records which line a bank gives a debtor within a group.
type Slot struct {
	_    struct{} `cbor:",toarray"`
	Line string   `json:"line"`
}

// Group is a bank's cap over several lines, which may lie inside a wider cap.
type Group struct {
	_        struct{}  `cbor:",toarray"`
	Bank     string    `json:"bank"`
	ID       string    `json:"id"`
	Parent   string    `json:"parent"` // wider group, or empty
	Cap      money.Fen `json:"cap"`
	Used     money.Fen `json:"used"` // sum over all lines below it
	Reserved money.Fen `json:"reserved"`
}

// TradeContract is the sale or service contract behind invoices.
type TradeContract struct {
	_           struct{}         `cbor:",toarray"`
	ID          string           `json:"id"`
	Buyer       string           `json:"buyer"`
	Seller      string           `json:"seller"`
	Document    Digest           `json:"document"` // hash of the document
	Signed      calendar.Date    `json:"signed"`
	Amount      money.Fen        `json:"amount"`      // tax-inclusive, or 0 for a framework contract
	TermDays    int32            `json:"termDays"`    // agreed payment term after delivery, days
	Agreed      bool             `json:"agreed"`      // a clause agrees to payment by certificate
	SellerClass Class            `json:"sellerClass"` // the seller's class at the contract date
	Recorded    calendar.Instant `json:"recorded"`
	BuyerClass  Class            `json:"buyerClass"` // the buyer's class at the contract date
	RecordedBy  string           `json:"recordedBy"` // which of the two recorded it
	LateRate    money.Rate       `json:"lateRate"`   // late interest agreed, percent a year; 0: none
}

// Delivery is the buyer's acceptance of goods or services.
type Delivery struct {
	_        struct{}         `cbor:",toarray"`
	ID       string           `json:"id"`
	Contract string           `json:"contract"`
	Buyer    string           `json:"buyer"`
	Seller   string           `json:"seller"`
	Document Digest           `json:"document"`
	Accepted calendar.Date    `json:"accepted"`
	Amount   money.Fen        `json:"amount"`
	Recorded calendar.Instant `json:"recorded"`
}

// Invoice is a tax invoice, known on the ledger only by a keyed fingerprint.
// What can still be allocated is Amount less Allocated less Cancelled.
type Invoice struct {
	_           struct{}         `cbor:",toarray"`
	Fingerprint Digest           `json:"fingerprint"` // HMAC-SHA256 under the banks' shared key
	Scheme      uint8            `json:"scheme"`      // 1: HMAC-SHA256 over the normalised invoice facts
	Epoch       uint32           `json:"epoch"`       // of the key
	Seller      string           `json:"seller"`
	Buyer       string           `json:"buyer"`
	Contract    string           `json:"contract"`
	Delivery    string           `json:"delivery"` // or empty
	Amount      money.Fen        `json:"amount"`   // tax-inclusive
	Date        calendar.Date    `json:"date"`
	Due         calendar.Date    `json:"due"` // 0 when the invoice names none
	Allocated   money.Fen        `json:"allocated"`
	Cancelled   money.Fen        `json:"cancelled"`  // by red-letter invoices
	RedLetters  []Digest         `json:"redLetters"` // their documents, in order of recording
	Verified    Verification     `json:"verified"`
	RecordedBy  string           `json:"recordedBy"`
	Recorded    calendar.Instant `json:"recorded"`
}

// Verification is the latest signed attestation about an invoice.
type Verification struct {
	_        struct{}         `cbor:",toarray"`
	Bank     string           `json:"bank"` // the attesting bank, empty when there is none
	Kind     VerificationKind `json:"kind"`
	Good     bool             `json:"good"`
	Document Digest           `json:"document"` // hash of what was seen, for example the tax service's answer
	At       calendar.Instant `json:"at"`
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
