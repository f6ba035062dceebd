package record

import "github.com/tierledger/tierledger/chaincode/calendar"

// Limits every validator applies alike.
const (
	MaxTransactionBytes = 512 << 10 // compact JWS
	MaxBatchItems       = 500
	MaxExpiryMillis     = 24 * 60 * 60 * 1000 // how far ahead a transaction may expire
)

// SweepIndex is the index of the sweep's outcome within its block. The sweep
// runs first; the block's transactions have the indexes from 1 on.
const SweepIndex uint32 = 0

// Outcome is what a transaction did or why it was refused. It is stored by
// every node with the same bytes; the block's results carry its digest.
type Outcome struct {
	_        struct{}         `cbor:",toarray"`
	TxID     Digest           `json:"txId"`
	Height   int64            `json:"height"`
	Index    uint32           `json:"index"` // within the block: SweepIndex, or 1 and up
	Time     calendar.Instant `json:"time"`  // the ledger's at the start of the block
	Function string           `json:"function"`
	Member   string           `json:"member"` // of the signer, empty for the sweep
	Key      Digest           `json:"key"`    // of the signer
	Code     uint16           `json:"code"`   // chaincode/code; 0 when accepted
	Rule     string           `json:"rule"`
	Detail   string           `json:"detail"`
	Result   []byte           `json:"result"` // JSON the function returned
	Effects  Effects          `json:"effects"`
}
