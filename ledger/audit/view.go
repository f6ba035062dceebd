package audit

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"reflect"
	"slices"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/merkle"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
)

var errDiffers = errors.New("the tree differs from the state")

// errIsOfTree reports whether a walk ended on what the tree holds and not on a
// fault of the store.
func errIsOfTree(err error) bool {
	return errors.Is(err, errDiffers) || errors.Is(err, merkle.ErrCorrupt)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// view derives the read model again from the outcomes and compares it row by
// row with the stored one, and its certificates, holdings, financings and legs with
// the state.
func (c *check) view() error {
	derived := &memory{rows: map[string][]byte{}, source: c.source}
	if err := view.Rebuild(c.source, derived); err != nil {
		return err
	}
	err := view.Rows(c.source, func(k, value []byte) error {
		want, ok := derived.rows[string(k)]
		switch {
		case !ok:
			c.report.found(View, printable(k), "a row that no outcome gives")
		case !bytes.Equal(want, value):
			c.report.found(View, printable(k), "the row is not the one that the outcomes give")
		}
		delete(derived.rows, string(k))
		return c.tick()
	})
	if err != nil {
		return err
	}
	for _, k := range sortedKeys(derived.rows) {
		c.report.found(View, printable([]byte(k)), "a row that the outcomes give is missing")
	}
	return c.compareWithState()
}

// compareWithState holds the rows of certificates, holdings, financings and legs
// against the records.
func (c *check) compareWithState() error {
	err := view.EachCertificate(c.source, func(row *record.CertificateRow) error {
		if want, ok := c.sums.rows[row.Number]; !ok || want != *row {
			c.report.found(View, row.Number, "the certificate's row differs from its record")
		}
		delete(c.sums.rows, row.Number)
		return c.tick()
	})
	if err != nil {
		return err
	}
	err = view.EachHolding(c.source, func(row *record.HoldingRow) error {
		key := string(record.HoldingKey(row.Certificate, row.ID))
		if want, ok := c.sums.pieces[key]; !ok || want != *row {
			c.report.found(View, key, "the holding's row differs from its record")
		}
		delete(c.sums.pieces, key)
		return c.tick()
	})
	if err != nil {
		return err
	}
	err = view.EachFinancing(c.source, func(row *record.FinancingRow) error {
		if want, ok := c.deals.rows[row.ID]; !ok || !sameFinancing(want, *row) {
			c.report.found(View, row.ID, "the financing's row differs from its record")
		}
		delete(c.deals.rows, row.ID)
		return c.tick()
	})
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(c.deals.rows) {
		c.report.found(View, key, "the financing has no row")
	}
	for _, key := range sortedKeys(c.sums.rows) {
		c.report.found(View, key, "the certificate has no row")
	}
	for _, key := range sortedKeys(c.sums.pieces) {
		c.report.found(View, key, "the holding has no row")
	}
	return c.compareLegs()
}

// compareLegs holds the rows of legs and of late interest against the settlements.
func (c *check) compareLegs() error {
	legs := map[string]record.LegRow{}
	prefix := record.SettlementsPrefix()
	err := c.source.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, value []byte) (bool, error) {
		s := new(record.Settlement)
		if err := record.Decode(value, s); err != nil {
			return true, c.tick() // told when the state was read
		}
		if row, ok := record.RowOfLeg(s); ok {
			legs[s.ID] = row
		}
		return true, c.tick()
	})
	if err != nil {
		return err
	}
	err = view.EachLeg(c.source, func(row *record.LegRow) error {
		want, ok := legs[row.ID]
		want.Owner = row.Owner // who it was when the leg was computed is in the outcomes only
		if !ok || want != *row {
			c.report.found(View, row.ID, "the leg's row differs from its record")
		}
		delete(legs, row.ID)
		return c.tick()
	})
	for _, id := range sortedKeys(legs) {
		c.report.found(View, id, "the leg has no row")
	}
	return err
}

func sameFinancing(a, b record.FinancingRow) bool {
	same := slices.Equal(a.Debtors, b.Debtors)
	a.Debtors, b.Debtors = nil, nil
	return same && reflect.DeepEqual(a, b)
}

// memory is a view in memory, over the outcomes of the source.
type memory struct {
	rows   map[string][]byte
	source Source
}

func (m *memory) Get(space store.Space, key []byte) ([]byte, error) {
	if space != store.View {
		return m.source.Get(space, key)
	}
	return m.rows[string(key)], nil
}

func (m *memory) Scan(space store.Space, start, end []byte, visit func(key, value []byte) (bool, error)) error {
	return m.source.Scan(space, start, end, visit)
}

func (m *memory) Set(_ store.Space, key, value []byte) {
	m.rows[string(key)] = append([]byte{}, value...)
}

func (m *memory) Delete(_ store.Space, key []byte) { delete(m.rows, string(key)) }

// printable shows a row's key: text as it is, other bytes as dots.
func printable(key []byte) string {
	return string(bytes.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '.'
		}
		return r
	}, key))
}
