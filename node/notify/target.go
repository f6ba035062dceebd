package notify

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Limits of a call to a target.
const (
	maxURL        = 2048
	callTimeout   = 10 * time.Second
	dialTimeout   = 5 * time.Second
	maxAnswer     = 64 << 10 // bytes of the answer that are read
	maxAnswerHead = 16 << 10
	idlePerTarget = 1
	idleTargets   = 64
	idleTime      = 30 * time.Second
)

// ErrTarget is in the error of a call to an address at which no webhook may point.
var ErrTarget = errors.New("the target is not a public address")

// noAddress is what became of a call to a name that has no address, or none at which a
// webhook may point.
const noAddress = "the target has no public address"

// checkTarget refuses with BAD_ARGUMENT a URL to which nothing is delivered: only https
// without a user, and http where private targets are allowed. What its name resolves to
// is judged at each call.
func checkTarget(text string, allowPrivate bool) error {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxURL:
		return code.BadArgument.New("the URL has more than %d characters", maxURL)
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return code.BadArgument.New("the URL is not an address")
	case u.User != nil || u.Fragment != "":
		return code.BadArgument.New("the URL has a user or a fragment")
	case u.Scheme != "https" && (u.Scheme != "http" || !allowPrivate):
		return code.BadArgument.New("the URL is not https")
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !allowPrivate && !public(ip) {
		return code.BadArgument.New("%s", ErrTarget)
	}
	return nil
}

// reserved are the ranges of the IANA registries of special-purpose addresses that the
// methods of netip.Addr do not know.
//
//nolint:gochecknoglobals // a read-only table
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),       // this network
	netip.MustParsePrefix("100.64.0.0/10"),   // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),    // protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),    // documentation
	netip.MustParsePrefix("192.88.99.0/24"),  // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),   // benchmarks
	netip.MustParsePrefix("198.51.100.0/24"), // documentation
	netip.MustParsePrefix("203.0.113.0/24"),  // documentation
	netip.MustParsePrefix("240.0.0.0/4"),     // future use, broadcast
	netip.MustParsePrefix("2001::/23"),       // protocol assignments, with Teredo
	netip.MustParsePrefix("2001:db8::/32"),   // documentation
	netip.MustParsePrefix("2002::/16"),       // 6to4: an IPv4 address within
	netip.MustParsePrefix("3fff::/20"),       // documentation
}

// globalIPv6 is all of IPv6 that is assigned for the public. What is outside of it, such
// as IPv4-compatible addresses and those of NAT64, is no target.
var globalIPv6 = netip.MustParsePrefix("2000::/3") //nolint:gochecknoglobals // read-only

// public reports whether an address is one of the public internet. An IPv4 address
// written as IPv6 is none: nobody needs it.
func public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" || ip.Is4In6() || !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() {
		return false
	}
	for _, r := range reserved {
		if r.Contains(ip) {
			return false
		}
	}
	return ip.Is4() || globalIPv6.Contains(ip)
}

// newCaller makes the HTTP client for targets: no proxy, no redirect, and every address
// judged after its name was resolved, at the moment of connecting, so that a name cannot
// point elsewhere in between.
func newCaller(allowPrivate bool, timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	if !allowPrivate {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !public(to.Addr()) {
				return ErrTarget
			}
			return nil
		}
	}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    dialTimeout,
			MaxResponseHeaderBytes: maxAnswerHead,
			MaxIdleConns:           idleTargets,
			MaxIdleConnsPerHost:    idlePerTarget,
			IdleConnTimeout:        idleTime,
			DisableCompression:     true, // no bomb to unpack
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
