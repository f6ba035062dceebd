package consensus

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/p2p"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/tierledger/tierledger/p2p/host"
)

// forBoth runs a test over each transport.
func forBoth(t *testing.T, test func(t *testing.T, transport Transport)) {
	t.Helper()
	t.Parallel()
	for _, transport := range []Transport{TransportLibp2p, TransportTCP} {
		t.Run(string(transport), func(t *testing.T) {
			t.Parallel()
			test(t, transport)
		})
	}
}

// sameHash fails unless the nodes reach one height with one application hash. Empty
// blocks do not change it, so the nodes need not be caught at the same height.
func sameHash(t *testing.T, nodes ...*testNode) {
	t.Helper()
	eventually(t, "equal application hashes", func() bool {
		want := nodes[0].Status()
		for _, n := range nodes[1:] {
			if !bytes.Equal(n.Status().AppHash, want.AppHash) {
				return false
			}
		}
		return true
	})
}

func TestFourBanksAgree(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 4, transport)
		net.start(net.nodes...)
		for i, node := range net.nodes {
			height := node.send(fmt.Sprintf("from bank %d", i))
			net.waitHeight(height, net.nodes...)
		}
		sameHash(t, net.nodes...)
		for _, node := range net.nodes {
			if got := node.app.(*Noop).Count(); got != 4 {
				t.Errorf("%s counts %d transactions, 4 were sent", filepath.Base(node.home), got)
			}
		}
		status := net.nodes[0].Status()
		if len(status.Validators) != 4 || len(status.Peers) != 3 || status.CatchingUp {
			t.Errorf("status of a node among four: %+v", status)
		}
	})
}

func TestThreeGoOnAndTheFourthCatchesUp(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 4, transport)
		net.start(net.nodes...)
		net.nodes[0].send("all four are here")
		absent, present := net.nodes[3], net.nodes[:3]
		net.waitHeight(2, absent)
		net.stop(absent)

		var height int64
		for i := range 5 {
			height = present[i%3].send(fmt.Sprintf("three are enough %d", i))
		}
		net.start(absent)
		net.waitHeight(height, absent)
		height = absent.send("the fourth is back")
		net.waitHeight(height, net.nodes...)
		sameHash(t, net.nodes...)
	})
}

// A stranger runs the same program with the same genesis and knows the addresses. It has
// a member's power neither to connect nor to get a transaction in.
func TestStrangerStaysOutside(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 4, transport)
		net.start(net.nodes...)
		stranger := net.newNode("stranger")
		ids := []peer.ID{stranger.id}
		var addrs []string
		for _, n := range net.nodes {
			ids = append(ids, n.id)
			addrs = append(addrs, n.Addr())
		}
		stranger.members.Set(ids) // by its own book it belongs to them
		stranger.open()
		must(t, stranger.SetPeers(addrs))
		must(t, stranger.Start())
		// The banks dial it too, as if somebody had put it into their files.
		for _, n := range net.nodes {
			must(t, n.SetPeers(append(addrs, stranger.Addr())))
		}
		if _, err := stranger.Broadcast([]byte("from a stranger")); err != nil {
			t.Fatalf("its own mempool takes it: %v", err)
		}
		eventually(t, "each bank refuses the stranger", func() bool {
			for _, n := range net.nodes {
				if n.members.Refused().Inbound == 0 {
					return false
				}
			}
			return true
		})
		height := net.nodes[0].send("from a bank")
		net.waitHeight(height+1, net.nodes...)
		for _, n := range net.nodes {
			if got := n.app.(*Noop).Count(); got != 1 {
				t.Errorf("%s has %d transactions, only the bank's is allowed", filepath.Base(n.home), got)
			}
			// Two banks that dialled each other at once may be about to connect again.
			eventually(t, "each bank has the three others", func() bool { return len(n.Status().Peers) == 3 })
			if s := n.Status(); s.Waiting != 0 || slices.Contains(s.Peers, stranger.id.String()) {
				t.Errorf("%s: %d transactions wait, peers %v", filepath.Base(n.home), s.Waiting, s.Peers)
			}
		}
		if stranger.Height() != 0 {
			t.Errorf("the stranger has block %d", stranger.Height())
		}
	})
}

func TestRemovedMemberIsDroppedAndMayReturn(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 4, transport)
		net.start(net.nodes...)
		net.nodes[0].send("all four are here")
		removed, rest := net.nodes[3], net.nodes[:3]
		all := rest[0].members.IDs()
		var without []peer.ID
		for _, id := range all {
			if id != removed.id {
				without = append(without, id)
			}
		}
		for _, n := range rest {
			n.members.Set(without)
		}
		eventually(t, "the removed member is alone", func() bool {
			for _, n := range rest {
				if len(n.parts.sw.Peers().Copy()) != 2 {
					return false
				}
			}
			return len(removed.parts.sw.Peers().Copy()) == 0
		})
		height := rest[0].send("the three go on")
		net.waitHeight(height+1, rest...)
		if removed.Height() >= height {
			t.Errorf("the removed member has block %d", height)
		}

		for _, n := range rest {
			n.members.Set(all)
		}
		height = removed.send("let in again")
		net.waitHeight(height, net.nodes...)
		sameHash(t, net.nodes...)
	})
}

// A peer may be let in at the very moment its membership ends, when nobody can be told to
// drop it: here the links miss the news altogether.
func TestMemberRemovedWhileComingInIsDropped(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 2, transport)
		net.start(net.nodes...)
		net.nodes[0].send("both are here")
		stays, leaves := net.nodes[0], net.nodes[1]
		stays.links.forget()
		stays.members.Set([]peer.ID{stays.id})
		eventually(t, "the removed member is dropped", func() bool {
			return len(stays.parts.sw.Peers().Copy()) == 0 && len(leaves.parts.sw.Peers().Copy()) == 0
		})
	})
}

// The first vote of each of two validators is lost on the way. The engine alone would wait
// for ever: each takes what it has sent for received.
func TestLostVotesAreSentAgain(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 2, transport)
		for _, n := range net.nodes {
			n.open()
			var seen atomic.Int64
			n.parts.conR.lose = func(e p2p.Envelope) bool {
				return e.ChannelID == consensus.VoteChannel && seen.Add(1) == 1
			}
		}
		net.introduce()
		for _, n := range net.nodes {
			must(t, n.Start())
		}
		height := net.nodes[0].send("after the loss")
		net.waitHeight(height, net.nodes...)
	})
}

func TestStallWaitsLongerEachTime(t *testing.T) {
	s := newStall(Timing{EmptyBlockEvery: time.Second, Propose: time.Second}, 7)
	begin := s.since
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	for _, step := range []struct {
		height int64
		second int
		want   bool
	}{
		{7, 9, false}, {7, 10, true}, {7, 29, false}, {7, 30, true}, {7, 69, false}, {7, 70, true},
		{8, 71, false}, {8, 80, false}, {8, 81, true}, // a block came: patience is as at first
	} {
		if got := s.check(step.height, at(step.second)); got != step.want {
			t.Errorf("height %d at second %d: %t", step.height, step.second, got)
		}
	}
}

func TestBroadcastSaysWhatHappened(t *testing.T) {
	net := newNetwork(t, 1, TransportTCP)
	net.newApp = func() abci.Application { return &choosy{Noop: NewNoop()} }
	node := net.nodes[0]
	config := node.config()
	config.Mempool = Mempool{Txs: 2, Bytes: 1000, TxBytes: 100, Seen: 10}
	e, err := Open(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = e.Stop() })

	if _, err := e.Broadcast([]byte("early")); !errors.Is(err, ErrStopped) {
		t.Errorf("before Start: %v", err)
	}
	must(t, e.Start())
	result, err := e.Broadcast([]byte("bad"))
	if err != nil || result.Code != 7 || result.Log != "not like this" || string(result.Data) != "why" {
		t.Errorf("refused by the application: %+v, %v", result, err)
	}
	result, err = e.Broadcast([]byte("panic"))
	if err != nil || result.Code != CodeInternal {
		t.Errorf("the application panics: %+v, %v", result, err)
	}
	if _, err := e.Broadcast(bytes.Repeat([]byte("x"), 101)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := e.Broadcast([]byte("good")); err != nil {
		t.Errorf("good: %v", err)
	}
	if _, err := e.Broadcast([]byte("good")); !errors.Is(err, ErrKnown) {
		t.Errorf("the same again: %v", err)
	}
	if e.Err() != nil {
		t.Errorf("the node has failed: %v", e.Err())
	}
	must(t, e.Stop())
	if _, err := e.Broadcast([]byte("late")); !errors.Is(err, ErrStopped) {
		t.Errorf("after Stop: %v", err)
	}
}

// Two of four validators make no blocks, so what is sent stays in the mempool.
func TestFullMempoolIsAnError(t *testing.T) {
	net := newNetwork(t, 4, TransportTCP)
	node := net.nodes[0]
	config := node.config()
	config.Mempool = Mempool{Txs: 2, Bytes: 1000, TxBytes: 100, Seen: 10}
	e, err := Open(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = e.Stop() })
	must(t, e.Start())
	for _, tx := range []string{"one", "two"} {
		if _, err := e.Broadcast([]byte(tx)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Broadcast([]byte("three")); !errors.Is(err, ErrMempoolFull) {
		t.Errorf("third of two: %v", err)
	}
	if e.dropped([]byte("two")) {
		t.Error("a transaction in the full mempool is said to be dropped")
	}
	if !e.dropped([]byte("three")) {
		t.Error("a transaction that is not in the full mempool is said to be there")
	}
}

// choosy refuses "bad" and panics at "panic".
type choosy struct{ *Noop }

func (c *choosy) CheckTx(_ context.Context, req *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	switch string(req.Tx) {
	case "bad":
		return &abci.ResponseCheckTx{Code: 7, Log: "not like this", Data: []byte("why")}, nil
	case "panic":
		panic("a defect")
	}
	return &abci.ResponseCheckTx{}, nil
}

func TestStopLeavesNothingBehind(t *testing.T) {
	forBoth(t, func(t *testing.T, transport Transport) {
		net := newNetwork(t, 2, transport)
		net.start(net.nodes...)
		net.nodes[0].send("something")
		engine := net.nodes[0].Engine
		heights, _ := engine.Subscribe()
		net.stop(net.nodes...)
		must(t, engine.Stop()) // the second time does nothing
		for range heights {    // closed: the range ends
		}
		if err := engine.WaitHeight(t.Context(), 1<<40); !errors.Is(err, ErrStopped) {
			t.Errorf("waiting after Stop: %v", err)
		}
		if _, err := engine.BlockTxs(1); !errors.Is(err, ErrStopped) {
			t.Errorf("reading after Stop: %v", err)
		}
		if err := engine.Start(); !errors.Is(err, ErrStopped) {
			t.Errorf("starting after Stop: %v", err)
		}
		select {
		case err := <-engine.Failed():
			t.Errorf("a stop that was asked for is a failure: %v", err)
		default:
		}
	})
}

// Not parallel: it looks at all goroutines of the process.
func TestStopEndsEveryGoroutine(t *testing.T) {
	for _, transport := range []Transport{TransportLibp2p, TransportTCP} {
		net := newNetwork(t, 2, transport)
		net.start(net.nodes...)
		net.nodes[0].send("something")
		net.stop(net.nodes...)
	}
	left := "never looked"
	t.Cleanup(func() {
		if left != "" {
			t.Log(left)
		}
	})
	eventually(t, "no goroutine of the engine or of the network is left", func() bool {
		var profile strings.Builder
		must(t, pprof.Lookup("goroutine").WriteTo(&profile, 2))
		left = ""
		for stack := range strings.SplitSeq(profile.String(), "\n\n") {
			// The engine never ends the two goroutines of its log's file (libs/autofile),
			// and leaves no way to reach them.
			if strings.Contains(stack, "cometbft/libs/autofile") {
				continue
			}
			if strings.Contains(stack, "cometbft/cometbft/") || strings.Contains(stack, "tierledger/node/consensus.(*") {
				left = stack
			}
		}
		return left == ""
	})
}

func TestOpenRefuses(t *testing.T) {
	net := newNetwork(t, 1, TransportTCP)
	good := net.nodes[0].config()
	other := *net.genesis
	other.ChainID = "another-network"
	_, foreign := net.newNode("foreign"), newKey()
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"no home":         {func(c *Config) { c.Home = "" }, "no home directory"},
		"no genesis":      {func(c *Config) { c.Genesis = nil }, "no genesis"},
		"no application":  {func(c *Config) { c.Application = nil }, "no application"},
		"no signer":       {func(c *Config) { c.Signer = nil }, "no signer"},
		"no membership":   {func(c *Config) { c.Membership = nil }, "no membership"},
		"half a key":      {func(c *Config) { c.Key = foreign[:32] }, "32 bytes"},
		"odd transport":   {func(c *Config) { c.Transport = "pigeon" }, "pigeon"},
		"peer without id": {func(c *Config) { c.Peers = []string{"127.0.0.1:1"} }, "not id@ip:port"},
		"IPv6":            {func(c *Config) { c.Transport, c.Listen = TransportLibp2p, "[::1]:0" }, "only IPv4"},
		"no address":      {func(c *Config) { c.Listen = "127.0.0.1" }, "listen"},
	} {
		config := good
		test.change(&config)
		e, err := Open(t.Context(), config)
		if err == nil {
			_ = e.Stop()
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	e, err := Open(t.Context(), good)
	must(t, err)
	must(t, e.Stop())
	bad := good
	bad.Genesis = &other
	if _, err := Open(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "another genesis") {
		t.Errorf("another genesis over the same blocks: %v", err)
	}
}

func TestStartWaitsForNoGenesisTime(t *testing.T) {
	net := newNetwork(t, 1, TransportTCP)
	net.genesis.GenesisTime = time.Now().Add(time.Hour)
	net.nodes[0].open()
	if err := net.nodes[0].Start(); err == nil || !strings.Contains(err.Error(), "the network begins at") {
		t.Errorf("start an hour before genesis: %v", err)
	}
}

func FuzzParsePeers(f *testing.F) {
	id, err := host.PeerID(newKey().Public().(ed25519.PublicKey))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "@", id.String() + "@127.0.0.1:26656", id.String() + "@[::1]:1", id.String() + "@127.0.0.1:0", "x@127.0.0.1:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		peers, err := parsePeers([]string{s})
		if err != nil {
			return
		}
		// What is accepted can be dialled over both transports.
		if _, err := peers[0].info(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := peers[0].netAddress(); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}
