package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Quorum is whose approval a proposal needs besides its maker's.
type Quorum uint8

// Quorums.
const (
	QuorumChecker      Quorum = iota + 1 // a checker of the same member
	QuorumAdmins                         // another admin of the same member, or its sponsor bank
	QuorumInstitution                    // another institution: a bank, operator or auditor
	QuorumCounterparty                   // the named other party
	QuorumBanks                          // more than two thirds of the validator banks, the maker's counted
)

// ProposalState is the life of a proposal.
type ProposalState uint8

// States of a proposal.
const (
	ProposalOpen ProposalState = iota + 1
	ProposalExecuted
	ProposalFailed // approved, but execution was refused
	ProposalRefused
	ProposalWithdrawn
	ProposalLapsed
)

// Proposal is an operation that waits for approval. What it needs is held until
// it is decided, so that an approval never meets other fen than the maker saw.
type Proposal struct {
	_            struct{}         `cbor:",toarray"`
	ID           string           `json:"id"`
	Member       string           `json:"member"`
	Function     string           `json:"function"`
	Argument     []byte           `json:"argument"` // canonical JSON; emptied when the proposal is decided
	Manifest     Digest           `json:"manifest"` // SHA-256 of the canonical argument
	Maker        Approval         `json:"maker"`
	Quorum       Quorum           `json:"quorum"`
	Counterparty string           `json:"counterparty"` // for QuorumCounterparty
	Amount       money.Fen        `json:"amount"`
	Approvals    []Approval       `json:"approvals"`
	Holds        []Hold           `json:"holds"`
	Proposed     calendar.Instant `json:"proposed"`
	Expires      calendar.Instant `json:"expires"`
	State        ProposalState    `json:"state"`
	Refusal      string           `json:"refusal"` // name of the code with which execution was refused
}

// Approval is one person's signature under a proposal.
type Approval struct {
	_      struct{}         `cbor:",toarray"`
	Member string           `json:"member"`
	Person string           `json:"person"`
	Key    Digest           `json:"key"`
	At     calendar.Instant `json:"at"`
}

// HoldKind is what a proposal holds.
type HoldKind uint8

// Kinds of holds.
const (
	HoldInterval HoldKind = iota + 1
	HoldLine
	HoldInvoice
)

// Hold is something set aside for an open proposal.
type Hold struct {
	_           struct{}          `cbor:",toarray"`
	Kind        HoldKind          `json:"kind"`
	Certificate string            `json:"certificate"` // HoldInterval
	Holding     uint32            `json:"holding"`     // HoldInterval: the holding that had the fen when they were held
	Interval    interval.Interval `json:"interval"`    // HoldInterval; fen keep their place when a holding is cut
	Bank        string            `json:"bank"`        // HoldLine
	Line        string            `json:"line"`        // HoldLine
	Invoice     Digest            `json:"invoice"`     // HoldInvoice
	Amount      money.Fen         `json:"amount"`
}

// DueKind says which contract ends something when its time comes.
type DueKind uint8

// Kinds of things that lapse.
const (
	DueProposal DueKind = iota + 1
	DueIssue
	DueTransfer
	DueConfirmation
	DueFall       // the proposals of a revoked credential; the id is the credential's
	DueQuote      // a bank's quote; the id is the financing's and the bank's
	DueSettlement // a settlement that was not instructed
	DueStale      // an instruction without an advice
	DueReminder   // a debtor's payment date comes near; the id is the run's
	DueClearing   // a certificate's payment date has come
	DueRound      // a run's funds are being divided; the id is the run's
	DueExtension  // a debtor's offer to pay later
)

// Due is an entry of the queue of what lapses by time.
type Due struct {
	_    struct{}         `cbor:",toarray"`
	Kind DueKind          `json:"kind"`
	ID   string           `json:"id"`
	At   calendar.Instant `json:"at"`
}
