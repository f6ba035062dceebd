package chaincode

import (
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/world"
)

// setPolicy is member.SetPolicy for rules that mean something: a rule for a
// function that does not exist, or from an amount for one that has none, would
// never ask for anybody. UNKNOWN_FUNCTION, BAD_AMOUNT.
func (f *functions) setPolicy(w *world.World, in member.SetPolicyArgument) (member.PolicyResult, error) {
	for _, r := range in.Rules {
		if r.Function == member.AnyFunction {
			continue
		}
		op, err := f.find(r.Function)
		if err != nil {
			return member.PolicyResult{}, err
		}
		if op.amount == nil && r.From > 1 {
			return member.PolicyResult{}, code.BadAmount.New("%s has no amount: its rule starts at 0.01", r.Function)
		}
	}
	return member.SetPolicy(w, in)
}
