// Package command is the command line scf: what its commands are, how they ask a
// node, and how they show to a person what happened.
//
// A command signs on the machine where it runs, with a key of a development
// keyring or a sealed key file; no private key leaves the process and none is
// printed. It decides nothing: the contracts refuse, and the command says why and
// what to do next. Called by cli/scf and by the command line's own tests.
package command
