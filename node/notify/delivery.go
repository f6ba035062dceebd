package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	jsonx "github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// burst is how many deliveries or messages a lane sends before others have their turn;
// scanned is how many events are looked at for one that a webhook wants.
const (
	burst   = 32
	scanned = 200
)

// HookDelivery is one event on its way to a webhook.
type HookDelivery struct {
	Number   uint64           `json:"number" doc:"From 1 for each webhook, in the order of the events"`
	Event    access.Event     `json:"event"`
	State    State            `json:"state" enum:"waiting,delivered,dead"`
	Attempts int              `json:"attempts"`
	At       calendar.Instant `json:"at" doc:"When the node took it up"`
	LastAt   calendar.Instant `json:"lastAt,omitzero" required:"false" doc:"Of the last attempt"`
	NextAt   calendar.Instant `json:"nextAt,omitzero" required:"false" doc:"Of the next attempt, while it waits"`
	Status   int              `json:"status,omitzero" required:"false" doc:"HTTP status of the last answer"`
	Fault    string           `json:"fault,omitzero" required:"false" doc:"Why the last attempt failed"`
}

// envelope is what a webhook gets: the id is the same at each attempt.
type envelope struct {
	ID      string       `json:"id"`
	Webhook string       `json:"webhook"`
	Test    bool         `json:"test,omitzero"`
	Event   access.Event `json:"event"`
}

// deliver sends what waits for a webhook in order, one at a time, and takes up new
// events when nothing waits.
func (d *Desk) deliver(ctx context.Context, member, id string) (time.Time, error) {
	for range burst {
		if d.stopped() {
			return d.Now(), nil
		}
		h, n, err := d.nextDelivery(member, id)
		if err != nil || n == nil {
			return time.Time{}, err
		}
		if due := n.NextAt.Time(); due.After(d.Now()) {
			return due, nil
		}
		status, fault := d.post(ctx, h, envelope{ID: deliveryID(id, n.Number), Webhook: id, Event: n.Event})
		if fault != "" && ctx.Err() != nil {
			return d.Now(), nil // the node stops: it is sent again after the start
		}
		if err := d.settle(member, id, n.Number, status, fault); err != nil {
			return time.Time{}, err
		}
	}
	return d.Now(), nil
}

func deliveryID(id string, number uint64) string { return fmt.Sprintf("%s-%d", id, number) }

// nextDelivery is the first one that waits, or the one for the next event that the
// webhook wants; nil when there is none or the webhook is gone.
func (d *Desk) nextDelivery(member, id string) (*hook, *HookDelivery, error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	h, err := local.Get(d.Local, hookKey(member, id))
	if err != nil || h == nil {
		return nil, nil, err
	}
	var first *mark
	err = local.Scan(d.Local, prefixWaiting+id+"/", func(_ local.Key[mark], m *mark) (bool, error) {
		first = m
		return false, nil
	})
	if err != nil {
		return nil, nil, err
	}
	if first == nil {
		n, err := d.takeUp(h)
		return h, n, err
	}
	n, err := local.Get(d.Local, deliveryKey(id, first.Number))
	if err == nil && n == nil {
		err = fmt.Errorf("delivery %s waits and is not stored", deliveryID(id, first.Number))
	}
	return h, n, err
}

// takeUp makes the delivery of the next event that a webhook wants.
func (d *Desk) takeUp(h *hook) (*HookDelivery, error) {
	from, err := access.ParsePlace(h.Cursor)
	if err != nil {
		return nil, fmt.Errorf("webhook %s: %w", h.ID, err)
	}
	m, _, release, err := d.moment()
	if err != nil {
		return nil, err
	}
	defer release()
	for {
		feed, err := access.FeedOf(m.View, h.Member, from, scanned)
		if err != nil {
			return nil, err
		}
		wanted := slices.IndexFunc(feed.Items, func(e access.Event) bool { return h.wants(e.Kind) })
		if wanted >= 0 {
			return d.store(h, feed.Items[wanted])
		}
		if moved := feed.Next.String(); moved != h.Cursor && len(feed.Items) > 0 {
			h.Cursor = moved
			// A crash before put returns has the same events passed over again.
			if err := d.put(h); err != nil {
				return nil, err
			}
		}
		if !feed.More {
			return nil, nil
		}
		from = feed.Next
	}
}

func (w *Webhook) wants(kind record.NoticeKind) bool {
	return len(w.Kinds) == 0 || slices.Contains(w.Kinds, kind)
}

// store writes the delivery of an event together with the place behind it, and forgets
// the oldest one.
func (d *Desk) store(h *hook, e access.Event) (*HookDelivery, error) {
	h.Last, h.Cursor = h.Last+1, e.Cursor
	now := d.instant()
	n := &HookDelivery{Number: h.Last, Event: e, State: Waiting, At: now, NextAt: now}
	b := d.Local.NewBatch()
	local.Put(b, hookKey(h.Member, h.ID), h)
	local.Put(b, deliveryKey(h.ID, n.Number), n)
	local.Put(b, waitingKey(h.ID, n.Number), &mark{n.Number})
	if h.Last > d.kept {
		local.Delete(b, deliveryKey(h.ID, h.Last-d.kept)) // nothing waits: see nextDelivery
	}
	// A crash before Commit returns leaves the event for the next start; after it, the
	// delivery waits.
	return n, b.Commit()
}

// settle notes what came of an attempt. A webhook that is gone, and a delivery that was
// settled meanwhile, stay as they are.
func (d *Desk) settle(member, id string, number uint64, status int, fault string) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	n, err := local.Get(d.Local, deliveryKey(id, number))
	if err != nil || n == nil || n.State != Waiting {
		return err
	}
	now := d.Now()
	n.Attempts, n.LastAt, n.Status, n.Fault = n.Attempts+1, calendar.FromTime(now), status, fault
	switch {
	case fault == "":
		n.State, n.NextAt = Delivered, 0
	case n.Attempts >= Attempts:
		n.State, n.NextAt = Dead, 0
		d.Logger.Warn("a delivery is dead", "member", member, "webhook", id, "number", number, "fault", fault)
	default:
		n.NextAt = calendar.FromTime(now.Add(pauseAfter(n.Attempts)))
	}
	b := d.Local.NewBatch()
	local.Put(b, deliveryKey(id, number), n)
	if n.State != Waiting {
		local.Delete(b, waitingKey(id, number))
	}
	// A crash before Commit returns has a delivery that arrived sent again, with the same
	// id: the receiver knows it.
	return b.Commit()
}

// post calls a target once. The fault is empty for an answer 2xx, and otherwise a few
// words that tell nothing of the bank's network.
func (d *Desk) post(ctx context.Context, h *hook, e envelope) (status int, fault string) {
	body, err := jsonx.Marshal(e, jsonx.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("an event that is no JSON: %v", err))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return 0, "the URL is not an address"
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "tierledger")
	r.Header.Set(DeliveryHeader, e.ID)
	r.Header.Set(SignatureHeader, Sign(h.Secret, d.Now(), body))
	return call(d.caller, r, "")
}

// call sends a request and judges the answer: its status is 2xx and it holds the text.
func call(client *http.Client, r *http.Request, holds string) (status int, fault string) {
	answer, err := client.Do(r)
	if err != nil {
		return 0, faultOf(err)
	}
	defer func() { _ = answer.Body.Close() }()
	// Reading a little lets the connection serve again; what is longer is cut off.
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	switch {
	case answer.StatusCode >= 300 && answer.StatusCode < 400:
		return answer.StatusCode, "the target redirects; redirects are not followed"
	case answer.StatusCode < 200 || answer.StatusCode >= 300:
		return answer.StatusCode, fmt.Sprintf("the target answered %d", answer.StatusCode)
	case err != nil && holds != "":
		return answer.StatusCode, "the answer broke off"
	case !bytes.Contains(text, []byte(holds)):
		return answer.StatusCode, "the answer does not say that it was taken"
	default:
		return answer.StatusCode, ""
	}
}

// faultOf says in a few words why no answer came. It does not tell a name that nobody has
// from one within the bank's network: a member could look for those.
func faultOf(err error) string {
	var timeout net.Error
	var name *net.DNSError
	switch {
	case errors.Is(err, ErrTarget):
		return noAddress
	case errors.As(err, &timeout) && timeout.Timeout():
		return "the target did not answer in time"
	case errors.As(err, &name):
		return noAddress
	default:
		return "no connection to the target"
	}
}

// Trial is what came of a test.
type Trial struct {
	Delivered bool   `json:"delivered"`
	Status    int    `json:"status,omitzero" required:"false" doc:"HTTP status of the answer"`
	Fault     string `json:"fault,omitzero" required:"false"`
}

// TestWebhook sends a webhook in force one event without a kind at once. It is not
// stored; when it arrives, what waits is tried at once as well. It takes ten seconds at
// most.
func (d *Desk) TestWebhook(v *access.Viewer, id string) (Trial, error) {
	if v.Credential.Roles&mayConfirm == 0 {
		return Trial{}, code.NotAuthorised.New("")
	}
	h, err := d.find(v.Member.ID, id)
	if err != nil {
		return Trial{}, err
	}
	if h.State != InForce {
		return Trial{}, code.ApprovalRequired.New("another person of the member confirms the webhook first")
	}
	if !d.trying(id) {
		return Trial{}, code.RateLimited.New("a test of this webhook is under way")
	}
	defer d.tried(id)
	now := d.instant()
	status, fault := d.post(context.Background(), h, envelope{ID: id + "-test", Webhook: id, Test: true, Event: access.Event{Subject: "test", Time: now}})
	if fault == "" {
		err = d.hasten(id)
	}
	return Trial{Delivered: fault == "", Status: status, Fault: fault}, err
}

// trying reserves the one test that a webhook may have under way.
func (d *Desk) trying(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tests[id] || len(d.tests) >= MaxRunning {
		return false
	}
	d.tests[id] = true
	return true
}

func (d *Desk) tried(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tests, id)
}

// hasten has the first delivery that waits tried now: its target answers again.
func (d *Desk) hasten(id string) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	var first *mark
	err := local.Scan(d.Local, prefixWaiting+id+"/", func(_ local.Key[mark], m *mark) (bool, error) {
		first = m
		return false, nil
	})
	if err != nil || first == nil {
		return err
	}
	n, err := local.Get(d.Local, deliveryKey(id, first.Number))
	if err != nil || n == nil {
		return err
	}
	n.NextAt = d.instant()
	b := d.Local.NewBatch()
	local.Put(b, deliveryKey(id, n.Number), n)
	if err := b.Commit(); err != nil { // a crash before leaves the pause as it was
		return err
	}
	d.wakeLane(id)
	return nil
}
