package bankdesk

import (
	"fmt"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/reconcile"
)

// PaymentOrder is a payment order that was written: which legs are in it, and no account.
type PaymentOrder struct {
	Message string           `json:"message" doc:"Identification of the pain.001; a bank refuses one that it has seen"`
	Run     string           `json:"run"`
	Created calendar.Instant `json:"created" doc:"Ledger time that the message says"`
	By      Clerk            `json:"by"`
	Count   int              `json:"count" doc:"Transfers"`
	Amount  money.Fen        `json:"amount"`
	Legs    []string         `json:"legs" doc:"Each with the transaction of its instruction"`
}

// prefixOrder is that of bankdesk/order/<bank>/<run>/<message>.
const prefixOrder = "bankdesk/order/"

func orderKey(bank, run, message string) local.Key[PaymentOrder] {
	return local.Key[PaymentOrder](prefixOrder + bank + "/" + run + "/" + message)
}

// Write writes an order down before it leaves, so that no leg is in two. A leg that is in
// another order under the same instruction is refused with ALREADY_EXISTS; the same order
// again is no new one.
func (d *Desk) Write(run string, o *reconcile.Order, by Clerk) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	orders, err := d.Orders(o.Bank, run)
	if err != nil {
		return err
	}
	written := map[string]bool{}
	for i := range orders {
		if orders[i].Message == o.Message {
			return nil
		}
		for _, key := range orders[i].Legs {
			written[key] = true
		}
	}
	for i := range o.Legs {
		if reconcile.Ordered(&o.Legs[i], written) {
			return code.AlreadyExists.New("leg %s is in another payment order", o.Legs[i].ID)
		}
	}
	batch := d.local.NewBatch()
	local.Put(batch, orderKey(o.Bank, run, o.Message), &PaymentOrder{
		Message: o.Message, Run: run, Created: o.Created, By: by, Count: len(o.Legs), Amount: o.Amount(), Legs: o.Keys(),
	})
	if err := batch.Commit(); err != nil {
		return fmt.Errorf("note payment order %s: %w", o.Message, err)
	}
	return nil
}

// Orders lists a bank's orders of a run, by message.
func (d *Desk) Orders(bank, run string) ([]PaymentOrder, error) {
	list := []PaymentOrder{}
	if strings.Contains(run, "/") {
		return list, nil // no run, and no part of a key
	}
	err := local.Scan(d.local, prefixOrder+bank+"/"+run+"/", func(_ local.Key[PaymentOrder], o *PaymentOrder) (bool, error) {
		list = append(list, *o)
		return true, nil
	})
	return list, err
}
