package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Limits of what one operation may name.
const (
	MaxLegs         = 100 // legs of a transfer
	MaxCertificates = 40  // certificates of one order or transfer: all their holdings can be read in one transaction
	MaxParts        = 100 // parts of one split, holdings of one merge
	MaxLocks        = 200 // locks on one holding, except freezes, which nothing stops
	MaxReference    = 64  // bytes of a payment reference
	MaxDocument     = 100 // bytes of an authority's name, a docket, a registration number
)

// MaxFace is the largest face of a certificate, one trillion yuan.
const MaxFace money.Fen = 1_000_000_000_000_00

const millisPerDay = 24 * 60 * 60 * 1000

// deadline is a point in time so many days later, but never behind the record
// time of the payment date, from which on a certificate can only be cleared.
func deadline(from calendar.Instant, days int32, payment calendar.Date) calendar.Instant {
	return min(from+calendarDays(days), payment.Start())
}

func calendarDays(days int32) calendar.Instant { return calendar.Instant(days) * millisPerDay }

func checkAmount(what string, amount money.Fen) error {
	if amount <= 0 {
		return code.BadAmount.New("%s of %s", what, amount)
	}
	return nil
}

// checkFace bounds a certificate: what a debtor owes on one day, and what banks have
// financed, are sums that must never overflow.
func checkFace(face money.Fen) error {
	if face > MaxFace {
		return code.BadAmount.New("a face of %s, at most %s", face, MaxFace)
	}
	return checkAmount("a face", face)
}

func checkNumber(s string) error {
	_, err := number.ParseCertificate(s)
	return err
}

func checkMember(id string) error { return number.CheckSocialCredit(id) }

// checkID accepts an identifier that the ledger made.
func checkID(what, id string) error { return member.CheckIdentifier("the id of the "+what, id) }

func checkDigest(what string, digest record.Digest) error {
	if digest.IsZero() {
		return code.BadArgument.New("the hash of the %s is missing", what)
	}
	return nil
}

// checkLeg looks at the form of a leg: it is compared with the holding later.
func checkLeg(leg record.Leg) error {
	if err := checkNumber(leg.Certificate); err != nil {
		return err
	}
	if leg.Holding == 0 || leg.Version == 0 {
		return code.BadArgument.New("a leg of %s names no holding or no version", leg.Certificate)
	}
	if !leg.Interval.WellFormed() {
		return code.BadInterval.New("a leg of %s names no fen", leg.Certificate)
	}
	return nil
}

// CheckLegs refuses legs that are malformed (BAD_NUMBER, BAD_ARGUMENT, BAD_INTERVAL,
// AMOUNT_OVERFLOW). It also refuses legs that share a fen, and legs of too many certificates.
func CheckLegs(legs []record.Leg) error {
	if len(legs) == 0 || len(legs) > MaxLegs {
		return code.BadArgument.New("%d legs, not 1 to %d", len(legs), MaxLegs)
	}
	var sum money.Fen
	var numbers []string
	for i, leg := range legs {
		if err := checkLeg(leg); err != nil {
			return err
		}
		for _, other := range legs[:i] {
			if other.Certificate == leg.Certificate && other.Interval.Overlaps(leg.Interval) {
				return code.BadArgument.New("two legs share fen of certificate %s: %s and %s",
					leg.Certificate, other.Interval, leg.Interval)
			}
		}
		numbers = appendOnce(numbers, leg.Certificate)
		var err error
		if sum, err = sum.Add(leg.Interval.Amount()); err != nil {
			return err
		}
	}
	if len(numbers) > MaxCertificates {
		return code.BadArgument.New("legs of %d certificates, at most %d", len(numbers), MaxCertificates)
	}
	return nil
}

// LegsAmount is the sum of the legs, or the largest amount when it cannot be
// written; CheckLegs refuses such legs.
func LegsAmount(legs []record.Leg) money.Fen {
	var sum money.Fen
	for _, leg := range legs {
		var err error
		if sum, err = sum.Add(leg.Interval.Amount()); err != nil {
			return money.MaxFen
		}
	}
	return sum
}

func checkNumbers(numbers []string) error {
	if len(numbers) == 0 || len(numbers) > MaxCertificates {
		return code.BadArgument.New("%d certificates, not 1 to %d", len(numbers), MaxCertificates)
	}
	for i, n := range numbers {
		if err := checkNumber(n); err != nil {
			return err
		}
		if slices.Contains(numbers[:i], n) {
			return code.BadArgument.New("certificate %s is named twice", n)
		}
	}
	return nil
}

// IntervalHolds are the fen of the legs as a proposal holds them.
func IntervalHolds(legs []record.Leg) []record.Hold {
	holds := make([]record.Hold, 0, len(legs))
	for _, leg := range legs {
		holds = append(holds, record.Hold{
			Kind: record.HoldInterval, Certificate: leg.Certificate, Holding: leg.Holding, Interval: leg.Interval,
			Amount: leg.Interval.Amount(),
		})
	}
	return holds
}
