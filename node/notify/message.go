package notify

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// Keys in the node's own data; a person's name is escaped.
const (
	prefixMessage = "notify/message/" // notify/message/<member>/<person>/<number>
	prefixSent    = "notify/sent/"    // notify/sent/<member>/<person>/<event>/<channel>: there is a message
	prefixOutbox  = "notify/outbox/"  // notify/outbox/<channel>/<due>/<member>/<person>/<number>: to be sent
)

func messagesPrefix(member, person string) string {
	return prefixMessage + member + "/" + url.PathEscape(person) + "/"
}

func messageKey(member, person string, n uint64) local.Key[PersonMessage] {
	return local.Key[PersonMessage](fmt.Sprintf("%s%020d", messagesPrefix(member, person), n))
}

func sentKey(c *contact, event, channel string) local.Key[mark] {
	return local.Key[mark](prefixSent + c.Member + "/" + url.PathEscape(c.Person) + "/" + event + "/" + channel)
}

func outboxKey(o outgoing, m *PersonMessage) local.Key[outgoing] {
	return local.Key[outgoing](fmt.Sprintf("%s%s/%020d/%s/%s/%020d", prefixOutbox, m.Channel, int64(m.NextAt), o.Member, url.PathEscape(o.Person), m.Number))
}

// outgoing names a message that waits.
type outgoing struct {
	Member string `json:"member"`
	Person string `json:"person"`
	Number uint64 `json:"number"`
}

// PersonMessage is one message to one person.
type PersonMessage struct {
	Number   uint64           `json:"number" doc:"From 1 for each person"`
	Topic    Topic            `json:"topic" enum:"offer,accept,quote,request,approval,maturity,failed,overdue,lapse,account"`
	Channel  string           `json:"channel" enum:"email,sms,wecom"`
	To       string           `json:"to"`
	Language string           `json:"language" enum:"zh,en"`
	Title    string           `json:"title"`
	Text     string           `json:"text" doc:"Without title and link"`
	Link     string           `json:"link"`
	Event    string           `json:"event" doc:"Cursor of the event, or the due date of which it tells"`
	State    State            `json:"state" enum:"waiting,delivered,dead"`
	Attempts int              `json:"attempts"`
	At       calendar.Instant `json:"at"`
	LastAt   calendar.Instant `json:"lastAt,omitzero" required:"false" doc:"Of the last attempt"`
	NextAt   calendar.Instant `json:"nextAt,omitzero" required:"false" doc:"Of the next attempt, while it waits"`
	Fault    string           `json:"fault,omitzero" required:"false" doc:"Why the last attempt failed"`
}

// whole is the message with title and link.
func (m *PersonMessage) whole() string {
	return strings.TrimSpace(m.Title + "\n\n" + m.Text + "\n\n" + m.Link)
}

// add puts a message about an event into the batch, on every channel that the person and
// the node have, unless there is one already.
func (d *Desk) add(b *local.Batch, c *contact, event string, t telling) error {
	for _, channel := range d.Channels() {
		to := c.address(channel)
		if to == "" {
			continue
		}
		sent := sentKey(c, event, channel)
		known, err := local.Get(d.Local, sent)
		if err != nil {
			return err
		}
		if known != nil {
			continue
		}
		c.Last++
		now := d.instant()
		m := &PersonMessage{
			Number: c.Last, Topic: t.topic, Channel: channel, To: to, Language: c.Language, Title: t.title, Text: t.text,
			Link: t.link, Event: event, State: Waiting, At: now, NextAt: now,
		}
		o := outgoing{c.Member, c.Person, m.Number}
		local.Put(b, messageKey(c.Member, c.Person, m.Number), m)
		local.Put(b, sent, &mark{m.Number})
		local.Put(b, outboxKey(o, m), &o)
		if err := d.forget(b, c); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the message that is one too many.
func (d *Desk) forget(b *local.Batch, c *contact) error {
	if c.Last <= d.kept {
		return nil
	}
	key := messageKey(c.Member, c.Person, c.Last-d.kept)
	old, err := local.Get(d.Local, key)
	if err != nil || old == nil {
		return err
	}
	local.Delete(b, key)
	local.Delete(b, sentKey(c, old.Event, old.Channel))
	if old.State == Waiting {
		local.Delete(b, outboxKey(outgoing{c.Member, c.Person, old.Number}, old))
	}
	return nil
}

// sendMessages sends the messages of a channel that are due, the one that has waited
// longest first.
func (d *Desk) sendMessages(ctx context.Context, channel string) (time.Time, error) {
	for range burst {
		if d.stopped() {
			return d.Now(), nil
		}
		o, m, err := d.nextMessage(channel)
		if err != nil || m == nil {
			return time.Time{}, err
		}
		if due := m.NextAt.Time(); due.After(d.Now()) {
			return due, nil
		}
		told, err := d.stillTold(o, m)
		if err != nil {
			return time.Time{}, err
		}
		fault, final := "the person is no longer told there", true
		if told {
			call, cancel := context.WithTimeout(ctx, d.Timeout)
			fault, final = d.channels[channel].send(call, *o, m)
			cancel()
		}
		if fault != "" && ctx.Err() != nil {
			return d.Now(), nil // the node stops: it is sent again after the start
		}
		if err := d.settleMessage(*o, fault, final); err != nil {
			return time.Time{}, err
		}
	}
	return d.Now(), nil
}

func (d *Desk) nextMessage(channel string) (o *outgoing, m *PersonMessage, err error) {
	d.writing.Lock() // a message may be forgotten between the two reads
	defer d.writing.Unlock()
	err = local.Scan(d.Local, prefixOutbox+channel+"/", func(_ local.Key[outgoing], first *outgoing) (bool, error) {
		o = first
		return false, nil
	})
	if err != nil || o == nil {
		return nil, nil, err
	}
	m, err = local.Get(d.Local, messageKey(o.Member, o.Person, o.Number))
	if err == nil && m == nil {
		err = fmt.Errorf("message %d of a person of %s waits and is not stored", o.Number, o.Member)
	}
	return o, m, err
}

// stillTold reports whether a message that waits may go: its person has not taken the
// address back, and the key with which it was given is still in force.
func (d *Desk) stillTold(o *outgoing, m *PersonMessage) (bool, error) {
	c, err := local.Get(d.Local, contactKey(o.Member, o.Person))
	if err != nil || c == nil || c.address(m.Channel) != m.To {
		return false, err
	}
	now, _, release, err := d.moment()
	if err != nil {
		return false, err
	}
	defer release()
	return inForce(now, c)
}

// settleMessage notes what came of an attempt; final means that no other will do better.
func (d *Desk) settleMessage(o outgoing, fault string, final bool) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	m, err := local.Get(d.Local, messageKey(o.Member, o.Person, o.Number))
	if err != nil || m == nil || m.State != Waiting {
		return err
	}
	b := d.Local.NewBatch()
	local.Delete(b, outboxKey(o, m))
	now := d.Now()
	m.Attempts, m.LastAt, m.Fault = m.Attempts+1, calendar.FromTime(now), fault
	switch {
	case fault == "":
		m.State, m.NextAt = Delivered, 0
	case final || m.Attempts >= Attempts:
		m.State, m.NextAt = Dead, 0
		d.Logger.Warn("a message is dead", "member", o.Member, "number", o.Number, "channel", m.Channel, "fault", fault)
	default:
		m.NextAt = calendar.FromTime(now.Add(pauseAfter(m.Attempts)))
		local.Put(b, outboxKey(o, m), &o)
	}
	local.Put(b, messageKey(o.Member, o.Person, o.Number), m)
	// A crash before Commit returns has a message that was taken sent again.
	return b.Commit()
}

// Messages lists the messages to the viewer, the latest one first. State selects, empty
// for all; the cursor is the number of the last one shown.
func (d *Desk) Messages(v *access.Viewer, state State, before uint64, limit int) (view.Page[PersonMessage], error) {
	page := view.Page[PersonMessage]{Items: []PersonMessage{}}
	prefix := messagesPrefix(v.Member.ID, v.Credential.Person)
	err := local.ScanReverse(d.Local, prefix, func(_ local.Key[PersonMessage], m *PersonMessage) (bool, error) {
		if before != 0 && m.Number >= before || state != "" && m.State != state {
			return true, nil
		}
		if len(page.Items) == limit {
			page.Next = fmt.Sprint(page.Items[limit-1].Number)
			return false, nil
		}
		page.Items = append(page.Items, *m)
		return true, nil
	})
	return page, err
}

// RetryMessage has a dead message to the viewer sent again, and one that waits at once;
// one that was delivered is CONFLICT.
func (d *Desk) RetryMessage(v *access.Viewer, number uint64) (PersonMessage, error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	o := outgoing{v.Member.ID, v.Credential.Person, number}
	m, err := local.Get(d.Local, messageKey(o.Member, o.Person, number))
	switch {
	case err != nil:
		return PersonMessage{}, err
	case m == nil:
		return PersonMessage{}, code.NotFound.New("message %d", number)
	case m.State == Delivered:
		return PersonMessage{}, code.Conflict.New("message %d was delivered", number)
	}
	b := d.Local.NewBatch()
	if m.State == Waiting {
		local.Delete(b, outboxKey(o, m))
	} else {
		m.Attempts = 0
	}
	m.State, m.NextAt = Waiting, d.instant()
	local.Put(b, outboxKey(o, m), &o)
	local.Put(b, messageKey(o.Member, o.Person, number), m)
	// A crash before Commit returns leaves it as it was.
	if err := b.Commit(); err != nil {
		return PersonMessage{}, err
	}
	d.wakeLane(channelLane(m.Channel))
	return *m, nil
}
