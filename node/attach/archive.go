package attach

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Limits of an archive of files.
const (
	// MaxArchive is the size of the largest archive, in bytes.
	MaxArchive = 50 << 20
	// MaxUnpacked is how many bytes an archive may have in all its files.
	MaxUnpacked = 200 << 20
	// MaxEntries is how many files, directories not counted, an archive may have.
	MaxEntries = 1000
)

func fromGB18030(name string) (string, error) {
	text, err := simplifiedchinese.GB18030.NewDecoder().String(name)
	if err != nil {
		return "", code.BadFile.New("a name in the archive is neither UTF-8 nor GB 18030")
	}
	return text, nil
}

// PutArchive keeps every file of a ZIP archive, all or none, in the archive's order.
// Sizes are counted as bytes come out, whatever the archive says of itself. Refused are
// what is no archive, names that lead out of it, links and devices, files that Put
// refuses (BAD_FILE), and too many or too large ones (TOO_LARGE).
func (s *Store) PutArchive(p *Part, by By) ([]Owned, error) {
	if err := p.checkDirectory(); err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(p.path)
	if err != nil {
		return nil, code.BadFile.New("not a ZIP archive")
	}
	defer func() { _ = archive.Close() }() // only read
	entries, names, err := entriesOf(&archive.Reader)
	if err != nil {
		return nil, err
	}
	parts, media := make([]*Part, 0, len(entries)), make([]string, len(entries))
	defer func() {
		for _, p := range parts {
			p.Drop()
		}
	}()
	left := int64(MaxUnpacked)
	for i, entry := range entries {
		if media[i], err = MediaOf(names[i]); err != nil {
			return nil, err
		}
		part, err := s.unpack(entry, min(left, MaxFile))
		if err != nil {
			return nil, inArchive(names[i], err)
		}
		parts = append(parts, part)
		left -= part.Size
		if err := part.check(media[i]); err != nil {
			return nil, inArchive(names[i], err)
		}
		names[i] = path.Base(names[i])
	}
	return s.put(parts, media, names, by)
}

// inArchive names the file of an archive that is refused.
func inArchive(name string, err error) error {
	if refused := code.Of(err); refused != nil {
		return refused.Code.New("%.60q: %s", name, refused.Detail)
	}
	return fmt.Errorf("unpack %.60q: %w", name, err)
}

// checkDirectory refuses an archive with far more entries than are taken, before its
// directory is read into memory: every entry of the directory opens with a mark.
func (p *Part) checkDirectory() error {
	f, err := os.Open(p.path)
	if err != nil {
		return fmt.Errorf("read an archive: %w", err)
	}
	defer func() { _ = f.Close() }() // only read
	mark := []byte("PK\x01\x02")
	const most = 4 * MaxEntries // directories and marks by chance among them
	chunk, kept, count := make([]byte, 1<<16), 0, 0
	for {
		n, err := f.Read(chunk[kept:])
		count += bytes.Count(chunk[:kept+n], mark)
		if count > most {
			return code.TooLarge.New("an archive has at most %d files", MaxEntries)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read an archive: %w", err)
		}
		// A mark may begin at the end of one chunk and end in the next.
		kept = copy(chunk, chunk[max(0, kept+n-len(mark)+1):kept+n])
	}
}

// entriesOf are the files of an archive with their paths in it.
func entriesOf(archive *zip.Reader) (entries []*zip.File, names []string, err error) {
	for _, entry := range archive.File {
		name, err := readable(entry.Name)
		if err != nil {
			return nil, nil, err
		}
		mode := entry.Mode()
		if mode.IsDir() {
			continue
		}
		if !filepath.IsLocal(name) || !fs.ValidPath(name) || !mode.IsRegular() {
			return nil, nil, code.BadFile.New("the archive has %.60q, which is no file within it", name)
		}
		if err := CheckName(path.Base(name)); err != nil {
			return nil, nil, code.BadFile.New("the archive has a file that cannot be named %.60q", name)
		}
		if len(entries) == MaxEntries {
			return nil, nil, code.TooLarge.New("an archive has at most %d files", MaxEntries)
		}
		entries, names = append(entries, entry), append(names, name)
	}
	if len(entries) == 0 {
		return nil, nil, code.BadFile.New("the archive has no file")
	}
	return entries, names, nil
}

func (s *Store) unpack(entry *zip.File, limit int64) (*Part, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, code.BadFile.New("cannot be unpacked")
	}
	defer func() { _ = r.Close() }() // only read
	p, err := s.Spool(io.Reader(r), limit)
	if code.BadRequest.Is(err) {
		return nil, code.BadFile.New("cannot be unpacked")
	}
	return p, err
}
