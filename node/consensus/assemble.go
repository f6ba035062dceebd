package consensus

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/blocksync"
	cfg "github.com/cometbft/cometbft/config"
	cs "github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/crypto"
	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/evidence"
	cmtjson "github.com/cometbft/cometbft/libs/json"
	"github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/lp2p"
	mempl "github.com/cometbft/cometbft/mempool"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/p2p/pex"
	"github.com/cometbft/cometbft/proxy"
	sm "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/statesync"
	"github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"
	"github.com/cometbft/cometbft/version"

	"github.com/tierledger/tierledger/p2p/host"
)

// namedReactor is a reactor under the name by which the others ask the switch for it.
type namedReactor = lp2p.SwitchReactor

// Open assembles an engine: it opens the stores, replays into the application what it
// has not committed yet, and binds the address. Start lets it run; Stop must be called
// in any case once Open has succeeded. ctx bounds the replay.
//
// This is node.NewNode of the engine without RPC, index, peer exchange and state sync.
// NewNode cannot be used: over libp2p it makes its own host, which admits anybody.
func Open(ctx context.Context, config Config) (*Engine, error) {
	config, err := config.complete()
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	if err := makeHome(config.Home); err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	e := &Engine{
		cfg:     config,
		failed:  make(chan error, 1),
		stopped: make(chan struct{}),
		tip:     newTip(0, nil),
		open:    true,
	}
	e.log = engineLogger{log: config.Logger, leaving: e.stopping.Load, halted: func(reason string) {
		e.fail(errors.New("consensus has ended: " + reason))
	}}
	if err := e.assembleRecovering(ctx); err != nil {
		return nil, fmt.Errorf("open engine: %w", errors.Join(err, closeAll(e.parts.closers)))
	}
	return e, nil
}

// assembleRecovering turns the panics with which the engine answers an unreadable or
// unwritable store into errors.
func (e *Engine) assembleRecovering(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("engine: %v", r)
		}
	}()
	return e.assemble(ctx)
}

func (e *Engine) assemble(ctx context.Context) error {
	ec := e.cfg.engineConfig()
	state, err := e.openStores()
	if err != nil {
		return err
	}
	g := &guard{Application: e.cfg.Application, fail: e.fail, fault: e.Err, committed: e.tip.set,
		syncing: func() bool { return false }, unlock: func() {}}
	if err := e.connectApplication(g); err != nil {
		return err
	}
	if state, err = e.handshake(ctx, state); err != nil {
		return err
	}
	pub, err := e.cfg.Signer.GetPubKey()
	if err != nil {
		return fmt.Errorf("read validator key: %w", err)
	}
	if err := e.buildReactors(ec, state, pub.Address()); err != nil {
		return err
	}
	g.syncing, g.unlock = e.parts.conR.WaitSync, e.parts.mempool.Unlock
	return e.buildNetwork(ec, state)
}

// opened remembers how to close what has just been opened.
func (e *Engine) opened(c func() error) { e.parts.closers = append(e.parts.closers, c) }

func (e *Engine) openDB(name string) (dbm.DB, error) {
	if e.cfg.OpenDB != nil {
		return e.cfg.OpenDB(name)
	}
	return OpenDB(filepath.Join(e.cfg.Home, "stores"), name, StoreOptions{Hook: e.cfg.Hook, Logger: e.cfg.Logger})
}

func (e *Engine) openStores() (sm.State, error) {
	blockDB, err := e.openDB("blockstore")
	if err != nil {
		return sm.State{}, err
	}
	e.opened(blockDB.Close)
	if db, ok := blockDB.(*DB); ok {
		blockDB = lateReads{db}
	}
	stateDB, err := e.openDB("state")
	if err != nil {
		return sm.State{}, err
	}
	e.opened(stateDB.Close)
	if err := keepGenesis(stateDB, e.cfg.Genesis); err != nil {
		return sm.State{}, err
	}
	e.parts.blocks = store.NewBlockStore(blockDB)
	e.parts.states = sm.NewStore(stateDB, sm.StoreOptions{DiscardABCIResponses: true})
	state, err := e.parts.states.LoadFromDBOrGenesisDoc(e.cfg.Genesis)
	if err != nil {
		return state, fmt.Errorf("load engine state: %w", err)
	}
	return state, nil
}

var genesisKey = []byte("genesisDoc")

// keepGenesis stores the genesis on the first start and compares it on every other: a
// node that quietly went on under another genesis would be on a network of its own.
func keepGenesis(db dbm.DB, genesis *types.GenesisDoc) error {
	if err := genesis.ValidateAndComplete(); err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	given, err := cmtjson.Marshal(genesis)
	if err != nil {
		return fmt.Errorf("genesis: %w", err)
	}
	kept, err := db.Get(genesisKey)
	if err != nil {
		return fmt.Errorf("read kept genesis: %w", err)
	}
	if len(kept) == 0 {
		// A crash right after leaves a genesis and no blocks: the next start compares.
		return db.SetSync(genesisKey, given)
	}
	if string(kept) != string(given) {
		return errors.New("this node was started with another genesis; give the original genesis, or an empty home directory to join another network")
	}
	return nil
}

func (e *Engine) connectApplication(g *guard) error {
	// One lock per connection: with the engine's default, one for all, CheckTx would
	// wait for execution.
	conns := proxy.NewAppConns(proxy.NewConnSyncLocalClientCreator(g), proxy.NopMetrics())
	conns.SetLogger(e.log.With("module", "proxy"))
	if err := conns.Start(); err != nil {
		return fmt.Errorf("connect application: %w", err)
	}
	e.opened(conns.Stop)
	bus := types.NewEventBus()
	bus.SetLogger(e.log.With("module", "events"))
	if err := bus.Start(); err != nil {
		return fmt.Errorf("start event bus: %w", err)
	}
	e.opened(bus.Stop)
	e.parts.proxy, e.parts.bus = conns, bus
	return nil
}

// handshake brings the application to the height of the block store. It is the same
// code that executes blocks in normal operation.
func (e *Engine) handshake(ctx context.Context, state sm.State) (sm.State, error) {
	h := cs.NewHandshaker(e.parts.states, state, e.parts.blocks, e.cfg.Genesis)
	h.SetLogger(e.log.With("module", "consensus"))
	h.SetEventBus(e.parts.bus)
	if err := h.HandshakeWithContext(ctx, e.parts.proxy); err != nil {
		return state, fmt.Errorf("replay blocks into the application: %w", err)
	}
	state, err := e.parts.states.Load()
	if err != nil {
		return state, fmt.Errorf("load engine state: %w", err)
	}
	e.tip.set(state.LastBlockHeight, state.AppHash)
	return state, nil
}

func (e *Engine) buildReactors(ec *cfg.Config, state sm.State, self crypto.Address) error {
	p := &e.parts
	only := state.Validators.Size() == 1 && state.Validators.HasAddress(self)
	sync := !only

	p.mempool = mempl.NewCListMempool(ec.Mempool, p.proxy.Mempool(), state.LastBlockHeight,
		mempl.WithPreCheck(sm.TxPreCheck(state)), mempl.WithPostCheck(sm.TxPostCheck(state)))
	p.mempool.SetLogger(e.log.With("module", "mempool"))
	p.mempool.EnableTxsAvailable()
	mempoolR := mempl.NewReactor(ec.Mempool, p.mempool, sync)

	evidenceDB, err := e.openDB("evidence")
	if err != nil {
		return err
	}
	e.opened(evidenceDB.Close)
	if p.evidence, err = evidence.NewPool(evidenceDB, p.states, p.blocks); err != nil {
		return fmt.Errorf("open evidence: %w", err)
	}
	evidenceR := evidence.NewReactor(p.evidence)

	exec := sm.NewBlockExecutor(p.states, e.log.With("module", "state"), p.proxy.Consensus(), p.mempool, p.evidence, p.blocks,
		sm.BlockExecutorWithBlockTimeTolerance(ec.Consensus.BlockTimeTolerance))
	p.blocksync = blocksync.NewReactor(sync, false, state.Copy(), exec, p.blocks, self, 0, blocksync.NopMetrics())
	p.conS = cs.NewState(ec.Consensus, state.Copy(), exec, p.blocks, p.mempool, p.evidence)
	p.conS.SetLogger(e.log.With("module", "consensus"))
	p.conS.SetPrivValidator(guardSigner{e.cfg.Signer, e.fail})
	p.conR = newPatientReactor(cs.NewReactor(p.conS, sync))
	p.conR.SetEventBus(p.bus)
	statesyncR := statesync.NewReactor(*ec.StateSync, p.proxy.Snapshot(), p.proxy.Query(), statesync.NopMetrics())

	p.reactors = []namedReactor{
		{Name: "MEMPOOL", Reactor: mempoolR},
		{Name: "BLOCKSYNC", Reactor: p.blocksync},
		{Name: "CONSENSUS", Reactor: p.conR},
		{Name: "EVIDENCE", Reactor: evidenceR},
		{Name: "STATESYNC", Reactor: statesyncR},
	}
	for _, r := range p.reactors {
		r.SetLogger(e.log.With("module", r.Name))
	}
	return nil
}

// buildNetwork makes the switch of the chosen transport and binds the address.
func (e *Engine) buildNetwork(ec *cfg.Config, state sm.State) error {
	peers, err := parsePeers(e.cfg.Peers)
	if err != nil {
		return err
	}
	public, _ := e.cfg.Key.Public().(ed25519.PublicKey) // an Ed25519 key has no other
	self, err := host.PeerID(public)
	if err != nil {
		return err
	}
	e.links = newLinks(e, self, peers)
	info := p2p.DefaultNodeInfo{
		ProtocolVersion: p2p.NewProtocolVersion(version.P2PProtocol, state.Version.Consensus.Block, state.Version.Consensus.App),
		DefaultNodeID:   p2p.PubKeyToID(cmted25519.PrivKey(e.cfg.Key).PubKey()),
		Network:         e.cfg.Genesis.ChainID,
		Version:         version.TMCoreSemVer,
		Moniker:         "tierledger",
		ListenAddr:      ec.P2P.ListenAddress,
		Other:           p2p.DefaultNodeInfoOther{TxIndex: "off"},
	}
	for _, r := range e.parts.reactors {
		for _, ch := range r.GetChannels() {
			info.Channels = append(info.Channels, ch.ID)
		}
	}
	logger := e.log.With("module", "p2p")
	if e.cfg.Transport == TransportTCP {
		return e.buildClassic(ec, info, logger)
	}
	return e.buildLibp2p(ec, info, logger)
}

// buildLibp2p lets the engine make the shell of its host on a loopback port and puts our
// host inside: the shell has fields that only its constructor can set.
func (e *Engine) buildLibp2p(ec *cfg.Config, info p2p.DefaultNodeInfo, logger log.Logger) error {
	own, err := host.New(host.Config{Key: e.cfg.Key, Listen: e.cfg.Listen, Membership: e.cfg.Membership})
	if err != nil {
		return err
	}
	e.opened(own.Close)
	shellConfig := *ec.P2P
	shellConfig.ListenAddress = "tcp://" + host.DefaultListen
	shell, err := lp2p.NewHost(&shellConfig, cmted25519.PrivKey(e.cfg.Key), logger)
	if err != nil {
		return fmt.Errorf("make engine host: %w", err)
	}
	if err := shell.Host.Close(); err != nil {
		return fmt.Errorf("close the shell's own host: %w", err)
	}
	shell.Host = own
	if e.parts.sw, err = lp2p.NewSwitch(info, shell, e.parts.reactors, p2p.NopMetrics(), logger); err != nil {
		return fmt.Errorf("make switch: %w", err)
	}
	e.parts.host = own
	e.links.addr, err = own.Addr()
	return err
}

func (e *Engine) buildClassic(ec *cfg.Config, info p2p.DefaultNodeInfo, logger log.Logger) error {
	listen, err := freePort(e.cfg.Listen)
	if err != nil {
		return err
	}
	info.ListenAddr = "tcp://" + listen
	nodeKey := &p2p.NodeKey{PrivKey: cmted25519.PrivKey(e.cfg.Key)}
	transport := p2p.NewMultiplexTransport(info, *nodeKey, p2p.MConnConfig(ec.P2P))
	sw := p2p.NewSwitch(ec.P2P, transport, p2p.SwitchPeerFilters(e.links.filter))
	sw.SetLogger(logger)
	for _, r := range e.parts.reactors {
		sw.AddReactor(r.Name, r.Reactor)
	}
	sw.SetNodeInfo(info)
	sw.SetNodeKey(nodeKey)
	address, err := p2p.NewNetAddressString(p2p.IDAddressString(nodeKey.ID(), listen))
	if err != nil {
		return fmt.Errorf("listen address %q: %w", listen, err)
	}
	// The switch wants an address book for its own address; it is never written.
	book := pex.NewAddrBook(filepath.Join(e.cfg.Home, "addrbook.json"), false)
	book.AddOurAddress(address)
	sw.SetAddrBook(book)
	if err := transport.Listen(*address); err != nil {
		return fmt.Errorf("listen on %s: %w", listen, err)
	}
	e.opened(transport.Close)
	e.parts.sw, e.parts.classic = sw, transport
	e.links.addr = e.links.self.String() + "@" + listen
	return nil
}

// freePort replaces port 0 by a free one: the classic transport cannot tell which port
// it was given.
func freePort(listen string) (string, error) {
	ln, err := net.Listen("tcp4", listen)
	if err != nil {
		return "", fmt.Errorf("listen on %s: %w", listen, err)
	}
	addr := ln.Addr().String()
	return addr, ln.Close()
}

func (e *Engine) startNetwork() error {
	if err := e.parts.sw.Start(); err != nil {
		return fmt.Errorf("start switch: %w", err)
	}
	return nil
}

// stopNetwork ends the reactors and the switch; see shutdown for the order. Errors here
// say that a part was not running, which is what is wanted.
func (e *Engine) stopNetwork() {
	p := &e.parts
	_ = p.blocksync.Stop()
	_ = p.conR.Stop()
	if !p.conR.WaitSync() {
		p.conS.Wait()
	}
	_ = p.sw.Stop()
}
