// Package view is the read model: certificates and holdings by owner, debtor
// and maturity, state and tier; financings by member and state; the legs of runs with
// their sums; the history of every subject; the lineage of every fen; and each member's
// worklist.
//
// Every row derives from the effects in stored outcomes and from nothing else,
// so that Rebuild makes the same rows again. Nothing in the view decides
// anything: contracts never read it. ledger/execute feeds it block by block,
// node/api and the command line read it, ledger/audit holds it against state.
package view

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// Source is where rows and outcomes are read: the store or a snapshot of it.
type Source interface {
	Get(space store.Space, key []byte) ([]byte, error)
	Scan(space store.Space, start, end []byte, visit func(key, value []byte) (bool, error)) error
}

// Sink takes rows: a batch of the store.
type Sink interface {
	Set(space store.Space, key, value []byte)
	Delete(space store.Space, key []byte)
}

// Work is an entry of a member's worklist: something that waits for it.
type Work struct {
	_       struct{}          `cbor:",toarray"`
	Member  string            `json:"member"`
	Subject string            `json:"subject"`
	Kind    record.NoticeKind `json:"kind"`
	Amount  money.Fen         `json:"amount"`
	Until   calendar.Instant  `json:"until"` // when it lapses, 0 if never
	Since   calendar.Instant  `json:"since"`
}

type pieceID struct {
	certificate string
	id          uint32
}

type workID struct{ member, subject string }

// Update gathers what the outcomes of one block change in the view and writes
// the net result.
type Update struct {
	certificates map[string]record.CertificateRow
	holdings     map[pieceID]record.HoldingRow
	financings   map[string]record.FinancingRow
	legs         map[string]record.LegRow
	work         map[workID]*Work // nil: closed
	subjects     map[subjectID]place
	appended     []key // history, lineage and feeds
}

// NewUpdate starts the update of a block.
func NewUpdate() *Update {
	return &Update{
		certificates: map[string]record.CertificateRow{},
		holdings:     map[pieceID]record.HoldingRow{},
		financings:   map[string]record.FinancingRow{},
		legs:         map[string]record.LegRow{},
		work:         map[workID]*Work{},
		subjects:     map[subjectID]place{},
	}
}

// Add takes the effects of the next outcome of the block.
func (u *Update) Add(o *record.Outcome) {
	if o.Code != 0 {
		return
	}
	e := &o.Effects
	subjects := map[string]bool{}
	for _, row := range e.Certificates {
		u.certificates[row.Number] = row
		subjects[row.Number] = true
	}
	for _, row := range e.Holdings {
		u.holdings[pieceID{row.Certificate, row.ID}] = row
		subjects[row.Certificate] = true
	}
	for _, row := range e.Financings {
		u.financings[row.ID] = row
		subjects[row.ID] = true
	}
	for _, row := range e.Legs {
		u.addLeg(row)
		subjects[row.ID] = true
	}
	for i, m := range e.Moves {
		k := newKey(kindLineage).text(m.Certificate).fen(m.Interval.From).fen(m.Interval.To)
		u.appended = append(u.appended, k.place(o.Height, o.Index).number(uint32(i)))
		subjects[m.Certificate] = true
	}
	for _, n := range e.Notices {
		subjects[n.Subject] = true
		for _, member := range n.Closes {
			u.work[workID{member, n.Subject}] = nil
		}
		for _, member := range n.Opens {
			u.work[workID{member, n.Subject}] = &Work{
				Member: member, Subject: n.Subject, Kind: n.Kind, Amount: n.Amount, Until: n.Until, Since: o.Time,
			}
		}
	}
	for _, subject := range slices.Sorted(maps.Keys(subjects)) {
		if subject != "" {
			u.appended = append(u.appended, newKey(kindHistory).text(subject).place(o.Height, o.Index))
		}
	}
	u.addFeed(o)
}

// Write puts the net changes of the block into the sink. Source is the view
// before the block.
func (u *Update) Write(source Source, sink Sink) error {
	for _, number := range slices.Sorted(maps.Keys(u.certificates)) {
		if err := writeCertificate(source, sink, u.certificates[number]); err != nil {
			return fmt.Errorf("update certificate %s in the view: %w", number, err)
		}
	}
	byPiece := func(a, b pieceID) int {
		return cmp.Or(cmp.Compare(a.certificate, b.certificate), cmp.Compare(a.id, b.id))
	}
	for _, id := range slices.SortedFunc(maps.Keys(u.holdings), byPiece) {
		if err := writeHolding(source, sink, u.holdings[id]); err != nil {
			return fmt.Errorf("update holding %d of %s in the view: %w", id.id, id.certificate, err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(u.financings)) {
		if err := writeFinancing(source, sink, u.financings[id]); err != nil {
			return fmt.Errorf("update financing %s in the view: %w", id, err)
		}
	}
	if err := u.writeLegs(source, sink); err != nil {
		return err
	}
	byWork := func(a, b workID) int {
		return cmp.Or(cmp.Compare(a.member, b.member), cmp.Compare(a.subject, b.subject))
	}
	for _, id := range slices.SortedFunc(maps.Keys(u.work), byWork) {
		if w := u.work[id]; w != nil {
			sink.Set(store.View, workKey(id.member, id.subject), record.Encode(w))
		} else {
			sink.Delete(store.View, workKey(id.member, id.subject))
		}
	}
	if err := u.writeSubjects(source, sink); err != nil {
		return err
	}
	for _, k := range u.appended {
		sink.Set(store.View, k, nil)
	}
	return nil
}

func writeCertificate(source Source, sink Sink, row record.CertificateRow) error {
	k := certificateKey(row.Number)
	before, err := find[record.CertificateRow](source, k)
	if err != nil {
		return err
	}
	index := debtorIndex(&row)
	if before != nil {
		if old := debtorIndex(before); !bytes.Equal(old, index) {
			sink.Delete(store.View, old)
		}
	}
	sink.Set(store.View, index, nil)
	sink.Set(store.View, k, record.Encode(&row))
	return nil
}

func writeHolding(source Source, sink Sink, row record.HoldingRow) error {
	k := holdingKey(row.Certificate, row.ID)
	before, err := find[record.HoldingRow](source, k)
	if err != nil {
		return err
	}
	var old []key
	if before != nil {
		old = holdingIndexes(before)
	}
	now := holdingIndexes(&row)
	for i, o := range old {
		if row.Gone || !bytes.Equal(o, now[i]) {
			sink.Delete(store.View, o)
		}
	}
	if row.Gone {
		sink.Delete(store.View, k)
		return nil
	}
	for i, n := range now {
		if old == nil || !bytes.Equal(old[i], n) {
			sink.Set(store.View, n, nil)
		}
	}
	sink.Set(store.View, k, record.Encode(&row))
	return nil
}

func writeFinancing(source Source, sink Sink, row record.FinancingRow) error {
	before, err := FindFinancing(source, row.ID)
	if err != nil {
		return err
	}
	var old []key
	if before != nil {
		old = financingIndexes(before)
	}
	now := financingIndexes(&row)
	for _, k := range old {
		if !holds(now, k) {
			sink.Delete(store.View, k)
		}
	}
	for _, k := range now {
		if !holds(old, k) {
			sink.Set(store.View, k, nil)
		}
	}
	sink.Set(store.View, financingKey(row.ID), record.Encode(&row))
	return nil
}

func find[T any](source Source, k key) (*T, error) {
	data, err := source.Get(store.View, k)
	if err != nil || data == nil {
		return nil, err
	}
	v := new(T)
	if err := record.Read(data, v); err != nil {
		return nil, err
	}
	return v, nil
}
