// Package bankdesk keeps what a bank's clearing desk has to remember besides the ledger:
// which items of its messages wait for a person and what the person did, and which legs
// were written in which payment order.
//
// It is node-private data (node/local), each bank's apart from the others'. It never
// keeps a message, and of the number of an account its last digits only; what to pay,
// and to whom, is the ledger's. node/api calls it for the people of the bank.
package bankdesk

import (
	"errors"
	"fmt"
	"sync"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/local"
)

// Desk keeps the records of the banks' desks. It is the only writer of its keys; its
// methods may be called from several goroutines.
type Desk struct {
	local *local.Local

	mu sync.Mutex // held while something is added or changed
}

// Open opens the desks that the node's own data holds.
func Open(l *local.Local) (*Desk, error) {
	if l == nil {
		return nil, errors.New("open the clearing desks: no data of the node's own")
	}
	return &Desk{local: l}, nil
}

// Clerk is who did something, by the login.
type Clerk struct {
	Member string        `json:"member"`
	Person string        `json:"person"` // the member's own pseudonym for the person
	Key    record.Digest `json:"key"`    // credential with which the person logged in
}

// state is what is counted of a bank.
type state struct {
	Last uint64 `json:"last"` // number of the latest exception
	Open int    `json:"open"` // exceptions that wait
}

func stateKey(bank string) local.Key[state] { return local.Key[state]("bankdesk/bank/" + bank) }

// state reads what is counted of a bank; all is zero at first.
func (d *Desk) state(bank string) (state, error) {
	s, err := local.Get(d.local, stateKey(bank))
	if err != nil || s == nil {
		return state{}, err
	}
	return *s, nil
}

// numbered is a key that sorts as its number does.
func numbered(prefix, bank string, n uint64) string {
	return fmt.Sprintf("%s%s/%020d", prefix, bank, n)
}
