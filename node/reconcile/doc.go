// Package reconcile matches what banks write with the legs of runs, and compares the
// ledger with banks' statements. The command line and node/api call it for a bank's
// people.
//
// A payment is the leg whose id it bears as its end-to-end identification, and only if
// amount and both accounts fit. Nothing else is looked at and nothing is guessed: what
// does not fit is an exception for a person. What a bank wrote before is known, and
// changes nothing however often it is read.
//
// The package is pure: it opens no file, asks no node and reads no clock. Amounts are
// fen, and an account is compared as a whole.
package reconcile
