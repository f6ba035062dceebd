package report

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// Source is one committed height of a ledger. State and Rows are of the same
// snapshot of a store.
type Source struct {
	State  record.State
	Rows   view.Source // the outcomes and the read model
	Height int64
	Now    calendar.Instant // the ledger's time
}

// AsOf says of which moment of the ledger a report is.
type AsOf struct {
	Height int64            `json:"height" doc:"Of the block up to which it was read"`
	Time   calendar.Instant `json:"time" doc:"The ledger's time at that height"`
}

// AsOf is the source's moment.
func (s *Source) AsOf() AsOf { return AsOf{s.Height, s.Now} }

// Days is a range of days in Asia/Shanghai, both ends included. A zero end is open.
type Days struct{ From, To calendar.Date }

func (d Days) has(day calendar.Date) bool {
	return (d.From == 0 || day >= d.From) && (d.To == 0 || day <= d.To)
}

// packOn is the rule pack in force on a day: of those whose first day has come, the
// one with the highest ordinal.
func (s *Source) packOn(day calendar.Date) (*record.Pack, error) {
	var found *record.Pack
	err := record.Each(s.State, record.PacksPrefix(), func(p *record.Pack) bool {
		if p.Effective <= day {
			found = p
		}
		return true
	})
	if err == nil && found == nil {
		err = fmt.Errorf("no rule pack is in force on %s", day)
	}
	return found, err
}

// Stream visits the rows of a report in its order: those whose key comes after a key,
// all for the empty one, until visit returns false. A key is not empty, and keys
// ascend. A row is visit's to keep.
type Stream[T any] func(after string, visit func(key string, row *T) (bool, error)) error

// Each visits every row.
func (s Stream[T]) Each(visit func(row *T) error) error {
	return s("", func(_ string, row *T) (bool, error) { return true, visit(row) })
}

// All collects every row.
func (s Stream[T]) All() ([]T, error) {
	list := []T{}
	err := s.Each(func(row *T) error {
		list = append(list, *row)
		return nil
	})
	return list, err
}

// Page is one page of the rows. A cursor that no page gave is refused with
// BAD_CURSOR.
func (s Stream[T]) Page(cut view.Cut) (view.Page[T], error) {
	page := view.Page[T]{Items: []T{}}
	limit := cut.Limit
	if limit <= 0 {
		limit = view.DefaultPage
	}
	limit = min(limit, view.MaxPage)
	after, err := base64.RawURLEncoding.Strict().DecodeString(cut.Cursor)
	if err != nil || cut.Cursor != "" && !strings.HasPrefix(string(after), cursorMark) {
		return page, code.BadCursor.New("")
	}
	last := strings.TrimPrefix(string(after), cursorMark)
	err = s(last, func(key string, row *T) (bool, error) {
		if len(page.Items) == limit {
			page.Next = base64.RawURLEncoding.EncodeToString([]byte(cursorMark + last))
			return false, nil
		}
		page.Items, last = append(page.Items, *row), key
		return true, nil
	})
	return page, err
}

// cursorMark begins every cursor, so that one of another list is told from it.
const cursorMark = "report:"

// sorted is the stream of a list whose rows know their keys.
func sorted[T any](list []T, keyOf func(*T) string) Stream[T] {
	type keyed struct {
		key string
		row *T
	}
	rows := make([]keyed, len(list))
	for i := range list {
		rows[i] = keyed{keyOf(&list[i]), &list[i]}
	}
	slices.SortFunc(rows, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	return func(after string, visit func(string, *T) (bool, error)) error {
		for _, r := range rows {
			if r.key <= after {
				continue
			}
			if more, err := visit(r.key, r.row); !more || err != nil {
				return err
			}
		}
		return nil
	}
}

// Flow is how many and how much.
type Flow struct {
	Count  int64     `json:"count"`
	Amount money.Fen `json:"amount"`
}

func (f *Flow) add(count int64, amount money.Fen) (err error) {
	f.Count += count
	f.Amount, err = f.Amount.Add(amount)
	return err
}

// sum is an amount to be added to another.
type sum struct {
	to     *money.Fen
	amount money.Fen
}

// plusAll adds; AMOUNT_OVERFLOW beyond what fits.
func plusAll(sums ...sum) (err error) {
	for _, s := range sums {
		if *s.to, err = s.to.Add(s.amount); err != nil {
			return err
		}
	}
	return nil
}

// debtorOf is the debtor of a certificate, whose code its number begins with.
func debtorOf(certificate string) string {
	const socialCredit = 18 // characters
	return certificate[:min(len(certificate), socialCredit)]
}
