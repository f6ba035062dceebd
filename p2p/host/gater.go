package host

import (
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

// gater asks the membership at every point where libp2p knows whom it speaks to.
type gater struct{ members *Membership }

var _ connmgr.ConnectionGater = gater{}

// InterceptPeerDial refuses to dial a stranger.
func (g gater) InterceptPeerDial(id peer.ID) bool { return g.members.admit(id, false) }

// InterceptAddrDial has nothing to add: InterceptPeerDial has been asked.
func (g gater) InterceptAddrDial(peer.ID, ma.Multiaddr) bool { return true }

// InterceptAccept lets the handshake begin: who calls is known only after it.
func (g gater) InterceptAccept(network.ConnMultiaddrs) bool { return true }

// InterceptSecured refuses a stranger as soon as the handshake has proved its key.
func (g gater) InterceptSecured(dir network.Direction, id peer.ID, _ network.ConnMultiaddrs) bool {
	return g.members.admit(id, dir == network.DirInbound)
}

// InterceptUpgraded asks again: the set may have changed during the handshake.
func (g gater) InterceptUpgraded(c network.Conn) (bool, control.DisconnectReason) {
	return g.members.Contains(c.RemotePeer()), 0
}
