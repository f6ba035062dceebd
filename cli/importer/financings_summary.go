package importer

import (
	"context"
	"fmt"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
)

// Tally is a count with what was financed and what was paid for it.
type Tally struct {
	Count int       `json:"count"`
	Fen   money.Fen `json:"fen"` // financed
	Net   money.Fen `json:"net"` // paid out
}

func (t *Tally) add(fen, net money.Fen) {
	t.Count, t.Fen, t.Net = t.Count+1, t.Fen+fen, t.Net+net
}

// less is by how much two tallies differ, each figure without its sign.
func (t Tally) less(o Tally) Tally {
	return Tally{max(t.Count-o.Count, o.Count-t.Count), max(t.Fen-o.Fen, o.Fen-t.Fen), max(t.Net-o.Net, o.Net-t.Net)}
}

// BankTotals are the financings of a bank that were paid out, four times from
// different records.
type BankTotals struct {
	Bank        string `json:"bank"`
	Alias       string `json:"alias"`
	Agreements  Tally  `json:"agreements"`  // what both sides signed, financing by financing
	Listed      Tally  `json:"listed"`      // as the read model lists them
	Settlements Tally  `json:"settlements"` // what the bank has paid and the fen that moved or are pledged for it
	Advices     Tally  `json:"advices"`     // settlements that a bank has advised, each under a reference of its own
	Difference  Tally  `json:"difference"`  // of the other three from the agreements, added up: all 0
}

// FinancingsSummary is what an import of financings achieved, as the ledger says.
type FinancingsSummary struct {
	Seed         uint32        `json:"seed"`
	Wanted       int           `json:"wanted"`
	PaidOut      Tally         `json:"paidOut"`
	Open         int           `json:"open"`  // agreed and not paid out
	Ended        int           `json:"ended"` // lapsed, cancelled or proven unpaid
	Banks        []BankTotals  `json:"banks"`
	Refused      []StepRefusal `json:"refused"` // by this run; others took their place
	Transactions int           `json:"transactions"`
	Elapsed      time.Duration `json:"elapsedNanos"`
	Stages       []StageTime   `json:"stages,omitempty"`
	Memory       uint64        `json:"memoryBytes"` // of this process, as obtained from the system
}

// Reconciled reports whether all totals are equal.
func (s *FinancingsSummary) Reconciled() bool {
	for _, b := range s.Banks {
		if b.Difference != (Tally{}) {
			return false
		}
	}
	return true
}

// Complete reports whether all that were asked for are paid out and reconciled.
func (s *FinancingsSummary) Complete() bool {
	return s.PaidOut.Count >= s.Wanted && s.Open == 0 && s.Reconciled()
}

// wasPaid reports whether a financing was paid out, whatever became of it since.
func wasPaid(s record.FinancingState) bool {
	return s == record.FinancingDisbursed || s == record.FinancingEnded
}

func (im *financingsImport) paidOut() int {
	n := 0
	for _, t := range im.found {
		if wasPaid(t.State) {
			n++
		}
	}
	return n
}

// readBack reads the financings of this import with their settlements. A record is
// read once, and again when the financing came to nothing.
func (im *financingsImport) readBack(ctx context.Context) (int, error) {
	node := im.net.Banks[0].Node
	if err := im.sender.reach(ctx, node); err != nil {
		return 0, err
	}
	var unread []string
	im.rows = map[string]record.FinancingRow{}
	for row, err := range node.Financings(ctx) {
		if err != nil {
			return 0, fmt.Errorf("list the financings: %w", err)
		}
		if _, ours := im.banks[row.Funder]; !ours || im.others[row.ID] {
			continue
		}
		im.rows[row.ID] = row
		t := im.found[row.ID]
		if t == nil || t.State != row.State && !wasPaid(row.State) {
			unread = append(unread, row.ID)
			continue
		}
		t.State = row.State
	}
	if len(unread) > 0 {
		im.Progress.Stage(string(StageRead), len(unread))
	}
	if err := im.readEach(ctx, node, unread); err != nil {
		return 0, err
	}
	for s, err := range node.Settlements(ctx) {
		if err != nil {
			return 0, fmt.Errorf("list the settlements: %w", err)
		}
		if t := im.found[s.ID]; t != nil {
			t.settlement = s
		}
	}
	return len(unread), nil
}

// readEach reads financings and keeps those that took a rate of this import.
func (im *financingsImport) readEach(ctx context.Context, node Ledger, ids []string) error {
	return im.sender.each(ctx, func(do func(job) bool) error {
		for _, id := range ids {
			more := do(func(ctx context.Context) error {
				f, err := node.Financing(ctx, id)
				if err != nil {
					return fmt.Errorf("read financing %s: %w", id, err)
				}
				im.mu.Lock()
				defer im.mu.Unlock()
				im.Progress.Add(1)
				if !im.mine(f.Rate) {
					im.others[id] = true
					return nil
				}
				if t := im.found[id]; t != nil {
					t.Financing = *f
					return nil
				}
				im.found[id] = &taken{Financing: *f}
				return nil
			})
			if !more {
				return nil
			}
		}
		return nil
	})
}

func (im *financingsImport) summary(elapsed time.Duration) *FinancingsSummary {
	s := &FinancingsSummary{
		Seed: im.want.Seed, Wanted: im.want.Count, Open: len(im.open(calendar.Instant(0))), Refused: append([]StepRefusal{}, im.refused...),
		Transactions: im.sender.count, Elapsed: elapsed, Stages: im.stages, Memory: memory(),
	}
	for _, b := range im.net.Banks {
		s.Banks = append(s.Banks, BankTotals{Bank: b.ID, Alias: b.Alias})
	}
	advised := map[[2]string]bool{} // by bank and reference
	for _, t := range im.found {
		if !wasPaid(t.State) {
			if t.State != record.FinancingAgreed {
				s.Ended++
			}
			continue
		}
		s.PaidOut.add(t.Amount, t.Cost.Net)
		s.Banks[im.banks[t.Funder]].Agreements.add(t.Amount, t.Cost.Net)
	}
	for id, row := range im.rows {
		if im.found[id] != nil && wasPaid(row.State) {
			s.Banks[im.banks[row.Funder]].Listed.add(row.Amount, row.Net)
		}
	}
	for _, t := range im.found {
		p := &t.settlement
		bank, ours := im.banks[p.Payer]
		if !ours || p.State != record.SettlementSettled {
			continue
		}
		s.Banks[bank].Settlements.add(p.Fen, p.Amount)
		if ref := [2]string{p.AdviceBank, p.AdviceRef}; p.AdviceBank == p.PayeeBank && p.AdviceRef != "" && !advised[ref] {
			advised[ref] = true
			s.Banks[bank].Advices.add(p.Fen, p.Amount)
		}
	}
	for i := range s.Banks {
		b := &s.Banks[i]
		for _, other := range []Tally{b.Listed, b.Settlements, b.Advices} {
			d := b.Agreements.less(other)
			b.Difference = Tally{b.Difference.Count + d.Count, b.Difference.Fen + d.Fen, b.Difference.Net + d.Net}
		}
	}
	return s
}
