package consensus

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/execute"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
)

// crashStep names how many writes lie between two crashes of the ledger's node. The
// default keeps the test short; 1 tries every write.
const crashStep = "CRASH_STEP"

const defaultCrashStep = 4

// The ledger's node is left between the writes of the engine, of the signer and of
// the ledger's own store, file by file.
func TestLedgerCrashAtEveryWrite(t *testing.T) {
	t.Parallel()
	step := int64(defaultCrashStep)
	if text := os.Getenv(crashStep); text != "" {
		var err error
		step, err = strconv.ParseInt(text, 10, 64)
		must(t, err)
	}
	crashEverywhere(t, "ledger", step)
}

// crashLedger is the ledger in the crash harness. Its single validator is the
// harness's, not one of the banks of its genesis.
type crashLedger struct {
	*Ledger
	people *ledgertest.Ledger
	store  *store.Store
}

// openCrashLedger opens a ledger on the disk. Its people are the same in every
// process.
func openCrashLedger(dir string, hook WriteHook) (abci.Application, func() error, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	people := ledgertest.Prepare(outside{}, credential.EdDSA)
	s, err := store.Open(dir, store.Options{
		FS: hooked(hook), Network: ledgertest.Network, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, nil, err
	}
	gate, err := admission.New(s, ledgertest.Network)
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	contracts, err := chaincode.New()
	if err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	app := NewLedger(LedgerConfig{Store: s, Gate: gate, Executor: execute.New(execute.Config{
		Network: ledgertest.Network, Store: s, Gate: gate, Chaincode: contracts, Genesis: people.Genesis,
	})})
	return &crashLedger{app, people, s}, s.Close, nil
}

// hooked is the disk with the hook called before every write.
func hooked(hook WriteHook) vfs.FS {
	if hook == nil {
		return vfs.Default
	}
	return errorfs.Wrap(vfs.Default, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite {
			return hook("ledger", fmt.Sprintf("%v %s", op.Kind, filepath.Base(op.Path)), false)
		}
		return nil
	}))
}

// InitChain leaves the validators to the engine's genesis.
func (c *crashLedger) InitChain(ctx context.Context, req *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	response, err := c.Ledger.InitChain(ctx, req)
	if response != nil {
		response.Validators = nil
	}
	return response, err
}

// transaction is one that a bank sends after the block at height.
func (c *crashLedger) transaction(height int64) []byte {
	c.people.Now = calendar.Instant(max(c.store.Head().Time, int64(ledgertest.Start)))
	return c.people.Sign("bank1/maker", "evidence:RecordContract", map[string]any{
		"buyer": c.people.IDs["bank1"], "seller": c.people.IDs["bank2"], "document": ledgertest.Fingerprint(fmt.Sprint(height)),
		"signed": c.people.Now.Date(), "amount": "0.00", "termDays": 30, "agreed": true,
	})
}

// outside stands for the test in the child process, where there is none.
type outside struct{ testing.TB }

func (outside) Helper()                         {}
func (outside) Fatal(args ...any)               { panic(fmt.Sprint(args...)) }
func (outside) Fatalf(text string, args ...any) { panic(fmt.Sprintf(text, args...)) }

// beginning is the time at which the network in a home began: when this was first
// asked. The ledger refuses transactions that expire long after its last block, and
// the first block has the genesis' time.
func beginning(path string) (time.Time, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data = binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(data))).UTC(), nil
}
