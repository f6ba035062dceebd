package iso20022

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
)

// Longest texts of the standard, in characters.
const (
	maxID         = 35
	maxAccount    = 34
	maxName       = 140
	maxRemittance = 140
	maxInfo       = 105 // one AddtlInf of a reason
	maxProse      = 500 // what is kept of a text that is only shown
)

// notProvided is what stands for an end-to-end identification that there is none of.
const notProvided = "NOTPROVIDED"

// shown reports whether a character looks the same to everybody who reads it.
func shown(c rune) bool {
	return (c == ' ' || unicode.IsGraphic(c)) && !unicode.Is(unicode.Bidi_Control, c) && c != utf8.RuneError
}

// clean replaces what cannot be shown; ok is false if there was such a character.
func clean(text string) (cleaned string, ok bool) {
	if strings.IndexFunc(text, func(c rune) bool { return !shown(c) }) < 0 {
		return text, true
	}
	return strings.Map(func(c rune) rune {
		if !shown(c) {
			return utf8.RuneError
		}
		return c
	}, text), false
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

// checkID accepts an identification that every bank passes on unchanged: the Latin
// characters of SWIFT's set, no space at either end.
func checkID(what, id string) error {
	const others = "/-?:().,'+ "
	for _, c := range []byte(id) {
		latin := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !latin && strings.IndexByte(others, c) < 0 {
			return code.BadArgument.New("%s %.40q: a bank may not pass on the character %q", what, id, c)
		}
	}
	if id == "" || len(id) > maxID || strings.TrimSpace(id) != id {
		return code.BadArgument.New("%s %.40q: 1 to %d characters without space at the ends", what, id, maxID)
	}
	return nil
}

// checkOptionalID is checkID for what may be left out.
func checkOptionalID(what, id string) error {
	if id == "" {
		return nil
	}
	return checkID(what, id)
}

// checkText accepts a text that may be left out and can be shown.
func checkText(what, text string, most int) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > most || strings.TrimSpace(text) != text {
		return code.BadArgument.New("%s %.60q: at most %d characters without space at the ends", what, text, most)
	}
	if _, ok := clean(text); !ok {
		return code.BadArgument.New("%s %.60q has a character that cannot be shown", what, text)
	}
	return nil
}

// checkAccount accepts an account number.
func checkAccount(what string, account Account) error {
	if account == "" {
		return code.BadArgument.New("%s is missing", what)
	}
	return checkText(what, string(account), maxAccount)
}

// checkParty accepts a party; a code that is given must be one.
func checkParty(what string, p Party) error {
	if err := checkText(what+"'s name", p.Name, maxName); err != nil {
		return err
	}
	return checkOptionalCode(what, p.Code)
}

// checkNamedParty accepts a party with name and code, as a payment needs them.
func checkNamedParty(what string, p Party) error {
	if p.Name == "" || p.Code == "" {
		return code.BadArgument.New("%s needs a name and a social credit code", what)
	}
	return checkParty(what, p)
}

// checkAgent accepts a bank that is named by its code and perhaps by more.
func checkAgent(what string, a Agent) error {
	if a.Code == "" {
		return code.BadArgument.New("%s needs a social credit code", what)
	}
	if err := checkOptionalCode(what, a.Code); err != nil {
		return err
	}
	if err := checkOptionalID(what+"'s clearing number", a.Member); err != nil {
		return err
	}
	if a.BIC != "" {
		return code.BadArgument.New("%s: a BIC is read, and not written", what)
	}
	return checkText(what+"'s name", a.Name, maxName)
}

func checkOptionalCode(what, social string) error {
	if social == "" {
		return nil
	}
	if err := number.CheckSocialCredit(social); err != nil {
		return code.BadArgument.New("%s: %s", what, code.Of(err).Detail)
	}
	return nil
}

// checkInstant accepts a point in time that can be written.
func checkInstant(what string, i calendar.Instant) error {
	if i.IsZero() {
		return code.BadArgument.New("%s is missing", what)
	}
	return i.Valid()
}

// checkMoment accepts a moment that may be left out.
func checkMoment(what string, m Moment) error {
	if m.Date.Valid() != nil || m.Time.Valid() != nil || !m.Time.IsZero() && m.Time.Date() != m.Date {
		return code.BadArgument.New("%s: %s and %s", what, m.Date, m.Time)
	}
	return nil
}

// checkPositive accepts an amount above zero that the messages can carry.
func checkPositive(f money.Fen) error {
	if f <= 0 || f > maxAmount {
		return code.BadAmount.New("amount %s is not above zero and at most %s", f, maxAmount)
	}
	return nil
}

// checkReason accepts a reason that may be left out.
func checkReason(r Reason) error {
	if r.Code != "" && (len(r.Code) > 4 || checkID("reason", r.Code) != nil) {
		return code.BadArgument.New("reason %.40q is not a code of 1 to 4 characters", r.Code)
	}
	return checkText("reason's text", r.Text, maxInfo)
}
