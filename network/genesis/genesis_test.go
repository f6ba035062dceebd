package genesis_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tierledger/tierledger/network/genesis"
)

const sample = "../../docs/samples/consortium.yaml"

func build(t *testing.T, text string) (*genesis.Genesis, error) {
	t.Helper()
	c, err := genesis.ParseConsortium([]byte(text))
	if err != nil {
		return nil, err
	}
	return genesis.Build(c)
}

func text(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheSampleBecomesAGenesisThatReadsBack(t *testing.T) {
	c, err := genesis.ReadConsortium(sample)
	if err != nil {
		t.Fatal(err)
	}
	g, err := genesis.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.State.Members) != 4 || len(g.State.Validators) != 4 || g.State.Devnet {
		t.Errorf("the sample has %d members and %d validators", len(g.State.Members), len(g.State.Validators))
	}
	path := filepath.Join(t.TempDir(), "genesis.json")
	if err := g.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := g.Save(path); err == nil {
		t.Error("a genesis was replaced")
	}
	again, err := genesis.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash() != g.Hash() {
		t.Errorf("read back with hash %s, saved with %s", again.Hash(), g.Hash())
	}
	edited := bytes.Replace(g.Encode(), []byte("{"), []byte("{ "), 1)
	if _, err := genesis.Parse(edited); err == nil || !strings.Contains(err.Error(), "canonical") {
		t.Errorf("an edited genesis: %v", err)
	}
}

// Each change of the sample makes it something the banks must not start with.
func TestBadConsortiumFilesAreRefused(t *testing.T) {
	good := text(t)
	for name, change := range map[string][2]string{
		"an unknown field":          {"fingerprintEpoch: 1", "fingerprintEpoch: 1\nfoundedBy: me"},
		"a repeated field":          {"devnet: false", "devnet: false\ndevnet: true"},
		"no time":                   {`time: "2026-11-23T09:00:00.000+08:00"`, ""},
		"another network":           {"network: example-net", "network: other-net"}, // the proofs of possession are for this one
		"a bad name":                {"network: example-net", `network: "example net"`},
		"a bad social credit code":  {"id: 91330100MA0000010D ", "id: 91330100MA0000010E "},
		"a block too small":         {"maxBytes: 4194304", "maxBytes: 1000"},
		"a validator of no bank":    {"validators:\n  - bank: 91330100MA0000010D", "validators:\n  - bank: 91330100MA00000999"},
		"an admin who also makes":   {"roles: [admin]", "roles: [admin, maker]"},
		"no validators":             {"validators:", "validators: []\nignored:"},
		"no YAML":                   {"members:\n", "members: [\n"},
		"a key of no use":           {"publicKey: MCow", "publicKey: MCoX"},
		"a possession of no use":    {"possession: v", "possession: w"},
		"an epoch that is negative": {"fingerprintEpoch: 1", "fingerprintEpoch: -1"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatal("nothing was changed")
			}
			if _, err := build(t, bad); err == nil {
				t.Error("accepted")
			}
		})
	}
}

func FuzzParseConsortium(f *testing.F) {
	data, err := os.ReadFile(sample)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("network: x\nmembers: [{}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := genesis.ParseConsortium(data)
		if err != nil {
			return
		}
		g, err := genesis.Build(c)
		if err != nil {
			return
		}
		if _, err := genesis.Parse(g.Encode()); err != nil {
			t.Errorf("a built genesis does not read back: %v", err)
		}
	})
}
