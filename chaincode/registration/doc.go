// Package registration keeps what a financing's bank has entered in the unified
// registry for movables and rights (中登网): the search, the initial registration,
// changes and the cancellation, each with number, time and proof, and the
// corrections of wrong ones (REGISTER-FIRST, notice 银发〔2025〕77号 art. 13).
//
// The registry itself is elsewhere: the bank's people enter the text that this
// package writes from the ledger, and record what they got. A pledge is effective
// with its registration, before cash (Civil Code 445). The package moves no fen and
// pays nothing; chaincode/financing asks it before a payment is instructed.
package registration
