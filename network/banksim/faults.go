package banksim

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Fault is something that goes wrong with a transaction, or with the answers to a file.
type Fault string

// The faults of a transaction, of which it has at most one, and Reordered, which
// concerns all answers to a file.
const (
	// Late: the payee is credited at the next call of Next.
	Late Fault = "late"
	// Partial: the payee is credited less; the difference stays with its bank.
	Partial Fault = "partial"
	// Duplicate: the credit is told again at the next call of Next, in the same file once
	// more or in another. It is booked once, and keeps its reference.
	Duplicate Fault = "duplicate"
	// Returned: the payee is credited; at the next call of Next the money goes back.
	Returned Fault = "returned"
	// Rejected: the payer's bank refuses, and nothing is booked.
	Rejected Fault = "rejected"
	// WrongAccount: another account at the payee's bank is credited.
	WrongAccount Fault = "wrong-account"
	// Unknown: besides, the payee is credited with something that nobody asked for.
	Unknown Fault = "unknown"
	// Excess: the payee is credited more; its bank pays the difference.
	Excess Fault = "excess"
	// Reordered: notifications come before the status report, their entries shuffled.
	Reordered Fault = "reordered"
)

// ofTransactions gives the faults of a transaction in the order in which they are drawn.
func ofTransactions() []Fault {
	return []Fault{Late, Partial, Duplicate, Returned, Rejected, WrongAccount, Unknown, Excess}
}

// Faults says how often each thing goes wrong. The zero value is banks without fault.
type Faults struct {
	// Permille is how many of a thousand transactions, or of files for Reordered, have a
	// fault. Those of transactions sum to at most 1,000.
	Permille map[Fault]int
	// Transactions names the fault of single transactions by end-to-end identification,
	// and of files by message identification (Reordered). An empty fault is none.
	Transactions map[string]Fault
}

// check refuses with BAD_ARGUMENT an unknown fault or a share that is none.
func (f Faults) check() error {
	sum, known := 0, map[Fault]bool{Reordered: true, "": true}
	for _, fault := range ofTransactions() {
		known[fault] = true
		sum += f.Permille[fault]
	}
	for fault, share := range f.Permille {
		if !known[fault] || fault == "" || share < 0 || share > 1_000 {
			return code.BadArgument.New("fault %q in %d of 1000 cases", fault, share)
		}
	}
	if sum > 1_000 {
		return code.BadArgument.New("the faults of transactions sum to %d of 1000", sum)
	}
	for id, fault := range f.Transactions {
		if !known[fault] {
			return code.BadArgument.New("fault %q of %q is not known", fault, id)
		}
	}
	return nil
}

// draw gives the chances of one transaction or file. They do not depend on what was
// drawn before, so that its fate is the same in whatever file it comes.
func (s *Simulator) draw(id string) *rand.Rand {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(id)) // never fails
	return rand.New(rand.NewPCG(s.config.Seed, sum.Sum64()))
}

// fate draws the fault of a transaction.
func (s *Simulator) fate(endToEnd string, chance *rand.Rand) Fault {
	n := chance.IntN(1_000)
	if fault, named := s.config.Faults.Transactions[endToEnd]; named && fault != Reordered {
		return fault
	}
	for _, fault := range ofTransactions() {
		if n -= s.config.Faults.Permille[fault]; n < 0 {
			return fault
		}
	}
	return ""
}

// reordered draws whether the answers to a file come in another order.
func (s *Simulator) reordered(message string, chance *rand.Rand) bool {
	n := chance.IntN(1_000)
	if fault, named := s.config.Faults.Transactions[message]; named {
		return fault == Reordered
	}
	return n < s.config.Faults.Permille[Reordered]
}
