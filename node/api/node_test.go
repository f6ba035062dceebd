package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/store"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/local"
)

const nodeName = "12D3KooWTestbank1" // bank1's seat in ledgertest

// node is a ledger behind the API: its mempool admits as every node does, and
// commit makes a block of what waits.
type node struct {
	*ledgertest.Ledger
	server *api.Server
	finals *api.Finals
	http   *httptest.Server

	mu      sync.Mutex
	pool    [][]byte
	full    bool
	atOnce  bool // every submission makes a block
	waiting chan struct{}
}

func newNode(t *testing.T, change ...func(*api.Config)) *node {
	t.Helper()
	n := &node{Ledger: ledgertest.New(t), finals: api.NewFinals(), waiting: make(chan struct{}, 1024)}
	n.serve(change...)
	return n
}

// serve starts an API over the ledger, as after a restart.
func (n *node) serve(change ...func(*api.Config)) {
	n.Helper()
	config := api.Config{
		Network: ledgertest.Network, Node: nodeName, Version: "test", Store: n.Store, Engine: n, Finals: n.finals,
	}
	for _, c := range change {
		c(&config)
	}
	var err error
	if n.server, err = api.New(config); err != nil {
		n.Fatal(err)
	}
	n.http = httptest.NewServer(n.server.Handler())
	n.Cleanup(n.http.Close)
}

// ownData opens an empty store of what only a node knows.
func ownData(t testing.TB) *local.Local {
	t.Helper()
	l, err := local.Open("local", ledgertest.Network, store.Options{FS: vfs.NewMem()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func (n *node) Submit(_ context.Context, raw []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.full {
		return code.MempoolFull.New("")
	}
	if _, err := n.Gate.Admit(raw, n.Now, nil); err != nil {
		return err
	}
	if !slices.ContainsFunc(n.pool, func(other []byte) bool { return bytes.Equal(other, raw) }) {
		n.pool = append(n.pool, raw)
	}
	if n.atOnce {
		n.commit()
	}
	n.waiting <- struct{}{}
	return nil
}

func (n *node) Peers() int       { return 3 }
func (n *node) CatchingUp() bool { return false }

func (n *node) Waiting() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.pool)
}

// Commit makes a block of all that waits.
func (n *node) Commit() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.commit()
}

func (n *node) commit() {
	r := n.Block(n.pool...)
	n.pool = nil
	n.finals.Publish(r.Outcomes)
}

// client is a client for a person.
func (n *node) client(who string) *client.Client {
	n.Helper()
	c, err := client.New(n.http.URL, ledgertest.Network, n.Keys[who], client.WithNode(nodeName))
	if err != nil {
		n.Fatal(err)
	}
	n.Cleanup(c.Close)
	return c
}

// answer is an HTTP answer.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) code(t testing.TB) string {
	t.Helper()
	var p struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatalf("not JSON: %s", a.body)
	}
	return p.Code
}

// login is a good login of a person for one request.
func (n *node) login(who, method, uri string, body []byte, change ...func(*jws.Login)) string {
	n.Helper()
	return loginAs(n, n.Keys[who], method, uri, body, change...)
}

func loginAs(t testing.TB, key credential.PrivateKey, method, uri string, body []byte, change ...func(*jws.Login)) string {
	t.Helper()
	id, err := jws.NewNonce(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	l := jws.Login{
		Request: jws.Request{
			Network: ledgertest.Network, Node: nodeName, Method: method, Path: uri, BodySHA256: jws.BodyDigest(body),
		},
		IssuedAt: now, Expires: now + 60, TokenID: id,
	}
	for _, c := range change {
		c(&l)
	}
	token, err := jws.SignLogin(key, l)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + string(token)
}

// ask sends a request with a login of who, or none.
func (n *node) ask(who, method, uri, body string) answer {
	n.Helper()
	h := http.Header{"X-Request-Id": {"same"}}
	if who != "" {
		h.Set("Authorization", n.login(who, method, uri, []byte(body)))
	}
	return n.send(method, uri, body, h)
}

func (n *node) send(method, uri, body string, h http.Header) answer {
	n.Helper()
	r, err := http.NewRequestWithContext(n.Context(), method, n.http.URL+uri, strings.NewReader(body))
	if err != nil {
		n.Fatal(err)
	}
	r.Header = h
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	return n.perform(r, r.Header)
}

// perform sends a request with these headers.
func (n *node) perform(r *http.Request, h http.Header) answer {
	n.Helper()
	r.Header = h
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		n.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		n.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

// submission is the body that submits a transaction.
func submission(t testing.TB, compact []byte) string {
	t.Helper()
	text, err := json.Marshal(map[string]string{"transaction": string(compact)}, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func idOf(t testing.TB, compact []byte) record.Digest {
	t.Helper()
	tx, err := jws.ParseTransaction(compact, record.MaxTransactionBytes)
	if err != nil {
		t.Fatal(err)
	}
	return tx.ID
}

func collect[T any](seq iter.Seq2[T, error]) ([]T, error) { return client.All(seq) }

func holdingsOf(certificate string) client.HoldingFilter {
	return client.HoldingFilter{Certificate: certificate}
}

// read decodes a good answer.
func read(t testing.TB, a answer, into any) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatal(err)
	}
}
