package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// end is a financing of the member's that came to its end.
type end struct {
	time calendar.Instant
	of   *record.Financing
	txid record.Digest
	at   place
}

// collector gathers what ever happened to what a member holds, owes, receives and
// pays. Amounts are counted by certificate, not by holding: holdings are cut by others
// too.
type collector struct {
	src    Source
	member string

	held, owed  []Entry
	payments    []Payment
	ends        []end
	settlements map[string]*record.Settlement
	known       map[string]bool // settlements whose return was looked for
}

func collect(src Source, member string) (*collector, error) {
	c := &collector{src: src, member: member, settlements: map[string]*record.Settlement{}, known: map[string]bool{}}
	return c, c.collect()
}

func (c *collector) collect() error {
	for cut := (view.Cut{Limit: view.MaxPage}); ; {
		page, err := view.Feed(c.src.Rows, c.member, cut)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := c.outcome(&page.Items[i]); err != nil {
				return err
			}
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			break
		}
	}
	slices.SortStableFunc(c.held, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.at.height, b.at.height), cmp.Compare(a.at.index, b.at.index))
	})
	return nil
}

func (c *collector) outcome(o *record.Outcome) error {
	for _, m := range o.Effects.Moves {
		e := Entry{
			Time: o.Time, Kind: m.Kind.String(), Certificate: m.Certificate, Interval: m.Interval, Amount: m.Interval.Amount(),
			Order: m.Order, TxID: o.TxID, at: place{o.Height, o.Index},
		}
		if m.Kind == record.MoveRedeem && m.From == c.member {
			if err := c.redeemed(m, &e); err != nil {
				return err
			}
		}
		c.move(m, e)
	}
	for _, row := range o.Effects.Certificates {
		if row.State == record.Void {
			c.voided(o, row)
		}
	}
	for _, n := range o.Effects.Notices {
		var err error
		switch n.Kind {
		case record.SettlementWasSettled, record.LegReturned:
			err = c.payment(o, n)
		case record.FinancingHasEnded:
			err = c.end(o, n.Subject)
		default:
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// end takes the end of a financing by which the member was financed.
func (c *collector) end(o *record.Outcome, id string) error {
	f, err := record.Find(c.src.State, record.FinancingKey(id))
	if err == nil && f != nil && f.Holder == c.member {
		c.ends = append(c.ends, end{o.Time, f, o.TxID, place{o.Height, o.Index}})
	}
	return err
}

// move takes a move to the sides on which it counts. A debtor is one end of a move
// that makes or ends a debt, but never its owner.
func (c *collector) move(m record.Move, e Entry) {
	add := func(to *[]Entry, in bool, other string) {
		e.In, e.Counterpart = in, other
		*to = append(*to, e)
	}
	switch m.Kind {
	case record.MoveIssue, record.MoveUnredeem:
		if m.To == c.member {
			add(&c.held, true, m.From)
		}
		if m.From == c.member {
			add(&c.owed, true, m.To)
		}
	case record.MoveRedeem:
		if m.From == c.member {
			add(&c.held, false, m.To)
		}
		if m.To == c.member {
			add(&c.owed, false, m.From)
		}
	default:
		if m.From == m.To {
			return
		}
		if m.To == c.member {
			add(&c.held, true, m.From)
		}
		if m.From == c.member {
			add(&c.held, false, m.To)
		}
	}
}

// voided takes a certificate that its two sides ended: it is still whole.
func (c *collector) voided(o *record.Outcome, row record.CertificateRow) {
	e := Entry{
		Time: o.Time, Kind: KindVoid, Certificate: row.Number, Interval: interval.Whole(row.Face), Amount: row.Face,
		TxID: o.TxID, at: place{o.Height, o.Index},
	}
	if row.FirstHolder == c.member {
		e.Counterpart = row.Debtor
		c.held = append(c.held, e)
	}
	if row.Debtor == c.member {
		e.Counterpart = row.FirstHolder
		c.owed = append(c.owed, e)
	}
}

// redeemed says who was paid when it was another than the owner of the fen, and looks
// for the return of such a payment: its notice does not tell the owner.
func (c *collector) redeemed(m record.Move, e *Entry) error {
	s, err := c.settlement(m.Order)
	if err != nil || s == nil || s.Payee == c.member {
		return err
	}
	e.PaidTo, e.lent = s.Payee, cmp.Or(s.Financing, s.Pledge)
	if s.State != record.SettlementReturned || c.known[s.ID] {
		return nil
	}
	c.known[s.ID] = true
	for _, leg := range s.Legs {
		for cut := (view.Cut{Limit: view.MaxPage}); ; {
			page, err := view.Lineage(c.src.Rows, leg.Certificate, 0, cut)
			if err != nil {
				return err
			}
			for _, p := range page.Items {
				if p.Kind == record.MoveUnredeem && p.Order == s.ID && p.To == c.member && leg.Interval.Contains(p.Interval) {
					c.move(p.Move, Entry{
						Time: p.Time, Kind: p.Kind.String(), Certificate: p.Certificate, Interval: p.Interval, Amount: p.Interval.Amount(),
						Order: p.Order, TxID: p.TxID, at: place{height: p.Height},
					})
				}
			}
			if cut.Cursor = page.Next; cut.Cursor == "" {
				break
			}
		}
	}
	return nil
}

// settlement reads a settlement, nil when the id is of something else.
func (c *collector) settlement(id string) (*record.Settlement, error) {
	if s, ok := c.settlements[id]; ok || id == "" {
		return s, nil
	}
	s, err := record.Find(c.src.State, record.SettlementKey(id))
	if err != nil {
		return nil, err
	}
	c.settlements[id] = s
	return s, nil
}

// payment takes money that arrived, or came back.
func (c *collector) payment(o *record.Outcome, n record.NoticeOf) error {
	s, err := c.settlement(n.Subject)
	if err != nil {
		return err
	}
	if s == nil {
		return fmt.Errorf("settlement %s was settled and is not there", n.Subject)
	}
	if s.Payer != c.member && s.Payee != c.member {
		return nil // a bank of one of the accounts
	}
	p := Payment{
		Time: o.Time, Purpose: s.Purpose, In: s.Payee == c.member, Returned: n.Kind == record.LegReturned, Amount: n.Amount, Fen: s.Fen,
		Counterpart: s.Payer, Settlement: s.ID, Financing: s.Financing, Bank: s.AdviceBank, Reference: s.AdviceRef, TxID: o.TxID,
		at: place{o.Height, o.Index},
	}
	if !p.In {
		p.Counterpart = s.Payee
	}
	if err := c.cost(&p, s); err != nil {
		return err
	}
	c.payments = append(c.payments, p)
	return nil
}

// cost tells what of a payment is interest, fees and fen that a bank did not advance.
func (c *collector) cost(p *Payment, s *record.Settlement) error {
	var f *record.Financing
	if s.Financing != "" {
		var err error
		if f, err = record.Find(c.src.State, record.FinancingKey(s.Financing)); err != nil {
			return err
		}
	}
	if f != nil {
		p.Form = f.Terms.Kind
	}
	switch {
	case s.Purpose == record.PurposeFinancing && f != nil:
		p.Fee, p.Kept = f.Cost.SupplierFee, f.Amount-f.Cost.Advance
		if f.Terms.Interest == record.InterestPrepaid {
			p.Interest = f.Cost.SupplierInterest
		}
	case s.Purpose == record.PurposeDebtorShare && f != nil:
		p.Interest, p.Fee = f.Cost.DebtorInterest, f.Cost.DebtorFee
	case s.Purpose == record.PurposeGuaranteeFee:
		p.Fee = p.Amount
	case s.Purpose == record.PurposeLateInterest:
		p.Interest = p.Amount
	case s.Purpose == record.PurposeDiscount:
		p.Interest = s.Fen - p.Amount
	case s.Purpose == record.PurposeRepayment && f != nil:
		p.Interest = p.Amount - f.Cost.Advance // less than zero: prepaid interest that was not earned comes back
	}
	return nil
}

// presentHeld is what the member owns now, by certificate.
func (c *collector) presentHeld() (map[string]money.Fen, error) {
	present := map[string]money.Fen{}
	err := c.eachHolding(func(h *record.HoldingRow) {
		if h.State == record.Active && !h.Redeemed {
			present[h.Certificate] += h.Interval.Amount() // at most the face
		}
	})
	return present, err
}

func (c *collector) eachHolding(visit func(*record.HoldingRow)) error {
	for cut := (view.Cut{Limit: view.MaxPage}); ; {
		page, err := view.Holdings(c.src.Rows, view.HoldingFilter{Owner: c.member}, cut)
		if err != nil {
			return err
		}
		for i := range page.Items {
			visit(&page.Items[i])
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			return nil
		}
	}
}

// presentOwed is what the member owes now, by certificate.
func (c *collector) presentOwed() (map[string]money.Fen, error) {
	present := map[string]money.Fen{}
	for cut := (view.Cut{Limit: view.MaxPage}); ; {
		page, err := view.Certificates(c.src.Rows, c.member, cut)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Items {
			if left := row.Face - row.Redeemed; row.State == record.Active && left > 0 {
				present[row.Number] = left
			}
		}
		if cut.Cursor = page.Next; cut.Cursor == "" {
			return present, nil
		}
	}
}
