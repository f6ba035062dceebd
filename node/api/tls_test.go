package api_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
)

// certify makes a self-signed X.509 document of a key.
func certify(t *testing.T, key crypto.Signer) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "anything"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func newECDSA(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signerOf is a person's key as the standard library takes it.
func signerOf(t *testing.T, n *node, who string) crypto.Signer {
	t.Helper()
	der, err := n.Keys[who].MarshalPKCS8()
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		t.Fatalf("%T signs nothing", key)
	}
	return signer
}

// secured is a node behind TLS.
type secured struct {
	*node
	url, cert, key string
	roots          *x509.CertPool
}

func secure(t *testing.T, n *node) *secured {
	t.Helper()
	dir := t.TempDir()
	s := &secured{node: n, cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem"), roots: x509.NewCertPool()}
	s.renew(time.Now().Add(-time.Minute))
	plain, err := api.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l, err := api.Secure(plain, s.cert, s.key, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s.url = "https://" + l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(l) }()
	t.Cleanup(func() {
		if err := n.server.Shutdown(t.Context()); err != nil {
			t.Log(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s
}

// renew puts a new certificate into the files, as of a time.
func (s *secured) renew(at time.Time) {
	s.Helper()
	t, ok := s.TB.(*testing.T)
	if !ok {
		s.Fatal("not a test")
	}
	pair := certify(t, newECDSA(t))
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		s.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		s.cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, s.key: {Type: "PRIVATE KEY", Bytes: der},
	} {
		text := pem.EncodeToMemory(block)
		if block.Type == "CERTIFICATE" {
			s.roots.AppendCertsFromPEM(text)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			s.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			s.Fatal(err)
		}
	}
}

// over is an HTTP client that trusts the node and shows certificates, if any.
func (s *secured) over(show ...tls.Certificate) *http.Client {
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.roots, Certificates: show, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}
	s.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *secured) request(h *http.Client, method, uri string, header http.Header) answer {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, s.url+uri, nil)
	if err != nil {
		s.Fatal(err)
	}
	r.Header = header
	response, err := h.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// Whoever shows a certificate of a registered key over TLS needs no token, whoever issued
// the certificate; a token goes before it.
func TestACertificateLogsIn(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	s := secure(t, n)
	core := s.over(certify(t, signerOf(t, n, "core/maker")))
	who := func(h *http.Client, header http.Header) answer {
		return s.request(h, http.MethodGet, "/v1/viewer", header)
	}
	if a := who(core, http.Header{}); a.status != http.StatusOK || !strings.Contains(a.body, n.IDs["core"]) || !strings.Contains(a.body, `"person":"maker"`) {
		t.Errorf("core's maker: %d %s", a.status, a.body)
	}
	if a := who(s.over(), http.Header{}); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("without a certificate: %d %s", a.status, a.body)
	}
	if a := s.request(s.over(), http.MethodGet, "/v1/status", http.Header{}); a.status != http.StatusOK {
		t.Errorf("what needs no login: %d %s", a.status, a.body)
	}
	if a := who(s.over(certify(t, newECDSA(t))), http.Header{}); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("a key of nobody's: %d %s", a.status, a.body)
	}
	token := n.login("bank2/maker", http.MethodGet, "/v1/viewer", nil)
	if a := who(core, http.Header{"Authorization": {token}}); a.status != http.StatusOK || !strings.Contains(a.body, n.IDs["bank2"]) {
		t.Errorf("with a token of another: %d %s", a.status, a.body)
	}
	if a := who(core, http.Header{"Authorization": {"Bearer a.b.c"}}); a.code(t) != "UNAUTHENTICATED" {
		t.Errorf("with a bad token: %d %s", a.status, a.body)
	}
	n.Must("core/admin1", "member:RevokeCredential", map[string]any{"key": n.Keys["core/maker"].Public().ID().String(), "reason": "left"})
	if a := who(core, http.Header{}); a.code(t) != "CREDENTIAL_REVOKED" {
		t.Errorf("after it was revoked: %d %s", a.status, a.body)
	}
}

// A page of another site cannot use the certificate that a browser sends along.
func TestAnotherSiteCannotUseTheCertificate(t *testing.T) {
	n := newNode(t, func(c *api.Config) {
		c.Checkpoints = func() (*api.Checkpoint, error) { return &api.Checkpoint{Directory: "copy", Height: 1}, nil }
	})
	s := secure(t, n)
	admin := s.over(certify(t, signerOf(t, n, "bank1/admin1")))
	if a := s.request(admin, http.MethodPost, "/v1/checkpoints", http.Header{}); a.status != http.StatusOK {
		t.Errorf("a program: %d %s", a.status, a.body)
	}
	for name, header := range map[string]http.Header{
		"by fetch metadata": {"Sec-Fetch-Site": {"cross-site"}}, "by origin": {"Origin": {"https://elsewhere.example"}},
	} {
		if a := s.request(admin, http.MethodPost, "/v1/checkpoints", header); a.code(t) != "UNAUTHENTICATED" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	own := http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {s.url}}
	if a := s.request(admin, http.MethodPost, "/v1/checkpoints", own); a.status != http.StatusOK {
		t.Errorf("the node's own page: %d %s", a.status, a.body)
	}
}

// The Go client works over TLS, and a renewed certificate is served without a restart.
func TestTheServersCertificateIsRenewed(t *testing.T) {
	n := newNode(t)
	s := secure(t, n)
	h := s.over()
	c, err := client.New(s.url, "test-net", n.Keys["bank1/maker"], client.WithNode(nodeName), client.WithHTTP(h))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Viewer(t.Context()); err != nil || v.Person != "maker" {
		t.Errorf("%+v, %v", v, err)
	}
	serial := func() string {
		t.Helper()
		d := tls.Dialer{Config: &tls.Config{RootCAs: s.roots, MinVersion: tls.VersionTLS12}}
		conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "https://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		secure, ok := conn.(*tls.Conn)
		if !ok {
			t.Fatal("no TLS")
		}
		return secure.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	before := serial()
	if again := serial(); again != before {
		t.Errorf("%s, then %s", before, again)
	}
	s.renew(time.Now().Add(time.Minute))
	if after := serial(); after == before {
		t.Error("the certificate is the one before")
	}
	renewed := serial()
	if err := os.WriteFile(s.key, []byte("half a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if still := serial(); still != renewed {
		t.Error("while the files cannot be read, the certificate does not stay")
	}
}

func TestFilesThatMakeNoTLS(t *testing.T) {
	l, err := api.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.pem")
	if err := os.WriteFile(bad, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{bad, filepath.Join(dir, "none.pem")} {
		if _, err := api.Secure(l, file, file, slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s is taken", file)
		}
	}
}
