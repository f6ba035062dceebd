package host

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/peer"
)

// Membership is the set of peers a node talks to. It is fed by the ledger: the
// caller calls Set after each block that changed the register of members.
// Everybody else is a stranger and is refused. Safe for concurrent use.
//
// One Membership may serve several hosts and the engine's classic transport.
type Membership struct {
	mu       sync.RWMutex
	members  map[peer.ID]struct{}
	watchers map[uint64]func(removed []peer.ID)
	nextID   uint64

	inbound, outbound atomic.Uint64
}

// NewMembership returns a Membership that holds the given peers.
func NewMembership(ids ...peer.ID) *Membership {
	m := &Membership{
		members:  make(map[peer.ID]struct{}, len(ids)),
		watchers: make(map[uint64]func([]peer.ID)),
	}
	for _, id := range ids {
		m.members[id] = struct{}{}
	}
	return m
}

// Set replaces the whole set. When it returns, no new connection of a removed
// peer is accepted, and the open ones have been told to close.
func (m *Membership) Set(ids []peer.ID) {
	next := make(map[peer.ID]struct{}, len(ids))
	for _, id := range ids {
		next[id] = struct{}{}
	}
	m.mu.Lock()
	var removed []peer.ID
	for id := range m.members {
		if _, stays := next[id]; !stays {
			removed = append(removed, id)
		}
	}
	m.members = next
	watchers := slices.Collect(maps.Values(m.watchers))
	m.mu.Unlock()

	if len(removed) == 0 {
		return
	}
	slices.Sort(removed)
	// The set is already the new one: a connection that is being made while the
	// watchers run is refused, or closed by the host's own check on connect.
	for _, watch := range watchers {
		watch(removed)
	}
}

// Contains reports whether the peer is a member now.
func (m *Membership) Contains(id peer.ID) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, ok := m.members[id]
	return ok
}

// IDs returns the members in byte order.
func (m *Membership) IDs() []peer.ID {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Sorted(maps.Keys(m.members))
}

// OnRemove calls watch with the peers that a later Set removes, after the set
// has changed and before that Set returns. The returned function ends it.
func (m *Membership) OnRemove(watch func(removed []peer.ID)) (cancel func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := m.nextID
	m.nextID++
	m.watchers[id] = watch
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.watchers, id)
	}
}

// Refused counts what was turned away since the start.
type Refused struct {
	Inbound  uint64 // connections that a stranger opened to us
	Outbound uint64 // dials of ours to a peer that is not, or no longer, a member
}

// Refused returns the counters.
func (m *Membership) Refused() Refused {
	return Refused{Inbound: m.inbound.Load(), Outbound: m.outbound.Load()}
}

// admit reports whether the peer is a member and counts it as refused when not.
func (m *Membership) admit(id peer.ID, inbound bool) bool {
	if m.Contains(id) {
		return true
	}
	m.CountRefused(inbound)
	return false
}

// CountRefused counts a stranger that a transport other than Host has turned away.
func (m *Membership) CountRefused(inbound bool) {
	if inbound {
		m.inbound.Add(1)
	} else {
		m.outbound.Add(1)
	}
}

// ID names a peer: the hash of its public key.
type ID = peer.ID

// ParseID reads the text form of a peer ID.
func ParseID(text string) (ID, error) {
	id, err := peer.Decode(text)
	if err != nil {
		return "", fmt.Errorf("peer id %q: %w", text, err)
	}
	return id, nil
}
