package notify

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// Limits of webhooks.
const (
	// MaxWebhooks is how many webhooks a member may have.
	MaxWebhooks = 8
	// MaxWebhooksOfAll is how many there are on a node.
	MaxWebhooksOfAll = 4096
)

// Keys in the node's own data.
const (
	prefixWebhook  = "notify/webhook/"  // notify/webhook/<member>/<id>
	prefixDelivery = "notify/delivery/" // notify/delivery/<webhook>/<number>
	prefixWaiting  = "notify/waiting/"  // notify/waiting/<webhook>/<number>: to be delivered
)

func hookKey(member, id string) local.Key[hook] {
	return local.Key[hook](prefixWebhook + member + "/" + id)
}

func deliveryKey(id string, n uint64) local.Key[HookDelivery] {
	return local.Key[HookDelivery](fmt.Sprintf("%s%s/%020d", prefixDelivery, id, n))
}

func waitingKey(id string, n uint64) local.Key[mark] {
	return local.Key[mark](fmt.Sprintf("%s%s/%020d", prefixWaiting, id, n))
}

// mark is the record behind a key that says all.
type mark struct {
	Number uint64 `json:"number"`
}

// WebhookState is whether a webhook is in force.
type WebhookState string

// States of a webhook.
const (
	Unconfirmed WebhookState = "unconfirmed" // until another person of the member confirms it
	InForce     WebhookState = "in-force"
)

// Author is the person who did something, of the webhook's member.
type Author struct {
	Person string        `json:"person"`
	Key    record.Digest `json:"key" doc:"Credential with which the person logged in"`
}

// Webhook is where a member's events are delivered.
type Webhook struct {
	ID          string              `json:"id"`
	Member      string              `json:"member"`
	URL         string              `json:"url"`
	Kinds       []record.NoticeKind `json:"kinds" doc:"Only events of these kinds; empty for all"`
	State       WebhookState        `json:"state" enum:"unconfirmed,in-force"`
	CreatedBy   Author              `json:"createdBy"`
	CreatedAt   calendar.Instant    `json:"createdAt"`
	ConfirmedBy *Author             `json:"confirmedBy,omitzero" required:"false"`
	ConfirmedAt calendar.Instant    `json:"confirmedAt,omitzero" required:"false"`
}

// hook is a webhook as it is stored.
type hook struct {
	Webhook
	Secret string `json:"secret"`
	Cursor string `json:"cursor"` // behind the last event for which there is a delivery
	Last   uint64 `json:"last"`   // number of the latest delivery
}

// maySet and mayConfirm are the roles of the people who make a webhook and of those who
// confirm one.
const (
	maySet     = record.Maker | record.Admin
	mayConfirm = record.Maker | record.Checker | record.Admin
)

func authorOf(v *access.Viewer) Author {
	return Author{Person: v.Credential.Person, Key: v.Credential.ID}
}

// AddWebhook registers a webhook of the viewer's member and gives its secret, which is
// shown this once. It delivers nothing before another person confirms it. A person who is
// neither maker nor admin is refused with NOT_AUTHORISED, an address that is none with
// BAD_ARGUMENT, one too many with LIMIT_EXCEEDED.
func (d *Desk) AddWebhook(v *access.Viewer, url string, kinds []record.NoticeKind) (w Webhook, secret string, err error) {
	if v.Credential.Roles&maySet == 0 {
		return w, "", code.NotAuthorised.New("")
	}
	if err := checkTarget(url, d.Settings.AllowPrivate); err != nil {
		return w, "", err
	}
	kinds = slices.Clone(kinds)
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	d.writing.Lock()
	defer d.writing.Unlock()
	all, err := d.count(prefixWebhook)
	if err != nil {
		return w, "", err
	}
	own, err := d.count(prefixWebhook + v.Member.ID + "/")
	switch {
	case err != nil:
		return w, "", err
	case own >= MaxWebhooks:
		return w, "", code.LimitExceeded.New("a member has at most %d webhooks", MaxWebhooks)
	case all >= MaxWebhooksOfAll:
		return w, "", code.LimitExceeded.New("this node has no room for another webhook")
	}
	h := hook{
		Webhook: Webhook{
			ID: newID(), Member: v.Member.ID, URL: url, Kinds: append([]record.NoticeKind{}, kinds...), State: Unconfirmed,
			CreatedBy: authorOf(v), CreatedAt: d.instant(),
		},
		Secret: "whsec_" + rand.Text() + rand.Text(),
	}
	return h.Webhook, h.Secret, d.put(&h)
}

// newID is an identifier that nobody guesses.
func newID() string { return strings.ToLower(rand.Text()) }

// put writes one webhook. A crash before it returns leaves the webhook as it was or as
// it is to be.
func (d *Desk) put(h *hook) error {
	b := d.Local.NewBatch()
	local.Put(b, hookKey(h.Member, h.ID), h)
	return b.Commit()
}

func (d *Desk) count(prefix string) (n int, err error) {
	err = local.Scan(d.Local, prefix, func(local.Key[hook], *hook) (bool, error) {
		n++
		return true, nil
	})
	return n, err
}

// find reads a webhook of the viewer's member. Whatever is not there, and what is
// another member's, is NOT_AUTHORISED.
func (d *Desk) find(member, id string) (*hook, error) {
	if id == "" || strings.Contains(id, "/") {
		return nil, code.NotAuthorised.New("")
	}
	h, err := local.Get(d.Local, hookKey(member, id))
	if err == nil && h == nil {
		err = code.NotAuthorised.New("")
	}
	return h, err
}

// Webhook reads a webhook of the viewer's member.
func (d *Desk) Webhook(v *access.Viewer, id string) (Webhook, error) {
	h, err := d.find(v.Member.ID, id)
	if err != nil {
		return Webhook{}, err
	}
	return h.Webhook, nil
}

// Webhooks lists the webhooks of the viewer's member.
func (d *Desk) Webhooks(v *access.Viewer) ([]Webhook, error) {
	list := []Webhook{}
	err := local.Scan(d.Local, prefixWebhook+v.Member.ID+"/", func(_ local.Key[hook], h *hook) (bool, error) {
		list = append(list, h.Webhook)
		return true, nil
	})
	return list, err
}

// ConfirmWebhook puts a webhook in force: what happens from now on is delivered. The
// person is another one than who made it, with another key: SAME_PERSON. A webhook in
// force stays as it is.
func (d *Desk) ConfirmWebhook(v *access.Viewer, id string) (Webhook, error) {
	if v.Credential.Roles&mayConfirm == 0 {
		return Webhook{}, code.NotAuthorised.New("")
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	h, err := d.find(v.Member.ID, id)
	if err != nil || h.State == InForce {
		return webhookOf(h), err
	}
	by := authorOf(v)
	if by.Key == h.CreatedBy.Key || by.Person == h.CreatedBy.Person {
		return Webhook{}, code.SamePerson.New("%s made this webhook", by.Person)
	}
	_, head, release, err := d.moment()
	if err != nil {
		return Webhook{}, err
	}
	release()
	h.State, h.ConfirmedBy, h.ConfirmedAt = InForce, &by, d.instant()
	h.Cursor = access.PlaceAfter(head.Height).String()
	if err := d.put(h); err != nil {
		return Webhook{}, err
	}
	d.mu.Lock()
	d.lanes[h.ID] = d.webhookLane(h)
	d.mu.Unlock()
	d.nudge()
	return h.Webhook, nil
}

func webhookOf(h *hook) Webhook {
	if h == nil {
		return Webhook{}
	}
	return h.Webhook
}

func (d *Desk) webhookLane(h *hook) *lane {
	member, id := h.Member, h.ID
	return &lane{member: member, due: d.Now(), step: func(ctx context.Context) (time.Time, error) {
		return d.deliver(ctx, member, id)
	}}
}

// DeleteWebhook removes a webhook of the viewer's member with its deliveries.
func (d *Desk) DeleteWebhook(v *access.Viewer, id string) error {
	if v.Credential.Roles&mayConfirm == 0 {
		return code.NotAuthorised.New("")
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	h, err := d.find(v.Member.ID, id)
	if err != nil {
		return err
	}
	b := d.Local.NewBatch()
	defer b.Discard()
	local.Delete(b, hookKey(h.Member, h.ID))
	err = local.Scan(d.Local, prefixDelivery+h.ID+"/", func(k local.Key[HookDelivery], n *HookDelivery) (bool, error) {
		local.Delete(b, k)
		local.Delete(b, waitingKey(h.ID, n.Number))
		return true, nil
	})
	if err != nil {
		return err
	}
	// A crash before Commit returns leaves all of the webhook or nothing of it.
	if err := b.Commit(); err != nil {
		return err
	}
	d.mu.Lock()
	delete(d.lanes, h.ID)
	d.mu.Unlock()
	return nil
}

// Deliveries lists the deliveries of a webhook of the viewer's member, the latest one
// first. State selects, empty for all; the cursor is the number of the last one shown.
func (d *Desk) Deliveries(v *access.Viewer, id string, state State, before uint64, limit int) (view.Page[HookDelivery], error) {
	page := view.Page[HookDelivery]{Items: []HookDelivery{}}
	if _, err := d.find(v.Member.ID, id); err != nil {
		return page, err
	}
	err := local.ScanReverse(d.Local, prefixDelivery+id+"/", func(_ local.Key[HookDelivery], n *HookDelivery) (bool, error) {
		if before != 0 && n.Number >= before || state != "" && n.State != state {
			return true, nil
		}
		if len(page.Items) == limit {
			page.Next = fmt.Sprint(page.Items[limit-1].Number)
			return false, nil
		}
		page.Items = append(page.Items, *n)
		return true, nil
	})
	return page, err
}

// RetryDelivery has a dead delivery tried again, before any later one. One that waits is
// tried at once; one that was delivered is CONFLICT.
func (d *Desk) RetryDelivery(v *access.Viewer, id string, number uint64) (HookDelivery, error) {
	if v.Credential.Roles&mayConfirm == 0 {
		return HookDelivery{}, code.NotAuthorised.New("")
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	if _, err := d.find(v.Member.ID, id); err != nil {
		return HookDelivery{}, err
	}
	n, err := local.Get(d.Local, deliveryKey(id, number))
	switch {
	case err != nil:
		return HookDelivery{}, err
	case n == nil:
		return HookDelivery{}, code.NotFound.New("delivery %d", number)
	case n.State == Delivered:
		return HookDelivery{}, code.Conflict.New("delivery %d arrived", number)
	}
	if n.State == Dead {
		n.Attempts = 0
	}
	n.State, n.NextAt = Waiting, d.instant()
	b := d.Local.NewBatch()
	local.Put(b, deliveryKey(id, number), n)
	local.Put(b, waitingKey(id, number), &mark{number})
	// A crash before Commit returns leaves it dead or waiting.
	if err := b.Commit(); err != nil {
		return HookDelivery{}, err
	}
	d.wakeLane(id)
	return *n, nil
}
