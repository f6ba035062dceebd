package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
)

var sweep = map[string]any{"limit": 1} //nolint:gochecknoglobals // an argument that anybody may send

// A client that never heard the answer sends the same bytes again, before and
// after the block, and learns the same thing.
func TestTheSameTransactionGetsTheSameAnswer(t *testing.T) {
	n := newNode(t)
	raw := n.Sign("bank1/maker", "sweep:Run", sweep)
	path := "/v1/transactions/" + idOf(t, raw).String()
	if a := n.ask("bank1/maker", http.MethodGet, path, ""); a.status != http.StatusNotFound {
		t.Errorf("before it is sent: %d %s", a.status, a.body)
	}
	for range 2 {
		a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
		if a.status != http.StatusAccepted || !strings.Contains(a.body, `"state":"received"`) {
			t.Fatalf("sent: %d %s", a.status, a.body)
		}
	}
	if got := n.Waiting(); got != 1 {
		t.Errorf("%d transactions wait, want 1", got)
	}
	if a := n.ask("bank1/checker", http.MethodGet, path, ""); a.status != http.StatusOK || !strings.Contains(a.body, `"state":"received"`) {
		t.Errorf("asked while it waits: %d %s", a.status, a.body)
	}
	n.Commit()
	first := n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	again := n.ask("", http.MethodPost, "/v1/transactions?wait=final", submission(t, raw))
	if first.status != http.StatusOK || !strings.Contains(first.body, `"state":"final"`) || first.body != again.body {
		t.Errorf("sent after the block: %d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
	n.serve() // the node forgets what it received
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw)); a.body != first.body {
		t.Errorf("sent after a restart: %d %s", a.status, a.body)
	}
	if a := n.ask("bank1/maker", http.MethodGet, path, ""); a.body != first.body {
		t.Errorf("asked after a restart: %d %s", a.status, a.body)
	}
}

func TestAnotherSignatureUnderAKnownIDIsAConflict(t *testing.T) {
	n := newNode(t)
	raw := n.SignES256("sweep:Run", sweep)
	other := ledgertest.OtherForm(raw)
	n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, other)); a.status != http.StatusConflict || a.code(t) != "CONFLICT" {
		t.Errorf("while the first waits: %d %s", a.status, a.body)
	}
	n.Commit()
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, other)); a.status != http.StatusConflict {
		t.Errorf("after the block: %d %s", a.status, a.body)
	}
	n.serve()
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, other)); a.status != http.StatusOK {
		t.Errorf("a good signature after a restart: %d %s", a.status, a.body)
	}
	n.serve()
	forged := append(raw[:len(raw)-10:len(raw)-10], []byte("AAAAAAAAAA")...)
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, forged)); a.code(t) != "BAD_SIGNATURE" {
		t.Errorf("a garbage signature must not show the outcome: %d %s", a.status, a.body)
	}
}

func TestWaitingForTheOutcome(t *testing.T) {
	n := newNode(t)
	const waiters = 300
	c := n.client("bank1/maker")
	var all sync.WaitGroup
	for range waiters {
		raw := n.Sign("bank1/maker", "sweep:Run", sweep)
		all.Go(func() {
			got, err := c.Submit(t.Context(), raw, client.WaitFinal)
			if err != nil || got.State != client.Final || got.Outcome == nil {
				t.Errorf("waited: %+v, %v", got, err)
			}
		})
	}
	for range waiters {
		<-n.waiting
	}
	n.Commit()
	all.Wait()
	if left := n.finals.Waiting(); left != 0 {
		t.Errorf("%d waits are left behind", left)
	}
}

func TestAWaitThatIsTooShortIsReceived(t *testing.T) {
	n := newNode(t)
	raw := n.Sign("bank1/maker", "sweep:Run", sweep)
	a := n.ask("", http.MethodPost, "/v1/transactions?wait=final&timeout=1ms", submission(t, raw))
	if a.status != http.StatusAccepted {
		t.Errorf("%d %s", a.status, a.body)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := n.client("bank1/maker").Submit(ctx, raw, client.WaitFinal); !code.TimedOut.Is(err) {
		t.Errorf("the client's own wait ends with %v", err)
	}
	for _, bad := range []string{"0s", "61s", "-1s", "soon", "1h"} {
		if a := n.ask("", http.MethodPost, "/v1/transactions?wait=final&timeout="+bad, submission(t, raw)); a.status != http.StatusBadRequest {
			t.Errorf("timeout %s: %d %s", bad, a.status, a.body)
		}
	}
}

// A refused transaction is in a block and has an outcome that says why.
func TestARefusedTransactionSaysWhy(t *testing.T) {
	n := newNode(t)
	n.atOnce = true
	_, err := n.client("bank1/maker").Invoke(t.Context(), "certificate:Accept", map[string]string{"certificate": "nonsense"}, nil)
	if !code.BadNumber.Is(err) {
		t.Errorf("the client says %v", err)
	}
	raw := n.Sign("bank1/maker", "certificate:Accept", map[string]string{"certificate": "nonsense"})
	a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	if a.status != http.StatusAccepted {
		t.Fatalf("%d %s", a.status, a.body)
	}
	a = n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	for _, want := range []string{`"state":"failed"`, `"code":"BAD_NUMBER"`, `"next":`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %s in %s", want, a.body)
		}
	}
}

// What never came into a block is failed once its expiry has passed.
func TestAnExpiredTransactionHasFailed(t *testing.T) {
	n := newNode(t)
	raw := n.Sign("bank1/maker", "sweep:Run", sweep)
	n.ask("", http.MethodPost, "/v1/transactions", submission(t, raw))
	n.pool = nil
	n.Now = n.Now.Add(time.Hour)
	n.Commit()
	a := n.ask("bank1/maker", http.MethodGet, "/v1/transactions/"+idOf(t, raw).String(), "")
	if !strings.Contains(a.body, `"state":"failed"`) || !strings.Contains(a.body, `"EXPIRED"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestBadSubmissions(t *testing.T) {
	n := newNode(t)
	good := n.Sign("bank1/maker", "sweep:Run", sweep)
	late := n.Now
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"empty":              {"", 400, "BAD_REQUEST"},
		"not JSON":           {"{", 400, "BAD_REQUEST"},
		"an array":           {"[]", 422, "BAD_REQUEST"},
		"something after it": {submission(t, good) + "{}", 400, "BAD_REQUEST"},
		"a repeated member":  {`{"transaction":"a","transaction":"b"}`, 400, "BAD_REQUEST"},
		"folded case":        {`{"Transaction":"a"}`, 422, "BAD_REQUEST"},
		"an unknown member":  {`{"transaction":"a","more":1}`, 422, "BAD_REQUEST"},
		"no transaction":     {`{}`, 422, "BAD_REQUEST"},
		"a number":           {`{"transaction":1}`, 422, "BAD_REQUEST"},
		"no JWS":             {`{"transaction":"a.b"}`, 400, "BAD_FORM"},
		"too large a body":   {`{"transaction":"` + strings.Repeat("a", api.MaxBody) + `"}`, 413, "TOO_LARGE"},
		"too long":           {`{"transaction":"` + strings.Repeat("a", 600_000) + `"}`, 422, "BAD_REQUEST"},
		"garbage signature":  {submission(t, append(good[:len(good)-10:len(good)-10], "AAAAAAAAAA"...)), 422, "BAD_SIGNATURE"},
	} {
		t.Run(name, func(t *testing.T) {
			a := n.ask("", http.MethodPost, "/v1/transactions", c.body)
			if a.status != c.status || a.code(t) != c.code || a.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%d %s, want %d %s", a.status, a.body, c.status, c.code)
			}
		})
	}
	n.Now = late.Add(2 * time.Hour)
	if a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, good)); a.code(t) != "EXPIRED" {
		t.Errorf("late: %d %s", a.status, a.body)
	}
	for _, h := range n.Hostile() {
		a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, h.Raw))
		if a.status >= http.StatusInternalServerError || a.status < http.StatusBadRequest && !h.Admitted && h.Want != code.Replayed {
			t.Errorf("%s: %d %.300s", h.Name, a.status, a.body)
		}
	}
}

func TestAFullMempoolSaysWhenToComeBack(t *testing.T) {
	n := newNode(t)
	n.full = true
	a := n.ask("", http.MethodPost, "/v1/transactions", submission(t, n.Sign("bank1/maker", "sweep:Run", sweep)))
	if a.status != http.StatusServiceUnavailable || a.code(t) != "MEMPOOL_FULL" || a.header.Get("Retry-After") == "" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
}

// Shutdown answers those who wait: their transactions are received.
func TestShutdownEndsTheWaits(t *testing.T) {
	n := newNode(t)
	l, err := api.Listen(t.Context(), ":0")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(l.Addr().String(), "127.0.0.1:") {
		t.Errorf("without a host it listens on %s", l.Addr())
	}
	served := make(chan error, 1)
	go func() { served <- n.server.Serve(l) }()
	n.http.URL = "http://" + l.Addr().String()
	raw := n.Sign("bank1/maker", "sweep:Run", sweep)
	answered := make(chan answer, 1)
	go func() {
		answered <- n.ask("", http.MethodPost, "/v1/transactions?wait=final", submission(t, raw))
	}()
	<-n.waiting
	if err := n.server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if a := <-answered; a.status != http.StatusAccepted {
		t.Errorf("%d %s", a.status, a.body)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
