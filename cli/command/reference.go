package command

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// referenceCommand prints the reference of all commands; docs/cli.md is its output.
func (a *app) referenceCommand(root *cobra.Command) *cobra.Command {
	c := a.command(spec{
		use: "reference", short: "Print the reference of all commands, in Markdown",
		run: func(context.Context, []string) error {
			writeReference(a.Out, root)
			return nil
		},
	})
	c.Hidden = true
	return c
}

func writeReference(w io.Writer, root *cobra.Command) {
	fmt.Fprintf(w, "# Commands of scf\n\n"+
		"Made from the commands themselves by `go run ./cli/scf reference > docs/cli.md`; a test compares.\n\n"+
		"%s\n\n## Flags of every command\n\n", root.Long)
	writeFlags(w, root.PersistentFlags())
	for _, c := range root.Commands() {
		writeCommand(w, c)
	}
}

func writeCommand(w io.Writer, c *cobra.Command) {
	if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
		return
	}
	if c.HasSubCommands() {
		fmt.Fprintf(w, "\n## %s\n\n%s.\n", c.CommandPath(), c.Short)
		for _, sub := range c.Commands() {
			writeCommand(w, sub)
		}
		return
	}
	level := "##"
	if c.Parent() != c.Root() {
		level = "###"
	}
	fmt.Fprintf(w, "\n%s %s\n\n%s.\n\n", level, c.CommandPath(), c.Short)
	if c.Long != "" {
		fmt.Fprintf(w, "%s\n\n", c.Long)
	}
	_, arguments, _ := strings.Cut(c.Use, " ")
	usage := strings.TrimSpace(c.CommandPath() + " " + arguments)
	fmt.Fprintf(w, "```\n%s\n```\n", usage)
	if c.HasLocalFlags() {
		fmt.Fprintln(w)
		writeFlags(w, c.LocalNonPersistentFlags())
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\n```\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n"))
	}
}

func writeFlags(w io.Writer, flags *pflag.FlagSet) {
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		kind, usage := pflag.UnquoteUsage(f)
		name := "--" + f.Name
		if kind != "" {
			name += " " + kind
		}
		switch f.DefValue {
		case "", "false", "0", "[]":
		default:
			usage += fmt.Sprintf(" (default %s)", f.DefValue)
		}
		fmt.Fprintf(w, "- `%s` %s\n", name, usage)
	})
}
