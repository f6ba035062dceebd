// Package settlement is the one way in which value moves: two sides agree, fen are
// locked, the payer's bank instructs, a bank advises that the money arrived, and
// then the fen move, are redeemed, are pledged or come free. Financing, resale,
// buy-back, repayment, early payment, recourse and clearing use it.
//
// The ledger holds no money (NO-POOLING): a settlement names two bank accounts and
// closes only on a bank's advice or the payee's own word. An instruction is a point
// of no return: from then on no lapse, cancellation, transfer or clearing touches
// the fen. It ends by a matched advice, or by evidence that nothing was paid. A
// bank's reference is usable once on the whole network, so that no payment moves
// fen twice.
//
// What lies behind a settlement (a financing, a resale) is the Agreements' that the
// dispatcher hands in: the package knows none of them.
package settlement
