// Command scf runs a Tierledger node, makes networks and keys, and works with
// certificates from a terminal. Everything it can do is in cli/command.
package main

import (
	"os"

	"github.com/tierledger/tierledger/cli/command"
)

func main() {
	os.Exit(command.Main(os.Args[1:], command.Standard()))
}
