package reconcile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/iso20022"
)

// Account is a member's account, by the member's own word for it.
type Account struct {
	Member string
	ID     string
}

// Numbers are the numbers under which banks know accounts. An account without one is
// written as its member, a slash and its id. The zero value has none.
type Numbers struct {
	byAccount map[Account]iso20022.Account
	taken     map[iso20022.Account]bool
}

// maxNumbers bounds a list of account numbers.
const maxNumbers = 1_000_000

// ReadNumbers reads a comma-separated file with the columns member, account and number,
// in any order. BAD_FILE names the line of what is missing or given twice: one number for
// two accounts would make a payment to either look right.
func ReadNumbers(r io.Reader) (Numbers, error) {
	var n Numbers
	rows := csv.NewReader(r)
	header, err := rows.Read()
	if err != nil {
		return n, code.BadFile.New("the list of accounts has no headings: %v", err)
	}
	var at [3]int
	for i, name := range []string{"member", "account", "number"} {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return n, code.BadFile.New("the list of accounts has no column %s", name)
		}
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		line, _ := rows.FieldPos(0)
		if err != nil {
			return n, code.BadFile.New("the list of accounts: %v", err)
		}
		err = n.Add(Account{row[at[0]], row[at[1]]}, iso20022.Account(row[at[2]]))
		if refusal := code.Of(err); refusal != nil {
			if refusal.Code == code.TooLarge {
				return n, refusal
			}
			return n, code.BadFile.New("line %d of the list of accounts: %s", line, refusal.Detail)
		}
	}
}

// Add adds the number of an account. One that lacks something, and a number or an account
// that is there already, is refused with BAD_ARGUMENT, and too many with TOO_LARGE.
func (n *Numbers) Add(a Account, number iso20022.Account) error {
	if n.byAccount == nil {
		n.byAccount, n.taken = map[Account]iso20022.Account{}, map[iso20022.Account]bool{}
	}
	switch _, twice := n.byAccount[a]; {
	case a.Member == "" || a.ID == "" || number == "":
		return code.BadArgument.New("a member, an account and a number")
	case twice || n.taken[number]:
		return code.BadArgument.New("account or number is given twice")
	case len(n.byAccount) == maxNumbers:
		return code.TooLarge.New("a list of more than %d accounts", maxNumbers)
	}
	n.byAccount[a], n.taken[number] = number, true
	return nil
}

// Of is the number of an account as its bank writes it.
func (n Numbers) Of(a Account) iso20022.Account {
	if number, ok := n.byAccount[a]; ok {
		return number
	}
	return iso20022.Account(fmt.Sprintf("%s/%s", a.Member, a.ID))
}

// inUse reports whether any number is known: banks then write numbers.
func (n Numbers) inUse() bool { return len(n.byAccount) > 0 }

func (n Numbers) knows(a Account) bool {
	_, ok := n.byAccount[a]
	return ok
}
