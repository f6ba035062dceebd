package chaincode

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/credit"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// executor plans and runs proposed operations for chaincode/approval, which
// knows none of the contracts.
type executor struct {
	table *functions
}

var _ approval.Executor = executor{}

// Plan says what a proposal of the function needs. It refuses with
// UNKNOWN_FUNCTION, NOT_APPROVABLE, or as the argument's form or the holds are
// refused.
func (x executor) Plan(w *world.World, function string, argument []byte) (approval.Plan, error) {
	op, typed, err := x.read(function, argument)
	if err != nil {
		return approval.Plan{}, err
	}
	canonical, err := op.canonical(typed)
	if err != nil {
		return approval.Plan{}, err
	}
	plan := approval.Plan{Canonical: canonical, Quorum: op.quorum}
	if plan.Amount, err = op.amountOf(w, typed); err != nil {
		return approval.Plan{}, err
	}
	if plan.Quorum == 0 {
		plan.Quorum = record.QuorumChecker
	}
	if op.counterparty != nil {
		if plan.Counterparty, err = op.counterparty(w, typed); err != nil {
			return approval.Plan{}, err
		}
	}
	if op.holds != nil {
		actor := w.Actor()
		actor.Quorum = plan.Quorum
		err = w.As(actor, func() (err error) {
			plan.Holds, err = op.holds(w, typed)
			return err
		})
	}
	return plan, err
}

// Run runs the function as the actor that approval has set, with every check
// again, and returns the result as JSON.
func (x executor) Run(w *world.World, function string, argument []byte) ([]byte, error) {
	op, typed, err := x.read(function, argument)
	if err != nil {
		return nil, err
	}
	if err := mayRun(w, op, typed); err != nil {
		return nil, err
	}
	result, err := op.run(w, typed)
	if err != nil {
		return nil, err
	}
	return encode(result), nil
}

func (x executor) read(function string, argument []byte) (*operation, any, error) {
	op, err := x.table.find(function)
	if err != nil {
		return nil, nil, err
	}
	if op.unproposed {
		return nil, nil, code.NotApprovable.New("%s", op.name)
	}
	typed, err := op.decode(argument)
	return op, typed, err
}

// Hold sets aside what the proposal needs.
func (x executor) Hold(w *world.World, proposal string, holds []record.Hold) error {
	fen, err := eachHold(proposal, holds, func(h record.Hold) error {
		if h.Kind == record.HoldLine {
			return credit.Hold(w, h)
		}
		return evidence.Hold(w, h)
	})
	if err != nil || len(fen) == 0 {
		return err
	}
	return certificate.LockProposal(w, proposal, fen)
}

// Release gives back exactly what Hold set aside.
func (x executor) Release(w *world.World, proposal string, holds []record.Hold) error {
	fen, err := eachHold(proposal, holds, func(h record.Hold) error {
		if h.Kind == record.HoldLine {
			return credit.ReleaseHold(w, h)
		}
		return evidence.ReleaseHold(w, h)
	})
	if err != nil || len(fen) == 0 {
		return err
	}
	return certificate.UnlockProposal(w, proposal, fen)
}

// eachHold visits the holds on lines and invoices and returns those on fen, which
// are locked together: a holding that many of them share is written once.
func eachHold(proposal string, holds []record.Hold, visit func(record.Hold) error) (fen []record.Hold, err error) {
	for _, h := range holds {
		switch h.Kind {
		case record.HoldInterval:
			fen = append(fen, h)
		case record.HoldLine, record.HoldInvoice:
			if err := visit(h); err != nil {
				return nil, err
			}
		default:
			panic(fmt.Sprintf("proposal %s holds something of kind %d", proposal, h.Kind))
		}
	}
	return fen, nil
}
