// Package api is a node's REST API: OpenAPI 3.1 over net/http.
//
// Transactions are submitted signed and need no login. Everything else that is
// read, but the node's status and what describes the API, needs a login token for
// that one request (crypto/jws), and node/access decides what its signer sees. A
// request reads one snapshot of the ledger. Refusals are problem documents
// (RFC 9457) with a stable code from chaincode/code, in English or Chinese.
//
// The package never holds a private key, never executes a transaction and knows
// nothing of the consensus engine: package node hands it what it needs of the
// node as Config.
package api
