package command

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tierledger/tierledger/chaincode"
	"github.com/tierledger/tierledger/network/devnet"
)

// spec describes a command that does something.
type spec struct {
	use     string // name and arguments
	short   string
	long    string
	example string
	args    cobra.PositionalArgs
	flags   func(*pflag.FlagSet)
	needs   []string // flags that must be given
	run     func(ctx context.Context, args []string) error

	complete func(prefix string) []string // of arguments
}

// command makes the command of a spec.
func (a *app) command(s spec) *cobra.Command {
	c := &cobra.Command{
		Use: s.use, Short: s.short, Long: s.long, Example: s.example, Args: s.args, RunE: a.do(s.run),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	if c.Args == nil {
		c.Args = cobra.NoArgs
	}
	if s.complete != nil {
		c.ValidArgsFunction = words(s.complete)
	}
	if s.flags != nil {
		s.flags(c.Flags())
	}
	for _, name := range s.needs {
		if err := c.MarkFlagRequired(name); err != nil {
			panic("command " + s.use + " needs a flag it does not have: " + name)
		}
	}
	for _, name := range []string{
		"to", "debtor", "buyer", "seller", "owner", "pledgee", "target", "receiver", "bank",
		"invite", "holder", "guarantor", "member",
	} {
		if c.Flags().Lookup(name) != nil {
			completeFlag(c, name, a.completeMembers)
		}
	}
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if chosen, ok := f.Value.(*textFlag); ok && len(chosen.words) > 0 {
			completeFlag(c, f.Name, func(prefix string) []string { return withPrefix(slices.Clone(chosen.words), prefix) })
		}
	})
	return c
}

func completeFlag(c *cobra.Command, name string, list func(prefix string) []string) {
	if err := c.RegisterFlagCompletionFunc(name, words(list)); err != nil {
		panic("complete --" + name + ": " + err.Error())
	}
}

// words completes from a list, without file names.
func words(list func(prefix string) []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return list(prefix), cobra.ShellCompDirectiveNoFileComp
	}
}

func withPrefix(all []string, prefix string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, prefix) })
}

// completeMembers are the short names of the devnet.
func (a *app) completeMembers(prefix string) []string {
	if !devnet.Exists(a.home) {
		return nil
	}
	net, err := devnet.Open(a.home)
	if err != nil {
		return nil
	}
	var names []string
	for _, m := range net.Members() {
		names = append(names, m.Alias)
	}
	return withPrefix(names, prefix)
}

// completeKeys are the names of the devnet's keys.
func (a *app) completeKeys(prefix string) []string {
	if !devnet.Exists(a.home) {
		return nil
	}
	net, err := devnet.Open(a.home)
	if err != nil {
		return nil
	}
	names, err := net.Keyring.List()
	if err != nil {
		return nil
	}
	return withPrefix(names, prefix)
}

// completeFunctions are the names of the contract functions.
func completeFunctions(prefix string) []string {
	var names []string
	for _, f := range chaincode.Functions() {
		names = append(names, f.Name)
	}
	return withPrefix(names, prefix)
}
