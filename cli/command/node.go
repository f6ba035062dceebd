package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/network/genesis"
	"github.com/tierledger/tierledger/node"
)

// sampleConfig is the node.yaml that scf node init writes: the defaults, with
// what they mean.
const sampleConfig = `# Where the node's REST API listens, host:port. To serve others than this machine give
# it TLS below, or keep it on loopback and put a proxy that terminates TLS before it.
api: 127.0.0.1:26680

# Where other nodes connect, IPv4:port: UDP for libp2p, TCP for tcp.
peer: 127.0.0.1:26656

# Nodes to connect to besides the validators registered on the ledger,
# "peer-id@ip:port".
peers: []

# libp2p or tcp, the same on all nodes of a network.
transport: libp2p

# File with the banks' shared keys for invoice fingerprints, one a line: the epoch,
# a space, 64 hexadecimal digits. It must be readable by the node's user only. It is
# read when the node starts. Keys of earlier epochs stay in it: an invoice is
# fingerprinted under all, or not at all. Without the file the node makes no
# fingerprints.
fingerprintKey: ""

# How many fingerprints a member may ask for in a day.
fingerprintQuota: 10000

# With files here the API serves TLS by itself: a certificate, with those of its issuers
# after it, and its key, both PEM. They are read again when they change. Clients may then
# log in by a certificate of a registered key, whoever issued it.
tls:
  cert: ""
  key: ""

# How many requests are answered in a second, and at once after a pause; a rate of 0 is
# no limit. Of requests without a login, and of those whose login fails, it is for each
# source address, of others for each member. proxies are the addresses of proxies before
# the node, as in 10.0.0.5/32: they are believed for whom they ask (X-Forwarded-For).
limits:
  openPerSecond: 50
  openBurst: 200
  memberPerSecond: 200
  memberBurst: 1000
  proxies: []

# Webhooks go over https to public addresses only; allowPrivate is for development. How
# e-mail (smtp) and other messages (adapters) leave the node: docs/notifications.md.
notify:
  allowPrivate: false

# How many heights of the state tree are kept for proofs.
keepVersions: 100

# Where people reach the node's API and console, http or https without a path: links
# and codes on paper begin with it. Empty means http:// and the API's address.
publicURL: ""

# How many megabytes of files a member may keep at this node. Files are part of the
# evidence for what was signed and are not removed.
attachmentQuota: 1024
`

func (a *app) nodeCommand() *cobra.Command {
	return group("node", "One bank's node", a.nodeInit(), a.nodeRun())
}

// initialised is what scf node init prints: it goes into the consortium file, or
// into a motion to admit the validator.
type initialised struct {
	Home string `json:"home"`
	node.Identity
}

func (a *app) nodeInit() *cobra.Command {
	var from string
	return a.command(spec{
		use: "init DIR", short: "Make a node's home: its keys and its configuration",
		long: `Makes the node's peer key and validator key in DIR, if they are not there, and a
commented node.yaml. What it prints goes into the consortium file. With
--genesis the network's genesis is checked and put in place.`,
		example: "  scf node init /var/lib/tierledger\n  scf node init /var/lib/tierledger --genesis genesis.json",
		args:    cobra.ExactArgs(1),
		flags:   func(f *pflag.FlagSet) { f.StringVar(&from, "genesis", "", "genesis file of the network") },
		run: func(_ context.Context, args []string) error {
			home := args[0]
			if err := os.MkdirAll(home, 0o700); err != nil {
				return fmt.Errorf("make the node's home: %w", err)
			}
			identity, err := node.Prepare(home)
			if err != nil {
				return err
			}
			config := filepath.Join(home, node.ConfigFile)
			_, err = os.Stat(config)
			if errors.Is(err, fs.ErrNotExist) {
				err = writeNew(config, []byte(sampleConfig))
			}
			if err != nil {
				return fmt.Errorf("write the node's configuration: %w", err)
			}
			if from != "" {
				g, err := genesis.Load(from)
				if err != nil {
					return code.BadFile.New("%v", err)
				}
				if err := g.Save(filepath.Join(home, node.GenesisFile)); err != nil {
					return err
				}
			}
			return a.print(initialised{home, identity}, func(w io.Writer) {
				fmt.Fprintf(w, "the node's home is %s; its part of the consortium file:\n", home)
				fmt.Fprintf(w, "  - bank: YOUR-SOCIAL-CREDIT-CODE\n    consensus: %s\n    peer: %s\n    address: YOUR-IP:26656\n",
					base64Text(identity.Consensus), identity.Peer)
			})
		},
	})
}

func (a *app) nodeRun() *cobra.Command {
	var level string
	return a.command(spec{
		use: "run DIR", short: "Run the node in a home until SIGINT or SIGTERM",
		long:    "Runs one node. Logs go to standard error. The exit code is 5 when the node can not\ngo on: a storage fault stops it loudly.",
		example: "  scf node run data/quickstart/bank1\n  scf node run /var/lib/tierledger --log info",
		args:    cobra.ExactArgs(1),
		flags:   func(f *pflag.FlagSet) { f.StringVar(&level, "log", "warn", "debug, info, warn or error") },
		run: func(ctx context.Context, args []string) (err error) {
			var l slog.Level
			if err := l.UnmarshalText([]byte(level)); err != nil {
				return code.BadConfig.New("--log is debug, info, warn or error, not %.20q", level)
			}
			if !fileExists(filepath.Join(args[0], node.GenesisFile)) {
				return code.BadConfig.New("%s holds no %s; see scf node init --help", args[0], node.GenesisFile)
			}
			logger := slog.New(slog.NewTextHandler(a.Err, &slog.HandlerOptions{Level: l}))
			n, err := node.Open(ctx, args[0], logger)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, n.Stop()) }()
			if err := n.Start(); err != nil {
				return err
			}
			a.note("node of %s: http://%s", n.Genesis().Network, n.API())
			select {
			case err := <-n.Failed():
				return fmt.Errorf("the node stopped: %w", err)
			case <-ctx.Done():
				a.note("stopping")
				return nil
			}
		},
	})
}
