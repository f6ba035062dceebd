package rules

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// CheckTerm is TERM-MAX on the nominal maturity: TERM_TOO_LONG above the cap,
// REVIEW_MISSING above the ordinary term unless a reviewing bank has signed,
// which is allowed and flagged. A maturity not after the issue is BAD_DATE.
func CheckTerm(w *world.World, p *record.Pack, issue, maturity calendar.Date, reviewed bool) error {
	if maturity <= issue {
		return code.BadDate.New("maturity %s is not after issue on %s", maturity, issue)
	}
	switch {
	case !calendar.WithinTerm(issue, maturity, int(p.TermCap)):
		return w.Refused(p.Ordinal, record.TermMax,
			code.TermTooLong.New("%s to %s is more than %d months", issue, maturity, p.TermCap))
	case calendar.WithinTerm(issue, maturity, int(p.TermOrdinary)):
		w.Passed(p.Ordinal, record.TermMax)
	case !reviewed:
		return w.Refused(p.Ordinal, record.TermMax,
			code.ReviewMissing.New("%s to %s is more than %d months", issue, maturity, p.TermOrdinary))
	default:
		w.Flagged(p.Ordinal, record.TermMax, "%s to %s is more than %d months; a bank reviewed it", issue, maturity, p.TermOrdinary)
	}
	return nil
}

// CheckDebtorStop is DEFAULT-STOP: DEBTOR_STOPPED while any bank's attestation
// against the debtor is in force, and while a debt of its is not provided for past the
// days of grace after its payment date.
func CheckDebtorStop(w *world.World, p *record.Pack, debtor string) error {
	stop, err := stopOf(w, debtor)
	if err != nil {
		return err
	}
	if stop != nil {
		return w.Refused(p.Ordinal, record.DefaultStop,
			code.DebtorStopped.New("debtor %s since %s on the word of %s", debtor, stop.Since, stop.Bank))
	}
	payment, overdue, err := oldestUnpaid(w, debtor)
	if err != nil {
		return err
	}
	if overdue && w.Today() > payment.AddDays(int(p.GraceDays)) {
		return w.Refused(p.Ordinal, record.DefaultStop,
			code.DebtorStopped.New("debtor %s has not paid what was due on %s; %d days of grace", debtor, payment, p.GraceDays))
	}
	w.Passed(p.Ordinal, record.DefaultStop)
	return nil
}

// CheckTier is SPLIT-LIMIT for the deepest tier after a transfer: TIER_TOO_DEEP.
func CheckTier(w *world.World, p *record.Pack, tier uint16) error {
	return limit(w, p, tier <= p.MaxTier, code.TierTooDeep.New("tier %d, at most %d", tier, p.MaxTier))
}

// CheckPieces is SPLIT-LIMIT for the live holdings of a certificate after a cut:
// TOO_MANY_PIECES.
func CheckPieces(w *world.World, p *record.Pack, pieces uint32) error {
	return limit(w, p, pieces <= p.MaxPieces, code.TooManyPieces.New("%d pieces, at most %d", pieces, p.MaxPieces))
}

// CheckPiece is SPLIT-LIMIT for a cut into piece and remainder, in fen:
// PIECE_TOO_SMALL when either is below the smallest piece. With remainder 0
// nothing is cut and every amount is allowed.
func CheckPiece(w *world.World, p *record.Pack, piece, remainder money.Fen) error {
	fits := remainder == 0 || piece >= p.SmallestPiece && remainder >= p.SmallestPiece
	return limit(w, p, fits, code.PieceTooSmall.New("%s and a remainder of %s, each at least %s", piece, remainder, p.SmallestPiece))
}

// CheckHops is SPLIT-LIMIT for the transfers of the same fen on one day, this one
// counted: TOO_FAST.
func CheckHops(w *world.World, p *record.Pack, hops uint16) error {
	return limit(w, p, hops <= p.MaxHopsPerDay, code.TooFast.New("transfer %d of these fen today, at most %d", hops, p.MaxHopsPerDay))
}

func limit(w *world.World, p *record.Pack, fits bool, refusal *code.Error) error {
	if !fits {
		return w.Refused(p.Ordinal, record.SplitLimit, refusal)
	}
	w.Passed(p.Ordinal, record.SplitLimit)
	return nil
}

// Payable are the facts of DAYS-60 about one delivery.
type Payable struct {
	Debtor    record.Class // at the date of the contract
	Creditor  record.Class // at the date of the contract
	Delivered calendar.Date
	Payment   calendar.Date
	TermDays  int32 // agreed days after delivery, 0 when the contract names none
}

// FlagDays60 records DAYS-60 (Order 802 art. 9) and never refuses. It flags a
// payment to a small or medium enterprise later than a public body's 30 days, or
// its agreed term but never more than 60, or than a large firm's 60 days; a
// longer agreed term of a large firm may be reasonable and is flagged to be seen.
func FlagDays60(w *world.World, p *record.Pack, f Payable) {
	most := int32(0)
	switch {
	case !f.Creditor.IsSME():
	case f.Debtor == record.PublicBody:
		most = p.PublicBodyDays
		if f.TermDays > 0 {
			most = min(f.TermDays, p.LargeToSMEDays)
		}
	case f.Debtor == record.LargeEnterprise:
		most = p.LargeToSMEDays
	}
	days := calendar.DaysBetween(f.Delivered, f.Payment)
	if most == 0 || days <= int(most) {
		w.Passed(p.Ordinal, record.Days60)
		return
	}
	w.Flagged(p.Ordinal, record.Days60, "paid %d days after delivery on %s, at most %d; agreed %d", days, f.Delivered, most, f.TermDays)
}

// FlagDisguisedExtension records NO-DISGUISED-EXTENSION (Order 802 art. 11) and
// never refuses. It flags a certificate whose maturity lies after the invoice is
// due (0: it names no day), or a contract without a clause that agrees to
// payment by certificate.
func FlagDisguisedExtension(w *world.World, p *record.Pack, maturity, invoiceDue calendar.Date, agreed bool) {
	switch {
	case !invoiceDue.IsZero() && maturity > invoiceDue:
		w.Flagged(p.Ordinal, record.NoDisguisedExtension, "matures on %s, the invoice was due on %s; clause agreed: %t", maturity, invoiceDue, agreed)
	case !agreed:
		w.Flagged(p.Ordinal, record.NoDisguisedExtension, "the contract has no clause that agrees to payment by certificate")
	default:
		w.Passed(p.Ordinal, record.NoDisguisedExtension)
	}
}
