package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Checkpoint is a copy of the node's ledger as it was at one height, on the
// node's own disk.
type Checkpoint struct {
	Directory string `json:"directory" doc:"On the node's machine; the next checkpoint takes its place"`
	Height    int64  `json:"height"`
}

// checkpoint makes a copy for whoever runs the node: an admin of the bank whose
// validator it is.
func (s *Server) checkpoint(r *reading, _ *struct{}) (*Checkpoint, error) {
	own, err := s.ownBank(r)
	if err != nil {
		return nil, err
	}
	if own == "" || r.Member.ID != own || !r.Credential.Roles.Has(record.Admin) {
		return nil, code.NotAuthorised.New("")
	}
	return s.Checkpoints()
}

// ownBank is the bank whose validator this node is, or empty.
func (s *Server) ownBank(r *reading) (bank string, err error) {
	prefix := record.ValidatorsPrefix()
	err = r.State.Scan(prefix, record.PrefixEnd(prefix), func(_ string, data []byte) (bool, error) {
		var v record.Validator
		if err := record.Decode(data, &v); err != nil {
			return false, err
		}
		if v.Active && v.Peer == s.Node {
			bank = v.Bank
		}
		return bank == "", nil
	})
	return bank, err
}

func (s *Server) checkpointRoutes() {
	if s.Checkpoints == nil {
		return
	}
	read(s, huma.Operation{
		OperationID: "makeCheckpoint", Method: http.MethodPost, Path: "/v1/checkpoints", Tags: []string{"node"},
		Summary: "Copy the node's ledger on its own disk",
		Description: "For an admin of the bank that runs this node. The copy shares its files with the ledger, costs little, and can be checked " +
			"or kept while the node goes on.",
	}, s.checkpoint)
}
