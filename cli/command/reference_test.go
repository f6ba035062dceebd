package command

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/spf13/cobra"

	"github.com/tierledger/tierledger/node"
)

func newApp() *app { return &app{Streams: Streams{Getenv: func(string) string { return "" }}} }

func TestReferenceIsCurrent(t *testing.T) {
	var b bytes.Buffer
	writeReference(&b, newApp().root())
	path := filepath.Join("..", "..", "docs", "cli.md")
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, b.Bytes()) {
		t.Error("docs/cli.md is not current: run go run ./cli/scf reference > docs/cli.md")
	}
}

// Every command that does something explains itself.
func TestEveryCommandHasAnExample(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		if c.Hidden || c.HasSubCommands() {
			return
		}
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s has no short description or no example", c.CommandPath())
		}
		if c.Flags().Lookup("home") == nil && c.InheritedFlags().Lookup("home") == nil {
			t.Errorf("%s does not have the flags of every command", c.CommandPath())
		}
	}
	visit(newApp().root())
}

// The node.yaml that scf node init writes says the defaults.
func TestSampleConfigIsTheDefault(t *testing.T) {
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, node.ConfigFile), []byte(sampleConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := node.LoadConfig(home)
	if err != nil {
		t.Fatal(err)
	}
	want := node.DefaultConfig()
	got.Peers, got.Limits.Proxies = want.Peers, want.Limits.Proxies // an empty list is no list
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the sample says %+v, the defaults are %+v", got, want)
	}
}
