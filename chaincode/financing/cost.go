package financing

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Whole is 100 % as a rate, and the most that a rate of interest may be.
const Whole money.Rate = 100 * 10_000

// Part is the fen of one leg and the day on which they are paid.
type Part struct {
	Amount  money.Fen
	Payment calendar.Date
}

// CheckTerms refuses with TERMS_INVALID, naming the term, terms that no financing
// can have. The value date is looked at where it is known: see CostOf.
func CheckTerms(t record.Terms) error {
	percent := func(r money.Rate) bool { return r >= 0 && r <= Whole }
	wrong := ""
	switch {
	case t.Kind.String() == "":
		wrong = "kind: a sale with or without recourse, or a pledge"
	case t.Rate < 0 || t.Rate > Whole:
		wrong = "rate " + t.Rate.String() + ": 0.0000 to 100.0000"
	case t.Basis != money.Basis360 && t.Basis != money.Basis365:
		wrong = "basis: 360 or 365"
	case t.Interest.String() == "":
		wrong = "interest: prepaid or at-maturity"
	case t.Advance <= 0 || t.Advance > Whole:
		wrong = "advance " + t.Advance.String() + ": above 0.0000, at most 100.0000"
	case t.Fee < 0:
		wrong = "fee " + t.Fee.String()
	case !percent(t.SupplierInterest) || !percent(t.SupplierFee):
		wrong = "supplierInterest and supplierFee: 0.0000 to 100.0000"
	case t.Contract.IsZero():
		wrong = "contract: its hash is missing"
	}
	if wrong == "" {
		wrong = maturityFault(t)
	}
	if wrong == "" {
		wrong = guaranteeFault(t)
	}
	if wrong != "" {
		return code.TermsInvalid.New("%s", wrong)
	}
	return nil
}

// maturityFault finds interest that is due at maturity and that nobody is there to
// pay: the seller of an outright sale is out of it, and a debtor pays its share when
// the financing is paid out.
func maturityFault(t record.Terms) string {
	switch {
	case t.Interest != record.InterestAtMaturity:
		return ""
	case t.Kind == record.SaleWithoutRecourse:
		return "interest: that of a sale without recourse is prepaid"
	case t.SupplierInterest < Whole:
		return "interest: a debtor's share is prepaid"
	}
	return ""
}

func guaranteeFault(t record.Terms) string {
	if t.Guarantor == "" {
		if t.Guarantee != 0 || t.GuaranteeFee != 0 || !t.GuaranteeContract.IsZero() {
			return "guarantor: a guarantee without one"
		}
		return ""
	}
	switch {
	case member.CheckID(t.Guarantor) != nil:
		return "guarantor: not a social credit code"
	case t.Guarantee <= 0:
		return "guarantee: its amount is missing"
	case t.GuaranteeFee < 0:
		return "guaranteeFee " + t.GuaranteeFee.String()
	case t.GuaranteeContract.IsZero():
		return "guaranteeContract: its hash is missing"
	}
	return ""
}

// CostOf is what terms come to for the fen of some legs. The advance is the
// advance ratio of the whole, rounded down, divided over the legs in proportion;
// each leg's interest is its advance at the annual rate for the days from the value
// date to its payment date, one end counted, rounded half up to a fen once; the
// supplier's shares are rounded half up and the debtor's are the rest. So
//
//	net = advance - supplier's prepaid interest - supplier's part of the fee
//
// and all shares sum. It refuses with TERMS_INVALID a value date on or after a
// payment date and terms that leave the supplier nothing, and with AMOUNT_OVERFLOW.
func CostOf(t record.Terms, parts []Part) (record.Cost, error) {
	var c record.Cost
	advances, weight, err := advancesOf(t, parts, &c)
	if err != nil {
		return c, err
	}
	if c.Interest, err = interestOf(t, parts, advances, calendar.LastDate); err != nil {
		return c, err
	}
	if c.SupplierInterest, err = money.Share(c.Interest, t.SupplierInterest, money.HalfUp); err != nil {
		return c, err
	}
	if c.SupplierFee, err = money.Share(t.Fee, t.SupplierFee, money.HalfUp); err != nil {
		return c, err
	}
	c.DebtorInterest, c.DebtorFee, c.GuaranteeFee = c.Interest-c.SupplierInterest, t.Fee-c.SupplierFee, t.GuaranteeFee
	if c.Net, err = c.Advance.Sub(c.SupplierFee); err != nil {
		return c, err
	}
	if t.Interest == record.InterestPrepaid {
		if c.Net, err = c.Net.Sub(c.SupplierInterest); err != nil {
			return c, err
		}
	}
	if c.Net <= 0 || c.Net <= c.GuaranteeFee {
		return c, code.TermsInvalid.New("%s of %s is left to the supplier", c.Net-c.GuaranteeFee, c.Advance)
	}
	c.AllIn, err = allIn(c, weight)
	return c, err
}

// advancesOf divides the advance over the legs; weight is the sum of their advances
// times days.
func advancesOf(t record.Terms, parts []Part, c *record.Cost) (advances []money.Fen, weight money.Fen, err error) {
	amounts := make([]money.Fen, len(parts))
	for i, p := range parts {
		if p.Payment <= t.ValueDate {
			return nil, 0, code.TermsInvalid.New("value date %s is not before payment date %s", t.ValueDate, p.Payment)
		}
		amounts[i] = p.Amount
	}
	whole, err := money.Sum(amounts...)
	if err != nil {
		return nil, 0, err
	}
	if c.Advance, err = money.Share(whole, t.Advance, money.Down); err != nil {
		return nil, 0, err
	}
	if c.Advance == 0 {
		return nil, 0, code.TermsInvalid.New("the advance of %s is nothing", whole)
	}
	if advances, err = money.ProRata(c.Advance, amounts); err != nil {
		return nil, 0, err
	}
	for i, p := range parts {
		held, err := advances[i].Mul(int64(calendar.DaysBetween(t.ValueDate, p.Payment)))
		if err != nil {
			return nil, 0, err
		}
		if weight, err = weight.Add(held); err != nil {
			return nil, 0, err
		}
	}
	return advances, weight, nil
}

// interestOf sums the legs' interest from the value date to their payment dates, or
// to an earlier day.
func interestOf(t record.Terms, parts []Part, advances []money.Fen, until calendar.Date) (money.Fen, error) {
	var sum money.Fen
	for i, p := range parts {
		days := max(0, calendar.DaysBetween(t.ValueDate, min(p.Payment, until)))
		one, err := money.DiscountInterest(advances[i], t.Rate, days, int(t.Basis), money.HalfUp)
		if err != nil {
			return 0, err
		}
		if sum, err = sum.Add(one); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// allIn is the supplier's whole cost as a percentage of what it receives, over 365
// days, for the mean time that the advance is outstanding; rounded half up.
func allIn(c record.Cost, weight money.Fen) (money.Rate, error) {
	const fine = 1000 // between the two divisions
	cost, err := money.Sum(c.SupplierInterest, c.SupplierFee, c.GuaranteeFee)
	if err != nil {
		return 0, err
	}
	yearly, err := money.MulDiv(int64(cost), 365*int64(Whole)*fine, int64(c.Net-c.GuaranteeFee), money.HalfUp)
	if err != nil {
		return 0, err
	}
	rate, err := money.MulDiv(yearly, int64(c.Advance), int64(weight), money.HalfUp)
	if err != nil {
		return 0, err
	}
	rate, err = money.MulDiv(rate, 1, fine, money.HalfUp)
	return money.Rate(rate), err
}

// Payoff is what a borrower pays on a day to have its pledged fen back: the
// principal, with the interest recalculated to that day.
type Payoff struct {
	Amount       money.Fen // principal, less interest prepaid and not earned, or plus interest earned and not paid
	Earned       money.Fen // interest from the value date to the day
	DebtorRefund money.Fen // of the debtor's share, not earned
}

// PayoffOf recalculates a loan to a day. Each share of the interest earned is
// rounded as in CostOf.
func PayoffOf(t record.Terms, c record.Cost, parts []Part, day calendar.Date) (Payoff, error) {
	var again record.Cost
	advances, _, err := advancesOf(t, parts, &again)
	if err != nil {
		return Payoff{}, err
	}
	earned, err := interestOf(t, parts, advances, day)
	if err != nil {
		return Payoff{}, err
	}
	supplier, err := money.Share(earned, t.SupplierInterest, money.HalfUp)
	if err != nil {
		return Payoff{}, err
	}
	p := Payoff{Earned: earned, DebtorRefund: max(0, c.DebtorInterest-(earned-supplier))}
	if t.Interest == record.InterestPrepaid {
		p.Amount, err = c.Advance.Sub(max(0, c.SupplierInterest-supplier))
	} else {
		p.Amount, err = c.Advance.Add(supplier)
	}
	return p, err
}
