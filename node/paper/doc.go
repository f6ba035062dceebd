// Package paper prints what people hand to each other: a certificate, one holding of it,
// and a member's statement of a month, as PDF.
//
// A paper is a copy, in Chinese and English. It says of which moment of the ledger it
// is, and its QR code leads to a page on which anyone who has the paper sees what the
// ledger says of it now. The same records make the same bytes on every node: nothing
// comes from a clock, and no file is read. The package decides nothing and looks
// nothing up; node/api gives it what the viewer may see.
package paper
