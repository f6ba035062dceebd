package access

import (
	"cmp"
	"slices"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// BankDesk is the bank at whose clearing desk the viewer works on this node: the one that
// runs it, which is own, or another bank, for the legs that name it. Role is what the
// person must be, one of several; 0 for anybody of the bank. Whoever is of no bank is
// refused: those who see all read the ledger, and no bank's messages.
func (r *Reader) BankDesk(own string, role record.PersonRoles) (bank string, err error) {
	if r.Member.ID != own && !r.Member.Roles.Has(record.Funder) || role != 0 && r.Credential.Roles&role == 0 {
		return "", hidden()
	}
	return r.Member.ID, nil
}

// DeskLegs are the legs of a run, and the late interest on them, that are paid through a
// bank, in one state (0: any), in order of id. Receiving adds those that are paid to
// accounts at the bank. A run in which it sees nothing is refused.
func (r *Reader) DeskLegs(run, bank string, state record.SettlementState, receiving bool) ([]record.Settlement, error) {
	if _, err := r.findRun(run); err != nil {
		return nil, err
	}
	filters := []view.LegFilter{{Run: run, State: state, PayerBank: bank}}
	if receiving {
		filters = append(filters, view.LegFilter{Run: run, State: state, PayeeBank: bank})
	}
	var legs []record.Settlement
	for i, f := range filters {
		cut := view.Cut{Limit: view.MaxPage}
		for {
			page, err := view.Legs(r.View, f, cut)
			if err != nil {
				return nil, err
			}
			for j := range page.Items {
				if i > 0 && page.Items[j].PayerBank == bank {
					continue // it is among the others
				}
				leg, err := r.RunLeg(page.Items[j])
				if err != nil {
					return nil, err
				}
				if leg != nil {
					legs = append(legs, *leg)
				}
			}
			if page.Next == "" {
				break
			}
			cut.Cursor = page.Next
		}
	}
	slices.SortFunc(legs, func(a, b record.Settlement) int { return cmp.Compare(a.ID, b.ID) })
	return legs, nil
}

// OrderedAccounts are the two accounts of a leg that a bank is to pay: the payer's, which
// is at the bank, and the payee's, whose number the bank has to write. Who may see the leg
// may see that they are there; their numbers are sealed.
func (r *Reader) OrderedAccounts(leg *record.Settlement) (payer, payee *record.Account, err error) {
	if payer, err = record.Find(r.State, record.AccountKey(leg.Payer, leg.PayerAccount)); err != nil {
		return nil, nil, err
	}
	payee, err = record.Find(r.State, record.AccountKey(leg.Payee, leg.PayeeAccount))
	return payer, payee, err
}

// CommittedAccount is an account with whose commitment a bank's desk compares a number
// that was given to it, nil when there is none. The commitment tells nothing to who does
// not have number and salt.
func (r *Reader) CommittedAccount(member, account string) (*record.Account, error) {
	if !segment(member) || !segment(account) {
		return nil, nil
	}
	return record.Find(r.State, record.AccountKey(member, account))
}
