package node

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/consensus"
	"github.com/tierledger/tierledger/node/console"
)

// Version is what the program says it is: the module's version, or "devel" when
// it was built from a checkout.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}

// openAPI makes the API's server and binds its address. It serves from Start on.
func (n *Node) openAPI(ctx context.Context) error {
	fingerprint, err := n.fingerprint()
	if err != nil {
		return err
	}
	limits, err := n.config.Limits.forAPI()
	if err != nil {
		return err
	}
	n.server, err = api.New(api.Config{
		Network:     n.genesis.Network,
		Node:        n.peerID,
		Version:     Version(),
		Store:       n.store,
		Engine:      mempool{n.engine},
		Finals:      n.finals,
		Functions:   functions(),
		Fingerprint: fingerprint,
		Quota:       n.config.FingerprintQuota,
		Limits:      limits,
		Checkpoints: n.checkpoint,
		Policies:    n.policies,
		BankDesk:    n.desks,
		Notices:     n.notices,
		PublicURL:   cmp.Or(n.config.PublicURL, "http://"+n.config.API),
		Joining:     n.joining,
		Attachments: n.attachments,
		Console:     console.Handler,
		Logger:      n.logger,
	})
	if err != nil {
		return fmt.Errorf("open the API: %w", err)
	}
	if n.listener, err = api.Listen(ctx, n.config.API); err != nil || n.config.TLS.Cert == "" {
		return err
	}
	secure, err := api.Secure(n.listener, n.config.TLS.Cert, n.config.TLS.Key, n.logger)
	if err != nil {
		return errors.Join(err, n.listener.Close())
	}
	n.listener = secure
	return nil
}

// functions describes the contracts for the API.
func functions() []api.Function {
	var list []api.Function
	for _, f := range chaincode.Functions() {
		list = append(list, api.Function(f))
	}
	return list
}

// fingerprint makes invoice fingerprints with the banks' shared key, if the node
// has it.
func (n *Node) fingerprint() (api.Fingerprint, error) {
	if n.config.FingerprintKey == "" {
		return nil, nil
	}
	keys, err := readFingerprintKeys(n.config.FingerprintKey)
	if err != nil {
		return nil, err
	}
	return func(epoch uint32, facts api.InvoiceFacts) (record.Digest, error) {
		key, ok := keys[epoch]
		if !ok {
			return record.Digest{}, code.EvidenceEpoch.New("this node has no key of epoch %d", epoch)
		}
		known := evidence.InvoiceFacts(facts)
		if err := known.Check(); err != nil {
			return record.Digest{}, err
		}
		return evidence.Fingerprint(key, epoch, known), nil
	}, nil
}

// checkpoint copies the ledger beside it. The copy before is removed: two of them
// are never needed, and each keeps old files alive.
func (n *Node) checkpoint() (*api.Checkpoint, error) {
	n.copying.Lock()
	defer n.copying.Unlock()
	dir, err := filepath.Abs(filepath.Join(n.home, checkpointDir))
	if err != nil {
		return nil, fmt.Errorf("make a checkpoint: %w", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, fmt.Errorf("make a checkpoint: %w", err)
	}
	height := n.store.Head().Height
	if err := n.store.Checkpoint(dir); err != nil {
		return nil, err
	}
	return &api.Checkpoint{Directory: dir, Height: height}, nil
}

// mempool is the engine as the API sees it.
type mempool struct{ engine *consensus.Engine }

func (m mempool) Submit(_ context.Context, raw []byte) error {
	result, err := m.engine.Broadcast(raw)
	switch {
	case errors.Is(err, consensus.ErrKnown):
		return nil
	case errors.Is(err, consensus.ErrMempoolFull):
		return code.MempoolFull.New("")
	case errors.Is(err, consensus.ErrTooLarge):
		return code.TooLarge.New("%d bytes", len(raw))
	case errors.Is(err, consensus.ErrStopped):
		return code.NodeStopping.New("")
	case err != nil:
		return err
	case result.Code == consensus.CodeInternal:
		return code.Internal.New("")
	case result.Code != 0:
		return code.ParseMessage(result.Log)
	default:
		return nil
	}
}

func (m mempool) Peers() int       { return len(m.engine.Status().Peers) }
func (m mempool) CatchingUp() bool { return m.engine.Status().CatchingUp }
func (m mempool) Waiting() int     { return m.engine.Status().Waiting }

// serve serves the API until Stop.
func (n *Node) serve() {
	defer close(n.served)
	if err := n.server.Serve(n.listener); err != nil && !errors.Is(err, net.ErrClosed) {
		n.logger.Error("the API stopped", "error", err)
	}
}

// stopAPI refuses new requests and waits for those under way.
func (n *Node) stopAPI() error {
	if n.listener == nil {
		return nil
	}
	if n.served == nil {
		return n.listener.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err := n.server.Shutdown(ctx)
	<-n.served
	return err
}

// API is the address of the node's REST API, host:port.
func (n *Node) API() string { return n.listener.Addr().String() }
