package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/audit"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node"
	"github.com/tierledger/tierledger/node/client"
)

// checked is what scf check says of one node.
type checked struct {
	Node string `json:"node"`
	Live bool   `json:"live"` // checked on a checkpoint while the node went on
	*audit.Report
}

func (a *app) checkCommand() *cobra.Command {
	return a.command(spec{
		use: "check [NODE-HOME...]", short: "Prove the invariants on a node's data",
		long: `Walks a node's data and proves, from the data alone: that holdings tile their
certificates and locks lie inside them, that no fen appeared or vanished, that
credit lines and invoices are used for exactly what they back, that every fen that
was sold or paid was paid for once under signed terms and a matching advice, that
limits, rates and financings count what the holdings say, that the read model
derives from the outcomes and agrees with the state, that the tree commits to the
state and the app hash to the tree.

Without arguments every node of the devnet is checked. A running node is asked for
a checkpoint (for the devnet with its bank's admin key, else with --node and --as)
and goes on; the checkpoint must be on this machine. A stopped node's data is read
where it lies. The exit code is 1 when anything does not hold.`,
		example: `  scf check
  scf check /var/lib/tierledger
  scf check --node http://127.0.0.1:26680 --as admin.key --json`,
		args: cobra.ArbitraryArgs,
		run:  a.check,
	})
}

func (a *app) check(ctx context.Context, homes []string) error {
	reports, err := a.checkAll(ctx, homes)
	if err != nil {
		return err
	}
	if err := a.print(reports, func(w io.Writer) { writeChecked(w, reports) }); err != nil {
		return err
	}
	findings := 0
	for _, r := range reports {
		findings += len(r.Findings) + r.More
	}
	if findings > 0 {
		return code.Internal.New("%d places do not hold; keep the data as it is and compare with another bank's node", findings)
	}
	return nil
}

func (a *app) checkAll(ctx context.Context, homes []string) ([]checked, error) {
	if len(homes) == 0 && a.node != "" {
		s, err := a.open(ctx)
		if err != nil {
			return nil, err
		}
		r, err := a.checkLive(ctx, a.node, s)
		return []checked{r}, err
	}
	if len(homes) > 0 {
		return checkEach(homes, func(home string) (checked, error) { return a.checkStopped(ctx, home, node.LedgerDir(home)) })
	}
	net, err := a.network()
	if err != nil {
		return nil, err
	}
	if net == nil {
		return nil, code.BadConfig.New("no devnet in %s; name a node's home, or a running node with --node and --as", a.home)
	}
	return checkEach(net.Banks(), func(bank devnet.Member) (checked, error) { return a.checkBank(ctx, net, bank) })
}

func checkEach[T any](list []T, f func(T) (checked, error)) ([]checked, error) {
	var all []checked
	for _, v := range list {
		r, err := f(v)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// checkBank checks one node of a devnet: where its data lies, or through the node
// when it runs.
func (a *app) checkBank(ctx context.Context, net *devnet.Devnet, bank devnet.Member) (checked, error) {
	key, err := net.Keyring.Get(bank.Alias + "/admin1")
	if err != nil {
		return checked{}, err
	}
	c, err := client.New("http://"+bank.API, net.Genesis.Network, key, client.WithAttempts(1))
	if err != nil {
		return checked{}, err
	}
	r, err := a.checkLive(ctx, bank.Alias, &session{c, a, key})
	if code.Unreachable.Is(err) {
		home := filepath.Join(net.Dir, bank.Home)
		return a.checkStopped(ctx, bank.Alias, node.LedgerDir(home))
	}
	return r, err
}

func (a *app) checkLive(ctx context.Context, name string, s *session) (checked, error) {
	c, err := s.Checkpoint(ctx)
	if err != nil {
		return checked{}, err
	}
	r, err := a.checkStopped(ctx, name, c.Directory)
	r.Live = true
	return r, errors.Join(err, os.RemoveAll(c.Directory))
}

// checkStopped checks a store that nobody has open.
func (a *app) checkStopped(ctx context.Context, name, dir string) (r checked, err error) {
	s, err := store.Open(dir, store.Options{ReadOnly: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return checked{}, code.BadFile.New("open the ledger of %s: %v", name, err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	progress, done := a.checkProgress(name)
	defer done()
	report, err := audit.Check(ctx, s, s.Network(), s.Head(), progress)
	return checked{Node: name, Report: report}, err
}

// checkProgress shows how many records were read, on a terminal.
func (a *app) checkProgress(name string) (audit.Progress, func()) {
	file, ok := a.Err.(*os.File)
	if a.quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.Err), progressbar.OptionShowCount(),
		progressbar.OptionSetItsString("records"), progressbar.OptionClearOnFinish())
	return func(stage string, records int) {
			bar.Describe(name + ": " + stage)
			_ = bar.Set(records) // a bar that cannot be drawn stops nothing
		}, func() {
			_ = bar.Finish() // as above
		}
}

func writeChecked(w io.Writer, reports []checked) {
	t := columns("node", ">height", ">records", ">members", ">certificates", ">active", ">holdings", ">active face",
		">financings", ">disbursed", ">settlements", ">advices", ">runs", ">legs", ">overdue", "app hash", "result")
	for _, r := range reports {
		result := "clean"
		if !r.Clean() {
			result = strconv.Itoa(len(r.Findings)+r.More) + " findings"
		}
		t.add(r.Node, strconv.FormatInt(r.Height, 10), strconv.Itoa(r.Records), strconv.Itoa(r.Members), strconv.Itoa(r.Certificates),
			strconv.Itoa(r.Active), strconv.Itoa(r.Holdings), yuan(r.Face), strconv.Itoa(r.Financings), yuan(r.Disbursed),
			strconv.Itoa(r.Settlements), strconv.Itoa(r.Advices), strconv.Itoa(r.Runs), strconv.Itoa(r.Legs), yuan(r.Overdue), r.AppHash[:12]+"…", result)
	}
	t.write(w, "nothing to check")
	for _, r := range reports {
		for _, f := range r.Findings {
			fmt.Fprintf(w, "%s: %s: %s: %s\n", r.Node, f.Invariant, f.Subject, strings.TrimSpace(f.Detail))
		}
	}
}
