package attach

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/local"
)

// Limits of what is kept.
const (
	// MaxFile is the size of the largest file, in bytes.
	MaxFile = 10 << 20
	// MaxLinks is how many links a file has, and how many files a record, at most.
	MaxLinks = 100
	// MaxName is the longest name of a file, in bytes of UTF-8.
	MaxName = 200
)

// Keys in the node's own data. A digest is 64 hexadecimal digits, a member 18
// characters, a kind one word; an id has no slash.
const (
	prefixFile  = "attach/file/"  // attach/file/<digest>
	prefixOwner = "attach/owner/" // attach/owner/<member>/<digest>
	prefixLink  = "attach/link/"  // attach/link/<digest>/<kind>/<id>
	prefixOf    = "attach/of/"    // attach/of/<kind>/<id>/<digest>
)

func fileKey(d record.Digest) local.Key[File] { return local.Key[File](prefixFile + d.String()) }

func ownerKey(member string, d record.Digest) local.Key[Owned] {
	return local.Key[Owned](prefixOwner + member + "/" + d.String())
}

func linkKey(d record.Digest, kind Kind, id string) local.Key[Link] {
	return local.Key[Link](prefixLink + d.String() + "/" + string(kind) + "/" + id)
}

func ofKey(kind Kind, id string, d record.Digest) local.Key[marker] {
	return local.Key[marker](prefixOf + string(kind) + "/" + id + "/" + d.String())
}

// marker is a record whose presence is all it says.
type marker struct{}

// File is what is known of a file's bytes.
type File struct {
	Digest record.Digest `json:"digest"`
	Size   int64         `json:"size"` // bytes
	Media  string        `json:"media"`
}

// Owned is a file of one member: whoever uploads the same bytes owns them too.
type Owned struct {
	File
	Name   string           `json:"name"`
	Member string           `json:"member"`
	Person string           `json:"person"` // the member's own pseudonym for the person
	At     calendar.Instant `json:"at"`     // the ledger's time
}

// Kind is the kind of record that a file belongs to.
type Kind string

// Kinds of records.
const (
	Contract    Kind = "contract"
	Delivery    Kind = "delivery"
	Invoice     Kind = "invoice"
	Certificate Kind = "certificate"
	BatchRow    Kind = "batch-row" // id: the batch's proposal, a dot, the number of the row from 1
)

// Link says that a file belongs to a record.
type Link struct {
	File
	Kind   Kind             `json:"kind"`
	ID     string           `json:"id"`
	Name   string           `json:"name"`
	Member string           `json:"member"` // who linked it
	Person string           `json:"person"`
	At     calendar.Instant `json:"at"`
}

// By is who does something, and when by the ledger's time.
type By struct {
	Member, Person string
	At             calendar.Instant
}

// Store keeps files. It is the only writer of its directory and of its keys; its
// methods may be called from several goroutines.
type Store struct {
	dir   string
	quota int64 // bytes a member may own
	local *local.Local

	mu   sync.Mutex       // held while something is added
	used map[string]int64 // bytes a member owns
}

// Open opens the store in dir, making it if there is none. quota is how many bytes a
// member may own. What a crash left unfinished is removed: parts of files, and files
// that no record names.
func Open(dir string, l *local.Local, quota int64) (*Store, error) {
	s := &Store{dir: dir, quota: quota, local: l, used: map[string]int64{}}
	if err := os.MkdirAll(s.parts(), 0o700); err != nil {
		return nil, fmt.Errorf("open the attachments: %w", err)
	}
	if err := s.sweep(); err != nil {
		return nil, fmt.Errorf("open the attachments: %w", err)
	}
	err := local.Scan(l, prefixOwner, func(_ local.Key[Owned], o *Owned) (bool, error) {
		s.used[o.Member] += o.Size
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("open the attachments: %w", err)
	}
	return s, nil
}

// parts is where files are written before they have their name.
func (s *Store) parts() string { return filepath.Join(s.dir, "parts") }

// path is where a file lies: in a directory by the first two digits of its digest.
func (s *Store) path(d record.Digest) string {
	text := d.String()
	return filepath.Join(s.dir, text[:2], text)
}

// sweep removes what nobody will finish or read.
func (s *Store) sweep() error {
	return filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if digest, err := record.ParseDigest(entry.Name()); err == nil && path == s.path(digest) {
			if known, err := local.Get(s.local, fileKey(digest)); err != nil || known != nil {
				return err
			}
		}
		return os.Remove(path)
	})
}

// Put keeps a part as a member's file. The part's bytes must have this digest and be
// of this media type: BAD_FILE. A member that would own more than its space is refused
// with STORAGE_FULL. The same file again is the same file, under the name it had.
func (s *Store) Put(p *Part, digest record.Digest, media, name string, by By) (Owned, error) {
	if p.Digest != digest {
		return Owned{}, code.BadFile.New("the bytes have the digest %s", p.Digest)
	}
	if err := p.check(media); err != nil {
		return Owned{}, err
	}
	list, err := s.put([]*Part{p}, []string{media}, []string{name}, by)
	if err != nil {
		return Owned{}, err
	}
	return list[0], nil
}

// put keeps parts, all or none.
func (s *Store) put(parts []*Part, media, names []string, by By) ([]Owned, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, fresh := make([]Owned, len(parts)), int64(0)
	batch := s.local.NewBatch()
	defer batch.Discard()
	seen := map[record.Digest]int{}
	for i, p := range parts {
		if before, twice := seen[p.Digest]; twice {
			list[i] = list[before]
			continue
		}
		seen[p.Digest] = i
		known, err := local.Get(s.local, ownerKey(by.Member, p.Digest))
		if err != nil {
			return nil, err
		}
		if known != nil {
			list[i] = *known
			continue
		}
		file, err := local.Get(s.local, fileKey(p.Digest))
		if err != nil {
			return nil, err
		}
		if file == nil {
			file = &File{p.Digest, p.Size, media[i]}
			local.Put(batch, fileKey(p.Digest), file)
		}
		list[i] = Owned{File: *file, Name: names[i], Member: by.Member, Person: by.Person, At: by.At}
		local.Put(batch, ownerKey(by.Member, p.Digest), &list[i])
		fresh += file.Size
	}
	if s.used[by.Member]+fresh > s.quota {
		return nil, code.StorageFull.New("%d of %d bytes used, %d asked for", s.used[by.Member], s.quota, fresh)
	}
	for _, p := range parts {
		if err := s.name(p); err != nil {
			return nil, err
		}
	}
	// A crash before Commit returns leaves files that no record names: the next Open
	// removes them.
	if err := batch.Commit(); err != nil {
		return nil, err
	}
	s.used[by.Member] += fresh
	return list, nil
}

// name gives a part its file's name. Nobody sees the file before it is whole.
func (s *Store) name(p *Part) error {
	path := s.path(p.Digest)
	if _, err := os.Stat(path); err == nil {
		return nil // the same bytes
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("keep an attachment: %w", err)
	}
	if err := os.Rename(p.path, path); err != nil {
		return fmt.Errorf("keep an attachment: %w", err)
	}
	for _, dir := range []string{filepath.Dir(path), s.dir} {
		if err := syncDir(dir); err != nil {
			return fmt.Errorf("keep an attachment: %w", err)
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Find is what is known of a file, nil when it is not kept here.
func (s *Store) Find(d record.Digest) (*File, error) { return local.Get(s.local, fileKey(d)) }

// OwnedBy is a member's file, nil when it is not the member's.
func (s *Store) OwnedBy(member string, d record.Digest) (*Owned, error) {
	return local.Get(s.local, ownerKey(member, d))
}

// Read reads a kept file whole and compares its digest: bytes that the disk changed
// are never given out.
func (s *Store) Read(f *File) ([]byte, error) {
	text, err := os.ReadFile(s.path(f.Digest))
	if err != nil {
		return nil, fmt.Errorf("read an attachment: %w", err)
	}
	if got := digestOf(text); got != f.Digest {
		return nil, fmt.Errorf("read attachment %s: the disk has %s", f.Digest, got)
	}
	return text, nil
}

// Link lets a file of the member belong to a record. NOT_FOUND when the member does
// not own it, LIMIT_EXCEEDED when file or record have too many links. The same link
// again is the one that was made first.
func (s *Store) Link(d record.Digest, kind Kind, id, name string, by By) (Link, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owned, err := s.OwnedBy(by.Member, d)
	if err != nil {
		return Link{}, err
	}
	if owned == nil {
		return Link{}, code.NotFound.New("attachment %s", d)
	}
	known, err := local.Get(s.local, linkKey(d, kind, id))
	if err != nil {
		return Link{}, err
	}
	if known != nil {
		return *known, nil
	}
	links, err := s.Links(d)
	if err != nil {
		return Link{}, err
	}
	files, err := s.Of(kind, id)
	if err != nil {
		return Link{}, err
	}
	if len(links) >= MaxLinks || len(files) >= MaxLinks {
		return Link{}, code.LimitExceeded.New("a file has at most %d links, a record at most %d files", MaxLinks, MaxLinks)
	}
	l := Link{File: owned.File, Kind: kind, ID: id, Name: cmp.Or(name, owned.Name), Member: by.Member, Person: by.Person, At: by.At}
	batch := s.local.NewBatch()
	local.Put(batch, linkKey(d, kind, id), &l)
	local.Put(batch, ofKey(kind, id, d), &marker{})
	return l, batch.Commit()
}

// Links lists the records to which a file belongs.
func (s *Store) Links(d record.Digest) ([]Link, error) {
	list := []Link{}
	err := local.Scan(s.local, prefixLink+d.String()+"/", func(_ local.Key[Link], l *Link) (bool, error) {
		list = append(list, *l)
		return true, nil
	})
	return list, err
}

// Of lists the files of a record, the first linked one first.
func (s *Store) Of(kind Kind, id string) ([]Link, error) {
	list := []Link{}
	prefix := prefixOf + string(kind) + "/" + id + "/"
	err := local.Scan(s.local, prefix, func(key local.Key[marker], _ *marker) (bool, error) {
		d, err := record.ParseDigest(strings.TrimPrefix(string(key), prefix))
		if err != nil {
			return false, fmt.Errorf("read %s: %w", key, err)
		}
		l, err := local.Get(s.local, linkKey(d, kind, id))
		if err != nil {
			return false, err
		}
		if l == nil {
			return false, fmt.Errorf("%s names a link that is not there", key)
		}
		list = append(list, *l)
		return true, nil
	})
	slices.SortStableFunc(list, func(a, b Link) int { return cmp.Compare(a.At, b.At) })
	return list, err
}

// Page lists a member's files in order of digest, those above after, and says whether
// there are more.
func (s *Store) Page(member string, after record.Digest, limit int) (list []Owned, more bool, err error) {
	list = []Owned{}
	err = local.Scan(s.local, prefixOwner+member+"/", func(_ local.Key[Owned], o *Owned) (bool, error) {
		if o.Digest.String() <= after.String() && !after.IsZero() {
			return true, nil
		}
		if len(list) == limit {
			more = true
			return false, nil
		}
		list = append(list, *o)
		return true, nil
	})
	return list, more, err
}

// Used is how many bytes a member owns, and how many it may.
func (s *Store) Used(member string) (used, quota int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used[member], s.quota
}
