// Package differs has every source of difference between two machines that the
// determinism test looks for, each marked with the rule that finds it.
package differs

import (
	"context"
	"crypto/rand"
	"fmt"
	"hash/maphash"
	"maps"
	mathrand "math/rand"
	randv2 "math/rand/v2"
	"net"
	"os"
	"reflect"
	"runtime"
	"slices"
	"sync"
	now "time"
	"unsafe" // want unsafe
)

type amounts map[string]int64

func order(m amounts) (total int64, names []string) {
	for name := range m { // want map order
		names = append(names, name)
	}
	for name := range maps.Keys(m) { // want map order
		names = append(names, name)
	}
	names = append(names, slices.Collect(maps.Keys(m))...) // want map order
	for _, v := range maps.All(m) {                        // want map order
		total += v
	}
	sum := maps.Values[amounts]                                            // want map order
	maps.DeleteFunc(m, func(string, int64) bool { return len(names) > 2 }) // want map order
	_ = reflect.ValueOf(m).MapKeys()                                       // want map order
	var shared sync.Map
	shared.Range(func(any, any) bool { return true }) // want map order
	for range sum(m) {
		total++
	}
	for range m { /* want map order */ //order:
		total++ // the line above gives no reason
	}
	return total, names
}

func generic[M ~map[K]V, K comparable, V any](m M) (last K) {
	for k := range m { // want map order
		last = k
	}
	return last
}

func parallel(in chan int64) int64 { // want channel
	out := make(chan int64, 1) // want channel
	go func() {                // want goroutine
		for v := range in { // want channel
			out <- v // want channel
		}
	}()
	select { // want channel
	case v := <-out: // want channel
		return v
	default:
	}
	var once sync.WaitGroup
	once.Go(func() {}) // want goroutine
	return 0
}

type share struct {
	ratio float64 // want floating point
}

func floats(a int64, s share) int64 {
	b := a * 15 / 10
	b += int64(1e3)  // want floating point
	if s.ratio > 0 { // want floating point
		b++
	}
	return b + int64(now.Duration(b).Seconds()) // want floating point
}

func clock() now.Time {
	now.Sleep(1)                                                     // want clock
	_, stop := context.WithTimeout(context.Background(), now.Second) // want clock
	stop()
	_ = now.Unix(0, 0).String()              // want clock
	_ = now.Unix(0, 0).UTC().Local()         // want clock
	_, _ = now.LoadLocation("Asia/Shanghai") // want clock
	read := now.Now                          // want clock
	return read().In(now.Local)              // want clock
}

func chance() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:])                            // want randomness
	_ = maphash.MakeSeed()                            // want randomness
	return uint64(mathrand.Int63()) + randv2.Uint64() // want randomness
}

func surroundings() string {
	_, _ = net.LookupHost("localhost")        // want environment
	_ = runtime.NumCPU()                      // want environment
	return os.Getenv("HOME") + runtime.GOARCH // want environment
}

func addresses(a *amounts, n *int64) string {
	_ = unsafe.Sizeof(n)     // want unsafe
	_ = fmt.Sprintf("%p", a) // want address
	_ = append([]any{}, n)
	_ = fmt.Sprint(n, addresses)    // want address
	_ = fmt.Sprint(tree{}, &tree{}) // want address
	_ = fmt.Sprint([]*share{})      // want address
	return fmt.Sprintf("at %v", n)  // want address
}

type tree struct {
	left, right *tree
}
