package number

import (
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// SocialCreditLength is the length of a unified social credit code.
const SocialCreditLength = 18

// socialCreditAlphabet is that of GB 32100-2015: digits and capitals without I, O,
// S, V and Z. A character's value is its position.
const socialCreditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// CheckSocialCredit accepts a unified social credit code (GB 32100-2015): 18
// characters of its alphabet, an administrative division of six digits at 3 to 8,
// and a check character over the rest. Anything else, lower case included, is
// refused with BAD_NUMBER. Every change of one character and every exchange of two
// neighbours is noticed.
func CheckSocialCredit(s string) error {
	if len(s) != SocialCreditLength {
		return code.BadNumber.New("social credit code %.40q has not 18 characters", s)
	}
	whole, err := CompleteSocialCredit(s[:SocialCreditLength-1])
	if err != nil {
		return err
	}
	if whole != s {
		return code.BadNumber.New("social credit code %q: the check character does not fit", s)
	}
	return nil
}

// CompleteSocialCredit appends the check character to the first 17 characters of a
// code, or refuses them with BAD_NUMBER.
func CompleteSocialCredit(first17 string) (string, error) {
	if len(first17) != SocialCreditLength-1 {
		return "", code.BadNumber.New("start of a social credit code %.40q has not 17 characters", first17)
	}
	// The weight of position i (from 0) is 3^i mod 31. 31 is prime and 3 generates
	// its residues, so all weights differ and none is 0.
	sum, weight := 0, 1
	for i := range len(first17) {
		value := strings.IndexByte(socialCreditAlphabet, first17[i])
		if value < 0 || i >= 2 && i < 8 && value > 9 {
			return "", code.BadNumber.New("social credit code %q: character %d is not allowed there", first17, i+1)
		}
		sum += value * weight
		weight = weight * 3 % len(socialCreditAlphabet)
	}
	n := len(socialCreditAlphabet)
	return first17 + string(socialCreditAlphabet[(n-sum%n)%n]), nil
}
