package evidence

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// FlagTerms asks DAYS-60 and NO-DISGUISED-EXTENSION (State Council Order 802 art.
// 9 and 11) when a payment would be made, and records what they flag. It never
// refuses: its errors are those of the storage. Invoices and contracts that are
// not registered are passed over.
//
// Each rule is asked once, about the invoice for which the payment is latest.
// Days count from the accepted delivery, or from the invoice's date when it names
// none. An invoice is due when it says so, else the contract's term after
// delivery. The classes are those at the date of the contract, else the present
// ones of debtor and creditor. A contract that is not registered agrees to nothing.
func FlagTerms(
	w *world.World, pack *record.Pack, debtor, creditor *record.Member,
	contract string, allocations []record.Allocation, payment calendar.Date,
) error {
	trade, err := world.Find(w, record.ContractKey(contract))
	if err != nil {
		return err
	}
	if trade == nil {
		trade = &record.TradeContract{BuyerClass: debtor.Class, SellerClass: creditor.Class}
	}
	delivered, due := payment, calendar.Date(0) // no invoice: nothing is late
	for _, a := range allocations {
		invoice, err := world.Find(w, record.InvoiceKey(a.Invoice))
		if err != nil {
			return err
		}
		if invoice == nil {
			continue
		}
		day, err := deliveryDay(w, invoice)
		if err != nil {
			return err
		}
		delivered = min(delivered, day)
		if d := dueDay(invoice, trade, day); due.IsZero() || !d.IsZero() && d < due {
			due = d
		}
	}
	rules.FlagDays60(w, pack, rules.Payable{
		Debtor: trade.BuyerClass, Creditor: trade.SellerClass,
		Delivered: delivered, Payment: payment, TermDays: trade.TermDays,
	})
	rules.FlagDisguisedExtension(w, pack, payment, due, trade.Agreed)
	return nil
}

// deliveryDay is when what an invoice is for was accepted, or the invoice's date.
func deliveryDay(w *world.World, invoice *record.Invoice) (calendar.Date, error) {
	if invoice.Delivery == "" {
		return invoice.Date, nil
	}
	delivery, err := world.Find(w, record.DeliveryKey(invoice.Delivery))
	if err != nil || delivery == nil {
		return invoice.Date, err
	}
	return delivery.Accepted, nil
}

// dueDay is when an invoice is to be paid, or 0 when neither it nor the contract
// names a day.
func dueDay(invoice *record.Invoice, trade *record.TradeContract, delivered calendar.Date) calendar.Date {
	if invoice.Due.IsZero() && trade.TermDays > 0 {
		return delivered.AddDays(int(trade.TermDays))
	}
	return invoice.Due
}
