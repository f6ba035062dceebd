package view

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
)

// Limits of one page.
const (
	DefaultPage = 50
	MaxPage     = 500
	maxScanned  = 20 * MaxPage // rows looked at for one page before it ends early
)

// Page is one page of a list. Next is the cursor of the page after it, empty on
// the last one; a page may be short or empty and still have a Next.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// Cut says where a page starts and how long it may be.
type Cut struct {
	Cursor string
	Limit  int // 0 means DefaultPage
}

// HoldingFilter selects holdings. Owner, debtor, state and tier each have an
// index; the first one given is used and the rest are checked row by row.
type HoldingFilter struct {
	Owner       string
	Debtor      string
	Certificate string
	State       record.CertificateState // 0: any
	Tier        uint16                  // deepest tier of the holding; 0: any
	PaymentFrom calendar.Date           // inclusive; 0: any
	PaymentTo   calendar.Date           // inclusive; 0: any
}

// Holdings lists holdings in order of payment date, certificate and id.
func Holdings(source Source, f HoldingFilter, cut Cut) (Page[record.HoldingRow], error) {
	prefix, indexed := f.index()
	start, end := prefix, prefix.end()
	if indexed && f.PaymentFrom != 0 {
		start = key(bytes.Clone(prefix)).date(f.PaymentFrom)
	}
	if indexed && f.PaymentTo != 0 {
		end = key(bytes.Clone(prefix)).date(f.PaymentTo).end()
	}
	return between(source, start, end, cut, func(k, value []byte) (*record.HoldingRow, error) {
		if indexed {
			var err error
			if value, err = source.Get(store.View, holdingOf(k)); err != nil {
				return nil, err
			}
		}
		row := new(record.HoldingRow)
		if err := record.Decode(value, row); err != nil {
			return nil, err
		}
		if !f.matches(row) {
			return nil, nil
		}
		return row, nil
	})
}

func (f *HoldingFilter) index() (prefix key, indexed bool) {
	switch {
	case f.Certificate != "":
		return newKey(kindHolding).text(f.Certificate), false
	case f.Owner != "":
		return newKey(kindByOwner).text(f.Owner), true
	case f.Debtor != "":
		return newKey(kindByMaturity).text(f.Debtor), true
	case f.Tier != 0:
		return newKey(kindByTier).tier(f.Tier), true
	case f.State != 0:
		return append(newKey(kindByState), byte(f.State)), true
	default:
		return newKey(kindHolding), false
	}
}

func (f *HoldingFilter) matches(r *record.HoldingRow) bool {
	return (f.Owner == "" || r.Owner == f.Owner) &&
		(f.Debtor == "" || r.Debtor == f.Debtor) &&
		(f.Certificate == "" || r.Certificate == f.Certificate) &&
		(f.State == 0 || r.State == f.State) &&
		(f.Tier == 0 || r.Tier == f.Tier) &&
		(f.PaymentFrom == 0 || r.Payment >= f.PaymentFrom) &&
		(f.PaymentTo == 0 || r.Payment <= f.PaymentTo)
}

// holdingOf turns an index key into the key of the holding's row: it ends with
// a certificate number, a zero byte and the id.
func holdingOf(index []byte) key {
	id := index[len(index)-4:]
	end := len(index) - 5
	number := index[end-numberLength : end]
	return holdingKey(string(number), binary.BigEndian.Uint32(id))
}

// numberLength is the length of a certificate number.
const numberLength = 34

// FindCertificate returns a certificate's row, or nil.
func FindCertificate(source Source, number string) (*record.CertificateRow, error) {
	return find[record.CertificateRow](source, certificateKey(number))
}

// Certificates lists a debtor's certificates in order of payment date, or all
// certificates in order of number when debtor is empty.
func Certificates(source Source, debtor string, cut Cut) (Page[record.CertificateRow], error) {
	prefix := newKey(kindCertificate)
	if debtor != "" {
		prefix = newKey(kindByDebtor).text(debtor)
	}
	return list(source, prefix, cut, func(k, value []byte) (*record.CertificateRow, error) {
		if debtor == "" {
			row := new(record.CertificateRow)
			return row, record.Decode(value, row)
		}
		number := k[len(prefix)+4 : len(k)-1]
		return FindCertificate(source, string(number))
	})
}

// FinancingFilter selects financings. Member and state each have an index; with
// both, the member's is used and the state is checked row by row.
type FinancingFilter struct {
	Member string                // as holder, funder or debtor; empty: any
	State  record.FinancingState // 0: any
}

// FindFinancing returns a financing's row, or nil.
func FindFinancing(source Source, id string) (*record.FinancingRow, error) {
	return find[record.FinancingRow](source, financingKey(id))
}

// Financings lists financings in order of the time of request, then id: oldest
// first.
func Financings(source Source, f FinancingFilter, cut Cut) (Page[record.FinancingRow], error) {
	prefix := f.index()
	return list(source, prefix, cut, func(k, _ []byte) (*record.FinancingRow, error) {
		id := string(k[len(prefix)+8 : len(k)-1])
		row, err := FindFinancing(source, id)
		if err != nil {
			return nil, err
		}
		if row == nil {
			return nil, fmt.Errorf("the view lists financing %s, which has no row", id)
		}
		if f.State != 0 && row.State != f.State {
			return nil, nil
		}
		return row, nil
	})
}

func (f *FinancingFilter) index() key {
	switch {
	case f.Member != "":
		return partyIndex(f.Member)
	case f.State != 0:
		return stageIndex(f.State)
	default:
		return newKey(kindByRequest)
	}
}

// Worklist lists what waits for a member.
func Worklist(source Source, member string, cut Cut) (Page[Work], error) {
	return list(source, newKey(kindWork).text(member), cut, func(_, value []byte) (*Work, error) {
		w := new(Work)
		return w, record.Decode(value, w)
	})
}

// History lists the accepted outcomes that concern a subject (a certificate
// number, a transfer, a proposal ...), oldest first.
func History(source Source, subject string, cut Cut) (Page[record.Outcome], error) {
	prefix := newKey(kindHistory).text(subject)
	return list(source, prefix, cut, func(k, _ []byte) (*record.Outcome, error) {
		return outcomeAt(source, k[len(prefix):])
	})
}

// Passage is one entry of the lineage: how some fen came to an owner.
type Passage struct {
	record.Move
	TxID   record.Digest    `json:"txId"`
	Height int64            `json:"height"`
	Time   calendar.Instant `json:"time"`
}

// Lineage lists how the fen of a certificate moved. With fen above zero it
// lists only the moves of that one fen. Order is by interval, then time.
func Lineage(source Source, certificate string, fen money.Fen, cut Cut) (Page[Passage], error) {
	prefix := newKey(kindLineage).text(certificate)
	return list(source, prefix, cut, func(k, _ []byte) (*Passage, error) {
		place := k[len(prefix)+16:]
		o, err := outcomeAt(source, place)
		if err != nil {
			return nil, err
		}
		i := binary.BigEndian.Uint32(place[12:])
		if int(i) >= len(o.Effects.Moves) {
			return nil, fmt.Errorf("lineage of %s names move %d of %d", certificate, i, len(o.Effects.Moves))
		}
		m := o.Effects.Moves[i]
		if fen > 0 && (fen < m.Interval.From || fen > m.Interval.To) {
			return nil, nil
		}
		return &Passage{Move: m, TxID: o.TxID, Height: o.Height, Time: o.Time}, nil
	})
}

// outcomeAt reads the outcome at a place written by key.place.
func outcomeAt(source Source, place []byte) (*record.Outcome, error) {
	height := int64(binary.BigEndian.Uint64(place) ^ (1 << 63))
	index := binary.BigEndian.Uint32(place[8:])
	o, err := outcome.At(source, height, index)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, fmt.Errorf("the view names outcome %d of block %d, which is not stored", index, height)
	}
	return o, nil
}

// list walks a prefix of the view and builds one page. A nil item is skipped.
func list[T any](source Source, prefix key, cut Cut, item func(k, value []byte) (*T, error)) (Page[T], error) {
	return between(source, prefix, prefix.end(), cut, item)
}

// between is list over the keys from start up to but not including end.
func between[T any](source Source, start, end key, cut Cut, item func(k, value []byte) (*T, error)) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	limit := cut.Limit
	if limit <= 0 {
		limit = DefaultPage
	}
	limit = min(limit, MaxPage)
	if cut.Cursor != "" {
		after, err := base64.RawURLEncoding.DecodeString(cut.Cursor)
		if err != nil || bytes.Compare(after, start) < 0 || bytes.Compare(after, end) >= 0 {
			return page, code.BadCursor.New("")
		}
		start = append(after, 0)
	}
	scanned, last := 0, []byte(nil)
	err := source.Scan(store.View, start, end, func(k, value []byte) (bool, error) {
		if len(page.Items) == limit || scanned == maxScanned {
			page.Next = base64.RawURLEncoding.EncodeToString(last)
			return false, nil
		}
		scanned++
		last = bytes.Clone(k)
		v, err := item(last, value)
		if err != nil {
			return false, err
		}
		if v != nil {
			page.Items = append(page.Items, *v)
		}
		return true, nil
	})
	return page, err
}
