package chaincode

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/tierledger/tierledger/chaincode/calendar"
	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/ledger/stub"
)

// must is a call that has to succeed.
func (c *chain) must(person, function, argument string) string {
	c.t.Helper()
	result, refusal := c.call(person, function, c.expand(argument))
	if refusal != nil {
		c.t.Fatal(c.abbreviate(refusal.Error()))
	}
	return result
}

// supply is a network in which steel owes bolts, and bolts owes wire, enough for
// any number of offers of one fen-sized piece each.
func supply(t testing.TB) *chain {
	t.Helper()
	c := newChain(t)
	c.genesis("alpha")
	for _, m := range []struct{ name, role string }{{"steel", "debtor"}, {"bolts", "holder"}, {"wire", "holder"}} {
		c.must("alpha/maker", "member:Enrol", fmt.Sprintf(
			`{"id":"$%[1]s","name":"%[1]s","class":"medium","roles":["%[2]s"],"credentials":[$person(%[1]s/maker),$person(%[1]s/admin1)]}`,
			m.name, m.role))
	}
	for i, trade := range [][2]string{{"steel", "bolts"}, {"bolts", "wire"}} {
		c.must(trade[1]+"/maker", "evidence:RecordContract", fmt.Sprintf(
			`{"buyer":"$%s","seller":"$%s","document":"$doc(contract)","signed":"2026-06-01","amount":"0.00","termDays":60,"agreed":true}`,
			trade[0], trade[1]))
		c.must(trade[1]+"/maker", "evidence:RecordInvoice", fmt.Sprintf(
			`{"fingerprint":"$doc(invoice %d)","scheme":1,"epoch":1,"seller":"$%s","buyer":"$%s","contract":"$contract(%s,%s,contract)",
			"amount":"90000000000000.00","date":"2026-08-20"}`, i, trade[1], trade[0], trade[0], trade[1]))
		c.must("alpha/reviewer", "evidence:Verify", fmt.Sprintf(
			`{"invoice":"$doc(invoice %d)","kind":"tax-check","good":true,"document":"$doc(tax answer)"}`, i))
	}
	return c
}

// BenchmarkTransfer is the contract's time for an offer and for its acceptance,
// each of a whole certificate, over the ledger's stub on one block's overlay.
func BenchmarkTransfer(b *testing.B) {
	c := supply(b)
	block := stub.NewBlock(c.state, network, calendar.FromTime(c.now))
	calls := 0
	call := func(person, function, argument string) string {
		id := c.key(person).Public().ID()
		calls++
		tx := block.Begin(stub.Call{
			TxID: fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, calls))), Function: function, Params: []string{argument},
			Creator: append([]byte(stub.CallerPrefix), id[:]...),
		})
		r := c.cc.Invoke(tx)
		if r.GetStatus() != shim.OK {
			b.Fatal(r.GetMessage())
		}
		tx.Keep()
		return string(r.GetPayload())
	}
	certificates := func(n int) (offers []string) {
		for i := range n {
			number := c.number("steel", fmt.Sprint(calls%999_999+i+1))
			issue := c.expand(`{"number":"` + number + `","creditor":"$bolts","face":"100.00","maturity":"2027-02-28","currency":"CNY",
				"reference":"` + number + `","contract":"$contract(steel,bolts,contract)",
				"allocations":[{"invoice":"$doc(invoice 0)","amount":"100.00"}]}`)
			call("steel/maker", "certificate:Issue", issue)
			call("bolts/maker", "certificate:Accept", `{"certificate":"`+number+`"}`)
			offers = append(offers, c.expand(`{"to":"$wire","reference":"B-1",
				"legs":[{"certificate":"`+number+`","holding":1,"version":1,"interval":"1-10000"}],
				"allocations":[{"invoice":"$doc(invoice 1)","amount":"100.00"}]}`))
		}
		return offers
	}
	offers := certificates(min(b.N, 20_000))
	offer := func(i int) string {
		c.save("offer", call("bolts/maker", "certificate:Transfer", offers[i]))
		return `{"id":"` + c.field("offer", "id") + `"}`
	}
	b.Run("offer and accept", func(b *testing.B) {
		b.ReportAllocs()
		if b.N > len(offers) {
			offers = append(offers, certificates(b.N-len(offers))...)
		}
		b.ResetTimer()
		for i := range b.N {
			call("wire/maker", "certificate:AcceptTransfer", offer(i))
		}
		offers = offers[b.N:]
	})
}

// BenchmarkBatch is 500 issues in one transaction.
func BenchmarkBatch(b *testing.B) {
	c := supply(b)
	var items strings.Builder
	for i := range record.MaxBatchItems {
		if i > 0 {
			items.WriteByte(',')
		}
		number := c.number("steel", fmt.Sprint(i+1))
		items.WriteString(`{"function":"certificate:Issue","argument":` + c.expand(`{"number":"`+number+
			`","creditor":"$bolts","face":"100.00","maturity":"2027-02-28","currency":"CNY","reference":"`+number+
			`","contract":"$contract(steel,bolts,contract)","allocations":[{"invoice":"$doc(invoice 0)","amount":"100.00"}]}`) + `}`)
	}
	id := c.key("steel/maker").Public().ID()
	for b.Loop() {
		block := stub.NewBlock(c.state, network, calendar.FromTime(c.now))
		tx := block.Begin(stub.Call{
			TxID: strings.Repeat("ab", 32), Function: "batch:Run", Params: []string{`{"items":[` + items.String() + `]}`},
			Creator: append([]byte(stub.CallerPrefix), id[:]...),
		})
		r := c.cc.Invoke(tx)
		if r.GetStatus() != shim.OK || strings.Contains(string(r.GetPayload()), `"refused":1`) {
			b.Fatal(r.GetMessage(), string(r.GetPayload()))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*record.MaxBatchItems), "ns/item")
}

// BenchmarkNothing is a call that does nothing: the sweep when nothing is due.
// It is what every call pays besides the contract and its signer's record.
func BenchmarkNothing(b *testing.B) {
	c := supply(b)
	block := stub.NewBlock(c.state, network, calendar.FromTime(c.now))
	b.ReportAllocs()
	for b.Loop() {
		tx := block.Begin(stub.Call{
			TxID: strings.Repeat("ab", 32), Function: sweepRun, Params: []string{`{}`}, Creator: []byte(stub.SystemCaller),
		})
		if r := c.cc.Invoke(tx); r.GetStatus() != shim.OK {
			b.Fatal(r.GetMessage())
		}
	}
}
