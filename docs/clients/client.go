//go:build ignore

// A client of a Tierledger node in Go: it opens a sealed key file, reads the holdings of the key's member, signs a split of
// the one due last and waits until it is final.
//
//	go run docs/clients/client.go http://127.0.0.1:26680 data/quickstart/console/supplier1-maker.key tierledger 10000.00
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/node/client"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, err) // CODE: facts; the code never changes its meaning
		os.Exit(1)
	}
}

func run(ctx context.Context, url, file, passphrase, amount string) error {
	sealed, err := keystore.Load(file)
	if err != nil {
		return err
	}
	key, err := keystore.Open(sealed, passphrase)
	if err != nil {
		return err
	}
	node, err := client.New(url, "tierledger-devnet", key)
	if err != nil {
		return err
	}
	holdings, err := client.All(node.Holdings(ctx, client.HoldingFilter{}))
	if err != nil {
		return err
	}
	for _, h := range holdings {
		fmt.Println(h.Certificate, h.ID, h.Interval, h.Payment)
	}
	h := holdings[len(holdings)-1]
	signed, err := node.Sign(ctx, "certificate:Split", map[string]any{
		"certificate": h.Certificate, "holding": h.ID, "version": h.Version, "interval": h.Interval, "amounts": []string{amount},
	})
	if err != nil {
		return err
	}
	fmt.Println("transaction", signed.ID) // keep both: the same bytes can be sent again and take effect once
	done, err := node.Submit(ctx, signed.Compact, client.WaitFinal)
	if err != nil {
		return err
	}
	fmt.Println(done.State, string(done.Outcome.Result))
	return done.Err()
}
