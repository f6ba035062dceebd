package reconcile

import (
	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/envelope"
)

// BankAccount is what a member seals of an account to itself and to the account's bank.
type BankAccount struct {
	Number string `json:"number"`
	Name   string `json:"name"` // in which the bank keeps it
}

// Text is what is sealed and committed to.
func (b BankAccount) Text() ([]byte, error) { return json.Marshal(b, json.Deterministic(true)) }

// AccountContext binds a sealed account to its place on the ledger.
func AccountContext(member, account string) []byte {
	return []byte("tierledger account " + member + "/" + account)
}

// CheckAccount compares a number that somebody has opened with what the ledger has of the
// account: BAD_ARGUMENT when it is not what was committed to.
func CheckAccount(a *record.Account, salt envelope.Salt, opened BankAccount) error {
	text, err := opened.Text()
	if err == nil && record.Digest(envelope.Commit(salt, text)) == a.Commitment {
		return nil
	}
	return code.BadArgument.New("number, name and salt of account %.64q of member %s are not those that the ledger has a commitment to", a.ID, a.Member)
}
