package api

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
)

// exposure is what one debtor owes a bank and may owe it.
type exposure struct {
	Debtor  string             `json:"debtor"`
	Name    string             `json:"name"`
	Lines   linesTotal         `json:"lines" doc:"Credit lines of the bank for the debtor, together"`
	Limit   *limitTotal        `json:"limit,omitempty" doc:"The bank's limit on the debtor; left out when it has none"`
	Held    report.Flow        `json:"held" doc:"Fen of the debtor that the bank owns and that are not paid"`
	ByMonth []report.MonthFlow `json:"byMonth" doc:"The same by month of the payment date"`
}

type linesTotal struct {
	Count     int       `json:"count"`
	Limit     money.Fen `json:"limit"`
	Used      money.Fen `json:"used"`
	Reserved  money.Fen `json:"reserved"`
	Available money.Fen `json:"available" doc:"Of lines that are neither frozen nor over"`
}

type limitTotal struct {
	Capped   bool      `json:"capped" doc:"One without a cap only counts"`
	Cap      money.Fen `json:"cap"`
	Used     money.Fen `json:"used"`
	Reserved money.Fen `json:"reserved"`
}

type exposureInput struct {
	Bank string `query:"bank" maxLength:"18" doc:"Social credit code of the bank; you when left out"`
	Cut
}

func (s *Server) exposure(r *reading, in *exposureInput) (*reportPage[exposure], error) {
	bank, err := r.Exposure(in.Bank)
	if err != nil {
		return nil, err
	}
	by := exposures{}
	out := &reportPage[exposure]{}
	err = s.totals.use(s, func(t *report.Tally, at report.AsOf) error {
		out.AsOf = at
		return by.claims(t.Claims(bank))
	})
	if err == nil {
		err = by.credit(r, bank)
	}
	if err != nil {
		return nil, err
	}
	rows := report.Stream[exposure](func(after string, visit func(string, *exposure) (bool, error)) error {
		for _, debtor := range slices.Sorted(maps.Keys(by)) {
			if debtor <= after {
				continue
			}
			e := by[debtor]
			if e.Name, err = r.nameOf(debtor); err != nil {
				return err
			}
			if more, err := visit(debtor, e); !more || err != nil {
				return err
			}
		}
		return nil
	})
	page, err := rows.Page(in.view())
	out.Items, out.Next = page.Items, page.Next
	return out, err
}

// exposures are those of a bank by debtor.
type exposures map[string]*exposure

func (by exposures) of(debtor string) *exposure {
	e := by[debtor]
	if e == nil {
		e = &exposure{Debtor: debtor, ByMonth: []report.MonthFlow{}}
		by[debtor] = e
	}
	return e
}

// claims adds what the bank owns.
func (by exposures) claims(list []report.Owed) (err error) {
	for _, c := range list {
		e := by.of(c.Debtor)
		e.ByMonth = append(e.ByMonth, report.MonthFlow{Month: c.Month, Flow: c.Flow})
		e.Held.Count += c.Count
		if e.Held.Amount, err = e.Held.Amount.Add(c.Amount); err != nil {
			return err
		}
	}
	return nil
}

// credit adds what the bank grants.
func (by exposures) credit(r *reading, bank string) error {
	var failed error
	add := func(to *money.Fen, amount money.Fen) {
		sum, err := to.Add(amount)
		if err != nil && failed == nil {
			failed = err
		}
		*to = sum
	}
	today := r.Now.Date()
	err := record.Each(r.State, record.LinesPrefix(bank), func(l *record.Line) bool {
		t := &by.of(l.Debtor).Lines
		t.Count++
		add(&t.Limit, l.Limit)
		add(&t.Used, l.Used)
		add(&t.Reserved, l.Reserved)
		if left := l.Limit - l.Used - l.Reserved; left > 0 && !l.Frozen && l.From <= today && today <= l.To {
			add(&t.Available, left)
		}
		return failed == nil
	})
	if err != nil || failed != nil {
		return cmp.Or(err, failed)
	}
	return record.Each(r.State, record.LimitsPrefix(bank), func(l *record.Limit) bool {
		if l.Of == record.LimitDebtor {
			by.of(l.Member).Limit = &limitTotal{Capped: l.Capped, Cap: l.Cap, Used: l.Used, Reserved: l.Reserved}
		}
		return true
	})
}
