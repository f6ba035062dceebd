// Package record defines what the ledger stores: the records, their canonical
// encoding, the layout of their keys, and the effects a transaction reports.
//
// A record is a struct encoded as a CBOR array (RFC 8949, core deterministic
// encoding) behind one version byte. Fields are only ever appended, and then
// with a new version. Amounts are fen, instants milliseconds since the Unix
// epoch, dates days since 1970-01-01.
//
// The package holds no rules and touches no storage. Contracts write records
// through chaincode/world; the read model and the audit decode them.
package record
