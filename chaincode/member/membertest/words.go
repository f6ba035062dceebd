package membertest

import (
	"crypto/sha256"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Words reads the arguments of one command of a scenario: words without a name, and
// name=value. A text that is not what it should be fails the test where it stands.
type Words struct {
	*testing.T
	*datadriven.TestData
}

// Bare is the argument in a place when it stands without a value, else empty.
func (p Words) Bare(n int) string {
	if len(p.CmdArgs) <= n || len(p.CmdArgs[n].Vals) > 0 {
		return ""
	}
	return p.CmdArgs[n].Key
}

// List are the values of an argument.
func (p Words) List(name string) []string {
	for _, a := range p.CmdArgs {
		if a.Key == name {
			return a.Vals
		}
	}
	return nil
}

// Text is the value of an argument, or what it is otherwise.
func (p Words) Text(name, otherwise string) string {
	if list := p.List(name); len(list) > 0 {
		return list[0]
	}
	return otherwise
}

func (p Words) must(name string, err error) {
	if err != nil {
		p.T.Fatalf("%s: %s: %v", p.Pos, name, err)
	}
}

// Fen is an amount of yuan such as 100.00, 0 when it is left out.
func (p Words) Fen(name, otherwise string) money.Fen {
	text := p.Text(name, otherwise)
	if text == "" {
		return 0
	}
	v, err := money.Parse(text)
	p.must(name, err)
	return v
}

// Percent is a rate as people write it, 3 or 2.62; here it may be negative.
func (p Words) Percent(name string, otherwise money.Rate) money.Rate {
	text := p.Text(name, "")
	if text == "" {
		return otherwise
	}
	size, negative := strings.CutPrefix(text, "-")
	v, err := money.ParseRateHuman(size)
	p.must(name, err)
	if negative {
		return -v
	}
	return v
}

// Number is a whole number.
func (p Words) Number(name, otherwise string) int64 {
	n, err := strconv.ParseInt(p.Text(name, otherwise), 10, 64)
	p.must(name, err)
	return n
}

// Date is a day such as 2027-03-31.
func (p Words) Date(name string, otherwise calendar.Date) calendar.Date {
	if !p.HasArg(name) {
		return otherwise
	}
	d, err := calendar.ParseDate(p.Text(name, ""))
	p.must(name, err)
	return d
}

// After is a time so long after another: 72h, or -1h for an hour before.
func (p Words) After(now calendar.Instant, name string, otherwise calendar.Instant) calendar.Instant {
	if !p.HasArg(name) {
		return otherwise
	}
	length, err := time.ParseDuration(p.Text(name, ""))
	p.must(name, err)
	return now.Add(length)
}

// Count reads fen without a name.
func (p Words) Count(text string) money.Fen {
	n, err := strconv.ParseInt(text, 10, 64)
	p.must(text, err)
	return money.Fen(n)
}

// Interval reads fen such as 1-100.
func (p Words) Interval(text string) interval.Interval {
	from, to, _ := strings.Cut(text, "-")
	return interval.Of(p.Count(from), p.Count(to))
}

// Member is the id of the firm that an argument names.
func (p Words) Member(name, otherwise string) string { return MemberOf(p.Text(name, otherwise)) }

// Document is the hash of a document with the argument's name; "none" is no hash.
func (p Words) Document(name, otherwise string) record.Digest {
	text := p.Text(name, otherwise)
	if text == "none" {
		return record.Digest{}
	}
	return sha256.Sum256([]byte(text))
}

// By is who signs: "STEEL" is its maker. with= are the firms that have approved the
// proposal, of the quorum=, a counterparty's when it is left out.
func (p Words) By(otherwise string) Signer {
	person := p.Text("by", otherwise)
	if !strings.Contains(person, "/") {
		person += "/maker"
	}
	by := Signer{Person: person, Quorum: Quorum(p.Text("quorum", "")), Approvers: p.List("with")}
	if by.Quorum == 0 && len(by.Approvers) > 0 {
		by.Quorum = record.QuorumCounterparty
	}
	return by
}

var firmName = regexp.MustCompile(`^[A-Z]{3,}[0-9]*$`)

// MemberOf is the id of a firm; a text that is no name is taken as it is.
func MemberOf(text string) string {
	if firmName.MatchString(text) {
		return ID(text)
	}
	return text
}
