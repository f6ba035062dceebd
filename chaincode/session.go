package chaincode

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/pkg/cid"
	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-contract-api-go/v2/contractapi"
	"github.com/hyperledger/fabric-contract-api-go/v2/metadata"
	"github.com/hyperledger/fabric-contract-api-go/v2/serializer"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// EventName is the name of the one event of a transaction. Its payload is an
// encoded record.Effects.
const EventName = "scf"

// session is one call. It is the stub and the serializer that the contract
// library sees: so the library has no identity to parse, and an error keeps its
// type instead of passing through the library's texts.
type session struct {
	shim.ChaincodeStubInterface
	op     *operation
	params []string
	caller caller
	table  *functions
	err    error // the first refusal or fault
}

var (
	_ shim.ChaincodeStubInterface      = (*session)(nil)
	_ serializer.TransactionSerializer = (*session)(nil)
)

var errNoIdentity = errors.New("the registry of credentials says who acts")

// GetCreator hides the creator from the contract library, which would look for
// attributes in it.
func (s *session) GetCreator() ([]byte, error) { return nil, errNoIdentity }

// GetFunctionAndParameters gives the name that was checked already.
func (s *session) GetFunctionAndParameters() (string, []string) { return s.op.name, s.params }

// FromString reads the argument. The library calls it on a goroutine of its own,
// where a panic could not be recovered by anybody else.
func (s *session) FromString(
	text string, goal reflect.Type, _ *metadata.ParameterMetadata, _ *metadata.ComponentMetadata,
) (value reflect.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.err = panicked(r)
			err = s.err
		}
	}()
	if goal != s.op.argument {
		panic(fmt.Sprintf("%s reads %v, its method %v", s.op.name, s.op.argument, goal))
	}
	argument, err := s.op.decode([]byte(text))
	if err != nil {
		s.err = err
		return reflect.Value{}, err
	}
	return reflect.ValueOf(argument), nil
}

// ToString writes the result.
func (s *session) ToString(
	value reflect.Value, _ reflect.Type, _ *metadata.ReturnMetadata, _ *metadata.ComponentMetadata,
) (string, error) {
	if value.IsNil() {
		return "", nil
	}
	return string(encode(value.Interface())), nil
}

// Context is what the methods of the contracts receive.
type Context struct {
	session *session
}

var _ contractapi.SettableTransactionContextInterface = (*Context)(nil)

// SetStub takes the session, which is the stub that the library was given.
func (c *Context) SetStub(stub shim.ChaincodeStubInterface) {
	s, ok := stub.(*session)
	if !ok {
		panic(fmt.Sprintf("the contracts run on a session, not on %T", stub))
	}
	c.session = s
}

// SetClientIdentity ignores the library's idea of who acts.
func (c *Context) SetClientIdentity(cid.ClientIdentity) {}

// submit runs the function that the session was opened for. Every method of
// every contract is one call of it.
func submit[R any](ctx *Context, argument any) (*R, error) {
	s := ctx.session
	result, err := s.perform(argument)
	if err != nil {
		s.err = err
		return nil, err
	}
	typed := as[R](result)
	return &typed, nil
}

// perform runs the operation on a world of its own. The checks come in this
// order on every validator: the argument's form (done), the ledger's time, the
// credential, whether the function may be sent directly, the function's own.
func (s *session) perform(argument any) (result any, err error) {
	w, err := s.open()
	if err != nil {
		return nil, err
	}
	actor, err := s.actor(w)
	if err != nil {
		return nil, err
	}
	err = w.As(actor, func() error {
		result, err = s.direct(w, argument)
		return err
	})
	if err != nil {
		return nil, s.explain(w, err)
	}
	effects, err := w.Flush()
	if err != nil {
		return nil, err
	}
	return result, s.emit(&effects)
}

// open makes the world of this call, for nobody yet.
func (s *session) open() (*world.World, error) {
	stamp, err := s.GetTxTimestamp()
	if err != nil {
		return nil, fmt.Errorf("read the transaction's time: %w", err)
	}
	call := world.Call{Network: s.GetChannelID(), TxID: s.GetTxID(), Now: calendar.FromTime(stamp.AsTime())}
	backend := stubBackend{s.ChaincodeStubInterface}
	w := world.New(backend, call)
	settings, err := world.Load(w, record.SettingsKey(), "network", call.Network)
	if err != nil {
		return nil, err
	}
	if settings.Network != call.Network {
		return nil, code.WrongNetwork.New("this is %s", settings.Network)
	}
	if settings.Devnet && settings.OffsetMillis != 0 {
		call.Now = call.Now.Add(time.Duration(settings.OffsetMillis) * time.Millisecond)
		w = world.New(backend, call)
	}
	return w, call.Now.Valid()
}

// actor asks the registry who the caller is. The system has no credential and
// may only sweep.
func (s *session) actor(w *world.World) (world.Actor, error) {
	if s.caller.system {
		if s.op.name != sweepRun {
			return world.Actor{}, code.NotAuthorised.New("the system may only call %s", sweepRun)
		}
		return world.Actor{System: true}, nil
	}
	person, err := member.Authenticate(w, s.caller.key)
	if err != nil {
		return world.Actor{}, err
	}
	return world.Actor{Person: person}, nil
}

// direct runs an operation that was sent by its maker alone.
func (s *session) direct(w *world.World, argument any) (any, error) {
	if err := mayRun(w, s.op, argument); err != nil {
		return nil, err
	}
	return s.op.run(w, argument)
}

// mayRun refuses an operation that needs more people than now act.
func mayRun(w *world.World, op *operation, argument any) error {
	actor := w.Actor()
	if op.quorum != 0 && actor.Quorum != op.quorum {
		return code.NotSubmittable.New("%s", op.name)
	}
	if actor.System || actor.Quorum != 0 || op.unproposed {
		return nil
	}
	from, ruled, err := member.CheckerFrom(w, actor.Member, op.name)
	if err != nil || !ruled {
		return err
	}
	amount, err := op.amountOf(w, argument)
	if err == nil && amount >= from {
		err = code.ApprovalRequired.New("%s", op.name)
	}
	return err
}

// explain reports what the rules said about a refused operation, and nothing
// else: what it wrote is dropped.
func (s *session) explain(w *world.World, refusal error) error {
	effects := record.Effects{Decision: w.Decision()}
	if code.Of(refusal) == nil || effects.Empty() {
		return refusal
	}
	if err := s.emit(&effects); err != nil {
		return err
	}
	return refusal
}

func (s *session) emit(effects *record.Effects) error {
	if err := s.SetEvent(EventName, record.Encode(effects)); err != nil {
		return fmt.Errorf("emit the event: %w", err)
	}
	return nil
}
