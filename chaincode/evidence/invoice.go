package evidence

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// MaxRedLetters is how many red-letter invoices one invoice can have.
const MaxRedLetters = 100

// InvoiceArgument describes an invoice of the signer by its fingerprint.
//
// While the key changes from one epoch to the next, invoices are accepted under
// both. OtherFingerprint is then the fingerprint under the epoch that Epoch does
// not name, so that an invoice registered under one is found under the other. It
// is left out in the first epoch.
type InvoiceArgument struct {
	Fingerprint      record.Digest `json:"fingerprint"`
	OtherFingerprint record.Digest `json:"otherFingerprint,omitzero" metadata:",optional"`
	Scheme           uint8         `json:"scheme"` // SchemeHMAC
	Epoch            uint32        `json:"epoch"`  // of the key; the network's present epoch or the one before
	Seller           string        `json:"seller"`
	Buyer            string        `json:"buyer"`
	Contract         string        `json:"contract"`
	Delivery         string        `json:"delivery,omitzero" metadata:",optional"` // or empty
	Amount           money.Fen     `json:"amount"`                                 // tax-inclusive
	Date             calendar.Date `json:"date"`
	Due              calendar.Date `json:"due,omitzero" metadata:",optional"` // left out when the invoice names none
}

// InvoiceResult is an invoice after a change.
type InvoiceResult struct {
	Fingerprint record.Digest `json:"fingerprint"`
	Amount      money.Fen     `json:"amount"`
	Allocated   money.Fen     `json:"allocated"`
	Cancelled   money.Fen     `json:"cancelled"`
	Remaining   money.Fen     `json:"remaining"`
	Uncovered   money.Fen     `json:"uncovered"` // allocated fen that a red-letter invoice cancelled
}

// RecordInvoice registers an invoice once on the whole network. A registration
// with which a bank's attestation does not agree, by mistake or by a stranger to
// the invoice, gives way as long as nothing of it is used.
//
// Refusals, in order: no fingerprint, equal parties (BAD_ARGUMENT), the codes of
// the parties (BAD_NUMBER), an amount of zero or less (BAD_AMOUNT), a date in the
// future or a due date before it (BAD_DATE); the signer, who must be a maker
// (ROLE_MISSING) of the buyer or the seller (NOT_AUTHORISED); an unknown contract
// or delivery (EVIDENCE_MISSING), one between other parties, or a delivery of
// another contract (EVIDENCE_PARTIES); a scheme or epoch that is not accepted, or
// no fingerprint under the other epoch (EVIDENCE_EPOCH); an invoice that is
// registered under either fingerprint (EVIDENCE_DUPLICATE).
func RecordInvoice(w *world.World, in InvoiceArgument) (InvoiceResult, error) {
	if err := checkInvoice(w, in); err != nil {
		return InvoiceResult{}, err
	}
	by, err := requireParty(w, in.Buyer, in.Seller)
	if err != nil {
		return InvoiceResult{}, err
	}
	contract, err := Contract(w, in.Contract, in.Buyer, in.Seller)
	if err != nil {
		return InvoiceResult{}, err
	}
	if err := checkDelivery(w, in.Delivery, contract.ID); err != nil {
		return InvoiceResult{}, err
	}
	if err := checkEpoch(w, in); err != nil {
		return InvoiceResult{}, err
	}
	if err := checkUnregistered(w, in); err != nil {
		return InvoiceResult{}, err
	}
	invoice := &record.Invoice{
		Fingerprint: in.Fingerprint, Scheme: in.Scheme, Epoch: in.Epoch, Seller: in.Seller, Buyer: in.Buyer,
		Contract: in.Contract, Delivery: in.Delivery, Amount: in.Amount, Date: in.Date, Due: in.Due,
		RecordedBy: by.ID, Recorded: w.Now(),
	}
	return saveInvoice(w, invoice, record.InvoiceRecorded, invoice.Amount), nil
}

func checkInvoice(w *world.World, in InvoiceArgument) error {
	if in.Fingerprint.IsZero() || in.Fingerprint == in.OtherFingerprint {
		return code.BadArgument.New("the invoice has no fingerprint, or the same one twice")
	}
	if err := checkParties(in.Buyer, in.Seller); err != nil {
		return err
	}
	if in.Amount <= 0 {
		return code.BadAmount.New("invoice of %s", in.Amount)
	}
	if err := checkPast(w, "the invoice", in.Date); err != nil {
		return err
	}
	if err := in.Due.Valid(); err != nil {
		return err
	}
	if !in.Due.IsZero() && in.Due < in.Date {
		return code.BadDate.New("the invoice of %s would be due before, on %s", in.Date, in.Due)
	}
	return nil
}

// checkDelivery accepts no delivery, or one under the contract.
func checkDelivery(w *world.World, id, contract string) error {
	if id == "" {
		return nil
	}
	delivery, err := world.Find(w, record.DeliveryKey(id))
	if err != nil {
		return err
	}
	if delivery == nil {
		return code.EvidenceMissing.New("delivery %.40q", id)
	}
	if delivery.Contract != contract {
		return code.EvidenceParties.New("delivery %s belongs to contract %s, not %s", id, delivery.Contract, contract)
	}
	return nil
}

// firstEpoch is the number of a network's first fingerprint key.
const firstEpoch = 1

// checkEpoch accepts fingerprints under the present key and the one before it.
func checkEpoch(w *world.World, in InvoiceArgument) error {
	if in.Scheme != SchemeHMAC {
		return code.EvidenceEpoch.New("fingerprint scheme %d, %d is accepted", in.Scheme, SchemeHMAC)
	}
	settings, err := world.Load(w, record.SettingsKey(), "settings of network", w.Network())
	if err != nil {
		return err
	}
	present := settings.FingerprintEpoch
	if in.Epoch < firstEpoch || in.Epoch > present || present-in.Epoch > 1 {
		return code.EvidenceEpoch.New("fingerprint epoch %d, the present one is %d", in.Epoch, present)
	}
	if present > firstEpoch && in.OtherFingerprint.IsZero() {
		other := 2*present - 1 - in.Epoch
		return code.EvidenceEpoch.New("the fingerprint under epoch %d is needed beside that under %d", other, in.Epoch)
	}
	return nil
}

func checkUnregistered(w *world.World, in InvoiceArgument) error {
	for _, fingerprint := range []record.Digest{in.Fingerprint, in.OtherFingerprint} {
		found, err := world.Find(w, record.InvoiceKey(fingerprint))
		if err != nil {
			return err
		}
		if found == nil {
			continue
		}
		if !isWrong(found) {
			return code.EvidenceDuplicate.New("invoice %s", fingerprint)
		}
		world.Delete(w, record.InvoiceKey(fingerprint))
	}
	return nil
}

// isWrong reports whether a registration may be replaced: a bank found that it
// does not agree with the invoice, and nothing of it is or was used.
func isWrong(invoice *record.Invoice) bool {
	return invoice.Verified.Bank != "" && !invoice.Verified.Good && invoice.Allocated == 0 && invoice.Cancelled == 0
}

// VerifyArgument is a bank's attestation about an invoice.
type VerifyArgument struct {
	Invoice  record.Digest           `json:"invoice"` // its fingerprint
	Kind     record.VerificationKind `json:"kind"`
	Good     bool                    `json:"good"`     // what was seen agrees with the fingerprint and the amount
	Document record.Digest           `json:"document"` // SHA-256 of what was seen, for example the tax service's answer
	// Others are the invoice's fingerprints under the keys of all other epochs up to
	// the present one, in order of epoch; a good attestation needs them. The bank has
	// the keys, so that an invoice registered before under another is found, whatever
	// fingerprints its parties named.
	Others []record.Digest `json:"others,omitempty" metadata:",optional"`
}

// Verify records a dated attestation, signed by a reviewer of a bank. The latest
// one counts; the earlier ones stay in the history. A bad one about an invoice
// that covers certificates is flagged under EVIDENCE-COVER.
//
// Refusals, in order: an unknown kind, no document hash (BAD_ARGUMENT); the signer
// (ROLE_MISSING); an unknown invoice (EVIDENCE_MISSING), one of the bank's own
// (NOT_AUTHORISED); of a good one, fingerprints of other epochs that are missing
// (EVIDENCE_EPOCH) or under which it was registered before (EVIDENCE_DUPLICATE).
func Verify(w *world.World, in VerifyArgument) (InvoiceResult, error) {
	if in.Kind != record.TaxCheck && in.Kind != record.PaperCheck {
		return InvoiceResult{}, code.BadArgument.New("unknown kind of verification")
	}
	if in.Document.IsZero() {
		return InvoiceResult{}, code.BadArgument.New("the verification has no document hash")
	}
	bank, err := member.Require(w, record.Reviewer, record.Funder)
	if err != nil {
		return InvoiceResult{}, err
	}
	invoice, err := Find(w, in.Invoice)
	if err != nil {
		return InvoiceResult{}, err
	}
	if bank.ID == invoice.Buyer || bank.ID == invoice.Seller {
		return InvoiceResult{}, code.NotAuthorised.New("bank %s cannot attest an invoice of its own", bank.ID)
	}
	if in.Good {
		if err := checkOthers(w, invoice, in.Others); err != nil {
			return InvoiceResult{}, err
		}
	}
	invoice.Verified = record.Verification{
		Bank: bank.ID, Kind: in.Kind, Good: in.Good, Document: in.Document, At: w.Now(),
	}
	if !in.Good && invoice.Allocated > 0 {
		if err := flagCover(w, "invoice %s failed verification, %s of it is used", in.Invoice, invoice.Allocated); err != nil {
			return InvoiceResult{}, err
		}
	}
	return saveInvoice(w, invoice, record.InvoiceVerified, invoice.Amount), nil
}

// checkOthers refuses an invoice that was registered before under the key of
// another epoch. One registered later under another is the one to be refused.
func checkOthers(w *world.World, invoice *record.Invoice, others []record.Digest) error {
	settings, err := world.Load(w, record.SettingsKey(), "settings of network", w.Network())
	if err != nil {
		return err
	}
	if want := int(settings.FingerprintEpoch) - 1; len(others) != max(want, 0) {
		return code.EvidenceEpoch.New("the fingerprints under %d other epochs are needed, not %d", want, len(others))
	}
	for _, fingerprint := range others {
		other, err := world.Find(w, record.InvoiceKey(fingerprint))
		if err != nil {
			return err
		}
		if other != nil && (other.Recorded < invoice.Recorded || fingerprint == invoice.Fingerprint) {
			return code.EvidenceDuplicate.New("invoice %s", fingerprint)
		}
	}
	return nil
}

// RedLetterArgument says that an invoice was cancelled in whole or in part.
type RedLetterArgument struct {
	Invoice  record.Digest `json:"invoice"`                              // its fingerprint
	Amount   money.Fen     `json:"amount,omitzero" metadata:",optional"` // left out: all that is not yet cancelled
	Document record.Digest `json:"document"`                             // SHA-256 of the red-letter invoice
}

// RedLetter records a red-letter invoice (红字发票). Fen that are not used can no
// longer be. Fen already used stay used: the notice then carries how many lost
// their cover, it is flagged under EVIDENCE-COVER, and when they are released they
// do not become usable again.
//
// Refusals, in order: no document hash (BAD_ARGUMENT), an amount below zero
// (BAD_AMOUNT); the signer, who must be a maker or reviewer (ROLE_MISSING); an
// unknown invoice (EVIDENCE_MISSING); a signer who is neither a maker of the seller
// nor a reviewer of a bank (NOT_AUTHORISED); the same document again
// (ALREADY_EXISTS), nothing left to cancel (EVIDENCE_CANCELLED), more than is left
// (BAD_AMOUNT), more than MaxRedLetters documents (LIMIT_EXCEEDED).
func RedLetter(w *world.World, in RedLetterArgument) (InvoiceResult, error) {
	if in.Document.IsZero() {
		return InvoiceResult{}, code.BadArgument.New("the red-letter invoice has no document hash")
	}
	if in.Amount < 0 {
		return InvoiceResult{}, code.BadAmount.New("red-letter invoice of %s", in.Amount)
	}
	by, err := member.Require(w, record.Maker|record.Reviewer, 0)
	if err != nil {
		return InvoiceResult{}, err
	}
	invoice, err := Find(w, in.Invoice)
	if err != nil {
		return InvoiceResult{}, err
	}
	if roles := w.Actor().Roles; !(by.ID == invoice.Seller && roles.Has(record.Maker)) &&
		!(by.Roles.Has(record.Funder) && roles.Has(record.Reviewer)) {
		return InvoiceResult{}, code.NotAuthorised.New("only a maker of the seller or a reviewer of a bank can do this")
	}
	amount, err := cancellable(invoice, in)
	if err != nil {
		return InvoiceResult{}, err
	}
	before := Uncovered(invoice)
	invoice.Cancelled += amount
	invoice.RedLetters = append(invoice.RedLetters, in.Document)
	uncovered := Uncovered(invoice) - before
	if uncovered > 0 {
		if err := flagCover(w, "invoice %s was cancelled by %s, %s of it is used", in.Invoice, amount, uncovered); err != nil {
			return InvoiceResult{}, err
		}
	}
	return saveInvoice(w, invoice, record.InvoiceRedLetter, uncovered), nil
}

// cancellable is how many fen a red-letter invoice cancels.
func cancellable(invoice *record.Invoice, in RedLetterArgument) (money.Fen, error) {
	if slices.Contains(invoice.RedLetters, in.Document) {
		return 0, code.AlreadyExists.New("red-letter invoice %s", in.Document)
	}
	open := invoice.Amount - invoice.Cancelled
	if open == 0 {
		return 0, code.EvidenceCancelled.New("invoice %s", in.Invoice)
	}
	if in.Amount > open {
		return 0, code.BadAmount.New("%s of invoice %s is not cancelled yet, %s is asked", open, in.Invoice, in.Amount)
	}
	if len(invoice.RedLetters) >= MaxRedLetters {
		return 0, code.LimitExceeded.New("invoice %s has %d red-letter invoices", in.Invoice, len(invoice.RedLetters))
	}
	if in.Amount == 0 {
		return open, nil
	}
	return in.Amount, nil
}

func flagCover(w *world.World, format string, args ...any) error {
	pack, err := rules.Current(w)
	if err != nil {
		return err
	}
	w.Flagged(pack.Ordinal, record.EvidenceCover, format, args...)
	return nil
}

// saveInvoice writes an invoice and tells both parties and the bank that verified
// it.
func saveInvoice(
	w *world.World, invoice *record.Invoice, kind record.NoticeKind, amount money.Fen,
) InvoiceResult {
	world.Put(w, record.InvoiceKey(invoice.Fingerprint), invoice)
	members := []string{invoice.Buyer, invoice.Seller}
	if bank := invoice.Verified.Bank; bank != "" && !slices.Contains(members, bank) {
		members = append(members, bank)
	}
	w.Notify(record.NoticeOf{
		Kind: kind, Subject: invoice.Fingerprint.String(), Members: members, Amount: amount,
	})
	return InvoiceResult{
		Fingerprint: invoice.Fingerprint, Amount: invoice.Amount, Allocated: invoice.Allocated,
		Cancelled: invoice.Cancelled, Remaining: Remaining(invoice), Uncovered: Uncovered(invoice),
	}
}
