package reconcile_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// The banks of the tests, and the debtor.
//
//nolint:gochecknoglobals // the tests' members
var (
	bankA  = codeOf(1)
	bankB  = codeOf(2)
	debtor = codeOf(3)
)

// codeOf makes a social credit code.
func codeOf(n int) string {
	id, err := number.CompleteSocialCredit(fmt.Sprintf("91330100%09d", n))
	if err != nil {
		panic(err)
	}
	return id
}

var day = mustDate("2026-12-31") //nolint:gochecknoglobals // the tests' payment date

func mustDate(text string) calendar.Date {
	d, err := calendar.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// now is ten in the morning of the payment date.
func now() calendar.Instant { return day.Start() + 10*60*60*1000 }

// books is a ledger of legs that takes reports as the contracts do.
type books struct {
	legs map[string]*record.Settlement
	used map[string]string // by bank and reference
}

func newBooks(legs ...*record.Settlement) *books {
	b := &books{legs: map[string]*record.Settlement{}, used: map[string]string{}}
	for _, s := range legs {
		b.legs[s.ID] = s
	}
	return b
}

// leg is an instructed leg of the debtor, whose bank is A, to a payee at a bank.
func leg(n int, bank string, amount money.Fen) *record.Settlement {
	return &record.Settlement{
		ID: fmt.Sprintf("leg%013d", n), Purpose: record.PurposeClearing, Payer: debtor, PayerAccount: "main", PayerBank: bankA,
		Payee: payeeOf(n), PayeeAccount: "main", PayeeBank: bank, Amount: amount, Fen: amount, Effect: record.EffectRedeem,
		State: record.SettlementInstructed, At: day.Start(), Run: record.RunID(debtor, day), Round: 1,
		Instruction: record.Signature{Member: bankA, At: now()},
	}
}

func payeeOf(n int) string { return codeOf(1_000 + n) }

// list is all legs in order of id.
func (b *books) list() []record.Settlement {
	var all []record.Settlement
	for _, id := range slices.Sorted(maps.Keys(b.legs)) {
		all = append(all, *b.legs[id])
	}
	return all
}

// report is clearing:Report by a bank.
func (b *books) report(bank string, in clearing.ReportArgument) *code.Error {
	s := b.legs[in.Leg]
	side := s.PayeeBank
	if in.Says == clearing.ReportAccepted || in.Says == clearing.ReportRejected {
		side = s.PayerBank
	}
	key := bank + " " + in.Reference
	returned := in.Says == clearing.ReportReturned
	switch {
	case bank != side:
		return code.NotAuthorised.New("%s", in.Leg)
	case in.Says == clearing.ReportRejected:
		if !s.State.Instructed() {
			return code.SettlementState.New("%s", s.State)
		}
		s.State, s.Kept, s.Reason, s.Evidence = record.SettlementUnpaid, true, in.Reason, in.Evidence
		return nil
	case returned && s.State != record.SettlementSettled:
		return code.SettlementState.New("%s", s.State)
	case b.used[key] != "":
		return code.AdviceUsed.New("%s", in.Reference)
	case !returned && (!s.State.Instructed() || in.Says == clearing.ReportAccepted && s.State == record.SettlementAccepted):
		return code.SettlementState.New("%s", s.State)
	case !returned && (in.Payer != s.Payer || in.PayerAccount != s.PayerAccount || in.Payee != s.Payee || in.PayeeAccount != s.PayeeAccount || in.Amount <= 0):
		return code.AdviceMismatch.New("")
	case in.Says == clearing.ReportAccepted && in.Amount != s.Amount:
		return code.AdviceMismatch.New("")
	}
	b.used[key] = in.Leg
	switch in.Says {
	case clearing.ReportAccepted:
		s.State, s.Acceptance.Member = record.SettlementAccepted, bank
	case clearing.ReportReturned:
		s.State, s.Kept, s.Evidence = record.SettlementReturned, true, in.Evidence
	default:
		s.State, s.AdviceBank, s.AdviceRef = record.SettlementSettled, bank, in.Reference
		if in.Amount < s.Amount {
			s.Ordered, s.Amount = s.Amount, in.Amount
		} else {
			s.Excess = in.Amount - s.Amount
		}
	}
	return nil
}

// ingest has a bank's desk take items, and tells the ledger what it says.
func (b *books) ingest(bank string, items []reconcile.Told) []reconcile.Decision {
	desk := reconcile.NewDesk(bank, reconcile.Numbers{})
	for _, s := range b.legs {
		if s.PayerBank == bank || s.PayeeBank == bank {
			desk.Add(*s)
		}
	}
	all := desk.Take(items)
	for i := range all {
		if all[i].Bucket != reconcile.ToReport {
			continue
		}
		if refusal := b.report(bank, all[i].Report); refusal != nil {
			all[i] = desk.AfterRefusal(all[i], refusal, b.legs[all[i].Leg])
		}
	}
	return all
}

func numberOf(member, account string) iso20022.Account {
	return reconcile.Numbers{}.Of(reconcile.Account{Member: member, ID: account})
}

// credit is an entry on the payee's account, as its bank tells it.
func credit(s *record.Settlement, reference string, change ...func(*iso20022.Item)) iso20022.Item {
	i := iso20022.Item{
		Scope: iso20022.OfTransaction, EndToEnd: s.ID, Amount: s.Amount, Direction: iso20022.Credit, Status: iso20022.Booked, Code: "BOOK",
		Reference: reference, Account: numberOf(s.Payee, s.PayeeAccount), Servicer: iso20022.Agent{Code: s.PayeeBank},
		Debtor: iso20022.Party{Code: s.Payer}, DebtorAccount: numberOf(s.Payer, s.PayerAccount),
		Creditor: iso20022.Party{Code: s.Payee}, CreditorAccount: numberOf(s.Payee, s.PayeeAccount), Booked: iso20022.At(now()),
	}
	for _, c := range change {
		c(&i)
	}
	return i
}

// debit is an entry on the payer's account, as its bank tells it.
func debit(s *record.Settlement, reference string, change ...func(*iso20022.Item)) iso20022.Item {
	return credit(s, reference, append([]func(*iso20022.Item){func(i *iso20022.Item) {
		i.Direction, i.Account, i.Servicer.Code = iso20022.Debit, numberOf(s.Payer, s.PayerAccount), s.PayerBank
	}}, change...)...)
}

// status is a line of a status report.
func status(s *record.Settlement, word string, means iso20022.Status, change ...func(*iso20022.Item)) iso20022.Item {
	i := iso20022.Item{Scope: iso20022.OfTransaction, EndToEnd: s.ID, Status: means, Code: word}
	for _, c := range change {
		c(&i)
	}
	return i
}

// back makes an entry the return of a payment.
func back(i *iso20022.Item) {
	i.Status, i.Reason = iso20022.Returned, iso20022.Reason{Code: "AC04", Text: "closed account"}
}

// in puts items in one file.
func in(kind iso20022.Kind, items ...iso20022.Item) []reconcile.Told {
	told := make([]reconcile.Told, len(items))
	for i := range items {
		items[i].Message, items[i].Index = "M1", i+1
		told[i] = reconcile.Told{File: reconcile.File{Kind: kind, Hash: record.Digest{1}, Created: now()}, Item: items[i]}
	}
	return told
}

// said is a decision in a few words.
func said(d reconcile.Decision) string {
	switch d.Bucket {
	case reconcile.ToReport:
		return d.Report.Says.String()
	case reconcile.Exception:
		return string(d.Fault)
	default:
		return string(d.Bucket)
	}
}

func ordered(s *record.Settlement) money.Fen { return cmp.Or(s.Ordered, s.Amount) }
