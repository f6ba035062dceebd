package command

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// terms are the flags of what a bank offers.
type terms struct {
	kind                          record.FinancingKind
	interest                      record.InterestMode
	rate, advance                 rateFlag
	supplierInterest, supplierFee rateFlag
	basis                         int32
	fee, guarantee, guaranteeFee  amountFlag
	guarantor                     string
	guaranteeContract, contract   documentFlag
}

func (t *terms) flags(f *pflag.FlagSet) {
	t.kind, t.interest = record.SaleWithoutRecourse, record.InterestPrepaid
	t.advance.Rate, t.supplierInterest.Rate, t.supplierFee.Rate = financing.Whole, financing.Whole, financing.Whole
	kind, interest := choice("kind", &t.kind), choice("mode", &t.interest)
	f.Var(kind, "kind", "legal form: "+kind.of())
	f.Var(&t.rate, "rate", "interest, percent a year")
	f.Int32Var(&t.basis, "basis", money.Basis360, "days in the year that the rate is divided by: 360 or 365")
	f.Var(interest, "interest", "when interest is paid: "+interest.of())
	f.Var(&t.advance, "advance", "percent of the amount that is paid out before deductions")
	f.Var(&t.fee, "fee", "the bank's fee")
	f.Var(&t.supplierInterest, "supplier-interest", "percent of the interest that the supplier bears; the debtor bears the rest")
	f.Var(&t.supplierFee, "supplier-fee", "percent of the fee that the supplier bears; the debtor bears the rest")
	f.StringVar(&t.guarantor, "guarantor", "", "who guarantees it")
	f.Var(&t.guarantee, "guarantee", "how much the guarantor guarantees")
	f.Var(&t.guaranteeFee, "guarantee-fee", "paid by the supplier to the guarantor")
	f.Var(&t.guaranteeContract, "guarantee-contract", "the contract of guarantee: a file, or its SHA-256")
	f.Var(&t.contract, "contract", "the contract between holder and bank: a file, or its SHA-256")
}

// read makes terms of the flags for a value date, zero for a posted rate, and
// refuses with TERMS_INVALID those that no financing can have.
func (t *terms) read(a *app, valueDate calendar.Date) (record.Terms, error) {
	out := record.Terms{
		Kind: t.kind, Rate: t.rate.Rate, Basis: t.basis, Interest: t.interest, Advance: t.advance.Rate, Fee: t.fee.Fen,
		SupplierInterest: t.supplierInterest.Rate, SupplierFee: t.supplierFee.Rate, ValueDate: valueDate,
		Guarantee: t.guarantee.Fen, GuaranteeFee: t.guaranteeFee.Fen, GuaranteeContract: t.guaranteeContract.Digest,
		Contract: t.contract.Digest,
	}
	var err error
	if out.Guarantor, err = a.optionalMember(t.guarantor); err != nil {
		return out, err
	}
	return out, financing.CheckTerms(out)
}

// termsSaid are terms as names and values.
func termsSaid(t record.Terms, names func(string) string) []string {
	if t.Kind == 0 {
		return nil
	}
	pairs := []string{
		"kind", t.Kind.String(), "rate", t.Rate.String() + fmt.Sprintf(" %% a year of %d days", t.Basis), "interest", t.Interest.String(),
		"advance", t.Advance.String() + " %", "fee", yuanSaid(t.Fee),
		"supplier bears", t.SupplierInterest.String() + " % of the interest, " + t.SupplierFee.String() + " % of the fee",
		"value date", dayOf(t.ValueDate), "contract", hashSaid(t.Contract),
	}
	if t.Guarantor != "" {
		pairs = append(pairs, "guarantor", names(t.Guarantor)+", for "+yuan(t.Guarantee)+", fee "+yuan(t.GuaranteeFee),
			"guarantee contract", hashSaid(t.GuaranteeContract))
	}
	return pairs
}

// costSaid is what terms come to as names and values.
func costSaid(c record.Cost) []string {
	if c.Net == 0 {
		return nil
	}
	return []string{
		"advance paid", yuan(c.Advance), "interest in all", yuan(c.Interest),
		"supplier's interest", yuanSaid(c.SupplierInterest), "supplier's fee", yuanSaid(c.SupplierFee),
		"guarantee fee", yuanSaid(c.GuaranteeFee),
		"debtor's interest", yuanSaid(c.DebtorInterest), "debtor's fee", yuanSaid(c.DebtorFee),
		"net to supplier", yuan(c.Net), "all-in", c.AllIn.String() + " % a year",
	}
}
