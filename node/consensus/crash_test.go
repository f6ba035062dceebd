package consensus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"github.com/tierledger/tierledger/p2p/host"
)

// The crash harness runs a single validator in a process of its own (this test binary
// again), leaves the process at the k-th write, and starts it again. Writes are those of
// the engine's stores, of the signer and of the application, counted together, so that
// the process ends between any two of them. Between the writes that the hook sees lie
// the engine's log and its own failure points, which FAIL_TEST_INDEX reaches.

const (
	crashHome   = "CRASH_HOME"   // directory of the node; set only in the child process
	crashApp    = "CRASH_APP"    // name of the application in crashApplications
	crashAt     = "CRASH_AT"     // leave at this write; 0 is never
	crashHeight = "CRASH_HEIGHT" // end well at this height
	crashStatus = 3              // exit status of the child that left at its write
)

// applicationFactory opens an application in dir. It calls hook around every write, and
// persists in Commit alone.
type applicationFactory func(dir string, hook WriteHook) (app abci.Application, closeApp func() error, err error)

// crashApplications are the applications that the harness can run, by name.
func crashApplications() map[string]applicationFactory {
	return map[string]applicationFactory{"tiny": openTiny, "ledger": openCrashLedger}
}

func TestMain(m *testing.M) {
	if os.Getenv(crashHome) == "" {
		flag.Parse()
		// Tests of the engine mostly wait for its timers: more of them than processors.
		if err := flag.Set("test.parallel", "6"); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	}
	if err := crashChild(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// crashChild is the child process. It prints height and application hash when it ends well.
func crashChild() error {
	at, err := strconv.ParseInt(os.Getenv(crashAt), 10, 64)
	if err != nil {
		return err
	}
	target, err := strconv.ParseInt(os.Getenv(crashHeight), 10, 64)
	if err != nil {
		return err
	}
	var writes atomic.Int64
	hook := func(store, op string, done bool) error {
		// Before the k-th write is after the one before it.
		if !done && writes.Add(1) == at {
			fmt.Printf("left before write %d: %s %s\n", at, store, op)
			os.Exit(crashStatus)
		}
		return nil
	}
	home := os.Getenv(crashHome)
	app, closeApp, err := crashApplications()[os.Getenv(crashApp)](filepath.Join(home, "app"), hook)
	if err != nil {
		return err
	}
	config, err := crashConfig(home, app, hook)
	if err != nil {
		return err
	}
	e, err := Open(context.Background(), config)
	if err != nil {
		return err
	}
	if err := e.Start(); err != nil {
		return err
	}
	heights, cancel := e.Subscribe()
	defer cancel()
	for height := e.Height(); height < target; height = e.Height() {
		// One transaction a block, so that every block changes the state.
		tx := fmt.Appendf(nil, "after %d", height)
		if own, ok := app.(interface{ transaction(int64) []byte }); ok {
			tx = own.transaction(height)
		}
		if _, err := e.Broadcast(tx); err != nil && !errors.Is(err, ErrKnown) {
			return err
		}
		select {
		case <-heights:
		case err := <-e.Failed():
			return err
		}
	}
	if err := errors.Join(e.Stop(), closeApp()); err != nil {
		return err
	}
	status := e.Height()
	_, hash := e.tip.get()
	fmt.Printf("ended %d %X writes %d\n", status, hash, writes.Load())
	return nil
}

// crashConfig is the configuration of the single validator in home. Its keys are made on
// the first call, by the parent.
func crashConfig(home string, app abci.Application, hook WriteHook) (Config, error) {
	key, err := host.LoadOrCreateKey(filepath.Join(home, "peer_key.pem"))
	if err != nil {
		return Config{}, err
	}
	signer, err := LoadOrCreateSigner(filepath.Join(home, "signer"))
	if err != nil {
		return Config{}, err
	}
	signer.OnWrite(hook)
	pub, err := signer.GetPubKey()
	if err != nil {
		return Config{}, err
	}
	begin, err := beginning(filepath.Join(home, "began"))
	if err != nil {
		return Config{}, err
	}
	genesis := &types.GenesisDoc{
		ChainID: "tierledger-crash", GenesisTime: begin, ConsensusParams: types.DefaultConsensusParams(),
		Validators: []types.GenesisValidator{{PubKey: pub, Power: 10}},
	}
	// A validator that has signed a proposal and lost it waits for the next round.
	timing := DefaultTiming()
	timing.Propose, timing.EmptyBlockEvery = 200*time.Millisecond, 200*time.Millisecond
	return Config{
		Home: filepath.Join(home, "engine"), Genesis: genesis, Application: app, Signer: signer, Key: key,
		Membership: host.NewMembership(), Transport: TransportTCP, Timing: timing, Hook: hook, Logger: testLogger("crash"),
	}, nil
}

// runCrash runs the child to a height, leaving at a write when at is not 0, and at one of
// the engine's failure points when failIndex is not negative.
func runCrash(t *testing.T, home, app string, at, height int64, failIndex int) (output string, crashed bool) {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, exe)
	cmd.Env = append(os.Environ(), crashHome+"="+home, crashApp+"="+app,
		fmt.Sprintf("%s=%d", crashAt, at), fmt.Sprintf("%s=%d", crashHeight, height))
	if failIndex >= 0 {
		cmd.Env = append(cmd.Env, fmt.Sprintf("FAIL_TEST_INDEX=%d", failIndex))
	}
	out, err := cmd.CombinedOutput()
	output = string(out)
	var exit *exec.ExitError
	switch {
	case err == nil:
		return output, false
	case errors.As(err, &exit) && (exit.ExitCode() == crashStatus || strings.Contains(output, "*** fail-test")):
		return output, true
	}
	t.Fatalf("child: %v\n%s", err, output)
	return "", false
}

// crashEverywhere leaves a node at every write of its first blocks and at every failure
// point of the engine. Each time the node must go on after a restart, and its
// application, which has persisted through the crash, must have the hash that an empty
// application gets from the same blocks.
//
// Of the writes only every step-th is tried.
func crashEverywhere(t *testing.T, app string, step int64) {
	t.Helper()
	t.Run("between writes", func(t *testing.T) {
		t.Parallel()
		at := int64(1)
		for crashOnce(t, app, at, -1) {
			at += step
		}
		if at < 2*crashBlocks { // at least the signer and the block store at each block
			t.Errorf("only %d writes were met", at-1)
		}
		t.Logf("%d crashes within %d writes", (at-1)/step, at-1)
	})
	t.Run("at the engine's failure points", func(t *testing.T) {
		t.Parallel()
		index := 0
		for crashOnce(t, app, 0, index) {
			index++
		}
		if index < crashBlocks {
			t.Errorf("only %d failure points were met", index)
		}
		t.Logf("%d crashes", index)
	})
}

// crashBlocks is the height by which the crash happens. The first block differs from
// all others, which are alike.
const crashBlocks = 2

// crashOnce reports whether the crash came before the target height.
func crashOnce(t *testing.T, app string, at int64, failIndex int) bool {
	t.Helper()
	home := t.TempDir()
	_, err := crashConfig(home, nil, nil)
	must(t, err)
	where, crashed := runCrash(t, home, app, at, crashBlocks, failIndex)
	if !crashed {
		return false
	}
	ended, again := runCrash(t, home, app, 0, crashBlocks+1, -1)
	if again {
		t.Fatalf("%s: the second run crashed: %s", where, ended)
	}
	checkReplay(t, home, app, where, ended)
	return true
}

// checkReplay executes the node's blocks in an empty application. The engine compares the
// hash after each block with the one that the next block carries.
func checkReplay(t *testing.T, home, app, where, ended string) {
	t.Helper()
	var height int64
	var hash string
	if _, err := fmt.Sscanf(ended, "ended %d %s", &height, &hash); err != nil {
		t.Fatalf("%s: the second run says %q: %v", where, ended, err)
	}
	fresh, closeApp, err := crashApplications()[app](filepath.Join(t.TempDir(), "app"), nil)
	must(t, err)
	config, err := crashConfig(home, fresh, nil)
	must(t, err)
	e, err := Open(t.Context(), config)
	if err != nil {
		t.Fatalf("%s: replay: %v", where, err)
	}
	status := e.Status()
	must(t, errors.Join(e.Stop(), closeApp()))
	if got := strings.ToUpper(hex.EncodeToString(status.AppHash)); got != hash || status.Height != height {
		t.Errorf("%s: the node ended at %d with %s, its blocks replayed give %d with %s", where, height, hash, status.Height, got)
	}
}

func TestCrashAtEveryWrite(t *testing.T) {
	t.Parallel()
	crashEverywhere(t, "tiny", 1)
}

// tiny is the least application that persists: a chain of hashes over all transactions.
// What FinalizeBlock computes stays in memory. If it were stored there, a crash before
// the engine has stored its answer would leave the application one block ahead of the
// engine for ever.
type tiny struct {
	abci.BaseApplication
	db      *DB
	height  int64
	hash    []byte
	pending []byte // height and hash, as Commit will store them
}

var tinyKey = []byte("tip")

func openTiny(dir string, hook WriteHook) (abci.Application, func() error, error) {
	db, err := OpenDB(dir, "tiny", StoreOptions{Hook: hook})
	if err != nil {
		return nil, nil, err
	}
	stored, err := db.Get(tinyKey)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	a := &tiny{db: db}
	if stored != nil {
		a.set(stored)
	}
	return a, db.Close, nil
}

func (a *tiny) set(stored []byte) {
	a.height, a.hash = int64(binary.BigEndian.Uint64(stored)), bytes.Clone(stored[8:])
}

func (a *tiny) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	return &abci.ResponseInfo{LastBlockHeight: a.height, LastBlockAppHash: a.hash}, nil
}

// InitChain persists nothing: the engine calls it again while the height is 0.
func (a *tiny) InitChain(context.Context, *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	return &abci.ResponseInitChain{}, nil
}

func (a *tiny) FinalizeBlock(_ context.Context, req *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	hash := a.hash
	results := make([]*abci.ExecTxResult, len(req.Txs))
	for i, tx := range req.Txs {
		next := sha256.Sum256(append(bytes.Clone(hash), tx...))
		hash, results[i] = next[:], &abci.ExecTxResult{}
	}
	a.pending = append(binary.BigEndian.AppendUint64(nil, uint64(req.Height)), hash...)
	return &abci.ResponseFinalizeBlock{TxResults: results, AppHash: hash}, nil
}

func (a *tiny) Commit(context.Context, *abci.RequestCommit) (*abci.ResponseCommit, error) {
	// A crash before this write: the engine gives the same block again. After it: the
	// engine finds the application at this height and takes the answer it has stored.
	if err := a.db.SetSync(tinyKey, a.pending); err != nil {
		return nil, err
	}
	a.set(a.pending)
	return &abci.ResponseCommit{}, nil
}
