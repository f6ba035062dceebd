package policy

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// maxGroups is how many group caps lie one inside the other at most; the ledger
// refuses more.
const maxGroups = 8

// enterprise gathers what the ledger knows about a debtor, but for what is asked now.
func (g *gatherer) enterprise(debtor string) (Enterprise, error) {
	m, err := must(g.state, record.MemberKey(debtor))
	if err != nil {
		return Enterprise{}, err
	}
	e := Enterprise{ID: m.ID, Class: m.Class.String()}
	err = record.Each(g.state, record.StopsPrefix(debtor), func(s *record.Stop) bool {
		e.Stopped = s.Lifted == 0
		return !e.Stopped
	})
	if err != nil {
		return e, err
	}
	settled, err := g.certificates(debtor, &e)
	if err != nil {
		return e, err
	}
	for _, row := range settled {
		late, err := g.late(row)
		if err != nil {
			return e, err
		}
		if late {
			e.PaidLate++
		}
	}
	return e, nil
}

// certificates counts the debtor's certificates and gives the latest settled ones.
func (g *gatherer) certificates(debtor string, e *Enterprise) (settled []record.CertificateRow, err error) {
	cut, seen := view.Cut{Limit: view.MaxPage}, 0
	for {
		page, err := view.Certificates(g.rows, debtor, cut)
		if err != nil {
			return nil, fmt.Errorf("list the certificates of %s: %w", debtor, err)
		}
		for _, row := range page.Items {
			if seen++; seen > MaxCertificates {
				e.Partial = true
				return settled, nil
			}
			if row.State != record.Active {
				continue
			}
			if e.Owed, err = e.Owed.Add(row.Face - row.Redeemed); err != nil {
				return nil, err
			}
			e.Issued++
			e.HistoryDays = max(e.HistoryDays, g.since(row.IssueDate))
			switch {
			case row.Redeemed == row.Face:
				e.Settled++
				settled = append(settled, row)
				settled = settled[max(0, len(settled)-MaxSettled):]
			case row.Payment < g.today:
				e.Overdue++
			}
		}
		if page.Next == "" {
			return settled, nil
		}
		cut.Cursor = page.Next
	}
}

// late reports whether some fen of a settled certificate were paid after the payment
// date.
func (g *gatherer) late(row record.CertificateRow) (late bool, err error) {
	err = record.Each(g.state, record.HoldingsPrefix(row.Number), func(h *record.Holding) bool {
		late = h.Redeemed != 0 && h.Redeemed.Date() > row.Payment
		return !late
	})
	return late, err
}

// trade gathers the invoices behind certificates.
func (g *gatherer) trade(certificates []*record.Certificate) (Trade, error) {
	t := Trade{OldestVerificationDays: -1}
	var face, covered money.Fen
	seen := map[record.Digest]bool{}
	for _, c := range certificates {
		var err error
		if face, err = face.Add(c.Face); err != nil {
			return t, err
		}
		for _, a := range c.Allocations {
			invoice, err := must(g.state, record.InvoiceKey(a.Invoice))
			if err != nil {
				return t, err
			}
			good := invoice.Verified.Bank != "" && invoice.Verified.Good
			if good {
				if covered, err = covered.Add(uncancelled(invoice, a.Amount)); err != nil {
					return t, err
				}
			}
			if seen[a.Invoice] {
				continue
			}
			seen[a.Invoice] = true
			t.Invoices++
			t.RedLetters += int64(len(invoice.RedLetters))
			if good {
				t.OldestVerificationDays = max(t.OldestVerificationDays, g.since(invoice.Verified.At.Date()))
			}
		}
	}
	share, err := part(min(covered, face), face)
	t.VerifiedCover = share
	return t, err
}

// uncancelled is what is left of an allocation when the red letters against its
// invoice, beyond what was free, all fall on it. The ledger does not say on which of
// an invoice's allocations they fall.
func uncancelled(invoice *record.Invoice, allocated money.Fen) money.Fen {
	lost := max(0, invoice.Allocated-(invoice.Amount-invoice.Cancelled))
	return max(0, allocated-lost)
}

// part is a/b in ten-thousandths, cut, and 0 of nothing.
func part(a, b money.Fen) (int64, error) {
	if b <= 0 {
		return 0, nil
	}
	return money.MulDiv(int64(a), 10_000, int64(b), money.Down)
}

// limits gathers the bank's limits on the debtor and the owner.
func (g *gatherer) limits(debtor string) (Bank, error) {
	b := Bank{ID: g.bank}
	var err error
	if b.DebtorUsed, b.DebtorAvailable, err = g.limit(record.LimitDebtor, debtor); err != nil {
		return b, err
	}
	if b.SupplierUsed, b.SupplierAvailable, err = g.limit(record.LimitSupplier, g.financing.Holder); err != nil {
		return b, err
	}
	var all money.Fen
	seen, prefix := 0, record.LimitsPrefix(g.bank)+record.LimitDebtor.String()+"/"
	var overflow error
	err = record.Each(g.state, prefix, func(l *record.Limit) bool {
		for _, taken := range []money.Fen{l.Used, l.Reserved} {
			if all, overflow = all.Add(taken); overflow != nil {
				return false
			}
		}
		seen++
		return seen < MaxLimits
	})
	if err == nil {
		err = overflow
	}
	if err != nil {
		return b, err
	}
	// A scan that stopped may have missed this debtor's own limit.
	b.DebtorShareBp, err = part(b.DebtorUsed, max(all, b.DebtorUsed))
	return b, err
}

// limit gives what is taken of a limit, and what is left of it and of the caps around
// it: Uncapped where there is none, 0 where a cut left less than is taken.
func (g *gatherer) limit(of record.LimitKind, who string) (used, available money.Fen, err error) {
	l, err := record.Find(g.state, record.LimitKey(g.bank, of, who))
	if err != nil || l == nil {
		return 0, Uncapped, err
	}
	if used, err = l.Used.Add(l.Reserved); err != nil {
		return 0, 0, err
	}
	available = Uncapped
	if l.Capped {
		available = max(0, l.Cap-used)
	}
	for id, depth := l.Group, 0; id != ""; depth++ {
		if depth == maxGroups {
			return 0, 0, fmt.Errorf("more than %d group caps around the limit on %s", maxGroups, who)
		}
		group, err := must(g.state, record.GroupKey(g.bank, id))
		if err != nil {
			return 0, 0, err
		}
		taken, err := group.Used.Add(group.Reserved)
		if err != nil {
			return 0, 0, err
		}
		left := max(0, group.Cap-taken)
		if available == Uncapped || left < available {
			available = left
		}
		id = group.Parent
	}
	return used, available, nil
}
