package member

import (
	"unicode"
	"unicode/utf8"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
)

// Limits of text in arguments.
const (
	MaxIdentifier = 32  // characters of an identifier a member chooses
	MaxName       = 200 // bytes of a registered name
	MaxReason     = 400 // bytes of a reason
)

// CheckIdentifier accepts an identifier that a member chooses for a person, an
// account, a line: 1 to 32 characters A-Z, a-z, 0-9, "_" and "-". Anything else
// is refused with BAD_ARGUMENT, naming what.
func CheckIdentifier(what, s string) error {
	if s == "" || len(s) > MaxIdentifier {
		return code.BadArgument.New("%s %.40q has not 1 to %d characters", what, s, MaxIdentifier)
	}
	for _, c := range []byte(s) {
		if !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-') {
			return code.BadArgument.New("%s %q has a character other than letters, digits, _ and -", what, s)
		}
	}
	return nil
}

// CheckText accepts 1 to max bytes of printable UTF-8. Control characters and
// those that turn the direction of writing are refused with BAD_ARGUMENT, so
// that a text looks the same to everybody who approves it.
func CheckText(what, s string, limit int) error {
	if s == "" || len(s) > limit {
		return code.BadArgument.New("%s has %d bytes, not 1 to %d", what, len(s), limit)
	}
	if !utf8.ValidString(s) {
		return code.BadArgument.New("%s is not UTF-8", what)
	}
	for _, c := range s {
		if c != ' ' && !unicode.IsGraphic(c) || unicode.Is(unicode.Bidi_Control, c) {
			return code.BadArgument.New("%s has the character %U, which cannot be shown", what, c)
		}
	}
	return nil
}

// CheckID accepts a unified social credit code.
func CheckID(id string) error { return number.CheckSocialCredit(id) }
