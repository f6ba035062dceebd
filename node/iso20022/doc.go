// Package iso20022 writes and reads the bank messages of the payment flow. It turns
// instructed legs into a file for the payer's bank, and a bank's answers into plain
// items that can be matched to those legs. The node's bank side and the bank
// simulator of the development network call it.
//
//	pain.001.001.10  payment initiation            written and read
//	pain.002.001.11  payment status report         written and read; also version 03
//	camt.053.001.08  statement of an account       written and read; also 02 and 04
//	camt.054.001.08  debit and credit notification written and read; also 02 and 04
//
// Amounts are exact: decimal text becomes whole fen and whole fen become decimal
// text, never by way of floating point. An amount that is negative, finer than a fen
// or not in CNY is not rounded or converted; its item says so and cannot be used.
//
// Readers stream: they hold one element of a file, and the items of one entry, at a
// time. Limits bound bytes, tokens, depth, items and the length of one text. A
// document type, a processing instruction, an entity beyond the five of XML, another
// encoding than UTF-8, an element given twice where there may be one: each refuses
// the file with BAD_FILE and the line. What is wrong with a single item is said in
// that item, and the rest of the file is read.
//
// The package never reads a clock, opens a file or matches anything: it says what the
// bank wrote, and who asks decides.
package iso20022
