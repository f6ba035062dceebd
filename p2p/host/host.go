// Package host opens the permissioned libp2p host of a node: QUIC only, no
// relay, no discovery, and no connection in either direction with a peer that
// is not in the Membership. A peer removed from the Membership is dropped.
//
// It knows nothing of blocks or documents. node/consensus runs the engine over
// the host, and our own stream protocols are set on it with SetStreamHandler.
package host

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	ma "github.com/multiformats/go-multiaddr"
)

// DefaultListen is the address a host binds when none is given: loopback, any port.
const DefaultListen = "127.0.0.1:0"

// maxConnsPerIP replaces libp2p's limit of 8 connections from one address, so
// that several nodes may live behind one address.
const maxConnsPerIP = 256

// maxHandshakes bounds connections whose key is not proved yet. Members are few;
// what else knocks must not fill the memory.
const maxHandshakes = 256

// Config says who the host is, where it listens and whom it knows.
type Config struct {
	// Key is the node's peer key. Its public half is the peer's ID.
	Key ed25519.PrivateKey
	// Listen is IPv4:port for UDP; empty means DefaultListen. IPv6 is refused:
	// the engine's transport cannot parse such peers.
	Listen string
	// Membership decides who may connect. Required.
	Membership *Membership
}

// Host is a libp2p host that speaks with members only.
type Host struct {
	host.Host
	members *Membership
	cancel  func()
}

// New opens the host and binds its address. Close releases it.
func New(cfg Config) (*Host, error) {
	if cfg.Membership == nil {
		return nil, errors.New("open peer host: no membership given")
	}
	key, err := crypto.UnmarshalEd25519PrivateKey(cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("open peer host: read peer key: %w", err)
	}
	listen, err := quicAddr(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("open peer host: %w", err)
	}
	resources, err := resourceManager()
	if err != nil {
		return nil, fmt.Errorf("open peer host: set limits: %w", err)
	}
	inner, err := libp2p.New(
		libp2p.Identity(key),
		libp2p.ListenAddrs(listen),
		libp2p.Transport(quic.NewTransport),
		libp2p.ConnectionGater(gater{cfg.Membership}),
		libp2p.ResourceManager(resources),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.DisableIdentifyAddressDiscovery(),
		libp2p.Ping(true),
		libp2p.UserAgent("tierledger"),
	)
	if err != nil {
		return nil, fmt.Errorf("open peer host on %s: %w", listen, err)
	}
	h := &Host{Host: inner, members: cfg.Membership}
	inner.Network().Notify(&network.NotifyBundle{ConnectedF: h.recheck})
	h.cancel = cfg.Membership.OnRemove(h.drop)
	return h, nil
}

// Close drops every connection and releases the port.
func (h *Host) Close() error {
	h.cancel()
	return h.Host.Close()
}

// Membership returns the set that this host obeys.
func (h *Host) Membership() *Membership { return h.members }

// Addr returns "id@ip:port" of the first bound address, the form in which peers
// are named in configuration.
func (h *Host) Addr() (string, error) {
	for _, a := range h.Network().ListenAddresses() {
		ip, err := a.ValueForProtocol(ma.P_IP4)
		if err != nil {
			continue
		}
		port, err := a.ValueForProtocol(ma.P_UDP)
		if err != nil {
			continue
		}
		return h.ID().String() + "@" + net.JoinHostPort(ip, port), nil
	}
	return "", fmt.Errorf("peer host %s listens nowhere", h.ID())
}

// recheck closes a connection that was being made while its peer was removed.
func (h *Host) recheck(_ network.Network, c network.Conn) {
	if !h.members.Contains(c.RemotePeer()) {
		// The notification runs inside the swarm: close from outside of it.
		go func() { _ = c.Close() }()
	}
}

func (h *Host) drop(removed []peer.ID) {
	for _, id := range removed {
		// A failure to close means that the connection is already gone.
		_ = h.Network().ClosePeer(id)
		h.Peerstore().ClearAddrs(id)
	}
}

// quicAddr turns "ip:port" into a QUIC multiaddress.
func quicAddr(listen string) (ma.Multiaddr, error) {
	if listen == "" {
		listen = DefaultListen
	}
	ap, err := netip.ParseAddrPort(listen)
	if err != nil {
		return nil, fmt.Errorf("listen address %q is not ip:port: %w", listen, err)
	}
	if !ap.Addr().Is4() {
		return nil, fmt.Errorf("listen address %q: only IPv4 is supported between peers", listen)
	}
	return ma.NewMultiaddr(fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", ap.Addr(), ap.Port()))
}

// resourceManager leaves members unbounded, because the engine opens a stream for
// every message and QUIC's own flow control holds it back, and bounds only what
// has not proved its key.
func resourceManager() (network.ResourceManager, error) {
	limits := rcmgr.PartialLimitConfig{
		Transient: rcmgr.ResourceLimits{Conns: maxHandshakes, ConnsInbound: maxHandshakes},
	}
	return rcmgr.NewResourceManager(
		rcmgr.NewFixedLimiter(limits.Build(rcmgr.InfiniteLimits)),
		rcmgr.WithMetricsDisabled(),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: maxConnsPerIP}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 56, ConnCount: maxConnsPerIP}},
		),
	)
}
