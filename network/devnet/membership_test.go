package devnet_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node"
	"github.com/tierledger/tierledger/node/client"
)

// patience bounds every wait for something that must happen; it measures nothing.
const patience = time.Minute

// as is a client of a bank's node for one of the devnet's people.
func as(t *testing.T, d *devnet.Devnet, bank int, who string) *client.Client {
	t.Helper()
	key, err := d.Keyring.Get(who)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New("http://"+d.Nodes()[bank].API(), d.Genesis.Network, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// startQuietly starts the banks' nodes without their logs: a node that is voted out
// complains of each message it can not send.
func startQuietly(t *testing.T, d *devnet.Devnet) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := d.Start(ctx, nil); err != nil {
		t.Fatal(err)
	}
}

// motion proposes a function of the banks and has it approved until it is executed.
func motion(t *testing.T, d *devnet.Devnet, function string, argument any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	text, err := json.Marshal(argument)
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		ID       string        `json:"id"`
		Manifest record.Digest `json:"manifest"`
	}
	_, err = as(t, d, 0, "bank1/maker").Invoke(ctx, "approval:Propose", map[string]any{
		"function": function, "argument": json.RawMessage(text),
	}, &made)
	if err != nil {
		t.Fatal(err)
	}
	var decided struct {
		State record.ProposalState `json:"state"`
		Code  string               `json:"code"`
	}
	for _, bank := range []string{"bank2", "bank3"} {
		_, err := as(t, d, 0, bank+"/checker").Invoke(ctx, "approval:Approve", map[string]any{
			"id": made.ID, "manifest": made.Manifest,
		}, &decided)
		if err != nil {
			t.Fatal(err)
		}
	}
	if decided.State != record.ProposalExecuted {
		t.Fatalf("%s is %s %s after three banks agreed", function, decided.State, decided.Code)
	}
}

// eventually polls a condition that no channel announces.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// blocks waits until there are so many blocks more.
func blocks(t *testing.T, more int64, nodes ...*node.Node) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	height := nodes[0].Engine().Height() + more
	for _, n := range nodes {
		if err := n.Engine().WaitHeight(ctx, height); err != nil {
			t.Fatal(err)
		}
	}
}

// stranger opens a node with the network's genesis and addresses, and keys of its
// own that no bank knows.
func stranger(t *testing.T, d *devnet.Devnet) *node.Node {
	t.Helper()
	home := t.TempDir()
	if err := d.Genesis.Save(filepath.Join(home, node.GenesisFile)); err != nil {
		t.Fatal(err)
	}
	config := node.DefaultConfig()
	config.API, config.Peer = "127.0.0.1:0", "127.0.0.1:0"
	text, err := yaml.Marshal(&config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, node.ConfigFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), home, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whoever has the genesis and the addresses and no seat gets no connection and no
// block. A bank that the others vote out loses both, and gets both back with its seat.
func TestOnlyBanksWithASeatAreConnected(t *testing.T) {
	d, err := devnet.Create(t.TempDir(), devnet.Options{Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	startQuietly(t, d)
	defer func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	}()
	out, rest := d.Nodes()[3], d.Nodes()[:3]
	foreign := stranger(t, d)
	blocks(t, 3, rest...)
	if peers := foreign.Engine().Status().Peers; len(peers) > 0 || foreign.Engine().Height() > 0 {
		t.Errorf("the stranger has the peers %v and block %d", peers, foreign.Engine().Height())
	}

	var seat record.Validator
	bank4, _ := d.Member("bank4")
	data, err := rest[0].Store().Get(store.State, []byte(record.ValidatorKey(bank4.ID)))
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Decode(data, &seat); err != nil {
		t.Fatal(err)
	}
	identity, err := node.Prepare(out.Home())
	if err != nil {
		t.Fatal(err)
	}
	if identity.Peer != seat.Peer || !slices.Equal(identity.Consensus, ed25519.PublicKey(seat.Consensus)) {
		t.Fatalf("bank4's node is %v, its seat %v", identity, seat)
	}
	motion(t, d, "member:RemoveValidator", map[string]any{"bank": bank4.ID})
	eventually(t, "the removed bank's node is alone", func() bool {
		if len(out.Engine().Status().Peers) != 0 {
			return false
		}
		return !slices.ContainsFunc(rest, func(n *node.Node) bool { return len(n.Engine().Status().Peers) != 2 })
	})
	left := out.Engine().Height()
	blocks(t, 4, rest...)
	if got := out.Engine().Height(); got > left {
		t.Errorf("the removed bank's node went on from block %d to %d", left, got)
	}
	if got := len(rest[0].Engine().Status().Validators); got != 3 {
		t.Errorf("%d validators remain, want 3", got)
	}

	motion(t, d, "member:AdmitValidator", map[string]any{
		"bank": bank4.ID, "consensus": seat.Consensus, "peer": seat.Peer, "address": seat.Address,
	})
	height := rest[0].Engine().Height()
	eventually(t, "the bank's node is back and votes", func() bool {
		return out.Engine().Height() > height && len(rest[0].Engine().Status().Validators) == 4
	})
	if peers := foreign.Engine().Status().Peers; len(peers) > 0 || foreign.Engine().Height() > 0 {
		t.Errorf("the stranger has the peers %v and block %d", peers, foreign.Engine().Height())
	}
}
