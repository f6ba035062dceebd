package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/network/devnet"
)

// Streams are what a command talks to.
type Streams struct {
	In  io.Reader
	Out io.Writer // records and pictures
	Err io.Writer // progress and refusals
	// Getenv reads the environment: SCF_HOME, SCF_NODE, SCF_AS and so on stand for
	// the flags of these names; LANG is the language's default.
	Getenv func(string) string
}

// Standard are the streams of the process.
func Standard() Streams {
	return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}
}

// defaultHome is where the devnet of a first try lies; git does not see it.
const defaultHome = "data/quickstart"

// app is one run of the command line.
type app struct {
	Streams

	home       string // directory of a devnet
	node       string // URL of a node's API
	as         string // name of a key in the devnet's keyring, or a sealed key file
	passphrase string // file with the passphrase of the key file
	language   string // en or zh
	timeout    time.Duration
	json       bool
	quiet      bool
	propose    bool // of the command that runs, if it has the flag

	devnet  *devnet.Devnet // of home, once it was opened
	running bool           // a command's own code was reached: what fails now is no wrong usage
}

// Main runs one command line and returns the exit code of the process. SIGINT and
// SIGTERM end the command in order; a second one kills the process.
func Main(args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal has its default effect
	return Run(ctx, args, streams)
}

// Run is Main without the signals: the command ends when ctx does.
func Run(ctx context.Context, args []string, streams Streams) int {
	a := &app{Streams: streams}
	root := a.root()
	root.SetArgs(args)
	called, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	return a.fail(ctx, called, err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "scf",
		Short: "Digital debt certificates that every holder can prove",
		Long: `scf works with a Tierledger network: the banks' nodes, the enterprises and
their certificates.

A first look, with four banks in one process:
  scf quickstart

Who signs is said with --as: the name of a key in a devnet's keyring, such as
core/maker, or a sealed key file. Flags can also be given in the environment,
as SCF_HOME, SCF_NODE, SCF_AS, SCF_PASSPHRASE_FILE, SCF_LANG and SCF_TIMEOUT.

` + exitCodes,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(a.In)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	root.CompletionOptions.HiddenDefaultCmd = false
	a.flags(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return a.environment(cmd) }
	if err := root.RegisterFlagCompletionFunc("as", words(a.completeKeys)); err != nil {
		panic("complete --as: " + err.Error())
	}
	root.AddCommand(
		a.quickstartCommand(),
		a.networkCommand(),
		a.nodeCommand(),
		a.keyCommand(),
		a.memberCommand(),
		a.inviteCommand(),
		a.enrolmentCommand(),
		a.recoveryCommand(),
		a.attachCommand(),
		a.creditCommand(),
		a.evidenceCommand(),
		a.certificateCommand(),
		a.holdingCommand(),
		a.financeCommand(),
		a.bankCommand(),
		a.policyCommand(),
		a.settlementCommand(),
		a.clearingCommand(),
		a.ladderCommand(),
		a.reportCommand(),
		a.statementCommand(),
		a.accountingCommand(),
		a.verifyCommand(),
		a.alertCommand(),
		a.eventsCommand(),
		a.webhookCommand(),
		a.contactCommand(),
		a.messagesCommand(),
		a.approvalCommand(),
		a.rulesCommand(),
		a.txCommand(),
		a.importCommand(),
		a.checkCommand(),
		a.benchCommand(),
		a.versionCommand(),
	)
	root.AddCommand(a.referenceCommand(root))
	return root
}

func (a *app) flags(f *pflag.FlagSet) {
	f.StringVar(&a.home, "home", defaultHome, "directory of the devnet")
	f.StringVar(&a.node, "node", "", "URL of a node's API (default: a bank of the devnet)")
	f.StringVar(&a.as, "as", "", "who signs: a key of the devnet such as core/maker, or a sealed key file")
	f.StringVar(&a.passphrase, "passphrase-file", "", "file with the passphrase of the key file (default: ask)")
	f.StringVar(&a.language, "lang", "", "language of refusals: en or zh (default: by LANG)")
	f.DurationVar(&a.timeout, "timeout", 30*time.Second, "how long to wait for a transaction's outcome")
	f.BoolVar(&a.json, "json", false, "print records as JSON")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print no progress")
}

// environment sets the flags that are not given from the environment.
func (a *app) environment(cmd *cobra.Command) error {
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "SCF_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := a.Getenv(name)
		if f.Changed || value == "" || cmd.Root().PersistentFlags().Lookup(f.Name) == nil {
			return
		}
		if err := cmd.Flags().Set(f.Name, value); err != nil && failed == nil {
			failed = fmt.Errorf("environment %s: %w", name, err)
		}
	})
	if failed != nil {
		return failed
	}
	switch a.language {
	case "":
		a.language = "en"
		if strings.HasPrefix(a.Getenv("LANG"), "zh") {
			a.language = "zh"
		}
	case "en", "zh":
	default:
		return fmt.Errorf("--lang is en or zh, not %q", a.language)
	}
	return nil
}

// do makes the function that cobra calls. From here on an error is a refusal or a
// fault, before it is wrong usage.
func (a *app) do(run func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.running = true
		return run(cmd.Context(), args)
	}
}

// group makes a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(commands...)
	return c
}

// versionFacts is what scf version prints.
type versionFacts struct {
	Version string `json:"version"`
	Go      string `json:"go"`
}

func (a *app) versionCommand() *cobra.Command {
	return a.command(spec{
		use: "version", short: "Show the program's version", example: "  scf version --json",
		run: func(context.Context, []string) error {
			v := versionFacts{"(devel)", runtime.Version()}
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				v.Version = info.Main.Version
			}
			return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "scf %s, %s\n", v.Version, v.Go) })
		},
	})
}
