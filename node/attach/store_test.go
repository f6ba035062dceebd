package attach_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/attach"
	"github.com/tierledger/tierledger/node/local"
)

const supplier, buyer = "91330000MA27U00A0X", "91330000MA27U00B08"

func by(member string) attach.By {
	return attach.By{Member: member, Person: "maker", At: calendar.Instant(1_767_579_200_000)}
}

func openLocal(t *testing.T, fs vfs.FS) *local.Local {
	t.Helper()
	l, err := local.Open("local", "test-net", store.Options{FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func open(t *testing.T, quota int64) *attach.Store {
	t.Helper()
	s, err := attach.Open(filepath.Join(t.TempDir(), "attachments"), openLocal(t, vfs.NewMem()), quota)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func spool(t *testing.T, s *attach.Store, text string) *attach.Part {
	t.Helper()
	p, err := s.Spool(strings.NewReader(text), attach.MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Drop)
	return p
}

func digest(text string) record.Digest { return sha256.Sum256([]byte(text)) }

const pdf = "%PDF-1.7\n1 0 obj"

func TestAFileIsKeptAsItIs(t *testing.T) {
	s := open(t, 100)
	for range 2 { // the same file again is the same file
		o, err := s.Put(spool(t, s, pdf), digest(pdf), "application/pdf", "合同.pdf", by(supplier))
		if err != nil || o.Digest != digest(pdf) || o.Size != int64(len(pdf)) || o.Name != "合同.pdf" || o.Media != "application/pdf" {
			t.Fatalf("kept as %+v, %v", o, err)
		}
	}
	if used, quota := s.Used(supplier); used != int64(len(pdf)) || quota != 100 {
		t.Errorf("%d of %d used", used, quota)
	}
	f, err := s.Find(digest(pdf))
	if err != nil || f == nil {
		t.Fatalf("found %+v, %v", f, err)
	}
	if text, err := s.Read(f); err != nil || string(text) != pdf {
		t.Errorf("read %q, %v", text, err)
	}
	if o, err := s.OwnedBy(buyer, digest(pdf)); o != nil || err != nil {
		t.Errorf("it is also the buyer's: %+v, %v", o, err)
	}
}

func TestWhatIsNotAsItIsSaidToBeIsRefused(t *testing.T) {
	s := open(t, 1<<20)
	for name, c := range map[string]struct {
		text, media string
		digest      record.Digest
		want        code.Code
	}{
		"another digest":             {pdf, "application/pdf", digest("other"), code.BadFile},
		"a page that a browser runs": {"<html><script>", "text/html", digest("<html><script>"), code.BadFile},
		"html called pdf":            {"<html><script>", "application/pdf", digest("<html><script>"), code.BadFile},
		"a picture called pdf":       {"\x89PNG\r\n\x1a\n", "application/pdf", digest("\x89PNG\r\n\x1a\n"), code.BadFile},
		"no media type":              {pdf, "", digest(pdf), code.BadFile},
		"nothing":                    {"", "application/pdf", digest(""), code.BadFile},
	} {
		if _, err := s.Put(spool(t, s, c.text), c.digest, c.media, "", by(supplier)); !c.want.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Spool(strings.NewReader(pdf), 4); !code.TooLarge.Is(err) {
		t.Errorf("more bytes than allowed: %v", err)
	}
	if list, more, err := s.Page(supplier, record.Digest{}, 10); len(list) != 0 || more || err != nil {
		t.Errorf("kept all the same: %+v %v %v", list, more, err)
	}
	for _, name := range []string{"../x.pdf", "a/b.pdf", `a\b.pdf`, "..", "a\nb", "\u202Efdp.exe", strings.Repeat("x", 201)} {
		if err := attach.CheckName(name); !code.BadArgument.Is(err) {
			t.Errorf("a file is called %q: %v", name, err)
		}
	}
}

func TestAMemberHasASpaceOfItsOwn(t *testing.T) {
	s := open(t, int64(len(pdf)))
	put := func(member, text string) error {
		_, err := s.Put(spool(t, s, text), digest(text), "application/pdf", "", by(member))
		return err
	}
	if err := put(supplier, pdf); err != nil {
		t.Fatal(err)
	}
	if err := put(supplier, pdf[:6]); !code.StorageFull.Is(err) {
		t.Errorf("beyond the space: %v", err)
	}
	if err := put(buyer, pdf); err != nil {
		t.Errorf("another member's space: %v", err)
	}
}

// files are the paths of all files under a directory.
func files(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A crash before the rename leaves a part; one after it, before the record, leaves a
// file that no record names. The next start removes both and keeps what was kept.
func TestACrashLeavesNothingHalf(t *testing.T) {
	dir, memory := filepath.Join(t.TempDir(), "attachments"), vfs.NewMem()
	l := openLocal(t, memory)
	s, err := attach.Open(dir, l, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(spool(t, s, pdf), digest(pdf), "application/pdf", "kept.pdf", by(supplier)); err != nil {
		t.Fatal(err)
	}
	lost := pdf + " lost"
	part, err := s.Spool(strings.NewReader(lost), attach.MaxFile)
	if err != nil {
		t.Fatal(err)
	}
	defer part.Drop()
	orphan := filepath.Join(dir, digest("x").String()[:2], digest("x").String())
	if err := os.MkdirAll(filepath.Dir(orphan), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(orphan, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := len(files(t, dir)); n != 3 {
		t.Fatalf("%d files before the crash", n)
	}
	for _, path := range files(t, dir) {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	if s, err = attach.Open(dir, l, 1<<20); err != nil {
		t.Fatal(err)
	}
	if list := files(t, dir); len(list) != 1 || filepath.Base(list[0]) != digest(pdf).String() {
		t.Errorf("after the crash: %v", list)
	}
	if f, err := s.Find(digest(lost)); f != nil || err != nil {
		t.Errorf("the lost file is %+v, %v", f, err)
	}
	if used, _ := s.Used(supplier); used != int64(len(pdf)) {
		t.Errorf("%d bytes used", used)
	}
}

func TestBytesThatTheDiskChangedAreNotGivenOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "attachments")
	s, err := attach.Open(dir, openLocal(t, vfs.NewMem()), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Put(spool(t, s, pdf), digest(pdf), "application/pdf", "", by(supplier))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files(t, dir)[0], []byte("%PDF-9.9"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Read(&o.File); err == nil {
		t.Errorf("read %q", text)
	}
}

// entry is a file of an archive.
type entry struct {
	name string
	text string
	mode fs.FileMode
}

func archive(t *testing.T, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(e.mode | 0o644)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAnArchiveIsKeptWholeOrNotAtAll(t *testing.T) {
	s := open(t, 1<<20)
	// 合同.pdf in GB 18030, as an older Windows packs it.
	gb := "\xba\xcf\xcd\xac.pdf"
	list, err := s.PutArchive(spool(t, s, archive(t, entry{name: "2026/"}, entry{name: "2026/a.pdf", text: pdf},
		entry{name: gb, text: pdf + "2"}, entry{name: "copy.pdf", text: pdf})), by(supplier))
	if err != nil || len(list) != 3 || list[0].Name != "a.pdf" || list[1].Name != "合同.pdf" || list[2].Digest != list[0].Digest {
		t.Fatalf("kept %+v, %v", list, err)
	}
	large := strings.Repeat("0", attach.MaxFile)
	var many []entry
	for i := range attach.MaxEntries + 1 {
		many = append(many, entry{name: fmt.Sprintf("%d.pdf", i), text: pdf})
	}
	var bomb []entry // each within its own bound, together above the whole
	for i := range attach.MaxUnpacked/attach.MaxFile + 1 {
		bomb = append(bomb, entry{name: fmt.Sprintf("%d.pdf", i), text: (pdf + fmt.Sprint(i) + large)[:attach.MaxFile]})
	}
	good := entry{name: "good.pdf", text: pdf + "good"}
	for name, c := range map[string]struct {
		text string
		want code.Code
	}{
		"no archive":              {pdf, code.BadFile},
		"an empty one":            {archive(t), code.BadFile},
		"a way out":               {archive(t, good, entry{name: "../../evil.pdf", text: pdf}), code.BadFile},
		"an absolute path":        {archive(t, good, entry{name: "/etc/evil.pdf", text: pdf}), code.BadFile},
		"a path of Windows":       {archive(t, good, entry{name: `..\evil.pdf`, text: pdf}), code.BadFile},
		"a link":                  {archive(t, good, entry{name: "link.pdf", text: "/etc/passwd", mode: fs.ModeSymlink}), code.BadFile},
		"a type that is not kept": {archive(t, good, entry{name: "run.html", text: "<html>"}), code.BadFile},
		"bytes of another type":   {archive(t, good, entry{name: "run.pdf", text: "<html>"}), code.BadFile},
		"too many files":          {archive(t, many...), code.TooLarge},
		"one that is too large":   {archive(t, good, entry{name: "bomb.pdf", text: pdf + large}), code.TooLarge},
		"a bomb":                  {archive(t, bomb...), code.TooLarge},
		"half an archive":         {archive(t, good)[:60], code.BadFile},
	} {
		if list, err := s.PutArchive(spool(t, s, c.text), by(supplier)); !c.want.Is(err) {
			t.Errorf("%s: kept %d, %v", name, len(list), err)
		}
	}
	if f, err := s.Find(digest(pdf + "good")); f != nil || err != nil {
		t.Errorf("a part of a refused archive is kept: %+v, %v", f, err)
	}
}

// The directory of an archive may name a million files; it is counted before it is
// read into memory.
func TestAnArchiveOfCountlessEntriesIsNotEvenOpened(t *testing.T) {
	s := open(t, 1<<20)
	text := strings.Repeat("PK\x01\x02"+strings.Repeat("\x00", 42), 5000)
	if _, err := s.PutArchive(spool(t, s, text), by(supplier)); !code.TooLarge.Is(err) {
		t.Errorf("answered %v", err)
	}
}

func TestFilesBelongToRecords(t *testing.T) {
	s := open(t, 1<<20)
	if _, err := s.Link(digest(pdf), attach.Contract, "c1", "", by(supplier)); !code.NotFound.Is(err) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := s.Put(spool(t, s, pdf), digest(pdf), "application/pdf", "contract.pdf", by(supplier)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Link(digest(pdf), attach.Contract, "c1", "", by(buyer)); !code.NotFound.Is(err) {
		t.Errorf("another member's file: %v", err)
	}
	for range 2 {
		l, err := s.Link(digest(pdf), attach.Contract, "c1", "", by(supplier))
		if err != nil || l.Name != "contract.pdf" || l.Size != int64(len(pdf)) {
			t.Fatalf("linked %+v, %v", l, err)
		}
	}
	if list, err := s.Of(attach.Contract, "c1"); err != nil || len(list) != 1 || list[0].Member != supplier {
		t.Errorf("files of the contract: %+v, %v", list, err)
	}
	if list, err := s.Of(attach.Contract, "c"); err != nil || len(list) != 0 {
		t.Errorf("files of another contract: %+v, %v", list, err)
	}
	for i := 1; i < attach.MaxLinks; i++ {
		if _, err := s.Link(digest(pdf), attach.Delivery, fmt.Sprint(i), "", by(supplier)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Link(digest(pdf), attach.Delivery, "more", "", by(supplier)); !code.LimitExceeded.Is(err) {
		t.Errorf("one link too many: %v", err)
	}
	if links, err := s.Links(digest(pdf)); err != nil || len(links) != attach.MaxLinks {
		t.Errorf("%d links, %v", len(links), err)
	}
}
