package report

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Financings is what one bank paid out to holders in one month, and at what price.
// Fen that banks sell to each other are not in it.
type Financings struct {
	Month    string     `json:"month" doc:"In which they were paid out" example:"2026-11"`
	Bank     string     `json:"bank"`
	Count    int64      `json:"count"`
	Amount   money.Fen  `json:"amount" doc:"Fen that were sold or pledged"`
	PaidOut  money.Fen  `json:"paidOut" doc:"What the holders got"`
	Interest money.Fen  `json:"interest" doc:"To the payment dates, whoever bears it"`
	Fees     money.Fen  `json:"fees" doc:"Of the bank, whoever bears them"`
	AllInMin money.Rate `json:"allInMin" doc:"The holders' whole cost, percent a year: the lowest"`
	AllInAvg money.Rate `json:"allInAvg" doc:"The average, weighted by what was paid out"`
	AllInMax money.Rate `json:"allInMax" doc:"The highest"`
}

// Columns are described at Row.
func (*Financings) Columns() []string {
	return []string{"month", "bank", "count", "amount", "paidOut", "interest", "fees", "allInMin", "allInAvg", "allInMax"}
}

// Cells are described at Row.
func (f *Financings) Cells() []string {
	return []string{
		f.Month, f.Bank, number(f.Count), f.Amount.String(), f.PaidOut.String(), f.Interest.String(), f.Fees.String(),
		f.AllInMin.String(), f.AllInAvg.String(), f.AllInMax.String(),
	}
}

// FinancingsFilter selects the financings that are counted; zero fields select all.
type FinancingsFilter struct {
	Debtor string // of some of the fen; such a financing is counted whole
	Bank   string // that paid them out
	Member string // who is holder or funder
	Days   Days   // on which they were paid out
}

func (f *FinancingsFilter) wants(v *record.Financing, s *record.Settlement) bool {
	return (f.Bank == "" || v.Funder == f.Bank) &&
		(f.Member == "" || v.Funder == f.Member || v.Holder == f.Member) &&
		(f.Debtor == "" || slices.Contains(v.Debtors, f.Debtor)) &&
		f.Days.has(s.EndedAt.Date())
}

// FinancingResults counts by month and bank what was paid out, in this order.
func FinancingResults(src Source, f FinancingsFilter) Stream[Financings] {
	return func(after string, visit func(string, *Financings) (bool, error)) error {
		rows := map[string]*results{}
		var failed error
		err := record.Each(src.State, record.FinancingsPrefix(), func(v *record.Financing) bool {
			failed = src.result(rows, f, v)
			return failed == nil
		})
		if failed != nil {
			err = failed
		}
		if err != nil {
			return fmt.Errorf("read the financings: %w", err)
		}
		list := make([]Financings, 0, len(rows))
		for _, r := range rows {
			row, err := r.row()
			if err != nil {
				return err
			}
			list = append(list, row)
		}
		return sorted(list, func(row *Financings) string { return row.Month + "/" + row.Bank })(after, visit)
	}
}

// results is a row while it is counted.
type results struct {
	Financings
	weighted *big.Int // all-in rates times what was paid out at them
}

// result counts one financing, if it was paid out.
func (s *Source) result(rows map[string]*results, f FinancingsFilter, v *record.Financing) error {
	if v.Origin != "" || v.State != record.FinancingDisbursed && v.State != record.FinancingEnded {
		return nil
	}
	paid, err := record.Find(s.State, record.SettlementKey(v.ID))
	if err != nil || paid == nil || paid.State != record.SettlementSettled || !f.wants(v, paid) {
		return err
	}
	const month = len("2026-11")
	row := Financings{Month: paid.EndedAt.Date().String()[:month], Bank: v.Funder, AllInMin: v.Cost.AllIn, AllInMax: v.Cost.AllIn}
	r := rows[row.Month+"/"+row.Bank]
	if r == nil {
		r = &results{row, new(big.Int)}
		rows[row.Month+"/"+row.Bank] = r
	}
	r.Count++
	r.AllInMin, r.AllInMax = min(r.AllInMin, v.Cost.AllIn), max(r.AllInMax, v.Cost.AllIn)
	r.weighted.Add(r.weighted, new(big.Int).Mul(big.NewInt(int64(v.Cost.AllIn)), big.NewInt(int64(v.Cost.Net))))
	return plusAll(
		sum{&r.Amount, v.Amount}, sum{&r.PaidOut, v.Cost.Net}, sum{&r.Interest, v.Cost.Interest},
		sum{&r.Fees, v.Cost.SupplierFee}, sum{&r.Fees, v.Cost.DebtorFee},
	)
}

// row works out the average, rounded half up.
func (r *results) row() (Financings, error) {
	if r.PaidOut > 0 {
		doubled := new(big.Int).Lsh(r.weighted, 1)
		doubled.Add(doubled, big.NewInt(int64(r.PaidOut)))
		average := doubled.Div(doubled, new(big.Int).Lsh(big.NewInt(int64(r.PaidOut)), 1))
		if !average.IsInt64() {
			return Financings{}, fmt.Errorf("the all-in rates of bank %s in %s average to %s", r.Bank, r.Month, average)
		}
		r.AllInAvg = money.Rate(average.Int64())
	}
	return r.Financings, nil
}
