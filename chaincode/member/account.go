package member

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxSealed is the longest envelope of an account, in bytes.
const MaxSealed = 8 << 10

// ProposeAccountArgument registers a bank account of the maker's own member. The
// number is never on the ledger.
type ProposeAccountArgument struct {
	ID         string        `json:"id"`         // the member's own word for the account
	Bank       string        `json:"bank"`       // member id of the account's bank
	Commitment record.Digest `json:"commitment"` // salted hash of number and name
	Sealed     []byte        `json:"sealed"`     // envelope for the member and the bank
}

// AccountArgument names an account.
type AccountArgument struct {
	Member  string `json:"member"`
	Account string `json:"account"`
}

// AccountResult says in which state the account is and from when it is usable.
type AccountResult struct {
	Account    string              `json:"account"`
	State      record.AccountState `json:"state"`
	UsableFrom calendar.Instant    `json:"usableFrom,omitzero"`
}

// ProposeAccount registers an account, which its bank must confirm. It always
// needs a maker and a checker. Checks: 1 form, 2 maker, quorum, 3 the bank is a
// member (MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING), 4 the id is new
// (ALREADY_EXISTS, also when closed).
func ProposeAccount(w *world.World, in ProposeAccountArgument) (AccountResult, error) {
	if err := CheckIdentifier("account", in.ID); err != nil {
		return AccountResult{}, err
	}
	if err := CheckID(in.Bank); err != nil {
		return AccountResult{}, err
	}
	if n := len(in.Sealed); in.Commitment.IsZero() || n == 0 || n > MaxSealed {
		return AccountResult{}, code.BadArgument.New("an account has a commitment and an envelope of 1 to %d bytes", MaxSealed)
	}
	m, err := Require(w, record.Maker, 0)
	if err != nil {
		return AccountResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumChecker); err != nil {
		return AccountResult{}, err
	}
	if _, err := GetActive(w, in.Bank, record.Funder); err != nil {
		return AccountResult{}, err
	}
	key := record.AccountKey(m.ID, in.ID)
	if used, err := world.Exists(w, key); err != nil || used {
		if err == nil {
			err = code.AlreadyExists.New("account %s", in.ID)
		}
		return AccountResult{}, err
	}
	a := &record.Account{
		Member: m.ID, ID: in.ID, Bank: in.Bank, Commitment: in.Commitment, Sealed: in.Sealed,
		State: record.AccountProposed, Since: w.Now(),
	}
	world.Put(w, key, a)
	w.Notify(record.NoticeOf{
		Kind: record.AccountChanged, Subject: accountSubject(a), Members: []string{m.ID, in.Bank}, Opens: []string{in.Bank},
	})
	return AccountResult{Account: a.ID, State: a.State}, nil
}

func accountSubject(a *record.Account) string { return a.Member + "/" + a.ID }

// ConfirmAccount is the bank's word that the account exists and is in the
// member's own name. A maker of the bank signs. The account is usable after the
// cooling-off time, and the member is told.
func ConfirmAccount(w *world.World, in AccountArgument) (AccountResult, error) {
	if err := in.form(); err != nil {
		return AccountResult{}, err
	}
	bank, err := Require(w, record.Maker, record.Funder)
	if err != nil {
		return AccountResult{}, err
	}
	a, err := world.Load(w, record.AccountKey(in.Member, in.Account), "account", in.Account)
	if err != nil {
		return AccountResult{}, err
	}
	if a.Bank != bank.ID {
		return AccountResult{}, code.NotAuthorised.New("account %s is not at bank %s", a.ID, bank.ID)
	}
	if a.State != record.AccountProposed {
		return AccountResult{}, code.AlreadyExists.New("account %s is %s", a.ID, a.State)
	}
	if a.UsableFrom, err = cooledOff(w); err != nil {
		return AccountResult{}, err
	}
	return move(w, a, record.AccountConfirmed, bank.ID), nil
}

// CloseAccount ends an account for further use; what was instructed to it keeps
// it. A maker of the member signs, or of the account's bank, who thereby also
// refuses a proposed account. Closed already: ALREADY_EXISTS.
func CloseAccount(w *world.World, in AccountArgument) (AccountResult, error) {
	if err := in.form(); err != nil {
		return AccountResult{}, err
	}
	m, err := Require(w, record.Maker, 0)
	if err != nil {
		return AccountResult{}, err
	}
	a, err := world.Load(w, record.AccountKey(in.Member, in.Account), "account", in.Account)
	if err != nil {
		return AccountResult{}, err
	}
	if m.ID != a.Member && m.ID != a.Bank {
		return AccountResult{}, code.NotAuthorised.New("account %s belongs to another member", a.ID)
	}
	if a.State == record.AccountClosed {
		return AccountResult{}, code.AlreadyExists.New("account %s is closed", a.ID)
	}
	return move(w, a, record.AccountClosed, a.Bank), nil
}

func (in *AccountArgument) form() error {
	if err := CheckID(in.Member); err != nil {
		return err
	}
	return CheckIdentifier("account", in.Account)
}

// move writes the account's new state and closes what was open at the bank.
func move(w *world.World, a *record.Account, to record.AccountState, bank string) AccountResult {
	closes := []string{}
	if a.State == record.AccountProposed {
		closes = append(closes, bank)
	}
	a.State, a.Since = to, w.Now()
	world.Put(w, record.AccountKey(a.Member, a.ID), a)
	w.Notify(record.NoticeOf{
		Kind: record.AccountChanged, Subject: accountSubject(a), Members: []string{a.Member, a.Bank}, Closes: closes,
	})
	return AccountResult{Account: a.ID, State: a.State, UsableFrom: a.UsableFrom}
}

// UsableAccount returns an account to which money may be sent: NOT_FOUND,
// ACCOUNT_UNCONFIRMED, or COOLING_OFF.
func UsableAccount(w *world.World, member, id string) (*record.Account, error) {
	a, err := world.Load(w, record.AccountKey(member, id), "account", id)
	switch {
	case err != nil:
		return nil, err
	case a.State != record.AccountConfirmed:
		return nil, code.AccountUnconfirmed.New("account %s is %s", id, a.State)
	case w.Now() < a.UsableFrom:
		return nil, code.CoolingOff.New("account %s is usable from %s", id, a.UsableFrom)
	}
	return a, nil
}
