// Package certificate is the life of a certificate and of its holdings: issue,
// acceptance, split, merge, transfer, pledge, orders of courts and regulators,
// requests to confirm, and what time ends.
//
// A certificate of face F is the interval of fen [1, F]; its holdings tile that
// interval after every operation. Fen keep their place for ever: cutting and
// joining holdings never moves them, so a lock, an offer or a proposal that
// names an interval finds the same fen later, whatever the holdings are called
// by then.
//
// Every function checks in one order and returns the first refusal: 1 the form
// of the argument, 2 the actor and its role, 3 that what is named exists, 4 its
// state, 5 ownership and locks, 6 the rules of the pack, 7 the credit line, 8
// the evidence. Time is the block's; nothing here waits for a sweep to judge
// that an offer has lapsed.
//
// What settlements and clearings do with fen is here too (settle.go, clear.go), because
// holdings are written in one place: when the certificates that an operation has open
// are closed, the banks' exposure and the tally of each run follow the holdings.
//
// The package never holds money, never chooses fen for a sender, and keeps no running
// totals besides those of credit lines and invoices, and those that follow. The root
// dispatcher of chaincode, chaincode/settlement and the agreements behind it call it.
package certificate
