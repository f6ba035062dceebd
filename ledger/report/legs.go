package report

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Leg is one payment with its two accounts, and what the banks said of it.
type Leg struct {
	ID           string                 `json:"id" doc:"Of the settlement"`
	Purpose      record.Purpose         `json:"purpose"`
	Run          string                 `json:"run" doc:"Of the clearing, or empty"`
	Round        uint32                 `json:"round"`
	Follows      string                 `json:"follows" doc:"Payment that it repeats, or of which it is the interest or the refund"`
	Payer        string                 `json:"payer"`
	PayerAccount string                 `json:"payerAccount" doc:"The payer's own word for it"`
	PayerBank    string                 `json:"payerBank"`
	Payee        string                 `json:"payee"`
	PayeeAccount string                 `json:"payeeAccount" doc:"The payee's own word for it"`
	PayeeBank    string                 `json:"payeeBank"`
	Amount       money.Fen              `json:"amount"`
	Fen          money.Fen              `json:"fen" doc:"Fen that it settles, in yuan; 0.00 when it moves none"`
	State        record.SettlementState `json:"state"`
	Made         calendar.Instant       `json:"made" doc:"When it was agreed or computed"`
	Instructed   calendar.Instant       `json:"instructed"`
	AdviceBank   string                 `json:"adviceBank" doc:"Bank whose advice settled it"`
	Reference    string                 `json:"reference" doc:"The bank's own, of the advice"`
	Credited     calendar.Instant       `json:"credited" doc:"When the money arrived, by the advice"`
	Ended        calendar.Instant       `json:"ended"`
	Disputed     calendar.Instant       `json:"disputed"`
	Dispute      string                 `json:"dispute" doc:"What the payee says"`
	Reason       string                 `json:"reason" doc:"Why it was not paid, or came back"`
}

// Columns are described at Row.
func (*Leg) Columns() []string {
	return []string{
		"id", "purpose", "run", "round", "follows", "payer", "payerAccount", "payerBank", "payee", "payeeAccount", "payeeBank",
		"amount", "fen", "state", "made", "instructed", "adviceBank", "reference", "credited", "ended", "disputed", "dispute", "reason",
	}
}

// Cells are described at Row.
func (l *Leg) Cells() []string {
	return []string{
		l.ID, l.Purpose.String(), l.Run, number(l.Round), l.Follows, l.Payer, l.PayerAccount, l.PayerBank, l.Payee, l.PayeeAccount,
		l.PayeeBank, l.Amount.String(), l.Fen.String(), l.State.String(), timeCell(l.Made), timeCell(l.Instructed), l.AdviceBank,
		l.Reference, timeCell(l.Credited), timeCell(l.Ended), timeCell(l.Disputed), l.Dispute, l.Reason,
	}
}

// LegsFilter selects payments; zero fields select all that have to do with a run. A
// request for quotes, which nobody pays yet, is no payment.
type LegsFilter struct {
	Purpose record.Purpose // these, of a run or not
	Run     string
	Debtor  string // of the run; of payments of no run: the payer
	Bank    string // of one of the two accounts
	Member  string // payer, payee or bank of one of the two accounts
	Days    Days   // on which they were agreed or computed
}

func (f *LegsFilter) wants(s *record.Settlement) bool {
	debtor, _, ok := record.ParseRunID(s.Run)
	if !ok {
		debtor = s.Payer
	}
	return s.Payer != "" && (f.Purpose == s.Purpose || f.Purpose == 0 && s.Run != "") &&
		(f.Run == "" || f.Run == s.Run) &&
		(f.Debtor == "" || f.Debtor == debtor) &&
		(f.Bank == "" || f.Bank == s.PayerBank || f.Bank == s.PayeeBank) &&
		(f.Member == "" || slices.Contains([]string{s.Payer, s.Payee, s.PayerBank, s.PayeeBank}, f.Member)) &&
		f.Days.has(s.At.Date())
}

// Legs lists payments in order of id.
func Legs(src Source, f LegsFilter) Stream[Leg] {
	return func(after string, visit func(string, *Leg) (bool, error)) error {
		prefix := record.SettlementsPrefix()
		start := prefix
		if after != "" {
			start += after + "\x00"
		}
		return src.State.Scan(start, record.PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
			s := new(record.Settlement)
			if err := record.Read(data, s); err != nil {
				return false, fmt.Errorf("read %s: %w", key, err)
			}
			if !f.wants(s) {
				return true, nil
			}
			leg, err := src.leg(s)
			if err != nil {
				return false, err
			}
			return visit(s.ID, leg)
		})
	}
}

func (s *Source) leg(v *record.Settlement) (*Leg, error) {
	l := &Leg{
		ID: v.ID, Purpose: v.Purpose, Run: v.Run, Round: v.Round, Follows: v.Follows,
		Payer: v.Payer, PayerAccount: v.PayerAccount, PayerBank: v.PayerBank,
		Payee: v.Payee, PayeeAccount: v.PayeeAccount, PayeeBank: v.PayeeBank,
		Amount: v.Amount, Fen: v.Fen, State: v.State, Made: v.At, Instructed: v.Instruction.At,
		AdviceBank: v.AdviceBank, Reference: v.AdviceRef, Ended: v.EndedAt,
		Disputed: v.DisputedAt, Dispute: v.Dispute, Reason: v.Reason,
	}
	if v.AdviceRef == "" {
		return l, nil
	}
	advice, err := record.Find(s.State, record.AdviceKey(v.AdviceBank, v.AdviceRef))
	if err == nil && advice != nil {
		l.Credited = advice.Credited
	}
	return l, err
}
