package report

import (
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/outcome"
)

// Watch derives the alerts of a ledger. It reads every outcome once, in order, and
// goes on where it stopped: a node keeps one and asks it again as the ledger grows. A
// new Watch that reads the whole ledger comes to the same alerts.
//
// What it takes from state besides is what never changes after the outcome that
// brought it: what a certificate or transfer was covered with, of which contract an
// invoice is, the legs of a payment. Rules that look at a day or a month judge it when
// it is over by the ledger's time.
//
// A Watch is not safe for concurrent use. After an error it is not to be used again.
type Watch struct {
	limits Thresholds
	next   int64 // first height that was not read
	day    calendar.Date
	alerts []Alert // in the order in which they were raised

	runs     map[string]*openRun // OVERDUE
	trails   map[string]*trail   // VELOCITY and CIRCULAR, by certificate
	flows    map[string]*through // PASS-THROUGH, of the day by member
	evidence evidenceWatch       // EVIDENCE-REUSE
	months   monthWatch          // TERM-JUMP and CONCENTRATION of issues
	exposure exposureWatch       // CONCENTRATION
}

// NewWatch makes a Watch that has read nothing.
func NewWatch(limits Thresholds) *Watch {
	return &Watch{
		limits: limits, runs: map[string]*openRun{}, trails: map[string]*trail{}, flows: map[string]*through{},
		evidence: newEvidenceWatch(), months: newMonthWatch(), exposure: newExposureWatch(),
	}
}

// Read goes on to the source's height and its day. A source behind what was read
// changes nothing.
func (w *Watch) Read(src Source) error {
	if src.Height < w.next-1 {
		return nil
	}
	err := outcome.Each(src.Rows, w.next, func(o *record.Outcome) (bool, error) {
		if o.Height > src.Height {
			return false, nil
		}
		if err := w.outcome(&src, o); err != nil {
			return false, fmt.Errorf("watch outcome %d of block %d: %w", o.Index, o.Height, err)
		}
		return true, nil
	})
	if err != nil {
		return err
	}
	w.next = src.Height + 1
	return w.turn(&src, src.Now.Date())
}

// Alerts are the alerts raised until the source's time, as answered at its height, by
// time and id.
func (w *Watch) Alerts(src Source, f AlertFilter) Stream[Alert] {
	return func(after string, visit func(string, *Alert) (bool, error)) error {
		list := slices.Clone(w.alerts)
		if err := src.answer(list); err != nil {
			return fmt.Errorf("read the answers to alerts: %w", err)
		}
		list = slices.DeleteFunc(list, func(a Alert) bool { return a.Since > src.Now || !f.wants(&a) })
		return AlertStream(list)(after, visit)
	}
}

// Alerts derives the alerts of a ledger from its beginning.
func Alerts(src Source, limits Thresholds, f AlertFilter) (Stream[Alert], error) {
	w := NewWatch(limits)
	if err := w.Read(src); err != nil {
		return nil, err
	}
	return w.Alerts(src, f), nil
}

func (w *Watch) raise(a Alert) { w.alerts = append(w.alerts, a) }

// turn ends the days before a day, each with its rules.
func (w *Watch) turn(src *Source, to calendar.Date) error {
	for w.day != 0 && w.day < to {
		if err := w.endDay(src); err != nil {
			return err
		}
		w.day++
	}
	w.day = max(w.day, to)
	return nil
}

func (w *Watch) endDay(src *Source) error {
	if err := w.overdue(src); err != nil {
		return err
	}
	w.passedThrough()
	w.concentrated()
	_, month, _ := w.day.Civil()
	if _, next, _ := (w.day + 1).Civil(); next != month {
		w.endMonth()
	}
	return nil
}

// dayEnd is when the present day is over.
func (w *Watch) dayEnd() calendar.Instant { return (w.day + 1).Start() }

func (w *Watch) outcome(src *Source, o *record.Outcome) error {
	if err := w.turn(src, o.Time.Date()); err != nil {
		return err
	}
	w.tried(o)
	if o.Code != 0 {
		return nil
	}
	rows := map[string]*record.CertificateRow{}
	for i := range o.Effects.Certificates {
		rows[o.Effects.Certificates[i].Number] = &o.Effects.Certificates[i]
	}
	for i := range o.Effects.Moves {
		if err := w.move(src, o, &o.Effects.Moves[i]); err != nil {
			return err
		}
	}
	for i := range o.Effects.Notices {
		n := &o.Effects.Notices[i]
		if err := w.notice(src, o, n, rows[n.Subject]); err != nil {
			return err
		}
	}
	for i := range o.Effects.Financings {
		if err := w.exposure.financing(&o.Effects.Financings[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *Watch) move(src *Source, o *record.Outcome, m *record.Move) error {
	if err := w.exposure.move(m); err != nil {
		return err
	}
	switch m.Kind {
	case record.MoveIssue:
		w.received(m)
		w.follow(o, m)
	case record.MoveTransfer:
		w.passed(m.From, m.Certificate, m.Interval)
		w.received(m)
		w.follow(o, m)
	case record.MoveSale:
		w.passed(m.From, m.Certificate, m.Interval)
	case record.MoveUnredeem:
		return w.reopened(src, m.Order)
	default:
	}
	return nil
}

// notice follows what an outcome says; row is of the certificate that is its subject,
// when the outcome has it.
func (w *Watch) notice(src *Source, o *record.Outcome, n *record.NoticeOf, row *record.CertificateRow) error {
	switch n.Kind {
	case record.RunWasOpened:
		w.opened(n.Subject)
	case record.RunWasClosed:
		w.closed(n.Subject)
	case record.CertificateAccepted:
		if row != nil {
			return w.months.accepted(row)
		}
	case record.FinancingWasDisbursed:
		return w.disbursed(src, n.Subject)
	case record.InvoiceRedLetter:
		return w.redLetter(src, o, n)
	case record.CertificateIssued:
		return w.covered(src, o, n.Subject, false)
	case record.CertificateRejected, record.CertificateWithdrawn, record.CertificateLapsed:
		return w.uncovered(src, n.Subject, false)
	case record.CertificateVoided:
		if row != nil {
			if err := w.exposure.voided(row); err != nil {
				return err
			}
		}
		return w.uncovered(src, n.Subject, false)
	case record.TransferWasOffered:
		return w.covered(src, o, n.Subject, true)
	case record.TransferWasRejected, record.TransferWasWithdrawn, record.TransferHasLapsed:
		return w.uncovered(src, n.Subject, true)
	default:
	}
	return nil
}

// disbursed follows a loan that was paid out: the borrower has passed its fen on, and
// the bank is exposed to who owes them. A sale is seen by its moves.
func (w *Watch) disbursed(src *Source, id string) error {
	f, err := record.Find(src.State, record.FinancingKey(id))
	if err != nil || f == nil || f.Terms.Kind != record.PledgeLoan {
		return err
	}
	s, err := record.Find(src.State, record.SettlementKey(id))
	if err != nil || s == nil {
		return err
	}
	for _, leg := range s.Legs {
		w.passed(f.Holder, leg.Certificate, leg.Interval)
	}
	return w.exposure.lent(f, s.Legs)
}
