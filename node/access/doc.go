// Package access decides who sees what of the ledger, in one place.
//
// Every decision is a pure function of one moment of the ledger and the person
// who asks. It never verifies a signature, never serves a request and never
// changes anything: node/api verifies the login and then asks a Reader.
//
// Auditors, operators and the banks that run an active validator see all. Others
// see what concerns them: see the method of Reader for each kind of record. What
// a viewer may not see is refused with NOT_AUTHORISED and no detail, whether it
// exists or not, so that nothing can be found out by trying identifiers.
package access
