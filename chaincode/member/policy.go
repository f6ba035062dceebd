package member

import (
	"strings"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Limits of a policy.
const (
	MaxPolicyRules  = 64
	MaxFunctionName = 64 // bytes of "<contract>:<Function>"
)

// SetPolicyArgument is the whole policy of the admin's own member.
type SetPolicyArgument struct {
	Rules []record.PolicyRule `json:"rules"`
}

// PolicyResult says how many rules the policy has now.
type PolicyResult struct {
	Member string `json:"member"`
	Rules  int    `json:"rules"`
}

// SetPolicy replaces what needs a checker and from which amount. One admin
// proposes, another or the sponsor bank approves. The rules are in order of
// function, each once; "*" stands for every function without a rule.
func SetPolicy(w *world.World, in SetPolicyArgument) (PolicyResult, error) {
	if len(in.Rules) > MaxPolicyRules {
		return PolicyResult{}, code.BadArgument.New("%d rules, at most %d", len(in.Rules), MaxPolicyRules)
	}
	for i, r := range in.Rules {
		if r.Function != AnyFunction {
			if err := CheckFunctionName(r.Function); err != nil {
				return PolicyResult{}, err
			}
			if !checkable(r.Function) {
				return PolicyResult{}, code.BadArgument.New("a policy cannot rule %s", r.Function)
			}
		}
		if r.From < 0 {
			return PolicyResult{}, code.BadAmount.New("rule of %s starts at %s", r.Function, r.From)
		}
		if i > 0 && in.Rules[i-1].Function >= r.Function {
			return PolicyResult{}, code.BadArgument.New("rule of %s is not in order", r.Function)
		}
	}
	m, err := Require(w, record.Admin, 0)
	if err != nil {
		return PolicyResult{}, err
	}
	if err := RequireQuorum(w, record.QuorumAdmins); err != nil {
		return PolicyResult{}, err
	}
	world.Put(w, record.PolicyKey(m.ID), &record.Policy{Rules: in.Rules})
	notify(w, record.MemberChanged, m.ID, m.ID)
	return PolicyResult{Member: m.ID, Rules: len(in.Rules)}, nil
}

// CheckFunctionName accepts the form "<contract>:<Function>" of letters; whether
// there is such a function is the dispatcher's to say.
func CheckFunctionName(s string) error {
	contract, function, ok := strings.Cut(s, ":")
	ok = ok && len(s) <= MaxFunctionName && contract != "" && function != ""
	for _, c := range []byte(contract) {
		ok = ok && 'a' <= c && c <= 'z'
	}
	for i, c := range []byte(function) {
		upper, lower := 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z'
		ok = ok && (upper || lower && i > 0)
	}
	if !ok {
		return code.BadArgument.New("%.70q is not the name of a function", s)
	}
	return nil
}
