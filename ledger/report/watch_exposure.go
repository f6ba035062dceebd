package report

import (
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// exposureWatch is who is exposed to which debtor: by the fen that it holds, and as a
// bank also by the fen that are pledged to it for a loan (CONCENTRATION).
type exposureWatch struct {
	books   map[string]*exposure // by holder
	banks   map[string]bool      // who has financed anything
	loans   map[string]*loan     // by financing
	touched map[string]bool      // holders whose exposure changed on the present day
}

// exposure is what one member holds.
type exposure struct {
	total money.Fen
	by    map[string]money.Fen // by debtor
	above map[string]bool      // debtors of which it held too much when it was last judged
}

// loan is a bank's loan on pledged fen.
type loan struct {
	bank    string
	debtors []string
	weights []money.Fen // fen of each debtor that were pledged
	parts   []money.Fen // counted now
}

func newExposureWatch() exposureWatch {
	return exposureWatch{books: map[string]*exposure{}, banks: map[string]bool{}, loans: map[string]*loan{}, touched: map[string]bool{}}
}

// change adds fen to what a member holds of a debtor; a negative amount takes away.
func (e *exposureWatch) change(member, debtor string, by money.Fen) error {
	if member == "" || member == debtor || by == 0 {
		return nil
	}
	b := e.books[member]
	if b == nil {
		b = &exposure{by: map[string]money.Fen{}, above: map[string]bool{}}
		e.books[member] = b
	}
	held, err := b.by[debtor].Add(by)
	if err != nil {
		return err
	}
	if b.by[debtor] = held; held == 0 {
		delete(b.by, debtor)
	}
	e.touched[member] = true
	return plusAll(sum{&b.total, by})
}

// move follows fen from one to another. What is paid leaves who held it, and what came
// back is held again.
func (e *exposureWatch) move(m *record.Move) error {
	debtor, fen := debtorOf(m.Certificate), m.Interval.Amount()
	if err := e.change(m.From, debtor, -fen); err != nil {
		return err
	}
	return e.change(m.To, debtor, fen)
}

func (e *exposureWatch) voided(row *record.CertificateRow) error {
	return e.change(row.FirstHolder, row.Debtor, -row.Face)
}

// lent begins to count a loan, with the row that reports it.
func (e *exposureWatch) lent(f *record.Financing, legs []record.Leg) error {
	fen, err := fenByDebtor(legs)
	if err != nil {
		return err
	}
	l := &loan{bank: f.Funder, debtors: slices.Sorted(maps.Keys(fen))}
	for _, debtor := range l.debtors {
		l.weights = append(l.weights, fen[debtor])
	}
	l.parts = make([]money.Fen, len(l.debtors))
	e.loans[f.ID] = l
	return nil
}

// financing follows how much of a loan is still out: in proportion over its debtors.
func (e *exposureWatch) financing(row *record.FinancingRow) error {
	if row.Funder != "" {
		e.banks[row.Funder] = true
	}
	l := e.loans[row.ID]
	if l == nil {
		return nil
	}
	parts, err := money.ProRata(row.Outstanding, l.weights)
	if err != nil {
		return err
	}
	for i, debtor := range l.debtors {
		if err := e.change(l.bank, debtor, parts[i]-l.parts[i]); err != nil {
			return err
		}
	}
	l.parts = parts
	return nil
}

// concentrated raises, at the end of a day, who holds too much of one debtor and did
// not when it was judged before.
func (w *Watch) concentrated() {
	for _, member := range slices.Sorted(maps.Keys(w.exposure.touched)) {
		b := w.exposure.books[member]
		percent, floor, cause := w.limits.HolderPercent, w.limits.HolderFloor, "holder"
		if w.exposure.banks[member] {
			percent, floor, cause = w.limits.BankPercent, w.limits.BankFloor, "bank"
		}
		before := b.above
		b.above = map[string]bool{}
		for _, debtor := range slices.Sorted(maps.Keys(b.by)) {
			if b.total < floor || !beyond(b.by[debtor], b.total, percent) {
				continue
			}
			if b.above[debtor] = true; before[debtor] {
				continue
			}
			w.raise(newAlert(RuleConcentration, member, w.dayEnd(), []string{member}, []string{debtor},
				"cause", cause, "day", w.day.String(), "exposure", b.total.String(), "toOne", b.by[debtor].String()))
		}
	}
	clear(w.exposure.touched)
}
