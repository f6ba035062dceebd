// Package faults breaks networks of separate processes and watches what becomes of
// them. It holds tests only, drives the program as an operator does, and never links
// a node: what it kills are processes.
package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait for something that must happen; it measures nothing.
const patience = 90 * time.Second

// network is a devnet whose nodes are processes of their own.
type network struct {
	*testing.T
	scf   string // the program
	dir   string
	banks []bank
	nodes []*process
	began time.Time
}

// note logs how far a test is, for whoever wonders where its time goes.
func (n *network) note(what string) {
	n.Helper()
	n.Logf("%5.1f s: %s", time.Since(n.began).Seconds(), what)
}

// bank is a member of the devnet that runs a node.
type bank struct {
	Alias string `json:"alias"`
	Home  string `json:"home"`
	API   string `json:"api"`
}

// status is where a node stands.
type status struct {
	Height     int64  `json:"height"`
	AppHash    string `json:"appHash"`
	Peers      int    `json:"peers"`
	CatchingUp bool   `json:"catchingUp"`
}

// process is a running command. Its output is to be read after done is closed.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	done           chan struct{}
	err            error
}

func (n *network) start(args ...string) *process {
	n.Helper()
	p := &process{cmd: exec.Command(n.scf, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		n.Fatal(err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	n.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
		if n.Failed() {
			n.Logf("%v: %v\n%s", args, p.err, p.stderr.String())
		}
	})
	return p
}

// end waits until a process has ended.
func (n *network) end(p *process) {
	n.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		n.Fatalf("%v does not end", p.cmd.Args)
	}
}

// run runs a command to its end and reads what it prints.
func (n *network) run(into any, args ...string) error {
	n.Helper()
	p := n.start(args...)
	n.end(p)
	if p.err != nil {
		return fmt.Errorf("%v: %w\n%s", args, p.err, p.stderr.String())
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(p.stdout.Bytes(), into)
}

func (n *network) must(err error) {
	n.Helper()
	if err != nil {
		n.Fatal(err)
	}
}

// newNetwork builds the program and makes a devnet.
func newNetwork(t *testing.T) *network {
	t.Helper()
	work := t.TempDir()
	n := &network{T: t, scf: filepath.Join(work, "scf"), dir: filepath.Join(work, "devnet"), began: time.Now()}
	if runtime.GOOS == "windows" {
		n.scf += ".exe"
	}
	build := exec.Command("go", "build", "-o", n.scf, "github.com/tierledger/tierledger/cli/scf")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	var members []bank
	n.must(n.run(&members, "network", "init", "--home", n.dir, "--json"))
	for _, m := range members {
		if m.Home != "" {
			n.banks = append(n.banks, m)
		}
	}
	n.nodes = make([]*process, len(n.banks))
	return n
}

// up starts nodes.
func (n *network) up(which ...int) {
	n.Helper()
	for _, i := range which {
		n.nodes[i] = n.start("node", "run", filepath.Join(n.dir, n.banks[i].Home))
	}
}

// status asks a node where it stands; false when it does not answer.
func (n *network) status(i int) (s status, ok bool) {
	ctx, cancel := context.WithTimeout(n.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.banks[i].API+"/v1/status", nil)
	n.must(err)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return s, false
	}
	defer func() { _ = response.Body.Close() }()
	return s, response.StatusCode == http.StatusOK && json.NewDecoder(response.Body).Decode(&s) == nil
}

// reach waits until nodes have a block.
func (n *network) reach(height int64, which ...int) {
	n.Helper()
	for _, i := range which {
		n.eventually(fmt.Sprintf("%s has block %d", n.banks[i].Alias, height), func() bool {
			s, ok := n.status(i)
			return ok && s.Height >= height
		})
	}
}

// eventually polls a condition that no channel announces. A node that ends before is
// a failure.
func (n *network) eventually(what string, ok func() bool) {
	n.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		for i, p := range n.nodes {
			if p == nil {
				continue
			}
			select {
			case <-p.done:
				n.Fatalf("%s has ended: %v\n%s", n.banks[i].Alias, p.err, p.stderr.String())
			default:
			}
		}
		if time.Now().After(deadline) {
			n.Fatalf("never happened: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// kill ends a node as a power cut would: it can not save anything.
func (n *network) kill(i int) {
	n.Helper()
	n.must(n.nodes[i].cmd.Process.Kill())
	n.end(n.nodes[i])
	n.nodes[i] = nil
}

// agree waits until all nodes were seen at one height, and fails when two were seen
// at one height with different app hashes.
func (n *network) agree() {
	n.Helper()
	seen := map[int64]map[int]string{}
	n.eventually("all nodes are at one height", func() bool {
		for i := range n.banks {
			s, ok := n.status(i)
			if !ok {
				return false
			}
			if seen[s.Height] == nil {
				seen[s.Height] = map[int]string{}
			}
			seen[s.Height][i] = s.AppHash
			for k, other := range seen[s.Height] {
				if other != s.AppHash {
					n.Fatalf("at block %d %s has %s and %s has %s", s.Height, n.banks[i].Alias, s.AppHash, n.banks[k].Alias, other)
				}
			}
			if len(seen[s.Height]) == len(n.banks) {
				return true
			}
		}
		return false
	})
}

// down stops all nodes in good order.
func (n *network) down() {
	n.Helper()
	for _, p := range n.nodes {
		n.must(p.cmd.Process.Signal(syscall.SIGTERM))
	}
	for i, p := range n.nodes {
		n.end(p)
		if p.err != nil {
			n.Errorf("%s stopped with %v\n%s", n.banks[i].Alias, p.err, p.stderr.String())
		}
		n.nodes[i] = nil
	}
}

// debts writes a file of debts between firms and returns the sum in fen.
func debts(t *testing.T, path string, rows, firms int) (total int64) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	fmt.Fprintln(&text, "debtor,creditor,amount")
	for range rows {
		debtor, amount := r.IntN(firms), int64(10_000+r.IntN(5_000_000))
		creditor := (debtor + 1 + r.IntN(firms-1)) % firms
		fmt.Fprintf(&text, "%d,%d,%d\n", debtor, creditor, amount)
		total += amount
	}
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return total
}

// imported is what scf import prints in the end.
type imported struct {
	Rows         int    `json:"rows"`
	Total        string `json:"total"`
	Active       int    `json:"active"`
	ActiveTotal  string `json:"activeTotal"`
	Transactions int    `json:"transactions"`
}

// checked is what scf check prints of a node.
type checked struct {
	Node         string            `json:"node"`
	Height       int64             `json:"height"`
	AppHash      string            `json:"appHash"`
	Certificates int               `json:"certificates"`
	Active       int               `json:"active"`
	Face         string            `json:"face"`
	Findings     []json.RawMessage `json:"findings"`
}

// Four nodes in processes of their own; one is killed in the middle of an import, by
// a signal that it can not catch. The others go on, it comes back and catches up, the
// import ends with every row on the ledger, and the data of all four is proved.
func TestKillOneOfFourDuringAnImport(t *testing.T) {
	t.Parallel()
	const rows, firms = 240, 120
	n := newNetwork(t)
	n.note("the network is made")
	n.up(0, 1, 2, 3)
	n.reach(2, 0, 1, 2, 3)
	n.note("four nodes agree")
	file := filepath.Join(t.TempDir(), "debts.csv")
	total := debts(t, file, rows, firms)
	command := []string{"import", file, "--devnet", n.dir, "--amount-unit", "fen", "--days", "90", "--in-flight", "6", "--json", "--quiet"}

	importing, begin := n.start(command...), int64(0)
	for {
		s, ok := n.status(0)
		if begin == 0 && ok {
			begin = s.Height
		}
		if ok && s.Height > begin+12 {
			break
		}
		select {
		case <-importing.done:
			t.Fatalf("the import ended before anything was killed: %v\n%s", importing.err, importing.stderr.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	const victim = 2
	n.kill(victim)
	n.note("one is killed")
	select {
	case <-importing.done:
		t.Fatalf("the import ended before anything was killed: %v\n%s", importing.err, importing.stderr.String())
	default:
	}
	s, _ := n.status(0)
	n.reach(s.Height+3, 0, 1, 3)
	n.up(victim)
	n.reach(s.Height+4, 0, 1, 2, 3)
	n.note("it is back")

	// The import waits a while for the node of its bank. When that was not enough it
	// says so, and goes on where it was when it is run again.
	n.end(importing)
	var result imported
	if importing.err == nil {
		n.must(json.Unmarshal(importing.stdout.Bytes(), &result))
	} else {
		var exit *exec.ExitError
		if !errors.As(importing.err, &exit) || exit.ExitCode() != 3 {
			t.Errorf("the import ended with %v\n%s", importing.err, importing.stderr.String())
		}
		n.note("the import is run again")
		n.must(n.run(&result, command...))
	}
	n.note("the import is done")
	want := fmt.Sprintf("%d.%02d", total/100, total%100)
	if result.Rows != rows || result.Active != rows || result.Total != want || result.ActiveTotal != want {
		t.Errorf("the import says %+v, the file has %d rows of %s", result, rows, want)
	}
	n.must(n.run(&result, command...))
	if result.Transactions != 0 || result.Active != rows {
		t.Errorf("the same import again sends %d transactions: %+v", result.Transactions, result)
	}
	n.agree()

	// The lights go out for all four at once.
	s, _ = n.status(0)
	for i := range n.banks {
		n.kill(i)
	}
	n.note("all four are killed")
	n.up(0, 1, 2, 3)
	n.reach(s.Height+2, 0, 1, 2, 3)
	n.note("they are back")
	n.agree()
	n.down()
	n.prove(rows, want)
}

// prove checks the data of all stopped nodes.
func (n *network) prove(certificates int, face string) {
	n.Helper()
	var reports []checked
	n.must(n.run(&reports, "check", "--home", n.dir, "--json"))
	if len(reports) != len(n.banks) {
		n.Errorf("%d nodes were checked, there are %d", len(reports), len(n.banks))
	}
	for _, r := range reports {
		if r.Certificates != certificates || r.Active != certificates || r.Face != face || len(r.Findings) != 0 {
			n.Errorf("%s has %d certificates, %d of them active for %s, want %d for %s; found %s",
				r.Node, r.Certificates, r.Active, r.Face, certificates, face, r.Findings)
		}
		n.Logf("%s: block %d, app hash %.16s, %d certificates", r.Node, r.Height, r.AppHash, r.Certificates)
	}
}
