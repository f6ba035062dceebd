package command

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/network/genesis"
	"github.com/tierledger/tierledger/node/client"
)

func (a *app) networkCommand() *cobra.Command {
	return group("network", "A network as a whole: make one, run a devnet, see its nodes", a.networkInit(), a.networkUp(), a.networkStatus(), a.networkAdvance(), a.networkPay())
}

// note prints a line of progress.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.Err, format+"\n", args...)
	}
}

func (a *app) networkInit() *cobra.Command {
	var o devnet.Options
	var consortium, out string
	return a.command(spec{
		use: "init", short: "Make a devnet, or the genesis of a real network from its consortium file",
		long: `Without --consortium a devnet is made in --home: banks with a node each on
loopback, an operator, an auditor, and all their keys.

With --consortium the file that the banks agreed on is read, checked as the
ledger would, and written as genesis.json. Every bank does that and compares the
hash; then each puts the file in its node's home.`,
		example: "  scf network init --home data/mine --banks 7\n  scf network init --consortium consortium.yaml --out genesis.json",
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&o.Network, "name", "", "name of the devnet (default: tierledger-devnet)")
			f.IntVar(&o.Banks, "banks", 4, "banks of the devnet, 1 to 7")
			f.IntVar(&o.BasePort, "base-port", 0, "first port of the devnet (default: free ports)")
			f.StringVar(&consortium, "consortium", "", "consortium file of a real network, YAML")
			f.StringVar(&out, "out", "genesis.json", "genesis file to write")
		},
		run: func(context.Context, []string) error {
			if consortium != "" {
				return a.buildGenesis(consortium, out)
			}
			o.Now = time.Now()
			d, err := devnet.Create(a.home, o)
			if err != nil {
				return code.BadConfig.New("%v", err)
			}
			return a.print(d.Members(), func(w io.Writer) {
				fmt.Fprintf(w, "made %s in %s\n", d.Genesis.Network, a.home)
				writeMembers(w, d)
				fmt.Fprintf(w, "\nrun it with: scf network up --home %s\n", a.home)
			})
		},
	})
}

func (a *app) buildGenesis(consortium, out string) error {
	c, err := genesis.ReadConsortium(consortium)
	if err != nil {
		return code.BadFile.New("%v", err)
	}
	g, err := genesis.Build(c)
	if err != nil {
		return code.BadFile.New("%v", err)
	}
	if err := g.Save(out); err != nil {
		return err
	}
	return a.print(g, func(w io.Writer) {
		fields(w, "network", g.Network, "genesis", out, "sha256", g.Hash().String(),
			"members", strconv.Itoa(len(g.State.Members)), "validators", strconv.Itoa(len(g.State.Validators)))
	})
}

func writeMembers(w io.Writer, d *devnet.Devnet) {
	t := columns("SHORT NAME", "MEMBER", "NAME", "NODE")
	for _, m := range d.Members() {
		url := ""
		if m.API != "" {
			url = "http://" + m.API
		}
		t.add(m.Alias, m.ID, m.Name, url)
	}
	t.write(w, "no members")
}

func (a *app) networkUp() *cobra.Command {
	return a.command(spec{
		use: "up", short: "Run all banks of the devnet in this process", example: "  scf network up --home data/mine",
		run: func(ctx context.Context, _ []string) (err error) {
			d, err := a.network()
			if err != nil {
				return err
			}
			if d == nil {
				return code.BadConfig.New("%s holds no devnet; make one with scf network init", a.home)
			}
			if err := notRunning(ctx, d); err != nil {
				return err
			}
			a.note("starting %d banks", len(d.Banks()))
			if err := d.Start(ctx, nil); err != nil {
				return err
			}
			defer func() {
				if stopped := d.Stop(); err == nil {
					err = stopped
				}
			}()
			writeMembers(a.Out, d)
			a.note("\nCtrl-C stops them")
			return a.stay(ctx, d)
		},
	})
}

// notRunning refuses to run a devnet a second time at once.
func notRunning(ctx context.Context, d *devnet.Devnet) error {
	bank := d.Banks()[0]
	if _, err := statusOf(ctx, "http://"+bank.API, 1); err != nil {
		return nil
	}
	return code.BadConfig.New("the network in %s is running already: %s answers at http://%s", d.Dir, bank.Alias, bank.API)
}

// nodeStatus is one node's line of scf network status.
type nodeStatus struct {
	URL string `json:"url"`
	client.Status
	Down string `json:"down,omitzero"` // why it does not answer
}

func (a *app) networkStatus() *cobra.Command {
	return a.command(spec{
		use: "status", short: "Show every node of the devnet, or the one of --node",
		long: `Compares the nodes' app hashes at the greatest height that all have. Ends with
exit code 4 when two of them differ, and with 3 when a node does not answer.`,
		example: "  scf network status\n  scf network status --node https://node.bank.example --json",
		run: func(ctx context.Context, _ []string) error {
			urls, err := a.urls()
			if err != nil {
				return err
			}
			list, err := statuses(ctx, urls)
			if err != nil {
				return err
			}
			if err := a.print(list, func(w io.Writer) { writeStatus(w, list) }); err != nil {
				return err
			}
			return judge(list)
		},
	})
}

// statuses asks every node for its status, and then for its app hash at the
// greatest height that all have.
func statuses(ctx context.Context, urls []string) ([]nodeStatus, error) {
	list := make([]nodeStatus, len(urls))
	err := each(ctx, urls, func(ctx context.Context, i int, url string) error {
		list[i].URL = url
		s, err := statusOf(ctx, url, 2)
		if err != nil {
			list[i].Down = err.Error()
			return nil
		}
		list[i].Status = *s
		return nil
	})
	if err != nil {
		return nil, err
	}
	height := commonHeight(list)
	if height == 0 {
		return list, nil
	}
	return list, each(ctx, urls, func(ctx context.Context, i int, url string) error {
		if list[i].Height == 0 {
			return nil
		}
		at, err := committedAt(ctx, url, list[i].Network, height)
		if err != nil && !code.NotFound.Is(err) { // too far ahead of the others to have it still
			list[i].Down = err.Error()
		}
		list[i].At = at
		return nil
	})
}

// commonHeight is the least height of the nodes that answer and have a block; 0
// when there is none.
func commonHeight(list []nodeStatus) int64 {
	var height int64
	for _, n := range list {
		if n.Height > 0 && (height == 0 || n.Height < height) {
			height = n.Height
		}
	}
	return height
}

// urls are the addresses of the nodes to look at.
func (a *app) urls() ([]string, error) {
	d, err := a.network()
	if err != nil {
		return nil, err
	}
	if a.node != "" {
		return []string{nodeURL(a.node, d)}, nil
	}
	if d == nil {
		return nil, code.BadConfig.New("name a node with --node, or a devnet's directory with --home (%s holds none)", a.home)
	}
	var urls []string
	for _, bank := range d.Banks() {
		urls = append(urls, "http://"+bank.API)
	}
	return urls, nil
}

func writeStatus(w io.Writer, list []nodeStatus) {
	heading := "APP HASH"
	if height := commonHeight(list); height > 0 {
		heading = fmt.Sprintf("APP HASH AT %d", height)
	}
	t := columns("NODE", ">HEIGHT", "LEDGER TIME", ">PEERS", heading)
	for _, n := range list {
		if n.Down != "" {
			t.add(n.URL, "", "does not answer")
			continue
		}
		catching, hash := "", "no longer known"
		if n.CatchingUp {
			catching = ", catching up"
		}
		if n.At != nil {
			hash = n.At.AppHash.String()
		}
		t.add(n.URL, strconv.FormatInt(n.Height, 10), n.LedgerTime.String()+catching, strconv.Itoa(n.Peers), hash)
	}
	t.write(w, "no nodes")
}

// judge compares the nodes' app hashes at the common height, and fails when a node
// does not answer.
func judge(list []nodeStatus) error {
	for i, n := range list {
		for _, m := range list[:i] {
			if n.At != nil && m.At != nil && *n.At != *m.At {
				return &disagreement{fmt.Sprintf("the app hashes of %s and %s differ at height %d", m.URL, n.URL, n.At.Height)}
			}
		}
	}
	for _, n := range list {
		if n.Down != "" {
			return code.Unreachable.New("%s", n.URL)
		}
	}
	return nil
}

// compareHeads prints every node's app hash at one height, and fails when they differ.
func (a *app) compareHeads(d *devnet.Devnet) error {
	nodes := d.Nodes()
	height := nodes[0].Store().Head().Height
	for _, n := range nodes {
		height = min(height, n.Store().Head().Height)
	}
	fmt.Fprintf(a.Out, "\napp hash at height %d\n", height)
	hashes := make([][32]byte, len(nodes))
	for i, bank := range d.Banks() {
		_, hash, found, err := nodes[i].Store().RootAt(height)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("%s does not have height %d any more", bank.Alias, height)
		}
		hashes[i] = hash
		fmt.Fprintf(a.Out, "  %s  %s  %x\n", pad(bank.Alias, 6), pad(bank.Name, 10), hash)
	}
	for i, bank := range d.Banks() {
		if hashes[i] != hashes[0] {
			return &disagreement{fmt.Sprintf("the app hashes of %s and bank1 differ at height %d", bank.Alias, height)}
		}
	}
	fmt.Fprintf(a.Out, "  all %d are equal\n", len(nodes))
	return nil
}

func (a *app) networkAdvance() *cobra.Command {
	var days int
	var by time.Duration
	var to dateFlag
	return a.command(spec{
		use: "advance", short: "Move the ledger's time of a devnet forward, to try out lapses and maturities",
		long: `Says how far with --days and --by together, or up to the beginning of a day with
--to. Time never goes back. On a network that is no devnet it is refused.`,
		example: "  scf network advance --days 30\n  scf network advance --to 2027-03-01 --as core/maker",
		flags: func(f *pflag.FlagSet) {
			f.IntVar(&days, "days", 0, "how many days of 24 hours")
			f.DurationVar(&by, "by", 0, "how long, such as 90m")
			f.Var(&to, "to", "day at whose beginning the time will be")
		},
		run: func(ctx context.Context, _ []string) error {
			const most = 731
			if days < 0 || days > most || by < 0 {
				return code.BadDate.New("time moves forward, by at most %d days", most)
			}
			ahead := time.Duration(days)*24*time.Hour + by
			if (ahead == 0) == to.IsZero() {
				return code.BadArgument.New("say how far, with --days and --by, or with --to")
			}
			s, err := a.read(ctx)
			if err != nil {
				return err
			}
			in := chaincode.AdvanceArgument{To: to.Start()}
			if to.IsZero() {
				now, err := s.Status(ctx)
				if err != nil {
					return err
				}
				in.To = now.LedgerTime.Add(ahead)
			}
			var done chaincode.AdvanceResult
			outcome, err := s.invoke(ctx, "devnet:Advance", in, &done)
			if err != nil {
				return err
			}
			return a.printActed("devnet:Advance", outcome, fmt.Sprintf("the time is %s", done.Now))
		},
	})
}

// stay waits for the end, or for a node that can not go on.
func (a *app) stay(ctx context.Context, d *devnet.Devnet) error {
	failed := make(chan error, len(d.Nodes()))
	for i, n := range d.Nodes() {
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
		a.note("stopping")
		return nil
	}
}
