package load

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/network/genesis"
	"github.com/tierledger/tierledger/node/consensus"
	"github.com/tierledger/tierledger/p2p/host"
)

// bareRun measures engines whose application does nothing.
type bareRun struct {
	options Options
	sizes   [2]int // of the transactions, in turn
	report  *SuiteReport
	took    []time.Duration
}

// bareNetwork is a network of such engines.
type bareNetwork struct {
	field
	apps []*consensus.Noop
}

// run measures half of the rounds, at least one, on a new network.
func (r *bareRun) run(ctx context.Context, dir string) (err error) {
	o := r.options
	net, err := openBare(ctx, dir, o)
	if err != nil {
		return errors.Join(err, net.stop())
	}
	defer func() { err = errors.Join(err, net.stop(), os.RemoveAll(dir)) }()
	rounds := (o.Rounds + 1) / 2
	for i := range rounds {
		o.Progress("bare engine", i, rounds)
		txs, err := r.noise(o.Transactions)
		if err != nil {
			return err
		}
		s, err := net.burst(ctx, txs, o.InFlight, o.Duration)
		if err != nil {
			return fmt.Errorf("bare engine: %w", err)
		}
		r.report.Engine = add(r.report.Engine, o.Validators, s)
	}
	o.Progress("bare engine", rounds, rounds)
	if !o.wants(Latency) {
		return nil
	}
	return r.latency(ctx, net)
}

// noise is random transactions of the sizes of an offer and its acceptance.
func (r *bareRun) noise(n int) ([]signed, error) {
	txs := make([]signed, n)
	for i := range txs {
		txs[i].raw = make([]byte, r.sizes[i%len(r.sizes)])
		if _, err := rand.Read(txs[i].raw); err != nil {
			return nil, fmt.Errorf("make transactions for the bare engine: %w", err)
		}
	}
	return txs, nil
}

func (r *bareRun) latency(ctx context.Context, net *bareNetwork) error {
	n := (r.options.Samples + 1) / 2
	txs, err := r.noise(n)
	if err != nil {
		return err
	}
	// Sent one at a time: the i-th is final where the count has grown by i+1.
	before, _, err := net.committed()
	if err != nil {
		return err
	}
	took, err := net.latency(ctx, txs, r.options.Progress, "bare engine: latency", func(v, i int) (bool, error) {
		return net.apps[v].Count() > before+uint64(i), nil
	})
	if err != nil {
		return err
	}
	r.took = append(r.took, took...)
	r.report.EngineLatency = latencies(r.took)
	return nil
}

// openBare makes and starts the engines. What it has opened is in the network it
// returns even when it fails.
func openBare(ctx context.Context, dir string, o Options) (*bareNetwork, error) {
	net := &bareNetwork{}
	parts := make([]consensus.Config, o.Validators)
	var validators []execute.ValidatorChange
	var ids []host.ID
	for i := range parts {
		home := filepath.Join(dir, fmt.Sprintf("engine%d", i+1))
		key, err := host.LoadOrCreateKey(filepath.Join(home, "peer.pem"))
		if err != nil {
			return net, err
		}
		peerKey, _ := key.Public().(ed25519.PublicKey) // an Ed25519 key has no other
		id, err := host.PeerID(peerKey)
		if err != nil {
			return net, err
		}
		signer, err := consensus.LoadOrCreateSigner(filepath.Join(home, "validator"))
		if err != nil {
			return net, err
		}
		public, err := signer.GetPubKey()
		if err != nil {
			return net, err
		}
		parts[i] = consensus.Config{
			Home: filepath.Join(home, "engine"), Signer: signer, Key: key, Listen: "127.0.0.1:0",
			Transport: consensus.Transport(o.Transport),
		}
		ids = append(ids, id)
		validators = append(validators, execute.ValidatorChange{Consensus: public.Bytes(), Power: 1})
	}
	doc := consensus.NewGenesis("bench-engine", time.Now().Add(-time.Second), genesis.DefaultBlockBytes)
	for _, c := range parts {
		app := consensus.NewNoop(validators...)
		c.Genesis, c.Application, c.Membership = doc, app, host.NewMembership(ids...)
		e, err := consensus.Open(ctx, c)
		if err != nil {
			return net, err
		}
		net.apps, net.engines = append(net.apps, app), append(net.engines, e)
	}
	first := net.apps[0]
	net.committed = func() (uint64, int64, error) {
		count := first.Count()
		return count, first.Height(), nil // not below the height of the count
	}
	return net, net.start(ctx)
}

func (net *bareNetwork) start(ctx context.Context) error {
	var peers []string
	for _, e := range net.engines {
		peers = append(peers, e.Addr())
	}
	for _, e := range net.engines {
		if err := e.SetPeers(peers); err != nil {
			return err
		}
		if err := e.Start(); err != nil {
			return err
		}
	}
	return net.settle(ctx)
}

func (net *bareNetwork) stop() error {
	if net == nil {
		return nil
	}
	var errs []error
	for _, e := range net.engines {
		errs = append(errs, e.Stop())
	}
	return errors.Join(errs...)
}

// settle waits until every validator takes part.
func (f *field) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, e := range f.engines {
		if err := e.WaitHeight(ctx, 2); err != nil {
			return fmt.Errorf("start the network: %w", err)
		}
	}
	return nil
}
