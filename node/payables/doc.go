// Package payables reads a debtor's list of payables and says of every row what stands
// in the way of issuing a certificate for it.
//
// Form reads rows by their form alone; Check holds them against one moment of the
// ledger as the contract will, down to what earlier rows leave of an invoice or a
// credit line. Nothing is stored and nothing is sent: the debtor's maker signs what
// comes out of it, and the contract judges again. node/api serves it for the console,
// cli/importer reads files with it.
package payables
