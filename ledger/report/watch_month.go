package report

import (
	"maps"
	"slices"
	"strconv"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// monthWatch is what debtors issued in a month (TERM-JUMP, CONCENTRATION).
type monthWatch struct {
	now  map[string]*issues // of the present month, by debtor
	past map[string][]terms // of months before with certificates, latest last
}

// terms are lengths of certificates.
type terms struct {
	certificates int64
	days         int64 // together
}

// issues are the certificates of one debtor that were accepted in a month.
type issues struct {
	terms
	face money.Fen
	to   map[string]money.Fen // by first holder
}

func newMonthWatch() monthWatch {
	return monthWatch{now: map[string]*issues{}, past: map[string][]terms{}}
}

func (m *monthWatch) accepted(row *record.CertificateRow) error {
	i := m.now[row.Debtor]
	if i == nil {
		i = &issues{to: map[string]money.Fen{}}
		m.now[row.Debtor] = i
	}
	i.certificates++
	i.days += int64(calendar.DaysBetween(row.IssueDate, row.Payment))
	to, err := i.to[row.FirstHolder].Add(row.Face)
	if err != nil {
		return err
	}
	i.to[row.FirstHolder] = to
	return plusAll(sum{&i.face, row.Face})
}

// endMonth judges the month whose last day ends.
func (w *Watch) endMonth() {
	const month = len("2026-11")
	name := w.day.String()[:month]
	for _, debtor := range slices.Sorted(maps.Keys(w.months.now)) {
		i := w.months.now[debtor]
		w.jumped(name, debtor, i.terms)
		w.favoured(name, debtor, i)
		past := append(w.months.past[debtor], i.terms)
		w.months.past[debtor] = past[max(0, len(past)-w.limits.TermMonths):]
	}
	clear(w.months.now)
}

// jumped compares the average term of a month with that of the months before in which
// the debtor issued.
func (w *Watch) jumped(month, debtor string, now terms) {
	var before terms
	for _, t := range w.months.past[debtor] {
		before.certificates, before.days = before.certificates+t.certificates, before.days+t.days
	}
	if min(now.certificates, before.certificates) < max(w.limits.TermCertificates, 1) {
		return
	}
	// Averages are compared as fractions: nothing is rounded away.
	const hundred = 100
	ours, theirs, both := now.days*before.certificates, before.days*now.certificates, now.certificates*before.certificates
	if ours-theirs <= w.limits.TermDays*both || ours*hundred <= theirs*(hundred+w.limits.TermPercent) {
		return
	}
	w.raise(newAlert(RuleTermJump, debtor, w.dayEnd(), []string{debtor}, nil, "month", month,
		"certificates", strconv.FormatInt(now.certificates, 10),
		"averageDays", strconv.FormatInt(now.days/now.certificates, 10),
		"averageDaysBefore", strconv.FormatInt(before.days/before.certificates, 10)))
}

// favoured raises a supplier that got most of what a debtor issued in a month.
func (w *Watch) favoured(month, debtor string, i *issues) {
	if i.face < w.limits.IssueFloor {
		return
	}
	for _, supplier := range slices.Sorted(maps.Keys(i.to)) {
		if beyond(i.to[supplier], i.face, w.limits.IssuePercent) {
			w.raise(newAlert(RuleConcentration, debtor, w.dayEnd(), []string{debtor}, []string{supplier},
				"cause", "one-supplier", "month", month, "issued", i.face.String(), "toOne", i.to[supplier].String()))
		}
	}
}
