package chaincode

import (
	"bytes"
	"time"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/ledger/queryresult"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// memoryStub is as little of a stub as the contracts may ask of one. Methods it
// does not have are a nil dereference, which a test would show.
type memoryStub struct {
	shim.ChaincodeStubInterface
	state    *world.Memory
	network  string
	function string
	params   []string
	creator  []byte
	txID     string
	now      time.Time
	event    []byte
	writes   int
}

func (s *memoryStub) GetFunctionAndParameters() (string, []string) { return s.function, s.params }
func (s *memoryStub) GetCreator() ([]byte, error)                  { return s.creator, nil }
func (s *memoryStub) GetTxID() string                              { return s.txID }
func (s *memoryStub) GetChannelID() string                         { return s.network }
func (s *memoryStub) GetState(key string) ([]byte, error)          { return s.state.Get(key) }
func (s *memoryStub) DelState(key string) error                    { s.writes++; return s.state.Delete(key) }

func (s *memoryStub) GetTxTimestamp() (*timestamppb.Timestamp, error) {
	return timestamppb.New(s.now), nil
}

func (s *memoryStub) PutState(key string, value []byte) error {
	s.writes++
	return s.state.Put(key, value)
}

func (s *memoryStub) SetEvent(name string, payload []byte) error {
	if name != EventName {
		panic("an event of another name: " + name)
	}
	s.event = bytes.Clone(payload)
	return nil
}

func (s *memoryStub) GetStateByRange(start, end string) (shim.StateQueryIteratorInterface, error) {
	rows := &memoryRows{}
	err := s.state.Scan(start, end, func(key string, value []byte) (bool, error) {
		rows.left = append(rows.left, &queryresult.KV{Key: key, Value: value})
		return true, nil
	})
	return rows, err
}

type memoryRows struct{ left []*queryresult.KV }

func (r *memoryRows) HasNext() bool { return len(r.left) > 0 }
func (r *memoryRows) Close() error  { return nil }

func (r *memoryRows) Next() (*queryresult.KV, error) {
	row := r.left[0]
	r.left = r.left[1:]
	return row, nil
}

// effects decodes the event of the last call, if it set one.
func (s *memoryStub) effects() (record.Effects, bool) {
	var e record.Effects
	if s.event == nil {
		return e, false
	}
	if err := record.Decode(s.event, &e); err != nil {
		panic(err)
	}
	return e, true
}

func creatorOf(key record.Digest) []byte { return append([]byte(keyCreator), key[:]...) }
