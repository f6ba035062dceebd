package command

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/ledger/store"
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
tiers, every step signed by the party whose step it is. Then its tree is drawn
and the four nodes' app hashes are compared.

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
	number, err := q.tell(ctx)
	if err != nil {
		return err
	}
	if err := q.show(ctx, number); err != nil {
		return err
	}
	if q.exit {
		return nil
	}
	q.explain(number)
	return q.stay(ctx)
}

// open opens the devnet in the directory, or makes one.
func (q *quickstart) open() (*devnet.Devnet, error) {
	if devnet.Exists(q.dir) {
		q.say("opening the network in %s", q.dir)
		return devnet.Open(q.dir)
	}
	if q.banks < 4 {
		return nil, fmt.Errorf("%d banks are too few: the story needs 4", q.banks)
	}
	q.say("making a network of %d banks in %s: keys, genesis, a home for each", q.banks, q.dir)
	return devnet.Create(q.dir, devnet.Options{Banks: q.banks, Now: time.Now()})
}

// tell tells the story, or what is left of it, and returns the certificate.
func (q *quickstart) tell(ctx context.Context) (string, error) {
	written, err := openJournal(q.dir)
	if err != nil {
		return "", err
	}
	open := q.sessions()
	bank, err := open("bank1/maker")
	if err != nil {
		return "", err
	}
	status, err := bank.Status(ctx)
	if err != nil {
		return "", err
	}
	s := &story{
		app: q.app, devnet: q.devnet, journal: written, say: q.say, open: open,
		began: q.devnet.Genesis.Time.Date(), today: status.LedgerTime.Date(), members: map[string]actor{},
	}
	if written.told() {
		q.say("this network's story was told before: going on from its data at height %d", status.Height)
		s.say = func(string, ...any) {}
	}
	return s.run(ctx)
}

// sessions opens a session a person, each at its own bank's node.
func (q *quickstart) sessions() func(as string) (*session, error) {
	open := &sessions{app: q.app, devnet: q.devnet, bankOf: map[string]string{}}
	for _, c := range cast() {
		open.bankOf[c.Alias] = c.bank
	}
	return open.get
}

// show draws the certificate's tree, the way of one fen, and the app hashes.
func (q *quickstart) show(ctx context.Context, number string) error {
	reader, err := q.sessions()("operator/maker")
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
	return q.compare(ctx)
}

// compare prints every node's app hash at one height, and fails when they differ.
func (q *quickstart) compare(ctx context.Context) error {
	heads, err := q.sameHeight(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(q.app.Out, "\napp hash at height %d\n", heads[0].Height)
	for i, bank := range q.devnet.Banks() {
		fmt.Fprintf(q.app.Out, "  %s  %s  %x\n", pad(bank.Alias, 6), pad(bank.Name, 10), heads[i].AppHash)
	}
	for i, bank := range q.devnet.Banks() {
		if heads[i].AppHash != heads[0].AppHash {
			return &disagreement{fmt.Sprintf("the app hashes of %s and bank1 differ at height %d", bank.Alias, heads[0].Height)}
		}
	}
	fmt.Fprintf(q.app.Out, "  all %d are equal\n", len(heads))
	return nil
}

// sameHeight follows the nodes until all were seen at one height, and returns
// what each had committed there.
func (q *quickstart) sameHeight(ctx context.Context) ([]store.Head, error) {
	type seen struct {
		node int
		head store.Head
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	nodes := q.devnet.Nodes()
	heads := make(chan seen)
	for i, n := range nodes {
		go func() {
			for {
				s := seen{node: i, head: n.Store().Head()}
				select {
				case heads <- s:
				case <-ctx.Done():
					return
				}
				if s.err = n.Engine().WaitHeight(ctx, s.head.Height+1); s.err != nil {
					select {
					case heads <- s:
					case <-ctx.Done():
					}
					return
				}
			}
		}()
	}
	at := map[int64]map[int]store.Head{}
	for {
		s := <-heads
		if s.err != nil {
			return nil, fmt.Errorf("follow node %d: %w", s.node+1, s.err)
		}
		if at[s.head.Height] == nil {
			at[s.head.Height] = map[int]store.Head{}
		}
		at[s.head.Height][s.node] = s.head
		if len(at[s.head.Height]) == len(nodes) {
			list := make([]store.Head, len(nodes))
			for i, h := range at[s.head.Height] {
				list[i] = h
			}
			return list, nil
		}
	}
}

// explain says how to talk to the network.
func (q *quickstart) explain(number string) {
	if q.app.quiet {
		return
	}
	fmt.Fprintln(q.app.Out, "\nThe network is up. The banks' nodes answer at")
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
  scf%[1]s holding list --as supplier2/maker
  scf%[1]s certificate split %[2]s --take 50,000.00 --as supplier3/maker
  scf%[1]s network status
scf --help lists everything. Ctrl-C stops the network; the next start goes on from %[3]s.
`, home, number, q.dir)
}

// stay waits for the end, or for a node that can not go on.
func (q *quickstart) stay(ctx context.Context) error {
	failed := make(chan error, len(q.devnet.Nodes()))
	for i, n := range q.devnet.Nodes() {
		go func() {
			select {
			case err := <-n.Failed():
				failed <- fmt.Errorf("node %d stopped: %w", i+1, err)
			case <-ctx.Done():
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		q.say("stopping")
		return nil
	}
}
