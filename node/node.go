// Package node is one running validator: the ledger, the engine and the API,
// opened in order and closed in reverse.
//
// It is wiring only: what the parts do is theirs. The node never holds a user's
// private key; its own two keys, for peers and for consensus, lie in its home.
// Called by the command line and by network/devnet.
package node

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/network/genesis"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/attach"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/consensus"
	"github.com/tierledger/tierledger/node/enrol"
	"github.com/tierledger/tierledger/node/local"
	"github.com/tierledger/tierledger/node/notify"
	"github.com/tierledger/tierledger/node/policy"
	"github.com/tierledger/tierledger/p2p/host"
)

// shutdownTime is how long Stop waits for requests under way.
const shutdownTime = 10 * time.Second

// Node is one open node.
type Node struct {
	home        string
	config      Config
	genesis     *genesis.Genesis
	logger      *slog.Logger
	store       *store.Store
	gate        *admission.Gate
	membership  *host.Membership
	engine      *consensus.Engine
	finals      *api.Finals
	local       *local.Local
	policies    *policy.Book
	desks       *bankdesk.Desk
	notices     *notify.Desk
	joining     *enrol.Desk
	attachments *attach.Store
	server      *api.Server
	listener    net.Listener
	served      chan struct{} // closed when the API no longer serves; nil before Start
	peerID      string
	copying     sync.Mutex // one checkpoint at a time

	stop    sync.Once
	stopErr error
}

// Open opens the node in a home directory: it reads node.yaml and genesis.json,
// makes the node's keys if there are none, and replays what the engine has and
// the ledger has not. Start lets it run; Stop must be called once Open has
// succeeded.
func Open(ctx context.Context, home string, logger *slog.Logger) (n *Node, err error) {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	n = &Node{home: home, logger: logger, finals: api.NewFinals()}
	if n.config, err = LoadConfig(home); err != nil {
		return nil, err
	}
	if n.genesis, err = genesis.Load(filepath.Join(home, GenesisFile)); err != nil {
		return nil, err
	}
	if n.genesis.State.Devnet {
		if err := n.config.checkDevnet(); err != nil {
			return nil, fmt.Errorf("open %s: %w", home, err)
		}
	}
	opening := n
	defer func() {
		if err != nil {
			err = errors.Join(err, opening.Stop())
		}
	}()
	if err := n.openLedger(); err != nil {
		return nil, err
	}
	if err := n.openEngine(ctx); err != nil {
		return nil, err
	}
	if err := n.openLocal(); err != nil {
		return nil, err
	}
	if err := n.openAPI(ctx); err != nil {
		return nil, err
	}
	return n, nil
}

// localCache is the memory for what only this node knows, in bytes.
const localCache = 4 << 20

// openLocal opens what only this node knows: the bank's own policies, what its clearing
// desk remembers, who is about to join, and members' files.
func (n *Node) openLocal() (err error) {
	dir := filepath.Join(n.home, localDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("open the node's own data: %w", err)
	}
	n.local, err = local.Open(dir, n.genesis.Network, store.Options{Cache: localCache, Logger: n.logger})
	if err != nil {
		return fmt.Errorf("open the node's own data: %w", err)
	}
	if n.policies, err = policy.OpenBook(n.local); err != nil {
		return err
	}
	n.notices, err = notify.Open(notify.Config{
		Store: n.store, Local: n.local, Settings: n.config.Notify,
		PublicURL: cmp.Or(n.config.PublicURL, "http://"+n.config.API), Logger: n.logger,
	})
	if err != nil {
		return err
	}
	if n.desks, err = bankdesk.Open(n.local); err != nil {
		return err
	}
	if n.joining, err = enrol.OpenDesk(n.local, n.genesis.Network); err != nil {
		return err
	}
	const megabyte = 1 << 20
	n.attachments, err = attach.Open(filepath.Join(n.home, attachDir), n.local, int64(n.config.AttachmentQuota)*megabyte)
	return err
}

func (n *Node) openLedger() (err error) {
	dir := filepath.Join(n.home, ledgerDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	n.store, err = store.Open(dir, store.Options{
		Network: n.genesis.Network, KeepVersions: int64(n.config.KeepVersions), Logger: n.logger,
	})
	if err != nil {
		return fmt.Errorf("open the ledger: %w", err)
	}
	n.gate, err = admission.New(n.store, n.genesis.Network)
	return err
}

func (n *Node) openEngine(ctx context.Context) error {
	contracts, err := chaincode.New()
	if err != nil {
		return fmt.Errorf("build the contracts: %w", err)
	}
	key, err := host.LoadOrCreateKey(filepath.Join(n.home, peerKeyFile))
	if err != nil {
		return err
	}
	identity, err := Prepare(n.home)
	if err != nil {
		return err
	}
	n.peerID = identity.Peer
	signer, err := consensus.LoadOrCreateSigner(filepath.Join(n.home, signerDir))
	if err != nil {
		return err
	}
	seats, err := n.seats()
	if err != nil {
		return err
	}
	n.membership = host.NewMembership(seats.ids...)
	app := consensus.NewLedger(consensus.LedgerConfig{
		Store: n.store,
		Gate:  n.gate,
		Executor: execute.New(execute.Config{
			Network: n.genesis.Network, Store: n.store, Gate: n.gate,
			Chaincode: contracts, Genesis: n.genesis.StateArgument(),
		}),
		Logger:   n.logger,
		OnCommit: n.onCommit,
	})
	n.engine, err = consensus.Open(ctx, consensus.Config{
		Home:        filepath.Join(n.home, engineDir),
		Genesis:     consensus.NewGenesis(n.genesis.Network, n.genesis.Time.Time(), n.genesis.Block.MaxBytes),
		Application: app,
		Signer:      signer,
		Key:         key,
		Listen:      n.config.Peer,
		Peers:       append(seats.addresses, n.config.Peers...),
		Membership:  n.membership,
		Transport:   consensus.Transport(n.config.Transport),
		Logger:      n.logger,
	})
	if err != nil {
		return fmt.Errorf("open the engine: %w", err)
	}
	n.follow()
	return nil
}

// seats are the active validators' peers.
type seats struct {
	ids       []host.ID
	addresses []string // peer-id@host:port
}

// seats reads the validators from the ledger, or from the genesis before the
// first block.
func (n *Node) seats() (seats, error) {
	var s seats
	add := func(id, address string) error {
		parsed, err := host.ParseID(id)
		if err != nil {
			return err
		}
		s.ids = append(s.ids, parsed)
		s.addresses = append(s.addresses, id+"@"+address)
		return nil
	}
	if n.store.Head().Height == 0 {
		for _, v := range n.genesis.State.Validators {
			if err := add(v.Peer, v.Address); err != nil {
				return s, err
			}
		}
		return s, nil
	}
	prefix := record.ValidatorsPrefix()
	err := n.store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, data []byte) (bool, error) {
		var v record.Validator
		if err := record.Decode(data, &v); err != nil {
			return false, err
		}
		if !v.Active {
			return true, nil
		}
		return true, add(v.Peer, v.Address)
	})
	return s, err
}

// onCommit tells those who wait for outcomes, and follows the register of
// validators.
func (n *Node) onCommit(result *execute.Result) {
	n.finals.Publish(result.Outcomes)
	if n.notices != nil { // during the replay within Open there is none yet
		n.notices.Committed(result.Outcomes, result.Sweep)
	}
	if len(result.Validators) > 0 {
		n.follow()
	}
}

// follow lets the registered validators connect: a removed bank's node is
// dropped at once, a new one is dialled. During the replay within Open there is
// no engine yet; Open follows once more when there is.
func (n *Node) follow() {
	s, err := n.seats()
	if err != nil {
		n.logger.Error("read the validators' peers", "error", err)
		return
	}
	n.membership.Set(s.ids)
	if n.engine == nil {
		return
	}
	if err := n.engine.SetPeers(append(s.addresses, n.config.Peers...)); err != nil {
		n.logger.Error("set the engine's peers", "error", err)
	}
}

// Start joins the network and serves the API.
func (n *Node) Start() error {
	if err := n.engine.Start(); err != nil {
		return err
	}
	n.notices.Start()
	n.served = make(chan struct{})
	go n.serve()
	return nil
}

// Failed yields one error when the node can not go on; the process should end.
func (n *Node) Failed() <-chan error { return n.engine.Failed() }

// Stop closes the node in the reverse order of Open. The second and later calls
// return the first one's error.
func (n *Node) Stop() error {
	n.stop.Do(func() {
		errs := []error{n.stopAPI()}
		if n.notices != nil {
			n.notices.Stop()
		}
		if n.local != nil {
			errs = append(errs, n.local.Close())
		}
		if n.engine != nil {
			errs = append(errs, n.engine.Stop())
		}
		if n.store != nil {
			errs = append(errs, n.store.Close())
		}
		n.stopErr = errors.Join(errs...)
	})
	return n.stopErr
}

// Home is the node's directory.
func (n *Node) Home() string { return n.home }

// Store is the node's ledger, for reading.
func (n *Node) Store() *store.Store { return n.store }

// Engine is the node's consensus engine.
func (n *Node) Engine() *consensus.Engine { return n.engine }

// Genesis is what the network began with.
func (n *Node) Genesis() *genesis.Genesis { return n.genesis }

// readFingerprintKeys reads the banks' shared keys, one a line: the epoch, a
// space, 64 hexadecimal digits. Others than the node's user must not be able to
// read the file.
func readFingerprintKeys(path string) (map[uint32][]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read the fingerprint keys: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("read the fingerprint keys: %s is readable by others; set its mode to 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the fingerprint keys: %w", err)
	}
	keys := map[uint32][]byte{}
	for line := range strings.Lines(string(text)) {
		number, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		epoch, err := strconv.ParseUint(number, 10, 32)
		key, notHex := hex.DecodeString(digits)
		if err != nil || notHex != nil || len(key) != fingerprintKeySize {
			return nil, fmt.Errorf("read the fingerprint keys: a line of %s is not an epoch and 64 hexadecimal digits", path)
		}
		keys[uint32(epoch)] = key
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("read the fingerprint keys: %s is empty", path)
	}
	return keys, nil
}

// fingerprintKeySize is the size of a key for HMAC-SHA256, in bytes.
const fingerprintKeySize = 32
