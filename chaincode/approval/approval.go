// Package approval runs operations that need a second person, another
// institution, the other party, or the banks together. A proposal stores the
// function, its canonical argument and what it holds; whoever approves signs the
// hash of that argument; with the last approval the holds are released and the
// function runs from scratch, on behalf of the maker, with everything checked
// anew.
//
// The package knows no function: the chaincode's dispatcher is the Executor. It
// never runs a function on behalf of an approver, and it decides every proposal
// once.
package approval

import (
	"crypto/sha256"
	"encoding/json"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/code"
	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/chaincode/world"
)

// Executor knows the functions. The chaincode's dispatcher is one.
type Executor interface {
	// Plan reads the argument strictly and says what the function would need. It
	// writes nothing. A function that cannot be proposed is NOT_APPROVABLE.
	Plan(w *world.World, function string, argument []byte) (Plan, error)
	// Run runs the function for the World's actor and returns its result in JSON.
	Run(w *world.World, function string, argument []byte) ([]byte, error)
	// Hold sets aside what the proposal needs, Release gives exactly that back.
	Hold(w *world.World, proposal string, holds []record.Hold) error
	Release(w *world.World, proposal string, holds []record.Hold) error
}

// Plan is what a function with its argument would need.
type Plan struct {
	Canonical    []byte // the argument's one JSON text
	Amount       money.Fen
	Quorum       record.Quorum
	Counterparty string // the other party, for QuorumCounterparty
	Holds        []record.Hold
}

// ProposeArgument proposes that a function be run.
type ProposeArgument struct {
	Function     string           `json:"function"` // "<contract>:<Function>"
	Argument     json.RawMessage  `json:"argument"` // the function's own argument
	Expires      calendar.Instant `json:"expires,omitzero"`
	Counterparty string           `json:"counterparty,omitzero"`
}

// ProposeResult is what an approver needs to know.
type ProposeResult struct {
	ID       string           `json:"id"`
	Manifest record.Digest    `json:"manifest"` // SHA-256 of the canonical argument
	Quorum   record.Quorum    `json:"quorum"`
	Expires  calendar.Instant `json:"expires"`
}

// Propose stores an operation until it is approved. Checks: 1 form, 2 an active
// member, and not from within a proposal (NOT_APPROVABLE), 3 the expiry, which is
// at most and by default the rule pack's days ahead (BAD_DATE), 4 the function's
// plan, whose holds are limited (LIMIT_EXCEEDED), 5 a rehearsal of the function as if it were approved, so that the maker
// sees its refusals now. What the plan names is then held.
func Propose(w *world.World, x Executor, in ProposeArgument) (ProposeResult, error) {
	if err := in.form(); err != nil {
		return ProposeResult{}, err
	}
	if _, err := member.Require(w, 0, 0); err != nil {
		return ProposeResult{}, err
	}
	maker := w.Actor()
	if maker.Quorum != 0 {
		return ProposeResult{}, code.NotApprovable.New("a proposal cannot make a proposal")
	}
	expires, err := expiry(w, in.Expires)
	if err != nil {
		return ProposeResult{}, err
	}
	plan, err := x.Plan(w, in.Function, in.Argument)
	if err != nil {
		return ProposeResult{}, err
	}
	if err := checkHolds(plan.Holds); err != nil {
		return ProposeResult{}, err
	}
	if err := nameCounterparty(w, &plan, in.Counterparty); err != nil {
		return ProposeResult{}, err
	}
	maker.Quorum = plan.Quorum
	rehearsal := func() error {
		_, err := x.Run(w, in.Function, plan.Canonical)
		return err
	}
	if err := w.As(maker, func() error { return w.Rehearse(rehearsal) }); err != nil {
		return ProposeResult{}, err
	}
	p := &record.Proposal{
		ID: w.NewID(), Member: maker.Member, Function: in.Function, Argument: plan.Canonical,
		Manifest: sha256.Sum256(plan.Canonical), Maker: signature(w, maker.Person), Quorum: plan.Quorum,
		Counterparty: plan.Counterparty, Amount: plan.Amount, Holds: plan.Holds,
		Proposed: w.Now(), Expires: expires, State: record.ProposalOpen,
	}
	if err := x.Hold(w, p.ID, p.Holds); err != nil {
		return ProposeResult{}, err
	}
	world.Put(w, record.ProposalKey(p.ID), p)
	world.Put(w, record.MakerProposalKey(p.Maker.Key, p.ID), &record.Marker{Present: true})
	w.AddDue(p.Expires, record.DueProposal, p.ID)
	asked, err := asks(w, p)
	if err != nil {
		return ProposeResult{}, err
	}
	w.Notify(record.NoticeOf{
		Kind: record.ProposalMade, Subject: p.ID, Members: concerned(p.Member, asked), Amount: p.Amount,
		Opens: asked, Until: p.Expires,
	})
	return ProposeResult{ID: p.ID, Manifest: p.Manifest, Quorum: p.Quorum, Expires: p.Expires}, nil
}

func (in *ProposeArgument) form() error {
	if err := member.CheckFunctionName(in.Function); err != nil {
		return err
	}
	if len(in.Argument) == 0 {
		return code.BadArgument.New("the proposal has no argument")
	}
	if in.Counterparty != "" {
		return member.CheckID(in.Counterparty)
	}
	return nil
}

// Limits of what one proposal sets aside: its end must be affordable whenever it
// comes.
const (
	MaxHolds   = 2500 // lines, invoices and intervals of fen
	MaxHeldFen = 500  // intervals of fen among them
)

// checkHolds refuses a proposal that would set too much aside: LIMIT_EXCEEDED.
func checkHolds(holds []record.Hold) error {
	fen := 0
	for _, h := range holds {
		if h.Kind == record.HoldInterval {
			fen++
		}
	}
	if len(holds) > MaxHolds || fen > MaxHeldFen {
		return code.LimitExceeded.New("the proposal would hold %d things, %d of them intervals of fen; at most %d and %d",
			len(holds), fen, MaxHolds, MaxHeldFen)
	}
	return nil
}

// expiry is the instant the maker asked for, or the latest that is allowed.
func expiry(w *world.World, asked calendar.Instant) (calendar.Instant, error) {
	pack, err := w.Pack()
	if err != nil {
		return 0, err
	}
	latest := w.Now().Add(time.Duration(pack.ProposalDays) * 24 * time.Hour)
	switch {
	case asked == 0:
		return latest, nil
	case asked <= w.Now() || asked > latest:
		return 0, code.BadDate.New("expiry %s is not after now and by %s", asked, latest)
	}
	return asked, nil
}

// nameCounterparty joins what the function and the maker say about the other
// party; two different answers are BAD_ARGUMENT.
func nameCounterparty(w *world.World, plan *Plan, named string) error {
	if plan.Quorum != record.QuorumCounterparty {
		if named != "" {
			return code.BadArgument.New("this proposal has no counterparty")
		}
		plan.Counterparty = ""
		return nil
	}
	switch {
	case plan.Counterparty == "":
		plan.Counterparty = named
	case named != "" && named != plan.Counterparty:
		return code.BadArgument.New("the counterparty is %s", plan.Counterparty)
	}
	if plan.Counterparty == w.Actor().Member || plan.Counterparty == "" {
		return code.BadArgument.New("the counterparty is another member, who must be named")
	}
	_, err := member.Get(w, plan.Counterparty)
	return err
}

func signature(w *world.World, p world.Person) record.Approval {
	return record.Approval{Member: p.Member, Person: p.Person, Key: p.Key, At: w.Now()}
}

// ApproveArgument approves what the manifest hashes.
type ApproveArgument struct {
	ID       string        `json:"id"`
	Manifest record.Digest `json:"manifest"`
}

// Result says how a proposal stands. Code and Detail tell why an approved
// proposal failed; Outcome is the function's own result.
type Result struct {
	ID      string               `json:"id"`
	State   record.ProposalState `json:"state"`
	Code    string               `json:"code,omitzero"`
	Rule    string               `json:"rule,omitzero"`
	Detail  string               `json:"detail,omitzero"`
	Outcome json.RawMessage      `json:"outcome,omitzero"`
}

// Approve adds one person's approval and, with the last one needed, decides the
// proposal. A member whose policy asks for a checker of the function needs two
// people for its word, whether it proposes or approves. Checks: 1 the id's form, 2 an active member, 3 the proposal exists, 4
// it is open (PROPOSAL_CLOSED) and not expired (PROPOSAL_EXPIRED), 5 the manifest
// is its own (MANIFEST_MISMATCH), 6 another person with another key
// (SAME_PERSON), 7 one whose approval counts (QUORUM_MISSING, ROLE_MISSING,
// ALREADY_APPROVED).
//
// When the function then refuses, or the maker's credential no longer stands,
// the approval itself is accepted: the proposal is Failed, its holds are
// released, and the result names the code.
func Approve(w *world.World, x Executor, in ApproveArgument) (Result, error) {
	p, err := undecided(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	if in.Manifest != p.Manifest {
		return Result{}, code.ManifestMismatch.New("proposal %s has manifest %s", p.ID, p.Manifest)
	}
	votes, err := standing(w, p)
	if err != nil {
		return Result{}, err
	}
	approver := w.Actor().Person
	if err := mayApprove(w, p, votes, approver); err != nil {
		return Result{}, err
	}
	p.Approvals = append(p.Approvals, signature(w, approver))
	votes = append(votes, approver)
	met, err := isMet(w, p, votes)
	if err != nil {
		return Result{}, err
	}
	if !met {
		spoken, err := speaks(w, p, votes, approver.Member)
		if err != nil {
			return Result{}, err
		}
		var closes []string
		if spoken {
			closes = []string{approver.Member}
		}
		world.Put(w, record.ProposalKey(p.ID), p)
		w.Notify(record.NoticeOf{
			Kind: record.ProposalApproved, Subject: p.ID, Members: concerned(p.Member, []string{approver.Member}),
			Amount: p.Amount, Closes: closes, Until: p.Expires,
		})
		return Result{ID: p.ID, State: p.State}, nil
	}
	return execute(w, x, p, votes)
}

// execute runs an approved proposal and closes it either way.
func execute(w *world.World, x Executor, p *record.Proposal, votes []world.Person) (Result, error) {
	argument := p.Argument
	if err := release(w, x, p); err != nil {
		return Result{}, err
	}
	var outcome []byte
	err := w.Try(func() error {
		maker, err := member.Authenticate(w, p.Maker.Key)
		if err != nil {
			return err
		}
		actor := world.Actor{Person: maker, Approvers: votes, Quorum: p.Quorum}
		return w.As(actor, func() (err error) {
			outcome, err = x.Run(w, p.Function, argument)
			return err
		})
	})
	result := Result{ID: p.ID, Outcome: outcome}
	p.State = record.ProposalExecuted
	if err != nil {
		refusal := code.Of(err)
		if refusal == nil {
			return Result{}, err // a fault of storage decides nothing
		}
		p.State, p.Refusal = record.ProposalFailed, refusal.Code.String()
		result = Result{ID: p.ID, Code: p.Refusal, Rule: refusal.Rule, Detail: refusal.Detail}
	}
	result.State = p.State
	return result, conclude(w, p)
}

// release gives back what the proposal holds and takes it out of the queues.
func release(w *world.World, x Executor, p *record.Proposal) error {
	if err := x.Release(w, p.ID, p.Holds); err != nil {
		return err
	}
	p.Holds, p.Argument = nil, nil
	w.RemoveDue(p.Expires, record.DueProposal, p.ID)
	world.Delete(w, record.MakerProposalKey(p.Maker.Key, p.ID))
	return nil
}

// conclude writes a decided proposal and tells everybody who was asked.
func conclude(w *world.World, p *record.Proposal) error {
	world.Put(w, record.ProposalKey(p.ID), p)
	asked, err := asks(w, p)
	if err != nil {
		return err
	}
	w.Notify(record.NoticeOf{
		Kind: record.ProposalDecided, Subject: p.ID, Members: concerned(p.Member, asked), Amount: p.Amount, Closes: asked,
	})
	return nil
}

// end closes a proposal that is not executed.
func end(w *world.World, x Executor, p *record.Proposal, state record.ProposalState) (Result, error) {
	if err := release(w, x, p); err != nil {
		return Result{}, err
	}
	p.State = state
	return Result{ID: p.ID, State: state, Code: p.Refusal}, conclude(w, p)
}

// RefuseArgument refuses a proposal.
type RefuseArgument struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Refuse ends a proposal and releases what it holds. Whoever could approve it may
// refuse it, except a motion of the banks: one bank does not approve it, and
// without enough banks it lapses (QUORUM_MISSING). The checks are those of
// Approve.
func Refuse(w *world.World, x Executor, in RefuseArgument) (Result, error) {
	if err := member.CheckText("reason", in.Reason, member.MaxReason); err != nil {
		return Result{}, err
	}
	p, err := undecided(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	if p.Quorum == record.QuorumBanks {
		return Result{}, code.QuorumMissing.New("no single bank refuses a motion of the banks")
	}
	if err := mayApprove(w, p, nil, w.Actor().Person); err != nil {
		return Result{}, err
	}
	return end(w, x, p, record.ProposalRefused)
}

// ProposalArgument names a proposal.
type ProposalArgument struct {
	ID string `json:"id"`
}

// Withdraw ends a proposal on behalf of its own member: by its maker, or by
// another maker or an admin of that member. Anybody else: NOT_AUTHORISED.
func Withdraw(w *world.World, x Executor, in ProposalArgument) (Result, error) {
	p, err := undecided(w, in.ID)
	if err != nil {
		return Result{}, err
	}
	signer := w.Actor().Person
	inCharge := signer.Roles&(record.Maker|record.Admin) != 0 || signer.Key == p.Maker.Key
	if signer.Member != p.Member || !inCharge {
		return Result{}, code.NotAuthorised.New("proposal %s was made by %s", p.ID, p.Member)
	}
	return end(w, x, p, record.ProposalWithdrawn)
}

// undecided returns a proposal on which the actor's active member can still act.
func undecided(w *world.World, id string) (*record.Proposal, error) {
	if err := member.CheckIdentifier("proposal", id); err != nil {
		return nil, err
	}
	if _, err := member.Require(w, 0, 0); err != nil {
		return nil, err
	}
	p, err := world.Load(w, record.ProposalKey(id), "proposal", id)
	if err != nil {
		return nil, err
	}
	if p.State != record.ProposalOpen {
		return nil, code.ProposalClosed.New("proposal %s is %s", p.ID, p.State)
	}
	if w.Now() >= p.Expires {
		return nil, code.ProposalExpired.New("proposal %s expired at %s", p.ID, p.Expires)
	}
	return p, nil
}

// Lapse ends a proposal whose time has come; the sweep calls it for what the due
// queue names. A proposal that is not due, or decided already, is left alone.
func Lapse(w *world.World, x Executor, id string) error {
	p, err := world.Load(w, record.ProposalKey(id), "proposal", id)
	if err != nil {
		return err
	}
	if p.State != record.ProposalOpen || w.Now() < p.Expires {
		return nil
	}
	_, err = end(w, x, p, record.ProposalLapsed)
	return err
}

// MaxFall is how many open proposals fall in one transaction or one entry of the
// sweep's queue.
const MaxFall = 100

// fallHolds is how many things the proposals may hold that fall in the
// transaction that revokes: few, since to let go of fen can cost many reads.
const fallHolds = 20

// FallOf ends the open proposals of a credential that was revoked, as Failed with
// CREDENTIAL_REVOKED, and returns how many. The dispatcher calls it in the
// transaction that revokes. Nothing that was proposed may stand in the way of a
// revocation: what would cost too much there is queued, and the sweep, which has
// no limits, calls FallOf again. What waits for it fails when it is approved.
func FallOf(w *world.World, x Executor, key record.Digest) (int, error) {
	holds, at := fallHolds, w.Now()
	if w.Actor().System {
		holds, at = MaxHolds, at+1
	}
	prefix := record.MakerProposalsPrefix(key)
	var open []string
	err := world.Scan(w, prefix, record.PrefixEnd(prefix), func(at string, _ *record.Marker) (bool, error) {
		open = append(open, at[len(prefix):])
		return len(open) <= MaxFall, nil
	})
	if err != nil {
		return 0, err
	}
	for fallen, id := range open {
		p, err := world.Load(w, record.ProposalKey(id), "proposal", id)
		if err != nil {
			return 0, err
		}
		if holds -= len(p.Holds); holds < 0 || fallen == MaxFall {
			w.AddDue(at, record.DueFall, key.String())
			return fallen, nil
		}
		p.Refusal = code.CredentialRevoked.String()
		if _, err := end(w, x, p, record.ProposalFailed); err != nil {
			return 0, err
		}
	}
	return len(open), nil
}

// Get returns a proposal or refuses with NOT_FOUND.
func Get(w *world.World, id string) (*record.Proposal, error) {
	return world.Load(w, record.ProposalKey(id), "proposal", id)
}
