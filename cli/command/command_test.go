package command_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/cli/command"
	"github.com/tierledger/tierledger/crypto/envelope"
	"github.com/tierledger/tierledger/network/devnet"
	"github.com/tierledger/tierledger/node/client"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"scf": func() { os.Exit(command.Main(os.Args[1:], command.Standard())) },
	})
}

// output collects what a command prints, and tells when a text was printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen chan struct{}
}

func newOutput(want string) *output { return &output{want: want, seen: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := strings.Contains(o.text.String(), o.want)
	o.text.Write(p)
	if !before && strings.Contains(o.text.String(), o.want) {
		close(o.seen)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func streams(out, err io.Writer) command.Streams {
	return command.Streams{In: strings.NewReader(""), Out: out, Err: err, Getenv: func(string) string { return "" }}
}

// The first command of the README: interrupted twice on the way, then to its end,
// with the scripts of a day's work against its four banks while it is up, and
// once more on the same data.
func TestQuickstartAndADaysWork(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	interruptStory(ctx, t, dir, "grants")
	mail := newInbox(t)
	setUp(t, filepath.Join(dir, "bank4"), mail.URL+"/sms")
	interruptStory(ctx, t, dir, "asks every bank")

	up, progress := newOutput("Ctrl-C stops the network"), newOutput("")
	stop, interrupt := context.WithCancel(ctx)
	exited := make(chan int, 1)
	go func() { exited <- command.Run(stop, []string{"quickstart", "--dir", dir}, streams(up, progress)) }()
	select {
	case <-up.seen:
	case exit := <-exited:
		t.Fatalf("exit code %d\n%s%s", exit, progress, up)
	}
	tree := checkStory(t, up.String())
	shown, _, _ := strings.Cut(up.String(), "\nThe network is up")
	checkReadme(t, progress.String()+shown)
	const first, second = 8001, 9001 // far from the numbers that scf counts, and from each other
	spare, printed, long := spareNumber(t, dir, first), spareNumber(t, dir, first+1), spareNumber(t, dir, second)
	another := regexp.MustCompile(`issues another .* certificate (\w+)`).FindStringSubmatch(progress.String())
	if another == nil {
		t.Fatalf("no certificate is left to try things with:\n%s", progress)
	}
	scripts := func(t *testing.T, files ...string) {
		t.Helper()
		testscript.Run(t, testscript.Params{
			Files: files, Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"capture": capture, "pack": pack, "posted": mail.posted(ctx), "scan": scan, "until": until,
			},
			Setup: func(e *testscript.Env) error {
				e.Setenv("SCF_HOME", dir)
				e.Setenv("LANG", "C")
				e.Setenv("CERTIFICATE", spare)
				e.Setenv("ANOTHER", another[1])
				e.Setenv("PRINTED", printed)
				e.Setenv("LONG", long)
				const beyond = 250 // days: above the ordinary cap of a term, within what a review allows
				e.Setenv("BEYOND", ledgerDay(t, dir).AddDays(beyond).String())
				e.Setenv("INBOX", mail.URL)
				const later = 40 // days: after the certificates of the clearing, before the others'
				e.Setenv("LATER", ledgerDay(t, dir).AddDays(later).String())
				return writeReader(filepath.Join(e.WorkDir, "reader.pub"))
			},
		})
	}
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	const moves = "testdata/script/clearing.txtar" // the time of all
	t.Run("scripts", func(t *testing.T) {
		scripts(t, slices.DeleteFunc(slices.Clone(files), func(f string) bool { return f == moves })...)
	})
	t.Run("payment date", func(t *testing.T) { scripts(t, moves) })
	interrupt()
	if exit := <-exited; exit != 0 {
		t.Errorf("after an interrupt the exit code is %d\n%s", exit, progress)
	}

	out, again := newOutput(""), newOutput("")
	if exit := command.Run(ctx, []string{"quickstart", "--exit", "--dir", dir}, streams(out, again)); exit != 0 {
		t.Fatalf("the last start: exit code %d\n%s%s", exit, again, out)
	}
	if !strings.Contains(again.String(), "told before") {
		t.Errorf("the last start does not say that it goes on:\n%s", again)
	}
	if got := checkStory(t, out.String()); got != tree {
		t.Errorf("the last start shows\n%s\nit was\n%s", got, tree)
	}
}

// spareNumber is a certificate number of the core enterprise: scripts that run at the
// same time do not take it from each other.
func spareNumber(t *testing.T, dir string, sequence int) string {
	t.Helper()
	core, err := devnet.CodeFor("tierledger-devnet", "core")
	if err != nil {
		t.Fatal(err)
	}
	spare, err := number.NewCertificate(core, ledgerDay(t, dir), sequence)
	if err != nil {
		t.Fatal(err)
	}
	return spare
}

// ledgerDay is the ledger's day.
func ledgerDay(t *testing.T, dir string) calendar.Date {
	t.Helper()
	d, err := devnet.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New("http://"+d.Banks()[0].API, d.Genesis.Network, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	status, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return status.LedgerTime.Date()
}

// writeReader writes the public encryption key of somebody who may read what is
// sealed.
func writeReader(path string) error {
	key, err := envelope.GenerateKey()
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(key.Public().Bytes())+"\n"), 0o600)
}

// interruptStory starts quickstart and interrupts it when it says something.
func interruptStory(ctx context.Context, t *testing.T, dir, at string) {
	t.Helper()
	out, progress := newOutput(""), newOutput(at)
	stop, interrupt := context.WithCancel(ctx)
	defer interrupt()
	exited := make(chan int, 1)
	go func() {
		exited <- command.Run(stop, []string{"quickstart", "--exit", "--dir", dir}, streams(out, progress))
	}()
	select {
	case <-progress.seen:
		interrupt()
	case exit := <-exited:
		t.Fatalf("exit code %d\n%s%s", exit, progress, out)
	}
	const interrupted = 130
	if exit := <-exited; exit != interrupted {
		t.Errorf("after an interrupt the exit code is %d\n%s", exit, progress)
	}
}

// checkStory finds the certificate's tree and four equal app hashes in what
// quickstart printed, and returns the tree.
func checkStory(t *testing.T, out string) string {
	t.Helper()
	hashes := regexp.MustCompile(`(?m)^  bank\d .* ([0-9a-f]{64})$`).FindAllStringSubmatch(out, -1)
	if len(hashes) != 4 {
		t.Fatalf("%d app hashes were printed, not 4:\n%s", len(hashes), out)
	}
	for _, h := range hashes {
		if h[1] != hashes[0][1] {
			t.Errorf("app hash %s differs from %s", h[1], hashes[0][1])
		}
	}
	tree, _, found := strings.Cut(out, "\napp hash")
	for _, holder := range []string{
		"└─ 华光精密机械 (tier 1)", "paid ¥400,000.00", "└─ 恒信铸造 (tier 2)", "paid ¥200,000.00",
		"├─ 青田五金加工厂 (tier 3)", "paid ¥130,000.00",
		"│  └─ 南屏银行 (tier 3, sale)", "paid ¥120,000.00", "└─ 东湖银行 (tier 2, sale)", "paid ¥150,000.00",
		"长风重工集团 ─issue→ 华光精密机械 ─transfer→ 恒信铸造 ─transfer→ 青田五金加工厂 ─sale→ 南屏银行 ─redeem→ 长风重工集团",
	} {
		if !found || !strings.Contains(tree, holder) {
			t.Errorf("the tree lacks %q:\n%s", holder, out)
		}
	}
	// The cheaper rate has the higher fee: the comparison puts the other first.
	compared := regexp.MustCompile(`(?m)^南屏银行 +sale +no +3\.0500 .* 60\.00 .* chosen\n西山银行 +sale +no +2\.8500 .* 260\.00 .* lost\n`)
	paid := regexp.MustCompile(`(?m)^青田五金加工厂 +南屏银行 +120,000\.00 .* settled .*\n恒信铸造 +东湖银行 +150,000\.00 .* settled `)
	if !compared.MatchString(tree) || !paid.MatchString(tree) {
		t.Errorf("the quotes are not compared, or the financings are not shown:\n%s", out)
	}
	cleared := regexp.MustCompile(`(?m)^run 91330100\w{10}-\d{8}, closed: ¥1,000,000\.00 owed, ¥1,000,000\.00 paid\n(?:.*\n){6}ledger against bank advices: difference 0\.00, 0 legs differ$`)
	if !cleared.MatchString(tree) {
		t.Errorf("the certificate was not paid on its day, or ledger and banks differ:\n%s", out)
	}
	return tree
}

// checkReadme compares what the README shows of the story with what was printed,
// but for times, the day's number and dates, what depends on the days until the
// payment date, and hashes.
func checkReadme(t *testing.T, out string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	varies := regexp.MustCompile(`\[ *[\d.]+s\]|91330100\w{26}|91330100\w{10}-\d{8}|\b[a-z2-7]{16}\b|(?:[0-9a-z]+\.)?\d{8}-\d{6}|\d{4}-\d{2}-\d{2}(?:T[\d:.]+\+08:00)?|1[14]8,\d{3}\.\d{2}|119,\d{3}\.\d{2}|[34]\.\d{4}|\d{20}|height \d+|[0-9a-f]{64}| in \S+: keys`)
	shown := varies.ReplaceAllString(string(readme), "*")
	for _, line := range strings.Split(strings.TrimSpace(varies.ReplaceAllString(out, "*")), "\n") {
		if !strings.Contains(shown, line+"\n") && !strings.HasPrefix(line, "* opening the network") {
			t.Errorf("the README does not show the line %q", line)
		}
	}
}
