// Package enrol keeps how enterprises come to the network and how a lost key comes
// back, before the ledger knows of it: invitations, the enrolments that follow them,
// and requests to recover an admin's key.
//
// All of it stays at this node. Nothing here makes a member: the bank's own people
// sign member:Enrol or propose member:Recover with their keys, and whether that
// happened is read from the ledger each time, never stored. The package never holds a
// private key, and of an invitation's token it keeps only the hash. node/api calls it
// with the ledger's time.
package enrol
