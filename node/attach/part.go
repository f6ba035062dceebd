package attach

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
)

// headSize is how much of a file is looked at to tell its kind, in bytes.
const headSize = 512

// A media type that is kept: by which endings of names it is known, and how its bytes
// begin.
type form struct {
	media   string
	endings []string
	begins  []string
}

// forms are the media types that are kept. What a browser would run is not among them.
//
//nolint:gochecknoglobals // a constant table
var forms = []form{
	{"application/pdf", []string{".pdf"}, []string{"%PDF-"}},
	{"image/png", []string{".png"}, []string{"\x89PNG\r\n\x1a\n"}},
	{"image/jpeg", []string{".jpg", ".jpeg"}, []string{"\xff\xd8\xff"}},
	{"application/ofd", []string{".ofd"}, []string{"PK\x03\x04"}},
	{"application/xml", []string{".xml"}, []string{"<?xml", "\xef\xbb\xbf<?xml"}},
	{"application/zip", []string{".zip"}, []string{"PK\x03\x04"}},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []string{".xlsx"}, []string{"PK\x03\x04"}},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, []string{"PK\x03\x04"}},
}

// Media are the media types that are kept.
func Media() []string {
	list := make([]string, len(forms))
	for i, f := range forms {
		list[i] = f.media
	}
	return list
}

// MediaOf is the media type of a file by its name: BAD_FILE when none is kept.
func MediaOf(name string) (string, error) {
	ending := strings.ToLower(path.Ext(name))
	for _, f := range forms {
		for _, e := range f.endings {
			if e == ending {
				return f.media, nil
			}
		}
	}
	return "", code.BadFile.New("%.60q is no pdf, png, jpeg, ofd, xml, zip, xlsx or docx", name)
}

// CheckName accepts the name of a file: one segment of a path that looks the same to
// everybody. Empty is none.
func CheckName(name string) error {
	if name == "" {
		return nil
	}
	if strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
		return code.BadArgument.New("name %.60q is a path", name)
	}
	return member.CheckText("name", name, MaxName)
}

// Part is a file that was received and has no name yet. It belongs to one goroutine and
// ends with Drop.
type Part struct {
	Digest record.Digest
	Size   int64

	path string
	head []byte // the first bytes
}

// Spool writes what a reader gives to the store's disk, at most limit bytes
// (TOO_LARGE), synced. The caller drops the part in any case.
func (s *Store) Spool(r io.Reader, limit int64) (*Part, error) {
	f, err := os.CreateTemp(s.parts(), "part-") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	p := &Part{path: f.Name()}
	sum := sha256.New()
	err = p.fill(f, sum, r, limit)
	if closed := f.Close(); err == nil && closed != nil {
		err = fmt.Errorf("receive a file: %w", closed)
	}
	if err != nil {
		p.Drop()
		return nil, err
	}
	p.Digest = record.Digest(sum.Sum(nil))
	return p, nil
}

// readerError marks an error of the reader, not of the disk.
type readerError struct{ error }

type marked struct{ io.Reader }

func (m marked) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = readerError{err}
	}
	return n, err
}

func (p *Part) fill(f *os.File, sum hash.Hash, r io.Reader, limit int64) error {
	head := &beginning{}
	n, err := io.Copy(io.MultiWriter(f, sum, head), io.LimitReader(marked{r}, limit+1))
	var broken readerError
	switch {
	case errors.As(err, &broken):
		return code.BadRequest.New("the body cannot be read")
	case err != nil:
		return fmt.Errorf("receive a file: %w", err)
	case n > limit:
		return code.TooLarge.New("at most %d bytes", limit)
	}
	p.Size, p.head = n, head.bytes
	if err := f.Sync(); err != nil {
		return fmt.Errorf("receive a file: %w", err)
	}
	return nil
}

// beginning keeps the first bytes that are written to it.
type beginning struct{ bytes []byte }

func (b *beginning) Write(p []byte) (int, error) {
	if rest := headSize - len(b.bytes); rest > 0 {
		b.bytes = append(b.bytes, p[:min(rest, len(p))]...)
	}
	return len(p), nil
}

// Drop removes what was received, unless it became a file. It may be called twice.
func (p *Part) Drop() {
	if p.path != "" {
		_ = os.Remove(p.path) // it is gone when it became a file; else the next Open removes it
	}
}

// check refuses a part that is not of the media type it is said to be, or that is
// empty or too large.
func (p *Part) check(media string) error {
	kind, _, err := mime.ParseMediaType(media)
	if err != nil {
		return code.BadFile.New("%.60q is no media type", media)
	}
	switch {
	case p.Size == 0:
		return code.BadFile.New("it is empty")
	case p.Size > MaxFile:
		return code.TooLarge.New("%d bytes, more than %d", p.Size, MaxFile)
	}
	for _, f := range forms {
		if f.media != kind {
			continue
		}
		for _, b := range f.begins {
			if bytes.HasPrefix(p.head, []byte(b)) {
				return nil
			}
		}
		return code.BadFile.New("the bytes are not %s", kind)
	}
	return code.BadFile.New("files of type %.60q are not kept; these are: %s", kind, strings.Join(Media(), ", "))
}

func digestOf(text []byte) record.Digest { return sha256.Sum256(text) }

// readable turns the name of a file in an archive into UTF-8: archives made on older
// Chinese systems have GB 18030.
func readable(name string) (string, error) {
	if utf8.ValidString(name) {
		return name, nil
	}
	return fromGB18030(name)
}
