// Package evidence keeps the trade background of certificates: trade contracts,
// deliveries and invoices, and how much of each invoice is already used.
//
// A certificate and each transfer must be covered by parts of invoices between
// the payer and the receiver (EVIDENCE-COVER, 银发〔2025〕77号 art. 10). An invoice
// is used in parts, so its remaining amount is kept and never a yes or no.
//
// An invoice appears on the ledger only by a keyed fingerprint of its facts. The
// key is shared by the banks' nodes and is never on the ledger. Two banks that
// meet the same invoice compute the same fingerprint, so that it is registered
// once on the whole network; somebody without the key cannot try likely invoices
// against the ledger. Whoever has the key can. The ledger cannot see whether a
// fingerprint is that of a real invoice: a bank's verification says so.
//
// Certificate calls Reserve, Release and FlagTerms; the contract calls the rest;
// banks' nodes and clients call Fingerprint. Documents are never stored here,
// only their hashes.
package evidence
