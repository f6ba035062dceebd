package number

import "github.com/tierledger/tierledger/chaincode/code"

// leiLength is the length of a legal entity identifier.
const leiLength = 20

// CheckLEI accepts a legal entity identifier (ISO 17442): 18 digits or capitals and
// two check digits by ISO/IEC 7064 MOD 97-10. Anything else, lower case included, is
// refused with BAD_NUMBER.
func CheckLEI(s string) error {
	if len(s) != leiLength {
		return code.BadNumber.New("LEI %.40q has not 20 characters", s)
	}
	check, ok := checkDigits(s[:leiLength-2])
	if !ok {
		return code.BadNumber.New("LEI %q has a character that is neither a digit nor a capital", s)
	}
	if s[leiLength-2:] != check {
		return code.BadNumber.New("LEI %q: the check digits do not fit", s)
	}
	return nil
}

// checkDigits gives the two check digits of ISO/IEC 7064 MOD 97-10, from "02" to
// "98", for digits and capitals, a capital counting as the two digits 10 to 35. ok is
// false for any other character.
func checkDigits(s string) (check string, ok bool) {
	rest := 0
	for i := range len(s) {
		switch c := int(s[i]); {
		case '0' <= c && c <= '9':
			rest = (rest*10 + c - '0') % 97
		case 'A' <= c && c <= 'Z':
			rest = (rest*100 + c - 'A' + 10) % 97
		default:
			return "", false
		}
	}
	n := 98 - rest*100%97
	return string([]byte{byte('0' + n/10), byte('0' + n%10)}), true
}
