// Package genesis makes the file a network begins with out of a consortium file
// that its banks agree on, and reads it back.
//
// A consortium file is YAML for people: the members of the first hour with their
// credentials, the validators, the limits of a block. The genesis is JSON for
// nodes, canonical, so that its SHA-256 is what the banks compare before they
// start. The package holds no private key and starts nothing.
package genesis

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"

	jsonx "github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v3"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
)

// maxFile bounds a consortium or genesis file, in bytes.
const maxFile = 16 << 20

// DefaultBlockBytes is the largest block when the consortium file names none.
const DefaultBlockBytes = 4 << 20

// Consortium is what the banks write and agree on.
type Consortium struct {
	// Network is the network's name: letters, digits, - and _.
	Network string `json:"network"`
	// Devnet marks a network for development: its time can be moved and its keys
	// may lie unsealed. It can never be turned off or on later.
	Devnet bool `json:"devnet,omitzero"`
	// Time is the earliest time of the first block.
	Time calendar.Instant `json:"time"`
	// Block sets the limits of a block; zero values mean the defaults.
	Block BlockLimits `json:"block,omitzero"`
	// FingerprintEpoch numbers the banks' first shared key for invoice fingerprints.
	FingerprintEpoch uint32 `json:"fingerprintEpoch"`
	// Pack is the first rule pack, whole; left out, the default one: the parameters of
	// the rules that the banks agree on.
	Pack record.Pack `json:"pack,omitzero"`
	// Members are the enterprises of the first hour: at least the banks.
	Members []member.GenesisMember `json:"members"`
	// Validators are the nodes that take part in consensus from the first block on.
	Validators []member.ValidatorArgument `json:"validators"`
}

// BlockLimits bounds a block.
type BlockLimits struct {
	MaxBytes int64 `json:"maxBytes,omitzero"` // of all transactions and votes, bytes
}

// Genesis is what a node begins with.
type Genesis struct {
	Network string           `json:"network"`
	Time    calendar.Instant `json:"time"`
	Block   BlockLimits      `json:"block"`
	State   State            `json:"state"`
}

// State is the part of a genesis that the contracts read.
type State struct {
	member.GenesisArgument
	Pack record.Pack `json:"pack,omitzero"` // the first rule pack; the default one when left out
}

// ReadConsortium reads a consortium file. Unknown fields and repeated keys are
// errors.
func ReadConsortium(path string) (Consortium, error) {
	var c Consortium
	data, err := readFile(path)
	if err != nil {
		return c, err
	}
	return ParseConsortium(data)
}

// ParseConsortium reads the text of a consortium file.
func ParseConsortium(data []byte) (Consortium, error) {
	var c Consortium
	var tree any
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return c, fmt.Errorf("read consortium file: %w", err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return c, fmt.Errorf("read consortium file: %w", err)
	}
	if err := jsonx.Unmarshal(text, &c, jsonx.RejectUnknownMembers(true)); err != nil {
		return c, fmt.Errorf("read consortium file: %w", err)
	}
	return c, nil
}

// Build makes the genesis and rehearses it: a genesis that the contracts would
// refuse is refused here.
func Build(c Consortium) (*Genesis, error) {
	if c.Block.MaxBytes == 0 {
		c.Block.MaxBytes = DefaultBlockBytes
	}
	if c.Block.MaxBytes < 2*record.MaxTransactionBytes {
		return nil, fmt.Errorf("build genesis: a block of %d bytes cannot hold the largest transaction of %d", c.Block.MaxBytes, record.MaxTransactionBytes)
	}
	if err := c.Time.Valid(); err != nil || c.Time.IsZero() {
		return nil, fmt.Errorf("build genesis: the time is missing or not valid")
	}
	if len(c.Validators) == 0 {
		return nil, fmt.Errorf("build genesis: no validator")
	}
	g := &Genesis{
		Network: c.Network,
		Time:    c.Time,
		Block:   c.Block,
		State: State{Pack: c.Pack, GenesisArgument: member.GenesisArgument{
			Network: c.Network, Devnet: c.Devnet, FingerprintEpoch: c.FingerprintEpoch,
			Members: c.Members, Validators: c.Validators,
		}},
	}
	return g, g.rehearse()
}

// Encode writes the genesis in its one canonical form.
func (g *Genesis) Encode() []byte {
	text, err := jsonx.Marshal(g, jsonx.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("encode genesis of %s: %v", g.Network, err)) // its types always encode
	}
	return append(text, '\n')
}

// StateArgument is the part that the contracts read.
func (g *Genesis) StateArgument() []byte {
	text, err := jsonx.Marshal(&g.State, jsonx.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("encode genesis state of %s: %v", g.Network, err)) // its types always encode
	}
	return text
}

// Hash is the SHA-256 of the canonical form.
func (g *Genesis) Hash() record.Digest { return sha256.Sum256(g.Encode()) }

// Load reads a genesis file. A file that is not in canonical form is refused, so
// that comparing hashes of files compares what nodes will do.
func Load(path string) (*Genesis, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(data)
}

// Parse reads the bytes that Encode wrote.
func Parse(data []byte) (*Genesis, error) {
	g := new(Genesis)
	if err := jsonx.Unmarshal(data, g, jsonx.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("read genesis: %w", err)
	}
	if !bytes.Equal(g.Encode(), data) {
		return nil, fmt.Errorf("read genesis: not in canonical form; it was edited after it was made")
	}
	return g, g.rehearse()
}

// Save writes a new genesis file; it never replaces one.
func (g *Genesis) Save(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("save genesis: %w", err)
	}
	if _, err := f.Write(g.Encode()); err != nil {
		_ = f.Close() // the write's error says more
		return fmt.Errorf("save genesis: %w", err)
	}
	if err := f.Sync(); err != nil {
		_ = f.Close() // the sync's error says more
		return fmt.Errorf("save genesis: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("save genesis: %w", err)
	}
	return nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("read %s: %d bytes, at most %d", path, info.Size(), maxFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}
