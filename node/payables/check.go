package payables

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Check holds the rows of one debtor's file against one moment of the ledger: what a
// good row takes of an invoice or a credit line is gone for the rows after it. It says
// nothing of what is not the debtor's to see: an invoice of others is as one that is not
// there.
type Check struct {
	State  record.State
	Debtor *record.Member
	Pack   *record.Pack // in force
	Today  calendar.Date
	// Registered finds the fingerprint under which an invoice is on the ledger, or would
	// be. Nil refuses rows that name invoices by what stands on them.
	Registered func(InvoiceFacts) (record.Digest, error)

	members  map[string]*record.Member
	invoices map[record.Digest]*record.Invoice
	lines    map[string]*record.Line
	groups   map[string]*record.Group
	sequence int // of the last certificate number of today
}

// Whole says what stands in the way of every row: the member may not issue at all.
func (c *Check) Whole() ([]Fault, error) {
	var faults []Fault
	refuse := func(e *code.Error) { faults = append(faults, Fault{Refusal: e}) }
	if c.Debtor.State != record.MemberActive {
		refuse(code.MemberSuspended.New("member %s", c.Debtor.ID))
	}
	if !c.Debtor.Roles.Has(record.Debtor) {
		refuse(code.RoleMissing.New("member %s is not a debtor", c.Debtor.ID))
	}
	rule := record.DefaultStop.String()
	err := record.Each(c.State, record.StopsPrefix(c.Debtor.ID), func(s *record.Stop) bool {
		if s.Lifted == 0 {
			refuse(code.DebtorStopped.New("debtor %s since %s on the word of %s", s.Debtor, s.Since, s.Bank).Under(rule))
		}
		return s.Lifted != 0
	})
	if err != nil || len(faults) > 0 {
		return faults, err
	}
	prefix := record.UnpaidPrefix(c.Debtor.ID)
	err = c.State.Scan(prefix, record.PrefixEnd(prefix), func(key string, _ []byte) (bool, error) {
		payment, err := calendar.ParseCompact(key[len(prefix):])
		if err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		if c.Today > payment.AddDays(int(c.Pack.GraceDays)) {
			refuse(code.DebtorStopped.New("debtor %s has not paid what was due on %s; %d days of grace",
				c.Debtor.ID, payment, c.Pack.GraceDays).Under(rule))
		}
		return false, nil // the first is the oldest
	})
	return faults, err
}

// Row says what stands in the way of a row whose form is good, and takes of invoices
// and lines what a good one needs.
func (c *Check) Row(p *Payable) ([]Fault, error) {
	r := rowCheck{Check: c, Payable: p}
	for _, look := range []func() error{r.reference, r.supplier, r.term, r.contract, r.line, r.evidence} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	if len(r.faults) > 0 {
		return r.faults, nil
	}
	for i, invoice := range r.cover {
		invoice.Allocated += p.Cover[i].Amount
	}
	if r.from != nil {
		r.from.Reserved += p.Amount
		for _, g := range r.under {
			g.Reserved += p.Amount
		}
	}
	return nil, nil
}

// Argument is what the debtor's maker signs for a good row.
type Argument = certificate.IssueArgument

// InvoiceFacts are what stands on an invoice.
type InvoiceFacts = evidence.InvoiceFacts

// Argument is what the debtor's maker signs for a good row, with the next certificate
// number of today.
func (c *Check) Argument(p *Payable) (Argument, error) {
	if c.sequence == 0 {
		if err := c.findSequence(); err != nil {
			return Argument{}, err
		}
	}
	c.sequence++
	made, err := number.NewCertificate(c.Debtor.ID, c.Today, c.sequence)
	return Argument{
		Number: made, Creditor: p.Creditor, Face: p.Amount, Maturity: p.MaturityOn(c.Today), Currency: certificate.Currency,
		Reference: p.Reference, Contract: p.Contract, Bank: p.Bank, Line: p.From, Allocations: p.Cover,
	}, err
}

// findSequence finds the last certificate number that the debtor used today.
func (c *Check) findSequence() error {
	all := string(record.CertificateKey(""))
	today := all + c.Debtor.ID + c.Today.Compact()
	return c.State.Scan(today, record.PrefixEnd(today), func(key string, _ []byte) (bool, error) {
		used := key[len(all):min(len(key), len(all)+number.CertificateLength)]
		if parsed, err := number.ParseCertificate(used); err == nil {
			c.sequence = max(c.sequence, parsed.Sequence)
		}
		return true, nil
	})
}

// Left is what is left of a line after the rows so far; false when there is none for the
// debtor.
func (c *Check) Left(bank, id string) (money.Fen, bool) {
	l := c.lines[bank+"/"+id]
	if l == nil {
		return 0, false
	}
	return credit.Available(l), true
}

// rowCheck looks at one row.
type rowCheck struct {
	*Check
	*Payable
	faults []Fault
	nobody bool // the supplier is unknown: nothing is with it
	cover  []*record.Invoice
	from   *record.Line
	under  []*record.Group
}

func (r *rowCheck) refuse(column string, e *code.Error) {
	r.faults = append(r.faults, Fault{column, e})
}

func (r *rowCheck) reference() error {
	used, err := record.Find(r.State, record.ReferenceKey(r.Debtor.ID, r.Reference))
	if err == nil && used != nil {
		r.refuse("reference", code.ReferenceUsed.New("payment reference %q issued certificate %s", r.Reference, used.Certificate))
	}
	return err
}

func (r *rowCheck) supplier() error {
	m, err := remembered(&r.members, r.Creditor, r.State, record.MemberKey(r.Creditor))
	switch {
	case err != nil:
		return err
	case m == nil:
		r.nobody = true
		r.refuse("creditor", code.MemberUnknown.New("supplier %s", r.Creditor))
	case m.State != record.MemberActive:
		r.refuse("creditor", code.MemberSuspended.New("supplier %s", r.Creditor))
	case !m.Roles.Has(record.Holder):
		r.refuse("creditor", code.RoleMissing.New("supplier %s is not a holder", r.Creditor))
	}
	return nil
}

// term is TERM-MAX as the ledger will judge it. A term above the ordinary cap needs a
// bank's review of a number that is not used yet.
func (r *rowCheck) term() error {
	maturity, rule := r.MaturityOn(r.Today), record.TermMax.String()
	column := "maturity"
	if r.Maturity == 0 && r.Payable.Days != 0 {
		column = "days"
	}
	switch {
	case maturity <= r.Today:
		r.refuse(column, code.BadDate.New("maturity %s does not lie after today, %s", maturity, r.Today))
	case !calendar.WithinTerm(r.Today, maturity, int(r.Pack.TermCap)):
		r.refuse(column, code.TermTooLong.New("%s to %s is more than %d months", r.Today, maturity, r.Pack.TermCap).Under(rule))
	case !calendar.WithinTerm(r.Today, maturity, int(r.Pack.TermOrdinary)):
		r.refuse(column, code.ReviewMissing.New("%s to %s is more than %d months", r.Today, maturity, r.Pack.TermOrdinary).Under(rule))
	}
	return nil
}

func (r *rowCheck) contract() error {
	contract, err := record.Find(r.State, record.ContractKey(r.Contract))
	switch {
	case err != nil:
		return err
	case contract == nil || contract.Buyer != r.Debtor.ID:
		r.refuse("contract", code.EvidenceMissing.New("contract %.40q", r.Contract))
	case contract.Seller != r.Creditor && !r.nobody:
		r.refuse("contract", code.EvidenceParties.New("contract %s is with seller %s", r.Contract, contract.Seller))
	}
	return nil
}

// line looks whether the line, and the group caps around it, have room after the rows
// so far.
func (r *rowCheck) line() error {
	if r.From == "" {
		return nil
	}
	if member.CheckID(r.Bank) != nil || member.CheckIdentifier("the line", r.From) != nil {
		r.refuse("line", code.LineUnknown.New("bank %.40q, line %.40q", r.Bank, r.From))
		return nil
	}
	l, err := remembered(&r.lines, r.Bank+"/"+r.From, r.State, record.LineKey(r.Bank, r.From))
	switch {
	case err != nil:
		return err
	case l == nil || l.Debtor != r.Debtor.ID:
		r.refuse("line", code.LineUnknown.New("bank %s has no line %s for %s", r.Bank, r.From, r.Debtor.ID))
		delete(r.lines, r.Bank+"/"+r.From)
		return nil
	case l.Frozen:
		r.refuse("line", code.LineFrozen.New("line %s of bank %s", r.From, r.Bank))
	case r.Today < l.From || r.Today > l.To:
		r.refuse("line", code.LineExpired.New("line %s of bank %s is for %s to %s", r.From, r.Bank, l.From, l.To))
	case credit.Available(l) < r.Amount:
		r.refuse("line", code.LineInsufficient.New("line %s has %s left after the rows above, %s is asked", r.From, credit.Available(l), r.Amount))
	}
	r.from = l
	for id := l.Group; id != "" && len(r.under) < 16; {
		g, err := remembered(&r.groups, r.Bank+"/"+id, r.State, record.GroupKey(r.Bank, id))
		if err != nil || g == nil {
			return err
		}
		if credit.AvailableInGroup(g) < r.Amount {
			r.refuse("line", code.GroupExceeded.New("the bank's limit around line %s has no room after the rows above", r.From))
			return nil
		}
		r.under, id = append(r.under, g), g.Parent
	}
	return nil
}

// evidence looks whether the invoices cover the row after the rows so far.
func (r *rowCheck) evidence() error {
	column := "invoices"
	if r.Cover == nil {
		column = "invoice_number"
		if r.Registered == nil {
			r.refuse(column, code.EvidenceMissing.New("this node makes no fingerprints of invoices; name the invoice by its fingerprint"))
			return nil
		}
		print, err := r.Registered(r.Invoice)
		if refusal := code.Of(err); refusal != nil {
			r.refuse(column, refusal)
			return nil
		}
		if err != nil {
			return err
		}
		r.Cover = []record.Allocation{{Invoice: print, Amount: r.Amount}}
	}
	seen := map[record.Digest]bool{}
	for _, a := range r.Cover {
		invoice, err := remembered(&r.invoices, a.Invoice, r.State, record.InvoiceKey(a.Invoice))
		switch {
		case err != nil:
			return err
		case invoice == nil || invoice.Buyer != r.Debtor.ID:
			r.refuse(column, code.EvidenceMissing.New("invoice %s", a.Invoice))
			return nil
		case invoice.Seller != r.Creditor && !r.nobody:
			r.refuse(column, code.EvidenceParties.New("invoice %s is of seller %s", a.Invoice, invoice.Seller))
		case seen[a.Invoice] || a.Amount <= 0:
			r.refuse(column, code.BadArgument.New("invoice %s is named twice, or for nothing", a.Invoice))
		case !evidence.Verified(invoice, r.Pack, r.Today):
			r.refuse(column, code.EvidenceUnverified.New("invoice %s", a.Invoice))
		case evidence.Remaining(invoice) < a.Amount:
			r.refuse(column, code.EvidenceInsufficient.New("invoice %s has %s left after the rows above, %s is asked",
				a.Invoice, evidence.Remaining(invoice), a.Amount).Under(record.EvidenceCover.String()))
		}
		seen[a.Invoice] = true
		r.cover = append(r.cover, invoice)
	}
	return nil
}

// remembered reads a record once.
func remembered[K comparable, V any](known *map[K]*V, id K, state record.State, key record.Key[V]) (*V, error) {
	if v, ok := (*known)[id]; ok {
		return v, nil
	}
	v, err := record.Find(state, key)
	if err != nil {
		return nil, err
	}
	if *known == nil {
		*known = map[K]*V{}
	}
	(*known)[id] = v
	return v, nil
}
