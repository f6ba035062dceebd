package chaincode

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Fault is a contract that stopped where it never should: a broken invariant or
// a record that cannot be read. It is for the operator's log; the response says
// only CONTRACT_FAULT, because a stack differs between validators.
type Fault struct {
	Function string
	TxID     string
	Cause    error
	Stack    []byte // of a panic, else nil
}

// Option configures a Chaincode.
type Option func(*Chaincode)

// ReportFaults calls report for every fault. It may be called from several
// goroutines when the chaincode is.
func ReportFaults(report func(Fault)) Option {
	return func(c *Chaincode) { c.report = report }
}

// Chaincode is all contracts behind shim.Chaincode. It keeps no state between
// calls and is safe for concurrent use.
type Chaincode struct {
	contracts *contractapi.ContractChaincode
	table     *functions
	report    func(Fault)
}

var _ shim.Chaincode = (*Chaincode)(nil)

// New builds the chaincode. It fails only when a contract's types do not suit
// the contract library, which a test rules out.
func New(options ...Option) (*Chaincode, error) {
	return build(standard(), options...)
}

// library is the contracts as the contract library reflects them. It is built
// once in a process: compiling the types' schemas takes a fifth of a second, and
// nothing ever writes to it.
var library = sync.OnceValues(func() (*contractapi.ContractChaincode, error) {
	return contractapi.NewChaincode(allContracts()...)
})

func build(table *functions, options ...Option) (*Chaincode, error) {
	contracts, err := library()
	if err != nil {
		return nil, fmt.Errorf("build contracts: %w", err)
	}
	c := &Chaincode{contracts: contracts, table: table, report: func(Fault) {}}
	for _, set := range options {
		set(c)
	}
	return c, nil
}

// Init writes the genesis of a Fabric channel: its one parameter is a
// GenesisState. It is refused once a genesis is there. The ledger's own genesis
// calls Genesis instead.
func (c *Chaincode) Init(stub shim.ChaincodeStubInterface) *peer.Response {
	var err error
	func() {
		defer catch(&err)
		err = initialise(stub)
	}()
	return c.respond("Init", stub.GetTxID(), nil, err)
}

// Invoke runs one contract function. What a stranger chose (the name, the number
// and size of the parameters, the creator) is checked before the contract
// library sees it: the library folds the case of names, leaks goroutines on
// parameters it cannot read, and panics on a creator it cannot parse.
//
// A refusal leaves as status 500 with code.Error.Message. A panic becomes
// CONTRACT_FAULT. An error of the state below becomes INTERNAL; the stub keeps
// that error, and the ledger stops on it.
func (c *Chaincode) Invoke(stub shim.ChaincodeStubInterface) *peer.Response {
	s, err := c.session(stub)
	if err != nil {
		return c.respond("", stub.GetTxID(), nil, err)
	}
	result, err := c.call(s)
	return c.respond(s.op.name, stub.GetTxID(), result, err)
}

// session checks a call before the contract library sees it.
func (c *Chaincode) session(stub shim.ChaincodeStubInterface) (*session, error) {
	name, params := stub.GetFunctionAndParameters()
	op, err := c.table.find(name)
	if err != nil {
		return nil, err
	}
	if len(params) != 1 {
		return nil, code.BadArgument.New("%s takes one argument, not %d", name, len(params))
	}
	if len(params[0]) > record.MaxTransactionBytes {
		return nil, code.TooLarge.New("argument of %d bytes, at most %d", len(params[0]), record.MaxTransactionBytes)
	}
	creator, err := stub.GetCreator()
	if err != nil {
		return nil, code.UnknownCredential.New("the transaction names no creator")
	}
	who, err := parseCreator(creator)
	if err != nil {
		return nil, err
	}
	return &session{ChaincodeStubInterface: stub, op: op, params: params, caller: who, table: c.table}, nil
}

// call passes a session through the contract library. The copy of the library's
// chaincode differs only in its serializer, which is the session itself.
func (c *Chaincode) call(s *session) (result []byte, err error) {
	defer catch(&err)
	contracts := *c.contracts
	contracts.TransactionSerializer = s
	response := contracts.Invoke(s)
	if s.err != nil {
		return nil, s.err
	}
	if response.GetStatus() != shim.OK {
		return nil, fmt.Errorf("contract library: %s", response.GetMessage())
	}
	return response.GetPayload(), nil
}

// panicError is a panic of a contract.
type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func panicked(value any) error { return &panicError{value: value, stack: debug.Stack()} }

// catch turns a panic into an error. It is deferred.
func catch(err *error) {
	if r := recover(); r != nil {
		*err = panicked(r)
	}
}

func (c *Chaincode) respond(function, txID string, result []byte, err error) *peer.Response {
	if err == nil {
		return shim.Success(result)
	}
	if refusal := code.Of(err); refusal != nil {
		return shim.Error(refusal.Message())
	}
	var p *panicError
	if errors.As(err, &p) {
		c.report(Fault{Function: function, TxID: txID, Cause: err, Stack: p.stack})
		return shim.Error(code.ContractFault.New("%s", function).Message())
	}
	c.report(Fault{Function: function, TxID: txID, Cause: err})
	return shim.Error(code.Internal.New("").Message())
}
