// Package money holds amounts in fen, rates in percent, and the only roundings
// the product knows. Contracts, codecs and the command line call it.
//
// It never uses floating point, never rounds without being told how, and never
// lets an amount wrap around: what does not fit in an int64 is refused.
package money
