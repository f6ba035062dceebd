package notify

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/access"
)

//go:embed templates
var templateFiles embed.FS

// templates are the words of all messages: one file a language, in it one template a
// topic, whose first line is the title.
//
//nolint:gochecknoglobals // parsed once, read-only
var templates = template.Must(template.ParseFS(templateFiles, "templates/*.tmpl"))

// told is what the templates may say.
type told struct {
	Me       string // name of the member
	From     string // name of who did it
	Count    int    // how many at once
	Amount   string
	Until    string // minute in Shanghai
	Debtor   string
	Payment  string // day
	Tier     uint16
	Function string // of a proposal
	Kind     string // of the notice
	Days     int    // until the payment
}

// telling is a message in words.
type telling struct {
	topic             Topic
	title, text, link string
}

// words are what a person is told of some events of one transaction.
func (d *Desk) words(m access.Moment, c *contact, g group) (telling, error) {
	first := &g.events[0]
	says := told{Count: len(g.events), Amount: "¥" + g.amount.Human(), Kind: first.Kind.String(), Until: minute(first.Until)}
	var err error
	if says.Me, err = nameOf(m, c.Member); err != nil {
		return telling{}, err
	}
	if says.From, err = nameOf(m, first.Member); err != nil {
		return telling{}, err
	}
	if len(g.events) == 1 {
		if err := says.about(m, first); err != nil {
			return telling{}, err
		}
	}
	link := page(first)
	if len(g.events) > 1 {
		link, _, _ = strings.Cut(link, "/")
	}
	return d.write(g.topic, c.Language, says, link)
}

// about adds what the subject of an event tells: who pays a certificate and when, what a
// proposal is for.
func (t *told) about(m access.Moment, e *access.Event) error {
	var number string
	var tier uint16
	switch topicOf(e) {
	case Accept:
		number = e.Subject
	case Offer:
		offer, err := record.Find(m.State, record.TransferKey(e.Subject))
		if err != nil {
			return err
		}
		if offer == nil || len(offer.Legs) != 1 {
			return nil // of several certificates there is not one debtor
		}
		leg := offer.Legs[0]
		number = leg.Certificate
		h, err := record.Find(m.State, record.HoldingKey(number, leg.Holding))
		if err != nil {
			return err
		}
		if h != nil {
			tier = h.MaxTier() + 1
		}
	case Approval:
		p, err := record.Find(m.State, record.ProposalKey(e.Subject))
		if err == nil && p != nil {
			t.Function = p.Function
		}
		return err
	default:
		return nil
	}
	cert, err := record.Find(m.State, record.CertificateKey(number))
	if err != nil || cert == nil {
		return err
	}
	t.Payment, t.Tier = cert.Payment.String(), tier
	t.Debtor, err = nameOf(m, cert.Debtor)
	return err
}

// dueWords are what a debtor is told of a payment that is near.
func (d *Desk) dueWords(m access.Moment, c *contact, p payment, days int) (telling, error) {
	me, err := nameOf(m, c.Member)
	if err != nil {
		return telling{}, err
	}
	says := told{Me: me, Count: 1, Amount: "¥" + p.amount.Human(), Payment: p.day.String(), Days: days}
	return d.write(Maturity, c.Language, says, "clearing/"+record.RunID(c.Member, p.day))
}

// write fills the template of a topic.
func (d *Desk) write(topic Topic, language string, says told, link string) (telling, error) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, language+"/"+string(topic), says); err != nil {
		return telling{}, fmt.Errorf("write a message: %w", err)
	}
	title, text, _ := strings.Cut(strings.TrimSpace(b.String()), "\n")
	t := telling{topic: topic, title: strings.TrimSpace(title), text: strings.TrimSpace(text)}
	if d.PublicURL != "" {
		t.link = d.PublicURL + "/#/" + link
	}
	return t, nil
}

// nameOf is a member's registered name.
func nameOf(m access.Moment, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	member, err := record.Find(m.State, record.MemberKey(id))
	if err != nil || member == nil {
		return id, err
	}
	return member.Name, nil
}

// minute is a time in Shanghai as people write it, empty for none.
func minute(i calendar.Instant) string {
	if i.IsZero() {
		return ""
	}
	const layout = "2006-01-02 15:04"
	return strings.Replace(i.String()[:len(layout)], "T", " ", 1)
}
