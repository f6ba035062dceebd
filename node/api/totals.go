package api

import (
	"context"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tierledger/tierledger/ledger/report"
)

// tallyKept is how long sums are kept along when nobody asks for them. A kept snapshot
// holds back space on disk.
const tallyKept = 10 * time.Minute

// totals keeps the sums of the ledger between requests, with the snapshot of which they
// are: the next request reads what changed since. It is safe for concurrent use.
type totals struct {
	mu      sync.Mutex
	tally   *report.Tally // nil: nobody asked of late
	source  report.Source
	release func()
	idle    *time.Timer
}

// use calls visit with the sums of the store's present height or a later one.
func (t *totals) use(s *Server, visit func(*report.Tally, report.AsOf) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.refresh(s); err != nil {
		t.forget()
		return err
	}
	return visit(t.tally, t.source.AsOf())
}

func (t *totals) refresh(s *Server) error {
	r, release, err := s.open(context.Background())
	if err != nil {
		return err
	}
	source := r.source()
	switch {
	case t.tally == nil:
		t.tally, err = report.NewTally(source)
	case source.Height > t.source.Height:
		err = t.tally.Advance(t.source, source)
	default:
		release()
		return nil
	}
	if err != nil {
		release()
		return err
	}
	if t.release != nil {
		t.release()
	}
	t.source, t.release = source, release
	if t.idle == nil {
		t.idle = time.AfterFunc(tallyKept, t.drop)
	} else {
		t.idle.Reset(tallyKept)
	}
	return nil
}

// drop forgets the sums and gives the snapshot back.
func (t *totals) drop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.forget()
}

func (t *totals) forget() {
	if t.idle != nil {
		t.idle.Stop()
	}
	if t.release != nil {
		t.release()
	}
	t.tally, t.source, t.release, t.idle = nil, report.Source{}, nil, nil
}

type totalsInput struct {
	Member string `query:"member" maxLength:"18" doc:"Social credit code; you when left out, the network for those who see all"`
}

// totalsView is either a member's sums or the network's.
type totalsView struct {
	AsOf    report.AsOf           `json:"asOf"`
	Member  string                `json:"member" doc:"Whose they are; empty for the network"`
	Totals  *report.MemberTotals  `json:"totals,omitempty"`
	Network *report.NetworkTotals `json:"network,omitempty"`
}

func (s *Server) sums(r *reading, in *totalsInput) (*totalsView, error) {
	member, err := r.Totals(in.Member)
	if err != nil {
		return nil, err
	}
	v := &totalsView{Member: member}
	err = s.totals.use(s, func(t *report.Tally, at report.AsOf) error {
		v.AsOf = at
		if member == "" {
			network, err := t.Network(at.Time.Date())
			v.Network = &network
			return err
		}
		own, err := t.Member(member, at.Time.Date())
		v.Totals = &own
		return err
	})
	return v, err
}

func (s *Server) totalsRoutes() {
	read(s, huma.Operation{
		OperationID: "getTotals", Path: "/v1/totals", Tags: []string{"reports"},
		Summary: "Sums of a member or of the network",
		Description: "What you hold, owe, financed and offered; for those who see all and name nobody the sums of the network. The first request " +
			"after a start, or after ten minutes in which nobody asked, reads the whole ledger once, some seconds for a million holdings; " +
			"others read what changed since the one before.",
	}, s.sums)
	read(s, huma.Operation{
		OperationID: "getExposure", Path: "/v1/exposure", Tags: []string{"credit"},
		Summary: "What debtors owe a bank and may owe it, by debtor",
		Description: "For the bank: its lines and limits on each debtor, and the fen of the debtor that it owns, by month. In order of the debtors' " +
			"codes. The sums cost what those of getTotals do.",
	}, s.exposure)
}
