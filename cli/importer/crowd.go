package importer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
)

// StepRefusal is something that the ledger refused on the way.
type StepRefusal struct {
	Stage   Stage     `json:"stage"`
	Subject string    `json:"subject"` // id of the financing, or the member whose step it was
	Code    code.Code `json:"code"`
	Rule    string    `json:"rule,omitempty"`
	Reason  string    `json:"reason"`
}

// crowd is everybody who signs on this machine: the banks of a network and its firms,
// with what an import does for all of them. What was done is read from the ledger; the
// journal keeps what was sent.
type crowd struct {
	Options
	net    *Network
	seed   uint32 // of choices
	sender *sender
	owners map[string]*owner   // who has keys here, by member
	banks  map[string]int      // by member
	usable map[string]bool     // members whose account is confirmed
	asked  map[string]proposal // open proposals of accounts, by member
	stages []StageTime

	mu      sync.Mutex // of all below
	noted   []string   // proposals that a run before this one has made
	left    unsettled
	refused []StepRefusal
}

// owner is who holds fen and signs on this machine.
type owner struct {
	id    string
	alias string
	bank  int // through whose node it goes
}

// journaled runs an import with its journal, of which it gives the path. What an earlier
// run had sent is sent again first: what that was for is read back from the ledger.
func (im *crowd) journaled(ctx context.Context, what string, run func(context.Context) error) (string, error) {
	path := filepath.Join(im.State, fmt.Sprintf("%s-%d.jsonl", what, im.seed))
	journal, err := openJournal(path, fmt.Sprintf("%s of seed %d on %s", what, im.seed, im.net.Name), im.replay)
	if err != nil {
		return path, err
	}
	im.sender = im.net.sender(journal, im.Options)
	if left := im.left.rest(); len(left) > 0 {
		im.Progress.Stage("resend", len(left))
		err = im.sender.resend(ctx, left, im.settled(im.note))
	}
	if err == nil {
		err = run(ctx)
	}
	return path, errors.Join(err, journal.close())
}

func newCrowd(net *Network, opt Options, seed uint32) (*crowd, error) {
	c := &crowd{
		Options: opt, net: net, seed: seed, banks: map[string]int{}, usable: map[string]bool{}, asked: map[string]proposal{},
	}
	return c, c.prepare()
}

// prepare finds who can sign here: the banks, and every member with a maker and a
// checker.
func (im *crowd) prepare() error {
	for i, b := range im.net.Banks {
		im.banks[b.ID] = i
	}
	names, err := im.net.Keyring.List()
	if err != nil {
		return err
	}
	has := make(map[string]bool, len(names))
	for _, name := range names {
		has[name] = true
	}
	im.owners = make(map[string]*owner, len(names)/len(people()))
	for _, name := range names {
		alias, isMaker := strings.CutSuffix(name, "/"+makerName)
		if !isMaker || !has[alias+"/"+checkerName] {
			continue
		}
		id, err := im.net.Code(alias)
		if err != nil {
			return err
		}
		im.owners[id] = &owner{id: id, alias: alias, bank: sponsorOf(alias, len(im.net.Banks))}
	}
	for i, b := range im.net.Banks {
		im.owners[b.ID] = &owner{id: b.ID, alias: b.Alias, bank: i}
	}
	return nil
}

// replay reads a line of the journal. What was done is read from the ledger; only
// the proposals that wait for their checker are known from here.
func (im *crowd) replay(e entry) error {
	if e.Sent != nil {
		im.left.add(*e.Sent)
	}
	if e.Final == nil {
		return nil
	}
	im.left.settle(e.Final.ID)
	if e.Final.Note != "" {
		im.noted = append(im.noted, e.Final.Note)
	}
	return nil
}

// now is the ledger's time.
func (im *crowd) now(ctx context.Context) (calendar.Instant, error) {
	return im.net.Banks[0].Node.Now(ctx)
}

// timed runs a stage and adds what it took to that of the rounds before.
func (im *crowd) timed(ctx context.Context, name Stage, do func(context.Context) (int, error)) error {
	start, before := time.Now(), im.sender.count
	items, err := do(ctx)
	if err != nil {
		return fmt.Errorf("stage %s: %w", name, err)
	}
	if items == 0 {
		return nil
	}
	one := StageTime{name, items, im.sender.count - before, time.Since(start)}
	for i := range im.stages {
		if s := &im.stages[i]; s.Stage == name {
			s.Items, s.Transactions, s.Elapsed = s.Items+one.Items, s.Transactions+one.Transactions, s.Elapsed+one.Elapsed
			return nil
		}
	}
	im.stages = append(im.stages, one)
	return nil
}

// send sends the batches that fill makes. What is refused is reported item by item.
func (im *crowd) send(
	ctx context.Context, stage Stage, items int, fill func(yield func(*batch, error) bool), refuse func(item int, why *code.Error),
) (int, error) {
	if items == 0 {
		return 0, nil
	}
	im.Progress.Stage(string(stage), items)
	return items, im.sender.run(ctx, fill, im.settled(func(s *sent, refused map[int]*code.Error, _ []byte) string {
		for i, why := range refused {
			refuse(s.Items[i], why)
		}
		return ""
	}))
}

// settled calls back under the lock.
func (im *crowd) settled(do settled) settled {
	return func(s *sent, refused map[int]*code.Error, result []byte) string {
		im.mu.Lock()
		defer im.mu.Unlock()
		return do(s, refused, result)
	}
}

// refuse keeps a refusal for the summary; the lock is held.
func (im *crowd) refuse(stage Stage, subject string, why *code.Error) {
	reason := why.Detail
	if reason == "" {
		reason = why.Code.Entry().English
	}
	im.refused = append(im.refused, StepRefusal{stage, subject, why.Code, why.Rule, reason})
}
