package consensus

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	abci "github.com/cometbft/cometbft/abci/types"
	cfg "github.com/cometbft/cometbft/config"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/types"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/tierledger/tierledger/p2p/host"
)

// Transport names how the engine's messages travel. All nodes of a network use the same.
type Transport string

const (
	// TransportLibp2p runs over the permissioned host of p2p/host: QUIC, IPv4.
	TransportLibp2p Transport = "libp2p"
	// TransportTCP is the engine's classic transport, with strangers filtered out
	// after the handshake by the same membership.
	TransportTCP Transport = "tcp"
)

// Config is everything an Engine needs. Fields without a default are required.
type Config struct {
	// Home is the directory of the engine's own stores and log. It holds nothing else.
	Home string
	// Genesis names the network and its first validators, and sets the limits of a
	// block. A node that has blocks refuses to open with another genesis.
	Genesis *types.GenesisDoc
	// Application executes the blocks. The engine does not close it.
	Application abci.Application
	// Signer signs as a validator. A node whose key is not in the validator set follows.
	Signer types.PrivValidator
	// Key is the peer key; see host.LoadOrCreateKey.
	Key ed25519.PrivateKey
	// Listen is IPv4:port, for UDP with libp2p and TCP with tcp. Port 0 takes a free one.
	Listen string
	// Peers are "id@ipv4:port" to stay connected with; id is the libp2p peer ID for
	// both transports. The node itself may be among them. See Engine.SetPeers.
	Peers []string
	// Membership decides who may connect.
	Membership *host.Membership
	// Transport is TransportLibp2p when empty.
	Transport Transport
	// Timing is DefaultTiming when zero.
	Timing Timing
	// Mempool is DefaultMempool when zero.
	Mempool Mempool
	// Logger hears little unless something is wrong; nil is silent.
	Logger *slog.Logger
	// Hook is called around every write of the engine's stores; for tests.
	Hook WriteHook
	// OpenDB opens the stores "blockstore", "state" and "evidence" elsewhere than in
	// Home; for tests.
	OpenDB func(name string) (dbm.DB, error)
}

// Timing is how long a validator waits for the others. Waiting is only for what does
// not come: with all validators up a block takes as long as its messages do.
type Timing struct {
	// EmptyBlockEvery bounds the time between blocks when nothing happens. Block time
	// is the time of the ledger, so it must not stand still.
	EmptyBlockEvery time.Duration
	// Propose is the wait for a proposal before voting for none; ProposeMore is added
	// per further round.
	Propose, ProposeMore time.Duration
	// Vote is the wait for late votes once two thirds have voted differently; VoteMore
	// is added per further round.
	Vote, VoteMore time.Duration
	// Gossip is the pause of a gossip goroutine that has nothing to send. It is most of
	// the latency of a lightly loaded network, and idle processor time.
	Gossip time.Duration
	// Ask is the pause between two questions to each peer about the votes it has, by
	// which lost votes are found.
	Ask time.Duration
}

// DefaultTiming is chosen for banks in one country, and measured: see BenchmarkNoop
// and BenchmarkLatency.
func DefaultTiming() Timing {
	return Timing{
		EmptyBlockEvery: 2 * time.Second,
		Propose:         2 * time.Second, ProposeMore: 500 * time.Millisecond,
		Vote: 500 * time.Millisecond, VoteMore: 250 * time.Millisecond,
		Gossip: 5 * time.Millisecond,
		Ask:    200 * time.Millisecond,
	}
}

// Mempool bounds the transactions that wait for a block.
type Mempool struct {
	Txs     int   // transactions
	Bytes   int64 // bytes of all together
	TxBytes int   // bytes of one
	Seen    int   // transactions remembered, so that a repeated one costs nothing
}

// DefaultMempool holds some seconds of full load.
func DefaultMempool() Mempool {
	return Mempool{Txs: 20_000, Bytes: 256 << 20, TxBytes: 1 << 20, Seen: 100_000}
}

// complete fills in the defaults and checks what can be checked without side effects.
func (c Config) complete() (Config, error) {
	if c.Transport == "" {
		c.Transport = TransportLibp2p
	}
	if c.Timing == (Timing{}) {
		c.Timing = DefaultTiming()
	}
	if c.Mempool == (Mempool{}) {
		c.Mempool = DefaultMempool()
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Listen == "" {
		c.Listen = host.DefaultListen
	}
	switch {
	case c.Home == "":
		return c, errors.New("no home directory")
	case c.Genesis == nil:
		return c, errors.New("no genesis")
	case c.Application == nil:
		return c, errors.New("no application")
	case c.Signer == nil:
		return c, errors.New("no signer")
	case c.Membership == nil:
		return c, errors.New("no membership")
	case len(c.Key) != ed25519.PrivateKeySize:
		return c, fmt.Errorf("peer key has %d bytes, not %d", len(c.Key), ed25519.PrivateKeySize)
	case c.Transport != TransportLibp2p && c.Transport != TransportTCP:
		return c, fmt.Errorf("transport %q: it is %q or %q", c.Transport, TransportLibp2p, TransportTCP)
	}
	for _, v := range c.Genesis.Validators {
		if v.PubKey.Type() != cmted25519.KeyType {
			return c, fmt.Errorf("validator %q has a %s key; validators sign with Ed25519", v.Name, v.PubKey.Type())
		}
	}
	return c, nil
}

// engineConfig translates Config into the engine's own configuration.
func (c Config) engineConfig() *cfg.Config {
	ec := cfg.DefaultConfig()
	ec.SetRoot(c.Home)
	ec.FilterPeers = false // strangers are refused by membership, not by asking the application
	ec.Storage.DiscardABCIResponses = true
	ec.BlockSync.AdaptiveSync = false

	t := ec.Consensus
	t.WalPath = filepath.Join("wal", "wal")
	t.TimeoutPropose, t.TimeoutProposeDelta = c.Timing.Propose, c.Timing.ProposeMore
	t.TimeoutPrevote, t.TimeoutPrevoteDelta = c.Timing.Vote, c.Timing.VoteMore
	t.TimeoutPrecommit, t.TimeoutPrecommitDelta = c.Timing.Vote, c.Timing.VoteMore
	t.TimeoutCommit, t.SkipTimeoutCommit = 0, true
	t.CreateEmptyBlocks, t.CreateEmptyBlocksInterval = true, c.Timing.EmptyBlockEvery
	t.PeerGossipSleepDuration = c.Timing.Gossip
	// What was lost on the way, or dropped because it came out of order, is found missing
	// by asking: the engine's default of two seconds is a stall of two seconds.
	t.PeerQueryMaj23SleepDuration = c.Timing.Ask

	m := ec.Mempool
	m.Type = cfg.MempoolTypeFlood
	m.Size, m.MaxTxsBytes, m.MaxTxBytes, m.CacheSize = c.Mempool.Txs, c.Mempool.Bytes, c.Mempool.TxBytes, c.Mempool.Seen

	p := ec.P2P
	p.ListenAddress = "tcp://" + c.Listen
	p.AllowDuplicateIP = true // several nodes of a devnet live on one address
	p.AddrBookStrict = false
	p.PexReactor = false // members are listed, never discovered
	p.FlushThrottleTimeout = time.Millisecond
	p.SendRate, p.RecvRate = 64<<20, 64<<20 // bytes a second
	p.MaxPacketMsgPayloadSize = 16 << 10
	p.LibP2PConfig.Enabled = c.Transport == TransportLibp2p
	// Every message is a stream of its own and streams are not ordered: with several
	// workers a block part is often handled before its proposal and lost. CheckTx runs
	// under one lock, so more workers only wait for each other.
	p.LibP2PConfig.Scaler.Overrides = []cfg.LibP2PScalerOverride{
		{Reactor: "CONSENSUS", MinWorkers: 1, MaxWorkers: 1, ThresholdLatency: time.Second},
		{Reactor: "MEMPOOL", MinWorkers: 2, MaxWorkers: 4, ThresholdLatency: time.Second},
	}
	return ec
}

// peerAddr is one entry of Config.Peers.
type peerAddr struct {
	id   peer.ID
	addr netip.AddrPort
}

func parsePeers(peers []string) ([]peerAddr, error) {
	out := make([]peerAddr, 0, len(peers))
	for _, s := range peers {
		id, addr, ok := strings.Cut(s, "@")
		if !ok {
			return nil, fmt.Errorf("peer %q is not id@ip:port", s)
		}
		pid, err := peer.Decode(id)
		if err != nil {
			return nil, fmt.Errorf("peer %q: id: %w", s, err)
		}
		if _, err := host.PublicKey(pid); err != nil {
			return nil, fmt.Errorf("peer %q: %w", s, err)
		}
		ap, err := netip.ParseAddrPort(addr)
		if err != nil {
			return nil, fmt.Errorf("peer %q: address: %w", s, err)
		}
		if !ap.Addr().Is4() || ap.Port() == 0 {
			return nil, fmt.Errorf("peer %q: address must be IPv4 with a port", s)
		}
		out = append(out, peerAddr{pid, ap})
	}
	return out, nil
}

// info is the peer as libp2p wants it.
func (p peerAddr) info() (peer.AddrInfo, error) {
	addr, err := ma.NewMultiaddr(fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", p.addr.Addr(), p.addr.Port()))
	if err != nil {
		return peer.AddrInfo{}, err
	}
	return peer.AddrInfo{ID: p.id, Addrs: []ma.Multiaddr{addr}}, nil
}

// netAddress is the peer as the classic transport wants it.
func (p peerAddr) netAddress() (*p2p.NetAddress, error) {
	id, err := classicID(p.id)
	if err != nil {
		return nil, err
	}
	return &p2p.NetAddress{ID: id, IP: net.IP(p.addr.Addr().AsSlice()), Port: p.addr.Port()}, nil
}

// classicID is the ID that the classic transport derives from the same key.
func classicID(id peer.ID) (p2p.ID, error) {
	key, err := host.PublicKey(id)
	if err != nil {
		return "", err
	}
	return p2p.PubKeyToID(cmted25519.PubKey(key)), nil
}
