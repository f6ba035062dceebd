package genesis

import (
	"fmt"

	"github.com/tierledger/tierledger/chaincode/member"
	"github.com/tierledger/tierledger/chaincode/rules"
	"github.com/tierledger/tierledger/chaincode/world"
)

// rehearse runs the genesis on an empty state in memory.
func (g *Genesis) rehearse() error {
	if g.State.Network != g.Network {
		return fmt.Errorf("rehearse genesis: the state is of %q, the network is %q", g.State.Network, g.Network)
	}
	w := world.New(world.NewMemory(), world.Call{
		Network: g.Network, TxID: "genesis", Now: g.Time, Actor: world.Actor{System: true},
	})
	pack := g.State.Pack
	if pack.Ordinal == 0 {
		pack = rules.DefaultPack()
	}
	if err := rules.Genesis(w, pack); err != nil {
		return fmt.Errorf("rehearse genesis: %w", err)
	}
	if err := member.Genesis(w, g.State.GenesisArgument); err != nil {
		return fmt.Errorf("rehearse genesis: %w", err)
	}
	return nil
}
