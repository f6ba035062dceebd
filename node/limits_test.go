package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLimitsAndTLSAreRead(t *testing.T) {
	for text, want := range map[string]string{
		"limits: {openPerSecond: 0}":                               "",
		"limits: {openPerSecond: 5, openBurst: 0}":                 "open requests",
		"limits: {memberPerSecond: -1}":                            "member requests",
		"limits: {openBurst: many}":                                "cannot unmarshal",
		"limits: {perSecond: 1}":                                   "perSecond",
		"limits: {proxies: [10.0.0.5/32, '2001:db8::/64']}":        "",
		"limits: {proxies: [10.0.0.5]}":                            "10.0.0.5",
		"tls: {cert: a.pem, key: b.pem}":                           "",
		"tls: {cert: a.pem}":                                       "together",
		"tls: {key: a.pem}":                                        "together",
		"tls: {certificate: a.pem}":                                "certificate",
		"limits: {openPerSecond: 1, openBurst: 1, memberBurst: 0}": "member requests",
	} {
		home := t.TempDir()
		if err := os.WriteFile(filepath.Join(home, ConfigFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := LoadConfig(home)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want something about %q", text, err, want)
		}
	}
	c := DefaultConfig()
	limits, err := c.Limits.forAPI()
	if err != nil || limits.OpenPerSecond != 50 || limits.OpenBurst != 200 || limits.MemberPerSecond != 200 || limits.MemberBurst != 1000 {
		t.Errorf("the defaults: %+v, %v", limits, err)
	}
}
