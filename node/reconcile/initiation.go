package reconcile

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Order is what a bank is asked to pay: legs of runs, and late interest, that go through
// it. The message id is new each time: a bank refuses one that it has seen.
type Order struct {
	Message string
	Created calendar.Instant
	Bank    string // through which they are paid, and who sends the order
	Legs    []record.Settlement
}

// NewOrder is the order of legs in their order. The same legs under the same instructions
// make the same message, whatever a crash forgets: a bank refuses one that it has seen.
func NewOrder(bank string, created calendar.Instant, legs []record.Settlement) Order {
	hash := sha256.New()
	for i := range legs {
		fmt.Fprintf(hash, "%s %s\n", OrderKey(&legs[i]), legs[i].Amount)
	}
	const digits = 32
	return Order{Message: hex.EncodeToString(hash.Sum(nil))[:digits], Created: created, Bank: bank, Legs: legs}
}

// OrderKey names a leg under its present instruction: late interest that was refused is
// instructed again under the same id.
func OrderKey(s *record.Settlement) string {
	if s.Instruction.Member == "" {
		return s.ID
	}
	return s.ID + " " + s.Instruction.TxID.String()
}

// Ordered reports whether a leg was in an order under its present instruction, or as a
// computed one. Written are the keys of the legs of all orders.
func Ordered(s *record.Settlement, written map[string]bool) bool {
	return written[OrderKey(s)] || written[s.ID] && s.Evidence.IsZero()
}

// Keys name the legs of the order, each under its instruction.
func (o Order) Keys() []string {
	keys := make([]string, len(o.Legs))
	for i := range o.Legs {
		keys[i] = OrderKey(&o.Legs[i])
	}
	return keys
}

// Amount sums the legs, which is bounded by what debtors owe.
func (o Order) Amount() (sum money.Fen) {
	for i := range o.Legs {
		sum += o.Legs[i].Amount
	}
	return sum
}

// Initiation is the pain.001 of an order: one payment group for each account that is
// paid from and each run, its transfers in order of their legs' ids. A leg's id is the
// transfer's end-to-end identification. Name gives a member's name.
func (o Order) Initiation(numbers Numbers, name func(member string) string) iso20022.Initiation {
	legs := slices.Clone(o.Legs)
	slices.SortFunc(legs, func(a, b record.Settlement) int {
		return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Payer, b.Payer), cmp.Compare(a.PayerAccount, b.PayerAccount), cmp.Compare(a.ID, b.ID))
	})
	party := func(id string) iso20022.Party { return iso20022.Party{Name: name(id), Code: id} }
	in := iso20022.Initiation{MessageID: o.Message, Created: o.Created, Initiator: party(o.Bank)}
	for i, s := range legs {
		if i == 0 || s.Run != legs[i-1].Run || s.Payer != legs[i-1].Payer || s.PayerAccount != legs[i-1].PayerAccount {
			in.Payments = append(in.Payments, iso20022.PaymentGroup{
				ID: s.ID, Execution: o.Created.Date(), Debtor: party(s.Payer),
				DebtorAccount: numbers.Of(Account{s.Payer, s.PayerAccount}), DebtorAgent: iso20022.Agent{Code: s.PayerBank},
			})
		}
		group := &in.Payments[len(in.Payments)-1]
		group.Transfers = append(group.Transfers, iso20022.Transfer{
			EndToEndID: s.ID, Amount: s.Amount, Creditor: party(s.Payee),
			CreditorAccount: numbers.Of(Account{s.Payee, s.PayeeAccount}), CreditorAgent: iso20022.Agent{Code: s.PayeeBank},
			Remittance: s.Run,
		})
	}
	return in
}
