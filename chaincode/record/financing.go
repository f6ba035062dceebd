package record

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Signature is one person's signature under a transaction that matters later.
type Signature struct {
	_      struct{}         `cbor:",toarray"`
	Member string           `json:"member"` // empty: not signed
	Person string           `json:"person"`
	Key    Digest           `json:"key"`
	TxID   Digest           `json:"txId"` // the signed transaction
	At     calendar.Instant `json:"at"`
}

// FinancingKind is in which legal form a holding becomes cash.
type FinancingKind uint8

// Kinds of financings. The recourse of a sale stands in the holdings' claim
// (Civil Code 766 and 767); a pledge leaves the fen with their owner (Civil Code 445).
const (
	SaleWithRecourse FinancingKind = iota + 1
	SaleWithoutRecourse
	PledgeLoan
)

// InterestMode is when interest is paid.
type InterestMode uint8

// Modes of interest.
const (
	InterestPrepaid InterestMode = iota + 1 // deducted from what is paid out
	InterestAtMaturity
)

// Terms are what a bank quotes and a holder accepts.
type Terms struct {
	_                 struct{}      `cbor:",toarray"`
	Kind              FinancingKind `json:"kind"`
	Rate              money.Rate    `json:"rate"`  // percent a year
	Basis             int32         `json:"basis"` // days in the year that the rate is divided by: 360 or 365
	Interest          InterestMode  `json:"interest"`
	Advance           money.Rate    `json:"advance"`          // percent of the amount that is paid out before deductions; 100.0000 at most
	Fee               money.Fen     `json:"fee"`              // the bank's fee
	SupplierInterest  money.Rate    `json:"supplierInterest"` // percent of the interest that the supplier bears; the debtor bears the rest
	SupplierFee       money.Rate    `json:"supplierFee"`      // percent of the fee that the supplier bears
	ValueDate         calendar.Date `json:"valueDate"`        // from which interest runs, and the last day on which payment can be instructed
	Guarantor         string        `json:"guarantor"`        // member who guarantees, or empty
	Guarantee         money.Fen     `json:"guarantee"`        // how much it guarantees
	GuaranteeFee      money.Fen     `json:"guaranteeFee"`     // paid by the supplier to the guarantor
	GuaranteeContract Digest        `json:"guaranteeContract"`
	Contract          Digest        `json:"contract"` // hash of the electronic contract between holder and bank
}

// wholeAdvance is 100.0000 percent.
const wholeAdvance money.Rate = 100_0000

// Shared reports whether a part of fen sold under the terms is still the seller's: what
// was not advanced, less interest that is due at maturity.
func (t *Terms) Shared() bool {
	return t.Kind == SaleWithRecourse && (t.Advance < wholeAdvance || t.Interest == InterestAtMaturity)
}

// Cost is what terms come to for the fen financed. The shares sum to the whole.
type Cost struct {
	_                struct{}   `cbor:",toarray"`
	Advance          money.Fen  `json:"advance"`          // paid out before deductions: the principal
	Interest         money.Fen  `json:"interest"`         // from the value date to each leg's payment date
	SupplierInterest money.Fen  `json:"supplierInterest"` // the supplier's part of it
	DebtorInterest   money.Fen  `json:"debtorInterest"`   // the rest
	SupplierFee      money.Fen  `json:"supplierFee"`
	DebtorFee        money.Fen  `json:"debtorFee"`
	GuaranteeFee     money.Fen  `json:"guaranteeFee"`
	Net              money.Fen  `json:"net"`   // what the bank pays to the supplier
	AllIn            money.Rate `json:"allIn"` // the supplier's whole cost, percent a year of what it receives, over 365 days
}

// FinancingState is the life of a financing.
type FinancingState uint8

// States of a financing.
const (
	FinancingRequested FinancingState = iota + 1 // takes quotes
	FinancingAgreed                              // a quote or a posted rate was taken; its settlement is under way
	FinancingDisbursed                           // the bank paid; fen moved or are pledged
	FinancingEnded                               // nothing of it is left with the bank
	FinancingCancelled
	FinancingLapsed
	FinancingUnpaid // instructed, and proven not to have been paid
)

// LimitKind is on whom a bank limits its financings.
type LimitKind uint8

// Kinds of limits.
const (
	LimitDebtor   LimitKind = iota + 1 // on who owes the fen
	LimitSupplier                      // on who was financed
)

// Reservation is what is set aside of a bank's limit.
type Reservation struct {
	_      struct{}  `cbor:",toarray"`
	Of     LimitKind `json:"of"`
	Member string    `json:"member"`
	Amount money.Fen `json:"amount"`
}

// Financing is how a holder turns fen into cash at a bank: from the request, or a
// posted rate that was taken, to the end. Its id is also that of the settlement
// that locks its fen and pays it out.
type Financing struct {
	_               struct{}         `cbor:",toarray"`
	ID              string           `json:"id"`
	Holder          string           `json:"holder"`
	Amount          money.Fen        `json:"amount"`      // the fen financed
	Debtors         []string         `json:"debtors"`     // who owe them, each once
	Invited         []string         `json:"invited"`     // banks that may quote; empty: every admitted bank
	Asked           []string         `json:"asked"`       // banks whose worklist has it
	ReplyKey        []byte           `json:"replyKey"`    // key of the holder to which quotes are sealed; empty when a posted rate was taken
	QuotesUntil     calendar.Instant `json:"quotesUntil"` // quotes are taken before it
	Quotes          uint32           `json:"quotes"`      // banks that have quoted
	Rate            string           `json:"rate"`        // posted rate that was taken, or empty
	Origin          string           `json:"origin"`      // of a resale: the financing out of which the fen are sold
	Account         string           `json:"account"`     // of the holder, to which it is paid
	Funder          string           `json:"funder"`
	FunderAccount   string           `json:"funderAccount"`
	Terms           Terms            `json:"terms"`
	Cost            Cost             `json:"cost"`
	Reserved        []Reservation    `json:"reserved"` // of the funder's limits until it is disbursed; of the holder's, a bank, while it buys back
	HolderSigned    Signature        `json:"holderSigned"`
	FunderSigned    Signature        `json:"funderSigned"`    // under the sealed quote or the posted rate
	GuarantorSigned Signature        `json:"guarantorSigned"` // needed when the terms name a guarantor
	GuarantorPaid   string           `json:"guarantorPaid"`   // the guarantor's account
	DebtorSigned    Signature        `json:"debtorSigned"`    // needed when the debtor bears a share
	DebtorPays      string           `json:"debtorPays"`      // the debtor's account
	Registrations   uint32           `json:"registrations"`   // entries recorded
	Searched        calendar.Instant `json:"searched"`        // latest search of the registry, 0 if none
	Registered      string           `json:"registered"`      // number of the initial registration while it stands
	Duty            RegistrationKind `json:"duty"`            // entry that the registry must get next, 0 if none
	DutyBy          calendar.Instant `json:"dutyBy"`
	Outstanding     money.Fen        `json:"outstanding"` // fen with the bank or pledged to it
	Live            string           `json:"live"`        // settlement that follows it and is under way: resale, buy-back, repayment, recourse
	Cleared         money.Fen        `json:"cleared"`     // money of legs and recourse, under way, kept or paid, that goes to the funder
	ClearedFen      money.Fen        `json:"clearedFen"`  // fen of it that legs have redeemed, or recourse has moved
	Guaranteed      money.Fen        `json:"guaranteed"`  // money that the guarantor has paid or is paying
	State           FinancingState   `json:"state"`
	RequestedAt     calendar.Instant `json:"requestedAt"`
	AgreedAt        calendar.Instant `json:"agreedAt"`
	NoticeAt        calendar.Instant `json:"noticeAt"` // arrival of the notice of assignment at the debtor (Civil Code 546)
	EndedAt         calendar.Instant `json:"endedAt"`
}

// QuoteState is the life of a quote.
type QuoteState uint8

// States of a quote.
const (
	QuoteSealed QuoteState = iota + 1
	QuoteChosen
	QuoteLost // another was chosen, or the request ended
	QuoteExpired
	QuoteWithdrawn
)

// Quote is a bank's sealed offer. Seal binds it to the bank and the request; the
// terms are in Sealed for the holder alone, and only the chosen one opens on the
// ledger.
type Quote struct {
	_         struct{}         `cbor:",toarray"`
	Financing string           `json:"financing"`
	Bank      string           `json:"bank"`
	Account   string           `json:"account"` // from which the bank will pay
	Seal      Digest           `json:"seal"`
	Sealed    []byte           `json:"sealed"`
	Reserved  []Reservation    `json:"reserved"`
	Expires   calendar.Instant `json:"expires"`
	State     QuoteState       `json:"state"`
	Signed    Signature        `json:"signed"`
}

// PostedRate is a bank's standing offer: a holder takes it and is financed.
type PostedRate struct {
	_         struct{}      `cbor:",toarray"`
	Bank      string        `json:"bank"`
	ID        string        `json:"id"`
	Debtor    string        `json:"debtor"`  // of the fen; empty: any
	Tier      uint16        `json:"tier"`    // deepest tier of the fen; 0: any
	MinDays   int32         `json:"minDays"` // from today to each leg's payment date
	MaxDays   int32         `json:"maxDays"`
	Min       money.Fen     `json:"min"` // size of one financing
	Max       money.Fen     `json:"max"`
	Volume    money.Fen     `json:"volume"` // of all financings together; 0: no bound but the limits
	Taken     money.Fen     `json:"taken"`
	Terms     Terms         `json:"terms"`     // without a value date
	ValueDays int32         `json:"valueDays"` // from the day on which it is taken to the value date
	Account   string        `json:"account"`
	From      calendar.Date `json:"from"`
	Until     calendar.Date `json:"until"` // last day
	Closed    bool          `json:"closed"`
	Signed    Signature     `json:"signed"`
}

// DiscountOffer is a debtor's standing offer to pay early for less.
type DiscountOffer struct {
	_       struct{}      `cbor:",toarray"`
	Debtor  string        `json:"debtor"`
	ID      string        `json:"id"`
	Rate    money.Rate    `json:"rate"` // percent a year
	Basis   int32         `json:"basis"`
	MinDays int32         `json:"minDays"` // at least so long before the payment date
	Volume  money.Fen     `json:"volume"`  // fen in all; 0: no bound
	Taken   money.Fen     `json:"taken"`
	Account string        `json:"account"`
	From    calendar.Date `json:"from"`
	Until   calendar.Date `json:"until"`
	Closed  bool          `json:"closed"`
	Signed  Signature     `json:"signed"`
}

// Limit is a bank's own limit on a debtor or a supplier, in a group or not. A
// limit without a cap only counts.
type Limit struct {
	_        struct{}  `cbor:",toarray"`
	Bank     string    `json:"bank"`
	Of       LimitKind `json:"of"`
	Member   string    `json:"member"`
	Group    string    `json:"group"` // the bank's group cap around it, or empty
	Capped   bool      `json:"capped"`
	Cap      money.Fen `json:"cap"`
	Reserved money.Fen `json:"reserved"`
	Used     money.Fen `json:"used"`
}

// RegistrationKind is an entry in the unified registry (中登网).
type RegistrationKind uint8

// Kinds of registrations.
const (
	RegistrationSearch RegistrationKind = iota + 1
	RegistrationInitial
	RegistrationChange // resale, extension
	RegistrationCancel // repaid, bought back, never paid
)

// Registration is one entry in the unified registry, as the funder recorded it.
// A wrong one is corrected by a later one.
type Registration struct {
	_         struct{}         `cbor:",toarray"`
	Financing string           `json:"financing"`
	Sequence  uint32           `json:"sequence"` // from 1
	Kind      RegistrationKind `json:"kind"`
	Number    string           `json:"number"`    // the registry's
	Entered   calendar.Instant `json:"entered"`   // time in the registry
	Proof     Digest           `json:"proof"`     // hash of the registry's proof
	Until     calendar.Date    `json:"until"`     // last day of the registration, 0 for a search
	Corrects  uint32           `json:"corrects"`  // sequence of the entry it corrects, or 0
	Corrected uint32           `json:"corrected"` // sequence of the entry that corrects it, or 0
	Signed    Signature        `json:"signed"`
}
