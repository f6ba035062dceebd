package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/iso20022"
	"github.com/tierledger/tierledger/node/reconcile"
)

// Media types of bodies with banks' messages besides mediaXML.
const (
	mediaZIP  = "application/zip"
	mediaForm = "multipart/form-data"
)

// Bounds of what is read at once.
const (
	maxMessages    = 20 << 20  // bytes of a body, and of one message
	maxUnpacked    = 100 << 20 // bytes of all messages of a body
	maxFiles       = 200       // messages of a body
	maxEntries     = 100_000   // accounts, entries and transactions of all messages of a body
	maxAccountPart = 10 << 20  // bytes of the list of accounts in a form
	maxFileName    = 100       // characters
	readingsAtOnce = 2
)

// bankFile is a message as it was sent, with its file's name if it has one.
type bankFile struct {
	name string
	open func() (io.ReadCloser, error)
}

// posted is a body with banks' messages, taken apart.
type posted struct {
	files    []bankFile
	accounts []deskAccount
}

// filesOf takes a body apart by its media type.
func filesOf(contentType string, body []byte) (*posted, error) {
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, code.BadRequest.New("the content type is %s, %s or %s", mediaXML, mediaZIP, mediaForm)
	}
	p := &posted{}
	if kind == mediaForm {
		err = p.form(body, parameters["boundary"])
	} else {
		err = p.add("", kind, body)
	}
	if err == nil && len(p.files) == 0 {
		err = code.BadFile.New("there is no message in what was sent")
	}
	return p, err
}

// add takes one file: a message, or an archive of some.
func (p *posted) add(name, kind string, data []byte) error {
	name = shownName(name)
	switch {
	case kind == mediaXML, kind == "text/xml", strings.HasSuffix(strings.ToLower(name), ".xml"):
		p.files = append(p.files, bankFile{name, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }})
	case kind == mediaZIP, kind == "application/x-zip-compressed", strings.HasSuffix(strings.ToLower(name), ".zip"):
		return p.archive(data)
	default:
		return code.BadRequest.New("the content type is %s, %s or %s", mediaXML, mediaZIP, mediaForm)
	}
	return p.count()
}

func (p *posted) count() error {
	if len(p.files) > maxFiles {
		return code.TooLarge.New("more than %d messages at once", maxFiles)
	}
	return nil
}

// archive takes the XML files of a ZIP archive. Nothing is unpacked here.
func (p *posted) archive(data []byte) error {
	// Each file has a header with this mark at the archive's end; they are counted before
	// they are believed.
	if bytes.Count(data, []byte("PK\x01\x02")) > 2*maxFiles {
		return code.TooLarge.New("an archive of more than %d files", maxFiles)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return code.BadFile.New("the archive cannot be read")
	}
	for _, f := range archive.File {
		name := shownName(f.Name)
		if strings.HasPrefix(f.Name, "__MACOSX/") || !strings.HasSuffix(strings.ToLower(name), ".xml") {
			continue
		}
		p.files = append(p.files, bankFile{name, f.Open})
		if err := p.count(); err != nil {
			return err
		}
	}
	return nil
}

// form takes the parts of a form: accounts is a list of numbers, every other one a file.
func (p *posted) form(body []byte, boundary string) error {
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for range 2 * maxFiles {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return code.BadRequest.New("the form cannot be read")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return code.BadRequest.New("the form cannot be read")
		}
		if part.FormName() == "accounts" {
			err = p.readAccounts(data)
		} else {
			kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")) // without one the name's ending says it
			err = p.add(part.FileName(), kind, data)
		}
		if err != nil {
			return err
		}
	}
	return code.TooLarge.New("a form of more than %d parts", 2*maxFiles)
}

func (p *posted) readAccounts(data []byte) error {
	if len(data) > maxAccountPart {
		return code.TooLarge.New("a list of accounts of more than %d bytes", maxAccountPart)
	}
	if p.accounts != nil {
		return code.BadRequest.New("accounts are given twice")
	}
	if err := json.Unmarshal(data, &p.accounts, json.RejectUnknownMembers(true)); err != nil {
		return code.BadRequest.New("accounts are a JSON list of member, account, number, name and salt")
	}
	return nil
}

// shownName is the last part of a file's name, as it can be shown.
func shownName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return ""
	}
	clean := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c == utf8.RuneError {
			return '_'
		}
		return c
	}, name)
	runes := []rune(clean)
	return string(runes[max(0, len(runes)-maxFileName):])
}

// bankMessage is a message that was read, with its file's name.
type bankMessage struct {
	name string
	reconcile.Message
}

// messages reads all files, each of which must be of the bank.
func (p *posted) messages(bank string) ([]bankMessage, error) {
	list := make([]bankMessage, 0, len(p.files))
	limits := iso20022.DefaultLimits()
	left, items := int64(maxUnpacked), maxEntries
	for i := range p.files {
		name := nameOf(p.files[i].name, i+1)
		limits.Bytes, limits.Items = min(maxMessages, left), items
		m, size, err := p.files[i].read(limits)
		if refusal := code.Of(err); refusal != nil {
			return nil, refusal.Code.New("%s: %s", name, refusal.Detail)
		}
		if err != nil {
			return nil, err
		}
		if refusal := code.Of(m.Of(bank)); refusal != nil {
			return nil, refusal.Code.New("%s: %s", name, refusal.Detail)
		}
		left -= size
		for j := range m.Header.Accounts {
			items -= 1 + m.Header.Accounts[j].Entries
		}
		items -= len(m.Items)
		if left <= 0 || items <= 0 {
			if i+1 < len(p.files) {
				return nil, code.TooLarge.New("%s: more than can be read at once; divide it", name)
			}
		}
		list = append(list, bankMessage{name, m})
	}
	return list, nil
}

// read reads one file, and gives how many bytes it had.
func (f *bankFile) read(limits iso20022.Limits) (m reconcile.Message, size int64, err error) {
	in, err := f.open()
	if err != nil {
		return m, 0, code.BadFile.New("it cannot be unpacked")
	}
	counted := &countingReader{from: in}
	m, err = reconcile.ReadMessage(counted, limits)
	if code.Of(err) == nil && err != nil { // of a body in memory, only what is packed can fail
		err = code.BadFile.New("it cannot be unpacked")
	}
	if closed := in.Close(); err == nil && closed != nil {
		err = code.BadFile.New("it cannot be unpacked")
	}
	return m, counted.size, err
}

// countingReader counts what is read.
type countingReader struct {
	from io.Reader
	size int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.size += int64(n)
	return n, err
}
