package node_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/node"
)

// The sample of docs/notifications.md is read, and one that cannot work is refused with
// the name of the field.
func TestTheSettingsOfNotifications(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "notifications.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	sample, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no sample")
	}
	load := func(text string) (node.Config, error) {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, node.ConfigFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return node.LoadConfig(home)
	}
	c, err := load(sample)
	if err != nil || c.Notify.SMTP == nil || c.Notify.SMTP.Port != 587 || len(c.Notify.Adapters) != 2 || c.Notify.AllowPrivate {
		t.Errorf("%+v %v", c.Notify, err)
	}
	if _, err := load("notify:\n  smtp: {host: mail.bank.example, port: 25, from: nobody}\n"); err == nil || !strings.Contains(err.Error(), "field notify: field smtp: from") {
		t.Errorf("a sender that is none: %v", err)
	}
}
