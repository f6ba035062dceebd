// Package rules holds the dated rule pack, the checks that read it, and the
// clause behind each rule. A check records on the World that its rule was asked
// and what it said, so that every decision can be replayed under the rules of
// its day and explained in words.
//
// The package never reads a holding or a certificate: callers hand it the facts.
// Contract packages call the checks, the API and the command line call Explain,
// and the banks change the pack with AdoptPack.
package rules
