package chaincode

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Bounds of the number of due entries that one sweep ends. On a day on which 100,000
// certificates are due they enter their runs in 50 blocks: BenchmarkClearing of
// ledger/execute measures one.
const (
	DefaultSweep = 100
	MaxSweep     = 2000
)

// sweepWeight ends a sweep early: records scanned, keys written and rows reported. One entry can
// stand for thousands of fen and invoices, and a block waits for its sweep.
const sweepWeight = 20_000

// deferred is how long what a division of funds stands in the way of waits, and retried
// how long a run waits that could not go on, milliseconds.
const (
	deferred = 10_000
	retried  = 60 * 60 * 1000
)

// SweepArgument is the argument of sweep:Run.
type SweepArgument struct {
	Limit int `json:"limit,omitzero"` // entries at most; 0 means DefaultSweep
}

// SweepResult says what a sweep did.
type SweepResult struct {
	Lapsed int        `json:"lapsed"` // entries ended
	Failed []SweptOut `json:"failed"` // entries that could not be ended and were taken from the queue
	More   bool       `json:"more"`   // entries are still due
}

// SweptOut is a due entry whose end was refused.
type SweptOut struct {
	Kind   string    `json:"kind"` // proposal, issue, transfer, confirmation, credential, quote, settlement, instruction, reminder, certificate, round or extension
	ID     string    `json:"id"`
	Code   code.Code `json:"code"`
	Detail string    `json:"detail,omitempty"`
}

// sweep ends what time has ended: proposals, offers, requests to confirm; and
// what a revoked credential has proposed. The
// ledger calls it at the start of every block; on Fabric anybody may. Calling it
// again does nothing more, and nothing depends on it: what is due is refused
// whenever it is touched, swept or not.
//
// An entry leaves the queue whatever becomes of it. One that cannot be ended
// (its contract refuses or stops on a fault) is dropped from the queue with what
// it would have written, and named in the result: it must not keep the entries
// behind it from their end. What it stands for stays as it is, still refused as
// overdue when touched. Only a run is tried again, later: nothing else pays for its fen.
func (f *functions) sweep(w *world.World, in SweepArgument) (SweepResult, error) {
	limit := in.Limit
	switch {
	case limit == 0:
		limit = DefaultSweep
	case limit < 0 || limit > MaxSweep:
		return SweepResult{}, code.BadArgument.New("limit %d is not 1 to %d", limit, MaxSweep)
	}
	entries, err := dueNow(w, limit+1)
	if err != nil {
		return SweepResult{}, err
	}
	result := SweepResult{Failed: []SweptOut{}}
	if len(entries) > limit {
		entries, result.More = entries[:limit], true
	}
	err = w.As(world.Actor{System: true}, func() error {
		for i, due := range entries {
			if i > 0 && w.Weight() > sweepWeight {
				result.More = true
				return nil
			}
			refusal, err := f.end(w, due)
			if err != nil {
				return err
			}
			if refusal == nil {
				result.Lapsed++
				continue
			}
			result.Failed = append(result.Failed,
				SweptOut{Kind: dueName(due.Kind), ID: due.ID, Code: refusal.Code, Detail: refusal.Detail})
		}
		return nil
	})
	return result, err
}

func dueName(kind record.DueKind) string {
	switch kind {
	case record.DueProposal:
		return "proposal"
	case record.DueIssue:
		return "issue"
	case record.DueTransfer:
		return "transfer"
	case record.DueConfirmation:
		return "confirmation"
	case record.DueFall:
		return "credential"
	case record.DueQuote:
		return "quote"
	case record.DueSettlement:
		return "settlement"
	case record.DueStale:
		return "instruction"
	case record.DueReminder:
		return "reminder"
	case record.DueClearing:
		return "certificate"
	case record.DueRound:
		return "round"
	case record.DueExtension:
		return "extension"
	default:
		return fmt.Sprintf("kind %d", kind)
	}
}

func dueNow(w *world.World, most int) ([]record.Due, error) {
	var entries []record.Due
	err := world.Scan(w, record.DuePrefix(), record.DueEnd(w.Now()), func(_ string, due *record.Due) (bool, error) {
		entries = append(entries, *due)
		return len(entries) < most, nil
	})
	return entries, err
}

// end lapses one entry and takes it from the queue.
func (f *functions) end(w *world.World, due record.Due) (*code.Error, error) {
	err := attempt(w, func() error { return f.lapse(w, due) })
	refusal := code.Of(err)
	if err != nil && refusal == nil {
		return nil, err
	}
	w.RemoveDue(due.At, due.Kind, due.ID)
	switch {
	case refusal == nil:
	case refusal.Code == code.RunDividing:
		w.AddDue(w.Now()+deferred, due.Kind, due.ID)
		return nil, nil
	case due.Kind == record.DueClearing || due.Kind == record.DueRound:
		w.AddDue(w.Now()+retried, due.Kind, due.ID)
	}
	return refusal, nil
}

// attempt runs fn at a savepoint and turns a panic into a CONTRACT_FAULT refusal. A
// savepoint is left, and what was written at it dropped, by a panic too.
func attempt(w *world.World, fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = code.ContractFault.New("")
		}
	}()
	return w.Try(fn)
}

func (f *functions) lapse(w *world.World, due record.Due) error {
	switch due.Kind {
	case record.DueProposal:
		return approval.Lapse(w, executor{f}, due.ID)
	case record.DueFall:
		key, err := record.ParseDigest(due.ID)
		if err != nil {
			return err
		}
		_, err = approval.FallOf(w, executor{f}, key)
		return err
	case record.DueIssue, record.DueTransfer, record.DueConfirmation:
		return certificate.Lapse(w, due)
	case record.DueQuote, record.DueSettlement, record.DueStale,
		record.DueReminder, record.DueClearing, record.DueRound, record.DueExtension:
		return lapseSettled(w, due)
	default:
		panic(fmt.Sprintf("due entry %s is of kind %d", due.ID, due.Kind))
	}
}
