package iso20022

import (
	"bufio"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
)

// socialScheme names the scheme of a unified social credit code where an
// identification says its scheme.
const socialScheme = "USCC"

// writer writes elements to lines of their own, with tabs; those of a party, a bank or
// a single value share one. The same message gives the same bytes. The writer expects
// texts that were checked, and keeps the first error.
type writer struct {
	to    *bufio.Writer
	depth int
	flat  int // how many elements share the line
	err   error
}

// begin starts a document of a kind, and end finishes it.
func begin(w io.Writer, kind Kind) *writer {
	m := messageOf(kind)
	out := &writer{to: bufio.NewWriterSize(w, 64<<10)}
	out.raw(strings.TrimSuffix(xml.Header, "\n"))
	out.newline()
	out.raw(`<Document xmlns="` + namespace + m.versions[0] + `">`)
	out.depth++
	out.open(m.root)
	return out
}

func (w *writer) end(kind Kind) error {
	w.shut(messageOf(kind).root)
	w.shut("Document")
	w.raw("\n")
	if w.err == nil {
		w.err = w.to.Flush()
	}
	return w.err
}

func (w *writer) raw(s string) {
	if w.err == nil {
		_, w.err = w.to.WriteString(s)
	}
}

func (w *writer) newline() {
	if w.flat > 0 {
		return
	}
	w.raw("\n")
	for range w.depth {
		w.raw("\t")
	}
}

func (w *writer) open(name string) {
	w.newline()
	w.raw("<" + name + ">")
	w.depth++
}

func (w *writer) shut(name string) {
	w.depth--
	w.newline()
	w.raw("</" + name + ">")
}

// in writes what is inside an element of its own.
func (w *writer) in(name string, inside func()) {
	w.open(name)
	inside()
	w.shut(name)
}

// line is in, all on one line.
func (w *writer) line(name string, inside func()) {
	w.newline()
	w.flat++
	w.in(name, inside)
	w.flat--
}

// leaf writes an element with a text, and nothing for an empty text.
func (w *writer) leaf(name, text string) { w.leafWith(name, "", text) }

func (w *writer) leafWith(name, attributes, text string) {
	if text == "" {
		return
	}
	w.newline()
	w.raw("<" + name + attributes + ">")
	if w.err == nil {
		w.err = xml.EscapeText(w.to, []byte(text))
	}
	w.raw("</" + name + ">")
}

// within writes a text inside nested elements, on one line.
func (w *writer) within(text string, names ...string) {
	if text == "" {
		return
	}
	if len(names) == 1 {
		w.leaf(names[0], text)
		return
	}
	w.line(names[0], func() { w.within(text, names[1:]...) })
}

func (w *writer) amount(name string, f money.Fen) {
	w.leafWith(name, ` Ccy="`+currency+`"`, f.String())
}

func (w *writer) number(name string, n int) { w.leaf(name, strconv.Itoa(n)) }

func (w *writer) time(name string, i calendar.Instant) {
	if !i.IsZero() {
		w.leaf(name, i.String())
	}
}

func (w *writer) moment(name string, m Moment) {
	switch {
	case m.IsZero():
	case m.Time.IsZero():
		w.within(m.Date.String(), name, "Dt")
	default:
		w.within(m.Time.String(), name, "DtTm")
	}
}

// party writes a party, and nothing for an empty one.
func (w *writer) party(name string, p Party) {
	if p == (Party{}) {
		return
	}
	w.line(name, func() {
		w.leaf("Nm", p.Name)
		if p.Code != "" {
			w.in("Id", func() { w.in("OrgId", func() { w.social(p.Code) }) })
		}
	})
}

// partyChoice writes a party where a bank could stand too.
func (w *writer) partyChoice(name string, p Party) {
	if p != (Party{}) {
		w.line(name, func() { w.party("Pty", p) })
	}
}

// social writes a social credit code with the name of its scheme.
func (w *writer) social(id string) {
	w.in("Othr", func() {
		w.leaf("Id", id)
		w.within(socialScheme, "SchmeNm", "Prtry")
	})
}

func (w *writer) account(name string, a Account) { w.within(string(a), name, "Id", "Othr", "Id") }

// agent writes a bank, and nothing for an empty one.
func (w *writer) agent(name string, a Agent) {
	if a == (Agent{}) {
		return
	}
	w.line(name, func() {
		w.in("FinInstnId", func() {
			if a.Member != "" {
				w.in("ClrSysMmbId", func() {
					w.within("CNAPS", "ClrSysId", "Cd")
					w.leaf("MmbId", a.Member)
				})
			}
			w.leaf("Nm", a.Name)
			w.social(a.Code)
		})
	})
}

// reason writes why something was refused or returned.
func (w *writer) reason(name string, r Reason) {
	if r == (Reason{}) {
		return
	}
	w.in(name, func() {
		w.within(r.Code, "Rsn", "Cd")
		w.leaf("AddtlInf", r.Text)
	})
}

// groupHeader writes what every message begins with.
func (w *writer) groupHeader(id string, created calendar.Instant, more func()) {
	w.in("GrpHdr", func() {
		w.leaf("MsgId", id)
		w.time("CreDtTm", created)
		more()
	})
}
