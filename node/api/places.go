package api

import (
	"sync"

	"github.com/tierledger/tierledger/chaincode/code"
)

// Bounds of what is under way at a time, besides event streams.
const (
	// Statements, vouchers and previews read much and hold it in memory.
	heavyOfMember, heavyOfAll = 2, 8
	// A paper is verified by all of its certificate's history, and for anybody.
	verifiedOfAddress, verifiedOfAll = 4, 16
)

// places bounds how many requests of a kind that costs much are under way, for each who
// asks and in all. It is safe for concurrent use.
type places struct {
	what       string // for the refusal
	each, most int

	mu    sync.Mutex
	taken map[string]int
	all   int
}

// enter takes a place, to be left when the request is answered: RATE_LIMITED when there
// is none.
func (p *places) enter(who string) (leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[who] >= p.each || p.all >= p.most {
		return nil, code.RateLimited.New("at a time at most %d %s of one, %d at a node", p.each, p.what, p.most)
	}
	if p.taken == nil {
		p.taken = map[string]int{}
	}
	p.taken[who]++
	p.all++
	return func() { p.leave(who) }, nil
}

func (p *places) leave(who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.taken[who]--; p.taken[who] == 0 {
		delete(p.taken, who)
	}
}
