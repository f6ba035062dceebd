package api

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/access"
)

// Limits are how many requests are answered in a second, and at once after a pause. A
// rate of 0 is no limit. They are counted in memory; whoever was not seen for long is
// forgotten.
type Limits struct {
	// OpenPerSecond and OpenBurst are for a source address, over requests that need no
	// login and those whose login fails.
	OpenPerSecond, OpenBurst int
	// MemberPerSecond and MemberBurst are for a member, over requests with a login.
	MemberPerSecond, MemberBurst int
	// Proxies may say for whom they ask, in X-Forwarded-For: addresses of proxies before
	// the node. Of others the header is not believed.
	Proxies []netip.Prefix
}

// limitedEntries is how many addresses, and how many members, are counted.
const limitedEntries = 1 << 14

// limiter counts requests by whoever sends them. It is safe for concurrent use.
type limiter struct {
	rate    rate.Limit
	burst   int
	buckets *lru.Cache[string, *rate.Limiter]
}

// newLimiter makes a limiter; nil, which limits nobody, for a rate of 0.
func newLimiter(perSecond, burst int) (*limiter, error) {
	if perSecond == 0 {
		return nil, nil
	}
	if perSecond < 0 || burst < 1 {
		return nil, fmt.Errorf("a limit of %d requests a second, %d at once", perSecond, burst)
	}
	buckets, err := lru.New[string, *rate.Limiter](limitedEntries)
	return &limiter{rate.Limit(perSecond), burst, buckets}, err
}

// allow counts a request of somebody at a time: RATE_LIMITED when there were too many.
func (l *limiter) allow(who string, at time.Time) error {
	if l == nil {
		return nil
	}
	bucket := rate.NewLimiter(l.rate, l.burst)
	if known, ok, _ := l.buckets.PeekOrAdd(who, bucket); ok {
		bucket = known
		l.buckets.Get(who) // it was seen just now
	}
	if !bucket.AllowN(at, 1) {
		return code.RateLimited.New("at most %v requests a second", l.rate)
	}
	return nil
}

// operations is where the paths of operations begin; those that need a login count
// requests once it is judged.
const operations = "/v1/"

// admit counts a request for what is no operation: the console, the description, the
// metrics. A load balancer may ask for the node's health at any time.
func (s *Server) admit(r *http.Request, f *facts) error {
	if strings.HasPrefix(r.URL.Path, operations) || strings.HasPrefix(r.URL.Path, "/health/") {
		return nil
	}
	return s.openLimit.allow(f.remote, s.Now())
}

// admitOpen counts a request for an operation that needs no login, whatever it carries.
func (s *Server) admitOpen(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	if len(op.Security) == 0 && strings.HasPrefix(op.Path, operations) {
		if err := s.openLimit.allow(factsOf(ctx.Context()).remote, s.Now()); err != nil {
			r, w := humago.Unwrap(ctx)
			s.refuse(w, r, err)
			return
		}
	}
	next(ctx)
}

// count counts a request with a login once it is judged: for the member, or when it
// failed for the address that it came from.
func (s *Server) count(viewer access.Viewer, failed error, f *facts) error {
	if failed == nil {
		return s.memberLimit.allow(viewer.Member.ID, s.Now())
	}
	if e := code.Of(failed); e != nil && statusOf(e.Code) == http.StatusUnauthorized {
		if err := s.openLimit.allow(f.remote, s.Now()); err != nil {
			return err
		}
	}
	return failed
}

// sourceOf is the address that a request comes from: the peer's, or the one for which a
// known proxy asks. Of IPv6 the network of 64 bits counts: one customer has that many.
func (s *Server) sourceOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	addr = addr.Unmap()
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0 && s.isProxy(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	if addr.Is6() {
		const customer = 64 // bits
		if prefix, err := addr.WithZone("").Prefix(customer); err == nil {
			return prefix.String()
		}
	}
	return addr.String()
}

func (s *Server) isProxy(addr netip.Addr) bool {
	for _, p := range s.Limits.Proxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}
