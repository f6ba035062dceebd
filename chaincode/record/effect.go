package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Effects are what an accepted transaction reports besides its writes. They are
// stored with the outcome; the read model and every notice derive from them.
type Effects struct {
	_            struct{}         `cbor:",toarray"`
	Certificates []CertificateRow `json:"certificates"`
	Holdings     []HoldingRow     `json:"holdings"`
	Moves        []Move           `json:"moves"`
	Notices      []NoticeOf       `json:"notices"`
	Financings   []FinancingRow   `json:"financings"`
	Legs         []LegRow         `json:"legs"`
	Decision     Decision         `json:"decision"`
}

// Empty reports whether there is nothing to report.
func (e *Effects) Empty() bool {
	return e.Rows() == 0 && e.Decision.Evaluated == 0
}

// Rows is how many rows, moves and notices are reported.
func (e *Effects) Rows() int {
	return len(e.Certificates) + len(e.Holdings) + len(e.Moves) + len(e.Notices) + len(e.Financings) + len(e.Legs)
}

// CertificateRow is a certificate as the read model lists it.
type CertificateRow struct {
	_           struct{}         `cbor:",toarray"`
	Number      string           `json:"number"`
	Debtor      string           `json:"debtor"`
	FirstHolder string           `json:"firstHolder"`
	Face        money.Fen        `json:"face"`
	IssueDate   calendar.Date    `json:"issueDate"`
	Payment     calendar.Date    `json:"payment"`
	Reference   string           `json:"reference"`
	State       CertificateState `json:"state"`
	Redeemed    money.Fen        `json:"redeemed"` // fen that were paid
}

// HoldingRow is a holding as the read model lists it.
type HoldingRow struct {
	_           struct{}          `cbor:",toarray"`
	Certificate string            `json:"certificate"`
	ID          uint32            `json:"id"`
	Version     uint32            `json:"version"`
	Owner       string            `json:"owner"`
	Debtor      string            `json:"debtor"`
	Interval    interval.Interval `json:"interval"`
	Payment     calendar.Date     `json:"payment"`
	State       CertificateState  `json:"state"`    // of the certificate
	Tier        uint16            `json:"tier"`     // deepest of its fen
	Locks       uint16            `json:"locks"`    // bit set of LockKind
	Locked      money.Fen         `json:"locked"`   // fen under at least one lock
	Gone        bool              `json:"gone"`     // merged into a neighbour
	Redeemed    bool              `json:"redeemed"` // paid to the owner
}

// FinancingRow is a financing as the read model lists it.
type FinancingRow struct {
	_           struct{}         `cbor:",toarray"`
	ID          string           `json:"id"`
	Holder      string           `json:"holder"`
	Funder      string           `json:"funder"` // empty while it takes quotes
	Debtors     []string         `json:"debtors"`
	Amount      money.Fen        `json:"amount"`
	Net         money.Fen        `json:"net"`
	Outstanding money.Fen        `json:"outstanding"`
	State       FinancingState   `json:"state"`
	At          calendar.Instant `json:"at"` // of the request, or when the posted rate was taken
}

// LegRow is a leg of a run, or the late interest on one, as the read model lists it.
type LegRow struct {
	_           struct{}         `cbor:",toarray"`
	ID          string           `json:"id"` // of the settlement
	Purpose     Purpose          `json:"purpose"`
	Run         string           `json:"run"`
	Round       uint32           `json:"round"`
	Payer       string           `json:"payer"`
	PayerBank   string           `json:"payerBank"`
	Payee       string           `json:"payee"`
	PayeeBank   string           `json:"payeeBank"`
	Owner       string           `json:"owner"` // of the fen when the leg was computed; empty in later reports
	Certificate string           `json:"certificate"`
	Amount      money.Fen        `json:"amount"`
	State       SettlementState  `json:"state"`
	Kept        bool             `json:"kept"`
	At          calendar.Instant `json:"at"`
}

// RowOfLeg is the row of a settlement, false for one that is neither a leg nor late
// interest. The owner of the fen is not in the settlement.
func RowOfLeg(s *Settlement) (LegRow, bool) {
	if s.Run == "" || !s.Purpose.Leg() && s.Purpose != PurposeLateInterest {
		return LegRow{}, false
	}
	row := LegRow{
		ID: s.ID, Purpose: s.Purpose, Run: s.Run, Round: s.Round, Payer: s.Payer, PayerBank: s.PayerBank, Payee: s.Payee,
		PayeeBank: s.PayeeBank, Certificate: s.Certificate, Amount: s.Amount, State: s.State, Kept: s.Kept, At: s.At,
	}
	if len(s.Legs) > 0 {
		row.Certificate = s.Legs[0].Certificate
	}
	return row, true
}

// MoveKind is how fen came to another owner.
type MoveKind uint8

// Kinds of moves.
const (
	MoveIssue MoveKind = iota + 1
	MoveTransfer
	MoveJudicial
	MoveSuccession
	MoveSale     // to the bank that financed them
	MoveResale   // from bank to bank
	MoveBuyBack  // back to the seller
	MoveRedeem   // paid by the debtor: the fen end with the owner who was paid
	MoveRecourse // to the seller who paid for them, or to the guarantor
	MoveUnredeem // a payment came back: the debtor owes the fen again
)

// Move is an entry of the lineage: which fen went from whom to whom and why.
type Move struct {
	_           struct{}          `cbor:",toarray"`
	Kind        MoveKind          `json:"kind"`
	Certificate string            `json:"certificate"`
	Interval    interval.Interval `json:"interval"`
	From        string            `json:"from"`
	To          string            `json:"to"`
	Order       string            `json:"order"` // transfer or order id
	Tier        uint16            `json:"tier"`  // deepest tier after the move
}

// NoticeKind is what happened, as a person would be told.
type NoticeKind uint16

// Kinds of notices; append-only.
const (
	CertificateIssued NoticeKind = iota + 1
	CertificateAccepted
	CertificateRejected
	CertificateWithdrawn
	CertificateLapsed
	CertificateVoided
	TransferWasOffered
	TransferWasAccepted
	TransferWasRejected
	TransferWasWithdrawn
	TransferHasLapsed
	HoldingSplit
	HoldingsMerged
	PledgeMade
	PledgeWasReleased
	FreezeMade
	FreezeLifted
	OwnershipOrdered
	ConfirmationAsked
	ConfirmationAnswered
	ConfirmationEscalated
	ProposalMade
	ProposalApproved
	ProposalDecided
	InvoiceRecorded
	InvoiceVerified
	InvoiceRedLetter
	LineChanged
	MemberEnrolled
	MemberChanged
	CredentialChanged
	AccountChanged
	PackAdopted
	DebtorStopChanged
	ValidatorChanged
	GroupChanged
	ContractRecorded
	DeliveryRecorded
	LimitChanged
	RateChanged
	DiscountChanged
	FinancingWasRequested
	QuoteWasMade
	QuoteHasEnded
	FinancingWasAgreed
	FinancingConsent
	FinancingWasCancelled
	FinancingHasLapsed
	FinancingWasDisbursed
	FinancingWasUnpaid
	FinancingHasEnded
	SettlementWasAgreed
	SettlementWasInstructed
	SettlementWasAccepted
	SettlementWasSettled
	SettlementWasUnpaid
	SettlementWasDisputed
	SettlementHasEnded // cancelled or lapsed
	SettlementIsStale
	RegistrationRecorded
	RegistrationDue
	HoldingRedeemed
	FreezeReduced
	RunWasOpened
	FundsConfirmed
	FundsFellShort
	RunWasDivided
	RunWasClosed
	PaymentIsNear
	LegReturned
	DebtIsOverdue
	ExtensionOffered
	ExtensionConsent
	ExtensionMade
	ExtensionHasEnded
	InterestWaived
	PaymentExceeded
	PayeeChanged
	AlertAnswered
)

// NoticeOf tells the named members that something happened to a subject. Opens
// and Closes name the member whose worklist gains or loses the subject.
type NoticeOf struct {
	_       struct{}         `cbor:",toarray"`
	Kind    NoticeKind       `json:"kind"`
	Subject string           `json:"subject"` // certificate number, transfer id, proposal id ...
	Members []string         `json:"members"`
	Amount  money.Fen        `json:"amount"`
	Opens   []string         `json:"opens"`
	Closes  []string         `json:"closes"`
	Until   calendar.Instant `json:"until"` // when what was opened lapses, 0 if never
}
