// Package credit keeps banks' credit lines and the caps over groups of lines.
//
// A bank grants a line to a debtor. A certificate that names the line reserves
// its face when it is proposed or issued, uses it when it is accepted, and
// releases it per fen paid or when it ends in any other way. Every fen reserved
// or used on a line is also counted in the line's group and in each wider group
// above it. The records hold the sums, so that one read answers what is left.
//
// A bank may cut a limit or a cap below what is taken. Nothing is then
// available, which is flagged as over the limit, until enough is released.
//
// The package moves no money and does not know certificates. Certificate calls
// Reserve, Use, ReleaseReserved and ReleaseUsed; the contract calls the rest.
package credit
