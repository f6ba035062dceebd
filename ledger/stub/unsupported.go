package stub

import (
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
)

// What follows completes shim.ChaincodeStubInterface with what this ledger does not offer. Private data and transient fields
// would not be on every validator; pages and rich queries are for reads outside transactions; history is the read side's; the
// endorsement that validation parameters and proposals belong to does not exist here. All return ErrUnsupported.

func unsupported(what string) error { return fmt.Errorf("%s: %w", what, ErrUnsupported) }

// InvokeChaincode is refused with status 500: there is one chaincode.
func (t *Tx) InvokeChaincode(name string, _ [][]byte, _ string) *peer.Response {
	return shim.Error(unsupported("invoke chaincode " + name).Error())
}

// SetStateValidationParameter is not offered.
func (t *Tx) SetStateValidationParameter(string, []byte) error {
	return unsupported("set a validation parameter")
}

// GetStateValidationParameter is not offered.
func (t *Tx) GetStateValidationParameter(string) ([]byte, error) {
	return nil, unsupported("get a validation parameter")
}

// GetStateByRangeWithPagination is not offered; range and stop early.
func (t *Tx) GetStateByRangeWithPagination(string, string, int32, string) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, unsupported("range in pages")
}

// GetStateByPartialCompositeKeyWithPagination is not offered; range and stop early.
func (t *Tx) GetStateByPartialCompositeKeyWithPagination(string, []string, int32, string) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, unsupported("range in pages")
}

// GetQueryResult is not offered.
func (t *Tx) GetQueryResult(string) (shim.StateQueryIteratorInterface, error) {
	return nil, unsupported("rich query")
}

// GetQueryResultWithPagination is not offered.
func (t *Tx) GetQueryResultWithPagination(string, int32, string) (shim.StateQueryIteratorInterface, *peer.QueryResponseMetadata, error) {
	return nil, nil, unsupported("rich query")
}

// GetHistoryForKey is not offered.
func (t *Tx) GetHistoryForKey(string) (shim.HistoryQueryIteratorInterface, error) {
	return nil, unsupported("history")
}

// GetPrivateData is not offered.
func (t *Tx) GetPrivateData(string, string) ([]byte, error) { return nil, unsupported("private data") }

// GetPrivateDataHash is not offered.
func (t *Tx) GetPrivateDataHash(string, string) ([]byte, error) {
	return nil, unsupported("private data")
}

// PutPrivateData is not offered.
func (t *Tx) PutPrivateData(string, string, []byte) error { return unsupported("private data") }

// DelPrivateData is not offered.
func (t *Tx) DelPrivateData(string, string) error { return unsupported("private data") }

// PurgePrivateData is not offered.
func (t *Tx) PurgePrivateData(string, string) error { return unsupported("private data") }

// SetPrivateDataValidationParameter is not offered.
func (t *Tx) SetPrivateDataValidationParameter(string, string, []byte) error {
	return unsupported("private data")
}

// GetPrivateDataValidationParameter is not offered.
func (t *Tx) GetPrivateDataValidationParameter(string, string) ([]byte, error) {
	return nil, unsupported("private data")
}

// GetPrivateDataByRange is not offered.
func (t *Tx) GetPrivateDataByRange(string, string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, unsupported("private data")
}

// GetPrivateDataByPartialCompositeKey is not offered.
func (t *Tx) GetPrivateDataByPartialCompositeKey(string, string, []string) (shim.StateQueryIteratorInterface, error) {
	return nil, unsupported("private data")
}

// GetPrivateDataQueryResult is not offered.
func (t *Tx) GetPrivateDataQueryResult(string, string) (shim.StateQueryIteratorInterface, error) {
	return nil, unsupported("private data")
}

// GetTransient is always empty.
func (t *Tx) GetTransient() (map[string][]byte, error) { return nil, nil }

// GetDecorations is always empty.
func (t *Tx) GetDecorations() map[string][]byte { return nil }

// GetBinding is not offered.
func (t *Tx) GetBinding() ([]byte, error) { return nil, unsupported("binding of a proposal") }

// GetSignedProposal is not offered.
func (t *Tx) GetSignedProposal() (*peer.SignedProposal, error) {
	return nil, unsupported("signed proposal")
}
