// Package client is the Go client of a node's API: it builds and signs
// transactions, submits them safely, and reads.
//
// Signing is local: a key stays with its Signer, and the node only ever sees
// signatures. A transaction is made once and may be sent any number of times; the
// client does so by itself when the network or the node fails it. It never logs
// tokens or keys. Called by the command line, the importer, the devnet and load.
package client
