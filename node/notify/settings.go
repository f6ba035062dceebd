package notify

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"slices"
	"strings"
)

// Channels on which people are told.
const (
	Email = "email"
	SMS   = "sms"
	WeCom = "wecom"
)

// Settings are the part of node.yaml about notifications. The comments are its manual.
type Settings struct {
	// AllowPrivate lets webhooks go to private and loopback addresses and over plain
	// http. It is for development: with it, a member can have the node call machines
	// in the bank's own network.
	AllowPrivate bool `yaml:"allowPrivate"`
	// SMTP is the server that takes e-mail. Without it nobody gets any.
	SMTP *SMTP `yaml:"smtp"`
	// Adapters send text messages and 企业微信 messages through an HTTP service of the
	// bank's choice, at most one for each channel.
	Adapters []Adapter `yaml:"adapters"`
}

// SMTP is how e-mail leaves the node.
type SMTP struct {
	// Host and Port of the server: usually port 587 with starttls, 465 with tls.
	Host string `yaml:"host"`
	Port int    `yaml:"port"`
	// From is the sender, "Name <address>" or an address.
	From string `yaml:"from"`
	// User logs in at the server; empty for a server that wants no login.
	User string `yaml:"user"`
	// PasswordFile holds the password of User, readable by the node's user only.
	PasswordFile string `yaml:"passwordFile"`
	// TLS is starttls (the default), tls from the first byte, or none, which is
	// for a server on the same machine.
	TLS string `yaml:"tls"`
}

// Adapter is an HTTP service that passes on a message when it gets a POST with JSON.
type Adapter struct {
	// Name is the channel: sms or wecom.
	Name string `yaml:"name"`
	// URL is where the message is posted.
	URL string `yaml:"url"`
	// URLFile holds the URL instead, when the URL itself is a secret, as that of a
	// 企业微信 robot is. It is readable by the node's user only.
	URLFile string `yaml:"urlFile"`
	// HeadersFile holds headers of the request, one a line, "Name: value", readable
	// by the node's user only: the key of an SMS gateway.
	HeadersFile string `yaml:"headersFile"`
	// Body is the JSON that is posted, a template of Go's text/template. {{.To}} (the
	// phone number or the 企业微信 user), {{.Title}}, {{.Text}} (title, body and link),
	// {{.Link}}, {{.Topic}}, {{.Language}} and {{.ID}} are JSON strings with their quotes.
	Body string `yaml:"body"`
	// Success is a text that a good answer contains besides its status 2xx, for services
	// that answer 200 and an error; empty for none.
	Success string `yaml:"success"`
}

// Check refuses settings that cannot work. Files are not read yet.
func (s *Settings) Check() error {
	if s.SMTP != nil {
		if err := s.SMTP.check(); err != nil {
			return fmt.Errorf("field smtp: %w", err)
		}
	}
	var seen []string
	for i := range s.Adapters {
		a := &s.Adapters[i]
		if slices.Contains(seen, a.Name) {
			return fmt.Errorf("field adapters: there are two for %s", a.Name)
		}
		seen = append(seen, a.Name)
		if err := a.check(); err != nil {
			return fmt.Errorf("field adapters, %q: %w", a.Name, err)
		}
	}
	return nil
}

func (s *SMTP) check() error {
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return errors.New("host or port is missing")
	case (s.User == "") != (s.PasswordFile == ""):
		return errors.New("user and passwordFile go together")
	case !slices.Contains([]string{"", "starttls", "tls", "none"}, s.TLS):
		return fmt.Errorf("tls is starttls, tls or none, not %q", s.TLS)
	case s.TLS == "none" && s.User != "":
		return errors.New("a password does not go over a connection without TLS")
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		return fmt.Errorf("from %q is no address", s.From)
	}
	return nil
}

func (a *Adapter) check() error {
	if a.Name != SMS && a.Name != WeCom {
		return fmt.Errorf("name is %s or %s", SMS, WeCom)
	}
	if (a.URL == "") == (a.URLFile == "") {
		return errors.New("give either url or urlFile")
	}
	if a.URL != "" {
		if err := checkServiceURL(a.URL); err != nil {
			return err
		}
	}
	_, err := parseBody(a.Body)
	return err
}

func checkServiceURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the url is not an http or https address")
	}
	return nil
}

// readSecret reads a file that others than the node's user must not be able to read,
// without white space around it.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s is readable by others; set its mode to 0600", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(text)), nil
}
