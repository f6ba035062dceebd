package command

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/network/devnet"
)

// pictureColumns is how wide a certificate's bar is drawn.
const pictureColumns = 76

func (a *app) quickstartCommand() *cobra.Command {
	var q quickstart
	c := &cobra.Command{
		Use:   "quickstart",
		Short: "Run four banks and one certificate's whole life",
		Long: `Runs four bank validators in this process, each with its own data directory, on
loopback. The first time a core enterprise and suppliers of three tiers are
enrolled; a certificate is issued, accepted, split and transferred down the
tiers; two suppliers turn a part of it into cash, one by the better of two
sealed quotes, one at a rate that a bank has posted. Then the clock of this
development network goes to the payment date: the core enterprise's bank confirms
the funds, simulated banks pay whoever holds each part, and their statements are
compared with the ledger. Every step is signed by the party whose step it is. In
the end the certificate's tree is drawn, the quotes are compared, and the four
nodes' app hashes are too. A second certificate is there to try things with.

The network stays up until Ctrl-C. The next start goes on from the same data.`,
		Example: `  scf quickstart
  scf quickstart --exit
  scf quickstart --dir /tmp/trial --banks 7`,
		Args: cobra.NoArgs,
		RunE: a.do(func(ctx context.Context, _ []string) error {
			q.app, q.start = a, time.Now()
			if q.dir == "" {
				q.dir = a.home
			}
			return q.run(ctx)
		}),
	}
	c.Flags().BoolVar(&q.exit, "exit", false, "leave when the tree is drawn")
	c.Flags().StringVar(&q.dir, "dir", "", "directory of the devnet (default: --home)")
	c.Flags().IntVar(&q.banks, "banks", 4, "validators of a new devnet, 4 to 7")
	return c
}

// quickstart is one run of the command.
type quickstart struct {
	app   *app
	start time.Time
	exit  bool
	dir   string
	banks int

	devnet *devnet.Devnet
}

// say prints a line of progress with the time since the start.
func (q *quickstart) say(format string, args ...any) {
	if !q.app.quiet {
		fmt.Fprintf(q.app.Err, "[%5.1fs] %s\n", time.Since(q.start).Seconds(), fmt.Sprintf(format, args...))
	}
}

func (q *quickstart) run(ctx context.Context) (err error) {
	q.devnet, err = q.open()
	if err != nil {
		return err
	}
	if err := notRunning(ctx, q.devnet); err != nil {
		return err
	}
	q.say("starting %d banks", len(q.devnet.Banks()))
	if err := q.devnet.Start(ctx, nil); err != nil {
		return err
	}
	defer func() {
		if stopped := q.devnet.Stop(); err == nil {
			err = stopped
		}
	}()
	q.say("all %d commit blocks", len(q.devnet.Banks()))
	told, number, err := q.tell(ctx)
	if err != nil {
		return err
	}
	if err := q.show(ctx, told, number); err != nil {
		return err
	}
	if q.exit {
		return nil
	}
	if err := q.explain(ctx, told.another); err != nil {
		return err
	}
	return q.app.stay(ctx, q.devnet)
}

// open opens the devnet in the directory, or makes one.
func (q *quickstart) open() (*devnet.Devnet, error) {
	if devnet.Exists(q.dir) {
		q.say("opening the network in %s", q.dir)
		return devnet.Open(q.dir)
	}
	if q.banks < 4 {
		return nil, code.BadConfig.New("%d banks are too few: the story needs 4", q.banks)
	}
	q.say("making a network of %d banks in %s: keys, genesis, a home for each", q.banks, q.dir)
	return devnet.Create(q.dir, devnet.Options{Banks: q.banks, Now: time.Now()})
}

// tell tells the story, or what is left of it, and returns it with its certificate.
func (q *quickstart) tell(ctx context.Context) (*story, string, error) {
	written, err := openJournal(q.dir)
	if err != nil {
		return nil, "", err
	}
	open := q.sessions()
	bank, err := open.get("bank1/maker")
	if err != nil {
		return nil, "", err
	}
	status, err := bank.Status(ctx)
	if err != nil {
		return nil, "", err
	}
	s := &story{
		app: q.app, devnet: q.devnet, dir: q.dir, journal: written, say: q.say, open: open.get, forget: open.forget,
		began: q.devnet.Genesis.Time.Date(), today: status.LedgerTime.Date(), members: map[string]actor{},
		replies: replyKeys{filepath.Join(q.dir, repliesDir)},
	}
	if written.told() {
		q.say("this network's story was told before: going on from its data at height %d", status.Height)
		s.say = func(string, ...any) {}
	}
	number, err := s.run(ctx)
	return s, number, err
}

// sessions opens a session a person, each at its own bank's node.
func (q *quickstart) sessions() *sessions {
	open := &sessions{app: q.app, devnet: q.devnet, bankOf: map[string]string{}}
	for _, c := range cast() {
		open.bankOf[c.Alias] = c.bank
	}
	return open
}

// show compares the quotes, draws the certificate's tree and the way of one fen, and
// compares the app hashes.
func (q *quickstart) show(ctx context.Context, told *story, number string) error {
	if err := q.devnet.CatchUp(ctx); err != nil {
		return err
	}
	reader, err := q.sessions().get("operator/maker")
	if err != nil {
		return err
	}
	tree, err := reader.Tree(ctx, number)
	if err != nil {
		return err
	}
	if err := q.app.showTree(tree); err != nil {
		return err
	}
	q.app.showLineage(tree, deepest(tree))
	if err := told.showFinancings(ctx, q.app.Out); err != nil {
		return err
	}
	if err := told.showClearing(ctx, q.app.Out); err != nil {
		return err
	}
	return q.app.compareHeads(q.devnet)
}

// explain says how to talk to the network: in the console, and with commands.
func (q *quickstart) explain(ctx context.Context, number string) error {
	dir, err := writeLogins(ctx, q.devnet)
	if err != nil || q.app.quiet {
		return err
	}
	fmt.Fprintf(q.app.Out, "\nThe network is up. The console is at\n\n  http://%s/\n\n", q.devnet.Banks()[0].API)
	fmt.Fprintf(q.app.Out, "Log in with key files from %s; their passphrase is %q:\n", dir, loginPassphrase)
	for _, l := range logins() {
		fmt.Fprintf(q.app.Out, "  %-22s %s, %s: %s\n", l.file(), q.nameOf(l.alias), l.person, l.purpose)
	}
	fmt.Fprintln(q.app.Out, "\nEvery bank's node has the console; what a bank alone knows, its policy and its desk, is at its own:")
	for _, bank := range q.devnet.Banks() {
		fmt.Fprintf(q.app.Out, "  http://%s  %s\n", bank.API, bank.Name)
	}
	home := ""
	if q.dir != defaultHome {
		home = " --home " + filepath.Clean(q.dir)
	}
	fmt.Fprintf(q.app.Out, `
In another terminal:
  scf%[1]s certificate tree %[2]s
  scf%[1]s holding list --as supplier1/maker
  scf%[1]s certificate split %[2]s --take 50,000.00 --as supplier1/maker
  scf%[1]s finance request %[2]s --amount 60,000.00 --as supplier1/maker
  scf%[1]s clearing run list --as operator/maker
  scf%[1]s network status
scf --help lists everything. Ctrl-C stops the network; the next start goes on from %[3]s.
`, home, number, q.dir)
	return nil
}

// nameOf is the name of a member of the devnet.
func (q *quickstart) nameOf(alias string) string {
	m, _ := q.devnet.Member(alias)
	return m.Name
}
