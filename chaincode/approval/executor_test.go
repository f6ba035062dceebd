package approval_test

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/member/membertest"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// dispatcher runs the functions of member and rules, and four of its own that
// stand for the contracts to come: a spending that holds part of a credit line,
// an order, a deal of two parties, and a batch of spendings.
type dispatcher struct {
	functions map[string]membertest.Function
}

func newDispatcher() dispatcher {
	d := dispatcher{functions: membertest.Functions()}
	d.functions["line:Spend"] = membertest.Call(spend)
	d.functions["line:Batch"] = membertest.Call(batch)
	d.functions["order:Enter"] = membertest.Call(enter)
	d.functions["deal:Undo"] = membertest.Call(undo)
	return d
}

func (d dispatcher) Plan(_ *world.World, function string, argument []byte) (approval.Plan, error) {
	if strings.HasPrefix(function, "approval:") {
		return approval.Plan{}, code.NotApprovable.New("%s", function)
	}
	if _, ok := d.functions[function]; !ok {
		return approval.Plan{}, code.UnknownFunction.New("%s", function)
	}
	var canonical bytes.Buffer
	if err := json.Compact(&canonical, argument); err != nil {
		return approval.Plan{}, code.BadArgument.New("not JSON")
	}
	plan := approval.Plan{Canonical: canonical.Bytes(), Quorum: record.QuorumChecker}
	if q, ok := member.QuorumOf(function); ok {
		plan.Quorum = q
	}
	if q, ok := rules.QuorumOf(function); ok {
		plan.Quorum = q
	}
	var in struct {
		spending
		Rows  []spending `json:"rows"`
		Other string     `json:"other"`
	}
	if err := json.Unmarshal(argument, &in); err != nil {
		return approval.Plan{}, code.BadArgument.New("not readable")
	}
	switch function {
	case "line:Spend":
		in.Rows = []spending{in.spending}
	case "order:Enter":
		plan.Quorum = record.QuorumInstitution
	case "deal:Undo":
		plan.Quorum, plan.Counterparty = record.QuorumCounterparty, in.Other
	}
	for _, s := range in.Rows {
		plan.Amount += s.Amount
		plan.Holds = append(plan.Holds, record.Hold{Kind: record.HoldLine, Bank: s.Bank, Line: s.Line, Amount: s.Amount})
	}
	return plan, nil
}

func (d dispatcher) Run(w *world.World, function string, argument []byte) ([]byte, error) {
	result, err := d.functions[function](w, argument)
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

func (d dispatcher) Hold(w *world.World, _ string, holds []record.Hold) error {
	return reserve(w, holds, 1)
}

func (d dispatcher) Release(w *world.World, _ string, holds []record.Hold) error {
	return reserve(w, holds, -1)
}

func reserve(w *world.World, holds []record.Hold, sign money.Fen) error {
	for _, h := range holds {
		line, err := world.Load(w, record.LineKey(h.Bank, h.Line), "line", h.Line)
		if err != nil {
			return err
		}
		line.Reserved += sign * h.Amount
		if line.Used+line.Reserved > line.Limit {
			return code.LineInsufficient.New("line %s", h.Line)
		}
		world.Put(w, record.LineKey(h.Bank, h.Line), line)
	}
	return nil
}

type spending struct {
	Bank   string    `json:"bank"`
	Line   string    `json:"line"`
	Amount money.Fen `json:"amount"`
}

type spent struct {
	Used      money.Fen `json:"used"`
	Approvers []string  `json:"approvers"`
}

func spend(w *world.World, in spending) (spent, error) {
	if _, err := member.Require(w, record.Maker, record.Debtor); err != nil {
		return spent{}, err
	}
	line, err := world.Load(w, record.LineKey(in.Bank, in.Line), "line", in.Line)
	if err != nil {
		return spent{}, err
	}
	if line.Frozen {
		return spent{}, code.LineFrozen.New("line %s", in.Line)
	}
	if line.Used+line.Reserved+in.Amount > line.Limit {
		return spent{}, code.LineInsufficient.New("line %s", in.Line)
	}
	line.Used += in.Amount
	world.Put(w, record.LineKey(in.Bank, in.Line), line)
	out := spent{Used: line.Used}
	for _, a := range w.Actor().Approvers {
		out.Approvers = append(out.Approvers, a.Person)
	}
	return out, nil
}

type spendings struct {
	Rows []spending `json:"rows"`
}

// batch runs each row on its own savepoint and says how each ended.
func batch(w *world.World, in spendings) ([]string, error) {
	var outcomes []string
	for _, row := range in.Rows {
		err := w.Try(func() error { _, err := spend(w, row); return err })
		refusal := code.Of(err)
		switch {
		case err == nil:
			outcomes = append(outcomes, "OK")
		case refusal == nil:
			return nil, err
		default:
			outcomes = append(outcomes, refusal.Code.String())
		}
	}
	return outcomes, nil
}

type note struct {
	Text  string `json:"text"`
	Other string `json:"other"`
}

func enter(w *world.World, in note) (note, error) {
	if _, err := member.Require(w, record.Maker, member.Institutions); err != nil {
		return note{}, err
	}
	return in, member.RequireQuorum(w, record.QuorumInstitution)
}

func undo(w *world.World, in note) (note, error) {
	return in, member.RequireQuorum(w, record.QuorumCounterparty)
}
