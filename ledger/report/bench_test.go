package report_test

import (
	"flag"
	"testing"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/report"
	"github.com/tierledger/tierledger/ledger/store"
)

var (
	ledgerDir = flag.String("ledger", "", "directory of a stopped node's ledger, for BenchmarkLedger")
	ahead     = flag.Int("ahead", 0, "days after the ledger's time from which BenchmarkLedger looks back: rules of a day or month wait for its end")
)

// BenchmarkLedger makes every report of a ledger that is there, such as one into which
// a file of debts was imported, and logs how many alerts each rule raises:
//
//	go test ./ledger/report -run '^$' -bench Ledger -benchtime 1x -args -ledger data/quickstart/bank1/data/ledger -ahead 31
func BenchmarkLedger(b *testing.B) {
	if *ledgerDir == "" {
		b.Skip("no -ledger")
	}
	s, err := store.Open(*ledgerDir, store.Options{ReadOnly: true})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	settings, err := record.Find(state{s}, record.SettingsKey())
	if err != nil || settings == nil {
		b.Fatal("the ledger has no settings", err)
	}
	head := s.Head()
	src := report.Source{State: state{s}, Rows: s, Height: head.Height, Now: calendar.Instant(head.Time + settings.OffsetMillis)}
	src.Now = src.Now.Date().AddDays(*ahead).Start() + src.Now - src.Now.Date().Start()
	b.Run("alerts", func(b *testing.B) {
		for b.Loop() {
			rows, err := report.Alerts(src, report.DefaultThresholds(), report.AlertFilter{})
			if err != nil {
				b.Fatal(err)
			}
			rules := map[string]int{}
			for _, a := range all(b, rows) {
				rules[a.Rule]++
			}
			b.Logf("alerts until %s: %v", src.Now, rules)
		}
	})
	count := func(name string, rows func() (int, error)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				n, err := rows()
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(n), "rows")
			}
		})
	}
	count("daily", length(report.Daily(src, report.DailyFilter{})))
	count("financings", length(report.FinancingResults(src, report.FinancingsFilter{})))
	count("legs", length(report.Legs(src, report.LegsFilter{})))
	count("overdue", length(report.OverdueDisclosure(src, report.OverdueFilter{})))
	count("worklist", length(report.Worklist(src, report.WorkFilter{})))
	count("no-pooling", func() (int, error) {
		proof, err := report.ProveNoPooling(src)
		if err != nil {
			return 0, err
		}
		b.Logf("no pooling: %t, %d findings", proof.Holds, len(proof.Findings))
		return len(proof.Kinds), nil
	})
}

func length[T any](s report.Stream[T]) func() (int, error) {
	return func() (n int, err error) {
		err = s.Each(func(*T) error {
			n++
			return nil
		})
		return n, err
	}
}
