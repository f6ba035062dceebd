package consensus

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/types"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/tierledger/tierledger/p2p/host"
)

// patience bounds every wait for something that must happen. It is no measure of
// speed: it only turns a hang into a failure.
const patience = 60 * time.Second

// genesisTime is when the test networks begin.
var genesisTime = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// testNetwork is a network of real engines in one process, each with its own directory,
// keys and membership.
type testNetwork struct {
	t         testing.TB
	genesis   *types.GenesisDoc
	transport Transport
	newApp    func() abci.Application
	nodes     []*testNode
	opened    []*Engine // all that were ever opened, to be stopped at the end
}

// testNode is one bank's node: what survives a restart, and the running engine.
type testNode struct {
	net     *testNetwork
	home    string
	key     ed25519.PrivateKey
	id      peer.ID
	signer  *Signer
	members *host.Membership
	listen  string
	app     abci.Application
	*Engine // nil while stopped
}

// newNetwork makes n validators that know each other, none of them running.
func newNetwork(t testing.TB, n int, transport Transport) *testNetwork {
	t.Helper()
	net := &testNetwork{t: t, transport: transport, newApp: func() abci.Application { return NewNoop() }}
	t.TempDir() // its removal comes after what is registered from here on
	t.Cleanup(func() {
		var all sync.WaitGroup
		for _, e := range net.opened {
			all.Go(func() { _ = e.Stop() })
		}
		all.Wait()
	})
	net.genesis = &types.GenesisDoc{
		ChainID:         "tierledger-test",
		GenesisTime:     genesisTime,
		ConsensusParams: types.DefaultConsensusParams(),
	}
	var ids []peer.ID
	for i := range n {
		node := net.newNode(fmt.Sprintf("bank%d", i+1))
		pub, err := node.signer.GetPubKey()
		must(t, err)
		net.genesis.Validators = append(net.genesis.Validators, types.GenesisValidator{PubKey: pub, Power: 10, Name: filepath.Base(node.home)})
		net.nodes = append(net.nodes, node)
		ids = append(ids, node.id)
	}
	for _, node := range net.nodes {
		node.members.Set(ids)
	}
	return net
}

func (net *testNetwork) newNode(name string) *testNode {
	net.t.Helper()
	home := filepath.Join(net.t.TempDir(), name)
	key, err := host.LoadOrCreateKey(filepath.Join(home, "peer_key.pem"))
	must(net.t, err)
	id, err := host.PeerID(key.Public().(ed25519.PublicKey))
	must(net.t, err)
	signer, err := LoadOrCreateSigner(filepath.Join(home, "signer"))
	must(net.t, err)
	return &testNode{net: net, home: home, key: key, id: id, signer: signer, members: host.NewMembership(), listen: "127.0.0.1:0"}
}

// config is the node's configuration with a new application.
func (n *testNode) config() Config {
	n.app = n.net.newApp()
	timing := DefaultTiming()
	// Some tests leave a proposer out, and some wait for a stall to be noticed.
	timing.Propose, timing.EmptyBlockEvery = 500*time.Millisecond, time.Second
	return Config{
		Home: filepath.Join(n.home, "engine"), Genesis: n.net.genesis, Application: n.app,
		Signer: n.signer, Key: n.key, Listen: n.listen, Membership: n.members,
		Transport: n.net.transport, Timing: timing, Logger: testLogger(filepath.Base(n.home)),
	}
}

// open opens the node's engine with a new application.
func (n *testNode) open() {
	n.net.t.Helper()
	e, err := Open(context.Background(), n.config())
	must(n.net.t, err)
	n.Engine = e
	n.net.opened = append(n.net.opened, e)
}

// start opens and starts the nodes and tells each of all that run.
func (net *testNetwork) start(nodes ...*testNode) {
	net.t.Helper()
	for _, n := range nodes {
		n.open()
	}
	net.introduce()
	for _, n := range nodes {
		must(net.t, n.Start())
	}
}

// introduce gives every running node the addresses of all running nodes.
func (net *testNetwork) introduce() {
	net.t.Helper()
	var addrs []string
	for _, n := range net.nodes {
		if n.Engine != nil {
			addrs = append(addrs, n.Addr())
		}
	}
	for _, n := range net.nodes {
		if n.Engine != nil {
			must(net.t, n.SetPeers(addrs))
		}
	}
}

// stop stops the nodes together.
func (net *testNetwork) stop(nodes ...*testNode) {
	net.t.Helper()
	errs := make(chan error, len(nodes))
	for _, n := range nodes {
		go func() { errs <- n.Stop() }()
	}
	for range nodes {
		must(net.t, <-errs)
	}
	for _, n := range nodes {
		n.Engine = nil
	}
}

// waitHeight waits until each node has committed the block.
func (net *testNetwork) waitHeight(height int64, nodes ...*testNode) {
	net.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, n := range nodes {
		if err := n.WaitHeight(ctx, height); err != nil {
			net.t.Fatalf("%s: %v; status %+v", filepath.Base(n.home), err, n.Status())
		}
	}
}

// send broadcasts a transaction at a node and waits until that node has it in a block.
func (n *testNode) send(tx string) int64 {
	n.net.t.Helper()
	from := n.Height() + 1
	result, err := n.Broadcast([]byte(tx))
	must(n.net.t, err)
	if result.Code != 0 {
		n.net.t.Fatalf("transaction %q: code %d: %s", tx, result.Code, result.Log)
	}
	return n.find(tx, from)
}

// find waits for the block, from a height on, that holds a transaction.
func (n *testNode) find(tx string, from int64) int64 {
	n.net.t.Helper()
	for height := from; ; height++ {
		n.net.waitHeight(height, n)
		txs, err := n.BlockTxs(height)
		must(n.net.t, err)
		for _, have := range txs {
			if string(have) == tx {
				return height
			}
		}
	}
}

// eventually polls a condition that no channel announces.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testLogger is silent unless ENGINE_LOG names a level.
func testLogger(node string) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(os.Getenv("ENGINE_LOG"))) != nil {
		return nil
	}
	h := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level})
	return slog.New(h).With("node", node)
}

// newKey returns an Ed25519 key for a stranger.
func newKey() ed25519.PrivateKey { return ed25519.PrivateKey(cmted25519.GenPrivKey()) }
