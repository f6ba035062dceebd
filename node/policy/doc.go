// Package policy is a bank's own rules for requests for financing.
//
// The rules are a file of CEL expressions (github.com/google/cel-spec) over the facts
// of a request, which Gather reads from the ledger: about the owner who asks, the
// enterprise that owes, the trade behind it, what enhances it, and the scenario. A
// decision is refuse, refer to a person, or quote with a price. Rules and decisions
// are kept for ever in a Book at the bank's node: every decision can be replayed under
// the version of the rules that made it, and a new version can be tried on all past
// decisions before it is adopted.
//
// None of it is part of consensus: no contract knows of it, other banks do not see it,
// and a decision binds nobody until a person of the bank signs a quote. The package
// never signs, never reads a clock and never uses floating point. Whatever cannot be
// evaluated is referred to a person. node/api serves it to the bank's own people.
package policy
