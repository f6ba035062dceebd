package devnet_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tierledger/tierledger/chaincode/record"
	"github.com/tierledger/tierledger/network/devnet"
)

// Two processes that keep members at the same time keep all of them.
func TestMembersOfTwoProcessesAreKept(t *testing.T) {
	dir := t.TempDir()
	if _, err := devnet.Create(dir, devnet.Options{Banks: 1, Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	const each = 5
	var all sync.WaitGroup
	for process := range 2 {
		d, err := devnet.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			for i := range each {
				m := devnet.Member{Alias: fmt.Sprintf("firm%d-%d", process, i), Name: "firm", Class: record.SmallEnterprise}
				for range 2 { // again, as after a crash
					if err := d.AddMembers([]devnet.Member{m}, nil); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	d, err := devnet.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	firms := map[string]int{}
	for _, m := range d.Members() {
		if m.Name == "firm" {
			firms[m.Alias]++
		}
	}
	if len(firms) != 2*each {
		t.Errorf("%d of %d members were kept: %v", len(firms), 2*each, firms)
	}
	for alias, n := range firms {
		if n != 1 {
			t.Errorf("%s was kept %d times", alias, n)
		}
	}
}
