package policy

import (
	"fmt"
	"reflect"

	"github.com/tierledger/tierledger/chaincode/money"
)

// Bounds of the scans behind facts that count. A count stops at its bound.
const (
	MaxFinancings   = 20_000 // financings in which the owner has a part, the earliest request first
	MaxCertificates = 20_000 // certificates of a debtor, the earliest payment date first
	MaxSettled      = 1_000  // settled certificates of a debtor, the latest payment dates
	MaxLimits       = 10_000 // limits of a bank on debtors
)

// Facts are what rules are asked about: one request for financing, or one of its
// debtors when the fen are owed by several. In a rule a fact is a variable with the
// names of JSON, such as owner.class. Names are stable. Amounts are fen in a rule and
// yuan with two decimals in JSON. A day is one of Asia/Shanghai.
type Facts struct {
	Owner       Owner       `json:"owner"`
	Enterprise  Enterprise  `json:"enterprise"`
	Trade       Trade       `json:"trade"`
	Enhancement Enhancement `json:"enhancement"`
	Scenario    Scenario    `json:"scenario"`
	Bank        Bank        `json:"bank"`
}

// Owner is the member who asks for money.
type Owner struct {
	ID            string `json:"id"`            // unified social credit code
	Class         string `json:"class"`         // public-body, large, medium, small or micro
	Sponsor       string `json:"sponsor"`       // code of the bank that vouched at enrolment, or empty
	SponsoredByUs bool   `json:"sponsoredByUs"` // that bank is this one
	DaysOnLedger  int64  `json:"daysOnLedger"`  // days since enrolment
	Suspended     bool   `json:"suspended"`     // the member may not act now
	Financings    int64  `json:"financings"`    // number of other financings agreed with this bank, ended ones too; of the owner's first MaxFinancings
	Unpaid        int64  `json:"unpaid"`        // number of those that were instructed and proven not to have been paid
	Tier          int64  `json:"tier"`          // deepest tier of the fen asked for; 1: the first holder's
}

// Enterprise is the debtor.
type Enterprise struct {
	ID          string    `json:"id"`          // unified social credit code
	Class       string    `json:"class"`       // public-body, large, medium, small or micro
	Asked       money.Fen `json:"asked"`       // fen of this request that it owes
	Stopped     bool      `json:"stopped"`     // a bank's attestation under DEFAULT-STOP is in force
	Issued      int64     `json:"issued"`      // number of its certificates that were accepted and not voided; of the first MaxCertificates
	Settled     int64     `json:"settled"`     // number of those that are paid in full
	Overdue     int64     `json:"overdue"`     // number of those that are not paid in full although their payment date is past
	PaidLate    int64     `json:"paidLate"`    // number of the latest MaxSettled settled ones of which some fen were paid after the payment date
	Owed        money.Fen `json:"owed"`        // fen of those issued that are not paid yet
	HistoryDays int64     `json:"historyDays"` // days since the earliest issue date among those issued, 0 if there is none
	Partial     bool      `json:"partial"`     // it has more than MaxCertificates: the numbers above miss those with the latest payment dates
}

// Trade is the background of the debtor's certificates that are asked about: the
// invoices allocated to them at issue.
type Trade struct {
	VerifiedCover          int64 `json:"verifiedCover"`          // part of the certificates' face that invoices with a good verification cover, red letters taken off; hundredths of a percent, 0 to 10000
	OldestVerificationDays int64 `json:"oldestVerificationDays"` // days since the oldest good verification among the invoices, -1 if there is none
	Invoices               int64 `json:"invoices"`               // number of invoices
	RedLetters             int64 `json:"redLetters"`             // number of red-letter invoices against them
}

// Enhancement is what stands behind the debtor's certificates that are asked about,
// besides the debtor.
type Enhancement struct {
	LineBank  string `json:"lineBank"`  // code of the bank whose credit line backs every certificate; empty if none does, or not the same for all
	OwnLine   bool   `json:"ownLine"`   // that bank is this one
	Guarantor bool   `json:"guarantor"` // every fen asked for has a guarantor, or the agreed terms name one
	Green     bool   `json:"green"`     // every certificate is tagged green
}

// Scenario is the request as a whole.
type Scenario struct {
	Amount       money.Fen `json:"amount"`       // fen asked for
	MaxDays      int64     `json:"maxDays"`      // days from today to the latest payment date
	MinDays      int64     `json:"minDays"`      // days from today to the earliest payment date
	AgeDays      int64     `json:"ageDays"`      // days since the youngest certificate was issued
	Legs         int64     `json:"legs"`         // number of pieces
	Certificates int64     `json:"certificates"` // number of certificates
	Posted       bool      `json:"posted"`       // a posted rate was taken; there is nothing to quote
}

// Bank is the bank that decides, with its limits as the ledger has them.
type Bank struct {
	ID                string    `json:"id"`                // unified social credit code
	DebtorUsed        money.Fen `json:"debtorUsed"`        // fen of this debtor that the bank financed or has reserved for a quote
	DebtorAvailable   money.Fen `json:"debtorAvailable"`   // fen left under the limit on the debtor and the group caps around it; -1 (in JSON -0.01) if nothing caps it
	SupplierUsed      money.Fen `json:"supplierUsed"`      // the same of the limit on the owner
	SupplierAvailable money.Fen `json:"supplierAvailable"` // the same of the limit on the owner
	DebtorShareBp     int64     `json:"debtorShareBp"`     // debtorUsed as part of that of all debtors together, in basis points, 0 to 10000; of the first MaxLimits limits
}

// Uncapped is how much is available where nothing caps it.
const Uncapped money.Fen = -1

// value is one fact as a variable.
type value struct {
	name string
	of   any // string, bool or int64
}

// values lists all facts in the order of Facts. A fact of another type is a mistake
// in Facts itself.
func (f *Facts) values() []value {
	var list []value
	groups := reflect.ValueOf(f).Elem()
	for g := range groups.NumField() {
		group, prefix := groups.Field(g), groups.Type().Field(g).Tag.Get("json")+"."
		for i := range group.NumField() {
			name := prefix + group.Type().Field(i).Tag.Get("json")
			switch field := group.Field(i); field.Kind() {
			case reflect.String:
				list = append(list, value{name, field.String()})
			case reflect.Bool:
				list = append(list, value{name, field.Bool()})
			case reflect.Int64:
				list = append(list, value{name, field.Int()})
			default:
				panic(fmt.Sprintf("fact %s is of kind %s", name, field.Kind()))
			}
		}
	}
	return list
}
