package consensus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/cometbft/cometbft/consensus"
	"github.com/cometbft/cometbft/lp2p"
	"github.com/cometbft/cometbft/p2p"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

const (
	// redialEvery is the pause between two looks at who is missing. The engine's own
	// redialling backs off to five minutes, which is how long a healed network or a
	// member let in again would stay apart.
	redialEvery = 250 * time.Millisecond
	// dialTimeout bounds one attempt.
	dialTimeout = 3 * time.Second
	// staleAfter is the age from which an older connection of a peer that connects
	// anew is taken for dead: the peer was killed and is back. Younger ones are two
	// sides that dialled each other at once.
	staleAfter = 3 * time.Second
)

// links keeps the node connected with its peers, over either transport.
type links struct {
	e    *Engine
	self peer.ID
	addr string // "id@ip:port" of this node

	mu      sync.Mutex
	peers   []peerAddr
	dialing map[peer.ID]bool

	quit    chan struct{} // closed by stop, which a fault may call before start has ended
	running sync.WaitGroup
	notify  *network.NotifyBundle
	forget  func() // ends the watch of the membership
}

func newLinks(e *Engine, self peer.ID, peers []peerAddr) *links {
	return &links{e: e, self: self, peers: peers, dialing: make(map[peer.ID]bool), quit: make(chan struct{})}
}

func (l *links) set(peers []string) error {
	parsed, err := parsePeers(peers)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.peers = parsed
	return nil
}

func (l *links) start() {
	l.forget = l.e.cfg.Membership.OnRemove(l.removed)
	if h := l.e.parts.host; h != nil {
		l.notify = &network.NotifyBundle{ConnectedF: l.connectedAnew, DisconnectedF: l.disconnected}
		h.Network().Notify(l.notify)
	}
	l.running.Add(1)
	go l.keep()
}

func (l *links) stop() {
	close(l.quit)
	l.running.Wait()
	if l.forget != nil {
		l.forget()
	}
	if l.notify != nil {
		l.e.parts.host.Network().StopNotify(l.notify)
	}
}

// keep dials who is missing until the engine stops.
func (l *links) keep() {
	defer l.running.Done()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // of the dials under way
	tick := time.NewTicker(redialEvery)
	defer tick.Stop()
	stall := newStall(l.e.cfg.Timing, l.e.Height())
	for {
		if !l.e.parts.conR.WaitSync() && stall.check(l.e.Height(), time.Now()) {
			l.dropAll(errors.New("no block for too long: meet afresh"))
		}
		l.dropStrangers()
		for _, p := range l.missing() {
			l.running.Add(1)
			go func() {
				defer l.running.Done()
				if err := l.dial(ctx, p); err != nil {
					l.e.cfg.Logger.Debug("peer not reached", "peer", p.id.String(), "err", err)
				}
				l.mu.Lock()
				defer l.mu.Unlock()
				delete(l.dialing, p.id)
			}()
		}
		select {
		case <-tick.C:
		case <-l.quit:
			return
		}
	}
}

// missing returns the members among the peers that are neither connected nor being
// dialled, and marks them as being dialled.
func (l *links) missing() []peerAddr {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []peerAddr
	for _, p := range l.peers {
		if p.id == l.self || l.dialing[p.id] || !l.e.cfg.Membership.Contains(p.id) {
			continue
		}
		key, err := l.key(p.id)
		if err != nil || l.e.parts.sw.Peers().Has(key) {
			continue
		}
		l.dialing[p.id] = true
		out = append(out, p)
	}
	return out
}

// key is the peer's name in the switch of the transport in use.
func (l *links) key(id peer.ID) (p2p.ID, error) {
	if l.e.parts.host == nil {
		return classicID(id)
	}
	return p2p.ID(id.String()), nil
}

func (l *links) dial(ctx context.Context, p peerAddr) error {
	if l.e.parts.host == nil {
		address, err := p.netAddress()
		if err != nil {
			return err
		}
		return l.e.parts.sw.DialPeerWithAddress(address)
	}
	return l.dialLibp2p(ctx, p)
}

func (l *links) dialLibp2p(ctx context.Context, p peerAddr) error {
	h := l.e.parts.host
	info, err := p.info()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(network.WithDialPeerTimeout(ctx, dialTimeout), dialTimeout)
	defer cancel()
	if err := h.Connect(ctx, info); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	// A peer whose engine does not run yet would lose our first messages, among them
	// the one that says where we stand, which is not repeated.
	speaks, err := h.Peerstore().SupportsProtocols(p.id, lp2p.ProtocolID(consensus.StateChannel))
	if err != nil || len(speaks) == 0 {
		return errors.Join(errors.New("peer does not run the engine yet"), err)
	}
	set, ok := l.e.parts.sw.Peers().(*lp2p.PeerSet)
	if !ok {
		panic(fmt.Sprintf("switch over libp2p has a peer set of type %T", l.e.parts.sw.Peers()))
	}
	_, err = set.Add(info, lp2p.PeerAddOptions{
		OnBeforeStart: func(p *lp2p.Peer) {
			for _, r := range l.e.parts.reactors {
				r.InitPeer(p)
			}
		},
		OnAfterStart: func(p *lp2p.Peer) {
			for _, r := range l.e.parts.reactors {
				r.AddPeer(p)
			}
		},
		OnStartFailed: func(p *lp2p.Peer, reason any) {
			for _, r := range l.e.parts.reactors {
				r.RemovePeer(p, reason)
			}
		},
	})
	if errors.Is(err, lp2p.ErrPeerExists) {
		return nil // it spoke to us first
	}
	return err
}

// connectedAnew drops a peer that connects while an old connection of it is listed: it
// was killed and has come back, and the engine would go on as if it still had what it
// was sent before. Both sides then meet afresh.
func (l *links) connectedAnew(n network.Network, c network.Conn) {
	id := c.RemotePeer()
	for _, other := range n.ConnsToPeer(id) {
		if other.ID() != c.ID() && c.Stat().Opened.Sub(other.Stat().Opened) > staleAfter {
			l.drop(id, errors.New("peer connected anew"))
			return
		}
	}
}

// disconnected tells the switch at once; by itself it finds out when it next sends.
func (l *links) disconnected(n network.Network, c network.Conn) {
	if n.Connectedness(c.RemotePeer()) != network.Connected {
		l.drop(c.RemotePeer(), errors.New("connection closed"))
	}
}

// dropAll ends every connection. keep makes them anew, and each side then sends again what
// it believed the other to have.
func (l *links) dropAll(reason error) {
	l.e.cfg.Logger.Warn("drop all peers", "error", reason, "height", l.e.Height())
	for _, p := range l.e.parts.sw.Peers().Copy() {
		l.e.parts.sw.StopPeerForError(p, reason)
	}
}

// stall notices that no block comes although empty ones should. The engine takes a message
// for received once it is sent; should one be lost all the same, two sides wait for each
// other for ever. Meeting afresh is harmless when the reason is another one, and each
// further try waits twice as long.
type stall struct {
	patience, next time.Duration
	height         int64
	since          time.Time
}

func newStall(t Timing, height int64) *stall {
	// Twice as long as a few rounds may take on a machine with much else to do: to part
	// cuts off the parts of a large block that are under way.
	patience := 4*t.EmptyBlockEvery + 6*t.Propose
	return &stall{patience: patience, next: patience, height: height, since: time.Now()}
}

// check reports whether it is time to meet afresh.
func (s *stall) check(height int64, now time.Time) bool {
	if height != s.height {
		s.height, s.since, s.next = height, now, s.patience
		return false
	}
	if now.Sub(s.since) < s.next {
		return false
	}
	s.since, s.next = now, 2*s.next
	return true
}

// removed drops the peers that are no longer members.
func (l *links) removed(ids []peer.ID) {
	for _, id := range ids {
		l.drop(id, errors.New("no longer a member"))
	}
}

// dropStrangers ends the connections of those who are no members. The classic switch lists
// a peer a moment after filter has let it in; who is removed from the members in that moment
// is not yet there to be dropped.
func (l *links) dropStrangers() {
	members := make(map[p2p.ID]bool)
	for _, id := range l.e.cfg.Membership.IDs() {
		if key, err := l.key(id); err == nil {
			members[key] = true
		}
	}
	for _, p := range l.e.parts.sw.Peers().Copy() {
		if !members[p.ID()] {
			l.e.parts.sw.StopPeerForError(p, errors.New("not a member"))
		}
	}
}

// drop removes a peer from the switch, outside of the caller's locks.
func (l *links) drop(id peer.ID, reason error) {
	key, err := l.key(id)
	if err != nil {
		return
	}
	go func() {
		if p := l.e.parts.sw.Peers().Get(key); p != nil {
			l.e.parts.sw.StopPeerForError(p, reason)
		}
	}()
}

// filter refuses a stranger on the classic transport, once the handshake has proved its
// key and before any reactor hears of it.
func (l *links) filter(_ p2p.IPeerSet, p p2p.Peer) error {
	for _, id := range l.e.cfg.Membership.IDs() {
		if key, err := classicID(id); err == nil && key == p.ID() {
			return nil
		}
	}
	l.e.cfg.Membership.CountRefused(!p.IsOutbound())
	return fmt.Errorf("peer %s is not a member", p.ID())
}

// connected returns the libp2p IDs of the connected peers, sorted, for both transports.
func (l *links) connected() []string {
	var out []string
	present := l.e.parts.sw.Peers()
	for _, id := range l.e.cfg.Membership.IDs() {
		if key, err := l.key(id); err == nil && present.Has(key) {
			out = append(out, id.String())
		}
	}
	slices.Sort(out)
	return out
}
