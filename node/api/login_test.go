package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/node/api"
)

// A login token is for one request, at one node, for a short time, once.
func TestLoginTokensThatAreRefused(t *testing.T) {
	n := newNode(t)
	const path = "/v1/worklist"
	n.Keys["stranger/maker"] = newKey(t)
	for name, c := range map[string]struct {
		who    string
		change func(*jws.Login)
		detail string
	}{
		"another path":      {"bank1/maker", func(l *jws.Login) { l.Path = "/v1/holdings" }, "another request"},
		"another query":     {"bank1/maker", func(l *jws.Login) { l.Path = path + "?limit=1" }, "another request"},
		"another method":    {"bank1/maker", func(l *jws.Login) { l.Method = "POST" }, "another request"},
		"another node":      {"bank1/maker", func(l *jws.Login) { l.Node = "bank2-node" }, "another request"},
		"another network":   {"bank1/maker", func(l *jws.Login) { l.Network = "main-net" }, "another request"},
		"a body":            {"bank1/maker", func(l *jws.Login) { l.BodySHA256 = jws.BodyDigest([]byte("x")) }, "another request"},
		"expired":           {"bank1/maker", func(l *jws.Login) { l.IssuedAt -= 100; l.Expires -= 100 }, "not valid at this time"},
		"too long a life":   {"bank1/maker", func(l *jws.Login) { l.Expires += 100 }, "not valid at this time"},
		"from the future":   {"bank1/maker", func(l *jws.Login) { l.IssuedAt += 90; l.Expires += 90 }, "not valid at this time"},
		"a key of nobody's": {"stranger/maker", func(*jws.Login) {}, "not registered"},
	} {
		t.Run(name, func(t *testing.T) {
			a := n.send(http.MethodGet, path, "", http.Header{"Authorization": {n.login(c.who, http.MethodGet, path, nil, c.change)}})
			if a.status != http.StatusUnauthorized || a.code(t) != "UNAUTHENTICATED" || !strings.Contains(a.body, c.detail) {
				t.Errorf("%d %s", a.status, a.body)
			}
			if a.header.Get("WWW-Authenticate") == "" {
				t.Error("no WWW-Authenticate")
			}
		})
	}
	for name, header := range map[string]string{
		"basic": "Basic Zm9vOmJhcg==", "no token": "Bearer ", "garbage": "Bearer a.b.c",
		"a transaction": "Bearer " + string(n.Sign("bank1/maker", "sweep:Run", sweep)),
		"huge":          "Bearer " + strings.Repeat("a", 9000),
	} {
		if a := n.send(http.MethodGet, path, "", http.Header{"Authorization": {header}}); a.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	token := n.login("bank1/maker", http.MethodGet, path, nil)
	if a := n.send(http.MethodGet, path, "", http.Header{"Authorization": {token}}); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := n.send(http.MethodGet, path, "", http.Header{"Authorization": {token}}); !strings.Contains(a.body, "used before") {
		t.Errorf("a second time: %d %s", a.status, a.body)
	}
}

// Who learns that a credential was revoked is who holds its key.
func TestARevokedCredentialReadsNothing(t *testing.T) {
	n := newNode(t)
	n.Enrol("firm")
	n.Must("firm/admin1", "member:RevokeCredential", map[string]any{"key": n.Keys["firm/maker"].Public().ID(), "reason": "lost"})
	if a := n.ask("firm/maker", http.MethodGet, "/v1/worklist", ""); a.status != http.StatusUnauthorized || a.code(t) != "CREDENTIAL_REVOKED" {
		t.Errorf("%d %s", a.status, a.body)
	}
	stranger := newKey(t)
	forged := strings.Split(n.login("firm/maker", http.MethodGet, "/v1/worklist", nil), ".")
	signature, err := stranger.Sign([]byte("something else"))
	if err != nil {
		t.Fatal(err)
	}
	forged[2] = encode(signature)
	a := n.send(http.MethodGet, "/v1/worklist", "", http.Header{"Authorization": {strings.Join(forged, ".")}})
	if a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("a forged token: %d %s", a.status, a.body)
	}
	n.Must("bank1/maker", "member:Suspend", map[string]any{"member": n.IDs["firm"], "reason": "investigation"})
	if a := n.ask("firm/checker", http.MethodGet, "/v1/worklist", ""); a.status != http.StatusOK {
		t.Errorf("a suspended member reads: %d %s", a.status, a.body)
	}
}

func TestTheNodesClockDecidesOnLogins(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Now = func() time.Time { return time.Now().Add(time.Hour) } })
	if a := n.ask("bank1/maker", http.MethodGet, "/v1/worklist", ""); a.status != http.StatusUnauthorized {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func newKey(t *testing.T) credential.PrivateKey {
	t.Helper()
	key, err := credential.Generate(credential.EdDSA, randomReader())
	if err != nil {
		t.Fatal(err)
	}
	return key
}
