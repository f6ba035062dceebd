package execute_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/registration"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// accountAt is an account that somebody proposed.
type accountAt struct{ member, bank, id string }

// account proposes accounts; their banks confirm them, or somebody closes them, now
// and then one to which money is on its way.
func (x *life) account(t *rapid.T) call {
	if chance(t, "the first account", 12) {
		member := oneOf(t, "whose", append(x.firms, "bank3")...)
		return call{who: x.maker(member), function: "member:CloseAccount", argument: fields{"member": x.IDs[member], "account": ledgertest.AccountID}}
	}
	if a, ok := recent(t, "account", x.accounts); ok && rapid.Bool().Draw(t, "answer") {
		function := oneOf(t, "function", "member:ConfirmAccount", "member:ConfirmAccount", "member:CloseAccount")
		return call{who: x.maker(a.bank), function: function, argument: fields{"member": x.IDs[a.member], "account": a.id}}
	}
	x.serial++
	a := accountAt{oneOf(t, "member", append(x.firms, "bank1")...), oneOf(t, "bank", "bank1", "bank3"), fmt.Sprint("account-", x.serial)}
	return x.propose(call{who: x.maker(a.member), function: "member:ProposeAccount", argument: fields{
		"id": a.id, "bank": x.IDs[a.bank], "commitment": x.document(), "sealed": make([]byte, 64),
	}, learn: func([]byte) { x.accounts = append(x.accounts, a) }})
}

// settlements are all settlements, oldest first.
func (x *life) settlements() []*record.Settlement {
	list := all[record.Settlement](x, record.SettlementsPrefix())
	slices.SortFunc(list, func(a, b *record.Settlement) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Payer, b.Payer),
			cmp.Compare(a.Payee, b.Payee), cmp.Compare(a.Amount, b.Amount), cmp.Compare(a.Fen, b.Fen))
	})
	return list
}

func (x *life) drawSettlement(t *rapid.T, fits func(*record.Settlement) bool) (*record.Settlement, bool) {
	return mostly(t, "settlement", x.settlements(), fits)
}

// goOn does what a settlement waits for next: a choice, a word, an entry in the
// registry, an instruction, an advice.
func (x *life) goOn(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool { return s.State.Live() })
	if !ok {
		return call{}
	}
	f := find(x, record.FinancingKey(s.ID))
	switch {
	case s.State == record.SettlementOpen:
		for _, q := range all[record.Quote](x, record.QuotesPrefix(s.ID)) {
			if q.State == record.QuoteSealed && rapid.Bool().Draw(t, "take it") {
				return x.chooseQuote(t, q)
			}
		}
		return x.quoteFor(t, f)
	case s.Purpose.Leg() && s.State.Instructed() && rapid.Bool().Draw(t, "report"):
		return x.reportOn(t, s, "paid")
	case s.State.Instructed() || s.Purpose == record.PurposeOutside:
		return x.adviceOf(t, s)
	case s.State != record.SettlementAgreed || f == nil:
		return x.instruction(t, s)
	}
	if c := x.missing(f); c.function != "" {
		return c
	}
	if f.Registered == "" || x.now()-f.Searched > 24*3_600_000 {
		return x.entry(t, f)
	}
	return x.instruction(t, s)
}

func (x *life) instruction(t *rapid.T, s *record.Settlement) call {
	return x.either(t, call{who: x.bankOf(s.PayerBank), function: "settlement:Instruct", argument: settlement.Argument{ID: s.ID}})
}

// bankOf is the maker of a bank; of one when there is no payer yet.
func (x *life) bankOf(bank string) string {
	if bank == "" {
		return x.maker("bank1")
	}
	return x.maker(x.names[bank])
}

func (x *life) instruct(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool { return s.State == record.SettlementAgreed })
	if !ok {
		return call{}
	}
	return x.instruction(t, s)
}

// adviceOf is a bank's advice or the payee's own word, now and then of other money.
func (x *life) adviceOf(t *rapid.T, s *record.Settlement) call {
	x.serial++
	in := settlement.AdviceArgument{
		Settlement: s.ID, Reference: fmt.Sprint("advice ", x.serial), Amount: s.Amount, Payer: s.Payer, PayerAccount: s.PayerAccount,
		Payee: s.Payee, PayeeAccount: s.PayeeAccount, Credited: x.now(),
	}
	if chance(t, "used", 12) {
		in.Reference = fmt.Sprint("advice ", x.serial-1)
	}
	if chance(t, "another amount", 12) {
		in.Amount++
	}
	switch between(t, "who says so", 0, 5) {
	case 0, 1:
		return x.either(t, call{who: x.bankOf(s.PayerBank), function: "settlement:Advise", argument: in})
	case 2:
		return x.either(t, call{who: x.maker(x.names[s.Payee]), function: "settlement:Confirm", argument: in})
	default:
		return x.either(t, call{who: x.bankOf(s.PayeeBank), function: "settlement:Advise", argument: in})
	}
}

func (x *life) advise(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool { return s.State.Instructed() })
	if !ok {
		return call{}
	}
	return x.adviceOf(t, s)
}

func (x *life) dispute(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool {
		return s.State.Instructed() || s.State == record.SettlementSettled
	})
	if !ok {
		return call{}
	}
	in := settlement.EndArgument{ID: s.ID, Reason: "nothing came"}
	return call{who: x.maker(x.names[s.Payee]), function: "settlement:Dispute", argument: in}
}

func (x *life) notPaid(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool { return s.State.Instructed() })
	if !ok {
		return call{}
	}
	return x.either(t, call{who: x.bankOf(s.PayerBank), function: "settlement:NotPaid", argument: settlement.NotPaidArgument{
		ID: s.ID, Reason: "returned", Evidence: x.document(),
	}})
}

func (x *life) cancel(t *rapid.T) call {
	s, ok := x.drawSettlement(t, func(s *record.Settlement) bool { return s.State.Live() && !s.State.Instructed() })
	if !ok {
		return call{}
	}
	by := x.maker(x.names[s.Payee])
	if s.Payer != "" && rapid.Bool().Draw(t, "payer") {
		by = x.maker(x.names[s.Payer])
	}
	return x.either(t, call{who: by, function: "settlement:Cancel", argument: settlement.EndArgument{ID: s.ID, Reason: "changed our mind"}})
}

// register records an entry in the registry, the next one or a correction.
func (x *life) register(t *rapid.T) call {
	f, ok := x.drawFinancing(t, func(f *record.Financing) bool {
		return f.Duty != 0 && f.Funder != "" || f.State == record.FinancingAgreed && f.Registered == ""
	})
	if !ok {
		return call{}
	}
	return x.entry(t, f)
}

func (x *life) entry(t *rapid.T, f *record.Financing) call {
	x.serial++
	in := registration.Argument{
		Financing: f.ID, Kind: record.RegistrationSearch, Number: fmt.Sprint("registry ", x.serial),
		Entered: x.now().Add(-time.Duration(between(t, "minutes", 0, 90)) * time.Minute), Proof: x.document(),
	}
	switch {
	case f.Duty == record.RegistrationInitial && x.now()-f.Searched > 24*3_600_000: // searched for anew
	case f.Duty == record.RegistrationInitial:
		in.Kind, in.Entered = f.Duty, x.now()
	case f.Duty != 0:
		in.Kind = f.Duty
	case f.State == record.FinancingAgreed && f.Registered == "" && f.Searched != 0:
		in.Kind, in.Entered = record.RegistrationInitial, x.now()
	}
	if chance(t, "correction", 8) && f.Registrations > 0 {
		in.Corrects = uint32(between(t, "entry", 1, int(f.Registrations)))
		in.Kind = find(x, record.RegistrationKey(f.ID, in.Corrects)).Kind
	}
	if in.Kind == record.RegistrationInitial || in.Kind == record.RegistrationChange {
		in.Until = x.today().AddDays(between(t, "days", 300, 700))
	}
	return x.either(t, call{who: x.bankOf(f.Funder), function: "registration:Record", argument: in})
}
