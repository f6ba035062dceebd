package financing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

// DiscountArgument offers to pay early for less, or changes an offer of the same id.
type DiscountArgument struct {
	ID      string        `json:"id"`   // chosen by the debtor
	Rate    money.Rate    `json:"rate"` // percent a year
	Basis   int32         `json:"basis"`
	MinDays int32         `json:"minDays,omitzero" metadata:",optional"` // at least so long before the payment date
	Volume  money.Fen     `json:"volume,omitzero" metadata:",optional"`  // fen in all; no bound when left out
	Account string        `json:"account"`                               // from which the debtor pays
	From    calendar.Date `json:"from"`
	Until   calendar.Date `json:"until"`
}

// Bound is what the debtor's own policy compares: the most that it pays early under
// the offer, without bound when none is set.
func (in DiscountArgument) Bound() money.Fen { return bound(in.Volume) }

// DiscountResult is an offer to pay early after a change.
type DiscountResult struct {
	Debtor string `json:"debtor"`
	ID     string `json:"id"`
	Closed bool   `json:"closed"`
}

// PostDiscount publishes at which discount the debtor pays its certificates early
// (dynamic discounting): whoever holds fen may take it.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_RATE, BAD_AMOUNT, BAD_DATE); the actor
// is a debtor's maker (ROLE_MISSING); the account (NOT_FOUND, ACCOUNT_UNCONFIRMED,
// COOLING_OFF).
func PostDiscount(w *world.World, in DiscountArgument) (DiscountResult, error) {
	if err := in.form(w); err != nil {
		return DiscountResult{}, err
	}
	debtor, err := member.Require(w, record.Maker, record.Debtor)
	if err != nil {
		return DiscountResult{}, err
	}
	if _, err := member.UsableAccount(w, debtor.ID, in.Account); err != nil {
		return DiscountResult{}, err
	}
	o := &record.DiscountOffer{
		Debtor: debtor.ID, ID: in.ID, Rate: in.Rate, Basis: in.Basis, MinDays: in.MinDays, Volume: in.Volume,
		Account: in.Account, From: in.From, Until: in.Until, Signed: member.Signed(w),
	}
	old, err := world.Find(w, record.DiscountKey(debtor.ID, in.ID))
	if err != nil {
		return DiscountResult{}, err
	}
	if old != nil {
		o.Taken = old.Taken
	}
	return putDiscount(w, o), nil
}

func (in *DiscountArgument) form(w *world.World) error {
	if err := member.CheckIdentifier("offer", in.ID); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if in.Rate <= 0 || in.Rate > Whole {
		return code.BadRate.New("rate %s is not above 0.0000 and at most 100.0000", in.Rate)
	}
	if in.Basis != money.Basis360 && in.Basis != money.Basis365 {
		return code.BadArgument.New("basis %d is neither 360 nor 365", in.Basis)
	}
	if in.MinDays < 0 || in.Volume < 0 {
		return code.BadAmount.New("at least %d days, %s in all", in.MinDays, in.Volume)
	}
	return checkSpan(w, in.From, in.Until)
}

func putDiscount(w *world.World, o *record.DiscountOffer) DiscountResult {
	world.Put(w, record.DiscountKey(o.Debtor, o.ID), o)
	w.Notify(record.NoticeOf{
		Kind: record.DiscountChanged, Subject: o.Debtor + "/" + o.ID, Members: []string{o.Debtor}, Amount: o.Volume,
	})
	return DiscountResult{o.Debtor, o.ID, o.Closed}
}

// CloseDiscount ends an offer to pay early; what was taken stays agreed. Closing a
// closed one changes nothing. Refusals, in order: BAD_ARGUMENT; the actor is a
// debtor's maker (ROLE_MISSING); NOT_FOUND.
func CloseDiscount(w *world.World, in NameArgument) (DiscountResult, error) {
	if err := member.CheckIdentifier("offer", in.ID); err != nil {
		return DiscountResult{}, err
	}
	debtor, err := member.Require(w, record.Maker, record.Debtor)
	if err != nil {
		return DiscountResult{}, err
	}
	o, err := world.Load(w, record.DiscountKey(debtor.ID, in.ID), "offer", in.ID)
	if err != nil {
		return DiscountResult{}, err
	}
	if o.Closed {
		return DiscountResult{o.Debtor, o.ID, true}, nil
	}
	o.Closed = true
	return putDiscount(w, o), nil
}

// TakeDiscountArgument takes a debtor's offer to pay early.
type TakeDiscountArgument struct {
	Debtor    string        `json:"debtor"`
	Offer     string        `json:"offer"` // the debtor's id for it
	Legs      []record.Leg  `json:"legs"`
	Account   string        `json:"account"`   // of the holder, to be paid to
	ValueDate calendar.Date `json:"valueDate"` // from which the discount is calculated, and the last day on which it can be instructed
	Amount    money.Fen     `json:"amount"`    // what the holder saw that it will be paid: see DiscountedOf
}

// Fen is what the holder's own policy compares: the sum of the legs.
func (in TakeDiscountArgument) Fen() money.Fen { return certificate.LegsAmount(in.Legs) }

// TakeDiscountHolds is what a proposal to take an offer sets aside: the fen.
func TakeDiscountHolds(_ *world.World, in TakeDiscountArgument) ([]record.Hold, error) {
	return certificate.IntervalHolds(in.Legs), nil
}

// DiscountedOf is what a debtor pays early for fen: their sum less the discount of
// each leg, at the annual rate for the days from the value date to its payment date,
// one end counted, rounded half up to a fen once.
func DiscountedOf(rate money.Rate, basis int32, valueDate calendar.Date, parts []Part) (money.Fen, error) {
	_, sum, err := discountedShares(rate, basis, valueDate, parts)
	return sum, err
}

// discountedShares is DiscountedOf, with the money for each leg.
func discountedShares(rate money.Rate, basis int32, valueDate calendar.Date, parts []Part) ([]money.Fen, money.Fen, error) {
	var sum money.Fen
	shares := make([]money.Fen, 0, len(parts))
	for _, p := range parts {
		days := calendar.DaysBetween(valueDate, p.Payment)
		discount, err := money.DiscountInterest(p.Amount, rate, max(0, days), int(basis), money.HalfUp)
		if err != nil {
			return nil, 0, err
		}
		shares = append(shares, p.Amount-discount)
		if sum, err = sum.Add(p.Amount - discount); err != nil {
			return nil, 0, err
		}
	}
	if sum <= 0 {
		return nil, 0, code.TermsInvalid.New("%s is left of the fen", sum)
	}
	return shares, sum, nil
}

// TakeDiscount agrees with a debtor that it pays fen early. When it has paid, they
// are redeemed.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, BAD_AMOUNT,
// BAD_DATE, AMOUNT_OVERFLOW); the actor is a maker of a holder or bank
// (ROLE_MISSING); NOT_FOUND for the offer; RATE_CLOSED, also for another day or when
// its volume is used up; BAD_DATE for the value date; the accounts (NOT_FOUND,
// ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg as Request; RATE_UNFIT;
// TERMS_INVALID when a part of the fen is still the seller's, see Resell, or when it
// comes to another amount.
func TakeDiscount(w *world.World, in TakeDiscountArgument) (SettlementResult, error) {
	if err := in.form(); err != nil {
		return SettlementResult{}, err
	}
	holder, err := member.Require(w, record.Maker, record.Holder|record.Funder)
	if err != nil {
		return SettlementResult{}, err
	}
	o, err := discountOffer(w, in)
	if err != nil {
		return SettlementResult{}, err
	}
	s := &record.Settlement{
		ID: w.NewID(), Purpose: record.PurposeDiscount, Amount: in.Amount, Effect: record.EffectRedeem, Offer: o.ID,
		ValueDate: in.ValueDate, LapsesAt: in.ValueDate.AddDays(1).Start(),
	}
	if err := settlement.SetAccounts(w, s, settlement.Account{Member: o.Debtor, ID: o.Account},
		settlement.Account{Member: holder.ID, ID: in.Account}); err != nil {
		return SettlementResult{}, err
	}
	stakes, err := settlement.Begin(w, s, certificate.Engagement{
		Owner: holder.ID, Legs: in.Legs, Counterpart: o.Debtor, Operation: certificate.OpFinance,
	})
	if err != nil {
		return SettlementResult{}, err
	}
	if err := CheckDiscounted(o, stakes, in.ValueDate); err != nil {
		return SettlementResult{}, err
	}
	if err := checkWhole(w, stakes); err != nil {
		return SettlementResult{}, err
	}
	shares, amount, err := discountedShares(o.Rate, o.Basis, in.ValueDate, partsOf(stakes))
	if err != nil {
		return SettlementResult{}, err
	}
	if amount != in.Amount {
		return SettlementResult{}, code.TermsInvalid.New("on %s the fen are paid with %s, not %s", in.ValueDate, amount, in.Amount)
	}
	s.Shares = shares
	world.Put(w, record.SettlementKey(s.ID), s)
	o.Taken += s.Fen // checked when the offer was found
	world.Put(w, record.DiscountKey(o.Debtor, o.ID), o)
	return SettlementResult{s.ID, s.Amount}, nil
}

func (in *TakeDiscountArgument) form() error {
	if err := member.CheckID(in.Debtor); err != nil {
		return err
	}
	if err := member.CheckIdentifier("offer", in.Offer); err != nil {
		return err
	}
	if err := settlement.CheckLegs(in.Legs); err != nil {
		return err
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if in.Amount <= 0 {
		return code.BadAmount.New("a payment of %s", in.Amount)
	}
	return in.ValueDate.Valid()
}

// discountOffer returns an offer that is open today and has volume left.
func discountOffer(w *world.World, in TakeDiscountArgument) (*record.DiscountOffer, error) {
	o, err := world.Load(w, record.DiscountKey(in.Debtor, in.Offer), "offer", in.Offer)
	if err != nil {
		return nil, err
	}
	if err := CheckOffer(o, in.Fen(), w.Today()); err != nil {
		return nil, err
	}
	pack, err := rules.Current(w)
	if err != nil {
		return nil, err
	}
	return o, checkValueDate(w, pack, in.ValueDate)
}

// CheckOffer refuses with RATE_CLOSED an offer that cannot be taken for so many fen on
// a day; AMOUNT_OVERFLOW.
func CheckOffer(o *record.DiscountOffer, fen money.Fen, today calendar.Date) error {
	taken, err := o.Taken.Add(fen)
	switch {
	case err != nil:
		return err
	case o.Closed || today < o.From || today > o.Until:
		return code.RateClosed.New("offer %s of %s is open from %s until %s; closed: %t", o.ID, o.Debtor, o.From, o.Until, o.Closed)
	case o.Volume > 0 && taken > o.Volume:
		return code.RateClosed.New("offer %s of %s has %s left of %s", o.ID, o.Debtor, max(0, o.Volume-o.Taken), o.Volume)
	}
	return nil
}

// CheckDiscounted refuses with RATE_UNFIT fen that an offer is not for when they are
// paid on a day.
func CheckDiscounted(o *record.DiscountOffer, stakes []certificate.Stake, valueDate calendar.Date) error {
	for _, s := range stakes {
		days := calendar.DaysBetween(valueDate, s.Payment)
		if s.Debtor != o.Debtor || days < max(1, int(o.MinDays)) {
			return code.RateUnfit.New("certificate %s, owed by %s, payable %d days after the value date", s.Certificate, s.Debtor, days)
		}
	}
	return nil
}

// untakeDiscount gives the volume of an offer back when what was agreed under it
// came to nothing.
func untakeDiscount(w *world.World, s *record.Settlement) error {
	o, err := world.Load(w, record.DiscountKey(s.Payer, s.Offer), "offer", s.Offer)
	if err != nil {
		return err
	}
	o.Taken -= s.Fen
	world.Put(w, record.DiscountKey(o.Debtor, o.ID), o)
	return nil
}
