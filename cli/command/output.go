package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// print writes a record: as JSON with --json, else as people does.
func (a *app) print(v any, people func(w io.Writer)) error {
	if !a.json {
		people(a.Out)
		return nil
	}
	text, err := json.Marshal(v, json.Deterministic(true), json.OmitZeroStructFields(true), jsontext.WithIndent("  "))
	if err != nil {
		return fmt.Errorf("write the answer as JSON: %w", err)
	}
	_, err = fmt.Fprintf(a.Out, "%s\n", text)
	return err
}

// table is a list for people: columns as wide as their widest cell.
type table struct {
	right map[int]bool // columns of amounts
	rows  [][]string
}

// columns starts a table; a name that begins with > is a column of amounts.
func columns(names ...string) *table {
	t := &table{right: map[int]bool{}}
	row := make([]string, len(names))
	for i, n := range names {
		row[i], t.right[i] = strings.TrimPrefix(n, ">"), strings.HasPrefix(n, ">")
	}
	t.rows = append(t.rows, row)
	return t
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write writes the table, or what it says when there is nothing in it.
func (t *table) write(w io.Writer, none string) {
	if len(t.rows) == 1 {
		fmt.Fprintln(w, none)
		return
	}
	wide := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			wide[i] = max(wide[i], width(cell))
		}
	}
	for _, row := range t.rows {
		var b strings.Builder
		for i, cell := range row {
			if t.right[i] {
				b.WriteString(padLeft(cell, wide[i]) + "  ")
			} else {
				b.WriteString(pad(cell, wide[i]) + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

// fields writes a record as names and values, those without a value left out.
func fields(w io.Writer, pairs ...string) {
	wide := 0
	for i := 0; i < len(pairs); i += 2 {
		wide = max(wide, width(pairs[i]))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(w, "%s  %s\n", pad(pairs[i], wide), pairs[i+1])
		}
	}
}

func yuan(f money.Fen) string { return "¥" + f.Human() }

// yuanSaid, when, dayOf, hashSaid and signedSaid are a value for people, nothing
// for none.
func yuanSaid(f money.Fen) string {
	if f == 0 {
		return ""
	}
	return yuan(f)
}

func when(i calendar.Instant) string {
	if i.IsZero() {
		return ""
	}
	return i.String()
}

func dayOf(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func hashSaid(d record.Digest) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func signedSaid(s record.Signature, names func(string) string) string {
	if s.Member == "" {
		return ""
	}
	return fmt.Sprintf("%s (%s), %s", names(s.Member), s.Person, s.At)
}

// nameAll names members in a list.
func nameAll(ids []string, names func(string) string) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = names(id)
	}
	return strings.Join(texts, ", ")
}

// before shows a person what is about to be signed.
func (a *app) before(people func(w io.Writer)) {
	if !a.json && !a.quiet {
		people(a.Err)
	}
}

// movesOf are a tree's edges as moves.
func movesOf(t *client.Tree) []record.Move {
	moves := make([]record.Move, len(t.Edges))
	for i, e := range t.Edges {
		moves[i] = record.Move{
			Kind: e.Kind, Certificate: t.Number, Interval: e.Interval, From: e.From, To: e.To, Order: e.Order, Tier: e.Tier,
		}
	}
	return moves
}

// nameIn gives the registered names of a tree's members.
func nameIn(t *client.Tree) func(string) string {
	return func(id string) string {
		if n, ok := t.Names[id]; ok {
			return n
		}
		return id
	}
}

// showTree draws a certificate: its head, its tree and its bar.
func (a *app) showTree(t *client.Tree) error {
	root, err := grow(t.Debtor, t.Face, movesOf(t))
	if err != nil {
		return err
	}
	names := nameIn(t)
	fmt.Fprintf(a.Out, "\ncertificate %s\n%s by %s, payable on %s, %s\n\n", t.Number, yuan(t.Face), names(t.Debtor), t.Payment, treeState(t))
	if len(t.Edges) == 0 {
		root.held = nil // what was never accepted, nobody holds
	}
	root.mark(t.Holdings)
	if err := draw(a.Out, root, names); err != nil {
		return err
	}
	if t.Truncated {
		fmt.Fprintln(a.Out, "  there are more moves than fit here; page through them with scf certificate lineage")
	}
	pieces := root.pieces()
	if len(pieces) == 0 {
		return nil
	}
	fmt.Fprintln(a.Out)
	return ruler(a.Out, t.Face, pieces, pictureColumns, names)
}

// treeState is the certificate's state, or that all of it was paid.
func treeState(t *client.Tree) string {
	paid := len(t.Holdings) > 0
	for i := range t.Holdings {
		paid = paid && t.Holdings[i].Redeemed != 0
	}
	if paid && t.State == record.Active {
		return certificate.StatusSettled.String()
	}
	return t.State.String()
}

// deepest is the first fen of the deepest tier: the one with the longest way.
func deepest(t *client.Tree) money.Fen {
	var fen money.Fen
	var tier uint16
	for _, e := range t.Edges {
		if e.Tier > tier {
			fen, tier = e.Interval.From, e.Tier
		}
	}
	return fen
}

// showLineage writes the way of one fen as a line.
func (a *app) showLineage(t *client.Tree, fen money.Fen) {
	names := nameIn(t)
	way := names(t.Debtor)
	for _, e := range t.Edges {
		if e.Interval.Contains(interval.Of(fen, fen)) {
			way += fmt.Sprintf(" ─%s→ %s", e.Kind, names(e.To))
		}
	}
	fmt.Fprintf(a.Out, "\nfen %d: %s\n", fen, way)
}

// holdingsOf are an owner's holdings of a certificate, in order of fen.
func holdingsOf(c *client.Certificate, owner string) []record.Holding {
	var list []record.Holding
	for _, h := range c.Holdings {
		if h.Owner == owner {
			list = append(list, h)
		}
	}
	sortHoldings(list)
	return list
}

// names gives a function that names members: by the devnet's list, else as the
// node says, else by their code.
func (s *session) names(ctx context.Context) func(string) string {
	known := map[string]string{}
	if s.app.devnet != nil {
		for _, m := range s.app.devnet.Members() {
			known[m.ID] = m.Name
		}
	}
	return func(id string) string {
		if name, ok := known[id]; ok || id == "" {
			return name
		}
		known[id] = id
		if m, err := s.Member(ctx, id); err == nil {
			known[id] = m.Name
		}
		return known[id]
	}
}
