package access_test

import (
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
)

const now = calendar.Instant(1_767_579_200_000)

// book is a small ledger written record by record.
type book struct {
	*testing.T
	store *store.Store
	batch *store.Batch
	rows  *view.Update

	financings uint32 // written
}

type state struct{ *store.Store }

func (s state) Get(key string) ([]byte, error) { return s.Store.Get(store.State, []byte(key)) }

func (s state) Scan(start, end string, visit func(string, []byte) (bool, error)) error {
	return s.Store.Scan(store.State, []byte(start), []byte(end), func(k, v []byte) (bool, error) { return visit(string(k), v) })
}

func put[T any](b *book, key record.Key[T], v T) {
	b.batch.Set(store.State, []byte(key), record.Encode(&v))
}

// newBook has the members of every kind. All are active; bank is no validator.
func newBook(t *testing.T) *book {
	t.Helper()
	s, err := store.Open("ledger", store.Options{FS: vfs.NewMem(), Network: "test-net"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := &book{T: t, store: s, batch: s.NewBatch(), rows: view.NewUpdate()}
	for id, roles := range map[string]record.Roles{
		"validator": record.Funder, "former": record.Funder, "bank": record.Funder, "guarantor": record.Guarantor,
		"auditor": record.Auditor, "operator": record.Operator,
		"debtor": record.Debtor, "first": record.Holder, "now": record.Holder, "past": record.Holder,
		"offered": record.Holder, "other": record.Holder | record.Debtor,
	} {
		put(b, record.MemberKey(id), record.Member{ID: id, Name: id, Roles: roles, State: record.MemberActive, Sponsor: "bank"})
	}
	put(b, record.ValidatorKey("validator"), record.Validator{Bank: "validator", Active: true})
	put(b, record.ValidatorKey("former"), record.Validator{Bank: "former"})
	return b
}

func (b *book) write() access.Moment {
	b.Helper()
	if err := b.rows.Write(b.store, b.batch); err != nil {
		b.Fatal(err)
	}
	if err := b.batch.Commit(); err != nil {
		b.Fatal(err)
	}
	return access.Moment{State: state{b.store}, View: b.store, Now: now}
}

func (b *book) note(o record.Outcome) {
	outcome.Write(b.batch, &o)
	b.rows.Add(&o)
}

func (b *book) reader(m access.Moment, member string) *access.Reader {
	b.Helper()
	c := record.Credential{ID: digest(member), Member: member, Person: "maker", NotBefore: now - 1, NotAfter: now + 1}
	batch := b.store.NewBatch()
	batch.Set(store.State, []byte(record.CredentialKey(c.ID)), record.Encode(&c))
	if err := batch.Commit(); err != nil {
		b.Fatal(err)
	}
	v, err := access.Identify(m, c.ID)
	if err != nil {
		b.Fatal(err)
	}
	return &access.Reader{Moment: m, Viewer: v}
}

func digest(text string) (d record.Digest) {
	copy(d[:], text)
	return d
}

var everybody = []string{ //nolint:gochecknoglobals // the members of newBook
	"validator", "former", "bank", "guarantor", "auditor", "operator", "debtor", "first", "now", "past", "offered", "other",
}

var seeAll = []string{"validator", "auditor", "operator"} //nolint:gochecknoglobals // of newBook

// seenBy checks that exactly these, besides those who see all, are answered, and
// that the others are told nothing.
func seenBy(b *book, m access.Moment, ask func(*access.Reader) error, members ...string) {
	b.Helper()
	for _, who := range everybody {
		err := ask(b.reader(m, who))
		if slices.Contains(seeAll, who) || slices.Contains(members, who) {
			if err != nil {
				b.Errorf("%s is refused: %v", who, err)
			}
		} else if e := code.Of(err); e == nil || e.Code != code.NotAuthorised || e.Detail != "" {
			b.Errorf("%s gets %v", who, err)
		}
	}
}

func TestACertificateIsSeenByItsParties(t *testing.T) {
	b := newBook(t)
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", FirstHolder: "first", Bank: "former", Face: 100})
	put(b, record.HoldingKey("c", 1), record.Holding{Certificate: "c", ID: 1, Owner: "now", Interval: interval.Of(1, 100), Locks: []record.Lock{
		{Kind: record.LockPledge, Interval: interval.Of(1, 50), Counterpart: "guarantor"},
		{Kind: record.LockOffer, Interval: interval.Of(51, 60), Counterpart: "offered"},
	}})
	put(b, record.CertificateKey("d"), record.Certificate{Number: "d", Debtor: "other", FirstHolder: "other", Face: 100})
	b.note(record.Outcome{Height: 1, Index: 1, TxID: digest("t"), Effects: record.Effects{Moves: []record.Move{
		{Kind: record.MoveTransfer, Certificate: "c", Interval: interval.Of(1, 100), From: "first", To: "past"},
		{Kind: record.MoveTransfer, Certificate: "c", Interval: interval.Of(1, 100), From: "past", To: "now"},
	}}})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, _, err := r.Certificate("c"); return err },
		"debtor", "first", "now", "past", "offered", "guarantor", "former")
	for _, who := range everybody {
		r := b.reader(m, who)
		_, _, absent := r.Certificate("none")
		_, _, slash := r.Certificate("c/holding/00000001")
		want := code.NotAuthorised
		if r.SeesAll() {
			want = code.NotFound
		}
		if !want.Is(absent) || !want.Is(slash) {
			t.Errorf("%s asks for none: %v, for a holding: %v", who, absent, slash)
		}
	}
}

func TestHoldingsAreNarrowedToOnesOwn(t *testing.T) {
	b := newBook(t)
	put(b, record.CertificateKey("c"), record.Certificate{Number: "c", Debtor: "debtor", FirstHolder: "first", Face: 100})
	put(b, record.HoldingKey("c", 1), record.Holding{Certificate: "c", ID: 1, Owner: "now", Interval: interval.Of(1, 100)})
	m := b.write()
	for _, c := range []struct {
		who       string
		ask, want view.HoldingFilter
		refused   bool
	}{
		{who: "now", want: view.HoldingFilter{Owner: "now"}},
		{who: "now", ask: view.HoldingFilter{Tier: 2}, want: view.HoldingFilter{Owner: "now", Tier: 2}},
		{who: "now", ask: view.HoldingFilter{Debtor: "debtor"}, want: view.HoldingFilter{Owner: "now", Debtor: "debtor"}},
		{who: "now", ask: view.HoldingFilter{Owner: "first"}, refused: true},
		{who: "now", ask: view.HoldingFilter{Owner: "first", Certificate: "c"}, want: view.HoldingFilter{Owner: "first", Certificate: "c"}},
		{who: "other", ask: view.HoldingFilter{Certificate: "c"}, refused: true},
		{who: "other", ask: view.HoldingFilter{Owner: "now", Debtor: "debtor"}, refused: true},
		{who: "debtor", ask: view.HoldingFilter{Owner: "now", Debtor: "debtor"}, want: view.HoldingFilter{Owner: "now", Debtor: "debtor"}},
		{who: "bank", ask: view.HoldingFilter{Owner: "now"}, refused: true},
		{who: "auditor", ask: view.HoldingFilter{Owner: "now"}, want: view.HoldingFilter{Owner: "now"}},
		{who: "operator"},
	} {
		got, err := b.reader(m, c.who).Holdings(c.ask)
		if c.refused != code.NotAuthorised.Is(err) || !c.refused && got != c.want {
			t.Errorf("%s asks for %+v: %+v, %v", c.who, c.ask, got, err)
		}
	}
}

func TestAProposalIsSeenByWhoDecidesOnIt(t *testing.T) {
	b := newBook(t)
	for id, p := range map[string]record.Proposal{
		"own":         {Quorum: record.QuorumChecker},
		"admins":      {Quorum: record.QuorumAdmins},
		"two":         {Quorum: record.QuorumCounterparty, Counterparty: "first"},
		"institution": {Quorum: record.QuorumInstitution},
		"banks":       {Quorum: record.QuorumBanks, Approvals: []record.Approval{{Member: "guarantor"}}},
	} {
		p.ID, p.Member = id, "debtor"
		put(b, record.ProposalKey(id), p)
	}
	m := b.write()
	ask := func(id string) func(*access.Reader) error {
		return func(r *access.Reader) error { _, err := r.Proposal(id); return err }
	}
	seenBy(b, m, ask("own"), "debtor")
	seenBy(b, m, ask("admins"), "debtor", "bank")
	seenBy(b, m, ask("two"), "debtor", "first")
	seenBy(b, m, ask("institution"), "debtor", "bank", "former")
	seenBy(b, m, ask("banks"), "debtor", "bank", "former", "guarantor")
}

func TestOtherRecords(t *testing.T) {
	b := newBook(t)
	put(b, record.TransferKey("t"), record.Transfer{ID: "t", From: "first", To: "offered"})
	put(b, record.InvoiceKey(digest("i")), record.Invoice{
		Buyer: "debtor", Seller: "first", RecordedBy: "first", Verified: record.Verification{Bank: "former"},
	})
	put(b, record.ReferenceKey("debtor", "r/1"), record.Reference{Certificate: "c"})
	m := b.write()
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Transfer("t"); return err }, "first", "offered")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Invoice(digest("i")); return err }, "debtor", "first", "former")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Reference("debtor", "r/1"); return err }, "debtor")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Worklist("past"); return err }, "past")
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Certificates("debtor"); return err }, "debtor")
	seenBy(b, m, func(r *access.Reader) error { return r.Members() }, "bank", "former")
	seenBy(b, m, func(r *access.Reader) error { return r.Fingerprint("first", "debtor") }, "first", "debtor", "bank", "former")
	b.reader(m, "first") // registers its credential
	seenBy(b, m, func(r *access.Reader) error { _, err := r.FindCredential(digest("first")); return err }, "first", "bank")
	line := record.Line{Bank: "bank", Debtor: "debtor"}
	seenBy(b, m, func(r *access.Reader) error {
		if !r.Line(&line) {
			return code.NotAuthorised.New("")
		}
		return nil
	}, "bank", "debtor")
}

// One transaction may issue to many: each sees its own part.
func TestAnOutcomeShowsEachItsPart(t *testing.T) {
	b := newBook(t)
	m := b.write()
	o := record.Outcome{
		Member: "debtor", Detail: "d", Result: []byte(`{}`),
		Effects: record.Effects{
			Certificates: []record.CertificateRow{{Number: "c", Debtor: "debtor", FirstHolder: "first"}, {Number: "d", Debtor: "debtor", FirstHolder: "past"}},
			Holdings:     []record.HoldingRow{{Certificate: "c", Owner: "first", Debtor: "debtor"}, {Certificate: "d", Owner: "past", Debtor: "debtor"}},
			Notices:      []record.NoticeOf{{Subject: "c", Members: []string{"first"}}, {Subject: "d", Members: []string{"past"}}},
			Decision:     record.Decision{Flagged: 1, Inputs: []record.RuleInput{{Facts: "f"}}},
		},
	}
	seenBy(b, m, func(r *access.Reader) error { _, err := r.Outcome(digest("x"), &o); return err }, "debtor", "first", "past")
	part, err := b.reader(m, "first").Outcome(digest("x"), &o)
	if err != nil {
		t.Fatal(err)
	}
	if len(part.Effects.Certificates) != 1 || len(part.Effects.Holdings) != 1 || len(part.Effects.Notices) != 1 ||
		part.Detail != "" || part.Result != nil || part.Effects.Decision.Inputs != nil || part.Effects.Decision.Flagged != 1 {
		t.Errorf("the first holder sees %+v", part)
	}
	if len(o.Effects.Certificates) != 2 || o.Result == nil {
		t.Errorf("the outcome itself was changed: %+v", o)
	}
	history := b.reader(m, "debtor").Subject("c", &o)
	if history.Detail != "d" || len(history.Effects.Decision.Inputs) != 1 || history.Result != nil {
		t.Errorf("in the history: %+v", history)
	}
}

func TestWhoIsIdentified(t *testing.T) {
	b := newBook(t)
	for id, c := range map[string]record.Credential{
		"good":    {NotBefore: now, NotAfter: now},
		"later":   {NotBefore: now + 1, NotAfter: now + 2},
		"over":    {NotBefore: now - 2, NotAfter: now - 1},
		"revoked": {NotBefore: now, NotAfter: now, RevokedAt: now},
		"will be": {NotBefore: now, NotAfter: now, RevokedAt: now + 1},
		"nobody":  {NotBefore: now, NotAfter: now, Member: "not a member"},
	} {
		c.ID = digest(id)
		if c.Member == "" {
			c.Member = "first"
		}
		put(b, record.CredentialKey(c.ID), c)
	}
	m := b.write()
	for id, want := range map[string]code.Code{
		"good": code.OK, "will be": code.OK, "later": code.CredentialExpired, "over": code.CredentialExpired,
		"revoked": code.CredentialRevoked, "unknown": code.Unauthenticated,
	} {
		v, err := access.Identify(m, digest(id))
		if e := code.Of(err); want == code.OK && (err != nil || v.Member.ID != "first") || want != code.OK && (e == nil || e.Code != want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := access.Identify(m, digest("nobody")); err == nil || code.Of(err) != nil {
		t.Errorf("a credential of nobody is a broken ledger, not %v", err)
	}
}
