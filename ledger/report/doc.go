// Package report reads what a treasurer, a bank's operations desk, an auditor or a
// regulator asks of the ledger: counts by day, results of financings, payments with
// their bank advices, what is overdue, who is to do what next, alerts, and the proof
// that the ledger holds no money. node/api serves it, the command line prints it.
//
// A report is a pure function of one committed height: of the records of state and
// of the stored outcomes. It has no clock; today is the day of the ledger's time. Rows
// come in a fixed order, so that every node writes the same bytes. Nothing here
// decides anything or is stored, and who may see a row is node/access's to say.
package report
