package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// CertificateState is the stored part of a certificate's status.
type CertificateState uint8

// States of a certificate. Draft is a proposal and has no certificate yet.
const (
	Issued CertificateState = iota + 1 // awaiting acceptance by the first holder
	Active
	Rejected
	Withdrawn
	Lapsed
	Void
)

// Live reports whether the certificate is or may become a debt.
func (s CertificateState) Live() bool { return s == Issued || s == Active }

// Certificate is one issued promise of a debtor to pay Face fen on Payment.
// Its holdings always tile [1, Face].
type Certificate struct {
	_           struct{} `cbor:",toarray"`
	Number      string
	Debtor      string
	FirstHolder string
	Face        money.Fen
	Currency    string        // CNY
	IssueDate   calendar.Date // Asia/Shanghai
	Maturity    calendar.Date // nominal date, to which the term cap applies
	Payment     calendar.Date // maturity rolled to a working day
	Reference   string        // the debtor's own payment reference
	Contract    string        // trade contract
	Bank        string        // bank of the credit line, or empty
	Line        string        // credit line, or empty
	Green       bool
	GreenProof  Digest // hash of the evidence for the green tag, or zero
	Allocations []Allocation
	State       CertificateState
	Pack        uint32 // ordinal of the rule pack at issue
	IssuedAt    calendar.Instant
	AcceptBy    calendar.Instant
	EndedAt     calendar.Instant // accepted, rejected, withdrawn, lapsed; then void
	Pieces      uint32           // live holdings
	NextHolding uint32           // id of the next piece cut
}

// LockKind is why fen are locked. The table of what each kind stops is in
// chaincode/certificate.
type LockKind uint8

// Kinds of locks.
const (
	LockProposal LockKind = iota + 1
	LockOffer
	LockFinancing
	LockDisbursing
	LockPledge
	LockFreeze
	LockClearing
	LockRecourse
)

// Lock is a claim that rests on part of a holding. Locks of a holding are
// ordered: the first has priority.
type Lock struct {
	_           struct{} `cbor:",toarray"`
	Kind        LockKind
	Interval    interval.Interval
	Order       string // id of the proposal, transfer, pledge or order
	Counterpart string // member id of the other side, or empty
	At          calendar.Instant
}

// TierSpan says which tier the fen up to and including To have. The spans of a
// holding are in order and the last one ends where the holding ends.
type TierSpan struct {
	_    struct{} `cbor:",toarray"`
	To   money.Fen
	Tier uint16 // 1 for the first holder
}

// Claim is what must be equal for two holdings to be merged.
type Claim struct {
	_         struct{} `cbor:",toarray"`
	Maturity  calendar.Date
	Recourse  string // seller who stands behind the claim, or empty
	Guarantor string
	Financing string
}

// Holding is a contiguous interval of fen of one certificate with one owner.
// The id is stable; the version rises with every change.
type Holding struct {
	_           struct{} `cbor:",toarray"`
	Certificate string
	ID          uint32
	Version     uint32
	Owner       string
	Interval    interval.Interval
	Tiers       []TierSpan
	Locks       []Lock
	Claim       Claim
	HopDay      calendar.Date // day of the latest transfer
	Hops        uint16        // transfers of these fen on that day
	Since       calendar.Instant
}

// Amount is the number of fen in the holding.
func (h *Holding) Amount() money.Fen { return h.Interval.Amount() }

// MaxTier is the deepest tier of any fen in the holding.
func (h *Holding) MaxTier() uint16 {
	var deepest uint16
	for _, span := range h.Tiers {
		deepest = max(deepest, span.Tier)
	}
	return deepest
}

// Review is a reviewing bank's signature on a term above the ordinary cap.
type Review struct {
	_        struct{} `cbor:",toarray"`
	Bank     string
	Debtor   string
	Face     money.Fen
	Maturity calendar.Date
	Reason   string
	At       calendar.Instant
}

// Reference records which certificate a debtor's payment reference issued.
type Reference struct {
	_           struct{} `cbor:",toarray"`
	Certificate string
}

// TransferState is the life of a transfer.
type TransferState uint8

// States of a transfer.
const (
	TransferOffered TransferState = iota + 1
	TransferAccepted
	TransferRejected
	TransferWithdrawn
	TransferLapsed
)

// Leg is the part of one holding that a transfer or pledge takes.
type Leg struct {
	_           struct{}          `cbor:",toarray"`
	Certificate string            `json:"certificate"`
	Holding     uint32            `json:"holding"`
	Version     uint32            `json:"version"`
	Interval    interval.Interval `json:"interval"`
}

// Transfer is one payment with parts of one or more certificates, all or nothing.
type Transfer struct {
	_           struct{} `cbor:",toarray"`
	ID          string
	From        string
	To          string
	Reference   string // the sender's payment reference
	Amount      money.Fen
	Legs        []Leg
	Allocations []Allocation
	State       TransferState
	OfferedAt   calendar.Instant
	LapsesAt    calendar.Instant // 0 while an order suspends the clock
	EndedAt     calendar.Instant // on acceptance also the arrival of the notice of assignment
	LeftMillis  int64            // time left when the clock was suspended
}

// PledgeState is the life of a pledge.
type PledgeState uint8

// States of a pledge.
const (
	PledgeActive PledgeState = iota + 1
	PledgeReleased
)

// Pledge is a registered security interest in part of a holding (Civil Code 445).
type Pledge struct {
	_            struct{} `cbor:",toarray"`
	ID           string
	Pledgor      string
	Pledgee      string
	Leg          Leg
	Secured      money.Fen // amount secured
	Registration string    // number in the unified registry (中登网)
	Document     Digest
	State        PledgeState
	At           calendar.Instant
	EndedAt      calendar.Instant
}

// OrderKind is what a court, regulator or registrar ordered.
type OrderKind uint8

// Kinds of orders.
const (
	OrderFreeze OrderKind = iota + 1
	OrderJudicialTransfer
	OrderSuccession
)

// OrderState is the life of an order.
type OrderState uint8

// States of an order.
const (
	OrderInForce OrderState = iota + 1
	OrderLifted
	OrderDone
)

// Order is an instrument of a court or regulator, entered by one institution and
// confirmed by another. A freeze takes what the target still owns; Shortfall is
// the rest.
type Order struct {
	_            struct{} `cbor:",toarray"`
	ID           string
	Kind         OrderKind
	Authority    string // name of the court or authority
	Document     Digest
	Docket       string // number of the instrument
	Target       string
	Receiver     string // of a transfer, or empty
	Certificates []string
	Amount       money.Fen
	Taken        money.Fen
	Shortfall    money.Fen
	EnteredBy    string
	ConfirmedBy  string
	State        OrderState
	At           calendar.Instant
	EndedAt      calendar.Instant
}

// ConfirmationState is the life of a request to confirm.
type ConfirmationState uint8

// States of a confirmation request.
const (
	ConfirmationOpen ConfirmationState = iota + 1
	ConfirmationGiven
	ConfirmationRefused
	ConfirmationOverdue // not answered within the days of Order 802 art. 16; still open to an answer
)

// Confirmation is a supplier's request that a debtor confirm what it owes.
type Confirmation struct {
	_        struct{} `cbor:",toarray"`
	ID       string
	Creditor string
	Debtor   string
	Contract string
	Amount   money.Fen
	AskedAt  calendar.Instant
	DueAt    calendar.Instant
	State    ConfirmationState
	Reason   string
	EndedAt  calendar.Instant
}

// Stop is a signed attestation for which a debtor may not issue (DEFAULT-STOP).
type Stop struct {
	_        struct{} `cbor:",toarray"`
	Debtor   string
	Bank     string
	Reason   string
	Document Digest
	Since    calendar.Instant
	Lifted   calendar.Instant // 0 while in force
}
