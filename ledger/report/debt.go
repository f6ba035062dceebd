package report

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// eachRun visits the runs of a debtor, or of all, in order of debtor and payment
// date, from a debtor on, until visit returns false.
func (s *Source) eachRun(debtor, after string, visit func(*record.Run) (bool, error)) error {
	prefix := record.RunsPrefix(debtor)
	start := prefix
	if after != "" {
		start = max(start, record.PrefixEnd(record.RunsPrefix(after)))
	}
	return s.State.Scan(start, record.PrefixEnd(prefix), func(key string, data []byte) (bool, error) {
		run := new(record.Run)
		if err := record.Read(data, run); err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		return visit(run)
	})
}

// eachEntry visits the certificates that have or had fen in a run, with their
// holdings, in order of number.
func (s *Source) eachEntry(run string, visit func(*record.Certificate, []record.Holding) error) error {
	prefix := record.EntriesPrefix(run)
	return s.State.Scan(prefix, record.PrefixEnd(prefix), func(key string, _ []byte) (bool, error) {
		number := key[len(prefix):]
		c, err := record.Find(s.State, record.CertificateKey(number))
		if err != nil {
			return false, err
		}
		if c == nil {
			return false, fmt.Errorf("run %s names certificate %s, which is not there", run, number)
		}
		holdings := []record.Holding{}
		err = record.Each(s.State, record.HoldingsPrefix(number), func(h *record.Holding) bool {
			holdings = append(holdings, *h)
			return true
		})
		if err != nil {
			return false, err
		}
		return true, visit(c, holdings)
	})
}

// inPayment are the kinds of locks under which money for overdue fen is on its way or
// kept for them: they are not open.
func inPayment(kind record.LockKind) bool {
	return kind == record.LockDisbursing || kind == record.LockClearing || kind == record.LockRecourse || kind == record.LockReturned
}

// openOf is how many fen of a holding are in no payment. Locks of payments do not
// overlap: a payment takes only fen that no other one holds.
func openOf(h *record.Holding) money.Fen {
	open := h.Amount()
	for _, lock := range h.Locks {
		if inPayment(lock.Kind) {
			open -= lock.Interval.Amount()
		}
	}
	return open
}

// debt is what is overdue of one certificate in one run.
type debt struct {
	fen      money.Fen // not paid yet
	open     money.Fen // of them: in no payment
	interest money.Fen // late interest of the open fen until today, not yet owed
	late     money.Fen // fen that were paid, but after their date
}

// debtOf adds up the holdings of a certificate that are payable on a date. Late
// interest is rounded half up to a fen once a holding.
func (s *Source) debtOf(pack *record.Pack, c *record.Certificate, holdings []record.Holding, payment calendar.Date) (debt, error) {
	var d debt
	for i := range holdings {
		h := &holdings[i]
		switch {
		case h.Claim.Payment != payment:
			continue
		case h.Redeemed != 0:
			if h.Redeemed.Date() > payment {
				d.late += h.Amount()
			}
			continue
		}
		from := h.Accrues
		if from == 0 {
			from = payment
		}
		open := openOf(h)
		interest, err := certificate.LateInterest(pack, c.LateRate, open, calendar.DaysBetween(from, s.Now.Date()))
		if err != nil {
			return d, err
		}
		d.fen, d.open, d.interest = d.fen+h.Amount(), d.open+open, d.interest+interest // of one certificate: bounded by its face
	}
	return d, nil
}
