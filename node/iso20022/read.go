package iso20022

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// namespace is what comes before the identifier of a message.
const namespace = "urn:iso:std:iso:20022:tech:xsd:"

// message is one that the package reads.
type message struct {
	kind     Kind
	root     string   // element below Document
	versions []string // the first is the one written
}

var messages = []message{
	{Pain001, "CstmrCdtTrfInitn", []string{"pain.001.001.10"}},
	{Pain002, "CstmrPmtStsRpt", []string{"pain.002.001.11", "pain.002.001.03"}},
	{Camt053, "BkToCstmrStmt", []string{"camt.053.001.08", "camt.053.001.04", "camt.053.001.02"}},
	{Camt054, "BkToCstmrDbtCdtNtfctn", []string{"camt.054.001.08", "camt.054.001.04", "camt.054.001.02"}},
}

// messageOf finds the row of a kind. Every kind has one.
func messageOf(kind Kind) message {
	return messages[slices.IndexFunc(messages, func(m message) bool { return m.kind == kind })]
}

// Sniff says which message a stream holds, from its root element, and refuses with
// BAD_FILE what is none that this package reads. It consumes the start of the stream:
// to read the message, begin again.
func Sniff(r io.Reader) (Kind, error) {
	m, _, err := newScanner(r, DefaultLimits()).document()
	return m.kind, err
}

// Read reads a message of a bank, a pain.002, camt.053 or camt.054, and gives its items
// in order. An error of visit ends the reading and is given back.
//
// Only when Read returns without an error is the file known to be whole: until then
// nothing may rest on an item. A file that cannot be read is refused with BAD_FILE, one
// beyond the limits with TOO_LARGE; an error that holds no code is the stream's or
// visit's. The header is complete only without an error.
func Read(r io.Reader, limits Limits, visit func(Item) error) (Header, error) {
	s := newScanner(r, limits)
	m, version, err := s.document()
	if err != nil {
		return Header{}, err
	}
	in := &reading{scanner: s, visit: visit, header: Header{Kind: m.kind, Version: version}}
	switch m.kind {
	case Pain002:
		err = s.walk(in.only(m.root, in.statusReport))
	case Camt053, Camt054:
		err = s.walk(in.only(m.root, in.accountReport))
	case Pain001:
		err = s.refuse(s.line(), "a %s is written to a bank; this reads what a bank answers", m.kind)
	}
	if err == nil {
		err = s.end()
	}
	if err == nil && in.header.Message == "" {
		err = s.refuse(s.line(), "the message has no GrpHdr")
	}
	return in.header, err
}

// document reads up to the open root element.
func (s *scanner) document() (m message, version string, err error) {
	if start, err := s.source.from.Peek(2); err == nil && (string(start) == "\xff\xfe" || string(start) == "\xfe\xff") {
		return m, "", s.refuse(1, "the file is in UTF-16, and must be in UTF-8")
	}
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			return m, "", s.refuse(s.line(), "the file is empty")
		}
		if err != nil {
			return m, "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return s.identify(t)
		case xml.CharData:
			if !blank(t) {
				return m, "", s.refuse(s.line(), "the file is no XML")
			}
		}
	}
}

func (s *scanner) identify(root xml.StartElement) (message, string, error) {
	version, ok := strings.CutPrefix(root.Name.Space, namespace)
	if root.Name.Local != "Document" || !ok {
		return message{}, "", s.refuse(s.line(), "the root is %.40q of namespace %.80q, and must be Document of %s...",
			root.Name.Local, root.Name.Space, namespace)
	}
	var known []string
	for _, m := range messages {
		if slices.Contains(m.versions, version) {
			s.space = root.Name.Space
			return m, version, nil
		}
		known = append(known, m.versions...)
	}
	return message{}, "", s.refuse(s.line(), "the message is a %.40q; read are %s", version, strings.Join(known, ", "))
}

// end refuses what follows the root element.
func (s *scanner) end() error {
	for {
		token, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t, ok := token.(xml.CharData); !ok || !blank(t) {
			return s.refuse(s.line(), "something follows the end of the message")
		}
	}
}

// reading is the state of one Read.
type reading struct {
	*scanner
	visit   func(Item) error
	header  Header
	entries int // so far
}

// only visits the one child that a document has.
func (s *scanner) only(root string, visit func() error) func(xml.StartElement) error {
	seen := false
	return func(child xml.StartElement) error {
		if child.Name.Local != root || seen {
			return s.refuse(s.line(), "%.40q where one %s belongs", child.Name.Local, root)
		}
		seen = true
		return visit()
	}
}

// groupHeader reads what every message begins with, and gives the element for more.
func (in *reading) groupHeader(start xml.StartElement) (*element, error) {
	if in.header.Message != "" {
		return nil, in.refuse(in.line(), "GrpHdr is given twice")
	}
	e, err := in.tree(start)
	if err != nil {
		return nil, err
	}
	t := taker{scan: in.scanner}
	in.header.Message = t.id(e, "MsgId")
	in.header.Created = t.time(e, "CreDtTm")
	if in.header.Message == "" || in.header.Created.IsZero() {
		t.wrong("GrpHdr needs MsgId and CreDtTm")
	}
	return e, t.strict(e)
}

// give completes an item and hands it to the visitor.
func (in *reading) give(item Item) error {
	if in.header.Message == "" {
		return in.refuse(item.Line, "GrpHdr must come first")
	}
	in.header.Items++
	item.Message, item.Index = in.header.Message, in.header.Items
	return in.visit(item)
}
