package api

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
)

// Secure makes a listener serve TLS with a certificate and its key, PEM files that are
// read again when they change. It asks clients for a certificate and takes any: whether
// its key is that of a registered credential is looked up at each request.
func Secure(l net.Listener, certFile, keyFile string, logger *slog.Logger) (net.Listener, error) {
	pair := &keyPair{cert: certFile, key: keyFile, logger: logger}
	if err := pair.load(); err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     []string{"h2", "http/1.1"},
		ClientAuth:     tls.RequestClientCert,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair.present(), nil },
	}), nil
}

// keyPair is a server's certificate as its files have it.
type keyPair struct {
	cert, key string
	logger    *slog.Logger

	mu      sync.Mutex
	pair    *tls.Certificate
	changed time.Time
}

// load reads the files when they are newer than what was read.
func (k *keyPair) load() error {
	changed := time.Time{}
	for _, file := range []string{k.cert, k.key} {
		info, err := os.Stat(file)
		if err != nil {
			return fmt.Errorf("read the certificate for TLS: %w", err)
		}
		if info.ModTime().After(changed) {
			changed = info.ModTime()
		}
	}
	if k.pair != nil && changed.Equal(k.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		return fmt.Errorf("read the certificate for TLS: %w", err)
	}
	k.pair, k.changed = &pair, changed
	return nil
}

// present is the pair as the files have it now. While they cannot be read, halfway
// through a renewal say, it is the one before.
func (k *keyPair) present() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.load(); err != nil {
		k.logger.Warn("the certificate for TLS stays as it was", "error", err)
	}
	return k.pair
}

// certified is the certificate that a client has shown over TLS, having proven its key;
// nil when it has not.
func certified(r *http.Request) *x509.Certificate {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	return r.TLS.PeerCertificates[0]
}

// certifiedLogin finds out who asks by the client's certificate: whoever issued it, its
// key is that of a registered credential in force. A browser sends the certificate with
// whatever another site has it send; so a request that changes something must not come
// from another site.
func (s *Server) certifiedLogin(m access.Moment, f *facts) (access.Viewer, error) {
	if f.foreign {
		return access.Viewer{}, code.Unauthenticated.New("a request from another site needs a login token")
	}
	viewer, err := access.Identify(m, record.Digest(sha256.Sum256(f.certified.RawSubjectPublicKeyInfo)))
	if err == nil {
		f.viewer = viewer.Member.ID
	}
	return viewer, err
}

// foreign reports whether a request that changes something was sent by a page of another
// site.
func foreign(r *http.Request) bool { return http.NewCrossOriginProtection().Check(r) != nil }
