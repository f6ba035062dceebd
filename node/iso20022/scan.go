package iso20022

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Limits bound what is read of a file. What is beyond them is refused with TOO_LARGE.
type Limits struct {
	Bytes  int64 // of the whole file
	Tokens int   // tags, texts and comments
	Depth  int   // elements within elements
	Items  int   // accounts, entries and transactions
	Text   int   // bytes of one text, tag or comment
}

// DefaultLimits leave room for 100,000 transactions in a file.
func DefaultLimits() Limits {
	return Limits{Bytes: 256 << 20, Tokens: 50_000_000, Depth: 40, Items: 500_000, Text: 16 << 10}
}

const (
	// maxElements is how many elements one transaction, balance or header may have.
	maxElements = 2_000
	// maxAttributes is how many attributes one element may have. What is read has one.
	maxAttributes = 16
	// supplementary may hold anything, and is skipped.
	supplementary = "SplmtryData"
	spaces        = " \t\r\n"
)

// metered hands on bytes one by one and stops at the limits, so that neither a bomb
// nor one endless tag fills the memory: the decoder holds one token at a time.
type metered struct {
	from    *bufio.Reader
	left    int64 // of the whole file
	token   int   // bytes since the token began
	most    int   // bytes of one token
	refusal error // which limit was met
	failure error // what the source failed with
}

// ReadByte gives the next byte. The decoder reads in no other way.
func (m *metered) ReadByte() (byte, error) {
	if m.left <= 0 {
		if _, err := m.from.Peek(1); err == nil {
			m.refusal = code.TooLarge.New("the file is larger than allowed; divide it")
			return 0, m.refusal
		}
	}
	if m.token >= m.most {
		m.refusal = code.TooLarge.New("a text or tag of more than %d bytes", m.most)
		return 0, m.refusal
	}
	b, err := m.from.ReadByte()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			m.failure = err
		}
		return 0, err
	}
	m.left--
	m.token++
	return b, nil
}

// Read is there because xml.NewDecoder asks for a reader.
func (m *metered) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := m.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// scanner reads a file token by token and refuses what has no place in a message. Its
// walk and tree consume an element whose start was read, up to its end.
type scanner struct {
	source  *metered
	decoder *xml.Decoder
	limits  Limits
	space   string // namespace of the message, empty before its root
	depth   int
	tokens  int
	items   int
	entry   int // number of the entry being read, 0 outside
}

func newScanner(r io.Reader, limits Limits) *scanner {
	m := &metered{from: bufio.NewReader(r), left: limits.Bytes, most: limits.Text}
	if bom, err := m.from.Peek(3); err == nil && string(bom) == "\ufeff" {
		_, _ = m.from.Discard(3) // just peeked
	}
	s := &scanner{source: m, decoder: xml.NewDecoder(m), limits: limits}
	s.decoder.CharsetReader = func(label string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("the file is in %.20q, and must be in UTF-8", label)
	}
	return s
}

// line is where the reading is.
func (s *scanner) line() int {
	line, _ := s.decoder.InputPos()
	return line
}

// refuse makes a refusal of the file that names a line and, within one, the entry.
func (s *scanner) refuse(line int, format string, args ...any) error {
	where := fmt.Sprintf("line %d", line)
	if s.entry > 0 {
		where += fmt.Sprintf(", entry %d", s.entry)
	}
	return code.BadFile.New("%s: %s", where, fmt.Sprintf(format, args...))
}

// count adds an entry or a transaction to those read.
func (s *scanner) count() error {
	if s.items++; s.items > s.limits.Items {
		return code.TooLarge.New("line %d: more than %d entries; divide the file", s.line(), s.limits.Items)
	}
	return nil
}

// next gives the next start, end or text, and io.EOF after the last.
func (s *scanner) next() (xml.Token, error) {
	for {
		s.source.token = 0
		token, err := s.decoder.Token()
		if err != nil {
			return nil, s.broken(err)
		}
		if s.tokens++; s.tokens > s.limits.Tokens {
			return nil, code.TooLarge.New("line %d: more than %d elements and texts", s.line(), s.limits.Tokens)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, s.refuse(s.line(), "a document type or other directive has no place in a message")
		case xml.ProcInst:
			if t.Target != "xml" || s.tokens > 1 {
				return nil, s.refuse(s.line(), "a processing instruction has no place in a message")
			}
		case xml.StartElement:
			if err := s.start(t); err != nil {
				return nil, err
			}
			return t, nil
		case xml.EndElement:
			s.depth--
			return t, nil
		case xml.CharData:
			return t, nil
		}
	}
}

func blank(t xml.CharData) bool { return len(bytes.Trim(t, spaces)) == 0 }

func (s *scanner) start(t xml.StartElement) error {
	if s.depth++; s.depth > s.limits.Depth {
		return code.TooLarge.New("line %d: elements more than %d deep", s.line(), s.limits.Depth)
	}
	if len(t.Attr) > maxAttributes {
		return s.refuse(s.line(), "%.40q has more than %d attributes", t.Name.Local, maxAttributes)
	}
	for i, a := range t.Attr {
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return s.refuse(s.line(), "attribute %.40q is given twice", a.Name.Local)
			}
		}
	}
	return nil
}

// broken says in a refusal what the decoder met. io.EOF stays what it is.
func (s *scanner) broken(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case s.source.refusal != nil:
		return code.TooLarge.New("line %d: %s", s.line(), code.Of(s.source.refusal).Detail)
	case s.source.failure != nil:
		return fmt.Errorf("read the file: %w", s.source.failure)
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &syntax):
		return s.refuse(syntax.Line, "%.120s", syntax.Msg)
	}
	return s.refuse(s.line(), "%.120s", strings.TrimPrefix(err.Error(), "xml: "))
}

// ours refuses an element of another namespace: skipping it would lose what it says.
func (s *scanner) ours(t xml.StartElement) error {
	if t.Name.Space != s.space {
		return s.refuse(s.line(), "%.40q is of another namespace than the message", t.Name.Local)
	}
	return nil
}

// walk gives each child of the open element to visit, which consumes it.
func (s *scanner) walk(visit func(child xml.StartElement) error) error {
	for {
		token, err := s.next()
		if err != nil {
			return s.early(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := s.ours(t); err != nil {
				return err
			}
			if err := visit(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		case xml.CharData:
			if !blank(t) {
				return s.refuse(s.line(), "text where only elements belong")
			}
		}
	}
}

// skip consumes the open element without a look at what is in it.
func (s *scanner) skip() error {
	for open := 1; open > 0; {
		token, err := s.next()
		if err != nil {
			return s.early(err)
		}
		switch token.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	return nil
}

func (s *scanner) early(err error) error {
	if errors.Is(err, io.EOF) {
		return s.refuse(s.line(), "the file ends too early")
	}
	return err
}

// element is one that was read whole, with all that is in it.
type element struct {
	name     string
	line     int
	text     string // trimmed; elements with children have none
	currency string // attribute Ccy
	children []*element
}

// tree reads the element that start opened.
func (s *scanner) tree(start xml.StartElement) (*element, error) {
	left := maxElements
	return s.subtree(start, &left)
}

// subtree calls itself at most as deep as the limits allow.
func (s *scanner) subtree(start xml.StartElement, left *int) (*element, error) {
	if *left--; *left < 0 {
		return nil, s.refuse(s.line(), "more than %d elements in one part", maxElements)
	}
	e := &element{name: start.Name.Local, line: s.line()}
	for _, a := range start.Attr {
		if a.Name.Space == "" && a.Name.Local == "Ccy" {
			e.currency = a.Value
		}
	}
	for {
		token, err := s.next()
		if err != nil {
			return nil, s.early(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			child, err := s.child(t, left)
			if err != nil {
				return nil, err
			}
			if child != nil {
				e.children = append(e.children, child)
			}
		case xml.CharData:
			if len(e.children) > 0 && blank(t) {
				continue
			}
			if e.text += string(t); len(e.text) > s.limits.Text {
				return nil, code.TooLarge.New("line %d: a text of more than %d bytes", s.line(), s.limits.Text)
			}
		case xml.EndElement:
			e.text = strings.Trim(e.text, spaces)
			if e.text != "" && len(e.children) > 0 {
				return nil, s.refuse(e.line, "%.40q has text beside its elements", e.name)
			}
			return e, nil
		}
	}
}

func (s *scanner) child(t xml.StartElement, left *int) (*element, error) {
	if t.Name.Local == supplementary {
		return nil, s.skip()
	}
	if err := s.ours(t); err != nil {
		return nil, err
	}
	return s.subtree(t, left)
}
