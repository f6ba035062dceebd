package view

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// LegTotal sums the legs of a run, or the late interest on them, that go from one bank
// to another and are in one state.
type LegTotal struct {
	_         struct{}               `cbor:",toarray"`
	Purpose   record.Purpose         `json:"purpose"`
	PayerBank string                 `json:"payerBank"`
	PayeeBank string                 `json:"payeeBank"`
	State     record.SettlementState `json:"state"`
	Kept      bool                   `json:"kept"` // not paid, and its fen are kept for the payee
	Count     int64                  `json:"count"`
	Amount    money.Fen              `json:"amount"`
}

// LegFilter selects legs of a run and the late interest on them.
type LegFilter struct {
	Run       string                 // must be given
	Party     string                 // payee, or owner of the fen; has an index
	Purpose   record.Purpose         // 0: any
	State     record.SettlementState // 0: any
	Payee     string
	PayeeBank string
	PayerBank string
}

// FindLeg returns a leg's row, or nil.
func FindLeg(source Source, id string) (*record.LegRow, error) {
	return find[record.LegRow](source, legKey(id))
}

// Legs lists the legs of a run in order of id.
func Legs(source Source, f LegFilter, cut Cut) (Page[record.LegRow], error) {
	prefix := newKey(kindByRun).text(f.Run)
	if f.Party != "" {
		prefix = claimantIndex(f.Party, f.Run)
	}
	return list(source, prefix, cut, func(k, _ []byte) (*record.LegRow, error) {
		id := string(k[len(prefix) : len(k)-1])
		row, err := FindLeg(source, id)
		if err != nil {
			return nil, err
		}
		if row == nil {
			return nil, fmt.Errorf("the view lists leg %s, which has no row", id)
		}
		if !f.matches(row) {
			return nil, nil
		}
		return row, nil
	})
}

func (f *LegFilter) matches(r *record.LegRow) bool {
	return (f.Purpose == 0 || r.Purpose == f.Purpose) &&
		(f.State == 0 || r.State == f.State) &&
		(f.Payee == "" || r.Payee == f.Payee) &&
		(f.PayeeBank == "" || r.PayeeBank == f.PayeeBank) &&
		(f.PayerBank == "" || r.PayerBank == f.PayerBank)
}

// ClaimsIn reports whether a member is payee of a leg of the run, or owner of its fen.
func ClaimsIn(source Source, member, run string) (bool, error) {
	prefix, found := claimantIndex(member, run), false
	err := source.Scan(store.View, prefix, prefix.end(), func(_, _ []byte) (bool, error) {
		found = true
		return false, nil
	})
	return found, err
}

// LegTotals are the sums over the legs of a run, by purpose, banks and state.
func LegTotals(source Source, run string) ([]LegTotal, error) {
	totals := []LegTotal{}
	err := each(source, newKey(kindLegTotal).text(run), func(t *LegTotal) error {
		totals = append(totals, *t)
		return nil
	})
	return totals, err
}

// AddToTotals adds a leg to the sum that it belongs to.
func AddToTotals(totals []LegTotal, row *record.LegRow) ([]LegTotal, error) {
	into := totalOf(row)
	i := slices.IndexFunc(totals, func(t LegTotal) bool {
		t.Count, t.Amount = 0, 0
		return t == into
	})
	if i < 0 {
		i, totals = len(totals), append(totals, into)
	}
	return totals, totals[i].add(row, 1)
}

// totalOf is an empty sum to which a leg belongs.
func totalOf(r *record.LegRow) LegTotal {
	return LegTotal{Purpose: r.Purpose, PayerBank: r.PayerBank, PayeeBank: r.PayeeBank, State: r.State, Kept: r.Kept}
}

// add adds a leg, or takes it off.
func (t *LegTotal) add(row *record.LegRow, by int64) (err error) {
	t.Count += by
	t.Amount, err = t.Amount.Add(row.Amount * money.Fen(by))
	return err
}

// EachLeg visits every leg's row, in order of id.
func EachLeg(source Source, visit func(*record.LegRow) error) error {
	return each(source, newKey(kindLeg), visit)
}

func legKey(id string) key { return newKey(kindLeg).text(id) }

func claimantIndex(member, run string) key { return newKey(kindByClaimant).text(member).text(run) }

// legIndexes are the keys under which a leg is found, each once.
func legIndexes(r *record.LegRow) []key {
	keys := []key{newKey(kindByRun).text(r.Run).text(r.ID), claimantIndex(r.Payee, r.Run).text(r.ID)}
	if r.Owner != "" && r.Owner != r.Payee {
		keys = append(keys, claimantIndex(r.Owner, r.Run).text(r.ID))
	}
	return keys
}

func totalKey(r *record.LegRow) key {
	k := append(newKey(kindLegTotal).text(r.Run), byte(r.Purpose))
	k = append(k.text(r.PayerBank).text(r.PayeeBank), byte(r.State))
	if r.Kept {
		return append(k, 1)
	}
	return append(k, 0)
}

// addLeg takes a leg's row. Only the first report of a leg says who owns its fen.
func (u *Update) addLeg(row record.LegRow) {
	if before, ok := u.legs[row.ID]; ok && row.Owner == "" {
		row.Owner = before.Owner
	}
	u.legs[row.ID] = row
}

// writeLegs writes the legs of the block and what they change in the sums.
func (u *Update) writeLegs(source Source, sink Sink) error {
	totals := map[string]*LegTotal{}
	for _, id := range slices.Sorted(maps.Keys(u.legs)) {
		if err := writeLeg(source, sink, u.legs[id], totals); err != nil {
			return fmt.Errorf("update leg %s in the view: %w", id, err)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(totals)) {
		if t := totals[k]; t.Count > 0 {
			sink.Set(store.View, []byte(k), record.Encode(t))
		} else {
			sink.Delete(store.View, []byte(k))
		}
	}
	return nil
}

func writeLeg(source Source, sink Sink, row record.LegRow, totals map[string]*LegTotal) error {
	before, err := FindLeg(source, row.ID)
	if err != nil {
		return err
	}
	var old []key
	if before != nil {
		if row.Owner == "" {
			row.Owner = before.Owner
		}
		old = legIndexes(before)
		if err := count(source, totals, before, -1); err != nil {
			return err
		}
	}
	now := legIndexes(&row)
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
	sink.Set(store.View, legKey(row.ID), record.Encode(&row))
	return count(source, totals, &row, 1)
}

// count adds a leg to its sum, or takes it off.
func count(source Source, totals map[string]*LegTotal, row *record.LegRow, by int64) (err error) {
	k := totalKey(row)
	t := totals[string(k)]
	if t == nil {
		if t, err = find[LegTotal](source, k); err != nil {
			return err
		}
		if t == nil {
			empty := totalOf(row)
			t = &empty
		}
		totals[string(k)] = t
	}
	return t.add(row, by)
}
