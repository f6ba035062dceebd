// Package importer brings files of payables onto the ledger: a debtor's own
// payables, issued by its maker, and on a development network a whole file of
// obligations between many firms, for which it also makes the members, the
// evidence and the credit lines. Over what a development network holds then it can
// make many financings of random fen.
//
// A file is read in a stream and within limits, and every row is checked before
// the first transaction is sent. Transactions are signed here, written to a
// journal and synced, and only then sent; an import that was killed is started
// again with the same command, sends the same bytes once more where it does not
// know the outcome, and issues nothing twice. What was achieved is read back from
// the ledger, never from the journal.
//
// The package skips no rule and knows no transaction that does. It never changes
// the file it reads, and it prints nothing: the command line calls it and shows
// what it reports.
package importer
