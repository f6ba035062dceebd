package membertest

import (
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Step reads the arguments of one command of a scenario in which firms go by their
// names. An argument that is not there is the zero value.
type Step struct {
	*testing.T
	*datadriven.TestData
	Names []string // of the firms, and of who is no member
}

// Text is an argument as it is written.
func (s Step) Text(name string) string {
	var v string
	s.MaybeScanArgs(s.T, name, &v)
	return v
}

// Member is the id of the firm that an argument names; a text that names none is
// taken as it is.
func (s Step) Member(name string) string {
	v := s.Text(name)
	for _, known := range s.Names {
		if known == v {
			return ID(v)
		}
	}
	return v
}

// Fen is an amount in yuan.
func (s Step) Fen(name string) money.Fen {
	s.Helper()
	if !s.HasArg(name) {
		return 0
	}
	v, err := money.Parse(s.Text(name))
	if err != nil {
		s.TestData.Fatalf(s.T, "%s: %v", name, err)
	}
	return v
}

// Date is a day.
func (s Step) Date(name string) calendar.Date {
	s.Helper()
	if !s.HasArg(name) {
		return 0
	}
	return Day(s.T, s.Text(name))
}

// Day is the day that a text names.
func Day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Refusal is what a refused step prints; an error that is no refusal ends the test.
func (s Step) Refusal(err error) string {
	s.Helper()
	if code.Of(err) == nil {
		s.T.Fatalf("not a refusal: %v", err)
	}
	return s.Named(err.Error()) + "\n"
}

// Named replaces the firms' ids by their names.
func (s Step) Named(text string) string {
	for _, name := range s.Names {
		text = strings.ReplaceAll(text, ID(name), name)
	}
	return text
}
