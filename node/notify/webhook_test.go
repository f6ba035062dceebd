package notify_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/notify"
)

var open = notify.Settings{AllowPrivate: true} //nolint:gochecknoglobals // read-only

// An event reaches the member's own program once, signed, in the order of the ledger.
func TestEventsAreDeliveredInOrder(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, nil)
	o.proposes("1000.00") // before the webhook: not delivered
	id, secret := o.hook(s.URL)
	var ids []string
	for _, from := range []string{"2000.00", "3000.00", "4000.00"} {
		ids = append(ids, o.proposes(from))
	}
	for i, want := range ids {
		in := s.next(t)
		if in.Event.Subject != want || in.Event.Kind != "proposal.made" || !in.Event.Opens || in.Webhook != id || in.Test {
			t.Errorf("delivery %d: %s", i+1, in.body)
		}
		if in.ID != fmt.Sprintf("%s-%d", id, i+1) || in.header.Get(notify.DeliveryHeader) != in.ID {
			t.Errorf("delivery %d is called %s", i+1, in.ID)
		}
		if err := notify.Verify(secret, in.header.Get(notify.SignatureHeader), in.body, o.clock.Now(), time.Hour); err != nil {
			t.Error(err)
		}
	}
}

func TestAWebhookTakesTheKindsItWants(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, nil)
	o.hook(s.URL, record.ProposalDecided)
	id := o.proposes("2000.00")
	o.does("core/maker", "evidence:RecordContract", map[string]any{
		"buyer": o.IDs["core"], "seller": o.IDs["tier1"], "document": strings.Repeat("ab", 32), "signed": o.Now.Date(),
		"amount": "0.00", "termDays": 60, "agreed": true,
	})
	o.does("core/admin1", "approval:Withdraw", map[string]any{"id": id})
	if in := s.next(t); in.Event.Kind != "proposal.decided" || in.Event.Subject != id {
		t.Errorf("delivered: %s", in.body)
	}
}

// A target that fails is asked again after growing pauses, and what came after waits.
func TestAFailingTargetIsTriedAgain(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n <= 3 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	id, _ := o.hook(s.URL)
	first, second := o.proposes("2000.00"), o.proposes("3000.00")
	for n := range 4 {
		if in := s.next(t); in.Event.Subject != first || in.ID != id+"-1" {
			t.Errorf("attempt %d: %s", n+1, in.body)
		}
	}
	if in := s.next(t); in.Event.Subject != second {
		t.Errorf("then: %s", in.body)
	}
	page, err := o.desk.Deliveries(o.viewer("core/admin2"), id, notify.Delivered, 2, 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Attempts != 4 || page.Items[0].Status != http.StatusOK || page.Items[0].Fault != "" {
		t.Errorf("the first one: %+v %v", page, err)
	}
	o.clock.mu.Lock()
	defer o.clock.mu.Unlock()
	if p := o.clock.pauses; len(p) < 3 || p[0] < 5*time.Second || p[0] > 10*time.Second {
		t.Errorf("pauses: %v", p)
	}
}

func TestPausesGrowUpToAnHour(t *testing.T) {
	for n, most := range map[int]time.Duration{1: 10 * time.Second, 2: 20 * time.Second, 5: 160 * time.Second, 9: 2560 * time.Second, 10: time.Hour, 99: time.Hour} {
		for range 50 {
			if p := notify.PauseAfter(n); p < most/2 || p > most {
				t.Errorf("after %d attempts: %s, not %s to %s", n, p, most/2, most)
			}
		}
	}
}

// What never arrives is dead in the end, others go on, and it can be asked for again.
func TestADeadDeliveryIsTriedAgainWhenAsked(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n <= notify.Attempts {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	id, _ := o.hook(s.URL)
	first, second := o.proposes("2000.00"), o.proposes("3000.00")
	for range notify.Attempts {
		s.next(t)
	}
	if in := s.next(t); in.Event.Subject != second {
		t.Fatalf("after the dead one: %s", in.body)
	}
	checker := o.viewer("core/checker")
	dead, err := o.desk.Deliveries(checker, id, notify.Dead, 0, 10)
	if err != nil || len(dead.Items) != 1 || dead.Items[0].Number != 1 || dead.Items[0].Fault != "the target answered 500" {
		t.Fatalf("dead: %+v %v", dead, err)
	}
	if n, err := o.desk.RetryDelivery(checker, id, 1); err != nil || n.State != notify.Waiting || n.Attempts != 0 {
		t.Errorf("asked for again: %+v %v", n, err)
	}
	if in := s.next(t); in.Event.Subject != first || in.ID != id+"-1" {
		t.Errorf("again: %s", in.body)
	}
	third := o.proposes("4000.00")
	if in := s.next(t); in.Event.Subject != third {
		t.Errorf("then: %s", in.body)
	}
	if _, err := o.desk.RetryDelivery(checker, id, 1); !code.Conflict.Is(err) {
		t.Errorf("one that arrived: %v", err)
	}
	if _, err := o.desk.RetryDelivery(checker, id, 99); !code.NotFound.Is(err) {
		t.Errorf("one that is none: %v", err)
	}
}

// Targets that redirect, never end, never answer or are not there.
func TestTargetsThatMisbehave(t *testing.T) {
	elsewhere := newTarget(t, nil)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hung := make(chan struct{})
	for name, c := range map[string]struct {
		url    string
		answer func(w http.ResponseWriter, r *http.Request)
		fault  string // empty: delivered
	}{
		"redirects": {answer: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, fault: "the target redirects; redirects are not followed"},
		"refuses":        {answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, fault: "the target answered 401"},
		"never answers":  {answer: func(http.ResponseWriter, *http.Request) { <-hung }, fault: "the target did not answer in time"},
		"never ends":     {answer: endless(t)},
		"breaks off":     {answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault: "no connection to the target"},
		"is not there":   {url: gone.URL, fault: "no connection to the target"},
		"has no address": {url: "http://nowhere.invalid/", fault: "the target has no public address"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, open, func(c *notify.Config) {
				if name == "never answers" {
					c.Timeout = 20 * time.Millisecond
				}
			})
			url := c.url
			if url == "" {
				s := newTarget(t, func(_ int, w http.ResponseWriter, r *http.Request) { c.answer(w, r) })
				url = s.URL
			}
			id, _ := o.hook(url)
			trial, err := o.desk.TestWebhook(o.viewer("core/admin1"), id)
			if err != nil || trial.Fault != c.fault || trial.Delivered != (c.fault == "") {
				t.Errorf("%+v %v", trial, err)
			}
			if name == "never answers" {
				close(hung)
			}
		})
	}
	select {
	case in := <-elsewhere.got:
		t.Errorf("the redirect was followed: %s", in.body)
	default:
	}
}

// endless answers without end, and finds that nobody reads on.
func endless(t *testing.T) func(http.ResponseWriter, *http.Request) {
	t.Helper()
	return func(w http.ResponseWriter, _ *http.Request) {
		part := make([]byte, 1<<20)
		for range 4096 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
		t.Error("the node read four gigabytes")
	}
}

// A node that stops in the middle of a delivery loses nothing: at the next start the same
// delivery comes again, and all later ones.
func TestARestartLosesNothing(t *testing.T) {
	o := newOffice(t, open, func(c *notify.Config) { c.Grace = 1 })
	s := newTarget(t, func(n int, _ http.ResponseWriter, r *http.Request) {
		if n == 2 {
			<-r.Context().Done() // the node went away
		}
	})
	id, _ := o.hook(s.URL)
	ids := []string{o.proposes("2000.00"), o.proposes("3000.00"), o.proposes("4000.00")}
	for _, want := range ids[:2] {
		if in := s.next(t); in.Event.Subject != want {
			t.Fatalf("before the stop: %s", in.body)
		}
	}
	o.close()
	ids = append(ids, o.proposes("5000.00")) // while the desk is closed
	o.open(open)
	for i, want := range ids[1:] {
		if in := s.next(t); in.Event.Subject != want || in.ID != fmt.Sprintf("%s-%d", id, i+2) {
			t.Errorf("after the start: %s", in.body)
		}
	}
}

// Two people of the member are needed, and nobody else has any part in it.
func TestWhoMayDoWhatWithAWebhook(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, nil)
	maker, checker, admin := o.viewer("core/maker"), o.viewer("core/checker"), o.viewer("core/admin1")
	w, secret, err := o.desk.AddWebhook(maker, s.URL, []record.NoticeKind{record.ProposalMade, record.ProposalMade})
	if err != nil || w.State != notify.Unconfirmed || !strings.HasPrefix(secret, "whsec_") || len(w.Kinds) != 1 {
		t.Fatalf("made: %+v %v", w, err)
	}
	if _, _, err := o.desk.AddWebhook(checker, s.URL, nil); !code.NotAuthorised.Is(err) {
		t.Errorf("a checker registers: %v", err)
	}
	if _, err := o.desk.ConfirmWebhook(maker, w.ID); !code.SamePerson.Is(err) {
		t.Errorf("the same person confirms: %v", err)
	}
	if _, err := o.desk.TestWebhook(maker, w.ID); !code.ApprovalRequired.Is(err) {
		t.Errorf("a test before: %v", err)
	}
	o.proposes("2000.00") // before it is confirmed: never delivered
	stranger := o.viewer("tier1/admin1")
	for what, err := range map[string]error{
		"reads":    second(o.desk.Webhook(stranger, w.ID)),
		"confirms": second(o.desk.ConfirmWebhook(stranger, w.ID)),
		"tests":    second(o.desk.TestWebhook(stranger, w.ID)),
		"lists":    second(o.desk.Deliveries(stranger, w.ID, "", 0, 10)),
		"retries":  second(o.desk.RetryDelivery(stranger, w.ID, 1)),
		"removes":  o.desk.DeleteWebhook(stranger, w.ID),
		"climbs":   second(o.desk.Webhook(stranger, "../"+o.IDs["core"]+"/"+w.ID)),
	} {
		if !code.NotAuthorised.Is(err) {
			t.Errorf("a stranger %s: %v", what, err)
		}
	}
	if list, err := o.desk.Webhooks(stranger); err != nil || len(list) != 0 {
		t.Errorf("a stranger's own: %+v %v", list, err)
	}
	for range 2 { // in force stays in force
		if w, err = o.desk.ConfirmWebhook(admin, w.ID); err != nil || w.State != notify.InForce || w.ConfirmedBy.Person != "admin1" {
			t.Fatalf("confirmed: %+v %v", w, err)
		}
	}
	id := o.proposes("3000.00")
	if in := s.next(t); in.Event.Subject != id {
		t.Errorf("delivered: %s", in.body)
	}
	if err := o.desk.DeleteWebhook(checker, w.ID); err != nil {
		t.Error(err)
	}
	if list, err := o.desk.Webhooks(maker); err != nil || len(list) != 0 {
		t.Errorf("after it was removed: %+v %v", list, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestAMemberHasAFewWebhooks(t *testing.T) {
	o := newOffice(t, open)
	maker := o.viewer("core/maker")
	for n := range notify.MaxWebhooks + 1 {
		_, _, err := o.desk.AddWebhook(maker, "https://example.com/hook", nil)
		if full := n == notify.MaxWebhooks; full != code.LimitExceeded.Is(err) || !full && err != nil {
			t.Errorf("webhook %d: %v", n+1, err)
		}
	}
}

// The latest deliveries are kept, and the list goes back from the last one.
func TestOldDeliveriesAreForgotten(t *testing.T) {
	o := newOffice(t, open)
	s := newTarget(t, nil)
	const kept, more = 7, 5
	o.desk.Keep(kept)
	id, _ := o.hook(s.URL)
	for n := range kept + more {
		o.proposes(fmt.Sprintf("%d.00", 1000+n))
		s.next(t)
	}
	viewer, seen, before := o.viewer("core/maker"), 0, uint64(0)
	for {
		page, err := o.desk.Deliveries(viewer, id, "", before, 3)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(page.Items)
		if page.Next == "" {
			break
		}
		if _, err := fmt.Sscan(page.Next, &before); err != nil {
			t.Fatal(err)
		}
	}
	if seen != kept {
		t.Errorf("%d deliveries are kept", seen)
	}
}

func TestSignatures(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	body := []byte(`{"id":"a-1"}`)
	header := notify.Sign("whsec_secret", at, body)
	if want := "t=1800000000,v1="; !strings.HasPrefix(header, want) || len(header) != len(want)+64 {
		t.Errorf("header %s", header)
	}
	if err := notify.Verify("whsec_secret", header, body, at.Add(4*time.Minute), 5*time.Minute); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another secret": notify.Verify("whsec_other", header, body, at, time.Minute),
		"another body":   notify.Verify("whsec_secret", header, []byte(`{"id":"a-2"}`), at, time.Minute),
		"another time":   notify.Verify("whsec_secret", strings.Replace(header, "18", "19", 1), body, at, time.Minute),
		"too late":       notify.Verify("whsec_secret", header, body, at.Add(time.Hour), time.Minute),
		"nothing":        notify.Verify("whsec_secret", "", body, at, time.Minute),
	} {
		if err == nil {
			t.Errorf("%s fits", name)
		}
	}
}
