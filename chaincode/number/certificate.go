package number

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
)

const (
	// CertificateLength is the length of a certificate number.
	CertificateLength = SocialCreditLength + dateLength + sequenceLength + 2
	// LastSequence is the highest sequence number of one debtor on one day.
	LastSequence = 999_999

	dateLength     = 8
	sequenceLength = 6
)

// Certificate is what a certificate number says. The number is made by the client,
// and a person can check it: the debtor's social credit code, the issue date
// yyyymmdd, a sequence of six digits counted from 1 per debtor and day, and two
// check digits by ISO/IEC 7064 MOD 97-10 over all of it.
type Certificate struct {
	Debtor   string // unified social credit code
	Issued   calendar.Date
	Sequence int // 1 to LastSequence
}

// NewCertificate makes a certificate number, or refuses a part of it with
// BAD_NUMBER or BAD_DATE.
func NewCertificate(debtor string, issued calendar.Date, sequence int) (string, error) {
	if err := CheckSocialCredit(debtor); err != nil {
		return "", err
	}
	if err := issued.Valid(); err != nil {
		return "", err
	}
	if sequence < 1 || sequence > LastSequence {
		return "", code.BadNumber.New("sequence %d is outside 1 to %d", sequence, LastSequence)
	}
	s := fmt.Sprintf("%s%s%06d", debtor, issued.Compact(), sequence)
	check, ok := checkDigits(s)
	if !ok {
		panic(fmt.Sprintf("number %q of checked parts %q and %s is not alphanumeric", s, debtor, issued))
	}
	return s + check, nil
}

// ParseCertificate reads a certificate number, or refuses it with BAD_NUMBER. Every
// change of one character and every exchange of two neighbours is noticed.
func ParseCertificate(s string) (Certificate, error) {
	if len(s) != CertificateLength {
		return Certificate{}, code.BadNumber.New("certificate number %.40q has not %d characters", s, CertificateLength)
	}
	debtor, tail := s[:SocialCreditLength], s[SocialCreditLength:]
	if err := CheckSocialCredit(debtor); err != nil {
		return Certificate{}, code.BadNumber.New("certificate number %q: its debtor is no social credit code", s)
	}
	issued, err := calendar.ParseCompact(tail[:dateLength])
	if err != nil {
		return Certificate{}, code.BadNumber.New("certificate number %q: %q is no date", s, tail[:dateLength])
	}
	sequence := 0
	for _, c := range []byte(tail[dateLength : dateLength+sequenceLength]) {
		if c < '0' || c > '9' {
			return Certificate{}, code.BadNumber.New("certificate number %q: its sequence is not six digits", s)
		}
		sequence = sequence*10 + int(c-'0')
	}
	if sequence == 0 {
		return Certificate{}, code.BadNumber.New("certificate number %q: its sequence is zero", s)
	}
	if check, ok := checkDigits(s[:CertificateLength-2]); !ok || s[CertificateLength-2:] != check {
		return Certificate{}, code.BadNumber.New("certificate number %q: the check digits do not fit", s)
	}
	return Certificate{Debtor: debtor, Issued: issued, Sequence: sequence}, nil
}
