package chaincode

import (
	"crypto/sha256"
	"fmt"
	"reflect"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// operation is one contract function as the dispatcher sees it: a name on the
// wire and what can be asked about an argument. The arguments passed around as
// any are always of the type argument.
type operation struct {
	name     string
	roles    string // who may send it, for people
	quorum   record.Quorum
	argument reflect.Type
	result   reflect.Type

	decode       func(text []byte) (any, error)
	canonical    func(argument any) ([]byte, error)
	run          func(w *world.World, argument any) (any, error)
	amount       func(w *world.World, argument any) (money.Fen, error)
	counterparty func(w *world.World, argument any) (string, error)
	holds        func(w *world.World, argument any) ([]record.Hold, error)

	alone      bool // cannot be an item of a batch
	unproposed bool // cannot be proposed
}

// define makes the operation of a contract function. Without options it may be
// sent directly, proposed and batched, has no amount and holds nothing.
func define[A, R any](name, roles string, fn func(*world.World, A) (R, error), options ...option) operation {
	op := operation{
		name:     name,
		roles:    roles,
		argument: reflect.TypeFor[A](),
		result:   reflect.TypeFor[R](),
		decode: func(text []byte) (any, error) {
			var argument A
			if err := decodeStrict(text, &argument); err != nil {
				return nil, err
			}
			return argument, nil
		},
		canonical: func(argument any) ([]byte, error) { return encodeArgument(argument), nil },
		run: func(w *world.World, argument any) (any, error) {
			result, err := fn(w, as[A](argument))
			if err != nil {
				return nil, err
			}
			return result, nil
		},
	}
	for _, add := range options {
		add(&op)
	}
	return op
}

// option adds to an operation. An option that reads arguments panics when the
// operation takes another type.
type option func(*operation)

func mustTake[A any](op *operation) {
	if want := reflect.TypeFor[A](); op.argument != want {
		panic(fmt.Sprintf("%s takes %v, its option %v", op.name, op.argument, want))
	}
}

// as is an argument as what the operation decoded it to be.
func as[A any](argument any) A {
	a, ok := argument.(A)
	if !ok {
		panic(fmt.Sprintf("an operation on %s got %T", reflect.TypeFor[A](), argument))
	}
	return a
}

// ofAmount says what an argument is worth, in fen, for the member's policy.
func ofAmount[A any](amount func(A) money.Fen) option {
	return func(op *operation) {
		mustTake[A](op)
		op.amount = func(_ *world.World, a any) (money.Fen, error) { return amount(as[A](a)), nil }
	}
}

// worth is ofAmount where the argument only names a record that has the amount.
func worth[A any](amount func(*world.World, A) (money.Fen, error)) option {
	return func(op *operation) {
		mustTake[A](op)
		op.amount = func(w *world.World, a any) (money.Fen, error) { return amount(w, as[A](a)) }
	}
}

// holding says what a proposal of this operation sets aside.
func holding[A any](holds func(*world.World, A) ([]record.Hold, error)) option {
	return func(op *operation) {
		mustTake[A](op)
		op.holds = func(w *world.World, a any) ([]record.Hold, error) { return holds(w, as[A](a)) }
	}
}

// byQuorum makes an operation run only from a proposal with this quorum.
func byQuorum(q record.Quorum) option { return func(op *operation) { op.quorum = q } }

// byCounterparty makes an operation run only from a proposal that the named
// other member approves.
func byCounterparty[A any](other func(*world.World, A) (string, error)) option {
	return func(op *operation) {
		mustTake[A](op)
		op.quorum = record.QuorumCounterparty
		op.counterparty = func(w *world.World, a any) (string, error) { return other(w, as[A](a)) }
	}
}

// canonically replaces the canonical form of an argument that carries others.
func canonically[A any](canonical func(A) ([]byte, error)) option {
	return func(op *operation) {
		mustTake[A](op)
		op.canonical = func(a any) ([]byte, error) { return canonical(as[A](a)) }
	}
}

// onItsOwn keeps an operation out of batches.
func onItsOwn(op *operation) { op.alone = true }

// notProposed keeps an operation out of proposals.
func notProposed(op *operation) { op.unproposed = true }

// amountOf is the amount of an argument, 0 when the operation has none.
func (op *operation) amountOf(w *world.World, argument any) (money.Fen, error) {
	if op.amount == nil {
		return 0, nil
	}
	return op.amount(w, argument)
}

// functions is the table of all operations. It is built once and never changes.
type functions struct {
	list   []operation // in the order of Functions
	byName map[string]*operation
}

// fill sets the table, once. Operations may refer to the table they stand in.
func (f *functions) fill(list []operation) {
	f.list, f.byName = list, make(map[string]*operation, len(list))
	for i := range list {
		op := &list[i]
		if _, twice := f.byName[op.name]; twice {
			panic(fmt.Sprintf("two contract functions are named %s", op.name))
		}
		f.byName[op.name] = op
	}
}

// find gives the operation with exactly this name, or refuses.
func (f *functions) find(name string) (*operation, error) {
	op, ok := f.byName[name]
	if !ok {
		return nil, code.UnknownFunction.New("%.60q", name)
	}
	return op, nil
}

// FunctionInfo describes a contract function for clients and documentation.
type FunctionInfo struct {
	Name       string        // on the wire, for example certificate:Issue
	Roles      string        // who may send it
	Quorum     record.Quorum // whose approval it always needs, 0 when it may be sent directly
	Argument   reflect.Type  // struct; its JSON tags name the members of the argument
	Result     reflect.Type  // struct
	Proposable bool          // may be given to approval:Propose
	Batchable  bool          // may be an item of batch:Run
	HasAmount  bool          // a member's policy can ask for a checker from an amount upwards
}

// Functions describes every contract function: contract by contract, in the
// order in which the product's documents name them.
func Functions() []FunctionInfo {
	list := standard().list
	infos := make([]FunctionInfo, len(list))
	for i := range list {
		op := &list[i]
		infos[i] = FunctionInfo{
			Name: op.name, Roles: op.roles, Quorum: op.quorum, Argument: op.argument, Result: op.result,
			Proposable: !op.unproposed, Batchable: !op.alone && op.quorum == 0, HasAmount: op.amount != nil,
		}
	}
	return infos
}

// Canonical gives the one JSON text of an argument, which a proposal stores, and
// its SHA-256, the manifest that approvers sign. It refuses what the ledger
// would refuse to read.
func Canonical(function string, argument []byte) ([]byte, record.Digest, error) {
	op, err := standard().find(function)
	if err != nil {
		return nil, record.Digest{}, err
	}
	typed, err := op.decode(argument)
	if err != nil {
		return nil, record.Digest{}, err
	}
	text, err := op.canonical(typed)
	if err != nil {
		return nil, record.Digest{}, err
	}
	return text, sha256.Sum256(text), nil
}
