package policy

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/local"
)

// Keys in the node's own data. Numbers are padded so that keys sort as they do.
const (
	prefixVersion  = "policy/version/"  // policy/version/<number>
	prefixDecision = "policy/decision/" // policy/decision/<number>
	prefixAsked    = "policy/asked/"    // policy/asked/<financing>/<number of a decision>
)

func versionKey(n uint32) local.Key[Version] {
	return local.Key[Version](fmt.Sprintf("%s%010d", prefixVersion, n))
}

func decisionKey(n uint64) local.Key[Decision] {
	return local.Key[Decision](fmt.Sprintf("%s%020d", prefixDecision, n))
}

func askedKey(financing string, n uint64) local.Key[asked] {
	return local.Key[asked](fmt.Sprintf("%s%s/%020d", prefixAsked, financing, n))
}

// asked marks that a decision is about a financing.
type asked struct {
	Decision uint64 `json:"decision"`
}

// ErrReplay is in the error of a decision that its version of the policy does not
// make again.
var ErrReplay = errors.New("the replay differs")

// Author is who adopts a version of the policy.
type Author struct {
	Member string        `json:"member"`
	Person string        `json:"person"` // the member's own pseudonym for the person
	Key    record.Digest `json:"key"`    // credential with which the person logged in
}

// Version is one version of the bank's policy, with the file as it was adopted.
type Version struct {
	Number uint32           `json:"number"` // from 1
	Name   string           `json:"name"`   // that the file gives itself
	Hash   record.Digest    `json:"hash"`   // SHA-256 of Text
	By     Author           `json:"by"`
	At     calendar.Instant `json:"at"`
	Text   string           `json:"text"`
}

// Book keeps a bank's versions of its policy and all decisions made under them, for
// ever and unchanged. The latest version is the active one. A Book is the only writer
// of its keys; its methods may be called from several goroutines.
type Book struct {
	local *local.Local

	mu        sync.Mutex // held while something is added
	versions  uint32     // number of the latest version
	decisions uint64     // number of the latest decision
	compiled  map[uint32]*Policy
}

// OpenBook opens the book that the node's own data holds.
func OpenBook(l *local.Local) (*Book, error) {
	b := &Book{local: l, compiled: map[uint32]*Policy{}}
	err := local.ScanReverse(l, prefixVersion, func(_ local.Key[Version], v *Version) (bool, error) {
		b.versions = v.Number
		return false, nil
	})
	if err == nil {
		err = local.ScanReverse(l, prefixDecision, func(_ local.Key[Decision], d *Decision) (bool, error) {
			b.decisions = d.Number
			return false, nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("open the book of policies: %w", err)
	}
	return b, nil
}

// Adopt makes a policy file the active version. The text of the active version is
// not adopted again: that version is returned. It refuses what Parse refuses.
func (b *Book) Adopt(text []byte, by Author, at calendar.Instant) (Version, error) {
	p, err := Parse(text)
	if err != nil {
		return Version{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.versions > 0 {
		active, err := b.Version(b.versions)
		if err != nil || active.Text == string(text) {
			return active, err
		}
	}
	v := Version{Number: b.versions + 1, Name: p.Name(), Hash: sha256.Sum256(text), By: by, At: at, Text: string(text)}
	batch := b.local.NewBatch()
	local.Put(batch, versionKey(v.Number), &v)
	// A crash before Commit returns leaves the version adopted or unknown; then it is
	// adopted again, under the same number or as the active one.
	if err := batch.Commit(); err != nil {
		return Version{}, fmt.Errorf("adopt policy version %d: %w", v.Number, err)
	}
	b.versions = v.Number
	b.remember(v.Number, p)
	return v, nil
}

// remember keeps the active policy compiled and one other: replays go by version.
func (b *Book) remember(number uint32, p *Policy) {
	for n := range b.compiled {
		if n != b.versions {
			delete(b.compiled, n)
		}
	}
	b.compiled[number] = p
}

// Version reads a version, NOT_FOUND if there is none.
func (b *Book) Version(number uint32) (Version, error) {
	v, err := local.Get(b.local, versionKey(number))
	if err != nil {
		return Version{}, err
	}
	if v == nil {
		return Version{}, code.NotFound.New("policy version %d", number)
	}
	return *v, nil
}

// Active reads the active version, NOT_FOUND before the first is adopted.
func (b *Book) Active() (Version, error) {
	b.mu.Lock()
	number := b.versions
	b.mu.Unlock()
	if number == 0 {
		return Version{}, code.NotFound.New("the bank has adopted no policy")
	}
	return b.Version(number)
}

// Versions lists all versions, the first one first.
func (b *Book) Versions() ([]Version, error) {
	list := []Version{}
	err := local.Scan(b.local, prefixVersion, func(_ local.Key[Version], v *Version) (bool, error) {
		list = append(list, *v)
		return true, nil
	})
	return list, err
}

// policy gives a version compiled. The caller holds mu.
func (b *Book) policy(number uint32) (*Policy, error) {
	if p := b.compiled[number]; p != nil {
		return p, nil
	}
	v, err := b.Version(number)
	if err != nil {
		return nil, err
	}
	p, err := Parse([]byte(v.Text))
	if err != nil {
		return nil, fmt.Errorf("compile policy version %d: %w", number, err)
	}
	b.remember(number, p)
	return p, nil
}

// Decide decides on a financing under the active version and stores the decision.
// Asked again with equal facts under the same version, it gives the stored one. An id
// that is none is refused with BAD_ARGUMENT; without a version, NOT_FOUND.
func (b *Book) Decide(financing string, facts []Facts, at calendar.Instant) (Decision, error) {
	if err := member.CheckIdentifier("the id of the financing", financing); err != nil {
		return Decision{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.versions == 0 {
		return Decision{}, code.NotFound.New("the bank has adopted no policy")
	}
	known, err := b.Decisions(financing)
	if err != nil {
		return Decision{}, err
	}
	for _, d := range known {
		if d.Version == b.versions && slices.Equal(d.Facts, facts) {
			return d, nil
		}
	}
	p, err := b.policy(b.versions)
	if err != nil {
		return Decision{}, err
	}
	d := p.Decide(facts)
	d.Number, d.Financing, d.Version, d.At = b.decisions+1, financing, b.versions, at
	batch := b.local.NewBatch()
	local.Put(batch, decisionKey(d.Number), &d)
	local.Put(batch, askedKey(financing, d.Number), &asked{d.Number})
	// A crash before Commit returns leaves both records or none; who asks again gets
	// the stored decision, or the same one anew.
	if err := batch.Commit(); err != nil {
		return Decision{}, fmt.Errorf("store decision %d on financing %s: %w", d.Number, financing, err)
	}
	b.decisions = d.Number
	return d, nil
}

// Decision reads a decision by its number, NOT_FOUND if there is none.
func (b *Book) Decision(number uint64) (Decision, error) {
	d, err := local.Get(b.local, decisionKey(number))
	if err != nil {
		return Decision{}, err
	}
	if d == nil {
		return Decision{}, code.NotFound.New("decision %d", number)
	}
	return *d, nil
}

// Decisions lists what was decided on a financing, the first decision first.
func (b *Book) Decisions(financing string) ([]Decision, error) {
	list := []Decision{}
	if financing == "" || strings.Contains(financing, "/") {
		return list, nil // no id, and no part of a key
	}
	err := local.Scan(b.local, prefixAsked+financing+"/", func(_ local.Key[asked], a *asked) (bool, error) {
		d, err := b.Decision(a.Decision)
		list = append(list, d)
		return true, err
	})
	return list, err
}

// Page lists decisions in order of their numbers, those above after, and says
// whether there are more.
func (b *Book) Page(after uint64, limit int) (list []Decision, more bool, err error) {
	list = []Decision{}
	b.mu.Lock()
	last := b.decisions
	b.mu.Unlock()
	for n := after + 1; n <= last && n > after; n++ {
		if len(list) == limit {
			return list, true, nil
		}
		d, err := b.Decision(n)
		if err != nil {
			return list, false, err
		}
		list = append(list, d)
	}
	return list, false, nil
}

// Replay decides again on the facts of a stored decision, under the version that it
// names, and gives the result with the decision's own number, financing and time. The
// error holds ErrReplay when outcome, fired rules or terms are not those stored; it is
// NOT_FOUND when the version does not exist.
func (b *Book) Replay(d Decision) (Decision, error) {
	b.mu.Lock()
	p, err := b.policy(d.Version)
	b.mu.Unlock()
	if err != nil {
		return Decision{}, err
	}
	again := p.Decide(d.Facts)
	again.Number, again.Financing, again.Version, again.At = d.Number, d.Financing, d.Version, d.At
	if !again.same(&d) {
		return again, fmt.Errorf("decision %d on financing %s: version %d decided %s, and now %s: %w",
			d.Number, d.Financing, d.Version, d.text(), again.text(), ErrReplay)
	}
	return again, nil
}

// same reports whether two decisions say the same.
func (d *Decision) same(o *Decision) bool {
	return d.Outcome == o.Outcome && sameTerms(d.Terms, o.Terms) && slices.EqualFunc(d.Fired, o.Fired, func(x, y Fired) bool {
		return x.Rule == y.Rule && x.About == y.About && x.Dimension == y.Dimension && x.Then == y.Then &&
			x.Reason == y.Reason && x.ReasonZH == y.ReasonZH && slices.Equal(x.Debtors, y.Debtors)
	})
}

func sameTerms(x, y *Terms) bool {
	if x == nil || y == nil {
		return x == y
	}
	return *x == *y
}

// text is a decision in a few words.
func (d *Decision) text() string {
	if d.Terms != nil {
		return fmt.Sprintf("%s at %s %%, advance %s %%, fee %s", d.Outcome, d.Terms.Rate, d.Terms.Advance, d.Terms.Fee)
	}
	return fmt.Sprintf("%s by %v", d.Outcome, d.fired())
}

// fired lists the ids of the rules that fired.
func (d *Decision) fired() []string {
	ids := make([]string, 0, len(d.Fired))
	for _, f := range d.Fired {
		ids = append(ids, f.Rule)
	}
	return ids
}
