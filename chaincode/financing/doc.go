// Package financing is how a holder turns fen into cash, and what becomes of it:
// requests with sealed quotes, posted rates, the agreement, resale from bank to
// bank, buy-back, repayment, early payment by the debtor, and payments made outside
// of the ledger. Every one of them moves value through chaincode/settlement and
// nowhere else.
//
// Any admitted bank may compete for a request (FREE-CHOICE). A quote is sealed to
// the holder: the ledger keeps its hash, bound to bank and request by a salt of 128
// bits, and only the chosen one opens. The comparison of quotes is the holder's own;
// the contract checks the arithmetic of the chosen one.
//
// Every function checks in one order and returns the first refusal: 1 the form of
// the argument, 2 the actor and its role, 3 that what is named exists, 4 who may, 5
// its state, 6 terms and parties, 7 accounts, 8 fen and locks, 9 the rules of the
// pack, 10 the bank's limits.
package financing
