package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// RunState is the life of a run.
type RunState uint8

// States of a run.
const (
	RunOpen     RunState = iota + 1 // something is owed; waits for funds, or for payments that are under way
	RunDividing                     // funds were confirmed; the legs are being computed, block by block
	RunClosed                       // nothing of it is owed any more
)

// Run is the clearing of what one debtor owes on one payment date. It begins with the
// payment date by itself and ends when every fen of it was paid, however late.
type Run struct {
	_            struct{}         `cbor:",toarray"`
	ID           string           `json:"id"` // the debtor's code, a hyphen and the date as yyyymmdd
	Debtor       string           `json:"debtor"`
	Payment      calendar.Date    `json:"payment"`
	State        RunState         `json:"state"`
	Certificates uint32           `json:"certificates"`
	Tally        Tally            `json:"tally"`
	Rounds       uint32           `json:"rounds"` // rounds so far
	Banks        []string         `json:"banks"`  // that have confirmed funds, each once
	OpenedAt     calendar.Instant `json:"openedAt"`
	ClosedAt     calendar.Instant `json:"closedAt"` // 0 while something is owed
}

// Tally says where the fen of a run are. Each fen is in one place; the sum is what the
// debtor owed on the day.
type Tally struct {
	_        struct{}  `cbor:",toarray"`
	Open     money.Fen `json:"open"`     // owed, and in no payment
	Waiting  money.Fen `json:"waiting"`  // under a financing that was instructed before the payment date
	Live     money.Fen `json:"live"`     // in a leg
	Returned money.Fen `json:"returned"` // kept for the payee, whose payment came back or who has no account
	Aside    money.Fen `json:"aside"`    // in a recourse, a guarantor's payment, or a payment outside of the ledger
	Paid     money.Fen `json:"paid"`     // redeemed
}

// Owed is what is not paid yet.
func (t *Tally) Owed() money.Fen { return t.Open + t.Waiting + t.Live + t.Returned + t.Aside }

// Wanted is what the debtor has not provided money for.
func (t *Tally) Wanted() money.Fen { return t.Open + t.Aside }

// Round is one amount that the debtor's bank has confirmed for a run, and how far its
// division has come: a claim gets the difference of two cumulative shares, so that
// the legs sum to the funds exactly.
type Round struct {
	_       struct{}      `cbor:",toarray"`
	Run     string        `json:"run"`
	Number  uint32        `json:"number"`  // from 1
	Funds   money.Fen     `json:"funds"`   // what the bank has for it
	Claims  money.Fen     `json:"claims"`  // open fen over which they are divided
	Bank    string        `json:"bank"`    // of the debtor's account
	Account string        `json:"account"` // of the debtor, from which the legs are paid
	Day     calendar.Date `json:"day"`     // to which late interest is counted
	Signed  Signature     `json:"signed"`  // FundsConfirmed
	Seen    money.Fen     `json:"seen"`    // claims divided so far
	Given   money.Fen     `json:"given"`   // of the funds
	Next    string        `json:"next"`    // certificate at which the division goes on
	Legs    uint32        `json:"legs"`    // payments made so far
	Done    bool          `json:"done"`
}

// PayeeChoice is the account to which a member's clearings are paid. A new choice
// takes effect after the cooling-off time; until then the former one does.
type PayeeChoice struct {
	_       struct{}         `cbor:",toarray"`
	Member  string           `json:"member"`
	Account string           `json:"account"`
	From    calendar.Instant `json:"from"`
	Former  string           `json:"former"` // account used before, or empty
	Signed  Signature        `json:"signed"`
}

// Consent is a member's signature that an extension needs for some fen.
type Consent struct {
	_      struct{}  `cbor:",toarray"`
	Member string    `json:"member"`
	Signed Signature `json:"signed"` // its member is empty while it is missing
}

// ExtensionPart is fen whose owner agrees to be paid later.
type ExtensionPart struct {
	_        struct{}          `cbor:",toarray"`
	Holding  uint32            `json:"holding"` // that had the fen
	Interval interval.Interval `json:"interval"`
	Owner    Consent           `json:"owner"`
	Others   []Consent         `json:"others"` // pledgee, guarantor and seller with recourse of the fen
	Made     calendar.Instant  `json:"made"`   // when the fen were extended, 0 while a consent is missing
}

// Extension is a debtor's offer to pay overdue fen of a certificate on a later day.
type Extension struct {
	_           struct{}         `cbor:",toarray"`
	ID          string           `json:"id"`
	Certificate string           `json:"certificate"`
	Debtor      string           `json:"debtor"`
	From        calendar.Date    `json:"from"`     // payment date of the fen
	Maturity    calendar.Date    `json:"maturity"` // new nominal date
	Payment     calendar.Date    `json:"payment"`  // rolled to a working day
	Reason      string           `json:"reason"`
	Document    Digest           `json:"document"` // hash of the agreement
	Signed      Signature        `json:"signed"`   // by the debtor
	Line        Consent          `json:"line"`     // of the bank whose line backs the certificate; its member is empty when none does
	Asked       []string         `json:"asked"`    // members whose worklist has it from the first
	Parts       []ExtensionPart  `json:"parts"`
	Until       calendar.Instant `json:"until"` // consents are taken before it
	Closed      bool             `json:"closed"`
}

// WaiverReason is why a creditor gives up late interest.
type WaiverReason uint8

// Reasons of waivers.
const (
	WaiverGoodwill    WaiverReason = iota + 1
	WaiverComposition              // part of a composition with the debtor
	WaiverDispute                  // a dispute about the goods was settled
	WaiverBankDelay                // a bank, not the debtor, was late
	WaiverTrifle                   // too small to be collected
)

// Waiver is late interest that one creditor has given up.
type Waiver struct {
	_           struct{}          `cbor:",toarray"`
	ID          string            `json:"id"`
	Certificate string            `json:"certificate"`
	Debtor      string            `json:"debtor"`
	Creditor    string            `json:"creditor"`
	Fen         money.Fen         `json:"fen"`    // on which it had accrued
	Amount      money.Fen         `json:"amount"` // interest given up
	Reason      WaiverReason      `json:"reason"`
	Settlement  string            `json:"settlement"` // of interest that was owed already, or empty
	Pledgee     string            `json:"pledgee"`    // whose consent it needs, or empty
	Holding     uint32            `json:"holding"`    // that had the fen, where it is not interest owed already
	Interval    interval.Interval `json:"interval"`
	Signed      Signature         `json:"signed"`
	Consent     Signature         `json:"consent"` // of the pledgee
	At          calendar.Instant  `json:"at"`      // when it took effect, 0 while a consent is missing
}

// AlertState is what became of an alert.
type AlertState uint8

// States of an alert. It is open until somebody answers for it.
const (
	AlertOpen AlertState = iota + 1
	AlertExplained
	AlertClosed
)

// AlertAnswer is what an institution or the member concerned says to an alert. The
// alert itself follows from the ledger's facts and is not stored.
type AlertAnswer struct {
	_      struct{}   `cbor:",toarray"`
	Alert  Digest     `json:"alert"`
	Number uint32     `json:"number"` // from 1
	State  AlertState `json:"state"`
	Reason string     `json:"reason"`
	Signed Signature  `json:"signed"`
}
