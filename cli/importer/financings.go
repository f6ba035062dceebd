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
	"github.com/tierledger/tierledger/chaincode/financing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/client"
)

// Financings is what ImportFinancings is asked for.
type Financings struct {
	Count int    // financings that are to be paid out in the end
	Seed  uint32 // of every choice, and part of the names of the posted rates
}

// The stages of making financings, in order. Holders and banks register their
// accounts: proposed by a maker, approved by a checker, confirmed by the account's
// bank. Each bank posts its rates and sets some limits; holders take the rates; the
// banks register what was taken, instruct the payments, and the payees' banks
// advise them. A financing that lapsed after it was registered is taken out of the
// registry.
const (
	StageChoose   Stage = "choose"
	StageAccounts Stage = "accounts"
	StageApprove  Stage = "approve"
	StageConfirm  Stage = "confirm"
	StageRates    Stage = "rates"
	StageLimits   Stage = "limits"
	StageTake     Stage = "take"
	StageRegister Stage = "register"
	StageInstruct Stage = "instruct"
	StageAdvise   Stage = "advise"
	StageCancel   Stage = "cancel"
)

// FinancingRefusal is something that the ledger refused on the way.
type FinancingRefusal struct {
	Stage   Stage     `json:"stage"`
	Subject string    `json:"subject"` // id of the financing, or the member whose step it was
	Code    code.Code `json:"code"`
	Rule    string    `json:"rule,omitempty"`
	Reason  string    `json:"reason"`
}

// financingsImport is one run.
type financingsImport struct {
	Options
	want   Financings
	net    *Network
	sender *sender
	owners map[string]*owner // who has keys here, by member
	banks  map[string]int    // by member

	rates  map[string]record.PostedRate // of this import, by bank and id
	usable map[string]bool              // members whose account is confirmed
	asked  map[string]proposal          // open proposals of accounts, by member
	avoid  map[pieceID]bool             // holdings that could not be taken
	found  map[string]*taken            // financings under these rates, by id
	others map[string]bool              // ids of financings under other terms
	rows   map[string]record.FinancingRow
	stages []StageTime

	mu      sync.Mutex // of all below
	noted   []string   // proposals that a run before this one has made
	left    unsettled
	refused []FinancingRefusal
}

// owner is who holds fen and signs on this machine.
type owner struct {
	id    string
	alias string
	bank  int // through whose node it goes
}

// taken is a financing of this import.
type taken struct {
	record.Financing
	settlement record.Settlement
}

// ImportFinancings makes financings of random fen of what the network's firms hold,
// by random banks, until the ledger has as many as asked for that are paid out. All
// is signed by the party whose step it is and goes through its bank's node.
//
// The financings of a seed are known by the posted rates they took. Called again
// with the same seed, after any end, it finds what there is, finishes what is under
// way, and makes only what is missing. What lapsed or was refused is made up for by
// others.
func ImportFinancings(ctx context.Context, net *Network, want Financings, opt Options) (*FinancingsSummary, error) {
	if want.Count < 1 {
		return nil, code.BadArgument.New("%d financings", want.Count)
	}
	start := time.Now()
	im := &financingsImport{
		Options: opt, want: want, net: net, banks: map[string]int{}, rates: map[string]record.PostedRate{},
		usable: map[string]bool{}, asked: map[string]proposal{}, avoid: map[pieceID]bool{},
		found: map[string]*taken{}, others: map[string]bool{},
	}
	if err := im.prepare(); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("financings of seed %d on %s", want.Seed, net.Name)
	path := filepath.Join(opt.State, fmt.Sprintf("financings-%d.jsonl", want.Seed))
	journal, err := openJournal(path, name, im.replay)
	if err != nil {
		return nil, err
	}
	im.sender = net.sender(journal, opt)
	err = im.run(ctx)
	if err = errors.Join(err, journal.close()); err != nil {
		return nil, err
	}
	s := im.summary(time.Since(start))
	if s.Complete() {
		// Everything is on the ledger: there is nothing left to go on with.
		err = removeJournal(path)
	}
	return s, err
}

// prepare finds who can sign here: the banks, and every member with a maker and a
// checker.
func (im *financingsImport) prepare() error {
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
func (im *financingsImport) replay(e entry) error {
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

// run goes round until all are paid out, or until a round has added none: what
// lapsed at the end of a day, or was refused, is planned again.
func (im *financingsImport) run(ctx context.Context) error {
	if left := im.left.rest(); len(left) > 0 {
		im.Progress.Stage("resend", len(left))
		// What they were for is read back from the ledger.
		if err := im.sender.resend(ctx, left, im.settled(im.note)); err != nil {
			return err
		}
	}
	if err := im.timed(ctx, StageRead, im.readBack); err != nil {
		return err
	}
	for {
		before := im.paidOut()
		if before >= im.want.Count && len(im.open(0)) == 0 {
			return nil
		}
		began, err := im.now(ctx)
		if err != nil {
			return err
		}
		if err := im.round(ctx, began); err != nil {
			return err
		}
		ended, err := im.now(ctx)
		if err != nil || im.paidOut() == before && ended.Date() == began.Date() {
			return err
		}
	}
}

// now is the ledger's time.
func (im *financingsImport) now(ctx context.Context) (calendar.Instant, error) {
	return im.net.Banks[0].Node.Now(ctx)
}

// round plans what is missing and brings it, and what is under way, to its end.
func (im *financingsImport) round(ctx context.Context, now calendar.Instant) error {
	var plan []intent
	if missing := im.want.Count - im.paidOut() - len(im.open(now)); missing > 0 {
		if err := im.timed(ctx, StageChoose, func(ctx context.Context) (n int, err error) {
			plan, err = im.choose(ctx, missing)
			return len(plan), err
		}); err != nil {
			return err
		}
	}
	if len(plan) > 0 {
		if err := im.agree(ctx, plan); err != nil {
			return err
		}
	}
	if err := im.pay(ctx); err != nil {
		return err
	}
	return im.timed(ctx, StageRead, im.readBack)
}

// agree brings planned financings to where both sides have signed.
func (im *financingsImport) agree(ctx context.Context, plan []intent) error {
	if err := im.accounts(ctx, plan); err != nil {
		return err
	}
	for _, stage := range []struct {
		name Stage
		do   func(context.Context) (int, error)
	}{
		{StageRates, im.postRates},
		{StageLimits, func(ctx context.Context) (int, error) { return im.setLimits(ctx, plan) }},
		{StageTake, func(ctx context.Context) (int, error) { return im.take(ctx, plan) }},
		{StageRead, im.readBack},
	} {
		if err := im.timed(ctx, stage.name, stage.do); err != nil {
			return err
		}
	}
	return nil
}

// timed runs a stage and adds what it took to that of the rounds before.
func (im *financingsImport) timed(ctx context.Context, name Stage, do func(context.Context) (int, error)) error {
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
func (im *financingsImport) send(
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
func (im *financingsImport) settled(do settled) settled {
	return func(s *sent, refused map[int]*code.Error, result []byte) string {
		im.mu.Lock()
		defer im.mu.Unlock()
		return do(s, refused, result)
	}
}

// refuse keeps a refusal for the summary; the lock is held.
func (im *financingsImport) refuse(stage Stage, subject string, why *code.Error) {
	reason := why.Detail
	if reason == "" {
		reason = why.Code.Entry().English
	}
	im.refused = append(im.refused, FinancingRefusal{stage, subject, why.Code, why.Rule, reason})
}

// invoke is call with the argument as the contracts write it: what has no value is
// left out.
func invoke(function string, argument any) (operation, error) {
	text, err := client.Argument(argument)
	if err != nil {
		return operation{}, fmt.Errorf("call %s: %w", function, err)
	}
	return operation{function, text}, nil
}

// costOf is what the terms of a posted rate come to when it is taken on a day.
func costOf(terms record.Terms, day calendar.Date, parts []financing.Part) (money.Fen, error) {
	terms.ValueDate = day
	cost, err := financing.CostOf(terms, parts)
	return cost.Net, err
}
