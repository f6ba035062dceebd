package importer_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/evidence"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/sheet"
)

// errKilled is how an import ends when its process is killed.
var errKilled = errors.New("killed")

// memory is a real ledger in memory as a node of it: a block for each transaction.
// Before or after the execution of a chosen transaction it kills the import.
type memory struct {
	mu      sync.Mutex
	ledger  *ledgertest.Ledger
	sent    int // submissions that were not known before
	killAt  int // number of the submission at which the import dies; 0: never
	execute bool
	kill    func(error)
	at      map[int]func() // what happens before so manyth submission
}

func (m *memory) Submit(ctx context.Context, compact []byte) (importer.Outcome, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return importer.Outcome{}, err
	}
	tx, err := jws.ParseTransaction(compact, record.MaxTransactionBytes)
	if err != nil {
		return importer.Outcome{}, code.BadForm.New("%v", err)
	}
	known, err := outcome.Find(m.ledger.Store, tx.ID)
	if err != nil {
		return importer.Outcome{}, err
	}
	if known == nil {
		m.sent++
		if happen := m.at[m.sent]; happen != nil {
			happen()
		}
		dies := m.sent == m.killAt
		if !dies || m.execute {
			if _, err := m.ledger.Gate.Admit(compact, m.ledger.Now, nil); err != nil {
				return importer.Outcome{}, err
			}
			known = &m.ledger.Block(compact).Outcomes[0]
		}
		if dies {
			m.kill(errKilled)
			return importer.Outcome{}, errKilled
		}
	}
	out := importer.Outcome{Result: known.Result, Height: known.Height}
	if known.Code != 0 {
		out.Refusal = &code.Error{Code: code.Code(known.Code), Rule: known.Rule, Detail: known.Detail}
	}
	return out, nil
}

func (m *memory) Now(context.Context) (calendar.Instant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ledger.Now, nil
}

func (m *memory) Height(context.Context) (int64, error) { return m.ledger.Store.Head().Height, nil }

func (m *memory) Certificates(_ context.Context, debtor string) iter.Seq2[record.CertificateRow, error] {
	return paged(func(cut view.Cut) (view.Page[record.CertificateRow], error) {
		return view.Certificates(m.ledger.Store, debtor, cut)
	})
}

func (m *memory) Holdings(context.Context) iter.Seq2[record.HoldingRow, error] {
	return paged(func(cut view.Cut) (view.Page[record.HoldingRow], error) {
		return view.Holdings(m.ledger.Store, view.HoldingFilter{State: record.Active}, cut)
	})
}

func (m *memory) Financings(context.Context) iter.Seq2[record.FinancingRow, error] {
	return paged(func(cut view.Cut) (view.Page[record.FinancingRow], error) {
		return view.Financings(m.ledger.Store, view.FinancingFilter{}, cut)
	})
}

// paged reads a list in small pages.
func paged[T any](read func(view.Cut) (view.Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		cut := view.Cut{Limit: 3}
		for {
			page, err := read(cut)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range page.Items {
				if !yield(row, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			cut.Cursor = page.Next
		}
	}
}

// under reads the records whose keys start with a prefix.
func under[T any](m *memory, prefix string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := m.ledger.Store.Scan(store.State, []byte(prefix), []byte(record.PrefixEnd(prefix)), func(_, data []byte) (bool, error) {
			var v T
			if err := record.Decode(data, &v); err != nil {
				return false, err
			}
			return yield(v, nil), nil
		})
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

func (m *memory) Lines(_ context.Context, bank string) iter.Seq2[record.Line, error] {
	return under[record.Line](m, record.LinesPrefix(bank))
}

func (m *memory) Accounts(_ context.Context, member string) iter.Seq2[record.Account, error] {
	return under[record.Account](m, record.AccountsPrefix(member))
}

func (m *memory) Rates(_ context.Context, bank string) iter.Seq2[record.PostedRate, error] {
	return under[record.PostedRate](m, record.RatesPrefix(bank))
}

func (m *memory) Limits(_ context.Context, bank string) iter.Seq2[record.Limit, error] {
	return under[record.Limit](m, record.LimitsPrefix(bank))
}

func (m *memory) Settlements(context.Context) iter.Seq2[record.Settlement, error] {
	return func(yield func(record.Settlement, error) bool) {
		for s, err := range under[record.Settlement](m, record.SettlementsPrefix()) {
			if err != nil || s.Purpose == record.PurposeFinancing {
				if !yield(s, err) {
					return
				}
			}
		}
	}
}

// Runs is asked for again and again while the ledger works on them: an empty block comes
// first.
func (m *memory) Runs(_ context.Context, day calendar.Date) iter.Seq2[record.Run, error] {
	m.mu.Lock()
	m.ledger.Now += 1000
	m.ledger.Block()
	m.mu.Unlock()
	return func(yield func(record.Run, error) bool) {
		for r, err := range under[record.Run](m, record.RunsPrefix("")) {
			if (err != nil || r.Payment == day) && !yield(r, err) {
				return
			}
		}
	}
}

func (m *memory) Legs(_ context.Context, run string) iter.Seq2[record.Settlement, error] {
	return func(yield func(record.Settlement, error) bool) {
		for s, err := range under[record.Settlement](m, record.SettlementsPrefix()) {
			if (err != nil || s.Purpose == record.PurposeClearing && s.Run == run) && !yield(s, err) {
				return
			}
		}
	}
}

func (m *memory) Financing(_ context.Context, id string) (*record.Financing, error) {
	return found(m, record.FinancingKey(id))
}

func (m *memory) Fingerprints(_ context.Context, facts []evidence.InvoiceFacts) ([]importer.Fingerprint, uint32, error) {
	settings, err := found(m, record.SettingsKey())
	if err != nil {
		return nil, 0, err
	}
	key, epoch := []byte(strings.Repeat("k", 32)), settings.FingerprintEpoch
	list := make([]importer.Fingerprint, len(facts))
	for i, f := range facts {
		if err := f.Check(); err != nil {
			return nil, 0, err
		}
		list[i].Use = evidence.Fingerprint(key, epoch, f)
		for earlier := uint32(1); earlier < epoch; earlier++ {
			list[i].Others = append(list[i].Others, evidence.Fingerprint(key, earlier, f))
		}
	}
	return list, epoch, nil
}

func found[T any](m *memory, key record.Key[T]) (*T, error) {
	data, err := m.ledger.Store.Get(store.State, []byte(key))
	if err != nil || data == nil {
		return nil, err
	}
	v := new(T)
	return v, record.Decode(data, v)
}

func (m *memory) Member(_ context.Context, id string) (*record.Member, error) {
	return found(m, record.MemberKey(id))
}

func (m *memory) Invoice(_ context.Context, fingerprint record.Digest) (*record.Invoice, error) {
	return found(m, record.InvoiceKey(fingerprint))
}

func (m *memory) Proposal(_ context.Context, id string) (*record.Proposal, error) {
	return found(m, record.ProposalKey(id))
}

func (m *memory) Pack(context.Context) (*record.Pack, error) {
	p := rules.DefaultPack()
	return &p, nil
}

// progress counts what is reported.
type progress struct {
	mu     sync.Mutex
	stages []string
}

func (p *progress) Stage(name string, _ int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stages = append(p.stages, name)
}
func (p *progress) Add(int) {}

// world is a devnet for one test: a ledger in memory, its four banks' keys in a
// keyring, and a directory for journals.
type world struct {
	*memory
	ring  *keystore.Keyring
	day   calendar.Date // on which the debts are payable
	state string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	ring, err := keystore.CreateKeyring(filepath.Join(t.TempDir(), "keyring"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{memory: &memory{ledger: ledgertest.New(t)}, ring: ring, state: t.TempDir()}
	w.keep(t)
	return w
}

// keep puts the ledger's keys into the keyring.
func (w *world) keep(t *testing.T) {
	t.Helper()
	var keys []keystore.NamedKey
	for name, key := range w.ledger.Keys {
		keys = append(keys, keystore.NamedKey{Name: name, Key: key})
	}
	if err := w.ring.AddAll(keys); err != nil {
		t.Fatal(err)
	}
}

func (w *world) network() *importer.Network {
	net := &importer.Network{
		Name: ledgertest.Network, Began: ledgertest.Start, Keyring: w.ring,
		Algorithm: credential.EdDSA, Life: 365 * 24 * time.Hour,
		Code: func(alias string) (string, error) {
			sum := sha256.Sum256([]byte("import " + alias))
			return number.CompleteSocialCredit(fmt.Sprintf("91330200%09d", uint32(sum[0])<<16|uint32(sum[1])<<8|uint32(sum[2])))
		},
		Remember: func(_ []importer.Firm, keys []keystore.NamedKey) error { return w.ring.AddAll(keys) },
	}
	for i := range 4 {
		alias := fmt.Sprintf("bank%d", i+1)
		net.Banks = append(net.Banks, importer.Bank{Alias: alias, ID: w.ledger.IDs[alias], Node: w.memory})
	}
	return net
}

// obligations reads a file and imports it, unless the import is killed.
func (w *world) obligations(t *testing.T, path string, inFlight int) (*importer.Summary, error) {
	t.Helper()
	o, err := importer.ReadObligations(path, nil, sheet.Fen, sheet.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	w.kill = cancel
	return importer.ImportObligations(ctx, w.network(), o, importer.Options{
		Days: 90, State: w.state, InFlight: inFlight, Progress: &progress{},
	})
}

// file writes a file for a test.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
