package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// CertificateArgument names one certificate.
type CertificateArgument struct {
	Certificate string `json:"certificate"`
}

// RejectArgument names one certificate and says why it is refused.
type RejectArgument struct {
	Certificate string `json:"certificate"`
	Reason      string `json:"reason"`
}

// VoidArgument names one certificate and says why both sides cancel it.
type VoidArgument struct {
	Certificate string `json:"certificate"`
	Reason      string `json:"reason"`
}

// CertificateResult is the state to which an operation brought a certificate.
type CertificateResult struct {
	Certificate string                  `json:"certificate"`
	State       record.CertificateState `json:"state"`
}

// Accept makes an issued certificate a debt: its creditor is the first holder
// from now on, and the face is used on the credit line. A freeze does not stop
// it: what is accepted stays frozen.
//
// Refusals, in order: BAD_NUMBER; the actor is a holder's maker (ROLE_MISSING);
// NOT_FOUND; CERTIFICATE_STATE, OFFER_LAPSED, MATURED; NOT_RECEIVER; rule
// DEFAULT-STOP (DEBTOR_STOPPED).
func Accept(w *world.World, in CertificateArgument) (CertificateResult, error) {
	if err := checkNumber(in.Certificate); err != nil {
		return CertificateResult{}, err
	}
	holder, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return CertificateResult{}, err
	}
	d := newDesk(w)
	b, err := d.book(in.Certificate)
	if err != nil {
		return CertificateResult{}, err
	}
	if err := b.checkAwaiting(); err != nil {
		return CertificateResult{}, err
	}
	cert := b.cert
	if w.Today() >= cert.Payment {
		return CertificateResult{}, code.Matured.New("certificate %s was payable on %s", cert.Number, cert.Payment)
	}
	if holder.ID != cert.FirstHolder {
		return CertificateResult{}, code.NotReceiver.New("certificate %s was issued to %s", cert.Number, cert.FirstHolder)
	}
	pack, err := rules.Current(w)
	if err != nil {
		return CertificateResult{}, err
	}
	if err := rules.CheckDebtorStop(w, pack, cert.Debtor); err != nil {
		return CertificateResult{}, err
	}
	if cert.Line != "" {
		if err := credit.Use(w, cert.Bank, cert.Line, cert.Debtor, cert.Face); err != nil {
			return CertificateResult{}, err
		}
	}
	b.leaveAwaiting(record.Active)
	b.awaitPayment(pack, cert.Payment)
	w.ReportMove(record.Move{
		Kind: record.MoveIssue, Certificate: cert.Number, Interval: interval.Whole(cert.Face),
		From: cert.Debtor, To: cert.FirstHolder, Tier: 1,
	})
	w.Notify(record.NoticeOf{
		Kind: record.CertificateAccepted, Subject: cert.Number, Members: parties(cert), Amount: cert.Face,
		Closes: []string{cert.FirstHolder},
	})
	return CertificateResult{cert.Number, cert.State}, d.close()
}

// Reject refuses an issued certificate on behalf of its creditor. The line and
// the invoices are as before the issue; the payment reference stays used.
//
// Refusals, in order: BAD_NUMBER, BAD_ARGUMENT; the actor is a holder's maker
// (ROLE_MISSING); NOT_FOUND; CERTIFICATE_STATE, OFFER_LAPSED; NOT_RECEIVER;
// FROZEN.
func Reject(w *world.World, in RejectArgument) (CertificateResult, error) {
	if err := checkNumber(in.Certificate); err != nil {
		return CertificateResult{}, err
	}
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return CertificateResult{}, err
	}
	return refuse(w, in.Certificate, record.Holder, record.Rejected)
}

// Withdraw takes an issued certificate back before its creditor accepted it.
// Its effects are those of Reject, and its refusals too, except that the actor
// is the debtor's maker (else NOT_AUTHORISED).
func Withdraw(w *world.World, in CertificateArgument) (CertificateResult, error) {
	if err := checkNumber(in.Certificate); err != nil {
		return CertificateResult{}, err
	}
	return refuse(w, in.Certificate, record.Debtor, record.Withdrawn)
}

// refuse ends an issued certificate by its creditor or its debtor.
func refuse(
	w *world.World, number string, role record.Roles, state record.CertificateState,
) (CertificateResult, error) {
	by, err := member.Require(w, record.Maker, role)
	if err != nil {
		return CertificateResult{}, err
	}
	d := newDesk(w)
	b, err := d.book(number)
	if err != nil {
		return CertificateResult{}, err
	}
	if err := b.checkAwaiting(); err != nil {
		return CertificateResult{}, err
	}
	switch {
	case state == record.Rejected && by.ID != b.cert.FirstHolder:
		return CertificateResult{}, code.NotReceiver.New("certificate %s was issued to %s", number, b.cert.FirstHolder)
	case state == record.Withdrawn && by.ID != b.cert.Debtor:
		return CertificateResult{}, code.NotAuthorised.New("certificate %s was issued by %s", number, b.cert.Debtor)
	}
	if err := b.checkEnd(); err != nil {
		return CertificateResult{}, err
	}
	if err := b.endAwaiting(state); err != nil {
		return CertificateResult{}, err
	}
	return CertificateResult{number, state}, d.close()
}

// Void cancels a whole accepted certificate that is still with its first holder:
// one of debtor and first holder proposes, the other approves. The line and the
// invoices are as before the issue.
//
// Refusals, in order: BAD_NUMBER, BAD_ARGUMENT; NOT_SUBMITTABLE; the actor is a
// maker of debtor or holder (ROLE_MISSING); NOT_FOUND; CERTIFICATE_STATE,
// MATURED; NOT_AUTHORISED for anybody else's certificate, QUORUM_MISSING when the
// other side has not approved; NOT_OWNER when fen were transferred; FROZEN or
// HOLDING_LOCKED.
func Void(w *world.World, in VoidArgument) (CertificateResult, error) {
	if err := checkNumber(in.Certificate); err != nil {
		return CertificateResult{}, err
	}
	if err := member.CheckText("the reason", in.Reason, member.MaxReason); err != nil {
		return CertificateResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumCounterparty); err != nil {
		return CertificateResult{}, err
	}
	by, err := member.Require(w, record.Maker, record.Debtor|record.Holder)
	if err != nil {
		return CertificateResult{}, err
	}
	d := newDesk(w)
	b, err := d.book(in.Certificate)
	if err != nil {
		return CertificateResult{}, err
	}
	if err := b.checkActive(); err != nil {
		return CertificateResult{}, err
	}
	cert := b.cert
	other, err := otherSide(cert, by.ID)
	if err != nil {
		return CertificateResult{}, err
	}
	if err := CheckApprovedBy(w, other); err != nil {
		return CertificateResult{}, err
	}
	holdings, err := b.all()
	if err != nil {
		return CertificateResult{}, err
	}
	for _, h := range holdings {
		if h.Owner != cert.FirstHolder {
			return CertificateResult{}, code.NotOwner.New("fen %s of certificate %s are with %s", h.Interval, cert.Number, h.Owner)
		}
	}
	if err := b.checkEnd(); err != nil {
		return CertificateResult{}, err
	}
	if cert.Line != "" {
		if err := credit.ReleaseUsed(w, cert.Bank, cert.Line, cert.Debtor, cert.Face); err != nil {
			return CertificateResult{}, err
		}
	}
	cert.State, cert.EndedAt, b.dirty = record.Void, w.Now(), true
	w.RemoveDue(cert.Payment.Start(), record.DueClearing, cert.Number)
	w.Notify(record.NoticeOf{
		Kind: record.CertificateVoided, Subject: cert.Number, Members: parties(cert), Amount: cert.Face,
	})
	if err := evidence.Release(w, cert.Allocations); err != nil {
		return CertificateResult{}, err
	}
	return CertificateResult{cert.Number, cert.State}, d.close()
}

// VoidCounterparty is the side that has to approve a proposal to void: the first
// holder when the debtor proposes, and the other way round.
func VoidCounterparty(w *world.World, in VoidArgument) (string, error) {
	if err := checkNumber(in.Certificate); err != nil {
		return "", err
	}
	cert, err := world.Load(w, record.CertificateKey(in.Certificate), "certificate", in.Certificate)
	if err != nil {
		return "", err
	}
	return otherSide(cert, w.Actor().Member)
}

func otherSide(cert *record.Certificate, member string) (string, error) {
	switch member {
	case cert.Debtor:
		return cert.FirstHolder, nil
	case cert.FirstHolder:
		return cert.Debtor, nil
	}
	return "", code.NotAuthorised.New("certificate %s is between %s and %s", cert.Number, cert.Debtor, cert.FirstHolder)
}

// CheckApprovedBy refuses with QUORUM_MISSING when the operation runs from an
// approved proposal and the member is not among those who approved. When the
// proposal is only rehearsed, nobody has approved yet.
func CheckApprovedBy(w *world.World, counterparty string) error {
	approvers := w.Actor().Approvers
	if len(approvers) == 0 || slices.ContainsFunc(approvers, func(p world.Person) bool { return p.Member == counterparty }) {
		return nil
	}
	return code.QuorumMissing.New("member %s has not approved", counterparty)
}

// checkAwaiting refuses unless the certificate still awaits its first holder:
// OFFER_LAPSED when the time to accept has passed, swept or not, otherwise
// CERTIFICATE_STATE.
func (b *book) checkAwaiting() error {
	switch {
	case b.cert.State == record.Lapsed || acceptanceOver(b.cert, b.w.Now()):
		return code.OfferLapsed.New("certificate %s was to be accepted until %s", b.cert.Number, b.cert.AcceptBy)
	case b.cert.State != record.Issued:
		return code.CertificateState.New("certificate %s is %s", b.cert.Number, StatusOf(b.cert, b.w.Now()))
	}
	return nil
}

// acceptanceOver reports whether the time to accept has passed.
func acceptanceOver(cert *record.Certificate, now calendar.Instant) bool {
	return cert.State == record.Issued && cert.AcceptBy != 0 && now >= cert.AcceptBy
}

// checkEnd refuses when a lock stops the end of the certificate.
func (b *book) checkEnd() error {
	holdings, err := b.all()
	if err != nil {
		return err
	}
	for _, h := range holdings {
		if err := checkFree(&h.Holding, h.Interval, OpEnd, ""); err != nil {
			return err
		}
	}
	return nil
}

// leaveAwaiting ends the wait for the first holder. AcceptBy keeps the deadline
// as a fact.
func (b *book) leaveAwaiting(state record.CertificateState) {
	if b.cert.AcceptBy != 0 {
		b.w.RemoveDue(b.cert.AcceptBy, record.DueIssue, b.cert.Number)
	}
	b.cert.State, b.cert.EndedAt, b.cert.LeftMillis, b.dirty = state, b.w.Now(), 0, true
}

// endAwaiting ends a certificate that was never accepted and restores the line
// and the invoices exactly.
func (b *book) endAwaiting(state record.CertificateState) error {
	cert := b.cert
	if cert.Line != "" {
		if err := credit.ReleaseReserved(b.w, cert.Bank, cert.Line, cert.Debtor, cert.Face); err != nil {
			return err
		}
	}
	if err := evidence.Release(b.w, cert.Allocations); err != nil {
		return err
	}
	b.leaveAwaiting(state)
	kind := record.CertificateLapsed
	switch state {
	case record.Rejected:
		kind = record.CertificateRejected
	case record.Withdrawn:
		kind = record.CertificateWithdrawn
	default: // lapsed
	}
	b.w.Notify(record.NoticeOf{
		Kind: kind, Subject: cert.Number, Members: parties(cert), Amount: cert.Face,
		Closes: []string{cert.FirstHolder},
	})
	return nil
}
