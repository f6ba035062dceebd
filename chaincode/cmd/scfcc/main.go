// Command scfcc serves Tierledger's contracts as an external chaincode service of
// a Fabric network. docs/fabric.md says how to install it and what differs there
// from Tierledger's own ledger.
package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/tierledger/tierledger/chaincode"
)

func main() {
	if err := serve(os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "scfcc:", err)
		os.Exit(1)
	}
}

// serve listens until the listener fails. The settings have the names that
// Fabric's own chaincode uses.
func serve(env func(string) string) error {
	cc, err := chaincode.New(chaincode.ReportFaults(func(f chaincode.Fault) {
		slog.Error("contract fault", "function", f.Function, "txid", f.TxID, "cause", f.Cause, "stack", string(f.Stack))
	}))
	if err != nil {
		return err
	}
	tls, err := properties(env)
	if err != nil {
		return err
	}
	server := &shim.ChaincodeServer{
		CCID: env("CHAINCODE_ID"), Address: env("CHAINCODE_SERVER_ADDRESS"), CC: cc, TLSProps: tls,
	}
	return server.Start()
}
