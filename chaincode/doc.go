// Package chaincode joins the contracts into one chaincode.
//
// The rules live in the packages below this one, as plain functions over a
// world.World. This package gives each of them a name on the wire, reads its
// argument strictly, finds out who signed, asks whether a second person is
// needed, keeps or drops what was written, and hands the effects over as one
// event. Approved proposals, batches and the sweep run through the same table
// of functions.
//
// The same chaincode runs in process over the ledger's stub and, built by
// cmd/scfcc, as an external service of a Fabric network. It holds no state and
// no clock, starts no goroutine of its own and never consults the attributes of
// an MSP: the ledger's registry of credentials is the only authority.
//
// The node and the ledger's execution call New; network/genesis calls Genesis;
// clients and documentation read Functions and Canonical.
package chaincode
