package importer

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// maxLegs is how many certificates one made-up financing has at most.
const maxLegs = 3

// pieceID names a holding.
type pieceID struct {
	certificate string
	id          uint32
}

// piece is a holding whose fen are free.
type piece struct {
	pieceID
	version uint32
	fen     interval.Interval
	payment calendar.Date
	owner   string
	debtor  string
	used    bool
}

// intent is a financing that is to be made.
type intent struct {
	owner   *owner
	bank    int // that finances it
	kind    record.FinancingKind
	legs    []record.Leg
	parts   []financing.Part
	debtors []string
	net     money.Fen // what the holder sees that it will be paid
}

// choose plans so many financings, or as many as there are free fen for. The same
// seed chooses the same of the same ledger. Each holding is used once: its next fen
// are free when these are paid for.
func (im *financingsImport) choose(ctx context.Context, missing int) ([]intent, error) {
	im.Progress.Stage(string(StageChoose), missing)
	pack, err := im.net.Banks[0].Node.Pack(ctx)
	if err != nil {
		return nil, err
	}
	now, err := im.now(ctx)
	if err != nil {
		return nil, err
	}
	pieces, err := im.free(ctx, now.Date())
	if err != nil {
		return nil, err
	}
	c := chooser{
		im: im, today: now.Date(), least: pack.SmallestPiece, byOwner: map[string][]*piece{},
		random: rand.New(rand.NewPCG(uint64(im.want.Seed), uint64(len(im.found)))),
	}
	c.random.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	for _, p := range pieces {
		c.byOwner[p.owner] = append(c.byOwner[p.owner], p)
	}
	var plan []intent
	for _, p := range pieces {
		if len(plan) == missing {
			break
		}
		if p.used {
			continue
		}
		if in, ok := c.one(p); ok {
			plan = append(plan, in)
			im.Progress.Add(1)
		}
	}
	// One signer's financings stand together, so that they share transactions.
	slices.SortStableFunc(plan, func(a, b intent) int { return cmp.Compare(a.owner.id, b.owner.id) })
	return plan, nil
}

// free lists the holdings of those who sign here whose fen nothing holds, in order
// of certificate.
func (im *financingsImport) free(ctx context.Context, today calendar.Date) ([]*piece, error) {
	var list []*piece
	for row, err := range im.net.Banks[0].Node.Holdings(ctx) {
		if err != nil {
			return nil, fmt.Errorf("list the holdings: %w", err)
		}
		id := pieceID{row.Certificate, row.ID}
		_, ofBank := im.banks[row.Owner]
		_, byBank := im.banks[row.Debtor]
		if row.State != record.Active || row.Locks != 0 || row.Redeemed || row.Gone || row.Payment <= today ||
			ofBank || byBank || im.owners[row.Owner] == nil || im.avoid[id] {
			continue
		}
		list = append(list, &piece{
			pieceID: id, version: row.Version, fen: row.Interval, payment: row.Payment, owner: row.Owner, debtor: row.Debtor,
		})
	}
	slices.SortFunc(list, func(a, b *piece) int {
		return cmp.Or(cmp.Compare(a.certificate, b.certificate), cmp.Compare(a.id, b.id))
	})
	return list, nil
}

// chooser makes the choices of one round.
type chooser struct {
	im      *financingsImport
	today   calendar.Date
	least   money.Fen // smallest piece that may be cut
	random  *rand.Rand
	byOwner map[string][]*piece // in the order in which they are tried
}

// one plans a financing that begins with a holding. It reports false when there are
// no terms on which anything would be paid for it.
func (c *chooser) one(first *piece) (intent, bool) {
	in := intent{owner: c.im.owners[first.owner], bank: c.random.IntN(len(c.im.net.Banks))}
	for _, p := range c.several(first) {
		p.used = true
		amount := c.cut(p.fen.Amount())
		in.legs = append(in.legs, record.Leg{
			Certificate: p.certificate, Holding: p.id, Version: p.version, Interval: interval.Of(p.fen.From, p.fen.From+amount-1),
		})
		in.parts = append(in.parts, financing.Part{Amount: amount, Payment: p.payment})
		in.debtors = append(in.debtors, p.debtor)
	}
	kinds := financingKinds()
	c.random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, in.kind = range kinds {
		if _, err := costOf(c.im.terms(in.bank, in.kind), c.today, in.parts); err == nil {
			return in, true
		}
	}
	return in, false
}

// several are the holdings of a financing: mostly one, and now and then two or
// three of the same owner in different certificates.
func (c *chooser) several(first *piece) []*piece {
	list := []*piece{first}
	if c.random.IntN(4) > 0 {
		return list
	}
	legs := 2 + c.random.IntN(maxLegs-1)
	for _, p := range c.byOwner[first.owner] {
		if len(list) == legs {
			break
		}
		if !p.used && !slices.ContainsFunc(list, func(o *piece) bool { return o.certificate == p.certificate }) {
			list = append(list, p)
		}
	}
	return list
}

// cut is how many fen of a holding are financed: all of them now and then, else so
// many that what is left is no less than the smallest piece.
func (c *chooser) cut(size money.Fen) money.Fen {
	if size < 2*c.least || c.random.IntN(5) == 0 {
		return size
	}
	return c.least + money.Fen(c.random.Int64N(int64(size-2*c.least)+1))
}
