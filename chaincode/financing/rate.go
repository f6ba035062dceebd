package financing

import (
	"math"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/settlement"
	"github.com/tierledger/tierledger/chaincode/world"
)

const maxValueDays = 30

// RateArgument posts a rate, or changes one of the same id.
type RateArgument struct {
	ID        string        `json:"id"`                                   // chosen by the bank
	Debtor    string        `json:"debtor,omitzero" metadata:",optional"` // of the fen; any when left out
	Tier      uint16        `json:"tier,omitzero" metadata:",optional"`   // deepest tier of the fen; any when left out
	MinDays   int32         `json:"minDays,omitzero" metadata:",optional"`
	MaxDays   int32         `json:"maxDays"` // from the day on which it is taken to each leg's payment date
	Min       money.Fen     `json:"min"`     // size of one financing
	Max       money.Fen     `json:"max"`
	Volume    money.Fen     `json:"volume,omitzero" metadata:",optional"`    // of all together; no bound but the limits when left out
	Terms     record.Terms  `json:"terms"`                                   // without a value date
	ValueDays int32         `json:"valueDays,omitzero" metadata:",optional"` // from the day on which it is taken to the value date
	Account   string        `json:"account"`                                 // from which the bank pays
	From      calendar.Date `json:"from"`
	Until     calendar.Date `json:"until"` // last day
}

// Bound is what the bank's own policy compares: the most that all financings at the
// rate come to, without bound when none is set.
func (in RateArgument) Bound() money.Fen { return bound(in.Volume) }

func bound(volume money.Fen) money.Fen {
	if volume == 0 {
		return math.MaxInt64
	}
	return volume
}

// RateResult is a posted rate after a change.
type RateResult struct {
	Bank   string `json:"bank"`
	ID     string `json:"id"`
	Closed bool   `json:"closed"`
}

// PostRate publishes terms under which the bank finances at once whoever takes them:
// by debtor, tier, term and size. What was taken under the id before stays counted.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_AMOUNT, BAD_DATE,
// TERMS_INVALID); the actor is a bank's maker (ROLE_MISSING); the debtor
// (MEMBER_UNKNOWN); the guarantor (MEMBER_UNKNOWN, MEMBER_SUSPENDED, ROLE_MISSING);
// the account (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF).
func PostRate(w *world.World, in RateArgument) (RateResult, error) {
	if err := in.form(w); err != nil {
		return RateResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return RateResult{}, err
	}
	if in.Debtor != "" {
		if _, err := member.Get(w, in.Debtor); err != nil {
			return RateResult{}, err
		}
	}
	if in.Terms.Guarantor != "" {
		if _, err := member.GetActive(w, in.Terms.Guarantor, record.Guarantor); err != nil {
			return RateResult{}, err
		}
	}
	if _, err := member.UsableAccount(w, bank.ID, in.Account); err != nil {
		return RateResult{}, err
	}
	p := &record.PostedRate{
		Bank: bank.ID, ID: in.ID, Debtor: in.Debtor, Tier: in.Tier, MinDays: in.MinDays, MaxDays: in.MaxDays,
		Min: in.Min, Max: in.Max, Volume: in.Volume, Terms: in.Terms, ValueDays: in.ValueDays, Account: in.Account, From: in.From, Until: in.Until,
		Signed: member.Signed(w),
	}
	old, err := world.Find(w, record.RateKey(bank.ID, in.ID))
	if err != nil {
		return RateResult{}, err
	}
	if old != nil {
		p.Taken = old.Taken
	}
	return putRate(w, p), nil
}

func (in *RateArgument) form(w *world.World) error {
	if err := member.CheckIdentifier("rate", in.ID); err != nil {
		return err
	}
	if in.Debtor != "" {
		if err := number.CheckSocialCredit(in.Debtor); err != nil {
			return err
		}
	}
	if err := member.CheckIdentifier("account", in.Account); err != nil {
		return err
	}
	if in.MinDays < 0 || in.MaxDays < max(1, in.MinDays) {
		return code.BadArgument.New("terms of %d to %d days", in.MinDays, in.MaxDays)
	}
	if in.Min <= 0 || in.Max < in.Min || in.Volume < 0 {
		return code.BadAmount.New("sizes of %s to %s, %s in all", in.Min, in.Max, in.Volume)
	}
	if err := checkSpan(w, in.From, in.Until); err != nil {
		return err
	}
	if in.Terms.ValueDate != 0 {
		return code.TermsInvalid.New("valueDate: it follows from the day on which the rate is taken")
	}
	if in.ValueDays < 0 || in.ValueDays > maxValueDays {
		return code.TermsInvalid.New("valueDays %d: 0 to %d", in.ValueDays, maxValueDays)
	}
	return CheckTerms(in.Terms)
}

// checkSpan refuses with BAD_DATE days that are not in order or over already.
func checkSpan(w *world.World, from, until calendar.Date) error {
	if err := from.Valid(); err != nil {
		return err
	}
	if err := until.Valid(); err != nil {
		return err
	}
	if until < from || until < w.Today() {
		return code.BadDate.New("from %s until %s: today is %s", from, until, w.Today())
	}
	return nil
}

func putRate(w *world.World, p *record.PostedRate) RateResult {
	world.Put(w, record.RateKey(p.Bank, p.ID), p)
	w.Notify(record.NoticeOf{
		Kind: record.RateChanged, Subject: p.Bank + "/" + p.ID, Members: with([]string{p.Bank}, p.Debtor), Amount: p.Max,
	})
	return RateResult{p.Bank, p.ID, p.Closed}
}

// NameArgument names a standing offer of the signing member.
type NameArgument struct {
	ID string `json:"id"`
}

// CloseRate ends a posted rate; what was taken stays agreed. Closing a closed one
// changes nothing. Refusals, in order: BAD_ARGUMENT; the actor is a bank's maker
// (ROLE_MISSING); NOT_FOUND.
func CloseRate(w *world.World, in NameArgument) (RateResult, error) {
	if err := member.CheckIdentifier("rate", in.ID); err != nil {
		return RateResult{}, err
	}
	bank, err := member.Require(w, record.Maker, record.Funder)
	if err != nil {
		return RateResult{}, err
	}
	p, err := world.Load(w, record.RateKey(bank.ID, in.ID), "rate", in.ID)
	if err != nil {
		return RateResult{}, err
	}
	if p.Closed {
		return RateResult{p.Bank, p.ID, true}, nil
	}
	p.Closed = true
	return putRate(w, p), nil
}

// TakeRateArgument takes a bank's posted rate.
type TakeRateArgument struct {
	Bank    string       `json:"bank"`
	Rate    string       `json:"rate"`  // the bank's id for it
	Terms   record.Terms `json:"terms"` // as the holder saw them posted: it signs them
	Legs    []record.Leg `json:"legs"`
	Account string       `json:"account"` // of the holder, to be paid to
	Net     money.Fen    `json:"net"`     // what the holder saw that it will be paid
}

// Amount is what the holder's own policy compares: the sum of the legs.
func (in TakeRateArgument) Amount() money.Fen { return certificate.LegsAmount(in.Legs) }

// TakeRate agrees with a bank on its posted rate, without a request: the bank has
// signed it already. What the bank has changed since the holder saw it, the holder
// has not signed.
//
// Refusals, in order: form (BAD_ARGUMENT, BAD_NUMBER, BAD_INTERVAL, AMOUNT_OVERFLOW);
// the actor is a maker of a holder (ROLE_MISSING); SELF_TRANSFER; NOT_FOUND for the
// rate; RATE_CLOSED, also for another day or when its volume is used up;
// MEMBER_SUSPENDED for the bank; TERMS_INVALID for other terms; the account (NOT_FOUND, ACCOUNT_UNCONFIRMED, COOLING_OFF); leg by leg
// as Request; ALREADY_FINANCED; TRANSFER_TO_DEBTOR; RATE_UNFIT; TERMS_INVALID; the
// guarantor and the bank's account as Select; LIMIT_REACHED, GROUP_EXCEEDED.
func TakeRate(w *world.World, in TakeRateArgument) (AgreedResult, error) {
	if err := in.form(); err != nil {
		return AgreedResult{}, err
	}
	holder, err := member.Require(w, record.Maker, record.Holder)
	if err != nil {
		return AgreedResult{}, err
	}
	if in.Bank == holder.ID {
		return AgreedResult{}, code.SelfTransfer.New("bank %s", holder.ID)
	}
	p, err := postedRate(w, in)
	if err != nil {
		return AgreedResult{}, err
	}
	account, err := member.UsableAccount(w, holder.ID, in.Account)
	if err != nil {
		return AgreedResult{}, err
	}
	f := &record.Financing{
		ID: w.NewID(), Holder: holder.ID, Amount: in.Amount(), Rate: p.ID, Account: account.ID, Funder: p.Bank,
		FunderAccount: p.Account, HolderSigned: member.Signed(w), FunderSigned: p.Signed, RequestedAt: w.Now(),
	}
	s := &record.Settlement{
		ID: f.ID, Purpose: record.PurposeFinancing, Financing: f.ID, Payee: holder.ID, PayeeAccount: account.ID,
		PayeeBank: account.Bank, LapsesAt: math.MaxInt64,
	}
	stakes, err := settlement.Begin(w, s, certificate.Engagement{Owner: holder.ID, Legs: in.Legs, Operation: certificate.OpFinance})
	if err != nil {
		return AgreedResult{}, err
	}
	if err := checkUnfinanced(stakes); err != nil {
		return AgreedResult{}, err
	}
	if err := CheckFit(p, stakes, w.Today()); err != nil {
		return AgreedResult{}, err
	}
	f.Debtors = debtorsOf(stakes)
	terms := p.Terms
	terms.ValueDate = w.Today().AddDays(int(p.ValueDays))
	if err := price(w, f, s, terms, in.Net); err != nil {
		return AgreedResult{}, err
	}
	f.Reserved = exposureOf(p.Bank, f.Holder, stakes)
	if err := credit.ReserveLimits(w, p.Bank, f.Reserved); err != nil {
		return AgreedResult{}, err
	}
	p.Taken += f.Amount // at most the volume, or what limits hold
	world.Put(w, record.RateKey(p.Bank, p.ID), p)
	return agree(w, f, s)
}

func (in *TakeRateArgument) form() error {
	if err := member.CheckID(in.Bank); err != nil {
		return err
	}
	if err := member.CheckIdentifier("rate", in.Rate); err != nil {
		return err
	}
	if err := settlement.CheckLegs(in.Legs); err != nil {
		return err
	}
	return member.CheckIdentifier("account", in.Account)
}

// TakeRateHolds is what a proposal to take a rate sets aside: the fen.
func TakeRateHolds(_ *world.World, in TakeRateArgument) ([]record.Hold, error) {
	return certificate.IntervalHolds(in.Legs), nil
}

// postedRate returns a rate that is open today and has volume left.
func postedRate(w *world.World, in TakeRateArgument) (*record.PostedRate, error) {
	p, err := world.Load(w, record.RateKey(in.Bank, in.Rate), "rate", in.Rate)
	if err != nil {
		return nil, err
	}
	if err := CheckOpen(p, in.Amount(), w.Today()); err != nil {
		return nil, err
	}
	if _, err = member.GetActive(w, p.Bank, record.Funder); err != nil {
		return nil, err
	}
	if in.Terms != p.Terms {
		return nil, code.TermsInvalid.New("bank %s has posted other terms as %s by now", p.Bank, p.ID)
	}
	return p, nil
}

// CheckOpen refuses with RATE_CLOSED a rate that cannot be taken for an amount on a
// day; AMOUNT_OVERFLOW.
func CheckOpen(p *record.PostedRate, amount money.Fen, today calendar.Date) error {
	taken, err := p.Taken.Add(amount)
	switch {
	case err != nil:
		return err
	case p.Closed || today < p.From || today > p.Until:
		return code.RateClosed.New("rate %s of bank %s is open from %s until %s; closed: %t", p.ID, p.Bank, p.From, p.Until, p.Closed)
	case p.Volume > 0 && taken > p.Volume:
		return code.RateClosed.New("rate %s of bank %s has %s left of %s", p.ID, p.Bank, max(0, p.Volume-p.Taken), p.Volume)
	}
	return nil
}

// CheckFit refuses with TRANSFER_TO_DEBTOR or RATE_UNFIT fen that a posted rate is not
// for on a day. The fen are those of legs that CheckLegs has added.
func CheckFit(p *record.PostedRate, stakes []certificate.Stake, today calendar.Date) error {
	var sum money.Fen
	for _, s := range stakes {
		sum += s.Interval.Amount()
		days := calendar.DaysBetween(today, s.Payment)
		switch {
		case s.Debtor == p.Bank:
			return code.TransferToDebtor.New("bank %s owes certificate %s", p.Bank, s.Certificate)
		case p.Debtor != "" && s.Debtor != p.Debtor:
			return code.RateUnfit.New("certificate %s is owed by %s, the rate is for %s", s.Certificate, s.Debtor, p.Debtor)
		case p.Tier != 0 && s.Tier > p.Tier:
			return code.RateUnfit.New("fen %s of certificate %s are of tier %d, at most %d", s.Interval, s.Certificate, s.Tier, p.Tier)
		case days < int(p.MinDays) || days > int(p.MaxDays):
			return code.RateUnfit.New("certificate %s is payable in %d days, the rate is for %d to %d", s.Certificate, days, p.MinDays, p.MaxDays)
		}
	}
	if sum < p.Min || sum > p.Max {
		return code.RateUnfit.New("%s is not within %s to %s", sum, p.Min, p.Max)
	}
	return nil
}

// untakeRate gives the volume of a rate back when what was agreed under it came to
// nothing.
func untakeRate(w *world.World, f *record.Financing) error {
	p, err := world.Load(w, record.RateKey(f.Funder, f.Rate), "rate", f.Rate)
	if err != nil {
		return err
	}
	p.Taken -= f.Amount
	world.Put(w, record.RateKey(p.Bank, p.ID), p)
	return nil
}
