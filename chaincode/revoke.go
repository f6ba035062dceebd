package chaincode

import (
	"github.com/tierledger/tierledger/chaincode/approval"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/world"
)

// RevokeResult says whose key ended, when, and how many open proposals fell with
// it.
type RevokeResult struct {
	member.RevokeResult
	Fallen int `json:"proposalsFallen"`
}

// revoke ends a key and the open proposals that were made with it.
func (f *functions) revoke(w *world.World, in member.RevokeCredentialArgument) (RevokeResult, error) {
	revoked, err := member.RevokeCredential(w, in)
	if err != nil {
		return RevokeResult{}, err
	}
	fallen, err := approval.FallOf(w, executor{f}, in.Key)
	return RevokeResult{RevokeResult: revoked, Fallen: fallen}, err
}
