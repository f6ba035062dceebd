package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Rule numbers the rules of the specification. Numbers are append-only: stored
// decisions hold them as bits.
type Rule uint8

// Rules. The text form is the rule id, for example TERM-MAX.
const (
	TermMax Rule = iota
	EvidenceCover
	SplitLimit
	RegisterFirst
	NoPooling
	DefaultStop
	FreeChoice
	Days60
	Confirm30
	NoDisguisedExtension
	LateInterest
	PledgeLock
	Notice
	Recourse
	SoleControl
	OneHead
	ruleCount
)

// String is the rule id.
func (r Rule) String() string {
	ids := [ruleCount]string{
		"TERM-MAX", "EVIDENCE-COVER", "SPLIT-LIMIT", "REGISTER-FIRST", "NO-POOLING", "DEFAULT-STOP",
		"FREE-CHOICE", "DAYS-60", "CONFIRM-30", "NO-DISGUISED-EXTENSION", "LATE-INTEREST", "PLEDGE-LOCK",
		"NOTICE", "RECOURSE", "SOLE-CONTROL", "ONE-HEAD",
	}
	if r >= ruleCount {
		return "UNKNOWN-RULE"
	}
	return ids[r]
}

// Decision is the compact record of which rules were asked and what they said.
// The text is rendered on demand from the pack and the inputs.
type Decision struct {
	_         struct{}    `cbor:",toarray"`
	Pack      uint32      `json:"pack"`      // ordinal of the rule pack in force, 0 when none was asked
	Evaluated uint32      `json:"evaluated"` // bit set of Rule
	Failed    uint32      `json:"failed"`    // rules that refused
	Flagged   uint32      `json:"flagged"`   // rules that allowed but want to be seen
	Inputs    []RuleInput `json:"inputs"`
}

// RuleInput are the facts on which a rule failed or flagged.
type RuleInput struct {
	_     struct{} `cbor:",toarray"`
	Rule  Rule     `json:"rule"`
	Facts string   `json:"facts"`
}

// Pack is a dated set of parameters of the rules.
type Pack struct {
	_                  struct{}        `cbor:",toarray"`
	Ordinal            uint32          `json:"ordinal"`
	Effective          calendar.Date   `json:"effective"` // first day in force
	Source             string          `json:"source"`    // the notice or motion it comes from
	TermOrdinary       int32           `json:"termOrdinaryMonths"`
	TermCap            int32           `json:"termCapMonths"`
	MaxTier            uint16          `json:"maxTier"`
	MaxPieces          uint32          `json:"maxPieces"`
	SmallestPiece      money.Fen       `json:"smallestPiece"`
	MaxHopsPerDay      uint16          `json:"maxHopsPerDay"` // transfers of the same fen on one day
	AcceptDays         int32           `json:"acceptDays"`    // an offer lapses after so many days
	ProposalDays       int32           `json:"proposalDays"`
	ConfirmDays        int32           `json:"confirmDays"` // Order 802 art. 16
	VerificationNeeded bool            `json:"verificationNeeded"`
	VerificationDays   int32           `json:"verificationDays"` // a verification older than this does not count
	PublicBodyDays     int32           `json:"publicBodyDays"`   // Order 802 art. 9
	LargeToSMEDays     int32           `json:"largeToSmeDays"`
	GraceDays          int32           `json:"graceDays"`
	CoolingOffHours    int32           `json:"coolingOffHours"`
	RequestDays        int32           `json:"requestDays"`  // how long a request for financing may stay open
	InstructDays       int32           `json:"instructDays"` // what is agreed lapses when it is not instructed
	StaleHours         int32           `json:"staleHours"`   // an instruction without an advice goes to the worklist
	SearchHours        int32           `json:"searchHours"`  // a search of the registry older than this does not count
	RegisterDays       int32           `json:"registerDays"` // for changes and cancellations in the registry
	LateDaily          money.Rate      `json:"lateDaily"`    // percent a day where no rate was agreed (0.05)
	Holidays           []calendar.Date `json:"holidays"`     // beyond the built-in calendar
	Workdays           []calendar.Date `json:"workdays"`
	Lpr                []LprRate       `json:"lpr"`
}

// LprRate is the one-year loan prime rate from a date on, percent a year.
type LprRate struct {
	_    struct{}      `cbor:",toarray"`
	From calendar.Date `json:"from"`
	Rate money.Rate    `json:"rate"`
}
