package importer

import (
	"cmp"
	"slices"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/node/reconcile"
)

// ClearingSummary is what a clearing came to, as the ledger says.
type ClearingSummary struct {
	Day          calendar.Date    `json:"day"`
	Certificates int              `json:"certificates"` // with fen that were payable when this run began
	Runs         int              `json:"runs"`
	Closed       int              `json:"closed"` // of the runs: nothing of them is owed
	Due          money.Fen        `json:"due"`    // what the runs say that was owed on the day
	Paid         money.Fen        `json:"paid"`   // what they say was paid
	Legs         int              `json:"legs"`
	LegsPaid     int              `json:"legsPaid"`
	LegsSum      money.Fen        `json:"legsSum"` // of the legs that were paid
	Banks        []ClearingBank   `json:"banks"`
	Messages     ClearingMessages `json:"messages"`
	// Compared are the legs that this run had paid against the banks' statements.
	Compared     *reconcile.Comparison `json:"compared,omitempty"`
	Refused      []StepRefusal         `json:"refused"`
	Transactions int                   `json:"transactions"`
	Elapsed      time.Duration         `json:"elapsedNanos"`
	Stages       []StageTime           `json:"stages,omitempty"`
	Memory       uint64                `json:"memoryBytes"`
}

// ClearingBank is what went through a bank, by legs that were paid.
type ClearingBank struct {
	Alias    string    `json:"alias"`
	Paid     money.Fen `json:"paid"`     // from its customers' accounts
	Credited money.Fen `json:"credited"` // to its customers' accounts
}

// Complete reports whether all that was owed on the day was paid, and the legs, the runs
// and the banks say the same.
func (s *ClearingSummary) Complete() bool {
	var paid, credited money.Fen
	for _, b := range s.Banks {
		paid, credited = paid+b.Paid, credited+b.Credited
	}
	return s.Runs > 0 && s.Closed == s.Runs && s.Paid == s.Due && s.LegsSum == s.Paid && paid == s.Paid && credited == s.Paid
}

func (im *clearingImport) summary(elapsed time.Duration) *ClearingSummary {
	s := &ClearingSummary{
		Day: im.want.Day, Certificates: im.certificates, Runs: len(im.runs), Messages: im.said, Compared: im.compared, Refused: im.refused,
		Transactions: im.sender.count, Elapsed: elapsed, Stages: im.stages, Memory: memory(), Banks: make([]ClearingBank, len(im.net.Banks)),
	}
	for i, b := range im.net.Banks {
		s.Banks[i].Alias = b.Alias
	}
	for i := range im.runs {
		r := &im.runs[i]
		if r.State == record.RunClosed {
			s.Closed++
		}
		s.Paid += r.Tally.Paid
		s.Due += r.Tally.Paid + r.Tally.Owed()
	}
	for _, leg := range im.in(func(record.SettlementState) bool { return true }) {
		s.Legs++
		if leg.State != record.SettlementSettled {
			continue
		}
		s.LegsPaid++
		s.LegsSum += leg.Amount
		if i, here := im.banks[leg.PayerBank]; here {
			s.Banks[i].Paid += leg.Amount
		}
		if i, here := im.banks[leg.PayeeBank]; here {
			s.Banks[i].Credited += leg.Amount
		}
	}
	slices.SortFunc(s.Refused, func(a, b StepRefusal) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Subject, b.Subject))
	})
	return s
}
