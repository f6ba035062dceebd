package report

import (
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Overdue is what a debtor pays or has paid late, as of the ledger's time.
type Overdue struct {
	Debtor       string        `json:"debtor"`
	Runs         int64         `json:"runs" doc:"Payment dates of which something is overdue"`
	Certificates int64         `json:"certificates" doc:"Certificates with overdue fen"`
	Amount       money.Fen     `json:"amount" doc:"Overdue fen, also those for which money is on its way"`
	Open         money.Fen     `json:"open" doc:"Of them: in no payment"`
	Since        calendar.Date `json:"since" doc:"The earliest payment date of them"`
	Days         int           `json:"days" doc:"From that day to today"`
	Accruing     money.Fen     `json:"accruing" doc:"Late interest on the open fen until today, not yet owed"`
	Accrued      money.Fen     `json:"accrued" doc:"Late interest that became owed"`
	InterestPaid money.Fen     `json:"interestPaid" doc:"Of it: paid"`
	Waived       money.Fen     `json:"waived" doc:"Of it: given up by creditors"`
	Extended     money.Fen     `json:"extended" doc:"Fen that creditors let the debtor pay later, and that are not paid yet"`
	PaidLate     money.Fen     `json:"paidLate" doc:"Fen that were paid after their date"`
}

// Columns are described at Row.
func (*Overdue) Columns() []string {
	return []string{
		"debtor", "runs", "certificates", "amount", "open", "since", "days", "accruing", "accrued", "interestPaid", "waived",
		"extended", "paidLate",
	}
}

// Cells are described at Row.
func (o *Overdue) Cells() []string {
	return []string{
		o.Debtor, number(o.Runs), number(o.Certificates), o.Amount.String(), o.Open.String(), dateCell(o.Since), number(o.Days),
		o.Accruing.String(), o.Accrued.String(), o.InterestPaid.String(), o.Waived.String(), o.Extended.String(), o.PaidLate.String(),
	}
}

// OverdueFilter selects debts; zero fields select all.
type OverdueFilter struct {
	Debtor string
	Days   Days // payment dates
}

// OverdueDisclosure lists by debtor what is overdue and what was paid late. Debtors
// who pay and paid on their dates are not in it.
func OverdueDisclosure(src Source, f OverdueFilter) Stream[Overdue] {
	return func(after string, visit func(string, *Overdue) (bool, error)) error {
		pack, err := src.packOn(src.Now.Date())
		if err != nil {
			return err
		}
		d := &disclosure{src: &src, pack: pack, visit: visit}
		err = src.eachRun(f.Debtor, after, func(run *record.Run) (bool, error) {
			if more, err := d.debtor(run.Debtor); !more || err != nil {
				return false, err
			}
			if !f.Days.has(run.Payment) || !isLate(run, src.Now.Date()) {
				return true, nil
			}
			return true, d.run(run)
		})
		if err != nil || d.ended {
			return err
		}
		_, err = d.debtor("")
		return err
	}
}

// isLate reports whether something of a run was not paid on its date.
func isLate(run *record.Run, today calendar.Date) bool {
	if run.State == record.RunClosed {
		return run.ClosedAt.Date() > run.Payment
	}
	return today > run.Payment
}

// disclosure makes one row at a time: the runs of a debtor follow each other.
type disclosure struct {
	src   *Source
	pack  *record.Pack
	visit func(string, *Overdue) (bool, error)
	row   *Overdue
	seen  map[string]bool // certificates; one may have fen in several runs: whether some are overdue
	ended bool
}

// debtor begins the row of a debtor and hands over the one before.
func (d *disclosure) debtor(id string) (bool, error) {
	if d.row != nil && d.row.Debtor == id {
		return true, nil
	}
	if d.row != nil && *d.row != (Overdue{Debtor: d.row.Debtor}) {
		if more, err := d.visit(d.row.Debtor, d.row); !more || err != nil {
			d.ended = true
			return false, err
		}
	}
	d.row, d.seen = &Overdue{Debtor: id}, map[string]bool{}
	return true, nil
}

func (d *disclosure) run(run *record.Run) error {
	owed := false
	err := d.src.eachEntry(run.ID, func(c *record.Certificate, holdings []record.Holding) error {
		debt, err := d.src.debtOf(d.pack, c, holdings, run.Payment)
		if err != nil {
			return err
		}
		sums := []sum{{&d.row.Amount, debt.fen}, {&d.row.Open, debt.open}, {&d.row.Accruing, debt.interest}, {&d.row.PaidLate, debt.late}}
		counted, known := d.seen[c.Number]
		if debt.fen > 0 {
			owed = true
			if !counted {
				d.row.Certificates++
			}
		}
		d.seen[c.Number] = counted || debt.fen > 0
		if !known {
			sums = append(sums, sum{&d.row.Accrued, c.Accrued}, sum{&d.row.InterestPaid, c.Interest}, sum{&d.row.Waived, c.Waived},
				sum{&d.row.Extended, c.Extended})
		}
		return plusAll(sums...)
	})
	if err != nil || !owed {
		return err
	}
	if d.row.Runs++; d.row.Runs == 1 {
		d.row.Since, d.row.Days = run.Payment, calendar.DaysBetween(run.Payment, d.src.Now.Date())
	}
	return nil
}
