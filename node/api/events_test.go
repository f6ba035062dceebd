package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/node/api"
	"github.com/tierledger/tierledger/node/client"
	"github.com/tierledger/tierledger/node/notify"
)

// notices opens a running desk for a node's webhooks and messages. The targets of the
// test are on this machine.
func notices(n *ledgertest.Ledger) func(*api.Config) {
	n.Helper()
	desk, err := notify.Open(notify.Config{Store: n.Store, Local: ownData(n), Settings: notify.Settings{AllowPrivate: true}})
	if err != nil {
		n.Fatal(err)
	}
	desk.Start()
	n.Cleanup(desk.Stop)
	return func(c *api.Config) { c.Notices = desk }
}

// publish commits a transaction and tells those who wait, as a node does.
func (n *node) publish(who, function string, argument any, into ...any) record.Outcome {
	n.Helper()
	o := n.Must(who, function, argument, into...)
	n.finals.Publish([]record.Outcome{o})
	return o
}

// proposes makes a proposal of core, an event for core, and gives its id.
func (n *node) proposes(from string) string {
	n.Helper()
	var made struct {
		ID string `json:"id"`
	}
	n.publish("core/admin1", "approval:Propose", map[string]any{
		"function": "member:SetPolicy", "argument": map[string]any{
			"rules": []map[string]any{{"function": "certificate:Issue", "from": from}},
		},
	}, &made)
	return made.ID
}

// Everybody reads what concerns their member, page by page without a gap, and goes on
// later from where they were.
func TestEventsOfAMember(t *testing.T) {
	s := tell(t)
	ctx := t.Context()
	c := s.client("tier2/maker")
	var all []client.Event
	cursor := ""
	for {
		page, err := c.Events(ctx, cursor, 1)
		if err != nil {
			t.Fatal(err)
		}
		if page.Next == "" {
			t.Error("a page without a next")
		}
		if len(page.Items) == 0 {
			break
		}
		all, cursor = append(all, page.Items...), page.Next
	}
	whole, err := c.Events(ctx, "", 500)
	if err != nil || len(whole.Items) != len(all) || whole.Next != cursor && len(all) > 0 && whole.Items[len(all)-1] != all[len(all)-1] {
		t.Errorf("at once %d events, one by one %d, %v", len(whole.Items), len(all), err)
	}
	offered := 0
	for _, e := range all {
		if e.Kind == record.TransferWasOffered {
			offered++
			if !e.Opens || e.Amount != 40_000_000 || e.Member != s.IDs["tier1"] || e.Function != "certificate:Transfer" || e.Until == 0 {
				t.Errorf("an offer: %+v", e)
			}
		}
		if e.Subject == s.offer {
			t.Errorf("tier2 is told of what is offered to tier3: %+v", e)
		}
	}
	if offered != 1 {
		t.Errorf("%d offers", offered)
	}
	outside, err := s.client("outsider/maker").Events(ctx, "", 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range outside.Items {
		if e.Kind != record.MemberEnrolled || e.Subject != s.IDs["outsider"] {
			t.Errorf("the outsider is told: %+v", e)
		}
	}
	now, err := c.Events(ctx, client.Latest, 10)
	if err != nil || len(now.Items) != 0 {
		t.Fatalf("from now on: %+v %v", now, err)
	}
	s.Must("tier3/maker", "certificate:RejectTransfer", map[string]any{"id": s.offer, "reason": "unknown"})
	if later, err := s.client("tier1/maker").Events(ctx, now.Next, 10); err != nil || len(later.Items) != 1 || later.Items[0].Kind != record.TransferWasRejected {
		t.Errorf("later: %+v %v", later, err)
	}
	for _, bad := range []string{"x", "1-2", "1-2-3-4", "-1-0-0", "01-0-0", "1-0-4294967296"} {
		if _, err := c.Events(ctx, bad, 10); !code.BadCursor.Is(err) {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
	if a := s.ask("", http.MethodGet, "/v1/events", ""); a.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d %s", a.status, a.body)
	}
}

// A clerk who follows and loses the connection sees every event once.
func TestAStreamResumesWithoutGapOrDouble(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	c := n.client("core/maker")
	start, err := c.Events(t.Context(), client.Latest, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{n.proposes("1000.00"), n.proposes("2000.00")}
	var got []string
	for e, err := range c.Follow(t.Context(), start.Next) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Subject)
		switch len(got) {
		case 2, 4:
			n.http.CloseClientConnections() // and the client comes back
			want = append(want, n.proposes(fmt.Sprintf("%d.00", 3000+len(got))), n.proposes(fmt.Sprintf("%d.00", 4000+len(got))))
		}
		if len(got) == 6 {
			break
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("followed %v, happened %v", got, want)
	}
}

// stream opens an event stream as a browser does.
func (n *node) stream(ctx context.Context, who, uri string, h http.Header) stream {
	n.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, n.http.URL+uri, nil)
	if err != nil {
		n.Fatal(err)
	}
	for name, values := range h {
		r.Header[name] = values
	}
	r.Header.Set("Authorization", n.login(who, http.MethodGet, uri, nil))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		n.Fatal(err)
	}
	n.Cleanup(func() { _ = response.Body.Close() })
	return stream{response.StatusCode, response.Header, response.Body}
}

// stream is an answer that goes on; it is closed with its node.
type stream struct {
	StatusCode int
	Header     http.Header
	Body       io.Reader
}

// block reads the lines up to the next empty one.
func block(t *testing.T, in *bufio.Reader) (lines []string) {
	t.Helper()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ends: %v after %q", err, lines)
		}
		if line == "\n" {
			return lines
		}
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
}

// The form that a browser's EventSource reads, a sign of life in between, and the last id
// before the cursor.
func TestTheFormOfAStream(t *testing.T) {
	n := newNode(t, func(c *api.Config) { c.Heartbeat = time.Millisecond })
	n.Enrol("core")
	first, second := n.proposes("1000.00"), n.proposes("2000.00")
	page, err := n.client("core/maker").Events(t.Context(), "", 500)
	if err != nil {
		t.Fatal(err)
	}
	before := page.Items[len(page.Items)-2]
	if before.Subject != first {
		t.Fatalf("events: %+v", page.Items)
	}
	response := n.stream(t.Context(), "core/maker", "/v1/events/stream?cursor=", http.Header{"Last-Event-Id": {before.Cursor}})
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || kind != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, kind)
	}
	in := bufio.NewReader(response.Body)
	if lines := block(t, in); len(lines) != 1 || !strings.HasPrefix(lines[0], ":") {
		t.Errorf("the beginning: %q", lines)
	}
	lines := block(t, in)
	if len(lines) != 3 || lines[0] != "id: "+page.Items[len(page.Items)-1].Cursor || lines[1] != "event: proposal.made" {
		t.Fatalf("an event: %q", lines)
	}
	var e client.Event
	if err := json.Unmarshal([]byte(strings.TrimPrefix(lines[2], "data: ")), &e); err != nil || e.Subject != second {
		t.Errorf("%+v %v", e, err)
	}
	if lines := block(t, in); len(lines) != 1 || lines[0] != ": still here" {
		t.Errorf("a sign of life: %q", lines)
	}
}

// When a person's key is revoked, an open stream ends before the next event.
func TestRevocationEndsAStream(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	response := n.stream(t.Context(), "core/maker", "/v1/events/stream?cursor=latest", nil)
	in := bufio.NewReader(response.Body)
	block(t, in)
	id := n.proposes("1000.00")
	if lines := block(t, in); len(lines) != 3 || !strings.Contains(lines[2], id) {
		t.Errorf("while it is in force: %q", lines)
	}
	n.publish("core/admin1", "member:RevokeCredential", map[string]any{
		"key": record.Digest(n.Keys["core/maker"].Public().ID()), "reason": "left",
	})
	if lines := block(t, in); len(lines) != 2 || lines[0] != "event: end" || !strings.Contains(lines[1], "CREDENTIAL_REVOKED") {
		t.Errorf("after it is revoked: %q", lines)
	}
	if rest, err := io.ReadAll(in); err != nil || len(rest) != 0 {
		t.Errorf("then: %q %v", rest, err)
	}
	if err := followed(t.Context(), n.client("core/maker")); !code.CredentialRevoked.Is(err) {
		t.Errorf("coming back: %v", err)
	}
}

func followed(ctx context.Context, c *client.Client) error {
	for _, err := range c.Follow(ctx, "") {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestAMemberHasAFewStreams(t *testing.T) {
	n := newNode(t)
	n.Enrol("core")
	n.Enrol("tier1")
	const uri = "/v1/events/stream?cursor=latest"
	var open []stream
	for range api.MaxStreams {
		r := n.stream(t.Context(), "core/maker", uri, nil)
		block(t, bufio.NewReader(r.Body))
		open = append(open, r)
	}
	if r := n.stream(t.Context(), "core/checker", uri, nil); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", r.StatusCode)
	}
	if r := n.stream(t.Context(), "tier1/maker", uri, nil); r.StatusCode != http.StatusOK {
		t.Errorf("another member: %d", r.StatusCode)
	}
	if a := n.ask("", http.MethodGet, uri, ""); a.status != http.StatusUnauthorized {
		t.Errorf("nobody: %d", a.status)
	}
	if a := n.ask("core/maker", http.MethodGet, "/v1/events/stream?cursor=x", ""); a.code(t) != "BAD_CURSOR" {
		t.Errorf("a bad cursor: %d %s", a.status, a.body)
	}
	if err := n.server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	for _, r := range open { // a node that stops ends them all
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
	}
}

// A vendor's webhook from its registration to its removal, through the API.
func TestAWebhookThroughTheAPI(t *testing.T) {
	n := newNode(t)
	n.serve(notices(n.Ledger))
	n.Enrol("core")
	n.Enrol("outsider")
	ctx := t.Context()
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer target.Close()
	maker, checker := n.client("core/maker"), n.client("core/checker")
	w, err := maker.AddWebhook(ctx, target.URL, "proposal.made")
	if err != nil || w.Secret == "" || w.State != "unconfirmed" {
		t.Fatalf("%+v %v", w, err)
	}
	if _, err := maker.AddWebhook(ctx, target.URL, "proposal.lost"); !code.BadArgument.Is(err) {
		t.Errorf("a kind that is none: %v", err)
	}
	if _, err := maker.AddWebhook(ctx, "gopher://example.com"); !code.BadArgument.Is(err) {
		t.Errorf("a target that is none: %v", err)
	}
	if _, err := maker.ConfirmWebhook(ctx, w.ID); !code.SamePerson.Is(err) {
		t.Errorf("the same person: %v", err)
	}
	if v, err := checker.ConfirmWebhook(ctx, w.ID); err != nil || v.State != "in-force" || v.Secret != "" {
		t.Errorf("%+v %v", v, err)
	}
	if v, err := checker.TestWebhook(ctx, w.ID); err != nil || !v.Delivered || v.Status != http.StatusOK {
		t.Errorf("%+v %v", v, err)
	}
	if list, err := client.All(checker.WebhookDeliveries(ctx, w.ID, "dead")); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := checker.RetryWebhookDelivery(ctx, w.ID, 1); !code.NotFound.Is(err) {
		t.Errorf("a delivery that is none: %v", err)
	}
	for _, c := range []struct{ method, uri string }{
		{http.MethodGet, "/v1/webhooks/ID"}, {http.MethodDelete, "/v1/webhooks/ID"}, {http.MethodPost, "/v1/webhooks/ID/confirmation"}, {http.MethodPost, "/v1/webhooks/ID/test"},
		{http.MethodGet, "/v1/webhooks/ID/deliveries"}, {http.MethodPost, "/v1/webhooks/ID/deliveries/1/retry"},
	} {
		there, absent := strings.ReplaceAll(c.uri, "ID", w.ID), strings.ReplaceAll(c.uri, "ID", "none")
		a, b := n.ask("outsider/maker", c.method, there, ""), n.ask("outsider/maker", c.method, absent, "")
		if a.status != http.StatusForbidden || a.status != b.status || a.body != b.body {
			t.Errorf("%s %s: %d %s, absent %d %s", c.method, c.uri, a.status, a.body, b.status, b.body)
		}
		if a := n.ask("", c.method, there, ""); a.status != http.StatusUnauthorized {
			t.Errorf("nobody: %s %s: %d", c.method, c.uri, a.status)
		}
	}
	if err := maker.DeleteWebhook(ctx, w.ID); err != nil {
		t.Error(err)
	}
	if err := maker.DeleteWebhook(ctx, w.ID); !code.NotAuthorised.Is(err) {
		t.Errorf("removed twice: %v", err)
	}
	if list, err := maker.Webhooks(ctx); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}

func TestAContactThroughTheAPI(t *testing.T) {
	n := newNode(t)
	n.serve(notices(n.Ledger))
	n.Enrol("core")
	ctx := t.Context()
	c := n.client("core/maker")
	if v, err := c.Contact(ctx); err != nil || v.Email != "" || v.Language != "zh" {
		t.Errorf("before: %+v %v", v, err)
	}
	want := client.Contact{Email: "cash@core.example", Language: "en", Kinds: []string{"approval", "maturity"}}
	if v, err := c.SetContact(ctx, want); err != nil || v.Email != want.Email || len(v.Kinds) != 2 {
		t.Errorf("set: %+v %v", v, err)
	}
	if v, err := c.Contact(ctx); err != nil || v.Language != "en" {
		t.Errorf("after: %+v %v", v, err)
	}
	if v, err := n.client("core/checker").Contact(ctx); err != nil || v.Email != "" {
		t.Errorf("another person's: %+v %v", v, err)
	}
	if a := n.ask("core/maker", http.MethodPut, "/v1/contacts", `{"email":"x","language":"zh","kinds":[]}`); a.code(t) != "BAD_ARGUMENT" {
		t.Errorf("no address: %d %s", a.status, a.body)
	}
	if list, err := client.All(c.Messages(ctx, "")); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := c.RetryMessage(ctx, 1); !code.NotFound.Is(err) {
		t.Errorf("a message that is none: %v", err)
	}
}

// answersOfEvents asks for everything about events, webhooks and contacts.
func (s *story) answersOfEvents(answers map[string]any) {
	s.Helper()
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Cleanup(target.Close)
	ask := func(operation, who, method, uri, body string) any {
		answers[operation] = decoded(s, s.ask(who, method, uri, body))
		return answers[operation]
	}
	ask("listEvents", "tier3/maker", http.MethodGet, "/v1/events?limit=1", "")
	made, _ := ask("addWebhook", "core/maker", http.MethodPost, "/v1/webhooks", `{"url":"`+target.URL+`","kinds":["proposal.made"]}`).(map[string]any)
	uri := fmt.Sprint("/v1/webhooks/", made["id"])
	ask("confirmWebhook", "core/checker", http.MethodPost, uri+"/confirmation", "")
	ask("getWebhook", "core/maker", http.MethodGet, uri, "")
	ask("listWebhooks", "core/maker", http.MethodGet, "/v1/webhooks", "")
	ask("testWebhook", "core/maker", http.MethodPost, uri+"/test", "")
	ask("listWebhookDeliveries", "core/maker", http.MethodGet, uri+"/deliveries", "")
	ask("deleteWebhook", "core/maker", http.MethodDelete, uri, "")
	ask("setContact", "tier1/maker", http.MethodPut, "/v1/contacts", `{"email":"clerk@tier1.example","language":"zh","kinds":["offer"]}`)
	ask("getContact", "tier1/maker", http.MethodGet, "/v1/contacts", "")
	ask("listMessages", "tier1/maker", http.MethodGet, "/v1/messages", "")
	// An address in the example is a public one.
	for _, operation := range []string{"addWebhook", "confirmWebhook", "getWebhook"} {
		if w, ok := answers[operation].(map[string]any); ok {
			w["url"] = "https://erp.example.com/tierledger"
		}
	}
	if list, ok := answers["listWebhooks"].(map[string]any)["items"].([]any); ok {
		list[0].(map[string]any)["url"] = "https://erp.example.com/tierledger"
	}
}
