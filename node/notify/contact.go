package notify

import (
	"net/mail"
	"net/url"
	"slices"

	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
	"github.com/tierledger/tierledger/node/local"
)

// Limits of contacts.
const (
	// MaxContacts is how many people of a member may leave a contact.
	MaxContacts = 64
	// MaxContactsOfAll is how many contacts a node keeps.
	MaxContactsOfAll = 1 << 16
	maxEmail         = 254
	maxPhone         = 20
)

// Languages of messages.
const (
	Chinese = "zh"
	English = "en"
)

const prefixContact = "notify/contact/" // notify/contact/<member>/<person>

// contactKey is where a person's contact lies. The name is escaped: it may have a slash.
func contactKey(member, person string) local.Key[contact] {
	return local.Key[contact](prefixContact + member + "/" + url.PathEscape(person))
}

// Contact is how and of what a person wants to be told. Without any address the person
// is told nothing.
type Contact struct {
	Email    string  `json:"email,omitzero" required:"false" maxLength:"254"`
	Phone    string  `json:"phone,omitzero" required:"false" maxLength:"20" doc:"For text messages: digits, with a + before the country"`
	WeCom    string  `json:"wecom,omitzero" required:"false" maxLength:"64" doc:"User id in 企业微信"`
	Language string  `json:"language" enum:"zh,en"`
	Kinds    []Topic `json:"kinds" required:"false" nullable:"false" maxItems:"16" enum:"offer,accept,quote,request,approval,maturity,failed,overdue,lapse,account" doc:"What to be told of; empty for all"`
}

// contact is a contact as it is stored.
type contact struct {
	Contact
	Member string        `json:"member"`
	Person string        `json:"person"`
	Key    record.Digest `json:"key"`    // credential with which it was set; once it is not in force, nothing is sent
	Cursor string        `json:"cursor"` // behind the last event of which the person was told
	Last   uint64        `json:"last"`   // number of the latest message
}

// address is the person's on a channel, empty for none.
func (c *Contact) address(channel string) string {
	switch channel {
	case Email:
		return c.Email
	case SMS:
		return c.Phone
	case WeCom:
		return c.WeCom
	default:
		return ""
	}
}

func (c *Contact) check() error {
	if c.Language != Chinese && c.Language != English {
		return code.BadArgument.New("language is %s or %s", Chinese, English)
	}
	if c.Email != "" {
		a, err := mail.ParseAddress(c.Email)
		if err != nil || a.Name != "" || a.Address != c.Email || len(c.Email) > maxEmail || !ascii(c.Email) {
			return code.BadArgument.New("%.80q is no e-mail address", c.Email)
		}
	}
	if c.Phone != "" && !phone(c.Phone) {
		return code.BadArgument.New("%.20q is no phone number", c.Phone)
	}
	if c.WeCom != "" {
		if err := member.CheckIdentifier("the 企业微信 user", c.WeCom); err != nil {
			return err
		}
	}
	for _, t := range c.Kinds {
		if !slices.Contains(Topics(), t) {
			return code.BadArgument.New("%.20q is no kind of message", t)
		}
	}
	return nil
}

func ascii(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

func phone(s string) bool {
	const least = 5
	digits := s
	if s[0] == '+' {
		digits = s[1:]
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(digits) >= least && len(s) <= maxPhone
}

// Channels are those on which this node can send, in order of name.
func (d *Desk) Channels() []string {
	list := []string{}
	for _, name := range []string{Email, SMS, WeCom} {
		if d.channels[name] != nil {
			list = append(list, name)
		}
	}
	return list
}

// Contact reads the viewer's own contact, an empty one when there is none.
func (d *Desk) Contact(v *access.Viewer) (Contact, error) {
	c, err := local.Get(d.Local, contactKey(v.Member.ID, v.Credential.Person))
	if err != nil || c == nil {
		return Contact{Language: Chinese, Kinds: []Topic{}}, err
	}
	return c.Contact, nil
}

// SetContact sets the viewer's own contact. What happens from the first time on is told;
// without any address the contact is removed. Addresses that are none are BAD_ARGUMENT,
// one contact too many is LIMIT_EXCEEDED.
func (d *Desk) SetContact(v *access.Viewer, in Contact) (Contact, error) {
	in.Kinds = append([]Topic{}, in.Kinds...)
	slices.Sort(in.Kinds)
	in.Kinds = slices.Compact(in.Kinds)
	if err := in.check(); err != nil {
		return Contact{}, err
	}
	d.writing.Lock()
	defer d.writing.Unlock()
	key := contactKey(v.Member.ID, v.Credential.Person)
	c, err := local.Get(d.Local, key)
	if err != nil {
		return Contact{}, err
	}
	change, none := 0, in.Email == "" && in.Phone == "" && in.WeCom == ""
	b := d.Local.NewBatch()
	defer b.Discard()
	switch {
	case none && c == nil:
		return in, nil
	case none:
		local.Delete(b, key)
		change = -1
	case c == nil:
		if c, err = d.newContact(v); err != nil {
			return Contact{}, err
		}
		change = 1
	}
	if !none {
		c.Contact, c.Key = in, v.Credential.ID
		local.Put(b, key, c)
	}
	if err := b.Commit(); err != nil { // a crash before leaves the contact as it was
		return Contact{}, err
	}
	d.mu.Lock()
	if d.people[v.Member.ID] += change; d.people[v.Member.ID] == 0 {
		delete(d.people, v.Member.ID)
	}
	d.mu.Unlock()
	return in, nil
}

// newContact begins a contact behind all that happened so far. Its messages are counted
// on from those that a contact before it left.
func (d *Desk) newContact(v *access.Viewer) (*contact, error) {
	d.mu.Lock()
	all, own := 0, d.people[v.Member.ID]
	for _, n := range d.people {
		all += n
	}
	d.mu.Unlock()
	if own >= MaxContacts || all >= MaxContactsOfAll {
		return nil, code.LimitExceeded.New("a member has at most %d contacts, a node %d", MaxContacts, MaxContactsOfAll)
	}
	_, head, release, err := d.moment()
	if err != nil {
		return nil, err
	}
	release()
	c := &contact{Member: v.Member.ID, Person: v.Credential.Person, Cursor: access.PlaceAfter(head.Height).String()}
	err = local.ScanReverse(d.Local, messagesPrefix(c.Member, c.Person), func(_ local.Key[PersonMessage], m *PersonMessage) (bool, error) {
		c.Last = m.Number
		return false, nil
	})
	return c, err
}
