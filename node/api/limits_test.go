package api_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/node/api"
)

// limited has limits and a clock that stands still: no time of a test gives a request
// back.
func limited(l api.Limits) func(*api.Config) {
	now := time.Now()
	return func(c *api.Config) { c.Limits, c.Now = l, func() time.Time { return now } }
}

// asked is how many of count requests are answered before one is refused for their
// number.
func asked(t *testing.T, count int, ask func() answer) int {
	t.Helper()
	for i := range count {
		a := ask()
		if a.status != http.StatusTooManyRequests {
			continue
		}
		if a.code(t) != "RATE_LIMITED" || a.header.Get("Retry-After") == "" {
			t.Errorf("the refusal: %v %s", a.header, a.body)
		}
		return i
	}
	return count
}

// Of somebody who asks too often the rest is refused, whoever else asks is answered.
func TestWhoAsksTooOftenIsRefused(t *testing.T) {
	n := newNode(t, limited(api.Limits{OpenPerSecond: 1, OpenBurst: 5, MemberPerSecond: 1, MemberBurst: 7}))
	open := func() answer { return n.ask("", http.MethodGet, "/v1/status", "") }
	if got := asked(t, 50, open); got != 5 {
		t.Errorf("%d requests without a login are answered", got)
	}
	// What carries a login is counted for the member, even from that address.
	member := func() answer { return n.ask("bank2/maker", http.MethodGet, "/v1/viewer", "") }
	if got := asked(t, 50, member); got != 7 {
		t.Errorf("%d requests of a member are answered", got)
	}
	if a := n.ask("bank2/checker", http.MethodGet, "/v1/viewer", ""); a.status != http.StatusTooManyRequests {
		t.Errorf("another person of that member: %d", a.status)
	}
	if a := n.ask("bank3/maker", http.MethodGet, "/v1/viewer", ""); a.status != http.StatusOK {
		t.Errorf("another member: %d %s", a.status, a.body)
	}
	// A header that looks like a login opens nothing, and a login that fails is counted.
	for _, path := range []string{"/v1/status", "/v1/viewer", "/openapi.json"} {
		forged := func() answer {
			return n.send(http.MethodGet, path, "", http.Header{"Authorization": {"Bearer a.b.c"}})
		}
		if got := asked(t, 50, forged); got != 0 {
			t.Errorf("%s is answered %d times more with a forged login", path, got)
		}
	}
	if got := asked(t, 50, func() answer { return n.ask("", http.MethodGet, "/health/live", "") }); got != 50 {
		t.Errorf("a load balancer gets %d answers", got)
	}
}

// Larger bodies are of people who are known: guesses of a login are counted there as well.
func TestGuessesWithAFileAreCounted(t *testing.T) {
	n := newNode(t, limited(api.Limits{OpenPerSecond: 1, OpenBurst: 3}), joining(t))
	for _, bearer := range []string{"", "Bearer a.b.c"} {
		got := asked(t, 50, func() answer {
			h := http.Header{"Content-Type": {pdfType}, "Authorization": {bearer}}
			return n.send(http.MethodPut, "/v1/attachments/"+hexOf(testPDF), testPDF, h)
		})
		if want := map[string]int{"": 3}[bearer]; got != want {
			t.Errorf("%q: %d are answered", bearer, got)
		}
	}
}

// The operations that take files take more than the others' body, of people who log in.
func TestSomeBodiesMayBeLarger(t *testing.T) {
	n := newNode(t, desks(t))
	n.Enrol("core")
	space := strings.Repeat(" ", 3*api.MaxBody)
	rows := n.post("core/maker", "/v1/batches/preview", "application/json", []byte(`{"rows":[`+space+`]}`))
	if rows.status != http.StatusOK {
		t.Errorf("rows: %d %s", rows.status, rows.body)
	}
	message := n.post("bank1/maker", readingURI, "application/xml", []byte("<a>"+space+"</a>"))
	if message.code(t) != "BAD_FILE" {
		t.Errorf("a message: %d %s", message.status, message.body)
	}
	order := n.post("bank1/maker", "/v1/runs/none/payment-order", "application/json", []byte(`{"accounts":[`+space+`]}`))
	if order.code(t) == "TOO_LARGE" {
		t.Errorf("numbers of accounts: %d %s", order.status, order.body)
	}
	facts := n.post("core/maker", "/v1/transactions", "application/json", []byte(`{"transaction":"`+space+`"}`))
	if facts.code(t) != "TOO_LARGE" {
		t.Errorf("any other body: %d %s", facts.status, facts.body)
	}
}

// Only a known proxy is believed for whom it asks.
func TestAProxySaysForWhomItAsks(t *testing.T) {
	limits := api.Limits{OpenPerSecond: 1, OpenBurst: 3}
	from := func(n *node, chain string) func() answer {
		return func() answer {
			return n.send(http.MethodGet, "/v1/status", "", http.Header{"X-Forwarded-For": {chain}})
		}
	}
	n := newNode(t, limited(limits))
	if got := asked(t, 50, from(n, "192.0.2.1")); got != 3 {
		t.Errorf("%d are answered", got)
	}
	if a := from(n, "192.0.2.2")(); a.status != http.StatusTooManyRequests {
		t.Errorf("no proxy is known, and another address in the header is believed: %d", a.status)
	}
	limits.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("198.51.100.7/32")}
	n = newNode(t, limited(limits))
	for _, chain := range []string{
		"192.0.2.1", "192.0.2.2, 198.51.100.7", "203.0.113.9, 192.0.2.3", "2001:db8::1", "::ffff:192.0.2.4", "not an address",
	} {
		if got := asked(t, 50, from(n, chain)); got != 3 {
			t.Errorf("%s: %d are answered", chain, got)
		}
	}
	for chain, whose := range map[string]string{
		"203.0.113.8, 192.0.2.3": "what a client writes before its own address does not count", "2001:db8::2": "the same network",
		"192.0.2.4": "the same address in other words",
	} {
		if a := from(n, chain)(); a.status != http.StatusTooManyRequests {
			t.Errorf("%s: %d, %s", chain, a.status, whose)
		}
	}
	if a := from(n, "2001:db8:1::1")(); a.status != http.StatusOK {
		t.Errorf("another network: %d", a.status)
	}
}

func TestLimitsThatMeanNothing(t *testing.T) {
	n := newNode(t)
	for _, l := range []api.Limits{{OpenPerSecond: -1, OpenBurst: 1}, {OpenPerSecond: 1}, {MemberPerSecond: 5, MemberBurst: -1}} {
		c := api.Config{Network: "n", Node: "n", Store: n.Store, Engine: n, Finals: n.finals, Limits: l}
		if _, err := api.New(c); err == nil || !strings.Contains(err.Error(), "limit") {
			t.Errorf("%+v: %v", l, err)
		}
	}
}

// An answer that a client has is not sent again; one that changed is.
func TestAnAnswerIsSentOnce(t *testing.T) {
	s := tell(t)
	ask := func(who, uri string, h http.Header) answer {
		if who != "" {
			h.Set("Authorization", s.login(who, http.MethodGet, uri, nil))
		}
		return s.send(http.MethodGet, uri, "", h)
	}
	const uri = "/v1/worklist"
	first := ask("tier3/maker", uri, http.Header{})
	tag := first.header.Get("ETag")
	if first.status != http.StatusOK || len(tag) != 34 || first.header.Get("Content-Type") == "" {
		t.Fatalf("%d %v", first.status, first.header)
	}
	for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		a := ask("tier3/maker", uri, http.Header{"If-None-Match": {known}})
		if a.status != http.StatusNotModified || a.body != "" || a.header.Get("ETag") != tag {
			t.Errorf("%s: %d %q %v", known, a.status, a.body, a.header)
		}
	}
	if a := ask("tier3/maker", uri, http.Header{"If-None-Match": {`"other"`}}); a.status != http.StatusOK || a.body != first.body {
		t.Errorf("another tag: %d %s", a.status, a.body)
	}
	if a := ask("tier1/maker", uri, http.Header{"If-None-Match": {tag}}); a.status != http.StatusOK {
		t.Errorf("another member's answer: %d %s", a.status, a.body)
	}
	if a := ask("", uri, http.Header{"If-None-Match": {tag}}); a.status != http.StatusUnauthorized || a.header.Get("ETag") != "" {
		t.Errorf("without a login: %d %v", a.status, a.header)
	}
	if a := ask("outsider/maker", "/v1/transfers/"+s.offer, http.Header{"If-None-Match": {"*"}}); a.status != http.StatusForbidden {
		t.Errorf("what may not be seen: %d", a.status)
	}
	s.Must("tier3/maker", "certificate:AcceptTransfer", map[string]any{"id": s.offer})
	if a := ask("tier3/maker", uri, http.Header{"If-None-Match": {tag}}); a.status != http.StatusOK || a.header.Get("ETag") == tag {
		t.Errorf("after a change: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/openapi.json", "/v1/functions", "/health/live"} {
		a := ask("", path, http.Header{})
		if b := ask("", path, http.Header{"If-None-Match": {a.header.Get("ETag")}}); a.status != http.StatusOK || b.status != http.StatusNotModified {
			t.Errorf("%s: %d, %d", path, a.status, b.status)
		}
	}
	csv := ask("core/maker", "/v1/reports/daily", http.Header{"Accept": {"text/csv"}})
	if csv.status != http.StatusOK || csv.header.Get("ETag") != "" || !strings.HasPrefix(csv.body, "day,") {
		t.Errorf("a file: %d %v %.40s", csv.status, csv.header, csv.body)
	}
}
