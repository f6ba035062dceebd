// Package sheet reads and writes the files that people keep tables in: CSV, plain or
// gzipped, and XLSX.
//
// Reading is a stream within limits, so that neither a bomb nor an endless cell fills
// the memory, and everything that is refused has a code. What a person approves must
// look the same to everybody: text is printable UTF-8, and a workbook has values, no
// formulas. Writing never makes a formula. The package knows nothing of a ledger;
// node/payables and cli/importer read files of payables with it, node/api writes
// statements.
package sheet
