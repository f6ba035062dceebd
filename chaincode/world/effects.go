package world

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// ReportCertificate reports a certificate's row after a change.
func (w *World) ReportCertificate(row record.CertificateRow) {
	e := &w.top().effects
	e.Certificates = append(e.Certificates, row)
}

// ReportHolding reports a holding's row after a change.
func (w *World) ReportHolding(row record.HoldingRow) {
	e := &w.top().effects
	e.Holdings = append(e.Holdings, row)
}

// ReportMove reports that fen came to another owner.
func (w *World) ReportMove(move record.Move) {
	e := &w.top().effects
	e.Moves = append(e.Moves, move)
}

// ReportFinancing reports a financing's row after a change.
func (w *World) ReportFinancing(row record.FinancingRow) {
	e := &w.top().effects
	e.Financings = append(e.Financings, row)
}

// ReportLeg reports a leg's row after a change.
func (w *World) ReportLeg(row record.LegRow) {
	e := &w.top().effects
	e.Legs = append(e.Legs, row)
}

// Notify reports what happened to the members concerned.
func (w *World) Notify(n record.NoticeOf) {
	e := &w.top().effects
	e.Notices = append(e.Notices, n)
}

// Passed records that a rule of the pack was asked and allowed.
func (w *World) Passed(pack uint32, rule record.Rule) {
	d := &w.top().effects.Decision
	d.Pack = pack
	d.Evaluated |= 1 << rule
}

// Flagged records that a rule allowed, and on which facts it wants to be seen.
func (w *World) Flagged(pack uint32, rule record.Rule, format string, args ...any) {
	w.Passed(pack, rule)
	d := &w.top().effects.Decision
	d.Flagged |= 1 << rule
	d.Inputs = append(d.Inputs, record.RuleInput{Rule: rule, Facts: fmt.Sprintf(format, args...)})
}

// Refused records that a rule refused and returns the refusal with the rule's id.
func (w *World) Refused(pack uint32, rule record.Rule, refusal *code.Error) error {
	w.Passed(pack, rule)
	d := &w.top().effects.Decision
	d.Failed |= 1 << rule
	d.Inputs = append(d.Inputs, record.RuleInput{Rule: rule, Facts: refusal.Detail})
	return refusal.Under(rule.String())
}

// AddDue queues something to lapse at an instant.
func (w *World) AddDue(at calendar.Instant, kind record.DueKind, id string) {
	Put(w, record.DueKey(at, kind, id), &record.Due{Kind: kind, ID: id, At: at})
}

// RemoveDue takes it from the queue.
func (w *World) RemoveDue(at calendar.Instant, kind record.DueKind, id string) {
	Delete(w, record.DueKey(at, kind, id))
}
