package report

import (
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/ledger/view"
)

// Bounds of a ladder, in days from today.
const (
	DefaultLadder = 180
	MaxLadder     = 731
)

// Marks of a rung, by working days until its day.
const (
	MarkOverdue = "overdue"
	MarkToday   = "T"
	MarkNext    = "T-1" // the next working day
	MarkNear    = "T-5" // at most nearDays working days
)

const nearDays = 5

// Rung is what a debtor is to pay on one day.
type Rung struct {
	Day          calendar.Date `json:"day" doc:"Payment date"`
	Mark         string        `json:"mark" doc:"overdue, T, T-1, T-5 or empty: how near it is, in working days"`
	Days         int           `json:"days" doc:"Calendar days from today; below zero when overdue"`
	WorkingDays  int           `json:"workingDays" doc:"Working days after today until the day, it included; 0 when overdue"`
	Certificates int64         `json:"certificates" doc:"Certificates of which something is to be paid"`
	Amount       money.Fen     `json:"amount" doc:"To be paid"`
	Interest     money.Fen     `json:"interest" doc:"Late interest until today, not yet owed"`
	Awaiting     money.Fen     `json:"awaiting" doc:"Certificates that their first holders have not accepted yet"`
	Sum          money.Fen     `json:"sum" doc:"To be paid until this day, this and all rungs before"`
}

// Ladder is what a debtor is to pay on each of the next days, a rung for each day with
// something to pay: what is overdue first, by payment date, then today and so many
// days after. Refusals: BAD_REQUEST when days is not 1 to MaxLadder.
func Ladder(src Source, debtor string, days int) ([]Rung, error) {
	if days < 1 || days > MaxLadder {
		return nil, code.BadRequest.New("a ladder has 1 to %d days, not %d", MaxLadder, days)
	}
	l := &ladder{src: &src, today: src.Now.Date(), counted: map[string]bool{}, seen: map[string]bool{}}
	l.until = l.today.AddDays(days)
	var err error
	if l.pack, err = src.packOn(l.today); err != nil {
		return nil, err
	}
	if err := view.EachDue(src.Rows, debtor, l.today, l.until, l.due); err != nil {
		return nil, err
	}
	if err := src.eachRun(debtor, "", l.run); err != nil {
		return nil, err
	}
	return l.finish()
}

type ladder struct {
	src     *Source
	today   calendar.Date
	until   calendar.Date
	pack    *record.Pack
	rungs   []Rung
	counted map[string]bool // certificates, by day
	seen    map[string]bool // holdings that the read model lists by their day
}

// rung is that of a day.
func (l *ladder) rung(day calendar.Date) *Rung {
	i, found := slices.BinarySearchFunc(l.rungs, day, func(r Rung, d calendar.Date) int { return int(r.Day) - int(d) })
	if !found {
		l.rungs = slices.Insert(l.rungs, i, Rung{Day: day, Days: calendar.DaysBetween(l.today, day)})
	}
	return &l.rungs[i]
}

// count counts a certificate of a rung once.
func (l *ladder) count(r *Rung, certificate string) {
	key := r.Day.String() + "/" + certificate
	if !l.counted[key] {
		l.counted[key] = true
		r.Certificates++
	}
}

// due adds a holding to the rung of its day, as the read model has it.
func (l *ladder) due(h *record.HoldingRow) error {
	if h.Redeemed || !h.State.Live() {
		return nil
	}
	r := l.rung(h.Payment)
	if h.State == record.Issued {
		return plusAll(sum{&r.Awaiting, h.Interval.Amount()})
	}
	l.seen[string(record.HoldingKey(h.Certificate, h.ID))] = true
	l.count(r, h.Certificate)
	return plusAll(sum{&r.Amount, h.Interval.Amount()})
}

// run adds what is overdue of a run, and what of its certificates is to be paid on a
// later day by extension.
func (l *ladder) run(run *record.Run) (bool, error) {
	if !isLate(run, l.today) {
		return true, nil
	}
	return true, l.src.eachEntry(run.ID, func(c *record.Certificate, holdings []record.Holding) error {
		if err := l.extended(c, holdings); err != nil {
			return err
		}
		debt, err := l.src.debtOf(l.pack, c, holdings, run.Payment)
		if err != nil || debt.fen == 0 {
			return err
		}
		r := l.rung(run.Payment)
		r.Mark = MarkOverdue
		l.count(r, c.Number)
		return plusAll(sum{&r.Amount, debt.fen}, sum{&r.Interest, debt.interest})
	})
}

func (l *ladder) extended(c *record.Certificate, holdings []record.Holding) error {
	for i := range holdings {
		h := &holdings[i]
		day, key := h.Claim.Payment, string(record.HoldingKey(h.Certificate, h.ID))
		if day == c.Payment || day < l.today || day > l.until || h.Redeemed != 0 || l.seen[key] {
			continue
		}
		l.seen[key] = true
		r := l.rung(day)
		l.count(r, c.Number)
		if err := plusAll(sum{&r.Amount, h.Amount()}); err != nil {
			return err
		}
	}
	return nil
}

// finish counts working days and sums up.
func (l *ladder) finish() ([]Rung, error) {
	working := rules.WorkingDays(l.pack)
	var total money.Fen
	day, worked := l.today, 0
	for i := range l.rungs {
		r := &l.rungs[i]
		for day < r.Day {
			if day++; working.IsWorking(day) {
				worked++
			}
		}
		switch {
		case r.Mark == MarkOverdue:
		case r.Day == l.today:
			r.Mark = MarkToday
		case worked <= 1:
			r.Mark = MarkNext
		case worked <= nearDays:
			r.Mark = MarkNear
		}
		r.WorkingDays = worked
		if err := plusAll(sum{&total, r.Amount}); err != nil {
			return nil, err
		}
		r.Sum = total
	}
	return append([]Rung{}, l.rungs...), nil
}
