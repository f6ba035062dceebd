package client_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/crypto/credential"
	"github.com/tierledger/tierledger/crypto/jws"
	"github.com/tierledger/tierledger/node/client"
)

const (
	network    = "test-net"
	statusText = `{"network":"test-net","node":"n1","height":7,"ledgerTime":"2026-09-01T09:00:00.000+08:00","appHash":null}`
	ledgerUnix = 1788224400
)

// answers is a node that answers status itself and leaves the rest to the test.
func answers(t *testing.T, rest http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/status" {
			_, _ = io.WriteString(w, statusText)
			return
		}
		rest(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func newClient(t *testing.T, url string, signer client.Signer, options ...client.Option) *client.Client {
	t.Helper()
	c, err := client.New(url, network, signer, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func newKey(t *testing.T, a credential.Algorithm) credential.PrivateKey {
	t.Helper()
	key, err := credential.Generate(a, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func problem(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

func TestAddressesThatAreRefused(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:1", "ftp://host", "http://", "http://host/?q", "http://me:secret@host"} {
		if _, err := client.New(bad, network, nil); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if _, err := client.New("http://host", "", nil); err == nil {
		t.Error("no network is accepted")
	}
}

// A key in a device signs through the same two methods.
type device struct {
	key   credential.PrivateKey
	calls *atomic.Int32
}

func (d device) Public() credential.PublicKey { return d.key.Public() }
func (d device) Sign(m []byte) ([]byte, error) {
	d.calls.Add(1)
	return d.key.Sign(m)
}

func TestATransactionIsSignedByWhateverHoldsTheKey(t *testing.T) {
	s := answers(t, nil)
	for _, algorithm := range []credential.Algorithm{credential.EdDSA, credential.ES256} {
		d := device{newKey(t, algorithm), new(atomic.Int32)}
		c := newClient(t, s.URL, d)
		signed, err := c.Sign(t.Context(), "certificate:Accept", struct {
			Certificate string        `json:"certificate"`
			Face        money.Fen     `json:"face"`
			Maturity    calendar.Date `json:"maturity"`
			Note        string        `json:"note"`
		}{Certificate: "<&>", Face: 100})
		if err != nil {
			t.Fatal(err)
		}
		tx, err := jws.ParseTransaction(signed.Compact, record.MaxTransactionBytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := tx.Verify(d.key.Public()); err != nil {
			t.Error(err)
		}
		if tx.ID != signed.ID || d.calls.Load() != 1 || string(tx.Argument) != `{"certificate":"<&>","face":"1.00"}` {
			t.Errorf("signed %d times: %s of %s", d.calls.Load(), tx.Argument, signed.ID)
		}
		if late := tx.Expires - ledgerUnix; late < 600 || late > 610 {
			t.Errorf("it expires %d s after the ledger's time", late)
		}
		again, err := c.Sign(t.Context(), "certificate:Accept", []byte(nil))
		if err == nil {
			t.Errorf("an argument that is no object was signed: %s", again.Compact)
		}
	}
	if _, err := newClient(t, s.URL, nil).Sign(t.Context(), "certificate:Accept", struct{}{}); !errors.Is(err, client.ErrNoSigner) {
		t.Errorf("without a key: %v", err)
	}
}

// What the network or a busy node fails to answer is sent again: the same bytes.
func TestATransactionIsSentUntilItIsAnswered(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, string(body))
		switch len(bodies) {
		case 1:
			panic(http.ErrAbortHandler) // the connection breaks
		case 2:
			problem(w, http.StatusServiceUnavailable, `{"code":"MEMPOOL_FULL"}`)
		case 3:
			http.Error(w, "bad gateway", http.StatusBadGateway) // a proxy
		case 4:
			w.WriteHeader(http.StatusAccepted)
			_, _ = io.WriteString(w, `{"id":"`+strings.Repeat("0", 63)+`1","state":"received","expires":1}`)
		default:
			_, _ = io.WriteString(w, `{"id":"`+strings.Repeat("0", 63)+`1","state":"final","outcome":{"code":"OK","effects":{}}}`)
		}
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	signed, err := c.Sign(t.Context(), "sweep:Run", map[string]int{"limit": 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Submit(t.Context(), signed.Compact, client.WaitFinal)
	if err != nil || got.State != client.Final {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, b := range bodies {
		if b != bodies[0] || !strings.Contains(b, string(signed.Compact)) {
			t.Errorf("attempt %d sent %s", i+1, b)
		}
	}
}

func TestARefusalIsNotSentAgain(t *testing.T) {
	var calls atomic.Int32
	s := answers(t, func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		problem(w, http.StatusTooManyRequests, `{"code":"QUOTA_EXCEEDED","title":"The quota","detail":"10 of 10","next":"Tomorrow.","requestId":"r1","fields":[{"at":"body.facts","message":"many"}]}`)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	_, err := c.Fingerprints(t.Context(), nil)
	var p *client.Problem
	if !errors.As(err, &p) || !code.QuotaExceeded.Is(err) || p.Next != "Tomorrow." || p.RequestID != "r1" {
		t.Errorf("%v", err)
	}
	if !strings.Contains(err.Error(), "10 of 10; body.facts: many") {
		t.Errorf("%v", err)
	}
	if calls.Load() != 1 {
		t.Errorf("it was sent %d times", calls.Load())
	}
}

func TestANodeThatIsAwayIsUnreachable(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	_, err := newClient(t, s.URL, nil, client.WithAttempts(2)).Status(t.Context())
	if !code.Unreachable.Is(err) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newClient(t, s.URL, nil).Submit(ctx, []byte("a.b.c"), client.WaitFinal); !code.TimedOut.Is(err) {
		t.Errorf("a wait that was given up: %v", err)
	}
}

// A code that this client does not know yet reads as INTERNAL, never as success.
func TestAnswersOfANewerNode(t *testing.T) {
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"state":"failed","refusal":{"code":"NEWER_THAN_YOU","detail":"d"},"more":1}`)
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"certificate":"c","locks":["offer","freeze"],"interval":null,"new":true}]}`)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	_, err := c.Invoke(t.Context(), "sweep:Run", struct{}{}, nil)
	if !code.Internal.Is(err) {
		t.Errorf("%v", err)
	}
	rows, err := client.All(c.Holdings(t.Context(), client.HoldingFilter{}))
	if err != nil || len(rows) != 1 || rows[0].Certificate != "c" || rows[0].Locks != 1<<record.LockOffer|1<<record.LockFreeze {
		t.Errorf("%+v, %v", rows, err)
	}
}

// A token is shown only to the node and the path that it is for.
func TestTokensStayWhereTheyBelong(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	var tokens []string
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		tokens = append(tokens, r.Header.Get("Authorization"))
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	for range 2 {
		if _, err := c.Transfer(t.Context(), "t/1"); err == nil {
			t.Error("a redirect is an answer")
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
	first, err := jws.ParseLogin([]byte(strings.TrimPrefix(tokens[0], "Bearer ")))
	if err != nil || first.Path != "/v1/transfers/t%2F1" || first.Node != "n1" || tokens[0] == tokens[1] {
		t.Errorf("%+v, %v", first, err)
	}
	if _, err := newClient(t, s.URL, newKey(t, credential.EdDSA), client.WithNode("n2")).Transfer(t.Context(), "1"); err == nil {
		t.Error("a node of another name was shown a token")
	}
	wrong, err := client.New(s.URL, "main-net", newKey(t, credential.EdDSA))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wrong.Sign(t.Context(), "sweep:Run", struct{}{}); err == nil {
		t.Error("a node of another network was believed")
	}
	if len(tokens) != 2 {
		t.Errorf("%d tokens were sent", len(tokens))
	}
}

func TestAListEndsWithItsError(t *testing.T) {
	var calls atomic.Int32
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 {
			_, _ = io.WriteString(w, `{"items":[{"id":"a"},{"id":"b"}],"next":"cur"}`)
			return
		}
		if r.URL.Query().Get("cursor") != "cur" {
			t.Errorf("asked for %s", r.URL)
		}
		problem(w, http.StatusForbidden, `{"code":"NOT_AUTHORISED"}`)
	})
	got, err := client.All(newClient(t, s.URL, newKey(t, credential.EdDSA)).Members(t.Context()))
	if len(got) != 2 || !code.NotAuthorised.Is(err) {
		t.Errorf("%+v, %v", got, err)
	}
}

// What a filter leaves open is not asked for.
func TestFiltersAreQueries(t *testing.T) {
	var asked []string
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		_, _ = io.WriteString(w, `{"items":[]}`)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	ctx := t.Context()
	for _, list := range []func() error{
		func() error { _, err := client.All(c.Financings(ctx, client.FinancingFilter{})); return err },
		func() error {
			_, err := client.All(c.Financings(ctx, client.FinancingFilter{Member: "m", State: record.FinancingAgreed}))
			return err
		},
		func() error { _, err := client.All(c.Rates(ctx, client.RateFilter{})); return err },
		func() error {
			_, err := client.All(c.Rates(ctx, client.RateFilter{Bank: "b", Debtor: "d", All: true}))
			return err
		},
		func() error { _, err := client.All(c.Discounts(ctx, "d")); return err },
		func() error { _, err := client.All(c.Limits(ctx, "b")); return err },
		func() error { _, err := client.All(c.Groups(ctx, "b")); return err },
		func() error { _, err := client.All(c.Stops(ctx, client.StopFilter{})); return err },
		func() error {
			_, err := client.All(c.Reviews(ctx, client.ReviewFilter{Debtor: "d", Bank: "b", All: true}))
			return err
		},
		func() error {
			_, err := client.All(c.Settlements(ctx, client.SettlementFilter{State: record.SettlementAgreed, Purpose: record.PurposeBuyBack}))
			return err
		},
		func() error { _, err := client.All(c.Accounts(ctx, "m")); return err },
	} {
		if err := list(); err != nil {
			t.Error(err)
		}
	}
	want := []string{
		"/v1/financings?limit=500", "/v1/financings?limit=500&member=m&state=agreed", "/v1/rates?limit=500",
		"/v1/rates?all=true&bank=b&debtor=d&limit=500", "/v1/discounts?debtor=d&limit=500", "/v1/limits?bank=b&limit=500",
		"/v1/groups?bank=b&limit=500", "/v1/stops?limit=500", "/v1/reviews?all=true&bank=b&debtor=d&limit=500",
		"/v1/settlements?limit=500&purpose=buy-back&state=agreed", "/v1/members/m/accounts?limit=500",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for %q", asked)
	}
}

// The lists of a financing take the place of the counts of its record.
func TestAFinancingIsRead(t *testing.T) {
	s := answers(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/registry-text") {
			_, _ = io.WriteString(w, `{"text":"财产描述"}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"f","state":"requested","replyKey":"a2V5","terms":{"kind":null,"rate":"0.0000","valueDate":null},`+
			`"holderSigned":{"key":null,"at":null},"duty":null,"settlement":{"id":"f","effect":null,"legs":[{"interval":"1-5"}]},`+
			`"quotes":[{"bank":"b","sealed":"c2VhbGVk","state":"sealed"}],"registrations":[{"sequence":1,"kind":"search","until":null}]}`)
	})
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	f, err := c.Financing(t.Context(), "f")
	if err != nil {
		t.Fatal(err)
	}
	if f.State != record.FinancingRequested || string(f.ReplyKey) != "key" || f.Terms.Kind != 0 || f.Settlement.Legs[0].Interval.To != 5 {
		t.Errorf("%+v", f)
	}
	if len(f.Quotes) != 1 || string(f.Quotes[0].Sealed) != "sealed" || f.Registrations[0].Kind != record.RegistrationSearch {
		t.Errorf("%+v", f)
	}
	if text, err := c.RegistryText(t.Context(), "f"); err != nil || text != "财产描述" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestTheLedgersTimeGoesOn(t *testing.T) {
	c := newClient(t, answers(t, nil).URL, nil)
	first, err := c.Time(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.As(newKey(t, credential.EdDSA)).Time(t.Context())
	if err != nil || second < first || second.Sub(first) > time.Minute {
		t.Errorf("%s, then %s, %v", first, second, err)
	}
}

// A transaction cannot expire by a time that the ledger does not have yet.
func TestNothingIsSignedBeforeTheFirstBlock(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"network":"test-net","node":"n1","height":0,"ledgerTime":null}`)
	}))
	t.Cleanup(s.Close)
	c := newClient(t, s.URL, newKey(t, credential.EdDSA))
	if st, err := c.Status(t.Context()); err != nil || st.Height != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	if _, err := c.Sign(t.Context(), "sweep:Run", struct{}{}); !code.NodeCatchingUp.Is(err) {
		t.Errorf("%v", err)
	}
}

// Whatever a node answers is an error or a result.
func FuzzAnswers(f *testing.F) {
	f.Add(200, "application/json", `{"items":[{"locks":["offer"]}],"next":""}`)
	f.Add(403, "application/problem+json", `{"code":"NOT_AUTHORISED","fields":[{}]}`)
	f.Add(200, "application/json", `{"items":[{"interval":"5-1","state":"no"}]}`)
	f.Add(500, "text/html", "<html>")
	key, err := credential.Generate(credential.EdDSA, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, kind, body string) {
		if status < 200 || status > 599 {
			return
		}
		transport := roundTrip(func(r *http.Request) (*http.Response, error) {
			s, text, h := status, body, http.Header{"Content-Type": {kind}}
			if r.URL.Path == "/v1/status" {
				s, text = http.StatusOK, statusText
			}
			return &http.Response{StatusCode: s, Header: h, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
		})
		c, err := client.New("http://node", network, key, client.WithHTTP(&http.Client{Transport: transport}), client.WithAttempts(1))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, err := range c.Holdings(t.Context(), client.HoldingFilter{}) {
			if count++; count > 10 {
				t.Logf("ended after %d items: %v", count, err)
				break // the same page again and again
			}
		}
		if _, err := c.Submit(t.Context(), []byte("x"), client.WaitReceived); err == nil && status >= 300 {
			t.Error(fmt.Errorf("status %d is a success", status))
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
