// Package interval is the arithmetic of ownership: a certificate of face F is the
// interval of fen [1, F], a holding is a part of it, and splitting, transferring
// and redeeming only ever cut and join such parts. Contracts and the offline audit
// call it.
//
// It knows nothing of owners, locks or certificates, and never changes an interval
// in place.
package interval

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
)

// Interval is the fen From to To of a certificate, both included, counted from 1.
// The zero Interval is no fen at all: cuts give it where nothing is left. Its text
// is "1-30000000", and empty for no fen.
type Interval struct {
	_    struct{}  `cbor:",toarray"`
	From money.Fen // first fen, 1 or more
	To   money.Fen // last fen, From or more
}

// Of names the interval [from, to] without checking it; see Valid.
func Of(from, to money.Fen) Interval { return Interval{From: from, To: to} }

// Whole is the interval of a whole certificate of the given face.
func Whole(face money.Fen) Interval { return Interval{From: 1, To: face} }

// IsZero reports whether i is no fen at all.
func (i Interval) IsZero() bool { return i == Interval{} }

// WellFormed reports whether i names at least one fen and starts at 1 or later.
func (i Interval) WellFormed() bool { return 1 <= i.From && i.From <= i.To }

// Valid refuses with BAD_INTERVAL an interval that is not a part of a certificate
// of the given face.
func (i Interval) Valid(face money.Fen) error {
	if !i.WellFormed() || i.To > face {
		return code.BadInterval.New("interval %s is not inside 1-%d", i.raw(), face)
	}
	return nil
}

// Amount is the number of fen, 0 if i is not well formed.
func (i Interval) Amount() money.Fen {
	if !i.WellFormed() {
		return 0
	}
	return i.To - i.From + 1
}

// Contains reports whether every fen of o is in i. No fen is contained nowhere.
func (i Interval) Contains(o Interval) bool {
	return i.WellFormed() && o.WellFormed() && i.From <= o.From && o.To <= i.To
}

// Overlaps reports whether i and o share a fen.
func (i Interval) Overlaps(o Interval) bool {
	return i.WellFormed() && o.WellFormed() && i.From <= o.To && o.From <= i.To
}

// Intersect gives the fen that i and o share; ok is false if there are none.
func (i Interval) Intersect(o Interval) (shared Interval, ok bool) {
	if !i.Overlaps(o) {
		return Interval{}, false
	}
	return Of(max(i.From, o.From), min(i.To, o.To)), true
}

// CutLow takes amount fen from the low end of i. The rest is the zero Interval if
// the piece is all of i. An amount that is not positive or exceeds i is refused
// with BAD_INTERVAL.
func (i Interval) CutLow(amount money.Fen) (piece, rest Interval, err error) {
	if err := i.canGive(amount); err != nil {
		return Interval{}, Interval{}, err
	}
	last := i.From + (amount - 1)
	return Of(i.From, last), between(last+1, i.To), nil
}

// CutHigh takes amount fen from the high end of i, otherwise like CutLow.
func (i Interval) CutHigh(amount money.Fen) (piece, rest Interval, err error) {
	if err := i.canGive(amount); err != nil {
		return Interval{}, Interval{}, err
	}
	first := i.To - (amount - 1)
	return Of(first, i.To), between(i.From, first-1), nil
}

func (i Interval) canGive(amount money.Fen) error {
	if amount <= 0 || amount > i.Amount() {
		return code.BadInterval.New("cannot take %d fen from interval %s of %d fen", amount, i.raw(), i.Amount())
	}
	return nil
}

// Cut takes piece out of i and gives what lies before it and after it, either of
// which may be the zero Interval. A piece that is not inside i is refused with
// BAD_INTERVAL.
func (i Interval) Cut(piece Interval) (before, after Interval, err error) {
	if !i.Contains(piece) {
		return Interval{}, Interval{}, code.BadInterval.New("interval %s is not inside %s", piece.raw(), i.raw())
	}
	if i.From < piece.From {
		before = Of(i.From, piece.From-1)
	}
	if piece.To < i.To {
		after = Of(piece.To+1, i.To)
	}
	return before, after, nil
}

// between is [from, to], or no fen if from lies behind to.
func between(from, to money.Fen) Interval {
	if from < 1 || from > to {
		return Interval{}
	}
	return Of(from, to)
}

// Join gives the interval that i and o form together. They must touch without
// sharing a fen, in either order; else BAD_INTERVAL.
func (i Interval) Join(o Interval) (Interval, error) {
	if i.WellFormed() && o.WellFormed() {
		// Written without +1 so that the last possible fen cannot wrap.
		if i.To < o.From && o.From-i.To == 1 {
			return Of(i.From, o.To), nil
		}
		if o.To < i.From && i.From-o.To == 1 {
			return Of(o.From, i.To), nil
		}
	}
	return Interval{}, code.BadInterval.New("intervals %s and %s are not neighbours", i.raw(), o.raw())
}

// Compare orders intervals by their first fen, then their last.
func Compare(a, b Interval) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
}

// Tile checks that the parts cover [1, face] exactly, in any order. Else it
// refuses with BAD_INTERVAL and names the first gap, overlap or part outside. The
// parts are not changed.
func Tile(face money.Fen, parts []Interval) error {
	sorted := slices.SortedFunc(slices.Values(parts), Compare)
	var covered money.Fen // the fen 1 to covered are tiled so far
	for n, p := range sorted {
		if err := p.Valid(face); err != nil {
			return err
		}
		if p.From <= covered {
			return code.BadInterval.New("intervals %s and %s overlap", sorted[n-1], p)
		}
		if p.From-covered > 1 {
			return code.BadInterval.New("gap %s before interval %s", Of(covered+1, p.From-1), p)
		}
		covered = p.To
	}
	if face < 1 {
		return code.BadInterval.New("face %d has no fen to tile", face)
	}
	if covered < face {
		return code.BadInterval.New("gap %s at the end of 1-%d", Of(covered+1, face), face)
	}
	return nil
}

// Parse reads "1-30000000". Only what String writes for a well-formed interval is
// accepted; else BAD_INTERVAL.
func Parse(s string) (Interval, error) {
	if len(s) <= 2*19+1 {
		from, to, ok := strings.Cut(s, "-")
		f, errF := strconv.ParseInt(from, 10, 64)
		t, errT := strconv.ParseInt(to, 10, 64)
		i := Of(money.Fen(f), money.Fen(t))
		if ok && errF == nil && errT == nil && i.WellFormed() && i.String() == s {
			return i, nil
		}
	}
	return Interval{}, code.BadInterval.New("%.50q is not an interval such as 1-30000000", s)
}

// String is the text, "1-30000000", or empty for the zero Interval.
func (i Interval) String() string {
	if i.IsZero() {
		return ""
	}
	return i.raw()
}

// raw writes any pair of numbers, for refusals.
func (i Interval) raw() string {
	return strconv.FormatInt(int64(i.From), 10) + "-" + strconv.FormatInt(int64(i.To), 10)
}

// MarshalText gives the text.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the text; an empty one is the zero Interval, which Valid
// refuses wherever fen are needed.
func (i *Interval) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*i = Interval{}
		return nil
	}
	v, err := Parse(string(text))
	if err != nil {
		return err
	}
	*i = v
	return nil
}
