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
	_           struct{}         `cbor:",toarray"`
	Number      string           `json:"number"`
	Debtor      string           `json:"debtor"`
	FirstHolder string           `json:"firstHolder"`
	Face        money.Fen        `json:"face"`
	Currency    string           `json:"currency"`  // CNY
	IssueDate   calendar.Date    `json:"issueDate"` // Asia/Shanghai
	Maturity    calendar.Date    `json:"maturity"`  // nominal date, to which the term cap applies
	Payment     calendar.Date    `json:"payment"`   // maturity rolled to a working day
	Reference   string           `json:"reference"` // the debtor's own payment reference
	Contract    string           `json:"contract"`  // trade contract
	Bank        string           `json:"bank"`      // bank of the credit line, or empty
	Line        string           `json:"line"`      // credit line, or empty
	Green       bool             `json:"green"`
	GreenProof  Digest           `json:"greenProof"` // hash of the evidence for the green tag, or zero
	Allocations []Allocation     `json:"allocations"`
	State       CertificateState `json:"state"`
	Pack        uint32           `json:"pack"` // ordinal of the rule pack at issue
	IssuedAt    calendar.Instant `json:"issuedAt"`
	AcceptBy    calendar.Instant `json:"acceptBy"`    // 0 while an order suspends the clock
	EndedAt     calendar.Instant `json:"endedAt"`     // accepted, rejected, withdrawn, lapsed; then void
	Pieces      uint32           `json:"pieces"`      // live holdings
	NextHolding uint32           `json:"nextHolding"` // id of the next piece cut
	LeftMillis  int64            `json:"leftMillis"`  // time left to accept when an order suspended the clock
	Redeemed    money.Fen        `json:"redeemed"`    // fen that were paid
	Discount    money.Fen        `json:"discount"`    // of the redeemed fen: given up for an early payment
	LateRate    money.Rate       `json:"lateRate"`    // late interest that the contract agrees, percent a year; 0: the statutory rate a day
	Accrued     money.Fen        `json:"accrued"`     // late interest that became owed
	Interest    money.Fen        `json:"interest"`    // of it: paid
	Waived      money.Fen        `json:"waived"`      // of it: given up by its creditors
	Entered     calendar.Date    `json:"entered"`     // latest payment date at which fen entered a run, 0 before the first
	Extended    money.Fen        `json:"extended"`    // fen that are to be paid on a later day and were not paid yet
	ExtendedTo  calendar.Date    `json:"extendedTo"`  // the latest such day
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
	LockReturned // a payment came back, or has no account to go to: the fen are kept for it
)

// Lock is a claim that rests on part of a holding. Locks of a holding are
// ordered: the first has priority.
type Lock struct {
	_           struct{}          `cbor:",toarray"`
	Kind        LockKind          `json:"kind"`
	Interval    interval.Interval `json:"interval"`
	Order       string            `json:"order"`       // id of the proposal, transfer, pledge or order
	Counterpart string            `json:"counterpart"` // member id of the other side, or empty
	At          calendar.Instant  `json:"at"`
}

// TierSpan says which tier the fen up to and including To have. The spans of a
// holding are in order and the last one ends where the holding ends.
type TierSpan struct {
	_    struct{}  `cbor:",toarray"`
	To   money.Fen `json:"to"`
	Tier uint16    `json:"tier"` // 1 for the first holder
}

// Claim is what must be equal for two holdings to be merged.
type Claim struct {
	_         struct{}      `cbor:",toarray"`
	Payment   calendar.Date `json:"payment"`  // on which the fen are to be paid: the certificate's date, or a later one when they were extended
	Recourse  string        `json:"recourse"` // seller who stands behind the claim, or empty
	Guarantor string        `json:"guarantor"`
	Financing string        `json:"financing"` // under which the fen are with a bank or pledged to it, or empty
}

// Holding is a contiguous interval of fen of one certificate with one owner.
// The id is stable; the version rises whenever its fen, its owner or its terms
// change. Locks leave the version alone: they are checked fen by fen.
type Holding struct {
	_           struct{}          `cbor:",toarray"`
	Certificate string            `json:"certificate"`
	ID          uint32            `json:"id"`
	Version     uint32            `json:"version"`
	Owner       string            `json:"owner"`
	Interval    interval.Interval `json:"interval"`
	Tiers       []TierSpan        `json:"tiers"`
	Locks       []Lock            `json:"locks"`
	Claim       Claim             `json:"claim"`
	HopDay      calendar.Date     `json:"hopDay"` // day of the latest transfer
	Hops        uint16            `json:"hops"`   // transfers of these fen on that day
	Since       calendar.Instant  `json:"since"`
	Redeemed    calendar.Instant  `json:"redeemed"` // when its fen were paid, 0 while they are owed
	Accrues     calendar.Date     `json:"accrues"`  // from when overdue fen bear late interest; 0: from the payment date
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
	_        struct{}         `cbor:",toarray"`
	Bank     string           `json:"bank"`
	Debtor   string           `json:"debtor"`
	Face     money.Fen        `json:"face"`
	Maturity calendar.Date    `json:"maturity"`
	Reason   string           `json:"reason"`
	At       calendar.Instant `json:"at"`
}

// Reference records which certificate a debtor's payment reference issued.
type Reference struct {
	_           struct{} `cbor:",toarray"`
	Certificate string   `json:"certificate"`
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
	_           struct{}         `cbor:",toarray"`
	ID          string           `json:"id"`
	From        string           `json:"from"`
	To          string           `json:"to"`
	Reference   string           `json:"reference"` // the sender's payment reference
	Amount      money.Fen        `json:"amount"`
	Legs        []Leg            `json:"legs"`
	Allocations []Allocation     `json:"allocations"`
	State       TransferState    `json:"state"`
	OfferedAt   calendar.Instant `json:"offeredAt"`
	LapsesAt    calendar.Instant `json:"lapsesAt"`   // 0 while an order suspends the clock
	EndedAt     calendar.Instant `json:"endedAt"`    // on acceptance also the arrival of the notice of assignment
	LeftMillis  int64            `json:"leftMillis"` // time left when the clock was suspended
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
	_            struct{}         `cbor:",toarray"`
	ID           string           `json:"id"`
	Pledgor      string           `json:"pledgor"`
	Pledgee      string           `json:"pledgee"`
	Leg          Leg              `json:"leg"`
	Secured      money.Fen        `json:"secured"`      // amount secured
	Registration string           `json:"registration"` // number in the unified registry (中登网)
	Document     Digest           `json:"document"`
	State        PledgeState      `json:"state"`
	At           calendar.Instant `json:"at"`
	EndedAt      calendar.Instant `json:"endedAt"`
	Cleared      money.Fen        `json:"cleared"` // money of legs, under way, kept or paid, that goes to the pledgee
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
	_            struct{}         `cbor:",toarray"`
	ID           string           `json:"id"`
	Kind         OrderKind        `json:"kind"`
	Authority    string           `json:"authority"` // name of the court or authority
	Document     Digest           `json:"document"`
	Docket       string           `json:"docket"` // number of the instrument
	Target       string           `json:"target"`
	Receiver     string           `json:"receiver"` // of a transfer, or empty
	Certificates []string         `json:"certificates"`
	Amount       money.Fen        `json:"amount"`
	Taken        money.Fen        `json:"taken"`
	Shortfall    money.Fen        `json:"shortfall"`
	EnteredBy    string           `json:"enteredBy"`
	ConfirmedBy  string           `json:"confirmedBy"`
	State        OrderState       `json:"state"`
	At           calendar.Instant `json:"at"`
	EndedAt      calendar.Instant `json:"endedAt"`
	Moved        money.Fen        `json:"moved"` // of a freeze: fen that courts' transfers have taken from under it
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
	_        struct{}          `cbor:",toarray"`
	ID       string            `json:"id"`
	Creditor string            `json:"creditor"`
	Debtor   string            `json:"debtor"`
	Contract string            `json:"contract"`
	Amount   money.Fen         `json:"amount"`
	AskedAt  calendar.Instant  `json:"askedAt"`
	DueAt    calendar.Instant  `json:"dueAt"`
	State    ConfirmationState `json:"state"`
	Reason   string            `json:"reason"`
	EndedAt  calendar.Instant  `json:"endedAt"`
}

// Stop is a signed attestation for which a debtor may not issue (DEFAULT-STOP).
type Stop struct {
	_        struct{}         `cbor:",toarray"`
	Debtor   string           `json:"debtor"`
	Bank     string           `json:"bank"`
	Reason   string           `json:"reason"`
	Document Digest           `json:"document"`
	Since    calendar.Instant `json:"since"`
	Lifted   calendar.Instant `json:"lifted"` // 0 while in force
}
