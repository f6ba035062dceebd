package record

import "github.com/tierledger/tierledger/chaincode/calendar"

// Limits every validator applies alike.
const (
	MaxTransactionBytes = 512 << 10 // compact JWS
	MaxBatchItems       = 500
	MaxExpiryMillis     = 24 * 60 * 60 * 1000 // how far ahead a transaction may expire
)

// SweepIndex is the index of the sweep's outcome within its block.
const SweepIndex = ^uint32(0)

// Outcome is what a transaction did or why it was refused. It is stored by
// every node with the same bytes; the block's results carry its digest.
type Outcome struct {
	_        struct{} `cbor:",toarray"`
	TxID     Digest
	Height   int64
	Index    uint32 // within the block, or SweepIndex
	Time     calendar.Instant
	Function string
	Member   string // of the signer, empty for the sweep
	Key      Digest // of the signer
	Code     uint16 // chaincode/code; 0 when accepted
	Rule     string
	Detail   string
	Result   []byte // JSON the function returned
	Effects  Effects
}
