package load

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/certificate"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/network/devnet"
)

const networkName = "bench"

// run is a running network and what it holds.
type run struct {
	field
	cast
	options Options
	devnet  *devnet.Devnet
	report  *SuiteReport

	counted uint64 // transactions in the first validator's outcomes
	upTo    int64  // up to this height

	signTime  time.Duration
	signedTxs int
	moved     []span // heights of the transfers
}

// span is a range of heights, both ends included, and the app hash at its end.
type span struct {
	first, last int64
	appHash     [32]byte
}

// runNetwork measures a real network.
func runNetwork(ctx context.Context, o Options, suite credential.Algorithm, dir string, report *SuiteReport) (err error) {
	d, err := devnet.Create(dir, devnet.Options{
		Network: networkName, Banks: o.Validators, Algorithm: suite, Transport: o.Transport, Now: time.Now(),
	})
	if err != nil {
		return err
	}
	if err := d.Start(ctx, o.Logger); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Stop(), os.RemoveAll(dir)) }()
	r := &run{options: o, devnet: d, report: report}
	for _, n := range d.Nodes() {
		r.engines = append(r.engines, n.Engine())
	}
	r.committed = r.count
	if err := r.settle(ctx); err != nil {
		return err
	}
	return r.all(ctx, suite)
}

func (r *run) all(ctx context.Context, suite credential.Algorithm) error {
	if err := r.populate(ctx, suite); err != nil {
		return err
	}
	for i := range r.options.Rounds {
		if err := r.round(ctx, i); err != nil {
			return err
		}
	}
	if r.options.wants(Latency) {
		if err := r.measureLatency(ctx); err != nil {
			return err
		}
	}
	if r.options.wants(Ledger) && len(r.moved) > 0 {
		if err := r.replay(ctx); err != nil {
			return err
		}
	}
	if r.signedTxs > 0 {
		r.report.SignMicros = float64(r.signTime.Microseconds()) / float64(r.signedTxs)
	}
	return nil
}

// round runs every workload once.
func (r *run) round(ctx context.Context, number int) error {
	o := r.options
	if o.wants(Transfers, Batches, Ledger) {
		papers, err := r.stock(ctx, max(1, o.Transactions/2))
		if err != nil {
			return err
		}
		if o.wants(Transfers, Ledger) {
			if err := r.transfers(ctx, papers); err != nil {
				return err
			}
		}
	}
	if o.wants(Issues) {
		return r.issues(ctx, number)
	}
	return nil
}

// count counts the outcomes of the first validator. Those of sweeps belong to no
// transaction.
func (r *run) count() (uint64, int64, error) {
	s := r.devnet.Nodes()[0].Store()
	head := s.Head().Height
	err := s.Scan(store.Outcome, outcome.Place(r.upTo+1, 0), outcome.Place(head+1, 0), func(key, _ []byte) (bool, error) {
		if binary.BigEndian.Uint32(key[len(key)-4:]) != record.SweepIndex {
			r.counted++
		}
		return true, nil
	})
	r.upTo = head
	return r.counted, head, err
}

// populate makes the members, lines and contracts.
func (r *run) populate(ctx context.Context, suite credential.Algorithm) error {
	bank := r.devnet.Banks()[0]
	r.network, r.bank = r.devnet.Genesis.Network, bank.ID
	r.today = calendar.Instant(r.devnet.Nodes()[0].Store().Head().Time).Date()
	var err error
	if r.maker, err = r.devnet.Keyring.Get(bank.Alias + "/maker"); err != nil {
		return err
	}
	if r.checker, err = r.devnet.Keyring.Get(bank.Alias + "/reviewer"); err != nil {
		return err
	}
	steps, err := r.newGroups(suite)
	if err != nil {
		return err
	}
	for i, txs := range steps {
		r.options.Progress("setup: members, lines, contracts", i, len(steps))
		if err := r.prepare(ctx, txs); err != nil {
			return err
		}
	}
	r.report.Setup.Members = 3 * len(r.groups)
	return nil
}

// prepare commits transactions of the setup, none of which may be refused.
func (r *run) prepare(ctx context.Context, txs []signed) error {
	begun := time.Now()
	s, err := r.burst(ctx, txs, r.options.InFlight, patience)
	if err == nil {
		err = r.judge(&s, txs)
	}
	if err == nil && (len(s.Refused) > 0 || s.Transactions < len(txs)) {
		err = fmt.Errorf("%d of %d transactions were committed, refused: %v", s.Transactions, len(txs), s.Refused)
	}
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	r.report.Setup.Seconds += time.Since(begun).Seconds()
	return nil
}

// judge adds what the ledger refused to a sample, and counts the items of batches
// as operations.
func (r *run) judge(s *Sample, txs []signed) error {
	ledger := r.devnet.Nodes()[0].Store()
	for _, tx := range txs {
		o, err := outcome.Find(ledger, tx.id)
		if err != nil {
			return err
		}
		switch {
		case o == nil: // never sent
		case o.Code != 0:
			s.Refused[code.Code(o.Code).String()]++
		case o.Function == "batch:Run":
			if err := judgeBatch(s, o.Result); err != nil {
				return err
			}
		}
	}
	return nil
}

func judgeBatch(s *Sample, result []byte) error {
	var b struct {
		Items []struct {
			Code code.Code `json:"code"`
		} `json:"items"`
	}
	if err := json.Unmarshal(result, &b); err != nil {
		return fmt.Errorf("read the result of a batch: %w", err)
	}
	s.Operations += len(b.Items) - 1
	for _, item := range b.Items {
		if item.Code != code.OK {
			s.Refused[item.Code.String()]++
		}
	}
	return nil
}

// stock issues certificates that their suppliers accept, in batches, after the
// invoices behind them are recorded and verified. Issuing and accepting is the
// batch workload.
func (r *run) stock(ctx context.Context, n int) ([]*paper, error) {
	papers, err := r.newPapers(n)
	if err != nil {
		return nil, err
	}
	if err := r.evidence(ctx, papers, true); err != nil {
		return nil, err
	}
	issues, err := r.batches(papers, "certificate:Issue", debtorKey, r.issue)
	if err != nil {
		return nil, err
	}
	accepts, err := r.batches(papers, "certificate:Accept", supplierKey, r.accept)
	if err != nil {
		return nil, err
	}
	issued, err := r.measure(ctx, "bulk issue", issues)
	if err != nil {
		return nil, err
	}
	accepted, err := r.measure(ctx, "bulk accept", accepts)
	if err != nil {
		return nil, err
	}
	if r.options.wants(Batches) {
		v := r.options.Validators
		r.report.BulkIssue = add(r.report.BulkIssue, v, issued)
		r.report.BulkAccept = add(r.report.BulkAccept, v, accepted)
		r.report.Batches = add(r.report.Batches, v, joined(issued, accepted))
	}
	r.report.Setup.Certificates += n
	return papers, nil
}

func debtorKey(g *group) credential.PrivateKey   { return g.debtor.maker }
func supplierKey(g *group) credential.PrivateKey { return g.supplier.maker }
func secondKey(g *group) credential.PrivateKey   { return g.second.maker }

// evidence records and verifies the invoices of the issues and, if asked, those of
// the transfers.
func (r *run) evidence(ctx context.Context, papers []*paper, onward bool) error {
	type step struct {
		function string
		signer   func(*group) credential.PrivateKey
		argument func(*paper) any
	}
	reviewer := func(*group) credential.PrivateKey { return r.checker }
	steps := [][]step{
		{{"evidence:RecordInvoice", supplierKey, r.firstInvoice}},
		{{"evidence:Verify", reviewer, func(p *paper) any { return r.verification(p.invoice) }}},
	}
	if onward {
		steps[0] = append(steps[0], step{"evidence:RecordInvoice", secondKey, r.onwardInvoice})
		steps[1] = append(steps[1], step{"evidence:Verify", reviewer, func(p *paper) any { return r.verification(p.onward) }})
	}
	for i, together := range steps {
		r.options.Progress("setup: invoices", i, len(steps))
		var txs []signed
		for _, s := range together {
			made, err := r.batches(papers, s.function, s.signer, s.argument)
			if err != nil {
				return err
			}
			txs = append(txs, made...)
		}
		if err := r.prepare(ctx, txs); err != nil {
			return err
		}
	}
	r.options.Progress("setup: invoices", len(steps), len(steps))
	return nil
}

// measure runs one burst and judges it.
func (r *run) measure(ctx context.Context, step string, txs []signed) (Sample, error) {
	r.options.Progress(step, 0, 1)
	s, err := r.burst(ctx, txs, r.options.InFlight, r.options.Duration)
	if err == nil {
		err = r.judge(&s, txs)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", step, err)
	}
	r.options.Progress(step, 1, 1)
	return s, nil
}

// transfers moves every certificate: all offers, then all acceptances.
func (r *run) transfers(ctx context.Context, papers []*paper) error {
	offers, err := r.signAll(ctx, papers, func(p *paper) (signed, error) {
		return r.sign(p.group.supplier.maker, "certificate:Transfer", r.transfer(p))
	})
	if err != nil {
		return err
	}
	ledger := r.devnet.Nodes()[0].Store()
	before, err := r.disk()
	if err != nil {
		return err
	}
	offered, err := r.measure(ctx, "offer transfers", offers)
	if err != nil {
		return err
	}
	answers, err := r.answers(ctx, papers, offers)
	if err != nil {
		return err
	}
	answered, err := r.measure(ctx, "accept transfers", answers)
	if err != nil {
		return err
	}
	for _, s := range []Sample{offered, answered} {
		_, root, found, err := ledger.RootAt(s.Last)
		if err == nil && !found {
			err = fmt.Errorf("the app hash of block %d is gone", s.Last)
		}
		if err != nil {
			return err
		}
		r.moved = append(r.moved, span{s.First, s.Last, root})
	}
	both := joined(offered, answered)
	if r.options.wants(Transfers) {
		r.report.Transfers = add(r.report.Transfers, r.options.Validators, both)
	}
	return r.weigh(before, both.Transactions)
}

// signAll signs and counts what it takes.
func (r *run) signAll(ctx context.Context, papers []*paper, sign func(*paper) (signed, error)) ([]signed, error) {
	begun := time.Now()
	txs, err := signEach(ctx, papers, sign)
	r.signTime += time.Since(begun)
	r.signedTxs += len(txs)
	return txs, err
}

// answers accepts the transfers that were offered.
func (r *run) answers(ctx context.Context, papers []*paper, offers []signed) ([]signed, error) {
	ledger := r.devnet.Nodes()[0].Store()
	ids := map[*paper]string{}
	var open []*paper
	for i, p := range papers {
		o, err := outcome.Find(ledger, offers[i].id)
		if err != nil {
			return nil, err
		}
		if o == nil || o.Code != 0 {
			continue
		}
		var offered certificate.TransferResult
		if err := json.Unmarshal(o.Result, &offered); err != nil {
			return nil, fmt.Errorf("read the result of an offer: %w", err)
		}
		ids[p] = offered.ID
		open = append(open, p)
	}
	return r.signAll(ctx, open, func(p *paper) (signed, error) {
		return r.sign(p.group.second.maker, "certificate:AcceptTransfer", certificate.OfferArgument{ID: ids[p]})
	})
}

// issues measures issues on one credit line and on the lines of all debtors. Which
// comes first alternates from round to round.
func (r *run) issues(ctx context.Context, round int) error {
	n := max(1, r.options.Transactions/4)
	one, many := make([]*group, n), make([]*group, n)
	for i := range n {
		one[i], many[i] = r.groups[0], r.groups[i%len(r.groups)]
	}
	parts := []struct {
		step   string
		groups []*group
		result **Result
	}{
		{"issues on one line", one, &r.report.OneLine},
		{"issues on unrelated lines", many, &r.report.ManyLines},
	}
	if round%2 == 1 {
		slices.Reverse(parts)
	}
	for _, part := range parts {
		s, err := r.issueFor(ctx, part.step, part.groups)
		if err != nil {
			return err
		}
		*part.result = add(*part.result, r.options.Validators, s)
	}
	return nil
}

func (r *run) issueFor(ctx context.Context, step string, groups []*group) (Sample, error) {
	papers, err := r.papersFor(groups)
	if err != nil {
		return Sample{}, err
	}
	if err := r.evidence(ctx, byGroup(papers), false); err != nil {
		return Sample{}, err
	}
	txs, err := r.signAll(ctx, papers, func(p *paper) (signed, error) {
		return r.sign(p.group.debtor.maker, "certificate:Issue", r.issue(p))
	})
	if err != nil {
		return Sample{}, err
	}
	return r.measure(ctx, step, txs)
}

// measureLatency sends offers one at a time.
func (r *run) measureLatency(ctx context.Context) error {
	papers, err := r.stock(ctx, r.options.Samples)
	if err != nil {
		return err
	}
	offers, err := r.signAll(ctx, papers, func(p *paper) (signed, error) {
		return r.sign(p.group.supplier.maker, "certificate:Transfer", r.transfer(p))
	})
	if err != nil {
		return err
	}
	nodes := r.devnet.Nodes()
	took, err := r.latency(ctx, offers, r.options.Progress, "latency", func(v, i int) (bool, error) {
		o, err := outcome.Find(nodes[v].Store(), offers[i].id)
		return o != nil, err
	})
	if err != nil {
		return err
	}
	r.report.Latency = latencies(took)
	return nil
}

// weight is what one node keeps, in bytes.
type weight struct{ ledger, engine int64 }

func (r *run) disk() (weight, error) {
	home := r.devnet.Nodes()[0].Home()
	ledger, err := bytesBelow(filepath.Join(home, "data", "ledger"))
	if err != nil {
		return weight{}, err
	}
	engine, err := bytesBelow(filepath.Join(home, "data", "engine"))
	return weight{ledger, engine}, err
}

// weigh reports what the transactions of a round added; the last round counts.
func (r *run) weigh(before weight, n int) error {
	after, err := r.disk()
	if err != nil || n == 0 {
		return err
	}
	r.report.Disk = &DiskResult{
		LedgerBytes: float64(after.ledger-before.ledger) / float64(n),
		EngineBytes: float64(after.engine-before.engine) / float64(n),
	}
	return nil
}

// bytesBelow adds up the files of a directory. Files come and go meanwhile.
func bytesBelow(dir string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("weigh %s: %w", dir, err)
	}
	return sum, nil
}
