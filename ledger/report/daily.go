package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
)

// Day is what happened on one day to what one debtor owes: numbers and fen.
type Day struct {
	Day         calendar.Date `json:"day"`
	Debtor      string        `json:"debtor"`
	Issued      Flow          `json:"issued" doc:"Certificates issued"`
	Accepted    Flow          `json:"accepted" doc:"Certificates accepted by their first holders"`
	Transferred Flow          `json:"transferred" doc:"Transfers that were accepted"`
	Financed    Flow          `json:"financed" doc:"Financings that were paid out"`
	Redeemed    Flow          `json:"redeemed" doc:"Payments that redeemed fen"`
	Returned    Flow          `json:"returned" doc:"Payments that had redeemed fen and came back"`
	Overdue     Flow          `json:"overdue" doc:"Certificates of which fen were not paid on their date, the day before"`
}

// Columns are described at Row.
func (*Day) Columns() []string {
	columns := []string{"day", "debtor"}
	for _, flow := range []string{"issued", "accepted", "transferred", "financed", "redeemed", "returned", "overdue"} {
		columns = append(columns, flow+"Count", flow+"Amount")
	}
	return columns
}

// Cells are described at Row.
func (d *Day) Cells() []string {
	return slices.Concat([]string{d.Day.String(), d.Debtor}, d.Issued.cells(), d.Accepted.cells(), d.Transferred.cells(),
		d.Financed.cells(), d.Redeemed.cells(), d.Returned.cells(), d.Overdue.cells())
}

// DailyFilter selects rows; zero fields select all.
type DailyFilter struct {
	Debtor string
	Days   Days
}

// Daily counts by day and debtor what the accepted outcomes say, in this order. Only
// the outcomes of the days asked for are read. What was not paid on its date is counted
// on the next day; fen whose payment came back count as never paid.
func Daily(src Source, f DailyFilter) Stream[Day] {
	return func(after string, visit func(string, *Day) (bool, error)) error {
		if text, _, ok := strings.Cut(after, "/"); ok {
			if day, err := calendar.ParseDate(text); err == nil {
				f.Days.From = max(f.Days.From, day)
			}
		}
		height, err := src.heightOf(f.Days.From)
		if err != nil {
			return err
		}
		d := &daily{src: src, filter: f, after: after, visit: visit, rows: map[string]*Day{}}
		if err := d.findLate(); err != nil {
			return err
		}
		err = outcome.Each(src.Rows, height, d.outcome)
		if err != nil || d.ended {
			return err
		}
		_, err = d.turn(calendar.LastDate)
		return err
	}
}

// heightOf is a height before which no outcome is of a day or later. Its own may be of
// several days: a development network moves its clock within a block.
func (s *Source) heightOf(day calendar.Date) (int64, error) {
	if day == 0 {
		return 0, nil
	}
	low, high := int64(0), s.Height+1
	for low < high {
		middle := low + (high-low)/2
		var first *record.Outcome
		err := outcome.Each(s.Rows, middle, func(o *record.Outcome) (bool, error) {
			first = o
			return false, nil
		})
		if err != nil {
			return 0, err
		}
		if first != nil && first.Time < day.Start() {
			low = first.Height + 1
		} else {
			high = middle
		}
	}
	return max(low-1, 0), nil
}

// daily gathers the rows of one day at a time: the ledger's time only goes forward.
type daily struct {
	src    Source
	filter DailyFilter
	after  string
	visit  func(string, *Day) (bool, error)
	day    calendar.Date
	rows   map[string]*Day
	late   []*record.Run // of which something was not paid on its date, by date and debtor
	ended  bool
}

// findLate finds the runs that became overdue on the days asked for.
func (d *daily) findLate() error {
	err := d.src.eachRun(d.filter.Debtor, "", func(run *record.Run) (bool, error) {
		if isLate(run, d.src.Now.Date()) && d.filter.Days.has(run.Payment.AddDays(1)) {
			d.late = append(d.late, run)
		}
		return true, nil
	})
	slices.SortStableFunc(d.late, func(a, b *record.Run) int { return int(a.Payment) - int(b.Payment) })
	return err
}

// turn ends the present day and the days until another one, on which nothing happened
// but that debts became overdue.
func (d *daily) turn(to calendar.Date) (bool, error) {
	for {
		if err := d.lapse(); err != nil {
			return false, err
		}
		if more, err := d.flush(); !more || err != nil {
			return false, err
		}
		if len(d.late) == 0 || d.late[0].Payment.AddDays(1) >= to {
			d.day = to
			return true, nil
		}
		d.day = d.late[0].Payment.AddDays(1)
	}
}

// lapse counts what became overdue on the present day.
func (d *daily) lapse() error {
	for len(d.late) > 0 && d.late[0].Payment.AddDays(1) == d.day {
		run := d.late[0]
		d.late = d.late[1:]
		late, err := d.src.lateOf(run)
		if err != nil {
			return err
		}
		if err := d.row(run.Debtor).Overdue.add(late.Count, late.Amount); err != nil {
			return err
		}
	}
	return nil
}

// lateOf is how much of a run was not paid on its date: what is owed of it, what was
// paid later, and what creditors let the debtor pay later still.
func (s *Source) lateOf(run *record.Run) (late Flow, err error) {
	put, err := s.extended(run)
	if err != nil {
		return late, err
	}
	err = s.eachEntry(run.ID, func(c *record.Certificate, holdings []record.Holding) error {
		fen := put[c.Number]
		for i := range holdings {
			h := &holdings[i]
			if h.Claim.Payment == run.Payment && (h.Redeemed == 0 || h.Redeemed.Date() > run.Payment) {
				fen += h.Amount() // at most the face
			}
		}
		if fen == 0 {
			return nil
		}
		return late.add(1, fen)
	})
	return late, err
}

// extended is how many fen left a run by extension after its date, by certificate.
func (s *Source) extended(run *record.Run) (map[string]money.Fen, error) {
	fen := map[string]money.Fen{}
	err := record.Each(s.State, record.ExtensionsPrefix(), func(e *record.Extension) bool {
		if e.Debtor != run.Debtor || e.From != run.Payment {
			return true
		}
		for i := range e.Parts {
			if e.Parts[i].Made.Date() > run.Payment {
				fen[e.Certificate] += e.Parts[i].Interval.Amount() // at most the face
			}
		}
		return true
	})
	return fen, err
}

func (d *daily) outcome(o *record.Outcome) (bool, error) {
	day := o.Time.Date()
	if day != d.day {
		if more, err := d.turn(day); !more || err != nil {
			return false, err
		}
	}
	if d.filter.Days.To != 0 && day > d.filter.Days.To {
		d.ended = true
		return false, nil
	}
	if o.Code != 0 || !d.filter.Days.has(day) {
		return true, nil
	}
	for i := range o.Effects.Notices {
		if err := d.notice(&o.Effects.Notices[i]); err != nil {
			return false, fmt.Errorf("count outcome %d of block %d: %w", o.Index, o.Height, err)
		}
	}
	if err := d.moves(o.Effects.Moves); err != nil {
		return false, fmt.Errorf("count outcome %d of block %d: %w", o.Index, o.Height, err)
	}
	return true, nil
}

// row is the row of a debtor on the present day, nil when it is not asked for.
func (d *daily) row(debtor string) *Day {
	if d.filter.Debtor != "" && debtor != d.filter.Debtor {
		return nil
	}
	row := d.rows[debtor]
	if row == nil {
		row = &Day{Day: d.day, Debtor: debtor}
		d.rows[debtor] = row
	}
	return row
}

func (d *daily) notice(n *record.NoticeOf) error {
	var flow func(*Day) *Flow
	switch n.Kind {
	case record.CertificateIssued:
		flow = func(row *Day) *Flow { return &row.Issued }
	case record.CertificateAccepted:
		flow = func(row *Day) *Flow { return &row.Accepted }
	case record.FinancingWasDisbursed:
		return d.financed(n.Subject)
	default:
		return nil
	}
	row := d.row(debtorOf(n.Subject))
	if row == nil {
		return nil
	}
	return flow(row).add(1, n.Amount)
}

// financed counts a financing with each debtor whose fen were financed. Fen that one
// bank sells to another were counted before.
func (d *daily) financed(id string) error {
	s, err := record.Find(d.src.State, record.SettlementKey(id))
	if err != nil || s == nil || s.Purpose != record.PurposeFinancing {
		return err
	}
	fen, err := fenByDebtor(s.Legs)
	if err != nil {
		return err
	}
	for _, debtor := range slices.Sorted(maps.Keys(fen)) {
		if row := d.row(debtor); row != nil {
			if err := row.Financed.add(1, fen[debtor]); err != nil {
				return err
			}
		}
	}
	return nil
}

func fenByDebtor(legs []record.Leg) (map[string]money.Fen, error) {
	fen := map[string]money.Fen{}
	for _, leg := range legs {
		sum, err := fen[debtorOf(leg.Certificate)].Add(leg.Interval.Amount())
		if err != nil {
			return nil, err
		}
		fen[debtorOf(leg.Certificate)] = sum
	}
	return fen, nil
}

// moves counts transfers and payments: a transfer of several pieces is one.
func (d *daily) moves(list []record.Move) error {
	type what struct {
		kind   record.MoveKind
		debtor string
		order  string
	}
	counted := map[what]bool{}
	for i := range list {
		m := &list[i]
		row := d.row(debtorOf(m.Certificate))
		if row == nil {
			continue
		}
		var flow *Flow
		switch m.Kind {
		case record.MoveTransfer:
			flow = &row.Transferred
		case record.MoveRedeem:
			flow = &row.Redeemed
		case record.MoveUnredeem:
			flow = &row.Returned
		default:
			continue
		}
		one, count := what{m.Kind, row.Debtor, m.Order}, int64(0)
		if !counted[one] {
			counted[one], count = true, 1
		}
		if err := flow.add(count, m.Interval.Amount()); err != nil {
			return err
		}
	}
	return nil
}

// flush hands over the rows of the day that ends, by debtor. A row in which nothing
// was counted is left out.
func (d *daily) flush() (bool, error) {
	for _, debtor := range slices.Sorted(maps.Keys(d.rows)) {
		row := d.rows[debtor]
		key := row.Day.String() + "/" + debtor
		if key <= d.after || *row == (Day{Day: row.Day, Debtor: debtor}) {
			continue
		}
		if more, err := d.visit(key, row); !more || err != nil {
			d.ended = true
			return false, err
		}
	}
	clear(d.rows)
	return true, nil
}
