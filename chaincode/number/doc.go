// Package number checks and makes the identifying numbers that people type: the
// unified social credit code of an enterprise, the legal entity identifier, and the
// number of a certificate. A typing error is refused by the number itself, before
// anything is looked up. Contracts, import and the command line call it.
//
// It never says whether an enterprise exists, and never corrects a number.
package number
