package execute_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/clearing"
	"github.com/tierledger/tierledger/chaincode/money"
	"github.com/tierledger/tierledger/chaincode/number"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// dueTogether makes n certificates of core to tier 1 that are due on one day, in force,
// and returns the id of their run. Core is paid for by bank 2, tier 1 paid at bank 3.
func dueTogether(l *ledgertest.Ledger, n int) (run string) {
	l.Helper()
	const batch = 200
	l.Accounts("bank2", "core")
	l.Accounts("bank3", "tier1")
	day := l.Now.Date()
	contract, invoice := l.Invoice("core", "tier1", "one for all", "900000000.00")
	send := func(who string, items []any) {
		r := l.Block(l.Sign(who, "batch:Run", fields{"items": items}))
		if o := r.Outcomes[0]; o.Code != 0 {
			l.Fatalf("%d %s", o.Code, o.Detail)
		}
	}
	for done := 0; done < n; done += batch {
		var issues, accepts []any
		for i := done; i < min(n, done+batch); i++ {
			id, err := number.NewCertificate(l.IDs["core"], day, i+1)
			if err != nil {
				l.Fatal(err)
			}
			issues = append(issues, fields{"function": "certificate:Issue", "argument": fields{
				"number": id, "creditor": l.IDs["tier1"], "face": "1000.00", "maturity": day.AddDays(90), "currency": "CNY",
				"reference": fmt.Sprint("ref ", i), "contract": contract, "allocations": []fields{{"invoice": invoice, "amount": "1000.00"}},
			}})
			accepts = append(accepts, fields{"function": "certificate:Accept", "argument": fields{"certificate": id}})
			if run == "" {
				run = id
			}
		}
		send("core/maker", issues)
		send("tier1/maker", accepts)
	}
	c := ledgertest.Read(l, record.CertificateKey(run))
	return record.RunID(c.Debtor, c.Payment)
}

func dayOf(l *ledgertest.Ledger, run string) calendar.Instant {
	_, day, ok := record.ParseRunID(run)
	if !ok {
		l.Fatal(run)
	}
	return day.Start().Add(9 * time.Hour)
}

// BenchmarkClearing lets the payment date of many certificates come: blocks of nothing
// but the sweep, first those in which they enter their run, then those in which the
// debtor's funds are divided over them. It reports how many blocks that takes, and how
// long one block is at most:
//
//	go test ./ledger/execute -run - -bench Clearing -benchtime 1x
func BenchmarkClearing(b *testing.B) {
	const certificates = 10_000
	for b.Loop() {
		b.StopTimer()
		l := benchLedger(b)
		run := dueTogether(l, certificates)
		b.StartTimer()
		l.Now = dayOf(l, run)
		entering := blocks(l, func() bool { return entered(l, run) < certificates })
		entering.report(b, "enter", certificates)
		l.Must("bank2/maker", "clearing:ConfirmFunds", clearing.ConfirmFundsArgument{
			Run: run, Account: ledgertest.AccountID, Amount: money.Fen(certificates) * 60_000,
		})
		dividing := blocks(l, func() bool { return ledgertest.Read(l, record.RunKey(run)).State == record.RunDividing })
		dividing.report(b, "divide", certificates)
	}
}

// pace is how fast blocks went.
type pace struct {
	blocks int
	all    time.Duration
	most   time.Duration
}

// blocks commits empty blocks as long as something is to be done.
func blocks(l *ledgertest.Ledger, more func() bool) (p pace) {
	for first := true; first || more(); first = false {
		begin := time.Now()
		l.Block()
		took := time.Since(begin)
		p.blocks, p.all, p.most = p.blocks+1, p.all+took, max(p.most, took)
	}
	return p
}

func (p pace) report(b *testing.B, what string, items int) {
	b.Helper()
	b.ReportMetric(float64(p.blocks), what+"-blocks")
	b.ReportMetric(float64(p.most.Milliseconds()), what+"-ms/block")
	b.ReportMetric(float64(p.all.Microseconds())/float64(items), what+"-us/item")
}

func entered(l *ledgertest.Ledger, run string) int {
	if r := ledgertest.Read(l, record.RunKey(run)); r != nil {
		return int(r.Certificates)
	}
	return 0
}
