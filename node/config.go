package node

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/tierledger/tierledger/node/consensus"
	"github.com/tierledger/tierledger/node/notify"
)

// Names of the files and directories in a node's home.
const (
	ConfigFile    = "node.yaml"
	GenesisFile   = "genesis.json"
	peerKeyFile   = "keys/peer.pem"
	signerDir     = "keys/validator"
	ledgerDir     = "data/ledger"
	engineDir     = "data/engine"
	localDir      = "data/local"
	attachDir     = "data/attachments"
	checkpointDir = "data/checkpoint"
	defaultAPI    = "127.0.0.1:26680"
	defaultPeer   = "127.0.0.1:26656"
	defaultQuota  = 10_000
	configMaxSize = 1 << 20

	defaultAttachmentQuota = 1024 // megabytes
)

// Config is a node's configuration, the file node.yaml in its home. The
// comments here are its manual.
type Config struct {
	// API is where the node's REST API listens, host:port. The default is on
	// loopback; to serve others give it TLS, or put a TLS-terminating proxy before it.
	API string `yaml:"api"`
	// Peer is where other nodes connect, IPv4:port (UDP for libp2p, TCP for tcp).
	Peer string `yaml:"peer"`
	// Peers are other nodes to connect to, "peer-id@ip:port". Validators registered
	// on the ledger are known anyway; name here only what differs.
	Peers []string `yaml:"peers"`
	// Transport is libp2p (the default) or tcp; the same on all nodes of a network.
	Transport string `yaml:"transport"`
	// FingerprintKey is a file with the banks' shared keys for invoice fingerprints,
	// one a line: the epoch, a space, 64 hexadecimal digits. It must be readable by
	// the node's user only. It is read when the node starts. Keys of earlier epochs
	// stay in it: an invoice is fingerprinted under all, or not at all. Without the
	// file the node makes no fingerprints.
	FingerprintKey string `yaml:"fingerprintKey"`
	// FingerprintQuota is how many fingerprints a member may ask for in a day.
	FingerprintQuota int `yaml:"fingerprintQuota"`
	// TLS has the API serve TLS; without it a proxy before the node does.
	TLS TLS `yaml:"tls"`
	// Limits are how many requests the API answers.
	Limits Limits `yaml:"limits"`
	// KeepVersions is how many heights of the state tree are kept for proofs.
	KeepVersions int `yaml:"keepVersions"`
	// PublicURL is where people reach the node's API and console, http or https
	// without a path: links and codes on paper begin with it. Empty means http:// and
	// the API's address.
	PublicURL string `yaml:"publicURL"`
	// AttachmentQuota is how many megabytes of files a member may keep at this node.
	// Files are part of the evidence for what was signed and are not removed.
	AttachmentQuota int `yaml:"attachmentQuota"`
	// Notify is how webhooks and messages to people leave the node; without it there
	// are webhooks only. See docs/notifications.md.
	Notify notify.Settings `yaml:"notify"`
}

// DefaultConfig is what an empty file means.
func DefaultConfig() Config {
	return Config{
		API: defaultAPI, Peer: defaultPeer, Transport: string(consensus.TransportLibp2p),
		FingerprintQuota: defaultQuota, Limits: defaultLimits(), KeepVersions: 100, AttachmentQuota: defaultAttachmentQuota,
	}
}

// LoadConfig reads node.yaml of a home. A missing file means the defaults; an
// unknown field is an error.
func LoadConfig(home string) (Config, error) {
	c := DefaultConfig()
	path := filepath.Join(home, ConfigFile)
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read %s: %w", path, err)
	}
	if info.Size() > configMaxSize {
		return c, fmt.Errorf("read %s: %d bytes, at most %d", path, info.Size(), configMaxSize)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read %s: %w", path, err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("read %s: %w", path, err)
	}
	if err := c.check(); err != nil {
		return c, fmt.Errorf("read %s: %w", path, err)
	}
	return c, nil
}

func (c *Config) check() error {
	for name, address := range map[string]string{"api": c.API, "peer": c.Peer} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("field %s: %q is not host:port", name, address)
		}
	}
	switch consensus.Transport(c.Transport) {
	case consensus.TransportLibp2p, consensus.TransportTCP:
	default:
		return fmt.Errorf("field transport: %q is neither %s nor %s", c.Transport, consensus.TransportLibp2p, consensus.TransportTCP)
	}
	if c.AttachmentQuota < 0 {
		return errors.New("field attachmentQuota: too small")
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		return err
	}
	if err := c.Notify.Check(); err != nil {
		return fmt.Errorf("field notify: %w", err)
	}
	if err := c.TLS.check(); err != nil {
		return err
	}
	if _, err := c.Limits.forAPI(); err != nil {
		return err
	}
	if c.FingerprintQuota < 0 || c.KeepVersions < 2 {
		return errors.New("fields fingerprintQuota and keepVersions: too small")
	}
	return nil
}

// checkPublicURL accepts nothing, or the origin of a web address.
func checkPublicURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != text {
		return fmt.Errorf("field publicURL: %.80q is not like https://node.bank.example", text)
	}
	return nil
}

// checkDevnet refuses a devnet's node that others than this machine could reach:
// the keys of a devnet lie unsealed.
func (c *Config) checkDevnet() error {
	for field, address := range map[string]string{"api": c.API, "peer": c.Peer} {
		host, _, err := net.SplitHostPort(address)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return fmt.Errorf("field %s: a devnet's node listens on loopback only, not on %q", field, address)
		}
	}
	return nil
}

// LedgerDir is the directory of the ledger's store in a node's home.
func LedgerDir(home string) string { return filepath.Join(home, ledgerDir) }
