package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
)

// ErrNoSigner is returned by what needs a key of a client that has none.
var ErrNoSigner = errors.New("the client has no key to sign with")

// Limits of a client.
const (
	poolSize      = 256 // connections kept open
	dialTimeout   = 5 * time.Second
	headTimeout   = 75 * time.Second // above the longest wait of a node
	maxAnswer     = 64 << 20         // bytes
	timeRefreshed = time.Minute      // age at which the ledger's time is asked for again
)

// Client talks to one node for one signer. It is safe for concurrent use.
type Client struct {
	*link
	signer Signer
}

// link is what clients of one node share.
type link struct {
	base     string
	network  string
	expected string // name of the node, or empty
	life     time.Duration
	attempts int
	now      func() time.Time
	http     *http.Client

	mu    sync.Mutex
	clock clock
}

// clock is the ledger's time as last heard.
type clock struct {
	node   string
	ledger calendar.Instant
	heard  time.Time // with its monotonic reading; zero when unknown
}

// Option sets something of a client.
type Option func(*Client)

// WithNode names the node to talk to: login tokens are made for it alone. Without
// it the client believes the name that the node gives itself, which is enough on
// loopback and over TLS to a known host.
func WithNode(name string) Option { return func(c *Client) { c.expected = name } }

// WithHTTP uses this HTTP client, for example with a bank's own TLS trust.
func WithHTTP(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithLife sets how long transactions may wait before they expire; at most 24
// hours.
func WithLife(d time.Duration) Option { return func(c *Client) { c.life = d } }

// WithAttempts sets how often a request is sent at most when the network or the
// node fails; the default is 8, over some seconds.
func WithAttempts(n int) Option { return func(c *Client) { c.attempts = max(n, 1) } }

// New makes a client of the node at baseURL ("http://127.0.0.1:26680"). The signer
// may be nil: such a client submits what is signed already and reads what needs no
// login. Nothing is sent yet.
func New(baseURL, network string, signer Signer, options ...Option) (*Client, error) {
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("make a client: %.80q is not an http or https address", baseURL)
	}
	if network == "" {
		return nil, errors.New("make a client: no network is named")
	}
	const attempts = 8
	c := &Client{signer: signer, link: &link{
		base: strings.TrimSuffix(u.String(), "/"), network: network, life: DefaultLife, attempts: attempts, now: time.Now,
	}}
	for _, set := range options {
		set(c)
	}
	if c.http == nil {
		c.http = defaultHTTP()
	}
	return c, nil
}

func defaultHTTP() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
			MaxIdleConns:          poolSize,
			MaxIdleConnsPerHost:   poolSize,
			IdleConnTimeout:       time.Minute,
			TLSHandshakeTimeout:   dialTimeout,
			ResponseHeaderTimeout: headTimeout,
			ForceAttemptHTTP2:     true,
		},
		// A token is made for one path: following would show it to another.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// As gives a client for another signer that shares connections and clock.
func (c *Client) As(signer Signer) *Client { return &Client{link: c.link, signer: signer} }

// Network is the network's name.
func (c *Client) Network() string { return c.network }

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Time is the ledger's time, carried forward by this machine's monotonic clock
// since the node was last asked, at most a minute ago. Before the first block there
// is none: NODE_CATCHING_UP.
func (c *Client) Time(ctx context.Context) (calendar.Instant, error) {
	known, err := c.hear(ctx)
	if err != nil {
		return 0, err
	}
	return known.ledger.Add(time.Since(known.heard)), nil
}

// hear gives the node's name and the ledger's time, asking when they are old.
func (c *Client) hear(ctx context.Context) (clock, error) {
	c.mu.Lock()
	known := c.clock
	c.mu.Unlock()
	if !known.heard.IsZero() && time.Since(known.heard) < timeRefreshed {
		return known, nil
	}
	if _, err := c.Status(ctx); err != nil {
		return clock{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.clock.heard.IsZero() {
		return clock{}, code.NodeCatchingUp.New("the ledger has no block yet")
	}
	return c.clock, nil
}

// learn keeps what a status says.
func (c *Client) learn(s *Status, asked time.Time) error {
	if s.Network != c.network {
		return fmt.Errorf("the node at %s is of network %q, not %q", c.base, s.Network, c.network)
	}
	if c.expected != "" && s.Node != c.expected {
		return fmt.Errorf("the node at %s is %q, not %q", c.base, s.Node, c.expected)
	}
	if s.LedgerTime.IsZero() {
		return nil // before the first block: nothing to keep
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock = clock{node: s.Node, ledger: s.LedgerTime, heard: asked}
	return nil
}

// forget makes the next Sign ask for the time.
func (c *Client) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock.heard = time.Time{}
}
