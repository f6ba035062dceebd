package iso20022

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
)

// taker takes values out of elements that were read. An element given twice refuses
// the file; a value that cannot be used is a problem of what is being made of it.
type taker struct {
	scan    *scanner
	refusal error
	problem string // the first
}

// wrong notes a problem.
func (t *taker) wrong(format string, args ...any) {
	if t.problem == "" {
		t.problem = fmt.Sprintf(format, args...)
	}
}

// strict gives an error for a problem too: for what a whole file rests on.
func (t *taker) strict(e *element) error {
	if t.refusal == nil && t.problem != "" {
		t.refusal = t.scan.refuse(e.line, "%s", t.problem)
	}
	return t.refusal
}

// at goes down a path of elements that may be there once, and gives nil where it ends.
func (t *taker) at(e *element, path ...string) *element {
	for _, name := range path {
		if e == nil {
			return nil
		}
		var found *element
		for _, child := range e.children {
			if child.name != name {
				continue
			}
			if found != nil && t.refusal == nil {
				t.refusal = t.scan.refuse(child.line, "%s is given twice in %.40q", name, e.name)
			}
			found = child
		}
		e = found
	}
	return e
}

// each gives the children of a name that may repeat.
func each(e *element, name string) (all []*element) {
	if e == nil {
		return nil
	}
	for _, child := range e.children {
		if child.name == name {
			all = append(all, child)
		}
	}
	return all
}

// word takes a text that is compared: one with a character that cannot be shown, or
// longer than the standard has it, is a problem.
func (t *taker) word(most int, e *element, path ...string) string {
	if e = t.at(e, path...); e == nil {
		return ""
	}
	text, ok := clean(e.text)
	if !ok {
		t.wrong("%s has a character that cannot be shown", e.name)
	}
	if utf8.RuneCountInString(text) > most {
		t.wrong("%s is longer than %d characters", e.name, most)
	}
	return cut(text, most)
}

// id takes an identification.
func (t *taker) id(e *element, path ...string) string { return t.word(maxID, e, path...) }

// prose takes a text that is only shown: lines become one, and what is too long is cut.
func (t *taker) prose(most int, e *element, path ...string) string {
	if e = t.at(e, path...); e == nil {
		return ""
	}
	lines := strings.FieldsFunc(e.text, func(c rune) bool { return c == '\t' || c == '\r' || c == '\n' })
	for i := range lines {
		lines[i] = strings.Trim(lines[i], " ")
	}
	text, ok := clean(strings.Trim(strings.Join(lines, " "), " "))
	if !ok {
		t.wrong("%s has a character that cannot be shown", e.name)
	}
	return cut(text, most)
}

// all takes the texts of an element that may repeat, as one.
func (t *taker) all(e *element, name string) string {
	var parts []string
	for _, part := range each(e, name) {
		parts = append(parts, t.prose(maxProse, part))
	}
	return cut(strings.Join(parts, " "), maxProse)
}

// amount takes an amount in CNY; ok is false if there is none.
func (t *taker) amount(e *element, path ...string) (amount money.Fen, ok bool) {
	if e = t.at(e, path...); e == nil {
		return 0, false
	}
	if e.currency != currency {
		t.wrong("the amount %.40q is in %.10q, and only %s can be used", e.text, e.currency, currency)
		return 0, true
	}
	amount, why := parseAmount(e.text)
	if why != "" {
		t.wrong("the amount %.40q %s", e.text, why)
	}
	return amount, true
}

// time takes a point in time.
func (t *taker) time(e *element, path ...string) calendar.Instant {
	if e = t.at(e, path...); e == nil {
		return 0
	}
	i, ok := parseTime(e.text)
	if !ok {
		t.wrong("%s %.40q is not a time", e.name, e.text)
		return 0
	}
	return i
}

// moment takes a choice of Dt and DtTm.
func (t *taker) moment(e *element, path ...string) Moment {
	if e = t.at(e, path...); e == nil {
		return Moment{}
	}
	if i := t.time(e, "DtTm"); i != 0 {
		return At(i)
	}
	day := t.at(e, "Dt")
	if day == nil {
		return Moment{}
	}
	d, ok := parseDay(day.text)
	if !ok {
		t.wrong("%s %.40q is not a day", e.name, day.text)
		return Moment{}
	}
	return On(d)
}

// direction takes a credit or debit indicator; none is empty.
func (t *taker) direction(e *element, path ...string) Direction {
	if e = t.at(e, path...); e == nil {
		return ""
	}
	switch e.text {
	case "CRDT":
		return Credit
	case "DBIT":
		return Debit
	}
	t.wrong("%s %.40q is neither CRDT nor DBIT", e.name, e.text)
	return ""
}

// account takes the number of an account.
func (t *taker) account(e *element, path ...string) Account {
	id := t.at(t.at(e, path...), "Id")
	iban, other := t.word(maxAccount, id, "IBAN"), t.word(maxAccount, id, "Othr", "Id")
	if iban != "" && other != "" {
		t.wrong("an account has two numbers")
	}
	return Account(iban + other)
}

// party takes a party, which newer versions wrap in a choice of party and bank.
func (t *taker) party(e *element, path ...string) Party {
	e = t.at(e, path...)
	if agent := t.at(e, "Agt"); agent != nil {
		a := t.agent(agent)
		return Party{Name: a.Name, Code: a.Code}
	}
	if wrapped := t.at(e, "Pty"); wrapped != nil {
		e = wrapped
	}
	p := Party{Name: t.prose(maxName, e, "Nm")}
	for _, other := range each(t.at(e, "Id", "OrgId"), "Othr") {
		id := t.social(other)
		if id == "" {
			continue
		}
		if p.Code != "" && p.Code != id {
			t.wrong("a party has two social credit codes")
		}
		p.Code = id
	}
	return p
}

// agent takes a bank.
func (t *taker) agent(e *element, path ...string) Agent {
	bank := t.at(t.at(e, path...), "FinInstnId")
	a := Agent{
		Code:   t.social(t.at(bank, "Othr")),
		Member: t.id(bank, "ClrSysMmbId", "MmbId"),
		BIC:    t.id(bank, "BICFI"),
		Name:   t.prose(maxName, bank, "Nm"),
	}
	if old := t.id(bank, "BIC"); a.BIC == "" { // until version 02
		a.BIC = old
	}
	return a
}

// social takes a social credit code from an identification of our scheme, or from one
// of no named scheme that is such a code. Identifications of other schemes are others.
func (t *taker) social(other *element) string {
	id := t.id(other, "Id")
	scheme := t.id(other, "SchmeNm", "Prtry") + t.id(other, "SchmeNm", "Cd")
	if id == "" || scheme != "" && scheme != socialScheme {
		return ""
	}
	if number.CheckSocialCredit(id) != nil {
		if scheme == socialScheme {
			t.wrong("%.40q is not a social credit code", id)
		}
		return ""
	}
	return id
}

// reason takes why something was refused or returned.
func (t *taker) reason(e *element) Reason {
	if e == nil {
		return Reason{}
	}
	because := t.at(e, "Rsn")
	r := Reason{Code: t.id(because, "Cd"), Text: t.all(e, "AddtlInf")}
	if r.Code == "" {
		r.Code = t.id(because, "Prtry")
	}
	return r
}

// endToEnd takes the end-to-end identification, which banks fill if there is none.
func (t *taker) endToEnd(e *element, path ...string) string {
	id := t.id(e, path...)
	if id == notProvided {
		return ""
	}
	return id
}
