package view

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// EachDue visits the holdings that a debtor owes with payment dates from one day to
// another, both included, in order of date, certificate and id: those paid already
// too. Only these rows are read.
func EachDue(source Source, debtor string, from, to calendar.Date, visit func(*record.HoldingRow) error) error {
	prefix := newKey(kindByMaturity).text(debtor)
	start := append(key{}, prefix...).date(from)
	end := append(key{}, prefix...).date(to).end()
	return source.Scan(store.View, start, end, func(k, _ []byte) (bool, error) {
		row, err := find[record.HoldingRow](source, holdingOf(k))
		if err != nil {
			return false, err
		}
		if row == nil {
			return false, fmt.Errorf("the view lists a holding by %x, which has no row", k)
		}
		return true, visit(row)
	})
}
