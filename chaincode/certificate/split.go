package certificate

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// SplitArgument cuts pieces off the low end of a holding. Interval is the whole
// holding as the client saw it; Amounts are the pieces from the lowest fen up,
// and what they leave keeps the holding's id.
type SplitArgument struct {
	Certificate string            `json:"certificate"`
	Holding     uint32            `json:"holding"`
	Version     uint32            `json:"version"`
	Interval    interval.Interval `json:"interval"`
	Amounts     []money.Fen       `json:"amounts"`
}

// PiecesResult are holdings as an operation left them, in order of fen.
type PiecesResult struct {
	Pieces []record.Leg `json:"pieces"`
}

// Split cuts a holding of the actor into pieces of its own. Owner, tiers and
// claim stay; locks stay on their fen, and no cut goes through them.
//
// Refusals, in order: form (BAD_NUMBER, BAD_ARGUMENT, BAD_INTERVAL, BAD_AMOUNT);
// the actor is a maker of a holder or bank (ROLE_MISSING); NOT_FOUND;
// CERTIFICATE_STATE, MATURED; HOLDING_CHANGED when there is no such holding,
// NOT_OWNER, HOLDING_CHANGED when version or fen differ, FROZEN or HOLDING_LOCKED;
// rule SPLIT-LIMIT (PIECE_TOO_SMALL, TOO_MANY_PIECES).
func Split(w *world.World, in SplitArgument) (PiecesResult, error) {
	if err := checkSplitForm(in); err != nil {
		return PiecesResult{}, err
	}
	owner, err := member.Require(w, record.Maker, holders)
	if err != nil {
		return PiecesResult{}, err
	}
	d := newDesk(w)
	b, err := d.book(in.Certificate)
	if err != nil {
		return PiecesResult{}, err
	}
	if err := b.checkActive(); err != nil {
		return PiecesResult{}, err
	}
	e, err := b.owned(owner.ID, in.Holding, in.Version)
	if err != nil {
		return PiecesResult{}, err
	}
	if e.Interval != in.Interval {
		return PiecesResult{}, code.HoldingChanged.New("holding %d of certificate %s is %s, not %s",
			e.ID, b.cert.Number, e.Interval, in.Interval)
	}
	pieces, err := b.checkSplit(e, in.Amounts)
	if err != nil {
		return PiecesResult{}, err
	}
	var cut []*entry
	for _, fen := range pieces {
		cut = append(cut, b.take(e, fen))
	}
	w.Notify(record.NoticeOf{
		Kind: record.HoldingSplit, Subject: b.cert.Number, Members: []string{owner.ID}, Amount: in.Interval.Amount(),
	})
	if err := d.close(); err != nil {
		return PiecesResult{}, err
	}
	return piecesOf(append(cut, e)...), nil
}

func checkSplitForm(in SplitArgument) error {
	leg := record.Leg{Certificate: in.Certificate, Holding: in.Holding, Version: in.Version, Interval: in.Interval}
	if err := checkLeg(leg); err != nil {
		return err
	}
	if len(in.Amounts) == 0 || len(in.Amounts) > MaxParts {
		return code.BadArgument.New("%d pieces, not 1 to %d", len(in.Amounts), MaxParts)
	}
	for _, amount := range in.Amounts {
		if err := checkAmount("a piece", amount); err != nil {
			return err
		}
	}
	sum, err := money.Sum(in.Amounts...)
	if err != nil {
		return err
	}
	if sum >= in.Interval.Amount() {
		return code.BadAmount.New("pieces of %s leave nothing of %s", sum, in.Interval.Amount())
	}
	return nil
}

// checkSplit finds the fen of each piece and refuses a cut through locked fen,
// pieces that are too small, and too many of them.
func (b *book) checkSplit(e *entry, amounts []money.Fen) ([]interval.Interval, error) {
	var pieces []interval.Interval
	rest := e.Interval
	for _, amount := range amounts {
		piece, left, err := rest.CutLow(amount)
		if err != nil {
			return nil, err
		}
		if err := checkCut(&e.Holding, interval.Of(piece.To, left.From)); err != nil {
			return nil, err
		}
		pieces, rest = append(pieces, piece), left
	}
	pack, err := rules.Current(b.w)
	if err != nil {
		return nil, err
	}
	for _, piece := range pieces {
		if err := rules.CheckPiece(b.w, pack, piece.Amount(), rest.Amount()); err != nil {
			return nil, err
		}
	}
	return pieces, rules.CheckPieces(b.w, pack, b.cert.Pieces+uint32(len(pieces)))
}

// HoldingVersion names a holding as the client saw it.
type HoldingVersion struct {
	Holding uint32 `json:"holding"`
	Version uint32 `json:"version"`
}

// MergeArgument names holdings of one certificate that are to become one.
type MergeArgument struct {
	Certificate string           `json:"certificate"`
	Holdings    []HoldingVersion `json:"holdings"` // 2 or more, in any order
}

// Merge joins neighbouring holdings of the actor into the one with the lowest
// fen. Every fen keeps its tier.
//
// Refusals, in order: form (BAD_NUMBER, BAD_ARGUMENT); the actor is a maker of a
// holder or bank (ROLE_MISSING); NOT_FOUND; CERTIFICATE_STATE, MATURED; for each
// holding as listed HOLDING_CHANGED, NOT_OWNER, FROZEN or HOLDING_LOCKED; then
// NOT_MERGEABLE when they are not neighbours or their claims differ.
func Merge(w *world.World, in MergeArgument) (PiecesResult, error) {
	if err := checkMergeForm(in); err != nil {
		return PiecesResult{}, err
	}
	owner, err := member.Require(w, record.Maker, holders)
	if err != nil {
		return PiecesResult{}, err
	}
	d := newDesk(w)
	b, err := d.book(in.Certificate)
	if err != nil {
		return PiecesResult{}, err
	}
	if err := b.checkActive(); err != nil {
		return PiecesResult{}, err
	}
	var parts []*entry
	for _, h := range in.Holdings {
		e, err := b.owned(owner.ID, h.Holding, h.Version)
		if err != nil {
			return PiecesResult{}, err
		}
		if err := checkFree(&e.Holding, e.Interval, OpMerge, ""); err != nil {
			return PiecesResult{}, err
		}
		parts = append(parts, e)
	}
	slices.SortFunc(parts, func(x, y *entry) int { return interval.Compare(x.Interval, y.Interval) })
	if err := checkNeighbours(parts); err != nil {
		return PiecesResult{}, err
	}
	for _, next := range parts[1:] {
		b.merge(parts[0], next)
	}
	w.Notify(record.NoticeOf{
		Kind: record.HoldingsMerged, Subject: b.cert.Number, Members: []string{owner.ID}, Amount: parts[0].Amount(),
	})
	if err := d.close(); err != nil {
		return PiecesResult{}, err
	}
	return piecesOf(parts[0]), nil
}

func checkMergeForm(in MergeArgument) error {
	if err := checkNumber(in.Certificate); err != nil {
		return err
	}
	if len(in.Holdings) < 2 || len(in.Holdings) > MaxParts {
		return code.BadArgument.New("%d holdings, not 2 to %d", len(in.Holdings), MaxParts)
	}
	for i, h := range in.Holdings {
		if h.Holding == 0 || h.Version == 0 {
			return code.BadArgument.New("a holding of %s without id or version", in.Certificate)
		}
		if slices.ContainsFunc(in.Holdings[:i], func(o HoldingVersion) bool { return o.Holding == h.Holding }) {
			return code.BadArgument.New("holding %d is named twice", h.Holding)
		}
	}
	return nil
}

func checkNeighbours(parts []*entry) error {
	for i, high := range parts[1:] {
		low := parts[i]
		if _, err := low.Interval.Join(high.Interval); err != nil {
			return code.NotMergeable.New("fen %s and %s are not neighbours", low.Interval, high.Interval)
		}
		if low.Claim != high.Claim {
			return code.NotMergeable.New("the claims of holdings %d and %d differ", low.ID, high.ID)
		}
	}
	return nil
}

// holders are the roles that can own holdings.
const holders = record.Holder | record.Funder

// owned returns the holding as the client saw it: HOLDING_CHANGED when there is
// none with the id, NOT_OWNER, HOLDING_CHANGED when the version differs, REDEEMED.
func (b *book) owned(owner string, id, version uint32) (*entry, error) {
	e, err := b.holding(id)
	if err != nil {
		return nil, err
	}
	switch {
	case e == nil:
		return nil, code.HoldingChanged.New("certificate %s has no holding %d", b.cert.Number, id)
	case e.Owner != owner:
		return nil, code.NotOwner.New("holding %d of certificate %s", id, b.cert.Number)
	case e.Version != version:
		return nil, code.HoldingChanged.New("holding %d of certificate %s has version %d, not %d",
			id, b.cert.Number, e.Version, version)
	}
	return e, checkOwed(&e.Holding)
}

// leg describes the holding as it stands.
func (e *entry) leg() record.Leg {
	return record.Leg{Certificate: e.Certificate, Holding: e.ID, Version: e.Version, Interval: e.Interval}
}

func piecesOf(entries ...*entry) PiecesResult {
	var r PiecesResult
	for _, e := range entries {
		r.Pieces = append(r.Pieces, e.leg())
	}
	return r
}
