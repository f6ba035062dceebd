package clearing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Enter puts a certificate into the run of the payment date that has come, for the
// sweep. What rested on its fen undecided has lapsed; what lies behind it is told.
func Enter(w *world.World, a settlement.Agreements, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	ended, err := certificate.Enter(w, due.ID, due.At.Date())
	if err != nil {
		return err
	}
	for _, id := range ended {
		s, err := settlement.Get(w, id)
		if err != nil {
			return err
		}
		if err := a.Ended(w, s); err != nil {
			return err
		}
	}
	return nil
}

// Remind tells a debtor, some working days before, that a payment date comes, and on the
// day after it what is overdue, for the sweep. Nothing is told when nothing waits to be
// paid.
func Remind(w *world.World, due record.Due) error {
	w.RemoveDue(due.At, due.Kind, due.ID)
	debtor, payment, ok := record.ParseRunID(due.ID)
	if !ok {
		return code.BadArgument.New("%q is no run", due.ID)
	}
	if due.At > payment.Start() {
		return tellOverdue(w, due.ID)
	}
	waits, err := entering(w, debtor, payment)
	if err != nil || !waits {
		return err
	}
	w.Notify(record.NoticeOf{
		Kind: record.PaymentIsNear, Subject: due.ID, Members: []string{debtor}, Until: payment.Start(),
	})
	return nil
}

// tellOverdue tells a debtor what it has not provided for by the end of a payment date.
func tellOverdue(w *world.World, id string) error {
	run, err := world.Find(w, record.RunKey(id))
	if err != nil || run == nil || run.Tally.Wanted() == 0 {
		return err
	}
	w.Notify(record.NoticeOf{
		Kind: record.DebtIsOverdue, Subject: id, Members: []string{run.Debtor}, Amount: run.Tally.Wanted(),
	})
	return nil
}

// entering reports whether certificates of the debtor wait to enter the run of a date.
func entering(w *world.World, debtor string, payment calendar.Date) (bool, error) {
	var waits bool
	prefix := record.DueClearingsPrefix(payment.Start(), debtor)
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(string, *record.Due) (bool, error) {
		waits = true
		return false, nil
	})
	return waits, err
}

// ConfirmFundsArgument is the debtor's bank's word that it has so much of the debtor's
// money for a run.
type ConfirmFundsArgument struct {
	Run     string    `json:"run"`     // the debtor's code, a hyphen, the payment date as yyyymmdd
	Account string    `json:"account"` // of the debtor at the bank, from which the legs are paid
	Amount  money.Fen `json:"amount"`
}

// Funds is what the bank's own policy compares.
func (in ConfirmFundsArgument) Funds() money.Fen { return in.Amount }

// FundsResult says how the funds are divided.
type FundsResult struct {
	Run    string          `json:"run"`
	Round  uint32          `json:"round"`
	State  record.RunState `json:"state"` // dividing while the sweep goes on with it
	Claims money.Fen       `json:"claims"`
	Funds  money.Fen       `json:"funds"`
	Legs   uint32          `json:"legs"` // computed so far
}

// leastShare bounds how finely funds may be confirmed: each round cuts every holding
// once more.
const leastShare = 100

// ConfirmFunds is FundsConfirmed: the amount is divided pro rata over all fen that are
// open in the run, once. The legs are computed at once for a small run, else by the
// sweep, block by block. Late interest is counted to today. A later confirmation pays
// what was left open.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_AMOUNT); the actor is a bank's maker
// (ROLE_MISSING); NOT_FOUND; RUN_STATE while certificates enter the run, or when nothing
// is open; RUN_DIVIDING; the account (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF);
// NOT_AUTHORISED when it is at another bank; FUNDS_EXCEED; BAD_AMOUNT for less than one
// hundredth of what is open.
func ConfirmFunds(w *world.World, in ConfirmFundsArgument) (FundsResult, error) {
	if err := checkRun(in.Run); err != nil {
		return FundsResult{}, err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return FundsResult{}, err
	}
	if in.Amount <= 0 {
		return FundsResult{}, code.BadAmount.New("funds of %s", in.Amount)
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return FundsResult{}, err
	}
	run, err := GetRun(w, in.Run)
	if err != nil {
		return FundsResult{}, err
	}
	if err := checkReady(w, run); err != nil {
		return FundsResult{}, err
	}
	account, err := member.UsableAccount(w, run.Debtor, in.Account)
	if err != nil {
		return FundsResult{}, err
	}
	switch {
	case account.Bank != bank.ID:
		return FundsResult{}, code.NotAuthorised.New("account %s of %s is at bank %s", account.ID, run.Debtor, account.Bank)
	case in.Amount > run.Tally.Open:
		return FundsResult{}, code.FundsExceed.New("%s for %s", in.Amount, run.Tally.Open)
	case in.Amount < run.Tally.Open/leastShare:
		return FundsResult{}, code.BadAmount.New("funds of %s for %s: at least one %dth of what is open", in.Amount, run.Tally.Open, leastShare)
	}
	run.Rounds++
	run.Banks = with(run.Banks, bank.ID)
	run.State = record.RunDividing
	round := &record.Round{
		Run: run.ID, Number: run.Rounds, Funds: in.Amount, Claims: run.Tally.Open, Bank: bank.ID, Account: account.ID,
		Day: max(w.Today(), run.Payment), Signed: member.Signed(w),
	}
	world.Put(w, record.RunKey(run.ID), run)
	tellFunds(w, run, round)
	return divide(w, run, round)
}

func tellFunds(w *world.World, run *record.Run, round *record.Round) {
	kind := record.FundsConfirmed
	if round.Funds < round.Claims {
		kind = record.FundsFellShort
	}
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: run.ID, Members: []string{run.Debtor, round.Bank}, Amount: round.Funds, Closes: []string{run.Debtor},
	})
}

// checkReady refuses to divide funds before all is known of what is due, and while
// others are being divided.
func checkReady(w *world.World, run *record.Run) error {
	if run.State == record.RunDividing {
		return code.RunDividing.New("run %s, round %d", run.ID, run.Rounds)
	}
	waits, err := entering(w, run.Debtor, run.Payment)
	switch {
	case err != nil:
		return err
	case waits:
		return code.RunState.New("certificates are still entering run %s", run.ID)
	case run.Tally.Open == 0:
		return code.RunState.New("run %s is %s, nothing of it is open", run.ID, run.State)
	}
	return nil
}

func checkRun(id string) error {
	debtor, _, ok := record.ParseRunID(id)
	if !ok || number.CheckSocialCredit(debtor) != nil {
		return code.BadArgument.New("%.40q is not a debtor's code, a hyphen and a date such as 20270331", id)
	}
	return nil
}

// GetRun returns a run or refuses with NOT_FOUND.
func GetRun(w *world.World, id string) (*record.Run, error) {
	return world.Load(w, record.RunKey(id), "run", id)
}
