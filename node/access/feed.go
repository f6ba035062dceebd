package access

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
)

// MaxFeed is the most events in one page of a feed.
const MaxFeed = 500

// maxOutcomes is how many outcomes are looked at for one page before it ends early,
// outcomesAtOnce how many of them are in memory.
const (
	maxOutcomes    = 2000
	outcomesAtOnce = 50
)

// Place is where a reader of a feed goes on: the first notice that it has not seen.
// Its text is a cursor, the same at every node: the height, the index of the outcome
// in its block and that of the notice in its outcome, with hyphens. The zero Place is
// the beginning.
type Place struct {
	Height int64
	Index  uint32
	Notice uint32
}

// PlaceAfter is the place behind everything of a block.
func PlaceAfter(height int64) Place { return Place{Height: height + 1} }

// ParsePlace reads a cursor; an empty one is the beginning, and another text than String
// writes is BAD_CURSOR.
func ParsePlace(text string) (Place, error) {
	if text == "" {
		return Place{}, nil
	}
	var p Place
	parts := strings.Split(text, "-")
	if len(parts) != 3 {
		return p, code.BadCursor.New("")
	}
	height, err := strconv.ParseInt(parts[0], 10, 64)
	index, err2 := strconv.ParseUint(parts[1], 10, 32)
	notice, err3 := strconv.ParseUint(parts[2], 10, 32)
	p = Place{height, uint32(index), uint32(notice)} //nolint:gosec // parsed as 32 bits
	if err != nil || err2 != nil || err3 != nil || p.String() != text {
		return Place{}, code.BadCursor.New("")
	}
	return p, nil
}

// String is the place as a cursor.
func (p Place) String() string {
	return fmt.Sprintf("%d-%d-%d", p.Height, p.Index, p.Notice)
}

// cut is the cut of a feed from the outcome of the place on.
func (p Place) cut(member string) view.Cut {
	if p.Index > 0 {
		return view.FeedAfter(member, p.Height, p.Index-1, outcomesAtOnce)
	}
	return view.FeedAfter(member, p.Height-1, math.MaxUint32, outcomesAtOnce)
}

// Event is one notice of the ledger as a member that it names is told of it.
type Event struct {
	Cursor   string            `json:"cursor" doc:"Reading goes on behind this event with it" example:"1200-3-1"`
	Height   int64             `json:"height"`
	Time     calendar.Instant  `json:"time" doc:"Of the block"`
	Kind     record.NoticeKind `json:"kind"`
	Subject  string            `json:"subject" doc:"A certificate's number, a transfer's id, a proposal's ..."`
	TxID     record.Digest     `json:"txId"`
	Function string            `json:"function"`
	Member   string            `json:"member" doc:"Who did it; empty when time did"`
	Amount   money.Fen         `json:"amount" doc:"Zero of an order of a court: read the order"`
	Until    calendar.Instant  `json:"until,omitzero" required:"false" doc:"When what waits now lapses"`
	Opens    bool              `json:"opens" doc:"It waits for this member from now on"`
	Closes   bool              `json:"closes" doc:"It no longer waits for this member"`
}

// Feed is a page of events, oldest first. Next is where to go on; More says that
// there may be further events already.
type Feed struct {
	Items []Event
	Next  Place
	More  bool
}

// FeedOf reads a member's feed from a place on: of every accepted outcome the notices
// that name the member. It holds nothing that the member may not see: who else was
// told stays out of it.
func FeedOf(source view.Source, member string, from Place, limit int) (Feed, error) {
	feed := Feed{Items: []Event{}, Next: from}
	limit = max(1, min(limit, MaxFeed))
	cut := from.cut(member)
	for looked := 0; looked < maxOutcomes; {
		page, err := view.Feed(source, member, cut)
		if err != nil {
			return feed, fmt.Errorf("read the feed of %s: %w", member, err)
		}
		for i := range page.Items {
			if full := feed.add(&page.Items[i], member, from, limit); full {
				feed.More = true
				return feed, nil
			}
		}
		if page.Next == "" {
			return feed, nil
		}
		looked += len(page.Items)
		cut.Cursor = page.Next
	}
	feed.More = true
	return feed, nil
}

// add takes the notices of the next outcome, and reports whether one did not fit.
func (f *Feed) add(o *record.Outcome, member string, from Place, limit int) (full bool) {
	first := 0
	if o.Height == from.Height && o.Index == from.Index {
		first = int(from.Notice)
	}
	for i := first; i < len(o.Effects.Notices); i++ {
		n := &o.Effects.Notices[i]
		opens, closes := slices.Contains(n.Opens, member), slices.Contains(n.Closes, member)
		if !opens && !closes && !slices.Contains(n.Members, member) {
			continue
		}
		if len(f.Items) == limit {
			f.Next = Place{o.Height, o.Index, uint32(i)} //nolint:gosec // at most some thousand notices
			return true
		}
		behind := Place{o.Height, o.Index, uint32(i) + 1} //nolint:gosec // as above
		amount := n.Amount
		if ofOrder(n.Kind) && member != o.Member {
			amount = 0
		}
		f.Items = append(f.Items, Event{
			Cursor: behind.String(), Height: o.Height, Time: o.Time, Kind: n.Kind, Subject: n.Subject, TxID: o.TxID,
			Function: o.Function, Member: o.Member, Amount: amount, Until: n.Until, Opens: opens, Closes: closes && !opens,
		})
	}
	f.Next = Place{Height: o.Height, Index: o.Index + 1}
	return false
}

// Feed reads the feed of the viewer's member.
func (r *Reader) Feed(from Place, limit int) (Feed, error) {
	return FeedOf(r.View, r.Member.ID, from, limit)
}
