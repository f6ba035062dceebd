package access

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
)

// Reports go to those who see all. A debtor gets what is about its own debts, and
// everybody the rows that it is itself a party to.

// DebtorReport says of which debtor a report may be: the counts by day, what is
// overdue, the ladder. A debtor gets its own, those who see all everybody's (empty:
// all).
func (r *Reader) DebtorReport(debtor string) (string, error) { return r.own(debtor) }

// FinancingResults narrows the results of financings to those of which the viewer is
// holder or funder. At what price others financed the same debtor is theirs.
func (r *Reader) FinancingResults(f report.FinancingsFilter) (report.FinancingsFilter, error) {
	var err error
	f.Member, err = r.own(f.Member)
	return f, err
}

// Legs narrows the list of payments to those of which the viewer is payer, payee or
// the bank of one side.
func (r *Reader) Legs(f report.LegsFilter) (report.LegsFilter, error) {
	var err error
	f.Member, err = r.own(f.Member)
	return f, err
}

// Whole decides on what is about the whole network: the proof that no money is pooled.
func (r *Reader) Whole() error {
	if r.SeesAll() {
		return nil
	}
	return hidden()
}

// ClearingWork narrows what waits in the clearing to what concerns the viewer.
func (r *Reader) ClearingWork(f report.WorkFilter) (report.WorkFilter, error) {
	var err error
	f.Member, err = r.own(f.Member)
	return f, err
}

// Alerts narrows alerts to those that are about the viewer. Every one is then shown by
// Alert.
func (r *Reader) Alerts(f report.AlertFilter) (report.AlertFilter, error) {
	var err error
	f.Member, err = r.own(f.Member)
	return f, err
}

// Alert shows an alert. Who sees all sees the whole; others neither whom else it is
// about nor who else answered.
func (r *Reader) Alert(a report.Alert) report.Alert {
	if r.SeesAll() {
		return a
	}
	a.Members, a.Others = r.only(a.Members), []string{}
	a.Answers = slices.DeleteFunc(slices.Clone(a.Answers), func(w record.AlertAnswer) bool { return !r.is(w.Signed.Member) })
	return a
}
