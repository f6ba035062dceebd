package access

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Outcome gives an outcome as the viewer may see it; o is nil when there is none.
// The signer's member and those who see all get the whole. Others whom it concerns
// get the effects that name them, without the result and the facts behind a
// decision: one transaction may issue to five hundred suppliers. A debtor gets the
// row of a financing as FinancingRow shows it, and nobody which others were asked.
func (r *Reader) Outcome(id record.Digest, o *record.Outcome) (*record.Outcome, error) {
	switch {
	case o == nil && r.SeesAll():
		return nil, code.NotFound.New("transaction %s", id)
	case o == nil:
		return nil, hidden()
	case r.whole(o):
		return o, nil
	}
	part := r.part(o, "")
	if part.Effects.Rows() == 0 {
		return nil, hidden()
	}
	return part, nil
}

// Subject gives an outcome from the history of a subject that the viewer may see:
// the effects on that subject and those that name the viewer, without the result.
// A history has many outcomes, and each may be of five hundred subjects.
func (r *Reader) Subject(subject string, o *record.Outcome) *record.Outcome {
	part := r.part(o, subject)
	if r.whole(o) {
		part.Detail, part.Effects.Decision.Inputs = o.Detail, o.Effects.Decision.Inputs
	}
	return part
}

func (r *Reader) whole(o *record.Outcome) bool { return r.SeesAll() || r.is(o.Member) }

// part is a copy of the outcome with the effects that are on the subject or name
// the viewer.
func (r *Reader) part(o *record.Outcome, subject string) *record.Outcome {
	concerns := func(of string, members ...string) bool {
		return subject != "" && of == subject || r.is(members...)
	}
	e := &o.Effects
	part := *o
	part.Detail, part.Result = "", nil
	part.Effects = record.Effects{
		Certificates: keep(e.Certificates, func(c *record.CertificateRow) bool {
			return concerns(c.Number, c.Debtor, c.FirstHolder)
		}),
		Holdings: keep(e.Holdings, func(h *record.HoldingRow) bool { return concerns(h.Certificate, h.Owner, h.Debtor) }),
		Moves:    keep(e.Moves, func(m *record.Move) bool { return concerns(m.Certificate, m.From, m.To) }),
		Notices: keep(e.Notices, func(n *record.NoticeOf) bool {
			shown := concerns(n.Subject, n.Members...)
			if !r.whole(o) {
				r.narrowNotice(n)
			}
			return shown
		}),
		Financings: keep(e.Financings, func(f *record.FinancingRow) bool {
			if concerns(f.ID, f.Holder, f.Funder) {
				return true
			}
			owed := r.rowOfDebt(*f)
			if owed == nil {
				return false
			}
			*f = *owed
			return true
		}),
		Legs: keep(e.Legs, func(l *record.LegRow) bool {
			return concerns(l.ID, l.Payer, l.Payee, l.Owner, l.PayerBank, l.PayeeBank)
		}),
		Decision: e.Decision,
	}
	part.Effects.Decision.Inputs = nil
	return &part
}

// narrowNotice leaves of a notice on a financing only the viewer's own name: which
// other banks were asked is the holder's business. Of one on an order it takes the sum as
// well: the debtors whom it names see none (Reader.Order).
func (r *Reader) narrowNotice(n *record.NoticeOf) {
	if n.Kind >= record.FinancingWasRequested && n.Kind <= record.FinancingHasEnded || ofOrder(n.Kind) {
		n.Members, n.Opens, n.Closes = r.only(n.Members), r.only(n.Opens), r.only(n.Closes)
	}
	if ofOrder(n.Kind) {
		n.Amount = 0
	}
}

// ofOrder reports whether a notice is on an order of a court or authority and names the
// debtors of the fen, too, of which the sum may be others'.
func ofOrder(kind record.NoticeKind) bool {
	return kind == record.FreezeMade || kind == record.FreezeLifted || kind == record.OwnershipOrdered
}

// keep is a copy of the list with what is wanted, in the form that wanted gives it.
func keep[T any](list []T, wanted func(*T) bool) []T {
	kept := make([]T, 0, len(list))
	for _, v := range list {
		if wanted(&v) {
			kept = append(kept, v)
		}
	}
	return kept
}
