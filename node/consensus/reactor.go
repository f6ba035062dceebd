package consensus

import (
	"sync/atomic"
	"time"

	cs "github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/p2p"
	sm "github.com/cometbft/cometbft/state"
	"github.com/cometbft/cometbft/types"
)

// stateWait bounds the wait for a peer that is just being added.
const stateWait = time.Second

// patientReactor is the consensus reactor without two windows in which it loses messages.
// A sender takes what it has sent for received and does not send it again, so a vote lost
// there can stop a small network for good:
//
// A node that ends its block sync says so to the others before it accepts their proposals
// and votes, and drops those that come in between.
//
// Over libp2p the first message of a peer adds the peer, and a second one that comes at
// the same moment finds the peer without its state and is dropped with a panic.
type patientReactor struct {
	*cs.Reactor
	switching atomic.Bool
	entered   chan struct{} // closed when consensus runs, after block sync if there is any
	lose      func(p2p.Envelope) bool
}

func newPatientReactor(r *cs.Reactor) *patientReactor {
	p := &patientReactor{Reactor: r, entered: make(chan struct{}), lose: func(p2p.Envelope) bool { return false }}
	if !r.WaitSync() {
		close(p.entered) // a validator alone has nobody to catch up with
	}
	return p
}

// SwitchToConsensus is called once, by block sync.
func (r *patientReactor) SwitchToConsensus(state sm.State, skipWAL bool) {
	r.switching.Store(true)
	r.Reactor.SwitchToConsensus(state, skipWAL)
	close(r.entered)
}

// Receive holds a message back until it can be understood.
func (r *patientReactor) Receive(e p2p.Envelope) {
	if r.lose(e) {
		return
	}
	if r.switching.Load() && r.WaitSync() {
		<-r.entered
	}
	for waited := time.Duration(0); e.Src.Get(types.PeerStateKey) == nil && waited < stateWait; waited += time.Millisecond {
		time.Sleep(time.Millisecond)
	}
	r.Reactor.Receive(e)
}
