package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/text/language"

	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/attach"
	"github.com/tierledger/tierledger/node/bankdesk"
	"github.com/tierledger/tierledger/node/enrol"
	"github.com/tierledger/tierledger/node/notify"
	"github.com/tierledger/tierledger/node/policy"
)

// Limits of the server.
const (
	// MaxBody is the largest request body, in bytes.
	MaxBody = 1 << 20
	// MaxWait is the longest time a submission may wait for its outcome.
	MaxWait = 60 * time.Second
	// DefaultWait is how long it waits when it does not say.
	DefaultWait = 30 * time.Second
	// DefaultQuota is how many invoice fingerprints a member may ask for in a day.
	DefaultQuota = 10_000
	// MaxFacts is how many invoices one request may have fingerprinted.
	MaxFacts = 500

	maxHeader        = 16 << 10
	headerTimeout    = 5 * time.Second
	bodyTimeout      = 15 * time.Second
	idleTimeout      = 2 * time.Minute
	receivedEntries  = 1 << 16 // submissions remembered
	keyEntries       = 1 << 14 // parsed public keys
	rememberedTokens = 1 << 18 // live login tokens
)

// Engine is what the API needs of the node besides its store.
type Engine interface {
	// Submit gives a transaction to the mempool. It returns nil when the transaction
	// waits there, new or known. A refusal is a *code.Error: admission's own,
	// MEMPOOL_FULL or NODE_STOPPING.
	Submit(ctx context.Context, raw []byte) error
	// Peers is the number of connected peers.
	Peers() int
	// CatchingUp reports whether the node is still fetching blocks.
	CatchingUp() bool
	// Waiting is the number of transactions in the mempool.
	Waiting() int
}

// Config is what a Server works with. Network, Store, Engine and Finals must be
// given.
type Config struct {
	// Network is the network's name.
	Network string
	// Node is this node's name: the audience of its login tokens, for example its
	// peer id. 1 to 64 of ASCII letters, digits and "-_.:".
	Node string
	// Version of the program.
	Version string
	Store   *store.Store
	Engine  Engine
	// Finals is told of every block's outcomes by the node.
	Finals *Finals
	// Functions describes the contract functions.
	Functions []Function
	// Fingerprint makes invoice fingerprints; nil on a node that has no key.
	Fingerprint Fingerprint
	// Quota is how many fingerprints a member may ask for in a day of ledger time; 0
	// means DefaultQuota. It is counted in memory: a restart begins anew.
	Quota int
	// Policies are the bank's own rules for financings with the decisions made by them;
	// nil serves none.
	Policies *policy.Book
	// BankDesk keeps what banks' clearing desks remember; nil serves none.
	BankDesk *bankdesk.Desk
	// PublicURL is the origin at which people reach the API and the console, as in
	// https://node.bank.example: links begin with it. Empty means http://127.0.0.1.
	PublicURL string
	// Joining keeps invitations, enrolments and requests to recover a key; nil serves
	// none.
	Joining *enrol.Desk
	// Attachments keeps members' files; nil serves none.
	Attachments *attach.Store
	// Notices keeps webhooks, contacts and messages; nil serves none.
	Notices *notify.Desk
	// Heartbeat is how often an event stream without events says that it is there; 0
	// means DefaultHeartbeat.
	Heartbeat time.Duration
	// Limits are how many requests are answered; the zero value limits nobody.
	Limits Limits
	// Checkpoints copies the ledger at its present height; nil offers no checkpoints.
	Checkpoints func() (*Checkpoint, error)
	// Console makes the handler of the console's files before one for what it does not
	// have; nil serves no console.
	Console func(absent http.Handler) (http.Handler, error)
	// Metrics collects the API's metrics and is served at /metrics; nil makes one.
	Metrics *prometheus.Registry
	// Logger is where requests are logged; nil logs nothing.
	Logger *slog.Logger
	// Now is the node's clock, for login tokens; nil is time.Now.
	Now func() time.Time
}

// Server serves the API. It is safe for concurrent use.
type Server struct {
	Config

	mux         *http.ServeMux
	api         huma.API
	server      *http.Server
	languages   language.Matcher
	keys        *keyCache
	remembered  *jws.Remembered
	received    *received
	quota       *quota
	metrics     metrics
	openLimit   *limiter // by address
	memberLimit *limiter
	strangers   *limiter // by address, what is written without a login
	totals      totals
	uploads     places // files that are read
	streams     places
	heavy       places // statements, vouchers, previews
	verified    places // papers, by address
	stopping    atomic.Bool
	stop        chan struct{} // closed by Shutdown
}

// New makes a server; Serve starts it.
func New(c Config) (*Server, error) {
	switch {
	case c.Network == "" || c.Node == "":
		return nil, errors.New("make the API: no name of the network or of the node")
	case c.Store == nil || c.Engine == nil || c.Finals == nil:
		return nil, errors.New("make the API: no store, engine or finals")
	}
	if c.Quota == 0 {
		c.Quota = DefaultQuota
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = DefaultHeartbeat
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Server{
		Config:     c,
		mux:        http.NewServeMux(),
		languages:  language.NewMatcher([]language.Tag{language.English, language.Chinese, language.TraditionalChinese}),
		remembered: jws.NewRemembered(rememberedTokens),
		quota:      newQuota(c.Quota),
		uploads:    places{what: "files", each: uploadsOfMember, most: uploadsOfAll},
		streams:    places{what: "event streams", each: MaxStreams, most: maxStreamsOfAll},
		heavy:      places{what: "statements, vouchers or previews", each: heavyOfMember, most: heavyOfAll},
		verified:   places{what: "papers to verify", each: verifiedOfAddress, most: verifiedOfAll},
		stop:       make(chan struct{}),
	}
	var err error
	if s.keys, err = newKeyCache(keyEntries); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if s.openLimit, err = newLimiter(c.Limits.OpenPerSecond, c.Limits.OpenBurst); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if s.memberLimit, err = newLimiter(c.Limits.MemberPerSecond, c.Limits.MemberBurst); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if s.strangers, err = newLimiter(strangerPerSecond, strangerBurst); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if s.received, err = newReceived(receivedEntries); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if s.metrics, err = newMetrics(s); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	if err := s.routes(); err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	s.server = &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      MaxWait + bodyTimeout + headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(c.Logger.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// Listen opens a listener for Serve. An address without a host is on loopback:
// others are served through a proxy that terminates TLS.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", address, err)
	}
	return l, nil
}

// Serve answers requests on the listener until Shutdown, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	if err := s.server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the API: %w", err)
	}
	return nil
}

// Shutdown takes no new requests, ends the waits for outcomes (they are answered
// as received) and returns when all requests are answered or ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	if s.stopping.CompareAndSwap(false, true) {
		close(s.stop)
		s.totals.drop()
	}
	if err := s.server.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop the API: %w", errors.Join(err, s.server.Close()))
	}
	return nil
}
