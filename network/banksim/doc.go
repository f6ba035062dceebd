// Package banksim plays the banks of a development network. It takes the payment file
// (pain.001) that would go to a payer's bank, and answers as banks do: with a status
// report (pain.002), with notifications of debits and credits (camt.054), and at the
// end of the day with statements (camt.053). It can be told to make the mistakes that
// banks, networks and people make, so that what reads the answers can be tested.
//
// Money is booked twice: what leaves an account arrives at another, or is in transit
// until it does. A fault changes where and when money arrives or what is told of it,
// never how much there is; a broken sum stops the program.
//
// The same seed, faults, clock and files give the same answers, and a transaction has
// the same fate in whatever file it comes. The simulator keeps everything in memory,
// writes no file and never calls anybody. It is for one goroutine, and for tests and
// development networks only.
package banksim
