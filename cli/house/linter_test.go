package house_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/knadh/koanf/parsers/yaml"
)

// The linter's configuration repeats the owners so that editors show them; both
// must say the same.
func TestLinterKnowsTheSameOwners(t *testing.T) {
	text, err := os.ReadFile("../../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	config, err := yaml.Parser().Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var node any = config
	for _, key := range []string{"linters", "settings", "depguard", "rules"} {
		node = field(node, key)
	}
	rules, _ := node.(map[string]any)
	got := map[string]string{}
	for _, rule := range rules {
		deny, _ := field(rule, "deny").([]any)
		if files := field(rule, "files"); files != nil && len(deny) == 1 {
			got[fmt.Sprint(field(deny[0], "pkg"))] = fmt.Sprint(files)
		}
	}
	if len(got) != len(owners) {
		t.Errorf("the linter has %d owner rules, the table %d", len(got), len(owners))
	}
	for _, o := range owners {
		files := []string{"!$test"}
		for _, pkg := range o.allow {
			files = append(files, "!**/"+pkg+"/*")
		}
		if want := fmt.Sprint(files); got[o.pkg] != want {
			t.Errorf("the linter lets %s import %s, the table says %s", got[o.pkg], o.pkg, want)
		}
	}
}

func field(node any, key string) any {
	m, _ := node.(map[string]any)
	return m[key]
}
