package consensus

import (
	"testing"
)

func TestFourValidatorsMakeBlocks(t *testing.T) {
	for _, transport := range []Transport{TransportLibp2p, TransportTCP} {
		t.Run(string(transport), func(t *testing.T) {
			net := newNetwork(t, 4, transport)
			net.start(net.nodes...)
			height := net.nodes[0].send("hello")
			net.waitHeight(height, net.nodes...)
		})
	}
}
