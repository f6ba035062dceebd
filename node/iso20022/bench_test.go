package iso20022_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/tierledger/tierledger/node/iso20022"
)

// BenchmarkInitiation writes a payment run; the figure is per transfer.
func BenchmarkInitiation(b *testing.B) {
	in := sampleInitiation()
	proto := in.Payments[0].Transfers[0]
	in.Payments[0].Transfers = nil
	for i := range b.N {
		proto.EndToEndID = fmt.Sprintf("LEG-%d", i)
		in.Payments[0].Transfers = append(in.Payments[0].Transfers, proto)
	}
	b.ReportAllocs()
	b.ResetTimer()
	var c counted
	if err := iso20022.WriteInitiation(&c, in); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(c.bytes)/float64(b.N), "filebytes/op")
}

// BenchmarkNotification reads a notification; the figure is per entry of one transaction.
func BenchmarkNotification(b *testing.B) {
	n := sampleNotification()
	e := n.Accounts[0].Entries[2]
	n.Accounts[0].Entries = nil
	for range b.N {
		n.Accounts[0].Entries = append(n.Accounts[0].Entries, e)
	}
	var file bytes.Buffer
	if err := iso20022.WriteNotification(&file, n); err != nil {
		b.Fatal(err)
	}
	size := file.Len()
	b.ReportAllocs()
	b.ResetTimer()
	limits := iso20022.DefaultLimits()
	limits.Bytes, limits.Tokens, limits.Items = 1<<40, 1<<40, 1<<40
	if _, err := iso20022.Read(&file, limits, func(iso20022.Item) error { return nil }); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(size)/float64(b.N), "filebytes/op")
}
