package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	jsonx "github.com/go-json-experiment/json"
	"golang.org/x/term"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/keystore"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
)

// defaultReader reads a devnet when nobody is named: an operator sees everything.
const defaultReader = "operator/maker"

// session is one person at one node.
type session struct {
	*client.Client
	app    *app
	signer client.Signer
}

// keyID is the id under which the signer's key is registered.
func (s *session) keyID() record.Digest { return record.Digest(s.signer.Public().ID()) }

// submit sends a signed transaction and waits until it is final. A refusal is an
// error with a *code.Error in it.
func (s *session) submit(ctx context.Context, compact string) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, s.app.timeout)
	defer cancel()
	t, err := s.Submit(ctx, []byte(compact), client.WaitFinal)
	if err != nil {
		return nil, err
	}
	if err := t.Err(); err != nil {
		return nil, &sent{t.ID, err}
	}
	if t.Outcome == nil || len(t.Outcome.Result) == 0 {
		return json.RawMessage("{}"), nil
	}
	return json.RawMessage(t.Outcome.Result), nil
}

// sent is why a transaction that was signed and sent did not become final and
// accepted. The person needs its id to look it up.
type sent struct {
	id  record.Digest
	err error
}

func (s *sent) Error() string { return fmt.Sprintf("transaction %s: %v", s.id, s.err) }
func (s *sent) Unwrap() error { return s.err }

// invoke signs a contract function, waits until it is final and reads what it
// returned into result, unless that is nil. A refusal is an error with a
// *code.Error and a *sent in it.
func (s *session) invoke(ctx context.Context, function string, argument, result any) (*client.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, s.app.timeout)
	defer cancel()
	signed, err := s.Sign(ctx, function, argument)
	if err != nil {
		return nil, err
	}
	t, err := s.Submit(ctx, signed.Compact, client.WaitFinal)
	if err == nil {
		err = t.Err()
	}
	if err != nil {
		return nil, &sent{signed.ID, err}
	}
	if t.Outcome == nil {
		return nil, &sent{signed.ID, errors.New("the node calls it final and shows no outcome")}
	}
	if result != nil && len(t.Outcome.Result) > 0 {
		if err := jsonx.Unmarshal(t.Outcome.Result, result); err != nil {
			return nil, fmt.Errorf("read the result of %s: %w", function, err)
		}
	}
	return t.Outcome, nil
}

// sign makes a transaction of a contract function.
func (s *session) sign(ctx context.Context, function string, argument any) (string, error) {
	signed, err := s.Sign(ctx, function, argument)
	return string(signed.Compact), err
}

// fingerprint asks the node for the fingerprint of one invoice.
func (s *session) fingerprint(ctx context.Context, facts client.InvoiceFacts) (client.Fingerprints, error) {
	made, err := s.Fingerprints(ctx, []client.InvoiceFacts{facts})
	if err != nil {
		return client.Fingerprints{}, err
	}
	if len(made.Fingerprints) != 1 {
		return client.Fingerprints{}, fmt.Errorf("the node made %d fingerprints of one invoice", len(made.Fingerprints))
	}
	if r := made.Fingerprints[0].Refusal; r != nil {
		return client.Fingerprints{}, &code.Error{Code: r.Code, Rule: r.Rule, Detail: r.Detail}
	}
	return *made, nil
}

// owned are a member's holdings of a certificate, in order of fen.
func (s *session) owned(ctx context.Context, certificate, owner string) ([]record.Holding, error) {
	c, err := s.Certificate(ctx, certificate)
	if err != nil {
		return nil, err
	}
	return holdingsOf(c, owner), nil
}

// sessions opens sessions at the nodes of a devnet, one connection pool a node. It
// is safe for concurrent use.
type sessions struct {
	app    *app
	devnet *devnet.Devnet
	bankOf map[string]string // alias of an enterprise -> alias of the bank whose node it uses

	mu    sync.Mutex
	nodes map[string]*client.Client // by alias of the bank
}

// forget has the nodes asked for their time again, after it was moved.
func (s *sessions) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nodes = nil
}

// get opens a session for the owner of a key, such as core/maker.
func (s *sessions) get(as string) (*session, error) {
	key, err := s.devnet.Keyring.Get(as)
	if err != nil {
		return nil, err
	}
	alias, _, _ := strings.Cut(as, "/")
	bank := s.devnet.Banks()[0]
	for _, b := range s.devnet.Banks() {
		if b.Alias == alias || b.Alias == s.bankOf[alias] {
			bank = b
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	node, ok := s.nodes[bank.Alias]
	if !ok {
		if node, err = client.New("http://"+bank.API, s.devnet.Genesis.Network, nil); err != nil {
			return nil, err
		}
		if s.nodes == nil {
			s.nodes = map[string]*client.Client{}
		}
		s.nodes[bank.Alias] = node
	}
	return &session{node.As(key), s.app, key}, nil
}

// open opens a session for --as at --node, or at a bank of the devnet.
func (a *app) open(ctx context.Context) (*session, error) {
	if a.as == "" {
		return nil, code.Unauthenticated.New("say who signs with --as: a key of the devnet such as core/maker, or a sealed key file")
	}
	return a.openAs(ctx, a.as)
}

// read opens a session to read with: for --as, or the devnet's operator.
func (a *app) read(ctx context.Context) (*session, error) {
	if a.as == "" && devnet.Exists(a.home) {
		return a.openAs(ctx, defaultReader)
	}
	return a.open(ctx)
}

func (a *app) openAs(ctx context.Context, as string) (*session, error) {
	net, err := a.network()
	if err != nil {
		return nil, err
	}
	signer, err := a.signer(net, as)
	if err != nil {
		return nil, err
	}
	base, network, err := a.target(ctx, net, as)
	if err != nil {
		return nil, err
	}
	c, err := client.New(base, network, signer, client.WithAttempts(a.attempts()))
	if err != nil {
		return nil, code.BadConfig.New("%v", err)
	}
	return &session{c, a, signer}, nil
}

// attempts is how often a request is repeated: a person at a terminal is told soon.
func (a *app) attempts() int { return 4 }

// network opens the devnet of --home; nil when there is none.
func (a *app) network() (*devnet.Devnet, error) {
	if a.devnet != nil {
		return a.devnet, nil
	}
	if !devnet.Exists(a.home) {
		return nil, nil
	}
	var err error
	a.devnet, err = devnet.Open(a.home)
	return a.devnet, err
}

// signer finds the key of --as: a name in the devnet's keyring, else a file.
func (a *app) signer(net *devnet.Devnet, as string) (client.Signer, error) {
	if net != nil {
		key, err := net.Keyring.Get(as)
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, keystore.ErrNotFound) || !fileExists(as) {
			return nil, err
		}
	}
	sealed, err := keystore.Load(as)
	if err != nil {
		return nil, code.UnknownCredential.New("%v", err)
	}
	passphrase, err := a.readPassphrase("Passphrase of " + filepath.Base(as) + ": ")
	if err != nil {
		return nil, err
	}
	return keystore.Open(sealed, passphrase)
}

// elsewhere reports whether a URL leads to another machine.
func elsewhere(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.Hostname() == "localhost" {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return ip == nil || !ip.IsLoopback()
}

func fileExists(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// maxPassphrase bounds a passphrase file, in bytes.
const maxPassphrase = 4 << 10

// readPassphrase reads the passphrase file, or asks at the terminal.
func (a *app) readPassphrase(prompt string) (string, error) {
	if a.passphrase != "" {
		f, err := os.Open(a.passphrase)
		if err != nil {
			return "", fmt.Errorf("read the passphrase: %w", err)
		}
		defer func() { _ = f.Close() }() // only read
		text, err := io.ReadAll(io.LimitReader(f, maxPassphrase))
		if err != nil {
			return "", fmt.Errorf("read the passphrase: %w", err)
		}
		return strings.TrimRight(string(text), "\r\n"), nil
	}
	f, ok := a.In.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return "", code.WrongPassphrase.New("there is no terminal to ask at; use --passphrase-file")
	}
	fmt.Fprint(a.Err, prompt)
	text, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(a.Err)
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	return string(text), nil
}

// target says which node to talk to and which network it must be of. Without a
// devnet the node's own word is taken for the network's name.
func (a *app) target(ctx context.Context, net *devnet.Devnet, as string) (base, network string, err error) {
	base = a.node
	if net != nil {
		network = net.Genesis.Network
		if base == "" {
			alias, _, _ := strings.Cut(as, "/")
			bank := net.Banks()[0]
			if m, ok := net.Member(alias); ok && m.API != "" {
				bank = m
			}
			return "http://" + bank.API, network, nil
		}
		base = nodeURL(base, net)
		if _, err := net.Keyring.Get(as); err == nil && elsewhere(base) {
			return "", "", code.DevnetOnly.New("the devnet's key %s signs for nodes on this machine only, not for %s", as, base)
		}
	}
	if base == "" {
		return "", "", code.BadConfig.New("name a node with --node, or a devnet's directory with --home (%s holds none)", a.home)
	}
	if network == "" {
		status, err := statusOf(ctx, base, a.attempts())
		if err != nil {
			return "", "", err
		}
		network = status.Network
	}
	return base, network, nil
}

// nodeURL turns a short name of the devnet, such as bank2, into its node's address.
func nodeURL(text string, net *devnet.Devnet) string {
	if net != nil && !strings.Contains(text, "://") {
		if m, ok := net.Member(text); ok && m.API != "" {
			return "http://" + m.API
		}
	}
	return text
}

// statusOf asks a node whose network is not known yet for its status.
func statusOf(ctx context.Context, base string, attempts int) (*client.Status, error) {
	c, err := client.New(base, "?", nil, client.WithAttempts(attempts))
	if err != nil {
		return nil, code.BadConfig.New("%v", err)
	}
	status, err := c.Status(ctx)
	if status == nil || status.Network == "" {
		return nil, err
	}
	return status, nil
}

// committedAt asks a node what it had at a recent height.
func committedAt(ctx context.Context, base, network string, height int64) (*client.Committed, error) {
	c, err := client.New(base, network, nil, client.WithAttempts(2))
	if err != nil {
		return nil, code.BadConfig.New("%v", err)
	}
	status, err := c.StatusAt(ctx, height)
	if err != nil {
		return nil, err
	}
	return status.At, nil
}

// member turns what a person wrote into a member's code: a short name of the
// devnet, or a social credit code.
func (a *app) member(text string) (string, error) {
	net, err := a.network()
	if err != nil {
		return "", err
	}
	if net != nil {
		if m, ok := net.Member(text); ok {
			return m.ID, nil
		}
	}
	if err := number.CheckSocialCredit(text); err != nil {
		if net != nil {
			return "", code.BadNumber.New("%.40q is neither a short name of the devnet nor a social credit code", text)
		}
		return "", err
	}
	return text, nil
}

// self is the code of the member for which the session signs.
func (s *session) self(ctx context.Context) (string, error) {
	if alias, _, ok := strings.Cut(s.app.as, "/"); ok && s.app.devnet != nil {
		if m, found := s.app.devnet.Member(alias); found {
			return m.ID, nil
		}
	}
	c, err := s.Credential(ctx, s.keyID())
	if err != nil {
		return "", err
	}
	return c.Member, nil
}
