package evidence

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxAllocations is how many invoices can cover one payment.
const MaxAllocations = 500

// Reserve covers a payment from payer to receiver with parts of invoices
// (EVIDENCE-COVER) and counts those parts as used. The allocations add up to the
// amount of the payment exactly: less would leave it uncovered, more would use up
// invoices for nothing. The rule's outcome is recorded either way.
//
// Refusals, in order. Of the list: an amount of zero or less (BAD_AMOUNT), no
// allocations (EVIDENCE_MISSING), more than MaxAllocations (LIMIT_EXCEEDED), an
// allocation of zero or less (BAD_AMOUNT), an invoice named twice (BAD_ARGUMENT), a
// sum below the amount (EVIDENCE_INSUFFICIENT) or above it (BAD_AMOUNT). Then of
// each invoice in the order of the list: not registered (EVIDENCE_MISSING), other
// parties (EVIDENCE_PARTIES), not verified as the pack requires
// (EVIDENCE_UNVERIFIED), too little left because a red-letter invoice cancelled it
// (EVIDENCE_CANCELLED), too little left (EVIDENCE_INSUFFICIENT).
func Reserve(
	w *world.World, pack *record.Pack, payer, receiver string, amount money.Fen, allocations []record.Allocation,
) error {
	refuse := func(err error) error {
		if refusal := code.Of(err); refusal != nil {
			return w.Refused(pack.Ordinal, record.EvidenceCover, refusal)
		}
		return err
	}
	if err := checkAllocations(amount, allocations); err != nil {
		return refuse(err)
	}
	invoices := make([]*record.Invoice, 0, len(allocations))
	for _, a := range allocations {
		invoice, err := usable(w, pack, payer, receiver, a)
		if err != nil {
			return refuse(err)
		}
		invoices = append(invoices, invoice)
	}
	for i, invoice := range invoices {
		invoice.Allocated += allocations[i].Amount
		world.Put(w, record.InvoiceKey(invoice.Fingerprint), invoice)
	}
	w.Passed(pack.Ordinal, record.EvidenceCover)
	return nil
}

// Release gives back what Reserve counted as used: the certificate or transfer
// was rejected, withdrawn, voided, or lapsed. It is never called on settlement.
// An invoice that has less allocated is a broken invariant.
func Release(w *world.World, allocations []record.Allocation) error {
	for _, a := range allocations {
		invoice, err := Find(w, a.Invoice)
		if err != nil {
			return fmt.Errorf("release evidence: %w", err)
		}
		if a.Amount > invoice.Allocated {
			panic(fmt.Sprintf("invoice %s: %s is allocated, less than the %s to be released",
				a.Invoice, invoice.Allocated, a.Amount))
		}
		invoice.Allocated -= a.Amount
		world.Put(w, record.InvoiceKey(a.Invoice), invoice)
	}
	return nil
}

// Hold counts fen of an invoice as used by a proposal (record.HoldInvoice). The
// parties and the verification were checked when the function was rehearsed; what
// is left is checked again: EVIDENCE_MISSING, BAD_AMOUNT, EVIDENCE_CANCELLED,
// EVIDENCE_INSUFFICIENT.
func Hold(w *world.World, hold record.Hold) error {
	invoice, err := Find(w, hold.Invoice)
	if err != nil {
		return err
	}
	if hold.Amount <= 0 {
		return code.BadAmount.New("%s of invoice %s", hold.Amount, hold.Invoice)
	}
	if err := checkRemaining(invoice, hold.Amount); err != nil {
		return err
	}
	invoice.Allocated += hold.Amount
	world.Put(w, record.InvoiceKey(hold.Invoice), invoice)
	return nil
}

// ReleaseHold gives back what Hold counted as used.
func ReleaseHold(w *world.World, hold record.Hold) error {
	return Release(w, []record.Allocation{{Invoice: hold.Invoice, Amount: hold.Amount}})
}

// Holds is what a proposal sets aside for allocations.
func Holds(allocations []record.Allocation) []record.Hold {
	holds := make([]record.Hold, 0, len(allocations))
	for _, a := range allocations {
		holds = append(holds, record.Hold{Kind: record.HoldInvoice, Invoice: a.Invoice, Amount: a.Amount})
	}
	return holds
}

// Find returns an invoice by its fingerprint or refuses with EVIDENCE_MISSING.
func Find(w *world.World, fingerprint record.Digest) (*record.Invoice, error) {
	invoice, err := world.Find(w, record.InvoiceKey(fingerprint))
	if err != nil {
		return nil, err
	}
	if invoice == nil {
		return nil, code.EvidenceMissing.New("invoice %s", fingerprint)
	}
	return invoice, nil
}

// Remaining is what can still be allocated of an invoice: its amount less what is
// allocated and cancelled, or 0 when a red-letter invoice took more than was free.
func Remaining(invoice *record.Invoice) money.Fen {
	return max(0, invoice.Amount-invoice.Cancelled-invoice.Allocated)
}

// Uncovered is how many allocated fen of an invoice were cancelled afterwards.
func Uncovered(invoice *record.Invoice) money.Fen {
	return max(0, invoice.Allocated-(invoice.Amount-invoice.Cancelled))
}

// Verified reports whether an invoice may be used under the pack on a day: a
// verification is not needed, or the latest is good and not too old.
func Verified(invoice *record.Invoice, pack *record.Pack, day calendar.Date) bool {
	if !pack.VerificationNeeded {
		return true
	}
	v := invoice.Verified
	return v.Bank != "" && v.Good && calendar.DaysBetween(v.At.Date(), day) <= int(pack.VerificationDays)
}

func checkAllocations(amount money.Fen, allocations []record.Allocation) error {
	if amount <= 0 {
		return code.BadAmount.New("payment of %s", amount)
	}
	if len(allocations) == 0 {
		return code.EvidenceMissing.New("no invoice is named")
	}
	if len(allocations) > MaxAllocations {
		return code.LimitExceeded.New("%d invoices, at most %d can cover one payment", len(allocations), MaxAllocations)
	}
	var sum money.Fen
	seen := make(map[record.Digest]bool, len(allocations))
	for _, a := range allocations {
		if a.Amount <= 0 {
			return code.BadAmount.New("%s of invoice %s", a.Amount, a.Invoice)
		}
		if seen[a.Invoice] {
			return code.BadArgument.New("invoice %s is named twice", a.Invoice)
		}
		seen[a.Invoice] = true
		var err error
		if sum, err = sum.Add(a.Amount); err != nil {
			return err
		}
	}
	if sum < amount {
		return code.EvidenceInsufficient.New("the allocations add up to %s, the payment is %s", sum, amount)
	}
	if sum > amount {
		return code.BadAmount.New("the allocations add up to %s, the payment is only %s", sum, amount)
	}
	return nil
}

// usable returns the invoice of an allocation that can cover a payment.
func usable(
	w *world.World, pack *record.Pack, payer, receiver string, a record.Allocation,
) (*record.Invoice, error) {
	invoice, err := Find(w, a.Invoice)
	if err != nil {
		return nil, err
	}
	if invoice.Buyer != payer || invoice.Seller != receiver {
		return nil, code.EvidenceParties.New("invoice %s is between buyer %s and seller %s, not %s and %s",
			a.Invoice, invoice.Buyer, invoice.Seller, payer, receiver)
	}
	if !Verified(invoice, pack, w.Today()) {
		return nil, unverified(invoice, pack)
	}
	return invoice, checkRemaining(invoice, a.Amount)
}

func unverified(invoice *record.Invoice, pack *record.Pack) error {
	v := invoice.Verified
	switch {
	case v.Bank == "":
		return code.EvidenceUnverified.New("invoice %s was never verified", invoice.Fingerprint)
	case !v.Good:
		return code.EvidenceUnverified.New("invoice %s failed verification at %s", invoice.Fingerprint, v.At)
	default:
		return code.EvidenceUnverified.New("invoice %s was verified at %s, more than %d days ago",
			invoice.Fingerprint, v.At, pack.VerificationDays)
	}
}

func checkRemaining(invoice *record.Invoice, amount money.Fen) error {
	remaining := Remaining(invoice)
	if amount <= remaining {
		return nil
	}
	if amount <= invoice.Amount-invoice.Allocated {
		return code.EvidenceCancelled.New("invoice %s has %s left after %s was cancelled, %s is asked",
			invoice.Fingerprint, remaining, invoice.Cancelled, amount)
	}
	return code.EvidenceInsufficient.New("invoice %s has %s left, %s is asked", invoice.Fingerprint, remaining, amount)
}
