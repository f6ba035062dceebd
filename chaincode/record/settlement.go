package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Purpose is for what money moves.
type Purpose uint8

// Purposes of settlements.
const (
	PurposeFinancing    Purpose = iota + 1 // a bank buys fen from their holder, or lends on them
	PurposeResale                          // a bank buys fen from a bank
	PurposeBuyBack                         // a seller with recourse takes its fen back
	PurposeRepayment                       // a loan on pledged fen is repaid
	PurposeDiscount                        // a debtor pays early for less
	PurposeOutside                         // a debtor paid outside of the ledger
	PurposeDebtorShare                     // a debtor's share of interest and fee, to the bank
	PurposeGuaranteeFee                    // a supplier's fee to its guarantor
	PurposeClearing                        // a debtor pays at maturity, or later: a leg
	PurposeRecourse                        // a seller or borrower pays its bank for what the debtor did not
	PurposeGuarantee                       // a guarantor pays what the debtor did not
	PurposeLateInterest                    // a debtor's interest on what it paid late
	PurposeRefund                          // a payee gives back what it was paid too much
)

// Leg reports whether the settlement is a leg of a run: computed by the ledger, it ends
// only by what banks say.
func (p Purpose) Leg() bool { return p == PurposeClearing }

// AfterMaturity reports whether the settlement's fen are in a run.
func (p Purpose) AfterMaturity() bool {
	return p == PurposeClearing || p == PurposeRecourse || p == PurposeGuarantee
}

// Effect is what the fen do when the money has arrived.
type Effect uint8

// Effects of settlements. Without one, money moves and no fen.
const (
	EffectMove      Effect = iota + 1 // to the payer
	EffectRedeem                      // they are paid
	EffectPledge                      // they stay pledged to the payer
	EffectAcquit                      // the pledge on them ends
	EffectSubrogate                   // the pledge on them passes to the payer, a guarantor
)

// SettlementState is the life of a settlement.
type SettlementState uint8

// States of a settlement. From SettlementInstructed on there is no way back: it
// ends by a bank's advice or by evidence that nothing was paid.
const (
	SettlementOpen       SettlementState = iota + 1 // fen are locked, nobody pays yet: a request for quotes
	SettlementAgreed                                // payer, payee and amount are fixed
	SettlementInstructed                            // the payer's bank has signed that it pays
	SettlementAccepted                              // the payer's bank says that it paid
	SettlementSettled                               // the payee's bank or the payee says that it was paid
	SettlementUnpaid                                // proven not to have been paid
	SettlementCancelled
	SettlementLapsed
	SettlementReturned // a leg that was settled, and whose money came back
)

// Live reports whether the settlement holds its fen.
func (s SettlementState) Live() bool { return s >= SettlementOpen && s <= SettlementAccepted }

// Instructed reports whether money may be on its way.
func (s SettlementState) Instructed() bool {
	return s == SettlementInstructed || s == SettlementAccepted
}

// Settlement is money against fen, the one way in which value moves: agree, lock,
// register, instruct, matched bank advice, and then the fen move or are redeemed.
// The ledger holds no money: payer and payee are named with their bank accounts.
type Settlement struct {
	_            struct{}         `cbor:",toarray"`
	ID           string           `json:"id"`
	Purpose      Purpose          `json:"purpose"`
	Financing    string           `json:"financing"` // to which it belongs, or empty
	Offer        string           `json:"offer"`     // of an early payment: the debtor's offer that was taken
	ValueDate    calendar.Date    `json:"valueDate"` // to which the amount is calculated, 0 where it does not depend on the day
	Payer        string           `json:"payer"`
	PayerAccount string           `json:"payerAccount"`
	PayerBank    string           `json:"payerBank"` // of the account
	Payee        string           `json:"payee"`
	PayeeAccount string           `json:"payeeAccount"`
	PayeeBank    string           `json:"payeeBank"`
	Amount       money.Fen        `json:"amount"` // the exact money
	Fen          money.Fen        `json:"fen"`    // the fen that it settles; 0 when it moves none
	Effect       Effect           `json:"effect"`
	Claim        Claim            `json:"claim"` // who stands behind the fen when they have moved; its maturity is each holding's own
	Legs         []Leg            `json:"legs"`
	State        SettlementState  `json:"state"`
	At           calendar.Instant `json:"at"`
	LapsesAt     calendar.Instant `json:"lapsesAt"`   // before instruction; 0 while an order suspends the clock, and where nothing lapses
	LeftMillis   int64            `json:"leftMillis"` // time left when the clock was suspended
	Instruction  Signature        `json:"instruction"`
	StaleAt      calendar.Instant `json:"staleAt"` // when an instruction without an advice goes to the worklist
	Acceptance   Signature        `json:"acceptance"`
	AdviceBank   string           `json:"adviceBank"` // the advice that settled it
	AdviceRef    string           `json:"adviceRef"`
	DisputedAt   calendar.Instant `json:"disputedAt"` // by the payee
	Dispute      string           `json:"dispute"`
	Reason       string           `json:"reason"` // why it was cancelled or not paid
	Evidence     Digest           `json:"evidence"`
	EndedAt      calendar.Instant `json:"endedAt"`
	Run          string           `json:"run"`         // of a leg, of what follows from it, and of overdue fen that were paid outside of the ledger
	Round        uint32           `json:"round"`       // of the run
	Follows      string           `json:"follows"`     // of a leg made again: the one before; of interest and refunds: the leg
	Pledge       string           `json:"pledge"`      // of a leg to a pledgee: the pledge
	Shares       []money.Fen      `json:"shares"`      // money by leg where it is not the fen themselves
	Certificate  string           `json:"certificate"` // of late interest: on whose fen it accrued
	Kept         bool             `json:"kept"`        // of a leg that was not paid: its fen are kept for the payee
	Then         string           `json:"then"`        // of a leg: the settlement of the late interest that followed it
	LateDays     int32            `json:"lateDays"`    // of a leg: days for which its fen bear late interest once it is settled
	Ordered      money.Fen        `json:"ordered"`     // of a leg of which less arrived: what was instructed
	Excess       money.Fen        `json:"excess"`      // of a leg: what arrived beyond the amount
	Directed     string           `json:"directed"`    // of a leg that a court's order sends to a receiver: the order
	For          string           `json:"for"`         // of a leg: who has the right to the money, and is paid unless a court directs it to another
}

// Advice is a bank's record that money moved. A bank's reference is usable once on
// the whole network.
type Advice struct {
	_            struct{}         `cbor:",toarray"`
	Bank         string           `json:"bank"`
	Reference    string           `json:"reference"`
	Amount       money.Fen        `json:"amount"`
	Payer        string           `json:"payer"`
	PayerAccount string           `json:"payerAccount"`
	Payee        string           `json:"payee"`
	PayeeAccount string           `json:"payeeAccount"`
	Credited     calendar.Instant `json:"credited"` // for the payer's bank: debited
	Settlement   string           `json:"settlement"`
	Signed       Signature        `json:"signed"`
}
