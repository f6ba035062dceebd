package execute_test

import (
	"fmt"
	"testing"

	"github.com/tierledger/tierledger/ledger/admission"
	"github.com/tierledger/tierledger/ledger/ledgertest"
)

// benchBlock is how many transactions a block of the benchmarks has.
const benchBlock = 200

// offers makes certificates with evidence for a transfer, and the signed offers.
func offers(l *ledgertest.Ledger, n, sequence int) [][]byte {
	l.Helper()
	arguments := make([]any, n)
	for i := range arguments {
		text := fmt.Sprintf("bench-%d-%d", sequence, i)
		certificate := l.Issue("core", "tier1", text, "1000.00", sequence*benchBlock+i+1)
		_, invoice := l.Invoice("tier1", "tier2", text+"-onward", "1000.00")
		arguments[i] = map[string]any{
			"to": l.IDs["tier2"], "reference": "pay-" + text,
			"legs":        []map[string]any{{"certificate": certificate, "holding": 1, "version": 1, "interval": "1-100000"}},
			"allocations": []map[string]any{{"invoice": invoice, "amount": "1000.00"}},
		}
	}
	raw := make([][]byte, n)
	for i, in := range arguments { // last: every block above took a second of what they may wait
		raw[i] = l.Sign("tier1/maker", "certificate:Transfer", in)
	}
	return raw
}

func benchLedger(b *testing.B) *ledgertest.Ledger {
	b.Helper()
	l := ledgertest.New(b)
	for _, alias := range []string{"core", "tier1", "tier2"} {
		l.Enrol(alias)
	}
	return l
}

// BenchmarkTransfer executes and commits blocks of transfer offers whose signatures
// were verified before; one operation is one transaction.
func BenchmarkTransfer(b *testing.B) {
	l := benchLedger(b)
	for done := 0; done < b.N; {
		b.StopTimer()
		block := offers(l, min(benchBlock, b.N-done), done/benchBlock)
		for _, raw := range block {
			l.Gate.Warm(raw)
		}
		b.StartTimer()
		for _, o := range l.Block(block...).Outcomes {
			if o.Code != 0 {
				b.Fatalf("refused: %d %s", o.Code, o.Detail)
			}
		}
		done += len(block)
	}
}

// BenchmarkAdmit admits one transaction whose signature was verified before, and
// one whose signature was not.
func BenchmarkAdmit(b *testing.B) {
	l := benchLedger(b)
	raw := l.Sign("bank1/maker", "sweep:Run", map[string]any{"limit": 1})
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Gate.Admit(raw, l.Now, admission.Seen{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new", func(b *testing.B) {
		txs := make([][]byte, b.N)
		for i := range txs {
			txs[i] = l.Sign("bank1/maker", "sweep:Run", map[string]any{"limit": 1})
		}
		b.ResetTimer()
		for _, tx := range txs {
			if _, err := l.Gate.Admit(tx, l.Now, admission.Seen{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
