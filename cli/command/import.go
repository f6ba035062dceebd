package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/cli/importer"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/sheet"
)

// importFlags are the flags of scf import.
type importFlags struct {
	app *app

	devnet   string
	columns  string
	unit     string
	days     int
	dryRun   bool
	refused  string
	state    string
	inFlight int
}

func (a *app) importCommand() *cobra.Command {
	f := &importFlags{app: a}
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Issue certificates for a file of payables",
		Long: `Reads a CSV file, a gzipped CSV file or the first sheet of an XLSX file, in UTF-8,
checks every row, and issues a certificate for each.

The file is one of the payables of a debtor, whose maker signs (--as): reference,
creditor, amount, maturity or days, contract, the invoices that cover it, and a
credit line if it has one. Write an empty one with scf import template. Rows that
the member's policy gives to a checker are proposed: see scf approval list.

With --devnet the file is one of debts between many firms (debtor, creditor,
amount). The firms, their keys, contracts, invoices, verifications and credit
lines are made for the development network; all is signed by the party whose
step it is and goes through its bank's node. No rule is skipped.

An import that was stopped goes on when the same command is given again. What is
on the ledger already is not sent again: an import of the same file a second time
sends nothing. Rows that are refused are written to a file with the code and the
reason; correct it and import that file.

The exit code is 1 when a row is refused.`,
		Example: `  scf import template payables.xlsx
  scf import payables.xlsx --as core/maker --dry-run
  scf import payables.xlsx --as core/maker
  scf import obligations.csv.gz --devnet data/quickstart --amount-unit fen --days 90
  scf import debts.xlsx --devnet data/quickstart --map debtor=付款方,creditor=收款方,amount=金额
  scf import debts.csv --devnet data/quickstart --dry-run`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(ctx context.Context, args []string) error { return f.run(ctx, args[0]) }),
	}
	flags := c.Flags()
	flags.StringVar(&f.devnet, "devnet", "", "directory of a running devnet whose firms may be made up")
	flags.StringVar(&f.columns, "map", "", "headings of the file: field=heading,field=heading")
	flags.StringVar(&f.unit, "amount-unit", "yuan", "what amounts count: yuan or fen")
	flags.IntVar(&f.days, "days", 90, "days from issue to maturity, where the file names no date")
	flags.BoolVar(&f.dryRun, "dry-run", false, "check the rows and send nothing")
	flags.StringVar(&f.refused, "refused", "", "where to write refused rows (default: FILE.refused.csv in the present directory)")
	flags.StringVar(&f.state, "state", "", "directory of the journals of unfinished imports (default: in the devnet)")
	flags.IntVar(&f.inFlight, "in-flight", 256, "transactions that wait for their outcome at a time")
	c.AddCommand(a.importTemplateCommand(), a.importFinancingsCommand(), a.importClearingCommand())
	return c
}

func (a *app) importTemplateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "template FILE",
		Short: "Write an empty file of payables to fill in",
		Long: `Writes a new file with the headings of a file of payables: XLSX when its name
ends so, CSV otherwise. A file that is there is not replaced.`,
		Example: `  scf import template payables.xlsx
  scf import template payables.csv`,
		Args: cobra.ExactArgs(1),
		RunE: a.do(func(_ context.Context, args []string) (err error) {
			file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return fmt.Errorf("write the template: %w", err)
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			return importer.WriteTemplate(file, strings.EqualFold(filepath.Ext(args[0]), ".xlsx"))
		}),
	}
}

func (f *importFlags) run(ctx context.Context, path string) error {
	columns, err := sheet.ParseColumns(f.columns)
	if err != nil {
		return err
	}
	unit, err := sheet.ParseUnit(f.unit)
	if err != nil {
		return err
	}
	if f.devnet == "" {
		return f.payables(ctx, path, columns, unit)
	}
	o, err := importer.ReadObligations(path, columns, unit, sheet.DefaultLimits())
	if err != nil {
		return err
	}
	if f.dryRun {
		return f.checked(path, dryRun{Rows: o.Rows, Firms: o.Firms(), Total: o.Total, Refused: o.Refused})
	}
	net, err := f.network()
	if err != nil {
		return err
	}
	if f.state == "" {
		f.state = filepath.Join(f.devnet, "imports")
	}
	bar := f.bars()
	summary, err := importer.ImportObligations(ctx, net, o, importer.Options{
		Days: f.days, State: f.state, InFlight: f.inFlight, Progress: bar,
	})
	bar.end()
	if err != nil {
		return err
	}
	return f.finish(path, summary)
}

func (f *importFlags) bars() *bars {
	return &bars{out: f.app.Err, quiet: f.app.quiet || !isTerminal(f.app.Err)}
}

// payables issues the payables of the signer's own member.
func (f *importFlags) payables(ctx context.Context, path string, columns sheet.Columns, unit sheet.Unit) error {
	s, err := f.app.open(ctx)
	if err != nil {
		return err
	}
	registered, err := s.Credential(ctx, record.Digest(s.signer.Public().ID()))
	if err != nil {
		return err
	}
	p, err := importer.ReadPayables(path, registered.Member, columns, unit, f.days, sheet.DefaultLimits())
	if err != nil {
		return err
	}
	if f.state == "" {
		f.state = filepath.Join(filepath.Dir(path), ".scf-imports")
	}
	bar := f.bars()
	options := importer.Options{Days: f.days, State: f.state, InFlight: f.inFlight, Progress: bar}
	who := importer.Treasury{
		Network: s.Network(), Debtor: registered.Member, Maker: f.app.as, Node: importer.Node{Client: s.Client},
		Keys: func(string) (client.Signer, error) { return s.signer, nil },
	}
	if f.dryRun {
		err := importer.CheckPayables(ctx, who, p, options)
		bar.end()
		if err != nil {
			return err
		}
		return f.checked(path, dryRun{Rows: p.Rows, Total: p.Total, Refused: p.Refused})
	}
	summary, err := importer.ImportPayables(ctx, who, p, options)
	bar.end()
	if err != nil {
		return err
	}
	if f.app.json {
		if err := f.print(summary); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(f.app.Out, "%d rows of %s, ¥%s\n", summary.Rows, filepath.Base(path), summary.Total.Human())
		fmt.Fprintf(f.app.Out, "%d certificates issued, ¥%s; %d wait for a checker; %d rows refused\n",
			summary.Issued, summary.IssuedTotal.Human(), summary.Proposed, len(summary.Refused))
		for _, id := range summary.Proposals {
			fmt.Fprintf(f.app.Out, "  proposal %s: scf approval show %s\n", id, id)
		}
		f.list(summary.Refused)
	}
	return f.refusedRows(path, summary.Refused)
}

// network opens the devnet for the importer, each bank by its own node.
func (f *importFlags) network() (*importer.Network, error) {
	d, err := devnet.Open(f.devnet)
	if err != nil {
		return nil, err
	}
	return importNetwork(d)
}

// play has an import play everybody's part on a devnet, shows what it came to, and judges
// it.
func play[W, S any](
	ctx context.Context, f *importFlags, do func(context.Context, *importer.Network, W, importer.Options) (*S, error), want W,
	show func(io.Writer, *S), judge func(*S) error,
) error {
	net, err := f.network()
	if err != nil {
		return err
	}
	if f.state == "" {
		f.state = filepath.Join(f.devnet, "imports")
	}
	bar := f.bars()
	s, err := do(ctx, net, want, importer.Options{State: f.state, InFlight: f.inFlight, Progress: bar})
	bar.end()
	if err != nil {
		return err
	}
	if !f.app.json {
		show(f.app.Out, s)
	} else if err := f.print(s); err != nil {
		return err
	}
	return judge(s)
}

// importNetwork is a running devnet as importers use it: each bank's maker reads at the
// bank's own node, and the operator sees everything at the first one.
func importNetwork(d *devnet.Devnet) (*importer.Network, error) {
	net := &importer.Network{
		Name: d.Genesis.Network, Began: d.Genesis.Time, Keyring: d.Keyring,
		Algorithm: credential.ES256, Life: devnet.CredentialLife,
		Code: func(alias string) (string, error) { return devnet.CodeFor(d.Genesis.Network, alias) },
		Encryption: func(alias string) (envelope.PublicKey, error) {
			key, err := d.Encryption(alias)
			return key.Public(), err
		},
		Remember: func(firms []importer.Firm, keys []keystore.NamedKey) error {
			return remember(d, firms, keys)
		},
	}
	at := func(bank devnet.Member, reader string) (importer.Node, error) {
		key, err := d.Keyring.Get(reader)
		if err != nil {
			return importer.Node{}, err
		}
		c, err := client.New("http://"+bank.API, d.Genesis.Network, key)
		return importer.Node{Client: c}, err
	}
	for _, bank := range d.Banks() {
		node, err := at(bank, bank.Alias+"/maker")
		if err != nil {
			return nil, err
		}
		net.Banks = append(net.Banks, importer.Bank{Alias: bank.Alias, ID: bank.ID, Node: node})
	}
	reader, err := at(d.Banks()[0], defaultReader)
	net.Reader = reader
	return net, err
}

// remember keeps the firms that the devnet does not know yet, with their keys.
func remember(d *devnet.Devnet, firms []importer.Firm, keys []keystore.NamedKey) error {
	known := map[string]bool{}
	for _, m := range d.Members() {
		known[m.Alias] = true
	}
	var members []devnet.Member
	for _, firm := range firms {
		if !known[firm.Alias] {
			members = append(members, devnet.Member{Alias: firm.Alias, ID: firm.ID, Name: firm.Name, Class: firm.Class})
		}
	}
	return d.AddMembers(members, keys)
}

// dryRun is what a check of a file found.
type dryRun struct {
	Rows    int                `json:"rows"`
	Firms   int                `json:"firms,omitempty"`
	Total   money.Fen          `json:"total"` // of the rows that are not refused by their form
	Refused []importer.Refusal `json:"refused"`
}

// checked reports the rows that would be refused.
func (f *importFlags) checked(path string, found dryRun) error {
	if f.app.json {
		if err := f.print(found); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(f.app.Out, "%d rows, ¥%s; %d refused\n", found.Rows, found.Total.Human(), len(found.Refused))
		f.list(found.Refused)
	}
	return f.refusedRows(path, found.Refused)
}

// finish shows the summary.
func (f *importFlags) finish(path string, s *importer.Summary) error {
	if f.app.json {
		if err := f.print(s); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(f.app.Out, "%d rows of %s, ¥%s\n", s.Rows, filepath.Base(s.File), s.Total.Human())
		fmt.Fprintf(f.app.Out, "%d certificates in force, ¥%s; %d rows refused\n", s.Active, s.ActiveTotal.Human(), len(s.Refused))
		f.spent(s.Stages, s.Transactions, s.Elapsed, s.Memory)
		f.list(s.Refused)
	}
	return f.refusedRows(path, s.Refused)
}

// spent shows what an import took, stage by stage.
func (f *importFlags) spent(stages []importer.StageTime, transactions int, elapsed time.Duration, memory uint64) {
	for _, stage := range stages {
		seconds := stage.Elapsed.Seconds()
		fmt.Fprintf(f.app.Out, "  %-12s %7d in %6.1f s, %8.0f/s, %6d transactions\n",
			stage.Stage, stage.Items, seconds, float64(stage.Items)/seconds, stage.Transactions)
	}
	fmt.Fprintf(f.app.Out, "%d transactions in %s, %d MB of memory\n",
		transactions, elapsed.Round(100*time.Millisecond), memory>>20)
}

// shown is how many refused rows are listed; all are in the file.
const shown = 20

func (f *importFlags) list(refused []importer.Refusal) {
	for _, r := range refused[:min(shown, len(refused))] {
		fmt.Fprintf(f.app.Out, "  line %d: %s: %s\n", r.Line, r.Code, r.Reason)
	}
	if len(refused) > shown {
		fmt.Fprintf(f.app.Out, "  and %d more\n", len(refused)-shown)
	}
}

func (f *importFlags) print(v any) error {
	e := json.NewEncoder(f.app.Out)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// refusedRows writes the refused rows to a file and ends with the first refusal.
func (f *importFlags) refusedRows(path string, refused []importer.Refusal) error {
	if len(refused) == 0 {
		return nil
	}
	to := f.refused
	if to == "" {
		to = filepath.Base(path) + ".refused.csv"
	}
	if err := importer.WriteRefused(to, path, sheet.DefaultLimits(), refused); err != nil {
		return err
	}
	first := refused[0]
	e := first.Code.New("%d rows are refused and in %s; the first is line %d: %s", len(refused), to, first.Line, first.Reason)
	return e.Under(first.Rule)
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// bars shows the stages of an import one after another.
type bars struct {
	out   io.Writer
	quiet bool

	mu  sync.Mutex
	now *progressbar.ProgressBar
}

// Stage begins the bar of a stage.
func (b *bars) Stage(name string, total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.quiet {
		return
	}
	b.finish()
	b.now = progressbar.NewOptions(total,
		progressbar.OptionSetDescription(fmt.Sprintf("%-12s", name)),
		progressbar.OptionSetWriter(b.out),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionSetWidth(24),
	)
}

// Add moves the bar of the stage.
func (b *bars) Add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now != nil {
		_ = b.now.Add(n) // a terminal that is gone does not stop an import
	}
}

func (b *bars) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finish()
}

func (b *bars) finish() {
	if b.now != nil {
		_ = b.now.Exit() // as in Add
		fmt.Fprintln(b.out)
		b.now = nil
	}
}
