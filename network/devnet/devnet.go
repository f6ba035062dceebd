// Package devnet makes and runs a network for development: a few banks with a
// validator each, an operator and an auditor, all keys in one unsealed keyring,
// every port on loopback.
//
// It is for trying the product and for tests. Its genesis says devnet, which no
// real network's does; the keyring refuses to leave loopback. The validators run
// in this process, or one by one with `scf node run` on the same homes.
package devnet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/network/genesis"
	"github.com/tierledger/tierledger/node"
)

// Names in a devnet's directory.
const (
	keyringDir      = "keyring"
	membersFile     = "members.json"
	fingerprintFile = "fingerprint.key"
)

// CredentialLife is how long a devnet's credentials are valid.
const CredentialLife = 5 * 365 * 24 * time.Hour

// Options describe a new devnet.
type Options struct {
	Network   string               // name; "tierledger-devnet" when empty
	Banks     int                  // validators; 4 when 0
	BasePort  int                  // bank i listens on BasePort+10i (peer) and +10i+1 (API); 0 takes free ports
	Algorithm credential.Algorithm // of people's keys; ES256 when 0
	Transport string               // libp2p when empty
	Now       time.Time            // genesis time
}

// Member is an enterprise of the devnet under a short name.
type Member struct {
	Alias string       `json:"alias"` // bank1, operator, auditor, core, ...
	ID    string       `json:"id"`    // unified social credit code
	Name  string       `json:"name"`
	Class record.Class `json:"class"`
	Home  string       `json:"home,omitempty"` // of a bank's node, relative to the devnet
	API   string       `json:"api,omitempty"`  // of a bank's node, host:port
}

// Devnet is a devnet's directory, open or running.
type Devnet struct {
	Dir     string
	Genesis *genesis.Genesis
	Keyring *keystore.Keyring

	members []Member
	nodes   []*node.Node
}

// people of every member, and what each may do.
func people() []Person {
	return []Person{
		{"admin1", record.Admin},
		{"admin2", record.Admin},
		{"maker", record.Maker},
		{"checker", record.Checker},
	}
}

// Person is one of a member's people.
type Person struct {
	Name  string // pseudonym, and the last part of the name of its key
	Roles record.PersonRoles
}

// reviewer signs a bank's attestations and reviews.
var reviewer = Person{"reviewer", record.Reviewer}

// Exists reports whether a directory holds a devnet.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, membersFile))
	return err == nil
}

// Create makes a devnet in a new directory: keys, genesis and one home a bank.
func Create(dir string, o Options) (*Devnet, error) {
	o = withDefaults(o)
	if Exists(dir) {
		return nil, fmt.Errorf("create devnet: %s holds one already", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create devnet: %w", err)
	}
	ring, err := keystore.CreateKeyring(filepath.Join(dir, keyringDir))
	if err != nil {
		return nil, fmt.Errorf("create devnet: %w", err)
	}
	d := &Devnet{Dir: dir, Keyring: ring}
	if err := d.writeFingerprintKey(); err != nil {
		return nil, err
	}
	c := genesis.Consortium{
		Network: o.Network, Devnet: true, Time: calendar.FromTime(o.Now), FingerprintEpoch: 1, Pack: rules.DefaultPack(),
	}
	c.Pack.CoolingOffHours = 0 // who tries the product does not wait a day for an account
	if err := d.addInstitutions(&c, o); err != nil {
		return nil, err
	}
	if d.Genesis, err = genesis.Build(c); err != nil {
		return nil, err
	}
	for _, m := range d.members {
		if m.Home == "" {
			continue
		}
		if err := d.Genesis.Save(filepath.Join(dir, m.Home, node.GenesisFile)); err != nil {
			return nil, err
		}
	}
	// The list of members comes last: without it the directory is no devnet, and
	// what a crash left of it is refused rather than run.
	return d, d.saveMembers()
}

func withDefaults(o Options) Options {
	if o.Network == "" {
		o.Network = "tierledger-devnet"
	}
	if o.Banks == 0 {
		o.Banks = 4
	}
	if o.Algorithm == 0 {
		o.Algorithm = credential.ES256
	}
	if o.Transport == "" {
		o.Transport = "libp2p"
	}
	return o
}

// bankNames are made up; no bank has them.
func bankNames() []string {
	return []string{"东湖银行", "西山银行", "南屏银行", "北辰银行", "中岭银行", "海门银行", "云川银行"}
}

func (d *Devnet) addInstitutions(c *genesis.Consortium, o Options) error {
	names := bankNames()
	if o.Banks < 1 || o.Banks > len(names) {
		return fmt.Errorf("create devnet: %d banks; 1 to %d are possible", o.Banks, len(names))
	}
	at, err := listen(o.BasePort, o.Banks)
	if err != nil {
		return err
	}
	for i := range o.Banks {
		m := Member{Alias: "bank" + strconv.Itoa(i+1), Name: names[i], Class: record.LargeEnterprise}
		m.Home = m.Alias
		if err := d.found(c, o, m, record.Funder|record.Guarantor, append(people(), reviewer)...); err != nil {
			return err
		}
		if err := d.addNode(c, o, at[i]); err != nil {
			return err
		}
	}
	operator := Member{Alias: "operator", Name: "供应链运营中心", Class: record.MediumEnterprise}
	if err := d.found(c, o, operator, record.Operator, people()...); err != nil {
		return err
	}
	auditor := Member{Alias: "auditor", Name: "独立审计中心", Class: record.PublicBody}
	return d.found(c, o, auditor, record.Auditor, people()...)
}

// found makes a member of the first hour with its people's keys.
func (d *Devnet) found(c *genesis.Consortium, o Options, m Member, roles record.Roles, persons ...Person) error {
	var err error
	if m.ID, err = CodeFor(c.Network, m.Alias); err != nil {
		return err
	}
	enrol, keys, err := NewEnrolment(c.Network, m, roles, o.Algorithm, c.Time, persons)
	if err != nil {
		return err
	}
	if enrol.Encryption, err = d.registeredEncryption(m.Alias); err != nil {
		return err
	}
	if err := d.Keyring.AddAll(keys); err != nil {
		return fmt.Errorf("keep the keys of %s: %w", m.Alias, err)
	}
	c.Members = append(c.Members, member.GenesisMember{EnrolArgument: enrol})
	d.members = append(d.members, m)
	return nil
}

// addNode prepares the home of the bank added last.
func (d *Devnet) addNode(c *genesis.Consortium, o Options, at addresses) error {
	m := &d.members[len(d.members)-1]
	home := filepath.Join(d.Dir, m.Home)
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("prepare %s: %w", home, err)
	}
	identity, err := node.Prepare(home)
	if err != nil {
		return err
	}
	m.API = at.api
	config := node.DefaultConfig()
	config.API, config.Peer, config.Transport = at.api, at.peer, o.Transport
	if config.FingerprintKey, err = filepath.Abs(filepath.Join(d.Dir, fingerprintFile)); err != nil {
		return err
	}
	config.FingerprintQuota = 10_000_000 // a devnet's import asks for many
	config.Limits = node.Limits{}        // and is everybody in one
	config.Notify.AllowPrivate = true    // webhooks of a devnet end on this machine
	text, err := yaml.Marshal(&config)
	if err != nil {
		return fmt.Errorf("write the configuration of %s: %w", m.Alias, err)
	}
	if err := os.WriteFile(filepath.Join(home, node.ConfigFile), text, 0o600); err != nil {
		return fmt.Errorf("write the configuration of %s: %w", m.Alias, err)
	}
	c.Validators = append(c.Validators, member.ValidatorArgument{
		Bank: m.ID, Consensus: identity.Consensus, Peer: identity.Peer, Address: at.peer,
	})
	return nil
}

func (d *Devnet) writeFingerprintKey() error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return fmt.Errorf("make the fingerprint key: %w", err)
	}
	text := []byte("1 " + hex.EncodeToString(key[:]) + "\n")
	if err := os.WriteFile(filepath.Join(d.Dir, fingerprintFile), text, 0o600); err != nil {
		return fmt.Errorf("make the fingerprint key: %w", err)
	}
	return nil
}

// Open opens a devnet made before.
func Open(dir string) (*Devnet, error) {
	d := &Devnet{Dir: dir}
	err := d.readMembers()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open devnet: %s holds none; make one with scf network init", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open devnet: %w", err)
	}
	if d.Keyring, err = keystore.OpenKeyring(filepath.Join(dir, keyringDir)); err != nil {
		return nil, fmt.Errorf("open devnet: %w", err)
	}
	banks := d.Banks()
	if len(banks) == 0 {
		return nil, fmt.Errorf("open devnet: %s names no bank", membersFile)
	}
	d.Genesis, err = genesis.Load(filepath.Join(dir, banks[0].Home, node.GenesisFile))
	if err != nil {
		return nil, fmt.Errorf("open devnet: %w", err)
	}
	if !d.Genesis.State.Devnet {
		return nil, fmt.Errorf("open devnet: the genesis of %s is not a devnet's", d.Genesis.Network)
	}
	return d, nil
}

// Start opens and starts every bank's node in this process. It returns when all
// have committed a block.
func (d *Devnet) Start(ctx context.Context, logger *slog.Logger) error {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	for _, bank := range d.Banks() {
		n, err := node.Open(ctx, filepath.Join(d.Dir, bank.Home), logger.With("node", bank.Alias))
		if err != nil {
			return errors.Join(fmt.Errorf("start %s: %w", bank.Alias, err), d.Stop())
		}
		d.nodes = append(d.nodes, n)
	}
	for i, n := range d.nodes {
		if err := n.Start(); err != nil {
			return errors.Join(fmt.Errorf("start node %d: %w", i+1, err), d.Stop())
		}
	}
	for i, n := range d.nodes {
		if err := n.Engine().WaitHeight(ctx, max(1, n.Store().Head().Height+1)); err != nil {
			return errors.Join(fmt.Errorf("wait for node %d: %w", i+1, err), d.Stop())
		}
	}
	return nil
}

// CatchUp waits until every node has what any of them has committed: a
// transaction is final where it was sent a moment before it is elsewhere.
func (d *Devnet) CatchUp(ctx context.Context) error {
	height := int64(0)
	for _, n := range d.nodes {
		height = max(height, n.Store().Head().Height)
	}
	for i, n := range d.nodes {
		if err := n.Engine().WaitHeight(ctx, height); err != nil {
			return fmt.Errorf("wait for node %d: %w", i+1, err)
		}
	}
	return nil
}

// Stop stops every node that runs, in reverse order.
func (d *Devnet) Stop() error {
	var errs []error
	for i := len(d.nodes) - 1; i >= 0; i-- {
		errs = append(errs, d.nodes[i].Stop())
	}
	d.nodes = nil
	return errors.Join(errs...)
}

// Nodes are the running nodes, bank1's first.
func (d *Devnet) Nodes() []*node.Node { return d.nodes }

// Members are all enterprises with a short name, in the order they were added.
func (d *Devnet) Members() []Member { return d.members }

// Banks are the members that run a validator.
func (d *Devnet) Banks() []Member {
	var banks []Member
	for _, m := range d.members {
		if m.Home != "" {
			banks = append(banks, m)
		}
	}
	return banks
}

// Member finds an enterprise by its short name.
func (d *Devnet) Member(alias string) (Member, bool) {
	for _, m := range d.members {
		if m.Alias == alias {
			return m, true
		}
	}
	return Member{}, false
}

func (d *Devnet) readMembers() error {
	data, err := os.ReadFile(filepath.Join(d.Dir, membersFile))
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	d.members = nil
	if err := json.Unmarshal(data, &d.members); err != nil {
		return fmt.Errorf("read %s: %w", membersFile, err)
	}
	return nil
}

// AddMembers keeps the keys and short names of enterprises about to be enrolled,
// beside those that another process keeps at the same time. A name that is kept
// already is skipped, so that a crash between this and the enrolment is made good by
// doing both again.
func (d *Devnet) AddMembers(members []Member, keys []keystore.NamedKey) error {
	if err := d.Keyring.AddAll(keys); err != nil {
		return fmt.Errorf("keep keys: %w", err)
	}
	return keystore.Locked(filepath.Join(d.Dir, membersFile+".lock"), func() error {
		if err := d.readMembers(); err != nil {
			return err
		}
		known := map[string]bool{}
		for _, m := range d.members {
			known[m.Alias] = true
		}
		for _, m := range members {
			if !known[m.Alias] {
				d.members = append(d.members, m)
			}
		}
		return d.saveMembers()
	})
}

func (d *Devnet) saveMembers() error {
	text, err := json.MarshalIndent(d.members, "", "  ")
	if err != nil {
		return fmt.Errorf("save members: %w", err)
	}
	path := filepath.Join(d.Dir, membersFile)
	if err := os.WriteFile(path+".new", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("save members: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("save members: %w", err)
	}
	return nil
}

// CodeFor makes a valid unified social credit code out of a devnet's name and a
// short name: the same two give the same code.
func CodeFor(network, alias string) (string, error) {
	return number.CompleteSocialCredit("91330100" + base9(network, alias))
}
