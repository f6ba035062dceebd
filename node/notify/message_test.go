package notify_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/interval"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
	"github.com/tierledger/tierledger/ledger/outcome"
	"github.com/tierledger/tierledger/node/notify"
)

// letter is an e-mail as a server took it.
type letter struct {
	from, to string
	header   mail.Header
	subject  string
	text     string
}

// postOffice is a small SMTP server. Reply says what it answers to a recipient, nil for
// good.
type postOffice struct {
	testing.TB
	listener net.Listener
	letters  chan letter
	reply    func(to string) string
	open     sync.WaitGroup
}

func newPostOffice(t *testing.T, reply func(to string) string) *postOffice {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{TB: t, listener: l, letters: make(chan letter, 64), reply: reply}
	p.open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // closed
			}
			p.open.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.open.Wait()
	})
	return p
}

func (p *postOffice) settings() *notify.SMTP {
	p.Helper()
	host, port, err := net.SplitHostPort(p.listener.Addr().String())
	if err != nil {
		p.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		p.Fatal(err)
	}
	return &notify.SMTP{Host: host, Port: n, From: "Tierledger <node@bank.example>", TLS: "none"}
}

// serve speaks the few verbs of RFC 5321 that a sender needs.
func (p *postOffice) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	say := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	say("220 post.bank.example ESMTP")
	var l letter
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO", "HELO":
			say("250 post.bank.example")
		case "MAIL":
			l = letter{from: between(rest)}
			say("250 ok")
		case "RCPT":
			if l.to = between(rest); p.reply != nil && p.reply(l.to) != "" {
				say(p.reply(l.to))
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			p.take(in, &l)
			say("250 taken")
		case "RSET", "NOOP":
			say("250 ok")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("500 what")
		}
	}
}

func between(path string) string {
	_, rest, _ := strings.Cut(path, "<")
	address, _, _ := strings.Cut(rest, ">")
	return address
}

// take reads a letter up to the line with a dot.
func (p *postOffice) take(in *bufio.Reader, l *letter) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			p.Errorf("the letter breaks off: %v", err)
			return
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	m, err := mail.ReadMessage(strings.NewReader(b.String()))
	if err != nil {
		p.Errorf("no letter: %v", err)
		return
	}
	body, err := io.ReadAll(decoding(m))
	if err != nil {
		p.Error(err)
	}
	l.header, l.text = m.Header, string(body)
	if l.subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		p.Error(err)
	}
	p.letters <- *l
}

func decoding(m *mail.Message) io.Reader {
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		return quotedprintable.NewReader(m.Body)
	}
	return m.Body
}

// tells sets the contact of a person.
func (o *office) tells(who string, c notify.Contact) {
	o.Helper()
	if c.Language == "" {
		c.Language = notify.Chinese
	}
	if _, err := o.desk.SetContact(o.viewer(who), c); err != nil {
		o.Fatal(err)
	}
}

// tellAll tells the desk of the last block again, as after a transaction of the ledger's
// own helpers.
func (o *office) tellAll() {
	o.Helper()
	var outcomes []record.Outcome
	err := outcome.Each(o.Store, 0, func(one *record.Outcome) (bool, error) {
		outcomes = append(outcomes, *one)
		return true, nil
	})
	if err != nil {
		o.Fatal(err)
	}
	o.desk.Committed(outcomes, nil)
}

// passes commits a block in which only time does something.
func (o *office) passes() {
	o.Helper()
	r := o.Block()
	o.desk.Committed(r.Outcomes, r.Sweep)
}

// A supplier's clerk gets a letter about a certificate and about an offer, in the
// language of her choice, with who pays, how much and where to look.
func TestPeopleAreToldByMail(t *testing.T) {
	p := newPostOffice(t, nil)
	o := newOffice(t, notify.Settings{SMTP: p.settings()})
	o.tells("tier1/maker", notify.Contact{Email: "clerk@tier1.example"})
	o.tells("tier2/maker", notify.Contact{Email: "desk@tier2.example", Language: notify.English, Kinds: []notify.Topic{notify.Offer}})
	number := o.Issue("core", "tier1", "first", "1000000.00", 1)
	_, invoice := o.Invoice("tier1", "tier2", "second", "400000.00")
	o.tellAll()
	o.does("tier1/maker", "certificate:Transfer", map[string]any{
		"to": o.IDs["tier2"], "reference": "second",
		"legs":        []map[string]any{{"certificate": number, "holding": 1, "version": 1, "interval": "1-40000000"}},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400000.00"}},
	})
	letters := map[string]letter{}
	for range 2 {
		l := <-p.letters
		letters[l.to] = l
	}
	l := letters["clerk@tier1.example"]
	if l.subject != "core 向贵司开立凭证 ¥1,000,000.00" || l.from != "node@bank.example" {
		t.Errorf("to tier1: %+v", l)
	}
	for _, part := range []string{"tier1：", "¥1,000,000.00", "到期日：", "请在", "https://node.bank.example/#/certificates/" + number} {
		if !strings.Contains(l.text, part) {
			t.Errorf("to tier1 without %s: %s", part, l.text)
		}
	}
	l = letters["desk@tier2.example"]
	if l.subject != "tier1 transfers ¥400,000.00 to you" {
		t.Errorf("to tier2: %+v", l)
	}
	for _, part := range []string{"core pays.", "Tier 2.", "Due on ", "https://node.bank.example/#/transfers/"} {
		if !strings.Contains(l.text, part) {
			t.Errorf("to tier2 without %s: %s", part, l.text)
		}
	}
	if id := l.header.Get("Message-ID"); !strings.HasSuffix(id, "@bank.example>") || strings.Contains(id, "maker") {
		t.Errorf("id %s", id)
	}
	page, err := o.desk.Messages(o.viewer("tier2/maker"), "", 0, 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Topic != notify.Offer || page.Items[0].To != "desk@tier2.example" {
		t.Errorf("the outbox: %+v %v", page, err)
	}
	if page, err = o.desk.Messages(o.viewer("tier2/admin1"), "", 0, 10); err != nil || len(page.Items) != 0 {
		t.Errorf("another person's outbox: %+v %v", page, err)
	}
}

// A debtor is told five days before a payment and on the day before, once each, also
// across restarts.
func TestADebtorIsToldOfWhatFallsDue(t *testing.T) {
	p := newPostOffice(t, nil)
	settings := notify.Settings{SMTP: p.settings()}
	o := newOffice(t, settings)
	o.tells("core/maker", notify.Contact{Email: "cash@core.example", Kinds: []notify.Topic{notify.Maturity}})
	number := o.Issue("core", "tier1", "first", "1000000.00", 1)
	o.Issue("core", "tier2", "second", "2500.50", 2)
	payment := ledgertest.Read(o.Ledger, record.CertificateKey(number)).Payment
	for _, c := range []struct {
		before int // days
		title  string
	}{
		{6, ""}, {5, "5 天后应付 ¥1,002,500.50"}, {4, ""}, {3, ""}, {2, ""}, {1, "明日应付 ¥1,002,500.50"},
	} {
		o.Now = payment.AddDays(-c.before).Start().Add(time.Hour)
		o.passes()
		o.close()
		o.open(settings)
		if c.title == "" {
			continue
		}
		if l := <-p.letters; l.subject != c.title || !strings.Contains(l.text, payment.String()) {
			t.Errorf("%d days before: %+v", c.before, l)
		}
	}
	o.close()
	o.open(settings)
	page, err := o.desk.Messages(o.viewer("core/maker"), "", 0, 10)
	if err != nil || len(page.Items) != 2 {
		t.Errorf("%+v %v", page, err)
	}
}

// A quote, a payment that came back, a debt that is overdue, an offer that lapsed and an
// account that changed: each is told once, with its amount.
func TestPeopleAreToldOfTheWholeLife(t *testing.T) {
	p := newPostOffice(t, nil)
	o := newOffice(t, notify.Settings{SMTP: p.settings()})
	o.Accounts("bank1", "bank1", "core", "tier1", "tier2")
	number := o.Issue("core", "tier1", "first", "1000000.00", 1)
	o.tellAll()
	o.tells("tier1/maker", notify.Contact{Email: "clerk@tier1.example", Language: notify.English})
	next := func(subject, link string) {
		t.Helper()
		if l := <-p.letters; l.subject != subject || !strings.Contains(l.text, "https://node.bank.example/#/"+link) {
			t.Errorf("told %q %s", l.subject, l.text)
		}
	}
	id := o.Request("tier1", o.Leg(number, 1, interval.Of(1, 10_000_000)))
	o.Quote("bank1", id, ledgertest.Terms(record.SaleWithRecourse))
	o.tellAll()
	next("A quote for your request of ¥100,000.00", "finance/"+id)

	_, invoice := o.Invoice("tier1", "tier2", "second", "400000.00")
	holding := o.Leg(number, 1, interval.Of(10_000_001, 50_000_000))
	o.does("tier1/maker", "certificate:Transfer", map[string]any{
		"to": o.IDs["tier2"], "reference": "second", "legs": []record.Leg{holding},
		"allocations": []map[string]any{{"invoice": invoice, "amount": "400000.00"}},
	})
	o.Now = o.Now.Add(30 * 24 * time.Hour)
	o.passes()
	seen := map[string]bool{}
	for range 2 { // both lapse in the sweep of one block or of two
		l := <-p.letters
		seen[l.subject] = true
	}
	if !seen["A transfer has lapsed, ¥400,000.00"] || !seen["A financing has lapsed, ¥100,000.00"] {
		t.Errorf("lapsed: %v", seen)
	}

	run := o.Mature(number)
	o.ConfirmFunds("bank1", run, 60_000_000)
	leg := o.Legs(run)[0].ID
	o.PayLeg(leg)
	o.Report(leg, clearing.ReportReturned)
	o.tellAll()
	next("A payment did not succeed, ¥600,000.00", "")
}

// A mail server that is busy is asked again; one that refuses a recipient is not.
func TestAMailServerThatRefuses(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	p := newPostOffice(t, func(to string) string {
		mu.Lock()
		defer mu.Unlock()
		asked[to]++
		switch {
		case to == "gone@core.example":
			return "550 no such user"
		case asked[to] <= 4: // each attempt asks twice: see reply
			return "451 busy"
		default:
			return ""
		}
	})
	o := newOffice(t, notify.Settings{SMTP: p.settings()})
	o.tells("core/admin1", notify.Contact{Email: "busy@core.example"})
	o.tells("core/admin2", notify.Contact{Email: "gone@core.example"})
	o.proposes("2000.00")
	if l := <-p.letters; l.to != "busy@core.example" || l.subject != "有一项操作等待复核，金额 ¥0.00" || !strings.Contains(l.text, "member:SetPolicy") {
		t.Errorf("%+v", l)
	}
	viewer := o.viewer("core/admin2")
	page, err := o.desk.Messages(viewer, notify.Dead, 0, 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Attempts != 1 || page.Items[0].Fault != "the mail server refused the message: 550" {
		t.Fatalf("dead: %+v %v", page, err)
	}
	if m, err := o.desk.RetryMessage(viewer, page.Items[0].Number); err != nil || m.State != notify.Waiting {
		t.Errorf("again: %+v %v", m, err)
	}
	if _, err := o.desk.RetryMessage(o.viewer("core/maker"), 1); !code.NotFound.Is(err) {
		t.Errorf("another person's: %v", err)
	}
}

// posted is what an HTTP service of the bank's got.
type posted struct {
	header http.Header
	Msg    struct {
		Content string   `json:"content"`
		Users   []string `json:"users"`
	} `json:"text"`
}

// The bank's own services take messages with their keys and in their form, and an answer
// 200 that says no is a failure.
func TestPeopleAreToldThroughTheBanksServices(t *testing.T) {
	got := make(chan posted, 16)
	n := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := posted{header: r.Header}
		if err := json.UnmarshalRead(r.Body, &in); err != nil {
			t.Error(err)
		}
		if n++; n == 1 {
			_, _ = io.WriteString(w, `{"errcode":45009}`)
			return
		}
		_, _ = io.WriteString(w, `{"errcode":0}`)
		got <- in
	}))
	defer s.Close()
	dir := t.TempDir()
	o := newOffice(t, notify.Settings{Adapters: []notify.Adapter{{
		Name: notify.WeCom, URLFile: secretFile(t, dir, "url", s.URL+"/send?key=abc\n"),
		HeadersFile: secretFile(t, dir, "headers", "X-Key: secret\n"),
		Body:        `{"text":{"content":{{.Text}},"users":[{{.To}}]}}`, Success: `"errcode":0}`,
	}}})
	if list := o.desk.Channels(); len(list) != 1 || list[0] != notify.WeCom {
		t.Errorf("channels: %v", list)
	}
	o.tells("bank1/maker", notify.Contact{WeCom: "wang", Email: "not@sent.example"})
	number := o.Issue("core", "tier1", "first", "1000000.00", 1)
	o.Accounts("bank1", "core", "tier1")
	id := o.Request("tier1", o.Leg(number, 1, interval.Of(1, 10_000_000)))
	o.tellAll()
	in := <-got
	if in.header.Get("X-Key") != "secret" || len(in.Msg.Users) != 1 || in.Msg.Users[0] != "wang" {
		t.Errorf("%+v", in)
	}
	if !strings.HasPrefix(in.Msg.Content, "tier1 申请融资 ¥100,000.00") || !strings.Contains(in.Msg.Content, "/#/finance/"+id) {
		t.Errorf("%s", in.Msg.Content)
	}
}

// Who left is told nothing, not even what waited for its next attempt.
func TestAMessageThatWaitsDoesNotFollowSomebodyWhoLeft(t *testing.T) {
	asked, left, over := make(chan bool), make(chan bool), make(chan string, 16)
	attempts := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if attempts++; attempts > 1 {
			over <- "it was sent again"
			return
		}
		asked <- true
		<-left
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer s.Close()
	o := newOffice(t, notify.Settings{Adapters: []notify.Adapter{{Name: notify.SMS, URL: s.URL, Body: `{"to":{{.To}}}`}}},
		func(c *notify.Config) { c.Logger = slog.New(slog.NewTextHandler(lines(over), nil)) })
	o.tells("core/maker", notify.Contact{Phone: "+8613800000000"})
	maker := o.viewer("core/maker")
	o.proposes("2000.00")
	<-asked
	o.Must("core/admin1", "member:RevokeCredential", map[string]any{"key": o.Keys["core/maker"].Public().ID(), "reason": "left"})
	close(left)
	if said := <-over; !strings.Contains(said, "a message is dead") {
		t.Error(said)
	}
	page, err := o.desk.Messages(maker, "", 0, 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Fault == "" {
		t.Errorf("%+v %v", page, err)
	}
}

// lines is a writer that passes on each line of a log.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

func secretFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// One batch that brings many certificates is one message.
func TestABatchIsOneMessage(t *testing.T) {
	p := newPostOffice(t, nil)
	o := newOffice(t, notify.Settings{SMTP: p.settings()})
	contract, first := o.Invoice("core", "tier1", "first", "1000.00")
	_, other := o.Invoice("core", "tier1", "other", "2000.00")
	o.tells("tier1/maker", notify.Contact{Email: "clerk@tier1.example", Language: notify.English})
	item := func(n int, invoice record.Digest, amount string) map[string]any {
		return map[string]any{"function": "certificate:Issue", "argument": map[string]any{
			"number": mustNumber(t, o, n), "creditor": o.IDs["tier1"], "face": amount, "maturity": o.Now.Date().AddDays(90),
			"currency": "CNY", "reference": fmt.Sprintf("batch-%d", n), "contract": contract,
			"allocations": []map[string]any{{"invoice": invoice, "amount": amount}},
		}}
	}
	o.does("core/maker", "batch:Run", map[string]any{"items": []map[string]any{item(1, first, "1000.00"), item(2, other, "2000.00")}})
	l := <-p.letters
	if l.subject != "core issued 2 certificates to you, ¥3,000.00 in all" || !strings.Contains(l.text, "https://node.bank.example/#/certificates") {
		t.Errorf("%+v", l)
	}
}

func mustNumber(t *testing.T, o *office, sequence int) string {
	t.Helper()
	n, err := number.NewCertificate(o.IDs["core"], o.Now.Date(), sequence)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestContactsThatAreNone(t *testing.T) {
	o := newOffice(t, notify.Settings{})
	v := o.viewer("core/maker")
	for name, c := range map[string]notify.Contact{
		"language":   {Language: "fr", Email: "a@b.example"},
		"no address": {Language: "zh", Email: "nobody"},
		"a name":     {Language: "zh", Email: "A <a@b.example>"},
		"two lines":  {Language: "zh", Email: "a@b.example\r\nBcc: c@d.example"},
		"phone":      {Language: "zh", Phone: "12ab34"},
		"plus":       {Language: "zh", Phone: "+"},
		"wecom":      {Language: "zh", WeCom: "王"},
		"topic":      {Language: "zh", Email: "a@b.example", Kinds: []notify.Topic{"weather"}},
	} {
		if _, err := o.desk.SetContact(v, c); !code.BadArgument.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := notify.Contact{Language: "zh", Email: "a@b.example", Phone: "+8613800000000", WeCom: "li", Kinds: []notify.Topic{notify.Quote, notify.Offer, notify.Quote}}
	if c, err := o.desk.SetContact(v, good); err != nil || len(c.Kinds) != 2 {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := o.desk.Contact(v); err != nil || c.Phone != good.Phone {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := o.desk.Contact(o.viewer("core/checker")); err != nil || c.Email != "" {
		t.Errorf("another person: %+v %v", c, err)
	}
	if _, err := o.desk.SetContact(v, notify.Contact{Language: "zh"}); err != nil {
		t.Error(err)
	}
	if c, err := o.desk.Contact(v); err != nil || c.Email != "" {
		t.Errorf("removed: %+v %v", c, err)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	dir := t.TempDir()
	loose := secretFile(t, dir, "loose", "secret")
	if err := os.Chmod(loose, 0o644); err != nil { //nolint:gosec // that is the point
		t.Fatal(err)
	}
	smtp := func(change func(*notify.SMTP)) notify.Settings {
		s := &notify.SMTP{Host: "mail.bank.example", Port: 587, From: "node@bank.example"}
		change(s)
		return notify.Settings{SMTP: s}
	}
	adapter := func(change func(*notify.Adapter)) notify.Settings {
		a := notify.Adapter{Name: notify.SMS, URL: "https://sms.example/", Body: `{"to":{{.To}},"text":{{.Text}}}`}
		change(&a)
		return notify.Settings{Adapters: []notify.Adapter{a}}
	}
	for name, s := range map[string]notify.Settings{
		"no host":       smtp(func(s *notify.SMTP) { s.Host = "" }),
		"no sender":     smtp(func(s *notify.SMTP) { s.From = "node" }),
		"no password":   smtp(func(s *notify.SMTP) { s.User = "node" }),
		"open password": smtp(func(s *notify.SMTP) { s.User, s.PasswordFile, s.TLS = "node", loose, "none" }),
		"word for TLS":  smtp(func(s *notify.SMTP) { s.TLS = "maybe" }),
		"channel":       adapter(func(a *notify.Adapter) { a.Name = "fax" }),
		"no URL":        adapter(func(a *notify.Adapter) { a.URL = "" }),
		"URL":           adapter(func(a *notify.Adapter) { a.URL = "sms" }),
		"no JSON":       adapter(func(a *notify.Adapter) { a.Body = `{"text":"{{.Text}}"}` }),
		"no field":      adapter(func(a *notify.Adapter) { a.Body = `{"text":{{.Sum}}}` }),
		"no template":   adapter(func(a *notify.Adapter) { a.Body = `{{` }),
		"two": {Adapters: []notify.Adapter{
			{Name: notify.SMS, URL: "https://a.example/", Body: "{}"}, {Name: notify.SMS, URL: "https://b.example/", Body: "{}"},
		}},
	} {
		if err := s.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	o := newOffice(t, notify.Settings{})
	for name, s := range map[string]notify.Settings{
		"readable password": smtp(func(s *notify.SMTP) { s.User, s.PasswordFile = "node", loose }),
		"missing password":  smtp(func(s *notify.SMTP) { s.User, s.PasswordFile = "node", filepath.Join(dir, "none") }),
		"readable URL":      adapter(func(a *notify.Adapter) { a.URL, a.URLFile = "", loose }),
		"no headers":        adapter(func(a *notify.Adapter) { a.HeadersFile = secretFile(t, dir, "headers", "nothing") }),
		"secret no URL":     adapter(func(a *notify.Adapter) { a.URL, a.URLFile = "", secretFile(t, dir, "url", "nothing") }),
	} {
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := notify.Open(notify.Config{Store: o.Store, Local: o.local, Settings: s}); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}
