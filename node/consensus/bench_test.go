package consensus

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// txBytes is the size of the benchmark's transactions, that of a signed transfer.
const txBytes = 700

// BenchmarkNoop measures what the engine alone costs: four validators in this process,
// an application that does nothing, transactions given to all four nodes as fast as
// their mempools take them. One operation is one transaction committed on all four.
//
//	go test ./node/consensus -run '^$' -bench Noop -benchtime 40000x
func BenchmarkNoop(b *testing.B) {
	for _, transport := range []Transport{TransportLibp2p, TransportTCP} {
		b.Run(string(transport), func(b *testing.B) {
			net := newNetwork(b, 4, transport)
			net.start(net.nodes...)
			net.waitHeight(2, net.nodes...)
			txs := randomTxs(b, b.N)
			first := net.nodes[0].Height()
			before := processorTime(b)
			b.ResetTimer()
			var senders sync.WaitGroup
			for i, node := range net.nodes {
				senders.Add(1)
				go func() {
					defer senders.Done()
					for j := i; j < len(txs); j += len(net.nodes) {
						if err := sendPatiently(node, txs[j]); err != nil {
							b.Error(err)
							return
						}
					}
				}()
			}
			senders.Wait()
			for _, node := range net.nodes {
				height := node.Height()
				for node.app.(*Noop).Count() < uint64(b.N) {
					height++
					net.waitHeight(height, node)
				}
			}
			b.StopTimer()
			used := processorTime(b) - before
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
			b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-us/tx")
			b.ReportMetric(float64(b.N)/float64(net.nodes[0].Height()-first), "tx/block")
			net.stop(net.nodes...)
		})
	}
}

// BenchmarkLatency measures the time from Broadcast to the commit on the node that took
// the transaction, one transaction at a time, with pauses.
//
//	go test ./node/consensus -run '^$' -bench Latency -benchtime 200x
func BenchmarkLatency(b *testing.B) {
	for _, transport := range []Transport{TransportLibp2p, TransportTCP} {
		b.Run(string(transport), func(b *testing.B) {
			net := newNetwork(b, 4, transport)
			net.start(net.nodes...)
			net.waitHeight(2, net.nodes...)
			txs := randomTxs(b, b.N)
			took := make([]time.Duration, 0, b.N)
			before, begun := processorTime(b), time.Now()
			b.ResetTimer()
			for i, tx := range txs {
				node := net.nodes[i%len(net.nodes)]
				start := time.Now()
				node.send(string(tx))
				took = append(took, time.Since(start))
				time.Sleep(50 * time.Millisecond) // light load: the proof block goes by
			}
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(100*float64(processorTime(b)-before)/float64(time.Since(begun)), "cpu-%")
			net.stop(net.nodes...)
		})
	}
}

// BenchmarkIdle measures the processor time of four validators with nothing to do.
func BenchmarkIdle(b *testing.B) {
	net := newNetwork(b, 4, TransportLibp2p)
	net.start(net.nodes...)
	net.waitHeight(2, net.nodes...)
	before, begun := processorTime(b), time.Now()
	for b.Loop() {
		net.waitHeight(net.nodes[0].Height()+1, net.nodes...)
	}
	b.ReportMetric(100*float64(processorTime(b)-before)/float64(time.Since(begun)), "cpu-%")
	net.stop(net.nodes...)
}

func sendPatiently(node *testNode, tx []byte) error {
	for {
		result, err := node.Broadcast(tx)
		switch {
		case errors.Is(err, ErrMempoolFull):
			time.Sleep(5 * time.Millisecond)
		case errors.Is(err, ErrKnown):
			return nil
		case err != nil:
			return err
		case result.Code != 0:
			return fmt.Errorf("code %d: %s", result.Code, result.Log)
		default:
			return nil
		}
	}
}

func randomTxs(b *testing.B, n int) [][]byte {
	b.Helper()
	txs := make([][]byte, n)
	for i := range txs {
		txs[i] = make([]byte, txBytes)
		if _, err := rand.Read(txs[i]); err != nil {
			b.Fatal(err)
		}
	}
	return txs
}

// processorTime is what this process has used so far, in user and kernel.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
