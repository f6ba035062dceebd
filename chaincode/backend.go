package chaincode

import (
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/tierledger/tierledger/chaincode/world"
)

// stubBackend is a Fabric stub as the state below a World. World shows a
// transaction its own writes, which Fabric's stub does not.
type stubBackend struct {
	stub shim.ChaincodeStubInterface
}

var _ world.Backend = stubBackend{}

func (b stubBackend) Get(key string) ([]byte, error)     { return b.stub.GetState(key) }
func (b stubBackend) Put(key string, value []byte) error { return b.stub.PutState(key, value) }
func (b stubBackend) Delete(key string) error            { return b.stub.DelState(key) }

// Scan reads a range and stops early: Fabric has no paging in transactions that
// write.
func (b stubBackend) Scan(start, end string, visit func(string, []byte) (bool, error)) (err error) {
	rows, err := b.stub.GetStateByRange(start, end)
	if err != nil {
		return fmt.Errorf("scan from %s: %w", start, err)
	}
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close scan from %s: %w", start, closing)
		}
	}()
	for rows.HasNext() {
		row, err := rows.Next()
		if err != nil {
			return fmt.Errorf("scan from %s: %w", start, err)
		}
		more, err := visit(row.GetKey(), row.GetValue())
		if err != nil || !more {
			return err
		}
	}
	return nil
}
