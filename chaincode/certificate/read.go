package certificate

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Status is what a person is told about a certificate as a whole. It is derived
// from the record and the time and stored nowhere.
type Status uint8

// Statuses. A draft is a proposal to issue and has no certificate.
const (
	StatusIssued     Status = iota + 1 // awaits its first holder
	StatusActive                       // accepted and not yet payable
	StatusPayable                      // its payment date has come
	StatusOverdue                      // its payment date has passed
	StatusRejected                     // by its creditor
	StatusWithdrawn                    // by its debtor
	StatusLapsed                       // not accepted in time
	StatusVoid                         // cancelled by both sides
	StatusPartlyPaid                   // some of its fen were paid early
	StatusSettled                      // all of its fen were paid
	StatusExtended                     // what is not paid yet is to be paid on a later day
)

// String is the text form.
func (s Status) String() string {
	names := [...]string{
		"", "issued", "active", "payable", "overdue", "rejected", "withdrawn", "lapsed", "void",
		"partly-paid", "settled", "extended",
	}
	if int(s) >= len(names) {
		return ""
	}
	return names[s]
}

// MarshalText writes the text form.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the text form.
func (s *Status) UnmarshalText(text []byte) error {
	for candidate := StatusIssued; candidate <= StatusExtended; candidate++ {
		if candidate.String() == string(text) {
			*s = candidate
			return nil
		}
	}
	return fmt.Errorf("%q is not a status of a certificate", text)
}

// StatusOf derives the status of a certificate at a point in time.
func StatusOf(cert *record.Certificate, now calendar.Instant) Status {
	switch cert.State {
	case record.Issued:
		if acceptanceOver(cert, now) {
			return StatusLapsed
		}
		return StatusIssued
	case record.Active:
		switch today := now.Date(); {
		case cert.Redeemed == cert.Face:
			return StatusSettled
		case today < cert.Payment && cert.Redeemed > 0:
			return StatusPartlyPaid
		case today < cert.Payment:
			return StatusActive
		case today == cert.Payment:
			return StatusPayable
		case cert.Extended > 0 && cert.Redeemed+cert.Extended == cert.Face && today <= cert.ExtendedTo:
			return StatusExtended
		default:
			return StatusOverdue
		}
	case record.Rejected:
		return StatusRejected
	case record.Withdrawn:
		return StatusWithdrawn
	case record.Lapsed:
		return StatusLapsed
	case record.Void:
		return StatusVoid
	}
	panic(fmt.Sprintf("certificate %s has state %d", cert.Number, cert.State))
}

// Get returns a certificate or refuses with NOT_FOUND.
func Get(w *world.World, number string) (*record.Certificate, error) {
	return world.Load(w, record.CertificateKey(number), "certificate", number)
}

// Holdings lists the live holdings of a certificate in order of their fen, which
// tile [1, face]; NOT_FOUND when there is no such certificate.
func Holdings(w *world.World, number string) ([]record.Holding, error) {
	b, err := newDesk(w).book(number)
	if err != nil {
		return nil, err
	}
	entries, err := b.all()
	if err != nil {
		return nil, err
	}
	list := make([]record.Holding, 0, len(entries))
	for _, e := range entries {
		list = append(list, e.Holding)
	}
	return list, nil
}

// FaceOf is what the policy of a member compares when it accepts a certificate.
// Like the other amounts here it is 0 when there is no such record: the function
// itself says so.
func FaceOf(w *world.World, in CertificateArgument) (money.Fen, error) {
	if checkNumber(in.Certificate) != nil {
		return 0, nil
	}
	cert, err := world.Find(w, record.CertificateKey(in.Certificate))
	if err != nil || cert == nil {
		return 0, err
	}
	return cert.Face, nil
}

// VoidAmount is the face of the certificate to be voided.
func VoidAmount(w *world.World, in VoidArgument) (money.Fen, error) {
	return FaceOf(w, CertificateArgument{Certificate: in.Certificate})
}

// OfferAmount is the amount of the transfer to be accepted.
func OfferAmount(w *world.World, in OfferArgument) (money.Fen, error) {
	if checkID("transfer", in.ID) != nil {
		return 0, nil
	}
	t, err := world.Find(w, record.TransferKey(in.ID))
	if err != nil || t == nil {
		return 0, err
	}
	return t.Amount, nil
}

// PledgedAmount is the fen of the pledge to be released.
func PledgedAmount(w *world.World, in PledgeIDArgument) (money.Fen, error) {
	if checkID("pledge", in.ID) != nil {
		return 0, nil
	}
	p, err := world.Find(w, record.PledgeKey(in.ID))
	if err != nil || p == nil {
		return 0, err
	}
	return p.Leg.Interval.Amount(), nil
}
