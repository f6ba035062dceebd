package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"text/template"

	jsonx "github.com/go-json-experiment/json"
	"github.com/wneessen/go-mail"
)

// channel takes messages to people. The fault is empty when the message was taken, and
// otherwise a few words; final means that another attempt would fare no better.
type channel interface {
	send(ctx context.Context, o outgoing, m *PersonMessage) (fault string, final bool)
}

// openChannels makes the channels of the settings and reads their secret files.
func openChannels(s *Settings) (map[string]channel, error) {
	channels := map[string]channel{}
	if s.SMTP != nil {
		mailer, err := openMailer(s.SMTP)
		if err != nil {
			return nil, fmt.Errorf("open e-mail: %w", err)
		}
		channels[Email] = mailer
	}
	for i := range s.Adapters {
		a, err := openAdapter(&s.Adapters[i])
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", s.Adapters[i].Name, err)
		}
		channels[s.Adapters[i].Name] = a
	}
	return channels, nil
}

// mailer sends e-mail through an SMTP server, one connection a message.
type mailer struct {
	host    string
	from    string
	domain  string // of the sender, for ids
	options []mail.Option
}

func openMailer(s *SMTP) (*mailer, error) {
	password := ""
	if s.PasswordFile != "" {
		var err error
		if password, err = readSecret(s.PasswordFile); err != nil {
			return nil, err
		}
	}
	_, domain, _ := strings.Cut(strings.TrimSuffix(s.From, ">"), "@")
	m := &mailer{host: s.Host, from: s.From, domain: domain, options: []mail.Option{
		mail.WithPort(s.Port), mail.WithTimeout(callTimeout), mail.WithHELO(domain), mail.WithoutNoop(),
	}}
	switch s.TLS {
	case "none":
		m.options = append(m.options, mail.WithTLSPolicy(mail.NoTLS))
	case "tls":
		m.options = append(m.options, mail.WithSSL())
	default:
		m.options = append(m.options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		m.options = append(m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(password))
	}
	if _, err := mail.NewClient(m.host, m.options...); err != nil {
		return nil, err
	}
	return m, nil
}

// send sends one message. Its id is the same at each attempt, so that a mail server which
// took it and whose answer was lost shows it once.
func (s *mailer) send(ctx context.Context, o outgoing, m *PersonMessage) (fault string, final bool) {
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(letter.From(s.from), letter.To(m.To)); err != nil {
		return "the address is not one of e-mail", true
	}
	letter.Subject(m.Title)
	letter.SetDateWithValue(m.At.Time())
	letter.SetMessageIDWithValue(messageID(o, m) + "@" + s.domain)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetBodyString(mail.TypeTextPlain, strings.TrimSpace(m.Text+"\n\n"+m.Link)+"\n")
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return "the mail server's settings do not fit", true
	}
	return mailFault(client.DialAndSendWithContext(ctx, letter))
}

// mailFault says in a few words why a mail server did not take a message. Its permanent
// refusals (5xx) of the message are final; those of the connection or the login are the
// node's own trouble, which its operator can end.
func mailFault(err error) (fault string, final bool) {
	var refused *mail.SendError
	switch {
	case err == nil:
		return "", false
	case errors.As(err, &refused) && refused.ErrorCode() >= 500:
		return fmt.Sprintf("the mail server refused the message: %d", refused.ErrorCode()), true
	case errors.As(err, &refused) && refused.ErrorCode() >= 400:
		return fmt.Sprintf("the mail server does not take the message now: %d", refused.ErrorCode()), false
	case errors.Is(err, context.DeadlineExceeded):
		return "the mail server did not answer in time", false
	default:
		return "no connection to the mail server", false
	}
}

// messageID is the same at each attempt, and tells nobody whose message it is.
func messageID(o outgoing, m *PersonMessage) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%d", o.Member, o.Person, m.Channel, m.Number, m.At))
	return hex.EncodeToString(sum[:16])
}

// adapter posts messages to an HTTP service.
type adapter struct {
	url     string
	headers http.Header
	body    *template.Template
	holds   string
	client  *http.Client
}

// bodyFields are what a body may name, each a JSON string.
type bodyFields struct {
	To, Title, Text, Link, Topic, Language, ID string
}

// parseBody reads the template of a body and tries it: what it makes must be JSON.
func parseBody(text string) (*template.Template, error) {
	t, err := template.New("body").Option("missingkey=error").Parse(text)
	if err != nil {
		return nil, fmt.Errorf("the body is no template: %w", err)
	}
	_, err = fill(t, &PersonMessage{To: "a\"b", Title: "a\nb", Text: "a", Link: "a"}, "a")
	return t, err
}

func fill(t *template.Template, m *PersonMessage, id string) ([]byte, error) {
	fields := bodyFields{m.To, m.Title, m.whole(), m.Link, string(m.Topic), m.Language, id}
	for _, f := range []*string{&fields.To, &fields.Title, &fields.Text, &fields.Link, &fields.Topic, &fields.Language, &fields.ID} {
		quoted, err := jsonx.Marshal(*f)
		if err != nil {
			return nil, fmt.Errorf("fill the body: %w", err)
		}
		*f = string(quoted)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, fields); err != nil {
		return nil, fmt.Errorf("fill the body: %w", err)
	}
	var v any
	if err := jsonx.Unmarshal(b.Bytes(), &v); err != nil {
		return nil, errors.New("the body is not JSON once it is filled; its fields have their quotes already")
	}
	return b.Bytes(), nil
}

// openAdapter reads the files of an adapter. The service is the bank's own choice: its
// address may be a private one.
func openAdapter(s *Adapter) (*adapter, error) {
	a := &adapter{url: s.URL, headers: http.Header{}, holds: s.Success, client: newCaller(true, callTimeout)}
	var err error
	if a.body, err = parseBody(s.Body); err != nil {
		return nil, err
	}
	if s.URLFile != "" {
		if a.url, err = readSecret(s.URLFile); err != nil {
			return nil, err
		}
		if err := checkServiceURL(a.url); err != nil {
			return nil, err
		}
	}
	if s.HeadersFile == "" {
		return a, nil
	}
	text, err := readSecret(s.HeadersFile)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(text) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			return nil, fmt.Errorf("a line of %s is no header", s.HeadersFile)
		}
		a.headers.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return a, nil
}

func (a *adapter) send(ctx context.Context, o outgoing, m *PersonMessage) (fault string, final bool) {
	body, err := fill(a.body, m, messageID(o, m))
	if err != nil {
		return "the body does not fit the message", true
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(body))
	if err != nil {
		return "the URL is not an address", true
	}
	r.Header = a.headers.Clone()
	r.Header.Set("Content-Type", "application/json")
	_, fault = call(a.client, r, a.holds)
	return fault, false
}
