package command_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tierledger/tierledger/cli/command"
	"github.com/tierledger/tierledger/node"
	"github.com/tierledger/tierledger/node/notify"
)

// What the scripts do that a user does without scf.

// capture NAME REGEXP keeps the first group of a match in the last output as the
// variable NAME.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture NAME REGEXP")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("no match for %q", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// pack ARCHIVE FILE... makes a ZIP archive of files.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: pack ARCHIVE FILE...")
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, name := range args[1:] {
		entry, err := w.Create(name)
		ts.Check(err)
		_, err = io.WriteString(entry, ts.ReadFile(name))
		ts.Check(err)
	}
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), archive.Bytes(), 0o600))
}

// until TEXT COMMAND... runs a command of scf that stays until it has printed the text,
// and interrupts it.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until TEXT COMMAND...")
	}
	out, failed := newOutput(args[0]), newOutput("")
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	exited := make(chan int, 1)
	go func() {
		exited <- command.Run(ctx, args[1:], command.Streams{In: strings.NewReader(""), Out: out, Err: failed, Getenv: ts.Getenv})
	}()
	select {
	case <-out.seen:
		interrupt()
		if exit := <-exited; exit != 0 {
			ts.Fatalf("interrupted, it ended with exit code %d\n%s", exit, failed)
		}
	case exit := <-exited:
		ts.Fatalf("it ended before it printed %q: exit code %d\n%s%s", args[0], exit, out, failed)
	}
	_, err := io.WriteString(ts.Stdout(), out.String())
	ts.Check(err)
}

// scan PAPER prints what the QR code on a paper says, as a phone does.
func scan(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: scan PAPER")
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(codeOn(ts.ReadFile(args[0])))
	ts.Check(err)
	read, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), read.GetText())
}

// codeOn draws the QR code of a PDF: the boxes of the one height that most of those that
// are filled on its pages have.
func codeOn(pdf string) image.Image {
	type box struct{ x, y, w float64 }
	boxes, module := map[float64][]box{}, 0.0
	filled := regexp.MustCompile(`([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f`)
	for _, m := range regexp.MustCompile(`(?s)/FlateDecode /Length \d+>>\nstream\n(.*?)\nendstream`).FindAllStringSubmatch(pdf, -1) {
		unpacked, err := zlib.NewReader(strings.NewReader(m[1]))
		if err != nil {
			continue // a font
		}
		content, err := io.ReadAll(unpacked)
		if err != nil {
			continue
		}
		for _, b := range filled.FindAllStringSubmatch(string(content), -1) {
			var v [4]float64
			for i := range v {
				v[i], _ = strconv.ParseFloat(b[i+1], 64) // the expression matches numbers
			}
			tall := math.Abs(v[3])
			boxes[tall] = append(boxes[tall], box{v[0], -v[1], v[2]}) // y grows upwards in a PDF
			if len(boxes[tall]) > len(boxes[module]) {
				module = tall
			}
		}
	}
	left, top := math.MaxFloat64, math.MaxFloat64
	for _, b := range boxes[module] {
		left, top = min(left, b.x), min(top, b.y)
	}
	const scale, quiet, side = 4, 24, 400 // pixels
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = math.MaxUint8
	}
	at := func(v float64) int { return quiet + scale*int(math.Round(v/module)) }
	for _, b := range boxes[module] {
		for x := at(b.x - left); x < at(b.x-left+b.w); x++ {
			for y := at(b.y - top); y < at(b.y-top+module); y++ {
				picture.SetGray(x, y, color.Gray{})
			}
		}
	}
	return picture
}

// inbox is the program of a member that takes what a webhook posts, and a service that
// sends text messages: it keeps what it gets. What is posted to /down it refuses.
type inbox struct {
	*httptest.Server

	mu    sync.Mutex
	posts []post
	more  chan struct{} // closed by the next post
}

type post struct {
	path, signature string
	body            []byte
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	in := &inbox{more: make(chan struct{})}
	in.Server = httptest.NewServer(in)
	t.Cleanup(in.Close)
	return in
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path == "/down" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.posts = append(in.posts, post{r.URL.Path, r.Header.Get(notify.SignatureHeader), body})
	close(in.more)
	in.more = make(chan struct{})
	w.WriteHeader(http.StatusNoContent)
}

// find looks for what was posted to a path, and otherwise says when to look again.
func (in *inbox) find(path string, like *regexp.Regexp) (found *post, more <-chan struct{}) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.posts {
		if p := in.posts[i]; p.path == path && like.Match(p.body) {
			return &p, nil
		}
	}
	return nil, in.more
}

// posted PATH REGEXP [SECRET] waits for something like it to be posted to the path, and
// prints it. With a webhook's secret it is signed by who has it.
func (in *inbox) posted(ctx context.Context) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < 2 || len(args) > 3 {
			ts.Fatalf("usage: posted PATH REGEXP [SECRET]")
		}
		like := regexp.MustCompile(args[1])
		found, more := in.find(args[0], like)
		for found == nil {
			select {
			case <-more:
				found, more = in.find(args[0], like)
			case <-ctx.Done():
				ts.Fatalf("nothing like %q was posted to %s", args[1], args[0])
			}
		}
		if len(args) > 2 {
			const tolerance = time.Hour // this machine may be slow
			ts.Check(notify.Verify(args[2], found.signature, found.body, time.Now(), tolerance))
		}
		fmt.Fprintf(ts.Stdout(), "%s\n", found.body)
	}
}

// setUp sets up the node of a devnet's bank as a bank does: no webhooks into its own
// network, and a service for text messages.
func setUp(t *testing.T, home, service string) {
	t.Helper()
	path := filepath.Join(home, node.ConfigFile)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const open, none = "allowPrivate: true", "adapters: []"
	set := strings.NewReplacer(open, "allowPrivate: false", none, fmt.Sprintf("adapters: [{name: sms, url: %q, body: '%s'}]",
		service, `{"to": {{.To}}, "text": {{.Text}}}`)).Replace(string(text))
	if strings.Contains(set, open) || strings.Contains(set, none) || set == string(text) {
		t.Fatalf("the devnet's node.yaml is not as it was:\n%s", text)
	}
	if err := os.WriteFile(path, []byte(set), 0o600); err != nil {
		t.Fatal(err)
	}
}
