// Package clearing pays at maturity whoever holds each fen (清分).
//
// A run is what one debtor owes on one payment date. It begins by itself: from 00:00 of
// the day, Asia/Shanghai, by the time of the block, the sweep enters the certificates.
// The debtor's bank confirms funds, and the ledger divides them over all open fen of the
// run, to the fen, into legs: settlements that redeem. Banks instruct, accept, credit,
// reject and return them. What funds do not reach is overdue, bears late interest, and
// stands in the way of new certificates of the debtor; it is paid from later funds of
// the same run, or by a seller with recourse or a guarantor, who then has the fen.
//
// Every fen of a run is in one place (record.Tally): open, in one leg, kept for a payee
// whose payment came back, in a recourse or a payment outside of the ledger, or paid.
// So nothing is paid twice, however often anything runs or arrives. Who has which right
// to a leg: a pledgee, then a bank that bought with recourse, up to what is owed to
// them, and then the owner, or the seller. An order of a court holds the payment of any
// of them, or directs it. docs/decisions/0011-clearing.md says why.
//
// The package never holds money, never guesses which payment a bank means, and reads no
// clock but the block's. The dispatcher calls it for people and for the sweep.
package clearing
