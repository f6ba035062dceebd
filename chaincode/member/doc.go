// Package member keeps the registry: enterprises, their people's credentials,
// their bank accounts, their approval policies, and the banks' validators. It
// answers who signed and whether that person may act, which is the only
// authority on the ledger (Electronic Signature Law art. 13 and 15).
//
// It never holds a name of a person, an account number or a private key, and
// never decides about certificates. Every contract package calls Require; the
// chaincode's dispatcher calls Authenticate and RequiredChecker; the ledger
// reads Validators; the genesis is written by Genesis.
package member
