package rules

import (
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// firstDay is the first day of the default pack, before any certificate of this
// ledger.
//
//nolint:gochecknoglobals // read-only
var firstDay = calendar.Date(0).AddMonths(50 * 12) // 2020-01-01

// DefaultPack is the pack a network begins with: ordinal 1, from 2020-01-01.
// Where a rule leaves the figure to the parties or the platform, a network
// changes it by AdoptPack.
func DefaultPack() record.Pack {
	return record.Pack{
		Ordinal:            1,
		Effective:          firstDay,
		Source:             "银发〔2025〕77号; State Council Order 802; Civil Code",
		TermOrdinary:       6,
		TermCap:            12,
		MaxTier:            10,
		MaxPieces:          1000,
		SmallestPiece:      100,
		MaxHopsPerDay:      5,
		AcceptDays:         10,
		ProposalDays:       5,
		ConfirmDays:        30,
		VerificationNeeded: true,
		VerificationDays:   180,
		PublicBodyDays:     30,
		LargeToSMEDays:     60,
		GraceDays:          3,
		CoolingOffHours:    24,
		RequestDays:        10,
		InstructDays:       5,
		StaleHours:         48,
		SearchHours:        72,
		RegisterDays:       10,
		LateDaily:          500, // 0.0500 % a day, Order 802 art. 17
		Lpr:                sampleLPR(),
	}
}

// sampleLPR are the changes of the one-year loan prime rate since 2020 as the
// National Interbank Funding Center published them on the 20th of the month.
// They are here so that a new network can work; its banks check and complete
// them in their first own pack.
func sampleLPR() []record.LprRate {
	var list []record.LprRate
	for _, r := range []struct {
		year, month, day int
		rate             money.Rate
	}{
		{2020, 1, 1, 41500}, {2020, 2, 20, 40500}, {2020, 4, 20, 38500}, {2021, 12, 20, 38000},
		{2022, 1, 20, 37000}, {2022, 8, 22, 36500}, {2023, 6, 20, 35500}, {2023, 8, 21, 34500},
		{2024, 7, 22, 33500}, {2024, 10, 21, 31000}, {2025, 5, 20, 30000},
	} {
		from := calendar.Date(0).AddMonths((r.year-1970)*12 + r.month - 1).AddDays(r.day - 1)
		list = append(list, record.LprRate{From: from, Rate: r.rate})
	}
	return list
}

// Limits of a pack: beyond them lies a typing error, not a policy.
const (
	maxMonths    = 120
	maxTier      = 1000
	maxPieces    = 1000 // a transaction can read the pieces of as many certificates as an order may name
	maxDays      = 3650
	maxHours     = 24 * 90
	maxDated     = 4000 // entries of one list
	maxSource    = 400  // bytes
	maxDailyRate = 10_000
	maxLPR       = 1_000_000
)

// Validate refuses with RULE_PACK_INVALID, naming the field by its JSON name, a
// pack that no network can work with.
func Validate(p *record.Pack) error {
	whole := []struct {
		field       string
		value       int64
		least, most int64
	}{
		{"ordinal", int64(p.Ordinal), 1, 99_999_999},
		{"effective", int64(p.Effective), 1, int64(calendar.LastDate)},
		{"termOrdinaryMonths", int64(p.TermOrdinary), 1, maxMonths},
		{"termCapMonths", int64(p.TermCap), int64(p.TermOrdinary), maxMonths},
		{"maxTier", int64(p.MaxTier), 1, maxTier},
		{"maxPieces", int64(p.MaxPieces), 1, maxPieces},
		{"smallestPiece", int64(p.SmallestPiece), 1, int64(money.MaxFen)},
		{"maxHopsPerDay", int64(p.MaxHopsPerDay), 1, maxTier},
		{"acceptDays", int64(p.AcceptDays), 1, maxDays},
		{"proposalDays", int64(p.ProposalDays), 1, maxDays},
		{"confirmDays", int64(p.ConfirmDays), 1, maxDays},
		{"verificationDays", int64(p.VerificationDays), 1, maxDays},
		{"publicBodyDays", int64(p.PublicBodyDays), 1, maxDays},
		{"largeToSmeDays", int64(p.LargeToSMEDays), int64(p.PublicBodyDays), maxDays},
		{"graceDays", int64(p.GraceDays), 0, maxDays},
		{"coolingOffHours", int64(p.CoolingOffHours), 0, maxHours},
		{"requestDays", int64(p.RequestDays), 1, maxDays},
		{"instructDays", int64(p.InstructDays), 1, maxDays},
		{"staleHours", int64(p.StaleHours), 1, maxHours},
		{"searchHours", int64(p.SearchHours), 1, maxHours},
		{"registerDays", int64(p.RegisterDays), 1, maxDays},
		{"lateDaily", int64(p.LateDaily), 1, maxDailyRate},
	}
	for _, f := range whole {
		if f.value < f.least || f.value > f.most {
			return code.RulePackInvalid.New("%s is %d, not %d to %d", f.field, f.value, f.least, f.most)
		}
	}
	if err := member.CheckText("source", p.Source, maxSource); err != nil {
		return code.RulePackInvalid.New("source is not 1 to %d bytes of printable text", maxSource)
	}
	return validateDated(p)
}

func validateDated(p *record.Pack) error {
	if len(p.Holidays) > maxDated || len(p.Workdays) > maxDated || len(p.Lpr) > maxDated {
		return code.RulePackInvalid.New("holidays, workdays or lpr has more than %d entries", maxDated)
	}
	if err := ownDays(p).Valid(); err != nil {
		return code.RulePackInvalid.New("holidays or workdays: %s", code.Of(err).Detail)
	}
	for i, r := range p.Lpr {
		if r.From.Valid() != nil || i > 0 && p.Lpr[i-1].From >= r.From {
			return code.RulePackInvalid.New("lpr entry %d is not in order of date", i+1)
		}
		if r.Rate <= 0 || r.Rate > maxLPR {
			return code.RulePackInvalid.New("lpr entry %d has the rate %s", i+1, r.Rate)
		}
	}
	return nil
}

// Hash is the SHA-256 of the pack's record: what a replay of a decision names.
func Hash(p *record.Pack) record.Digest { return sha256.Sum256(record.Encode(p)) }

// Current is the pack in force today: RULE_PACK_UNKNOWN when there is none.
func Current(w *world.World) (*record.Pack, error) { return w.Pack() }

// Find returns the pack with an ordinal, or nil: a stored decision names it.
func Find(w *world.World, ordinal uint32) (*record.Pack, error) {
	return world.Find(w, record.PackKey(ordinal))
}

// mainland is read once: parsing it for every transaction would cost more than
// the transaction.
//
//nolint:gochecknoglobals // immutable once read
var mainland = sync.OnceValue(calendar.Mainland)

// WorkingDays are the days worked under the pack: the built-in calendar, with
// each year that the pack's holidays or workdays touch taken from the pack whole.
func WorkingDays(p *record.Pack) calendar.WorkingDays {
	if len(p.Holidays)+len(p.Workdays) == 0 {
		return mainland()
	}
	return mainland().Merge(ownDays(p))
}

// ownDays are the pack's own dated days with the years they touch.
func ownDays(p *record.Pack) calendar.WorkingDays {
	var years []int32
	for _, d := range slices.Concat(p.Holidays, p.Workdays) {
		years = append(years, int32(d.Year()))
	}
	slices.Sort(years)
	return calendar.WorkingDays{Years: slices.Compact(years), Holidays: p.Holidays, MakeUp: p.Workdays}
}

// LPR is the one-year loan prime rate of a day, percent a year; ok is false when
// the pack has none for it.
func LPR(p *record.Pack, day calendar.Date) (rate money.Rate, ok bool) {
	for _, r := range p.Lpr {
		if r.From > day {
			break
		}
		rate, ok = r.Rate, true
	}
	return rate, ok
}

// Genesis writes the first pack on an empty ledger.
func Genesis(w *world.World, p record.Pack) error {
	if p.Ordinal != 1 {
		return code.RulePackInvalid.New("ordinal is %d: a network begins with 1", p.Ordinal)
	}
	if err := Validate(&p); err != nil {
		return err
	}
	if p.Effective > w.Today() {
		return code.RulePackInvalid.New("effective is %s: the first pack must be in force on %s", p.Effective, w.Today())
	}
	if used, err := world.Exists(w, record.PackKey(1)); err != nil || used {
		if err == nil {
			err = code.AlreadyExists.New("rule pack 1")
		}
		return err
	}
	world.Put(w, record.PackKey(1), &p)
	return nil
}

// AdoptPackArgument is a whole new pack.
type AdoptPackArgument struct {
	Pack record.Pack `json:"pack"`
}

// AdoptPackResult names the pack that was adopted.
type AdoptPackResult struct {
	Ordinal   uint32        `json:"ordinal"`
	Effective calendar.Date `json:"effective"`
	Hash      record.Digest `json:"hash"`
}

// AdoptPack adds a rule pack, by more than two thirds of the validator banks.
// Its ordinal is the next; it takes effect today or later, and not before the
// pack it follows. Of packs with one first day the highest ordinal is in force,
// so that a pack that is not in force yet can be replaced.
func AdoptPack(w *world.World, in AdoptPackArgument) (AdoptPackResult, error) {
	if err := Validate(&in.Pack); err != nil {
		return AdoptPackResult{}, err
	}
	if _, err := member.Require(w, record.Maker, record.Funder); err != nil {
		return AdoptPackResult{}, err
	}
	if err := member.RequireQuorum(w, record.QuorumBanks); err != nil {
		return AdoptPackResult{}, err
	}
	last, err := latest(w)
	if err != nil {
		return AdoptPackResult{}, err
	}
	p := &in.Pack
	switch {
	case p.Ordinal != last.Ordinal+1:
		return AdoptPackResult{}, code.RulePackInvalid.New("ordinal is %d, not %d", p.Ordinal, last.Ordinal+1)
	case p.Effective < w.Today():
		return AdoptPackResult{}, code.RulePackInvalid.New("effective is %s, which has passed", p.Effective)
	case p.Effective < last.Effective:
		return AdoptPackResult{}, code.RulePackInvalid.New("effective is %s, before pack %d of %s", p.Effective, last.Ordinal, last.Effective)
	}
	world.Put(w, record.PackKey(p.Ordinal), p)
	validators, err := member.Validators(w)
	if err != nil {
		return AdoptPackResult{}, err
	}
	w.Notify(record.NoticeOf{
		Kind: record.PackAdopted, Subject: string(record.PackKey(p.Ordinal)), Members: member.Banks(validators, w.Actor().Member),
	})
	return AdoptPackResult{Ordinal: p.Ordinal, Effective: p.Effective, Hash: Hash(p)}, nil
}

// latest is the pack with the highest ordinal, in force or not.
func latest(w *world.World) (*record.Pack, error) {
	var last *record.Pack
	prefix := record.PacksPrefix()
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(_ string, p *record.Pack) (bool, error) {
		last = p
		return true, nil
	})
	if err == nil && last == nil {
		err = code.RulePackUnknown.New("the ledger has no rule pack")
	}
	return last, err
}

// QuorumOf says which quorum a function of this package always needs.
func QuorumOf(function string) (q record.Quorum, ok bool) {
	if function == "rules:AdoptPack" {
		return record.QuorumBanks, true
	}
	return 0, false
}
