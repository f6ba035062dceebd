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
}

// maxNumbers bounds a list of account numbers.
const maxNumbers = 1_000_000

// ReadNumbers reads a comma-separated file with the columns member, account and number,
// in any order. BAD_FILE names the line of what is missing or given twice: one number for
// two accounts would make a payment to either look right.
func ReadNumbers(r io.Reader) (Numbers, error) {
	n := Numbers{byAccount: map[Account]iso20022.Account{}}
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
	taken := map[iso20022.Account]bool{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		line, _ := rows.FieldPos(0)
		if err != nil {
			return n, code.BadFile.New("the list of accounts: %v", err)
		}
		account, number := Account{row[at[0]], row[at[1]]}, iso20022.Account(row[at[2]])
		switch _, twice := n.byAccount[account]; {
		case account.Member == "" || account.ID == "" || number == "":
			return n, code.BadFile.New("line %d of the list of accounts: a member, an account and a number", line)
		case twice || taken[number]:
			return n, code.BadFile.New("line %d of the list of accounts: account or number is given twice", line)
		case len(n.byAccount) == maxNumbers:
			return n, code.TooLarge.New("a list of more than %d accounts", maxNumbers)
		}
		n.byAccount[account], taken[number] = number, true
	}
}

// Of is the number of an account as its bank writes it.
func (n Numbers) Of(a Account) iso20022.Account {
	if number, ok := n.byAccount[a]; ok {
		return number
	}
	return iso20022.Account(fmt.Sprintf("%s/%s", a.Member, a.ID))
}
