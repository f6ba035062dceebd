package notify_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/node/notify"
)

func TestOnlyPublicAddressesAreTargets(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
		"198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1", "fdff::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1",
	} {
		if notify.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s is a target", text)
		}
	}
	for _, text := range []string{"8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.32.0.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111"} {
		if !notify.Public(netip.MustParseAddr(text)) {
			t.Errorf("%s is no target", text)
		}
	}
	if notify.Public(netip.Addr{}) {
		t.Error("no address is a target")
	}
}

func TestURLsThatAreNoTargets(t *testing.T) {
	for _, text := range []string{
		"", "example.com", "http://example.com/", "ftp://example.com/", "https://", "https:example.com", "https://user:secret@example.com/",
		"https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://10.1.2.3:8443/", "https://169.254.169.254/latest/meta-data/",
		"https://example.com/#part", "https://example.com/\n", "https://%zz/",
	} {
		if err := notify.CheckTarget(text, false); !code.BadArgument.Is(err) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"https://example.com/hook?a=b", "https://example.com:8443", "https://8.8.8.8/"} {
		if err := notify.CheckTarget(text, false); err != nil {
			t.Error(err)
		}
	}
	if err := notify.CheckTarget("http://127.0.0.1:8080/", true); err != nil {
		t.Error(err)
	}
	if err := notify.CheckTarget("ftp://127.0.0.1/", true); !code.BadArgument.Is(err) {
		t.Errorf("another scheme where private ones are allowed: %v", err)
	}
}

// A name that resolves to the node's own machine is found out when it is called, whatever
// it was when the webhook was registered.
func TestANameIsJudgedByWhatItResolvesTo(t *testing.T) {
	o := newOffice(t, notify.Settings{})
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the node called its own machine") }))
	defer s.Close()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := o.hook("https://localhost:" + u.Port() + "/")
	trial, err := o.desk.TestWebhook(o.viewer("core/maker"), id)
	if err != nil || trial.Delivered || trial.Fault != "the target has no public address" {
		t.Errorf("%+v %v", trial, err)
	}
}
