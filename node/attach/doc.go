// Package attach keeps the files that people put beside what is on the ledger:
// contracts, invoices, receipts. A file is named by the SHA-256 of its bytes, the
// same digest that a record of the ledger commits to.
//
// Files lie under one directory of the node's home and are never part of consensus:
// other nodes do not have them. A file is written whole, synced and then renamed, so
// that a crash leaves all of it or nothing. The package never runs, unpacks for
// display or changes what it keeps, and it never decides who may read: node/api asks
// node/access first.
package attach
