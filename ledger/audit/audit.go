// Package audit proves a node's data from the data alone: that holdings tile
// their certificates, that sums of lines, limits and invoices are those of what
// they back, that fen moved for money only when a bank's advice settled it, that
// the read model says what the state says, that the tree commits to exactly the
// state, and that the root is the one the network agreed on.
//
// It only reads, and it trusts nothing the ledger computed: every sum is added
// up again. The command line runs it on a stopped node's store, the API on a
// snapshot of a running one. Each invariant has a test that plants its fault.
package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/store"
)

// Invariant names what must hold. The names are stable.
type Invariant string

// Invariants.
const (
	Encoding      Invariant = "encoding"     // every record is the one encoding of itself, under its own key
	Tiling        Invariant = "tiling"       // holdings tile [1, face]
	Locks         Invariant = "locks"        // locks lie inside their holding, and each belongs to something open that it covers
	Conserved     Invariant = "conservation" // fen of all holdings are the fen of all certificates
	Redemption    Invariant = "redemption"   // what a certificate says was paid is the sum of the fen that were, and those rest
	LineUse       Invariant = "line-use"     // a line's use is the sum over what it backs and is owed, a group's over its lines and limits
	Limits        Invariant = "limits"       // a limit has reserved what quotes and agreements say, and used what the bank has
	Evidence      Invariant = "evidence"     // an invoice's allocated fen are the sum over live allocations
	References    Invariant = "references"   // one certificate a payment reference
	Outstanding   Invariant = "outstanding"  // what a financing says is with its bank is the sum over holdings
	Agreements    Invariant = "agreements"   // financings, their quotes and settlements fit each other and are signed
	Offers        Invariant = "offers"       // what was taken of posted rates and discounts is the sum over what was agreed
	Advices       Invariant = "advices"      // a bank's advice and the settlement it names say the same, and what is settled has one
	Registrations Invariant = "registration" // entries in the registry are without gaps and say under which number a financing stands
	Payments      Invariant = "payments"     // exactly the fen of settled settlements moved for money or were redeemed
	Clearing      Invariant = "clearing"     // a run is the sum over its fen by where they are, a round the sum of its legs
	Identity      Invariant = "identity"     // paid, given up, waived and open are face and accrued, per certificate and in total
	Cleared       Invariant = "cleared"      // what financings and pledges got at maturity is the sum over legs and calls
	Pooling       Invariant = "pooling"      // all money went from an account of one member to that of another
	Queue         Invariant = "queue"        // what lapses is in the queue, and nothing else; a freeze stops the time of what is on its fen
	Credentials   Invariant = "credentials"  // keys have their own id, members their admins
	View          Invariant = "view"         // the read model derives from outcomes and agrees with state
	Tree          Invariant = "tree"         // the tree holds exactly the state
	Root          Invariant = "root"         // the app hash is the tree's root
	Replay        Invariant = "replay"       // the replay set is the one committed to
	Links         Invariant = "links"        // markers and what they mark agree, and members and accounts that are named are there
	Validators    Invariant = "validators"   // at least one validator, each with a key and a vote of its own
	Transactions  Invariant = "transactions" // every outcome is found by its transaction's id
	Lineage       Invariant = "lineage"      // the moves in the outcomes lead to the present owner of every fen
)

// Invariants lists all invariants in the order in which they are reported.
func Invariants() []Invariant {
	return []Invariant{
		Encoding, Tiling, Locks, Conserved, Redemption, LineUse, Limits, Evidence, References, Outstanding, Agreements, Offers,
		Advices, Registrations, Payments, Clearing, Identity, Cleared, Pooling, Queue, Credentials, View, Tree, Root, Replay, Links, Validators, Transactions, Lineage,
	}
}

// Finding is one place where an invariant does not hold.
type Finding struct {
	Invariant Invariant `json:"invariant"`
	Subject   string    `json:"subject"` // the record or key concerned
	Detail    string    `json:"detail"`
}

// Report is what a check found.
type Report struct {
	Network      string    `json:"network"`
	Height       int64     `json:"height"`
	AppHash      string    `json:"appHash"`
	Records      int       `json:"records"`
	Members      int       `json:"members"`
	Certificates int       `json:"certificates"`
	Active       int       `json:"active"` // certificates accepted and not ended
	Holdings     int       `json:"holdings"`
	Outcomes     int       `json:"outcomes"`
	Face         money.Fen `json:"face"` // of active certificates
	Financings   int       `json:"financings"`
	Disbursed    money.Fen `json:"disbursed"` // money that banks paid out for financings
	Settlements  int       `json:"settlements"`
	Advices      int       `json:"advices"`
	Runs         int       `json:"runs"`
	Legs         int       `json:"legs"`     // computed by runs, whatever became of them
	Paid         money.Fen `json:"paid"`     // fen of runs that were paid
	Overdue      money.Fen `json:"overdue"`  // fen of runs for which no money is there
	Overpaid     money.Fen `json:"overpaid"` // money that arrived beyond what was owed, to be given back
	Findings     []Finding `json:"findings"`
	// More is how many findings were left out beyond the first MaxFindings.
	More int `json:"more,omitempty"`
}

// MaxFindings bounds a report.
const MaxFindings = 1000

// Clean reports whether nothing was found.
func (r *Report) Clean() bool { return len(r.Findings) == 0 }

func (r *Report) found(i Invariant, subject, format string, args ...any) {
	if len(r.Findings) == MaxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, Finding{i, subject, fmt.Sprintf(format, args...)})
}

// sort puts the findings in the order of the invariants, so that two checks of the
// same data report the same.
func (r *Report) sort() {
	order := Invariants()
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Invariant), slices.Index(order, b.Invariant)),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Detail, b.Detail),
		)
	})
}

// Source is a store, or a snapshot of one, at one height.
type Source interface {
	Get(space store.Space, key []byte) ([]byte, error)
	Scan(space store.Space, start, end []byte, visit store.Visit) error
}

// Progress is told how far the check is: what is being done, and how many
// records were read.
type Progress func(stage string, records int)

// Check proves the data of a source whose head is given. An error is a failure
// to read; what does not hold is in the report.
func Check(ctx context.Context, source Source, network string, head store.Head, progress Progress) (*Report, error) {
	if progress == nil {
		progress = func(string, int) {}
	}
	r := &Report{Network: network, Height: head.Height, AppHash: record.Digest(head.AppHash).String(), Findings: []Finding{}}
	c := &check{
		ctx: ctx, source: source, head: head, report: r, progress: progress,
		sums: newSums(), links: newLinks(), deals: newDeals(), runs: newClearings(), books: newBooks(),
	}
	stages := []struct {
		name string
		run  func() error
	}{
		{"state", c.state},
		{"sums", c.compareSums},
		{"history", c.history},
		{"view", c.view},
		{"tree", c.tree},
		{"replay", c.replay},
	}
	for _, s := range stages {
		c.stage = s.name
		progress(s.name, 0)
		if err := s.run(); err != nil {
			return nil, fmt.Errorf("check %s: %w", s.name, err)
		}
	}
	r.sort()
	return r, nil
}

// check is one run.
type check struct {
	ctx      context.Context //nolint:containedctx // one run, passed to every visit
	source   Source
	head     store.Head
	report   *Report
	progress Progress
	stage    string
	seen     int
	leaves   leaves
	current  *tiles // certificate whose holdings are being read
	sums     *sums
	links    links
	deals    *deals
	runs     *clearings
	books    *books
	offset   calendar.Instant // that a devnet has set
}

// now is the ledger's time after the last block.
func (c *check) now() calendar.Instant { return calendar.Instant(c.head.Time) + c.offset }

// tick is called for every record; it ends a cancelled run.
func (c *check) tick() error {
	if c.seen++; c.seen%4096 == 0 {
		c.progress(c.stage, c.seen)
		return c.ctx.Err()
	}
	return nil
}
