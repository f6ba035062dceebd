// Package code is the append-only list of reasons for which Tierledger refuses
// something. A code has a number and a name that never change, one sentence on
// what happened and one on what to do next, in English and Chinese.
//
// Contracts, admission, the node's API and the command line all refuse with a
// code from here, so that a person and a program read the same thing at every
// edge. The package knows nothing of transport or storage and imports nothing.
package code

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Code identifies one reason. The zero Code is OK and is never an error.
type Code uint16

// Entry is the public description of a Code.
type Entry struct {
	Code    Code
	Name    string // stable upper-case name, for example HOLDING_CHANGED
	English string // what happened
	Chinese string
	Next    string // what to do next
	NextZH  string
}

// Entry returns the description of c. An unknown number is described as
// INTERNAL, so that a newer node's code never breaks an older client.
func (c Code) Entry() Entry {
	for _, e := range entries {
		if e.Code == c {
			return e
		}
	}
	return Internal.Entry()
}

// String returns the stable name of c.
func (c Code) String() string { return c.Entry().Name }

// MarshalText writes the stable name.
func (c Code) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a stable name; an unknown name is an error.
func (c *Code) UnmarshalText(text []byte) error {
	found, ok := ByName(string(text))
	if !ok {
		return fmt.Errorf("unknown code %q", text)
	}
	*c = found
	return nil
}

// ByName finds a code by its stable name.
func ByName(name string) (Code, bool) {
	for _, e := range entries {
		if e.Name == name {
			return e.Code, true
		}
	}
	return 0, false
}

// All returns every entry in order of number.
func All() []Entry { return append([]Entry(nil), entries...) }

// Error is a refusal: a code, the rule that fired if one did, and one line of
// detail made only from the transaction and the ledger, so that every validator
// writes the same bytes.
type Error struct {
	Code   Code   `json:"code"`
	Rule   string `json:"rule,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// New makes a refusal. The arguments must be deterministic: no pointers, maps,
// clock readings or floating point.
func (c Code) New(format string, args ...any) *Error {
	return &Error{Code: c, Detail: fmt.Sprintf(format, args...)}
}

// Under names the rule (for example TERM-MAX) that the refusal comes from.
func (e *Error) Under(rule string) *Error {
	return &Error{Code: e.Code, Rule: rule, Detail: e.Detail}
}

// Error returns the name, the rule and the detail on one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code.String())
	if e.Rule != "" {
		fmt.Fprintf(&b, " [%s]", e.Rule)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	return b.String()
}

// Is makes errors.Is(err, code.X.New("")) compare codes only.
func (e *Error) Is(target error) bool {
	var other *Error
	return errors.As(target, &other) && other.Code == e.Code
}

// Of returns the refusal inside err, or nil when err holds none.
func Of(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Is reports whether err is a refusal with this code.
func (c Code) Is(err error) bool {
	e := Of(err)
	return e != nil && e.Code == c
}

// Message is the one-line text in which a refusal crosses the chaincode
// interface, whose responses carry a string.
func (e *Error) Message() string {
	text, err := json.Marshal(e)
	if err != nil {
		panic(fmt.Sprintf("encode refusal %v: %v", e, err)) // strings and a text marshaller cannot fail
	}
	return string(text)
}

// ParseMessage reads what Message wrote. A text in another form, such as a
// message of the contract library itself, becomes an INTERNAL refusal whose
// detail is empty: such texts are not the same on every validator.
func ParseMessage(message string) *Error {
	var e Error
	if err := json.Unmarshal([]byte(message), &e); err != nil || e.Code == OK {
		return Internal.New("")
	}
	return &e
}
