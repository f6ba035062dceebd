package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigRefusesWhatItDoesNotKnow(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "",
		"api: 127.0.0.1:1\npeer: 127.0.0.1:2":  "",
		"apy: 127.0.0.1:1":                     "apy",
		"api: nowhere":                         "field api",
		"peer: 127.0.0.1":                      "field peer",
		"transport: pigeon":                    "field transport",
		"keepVersions: 0":                      "keepVersions",
		"fingerprintQuota: many":               "cannot unmarshal",
		"publicURL: https://node.bank.example": "",
		"publicURL: node.bank.example":         "publicURL",
		"publicURL: https://a.example/path":    "publicURL",
		"attachmentQuota: -1":                  "attachmentQuota",
		"api: [":                               ConfigFile,
		"\x00":                                 ConfigFile,
	} {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, ConfigFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(home)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want something about %s", text, err, want)
		}
	}
}

// A devnet's keys lie unsealed: its nodes are for this machine alone.
func TestADevnetStaysOnLoopback(t *testing.T) {
	for address, good := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:1": true, "0.0.0.0:1": false, "192.0.2.1:1": false, ":1": false, "localhost:1": false,
	} {
		for _, c := range []Config{{API: address, Peer: "127.0.0.1:1"}, {API: "127.0.0.1:1", Peer: address}} {
			if err := c.checkDevnet(); (err == nil) != good {
				t.Errorf("api %s, peer %s: %v", c.API, c.Peer, err)
			}
		}
	}
}

func TestFingerprintKeysAreReadWithCare(t *testing.T) {
	key := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		keys       int
	}{
		{"one", "1 " + key + "\n", 0o600, 1},
		{"two", "1 " + key + "\n2 " + key + "\n", 0o600, 2},
		{"readable by others", "1 " + key + "\n", 0o644, 0},
		{"no epoch", key + "\n", 0o600, 0},
		{"short", "1 abab\n", 0o600, 0},
		{"nothing", "", 0o600, 0},
	} {
		path := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		keys, err := readFingerprintKeys(path)
		if len(keys) != c.keys || (err == nil) != (c.keys > 0) {
			t.Errorf("%s: %d keys, %v", c.name, len(keys), err)
		}
	}
}
