package notify

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/view"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// daysAhead is how many days before its payment date a debtor is told of what it owes;
// it is told once more on the day before. eventsAtOnce is how many events become messages
// in one batch.
const (
	daysAhead    = 5
	eventsAtOnce = 100
)

// gather makes the messages about what is new, and wakes the webhooks of the members
// whom it concerns. After a fault everything is looked at again.
func (d *Desk) gather() error {
	d.mu.Lock()
	changed := d.changed
	d.changed = map[string]bool{}
	for _, l := range d.lanes {
		if l.member != "" && (changed == nil || changed[l.member]) {
			l.rouse(d.Now())
		}
	}
	var members []string
	for member := range d.people {
		if changed == nil || changed[member] {
			members = append(members, member)
		}
	}
	d.mu.Unlock()
	slices.Sort(members)
	err := d.tell(members)
	if err != nil {
		d.mu.Lock()
		d.changed = nil
		d.mu.Unlock()
	}
	return err
}

// tell makes the messages to the people of some members about their events, and once
// a day to all about the payments that are near.
func (d *Desk) tell(members []string) error {
	m, _, release, err := d.moment()
	if err != nil {
		return err
	}
	defer release()
	for _, member := range members {
		err := d.eachContact(member, func(key local.Key[contact]) error { return d.tellEvents(m, key) })
		if err != nil {
			return err
		}
	}
	today := m.Now.Date()
	if today == d.day {
		return nil
	}
	d.mu.Lock()
	all := slices.Sorted(maps.Keys(d.people))
	d.mu.Unlock()
	for _, member := range all {
		if err := d.tellDue(m, member, today); err != nil {
			return err
		}
	}
	d.day = today
	return nil
}

// eachContact visits the contacts of a member by key: what is visited may write.
func (d *Desk) eachContact(member string, visit func(local.Key[contact]) error) error {
	var keys []local.Key[contact]
	err := local.Scan(d.Local, prefixContact+member+"/", func(k local.Key[contact], _ *contact) (bool, error) {
		keys = append(keys, k)
		return true, nil
	})
	for _, k := range keys {
		err = errors.Join(err, visit(k))
	}
	return err
}

// inForce reports whether the credential with which a contact was set still is: who left
// the member is told nothing.
func inForce(m access.Moment, c *contact) (bool, error) {
	v, err := access.Identify(m, c.Key)
	if code.Of(err) != nil {
		return false, nil
	}
	return err == nil && v.Member.ID == c.Member, err
}

// tellEvents makes the messages to a person about the events since the last time.
func (d *Desk) tellEvents(m access.Moment, key local.Key[contact]) error {
	for {
		more, err := d.tellPage(m, key)
		if err != nil || !more {
			return err
		}
	}
}

func (d *Desk) tellPage(m access.Moment, key local.Key[contact]) (more bool, err error) {
	d.writing.Lock()
	defer d.writing.Unlock()
	c, err := local.Get(d.Local, key)
	if err != nil || c == nil {
		return false, err
	}
	from, err := access.ParsePlace(c.Cursor)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", key, err)
	}
	feed, err := access.FeedOf(m.View, c.Member, from, eventsAtOnce)
	if err != nil || len(feed.Items) == 0 && !feed.More {
		return false, err
	}
	told, err := inForce(m, c)
	if err != nil {
		return false, err
	}
	b := d.Local.NewBatch()
	defer b.Discard()
	if told {
		for _, g := range together(feed.Items) {
			if !c.wants(g.topic) {
				continue
			}
			t, err := d.words(m, c, g)
			if err == nil {
				err = d.add(b, c, g.events[0].Cursor, t)
			}
			if err != nil {
				return false, err
			}
		}
	}
	c.Cursor = feed.Next.String()
	local.Put(b, key, c)
	// A crash before Commit returns leaves the events for the next start; after it, the
	// messages wait.
	if err := b.Commit(); err != nil {
		return false, err
	}
	d.wakeChannels()
	return feed.More, nil
}

func (c *Contact) wants(t Topic) bool { return len(c.Kinds) == 0 || slices.Contains(c.Kinds, t) }

// wakeChannels makes the lanes of all channels due.
func (d *Desk) wakeChannels() {
	for _, name := range d.Channels() {
		d.wakeLane(channelLane(name))
	}
}

// group are the events of one transaction that are told together: of one topic and kind.
// Five hundred certificates in a batch are one message.
type group struct {
	topic  Topic
	events []access.Event
	amount money.Fen
}

// together groups events. Two notices on one subject, as of a payment that failed and of
// the financing for which it was, count once.
func together(events []access.Event) []group {
	type about struct {
		tx      record.Digest
		topic   Topic
		subject string
	}
	var list []group
	told := map[about]bool{}
	for _, e := range events {
		topic := topicOf(&e)
		if topic == "" || told[about{e.TxID, topic, e.Subject}] {
			continue
		}
		told[about{e.TxID, topic, e.Subject}] = true
		i := slices.IndexFunc(list, func(g group) bool {
			return g.topic == topic && g.events[0].TxID == e.TxID && g.events[0].Kind == e.Kind
		})
		if i < 0 {
			list, i = append(list, group{topic: topic}), len(list)
		}
		list[i].events = append(list[i].events, e)
		list[i].amount += e.Amount
	}
	return list
}

// payment is what a debtor owes on one day.
type payment struct {
	day    calendar.Date
	amount money.Fen
}

// tellDue tells the people of a debtor what it owes within the next days.
func (d *Desk) tellDue(m access.Moment, member string, today calendar.Date) error {
	owner, err := record.Find(m.State, record.MemberKey(member))
	if err != nil || owner == nil || !owner.Roles.Has(record.Debtor) {
		return err
	}
	var due []payment
	err = view.EachDue(m.View, member, today.AddDays(1), today.AddDays(daysAhead), func(row *record.HoldingRow) error {
		if row.Gone || row.Redeemed || row.State != record.Active {
			return nil
		}
		if n := len(due); n == 0 || due[n-1].day != row.Payment {
			due = append(due, payment{day: row.Payment})
		}
		due[len(due)-1].amount += row.Interval.Amount()
		return nil
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return d.eachContact(member, func(key local.Key[contact]) error { return d.tellPayments(m, key, today, due) })
}

func (d *Desk) tellPayments(m access.Moment, key local.Key[contact], today calendar.Date, due []payment) error {
	d.writing.Lock()
	defer d.writing.Unlock()
	c, err := local.Get(d.Local, key)
	if err != nil || c == nil || !c.wants(Maturity) {
		return err
	}
	if told, err := inForce(m, c); err != nil || !told {
		return err
	}
	b := d.Local.NewBatch()
	defer b.Discard()
	for _, p := range due {
		// Told when the day comes within reach, also by a node that was down on the fifth
		// day before, and again on the day before.
		stage, days := daysAhead, calendar.DaysBetween(today, p.day)
		if days == 1 {
			stage = 1
		}
		t, err := d.dueWords(m, c, p, days)
		if err == nil {
			err = d.add(b, c, fmt.Sprintf("due-%s-%d", p.day.Compact(), stage), t)
		}
		if err != nil {
			return err
		}
	}
	local.Put(b, key, c)
	// A crash before Commit returns has it told at the next start.
	if err := b.Commit(); err != nil {
		return err
	}
	d.wakeChannels()
	return nil
}
