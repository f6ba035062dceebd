package command

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
)

// piece is a part of a certificate with its present owner.
type piece struct {
	owner string
	fen   interval.Interval
	paid  bool
}

// pieces are what all branches hold and what was paid to them, in order of fen. They
// tile [1, face].
func (b *branch) pieces() []piece {
	var list []piece
	for _, part := range b.held {
		list = append(list, piece{b.owner, part, false})
	}
	for _, part := range b.paid {
		list = append(list, piece{b.owner, part, true})
	}
	for _, child := range b.onward {
		list = append(list, child.pieces()...)
	}
	slices.SortFunc(list, func(x, y piece) int { return cmp.Compare(x.fen.From, y.fen.From) })
	return list
}

// ruler draws the fen of a certificate as one bar: each piece is as wide as its
// share of the face, and its owner's short name stands in it where it has room,
// behind a tick when the fen were paid.
func ruler(w io.Writer, face money.Fen, pieces []piece, columns int, names func(id string) string) error {
	var top, middle, bottom strings.Builder
	top.WriteString("┌")
	middle.WriteString("│")
	bottom.WriteString("└")
	for i, p := range pieces {
		room := share(p.fen.To, face, columns) - share(p.fen.From-1, face, columns) - 1
		room = max(room, 1)
		top.WriteString(strings.Repeat("─", room))
		bottom.WriteString(strings.Repeat("─", room))
		middle.WriteString(center(either(p.paid, "✓ ", "")+names(p.owner), room))
		last := i == len(pieces)-1
		top.WriteString(either(last, "┐", "┬"))
		middle.WriteString("│")
		bottom.WriteString(either(last, "┘", "┴"))
	}
	_, err := io.WriteString(w, top.String()+"\n"+middle.String()+"\n"+bottom.String()+"\n")
	return err
}

// share is where in the columns a fen lies.
func share(fen, face money.Fen, columns int) int {
	at, err := money.MulDiv(int64(fen), int64(columns), int64(face), money.Down)
	if err != nil {
		return columns // fen and face are within a certificate: it can not overflow
	}
	return int(at)
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
