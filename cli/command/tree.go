package command

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// branch is one owner's part of a certificate's way: what came to it in one move,
// what it still holds of that, what of it was paid, and to whom the rest went on.
type branch struct {
	owner    string
	tier     uint16
	kind     record.MoveKind
	received interval.Interval
	held     []interval.Interval // of received and still owed, ascending
	paid     []interval.Interval // of received and redeemed, ascending
	locks    []record.Lock       // on held fen
	onward   []*branch           // ascending by fen
}

// amount is the fen that the owner still holds of this branch.
func (b *branch) amount() money.Fen { return total(b.held) }

func total(parts []interval.Interval) money.Fen {
	var sum money.Fen
	for _, part := range parts {
		sum += part.Amount()
	}
	return sum
}

// grow makes the tree of a certificate out of its moves in order of time. The
// root is the debtor; its branch is what was issued. Held and paid fen of all
// branches tile [1, face], or the moves do not belong to the certificate: an error.
// Fen that were paid do not go back to the debtor: they end with who was paid.
func grow(debtor string, face money.Fen, moves []record.Move) (*branch, error) {
	root := &branch{owner: debtor, received: interval.Whole(face), held: []interval.Interval{interval.Whole(face)}}
	for _, m := range moves {
		taken, err := root.take(m)
		if err != nil {
			return nil, err
		}
		if taken != m.Interval.Amount() {
			return nil, fmt.Errorf("draw the tree: %s moved %s of %s, which has %s of them", m.From, m.Interval, m.Certificate, taken)
		}
	}
	root.sort()
	return root, nil
}

// take moves fen from where the move's sender holds them, and returns how many
// were found. Fen that came to the sender by two ways make two branches.
func (b *branch) take(m record.Move) (money.Fen, error) {
	var taken money.Fen
	for _, child := range b.onward {
		n, err := child.take(m)
		if err != nil {
			return 0, err
		}
		taken += n
	}
	if b.owner != m.From {
		return taken, nil
	}
	var rest, paid []interval.Interval
	var gone []*branch
	for _, part := range b.held {
		piece, ok := part.Intersect(m.Interval)
		if !ok {
			rest = append(rest, part)
			continue
		}
		before, after, err := part.Cut(piece)
		if err != nil {
			return 0, fmt.Errorf("draw the tree: %w", err)
		}
		for _, left := range []interval.Interval{before, after} {
			if !left.IsZero() {
				rest = append(rest, left)
			}
		}
		taken += piece.Amount()
		if m.Kind == record.MoveRedeem {
			paid = append(paid, piece)
			continue
		}
		gone = append(gone, &branch{
			owner: m.To, tier: m.Tier, kind: m.Kind, received: piece, held: []interval.Interval{piece},
		})
	}
	b.held = rest
	b.paid = append(b.paid, paid...)
	b.onward = append(b.onward, gone...)
	return taken, nil
}

// mark notes the locks that rest on what the branches hold.
func (b *branch) mark(holdings []record.Holding) {
	for i := range holdings {
		if holdings[i].Owner != b.owner {
			continue
		}
		for _, lock := range holdings[i].Locks {
			for _, part := range b.held {
				if shared, ok := part.Intersect(lock.Interval); ok {
					lock.Interval = shared
					b.locks = append(b.locks, lock)
				}
			}
		}
	}
	for _, child := range b.onward {
		child.mark(holdings)
	}
}

func (b *branch) sort() {
	slices.SortFunc(b.held, interval.Compare)
	slices.SortFunc(b.paid, interval.Compare)
	slices.SortStableFunc(b.onward, func(x, y *branch) int { return cmp.Compare(x.received.From, y.received.From) })
	for _, child := range b.onward {
		child.sort()
	}
}

// row is a line of the picture.
type row struct {
	left      string // branches and the owner's name
	got, held string
	fen       string // held, and what is to be said of them
}

// draw writes the tree as a picture: one line an owner, with what came to it, what
// it holds, what of it was paid and what rests on it. names gives the names to
// show; an id without one is shown.
func draw(w io.Writer, root *branch, names func(id string) string) error {
	rows := rowsOf(nil, root, "", "", names)
	left, got, held := 0, 0, 0
	for _, r := range rows {
		left, got, held = max(left, width(r.left)), max(got, width(r.got)), max(held, width(r.held))
	}
	var b strings.Builder
	for _, r := range rows {
		line := pad(r.left, left) + "  " + padLeft(r.got, got) + "  " + padLeft(r.held, held) + "  " + r.fen
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func rowsOf(rows []row, b *branch, lead, below string, names func(string) string) []row {
	r := row{left: lead + names(b.owner), got: "¥" + b.received.Amount().Human()}
	if b.tier > 0 {
		r.left = fmt.Sprintf("%s%s (%s)", lead, names(b.owner), tierName(b))
	}
	if amount := b.amount(); amount > 0 {
		r.held, r.fen = "holds ¥"+amount.Human(), joinIntervals(b.held)
	}
	if said := locksOf(b.locks); said != "" {
		r.fen += "  " + said
	}
	if paid := total(b.paid); paid > 0 {
		said := "paid ¥" + paid.Human()
		if r.held == "" {
			r.held, r.fen = said, joinIntervals(b.paid)
		} else {
			r.fen += "  " + said + " " + joinIntervals(b.paid)
		}
	}
	rows = append(rows, r)
	for i, child := range b.onward {
		if i == len(b.onward)-1 {
			rows = rowsOf(rows, child, below+"└─ ", below+"   ", names)
		} else {
			rows = rowsOf(rows, child, below+"├─ ", below+"│  ", names)
		}
	}
	return rows
}

// tierName says how deep the fen are, and how they came to the owner unless it was
// in payment: a bank that bought them stands on the tier of who sold them.
func tierName(b *branch) string {
	text := fmt.Sprintf("tier %d", b.tier)
	if b.kind != record.MoveIssue && b.kind != record.MoveTransfer {
		text += ", " + b.kind.String()
	}
	return text
}

// locksOf sums locks by kind, in order of priority.
func locksOf(locks []record.Lock) string {
	var kinds []record.LockKind
	sums := map[record.LockKind]money.Fen{}
	for _, l := range locks {
		if !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
		sums[l.Kind] += l.Interval.Amount()
	}
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = k.String() + " ¥" + sums[k].Human()
	}
	return strings.Join(texts, ", ")
}

func joinIntervals(parts []interval.Interval) string {
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = "[" + p.String() + "]"
	}
	return strings.Join(texts, " ")
}
