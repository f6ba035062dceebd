package member

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// ChooseAccountArgument names the account of the maker's own member to which its
// clearings are to be paid.
type ChooseAccountArgument struct {
	Account string `json:"account"`
}

// ChooseAccount says to which account a member's clearings are paid from the end of the
// cooling-off time on; until then they go where they went before. It always needs a
// maker and a checker, and the banks of both accounts are told, so that a change that
// nobody wanted is noticed in time. Legs that are computed keep their account.
//
// Refusals, in order: BAD_ARGUMENT; the actor is a maker (ROLE_MISSING); NOT_SUBMITTABLE
// without a checker; NOT_FOUND; ACCOUNT_UNCONFIRMED; ALREADY_EXISTS when it is the one.
func ChooseAccount(w *world.World, in ChooseAccountArgument) (AccountResult, error) {
	if err := CheckIdentifier("account", in.Account); err != nil {
		return AccountResult{}, err
	}
	m, err := Require(w, record.Maker, 0)
	if err != nil {
		return AccountResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumChecker); err != nil {
		return AccountResult{}, err
	}
	a, err := world.Load(w, record.AccountKey(m.ID, in.Account), "account", in.Account)
	if err != nil {
		return AccountResult{}, err
	}
	if a.State != record.AccountConfirmed {
		return AccountResult{}, code.AccountUnconfirmed.New("account %s is %s", a.ID, a.State)
	}
	old, err := world.Find(w, record.PayeeKey(m.ID))
	if err != nil {
		return AccountResult{}, err
	}
	if old != nil && old.Account == a.ID {
		return AccountResult{}, code.AlreadyExists.New("account %s is chosen from %s on", a.ID, old.From)
	}
	before, err := PayeeAccount(w, m.ID)
	if err != nil {
		return AccountResult{}, err
	}
	choice := &record.PayeeChoice{Member: m.ID, Account: a.ID, Signed: Signed(w)}
	if choice.From, err = cooledOff(w); err != nil {
		return AccountResult{}, err
	}
	told := []string{m.ID, a.Bank}
	if before != nil {
		choice.Former = before.ID
		if before.Bank != a.Bank {
			told = append(told, before.Bank)
		}
	}
	world.Put(w, record.PayeeKey(m.ID), choice)
	w.Notify(record.NoticeOf{Kind: record.PayeeChanged, Subject: accountSubject(a), Members: told})
	return AccountResult{Account: a.ID, State: a.State, UsableFrom: choice.From}, nil
}

// PayeeAccount is the account to which a member's clearings are paid now: the chosen
// one, before its time the former one, and when that cannot be used, or nothing was
// chosen, the one that has been usable for longest. It is nil when there is none.
func PayeeAccount(w *world.World, member string) (*record.Account, error) {
	choice, err := world.Find(w, record.PayeeKey(member))
	if err != nil {
		return nil, err
	}
	if choice != nil {
		id := choice.Account
		if w.Now() < choice.From {
			id = choice.Former
		}
		if a, err := usable(w, member, id); err != nil || a != nil {
			return a, err
		}
	}
	var oldest *record.Account
	prefix := record.AccountsPrefix(member)
	err = world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, a *record.Account) (bool, error) {
		if canPay(w, a) && (oldest == nil || a.UsableFrom < oldest.UsableFrom) {
			oldest = a
		}
		return true, nil
	})
	return oldest, err
}

func usable(w *world.World, member, id string) (*record.Account, error) {
	if id == "" {
		return nil, nil
	}
	a, err := world.Find(w, record.AccountKey(member, id))
	if err != nil || a == nil || !canPay(w, a) {
		return nil, err
	}
	return a, nil
}

func canPay(w *world.World, a *record.Account) bool {
	return a.State == record.AccountConfirmed && w.Now() >= a.UsableFrom
}
