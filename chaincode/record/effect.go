package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Effects are what an accepted transaction reports besides its writes. They are
// stored with the outcome; the read model and every notice derive from them.
type Effects struct {
	_            struct{} `cbor:",toarray"`
	Certificates []CertificateRow
	Holdings     []HoldingRow
	Moves        []Move
	Notices      []NoticeOf
	Decision     Decision
}

// Empty reports whether there is nothing to report.
func (e *Effects) Empty() bool {
	return len(e.Certificates)+len(e.Holdings)+len(e.Moves)+len(e.Notices) == 0 &&
		e.Decision.Evaluated == 0
}

// CertificateRow is a certificate as the read model lists it.
type CertificateRow struct {
	_           struct{} `cbor:",toarray"`
	Number      string
	Debtor      string
	FirstHolder string
	Face        money.Fen
	IssueDate   calendar.Date
	Payment     calendar.Date
	Reference   string
	State       CertificateState
}

// HoldingRow is a holding as the read model lists it.
type HoldingRow struct {
	_           struct{} `cbor:",toarray"`
	Certificate string
	ID          uint32
	Version     uint32
	Owner       string
	Debtor      string
	Interval    interval.Interval
	Payment     calendar.Date
	State       CertificateState // of the certificate
	Tier        uint16           // deepest of its fen
	Locks       uint16           // bit set of LockKind
	Locked      money.Fen        // fen under at least one lock
	Gone        bool             // merged into a neighbour
}

// MoveKind is how fen came to another owner.
type MoveKind uint8

// Kinds of moves.
const (
	MoveIssue MoveKind = iota + 1
	MoveTransfer
	MoveJudicial
	MoveSuccession
)

// Move is an entry of the lineage: which fen went from whom to whom and why.
type Move struct {
	_           struct{} `cbor:",toarray"`
	Kind        MoveKind
	Certificate string
	Interval    interval.Interval
	From        string
	To          string
	Order       string // transfer or order id
	Tier        uint16 // deepest tier after the move
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
)

// NoticeOf tells the named members that something happened to a subject. Opens
// and Closes name the member whose worklist gains or loses the subject.
type NoticeOf struct {
	_       struct{} `cbor:",toarray"`
	Kind    NoticeKind
	Subject string // certificate number, transfer id, proposal id ...
	Members []string
	Amount  money.Fen
	Opens   []string
	Closes  []string
	Until   calendar.Instant // when what was opened lapses, 0 if never
}
